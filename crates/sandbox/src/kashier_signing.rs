//! Kashier's two signatures: of the shopper's return and of the webhook. Pure; it knows neither
//! sessions nor HTTP. The key is the payment API key in both.

use serde_json::{Map, Value};

use crate::returning::encode;
use crate::signing::hmac_hex;

/// The signed parameters of a return, in the order of the signed text.
const SIGNED_ON_RETURN: [&str; 10] = [
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
];

/// Signs a return: fixed order, values not encoded, an absent one as the word `null`.
pub(crate) fn sign_return(key: &str, parameters: &[(&'static str, String)]) -> String {
    let value_of = |name: &str| {
        let found = parameters.iter().find(|(known, _)| *known == name);
        found.map_or("null", |(_, value)| value.as_str())
    };
    let pairs: Vec<String> =
        SIGNED_ON_RETURN.iter().map(|name| format!("{name}={}", value_of(name))).collect();
    hmac_hex(key, &pairs.join("&"))
}

/// Signs a webhook's `data` as Kashier's sample code does: the keys that it names in `signatureKeys`
/// and holds, each once, sorted, values encoded; `null` as the bare key, a list by repeating the key.
pub(crate) fn sign_webhook(key: &str, data: &Map<String, Value>) -> String {
    let mut names: Vec<&str> = data
        .get("signatureKeys")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    names.sort_by_key(|name| name.encode_utf16().collect::<Vec<_>>());
    names.dedup();
    let mut pairs = Vec::new();
    for name in names {
        match data.get(name) {
            None => {}
            Some(Value::Array(members)) => {
                pairs.extend(members.iter().map(|member| pair(name, member)));
            }
            Some(value) => pairs.push(pair(name, value)),
        }
    }
    hmac_hex(key, &pairs.join("&"))
}

fn pair(name: &str, value: &Value) -> String {
    let name = encode(name);
    match value {
        Value::Null => name,
        Value::String(text) => format!("{name}={}", encode(text)),
        Value::Object(_) => format!("{name}={}", encode("[object Object]")),
        other => format!("{name}={}", encode(&other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn returned(list: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
        list.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
    }

    #[test]
    fn a_complete_return_has_the_known_signature() {
        let parameters = returned(&[
            ("mode", "test"),
            ("paymentStatus", "SUCCESS"),
            ("cardDataToken", "tok1"),
            ("maskedCard", "512345******0008"),
            ("merchantOrderId", "INV-1"),
            ("orderId", "ko-1"),
            ("cardBrand", "Mastercard"),
            ("orderReference", "TEST-ORD-1"),
            ("transactionId", "TX-1"),
            ("amount", "20.00"),
            ("currency", "EGP"),
        ]);
        assert_eq!(
            sign_return("11111", &parameters),
            "d21fef168ed8fe9497cc2f774f837f2d3fc721b3ab6c4b6dee68aa8a0874d3c1"
        );
    }

    #[test]
    fn an_absent_value_is_signed_as_null() {
        let parameters = returned(&[
            ("paymentStatus", "FAILURE"),
            ("merchantOrderId", "INV-1"),
            ("orderId", "ko-1"),
            ("orderReference", "TEST-ORD-1"),
            ("transactionId", "TX-1"),
            ("amount", "20.00"),
            ("currency", "EGP"),
        ]);
        assert_eq!(
            sign_return("11111", &parameters),
            "8ca66e8dac72226d0f13bbcc191ec28863f5c8db1768d8c0bd308598e4e96ee5"
        );
    }

    #[test]
    fn the_published_webhook_has_its_signature() {
        let data = json!({
            "transactionResponseCode": "00",
            "merchantOrderId": "1653481557813",
            "kashierOrderId": "9ad06b17-755b-4e21-9774-aff3e2726ac9",
            "orderReference": "TEST-ORD-38855",
            "transactionId": "TX-249893963",
            "status": "SUCCESS",
            "method": "card",
            "amount": 1,
            "currency": "EGP",
            "channel": "online | e-commerce",
            "card": { "brand": "Mastercard" },
            "signatureKeys": [
                "transactionResponseCode", "merchantOrderId", "kashierOrderId", "orderReference",
                "transactionId", "status", "method", "amount", "currency", "channel",
            ],
        });
        assert_eq!(
            sign_webhook("11111", data.as_object().expect("an object")),
            "9610477b2255b2a8ef84fd89adfaa5f1305ff9c20324205851890f1ea03109f4"
        );
    }

    /// Computed by hand with the rules of Kashier's sample code.
    #[test]
    fn d3_an_absent_key_is_not_signed_and_null_is_signed_bare() {
        let mut data = json!({
            "merchantOrderId": "INV-7", "amount": 250, "currency": "EGP", "status": "SUCCESS",
            "transactionId": "TX-7",
            "signatureKeys": ["merchantOrderId", "amount", "currency", "status", "transactionId",
                "cardDataToken", "amount"],
        });
        assert_eq!(
            sign_webhook("11111", data.as_object().expect("an object")),
            "d7de894bd4aa80b714b892d7b5f9b1a1e3ceca4bce741d4b5db6b7e3b901e380"
        );
        data["maskedCard"] = Value::Null;
        data["signatureKeys"][5] = json!("maskedCard");
        assert_eq!(
            sign_webhook("11111", data.as_object().expect("an object")),
            "6f6c0844616b71004f83c632a9c2eff5933e16607ba2999764267c80c0e1e510"
        );
    }
}
