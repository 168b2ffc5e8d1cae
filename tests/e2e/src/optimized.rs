//! Pages as script optimizers leave them (`pages/optimized`), and the files that such tools write.
//!
//! In a page, `ORDER` is the order of the address (`?order=…`), `INTEGRITY` the hash that the built widget's
//! own instructions name, `SCRIPT` the script's text.

use crate::stack::root;
use axum::Router;
use axum::extract::{Path, Query};
use axum::http::{HeaderName, header};
use axum::response::Html;
use axum::routing::get;
use std::collections::HashMap;

pub(crate) fn pages() -> Router {
    Router::new()
        .route("/optimized/{page}", get(page))
        .route("/optimized/cache/combined.js", get(async || script("window.isCombined = true;\n")))
        .route("/optimized/cache/minified.js", get(async || script("\n")))
}

async fn page(
    Path(page): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Html<String> {
    let file = root().join("tests/e2e/pages/optimized").join(format!("{page}.html"));
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let order = query.get("order").map(String::as_str).unwrap_or_default();
    Html(
        text.replace("ORDER", order)
            .replace("INTEGRITY", &integrity())
            .replace("SCRIPT", &widget()),
    )
}

/// The widget behind something else in one file, in another folder than its module.
fn script(before: &str) -> ([(HeaderName, &'static str); 1], String) {
    ([(header::CONTENT_TYPE, "text/javascript")], [before, &widget()].concat())
}

fn widget() -> String {
    std::fs::read_to_string(root().join("dist/paywith.js")).expect("the built widget")
}

fn integrity() -> String {
    let said = std::fs::read_to_string(root().join("dist/README.txt")).expect("the built widget");
    let hash = said.split("integrity=\"").nth(1).and_then(|rest| rest.split('"').next());
    hash.expect("a hash").to_owned()
}
