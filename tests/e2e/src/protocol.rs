//! What only Chromium's own protocol can do to a page: measure it, slow it down, freeze it, take its
//! network away. Everywhere else these calls fail. They leave traces: [`Browser::open_alone`].

use crate::browser::Browser;
use serde_json::{Value, json};

impl Browser {
    /// A picture of the whole page, however long, as PNG; nothing moves in it.
    pub async fn whole_page(&self) -> Vec<u8> {
        self.capture(true).await
    }

    /// A picture of what is seen, as PNG.
    pub async fn view(&self) -> Vec<u8> {
        self.capture(false).await
    }

    async fn capture(&self, is_whole: bool) -> Vec<u8> {
        let cdp = self.driver.cdp();
        let motion = if is_whole { "reduce" } else { "no-preference" };
        let media = json!({ "features": [{ "name": "prefers-reduced-motion", "value": motion }] });
        cdp.send_raw("Emulation.setEmulatedMedia", media).await.expect("the wish for rest");
        let mut wanted = json!({ "format": "png", "captureBeyondViewport": is_whole });
        if is_whole {
            let size = self.run("return [innerWidth, document.documentElement.scrollHeight]").await;
            wanted["clip"] =
                json!({ "x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1 });
        }
        let taken = cdp.send_raw("Page.captureScreenshot", wanted).await.expect("a picture");
        let text = taken["data"].as_str().expect("Base64");
        base64::Engine::decode(&base64::engine::general_purpose::STANDARD, text).expect("Base64")
    }

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

    /// Puts the device into a time zone.
    pub async fn set_zone(&self, zone: &str) {
        let zone = json!({ "timezoneId": zone });
        let set = self.driver.cdp().send_raw("Emulation.setTimezoneOverride", zone).await;
        set.expect("the device's zone");
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

    /// The accessibility tree below the page's widget, as text: a line for each role with its name, indented.
    /// What runs down is written as `…`.
    pub async fn tree(&self) -> String {
        let nodes = self.nodes().await;
        let mut lines = Vec::new();
        let is_shown = |node: &Value| {
            let role = node["role"]["value"].as_str().unwrap_or_default();
            node["ignored"] != json!(true)
                && !["none", "generic", "InlineTextBox", "StaticText", "RootWebArea", "LabelText"]
                    .contains(&role)
        };
        let start = nodes.iter().find(|node| node["role"]["value"] == json!("RootWebArea"));
        let mut open = vec![(start.expect("a page").clone(), 0)];
        while let Some((node, depth)) = open.pop() {
            let is_leaf_text = node["role"]["value"] == json!("StaticText");
            let name = without_time(node["name"]["value"].as_str().unwrap_or_default());
            let deeper = if is_shown(&node) {
                lines.push(format!(
                    "{}{} {name:?}",
                    "  ".repeat(depth),
                    node["role"]["value"].as_str().unwrap_or_default()
                ));
                depth + 1
            } else {
                if is_leaf_text
                    && lines.last().is_none_or(|line| !line.ends_with(&format!("{name:?}")))
                {
                    lines.push(format!("{}{name:?}", "  ".repeat(depth)));
                }
                depth
            };
            if is_leaf_text {
                continue;
            }
            let children = node["childIds"].as_array().cloned().unwrap_or_default();
            let children =
                children.iter().filter_map(|id| nodes.iter().find(|one| one["nodeId"] == *id));
            open.extend(children.rev().map(|child| (child.clone(), deeper)));
        }
        lines.join("\n") + "\n"
    }

    /// Waits until the tree has this role with a name that begins so.
    pub async fn until_named(&self, role: &str, name: &str) -> Value {
        for _ in 0..150 {
            let found = self.nodes().await.into_iter().find(|node| {
                node["ignored"] != json!(true)
                    && node["role"]["value"] == json!(role)
                    && node["name"]["value"].as_str().unwrap_or_default().starts_with(name)
            });
            if let Some(found) = found {
                return found;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("no {role} {name:?} in the tree:\n{}", self.tree().await);
    }

    /// Presses what has this role and a name that begins so.
    pub async fn press_named(&self, role: &str, name: &str) {
        let node = self.until_named(role, name).await;
        let cdp = self.driver.cdp();
        let wanted = json!({ "backendNodeId": node["backendDOMNodeId"] });
        let resolved = cdp.send_raw("DOM.resolveNode", wanted).await.expect("an element");
        let press = json!({
            "objectId": resolved["object"]["objectId"],
            "functionDeclaration": "function () { this.click(); }",
        });
        cdp.send_raw("Runtime.callFunctionOn", press).await.expect("a press");
    }

    async fn nodes(&self) -> Vec<Value> {
        let cdp = self.driver.cdp();
        cdp.send_raw("Accessibility.enable", json!({})).await.expect("the tree's switch");
        let tree = cdp.send_raw("Accessibility.getFullAXTree", json!({})).await.expect("the tree");
        tree["nodes"].as_array().expect("nodes").clone()
    }
}

/// `9:57` and `Trying again in 14 s` change while one looks.
fn without_time(name: &str) -> String {
    let is_clock = name.split_once(':').is_some_and(|(minutes, seconds)| {
        !minutes.is_empty()
            && [minutes, seconds].iter().all(|part| part.chars().all(|one| one.is_ascii_digit()))
    });
    if is_clock {
        return "…".to_owned();
    }
    name.strip_prefix("Trying again in ")
        .map_or_else(|| name.to_owned(), |_| "Trying again in …".to_owned())
}
