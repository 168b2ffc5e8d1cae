//! The words of the contract: what a storefront, the widget and a merchant backend say to each
//! other about a payment.
//!
//! It deliberately does not know any provider's own words (`paywith-providers` reads those), nor
//! what to do about a payment (`paywith-checkout` decides that). Start at [`Payment`].

mod id;
mod json;
mod money;
mod offer;
mod payment;
mod problem;
mod reading;
mod status;

pub use id::{AttemptKey, PaymentId};
pub use json::{Json, MAX_JSON_DEPTH};
pub use money::{Currency, Decimal, Money, MoneyError, whole_text};
pub use offer::Offer;
pub use payment::{Action, Payment, ProviderFacts, payload_text};
pub use problem::{Problem, code};
pub use reading::ReadError;
pub use status::{Provider, Review, Status};
