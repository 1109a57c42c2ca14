//! Writes the names of profiles and sessions, and paths, into the command lines of hints.

use std::borrow::Cow;
use std::path::Path;

/// Returns the name of a profile as the last argument of a command line. It is quoted if a shell needs that, and
/// follows `--` if it starts with `-`.
pub(crate) fn as_argument(name: &str) -> String {
    format!("{}{}", if name.starts_with('-') { "-- " } else { "" }, quoted(name))
}

/// Returns an option with a name as its value; joined by `=` if the name starts with `-`.
pub(crate) fn as_option(option: &str, name: &str) -> String {
    format!("{option}{}{}", if name.starts_with('-') { "=" } else { " " }, quoted(name))
}

/// Returns a path as an argument of a command line, quoted if a shell needs that. `./` is put before a path that starts
/// with `-`.
pub(crate) fn path_argument(path: &Path) -> String {
    let path = path.to_string_lossy();
    quoted(&if path.starts_with('-') { format!("./{path}").into() } else { path }).into_owned()
}

/// Quotes a word if a shell needs that. Each shell writes an apostrophe inside single quotes in another way, so a word
/// with one is in double quotes. If some shell would change the word there, the syntax is that of sh.
fn quoted(word: &str) -> Cow<'_, str> {
    // To PowerShell, typographic quotation marks are quotation marks.
    let has_apostrophe = word.contains(['\'', '‘', '’', '‚', '‛']);
    let is_changed = |c: char| "\"“”„$`\\!%".contains(c) || c.is_control();
    if has_apostrophe && !word.contains(is_changed) { format!("\"{word}\"").into() } else { shell_words::quote(word) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_argument_of_a_command_line() {
        for (path, argument) in [
            ("/home/a/.aws/config", "/home/a/.aws/config"),
            ("/home/a b/config", "'/home/a b/config'"),
            ("/home/o'neil/x; rm y", "\"/home/o'neil/x; rm y\""),
            ("/home/o'neil/$x", r"'/home/o'\''neil/$x'"),
            ("-rf", "./-rf"),
        ] {
            assert_eq!(path_argument(Path::new(path)), argument);
        }
    }

    #[test]
    fn a_name_never_looks_like_an_option() {
        for (name, argument, option) in [
            ("dev", "dev", "--profile dev"),
            ("my dev", "'my dev'", "--profile 'my dev'"),
            ("-x", "-- -x", "--profile=-x"),
            ("-x y", "-- '-x y'", "--profile='-x y'"),
            ("o'neil", "\"o'neil\"", "--profile \"o'neil\""),
        ] {
            assert_eq!((as_argument(name).as_str(), as_option("--profile", name).as_str()), (argument, option));
        }
    }

    #[cfg(unix)]
    #[test]
    fn each_shell_reads_a_name_with_an_apostrophe_back() {
        let home = tempfile::tempdir().unwrap();
        let mut tried = 0;
        for shell in ["sh", "bash", "zsh", "fish", "elvish", "nu", "xonsh", "pwsh"] {
            for name in ["o'neil (admin) & co; #1 *? {x} [y] ~ | < >", "o\u{2019}neil"] {
                let line = format!("/bin/echo {}", as_argument(name));
                let line = if shell == "nu" { format!("^{line}") } else { line };
                let output = std::process::Command::new(shell).args(["-c", &line]).env("HOME", home.path()).output();
                let Ok(output) = output else { continue };
                assert_eq!(String::from_utf8_lossy(&output.stdout).trim_end(), name, "{shell}: {line}");
                tried += 1;
            }
        }
        assert!(tried > 0);
    }
}
