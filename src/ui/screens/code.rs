//! The QR screen: the exact amount, the code, the time left.

use super::picture::picture;
use super::section;
use crate::ui::action::Action;
use crate::ui::components::{
    CopyLabels, Look, actions, amount, button, check, copy_button, foreign_text, group, heading,
    live_text, note, notice, span, text,
};
use crate::ui::i18n::{Key, left_time, number};
use crate::ui::names::{isolate, payee_name, payee_number};
use crate::ui::signals::Ui;
use leptos::prelude::*;
use paywith_checkout::{CodeScreen, Payee};
use paywith_protocol::Money;

/// The whole screen.
pub(crate) fn code(ui: &Ui, model: &CodeScreen) -> AnyView {
    let merchant = model.merchant_name.clone();
    let merchant = merchant
        .map(|name| group(Look::new("P", "merchant"), vec![Some(foreign_text("", "auto", name))]));
    let sum = model.amount.as_ref().map(|money| ui.sum(money)).unwrap_or_default();
    let tip = model
        .asks_for_tip
        .then(|| notice("notice warning", ui.message_with(Key::tip_note, &[&sum])));
    let ways = vec![
        check(ui),
        button(ui, "button quiet", "button", ui.message(Key::cancel), Action::Cancel),
    ];
    let has_countdown = ui.has_countdown();
    let (picture, hint) = picture(ui, model, &sum);
    let children = vec![
        Some(heading(ui.message(Key::scan_title))),
        merchant,
        model.amount.as_ref().map(|money| exact_amount(ui, money, model)),
        tip,
        Some(picture),
        hint,
        payee(ui, &model.payee),
        has_countdown.then(|| countdown(ui, model.expires_at.as_deref())),
        Some(note(ui.message(Key::scan_note))),
        Some(note(ui.message(Key::same_phone))),
        Some(actions(ways)),
        model.payload.clone().map(|payload| details(ui, payload)),
    ];
    section("screen code", children)
}

fn exact_amount(ui: &Ui, money: &Money, model: &CodeScreen) -> AnyView {
    let explained = model.price.zip(model.unique).map(|(price, unique)| {
        let unique = isolate(&number(unique, ui.locale.read().digits));
        note(ui.message_with(Key::unique_note, &[&ui.sum(&price), &unique]))
    });
    let failure = (ui.is_copied(Action::CopyAmount) == Some(false)).then(|| {
        let plain = isolate(&money.value.to_text());
        notice("notice warning", ui.message_with(Key::copy_failed, &[&plain]))
    });
    let labels = CopyLabels { idle: Key::copy, failed: Key::copy };
    let row = vec![
        Some(amount(ui.written(money), model.unique.is_some())),
        Some(copy_button(ui, "button quiet copy", "copy", labels, Action::CopyAmount)),
    ];
    let children = vec![
        Some(span("exact-label", ui.message(Key::pay_exactly))),
        Some(group(Look::new("DIV", "exact-row"), row)),
        explained,
        failure,
    ];
    group(Look::new("DIV", "exact"), children)
}

/// Who is paid, as the shopper's own app will say it: the check against a code that was exchanged.
fn payee(ui: &Ui, payee: &Payee) -> Option<AnyView> {
    let name = payee_name(payee)?;
    let label = [&ui.message(Key::payee), " "].concat();
    let number = payee_number(payee).map(|number| foreign_text("nmid", "ltr", number));
    let children = vec![Some(span("", label)), Some(foreign_text("", "auto", name)), number];
    Some(group(Look::new("P", "payee").part("payee"), children))
}

/// The time left, where the code has an end; a tick changes the one text.
fn countdown(ui: &Ui, expires_at: Option<&str>) -> AnyView {
    let until = expires_at
        .and_then(|text| ui.clock_time(text))
        .map(|time| span("until", ui.message_with(Key::valid_until, &[&isolate(&time)])));
    let live = ui.clone();
    let left = move || {
        let left_s = live.countdown.read().code_s;
        left_s.map(|left_s| left_time(&live.locale.read(), left_s)).unwrap_or_default()
    };
    let timer = Look::new("BDI", "left").part("countdown").role("timer").untranslated();
    let children = vec![
        Some(span("", [&ui.message(Key::time_left), " "].concat())),
        Some(live_text(timer, left)),
        until,
    ];
    group(Look::new("P", "countdown"), children)
}

/// The text of the code, for apps that take it, and for support.
fn details(ui: &Ui, payload: String) -> AnyView {
    let labels = CopyLabels { idle: Key::copy_code, failed: Key::support_failed };
    let children = vec![
        Some(text(Look::new("SUMMARY", ""), ui.message(Key::code_details))),
        Some(text(Look::new("CODE", "payload").foreign("ltr"), payload)),
        Some(copy_button(ui, "button quiet", "copy", labels, Action::CopyCode)),
    ];
    group(Look::new("DETAILS", "details"), children)
}
