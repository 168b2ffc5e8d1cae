//! Support on the command line: for the person who answers "where is my money?".
//!
//! It reads the same database as the running backend, and rechecks at the provider by the same
//! rules. It changes nothing else. Start at [`answer`].

use crate::clients::Clients;
use crate::clock::rfc3339;
use crate::sanitize::visible;
use crate::store::{self, Filter, ProviderMessage, Store, StoreError, StoredPayment};
use crate::{Config, Shop, pay};
use paywith_protocol::Money;
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
}

/// Answers the question as text.
///
/// # Errors
/// The database cannot be read, there is no such payment, or the provider did not answer.
pub async fn answer(config: Config, question: &Question) -> Result<String, String> {
    if let Some(file) = config.database.file().filter(|file| !file.is_file()) {
        return Err(format!("there is no database at {}", file.display()));
    }
    let text = |error: StoreError| format!("the database: {error}");
    let store = store::open(&config.database).await;
    let store = store.map_err(|error| format!("the database: {error}"))?;
    match question {
        Question::List { order: Some(order) } => {
            Ok(list(&store.payments_of_order(order).await.map_err(text)?))
        }
        Question::List { order: None } => {
            Ok(list(&store.find_payments(&Filter::newest(MOST)).await.map_err(text)?))
        }
        Question::Show { id } => show(&*store, id).await,
        Question::Recheck { id } => {
            let clients = Clients::new(&config)?;
            let shop = Shop::new(config, store, clients);
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

fn list(payments: &[StoredPayment]) -> String {
    if payments.is_empty() {
        return "no payments\n".to_owned();
    }
    payments.iter().map(|payment| line(payment) + "\n").collect()
}

fn line(payment: &StoredPayment) -> String {
    let review = payment.review.map(|review| format!(" ({})", review.as_str())).unwrap_or_default();
    format!(
        "{}  {}  {:<8}{:<11}{} {}  {}{review}",
        rfc3339(payment.created_ms),
        payment.id,
        payment.provider.id(),
        payment.status.as_str(),
        payment.amount.value,
        payment.amount.currency.as_str(),
        visible(&payment.order_id),
    )
}

async fn show(store: &dyn Store, id: &str) -> Result<String, String> {
    let text = |error: StoreError| format!("the database: {error}");
    let payment = store.payment(id).await.map_err(text)?;
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
    let money =
        |money: paywith_protocol::Money| format!("{} {}", money.value, money.currency.as_str());
    say("price", &money(payment.price));
    say("to be paid", &money(payment.amount));
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
    for moment in store.history(id).await.map_err(text)? {
        // A time is wider than the names.
        say(&(rfc3339(moment.at_ms) + "  "), &moment.text);
    }
    for said in store.answers(id).await.map_err(text)? {
        say(&(rfc3339(said.at_ms) + "  "), &heading(&said));
        // Further lines are indented below the first, so that none looks like one of ours.
        say("", &said.body.replace('\n', "\n                  "));
    }
    Ok(shown)
}

/// What the provider says besides the status, name by name.
pub(crate) fn provider_facts(payment: &StoredPayment) -> Vec<(&'static str, String)> {
    let facts = &payment.facts;
    let money = |money: Money| format!("{} {}", money.value, money.currency.as_str());
    let made_ms = facts.created_s.and_then(|at_s| i64::try_from(at_s).ok()?.checked_mul(1_000));
    [
        ("Refunded in part", facts.refunded.map(money)),
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
