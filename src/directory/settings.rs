//! Parses the text of a `.ssox` file. The file has the grammar of `~/.aws/config`, without sections.

use crate::config::{Entry, nearest, parse_plain};
use crate::error::{Error, Result};
use crate::region::{self, Region};
use std::path::Path;

const KEYS: [&str; 3] = ["profile", "region", "profile_only"];

/// The settings in a `.ssox` file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) profile: String,
    pub(crate) region: Option<Region>,
    /// Whether only `AWS_PROFILE` is set, as with `use --profile-only`.
    pub(crate) profile_only: bool,
}

impl Settings {
    /// Parses the text of a file.
    ///
    /// # Errors
    /// `Configuration`: the file has a section, a line without a key, an unknown or repeated key, or a value that
    /// cannot be used; or the file names no profile.
    pub(super) fn parse(path: &Path, text: &str) -> Result<Self> {
        let section = parse_plain(text).map_err(|line| bad(path, &format!("line {line} is not `KEY = VALUE`")))?;
        for (at, entry) in section.entries().iter().enumerate() {
            check(text, entry, &section.entries()[..at]).map_err(|why| bad(path, &why))?;
        }
        let Some(profile) = section.value("profile") else { return Err(bad(path, "it has no line `profile = NAME`")) };
        let in_full = |name| Region::of(region::in_full(name).unwrap_or(name)).ok_or(name);
        let region = section.get("region").map(in_full);
        let profile_only = match section.get("profile_only").map(str::to_ascii_lowercase).as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(other) => return Err(bad(path, &format!("`profile_only` is `{other}`, not `true` or `false`"))),
        };
        let region = region.transpose().map_err(|name| bad(path, &format!("`{name}` is not a region")))?;
        Ok(Self { profile: profile.into(), region, profile_only })
    }
}

/// Checks an entry; returns why it cannot be used. `before` are the entries above it.
fn check(text: &str, entry: &Entry, before: &[Entry]) -> std::result::Result<(), String> {
    let line = text[..entry.key_span.start].lines().count().max(1);
    let line = if text[..entry.key_span.start].ends_with(['\n', '\r']) { line + 1 } else { line };
    let key = &entry.key;
    if !KEYS.contains(&key.as_ref()) {
        let near = nearest(key, KEYS.into_iter());
        let meant = near.first().map(|near| format!(", probably meant: `{near}`")).unwrap_or_default();
        return Err(format!("line {line} has the unknown key `{key}`{meant}"));
    }
    if before.iter().any(|other| other.key == *key) {
        return Err(format!("line {line} has `{key}` for the second time"));
    }
    if entry.value.contains(char::is_control) {
        return Err(format!("the value of `{key}` in line {line} has a control character or a second line"));
    }
    Ok(())
}

/// Makes the error for a `.ssox` file that cannot be used.
pub(super) fn bad(path: &Path, why: &str) -> Error {
    let keys = "a .ssox file has `profile = NAME`, and may have `region = REGION` and `profile_only = true`";
    Error::configuration(format!("could not use `{}`: {why}", path.display())).hint(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Settings> {
        Settings::parse(Path::new("/d/.ssox"), text)
    }

    #[test]
    fn a_file_says_profile_region_and_profile_only() {
        let settings = |profile: &str, region: Option<&str>, profile_only| Settings {
            profile: profile.into(),
            region: region.map(Region::from),
            profile_only,
        };
        let rows = [
            ("profile = dev", settings("dev", None, false)),
            ("# mine\r\nProfile=my dev # x\r\n", settings("my dev", None, false)),
            (
                "profile: 111122223333/ReadOnly\nregion = eu-west-1",
                settings("111122223333/ReadOnly", Some("eu-west-1"), false),
            ),
            ("profile = dev\nregion = euw1", settings("dev", Some("eu-west-1"), false)),
            ("profile_only = True\n\nprofile = dev\n", settings("dev", None, true)),
            ("profile = dev\nprofile_only = false", settings("dev", None, false)),
        ];
        for (text, expected) in rows {
            assert_eq!(parse(text).unwrap(), expected, "{text:?}");
        }
    }

    #[test]
    fn a_bad_file_is_refused_with_its_line() {
        let rows = [
            ("", "it has no line `profile = NAME`"),
            ("profile =", "it has no line `profile = NAME`"),
            ("region = eu-west-1", "it has no line `profile = NAME`"),
            ("profile = a\nprofile = b", "line 2 has `profile` for the second time"),
            ("profile = a\n\n# c\nporfile = b", "line 4 has the unknown key `porfile`, probably meant: `profile`"),
            ("profile = a\nsso_start_url = x", "line 2 has the unknown key `sso_start_url`"),
            ("[profile a]\nprofile = a", "line 1 is not `KEY = VALUE`"),
            ("profile = a\nnonsense", "line 2 is not `KEY = VALUE`"),
            ("profile = a\n  b", "has a control character or a second line"),
            ("profile = a\u{1b}[31m", "has a control character or a second line"),
            ("profile = a\nregion = http://x", "`http://x` is not a region"),
            ("profile = a\nregion =", "`` is not a region"),
            ("profile = a\nprofile_only = maybe", "`profile_only` is `maybe`, not `true` or `false`"),
        ];
        for (text, why) in rows {
            let error = parse(text).unwrap_err();
            assert_eq!(error.kind.exit_status(), 4);
            assert!(error.message.starts_with("could not use `/d/.ssox`: ") && error.message.ends_with(why), "{error}");
        }
    }
}
