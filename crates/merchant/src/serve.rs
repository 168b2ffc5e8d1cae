//! Connections: HTTP/1.1 with a time limit for a request's head, passing on the peer's address, and
//! with a graceful end.
//!
//! It knows no routes. Your own server may serve the router instead, but without these limits.
//! Start at [`serve`].

use crate::Stop;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tower::ServiceExt;

/// For a request's head, and for the pause between two requests. Longer than the minute after which
/// web servers close an idle connection to us: the side that sends requests must be the first to
/// close, otherwise a request now and then hits a closed connection.
const HEAD_PATIENCE: Duration = Duration::from_secs(75);
/// A longer head is refused: order tokens are part of addresses, and take 1 or 2 kB.
const MOST_HEAD_BYTES: usize = 32 * 1024;
/// How long requests that are running at the stop may still take.
const GRACE: Duration = Duration::from_secs(30);
/// After a connection that could not be accepted, usually because file descriptors ran out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until `stop` begins; then running requests are answered, and no new ones are accepted.
pub async fn serve(listener: TcpListener, router: Router, stop: &Stop) {
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.begun() => break,
        };
        // Removes connections that have ended.
        while connections.try_join_next().is_some() {}
        match accepted {
            Ok((stream, peer)) => {
                connections.spawn(converse(stream, peer, router.clone(), stop.clone()));
            }
            Err(error) => {
                tracing::error!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    let ended = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, ended).await.is_err() {
        tracing::warn!("requests that still run are cut off");
    }
}

/// One connection to its end.
async fn converse(stream: TcpStream, peer: SocketAddr, router: Router, stop: Stop) {
    // Answers are small and complete, so waiting for more data is pointless. It also works if this
    // fails.
    drop(stream.set_nodelay(true));
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request.map(Body::new))
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_PATIENCE)
        .max_buf_size(MOST_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    // An error here means that the caller hung up or sent bad HTTP: not worth logging.
    tokio::select! {
        ended = connection.as_mut() => return drop(ended),
        () = stop.begun() => connection.as_mut().graceful_shutdown(),
    }
    drop(connection.await);
}
