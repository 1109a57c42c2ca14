//! Searches bytes without asking the processor first.
//!
//! The functions of the crate `memchr` ask an x86-64 processor for its features at the first call, with ten CPUID
//! instructions. In a virtual machine, each of them takes some microseconds: together more than all searches in a
//! usual config file. SSE2, which every x86-64 processor has, is fast enough for large files too. For other
//! processors, `memchr` asks nothing.

#[cfg(not(target_arch = "x86_64"))]
pub(crate) use memchr::{memchr, memchr2, memchr3, memmem::find, memrchr, memrchr2};
#[cfg(target_arch = "x86_64")]
pub(crate) use sse2::{find, memchr, memchr2, memchr3, memrchr, memrchr2};

/// Returns the indexes in `bytes` at which a byte occurs, in ascending order.
pub(crate) fn memchr_iter(byte: u8, bytes: &[u8]) -> impl Iterator<Item = usize> + '_ {
    positions(bytes, 1, move |rest| memchr(byte, rest))
}

/// Returns the indexes in `bytes` at which one of two bytes occurs, in ascending order.
pub(crate) fn memchr2_iter(one: u8, two: u8, bytes: &[u8]) -> impl Iterator<Item = usize> + '_ {
    positions(bytes, 1, move |rest| memchr2(one, two, rest))
}

/// Returns the indexes in `bytes` at which one of three bytes occurs, in ascending order.
pub(crate) fn memchr3_iter(one: u8, two: u8, three: u8, bytes: &[u8]) -> impl Iterator<Item = usize> + '_ {
    positions(bytes, 1, move |rest| memchr3(one, two, three, rest))
}

/// Returns the indexes in `bytes` at which `wanted` begins, in ascending order. `wanted` must not be empty. The
/// occurrences do not overlap.
pub(crate) fn find_iter<'a>(bytes: &'a [u8], wanted: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    positions(bytes, wanted.len(), move |rest| find(rest, wanted))
}

/// Returns the indexes in `bytes` of everything that `find` finds. The search goes on `length` bytes after each index.
fn positions<'a>(
    bytes: &'a [u8],
    length: usize,
    find: impl Fn(&[u8]) -> Option<usize> + 'a,
) -> impl Iterator<Item = usize> + 'a {
    let mut next = 0;
    std::iter::from_fn(move || {
        let at = next + find(&bytes[next..])?;
        next = at + length;
        Some(at)
    })
}

#[cfg(target_arch = "x86_64")]
mod sse2 {
    use memchr::arch::x86_64::sse2::memchr::{One, Three, Two};
    use memchr::arch::x86_64::sse2::packedpair::Finder;

    const HAS_SSE2: &str = "every x86-64 processor has SSE2";

    /// Returns the first position of a byte.
    pub(crate) fn memchr(byte: u8, bytes: &[u8]) -> Option<usize> {
        One::new(byte).expect(HAS_SSE2).find(bytes)
    }

    /// Returns the last position of a byte.
    pub(crate) fn memrchr(byte: u8, bytes: &[u8]) -> Option<usize> {
        One::new(byte).expect(HAS_SSE2).rfind(bytes)
    }

    /// Returns the first position of either byte.
    pub(crate) fn memchr2(one: u8, two: u8, bytes: &[u8]) -> Option<usize> {
        Two::new(one, two).expect(HAS_SSE2).find(bytes)
    }

    /// Returns the last position of either byte.
    pub(crate) fn memrchr2(one: u8, two: u8, bytes: &[u8]) -> Option<usize> {
        Two::new(one, two).expect(HAS_SSE2).rfind(bytes)
    }

    /// Returns the first position of any of three bytes.
    pub(crate) fn memchr3(one: u8, two: u8, three: u8, bytes: &[u8]) -> Option<usize> {
        Three::new(one, two, three).expect(HAS_SSE2).find(bytes)
    }

    /// Returns the first position of a text.
    pub(crate) fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
        match Finder::new(wanted) {
            Some(finder) if bytes.len() >= finder.min_haystack_len() => finder.find(bytes, wanted),
            _ if wanted.is_empty() => Some(0),
            _ => bytes.windows(wanted.len()).position(|window| window == wanted),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use memchr::memmem;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_results_are_those_of_memchr(text in "[abc=\n]{0,80}", wanted in "[abc]{0,6}") {
            let bytes = text.as_bytes();
            prop_assert_eq!(memchr(b'a', bytes), ::memchr::memchr(b'a', bytes));
            prop_assert_eq!(memrchr(b'a', bytes), ::memchr::memrchr(b'a', bytes));
            prop_assert_eq!(memrchr2(b'a', b'=', bytes), ::memchr::memrchr2(b'a', b'=', bytes));
            prop_assert!(memchr_iter(b'a', bytes).eq(::memchr::memchr_iter(b'a', bytes)));
            prop_assert!(memchr2_iter(b'a', b'=', bytes).eq(::memchr::memchr2_iter(b'a', b'=', bytes)));
            prop_assert!(memchr3_iter(b'a', b'=', b'c', bytes).eq(::memchr::memchr3_iter(b'a', b'=', b'c', bytes)));
            prop_assert_eq!(find(bytes, wanted.as_bytes()), memmem::find(bytes, wanted.as_bytes()));
            if !wanted.is_empty() {
                prop_assert!(find_iter(bytes, wanted.as_bytes()).eq(memmem::find_iter(bytes, &wanted)));
            }
        }
    }
}
