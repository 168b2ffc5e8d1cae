//! Whether the code of a payment may leave this backend.
//!
//! Without a pin every code may: the widget checks it in front of the shopper and says what is
//! wrong. With a pin (`cashi.pinned_nmid`, `cashi.pinned_pan`) only a code that contains the pin
//! may; one that cannot be read could pay anybody. It knows no pictures. Start at [`judge_code`].

use crate::config::Config;
use paywith_protocol::Money;
use paywith_qris::{Expected, PictureReason, Refusal, Verdict, verify_optional};

/// The verdict on a code that asks for `amount`, with the pins of the configuration.
pub(crate) fn judge_code<'a>(
    config: &Config,
    payload: Option<&'a str>,
    amount: Money,
) -> Verdict<'a> {
    let cashi = config.cashi.as_ref();
    let expected = Expected {
        amount_rupiah: amount.value.as_minor(0).unwrap_or(0),
        pinned_nmid: cashi.and_then(|cashi| cashi.pinned_nmid.as_deref()),
        pinned_pan: cashi.and_then(|cashi| cashi.pinned_pan.as_deref()),
    };
    match verify_optional(payload, &expected) {
        Verdict::ProviderPicture(PictureReason::NoPayload) if expected.pinned_nmid.is_some() => {
            Verdict::Refuse(Refusal::PinnedNmidMissing)
        }
        Verdict::ProviderPicture(PictureReason::NoPayload) if expected.pinned_pan.is_some() => {
            Verdict::Refuse(Refusal::PinnedPanMissing)
        }
        verdict => verdict,
    }
}

/// Whether the merchant has pinned the payee of codes.
pub(crate) fn is_pinned(config: &Config) -> bool {
    let cashi = config.cashi.as_ref();
    cashi.is_some_and(|cashi| cashi.pinned_nmid.is_some() || cashi.pinned_pan.is_some())
}

/// Why a code must not leave the backend; `None` if it may.
pub(crate) fn refusal(config: &Config, payload: Option<&str>, amount: Money) -> Option<Refusal> {
    match judge_code(config, payload, amount) {
        Verdict::Refuse(refusal) if is_pinned(config) => Some(refusal),
        Verdict::Refuse(_) | Verdict::Redraw(..) | Verdict::ProviderPicture(_) => None,
    }
}

/// Reads the text out of the provider's picture; the log says why there is none.
pub(super) async fn read_picture(image: String) -> Option<String> {
    let decoded = tokio::task::spawn_blocking(move || paywith_qr_picture::decode(&image)).await;
    match decoded {
        Ok(Ok(payload)) => Some(payload),
        Ok(Err(why)) => {
            tracing::warn!(%why, "the provider's code could not be read");
            None
        }
        Err(_) => None,
    }
}
