//! One function per variant of the view model.

mod choose;
mod code;
mod ended;
mod waiting;

use super::desk::Desk;
use super::node::Node;
use paywith_checkout::ScreenModel;

pub(crate) use choose::fault_sentence;

/// Draws the screen that the view model asks for.
pub(crate) fn screen(desk: &Desk) -> Node {
    match &desk.view.screen {
        ScreenModel::Loading => waiting::loading(desk),
        ScreenModel::Broken(_) => choose::broken(desk),
        ScreenModel::Choose { providers, amount, notice } => {
            choose::choose(desk, providers, amount.as_ref(), *notice)
        }
        ScreenModel::Starting { .. } => waiting::starting(desk),
        ScreenModel::Code(model) => code::code(desk, model),
        ScreenModel::Leaving { provider, url } => waiting::leaving(desk, *provider, url),
        ScreenModel::Window { provider } => waiting::window(desk, *provider),
        ScreenModel::Elsewhere { provider } => waiting::elsewhere(desk, *provider),
        ScreenModel::Checking { .. } => waiting::checking(desk),
        ScreenModel::Open { provider, amount, can_continue } => {
            waiting::open(desk, *provider, amount.as_ref(), *can_continue)
        }
        ScreenModel::Confirming => waiting::confirming(desk),
        ScreenModel::Ended { ending, provider, was_code } => {
            ended::ended(desk, *ending, *provider, *was_code)
        }
        ScreenModel::Processing { review } => waiting::processing(desk, *review),
        ScreenModel::Paid { amount, merchant_name, is_late, next } => {
            let merchant_name = merchant_name.as_deref();
            ended::paid(desk, amount.as_ref(), merchant_name, *is_late, next.as_deref())
        }
        ScreenModel::Refunded { amount } => ended::refunded(desk, amount.as_ref()),
    }
}
