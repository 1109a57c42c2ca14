//! Finds the profile that a person typed: by its name, `ACCOUNT/ROLE`, or a pasted ARN.

use crate::config::{ConfigFiles, Section, SectionKind, as_argument, nearest};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::source::role_arn::permission_set;
use crate::source::sso::is_account_id;

/// How many profiles a hint lists.
const MOST_LISTED: usize = 5;

/// Returns the name of the profile that `wanted` stands for.
///
/// # Errors
/// Configuration: no such profile (the hint has similar names), or none or several with that account and role.
pub(crate) fn name(ctx: &Context, files: &ConfigFiles, wanted: &str) -> Result<String> {
    if files.profile(wanted).is_some() {
        return Ok(wanted.into());
    }
    let Some(role) = AccountRole::parse(wanted) else { return Err(unknown(ctx, files, wanted)) };
    let matching: Vec<String> = files.profile_names().filter(|name| role.matches_profile(files, name)).collect();
    match matching.as_slice() {
        [name] => Ok(name.clone()),
        [] => Err(Error::configuration(format!("no profile has {role}")).hint("ssox configure sso")),
        several => Err(Error::configuration(format!("{} profiles have {role}", several.len())).hint(format!(
            "use one of their names: {}",
            several.iter().map(|name| as_argument(name)).collect::<Vec<_>>().join(" or ")
        ))),
    }
}

/// Makes the error for an unknown name, with similar names.
pub(crate) fn unknown(ctx: &Context, files: &ConfigFiles, name: &str) -> Error {
    if name.is_empty() {
        return Error::configuration("the name of the profile is empty")
            .hint("is the variable in the command unset? ssox list shows the profiles");
    }
    let error = Error::configuration(format!("there is no profile `{name}`"));
    if let Some(hint) = files.header_hint(SectionKind::Profile, name) {
        return error.hint(hint);
    }
    if let Some((cause, hint)) = files.why_absent(ctx, |usual| usual.profile(name).is_some()) {
        return Error::configuration(format!("{}: {cause}", error.message)).hint(hint);
    }
    error.hint(hint_for_unknown(files, name))
}

/// Returns what to type in place of an unknown name: a session of that name, similar profiles, similar sessions, or all
/// profiles if they are few.
fn hint_for_unknown(files: &ConfigFiles, name: &str) -> String {
    if files.sso_session(name).is_some() {
        let line = sign_in_line(name);
        return format!("`{name}` is an sso-session: {line} signs in to it, ssox sessions shows its profiles");
    }
    let near = nearest_profiles(files, name);
    if !near.is_empty() {
        return format!("did you mean `{}`? ssox list shows all", near.join("` or `"));
    }
    let sessions: Vec<String> = files.sso_session_names().collect();
    if let Some(session) = nearest(name, sessions.iter().map(String::as_str)).first() {
        return format!("did you mean the sso-session `{session}`? {}", sign_in_line(session));
    }
    let profiles: Vec<String> = files.profile_names().collect();
    match profiles.len() {
        0 => "ssox configure sso".into(),
        1..=MOST_LISTED => format!("the profiles are: {}", profiles.join(", ")),
        count => format!("ssox list shows the {count} profiles"),
    }
}

fn sign_in_line(session: &str) -> String {
    format!("ssox login --sso-session {}", as_argument(session))
}

/// Returns the names of profiles that are similar.
fn nearest_profiles(files: &ConfigFiles, name: &str) -> Vec<String> {
    let names: Vec<String> = files.profile_names().collect();
    nearest(name, names.iter().map(String::as_str))
}

/// An account and a role, parsed from `ACCOUNT/ROLE` or an ARN.
struct AccountRole<'a> {
    account_id: &'a str,
    role_name: &'a str,
    arn: Option<&'a str>,
}

impl std::fmt::Display for AccountRole<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "role `{}` in account `{}`", self.role_name, self.account_id)
    }
}

impl<'a> AccountRole<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        if let Some((account_id, role_name)) = text.split_once('/').filter(|(account_id, _)| is_account_id(account_id))
        {
            return Some(Self { account_id, role_name: permission_set(role_name), arn: None });
        }
        let mut parts = text.splitn(6, ':');
        let (_arn, _partition) = (parts.next().filter(|arn| *arn == "arn")?, parts.next()?);
        let (service, _region, account_id, resource) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let role_name = match (service, resource.split('/').collect::<Vec<_>>().as_slice()) {
            ("iam", ["role", .., name]) => *name,
            ("sts", ["assumed-role", name, _session]) => *name,
            _ => return None,
        };
        Some(Self { account_id, role_name: permission_set(role_name), arn: Some(text) })
    }

    fn matches_profile(&self, files: &ConfigFiles, name: &str) -> bool {
        files.profile(name).is_some_and(|section| self.matches(&section))
    }

    fn matches(&self, section: &Section) -> bool {
        if let Some(arn) = section.get("role_arn") {
            let of_profile = AccountRole::parse(arn).map(|role| (role.account_id, role.role_name));
            return self.arn == Some(arn) || of_profile == Some((self.account_id, self.role_name));
        }
        section.get("sso_account_id") == Some(self.account_id) && section.get("sso_role_name") == Some(self.role_name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = "[profile dev]\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n\
        [profile twin-a]\nsso_account_id = 222233334444\nsso_role_name = Admin\n\
        [profile \"twin b\"]\nsso_account_id = 222233334444\nsso_role_name = Admin\n\
        [profile target]\nrole_arn = arn:aws:iam::444455556666:role/path/Target\n";

    fn found(wanted: &str) -> Result<String> {
        name(&Context::new([]), &ConfigFiles::parse(CONFIG, ""), wanted)
    }

    #[test]
    fn an_account_and_a_role_find_the_profile() {
        let same = [
            "dev",
            "111122223333/ReadOnly",
            "111122223333/AWSReservedSSO_ReadOnly_0123456789abcdef",
            "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_ReadOnly_0123456789abcdef",
            "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_ReadOnly_0123456789abcdef/me@example.com",
        ];
        for wanted in same {
            assert_eq!(found(wanted).unwrap(), "dev", "{wanted}");
        }
        assert_eq!(found("arn:aws:iam::444455556666:role/path/Target").unwrap(), "target");
        assert_eq!(found("444455556666/Target").unwrap(), "target");
    }

    #[test]
    fn several_or_no_matches_are_an_error() {
        assert_eq!(found("222233334444/Admin").unwrap_err().hints[0], "use one of their names: twin-a or 'twin b'");
        assert!(found("999999999999/Admin").unwrap_err().message.contains("no profile has role `Admin`"));
    }

    #[test]
    fn an_unknown_name_gets_similar_ones() {
        let files = ConfigFiles::parse("\n[dve]\n[profile dev]\n", "");
        assert_eq!(
            unknown(&Context::new([]), &files, "dve").hints[0],
            "write `[profile dve]` instead of `[dve]` in line 2 of `config`"
        );
        let files = ConfigFiles::parse("[profile A B]\n[prof x]\nregion = y\n[profile \"q]\n", "[profile c]\n");
        for (name, hint) in [
            ("A B", "write `[profile 'A B']` instead of `[profile A B]` in line 1 of `config`"),
            ("x", "write `[profile x]` instead of `[prof x]` in line 2 of `config`"),
            ("q", "close the quote, or remove it: `[profile \"q]` in line 4 of `config`"),
            ("c", "write `[c]` instead of `[profile c]` in line 1 of `credentials`"),
        ] {
            assert_eq!(unknown(&Context::default(), &files, name).hints[0], hint);
        }
        assert!(found("dve").unwrap_err().hints[0].contains("`dev`"));
        let all = "the profiles are: dev, twin-a, twin b, target";
        assert_eq!(found("zzzzzzzz").unwrap_err().hints[0], all);
        let many: String = (0..6).map(|n| format!("[profile name-{n}]\n")).collect();
        let error = unknown(&Context::default(), &ConfigFiles::parse(&many, ""), "zzzzzzzz");
        assert_eq!(error.hints[0], "ssox list shows the 6 profiles");
    }

    #[test]
    fn the_name_of_a_session_gets_the_line_that_signs_in_to_it() {
        let files = ConfigFiles::parse("[sso-session corp]\n[profile dev]\n", "");
        let hint = |name| unknown(&Context::default(), &files, name).hints.concat();
        let line = "ssox login --sso-session corp";
        assert_eq!(
            hint("corp"),
            format!("`corp` is an sso-session: {line} signs in to it, ssox sessions shows its profiles")
        );
        assert_eq!(hint("crop"), format!("did you mean the sso-session `corp`? {line}"));
    }

    #[test]
    fn an_empty_name_is_called_empty() {
        let error = found("").unwrap_err();
        assert_eq!(error.message, "the name of the profile is empty");
        assert_eq!(error.hints[0], "is the variable in the command unset? ssox list shows the profiles");
    }
}
