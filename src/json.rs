//! Writes JSON: in the format of Python's `json.dumps` for the caches shared with the AWS CLI, and for stdout without
//! characters that control a terminal.

use crate::error::is_hidden;
use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{Formatter, Serializer};
use std::io::{Result, Write};

const WRITABLE: &str = "values with text keys can be written to memory";

/// Returns a value as `json.dumps` writes it by default: `", "` and `": "` as separators, and only ASCII.
pub(crate) fn python(value: &Value) -> String {
    write(value, Python { comma: b", ", colon: b": " })
}

/// Returns a value as `json.dumps` writes it with `separators=(',', ':')`: without spaces, and only ASCII.
pub(crate) fn python_compact(value: &Value) -> String {
    write(value, Python { comma: b",", colon: b":" })
}

/// Returns a value as a document on several lines, for stdout.
pub(crate) fn document(value: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(value).expect(WRITABLE);
    printable(&text) + "\n"
}

/// Returns a value as one line, without its end.
pub(crate) fn line(value: &impl Serialize) -> String {
    printable(&serde_json::to_string(value).expect(WRITABLE))
}

/// Escapes hidden characters in JSON text; a program still reads the same value.
pub(crate) fn printable(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for c in json.chars() {
        // A line feed in JSON text stands between values, never in a string.
        if c != '\n' && is_hidden(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                shown.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            shown.push(c);
        }
    }
    shown
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

fn write(value: &Value, formatter: Python) -> String {
    let mut out = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut out, formatter);
    value.serialize(&mut serializer).expect("a JSON value can be written to memory");
    String::from_utf8(out).expect("the writer writes ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_document_has_no_hidden_characters_and_the_same_value() {
        let value = json!({ "a": "b\u{1b}[2J\u{9b}\u{202e}\u{7f}\u{e0041}\n" });
        let shown = document(&value);
        assert!(shown.is_ascii() && shown.lines().count() == 3, "{shown}");
        assert_eq!(serde_json::from_str::<Value>(&shown).unwrap(), value);
    }

    #[test]
    fn the_format_is_that_of_python() {
        let value = json!({ "b": [1, "naïve", null], "a": "𝄞\"\\\n\u{7f}" });
        assert_eq!(python(&value), "{\"b\": [1, \"na\\u00efve\", null], \"a\": \"\\ud834\\udd1e\\\"\\\\\\n\\u007f\"}");
        assert_eq!(python_compact(&json!({ "a": [1, 2] })), r#"{"a":[1,2]}"#);
    }
}
