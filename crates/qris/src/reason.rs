//! The words of a verdict: warnings, reasons for the provider's picture, refusals.
//!
//! They are told to developers and programs; what the shopper reads is the widget's business.
//! Codes are stable: a new reason gets a new code, an old code keeps its meaning.

use crate::parse_error::ParseError;
use crate::payload::Payload;

/// Something odd that does not stand against drawing the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warning {
    /// Tag 01 is absent.
    InitiationMissing,
    /// Tag 01 is neither `11` nor `12`.
    InitiationUnknown,
    /// A static code carries an amount.
    StaticWithAmount,
    /// Zeros stand before the first digit of the amount.
    AmountPadded,
    /// Tag 59 is absent or empty.
    MerchantNameMissing,
    /// Tag 59 is longer than 25 characters.
    MerchantNameTooLong,
    /// Tag 60 is absent or empty.
    MerchantCityMissing,
    /// Tag 60 is longer than 15 characters.
    MerchantCityTooLong,
    /// Tag 52 is not four digits.
    CategoryOdd,
    /// An element has length 00.
    EmptyValue,
    /// There are control characters or characters that turn the direction of writing.
    UnprintableText,
    /// The payload is longer than 512 characters.
    PayloadTooLong,
    /// A template is not made of whole elements, or has one of them twice.
    TemplateOdd,
    /// The payer's app may ask for a tip (tag 55).
    TipAsked,
    /// The checksum is right and in small letters.
    ChecksumLowerCase,
    /// The code's bytes are of a single-byte character set.
    SingleByteText,
    /// Lengths count bytes or UTF-16 units instead of characters.
    LengthsNotCharacters,
}

impl Warning {
    /// A stable name in `snake_case`, for logs and for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.words().0
    }

    /// One English sentence for developers.
    #[must_use]
    pub const fn message(self) -> &'static str {
        self.words().1
    }

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::InitiationMissing => {
                ("initiation_missing", "Tag 01 does not say whether the code is static.")
            }
            Self::InitiationUnknown => ("initiation_unknown", "Tag 01 is neither 11 nor 12."),
            Self::StaticWithAmount => {
                ("static_with_amount", "The code calls itself static and carries an amount.")
            }
            Self::AmountPadded => ("amount_padded", "Zeros stand before the amount."),
            Self::MerchantNameMissing => {
                ("merchant_name_missing", "Tag 59 holds no merchant name.")
            }
            Self::MerchantNameTooLong => {
                ("merchant_name_too_long", "The merchant name is longer than 25 characters.")
            }
            Self::MerchantCityMissing => ("merchant_city_missing", "Tag 60 holds no city."),
            Self::MerchantCityTooLong => {
                ("merchant_city_too_long", "The city is longer than 15 characters.")
            }
            Self::CategoryOdd => ("category_odd", "The category code is not four digits."),
            Self::EmptyValue => ("empty_value", "An element has length 00."),
            Self::UnprintableText => {
                ("unprintable_text", "Control or direction characters stand in the payload.")
            }
            Self::PayloadTooLong => {
                ("payload_too_long", "The payload is longer than 512 characters.")
            }
            Self::TemplateOdd => {
                ("template_odd", "A template is not made of whole elements, or repeats one.")
            }
            Self::TipAsked => ("tip_asked", "The payer's app may ask for a tip."),
            Self::ChecksumLowerCase => {
                ("checksum_lower_case", "The checksum is right and in small letters.")
            }
            Self::SingleByteText => {
                ("single_byte_text", "The text is one byte per letter, not UTF-8.")
            }
            Self::LengthsNotCharacters => {
                ("lengths_not_characters", "The lengths do not count characters.")
            }
        }
    }
}

/// Why the provider's picture is to be shown as it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureReason<'a> {
    /// The picture could not be read, so there is nothing to check.
    NoPayload,
    /// The payer types the amount; do not claim that the code locks it.
    StaticWithoutAmount(Payload<'a>),
}

impl PictureReason<'_> {
    /// A stable name in `snake_case`, for logs and for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.words().0
    }

    /// One English sentence for developers.
    #[must_use]
    pub const fn message(self) -> &'static str {
        self.words().1
    }

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::NoPayload => ("no_payload", "The picture could not be read."),
            Self::StaticWithoutAmount(_) => {
                ("static_without_amount", "The code has no amount, so the payer types it.")
            }
        }
    }
}

/// Why the code must not be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The text is not a complete payload; code and message are those of the parse error.
    Broken(ParseError),
    /// Tag 53 is not 360 (rupiah), or absent.
    CurrencyNotRupiah,
    /// Tag 58 is not `ID`, or absent.
    CountryNotIndonesia,
    /// The money would go to a person, not to a merchant.
    PersonToPerson,
    /// Tag 56 or 57 adds a fee, or holds what cannot be read as zero.
    FeeOrTip,
    /// One account holds two different names, PANs or merchant ids.
    PayeeAmbiguous,
    /// An NMID is pinned, and the code has none.
    PinnedNmidMissing,
    /// An NMID is pinned, and the code has another one.
    PinnedNmidDiffers,
    /// A PAN is pinned, and the code or one of its accounts has none.
    PinnedPanMissing,
    /// A PAN is pinned, and an account has another one.
    PinnedPanDiffers,
    /// The code calls itself dynamic and carries no amount.
    DynamicWithoutAmount,
    /// Tag 54 is not digits with an optional dot and at most two digits after it.
    AmountMalformed,
    /// Tag 54 is zero.
    AmountZero,
    /// Tag 54 is another amount than the one we show.
    AmountDiffers,
}

impl Refusal {
    /// A stable name in `snake_case`, for logs and for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.words().0
    }

    /// One English sentence for developers.
    #[must_use]
    pub const fn message(self) -> &'static str {
        self.words().1
    }

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Broken(error) => (error.code(), error.message()),
            Self::CurrencyNotRupiah => ("currency_not_rupiah", "The currency is not the rupiah."),
            Self::CountryNotIndonesia => ("country_not_indonesia", "The country is not Indonesia."),
            Self::PersonToPerson => {
                ("person_to_person", "The code is a transfer to a person, not to a merchant.")
            }
            Self::FeeOrTip => ("fee_or_tip", "A fee lets the paid sum differ from the amount."),
            Self::PayeeAmbiguous => ("payee_ambiguous", "An account names two different payees."),
            Self::PinnedNmidMissing => ("pinned_nmid_missing", "The code has no NMID to check."),
            Self::PinnedNmidDiffers => {
                ("pinned_nmid_differs", "The code belongs to another NMID than the pinned one.")
            }
            Self::PinnedPanMissing => {
                ("pinned_pan_missing", "The code or one of its accounts has no PAN to check.")
            }
            Self::PinnedPanDiffers => {
                ("pinned_pan_differs", "The code pays another PAN than the pinned one.")
            }
            Self::DynamicWithoutAmount => {
                ("dynamic_without_amount", "The code calls itself dynamic and has no amount.")
            }
            Self::AmountMalformed => ("amount_malformed", "The amount is not well-formed."),
            Self::AmountZero => ("amount_zero", "The amount is zero."),
            Self::AmountDiffers => {
                ("amount_differs", "The code asks for another amount than the one shown.")
            }
        }
    }
}
