//! Parts of the scripts in `shell/`.

/// Returns the text between the marker line with that name and the next marker line.
pub(crate) fn section(script: &'static str, name: &str) -> &'static str {
    let begins = format!("# --- {name}\n");
    let after = script.split_once(begins.as_str()).map_or("", |(_, after)| after);
    after.split_once("# --- ").map_or(after, |(section, _)| section).trim_start_matches('\n').trim_end_matches('\n')
}
