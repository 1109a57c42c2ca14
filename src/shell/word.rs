//! Writes values as words of a command line.

/// Puts a value into single quotes. `escape` returns what to write before a character: an escape or nothing. The buffer
/// is large enough from the start: a buffer that grows could leave a part of a secret in freed memory.
pub(super) fn single_quoted(value: &str, escape: impl Fn(char) -> &'static str) -> String {
    escaped('\'', value, escape)
}

/// Puts a value into quotes. `escape` returns what to write before a character: an escape or nothing.
pub(super) fn escaped(quote: char, value: &str, escape: impl Fn(char) -> &'static str) -> String {
    let escapes: usize = value.chars().map(|c| escape(c).len()).sum();
    let mut text = String::with_capacity(value.len() + escapes + 2);
    text.push(quote);
    if escapes == 0 {
        text.push_str(value);
    } else {
        value.chars().for_each(|c| text.extend([escape(c), c.encode_utf8(&mut [0; 4])]));
    }
    text.push(quote);
    text
}

/// Returns a value as a word for a hint, quoted only if necessary.
pub(super) fn word(value: &str, quoted: impl FnOnce(&str) -> String) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+,…".contains(c);
    if value.chars().all(is_bare) { value.to_string() } else { quoted(value) }
}
