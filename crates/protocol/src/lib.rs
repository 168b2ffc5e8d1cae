//! The types of the contract: what a storefront, the widget and a merchant backend say to each
//! other about a payment.
//!
//! It deliberately does not know any provider's own words (`paywith-providers` reads those), nor
//! what to do about a payment (`paywith-checkout` decides that). Start at [`Payment`].
//!
//! # Example
//!
//! A status answer, in one JSON value that reads the same natively and in a browser:
//!
//! ```
//! use paywith_protocol::{Decimal, Json, Payment, Provider, Status};
//!
//! let answer = r#"{
//!     "id": "pay_1", "order": "INV-9921", "provider": "cashi", "status": "pending",
//!     "amount": { "value": "15023", "currency": "IDR" }, "action": null, "expires_in_ms": 598000
//! }"#;
//! let answer: Json = serde_json::from_str(answer)?;
//! let payment = Payment::read(&answer)?;
//!
//! assert_eq!(payment.provider, Provider::Cashi);
//! assert_eq!(payment.status, Status::Pending);
//! assert_eq!(payment.amount.map(|amount| amount.value), Decimal::parse("15023"));
//! assert_eq!(payment.expires_in_ms, Some(598_000));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Units
//!
//! A [`Decimal`] is exact, in **major units** (rupiah, pounds), with up to four decimals, and remembers how
//! many were written; it is never a float. [`Decimal::from_minor`] and [`Decimal::as_minor`] convert to what
//! a provider counts in, and return `None` where that would round. Durations are **milliseconds** and
//! their names end in `_ms`; they count from the moment at which the answer was made.
//!
//! ```
//! use paywith_protocol::Decimal;
//!
//! let price = Decimal::parse("100.98");
//! assert_eq!(price.and_then(|price| price.as_minor(2)), Some(10_098));
//! assert_eq!(price.and_then(|price| price.as_minor(0)), None, "it would round");
//! assert_eq!(Decimal::parse("1e3"), None, "no exponent is guessed");
//! ```
//!
//! # Errors
//!
//! [`ReadError`] names the field that is missing or wrong and what was expected there. A backend that says
//! no sends a [`Problem`] (RFC 9457) with one of the codes in [`code`]. Neither says that a payment failed.
//! A status word that is unknown is [`Status::Pending`]: no failure, and no success.

mod decimal;
mod id;
mod json;
mod json_visitor;
mod money;
mod offer;
mod payment;
mod problem;
mod provider;
mod reading;
mod status;

pub use decimal::{Decimal, whole_text};
pub use id::{AttemptKey, PaymentId};
pub use json::Json;
pub use json_visitor::MAX_JSON_DEPTH;
pub use money::{Currency, Money, MoneyError};
pub use offer::Offer;
pub use payment::{Action, Payment, ProviderFacts, payload_text};
pub use problem::{Problem, code};
pub use provider::Provider;
pub use reading::ReadError;
pub use status::{Review, Status};
