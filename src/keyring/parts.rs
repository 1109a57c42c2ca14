//! Splits secrets into parts for a keyring with small entries: an entry of the Credential Manager of Windows holds
//! 2,560 bytes.
//!
//! The first part begins with the number of parts and the digest of the whole secret. A reader therefore notices if
//! another process writes at the same time, and never joins parts of two secrets.

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

type Content = Zeroizing<Vec<u8>>;

/// The length in bytes of the number and the digest at the beginning of the first part, with a blank and a line feed.
const HEADER: usize = 4 + 1 + 64 + 1;

/// Splits a secret into parts of at most `limit` bytes.
pub(super) fn split(content: &[u8], limit: usize) -> Vec<Content> {
    let count = (content.len() + HEADER).div_ceil(limit);
    let mut whole = Zeroizing::new(Vec::with_capacity(content.len() + HEADER));
    whole.extend_from_slice(format!("{count:4} {}\n", digest(content)).as_bytes());
    whole.extend_from_slice(content);
    whole.chunks(limit).map(|part| Zeroizing::new(part.to_vec())).collect()
}

/// Returns how many parts a secret has; `None` if `first` does not begin with a number.
pub(super) fn count(first: &[u8]) -> Option<usize> {
    std::str::from_utf8(first.get(..4)?).ok()?.trim_start().parse().ok()
}

/// Joins all parts; `None` if they are not of the same secret.
pub(super) fn join(parts: &[Content]) -> Option<Content> {
    let mut whole = Zeroizing::new(Vec::with_capacity(parts.iter().map(|part| part.len()).sum()));
    parts.iter().for_each(|part| whole.extend_from_slice(part));
    let (header, content) = whole.split_at_checked(HEADER)?;
    (header[5..HEADER - 1] == *digest(content).as_bytes()).then(|| Zeroizing::new(content.to_vec()))
}

fn digest(content: &[u8]) -> String {
    hex::encode(Sha256::digest(content))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_of_any_length_is_joined_from_its_parts() {
        for length in [0, 1, 29, 30, 31, 100, 5000] {
            let content: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
            let parts = split(&content, 100);
            assert!(parts.iter().all(|part| part.len() <= 100), "{length}");
            assert_eq!(count(&parts[0]), Some(parts.len()), "{length}");
            assert_eq!(join(&parts).as_deref(), Some(&content), "{length}");
        }
    }

    #[test]
    fn parts_of_two_secrets_are_never_joined() {
        let (one, other) = (split(&[1; 300], 100), split(&[2; 300], 100));
        assert_eq!(join(&[one[0].clone(), other[1].clone(), other[2].clone(), other[3].clone()]), None);
        assert_eq!(join(&one[..3]), None);
        assert_eq!((join(&[]), count(b"x"), count(b"abcde")), (None, None, None));
    }
}
