//! The HTML. The template escapes texts; invisible characters in them are made visible first.

use super::facts::{self, time};
use super::{Dossier, Search};
use crate::Shop;
use crate::sanitize::visible;
use crate::store::{Moment, MomentKind, ProviderMessage, StoredPayment};
use crate::support::heading;
use maud::{DOCTYPE, Markup, html};
use paywith_protocol::Status;
use paywith_providers::urls;

/// The list, its form, and the link to older payments.
pub(super) fn list(
    shop: &Shop,
    search: &Search,
    payments: &[StoredPayment],
    older: Option<&str>,
) -> Markup {
    let is_everything = *search == Search::default();
    frame(
        "Payments",
        &html! {
            header.top { h1 { a href="/admin" { "Payments" } } (badge(shop)) }
            (form(search))
            @if payments.is_empty() {
                p.none { @if is_everything { "No payments yet." } @else { "No payment fits." } }
            } @else {
                (table(payments))
            }
            (unusable(shop))
            nav.pages {
                @if search.before.is_some() { a.button href="/admin" { "Newest" } }
                @if let Some(older) = older { a.button rel="next" href=(older) { "Older" } }
            }
        },
    )
}

/// One payment with everything that is known about it.
pub(super) fn payment(shop: &Shop, dossier: &Dossier) -> Markup {
    let payment = &dossier.payment;
    frame(
        &visible(&payment.order_id),
        &html! {
            header.top { a href="/admin" { "← Payments" } (badge(shop)) }
            h1 { (stranger(&payment.order_id)) }
            p.sum { span { (payment.amount.to_string()) } (status(payment.status)) }
            @if let Some(review) = payment.review {
                div.notice role="note" {
                    strong { (review_word(payment)) }
                    p { (facts::advice(review)) }
                }
            }
            section { h2 { "Facts" } (table_of_facts(dossier)) }
            section { h2 { "What happened" } (story(dossier)) }
            section { h2 { "Events sent to the shop" } (told(dossier)) }
            section {
                h2 { "What the provider said" }
                @if dossier.answers.is_empty() { p.none { "Nothing was stored." } }
                @for said in &dossier.answers { (answer(said)) }
            }
            section {
                h2 { "Other payments of this order" }
                @if dossier.others.is_empty() { p.none { "None." } }
                @else { (table(&dossier.others)) }
            }
        },
    )
}

/// A page with one sentence.
pub(super) fn message(sentence: &str) -> Markup {
    let back = html! { header.top { a href="/admin" { "← Payments" } } };
    frame("Payments", &html! { (back) p.notice role="alert" { (sentence) } })
}

fn frame(title: &str, main: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="stylesheet" href="/admin.css";
            }
            body { main { (main) footer { "Times are in UTC. Nothing on these pages changes anything." } } }
        }
    }
}

/// Text from outside.
fn stranger(text: &str) -> Markup {
    html! { bdi { (visible(text)) } }
}

fn badge(shop: &Shop) -> Markup {
    html! { @if shop.config.test { span.badge { "test" } } }
}

fn status(status: Status) -> Markup {
    html! { span class={ "status " (status.as_str()) } { (status.as_str()) } }
}

fn review_word(payment: &StoredPayment) -> String {
    let word = payment.review.map(|review| review.as_str().replace('_', " ")).unwrap_or_default();
    if payment.needs_a_person() { format!("Needs a person: {word}") } else { format!("Was {word}") }
}

/// Webhooks that could not be used since this process started.
fn unusable(shop: &Shop) -> Markup {
    let list = shop.unusable.list();
    html! {
        @if !list.is_empty() {
            section {
                h2 { "Webhooks that could not be used" }
                p.none { "Counted since this process was started." }
                ul {
                    @for (provider, reason, tally) in list {
                        li data-unusable={ (provider) " " (reason.as_str()) } {
                            strong { (provider) ": " (reason.as_str().replace('_', " ")) }
                            " (" (tally.count) ", last at " (time(tally.last_ms)) "): "
                            (reason.remedy())
                        }
                    }
                }
            }
        }
    }
}

fn form(search: &Search) -> Markup {
    html! {
        form.search method="get" action="/admin" role="search" {
            label.order {
                span { "Order" }
                input name="order" type="search" dir="auto" autocomplete="off" spellcheck="false"
                    maxlength="100" placeholder="its id, or how it begins"
                    value=[search.order.as_deref()];
            }
            label {
                span { "Status" }
                select name="status" {
                    option value="" { "any" }
                    @for status in Status::ALL {
                        option value=(status.as_str()) selected[search.status == Some(status)] {
                            (status.as_str())
                        }
                    }
                }
            }
            label.person {
                input type="checkbox" name="person" value="1" checked[search.needs_a_person];
                span { "Needs a person" }
            }
            button.button { "Find" }
        }
    }
}

fn table(payments: &[StoredPayment]) -> Markup {
    html! {
        table {
            thead {
                tr {
                    th scope="col" { "Made" }
                    th scope="col" { "Order" }
                    th scope="col" { "Provider" }
                    th.amount scope="col" { "Amount" }
                    th scope="col" { "Status" }
                    th scope="col" { "Review" }
                }
            }
            tbody { @for payment in payments { (row(payment)) } }
        }
    }
}

fn row(payment: &StoredPayment) -> Markup {
    let page = format!("/admin/payments/{}", urls::percent_encode(&payment.id));
    html! {
        tr {
            td.made { (time(payment.created_ms)) }
            td.order { a href=(page) { (stranger(&payment.order_id)) } }
            td.provider { (payment.provider.name()) }
            td.amount { (payment.amount.to_string()) }
            td.state { (status(payment.status)) }
            td.review {
                @if let Some(part) = payment.facts.refunded { "Refunded in part: " (part.value) " " }
                @if payment.review.is_some() {
                    span.flag[payment.needs_a_person()] { (review_word(payment)) }
                }
            }
        }
    }
}

fn table_of_facts(dossier: &Dossier) -> Markup {
    html! {
        dl { @for (name, value) in facts::of(dossier) { dt { (name) } dd { (stranger(&value)) } } }
    }
}

fn story(dossier: &Dossier) -> Markup {
    let made_ms = dossier.payment.created_ms;
    let happened = dossier.history.iter().filter(|moment| match moment.kind {
        MomentKind::Change | MomentKind::Webhook => true,
        MomentKind::Event => false,
    });
    html! {
        ol.story {
            li { time { (time(made_ms)) } span { "the shopper chose " (dossier.payment.provider.name()) } }
            @for moment in happened { (line(moment)) }
        }
    }
}

fn told(dossier: &Dossier) -> Markup {
    let mut events =
        dossier.history.iter().filter(|moment| moment.kind == MomentKind::Event).peekable();
    html! {
        @if !dossier.is_shop_told {
            p.none { "No address is configured (" code { "notify.url" } "): no one is notified." }
        }
        @if events.peek().is_some() {
            ol.story { @for moment in events { (event(dossier, moment)) } }
        } @else if dossier.is_shop_told {
            p.none { "Nothing yet." }
        }
    }
}

fn event(dossier: &Dossier, moment: &Moment) -> Markup {
    let id = moment.event.as_deref().filter(|_| dossier.is_shop_told);
    html! {
        (line(moment))
        @if let Some(id) = id {
            li {
                form method="post" action={ "/admin/events/" (urls::percent_encode(id)) "/resend" } {
                    input type="hidden" name="payment" value=(dossier.payment.id);
                    button.button { "Send again" }
                }
            }
        }
    }
}

fn line(moment: &Moment) -> Markup {
    let text = moment.text.replace(" -> ", " → ");
    html! { li { time { (time(moment.at_ms)) } span { (stranger(&text)) } } }
}

fn answer(said: &ProviderMessage) -> Markup {
    html! {
        details {
            summary { time { (time(said.at_ms)) } " " (heading(said)) }
            pre dir="ltr" { (visible(&said.body)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_a_stranger_is_text_and_keeps_its_direction_to_itself() {
        for (text, shown) in [
            ("<img onerror=x>", "&lt;img onerror=x&gt;"),
            ("a\u{202e}b\0", "a\\u{202e}b\\u{0}"),
            ("فاتورة-1", "فاتورة-1"),
        ] {
            assert_eq!(stranger(text).into_string(), format!("<bdi>{shown}</bdi>"));
        }
    }
}
