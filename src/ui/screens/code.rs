//! The QR screen: the exact amount, the code, the time left.

use crate::ui::bridge::Bridge;
use crate::ui::parts::{Weight, amount, button, heading, note, notice};
use crate::ui::text::{Key, left_time};
use leptos::html;
use leptos::prelude::*;
use paywith_checkout::{CodeScreen, Deadline, Event, Picture, PictureNote};
use paywith_protocol::{Money, Provider};

/// CSS pixels per module: whole, so that every module is equally wide.
const MODULE_PX: u32 = 4;

/// The whole screen.
pub(crate) fn code(bridge: Bridge, model: &CodeScreen) -> AnyView {
    let merchant = model.merchant_name.clone();
    html::section()
        .class("screen code")
        .child((
            heading(bridge.say(Key::scan_title)),
            merchant.map(|name| {
                html::p().class("merchant").child(html::bdi().attr("dir", "auto").child(name))
            }),
            model.amount.as_ref().map(|money| exact_amount(bridge, money, model)),
            picture(bridge, model),
            model.deadline.map(|deadline| countdown(bridge, deadline, model)),
            note(bridge.say(Key::scan_note)),
            note(bridge.say(Key::same_phone)),
            html::div().class("actions").child((
                button(
                    bridge,
                    Weight::Quiet,
                    "button",
                    bridge.say(Key::check_now),
                    Event::CheckAsked,
                ),
                button(
                    bridge,
                    Weight::Quiet,
                    "button",
                    bridge.say(Key::cancel),
                    Event::CancelAsked,
                ),
            )),
        ))
        .into_any()
}

fn exact_amount(bridge: Bridge, money: &Money, model: &CodeScreen) -> AnyView {
    let written = bridge.money(money);
    let plain = money.value.to_string();
    let label = move || match bridge.copied.get() {
        Some(true) => bridge.say(Key::copied),
        Some(false) | None => bridge.say(Key::copy),
    };
    let typed = plain.clone();
    let failure = move || {
        let failed = bridge.copied.get() == Some(false);
        failed.then(|| notice("warning", bridge.fill(Key::copy_failed, &[&typed])))
    };
    let explained = model.price.zip(model.unique).map(|(price, unique)| {
        let price = bridge.money(&price).whole();
        let digits = bridge.words.with(|words| words.digits);
        let unique = crate::ui::text::number(unique, digits);
        note(bridge.fill(Key::unique_note, &[&price, &unique]))
    });
    html::div()
        .class("exact")
        .child((
            html::span().class("exact-label").child(bridge.say(Key::pay_exactly)),
            html::div().class("exact-row").child((
                amount(&written, model.unique.is_some()),
                html::button()
                    .r#type("button")
                    .class("button quiet copy")
                    .attr("part", "copy")
                    .on(leptos::ev::click, move |_| bridge.copy(&plain))
                    .child(label),
            )),
            explained,
            failure,
        ))
        .into_any()
}

fn picture(bridge: Bridge, model: &CodeScreen) -> AnyView {
    let sum = model.amount.as_ref().map(|money| bridge.money(money).whole()).unwrap_or_default();
    let merchant = model.merchant_name.clone().unwrap_or_else(|| bridge.say(Key::the_shop));
    let alt = bridge.fill(Key::qr_alt, &[&sum, &merchant]);
    let image = |src: &str, side: Option<u32>| {
        let side = side.map(|side| side.to_string());
        html::div().class("qr").attr("part", "qr").child(
            html::img()
                .attr("src", src.to_owned())
                .attr("alt", alt.clone())
                .attr("width", side.clone())
                .attr("height", side),
        )
    };
    match &model.picture {
        Picture::Drawing => html::div().class("qr empty").into_any(),
        Picture::Drawn(drawing) => {
            image(&drawing.url, Some(drawing.side_modules * MODULE_PX)).into_any()
        }
        Picture::Provided(src, reason) => {
            let hint = match reason {
                PictureNote::Unchecked => {
                    bridge.fill(Key::picture_unchecked, &[Provider::Cashi.name(), &sum])
                }
                PictureNote::TypeTheAmount => bridge.fill(Key::picture_type, &[&sum]),
            };
            (image(src, None), notice("warning", hint)).into_any()
        }
        Picture::Elsewhere => {
            let url = model.checkout_url.clone().unwrap_or_default();
            let page = bridge.fill(Key::elsewhere, &[Provider::Cashi.name()]);
            (note(page), page_link(url, bridge.say(Key::open_page))).into_any()
        }
    }
}

/// A link to a checked address, in a new tab: this page keeps watching.
fn page_link(url: String, label: String) -> AnyView {
    html::a()
        .class("button main")
        .attr("part", "button")
        .attr("href", url)
        .attr("target", "_blank")
        .attr("rel", "noopener noreferrer")
        .child(label)
        .into_any()
}

fn countdown(bridge: Bridge, deadline: Deadline, model: &CodeScreen) -> AnyView {
    let left = move || {
        let left_ms = deadline.left_ms(bridge.now());
        bridge.words.with(|words| left_time(words, left_ms))
    };
    let until = model.expires_at.as_deref().and_then(|text| bridge.local_time(text));
    let until = until
        .map(|time| html::span().class("until").child(bridge.fill(Key::valid_until, &[&time])));
    html::p()
        .class("countdown")
        .child((
            html::span().child((bridge.say(Key::time_left), " ")),
            html::bdi().class("left").attr("part", "countdown").attr("role", "timer").child(left),
            until,
        ))
        .into_any()
}
