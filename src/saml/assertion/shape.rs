//! Rejects XML that takes long to parse: the parser's time grows with the square of the depth and of the number of
//! namespaces in scope.

use super::invalid;
use crate::error::Result;
use std::collections::HashSet;

/// How many levels of XML elements a response may have. A usual response has about ten.
const MAX_DEPTH: usize = 100;
/// How many namespace prefixes a response may have. A usual response has about ten.
const MAX_PREFIXES: usize = 100;

/// Checks the XML before it is parsed.
///
/// # Errors
/// `Configuration`: the elements are nested too deeply, or there are too many namespace prefixes.
pub(super) fn check(text: &str) -> Result<()> {
    let prefixes: HashSet<&str> = text.split("xmlns").skip(1).filter_map(|rest| rest.split('=').next()).collect();
    if prefixes.len() > MAX_PREFIXES {
        return Err(invalid(&format!("it declares more than {MAX_PREFIXES} namespace prefixes")));
    }
    if depth(text) > MAX_DEPTH {
        return Err(invalid(&format!("its elements are nested more than {MAX_DEPTH} deep")));
    }
    Ok(())
}

/// Returns how many start tags are open at the deepest place; empty elements (`<a/>`) do not count. For invalid XML,
/// the number is meaningless: the parser rejects it later.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest, mut rest) = (0_usize, 0, text);
    while let Some((_, tag)) = rest.split_once('<') {
        let (change, after) = match tag.as_bytes().first() {
            Some(b'!') => (0, after_markup(tag)),
            Some(b'/') => (-1, after(tag, ">")),
            Some(b'?') => (0, after(tag, "?>")),
            _ => after_start(tag),
        };
        depth = depth.saturating_add_signed(change);
        deepest = deepest.max(depth);
        rest = after;
    }
    deepest
}

/// Skips a comment, a CDATA section or a declaration, and returns the text after it. In comments and CDATA sections,
/// `<` does not start a tag.
fn after_markup(tag: &str) -> &str {
    let ends = [("!--", "-->"), ("![CDATA[", "]]>")];
    let end = ends.into_iter().find_map(|(start, end)| tag.starts_with(start).then_some(end));
    after(tag, end.unwrap_or(">"))
}

fn after<'a>(tag: &'a str, end: &str) -> &'a str {
    tag.split_once(end).map_or("", |(_, rest)| rest)
}

/// Skips a start tag. Returns the change of the depth (0 for an empty element) and the text after the tag. A `>` in
/// quotes belongs to an attribute value.
fn after_start(tag: &str) -> (isize, &str) {
    let mut quote = None;
    for (at, c) in tag.char_indices() {
        match (quote, c) {
            (None, '>') => return (if tag[..at].ends_with('/') { 0 } else { 1 }, &tag[at + 1..]),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
    }
    (0, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_elements_count_as_levels() {
        for (text, expected) in [
            ("<?xml version='1.0'?><a><b/><b c='>'><d/></b></a>", 2),
            ("<a><!-- <b><c> --><![CDATA[<b><c>]]><b e=\"'/>\"></b></a>", 2),
            ("<a/>", 0),
            ("", 0),
            ("<a", 0),
            ("</a></a><a>", 1),
        ] {
            assert_eq!(depth(text), expected, "{text}");
        }
    }
}
