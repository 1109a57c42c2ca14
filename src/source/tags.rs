//! Session tags (`ssox_session_tags = k=v,k=v`), which the policies of a role can check.

use crate::error::{Error, Result};

/// The most session tags that STS accepts.
const MAX_TAGS: usize = 50;

/// Parses the `ssox_session_tags` of a profile.
///
/// # Errors
/// `Configuration`: STS would reject the tags.
pub(crate) fn parse(profile: &str, text: &str) -> Result<Vec<(String, String)>> {
    let invalid = |what: &str| {
        Error::configuration(format!("`ssox_session_tags` of profile `{profile}`: {what}"))
            .hint("write `ssox_session_tags = team=platform,cost-center=1234`")
    };
    let mut tags: Vec<(String, String)> = Vec::new();
    for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').ok_or_else(|| invalid(&format!("`{pair}` has no `=`")))?;
        let (key, value) = (key.trim(), value.trim());
        if !is_made_of(key, 1, 128) || !is_made_of(value, 0, 256) {
            return Err(invalid(&format!(
                "`{pair}` is too long, or has other characters than letters, digits, blanks and `_.:/=+-@`"
            )));
        }
        if tags.iter().any(|(known, _)| known.eq_ignore_ascii_case(key)) {
            return Err(invalid(&format!("`{key}` is repeated")));
        }
        tags.push((key.into(), value.into()));
    }
    if tags.len() > MAX_TAGS {
        return Err(invalid(&format!("there are more than {MAX_TAGS} tags")));
    }
    Ok(tags)
}

fn is_made_of(text: &str, min: usize, max: usize) -> bool {
    let is_fine = |c: char| c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c);
    (min..=max).contains(&text.chars().count()) && text.chars().all(is_fine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_pairs() {
        let tags = parse("p", "team=platform, note = a=b c ,empty=,").unwrap();
        let expected = [("team", "platform"), ("note", "a=b c"), ("empty", "")];
        assert_eq!(tags, expected.map(|(key, value)| (key.to_string(), value.to_string())));
        assert!(parse("p", "").unwrap().is_empty());
    }

    #[test]
    fn what_sts_would_reject_is_rejected() {
        let many: String = (0..51).map(|n| format!("k{n}=v,")).collect();
        for text in ["team", "=x", "a=b,A=c", "a=b;c", &format!("a={}", "x".repeat(257)), &many] {
            assert!(parse("p", text).is_err(), "{text}");
        }
    }
}
