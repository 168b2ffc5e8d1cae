//! Orders without a token: the shop itself says what an order costs and whether it belongs to the
//! caller.
//!
//! The shop's own cookies identify the caller; they are passed on unread. Neither amount nor owner
//! ever comes from the browser. It deliberately knows no payments. Start at [`look_up`].

use crate::Shop;
use crate::clients::Call;
use crate::config::Origin;
use crate::orders::{Customer, LONGEST_ORDER_BYTES, Order};
use crate::pay::{PayError, problem};
use axum::http::{HeaderMap, header};
use paywith_protocol::{PaymentId, code};
use paywith_providers::urls::{check_redirect, percent_encode};

/// Stands for the order's id in the configured address.
const PLACE: &str = "{order}";

/// Whether this can be `orders.lookup_url`: an absolute https address (http on this machine) with
/// `{order}` once, where it can change neither the host nor the port.
pub(crate) fn is_template(text: &str) -> bool {
    let Some((before, after)) = text.split_once(PLACE) else { return false };
    let is_once = !before.contains(['{', '}']) && !after.contains(['{', '}']);
    // The host must end before the placeholder: `https://shop.example/…`.
    let path = before.split_once("://").and_then(|(_, rest)| rest.split_once('/'));
    let is_sent = !text.contains('#');
    let is_safe = check_redirect(&address(text, "x")).is_ok() && Origin::of(before).is_some();
    is_once && is_sent && path.is_some() && is_safe
}

fn address(template: &str, id: &str) -> String {
    template.replacen(PLACE, &percent_encode(id), 1)
}

/// What the shop says about an order; `None` if it does not know the order, if the order is not
/// this caller's, or if no look-up is configured.
///
/// # Errors
/// The shop gave no usable answer. The caller may try again; the log says why.
pub(crate) async fn look_up(
    shop: &Shop,
    reference: &str,
    headers: &HeaderMap,
) -> Result<Option<Order>, PayError> {
    let Some(config) = &shop.config.orders else { return Ok(None) };
    if !is_id(reference) {
        return Ok(None);
    }
    let mut request = Call::get(&address(&config.lookup_url, reference));
    for cookie in headers.get_all(header::COOKIE) {
        // Byte by byte: some scripts set cookies that are not ASCII.
        request = request.raw_header(header::COOKIE, cookie);
    }
    if let Some(secret) = &config.lookup_secret {
        request = request.bearer(secret);
    }
    let Ok(reply) = shop.clients.call_shop(request).await else {
        return trouble("it does not answer");
    };
    match reply.status {
        200 => match Order::from_claims(reply.body()) {
            Some(mut order) if order.id == reference => {
                order.extras.customer = Customer::from_answer(reply.body());
                Ok(Some(order))
            }
            Some(_) => trouble("it answers another `order` than it was asked for"),
            None => trouble(
                "its answer must be JSON with `order`, `amount` (a decimal string above 0) and \
                 `currency`, as in a token",
            ),
        },
        401 | 403 | 404 => Ok(None),
        300..=399 => trouble("it redirects; it must answer 401 or 404 to those who may not see it"),
        _ => trouble("its status is neither 200, 401, 403 nor 404"),
    }
}

/// Whether it can be an order's id without acting as a path: `.` and `..` would climb, however they
/// are written.
fn is_id(reference: &str) -> bool {
    let is_dots = reference.bytes().all(|byte| byte == b'.');
    let is_short = reference.len() <= LONGEST_ORDER_BYTES;
    is_short && !is_dots && PaymentId::parse(reference).is_some()
}

fn trouble(why: &str) -> Result<Option<Order>, PayError> {
    tracing::error!(why, "`orders.lookup_url` gave no answer about an order");
    let title = "The shop's order look-up does not work";
    let refusal = problem(code::INTERNAL, 503, title, "see the backend's log; try again");
    Err(PayError::Problem(Box::new(refusal)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_can_change_neither_host_nor_path() {
        for (text, is_one) in [
            ("https://shop.example/paywith/order/{order}", true),
            ("https://shop.example/order?id={order}&full=1", true),
            ("http://127.0.0.1:3000/order/{order}", true),
            ("http://shop.example/order/{order}", false),
            ("https://{order}.shop.example/", false),
            ("https://shop.example{order}", false),
            ("https://shop.example:{order}/", false),
            ("https://shop.example?{order}", false),
            ("https://shop.example/order", false),
            ("https://shop.example/{order}/{order}", false),
            ("https://shop.example/{user}/{order}", false),
            ("https://user@shop.example/{order}", false),
            ("https://shop.example/#{order}", false),
            ("/order/{order}", false),
            ("{order}", false),
            ("", false),
        ] {
            assert_eq!(is_template(text), is_one, "{text}");
        }
        let template = "https://shop.example/order/{order}";
        for (id, path) in [
            ("INV-1", "INV-1"),
            ("../admin", "..%2Fadmin"),
            ("a?b=c#d", "a%3Fb%3Dc%23d"),
            ("{order}", "%7Border%7D"),
            ("a%2fb", "a%252fb"),
        ] {
            assert!(is_id(id), "{id}");
            assert_eq!(address(template, id), format!("https://shop.example/order/{path}"));
        }
        for id in ["", ".", "..", "a\nb", " a", &"a".repeat(101)] {
            assert!(!is_id(id), "{id:?}");
        }
    }
}
