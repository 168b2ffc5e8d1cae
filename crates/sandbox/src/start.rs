//! The start page: what this server is, and where its parts are. It changes nothing.

use axum::Router;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use crate::html::{escape, page};
use crate::world::Sandbox;

/// The start page's path.
pub(crate) fn routes() -> Router<Sandbox> {
    Router::new().route("/", get(start))
}

async fn start(Shared(sandbox): Shared<Sandbox>) -> Response {
    let rows: String = ["cashii", "cashpay", "kashier", "cashi"]
        .iter()
        .map(|key| {
            format!("<li><code>{}</code></li>", escape(&sandbox.address(&format!("/{key}"))))
        })
        .collect();
    let body = format!(
        "<p>This server plays Cashii, CashPay, Kashier and Cashi for a merchant backend that is \
         being developed. Everything is held in memory and lost when it stops.</p>\
         <ul><li><a id=\"phone\" href=\"/phone\">The phone</a>: pay a Cashi code</li>\
         <li><a id=\"ledger\" href=\"/control/orders\">The ledger</a>: all payments, as JSON</li>\
         <li><a id=\"faults\" href=\"/control/faults\">The faults in force</a>, as JSON</li></ul>\
         <h2>Base addresses for the merchant backend</h2><ul>{rows}</ul>\
         <p class=\"note\">The hosted pages carry switches that break the next answers of their \
         order. The control API is described in docs/sandbox.md.</p>"
    );
    page(StatusCode::OK, "Payment sandbox", &body)
}
