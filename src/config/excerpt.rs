//! Reads only some sections of a large `config`, with an index of its sections in the state directory.
//!
//! The index belongs to one state of the file: its device, inode, size, modification and change time. No edit keeps all of
//! them, since programs cannot set the change time; and an index is written only when the last change is some seconds ago, so
//! that a later one has another time on every file system. Without a right index the whole file is read.

use super::file::File;
use super::name::{SectionKind, WhichFile};
use super::{ConfigFiles, Section};
use crate::context::Context;
use crate::files;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// The size from which a file has an index, in bytes: a smaller one is read as fast.
const SMALLEST: u64 = 256 << 10;
/// How many seconds the last change must be ago: more than the resolution of the times of any file system.
const SETTLED: i64 = 3;
/// The size of the index of one section: its hash, and where it begins.
const ENTRY: usize = 8;
/// The most sections that every excerpt has, because any profile may refer to them.
const MOST_SHARED: usize = 1000;

impl ConfigFiles {
    /// Returns the files with those sections of a large `config` alone that some profiles need. `None` if it is not large, or
    /// if the whole text is needed: without an index, and for roles that other profiles may assume too.
    pub(crate) fn excerpt(ctx: &Context, profiles: &[&str]) -> Option<Self> {
        let (path, file) = large_config(ctx)?;
        let index = Index::read(ctx, &path, &file, Part::Sections)?;
        let text = index.sections(&file, profiles)?;
        // Somebody may have changed it meanwhile.
        if State::of(&file)? != index.state || text.contains("role_arn") {
            return None;
        }
        let credentials = File::load(ctx, WhichFile::Credentials).ok()?;
        let needs_all = credentials.text.contains("role_arn");
        let config = File::new(path, text.into_bytes(), WhichFile::Config);
        (!needs_all).then_some(Self { config, credentials })
    }

    /// Returns what the index says of all profiles, with the names in `credentials`. `None` without an index.
    pub(crate) fn indexed_profiles(ctx: &Context) -> Option<IndexedProfiles> {
        let (path, file) = large_config(ctx)?;
        let Index { mut names, roles, .. } = Index::read(ctx, &path, &file, Part::All)?;
        let credentials = File::load(ctx, WhichFile::Credentials).ok()?;
        credentials.unmerged_names(SectionKind::Profile).for_each(|name| names.extend([&name, "\n"]));
        Some(IndexedProfiles { names, roles: roles.filter(|_| !may_name_roles(&credentials)) })
    }

    /// Writes the index of a large `config`; `role` returns a hash of the account and role of a profile. The index is a
    /// convenience: errors are ignored.
    pub(crate) fn save_index(&self, ctx: &Context, role: RoleHash) {
        let _ = save(ctx, self, role);
    }
}

/// Returns a hash of the account, role and session of a profile that has them.
pub(crate) type RoleHash = fn(&Section) -> Option<u64>;

/// What the index of a large `config` says of all profiles.
#[derive(Debug)]
pub(crate) struct IndexedProfiles {
    /// The names with repetitions, one on each line.
    names: String,
    /// The hashes of their roles, sorted; `None` if `credentials` may name roles, too.
    roles: Option<Vec<u64>>,
}

impl IndexedProfiles {
    /// Returns the names of all profiles, with repetitions.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.lines()
    }

    /// Returns the sorted hashes of the roles of all profiles; `None` if only the whole files tell.
    pub(crate) fn roles(&self) -> Option<&[u64]> {
        self.roles.as_deref()
    }
}

/// Tells whether a key in the file may change the role of a profile. The names of all such keys start with `sso`.
fn may_name_roles(credentials: &File) -> bool {
    zeroize::Zeroizing::new(credentials.text.to_ascii_lowercase()).contains("sso")
}

fn large_config(ctx: &Context) -> Option<(PathBuf, std::fs::File)> {
    let path = File::path(ctx, WhichFile::Config).ok()?;
    if path.metadata().ok()?.len() < SMALLEST {
        return None;
    }
    let file = files::open_regular(&path)?;
    Some((path, file))
}

/// What the system says of a file, which differs after every change: device, inode, size and times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct State([i128; 5]);

impl State {
    #[cfg(unix)]
    fn of(file: &std::fs::File) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let metadata = file.metadata().ok()?;
        let nanoseconds = |seconds: i64, rest: i64| i128::from(seconds) * 1_000_000_000 + i128::from(rest);
        Some(Self([
            metadata.dev().into(),
            metadata.ino().into(),
            metadata.size().into(),
            nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
            nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
        ]))
    }

    /// Windows does not tell when a file was last changed, apart from a time that programs can set.
    #[cfg(not(unix))]
    fn of(_file: &std::fs::File) -> Option<Self> {
        None
    }

    /// Tells whether every later change has another time.
    fn is_settled(&self, ctx: &Context) -> bool {
        let [.., modified, changed] = self.0;
        i128::from(ctx.now().0) - modified.max(changed) / 1_000_000_000 >= i128::from(SETTLED)
    }
}

impl std::fmt::Display for State {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|number| write!(out, " {number}"))
    }
}

/// How much of an index is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Sections,
    /// Also the names of all profiles.
    All,
}

/// The index of a file: a line with the file's state and the numbers of sections and roles, an entry for each section in order,
/// the hashes of the roles, and the names of the profiles, one on each line. The number of roles is `-` if they are unknown.
struct Index {
    state: State,
    sections: Vec<u8>,
    roles: Option<Vec<u64>>,
    names: String,
}

impl Index {
    /// Reads the index of an open file, if it is right.
    fn read(ctx: &Context, path: &Path, file: &std::fs::File, part: Part) -> Option<Self> {
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

    /// Returns the text of the sections of some profiles, and of all sections that are not profiles, in order.
    fn sections(&self, file: &std::fs::File, profiles: &[&str]) -> Option<String> {
        let wanted: Vec<u32> = profiles.iter().map(|name| hash(SectionKind::Profile, name)).collect();
        let number = |bytes: &[u8]| u32::from_le_bytes(bytes.try_into().expect("four bytes"));
        let entry = |at: usize| self.sections.get(at * ENTRY..(at + 1) * ENTRY);
        let is_wanted = |hash: u32| hash & KINDS != SectionKind::Profile as u32 || wanted.contains(&hash);
        let numbers = self.sections.chunks_exact(ENTRY).enumerate();
        let chosen: Vec<usize> =
            numbers.filter(|(_, entry)| is_wanted(number(&entry[..4]))).map(|(at, _)| at).collect();
        if chosen.len() > MOST_SHARED + profiles.len() {
            return None;
        }
        let mut text = String::new();
        for at in chosen {
            let start = number(&entry(at)?[4..]);
            let end = entry(at + 1).map_or(self.state.0[2], |next| number(&next[4..]).into());
            let section = read_at(file, start.into(), u64::try_from(end).ok()?)?;
            text.push_str(section.strip_prefix('[').map(|_| section.as_str())?);
            // The next section may have been indented, and another one follows now.
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

/// The format of an index.
const FORMAT: &str = "ssox-index 2";
/// Stands for the number of roles where they are unknown.
const UNKNOWN: &str = "-";
/// The size of its first line, padded with blanks.
const HEAD: usize = 256;
/// The bits of a hash that are the kind of the section.
const KINDS: u32 = 3;

/// Writes the index of a file whose text was read, if the file is large and has not changed since.
fn save(ctx: &Context, files: &ConfigFiles, role: RoleHash) -> Option<()> {
    let file = &files.config;
    if (file.text.len() as u64) < SMALLEST || file.is_lossy {
        return None;
    }
    let open = files::open_regular(&file.path)?;
    let state = State::of(&open).filter(|state| state.is_settled(ctx))?;
    // What was read a moment ago is what is there now.
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

/// Returns the hashes of the roles of all profiles, sorted; `None` if `credentials`, which the index does not cover, may change
/// them.
fn role_hashes(files: &ConfigFiles, role: RoleHash) -> Option<Vec<u64>> {
    if may_name_roles(&files.credentials) {
        return None;
    }
    let mut roles: Vec<u64> = files.profiles().filter_map(|section| role(&section)).collect();
    roles.sort_unstable();
    Some(roles)
}

fn index_path(ctx: &Context, path: &Path) -> Option<PathBuf> {
    let name = files::hashed(&path.to_string_lossy());
    Some(ctx.state_dir().ok()?.join("config-index").join(name))
}

/// Returns a hash of a section's name with the kind in its lowest bits. Sections with the same hash are read too.
fn hash(kind: SectionKind, name: &str) -> u32 {
    let fnv = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    fnv & !KINDS | kind as u32
}

#[cfg(all(test, unix))]
mod tests {
    use super::super::Section;
    use super::*;
    use crate::context::Clock;
    use std::fs;
    use std::sync::Arc;
    use std::sync::atomic::AtomicU64;
    use std::time::SystemTime;

    /// A home with a large config; each section has a blank line and a comment below it.
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

    /// Writes the index as if the files had been changed long ago.
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
            // The same size, in place, and the old time.
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
        fs::write(home.path().join(".aws/config"), text() + "[profile r]\nrole_arn = x\nregion = y\n").unwrap();
        index(&ctx);
        assert!(region(&ctx, "r").is_none() && region(&ctx, "p9").is_some());
    }
}
