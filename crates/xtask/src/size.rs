//! The size of what a page loads: a budget that is kept in the repository, and a report of where the bytes of
//! the module are.
//!
//! A size may grow by two in a hundred unnoticed; more fails, until `size-budget.txt` says the new figure and why.

use crate::run::root;
use std::collections::BTreeMap;
use std::path::Path;
use wasmparser::{KnownCustom, Name, Parser, Payload};

/// `name bytes reason`, a line for each file; lines that begin with `#` explain.
const BUDGET: &str = "crates/xtask/size-budget.txt";

/// Compares the sizes, in bytes of brotli, with the budget.
///
/// # Errors
/// A file that is more than two in a hundred larger than its budget, or has none.
pub(crate) fn check(sizes: &[(String, u64)]) -> Result<(), String> {
    let path = root().join(BUDGET);
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{BUDGET}: {error}"))?;
    compare(&budget(&text)?, sizes)
}

fn budget(text: &str) -> Result<BTreeMap<String, u64>, String> {
    let lines =
        text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let mut words = line.split_whitespace();
            let bytes = |word: &str| word.parse().ok();
            match (words.next(), words.next().and_then(bytes), words.next()) {
                (Some(name), Some(bytes), Some(_)) => Ok((name.to_owned(), bytes)),
                _ => Err(format!("{BUDGET}: write `name bytes reason` instead of `{line}`")),
            }
        })
        .collect()
}

fn compare(budget: &BTreeMap<String, u64>, sizes: &[(String, u64)]) -> Result<(), String> {
    for (name, bytes) in sizes {
        let planned = budget.get(name).ok_or_else(|| format!("{BUDGET} has no line for {name}"))?;
        if *bytes > planned.saturating_add(planned / 50) {
            return Err(format!(
                "{name} has {bytes} bytes of brotli, more than 2 % above the budget of {planned}: make it \
                 smaller, or write the new figure and its reason into {BUDGET}"
            ));
        }
        if bytes.saturating_add(bytes / 50) < *planned {
            println!(
                "note: {name} is more than 2 % below its budget of {planned}: lower it to {bytes}"
            );
        }
    }
    Ok(())
}

/// Prints where the code of a module lies, as bytes before compression. The module is the one that `pack.mjs` has
/// left with what a page can reach, before `wasm-opt`; its names are those that wasm-bindgen writes.
///
/// A generic function counts for the crate whose type or function comes first in its name; what the compiler
/// has inlined counts for where it was inlined.
pub(crate) fn report(module: &Path) -> Result<(), String> {
    let bytes = std::fs::read(module).map_err(|error| format!("{}: {error}", module.display()))?;
    let (mut by_place, mut total) = (BTreeMap::<String, u64>::new(), 0);
    for (name, size) in functions(&bytes)? {
        *by_place.entry(place(&name)).or_default() += size;
        total += size;
    }
    let mut places: Vec<(String, u64)> = by_place.into_iter().collect();
    places.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
    println!("\n{:<32}{:>10}{:>8}", "where the code is", "bytes", "%");
    for (place, size) in places.iter().take(30) {
        println!("{place:<32}{size:>10}{:>8}", size * 100 / total.max(1));
    }
    println!("{:<32}{total:>10}", "all of it, before wasm-opt");
    Ok(())
}

/// The functions of a module: name and size of the code.
fn functions(module: &[u8]) -> Result<Vec<(String, u64)>, String> {
    let (mut imported, mut sizes, mut names) = (0, Vec::new(), BTreeMap::new());
    for payload in Parser::new(0).parse_all(module) {
        match payload.map_err(|error| error.to_string())? {
            Payload::ImportSection(reader) => {
                for import in reader.into_imports() {
                    let import = import.map_err(|error| error.to_string())?;
                    imported += usize::from(matches!(import.ty, wasmparser::TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => {
                let range = body.range();
                sizes.push(u64::try_from(range.len()).unwrap_or(u64::MAX));
            }
            Payload::CustomSection(section) => {
                let KnownCustom::Name(reader) = section.as_known() else { continue };
                for part in reader {
                    let Name::Function(map) = part.map_err(|error| error.to_string())? else {
                        continue;
                    };
                    for naming in map {
                        let naming = naming.map_err(|error| error.to_string())?;
                        names.insert(naming.index, naming.name.to_owned());
                    }
                }
            }
            _ => {}
        }
    }
    let name = |place: usize| {
        let index = u32::try_from(place + imported).unwrap_or(u32::MAX);
        names.get(&index).cloned().unwrap_or_default()
    };
    Ok(sizes.into_iter().enumerate().map(|(place, size)| (name(place), size)).collect())
}

/// The crate of a function; for the widget itself, its folder and file too.
fn place(name: &str) -> String {
    let plain = without_hashes(name);
    let path = plain.trim_start_matches(['<', '&', '(', '[', '*']);
    let path = path.trim_start_matches("mut ").trim_start_matches("dyn ");
    let end = path.find(|c: char| !c.is_alphanumeric() && c != '_' && c != ':');
    let mut parts = path.get(..end.unwrap_or(path.len())).unwrap_or_default().split("::");
    match (parts.next(), parts.next(), parts.next()) {
        (Some("paywith"), Some(floor), Some(part)) => format!("paywith {floor}/{part}"),
        (Some(name), Some(_), _) => name.to_owned(),
        _ => "exports".to_owned(),
    }
}

/// Each crate is followed by its hash in brackets.
fn without_hashes(name: &str) -> String {
    name.split('[').map(|part| part.split_once(']').map_or(part, |(_, rest)| rest)).collect()
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "a test fails by panicking")]
mod tests {
    use super::{budget, compare, place};

    #[test]
    fn two_in_a_hundred_are_allowed_and_more_names_the_budget_file() {
        let budget = budget("# why\na.js 1000 first\n\nb.wasm 5000 two words\n").expect("a budget");
        let sizes = |bytes| vec![("a.js".to_owned(), bytes)];
        assert_eq!(compare(&budget, &sizes(1_020)), Ok(()));
        assert_eq!(compare(&budget, &sizes(1)), Ok(()));
        let error = compare(&budget, &sizes(1_021)).expect_err("too large");
        assert!(error.contains("a.js") && error.contains("size-budget.txt"), "{error}");
        let error = compare(&budget, &[("c.js".to_owned(), 1)]).expect_err("without a budget");
        assert!(error.contains("c.js"), "{error}");
    }

    #[test]
    fn a_budget_without_a_reason_is_refused() {
        for text in ["a.js", "a.js 12", "a.js many bytes"] {
            assert!(budget(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_function_counts_for_its_crate_and_the_widgets_for_its_file() {
        let cases = [
            ("paywith[fe63]::ui::screens::screen", "paywith ui/screens"),
            (
                "<paywith_checkout[cc88]::model::Checkout as core[75]::fmt::Debug>::fmt",
                "paywith_checkout",
            ),
            ("<alloc[de]::vec::Vec<paywith[fe63]::ui::A> as core[75]::ops::Drop>::drop", "alloc"),
            ("mount", "exports"),
        ];
        for (name, expected) in cases {
            assert_eq!(place(name), expected);
        }
    }
}
