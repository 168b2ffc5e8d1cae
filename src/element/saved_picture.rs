//! The picture that Save and Share hand over, in the shopper's words.

use crate::shell::clock::IndonesianTime;
use crate::shell::saved_picture::{Code, SavedPicture};
use crate::ui::i18n::{self, Digits, Key, Language, Locale, WrittenMoney};
use crate::ui::{Ui, names};
use leptos::prelude::ReadUntracked;
use paywith_checkout::{CodeScreen, Picture, ScreenModel};
use wasm_bindgen::JsValue;
use web_sys::ShadowRoot;

/// The address of the picture, and the name of its file; `None` where no code can be paid any more, or none can be
/// handed over. Where a browser does not draw the whole picture, it is the code alone.
pub(crate) fn of(ui: &Ui, root: &ShadowRoot, order: &str) -> Option<(String, String)> {
    let view = ui.view.read_untracked();
    let ScreenModel::Code(model) = &view.screen else { return None };
    let left_s = ui.countdown.read_untracked().code_s;
    if left_s == Some(0) {
        return None;
    }
    let (code, alone) = match &model.picture {
        Picture::Drawn(drawing) | Picture::Outlined(drawing) => {
            (Code::Drawn(drawing), &drawing.url)
        }
        Picture::Provided(url, _) => {
            let shown = root.query_selector(".card img").ok()??;
            (Code::Shown(JsValue::from(shown)), url)
        }
        Picture::Drawing | Picture::Elsewhere => return None,
    };
    let amount = model.amount.map(|money| money.value.to_text()).unwrap_or_default();
    let picture = picture(ui, model, code, order, left_s);
    let url = picture.draw().unwrap_or_else(|| alone.clone());
    let ending = if url.starts_with("data:image/jpeg") { ".jpg" } else { ".png" };
    Some((url, ["qris-", &amount, ending].concat()))
}

fn picture<'a>(
    ui: &Ui,
    model: &'a CodeScreen,
    code: Code<'a>,
    order: &str,
    left_s: Option<u64>,
) -> SavedPicture<'a> {
    let payee = &model.payee;
    let shop = || model.merchant_name.clone().unwrap_or_else(|| ui.message(Key::the_shop));
    let number = names::payee_number(payee);
    let about = [payee.city.as_deref().map(names::shorten), number];
    let about: Vec<String> =
        about.into_iter().flatten().map(|part| names::isolate(&part)).collect();
    let written = model.amount.as_ref().map(|money| ui.written(money));
    let deadline = deadline(&ui.locale.read_untracked(), model, left_s);
    let not_after = if deadline.is_some() { ui.message(Key::picture_until) } else { String::new() };
    SavedPicture {
        payee: payee.name.as_deref().map_or_else(shop, names::shorten),
        about_payee: about.join(" · "),
        exactly: ui.message(Key::pay_exactly),
        unique: written.as_ref().filter(|_| model.unique.is_some()).map(digits_to_mark),
        amount: written.map(|written| names::isolate(&written.whole())).unwrap_or_default(),
        code,
        valid_until: deadline
            .map(|deadline| ui.message_with(Key::valid_until, &[&names::isolate(&deadline)]))
            .unwrap_or_default(),
        order: names::told_order(order)
            .map(|order| ui.message_with(Key::order, &[&names::isolate(order)]))
            .unwrap_or_default(),
        advice: [ui.message(Key::picture_how), not_after],
        is_right_to_left: ui.locale.read_untracked().is_right_to_left,
    }
}

/// The unique digits, and the fraction behind them; a currency behind stands to their left.
fn digits_to_mark(written: &WrittenMoney) -> (String, String) {
    let fraction = written.tail.split('\u{A0}').next().unwrap_or_default();
    (written.last_two.clone(), fraction.to_owned())
}

/// `14:35 WIB, 26 Nov 2026`, as the backend says; nothing where it says nothing: the device's clock may be wrong.
fn deadline(locale: &Locale, model: &CodeScreen, left_s: Option<u64>) -> Option<String> {
    let stated = model.expires_at.as_deref().filter(|_| left_s.is_some());
    let time = stated.and_then(IndonesianTime::of_rfc3339)?;
    let day = time.day(&calendar_tag(locale));
    Some(i18n::deadline(locale, time.hours, time.minutes, time.zone, day.as_deref()))
}

/// The Gregorian calendar with the day first, in the digits of everything else.
fn calendar_tag(locale: &Locale) -> String {
    let language = match locale.language {
        Language::English => "en-GB",
        Language::Indonesian | Language::Arabic | Language::Turkish => locale.language.tag(),
    };
    let digits = match locale.digits {
        Digits::Latin => "latn",
        Digits::Arabic => "arab",
    };
    [language, "-u-ca-gregory-nu-", digits].concat()
}
