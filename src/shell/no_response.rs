//! A call that had no answer at all: a network that is away, or something that keeps the call from ever
//! leaving, which a browser does not tell apart.

use super::fetch::NoResponse;
use super::platform;
use super::settings::Settings;
use paywith_checkout::{Failure, Fault, FaultCode};
use paywith_providers::urls;

/// So many calls in a row without an answer, on a page that is online, are told to its developer.
const TOLD_FROM: u32 = 2;

/// The failure that the machine receives.
pub(super) fn failure(settings: &Settings, no_response: &NoResponse, failures: u32) -> Failure {
    let NoResponse(what) = no_response;
    let page = settings.text_or_empty("page");
    if is_mixed(&page, what) {
        let message = "`endpoint` begins with http: on a page with https, which browsers refuse \
                       (mixed content): serve the backend over https";
        return Failure::Blocked(Fault::new(FaultCode::CallBlocked, message));
    }
    // Only `false` is to be believed.
    let is_offline = platform::service("navigator")
        .and_then(|navigator| platform::member(&navigator, "onLine"))
        .is_some_and(|is_online| is_online.as_bool() == Some(false));
    if is_offline || failures < TOLD_FROM {
        return Failure::Unreachable;
    }
    Failure::Blocked(Fault::new(FaultCode::CallBlocked, &causes(settings, &page, what)))
}

fn is_mixed(page: &str, url: &str) -> bool {
    let is_http = urls::origin(url).is_some_and(|origin| origin.starts_with("http:"));
    // Browsers make an exception for the very machine they run on.
    page.starts_with("https:") && is_http && urls::check_redirect(url).is_err()
}

fn causes(settings: &Settings, page: &str, what: &str) -> String {
    if what.starts_with('`') {
        return [
            what,
            "; reject with an error that has a `code` or a `status` if that is an answer",
        ]
        .concat();
    }
    let what = what.split_once('?').map_or(what, |(address, _)| address);
    let mut message = ["no answer from ", what, " although the page is online. "].concat();
    if urls::origin(page) == urls::origin(what) {
        message.push_str("Is the server up?");
    } else {
        message.push_str("Is the server up? Does it allow this page's origin (CORS)");
        let headers = settings.pairs("headers");
        for (place, (name, _)) in headers.iter().enumerate() {
            message.push_str(if place == 0 { " and the request headers " } else { ", " });
            message.push_str(name);
        }
        message.push('?');
    }
    message.push_str(
        " Does it redirect to another site, such as a login page? Does the page's policy \
         (`connect-src`) allow it? Does an ad blocker stop it?",
    );
    message
}

#[cfg(test)]
mod tests {
    use super::is_mixed;

    #[test]
    fn b4_only_http_from_an_https_page_to_another_machine_is_mixed_content() {
        let cases = [
            ("https://shop.example/cart", "http://shop.example/api/payments", true),
            ("https://shop.example/cart", "http://localhost:8090/api/payments", false),
            ("https://shop.example/cart", "http://127.0.0.1:8090/api/payments", false),
            ("https://shop.example/cart", "https://api.example/payments", false),
            ("http://shop.example/cart", "http://api.example/payments", false),
            ("https://shop.example/cart", "`createPayment` failed: ", false),
        ];
        for (page, url, expected) in cases {
            assert_eq!(is_mixed(page, url), expected, "{page} asks {url}");
        }
    }
}
