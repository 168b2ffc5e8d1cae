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
    /// Milliseconds since 1970 to the same.
    pub(crate) local_time_of: fn(u64) -> Option<(u64, u64)>,
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

    /// A moment of the wall clock as `14:35`.
    pub(crate) fn wall_time(&self, wall_ms: u64) -> Option<String> {
        let (hours, minutes) = (self.local_time_of)(wall_ms)?;
        Some(clock_time(&self.words, hours, minutes))
    }

    /// RFC 3339 as `14:35` on the device's clock; `None` when it cannot be read.
    pub(crate) fn clock_time(&self, text: &str) -> Option<String> {
        let (hours, minutes) = (self.local_time)(text)?;
        Some(clock_time(&self.words, hours, minutes))
    }
}

/// A stranger's name, at most 25 characters long, as banking apps show it. It is never cut between a letter
/// and the marks that belong to it.
pub(crate) fn shorten(name: &str) -> String {
    const MOST: usize = 25;
    if name.chars().count() <= MOST {
        return name.to_owned();
    }
    let letters: Vec<char> = name.chars().collect();
    let joins = |place: usize| {
        let at = |place: usize| letters.get(place).copied().unwrap_or(' ');
        is_mark(at(place)) || at(place.saturating_sub(1)) == JOINER
    };
    let end = (1..MOST).rev().find(|place| !joins(*place)).unwrap_or(MOST);
    let kept: String = letters.into_iter().take(end).collect();
    [kept.trim_end(), "…"].concat()
}

/// Joins two signs to one.
const JOINER: char = '\u{200D}';

/// Whether a character belongs to the one before it: accents, vowel signs, variants, skin tones.
fn is_mark(letter: char) -> bool {
    matches!(letter, JOINER
        | '\u{300}'..='\u{36F}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5BD}'
        | '\u{610}'..='\u{61A}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6ED}'
        | '\u{900}'..='\u{903}' | '\u{93A}'..='\u{94F}' | '\u{E31}' | '\u{E34}'..='\u{E3A}'
        | '\u{E47}'..='\u{E4E}' | '\u{1A55}'..='\u{1A7F}' | '\u{1AB0}'..='\u{1AFF}'
        | '\u{1B34}'..='\u{1B44}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}'
        | '\u{A980}'..='\u{A983}' | '\u{A9B3}'..='\u{A9C0}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FE20}'..='\u{FE2F}' | '\u{1F3FB}'..='\u{1F3FF}')
}

/// Keeps a foreign name or number from turning the sentence around it.
pub(crate) fn isolate(text: &str) -> String {
    ["\u{2068}", text, "\u{2069}"].concat()
}

#[cfg(test)]
mod tests {
    use super::shorten;

    #[test]
    fn a_long_name_is_cut_between_letters_and_never_inside_one() {
        let cases = [
            ("TOKO CONTOH", "TOKO CONTOH"),
            ("TOKO DUA PULUH LIMA HURUF", "TOKO DUA PULUH LIMA HURUF"),
            ("TOKO DUA PULUH ENAM HURUF X", "TOKO DUA PULUH ENAM HURU…"),
            // The 25th place would part an `e` from its accent.
            ("KEDAI KOPI DAN TEH CAFFE\u{301} SORE", "KEDAI KOPI DAN TEH CAFF…"),
            ("WARUNG DENGAN NAMA  PANJANG SEKALI", "WARUNG DENGAN NAMA  PANJ…"),
            // A family is one sign of five characters.
            (
                "TOKO KELUARGA BAHAGIA \u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467} ABADI",
                "TOKO KELUARGA BAHAGIA…",
            ),
        ];
        for (name, expected) in cases {
            assert_eq!(shorten(name), expected);
        }
    }
}
