//! The clock, and the formats of time in HTTP, XML and signatures. Times are milliseconds since 1970 UTC.
//!
//! `State::now` adds the offset that a test gives the server's clock.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(crate) fn system_now() -> i64 {
    milliseconds(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

pub(crate) fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Formats a time as `2026-11-20T12:00:00Z`.
pub(crate) fn rfc3339(moment: i64) -> String {
    let (year, month, day, second) = civil(moment);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60)
}

/// Formats a time as `Fri, 20 Nov 2026 12:00:00 GMT`.
pub(crate) fn http_date(moment: i64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (year, month, day, second) = civil(moment);
    let weekday = usize::try_from(moment.div_euclid(86_400_000).rem_euclid(7)).unwrap_or(0);
    let (hour, minute) = (second / 3600, second / 60 % 60);
    let month = MONTHS[usize::try_from(month - 1).unwrap_or(0)];
    format!("{}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{:02} GMT", DAYS[weekday], second % 60)
}

/// Parses the time of a signature: `20261120T120000Z`.
pub(crate) fn parse_signature_date(text: &str) -> Option<i64> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if text.len() != 16 || digits.len() != 14 || text.as_bytes()[8] != b'T' || !text.ends_with('Z') {
        return None;
    }
    let number = |range: std::ops::Range<usize>| digits[range].parse::<i64>().ok();
    let days = days_from_civil(number(0..4)?, number(4..6)?, number(6..8)?);
    Some((days * 86_400 + number(8..10)? * 3600 + number(10..12)? * 60 + number(12..14)?) * 1000)
}

/// Year, month, day, second of the day. The algorithm is Howard Hinnant's `civil_from_days`.
fn civil(moment: i64) -> (i64, i64, i64, i64) {
    let (days, second) = (moment.div_euclid(86_400_000), moment.rem_euclid(86_400_000) / 1000);
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day, second)
}

fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_in_the_format_of_each_protocol() {
        let moment = 1_795_176_000_000; // 2026-11-20T12:00:00Z, a Friday
        assert_eq!(rfc3339(moment), "2026-11-20T12:00:00Z");
        assert_eq!(http_date(moment), "Fri, 20 Nov 2026 12:00:00 GMT");
        assert_eq!(parse_signature_date("20261120T120000Z"), Some(moment));
    }

    #[test]
    fn leap_days_and_the_epoch_are_right() {
        assert_eq!(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(rfc3339(parse_signature_date("20240229T235959Z").unwrap()), "2024-02-29T23:59:59Z");
    }

    #[test]
    fn an_invalid_signature_date_is_rejected() {
        for text in ["", "20261120", "2026-11-20T12:00:00Z", "20261120X120000Z", "20261120T12000éZ"] {
            assert_eq!(parse_signature_date(text), None, "{text}");
        }
    }
}
