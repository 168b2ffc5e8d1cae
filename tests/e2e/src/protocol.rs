//! What only Chromium's own protocol can do to a page: measure it, slow it down, freeze it, take its
//! network away. Everywhere else these calls fail. They leave traces: [`Browser::open_alone`].

use crate::browser::Browser;
use serde_json::{Value, json};

impl Browser {
    /// Runs a script in every page from here on, before the page's own.
    pub async fn before_every_page(&self, script: &str) {
        let cdp = self.driver.cdp();
        let source = json!({ "source": script });
        cdp.send_raw("Page.addScriptToEvaluateOnNewDocument", source).await.expect("a script");
    }

    /// What the page holds: the browser's own counters after a collection, and `wasm`, the bytes of the
    /// module's memory, where the page keeps it as `window.memory`.
    pub async fn measure(&self) -> Value {
        let cdp = self.driver.cdp();
        let nothing = || json!({});
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

    /// Takes the network away from this tab, or gives it back.
    pub async fn set_offline(&self, is_offline: bool) {
        let conditions = json!({
            "offline": is_offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1,
        });
        let cdp = self.driver.cdp();
        let enabled = cdp.send_raw("Network.enable", json!({})).await;
        enabled.expect("the network's switch");
        let set = cdp.send_raw("Network.emulateNetworkConditions", conditions).await;
        set.expect("the network's state");
    }

    /// A processor so many times slower, and a network of this many milliseconds and bytes a second.
    pub async fn slow_down(&self, times: u32, latency_ms: u32, bytes_per_second: u32) {
        let cdp = self.driver.cdp();
        let rate = json!({ "rate": times });
        cdp.send_raw("Emulation.setCPUThrottlingRate", rate).await.expect("a slower processor");
        cdp.send_raw("Network.enable", json!({})).await.expect("the network's switch");
        let network = json!({
            "offline": false, "latency": latency_ms,
            "downloadThroughput": bytes_per_second, "uploadThroughput": bytes_per_second,
        });
        let set = cdp.send_raw("Network.emulateNetworkConditions", network).await;
        set.expect("the network's state");
    }

    /// Hides and freezes the page, as a phone does with one in the background.
    pub async fn freeze(&self) {
        self.set_lifecycle("frozen").await;
    }

    /// Lets the page go on, and looks at it again.
    pub async fn wake(&self) {
        self.set_lifecycle("active").await;
        // It is hidden until the shopper comes back to it, here from another tab.
        let page = self.tab().await;
        self.new_tab().await;
        self.switch_to(&page).await;
    }

    async fn set_lifecycle(&self, state: &str) {
        let state = json!({ "state": state });
        let set = self.driver.cdp().send_raw("Page.setWebLifecycleState", state).await;
        set.expect("the page's state");
    }
}
