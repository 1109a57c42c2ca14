//! The files `~/.aws/config` and `~/.aws/credentials`. Reading accepts everything that the AWS CLI or an SDK accepts, and a
//! malformed line never makes the whole file fail. Every entry has its position, so that edits keep every other byte.
//!
//! What the keys mean is the concern of `profile`.

mod check;
pub(crate) mod diff;
mod edit;
mod excerpt;
mod file;
mod line;
mod name;
mod nearest;
mod plain;
mod redirect;
mod scan;
mod section;
mod update;

pub(crate) use edit::{Edits, check_name};
pub(crate) use excerpt::IndexedProfiles;
pub(crate) use file::File;
pub(crate) use name::{SectionKind, WhichFile, as_argument, as_option};
pub(crate) use nearest::{misspelt, nearest};
pub(crate) use plain::parse_plain;
pub(crate) use section::{Entry, Section};

use crate::context::Context;
use crate::error::Result;
use check::header;
use memchr::memmem;
use scan::Header;
use std::borrow::Cow;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// How serious a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    Error,
    Warning,
    Info,
}

/// Both files, loaded once.
#[derive(Debug)]
pub(crate) struct ConfigFiles {
    pub(crate) config: File,
    pub(crate) credentials: File,
}

impl ConfigFiles {
    /// Reads both files: those that the environment names, or else those in `~/.aws`.
    ///
    /// # Errors
    /// Configuration: a file exists and cannot be read, or the home directory is unknown.
    pub(crate) fn load(ctx: &Context) -> Result<Self> {
        Ok(Self { config: File::load(ctx, WhichFile::Config)?, credentials: File::load(ctx, WhichFile::Credentials)? })
    }

    /// Returns the absolute paths of both files; empty strings when the home directory is unknown.
    pub(crate) fn paths(ctx: &Context) -> [String; 2] {
        [WhichFile::Config, WhichFile::Credentials].map(|which| {
            let path = File::path(ctx, which).ok().and_then(|path| std::path::absolute(path).ok());
            path.map(|path| path.display().to_string()).unwrap_or_default()
        })
    }

    /// Makes both files from texts.
    pub(crate) fn parse(config: &str, credentials: &str) -> Self {
        Self {
            config: File::new(PathBuf::from("config"), config.into(), WhichFile::Config),
            credentials: File::new(PathBuf::from("credentials"), credentials.into(), WhichFile::Credentials),
        }
    }

    /// Returns the merged entries of a profile; `credentials` takes precedence where both files have a key.
    pub(crate) fn profile(&self, name: &str) -> Option<Section<'_>> {
        self.merged(SectionKind::Profile, name)
    }

    /// Returns `[sso-session NAME]`, which only `config` can hold.
    pub(crate) fn sso_session(&self, name: &str) -> Option<Section<'_>> {
        self.merged(SectionKind::SsoSession, name)
    }

    /// Returns `[services NAME]`.
    pub(crate) fn services(&self, name: &str) -> Option<Section<'_>> {
        self.merged(SectionKind::Services, name)
    }

    /// Returns a profile without entries, for settings that come from the environment alone.
    pub(crate) fn empty_profile(&self) -> Section<'_> {
        Section::new("")
    }

    /// Returns the names of all profiles, each once, in the order of the files.
    pub(crate) fn profile_names(&self) -> impl Iterator<Item = String> + '_ {
        let is_new = |name: &str| self.config.find(SectionKind::Profile, name).is_empty();
        let in_credentials = self.credentials.names(SectionKind::Profile).filter(move |name| is_new(name));
        self.config.names(SectionKind::Profile).chain(in_credentials).map(Cow::into_owned)
    }

    /// Returns the names of all profiles, with repetitions. It is faster than [`Self::profile_names`], and for callers that
    /// use only a few of many names.
    pub(crate) fn unmerged_profile_names(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.config.unmerged_names(SectionKind::Profile).chain(self.credentials.unmerged_names(SectionKind::Profile))
    }

    /// Builds the indexes of both files, for many look-ups by name.
    pub(crate) fn index_names(&self) {
        self.config.index();
        self.credentials.index();
    }

    /// Returns the merged entries of every profile, in the order of the files.
    pub(crate) fn profiles(&self) -> impl Iterator<Item = Section<'_>> {
        let in_config = self.config.first_headers(SectionKind::Profile).filter_map(|(header, name, is_repeated)| {
            let is_other = || !self.credentials.find(SectionKind::Profile, &name).is_empty();
            if is_repeated || name == "default" || is_other() {
                return self.profile(&name);
            }
            // The only section of this name, as most are.
            let mut section = Section::new(name);
            self.config.add_to(&mut section, self.config.defaults());
            self.config.add_to(&mut section, &[header]);
            Some(section)
        });
        let is_new = |name: &Cow<str>| self.config.find(SectionKind::Profile, name).is_empty();
        let in_credentials = self.credentials.names(SectionKind::Profile).filter(is_new);
        in_config.chain(in_credentials.filter_map(|name| self.profile(&name)))
    }

    /// Tells whether a text occurs in the files.
    pub(crate) fn contains(&self, text: &str) -> bool {
        [&self.config, &self.credentials]
            .iter()
            .any(|file| memmem::find(file.text.as_bytes(), text.as_bytes()).is_some())
    }

    /// Tells whether a text occurs more than once in the files. It is one search, which is fast with 50,000 profiles.
    pub(crate) fn is_repeated(&self, text: &str) -> bool {
        let count = |file: &'_ File| memmem::find_iter(file.text.as_bytes(), text).take(2).count();
        count(&self.config) + count(&self.credentials) > 1
    }

    /// Returns the sections of profiles that contain a text, without merging them.
    pub(crate) fn profiles_with(&self, text: &str) -> impl Iterator<Item = Section<'_>> {
        [&self.config, &self.credentials]
            .into_iter()
            .flat_map(move |file| file.sections_with(SectionKind::Profile, text))
    }

    /// Returns the names of the profiles that contain a text, each once. It merges none, which is slow for 50,000 profiles.
    pub(crate) fn names_with(&self, text: &str) -> Vec<String> {
        each_once(self.profiles_with(text).map(|section| section.name.to_string()))
    }

    /// Returns the names of the profiles with a key, each once, without merging any.
    pub(crate) fn names_with_key(&self, key: &str) -> Vec<String> {
        let files = [&self.config, &self.credentials].into_iter();
        each_once(files.flat_map(|file| file.names_with_key(SectionKind::Profile, key)).map(Cow::into_owned))
    }

    /// Returns the names of all sso-sessions, each once, in the order of the file.
    pub(crate) fn sso_session_names(&self) -> impl Iterator<Item = String> + '_ {
        self.config.names(SectionKind::SsoSession).map(Cow::into_owned)
    }

    /// Returns the file and the line of an entry.
    pub(crate) fn location(&self, entry: &Entry) -> (&Path, usize) {
        let file = match entry.which {
            WhichFile::Config => &self.config,
            WhichFile::Credentials => &self.credentials,
        };
        (&file.path, file.line_number(entry.span.start))
    }

    /// Returns a hint when a header was probably meant for this name, but no tool reads it so: `[prof dev]`,
    /// `[profile my dev]`, `[dev]` in `config`, `[profile dev]` in `credentials`.
    pub(crate) fn header_hint(&self, kind: SectionKind, name: &str) -> Option<String> {
        let unread = self.config.headers().filter(|header| self.config.name(*header).is_none());
        let hint = |header: Header| {
            let inner = self.config.inner(header)?;
            let meant =
                header::meant(&self.config, header, inner).filter(|meant| meant.kind == kind && meant.name == name);
            let bare = || (kind == SectionKind::Profile && inner == name).then(|| format!("write `[profile {name}]`"));
            let hint = meant.map(|meant| meant.hint).or_else(bare)?;
            Some(hint_at(&self.config, header, inner, &hint))
        };
        unread.filter_map(hint).next().or_else(|| self.prefixed_in_credentials(kind, name))
    }

    /// Returns the hint for `[profile NAME]` in `credentials`, where names stand alone.
    fn prefixed_in_credentials(&self, kind: SectionKind, name: &str) -> Option<String> {
        let inner = format!("profile {name}");
        let header =
            *self.credentials.find(SectionKind::Profile, &inner).first().filter(|_| kind == SectionKind::Profile)?;
        Some(hint_at(&self.credentials, header, &inner, &format!("write `[{name}]`")))
    }

    /// Merges all sections of a name; `[DEFAULT]` has the lowest precedence.
    fn merged(&self, kind: SectionKind, name: &str) -> Option<Section<'_>> {
        let found = [&self.config, &self.credentials].map(|file| (file, file.find(kind, name)));
        let there = || found.iter().filter(|(_, headers)| !headers.is_empty());
        there().next()?;
        let mut section = Section::new(name.to_string());
        there().for_each(|(file, _)| file.add_to(&mut section, file.defaults()));
        there().for_each(|(file, headers)| file.add_to(&mut section, headers));
        Some(section)
    }
}

fn hint_at(file: &File, header: Header, inner: &str, hint: &str) -> String {
    let header = format!("`[{inner}]` in line {} of `{}`", file.line_number(header.start), file.path.display());
    if hint.starts_with("write ") { format!("{hint} instead of {header}") } else { format!("{hint}: {header}") }
}

fn each_once(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = HashSet::new();
    names.filter(|name| seen.insert(name.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn profiles_are_found_by_a_text_and_by_a_key() {
        let files = ConfigFiles::parse(
            "[profile a]\nx = 1\nSSO_Start_URL = u\n[sso-session s]\nsso_start_url = u\n[profile b]\nx = u\n",
            "[a]\nsso_start_url = u\n[c]\n  sso_start_url=u\n",
        );
        assert_eq!(files.names_with_key("sso_start_url"), ["a", "c"]);
        assert_eq!(files.names_with("x = "), ["a", "b"]);
    }

    #[test]
    fn sections_merge_and_credentials_take_precedence() {
        let config = "x = 1\n[default]\nregion = no\n[profile p]\nregion = a\noutput = json\n[profile p]\nregion = b\n\
            [profile default]\nregion = yes\n[default]\nregion = never\noutput = never";
        let files = ConfigFiles::parse(config, "[p]\noutput = text\n[only here]\nregion = c\n[p]\nca_bundle = d");
        let p = files.profile("p").unwrap();
        assert_eq!((p.get("region"), p.get("output"), p.get("ca_bundle")), (Some("b"), Some("text"), Some("d")));
        assert_eq!(p.entry("output").unwrap().which, WhichFile::Credentials);
        let default = files.profile("default").unwrap();
        assert_eq!((default.get("region"), default.get("output")), (Some("yes"), None));
        assert_eq!(files.profile_names().collect::<Vec<_>>(), ["default", "p", "only here"]);
        assert!(files.profile("q").is_none());
    }

    #[test]
    fn sections_are_found_by_a_text_in_them() {
        let config = "[profile a]\nrole_arn = X\nregion = e\n[profile X]\n[services b]\nrole_arn = X\n[profile c]\n";
        let files = ConfigFiles::parse(config, "[a]\nmfa_serial = X\n[d]\n");
        let found: Vec<_> =
            files.profiles_with("X").map(|section| (section.name.to_string(), section.keys().count())).collect();
        assert_eq!(found, [("a".into(), 2), ("X".into(), 0), ("a".into(), 1)]);
        assert!(files.is_repeated("X") && !files.is_repeated("region") && !files.is_repeated("none"));
    }

    #[test]
    fn sessions_and_services_are_read_from_config_only() {
        let files = ConfigFiles::parse("[sso-session a]\n[services b]\n", "[sso-session c]\n");
        assert!(files.sso_session("a").is_some() && files.services("b").is_some());
        assert!(files.sso_session("c").is_none() && files.profile("a").is_none());
        assert_eq!(files.sso_session_names().collect::<Vec<_>>(), ["a"]);
        assert_eq!(files.profile_names().collect::<Vec<_>>(), ["sso-session c"]);
    }

    #[test]
    fn capital_default_adds_the_keys_a_section_lacks() {
        let config = "[profile p]\nregion = a\n[DEFAULT]\nregion = z\noutput = json\n[default]\n";
        let files = ConfigFiles::parse(config, "[DEFAULT]\nca_bundle = c\n[q]\n");
        let get = |name: &str, key: &str| files.profile(name).unwrap().get(key).map(String::from);
        assert_eq!(get("p", "region").as_deref(), Some("a"));
        assert_eq!(get("p", "output").as_deref(), Some("json"));
        assert_eq!(get("default", "region").as_deref(), Some("z"));
        assert_eq!((get("p", "ca_bundle"), get("q", "ca_bundle").as_deref()), (None, Some("c")));
        assert_eq!(files.profile_names().collect::<Vec<_>>(), ["p", "default", "q"]);
    }

    #[test]
    fn a_set_but_empty_variable_is_a_file_that_does_not_exist() {
        let home = tempfile::tempdir().unwrap();
        let aws = home.path().join(".aws");
        std::fs::create_dir(&aws).unwrap();
        std::fs::write(aws.join("config"), "[default]\n").unwrap();
        std::fs::write(aws.join("other"), b"[profile \xff]\n").unwrap();
        let load = |value: Option<&str>| {
            let variable = value.map(|value| ("AWS_CONFIG_FILE".to_string(), value.into()));
            ConfigFiles::load(&Context::new([("HOME".to_string(), home.path().into())].into_iter().chain(variable)))
        };
        assert_eq!(load(None).unwrap().profile_names().count(), 1);
        assert_eq!(load(Some("")).unwrap().profile_names().count(), 0);
        assert_eq!(load(Some("~/.aws/none")).unwrap().profile_names().count(), 0);
        let lossy = load(Some("$HOME/.aws/other")).unwrap();
        assert!(lossy.config.is_lossy && lossy.profile("\u{fffd}").is_some());
        assert!(load(Some("~/.aws")).unwrap_err().message.contains("is a directory"));
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(config in text(), credentials in text()) {
            let files = ConfigFiles::parse(&config, &credentials);
            let alone: Vec<String> = ["default", "p", "my prof"].into_iter().filter(|name| files.profile(name).is_some()).map(String::from).collect();
            let names: Vec<String> = files.profile_names().collect();
            prop_assert!(alone.iter().all(|name| names.contains(name)));
            // The names are looked up in an index now, and were looked for in the text before.
            let indexed = ["default", "p", "my prof"].into_iter().filter(|name| files.profile(name).is_some());
            prop_assert_eq!(indexed.count(), alone.len());
            prop_assert!(names.iter().enumerate().all(|(at, name)| !names[..at].contains(name)));
            let described = |section: Section| {
                let entries = section.entries().iter();
                let entries = entries.map(|entry| (entry.key.to_string(), entry.value.to_string(), entry.span.clone()));
                (section.name.to_string(), entries.collect::<Vec<_>>())
            };
            let one_by_one: Vec<_> = names.iter().filter_map(|name| files.profile(name)).map(described).collect();
            prop_assert_eq!(files.profiles().map(described).collect::<Vec<_>>(), one_by_one);
            for section in files.profiles() {
                for entry in section.entries() {
                    let text = if entry.which == WhichFile::Config { &config } else { &credentials };
                    let key = text.get(entry.key_span.clone()).expect("on char boundaries");
                    prop_assert_eq!(key.to_ascii_lowercase(), entry.key.as_ref());
                    prop_assert!(text.get(entry.span.clone()).is_some_and(|lines| lines.contains(key)));
                    let value = text.get(entry.value_span.clone()).expect("on char boundaries");
                    prop_assert!(entry.value.contains('\n') || value.starts_with(entry.value.as_ref()));
                    prop_assert!(entry.span.start <= entry.key_span.start && entry.value_span.end <= entry.span.end);
                }
            }
        }
    }

    /// Texts that resemble configuration, and some that do not.
    pub(super) fn text() -> impl Strategy<Value = String> {
        let parts = prop::sample::select(vec![
            "[profile p]",
            "[p]",
            "[default]",
            "[DEFAULT]",
            "[profile 'my prof']",
            "[",
            "]",
            "region",
            "s3",
            "=",
            ":",
            " = a",
            "#",
            " # c",
            ";",
            "\n",
            "\n",
            "\n",
            "\r\n",
            "\r",
            "\n  ",
            "\t",
            " ",
            "é",
            "\u{feff}",
            "\u{1}",
            "\"",
        ]);
        let lines = prop::collection::vec(parts, 0..50).prop_map(|parts| parts.concat());
        prop_oneof![1 => any::<String>(), 7 => lines]
    }
}
