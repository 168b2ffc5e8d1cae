//! What to examine: the endpoint, an order, the providers, and where the shop's pages are.
//!
//! It knows addresses and nothing of the command line. Start at [`Plan::new`].

use paywith_protocol::Provider;
use reqwest::header::HeaderValue;
use std::fmt;
use std::str::FromStr;
use url::Url;

/// What to examine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The widget's `endpoint`: `https://shop.example/api`, or with a query, to which paths are
    /// appended: `https://shop.example/index.php?rest_route=/paywith/v1`.
    pub endpoint: String,
    /// An unpaid order, as the page would carry it.
    pub order: String,
    /// The provider to pay with.
    pub provider: Provider,
    /// Another provider that accepts this order.
    pub second_provider: Option<Provider>,
    /// Where shoppers return to: on one of the shop's own origins.
    pub return_url: String,
    /// The origin of the shop's pages, if it is not the backend's.
    pub origin: Option<Origin>,
    /// The shopper's session, if the order belongs to one.
    pub cookie: Option<Cookie>,
}

impl Plan {
    /// A plan for one provider. Shoppers return to the front page of `origin`, or of the endpoint
    /// where there is no such origin, or where it is an app's.
    ///
    /// # Errors
    /// The endpoint is not a web address that paths can be appended to.
    pub fn new(
        endpoint: &str,
        order: &str,
        provider: Provider,
        origin: Option<Origin>,
    ) -> Result<Plan, String> {
        let own = web_origin(endpoint).filter(|_| !endpoint.contains('#'));
        let own = own.ok_or_else(|| {
            format!("{endpoint} is not an address such as https://shop.example/api")
        })?;
        // Nobody can be sent back to a page that is bundled with an app.
        let shop = origin.as_ref().filter(|origin| origin.is_web()).unwrap_or(&own);
        Ok(Plan {
            endpoint: endpoint.to_owned(),
            order: order.to_owned(),
            provider,
            second_provider: None,
            return_url: format!("{shop}/"),
            // A page on the backend's own origin needs no permission to call it.
            origin: origin.filter(|origin| *origin != own),
            cookie: None,
        })
    }

    /// Shoppers return to this page.
    ///
    /// # Errors
    /// It is not an absolute web address.
    pub fn return_to(&mut self, address: &str) -> Result<(), String> {
        web_origin(address).ok_or_else(|| {
            format!("{address} is not an address such as https://shop.example/cart")
        })?;
        address.clone_into(&mut self.return_url);
        Ok(())
    }
}

/// A scheme, a host and a port, as browsers send them: `https://shop.example`, or an app's such as
/// `capacitor://localhost`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    fn is_web(&self) -> bool {
        self.0.starts_with("https://") || self.0.starts_with("http://")
    }
}

impl FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Origin, String> {
        let wrong = || format!("{text} is not an origin such as https://shop.example");
        let url = Url::parse(text).map_err(|_| wrong())?;
        let is_bare = matches!(url.path(), "" | "/") && url.query().is_none();
        let is_bare = is_bare && url.fragment().is_none() && url.username().is_empty();
        let Some(host) = url.host_str().filter(|host| is_bare && !host.is_empty()) else {
            return Err(wrong());
        };
        // The parser gives the origin of an app's scheme as `null`.
        let of_app = || match url.port() {
            Some(port) => format!("{}://{host}:{port}", url.scheme()),
            None => format!("{}://{host}", url.scheme()),
        };
        Ok(web_origin(text).unwrap_or_else(|| Origin(of_app())))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// What a browser sends as `Cookie`: `session=5f0c1b7e`. It is a secret: `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Cookie(HeaderValue);

impl Cookie {
    pub(crate) fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

impl FromStr for Cookie {
    type Err = String;

    fn from_str(text: &str) -> Result<Cookie, String> {
        let is_pair = text.split_once('=').is_some_and(|(name, _)| !name.trim().is_empty());
        let value = HeaderValue::from_str(text).ok().filter(|_| is_pair && text.is_ascii());
        let mut value = value.ok_or("a cookie is NAME=VALUE, such as session=5f0c1b7e")?;
        value.set_sensitive(true);
        Ok(Cookie(value))
    }
}

impl fmt::Debug for Cookie {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Cookie(…)")
    }
}

/// The origin of an absolute http or https address.
fn web_origin(address: &str) -> Option<Origin> {
    let url = Url::parse(address).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    // The parser would also accept `https:/shop.example`.
    let is_complete = address.contains("://") && url.username().is_empty();
    (is_web && is_complete).then(|| Origin(url.origin().ascii_serialization()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(endpoint: &str, origin: Option<&str>) -> Plan {
        let origin = origin.map(|origin| origin.parse().expect("an origin"));
        Plan::new(endpoint, "T", Provider::Cashi, origin).expect("a plan")
    }

    #[test]
    fn b1_b2_shoppers_return_to_the_shops_front_page() {
        let route = "https://shop.example/index.php?rest_route=/paywith/v1";
        for (endpoint, origin) in [
            ("https://shop.example/api", None),
            (route, None),
            ("https://api.example", Some("https://shop.example")),
            // Shoppers cannot return to an app's own pages.
            (route, Some("capacitor://localhost")),
        ] {
            let plan = plan(endpoint, origin);
            assert_eq!(plan.return_url, "https://shop.example/", "{endpoint}");
            assert_eq!(plan.endpoint, endpoint);
            assert_eq!(plan.origin.map(|origin| origin.to_string()).as_deref(), origin);
        }
    }

    #[test]
    fn a_page_on_the_backends_own_origin_needs_no_permission() {
        let same = plan("https://shop.example/api", Some("https://SHOP.example:443/"));
        assert_eq!(same.origin, None);
    }

    #[test]
    fn what_is_not_an_address_or_an_origin_is_refused() {
        for endpoint in ["", "/api", "shop.example", "ftp://shop.example", "https://a.b/api#x"] {
            let refused = Plan::new(endpoint, "T", Provider::Cashi, None);
            assert!(refused.is_err_and(|why| why.contains("is not an address")), "{endpoint}");
        }
        for origin in ["shop.example", "https://shop.example/shop", "data:x", "https://a@b.c", ""] {
            assert!(origin.parse::<Origin>().is_err(), "{origin}");
        }
    }
    #[test]
    fn a_cookie_is_sent_as_it_is_and_shown_to_nobody() {
        let cookie: Cookie = "session=5f0c; cart=1".parse().expect("a cookie");
        assert_eq!(cookie.header().to_str().ok(), Some("session=5f0c; cart=1"));
        assert!(!format!("{cookie:?} {:?}", cookie.header()).contains("5f0c"));
        for wrong in ["", "session", "=5f0c", "a=1\r\nb: 2", "a=é"] {
            assert!(wrong.parse::<Cookie>().is_err(), "{wrong}");
        }
    }
}
