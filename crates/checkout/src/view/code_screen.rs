//! The screen of a QRIS code, as data: what is asked for, who is paid, what is shown as the code.
//!
//! Start at [`CodeScreen`]. Whether a code may be shown at all is decided in `model/presentation.rs`.

use crate::event::Drawing;
use crate::model::PictureNote;
use paywith_protocol::{Money, PaymentId};
use paywith_qris::Payee;

/// The QR screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeScreen {
    /// Whose code: a new id is a new screen.
    pub id: PaymentId,
    /// Who gets the money.
    pub merchant_name: Option<String>,
    /// Who is paid, as the code says and the shopper's banking app will show.
    pub payee: Payee,
    /// That app may ask for a tip: the shopper leaves it at 0 to pay exactly the amount.
    pub asks_for_tip: bool,
    /// To be paid exactly.
    pub amount: Option<Money>,
    /// The price, when the amount is the price plus a unique code of 1 to 99.
    pub price: Option<Money>,
    /// The unique code: `amount - price`, 1 to 99.
    pub unique: Option<u64>,
    /// What is shown as the code.
    pub picture: Picture,
    /// The text of the code, where it is our own drawing.
    pub payload: Option<String>,
    /// RFC 3339, for display.
    pub expires_at: Option<String>,
    /// The provider's own page for the same code.
    pub checkout_url: Option<String>,
}

/// What is shown as the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Picture {
    /// Nothing yet.
    Drawing,
    /// Our own drawing of a checked payload.
    Drawn(Drawing),
    /// The same, on a page that refuses pictures: its outline.
    Outlined(Drawing),
    /// The provider's picture, unchanged.
    Provided(String, PictureNote),
    /// None; the provider's page shows it.
    Elsewhere,
}
