//! What a shopper hands to the shop's support, as text to paste into a chat: order, payment, and what
//! happened when. Nothing personal.

use super::detail::iso_time;
use paywith_checkout::Checkout;
use paywith_protocol::PaymentId;

/// The card.
pub(crate) fn text(checkout: &Checkout) -> String {
    let support = checkout.support();
    let mut lines = vec!["Paywith".to_owned()];
    let mut line = |name: &str, value: Option<&str>| {
        lines.extend(value.map(|value| [name, ": ", value].concat()));
    };
    line("order", support.order.as_deref());
    line("payment", support.payment_id.as_ref().map(PaymentId::as_str));
    line("provider", support.provider.map(|provider| provider.id()));
    for (wall_ms, state) in support.entries {
        lines.push([&iso_time(wall_ms).unwrap_or_default(), " ", state].concat());
    }
    lines.join("\n")
}
