//! What Kashier adds to the return address, and what it signs of it. Source: Kashier's page on hashing
//! and its Node sample. The signature proves nothing that the status call does not say better.

/// What Kashier adds to the return address.
pub const RETURN_PARAMETERS: &[&str] = &[
    "paymentStatus",
    "cardDataToken",
    "maskedCard",
    "merchantOrderId",
    "orderId",
    "cardBrand",
    "orderReference",
    "transactionId",
    "amount",
    "currency",
    "mode",
    "signature",
];

/// How many of [`RETURN_PARAMETERS`] are signed, from the front.
const SIGNED_PARAMETERS: usize = 10;

/// The text that the return's `signature` is the HMAC-SHA256 of (hex, key: the Payment API key):
/// the first ten return parameters in their documented order, not encoded, `null` where absent.
pub fn return_signature_text(parameters: &[(String, String)]) -> String {
    let mut text = String::new();
    for name in RETURN_PARAMETERS.iter().take(SIGNED_PARAMETERS) {
        let value = parameters.iter().find(|(key, _)| key == name);
        let value = value.map_or("null", |(_, value)| value.as_str());
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(name);
        text.push('=');
        text.push_str(value);
    }
    text
}
