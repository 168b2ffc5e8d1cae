//! Marks and signs, drawn for the eye only: lines on a grid of 24, one type for all of them.

use leptos::prelude::*;
use leptos::svg;
use paywith_checkout::Ending;
use paywith_protocol::Provider;

/// A drawing: the outline of what is faintly filled, and the lines on it. Either may be empty.
#[derive(Clone, Copy)]
pub(crate) struct Icon {
    pub(crate) fill: &'static str,
    pub(crate) line: &'static str,
}

const fn lines(line: &'static str) -> Icon {
    Icon { fill: "", line }
}

pub(crate) const WARNING: Icon = lines(
    "M12 8v5M12 16.5v.01M10.3 4.3a2 2 0 0 1 3.4 0l7.3 12.7a2 2 0 0 1-1.7 3H4.7a2 2 0 0 1-1.7-3z",
);
pub(crate) const COPY: Icon = lines(
    "M11 8.5h7a2.5 2.5 0 0 1 2.5 2.5v7a2.5 2.5 0 0 1-2.5 2.5h-7A2.5 2.5 0 0 1 8.5 18v-7A2.5 2.5 0 0 1 11 8.5z\
     M5.5 15.5a2 2 0 0 1-2-2V6A2.5 2.5 0 0 1 6 3.5h7.5a2 2 0 0 1 2 2",
);
/// A round arrow.
pub(crate) const AGAIN: Icon = lines("M19.5 12a7.5 7.5 0 1 1-2.2-5.3L19.5 9M19.5 4v5h-5");
pub(crate) const SAVE: Icon = lines("M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14");
pub(crate) const SHARE: Icon = lines(
    "M12 15V4M8 7.5L12 3.5l4 4M7 11H6a1.5 1.5 0 0 0-1.5 1.5v6.5A1.5 1.5 0 0 0 6 20.5h12a1.5 1.5 0 0 0 1.5-1.5v-6.5\
     A1.5 1.5 0 0 0 18 11h-1",
);
pub(crate) const WINDOW: Icon = lines(
    "M5.5 4.5h13A2.5 2.5 0 0 1 21 7v10a2.5 2.5 0 0 1-2.5 2.5h-13A2.5 2.5 0 0 1 3 17V7a2.5 2.5 0 0 1 2.5-2.5z\
     M3 9h18M6.5 6.75v.01",
);
/// Two tabs: the two sheets of a copy, from behind.
pub(crate) const TABS: Icon = lines(
    "M6 8.5h7a2.5 2.5 0 0 1 2.5 2.5v7a2.5 2.5 0 0 1-2.5 2.5H6A2.5 2.5 0 0 1 3.5 18v-7A2.5 2.5 0 0 1 6 8.5z\
     M8.5 5.5a2 2 0 0 1 2-2H18A2.5 2.5 0 0 1 20.5 6v7.5a2 2 0 0 1-2 2",
);
pub(crate) const CLOCK: Icon =
    lines("M12 3.5a8.5 8.5 0 0 1 0 17 8.5 8.5 0 0 1 0-17zM12 7.5V12l3 2");
pub(crate) const SHOP: Icon = lines(
    "M5 11v7.5A1.5 1.5 0 0 0 6.5 20h11a1.5 1.5 0 0 0 1.5-1.5V11M3.5 9l1.7-4.5h13.6L20.5 9a2.8 2.8 0 0 1-5.6 0 \
     2.8 2.8 0 0 1-5.7 0A2.8 2.8 0 0 1 3.5 9z",
);
pub(crate) const BACK: Icon = lines("M9 6.5L5 10.5l4 4M5 10.5h9.5a4.5 4.5 0 0 1 0 9H11");
pub(crate) const TICK: Icon = lines("M5.5 12.5l4.3 4.3L18.5 7.5");
/// Twelve rays around a tick, on the same grid; short ones are dots.
pub(crate) const RAYS: Icon = lines(
    "M12 2.8v1.4M16.6 4.2l-.6 1.2M19.8 7.6l-1.2.8M21 12v.01M19.6 16.2l-1-.6M16.4 19.6l-.6-1M12 21.2v.01\
     M7.6 19.6l.6-1M4.4 16.2l1-.6M3 12v.01M4.2 7.6l1.2.8M7.4 4.2l.6 1.2",
);
const HOURGLASS: Icon = lines(
    "M7 3.5h10M7 20.5h10M8 3.5v3.2c0 1 .4 2 1.2 2.7L12 12l2.8-2.6A3.7 3.7 0 0 0 16 6.7V3.5M8 20.5v-3.2c0-1 .4-2 \
     1.2-2.7L12 12l2.8 2.6a3.7 3.7 0 0 1 1.2 2.7v3.2",
);
pub(crate) const CROSS: Icon = lines("M6.5 6.5l11 11M17.5 6.5l-11 11");

/// The sign of a payment that has ended without success, and its class: only a refusal is red.
pub(crate) fn ending(ending: Ending) -> (&'static str, Icon) {
    match ending {
        Ending::Expired => ("sign", HOURGLASS),
        Ending::Failed => ("sign bad", CROSS),
        Ending::Canceled => ("sign plain", CROSS),
    }
}

/// What a way of paying takes, not whose it is: a code, a card in a wallet, a phone, a wallet.
pub(crate) const fn mark(provider: Provider) -> Icon {
    match provider {
        Provider::Cashi => Icon {
            fill: "M5 3.5h3.5A1.5 1.5 0 0 1 10 5v3.5A1.5 1.5 0 0 1 8.5 10H5a1.5 1.5 0 0 1-1.5-1.5V5A1.5 1.5 0 0 1 5 3.5z\
                   m10.5 0H19A1.5 1.5 0 0 1 20.5 5v3.5A1.5 1.5 0 0 1 19 10h-3.5A1.5 1.5 0 0 1 14 8.5V5a1.5 1.5 0 0 1 1.5-1.5z\
                   M5 14h3.5a1.5 1.5 0 0 1 1.5 1.5V19a1.5 1.5 0 0 1-1.5 1.5H5A1.5 1.5 0 0 1 3.5 19v-3.5A1.5 1.5 0 0 1 5 14z",
            line: "M14 14v2.5h2.5M20.5 14v.01M20.5 17.5v3h-3M14 20.5v.01",
        },
        Provider::Kashier => Icon {
            fill: "M3 12a2 2 0 0 1 2-2h4l1.5 2.5h3L15 10h4a2 2 0 0 1 2 2v5.5a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2z",
            line: "M5 10V6.5a2 2 0 0 1 2-2h10a2 2 0 0 1 2 2V10M5 7.5h14",
        },
        Provider::Cashii => Icon {
            fill: "M9.25 2.5h5.5a2.75 2.75 0 0 1 2.75 2.75v13.5a2.75 2.75 0 0 1-2.75 2.75h-5.5a2.75 2.75 0 0 1-2.75-2.75\
                   V5.25A2.75 2.75 0 0 1 9.25 2.5z",
            line: "M9.5 11.2l1.9 1.9 3.3-3.5M11 18.5h2",
        },
        Provider::CashPay => Icon {
            fill: "M6 6.5h12A2.5 2.5 0 0 1 20.5 9v8.5A2.5 2.5 0 0 1 18 20H6a2.5 2.5 0 0 1-2.5-2.5V9A2.5 2.5 0 0 1 6 6.5z",
            line: "M17 6.5V5.2a1.7 1.7 0 0 0-2.2-1.6L5 6.5M20.5 11.2h-4.2a2 2 0 0 0 0 4.1h4.2",
        },
    }
}

/// Draws an icon; `class` is for the style sheet.
pub(crate) fn icon(class: &'static str, icon: Icon) -> AnyView {
    svg::svg()
        .attr("class", class)
        .attr("viewBox", "0 0 24 24")
        .attr("aria-hidden", "true")
        .child((
            svg::path().attr("class", "fill").attr("d", icon.fill),
            svg::path().attr("class", "line").attr("d", icon.line),
        ))
        .into_any()
}
