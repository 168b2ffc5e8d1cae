//! Screens at the end of a payment. Only `Paid` congratulates.

use crate::ui::announce::ending_title;
use crate::ui::desk::{Desk, isolate};
use crate::ui::node::Node;
use crate::ui::parts::{actions, button, check, heading, link, note, section, sign, support};
use crate::ui::press::Press;
use crate::ui::text::Key;
use paywith_checkout::Ending;
use paywith_protocol::{Money, Provider};

/// Ended short of success, as far as anybody knows.
pub(crate) fn ended(
    desk: &Desk,
    ending: Ending,
    provider: Option<Provider>,
    was_code: bool,
) -> Node {
    let text = match (ending, was_code) {
        (Ending::Expired, true) => Key::expired_code_note,
        (Ending::Expired, false) => Key::expired_note,
        (Ending::Failed, _) => Key::failed_note,
        (Ending::Canceled, _) => Key::canceled_note,
    };
    let is_code = was_code || provider == Some(Provider::Cashi);
    let again = if is_code { Key::new_code } else { Key::try_again };
    let ways = vec![
        button(desk, "main", "renew", again, Press::Renew),
        check(desk),
        button(desk, "quiet", "button", Key::other_way, Press::Reset),
        support(desk),
    ];
    let children = vec![
        sign("mark stopped", "!"),
        heading(desk.say(ending_title(ending))),
        note(desk.say(text)),
        actions(ways),
    ];
    section("screen ended", children)
}

/// Verified.
pub(crate) fn paid(
    desk: &Desk,
    amount: Option<&Money>,
    merchant_name: Option<&str>,
    is_late: bool,
    next: Option<&str>,
) -> Node {
    let text = match (amount, merchant_name) {
        (Some(money), Some(merchant)) => {
            desk.fill(Key::paid_note, &[&desk.sum(money), &isolate(merchant)])
        }
        _ => desk.say(Key::paid_note_short),
    };
    let late = is_late.then(|| note(desk.say(Key::paid_late)));
    let next = next.map(|url| actions(vec![link(url, "_self", desk.say(Key::go_on))]));
    let children = vec![
        sign("mark done", "✓"),
        heading(desk.say(Key::paid_title)),
        note(text),
        late.into(),
        next.into(),
    ];
    section("screen paid", children)
}

/// Given back.
pub(crate) fn refunded(desk: &Desk, amount: Option<&Money>) -> Node {
    let sum = amount.map(|money| note(desk.sum(money)));
    let children = vec![
        sign("mark stopped", "↩"),
        heading(desk.say(Key::refunded_title)),
        note(desk.say(Key::refunded_note)),
        sum.into(),
    ];
    section("screen ended", children)
}
