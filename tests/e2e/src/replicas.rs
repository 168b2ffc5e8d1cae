//! Two real merchant processes over one PostgreSQL, and a balancer in front of them that asks them in
//! turn. Either can be killed at any moment.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, Response, StatusCode};
use paywith_test_postgres::Postgres;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

const PATIENCE: Duration = Duration::from_secs(60);
const MOST_BODY_BYTES: usize = 1 << 20;

/// The two processes; they end with this.
#[derive(Debug)]
pub struct Replicas {
    programs: [Option<Child>; 2],
    ports: [u16; 2],
    config: PathBuf,
    _server: Postgres,
}

/// What the balancer knows.
#[derive(Debug)]
struct Balancer {
    http: reqwest::Client,
    ports: [u16; 2],
    asked: AtomicUsize,
}

impl Replicas {
    /// Starts both for a shop on this origin, against these providers.
    pub async fn start(shop: &str, sandbox: &str) -> Replicas {
        let server = Postgres::start().expect("PostgreSQL");
        let database = server.new_database().expect("a database");
        let ports = [free_port().await, free_port().await];
        let name = format!("paywith-replicas-{}-{}.toml", std::process::id(), ports[0]);
        let config = std::env::temp_dir().join(name);
        std::fs::write(&config, configuration(shop, sandbox, &database)).expect("a file");
        let mut replicas = Replicas { programs: [None, None], ports, config, _server: server };
        replicas.revive(0).await;
        replicas.revive(1).await;
        replicas
    }

    /// SIGKILL.
    pub async fn kill(&mut self, number: usize) {
        if let Some(mut program) = self.programs[number].take() {
            program.kill().await.expect("it can be killed");
        }
    }

    /// Starts one that was killed, and waits until it answers.
    pub async fn revive(&mut self, number: usize) {
        let port = self.ports[number];
        let child = Command::new(program())
            .arg("--config")
            .arg(&self.config)
            .env("PAYWITH_LISTEN", format!("127.0.0.1:{port}"))
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .kill_on_drop(true)
            .spawn();
        self.programs[number] = Some(child.expect("the merchant's program"));
        let begun = Instant::now();
        let url = format!("http://127.0.0.1:{port}/readyz");
        let http = reqwest::Client::new();
        while !http.get(&url).send().await.is_ok_and(|answer| answer.status().is_success()) {
            assert!(begun.elapsed() < PATIENCE, "the merchant does not answer");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The balancer in front of them.
    pub fn balancer(&self) -> Router {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let http = http.timeout(PATIENCE).build().expect("a client");
        let balancer = Balancer { http, ports: self.ports, asked: AtomicUsize::new(0) };
        Router::new().fallback(pass_on).with_state(Arc::new(balancer))
    }
}

impl Drop for Replicas {
    fn drop(&mut self) {
        // A temporary file is no loss.
        drop(std::fs::remove_file(&self.config));
    }
}

/// To the next of the two; where that one is dead or dies over it, to the other. A create call may
/// be sent twice: that is what its key is for.
async fn pass_on(State(balancer): State<Arc<Balancer>>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, MOST_BODY_BYTES).await.unwrap_or_default();
    let first = balancer.asked.fetch_add(1, Ordering::Relaxed);
    let may_repeat = head.method == Method::GET || head.headers.contains_key("idempotency-key");
    for turn in 0..2 {
        let port = balancer.ports[(first + turn) % 2];
        let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
        let url = format!("http://127.0.0.1:{port}{path}");
        let mut headers = head.headers.clone();
        headers.remove("host");
        headers.remove("accept-encoding");
        let request = balancer.http.request(head.method.clone(), url).headers(headers);
        match request.body(body.clone()).send().await {
            Ok(answer) => {
                let (status, headers) = (answer.status(), answer.headers().clone());
                let Ok(bytes) = answer.bytes().await else { continue };
                let mut response = Response::new(Body::from(bytes));
                *response.status_mut() = status;
                *response.headers_mut() = headers;
                response.headers_mut().remove("transfer-encoding");
                return response;
            }
            Err(error) if error.is_connect() || may_repeat => {}
            Err(_) => break,
        }
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    response
}

/// Beside the tests' own programs; `cargo xtask test e2e` builds it.
fn program() -> PathBuf {
    let own = std::env::current_exe().expect("a test program");
    let folder = own.parent().and_then(std::path::Path::parent).expect("a target folder");
    let program = folder.join("paywith-merchant");
    let here = program.display();
    assert!(program.is_file(), "{here} is missing: cargo build --workspace --bins");
    program
}

fn configuration(shop: &str, sandbox: &str, database: &str) -> String {
    let template = include_str!("replicas.toml");
    template.replace("SHOP", shop).replace("SANDBOX", sandbox).replace("DATABASE", database)
}

async fn free_port() -> u16 {
    let free = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    free.local_addr().expect("an address").port()
}
