//! The settings (keys) of a profile that `ssox configure populate` writes. All other settings belong to the person.

use super::assigned::Assignment;
use super::managed::Managed;
use crate::commands::process_of_ssox;
use crate::config::{Edits, Section, SectionKind};
use crate::error::{Result, as_argument};

/// How AWS tools get the credentials of the profiles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// AWS tools use the `sso_…` settings of the profile.
    Sso,
    /// AWS tools run `ssox credential-process`. The text is the path of ssox, quoted for the file. The profile has no
    /// `sso_…` settings, because SDKs would prefer these.
    CredentialProcess(String),
}

/// The values that are the same for all profiles that one `ssox configure populate` writes.
#[derive(Debug)]
pub(super) struct Keys<'a> {
    pub(super) session: &'a str,
    pub(super) form: Form,
    pub(super) region: Option<&'a str>,
    pub(super) output: Option<&'a str>,
}

impl Keys<'_> {
    /// Adds a profile at the end of the config file.
    ///
    /// # Errors
    /// `Configuration`: some AWS tools would not read the name or a value.
    pub(super) fn add(&self, edits: &mut Edits, name: &str, assignment: &Assignment) -> Result<()> {
        let keys = self.wanted(name, assignment);
        let keys: Vec<(&str, &str)> = keys.iter().map(|(key, value)| (*key, value.as_str())).collect();
        edits.add(SectionKind::Profile, name, &keys)
    }

    /// Sets the missing and wrong settings of an existing profile, and removes the settings of the other [`Form`].
    /// Returns whether a setting changes. `name` is the name of the profile after `ssox configure populate`, which may
    /// rename the profile.
    ///
    /// # Errors
    /// Those of [`Self::add`].
    pub(super) fn correct(
        &self,
        edits: &mut Edits,
        managed: &Managed,
        name: &str,
        assignment: &Assignment,
    ) -> Result<bool> {
        let mut is_changed = false;
        for (key, value) in self.wanted(name, assignment) {
            if managed.section.get(key) != Some(value.as_str()) {
                edits.set(SectionKind::Profile, &managed.name, key, &value)?;
                is_changed = true;
            }
        }
        for key in self.unwanted(&managed.section) {
            edits.unset(SectionKind::Profile, &managed.name, key);
            is_changed = true;
        }
        Ok(is_changed)
    }

    fn wanted(&self, name: &str, assignment: &Assignment) -> Vec<(&'static str, String)> {
        let (account_id, role) = (assignment.account.id.to_string(), assignment.role.to_string());
        let given = [("region", self.region), ("output", self.output)];
        let given = given.into_iter().filter_map(|(key, value)| Some((key, value?.to_string())));
        let managed = ("ssox_managed", self.session.to_string());
        match &self.form {
            Form::Sso => {
                let keys = [
                    ("sso_session", self.session.to_string()),
                    ("sso_account_id", account_id),
                    ("sso_role_name", role),
                ];
                keys.into_iter().chain(given).chain([managed]).collect()
            }
            Form::CredentialProcess(program) => {
                let line = format!("{program} credential-process {}", as_argument(name));
                let role = [managed, ("ssox_account_id", account_id), ("ssox_role_name", role)];
                [("credential_process", line)].into_iter().chain(given).chain(role).collect()
            }
        }
    }

    /// Returns those settings of the other [`Form`] that a profile still has, so that they are removed. If populate now
    /// writes `sso_` settings: `ssox_account_id`, `ssox_role_name`, and a `credential_process` that runs ssox. If it
    /// now writes `credential_process`: the `sso_` settings.
    fn unwanted(&self, section: &Section) -> Vec<&'static str> {
        let is_there = |key: &&str| section.get(key).is_some();
        // A `credential_process` that a person wrote stays.
        let is_ours =
            matches!(process_of_ssox::words(section).as_deref(), Some([_, verb, ..]) if verb == "credential-process");
        match self.form {
            Form::Sso => {
                let process = is_ours.then_some("credential_process");
                ["ssox_account_id", "ssox_role_name"].into_iter().filter(is_there).chain(process).collect()
            }
            Form::CredentialProcess(_) => {
                ["sso_session", "sso_account_id", "sso_role_name"].into_iter().filter(is_there).collect()
            }
        }
    }
}
