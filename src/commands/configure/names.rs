//! Builds profile names from characters that every AWS tool reads and that have no special meaning in a shell.

/// Returns the suggested name of the profile for a role in an account.
pub(super) fn suggested(account_name: &str, role_name: &str, account_id: &str) -> String {
    let field = |text: &str| Some(field(text)).filter(|field| !field.is_empty()).unwrap_or_else(|| account_id.into());
    valid(&format!("{}-{}", field(account_name), field(role_name)), account_id)
}

/// Returns a text as a part of a name: replaces each run of characters that are not allowed with one `-`, and removes
/// `-` and `.` at both ends.
pub(super) fn field(text: &str) -> String {
    legal(text).trim_matches(['-', '.']).into()
}

/// Replaces each run of characters that are not allowed in a name with one `-`.
pub(super) fn legal(text: &str) -> String {
    let is_legal = |c: char| c.is_ascii_alphanumeric() || "_-.@+".contains(c);
    let mut legal = String::with_capacity(text.len());
    let mut is_in_run = false;
    for c in text.chars() {
        if is_legal(c) {
            legal.push(c);
        } else if !is_in_run {
            legal.push('-');
        }
        is_in_run = !is_legal(c);
    }
    legal
}

/// Changes names that profiles must not have: `-x` and `default` become `111122223333-x` and `111122223333-default`,
/// with the account ID; an empty name, or a name of only `-`, becomes the account ID.
pub(super) fn valid(name: &str, account_id: &str) -> String {
    match name.trim_start_matches('-') {
        "" => account_id.into(),
        rest if rest.len() < name.len() || rest == "default" => format!("{account_id}-{rest}"),
        _ => name.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_never_starts_with_a_hyphen() {
        for (account, role, name) in [
            ("dev", "ReadOnly", "dev-ReadOnly"),
            ("[PROD] Core", "Admin", "PROD-Core-Admin"),
            ("  -- x", "a b", "x-a-b"),
            ("--option", "Admin", "option-Admin"),
            ("a - b", "c--d", "a---b-c--d"),
            ("..", "Admin", "111122223333-Admin"),
            ("日本", "Admin", "111122223333-Admin"),
            ("", "Admin", "111122223333-Admin"),
            ("_core", "Admin", "_core-Admin"),
            ("+x", "=,", "+x-111122223333"),
            ("R&D / Größe", "Power+User@x.y", "R-D-Gr-e-Power+User@x.y"),
            ("a$(id)`id`;'\"\\!*?~\n\u{1b}[2Jb", "R", "a-id-id-2Jb-R"),
        ] {
            assert_eq!(suggested(account, role, "111122223333"), name, "{account}");
        }
        assert_eq!(valid("default", "1"), "1-default");
        assert_eq!(valid("-x", "1"), "1-x");
    }
}
