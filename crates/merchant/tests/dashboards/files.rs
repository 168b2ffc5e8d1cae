//! The files for those who operate the backend, as they are written: `docs/operating.md`, the alerts
//! and the dashboard. It knows their format and no metric.

use crate::expression::{Use, metrics_of};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// The text of a file in `docs`.
pub(crate) fn text(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    #[serde(rename = "name")]
    _name: String,
    rules: Vec<Alert>,
}

/// An alert. Each part is needed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Alert {
    pub(crate) alert: String,
    pub(crate) expr: String,
    pub(crate) r#for: String,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) annotations: BTreeMap<String, String>,
}

pub(crate) fn alerts() -> Vec<Alert> {
    let rules: Rules = serde_saphyr::from_str(&text("operating/alerts.yml")).expect("alerts");
    rules.groups.into_iter().flat_map(|group| group.rules).collect()
}

/// The panels that show something, without the headings of rows.
pub(crate) fn panels() -> Vec<Value> {
    let dashboard: Value = serde_json::from_str(&text("operating/grafana.json")).expect("JSON");
    let panels = dashboard["panels"].as_array().expect("panels").clone();
    panels.into_iter().filter(|panel| panel["type"] != "row").collect()
}

/// An expression: where it is, and the texts that name labels of its answer.
pub(crate) struct Expression {
    pub(crate) place: String,
    pub(crate) metrics: Vec<Use>,
    pub(crate) named: Vec<String>,
}

/// All expressions of the alerts and the dashboard.
pub(crate) fn expressions() -> Vec<Expression> {
    let of_alerts = alerts().into_iter().map(|alert| {
        let texts: String = alert.annotations.into_values().collect();
        Expression {
            place: alert.alert,
            metrics: metrics_of(&alert.expr),
            named: words_after(&texts, "$labels."),
        }
    });
    let of_panels = panels().into_iter().flat_map(|panel| {
        let targets = panel["targets"].as_array().expect("targets").clone();
        targets.into_iter().map(move |target| {
            let part = |name: &str| target[name].as_str().expect("a text").to_owned();
            Expression {
                place: panel["title"].as_str().expect("a title").to_owned(),
                metrics: metrics_of(&part("expr")),
                named: words_after(&part("legendFormat"), "{{"),
            }
        })
    });
    of_alerts.chain(of_panels).collect()
}

fn words_after(text: &str, mark: &str) -> Vec<String> {
    let is_of_name = |letter: &char| letter.is_ascii_alphanumeric() || *letter == '_';
    text.split(mark).skip(1).map(|rest| rest.chars().take_while(is_of_name).collect()).collect()
}

/// A row of the table of metrics.
pub(crate) struct TableRow {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) labels: Vec<String>,
    /// The words that stand in backticks in its explanation.
    pub(crate) words: Vec<String>,
}

/// The table of metrics in `docs/operating.md`.
pub(crate) fn table() -> Vec<TableRow> {
    let page = text("operating.md");
    let rows = page.lines().filter(|line| line.starts_with("| `paywith_"));
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [_, name, kind, labels, means, ..] = cells.as_slice() else {
            panic!("a row has too few cells: {row}")
        };
        TableRow {
            name: name.trim_matches('`').to_owned(),
            kind: (*kind).to_owned(),
            labels: quoted(labels),
            words: quoted(means),
        }
    })
    .collect()
}

fn quoted(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}
