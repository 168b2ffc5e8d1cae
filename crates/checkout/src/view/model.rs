//! The types of the view model: one variant for each screen, and what is shown beside any of them.
//!
//! Times are seconds, amounts are [`Money`]; nothing is formatted, and no sentence is in here.

use super::code_screen::CodeScreen;
use crate::fault::{Fault, FaultCode};
use crate::model::Check;
use paywith_protocol::{Money, Provider, Review};

/// What is on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Which screen, with its data.
    pub screen: ScreenModel,
    /// What the last call ran into, shown beside any screen.
    pub trouble: Option<Trouble>,
    /// What runs down on the screen.
    pub countdown: Countdown,
    /// The page stated another price than the backend asks for.
    pub difference: Option<Difference>,
    /// What became of the shopper's own look at the payment, while it is not paid.
    pub check: Option<Check>,
    /// Play money.
    pub is_test: bool,
    /// The buttons are disabled.
    pub is_disabled: bool,
    /// The screen stands in a dialog above the page.
    pub is_in_dialog: bool,
}

/// What was left at the machine's last step, in seconds, of which the last counts as a whole one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Countdown {
    /// Of the code's time, where it has an end.
    pub code_s: Option<u64>,
    /// Until the next try, where there is trouble; 0 while it is under way.
    pub retry_s: Option<u64>,
}

/// One variant per screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScreenModel {
    /// What can be paid is being asked.
    Loading,
    /// The element is set up wrongly; only its developer can help.
    Broken(Fault),
    /// One button per provider.
    Choose {
        /// In this order.
        providers: Vec<Provider>,
        /// The price, as far as it is known.
        amount: Option<Money>,
        /// What went wrong before.
        notice: Option<FaultCode>,
    },
    /// A payment is being asked for.
    Starting {
        /// From whom.
        provider: Provider,
    },
    /// A code to scan.
    Code(Box<CodeScreen>),
    /// The shopper is on the way to a hosted page.
    Leaving {
        /// Whose page.
        provider: Option<Provider>,
        /// Its address, for a shopper whom the browser did not take there.
        url: String,
    },
    /// The hosted page is open in a window of its own.
    Window {
        /// Whose page.
        provider: Option<Provider>,
    },
    /// Another tab of this browser has the order's payment open.
    Elsewhere {
        /// Whose payment.
        provider: Option<Provider>,
    },
    /// The payment's truth is being asked.
    Checking {
        /// Whose payment.
        provider: Option<Provider>,
    },
    /// Not paid yet; it can be gone on with.
    Open {
        /// Whose payment.
        provider: Option<Provider>,
        /// What is to be paid.
        amount: Option<Money>,
        /// Its own page can be opened, or its code asked for again.
        can_continue: bool,
    },
    /// The code's time is over; one last check.
    Confirming,
    /// It ended without success, as far as anybody knows.
    Ended {
        /// How.
        ending: Ending,
        /// Whose payment.
        provider: Option<Provider>,
        /// It showed a code, which may have been saved as a picture.
        was_code: bool,
    },
    /// Money is on its way, or a person must look at it.
    Processing {
        /// Why a person must look.
        review: Option<Review>,
    },
    /// Verified.
    Paid {
        /// What was paid.
        amount: Option<Money>,
        /// To whom.
        merchant_name: Option<String>,
        /// It had been replaced or ended before.
        is_late: bool,
        /// Where the shopper goes next.
        next: Option<String>,
        /// The page goes there by itself, soon.
        is_leaving: bool,
        /// Through whom.
        provider: Option<Provider>,
        /// For which order.
        order: String,
    },
    /// Given back.
    Refunded {
        /// What was given back.
        amount: Option<Money>,
    },
}

/// A payment's end short of success. Each may still turn into success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Time ran out.
    Expired,
    /// Declined.
    Failed,
    /// Given up.
    Canceled,
}

/// What the last call ran into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// No answer at all, rather than an unfit one.
    pub is_network: bool,
    /// A payment is known, which may have been paid.
    pub has_payment: bool,
}

/// Two prices for one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What the page stated.
    pub stated: Money,
    /// What the backend asks for.
    pub asked: Money,
}

impl View {
    /// Something on the screen runs down: [`crate::Event::Ticked`] is to be reported each half second.
    pub fn counts_down(&self) -> bool {
        self.countdown.code_s.is_some() || self.countdown.retry_s.is_some_and(|left_s| left_s > 0)
    }
}
