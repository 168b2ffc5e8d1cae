//! Reads which file of a crate imports which other one. A path that leads through a re-export counts as an
//! import of the file that defines the name.
//!
//! It reads text, not syntax: enough for code that `rustfmt` has formatted.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A file of a crate: its module path (`flow::status`), and its code without comments and unit tests.
pub(crate) struct Source {
    pub(crate) module: String,
    pub(crate) code: String,
}

/// Every file of a crate but its simulation and its binary; `lib.rs` is the module with the empty path.
pub(crate) fn sources_of(krate: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(krate).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.strip_prefix(&root).expect("inside").to_string_lossy().into_owned();
            if path.is_dir() {
                folders.extend((name != "simulation").then_some(path));
            } else if name.ends_with(".rs") && name != "main.rs" {
                found.push(source(&name, &std::fs::read_to_string(&path).expect("a text")));
            }
        }
    }
    assert!(found.len() > 5, "{krate}");
    found
}

fn source(name: &str, text: &str) -> Source {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let path = name.trim_end_matches(".rs");
    let path = path.trim_end_matches("mod").trim_end_matches('/');
    let module = if path == "lib" { String::new() } else { path.replace('/', "::") };
    Source { module, code: lines.collect::<Vec<_>>().join("\n") }
}

/// Which file imports which other ones, by module path.
pub(crate) type Graph = BTreeMap<String, BTreeSet<String>>;

/// The import graph of a crate, `lib.rs` left out: it lists the modules.
pub(crate) fn graph_of(krate: &str) -> Graph {
    let sources = sources_of(krate);
    let modules: BTreeSet<String> = sources.iter().map(|source| source.module.clone()).collect();
    let reexports: BTreeMap<String, Vec<String>> = sources.iter().flat_map(reexports_of).collect();
    let mut graph = Graph::new();
    for source in sources.iter().filter(|source| !source.module.is_empty()) {
        let paths = paths_in(&source.code).into_iter().filter_map(|path| absolute(source, &path));
        let mut imports: BTreeSet<String> =
            paths.map(|path| defining_module(path, &modules, &reexports)).collect();
        imports.remove(&source.module);
        imports.remove("");
        graph.insert(source.module.clone(), imports);
    }
    graph
}

/// The names that a file re-exports: the path under which each is found there, and where it comes from.
fn reexports_of(source: &Source) -> Vec<(String, Vec<String>)> {
    let statements = source.code.split(';').map(str::trim_start);
    let public = statements.filter(|text| text.starts_with("pub") && text.contains(" use "));
    public
        .flat_map(|text| expanded(text.split_once(" use ").map_or("", |(_, tree)| tree)))
        .filter_map(|path| {
            let name = path.last()?.clone();
            let from = absolute(source, &path).unwrap_or_else(|| child_path(source, &path));
            Some((joined(&source.module, &name), from))
        })
        .collect()
}

fn joined(module: &str, name: &str) -> String {
    if module.is_empty() { name.to_owned() } else { format!("{module}::{name}") }
}

fn child_path(source: &Source, path: &[String]) -> Vec<String> {
    segments(&source.module).into_iter().chain(path.iter().cloned()).collect()
}

fn segments(path: &str) -> Vec<String> {
    path.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// Every path in a file's code, `use` trees expanded.
fn paths_in(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for root in ["crate::", "super::", "self::"] {
        for (place, _) in code.match_indices(root) {
            let before = code.get(..place).unwrap_or_default();
            let is_start = !before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
            if is_start {
                found.extend(expanded(code.get(place..).unwrap_or_default()));
            }
        }
    }
    found
}

/// `a::{b, c::d}` is `a::b` and `a::c::d`.
fn expanded(tree: &str) -> Vec<Vec<String>> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let word_end = tree.find(|c: char| !is_word(c)).unwrap_or(tree.len());
    let (word, rest) = tree.split_at(word_end);
    if word.is_empty() {
        return Vec::new();
    }
    let Some(rest) = rest.strip_prefix("::") else { return vec![vec![word.to_owned()]] };
    let below = match rest.strip_prefix('{') {
        Some(list) => branches(list).into_iter().flat_map(expanded).collect(),
        None => expanded(rest),
    };
    if below.is_empty() {
        return vec![vec![word.to_owned()]];
    }
    let with_word = |path| std::iter::once(word.to_owned()).chain(path).collect();
    below.into_iter().map(|path: Vec<String>| with_word(path)).collect()
}

/// The branches of a `use` tree between its braces.
fn branches(list: &str) -> Vec<&str> {
    let (mut depth, mut start, mut found) = (0_u32, 0, Vec::new());
    for (place, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' | ',' if depth == 0 => {
                found.push(list.get(start..place).unwrap_or_default().trim());
                start = place + 1;
                if c == '}' {
                    break;
                }
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    found
}

/// A path from the crate's root; `None` where it leads to another crate.
fn absolute(source: &Source, path: &[String]) -> Option<Vec<String>> {
    let mut base = segments(&source.module);
    let mut rest = path;
    match rest.first().map(String::as_str) {
        Some("crate") => base.clear(),
        Some("self") => {}
        Some("super") => {
            // `super` of `a/b.rs` is `a`; of `a/mod.rs`, too, whose module is `a`, it is the root.
            base.pop();
        }
        _ => return None,
    }
    rest = rest.get(1..).unwrap_or_default();
    while rest.first().is_some_and(|name| name == "super") {
        base.pop();
        rest = rest.get(1..).unwrap_or_default();
    }
    Some(base.into_iter().chain(rest.iter().cloned()).collect())
}

/// The file that defines what a path names.
fn defining_module(
    mut path: Vec<String>,
    modules: &BTreeSet<String>,
    reexports: &BTreeMap<String, Vec<String>>,
) -> String {
    for _ in 0..8 {
        let module = (0..=path.len())
            .rev()
            .map(|length| path.get(..length).unwrap_or_default().join("::"))
            .find(|prefix| modules.contains(prefix))
            .unwrap_or_default();
        let Some(name) = path.get(segments(&module).len()) else { return module };
        match reexports.get(&joined(&module, name)) {
            Some(from) if *from != path => path.clone_from(from),
            _ => return module,
        }
    }
    path.join("::")
}

#[test]
fn a_path_through_a_re_export_leads_to_the_file_that_defines_the_name() {
    let modules = ["", "model", "model::stage"].map(str::to_owned).into();
    let parent = source("model/mod.rs", "mod stage;\npub(crate) use stage::{Stage, Other};\n");
    let reexports = reexports_of(&parent).into_iter().collect();
    let user = source("flow/qr.rs", "use crate::model::{Stage, Unknown};\n");
    let found: Vec<String> = paths_in(&user.code)
        .into_iter()
        .filter_map(|path| absolute(&user, &path))
        .map(|path| defining_module(path, &modules, &reexports))
        .collect();
    assert_eq!(found, ["model::stage", "model"]);
    let sibling = source("model/support.rs", "use super::Stage;\n");
    let path = absolute(&sibling, &segments("super::Stage")).expect("ours");
    assert_eq!(defining_module(path, &modules, &reexports), "model::stage");
}
