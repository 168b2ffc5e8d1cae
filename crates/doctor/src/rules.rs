//! The rules of the contract (section 3) that can be tested from outside, by name.
//!
//! The names are stable: a CI job may look for them. It knows no test; each group of rules has its
//! own file. Start at [`ALL`].

pub(crate) const CHECKOUT: &str = "checkout: order, amount, providers, payment";
pub(crate) const CHECKOUT_CACHE: &str = "checkout: not cached";
pub(crate) const CHECKOUT_UNKNOWN: &str = "checkout: an unknown order is 404";
pub(crate) const CHECKOUT_RESUME: &str = "checkout: the open payment, to resume";

pub(crate) const CREATE_NEW: &str = "create: a new payment is 201";
pub(crate) const CREATE_SOUND: &str = "create: a Payment that the widget reads";
pub(crate) const CREATE_CACHE: &str = "create: not cached";
pub(crate) const CREATE_KEYLESS: &str = "create: no key is 400";
pub(crate) const CREATE_UNKNOWN: &str = "create: an unknown order is 404";
pub(crate) const CREATE_LIVE: &str = "create: a new key finds the live payment, 200";
pub(crate) const CREATE_OPEN: &str = "create: another provider is 409 payment_open";
pub(crate) const CREATE_FOREIGN: &str = "create: a foreign return_url is refused";
pub(crate) const CREATE_LOOKALIKE: &str = "create: a look-alike return_url is refused";
pub(crate) const CREATE_CODE: &str = "create: a bad return_url stops no code";

pub(crate) const MONEY_EXACT: &str = "money: exact decimal strings, one currency";
pub(crate) const MONEY_PRICE: &str = "money: the price that the checkout names";

pub(crate) const REPLAY_SAME: &str = "replay: the same key is the same payment";
pub(crate) const REPLAY_OTHER: &str = "replay: the same key for another request is 422";
pub(crate) const REPLAY_AT_ONCE: &str = "replay: two at once are one payment";

pub(crate) const SUPERSEDE: &str = "supersede: another provider takes over";
pub(crate) const SUPERSEDE_OLD: &str = "supersede: the replaced payment can be read";

pub(crate) const STATUS: &str = "status: the same payment";
pub(crate) const STATUS_CACHE: &str = "status: not cached";
pub(crate) const STATUS_QUERY: &str = "status: an id in the query";
pub(crate) const STATUS_UNKNOWN: &str = "status: an unknown id is 404";
pub(crate) const STATUS_UNSAFE: &str = "status: an unsafe id is refused";
pub(crate) const STATUS_FOREIGN: &str = "status: a payment of another order is 404";
pub(crate) const STATUS_TIME: &str = "status: expires_in_ms goes down, never up";

pub(crate) const SESSION_READ: &str = "session: a stranger cannot read it, 404";
pub(crate) const SESSION_PAY: &str = "session: a stranger cannot pay it, 404";

pub(crate) const WAIT_HELD: &str = "wait: held for wait_ms while nothing changes";
pub(crate) const WAIT_DIFFERS: &str = "wait: answered at once when the status differs";

pub(crate) const ETAG_MATCH: &str = "etag: a match is 304 or the payment";
pub(crate) const ETAG_OTHER: &str = "etag: another tag is the payment, 200";

pub(crate) const CANCEL: &str = "cancel: the payment, or 404";
pub(crate) const CANCEL_QUERY: &str = "cancel: an id in the query";
pub(crate) const CANCEL_FOREIGN: &str = "cancel: a payment of another order is 404";
pub(crate) const CANCEL_AFTER: &str = "cancel: the payment can still be read";

pub(crate) const CORS_SEND: &str = "cors: the shop may send its headers";
pub(crate) const CORS_READ: &str = "cors: the shop may read every answer";
pub(crate) const CORS_EXPOSED: &str = "cors: the shop may read retry-after, date, etag";
pub(crate) const CORS_FOREIGN: &str = "cors: a foreign origin may not";

pub(crate) const ANSWERS_JSON: &str = "answers: application/json";
pub(crate) const ERRORS: &str = "errors: problem documents";

/// Every rule, in the order of the contract. A report names each of them once.
pub const ALL: [&str; 44] = [
    CHECKOUT,
    CHECKOUT_CACHE,
    CHECKOUT_UNKNOWN,
    CHECKOUT_RESUME,
    CREATE_NEW,
    CREATE_SOUND,
    CREATE_CACHE,
    CREATE_KEYLESS,
    CREATE_UNKNOWN,
    CREATE_LIVE,
    CREATE_OPEN,
    CREATE_FOREIGN,
    CREATE_LOOKALIKE,
    CREATE_CODE,
    MONEY_EXACT,
    MONEY_PRICE,
    REPLAY_SAME,
    REPLAY_OTHER,
    REPLAY_AT_ONCE,
    SUPERSEDE,
    SUPERSEDE_OLD,
    STATUS,
    STATUS_CACHE,
    STATUS_QUERY,
    STATUS_UNKNOWN,
    STATUS_UNSAFE,
    STATUS_FOREIGN,
    STATUS_TIME,
    SESSION_READ,
    SESSION_PAY,
    WAIT_HELD,
    WAIT_DIFFERS,
    ETAG_MATCH,
    ETAG_OTHER,
    CANCEL,
    CANCEL_QUERY,
    CANCEL_FOREIGN,
    CANCEL_AFTER,
    CORS_SEND,
    CORS_READ,
    CORS_EXPOSED,
    CORS_FOREIGN,
    ANSWERS_JSON,
    ERRORS,
];

/// What a backend that only passes the provider's answers on cannot promise, and what follows
/// from that.
pub(crate) const NOT_BY_A_RELAY: [(&str, &str); 14] = [
    (CHECKOUT_RESUME, "a shopper cannot continue a payment on another device"),
    (CREATE_KEYLESS, "it need not look at the key"),
    (CREATE_LIVE, "a new key makes another payment at the provider"),
    (CREATE_OPEN, "it does not know of an open payment at another provider"),
    (MONEY_EXACT, "amounts come in the provider's own units; the widget converts them"),
    (MONEY_PRICE, "only your server can compare the amount with the order's price"),
    (REPLAY_OTHER, "it does not remember what a key was first used for"),
    (SUPERSEDE, "the first payment stays open at its provider, and both could be paid"),
    (SUPERSEDE_OLD, "nothing is ever replaced"),
    (STATUS_UNKNOWN, "the provider decides what it answers to an unknown id"),
    (STATUS_TIME, "the provider sends no time left; the widget estimates it"),
    (WAIT_HELD, "it learns of no change; the widget polls"),
    (WAIT_DIFFERS, "it learns of no change; the widget polls"),
    (ERRORS, "the provider's errors are passed on unchanged"),
];

/// The same at providers to which a relay cannot give a reference of its own.
pub(crate) const NOT_BY_A_RELAY_WITHOUT_REFERENCE: [(&str, &str); 2] = [
    (REPLAY_SAME, "a lost answer may leave a payment at the provider that nobody saw"),
    (REPLAY_AT_ONCE, "a double click may make two payments"),
];

#[cfg(test)]
mod tests {
    use super::ALL;
    use std::collections::BTreeSet;

    #[test]
    fn every_rule_has_a_short_name_of_its_own() {
        assert_eq!(ALL.iter().collect::<BTreeSet<_>>().len(), ALL.len());
        for name in ALL {
            assert!(name.len() <= 50 && name.contains(": "), "{name}");
        }
    }
}
