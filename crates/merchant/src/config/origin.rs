//! Web origins, and whether an address is on one of them.

use std::fmt;

use url::Url;

/// Schemes whose pages have no origin of their own, or that are not pages at all.
const NO_APPS: [&str; 13] = [
    "about",
    "blob",
    "data",
    "file",
    "filesystem",
    "ftp",
    "http",
    "https",
    "javascript",
    "mailto",
    "view-source",
    "ws",
    "wss",
];

/// A scheme, a host and a port, normalized: `https://shop.example`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin(String);

impl Origin {
    /// Reads an `http` or `https` origin, or an app's such as `capacitor://localhost`; `None` if
    /// the text contains more than an origin (a path, a query, user information) or less.
    pub fn parse(text: &str) -> Option<Origin> {
        Origin::parse_web(text).or_else(|| Origin::parse_app(text))
    }

    fn parse_web(text: &str) -> Option<Origin> {
        let url = read_plain(text)?;
        let bare = matches!(url.path(), "" | "/") && url.query().is_none();
        (bare && url.fragment().is_none()).then(|| Origin(url.origin().ascii_serialization()))
    }

    /// The origin of pages bundled with an app: a custom scheme and a host.
    fn parse_app(text: &str) -> Option<Origin> {
        let text = text.to_ascii_lowercase();
        let (scheme, rest) = text.split_once("://")?;
        let is_of_schemes = |b: u8| b.is_ascii_alphanumeric() || b"+-.".contains(&b);
        let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(is_of_schemes)
            && !NO_APPS.contains(&scheme);
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = rest.split_once(':').unwrap_or((rest, "0"));
        let is_of_hosts = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
        let is_host = !host.is_empty() && host.bytes().all(is_of_hosts);
        let is_port = port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok();
        (is_scheme && is_host && is_port).then(|| Origin([scheme, "://", rest].concat()))
    }

    /// The origin of an address; `None` for anything but a plain web address: other schemes, user
    /// information, and characters that browsers interpret differently.
    pub fn of(address: &str) -> Option<Origin> {
        read_plain(address).map(|url| Origin(url.origin().ascii_serialization()))
    }

    /// Whether it is a web origin, where any browser can be sent, and not an app's.
    pub fn is_web(&self) -> bool {
        self.0.starts_with("https://") || self.0.starts_with("http://")
    }

    /// The origin as browsers send it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The URL parser removes tabs and converts backslashes, as browsers do; anything that it would
/// repair is refused here, because the text is passed on as it was written.
fn read_plain(text: &str) -> Option<Url> {
    let odd =
        |character: char| character.is_control() || character.is_whitespace() || character == '\\';
    if text.len() > 2048 || text.chars().any(odd) {
        return None;
    }
    let url = Url::parse(text).ok()?;
    let web = matches!(url.scheme(), "http" | "https") && url.has_host();
    let anonymous = url.username().is_empty() && url.password().is_none();
    // The parser also repairs `https:/shop.example` and `https:shop.example`.
    let complete = text.split_once("://").is_some_and(|(_, rest)| !rest.starts_with('/'));
    (web && anonymous && complete).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_only_on_the_origin_that_a_browser_would_go_to() {
        let shop = Origin::parse("https://Shop.example:443/").expect("an origin");
        assert_eq!(shop.as_str(), "https://shop.example");
        for (address, on_shop) in [
            ("https://shop.example/cart?x=1#top", true),
            ("https://shop.example", true),
            ("https://shop.example:8443/", false),
            ("http://shop.example/", false),
            ("https://shop.example.evil.example/", false),
            ("https://shop.example@evil.example/", false),
            ("https://user@shop.example/", false),
            ("https://shop.example\\@evil.example/", false),
            ("https:///shop.example/", false),
            ("https:shop.example", false),
            ("//shop.example/", false),
            ("ht\ttps://shop.example/", false),
            ("javascript://shop.example/%0aalert(1)", false),
            ("data:text/html,https://shop.example", false),
            ("", false),
        ] {
            assert_eq!(Origin::of(address).as_ref() == Some(&shop), on_shop, "{address:?}");
        }
    }

    #[test]
    fn an_origin_is_no_address_of_a_page() {
        for text in ["https://shop.example/cart", "https://shop.example?x", "shop.example", "*"] {
            assert_eq!(Origin::parse(text), None, "{text:?}");
        }
    }
}
