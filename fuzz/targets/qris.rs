//! The QRIS parse and its verdict: no panic on any bytes, and a code that is drawn states the amount
//! that is shown.

#![no_main]

use libfuzzer_sys::fuzz_target;
use paywith_qris::{Expected, Verdict, parse, verify};

fuzz_target!(|bytes: &[u8]| {
    let Some((head, text)) = bytes.split_at_checked(2) else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let parsed = parse(text);
    // Small numbers are met by chance; 15,023 stands in the kept inputs.
    let guess = u64::from(head[0]) << 8 | u64::from(head[1]);
    for amount_rupiah in [guess, 15_023] {
        let expected = Expected { amount_rupiah, pinned_nmid: None, pinned_pan: None };
        if let Verdict::Redraw(payload, _) = verify(text, &expected) {
            assert!(parsed.is_ok(), "what is drawn was parsed");
            let stated = payload.amount_text().expect("a drawn code states its amount");
            let whole = stated.split('.').next().unwrap_or_default().trim_start_matches('0');
            let expected = amount_rupiah.to_string();
            assert_eq!(whole, expected.trim_start_matches('0'), "{stated}");
        }
    }
});
