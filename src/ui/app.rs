//! The frame around every screen: the notices above it, the screen, the line for screen readers.

use super::announce::{announcement, status_line};
use super::desk::Desk;
use super::node::{Node, el, text};
use super::parts::{notice, retry_line};
use super::screens;
use super::text::Key;
use leptos::prelude::*;

/// The whole widget, drawn again whenever its desk changes.
pub(crate) fn app(desk: ArcRwSignal<Desk>) -> impl IntoView {
    move || frame(&desk.read())
}

fn frame(desk: &Desk) -> Node {
    let direction = if desk.words.is_right_to_left { "rtl" } else { "ltr" };
    let view = &desk.view;
    let badge =
        view.is_test.then(|| el("p", &[("class", "badge")], vec![text(desk.say(Key::test_mode))]));
    let spoken = [&status_line(desk), " ", &announcement(desk)].concat();
    el(
        "div",
        &[("class", "frame"), ("dir", direction), ("lang", desk.words.language.tag())],
        vec![
            el("div", &[], vec![badge.into()]),
            el("div", &[("class", "notices")], notices(desk)),
            screens::screen(desk),
            // One line that stays in place: readers announce what changes inside it.
            el("p", &[("class", "unseen"), ("role", "status")], vec![text(spoken)]),
        ],
    )
}

fn notices(desk: &Desk) -> Vec<Node> {
    let mut notices = Vec::new();
    if let Some(difference) = &desk.view.difference {
        let (stated, asked) = (desk.sum(&difference.stated), desk.sum(&difference.asked));
        notices.push(notice("notice warning", desk.fill(Key::difference, &[&stated, &asked])));
    }
    if let Some(trouble) = desk.view.trouble {
        notices.push(retry_line(desk, trouble));
    }
    notices
}
