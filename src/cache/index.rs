//! An index of the cache of role credentials: when the credentials in each file expire. Verbs that show many entries
//! then open only the files that have changed, because asking for a file's times is much cheaper than reading it.
//!
//! Invariant: a record of the index counts only while its file has the same inode, size, and times in nanoseconds. No
//! program can set the time of the last change (ctime), so each write to a file changes its ctime. Files that were
//! changed just before they were read are left out, because two changes in the same moment have the same time.

use super::hashes::{ByHash, Hash};
use crate::context::Context;
use crate::files::{self, Stamp};
use crate::time::Timestamp;
use sha1::{Digest as _, Sha1};
use std::path::PathBuf;

/// The first line of the file. The number in it changes with the format.
const HEADING: &[u8] = b"ssox expirations 1\n";
/// The size in bytes of a stamp and an expiration.
const KNOWN: usize = 32 + 8;
/// The size of a record in bytes: the hash of a file's name, when the file was last changed, and when its credentials
/// expire.
const RECORD: usize = size_of::<Hash>() + KNOWN;
const SUM: usize = 20;
/// The largest number of records. With this limit, the file stays below the size limit for reading.
const MOST: usize = 100_000;
/// With fewer cache files, an index costs more than it saves.
pub(super) const MANY: usize = 500;
/// The index has only files whose last change is at least this many seconds ago. Some file systems store times only in
/// steps of 2 s.
const SETTLED: i64 = 3;

/// The hash in the name of a cache file, the file's stamp, and the expiration of its credentials.
pub(super) type Record = [u8; RECORD];

/// The stamp and the expiration of each file.
#[derive(Default)]
pub(super) struct Index(ByHash<[u8; KNOWN]>);

impl Index {
    /// Reads the index; it is empty if the file is absent, malformed or of another version.
    pub(super) fn read(ctx: &Context) -> Self {
        let content = path(ctx).and_then(|path| files::read(&path).ok()?);
        content.and_then(|content| parse(&content)).unwrap_or_default()
    }

    /// Returns when the credentials in a file expire; `None` if the file has changed or is not in the index.
    pub(super) fn get(&self, hash: &Hash, stamp: Stamp) -> Option<Timestamp> {
        let (of_file, expiration) = self.0.get(hash)?.split_last_chunk::<8>()?;
        (of_file == stamp.bytes()).then(|| Timestamp(i64::from_le_bytes(*expiration)))
    }

    /// Writes the index with additional records. Records whose file no longer exists are dropped.
    pub(super) fn renew(&self, ctx: &Context, read: &[Record], has_file: impl Fn(&Hash) -> bool) {
        let mut all = self.0.clone();
        all.retain(|hash, _| has_file(hash));
        all.extend(read.iter().map(parts));
        let written = path(ctx).map(|path| files::write_secret(&path, &content(&all)));
        if let Some(Err(error)) = written {
            ctx.log(|| format!("index of the cache: {}", error.message));
        }
    }
}

/// Makes the record of a file that was read; `None` if the file changed just now.
pub(super) fn record(ctx: &Context, hash: &Hash, stamp: Stamp, expiration: Timestamp) -> Option<Record> {
    if ctx.now().seconds_after(Timestamp(stamp.changed_at())) <= SETTLED {
        return None;
    }
    let record = [hash.as_slice(), &stamp.bytes(), &expiration.0.to_le_bytes()].concat();
    record.try_into().ok()
}

fn path(ctx: &Context) -> Option<PathBuf> {
    ctx.state_dir().ok().map(|directory| directory.join("expirations"))
}

fn parts(record: &Record) -> (Hash, [u8; KNOWN]) {
    let (hash, known) = record.split_first_chunk().expect("a record begins with a hash");
    (*hash, known.try_into().expect("`KNOWN` bytes follow the hash"))
}

/// Returns the content of the index file: the first line, the sorted records, and the SHA-1 of both.
fn content(all: &ByHash<[u8; KNOWN]>) -> Vec<u8> {
    let mut records: Vec<_> = all.iter().take(MOST).collect();
    records.sort_unstable();
    let mut content = HEADING.to_vec();
    records.iter().for_each(|(hash, known)| content.extend([hash.as_slice(), known.as_slice()].concat()));
    content.extend(Sha1::digest(&content));
    content
}

fn parse(content: &[u8]) -> Option<Index> {
    let (before, sum) = content.split_last_chunk::<SUM>()?;
    let (records, []) = before.strip_prefix(HEADING)?.as_chunks() else { return None };
    (Sha1::digest(before)[..] == sum[..]).then(|| Index(records.iter().map(parts).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_of_another_version_or_a_damaged_one_is_empty() {
        let good = content(&[([7; 20], [7; KNOWN]), ([9; 20], [9; KNOWN])].into_iter().collect());
        assert_eq!(parse(&good).unwrap().0.len(), 2);
        let other = [b"ssox expirations 2\n", &good[HEADING.len()..]].concat();
        let cut = &good[..good.len() - 1];
        let changed = [&good[..HEADING.len() + 60], b"x", &good[HEADING.len() + 61..]].concat();
        for bytes in [&other, cut, &changed, b"", b"{}", HEADING] {
            assert!(parse(bytes).is_none(), "{bytes:?}");
        }
    }
}
