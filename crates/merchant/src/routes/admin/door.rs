//! Who may see the pages: HTTP Basic, so that any browser can ask for the password.
//!
//! Wrong passwords are counted per client. A page is served only to a person who opens it, never to
//! a script or a frame: a browser would send a remembered password with those, too.

use super::super::client::client_key;
use super::super::problem::ApiError;
use crate::config::Origin;
use crate::{Shop, ids, pay};
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::ExposeSecret;
use std::net::SocketAddr;
use std::sync::Arc;

const USER: &str = "admin";

/// The proof that the password was right: every page requires it.
pub(in crate::routes) struct Admitted(());

impl FromRequestParts<Arc<Shop>> for Admitted {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, shop: &Arc<Shop>) -> Result<Admitted, Response> {
        let Some(token) = &shop.config.admin_token else {
            return Err(super::super::problem::unknown_route().await.into_response());
        };
        if !is_opened_by_a_person(&parts.headers) {
            let sentence = "These pages are for people: open them as a page of their own.\n";
            return Err((StatusCode::FORBIDDEN, sentence).into_response());
        }
        let Some(sent) = credentials(&parts.headers) else { return Err(who_are_you()) };
        let client = client(shop, parts);
        let refuse = |wait| ApiError::from(pay::rate_limited(wait)).into_response();
        shop.limits.may_guess(client).map_err(refuse)?;
        let expected = [USER, ":", token.expose_secret()].concat();
        // Comparing digests leaks nothing through timing.
        if ids::sha256_hex_of(&sent) == ids::sha256_hex(&expected) {
            return Ok(Admitted(()));
        }
        tracing::warn!("a wrong password for /admin");
        shop.limits.guessed(client);
        Err(who_are_you())
    }
}

/// The proof that a form was sent from one of these pages: a browser sends a remembered password with
/// another site's form, too.
pub(in crate::routes) struct OnOurPage(());

impl FromRequestParts<Arc<Shop>> for OnOurPage {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut Parts,
        shop: &Arc<Shop>,
    ) -> Result<OnOurPage, Response> {
        let text = |name| parts.headers.get(name).and_then(|text| text.to_str().ok());
        let own = Origin::of(&shop.config.public_url);
        let is_own = |sent: &str| {
            let host = sent.split_once("://").map(|(_, host)| host);
            own.is_some_and(|own| own.as_str() == sent) || host == text(header::HOST)
        };
        let is_own = match parts.headers.get("sec-fetch-site") {
            Some(site) => site == "same-origin",
            None => text(header::ORIGIN).is_some_and(is_own),
        };
        let refusal = (StatusCode::FORBIDDEN, "Only the buttons of these pages do that.\n");
        is_own.then_some(OnOurPage(())).ok_or(refusal.into_response())
    }
}

/// Browsers say what a request is for. A client that does not say so is an old browser, or not a
/// browser.
fn is_opened_by_a_person(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-dest").is_none_or(|purpose| purpose == "document")
}

/// `user:password`, as it was sent.
fn credentials(headers: &HeaderMap) -> Option<Vec<u8>> {
    let sent = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, sent) = sent.split_once(' ')?;
    scheme.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(sent.trim()).ok())?
}

/// Clients with an unknown address are counted as one.
fn client(shop: &Shop, parts: &Parts) -> u64 {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map(|ConnectInfo(peer)| peer.ip());
    client_key(peer, &parts.headers, shop.config.trusted_proxies).unwrap_or_default()
}

fn who_are_you() -> Response {
    let challenge = [(header::WWW_AUTHENTICATE, "Basic realm=\"Paywith\", charset=\"UTF-8\"")];
    let sentence = "The user is admin, the password is the configured admin_token.\n";
    (StatusCode::UNAUTHORIZED, challenge, sentence).into_response()
}
