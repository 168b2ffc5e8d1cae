//! Each component in a browser: added, changed, replaced and taken away, with the focus kept, and after a page
//! translator has replaced the nodes of its texts.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use super::action::Action;
use super::components::*;
use super::i18n::{Key, Language, Locale};
use super::mount::Mount;
use super::signals::{Device, Ui};
use leptos::mount::mount_to;
use leptos::prelude::*;
use paywith_checkout::{Check, Checkout, ScreenModel, Trouble, View, view};
use paywith_protocol::{Money, Provider};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Document, Element, HtmlElement};

wasm_bindgen_test_configure!(run_in_browser);

fn document() -> Document {
    web_sys::window().and_then(|window| window.document()).expect("a document")
}

/// A place on the page, signals to draw from, and the actions that were asked for.
struct Bench {
    place: HtmlElement,
    ui: Ui,
    actions: Rc<RefCell<Vec<Action>>>,
    handle: Option<Box<dyn std::any::Any>>,
}

impl Bench {
    fn new() -> Bench {
        let place = document().create_element("div").expect("a div");
        document().body().expect("a body").append_child(&place).expect("a place");
        let actions: Rc<RefCell<Vec<Action>>> = Rc::default();
        let asked = actions.clone();
        let device = Device {
            local_time: |_| (14, 35),
            indonesian_time: |_| Some((14, 35, "WIB")),
            is_phone: || false,
            can_share: || false,
        };
        let locale = Locale::new(Language::English, None);
        let ui = Ui::new(view(&Checkout::new()), locale, device, move |action| {
            asked.borrow_mut().push(action);
        });
        Bench { place: place.unchecked_into(), ui, actions, handle: None }
    }

    /// Puts up what is drawn anew whenever a signal that it reads changes.
    fn show(&mut self, draw: impl Fn(&Ui) -> AnyView + Send + 'static) {
        let ui = self.ui.clone();
        let handle = mount_to(self.place.clone(), move || move || draw(&ui));
        self.handle = Some(Box::new(handle));
    }

    fn find(&self, selector: &str) -> Option<Element> {
        self.place.query_selector(selector).expect("a selector")
    }

    fn text_of(&self, selector: &str) -> String {
        let element = self.find(selector).unwrap_or_else(|| panic!("no {selector}"));
        element.text_content().unwrap_or_default()
    }

    fn press(&self, selector: &str) {
        self.find(selector).expect("a button").unchecked_ref::<HtmlElement>().click();
    }

    /// As page translators do: the text of each of these elements moves into a `<font>`.
    fn translate(&self, selector: &str) {
        let all = self.place.query_selector_all(selector).expect("a selector");
        for place in 0..all.length() {
            let element: Element = all.get(place).expect("an element").unchecked_into();
            let font = document().create_element("font").expect("a font");
            font.set_text_content(element.text_content().as_deref());
            element.set_text_content(None);
            element.append_child(&font).expect("translated");
        }
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        drop(self.handle.take());
        assert_eq!(self.place.child_element_count(), 0, "what was put up is taken down");
        self.place.remove();
    }
}

/// Lets Leptos draw, and timers of 0 ms run.
async fn drawn() {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        let window = web_sys::window().expect("a window");
        window
            .set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, 20)
            .expect("a timer");
    });
    JsFuture::from(promise).await.expect("time passes");
}

fn rupiah(value: &str) -> Money {
    Money::parse(value, "IDR").expect("money")
}

#[wasm_bindgen_test]
async fn a_heading_is_changed_also_after_a_translator() {
    let mut bench = Bench::new();
    let title = ArcRwSignal::new("One".to_owned());
    let shown = title.clone();
    bench.show(move |_| heading(shown.get()));
    let before = bench.find("h2").expect("a heading");
    bench.translate("h2");
    title.set("Two".to_owned());
    drawn().await;
    assert_eq!(bench.text_of("h2"), "Two");
    assert!(before.is_connected(), "the same element, which may have the focus");
}

#[wasm_bindgen_test]
async fn sentences_names_and_signs_say_what_they_are_for() {
    let mut bench = Bench::new();
    bench.show(|_| {
        let children = vec![
            note("A note".to_owned()),
            notice("notice bad", "A notice".to_owned()),
            span("pay-name", "A word".to_owned()),
            foreign_text("nmid", "ltr", "NMID 1".to_owned()),
            plain_sign("sign plain", icon::BACK),
        ];
        ways(children)
    });
    assert_eq!(bench.text_of(".ways > .note"), "A note");
    assert_eq!(bench.text_of("[role=alert].bad"), "A notice");
    assert_eq!(bench.text_of("span.pay-name"), "A word");
    assert_eq!(bench.text_of("bdi[dir=ltr][translate=no]"), "NMID 1");
    assert!(bench.find(".sign[aria-hidden=true] > svg[aria-hidden=true] > path.line").is_some());
}

#[wasm_bindgen_test]
async fn a_button_acts_once_for_each_press_and_keeps_the_focus_when_its_label_changes() {
    let mut bench = Bench::new();
    let label = ArcRwSignal::new("Cancel".to_owned());
    let shown = label.clone();
    bench.show(move |ui| button(ui, "button", "button", shown.get(), Action::Cancel));
    bench.press("button");
    let element = bench.find("button").expect("a button");
    element.unchecked_ref::<HtmlElement>().focus().expect("focus");
    bench.translate("button span");
    label.set("Batal".to_owned());
    drawn().await;
    assert_eq!(bench.text_of("button"), "Batal");
    assert_eq!(document().active_element(), Some(element));
    bench.press("button");
    assert_eq!(*bench.actions.borrow(), [Action::Cancel, Action::Cancel]);
}

#[wasm_bindgen_test]
async fn a_copy_button_says_what_became_of_its_own_copying_only() {
    let mut bench = Bench::new();
    let labels = CopyLabels { idle: Key::copy_code, failed: Key::support_failed };
    bench.show(move |ui| copy_button(ui, "button", "copy", labels, Action::CopyCode));
    let cases = [
        (Some((Action::CopyCode, true)), "Copied"),
        (Some((Action::CopyCode, false)), "Could not copy"),
        (Some((Action::CopyAmount, true)), "Copy the code as text"),
        (None, "Copy the code as text"),
    ];
    for (copied, label) in cases {
        bench.translate("button span");
        bench.ui.outcome.set(copied);
        drawn().await;
        assert_eq!(bench.text_of("[part=copy]"), label);
    }
}

#[wasm_bindgen_test]
async fn a_link_leads_there_without_telling_where_from() {
    let mut bench = Bench::new();
    bench.show(|_| link("button main", "https://pay.example/1", "_top", "Continue".to_owned()));
    let link = bench.find("a.button[part=button]").expect("a link");
    assert_eq!(link.get_attribute("href").as_deref(), Some("https://pay.example/1"));
    assert_eq!(link.get_attribute("rel").as_deref(), Some("noopener noreferrer"));
    assert_eq!(link.get_attribute("target").as_deref(), Some("_top"));
}

#[wasm_bindgen_test]
async fn the_last_two_digits_of_an_amount_are_marked_where_they_are_a_code() {
    let mut bench = Bench::new();
    let is_marked = ArcRwSignal::new(true);
    let shown = is_marked.clone();
    bench.show(move |ui| {
        let written = ui.written(&rupiah("15023"));
        let children =
            if shown.get() { marked_amount(written) } else { [None, Some(amount(&written))] };
        group(Look::new("P", ""), children.into())
    });
    assert_eq!(bench.text_of("mark[part=amount-unique]"), "23");
    assert_eq!(bench.text_of("bdi[part=amount][translate=no][aria-hidden]"), "Rp\u{A0}15,023");
    assert_eq!(bench.text_of(".unseen"), "Rp\u{A0}15,023", "read out in one piece");
    is_marked.set(false);
    drawn().await;
    assert!(bench.find("mark, .unseen, [aria-hidden]").is_none());
    assert_eq!(bench.text_of("bdi[part=amount]"), "Rp\u{A0}15,023");
}

#[wasm_bindgen_test]
async fn an_attribute_does_not_stay_behind_on_what_takes_an_elements_place() {
    let mut bench = Bench::new();
    let is_sign = ArcRwSignal::new(true);
    let shown = is_sign.clone();
    bench.show(move |_| {
        let look = Look::new("DIV", "block");
        let look = if shown.get() { look.with("aria-hidden", "true") } else { look };
        group(look, vec![Some(text(Look::new("P", ""), "Pay".to_owned()))])
    });
    assert!(bench.find("div.block[aria-hidden=true]").is_some());
    is_sign.set(false);
    drawn().await;
    let block = bench.find("div.block").expect("a block");
    assert_eq!(block.get_attribute("aria-hidden"), None);
}

#[wasm_bindgen_test]
async fn the_total_stands_after_its_label() {
    let mut bench = Bench::new();
    bench.show(|ui| total(ui, Some(ui.message(Key::total)), &rupiah("15000")));
    assert_eq!(bench.text_of("p.total"), "TotalRp\u{A0}15,000");
}

#[wasm_bindgen_test]
async fn a_check_says_that_it_runs_and_what_came_of_it() {
    let mut bench = Bench::new();
    bench.show(check);
    assert_eq!(bench.text_of(".check"), "Check now");
    let element = bench.find("button").expect("a button");
    bench.ui.view.update(|view| view.check = Some(Check::Asked));
    drawn().await;
    assert_eq!(bench.text_of(".check"), "Checking…");
    bench.ui.view.update(|view| view.check = Some(Check::Answered { at_wall_ms: 0 }));
    drawn().await;
    assert_eq!(bench.text_of("[role=status]"), "Checked at \u{2068}14:35\u{2069}: not paid yet.");
    bench.ui.view.update(|view| view.check = None);
    drawn().await;
    assert_eq!(bench.text_of(".check"), "Check now");
    assert!(element.is_connected(), "the same button all along");
}

#[wasm_bindgen_test]
async fn trouble_counts_the_seconds_outside_its_alert() {
    let mut bench = Bench::new();
    let trouble = Trouble { is_network: true, has_payment: true };
    bench.ui.countdown.update(|countdown| countdown.retry_s = Some(6));
    bench.show(move |ui| retry_line(ui, trouble));
    assert_eq!(
        bench.text_of("[role=alert]"),
        "No connection. Your payment is safe. Do not pay twice."
    );
    bench.translate("[aria-live=off]");
    bench.ui.countdown.update(|countdown| countdown.retry_s = Some(5));
    drawn().await;
    assert_eq!(bench.text_of("[aria-live=off]"), "Trying again in 5 s");
    bench.press("[data-action=check]");
    bench.press("[data-action=support]");
    assert_eq!(*bench.actions.borrow(), [Action::Check, Action::CopySupport]);
}

fn with_screen(screen: ScreenModel) -> View {
    View { screen, ..view(&Checkout::new()) }
}

/// This screen on the page.
async fn mounted(screen: ScreenModel) -> (Bench, Rc<Mount>) {
    let bench = Bench::new();
    let mount = Mount::new(bench.place.clone(), bench.ui.clone());
    mount.show(with_screen(screen), false, false);
    mount.put_up();
    drawn().await;
    (bench, mount)
}

#[wasm_bindgen_test]
async fn another_screen_takes_the_place_of_the_one_before_and_its_heading_the_focus() {
    let (bench, mount) = mounted(ScreenModel::Starting { provider: Provider::Cashi }).await;
    assert_eq!(bench.text_of(".frame > section.state > h2"), "Starting your payment…");
    mount.show(with_screen(ScreenModel::Refunded { amount: None }), true, false);
    drawn().await;
    assert_eq!(bench.text_of(".frame > section.ended > h2"), "Refunded");
    assert_eq!(document().active_element(), bench.find("h2"));
    assert_eq!(bench.place.query_selector_all("section").expect("sections").length(), 1);
    drop(mount);
    drawn().await;
}

#[wasm_bindgen_test]
async fn what_somebody_takes_out_comes_back_with_the_next_change() {
    for harmed in ["h2", "section", ".frame", ".notices", "[role=status]"] {
        let (bench, mount) = mounted(ScreenModel::Confirming).await;
        bench.find(harmed).expect("a part").remove();
        mount.show(with_screen(ScreenModel::Refunded { amount: None }), true, false);
        drawn().await;
        assert_eq!(bench.text_of(".frame > section > h2"), "Refunded", "without {harmed}");
        assert_eq!(bench.text_of("[role=status]").trim(), "Refunded", "without {harmed}");
        drop(mount);
    }
}

#[wasm_bindgen_test]
async fn what_somebody_exchanges_comes_back_within_a_few_ticks() {
    let (bench, mount) = mounted(ScreenModel::Confirming).await;
    let other = document().create_element("span").expect("a span");
    bench.find("h2").expect("a heading").replace_with_with_node_1(&other).expect("exchanged");
    for _ in 0..8 {
        mount.show(with_screen(ScreenModel::Confirming), false, false);
    }
    drawn().await;
    assert_eq!(bench.text_of("h2"), bench.ui.message(Key::confirming));
    drop(mount);
}

#[wasm_bindgen_test]
async fn what_somebody_takes_out_comes_back_with_another_language() {
    let (bench, mount) = mounted(ScreenModel::Confirming).await;
    bench.find("h2").expect("a heading").remove();
    mount.change(&bench.ui.locale, Locale::new(Language::Arabic, None));
    drawn().await;
    assert_eq!(bench.text_of("h2"), bench.ui.message(Key::confirming));
    drop(mount);
}

#[wasm_bindgen_test]
async fn another_language_is_written_into_the_same_elements() {
    let (bench, mount) = mounted(ScreenModel::Confirming).await;
    let button = bench.find("button").expect("a button");
    bench.translate("h2, button span");
    mount.change(&bench.ui.locale, Locale::new(Language::Arabic, None));
    drawn().await;
    assert_eq!(
        bench.find(".frame").and_then(|frame| frame.get_attribute("dir")).as_deref(),
        Some("rtl")
    );
    let arabic = Locale::new(Language::Arabic, None);
    assert_eq!(bench.text_of("h2"), arabic.message(Key::confirming));
    assert_eq!(bench.text_of("button"), arabic.message(Key::check_now));
    assert!(button.is_connected());
    drop(mount);
}
