//! What the same machine does with nothing but axum: a greeting, and a greeting that is held. The
//! backend's numbers stand beside these.

use axum::Router;
use axum::routing::get;
use std::time::Duration;
use tokio::net::TcpListener;

/// Longer than any measurement.
const HELD: Duration = Duration::from_secs(3_600);

/// Serves until the process ends.
///
/// # Errors
/// When no port can be had.
pub(crate) async fn serve() -> Result<(), String> {
    let hold = async || {
        tokio::time::sleep(HELD).await;
        "hello"
    };
    let router = Router::new().route("/hello", get(async || "hello")).route("/held", get(hold));
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(crate::wire::said)?;
    println!("yardstick on http://{}", listener.local_addr().map_err(crate::wire::said)?);
    axum::serve(listener, router).await.map_err(crate::wire::said)
}
