//! Stores secrets in a keyring with small entries, in several parts: an entry of the Credential Manager of Windows holds
//! 2,560 bytes.
//!
//! The first part begins with the number of parts and the digest of the whole secret. The names of the other parts
//! contain that digest, so that a new secret does not overwrite the parts of the old one. The first part is written
//! last, and removed last.
//!
//! Invariant: if the process is killed at any moment of a write, the keyring has the old secret or the new one.

use super::failure::Failure;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

type Content = Zeroizing<Vec<u8>>;
type Result<T> = std::result::Result<T, Failure>;

/// The length in bytes of the number and the digest at the beginning of the first part, with a blank and a line feed.
const HEADER: usize = 4 + 1 + 64 + 1;

/// A large secret is stored in several parts. The name of each part but the first contains this many digits of the
/// digest of the secret.
const DIGEST_IN_NAME: usize = 16;

/// A keyring as a list of entries, each with a name and a content of limited size.
pub(super) trait Entries {
    /// Returns the content of an entry; `None` if it is absent.
    fn get(&self, name: &str) -> Result<Option<Content>>;
    /// Writes an entry, or replaces its content.
    fn set(&self, name: &str, content: &[u8]) -> Result<()>;
    /// Removes an entry; returns whether it existed.
    fn delete(&self, name: &str) -> Result<bool>;
    /// Returns the names of all entries.
    fn names(&self) -> Result<Vec<String>>;
}

/// Reads a secret; `None` if it is absent or incomplete.
pub(super) fn read(entries: &impl Entries, name: &str) -> Result<Option<Content>> {
    let Some(mut first) = entries.get(name)? else { return Ok(None) };
    loop {
        let rest = names_of_rest(name, &first).iter().map(|name| entries.get(name)).collect::<Result<Option<_>>>()?;
        if let Some(content) = rest.and_then(|rest: Vec<Content>| join(&first, &rest)) {
            return Ok(Some(content));
        }
        // Another process may have replaced the secret, and removed its old parts, after the first part was read.
        match entries.get(name)? {
            Some(replaced) if replaced != first => first = replaced,
            _ => return Ok(None),
        }
    }
}

/// Writes a secret, in parts of at most `limit` bytes.
pub(super) fn write(entries: &impl Entries, name: &str, content: &[u8], limit: usize) -> Result<()> {
    let old = entries.get(name)?.map(|first| names_of_rest(name, &first)).unwrap_or_default();
    let parts = split(content, limit);
    let new = names_of_rest(name, &parts[0]);
    new.iter().zip(&parts[1..]).try_for_each(|(name, part)| entries.set(name, part))?;
    entries.set(name, &parts[0])?;
    for surplus in old.iter().filter(|name| !new.contains(name)) {
        // The new secret is complete. If this fails, the next removal of the secret removes the part.
        let _ = entries.delete(surplus);
    }
    Ok(())
}

/// Removes a secret, and parts that a killed process has left; returns whether anything was removed.
pub(super) fn remove(entries: &impl Entries, name: &str) -> Result<bool> {
    let is_part = |other: &String| other.strip_prefix(name).is_some_and(|rest| rest.starts_with(' '));
    let mut names = entries.names()?.into_iter().filter(is_part).chain([name.to_string()]);
    names.try_fold(false, |was_there, name| Ok(entries.delete(&name)? || was_there))
}

/// Splits a secret into parts of at most `limit` bytes.
fn split(content: &[u8], limit: usize) -> Vec<Content> {
    let count = (content.len() + HEADER).div_ceil(limit);
    let mut whole = Zeroizing::new(Vec::with_capacity(content.len() + HEADER));
    whole.extend_from_slice(format!("{count:4} {}\n", digest(content)).as_bytes());
    whole.extend_from_slice(content);
    whole.chunks(limit).map(|part| Zeroizing::new(part.to_vec())).collect()
}

/// Returns the names of the entries that contain the other parts of a secret. `first` is the first part, which begins
/// with a header; without this header, there are no names.
fn names_of_rest(name: &str, first: &[u8]) -> Vec<String> {
    let header = first.get(..HEADER).and_then(|header| std::str::from_utf8(header).ok());
    let parsed = header.and_then(|header| {
        Some((header.get(..4)?.trim_start().parse::<usize>().ok()?, header.get(5..5 + DIGEST_IN_NAME)?))
    });
    let Some((count, digest)) = parsed else { return Vec::new() };
    (1..count).map(|at| format!("{name} {digest} {at}")).collect()
}

/// Joins all parts of a secret, without the header; `None` if the parts are not parts of the same secret.
fn join(first: &[u8], rest: &[Content]) -> Option<Content> {
    let length = first.len() + rest.iter().map(|part| part.len()).sum::<usize>();
    let mut whole = Zeroizing::new(Vec::with_capacity(length));
    whole.extend_from_slice(first);
    rest.iter().for_each(|part| whole.extend_from_slice(part));
    let (header, content) = whole.split_at_checked(HEADER)?;
    (header[5..HEADER - 1] == *digest(content).as_bytes()).then(|| Zeroizing::new(content.to_vec()))
}

fn digest(content: &[u8]) -> String {
    hex::encode(Sha256::digest(content))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::{Cell, RefCell};
    use std::collections::BTreeMap;

    const LIMIT: usize = 100;
    const NAME: &str = "token abc";

    /// A keyring whose process is killed after a number of changes.
    #[derive(Default)]
    struct Killed {
        entries: RefCell<BTreeMap<String, Vec<u8>>>,
        changes_left: Cell<Option<usize>>,
        /// What another process does after the next read.
        after_read: Cell<Option<fn(&Self)>>,
    }

    impl Killed {
        fn change<T>(&self, change: impl FnOnce(&mut BTreeMap<String, Vec<u8>>) -> T) -> Result<T> {
            if self.changes_left.get() == Some(0) {
                return Err(Failure::Locked);
            }
            self.changes_left.set(self.changes_left.get().map(|left| left - 1));
            Ok(change(&mut self.entries.borrow_mut()))
        }
    }

    impl Entries for Killed {
        fn get(&self, name: &str) -> Result<Option<Content>> {
            let found = self.entries.borrow().get(name).cloned().map(Zeroizing::new);
            self.after_read.take().into_iter().for_each(|act| act(self));
            Ok(found)
        }

        fn set(&self, name: &str, content: &[u8]) -> Result<()> {
            assert!(content.len() <= LIMIT);
            self.change(|entries| drop(entries.insert(name.into(), content.to_vec())))
        }

        fn delete(&self, name: &str) -> Result<bool> {
            self.change(|entries| entries.remove(name).is_some())
        }

        fn names(&self) -> Result<Vec<String>> {
            Ok(self.entries.borrow().keys().cloned().collect())
        }
    }

    /// Returns a secret of this length. Two secrets with different seeds have no part in common.
    fn secret(length: usize, seed: usize) -> Vec<u8> {
        (0..length).map(|at| u8::try_from((at + seed) % 251).unwrap()).collect()
    }

    fn reads(keyring: &Killed) -> Option<Vec<u8>> {
        read(keyring, NAME).unwrap().map(|content| content.to_vec())
    }

    #[test]
    fn a_secret_of_any_length_is_read_as_it_was_written() {
        for length in [0, 1, 29, 30, 31, 100, 5000] {
            let keyring = Killed::default();
            assert_eq!(reads(&keyring), None);
            write(&keyring, NAME, &secret(length, 0), LIMIT).unwrap();
            assert_eq!(reads(&keyring), Some(secret(length, 0)), "{length}");
            assert_eq!(keyring.entries.borrow().len(), (length + HEADER).div_ceil(LIMIT), "{length}");
        }
    }

    #[test]
    fn a_killed_write_leaves_the_old_secret_or_the_new_one() {
        for (old, new) in [(300, 500), (500, 300), (300, 300), (500, 1), (1, 500)] {
            for changes in 0..14 {
                let keyring = Killed::default();
                write(&keyring, NAME, &secret(old, 0), LIMIT).unwrap();
                keyring.changes_left.set(Some(changes));
                let is_written = write(&keyring, NAME, &secret(new, 7), LIMIT).is_ok();
                let expected = if is_written { secret(new, 7) } else { secret(old, 0) };
                assert_eq!(reads(&keyring), Some(expected), "{old} {new} {changes}");
                keyring.changes_left.set(None);
                write(&keyring, "token abcd", &secret(300, 0), LIMIT).unwrap();
                assert!(remove(&keyring, NAME).unwrap());
                assert_eq!(keyring.entries.borrow().len(), 4, "only the other secret is left: {old} {new} {changes}");
            }
        }
    }

    #[test]
    fn a_write_leaves_no_surplus_parts() {
        let keyring = Killed::default();
        for (length, parts) in [(500, 6), (300, 4), (1, 1), (1, 1), (500, 6), (500, 6)] {
            write(&keyring, NAME, &secret(length, 0), LIMIT).unwrap();
            assert_eq!((reads(&keyring), keyring.entries.borrow().len()), (Some(secret(length, 0)), parts));
        }
    }

    #[test]
    fn a_secret_that_is_replaced_while_it_is_read_is_not_absent() {
        let keyring = Killed::default();
        write(&keyring, NAME, &secret(300, 0), LIMIT).unwrap();
        keyring.after_read.set(Some(|keyring| write(keyring, NAME, &secret(500, 7), LIMIT).unwrap()));
        assert_eq!(reads(&keyring), Some(secret(500, 7)));
        keyring.after_read.set(Some(|keyring| assert!(remove(keyring, NAME).unwrap())));
        assert_eq!(reads(&keyring), None);
    }

    #[test]
    fn a_killed_removal_is_finished_by_the_next_one() {
        for changes in 0..4 {
            let keyring = Killed::default();
            write(&keyring, NAME, &secret(300, 0), LIMIT).unwrap();
            keyring.changes_left.set(Some(changes));
            assert!(remove(&keyring, NAME).is_err());
            assert!(keyring.entries.borrow().contains_key(NAME), "a listing shows the secret until all is removed");
            keyring.changes_left.set(None);
            assert!(remove(&keyring, NAME).unwrap());
            assert!(keyring.entries.borrow().is_empty());
            assert!(!remove(&keyring, NAME).unwrap());
        }
    }

    #[test]
    fn an_incomplete_or_foreign_secret_counts_as_absent() {
        let keyring = Killed::default();
        write(&keyring, NAME, &secret(300, 0), LIMIT).unwrap();
        let second = keyring.names().unwrap()[1].clone();
        keyring.set(&second, b"other").unwrap();
        assert_eq!(reads(&keyring), None);
        keyring.delete(&second).unwrap();
        assert_eq!(reads(&keyring), None);
        for foreign in ["", "x", "abcde", &"é".repeat(35), &format!("   2 a{}", "é".repeat(35))] {
            keyring.set(NAME, foreign.as_bytes()).unwrap();
            assert_eq!(reads(&keyring), None, "{foreign}");
        }
    }
}
