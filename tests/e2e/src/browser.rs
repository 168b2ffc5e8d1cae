//! One browser window, and what a shopper does and sees in it.

use crate::engine::{Driver, Engine};
use crate::stack::root;
use serde_json::Value;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use thirtyfour::prelude::*;

/// Longer than any promise that a journey waits for.
const PATIENCE: Duration = Duration::from_secs(45);

/// One window.
#[derive(Debug)]
pub struct Browser {
    driver: WebDriver,
    engine: Engine,
    #[expect(dead_code, reason = "dropping it ends the driver")]
    own: Option<Driver>,
}

/// The element and its shadow root, for scripts.
const WIDGET: &str = "const el = document.querySelector('pay-with'); \
                      const root = el && el.shadowRoot; ";

impl Browser {
    /// Opens a window of this width, as wide as a small phone at 360.
    pub async fn open(width: u32) -> Browser {
        crate::prepare_clients();
        let engine = Engine::of_this_run();
        let own = (engine != Engine::Chromium).then(|| engine.start_driver());
        let url = own.as_ref().map_or_else(shared_driver, |driver| driver.url.clone());
        let driver = WebDriver::new(url, engine.capabilities()).await.expect("a browser window");
        let browser = Browser { driver, engine, own };
        browser.resize(width).await;
        browser
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

    /// Closes the window.
    pub async fn close(self) {
        self.driver.quit().await.expect("the window closes");
    }

    /// Another tab of the same browser, in front. Answers what [`Browser::switch_to`] takes.
    pub async fn new_tab(&self) -> WindowHandle {
        let tab = self.driver.new_tab().await.expect("a tab");
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

    /// Runs a script in every page from here on, before the page's own. Chromium only.
    pub async fn before_every_page(&self, script: &str) {
        let cdp = self.driver.cdp();
        let source = serde_json::json!({ "source": script });
        cdp.send_raw("Page.addScriptToEvaluateOnNewDocument", source).await.expect("a script");
    }

    /// The same as [`Browser::in_widget`], for a script that waits.
    pub async fn in_widget_async(&self, script: &str) -> Value {
        let script =
            format!("const done = arguments[0]; (async () => {{ {WIDGET}{script} }})().then(done)");
        let answer = self.driver.execute_async(&script, Vec::new()).await;
        answer.expect("the script runs").json().clone()
    }

    /// What the page holds: the browser's own counters after a collection, and `wasm`, the bytes of the
    /// module's memory, where the page keeps it as `window.memory`. Chromium only.
    pub async fn measure(&self) -> Value {
        let cdp = self.driver.cdp();
        let nothing = || serde_json::json!({});
        for call in ["Performance.enable", "HeapProfiler.enable", "HeapProfiler.collectGarbage"] {
            cdp.send_raw(call, nothing()).await.expect(call);
        }
        let metrics = cdp.send_raw("Performance.getMetrics", nothing()).await.expect("metrics");
        let mut counts = serde_json::Map::new();
        for metric in metrics["metrics"].as_array().expect("a list") {
            counts.insert(
                metric["name"].as_str().expect("a name").to_owned(),
                metric["value"].clone(),
            );
        }
        counts.insert("wasm".to_owned(), self.run("return window.memory.buffer.byteLength").await);
        counts.retain(|name, _| {
            ["JSEventListeners", "Nodes", "JSHeapUsedSize", "wasm"].contains(&name.as_str())
        });
        Value::Object(counts)
    }

    /// Takes the network away from this tab, or gives it back. Chromium only.
    pub async fn set_offline(&self, is_offline: bool) {
        let conditions = serde_json::json!({
            "offline": is_offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1,
        });
        let cdp = self.driver.cdp();
        let enabled = cdp.send_raw("Network.enable", serde_json::json!({})).await;
        enabled.expect("the network's switch");
        let set = cdp.send_raw("Network.emulateNetworkConditions", conditions).await;
        set.expect("the network's state");
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
        self.screenshot("lost").await;
        panic!("not within {PATIENCE:?}: {what}; at {place}: {seen}; widget: {widget}");
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

    /// Takes a picture into the folder of screenshots.
    pub async fn screenshot(&self, name: &str) {
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
