//! `GET {endpoint}/checkout`: what the order costs, which providers accept it, and the payment
//! that another device can continue.

use crate::made::Made;
use crate::report::{Tried, expect, skipped};
use crate::visit::{NO_ORDER, Visit, no_store};
use crate::wire::Response;
use crate::{ExamineError, Finding, rules, shape};
use paywith_protocol::{Decimal, Json, Money, Provider};

/// What the checkout call said about the order.
#[derive(Default)]
pub(crate) struct Offer {
    /// The refusal, if this order was not found: there may be no such call at all.
    not_found: Option<Response>,
    pub(crate) currency: Option<String>,
    pub(crate) price: Option<Money>,
    /// The order had a payment before this run.
    pub(crate) has_payment: bool,
}

/// The first call of a run: without an answer to it there is nothing to examine.
pub(crate) async fn look(visit: &mut Visit<'_>) -> Result<Offer, ExamineError> {
    let response = visit.wire.get("/checkout", &[("order", &visit.plan.order)]).await;
    let response = response.map_err(|finding| ExamineError::Unreachable {
        endpoint: visit.plan.endpoint.clone(),
        cause: match finding {
            Finding::Differs { got, .. } => got,
            _ => "no answer".to_owned(),
        },
    })?;
    if matches!(response.status, 404 | 405 | 501) {
        return Ok(Offer { not_found: Some(response), ..Offer::default() });
    }
    visit.answered("GET checkout", &response);
    visit.add(rules::CHECKOUT, judge(&response, visit.plan.provider));
    visit.add(rules::CHECKOUT_CACHE, no_store(&response));
    let unknown = visit.wire.get("/checkout", &[("order", NO_ORDER)]).await;
    let judge = |response: &Response| shape::problem(response, 404, None);
    let tried = visit.refused("an unknown order", unknown, judge);
    visit.add(rules::CHECKOUT_UNKNOWN, tried);
    let json = &response.json;
    Ok(Offer {
        not_found: None,
        currency: currency(json).map(str::to_owned),
        price: paywith_protocol::Offer::read(json).ok().and_then(|offer| offer.amount),
        has_payment: json.get_present("payment").is_some(),
    })
}

/// Which of the two it was, an unknown order or no such call, is known once a payment was tried.
pub(crate) fn conclude(visit: &mut Visit<'_>, offer: &Offer, is_made: bool) {
    let Some(response) = &offer.not_found else { return };
    if !is_made {
        let tried = judge(response, visit.plan.provider);
        return visit.add(rules::CHECKOUT, tried);
    }
    // Pages that name their providers do not need it.
    let why = "there is no such call; every page must name its `providers`";
    for rule in [rules::CHECKOUT, rules::CHECKOUT_CACHE, rules::CHECKOUT_UNKNOWN] {
        visit.skip(rule, why);
    }
}

/// While a payment is open, the call hands it over.
pub(crate) async fn resume(visit: &mut Visit<'_>, offer: &Offer, made: &Made) {
    if made.is_native {
        return;
    }
    if offer.not_found.is_some() {
        return visit.skip(rules::CHECKOUT_RESUME, "there is no checkout call");
    }
    let response = visit.wire.get("/checkout", &[("order", &visit.plan.order)]).await;
    let tried = response.and_then(|response| {
        let payment = response.json.get_present("payment");
        let id = payment.and_then(|payment| payment.get("id")).and_then(Json::as_str);
        let wanted = format!("`payment` with the id {}", made.id);
        expect(id == Some(&made.id), &wanted, shape::shown(payment))
    });
    visit.add(rules::CHECKOUT_RESUME, tried);
}

fn judge(response: &Response, provider: Provider) -> Tried {
    let json = &response.json;
    expect(response.status == 200 && json.is_object(), "200 with a JSON object", response)?;
    let said = |field: &str| shape::shown(json.get(field));
    expect(!response.text_of("order").is_empty(), "`order`, a text", said("order"))?;
    price(json)?;
    for field in ["description", "merchant_name"] {
        let is_text = json.get_present(field).is_none_or(|value| value.as_str().is_some());
        expect(is_text, &format!("`{field}`, a text"), said(field))?;
    }
    let is_truth = json.get_present("test").is_none_or(|test| test.as_bool().is_some());
    expect(is_truth, "`test`, true or false", said("test"))?;
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
fn price(json: &Json) -> Tried {
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
