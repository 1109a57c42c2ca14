//! JSON as Python's `json.dumps` writes it: what the names and contents of the shared caches are made of.
//!
//! Deliberately not here: reading JSON, which `serde_json` does.

use serde::Serialize as _;
use serde_json::Value;
use serde_json::ser::{Formatter, Serializer};
use std::io::{Result, Write};

/// Writes a value with `", "` and `": "`, everything beyond ASCII escaped: `json.dumps` with its defaults.
pub(crate) fn python(value: &Value) -> String {
    write(value, Python { comma: b", ", colon: b": " })
}

/// Writes a value without spaces, everything beyond ASCII escaped: `json.dumps` with `separators=(',', ':')`.
pub(crate) fn python_compact(value: &Value) -> String {
    write(value, Python { comma: b",", colon: b":" })
}

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
            match matches!(c, ' '..='~') {
                true => out.write_all(&[c as u8])?,
                false => c.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(out, "\\u{unit:04x}"))?,
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
    fn it_is_what_python_writes() {
        let value = json!({ "b": [1, "naïve", null], "a": "𝄞\"\\\n\u{7f}" });
        assert_eq!(python(&value), "{\"b\": [1, \"na\\u00efve\", null], \"a\": \"\\ud834\\udd1e\\\"\\\\\\n\\u007f\"}");
        assert_eq!(python_compact(&json!({ "a": [1, 2] })), r#"{"a":[1,2]}"#);
    }
}
