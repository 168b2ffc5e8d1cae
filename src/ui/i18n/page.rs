//! The page for translators, `docs/words.md`, against the tables: nothing is missing, nothing is left over, nothing is
//! cut off.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use super::{Key, Language};
use std::path::{Path, PathBuf};

const LANGUAGES: [Language; 4] =
    [Language::English, Language::Indonesian, Language::Arabic, Language::Turkish];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The rows of the page's table: key, and the most characters where they are limited.
fn rows() -> Vec<(String, Option<usize>)> {
    let page = std::fs::read_to_string(root().join("docs/words.md")).expect("docs/words.md");
    let rows = page.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| `")?.split('|').map(str::trim);
        let key = cells.next()?.trim_end_matches('`').to_owned();
        Some((key, cells.nth(2)?.parse().ok()))
    });
    rows.collect()
}

#[test]
fn each_key_has_its_row_on_the_page_and_no_row_is_left_over() {
    let names: Vec<String> = Key::ALL.iter().map(|key| format!("{key:?}")).collect();
    let rows: Vec<String> = rows().into_iter().map(|(key, _)| key).collect();
    assert_eq!(rows, names);
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[test]
fn no_sentence_is_translated_for_nobody() {
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    let is_elsewhere = |path: &&PathBuf| !path.to_string_lossy().contains("i18n/");
    let read = |path: &PathBuf| std::fs::read_to_string(path).expect("a source");
    let used = files.iter().filter(is_elsewhere).map(read).collect::<String>();
    let counted = std::fs::read_to_string(root().join("src/ui/i18n/mod.rs")).expect("the keys");
    for key in Key::ALL {
        let name = format!("Key::{key:?}");
        let is_used = |text: &str| {
            text.match_indices(&name).any(|(at, _)| {
                let rest = text.get(at + name.len()..).unwrap_or_default();
                !rest.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_')
            })
        };
        assert!(is_used(&used) || is_used(&counted), "nobody shows `{key:?}`");
    }
}

#[test]
fn what_stands_on_one_line_fits_a_widget_of_280_pixels() {
    for (key, most) in rows() {
        let Some(most) = most else { continue };
        let known = Key::ALL.iter().find(|known| format!("{known:?}") == key);
        for language in LANGUAGES {
            let words = language.message(*known.expect("a key")).replace("{0}", "");
            // Marks above and below Arabic letters take no room.
            let is_mark = |letter: &char| ('\u{64B}'..='\u{652}').contains(letter);
            let length = words.trim().chars().filter(|letter| !is_mark(letter)).count();
            assert!(length <= most, "{key} in {language:?}: {length} of {most}: {words}");
        }
    }
}
