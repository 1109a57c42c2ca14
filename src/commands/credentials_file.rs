//! `ssox export --format credentials-file`: prints or writes a section of `~/.aws/credentials`. The written credentials
//! are not renewed.

use crate::config::{ConfigFiles, Edits, SectionKind, WhichFile};
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::{Error, Result, as_option, path_argument};
use crate::files;
use crate::secret::Secret;
use crate::source::expiry::EXPIRY_KEYS;
use crate::source::profile_keys::OTHER_SOURCES;
use crate::terminal;

/// The settings that only a profile of IAM Identity Center has.
const SSO_KEYS: [&str; 3] = ["sso_account_id", "sso_session", "sso_start_url"];

/// Returns the section of `~/.aws/credentials` that contains these credentials, as text.
///
/// # Errors
/// `Configuration`: some AWS tools would not read the name of the section, or would read a value differently.
pub(super) fn text(section: &str, credentials: &RoleCredentials) -> Result<Secret> {
    let empty = ConfigFiles::parse("", "");
    Ok(edited(&empty, section, credentials)?.finish())
}

/// Writes credentials into a section of `~/.aws/credentials`, and leaves the rest of this file unchanged.
///
/// # Errors
/// Those of [`check`]. `Configuration`: the file cannot be read or written. `Unreachable`: another process holds the
/// lock.
pub(super) fn write(ctx: &Context, section: &str, credentials: &RoleCredentials) -> Result<()> {
    let path = ConfigFiles::update(ctx, WhichFile::Credentials, |files| {
        check(files, section)?;
        Ok(edited(files, section, credentials)?.finish())
    })?;
    let end = credentials.expiration.map(|end| format!("; the credentials expire at {end}")).unwrap_or_default();
    terminal::say(&format!("wrote `[{section}]` into `{}`{end}", path.display()));
    if files::is_open_to_others(&path) {
        let argument = path_argument(&path);
        terminal::warn(&format!("`{}` can be read by other users of this machine", path.display()));
        terminal::say(&format!("hint: chmod 600 {argument}"));
    }
    Ok(())
}

/// Checks that the section conflicts with no existing profile. Some SDKs prefer access keys in this file to the
/// profile's SSO settings, and others do not. Long-term access keys of a user would be overwritten and lost.
///
/// # Errors
/// `Configuration`: a profile with this name gets its credentials in another way, has access keys in the config file,
/// or has long-term access keys in the credentials file.
pub(super) fn check(files: &ConfigFiles, section: &str) -> Result<()> {
    let Some(profile) = files.profile(section) else { return Ok(()) };
    let taken = |what: &str| {
        Err(Error::configuration(format!(
            "could not write access keys into `[{section}]` of the credentials file: profile `{section}` already exists, and {what}"
        ))
        .hint(format!("use another name: {}", as_option("--write", &format!("{section}-keys")))))
    };
    if SSO_KEYS.iter().any(|key| profile.entry(key).is_some()) {
        return taken("signs in to IAM Identity Center");
    }
    if let Some((_, how)) = OTHER_SOURCES.iter().find(|(key, _)| profile.entry(key).is_some()) {
        return taken(how);
    }
    let has =
        |key: &str, which: WhichFile| profile.entries().iter().any(|entry| entry.key == key && entry.which == which);
    let is_temporary = ["aws_session_token", "aws_security_token"].iter().any(|key| has(key, WhichFile::Credentials));
    let is_in_config = has("aws_access_key_id", WhichFile::Config);
    if is_in_config || (has("aws_access_key_id", WhichFile::Credentials) && !is_temporary) {
        return taken("has its own access keys");
    }
    Ok(())
}

fn edited<'a>(files: &'a ConfigFiles, section: &str, credentials: &RoleCredentials) -> Result<Edits<'a>> {
    let mut edits = Edits::new(&files.credentials)?;
    let end = credentials.expiration.map(|end| end.to_string());
    let keys = [
        ("aws_access_key_id", Some(credentials.access_key_id.as_str())),
        ("aws_secret_access_key", Some(credentials.secret_access_key.expose())),
        ("aws_session_token", credentials.session_token.as_ref().map(Secret::expose)),
        // The old name of `aws_session_token`. It is removed, because the AWS CLI prefers it to the new name.
        ("aws_security_token", None),
        ("aws_account_id", credentials.account_id.as_deref()),
        // Expirations that other tools may have written for the credentials that ssox replaces.
        (EXPIRY_KEYS[1], None),
        (EXPIRY_KEYS[2], None),
        (EXPIRY_KEYS[3], None),
        // The expiration in RFC 3339. Prompts, saml2aws and ssox read it; SDKs do not.
        ("x_security_token_expires", end.as_deref()),
    ];
    for (key, value) in keys {
        match value {
            Some(value) => edits.set(SectionKind::Profile, section, key, value)?,
            None => edits.unset(SectionKind::Profile, section, key),
        }
    }
    Ok(edits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;
    use crate::time::Timestamp;

    fn credentials(token: Option<&str>) -> RoleCredentials {
        let keys = RoleCredentials::new(
            "ASIA",
            Secret::new("s"),
            token.map(Secret::new),
            token.and_then(|_| Timestamp::parse("2036-11-20T21:48:08Z")),
        );
        RoleCredentials { account_id: token.and_then(|_| crate::arn::AccountId::parse("111122223333")), ..keys }
    }

    #[test]
    fn the_section_has_the_keys_that_tools_read() {
        assert_eq!(
            text("dev", &credentials(Some("t"))).unwrap().expose(),
            "[dev]\naws_access_key_id = ASIA\naws_secret_access_key = s\naws_session_token = t\n\
             aws_account_id = 111122223333\nx_security_token_expires = 2036-11-20T21:48:08Z\n"
        );
    }

    #[test]
    fn values_of_the_replaced_keys_are_removed() {
        let before = "# mine\n[a]\nx = 1\n\n[dev]\naws_access_key_id = OLD ; c\naws_session_token = old\n\
            aws_security_token = old\nx_security_token_expires = old\nexpiration = old\naws_expiration = old\nregion = eu-west-1\n[b]\ny = 2\n";
        let files = ConfigFiles::parse("", before);
        let after = edited(&files, "dev", &credentials(None)).unwrap().finish().expose().to_string();
        assert!(after.starts_with("# mine\n[a]\nx = 1\n\n[dev]\naws_access_key_id = ASIA"), "{after}");
        assert!(after.ends_with("[b]\ny = 2\n") && after.contains("region = eu-west-1\n"), "{after}");
        assert!(!after.contains("old"), "{after}");
    }

    #[test]
    fn the_name_of_a_profile_with_another_source_is_taken() {
        let config = "[profile sso]\nsso_session = corp\n[profile role]\nrole_arn = x\n[profile process]\n\
            credential_process = x\n[profile static]\naws_access_key_id = A\n[profile region-only]\nregion = eu-west-1\n";
        let credentials = "[user]\naws_access_key_id = A\n[written]\naws_access_key_id = A\naws_session_token = t\n";
        let files = ConfigFiles::parse(config, credentials);
        for (name, why) in [
            ("sso", "Identity Center"),
            ("role", "assumes a role"),
            ("process", "a program"),
            ("static", "its own access keys"),
            ("user", "its own access keys"),
        ] {
            let error = check(&files, name).unwrap_err();
            assert!(error.message.contains(why), "{name}: {}", error.message);
            assert!(error.hints[0].contains(&format!("--write {name}-keys")));
        }
        for name in ["region-only", "written", "new"] {
            assert!(check(&files, name).is_ok(), "{name}");
        }
    }
}
