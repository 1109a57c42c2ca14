//! One of the two config files: its text, loaded once, and where in the text each section is.

mod search;
mod text;

use super::name::{SectionKind, WhichFile, hash, inner, is_bare, is_of_kind, name};
use super::scan::{Header, Headers};
use super::section::Section;
use crate::bytes::{find, find_iter, memchr_iter};
use crate::context::Context;
use crate::error::Result;
use crate::files;
use crate::parallel::in_parts;
use search::{has_one_in, positions_in_any_case};
use std::borrow::Cow;
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::OnceLock;
use text::Text;

/// The size limit of a config file in bytes: at least six times what 50,000 profiles need.
pub(super) const LARGEST: u64 = 64 << 20;

/// A config file. If the file does not exist, its text is empty.
#[derive(Debug)]
pub(crate) struct File {
    /// The path of the file; empty when the variable that names the file is set to an empty value.
    pub(crate) path: PathBuf,
    pub(crate) text: Text,
    /// Whether the text has replacement characters for bytes that were not UTF-8.
    pub(crate) is_lossy: bool,
    pub(crate) which: WhichFile,
    /// Whether an environment variable names the file.
    pub(super) is_named: bool,
    pub(super) is_absent: bool,
    index: OnceLock<Index>,
    defaults: OnceLock<Vec<Header>>,
}

/// All headers of the file, and an index for looking up many names. The index is a sorted list of pairs: the hash of a
/// name, and the position of its header in `headers`. Both numbers have 32 bits, so that two pairs are compared as
/// 64-bit numbers.
#[derive(Debug)]
pub(super) struct Index {
    headers: Vec<Header>,
    /// The hash of each header's name; `None` for a section that no tool reads.
    hashes: Vec<Option<u32>>,
    by_name: Vec<(u32, u32)>,
    /// The indexes in `headers` of the headers that repeat the name of an earlier header; sorted.
    repeated: Vec<usize>,
}

/// The hint for a file that is not UTF-8. It is not a command, because shells redirect the output of programs in
/// different encodings.
pub(super) const UTF8_HINT: &str = "open the file in an editor, and save it with the encoding UTF-8";

impl File {
    /// Reads the file that the environment variable names. If the variable is not set, reads the file in `~/.aws`. If
    /// the file does not exist, or the variable is set to an empty value, the text is empty.
    ///
    /// # Errors
    /// `Configuration`: the file exists but cannot be read, or the home directory is unknown.
    pub(super) fn load(ctx: &Context, which: WhichFile) -> Result<Self> {
        let path = Self::path(ctx, which)?;
        // A variable with an empty value means a file that does not exist, not the default file.
        let content = if path.as_os_str().is_empty() { None } else { files::read_up_to(&path, LARGEST)? };
        let (is_named, is_absent) = (ctx.var_os(which.variable()).is_some(), content.is_none());
        Ok(Self { is_named, is_absent, ..Self::new(path, content.unwrap_or_default(), which) })
    }

    /// Returns the path in the environment variable, which may be empty. If the variable is not set, returns the path
    /// in `~/.aws`.
    ///
    /// # Errors
    /// `Configuration`: the home directory is unknown.
    pub(super) fn path(ctx: &Context, which: WhichFile) -> Result<PathBuf> {
        ctx.configuration_file(which.variable(), which.file_name())
    }

    pub(super) fn new(path: PathBuf, content: Vec<u8>, which: WhichFile) -> Self {
        let (text, is_lossy) = match String::from_utf8(content) {
            Ok(text) => (text, false),
            Err(error) => (String::from_utf8_lossy(error.as_bytes()).into_owned(), true),
        };
        Self {
            path,
            text: Text { text, which },
            is_lossy,
            which,
            is_named: false,
            is_absent: false,
            index: OnceLock::new(),
            defaults: OnceLock::new(),
        }
    }

    /// Returns the line number of a position in the text, starting at 1.
    pub(crate) fn line_number(&self, at: usize) -> usize {
        let before = &self.text.as_bytes()[..at];
        let lone = |cr: &usize| self.text.as_bytes().get(cr + 1) != Some(&b'\n');
        1 + memchr_iter(b'\n', before).count() + memchr_iter(b'\r', before).filter(lone).count()
    }

    /// Returns the headers of all sections, including those that no AWS tool reads.
    pub(super) fn headers(&self) -> Headers<'_> {
        Headers::new(&self.text)
    }

    /// Returns the kind and name of a section; `None` for a section that no AWS tool reads.
    pub(super) fn name(&self, header: Header) -> Option<(SectionKind, Cow<'_, str>)> {
        name(&self.text, header, self.which)
    }

    /// Returns the text between the brackets of a header; `None` if the closing bracket is missing.
    pub(super) fn inner(&self, header: Header) -> Option<&str> {
        inner(&self.text, header)
    }

    /// Returns all headers of this kind and name. If the file has `[profile default]`, its `[default]` is ignored.
    pub(super) fn find(&self, kind: SectionKind, name: &str) -> Vec<Header> {
        if self.text.is_empty() {
            return Vec::new();
        }
        let mut found = match self.index.get() {
            Some(index) => self.look_up(index, kind, name),
            None => self.headers().filter(|header| self.is(*header, kind, name)).collect(),
        };
        if self.which == WhichFile::Config
            && name == "default"
            && !found.iter().all(|header| is_bare(&self.text, *header))
        {
            found.retain(|header| !is_bare(&self.text, *header));
        }
        found
    }

    /// Returns the headers `[DEFAULT]`. Few files have one, and searching for the word is faster than searching for
    /// headers.
    pub(super) fn defaults(&self) -> &[Header] {
        self.defaults.get_or_init(|| match find(self.text.as_bytes(), b"DEFAULT") {
            Some(_) => self.find(SectionKind::Defaults, ""),
            None => Vec::new(),
        })
    }

    /// Returns the names of all sections of a kind, each once, in the file's order. Builds the index, so later look-ups
    /// are fast.
    pub(super) fn names(&self, kind: SectionKind) -> impl Iterator<Item = Cow<'_, str>> {
        self.index().first(kind).filter_map(|(header, _)| self.name(header)).map(|(_, name)| name)
    }

    /// Returns the first header of each name of a kind, in the file's order. Each comes with the hash of the name, and
    /// whether other headers may have the same name.
    pub(super) fn first_headers(&self, kind: SectionKind) -> impl Iterator<Item = (Header, u32, bool)> {
        let index = self.index();
        let repeated: HashSet<u32> = index.repeated.iter().filter_map(|at| index.hashes[*at]).collect();
        let is_repeated = move |hash: u32| !repeated.is_empty() && repeated.contains(&hash);
        index.first(kind).map(move |(header, hash)| (header, hash, is_repeated(hash)))
    }

    /// Tells whether a section may have a name with this hash.
    pub(super) fn may_have(&self, hash: u32) -> bool {
        !self.text.is_empty() && self.index().with_hash(hash).next().is_some()
    }

    /// Returns the names of all sections of a kind, without building the index. A name that several sections have is
    /// repeated.
    pub(super) fn unmerged_names(&self, kind: SectionKind) -> impl Iterator<Item = Cow<'_, str>> {
        self.headers()
            .filter_map(move |header| self.name(header))
            .filter(move |(of, _)| *of == kind)
            .map(|(_, name)| name)
    }

    /// Returns all sections of a kind that contain this text, in the file's order.
    pub(crate) fn sections_with(&self, kind: SectionKind, text: &str) -> Vec<Section<'_>> {
        self.sections_at(kind, &find_iter(self.text.as_bytes(), text.as_bytes()).collect::<Vec<_>>())
    }

    /// Returns all sections of a kind that have a key, in the file's order. The key must contain `_`.
    pub(crate) fn sections_with_key(&self, kind: SectionKind, key: &str) -> Vec<Section<'_>> {
        let mut sections = self.sections_at(kind, &positions_in_any_case(&self.text, key).collect::<Vec<_>>());
        sections.retain(|section| section.entry(key).is_some());
        sections
    }

    /// Tells whether the name of a key occurs in the file. The key must contain `_`.
    pub(super) fn may_have_key(&self, key: &str) -> bool {
        positions_in_any_case(&self.text, key).next().is_some()
    }

    /// Returns the sections of a kind that contain at least one of these byte positions in the file's text. The
    /// positions are in ascending order.
    fn sections_at(&self, kind: SectionKind, positions: &[usize]) -> Vec<Section<'_>> {
        let has_one = |header: &Header| has_one_in(positions, &(header.start..header.end));
        let section = |header: Header| {
            let (_, name) = self.name(header).filter(|(of, _)| *of == kind)?;
            let mut section = Section::new(name);
            self.add_to(&mut section, &[header]);
            Some(section)
        };
        Headers::new(&self.text).filter(has_one).filter_map(section).collect()
    }

    /// Returns the merged entries of all sections with this name in this file, without those of `[DEFAULT]`.
    pub(crate) fn section(&self, kind: SectionKind, name: &str) -> Option<Section<'_>> {
        let headers = self.find(kind, name);
        let mut section = Section::new(name.to_string());
        self.add_to(&mut section, &headers);
        (!headers.is_empty()).then_some(section)
    }

    /// Adds the entries below these headers to a section.
    pub(super) fn add_to<'a>(&'a self, section: &mut Section<'a>, headers: &[Header]) {
        headers.iter().for_each(|header| section.add(&self.text, header.body(&self.text), self.which));
    }

    fn is(&self, header: Header, kind: SectionKind, wanted: &str) -> bool {
        self.name(header).is_some_and(|(of, name)| of == kind && name == wanted)
    }

    /// Returns the index of the section names, and builds this index first if it does not exist yet. With the index,
    /// looking up names is fast.
    pub(super) fn index(&self) -> &Index {
        self.index.get_or_init(|| {
            let headers: Vec<Header> = self.headers().collect();
            let hash_of = |header: &Header| self.name(*header).map(|(kind, name)| hash(kind, &name));
            let hashes = in_parts(&headers, |part| part.iter().map(hash_of).collect::<Vec<_>>()).concat();
            let numbered = hashes.iter().zip(0..);
            let mut by_name: Vec<(u32, u32)> = numbered.filter_map(|(hash, at)| Some(((*hash)?, at))).collect();
            by_name.sort_unstable_by_key(|(hash, at)| (u64::from(*hash) << 32) | u64::from(*at));
            let same_hash = by_name.chunk_by(|(one, _), (other, _)| one == other).filter(|same| same.len() > 1);
            let mut repeated: Vec<usize> = same_hash.flat_map(|same| self.repeated(&headers, same)).collect();
            repeated.sort_unstable();
            Index { headers, hashes, by_name, repeated }
        })
    }

    /// Returns the indexes in `headers` of the headers that repeat the name of an earlier header. `same_hash` contains
    /// the indexes of headers whose names have the same hash.
    fn repeated(&self, headers: &[Header], same_hash: &[(u32, u32)]) -> Vec<usize> {
        let mut seen = HashSet::new();
        let is_repeated = |at: &usize| !seen.insert(self.name(headers[*at]));
        same_hash.iter().map(|(_, at)| *at as usize).filter(is_repeated).collect()
    }

    fn look_up(&self, index: &Index, kind: SectionKind, name: &str) -> Vec<Header> {
        index.with_hash(hash(kind, name)).filter(|header| self.is(*header, kind, name)).collect()
    }
}

impl Index {
    /// Returns the first header of each name of a kind, in order, with the hash of the name.
    fn first(&self, kind: SectionKind) -> impl Iterator<Item = (Header, u32)> {
        let of_kind = move |hash: &Option<u32>| hash.filter(|hash| is_of_kind(*hash, kind));
        let all = self.headers.iter().zip(&self.hashes).enumerate();
        let first = all.filter(|(at, _)| self.repeated.binary_search(at).is_err());
        first.filter_map(move |(_, (header, hash))| Some((*header, of_kind(hash)?)))
    }

    /// Returns the headers whose name has this hash.
    fn with_hash(&self, hash: u32) -> impl Iterator<Item = Header> {
        let first = self.by_name.partition_point(|(of, _)| *of < hash);
        let same_hash = self.by_name[first..].iter().take_while(move |(of, _)| *of == hash);
        same_hash.map(|(_, at)| self.headers[*at as usize])
    }
}
