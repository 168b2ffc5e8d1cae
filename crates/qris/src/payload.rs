//! A parsed payload: well-formed, checksum right, values as they stand in the text.
//!
//! It does not know whether the values are true or fit an order. Every accessor gives `None` for
//! an absent or empty value and reads the text anew: it is short, and an index would be larger
//! than the parser. Start at [`Payload`].

use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;

use crate::element::{Elements, Span};
use crate::payee::{Payee, is_unprintable};

/// Where QRIS keeps the merchant's entry in the national register.
pub(crate) const NATIONAL_ACCOUNT: u8 = 51;
/// Where QRIS keeps the accounts of the acquirers.
const ACCOUNTS: core::ops::RangeInclusive<u8> = 26..=45;
const TRANSFER_ACCOUNT: u8 = 40;
const ADDITIONAL_DATA: u8 = 62;
const LOCAL_LANGUAGE: u8 = 64;

/// The kind of a code, from tag 01.
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

/// A well-formed payload with a right checksum; only [`parse`](crate::parse()) makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payload<'a> {
    whole: Span<'a>,
}

impl<'a> Payload<'a> {
    pub(crate) const fn parsed(whole: Span<'a>) -> Self {
        Self { whole }
    }

    /// The whole text, unchanged.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.whole.text
    }

    /// What a redrawn code must hold: the bytes over which the checksum is right. Usually they are
    /// the text's own; a name such as `KOPI CAFÉ` may stand in the issuer's code as Latin-1.
    #[must_use]
    pub fn bytes(&self) -> Cow<'a, [u8]> {
        self.whole.reading.bytes(self.whole.text)
    }

    /// Who is paid, as the shopper's banking app will show it.
    #[must_use]
    pub fn payee(&self) -> Payee {
        let letters = |text: Option<&str>| text.and_then(|text| self.shown(text));
        Payee {
            name: letters(self.merchant_name()),
            city: letters(self.merchant_city()),
            nmid: letters(self.nmid()),
        }
    }

    /// The merchant's name (tag 59). Codes of gateways hold the gateway's name here, so another
    /// name than the shop's is to be explained, not refused.
    #[must_use]
    pub fn merchant_name(&self) -> Option<&'a str> {
        self.whole.find(59)
    }

    /// The merchant's name in the local language (tag 64, 01).
    #[must_use]
    pub fn merchant_name_local(&self) -> Option<&'a str> {
        self.find_within(LOCAL_LANGUAGE, 1)
    }

    /// The merchant's city (tag 60).
    #[must_use]
    pub fn merchant_city(&self) -> Option<&'a str> {
        self.whole.find(60)
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
        self.accounts().filter_map(|account| account.find(1))
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
        self.whole.find_even_empty(54)
    }

    /// The currency's number in ISO 4217 (tag 53); `360` is the rupiah.
    #[must_use]
    pub fn currency(&self) -> Option<&'a str> {
        self.whole.find(53)
    }

    /// The country in ISO 3166 (tag 58); `ID` is Indonesia.
    #[must_use]
    pub fn country(&self) -> Option<&'a str> {
        self.whole.find(58)
    }

    /// The merchant's category (tag 52), normally four digits.
    #[must_use]
    pub fn category(&self) -> Option<&'a str> {
        self.whole.find(52)
    }

    /// Whether the code is for one payment or for many, as it says itself.
    #[must_use]
    pub fn initiation(&self) -> Initiation {
        match self.whole.find(1) {
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
        self.templates(26..=NATIONAL_ACCOUNT).flat_map(|(tag, template)| {
            let is_national = tag == NATIONAL_ACCOUNT;
            let is_account = ACCOUNTS.contains(&tag);
            template.find_all(2).filter(move |id| is_national || (is_account && has_nmid_form(id)))
        })
    }

    /// The accounts of the acquirers, still unread.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = Span<'a>> + use<'a> {
        self.templates(ACCOUNTS).map(|(_, account)| account)
    }

    /// Whether one account names two payees: wallets differ in which of two values they take.
    pub(crate) fn has_two_payees_in_one(&self) -> bool {
        let differs = |template: Span<'a>, tag| {
            let mut values = template.find_all(tag);
            let first = values.next();
            values.any(|value| Some(value) != first)
        };
        self.templates(26..=NATIONAL_ACCOUNT)
            .any(|(_, template)| (0..=2).any(|tag| differs(template, tag)))
    }

    /// Whether money would go to a person: the purpose is `DMCT`, or the account for transfers is
    /// the only one, or it is there and the category is money transfer.
    pub(crate) fn is_transfer(&self) -> bool {
        let says_so = self
            .templates(ADDITIONAL_DATA..=ADDITIONAL_DATA)
            .any(|(_, data)| data.find_all(8).any(|purpose| purpose == "DMCT"));
        let mut accounts = self.elements().filter(|element| matches!(element.tag, 2..=51));
        let is_transfer_account = |tag: u8| tag == TRANSFER_ACCOUNT;
        says_so
            || accounts.clone().all(|element| is_transfer_account(element.tag))
            || (self.category() == Some("4829")
                && accounts.any(|element| is_transfer_account(element.tag)))
    }

    /// Whether an element has length 00, which the standard does not allow and no one is hurt by.
    pub(crate) fn has_empty_value(&self) -> bool {
        self.elements().any(|element| element.value.is_empty())
            || self
                .templates(0..=99)
                .any(|(_, template)| template.elements().any(|element| element.value.is_empty()))
    }

    /// Whether a template is not made of whole elements, or has one of them twice.
    pub(crate) fn has_odd_template(&self) -> bool {
        self.templates(0..=99).any(|(_, template)| {
            let count = |tag: u8| template.elements().filter(|other| other.tag == tag).count();
            template.check().is_err() || template.elements().any(|element| count(element.tag) > 1)
        })
    }

    /// Whether the checksum, the last four characters, is written with small letters.
    pub(crate) fn has_lower_case_checksum(&self) -> bool {
        self.whole.find(63).is_some_and(|digits| digits.bytes().any(|b| b.is_ascii_lowercase()))
    }

    /// Whether the code's bytes are UTF-8, as the standard asks.
    pub(crate) const fn is_utf8(&self) -> bool {
        self.whole.reading.is_utf8()
    }

    /// Whether its lengths count characters, as the standard asks.
    pub(crate) const fn counts_characters(&self) -> bool {
        self.whole.reading.counts_characters()
    }

    /// The value of a top-level tag, be it empty.
    pub(crate) fn find_even_empty(&self, tag: u8) -> Option<&'a str> {
        self.whole.find_even_empty(tag)
    }

    fn find_within(&self, template: u8, tag: u8) -> Option<&'a str> {
        self.whole.of(self.whole.find(template)?).find(tag)
    }

    fn templates(
        &self,
        tags: core::ops::RangeInclusive<u8>,
    ) -> impl Iterator<Item = (u8, Span<'a>)> + use<'a> {
        let whole = self.whole;
        self.elements()
            .filter(move |element| tags.contains(&element.tag) && is_template(element.tag))
            .map(move |element| (element.tag, whole.of(element.value)))
    }

    const fn elements(&self) -> Elements<'a> {
        self.whole.elements()
    }

    /// A value fit to be shown: in the right letters, and without characters that break lines or
    /// turn the direction of writing.
    fn shown(&self, text: &str) -> Option<String> {
        let letters = self.whole.reading.letters(text);
        let shown: String = letters.chars().filter(|c| !is_unprintable(*c)).collect();
        let shown = shown.trim();
        (!shown.is_empty()).then(|| shown.to_owned())
    }
}

/// Whether the value of `tag` is meant to be a list of elements itself.
const fn is_template(tag: u8) -> bool {
    matches!(tag, 26..=51 | 62 | 64)
}

/// `ID` and 13 digits by the rule; one digit fewer has been met in the wild.
fn has_nmid_form(text: &str) -> bool {
    text.strip_prefix("ID").is_some_and(|digits| {
        matches!(digits.len(), 12 | 13) && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}
