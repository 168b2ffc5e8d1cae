//! How our programs call HTTPS servers: with certificates that are part of the program, ring's cryptography, and
//! without following redirects.
//!
//! A program that carries its certificates works in an empty container. It knows no server and no time limits. Start
//! at [`client`].
//!
//! # Example
//!
//! ```
//! let client = paywith_https::client()?.user_agent("my-shop/1.0").build();
//! assert!(client.is_ok());
//! # Ok::<(), String>(())
//! ```
//!
//! # Errors
//!
//! A text for the log: the cryptography cannot be set up.

use reqwest::ClientBuilder;
use reqwest::redirect::Policy;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;

/// A client that follows no redirects.
///
/// # Errors
/// The cryptography cannot be set up.
pub fn client() -> Result<ClientBuilder, String> {
    Ok(ClientBuilder::new().tls_backend_preconfigured(tls()?).redirect(Policy::none()))
}

/// The cryptography alone, for a client of another kind.
///
/// # Errors
/// It cannot be set up.
pub fn tls() -> Result<ClientConfig, String> {
    let roots: RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ClientConfig::builder_with_provider(ring).with_safe_default_protocol_versions();
    let config = versions.map_err(|error| error.to_string())?.with_root_certificates(roots);
    Ok(config.with_no_client_auth())
}
