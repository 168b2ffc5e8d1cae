//! Where shoppers may be sent back to: the shop's own origins, and nowhere else. An address that
//! cannot be used stops a redirect, never a code.

use crate::made::Made;
use crate::report::{Tried, expect};
use crate::rules;
use crate::visit::Visit;
use crate::wire::Response;
use paywith_protocol::Provider;
use url::{Position, Url};

/// Not on any shop's origin.
const FOREIGN: &str = "https://foreign.invalid/cart";

pub(crate) async fn refuse(visit: &mut Visit<'_>, made: &Made) {
    if made.provider == Provider::Cashi {
        let why = "a code sends nobody back; run it with a provider that redirects";
        visit.skip(rules::CREATE_FOREIGN, why);
        visit.skip(rules::CREATE_LOOKALIKE, why);
        return code(visit, made).await;
    }
    visit.skip(rules::CREATE_CODE, "this provider redirects; run it with cashi");
    let tried = all_refused(visit, &[FOREIGN.to_owned()]).await;
    visit.add(rules::CREATE_FOREIGN, tried);
    let tried = all_refused(visit, &lookalikes(&visit.plan.return_url)).await;
    visit.add(rules::CREATE_LOOKALIKE, tried);
}

/// The shopper stays on the page: nobody is sent to that address.
async fn code(visit: &mut Visit<'_>, made: &Made) {
    if made.is_native {
        return visit.skip(rules::CREATE_CODE, "a relay would make another payment");
    }
    let key = visit.new_key();
    let body = visit.body_with(made.provider, FOREIGN, None);
    let response = visit.post(Some(&key), &body).await;
    let tried =
        response.and_then(|response| expect(response.status < 300, "200 or 201", &response));
    visit.add(rules::CREATE_CODE, tried);
}

/// Stops at the first that is accepted: it may have made a payment.
async fn all_refused(visit: &mut Visit<'_>, addresses: &[String]) -> Tried {
    for address in addresses {
        let key = visit.new_key();
        let body = visit.body_with(visit.plan.provider, address, None);
        let response = visit.post(Some(&key), &body).await;
        let judge = |response: &Response| {
            let wanted = format!("a refusal (4xx) of {address}");
            expect((400..500).contains(&response.status), &wanted, response)
        };
        visit.refused("a foreign return_url", response, judge)?;
    }
    Ok(())
}

/// Addresses on foreign ground that a comparison of texts takes for the shop's.
fn lookalikes(return_url: &str) -> Vec<String> {
    let Ok(url) = Url::parse(return_url) else { return Vec::new() };
    let origin = &url[..Position::BeforePath];
    let host = url.host_str().unwrap_or_default();
    vec![
        format!("{}://{host}.foreign.invalid/", url.scheme()),
        format!("{origin}@foreign.invalid/"),
        format!("https://foreign.invalid/?{origin}/"),
        format!("//foreign.invalid/{host}"),
        format!("javascript:alert(1)//{host}/"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_lookalike_is_on_the_shops_origin() {
        for shop in ["https://shop.example/", "https://shop.example:8443/cart"] {
            let base = Url::parse(shop).expect("an address");
            let addresses = lookalikes(shop);
            assert_eq!(addresses.len(), 5);
            for address in addresses {
                let url = base.join(&address);
                assert!(url.is_ok_and(|url| url.origin() != base.origin()), "{address}");
            }
        }
    }
}
