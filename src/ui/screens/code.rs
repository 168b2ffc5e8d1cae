//! The QR screen: the exact amount, the code, the time left.

use super::picture::picture;
use super::section;
use crate::ui::action::Action;
use crate::ui::components::icon::{CLOCK, icon};
use crate::ui::components::{
    CopyLabels, Look, amount, button, check, copy_button, foreign_text, group, heading, links,
    live_text, note, notice, span, text,
};
use crate::ui::i18n::{Key, left_time, number};
use crate::ui::names::{isolate, payee_name, payee_number};
use crate::ui::signals::Ui;
use leptos::prelude::*;
use paywith_checkout::{CodeScreen, Payee};
use paywith_protocol::Money;

/// The whole screen, in three blocks: what is asked for, the code, the way to pay it. Where there is room, the code
/// stands beside the other two.
pub(crate) fn code(ui: &Ui, model: &CodeScreen) -> AnyView {
    let sum = model.amount.as_ref().map(|money| ui.sum(money)).unwrap_or_default();
    let tip = model.asks_for_tip.then(|| notice("notice", ui.message_with(Key::tip_note, &[&sum])));
    let head =
        vec![Some(heading(ui.message(Key::scan_title))), ui.has_countdown().then(|| countdown(ui))];
    let ask = vec![
        Some(group(Look::new("DIV", "head"), head)),
        model.amount.as_ref().map(|money| exact_amount(ui, money, model)),
        tip,
    ];
    let (picture, hint) = picture(ui, model, &sum, payee(ui, &model.payee));
    let further = vec![
        check(ui),
        button(ui, "button link", "button", ui.message(Key::cancel), Action::Cancel),
    ];
    let way = vec![
        hint,
        Some(note(ui.message(Key::scan_note))),
        Some(note(ui.message(Key::same_phone))),
        small_print(ui, model),
        Some(links(further)),
        model.payload.clone().map(|payload| details(ui, payload)),
    ];
    let blocks = vec![
        Some(group(Look::new("DIV", "ask"), ask)),
        Some(picture),
        Some(group(Look::new("DIV", "way"), way)),
    ];
    section("screen code", blocks)
}

fn exact_amount(ui: &Ui, money: &Money, model: &CodeScreen) -> AnyView {
    let explained = model.price.zip(model.unique).map(|(price, unique)| {
        let unique = isolate(&number(unique, ui.locale.read().digits));
        note(ui.message_with(Key::unique_note, &[&ui.sum(&price), &unique]))
    });
    let failure = (ui.is_copied(Action::CopyAmount) == Some(false)).then(|| {
        let plain = isolate(&money.value.to_text());
        notice("notice", ui.message_with(Key::copy_failed, &[&plain]))
    });
    let labels = CopyLabels { idle: Key::copy, failed: Key::copy };
    let children = vec![
        Some(text(Look::new("P", "strong"), ui.message(Key::pay_exactly))),
        Some(amount(ui.written(money), model.unique.is_some())),
        Some(copy_button(ui, "button slim", "copy", labels, Action::CopyAmount)),
        explained,
        failure,
    ];
    group(Look::new("DIV", "exact"), children)
}

/// Who is paid, as the shopper's own app will say it: the check against a code that was exchanged. It stands on the
/// code's own white card, and so travels with every picture of the screen.
fn payee(ui: &Ui, payee: &Payee) -> Option<AnyView> {
    let name = payee_name(payee)?;
    let label = [&ui.message(Key::payee), " "].concat();
    let children = vec![Some(span("", label)), Some(foreign_text("strong", "auto", name))];
    Some(group(Look::new("P", "payee").part("payee"), children))
}

/// The time left, where the code has an end; a tick changes the one text. In the last minute it is red.
fn countdown(ui: &Ui) -> AnyView {
    let live = ui.clone();
    let left = move || {
        let left_s = live.countdown.read().code_s;
        left_s.map(|left_s| left_time(&live.locale.read(), left_s)).unwrap_or_default()
    };
    let timer = Look::new("BDI", "left").part("countdown").role("timer").untranslated();
    let children = vec![
        Some(icon("", CLOCK)),
        Some(span("unseen", [&ui.message(Key::time_left), " "].concat())),
        Some(live_text(timer, left)),
    ];
    let class = if ui.is_last_minute() { "timer soon" } else { "timer" };
    group(Look::new("SPAN", class), children)
}

/// Until when the code can be paid, and the merchant's number.
fn small_print(ui: &Ui, model: &CodeScreen) -> Option<AnyView> {
    let until = model
        .expires_at
        .as_deref()
        .filter(|_| ui.has_countdown())
        .and_then(|text| ui.clock_time(text))
        .map(|time| span("until", ui.message_with(Key::valid_until, &[&isolate(&time)])));
    let number = payee_number(&model.payee).map(|number| foreign_text("nmid", "ltr", number));
    let is_empty = until.is_none() && number.is_none();
    (!is_empty).then(|| group(Look::new("P", "small"), vec![until, number]))
}

/// The text of the code, for apps that take it, and for support.
fn details(ui: &Ui, payload: String) -> AnyView {
    let labels = CopyLabels { idle: Key::copy_code, failed: Key::support_failed };
    let children = vec![
        Some(text(Look::new("SUMMARY", "button link"), ui.message(Key::code_details))),
        Some(text(Look::new("CODE", "payload").foreign("ltr"), payload)),
        Some(copy_button(ui, "button", "copy", labels, Action::CopyCode)),
    ];
    group(Look::new("DETAILS", "details"), children)
}
