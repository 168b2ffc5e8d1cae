//! Every property that a page sets is tried before it is used. What calls or addresses hang on stops the
//! widget until it is mended ([`refused`]); what only changes words and looks is left out ([`ignored`]).
//! Both are told with the property's name and the remedy.

use crate::shell::settings::{Settings, entries, text_of};
use crate::shell::value::Flaw;
use paywith_checkout::{Fault, FaultCode};
use paywith_protocol::{Json, Provider};
use paywith_providers::urls;

const FUNCTIONS: [&str; 4] = ["createPayment", "fetchPayment", "fetchCheckout", "cancelPayment"];

/// The words that an attribute takes, where it takes only some.
const WORDS: [(&str, &[&str]); 4] = [
    ("mode", &["auto", "inline", "modal", "redirect", "popup"]),
    ("theme", &["auto", "light", "dark"]),
    ("numbering", &["latn", "arab"]),
    ("autoResume", &["on", "off"]),
];

fn fault(parts: &[&str]) -> Fault {
    Fault::new(FaultCode::BadSetting, &parts.concat())
}

/// A setting with which no call could be made as the page wants it.
pub(crate) fn refused(settings: &Settings) -> Option<Fault> {
    let wrong_function = |name: &&&str| settings.is_set(name) && settings.function(name).is_none();
    if let Some(name) = FUNCTIONS.iter().find(wrong_function) {
        return Some(fault(&["`", name, "` must be a function that returns a promise"]));
    }
    let checks = [headers, credentials, provider_pages, allowed_hosts];
    checks.into_iter().find_map(|check| check(settings).err())
}

/// The value of a property as entries.
fn entries_of(settings: &Settings, name: &str) -> Result<Vec<(String, Json)>, Fault> {
    let Some(data) = settings.data(name) else { return Ok(Vec::new()) };
    let data = data.map_err(|flaw: Flaw| fault(&["`", name, "` ", flaw.remedy()]))?;
    entries(data).ok_or_else(|| fault(&["`", name, "` must be a plain object of texts"]))
}

fn headers(settings: &Settings) -> Result<(), Fault> {
    for (name, value) in entries_of(settings, "headers")? {
        let shown = shortened(&name);
        let is_token =
            |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if name.is_empty() || !name.bytes().all(is_token) {
            let remedy = "`, which is not a header name: use letters, digits and dashes";
            return Err(fault(&["`headers` has `", shown, remedy]));
        }
        let Some(value) = text_of(&value) else {
            return Err(fault(&["`headers` has `", shown, "` with a value that is not a text"]));
        };
        // What `fetch` takes: one byte a character, without line breaks.
        let is_fit = |letter: char| u32::from(letter) < 256 && !"\0\r\n".contains(letter);
        if !value.chars().all(is_fit) {
            let remedy = "` with characters that no header can carry: encode the value, for \
                          example with encodeURIComponent";
            return Err(fault(&["`headers` has `", shown, remedy]));
        }
    }
    Ok(())
}

fn credentials(settings: &Settings) -> Result<(), Fault> {
    let is_known = |word: String| matches!(word.as_str(), "omit" | "same-origin" | "include");
    if settings.is_set("credentials") && !settings.text("credentials").is_some_and(is_known) {
        return Err(fault(&["`credentials` must be omit, same-origin or include"]));
    }
    Ok(())
}

fn provider_pages(settings: &Settings) -> Result<(), Fault> {
    for (provider, page) in entries_of(settings, "providerPages")? {
        let shown = shortened(&provider);
        if Provider::parse(&provider).is_none() {
            let remedy = "`: use cashii, cashpay, kashier, cashi";
            return Err(fault(&["`providerPages` names `", shown, remedy]));
        }
        let is_address = text_of(&page).is_some_and(|page| urls::check_redirect(&page).is_ok());
        if !is_address {
            let remedy = "` with something that is not an absolute https address";
            return Err(fault(&["`providerPages` has `", shown, remedy]));
        }
    }
    Ok(())
}

fn allowed_hosts(settings: &Settings) -> Result<(), Fault> {
    let remedy = "`allowedHosts` must be a list of host names such as pay.example.com";
    match settings.data("allowedHosts") {
        None => Ok(()),
        Some(Ok(Json::Array(hosts))) => {
            let is_host = |host: &Json| {
                let host = host.as_str().unwrap_or_default();
                urls::host(&["https://", host].concat()) == Some(host)
            };
            if hosts.iter().all(is_host) { Ok(()) } else { Err(fault(&[remedy])) }
        }
        Some(_) => Err(fault(&[remedy])),
    }
}

/// A setting that is left out: the first one, in the order in which a developer would look.
pub(crate) fn ignored(settings: &Settings, is_sentence: impl Fn(&str) -> bool) -> Option<Fault> {
    for (name, words) in WORDS {
        if let Some(word) = settings.text(name).filter(|word| !words.contains(&word.as_str())) {
            let known = words.join(", ");
            return Some(fault(&["`", name, "` is `", shortened(&word), "`: use ", &known]));
        }
    }
    let messages = match entries_of(settings, "messages") {
        Ok(messages) => messages,
        Err(fault) => return Some(fault),
    };
    for (name, value) in messages {
        let shown = shortened(&name);
        if !is_sentence(&name) {
            return Some(fault(&["`messages` names `", shown, "`, which no sentence is called"]));
        }
        if value.as_str().is_none() {
            return Some(fault(&["`messages` has `", shown, "` with a value that is not a text"]));
        }
    }
    match settings.data("returnParams") {
        None => None,
        Some(Ok(Json::Array(names))) if names.iter().all(|name| name.as_str().is_some()) => None,
        Some(_) => Some(fault(&["`returnParams` must be a list of parameter names"])),
    }
}

/// A name that somebody else made up, short enough for a message.
fn shortened(name: &str) -> &str {
    name.char_indices().nth(40).map_or(name, |(end, _)| name.split_at(end).0)
}
