//! What ssox has to know of a shell to integrate with it. Each shell says all of it in a file of its own.

use super::completion::{CommandLine, Completions, MatchedBy};
use super::quote::ExportSyntax;
use super::section::{code, section};
use crate::context::Context;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// Finds what can be inserted at the cursor.
pub(crate) type Find<'a> = &'a dyn Fn(&CommandLine, MatchedBy) -> Completions;

/// A shell that ssox integrates with.
pub(crate) trait Integration: Sync {
    /// Returns the name that people type, and that `--emit` has before the version.
    fn name(&self) -> &'static str;

    /// Returns the name in sentences.
    fn title(&self) -> &'static str {
        self.name()
    }

    /// Returns other names that people type.
    fn aliases(&self) -> &'static [&'static str] {
        &[]
    }

    /// Returns the file names of its program, without a version.
    fn programs(&self) -> &'static [&'static str];

    /// Tells whether hints are for this shell when the running one is unknown.
    fn is_default(&self) -> bool {
        false
    }

    /// Tells whether a program of this shell with these options reads commands from a person.
    fn is_interactive(&self, options: &[String]) -> bool {
        super::interactive::reads_commands(options)
    }

    /// Tells whether the shell reports a program that Ctrl-C ended as an error in ssox's script.
    #[cfg(unix)]
    fn reports_signals(&self) -> bool {
        false
    }

    /// Returns the script of the integration, as it is in `shell/`.
    fn script(&self) -> &'static str;

    /// Returns the script as `ssox init` prints it; only the version of the shell may change it.
    fn init_script(&self, _: &Context) -> Cow<'static, str> {
        code(self.script()).into()
    }

    /// Returns the line before the script that leaves the prompt as it is.
    fn no_prompt_line(&self) -> &'static str;

    /// Returns the line that loads the script, for the rc file.
    fn rc_line(&self) -> String {
        format!("eval \"$(ssox init {})\"", self.name())
    }

    /// Returns the line to type now, and what else to do.
    fn how_to_load(&self) -> String {
        format!("{}; add this line to the rc file of your shell too", self.rc_line())
    }

    /// Returns the files that may have this line.
    fn rc_files(&self, ctx: &Context, home: &Path) -> Vec<PathBuf>;

    /// Returns the rc file as people know it.
    fn rc_file_name(&self) -> &'static str;

    /// Returns a line that shows all commands called `ssox`, and one that removes the command that hides ssox's function.
    fn unhide(&self) -> &'static str {
        "type -a ssox shows all; unalias ssox"
    }

    /// Returns how a value is written in the reply to the shell function.
    fn reply_value<'v>(&self, value: &'v str) -> Cow<'v, str> {
        value.into()
    }

    /// Returns the line that sets a variable, for hints.
    fn set(&self, name: &str, value: &str) -> String {
        super::sh_syntax::set(name, value)
    }

    /// Returns the line that unsets variables, for hints.
    fn unset(&self, names: &[&str]) -> String {
        super::sh_syntax::unset(names)
    }

    /// Returns the format of `ssox export` that is called like this shell; `None` if its syntax is that of sh.
    fn export_syntax(&self) -> Option<ExportSyntax> {
        None
    }

    /// Returns what the script of `ssox completions` begins with.
    fn completion_head(&self) -> &'static str {
        ""
    }

    /// Returns what the script of `ssox completions` ends with, after the functions.
    fn completion_tail(&self) -> &'static str {
        section(self.script(), "registration")
    }

    /// Returns the reply to the completion function: reads the command line from the arguments as that function passes them,
    /// finds what can be inserted, and writes it as the function reads it.
    fn complete(&self, arguments: &[String], find: Find) -> String;
}

/// Returns the directory in which programs have their configuration.
pub(super) fn config_home(ctx: &Context, home: &Path) -> PathBuf {
    ctx.var("XDG_CONFIG_HOME").map_or_else(|| home.join(".config"), PathBuf::from)
}

/// Returns the directory in which programs have their data.
pub(super) fn data_home(ctx: &Context, home: &Path) -> PathBuf {
    ctx.var("XDG_DATA_HOME").map_or_else(|| home.join(".local/share"), PathBuf::from)
}
