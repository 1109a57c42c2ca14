//! Decides which profiles are protected (a person must confirm each use), and how long a protected profile may stay in
//! a shell. A profile is protected by its key `ssox_protected` or by `SSOX_PROTECT`. A word such as `prod` in the name
//! of a profile only highlights the profile in the shell prompt.

use super::name_glob::NameGlob;
use crate::account_names::AccountNames;
use crate::config::Section;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::source::Source;
use crate::time::parse_duration;
use std::time::Duration;

/// A profile is highlighted if its name contains one of these words, unless one of [`NEGATIONS`] is directly before it.
/// The words do not count if the profile has `ssox_protected`, or `SSOX_PROTECT` is set.
const WORDS: [&str; 4] = ["prod", "production", "prd", "live"];
/// A word of [`WORDS`] does not count if one of these words is directly before it, as in `non-prod`.
const NEGATIONS: [&str; 3] = ["non", "pre", "not"];

/// The environment variable with the longest time that any protected profile may stay in a shell.
const TIME_VARIABLE: &str = "SSOX_PROTECTED_FOR";
/// The config key with the longest time that this profile, if it is protected, may stay in a shell.
const TIME_KEY: &str = "ssox_protected_for";

/// How a profile is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Protection {
    None,
    /// The shell prompt highlights the profile, because its name contains a word such as `prod`.
    Highlighted,
    /// A person must confirm each use of the profile, but `ssox credential-process` gives the credentials of the
    /// profile to programs without asking.
    Unattended,
    /// A person must confirm each use of the profile.
    Confirmed,
}

impl Protection {
    /// Tells whether the prompt highlights the profile.
    pub(crate) fn is_highlighted(self) -> bool {
        self != Self::None
    }

    /// Tells whether a person must confirm each use of the profile.
    pub(crate) fn needs_confirmation(self) -> bool {
        matches!(self, Self::Unattended | Self::Confirmed)
    }
}

/// Returns how a profile is protected. The profile's key `ssox_protected` decides. If the key is absent, `SSOX_PROTECT`
/// decides, even if it is set to an empty value, which matches no profile. If `SSOX_PROTECT` is not set either, the
/// words in the profile's name decide.
///
/// # Errors
/// `Configuration`: the value of the key is not `true`, `false` or `unattended`.
pub(super) fn protection(ctx: &Context, name: &str, section: &Section, source: &Source) -> Result<Protection> {
    match section.get("ssox_protected").map(str::to_ascii_lowercase).as_deref() {
        Some("true") => return Ok(Protection::Confirmed),
        Some("false") => return Ok(Protection::None),
        Some("unattended") => return Ok(Protection::Unattended),
        Some(other) => {
            let message = format!("`ssox_protected` of profile `{name}` is `{other}`, which is not valid");
            return Err(Error::configuration(message).hint("write `true`, `false` or `unattended`"));
        }
        None => {}
    }
    if ctx.var_os("SSOX_PROTECT").is_some() {
        return Ok(by_globs(ctx, name, source));
    }
    Ok(if has_protected_word(name) { Protection::Highlighted } else { Protection::None })
}

/// Returns [`Protection::Confirmed`] if a pattern in `SSOX_PROTECT` matches the profile, otherwise
/// [`Protection::None`].
pub(super) fn by_globs(ctx: &Context, name: &str, source: &Source) -> Protection {
    let globs = ctx.var_os("SSOX_PROTECT").map(|globs| globs.to_string_lossy()).unwrap_or_default();
    let is_match = !globs.is_empty() && matches_any(&globs, &names(ctx, name, source, &globs));
    if is_match { Protection::Confirmed } else { Protection::None }
}

/// Returns how long a protected profile may stay in a shell: the shorter of the times in the profile's key and in
/// `SSOX_PROTECTED_FOR`. `None`: both are absent, or the profile needs no confirmation.
///
/// # Errors
/// `Configuration`: one of the two times is zero or not a duration.
pub(super) fn time_limit(
    ctx: &Context,
    name: &str,
    section: Option<&Section>,
    protection: Protection,
) -> Result<Option<Duration>> {
    if !protection.needs_confirmation() {
        return Ok(None);
    }
    let of_variable = ctx.var(TIME_VARIABLE).map(|value| limit(TIME_VARIABLE, value));
    let of_key = section.and_then(|section| section.value(TIME_KEY));
    let of_key = of_key.map(|value| limit(&format!("`{TIME_KEY}` of profile `{name}`"), value));
    Ok([of_variable.transpose()?, of_key.transpose()?].into_iter().flatten().min())
}

fn limit(what: &str, value: &str) -> Result<Duration> {
    match parse_duration(value) {
        Ok(limit) if !limit.is_zero() => Ok(limit),
        _ => Err(Error::configuration(format!("{what}: `{value}` is not a time limit"))
            .hint("write it as `90s`, `15m` or `1h30m`")),
    }
}

/// Returns the names that a pattern can match: the profile's name, `ACCOUNT ID/ROLE` and `ACCOUNT NAME/ROLE`. The file
/// with account names is read only if a pattern contains a `/`.
fn names(ctx: &Context, name: &str, source: &Source, globs: &str) -> Vec<String> {
    let mut names = vec![name.to_string()];
    if let (Some(account_id), Some(role)) = (source.account_id(), source.role_name())
        && globs.contains('/')
    {
        let account_names = AccountNames::load(ctx);
        let accounts = [Some(account_id), account_names.get(account_id)];
        names.extend(accounts.into_iter().flatten().map(|account| format!("{account}/{role}")));
    }
    names
}

/// Tells whether one of the patterns, separated by commas, matches the whole of one of the names.
fn matches_any(globs: &str, names: &[String]) -> bool {
    let globs = globs.split(',').map(str::trim).filter(|glob| !glob.is_empty());
    globs.map(NameGlob::new).any(|glob| names.iter().any(|name| glob.matches(name)))
}

/// Tells whether a name contains one of [`WORDS`] without a negation before it.
fn has_protected_word(name: &str) -> bool {
    let words = words(name);
    let is_negated = |at: usize| at > 0 && NEGATIONS.contains(&words[at - 1].as_str());
    words.iter().enumerate().any(|(at, word)| WORDS.contains(&word.as_str()) && !is_negated(at))
}

/// Splits a name into words in lower case: `my-ProdEU2` into `my`, `prod`, `eu` and `2`.
fn words(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (at, c) in chars.iter().enumerate() {
        if at > 0 && is_boundary(chars[at - 1], *c, chars.get(at + 1)) {
            words.push(String::new());
        }
        if c.is_alphanumeric() {
            words.last_mut().expect("the list starts with an empty word").extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn is_boundary(before: char, c: char, after: Option<&char>) -> bool {
    let ends_capitals = before.is_uppercase() && c.is_uppercase() && after.is_some_and(|c| c.is_lowercase());
    !c.is_alphanumeric()
        || !before.is_alphanumeric()
        || before.is_numeric() != c.is_numeric()
        || (before.is_lowercase() && c.is_uppercase())
        || ends_capitals
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ConfigFiles;

    #[test]
    fn a_name_is_protected_by_a_whole_word() {
        let protected = [
            "prod",
            "Production",
            "PROD",
            "my-prod-eu",
            "acmeProd",
            "prod2",
            "PRODEu",
            "[PROD] Core",
            "shop_prd",
            "live",
            "Live-Admin",
            "prod.admin",
            "nonprod-and-prod",
            "core/production",
        ];
        for name in protected {
            assert!(has_protected_word(name), "{name}");
        }
        let others = [
            "nonprod",
            "non-prod",
            "nonProd",
            "NonProduction",
            "NON_PROD",
            "preprod",
            "pre-prod",
            "PreProd",
            "not-live",
            "pre.production",
            "products-dev",
            "product",
            "reproduce",
            "deliver",
            "olive",
            "dev",
            "",
        ];
        for name in others {
            assert!(!has_protected_word(name), "{name}");
        }
    }

    #[test]
    fn globs_match_the_whole_name() {
        let matches = |globs: &str, name: &str| matches_any(globs, &[name.to_string()]);
        let rows = [
            ("*prod*", "my-prod-eu"),
            ("prod", "prod"),
            ("a*b*c", "axxbyyc"),
            ("*", "x"),
            ("p*", "p"),
            ("x, p?od", "prod"),
            ("[pq]rod", "prod"),
            ("a b", "a b"),
            ("*/Admin", "Core/Admin"),
            ("a**b", "axb"),
            ("[", "["),
        ];
        for (globs, name) in rows {
            assert!(matches(globs, name), "{globs} {name}");
        }
        for (globs, name) in [
            ("prod", "prod2"),
            ("", "x"),
            ("a*b", "acb2"),
            ("*prod*", "dev"),
            ("ab*ba", "aba"),
            ("*prod*", "PROD"),
            (",", ""),
        ] {
            assert!(!matches(globs, name), "{globs} {name}");
        }
    }

    #[test]
    fn globs_match_account_and_role() {
        let home = tempfile::tempdir().unwrap();
        let config = "[profile dev]\nsso_start_url = https://d-1.awsapps.com/start\nsso_region = eu-west-1\n\
            sso_account_id = 111122223333\nsso_role_name = Admin\n";
        let protected = |globs: &str| {
            let variables = [("HOME", home.path().as_os_str().to_owned()), ("SSOX_PROTECT", globs.into())];
            let ctx = Context::new(variables.map(|(name, value)| (name.to_string(), value)));
            AccountNames::save(&ctx, [("111122223333", "Core Prod")]);
            let profile = super::super::Profile::resolve(&ctx, &ConfigFiles::parse(config, ""), "dev").unwrap();
            profile.protection == Protection::Confirmed
        };
        for globs in ["dev", "111122223333/*", "*/Admin", "Core Prod/Admin", "*Prod*/*"] {
            assert!(protected(globs), "{globs}");
        }
        for globs in ["", "prod", "*prod*/*", "111122223333", "*/Read*"] {
            assert!(!protected(globs), "{globs}");
        }
    }

    fn resolved(keys: &str, variables: &[(&str, &str)]) -> Result<super::super::Profile> {
        let ctx = Context::new(variables.iter().map(|(name, value)| ((*name).to_string(), (*value).into())));
        let config = format!("[profile prod]\ncredential_process = x\n{keys}");
        super::super::Profile::resolve(&ctx, &ConfigFiles::parse(&config, ""), "prod")
    }

    #[test]
    fn the_key_decides_then_the_globs_then_the_name() {
        let globs = [("SSOX_PROTECT", "p*")];
        for (keys, variables, expected) in [
            ("", &[][..], Protection::Highlighted),
            ("", &[("SSOX_PROTECT", "")], Protection::None),
            ("", &globs, Protection::Confirmed),
            ("ssox_protected = false", &globs, Protection::None),
            ("ssox_protected = True", &[], Protection::Confirmed),
            ("ssox_protected = unattended", &globs, Protection::Unattended),
        ] {
            assert_eq!(resolved(keys, variables).unwrap().protection, expected, "{keys} {variables:?}");
        }
        for value in ["yes", "1", "", "true x"] {
            let error = resolved(&format!("ssox_protected = {value}"), &[]).unwrap_err();
            assert_eq!((error.kind.exit_status(), !error.hints.is_empty()), (4, true), "{value}");
        }
    }

    #[test]
    fn the_shorter_time_limit_counts_and_only_for_profiles_that_are_confirmed() {
        let limit = |keys: &str, variables| resolved(keys, variables).unwrap().time_limit.map(|limit| limit.as_secs());
        let variable = [("SSOX_PROTECTED_FOR", "15m")];
        assert_eq!(limit("ssox_protected = true", &[]), None);
        assert_eq!(limit("ssox_protected = true", &variable), Some(900));
        assert_eq!(limit("ssox_protected = true\nssox_protected_for = 1h", &variable), Some(900));
        assert_eq!(limit("ssox_protected = unattended\nssox_protected_for = 90s", &variable), Some(90));
        assert_eq!(limit("ssox_protected_for = 90s", &variable), None);
        for value in ["15", "0s", "soon"] {
            let error = resolved("ssox_protected = true", &[("SSOX_PROTECTED_FOR", value)]).unwrap_err();
            assert_eq!(error.kind.exit_status(), 4, "{value}");
        }
    }

    #[test]
    fn a_role_on_top_of_a_profile_is_protected_by_its_own_account() {
        let ctx = Context::new([("SSOX_PROTECT".to_string(), "222233334444/*".into())]);
        let config = "[profile dev]\naws_access_key_id = a\naws_secret_access_key = b\n";
        let profile = super::super::Profile::resolve(&ctx, &ConfigFiles::parse(config, ""), "dev").unwrap();
        assert_eq!(profile.protection, Protection::None);
        let with_role = profile.with_role(&ctx, Some("arn:aws:iam::222233334444:role/Admin")).unwrap();
        assert_eq!(with_role.protection, Protection::Confirmed);
    }
}
