//! Answers that are older than their question: a service worker of the page, or something else on the
//! way, kept them. The server's own `Date` gives them away.

use super::clock;
use std::cell::RefCell;
use std::rc::Rc;

/// Within this time a server may well send one `Date` twice.
const SAME_DATE_MS: u64 = 5_000;
/// So many dates are remembered: more than a cache that answers in turn could hold.
const MOST_DATES: usize = 32;

/// The dates that answers had, and when each was seen first, on the monotonic clock.
#[derive(Clone, Default)]
pub(crate) struct ResponseAges(Rc<RefCell<Vec<(String, u64)>>>);

impl ResponseAges {
    /// How old an answer with this `Date` is at least, in ms; 0 for a fresh one, or where nothing says so.
    pub(crate) fn age_ms(&self, date: Option<&str>) -> u64 {
        self.age_at_ms(date, clock::now().monotonic_ms)
    }

    fn age_at_ms(&self, date: Option<&str>, now_ms: u64) -> u64 {
        let Some(date) = date else { return 0 };
        let mut dates = self.0.borrow_mut();
        if let Some((_, first_ms)) = dates.iter().find(|(known, _)| known == date) {
            let age_ms = now_ms.saturating_sub(*first_ms);
            return if age_ms > SAME_DATE_MS { age_ms } else { 0 };
        }
        if dates.len() >= MOST_DATES {
            dates.remove(0);
        }
        dates.push((date.to_owned(), now_ms));
        0
    }
}

#[cfg(test)]
mod tests {
    use super::ResponseAges;

    #[test]
    fn b5_an_answer_with_a_date_of_before_is_as_old_as_that_date() {
        let response_ages = ResponseAges::default();
        let (first, second) = (Some("Thu, 26 Nov 2026 12:00:00 GMT"), Some("another"));
        let cases = [
            (first, 1_000, 0, "the first answer"),
            (first, 1_900, 0, "the same second"),
            (first, 4_000, 0, "a server that writes the date lazily"),
            (second, 8_000, 0, "a fresh one"),
            (first, 9_000, 8_000, "from a cache"),
            (first, 61_000, 60_000, "from a cache, a minute later"),
            (second, 61_000, 53_000, "a cache that answers in turn"),
            (None, 99_000, 0, "no date, no word about its age"),
        ];
        for (date, now_ms, age_ms, case) in cases {
            assert_eq!(response_ages.age_at_ms(date, now_ms), age_ms, "{case}");
        }
    }
}
