//! `POST {endpoint}/payments/{id}/cancel`: the shopper gives up, and the payment is still watched.

use super::report::{differs, expect};
use super::{Made, Visit, in_query, path, reading, send};
use reqwest::Method;

const CANCEL: &str = "cancel: the payment, or 404";
const AFTER: &str = "cancel: the payment can still be read";

pub(super) async fn cancel(visit: &mut Visit<'_>, made: &Made) {
    let usual = [("provider", visit.plan.provider.id()), ("order", visit.plan.order.as_str())];
    let query = [&usual[..], &in_query(&made.id)].concat();
    let path = format!("{}/cancel", path(&made.id));
    let response = send(visit.wire.ask(Method::POST, &path, &query)).await;
    let tried = response.and_then(|response| match response.status {
        // No provider documents a reliable cancel, so a backend need not offer one.
        404 => Ok(()),
        200 if made.is_native => Ok(()),
        200 => {
            expect(
                response.text_of("id") == made.id,
                &format!("the payment {}", made.id),
                &response,
            )?;
            let word = response.text_of("status");
            let is_honest = matches!(word, "canceled" | "pending" | "processing" | "expired");
            expect(is_honest, "`status` canceled, or as it was", format!("{word:?}"))
        }
        _ => Err(differs("200 or 404", response)),
    });
    visit.add(CANCEL, tried);
    let response = visit.status(&made.id, &[]).await;
    let tried = reading::still(visit, made, response);
    visit.add(AFTER, tried);
}
