//! Decides which profiles the prompt highlights: by their own key, by `SSOX_PROTECT`, or by a word such as `prod`.

use crate::account_names::AccountNames;
use crate::config::Section;
use crate::context::Context;
use crate::source::Source;
use glob::Pattern;

/// Words that mark a profile as protected, and words that negate the word after them.
const WORDS: [&str; 4] = ["prod", "production", "prd", "live"];
const NEGATIONS: [&str; 3] = ["non", "pre", "not"];

/// Tells whether a profile is protected: its key `ssox_protected` decides, else `SSOX_PROTECT` where that is set, else
/// the words of its name.
pub(super) fn is_protected(ctx: &Context, name: &str, section: &Section, source: &Source) -> bool {
    if let Some(value) = section.get("ssox_protected") {
        return value.eq_ignore_ascii_case("true");
    }
    match ctx.var_os("SSOX_PROTECT") {
        Some(globs) => {
            let globs = globs.to_string_lossy();
            matches_any(&globs, &names(ctx, name, source, &globs))
        }
        None => has_protected_word(name),
    }
}

/// Returns the names that globs can match: the profile's name, `account id/role` and `account name/role`. The file with
/// account names is read only if a glob has a `/`.
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

/// Tells whether one of the globs, separated by commas, matches the whole of a name.
fn matches_any(globs: &str, names: &[String]) -> bool {
    let globs = globs.split(',').map(str::trim).filter(|glob| !glob.is_empty());
    globs.map(pattern).any(|pattern| names.iter().any(|name| pattern.matches(name)))
}

/// Parses a glob; an invalid one matches itself literally. `**` is replaced by `*`, because the crate takes it for
/// directories.
fn pattern(glob: &str) -> Pattern {
    let mut single = glob.to_string();
    while single.contains("**") {
        single = single.replace("**", "*");
    }
    Pattern::new(&single)
        .unwrap_or_else(|_| Pattern::new(&Pattern::escape(glob)).expect("an escaped text is a valid pattern"))
}

/// Tells whether a name has one of the words without a negation before it.
fn has_protected_word(name: &str) -> bool {
    let words = words(name);
    let is_negated = |at: usize| at > 0 && NEGATIONS.contains(&words[at - 1].as_str());
    words.iter().enumerate().any(|(at, word)| WORDS.contains(&word.as_str()) && !is_negated(at))
}

/// Returns the words of a name in lower case: `my-ProdEU2` has `my`, `prod`, `eu` and `2`.
fn words(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (at, c) in chars.iter().enumerate() {
        if at > 0 && is_boundary(chars[at - 1], *c, chars.get(at + 1)) {
            words.push(String::new());
        }
        if c.is_alphanumeric() {
            words.last_mut().expect("it starts with one word").extend(c.to_lowercase());
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
            super::super::Profile::resolve(&ctx, &ConfigFiles::parse(config, ""), "dev").unwrap().protected
        };
        for globs in ["dev", "111122223333/*", "*/Admin", "Core Prod/Admin", "*Prod*/*"] {
            assert!(protected(globs), "{globs}");
        }
        for globs in ["", "prod", "*prod*/*", "111122223333", "*/Read*"] {
            assert!(!protected(globs), "{globs}");
        }
    }
}
