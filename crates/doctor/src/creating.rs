//! `POST {endpoint}/payments`: the payment that all other rules are tested on, and who may make
//! which.

use crate::checkout::Offer;
use crate::made::{Made, native_id, same};
use crate::report::{Tried, differs, expect, skipped};
use crate::visit::{NO_ORDER, Visit, body_of, no_store};
use crate::wire::Response;
use crate::{Finding, replaying, return_urls, rules, shape};
use paywith_protocol::{Json, Payment, PaymentId};

/// Makes the payment, and tests the rules about making one.
pub(crate) async fn create(visit: &mut Visit<'_>, offer: &Offer) -> Option<Made> {
    unknown_order(visit).await;
    let key = visit.new_key();
    let response = match visit.post(Some(&key), &visit.body()).await {
        Ok(response) => response,
        Err(finding) => {
            visit.add(rules::CREATE_NEW, Err(finding));
            return None;
        }
    };
    let made = read(visit, &response, offer, key)?;
    replaying::same_key(visit, &made).await;
    if !made.is_native {
        replaying::other_request(visit, &made).await;
        keyless(visit).await;
        live(visit, &made).await;
        open(visit, &made).await;
    }
    return_urls::refuse(visit, &made).await;
    Some(made)
}

/// The answer to the first call; `None` if it contains no payment.
fn read(visit: &mut Visit<'_>, response: &Response, offer: &Offer, key: String) -> Option<Made> {
    let is_native = !shape::is_contract(&response.json);
    let tried = match (response.status, is_native) {
        (201, _) | (200, true) if response.json.is_object() => Ok(()),
        (200, false) if offer.has_payment => {
            Err(skipped("the order had a payment already; a fresh order tests more"))
        }
        _ => Err(differs("201 with a Payment", response)),
    };
    visit.add(rules::CREATE_NEW, tried);
    if response.status >= 400 {
        return None;
    }
    let id = if is_native {
        native(visit, response)?
    } else {
        visit.add(rules::CREATE_SOUND, shape::payment(&response.json, visit.plan.provider));
        let exact = shape::amounts(&response.json, offer.currency.as_deref());
        visit.add(rules::MONEY_EXACT, exact);
        visit.add(rules::MONEY_PRICE, price(&response.json, offer));
        response.text_of("id").to_owned()
    };
    visit.answered("POST payments", response);
    visit.add(rules::CREATE_CACHE, no_store(response));
    let (provider, json) = (visit.plan.provider, response.json.clone());
    let made = Made { id, provider, json, is_native, key };
    // An id that the widget refuses is a finding already, and leads nowhere.
    PaymentId::parse(&made.id).map(|_| made)
}

/// The id in a provider's own answer, as passed on by a relay.
fn native(visit: &mut Visit<'_>, response: &Response) -> Option<String> {
    match native_id(visit.plan, response) {
        Ok(id) => {
            visit.is_relay();
            visit.add(rules::CREATE_SOUND, Ok(()));
            Some(id)
        }
        Err(why) => {
            let wanted = "a Payment, or the provider's own answer";
            visit.add(rules::CREATE_SOUND, Err(differs(wanted, format!("{why}: {response}"))));
            None
        }
    }
}

/// The order's price, before the provider adds anything to it.
fn price(json: &Json, offer: &Offer) -> Tried {
    let Some(price) = offer.price else { return Err(skipped("the checkout names no price")) };
    let paid = Payment::read(json).ok().and_then(|payment| payment.base_amount.or(payment.amount));
    let shown =
        |money: paywith_protocol::Money| format!("{} {}", money.value, money.currency.as_str());
    let wanted = format!("`base_amount` (or `amount`, without one) of {}", shown(price));
    expect(paid == Some(price), &wanted, paid.map_or_else(|| "no amount".to_owned(), shown))
}

async fn unknown_order(visit: &mut Visit<'_>) {
    let key = visit.new_key();
    let body = body_of(NO_ORDER, visit.plan.provider, &visit.plan.return_url, None);
    let response = visit.post(Some(&key), &body).await;
    let judge = |response: &Response| shape::problem(response, 404, None);
    let tried = visit.refused("a payment of an unknown order", response, judge);
    visit.add(rules::CREATE_UNKNOWN, tried);
}

async fn keyless(visit: &mut Visit<'_>) {
    let response = visit.post(None, &visit.body()).await;
    let judge = |response: &Response| shape::problem(response, 400, None);
    let tried = visit.refused("a create call without a key", response, judge);
    visit.add(rules::CREATE_KEYLESS, tried);
}

async fn live(visit: &mut Visit<'_>, made: &Made) {
    let key = visit.new_key();
    let response = visit.post(Some(&key), &visit.body()).await;
    let tried = response.and_then(|response| {
        expect(response.status == 200, "200", &response)?;
        same(visit.plan, made, &response)
    });
    visit.add(rules::CREATE_LIVE, tried);
}

async fn open(visit: &mut Visit<'_>, made: &Made) {
    let Some(second) = visit.plan.second_provider else {
        return visit.skip(rules::CREATE_OPEN, "name a --second-provider that takes this order");
    };
    let key = visit.new_key();
    let body = visit.body_with(second, &visit.plan.return_url, None);
    let response = visit.post(Some(&key), &body).await;
    let judge = |response: &Response| -> Result<(), Finding> {
        shape::problem(response, 409, Some("payment_open"))?;
        let payment = response.json.get_present("payment");
        let id = payment.and_then(|payment| payment.get("id")).and_then(Json::as_str);
        let wanted = format!("`payment` with the id {}", made.id);
        expect(id == Some(&made.id), &wanted, shape::shown(payment))
    };
    let tried = visit.refused("another provider", response, judge);
    visit.add(rules::CREATE_OPEN, tried);
}
