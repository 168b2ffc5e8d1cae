//! What Cashii, CashPay, Kashier and Cashi say, and how we read it. Pure: no network, no clock.
//!
//! It deliberately does not know what to do about a payment (`paywith-checkout`), nor how to reach
//! a provider (`paywith-merchant`). One file per provider holds its native answers, the one table
//! of its status words, its amount units and its return parameters. Start at [`read_create`] and
//! [`read_status`], then open a provider.
//!
//! # Example
//!
//! Cashi's own answer about an order, as a backend received it or a relay handed it on:
//!
//! ```
//! use paywith_protocol::{Json, PaymentId, Provider, Status};
//! use paywith_providers::{Answer, Asked, read_status};
//!
//! let body: Json = serde_json::from_str(
//!     r#"{ "success": true, "order_id": "INV-9921", "amount": 15023, "status": "SETTLED" }"#,
//! )?;
//! let answer = Answer { http_status: 200, body: &body, is_json: true, date: None };
//! let id = PaymentId::parse("INV-9921");
//! let asked = Asked { id: id.as_ref(), ..Asked::about("INV-9921") };
//!
//! let payment = read_status(Provider::Cashi, &answer, &asked)?;
//! assert_eq!(payment.status, Status::Paid);
//! assert_eq!(payment.amount.map(|amount| amount.value.to_text()).as_deref(), Some("15023"));
//!
//! // An error page of a proxy says nothing about the payment, and the same call may succeed later.
//! let page = Answer { http_status: 502, body: &Json::Null, is_json: false, date: None };
//! let error = read_status(Provider::Cashi, &page, &asked).expect_err("an error page");
//! assert_eq!(error.code(), "provider_refused");
//! assert!(error.retryable());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Units
//!
//! Inside, amounts are decimals in major units. The providers count in others, and each `wire_amount`
//! converts exactly or refuses:
//!
//! | Provider | Counts in |
//! |---|---|
//! | Cashii | hundredths, as an integer ([`cashii::EXPONENT`], configurable) |
//! | CashPay | whole units, as an integer ([`cashpay::EXPONENT`], configurable) |
//! | Kashier | decimal text with two places |
//! | Cashi | whole rupiah, from 2,000 to 10,000,000 ([`cashi::LIMITS_IDR`]) |
//!
//! # Errors
//!
//! [`Unreadable`] says why an answer is not a payment, never that a payment failed: after
//! [`Unreadable::NotJson`] and [`Unreadable::Field`] one may exist, so ask again with the same key.
//! [`AmountError`] says why a provider does not take an amount; nothing is rounded to make it fit. A
//! status word that is in no table is pending.

mod amount;
mod answer;
pub mod cashi;
pub mod cashii;
pub mod cashpay;
#[cfg(feature = "corpus")]
pub mod corpus;
mod dispatch;
mod fields;
mod http_date;
mod js_value;
pub mod kashier;
mod pause;
pub mod returns;
mod signed_body;
mod unreadable;
pub mod urls;
pub mod webhook;

pub use amount::AmountError;
pub use answer::{Answer, Asked};
pub use dispatch::{read_create, read_status, return_parameters};
pub use pause::retry_after_ms;
pub use signed_body::SignedBody;
pub use unreadable::Unreadable;
