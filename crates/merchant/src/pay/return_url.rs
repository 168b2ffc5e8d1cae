//! Where a shopper returns to: a redirect needs this, a code does not.

use super::{PayError, Request, problem, refuse};
use crate::Shop;
use crate::clients::ProviderClient;
use crate::config::Origin;
use paywith_protocol::code;

/// The return address, if a shopper may be sent there.
pub(super) fn usable_return(shop: &Shop, request: &Request) -> Option<String> {
    request.return_url.clone().filter(|url| shop.config.is_own_address(url))
}

pub(super) fn check_return(shop: &Shop, request: &Request) -> Result<(), PayError> {
    let is_hosted = shop.clients.of(request.provider).is_some_and(ProviderClient::is_hosted);
    if !is_hosted || usable_return(shop, request).is_some() {
        return Ok(());
    }
    let address = request.return_url.as_deref().unwrap_or_default();
    let is_web = |scheme: &str| matches!(scheme, "http" | "https");
    let scheme = address.split(':').next().unwrap_or_default().to_ascii_lowercase();
    let is_apps = Origin::parse(&origin_part(address)).is_some() && !is_web(&scheme);
    let detail = if address.is_empty() {
        "`return_url` must say where the shopper comes back to, on one of the origins in the \
         configuration's `shop_origins`"
    } else if is_apps || matches!(scheme.as_str(), "file" | "about") {
        "a provider's page cannot lead back to an app by this `return_url`: send an https link that \
         opens the app (a universal link or app link), on an origin in the configuration's \
         `shop_origins`"
    } else {
        "`return_url` must be on one of the origins in the configuration's `shop_origins`"
    };
    refuse(problem(code::RETURN_URL_FORBIDDEN, 422, "The return address cannot be used", detail))
}

/// `scheme://host:port` of an address.
fn origin_part(address: &str) -> String {
    let (scheme, rest) = address.split_once("://").unwrap_or_default();
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    [scheme, "://", host].concat()
}
