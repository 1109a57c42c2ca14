//! Searches a text for words. This is much faster than splitting it into lines.

use crate::bytes::memchr_iter;
use std::ops::Range;

/// Returns the byte positions at which a word begins in a text, ignoring case. The word must contain `_`.
pub(super) fn positions_in_any_case<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let before = word.find('_').expect("the word has a `_`");
    let is_word = move |start: &usize| {
        let found = text.as_bytes().get(*start..start + word.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(word.as_bytes()))
    };
    let starts = memchr_iter(b'_', text.as_bytes()).filter_map(move |at| at.checked_sub(before));
    starts.filter(is_word)
}

/// Tells whether any of these byte positions, which are in ascending order, is in a range.
pub(super) fn has_one_in(positions: &[usize], range: &Range<usize>) -> bool {
    let first = positions.partition_point(|position| *position < range.start);
    positions.get(first).is_some_and(|position| *position < range.end)
}
