//! Why a text is not a payload: its form is wrong, or its checksum.

/// What makes a text no payload at all. Found before anything is compared with the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseError {
    /// The text is empty.
    Empty,
    /// Where a tag should stand, there are not two digits.
    TagNotDigits,
    /// Where a length should stand, there are not two digits.
    LengthNotDigits,
    /// A length reaches beyond the end of the payload or of its template.
    ValueCutShort,
    /// A tag is repeated at the top level.
    TagRepeated,
    /// The payload does not begin with tag 00.
    FormatIndicatorNotFirst,
    /// Tag 00 has another value than `01`.
    FormatVersionUnknown,
    /// None of the tags 02 to 51 is there.
    AccountMissing,
    /// The payload ends without tag 63.
    ChecksumMissing,
    /// Tag 63 does not hold four hexadecimal digits.
    ChecksumMalformed,
    /// The checksum belongs to another text.
    ChecksumWrong,
    /// There is text after the checksum, even if only a line break.
    TextAfterChecksum,
}

impl ParseError {
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
            Self::Empty => ("empty", "The payload is empty."),
            Self::TagNotDigits => ("tag_not_digits", "A tag is not two digits."),
            Self::LengthNotDigits => ("length_not_digits", "A length is not two digits."),
            Self::ValueCutShort => {
                ("value_cut_short", "A length reaches beyond the payload or its template.")
            }
            Self::TagRepeated => ("tag_repeated", "A tag stands twice at the top level."),
            Self::FormatIndicatorNotFirst => {
                ("format_indicator_not_first", "The payload does not begin with tag 00.")
            }
            Self::FormatVersionUnknown => {
                ("format_version_unknown", "Tag 00 has another value than 01.")
            }
            Self::AccountMissing => {
                ("account_missing", "No tag from 02 to 51 says who is to be paid.")
            }
            Self::ChecksumMissing => ("checksum_missing", "The payload ends without tag 63."),
            Self::ChecksumMalformed => {
                ("checksum_malformed", "Tag 63 does not hold four hexadecimal digits.")
            }
            Self::ChecksumWrong => ("checksum_wrong", "The checksum belongs to another text."),
            Self::TextAfterChecksum => {
                ("text_after_checksum", "Something stands after the checksum.")
            }
        }
    }
}

impl core::fmt::Display for ParseError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.message())
    }
}

impl core::error::Error for ParseError {}
