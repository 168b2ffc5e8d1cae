//! The command line's description of the backend to be tested.

use crate::config::Origin;
use paywith_protocol::Provider;

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
}

impl Plan {
    /// Reads what follows the word `doctor`.
    ///
    /// # Errors
    /// Names the option that is missing or invalid.
    pub fn read(mut words: impl Iterator<Item = String>) -> Result<Plan, String> {
        let usage = "doctor ENDPOINT --order TOKEN --provider ID; see --help";
        let endpoint = words.next().filter(|word| !word.starts_with("--"));
        let endpoint = endpoint.ok_or_else(|| usage.to_owned())?;
        let own = Origin::of(&endpoint).filter(|_| !endpoint.contains('#'));
        let own = own.ok_or_else(|| format!("{endpoint} is no http or https address"))?;
        let (mut order, mut provider, mut second_provider) = (None, None, None);
        let (mut return_url, mut origin) = (None, None);
        while let Some(name) = words.next() {
            let value = words.next().ok_or_else(|| format!("{name} needs a value; see --help"))?;
            match name.as_str() {
                "--order" => order = Some(value),
                "--provider" => provider = Some(read_provider(&value)?),
                "--second-provider" => second_provider = Some(read_provider(&value)?),
                "--return-url" => return_url = Some(value),
                "--origin" => origin = Some(read_origin(&value)?),
                other => return Err(format!("{other} is unknown; see --help")),
            }
        }
        // Shoppers cannot return to an app's own pages.
        let shop = origin.as_ref().filter(|origin| origin.is_web()).unwrap_or(&own);
        let return_url = return_url.unwrap_or_else(|| format!("{shop}/"));
        Ok(Plan {
            order: order.ok_or("--order is missing: an unpaid order, as the page carries it")?,
            provider: provider.ok_or("--provider is missing: cashii, cashpay, kashier or cashi")?,
            second_provider,
            return_url,
            // A page on the backend's own origin needs no permission to call it.
            origin: origin.filter(|origin| *origin != own),
            endpoint,
        })
    }
}

fn read_provider(id: &str) -> Result<Provider, String> {
    let provider = Provider::parse(id);
    provider.ok_or_else(|| format!("{id} is no provider: cashii, cashpay, kashier or cashi"))
}

fn read_origin(text: &str) -> Result<Origin, String> {
    Origin::parse(text)
        .ok_or_else(|| format!("{text} is not an origin such as https://shop.example"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &str) -> Result<Plan, String> {
        Plan::read(words.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn b1_b2_the_address_the_order_and_the_provider_are_enough() {
        let plan = read("https://shop.example/api --order T --provider cashi").expect("a plan");
        assert_eq!(plan.return_url, "https://shop.example/");
        assert_eq!((plan.origin, plan.second_provider), (None, None));
        let other = "https://api.example --order T --provider cashi --origin https://shop.example";
        let plan = read(other).expect("a plan");
        let route = "https://shop.example/index.php?rest_route=/paywith/v1";
        let of_route = read(&format!("{route} --order T --provider cashi")).expect("a plan");
        assert_eq!(
            (of_route.endpoint.as_str(), of_route.return_url.as_str()),
            (route, "https://shop.example/")
        );
        let of_app =
            read(&format!("{route} --order T --provider cashi --origin capacitor://localhost"));
        assert_eq!(of_app.expect("a plan").return_url, "https://shop.example/");
        assert_eq!(plan.return_url, "https://shop.example/");
        assert_eq!(plan.origin, Origin::parse("https://shop.example"));
    }

    #[test]
    fn what_is_missing_or_odd_is_named() {
        for (words, named) in [
            ("", "doctor ENDPOINT"),
            ("--order T", "doctor ENDPOINT"),
            ("/api --order T --provider cashi", "/api"),
            ("https://shop.example --provider cashi", "--order"),
            ("https://shop.example --order T", "--provider"),
            ("https://shop.example --order T --provider paypal", "paypal"),
            ("https://shop.example --order T --provider", "--provider needs a value"),
            ("https://shop.example --ordre T", "--ordre"),
            (
                "https://shop.example --order T --provider cashi --origin shop.example",
                "not an origin",
            ),
        ] {
            let complaint = read(words).expect_err(words);
            assert!(complaint.contains(named), "{words}: {complaint}");
        }
    }
}
