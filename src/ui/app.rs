//! The frame around every screen: the notices above it, the screen, the line for screen readers.

use super::announce::{announcement, status_line};
use super::bridge::{Bridge, Desk};
use super::node::{Node, el, text};
use super::parts::{notice, retry_line};
use super::screens;
use super::text::Key;
use leptos::prelude::*;

/// The whole widget, drawn again whenever the model changes.
pub(crate) fn app(bridge: Bridge) -> impl IntoView {
    move || bridge.draw(|model| frame(Desk { bridge, model }))
}

fn frame(desk: Desk<'_>) -> Node {
    let words = &desk.model.words;
    let direction = if words.is_right_to_left { "rtl" } else { "ltr" };
    let view = &desk.model.view;
    let badge =
        view.is_test.then(|| el("p", &[("class", "badge")], vec![text(desk.say(Key::test_mode))]));
    let spoken = [status_line(desk), announcement(desk)].join(" ");
    el(
        "div",
        &[("class", "frame"), ("dir", direction), ("lang", words.language.tag())],
        vec![
            el("div", &[], vec![badge.into()]),
            el("div", &[("class", "notices")], notices(desk)),
            screens::screen(desk),
            // One line that stays in place: readers announce what changes inside it.
            el("p", &[("class", "unseen"), ("role", "status")], vec![text(spoken)]),
        ],
    )
}

fn notices(desk: Desk<'_>) -> Vec<Node> {
    let view = &desk.model.view;
    let mut notices = Vec::new();
    if let Some(difference) = &view.difference {
        let (stated, asked) = (desk.sum(&difference.stated), desk.sum(&difference.asked));
        notices.push(notice("notice warning", desk.fill(Key::difference, &[&stated, &asked])));
    }
    if let Some(trouble) = view.trouble {
        notices.push(retry_line(desk, trouble));
    }
    notices
}
