//! Finds the profile that a person means: by its name, by `ACCOUNT/ROLE`, or by a pasted ARN. If no profile fits, finds
//! an assignment (an account and a role that a session may use). A profile whose name is exactly what the person typed
//! has precedence.

use super::assignment::{self, ListingSource};
use super::first_step::first_step;
use crate::arn::{AccountId, Arn};
use crate::config::{ConfigFiles, Section, SectionKind, nearest};
use crate::context::Context;
use crate::error::{Error, Result, as_argument, as_option};
use crate::source::role_arn::permission_set;
use crate::source::sso::{SsoRole, account_and_role, check_role_name, session_label};

/// The most profiles that a hint lists.
const MOST_LISTED: usize = 5;

/// Which profile to find: the name that a person typed or a variable contains, and where to look for the name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    pub(crate) name: &'a str,
    /// The value of `--sso-session`.
    pub(crate) session: Option<&'a str>,
    pub(crate) listings: ListingSource,
    /// The verb, if it works with the session of a profile: `login` or `logout`. Without the name of a profile, this
    /// verb takes `--sso-session`.
    pub(crate) session_verb: Option<&'static str>,
}

/// What ssox has found for a name: a profile, or an account and role without a profile.
#[derive(Clone, Debug)]
pub(crate) enum Found {
    /// The name of a profile.
    Profile(String),
    /// A role that Identity Center assigns and no profile has.
    Assignment(Box<SsoRole>),
}

impl<'a> Wanted<'a> {
    /// Describes what to look for: a name that a person typed. If the later search needs the list of a session's
    /// accounts, and none is stored, it asks AWS.
    pub(crate) fn new(name: &'a str, session: Option<&'a str>) -> Self {
        Self { name, session, listings: ListingSource::Fetched, session_verb: None }
    }

    /// Takes the profile that is in use in this shell; if none is in use, the profile whose name is in AWS_PROFILE or
    /// AWS_DEFAULT_PROFILE; if neither is set, `default`.
    pub(crate) fn implied(ctx: &'a Context) -> Self {
        let name = super::implied_name(ctx);
        // `SSOX_SSO_SESSION` is used only together with `ACCOUNT/ROLE`. If `SSOX_PROFILE` names a profile, the session
        // is left over from an earlier `use`.
        let session = ctx.var("SSOX_SSO_SESSION").filter(|_| ctx.var("SSOX_PROFILE").is_some_and(is_numbered));
        Self::new(name, session)
    }

    /// Takes a name that is only looked for in files; AWS is not asked.
    pub(crate) fn stored(name: &'a str) -> Self {
        Self { name, session: None, listings: ListingSource::Stored, session_verb: None }
    }
}

/// Finds the profile or assignment.
///
/// # Errors
/// `Configuration`: there is no such profile or assignment (the hint contains similar names), the profile uses another
/// session than `wanted.session`, or several profiles have this account and role. `NeedsPerson`: no accounts are listed
/// yet. `Refused`, `Unreachable`: AWS does not list the accounts.
pub(crate) fn find(ctx: &Context, files: &ConfigFiles, wanted: &Wanted) -> Result<Found> {
    if let Some(section) = files.profile(wanted.name) {
        return of_session(&section, wanted.session).map(|()| Found::Profile(wanted.name.into()));
    }
    if let Some(role) = AccountRole::parse(wanted.name) {
        return by_role(ctx, files, wanted, &role);
    }
    let Some((account, role_name)) = wanted.name.rsplit_once('/') else { return Err(not_found(ctx, files, wanted)) };
    let sessions = assignment::candidates(ctx, files, wanted.session)?;
    if account.is_empty() || role_name.is_empty() || sessions.is_empty() {
        return Err(not_found(ctx, files, wanted));
    }
    let role = assignment::by_name(ctx, &sessions, wanted.listings, account, permission_set(role_name))?;
    let profile = only_profile(files, wanted.session, &AccountRole::of(&role))?;
    Ok(profile.map_or_else(|| Found::Assignment(Box::new(role)), Found::Profile))
}

/// Returns the assignment for a name like `111122223333/ReadOnly`, even if there are profiles with that account and
/// role. `None` for other names (such as an account name, or the ARN of a role that is not of Identity Center), or if
/// the configuration has no session.
///
/// # Errors
/// `Configuration`: there are several sessions, and the name does not tell which session is meant.
pub(super) fn assignment(ctx: &Context, files: &ConfigFiles, wanted: &Wanted) -> Result<Option<SsoRole>> {
    let Some(role) = AccountRole::parse(wanted.name) else { return Ok(None) };
    let Some(account_id) = role.assigned_in() else { return Ok(None) };
    let sessions = assignment::candidates(ctx, files, wanted.session)?;
    if sessions.is_empty() {
        return Ok(None);
    }
    assignment::by_number(ctx, &sessions, wanted.listings, &account_id, role.role_name).map(Some)
}

fn by_role(ctx: &Context, files: &ConfigFiles, wanted: &Wanted, role: &AccountRole) -> Result<Found> {
    if let Some(name) = only_profile(files, wanted.session, role)? {
        return Ok(Found::Profile(name));
    }
    let no_profile = || Error::configuration(format!("no profile has {role}"));
    let account_id = role.assigned_in().ok_or_else(|| {
        no_profile()
            .hint("write a profile with `role_arn` and `source_profile`, or use `ssox use PROFILE --role-arn ARN`")
    })?;
    check_role_name("the role after the `/`", role.role_name)?;
    let sessions = assignment::candidates(ctx, files, wanted.session)?;
    if sessions.is_empty() {
        return Err(no_profile().hint("ssox configure sso"));
    }
    assignment::by_number(ctx, &sessions, wanted.listings, &account_id, role.role_name)
        .map(|role| Found::Assignment(Box::new(role)))
}

/// Returns the only profile with this account and role; `None` if no profile has them.
fn only_profile(files: &ConfigFiles, session: Option<&str>, role: &AccountRole) -> Result<Option<String>> {
    let matches = |section: &Section| role.matches(section) && of_session(section, session).is_ok();
    let mut matching = files.names_with(role.account_id);
    matching.retain(|name| files.profile(name).is_some_and(|section| matches(&section)));
    match matching.as_slice() {
        [] => Ok(None),
        [name] => Ok(Some(name.clone())),
        several => Err(Error::configuration(format!("{} profiles have {role}", several.len())).hint(format!(
            "use one of their names: {}",
            several.iter().map(|name| as_argument(name)).collect::<Vec<_>>().join(" or ")
        ))),
    }
}

/// Fails if a profile uses another session than `--sso-session` says.
fn of_session(section: &Section, session: Option<&str>) -> Result<()> {
    let Some(session) = session.filter(|session| session_label(section) != Some(*session)) else { return Ok(()) };
    let name = &section.name;
    let uses =
        session_label(section).map_or_else(|| "has no session".into(), |label| format!("uses session `{label}`"));
    Err(Error::configuration(format!("profile `{name}` {uses}, and not `{session}`")).hint("leave out --sso-session"))
}

/// Makes the error for an unknown name; the hint contains similar names.
pub(crate) fn unknown(ctx: &Context, files: &ConfigFiles, name: &str) -> Error {
    not_found(ctx, files, &Wanted::stored(name))
}

fn not_found(ctx: &Context, files: &ConfigFiles, wanted: &Wanted) -> Error {
    let name = wanted.name;
    if name.is_empty() {
        return Error::configuration("the name of the profile is empty")
            .hint("if the name comes from a variable, this variable may be unset; `ssox list` shows the profiles");
    }
    let error = Error::configuration(format!("there is no profile `{name}`"));
    if let Some(hint) = files.header_hint(SectionKind::Profile, name) {
        return error.hint(hint);
    }
    if let Some((cause, hint)) = files.why_absent(ctx, |usual| usual.profile(name).is_some()) {
        return Error::configuration(format!("{}: {cause}", error.message)).hint(hint);
    }
    let why = if files.profile_names().next().is_none() { ": no profiles are configured yet" } else { "" };
    Error::configuration(format!("{}{why}", error.message)).hint(hint_for_unknown(files, wanted))
}

/// Returns the hint for an unknown name. It names the first of these that exists: a session with that name, similar
/// profiles, a similar session, all profiles if they are few. Otherwise it says how to list or configure profiles.
fn hint_for_unknown(files: &ConfigFiles, wanted: &Wanted) -> String {
    let Wanted { name, session_verb, .. } = *wanted;
    if files.sso_session(name).is_some() {
        return format!("`{name}` is an sso-session: {}", with_session(files, name, session_verb));
    }
    let near = nearest_profiles(files, name);
    if !near.is_empty() {
        return format!("did you mean `{}`? `ssox list` shows all profiles", near.join("` or `"));
    }
    let sessions: Vec<String> = files.sso_session_names().collect();
    if let Some(session) = nearest(name, sessions.iter().map(String::as_str)).first() {
        return format!("did you mean the sso-session `{session}`? {}", with_session(files, session, session_verb));
    }
    let profiles: Vec<String> = files.profile_names().collect();
    match profiles.len() {
        0 => first_step(files).into(),
        1..=MOST_LISTED => format!("the profiles are: {}", profiles.join(", ")),
        count => format!("`ssox list` shows the {count} profiles"),
    }
}

/// Returns what a person may type who gave the name of a session instead of that of a profile: the same verb with
/// `--sso-session`, or the name of a profile of this session.
fn with_session(files: &ConfigFiles, session: &str, verb: Option<&str>) -> String {
    let option = as_option("--sso-session", session);
    if let Some(verb) = verb {
        return format!("ssox {verb} {option}");
    }
    let of_session = files.profiles().filter(|section| session_label(section) == Some(session));
    let profiles: Vec<String> = of_session.map(|section| section.name.to_string()).collect();
    match profiles.len() {
        0 => format!("`ssox list --assigned {option}` shows its accounts and roles"),
        1..=MOST_LISTED => format!("its profiles are: {}", profiles.join(", ")),
        _ => "`ssox sessions` shows its profiles".into(),
    }
}

/// Returns the names of profiles that are similar to a name.
fn nearest_profiles(files: &ConfigFiles, name: &str) -> Vec<String> {
    let names: Vec<String> = files.profile_names().collect();
    nearest(name, names.iter().map(String::as_str))
}

/// An account and a role that were parsed from `ACCOUNT/ROLE` or an ARN.
struct AccountRole<'a> {
    account_id: &'a str,
    role_name: &'a str,
    arn: Option<&'a str>,
    /// Whether the role can belong to a permission set. If an ARN was parsed, the name of the role decides this.
    is_permission_set: bool,
}

impl std::fmt::Display for AccountRole<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "role `{}` in account `{}`", self.role_name, self.account_id)
    }
}

impl<'a> AccountRole<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        if let Some((account_id, role_name)) = text.split_once('/').filter(|(account_id, _)| AccountId::is(account_id))
        {
            return Some(Self { account_id, role_name: permission_set(role_name), arn: None, is_permission_set: true });
        }
        let arn = Arn::parse(text)?;
        let (account_id, role_name) = (arn.account_id, arn.role_name().or(arn.assumed_role_name())?);
        let is_permission_set = permission_set(role_name) != role_name;
        Some(Self { account_id, role_name: permission_set(role_name), arn: Some(text), is_permission_set })
    }

    fn of(role: &'a SsoRole) -> Self {
        Self { account_id: &role.account_id, role_name: &role.role_name, arn: None, is_permission_set: true }
    }

    /// Returns the account ID if the role can be an assignment of Identity Center. Other roles need a profile that
    /// assumes them.
    fn assigned_in(&self) -> Option<AccountId> {
        AccountId::parse(self.account_id).filter(|_| self.is_permission_set)
    }

    fn matches(&self, section: &Section) -> bool {
        if let Some(arn) = section.get("role_arn") {
            let of_profile = AccountRole::parse(arn).map(|role| (role.account_id, role.role_name));
            return self.arn == Some(arn) || of_profile == Some((self.account_id, self.role_name));
        }
        account_and_role(section) == Some((self.account_id, self.role_name))
    }
}

/// Tells whether a name is an account ID and a role, `111122223333/ROLE`.
pub(crate) fn is_numbered(name: &str) -> bool {
    name.split_once('/').is_some_and(|(account_id, _)| AccountId::is(account_id))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = "[profile dev]\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n\
        [profile twin-a]\nsso_account_id = 222233334444\nsso_role_name = Admin\n\
        [profile \"twin b\"]\nsso_account_id = 222233334444\nsso_role_name = Admin\n\
        [profile target]\nrole_arn = arn:aws:iam::444455556666:role/path/Target\n";

    fn found(wanted: &str) -> Result<String> {
        match find(&Context::new([]), &ConfigFiles::parse(CONFIG, ""), &Wanted::stored(wanted))? {
            Found::Profile(name) => Ok(name),
            Found::Assignment(role) => panic!("{role:?}"),
        }
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
        assert_eq!(error.hints[0], "`ssox list` shows the 6 profiles");
    }

    #[test]
    fn the_name_of_a_session_gets_its_profiles_or_the_option() {
        let config = "[sso-session corp]\n[profile dev]\nsso_session = corp\n[profile of-another]\n";
        let hint = |config: &str, name, session_verb| {
            let wanted = Wanted { session_verb, ..Wanted::stored(name) };
            not_found(&Context::default(), &ConfigFiles::parse(config, ""), &wanted).hints.concat()
        };
        assert_eq!(hint(config, "corp", None), "`corp` is an sso-session: its profiles are: dev");
        assert_eq!(hint(config, "crop", None), "did you mean the sso-session `corp`? its profiles are: dev");
        for verb in ["login", "logout"] {
            let line = format!("ssox {verb} --sso-session corp");
            assert_eq!(hint(config, "corp", Some(verb)), format!("`corp` is an sso-session: {line}"));
            assert_eq!(hint(config, "crop", Some(verb)), format!("did you mean the sso-session `corp`? {line}"));
        }
        let unused = "`corp` is an sso-session: `ssox list --assigned --sso-session corp` shows its accounts and roles";
        assert_eq!(hint("[sso-session corp]\n", "corp", None), unused);
        let many: String = (0..6).map(|n| format!("[profile p{n}]\nsso_session = corp\n")).collect();
        let many = format!("[sso-session corp]\n{many}");
        assert_eq!(hint(&many, "corp", None), "`corp` is an sso-session: `ssox sessions` shows its profiles");
    }

    #[test]
    fn an_empty_name_is_called_empty() {
        let error = found("").unwrap_err();
        assert_eq!(error.message, "the name of the profile is empty");
        assert_eq!(
            error.hints[0],
            "if the name comes from a variable, this variable may be unset; `ssox list` shows the profiles"
        );
    }
}
