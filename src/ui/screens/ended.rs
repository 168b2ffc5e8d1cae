//! Screens at the end of a payment. Only `Paid` congratulates.

use super::section;
use crate::ui::action::Action;
use crate::ui::announce::ending_title;
use crate::ui::components::icon::{self, icon};
use crate::ui::components::{
    Look, button, check, group, heading, link, links, note, plain_sign, sign, span, support, ways,
};
use crate::ui::i18n::Key;
use crate::ui::names::{isolate, told_order};
use crate::ui::signals::Ui;
use leptos::prelude::AnyView;
use paywith_checkout::{Ending, ScreenModel};
use paywith_protocol::{Money, Provider};

/// Ended without success, as far as anybody knows.
pub(crate) fn ended(
    ui: &Ui,
    ending: Ending,
    provider: Option<Provider>,
    was_code: bool,
) -> AnyView {
    let text = match (ending, was_code) {
        (Ending::Expired, true) => Key::expired_code_note,
        (Ending::Expired, false) => Key::expired_note,
        (Ending::Failed, _) => Key::failed_note,
        (Ending::Canceled, _) => Key::canceled_note,
    };
    let is_code = was_code || provider == Some(Provider::Cashi);
    let again = if is_code { Key::new_code } else { Key::try_again };
    let renew = button(ui, "button main", "renew", ui.message(again), Action::Renew);
    let further = vec![
        check(ui),
        button(ui, "button link", "button", ui.message(Key::other_way), Action::Reset),
        support(ui),
    ];
    let (class, drawing) = icon::ending(ending);
    let children = vec![
        Some(plain_sign(class, drawing)),
        Some(heading(ui.message(ending_title(ending)))),
        Some(note(ui.message(text))),
        Some(ways(vec![renew])),
        Some(links(further)),
    ];
    section("screen state ended", children)
}

/// Verified.
pub(crate) fn paid(ui: &Ui, screen: &ScreenModel) -> AnyView {
    let ScreenModel::Paid { amount, merchant_name, is_late, next, is_leaving, provider, order } =
        screen
    else {
        return section("screen", Vec::new());
    };
    let text = match (amount, merchant_name) {
        (Some(money), Some(merchant)) => {
            ui.message_with(Key::paid_note, &[&ui.sum(money), &isolate(merchant)])
        }
        _ => ui.message(Key::paid_note_short),
    };
    let disc = vec![Some(icon("rays", icon::RAYS)), Some(icon("tick", icon::TICK))];
    let order = told_order(order).map(|order| ui.message_with(Key::order, &[&isolate(order)]));
    let with = provider.map(|provider| ui.message_with(Key::paid_with, &[provider.name()]));
    let facts = [order, with].map(|words| words.map(|words| span("", words)));
    // The button fills up until the page goes on by itself, so that the jump is no surprise.
    let class = if *is_leaving { "button main leaves" } else { "button main" };
    let next = next.as_deref().map(|url| link(class, url, "_self", ui.message(Key::go_on)));
    let children = vec![
        Some(sign("sign good", disc)),
        Some(heading(ui.message(Key::paid_title))),
        Some(note(text)),
        is_late.then(|| note(ui.message(Key::paid_late))),
        Some(group(Look::new("P", "small"), facts.into())),
        next.map(|next| ways(vec![next])),
    ];
    section("screen state paid", children)
}

/// Given back.
pub(crate) fn refunded(ui: &Ui, amount: Option<&Money>) -> AnyView {
    let children = vec![
        Some(plain_sign("sign plain", icon::BACK)),
        Some(heading(ui.message(Key::refunded_title))),
        Some(note(ui.message(Key::refunded_note))),
        amount.map(|money| note(ui.sum(money))),
    ];
    section("screen state ended", children)
}
