//! An index of the cache of role credentials: which files there are, and when the credentials in each expire. Verbs
//! that show many entries then need not list the directory, and open only the files that have changed.
//!
//! Invariant: a record of the index counts only while its file has the same inode, size, and times in nanoseconds; the
//! next paragraph has the only exception. No program can set the time of the last change (ctime), so each write to a
//! file changes its ctime. Files that were changed just before they were read are left out, because two changes in the
//! same moment have the same time.
//!
//! The stamp of the directory changes when a file is created, removed or replaced, but not when a program overwrites a
//! file in place. The AWS CLI does so, but only if the credentials expire within 15 minutes. So, while the directory is
//! unchanged, the file of credentials that are valid for longer is not looked at.

use super::hashes::{ByHash, Hash, Hashes};
use crate::context::Context;
use crate::files::{self, Stamp};
use crate::time::Timestamp;
use sha1::{Digest as _, Sha1};
use std::path::PathBuf;

/// The first line of the index file. The number in this line changes with the format of the file.
const HEADING: &[u8] = b"ssox expirations 2\n";
/// The size of a stamp in bytes.
const STAMP: usize = 32;
/// The size in bytes of a stamp and an expiration.
const KNOWN: usize = STAMP + 8;
/// The size of a record in bytes: the hash in the name of a cache file, the stamp of the file, and the expiration of
/// its credentials.
const RECORD: usize = size_of::<Hash>() + KNOWN;
/// The size in bytes of the SHA-1 at the end of the index file.
const SUM: usize = 20;
/// The largest number of records. With this limit, the index file stays below the size limit for reading.
pub(super) const MOST: usize = 100_000;
/// The smallest number of cache files for which an index is written. With fewer files, the index costs more time than
/// it saves.
pub(super) const MANY: usize = 500;
/// The index has only files whose last change is more than this many seconds ago. Some file systems store times only in
/// steps of 2 s.
const SETTLED: i64 = 3;

/// Credentials that are valid for more than this many seconds are not overwritten in place. The AWS CLI overwrites
/// those that expire within 900 s.
const KEPT: i64 = 1200;

/// The hash in the name of a cache file, the file's stamp (its inode, size and times), and the expiration of its
/// credentials.
pub(super) type Record = [u8; RECORD];

/// The stamp (inode, size and times) of the cache directory; and for each cache file its stamp, and the expiration of
/// its credentials.
#[derive(Default)]
pub(super) struct Index {
    /// The stamp of the cache directory when the index was written. `None` if the cache directory may contain other
    /// files than those in the index.
    directory: Option<[u8; STAMP]>,
    /// The stamp and the expiration of each cache file, by the hash in the file's name. All bytes are zero for a file
    /// whose expiration is not known.
    files: ByHash<[u8; KNOWN]>,
}

impl Index {
    /// Reads the index. The result is empty if the index file is absent, malformed or of another version.
    pub(super) fn read(ctx: &Context) -> Self {
        let content = path(ctx).and_then(|path| files::read(&path).ok()?);
        content.and_then(|content| parse(&content)).unwrap_or_default()
    }

    /// Tells whether the index contains exactly the files of the cache directory: the directory had this stamp when the
    /// index was written.
    pub(super) fn is_of(&self, directory: Option<Stamp>) -> bool {
        directory.is_some_and(|stamp| self.directory == Some(stamp.bytes()))
    }

    /// Tells whether the index contains the cache file with this hash in its name, even if the file's expiration is not
    /// known.
    pub(super) fn has(&self, hash: &Hash) -> bool {
        self.files.contains_key(hash)
    }

    /// Returns when the credentials in a cache file expire; `None` if the file has changed or is not in the index, or
    /// its expiration is not known.
    pub(super) fn get(&self, hash: &Hash, stamp: Stamp) -> Option<Timestamp> {
        let (of_file, expiration) = self.known(hash)?;
        (*of_file == stamp.bytes()).then_some(expiration)
    }

    /// Returns when the credentials in a cache file expire, if they are still valid for so long that no program
    /// overwrites them in place; otherwise `None`.
    pub(super) fn get_kept(&self, hash: &Hash, now: Timestamp) -> Option<Timestamp> {
        let (_, expiration) = self.known(hash)?;
        (expiration.seconds_after(now) > KEPT).then_some(expiration)
    }

    fn known(&self, hash: &Hash) -> Option<(&[u8; STAMP], Timestamp)> {
        let (stamp, expiration) = self.files.get(hash)?.split_first_chunk()?;
        Some((stamp, Timestamp(i64::from_le_bytes(expiration.try_into().ok()?))))
    }

    /// Writes a new index of all files of the cache directory, with the additional records in `read`. `hashes` are the
    /// hashes in the names of these files; `None`: they are the files of this index. `directory` is the stamp of the
    /// cache directory, which was taken before the files were listed.
    pub(super) fn renew(&self, ctx: &Context, directory: Option<Stamp>, hashes: Option<&Hashes>, read: &[Record]) {
        let known = |hash: &Hash| (*hash, self.files.get(hash).copied().unwrap_or([0; KNOWN]));
        let mut files = hashes.map_or_else(|| self.files.clone(), |hashes| hashes.iter().map(known).collect());
        files.extend(read.iter().map(parts));
        let directory = directory.filter(|stamp| is_settled(ctx, *stamp) && files.len() <= MOST).map(Stamp::bytes);
        let written = path(ctx).map(|path| files::write_secret(&path, &Self { directory, files }.content()));
        if let Some(Err(error)) = written {
            ctx.log(|| format!("index of the cache: {}", error.message));
        }
    }

    /// Returns the content of the index file: the first line, the stamp of the directory (or zeros), the sorted
    /// records, and the SHA-1 of all these.
    fn content(&self) -> Vec<u8> {
        let mut records: Vec<_> = self.files.iter().take(MOST).collect();
        records.sort_unstable();
        let mut content = [HEADING, &self.directory.unwrap_or_default()].concat();
        records.iter().for_each(|(hash, known)| content.extend([hash.as_slice(), known.as_slice()].concat()));
        content.extend(Sha1::digest(&content));
        content
    }
}

/// Makes the record of a cache file that was read; `None` if the file changed just now.
pub(super) fn record(ctx: &Context, hash: &Hash, stamp: Stamp, expiration: Timestamp) -> Option<Record> {
    if !is_settled(ctx, stamp) {
        return None;
    }
    let record = [hash.as_slice(), &stamp.bytes(), &expiration.0.to_le_bytes()].concat();
    record.try_into().ok()
}

/// Tells whether the last change of a file or directory was so long ago that its next change will have a different
/// time.
pub(super) fn is_settled(ctx: &Context, stamp: Stamp) -> bool {
    ctx.now().seconds_after(Timestamp(stamp.changed_at())) > SETTLED
}

fn path(ctx: &Context) -> Option<PathBuf> {
    ctx.state_dir().ok().map(|directory| directory.join("expirations"))
}

fn parts(record: &Record) -> (Hash, [u8; KNOWN]) {
    let (hash, known) = record.split_first_chunk().expect("a record begins with a hash");
    (*hash, known.try_into().expect("`KNOWN` bytes follow the hash"))
}

fn parse(content: &[u8]) -> Option<Index> {
    let (before, sum) = content.split_last_chunk::<SUM>()?;
    let (directory, records) = before.strip_prefix(HEADING)?.split_first_chunk::<STAMP>()?;
    let (records, []) = records.as_chunks() else { return None };
    let directory = Some(*directory).filter(|stamp| *stamp != [0; STAMP]);
    (Sha1::digest(before)[..] == sum[..]).then(|| Index { directory, files: records.iter().map(parts).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_of_another_version_or_a_damaged_one_is_empty() {
        let files = [([7; 20], [7; KNOWN]), ([9; 20], [9; KNOWN])].into_iter().collect();
        let good = Index { directory: Some([5; STAMP]), files }.content();
        let read = parse(&good).unwrap();
        assert_eq!((read.directory, read.files.len()), (Some([5; STAMP]), 2));
        let other = [b"ssox expirations 3\n", &good[HEADING.len()..]].concat();
        let cut = &good[..good.len() - 1];
        let changed = [&good[..HEADING.len() + 92], b"x", &good[HEADING.len() + 93..]].concat();
        for bytes in [&other, cut, &changed, b"", b"{}", HEADING] {
            assert!(parse(bytes).is_none(), "{bytes:?}");
        }
    }
}
