//! What the code adds to its amount: tags 55 (who sets a tip or fee), 56 (a fixed fee), 57 (percent).
//!
//! It does not know the amount itself. Start at [`extra`].

use crate::payload::Payload;

const FIXED_FEE: &str = "02";
const PERCENT_FEE: &str = "03";

/// What may come on top of the amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extra {
    /// Nothing.
    Nothing,
    /// The app may ask the payer for a tip, who can leave it at zero.
    PayerMayTip,
    /// A fee that the payer cannot leave out, or one that cannot be read.
    Fee,
}

/// Reads the tags 55 to 57.
pub(crate) fn extra(payload: &Payload<'_>) -> Extra {
    let said = |tag| payload.find_even_empty(tag).filter(|value| !value.is_empty());
    let (fixed, percent) = (said(56), said(57));
    if [fixed, percent].into_iter().flatten().any(|value| !is_zero(value)) {
        return Extra::Fee;
    }
    match said(55) {
        None => Extra::Nothing,
        Some(FIXED_FEE) if fixed.is_some() => Extra::Nothing,
        Some(PERCENT_FEE) if percent.is_some() => Extra::Nothing,
        // `01`, a fee whose value is not stated, or a word of later standards: the app may ask.
        Some(_) => Extra::PayerMayTip,
    }
}

/// Zeros with at most one dot among them.
fn is_zero(value: &str) -> bool {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let digits = || whole.bytes().chain(fraction.bytes());
    digits().next().is_some() && digits().all(|byte| byte == b'0')
}
