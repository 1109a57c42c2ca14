//! Sets and maps whose keys are the hashes in the names of cache entries. Their bytes are as good as random, so the first
//! ones serve as the hash of the key. That makes look-ups much faster than the standard hasher.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// The hash in the name of an entry.
pub(super) type Hash = [u8; 20];
pub(super) type Hashes = HashSet<Hash, BuildHasherDefault<FirstBytes>>;
pub(super) type ByHash<T> = HashMap<Hash, T, BuildHasherDefault<FirstBytes>>;

#[derive(Default)]
pub(super) struct FirstBytes(u64);

impl Hasher for FirstBytes {
    fn write(&mut self, bytes: &[u8]) {
        // `HashMap` calls this with the length of the hash first, and then with the hash, which replaces the first
        // value.
        self.0 = bytes.first_chunk().map_or(0, |first| u64::from_le_bytes(*first));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
