//! Cashi's `expires_at` has no zone and is read as Jakarta time; it is measured against the
//! server's own `Date`, never against the device's clock.

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

/// Seconds since 1970 of a date as HTTP writes it.
pub(crate) fn parse_http_date(text: &str) -> Option<i64> {
    let (_, text) = text.split_once(',')?;
    let mut parts = text.trim_start().split(' ');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let names =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = names.iter().position(|name| *name == month)?;
    let month = i64::try_from(month).ok()? + 1;
    seconds(number(year)?, month, number(day)?, parts.next()?)
}

fn number(text: &str) -> Option<i64> {
    let is_digits = (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let add_digit = |number: i64, digit: u8| number * 10 + i64::from(digit - b'0');
    is_digits.then(|| text.bytes().fold(0, add_digit))
}

/// Seconds since 1970 of a civil date and a time `HH:MM:SS`.
fn seconds(year: i64, month: i64, day: i64, time: &str) -> Option<i64> {
    let mut parts = time.split(':');
    let (hours, minutes, seconds) =
        (number(parts.next()?)?, number(parts.next()?)?, number(parts.next()?)?);
    let is_sound = (1..=12).contains(&month) && (1..=31).contains(&day) && year >= 1970;
    if !is_sound || hours > 23 || minutes > 59 || seconds > 60 {
        return None;
    }
    // Years begin in March here, so that the leap day is the last of its year.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    Some((days - 719_468) * 86_400 + hours * 3_600 + minutes * 60 + seconds)
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
        assert_eq!(parse_http_date("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
    }
}
