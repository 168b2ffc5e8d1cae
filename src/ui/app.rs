//! The frame around every screen: the notices above it, the screen, the line for screen readers.

use super::announce::{announcement, status_line};
use super::bridge::Bridge;
use super::parts::{notice, retry_line};
use super::screens;
use super::text::Key;
use leptos::html;
use leptos::prelude::*;

/// The whole widget.
pub(crate) fn app(bridge: Bridge) -> impl IntoView {
    let direction = move || bridge.words.with(|w| if w.is_right_to_left { "rtl" } else { "ltr" });
    let language = move || bridge.words.with(|words| words.language.tag());
    html::div().class("frame").attr("dir", direction).attr("lang", language).child((
        move || test_badge(bridge),
        html::div().class("notices").child((move || difference(bridge), move || trouble(bridge))),
        move || bridge.view.with(|view| screens::screen(bridge, &view.screen, view.is_disabled)),
        // One line that stays in place: readers announce what changes inside it.
        html::p().class("unseen").attr("role", "status").child((
            move || status_line(bridge),
            " ",
            move || announcement(bridge),
        )),
    ))
}

fn test_badge(bridge: Bridge) -> Option<impl IntoView> {
    let is_test = bridge.view.with(|view| view.is_test);
    is_test.then(|| html::p().class("badge").child(bridge.say(Key::test_mode)))
}

fn difference(bridge: Bridge) -> Option<impl IntoView> {
    let difference = bridge.view.with(|view| view.difference)?;
    let stated = bridge.money(&difference.stated).whole();
    let asked = bridge.money(&difference.asked).whole();
    Some(notice("warning", bridge.fill(Key::difference, &[&stated, &asked])))
}

fn trouble(bridge: Bridge) -> Option<impl IntoView> {
    let trouble = bridge.view.with(|view| view.trouble)?;
    Some(retry_line(bridge, trouble))
}
