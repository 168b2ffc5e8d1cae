//! Cashi's `expires_at` has no zone and is read as Jakarta time; it is measured against the
//! server's own `Date`, never against the device's clock.

use crate::http_date::{number, parse_http_date, seconds};

/// Jakarta is seven hours ahead of UTC, the whole year.
const JAKARTA_S: i64 = 7 * 3_600;

/// Seconds from `http_date` (`Sun, 06 Nov 1994 08:49:37 GMT`) to `expires_at`
/// (`2026-07-18 10:20:00`, UTC+7); 0 when it has passed, `None` when either cannot be read.
pub fn seconds_left(expires_at: &str, http_date: &str) -> Option<u64> {
    let end_s = parse_jakarta(expires_at)? - JAKARTA_S;
    u64::try_from((end_s - parse_http_date(http_date)?).max(0)).ok()
}

fn parse_jakarta(text: &str) -> Option<i64> {
    let (date, time) = text.trim().split_once([' ', 'T'])?;
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    // Anything behind the seconds could be a zone of its own, which we must not read as Jakarta.
    let time = Some(time).filter(|time| time.len() == 8)?;
    seconds(number(year)?, number(month)?, number(day)?, time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jakarta_is_seven_hours_ahead_of_the_date_header() {
        let cases = [
            ("2026-07-18 10:20:00", "Sat, 18 Jul 2026 03:10:00 GMT", Some(600)),
            ("2026-01-01 00:05:00", "Wed, 31 Dec 2025 17:00:00 GMT", Some(300)),
            ("2024-03-01 06:59:00", "Thu, 29 Feb 2024 23:58:00 GMT", Some(60)),
            ("2026-07-18 10:20:00", "Sat, 18 Jul 2026 05:00:00 GMT", Some(0)),
            ("soon", "Sat, 18 Jul 2026 05:00:00 GMT", None),
            ("2026-07-18 10:20:00", "yesterday", None),
            ("2026-13-18 10:20:00", "Sat, 18 Jul 2026 05:00:00 GMT", None),
        ];
        for (expires_at, date, left) in cases {
            assert_eq!(seconds_left(expires_at, date), left, "{expires_at} {date}");
        }
    }
}
