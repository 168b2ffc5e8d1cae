//! The buttons, and what went wrong before.

use crate::ui::bridge::Bridge;
use crate::ui::parts::{Weight, amount as amount_of, button, notice};
use crate::ui::text::Key;
use leptos::html;
use leptos::prelude::*;
use paywith_checkout::{Event, FaultCode};
use paywith_protocol::{Money, Provider};

/// One "Pay with …" button per provider.
pub(crate) fn choose(
    bridge: Bridge,
    providers: &[Provider],
    amount: Option<&Money>,
    fault: Option<FaultCode>,
    is_disabled: bool,
) -> AnyView {
    let total = amount.map(|money| {
        let written = bridge.money(money);
        html::p()
            .class("total")
            .child((html::span().child(bridge.say(Key::total)), amount_of(&written, false)))
    });
    let fault = fault.map(|code| notice("danger", bridge.say(fault_sentence(code))));
    let retry = providers.is_empty().then(|| {
        button(bridge, Weight::Quiet, "button", bridge.say(Key::try_again), Event::CheckAsked)
    });
    let buttons: Vec<AnyView> =
        providers.iter().map(|provider| pay_button(bridge, *provider, is_disabled)).collect();
    let label = bridge.say(Key::choose_title);
    html::section()
        .class("screen choose")
        .child((
            fault,
            total,
            html::div()
                .class("buttons")
                .attr("role", "group")
                .attr("aria-label", label)
                .child(buttons),
            retry,
        ))
        .into_any()
}

fn pay_button(bridge: Bridge, provider: Provider, is_disabled: bool) -> AnyView {
    let about = match provider {
        Provider::Cashii => Key::about_cashii,
        Provider::CashPay => Key::about_cashpay,
        Provider::Kashier => Key::about_kashier,
        Provider::Cashi => Key::about_cashi,
    };
    html::button()
        .r#type("button")
        .class("button pay")
        .attr("part", "button")
        .attr("data-provider", provider.id())
        .disabled(is_disabled)
        .on(leptos::ev::click, move |_| bridge.report(Event::StartAsked(Some(provider))))
        .child((
            html::span().class("pay-name").child(bridge.fill(Key::pay_with, &[provider.name()])),
            html::span().class("pay-about").child(bridge.say(about)),
        ))
        .into_any()
}

/// The element is set up wrongly. The shopper reads that much; the developer reads the event.
pub(crate) fn broken(bridge: Bridge) -> AnyView {
    html::section()
        .class("screen")
        .child(notice("danger", bridge.say(Key::fault_config)))
        .into_any()
}

/// What the shopper reads of a fault.
pub(crate) fn fault_sentence(code: FaultCode) -> Key {
    match code {
        FaultCode::MissingEndpoint
        | FaultCode::MissingOrder
        | FaultCode::UnknownProvider
        | FaultCode::BadAmount
        | FaultCode::Panic => Key::fault_config,
        FaultCode::NoProviders => Key::fault_none,
        FaultCode::Unreachable => Key::fault_unreachable,
        FaultCode::Busy => Key::fault_busy,
        FaultCode::NotJson | FaultCode::UnreadableAnswer => Key::fault_answer,
        FaultCode::NotFound => Key::fault_not_found,
        FaultCode::BackendRefused | FaultCode::ProviderRefused => Key::fault_refused,
        FaultCode::UnsafeRedirect => Key::fault_redirect,
        FaultCode::UnsafeCode => Key::fault_code,
    }
}
