//! Pieces that several screens use.

use super::desk::{Desk, isolate};
use super::node::{Node, el, text};
use super::press::{self, Press};
use super::text::{Key, Written, number};
use paywith_checkout::{Check, Trouble};

/// What a page translator must leave alone: amounts, times, names and ids.
pub(crate) const UNTRANSLATED: (&str, &str) = ("translate", "no");

/// A button that reports one press. `class` says how much it asks for attention: `main`, `quiet`.
pub(crate) fn button(desk: &Desk, class: &str, part: &str, label: Key, press: Press) -> Node {
    labeled_button(class, part, desk.say(label), press)
}

/// A button with a label of its own.
pub(crate) fn labeled_button(class: &str, part: &str, label: String, press: Press) -> Node {
    let class = ["button ", class].concat();
    let attributes = [
        ("type", "button"),
        ("class", class.as_str()),
        ("part", part),
        (press::ATTRIBUTE, press.word()),
    ];
    el("button", &attributes, vec![text(label)])
}

/// A link that looks like a button.
pub(crate) fn link(url: &str, target: &str, label: String) -> Node {
    let attributes = [
        ("class", "button main"),
        ("part", "button"),
        ("href", url),
        ("target", target),
        ("rel", "noopener noreferrer"),
    ];
    el("a", &attributes, vec![text(label)])
}

/// A screen's heading; it takes the focus when its screen replaces one that had it.
pub(crate) fn heading(words: String) -> Node {
    el("h2", &[("class", "title"), ("part", "status"), ("tabindex", "-1")], vec![text(words)])
}

/// A sentence below a heading.
pub(crate) fn note(words: String) -> Node {
    el("p", &[("class", "note")], vec![text(words)])
}

/// A sentence that must not be overlooked: `notice warning` or `notice danger`.
pub(crate) fn notice(class: &str, words: String) -> Node {
    el("p", &[("class", class), ("role", "alert")], vec![text(words)])
}

/// The ways on, below a screen.
pub(crate) fn actions(children: Vec<Node>) -> Node {
    el("div", &[("class", "actions")], children)
}

/// A screen.
pub(crate) fn section(class: &str, children: Vec<Node>) -> Node {
    el("section", &[("class", class)], children)
}

/// A sign for the eye only.
pub(crate) fn sign(class: &str, sign: &str) -> Node {
    el("div", &[("class", class), ("aria-hidden", "true")], vec![text(sign.to_owned())])
}

/// An amount, kept apart from the direction of the text around it; its last two digits can be
/// marked.
pub(crate) fn amount(written: Written, is_marked: bool) -> Node {
    let last_two = text(written.last_two);
    let last_two =
        if is_marked { el("mark", &[("part", "amount-unique")], vec![last_two]) } else { last_two };
    let children = vec![text(written.head), last_two, text(written.tail)];
    let attributes = [("class", "amount"), ("part", "amount"), UNTRANSLATED];
    el("bdi", &attributes, children)
}

/// Lets the shopper look at once, and says what came of it.
pub(crate) fn check(desk: &Desk) -> Node {
    let said = match desk.view.check {
        Some(Check::Answered { at_wall_ms }) => desk.wall_time(at_wall_ms).map(|time| {
            let words = desk.fill(Key::checked_at, &[&isolate(&time)]);
            el("span", &[("class", "checked"), ("role", "status")], vec![text(words)])
        }),
        Some(Check::Asked) | None => None,
    };
    let is_asked = desk.view.check == Some(Check::Asked);
    let label = if is_asked { Key::check_running } else { Key::check_now };
    let press = button(desk, "quiet", "button", label, Press::Check);
    el("div", &[("class", "check")], vec![press, said.into()])
}

/// One tap copies what the shop's support needs.
pub(crate) fn support(desk: &Desk) -> Node {
    let label = match desk.copied(Press::Support) {
        Some(true) => Key::copied,
        Some(false) => Key::support_failed,
        None => Key::support,
    };
    button(desk, "quiet", "button", label, Press::Support)
}

/// "No connection. Your payment is safe. Trying again in 6 s", and a button to try now.
pub(crate) fn retry_line(desk: &Desk, trouble: Trouble) -> Node {
    let what = if trouble.is_network { Key::trouble_network } else { Key::trouble_busy };
    let mut what = desk.say(what);
    if trouble.has_payment {
        what.push(' ');
        what.push_str(&desk.say(Key::trouble_safe));
    }
    let left_s = desk.view.countdown.retry_s.unwrap_or(0);
    let when = if left_s == 0 {
        desk.say(Key::trouble_now)
    } else {
        desk.fill(Key::trouble_retry, &[&number(left_s, desk.words.digits)])
    };
    el(
        "div",
        &[("class", "notice warning")],
        vec![
            el("p", &[("role", "alert")], vec![text(what)]),
            // The seconds would be read out one by one inside the alert.
            el("p", &[("aria-live", "off")], vec![text(when)]),
            button(desk, "quiet", "button", Key::try_now, Press::Check),
            trouble.has_payment.then(|| support(desk)).into(),
        ],
    )
}
