//! The two clocks, randomness, fresh ids, and timers.

use super::platform;
use gloo_timers::callback;
use js_sys::{Date, Object, Reflect};
use paywith_checkout::{Context, Now, Record};
use paywith_protocol::AttemptKey;
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web_sys::Crypto;

/// Timers take at most 2^31 - 1 ms; a wake-up this far away is simply set again.
const LONGEST_MS: u64 = 3_600_000;

/// Both clocks, now.
pub(crate) fn now() -> Now {
    let wall_ms = whole_ms(Date::now());
    let now = platform::service("performance")
        .and_then(|performance| platform::call(&performance, "now", &[]))
        .and_then(|now| now.as_f64());
    let monotonic_ms = now.map_or_else(|| never_back(wall_ms), whole_ms);
    Now { monotonic_ms, wall_ms }
}

thread_local! {
    /// What [`never_back`] answered last, and the wall clock then.
    static LAST: Cell<(u64, u64)> = const { Cell::new((0, 0)) };
}

/// A monotonic clock for browsers without one: the wall clock's steps forward. A step of more than an
/// hour, or back, was somebody's hand.
fn never_back(wall_ms: u64) -> u64 {
    let (mut monotonic_ms, before_ms) = LAST.get();
    let step_ms = wall_ms.saturating_sub(before_ms);
    if step_ms < LONGEST_MS {
        monotonic_ms += step_ms;
    }
    LAST.set((monotonic_ms, wall_ms));
    monotonic_ms
}

/// The surroundings of the next step; `stored` reads what the browser remembers.
pub(crate) fn context(stored: &dyn Fn() -> Option<Record>) -> Context<'_> {
    let [first, second, ..] = random_bytes();
    let jitter_permille = u16::from_be_bytes([first, second]) % 1_000;
    Context { now: now(), fresh_key: fresh_key(), jitter_permille, stored }
}

/// A random UUID. Made by hand, because `crypto.randomUUID` is missing outside secure contexts.
pub(super) fn fresh_key() -> AttemptKey {
    let mut bytes = random_bytes();
    let [_, _, _, _, _, _, version, _, variant, ..] = &mut bytes;
    *version = *version & 0x0f | 0x40;
    *variant = *variant & 0x3f | 0x80;
    let mut text = String::new();
    for (place, byte) in bytes.into_iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        for nibble in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
    }
    // 36 hexadecimal digits and dashes are always a key; the other arm only satisfies the types.
    AttemptKey::parse(&text).unwrap_or_else(fresh_key)
}

fn random_bytes() -> [u8; 16] {
    let mut bytes = [0; 16];
    let crypto = platform::service("crypto").map(|crypto| crypto.unchecked_into::<Crypto>());
    let is_filled =
        crypto.is_some_and(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).is_ok());
    // A key only has to differ from every other attempt's; nothing secret hangs on it.
    if !is_filled || bytes == [0; 16] {
        bytes.fill_with(|| {
            let [_, _, byte, ..] = js_sys::Math::random().to_bits().to_le_bytes();
            byte
        });
    }
    bytes
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the browser counts milliseconds in floats; both clocks are positive and far below 2^53"
)]
fn whole_ms(ms: f64) -> u64 {
    ms.max(0.0) as u64
}

/// Calls back again and again, until it is dropped.
pub(crate) struct Interval(
    #[expect(dead_code, reason = "dropping it ends the timer")] callback::Interval,
);

impl Interval {
    pub(crate) fn new(every_ms: u32, call: impl FnMut() + 'static) -> Interval {
        Interval(callback::Interval::new(every_ms, call))
    }

    /// First at this moment of the monotonic clock, or in an hour if that is sooner. It repeats at the same
    /// interval, so that one call that is lost does not stop everything that waits for it.
    pub(crate) fn at(at_ms: u64, call: impl FnMut() + 'static) -> Interval {
        let in_ms = at_ms.saturating_sub(now().monotonic_ms).clamp(1, LONGEST_MS);
        Interval::new(u32::try_from(in_ms).unwrap_or(u32::MAX), call)
    }
}

/// Milliseconds since 1970 as hours and minutes on the device's clock.
pub(crate) fn local_time(wall_ms: u64) -> (u64, u64) {
    let date = date(wall_ms);
    (u64::from(date.get_hours()), u64::from(date.get_minutes()))
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
fn date(wall_ms: u64) -> Date {
    Date::new(&(wall_ms as f64).into())
}

/// A moment in Indonesia, where a code is paid: in the zone of the shopper's device where that is one of the three,
/// else in western Indonesia's.
pub(crate) struct IndonesianTime {
    pub(crate) hours: u64,
    pub(crate) minutes: u64,
    pub(crate) zone: &'static str,
    /// Milliseconds since 1970, plus what the zone is ahead of UTC.
    shifted_ms: u64,
}

const HOUR_MS: u64 = 3_600_000;

impl IndonesianTime {
    /// Of RFC 3339; `None` when it cannot be read, or names no zone: that would be read as the device's.
    pub(crate) fn of_rfc3339(text: &str) -> Option<IndonesianTime> {
        let (_, time) = text.split_once('T')?;
        if !time.ends_with(['Z', 'z']) && !time.contains(['+', '-']) {
            return None;
        }
        let moment = Date::new(&text.into()).get_time();
        (!moment.is_nan()).then(|| IndonesianTime::of_wall_ms(whole_ms(moment)))
    }

    /// Of milliseconds since 1970.
    pub(crate) fn of_wall_ms(wall_ms: u64) -> IndonesianTime {
        let date = date(wall_ms);
        let (hours_ahead, zone) = match (date.get_hours() + 24 - date.get_utc_hours()) % 24 {
            8 => (8, "WITA"),
            9 => (9, "WIT"),
            _ => (7, "WIB"),
        };
        let shifted_ms = wall_ms + hours_ahead * HOUR_MS;
        let (hours, minutes) = (shifted_ms / HOUR_MS % 24, shifted_ms / 60_000 % 60);
        IndonesianTime { hours, minutes, zone, shifted_ms }
    }

    /// The day, as the browser writes it for readers of a language: `26 Nov 2026`.
    pub(crate) fn day(&self, language_tag: &str) -> Option<String> {
        let options = Object::new();
        for (name, value) in
            [("day", "numeric"), ("month", "short"), ("year", "numeric"), ("timeZone", "UTC")]
        {
            Reflect::set(&options, &name.into(), &value.into()).ok()?;
        }
        let words = [language_tag.into(), options.into()];
        platform::call(&date(self.shifted_ms), "toLocaleDateString", &words)?.as_string()
    }
}
