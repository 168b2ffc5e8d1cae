//! A call that does not get through.

use super::element::{Look, group, live_text, text};
use super::icon::{AGAIN, WARNING, icon};
use super::{CopyLabels, copy_button, sign_button};
use crate::ui::action::Action;
use crate::ui::i18n::{Key, number};
use crate::ui::signals::Ui;
use leptos::prelude::*;
use paywith_checkout::Trouble;

/// "No connection. Your payment is safe. Trying again in 6 s", and a button to try now.
pub(crate) fn retry_line(ui: &Ui, trouble: Trouble) -> AnyView {
    let what = if trouble.is_network { Key::trouble_network } else { Key::trouble_busy };
    let mut what = ui.message(what);
    if trouble.has_payment {
        what.push(' ');
        what.push_str(&ui.message(Key::trouble_safe));
    }
    let live = ui.clone();
    let when = move || match live.countdown.read().retry_s.unwrap_or(0) {
        0 => live.message(Key::trouble_now),
        left_s => {
            live.message_with(Key::trouble_retry, &[&number(left_s, live.locale.read().digits)])
        }
    };
    let words = vec![
        Some(text(Look::new("P", "").role("alert"), what)),
        // The seconds would be read out one by one inside the alert.
        Some(live_text(Look::new("P", "").with("aria-live", "off"), when)),
        trouble.has_payment.then(|| support(ui)),
    ];
    let words = group(Look::new("DIV", ""), words);
    let again = sign_button(ui, "button slim", AGAIN, Key::try_now, Action::Check);
    group(Look::new("DIV", "notice"), vec![Some(icon("", WARNING)), Some(words), Some(again)])
}

/// One tap copies what the shop's support needs.
pub(crate) fn support(ui: &Ui) -> AnyView {
    let labels = CopyLabels { idle: Key::support, failed: Key::support_failed };
    copy_button(ui, "button link", "button", labels, Action::CopySupport)
}
