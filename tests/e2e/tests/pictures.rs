//! The pictures of the documentation: contact sheets of every screen, and a payment that moves.
//!
//! Compared with those that are kept, within a tolerance: fonts and rings differ a little from run to run. With
//! `PAYWITH_WRITE=1` (`cargo xtask screenshots`) they are drawn anew: those that are kept in docs/pictures, all
//! others in target/screenshots.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use paywith_e2e::browser::Browser;
use paywith_e2e::picture::Pixels;
use paywith_e2e::stack::{Stack, Wishes, root};
use std::path::PathBuf;

/// So many tiles of 16 by 16 pixels may look otherwise: countdowns run, rings turn.
const MOST_DIFFERENT: usize = 24;

/// The sheets that are kept: language, theme of the shop, width of each screen in CSS pixels.
const KEPT: [(&str, &str, u32); 6] = [
    ("en", "light", 360),
    ("ar", "dark", 360),
    ("id", "light", 280),
    ("tr", "dark", 280),
    ("en", "dark", 1280),
    ("ar", "light", 1280),
];

fn is_writing() -> bool {
    std::env::var_os("PAYWITH_WRITE").is_some()
}

fn every_sheet() -> Vec<(&'static str, &'static str, u32)> {
    let mut sheets = Vec::new();
    for lang in ["en", "id", "ar", "tr"] {
        for theme in ["light", "dark"] {
            sheets.extend([280, 360, 1280].map(|width| (lang, theme, width)));
        }
    }
    sheets
}

/// A sheet as the browser draws it now.
async fn sheet(browser: &Browser, stack: &Stack, lang: &str, theme: &str, width: u32) -> Vec<u8> {
    browser
        .resize(match width {
            280 => 1_500,
            360 => 1_560,
            _ => 1_680,
        })
        .await;
    let query = format!("lang={lang}&theme={theme}&width={width}&still=1");
    browser.go_to(&format!("{}/pages/states.html?{query}", stack.shop)).await;
    browser.until("every screen", "return window.isComplete === true").await;
    browser.whole_page().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sheets_are_as_they_are_kept() {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open_alone(1280).await;
    let mut other = Vec::new();
    let wanted = if is_writing() { every_sheet() } else { KEPT.to_vec() };
    for (lang, theme, width) in wanted {
        let now = sheet(&browser, &stack, lang, theme, width).await;
        let name = format!("{lang}-{theme}-{width}.png");
        let is_kept = KEPT.contains(&(lang, theme, width));
        let folder = if is_kept { "docs/pictures/sheets" } else { "target/screenshots" };
        let path = root().join(folder).join(&name);
        if is_writing() {
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(&path, Pixels::of_png(&now).as_small_png()).expect("it can be written");
            continue;
        }
        let kept = std::fs::read(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        let different = Pixels::of_png(&now).different_tiles(&Pixels::of_png(&kept));
        if different > MOST_DIFFERENT {
            let seen = root().join("target/screenshots").join(format!("other-{name}"));
            std::fs::create_dir_all(seen.parent().expect("a folder")).expect("a folder");
            std::fs::write(&seen, &now).expect("it can be written");
            other.push(format!("{name}: {different} tiles look otherwise; see {}", seen.display()));
        }
    }
    assert!(
        other.is_empty(),
        "look at these; if they are right, `cargo xtask screenshots` keeps them:\n{}",
        other.join("\n")
    );
    browser.close().await;
}

fn moving() -> PathBuf {
    root().join("docs/pictures/payment.png")
}

/// A payment on a phone, from the button to "Paid", as an animated PNG.
#[tokio::test(flavor = "multi_thread")]
async fn the_moving_picture_is_small_and_moves() {
    if is_writing() {
        let stack = Stack::start(Wishes::USUAL).await;
        let browser = Browser::open_alone(360).await;
        let order = stack.order("coffee").await;
        let setup = serde_json::json!({
            "lang": "en",
            "platforms": ["phone"],
            "attributes": {
                "endpoint": "/api", "order": order["order"], "providers": "cashi kashier",
                "amount": "15000", "currency": "IDR",
            },
            "properties": {},
        });
        browser.go_to_plain(&stack.shop, &setup).await;
        browser.until_state("choosing").await;
        browser.run("document.getElementById('after')?.remove(); return true").await;
        let mut frames = vec![(browser.view().await, 1_200)];
        browser.press("button.pay").await;
        frames.push((browser.view().await, 300));
        browser.until("the code", "return !!root.querySelector('.qr img')").await;
        frames.push((browser.view().await, 2_000));
        let save = "HTMLAnchorElement.prototype.click = () => {}; \
            root.querySelector('[part=save]').click(); return true";
        browser.in_widget(save).await;
        browser.until("the hint", "return root.textContent.includes('downloads')").await;
        frames.push((browser.view().await, 1_600));
        let ledger = stack.ledger().await;
        stack.control("cashi", ledger[0]["id"].as_str().expect("an id"), "settle").await;
        browser.in_widget("el.checkNow(); return true").await;
        browser.until("paid", "return !!root.querySelector('.paid')").await;
        for _ in 0..4 {
            frames.push((browser.view().await, 90));
        }
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        frames.push((browser.view().await, 2_500));
        std::fs::write(moving(), Pixels::as_animation(&frames)).expect("it can be written");
        browser.close().await;
    }
    let file = std::fs::read(moving()).expect("cargo xtask screenshots draws it");
    assert!(file.len() <= 600_000, "{} bytes", file.len());
    let reader = png::Decoder::new(std::io::Cursor::new(&file)).read_info().expect("a PNG");
    let frames = reader.info().animation_control().expect("it moves").num_frames;
    assert!(frames >= 6, "{frames} frames");
}
