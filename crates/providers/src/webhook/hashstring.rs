//! The text behind the `hashstring` header. Source: Tap Payments' documentation; CashPay's charges look
//! alike, and whether it signs them the same way is not documented.

use paywith_protocol::{Decimal, Json};

/// The text whose HMAC-SHA256 is Tap's `hashstring`, and perhaps CashPay's. Missing fields are empty.
///
/// Tap signs `amount` with as many decimals as the currency has (KWD: three), so the digits of the body
/// are kept as they are only when it sends them as text.
pub fn hashstring_text(body: &Json) -> String {
    let text = |place: &[&str]| {
        let found = place.iter().try_fold(body, |value, key| value.get(key));
        found.and_then(printed).unwrap_or_default()
    };
    [
        "x_id",
        &text(&["id"]),
        "x_amount",
        &text(&["amount"]),
        "x_currency",
        &text(&["currency"]),
        "x_gateway_reference",
        &text(&["reference", "gateway"]),
        "x_payment_reference",
        &text(&["reference", "payment"]),
        "x_status",
        &text(&["status"]),
        "x_created",
        &match body.get_present("created") {
            Some(created) => printed(created).unwrap_or_default(),
            None => text(&["transaction", "created"]),
        },
    ]
    .concat()
}

/// A plain value as JavaScript prints it: `250` for 250.0.
fn printed(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Bool(value) => Some(if *value { "true" } else { "false" }.to_owned()),
        Json::Null => Some("null".to_owned()),
        Json::Integer(_) | Json::Fraction(_) => value.as_decimal().map(Decimal::to_text),
        Json::UnreadableNumber | Json::Array(_) | Json::Object(_) => None,
    }
}
