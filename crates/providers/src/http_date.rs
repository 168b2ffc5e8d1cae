//! Dates as HTTP headers write them (RFC 9110, section 5.6.7: IMF-fixdate), in seconds since 1970.
//!
//! It reads no other form, and knows no time zone but GMT. Start at [`parse_http_date`].

/// Seconds since 1970 of `Sun, 06 Nov 1994 08:49:37 GMT`; `None` for any other form.
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

/// One to four ASCII digits.
pub(crate) fn number(text: &str) -> Option<i64> {
    let is_digits = (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let add_digit = |number: i64, digit: u8| number * 10 + i64::from(digit - b'0');
    is_digits.then(|| text.bytes().fold(0, add_digit))
}

/// Seconds since 1970 of a civil date and a time `HH:MM:SS`.
pub(crate) fn seconds(year: i64, month: i64, day: i64, time: &str) -> Option<i64> {
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
    fn a_date_is_read_in_seconds_since_1970_or_not_at_all() {
        let cases = [
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777)),
            ("Thu, 29 Feb 2024 23:59:59 GMT", Some(1_709_251_199)),
            ("Fri, 01 Mar 2024 00:00:00 GMT", Some(1_709_251_200)),
            ("Thu, 31 Dec 2099 23:59:60 GMT", Some(4_102_444_800)),
            ("Wed, 31 Dec 1969 23:59:59 GMT", None),
            ("Sun, 06 Foo 1994 08:49:37 GMT", None),
            ("Sun, 00 Nov 1994 08:49:37 GMT", None),
            ("Sun, 32 Nov 1994 08:49:37 GMT", None),
            ("Sun, 06 Nov 1994 24:49:37 GMT", None),
            ("Sun, 06 Nov 1994 08:60:37 GMT", None),
            ("Sun, 06 Nov 1994 08:49:61 GMT", None),
            ("Sun, 06 Nov 1994 08:49", None),
            ("Sun, 06 Nov 12345 08:49:37 GMT", None),
            ("Sun, 06 Nov x994 08:49:37 GMT", None),
            ("06 Nov 1994 08:49:37 GMT", None),
            ("", None),
        ];
        for (text, seconds) in cases {
            assert_eq!(parse_http_date(text), seconds, "{text}");
        }
    }
}
