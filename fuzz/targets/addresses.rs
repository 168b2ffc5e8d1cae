//! Addresses: where a shopper may be sent, and what a return address says.

#![no_main]

use libfuzzer_sys::fuzz_target;
use paywith_providers::{returns, urls};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if urls::check_redirect(text).is_ok() {
        let small = text.to_ascii_lowercase();
        assert!(small.starts_with("https://") || small.starts_with("http://"), "{text}");
        assert!(urls::host(text).is_some_and(|host| !host.is_empty()), "{text}");
        assert!(!text.chars().any(char::is_control), "{text:?}");
    }
    if let Some(id) = returns::read(&returns::pairs(text)).and_then(|hint| hint.id) {
        assert!(id.as_str().len() <= 256, "{id:?}");
    }
    assert!(urls::with_parameter(text, "paywith", "key").contains("paywith=key"));
    assert_eq!(urls::percent_decode(&urls::percent_encode(text)), text);
});
