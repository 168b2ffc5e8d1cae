//! How long a server asks to be left alone (`Retry-After`): seconds, or the date when it is ready
//! again, which is measured against the server's own `Date` and never against the device's clock.
//! Start at [`retry_after_ms`].

use crate::http_date::parse_http_date;
use paywith_protocol::Decimal;

/// The pause in milliseconds; `None` for what is neither a number nor a date beside another one.
pub fn retry_after_ms(retry_after: &str, date: Option<&str>) -> Option<u64> {
    let retry_after = retry_after.trim();
    if let Some(seconds) = Decimal::parse(retry_after) {
        return Some(seconds.whole().saturating_mul(1_000));
    }
    let ready_s = parse_http_date(retry_after)?;
    let left_s = u64::try_from((ready_s - parse_http_date(date?)?).max(0)).ok()?;
    Some(left_s.saturating_mul(1_000))
}

#[cfg(test)]
mod tests {
    use super::retry_after_ms;

    #[test]
    fn a_pause_is_a_number_of_seconds_or_a_date_of_the_servers_own_clock() {
        let now = Some("Thu, 26 Nov 2026 12:00:00 GMT");
        let cases = [
            ("30", now, Some(30_000)),
            (" 30 ", None, Some(30_000)),
            ("1.5", now, Some(1_000)),
            ("0", now, Some(0)),
            ("999999999999999", now, Some(999_999_999_999_999_000)),
            ("Thu, 26 Nov 2026 12:00:45 GMT", now, Some(45_000)),
            ("Fri, 27 Nov 2026 12:00:00 GMT", now, Some(86_400_000)),
            ("Thu, 26 Nov 2026 11:00:00 GMT", now, Some(0)),
            ("Thu, 26 Nov 2026 12:00:45 GMT", None, None),
            ("Thu, 26 Nov 2026 12:00:45 GMT", Some("soon"), None),
            ("-5", now, None),
            ("1e3", now, None),
            ("99999999999999999999999", now, None),
            ("soon", now, None),
            ("", now, None),
        ];
        for (retry_after, date, pause_ms) in cases {
            assert_eq!(retry_after_ms(retry_after, date), pause_ms, "{retry_after:?} {date:?}");
        }
    }
}
