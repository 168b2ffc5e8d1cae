//! Names, numbers and payees of others inside our sentences: shortened, and kept apart from their direction.

use paywith_checkout::Payee;

/// A name that comes from outside, at most 25 characters long, as banking apps show it. It is never cut between a letter
/// and the marks that belong to it.
pub(crate) fn shorten(name: &str) -> String {
    const MOST: usize = 25;
    if name.chars().count() <= MOST {
        return name.to_owned();
    }
    let letters: Vec<char> = name.chars().collect();
    let joins = |place: usize| {
        let at = |place: usize| letters.get(place).copied().unwrap_or(' ');
        is_mark(at(place)) || at(place.saturating_sub(1)) == JOINER
    };
    let end = (1..MOST).rev().find(|place| !joins(*place)).unwrap_or(MOST);
    let kept: String = letters.into_iter().take(end).collect();
    [kept.trim_end(), "…"].concat()
}

/// Joins two signs to one.
const JOINER: char = '\u{200D}';

/// Whether a character belongs to the one before it: accents, vowel signs, variants, skin tones.
fn is_mark(letter: char) -> bool {
    matches!(letter, JOINER
        | '\u{300}'..='\u{36F}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5BD}'
        | '\u{610}'..='\u{61A}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6ED}'
        | '\u{900}'..='\u{903}' | '\u{93A}'..='\u{94F}' | '\u{E31}' | '\u{E34}'..='\u{E3A}'
        | '\u{E47}'..='\u{E4E}' | '\u{1A55}'..='\u{1A7F}' | '\u{1AB0}'..='\u{1AFF}'
        | '\u{1B34}'..='\u{1B44}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}'
        | '\u{A980}'..='\u{A983}' | '\u{A9B3}'..='\u{A9C0}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FE20}'..='\u{FE2F}' | '\u{1F3FB}'..='\u{1F3FF}')
}

/// Keeps a foreign name or number from turning the sentence around it.
pub(crate) fn isolate(text: &str) -> String {
    ["\u{2068}", text, "\u{2069}"].concat()
}

/// `TOKO CONTOH, KOTA`, as far as the code says.
pub(crate) fn payee_name(payee: &Payee) -> Option<String> {
    let parts = [payee.name.as_deref(), payee.city.as_deref()];
    let parts: Vec<String> = parts.into_iter().flatten().map(shorten).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The order, unless it is a token, which tells a shopper nothing.
pub(crate) fn told_order(order: &str) -> Option<&str> {
    const MOST: usize = 24;
    (!order.is_empty() && order.chars().count() <= MOST).then_some(order)
}

/// `NMID ID1020…`: the merchant's number, where the code has one.
pub(crate) fn payee_number(payee: &Payee) -> Option<String> {
    payee.nmid.as_deref().map(|nmid| ["NMID ", &shorten(nmid)].concat())
}

#[cfg(test)]
mod tests {
    use super::shorten;

    #[test]
    fn a_long_name_is_cut_between_letters_and_never_inside_one() {
        let cases = [
            ("TOKO CONTOH", "TOKO CONTOH"),
            ("TOKO DUA PULUH LIMA HURUF", "TOKO DUA PULUH LIMA HURUF"),
            ("TOKO DUA PULUH ENAM HURUF X", "TOKO DUA PULUH ENAM HURU…"),
            // The 25th place would part an `e` from its accent.
            ("KEDAI KOPI DAN TEH CAFFE\u{301} SORE", "KEDAI KOPI DAN TEH CAFF…"),
            ("WARUNG DENGAN NAMA  PANJANG SEKALI", "WARUNG DENGAN NAMA  PANJ…"),
            // A family is one sign of five characters.
            (
                "TOKO KELUARGA BAHAGIA \u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467} ABADI",
                "TOKO KELUARGA BAHAGIA…",
            ),
        ];
        for (name, expected) in cases {
            assert_eq!(shorten(name), expected);
        }
    }
}
