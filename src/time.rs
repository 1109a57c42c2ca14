//! Timestamps in the formats of AWS tools, and durations as people type and read them.
//!
//! Invariant: this module does not read the clock.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::fmt;
use std::time::Duration;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

/// A moment in whole seconds since 1970 (UTC). It is written as `2026-11-20T12:00:00Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Timestamp(pub(crate) i64);

impl Timestamp {
    /// Parses all formats that the AWS CLI and the SDKs write: `…Z`, `….123Z`, `…+00:00`, and `…UTC` of old versions.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(naive) = text.strip_suffix("UTC") {
            let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");
            let moment = PrimitiveDateTime::parse(naive.trim_end(), format).ok()?;
            return Some(Self(moment.assume_utc().unix_timestamp()));
        }
        OffsetDateTime::parse(text, &Rfc3339).ok().map(|moment| Self(moment.unix_timestamp()))
    }

    /// Returns the moment that is `seconds` later, or earlier if `seconds` is negative.
    pub(crate) fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// Returns the seconds from `now` to this moment; negative if this moment is before `now`.
    pub(crate) fn seconds_after(self, now: Self) -> i64 {
        self.0.saturating_sub(now.0)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The format has no years after 9999, so a later moment is written as the last one of that year.
        let moment = OffsetDateTime::from_unix_timestamp(self.0.clamp(0, 253_402_300_799)).map_err(|_| fmt::Error)?;
        let (year, month, day) = moment.to_calendar_date();
        let ((hour, minute, second), year) = (moment.to_hms(), year.unsigned_abs());
        let (century, year) = ((year / 100) as u8, (year % 100) as u8);
        // The digits are written by hand, because `OffsetDateTime::format` takes ten times as long.
        let mut text = *b"0000-00-00T00:00:00Z";
        for (at, number) in
            [0, 2, 5, 8, 11, 14, 17].into_iter().zip([century, year, month.into(), day, hour, minute, second])
        {
            text[at] += number / 10;
            text[at + 1] += number % 10;
        }
        out.write_str(str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).ok_or_else(|| D::Error::custom("not a timestamp"))
    }
}

/// The longest duration that people may type, in seconds: 366 days.
const LONGEST: u64 = 366 * 24 * 3600;

/// Parses a duration as people type it: `90s`, `30m`, `1h30m`; at most 366 days.
///
/// # Errors
/// A message that says how to write a duration, or that the duration is too long.
pub(crate) fn parse_duration(text: &str) -> Result<Duration, String> {
    let invalid = || format!("`{text}` is not a duration; write it as `90s`, `30m`, `1h30m`");
    let mut seconds: u64 = 0;
    let mut digits = String::new();
    for c in text.chars() {
        let unit = match c {
            '0'..='9' => {
                digits.push(c);
                continue;
            }
            's' => 1,
            'm' => 60,
            'h' => 3600,
            _ => return Err(invalid()),
        };
        let number: u64 = digits.parse().map_err(|_| invalid())?;
        seconds = number.checked_mul(unit).and_then(|n| seconds.checked_add(n)).ok_or_else(invalid)?;
        digits.clear();
    }
    if text.is_empty() || !digits.is_empty() {
        return Err(invalid());
    }
    if seconds > LONGEST {
        return Err(format!("`{text}` is too long; the longest duration is {}h", LONGEST / 3600));
    }
    Ok(Duration::from_secs(seconds))
}

/// Returns the remaining time in the form in which people read it: `8s`, `43m`, `7h 12m`, `3d`, or `expired`.
pub(crate) fn human(seconds: i64) -> String {
    match seconds {
        i64::MIN..=0 => "expired".into(),
        1..60 => format!("{seconds}s"),
        60..3600 => format!("{}m", seconds / 60),
        3600..172_800 => format!("{}h {}m", seconds / 3600, seconds % 3600 / 60),
        _ => format!("{}d", seconds / 86_400),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Checks that work takes less than 10 seconds of processor time. Other processes do not change the result.
    pub(crate) fn assert_cheap<T>(what: &str, work: impl FnOnce() -> T) -> T {
        let begin = cpu_seconds();
        let done = work();
        let seconds = cpu_seconds() - begin;
        assert!(seconds < 10, "{what}: {seconds}s");
        done
    }

    #[cfg(unix)]
    fn cpu_seconds() -> i64 {
        rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime).tv_sec
    }

    #[cfg(not(unix))]
    fn cpu_seconds() -> i64 {
        0
    }

    #[test]
    fn every_format_that_tools_write_is_read() {
        let written = [
            "2026-11-21T04:47:29Z",
            "2026-11-21T04:47:29.441Z",
            "2026-11-21T04:47:29.757044Z",
            "2026-11-21T04:47:29UTC",
            "2026-11-21T04:47:29+00:00",
            "2026-11-21T05:47:29+01:00",
        ];
        for text in written {
            assert_eq!(
                Timestamp::parse(text).map(|t| t.to_string()).as_deref(),
                Some("2026-11-21T04:47:29Z"),
                "{text}"
            );
        }
    }

    #[test]
    fn a_moment_is_written_as_the_crate_time_writes_it() {
        let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
        for seconds in [0, 86_399, 951_782_400, 1_795_896_049, 4_102_444_799, 253_402_300_799] {
            let moment = OffsetDateTime::from_unix_timestamp(seconds).unwrap();
            assert_eq!(Timestamp(seconds).to_string(), moment.format(format).unwrap());
        }
        assert_eq!(
            [i64::MIN, i64::MAX].map(|seconds| Timestamp(seconds).to_string()),
            ["1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]
        );
    }

    #[test]
    fn a_malformed_timestamp_is_none() {
        for text in ["", "UTC", "2026-13-01T00:00:00Z", "soon", "2026-11-21"] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }

    #[test]
    fn durations_are_numbers_with_units() {
        for (text, seconds) in [("90s", 90), ("30m", 1800), ("1h30m", 5400), ("0s", 0)] {
            assert_eq!(parse_duration(text).unwrap().as_secs(), seconds, "{text}");
        }
        for text in ["", "5", "m", "1h30", "-1s", "1d", "99999999999999999999h"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
        assert!(parse_duration("8784h").is_ok());
        for text in ["8784h1s", "527041m", "100000h"] {
            let said = format!("`{text}` is too long; the longest duration is 8784h");
            assert_eq!(parse_duration(text), Err(said));
        }
    }
}
