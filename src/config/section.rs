//! The keys and values of one section, each with where it stands.
//!
//! Deliberately not here: writing.

use super::scan::line_end;
use std::borrow::Cow;
use std::ops::Range;

/// A section: one name, and the entries of every place that has it, the ones that count most last.
#[derive(Clone, Debug)]
pub(crate) struct Section<'a> {
    pub(crate) name: String,
    entries: Vec<Entry<'a>>,
}

/// A key and its value.
#[derive(Clone, Debug)]
pub(crate) struct Entry<'a> {
    /// In lower case.
    pub(crate) key: Cow<'a, str>,
    /// Without inline comment; lines that continue it follow after a newline.
    pub(crate) value: Cow<'a, str>,
    /// Where the value stands in the text, inline comment excluded.
    pub(crate) value_span: Range<usize>,
    /// All lines of the entry, line endings included.
    pub(crate) span: Range<usize>,
    pub(crate) in_credentials: bool,
    nested: Vec<(Cow<'a, str>, &'a str)>,
}

impl<'a> Section<'a> {
    /// Makes a section without entries.
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.into(), entries: Vec::new() }
    }

    /// Returns the value of a key given in lower case.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.entry(key).map(|entry| entry.value.as_ref())
    }

    /// Returns the entry that counts for a key.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry<'a>> {
        self.entries.iter().rev().find(|entry| entry.key == key)
    }

    /// Returns a value below a key: `sso_oidc =`, then indented `endpoint_url = …`.
    pub(crate) fn nested(&self, key: &str, below: &str) -> Option<&str> {
        let entry = self.entry(key)?;
        entry.nested.iter().rev().find(|(name, _)| name == below).map(|(_, value)| *value)
    }

    /// Returns all keys, in lower case.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.key.as_ref())
    }

    /// Returns all entries, in order.
    pub(crate) fn entries(&self) -> &[Entry<'a>] {
        &self.entries
    }

    /// Reads the entries of a section's body.
    pub(super) fn add(&mut self, text: &'a str, body: Range<usize>, in_credentials: bool) {
        let first = self.entries.len();
        let mut at = body.start;
        while at < body.end {
            let span = at..line_end(text, at).min(body.end);
            at = span.end;
            let line = &text[span.clone()];
            let content = line.trim();
            if content.is_empty() || content.starts_with(['#', ';']) {
                continue;
            }
            let is_indented = line.starts_with([' ', '\t']);
            match self.entries.get_mut(first..).and_then(<[Entry<'a>]>::last_mut) {
                Some(entry) if is_indented => entry.continue_with(content, span.end),
                _ => self.entries.extend(Entry::parse(text, span, in_credentials)),
            }
        }
    }
}

impl<'a> Entry<'a> {
    fn parse(text: &'a str, span: Range<usize>, in_credentials: bool) -> Option<Self> {
        let line = &text[span.clone()];
        let (key, value) = line.split_once(['=', ':'])?;
        let start = span.start + key.len() + 1;
        let key = lower(key.trim());
        let cut = without_comment(value);
        let value = cut.trim();
        let value_start = start + (cut.len() - cut.trim_start().len());
        let value_span = value_start..value_start + value.len();
        (!key.is_empty()).then(|| Self {
            key,
            value: value.into(),
            value_span,
            span,
            in_credentials,
            nested: Vec::new(),
        })
    }

    fn continue_with(&mut self, line: &'a str, end: usize) {
        self.span.end = end;
        if !self.value.is_empty() {
            self.value = format!("{}\n{line}", self.value).into();
        } else if let Some((key, value)) = line.split_once(['=', ':']) {
            self.nested.push((lower(key.trim()), without_comment(value).trim()));
        }
    }
}

fn lower(key: &str) -> Cow<'_, str> {
    match key.bytes().any(|byte| byte.is_ascii_uppercase()) {
        true => key.to_ascii_lowercase().into(),
        false => key.into(),
    }
}

/// Cuts an inline comment: `#` or `;` after white space. A start URL ends in `#/`, and keeps it.
fn without_comment(value: &str) -> &str {
    let bytes = value.as_bytes();
    let is_comment = |at: &usize| matches!(bytes[*at], b'#' | b';') && *at > 0 && bytes[*at - 1].is_ascii_whitespace();
    (0..bytes.len()).find(is_comment).map_or(value, |at| &value[..at])
}

#[cfg(test)]
mod tests {
    use crate::config::ConfigFiles;

    fn value(config: &str, key: &str) -> Option<String> {
        ConfigFiles::parse(config, "").profile("p").and_then(|section| section.get(key).map(String::from))
    }

    #[test]
    fn values_are_read_as_the_union_of_all_tools() {
        let rows = [
            ("region = a", "a"),
            ("region=a", "a"),
            ("REGION : a", "a"),
            ("region = a # c", "a"),
            ("region = a ; c", "a"),
            ("region = a#c", "a#c"),
            ("region = https://h/start#/", "https://h/start#/"),
            ("region = \"a\"", "\"a\""),
            ("region = %x%", "%x%"),
            ("  region = a", "a"),
            ("# c\nregion = a\n  # c", "a"),
            ("region = a\r", "a"),
            ("region = b\nregion = a", "a"),
            ("nonsense\nregion = a", "a"),
            ("region = a\n  more", "a\nmore"),
            ("region =", ""),
        ];
        for (body, expected) in rows {
            assert_eq!(value(&format!("[profile p]\n{body}\n"), "region").as_deref(), Some(expected), "{body:?}");
            let crlf = format!("[profile p]\r\n{}\r\n", body.replace('\n', "\r\n"));
            assert_eq!(value(&crlf, "region").as_deref(), Some(expected), "{crlf:?}");
        }
    }

    #[test]
    fn nested_values_are_below_their_key() {
        let files = ConfigFiles::parse(
            "[services s]\nsso_oidc =\n  endpoint_url = http://h:1 # c\nsts=\n\tendpoint_url=x\n",
            "",
        );
        let services = files.services("s").unwrap();
        assert_eq!(services.nested("sso_oidc", "endpoint_url"), Some("http://h:1"));
        assert_eq!(services.nested("sts", "endpoint_url"), Some("x"));
        assert_eq!(services.nested("sso", "endpoint_url"), None);
    }

    #[test]
    fn sections_merge_and_credentials_win() {
        let config = "x = 1\n[default]\nregion = no\n[profile p]\nregion = a\noutput = json\n[profile p]\nregion = b\n[profile default]\nregion = yes\n";
        let files = ConfigFiles::parse(config, "[p]\noutput = text\n[only here]\nregion = c\n");
        let p = files.profile("p").unwrap();
        assert_eq!((p.get("region"), p.get("output")), (Some("b"), Some("text")));
        assert!(p.entry("output").unwrap().in_credentials);
        assert_eq!(files.profile("default").unwrap().get("region"), Some("yes"));
        assert_eq!(files.profile_names().collect::<Vec<_>>(), ["default", "p", "only here"]);
        assert!(files.profile("q").is_none());
    }
}
