//! Orders that belong to the shopper's own session: a bare order id is easily guessed, so it must be
//! of no use to anybody else, for reading and for paying.

use crate::made::Made;
use crate::report::{Tried, expect};
use crate::visit::{Visit, in_query, path};
use crate::wire::Response;
use crate::{rules, shape};

pub(crate) async fn look(visit: &mut Visit<'_>, made: &Made) {
    if visit.plan.cookie.is_none() {
        let why = "name the --cookie if the order belongs to the shopper's session";
        visit.skip(rules::SESSION_READ, why);
        return visit.skip(rules::SESSION_PAY, why);
    }
    let tried = reads(visit, made).await;
    visit.add(rules::SESSION_READ, tried);
    let tried = pays(visit).await;
    visit.add(rules::SESSION_PAY, tried);
}

fn is_refused(response: &Response) -> Tried {
    shape::problem(response, 404, None)
}

async fn reads(visit: &mut Visit<'_>, made: &Made) -> Tried {
    let stranger = visit.wire.of_a_stranger();
    let query = [&visit.usual(made.provider)[..], &in_query(&made.id)].concat();
    let response = stranger.get(&path(&made.id), &query).await;
    visit.refused("a payment without the session", response, is_refused)?;
    let response = stranger.get("/checkout", &[("order", &visit.plan.order)]).await?;
    // The last two are of a backend without this call.
    expect(matches!(response.status, 404 | 405 | 501), "404 (GET checkout)", response)
}

async fn pays(visit: &mut Visit<'_>) -> Tried {
    let (stranger, key) = (visit.wire.of_a_stranger(), visit.new_key());
    let response = stranger.post("/payments", Some(&key), &visit.body()).await;
    visit.refused("a create call without the session", response, is_refused)
}
