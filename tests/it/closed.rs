//! No verb panics if its output cannot be written: to a closed pipe, a closed descriptor, or a full disk.

use crate::home::{Home, SSOX};
use std::os::unix::process::ExitStatusExt as _;

/// Every verb, with arguments with which it prints something.
const VERBS: [&str; 42] = [
    "",
    "--help",
    "--version",
    "nonsense",
    "init zsh",
    "completions zsh",
    "use dev",
    "-v --emit=zsh1 use dev",
    "--emit=zsh1 use none",
    "--emit=zsh1 clear",
    "-v --emit=zsh1 tick",
    "complete zsh 2 ssox use d",
    "list",
    "list --json",
    "list --nonsense --json",
    "sessions",
    "status",
    "status --verify",
    "export dev --format env",
    "export dev --format credentials-file --write x",
    "exec dev -- true",
    "-v exec dev -- true",
    "credential-process dev",
    "saml roles dev",
    "console dev --print",
    "doctor",
    "configure migrate --yes",
    "configure migrate --dry-run",
    "login dev --no-browser --timeout 1s",
    "logout --all",
    "each dev --json -- true",
    "each dev -- nonsense",
    "serve nonsense",
    "allow nonsense",
    "deny nonsense",
    "configure populate --yes",
    "configure sso --profile new --sso-session corp --sso-account-id 111122223333 --sso-role-name R --yes",
    "configure console",
    "list --assigned",
    "--emit=zsh1 identity",
    "--emit=zsh1 directory nonsense",
    "endpoint nonsense",
];

#[test]
fn the_list_has_every_verb() {
    let names = ssox::command_line();
    for name in names.get_subcommands().map(clap::Command::get_name) {
        let is_there = VERBS.iter().any(|line| line.split(' ').any(|word| word == name));
        assert!(is_there, "`{name}` is missing");
    }
}

#[test]
fn no_verb_panics_when_output_cannot_be_written() {
    let full = if cfg!(target_os = "linux") { &[">/dev/full 2>/dev/full"][..] } else { &[] };
    for channels in [">&- 2>&-", ">pipe 2>pipe", "2>pipe", ">pipe"].iter().chain(full) {
        let home = Home::signed_in();
        home.add_config(
            "[profile old]\nsso_start_url = https://old.awsapps.com/start\nsso_region = eu-west-1\n\
             sso_account_id = 111122223333\nsso_role_name = R\n",
        );
        for verb in VERBS {
            // The reader of the pipe is closed before anything is written.
            let script = format!("exec 8> >(:); wait $!; {SSOX} {verb} {}; exit $?", channels.replace(">pipe", ">&8"));
            let output = home.command("bash").args(["-c", &script]).output().unwrap();
            let code = output.status.code();
            assert!(code.is_some_and(|code| code < 100), "{verb} {channels}: {code:?} {:?}", output.status.signal());
        }
    }
}
