//! Sends the shopper to a hosted page: the same tab, the top window when framed.

/// Goes to an address that was checked before. In a frame that may not steer the top window, the
/// frame itself goes.
pub(crate) fn go_to(url: &str) {
    let Some(window) = web_sys::window() else { return };
    let top = window.top().ok().flatten();
    let is_gone = top.is_some_and(|top| top.location().set_href(url).is_ok());
    if !is_gone {
        // The screen keeps a link to the same address for a browser that refuses this too.
        window.location().set_href(url).unwrap_or(());
    }
}
