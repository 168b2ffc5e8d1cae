//! One function per variant of the view model.

mod choose;
mod code;
mod ended;
mod waiting;

pub(crate) use choose::fault_sentence;

use super::bridge::Bridge;
use leptos::prelude::*;
use paywith_checkout::ScreenModel;

/// Draws the screen that the view model asks for.
pub(crate) fn screen(bridge: Bridge, model: &ScreenModel, is_disabled: bool) -> AnyView {
    match model {
        ScreenModel::Loading => waiting::loading(bridge),
        ScreenModel::Broken(_) => choose::broken(bridge),
        ScreenModel::Choose { providers, amount, notice } => {
            choose::choose(bridge, providers, amount.as_ref(), *notice, is_disabled)
        }
        ScreenModel::Starting { provider } => waiting::starting(bridge, *provider),
        ScreenModel::Code(model) => code::code(bridge, model),
        ScreenModel::Leaving { provider, url } => waiting::leaving(bridge, *provider, url),
        ScreenModel::Checking { .. } => waiting::checking(bridge),
        ScreenModel::Open { provider, amount, can_continue } => {
            waiting::open(bridge, *provider, amount.as_ref(), *can_continue)
        }
        ScreenModel::Confirming => waiting::confirming(bridge),
        ScreenModel::Ended { ending, provider, was_code } => {
            ended::ended(bridge, *ending, *provider, *was_code)
        }
        ScreenModel::Processing { review } => waiting::processing(bridge, *review),
        ScreenModel::Paid { amount, merchant_name, is_late } => {
            ended::paid(bridge, amount.as_ref(), merchant_name.as_deref(), *is_late)
        }
        ScreenModel::Refunded { amount } => ended::refunded(bridge, amount.as_ref()),
    }
}
