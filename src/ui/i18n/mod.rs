//! Every word that a shopper reads, in four languages, compiled in.
//!
//! One file a language; a missing message does not compile. `messages` overrides any of them by
//! its key. Numbers and money are written in `money.rs`, never by the engine's own `Intl`, which
//! rounds Syrian pounds.

/// The messages of one language: one string, one message a line, in the order of [`Key`]. A
/// missing message, or one out of its order, does not compile.
macro_rules! messages {
    ($($key:ident: $text:literal),+ $(,)?) => {
        pub(super) const MESSAGES: &str = concat!($($text, "\n"),+);

        const _: () = {
            let mut place = 0;
            $(
                assert!(Key::$key as usize == place);
                place += 1;
            )+
            assert!(place == Key::COUNT);
        };
    };
}

macro_rules! keys {
    ($($key:ident),+ $(,)?) => {
        /// The name of one message; also its key in `messages`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(non_camel_case_types, reason = "the key is the public name of the message")]
        pub(crate) enum Key { $($key),+ }

        impl Key {
            pub(crate) const ALL: &'static [Key] = &[$(Key::$key),+];
            const COUNT: usize = Key::ALL.len();

            /// Whether a message is called so.
            pub(crate) fn is_name(name: &str) -> bool {
                Key::NAMES.lines().any(|known| known == name)
            }

            /// One name a line, like the messages.
            const NAMES: &'static str = concat!($(stringify!($key), "\n"),+);
        }
    };
}

mod ar;
mod en;
mod id;
mod money;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod page;
mod plural;
mod tr;

pub(crate) use money::{WrittenMoney, clock_time, deadline, left_time, number, write_money};

use paywith_protocol::whole_text;
use plural::plural_form;

keys! {
    choose_title, pay_with, about_cashii, about_cashpay, about_kashier, about_cashi, total,
    loading, starting, leaving, continue_to, checking, checking_note,
    open_title, open_note, continue_with, other_way, check_now, check_running, checked_at,
    scan_title, scan_note, pay_exactly, unique_note, copy, copy_short, copied, copy_failed,
    time_left, valid_until, qr_alt, payee, tip_note, code_details, copy_code, the_shop, picture_unchecked, picture_type,
    save, share, saved, save_by_hand, step_save, step_open, step_check,
    order, paid_with, picture_how, picture_until, close, dialog_name,
    elsewhere, open_page, window_title, window_note, show_window, tab_title, tab_note, continue_here,
    confirming, confirming_note,
    expired_title, expired_note, expired_code_note, new_code, failed_title, failed_note,
    canceled_title, canceled_note, try_again, cancel,
    processing_title, processing_note, review_title, review_note,
    paid_title, paid_note, paid_note_short, paid_late, go_on, refunded_title, refunded_note,
    trouble_network, trouble_busy, trouble_safe, trouble_retry, trouble_now, try_now,
    support, support_failed, difference, test_mode,
    fault_config, fault_unreachable, fault_busy, fault_answer, fault_not_found, fault_refused,
    fault_redirect, fault_code, fault_picture, fault_none,
    // Six forms, apart by `|`: zero, one, two, few, many, other.
    minutes_left, seconds_left,
}

fn line(text: &'static str, key: Key) -> &'static str {
    text.split('\n').nth(key as usize).unwrap_or_default()
}

/// A language that the widget speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Indonesian,
    Arabic,
    Turkish,
}

impl Language {
    /// The language of a BCP 47 tag; unknown tags fall to English.
    pub(crate) fn of_tag(tag: &str) -> Language {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        match primary.to_ascii_lowercase().as_str() {
            "id" | "in" => Language::Indonesian,
            "ar" => Language::Arabic,
            "tr" => Language::Turkish,
            _ => Language::English,
        }
    }

    pub(crate) fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Indonesian => "id",
            Language::Arabic => "ar",
            Language::Turkish => "tr",
        }
    }

    pub(super) fn message(self, key: Key) -> &'static str {
        let messages = match self {
            Language::English => en::MESSAGES,
            Language::Indonesian => id::MESSAGES,
            Language::Arabic => ar::MESSAGES,
            Language::Turkish => tr::MESSAGES,
        };
        line(messages, key)
    }
}

/// Which digits money and times are written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Digits {
    Latin,
    Arabic,
}

/// How the widget speaks: the language, its digits, and the page's own messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Locale {
    pub(crate) language: Language,
    pub(crate) digits: Digits,
    pub(crate) is_right_to_left: bool,
    /// `messages`: a message's key and the page's own wording.
    pub(crate) overrides: Vec<(String, String)>,
}

impl Locale {
    pub(crate) fn new(language: Language, numbering: Option<&str>) -> Locale {
        let digits = match (numbering, language) {
            (Some("latn"), _) => Digits::Latin,
            (Some("arab"), _) | (_, Language::Arabic) => Digits::Arabic,
            (_, Language::English | Language::Indonesian | Language::Turkish) => Digits::Latin,
        };
        let is_right_to_left = language == Language::Arabic;
        Locale { language, digits, is_right_to_left, overrides: Vec::new() }
    }

    /// A message.
    pub(crate) fn message(&self, key: Key) -> String {
        let name = line(Key::NAMES, key);
        let own = self.overrides.iter().find(|(known, _)| known == name);
        own.map_or_else(|| self.language.message(key), |(_, text)| text).to_owned()
    }

    /// A message whose `{0}`, `{1}` are filled in.
    pub(crate) fn message_with(&self, key: Key, values: &[&str]) -> String {
        fill_in(&self.message(key), values)
    }

    /// "5 minutes left", for screen readers.
    pub(crate) fn minutes_left(&self, minutes: u64) -> String {
        self.counted(Key::minutes_left, minutes)
    }

    /// "30 seconds left", for screen readers.
    pub(crate) fn seconds_left(&self, seconds: u64) -> String {
        self.counted(Key::seconds_left, seconds)
    }

    fn counted(&self, key: Key, count: u64) -> String {
        let forms = self.message(key);
        let form = forms.split('|').nth(plural_form(self.language, count));
        // A page's own wording may have one form for all.
        let form = form.unwrap_or(&forms);
        fill_in(form, &[&money::digits(&whole_text(count), self.digits)])
    }
}

/// Puts values into the places `{0}` and `{1}`; every other brace stays.
fn fill_in(text: &str, values: &[&str]) -> String {
    let mut filled = String::new();
    let mut parts = text.split('{');
    filled.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let value = match part.as_bytes() {
            [b'0', b'}', ..] => values.first(),
            [b'1', b'}', ..] => values.get(1),
            _ => None,
        };
        match (value, part.split_at_checked(2)) {
            (Some(value), Some((_, rest))) => {
                filled.push_str(value);
                filled.push_str(rest);
            }
            _ => {
                filled.push('{');
                filled.push_str(part);
            }
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    const LANGUAGES: [Language; 4] =
        [Language::English, Language::Indonesian, Language::Arabic, Language::Turkish];

    #[test]
    fn every_sentence_is_there_and_keeps_its_places() {
        for language in LANGUAGES {
            for key in Key::ALL {
                let text = language.message(*key);
                assert!(!text.trim().is_empty(), "{language:?} {key:?}");
                if matches!(key, Key::minutes_left | Key::seconds_left) {
                    let forms: Vec<&str> = text.split('|').collect();
                    assert_eq!(forms.len(), 6, "{language:?} {key:?}");
                    assert!(forms.last().is_some_and(|form| form.contains("{0}")), "{text}");
                    continue;
                }
                for place in ["{0}", "{1}"] {
                    let english = Language::English.message(*key).matches(place).count();
                    let here = text.matches(place).count();
                    assert_eq!(here, english, "{language:?} {key:?} {place}");
                }
            }
        }
    }

    #[test]
    fn unknown_tags_fall_to_their_parent_and_then_to_english() {
        let cases = [
            ("ar-SY", Language::Arabic),
            ("id_ID", Language::Indonesian),
            ("TR", Language::Turkish),
            ("ckb", Language::English),
            ("", Language::English),
        ];
        for (tag, language) in cases {
            assert_eq!(Language::of_tag(tag), language, "{tag}");
        }
    }

    #[test]
    fn the_page_can_say_it_in_its_own_words() {
        let mut locale = Locale::new(Language::English, None);
        locale.overrides = vec![("pay_with".to_owned(), "Donate by {0}".to_owned())];
        assert_eq!(locale.message_with(Key::pay_with, &["Cashi"]), "Donate by Cashi");
    }

    #[test]
    fn arabic_counts_in_six_forms() {
        let locale = Locale::new(Language::Arabic, Some("latn"));
        let said: Vec<String> = [0, 1, 2, 5, 30, 100].map(|n| locale.seconds_left(n)).to_vec();
        let mut different = said.clone();
        different.sort();
        different.dedup();
        assert_eq!(different.len(), 6, "{said:?}");
    }
}
