//! The verdict: may this code be drawn beside the amount that the shopper reads?
//!
//! It knows the order's amount and what the merchant pinned, and nothing of the order itself, of
//! its expiry or of pictures. Start at [`verify`].

use alloc::vec::Vec;

use crate::amount::{Amount, read_amount};
use crate::fee::{Extra, extra};
use crate::parse::parse_each;
use crate::parse_error::ParseError;
use crate::payee::{Payee, is_unprintable};
use crate::payload::{Initiation, Payload};
use crate::reason::{PictureReason, Refusal, Warning};

const LONGEST_NAME_CHARACTERS: usize = 25;
const LONGEST_CITY_CHARACTERS: usize = 15;
const LONGEST_PAYLOAD_CHARACTERS: usize = 512;

/// What the code has to agree with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected<'a> {
    /// The amount that the shopper reads, in whole rupiah, the unique digits included.
    pub amount_rupiah: u64,
    /// The merchant's NMID. Every NMID in the code must be this one, and there must be one.
    pub pinned_nmid: Option<&'a str>,
    /// The merchant's PAN. Every account from 26 to 45 must have this one, and there must be one.
    /// Wallets route by it, so it catches a swap that copies the NMID.
    pub pinned_pan: Option<&'a str>,
}

/// What to do with a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict<'a> {
    /// Draw it anew from [`Payload::bytes`]; the warnings are for logs.
    Redraw(Payload<'a>, Vec<Warning>),
    /// Show the provider's picture unchanged, with the amount and a copy button.
    ProviderPicture(PictureReason<'a>),
    /// Show neither: it contradicts what the shopper reads, or it is damaged.
    Refuse(Refusal),
}

impl<'a> Verdict<'a> {
    /// The payload of a code that may be shown and could be read.
    #[must_use]
    pub const fn payload(&self) -> Option<Payload<'a>> {
        match self {
            Self::Redraw(payload, _)
            | Self::ProviderPicture(PictureReason::StaticWithoutAmount(payload)) => Some(*payload),
            Self::ProviderPicture(PictureReason::NoPayload) | Self::Refuse(_) => None,
        }
    }

    /// Who is paid; unknown if the code was refused or could not be read.
    #[must_use]
    pub fn payee(&self) -> Payee {
        self.payload().map(|payload| payload.payee()).unwrap_or_default()
    }

    /// The shopper's app may ask for a tip (tag 55). The exact amount is paid by leaving it at 0,
    /// so the shopper has to be told.
    #[must_use]
    pub fn asks_for_tip(&self) -> bool {
        self.payload().is_some_and(|payload| matches!(extra(&payload), Extra::PayerMayTip))
    }
}

/// Verifies the text of a code that was read from the provider's picture.
///
/// Refused is what could take another amount, pay another payee or add a fee; a payload with a right
/// checksum, a sound top level and the order's amount is the issuer's own, and drawing its very bytes
/// is as good as the issuer's picture. The text is taken as it is: a line break at its end is a
/// refusal, so trim a decoder's own glue before. Amounts are compared as whole rupiah, never as
/// floats.
#[must_use]
pub fn verify<'a>(payload: &'a str, expected: &Expected<'_>) -> Verdict<'a> {
    let mut found: Option<(Payload<'a>, Locked)> = None;
    let mut first_error: Option<ParseError> = None;
    for parsed in parse_each(payload) {
        let payload = match parsed {
            Ok(payload) => payload,
            Err(error) => {
                first_error.get_or_insert(error);
                continue;
            }
        };
        match (check(&payload, expected), &found) {
            (Err(refusal), _) => return Verdict::Refuse(refusal),
            (Ok(locked), None) => found = Some((payload, locked)),
            // A wallet that reads it the other way would let the payer type the amount, or not.
            (Ok(locked), Some((_, first))) if locked.is_open() != first.is_open() => {
                return Verdict::Refuse(Refusal::AmountDiffers);
            }
            (Ok(_), Some(_)) => {}
        }
    }
    match found {
        Some((payload, Locked::Yes { padded })) => {
            Verdict::Redraw(payload, warnings(&payload, padded))
        }
        Some((payload, Locked::No)) => {
            Verdict::ProviderPicture(PictureReason::StaticWithoutAmount(payload))
        }
        None => Verdict::Refuse(Refusal::Broken(first_error.unwrap_or(ParseError::Empty))),
    }
}

fn check(payload: &Payload<'_>, expected: &Expected<'_>) -> Result<Locked, Refusal> {
    check_kind(payload)?;
    check_pins(payload, expected)?;
    check_amount(payload, expected.amount_rupiah)
}

/// Verifies a code that may not have been readable: no text, or an empty one, leaves the provider's
/// picture, unchecked. A merchant who pins an NMID or a PAN may want to refuse that case.
#[must_use]
pub fn verify_optional<'a>(payload: Option<&'a str>, expected: &Expected<'_>) -> Verdict<'a> {
    match payload {
        None | Some("") => Verdict::ProviderPicture(PictureReason::NoPayload),
        Some(payload) => verify(payload, expected),
    }
}

/// Whether the code fixes the amount, so that the payer cannot type another one.
#[derive(Clone, Copy)]
enum Locked {
    Yes { padded: bool },
    No,
}

impl Locked {
    const fn is_open(self) -> bool {
        matches!(self, Self::No)
    }
}

fn check_kind(payload: &Payload<'_>) -> Result<(), Refusal> {
    if payload.is_transfer() {
        return Err(Refusal::PersonToPerson);
    }
    if payload.currency() != Some("360") {
        return Err(Refusal::CurrencyNotRupiah);
    }
    if !payload.country().is_some_and(|country| country.eq_ignore_ascii_case("ID")) {
        return Err(Refusal::CountryNotIndonesia);
    }
    if payload.has_two_payees_in_one() {
        return Err(Refusal::PayeeAmbiguous);
    }
    match extra(payload) {
        Extra::Nothing | Extra::PayerMayTip => Ok(()),
        Extra::Fee => Err(Refusal::FeeOrTip),
    }
}

/// A pin that finds nothing to compare refuses too: leaving the value out would be the easiest way
/// around it.
fn check_pins(payload: &Payload<'_>, expected: &Expected<'_>) -> Result<(), Refusal> {
    if let Some(pinned) = expected.pinned_nmid {
        let nmids = payload.nmids().map(Some);
        check_pin(pinned, nmids, Refusal::PinnedNmidMissing, Refusal::PinnedNmidDiffers)?;
    }
    if let Some(pinned) = expected.pinned_pan {
        // An account that cannot be read to its end proves no PAN.
        let pans = payload
            .accounts()
            .map(|account| if account.check().is_ok() { account.find(1) } else { None });
        check_pin(pinned, pans, Refusal::PinnedPanMissing, Refusal::PinnedPanDiffers)?;
    }
    Ok(())
}

/// Every value must be there and be the pinned one, and there must be at least one.
fn check_pin<'a>(
    pinned: &str,
    values: impl Iterator<Item = Option<&'a str>>,
    missing: Refusal,
    differs: Refusal,
) -> Result<(), Refusal> {
    let mut verdict = Err(missing);
    for value in values {
        match value {
            None => return Err(missing),
            Some(value) if value != pinned => return Err(differs),
            Some(_) => verdict = Ok(()),
        }
    }
    verdict
}

fn check_amount(payload: &Payload<'_>, expected_rupiah: u64) -> Result<Locked, Refusal> {
    let Some(text) = payload.amount_text() else {
        return match payload.initiation() {
            Initiation::Dynamic => Err(Refusal::DynamicWithoutAmount),
            Initiation::Static | Initiation::Unsaid | Initiation::Unknown => Ok(Locked::No),
        };
    };
    match read_amount(text) {
        Amount::Rupiah { rupiah, padded } if rupiah == expected_rupiah => {
            Ok(Locked::Yes { padded })
        }
        Amount::Rupiah { .. } | Amount::WithFraction => Err(Refusal::AmountDiffers),
        Amount::Zero => Err(Refusal::AmountZero),
        Amount::Malformed => Err(Refusal::AmountMalformed),
    }
}

fn warnings(payload: &Payload<'_>, amount_is_padded: bool) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut warn_if = |holds, warning| add_if(&mut warnings, holds, warning);
    let initiation = payload.initiation();
    warn_if(initiation == Initiation::Unsaid, Warning::InitiationMissing);
    warn_if(initiation == Initiation::Unknown, Warning::InitiationUnknown);
    warn_if(initiation == Initiation::Static, Warning::StaticWithAmount);
    warn_if(amount_is_padded, Warning::AmountPadded);
    let name = payload.merchant_name();
    warn_if(name.is_none(), Warning::MerchantNameMissing);
    warn_if(is_longer(name, LONGEST_NAME_CHARACTERS), Warning::MerchantNameTooLong);
    let city = payload.merchant_city();
    warn_if(city.is_none(), Warning::MerchantCityMissing);
    warn_if(is_longer(city, LONGEST_CITY_CHARACTERS), Warning::MerchantCityTooLong);
    let category = payload.category().unwrap_or_default().as_bytes();
    warn_if(
        !matches!(category, [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9']),
        Warning::CategoryOdd,
    );
    warn_if(payload.has_empty_value(), Warning::EmptyValue);
    warn_if(payload.has_odd_template(), Warning::TemplateOdd);
    warn_if(matches!(extra(payload), Extra::PayerMayTip), Warning::TipAsked);
    warn_if(payload.has_lower_case_checksum(), Warning::ChecksumLowerCase);
    warn_if(!payload.is_utf8(), Warning::SingleByteText);
    warn_if(!payload.counts_characters(), Warning::LengthsNotCharacters);
    let text = payload.as_str();
    warn_if(text.chars().any(is_unprintable), Warning::UnprintableText);
    warn_if(is_longer(Some(text), LONGEST_PAYLOAD_CHARACTERS), Warning::PayloadTooLong);
    warnings
}

// One copy in the widget instead of twelve.
#[inline(never)]
fn add_if(warnings: &mut Vec<Warning>, holds: bool, warning: Warning) {
    if holds {
        warnings.push(warning);
    }
}

fn is_longer(text: Option<&str>, longest_characters: usize) -> bool {
    text.is_some_and(|text| text.chars().nth(longest_characters).is_some())
}
