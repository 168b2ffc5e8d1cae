//! A backend with one more provider: `made_up.rs` is all that it takes, and one line here adds it.
//!
//! The ids of the providers belong to the protocol, because the widget must know their names; so the
//! made-up provider stands in under the id of one that the configuration leaves out: Cashii's.
//!
//! ```sh
//! export MADE_UP_URL=https://api.made-up.example MADE_UP_API_KEY=… MADE_UP_WEBHOOK_SECRET=…
//! cargo run -p paywith-merchant --example made_up_provider -- paywith.toml
//! ```

mod made_up;

use paywith_merchant::{Config, Parts, assemble, serve};
use std::error::Error;
use std::path::PathBuf;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args_os().nth(1).map_or_else(|| "paywith.toml".into(), PathBuf::from);
    let config = Config::load(&file)?;
    let made_up = made_up::MadeUp {
        base_url: std::env::var("MADE_UP_URL")?,
        api_key: std::env::var("MADE_UP_API_KEY")?.into(),
        webhook_secret: std::env::var("MADE_UP_WEBHOOK_SECRET")?.into(),
    };
    let mut parts = Parts::of(&config).await?;
    parts.clients.push(Box::new(made_up));

    parts.store.end_claims_of_before().await?;
    let listener = TcpListener::bind(config.listen).await?;
    let (backend, background) = assemble(config, parts);
    background.start().await?;
    serve(listener, backend.router, &backend.stop).await;
    Ok(())
}
