//! How a shopper is sent back to the shop: percent-encoding and the joining of parameters to an
//! address that may already have some. It knows no provider's parameter names.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Parameters in the order in which they are appended.
pub(crate) type Parameters = Vec<(&'static str, String)>;

/// One value, safe in a path segment and in a query.
pub(crate) fn encode(value: &str) -> String {
    utf8_percent_encode(value, RESERVED).to_string()
}

/// The address with the parameters appended before its fragment. `second_question_mark` plays a
/// provider that does not look whether the address has a query already.
pub(crate) fn join(address: &str, parameters: &Parameters, second_question_mark: bool) -> String {
    if parameters.is_empty() {
        return address.to_owned();
    }
    let (front, fragment) = match address.split_once('#') {
        Some((front, fragment)) => (front, format!("#{fragment}")),
        None => (address, String::new()),
    };
    let mark = if front.contains('?') && !second_question_mark { '&' } else { '?' };
    let query: Vec<String> =
        parameters.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    format!("{front}{mark}{}{fragment}", query.join("&"))
}

/// Whether a browser may be sent there: an absolute web address without control characters.
pub(crate) fn is_web_address(address: &str) -> bool {
    let scheme = address.starts_with("https://") || address.starts_with("http://");
    scheme && !address.chars().any(|letter| letter.is_control() || letter == ' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_joined_before_the_fragment() {
        let parameters = vec![("status", "paid".to_owned()), ("note", "a b&c".to_owned())];
        for (address, twice, expected) in [
            ("http://s/x", false, "http://s/x?status=paid&note=a%20b%26c"),
            ("http://s/x?a=1", false, "http://s/x?a=1&status=paid&note=a%20b%26c"),
            ("http://s/x?a=1", true, "http://s/x?a=1?status=paid&note=a%20b%26c"),
            ("http://s/x#top", false, "http://s/x?status=paid&note=a%20b%26c#top"),
        ] {
            assert_eq!(join(address, &parameters, twice), expected);
        }
        assert_eq!(join("http://s/x?a=1#t", &Vec::new(), false), "http://s/x?a=1#t");
    }

    #[test]
    fn only_absolute_web_addresses_are_followed() {
        for address in ["javascript:alert(1)", "//evil.example", "/x", "http://s/\r\nx", "data:,"] {
            assert!(!is_web_address(address), "{address}");
        }
        assert!(is_web_address("https://shop.example/back?x=1"));
    }
}
