//! Percent-encoding of values in the query of a URL.

/// Encodes a value as the AWS CLI does: letters, digits and `-._~` stay, a space becomes `%20`.
pub(crate) fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Decodes a value of a query, in which `+` is a space; returns `None` when it is truncated or not UTF-8.
pub(crate) fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, tail)) = rest.split_first() {
        rest = match byte {
            b'%' => {
                let (digits, tail) = tail.split_at_checked(2)?;
                bytes.push(u8::try_from(hex(digits[0])? * 16 + hex(digits[1])?).ok()?);
                tail
            }
            b'+' => {
                bytes.push(b' ');
                tail
            }
            _ => {
                bytes.push(*byte);
                tail
            }
        };
    }
    String::from_utf8(bytes).ok()
}

fn hex(digit: u8) -> Option<u32> {
    char::from(digit).to_digit(16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoded_value_is_decoded_to_the_same() {
        let text = "http://127.0.0.1:8/oauth/callback?a=b&c d+ü%";
        let encoded = encode(text);
        assert!(encoded.starts_with("http%3A%2F%2F127.0.0.1%3A8%2Foauth"), "{encoded}");
        assert_eq!(decode(&encoded).as_deref(), Some(text));
        assert_eq!(encode("Az09-._~ "), "Az09-._~%20");
    }

    #[test]
    fn a_plus_is_a_space_and_a_malformed_value_is_none() {
        assert_eq!(decode("a+b").as_deref(), Some("a b"));
        for broken in ["%", "%4", "%zz", "%+1", "%ff"] {
            assert_eq!(decode(broken), None, "{broken}");
        }
    }
}
