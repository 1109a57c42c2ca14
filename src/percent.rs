//! Percent-encoding for the query of a URL.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, percent_decode_str, utf8_percent_encode};

/// The characters that are encoded: all but letters, digits and `-._~`, as in the AWS CLI.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Encodes a value as the AWS CLI does; a space becomes `%20`.
pub(crate) fn encode(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, ENCODED)
}

/// Decodes a value, in which `+` is a space; returns `None` if it is malformed or not UTF-8.
pub(crate) fn decode(text: &str) -> Option<String> {
    let is_escape =
        |rest: &str| rest.as_bytes().get(..2).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    if !text.split('%').skip(1).all(is_escape) {
        return None;
    }
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().ok().map(String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoded_value_is_decoded_to_the_same() {
        let text = "http://127.0.0.1:8/oauth/callback?a=b&c d+ü%";
        let encoded = encode(text).to_string();
        assert!(encoded.starts_with("http%3A%2F%2F127.0.0.1%3A8%2Foauth"), "{encoded}");
        assert_eq!(decode(&encoded).as_deref(), Some(text));
        assert_eq!(encode("Az09-._~ ").to_string(), "Az09-._~%20");
    }

    #[test]
    fn a_plus_is_a_space_and_a_malformed_value_is_none() {
        assert_eq!(decode("a+b").as_deref(), Some("a b"));
        for broken in ["%", "%4", "%zz", "%+1", "%ff"] {
            assert_eq!(decode(broken), None, "{broken}");
        }
    }
}
