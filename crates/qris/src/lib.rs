//! EMVCo/QRIS payloads: the text inside Cashi's QR picture.
//!
//! A payment code shows a merchant and an amount only to the wallet that scans it. This crate
//! reads the same text, so that the checkout may compare it with what it shows the shopper and
//! either draw the code afresh, leave the provider's picture as it is, or refuse it.
//!
//! What it deliberately does not know: pictures (decoding and drawing is the caller's business),
//! the network, clocks and expiry (neither is part of the format). The checksum is no signature:
//! anyone can compute it anew. A code swapped by an attacker is only found through a pinned NMID
//! or PAN; everything else finds stale, cut, mismatched and converter-damaged codes.
//!
//! Start at [`verify()`]; [`parse()`] is the parser below it, [`Payload`] what it found, [`Payee`] who
//! is paid. Nothing panics, and no float is near an amount.

#![no_std]

extern crate alloc;

mod reason;
mod verify;

mod parse;
mod parse_error;
mod payee;
mod payload;

mod amount;
mod checksum;
mod element;
mod fee;
mod reading;

pub use checksum::checksum;
pub use parse::parse;
pub use parse_error::ParseError;
pub use payee::Payee;
pub use payload::{Initiation, Payload};
pub use reason::{PictureReason, Refusal, Warning};
pub use verify::{Expected, Verdict, verify, verify_optional};
