//! Connections: HTTP/1.1 with a limit on the time that a request's head may take, told who the peer
//! is, and ended in peace.
//!
//! It knows no routes. A server of your own may serve the router as well; what is lost then are
//! these limits. Start at [`serve`].

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

/// For a request's head, and for the silence between two requests. Longer than the minute after
/// which web servers close an idle connection to us: whoever closes first must be the one that
/// also sends the requests, or now and then one of them meets a closed door.
const HEAD_PATIENCE: Duration = Duration::from_secs(75);
/// A head that is longer is refused: order tokens stand in addresses, and take 1 or 2 kB.
const MOST_HEAD_BYTES: usize = 32 * 1024;
/// How long requests may take that run when the end begins.
const GRACE: Duration = Duration::from_secs(30);
/// After a connection that could not be accepted, mostly for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until `stop` begins; then requests that run are answered, and nothing new is taken.
pub async fn serve(listener: TcpListener, router: Router, stop: &Stop) {
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.begun() => break,
        };
        // Those that have ended are forgotten.
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
    // Answers are small and complete: there is nothing to wait for. It works without, too.
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
    // What goes wrong on a connection is the caller's hanging up or bad HTTP: no news for a log.
    tokio::select! {
        ended = connection.as_mut() => return drop(ended),
        () = stop.begun() => connection.as_mut().graceful_shutdown(),
    }
    drop(connection.await);
}
