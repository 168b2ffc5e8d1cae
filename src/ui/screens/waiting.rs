//! Screens on which something is under way.

use super::section;
use crate::ui::action::Action;
use crate::ui::components::{actions, button, check, heading, link, note, sign, support, total};
use crate::ui::i18n::Key;
use crate::ui::signals::Ui;
use leptos::prelude::AnyView;
use paywith_protocol::{Money, Provider, Review};

fn name(provider: Option<Provider>) -> &'static str {
    provider.map_or("", Provider::name)
}

/// A ring, a heading, a sentence, and the ways on.
fn waiting(ui: &Ui, title: String, text: Option<Key>, ways: Vec<AnyView>) -> AnyView {
    let text = text.map(|key| note(ui.message(key)));
    let children = vec![Some(sign("spinner", "")), Some(heading(title)), text, Some(actions(ways))];
    section("screen waiting", children)
}

fn quiet(ui: &Ui, label: Key, action: Action) -> AnyView {
    button(ui, "button quiet", "button", ui.message(label), action)
}

fn main(ui: &Ui, label: String, action: Action) -> AnyView {
    button(ui, "button main", "button", label, action)
}

fn cancel(ui: &Ui) -> AnyView {
    quiet(ui, Key::cancel, Action::Cancel)
}

/// The backend is asked what can be paid.
pub(crate) fn loading(ui: &Ui) -> AnyView {
    waiting(ui, ui.message(Key::loading), None, Vec::new())
}

/// A payment is being asked for.
pub(crate) fn starting(ui: &Ui) -> AnyView {
    waiting(ui, ui.message(Key::starting), None, vec![cancel(ui)])
}

/// The shopper is being sent away; a link for a browser that did not go by itself.
pub(crate) fn leaving(ui: &Ui, provider: Option<Provider>, url: &str) -> AnyView {
    let link = link(url, "_top", ui.message_with(Key::continue_to, &[name(provider)]));
    let title = ui.message_with(Key::leaving, &[name(provider)]);
    waiting(ui, title, None, vec![link, cancel(ui)])
}

/// The hosted page has a window of its own.
pub(crate) fn window(ui: &Ui, provider: Option<Provider>) -> AnyView {
    let title = ui.message_with(Key::window_title, &[name(provider)]);
    let show = main(ui, ui.message(Key::show_window), Action::Continue);
    waiting(ui, title, Some(Key::window_note), vec![show, check(ui), cancel(ui)])
}

/// Another tab has the payment open.
pub(crate) fn other_tab(ui: &Ui, provider: Option<Provider>) -> AnyView {
    let about = provider.map(|provider| note(provider.name().to_owned()));
    let ways = vec![
        main(ui, ui.message(Key::continue_here), Action::Continue),
        quiet(ui, Key::other_way, Action::Reset),
    ];
    let children = vec![
        Some(heading(ui.message(Key::tab_title))),
        about,
        Some(note(ui.message(Key::tab_note))),
        Some(actions(ways)),
    ];
    section("screen open", children)
}

/// The backend is asked how the payment stands.
pub(crate) fn checking(ui: &Ui) -> AnyView {
    let ways = vec![check(ui), cancel(ui)];
    waiting(ui, ui.message(Key::checking), Some(Key::checking_note), ways)
}

/// Time is up; one last check.
pub(crate) fn confirming(ui: &Ui) -> AnyView {
    waiting(ui, ui.message(Key::confirming), Some(Key::confirming_note), vec![check(ui)])
}

/// Money is on its way, or a person must look.
pub(crate) fn processing(ui: &Ui, review: Option<Review>) -> AnyView {
    let (title, text) = match review {
        Some(_) => (Key::review_title, Key::review_note),
        None => (Key::processing_title, Key::processing_note),
    };
    waiting(ui, ui.message(title), Some(text), vec![check(ui), support(ui)])
}

/// Not paid yet; the shopper goes on, looks again, or pays another way.
pub(crate) fn open(
    ui: &Ui,
    provider: Option<Provider>,
    amount: Option<&Money>,
    can_continue: bool,
) -> AnyView {
    let go_on = can_continue.then(|| {
        main(ui, ui.message_with(Key::continue_with, &[name(provider)]), Action::Continue)
    });
    let ways =
        go_on.into_iter().chain([check(ui), quiet(ui, Key::other_way, Action::Reset)]).collect();
    let children = vec![
        Some(heading(ui.message(Key::open_title))),
        amount.map(|money| total(ui, None, money)),
        Some(note(ui.message(Key::open_note))),
        Some(actions(ways)),
    ];
    section("screen open", children)
}
