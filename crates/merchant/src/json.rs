//! JSON as others send it: a leading byte-order mark, which PHP files and Windows editors may add,
//! is dropped, as browsers do. It knows no types of its own. Start at [`read`].

use serde::de::DeserializeOwned;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The value, or why there is none.
///
/// # Errors
/// It is not JSON, or not of this type.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> serde_json::Result<T> {
    serde_json::from_slice(bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes))
}

#[cfg(test)]
mod tests {
    use super::read;
    use paywith_protocol::Json;

    #[test]
    fn d5_a_byte_order_mark_before_json_is_dropped() {
        let one = Json::Object(vec![("a".to_owned(), Json::Integer(1))]);
        for text in ["{\"a\":1}", "\u{feff}{\"a\":1}", "\u{feff}\r\n {\"a\":1}\n"] {
            assert_eq!(read::<Json>(text.as_bytes()).ok(), Some(one.clone()), "{text:?}");
        }
        for text in
            ["", "\u{feff}", "\u{feff}\u{feff}{}", "{\"a\":1}x", "{\"a\":1}{}", "{\"a\":NaN}"]
        {
            assert!(read::<Json>(text.as_bytes()).is_err(), "{text:?}");
        }
    }
}
