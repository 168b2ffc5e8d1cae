//! What is shown as the code: our own drawing, the provider's picture, or the way to the provider's page.

use crate::ui::components::{Look, group, link, note, notice};
use crate::ui::i18n::Key;
use crate::ui::names::{isolate, payee_name, payee_number};
use crate::ui::signals::Ui;
use leptos::html::img;
use leptos::prelude::*;
use leptos::svg;
use paywith_checkout::{CodeScreen, Drawing, Picture, PictureNote};
use paywith_protocol::{Provider, whole_text};

/// CSS pixels per module: whole, so that every module is equally wide.
const MODULE_PX: u32 = 4;

/// The picture on its card, with who is paid below it; what has to be said of it; and whether the shopper has to type
/// the amount.
pub(crate) fn picture(
    ui: &Ui,
    model: &CodeScreen,
    sum: &str,
    payee: Option<AnyView>,
) -> (AnyView, Option<AnyView>, bool) {
    let cashi = Provider::Cashi.name();
    match &model.picture {
        Picture::Drawing => (group(Look::new("DIV", "card empty"), Vec::new()), None, false),
        Picture::Drawn(drawing) => {
            let alt = alternative(ui, model, sum);
            (card(image(drawing.url.clone(), alt, Some(side_px(drawing)), ""), payee), None, false)
        }
        Picture::Outlined(drawing) => {
            (card(outline(drawing, alternative(ui, model, sum)), payee), None, false)
        }
        Picture::Provided(src, reason) => {
            let hint = match reason {
                PictureNote::Unchecked => ui.message_with(Key::picture_unchecked, &[cashi, sum]),
                PictureNote::TypeTheAmount => ui.message_with(Key::picture_type, &[sum]),
            };
            let picture = image(src.clone(), alternative(ui, model, sum), None, "given");
            let is_typed = *reason == PictureNote::TypeTheAmount;
            (card(picture, payee), Some(notice("notice", hint)), is_typed)
        }
        Picture::Elsewhere => {
            let url = model.checkout_url.as_deref().unwrap_or_default();
            // A new tab: this page keeps watching.
            let page = link("button main", url, "_blank", ui.message(Key::open_page));
            let words =
                vec![Some(note(ui.message_with(Key::elsewhere, &[cashi]))), Some(page), payee];
            (group(Look::new("DIV", "way"), words), None, false)
        }
    }
}

fn side_px(drawing: &Drawing) -> String {
    whole_text(u64::from(drawing.side_modules * MODULE_PX))
}

fn image(src: String, alt: String, side_px: Option<String>, class: &'static str) -> AnyView {
    img().class(class).src(src).alt(alt).width(side_px.clone()).height(side_px).into_any()
}

/// On a page that refuses pictures, the code as lines of the page itself.
fn outline(drawing: &Drawing, alt: String) -> AnyView {
    let side = whole_text(u64::from(drawing.side_modules));
    svg::svg()
        .attr("viewBox", ["0 0 ", &side, " ", &side].concat())
        .attr("width", side_px(drawing))
        .attr("height", side_px(drawing))
        .attr("shape-rendering", "crispEdges")
        .attr("role", "img")
        .attr("aria-label", alt)
        .child(svg::path().attr("d", drawing.outline.clone()))
        .into_any()
}

fn card(picture: AnyView, payee: Option<AnyView>) -> AnyView {
    group(Look::new("DIV", "card qr").part("qr"), vec![Some(picture), payee])
}

/// The picture in words: the sum, and who is paid: the shop, and the name in the shopper's own app.
fn alternative(ui: &Ui, model: &CodeScreen, sum: &str) -> String {
    let parts = [payee_name(&model.payee), payee_number(&model.payee)];
    let payee = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let shop = model.merchant_name.clone();
    let merchant = match (shop, payee.is_empty()) {
        (Some(shop), true) => shop,
        (Some(shop), false) => [&shop, " (", &payee, ")"].concat(),
        (None, true) => ui.message(Key::the_shop),
        (None, false) => payee,
    };
    ui.message_with(Key::qr_alt, &[sum, &isolate(&merchant)])
}
