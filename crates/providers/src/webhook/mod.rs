//! Reads the providers' webhooks: which payment they are about, its status, and what was paid.
//!
//! No cryptography here: the backend verifies the signature before it trusts the body. The text that
//! Kashier signs is in `signed_body`, the one that CashPay may sign in `hashstring`.
//!
//! Cashii has no webhooks (docs.cashii.app/glossary: "Webhook (Future)"). Cashi documents only
//! `PAYMENT_SETTLED`. Start at [`WebhookEvent`].

mod cashi;
mod cashpay;
mod event;
mod hashstring;
mod kashier;

pub use cashi::{cashi, is_cashi_trial};
pub use cashpay::cashpay;
pub use event::WebhookEvent;
pub use hashstring::hashstring_text;
pub use kashier::kashier;
