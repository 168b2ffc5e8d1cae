//! `POST {endpoint}/payments`: one payment per attempt, however often it is sent.

use super::report::{Tried, differs, expect, skipped};
use super::wire::Response;
use super::{Finding, Made, Offer, Visit, no_store, shape};
use paywith_protocol::{Json, Provider};
use paywith_providers::{Answer, Asked, read_create};

const NEW: &str = "create: a new payment is 201";
const SOUND: &str = "create: a sound Payment";
const MONEY: &str = "money: exact decimal strings of one currency";
const CACHE: &str = "create: kept by no cache";
const REPLAY: &str = "replay: the same key is the same payment";
const MISMATCH: &str = "replay: the same key for another request is 422";
const KEYLESS: &str = "create: no key is 400";
const LIVE: &str = "create: a new key for a live payment is that payment, 200";
const OPEN: &str = "create: another provider is 409 payment_open with the payment";
const FOREIGN: &str = "create: a foreign return_url is refused";
const CODE: &str = "create: a return_url that cannot be used stops no code";

/// Not on any shop's origin.
const FOREIGN_RETURN: &str = "https://foreign.invalid/cart";
const RELAY: &str = "a relaying backend keeps nothing to compare with";

/// Makes the payment that all other rules are tested on.
pub(super) async fn create(
    visit: &mut Visit<'_>,
    offer: &Offer,
    keys: &[String; 4],
) -> Option<Made> {
    let [key, fresh_key, other_key, foreign_key] = keys;
    let response = match visit.post(Some(key), &visit.body()).await {
        Ok(response) => response,
        Err(finding) => {
            visit.add(NEW, Err(finding));
            return None;
        }
    };
    let made = read(visit, &response, offer)?;
    if made.is_native {
        let is_kept = matches!(visit.plan.provider, Provider::Cashi | Provider::Kashier);
        if is_kept {
            replay(visit, &made, key).await;
        } else {
            visit.skip(REPLAY, "a relaying backend cannot, at this provider");
        }
        for rule in [MISMATCH, KEYLESS, LIVE, OPEN] {
            visit.skip(rule, RELAY);
        }
    } else {
        replay(visit, &made, key).await;
        mismatch(visit, key).await;
        keyless(visit).await;
        live(visit, &made, fresh_key).await;
        open(visit, &made, other_key).await;
    }
    foreign(visit, foreign_key, made.is_native).await;
    Some(made)
}

/// The answer to the first call; `None` if it contains no payment.
fn read(visit: &mut Visit<'_>, response: &Response, offer: &Offer) -> Option<Made> {
    let is_native = !shape::is_contract(&response.json);
    let tried = match (response.status, is_native) {
        (201, _) | (200, true) if response.json.is_object() => Ok(()),
        (200, false) if offer.has_payment => {
            Err(skipped("the order had a payment already; a fresh order tries more"))
        }
        _ => Err(differs("201 with a Payment", response)),
    };
    visit.add(NEW, tried);
    let id = if is_native {
        native(visit, response)?
    } else {
        let tried = shape::payment(&response.json, visit.plan.provider);
        visit.add(SOUND, tried);
        visit.add(MONEY, shape::amounts(&response.json, offer.currency.as_deref()));
        response.text_of("id").to_owned()
    };
    visit.add(CACHE, no_store(response));
    let made = Made { id, json: response.json.clone(), is_native };
    if made.id.is_empty() { None } else { Some(made) }
}

/// The id in a provider's own answer, as passed on by a relay.
fn native(visit: &mut Visit<'_>, response: &Response) -> Option<String> {
    let asked =
        Asked { return_url: Some(&visit.plan.return_url), ..Asked::about(&visit.plan.order) };
    let answer = Answer {
        http_status: response.status,
        body: &response.json,
        is_json: response.json != Json::Null,
        date: Some(response.header("date")),
    };
    match read_create(visit.plan.provider, &answer, &asked) {
        Ok(payment) => {
            visit.add("create: a native answer that the widget reads", Ok(()));
            visit.skip(MONEY, "a relaying backend hands on the provider's own amounts");
            Some(payment.id.as_str().to_owned())
        }
        Err(error) => {
            let wanted = "a Payment, or the provider's own answer";
            visit.add(SOUND, Err(differs(wanted, format!("{error}: {response}"))));
            None
        }
    }
}

async fn replay(visit: &mut Visit<'_>, made: &Made, key: &str) {
    let response = visit.post(Some(key), &visit.body()).await;
    let tried = response.and_then(|response| {
        expect(matches!(response.status, 200 | 201), "200 or 201", &response)?;
        same(visit, made, &response)
    });
    visit.add(REPLAY, tried);
}

/// Checks that the answer is about the payment that was made.
fn same(visit: &Visit<'_>, made: &Made, response: &Response) -> Tried {
    let id = if made.is_native {
        let asked = Asked::about(&visit.plan.order);
        let answer = Answer {
            http_status: response.status,
            body: &response.json,
            is_json: true,
            date: None,
        };
        let payment = read_create(visit.plan.provider, &answer, &asked);
        payment.map(|payment| payment.id.as_str().to_owned()).unwrap_or_default()
    } else {
        response.text_of("id").to_owned()
    };
    expect(id == made.id, &format!("the payment {}", made.id), format!("{id:?}: {response}"))
}

async fn mismatch(visit: &mut Visit<'_>, key: &str) {
    let (plan, other) = (visit.plan, visit.plan.second_provider);
    let supersedes = if other.is_none() { Some("no-payment-of-this-order") } else { None };
    let body = visit.body_with(other.unwrap_or(plan.provider), &plan.return_url, supersedes);
    let response = visit.post(Some(key), &body).await;
    let judge = |response: &Response| shape::problem(response, 422, None);
    let tried = visit.refused("a key's second request", response, judge);
    visit.add(MISMATCH, tried);
}

async fn keyless(visit: &mut Visit<'_>) {
    let response = visit.post(None, &visit.body()).await;
    let judge = |response: &Response| shape::problem(response, 400, None);
    let tried = visit.refused("a create call without a key", response, judge);
    visit.add(KEYLESS, tried);
}

async fn live(visit: &mut Visit<'_>, made: &Made, key: &str) {
    let response = visit.post(Some(key), &visit.body()).await;
    let tried = response.and_then(|response| {
        expect(response.status == 200, "200", &response)?;
        same(visit, made, &response)
    });
    visit.add(LIVE, tried);
}

async fn open(visit: &mut Visit<'_>, made: &Made, key: &str) {
    let Some(second) = visit.plan.second_provider else {
        return visit.skip(OPEN, "name a --second-provider that takes this order");
    };
    let body = visit.body_with(second, &visit.plan.return_url, None);
    let response = visit.post(Some(key), &body).await;
    let judge = |response: &Response| -> Result<(), Finding> {
        shape::problem(response, 409, Some("payment_open"))?;
        let payment = response.json.get_present("payment");
        let id = payment.and_then(|payment| payment.get("id")).and_then(Json::as_str);
        let wanted = format!("`payment` with the id {}", made.id);
        expect(id == Some(&made.id), &wanted, shape::shown(payment))
    };
    let tried = visit.refused("another provider", response, judge);
    visit.add(OPEN, tried);
}

async fn foreign(visit: &mut Visit<'_>, key: &str, is_native: bool) {
    let is_code = visit.plan.provider == Provider::Cashi;
    if is_code && is_native {
        return visit.skip(CODE, "a relaying backend would make another payment");
    }
    let body = visit.body_with(visit.plan.provider, FOREIGN_RETURN, None);
    let response = visit.post(Some(key), &body).await;
    if is_code {
        // The shopper stays on the page: nobody is sent to that address.
        let tried =
            response.and_then(|response| expect(response.status < 300, "200 or 201", &response));
        return visit.add(CODE, tried);
    }
    let judge = |response: &Response| {
        expect((400..500).contains(&response.status), "a refusal (4xx)", response)
    };
    let tried = visit.refused("a foreign return_url", response, judge);
    visit.add(FOREIGN, tried);
}
