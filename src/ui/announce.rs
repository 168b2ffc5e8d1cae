//! What screen readers are told, and when: the state when it changes, the countdown at 5, 2 and 1
//! minutes, 30 and 10 seconds only.

use super::desk::Desk;
use super::text::Key;
use paywith_checkout::{Ending, Picture, ScreenModel};

/// The state in one sentence.
pub(crate) fn status_line(desk: &Desk) -> String {
    match &desk.view.screen {
        ScreenModel::Loading | ScreenModel::Choose { .. } | ScreenModel::Broken(_) => String::new(),
        ScreenModel::Starting { .. } => desk.say(Key::starting),
        ScreenModel::Code(code) => match &code.picture {
            Picture::Drawing => String::new(),
            Picture::Drawn(_)
            | Picture::Outlined(_)
            | Picture::Provided(..)
            | Picture::Elsewhere => desk.say(Key::scan_title),
        },
        ScreenModel::Leaving { provider, .. } => {
            desk.fill(Key::leaving, &[provider.map_or("", |provider| provider.name())])
        }
        ScreenModel::Window { provider } => {
            desk.fill(Key::window_title, &[provider.map_or("", |provider| provider.name())])
        }
        ScreenModel::Elsewhere { .. } => desk.say(Key::tab_title),
        ScreenModel::Checking { .. } => desk.say(Key::checking),
        ScreenModel::Open { .. } => desk.say(Key::open_title),
        ScreenModel::Confirming => desk.say(Key::confirming),
        ScreenModel::Ended { ending, .. } => desk.say(ending_title(*ending)),
        ScreenModel::Processing { review: None } => desk.say(Key::processing_title),
        ScreenModel::Processing { review: Some(_) } => desk.say(Key::review_title),
        ScreenModel::Paid { .. } => desk.say(Key::paid_title),
        ScreenModel::Refunded { .. } => desk.say(Key::refunded_title),
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

/// The time left, when a step has just been reached; it stays until the next one.
pub(crate) fn announcement(desk: &Desk) -> String {
    let Some(left_s) = desk.view.countdown.code_s else { return String::new() };
    let step = step_reached(left_s);
    match step {
        Some(seconds) if seconds >= 60 => desk.words.minutes_left(seconds / 60),
        Some(seconds) => desk.words.seconds_left(seconds),
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
    fn the_countdown_is_told_at_five_steps_only() {
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
