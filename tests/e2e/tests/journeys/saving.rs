//! The code on the very phone that pays: saved or shared as a picture, and taken to a banking app.

use paywith_e2e::browser::Browser;
use paywith_e2e::picture::Picture;
use paywith_e2e::stack::{Stack, Wishes};
use serde_json::{Value, json};

/// Keeps what would be downloaded, and the clipboard.
const KEEP: &str = "HTMLAnchorElement.prototype.click = function keep() { \
    window.saved = [this.download, this.href]; }; \
    navigator.clipboard.writeText = async (text) => { window.copied = text; }; return true";

struct Visit {
    stack: Stack,
    browser: Browser,
}

/// A code on a device that is so.
async fn at_the_code(lang: &str, platforms: &[&str], wishes: Wishes<'_>) -> Visit {
    visit(lang, json!({ "platforms": platforms }), wishes).await
}

async fn visit(lang: &str, device: Value, wishes: Wishes<'_>) -> Visit {
    let stack = Stack::start(wishes).await;
    let browser = Browser::open(360).await;
    show_code(&stack, &browser, lang, device).await;
    Visit { stack, browser }
}

async fn show_code(stack: &Stack, browser: &Browser, lang: &str, device: Value) {
    let order = stack.order("coffee").await;
    let mut setup = json!({
        "lang": lang,
        "attributes": { "endpoint": "/api", "order": order["order"], "providers": "cashi" },
        "properties": {},
    });
    for (name, value) in device.as_object().expect("a device") {
        setup[name] = value.clone();
    }
    browser.go_to_plain(&stack.shop, &setup).await;
    browser.press("button.pay").await;
    browser.until("the code", "return !!root.querySelector('.qr img, .qr svg')").await;
    browser.in_widget(KEEP).await;
}

impl Visit {
    /// Presses Save, and answers the file's name and the picture.
    async fn save(&self) -> (String, Picture) {
        self.browser.press("[part=save]").await;
        self.browser.until("the download", "return !!window.saved").await;
        let saved = self.browser.run("return window.saved").await;
        let name = saved[0].as_str().expect("a name").to_owned();
        (name, Picture::of_data_url(saved[1].as_str().expect("an address")))
    }

    /// The text of the code on the screen.
    async fn payload(&self) -> String {
        self.browser.press("[data-action=copy-code]").await;
        self.browser.until("the text", "return !!window.copied").await;
        self.browser.run("return window.copied").await.as_str().expect("a text").to_owned()
    }

    /// Both decoders read the code on the screen out of this picture.
    async fn is_the_code(&self, picture: &Picture) {
        let payload = self.payload().await;
        assert_eq!(picture.decoded(), [payload.clone(), payload]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_saved_picture_of_a_real_payment_is_read_by_two_decoders_in_every_language() {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(360).await;
    let mut visit = Visit { stack, browser };
    for lang in ["en", "id", "ar", "tr"] {
        let device = json!({ "platforms": ["phone"] });
        show_code(&visit.stack, &visit.browser, lang, device).await;
        let (name, picture) = visit.save().await;
        let total = visit.stack.ledger().await.last().expect("a payment")["amount"].to_string();
        assert_eq!(name, format!("qris-{}.png", total.trim_matches('"')));
        assert!(picture.width >= 1_080 && picture.height >= 1_350, "{picture:?}");
        visit.is_the_code(&picture).await;
        visit = Visit { ..visit };
    }
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_phone_saving_comes_first_and_the_steps_lead_to_the_app() {
    let visit = at_the_code("en", &["phone", "without a sheet"], Wishes::USUAL).await;
    let order = "const top = (selector) => root.querySelector(selector).getBoundingClientRect().top; \
        return top('[part=save]') < top('.qr') && top('.qr') < top('.steps')";
    assert_eq!(visit.browser.in_widget(order).await, json!(true));
    let text = visit.browser.text().await;
    assert!(text.contains("Pay with QRIS") && text.contains("Come back here"), "{text}");
    assert!(!text.contains("Scan to pay"), "nobody scans the screen in their own hand: {text}");
    let shares = "return root.querySelectorAll('[part=share]').length";
    assert_eq!(visit.browser.in_widget(shares).await, json!(0), "there is nothing to share with");
    // A small phone is 640 pixels high: time left, exact amount, Save and the whole code are on it at once.
    let lowest = "scrollTo(0, 0); return Math.max(...['.timer', '.exact', '[part=save]', '.qr img'].map( \
        (part) => root.querySelector(part).getBoundingClientRect().bottom))";
    let lowest = visit.browser.in_widget(lowest).await;
    assert!(lowest.as_f64().is_some_and(|bottom| bottom <= 640.0), "{lowest}");
    visit.save().await;
    visit
        .browser
        .until("the hint", "return root.textContent.includes('photos or downloads')")
        .await;
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_desktop_the_code_comes_first() {
    let visit = at_the_code("en", &["desktop"], Wishes::USUAL).await;
    let order = "const top = (selector) => root.querySelector(selector).getBoundingClientRect().top; \
        return top('.qr') < top('[part=save]') && !root.querySelector('.steps')";
    assert_eq!(visit.browser.in_widget(order).await, json!(true));
    assert!(visit.browser.text().await.contains("Scan to pay"));
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_shared_as_a_file_and_nothing_beside_it() {
    let visit = at_the_code("en", &["phone", "with a sheet"], Wishes::USUAL).await;
    visit.browser.press("[part=share]").await;
    visit.browser.until("the sheet", "return !!window.shared").await;
    let read = "const [file] = window.shared.files; const reader = new FileReader(); \
        await new Promise((done) => { reader.onload = done; reader.readAsDataURL(file); }); \
        return [Object.keys(window.shared), file.type, reader.result]";
    let shared = visit.browser.in_widget_async(read).await;
    assert_eq!((&shared[0], &shared[1]), (&json!(["files"]), &json!("image/png")));
    visit.is_the_code(&Picture::of_data_url(shared[2].as_str().expect("an address"))).await;
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_iphone_saves_by_its_sheet_because_a_download_is_no_photo() {
    let visit = at_the_code("en", &["phone", "iPhone", "with a sheet"], Wishes::USUAL).await;
    let shares = "return root.querySelectorAll('[part=share]').length";
    assert_eq!(visit.browser.in_widget(shares).await, json!(0), "one button for one sheet");
    visit.browser.press("[part=save]").await;
    visit.browser.until("the sheet", "return !!window.shared && !window.saved").await;
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_closes_the_sheet_reads_no_failure_and_a_refused_one_says_how_to_save_by_hand() {
    for (refusal, is_told) in [("AbortError", false), ("NotAllowedError", true)] {
        let visit = at_the_code("en", &["phone", "iPhone", "with a sheet"], Wishes::USUAL).await;
        visit.browser.run(&format!("window.refusal = '{refusal}'; return true")).await;
        visit.browser.press("[part=save]").await;
        visit.browser.until("the sheet", "return !!window.shared").await;
        let photos = "return root.textContent.includes('photos or downloads')";
        assert_eq!(visit.browser.in_widget(photos).await, json!(false), "nothing was saved");
        let told = "return root.textContent.includes('Press and hold the code')";
        if is_told {
            visit.browser.until("the way by hand", told).await;
        } else {
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            assert_eq!(visit.browser.in_widget(told).await, json!(false));
        }
        visit.browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn inside_another_app_nothing_is_downloaded_and_the_way_by_hand_is_said() {
    let platforms = ["phone", "inside another app", "without a sheet"];
    let visit = at_the_code("en", &platforms, Wishes::USUAL).await;
    visit.browser.press("[part=save]").await;
    let told = "return root.textContent.includes('Press and hold the code') && !window.saved";
    visit.browser.until("the way by hand", told).await;
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canvas_that_answers_other_pixels_leaves_the_sound_code_alone() {
    for service in ["a canvas with noise", "a canvas that lies"] {
        let visit = visit("en", json!({ "service": service }), Wishes::USUAL).await;
        let (_, picture) = visit.save().await;
        assert_eq!(picture.width, picture.height, "the code and nothing else");
        visit.is_the_code(&picture).await;
        visit.browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_codes_time_no_picture_can_be_saved() {
    let wishes = Wishes { cashi_life_ms: 5_000, ..Wishes::USUAL };
    let visit = at_the_code("en", &["phone", "with a sheet"], wishes).await;
    visit.browser.until_state("expired").await;
    let buttons = "return root.querySelectorAll('[part=save], [part=share]').length";
    assert_eq!(visit.browser.in_widget(buttons).await, json!(0));
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_screen_stays_on_while_another_device_scans_it() {
    let visit = at_the_code("en", &["desktop", "with wake locks"], Wishes::USUAL).await;
    visit.browser.until("the lock", "return window.locks.join() === 'requested'").await;
    let ledger = visit.stack.ledger().await;
    visit.stack.control("cashi", ledger[0]["id"].as_str().expect("an id"), "settle").await;
    visit.browser.until_state("paid").await;
    visit.browser.until("no lock", "return window.locks.join() === 'requested,released'").await;
    visit.browser.close().await;
    let visit = at_the_code("en", &["phone", "with wake locks"], Wishes::USUAL).await;
    let locks = visit.browser.run("return window.locks.length").await;
    assert_eq!(locks, json!(0), "a phone that pays shows another app meanwhile");
    visit.browser.close().await;
}
