//! What shoppers do, each journey in every engine. One program, so that its windows serve them all.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod access;
mod bad_input;
mod bench;
mod cashi;
mod contract;
mod device;
mod dialog;
mod first_screen;
mod hostile;
mod lifetime;
mod mock;
mod promises;
mod redirect;
mod relay;
mod replicas;
mod saving;
mod storefront;
mod strict;
mod tree;
mod troubles;
mod windows;
