//! Amounts.

use super::element::{Look, group, text};
use super::span;
use crate::ui::i18n::WrittenMoney;
use crate::ui::signals::Ui;
use leptos::prelude::AnyView;
use paywith_protocol::Money;

/// An amount, kept apart from the direction of the text around it.
pub(crate) fn amount(written: &WrittenMoney) -> AnyView {
    text(LOOK, written.whole())
}

/// The same with its last two digits marked. It would be read out in three pieces, so readers are given the whole beside it.
pub(crate) fn marked_amount(written: WrittenMoney) -> [Option<AnyView>; 2] {
    let whole = span("unseen", written.whole());
    let marked = text(Look::new("MARK", "").part("amount-unique"), written.last_two);
    let pieces = vec![Some(span("", written.head)), Some(marked), Some(span("", written.tail))];
    [Some(whole), Some(group(LOOK.with("aria-hidden", "true"), pieces))]
}

const LOOK: Look = Look::new("BDI", "amount").part("amount").untranslated();

/// The price on a line of its own, after its label if it has one.
pub(crate) fn total(ui: &Ui, label: Option<String>, money: &Money) -> AnyView {
    let label = label.map(|label| span("", label));
    group(Look::new("P", "total"), vec![label, Some(amount(&ui.written(money)))])
}
