//! The dialog above the page, in which the screens stand in mode `modal`.
//!
//! It is the browser's own: the page behind it is inert, Escape and the phone's back button close it, and the focus
//! goes back to where it came from. The widget's box moves into it and out again; in its place stays a copy, which
//! nobody can press, so that the page behind does not jump.

use super::page::Listener;
use super::platform;
use std::cell::Cell;
use std::rc::Rc;
use web_sys::{Element, Event, EventTarget, HtmlElement, Node, ShadowRoot};

/// The dialog of one widget. Dropping it puts the box back.
pub(crate) struct Dialog {
    element: Element,
    root: ShadowRoot,
    content: HtmlElement,
    /// What stands in the page meanwhile.
    copy: Node,
    #[expect(dead_code, reason = "dropping them takes the listeners off")]
    listening: [Option<Listener>; 3],
}

impl Dialog {
    /// Opens it with `content`, which is somewhere in `root`; `name` is what screen readers call it. `closed` is
    /// called when the shopper closes it. `None` in a browser without dialogs, where the content stays in the page.
    pub(crate) fn open(
        root: &ShadowRoot,
        content: &HtmlElement,
        name: &str,
        closed: impl Fn() + Clone + 'static,
    ) -> Option<Dialog> {
        let document = web_sys::window()?.document()?;
        let element = document.create_element("dialog").ok()?;
        platform::member(&element, "showModal")?;
        element.set_attribute("part", "dialog").ok()?;
        element.set_attribute("aria-label", name).ok()?;
        let copy = content.clone_node_with_deep(true).ok()?;
        // Before the copy: whoever looks for a part of the widget meets the real one first.
        root.insert_before(&element, Some(content)).ok()?;
        root.replace_child(&copy, content).ok()?;
        element.append_child(content).ok()?;
        let dialog = Dialog {
            listening: listen(&element, closed),
            copy,
            element,
            root: root.clone(),
            content: content.clone(),
        };
        platform::call(&dialog.element, "showModal", &[])?;
        Some(dialog)
    }
}

impl Drop for Dialog {
    fn drop(&mut self) {
        // Closed first: so the browser gives the focus back to where it came from.
        platform::call(&self.element, "close", &[]);
        if self.root.replace_child(&self.content, &self.copy).is_ok() {
            self.element.remove();
        } else {
            // A script has taken the copy away. Where the dialog is gone, too, so is the widget's place.
            self.element.replace_with_with_node_1(&self.content).unwrap_or(());
        }
    }
}

/// Closed by the browser, or by a press that begins and ends beside it.
fn listen(element: &Element, closed: impl Fn() + Clone + 'static) -> [Option<Listener>; 3] {
    let is_beside = |dialog: &EventTarget, event: &Event| event.target().as_ref() == Some(dialog);
    let began_beside = Rc::new(Cell::new(false));
    let (dialog, begins) = (EventTarget::from(element.clone()), began_beside.clone());
    let pressed = Listener::add(element, "pointerdown", move |event| {
        begins.set(is_beside(&dialog, &event));
    });
    let (dialog, close) = (EventTarget::from(element.clone()), closed.clone());
    let clicked = Listener::add(element, "click", move |event| {
        if began_beside.replace(false) && is_beside(&dialog, &event) {
            close();
        }
    });
    let left = Listener::add(element, "close", move |_| closed());
    [pressed, clicked, left]
}
