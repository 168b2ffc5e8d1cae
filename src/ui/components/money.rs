//! Amounts.

use super::element::{Look, group, text};
use super::span;
use crate::ui::i18n::WrittenMoney;
use crate::ui::signals::Ui;
use leptos::prelude::AnyView;
use paywith_protocol::Money;

/// An amount, kept apart from the direction of the text around it; its last two digits can be marked.
pub(crate) fn amount(written: WrittenMoney, is_marked: bool) -> AnyView {
    let last_two = if is_marked {
        text(Look::new("MARK", "").part("amount-unique"), written.last_two)
    } else {
        span("", written.last_two)
    };
    let look = Look::new("BDI", "amount").part("amount").untranslated();
    group(look, vec![Some(span("", written.head)), Some(last_two), Some(span("", written.tail))])
}

/// The price on a line of its own, after its label if it has one.
pub(crate) fn total(ui: &Ui, label: Option<String>, money: &Money) -> AnyView {
    let label = label.map(|label| span("", label));
    group(Look::new("P", "total"), vec![label, Some(amount(ui.written(money), false))])
}
