//! Whatever arrives: no reader panics, and nothing is paid but by the documented word in its place.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use paywith_protocol::{Currency, Decimal, Json, Money, PaymentId, Provider, Status};
use paywith_providers::{
    Answer, Asked, Unreadable, cashi, kashier, read_create, read_status, returns, urls,
};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

const KEYS: &[&str] = &[
    "data",
    "response",
    "error",
    "messages",
    "message",
    "session",
    "status",
    "success",
    "action",
    "provider",
    "id",
    "_id",
    "sessionId",
    "order_id",
    "orderId",
    "merchantOrderId",
    "amount",
    "totalCapturedAmount",
    "currency",
    "sessionUrl",
    "transaction_url",
    "qrUrl",
    "checkout_url",
    "expires_at",
    "pagination",
    "page",
    "nextPage",
    "hasNextPage",
    "code",
    "value",
    "type",
];
const WORDS: &[&str] = &[
    "paid",
    "Paid",
    "PAID",
    "pAiD",
    "CAPTURED",
    "captured",
    "SETTLED",
    "settled",
    "SUCCESS",
    "FAILURE",
    "FAILED",
    "pending",
    "refunded",
    "canceled",
    "EXPIRED",
    "REVIEWING",
    "unpaid",
];
const IDS: &[&str] = &["1234567890123456", "chg_1", "chg_1", "67ad", "INV-1", "pay_1"];

fn word() -> impl Strategy<Value = Json> {
    select(WORDS).prop_map(|word| Json::String(word.to_owned()))
}

fn id() -> impl Strategy<Value = Json> {
    select(IDS).prop_map(|id| Json::String(id.to_owned()))
}

fn leaf() -> impl Strategy<Value = Json> {
    let texts = ["IDR", "SYP", "cashi", "cashii", "qr", "https://payments.kashier.io/session/67ad"];
    prop_oneof![
        1 => Just(Json::Null),
        2 => any::<bool>().prop_map(Json::Bool),
        1 => (0u64..1 << 53).prop_map(Json::Integer),
        1 => Just(Json::Fraction(Decimal::parse("165.55").expect("a decimal"))),
        1 => Just(Json::UnreadableNumber),
        4 => word(),
        2 => id(),
        2 => select(texts.to_vec()).prop_map(|text| Json::String(text.to_owned())),
        1 => any::<String>().prop_map(Json::String),
    ]
}

fn any_json() -> impl Strategy<Value = Json> {
    leaf().prop_recursive(4, 40, 6, |inner| {
        let key = prop_oneof![8 => select(KEYS).prop_map(str::to_owned), 1 => any::<String>()];
        let object = prop::collection::vec((key, inner.clone()), 0..6);
        prop_oneof![
            3 => object.prop_map(Json::Object),
            1 => prop::collection::vec(inner, 0..3).prop_map(Json::Array),
        ]
    })
}

/// An object with the fields of a real answer, some of them shaken, in one of the real envelopes.
fn nearly_real() -> impl Strategy<Value = Json> {
    let amount = prop_oneof![Just(Json::Integer(10_098)), leaf()];
    let fields = (word(), id(), prop::bool::weighted(0.9), amount, any_json());
    let extra = prop::option::weighted(0.3, (select(KEYS), any_json()));
    (fields, extra, 0..8u8).prop_map(|((status, id, success, amount, odd), extra, envelope)| {
        let url = Json::String("https://payments.kashier.io/session/67ad".to_owned());
        let mut entries = vec![
            ("success".to_owned(), Json::Bool(success)),
            ("status".to_owned(), status),
            ("id".to_owned(), id.clone()),
            ("_id".to_owned(), id.clone()),
            ("order_id".to_owned(), id),
            ("amount".to_owned(), amount),
            ("currency".to_owned(), Json::String("SYP".to_owned())),
            ("transaction_url".to_owned(), url.clone()),
            ("sessionUrl".to_owned(), url),
        ];
        if let Some((key, value)) = extra {
            entries.insert(0, (key.to_owned(), value));
        }
        let inner = Json::Object(entries);
        let envelop = |key: &str, inner| Json::Object(vec![(key.to_owned(), inner)]);
        match envelope {
            0 => envelop("data", inner),
            1 => envelop("response", inner),
            2 => envelop("response", Json::Array(vec![inner])),
            3 => Json::Object(vec![("status".to_owned(), odd), ("data".to_owned(), inner)]),
            _ => inner,
        }
    })
}

fn any_body() -> impl Strategy<Value = Json> {
    prop_oneof![any_json(), nearly_real(), nearly_real()]
}

fn has_word(object: &Json, word: &str) -> bool {
    matches!(object.get("status"), Some(Json::String(text)) if text.to_ascii_lowercase() == word)
}

fn judges_the_call(object: &Json) -> bool {
    ["response", "error", "messages"].into_iter().any(|key| object.get(key).is_some())
}

/// Whether the documents say that this answer means paid, by the contract's tables alone.
fn may_be_paid(provider: Provider, is_create: bool, http_status: u16, body: &Json) -> bool {
    if !(200..=299).contains(&http_status) {
        return false;
    }
    if body.get("action").is_some() {
        return has_word(body, "paid");
    }
    let nothing = Json::Null;
    let at = |key: &str| body.get(key).unwrap_or(&nothing);
    match (provider, is_create) {
        // Their create answers have no payment status.
        (Provider::Cashii | Provider::Cashi, true) => false,
        (Provider::Cashii, false) => has_word(at("data"), "paid"),
        (Provider::Cashi, false) => {
            body.get("success") == Some(&Json::Bool(true)) && has_word(body, "settled")
        }
        (Provider::CashPay, _) => has_word(body, "captured"),
        (Provider::Kashier, true) => {
            [body, at("response"), at("data"), at("session")].into_iter().any(|place| {
                place.get("sessionUrl").is_some()
                    && has_word(place, "paid")
                    && !judges_the_call(place)
            })
        }
        (Provider::Kashier, false) => {
            let response = match at("response") {
                Json::Array(members) => members.first().unwrap_or(&nothing),
                other => other,
            };
            has_word(at("data"), "paid")
                || (has_word(body, "paid") && !judges_the_call(body))
                || has_word(response, "captured")
                || (has_word(response, "paid")
                    && (response.get("_id").is_some() || response.get("sessionId").is_some()))
        }
    }
}

/// What the readings say, asked with and without an id and a price.
fn statuses(provider: Provider, is_create: bool, http_status: u16, body: &Json) -> Vec<Status> {
    let id = PaymentId::parse("67ad").expect("an id");
    let price = Decimal::parse("15000").map(|value| Money { value, currency: Currency::IDR });
    let date = Some("Sat, 18 Jul 2026 03:15:00 GMT");
    let answer = Answer { http_status, body, is_json: true, date };
    let bare = Asked::about("INV-1");
    let asked = [
        bare,
        Asked { price, return_url: Some("https://shop.example/?a=1"), ..bare },
        Asked { id: Some(&id), price, cashii_exponent: 9, cashpay_exponent: 4, ..bare },
    ];
    let read = if is_create { read_create } else { read_status };
    let outcomes = asked.iter().map(|asked| read(provider, &answer, asked));
    let told = |outcome: Result<_, Unreadable>| match outcome {
        Ok(payment) => Some(payment),
        Err(error) => {
            // A message may be the provider's own and empty; writing it must not panic.
            let _ = (error.code(), error.retryable(), error.to_string());
            None
        }
    };
    outcomes.filter_map(told).map(|payment: paywith_protocol::Payment| payment.status).collect()
}

const HTTP: &[u16] = &[200, 200, 200, 200, 201, 202, 204, 301, 400, 401, 404, 409, 429, 500, 503];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn nothing_is_paid_but_by_the_documented_word_in_its_place(
        body in any_body(),
        http_status in prop_oneof![4 => select(HTTP), 1 => any::<u16>()],
    ) {
        for provider in Provider::ALL {
            for is_create in [true, false] {
                let is_paid =
                    statuses(provider, is_create, http_status, &body).contains(&Status::Paid);
                prop_assert!(
                    !is_paid || may_be_paid(provider, is_create, http_status, &body),
                    "{:?} create {} {} {:?}", provider, is_create, http_status, body
                );
            }
        }
        let _ = kashier::read_pagination(&body, 1);
        prop_assert!(kashier::responses(&body).len() < 100);
    }

    #[test]
    fn percent_codes_come_back_as_they_were(text in any::<String>()) {
        let encoded = urls::percent_encode(&text);
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~%".contains(&b);
        prop_assert!(encoded.bytes().all(is_plain), "{}", encoded);
        prop_assert_eq!(urls::percent_decode(&encoded), text);
    }

    #[test]
    fn a_parameter_is_read_back_once_and_the_rest_stays(
        names in prop::collection::vec("[a-c]{1,2}", 0..5),
        name in prop_oneof!["[a-c]{1,2}", any::<String>()],
        value in any::<String>(),
        fragment in prop::option::of("[a-z?&=#]{0,6}"),
    ) {
        let query: Vec<String> = names.iter().map(|name| format!("{name}=old")).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        let base = format!("https://shop.example/p{mark}{}", query.join("&"));
        let url = fragment.as_ref().map_or(base.clone(), |fragment| format!("{base}#{fragment}"));
        let set = urls::with_parameter(&url, &name, &value);
        prop_assert_eq!(urls::with_parameter(&set, &name, &value), set.clone());
        let (address, rest) = set.split_once('#').map_or((set.as_str(), None), |(a, f)| (a, Some(f)));
        prop_assert_eq!(rest, fragment.as_deref());
        let (_, query) = address.split_once('?').expect("a query");
        let pairs = returns::pairs(query);
        let set: Vec<&str> =
            pairs.iter().filter(|(key, _)| *key == name).map(|(_, value)| value.as_str()).collect();
        prop_assert_eq!(set, vec![value.as_str()]);
        let others: Vec<&String> =
            pairs.iter().map(|(key, _)| key).filter(|key| **key != name).collect();
        let expected: Vec<&String> = names.iter().filter(|key| **key != name).collect();
        prop_assert_eq!(others, expected);
    }

    #[test]
    fn no_text_makes_a_guard_panic(
        text in prop_oneof![
            any::<String>(),
            "[0-9:TZ -]{0,24}",
            "(data:image/png;base64,)?(iVBORw0KGgoAAAANSUhEUg|/9j/)?[A-Za-z0-9+/=é%]{0,60}",
            "[a-z:/?#@%&=\\[\\].0-9é]{0,30}",
        ],
        other in any::<String>(),
    ) {
        let _ = urls::check_redirect(&text);
        let _ = (urls::host(&text), urls::origin(&text), urls::percent_decode(&text));
        let _ = urls::with_parameter(&text, &other, &text);
        let _ = returns::read(&returns::pairs(&text));
        let _ = kashier::return_signature_text(&returns::pairs(&text));
        let _ = cashi::picture_uri(&text);
        let _ = cashi::seconds_left(&text, "Sat, 18 Jul 2026 03:15:00 GMT");
        let _ = cashi::seconds_left("2026-07-18 10:20:00", &text);
        let _ = cashi::seconds_left(&text, &format!("Sat, {text}"));
    }

    /// The browser goes by the WHATWG rules: what passes here must mean the same host there.
    #[test]
    fn an_address_that_passes_leads_where_it_says(
        scheme in select(vec!["https:", "HTTPS:", "http:", "ftp:", "javascript:", "", "https"]),
        slashes in select(vec!["//", "/", "", "///", "\\\\", "//\t"]),
        user in select(vec!["", "", "", "a@", "a:b@", "%40"]),
        host in prop_oneof![
            select(vec!["shop.example", "localhost", "127.0.0.1", "[::1]", "127.0.0.1.evil.com",
                "localhost.evil.com", "evil", "münze.example", "[::1]8", "[::1", "0x7f.1", ""]),
        ],
        port in select(vec!["", ":", ":8080", ":99999", ":80a", "::1"]),
        rest in prop_oneof![Just(String::new()), "[/?#][a-z@:\\\\/]{0,8}"],
    ) {
        let address = format!("{scheme}{slashes}{user}{host}{port}{rest}");
        if urls::check_redirect(&address).is_ok() {
            let parsed = url::Url::parse(&address).expect("a browser reads it too");
            prop_assert!(parsed.username().is_empty() && parsed.password().is_none());
            let is_loopback = match parsed.host() {
                Some(url::Host::Domain(name)) => {
                    prop_assert_eq!(urls::host(&address), Some(name));
                    name == "localhost"
                }
                Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
                Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
                None => false,
            };
            prop_assert!(parsed.scheme() == "https" || (parsed.scheme() == "http" && is_loopback));
        }
    }
}

/// The first property would hold of a generator that never comes near a paid answer.
#[test]
fn the_bodies_reach_paid_for_every_provider() {
    let mut runner = TestRunner::deterministic();
    let mut paid = [0u32; 4];
    for _ in 0..3_000 {
        let body = any_body().new_tree(&mut runner).expect("a body").current();
        for (count, provider) in paid.iter_mut().zip(Provider::ALL) {
            *count += u32::from(statuses(provider, false, 200, &body).contains(&Status::Paid));
        }
    }
    assert!(paid.iter().all(|count| *count > 5), "{paid:?}");
}
