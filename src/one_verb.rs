//! clap's definition of ssox with only one verb. clap copies the common options into every verb of a definition. With
//! all verbs, this copying takes longer than reading the command line.

use clap::Command;

/// Returns the definition `whole` with `verb` as its only verb.
pub(crate) fn with_only(verb: &Command, whole: &Command) -> Command {
    Command::new("ssox").args(whole.get_arguments()).groups(whole.get_groups()).subcommand(verb)
}
