//! Payments, attempts, and the change of one payment.

use super::rows::{columns, facts_text, payment as read};
use crate::environment::Clock;
use crate::store::{
    Attempt, ChangeReason, Claim, Mutation, StoreError, StoredPayment, event_of, is_in_history,
};
use paywith_database::{Db, Transaction, Value, values};

pub(super) async fn list(
    db: &Db,
    text: &str,
    values: Vec<Value>,
) -> Result<Vec<StoredPayment>, StoreError> {
    let rows = db.rows(text, values).await?;
    rows.iter().map(read).collect()
}

pub(super) async fn find(
    db: &Db,
    text: &str,
    values: Vec<Value>,
) -> Result<Option<StoredPayment>, StoreError> {
    Ok(list(db, text, values).await?.into_iter().next())
}

/// Fails if the claim was lost: then another process is at work, and nothing in this transaction
/// may be committed.
pub(super) async fn check_claim(
    transaction: &mut Transaction,
    claim: &Claim,
) -> Result<(), StoreError> {
    let text = "SELECT owner FROM order_claims WHERE order_id = $1 AND owner = $2{lock}";
    let rows = transaction.rows(text, values![&claim.order_id, &claim.owner]).await?;
    if rows.is_empty() { Err(StoreError::ClaimLost) } else { Ok(()) }
}

/// Locks the rows of the whole order, in the same sequence everywhere: if two payments of one order
/// become paid at once, the second sees the first.
///
/// What follows from a reading is tried before: mostly nothing does, and that needs no lock.
pub(super) async fn change(
    db: &Db,
    id: &str,
    reason: ChangeReason,
    clock: &dyn Clock,
    mutation: Mutation<'_>,
) -> Result<Option<(StoredPayment, StoredPayment)>, StoreError> {
    let text = "SELECT * FROM payments \
                WHERE order_id = (SELECT order_id FROM payments WHERE id = $1) ORDER BY id";
    if matches!(reason, ChangeReason::Read | ChangeReason::Unreadable | ChangeReason::TimePassed) {
        let tried = mutated(list(db, text, values![id]).await?, id, &mutation);
        if tried.as_ref().is_none_or(|(before, after)| before == after) {
            return Ok(tried);
        }
    }
    let mut transaction = db.begin().await?;
    let rows = transaction.rows(&format!("{text}{{lock}}"), values![id]).await?;
    let all: Vec<StoredPayment> = rows.iter().map(read).collect::<Result<_, _>>()?;
    let mutated = mutated(all, id, &mutation);
    match &mutated {
        Some((before, after)) if before != after => {
            // Under the lock: what was committed before is older.
            let now_ms = clock.now_ms();
            update(&mut transaction, after).await?;
            add_event(&mut transaction, before, after, now_ms).await?;
            if is_in_history(before, after) {
                add_line(&mut transaction, (before, after), reason, now_ms).await?;
            }
            transaction.commit().await?;
        }
        Some(_) | None => transaction.rollback().await?,
    }
    Ok(mutated)
}

/// The payment before and after the mutation; `None` if it is not among these.
fn mutated(
    order: Vec<StoredPayment>,
    id: &str,
    mutation: &Mutation<'_>,
) -> Option<(StoredPayment, StoredPayment)> {
    let (this, others): (Vec<_>, Vec<_>) = order.into_iter().partition(|one| one.id == id);
    let before = this.into_iter().next()?;
    let mut after = before.clone();
    mutation(&mut after, &others);
    Some((before, after))
}

/// Adds the line of a change to the payment's history.
async fn add_line(
    transaction: &mut Transaction,
    (before, after): (&StoredPayment, &StoredPayment),
    reason: ChangeReason,
    now_ms: i64,
) -> Result<(), StoreError> {
    let text = "INSERT INTO changes (payment_id, at_ms, from_status, to_status, review, why) \
                VALUES ($1, $2, $3, $4, $5, $6)";
    let values = values![
        &after.id,
        now_ms,
        before.status.as_str(),
        after.status.as_str(),
        after.review.map(|review| review.as_str()),
        reason.as_str(),
    ];
    transaction.rows(text, values).await?;
    Ok(())
}

/// Adds the event of a change, once per payment and kind.
async fn add_event(
    transaction: &mut Transaction,
    before: &StoredPayment,
    after: &StoredPayment,
    now_ms: i64,
) -> Result<(), StoreError> {
    let Some(event) = event_of(before, after, now_ms) else { return Ok(()) };
    let text = "INSERT INTO events (id, kind, payment_id, data, created_ms, next_ms) \
                VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT (payment_id, kind) DO NOTHING";
    let values = values![&event.id, &event.kind, &after.id, &event.data, event.created_ms];
    transaction.rows(text, values).await?;
    Ok(())
}

pub(super) async fn insert_attempt(
    transaction: &mut Transaction,
    attempt: &Attempt,
    payment: &StoredPayment,
    now_ms: i64,
) -> Result<(), StoreError> {
    let text = "INSERT INTO attempts (key, payload_hash, payment_id, created_ms) \
                VALUES ($1, $2, $3, $4)";
    let values = values![&attempt.key, &attempt.payload_hash, &payment.id, now_ms];
    transaction.rows(text, values).await?;
    Ok(())
}

pub(super) async fn insert(
    transaction: &mut Transaction,
    payment: &StoredPayment,
) -> Result<(), StoreError> {
    let (price_minor, price_exponent) = columns(&payment.price)?;
    let (amount_minor, amount_exponent) = columns(&payment.amount)?;
    let text = "INSERT INTO payments (id, order_id, provider, provider_order, creation, status, \
                currency, price_minor, price_exponent, amount_minor, amount_exponent, return_url, \
                created_ms, push_token) \
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    let values = values![
        &payment.id,
        &payment.order_id,
        payment.provider.id(),
        &payment.provider_order,
        payment.creation.as_str(),
        payment.status.as_str(),
        payment.price.currency.as_str(),
        price_minor,
        price_exponent,
        amount_minor,
        amount_exponent,
        &payment.return_url,
        payment.created_ms,
        &payment.webhook_token,
    ];
    transaction.rows(text, values).await?;
    Ok(())
}

/// Writes everything that may change; order, provider, price and creation time may not.
pub(super) async fn update(
    transaction: &mut Transaction,
    payment: &StoredPayment,
) -> Result<(), StoreError> {
    let (amount_minor, amount_exponent) = columns(&payment.amount)?;
    let text = "UPDATE payments SET provider_payment = $1, creation = $2, status = $3, \
                review = $4, amount_minor = $5, amount_exponent = $6, qr_payload = $7, \
                qr_image = $8, redirect_url = $9, checkout_url = $10, expires_ms = $11, \
                paid_ms = $12, next_check_ms = $13, facts = $14 WHERE id = $15";
    let values = values![
        payment.creation.provider_payment(),
        payment.creation.as_str(),
        payment.status.as_str(),
        payment.review.map(|review| review.as_str()),
        amount_minor,
        amount_exponent,
        &payment.qr_payload,
        &payment.qr_image,
        &payment.redirect_url,
        &payment.checkout_url,
        payment.expires_ms,
        payment.paid_ms,
        payment.next_check_ms,
        facts_text(&payment.facts).as_deref(),
        &payment.id,
    ];
    transaction.rows(text, values).await?;
    Ok(())
}
