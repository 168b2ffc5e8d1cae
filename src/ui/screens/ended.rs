//! Screens at the end of a payment. Only `Paid` congratulates.

use super::section;
use crate::ui::action::Action;
use crate::ui::announce::ending_title;
use crate::ui::components::{actions, button, check, heading, link, note, sign, support};
use crate::ui::i18n::Key;
use crate::ui::names::isolate;
use crate::ui::signals::Ui;
use leptos::prelude::AnyView;
use paywith_checkout::Ending;
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
    let ways = vec![
        button(ui, "button main", "renew", ui.message(again), Action::Renew),
        check(ui),
        button(ui, "button quiet", "button", ui.message(Key::other_way), Action::Reset),
        support(ui),
    ];
    let children = vec![
        Some(sign("mark stopped", "!")),
        Some(heading(ui.message(ending_title(ending)))),
        Some(note(ui.message(text))),
        Some(actions(ways)),
    ];
    section("screen ended", children)
}

/// Verified.
pub(crate) fn paid(
    ui: &Ui,
    amount: Option<&Money>,
    merchant_name: Option<&str>,
    is_late: bool,
    next: Option<&str>,
) -> AnyView {
    let text = match (amount, merchant_name) {
        (Some(money), Some(merchant)) => {
            ui.message_with(Key::paid_note, &[&ui.sum(money), &isolate(merchant)])
        }
        _ => ui.message(Key::paid_note_short),
    };
    let children = vec![
        Some(sign("mark done", "✓")),
        Some(heading(ui.message(Key::paid_title))),
        Some(note(text)),
        is_late.then(|| note(ui.message(Key::paid_late))),
        next.map(|url| actions(vec![link(url, "_self", ui.message(Key::go_on))])),
    ];
    section("screen paid", children)
}

/// Given back.
pub(crate) fn refunded(ui: &Ui, amount: Option<&Money>) -> AnyView {
    let children = vec![
        Some(sign("mark stopped", "↩")),
        Some(heading(ui.message(Key::refunded_title))),
        Some(note(ui.message(Key::refunded_note))),
        amount.map(|money| note(ui.sum(money))),
    ];
    section("screen ended", children)
}
