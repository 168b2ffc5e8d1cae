//! Addresses: where a shopper may be sent, how a parameter is set, and what a return says.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use paywith_protocol::{PaymentId, Provider};
use paywith_providers::urls::{
    UrlFlaw, check_redirect, host, origin, percent_decode, percent_encode, with_parameter,
};
use paywith_providers::{cashii, kashier, returns};

#[test]
fn only_absolute_https_or_loopback_addresses_pass() {
    let good = [
        "https://shop.example",
        "https://shop.example/",
        "HTTPS://shop.example/pay",
        "hTTps://Shop.Example/pay",
        "https://shop.example:8443/pay?x=1#y",
        "https://shop.example:/pay",
        "https://shop.example?x=a@b",
        "https://shop.example/a@b",
        "https://[2001:db8::1]/pay",
        "https://[::1]:8443/pay",
        "https://10.0.0.1/pay",
        "https://xn--mnze-0ra.example/",
        "https://shop.example/münze",
        "http://localhost",
        "http://LOCALHOST:3000/x",
        "http://127.0.0.1:4000/pay",
        "http://127.255.0.9/",
        "http://[::1]:8080/",
    ];
    for url in good {
        assert_eq!(check_redirect(url), Ok(()), "{url}");
    }
}

#[test]
fn every_other_address_is_refused_for_its_flaw() {
    use UrlFlaw::{ControlCharacter, NoHost, Relative, Scheme, UserInfo};
    let bad = [
        ("", Relative),
        ("/pay", Relative),
        ("pay", Relative),
        ("?x=1", Relative),
        ("//evil", Relative),
        ("//evil:80/", Relative),
        ("/pay?to=https://evil.com", Relative),
        ("https:evil", Relative),
        ("https:/evil", Relative),
        ("https:///path", Relative),
        ("https://", Relative),
        ("https://?x", Relative),
        ("javascript:alert(1)", Scheme),
        ("JAVASCRIPT:alert(1)", Scheme),
        ("javascript://shop.example/%0aalert(1)", Scheme),
        ("data:text/html,x", Scheme),
        ("blob:https://shop.example/1", Scheme),
        ("ftp://shop.example/", Scheme),
        ("file:///etc/passwd", Scheme),
        ("vbscript:x", Scheme),
        ("ws://shop.example", Scheme),
        ("shop.example:443", Scheme),
        ("http://evil", Scheme),
        ("http://shop.example/", Scheme),
        ("http://127.0.0.1.evil.com/", Scheme),
        ("http://localhost.evil.com/", Scheme),
        ("http://evil.com/localhost", Scheme),
        ("http://127.1/", Scheme),
        ("http://128.0.0.1/", Scheme),
        ("http://127.0.0.256/", Scheme),
        ("http://[::2]/", Scheme),
        ("http://0.0.0.0/", Scheme),
        ("https://a@evil", UserInfo),
        ("https://user:pw@host", UserInfo),
        ("https://shop.example:443@evil.com/", UserInfo),
        ("https://@evil.com/", UserInfo),
        ("http://localhost@evil.com/", UserInfo),
        ("https://shop.example\t/", ControlCharacter),
        ("java\tscript:alert(1)", ControlCharacter),
        ("https://shop.example/\n", ControlCharacter),
        ("\u{1}https://shop.example/", ControlCharacter),
        (" https://shop.example/", ControlCharacter),
        ("https://shop.example/a b", ControlCharacter),
        ("https://shop.example/\u{0}", ControlCharacter),
        ("https://shop.example/\u{7f}", ControlCharacter),
        ("https://shop.example/\u{a0}", ControlCharacter),
        ("https:\\\\evil.com", ControlCharacter),
        ("https://evil.com\\@shop.example/", ControlCharacter),
        ("https://münze.example/", NoHost),
        ("https://ѕhop.example/", NoHost),
        ("https://shop%2eexample/", NoHost),
        ("https://shop.example:80a/", NoHost),
        ("https://shop.example:99999/", NoHost),
        ("https://:443/", NoHost),
        ("https://[::1/", NoHost),
        ("https://[::1]8080/", NoHost),
        ("https://[::1].evil.com/", NoHost),
        ("https://[evil.com]/", NoHost),
        ("https://::1/", NoHost),
    ];
    for (url, flaw) in bad {
        assert_eq!(check_redirect(url), Err(flaw), "{url:?}");
    }
}

#[test]
fn host_and_origin_are_those_of_the_authority() {
    let cases = [
        ("https://Shop.Example/x", Some("Shop.Example"), Some("https://shop.example")),
        ("HTTPS://shop.example:8443?x", Some("shop.example"), Some("https://shop.example:8443")),
        ("http://[::1]:80/", Some("::1"), Some("http://[::1]:80")),
        ("https://shop.example@evil.com/", Some("evil.com"), None),
        ("https://shop.example#@evil.com", Some("shop.example"), Some("https://shop.example")),
        ("https:shop.example", None, None),
        ("/pay", None, None),
        ("", None, None),
        ("https://münze.example", None, None),
    ];
    for (url, its_host, its_origin) in cases {
        assert_eq!(host(url), its_host, "{url}");
        assert_eq!(origin(url).as_deref(), its_origin, "{url}");
    }
}

#[test]
fn a_parameter_is_added_or_replaced_before_the_fragment() {
    let cases = [
        ("https://s.example/p", "https://s.example/p?paywith=k%201"),
        ("https://s.example/p?", "https://s.example/p?paywith=k%201"),
        ("https://s.example/p?x=1&y", "https://s.example/p?x=1&y&paywith=k%201"),
        ("https://s.example/p#f", "https://s.example/p?paywith=k%201#f"),
        ("https://s.example/p#f?paywith=2", "https://s.example/p?paywith=k%201#f?paywith=2"),
        ("https://s.example/p?paywith=2&x=1#f", "https://s.example/p?x=1&paywith=k%201#f"),
        ("https://s.example/?paywith=2&x=1&paywith=3", "https://s.example/?x=1&paywith=k%201"),
        ("https://s.example/?x=1&pay%77ith=2", "https://s.example/?x=1&paywith=k%201"),
        ("https://s.example/?paywithx=2", "https://s.example/?paywithx=2&paywith=k%201"),
        ("https://s.example/?x=paywith", "https://s.example/?x=paywith&paywith=k%201"),
    ];
    for (url, expected) in cases {
        assert_eq!(with_parameter(url, "paywith", "k 1"), expected, "{url}");
    }
}

#[test]
fn percent_codes_are_those_of_rfc_3986() {
    assert_eq!(percent_encode("aZ0-._~ +/?&=é"), "aZ0-._~%20%2B%2F%3F%26%3D%C3%A9");
    let cases = [("a+b%20c", "a b c"), ("%c3%A9", "é"), ("100%", "100%"), ("%zz%4", "%zz%4")];
    for (text, decoded) in cases {
        assert_eq!(percent_decode(text), decoded, "{text}");
    }
    assert_eq!(percent_decode("%ff"), "\u{fffd}");
}

#[test]
fn cashiis_page_carries_the_id_and_the_whole_return_address() {
    let id = PaymentId::parse("1234567890123456").expect("an id");
    let cases = [
        (cashii::HOSTED_PAGE, "https://cashii.app/payment?code=1234567890123456&redirect="),
        ("http://localhost/p?slow=1", "http://localhost/p?slow=1&code=1234567890123456&redirect="),
    ];
    for (page, start) in cases {
        let url = cashii::page_url(page, &id, "https://s.example/?a=1&b=2#c");
        let redirect = "https%3A%2F%2Fs.example%2F%3Fa%3D1%26b%3D2%23c";
        assert_eq!(url, [start, redirect].concat());
    }
}

#[test]
fn a_return_hints_at_whom_to_ask() {
    let kashier = "paymentStatus=SUCCESS&merchantOrderId=INV-1&orderId=ko-1&signature=x";
    let cashii = "order=A1&transaction_id=TRX9&status=paid&signature=abc";
    let cases = [
        ("paywith=pay_1", Some((None, Some("pay_1"), None))),
        (
            "x=1&paywith=cashii:1234567890123456",
            Some((
                Some(Provider::Cashii),
                Some("cashii:1234567890123456"),
                Some("1234567890123456"),
            )),
        ),
        (
            "paywith=cashii%3A1234567890123456?transaction_id=T&status=paid",
            Some((
                Some(Provider::Cashii),
                Some("cashii:1234567890123456"),
                Some("1234567890123456"),
            )),
        ),
        (
            "paywith=key-12345678?paymentStatus=SUCCESS&merchantOrderId=INV-1",
            Some((Some(Provider::Kashier), Some("key-12345678"), None)),
        ),
        ("paywith=&x=1", None),
        (kashier, Some((Some(Provider::Kashier), None, None))),
        (cashii, Some((Some(Provider::Cashii), None, None))),
        ("charge_id=chg_1", Some((Some(Provider::CashPay), None, Some("chg_1")))),
        ("a=1&tap_id=chg_2", Some((Some(Provider::CashPay), None, Some("chg_2")))),
        ("status=paid", None),
        ("transaction_id=T", None),
        ("x=1&y=2", None),
        ("", None),
    ];
    for (query, expected) in cases {
        let hint = returns::read(&returns::pairs(query));
        let told = hint.as_ref().map(|hint| {
            (hint.provider, hint.paywith.as_deref(), hint.id.as_ref().map(PaymentId::as_str))
        });
        assert_eq!(told, expected, "{query}");
    }
}

#[test]
fn a_second_question_mark_reads_as_an_ampersand() {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let expected = vec![pair("a", "1 2"), pair("b", "?"), pair("c", ""), pair("d", "x=y")];
    assert_eq!(returns::pairs("a=1+2?b=%3F&&c&d=x=y"), expected);
}

#[test]
fn every_return_parameter_is_known_by_name() {
    for (provider, name) in [
        (Provider::Cashii, "transaction_id"),
        (Provider::CashPay, "charge_id"),
        (Provider::CashPay, "tap_id"),
        (Provider::Kashier, "paymentStatus"),
        (Provider::Kashier, "signature"),
    ] {
        assert!(paywith_providers::return_parameters(provider).contains(&name), "{name}");
    }
    assert!(paywith_providers::return_parameters(Provider::Cashi).is_empty());
}

#[test]
fn kashiers_return_is_signed_over_ten_parameters_in_their_order() {
    let full = "paymentStatus=SUCCESS&cardDataToken=tok1&maskedCard=512345******0008\
        &merchantOrderId=INV-1&orderId=ko-1&cardBrand=Mastercard&orderReference=TEST-ORD-1\
        &transactionId=TX-1&amount=20.00&currency=EGP";
    let unsigned = "mode=test&signature=abc&paywith=key";
    let mut shuffled = returns::pairs(&[unsigned, "&", full].concat());
    assert_eq!(kashier::return_signature_text(&shuffled), full);
    shuffled.reverse();
    assert_eq!(kashier::return_signature_text(&shuffled), full);

    let absent = "paymentStatus=FAILURE&merchantOrderId=INV-1&orderId=ko-1\
        &orderReference=TEST-ORD-1&transactionId=TX-1&amount=20.00&currency=EGP";
    let expected = "paymentStatus=FAILURE&cardDataToken=null&maskedCard=null\
        &merchantOrderId=INV-1&orderId=ko-1&cardBrand=null&orderReference=TEST-ORD-1\
        &transactionId=TX-1&amount=20.00&currency=EGP";
    assert_eq!(kashier::return_signature_text(&returns::pairs(absent)), expected);

    let encoded = returns::pairs("cardBrand=a%20b%26c&maskedCard=");
    let text = kashier::return_signature_text(&encoded);
    assert!(text.contains("&maskedCard=&") && text.contains("cardBrand=a b&c&"), "{text}");
}
