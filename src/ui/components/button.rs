//! Buttons and links.

use super::element::{Look, Text, group, text};
use super::icon::{COPY, Icon, TICK, icon, mark};
use super::span;
use crate::ui::action::Action;
use crate::ui::i18n::Key;
use crate::ui::names::isolate;
use crate::ui::signals::Ui;
use leptos::ev;
use leptos::html::{a, button as html_button};
use leptos::prelude::*;
use paywith_checkout::Check;
use paywith_protocol::Provider;

/// A button. `class` says how much it asks for attention: `button main` once a screen, `button` beside it,
/// `button link` for the rest.
pub(crate) fn button(
    ui: &Ui,
    class: &'static str,
    part: &'static str,
    label: String,
    action: Action,
) -> AnyView {
    let label = vec![Some(span("", label))];
    any_button(ui, class, part, action, None, label)
}

/// "Pay with …", and what that is: a row, one of several.
pub(crate) fn pay_button(ui: &Ui, provider: Provider, about: Key) -> AnyView {
    let words = vec![Some(pay_name(ui, provider)), Some(span("pay-about", ui.message(about)))];
    let label = vec![Some(art(provider)), Some(group(Look::new("SPAN", ""), words))];
    any_button(ui, "pay row", "button", Action::Start(provider), Some(provider), label)
}

/// "Pay with …" as the only way: the screen's main button, with the amount on it.
pub(crate) fn single_pay_button(ui: &Ui, provider: Provider, price: Option<AnyView>) -> AnyView {
    let label = vec![Some(art(provider)), Some(pay_name(ui, provider)), price];
    any_button(ui, "pay button main", "button", Action::Start(provider), Some(provider), label)
}

fn pay_name(ui: &Ui, provider: Provider) -> AnyView {
    span("pay-name", ui.message_with(Key::pay_with, &[provider.name()]))
}

/// The mark of a provider, in a slot for the shop's own.
fn art(provider: Provider) -> AnyView {
    let slot = Look::new("SLOT", "").with("name", slot_name(provider));
    let mark = group(slot, vec![Some(icon("", mark(provider)))]);
    group(Look::new("SPAN", "art"), vec![Some(mark)])
}

const fn slot_name(provider: Provider) -> &'static str {
    match provider {
        Provider::Cashii => "art-cashii",
        Provider::CashPay => "art-cashpay",
        Provider::Kashier => "art-kashier",
        Provider::Cashi => "art-cashi",
    }
}

fn any_button(
    ui: &Ui,
    class: &'static str,
    part: &'static str,
    action: Action,
    provider: Option<Provider>,
    label: Vec<Option<AnyView>>,
) -> AnyView {
    let is_disabled = provider.is_some() && ui.view.read().is_disabled;
    let ui = ui.clone();
    html_button()
        .r#type("button")
        .class(class)
        .part(part)
        .attr("data-provider", provider.map(Provider::id))
        .attr("data-action", action.as_str())
        .disabled(is_disabled)
        .on(ev::click, move |event| {
            // The second click of a double click meets what the first one has put in this place.
            if event.detail() < 2 {
                ui.act(action);
            }
        })
        .child(label)
        .into_any()
}

/// A button with a drawing before its words.
pub(crate) fn icon_button(
    ui: &Ui,
    class: &'static str,
    part: &'static str,
    drawing: Icon,
    label: Key,
    action: Action,
) -> AnyView {
    let label = vec![Some(icon("", drawing)), Some(span("", ui.message(label)))];
    any_button(ui, class, part, action, None, label)
}

/// A button of a drawing alone; its name is read out.
pub(crate) fn sign_button(
    ui: &Ui,
    class: &'static str,
    drawing: Icon,
    name: Key,
    action: Action,
) -> AnyView {
    let label = vec![Some(icon("", drawing)), Some(span("unseen", ui.message(name)))];
    any_button(ui, class, "button", action, None, label)
}

/// A button that says for a while whether its copying has worked.
pub(crate) fn copy_button(
    ui: &Ui,
    class: &'static str,
    part: &'static str,
    labels: CopyLabels,
    action: Action,
) -> AnyView {
    let (drawing, label) = copy_label(ui, labels, action);
    icon_button(ui, class, part, drawing, label, action)
}

/// The same with little room: one word is seen, all of the name is read out.
pub(crate) fn named_copy_button(
    ui: &Ui,
    class: &'static str,
    part: &'static str,
    labels: CopyLabels,
    name: Key,
    action: Action,
) -> AnyView {
    let (drawing, label) = copy_label(ui, labels, action);
    let seen = text(Look::new("SPAN", "").with("aria-hidden", "true"), ui.message(label));
    let name = if label == labels.idle { name } else { label };
    let label = vec![Some(icon("", drawing)), Some(seen), Some(span("unseen", ui.message(name)))];
    any_button(ui, class, part, action, None, label)
}

fn copy_label(ui: &Ui, labels: CopyLabels, action: Action) -> (Icon, Key) {
    match ui.outcome_of(action) {
        Some(true) => (TICK, Key::copied),
        Some(false) => (COPY, labels.failed),
        None => (COPY, labels.idle),
    }
}

/// What a button that copies says before, and after it has failed.
#[derive(Clone, Copy)]
pub(crate) struct CopyLabels {
    pub(crate) idle: Key,
    pub(crate) failed: Key,
}

/// A link that looks like a button.
pub(crate) fn link(class: &'static str, url: &str, target: &'static str, label: String) -> AnyView {
    a().class(class)
        .part("button")
        .href(url.to_owned())
        .target(target)
        .rel("noopener noreferrer")
        .prop("textContent", Text(label))
        .into_any()
}

/// The main way on, below a screen, and what stands beside it.
pub(crate) fn ways(children: Vec<AnyView>) -> AnyView {
    group(Look::new("DIV", "ways"), children.into_iter().map(Some).collect())
}

/// Everything else that can be done.
pub(crate) fn links(children: Vec<AnyView>) -> AnyView {
    group(Look::new("DIV", "links"), children.into_iter().map(Some).collect())
}

/// Lets the shopper look at once, and says what came of it.
pub(crate) fn check(ui: &Ui) -> AnyView {
    let (label, answered_at) = match ui.view.read().check {
        Some(Check::Asked) => (Key::check_running, None),
        Some(Check::Answered { at_wall_ms }) => (Key::check_now, Some(ui.wall_time(at_wall_ms))),
        None => (Key::check_now, None),
    };
    let answer = answered_at.map(|time| {
        let words = ui.message_with(Key::checked_at, &[&isolate(&time)]);
        text(Look::new("SPAN", "checked").role("status"), words)
    });
    let button = button(ui, "button link", "button", ui.message(label), Action::Check);
    group(Look::new("DIV", "check"), vec![Some(button), answer])
}
