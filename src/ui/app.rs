//! The frame around every screen: the notices above it, the screen, the line for screen readers.

use super::action::Action;
use super::announce::status_line;
use super::components::icon::CROSS;
use super::components::{Look, group, live_text, notice, retry_line, sign_button, text};
use super::i18n::Key;
use super::screens;
use super::signals::Ui;
use leptos::prelude::*;

/// The whole widget: drawn again, in place, when its view, its language or what was tried changes. What runs
/// down changes by itself.
pub(crate) fn app(ui: Ui) -> impl IntoView {
    move || frame(&ui)
}

fn frame(ui: &Ui) -> AnyView {
    let badge =
        ui.view.read().is_test.then(|| text(Look::new("P", "test"), ui.message(Key::test_mode)));
    // One line that stays in place: readers announce what changes inside it.
    let live = ui.clone();
    let status = live_text(Look::new("P", "unseen").role("status"), move || status_line(&live));
    let close = ui
        .view
        .read()
        .is_in_dialog
        .then(|| sign_button(ui, "close", CROSS, Key::close, Action::Close));
    let children = vec![
        close,
        Some(group(Look::new("DIV", ""), vec![badge])),
        Some(group(Look::new("DIV", "notices"), notices(ui))),
        Some(screens::screen(ui)),
        Some(status),
    ];
    let locale = ui.locale.read();
    let dir = if locale.is_right_to_left { "rtl" } else { "ltr" };
    group(Look::new("DIV", "frame").dir(dir).with("lang", locale.language.tag()), children)
}

fn notices(ui: &Ui) -> Vec<Option<AnyView>> {
    let view = ui.view.read();
    let difference = view.difference.map(|difference| {
        let (stated, asked) = (ui.sum(&difference.stated), ui.sum(&difference.asked));
        notice("notice", ui.message_with(Key::difference, &[&stated, &asked]))
    });
    vec![difference, view.trouble.map(|trouble| retry_line(ui, trouble))]
}
