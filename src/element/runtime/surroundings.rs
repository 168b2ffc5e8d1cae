//! What is wrong around the widget without being in a payment's way: a setting that is left out, a picture
//! or a call that the page's policy refuses. The machine tells the page, once.

use super::Inner;
use crate::element::options;
use crate::shell::backend;
use leptos::prelude::ReadUntracked;
use paywith_checkout::{Event, ScreenModel};
use std::rc::Rc;

impl Inner {
    /// Tells the page of a setting that is left out.
    pub(super) fn notice_settings(self: &Rc<Self>) {
        let ignored = options::ignored(&self.running.settings());
        if let Some(fault) = ignored {
            self.dispatch(Event::FaultNoticed(fault));
        }
    }

    /// The browser did not show a picture of the screen.
    pub(super) fn picture_blocked(self: &Rc<Self>) {
        let shown = match &self.ui.view.read_untracked().screen {
            ScreenModel::Code(code) => Some(code.id.clone()),
            _ => None,
        };
        if let Some(id) = shown {
            self.dispatch(Event::PictureBlocked { id });
        }
    }

    /// The page's policy refused a call to this address.
    pub(super) fn call_refused(self: &Rc<Self>, address: &str) {
        let fault = backend::refused_by_policy(&self.running.settings(), address);
        if let Some(fault) = fault {
            self.dispatch(Event::FaultNoticed(fault));
        }
    }
}
