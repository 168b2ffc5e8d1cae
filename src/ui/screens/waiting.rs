//! Screens on which something is under way.

use crate::ui::desk::Desk;
use crate::ui::node::{Node, el};
use crate::ui::parts::{
    actions, amount as amount_of, button, check, heading, labeled_button, link, note, section,
    sign, support,
};
use crate::ui::press::Press;
use crate::ui::text::Key;
use paywith_protocol::{Money, Provider, Review};

fn name(provider: Option<Provider>) -> &'static str {
    provider.map_or("", Provider::name)
}

/// A ring, a heading, a sentence, and the ways on.
fn waiting(title: String, text: Option<String>, ways: Vec<Node>) -> Node {
    let children = vec![sign("spinner", ""), heading(title), text.map(note).into(), actions(ways)];
    section("screen waiting", children)
}

fn cancel(desk: &Desk) -> Node {
    button(desk, "quiet", "button", Key::cancel, Press::Cancel)
}

/// What can be paid is being asked.
pub(crate) fn loading(desk: &Desk) -> Node {
    waiting(desk.say(Key::loading), None, Vec::new())
}

/// A payment is being asked for.
pub(crate) fn starting(desk: &Desk) -> Node {
    waiting(desk.say(Key::starting), None, vec![cancel(desk)])
}

/// The shopper is being sent away; a link for a browser that did not go by itself.
pub(crate) fn leaving(desk: &Desk, provider: Option<Provider>, url: &str) -> Node {
    let link = link(url, "_top", desk.fill(Key::continue_to, &[name(provider)]));
    waiting(desk.fill(Key::leaving, &[name(provider)]), None, vec![link, cancel(desk)])
}

/// The hosted page has a window of its own.
pub(crate) fn window(desk: &Desk, provider: Option<Provider>) -> Node {
    let title = desk.fill(Key::window_title, &[name(provider)]);
    let show = button(desk, "main", "button", Key::show_window, Press::Continue);
    waiting(title, Some(desk.say(Key::window_note)), vec![show, check(desk), cancel(desk)])
}

/// Another tab has the payment open.
pub(crate) fn elsewhere(desk: &Desk, provider: Option<Provider>) -> Node {
    let about = provider.map(|provider| note(provider.name().to_owned()));
    let ways = vec![
        button(desk, "main", "button", Key::continue_here, Press::Continue),
        button(desk, "quiet", "button", Key::other_way, Press::Reset),
    ];
    let children = vec![
        heading(desk.say(Key::tab_title)),
        about.into(),
        note(desk.say(Key::tab_note)),
        actions(ways),
    ];
    section("screen open", children)
}

/// The truth is being asked.
pub(crate) fn checking(desk: &Desk) -> Node {
    let text = desk.say(Key::checking_note);
    waiting(desk.say(Key::checking), Some(text), vec![check(desk), cancel(desk)])
}

/// Time is up; one last check.
pub(crate) fn confirming(desk: &Desk) -> Node {
    let text = desk.say(Key::confirming_note);
    waiting(desk.say(Key::confirming), Some(text), vec![check(desk)])
}

/// Money is on its way, or a person must look.
pub(crate) fn processing(desk: &Desk, review: Option<Review>) -> Node {
    let (title, text) = match review {
        Some(_) => (Key::review_title, Key::review_note),
        None => (Key::processing_title, Key::processing_note),
    };
    waiting(desk.say(title), Some(desk.say(text)), vec![check(desk), support(desk)])
}

/// Not paid yet; the shopper goes on, looks again, or pays another way.
pub(crate) fn open(
    desk: &Desk,
    provider: Option<Provider>,
    amount: Option<&Money>,
    can_continue: bool,
) -> Node {
    let go_on = can_continue.then(|| {
        let label = desk.fill(Key::continue_with, &[name(provider)]);
        labeled_button("main", "button", label, Press::Continue)
    });
    let sum = amount
        .map(|money| el("p", &[("class", "total")], vec![amount_of(desk.written(money), false)]));
    let ways = vec![
        go_on.into(),
        check(desk),
        button(desk, "quiet", "button", Key::other_way, Press::Reset),
    ];
    let children = vec![
        heading(desk.say(Key::open_title)),
        sum.into(),
        note(desk.say(Key::open_note)),
        actions(ways),
    ];
    section("screen open", children)
}
