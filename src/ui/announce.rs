//! What screen readers are told, and when: the state when it changes, the countdown at 5, 2 and 1
//! minutes, 30 and 10 seconds only.

use super::bridge::Bridge;
use super::text::Key;
use leptos::prelude::*;
use paywith_checkout::{Ending, Picture, ScreenModel};

/// The state in one sentence.
pub(crate) fn status_line(bridge: Bridge) -> String {
    bridge.view.with(|view| match &view.screen {
        ScreenModel::Loading | ScreenModel::Choose { .. } | ScreenModel::Broken(_) => String::new(),
        ScreenModel::Starting { .. } => bridge.say(Key::starting),
        ScreenModel::Code(code) => match &code.picture {
            Picture::Drawing => String::new(),
            Picture::Drawn(_) | Picture::Provided(..) | Picture::Elsewhere => {
                bridge.say(Key::scan_title)
            }
        },
        ScreenModel::Leaving { provider, .. } => {
            bridge.fill(Key::leaving, &[provider.map_or("", |provider| provider.name())])
        }
        ScreenModel::Checking { .. } => bridge.say(Key::checking),
        ScreenModel::Open { .. } => bridge.say(Key::open_title),
        ScreenModel::Confirming => bridge.say(Key::confirming),
        ScreenModel::Ended { ending, .. } => bridge.say(ending_title(*ending)),
        ScreenModel::Processing { review: None } => bridge.say(Key::processing_title),
        ScreenModel::Processing { review: Some(_) } => bridge.say(Key::review_title),
        ScreenModel::Paid { .. } => bridge.say(Key::paid_title),
        ScreenModel::Refunded { .. } => bridge.say(Key::refunded_title),
    })
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
pub(crate) fn announcement(bridge: Bridge) -> String {
    let deadline = bridge.view.with(|view| match &view.screen {
        ScreenModel::Code(code) => code.deadline,
        ScreenModel::Loading
        | ScreenModel::Broken(_)
        | ScreenModel::Choose { .. }
        | ScreenModel::Starting { .. }
        | ScreenModel::Leaving { .. }
        | ScreenModel::Checking { .. }
        | ScreenModel::Open { .. }
        | ScreenModel::Confirming
        | ScreenModel::Ended { .. }
        | ScreenModel::Processing { .. }
        | ScreenModel::Paid { .. }
        | ScreenModel::Refunded { .. } => None,
    });
    let Some(deadline) = deadline else { return String::new() };
    let step = step_reached(deadline.left_ms(bridge.now()).div_ceil(1_000));
    bridge.words.with(|words| match step {
        Some(seconds) if seconds >= 60 => words.minutes_left(seconds / 60),
        Some(seconds) => words.seconds_left(seconds),
        None => String::new(),
    })
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
