//! What every storage must record for people to read.

use super::{NOW_MS, add_made, attempt, claim, payment};
use paywith_merchant::store::{
    ChangeReason, Creation, Filter, Lease, MessageKind, MomentKind, NewWebhook, ProviderMessage,
    Store, StoredPayment,
};
use paywith_protocol::{Money, Provider, ProviderFacts, Review, Status};
use std::sync::Arc;

fn said(kind: MessageKind, http_status: Option<u16>, body: &str) -> ProviderMessage {
    ProviderMessage { at_ms: NOW_MS, kind, http_status, body: body.to_owned() }
}

fn status(body: &str) -> ProviderMessage {
    said(MessageKind::Status, Some(200), body)
}

type Step = fn(&mut StoredPayment);

async fn bodies(store: &dyn Store, id: &str) -> Vec<String> {
    let answers = store.messages(id).await.expect("an answer");
    answers.into_iter().map(|said| said.body).collect()
}

pub(super) async fn what_a_provider_repeats_is_kept_once(store: Arc<dyn Store>) {
    for id in ["pay_1", "pay_2"] {
        add_made(&*store, id, "INV-1").await;
    }
    let all = [
        said(MessageKind::Create, Some(201), "'--\u{202e}\u{e9}"),
        status("pending"),
        said(MessageKind::Webhook, None, "paid"),
        status("paid"),
        said(MessageKind::Status, Some(500), "paid"),
    ];
    for said in &all {
        store.add_message("pay_1", said).await.expect("kept");
        let later = ProviderMessage { at_ms: said.at_ms + 1, ..said.clone() };
        if said.kind != MessageKind::Create {
            store.add_message("pay_1", &later).await.expect("kept");
        }
    }
    assert_eq!(store.messages("pay_1").await.expect("an answer"), all);
    store.add_message("pay_1", &status("pending")).await.expect("it is news again");
    store.add_message("pay_1", &all[0]).await.expect("another create call");
    assert_eq!(bodies(&*store, "pay_1").await.len(), 7);
    assert_eq!(bodies(&*store, "pay_2").await, Vec::<String>::new());
}

pub(super) async fn of_many_answers_the_first_and_the_newest_stay(store: Arc<dyn Store>) {
    add_made(&*store, "pay_1", "INV-1").await;
    store.add_message("pay_1", &said(MessageKind::Create, Some(201), "made")).await.expect("kept");
    for number in 0..60 {
        store.add_message("pay_1", &status(&number.to_string())).await.expect("kept");
        if number == 5 {
            let post = said(MessageKind::Webhook, None, "post");
            store.add_message("pay_1", &post).await.expect("kept");
        }
    }
    let bodies = bodies(&*store, "pay_1").await;
    assert_eq!(bodies.len(), 50);
    assert_eq!(bodies[..3], ["made", "post", "12"]);
    assert_eq!(bodies[49], "59");
}

pub(super) async fn a_change_leaves_a_line_and_setting_a_time_leaves_none(store: Arc<dyn Store>) {
    add_made(&*store, "pay_1", "INV-1").await;
    let steps: [(ChangeReason, Step); 4] = [
        (ChangeReason::Schedule, |stored| stored.next_check_ms = Some(7)),
        (ChangeReason::Read, |stored| {
            (stored.status, stored.review) = (Status::Processing, Some(Review::AmountMismatch));
        }),
        (ChangeReason::Read, |stored| stored.paid_ms = Some(8)),
        (ChangeReason::Webhook, |stored| stored.status = Status::Refunded),
    ];
    for (why, step) in steps {
        let rule = |stored: &mut StoredPayment, _: &[StoredPayment]| step(stored);
        store.change("pay_1", why, Box::new(rule)).await.expect("an answer");
    }
    let history = store.history("pay_1").await.expect("an answer");
    let lines = history.iter().filter(|moment| moment.kind == MomentKind::Change);
    let lines: Vec<&str> = lines.map(|moment| moment.text.as_str()).collect();
    assert_eq!(
        lines,
        [
            "pending -> processing (amount_mismatch), read at the provider",
            "processing -> refunded (amount_mismatch), a verified webhook of the provider",
        ]
    );
    let events = history.iter().filter(|moment| moment.kind == MomentKind::Event).count();
    assert_eq!(events, 2, "{history:?}");
}

async fn found(store: &dyn Store, filter: &Filter) -> Vec<String> {
    let payments = store.find_payments(filter).await.expect("an answer");
    payments.into_iter().map(|payment| payment.id).collect()
}

pub(super) async fn payments_are_found_page_by_page(store: Arc<dyn Store>) {
    for (id, order, at_ms) in [
        ("pay_a", "INV-1", 1),
        ("pay_b", "INV-1", 2),
        ("pay_c", "INV-10", 2),
        ("pay_d", "فاتورة-1", 3),
        ("pay_e", "inv_1%", 4),
    ] {
        let claim = claim(&*store, order, id).await;
        let one = StoredPayment { created_ms: NOW_MS + at_ms, ..payment(id, order) };
        store.add_intent(&claim, &attempt(id), &one).await.expect("stored");
        store.release_order(&claim).await.expect("given back");
    }
    let newest = Filter::newest(2);
    assert_eq!(found(&*store, &newest).await, ["pay_e", "pay_d"]);
    let before = |at_ms: i64, id: &str| Filter {
        before: Some((NOW_MS + at_ms, id.to_owned())),
        ..Filter::newest(2)
    };
    assert_eq!(found(&*store, &before(3, "pay_d")).await, ["pay_c", "pay_b"]);
    assert_eq!(found(&*store, &before(2, "pay_b")).await, ["pay_a"]);
    let of = |order: &str| Filter { order: Some(order.to_owned()), ..Filter::newest(9) };
    for (order, expected) in [
        ("INV-1", &["pay_c", "pay_b", "pay_a"][..]),
        ("INV-10", &["pay_c"]),
        ("فاتورة", &["pay_d"]),
        ("inv", &["pay_e"]),
        ("INV_", &[]),
        ("%", &[]),
        ("INV-1\0", &[]),
        ("' OR 1=1 --", &[]),
    ] {
        assert_eq!(found(&*store, &of(order)).await, expected, "{order}");
    }
    let review = |stored: &mut StoredPayment, _: &[StoredPayment]| {
        (stored.status, stored.review) = (Status::Processing, Some(Review::PaidTwice));
    };
    store.change("pay_a", ChangeReason::Read, Box::new(review)).await.expect("an answer");
    let needs_a_person = Filter { needs_a_person: true, ..Filter::newest(9) };
    let processing = Filter { status: Some(Status::Processing), ..Filter::newest(9) };
    assert_eq!(found(&*store, &needs_a_person).await, ["pay_a"]);
    assert_eq!(found(&*store, &processing).await, ["pay_a"]);
    let refund = |stored: &mut StoredPayment, _: &[StoredPayment]| stored.status = Status::Refunded;
    store.change("pay_a", ChangeReason::Read, Box::new(refund)).await.expect("an answer");
    assert!(found(&*store, &needs_a_person).await.is_empty(), "a refund has ended it");
}

pub(super) async fn done_posts_are_forgotten_when_they_are_old(store: Arc<dyn Store>) {
    let mut ids = Vec::new();
    for number in 0..5 {
        let new = NewWebhook {
            provider: Provider::Cashi,
            digest: &format!("digest-{number}"),
            body: b"{}",
            payment_id: None,
            now_ms: NOW_MS + number,
        };
        ids.push(store.add_webhook(&new).await.expect("an answer").expect("new").id);
    }
    for id in [0, 1, 2, 4].map(|number: usize| ids[number]) {
        store.finish_webhook(id, "read").await.expect("kept");
    }
    let forget = async |before_ms: i64, most: u32| {
        store.forget_webhooks(NOW_MS + before_ms, most).await.expect("an answer")
    };
    assert_eq!(forget(0, 9).await, 0, "what is as old as that stays");
    assert_eq!(forget(4, 2).await, 2);
    assert_eq!(forget(4, 2).await, 1);
    assert_eq!(forget(4, 2).await, 0, "one is not done, one is younger");
    let again = async |number: usize| {
        let digest = format!("digest-{number}");
        let new = NewWebhook {
            provider: Provider::Cashi,
            digest: &digest,
            body: b"{}",
            payment_id: None,
            now_ms: NOW_MS,
        };
        store.add_webhook(&new).await.expect("an answer").is_some()
    };
    assert!(!again(4).await, "what is kept is recognized");
    assert!(again(0).await, "what is forgotten is not");
    let lease = Lease { now_ms: NOW_MS + 5_003, until_ms: i64::MAX, most: 9 };
    let due = store.take_webhooks(lease).await.expect("an answer");
    assert!(due.iter().any(|webhook| webhook.id == ids[3]), "what is not done is never forgotten");
}

pub(super) async fn what_is_stored_comes_back_as_it_was(store: Arc<dyn Store>) {
    let claim = claim(&*store, "INV-1", "a").await;
    let mut one = payment("pay_1", "INV-1");
    store.add_intent(&claim, &attempt("k1"), &one).await.expect("stored");
    assert_eq!(store.payment("pay_1").await.expect("an answer"), Some(one.clone()));
    one.creation = Creation::Made { provider_payment: "INV/2026/1 \u{202e}'--".to_owned() };
    one.status = Status::Processing;
    one.review = Some(Review::AmountMismatch);
    one.amount = Money::parse("999999999999.9999", "IDR").expect("money");
    one.qr_payload = Some("0002\u{e9}".to_owned());
    one.qr_image = Some("data:image/png;base64,AA".to_owned());
    one.redirect_url = Some("https://pay.example/".to_owned());
    one.checkout_url = Some("https://pay.example/c".to_owned());
    (one.expires_ms, one.paid_ms) = (Some(NOW_MS + 1), Some(NOW_MS + 2));
    one.next_check_ms = Some(i64::MAX);
    one.facts = ProviderFacts {
        transaction: Some("31277571482 \u{202e}'--".to_owned()),
        paid_from: Some("2".to_owned()),
        paid_to: None,
        created_s: Some(u64::from(u32::MAX)),
        refunded: Money::parse("0.50", "EGP").ok(),
    };
    store.store_created(&claim, &one, None).await.expect("stored");
    assert_eq!(store.payment("pay_1").await.expect("an answer"), Some(one));
    assert_eq!(store.payment("pay_2").await.expect("an answer"), None);
}
