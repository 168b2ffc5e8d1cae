//! The buttons, and what went wrong before.

use crate::ui::desk::Desk;
use crate::ui::node::{Node, el, text};
use crate::ui::parts::{amount as amount_of, button, notice, section};
use crate::ui::press::{self, Press};
use crate::ui::text::Key;
use paywith_checkout::FaultCode;
use paywith_protocol::{Money, Provider};

/// One "Pay with …" button per provider.
pub(crate) fn choose(
    desk: &Desk,
    providers: &[Provider],
    amount: Option<&Money>,
    fault: Option<FaultCode>,
) -> Node {
    let fault = fault.map(|code| notice("notice danger", desk.say(fault_sentence(code))));
    let total = amount.map(|money| {
        let label = el("span", &[], vec![text(desk.say(Key::total))]);
        el("p", &[("class", "total")], vec![label, amount_of(desk.written(money), false)])
    });
    let label = desk.say(Key::choose_title);
    let group = [("class", "buttons"), ("role", "group"), ("aria-label", label.as_str())];
    let buttons = providers.iter().map(|provider| pay_button(desk, *provider)).collect();
    let retry =
        providers.is_empty().then(|| button(desk, "quiet", "button", Key::try_again, Press::Check));
    let children = vec![fault.into(), total.into(), el("div", &group, buttons), retry.into()];
    section("screen choose", children)
}

fn pay_button(desk: &Desk, provider: Provider) -> Node {
    let about = match provider {
        Provider::Cashii => Key::about_cashii,
        Provider::CashPay => Key::about_cashpay,
        Provider::Kashier => Key::about_kashier,
        Provider::Cashi => Key::about_cashi,
    };
    let mut attributes = vec![
        ("type", "button"),
        ("class", "button pay"),
        ("part", "button"),
        ("data-provider", provider.id()),
        (press::ATTRIBUTE, Press::Start(provider).word()),
    ];
    if desk.view.is_disabled {
        attributes.push(("disabled", ""));
    }
    let label = desk.fill(Key::pay_with, &[provider.name()]);
    let children = vec![
        el("span", &[("class", "pay-name")], vec![text(label)]),
        el("span", &[("class", "pay-about")], vec![text(desk.say(about))]),
    ];
    el("button", &attributes, children)
}

/// The element is set up wrongly. The shopper reads that much; the developer reads the event.
pub(crate) fn broken(desk: &Desk) -> Node {
    section("screen", vec![notice("notice danger", desk.say(Key::fault_config))])
}

/// What the shopper reads of a fault.
pub(crate) fn fault_sentence(code: FaultCode) -> Key {
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
