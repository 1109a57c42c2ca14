//! The label of the prompt segment: which profile and role, as text no terminal and no prompt obeys.

use crate::error::is_hidden;

/// How much of a prompt a label may take.
const LONGEST: usize = 40;

/// Makes the label, `dev:ReadOnly`, or `dev` where no role is known.
pub(crate) fn label(profile: &str, role: Option<&str>) -> String {
    let text = match role {
        Some(role) => format!("{profile}:{role}"),
        None => profile.to_owned(),
    };
    let clean: Vec<char> = text.chars().filter(|c| !is_hidden(*c)).collect();
    match clean.len() {
        0..=LONGEST => clean.into_iter().collect(),
        _ => clean[..LONGEST - 1].iter().chain(&['…']).collect(),
    }
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
    fn nothing_a_terminal_obeys_is_left() {
        assert_eq!(
            label("a\u{1b}[31m\u{9b}b\u{7f}\r\n\u{202e}c\u{2028}", Some("%F{red}$(x)`y`\\")),
            "a[31mbc:%F{red}$(x)`y`\\"
        );
    }

    #[test]
    fn a_long_label_is_cut() {
        let cut = label(&"é".repeat(50), Some("ReadOnly"));
        assert_eq!(cut.chars().count(), 40);
        assert!(cut.ends_with("é…"), "{cut}");
    }
}
