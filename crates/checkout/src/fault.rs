//! What went wrong, as the page receives it: stable codes, and whether trying again helps.
//!
//! The words that a shopper reads are the widget's (`ui/i18n`); the words here are for developers.

/// Who has to do something about a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The page's developer: an attribute or property is missing or wrong.
    Config,
    /// Nobody: the network.
    Network,
    /// The merchant backend's developer.
    Backend,
    /// The payment provider, or the merchant's account there.
    Provider,
    /// We refused something unsafe.
    Blocked,
    /// A defect of ours.
    Internal,
}

impl FaultKind {
    /// The `kind` of the `fault` event.
    pub fn as_str(self) -> &'static str {
        match self {
            FaultKind::Config => "config",
            FaultKind::Network => "network",
            FaultKind::Backend => "backend",
            FaultKind::Provider => "provider",
            FaultKind::Blocked => "blocked",
            FaultKind::Internal => "internal",
        }
    }
}

/// The stable code of a fault. Documented in `docs/element.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultCode {
    /// No `endpoint`, and not both function properties.
    MissingEndpoint,
    /// No `order`.
    MissingOrder,
    /// `providers` names a provider that does not exist.
    UnknownProvider,
    /// No provider is offered.
    NoProviders,
    /// `amount` or `currency` is malformed.
    BadAmount,
    /// Another attribute or property has a value that cannot be used.
    BadSetting,
    /// No answer came.
    Unreachable,
    /// No answer came although the page is online: something keeps its calls from the backend.
    CallBlocked,
    /// The backend is overloaded or broken for the moment (429, 5xx).
    Busy,
    /// The answer was no JSON (often a login or error page).
    NotJson,
    /// JSON came, but a field is missing or wrong.
    UnreadableAnswer,
    /// An answer was older than its question: something on the way keeps answers.
    StaleAnswer,
    /// The backend knows no such order or payment.
    NotFound,
    /// The backend refused, with a code of its own.
    BackendRefused,
    /// The provider refused, or the amount is outside its limits.
    ProviderRefused,
    /// A hosted page's address is not an absolute https address, or not on the allowed list.
    UnsafeRedirect,
    /// A QRIS code contradicts what is shown, or there is nothing to show.
    UnsafeCode,
    /// The browser did not show the picture of a code.
    PictureBlocked,
    /// A defect: the widget stopped.
    Panic,
}

impl FaultCode {
    /// The code on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            FaultCode::MissingEndpoint => "missing_endpoint",
            FaultCode::MissingOrder => "missing_order",
            FaultCode::UnknownProvider => "unknown_provider",
            FaultCode::NoProviders => "no_providers",
            FaultCode::BadAmount => "bad_amount",
            FaultCode::BadSetting => "bad_setting",
            FaultCode::CallBlocked => "call_blocked",
            FaultCode::StaleAnswer => "stale_answer",
            FaultCode::PictureBlocked => "picture_blocked",
            FaultCode::Unreachable => "unreachable",
            FaultCode::Busy => "busy",
            FaultCode::NotJson => "not_json",
            FaultCode::UnreadableAnswer => "unreadable_answer",
            FaultCode::NotFound => "not_found",
            FaultCode::BackendRefused => "backend_refused",
            FaultCode::ProviderRefused => "provider_refused",
            FaultCode::UnsafeRedirect => "unsafe_redirect",
            FaultCode::UnsafeCode => "unsafe_code",
            FaultCode::Panic => "panic",
        }
    }

    /// Who has to do something.
    pub fn kind(self) -> FaultKind {
        match self {
            FaultCode::MissingEndpoint
            | FaultCode::MissingOrder
            | FaultCode::UnknownProvider
            | FaultCode::NoProviders
            | FaultCode::BadAmount
            | FaultCode::BadSetting => FaultKind::Config,
            FaultCode::Unreachable | FaultCode::CallBlocked => FaultKind::Network,
            FaultCode::Busy
            | FaultCode::StaleAnswer
            | FaultCode::NotJson
            | FaultCode::UnreadableAnswer
            | FaultCode::NotFound
            | FaultCode::BackendRefused => FaultKind::Backend,
            FaultCode::ProviderRefused => FaultKind::Provider,
            FaultCode::UnsafeRedirect | FaultCode::UnsafeCode | FaultCode::PictureBlocked => {
                FaultKind::Blocked
            }
            FaultCode::Panic => FaultKind::Internal,
        }
    }

    /// Whether the same click may succeed later without anybody mending anything.
    pub fn is_retryable(self) -> bool {
        match self {
            FaultCode::Unreachable
            | FaultCode::CallBlocked
            | FaultCode::StaleAnswer
            | FaultCode::Busy
            | FaultCode::NotJson
            | FaultCode::UnreadableAnswer => true,
            FaultCode::MissingEndpoint
            | FaultCode::MissingOrder
            | FaultCode::UnknownProvider
            | FaultCode::NoProviders
            | FaultCode::BadAmount
            | FaultCode::BadSetting
            | FaultCode::PictureBlocked
            | FaultCode::NotFound
            | FaultCode::BackendRefused
            | FaultCode::ProviderRefused
            | FaultCode::UnsafeRedirect
            | FaultCode::UnsafeCode
            | FaultCode::Panic => false,
        }
    }
}

/// One fault, for the `fault` event, for the rejected promise and for the notice on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What happened.
    pub code: FaultCode,
    /// For the developer: the field and the remedy.
    pub message: String,
}

impl Fault {
    /// A fault with its message for the developer.
    pub fn new(code: FaultCode, message: &str) -> Fault {
        Fault { code, message: message.to_owned() }
    }
}
