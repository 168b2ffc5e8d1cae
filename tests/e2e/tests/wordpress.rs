//! The plugin that the documentation shows, in a WordPress of Debian's with its default addresses
//! (`/index.php?rest_route=…`): a browser pays on a page with the shortcode, and the shop's own order has it.
//!
//! Its database is a MariaDB of its own behind a socket. `PAYWITH_WORDPRESS` names the folder of WordPress'
//! files; `cargo xtask test docs` puts them where they are looked for without it.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use paywith_e2e::browser::Browser;
use paywith_e2e::service::{Service, free_port};
use paywith_e2e::signing;
use paywith_e2e::stack::{Stack, Wishes, root};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const MOST_LINES: usize = 60;
const SECRET: &str = "sk_webhook";
const KEY: &str = "6f1c1f8e-4b0e-4c57-9d0c-3a8f6d1f2b11";
const DATABASE: &str = "PATH=$PATH:/usr/sbin; exec mariadbd --no-defaults --user=$(id -un) --datadir=$PWD/db --socket=$SOCKET \
    --pid-file=$PWD/db.pid --skip-networking --skip-grant-tables --innodb-log-file-size=8M \
    --innodb-buffer-pool-size=32M --innodb-flush-log-at-trx-commit=0";

struct Shop {
    stack: Stack,
    origin: String,
    page: String,
    folder: PathBuf,
    settings: Vec<(&'static str, String)>,
    // PHP first: a server that still answers would miss its database.
    _services: [Service; 2],
}

/// The files of WordPress.
fn wordpress() -> PathBuf {
    let named = std::env::var_os("PAYWITH_WORDPRESS").map(PathBuf::from);
    let unpacked = root().join(".tools/wordpress/usr/share/wordpress");
    let folder = named.or_else(|| Some(unpacked).filter(|folder| folder.is_dir()));
    folder.unwrap_or_else(|| "/usr/share/wordpress".into())
}

fn shell(command: &str, folder: &Path, settings: &[(&str, String)]) -> String {
    let mut bash = Command::new("bash");
    bash.args(["-e", "-c", command]).current_dir(folder).envs(settings.iter().cloned());
    let done = bash.output().expect("bash");
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{said}{}", String::from_utf8_lossy(&done.stderr));
    said
}

async fn start(shop: &str, secret: &str) -> Shop {
    let stack = Stack::start(Wishes::USUAL).await;
    let port = free_port();
    let origin = format!("http://127.0.0.1:{port}");
    let folder = std::env::temp_dir().join(format!("paywith-wordpress-{port}"));
    std::fs::create_dir_all(folder.join("db")).expect("a folder");
    let here = root().canonicalize().expect("the checkout");
    let settings = vec![
        ("HERE", here.to_string_lossy().into_owned()),
        ("FILES", wordpress().to_string_lossy().into_owned()),
        ("SHOP", shop.to_owned()),
        ("SOCKET", folder.join("db.socket").to_string_lossy().into_owned()),
        ("ORIGIN", origin.clone()),
        ("CASHI_URL", format!("{}/cashi", stack.sandbox)),
        ("CASHI_KEY", "CASHI-TEST-KEY".to_owned()),
        ("CASHI_WEBHOOK_SECRET", secret.to_owned()),
        ("PHP_CLI_SERVER_WORKERS", "4".to_owned()),
    ];
    let copy = "cp -r $FILES/. site; cd site; rm -f wp-config.php; cp $HERE/tests/e2e/wordpress/*.php .; \
        mkdir -p wp-content/mu-plugins wp-content/themes wp-content/plugins/paywith; \
        cp -r $HERE/tests/e2e/wordpress/theme wp-content/themes/plain; \
        for file in $SHOP; do cp $HERE/$file wp-content/mu-plugins; done; \
        cp $HERE/docs/relays/wordpress/paywith.php $HERE/dist/paywith.{js,wasm} wp-content/plugins/paywith";
    shell(&format!("mkdir site; {copy}"), &folder, &settings);
    let log = folder.join("said.log");
    let database = Service::start(DATABASE, &folder, log.clone(), &settings);
    let ready =
        "for i in $(seq 300); do [ -S $SOCKET ] && exit; sleep 0.1; done; cat said.log; exit 1";
    shell(ready, &folder, &settings);
    let page = shell("php install.php", &folder.join("site"), &settings);
    let command = format!("exec php -S 127.0.0.1:{port} -t .");
    let mut php = Service::start(&command, &folder.join("site"), log, &settings);
    php.until_listening(port).await;
    let page = format!("{origin}/?page_id={page}");
    Shop { stack, origin, page, folder, settings, _services: [php, database] }
}

impl Shop {
    fn address(&self, path: &str) -> String {
        format!("{}/index.php?rest_route=/paywith/v1{path}", self.origin)
    }

    /// What WordPress answers, as a status and a text; never to be stored.
    async fn ask(&self, request: reqwest::RequestBuilder) -> (u16, String) {
        let answer = request.send().await.expect("an answer");
        let stored = answer.headers().get("cache-control").and_then(|it| it.to_str().ok());
        assert_eq!(stored, Some("no-store"));
        (answer.status().as_u16(), answer.text().await.expect("a text"))
    }

    async fn get(&self, path: &str) -> (u16, String) {
        self.ask(reqwest::Client::new().get(self.address(path))).await
    }

    async fn create(&self, token: &str, key: &str) -> (u16, String) {
        let request = reqwest::Client::new().post(self.address("/payments"));
        // A browser cannot set the price.
        let body = json!({ "order": token, "provider": "cashi", "amount": 2000 });
        self.ask(request.header("idempotency-key", key).json(&body)).await
    }

    /// The token that the page gives away.
    async fn token(&self) -> String {
        let page = reqwest::get(&self.page).await.expect("a page").text().await.expect("a text");
        let tag = page.split("<pay-with").nth(1).unwrap_or_else(|| panic!("no tag: {page}"));
        let order = tag.split("order=\"").nth(1).and_then(|rest| rest.split('"').next());
        order.expect("an order").to_owned()
    }

    /// What PHP prints inside this WordPress.
    fn php(&self, code: &str) -> String {
        let code = format!("php -r 'require \"wp-load.php\"; {code}'");
        shell(&code, &self.folder.join("site"), &self.settings)
    }

    fn paid_with(&self) -> String {
        self.php("echo get_post_meta(shop_order(\"INV-9921\")->ID, \"paid_with\", true);")
    }

    /// PHP's complaints about the files that the documentation shows.
    fn complaints(&self) -> Vec<String> {
        let log = std::fs::read_to_string(self.folder.join("site/debug.log")).unwrap_or_default();
        let ours = log
            .lines()
            .filter(|line| line.contains("/plugins/paywith") || line.contains("mu-plugins"));
        ours.map(str::to_owned).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_wordpress_takes_money() {
    let source = std::fs::read_to_string(root().join("docs/relays/wordpress/paywith.php"));
    let lines = source.expect("the plugin").lines().count();
    assert!(lines <= MOST_LINES, "{lines} lines");
    let shop = start("docs/relays/wordpress/shop.php", SECRET).await;
    let browser = Browser::open(360).await;
    browser.go_to(&shop.page).await;
    browser.until_state("choosing").await;
    browser.press("button.pay").await;
    browser.until_state("code").await;
    let ledger = shop.stack.ledger().await;
    let [payment] = ledger.as_slice() else { panic!("one press is one payment: {ledger:?}") };
    let id = payment.get("id").and_then(Value::as_str).expect("an id").to_owned();
    assert!(id.starts_with("INV-9921-") && id.len() == 29, "{id}");
    let amount = payment.get("amount").and_then(Value::as_str).expect("an amount");
    assert!(amount.starts_with("150"), "the shop's price: {amount}");
    assert_eq!(shop.paid_with(), "", "nothing is paid yet");

    foreign_hands_get_nothing(&shop, &id).await;
    let url = shop.address("/webhooks/cashi");
    signing::is_verified_and_proves_nothing(&url, SECRET, &id).await;
    assert_eq!(shop.paid_with(), "", "a webhook proved a payment");

    shop.stack.control("cashi", &id, "settle").await;
    browser.until_state("paid").await;
    assert_eq!(shop.paid_with(), id, "the shop's own order has it");
    assert!(browser.events("fault").await.is_empty());
    browser.reload().await;
    browser.until_state("paid").await;
    browser.close().await;

    // Paid is paid: no second code for the same order.
    let (status, text) = shop.create(&shop.token().await, "0123456789-abcdef-01234").await;
    assert_eq!((status, text.contains("already_paid")), (409, true), "{text}");
    assert_eq!(shop.complaints(), Vec::<String>::new());
}

/// Only who has the page's token reads or pays, and only with payments of that order.
async fn foreign_hands_get_nothing(shop: &Shop, id: &str) {
    let token = shop.token().await;
    assert_eq!(token, shop.token().await, "the same on every render");
    let other = shop.php("echo paywith_token(\"INV-9922\");");
    for path in [
        format!("/payments/{id}&provider=cashi&order=INV-9921"),
        format!("/payments/{id}&provider=cashi&order={}0", &token),
        format!("/payments/{id}&provider=cashi&order={other}"),
        format!("/payments/INV-9922-{KEY}&provider=cashi&order={token}"),
        format!("/payments/_&id=INV-9922-6f1c1f8e4b0e4c579d0c&order={token}"),
        format!("/payments/{id}&provider=cashi&order[]={token}"),
        format!("/payments/_&id[]={id}&order={token}"),
        "/checkout&order=INV-9921".to_owned(),
        "/checkout".to_owned(),
    ] {
        let (status, text) = shop.get(&path).await;
        assert_eq!((status, text.as_str()), (404, r#"{"code":"not_found"}"#), "{path}");
    }
    for foreign in ["INV-9921", "", "INV-0.00"] {
        assert_eq!(shop.create(foreign, KEY).await.0, 404, "{foreign}");
    }
    assert_eq!(shop.create(&token, "short").await.0, 400);
    assert_eq!(shop.stack.ledger().await.len(), 1, "no second payment");

    let (status, read) = shop.get(&format!("/payments/{id}&provider=cashi&order={token}")).await;
    let at_its_query = shop.get(&format!("/payments/_&id={id}&order={token}")).await;
    assert_eq!((status, &read), (200, &at_its_query.1));
    assert!(read.contains("\"PENDING\""), "{read}");
    let cancel = shop.address(&format!("/payments/{id}/cancel&provider=cashi&order={token}"));
    assert_eq!(shop.ask(reqwest::Client::new().post(cancel)).await, (200, read));
    let (status, text) = shop.get(&format!("/checkout&order={token}")).await;
    let offer: Value = serde_json::from_str(&text).expect("an offer");
    assert_eq!((status, offer.get("order").and_then(Value::as_str)), (200, Some(token.as_str())));
    assert_eq!(offer.pointer("/amount/value"), Some(&json!("15000")));

    shop.stack.fault("cashi", "status", "500").await;
    let (status, _) = shop.get(&format!("/payments/{id}&provider=cashi&order={token}")).await;
    assert!(status >= 500, "errors are passed on as errors: {status}");
    shop.stack.mend().await;
}

/// No page is open, and the orders are WooCommerce's, of which a stand-in answers what is asked.
#[tokio::test(flavor = "multi_thread")]
async fn h7_wordpress_hears_the_webhook_without_a_browser() {
    let files = "tests/e2e/wordpress/stand-in/woocommerce-stand-in.php docs/relays/wordpress/woocommerce.php";
    let shop = start(files, SECRET).await;
    let tag = shop.php("do_action(\"woocommerce_thankyou\", 17);");
    assert!(tag.contains("<pay-with endpoint=\"/index.php?rest_route=/paywith/v1\""), "{tag}");
    let token = shop.php("echo paywith_token(\"17\");");
    assert_eq!(shop.create(&token, KEY).await.0, 200);
    let webhook = json!({ "url": shop.address("/webhooks/cashi/"), "secret": SECRET });
    let place = format!("{}/control/webhooks/cashi", shop.stack.sandbox);
    let told = reqwest::Client::new().put(place).json(&webhook).send().await;
    assert!(told.expect("an answer").status().is_success());
    shop.stack.control("cashi", "17-6f1c1f8e4b0e4c579d0c", "settle").await;
    let mut state = String::new();
    for _ in 0..40 {
        state = shop.php("echo get_option(\"order_17\");");
        if !state.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(state, "completed with 17-6f1c1f8e4b0e4c579d0c");
    let tag = shop.php("do_action(\"woocommerce_thankyou\", 17);");
    assert_eq!(tag, "", "what is paid offers no button");

    // The same with pretty addresses.
    let pretty = "global $wp_rewrite; $wp_rewrite->set_permalink_structure(\"/%postname%/\"); \
        flush_rewrite_rules(); echo paywith_tag(\"17\");";
    let tag = shop.php(pretty);
    assert!(tag.contains("<pay-with endpoint=\"/wp-json/paywith/v1\""), "{tag}");
    let offer = format!("{}/wp-json/paywith/v1/checkout?order={token}", shop.origin);
    assert_eq!(shop.ask(reqwest::Client::new().get(offer)).await.0, 200);
    assert_eq!(shop.complaints(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn h7_wordpress_gives_no_green_light_without_a_secret() {
    let shop = start("docs/relays/wordpress/shop.php", "").await;
    let url = shop.address("/webhooks/cashi");
    for body in [signing::settled("TEST-1"), signing::settled("INV-9921-6f1c1f8e4b0e4c579d0c")] {
        for signature in [None, Some(signing::sign("", &body)), Some(String::new())] {
            let status = signing::post(&url, &body, signature.as_deref()).await;
            assert_eq!(status, 503, "no secret, and a green light");
        }
    }
}
