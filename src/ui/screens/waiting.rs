//! Screens on which something is under way.

use crate::ui::bridge::Bridge;
use crate::ui::parts::{Weight, amount as amount_of, button, heading, note, spinner};
use crate::ui::text::Key;
use leptos::html;
use leptos::prelude::*;
use paywith_checkout::Event;
use paywith_protocol::{Money, Provider, Review};

fn name(provider: Option<Provider>) -> &'static str {
    provider.map_or("", Provider::name)
}

/// A ring, a heading, a sentence, and the ways on.
fn waiting(title: String, text: Option<String>, actions: Vec<AnyView>) -> AnyView {
    html::section()
        .class("screen waiting")
        .child((
            spinner(),
            heading(title),
            text.map(note),
            html::div().class("actions").child(actions),
        ))
        .into_any()
}

fn check_now(bridge: Bridge) -> AnyView {
    button(bridge, Weight::Quiet, "button", bridge.say(Key::check_now), Event::CheckAsked)
}

fn cancel(bridge: Bridge) -> AnyView {
    button(bridge, Weight::Quiet, "button", bridge.say(Key::cancel), Event::CancelAsked)
}

/// What can be paid is being asked.
pub(crate) fn loading(bridge: Bridge) -> AnyView {
    waiting(bridge.say(Key::loading), None, Vec::new())
}

/// A payment is being asked for.
pub(crate) fn starting(bridge: Bridge, _provider: Provider) -> AnyView {
    waiting(bridge.say(Key::starting), None, vec![cancel(bridge)])
}

/// The shopper is being sent away; a link for a browser that did not go by itself.
pub(crate) fn leaving(bridge: Bridge, provider: Option<Provider>, url: &str) -> AnyView {
    let link = html::a()
        .class("button main")
        .attr("part", "button")
        .attr("href", url.to_owned())
        .attr("target", "_top")
        .attr("rel", "noreferrer")
        .child(bridge.fill(Key::continue_to, &[name(provider)]))
        .into_any();
    waiting(bridge.fill(Key::leaving, &[name(provider)]), None, vec![link, cancel(bridge)])
}

/// The truth is being asked.
pub(crate) fn checking(bridge: Bridge) -> AnyView {
    let text = bridge.say(Key::checking_note);
    waiting(bridge.say(Key::checking), Some(text), vec![check_now(bridge), cancel(bridge)])
}

/// Time is up; one last check.
pub(crate) fn confirming(bridge: Bridge) -> AnyView {
    let text = bridge.say(Key::confirming_note);
    waiting(bridge.say(Key::confirming), Some(text), vec![check_now(bridge)])
}

/// Money is on its way, or a person must look.
pub(crate) fn processing(bridge: Bridge, review: Option<Review>) -> AnyView {
    let (title, text) = match review {
        Some(_) => (Key::review_title, Key::review_note),
        None => (Key::processing_title, Key::processing_note),
    };
    waiting(bridge.say(title), Some(bridge.say(text)), vec![check_now(bridge)])
}

/// Not paid yet; the shopper goes on, looks again, or pays another way.
pub(crate) fn open(
    bridge: Bridge,
    provider: Option<Provider>,
    amount: Option<&Money>,
    can_continue: bool,
) -> AnyView {
    let go_on = can_continue.then(|| {
        let label = bridge.fill(Key::continue_with, &[name(provider)]);
        button(bridge, Weight::Main, "button", label, Event::ContinueAsked)
    });
    html::section()
        .class("screen open")
        .child((
            heading(bridge.say(Key::open_title)),
            amount.map(|money| {
                html::p().class("total").child(amount_of(&bridge.money(money), false))
            }),
            note(bridge.say(Key::open_note)),
            html::div().class("actions").child((
                go_on,
                check_now(bridge),
                button(
                    bridge,
                    Weight::Quiet,
                    "button",
                    bridge.say(Key::other_way),
                    Event::ResetAsked,
                ),
            )),
        ))
        .into_any()
}
