//! A payload that was walked: well-formed, checksum right, values as they stand in the text.
//!
//! It does not know whether the values are true or fit an order. Every accessor gives `None` for
//! an absent or empty value and reads the text anew: it is short, and an index would be larger
//! than the walk. Start at [`Payload`].

use crate::element::{Elements, elements, find, find_even_empty};
use crate::walk::is_template;

/// Where QRIS keeps the accounts of the acquirers.
const ACCOUNTS: core::ops::RangeInclusive<u8> = 26..=45;
/// Where QRIS keeps the merchant's entry in the national register.
const NATIONAL_ACCOUNT: u8 = 51;
const TRANSFER_ACCOUNT: u8 = 40;
const ADDITIONAL_DATA: u8 = 62;
const LOCAL_LANGUAGE: u8 = 64;

/// The kind of a code, as tag 01 tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Initiation {
    /// `11`: one code for many payments, usually without an amount.
    Static,
    /// `12`: a code for one payment.
    Dynamic,
    /// Tag 01 is absent, which the standard allows.
    Unsaid,
    /// Tag 01 has a value that the standard does not know.
    Unknown,
}

/// A well-formed payload with a right checksum; only [`walk`](crate::walk()) makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payload<'a> {
    text: &'a str,
}

impl<'a> Payload<'a> {
    pub(crate) const fn walked(text: &'a str) -> Self {
        Self { text }
    }

    /// The whole text, unchanged: this is what a redrawn code must hold.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.text
    }

    /// The merchant's name (tag 59). Codes of gateways hold the gateway's name here, so another
    /// name than the shop's is to be explained, not refused.
    #[must_use]
    pub fn merchant_name(&self) -> Option<&'a str> {
        find(self.text, 59)
    }

    /// The merchant's name in the local language (tag 64, 01).
    #[must_use]
    pub fn merchant_name_local(&self) -> Option<&'a str> {
        self.find_within(LOCAL_LANGUAGE, 1)
    }

    /// The merchant's city (tag 60).
    #[must_use]
    pub fn merchant_city(&self) -> Option<&'a str> {
        find(self.text, 60)
    }

    /// The national merchant id: tag 51, 02, or else what has its form (`ID` and digits) in one
    /// of the accounts 26 to 45. Codes of banks and gateways often have none.
    #[must_use]
    pub fn nmid(&self) -> Option<&'a str> {
        self.find_within(NATIONAL_ACCOUNT, 2).or_else(|| self.nmids().next())
    }

    /// The merchant PANs (tags 26 to 45, 01), up to 19 digits each, one for each account that
    /// has one.
    pub fn pans(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.accounts().filter_map(|account| find(account, 1))
    }

    /// The terminal's label (tag 62, 07). `***` asks the wallet to ask the payer and is no label.
    #[must_use]
    pub fn terminal_label(&self) -> Option<&'a str> {
        self.find_within(ADDITIONAL_DATA, 7).filter(|label| *label != "***")
    }

    /// The amount (tag 54) as it is written, such as `15023` or `15023.00`. An empty value is
    /// given as it is, because an amount that is there and empty is not an amount left open.
    #[must_use]
    pub fn amount_text(&self) -> Option<&'a str> {
        find_even_empty(self.text, 54)
    }

    /// The currency's number in ISO 4217 (tag 53); `360` is the rupiah.
    #[must_use]
    pub fn currency(&self) -> Option<&'a str> {
        find(self.text, 53)
    }

    /// The country in ISO 3166 (tag 58); `ID` is Indonesia.
    #[must_use]
    pub fn country(&self) -> Option<&'a str> {
        find(self.text, 58)
    }

    /// The merchant's category (tag 52), normally four digits.
    #[must_use]
    pub fn category(&self) -> Option<&'a str> {
        find(self.text, 52)
    }

    /// Whether the code is for one payment or for many, as it says itself.
    #[must_use]
    pub fn initiation(&self) -> Initiation {
        match find(self.text, 1) {
            Some("11") => Initiation::Static,
            Some("12") => Initiation::Dynamic,
            Some(_) => Initiation::Unknown,
            None => Initiation::Unsaid,
        }
    }

    /// Whether the code says that it serves many payments (tag 01 is `11`).
    #[must_use]
    pub fn is_static(&self) -> bool {
        self.initiation() == Initiation::Static
    }

    /// Every value that names the merchant in the national register.
    pub(crate) fn nmids(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.elements().filter_map(|element| match element.tag {
            NATIONAL_ACCOUNT => find(element.value, 2),
            tag if ACCOUNTS.contains(&tag) => find(element.value, 2).filter(|id| has_nmid_form(id)),
            _ => None,
        })
    }

    /// The accounts of the acquirers, still unread.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.elements()
            .filter(|element| ACCOUNTS.contains(&element.tag))
            .map(|element| element.value)
    }

    /// Whether tip or fee tags (55, 56, 57) let the paid sum differ from the amount.
    pub(crate) fn has_fee_or_tip(&self) -> bool {
        self.elements().any(|element| matches!(element.tag, 55..=57))
    }

    /// Whether money would go to a person: the purpose is `DMCT`, the category is money transfer,
    /// or the only account is the one for transfers.
    pub(crate) fn is_transfer(&self) -> bool {
        self.find_within(ADDITIONAL_DATA, 8) == Some("DMCT")
            || self.category() == Some("4829")
            || self
                .elements()
                .filter(|element| matches!(element.tag, 2..=51))
                .all(|element| element.tag == TRANSFER_ACCOUNT)
    }

    /// Whether an element has length 00, which the standard does not allow and no one is hurt by.
    pub(crate) fn has_empty_value(&self) -> bool {
        self.elements().any(|element| {
            element.value.is_empty()
                || (is_template(element.tag)
                    && elements(element.value).any(|inner| inner.value.is_empty()))
        })
    }

    /// Whether the checksum, the last four characters, is written with small letters.
    pub(crate) fn has_lower_case_checksum(&self) -> bool {
        find(self.text, 63).is_some_and(|digits| digits.bytes().any(|b| b.is_ascii_lowercase()))
    }

    fn find_within(&self, template: u8, tag: u8) -> Option<&'a str> {
        find(find(self.text, template)?, tag)
    }

    const fn elements(&self) -> Elements<'a> {
        elements(self.text)
    }
}

/// `ID` and 13 digits by the rule; one digit fewer has been met in the wild.
fn has_nmid_form(text: &str) -> bool {
    text.strip_prefix("ID").is_some_and(|digits| {
        matches!(digits.len(), 12 | 13) && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}
