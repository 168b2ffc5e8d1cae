//! Compares what the providers know with what the backend believes.

use super::providers::decimal;
use super::scenario::Stage;
use super::world::{Row, State, now_ms, with};
use paywith_merchant::store::StoredPayment;
use paywith_protocol::{Decimal, Status};
use std::collections::BTreeMap;

/// Of an order's payments that were disclosed to browsers, at most one is live.
pub(super) fn one_live_payment(stage: &Stage, order: &str) {
    let disclosed = stage.disclosed.borrow();
    let is_told = |payment: &StoredPayment| disclosed.iter().any(|(_, id, _)| *id == payment.id);
    let payments = stage.storage.all_payments();
    let live = payments
        .iter()
        .filter(|payment| payment.order_id == order && is_told(payment))
        .filter(|payment| payment.is_live(now_ms()))
        .count();
    if live > 1 {
        stage.violation(format!("{live} payments of {order} are live at once"));
    }
}

/// At the end: everything that was settled is paid, and nothing else is.
pub(super) fn judge(stage: &Stage) {
    let payments = stage.storage.all_payments();
    let rows: Vec<Row> = with(|world| world.rows.clone());
    let disclosed = stage.disclosed.borrow();
    for row in &rows {
        let ours = payments
            .iter()
            .find(|payment| payment.creation.provider_payment() == Some(row.id.as_str()));
        let is_settled = matches!(row.state, State::Paid | State::Refunded);
        let is_told = disclosed.iter().any(|(_, _, there)| *there == row.id);
        if is_settled && is_told && !ours.is_some_and(StoredPayment::has_money) {
            stage.violation(format!("the money of {} is lost: {row:?} is {ours:?}", row.id));
        }
        judge_reads(stage, row);
        if let Some(payment) = ours {
            judge_one(stage, payment, row);
        }
    }
    judge_orders(stage, &payments);
}

fn judge_one(stage: &Stage, payment: &StoredPayment, row: &Row) {
    let id = &payment.id;
    let is_settled = matches!(row.state, State::Paid | State::Refunded);
    if matches!(payment.status, Status::Paid | Status::Refunded) || payment.review.is_some() {
        if !is_settled {
            stage.violation(format!("{id} is {} without money", payment.status.as_str()));
        }
        let received = Decimal::parse(&decimal(row.received)).expect("money");
        let is_exact = payment.amount.value == received;
        if payment.status == Status::Paid && !is_exact {
            stage.violation(format!("{id} is paid over another amount: {received}"));
        }
    }
    if payment.status == Status::Failed && !row.was_failed {
        stage.violation(format!("{id} is failed and was never declined"));
    }
}

/// However many browsers ask, the provider is asked once in five seconds; more often only after its
/// own webhooks, and when the clock jumps.
fn judge_reads(stage: &Stage, row: &Row) {
    let has_jumped = with(|world| world.clock_jumped);
    // CashPay's reading may wait for its token.
    let is_counted = !has_jumped && !row.has_posted && row.provider != "cashpay";
    if is_counted && row.hasty_reads > 0 {
        stage.violation(format!("{} was read too soon, {} times", row.id, row.hasty_reads));
    }
}

/// One payment pays an order, and the shop is notified once.
fn judge_orders(stage: &Stage, payments: &[StoredPayment]) {
    let mut told: BTreeMap<String, u32> = BTreeMap::new();
    for (payment, event) in stage.storage.all_events() {
        let order = payments.iter().find(|known| known.id == payment).map(|known| &known.order_id);
        if let Some(order) = order.filter(|_| event.kind == "payment.paid") {
            *told.entry(order.clone()).or_default() += 1;
        }
    }
    for payment in payments {
        let paid = payments
            .iter()
            .filter(|other| other.order_id == payment.order_id && other.status == Status::Paid)
            .count();
        let told = told.get(&payment.order_id).copied().unwrap_or_default();
        if paid > 1 || told > 1 {
            stage.violation(format!("{} is paid twice, told {told} times", payment.order_id));
        }
        if paid == 1 && told == 0 {
            stage.violation(format!("{} is paid and no one was notified", payment.order_id));
        }
    }
}
