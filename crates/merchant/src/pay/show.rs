//! A stored payment as the contract's `Payment`: what a browser may see of it.

use super::qr_code;
use crate::config::Config;
use crate::environment::rfc3339;
use crate::store::StoredPayment;
use paywith_protocol::{Action, Payment, PaymentId, ProviderFacts, Status};
use paywith_qris::Verdict;
use std::time::Duration;

/// The payment as it is shown at `now_ms`; `None` only if the row's id is not a valid id.
pub(crate) fn present(stored: &StoredPayment, config: &Config, now_ms: i64) -> Option<Payment> {
    let left_ms = stored.expires_ms.map(|at_ms| u64::try_from(at_ms - now_ms).unwrap_or(0));
    let is_waiting = stored.status == Status::Pending && left_ms != Some(0);
    Some(Payment {
        id: PaymentId::parse(&stored.id)?,
        order: Some(stored.order_id.clone()),
        merchant_name: config.merchant_name.clone(),
        provider: stored.provider,
        status: stored.status,
        amount: Some(stored.amount),
        base_amount: (stored.amount != stored.price).then_some(stored.price),
        // An ended payment has no action: its code must not be shown again.
        action: is_waiting.then(|| action(stored, config)).flatten(),
        expires_at: stored.expires_ms.map(rfc3339),
        expires_in_ms: left_ms,
        poll_after_ms: Some(whole_ms(config.poll_after)),
        wait_ms: (!config.wait.is_zero()).then(|| whole_ms(config.wait)),
        test: config.test,
        review: stored.review,
        facts: ProviderFacts::default(),
    })
}

/// A picture longer than this is not sent with every answer if the widget draws the code itself.
const LONGEST_SPARE_IMAGE: usize = 200_000;

fn action(stored: &StoredPayment, config: &Config) -> Option<Action> {
    if let Some(url) = &stored.redirect_url {
        return Some(Action::Redirect { url: url.clone() });
    }
    let (payload, image) = (stored.qr_payload.as_deref(), stored.qr_image.as_deref());
    let has_code = payload.is_some() || image.is_some() || stored.checkout_url.is_some();
    // A pin may have been set after the code was made.
    let is_safe = qr_code::refusal(config, payload, stored.amount).is_none();
    let is_drawn =
        matches!(qr_code::judge_code(config, payload, stored.amount), Verdict::Redraw(..));
    let image = image.filter(|image| !is_drawn || image.len() <= LONGEST_SPARE_IMAGE);
    let (payload, image) = (payload.map(str::to_owned), image.map(str::to_owned));
    let checkout_url = stored.checkout_url.clone();
    (has_code && is_safe).then_some(Action::Qr { payload, image, checkout_url })
}

fn whole_ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
