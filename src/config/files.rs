//! Both config files together. Sections with the same name are merged; `credentials` takes precedence over `config`.

use super::file::File;
use super::name::{self, SectionKind, WhichFile};
use super::scan::Header;
use super::section::{self, Entry, Section};
use crate::bytes::{find, find_iter};
use crate::context::Context;
use crate::error::Result;
use std::borrow::Cow;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Both config files, each loaded once.
#[derive(Debug)]
pub(crate) struct ConfigFiles {
    pub(crate) config: File,
    pub(crate) credentials: File,
}

/// The first section of a profile.
pub(crate) struct ProfileHeader {
    header: Header,
    which: WhichFile,
    /// Whether other sections may have the same name, so that they must be merged with this one. Few profiles have such
    /// sections.
    is_merged: bool,
}

impl ConfigFiles {
    /// Reads `config` and `credentials`. For each of these files, an environment variable may contain the path;
    /// otherwise the file is in `~/.aws`.
    ///
    /// # Errors
    /// `Configuration`: a file exists but cannot be read, or the home directory is unknown.
    pub(crate) fn load(ctx: &Context) -> Result<Self> {
        Ok(Self { config: File::load(ctx, WhichFile::Config)?, credentials: File::load(ctx, WhichFile::Credentials)? })
    }

    /// Returns the absolute paths of both files; empty strings if the home directory is unknown.
    pub(crate) fn paths(ctx: &Context) -> [String; 2] {
        [WhichFile::Config, WhichFile::Credentials].map(|which| {
            let path = File::path(ctx, which).ok().and_then(|path| std::path::absolute(path).ok());
            path.map(|path| path.display().to_string()).unwrap_or_default()
        })
    }

    /// Makes both files from texts, without reading files.
    pub(crate) fn parse(config: &str, credentials: &str) -> Self {
        Self {
            config: File::new(PathBuf::from("config"), config.into(), WhichFile::Config),
            credentials: File::new(PathBuf::from("credentials"), credentials.into(), WhichFile::Credentials),
        }
    }

    /// Returns the merged entries of a profile. If both files have a key, the entry in `credentials` takes precedence.
    pub(crate) fn profile(&self, name: &str) -> Option<Section<'_>> {
        self.merged(SectionKind::Profile, name)
    }

    /// Returns the section `[sso-session NAME]`. AWS tools read it only in `config`.
    pub(crate) fn sso_session(&self, name: &str) -> Option<Section<'_>> {
        self.merged(SectionKind::SsoSession, name)
    }

    /// Returns the section `[services NAME]`.
    pub(crate) fn services(&self, name: &str) -> Option<Section<'_>> {
        self.merged(SectionKind::Services, name)
    }

    /// Returns a profile without entries, for a command whose settings all come from the environment.
    pub(crate) fn empty_profile(&self) -> Section<'_> {
        Section::new("")
    }

    /// Returns the names of all profiles, each once: those in `config`, then those only in `credentials`.
    pub(crate) fn profile_names(&self) -> impl Iterator<Item = String> + '_ {
        let is_new = |name: &str| self.config.find(SectionKind::Profile, name).is_empty();
        let in_credentials = self.credentials.names(SectionKind::Profile).filter(move |name| is_new(name));
        self.config.names(SectionKind::Profile).chain(in_credentials).map(Cow::into_owned)
    }

    /// Returns the names of all profiles; some are repeated. This is faster than [`Self::profile_names`] for a caller
    /// that uses only a few of many names.
    pub(crate) fn unmerged_profile_names(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.config.unmerged_names(SectionKind::Profile).chain(self.credentials.unmerged_names(SectionKind::Profile))
    }

    /// Builds the name indexes of both files, so that many look-ups are fast.
    pub(crate) fn index_names(&self) {
        self.config.index();
        self.credentials.index();
    }

    /// Returns the merged entries of every profile, in the order of [`Self::profile_names`].
    pub(crate) fn profiles(&self) -> impl Iterator<Item = Section<'_>> {
        self.profile_headers().into_iter().filter_map(|header| self.profile_below(&header))
    }

    /// Tells whether `credentials` may have a section of this profile.
    pub(crate) fn may_be_in_credentials(&self, profile: &str) -> bool {
        self.credentials.may_have(name::hash(SectionKind::Profile, profile))
    }

    /// Returns the headers of every profile, in the order of [`Self::profile_names`]. Several threads can then read the
    /// profiles.
    pub(crate) fn profile_headers(&self) -> Vec<ProfileHeader> {
        let default = name::hash(SectionKind::Profile, "default");
        let in_config = self.config.first_headers(SectionKind::Profile).map(|(header, hash, is_repeated)| {
            let is_merged = is_repeated || hash == default || self.credentials.may_have(hash);
            ProfileHeader { header, which: WhichFile::Config, is_merged }
        });
        let in_credentials = self.credentials.first_headers(SectionKind::Profile);
        let in_credentials = in_credentials.map(|(header, ..)| (header, WhichFile::Credentials));
        let in_credentials = in_credentials.map(|(header, which)| ProfileHeader { header, which, is_merged: true });
        let is_new = |header: &ProfileHeader| self.config.find(SectionKind::Profile, &self.name(header)).is_empty();
        in_config.chain(in_credentials.filter(is_new)).collect()
    }

    /// Returns the name of the profile with this header.
    pub(crate) fn name(&self, header: &ProfileHeader) -> Cow<'_, str> {
        let file = match header.which {
            WhichFile::Config => &self.config,
            WhichFile::Credentials => &self.credentials,
        };
        file.name(header.header).map(|(_, name)| name).unwrap_or_default()
    }

    /// Returns the profile with this header. Its entries are merged if it has several sections, in one file or in both;
    /// the keys of `[DEFAULT]` are added.
    pub(crate) fn profile_below(&self, header: &ProfileHeader) -> Option<Section<'_>> {
        let name = self.name(header);
        if header.is_merged {
            return self.profile(&name);
        }
        let mut section = Section::new(name);
        self.config.add_to(&mut section, self.config.defaults());
        self.config.add_to(&mut section, &[header.header]);
        Some(section)
    }

    /// Returns the keys, as they are written, and the values of the profile with this header; `None` if they may be in
    /// several sections.
    pub(crate) fn values_below(&self, header: &ProfileHeader) -> Option<impl Iterator<Item = (&str, &str)> + use<'_>> {
        let is_alone = !header.is_merged && self.config.defaults().is_empty();
        let text = &self.config.text;
        is_alone.then(|| section::values(text, header.header.body(text)))
    }

    /// Tells whether a text occurs in either file.
    pub(crate) fn contains(&self, text: &str) -> bool {
        [&self.config, &self.credentials].iter().any(|file| find(file.text.as_bytes(), text.as_bytes()).is_some())
    }

    /// Tells whether a text occurs more than once in the files. A text search is fast even with 50,000 profiles.
    pub(crate) fn is_repeated(&self, text: &str) -> bool {
        let count = |file: &'_ File| find_iter(file.text.as_bytes(), text.as_bytes()).take(2).count();
        count(&self.config) + count(&self.credentials) > 1
    }

    /// Returns all profile sections whose lines contain a text. Sections with the same name are not merged.
    pub(crate) fn profiles_with(&self, text: &str) -> impl Iterator<Item = Section<'_>> {
        [&self.config, &self.credentials]
            .into_iter()
            .flat_map(move |file| file.sections_with(SectionKind::Profile, text))
    }

    /// Returns the names of all profiles whose sections contain `text`, each name once. The sections of `config` and
    /// `credentials` are not merged, because that would be slow with 50,000 profiles.
    pub(crate) fn names_with(&self, text: &str) -> Vec<String> {
        each_once(self.profiles_with(text).map(|section| section.name.to_string()))
    }

    /// Returns all profile sections that have a key, in upper or lower case. Sections with the same name are not
    /// merged.
    pub(crate) fn profiles_with_key(&self, key: &str) -> impl Iterator<Item = Section<'_>> {
        [&self.config, &self.credentials]
            .into_iter()
            .flat_map(move |file| file.sections_with_key(SectionKind::Profile, key))
    }

    /// Returns the names of all profiles whose sections contain `key`, each name once. The sections of `config` and
    /// `credentials` are not merged.
    pub(crate) fn names_with_key(&self, key: &str) -> Vec<String> {
        each_once(self.profiles_with_key(key).map(|section| section.name.to_string()))
    }

    /// Tells whether the name of a key occurs in either file, in upper or lower case.
    pub(crate) fn may_have_key(&self, key: &str) -> bool {
        self.config.may_have_key(key) || self.credentials.may_have_key(key)
    }

    /// Returns the names of all sso-sessions, each name once, in the order of `config`.
    pub(crate) fn sso_session_names(&self) -> impl Iterator<Item = String> + '_ {
        self.config.names(SectionKind::SsoSession).map(Cow::into_owned)
    }

    /// Returns the path of the file that an entry is in, and its line number.
    pub(crate) fn location(&self, entry: &Entry) -> (&Path, usize) {
        let file = match entry.which {
            WhichFile::Config => &self.config,
            WhichFile::Credentials => &self.credentials,
        };
        (&file.path, file.line_number(entry.span.start))
    }

    /// Returns the merged entries of all sections with this name. Entries of `[DEFAULT]` have the lowest precedence.
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

fn each_once(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = HashSet::new();
    names.filter(|name| seen.insert(name.clone())).collect()
}

#[cfg(test)]
pub(super) mod tests;
