//! Reads the kind and name of a section from its header.

use super::scan::Header;
use crate::bytes::{memchr2, memchr3};
use std::borrow::Cow;

/// The kind of a section in a config file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum SectionKind {
    Profile,
    SsoSession,
    Services,
    /// The section `[DEFAULT]`, in capitals. The AWS CLI adds its keys to each section that does not have them; the
    /// SDKs ignore it. ssox does the same as the AWS CLI: these keys have the lowest precedence.
    Defaults,
}

impl SectionKind {
    /// Returns the word that stands before the name in a header of `config`.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::SsoSession => "sso-session",
            Self::Services => "services",
            Self::Defaults => "DEFAULT",
        }
    }
}

/// One of the two config files. In `credentials`, a header has only the profile name: `[dev]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WhichFile {
    Config,
    Credentials,
}

impl WhichFile {
    /// Returns the environment variable that can name the file.
    pub(crate) fn variable(self) -> &'static str {
        match self {
            Self::Config => "AWS_CONFIG_FILE",
            Self::Credentials => "AWS_SHARED_CREDENTIALS_FILE",
        }
    }

    /// Returns the file's default name in `~/.aws`.
    pub(crate) fn file_name(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Credentials => "credentials",
        }
    }
}

/// The bits of a section's hash that contain its kind.
const KINDS: u32 = 3;

/// Returns a hash (FNV-1a) of a section's name; the lowest bits are its kind. Index files contain this hash.
pub(super) fn hash(kind: SectionKind, name: &str) -> u32 {
    let fnv = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    fnv & !KINDS | kind as u32
}

/// Tells whether a hash belongs to a section of this kind.
pub(super) fn is_of_kind(hash: u32, kind: SectionKind) -> bool {
    hash & KINDS == kind as u32
}

/// Tells whether every AWS tool accepts this character in a section name. The AWS CLI accepts all characters.
pub(super) fn is_portable(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_-/.%@:+".contains(c)
}

/// Returns the kind and name of a section; `None` for a section that no AWS tool reads.
pub(super) fn name(text: &str, header: Header, which: WhichFile) -> Option<(SectionKind, Cow<'_, str>)> {
    if let Some(name) = usual_name(text, header).filter(|_| which == WhichFile::Config) {
        return Some((SectionKind::Profile, name.into()));
    }
    match (which, inner(text, header)?) {
        (_, "") => None,
        (_, "DEFAULT") => Some((SectionKind::Defaults, "".into())),
        (WhichFile::Credentials, name) => Some((SectionKind::Profile, name.into())),
        (WhichFile::Config, "default") => Some((SectionKind::Profile, "default".into())),
        (WhichFile::Config, inner) => prefixed(inner),
    }
}

/// A fast path for most headers: returns the name in `[profile NAME]` without quotes.
fn usual_name(text: &str, header: Header) -> Option<&str> {
    let name = text[header.start..header.end].strip_prefix("[profile ")?;
    let end = name.bytes().position(|byte| byte <= b' ' || matches!(byte, b']' | b'"' | b'\'' | b'\\'))?;
    (end > 0 && name.as_bytes()[end] == b']').then(|| &name[..end])
}

/// Tells whether a header is `[default]`. Such a header is ignored if the file has `[profile default]`.
pub(super) fn is_bare(text: &str, header: Header) -> bool {
    inner(text, header) == Some("default")
}

/// Returns the text between the brackets of a header, without the blanks at both ends; `None` if the closing bracket is
/// missing.
pub(super) fn inner(text: &str, header: Header) -> Option<&str> {
    inner_with_blanks(text, header).map(trim)
}

/// The same as [`inner`], but with the blanks at both ends.
pub(super) fn inner_with_blanks(text: &str, header: Header) -> Option<&str> {
    Some(&text[header.start + 1..closing(text, header)?])
}

/// Returns the rest of the header's line after the closing bracket, including the line ending.
pub(super) fn after(text: &str, header: Header) -> Option<&str> {
    Some(&text[closing(text, header)? + 1..header.line(text).end])
}

/// Returns the position of the closing bracket of a header.
fn closing(text: &str, header: Header) -> Option<usize> {
    let start = header.start + 1;
    let after = &text.as_bytes()[start..header.end];
    let end = memchr3(b']', b'\n', b'\r', after)?;
    if memchr2(b'"', b'\'', &after[..end]).is_some() {
        return closing_with_quotes(&text[start..header.line(text).end]).map(|end| start + end);
    }
    (after[end] == b']').then_some(start + end)
}

fn trim(inner: &str) -> &str {
    let is_blank = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t'));
    if is_blank(inner.as_bytes().first()) || is_blank(inner.as_bytes().last()) {
        return inner.trim_matches([' ', '\t']);
    }
    inner
}

/// Returns the position of the first `]` that is not in quotes; if every `]` is in quotes, the position of the first
/// `]`.
fn closing_with_quotes(inner: &str) -> Option<usize> {
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

/// Parses `profile NAME`, `sso-session NAME` or `services NAME`: exactly two words. The name may be in quotes.
fn prefixed(inner: &str) -> Option<(SectionKind, Cow<'_, str>)> {
    // As in the AWS CLI, the first word only has to begin with the kind, as in `[profiles NAME]`.
    let kind = [SectionKind::Profile, SectionKind::SsoSession, SectionKind::Services]
        .into_iter()
        .find(|of| inner.starts_with(of.word()))?;
    if memchr3(b'"', b'\'', b'\\', inner.as_bytes()).is_some() {
        let [_, name] = <[String; 2]>::try_from(shell_words::split(inner).ok()?).ok()?;
        return (!name.is_empty()).then(|| (kind, name.into()));
    }
    let name = trim(&inner[memchr2(b' ', b'\t', inner.as_bytes())?..]);
    memchr2(b' ', b'\t', name.as_bytes()).is_none().then_some((kind, name.into()))
}

#[cfg(test)]
mod tests {
    use super::super::scan::Headers;
    use super::*;

    fn names(text: &str, which: WhichFile) -> Vec<(SectionKind, String)> {
        let name = |header| name(text, header, which).map(|(kind, name)| (kind, name.into_owned()));
        Headers::new(text).filter_map(name).collect()
    }

    #[test]
    fn names_have_many_spellings() {
        let table = [
            ("[default]", "default"),
            ("[ default ]", "default"),
            ("[profile default]", "default"),
            ("[profile foo]", "foo"),
            ("[profile   foo]", "foo"),
            ("[profile\tfoo ]", "foo"),
            ("[ profile foo ]", "foo"),
            ("[profile \"foo\"]", "foo"),
            ("[profile 'foo']", "foo"),
            ("[profile \"my prof\"]", "my prof"),
            ("[profile 'my prof']", "my prof"),
            ("[profile my\\ prof]", "my prof"),
            ("[profile 'a]b']", "a]b"),
            ("[profile foo] # comment", "foo"),
            ("[profile foo]#comment", "foo"),
            ("[profile foo];comment", "foo"),
            ("[profile foo] # it's [one]", "foo"),
            ("[profile foo] text", "foo"),
            ("\u{feff}[profile foo]", "foo"),
            ("  [profile foo]", "foo"),
            ("[profile foo!bar]", "foo!bar"),
            ("[profile #foo]", "#foo"),
            ("[profile été]", "été"),
            ("[profile a\u{7}b]", "a\u{7}b"),
            ("[profiles foo]", "foo"),
            ("[profilefoo foo]", "foo"),
        ];
        for (text, name) in table {
            assert_eq!(names(text, WhichFile::Config), [(SectionKind::Profile, name.into())], "{text}");
        }
        assert_eq!(names("[sso-session 'my sso']", WhichFile::Config), [(SectionKind::SsoSession, "my sso".into())]);
        assert_eq!(names("[services s]", WhichFile::Config), [(SectionKind::Services, "s".into())]);
        assert_eq!(names("[DEFAULT]", WhichFile::Config), [(SectionKind::Defaults, String::new())]);
    }

    #[test]
    fn a_header_no_tool_reads_has_no_name() {
        for text in [
            "[foo]",
            "[profile my prof]",
            "[profile]",
            "[profile ]",
            "[profile\"foo\"]",
            "[profile \"x]",
            "[profile \"\"]",
            "[profile it's]",
            "[Default]",
            "[Profile x]",
            "[SSO-session x]",
            "[",
            "[]",
            "[profile foo",
            "[profile foo\n]",
        ] {
            assert_eq!(names(text, WhichFile::Config), [], "{text}");
        }
    }

    #[test]
    fn names_in_credentials_are_raw() {
        let table = [
            ("[foo]", "foo"),
            ("[my prof]", "my prof"),
            ("[\"my prof\"]", "\"my prof\""),
            ("[profile foo]", "profile foo"),
            ("[default]", "default"),
        ];
        for (text, name) in table {
            assert_eq!(names(text, WhichFile::Credentials), [(SectionKind::Profile, name.into())], "{text}");
        }
    }
}
