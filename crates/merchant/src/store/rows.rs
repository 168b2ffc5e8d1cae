//! A payment as it is stored, and how its columns become types again.
//!
//! What stands in the file was written by us, but a file can be old or edited: a column that
//! makes no sense is an error that names it, never a panic and never a guess.

use paywith_protocol::{Currency, Decimal, Money, Provider, Review, Status};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// What is known of the provider's side of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Creation {
    /// The intent is stored; whether the provider made it is not known. Nothing was disclosed.
    Unknown,
    /// The provider made it, under this id.
    Made { provider_payment: String },
    /// The provider said no; a retry may ask again.
    Refused,
}

impl Creation {
    pub(super) fn word(&self) -> &'static str {
        match self {
            Creation::Unknown => "unknown",
            Creation::Made { .. } => "made",
            Creation::Refused => "refused",
        }
    }

    /// The provider's id, once there is one.
    pub(crate) fn provider_payment(&self) -> Option<&str> {
        match self {
            Creation::Made { provider_payment } => Some(provider_payment),
            Creation::Unknown | Creation::Refused => None,
        }
    }
}

/// One payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredPayment {
    pub(crate) id: String,
    pub(crate) order_id: String,
    pub(crate) provider: Provider,
    pub(crate) provider_order: String,
    pub(crate) creation: Creation,
    pub(crate) status: Status,
    pub(crate) review: Option<Review>,
    /// The order's price.
    pub(crate) price: Money,
    /// What the shopper pays.
    pub(crate) amount: Money,
    pub(crate) qr_payload: Option<String>,
    pub(crate) qr_image: Option<String>,
    pub(crate) redirect_url: Option<String>,
    pub(crate) checkout_url: Option<String>,
    pub(crate) return_url: Option<String>,
    pub(crate) created_ms: i64,
    pub(crate) expires_ms: Option<i64>,
    pub(crate) paid_ms: Option<i64>,
    pub(crate) superseded_by: Option<String>,
    /// The secret part of the address that CashPay posts to.
    pub(crate) push_token: Option<String>,
    /// When it is read by itself; `None`: never again.
    pub(crate) next_check_ms: Option<i64>,
}

impl StoredPayment {
    /// Whether the shopper can still pay it and should: made, open, in time, not given up.
    pub(crate) fn is_live(&self, now_ms: i64) -> bool {
        let made = self.creation.provider_payment().is_some();
        let in_time = self.expires_ms.is_none_or(|expires_ms| now_ms < expires_ms);
        let open = self.status.is_open() && self.review.is_none();
        made && open && self.superseded_by.is_none() && (in_time || self.is_processing())
    }

    /// Whether money came for it: the order needs no other payment.
    pub(crate) fn has_money(&self) -> bool {
        match self.status {
            Status::Paid | Status::Refunded => true,
            Status::Processing => self.review.is_some(),
            Status::Pending | Status::Failed | Status::Canceled | Status::Expired => false,
        }
    }

    fn is_processing(&self) -> bool {
        self.status == Status::Processing
    }
}

/// Minor units and exponent of an amount, for two integer columns.
pub(super) fn columns(money: &Money) -> Result<(i64, i64), sqlx::Error> {
    let text = money.value.to_string();
    let digits = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let exponent = u8::try_from(digits).map_err(encode_error)?;
    let minor = money.value.as_minor(exponent).ok_or_else(|| encode_error("an amount"))?;
    Ok((i64::try_from(minor).map_err(encode_error)?, i64::from(exponent)))
}

fn encode_error(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> sqlx::Error {
    sqlx::Error::Encode(error.into())
}

impl sqlx::FromRow<'_, SqliteRow> for StoredPayment {
    fn from_row(row: &SqliteRow) -> Result<StoredPayment, sqlx::Error> {
        let text = |name: &str| row.try_get::<Option<String>, _>(name);
        let needed = |name: &'static str| row.try_get::<String, _>(name);
        let provider = Provider::parse(&needed("provider")?).ok_or_else(|| odd("provider"))?;
        let currency = Currency::parse(&needed("currency")?).ok_or_else(|| odd("currency"))?;
        Ok(StoredPayment {
            id: needed("id")?,
            order_id: needed("order_id")?,
            provider,
            provider_order: needed("provider_order")?,
            creation: creation(&needed("creation")?, text("provider_payment")?)?,
            status: status(&needed("status")?)?,
            review: text("review")?.as_deref().map(Review::from_word),
            price: money(row, "price_minor", "price_exponent", currency)?,
            amount: money(row, "amount_minor", "amount_exponent", currency)?,
            qr_payload: text("qr_payload")?,
            qr_image: text("qr_image")?,
            redirect_url: text("redirect_url")?,
            checkout_url: text("checkout_url")?,
            return_url: text("return_url")?,
            created_ms: row.try_get("created_ms")?,
            expires_ms: row.try_get("expires_ms")?,
            paid_ms: row.try_get("paid_ms")?,
            superseded_by: text("superseded_by")?,
            push_token: text("push_token")?,
            next_check_ms: row.try_get("next_check_ms")?,
        })
    }
}

fn creation(word: &str, provider_payment: Option<String>) -> Result<Creation, sqlx::Error> {
    match (word, provider_payment) {
        ("unknown", None) => Ok(Creation::Unknown),
        ("refused", None) => Ok(Creation::Refused),
        ("made", Some(provider_payment)) => Ok(Creation::Made { provider_payment }),
        _ => Err(odd("creation")),
    }
}

/// Stricter than the wire: an unknown word of ours is damage, not news.
fn status(word: &str) -> Result<Status, sqlx::Error> {
    Status::ALL.into_iter().find(|status| status.word() == word).ok_or_else(|| odd("status"))
}

fn money(
    row: &SqliteRow,
    minor: &'static str,
    exponent: &'static str,
    currency: Currency,
) -> Result<Money, sqlx::Error> {
    let whole = u64::try_from(row.try_get::<i64, _>(minor)?).ok();
    let digits = u8::try_from(row.try_get::<i64, _>(exponent)?).ok();
    let value = whole.zip(digits).and_then(|(whole, digits)| Decimal::from_minor(whole, digits));
    Ok(Money { value: value.ok_or_else(|| odd(minor))?, currency })
}

fn odd(column: &str) -> sqlx::Error {
    sqlx::Error::ColumnDecode {
        index: column.to_owned(),
        source: "the stored value makes no sense".into(),
    }
}
