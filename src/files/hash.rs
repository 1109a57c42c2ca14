//! SHA-1, by which the AWS CLI and ssox name their cache files.

use sha1::{Digest as _, Sha1};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Up to this number of hashes, computing them takes less time than asking the processor whether it has instructions
/// for SHA-1: in a virtual machine, some 20 microseconds.
const FEW: usize = 50;
/// How many hashes this process has computed.
static COMPUTED: AtomicUsize = AtomicUsize::new(0);

/// Returns the SHA-1 of a text in lower-case hexadecimal digits.
pub(crate) fn hashed(text: &str) -> String {
    hex::encode(hash(&[text]))
}

/// Returns the SHA-1 of the concatenated texts.
pub(crate) fn hash(texts: &[&str]) -> [u8; 20] {
    if COMPUTED.fetch_add(1, Ordering::Relaxed) < FEW { in_software(texts) } else { in_hardware(texts) }
}

fn in_software(texts: &[&str]) -> [u8; 20] {
    let mut sha1 = sha1_smol::Sha1::new();
    texts.iter().for_each(|text| sha1.update(text.as_bytes()));
    sha1.digest().bytes()
}

/// Uses the processor's instructions for SHA-1, if it has them.
fn in_hardware(texts: &[&str]) -> [u8; 20] {
    let mut sha1 = Sha1::new();
    texts.iter().for_each(|text| sha1.update(text.as_bytes()));
    sha1.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_hash_is_that_of_sha1sum() {
        assert_eq!(hashed("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
    }

    proptest! {
        #[test]
        fn both_ways_have_the_same_result(one in ".{0,300}", two in ".{0,9}") {
            prop_assert_eq!(in_software(&[&one, &two]), in_hardware(&[&(one + &two)]));
        }
    }
}
