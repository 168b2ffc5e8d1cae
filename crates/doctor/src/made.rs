//! A payment that was made for the test, and whether another answer is about the same one.

use crate::Plan;
use crate::report::{Tried, expect};
use crate::wire::Response;
use paywith_protocol::{Json, Provider};
use paywith_providers::{Answer, Asked, read_create};

/// A payment that was made for the test.
pub(crate) struct Made {
    pub(crate) id: String,
    pub(crate) provider: Provider,
    pub(crate) json: Json,
    /// The provider's own answer was passed on: a relay stores nothing and promises less.
    pub(crate) is_native: bool,
    /// Its `Idempotency-Key`.
    pub(crate) key: String,
}

/// Checks that the answer is about the payment that was made.
pub(crate) fn same(plan: &Plan, made: &Made, response: &Response) -> Tried {
    let id = if made.is_native {
        native_id(plan, response).unwrap_or_default()
    } else {
        response.text_of("id").to_owned()
    };
    expect(id == made.id, &format!("the payment {}", made.id), format!("{id:?}: {response}"))
}

/// The id in a provider's own answer to the create call.
pub(crate) fn native_id(plan: &Plan, response: &Response) -> Result<String, String> {
    let asked = Asked { return_url: Some(&plan.return_url), ..Asked::about(&plan.order) };
    let answer = Answer {
        http_status: response.status,
        body: &response.json,
        is_json: response.json != Json::Null,
        date: Some(response.header("date")),
    };
    let payment = read_create(plan.provider, &answer, &asked);
    payment.map(|payment| payment.id.as_str().to_owned()).map_err(|error| error.to_string())
}
