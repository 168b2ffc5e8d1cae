//! What Cashii, CashPay, Kashier and Cashi say, and how we read it. Pure: no network, no clock.
//!
//! It deliberately does not know what to do about a payment (`paywith-checkout`), nor how to reach
//! a provider (`paywith-merchant`). One file per provider holds its native answers, the one table
//! of its status words, its amount units and its return parameters. Start at [`read_create`] and
//! [`read_status`], then open a provider.

mod amount;
mod answer;
pub mod cashi;
pub mod cashii;
pub mod cashpay;
#[cfg(feature = "corpus")]
pub mod corpus;
mod dispatch;
pub mod kashier;
pub mod pushes;
pub mod returns;
mod signed_body;
pub mod urls;

pub use amount::AmountError;
pub use answer::{Answer, Asked, Unreadable};
pub use dispatch::{read_create, read_status, return_parameters};
pub use signed_body::SignedBody;
