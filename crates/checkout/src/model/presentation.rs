//! How a payment that waits for the shopper is presented: its code, verified before it is drawn, or its
//! hosted page. Pure: nothing is drawn or opened here.
//!
//! Four flows lead to a presentation (a create answer, a status answer, "continue", a window that was
//! blocked), so it is in none of them. Nothing unsafe gets past it: each refusal names its reason.

use super::checkout::Checkout;
use super::code::{Code, PictureNote};
use super::payment::TrackedPayment;
use super::state::PopupWindow;
use crate::event::Mode;
use paywith_protocol::{Action, Currency};
use paywith_qris::{Expected, Payee, PictureReason, Verdict, verify_optional};

/// How a payment that waits for the shopper is presented.
#[derive(Debug)]
pub(crate) enum Presentation {
    /// Its code, and the bytes to draw, where it is drawn here.
    Code { code: Code, draws: Option<Vec<u8>>, payee: Payee, asks_for_tip: bool },
    /// Its hosted page, in this tab.
    Navigate { url: String },
    /// Its hosted page, in the window that the click has opened for it.
    Window { url: String },
    /// The shopper closed that window, and is not taken away now.
    WindowWasClosed,
    /// Nothing is known that could be shown.
    Nothing,
    /// It is not safe to show, and why.
    Unsafe(&'static str),
}

impl Checkout {
    /// How this payment is presented.
    pub(crate) fn presentation(&self, payment: &TrackedPayment) -> Presentation {
        match payment.action.clone() {
            Some(Action::Qr { checkout_url: Some(url), .. }) if self.prefers_hosted_pages() => {
                self.hosted_page(url)
            }
            Some(Action::Qr { payload, image, checkout_url }) => {
                present_code(payment, payload.as_deref(), image, checkout_url.is_some())
            }
            Some(Action::Redirect { url }) => self.hosted_page(url),
            None => Presentation::Nothing,
        }
    }

    /// The page wants the provider's own page also where there is a code (mode `redirect`).
    fn prefers_hosted_pages(&self) -> bool {
        self.config.as_ref().is_some_and(|config| config.mode == Mode::Redirect)
    }

    /// The hosted page at `url`, a checked https address: in the window that the click has opened, if it
    /// is there.
    fn hosted_page(&self, url: String) -> Presentation {
        match self.window {
            _ if self.is_dismissed() => Presentation::Nothing,
            PopupWindow::Open => Presentation::Window { url },
            PopupWindow::Closed => Presentation::WindowWasClosed,
            PopupWindow::Unused | PopupWindow::Blocked => Presentation::Navigate { url },
        }
    }
}

/// A code is shown only if it states the very amount that is shown beside it; the verdict is that of
/// `paywith-qris`. A picture that cannot be checked is shown as the provider's own, with a note.
fn present_code(
    payment: &TrackedPayment,
    payload: Option<&str>,
    image: Option<String>,
    has_page: bool,
) -> Presentation {
    let rupiah = payment.amount.filter(|money| money.currency == Currency::IDR);
    let Some(amount_rupiah) = rupiah.and_then(|money| money.value.as_minor(0)) else {
        return Presentation::Unsafe("a QRIS code needs an amount in whole rupiah");
    };
    let expected = Expected { amount_rupiah, pinned_nmid: None, pinned_pan: None };
    let verdict = verify_optional(payload, &expected);
    let (payee, asks_for_tip) = (verdict.payee(), verdict.asks_for_tip());
    let (code, draws) = match (&verdict, image) {
        (Verdict::Refuse(refusal), _) => return Presentation::Unsafe(refusal.code()),
        (Verdict::Redraw(sound, _), _) => (Code::Drawing, Some(sound.bytes().into_owned())),
        (Verdict::ProviderPicture(reason), Some(image)) => {
            (Code::Provided { image, note: note_for(*reason) }, None)
        }
        (Verdict::ProviderPicture(_), None) if has_page => (Code::Elsewhere, None),
        (Verdict::ProviderPicture(_), None) => {
            return Presentation::Unsafe(
                "neither a payload, nor a PNG or JPEG data URI, nor a checkout_url",
            );
        }
    };
    Presentation::Code { code, draws, payee, asks_for_tip }
}

/// What the shopper should know where the provider's picture is shown.
fn note_for(reason: PictureReason<'_>) -> PictureNote {
    match reason {
        PictureReason::StaticWithoutAmount(_) => PictureNote::TypeTheAmount,
        PictureReason::NoPayload => PictureNote::Unchecked,
    }
}
