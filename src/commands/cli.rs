//! The whole command line: a verb, and the options that all verbs have. Doc comments of arguments are the help text.

use super::Verb;
use super::options::Common;
use crate::context::Context;
use crate::one_verb;
use crate::shell::hint;
use clap::error::{ContextKind, ContextValue};
use clap::{Command, CommandFactory as _, FromArgMatches as _, Parser};
use std::ffi::OsString;
use std::io::{IsTerminal as _, stderr};
use std::mem::ManuallyDrop;

/// AWS IAM Identity Center credentials in the shell you are in
#[derive(Debug, Parser)]
#[command(name = "ssox", version, max_term_width = 100, disable_help_subcommand = true)]
#[command(after_help = "Start here:\n  eval \"$(ssox init zsh)\"     in your ~/.zshrc; other shells: ssox doctor\n  \
    ssox configure sso          make a profile\n  ssox use dev                credentials into this shell")]
pub(crate) struct Cli {
    /// The shell and the version of the protocol that the shell function understands
    #[arg(long, hide = true, value_name = "SHELL1")]
    pub(crate) emit: Option<String>,

    #[command(flatten)]
    pub(crate) common: Common,

    #[command(subcommand)]
    pub(crate) verb: Verb,
}

impl Cli {
    /// Parses the command line. `help VERB` is read as `VERB --help`: clap's own `help` command would build every verb
    /// a second time.
    ///
    /// # Errors
    /// Errors of clap: the command line is wrong, or asks for help or the version.
    pub(crate) fn read(words: &[OsString]) -> Result<Self, clap::Error> {
        Self::parse_words(words).or_else(|rejected| {
            let is_help = rejected.get(ContextKind::InvalidSubcommand) == Some(&ContextValue::String("help".into()));
            let at = words.iter().position(|word| word == "help").filter(|_| is_help).ok_or(rejected)?;
            Self::read(&[&words[..at], &words[at + 1..], &["--help".into()]].concat())
        })
    }

    /// Parses the command line with a definition that has only the verb of this command line, which is faster. If there
    /// is no such verb, or clap rejects the command line, parses it with the whole definition, so that the error
    /// message can suggest every verb.
    fn parse_words(words: &[OsString]) -> Result<Self, clap::Error> {
        let whole = ManuallyDrop::new(Self::command());
        let verb = words.iter().skip(1).find_map(|word| whole.find_subcommand(word));
        let parsed = verb.and_then(|verb| Self::parse_with(one_verb::with_only(verb, &whole), words).ok());
        parsed.map_or_else(|| Self::parse_with(ManuallyDrop::into_inner(whole), words), Ok)
    }

    /// Does what clap's `try_parse_from` does, but does not free clap's definition: freeing it takes a twentieth of the
    /// time of a cached `use`, and the process ends soon.
    fn parse_with(definition: Command, words: &[OsString]) -> Result<Self, clap::Error> {
        let mut definition = ManuallyDrop::new(definition);
        let mut matches = definition.try_get_matches_from_mut(words)?;
        Self::from_arg_matches_mut(&mut matches).map_err(|rejected| rejected.format(&mut definition))
    }

    /// Returns the context: the environment and the options of the command line. Decides whether a person can be asked.
    /// On Unix, also makes Ctrl-C end ssox with an exit status if the calling shell would report an error for the
    /// signal.
    pub(crate) fn context(&self) -> Context {
        let mut ctx = process_context();
        ctx.emit.clone_from(&self.emit);
        ctx.verbose = self.common.verbose;
        ctx.no_input =
            self.common.no_input || !self.verb.is_interactive() || ctx.var("CI").is_some() || !stderr().is_terminal();
        ctx.is_hook = self.emit.is_some() && !self.verb.is_interactive();
        ctx.after_sign_in = Some(super::list_after_sign_in);
        #[cfg(unix)]
        {
            let emit = ctx.caller().and_then(|caller| crate::shell::Emit::parse(caller).ok());
            if emit.is_some_and(|emit| emit.shell.reports_signals()) {
                crate::signals::end_with_status();
            }
        }
        ctx
    }
}

/// Returns the context of this process. Its hints have the syntax of the calling shell.
pub(crate) fn process_context() -> Context {
    let mut ctx = Context::from_process();
    ctx.syntax = hint::SYNTAX;
    ctx
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::error::ErrorKind;

    #[test]
    fn help_is_a_verb_and_an_option() {
        let read = |typed: &str| Cli::read(&typed.split(' ').map(OsString::from).collect::<Vec<_>>());
        for (verb, option) in [
            ("ssox help", "ssox --help"),
            ("ssox help use", "ssox use --help"),
            ("ssox help configure sso", "ssox configure sso --help"),
            ("ssox configure help", "ssox configure --help"),
            ("ssox -v help exec", "ssox exec --help"),
            ("ssox help help", "ssox --help"),
        ] {
            assert_eq!(read(verb).unwrap_err().to_string(), read(option).unwrap_err().to_string(), "{verb}");
        }
        assert_eq!(read("ssox help nope").unwrap_err().kind(), ErrorKind::InvalidSubcommand);
        assert!(matches!(read("ssox use help").unwrap().verb, Verb::Use(_)));
    }

    #[test]
    fn a_verb_has_the_same_description_in_the_list_and_in_its_help() {
        let abouts = |command: &clap::Command| -> Vec<String> {
            command.get_subcommands().map(|verb| format!("{}: {:?}", verb.get_name(), verb.get_about())).collect()
        };
        let mut built = Cli::command();
        let listed = abouts(&built);
        built.build();
        assert_eq!(abouts(&built), listed);
    }

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_verb_has_an_example() {
        fn check(command: &clap::Command) {
            if command.is_hide_set() {
                return;
            }
            if command.get_subcommands().next().is_none() {
                let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
                assert!(help.contains("Example"), "{}", command.get_name());
            }
            command.get_subcommands().for_each(check);
        }
        let mut command = Cli::command();
        command.build();
        check(&command);
    }

    #[test]
    fn a_time_limit_of_zero_is_rejected() {
        assert!(Cli::try_parse_from(["ssox", "login", "--timeout", "0s"]).is_err());
        assert!(Cli::try_parse_from(["ssox", "login", "--timeout", "1s"]).is_ok());
    }
}
