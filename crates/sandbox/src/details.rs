//! What only one provider knows of a payment. Data without rules: the ledger keeps it, the provider's
//! own file makes and reads it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What only one provider knows of a payment.
#[derive(Clone, Debug)]
pub(crate) enum Details {
    Cashii(Cashii),
    Cashpay(Cashpay),
    Kashier(Kashier),
    Cashi(Cashi),
}

/// What only Cashii knows of a payment.
#[derive(Clone, Debug)]
pub(crate) struct Cashii {
    pub(crate) note: Option<String>,
    pub(crate) metadata: Option<Value>,
    pub(crate) payable_to: Option<String>,
}

/// What only CashPay knows of a payment.
#[derive(Clone, Debug)]
pub(crate) struct Cashpay {
    pub(crate) redirect_url: String,
    pub(crate) post_url: Option<String>,
    pub(crate) transaction_url: String,
}

/// What only Kashier knows of a payment.
#[derive(Clone, Debug)]
pub(crate) struct Kashier {
    pub(crate) merchant_redirect: String,
    pub(crate) server_webhook: Option<String>,
    pub(crate) customer: Value,
    pub(crate) meta_data: Value,
    pub(crate) session_url: String,
}

/// What only Cashi knows of a payment.
#[derive(Clone, Debug)]
pub(crate) struct Cashi {
    /// The text of the code, as its picture carries it.
    pub(crate) payload: String,
    pub(crate) base_rupiah: u64,
    /// The last part of the hosted page's address.
    pub(crate) page_code: String,
}

/// Where Cashi's dashboard sends webhooks, and the secret that signs them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct CashiWebhook {
    pub(crate) url: String,
    pub(crate) secret: String,
}
