//! The buttons, and what went wrong before.

use super::section;
use crate::ui::action::Action;
use crate::ui::components::{Look, button, labeled_group, notice, pay_button, total};
use crate::ui::i18n::Key;
use crate::ui::signals::Ui;
use leptos::prelude::AnyView;
use paywith_checkout::FaultCode;
use paywith_protocol::{Money, Provider};

/// One "Pay with …" button for each provider.
pub(crate) fn choose(
    ui: &Ui,
    providers: &[Provider],
    amount: Option<&Money>,
    fault: Option<FaultCode>,
) -> AnyView {
    let fault = fault.map(|code| notice("notice danger", ui.message(fault_message(code))));
    let total = amount.map(|money| total(ui, Some(ui.message(Key::total)), money));
    let buttons =
        providers.iter().map(|provider| Some(pay_button(ui, *provider, about(*provider))));
    let label = Some(ui.message(Key::choose_title));
    let look = Look::new("DIV", "buttons").role("group");
    let group = labeled_group(look, label, buttons.collect());
    let retry = providers
        .is_empty()
        .then(|| button(ui, "button quiet", "button", ui.message(Key::try_again), Action::Check));
    section("screen choose", vec![fault, total, Some(group), retry])
}

/// What paying with this provider is.
fn about(provider: Provider) -> Key {
    match provider {
        Provider::Cashii => Key::about_cashii,
        Provider::CashPay => Key::about_cashpay,
        Provider::Kashier => Key::about_kashier,
        Provider::Cashi => Key::about_cashi,
    }
}

/// The element is set up wrongly. The shopper reads that much; the developer reads the event.
pub(crate) fn broken(ui: &Ui) -> AnyView {
    section("screen", vec![Some(notice("notice danger", ui.message(Key::fault_config)))])
}

/// What the shopper reads of a fault.
pub(crate) fn fault_message(code: FaultCode) -> Key {
    match code {
        FaultCode::MissingEndpoint
        | FaultCode::MissingOrder
        | FaultCode::UnknownProvider
        | FaultCode::BadAmount
        | FaultCode::BadSetting
        | FaultCode::Panic => Key::fault_config,
        FaultCode::NoProviders => Key::fault_none,
        FaultCode::Unreachable => Key::fault_unreachable,
        FaultCode::Busy | FaultCode::CallBlocked => Key::fault_busy,
        FaultCode::NotJson | FaultCode::UnreadableAnswer | FaultCode::StaleAnswer => {
            Key::fault_answer
        }
        FaultCode::NotFound => Key::fault_not_found,
        FaultCode::BackendRefused | FaultCode::ProviderRefused => Key::fault_refused,
        FaultCode::UnsafeRedirect => Key::fault_redirect,
        FaultCode::UnsafeCode => Key::fault_code,
        FaultCode::PictureBlocked => Key::fault_picture,
    }
}
