//! Extracts sections from the scripts in the folder `shell/`.

use crate::bytes::memchr_iter;

/// Returns the text between the line `# --- NAME` and the next line that starts with `# ---`.
pub(crate) fn section(script: &'static str, name: &str) -> &'static str {
    let begins = format!("# --- {name}\n");
    let after = script.split_once(begins.as_str()).map_or("", |(_, after)| after);
    after.split_once("# --- ").map_or(after, |(section, _)| section).trim_start_matches('\n').trim_end_matches('\n')
}

/// Returns a script without comments, empty lines and indentation. bash would spend a third of the loading time on
/// them.
///
/// Invariant: a script ends with a newline, and no string in it has a line that starts with a blank or `#`.
pub(super) fn code(script: &str) -> String {
    let mut code = String::with_capacity(script.len());
    let mut begins = 0;
    for ends in memchr_iter(b'\n', script.as_bytes()) {
        let line = script[begins..ends].trim_ascii_start();
        begins = ends + 1;
        if !line.is_empty() && !line.starts_with('#') {
            code.push_str(line);
            code.push('\n');
        }
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_has_no_comments_no_empty_lines_and_no_indentation() {
        assert_eq!(code("# a\n\n  b # c\n  # d\n\te='#'\n"), "b # c\ne='#'\n");
    }
}
