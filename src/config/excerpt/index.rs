//! The index of a large `config`, stored in a file in the state directory: where each section is, so that ssox reads only
//! the sections that it needs.

use super::state::State;
use crate::config::file::File;
use crate::config::name::{SectionKind, hash, is_of_kind};
use crate::config::{ConfigFiles, Section};
use crate::context::Context;
use crate::files;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// The size in bytes from which a config file has an index. For a smaller file, an index would save no time.
pub(super) const SMALLEST: u64 = 256 << 10;
/// The size in bytes of a section's entry in the index: the hash of its name (4 bytes), and the position of its header
/// (4 bytes).
const ENTRY: usize = 8;
/// The highest number of sections that are not profiles. Every excerpt contains all of them, because any profile may
/// refer to them. A file with more of them gets no excerpt.
const MOST_SHARED: usize = 1000;
/// The format and version of an index file.
const FORMAT: &str = "ssox-index 2";
/// The text that an index file contains instead of the number of roles if the roles are unknown.
const UNKNOWN: &str = "-";
/// The size in bytes of the first line of an index file, padded with blanks.
pub(super) const HEAD: usize = 256;

/// A function that returns a hash of a profile's account, role and session; `None` for a profile that
/// lacks one of the three.
pub(crate) type RoleHash = fn(&Section) -> Option<u64>;

/// Which part of an index ssox reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Only where each section is.
    Sections,
    /// The whole index: where each section is, the hashes of the roles, and the names of the profiles.
    All,
}

/// The index of a config file.
///
/// The format of its file: a first line with the state of the config file, the number of sections and the number of
/// roles (`-` if they are unknown); an entry for each section, in order; the hashes of the roles; the names of the
/// profiles, one per line.
pub(super) struct Index {
    pub(super) state: State,
    sections: Vec<u8>,
    pub(super) roles: Option<Vec<u64>>,
    pub(super) names: String,
}

impl Index {
    /// Reads the index of an open config file. Returns `None` if the config file has no index, or has changed since the
    /// index was written.
    pub(super) fn read(ctx: &Context, path: &Path, file: &std::fs::File, part: Part) -> Option<Self> {
        let state = State::of(file)?;
        let mut index = files::open_regular(&index_path(ctx, path)?)?;
        let mut head = [0; HEAD];
        index.read_exact(&mut head).ok()?;
        let head = std::str::from_utf8(&head).ok()?.trim_end();
        let (count, roles_count) = head.strip_prefix(&format!("{FORMAT}{state} "))?.split_once(' ')?;
        let mut sections = vec![0; count.parse::<usize>().ok()?.checked_mul(ENTRY)?];
        index.read_exact(&mut sections).ok()?;
        let (mut roles, mut names) = (None, String::new());
        if part == Part::All {
            if roles_count != UNKNOWN {
                let mut bytes = vec![0; roles_count.parse::<usize>().ok()?.checked_mul(size_of::<u64>())?];
                index.read_exact(&mut bytes).ok()?;
                let (hashes, _) = bytes.as_chunks();
                roles = Some(hashes.iter().map(|hash| u64::from_le_bytes(*hash)).collect());
            }
            index.read_to_string(&mut names).ok()?;
        }
        Some(Self { state, sections, roles, names })
    }

    /// Returns the text of those sections that the profiles need: their own, and all sections that are not profiles, in
    /// order. Returns `None` if too many sections are not profiles, or a section cannot be read.
    pub(super) fn sections(&self, file: &std::fs::File, profiles: &[&str]) -> Option<String> {
        let wanted: Vec<u32> = profiles.iter().map(|name| hash(SectionKind::Profile, name)).collect();
        let number = |bytes: &[u8]| u32::from_le_bytes(bytes.try_into().expect("four bytes"));
        let entry = |at: usize| self.sections.get(at * ENTRY..(at + 1) * ENTRY);
        // If two sections have the same hash, both are read.
        let is_wanted = |hash: u32| !is_of_kind(hash, SectionKind::Profile) || wanted.contains(&hash);
        let numbers = self.sections.chunks_exact(ENTRY).enumerate();
        let chosen: Vec<usize> =
            numbers.filter(|(_, entry)| is_wanted(number(&entry[..4]))).map(|(at, _)| at).collect();
        if chosen.len() > MOST_SHARED + profiles.len() {
            return None;
        }
        let mut text = String::new();
        for at in chosen {
            let start = number(&entry(at)?[4..]);
            let end = entry(at + 1).map_or(self.state.size(), |next| number(&next[4..]).into());
            let section = read_at(file, start.into(), u64::try_from(end).ok()?)?;
            text.push_str(section.strip_prefix('[').map(|_| section.as_str())?);
            // If the next header in the file is indented, the copied text ends with the blanks before that header. The
            // section that is copied next must start in a new line.
            text.push('\n');
        }
        Some(text)
    }
}

#[cfg(unix)]
fn read_at(file: &std::fs::File, start: u64, end: u64) -> Option<String> {
    let mut bytes = vec![0; usize::try_from(end.checked_sub(start)?).ok()?];
    std::os::unix::fs::FileExt::read_exact_at(file, &mut bytes, start).ok()?;
    String::from_utf8(bytes).ok()
}

#[cfg(not(unix))]
fn read_at(_file: &std::fs::File, _start: u64, _end: u64) -> Option<String> {
    None
}

/// Writes the index of a config file that was read before. Returns `None`, and writes nothing, if the file is small or
/// not UTF-8, has changed since it was read or in the last seconds, or if the index cannot be written.
pub(super) fn save(ctx: &Context, files: &ConfigFiles, role: RoleHash) -> Option<()> {
    let file = &files.config;
    if (file.text.len() as u64) < SMALLEST || file.is_lossy {
        return None;
    }
    let open = files::open_regular(&file.path)?;
    let state = State::of(&open).filter(|state| state.is_settled(ctx))?;
    // The text is compared with the file, because the file may have changed after its text was read and before its
    // state was read.
    let same = files::limited(&open, file.text.len() as u64).is_ok_and(|bytes| bytes == file.text.as_bytes());
    if !same || State::of(&open) != Some(state) {
        return None;
    }
    let (mut sections, mut names, mut count) = (Vec::new(), String::new(), 0);
    for header in file.headers() {
        let (kind, name) = file.name(header).unwrap_or((SectionKind::Profile, "".into()));
        sections.extend(hash(kind, &name).to_le_bytes());
        sections.extend(u32::try_from(header.start).ok()?.to_le_bytes());
        count += 1;
        if kind == SectionKind::Profile && !name.is_empty() {
            names.push_str(&name);
            names.push('\n');
        }
    }
    let roles = role_hashes(files, role);
    let roles_count = roles.as_ref().map_or(UNKNOWN.into(), |roles| roles.len().to_string());
    let head = format!("{:<width$}\n", format!("{FORMAT}{state} {count} {roles_count}"), width = HEAD - 1);
    let roles: Vec<u8> = roles.iter().flatten().flat_map(|hash| hash.to_le_bytes()).collect();
    let content = [head.as_bytes(), &sections, &roles, names.as_bytes()].concat();
    files::write_secret(&index_path(ctx, &file.path)?, &content).ok()
}

/// Returns the sorted hashes of all profiles' roles. Returns `None` if `credentials` may change a role, because the
/// index does not notice when that file changes.
fn role_hashes(files: &ConfigFiles, role: RoleHash) -> Option<Vec<u64>> {
    if may_name_roles(&files.credentials) {
        return None;
    }
    let mut roles: Vec<u64> = files.profiles().filter_map(|section| role(&section)).collect();
    roles.sort_unstable();
    Some(roles)
}

pub(super) fn index_path(ctx: &Context, path: &Path) -> Option<PathBuf> {
    let name = files::hashed(&path.to_string_lossy());
    Some(ctx.state_dir().ok()?.join("config-index").join(name))
}

/// Tells whether the file may have a key that changes the account, the Identity Center role or the session of a
/// profile: whether it contains `sso` anywhere. The names of all such keys start with `sso`. `role_arn` does not count.
pub(super) fn may_name_roles(credentials: &File) -> bool {
    zeroize::Zeroizing::new(credentials.text.to_ascii_lowercase()).contains("sso")
}
