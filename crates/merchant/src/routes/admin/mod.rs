//! `/admin`: payments for the person who answers "where is my money?", in a browser.
//!
//! It calls no provider, has no script, and changes nothing but when an event is sent. It exists if `admin_token` is configured.
//! `door` decides who may see it; `view` has the HTML. Start at [`list`].

mod door;
mod facts;
mod view;

use super::{PathText, pairs, path_text, value};
use crate::Shop;
use crate::store::{Filter, ProviderMessage, StoreError, StoredPayment};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use door::{Admitted, OnOurPage};
use maud::Markup;
use paywith_protocol::Status;
use paywith_providers::{returns, urls};
use std::sync::Arc;

/// Its own style, its own form, nothing else.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'",
);
/// The number of payments on a page.
const MOST: u32 = 50;

/// The search, as given in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Search {
    order: Option<String>,
    status: Option<Status>,
    needs_a_person: bool,
    before: Option<(i64, String)>,
}

impl Search {
    fn read(query: &str) -> Search {
        let mut search = Search::default();
        for (name, value) in returns::pairs(query) {
            match name.as_str() {
                "order" if !value.is_empty() => search.order = Some(value),
                "status" => {
                    search.status = Status::ALL.into_iter().find(|status| status.as_str() == value);
                }
                "person" => search.needs_a_person = value == "1",
                "before" => search.before = read_place(&value),
                _ => {}
            }
        }
        search
    }

    /// The address of the payments that follow this one.
    fn older_than(&self, last: &StoredPayment) -> String {
        let encode = urls::percent_encode;
        let order = encode(self.order.as_deref().unwrap_or_default());
        let status = self.status.map_or("", Status::as_str);
        let person = if self.needs_a_person { "1" } else { "" };
        let place = encode(&format!("{}-{}", last.created_ms, last.id));
        format!("/admin?order={order}&status={status}&person={person}&before={place}")
    }

    fn filter(&self) -> Filter {
        Filter {
            order: self.order.clone(),
            status: self.status,
            needs_a_person: self.needs_a_person,
            before: self.before.clone(),
            // One extra shows whether there are older ones.
            most: MOST + 1,
        }
    }
}

/// `1800000000000-pay_1`: the payment after which a page begins.
fn read_place(text: &str) -> Option<(i64, String)> {
    let (at_ms, id) = text.split_once('-')?;
    let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_graphic());
    at_ms.parse().ok().filter(|_| is_id).map(|at_ms| (at_ms, id.to_owned()))
}

/// One payment with everything that is known about it.
struct Dossier {
    payment: StoredPayment,
    history: Vec<crate::store::Moment>,
    answers: Vec<ProviderMessage>,
    /// The other payments of the order, newest first.
    others: Vec<StoredPayment>,
    /// Whether the shop's own server is notified at all.
    is_shop_told: bool,
}

/// The newest payments, or those that match the search.
pub(super) async fn list(
    _: Admitted,
    State(shop): State<Arc<Shop>>,
    RawQuery(query): RawQuery,
) -> Response {
    let search = Search::read(&query.unwrap_or_default());
    match shop.store.find_payments(&search.filter()).await {
        Ok(mut payments) => {
            let most = usize::try_from(MOST).unwrap_or(usize::MAX);
            let has_older = payments.len() > most;
            payments.truncate(most);
            let older = payments.last().filter(|_| has_older).map(|last| search.older_than(last));
            answer(StatusCode::OK, view::list(&shop, &search, &payments, older.as_deref()))
        }
        Err(error) => failed(&error),
    }
}

/// One payment.
pub(super) async fn payment(_: Admitted, State(shop): State<Arc<Shop>>, id: PathText) -> Response {
    match dossier(&shop, &path_text(id).unwrap_or_default()).await {
        Ok(Some(dossier)) => answer(StatusCode::OK, view::payment(&shop, &dossier)),
        Ok(None) => answer(StatusCode::NOT_FOUND, view::message("There is no such payment.")),
        Err(error) => failed(&error),
    }
}

/// Sends an event to the shop's own server again, and leads back to its payment.
pub(super) async fn resend(
    _: Admitted,
    _: OnOurPage,
    State(shop): State<Arc<Shop>>,
    id: PathText,
    form: String,
) -> Response {
    // PostgreSQL refuses to search for a text with this character.
    let id = path_text(id).unwrap_or_default().replace('\0', "");
    match shop.store.resend_event(&id, shop.now_ms()).await {
        Ok(true) => {
            let fields = pairs(Some(&form));
            let payment = value(&fields, "payment").map(urls::percent_encode).unwrap_or_default();
            Redirect::to(&["/admin/payments/", &payment].concat()).into_response()
        }
        Ok(false) => answer(StatusCode::NOT_FOUND, view::message("There is no such event.")),
        Err(error) => failed(&error),
    }
}

async fn dossier(shop: &Shop, id: &str) -> Result<Option<Dossier>, StoreError> {
    // PostgreSQL refuses to search for a text with this character.
    if id.contains('\0') {
        return Ok(None);
    }
    let Some(payment) = shop.store.payment(id).await? else { return Ok(None) };
    let mut others = shop.store.payments_of_order(&payment.order_id).await?;
    others.retain(|other| other.id != payment.id);
    Ok(Some(Dossier {
        history: shop.store.history(id).await?,
        answers: shop.store.messages(id).await?,
        others,
        is_shop_told: shop.config.notify.is_some(),
        payment,
    }))
}

/// The page's style sheet. It holds no secrets.
pub(super) async fn style() -> Response {
    let kind = [(header::CONTENT_TYPE, "text/css"), (header::CACHE_CONTROL, "max-age=3600")];
    (kind, include_str!("style.css")).into_response()
}

fn failed(error: &StoreError) -> Response {
    tracing::error!(%error, "the database failed");
    let message = view::message("The database does not answer. Try again in a moment.");
    answer(StatusCode::SERVICE_UNAVAILABLE, message)
}

fn answer(status: StatusCode, page: Markup) -> Response {
    let mut response = (status, page).into_response();
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, POLICY);
    // A form on it says where it comes from, to us alone.
    let referrer = HeaderValue::from_static("same-origin");
    response.headers_mut().insert(header::REFERRER_POLICY, referrer);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_read_as_the_form_writes_it() {
        let search = Search::read("order=INV+1%2B2&status=paid&person=1&before=17-pay_1");
        assert_eq!(search.order.as_deref(), Some("INV 1+2"));
        assert_eq!(search.status, Some(Status::Paid));
        assert!(search.needs_a_person);
        assert_eq!(search.before, Some((17, "pay_1".to_owned())));
    }

    #[test]
    fn what_makes_no_sense_in_an_address_looks_for_everything() {
        for query in
            ["", "order=&status=&person=", "status=PAID&before=x", "before=1-", "%ff&&=", "a?b"]
        {
            assert_eq!(Search::read(query), Search::default(), "{query}");
        }
    }
}
