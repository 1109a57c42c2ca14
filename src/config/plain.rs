//! Parses `.ssox` files: keys and values as in a config file, but without sections.

use super::line::{LineClassifier, LineKind, line_end};
use super::name::WhichFile;
use super::scan::bom;
use super::section::Section;

/// Parses a text that contains only keys with values, comments and blank lines.
///
/// # Errors
/// The error is the number of the first line that is something else; the first line of the text has the number 1.
pub(crate) fn parse_plain(text: &str) -> Result<Section<'_>, usize> {
    let mut lines = LineClassifier::default();
    let (mut at, mut number) = (bom(text), 0);
    while at < text.len() {
        let end = line_end(text, at);
        number += 1;
        if matches!(lines.classify(&text[at..end]), LineKind::Header | LineKind::Malformed) {
            return Err(number);
        }
        at = end;
    }
    let mut section = Section::new("");
    section.add(text, bom(text)..text.len(), WhichFile::Config);
    Ok(section)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_without_sections_has_keys() {
        let section = parse_plain("\u{feff}# c\r\nprofile = dev ; mine\r\n\r\nRegion: eu-west-1").unwrap();
        assert_eq!((section.get("profile"), section.get("region")), (Some("dev"), Some("eu-west-1")));
    }

    #[test]
    fn other_lines_are_refused() {
        for (text, line) in [("[profile x]\nprofile = dev", 1), ("profile = dev\n\nnonsense\n", 3), ("= x", 1)] {
            assert_eq!(parse_plain(text).err(), Some(line), "{text:?}");
        }
    }
}
