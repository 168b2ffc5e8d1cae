//! One browser window, and what a shopper does and sees in it.

use crate::engine::{Driver, Engine};
use crate::stack::root;
use serde_json::Value;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};
pub use thirtyfour::Key;
use thirtyfour::prelude::*;

/// Longer than any promise that a journey waits for.
const PATIENCE: Duration = Duration::from_secs(45);

/// One window.
#[derive(Debug)]
pub struct Browser {
    pub(crate) driver: WebDriver,
    engine: Engine,
    own: Option<Driver>,
    is_shared: bool,
}

/// Windows that a journey of this program has closed, for the next one: to start a browser takes
/// longer than most journeys. Each journey has shops on ports of its own, and so storage of its own.
static IDLE: Mutex<Vec<Browser>> = Mutex::new(Vec::new());

/// The element and its shadow root, for scripts.
const WIDGET: &str = "const el = document.querySelector('pay-with'); \
                      const root = el && el.shadowRoot; ";

impl Browser {
    /// A window of this width, as wide as a small phone at 360.
    pub async fn open(width: u32) -> Browser {
        let idle = IDLE.lock().expect("idle windows").pop();
        let browser = match idle {
            Some(browser) => browser,
            None => Browser::start(true).await,
        };
        browser.resize(width).await;
        browser
    }

    /// The same, for a journey that leaves traces in it, or has a shop on a port that others have, too: it
    /// is new, and no other journey gets it afterwards.
    pub async fn open_alone(width: u32) -> Browser {
        let browser = Browser::start(false).await;
        browser.resize(width).await;
        browser
    }

    async fn start(is_shared: bool) -> Browser {
        crate::prepare_clients();
        let engine = Engine::of_this_run();
        let own = (engine != Engine::Chromium).then(|| engine.start_driver());
        let url = own.as_ref().map_or_else(shared_driver, |driver| driver.url.clone());
        // Every test has a runtime of its own, with which its connections end.
        let client = reqwest::Client::builder().pool_max_idle_per_host(0).build();
        let connecting = WebDriver::builder(url, engine.capabilities());
        let driver = connecting.client(client.expect("a client")).connect().await;
        Browser { driver: driver.expect("a browser window"), engine, own, is_shared }
    }

    /// Sets the width of the viewport, in CSS pixels; as narrow as the engine's windows can be.
    pub async fn resize(&self, width: u32) {
        if self.engine != Engine::Chromium {
            let height = if width < 600 { 780 } else { 900 };
            let sized = self.driver.set_window_rect(0, 0, width, height).await;
            sized.expect("the window's size");
            return;
        }
        let metrics = serde_json::json!({
            "width": width, "height": if width < 600 { 780 } else { 900 },
            "deviceScaleFactor": 1, "mobile": width < 600,
        });
        let cdp = self.driver.cdp();
        let resized = cdp.send_raw("Emulation.setDeviceMetricsOverride", metrics).await;
        resized.expect("the viewport's size");
    }

    /// Closes the window, or leaves it to the next journey.
    pub async fn close(self) {
        if !self.is_shared {
            self.driver.quit().await.expect("the window closes");
            return drop(self.own);
        }
        let mut windows = self.tabs().await;
        let first = windows.remove(0);
        for window in windows {
            self.switch_to(&window).await;
            self.driver.close_window().await.expect("the window closes");
        }
        self.switch_to(&first).await;
        // What still runs in the page ends with it.
        self.go_to("about:blank").await;
        IDLE.lock().expect("idle windows").push(self);
    }

    /// Another tab of the same browser, in front; in WebKit a window, because its driver brings no tab to
    /// the front. Answers what [`Browser::switch_to`] takes.
    pub async fn new_tab(&self) -> WindowHandle {
        let opened = match self.engine {
            Engine::WebKit => self.driver.new_window().await,
            Engine::Chromium | Engine::Firefox => self.driver.new_tab().await,
        };
        let tab = opened.expect("a tab");
        self.switch_to(&tab).await;
        tab
    }

    /// The tab that the scripts go to.
    pub async fn tab(&self) -> WindowHandle {
        self.driver.window().await.expect("a tab")
    }

    /// Every tab and window of this browser.
    pub async fn tabs(&self) -> Vec<WindowHandle> {
        self.driver.windows().await.expect("tabs")
    }

    /// Brings a tab to the front.
    pub async fn switch_to(&self, tab: &WindowHandle) {
        self.driver.switch_to_window(tab.clone()).await.expect("a tab");
    }

    /// Whether its own protocol can measure a page and take its network away: Chromium's alone can.
    pub fn has_protocol(&self) -> bool {
        self.engine == Engine::Chromium
    }

    /// The same as [`Browser::in_widget`], for a script that waits.
    pub async fn in_widget_async(&self, script: &str) -> Value {
        let script =
            format!("const done = arguments[0]; (async () => {{ {WIDGET}{script} }})().then(done)");
        let answer = self.driver.execute_async(&script, Vec::new()).await;
        answer.expect("the script runs").json().clone()
    }

    /// Goes to an address.
    pub async fn go_to(&self, url: &str) {
        self.driver.goto(url).await.expect("the page opens");
    }

    /// The plain page with one element of these attributes and properties.
    pub async fn go_to_plain(&self, shop: &str, setup: &Value) {
        self.go_to_page(&format!("{shop}/plain"), setup).await;
    }

    /// Another page with such an element.
    pub async fn go_to_page(&self, place: &str, setup: &Value) {
        let sign = if place.contains('?') { '&' } else { '?' };
        self.go_to(&format!("{place}{sign}setup={}", encode(&setup.to_string()))).await;
    }

    /// Goes on inside the page's only frame.
    pub async fn enter_frame(&self) {
        self.until("the frame", "return !!document.querySelector('iframe')").await;
        self.driver.enter_frame(0).await.expect("a frame");
    }

    /// Goes on in the window that the frame is in.
    pub async fn leave_frame(&self) {
        self.driver.enter_default_frame().await.expect("the window");
    }

    /// The browser's own back button.
    pub async fn back(&self) {
        self.driver.back().await.expect("the page before");
    }

    /// Loads the page again.
    pub async fn reload(&self) {
        self.driver.refresh().await.expect("the page reloads");
    }

    /// The address bar.
    pub async fn address(&self) -> String {
        self.driver.current_url().await.expect("an address").to_string()
    }

    /// Runs a script in the page and answers its value.
    pub async fn run(&self, script: &str) -> Value {
        let answer = self.driver.execute(script, Vec::new()).await;
        answer.expect("the script runs").json().clone()
    }

    /// Runs a script that can use `el` and `root`, the element and its shadow root.
    pub async fn in_widget(&self, script: &str) -> Value {
        self.run(&format!("{WIDGET}{script}")).await
    }

    /// Waits until the script answers true.
    pub async fn until(&self, what: &str, script: &str) {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            let script = format!("{WIDGET}try {{ {script} }} catch {{ return false }}");
            let answer = self.driver.execute(&script, Vec::new()).await;
            if answer.is_ok_and(|answer| answer.json() == &Value::Bool(true)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let place = self.address().await;
        let seen = self.run("return document.body.innerText.slice(0, 600)").await;
        let widget = self.in_widget("return root ? [el.state, root.textContent] : null").await;
        let told = self.run("return (window.paywithEvents ?? []).map((event) => event.name)").await;
        let faults = self.events("fault").await;
        self.screenshot("lost").await;
        panic!(
            "not within {PATIENCE:?}: {what}; at {place}: {seen}; widget: {widget}; events: {told}; \
             faults: {faults:?}"
        );
    }

    /// Waits until the widget is in this state.
    pub async fn until_state(&self, state: &str) {
        self.until(&format!("state {state}"), &format!("return el.state === '{state}'")).await;
    }

    /// Presses a button of the widget, as a script's `click()`.
    pub async fn press(&self, selector: &str) {
        self.until(selector, &format!("return !!root.querySelector({selector:?})")).await;
        self.in_widget(&format!("root.querySelector({selector:?}).click(); return true")).await;
    }

    /// Presses a button of the widget with the mouse: only then may it open a window.
    pub async fn tap(&self, selector: &str) {
        self.until(selector, &format!("return !!root.querySelector({selector:?})")).await;
        let place = "{ block: 'center', behavior: 'instant' }";
        let find = format!(
            "{WIDGET}const found = root.querySelector({selector:?}); found.scrollIntoView({place}); \
             return found"
        );
        let found = self.driver.execute(&find, Vec::new()).await.expect(selector);
        found.element().expect("an element").click().await.expect("it can be clicked");
    }

    /// Presses a key, wherever the focus is.
    pub async fn key(&self, key: Key) {
        let keys = self.driver.action_chain().send_keys(key);
        keys.perform().await.expect("a key");
    }

    /// Presses an element of the page with the mouse.
    pub async fn click(&self, selector: &str) {
        self.until(selector, &format!("return !!document.querySelector({selector:?})")).await;
        let element = self.driver.find(By::Css(selector)).await.expect(selector);
        // At once: a page that scrolls smoothly would move the element away under the mouse.
        let place = "{ block: 'center', behavior: 'instant' }";
        let scroll = format!("document.querySelector({selector:?}).scrollIntoView({place})");
        self.run(&scroll).await;
        element.click().await.expect("it can be clicked");
    }

    /// What the widget says.
    pub async fn text(&self) -> String {
        let text = self.in_widget("return root.querySelector('.frame').innerText").await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// The page's log of the element's events with this name.
    pub async fn events(&self, name: &str) -> Vec<Value> {
        let script =
            format!("return (window.paywithEvents || []).filter(e => e.name === '{name}')");
        self.run(&script).await.as_array().cloned().unwrap_or_default()
    }

    /// Takes a picture into the folder of screenshots: for people, of one engine. WebKit's driver waits for
    /// ever for the picture of a tab that is not in front.
    pub async fn screenshot(&self, name: &str) {
        if self.engine != Engine::Chromium {
            return;
        }
        let folder = screenshots();
        std::fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join(format!("{name}.png"));
        self.driver.screenshot(&path).await.expect("a screenshot");
    }
}

/// Where the screenshots are.
pub fn screenshots() -> PathBuf {
    root().join("tests/e2e/screenshots")
}

fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// One chromedriver for all tests of this program; it ends with the program.
fn shared_driver() -> String {
    static DRIVER: OnceLock<Driver> = OnceLock::new();
    DRIVER.get_or_init(|| Engine::Chromium.start_driver()).url.clone()
}
