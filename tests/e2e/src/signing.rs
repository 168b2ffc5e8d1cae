//! Cashi's webhooks, signed as Cashi signs them: the test is the provider.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The header that carries the signature.
pub const HEADER: &str = "x-gateway-signature";

/// HMAC-SHA256 over the raw body, in hexadecimal.
pub fn sign(secret: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key");
    mac.update(body.as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Cashi's webhook when an order was paid.
pub fn settled(order_id: &str) -> String {
    let data = serde_json::json!({
        "order_id": order_id, "amount": 15_023, "status": "SETTLED", "paid_at": "2026-07-18 10:20:00",
    });
    serde_json::json!({ "event": "PAYMENT_SETTLED", "data": data }).to_string()
}

/// Sends such a body with a signature; returns the status of the answer.
pub async fn post(url: &str, body: &str, signature: Option<&str>) -> u16 {
    let client = reqwest::Client::new();
    let mut request = client.post(url).header("content-type", "application/json");
    if let Some(signature) = signature {
        request = request.header(HEADER, signature);
    }
    let answer = request.body(body.to_owned()).send().await.expect("an answer");
    answer.status().as_u16()
}

/// A webhook's whole life at a backend that knows this open payment and this secret: what is not Cashi's
/// own changes nothing, and what is Cashi's own causes a question, but proves nothing.
pub async fn is_verified_and_proves_nothing(url: &str, secret: &str, payment: &str) {
    let settled_body = settled(payment);
    let right = sign(secret, &settled_body);
    let trial = settled("TEST-1");
    let garbage = "order_id=INV-9921";
    let foreign = settled("INV-0-6f1c1f8e4b0e4c579d0c");
    let list = r#"{"event":"PAYMENT_SETTLED","data":{"order_id":["TEST-1"]}}"#;
    let cases = [
        ("no signature", settled_body.as_str(), None, 401..402),
        ("a wrong one", &settled_body, Some(sign("another", &settled_body)), 401..402),
        ("one of another body", &settled_body, Some(sign(secret, &trial)), 401..402),
        ("one and a bit", &settled_body, Some(format!("{right}0")), 401..402),
        ("none that is hexadecimal", &settled_body, Some("schlüssel".to_owned()), 401..402),
        ("a trial without a signature", &trial, None, 401..402),
        ("a trial", &trial, Some(sign(secret, &trial)), 200..201),
        ("garbage", garbage, Some(sign(secret, garbage)), 400..401),
        ("an id that is not text", list, Some(sign(secret, list)), 400..401),
        ("nothing", "", Some(sign(secret, "")), 400..401),
        ("nothing, unsigned", "", None, 401..402),
        ("a foreign order", &foreign, Some(sign(secret, &foreign)), 404..405),
        ("not paid at Cashi", &settled_body, Some(right.clone()), 500..600),
    ];
    for (name, body, signature, wanted) in cases {
        let status = post(url, body, signature.as_deref()).await;
        assert!(wanted.contains(&status), "{name}: {status} of {url}");
    }
}
