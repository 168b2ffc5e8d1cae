//! The sandbox's settings: where it is reached, how long things live, and the
//! credentials that it accepts. It reads no environment and no file; `main.rs` reads arguments.

/// Settings of one sandbox.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where a browser reaches this server, without a trailing slash, for example
    /// `http://127.0.0.1:8091`. Hosted page addresses begin with it.
    pub public_url: String,
    /// How long a Cashi code is open, in milliseconds. The documents say ten minutes.
    pub cashi_life_ms: u64,
    /// How long a CashPay token is good, in milliseconds. The documents say 55 minutes.
    pub cashpay_token_life_ms: u64,
    /// Cashii: the key after `Bearer`.
    pub cashii_api_key: String,
    /// CashPay: the name that asks for a token.
    pub cashpay_client_id: String,
    /// CashPay: the secret that asks for a token.
    pub cashpay_client_secret: String,
    /// Kashier: the secret key, sent raw in `Authorization`.
    pub kashier_secret_key: String,
    /// Kashier: the payment API key, sent in `api-key`; it signs returns and webhooks.
    pub kashier_api_key: String,
    /// Kashier: the merchant id, `MID-…`.
    pub kashier_merchant_id: String,
    /// Cashi: the key in `x-api-key`.
    pub cashi_api_key: String,
}

impl Settings {
    /// The test credentials of `docs/sandbox.md` and the documented lifetimes.
    ///
    /// A trailing slash of `public_url` is dropped. The Kashier secret contains a literal `$`, as
    /// the real ones do, because configuration files like to swallow it.
    pub fn demo(public_url: impl Into<String>) -> Self {
        let public_url: String = public_url.into();
        Self {
            public_url: public_url.trim_end_matches('/').to_owned(),
            cashi_life_ms: 600_000,
            cashpay_token_life_ms: 55 * 60_000,
            cashii_api_key: "cashii-test-key".to_owned(),
            cashpay_client_id: "cashpay-test-client".to_owned(),
            cashpay_client_secret: "cashpay-test-secret".to_owned(),
            kashier_secret_key: "kashier$test$secret-key".to_owned(),
            kashier_api_key: "kashier-test-api-key".to_owned(),
            kashier_merchant_id: "MID-0-1".to_owned(),
            cashi_api_key: "CASHI-TEST-KEY".to_owned(),
        }
    }
}
