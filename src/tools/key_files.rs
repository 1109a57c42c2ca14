//! The access keys in the files of older programs: the file in `AWS_CREDENTIAL_FILE`, and the configuration file of
//! boto 2 and gsutil. botocore reads these files before it asks a container for credentials.

use super::prediction::rejection;
use super::view::{Outcome, Taken, View};
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::environment::BOTO_CONFIG;
use crate::files;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The variable with the path of a file with the lines `AWSAccessKeyId=…` and `AWSSecretKey=…`.
pub(crate) const CREDENTIAL_FILE: &str = "AWS_CREDENTIAL_FILE";
/// The configuration files of boto 2 if `BOTO_CONFIG` is not set, in order.
const BOTO_FILES: [&str; 2] = ["/etc/boto.cfg", "~/.boto"];

impl View<'_> {
    /// Returns what the tool does with the files of older programs that may contain access keys: the tool takes the
    /// first access keys, or fails at a file. `None`: the files contain no access keys.
    pub(super) fn key_files(&self) -> Option<Outcome> {
        credential_file(self.ctx).or_else(|| boto_file(self.ctx).map(|(_, outcome)| outcome))
    }
}

/// Returns the first configuration file of boto 2 that decides what botocore does: botocore takes the access keys in
/// this file; or botocore fails, because it cannot read the file, or because the file has an access key ID without a
/// secret access key. Returns `None` if no such file has an effect.
pub(crate) fn deciding_boto_file(ctx: &Context) -> Option<PathBuf> {
    boto_file(ctx).map(|(path, _)| path)
}

fn boto_file(ctx: &Context) -> Option<(PathBuf, Outcome)> {
    let places = match ctx.var_os(BOTO_CONFIG) {
        Some(path) => vec![path.to_str()?],
        None => BOTO_FILES.to_vec(),
    };
    places.into_iter().find_map(|place| of_boto_file(ctx, place))
}

fn of_boto_file(ctx: &Context, place: &str) -> Option<(PathBuf, Outcome)> {
    let seen = ctx.with("AWS_CONFIG_FILE", "").with("AWS_SHARED_CREDENTIALS_FILE", place);
    let files = ConfigFiles::load(&seen).ok()?;
    let path = files.credentials.path.clone();
    if let Some(why) = rejection(&files.check()) {
        return Some((path, (Taken::Nothing, why)));
    }
    let section = files.profile("Credentials")?;
    let outcome = outcome(&path, section.value("aws_access_key_id"), section.value("aws_secret_access_key"))?;
    Some((path, outcome))
}

fn credential_file(ctx: &Context) -> Option<Outcome> {
    let path = ctx.expand(ctx.var_os(CREDENTIAL_FILE)?.to_str()?);
    let content = files::read(&path).ok().flatten().map(Zeroizing::new);
    let Some(text) = content.as_ref().and_then(|content| str::from_utf8(content).ok()) else {
        return Some((Taken::Nothing, format!("refuses: cannot read the file in {CREDENTIAL_FILE}")));
    };
    let value = |key: &str| {
        let mut pairs = text.lines().filter_map(|line| line.split_once('='));
        pairs.rfind(|(name, _)| name.trim() == key).map(|(_, value)| value.trim())
    };
    outcome(&path, value("AWSAccessKeyId"), value("AWSSecretKey"))
}

fn outcome(path: &Path, id: Option<&str>, secret: Option<&str>) -> Option<Outcome> {
    let (id, path) = (id?, path.display());
    Some(match secret {
        Some(_) => (Taken::FileKeys(id.into()), format!("the access keys in {path}")),
        None => (Taken::Nothing, format!("refuses: {path} has an access key ID without a secret access key")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn decided(variables: &[(&str, &Path)]) -> Option<Outcome> {
        let variables = variables.iter().map(|(name, path)| ((*name).to_string(), (*path).into()));
        let ctx = Context::new(variables);
        credential_file(&ctx).or_else(|| boto_file(&ctx).map(|(_, outcome)| outcome))
    }

    #[test]
    fn the_first_file_with_access_keys_decides() {
        let directory = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            fs::write(directory.path().join(name), text).unwrap();
            directory.path().join(name)
        };
        let keys = "aws_access_key_id = AKIABOTO\naws_secret_access_key = s\n";
        let boto =
            file(".boto", &format!("[Boto]\n# a comment\nhttps_validate_certificates = True\n[Credentials]\n{keys}"));
        let google = file("google", "[Credentials]\n#aws_access_key_id = <yours>\ngs_oauth2_refresh_token = t\n");
        let half = file("half", "[Credentials]\naws_access_key_id = A\n");
        let broken = file("broken", "[Credentials]\naws_access_key_id = A\naws_access_key_id = B\n");
        let old = file("old", "AWSAccessKeyId = AKIAOLD\n\nAWSSecretKey=s\n");
        let takes = |id: &str, path: &Path| {
            Some((Taken::FileKeys(id.into()), format!("the access keys in {}", path.display())))
        };
        let home = ("HOME", directory.path());
        assert_eq!(decided(&[home]), takes("AKIABOTO", &boto));
        assert_eq!(decided(&[home, (BOTO_CONFIG, &google)]), None);
        assert_eq!(decided(&[home, (BOTO_CONFIG, Path::new(""))]), None);
        assert_eq!(decided(&[home, (CREDENTIAL_FILE, &old)]), takes("AKIAOLD", &old));
        let refused = |variable, path: &Path| {
            let (taken, why) = decided(&[home, (variable, path)]).unwrap();
            assert!(taken == Taken::Nothing && why.starts_with("refuses: "), "{why}");
            why
        };
        assert!(refused(BOTO_CONFIG, &half).ends_with("without a secret access key"));
        assert!(refused(BOTO_CONFIG, &broken).contains("`aws_access_key_id` is already in line 2"));
        assert!(refused(CREDENTIAL_FILE, Path::new("/nowhere")).contains("cannot read"));
    }
}
