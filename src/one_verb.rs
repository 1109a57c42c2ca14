//! clap's definition of ssox with only one verb. clap copies the common options into every verb of a definition, and
//! that takes longer than reading the command line.

use clap::Command;

/// Returns the definition `whole` without the verbs other than `verb`.
pub(crate) fn with_only(verb: &Command, whole: &Command) -> Command {
    Command::new("ssox").args(whole.get_arguments()).groups(whole.get_groups()).subcommand(verb)
}
