//! Finds the SAML response in a text that a person copied: the body of a form, the page with the form, text from the
//! browser's developer tools, the XML, or its base64.

use crate::secret::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::borrow::Cow;

const FIELD: &str = "SAMLResponse";

/// Returns the SAML response in the body of a posted form; `None` if the form contains no SAML response.
pub(super) fn posted(body: &str) -> Option<Secret> {
    let values = body.split('&').filter_map(|pair| pair.strip_prefix(FIELD)?.strip_prefix('='));
    values.filter(|value| !value.is_empty()).map(|value| Secret::new(percent(value))).next()
}

/// Finds the SAML response in a text. Returns its base64, which may contain line breaks. A text that begins with `<` and
/// has no form field `SAMLResponse` is taken for the XML of a response. If nothing is found in another text, returns
/// that text, without white space at its ends and with `%` escapes decoded.
pub(super) fn response(text: &str) -> String {
    let text = text.trim_start_matches('\u{feff}').trim();
    if let Some(value) = field_of_page(text) {
        return entities(&value).into_owned();
    }
    if text.starts_with('<') {
        return STANDARD.encode(text);
    }
    match text.find(FIELD) {
        Some(at) => percent(field_of_text(&text[at + FIELD.len()..])).into_owned(),
        None => percent(text).into_owned(),
    }
}

/// Returns the value of the form field `SAMLResponse` in an HTML page; `None` if the page has no such field.
fn field_of_page(page: &str) -> Option<String> {
    let mut rest = page;
    while let Some((_, tag)) = rest.split_once('<') {
        rest = tag;
        if tag.get(..5).is_some_and(|name| name.eq_ignore_ascii_case("input")) {
            let (found, after) = attributes(tag);
            if value_of(&found, "name") == Some(FIELD) {
                return value_of(&found, "value").map(String::from);
            }
            // The search continues after the attributes, so that a page with many unclosed tags takes only linear time.
            rest = after;
        }
    }
    None
}

fn value_of<'a>(attributes: &[(&str, &'a str)], name: &str) -> Option<&'a str> {
    attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
}

/// Parses the attributes of an `input` tag; the text starts with the name of the tag. Returns the attributes, and the
/// text after them.
fn attributes(tag: &str) -> (Vec<(&str, &str)>, &str) {
    let is_end = |c: char| c.is_ascii_whitespace() || "=/>".contains(c);
    let mut attributes = Vec::new();
    let mut rest = tag.get(5..).unwrap_or_default();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() || rest.starts_with('>') {
            return (attributes, rest);
        }
        let end = rest.char_indices().skip(1).find(|(_, c)| is_end(*c)).map_or(rest.len(), |(at, _)| at);
        let (name, after) = rest.split_at(end);
        let Some(assigned) = after.trim_start().strip_prefix('=') else {
            rest = after;
            continue;
        };
        let (value, after) = value(assigned.trim_start());
        attributes.push((name, value));
        rest = after;
    }
}

/// Splits a text that starts with an attribute's value into the value, without its quotes, and the text after it.
fn value(text: &str) -> (&str, &str) {
    match text.chars().next() {
        Some(quote @ ('"' | '\'')) => text[1..].split_once(quote).unwrap_or((&text[1..], "")),
        _ => text.split_at(text.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(text.len())),
    }
}

/// Returns the value of the field `SAMLResponse`. `text` starts after the name of the field: with `=` in the body of a
/// form, `: ` in developer tools, `": "` in JSON.
fn field_of_text(text: &str) -> &str {
    let text = text.trim_start_matches(|c: char| c.is_ascii_whitespace() || "\"'=:".contains(c));
    let is_value = |c: char| c.is_ascii_alphanumeric() || "+/=%".contains(c);
    &text[..text.find(|c| !is_value(c)).unwrap_or(text.len())]
}

/// Decodes the HTML character references that a template may use in base64: `&#43;`, `&#x3D;`, `&#13;`.
fn entities(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return text.into();
    }
    let mut parts = text.split('&');
    let mut out = parts.next().unwrap_or_default().to_string();
    for part in parts {
        match part.split_once(';').and_then(|(name, rest)| Some((entity(name)?, rest))) {
            Some((c, rest)) => {
                out.push(c);
                out.push_str(rest);
            }
            None => {
                out.push('&');
                out.push_str(part);
            }
        }
    }
    out.into()
}

fn entity(name: &str) -> Option<char> {
    let code = match name {
        "plus" => return Some('+'),
        "equals" => return Some('='),
        "sol" => return Some('/'),
        _ => name.strip_prefix('#')?,
    };
    let code = match code.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => code.parse(),
    };
    char::from_u32(code.ok()?)
}

/// Decodes a form value. In a text with `%` escapes, `+` means a space. A text without escapes was copied by hand, and
/// its `+` belongs to the base64.
fn percent(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return text.into();
    }
    crate::percent::decode(text).map_or(text.into(), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::tests::assert_cheap;

    #[test]
    fn malicious_pages_take_linear_time() {
        for piece in ["<input ", "<input a=", "<", "<input/><", "SAMLResponse", "<input a='"] {
            assert_cheap(piece, || response(&piece.repeat((4 << 20) / piece.len())));
        }
    }

    #[test]
    fn the_response_is_found_in_every_form() {
        let shapes = [
            "ab+/cd==",
            "\u{feff}ab+/cd==\n",
            "ab%2B%2Fcd%3D%3D",
            "SAMLResponse=ab%2B%2Fcd%3D%3D&RelayState=x%3D",
            "RelayState=&SAMLResponse=ab%2B%2Fcd%3D%3D",
            "SAMLResponse=ab+/cd==",
            "SAMLResponse: ab+/cd==\nRelayState: ",
            "{\"SAMLResponse\": \"ab+/cd==\", \"RelayState\": \"\"}",
            "curl 'https://signin.aws.amazon.com/saml' --data-raw 'SAMLResponse=ab%2B%2Fcd%3D%3D&RelayState=' --compressed",
            "<html><form><INPUT type='hidden' name='SAMLResponse' value='ab+/cd=='/></form>",
            "<input name=RelayState value=x><input value=\"ab&#43;&#x2f;cd&#61;=\" name=\"SAMLResponse\" type=\"hidden\">",
            "<input disabled name = SAMLResponse value=ab+/cd==>",
        ];
        for shape in shapes {
            assert_eq!(response(shape), "ab+/cd==", "{shape}");
        }
    }

    #[test]
    fn a_posted_form_is_parsed_by_its_fields() {
        let posted = |body| posted(body).map(|response| response.expose().to_string());
        assert_eq!(posted("RelayState=SAMLResponse%3Dno&SAMLResponse=ab%2B%2Fcd%3D%3D").as_deref(), Some("ab+/cd=="));
        for body in
            ["", "SAMLResponse", "SAMLResponse=", "xSAMLResponse=a", "SAMLResponses=a", "RelayState=SAMLResponse=a"]
        {
            assert_eq!(posted(body), None, "{body}");
        }
    }

    #[test]
    fn xml_becomes_base64() {
        assert_eq!(response(" <a/>\n"), STANDARD.encode("<a/>"));
    }

    #[test]
    fn line_breaks_are_kept() {
        assert_eq!(response("ab\ncd"), "ab\ncd");
        assert_eq!(response("SAMLResponse=ab%0D%0Acd"), "ab\r\ncd");
    }

    proptest::proptest! {
        #[test]
        fn no_input_panics(text in "\\PC*", tag in "[<>a-zA-Z=\"'/&;#% \u{e9}]{0,60}") {
            response(&text);
            response(&format!("<input {tag}"));
            response(&format!("SAMLResponse={tag}"));
        }
    }
}
