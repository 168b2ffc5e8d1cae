//! How the source of the pure crates is laid out: imports go in one direction, and in the checkout one file
//! writes the state.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Every file of a crate but its simulation: its module, and its code without comments and unit
/// tests. A folder is one module (but for the checkout's flows): its files are parts of one thing.
/// `lib.rs` lists the modules.
fn sources_of(krate: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(krate).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.strip_prefix(&root).expect("inside").to_string_lossy().into_owned();
            if path.is_dir() {
                folders.extend((name != "simulation").then_some(path));
            } else if name.ends_with(".rs") && !matches!(name.as_str(), "lib.rs" | "main.rs") {
                let text = std::fs::read_to_string(&path).expect("a text");
                let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
                let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
                found.push((module(&name), lines.collect::<Vec<_>>().join("\n")));
            }
        }
    }
    assert!(found.len() > 5, "{found:?}");
    found
}

fn sources() -> Vec<(String, String)> {
    sources_of("checkout")
}

fn module(name: &str) -> String {
    let parts: Vec<&str> = name.trim_end_matches(".rs").split('/').collect();
    match parts.as_slice() {
        ["flow", flow, ..] if *flow != "mod" => format!("flow::{flow}"),
        parts => parts.first().copied().unwrap_or_default().to_owned(),
    }
}

/// The names that follow a path's prefix: one, or those between braces.
fn names_after<'t>(code: &'t str, prefix: &str) -> Vec<&'t str> {
    let end = |text: &str| text.find(|c: char| !c.is_alphanumeric() && c != '_');
    let name = |text: &'t str| text.get(..end(text).unwrap_or(text.len())).unwrap_or_default();
    code.split(prefix)
        .skip(1)
        .flat_map(|rest| match rest.strip_prefix('{') {
            Some(list) => {
                let list = list.split('}').next().unwrap_or_default();
                list.split(',').map(|part| name(part.trim())).collect()
            }
            None => vec![name(rest)],
        })
        .filter(|name| !name.is_empty())
        .collect()
}

fn imports(module: &str, code: &str) -> BTreeSet<String> {
    let mut found: BTreeSet<String> =
        names_after(code, "crate::").into_iter().map(str::to_owned).collect();
    let siblings = if module.starts_with("flow::") { "super::" } else { "crate::flow::" };
    for name in names_after(code, "crate::flow::").into_iter().chain(names_after(code, siblings)) {
        if name.starts_with(|c: char| c.is_lowercase()) {
            found.insert(format!("flow::{name}"));
        }
    }
    found.remove(module);
    found
}

/// Who imports whom, among a crate's own modules.
fn import_graph(krate: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (module, code) in sources_of(krate) {
        let imports = imports(&module, &code);
        graph.entry(module).or_default().extend(imports);
    }
    let known: BTreeSet<String> = graph.keys().cloned().collect();
    for imports in graph.values_mut() {
        imports.retain(|name| known.contains(name));
    }
    graph
}

#[test]
fn imports_form_no_circle() {
    let cases = [
        ("checkout", ("step", "flow::tabs")),
        ("protocol", ("payment", "status")),
        ("providers", ("dispatch", "cashi")),
        ("qris", ("verify", "parse")),
        ("sandbox", ("dispatch", "kashier")),
    ];
    for (krate, (importer, imported)) in cases {
        let mut graph = import_graph(krate);
        assert!(graph[importer].contains(imported), "{krate}: the imports are read");
        while !graph.is_empty() {
            let is_free = |(_, imports): &(&String, &BTreeSet<String>)| imports.is_empty();
            let free: Vec<String> =
                graph.iter().filter(is_free).map(|(name, _)| name.clone()).collect();
            assert!(!free.is_empty(), "{krate}: these import each other: {graph:#?}");
            graph.retain(|name, _| !free.contains(name));
            for imports in graph.values_mut() {
                imports.retain(|name| !free.contains(name));
            }
        }
    }
}

#[test]
fn flows_are_strangers_to_each_other() {
    for (module, code) in sources().iter().filter(|(module, _)| module.starts_with("flow::")) {
        let others: Vec<String> =
            imports(module, code).into_iter().filter(|name| name.starts_with("flow::")).collect();
        assert!(others.is_empty(), "{module} imports {others:?}: it returns `Next` instead");
    }
}

#[test]
fn one_file_writes_the_state() {
    let writes = [".state = ", "&mut step.checkout.state", "*stage = ", "*step.checkout = "];
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (module, code) in sources() {
        let count = writes.iter().map(|text| code.matches(text).count()).sum::<usize>();
        // The model lends the payment on the screen to be changed, and never its stage.
        let lent = code.matches("&mut self.state").count();
        assert!(lent == 0 || module == "model" && lent == 1, "{module} borrows the state");
        *counts.entry(module).or_default() += count;
    }
    counts.retain(|_, count| *count > 0);
    assert_eq!(counts.keys().collect::<Vec<_>>(), ["transition"], "{counts:?}");
}

#[test]
fn proof_of_paid_is_made_in_one_place() {
    let makes = |code: &str| code.contains("Verified::from_status_answer");
    let makers: Vec<String> =
        sources().into_iter().filter(|(_, code)| makes(code)).map(|(module, _)| module).collect();
    assert_eq!(makers, ["flow::status"]);
}
