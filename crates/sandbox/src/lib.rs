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
