//! The four payment providers, simulated from their documents: Cashii, CashPay, Kashier, Cashi.
//!
//! One server plays all four hosts, each under its own path, together with the pages on which a
//! shopper pays, a wallet on a phone, and a control API that breaks answers on purpose.
//!
//! It deliberately imports nothing else of this project: it is the other side of the wire, and a
//! mistake in our reading of a provider must not be able to hide in shared code. It keeps
//! everything in memory and moves no money.
//!
//! Start with [`app`]; then read one provider, `cashii.rs` being the shortest.
//!
//! # Example
//!
//! In a test of a backend, on a free port:
//!
//! ```
//! use paywith_sandbox::{Settings, app};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! let base = format!("http://{}", listener.local_addr()?);
//! let server = axum::serve(listener, app(Settings::demo(&base)));
//! tokio::spawn(async move { server.await });
//! // The backend under test asks Cashii at {base}/cashii with the key `cashii-test-key`.
//! # Ok(())
//! # }
//! ```
//!
//! # Units and errors
//!
//! Amounts are in each provider's own unit, as its documents say: Cashii hundredths, CashPay whole units,
//! Kashier decimal text, Cashi whole rupiah. Times in [`Settings`] are milliseconds. What a provider
//! refuses is refused here with its own HTTP status and body; faults are made on purpose through
//! `/control`.

use axum::Router;

mod answer;
mod cashi;
mod cashi_rules;
mod cashii;
mod cashpay;
mod clock;
mod control;
mod details;
mod dispatch;
mod faults;
mod html;
mod kashier;
mod kashier_orders;
mod kashier_signing;
mod ledger;
mod money;
mod pages;
mod phone;
mod picture;
mod press;
mod provider;
mod qris;
mod returning;
mod settings;
mod signing;
mod start;
mod webhook;
mod world;

pub use settings::Settings;

/// The whole sandbox as one router.
///
/// The state lives in memory behind a lock and is shared by all clones of the router; a second
/// call makes a second, empty sandbox. Hosted page addresses are built from
/// [`Settings::public_url`], so it must be where the router can really be reached.
pub fn app(settings: Settings) -> Router {
    Router::new()
        .merge(start::routes())
        .merge(press::routes())
        .merge(phone::routes())
        .nest("/cashii", cashii::routes())
        .nest("/cashpay", cashpay::routes())
        .nest("/kashier", kashier::routes().merge(kashier_orders::routes()))
        .nest("/cashi", cashi::routes())
        .nest("/control", control::routes())
        .with_state(world::Sandbox::new(settings))
}
