//! `POST {endpoint}/payments/{id}/cancel`: the shopper gives up, and the payment is still watched.

use crate::made::Made;
use crate::report::{Tried, differs, expect};
use crate::visit::{IN_QUERY, NO_ORDER, Visit, in_query, path};
use crate::wire::{Response, send};
use crate::{Finding, reading, rules};
use reqwest::Method;

pub(crate) async fn cancel(visit: &mut Visit<'_>, made: &Made) {
    foreign(visit, made).await;
    let query = [&visit.usual(made.provider)[..], &in_query(&made.id)].concat();
    let response = call(visit, &path(&made.id), &query).await;
    let is_offered = response.as_ref().is_ok_and(|response| response.status == 200);
    if let Ok(response) = &response {
        visit.answered("POST cancel", response);
    }
    let tried = response.and_then(|response| judge(made, &response));
    visit.add(rules::CANCEL, tried);
    if is_offered {
        let query = [&visit.usual(made.provider)[..], &[("id", made.id.as_str())]].concat();
        let response = call(visit, IN_QUERY, &query).await;
        let tried = response.and_then(|response| again(made, &response));
        visit.add(rules::CANCEL_QUERY, tried);
    } else {
        visit.skip(rules::CANCEL_QUERY, "no cancel is offered");
    }
    let response = visit.status(made, &[]).await;
    let tried = reading::still(visit, made, response);
    visit.add(rules::CANCEL_AFTER, tried);
}

async fn call(visit: &Visit<'_>, path: &str, query: &[(&str, &str)]) -> Result<Response, Finding> {
    send(visit.wire.ask(Method::POST, &format!("{path}/cancel"), query)).await
}

/// Nobody ends a stranger's payment.
async fn foreign(visit: &mut Visit<'_>, made: &Made) {
    let stranger = [("provider", made.provider.id()), ("order", NO_ORDER)];
    let query = [&stranger[..], &in_query(&made.id)].concat();
    let response = call(visit, &path(&made.id), &query).await;
    let judge = |response: &Response| expect(matches!(response.status, 404 | 405), "404", response);
    let tried = visit.refused("cancel of another order's payment", response, judge);
    visit.add(rules::CANCEL_FOREIGN, tried);
}

fn judge(made: &Made, response: &Response) -> Tried {
    match response.status {
        // No provider documents a reliable cancel, so a backend need not offer one.
        404 => Ok(()),
        200 if made.is_native => Ok(()),
        200 => {
            let wanted = format!("the payment {}", made.id);
            expect(response.text_of("id") == made.id, &wanted, response)?;
            let word = response.text_of("status");
            let is_honest = matches!(word, "canceled" | "pending" | "processing" | "expired");
            expect(is_honest, "`status` canceled, or as it was", format!("{word:?}"))
        }
        _ => Err(differs("200 or 404", response)),
    }
}

/// The payment was canceled a moment ago: it can be found, and may refuse to be canceled twice.
fn again(made: &Made, response: &Response) -> Tried {
    let wanted = format!("the payment {}, as under its own path", made.id);
    match response.status {
        200 => expect(made.is_native || response.text_of("id") == made.id, &wanted, response),
        409 | 410 | 422 => Ok(()),
        _ => Err(differs(&wanted, response)),
    }
}
