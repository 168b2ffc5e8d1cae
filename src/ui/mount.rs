//! The screens on the page: mounted, changed, and mounted again where somebody else has taken a part of them
//! out. Scripts of the page, extensions and translators do that, and Leptos would go on without the part.

use super::app::app;
use super::signals::{Ui, change};
use gloo_timers::callback::Timeout;
use leptos::mount::mount_to;
use leptos::prelude::{ArcRwSignal, ReadUntracked};
use paywith_checkout::View;
use std::any::Any;
use std::cell::RefCell;
use std::mem::discriminant;
use std::rc::{Rc, Weak};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, NodeList};

/// The elements that screens are made of. Translators and extensions bring others, and take them away again.
const OURS: &str = "section,h2,p,div,button,a,bdi,mark,img,svg,details,code";

/// Each element is asked for once in so many ticks: every four seconds.
const TICKS_A_LOOK: u32 = 8;

/// One widget's screens; dropping it takes them down.
#[must_use]
pub(crate) struct Mount {
    ui: Ui,
    target: HtmlElement,
    parts: RefCell<Parts>,
    this: Weak<Mount>,
}

#[derive(Default)]
struct Parts {
    /// Leptos' own handle, which unmounts when it is dropped.
    handle: Option<Box<dyn Any>>,
    /// The elements as Leptos left them; none while a change is on its way.
    elements: Option<NodeList>,
    /// How many elements there are, whosever, since all of ours were last found in their place.
    count: u32,
    /// How many ticks have passed since each one was asked for.
    ticks: u32,
    /// Once a change is on the page, its elements are looked up.
    after_change: Option<Timeout>,
    /// Then the heading takes the focus.
    takes_focus: bool,
}

impl Mount {
    /// Screens that are not on the page yet.
    pub(crate) fn new(target: HtmlElement, ui: Ui) -> Rc<Mount> {
        Rc::new_cyclic(|this| Mount { ui, target, parts: RefCell::default(), this: this.clone() })
    }

    /// Puts the screens up.
    pub(crate) fn put_up(&self) {
        self.mount();
        self.look_up_soon(false);
    }

    /// Mounts the screens, in the place of those that stand there.
    fn mount(&self) {
        let before = self.parts.borrow_mut().handle.take();
        drop(before);
        self.target.set_text_content(None);
        let ui = self.ui.clone();
        let handle = mount_to(self.target.clone(), move || app(ui));
        self.parts.borrow_mut().handle = Some(Box::new(handle));
    }

    /// Where the screens stand.
    pub(crate) fn target(&self) -> &HtmlElement {
        &self.target
    }

    /// Draws a view. Where the widget has the focus, the heading takes it on another screen, and on one that has moved
    /// to another place.
    pub(crate) fn show(&self, view: View, has_focus: bool, is_moved: bool) {
        let screen = discriminant(&view.screen);
        let is_other_screen = discriminant(&self.ui.view.read_untracked().screen) != screen;
        if is_other_screen {
            change(&self.ui.outcome, None);
        }
        let is_redrawn = self.ui.show(view);
        let is_intact = self.is_intact(is_redrawn);
        self.settle(
            is_intact,
            is_redrawn,
            has_focus && (is_other_screen || is_moved || !is_intact),
        );
    }

    /// Changes one of the signals.
    pub(crate) fn change<T: PartialEq + Send + Sync + 'static>(
        &self,
        signal: &ArcRwSignal<T>,
        value: T,
    ) {
        let is_redrawn = change(signal, value);
        let is_intact = self.is_intact(is_redrawn);
        self.settle(is_intact, is_redrawn, false);
    }

    /// After a change: screens of which a part was missing are mounted again.
    fn settle(&self, was_intact: bool, is_redrawn: bool, takes_focus: bool) {
        if self.parts.borrow().handle.is_none() {
            return;
        }
        if !was_intact {
            self.mount();
        }
        if is_redrawn || !was_intact {
            self.look_up_soon(takes_focus);
        }
    }

    /// Whether all elements are where Leptos left them; what was just set is not on the page yet. Asking for each
    /// one is most of a tick's work: where nothing is redrawn, another number of elements is looked into at once,
    /// and one that was exchanged for another a little later.
    fn is_intact(&self, is_redrawn: bool) -> bool {
        let mut parts = self.parts.borrow_mut();
        let Some(elements) = parts.elements.clone() else { return true };
        let count = self.count();
        parts.ticks += 1;
        if !is_redrawn && count == parts.count && parts.ticks < TICKS_A_LOOK {
            return true;
        }
        let is_in_place = |place| self.target.contains(elements.get(place).as_ref());
        let is_intact = (0..elements.length()).all(is_in_place);
        (parts.count, parts.ticks) = (count, 0);
        is_intact
    }

    fn count(&self) -> u32 {
        self.target.get_elements_by_tag_name("*").length()
    }

    /// Leptos changes the page in a task of its own: what is to be done after it.
    fn look_up_soon(&self, takes_focus: bool) {
        let this = self.this.clone();
        let after = Timeout::new(0, move || {
            if let Some(mount) = this.upgrade() {
                mount.look_up();
            }
        });
        let mut parts = self.parts.borrow_mut();
        parts.elements = None;
        parts.takes_focus |= takes_focus;
        drop(parts.after_change.replace(after));
    }

    fn look_up(&self) {
        let takes_focus = {
            let mut parts = self.parts.borrow_mut();
            parts.elements = self.target.query_selector_all(OURS).ok();
            parts.count = self.count();
            std::mem::take(&mut parts.takes_focus)
        };
        if takes_focus && let Ok(Some(heading)) = self.target.query_selector(".title") {
            let heading: &HtmlElement = heading.unchecked_ref();
            heading.focus().unwrap_or(());
        }
    }
}
