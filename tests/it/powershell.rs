//! PowerShell with the integration loaded, where there is one: Debian and Homebrew do not have it, so it may be missing.
//!
//! Deliberately not here: the syntax of its scripts (`scripts`) and its quoting (`src/shell/quote.rs`).

use crate::shells::Home;
use std::io::Write as _;
use std::process::Stdio;

const LOAD: &str = "Set-StrictMode -Version Latest; ssox init powershell | Out-String | Invoke-Expression";
const USE: &str = "#ssox1\n=AWS_REGION=eu-west-1\n=AWS_SESSION_TOKEN=a=b $(calc) 'x\" \\\\ \\u00e9\\ud83d\\ude00\n-AWS_PROFILE\n#end\n";

/// Runs a script, and returns what it printed; `None` where there is no PowerShell.
fn run(home: &Home, script: &str) -> Option<String> {
    home.write("script.ps1", &format!("{LOAD}\n{script}\n"));
    let mut command = home.command("pwsh");
    command.args(["-NoProfile", "-NonInteractive", "-File", "script.ps1"]).stdin(Stdio::null());
    match command.output() {
        Ok(output) => Some(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).replace("\r\n", "\n")),
        Err(cause) => {
            let _ = writeln!(std::io::stderr(), "NOT TESTED: `pwsh` does not start: {cause}");
            None
        }
    }
}

fn check(home: &Home, script: &str, expected: &str) {
    if let Some(told) = run(home, script) {
        assert_eq!(told, expected, "{script}");
    }
}

#[test]
fn a_reply_is_applied_and_taken_back() {
    let home = Home::scripted();
    home.reply("use", USE, 0);
    home.reply("clear", "#ssox1\n-AWS_REGION\n-AWS_SESSION_TOKEN\n-AWS_VAULT\n#end\n", 0);
    let show = "[Console]::OutputEncoding = [Text.UTF8Encoding]::new($false); \
        \"$LASTEXITCODE [$env:AWS_REGION] [$env:AWS_SESSION_TOKEN] [$env:AWS_PROFILE] [$env:AWS_VAULT]\"";
    let script = format!(
        "$env:AWS_REGION = 'mine'; $env:AWS_PROFILE = 'p'; $env:AWS_VAULT = 'v'\nssox use dev\n{show}\n{LOAD}\nssox clear\n{show}"
    );
    check(&home, &script, "0 [eu-west-1] [a=b $(calc) 'x\" \\ é😀] [] [v]\n0 [mine] [] [p] [v]\n");
}

#[test]
fn what_is_no_reply_changes_nothing() {
    for reply in [
        "",
        "#ssox1\n=AWS_REGION=x\n",
        "noise\n#ssox1\n=AWS_REGION=x\n#end\n",
        "#ssox1\n=AWS_REGION=x\n=PATH=x\n#end\n",
    ] {
        let home = Home::scripted();
        home.reply("use", reply, 0);
        let told =
            run(&home, "$path = $env:PATH\nssox use dev\n\"$LASTEXITCODE [$env:AWS_REGION] $($path -ceq $env:PATH)\"");
        assert!(
            told.is_none_or(|told| told.contains("70 [] True") && told.contains("environment unchanged")),
            "{reply:?}"
        );
    }
    let home = Home::scripted();
    home.reply("use", USE, 3);
    check(&home, "ssox use dev\n\"$LASTEXITCODE [$env:AWS_REGION]\"", "3 []\n");
}

#[test]
fn arguments_pass_through_with_the_first_double_dash() {
    let home = Home::scripted();
    check(&home, "ssox exec dev -- ls -l -- x", "arguments: <exec> <dev> <--> <ls> <-l> <--> <x>\n");
    check(&home, "$a = 'b c'; ssox exec $a '--' ; \"$LASTEXITCODE\"", "arguments: <exec> <b c> <-->\n0\n");
    check(&home, "ssox use --help", "arguments: <use> <--help>\n");
    check(&home, "ssox fail; \"$LASTEXITCODE\"", "arguments: <fail>\n42\n");
    check(&home, "'typed' | ssox read", "arguments: <read>\nread: typed\n");
}

#[test]
fn the_prompt_renews_shows_and_leaves_statuses_alone() {
    let home = Home::scripted();
    home.reply("tick", "#ssox1\n=AWS_SECRET_ACCESS_KEY=new\n=SSOX_NEXT=4000000000\n#end\n", 0);
    let script = "function global:prompt { \"mine $?> \" }\nLOAD\n\
        $env:SSOX_PROMPT = 'dev:ReadOnly'; $env:SSOX_NEXT = '1000000000'; $env:SSOX_EXPIRES = '1'; $env:NO_COLOR = '1'\n\
        $global:LASTEXITCODE = 7\n$text = prompt\n\
        \"$LASTEXITCODE $env:AWS_SECRET_ACCESS_KEY $SSOX_SEGMENT|$SSOX_SEGMENT_STATE $($text -match 'dev:ReadOnly renewing.*mine True> $')\"";
    check(&home, &script.replace("LOAD", LOAD), "7 new dev:ReadOnly renewing|renewing True\n");
    if std::fs::exists(home.path("calls")).unwrap_or_default() {
        assert_eq!(home.calls(), "--emit=powershell1 tick\n");
    }
}

#[test]
fn a_number_from_outside_is_never_computed_with() {
    let home = Home::scripted();
    let script = "$env:SSOX_PROMPT = 'dev'; $env:SSOX_NEXT = '$(calc)'; $env:SSOX_EXPIRES = '99999999999999999999'\n\
        $null = prompt\n$SSOX_SEGMENT";
    check(&home, script, "dev\n");
    assert_eq!(home.calls(), "");
}
