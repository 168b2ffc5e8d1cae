//! The QR screen: the exact amount, the code, the time left.

use super::picture::picture;
use super::section;
use crate::ui::action::Action;
use crate::ui::components::icon::{CLOCK, SAVE, SHARE, icon};
use crate::ui::components::{
    CopyLabels, Look, amount, button, check, copy_button, foreign_text, group, heading,
    icon_button, links, live_text, marked_amount, named_copy_button, note, notice, span, text,
};
use crate::ui::i18n::{Digits, Key, left_time, number};
use crate::ui::names::{isolate, payee_name, payee_number, shorten};
use crate::ui::signals::Ui;
use leptos::prelude::*;
use paywith_checkout::{CodeScreen, Payee, Picture};
use paywith_protocol::Money;

/// The whole screen, in three blocks: what is asked for, the code, the way to pay it. Where there is room, the code
/// stands beside the other two. On a phone, which cannot scan itself, saving the code comes before the code.
pub(crate) fn code(ui: &Ui, model: &CodeScreen) -> AnyView {
    let sum = model.amount.as_ref().map(|money| ui.sum(money)).unwrap_or_default();
    let tip = model.asks_for_tip.then(|| notice("notice", ui.message_with(Key::tip_note, &[&sum])));
    let is_phone = (ui.device.is_phone)();
    let title = code_title(ui);
    let head = vec![Some(heading(title)), ui.has_countdown().then(|| countdown(ui))];
    let (picture, hint, is_typed) = picture(ui, model, &sum, payee(ui, &model.payee));
    let (hint_above, hint_below) = if is_typed { (hint, None) } else { (None, hint) };
    let hand_over = hand_over(ui, &model.picture, if is_phone { "button main" } else { "button" });
    let (first, later) = if is_phone { (hand_over, None) } else { (None, hand_over) };
    let ask = vec![
        Some(group(Look::new("DIV", "head"), head)),
        model.amount.as_ref().map(|money| exact_amount(ui, money, model, is_typed)),
        tip,
        hint_above,
        first,
    ];
    let further = vec![
        check(ui),
        button(ui, "button link", "button", ui.message(Key::cancel), Action::Cancel),
    ];
    let how = match &model.picture {
        Picture::Elsewhere => None,
        _ if is_phone => Some(steps(ui, model, &sum)),
        _ => Some(note(ui.message(Key::scan_note))),
    };
    let way = vec![
        hint_below,
        how,
        later,
        small_print(ui, model),
        Some(links(further)),
        model.payload.clone().map(|payload| details(ui, payload)),
    ];
    let blocks = vec![
        Some(group(Look::new("DIV", "ask"), ask)),
        Some(picture),
        Some(group(Look::new("DIV", "way"), way)),
    ];
    let has_card = !matches!(model.picture, Picture::Elsewhere);
    section(if has_card { "screen code" } else { "screen" }, blocks)
}

/// Nobody can scan the screen in their own hand.
pub(crate) fn code_title(ui: &Ui) -> String {
    if (ui.device.is_phone)() {
        ui.message_with(Key::pay_with, &["QRIS"])
    } else {
        ui.message(Key::scan_title)
    }
}

/// Save and Share, and what became of them.
fn hand_over(ui: &Ui, picture: &Picture, class: &'static str) -> Option<AnyView> {
    if !is_savable(picture) {
        return None;
    }
    let save = icon_button(ui, class, "save", SAVE, Key::save, Action::Save);
    let share = (ui.device.can_share)()
        .then(|| icon_button(ui, "button", "share", SHARE, Key::share, Action::Share));
    let said = match (ui.outcome_of(Action::Save), ui.outcome_of(Action::Share)) {
        (Some(false), _) | (_, Some(false)) => {
            Some(notice("notice", ui.message(Key::save_by_hand)))
        }
        (Some(true), _) => {
            Some(text(Look::new("P", "note").role("status"), ui.message(Key::saved)))
        }
        (None, _) => None,
    };
    Some(group(Look::new("DIV", "two"), vec![Some(save), share, said]))
}

/// A picture from another place could not be drawn into ours; it can still be pressed and held.
fn is_savable(picture: &Picture) -> bool {
    match picture {
        Picture::Drawn(_) | Picture::Outlined(_) => true,
        Picture::Provided(src, _) => src.starts_with("data:"),
        Picture::Drawing | Picture::Elsewhere => false,
    }
}

/// From this page to the shopper's banking app on the same phone, and back.
fn steps(ui: &Ui, model: &CodeScreen, sum: &str) -> AnyView {
    let first = if is_savable(&model.picture) { Key::step_save } else { Key::save_by_hand };
    let name = model.payee.name.as_deref().map(shorten).or(model.merchant_name.clone());
    let payee = isolate(&name.unwrap_or_else(|| ui.message(Key::the_shop)));
    let steps = [
        ui.message(first),
        ui.message(Key::step_open),
        ui.message_with(Key::step_check, &[&payee, sum]),
    ];
    let class = match ui.locale.read().digits {
        Digits::Latin => "steps",
        Digits::Arabic => "steps arab",
    };
    let steps = steps.map(|step| Some(text(Look::new("LI", ""), step)));
    // Without markers of its own it is no list to some readers.
    group(Look::new("OL", class).role("list"), steps.into())
}

fn exact_amount(ui: &Ui, money: &Money, model: &CodeScreen, is_typed: bool) -> AnyView {
    let copy = if is_typed { "button slim main" } else { "button slim" };
    let explained = model.price.zip(model.unique).map(|(price, unique)| {
        let unique = isolate(&number(unique, ui.locale.read().digits));
        note(ui.message_with(Key::unique_note, &[&ui.sum(&price), &unique]))
    });
    let failure = (ui.outcome_of(Action::CopyAmount) == Some(false)).then(|| {
        let plain = isolate(&money.value.to_text());
        notice("notice", ui.message_with(Key::copy_failed, &[&plain]))
    });
    let [whole, seen] = if model.unique.is_some() {
        marked_amount(ui.written(money))
    } else {
        [None, Some(amount(&ui.written(money)))]
    };
    let labels = CopyLabels { idle: Key::copy_short, failed: Key::copy_short };
    let children = vec![
        Some(text(Look::new("P", "strong"), ui.message(Key::pay_exactly))),
        whole,
        seen,
        Some(named_copy_button(ui, copy, "copy", labels, Key::copy, Action::CopyAmount)),
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
        .and_then(|text| ui.deadline(text))
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
