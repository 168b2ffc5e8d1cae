//! EMVCo/QRIS payloads: the text inside Cashi's QR picture.
//!
//! A payment code shows a merchant and an amount only to the wallet that scans it. This crate
//! reads the same text, so that the checkout may compare it with what it shows the shopper and
//! either draw the code afresh, leave the provider's picture as it is, or refuse it.
//!
//! What it deliberately does not know: pictures (decoding and drawing is the caller's business),
//! the network, clocks and expiry (neither is part of the format). The checksum is not a signature:
//! anyone can compute it anew. A code swapped by an attacker is only found through a pinned NMID
//! or PAN; everything else finds stale, cut, mismatched and converter-damaged codes.
//!
//! Start at [`verify()`]; [`parse()`] is the parser below it, [`Payload`] what it found, [`Payee`] who
//! is paid. Nothing panics, and no float is near an amount.
//!
//! # Example
//!
//! ```
//! use paywith_qris::{Expected, Refusal, Verdict, verify};
//!
//! // What a decoder read from the picture. The code is invented and pays no one.
//! let code = concat!(
//!     "00020101021226690017ID.CO.EXAMPLE.WWW011893600000000000000002150000000000000000303UMI",
//!     "51440014ID.CO.QRIS.WWW0215ID10200000000000303UMI5204581253033605405150235802ID",
//!     "5911TOKO CONTOH6013JAKARTA PUSAT61051064062190108INV-99210703A016304314B",
//! );
//! let mut expected = Expected { amount_rupiah: 15_023, pinned_nmid: None, pinned_pan: None };
//!
//! let verdict = verify(code, &expected);
//! assert!(matches!(verdict, Verdict::Redraw(..)), "safe to draw beside Rp 15.023");
//! assert_eq!(verdict.payload().and_then(|payload| payload.merchant_name()), Some("TOKO CONTOH"));
//!
//! // The shopper reads another amount than the code would take.
//! expected.amount_rupiah = 15_000;
//! let Verdict::Refuse(refusal) = verify(code, &expected) else { panic!("it would be drawn") };
//! assert_eq!(refusal, Refusal::AmountDiffers);
//! assert_eq!(refusal.code(), "amount_differs");
//! ```
//!
//! # Units
//!
//! [`Expected::amount_rupiah`] is whole rupiah, with the unique digits that Cashi adds. Lengths inside a
//! payload count characters; where bytes or UTF-16 units were counted instead, it is read all the same and
//! a [`Warning`] says so.
//!
//! # Errors
//!
//! [`parse()`] answers a [`ParseError`]: where the text stops being a payload. [`verify()`] never fails; its
//! [`Verdict`] is to draw the code (with [`Warning`]s for logs), to show the provider's picture (with a
//! [`PictureReason`]), or to show nothing (with a [`Refusal`]). Each of these has a `code()` that stays the
//! same from version to version, and a `message()` in English for developers.

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
