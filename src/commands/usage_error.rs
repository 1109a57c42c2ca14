//! Turns an error of clap into an error of ssox: what is wrong with the command line, and what to type instead.

use super::Cli;
use crate::config::nearest;
use crate::error::Error;
use clap::CommandFactory as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::error::Error as _;
use std::ffi::OsString;

/// Turns clap's error about the command line `words` into an error of ssox.
pub(crate) fn usage_error(rejected: &clap::Error, words: &[OsString]) -> Error {
    Error::usage(message(rejected)).hint(hint(rejected, words))
}

fn message(rejected: &clap::Error) -> String {
    let argument = list(rejected, ContextKind::InvalidArg);
    let value = text(rejected, ContextKind::InvalidValue).unwrap_or_default();
    match rejected.kind() {
        ErrorKind::UnknownArgument => format!("unexpected argument {argument}"),
        ErrorKind::InvalidSubcommand => format!("unknown command {}", list(rejected, ContextKind::InvalidSubcommand)),
        ErrorKind::MissingRequiredArgument => format!("missing on the command line: {argument}"),
        ErrorKind::ArgumentConflict => match list(rejected, ContextKind::PriorArg) {
            other if other == argument => format!("{argument} is given more than once"),
            other => format!("{argument} cannot be used with {other}"),
        },
        ErrorKind::InvalidValue if value.is_empty() => format!("{argument} needs a value"),
        ErrorKind::InvalidValue => format!("invalid value `{value}` for {argument}"),
        ErrorKind::ValueValidation => {
            let cause = rejected.source().map(|cause| format!(": {cause}")).unwrap_or_default();
            format!("invalid value `{value}` for {argument}{cause}")
        }
        ErrorKind::TooManyValues => format!("{argument} does not take the value `{value}`"),
        kind => kind.as_str().unwrap_or("invalid command line").into(),
    }
}

/// Returns a hint: the first of these that exists: a similar name, clap's tip, the possible values, the usage, the
/// command that shows the verb's help.
fn hint(rejected: &clap::Error, words: &[OsString]) -> String {
    let verbs = similar_verbs(rejected);
    if !verbs.is_empty() {
        return format!("did you mean `{}`?", verbs.join("` or `"));
    }
    let similar = [ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    if let Some(kind) = similar.into_iter().find(|kind| rejected.get(*kind).is_some()) {
        return format!("did you mean {}?", list(rejected, kind));
    }
    if let Some(tip) = text(rejected, ContextKind::Suggested) {
        return tip.replace('\'', "`");
    }
    let values = texts(rejected, ContextKind::ValidValue);
    if !values.is_empty() {
        return format!("one of: {}", values.join(", "));
    }
    let usage = text(rejected, ContextKind::Usage).unwrap_or_default();
    match usage.trim_start_matches("Usage:").trim() {
        "" => help_line(words),
        usage => usage.replace("[OPTIONS] <COMMAND>", "--help"),
    }
}

/// Returns the command that shows the help of the verb that was typed.
fn help_line(words: &[OsString]) -> String {
    let mut command = Cli::command();
    command.build();
    let (mut parent, mut line) = (&command, String::from("ssox"));
    for verb in words.iter().skip(1).filter_map(|word| word.to_str()) {
        if let Some(found) = parent.find_subcommand(verb) {
            parent = found;
            line = format!("{line} {verb}");
        }
    }
    format!("{line} --help")
}

/// Returns the verbs that are similar to the unknown verb that was typed. clap itself does not suggest `use` for `sue`.
fn similar_verbs(rejected: &clap::Error) -> Vec<String> {
    let Some(unknown) = text(rejected, ContextKind::InvalidSubcommand) else { return Vec::new() };
    let mut command = Cli::command();
    // Before `build`, the command does not have the verbs of `configure` and `saml`.
    command.build();
    let mut parent = &command;
    // The usage names the command whose verb is unknown: `Usage: ssox configure [OPTIONS] <COMMAND>`.
    for word in text(rejected, ContextKind::Usage).unwrap_or_default().split_whitespace() {
        parent = parent.find_subcommand(word).unwrap_or(parent);
    }
    let names = parent.get_subcommands().filter(|verb| !verb.is_hide_set()).map(clap::Command::get_name);
    nearest(&unknown, names)
}

/// Returns the texts that clap's error has for `kind`, each in backticks, separated by commas.
fn list(rejected: &clap::Error, kind: ContextKind) -> String {
    let quoted: Vec<String> = texts(rejected, kind).iter().map(|text| format!("`{text}`")).collect();
    quoted.join(", ")
}

fn text(rejected: &clap::Error, kind: ContextKind) -> Option<String> {
    texts(rejected, kind).into_iter().next()
}

fn texts(rejected: &clap::Error, kind: ContextKind) -> Vec<String> {
    match rejected.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        Some(ContextValue::StyledStr(text)) => vec![text.to_string()],
        Some(ContextValue::StyledStrs(texts)) => texts.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::Cli;
    use clap::Parser as _;

    #[test]
    fn each_mistake_has_its_sentence_and_what_to_type() {
        for (typed, message, hint) in [
            ("--bogus", "unexpected argument `--bogus`", "ssox --help"),
            ("use --regoin x", "unexpected argument `--regoin`", "did you mean `--region`?"),
            ("use -x", "unexpected argument `-x`", "to pass `-x` as a value, use `-- -x`"),
            ("use a b", "unexpected argument `b`", "ssox use [OPTIONS] [PROFILE]"),
            ("lst", "unknown command `lst`", "did you mean `list`?"),
            ("sue dev", "unknown command `sue`", "did you mean `use`?"),
            ("conf", "unknown command `conf`", "did you mean `configure`?"),
            ("log", "unknown command `log`", "did you mean `login` or `logout`?"),
            ("ticks", "unknown command `ticks`", "ssox --help"),
            ("configure sos", "unknown command `sos`", "did you mean `sso`?"),
            ("configure use", "unknown command `use`", "ssox configure --help"),
            ("init", "missing on the command line: `<SHELL>`", "ssox init <SHELL>"),
            ("exec", "missing on the command line: `<PROFILE>`", "ssox exec <PROFILE> [COMMAND]..."),
            ("init zsg", "invalid value `zsg` for `<SHELL>`", "did you mean `zsh`?"),
            (
                "init cmd",
                "invalid value `cmd` for `<SHELL>`",
                "one of: zsh, bash, fish, powershell, nushell, elvish, xonsh, posix",
            ),
            ("use --timeout", "`--timeout <DURATION>` needs a value", "ssox use --help"),
            ("saml roles --timeout", "`--timeout <DURATION>` needs a value", "ssox saml roles --help"),
            (
                "each --jobs 0 dev -- true",
                "invalid value `0` for `--jobs <N>`: must be a number, at least 1",
                "ssox each --help",
            ),
            (
                "use --timeout 0s",
                "invalid value `0s` for `--timeout <DURATION>`: must be at least 1s; --no-input does not wait at all",
                "ssox use --help",
            ),
            ("list --json=1", "`--json` does not take the value `1`", "ssox list --json"),
            ("list --json --json", "`--json` is given more than once", "ssox list [OPTIONS]"),
            (
                "login --pkce --device-code",
                "`--pkce` cannot be used with `--device-code`",
                "ssox login --pkce [PROFILE]",
            ),
        ] {
            let words: Vec<OsString> = format!("ssox {typed}").split(' ').map(OsString::from).collect();
            let error = usage_error(&Cli::try_parse_from(&words).unwrap_err(), &words);
            assert_eq!((error.message.as_str(), error.first_hint()), (message, Some(hint)), "{typed}");
        }
    }
}
