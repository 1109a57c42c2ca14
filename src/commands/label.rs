//! The prompt label: the text with profile and role that the shell prompt shows, without characters that control a
//! terminal.

use crate::error::is_hidden;

/// The largest length, in characters, of the text with profile and role that the shell prompt shows.
const MAX_LENGTH: usize = 40;

/// Returns the prompt label: `dev:ReadOnly`, or `dev` if the role is unknown. A label with more than [`MAX_LENGTH`]
/// characters is cut, and ends with `…`.
pub(super) fn label(profile: &str, role: Option<&str>) -> String {
    let text = match role {
        Some(role) => format!("{profile}:{role}"),
        None => profile.to_owned(),
    };
    let clean: Vec<char> = text.chars().filter(|c| !is_hidden(*c)).collect();
    if clean.len() <= MAX_LENGTH {
        return clean.into_iter().collect();
    }
    clean[..MAX_LENGTH - 1].iter().chain(&['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_profile_and_role() {
        assert_eq!(label("dev", Some("ReadOnly")), "dev:ReadOnly");
        assert_eq!(label("dev", None), "dev");
    }

    #[test]
    fn characters_that_control_a_terminal_are_removed() {
        assert_eq!(
            label("a\u{1b}[31m\u{9b}b\u{7f}\r\n\u{202e}c\u{2028}", Some("%F{red}$(x)`y`\\")),
            "a[31mbc:%F{red}$(x)`y`\\"
        );
    }

    #[test]
    fn a_long_label_is_shortened() {
        let cut = label(&"é".repeat(50), Some("ReadOnly"));
        assert_eq!(cut.chars().count(), 40);
        assert!(cut.ends_with("é…"), "{cut}");
    }
}
