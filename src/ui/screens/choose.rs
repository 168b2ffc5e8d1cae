//! The buttons, and what went wrong before.

use super::section;
use crate::ui::action::Action;
use crate::ui::components::{
    Look, amount as written_amount, button, labeled_group, notice, pay_button, single_pay_button,
    text, total,
};
use crate::ui::i18n::Key;
use crate::ui::signals::Ui;
use leptos::prelude::AnyView;
use paywith_checkout::FaultCode;
use paywith_protocol::{Money, Provider};

/// One "Pay with …" button for each provider: rows, or the screen's main button where there is one way.
pub(crate) fn choose(
    ui: &Ui,
    providers: &[Provider],
    amount: Option<&Money>,
    fault: Option<FaultCode>,
) -> AnyView {
    let fault = fault.map(|code| notice("notice bad", ui.message(fault_message(code))));
    let label = Some(ui.message(Key::choose_title));
    if let [provider] = providers {
        let price = amount.map(|money| written_amount(&ui.written(money)));
        let children = vec![Some(single_pay_button(ui, *provider, price))];
        let group = labeled_group(Look::new("DIV", "single").role("group"), label, children);
        let about = text(Look::new("P", "small"), ui.message(about(*provider)));
        return section("screen choose", vec![fault, Some(group), Some(about)]);
    }
    let total = amount.map(|money| total(ui, Some(ui.message(Key::total)), money));
    let rows = providers.iter().map(|provider| Some(pay_button(ui, *provider, about(*provider))));
    let group = labeled_group(Look::new("DIV", "rows").role("group"), label, rows.collect());
    let group = (!providers.is_empty()).then_some(group);
    let retry = providers
        .is_empty()
        .then(|| button(ui, "button", "button", ui.message(Key::try_again), Action::Check));
    section("screen choose", vec![fault, total, group, retry])
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
    section("screen", vec![Some(notice("notice bad", ui.message(Key::fault_config)))])
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
