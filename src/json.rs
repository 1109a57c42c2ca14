//! Writes JSON. Caches that the AWS CLI shares get the format of Python's `json.dumps`; JSON on stdout contains no
//! characters that control a terminal.

use crate::error::is_hidden;
use crate::secret::Secret;
use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};
use std::fmt;
use std::io::{Result, Write};
use std::ops::{Deref, DerefMut};
use zeroize::Zeroize as _;

/// The usual size of a value on one line, in bytes.
const LINE: usize = 512;
/// True for each byte that needs no escape in a JSON string. For short texts, a table is faster than comparisons.
const NEEDS_NO_ESCAPE: [bool; 256] = {
    let (mut table, mut byte) = ([false; 256], b' ');
    while byte <= b'~' {
        table[byte as usize] = byte != b'"' && byte != b'\\';
        byte += 1;
    }
    table
};
const WRITABLE: &str = "values with text keys can be written to memory";

/// Returns JSON as `json.dumps` writes it by default: with the separators `", "` and `": "`, and in ASCII only.
pub(crate) fn python(value: &impl Serialize) -> String {
    write(value, Python { comma: b", ", colon: b": " })
}

/// Returns JSON as `json.dumps` writes it with `separators=(',', ':')`: without spaces, and in ASCII only.
fn python_compact(value: &impl Serialize) -> String {
    write(value, Python { comma: b",", colon: b":" })
}

/// Returns JSON in the format of [`python`], for a value that contains a secret.
pub(crate) fn secret_python(value: &impl Serialize) -> Secret {
    let mut text = SecretText::default();
    write_to(&mut text, value, Python { comma: b", ", colon: b": " });
    text.0
}

/// Returns JSON on several lines, for stdout.
pub(crate) fn document(value: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(value).expect(WRITABLE);
    printable(&text) + "\n"
}

/// Returns JSON in the format of [`document`], for a value that contains a secret.
pub(crate) fn secret_document(value: &impl Serialize) -> Secret {
    let mut text = SecretText::default();
    write_to(&mut text, value, PrettyFormatter::new());
    let mut shown = Secret::default();
    write_printable(&mut shown, text.0.expose()).expect(WRITABLE);
    shown.push_str("\n");
    shown
}

/// Returns JSON on one line, without a line end.
pub(crate) fn line(value: &impl Serialize) -> String {
    printable(&serde_json::to_string(value).expect(WRITABLE))
}

/// Adds JSON on one line, without a line end, to a text.
pub(crate) fn add_line(text: &mut String, value: &impl Serialize) {
    let mut line = Vec::with_capacity(LINE);
    write_to(&mut line, value, CompactFormatter);
    write_printable(text, str::from_utf8(&line).expect(WRITABLE)).expect(WRITABLE);
}

/// Adds a JSON string to a text for stdout. For tens of thousands of rows, this is much faster than the serializer.
pub(crate) fn add_text(to: &mut String, text: &str) {
    add_quoted(to, text, |text| line(&text));
}

/// Adds a JSON string to a text, in the format of [`python`].
pub(crate) fn add_python_text(to: &mut String, text: &str) {
    add_quoted(to, text, |text| python_compact(&text));
}

/// Adds a JSON string to `to`. Most texts need no escapes and are only put between quotes; `escaped` writes the others.
fn add_quoted(to: &mut String, text: &str, escaped: impl Fn(&str) -> String) {
    if !text.bytes().fold(true, |all, byte| all & NEEDS_NO_ESCAPE[usize::from(byte)]) {
        return to.push_str(&escaped(text));
    }
    to.push('"');
    to.push_str(text);
    to.push('"');
}

/// Returns JSON with a secret on one line, without a line end.
pub(crate) fn secret_line(value: &impl Serialize) -> Secret {
    let mut text = SecretText::default();
    write_to(&mut text, value, CompactFormatter);
    text.0
}

/// Escapes the hidden characters in JSON. Programs still read the same values.
pub(crate) fn printable(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    write_printable(&mut shown, json).expect(WRITABLE);
    shown
}

fn write_printable(shown: &mut impl fmt::Write, json: &str) -> fmt::Result {
    // Most texts are ASCII, and bytes are checked much faster than characters.
    let is_plain = |bytes: &[u8]| bytes.iter().fold(true, |all, byte| all & matches!(byte, b' '..=b'~' | b'\n'));
    if json.as_bytes().chunks(64).all(is_plain) {
        return shown.write_str(json);
    }
    // In JSON, a line feed stands between values, never in a string.
    let escaped = |c: char| c != '\n' && is_hidden(c);
    let mut rest = json;
    while let Some(c) = rest.chars().find(|c| escaped(*c)) {
        let (before, after) = rest.split_once(c).expect("the character was found");
        shown.write_str(before)?;
        c.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(shown, "\\u{unit:04x}"))?;
        rest = after;
    }
    shown.write_str(rest)
}

/// A JSON document that contains secrets. Its strings are wiped when it is dropped, and `Debug` does not show them.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct SecretJson(Value);

impl SecretJson {
    /// Parses a document; returns `None` if it is malformed.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok().map(Self)
    }
}

impl From<Value> for SecretJson {
    fn from(value: Value) -> Self {
        Self(value)
    }
}

impl Deref for SecretJson {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.0
    }
}

impl DerefMut for SecretJson {
    fn deref_mut(&mut self) -> &mut Value {
        &mut self.0
    }
}

impl Drop for SecretJson {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

impl fmt::Debug for SecretJson {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("SecretJson(…)")
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(list) => list.iter_mut().for_each(wipe),
        Value::Object(map) => map.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Collects JSON that contains a secret.
#[derive(Default)]
struct SecretText(Secret);

impl Write for SecretText {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.0.push_str(str::from_utf8(bytes).map_err(std::io::Error::other)?);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

/// The separators of `json.dumps`.
struct Python {
    comma: &'static [u8],
    colon: &'static [u8],
}

impl Formatter for Python {
    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> Result<()> {
        out.write_all(if first { b"" } else { self.comma })
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> Result<()> {
        out.write_all(if first { b"" } else { self.comma })
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> Result<()> {
        out.write_all(self.colon)
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> Result<()> {
        if fragment.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return out.write_all(fragment.as_bytes());
        }
        for c in fragment.chars() {
            if matches!(c, ' '..='~') {
                out.write_all(&[c as u8])?;
                continue;
            }
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
        }
        Ok(())
    }
}

fn write(value: &impl Serialize, formatter: Python) -> String {
    let mut out = Vec::with_capacity(LINE);
    write_to(&mut out, value, formatter);
    String::from_utf8(out).expect("the writer writes ASCII")
}

fn write_to(out: &mut impl Write, value: &impl Serialize, formatter: impl Formatter) {
    value.serialize(&mut Serializer::with_formatter(out, formatter)).expect(WRITABLE);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::{HUNTER2, assert_redacted};
    use serde_json::json;

    #[test]
    fn a_document_has_no_hidden_characters_and_the_same_value() {
        let value = json!({ "a": "b\u{1b}[2J\u{9b}\u{202e}\u{7f}\u{e0041}\n" });
        let shown = document(&value);
        assert!(shown.is_ascii() && shown.lines().count() == 3, "{shown}");
        assert_eq!(serde_json::from_str::<Value>(&shown).unwrap(), value);
    }

    #[test]
    fn a_document_with_a_secret_is_the_same_document() {
        let value = json!({ "a": ["b\u{1b}[2J\u{202e}\n", { "naïve": null }], "c": [] });
        assert_eq!(secret_document(&value).expose(), document(&value));
        assert_eq!(secret_python(&value).expose(), python(&value));
    }

    #[test]
    fn a_text_is_what_the_serializer_writes() {
        for text in ["", "plain ~", "a\"b", "a\\b", "naïve", "\u{7f}", "\u{1b}[2J\n", "𝄞"] {
            let (mut shown, mut for_python) = (String::from("x"), String::new());
            add_text(&mut shown, text);
            add_python_text(&mut for_python, text);
            assert_eq!(shown, format!("x{}", line(&text)));
            assert_eq!(for_python, python_compact(&text));
        }
    }

    #[test]
    fn debug_shows_no_text_of_a_secret_document() {
        let document = SecretJson::parse(format!(r#"{{"a": ["{HUNTER2}"]}}"#).as_bytes()).unwrap();
        assert_eq!(document["a"][0], HUNTER2);
        assert_redacted(&document);
    }

    #[test]
    fn texts_are_wiped() {
        let mut value = json!({ "a": ["b", { "c": "d" }], "e": 1 });
        wipe(&mut value);
        assert_eq!(value, json!({ "a": ["", { "c": "" }], "e": 1 }));
    }

    #[test]
    fn the_format_is_that_of_python() {
        let value = json!({ "b": [1, "naïve", null], "a": "𝄞\"\\\n\u{7f}" });
        assert_eq!(python(&value), "{\"b\": [1, \"na\\u00efve\", null], \"a\": \"\\ud834\\udd1e\\\"\\\\\\n\\u007f\"}");
        assert_eq!(python_compact(&json!({ "a": [1, 2] })), r#"{"a":[1,2]}"#);
    }
}
