//! What the same machine does with nothing but axum: a greeting, a greeting that is held, and one
//! row of the backend's own table, read by its primary key. The backend's numbers stand beside these.

use crate::options::Source;
use crate::wire::said;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions};
use sqlx::{ColumnIndex, Decode, Row, Type};
use std::time::Duration;
use tokio::net::TcpListener;

/// Longer than any measurement.
const HELD: Duration = Duration::from_secs(3_600);
/// As many connections as the backend has for reading.
const SQLITE_READERS: u32 = 4;
const POSTGRES_SESSIONS: u32 = 16;
/// What a status answer is made of.
const ONE_ROW: &str = "SELECT id, order_id, provider, status, currency, price_minor, \
                       price_exponent, amount_minor, amount_exponent, redirect_url, expires_ms \
                       FROM payments WHERE id = $1";

/// Serves until the process ends.
///
/// # Errors
/// When no port can be had, or the database cannot be opened.
pub(crate) async fn serve(source: Source) -> Result<(), String> {
    let hold = async || {
        tokio::time::sleep(HELD).await;
        "hello"
    };
    let router = Router::new().route("/hello", get(async || "hello")).route("/held", get(hold));
    let router = match source {
        Source::Nothing => router,
        Source::Sqlite(file) => {
            let options =
                SqliteConnectOptions::new().filename(file).journal_mode(SqliteJournalMode::Wal);
            // Not even a test of the connection before it is used: the least that one row costs.
            let pool = SqlitePoolOptions::new().max_connections(SQLITE_READERS);
            let pool = pool.test_before_acquire(false).connect_with(options).await.map_err(said)?;
            router.route("/row/{id}", get(sqlite_row).with_state(pool))
        }
        Source::Postgres(url) => {
            let pool = PgPoolOptions::new().max_connections(POSTGRES_SESSIONS);
            let pool = pool.test_before_acquire(false).connect(&url).await.map_err(said)?;
            router.route("/row/{id}", get(postgres_row).with_state(pool))
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(said)?;
    println!("yardstick on http://{}", listener.local_addr().map_err(said)?);
    axum::serve(listener, router).await.map_err(said)
}

type Answer = Result<Json<Value>, (StatusCode, String)>;

async fn sqlite_row(State(pool): State<SqlitePool>, Path(id): Path<String>) -> Answer {
    let row = sqlx::query(ONE_ROW).bind(id).fetch_one(&pool).await;
    row.and_then(|row| to_json(&row)).map(Json).map_err(|error| failure(&error))
}

async fn postgres_row(State(pool): State<PgPool>, Path(id): Path<String>) -> Answer {
    let row = sqlx::query(ONE_ROW).bind(id).fetch_one(&pool).await;
    row.and_then(|row| to_json(&row)).map(Json).map_err(|error| failure(&error))
}

fn to_json<R>(row: &R) -> Result<Value, sqlx::Error>
where
    R: Row,
    for<'a> &'a str: ColumnIndex<R>,
    for<'a> String: Decode<'a, R::Database> + Type<R::Database>,
    for<'a> i64: Decode<'a, R::Database> + Type<R::Database>,
{
    let text = |name: &str| row.try_get::<Option<String>, _>(name);
    let number = |name: &str| row.try_get::<Option<i64>, _>(name);
    Ok(json!({
        "id": text("id")?,
        "order": text("order_id")?,
        "provider": text("provider")?,
        "status": text("status")?,
        "currency": text("currency")?,
        "price": [number("price_minor")?, number("price_exponent")?],
        "amount": [number("amount_minor")?, number("amount_exponent")?],
        "redirect_url": text("redirect_url")?,
        "expires_ms": number("expires_ms")?,
    }))
}

fn failure(error: &sqlx::Error) -> (StatusCode, String) {
    (StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
}
