//! What screen readers announce, and when: the state when it changes, the countdown at 5, 2 and 1
//! minutes, 30 and 10 seconds only.

use super::i18n::Key;
use super::screens::code_title;
use super::signals::Ui;
use leptos::prelude::*;
use paywith_checkout::{Ending, Picture, ScreenModel};

/// The state in one sentence, and the time left when a step has just been reached.
pub(crate) fn status_line(ui: &Ui) -> String {
    let (status, time_left) = (status(ui), time_left(ui));
    if time_left.is_empty() { status } else { [&status, " ", &time_left].concat() }
}

fn status(ui: &Ui) -> String {
    match &ui.view.read().screen {
        ScreenModel::Loading | ScreenModel::Choose { .. } | ScreenModel::Broken(_) => String::new(),
        ScreenModel::Starting { .. } => ui.message(Key::starting),
        ScreenModel::Code(code) => match &code.picture {
            Picture::Drawing => String::new(),
            Picture::Drawn(_)
            | Picture::Outlined(_)
            | Picture::Provided(..)
            | Picture::Elsewhere => code_title(ui),
        },
        ScreenModel::Leaving { provider, .. } => {
            ui.message_with(Key::leaving, &[provider.map_or("", |provider| provider.name())])
        }
        ScreenModel::Window { provider } => {
            ui.message_with(Key::window_title, &[provider.map_or("", |provider| provider.name())])
        }
        ScreenModel::Elsewhere { .. } => ui.message(Key::tab_title),
        ScreenModel::Checking { .. } => ui.message(Key::checking),
        ScreenModel::Open { .. } => ui.message(Key::open_title),
        ScreenModel::Confirming => ui.message(Key::confirming),
        ScreenModel::Ended { ending, .. } => ui.message(ending_title(*ending)),
        ScreenModel::Processing { review: None } => ui.message(Key::processing_title),
        ScreenModel::Processing { review: Some(_) } => ui.message(Key::review_title),
        ScreenModel::Paid { .. } => ui.message(Key::paid_title),
        ScreenModel::Refunded { .. } => ui.message(Key::refunded_title),
    }
}

/// The heading of an end.
pub(crate) fn ending_title(ending: Ending) -> Key {
    match ending {
        Ending::Expired => Key::expired_title,
        Ending::Failed => Key::failed_title,
        Ending::Canceled => Key::canceled_title,
    }
}

/// The time left as of the last step that was reached; it stays until the next one.
fn time_left(ui: &Ui) -> String {
    let Some(left_s) = ui.countdown.read().code_s else { return String::new() };
    let locale = ui.locale.read();
    match step_reached(left_s) {
        Some(seconds) if seconds >= 60 => locale.minutes_left(seconds / 60),
        Some(seconds) => locale.seconds_left(seconds),
        None => String::new(),
    }
}

/// The smallest step, in seconds, that is not below the time left.
fn step_reached(left_s: u64) -> Option<u64> {
    [10, 30, 60, 120, 300].into_iter().find(|step| left_s <= *step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_countdown_is_announced_at_five_steps_only() {
        let cases = [
            (600, None),
            (301, None),
            (300, Some(300)),
            (121, Some(300)),
            (120, Some(120)),
            (60, Some(60)),
            (31, Some(60)),
            (30, Some(30)),
            (10, Some(10)),
            (1, Some(10)),
        ];
        for (left_s, step) in cases {
            assert_eq!(step_reached(left_s), step, "{left_s}");
        }
    }
}
