//! The trait `Integration`: everything that ssox has to know about a shell. Each shell implements it in its own file.

use super::completion::{CommandLine, Completions, MatchedBy};
use super::quote::ExportSyntax;
use super::section::{code, section};
use crate::context::Context;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// Finds what can be inserted at the cursor of a command line.
pub(crate) type Find<'a> = &'a dyn Fn(&CommandLine, MatchedBy) -> Completions;

/// A shell that ssox supports.
pub(crate) trait Integration: Sync {
    /// Returns the name of this shell that people type, and that `--emit` contains.
    fn name(&self) -> &'static str;

    /// Returns the name of this shell as it is written in sentences.
    fn title(&self) -> &'static str {
        self.name()
    }

    /// Returns other names of this shell that people may type.
    fn aliases(&self) -> &'static [&'static str] {
        &[]
    }

    /// Returns the file names of the shell's program, without versions.
    fn programs(&self) -> &'static [&'static str];

    /// Tells whether hints are in the syntax of this shell if the person's shell is unknown.
    fn is_default(&self) -> bool {
        false
    }

    /// Tells whether a process of this shell with these options reads commands from a person.
    fn is_interactive(&self, options: &[String]) -> bool {
        super::interactive::reads_commands(options)
    }

    /// Tells whether the shell reports an error in ssox's script when Ctrl-C ends a program.
    #[cfg(unix)]
    fn reports_signals(&self) -> bool {
        false
    }

    /// Tells whether the hooks of this shell look for `.ssox` files.
    fn follows_directories(&self) -> bool {
        true
    }

    /// Returns the text of the file for this shell in the folder `shell/`.
    fn script(&self) -> &'static str;

    /// Returns the complete script of ssox for this shell. The script may depend on the version of the shell, and on
    /// nothing else.
    fn init_script(&self, _: &Context) -> Cow<'static, str> {
        code(self.script()).into()
    }

    /// Returns the short script that `ssox init` prints. This script loads the complete script when the shell needs it.
    /// `None` if the shell loads the complete script when it starts.
    fn start_script(&self) -> Option<String> {
        None
    }

    /// Returns the line that keeps ssox from showing the profile in the prompt. In an rc file, this line must be before
    /// the line that loads ssox's script.
    fn no_prompt_line(&self) -> &'static str;

    /// Returns the line that a person adds to an rc file, so that the shell loads ssox's script.
    fn rc_line(&self) -> String {
        format!("eval \"$(ssox init {})\"", self.name())
    }

    /// Returns a text for the person: the command that loads ssox's script now, and what to do so that later shells
    /// load the script.
    fn how_to_load(&self) -> String {
        format!("`{}`; add this line to the rc file of your shell too", self.rc_line())
    }

    /// Returns a text for the person: what to do so that a shell has the function of the installed ssox, after ssox was
    /// updated.
    fn how_to_update(&self) -> String {
        "start a new shell: it loads the function of the installed ssox".into()
    }

    /// Returns the rc files that may contain the line that loads ssox's script.
    fn rc_files(&self, ctx: &Context, home: &Path) -> Vec<PathBuf>;

    /// Returns the name of the rc file as people know it.
    fn rc_file_name(&self) -> &'static str;

    /// Returns a text with two commands: one shows all commands called `ssox`, and one removes the alias or function
    /// that hides ssox's function.
    fn unhide(&self) -> &'static str {
        "type -a ssox shows what hides it, unalias ssox removes an alias"
    }

    /// Returns a value as it is written in the reply to the shell function.
    fn reply_value<'v>(&self, value: &'v str) -> Cow<'v, str> {
        value.into()
    }

    /// Returns the command that sets a variable, for hints.
    fn set(&self, name: &str, value: &str) -> String {
        super::sh_syntax::set(name, value)
    }

    /// Returns the command that unsets variables, for hints.
    fn unset(&self, names: &[&str]) -> String {
        super::sh_syntax::unset(names)
    }

    /// Returns the format of `ssox export` that is named after this shell; `None` if the shell has the syntax of sh.
    fn export_syntax(&self) -> Option<ExportSyntax> {
        None
    }

    /// Returns the beginning of the script that `ssox completions` prints.
    fn completion_head(&self) -> &'static str {
        ""
    }

    /// Returns the end of the script that `ssox completions` prints: the part after the completion functions.
    fn completion_tail(&self) -> &'static str {
        section(self.script(), "registration")
    }

    /// Returns the reply to the completion function. `arguments` are what the function passes to ssox, and `find` finds
    /// what can be inserted. The reply has the format that the function reads.
    fn complete(&self, arguments: &[String], find: Find) -> String;
}

/// Returns the directory in which programs keep their configuration.
pub(super) fn config_home(ctx: &Context, home: &Path) -> PathBuf {
    ctx.var("XDG_CONFIG_HOME").map_or_else(|| home.join(".config"), PathBuf::from)
}

/// Returns the directory in which programs keep their data.
pub(super) fn data_home(ctx: &Context, home: &Path) -> PathBuf {
    ctx.var("XDG_DATA_HOME").map_or_else(|| home.join(".local/share"), PathBuf::from)
}
