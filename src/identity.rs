//! The identity of a shell: a fingerprint of the value that ssox last gave each AWS variable. The variable
//! `SSOX_IDENTITY` contains the fingerprints, so that each ssox process can find out whether another program has
//! changed these variables.
//!
//! A fingerprint is the first 32 bits of a digest of name and value. A fingerprint reveals no secret: a secret access
//! key has 240 random bits and a session token has more, so 32 bits are not enough to find them. Access key IDs,
//! regions and profile names are not secret.

mod state;

use crate::context::{Context, NO_MACHINE, REAL_FILES};
use crate::environment::{BOTO_CONFIG, EnvChanges, GDAL_CREDENTIALS_FILE};
use crate::error::Result;
use crate::files;
use state::State;
use std::ffi::OsStr;
use std::path::PathBuf;

/// The variable that contains the fingerprints of the values that ssox has set in this shell.
pub(crate) const VARIABLE: &str = "SSOX_IDENTITY";
/// The variable in which the shell function passes its own copy of `SSOX_IDENTITY`. This copy is needed because a
/// person can change `SSOX_IDENTITY`.
pub(crate) const NOTED: &str = "SSOX_HELD";

pub(crate) const ID: &str = "AWS_ACCESS_KEY_ID";
pub(crate) const SECRET: &str = "AWS_SECRET_ACCESS_KEY";
pub(crate) const TOKEN: &str = "AWS_SESSION_TOKEN";
pub(crate) const EXPIRATION: &str = "AWS_CREDENTIAL_EXPIRATION";
pub(crate) const ACCOUNT_ID: &str = "AWS_ACCOUNT_ID";

/// The variables that determine which credentials AWS tools use. ssox compares the values of these variables with the
/// fingerprints in `SSOX_IDENTITY`, which are in the same order.
pub(crate) const COMPARED: [&str; 18] = [
    ID,
    SECRET,
    TOKEN,
    EXPIRATION,
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    PROFILES[0],
    PROFILES[1],
    "AWS_SECURITY_TOKEN",
    "SSOX_PROFILE",
    FILES[0],
    FILES[1],
    WEB_IDENTITY[0],
    WEB_IDENTITY[1],
    ENDPOINT[0],
    ENDPOINT[1],
    ENDPOINT[2],
    ENDPOINT[3],
];
/// The variables with the name of a profile. If such a variable is set but empty, the AWS CLI and boto3 look for a
/// profile with an empty name.
pub(crate) const PROFILES: [&str; 2] = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"];
/// The variables with the paths of the AWS configuration files. `ssox use` does not change these variables. While the
/// shell has no access keys, tools use a profile in these files.
pub(crate) const FILES: [&str; 2] = ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"];
/// The variables of a web identity. In the AWS CLI and boto3, they take precedence over the profile, and access keys
/// take precedence over them.
pub(crate) const WEB_IDENTITY: [&str; 2] = ["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"];
/// The variables with which AWS tools find a server for credentials, of ssox or of a container. Tools ask it if there
/// are neither access keys nor a profile. In this order, the variables contain the server's URL; a path on the server
/// of ECS (tools prefer this path to the URL); the authorization token; and the path of a file with this token.
pub(crate) const ENDPOINT: [&str; 4] = [
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
];
/// The variables that are only for display, in the prompt and in `ssox status`.
pub(crate) const SHOWN: [&str; 3] = ["SSOX_PROMPT", "SSOX_ROLE", "SSOX_PROTECTED"];

/// The variable with the name or start URL of the session, if the shell uses an assignment and not a profile.
pub(crate) const SESSION: &str = "SSOX_SSO_SESSION";
/// The variable with the time at which the hook in the shell prompt removes a protected profile (a person must confirm
/// each use) from the shell.
pub(crate) const UNTIL: &str = "SSOX_PROTECTED_UNTIL";

/// Variables that ssox sets only for programs that use ssox's endpoint. A person may have set them, too.
pub(crate) const BESIDE_ENDPOINT: [&str; 3] = [NO_MACHINE, GDAL_CREDENTIALS_FILE, BOTO_CONFIG];

/// Returns the variables whose states are in `SSOX_IDENTITY`, in the order of the states: the variables in
/// [`COMPARED`], the account ID (which only the account-based endpoints of AWS services use), the variables in
/// [`SHOWN`], the time limit of a protected profile, the session of an assignment, and the variables for programs that
/// use ssox's endpoint. New variables go to the end, so that a record in a shell stays valid when ssox is upgraded.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    COMPARED.into_iter().chain([ACCOUNT_ID]).chain(SHOWN).chain([UNTIL, SESSION]).chain(BESIDE_ENDPOINT)
}

/// The number of variables in the shortest valid `SSOX_IDENTITY`, which the first version of ssox wrote.
const FEWEST: usize = COMPARED.len() + SHOWN.len() + 3;

/// Tells whether `ssox use` or `ssox exec` has set variables in this environment. `SSOX_PROFILE` does not show this,
/// because people set it, too.
pub(crate) fn is_in_use(ctx: &Context) -> bool {
    noted(ctx).is_some() || [VARIABLE, "SSOX_PROMPT"].iter().any(|name| ctx.var(name).is_some())
}

/// Tells whether a profile is in use whose credentials the shell does not have yet. Only then both AWS_PROFILE and
/// AWS_DEFAULT_PROFILE are set by ssox.
pub(crate) fn is_awaited(ctx: &Context) -> bool {
    Identity::recorded(ctx).is_some_and(|held| PROFILES.iter().all(|name| held.has_recorded(name)))
}

/// Returns the value of the variable [`NOTED`], in which the shell function passes its copy of `SSOX_IDENTITY`. The
/// variable is ignored if this process was not started by the shell function.
fn noted(ctx: &Context) -> Option<&str> {
    ctx.emit.as_ref().and(ctx.var(NOTED))
}

/// The state in which ssox left each variable of [`names`]. The text of these states, which `SSOX_IDENTITY` contains,
/// is called the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity(Vec<State>);

impl Identity {
    /// Returns the states of this shell's variables from the record. Without a valid record, the variables that people
    /// may set themselves have the state `Untouched`, and all others have the state `Unset`.
    pub(crate) fn of_shell(ctx: &Context) -> Self {
        Self::recorded(ctx).unwrap_or_else(|| {
            let is_setting =
                |name: &str| name == "SSOX_PROFILE" || [&FILES[..], &WEB_IDENTITY, &ENDPOINT].concat().contains(&name);
            let state = |name| if is_setting(name) { State::Untouched } else { State::Unset };
            Self(names().map(state).collect())
        })
    }

    /// Returns the states of this shell's variables from the record; `None` without a valid record. There may be two
    /// records: one in `SSOX_IDENTITY`, and one that the shell function passes. The record of the shell function is
    /// used, except in two cases: only the record in `SSOX_IDENTITY` fits the current values, or only that record has
    /// the current access key. In these cases, the variables were copied from another shell, or direnv has restored
    /// earlier values.
    pub(crate) fn recorded(ctx: &Context) -> Option<Self> {
        let record = |text: Option<&str>| text.and_then(Self::parse);
        let fit = |record: &Self| (record.changed_by_others(ctx).is_empty(), record.has_set(ctx, ID));
        let (noted, visible) = (record(noted(ctx)), record(ctx.var(VARIABLE)));
        if visible.as_ref().map(fit) > noted.as_ref().map(fit) { visible } else { noted.or(visible) }
    }

    /// Returns the identity of this shell after these environment changes. A variable that does not change keeps its
    /// recorded state. The exceptions are the variables in [`FILES`], [`WEB_IDENTITY`] and [`ENDPOINT`]: their states
    /// also depend on whether the changes set access keys.
    pub(crate) fn after(ctx: &Context, changes: &EnvChanges) -> Self {
        let before = Self::recorded(ctx);
        let recorded = |at: usize| before.as_ref().map(|before| before.0[at].clone());
        Self(names().enumerate().map(|(at, name)| state_after(ctx, changes, name, recorded(at))).collect())
    }

    /// Returns the record that these environment changes set; `None` if they set none.
    pub(crate) fn in_changes(changes: &EnvChanges) -> Option<Self> {
        Self::parse(changes.get(VARIABLE)??)
    }

    /// Returns a copy of this identity in which the variables in `removed` count as removed by ssox. Variables that
    /// ssox had not set keep their states.
    pub(crate) fn without(&self, removed: &[&str]) -> Self {
        let state = |(name, state): (&'static str, &State)| match state {
            State::Set(fingerprint) if removed.contains(&name) => State::Removed(fingerprint.clone()),
            _ => state.clone(),
        };
        Self(names().zip(&self.0).map(state).collect())
    }

    /// Returns a copy of this identity in which the variables in `returned` count as set by ssox again, with the values
    /// that they had when ssox removed them.
    pub(crate) fn with(&self, returned: &[&str]) -> Self {
        let state = |(name, state): (&'static str, &State)| match state {
            State::Removed(fingerprint) if returned.contains(&name) => State::Set(fingerprint.clone()),
            _ => state.clone(),
        };
        Self(names().zip(&self.0).map(state).collect())
    }

    /// Returns a copy of this identity in which the variables in `names` may have any value, because the profile in use
    /// does not set them. Variables that ssox had not set keep their states.
    pub(crate) fn released(&self, names: &[&str]) -> Self {
        let state = |(name, state): (&'static str, &State)| match state {
            State::Set(fingerprint) if names.contains(&name) => State::Released(fingerprint.clone()),
            _ => state.clone(),
        };
        Self(self::names().zip(&self.0).map(state).collect())
    }

    /// Returns a copy of this identity in which the variables in `names` count as never changed by ssox.
    pub(crate) fn untouched(&self, names: &[&str]) -> Self {
        let state = |(name, state): (&'static str, &State)| {
            if names.contains(&name) { State::Untouched } else { state.clone() }
        };
        Self(self::names().zip(&self.0).map(state).collect())
    }

    /// Tells whether a variable is as it was after the last change by ssox. Unlike [`Self::is_unchanged`], also
    /// compares a variable in the state `Released`: a variable that ssox set for an earlier profile, and for which the
    /// profile in use has no value.
    pub(crate) fn is_as_left(&self, ctx: &Context, name: &str) -> bool {
        match self.state(name) {
            State::Released(_) => value(ctx, name).is_some_and(|value| self.matches(name, &value)),
            _ => self.is_unchanged(ctx, name),
        }
    }

    /// Tells whether a variable still has the value that ssox set, or is still unset after ssox unset it. Also returns
    /// true if the variable may have any value: ssox never changed it, or the profile in use has no value for it.
    pub(crate) fn is_unchanged(&self, ctx: &Context, name: &str) -> bool {
        match self.state(name) {
            State::Untouched | State::Released(_) => true,
            State::Unset | State::Removed(_) => value(ctx, name).is_none(),
            State::Set(recorded) => value(ctx, name).is_some_and(|value| fingerprint(name, &value) == *recorded),
        }
    }

    /// Tells whether a variable still has the value that ssox set.
    pub(crate) fn has_set(&self, ctx: &Context, name: &str) -> bool {
        matches!(self.state(name), State::Set(_)) && self.is_unchanged(ctx, name)
    }

    /// Tells whether ssox set a variable for the profile in use, whatever its value is now.
    pub(crate) fn has_recorded(&self, name: &str) -> bool {
        matches!(self.state(name), State::Set(_) | State::Removed(_))
    }

    /// Tells whether ssox unset a variable for the profile in use, whatever its value is now.
    pub(crate) fn has_unset(&self, name: &str) -> bool {
        *self.state(name) == State::Unset
    }

    /// Tells whether `value` is the value that ssox last set for this variable, even if ssox has removed the variable
    /// since then.
    pub(crate) fn matches(&self, name: &str, value: &str) -> bool {
        match self.state(name) {
            State::Set(recorded) | State::Removed(recorded) | State::Released(recorded) => {
                fingerprint(name, value) == *recorded
            }
            State::Untouched | State::Unset => false,
        }
    }

    /// Tells whether ssox set a variable and removed it again.
    pub(crate) fn has_removed(&self, name: &str) -> bool {
        matches!(self.state(name), State::Removed(_))
    }

    /// Tells whether ssox ever set or unset a variable.
    pub(crate) fn has_changed(&self, name: &str) -> bool {
        *self.state(name) != State::Untouched
    }

    /// Returns those of the variables in [`COMPARED`] that another program has changed since ssox recorded this
    /// identity.
    pub(crate) fn changed_by_others(&self, ctx: &Context) -> Vec<&'static str> {
        COMPARED.into_iter().filter(|name| !self.is_unchanged(ctx, name)).collect()
    }

    /// Returns those of the variables in [`COMPARED`] that another program has changed. If another program replaced
    /// ssox's access key for a time and then restored it, also returns the session token and the expiration if ssox
    /// removed them during that time.
    pub(crate) fn differing(&self, ctx: &Context) -> Vec<&'static str> {
        let changed = self.changed_by_others(ctx);
        let removed = [TOKEN, EXPIRATION].into_iter().filter(|name| self.has_removed(name) && !changed.contains(name));
        let removed: Vec<_> = removed.filter(|_| self.has_set(ctx, ID)).collect();
        [changed, removed].concat()
    }

    /// Adds `SSOX_IDENTITY`, with this record as its value, to the environment changes.
    ///
    /// # Errors
    /// In practice there is no error: a record is short and contains no control characters.
    pub(crate) fn record(&self, changes: &mut EnvChanges) -> Result<()> {
        changes.set(VARIABLE, self.text())
    }

    /// Tells whether `SSOX_IDENTITY` already contains this record.
    pub(crate) fn is_recorded(&self, ctx: &Context) -> bool {
        ctx.var(VARIABLE) == Some(self.text().as_str())
    }

    fn text(&self) -> String {
        let states: Vec<String> = self.0.iter().map(State::text).collect();
        states.join(".")
    }

    fn state(&self, name: &str) -> &State {
        names().position(|known| known == name).map_or(&State::Untouched, |at| &self.0[at])
    }

    fn parse(text: &str) -> Option<Self> {
        let mut states: Vec<State> = text.split('.').map(State::parse).collect::<Option<_>>()?;
        if states.len() < FEWEST {
            return None;
        }
        // An older or newer ssox has recorded other variables, too.
        states.resize(names().count(), State::Untouched);
        Some(Self(states))
    }
}

/// Returns the state of the variable `name` after some environment changes; `recorded` is its state before these
/// changes.
fn state_after(ctx: &Context, changes: &EnvChanges, name: &str, recorded: Option<State>) -> State {
    let sets_keys = changes.get(ID).map(|id| id.is_some());
    if let Some(sets_keys) = sets_keys.filter(|_| FILES.contains(&name)) {
        // The configuration files determine the credentials only while no access keys are set.
        let value = changes.get(name).map_or_else(|| value(ctx, name), |path| named_file(ctx, name, path));
        let value = value.filter(|_| !sets_keys);
        let without_value = if sets_keys { State::Untouched } else { State::Unset };
        return value.map_or(without_value, |value| State::Set(fingerprint(name, &value)));
    }
    let is_served = changes.get(ENDPOINT[0]).flatten().is_some();
    match changes.get(name) {
        Some(Some(value)) if !value.is_empty() => State::Set(fingerprint(name, value)),
        // The variables of a server are compared only in two kinds of shell: one that gets its credentials from ssox's
        // server, and one that waits for its credentials, in which tools could ask another server.
        _ if sets_keys.is_some() && ENDPOINT.contains(&name) && !is_served && !awaits_server(changes, name) => {
            State::Untouched
        }
        Some(_) => State::Unset,
        None if sets_keys == Some(true) && WEB_IDENTITY.contains(&name) => State::Untouched,
        None => recorded.unwrap_or(if SHOWN.contains(&name) { State::Unset } else { State::Untouched }),
    }
}

/// Tells whether `name` is a variable with the address of a server for credentials, and tools may ask that server after
/// these environment changes: the shell has no access keys, and the profile may have no credentials that tools can use.
/// For `use --profile-only` ssox has checked that the profile has such credentials.
fn awaits_server(changes: &EnvChanges, name: &str) -> bool {
    let [Some(profile), Some(other)] = PROFILES.map(|name| changes.get(name)) else { return false };
    let is_checked = profile.is_some() && other.is_none();
    ENDPOINT[..2].contains(&name) && changes.get(ID) == Some(None) && !is_checked
}

/// Returns the value of a variable, as ssox compares it with a fingerprint; `None` if the variable is unset. An empty
/// variable counts as unset, unless it is one of [`PROFILES`]. For one of [`FILES`], the value is the absolute path of
/// the configuration file, even if the variable is unset. This path also depends on the working directory and on HOME.
/// In a program that uses ssox's endpoint (`exec --serve` or `serve`), the value is the path of the file that other
/// programs read, not the path of the file that ssox reads.
fn value(ctx: &Context, name: &str) -> Option<String> {
    let value = match usual_name(name) {
        Some(usual_name) => return whole(ctx.file_for_programs(name, usual_name).ok()?),
        None => ctx.var_os(name)?,
    };
    Some(value.to_string_lossy().into_owned()).filter(|value| !value.is_empty() || PROFILES.contains(&name))
}

/// Returns the absolute path of the configuration file whose path the variable `name` contains. ssox makes the
/// fingerprint of the variable from this path. `path` is the value of the variable; `None` if the variable is unset, so
/// that the file is in `~/.aws`.
fn named_file(ctx: &Context, name: &str, path: Option<&str>) -> Option<String> {
    whole(ctx.named_file(path.map(OsStr::new), usual_name(name)?).ok()?)
}

fn usual_name(name: &str) -> Option<&'static str> {
    REAL_FILES.iter().find(|(_, variable, _)| *variable == name).map(|(_, _, usual_name)| *usual_name)
}

fn whole(path: PathBuf) -> Option<String> {
    let path = std::path::absolute(path).ok()?;
    Some(path.to_string_lossy().into_owned()).filter(|path| !path.is_empty())
}

/// Returns the fingerprint of a variable: the first 32 bits of a digest of name and value, in hexadecimal digits.
pub(crate) fn fingerprint(name: &str, value: &str) -> String {
    hex::encode(&files::hash(&[name, "=", value])[..4])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(variables: &[(&str, &str)]) -> Context {
        Context::new(variables.iter().map(|(name, value)| ((*name).into(), (*value).into())))
    }

    fn record(changes: &EnvChanges) -> String {
        let mut recorded = EnvChanges::default();
        Identity::after(&context(&[]), changes).record(&mut recorded).unwrap();
        recorded.get(VARIABLE).unwrap().unwrap().into()
    }

    fn dev() -> String {
        let mut changes = EnvChanges::default();
        changes.set(ID, "ASIADEV").unwrap();
        changes.set(SECRET, "wJalr").unwrap();
        changes.unset("AWS_PROFILE");
        record(&changes)
    }

    #[test]
    fn a_variable_is_unchanged_while_it_has_the_value_ssox_set() {
        let dev = dev();
        type Row<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);
        let rows: [Row<'_>; 7] = [
            (&[(ID, "ASIADEV"), (SECRET, "wJalr")], &[]),
            (&[(ID, "ASIADEV"), (SECRET, "wJalr"), ("AWS_REGION", "untouched"), ("AWS_SECURITY_TOKEN", "")], &[]),
            (&[(ID, "ASIADEV"), (SECRET, "wJalr"), ("AWS_PROFILE", "")], &["AWS_PROFILE"]),
            (&[(ID, "ASIADEV"), (SECRET, "other")], &[SECRET]),
            (&[(ID, "AKIAOTHER"), (SECRET, "wJalr")], &[ID]),
            (&[(SECRET, "wJalr")], &[ID]),
            (&[(ID, "ASIADEV"), (SECRET, "wJalr"), ("AWS_PROFILE", "x")], &["AWS_PROFILE"]),
        ];
        for (variables, foreign) in rows {
            let ctx = context(&[variables, &[(VARIABLE, dev.as_str())]].concat());
            assert_eq!(Identity::of_shell(&ctx).changed_by_others(&ctx), foreign, "{variables:?}");
        }
    }

    #[test]
    fn a_record_contains_no_value() {
        assert!(!dev().contains("ASIA") && dev().len() < 80, "{}", dev());
    }

    #[test]
    fn without_a_readable_record_every_key_counts_as_changed() {
        for text in ["", "x", "........", "zzzzzzzz.............", &"a".repeat(9)] {
            let ctx = context(&[(ID, "ASIADEV"), ("SSOX_PROFILE", "dev"), (VARIABLE, text)]);
            assert_eq!(Identity::of_shell(&ctx).changed_by_others(&ctx), [ID], "{text}");
        }
    }

    /// A shell keeps its record when ssox is upgraded.
    #[test]
    fn a_record_of_another_version_is_read() {
        let dev = dev();
        let older = dev.splitn(FEWEST + 1, '.').take(FEWEST).collect::<Vec<_>>().join(".");
        for record in [older.clone(), format!("{dev}.-.aaaaaaaa")] {
            let ctx = context(&[(ID, "ASIADEV"), (SECRET, "wJalr"), (VARIABLE, &record)]);
            assert_eq!(Identity::recorded(&ctx).unwrap().changed_by_others(&ctx), [""; 0], "{record}");
        }
        let cut = older.rsplit_once('.').unwrap().0;
        assert!(Identity::recorded(&context(&[(VARIABLE, cut)])).is_none());
    }

    #[test]
    fn a_removed_variable_is_unchanged_while_it_is_unset() {
        let ctx = context(&[(VARIABLE, &dev())]);
        let mut changes = EnvChanges::default();
        Identity::of_shell(&ctx).without(&[SECRET]).record(&mut changes).unwrap();
        let record = changes.get(VARIABLE).unwrap().unwrap().to_string();
        let out = context(&[(ID, "ASIADEV"), (VARIABLE, &record)]);
        assert_eq!(Identity::of_shell(&out).changed_by_others(&out), [""; 0]);
        assert!(Identity::of_shell(&out).has_removed(SECRET) && Identity::of_shell(&out).matches(SECRET, "wJalr"));
        let back = context(&[(ID, "ASIADEV"), (SECRET, "wJalr"), (VARIABLE, &record)]);
        assert_eq!(Identity::of_shell(&back).changed_by_others(&back), [SECRET]);
    }
}
