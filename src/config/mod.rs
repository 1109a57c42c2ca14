//! `~/.aws/config` and `~/.aws/credentials`: read as the union of what the AWS CLI and the SDKs accept, never failing a
//! whole file for one line, keeping where everything stands so that edits leave every other byte alone.
//!
//! Deliberately not here: what a key means (`profile`).

mod nearest;
mod scan;
mod section;

pub(crate) use nearest::nearest;
pub(crate) use section::{Entry, Section};

use crate::context::Context;
use crate::error::Result;
use crate::files;
use scan::{Header, Kind};
use std::cell::OnceCell;
use std::path::PathBuf;

/// Both files, loaded once.
#[derive(Debug)]
pub(crate) struct ConfigFiles {
    pub(crate) config: File,
    pub(crate) credentials: File,
}

/// The text of one file; an absent file is an empty one.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    /// Whether bytes that are not UTF-8 were replaced.
    pub(crate) is_lossy: bool,
    is_credentials: bool,
    headers: OnceCell<Vec<Header>>,
}

impl ConfigFiles {
    /// Reads both files from where the environment says, or `~/.aws`.
    ///
    /// # Errors
    /// Configuration: a file that is there and cannot be read, or no home directory to look in.
    pub(crate) fn load(ctx: &Context) -> Result<Self> {
        Ok(Self {
            config: File::load(ctx, "AWS_CONFIG_FILE", "config", false)?,
            credentials: File::load(ctx, "AWS_SHARED_CREDENTIALS_FILE", "credentials", true)?,
        })
    }

    /// Makes both from text.
    pub(crate) fn parse(config: &str, credentials: &str) -> Self {
        Self {
            config: File::new(PathBuf::from("config"), config.as_bytes(), false),
            credentials: File::new(PathBuf::from("credentials"), credentials.as_bytes(), true),
        }
    }

    /// Returns the merged view of a profile; `credentials` wins where both have a key.
    pub(crate) fn profile(&self, name: &str) -> Option<Section<'_>> {
        let mut section = Section::new(name);
        let in_config = self.config.add_to(&mut section, Kind::Profile);
        let in_credentials = self.credentials.add_to(&mut section, Kind::Profile);
        (in_config || in_credentials).then_some(section)
    }

    /// Returns `[sso-session NAME]`, which only `config` can hold.
    pub(crate) fn sso_session(&self, name: &str) -> Option<Section<'_>> {
        let mut section = Section::new(name);
        self.config.add_to(&mut section, Kind::SsoSession).then_some(section)
    }

    /// Returns `[services NAME]`.
    pub(crate) fn services(&self, name: &str) -> Option<Section<'_>> {
        let mut section = Section::new(name);
        self.config.add_to(&mut section, Kind::Services).then_some(section)
    }

    /// Returns the names of all profiles, each once, in the order of the files.
    pub(crate) fn profile_names(&self) -> impl Iterator<Item = String> + '_ {
        let mut seen = std::collections::HashSet::new();
        let names = self.config.names(Kind::Profile).chain(self.credentials.names(Kind::Profile));
        names.filter(move |name| seen.insert(name.clone()))
    }

    /// Returns the names of all sso-sessions, each once, in the order of the file.
    pub(crate) fn sso_session_names(&self) -> impl Iterator<Item = String> + '_ {
        let mut seen = std::collections::HashSet::new();
        self.config.names(Kind::SsoSession).filter(move |name| seen.insert(name.clone()))
    }
}

impl File {
    fn load(ctx: &Context, variable: &str, name: &str, is_credentials: bool) -> Result<Self> {
        let path = match ctx.var_os(variable) {
            Some(path) => path.to_str().map_or_else(|| PathBuf::from(path), |path| ctx.expand_variables(path)),
            None => ctx.home()?.join(".aws").join(name),
        };
        // Set to the empty string it means a file that does not exist, not the default.
        let content = if path.as_os_str().is_empty() { None } else { files::read(&path)? };
        Ok(Self::new(path, &content.unwrap_or_default(), is_credentials))
    }

    fn new(path: PathBuf, content: &[u8], is_credentials: bool) -> Self {
        let text = String::from_utf8_lossy(content);
        let is_lossy = matches!(text, std::borrow::Cow::Owned(_));
        Self { path, text: text.into_owned(), is_lossy, is_credentials, headers: OnceCell::new() }
    }

    /// Returns all headers, in order.
    pub(crate) fn headers(&self) -> &[Header] {
        self.headers.get_or_init(|| scan::headers(&self.text))
    }

    fn names(&self, kind: Kind) -> impl Iterator<Item = String> + '_ {
        let is_wanted = move |header: &Header| match header.name(&self.text, self.is_credentials) {
            Some((of, name)) if of == kind => Some(name.into_owned()),
            _ => None,
        };
        self.headers().iter().filter_map(is_wanted)
    }

    /// Adds the entries of all sections of that kind and the section's name; tells whether there were any.
    fn add_to<'a>(&'a self, section: &mut Section<'a>, kind: Kind) -> bool {
        let is_wanted = |header: &&Header| {
            header.name(&self.text, self.is_credentials).is_some_and(|(of, name)| of == kind && name == section.name)
        };
        let mut found: Vec<&Header> = self.headers().iter().filter(is_wanted).collect();
        // `[profile default]` replaces `[default]` wherever it stands.
        if found.iter().any(|header| !header.is_plain(&self.text)) && !self.is_credentials {
            found.retain(|header| !header.is_plain(&self.text));
        }
        found.iter().for_each(|header| section.add(&self.text, header.body.clone(), self.is_credentials));
        !found.is_empty()
    }
}
