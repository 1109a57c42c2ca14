//! Takes parts of the scripts in the folder `shell/`.

/// Returns the text between the line `# --- NAME` and the next such line.
pub(crate) fn section(script: &'static str, name: &str) -> &'static str {
    let begins = format!("# --- {name}\n");
    let after = script.split_once(begins.as_str()).map_or("", |(_, after)| after);
    after.split_once("# --- ").map_or(after, |(section, _)| section).trim_start_matches('\n').trim_end_matches('\n')
}

/// Returns a script without comments, empty lines and indentation, which take bash a third of the time to load it.
///
/// Invariant: no string in the scripts has a line that starts with a blank or `#`.
pub(super) fn code(script: &str) -> String {
    let lines = script.lines().map(str::trim_start).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.flat_map(|line| [line, "\n"]).collect()
}
