//! The QR screen: the exact amount, the code, the time left.

use crate::ui::desk::{Desk, isolate, shorten};
use crate::ui::node::{Node, el, text};
use crate::ui::parts::{
    UNTRANSLATED, actions, amount, button, check, heading, labeled_button, link, note, notice,
    section,
};
use crate::ui::press::Press;
use crate::ui::text::{Key, left_time, number};
use paywith_checkout::{CodeScreen, Drawing, Payee, Picture, PictureNote};
use paywith_protocol::{Money, Provider, whole_text};

/// CSS pixels per module: whole, so that every module is equally wide.
const MODULE_PX: u32 = 4;

/// The whole screen.
pub(crate) fn code(desk: &Desk, model: &CodeScreen) -> Node {
    let merchant = model.merchant_name.clone().map(|name| {
        let name = el("bdi", &[("dir", "auto"), UNTRANSLATED], vec![text(name)]);
        el("p", &[("class", "merchant")], vec![name])
    });
    let tip = model.asks_for_tip.then(|| {
        let sum = model.amount.as_ref().map(|money| desk.sum(money)).unwrap_or_default();
        notice("notice warning", desk.fill(Key::tip_note, &[&sum]))
    });
    let exact = model.amount.as_ref().map(|money| exact_amount(desk, money, model));
    let mut children =
        vec![heading(desk.say(Key::scan_title)), merchant.into(), exact.into(), tip.into()];
    children.extend(picture(desk, model));
    children.extend([
        payee(desk, &model.payee).into(),
        desk.view.countdown.code_s.map(|left_s| countdown(desk, left_s, model)).into(),
        note(desk.say(Key::scan_note)),
        note(desk.say(Key::same_phone)),
        actions(vec![check(desk), button(desk, "quiet", "button", Key::cancel, Press::Cancel)]),
        model.payload.as_deref().map(|payload| details(desk, payload)).into(),
    ]);
    section("screen code", children)
}

fn exact_amount(desk: &Desk, money: &Money, model: &CodeScreen) -> Node {
    let plain = money.value.to_text();
    let copied = desk.copied(Press::Copy);
    let failure = (copied == Some(false))
        .then(|| notice("notice warning", desk.fill(Key::copy_failed, &[&isolate(&plain)])));
    let explained = model.price.zip(model.unique).map(|(price, unique)| {
        let unique = isolate(&number(unique, desk.words.digits));
        note(desk.fill(Key::unique_note, &[&desk.sum(&price), &unique]))
    });
    let label = desk.say(if copied == Some(true) { Key::copied } else { Key::copy });
    let row = vec![
        amount(desk.written(money), model.unique.is_some()),
        labeled_button("quiet copy", "copy", label, Press::Copy),
    ];
    let children = vec![
        el("span", &[("class", "exact-label")], vec![text(desk.say(Key::pay_exactly))]),
        el("div", &[("class", "exact-row")], row),
        explained.into(),
        failure.into(),
    ];
    el("div", &[("class", "exact")], children)
}

fn picture(desk: &Desk, model: &CodeScreen) -> Vec<Node> {
    let sum = model.amount.as_ref().map(|money| desk.sum(money)).unwrap_or_default();
    let cashi = Provider::Cashi.name();
    match &model.picture {
        Picture::Drawing => vec![el("div", &[("class", "qr empty")], Vec::new())],
        Picture::Drawn(drawing) => {
            let side = whole_text(u64::from(drawing.side_modules * MODULE_PX));
            let size = [("width", side.as_str()), ("height", side.as_str())];
            vec![image(desk, model, &drawing.url, &sum, &size)]
        }
        Picture::Outlined(drawing) => vec![outline(desk, model, drawing, &sum)],
        Picture::Provided(src, reason) => {
            let hint = match reason {
                PictureNote::Unchecked => desk.fill(Key::picture_unchecked, &[cashi, &sum]),
                PictureNote::TypeTheAmount => desk.fill(Key::picture_type, &[&sum]),
            };
            vec![image(desk, model, src, &sum, &[]), notice("notice warning", hint)]
        }
        Picture::Elsewhere => {
            let url = model.checkout_url.as_deref().unwrap_or_default();
            // A new tab: this page keeps watching.
            let page = link(url, "_blank", desk.say(Key::open_page));
            vec![note(desk.fill(Key::elsewhere, &[cashi])), page]
        }
    }
}

/// Who is paid, as the shopper's own app will say it: the check against a code that was exchanged.
fn payee(desk: &Desk, payee: &Payee) -> Option<Node> {
    let name = payee_name(payee)?;
    let label = el("span", &[], vec![text([desk.say(Key::payee), " ".to_owned()].concat())]);
    let name = el("bdi", &[("dir", "auto"), UNTRANSLATED], vec![text(name)]);
    let number = payee.nmid.as_deref().map(|nmid| {
        let attributes = [("class", "nmid"), ("dir", "ltr"), UNTRANSLATED];
        el("bdi", &attributes, vec![text(["NMID ", &shorten(nmid)].concat())])
    });
    Some(el("p", &[("class", "payee"), ("part", "payee")], vec![label, name, number.into()]))
}

/// `TOKO CONTOH, KOTA`, as far as the code says.
fn payee_name(payee: &Payee) -> Option<String> {
    let parts = [payee.name.as_deref(), payee.city.as_deref()];
    let parts: Vec<String> = parts.into_iter().flatten().map(shorten).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The text of the code, for apps that take it, and for support.
fn details(desk: &Desk, payload: &str) -> Node {
    let label = match desk.copied(Press::CopyCode) {
        Some(true) => desk.say(Key::copied),
        Some(false) => desk.say(Key::support_failed),
        None => desk.say(Key::copy_code),
    };
    let code = [("class", "payload"), ("dir", "ltr"), UNTRANSLATED];
    let children = vec![
        el("summary", &[], vec![text(desk.say(Key::code_details))]),
        el("code", &code, vec![text(payload.to_owned())]),
        labeled_button("quiet", "copy", label, Press::CopyCode),
    ];
    el("details", &[("class", "details")], children)
}

/// On a page that refuses pictures, the code as lines of the page itself.
fn outline(desk: &Desk, model: &CodeScreen, drawing: &Drawing, sum: &str) -> Node {
    let side = whole_text(u64::from(drawing.side_modules));
    let pixels = whole_text(u64::from(drawing.side_modules * MODULE_PX));
    let alt = alternative(desk, model, sum);
    let attributes = [
        ("viewBox", &*["0 0 ", &side, " ", &side].concat()),
        ("width", &pixels),
        ("height", &pixels),
        ("shape-rendering", "crispEdges"),
        ("role", "img"),
        ("aria-label", &alt),
    ];
    let path = el("path", &[("d", &drawing.outline)], Vec::new());
    let svg = el("svg", &attributes, vec![path]);
    el("div", &[("class", "qr"), ("part", "qr")], vec![svg])
}

/// The picture in words: the sum, and who is paid: the shop, and the name in the shopper's own app.
fn alternative(desk: &Desk, model: &CodeScreen, sum: &str) -> String {
    let number = model.payee.nmid.as_deref().map(|nmid| ["NMID ", &shorten(nmid)].concat());
    let parts = [payee_name(&model.payee), number];
    let payee = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let shop = model.merchant_name.clone();
    let merchant = match (shop, payee.is_empty()) {
        (Some(shop), true) => shop,
        (Some(shop), false) => [&shop, " (", &payee, ")"].concat(),
        (None, true) => desk.say(Key::the_shop),
        (None, false) => payee,
    };
    desk.fill(Key::qr_alt, &[sum, &isolate(&merchant)])
}

fn image(
    desk: &Desk,
    model: &CodeScreen,
    src: &str,
    sum: &str,
    size: &[(&'static str, &str)],
) -> Node {
    let alt = alternative(desk, model, sum);
    let mut attributes = vec![("src", src), ("alt", alt.as_str())];
    attributes.extend_from_slice(size);
    el("div", &[("class", "qr"), ("part", "qr")], vec![el("img", &attributes, Vec::new())])
}

fn countdown(desk: &Desk, left_s: u64, model: &CodeScreen) -> Node {
    let left = left_time(&desk.words, left_s);
    let until = model.expires_at.as_deref().and_then(|text| desk.clock_time(text));
    let until = until.map(|time| {
        let words = desk.fill(Key::valid_until, &[&isolate(&time)]);
        el("span", &[("class", "until")], vec![text(words)])
    });
    let timer = [("class", "left"), ("part", "countdown"), ("role", "timer"), UNTRANSLATED];
    let label = [desk.say(Key::time_left), " ".to_owned()].concat();
    let children =
        vec![el("span", &[], vec![text(label)]), el("bdi", &timer, vec![text(left)]), until.into()];
    el("p", &[("class", "countdown")], children)
}
