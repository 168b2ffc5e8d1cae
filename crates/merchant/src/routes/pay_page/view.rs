//! The HTML of the page. The template escapes texts.

use super::Page;
use super::messages::Messages;
use crate::pay::judge_code;
use crate::store::StoredPayment;
use maud::{DOCTYPE, Markup, html};
use paywith_protocol::{Money, Provider, Status};
use paywith_qris::Verdict;

/// How often the page refreshes itself, in seconds, while something may change.
const REFRESH_S: u32 = 5;

/// The page of an order.
pub(super) fn page(page: &Page<'_>) -> Markup {
    let messages = page.messages;
    let (refresh, main) = match &page.payment {
        None => (None, choose(page, None)),
        Some(payment) => shown(page, payment),
    };
    frame(
        messages,
        refresh,
        &html! {
            @if page.shop.config.test { p.badge { (messages.test) } }
            @if let Some(name) = &page.shop.config.merchant_name { p.merchant { bdi { (name) } } }
            @if let Some(what) = &page.order.description { p { bdi { (what) } } }
            (main)
        },
    )
}

/// One sentence, and a link back to the order if there is one.
pub(super) fn message(messages: &Messages, sentence: &str, back: Option<&str>) -> Markup {
    frame(
        messages,
        None,
        &html! {
            p.notice role="alert" { (sentence) }
            @if let Some(back) = back { a.button href=(back) { (messages.check) } }
        },
    )
}

fn frame(messages: &Messages, refresh: Option<u32>, main: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(messages.tag) dir=(messages.direction) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                @if let Some(seconds) = refresh { meta http-equiv="refresh" content=(seconds); }
                title { (messages.title) }
                link rel="stylesheet" href="/pay.css";
            }
            body { main { h1 { (messages.title) } (main) } }
        }
    }
}

fn shown(page: &Page<'_>, payment: &StoredPayment) -> (Option<u32>, Markup) {
    let messages = page.messages;
    let said = |title: &str, note: &str| html! { h2 { (title) } p { (note) } };
    match payment.status {
        Status::Paid => (
            None,
            html! { (said(messages.paid, messages.paid_note)) (amount(payment.amount, false)) },
        ),
        Status::Refunded => (None, said(messages.refunded, "")),
        Status::Processing => {
            (Some(REFRESH_S), said(messages.processing, messages.processing_note))
        }
        Status::Pending | Status::Failed | Status::Canceled | Status::Expired => {
            (Some(REFRESH_S), open(page, payment))
        }
    }
}

/// A payment that waits for the shopper: its code, or the link to its hosted page.
fn open(page: &Page<'_>, payment: &StoredPayment) -> Markup {
    let messages = page.messages;
    html! {
        @if let Some(url) = &payment.redirect_url {
            p { (messages.open) }
            (amount(payment.amount, false))
            a.button.main href=(url) rel="noreferrer" { (messages.go_on) " " (payment.provider.name()) }
        } @else {
            (code(page, payment))
        }
        a.button href=(super::own(page.token)) { (messages.check) }
        details {
            summary { (messages.other_way) }
            (choose(page, Some(payment)))
        }
    }
}

/// The provider's picture, unless the code in it contradicts what is to be paid.
fn code(page: &Page<'_>, payment: &StoredPayment) -> Markup {
    let messages = page.messages;
    let verdict = judge_code(&page.shop.config, payment.qr_payload.as_deref(), payment.amount);
    if matches!(verdict, Verdict::Refuse(_)) {
        return html! { p.notice role="alert" { (messages.unsafe_code) } };
    }
    let left_s = payment.expires_ms.map(|at_ms| at_ms.saturating_sub(page.now_ms).max(0) / 1_000);
    html! {
        p { (messages.scan) }
        p { (messages.exactly) @if verdict.asks_for_tip() { " " (messages.no_tip) } }
        (amount(payment.amount, payment.amount != payment.price))
        @if let Some(image) = &payment.qr_image {
            img.qr src=(image) alt=(messages.scan) width="280" height="280";
        } @else if let Some(url) = &payment.checkout_url {
            a.button.main href=(url) rel="noreferrer" { (messages.go_on) " " (payment.provider.name()) }
        }
        @if let Some(left_s) = left_s {
            p { (messages.time_left) " " bdi { (left_s / 60) ":" (format!("{:02}", left_s % 60)) } }
        }
    }
}

/// One button per provider. `open` is the payment that a new choice would replace.
fn choose(page: &Page<'_>, open: Option<&StoredPayment>) -> Markup {
    let messages = page.messages;
    let is_other = |provider: &&Provider| open.is_none_or(|open| open.provider != **provider);
    html! {
        @if page.has_ended { p.notice role="alert" { (messages.ended) } }
        @if open.is_none() { (amount(page.order.price, false)) }
        @if page.providers.is_empty() { p.notice { (messages.nobody) } }
        @for provider in page.providers.iter().filter(is_other) {
            form method="post" action=(super::own(page.token)) {
                input type="hidden" name="key" value=(page.key);
                input type="hidden" name="provider" value=(provider.id());
                @if let Some(open) = open {
                    input type="hidden" name="supersedes" value=(open.id);
                }
                button.button.main { (messages.pay_with) " " (provider.name()) }
            }
        }
    }
}

/// An amount in its own direction; the digits that the provider added can be marked.
fn amount(money: Money, is_marked: bool) -> Markup {
    let text = money.value.to_text();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let cut = if is_marked { whole.len().saturating_sub(2) } else { whole.len() };
    let (head, last) = whole.split_at_checked(cut).unwrap_or((whole, ""));
    let fraction = if fraction.len() == 1 { format!("{fraction}0") } else { fraction.to_owned() };
    html! {
        p.amount {
            bdi {
                (money.currency.as_str()) " " (head)
                @if !last.is_empty() { mark { (last) } }
                @if !fraction.is_empty() { "." (fraction) }
            }
        }
    }
}
