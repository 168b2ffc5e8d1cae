//! Screens on which something is under way.

use super::section;
use crate::ui::action::Action;
use crate::ui::components::{
    button, check, heading, icon, link, links, note, plain_sign, ring, support, total, ways,
};
use crate::ui::i18n::Key;
use crate::ui::signals::Ui;
use leptos::prelude::AnyView;
use paywith_protocol::{Money, Provider, Review};

fn name(provider: Option<Provider>) -> &'static str {
    provider.map_or("", Provider::name)
}

/// A ring or a sign, a heading, a sentence, the way on, and the rest.
fn state(
    ui: &Ui,
    sign: AnyView,
    title: String,
    text: Option<Key>,
    way: Option<AnyView>,
    further: Vec<AnyView>,
) -> AnyView {
    let text = text.map(|key| note(ui.message(key)));
    let way = way.map(|way| ways(vec![way]));
    let children = vec![Some(sign), Some(heading(title)), text, way, Some(links(further))];
    section("screen state", children)
}

/// Something is on its way by itself.
fn waiting(ui: &Ui, title: Key, text: Option<Key>, further: Vec<AnyView>) -> AnyView {
    state(ui, ring(), ui.message(title), text, None, further)
}

fn quiet(ui: &Ui, label: Key, action: Action) -> AnyView {
    button(ui, "button link", "button", ui.message(label), action)
}

fn main(ui: &Ui, label: String, action: Action) -> AnyView {
    button(ui, "button main", "button", label, action)
}

fn cancel(ui: &Ui) -> AnyView {
    quiet(ui, Key::cancel, Action::Cancel)
}

/// The backend is asked what can be paid.
pub(crate) fn loading(ui: &Ui) -> AnyView {
    waiting(ui, Key::loading, None, Vec::new())
}

/// A payment is being asked for.
pub(crate) fn starting(ui: &Ui) -> AnyView {
    waiting(ui, Key::starting, None, vec![cancel(ui)])
}

/// The shopper is being sent away; a link for a browser that did not go by itself.
pub(crate) fn leaving(ui: &Ui, provider: Option<Provider>, url: &str) -> AnyView {
    let link =
        link("button main", url, "_top", ui.message_with(Key::continue_to, &[name(provider)]));
    let title = ui.message_with(Key::leaving, &[name(provider)]);
    state(ui, ring(), title, None, Some(link), vec![cancel(ui)])
}

/// The hosted page has a window of its own.
pub(crate) fn window(ui: &Ui, provider: Option<Provider>) -> AnyView {
    let title = ui.message_with(Key::window_title, &[name(provider)]);
    let show = main(ui, ui.message(Key::show_window), Action::Continue);
    let sign = plain_sign("sign plain", icon::WINDOW);
    state(ui, sign, title, Some(Key::window_note), Some(show), vec![check(ui), cancel(ui)])
}

/// Another tab has the payment open.
pub(crate) fn other_tab(ui: &Ui, provider: Option<Provider>) -> AnyView {
    let about = provider.map(|provider| note(provider.name().to_owned()));
    let here = main(ui, ui.message(Key::continue_here), Action::Continue);
    let children = vec![
        Some(plain_sign("sign plain", icon::TABS)),
        Some(heading(ui.message(Key::tab_title))),
        about,
        Some(note(ui.message(Key::tab_note))),
        Some(ways(vec![here])),
        Some(links(vec![quiet(ui, Key::other_way, Action::Reset)])),
    ];
    section("screen state open", children)
}

/// The backend is asked how the payment stands.
pub(crate) fn checking(ui: &Ui) -> AnyView {
    waiting(ui, Key::checking, Some(Key::checking_note), vec![check(ui), cancel(ui)])
}

/// Time is up; one last check.
pub(crate) fn confirming(ui: &Ui) -> AnyView {
    waiting(ui, Key::confirming, Some(Key::confirming_note), vec![check(ui)])
}

/// Money is on its way, or a person must look.
pub(crate) fn processing(ui: &Ui, review: Option<Review>) -> AnyView {
    let further = vec![check(ui), support(ui)];
    if review.is_none() {
        return waiting(ui, Key::processing_title, Some(Key::processing_note), further);
    }
    let (sign, title) = (plain_sign("sign", icon::SHOP), ui.message(Key::review_title));
    state(ui, sign, title, Some(Key::review_note), None, further)
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
    let children = vec![
        Some(plain_sign("sign plain", icon::CLOCK)),
        Some(heading(ui.message(Key::open_title))),
        amount.map(|money| total(ui, None, money)),
        Some(note(ui.message(Key::open_note))),
        go_on.map(|go_on| ways(vec![go_on])),
        Some(links(vec![check(ui), quiet(ui, Key::other_way, Action::Reset)])),
    ];
    section("screen state open", children)
}
