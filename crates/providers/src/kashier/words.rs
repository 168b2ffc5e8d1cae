//! Kashier's three vocabularies of a status. In each an unknown word is pending: never a failure and
//! never a success. Letter case does not matter.

use paywith_protocol::Status;

/// `data.status` of a session (`GET /v3/payment/sessions/{id}/payment`).
pub fn session_word(word: &str) -> Status {
    match word.to_ascii_uppercase().as_str() {
        "PAID" => Status::Paid,
        "FAILED" => Status::Failed,
        "EXPIRED" => Status::Expired,
        "CANCELLED" | "CANCELED" => Status::Canceled,
        // "PENDING", "CREATED", "OPENED", and every word that we do not know.
        _ => Status::Pending,
    }
}

/// `response.status` of an order (`GET /payments/orders/{merchantOrderId}`).
pub fn order_word(word: &str) -> Status {
    match word.to_ascii_uppercase().as_str() {
        "CAPTURED" => Status::Paid,
        "FAILED" => Status::Failed,
        _ => Status::Pending,
    }
}

/// A webhook's `data.status` and the return's `paymentStatus`.
pub fn return_word(word: &str) -> Status {
    match word.to_ascii_uppercase().as_str() {
        "SUCCESS" => Status::Paid,
        "FAILED" | "FAILURE" => Status::Failed,
        _ => Status::Pending,
    }
}
