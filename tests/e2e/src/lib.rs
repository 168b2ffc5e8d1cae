//! Whole journeys: a real browser, the built widget, a real merchant backend with its database,
//! and the sandbox on the other side of the wire.
//!
//! `stack` starts the servers of one test, `service` a program as a user would in a terminal,
//! `browser` drives one browser window in an `engine`, `protocol` does to it what only Chromium can,
//! `faults` is a bad network in between, `optimized` pages as
//! script optimizers leave them, `picture` reads a picture that the shopper has saved, `signing` signs a webhook as Cashi does, `markdown` reads the documentation's code blocks. The journeys
//! themselves are in `tests/`, one file per kind. They need `dist/` and the built demo page:
//! `cargo xtask test e2e` builds both first.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "the harness of a test fails by panicking"
)]

pub mod browser;
pub mod engine;
pub mod faults;
pub mod markdown;
mod optimized;
pub mod picture;
pub mod protocol;
pub mod replicas;
pub mod service;
pub mod signing;
pub mod stack;

/// HTTP clients want to know whose cryptography they use, even for plain loopback calls. Several
/// tests of one program may say so; the first one counts.
pub(crate) fn prepare_clients() {
    let provider = rustls::crypto::ring::default_provider();
    if provider.install_default().is_err() {
        // Another test said it before.
    }
}
