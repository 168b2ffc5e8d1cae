//! From an order and a key to a payment: commit the intent, ask the provider, commit the answer,
//! and only then disclose it.

use super::audit::record_answer;
use super::claims::claim_order;
use super::qr_code;
use super::return_url::{check_return, usable_return};
use super::{PayError, present, problem, refresh, refuse, refuse_with, sweep};
use crate::Shop;
use crate::clients::{ClientError, NewPayment, ProviderClient, Webhooks};
use crate::metrics::ProviderCall;
use crate::orders::Order;
use crate::store::{Attempt, Claim, Creation, MessageKind, StoreError, StoredPayment};
use crate::{crash, ids};
use paywith_protocol::{Action, Money, Payment, Problem, Provider, Status, code};
use paywith_providers::{Unreadable, urls};
use paywith_qris::Verdict;
use tokio::time::Instant;

/// How many of an order's payments are read before a new one is made.
const MOST_READ: usize = 4;

/// What the browser asks for.
pub(crate) struct Request {
    pub(crate) key: String,
    pub(crate) provider: Provider,
    /// As the browser sent it; an unusable one stops a redirect, never a code.
    pub(crate) return_url: Option<String>,
    pub(crate) locale: String,
    pub(crate) supersedes: Option<String>,
}

/// The payment, and whether this request made it.
pub(crate) struct Created {
    pub(crate) payment: Payment,
    pub(crate) is_new: bool,
}

/// Creates a payment for the order, or finds the one that this request means.
pub(crate) async fn create(
    shop: &Shop,
    order: &Order,
    request: &Request,
) -> Result<Created, PayError> {
    check_request(shop, order, request)?;
    let claim = &claim_order(shop, &order.id).await?;
    let payload_hash = fingerprint(order, request);
    if let Some((attempt, known)) = shop.store.attempt(&request.key).await? {
        if attempt.payload_hash != payload_hash {
            return refuse(problem(
                code::IDEMPOTENCY_MISMATCH,
                422,
                "This key belongs to another request",
                "use a fresh `Idempotency-Key` for another order, provider or `supersedes`",
            ));
        }
        return match known.creation {
            Creation::Made { .. } => disclose(shop, &known, false),
            // The answer was lost, or the provider refused: ask again under the same reference,
            // unless another key has led to a payment meanwhile.
            Creation::Unknown | Creation::Refused => match find_live(shop, order, request).await? {
                Some(live) => disclose(shop, &live, false),
                None => make(shop, claim, order, request, known).await,
            },
        };
    }
    let attempt = Attempt { key: request.key.clone(), payload_hash };
    if let Some(live) = find_live(shop, order, request).await? {
        shop.store.add_attempt(&attempt, &live).await?;
        return disclose(shop, &live, false);
    }
    let intent = intent(shop, order, request)?;
    crash::here(crash::Instant::IntentBeforeCommit);
    shop.store.add_intent(claim, &attempt, &intent).await?;
    crash::here(crash::Instant::IntentCommitted);
    make(shop, claim, order, request, intent).await
}

/// Refuses everything that can be refused before anything is stored or sent.
fn check_request(shop: &Shop, order: &Order, request: &Request) -> Result<(), PayError> {
    let is_listed = order.providers.is_empty() || order.providers.contains(&request.provider);
    let checked = shop.clients.check_amount(request.provider, &order.price);
    let refusal = match checked {
        Ok(()) if is_listed => return check_return(shop, request),
        Ok(()) | Err(ClientError::Missing) => problem(
            code::PROVIDER_UNAVAILABLE,
            422,
            "This provider is not offered",
            "`provider` is not configured, or not offered for this order",
        ),
        Err(ClientError::Amount(error)) => problem(
            code::AMOUNT_OUT_OF_RANGE,
            422,
            "The provider does not take this amount",
            &format!("{}: {error}", request.provider.name()),
        ),
        Err(ClientError::Unreachable | ClientError::Answer(_) | ClientError::NoReadPath) => {
            return Ok(());
        }
    };
    refuse(refusal)
}

/// What a key is bound to. The return address and the language may differ on a retry.
fn fingerprint(order: &Order, request: &Request) -> String {
    let supersedes = request.supersedes.as_deref().unwrap_or_default();
    // As minor units: `165.5` and `165.50` are the same price.
    let price = order.price.value.as_minor(4).unwrap_or(u64::MAX).to_string();
    let currency = order.price.currency.as_str();
    ids::sha256_hex(&[&order.id, &*price, currency, request.provider.id(), supersedes].join("\n"))
}

/// The payment that a fresh key means: the order's live one, unless the shopper asked to replace
/// it. Refuses if another payment blocks it.
async fn find_live(
    shop: &Shop,
    order: &Order,
    request: &Request,
) -> Result<Option<StoredPayment>, PayError> {
    let payments = read_afresh(shop, &order.id).await?;
    // Any payment, even a superseded one, may be the one that brought the money.
    if let Some(paid) = payments.iter().find(|payment| payment.has_money()) {
        let title = "This order has been paid";
        return refuse_shown(shop, paid, problem(code::ALREADY_PAID, 409, title, ""));
    }
    let is_in_the_way = |payment: &StoredPayment| {
        let is_replaced = request.supersedes.as_deref() == Some(&payment.id);
        payment.is_live(shop.now_ms()) && payment.price == order.price && !is_replaced
    };
    match payments.into_iter().find(is_in_the_way) {
        Some(live) if live.provider != request.provider => {
            let title = "This order has a live payment at another provider";
            let detail = "send its id as `supersedes` when the shopper chose another way";
            refuse_shown(shop, &live, problem(code::PAYMENT_OPEN, 409, title, detail))
        }
        live => Ok(live),
    }
}

/// The order's payments, newest first. Those that may have been paid meanwhile are read at their
/// provider before a new one is made; if there are many, only the newest.
async fn read_afresh(shop: &Shop, order_id: &str) -> Result<Vec<StoredPayment>, PayError> {
    let mut payments = shop.store.payments_of_order(order_id).await?;
    if payments.iter().any(StoredPayment::has_money) {
        return Ok(payments);
    }
    let is_made = |known: &&mut StoredPayment| known.creation.provider_payment().is_some();
    for known in payments.iter_mut().filter(is_made).take(MOST_READ) {
        if let Some(current) = refresh(shop, &known.id).await? {
            *known = *current.payment;
        }
    }
    Ok(payments)
}

fn intent(shop: &Shop, order: &Order, request: &Request) -> Result<StoredPayment, PayError> {
    Ok(StoredPayment {
        id: ids::new_payment_id(shop.randomness())?,
        order_id: order.id.clone(),
        provider: request.provider,
        provider_order: ids::provider_order(&order.id, &request.key),
        creation: Creation::Unknown,
        status: Status::Pending,
        review: None,
        price: order.price,
        amount: order.price,
        qr_payload: None,
        qr_image: None,
        redirect_url: None,
        checkout_url: None,
        return_url: usable_return(shop, request),
        created_ms: shop.now_ms(),
        expires_ms: None,
        paid_ms: None,
        superseded_by: None,
        // Before the provider is called: its webhook may arrive before its answer.
        webhook_token: match shop.webhooks(request.provider) {
            Webhooks::AddressPerPayment => Some(ids::random_hex(shop.randomness(), 16)?),
            Webhooks::OneAddress | Webhooks::Unverifiable | Webhooks::None => None,
        },
        next_check_ms: None,
        facts: paywith_protocol::ProviderFacts::default(),
    })
}

/// Asks the provider, commits its answer, discloses it.
async fn make(
    shop: &Shop,
    claim: &Claim,
    order: &Order,
    request: &Request,
    stored: StoredPayment,
) -> Result<Created, PayError> {
    let description = order.description.clone().unwrap_or_else(|| order.id.clone());
    let new = NewPayment {
        order_id: &order.id,
        provider_order: &stored.provider_order,
        price: order.price,
        description: &description,
        return_url: format!("{}/api/return/{}", shop.config.public_url, stored.id),
        webhook_url: webhook_url(shop, &stored),
        locale: &request.locale,
        extras: &order.extras,
    };
    // So that the browser's key, this request and the provider's list can be joined.
    tracing::Span::current().record("attempt", &stored.provider_order);
    let asked_ms = shop.now_ms();
    let begun = Instant::now();
    let (answer, raw_reply) = shop.clients.create(request.provider, &new).await;
    let took = begun.elapsed();
    shop.metrics.provider_called(request.provider, ProviderCall::Create, &answer, took);
    let asked = stored.clone();
    let made = match answer {
        Ok(answer) => take_answer(shop, claim, request, stored, &answer, asked_ms).await,
        Err(error) => not_made(shop, claim, stored, &error).await,
    };
    // The result is committed in any case.
    record_answer(shop, &asked, MessageKind::Create, raw_reply).await;
    made
}

/// Commits what the provider answered, and discloses it.
async fn take_answer(
    shop: &Shop,
    claim: &Claim,
    request: &Request,
    mut stored: StoredPayment,
    answer: &Payment,
    asked_ms: i64,
) -> Result<Created, PayError> {
    crash::here(crash::Instant::ProviderAnswered);
    stored.creation = Creation::Made { provider_payment: answer.id.as_str().to_owned() };
    if let Err(flaw) = learn_created(shop, &mut stored, answer, asked_ms).await {
        let Flaw { code, why } = flaw;
        tracing::error!(payment = stored.id, provider = stored.provider.id(), why, "refused");
        stored.creation = Creation::Refused;
        shop.store.store_created(claim, &stored, None).await?;
        let title = "The provider's answer is not safe to show";
        let refusal = problem(code, 502, title, why);
        return refuse(Problem { retryable: false, retry_after_ms: None, ..refusal });
    }
    stored.next_check_ms = sweep::next_check(&stored, shop.now_ms(), shop.config.sweep_first);
    shop.store.store_created(claim, &stored, request.supersedes.as_deref()).await?;
    crash::here(crash::Instant::AnswerCommitted);
    tracing::info!(payment = stored.id, provider = stored.provider.id(), "created");
    disclose(shop, &stored, true)
}

/// Where the provider sends its webhooks.
fn webhook_url(shop: &Shop, stored: &StoredPayment) -> Option<String> {
    let address = format!("{}/api/webhooks/{}", shop.config.public_url, stored.provider.id());
    match shop.webhooks(stored.provider) {
        Webhooks::OneAddress => Some(address),
        Webhooks::AddressPerPayment => {
            stored.webhook_token.as_ref().map(|token| [&address, "/", token].concat())
        }
        Webhooks::Unverifiable | Webhooks::None => None,
    }
}

/// Why an answer must not reach a shopper.
struct Flaw {
    /// One of [`code`].
    code: &'static str,
    /// A stable word.
    why: &'static str,
}

impl From<&'static str> for Flaw {
    fn from(why: &'static str) -> Flaw {
        Flaw { code: code::PROVIDER_REFUSED, why }
    }
}

/// Takes over what the provider answered.
async fn learn_created(
    shop: &Shop,
    stored: &mut StoredPayment,
    answer: &Payment,
    asked_ms: i64,
) -> Result<(), Flaw> {
    let amount = answer.amount.unwrap_or(stored.price);
    let surcharge = shop.clients.of(stored.provider).map_or(0, ProviderClient::largest_surcharge);
    check_created_amount(surcharge, stored.price, amount)?;
    stored.amount = amount;
    stored.facts.merge(&answer.facts);
    match &answer.action {
        Some(Action::Redirect { url }) => {
            urls::check_redirect(url).map_err(urls::UrlFlaw::code)?;
            stored.redirect_url = Some(url.clone());
        }
        Some(Action::Qr { payload, image, checkout_url }) => {
            let safe = checkout_url.clone().filter(|url| urls::check_redirect(url).is_ok());
            stored.checkout_url = safe;
            stored.qr_payload = match (payload, image) {
                (Some(payload), _) => Some(payload.clone()),
                (None, Some(image)) => qr_code::read_picture(image.clone()).await,
                (None, None) => None,
            };
            check_code(shop, stored)?;
            stored.qr_image.clone_from(image);
            let left_ms = answer.expires_in_ms;
            let left_ms = left_ms.map(|left_ms| i64::try_from(left_ms).unwrap_or(i64::MAX));
            stored.expires_ms = left_ms.map(|left_ms| asked_ms.saturating_add(left_ms));
        }
        None => return Err("no_action".into()),
    }
    Ok(())
}

/// A provider may raise the price by whole units, as far as its client says.
fn check_created_amount(surcharge: u64, price: Money, amount: Money) -> Result<(), &'static str> {
    let added = amount.value.checked_sub(price.value).and_then(|added| added.as_minor(0));
    let is_sound = amount.value == price.value || added.is_some_and(|added| added <= surcharge);
    if is_sound && amount.currency == price.currency { Ok(()) } else { Err("another_amount") }
}

/// A code without the merchant's pin is refused here, and no part of the answer is disclosed. One
/// that contradicts the amount goes to the widget, which refuses it in front of the shopper; the
/// log tells the merchant.
fn check_code(shop: &Shop, stored: &StoredPayment) -> Result<(), Flaw> {
    let payload = stored.qr_payload.as_deref();
    if let Some(refusal) = qr_code::refusal(&shop.config, payload, stored.amount) {
        return Err(Flaw { code: code::UNSAFE_CODE, why: refusal.code() });
    }
    if let Verdict::Refuse(refusal) = qr_code::judge_code(&shop.config, payload, stored.amount) {
        let reason = refusal.code();
        tracing::error!(payment = stored.id, reason, "the provider's code contradicts the order");
    }
    Ok(())
}

/// The provider made no payment that we know of. The intent stays, for a retry to use.
async fn not_made(
    shop: &Shop,
    claim: &Claim,
    mut stored: StoredPayment,
    error: &ClientError,
) -> Result<Created, PayError> {
    tracing::warn!(payment = stored.id, provider = stored.provider.id(), ?error, "not created");
    let name = stored.provider.name();
    let refusal = match error {
        ClientError::Answer(
            no @ (Unreadable::Refused { retryable: false, .. } | Unreadable::Problem(_)),
        ) if !no.retryable() => {
            stored.creation = Creation::Refused;
            shop.store.store_created(claim, &stored, None).await?;
            let title = "The provider refused";
            let refusal = problem(code::PROVIDER_REFUSED, 502, title, &no.to_string());
            Problem { retryable: false, retry_after_ms: None, ..refusal }
        }
        ClientError::Answer(_) | ClientError::Unreachable => problem(
            code::PROVIDER_UNREACHABLE,
            503,
            "The provider does not answer",
            &format!("{name} gave no answer that can be read; try again with the same key"),
        ),
        ClientError::Missing | ClientError::Amount(_) | ClientError::NoReadPath => {
            problem(code::PROVIDER_UNAVAILABLE, 422, "This provider is not offered", name)
        }
    };
    refuse(refusal)
}

fn disclose(shop: &Shop, stored: &StoredPayment, is_new: bool) -> Result<Created, PayError> {
    match present(stored, &shop.config, shop.now_ms()) {
        Some(payment) => Ok(Created { payment, is_new }),
        None => Err(PayError::Database(StoreError::Damaged { column: "id" })),
    }
}

fn refuse_shown<T>(shop: &Shop, stored: &StoredPayment, refusal: Problem) -> Result<T, PayError> {
    match present(stored, &shop.config, shop.now_ms()) {
        Some(payment) => refuse_with(refusal, payment),
        None => refuse(refusal),
    }
}
