//! Who is paid, as a code says it, fit to be shown to the shopper.

use alloc::string::String;

/// Who is paid. Raw text without control characters; what is absent or empty is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payee {
    /// The merchant's name (tag 59), or the gateway's where the code is a gateway's.
    pub name: Option<String>,
    /// The merchant's city (tag 60).
    pub city: Option<String>,
    /// The national merchant id; codes of banks and gateways often have none.
    pub nmid: Option<String>,
}

/// Control characters break lines in a saved picture; direction characters can make a name read
/// as another one; the invisible ones hide in it.
pub(crate) fn is_unprintable(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{00AD}' | '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{FFFD}'
        )
}
