//! What the four simulated providers answer, in the form of their documents.

use super::world::{Fault, Row, SHORTEST_READ_INTERVAL, State, World};
use serde_json::{Value, json};
use tokio::time::Instant;

impl World {
    pub(super) fn answer(&mut self, method: &str, url: &str, body: &Value) -> (u16, String) {
        let path = url.strip_prefix("http://127.0.0.1:9").expect("a simulated provider");
        let path = path.split('?').next().unwrap_or_default();
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let (status, answer) = match (method, parts.as_slice()) {
            ("POST", ["cashpay", "auth", "token"]) => (200, json!({ "access_token": "token" })),
            ("POST", ["cashii", ..]) => self.make("cashii", &body["metadata"]["attempt"], body, 1),
            ("POST", ["cashpay", ..]) => self.make("cashpay", &body["description"], body, 100),
            ("POST", ["kashier", ..]) => self.make("kashier", &body["order"], body, 0),
            ("POST", ["cashi", ..]) => self.make("cashi", &body["order_id"], body, 100),
            ("GET", ["kashier", "payments", "orders", _]) => {
                (200, json!({ "response": null, "status": "FAILURE", "message": "unknown" }))
            }
            ("GET", ["kashier", .., id, "payment"]) => self.tell(id),
            ("GET", [.., id]) => self.tell(id),
            _ => (404, json!({ "message": "unknown" })),
        };
        (status, answer.to_string())
    }

    /// Makes a payment, or finds the one under the same reference if the provider does so. `unit`
    /// is how many hundredths its integers count; 0 means a decimal text.
    fn make(
        &mut self,
        provider: &'static str,
        reference: &Value,
        body: &Value,
        unit: u64,
    ) -> (u16, Value) {
        let reference = reference.as_str().expect("a reference").to_owned();
        let is_known = |row: &&Row| row.provider == provider && row.reference == reference;
        let known = self.rows.iter().find(is_known).cloned();
        if let Some(row) = known.filter(|_| matches!(provider, "kashier" | "cashi")) {
            let code = if provider == "kashier" { 400 } else { 200 };
            return (code, told_of_creation(&row));
        }
        let asked = match (unit, &body["amount"]) {
            (0, amount) => {
                amount.as_str().expect("a text").replace('.', "").parse().expect("money")
            }
            (unit, amount) => amount.as_u64().expect("units") * unit,
        };
        let extra = if provider == "cashi" { 100 * (1 + self.random.below(99)) } else { 0 };
        let number = 1_000_000_000_000_001 + u64::try_from(self.rows.len()).expect("small");
        let id = match provider {
            "cashi" => reference.clone(),
            "cashpay" => format!("chg_{number}"),
            _ => number.to_string(),
        };
        let currency = body["currency"].as_str().unwrap_or("IDR").to_owned();
        let post_url = body["post_url"].as_str().or(body["serverWebhook"].as_str());
        let post_url = post_url.map(str::to_owned);
        let (asked, received) = (asked + extra, 0);
        let (state, was_failed, has_posted) = (State::Open, false, false);
        let (last_read, hasty_reads) = (None, 0);
        let row = Row {
            provider,
            id,
            reference,
            asked,
            received,
            currency,
            state,
            was_failed,
            last_read,
            hasty_reads,
            has_posted,
            post_url,
        };
        let told = told_of_creation(&row);
        self.rows.push(row);
        (200, told)
    }

    fn tell(&mut self, id: &str) -> (u16, Value) {
        let is_strange = self.strikes(Fault::UnknownWord, 5);
        let Some(row) = self.row(id) else { return (404, json!({ "message": "unknown" })) };
        let is_hasty = row.last_read.is_some_and(|at| at.elapsed() < SHORTEST_READ_INTERVAL);
        row.hasty_reads += u64::from(is_hasty);
        row.last_read = Some(Instant::now());
        let words = match row.provider {
            "cashii" => ["pending", "rejected", "paid", "refunded"],
            // The others document no word for a refund.
            "cashpay" => ["INITIATED", "FAILED", "CAPTURED", "CAPTURED"],
            "kashier" => ["PENDING", "FAILED", "PAID", "PAID"],
            _ => ["PENDING", "EXPIRED", "SETTLED", "SETTLED"],
        };
        let [open, failed, paid, refunded] = words;
        let word = match row.state {
            _ if is_strange => "UNDER_A_NEW_WORD",
            State::Open => open,
            State::Failed => failed,
            State::Paid => paid,
            State::Refunded => refunded,
        };
        (200, told_of_state(row, word))
    }
}

/// The amount to be paid, or that was paid.
fn amount(row: &Row) -> u64 {
    if row.received > 0 { row.received } else { row.asked }
}

fn told_of_creation(row: &Row) -> Value {
    let page = format!("http://localhost/pay/{}", row.id);
    match row.provider {
        "cashii" => json!({ "data": { "id": row.id } }),
        "cashpay" => json!({ "id": row.id, "status": "INITIATED", "amount": row.asked / 100,
            "currency": row.currency, "transaction_url": page }),
        "kashier" => json!({ "_id": row.id, "sessionUrl": page, "status": "CREATED",
            "order": row.reference, "amount": decimal(row.asked), "currency": row.currency }),
        _ => json!({ "success": true, "order_id": row.id, "amount": row.asked / 100,
            "checkout_url": page, "qrUrl": "data:image/png;base64,AAAA" }),
    }
}

fn told_of_state(row: &Row, word: &str) -> Value {
    let amount = amount(row);
    match row.provider {
        "cashii" => json!({ "data": { "_id": row.id, "amount": amount, "currency": row.currency,
            "status": word } }),
        "cashpay" => json!({ "id": row.id, "status": word, "amount": amount / 100,
            "currency": row.currency }),
        "kashier" => json!({ "data": { "sessionId": row.id, "status": word,
            "amount": decimal(amount), "currency": row.currency,
            "merchantOrderId": row.reference }, "status": "SUCCESS", "message": "found" }),
        _ => json!({ "success": true, "status": word, "amount": amount / 100,
            "order_id": row.id }),
    }
}

/// Hundredths as a decimal text.
pub(super) fn decimal(hundredths: u64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}
