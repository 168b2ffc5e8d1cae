//! The widget alone, in a real browser: mount, unmount, remount, attribute changes, and every
//! provider's answer read from the browser's own values.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use js_sys::{Array, Function, JSON, Object, Promise, Reflect};
use paywith::{Widget, mount};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Document, Element, HtmlElement, ShadowRoot, ShadowRootInit, ShadowRootMode};

wasm_bindgen_test_configure!(run_in_browser);

fn document() -> Document {
    web_sys::window().and_then(|window| window.document()).expect("a document")
}

/// An element with a shadow root and the box that a widget is mounted in.
struct Place {
    host: Element,
    root: ShadowRoot,
    target: HtmlElement,
    events: Array,
}

impl Place {
    fn new() -> Place {
        let host = document().create_element("div").expect("a div");
        document().body().expect("a body").append_child(&host).expect("a place");
        let root = host.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open)).expect("a root");
        let target = document().create_element("div").expect("a div");
        root.append_child(&target).expect("a box");
        Place { host, root, target: target.unchecked_into(), events: Array::new() }
    }

    fn mount(&self, options: &str) -> Widget {
        self.mount_with(&JSON::parse(options).expect("options"))
    }

    fn mount_with(&self, options: &JsValue) -> Widget {
        let host = Object::new();
        let emit = Function::new_with_args(
            "name, detail",
            "this.events.push(name + (detail.code ? ':' + detail.code : '')); return true",
        );
        let ignore = Function::new_no_args("");
        let entries: [(&str, &JsValue); 4] =
            [("emit", &emit), ("settle", &ignore), ("reject", &ignore), ("events", &self.events)];
        for (name, value) in entries {
            Reflect::set(&host, &name.into(), value).expect("a plain object");
        }
        let widget = mount(self.target.clone(), self.root.clone(), host.into(), options);
        widget.draw();
        widget
    }

    fn text(&self) -> String {
        self.target.text_content().unwrap_or_default()
    }

    fn buttons(&self) -> u32 {
        self.root.query_selector_all("button.pay").expect("a selector").length()
    }

    fn heard(&self) -> String {
        self.events.join(" ").into()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.host.remove();
    }
}

/// Lets the page's own tasks run.
async fn settle() {
    let wait = Function::new_with_args("done", "setTimeout(done, 50)");
    let promise = Promise::new(&mut |resolve, _| {
        wait.call1(&JsValue::NULL, &resolve).expect("a timer");
    });
    JsFuture::from(promise).await.expect("time passes");
}

const TWO: &str = r#"{"endpoint":"/nowhere","order":"A","providers":"cashi kashier","lang":"en"}"#;

#[wasm_bindgen_test]
async fn a_mounted_widget_shows_one_button_per_provider_and_is_ready() {
    let place = Place::new();
    let widget = place.mount(TWO);
    assert_eq!(place.buttons(), 2);
    assert!(place.text().contains("Pay with Cashi"), "{}", place.text());
    assert_eq!(place.heard(), "ready");
    assert_eq!(widget.state(), "choosing");
    assert!(widget.payment().is_null());
}

#[wasm_bindgen_test]
async fn an_unmounted_widget_leaves_nothing_behind_and_can_be_mounted_again() {
    let place = Place::new();
    for _ in 0..3 {
        let widget = place.mount(TWO);
        assert_eq!(place.buttons(), 2);
        drop(widget);
        settle().await;
        assert_eq!(place.target.child_element_count(), 0, "{}", place.target.inner_html());
    }
    // Nobody listens any more: what the page does now reaches no widget.
    let before = place.heard();
    let window = web_sys::window().expect("a window");
    window.dispatch_event(&web_sys::Event::new("focus").expect("an event")).expect("sent");
    settle().await;
    assert_eq!(place.heard(), before);
}

#[wasm_bindgen_test]
async fn a_changed_attribute_takes_effect_without_a_remount() {
    let place = Place::new();
    let widget = place.mount(TWO);
    let button = place.root.query_selector("button.pay").expect("a selector").expect("a button");
    let update = |options: &str| widget.update(&JSON::parse(options).expect("options"));
    update(&TWO.replace("\"en\"", "\"ar\""));
    settle().await;
    assert!(place.text().contains("الدفع عبر Cashi"), "{}", place.text());
    assert!(button.is_connected(), "the same button, in other words");
    update(&TWO.replace("cashi kashier", "cashii"));
    settle().await;
    assert_eq!(place.buttons(), 1);
    update(&TWO.replace("\"lang\"", "\"disabled\":true,\"lang\""));
    settle().await;
    let disabled = place.root.query_selector_all("button.pay:disabled").expect("a selector");
    assert_eq!(disabled.length(), 2);
}

#[wasm_bindgen_test]
async fn a_broken_attribute_is_a_fault_and_a_change_fixes_it() {
    let place = Place::new();
    let widget = place.mount(r#"{"endpoint":"/nowhere","providers":"cashi","lang":"en"}"#);
    assert!(place.heard().contains("fault:missing_order"), "{}", place.heard());
    assert!(place.text().contains("not set up correctly"), "{}", place.text());
    widget.update(&JSON::parse(TWO).expect("options"));
    settle().await;
    assert_eq!(place.buttons(), 2);
}

#[wasm_bindgen_test]
async fn an_early_click_is_carried_out_once_and_trouble_is_told() {
    let place = Place::new();
    let widget = place.mount(TWO);
    widget.start("cashi");
    widget.start("cashi");
    assert_eq!(widget.state(), "creating");
    for _ in 0..40 {
        settle().await;
        if widget.state() != "creating" || place.text().contains("No connection") {
            break;
        }
    }
    let heard = place.heard();
    assert_eq!(heard.matches("paystart").count(), 1, "{heard}");
}

/// A code at a backend that wants to be asked once a minute, and the clock of a device that is set an
/// hour ahead while it is shown. The page's functions note when they are called.
const SLOW_SHOP: &str = r#"
    const payment = () => ({
        id: 'pay_1', order: 'A4', provider: 'cashi', status: 'pending', poll_after_ms: 60000,
        amount: { value: '15023', currency: 'IDR' }, base_amount: { value: '15000', currency: 'IDR' },
        expires_in_ms: 500000,
        action: { type: 'qr', payload: '00020101021226690017ID.CO.EXAMPLE.WWW011893600000000000000002150000000000000000303UMI51440014ID.CO.QRIS.WWW0215ID10200000000000303UMI5204581253033605405150235802ID5911TOKO CONTOH6013JAKARTA PUSAT61051064062190108INV-99210703A016304314B' },
    });
    return {
        order: 'A4', providers: 'cashi', lang: 'en',
        createPayment: async () => payment(),
        fetchPayment: async () => { shop.asked += 1; return payment(); },
    };
"#;

#[wasm_bindgen_test]
async fn a4_a_clock_that_is_set_an_hour_ahead_is_asked_about_and_the_countdown_is_right_again() {
    let body = ["const shop = { asked: 0 }; const made = (() => {", SLOW_SHOP, "})();"].concat();
    let body = [&body, "made.shop = shop; return made;"].concat();
    let shop = Function::new_no_args(&body).call0(&JsValue::NULL).expect("a shop");
    let asked = || {
        let counts = Reflect::get(&shop, &"shop".into()).expect("counts");
        Reflect::get(&counts, &"asked".into()).expect("a count").as_f64()
    };
    let place = Place::new();
    let widget = place.mount_with(&shop);
    widget.start("cashi");
    let mut waited = 0;
    while widget.state() != "code" && waited < 40 {
        settle().await;
        waited += 1;
    }
    // Nothing else is to come that could tell the widget of the time.
    for _ in 0..20 {
        settle().await;
    }
    assert_eq!((widget.state().as_str(), asked()), ("code", Some(0.0)), "{}", place.text());
    let ahead =
        "const now = Date.now; Date.now = () => now() + 3600000; return () => Date.now = now";
    let back: Function =
        Function::new_no_args(ahead).call0(&JsValue::NULL).expect("a clock").unchecked_into();
    let mut waited = 0;
    while (asked() == Some(0.0) || widget.state() != "code") && waited < 60 {
        assert!(!place.text().contains("0:00"), "{}", place.text());
        settle().await;
        waited += 1;
    }
    let (state, text) = (widget.state(), place.text());
    back.call0(&JsValue::NULL).expect("the clock is right again");
    assert_eq!((state.as_str(), asked()), ("code", Some(1.0)), "within three seconds: {text}");
    assert!(text.contains("8:20") || text.contains("8:19"), "{text}");
}

/// A widget at its code. Its shop, second, is asked a second after each answer, which says the same each time.
async fn at_a_code(order: &str) -> (Place, JsValue, Widget) {
    let body = ["const shop = { asked: 0 }; const made = (() => {", SLOW_SHOP, "})();"].concat();
    let body = [&body, "made.shop = shop; return made;"].concat();
    let body = body.replace("poll_after_ms: 60000", "poll_after_ms: 1000").replace("A4", order);
    let shop = Function::new_no_args(&body).call0(&JsValue::NULL).expect("a shop");
    let place = Place::new();
    let widget = place.mount_with(&shop);
    widget.start("cashi");
    for _ in 0..40 {
        settle().await;
        if place.root.query_selector(".qr img").expect("a selector").is_some() {
            break;
        }
    }
    (place, shop, widget)
}

#[wasm_bindgen_test]
async fn a_tick_changes_one_text_and_an_answer_without_news_changes_nothing() {
    let (place, shop, widget) = at_a_code("A5").await;
    // From one tick on, for a little less than two seconds.
    let observe = Function::new_with_args(
        "root, shop, done",
        "let seen, before;
         const watch = new MutationObserver((records) => {
             if (seen) return seen.push(...records);
             seen = [];
             before = shop.asked;
             setTimeout(() => done([seen.length, shop.asked - before]), 1950);
         });
         const everything = { subtree: true, childList: true, characterData: true, attributes: true };
         setTimeout(() => watch.observe(root, everything), 500)",
    );
    let counts = Reflect::get(&shop, &"shop".into()).expect("counts");
    let promise = Promise::new(&mut |resolve, _| {
        observe.call3(&JsValue::NULL, &place.root, &counts, &resolve).expect("a watch");
    });
    let counts: Array = JsFuture::from(promise).await.expect("two seconds").unchecked_into();
    let (mutations, answers) = (counts.get(0).as_f64(), counts.get(1).as_f64());
    let (state, text) = (widget.state(), place.text());
    // Dropped before anything fails: a widget that lives on would ask on behind the next test.
    drop(widget);
    assert_eq!(state, "code", "{text}");
    assert!(answers >= Some(1.0), "asked {answers:?} times");
    assert!(mutations >= Some(1.0) && mutations <= Some(2.0), "{mutations:?} changes of the page");
}

#[wasm_bindgen_test]
async fn a_countdown_that_nobody_sees_rests_and_goes_on_when_somebody_does() {
    let (place, _, widget) = at_a_code("A6").await;
    let observe = Function::new_with_args(
        "root, done",
        "let seen = 0;
         const watch = new MutationObserver((records) => { seen += records.length; });
         watch.observe(root, { subtree: true, childList: true, characterData: true });
         const change = () => document.dispatchEvent(new Event('visibilitychange'));
         Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
         change();
         setTimeout(() => {
             seen = 0;
             setTimeout(() => {
                 const unseen = seen;
                 delete document.hidden;
                 change();
                 setTimeout(() => done([unseen, seen - unseen]), 1600);
             }, 1600);
         }, 100)",
    );
    let promise = Promise::new(&mut |resolve, _| {
        observe.call2(&JsValue::NULL, &place.root, &resolve).expect("a watch");
    });
    let counts: Array = JsFuture::from(promise).await.expect("three seconds").unchecked_into();
    let (unseen, seen) = (counts.get(0).as_f64(), counts.get(1).as_f64());
    let state = widget.state();
    drop(widget);
    assert_eq!(state, "code");
    assert_eq!(unseen, Some(0.0), "changes that nobody saw");
    assert!(seen >= Some(1.0), "{seen:?} changes");
}
