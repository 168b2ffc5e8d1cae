//! What the shopper asks for with a button.

use paywith_protocol::Provider;

/// What a button does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Start(Provider),
    Check,
    Continue,
    Renew,
    /// Closes the dialog, in which nothing ends.
    Close,
    Cancel,
    Reset,
    /// Saves the code as a picture.
    Save,
    /// Hands that picture to another app.
    Share,
    /// Copies the exact amount.
    CopyAmount,
    /// Copies the code's payload.
    CopyCode,
    /// Copies what the shop's support needs.
    CopySupport,
}

impl Action {
    /// Its name in the attribute `data-action` of its button, for tests and for a shop's own statistics.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Action::Start(provider) => provider.id(),
            Action::Check => "check",
            Action::Continue => "continue",
            Action::Renew => "renew",
            Action::Close => "close",
            Action::Cancel => "cancel",
            Action::Reset => "reset",
            Action::Save => "save",
            Action::Share => "share",
            Action::CopyAmount => "copy",
            Action::CopyCode => "copy-code",
            Action::CopySupport => "support",
        }
    }
}
