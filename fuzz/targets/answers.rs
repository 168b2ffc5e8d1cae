//! Every native answer, for create and for status: no panic on any JSON, and nothing is paid but by a
//! documented word.

#![no_main]

use libfuzzer_sys::fuzz_target;
use paywith_protocol::{Json, PaymentId, Provider, Status};
use paywith_providers::{Answer, Asked, read_create, read_status};

const HTTP: [u16; 6] = [200, 201, 400, 404, 429, 500];
const WORDS: [&str; 4] = ["paid", "captured", "settled", "success"];

fuzz_target!(|bytes: &[u8]| {
    let [which, rest @ ..] = bytes else { return };
    let json: Option<Json> = serde_json::from_slice(rest).ok();
    let (nothing, id) = (Json::Null, PaymentId::parse("chg_1").expect("an id"));
    let answer = Answer {
        http_status: HTTP[usize::from(which / 4 % 6)],
        body: json.as_ref().unwrap_or(&nothing),
        is_json: json.is_some(),
        date: None,
    };
    let provider = Provider::ALL[usize::from(which % 4)];
    let asked = Asked { id: Some(&id), ..Asked::about("INV-1") };
    for read in [read_create(provider, &answer, &asked), read_status(provider, &answer, &asked)] {
        if read.is_ok_and(|payment| payment.status == Status::Paid) {
            let text = String::from_utf8_lossy(rest).to_lowercase();
            // A word may be written with escapes; then it is not looked for here.
            let is_said = text.contains('\\') || WORDS.iter().any(|word| text.contains(word));
            assert!(is_said, "paid by no word of {text}");
        }
    }
});
