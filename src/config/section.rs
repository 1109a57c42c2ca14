//! The keys and values of a section, each with its position in the file.

use super::line::{LineClassifier, LineKind, delimiter, line_end, without_ending};
use super::name::WhichFile;
use crate::bytes::memchr2_iter;
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// The capacity for entries. Most sections have fewer.
const USUAL_ENTRIES: usize = 8;

/// A section: its name, and the entries of all sections with this name. If a key occurs again, the last entry takes
/// precedence.
#[derive(Clone, Debug)]
pub(crate) struct Section<'a> {
    pub(crate) name: Cow<'a, str>,
    entries: Vec<Entry<'a>>,
}

/// A config key and its value, which may be secret. Both may contain control characters; the code that uses them must
/// reject these.
#[derive(Clone)]
pub(crate) struct Entry<'a> {
    /// The key in lower case.
    pub(crate) key: Cow<'a, str>,
    /// The value without an inline comment. Continuation lines are joined with line feeds.
    pub(crate) value: Cow<'a, str>,
    /// The range of the key in the text.
    pub(crate) key_span: Range<usize>,
    /// The range of the value in the text, with its continuation lines, but without an inline comment.
    pub(crate) value_span: Range<usize>,
    /// The range of all lines of the entry, including line endings.
    pub(crate) span: Range<usize>,
    pub(crate) which: WhichFile,
    /// The nested keys and values: those in indented lines below a key that has no value itself.
    nested: Vec<(Cow<'a, str>, &'a str)>,
}

impl fmt::Debug for Entry<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Entry({} at {:?})", self.key, self.span)
    }
}

impl<'a> Section<'a> {
    /// Makes a section without entries.
    pub(super) fn new(name: impl Into<Cow<'a, str>>) -> Self {
        Self { name: name.into(), entries: Vec::new() }
    }

    /// Returns the value of a key. `key` is in lower case.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.entry(key).map(|entry| entry.value.as_ref())
    }

    /// Returns the value of a key; `None` if it is absent or empty.
    pub(crate) fn value(&self, key: &str) -> Option<&str> {
        self.get(key).filter(|value| !value.is_empty())
    }

    /// Returns the entry of a key that takes precedence: the last one.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry<'a>> {
        self.entries.iter().rev().find(|entry| entry.key == key)
    }

    /// Returns a nested value, e.g. that of `endpoint_url` in an indented line below `sso_oidc =`.
    pub(crate) fn nested(&self, key: &str, below: &str) -> Option<&str> {
        let entry = self.entry(key)?;
        entry.nested.iter().rev().find(|(name, _)| name == below).map(|(_, value)| *value)
    }

    /// Returns all keys, in lower case. A key that occurs several times is returned each time.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.key.as_ref())
    }

    /// Returns all entries, in the order in which they were added.
    pub(crate) fn entries(&self) -> &[Entry<'a>] {
        &self.entries
    }

    /// Returns all keys and values, in the order of the files.
    pub(crate) fn values(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries.iter().map(|entry| (entry.key.as_ref(), entry.value.as_ref()))
    }

    /// Adds the entries in the lines of one section.
    pub(super) fn add(&mut self, text: &'a str, body: Range<usize>, which: WhichFile) {
        let mut lines = LineClassifier::default();
        self.entries.reserve(USUAL_ENTRIES);
        // The index of the entry that indented lines continue. Below a malformed line, there is none.
        let mut owner = None;
        let mut at = body.start;
        while at < body.end {
            let span = at..line_end(text, at).min(body.end);
            at = span.end;
            match (lines.classify(&text[span.clone()]), owner) {
                (LineKind::Key, _) => {
                    owner = Some(self.entries.len());
                    self.entries.extend(Entry::parse(text, span, which));
                }
                (LineKind::Continuation, Some(owner)) => self.entries[owner].continue_with(text, span),
                (LineKind::Malformed | LineKind::Header, _) => owner = None,
                (LineKind::Blank | LineKind::Comment | LineKind::Continuation, _) => {}
            }
        }
    }
}

impl<'a> Entry<'a> {
    fn parse(text: &'a str, span: Range<usize>, which: WhichFile) -> Option<Self> {
        let (key_span, value_span) = key_and_value(text, &span)?;
        Some(Self {
            key: lower(&text[key_span.clone()]),
            value: text[value_span.clone()].into(),
            key_span,
            value_span,
            span,
            which,
            nested: Vec::new(),
        })
    }

    fn continue_with(&mut self, text: &'a str, span: Range<usize>) {
        let line = trimmed(text, span.clone());
        self.span.end = span.end;
        self.value_span.end = line.end;
        let line = &text[line];
        if !self.value.is_empty() {
            self.value = format!("{}\n{line}", self.value).into();
        } else if let Some(at) = delimiter(line) {
            self.nested.push((lower(line[..at].trim()), without_comment(&line[at + 1..]).trim()));
        }
    }
}

/// Returns the keys and values in the lines of one section, which is faster than making a [`Section`]. Keys are not
/// converted to lower case. The key is empty for a line that is not a key with a value, such as a continuation.
pub(super) fn values(text: &str, body: Range<usize>) -> impl Iterator<Item = (&str, &str)> {
    let (mut lines, mut at) = (LineClassifier::default(), body.start);
    std::iter::from_fn(move || {
        while at < body.end {
            if let Some((key, value, length)) = usual_key_and_value(&text[at..body.end]) {
                lines.skip_key();
                at += length;
                return Some((key, value));
            }
            let span = at..line_end(text, at).min(body.end);
            at = span.end;
            match lines.classify(&text[span.clone()]) {
                LineKind::Key => {
                    let Some((key, value)) = key_and_value(text, &span) else { continue };
                    return Some((&text[key], &text[value]));
                }
                LineKind::Blank | LineKind::Comment => {}
                LineKind::Continuation | LineKind::Malformed | LineKind::Header => return Some(("", "")),
            }
        }
        None
    })
}

/// A fast path for most lines: returns the key, the value and the length of a line like `key = value`. The key has only
/// letters and `_`, and the value no white space.
fn usual_key_and_value(text: &str) -> Option<(&str, &str, usize)> {
    // This range also has `_`, and `[`, which at the start of a line begins a header.
    let length = text.bytes().position(|byte| !matches!(byte, b'A'..=b'z'))?;
    let (key, rest) =
        text.split_at_checked(length).filter(|(key, _)| key.starts_with(|c: char| c.is_ascii_alphabetic()))?;
    let rest = rest.strip_prefix(" = ").filter(|rest| !rest.starts_with(['#', ';']))?;
    let (value, rest) = rest.split_at(rest.bytes().position(|byte| !byte.is_ascii_graphic())?);
    let is_whole = !value.is_empty() && rest.starts_with('\n');
    is_whole.then(|| (key, value, text.len() - rest.len() + 1))
}

/// Returns where the key and the value of a line are, without an inline comment.
fn key_and_value(text: &str, span: &Range<usize>) -> Option<(Range<usize>, Range<usize>)> {
    let line = without_ending(&text[span.clone()]);
    let after_key = delimiter(line)?;
    let value_start = span.start + after_key + 1;
    let value = without_comment(&line[after_key + 1..]);
    let key = trimmed(text, span.start..span.start + after_key);
    Some((key, trimmed(text, value_start..value_start + value.len())))
}

/// Returns a range without the white space at both ends. If the range contains only white space, returns an empty range
/// after the first blank.
fn trimmed(text: &str, span: Range<usize>) -> Range<usize> {
    let part = &text[span.clone()];
    let inner = part.as_bytes().trim_ascii();
    if let ([first, ..], [.., last]) = (inner, inner)
        && first.is_ascii_graphic()
        && last.is_ascii_graphic()
    {
        let start = span.start + part.len() - part.as_bytes().trim_ascii_start().len();
        return start..start + inner.len();
    }
    let content = part.trim();
    let start = if content.is_empty() {
        span.start + usize::from(part.starts_with(' '))
    } else {
        span.start + (part.len() - part.trim_start().len())
    };
    start..start + content.len()
}

fn lower(key: &str) -> Cow<'_, str> {
    if key.bytes().any(|byte| byte.is_ascii_uppercase()) { key.to_ascii_lowercase().into() } else { key.into() }
}

/// Returns a value without an inline comment. A comment begins with `#` or `;` after white space, so `#/` in a start
/// URL does not begin a comment.
pub(super) fn without_comment(value: &str) -> &str {
    let is_comment = |at: &usize| *at > 0 && value.as_bytes()[*at - 1].is_ascii_whitespace();
    memchr2_iter(b'#', b';', value.as_bytes()).find(is_comment).map_or(value, |at| &value[..at])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ConfigFiles;
    use proptest::prelude::*;

    fn value(config: &str, key: &str) -> Option<String> {
        ConfigFiles::parse(config, "").profile("p").and_then(|section| section.get(key).map(String::from))
    }

    #[test]
    fn values_are_read_as_any_tool_reads_them() {
        let rows = [
            ("# x\n; x\nregion = a", "a"),
            ("region = a\n  # c", "a"),
            ("region = a\n\t; c\n  more", "a\nmore"),
            ("region = a", "a"),
            ("region=a", "a"),
            ("region\t=\ta\t", "a"),
            ("REGION : a", "a"),
            ("region: a = b", "a = b"),
            ("region = a : b", "a : b"),
            ("region = a # c", "a"),
            ("region = a ; c", "a"),
            ("region = a\t#c", "a"),
            ("region = a#c", "a#c"),
            ("region =#c", "#c"),
            ("region = # c", ""),
            ("region = https://h/start#/", "https://h/start#/"),
            ("region = https://h/start#/ # mine", "https://h/start#/"),
            ("region = \"a\"", "\"a\""),
            ("region = %x%", "%x%"),
            ("region = $x", "$x"),
            ("region = a\u{1b}b", "a\u{1b}b"),
            ("region = été", "été"),
            ("  region = a", "a"),
            ("  other = b\n  region = a", "a"),
            ("  region = a\n    more", "a\nmore"),
            ("# c\nregion = a\n  # c", "a"),
            ("region = b\nregion = a", "a"),
            ("nonsense\nregion = a", "a"),
            ("region = a\nnonsense\n  region = b", "a"),
            ("= b\nregion = a", "a"),
            ("region = a\n  more", "a\nmore"),
            ("region = a\n\n  more\n", "a\nmore"),
            ("region = a\n  other = b", "a\nother = b"),
            ("region = a\n  [profile p]", "a\n[profile p]"),
            ("region =", ""),
            ("region", "absent"),
        ];
        for (body, expected) in rows {
            for ending in ["\n", "\r\n", "\r"] {
                let text =
                    format!("\u{feff}x = 1\n[profile p]\n{body}\n[profile q]\nregion = no").replace('\n', ending);
                assert_eq!(value(&text, "region").as_deref().unwrap_or("absent"), expected, "{text:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn values_are_those_of_the_section(text in "((  )?(k|_|K|=|ab_1)( = |= |:|  )[vw#; \u{e9}\u{a0}\r]{0,3}(\n|\r|\r\n)?){0,4}") {
            let read: Vec<(String, &str)> =
                values(&text, 0..text.len()).map(|(key, value)| (key.to_ascii_lowercase(), value)).collect();
            let mut section = Section::new("");
            section.add(&text, 0..text.len(), WhichFile::Config);
            // `values` does not read continuations; it says that they are there.
            if read.iter().all(|(key, _)| !key.is_empty()) {
                let expected: Vec<(String, &str)> =
                    section.values().map(|(key, value)| (key.to_string(), value)).collect();
                prop_assert_eq!(read, expected);
            }
        }
    }

    #[test]
    fn every_part_has_its_position() {
        let text = "[profile p]\r\n  Region\t=  eu # c\r\noutput =\r\ns3 =\r\n  a = 1\r\n\r\n  b = 2\r\nca_bundle=\r\n";
        let files = ConfigFiles::parse(text, "");
        let p = files.profile("p").unwrap();
        let spans = |key: &str| {
            let entry = p.entry(key).unwrap();
            (&text[entry.key_span.clone()], &text[entry.value_span.clone()], &text[entry.span.clone()])
        };
        assert_eq!(spans("region"), ("Region", "eu", "  Region\t=  eu # c\r\n"));
        assert_eq!(spans("output"), ("output", "", "output =\r\n"));
        assert_eq!(spans("s3"), ("s3", "\r\n  a = 1\r\n\r\n  b = 2", "s3 =\r\n  a = 1\r\n\r\n  b = 2\r\n"));
        assert_eq!(files.location(p.entry("ca_bundle").unwrap()).1, 8);
        assert_eq!(p.keys().collect::<Vec<_>>(), ["region", "output", "s3", "ca_bundle"]);
    }

    #[test]
    fn nested_values_are_below_their_key() {
        let text =
            "[services s]\nsso_oidc =\n  endpoint_url = http://h:1 # c\n  # c\n  nonsense\nsts=\n\tENDPOINT_URL: x\n";
        let files = ConfigFiles::parse(text, "");
        let services = files.services("s").unwrap();
        assert_eq!(services.nested("sso_oidc", "endpoint_url"), Some("http://h:1"));
        assert_eq!(services.nested("sts", "endpoint_url"), Some("x"));
        assert_eq!(services.nested("sso", "endpoint_url"), None);
        assert_eq!(services.get("endpoint_url"), None);
    }
}
