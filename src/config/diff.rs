//! Shows the person how an edit changes a config file, before it is written. Secrets are hidden, and control characters
//! are replaced.

use super::line::{delimiter, line_end, without_ending};
use crate::error::printable;
use similar::TextDiff;
use std::path::Path;
use std::time::Duration;

/// How long to search for the shortest diff. After that time, a longer diff is shown.
const TIMEOUT: Duration = Duration::from_secs(1);

/// Returns the unified diff between two texts of a file. The diff is empty if the texts are the same.
pub(crate) fn unified(path: &Path, before: &str, after: &str) -> String {
    let (before, after) = (shown(before), shown(after));
    let path = printable(&path.display().to_string());
    let diff = TextDiff::configure().timeout(TIMEOUT).diff_lines(&before, &after);
    diff.unified_diff().context_radius(3).header(&path, &path).to_string()
}

/// Returns a text with its secrets hidden and its control characters replaced.
fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let end = line_end(text, at);
        let line = without_ending(&text[at..end]);
        match secret_value(line) {
            Some(value) => shown.extend([printable_line(&line[..value]).as_str(), " ***"]),
            None => shown.push_str(&printable_line(line)),
        }
        shown.push('\n');
        at = end;
    }
    shown
}

fn printable_line(line: &str) -> String {
    line.split('\t').map(printable).collect::<Vec<_>>().join("\t")
}

/// Returns the position of the secret value in a line, even if the line is a comment. Returns `None` if the line has no
/// secret.
fn secret_value(line: &str) -> Option<usize> {
    let at = delimiter(line)?;
    let key = line[..at].trim_start_matches(['#', ';', ' ', '\t']).to_ascii_lowercase();
    let is_secret =
        ["secret", "token", "password"].iter().any(|word| key.contains(word)) && !key.trim_end().ends_with("_file");
    is_secret.then_some(at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diff(before: &str, after: &str) -> String {
        unified(Path::new("config"), before, after)
    }

    #[test]
    fn a_change_is_shown_with_what_is_around_it() {
        let before = "[a]\nk = 1\nl = 2\nm = 3\nn = 4\no = 5";
        let after = before.replace("o = 5", "o = 6\n");
        let expected = "--- config\n+++ config\n@@ -3,4 +3,4 @@\n l = 2\n m = 3\n n = 4\n-o = 5\n+o = 6\n";
        assert_eq!(diff(before, &after), expected);
        assert_eq!(diff(before, before), "");
    }

    #[test]
    fn secrets_and_control_characters_are_not_shown() {
        let before = "aws_secret_access_key = SECRET\r\n# AWS_SESSION_TOKEN=SECRET\r\nx = \u{1b}[2J\r\n";
        let shown = diff(before, &format!("{before}\tregion = a\r\n"));
        let expected = " aws_secret_access_key = ***\n # AWS_SESSION_TOKEN= ***\n x = \u{fffd}[2J\n+\tregion = a\n";
        assert!(shown.ends_with(expected), "{shown}");
    }
}
