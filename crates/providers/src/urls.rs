//! Addresses: which ones a shopper may be sent to, and how to add a parameter to one.
//!
//! Pure text work and stricter than a browser: what a browser would repair is refused here.

/// Why an address is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UrlFlaw {
    /// Neither `https:` nor, on this very machine, `http:`.
    Scheme,
    /// Not absolute.
    Relative,
    /// `https://user@host`: the host is not what it seems.
    UserInfo,
    /// A control character, white space or backslash.
    ControlCharacter,
    /// No host, or one with characters that no host has.
    NoHost,
}

impl UrlFlaw {
    /// A stable word.
    pub fn code(self) -> &'static str {
        match self {
            UrlFlaw::Scheme => "scheme",
            UrlFlaw::Relative => "relative",
            UrlFlaw::UserInfo => "user_info",
            UrlFlaw::ControlCharacter => "control_character",
            UrlFlaw::NoHost => "no_host",
        }
    }
}

/// Whether a shopper may be sent to this address: absolute `https:`, or `http:` on loopback.
///
/// User info (`https://bank.example@evil.example`), white space, control characters and backslashes
/// are refused, because browsers and people read such addresses differently.
///
/// # Errors
/// The first [`UrlFlaw`] that is found.
pub fn check_redirect(url: &str) -> Result<(), UrlFlaw> {
    let is_odd = |c: char| c.is_control() || c.is_whitespace() || c == '\\';
    if url.chars().any(is_odd) {
        return Err(UrlFlaw::ControlCharacter);
    }
    let (scheme, _) = url.split_once(':').ok_or(UrlFlaw::Relative)?;
    let is_https = scheme.eq_ignore_ascii_case("https");
    if !is_https && !scheme.eq_ignore_ascii_case("http") {
        let is_scheme = scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
        return Err(if is_scheme { UrlFlaw::Scheme } else { UrlFlaw::Relative });
    }
    let authority = authority(url).ok_or(UrlFlaw::Relative)?;
    if authority.contains('@') {
        return Err(UrlFlaw::UserInfo);
    }
    let host = host(url).ok_or(UrlFlaw::NoHost)?;
    if is_https || is_loopback(host) { Ok(()) } else { Err(UrlFlaw::Scheme) }
}

/// The host of an absolute address, without its port; `None` when it has none.
pub fn host(url: &str) -> Option<&str> {
    let authority = authority(url)?;
    let authority = after_last(authority, '@');
    let (host, port) = if let Some(inner) = authority.strip_prefix('[') {
        let (host, rest) = inner.split_once(']')?;
        let is_ipv6 = host.bytes().all(|b| b.is_ascii_hexdigit() || b == b':' || b == b'.');
        let is_port_apart = rest.is_empty() || rest.starts_with(':');
        (Some(host).filter(|_| is_ipv6 && is_port_apart)?, rest.strip_prefix(':').unwrap_or(rest))
    } else {
        authority.split_once(':').unwrap_or((authority, ""))
    };
    let is_port = port.bytes().all(|byte| byte.is_ascii_digit())
        && (port.is_empty() || port.parse::<u16>().is_ok());
    // Anything beyond ASCII letters, digits, dots, dashes and underscores is either encoded by
    // the author of the address, or meant to deceive.
    let is_name =
        host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._:".contains(&b)) && !host.is_empty();
    (is_port && is_name).then_some(host)
}

/// `scheme://host[:port]`, in small letters; `None` when the address is not absolute or carries
/// user info.
pub fn origin(url: &str) -> Option<String> {
    let (scheme, _) = url.split_once(':')?;
    let authority = authority(url).filter(|authority| !authority.contains('@'))?;
    host(url)?;
    Some([scheme, "://", authority].concat().to_ascii_lowercase())
}

/// What follows `//`, up to the path, the query or the fragment.
fn authority(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once(':')?;
    let rest = rest.strip_prefix("//")?;
    rest.split(['/', '?', '#']).next().filter(|authority| !authority.is_empty())
}

/// `localhost`, `::1` or an IPv4 address of 127.0.0.0/8.
fn is_loopback(host: &str) -> bool {
    let parts: Vec<&str> = host.split('.').collect();
    let is_ipv4 = parts.len() == 4 && parts.iter().all(|part| part.parse::<u8>().is_ok());
    host == "::1"
        || host.eq_ignore_ascii_case("localhost")
        || (is_ipv4 && parts.first() == Some(&"127"))
}

/// Encodes everything but the unreserved characters of RFC 3986.
pub fn percent_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            for nibble in [byte >> 4, byte & 15] {
                let digit = char::from_digit(u32::from(nibble), 16).unwrap_or('0');
                encoded.push(digit.to_ascii_uppercase());
            }
        }
    }
    encoded
}

/// Decodes `%XX`, and `+` as a space. A `%` without two digits stays; broken UTF-8 is replaced.
pub fn percent_decode(text: &str) -> String {
    String::from_utf8_lossy(&decoded_bytes(text)).into_owned()
}

fn decoded_bytes(text: &str) -> Vec<u8> {
    unescaped(text, b' ')
}

/// Decodes `%XX` alone.
pub(crate) fn percent_bytes(text: &str) -> Vec<u8> {
    unescaped(text, b'+')
}

/// Decodes `%XX`; a `+` becomes `plus`.
fn unescaped(text: &str, plus: u8) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut place = 0;
    while let Some(byte) = bytes.get(place) {
        let code = bytes.get(place + 1..place + 3).and_then(hex_byte);
        match (byte, code) {
            (b'%', Some(code)) => {
                decoded.push(code);
                place += 3;
            }
            (b'+', _) => {
                decoded.push(plus);
                place += 1;
            }
            (byte, _) => {
                decoded.push(*byte);
                place += 1;
            }
        }
    }
    decoded
}

/// The text after the last `mark`; all of it if there is none.
pub(crate) fn after_last(text: &str, mark: char) -> &str {
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once(mark) {
        rest = behind;
    }
    rest
}

/// The byte that two hexadecimal digits write.
fn hex_byte(digits: &[u8]) -> Option<u8> {
    let [high, low] = digits else { return None };
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// The address with one query parameter set, last and before the fragment; one of the same name is
/// taken out. Everything else stays as it is.
pub fn with_parameter(url: &str, name: &str, value: &str) -> String {
    let (address, fragment) = url.split_at(url.find('#').unwrap_or(url.len()));
    let (base, query) = address.split_once('?').unwrap_or((address, ""));
    let mut url = [base, "?"].concat();
    for pair in query.split('&') {
        let key = pair.split_once('=').map_or(pair, |(key, _)| key);
        if !pair.is_empty() && decoded_bytes(key) != name.as_bytes() {
            url.push_str(pair);
            url.push('&');
        }
    }
    let (name, value) = (percent_encode(name), percent_encode(value));
    [url.as_str(), &name, "=", &value, fragment].concat()
}
