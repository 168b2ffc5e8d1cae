//! What a screen is drawn from: the view and the words. No clock: what runs down is in the view.

use super::press::Press;
use super::text::{Key, Words, Written, clock_time, write_money};
use paywith_checkout::View;
use paywith_protocol::Money;

/// Everything that is drawn.
pub(crate) struct Desk {
    pub(crate) view: View,
    pub(crate) words: Words,
    /// What was copied last, and whether that worked.
    pub(crate) copied: Option<(Press, bool)>,
    /// RFC 3339 to hours and minutes on the device's clock.
    pub(crate) local_time: fn(&str) -> Option<(u64, u64)>,
}

impl Desk {
    pub(crate) fn say(&self, key: Key) -> String {
        self.words.say(key)
    }

    pub(crate) fn fill(&self, key: Key, values: &[&str]) -> String {
        self.words.fill(key, values)
    }

    pub(crate) fn written(&self, money: &Money) -> Written {
        write_money(&self.words, money)
    }

    /// Whether this was copied, as far as anybody tried.
    pub(crate) fn copied(&self, press: Press) -> Option<bool> {
        self.copied.filter(|(copied, _)| *copied == press).map(|(_, is_copied)| is_copied)
    }

    /// An amount inside a sentence, kept apart from the direction of its words.
    pub(crate) fn sum(&self, money: &Money) -> String {
        isolate(&self.written(money).whole())
    }

    /// RFC 3339 as `14:35` on the device's clock; `None` when it cannot be read.
    pub(crate) fn clock_time(&self, text: &str) -> Option<String> {
        let (hours, minutes) = (self.local_time)(text)?;
        Some(clock_time(&self.words, hours, minutes))
    }
}

/// Keeps a foreign name or number from turning the sentence around it.
pub(crate) fn isolate(text: &str) -> String {
    ["\u{2068}", text, "\u{2069}"].concat()
}
