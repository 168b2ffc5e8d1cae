//! Support on the command line: for the person who answers "where is my money?".
//!
//! It reads the same database as the running backend, rechecks at the provider by the same rules, and
//! makes events due again, which the running backend then sends. It changes nothing else. Start at
//! [`answer`].

use crate::environment::rfc3339;
use crate::sanitize::visible;
use crate::store::{Filter, ProviderMessage, Store, StoreError, StoredPayment};
use crate::{Config, Parts, Shop, pay};
use jiff::Timestamp;
use paywith_protocol::{Money, Status};
use std::fmt::Write;

/// How many payments a list shows.
const MOST: u32 = 50;

/// The question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// The newest payments, or all of one order.
    List {
        /// The shop's own id of the order.
        order: Option<String>,
        /// Only those with this status.
        status: Option<Status>,
    },
    /// One payment, with what happened to it.
    Show {
        /// `pay_…`.
        id: String,
    },
    /// The same, after asking its provider.
    Recheck {
        /// `pay_…`.
        id: String,
    },
    /// Sends events to the shop's own server again.
    Resend {
        /// `evt_…`, or a time such as `2026-11-20T07:35:00Z`, since when all are sent.
        events: String,
    },
}

/// Answers the question as text.
///
/// # Errors
/// The database cannot be read, there is no such payment, or the provider did not answer.
pub async fn answer(config: Config, question: &Question) -> Result<String, String> {
    if let Some(file) = config.database.file().filter(|file| !file.is_file()) {
        return Err(format!("there is no database at {}", file.display()));
    }
    let parts = Parts::of(&config).await.map_err(|error| error.to_string())?;
    let shop = Shop::new(config, parts);
    match question {
        Question::List { order, status } => {
            let mut payments = match order {
                Some(order) => shop.store.payments_of_order(order).await,
                None => {
                    let filter = Filter { status: *status, ..Filter::newest(MOST) };
                    shop.store.find_payments(&filter).await
                }
            }
            .map_err(database_failed)?;
            payments.retain(|payment| status.is_none_or(|status| payment.status == status));
            Ok(list(&payments))
        }
        Question::Show { id } => show(&*shop.store, id).await,
        Question::Resend { events } => resend(&shop, events).await,
        Question::Recheck { id } => {
            let current = pay::refresh(&shop, id).await.map_err(|error| format!("{error:?}"))?;
            let shown = show(&*shop.store, id).await?;
            match current {
                Some(current) if current.is_stale => {
                    Err(format!("the provider did not answer; what is known:\n{shown}"))
                }
                Some(_) | None => Ok(shown),
            }
        }
    }
}

/// Makes the event, or all since a time, due now. The running backend sends them.
async fn resend(shop: &Shop, events: &str) -> Result<String, String> {
    if shop.config.notify.is_none() {
        return Err("no server to send events to: set `notify.url` and `notify.secret`".to_owned());
    }
    let now_ms = shop.now_ms();
    if events.starts_with("evt_") {
        return match shop.store.resend_event(events, now_ms).await.map_err(database_failed)? {
            true => Ok(format!("{events} is sent again\n")),
            false => Err(format!("there is no event {events}")),
        };
    }
    let since: Timestamp = events.parse().map_err(|_| {
        format!("{events} is neither an event (evt_…) nor a time such as 2026-11-20T07:35:00Z")
    })?;
    let again = shop.store.resend_events_since(since.as_millisecond(), now_ms).await;
    Ok(match again.map_err(database_failed)? {
        1 => "1 event is sent again\n".to_owned(),
        count => format!("{count} events are sent again\n"),
    })
}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn database_failed(error: StoreError) -> String {
    format!("the database: {error}")
}

fn list(payments: &[StoredPayment]) -> String {
    if payments.is_empty() {
        return "no payments\n".to_owned();
    }
    payments.iter().map(|payment| line(payment) + "\n").collect()
}

fn line(payment: &StoredPayment) -> String {
    let review = payment.review.map(|review| format!(" ({})", review.as_str())).unwrap_or_default();
    let part = payment.facts.refunded.map(|part| format!(" (refunded in part: {})", part.value));
    let part = part.unwrap_or_default();
    format!(
        "{}  {}  {:<8}{:<11}{}  {}{review}{part}",
        rfc3339(payment.created_ms),
        payment.id,
        payment.provider.id(),
        payment.status.as_str(),
        payment.amount,
        visible(&payment.order_id),
    )
}

async fn show(store: &dyn Store, id: &str) -> Result<String, String> {
    let payment = store.payment(id).await.map_err(database_failed)?;
    let payment = payment.ok_or_else(|| format!("there is no payment {id}"))?;
    let mut shown = String::new();
    let mut say = |name: &str, value: &str| {
        // Writing to a string cannot fail.
        writeln!(shown, "{name:<18}{}", visible(value)).unwrap_or_default();
    };
    say("payment", &payment.id);
    say("order", &payment.order_id);
    say("provider", payment.provider.name());
    say("there", payment.creation.provider_payment().unwrap_or("never made, or not known"));
    say("status", payment.status.as_str());
    if let Some(review) = payment.review {
        say("review", review.as_str());
    }
    say("price", &payment.price.to_string());
    say("to be paid", &payment.amount.to_string());
    if let Some(other) = &payment.superseded_by {
        say("superseded by", other);
    }
    for (name, value) in provider_facts(&payment) {
        say(&name.to_lowercase(), &value);
    }
    for (name, at_ms) in [
        ("made", Some(payment.created_ms)),
        ("could be paid till", payment.expires_ms),
        ("money seen", payment.paid_ms),
        ("read again", payment.next_check_ms),
    ] {
        if let Some(at_ms) = at_ms {
            say(name, &rfc3339(at_ms));
        }
    }
    for moment in store.history(id).await.map_err(database_failed)? {
        // A time is wider than the names.
        let event = moment.event.map(|id| format!(" ({id})")).unwrap_or_default();
        say(&(rfc3339(moment.at_ms) + "  "), &(moment.text + &event));
    }
    for said in store.messages(id).await.map_err(database_failed)? {
        say(&(rfc3339(said.at_ms) + "  "), &heading(&said));
        // Further lines are indented below the first, so that none looks like one of ours.
        say("", &said.body.replace('\n', "\n                  "));
    }
    Ok(shown)
}

/// What the provider says besides the status, name by name.
pub(crate) fn provider_facts(payment: &StoredPayment) -> Vec<(&'static str, String)> {
    let facts = &payment.facts;
    let made_ms = facts.created_s.and_then(|at_s| i64::try_from(at_s).ok()?.checked_mul(1_000));
    [
        ("Refunded in part", facts.refunded.as_ref().map(Money::to_string)),
        ("Transfer", facts.transaction.clone()),
        ("Paid from", facts.paid_from.clone()),
        ("Paid to", facts.paid_to.clone()),
        ("Made there", made_ms.map(rfc3339)),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect()
}

/// The heading above a provider's message: its kind and HTTP status.
pub(crate) fn heading(said: &ProviderMessage) -> String {
    let name = said.kind.sentence();
    said.http_status.map_or_else(|| name.to_owned(), |status| format!("{name}, HTTP {status}"))
}
