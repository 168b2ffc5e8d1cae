//! The picture that Save and Share hand over: the code with everything that makes it payable elsewhere, and until
//! when. 1080 pixels wide, drawn without the network.
//!
//! Browsers that guard against fingerprinting answer other pixels than were drawn. So some modules of the code are
//! read back, and a picture that fails is not handed over.

use super::{platform, share};
use js_sys::{Array, Function, Reflect};
use paywith_checkout::Drawing;
use wasm_bindgen::{JsCast, JsValue};

const WIDTH: u32 = 1_080;
const HEIGHT: u32 = 1_350;
const MARGIN: u32 = 64;
/// The code's own square, its quiet zone included, and where it begins.
const CODE: u32 = 780;
const CODE_TOP: u32 = 350;
/// Pixels per module, where the code is not too long for the picture.
const SCALE: u32 = 12;
const INK: &str = "#16181d";
const MUTED: &str = "#50545b";
/// Behind the unique digits, as on the screen.
const MARK: &str = "#ffdc5e";
const FONT: &str = "px system-ui, -apple-system, \"Segoe UI\", Roboto, \"Noto Sans\", sans-serif";

/// What stands on the picture, in the shopper's language.
pub(crate) struct SavedPicture<'a> {
    /// Who is paid, and where and under which number.
    pub(crate) payee: String,
    pub(crate) about_payee: String,
    /// "Pay exactly this".
    pub(crate) exactly: String,
    pub(crate) amount: String,
    /// The digits to mark, where there are any, and what stands to the right of them.
    pub(crate) unique: Option<(String, String)>,
    pub(crate) code: Code<'a>,
    pub(crate) valid_until: String,
    pub(crate) order: String,
    /// What to do with the picture, and until when.
    pub(crate) advice: [String; 2],
    pub(crate) is_right_to_left: bool,
}

/// The code itself.
pub(crate) enum Code<'a> {
    /// Our own drawing of a checked payload.
    Drawn(&'a Drawing),
    /// The provider's picture, as the element that shows it.
    Shown(JsValue),
}

/// Where a line of text stands.
#[derive(Clone, Copy)]
enum Align {
    Start,
    Middle,
    End,
}

impl SavedPicture<'_> {
    /// A `data:` address of the picture as PNG; `None` where the browser does not draw it as it should.
    pub(crate) fn draw(&self) -> Option<String> {
        let (side, scale) = match &self.code {
            Code::Drawn(drawing) => {
                let side = drawing.side_modules.max(1);
                (side, SCALE.min(WIDTH / side).max(1))
            }
            Code::Shown(_) => (1, CODE),
        };
        let square = (side * scale).max(CODE);
        let code =
            Place { x: (WIDTH - side * scale) / 2, y: CODE_TOP + (square - side * scale) / 2 };
        let canvas = Canvas::new(HEIGHT - CODE + square, self.is_right_to_left)?;
        canvas.fill("#fff", 0, 0, WIDTH, HEIGHT - CODE + square);
        canvas.fill("#f3f3f1", 0, 0, WIDTH, 176);
        canvas.text(&self.payee, Align::Start, 84, "700 46", INK, 720);
        canvas.text(&self.about_payee, Align::Start, 136, "400 30", MUTED, 720);
        canvas.text("QRIS", Align::End, 104, "800 54", INK, 220);
        canvas.text(&self.exactly, Align::Middle, 228, "600 34", INK, WIDTH - 2 * MARGIN);
        self.draw_amount(&canvas)?;
        match &self.code {
            Code::Drawn(drawing) => canvas.modules(&drawing.outline, code, scale)?,
            Code::Shown(element) => canvas.image(element, code, CODE)?,
        }
        let end = CODE_TOP + square;
        canvas.fill("#c9cbcf", MARGIN, end + 4, WIDTH - 2 * MARGIN, 3);
        canvas.text(&self.valid_until, Align::Start, end + 70, "700 40", INK, 640);
        canvas.text(&self.order, Align::End, end + 70, "400 30", MUTED, 290);
        for (line, below) in self.advice.iter().zip([120, 164]) {
            canvas.text(line, Align::Start, end + below, "400 30", INK, WIDTH - 2 * MARGIN);
        }
        canvas.has_frame(end)?;
        if let Code::Drawn(_) = self.code {
            canvas.has_finders(code, scale, side)?;
        }
        platform::call(&canvas.element, "toDataURL", &["image/png".into()])?.as_string()
    }

    /// In every direction the number stands at the right end: of `Rp 15.023`, and of `١٥٬٠٢٣ ر.ي.`, too.
    fn draw_amount(&self, canvas: &Canvas) -> Option<()> {
        let widest = WIDTH - 2 * MARGIN;
        canvas.font("700 92");
        let width = canvas.width(&self.amount)?.max(1);
        let size = if width > widest { 92 * widest / width } else { 92 };
        let font = ["700 ", &number(size)].concat();
        canvas.font(&font);
        let width = canvas.width(&self.amount)?.min(widest);
        if let Some((digits, behind)) = &self.unique {
            let right = (WIDTH + width) / 2 - canvas.width(behind)?.min(width);
            let digits = canvas.width(digits)?.min(right);
            canvas.fill(MARK, right - digits - 6, 252, digits + 12, 102);
        }
        canvas.text(&self.amount, Align::Middle, 332, &font, INK, widest);
        Some(())
    }
}

/// Pixels from the upper left corner.
#[derive(Clone, Copy)]
struct Place {
    x: u32,
    y: u32,
}

/// A canvas of the page, which never is on it.
struct Canvas {
    element: JsValue,
    context: JsValue,
    is_right_to_left: bool,
}

impl Canvas {
    fn new(height: u32, is_right_to_left: bool) -> Option<Canvas> {
        let document = web_sys::window()?.document()?;
        let element: JsValue = document.create_element("canvas").ok()?.into();
        set(&element, "width", WIDTH);
        set(&element, "height", height);
        let options = share::object("willReadFrequently", &JsValue::TRUE);
        let context = platform::call(&element, "getContext", &["2d".into(), options])?;
        set(&context, "direction", if is_right_to_left { "rtl" } else { "ltr" });
        Some(Canvas { element, context, is_right_to_left })
    }

    fn call(&self, name: &str, words: &[JsValue]) -> Option<JsValue> {
        platform::call(&self.context, name, words)
    }

    fn fill(&self, color: &str, x: u32, y: u32, width: u32, height: u32) {
        set(&self.context, "fillStyle", color);
        self.call("fillRect", &[x, y, width, height].map(JsValue::from));
    }

    fn font(&self, font: &str) {
        set(&self.context, "font", [font, FONT].concat());
    }

    /// Of a text in the font that was set last.
    fn width(&self, text: &str) -> Option<u32> {
        let measured = self.call("measureText", &[text.into()])?;
        platform::member(&measured, "width")?.as_f64().map(whole)
    }

    /// One line with its baseline at `y`; one that is longer than `widest` is condensed.
    fn text(&self, text: &str, align: Align, y: u32, font: &str, color: &str, widest: u32) {
        self.font(font);
        set(&self.context, "fillStyle", color);
        let (align, x) = match (align, self.is_right_to_left) {
            (Align::Middle, _) => ("center", WIDTH / 2),
            (Align::Start, false) | (Align::End, true) => ("left", MARGIN),
            (Align::Start, true) | (Align::End, false) => ("right", WIDTH - MARGIN),
        };
        set(&self.context, "textAlign", align);
        self.call("fillText", &[text.into(), x.into(), y.into(), widest.into()]);
    }

    /// The black modules, each as many whole pixels wide and high.
    fn modules(&self, outline: &str, place: Place, scale: u32) -> Option<()> {
        let class = platform::service("Path2D")?.dyn_into::<Function>().ok()?;
        let path = Reflect::construct(&class, &Array::of1(&outline.into())).ok()?;
        let Place { x, y } = place;
        self.call("setTransform", &[scale, 0, 0, scale, x, y].map(JsValue::from));
        set(&self.context, "fillStyle", "#000");
        self.call("fill", &[path]);
        self.call("setTransform", &[1, 0, 0, 1, 0, 0].map(JsValue::from));
        Some(())
    }

    /// A picture in the middle of its square, as wide or as high as that. One that is not there yet would draw nothing.
    fn image(&self, element: &JsValue, place: Place, side: u32) -> Option<()> {
        platform::member(element, "complete").filter(JsValue::is_truthy)?;
        let size = |name| platform::member(element, name)?.as_f64().map(whole);
        let (wide, high) = (size("naturalWidth")?, size("naturalHeight")?);
        let longest = wide.max(high);
        if wide.min(high) == 0 {
            return None;
        }
        let (wide, high) = (side * wide / longest, side * high / longest);
        let (x, y) = (place.x + (side - wide) / 2, place.y + (side - high) / 2);
        let mut words = vec![element.clone()];
        words.extend([x, y, wide, high].map(JsValue::from));
        self.call("drawImage", &words).map(drop)
    }

    /// Reads back what every picture has, whatever its code: the ground of the head, the white beside the code, the rule
    /// below it.
    fn has_frame(&self, end: u32) -> Option<()> {
        let [head, white, rule] = [(8, 8), (8, CODE_TOP), (WIDTH / 2, end + 5)];
        let is = |(x, y), red: u32| self.red(x, y).is_some_and(|seen| seen.abs_diff(red) < 8);
        (is(head, 0xf3) && is(white, 0xff) && is(rule, 0xc9)).then_some(())
    }

    /// Reads back the three corners by which a scanner finds a code: black where they are black, white beside.
    fn has_finders(&self, code: Place, scale: u32, side: u32) -> Option<()> {
        let far = side.saturating_sub(5);
        let blacks = [(4, 4), (far, 4), (4, far)];
        let whites = [(5, 5), (far - 1, 5), (5, far - 1), (2, 2)];
        let is = |(column, row): (u32, u32), is_expected: fn(u32) -> bool| {
            let at = |start: u32, module: u32| start + module * scale + scale / 2;
            self.red(at(code.x, column), at(code.y, row)).is_some_and(is_expected)
        };
        let is_sound = blacks.into_iter().all(|place| is(place, |red| red < 64))
            && whites.into_iter().all(|place| is(place, |red| red > 191));
        is_sound.then_some(())
    }

    /// The red part of a pixel, 0 to 255.
    fn red(&self, x: u32, y: u32) -> Option<u32> {
        let pixel = self.call("getImageData", &[x, y, 1, 1].map(JsValue::from))?;
        platform::member(&platform::member(&pixel, "data")?, "0")?.as_f64().map(whole)
    }
}

fn set(object: &JsValue, name: &str, value: impl Into<JsValue>) {
    // What a browser does not know (`direction`, in old ones), it does without.
    Reflect::set(object, &name.into(), &value.into()).unwrap_or(false);
}

fn number(number: u32) -> String {
    paywith_protocol::whole_text(u64::from(number))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "widths of a line and parts of a colour: positive, and far below 2^32"
)]
fn whole(value: f64) -> u32 {
    value.max(0.0) as u32
}
