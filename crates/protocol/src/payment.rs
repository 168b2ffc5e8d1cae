//! A payment as the merchant backend reports it (contract section 3).
//!
//! One type for both sides: the backend serializes it, the widget reads it with
//! [`Payment::read`]. A relaying backend's native answer becomes one in `paywith-providers`.

use crate::id::PaymentId;
use crate::json::Json;
use crate::money::Money;
use crate::provider::Provider;
use crate::reading::{ReadError, hint_ms, money, optional_text, text};
use crate::status::{Review, Status};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// One payment: an attempt to pay one order with one provider.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Payment {
    /// Ours, or the provider's own where a backend only relays.
    pub id: PaymentId,
    /// The order that is paid; absent in native answers that do not repeat it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// The shop's name as the shopper should see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merchant_name: Option<String>,
    /// The provider that takes the money.
    pub provider: Provider,
    /// Its status.
    pub status: Status,
    /// What the shopper pays, exactly; absent in native answers that do not state it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// The order's price, where the provider adds something to it (Cashi's unique 1 to 99).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_amount: Option<Money>,
    /// What the shopper does next; `None` when there is nothing to do.
    pub action: Option<Action>,
    /// RFC 3339, for display only ("valid until 14:35").
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// Time left in milliseconds, counted from the moment of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_in_ms: Option<u64>,
    /// The shortest pause before the next status call, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poll_after_ms: Option<u64>,
    /// The longest wait that the status call takes, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_ms: Option<u64>,
    /// Whether this is test money.
    pub test: bool,
    /// Money arrived that a person must review.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review: Option<Review>,
    /// What the provider says beyond the contract.
    #[serde(skip)]
    pub facts: ProviderFacts,
}

/// What a provider says of a payment beyond the contract: for the merchant, never for a browser.
/// It decides nothing; it is shown to the merchant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProviderFacts {
    /// The provider's number of the transfer (Cashi's `provider_tx_id`).
    pub transaction: Option<String>,
    /// The account that paid (Cashii's `from`).
    pub paid_from: Option<String>,
    /// The account that was paid (Cashii's `to`).
    pub paid_to: Option<String>,
    /// When the provider made the payment, in seconds since 1970 (CashPay's `created`).
    pub created_s: Option<u64>,
    /// The refunded part, if the refund was partial.
    pub refunded: Option<Money>,
}

impl ProviderFacts {
    /// Fields that `later` has replace ours; fields that it lacks stay.
    pub fn merge(&mut self, later: &ProviderFacts) {
        self.transaction = later.transaction.clone().or(self.transaction.take());
        self.paid_from = later.paid_from.clone().or(self.paid_from.take());
        self.paid_to = later.paid_to.clone().or(self.paid_to.take());
        self.created_s = later.created_s.or(self.created_s);
        self.refunded = later.refunded.or(self.refunded);
    }
}

/// What the shopper does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Scan a code.
    Qr {
        /// The QRIS payload, where it is known.
        payload: Option<String>,
        /// The provider's picture, a `data:` URI of a PNG or JPEG.
        image: Option<String>,
        /// The provider's own page for the same code.
        checkout_url: Option<String>,
    },
    /// Go to a hosted page.
    Redirect {
        /// Unchecked: validate it before navigating there.
        url: String,
    },
}

impl Payment {
    /// Reads the contract's `Payment`. Unknown fields are ignored, unknown status words are
    /// `pending`; hints of a wrong type are dropped; everything else of a wrong type is an error
    /// that names the field.
    pub fn read(object: &Json) -> Result<Payment, ReadError> {
        if !object.is_object() {
            return Err(ReadError::new("payment", "an object"));
        }
        let id = PaymentId::parse(text(object, "id")?);
        let id = id.ok_or(ReadError::new("id", "1 to 256 printable characters"))?;
        let provider = Provider::parse(text(object, "provider")?);
        let provider =
            provider.ok_or(ReadError::new("provider", "cashii, cashpay, kashier or cashi"))?;
        let mut payment = Payment::new(id, provider);
        payment.order = optional_text(object, "order")?;
        payment.merchant_name = optional_text(object, "merchant_name")?;
        payment.status = Status::parse(text(object, "status")?);
        payment.amount = Some(money(object, "amount")?);
        if object.get_present("base_amount").is_some() {
            payment.base_amount = Some(money(object, "base_amount")?);
        }
        payment.action = Action::read(object)?;
        payment.expires_at = optional_text(object, "expires_at")?;
        payment.expires_in_ms = hint_ms(object, "expires_in_ms");
        payment.poll_after_ms = hint_ms(object, "poll_after_ms");
        payment.wait_ms = hint_ms(object, "wait_ms");
        payment.test = object.get("test").and_then(Json::as_bool).unwrap_or(false);
        payment.review = optional_text(object, "review")?.as_deref().map(Review::parse);
        Ok(payment)
    }

    /// A pending payment with only its id and provider set; the other fields are filled in later.
    pub fn new(id: PaymentId, provider: Provider) -> Payment {
        Payment {
            id,
            order: None,
            merchant_name: None,
            provider,
            status: Status::Pending,
            amount: None,
            base_amount: None,
            action: None,
            expires_at: None,
            expires_in_ms: None,
            poll_after_ms: None,
            wait_ms: None,
            test: false,
            review: None,
            facts: ProviderFacts::default(),
        }
    }
}

/// What `zbarimg` writes before a code's text, and a byte-order mark whose bytes were taken for
/// Latin-1.
const DECODERS_PREFIXES: [&str; 2] = ["QR-Code:", "\u{EF}\u{BB}\u{BF}"];

/// The text of a code without what decoders leave around it: white space, a byte-order mark, other
/// invisible characters, quotation marks, and the symbology name. Text inside is
/// left alone.
pub fn payload_text(text: &str) -> &str {
    let mut text = text.trim_matches(is_around_payload);
    for prefix in DECODERS_PREFIXES {
        text = text.strip_prefix(prefix).unwrap_or(text).trim_matches(is_around_payload);
    }
    text
}

fn is_around_payload(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(
            c,
            '"' | '\'' | '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
                | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}'
        )
}

impl Action {
    fn read(payment: &Json) -> Result<Option<Action>, ReadError> {
        let Some(action) = payment.get_present("action") else {
            return Ok(None);
        };
        match action.get("type").and_then(Json::as_str) {
            Some("qr") => Ok(Some(Action::Qr {
                payload: optional_text(action, "payload")?
                    .map(|payload| payload_text(&payload).to_owned())
                    .filter(|payload| !payload.is_empty()),
                image: optional_text(action, "image")?,
                checkout_url: optional_text(action, "checkout_url")?,
            })),
            Some("redirect") => Ok(Some(Action::Redirect { url: text(action, "url")?.to_owned() })),
            _ => Err(ReadError::new("action.type", "\"qr\" or \"redirect\"")),
        }
    }
}

impl Serialize for Action {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self {
            Action::Qr { payload, image, checkout_url } => {
                map.serialize_entry("type", "qr")?;
                let optional =
                    [("payload", payload), ("image", image), ("checkout_url", checkout_url)];
                for (key, value) in optional {
                    if let Some(value) = value {
                        map.serialize_entry(key, value)?;
                    }
                }
            }
            Action::Redirect { url } => {
                map.serialize_entry("type", "redirect")?;
                map.serialize_entry("url", url)?;
            }
        }
        map.end()
    }
}
