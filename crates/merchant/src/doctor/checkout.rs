//! `GET {endpoint}/checkout`: what the order costs and which providers accept it.

use super::report::{Tried, expect, skipped};
use super::wire::Response;
use super::{Finding, Offer, Visit, no_store, shape};
use paywith_protocol::{Decimal, Json, Provider};

const SHAPE: &str = "checkout: order, amount, providers, payment";
const CACHE: &str = "checkout: kept by no cache";
const UNKNOWN: &str = "checkout: an unknown order is 404";

pub(super) async fn look(visit: &mut Visit<'_>) -> Offer {
    let response = visit.wire.get("/checkout", &[("order", &visit.plan.order)]).await;
    let mut offer = Offer::default();
    match response {
        Err(finding) => visit.add(SHAPE, Err(finding)),
        // Pages that name their providers do not need it.
        Ok(response)
            if matches!(response.status, 404 | 405 | 501)
                && response.text_of("code").is_empty() =>
        {
            visit.skip(SHAPE, "there is no look-up; every page must name its `providers`");
            return offer;
        }
        Ok(response) => {
            let tried = judge(&response, visit.plan.provider);
            visit.add(SHAPE, tried);
            visit.add(CACHE, no_store(&response));
            offer.currency = currency(&response.json).map(str::to_owned);
            offer.has_payment = response.json.get_present("payment").is_some();
        }
    }
    let response = visit.wire.get("/checkout", &[("order", "no-order-of-this-shop")]).await;
    let judge = |response: &Response| shape::problem(response, 404, None);
    let tried = visit.refused("an unknown order", response, judge);
    visit.add(UNKNOWN, tried);
    offer
}

fn judge(response: &Response, provider: Provider) -> Tried {
    let json = &response.json;
    expect(response.status == 200 && json.is_object(), "200 with a JSON object", response)?;
    let said = |field: &str| shape::shown(json.get(field));
    expect(!response.text_of("order").is_empty(), "`order`, a text", said("order"))?;
    price(json)?;
    let listed = json.get_present("providers").and_then(Json::as_array);
    let ids = listed.map(|list| list.iter().map(|id| id.as_str().and_then(Provider::parse)));
    let ids: Option<Vec<_>> = ids.and_then(Iterator::collect);
    let wanted = "`providers`, a list of cashii, cashpay, kashier, cashi";
    let Some(ids) = ids else { return expect(false, wanted, said("providers")) };
    expect(json.get("payment").is_some(), "`payment`, an object or null", "nothing")?;
    if let Some(payment) = json.get_present("payment") {
        let taker = payment.get("provider").and_then(Json::as_str).and_then(Provider::parse);
        shape::payment(payment, taker.unwrap_or(provider))?;
    }
    if ids.contains(&provider) {
        Ok(())
    } else {
        Err(skipped(&format!("sound, but {} is not among `providers`", provider.id())))
    }
}

/// An amount beside its currency, or an object of both.
fn price(json: &Json) -> Result<(), Finding> {
    match json.get_present("amount") {
        Some(amount) if amount.is_object() => shape::money("amount", amount, None).map(drop),
        amount => {
            let is_exact = amount.and_then(Json::as_str).and_then(Decimal::parse).is_some();
            expect(is_exact, "`amount`, a decimal string", shape::shown(amount))?;
            let said = shape::shown(json.get("currency"));
            expect(currency(json).is_some(), "`currency` beside `amount`", said)
        }
    }
}

fn currency(json: &Json) -> Option<&str> {
    let inner = json.get("amount").and_then(|amount| amount.get("currency"));
    inner.or(json.get("currency")).and_then(Json::as_str)
}
