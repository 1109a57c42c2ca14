//! Reads only some sections of a large `config`. For this, ssox keeps an index of the file's sections in the state
//! directory.
//!
//! An index is valid as long as the device, inode, size, modification time and change time of the file stay the same.
//! Every edit changes at least one of these five, because programs cannot set the change time. An index is written only
//! if the last change is at least some seconds ago, so that no later change can have the same time, on any file system.
//! Without a valid index, ssox reads the whole file.

mod index;
mod state;

pub(crate) use index::RoleHash;

use super::ConfigFiles;
use super::file::File;
use super::name::{SectionKind, WhichFile};
use crate::context::Context;
use crate::files;
use index::{Index, Part, SMALLEST, may_name_roles};
use state::State;
use std::path::PathBuf;

impl ConfigFiles {
    /// Loads `credentials`, and those sections of a large `config` that these profiles need. Returns `None` if the
    /// whole file must be read, for example because `config` is not large, there is no valid index, or `role_arn`
    /// occurs in these sections or in `credentials`. For a profile with `role_arn`, ssox also needs all other profiles
    /// that assume the same role.
    pub(crate) fn excerpt(ctx: &Context, profiles: &[&str]) -> Option<Self> {
        let (path, file) = large_config(ctx)?;
        let index = Index::read(ctx, &path, &file, Part::Sections)?;
        let text = index.sections(&file, profiles)?;
        // The file may have been changed while it was read.
        if State::of(&file)? != index.state {
            return None;
        }
        let config = File::new(path, text.into_bytes(), WhichFile::Config);
        let credentials = File::load(ctx, WhichFile::Credentials).ok()?;
        Some(Self { config, credentials }).filter(|files| !files.may_have_key("role_arn"))
    }

    /// Returns the profile names and role hashes in the index of a large `config`, and the names in `credentials`.
    /// Returns `None` without a valid index.
    pub(crate) fn indexed_profiles(ctx: &Context) -> Option<IndexedProfiles> {
        let (path, file) = large_config(ctx)?;
        let Index { mut names, roles, .. } = Index::read(ctx, &path, &file, Part::All)?;
        let credentials = File::load(ctx, WhichFile::Credentials).ok()?;
        credentials.unmerged_names(SectionKind::Profile).for_each(|name| names.extend([&name, "\n"]));
        Some(IndexedProfiles { names, roles: roles.filter(|_| !may_name_roles(&credentials)) })
    }

    /// Writes the index of a large `config`. `role` returns a hash of a profile's account, role and session. Errors are
    /// ignored, because the index only saves time.
    pub(crate) fn save_index(&self, ctx: &Context, role: RoleHash) {
        let _ = index::save(ctx, self, role);
    }
}

/// What the index of a large `config` contains about all profiles.
#[derive(Debug)]
pub(crate) struct IndexedProfiles {
    /// The profile names, one per line. Some occur more than once.
    names: String,
    /// The hashes of the profiles' roles, sorted; `None` if `credentials` may set a role, too.
    roles: Option<Vec<u64>>,
}

impl IndexedProfiles {
    /// Returns the names of all profiles. Some occur more than once.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.lines()
    }

    /// Returns the sorted hashes of all profiles' roles; `None` if the whole files must be read for them.
    pub(crate) fn roles(&self) -> Option<&[u64]> {
        self.roles.as_deref()
    }
}

fn large_config(ctx: &Context) -> Option<(PathBuf, std::fs::File)> {
    let path = File::path(ctx, WhichFile::Config).ok()?;
    if path.metadata().ok()?.len() < SMALLEST {
        return None;
    }
    let file = files::open_regular(&path)?;
    Some((path, file))
}

#[cfg(all(test, unix))]
mod tests {
    use super::super::Section;
    use super::index::{HEAD, index_path, save};
    use super::*;
    use crate::context::Clock;
    use std::fs;
    use std::sync::Arc;
    use std::sync::atomic::AtomicU64;
    use std::time::SystemTime;

    /// Makes a home directory without config files.
    fn home() -> (tempfile::TempDir, Context) {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join(".aws")).unwrap();
        let ctx = Context::new([("HOME".to_string(), home.path().into())]);
        (home, ctx)
    }

    fn text() -> String {
        let mut text =
            String::from("\u{feff}# é\n[sso-session corp]\nsso_region = eu-west-1\n[DEFAULT]\noutput = text\n");
        for n in 0..6000 {
            text.push_str(&format!("\n[profile p{n}]\nsso_session = corp\nregion = r{n}\n# a comment of p{n}\n"));
        }
        text + "  [profile 'two words']\n region = indented\n  [profile p7]\n region = later\n[bad\n[profile last]\nregion = l\n"
    }

    /// Writes the index with a clock that is ahead, so that the last change of the files is long ago.
    fn index(ctx: &Context) {
        let files = ConfigFiles::load(ctx).unwrap();
        let mut later = ctx.clone();
        later.clock = Clock::ahead(Arc::new(AtomicU64::new(10_000)));
        assert!(save(&later, &files, |_| None).is_some());
    }

    fn region(ctx: &Context, name: &str) -> Option<String> {
        ConfigFiles::excerpt(ctx, &[name])?.profile(name)?.get("region").map(String::from)
    }

    #[test]
    fn an_excerpt_says_of_a_profile_what_the_whole_file_says() {
        let (home, ctx) = home();
        fs::write(home.path().join(".aws/config"), text()).unwrap();
        fs::write(home.path().join(".aws/credentials"), "[p8]\nregion = from credentials\n[only]\nregion = o\n")
            .unwrap();
        assert!(ConfigFiles::excerpt(&ctx, &["p7"]).is_none());
        index(&ctx);
        let all = ConfigFiles::load(&ctx).unwrap();
        let entries = |section: Section| -> Vec<(String, String)> {
            section.entries().iter().map(|entry| (entry.key.to_string(), entry.value.to_string())).collect()
        };
        for name in ["p0", "p7", "p8", "p5999", "two words", "last", "only", "none", "bad", "default"] {
            let excerpt = ConfigFiles::excerpt(&ctx, &[name, "p1"]).unwrap();
            assert!(excerpt.config.text.len() < 1000, "{name}");
            assert_eq!(excerpt.profile(name).map(entries), all.profile(name).map(entries), "{name}");
            assert!(excerpt.sso_session("corp").is_some() && excerpt.profile("p1").is_some());
        }
        let names: Vec<_> = all.unmerged_profile_names().collect();
        assert!(ConfigFiles::indexed_profiles(&ctx).unwrap().names().eq(names));
    }

    #[test]
    fn no_edit_is_overlooked() {
        let (home, ctx) = home();
        let path = home.path().join(".aws/config");
        fs::write(&path, text()).unwrap();
        index(&ctx);
        assert_eq!(region(&ctx, "p9").as_deref(), Some("r9"));
        let edited = text().replace("region = r9\n", "region = R9\n");
        let written = || fs::metadata(&path).unwrap().modified().unwrap();
        let set_time =
            |time: SystemTime| fs::File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
        let edits: [&dyn Fn(); 4] = [
            &|| fs::write(&path, text() + "[profile p9]\nregion = other\n").unwrap(),
            // The file is written in place, with the same size, and its old modification time is restored.
            &|| {
                let before = written();
                fs::write(&path, &edited).unwrap();
                set_time(before);
            },
            &|| {
                let (before, other) = (written(), home.path().join(".aws/other"));
                fs::write(&other, &edited).unwrap();
                fs::rename(&other, &path).unwrap();
                set_time(before);
            },
            &|| fs::remove_file(&path).unwrap(),
        ];
        for (number, edit) in edits.iter().enumerate() {
            fs::write(&path, text()).unwrap();
            index(&ctx);
            assert!(region(&ctx, "p9").is_some(), "{number}");
            edit();
            assert!(region(&ctx, "p9").is_none(), "{number}");
        }
    }

    #[test]
    fn an_index_is_written_only_when_the_last_change_is_some_seconds_ago() {
        let (home, ctx) = home();
        fs::write(home.path().join(".aws/config"), text()).unwrap();
        ConfigFiles::load(&ctx).unwrap().save_index(&ctx, |_| None);
        assert!(region(&ctx, "p9").is_none());
    }

    #[test]
    fn a_broken_index_or_one_of_another_file_counts_as_absent() {
        let (home, ctx) = home();
        let path = home.path().join(".aws/config");
        fs::write(&path, text()).unwrap();
        index(&ctx);
        let of_index = index_path(&ctx, &path).unwrap();
        let content = fs::read(&of_index).unwrap();
        for broken in [&content[..10], &content[..HEAD + 80], &[b'x'; 5000], b""] {
            fs::write(&of_index, broken).unwrap();
            assert!(region(&ctx, "p9").is_none(), "{} bytes", broken.len());
        }
    }

    #[test]
    fn roles_that_others_may_assume_need_the_whole_file() {
        let (home, ctx) = home();
        let aws = home.path().join(".aws");
        fs::write(aws.join("config"), text() + "[profile r]\nRole_ARN = x\nregion = y\n").unwrap();
        index(&ctx);
        assert!(region(&ctx, "r").is_none() && region(&ctx, "p9").is_some());
        fs::write(aws.join("credentials"), "[other]\nROLE_ARN = x\n").unwrap();
        assert!(region(&ctx, "p9").is_none());
    }
}
