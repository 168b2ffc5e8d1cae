//! A client without a network: calls the router in place and keeps status, headers and body.
//! It knows no provider; the credentials of `Settings::demo` are given as constants.

#![allow(dead_code, reason = "every test program uses its own part of this")]

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use paywith_sandbox::{Settings, app};
use serde_json::Value;
use tower::ServiceExt;

pub(crate) type Headers<'a> = &'a [(&'a str, &'a str)];

pub(crate) const CASHII: Headers<'static> = &[("authorization", "Bearer cashii-test-key")];
pub(crate) const KASHIER: Headers<'static> =
    &[("authorization", "kashier$test$secret-key"), ("api-key", "kashier-test-api-key")];
pub(crate) const CASHI: Headers<'static> = &[("x-api-key", "CASHI-TEST-KEY")];
pub(crate) const FORM: Headers<'static> = &[("content-type", "application/x-www-form-urlencoded")];
pub(crate) const JSON: Headers<'static> = &[("content-type", "application/json")];

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).expect("a JSON body")
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.bytes.to_vec()).expect("a text body")
    }

    pub(crate) fn header(&self, name: &str) -> String {
        self.headers
            .get(name)
            .map(|value| value.to_str().expect("text").to_owned())
            .unwrap_or_default()
    }

    /// The parameters of the address to go to, decoded.
    pub(crate) fn returned(&self) -> Vec<(String, String)> {
        let location = self.header("location");
        let query = location.split_once('?').expect("a query").1.to_owned();
        query
            .split('&')
            .map(|pair| {
                let (name, value) = pair.split_once('=').expect("a pair");
                let value =
                    percent_encoding::percent_decode_str(value).decode_utf8().expect("UTF-8");
                (name.to_owned(), value.into_owned())
            })
            .collect()
    }
}

#[derive(Clone)]
pub(crate) struct Wire(Router);

impl Wire {
    pub(crate) fn new() -> Self {
        Self::with(Settings::demo("http://127.0.0.1:8091"))
    }

    pub(crate) fn with(settings: Settings) -> Self {
        Self(app(settings))
    }

    pub(crate) async fn call(
        &self,
        method: &str,
        path: &str,
        headers: Headers<'_>,
        body: &str,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).expect("a request");
        let answer = self.0.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = answer.into_parts();
        let bytes = body.collect().await.expect("a whole body").to_bytes();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }

    pub(crate) async fn get(&self, path: &str, headers: Headers<'_>) -> Answer {
        self.call("GET", path, headers, "").await
    }

    pub(crate) async fn post(&self, path: &str, headers: Headers<'_>, body: &Value) -> Answer {
        self.call("POST", path, headers, &body.to_string()).await
    }

    /// Presses a button of a hosted page.
    pub(crate) async fn press(&self, provider: &str, id: &str, button: &str, back: &str) -> Answer {
        let back = percent_encoding::utf8_percent_encode(back, percent_encoding::NON_ALPHANUMERIC);
        let body = format!("provider={provider}&id={id}&press={button}&back={back}");
        self.call("POST", "/pages/press", FORM, &body).await
    }

    pub(crate) async fn control(&self, path: &str) -> Answer {
        self.call("POST", &format!("/control/{path}"), &[], "").await
    }

    pub(crate) async fn fault(&self, fault: Value) {
        let answer = self.post("/control/faults", JSON, &fault).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    }

    /// The ledger's row of one payment.
    pub(crate) async fn row(&self, id: &str) -> Value {
        let rows = self.get("/control/orders", &[]).await.json();
        let rows = rows.as_array().expect("rows").clone();
        rows.into_iter().find(|row| row["id"] == id).expect("a row")
    }
}
