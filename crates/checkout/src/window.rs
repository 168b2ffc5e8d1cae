//! A hosted page in a window of its own (mode `popup`): opened in the click, filled when its address
//! is known, closed when the payment has ended.
//!
//! The window proves nothing either: its closing, or a message of it, causes one question.

use crate::effect::Effect;
use crate::event::Mode;
use crate::schedule;
use crate::show;
use crate::state::{Stage, State};
use crate::step::Turn;
use paywith_protocol::Provider;

/// What became of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Window {
    /// None was wanted.
    Unused,
    /// The shopper has it in front, or behind.
    Open,
    /// The shopper closed it.
    Closed,
    /// The browser did not allow it: the page goes there itself.
    Blocked,
}

/// Only inside a click may a page open a window, so it is opened before there is an address for it.
pub(crate) fn open_in_click(turn: &mut Turn<'_>, provider: Provider) {
    let mode = turn.checkout.config.as_ref().map(|config| config.mode);
    // A code needs no window.
    if mode == Some(Mode::Popup) && provider != Provider::Cashi {
        turn.checkout.window = Window::Open;
        turn.effect(Effect::OpenWindow);
    }
}

/// The browser did not open it.
pub(crate) fn blocked(turn: &mut Turn<'_>) {
    if turn.checkout.window != Window::Open {
        return;
    }
    turn.checkout.window = Window::Blocked;
    if matches!(turn.checkout.state, State::Paying { stage: Stage::Window, .. }) {
        show::act_on_shown(turn);
    }
}

/// The shopper closed it: perhaps after paying, perhaps not. The truth is asked, and the way on is
/// offered.
pub(crate) fn closed(turn: &mut Turn<'_>) {
    if turn.checkout.window != Window::Open {
        return;
    }
    turn.checkout.window = Window::Closed;
    if let State::Paying { stage: stage @ Stage::Window, .. } = &mut turn.checkout.state {
        *stage = Stage::Open;
    }
    schedule::ask_all_soon(turn);
}

/// A window that nothing more will be shown in is closed.
pub(crate) fn settle(turn: &mut Turn<'_>) {
    let is_needed = match &turn.checkout.state {
        State::Creating(_) => true,
        State::Paying { stage, .. } => matches!(stage, Stage::Window),
        State::Unopened | State::Broken(_) | State::Choosing { .. } | State::Elsewhere => false,
    };
    if turn.checkout.window == Window::Open && !is_needed {
        turn.checkout.window = Window::Unused;
        turn.effect(Effect::CloseWindow);
    }
}
