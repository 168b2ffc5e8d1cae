//! Wall-clock time in milliseconds and the two spellings that the providers use for it. It knows
//! nothing of payments. Proleptic Gregorian calendar, years 1970 and later.

use std::time::{SystemTime, UNIX_EPOCH};

const SECOND_MS: u64 = 1000;
const DAY_S: u64 = 86_400;
/// Western Indonesian time is seven hours ahead of UTC all year.
const WIB_AHEAD_S: u64 = 7 * 3600;
/// Days from 0000-03-01 to 1970-01-01: the calendar below counts years from March.
const EPOCH_SHIFT_DAYS: u64 = 719_468;

/// Milliseconds since 1970-01-01 UTC; 0 on a machine whose clock is before that.
pub(crate) fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// `YYYY-MM-DDTHH:mm:ss.sssZ`, UTC.
pub(crate) fn iso(at_ms: u64) -> String {
    let (date, time) = date_and_time(at_ms / SECOND_MS);
    format!("{date}T{time}.{:03}Z", at_ms % SECOND_MS)
}

/// `YYYY-MM-DD HH:mm:ss` in WIB (UTC+7), without saying so, as Cashi writes it.
pub(crate) fn wib(at_ms: u64) -> String {
    let (date, time) = date_and_time(at_ms / SECOND_MS + WIB_AHEAD_S);
    format!("{date} {time}")
}

/// Reads `YYYY-MM-DDTHH:mm:ss`, with an optional fraction (ignored) and `Z`; any other offset is
/// refused with `None`.
pub(crate) fn parse_iso(text: &str) -> Option<u64> {
    let (date, rest) = text.trim().split_once('T')?;
    let clock = rest.strip_suffix('Z')?;
    let clock = clock.split_once('.').map_or(clock, |(whole, _)| whole);
    let [year, month, day] = three_numbers(date, '-')?;
    let [hour, minute, second] = three_numbers(clock, ':')?;
    let in_range = (1970..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second < 61;
    if !in_range {
        return None;
    }
    let seconds = days_since_epoch(year, month, day)? * DAY_S + hour * 3600 + minute * 60 + second;
    Some(seconds * SECOND_MS)
}

fn three_numbers(text: &str, separator: char) -> Option<[u64; 3]> {
    let mut parts = text.split(separator).map(str::parse::<u64>);
    let numbers = [parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?];
    parts.next().is_none().then_some(numbers)
}

fn date_and_time(at_s: u64) -> (String, String) {
    let (year, month, day) = civil(at_s / DAY_S);
    let of_day = at_s % DAY_S;
    (
        format!("{year:04}-{month:02}-{day:02}"),
        format!("{:02}:{:02}:{:02}", of_day / 3600, of_day / 60 % 60, of_day % 60),
    )
}

/// Year, month and day of a day counted from 1970-01-01.
fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + EPOCH_SHIFT_DAYS;
    let of_era = shifted % 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year_of_era + shifted / 146_097 * 400 + u64::from(month <= 2);
    (year, month, day)
}

fn days_since_epoch(year: u64, month: u64, day: u64) -> Option<u64> {
    let march_year = year - u64::from(month <= 2);
    let year_of_era = march_year % 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
    (march_year / 400 * 146_097 + of_era).checked_sub(EPOCH_SHIFT_DAYS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_instants_are_written_and_read_back() {
        for (at_ms, expected) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_868_800_000, "2000-03-01T00:00:00.000Z"),
            (1_672_531_200_000, "2023-01-01T00:00:00.000Z"),
            (1_709_164_799_000, "2024-02-28T23:59:59.000Z"),
            (4_107_542_399_000, "2100-02-28T23:59:59.000Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        ] {
            assert_eq!(iso(at_ms), expected);
            assert_eq!(parse_iso(expected), Some(at_ms));
        }
    }

    #[test]
    fn wib_is_seven_hours_ahead_and_turns_the_day() {
        assert_eq!(wib(1_672_531_200_000), "2023-01-01 07:00:00");
        assert_eq!(wib(1_672_531_200_000 + 17 * 3_600_000), "2023-01-02 00:00:00");
    }

    #[test]
    fn a_malformed_instant_is_refused() {
        for text in ["", "2026-11-20", "2026-13-01T00:00:00Z", "2026-11-20T00:00:00+07:00", "T:Z"] {
            assert_eq!(parse_iso(text), None, "{text}");
        }
    }
}
