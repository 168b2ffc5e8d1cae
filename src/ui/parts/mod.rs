//! Pieces that several screens use.

use super::bridge::Bridge;
use super::text::{Key, Written};
use leptos::html;
use leptos::prelude::*;
use paywith_checkout::{Event, Trouble};

/// How much a button asks for attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    Main,
    Quiet,
}

/// A button that reports one event.
pub(crate) fn button(
    bridge: Bridge,
    weight: Weight,
    part: &'static str,
    label: String,
    event: Event,
) -> AnyView {
    let class = match weight {
        Weight::Main => "button main",
        Weight::Quiet => "button quiet",
    };
    html::button()
        .r#type("button")
        .class(class)
        .attr("part", part)
        .on(leptos::ev::click, move |_| bridge.report(event.clone()))
        .child(label)
        .into_any()
}

/// A screen's heading; it takes the focus when its screen replaces one that had it.
pub(crate) fn heading(text: String) -> AnyView {
    html::h2().class("title").attr("part", "status").attr("tabindex", "-1").child(text).into_any()
}

/// A sentence below a heading.
pub(crate) fn note(text: String) -> AnyView {
    html::p().class("note").attr("dir", "auto").child(text).into_any()
}

/// A sentence that must not be overlooked.
pub(crate) fn notice(kind: &'static str, text: String) -> AnyView {
    let class = if kind == "warning" { "notice warning" } else { "notice danger" };
    html::p().class(class).attr("role", "alert").child(text).into_any()
}

/// A turning ring.
pub(crate) fn spinner() -> AnyView {
    html::div().class("spinner").attr("aria-hidden", "true").into_any()
}

/// An amount, kept apart from the direction of the text around it.
pub(crate) fn amount(written: &Written, is_marked: bool) -> AnyView {
    let last_two = written.last_two.clone();
    let last_two = if is_marked {
        html::mark().attr("part", "amount-unique").child(last_two).into_any()
    } else {
        last_two.into_any()
    };
    html::bdi()
        .class("amount")
        .attr("part", "amount")
        .child((written.head.clone(), last_two, written.tail.clone()))
        .into_any()
}

/// "No connection. Your payment is safe. Trying again in 6 s", and a button to try now.
pub(crate) fn retry_line(bridge: Bridge, trouble: Trouble) -> AnyView {
    let what = if trouble.is_network { Key::trouble_network } else { Key::trouble_busy };
    let safe = trouble.has_payment.then(|| [" ", &bridge.say(Key::trouble_safe)].concat());
    let when = move || {
        let left_s = trouble.retry_in_ms(bridge.now()).div_ceil(1_000);
        if left_s == 0 {
            return bridge.say(Key::trouble_now);
        }
        let digits = bridge.words.with(|words| words.digits);
        bridge.fill(Key::trouble_retry, &[&super::text::number(left_s, digits)])
    };
    html::div()
        .class("notice warning")
        .child((
            html::p().attr("role", "alert").child((bridge.say(what), safe)),
            // The seconds would be read out one by one inside the alert.
            html::p().attr("aria-live", "off").child(when),
            button(bridge, Weight::Quiet, "button", bridge.say(Key::try_now), Event::CheckAsked),
        ))
        .into_any()
}
