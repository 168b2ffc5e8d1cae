//! Screens at the end of a payment. Only `Paid` congratulates.

use crate::ui::announce::ending_title;
use crate::ui::bridge::Bridge;
use crate::ui::parts::{Weight, button, heading, note};
use crate::ui::text::Key;
use leptos::html;
use leptos::prelude::*;
use paywith_checkout::{Ending, Event};
use paywith_protocol::{Money, Provider};

/// Ended short of success, as far as anybody knows.
pub(crate) fn ended(
    bridge: Bridge,
    ending: Ending,
    provider: Option<Provider>,
    was_code: bool,
) -> AnyView {
    let text = match (ending, was_code) {
        (Ending::Expired, true) => Key::expired_code_note,
        (Ending::Expired, false) => Key::expired_note,
        (Ending::Failed, _) => Key::failed_note,
        (Ending::Canceled, _) => Key::canceled_note,
    };
    let is_code = was_code || provider == Some(Provider::Cashi);
    let again = if is_code { Key::new_code } else { Key::try_again };
    html::section()
        .class("screen ended")
        .child((
            mark("mark stopped", "!"),
            heading(bridge.say(ending_title(ending))),
            note(bridge.say(text)),
            html::div().class("actions").child((
                button(bridge, Weight::Main, "renew", bridge.say(again), Event::RenewAsked),
                button(
                    bridge,
                    Weight::Quiet,
                    "button",
                    bridge.say(Key::check_now),
                    Event::CheckAsked,
                ),
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

/// Verified.
pub(crate) fn paid(
    bridge: Bridge,
    amount: Option<&Money>,
    merchant_name: Option<&str>,
    is_late: bool,
) -> AnyView {
    let text = match (amount, merchant_name) {
        (Some(money), Some(merchant)) => {
            let sum = bridge.money(money).whole();
            bridge.fill(Key::paid_note, &[&isolate(&sum), &isolate(merchant)])
        }
        _ => bridge.say(Key::paid_note_short),
    };
    html::section()
        .class("screen paid")
        .child((
            mark("mark done", "✓"),
            heading(bridge.say(Key::paid_title)),
            note(text),
            is_late.then(|| note(bridge.say(Key::paid_late))),
        ))
        .into_any()
}

/// Given back.
pub(crate) fn refunded(bridge: Bridge, amount: Option<&Money>) -> AnyView {
    let sum = amount.map(|money| note(bridge.money(money).whole()));
    html::section()
        .class("screen ended")
        .child((
            mark("mark stopped", "↩"),
            heading(bridge.say(Key::refunded_title)),
            note(bridge.say(Key::refunded_note)),
            sum,
        ))
        .into_any()
}

fn mark(class: &'static str, sign: &'static str) -> AnyView {
    html::div().class(class).attr("aria-hidden", "true").child(sign).into_any()
}

/// Keeps a foreign name or number from turning the sentence around it.
fn isolate(text: &str) -> String {
    ["\u{2068}", text, "\u{2069}"].concat()
}
