//! One function for each variant of the view model.

mod choose;
mod code;
mod ended;
mod picture;
mod waiting;

use super::components::{Look, group};
use super::signals::Ui;
use leptos::prelude::{AnyView, Read};
use paywith_checkout::ScreenModel;

pub(crate) use choose::fault_message;
pub(crate) use code::code_title;

/// Draws the screen that the view model asks for.
pub(crate) fn screen(ui: &Ui) -> AnyView {
    match &ui.view.read().screen {
        ScreenModel::Loading => waiting::loading(ui),
        ScreenModel::Broken(_) => choose::broken(ui),
        ScreenModel::Choose { providers, amount, notice } => {
            choose::choose(ui, providers, amount.as_ref(), *notice)
        }
        ScreenModel::Starting { .. } => waiting::starting(ui),
        ScreenModel::Code(model) => code::code(ui, model),
        ScreenModel::Leaving { provider, url } => waiting::leaving(ui, *provider, url),
        ScreenModel::Window { provider } => waiting::window(ui, *provider),
        ScreenModel::Elsewhere { provider } => waiting::other_tab(ui, *provider),
        ScreenModel::Checking { .. } => waiting::checking(ui),
        ScreenModel::Open { provider, amount, can_continue } => {
            waiting::open(ui, *provider, amount.as_ref(), *can_continue)
        }
        ScreenModel::Confirming => waiting::confirming(ui),
        ScreenModel::Ended { ending, provider, was_code } => {
            ended::ended(ui, *ending, *provider, *was_code)
        }
        ScreenModel::Processing { review } => waiting::processing(ui, *review),
        ScreenModel::Paid { .. } => ended::paid(ui, &ui.view.read().screen),
        ScreenModel::Refunded { amount } => ended::refunded(ui, amount.as_ref()),
    }
}

/// A screen, of a class of its own.
fn section(class: &'static str, children: Vec<Option<AnyView>>) -> AnyView {
    group(Look::new("SECTION", class), children)
}
