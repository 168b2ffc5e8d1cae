//! Money, times and digits as a language writes them.
//!
//! The fraction digits are those of the value: Syrian pounds are written `100.98`, never `101`.
//! The engine's own number formatting would round them, and differs from browser to browser.

use super::{Digits, Language, Locale};
use paywith_protocol::{Money, whole_text};

/// An amount, written; cut so that its last two digits can be marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WrittenMoney {
    /// The currency, where it stands before the number, and the number but for its last digits.
    pub(crate) head: String,
    /// The last two digits of the whole part.
    pub(crate) last_two: String,
    /// The fraction, and the currency where it stands behind.
    pub(crate) tail: String,
}

impl WrittenMoney {
    pub(crate) fn whole(&self) -> String {
        [self.head.as_str(), &self.last_two, &self.tail].concat()
    }
}

const NO_BREAK: &str = "\u{A0}";
/// Begins every Arabic amount and deadline, as CLDR has it for amounts: the number stands to the right of the sign even where that is Latin.
const RIGHT_TO_LEFT: &str = "\u{200F}";

/// Writes an amount: `Rp 15.023`, `EGP 165.50`, `١٠٠٫٩٨ ل.س.`.
pub(crate) fn write_money(locale: &Locale, money: &Money) -> WrittenMoney {
    let (group, point) = separators(locale);
    let whole = grouped(&whole_text(money.value.whole()), group);
    let whole = digits(&whole, locale.digits);
    let fraction = money.value.shown_fraction();
    let fraction = if fraction.is_empty() {
        String::new()
    } else {
        [point, &digits(&fraction, locale.digits)].concat()
    };
    let cut = whole.char_indices().rev().nth(1).map_or(0, |(place, _)| place);
    let (head, last_two) = whole.split_at(cut);
    let symbol = symbol(locale.language, money.currency.as_str());
    if locale.language == Language::Arabic {
        let tail = [&fraction, NO_BREAK, symbol].concat();
        return WrittenMoney {
            head: [RIGHT_TO_LEFT, head].concat(),
            last_two: last_two.to_owned(),
            tail,
        };
    }
    let head = [symbol, NO_BREAK, head].concat();
    WrittenMoney { head, last_two: last_two.to_owned(), tail: fraction }
}

/// `9:05` until a deadline, in minutes and seconds.
pub(crate) fn left_time(locale: &Locale, left_s: u64) -> String {
    let text = [&whole_text(left_s / 60), ":", &two_digits(left_s % 60)].concat();
    digits(&text, locale.digits)
}

/// `14:35`.
pub(crate) fn clock_time(locale: &Locale, hours: u64, minutes: u64) -> String {
    digits(&[&two_digits(hours), ":", &two_digits(minutes)].concat(), locale.digits)
}

/// `14:35 WIB`, and the day where it is known: `14:35 WIB, 26 Nov 2026`. The zone is Latin in every language, and would
/// turn an Arabic deadline round: the time stands to the right of it, as an amount does of its currency.
pub(crate) fn deadline(
    locale: &Locale,
    hours: u64,
    minutes: u64,
    zone: &str,
    day: Option<&str>,
) -> String {
    let (mark, comma) = match locale.language {
        Language::Arabic => (RIGHT_TO_LEFT, "، "),
        Language::English | Language::Indonesian | Language::Turkish => ("", ", "),
    };
    let time = [mark, &clock_time(locale, hours, minutes), " ", zone].concat();
    day.map_or(time.clone(), |day| [&time, comma, day].concat())
}

/// A whole number.
pub(crate) fn number(number: u64, to: Digits) -> String {
    digits(&whole_text(number), to)
}

/// ASCII digits in the digits of the language; everything else stays.
pub(super) fn digits(text: &str, digits: Digits) -> String {
    match digits {
        Digits::Latin => text.to_owned(),
        Digits::Arabic => text.chars().map(arabic_digit).collect(),
    }
}

fn arabic_digit(character: char) -> char {
    let digit = character.to_digit(10);
    digit.and_then(|digit| char::from_u32(0x660 + digit)).unwrap_or(character)
}

fn two_digits(number: u64) -> String {
    let text = whole_text(number);
    if text.len() < 2 { ["0", &text].concat() } else { text }
}

fn separators(locale: &Locale) -> (&'static str, &'static str) {
    match (locale.digits, locale.language) {
        (Digits::Arabic, _) => ("٬", "٫"),
        (Digits::Latin, Language::Indonesian | Language::Turkish) => (".", ","),
        (Digits::Latin, Language::English | Language::Arabic) => (",", "."),
    }
}

fn grouped(whole: &str, group: &str) -> String {
    let mut text = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push_str(group);
        }
        text.push(digit);
    }
    text
}

/// The sign that readers of the language know; else the ISO code.
fn symbol(language: Language, code: &str) -> &str {
    match (language, code) {
        (_, "IDR") => "Rp",
        (Language::Arabic, "SYP") => "ل.س.",
        (Language::Arabic, "YER") => "ر.ي.",
        (Language::Arabic, "EGP") => "ج.م.",
        _ => code,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::i18n::Locale;

    fn written(language: Language, numbering: Option<&str>, value: &str, code: &str) -> String {
        let locale = Locale::new(language, numbering);
        let money = Money::parse(value, code).expect("money");
        write_money(&locale, &money).whole().replace(NO_BREAK, " ")
    }

    #[test]
    fn money_is_written_exactly_in_every_language() {
        let cases = [
            (Language::Indonesian, None, "15023", "IDR", "Rp 15.023"),
            (Language::English, None, "15023", "IDR", "Rp 15,023"),
            (Language::English, None, "100.98", "SYP", "SYP 100.98"),
            (Language::English, None, "165.5", "EGP", "EGP 165.50"),
            (Language::Turkish, None, "1234567.5", "TRY", "TRY 1.234.567,50"),
            (Language::Arabic, None, "100.98", "SYP", "\u{200F}١٠٠٫٩٨ ل.س."),
            (Language::Arabic, None, "2000", "YER", "\u{200F}٢٬٠٠٠ ر.ي."),
            (Language::Arabic, Some("latn"), "2000", "YER", "\u{200F}2,000 ر.ي."),
            (Language::Arabic, None, "15023", "IDR", "\u{200F}١٥٬٠٢٣ Rp"),
            (Language::English, None, "7", "USD", "USD 7"),
        ];
        for (language, numbering, value, code, expected) in cases {
            assert_eq!(written(language, numbering, value, code), expected);
        }
    }

    const VALUES: [&str; 12] = [
        "0",
        "7",
        "23",
        "999",
        "1000",
        "15023",
        "100.98",
        "165.5",
        "1234567.5",
        "123456789012345",
        "0.01",
        "12.3456",
    ];

    /// What `new Intl.NumberFormat` writes of [`VALUES`], with their own fraction digits (CLDR 48), in `en`,
    /// then in `id` and in `tr`, and with `-u-nu-arab` in each of them and in `ar-EG`.
    const COMMAS: &str =
        "0 7 23 999 1,000 15,023 100.98 165.50 1,234,567.50 123,456,789,012,345 0.01 12.3456";
    const POINTS: &str =
        "0 7 23 999 1.000 15.023 100,98 165,50 1.234.567,50 123.456.789.012.345 0,01 12,3456";
    const ARABIC: &str =
        "٠ ٧ ٢٣ ٩٩٩ ١٬٠٠٠ ١٥٬٠٢٣ ١٠٠٫٩٨ ١٦٥٫٥٠ ١٬٢٣٤٬٥٦٧٫٥٠ ١٢٣٬٤٥٦٬٧٨٩٬٠١٢٬٣٤٥ ٠٫٠١ ١٢٫٣٤٥٦";

    #[test]
    fn numbers_are_those_of_cldr_in_every_language_and_numbering() {
        use Language::{Arabic, English, Indonesian, Turkish};
        let cases = [
            (English, None, COMMAS),
            (Indonesian, None, POINTS),
            (Turkish, None, POINTS),
            (Arabic, None, ARABIC),
            (Arabic, Some("latn"), COMMAS),
            (English, Some("arab"), ARABIC),
            (Indonesian, Some("arab"), ARABIC),
            (Turkish, Some("arab"), ARABIC),
        ];
        for (language, numbering, expected) in cases {
            let numbers = VALUES.map(|value| {
                let text = written(language, numbering, value, "XXX");
                text.replace(['X', '\u{200F}'], "").trim().to_owned()
            });
            assert_eq!(numbers.join(" "), expected, "{language:?} {numbering:?}");
        }
    }

    #[test]
    fn times_have_the_digits_of_the_amounts() {
        let cases = [
            (Language::Arabic, None, "١٤:٠٥", "٩:٠٥"),
            (Language::Arabic, Some("latn"), "14:05", "9:05"),
            (Language::Indonesian, Some("arab"), "١٤:٠٥", "٩:٠٥"),
            (Language::English, None, "14:05", "9:05"),
        ];
        for (language, numbering, time, left) in cases {
            let locale = Locale::new(language, numbering);
            assert_eq!(clock_time(&locale, 14, 5), time);
            assert_eq!(left_time(&locale, 545), left);
        }
    }

    #[test]
    fn the_last_two_digits_can_be_marked() {
        let locale = Locale::new(Language::Indonesian, None);
        let money = Money::parse("15023", "IDR").expect("money");
        let written = write_money(&locale, &money);
        assert_eq!((written.last_two.as_str(), written.tail.as_str()), ("23", ""));
        assert!(written.head.ends_with("15.0"));
    }

    #[test]
    fn marked_digits_are_digits_alone_in_arabic_too() {
        let locale = Locale::new(Language::Arabic, None);
        let cases = [
            ("15023", "IDR", ["\u{200F}١٥٬٠", "٢٣", "\u{A0}Rp"]),
            ("165.5", "EGP", ["\u{200F}١", "٦٥", "٫٥٠\u{A0}ج.م."]),
            ("7", "IDR", ["\u{200F}", "٧", "\u{A0}Rp"]),
        ];
        for (value, code, [head, last_two, tail]) in cases {
            let written = write_money(&locale, &Money::parse(value, code).expect("money"));
            assert_eq!((written.head.as_str(), written.last_two.as_str()), (head, last_two));
            assert_eq!(written.tail, tail);
        }
    }

    #[test]
    fn a_deadline_stands_in_the_direction_of_its_language() {
        let day = Some("26 Nov 2026");
        let cases = [
            (Language::English, None, None, "14:05 WIB"),
            (Language::Indonesian, None, day, "14:05 WIB, 26 Nov 2026"),
            (Language::Turkish, None, Some("26 Kas 2026"), "14:05 WIB, 26 Kas 2026"),
            (Language::Arabic, None, None, "\u{200F}١٤:٠٥ WIB"),
            (Language::Arabic, None, Some("٢٦ نوفمبر ٢٠٢٦"), "\u{200F}١٤:٠٥ WIB، ٢٦ نوفمبر ٢٠٢٦"),
            (Language::Arabic, Some("latn"), None, "\u{200F}14:05 WIB"),
        ];
        for (language, numbering, day, expected) in cases {
            let locale = Locale::new(language, numbering);
            assert_eq!(deadline(&locale, 14, 5, "WIB", day), expected);
        }
    }

    #[test]
    fn time_left_is_minutes_and_seconds() {
        let locale = Locale::new(Language::English, None);
        let cases = [(600, "10:00"), (599, "9:59"), (65, "1:05"), (1, "0:01"), (0, "0:00")];
        for (left_s, text) in cases {
            assert_eq!(left_time(&locale, left_s), text);
        }
    }
}
