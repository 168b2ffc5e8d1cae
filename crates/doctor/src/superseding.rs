//! The shopper chooses another way to pay: the widget asks again with `supersedes`. Both calls are
//! sent at once, as a double click would.

use crate::made::Made;
use crate::report::{Tried, expect};
use crate::visit::Visit;
use crate::wire::Response;
use crate::{Finding, reading, replaying, rules, shape};
use paywith_protocol::Provider;

/// The payment that takes the first one's place, if a second provider was named.
pub(crate) async fn supersede(visit: &mut Visit<'_>, made: &Made) -> Option<Made> {
    if made.is_native {
        if matches!(made.provider, Provider::Cashi | Provider::Kashier) {
            visit.skip(rules::REPLAY_AT_ONCE, "the provider decides: it is asked twice");
        }
        return None;
    }
    let Some(second) = visit.plan.second_provider else {
        let why = "name a --second-provider that takes this order";
        for rule in [rules::REPLAY_AT_ONCE, rules::SUPERSEDE, rules::SUPERSEDE_OLD] {
            visit.skip(rule, why);
        }
        return None;
    };
    let key = visit.new_key();
    let body = visit.body_with(second, &visit.plan.return_url, Some(&made.id));
    let (one, two) = tokio::join!(visit.post(Some(&key), &body), visit.post(Some(&key), &body));
    let (first, other) = in_order(one, two);
    let tried = first.as_ref().map_err(Clone::clone).and_then(|r| takes_over(made, second, r));
    let is_made = tried.is_ok();
    visit.add(rules::SUPERSEDE, tried);
    let id = first.as_ref().map(|response| response.text_of("id").to_owned()).unwrap_or_default();
    if is_made {
        let tried = other.and_then(|response| replaying::at_once(&id, &response));
        visit.add(rules::REPLAY_AT_ONCE, tried);
    } else {
        visit.skip(rules::REPLAY_AT_ONCE, "the other provider did not take over");
    }
    let response = visit.status(made, &[]).await;
    let tried = reading::still(visit, made, response);
    visit.add(rules::SUPERSEDE_OLD, tried);
    let json = first.ok().filter(|_| is_made)?.json;
    Some(Made { id, provider: second, json, is_native: false, key })
}

type Answered = Result<Response, Finding>;

/// The answer that made the payment, and the other one.
fn in_order(one: Answered, two: Answered) -> (Answered, Answered) {
    let rank = |answer: &Answered| match answer {
        Ok(response) if response.status == 201 => 0,
        Ok(response) if response.status == 200 => 1,
        Ok(_) => 2,
        Err(_) => 3,
    };
    if rank(&two) < rank(&one) { (two, one) } else { (one, two) }
}

fn takes_over(made: &Made, provider: Provider, response: &Response) -> Tried {
    let wanted = format!("201 with a payment in place of {}", made.id);
    let is_new = response.status == 201 && response.text_of("id") != made.id;
    expect(is_new, &wanted, response)?;
    shape::payment(&response.json, provider)
}
