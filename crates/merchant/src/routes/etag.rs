//! A payment's ETag, and whether the caller already has that version.

use axum::http::{HeaderMap, HeaderValue, header};
use paywith_protocol::Payment;

/// The tag of what matters about a payment. It is a weak one, without the time left; otherwise no
/// two answers would be alike.
pub(super) fn etag(payment: &Payment) -> Option<HeaderValue> {
    let parts = (
        (&payment.id, payment.status, payment.review),
        (&payment.amount, &payment.base_amount),
        (&payment.expires_at, &payment.action),
    );
    let digest = crate::ids::sha256_hex(&serde_json::to_string(&parts).ok()?);
    HeaderValue::from_str(&format!("W/\"{}\"", digest.get(..32)?)).ok()
}

/// The tags of the versions that the caller has.
pub(super) fn sent_tags(headers: &HeaderMap) -> Vec<String> {
    let lines = headers.get_all(header::IF_NONE_MATCH).iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(|tag| tag.trim().to_owned()).collect()
}

/// Whether one of these tags is this one, by weak comparison (RFC 9110, 13.1.2).
pub(super) fn is_known(tags: &[String], etag: &HeaderValue) -> bool {
    let opaque = |tag: &str| tag.trim_start_matches("W/").to_owned();
    let wanted = etag.to_str().ok().map(opaque);
    tags.iter().any(|tag| tag == "*" || Some(opaque(tag)) == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use paywith_protocol::{Action, Money, PaymentId, Provider, Review, Status};

    fn payment() -> Payment {
        let id = PaymentId::parse("pay_1").expect("an id");
        Payment::new(id, Provider::Cashi)
    }

    #[test]
    fn the_tag_changes_with_everything_but_the_time_left() {
        let known = etag(&payment());
        let later = Payment { expires_in_ms: Some(7), poll_after_ms: Some(8), ..payment() };
        assert_eq!(etag(&later), known);
        let money = Money::parse("15023", "IDR").ok();
        let action = Action::Redirect { url: "https://pay.example/".to_owned() };
        for other in [
            Payment { status: Status::Paid, ..payment() },
            Payment { review: Some(Review::PaidTwice), ..payment() },
            Payment { amount: money, ..payment() },
            Payment { base_amount: money, ..payment() },
            Payment { expires_at: Some("2026-11-20T07:35:00Z".to_owned()), ..payment() },
            Payment { action: Some(action), ..payment() },
            Payment::new(PaymentId::parse("pay_2").expect("an id"), Provider::Cashi),
        ] {
            assert_ne!(etag(&other), known, "{other:?}");
        }
    }

    #[test]
    fn tags_are_compared_as_the_standard_says() {
        let etag = HeaderValue::from_static("W/\"a1\"");
        for (sent, expected) in [
            (&["W/\"a1\""][..], true),
            (&["\"a1\""], true),
            (&["\"b2\", W/\"a1\""], true),
            (&["\"b2\"", "\"a1\""], true),
            (&["*"], true),
            (&["\"A1\""], false),
            (&["a1"], false),
            (&[""], false),
            (&[], false),
        ] {
            let mut headers = HeaderMap::new();
            for line in sent {
                headers.append(header::IF_NONE_MATCH, HeaderValue::from_static(line));
            }
            assert_eq!(is_known(&sent_tags(&headers), &etag), expected, "{sent:?}");
        }
    }
}
