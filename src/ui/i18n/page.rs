//! The page for translators, `docs/words.md`, compared with the tables: every key has its row, every sentence is shown
//! somewhere, keeps the rules of the page and fits its place.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use super::plural::plural_form;
use super::{Key, Language};
use std::path::{Path, PathBuf};

const LANGUAGES: [Language; 4] =
    [Language::English, Language::Indonesian, Language::Arabic, Language::Turkish];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A row of the page's table.
struct Row {
    key: String,
    shown: String,
    filled_in: String,
    /// The most characters, where they are limited.
    most: Option<usize>,
}

fn rows() -> Vec<Row> {
    let page = std::fs::read_to_string(root().join("docs/words.md")).expect("docs/words.md");
    let rows = page.lines().filter_map(|line| {
        let cells: Vec<&str> = line.strip_prefix("| `")?.split('|').map(str::trim).collect();
        let [key, shown, filled_in, most, ""] = cells[..] else {
            panic!("not a row of four cells: {line}");
        };
        let most = (!most.is_empty()).then(|| most.parse().expect("a number of characters"));
        Some(Row {
            key: key.trim_end_matches('`').to_owned(),
            shown: shown.to_owned(),
            filled_in: filled_in.to_owned(),
            most,
        })
    });
    rows.collect()
}

fn key_of(row: &Row) -> Key {
    let known = Key::ALL.iter().find(|known| format!("{known:?}") == row.key);
    *known.unwrap_or_else(|| panic!("no key `{}`", row.key))
}

#[test]
fn each_key_has_exactly_one_row_in_the_order_of_the_keys() {
    let names: Vec<String> = Key::ALL.iter().map(|key| format!("{key:?}")).collect();
    let rows: Vec<String> = rows().into_iter().map(|row| row.key).collect();
    assert_eq!(rows, names);
}

#[test]
fn each_row_explains_the_places_of_its_sentence() {
    for row in rows() {
        let sentence = Language::English.message(key_of(&row));
        assert!(!row.shown.is_empty(), "where is `{}` shown?", row.key);
        for place in ["{0}", "{1}"] {
            let is_explained = row.filled_in.contains(place);
            assert_eq!(is_explained, sentence.contains(place), "`{}`: {place}", row.key);
        }
    }
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// Sources without their tests, which name keys that no screen may need any more.
fn production_code() -> String {
    const TESTS: [&str; 3] = ["tests.rs", "first_screen.rs", "page.rs"];
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    let is_production = |path: &&PathBuf| !TESTS.iter().any(|name| path.ends_with(name));
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).expect("a source");
        text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned()
    };
    files.iter().filter(is_production).map(read).collect()
}

#[test]
fn each_key_is_used_by_a_screen() {
    let code = production_code();
    for key in Key::ALL {
        let name = format!("Key::{key:?}");
        let is_used = code.match_indices(&name).any(|(at, _)| {
            let rest = code.get(at + name.len()..).unwrap_or_default();
            !rest.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_')
        });
        assert!(is_used, "no screen shows `{key:?}`");
    }
}

#[test]
fn each_button_and_link_has_a_limit() {
    const ONE_LINE: [&str; 5] = ["button", "main button", "the copy button", "link", "badge"];
    for row in rows() {
        let is_one_line = ONE_LINE.iter().any(|place| row.shown.starts_with(place));
        assert!(!is_one_line || row.most.is_some(), "`{}` has no limit", row.key);
    }
}

#[test]
fn one_line_fits_a_widget_of_280_pixels() {
    for row in rows() {
        let Some(most) = row.most else { continue };
        for language in LANGUAGES {
            let words = language.message(key_of(&row)).replace("{0}", "").replace("{1}", "");
            // Marks above and below Arabic letters take no room.
            let is_mark = |letter: &char| ('\u{64B}'..='\u{652}').contains(letter);
            let length = words.trim().chars().filter(|letter| !is_mark(letter)).count();
            assert!(length <= most, "{} in {language:?}: {length} of {most}: {words}", row.key);
        }
    }
}

/// What is filled in may be of any language, gender and number.
#[test]
fn nothing_is_joined_to_what_is_filled_in() {
    for language in LANGUAGES {
        for key in Key::ALL {
            let sentence = language.message(*key);
            for (before, after) in sentence.split('{').zip(sentence.split('{').skip(1)) {
                let after = after.chars().nth(2);
                let is_joined = |next: char| next.is_alphanumeric() || "'’".contains(next);
                let is_bad = before.ends_with(is_joined) || after.is_some_and(is_joined);
                assert!(!is_bad, "{language:?} {key:?}: {sentence}");
            }
        }
    }
}

#[test]
fn arabic_has_its_own_punctuation() {
    for key in Key::ALL {
        let sentence = Language::Arabic.message(*key);
        assert!(!sentence.contains([',', ';', '?', '%']), "{key:?}: {sentence}");
    }
}

/// A longer word would be broken inside a button of a widget 280 pixels wide.
#[test]
fn no_word_is_wider_than_a_button() {
    for language in LANGUAGES {
        for key in Key::ALL {
            let longest =
                language.message(*key).split_whitespace().map(|word| word.chars().count());
            assert!(longest.max().unwrap_or(0) <= 20, "{language:?} {key:?}");
        }
    }
}

#[test]
fn exactly_the_plural_forms_of_the_language_are_filled() {
    for language in LANGUAGES {
        let used: Vec<usize> = (0..=200).map(|count| plural_form(language, count)).collect();
        for key in [Key::minutes_left, Key::seconds_left] {
            for (place, form) in language.message(key).split('|').enumerate() {
                assert_eq!(!form.is_empty(), used.contains(&place), "{language:?} {key:?} {place}");
            }
        }
    }
}
