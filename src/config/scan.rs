//! Where sections begin and end, found without looking at what is in them: files have 50,000 profiles.
//!
//! Deliberately not here: keys and values.

use memchr::{memchr_iter, memchr2, memrchr2};
use std::borrow::Cow;
use std::ops::Range;

/// What a section describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Profile,
    SsoSession,
    Services,
}

/// A header and what belongs to it, as ranges of bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// From the `[` to the end of its line, line ending included.
    pub(crate) line: Range<usize>,
    /// What follows, up to the next header.
    pub(crate) body: Range<usize>,
}

impl Header {
    /// Returns what the section is and its name; `None` for a section nobody reads.
    pub(crate) fn name<'a>(&self, text: &'a str, is_credentials: bool) -> Option<(Kind, Cow<'a, str>)> {
        let inner = self.inner(text)?;
        match (is_credentials, inner) {
            (true, name) => Some((Kind::Profile, name.into())),
            (false, "default") => Some((Kind::Profile, inner.into())),
            (false, _) => typed_name(inner),
        }
    }

    /// Tells whether the header is `[name]` without a type before the name.
    pub(super) fn is_plain(&self, text: &str) -> bool {
        self.inner(text).is_some_and(|inner| !inner.contains(char::is_whitespace))
    }

    fn inner<'a>(&self, text: &'a str) -> Option<&'a str> {
        let line = text.get(self.line.clone())?;
        let inner = line.strip_prefix('[')?;
        Some(inner[..closing(inner)?].trim())
    }
}

/// Returns where the `]` is that ends a header: the first that is not in quotes, or the first at all.
fn closing(inner: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in inner.char_indices() {
        match (quote, c) {
            (None, ']') => return Some(at),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    inner.find(']')
}

/// Reads `profile NAME`, `sso-session NAME`, `services NAME`, the name quoted or not.
fn typed_name(inner: &str) -> Option<(Kind, Cow<'_, str>)> {
    let (word, rest) = inner.split_once([' ', '\t', '"', '\''])?;
    let kind = match word {
        "sso-session" => Kind::SsoSession,
        "services" => Kind::Services,
        // The AWS CLI looks at the beginning only.
        _ if word.starts_with("profile") => Kind::Profile,
        _ => return None,
    };
    let rest = if rest.len() + word.len() + 1 == inner.len() { &inner[word.len()..] } else { rest };
    let rest = rest.trim();
    if !rest.contains(['"', '\'', '\\', ' ', '\t']) {
        return (!rest.is_empty()).then_some((kind, rest.into()));
    }
    match shell_words::split(rest).ok()?.as_slice() {
        [name] => Some((kind, name.clone().into())),
        _ => None,
    }
}

/// Returns all headers of a text, in order.
pub(super) fn headers(text: &str) -> Vec<Header> {
    let starts = starts_by_bracket(text).unwrap_or_else(|| starts_by_line(text));
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let header = |(&start, end): (&usize, usize)| {
        let line = start..line_end(text, start).min(end);
        Header { body: line.end..end, line }
    };
    starts.iter().zip(ends).map(header).collect()
}

/// Looks at each `[` only. An indented one may be a header or part of a value: `None`, and every line has to be looked at.
fn starts_by_bracket(text: &str) -> Option<Vec<usize>> {
    let bytes = text.as_bytes();
    let mut starts = Vec::new();
    for at in memchr_iter(b'[', bytes) {
        let line = memrchr2(b'\n', b'\r', &bytes[..at]).map_or_else(|| bom(text), |before| before + 1);
        if line == at {
            starts.push(at);
        } else if bytes[line..at].iter().all(u8::is_ascii_whitespace) {
            return None;
        }
    }
    Some(starts)
}

/// An indented line continues the value above it, when there is a key above it in its section; else it is a line of its
/// own, and may be a header.
fn starts_by_line(text: &str) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut has_key = false;
    let mut at = bom(text);
    while at < text.len() {
        let end = line_end(text, at);
        let line = &text[at..end];
        let content = line.trim_start();
        let is_indented = content.len() < line.len();
        if content.starts_with('[') && !(is_indented && has_key) {
            starts.push(at + line.len() - content.len());
            has_key = false;
        } else if !is_indented && content.contains(['=', ':']) && !content.starts_with(['#', ';']) {
            has_key = true;
        } else if is_indented && !has_key && content.contains(['=', ':']) && !content.starts_with(['#', ';']) {
            has_key = true;
        }
        at = end;
    }
    starts
}

/// Returns the end of the line that holds `at`, its ending included; a lone CR ends a line as well.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    match memchr2(b'\n', b'\r', &bytes[at..]).map(|offset| at + offset) {
        Some(end) if bytes[end] == b'\r' && bytes.get(end + 1) == Some(&b'\n') => end + 2,
        Some(end) => end + 1,
        None => text.len(),
    }
}

/// Returns the length of a byte order mark.
pub(super) fn bom(text: &str) -> usize {
    if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<(Kind, String)> {
        let name = |header: &Header| header.name(text, false).map(|(kind, name)| (kind, name.into_owned()));
        headers(text).iter().filter_map(name).collect()
    }

    #[test]
    fn profiles_have_many_spellings() {
        let spelled = [
            "[profile foo]",
            "[profile   foo]",
            "[profile\tfoo ]",
            "[ profile foo ]",
            "[profile \"foo\"]",
            "[profile 'foo']",
            "[profile foo] # comment",
            "[profile foo]#comment",
            "[profile foo];comment",
            "[profile foo] text",
            "\u{feff}[profile foo]",
            "  [profile foo]",
            "[profilex foo]",
        ];
        for text in spelled {
            assert_eq!(names(text), [(Kind::Profile, "foo".into())], "{text}");
        }
        assert_eq!(names("[profile \"my prof\"]"), [(Kind::Profile, "my prof".into())]);
        assert_eq!(names("[profile 'a]b']"), [(Kind::Profile, "a]b".into())]);
        assert_eq!(names("[default]"), [(Kind::Profile, "default".into())]);
        assert_eq!(names("[sso-session corp]\n[services s]").len(), 2);
    }

    #[test]
    fn what_nobody_reads_has_no_name() {
        for text in
            ["[foo]", "[profile my prof]", "[profile]", "[profile ]", "[profile \"x]", "[Default]", "[Profile x]", "["]
        {
            assert_eq!(names(text), [], "{text}");
        }
    }

    #[test]
    fn an_indented_header_after_a_key_is_part_of_the_value() {
        assert_eq!(names("[profile a]\nk = v\n [profile b]\n[profile c]\n").len(), 2);
        assert_eq!(names("[profile a]\n [profile b]\nk = v\n").len(), 2);
    }
}
