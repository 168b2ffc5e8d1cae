//! How the source of the pure crates is laid out: files import each other in one direction, in the checkout
//! one file writes the state.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod figures;
mod imports;

use imports::{Source, graph_of, sources_of};
use std::collections::BTreeMap;

fn checkout() -> Vec<Source> {
    sources_of("checkout")
}

#[test]
fn files_import_each_other_in_no_circle() {
    let cases = [
        ("checkout", ("step", "flow::tabs")),
        ("checkout", ("model::checkout", "model::state")),
        ("checkout", ("transition", "model::stage")),
        ("protocol", ("payment", "status")),
        ("providers", ("dispatch", "cashi")),
        ("qris", ("verify", "parse")),
        ("sandbox", ("dispatch", "kashier")),
        ("doctor", ("creating", "replaying")),
    ];
    for (krate, (importer, imported)) in cases {
        let mut graph = graph_of(krate);
        assert!(graph[importer].contains(imported), "{krate}: the imports are read: {graph:#?}");
        let known: Vec<String> = graph.keys().cloned().collect();
        for imports in graph.values_mut() {
            imports.retain(|name| known.contains(name));
        }
        while !graph.is_empty() {
            let free = graph.iter().filter(|(_, imports)| imports.is_empty());
            let free: Vec<String> = free.map(|(name, _)| name.clone()).collect();
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
    let flow_of = |module: &str| module.split("::").nth(1).map(str::to_owned);
    for (module, imports) in graph_of("checkout") {
        let is_flow = |name: &&String| name.starts_with("flow::");
        let is_other = |name: &&String| flow_of(name) != flow_of(&module);
        let others: Vec<&String> = imports.iter().filter(is_flow).filter(is_other).collect();
        let is_free = !module.starts_with("flow") || others.is_empty();
        assert!(is_free, "{module} imports {others:?}: it returns `Next` instead");
    }
}

#[test]
fn one_file_writes_the_state() {
    let writes = [".state = ", "&mut step.checkout.state", "*stage = ", "*step.checkout = "];
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for Source { module, code, .. } in checkout() {
        let count = writes.iter().map(|text| code.matches(text).count()).sum::<usize>();
        // The model lends the payment on the screen to be changed, and never its stage.
        let lent = code.matches("&mut self.state").count();
        let is_model = module == "model::checkout" && lent == 1;
        assert!(lent == 0 || is_model, "{module} borrows the state");
        *counts.entry(module).or_default() += count;
    }
    counts.retain(|_, count| *count > 0);
    assert_eq!(counts.keys().collect::<Vec<_>>(), ["transition"], "{counts:?}");
}

#[test]
fn proof_of_paid_is_made_in_one_place() {
    let makes = |source: &Source| source.code.contains("Verified::from_status_answer");
    let makers: Vec<String> =
        checkout().into_iter().filter(makes).map(|source| source.module).collect();
    assert_eq!(makers, ["flow::status"]);
}
