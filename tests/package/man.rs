//! The man pages: `ssox.1` and one page for each verb, from the types of the command line.

use crate::Result;
use std::fs;
use std::path::Path;

/// What no option says, at the end of `ssox.1`.
const MORE: &str = include_str!("more.roff");

/// Writes the pages of all verbs that are not hidden.
pub(crate) fn write(directory: &Path) -> Result<()> {
    let command = ssox::command_line();
    let first = directory.join(format!("{}.1", command.get_name()));
    clap_mangen::generate_to(command, directory)?;
    let text = fs::read_to_string(&first)?;
    fs::write(first, text + MORE)?;
    Ok(())
}
