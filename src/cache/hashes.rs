//! Sets and maps whose keys are the hashes in the names of cache entries. The bytes of these keys are evenly
//! distributed, so the first eight bytes of a key serve as its hash value in a table. This makes look-ups much faster
//! than the standard hasher does.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// The hash that is the name of a cache entry.
pub(super) type Hash = [u8; 20];
pub(super) type Hashes = HashSet<Hash, BuildHasherDefault<FirstBytes>>;
pub(super) type ByHash<T> = HashMap<Hash, T, BuildHasherDefault<FirstBytes>>;

#[derive(Default)]
pub(super) struct FirstBytes(u64);

impl Hasher for FirstBytes {
    fn write(&mut self, bytes: &[u8]) {
        // `HashMap` calls this with the length of the hash first, and then with the hash, which replaces the length.
        self.0 = bytes.first_chunk().map_or(0, |first| u64::from_le_bytes(*first));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
