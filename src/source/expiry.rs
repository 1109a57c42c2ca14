//! When access keys in a config file expire. Tools that write temporary keys there also write their expiration, each in
//! its own format.

use crate::time::Timestamp;

/// The config keys that contain the expiration. The first is written by saml2aws and okta-aws-cli, the second by
/// aws-mfa and awsume, the third by aws-azure-login and clisso, the fourth by others.
pub(crate) const EXPIRY_KEYS: [&str; 4] =
    ["x_security_token_expires", "expiration", "aws_expiration", "aws_session_expiration"];

/// The time zone that is furthest behind UTC, in seconds.
const LATEST_ZONE: i64 = 12 * 3600;

/// Returns the latest expiration that the [`EXPIRY_KEYS`] contain; `None` if none of them contains a time. An earlier
/// expiration may be left over from older access keys. `text` returns the value of a config key.
pub(crate) fn expiry<'a>(text: impl Fn(&str) -> Option<&'a str>) -> Option<Timestamp> {
    // awsume writes local time without a time zone. The time zone that is furthest behind UTC is assumed: in it, the
    // keys expire last.
    let zone = if text("manager") == Some("awsume") || text("autoawsume").is_some() { LATEST_ZONE } else { 0 };
    EXPIRY_KEYS.iter().filter_map(|key| parse(text(key)?, zone)).max()
}

/// Parses the expiration. Formats: RFC 3339 (also with a blank instead of `T`, or an offset without a colon), Go's
/// format, and seconds or milliseconds since 1970. A time without a time zone is taken as UTC, and `zone` seconds are
/// added.
fn parse(text: &str, zone: i64) -> Option<Timestamp> {
    let text = text.trim();
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let number: i64 = text.parse().ok()?;
        return Some(Timestamp(if text.len() > 11 { number / 1000 } else { number }));
    }
    let (date, rest) = text.split_once(['T', ' '])?;
    // Go prints a time with `+0000 UTC` at the end.
    let rest = rest.split_once(" UTC").map_or(rest, |(before, _)| before).replace(' ', "");
    let rest = rest.trim_end_matches("UTC");
    let (time, offset) = rest.split_at(rest.find(['Z', '+', '-']).unwrap_or(rest.len()));
    let utc = || Timestamp::parse(&format!("{date}T{time}Z"));
    match offset {
        "" if text.contains("UTC") => utc(),
        "" => utc().map(|moment| moment.plus(zone)),
        offset if offset.len() == 5 => {
            Timestamp::parse(&format!("{date}T{time}{}:{}", offset.get(..3)?, offset.get(3..)?))
        }
        offset => Timestamp::parse(&format!("{date}T{time}{offset}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOMENT: &str = "2026-11-20T21:48:08Z";

    #[test]
    fn the_formats_of_all_tools_are_parsed() {
        let same = [
            MOMENT,
            "2026-11-20T23:48:08+02:00",
            "2026-11-20T21:48:08.123Z",
            "2026-11-20T21:48:08+0000",
            "2026-11-20 21:48:08",
            "2026-11-20T21:48:08",
            "2026-11-20 21:48:08.654321+00:00",
            "2026-11-20 16:48:08 -0500",
            "2026-11-20 21:48:08 +0000 UTC",
            "2026-11-20T21:48:08UTC",
            "2026-11-20 21:48:08 UTC",
            " 1795211288 ",
            "1795211288123",
        ];
        for text in same {
            assert_eq!(parse(text, 0), Timestamp::parse(MOMENT), "{text}");
        }
        for text in
            ["", "soon", "2026-11-20", "21:48:08", "2026-13-20T21:48:08Z", "2026-11-20T21:48:08+1", "T", "é ü+é0000"]
        {
            let _ = parse(text, 0).map(|_| panic!("{text}"));
        }
    }

    #[test]
    fn local_time_counts_as_that_of_the_last_zone() {
        assert_eq!(parse("2026-11-20 21:48:08", LATEST_ZONE), Timestamp::parse("2026-11-21T09:48:08Z"));
        assert_eq!(parse(MOMENT, LATEST_ZONE), Timestamp::parse(MOMENT));
    }

    #[test]
    fn the_latest_of_several_counts() {
        let text = |key: &str| match key {
            "expiration" => Some("2020-01-01 00:00:00"),
            "x_security_token_expires" => Some(MOMENT),
            _ => None,
        };
        assert_eq!(expiry(text), Timestamp::parse(MOMENT));
        assert_eq!(expiry(|_| None), None);
    }
}
