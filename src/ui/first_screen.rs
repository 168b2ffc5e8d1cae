//! What the loader needs of the screens before the module is there: the words, the marks and the styles of the
//! first screens, cut from here into two files of JavaScript that are kept in the repository.
//!
//! `PAYWITH_WRITE=1 cargo test -p paywith --lib first_screen` writes them anew.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use super::components::icon::mark;
use super::i18n::{Key, Language};
use paywith_protocol::Provider;
use std::path::Path;

const STYLE: &str = include_str!("first_screen.css");

/// The words of the screens in `npm/src/first-screen.js`.
const KEYS: [Key; 13] = [
    Key::choose_title,
    Key::pay_with,
    Key::about_cashii,
    Key::about_cashpay,
    Key::about_kashier,
    Key::about_cashi,
    Key::total,
    Key::loading,
    Key::starting,
    Key::checking,
    Key::checking_note,
    Key::check_now,
    Key::cancel,
];

const NOTE: &str = "// Cut from src/ui: `PAYWITH_WRITE=1 cargo test -p paywith --lib first_screen` writes it anew.\n";

/// Compares a file with what it should hold, or writes it.
fn check(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("npm/src").join(name);
    if std::env::var_os("PAYWITH_WRITE").is_some() {
        std::fs::write(&path, text).expect("the file can be written");
    }
    let written = std::fs::read_to_string(&path).expect("the file");
    assert_eq!(
        written, text,
        "{name} is not what src/ui says; its first line says how to write it anew"
    );
}

#[test]
fn the_loader_says_what_the_tables_say() {
    let names = Provider::ALL.map(|one| format!("  {}: {:?},\n", one.id(), one.name())).concat();
    let marks = Provider::ALL.map(|one| {
        let drawing = mark(one);
        format!("  {}: [{:?}, {:?}],\n", one.id(), drawing.fill, drawing.line)
    });
    let marks = marks.concat();
    let languages = [Language::English, Language::Indonesian, Language::Arabic, Language::Turkish];
    let tables = languages.map(|language| {
        let lines = KEYS.map(|key| format!("    {key:?}: {:?},\n", language.message(key))).concat();
        format!("  {}: {{\n{lines}  }},\n", language.tag())
    });
    let tables = tables.concat();
    check(
        "first-words.js",
        &format!(
            "{NOTE}\nexport const PROVIDERS = {{\n{names}}};\n\nexport const MARKS = {{\n{marks}}};\n\n\
             export const WORDS = {{\n{tables}}};\n"
        ),
    );
}

#[test]
fn the_loader_has_the_styles() {
    let mut style: String = STYLE.lines().map(|line| format!("{} ", line.trim())).collect();
    for (long, short) in
        [(" {", "{"), ("{ ", "{"), (": ", ":"), ("; ", ";"), (", ", ","), (";}", "}"), ("} ", "}")]
    {
        style = style.replace(long, short);
    }
    check("first-style.js", &format!("{NOTE}\nexport const FIRST_STYLE = {:?};\n", style.trim()));
}
