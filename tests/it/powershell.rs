//! PowerShell with ssox's function loaded. The tests are skipped if `pwsh` is not installed.

use crate::pty::{Terminal, eventually};
use crate::shells::{Home, installed, signed_in};
use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

const LOAD: &str = "Set-StrictMode -Version Latest; ssox init powershell | Out-String | Invoke-Expression";
const USE: &str = "#ssox1\n=SSOX_PROFILE=dev\n=SSOX_PROMPT=dev\n=AWS_REGION=eu-west-1\n=AWS_SESSION_TOKEN=a=b $(calc) 'x\" \\\\ \\u00e9\\ud83d\\ude00\n-AWS_PROFILE\n#end\n";

/// Runs a script, and returns what it printed; `None` where there is no PowerShell.
pub(crate) fn run(home: &Home, script: &str) -> Option<String> {
    run_as_it_is(home, &format!("{LOAD}\n{script}\n"))
}

pub(crate) fn run_as_it_is(home: &Home, script: &str) -> Option<String> {
    home.write("script.ps1", script);
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
fn clear_undoes_an_applied_reply() {
    let home = Home::scripted();
    home.reply("use", USE, 0);
    home.reply(
        "clear",
        "#ssox1\n-SSOX_PROFILE\n-SSOX_PROMPT\n-AWS_REGION\n-AWS_SESSION_TOKEN\n-AWS_PROFILE\n-AWS_VAULT\n#end\n",
        0,
    );
    let show = "[Console]::OutputEncoding = [Text.UTF8Encoding]::new($false); \
        \"$LASTEXITCODE [$env:AWS_REGION] [$env:AWS_SESSION_TOKEN] [$env:AWS_PROFILE] [$env:AWS_VAULT]\"";
    let script = format!(
        "$env:AWS_REGION = 'mine'; $env:AWS_PROFILE = 'p'; $env:AWS_VAULT = 'v'\nssox use dev\n{show}\n{LOAD}\nssox clear\n{show}"
    );
    check(&home, &script, "0 [eu-west-1] [a=b $(calc) 'x\" \\ é😀] [] [v]\n0 [mine] [] [p] [v]\n");
}

#[test]
fn an_unset_variable_is_absent_and_not_empty() {
    let home = Home::scripted();
    home.reply("use", "#ssox1\n=SSOX_PROFILE=dev\n=AWS_A=1\n-AWS_PROFILE\n#end\n", 0);
    home.reply("clear", "#ssox1\n-SSOX_PROFILE\n-AWS_A\n-AWS_PROFILE\n#end\n", 0);
    let script = "$env:AWS_PROFILE = 'p'\nssox use dev\n\"$(Test-Path Env:AWS_PROFILE) $(Test-Path Env:AWS_A)\"\n\
        ssox clear\n\"$(Test-Path Env:AWS_PROFILE) $(Test-Path Env:AWS_A)\"";
    check(&home, script, "False True\nTrue False\n");
}

#[test]
fn output_that_is_no_reply_changes_nothing() {
    let malformed =
        r"\q \u12 \u00E9 \ \U00e9".split(' ').map(|escape| format!("#ssox1\n=AWS_REGION=x\n=AWS_X=a{escape}\n#end\n"));
    let other = [
        "",
        "#ssox1\n=AWS_REGION=x\n",
        "noise\n#ssox1\n=AWS_REGION=x\n#end\n",
        "#ssox1\n=AWS_REGION=x\n=PATH=x\n#end\n",
        "#ssox1\n=AWS_REGION=x\n#end\n#end\n",
        "#ssox1\n=AWS_REGION=x\nPATH=x\n#end\n",
    ];
    let home = Home::scripted();
    let replies: Vec<String> = malformed.chain(other.map(String::from)).collect();
    for (n, reply) in replies.iter().enumerate() {
        home.write(&format!("reply{n}"), reply);
    }
    let script = format!(
        "$path = $env:PATH\nforeach ($n in 0..{}) {{\nCopy-Item \"reply$n\" use.reply\nssox use dev 2>$null\n\
         \"$n $? $LASTEXITCODE [$env:AWS_REGION] $($path -ceq $env:PATH)\"\n}}",
        replies.len() - 1
    );
    if let Some(told) = run(&home, &script) {
        let (lines, refusals): (Vec<&str>, Vec<&str>) = told.lines().partition(|line| !line.starts_with("ssox: "));
        let expected: Vec<String> = (0..replies.len()).map(|n| format!("{n} False 70 [] True")).collect();
        assert_eq!(lines, expected, "{replies:?}");
        assert!(
            refusals.len() == replies.len() && refusals.iter().all(|line| line.ends_with(", environment unchanged"))
        );
    }
    let home = Home::scripted();
    home.reply("use", USE, 3);
    check(&home, "ssox use dev\n\"$LASTEXITCODE [$env:AWS_REGION]\"", "3 []\n");
}

#[test]
fn a_failure_is_seen_by_what_comes_next() {
    let home = Home::scripted();
    home.reply("clear", "#ssox1\n#end\n", 3);
    let script = "ssox fail && 'and'; \"$LASTEXITCODE\"; ssox fail || 'or'\nssox fail; \"$?\"\nssox list; \"$?\"\n\
        ssox clear && 'and'; ssox clear || 'or'\nssox clear; \"$? $LASTEXITCODE\"\nssox use dev && 'used'; \"$? $($Error.Count)\"";
    let expected = "arguments: <fail>\n42\narguments: <fail>\nor\narguments: <fail>\nFalse\narguments: <list>\nTrue\n\
        or\nFalse 3\nused\nTrue 0\n";
    check(&home, script, expected);
}

#[test]
fn a_failure_throws_where_a_failing_program_does() {
    let home = Home::scripted();
    home.reply("use", "#ssox1\n#end\n", 3);
    home.reply("clear", "noise", 0);
    let script = "$ErrorActionPreference = 'Stop'; $PSNativeCommandUseErrorActionPreference = $true\n\
        foreach ($verb in 'use', 'clear', 'fail') { try { $null = ssox $verb 2>$null; 'went on' } catch { \"$verb threw\" } }";
    if let Some(told) = run(&home, script) {
        assert_eq!(
            told.replace("ssox: the program ssox sent an unexpected reply, environment unchanged\n", ""),
            "use threw\nclear threw\nfail threw\n"
        );
    }
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

/// What a person types after `ssox`, and what the program gets.
const ARGUMENTS: [(&str, &str); 26] = [
    ("", "<>"),
    ("-v -d -o x -e -Verbose --", "<-v> <-d> <-o> <x> <-e> <-Verbose> <-->"),
    ("exec dev -- aws ec2 Name=x,Values=a,b -- -y", "<exec> <dev> <--> <aws> <ec2> <Name=x,Values=a,b> <--> <-y>"),
    ("exec dev Name=x,Values=$a Name='b c',d $l", "<exec> <dev> <Name=x,Values=b c> <Name=b c,d> <1> <2>"),
    ("exec '*' \"*\" '~' '[a-z]*' 'st*ar'", "<exec> <*> <*> <~> <[a-z]*> <st*ar>"),
    ("exec only*.txt", "<exec> <only.txt>"),
    ("exec $p \"$p\"", "<exec> <only*.txt> <only*.txt>"),
    ("exec -p8080:80 -v/tmp:/x -x:$a", "<exec> <-p8080:80> <-v/tmp:/x> <-x:b c>"),
    ("exec dev -- -p8080:80 -v/tmp:/x -x:$a -p8080:$n", "<exec> <dev> <--> <-p8080:80> <-v/tmp:/x> <-x:b c> <-p8080:>"),
    (
        "exec dev -- terraform plan -out=plan.tfplan -x.y -a.b:c -z\"q r\"",
        "<exec> <dev> <--> <terraform> <plan> <-out=plan.tfplan> <-x.y> <-a.b:c> <-zq r>",
    ),
    ("exec -out=plan.tfplan -x.$a --o.p=x,y", "<exec> <-out=plan.tfplan> <-x.b c> <--o.p=x,y>"),
    ("exec -p: 80", "<exec> <-p:> <80>"),
    ("exec 080 0x10 1.0 1kb -- 007", "<exec> <080> <0x10> <1.0> <1kb> <--> <007>"),
    ("exec \"$a\" x$a \"a'b\" 'it''s' \"\" '' $n end", "<exec> <b c> <xb c> <a'b> <it's> <> <> <end>"),
    ("exec @h @pair -- @h last", "<exec> <q> <-x:> <w> <1> <2> <--> <q> <-x:> <w> <last>"),
    ("exec @h -- @h last", "<exec> <q> <-x:> <w> <--> <q> <-x:> <w> <last>"),
    ("exec @h -- $a", "<exec> <q> <-x:> <w> <--> <b c>"),
    ("exec @none -- x", "<exec> <--> <x>"),
    ("exec (1 + 1) $(1 + 2) $h[0] @(1, 2)", "<exec> <2> <3> <q> <1> <2>"),
    ("exec `\n  dev `\n  -- `\n  ls", "<exec> <dev> <--> <ls>"),
    ("exec --% -p80:80 a,b 'c'", "<exec> <-p80:80> <a,b> <'c'>"),
    ("exec '$(throw)' '`' 'a;b|c&d' '''' '\u{2019}\u{2019}'", "<exec> <$(throw)> <`> <a;b|c&d> <'> <\u{2019}>"),
    ("exec $evil", "<exec> <'; throw 'x'; '\u{2019}; throw; \u{2018}>"),
    ("exec a\u{00e9}", "<exec> <a\u{00e9}>"),
    ("exec x # comment", "<exec> <x>"),
    ("exec x > out; Get-Content out", "<exec> <x>"),
];

#[test]
fn the_program_gets_the_arguments_as_if_it_had_been_called_directly() {
    let home = Home::scripted();
    home.write("only.txt", "");
    let values = "$a = 'b c'; $l = 1, 2; $pair = 1, 2; $n = $null; $h = 'q', '-x:', 'w'; $none = @(); $p = 'only*.txt'\n\
        $evil = \"'; throw 'x'; '\u{2019}; throw; \u{2018}\"; [Console]::OutputEncoding = [Text.UTF8Encoding]::new($false)";
    let script: String = ARGUMENTS.iter().map(|(typed, _)| format!("ssox {typed}\n")).collect();
    let expected: String = ARGUMENTS.iter().map(|(_, expected)| format!("arguments: {expected}\n")).collect();
    check(&home, &format!("{values}\n{script}"), &expected);
}

#[test]
fn aliases_and_callers_do_not_change_the_arguments() {
    let home = Home::scripted();
    let script = "Set-Alias s ssox; function wrapped { ssox @args }; $name = 'ssox'\ns a -- b\nwrapped a,b '*' -x:y\n\
        & ssox a -- b\n& $name a -- b\n& (Get-Command ssox) a -- b\n$x = ssox a -- b; $x\n\"$(ssox a -- b)\"\n\
        ssox a -- b | ForEach-Object { \"got $_\" }\n1 | ForEach-Object { ssox a -- $_ }\nif (ssox a) { ssox b }";
    let expected = "arguments: <a> <--> <b>\narguments: <a> <b> <*> <-x:> <y>\n".to_owned()
        + &"arguments: <a> <--> <b>\n".repeat(5)
        + "got arguments: <a> <--> <b>\narguments: <a> <--> <1>\narguments: <b>\n";
    check(&home, script, &expected);
}

#[test]
fn stdin_reaches_every_verb_unchanged() {
    let home = Home::scripted();
    home.write("bin/ssox", "#!/bin/sh\ncase $* in *use*) cat >taken; printf '#ssox1\\n#end\\n' ;; *) read -r line; : >taken; echo \"$line\"; cat ;; esac\n");
    if let Some(told) =
        run_as_it_is(&home, &format!("{}\n'an assertion' | ssox use --saml-response -\n\"$?\"", loaded()))
    {
        assert_eq!((told.as_str(), home.read("taken").as_str()), ("True\n", "an assertion\n"));
    }
    // The program gets the first line before the second one is written.
    let script = "$first = { 'one'; foreach ($n in 1..1000) { if (Test-Path taken) { break }; Start-Sleep -Milliseconds 20 }; \"two $n\" }\n\
        & $first | ssox read";
    fs::remove_file(home.path("taken")).unwrap_or_default();
    if let Some(told) = run_as_it_is(&home, &format!("{}\n{script}", loaded())) {
        assert!(told.starts_with("one\ntwo ") && told != "one\ntwo 1000\n", "{told}");
    }
}

#[test]
fn messages_go_to_the_stderr_of_the_call() {
    let home = Home::scripted();
    home.write("use.message", "told\n");
    home.reply("use", "#ssox1\n=SSOX_PROFILE=dev\n#end\n", 0);
    let script = "ssox use dev 2>err; \"[$(Get-Content err)] $?\"\nssox use dev *>all; \"[$(Get-Content all)] $?\"\n\
        $x = ssox use dev 2>&1; \"[$x] $? $env:SSOX_PROFILE\"\n$x = ssox use dev 2>$null; \"[$x]\"\n\
        ssox list | Select-Object -First 1; \"$($Error.Count)\"";
    check(&home, script, "[told] True\n[told] True\n[told] True dev\n[]\narguments: <list>\n0\n");
}

#[test]
fn an_old_powershell_reads_the_arguments_from_the_line() {
    let home = Home::scripted();
    let cases = [
        ("$x = ssox exec dev -- ls a,b | cat", 6, "@('exec', 'dev', 'ls', @('a', 'b'))", "exec dev -- ls a,b"),
        ("{ ssox use 'x y' }", 3, "@('use', 'x y')", "use 'x y'"),
        ("ssox use `", 1, "@('use', '*')", "'use' '*'"),
        ("", 0, "@('use', 'dev')", "'use' 'dev'"),
    ];
    let script: String = cases.iter().map(|(line, offset, given, _)| format!(
        "$line = @'\n{line}\n'@\n\"$(_ssox_source ([pscustomobject]@{{ Line = $line; OffsetInLine = {offset} }}) {given})\"\n")).collect();
    check(&home, &script, &cases.map(|(.., source)| format!("{source}\n")).concat());
}

#[test]
fn binary_output_is_unchanged_when_the_program_is_called_directly() {
    let home = Home::scripted();
    let bytes: Vec<u8> = (0..=255).chain([b'\n', 0xff]).collect();
    fs::write(home.path("bytes"), &bytes).expect("a file can be written");
    home.write("bin/ssox", "#!/bin/sh\nexec cat bytes\n");
    let script = "if ($PSVersionTable.PSVersion -lt '7.4') { exit 4 }\n\
        & (Get-Command ssox -CommandType Application) exec dev -- cat bytes > out; & (Get-Command ssox -CommandType Application) | cat > piped";
    let Some(told) = run_as_it_is(&home, &format!("{}\n{script}", loaded())) else { return };
    assert_eq!(told, "");
    assert!(fs::read(home.path("out")).is_ok_and(|out| out == bytes));
    assert!(fs::read(home.path("piped")).is_ok_and(|out| out == bytes));
}

/// The statement that loads the script from a file, because the scripted `ssox` cannot print it.
fn loaded() -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_ssox")).args(["init", "powershell"]).output().expect("ssox starts");
    format!("Set-StrictMode -Version Latest\n{}", String::from_utf8_lossy(&output.stdout))
}

#[test]
fn the_program_is_looked_for_where_it_is_now() {
    let home = Home::scripted();
    let write = "$write = { param($to, $says) $null = New-Item -ItemType Directory -Force $to; \
        Set-Content $to/ssox \"#!/bin/sh`necho $says\"; chmod +x $to/ssox }";
    let script = format!(
        "{write}\n& $write one 1; & $write two 2\n$path = $env:PATH; $env:PATH = \"$PWD/one:$PWD/two:$path\"\nssox list\nssox list\n\
         Remove-Item one/ssox; ssox list\n$env:PATH = $path; ssox list\n\
         Remove-Item bin/ssox; $env:PATH = '/usr/bin:/bin'; try {{ ssox list }} catch {{ $_.FullyQualifiedErrorId }}"
    );
    check(
        &home,
        &script,
        "1\n1\n2\narguments: <list>\nCommandNotFoundException,Microsoft.PowerShell.Commands.GetCommandCommand\n",
    );
}

#[test]
fn variables_for_the_program_do_not_stay_in_the_shell() {
    let home = Home::scripted();
    home.write("bin/ssox", "#!/bin/sh\necho \"[$SSOX_FUNCTION] [$SSOX_HOOK]\"\n");
    let script = format!("{}\nssox list\n\"$(Test-Path Env:SSOX_FUNCTION) $(Test-Path Env:SSOX_HOOK)\"", loaded());
    if let Some(told) = run_as_it_is(&home, &script) {
        assert_eq!(told, "[powershell1] []\nFalse False\n");
    }
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
    if fs::exists(home.path("calls")).unwrap_or_default() {
        assert_eq!(home.calls(), "--emit=powershell1 tick\n");
    }
}

#[test]
fn the_segment_follows_the_clock_and_is_there_again_after_an_edit() {
    let (_standin, home) = signed_in(Duration::from_secs(130));
    let script = "$env:TERM = 'dumb'\nfunction global:prompt { \"$global:SSOX_SEGMENT> \" }\nLOAD\nssox use dev; $null = prompt; $first = prompt\n\
        $first -match '^dev:ReadOnly \\d+m> '\n$SSOX_SEGMENT = 'mine'; (prompt) -notmatch 'mine'\n\
        foreach ($round in 1..900) { Start-Sleep -Milliseconds 100; $last = prompt; if ($last -cne $first) { break } }\n\
        $last -cne $first; $last -match '^dev:ReadOnly \\d+[ms]> '";
    check(&home, &script.replace("LOAD", LOAD), "True\nTrue\nTrue\nTrue\n");
}

#[test]
fn a_prompt_around_ours_may_come_and_go_and_ours_be_loaded_again() {
    let home = Home::scripted();
    let script = "$env:SSOX_PROMPT = 'dev'; $env:NO_COLOR = '1'; $env:TERM = 'dumb'\nfunction global:prompt { 'mine> ' }\nLOAD\nprompt\n\
        $wrap = { Copy-Item Function:prompt Function:_old; function global:prompt { \"(venv) $(_old)\" } }\n\
        $unwrap = { Copy-Item Function:_old Function:prompt; Remove-Item Function:_old }\n\
        . $wrap; prompt\nLOAD\nprompt\nLOAD\nprompt\n. $unwrap; prompt\nLOAD\nprompt\n. $wrap; LOAD\nprompt\n\
        Remove-Item Function:prompt\nLOAD\nprompt";
    let expected = "dev mine> \n(venv) dev mine> \ndev (venv) mine> \ndev (venv) mine> \ndev mine> \ndev mine> \n\
        dev (venv) mine> \ndev PS>\n";
    check(&home, &script.replace("LOAD", LOAD), expected);
}

#[test]
fn a_prompt_that_shows_the_segment_itself_shows_it_once() {
    let home = Home::scripted();
    let script = "$env:SSOX_PROMPT = 'dev'; $env:TERM = 'dumb'\nforeach ($own in { \"$SSOX_SEGMENT> \" }, { \"$env:SSOX_PROMPT> \" }) {\n\
        $function:prompt = $own\nLOAD\nprompt\n}\n$function:prompt = { '> ' }\n$global:_ssox_no_prompt = $true\nLOAD\nprompt";
    check(&home, &script.replace("LOAD", LOAD), "dev> \ndev> \n> \n");
}

#[test]
fn a_comment_about_a_framework_is_no_framework() {
    let home = Home::scripted();
    let script = "$env:SSOX_PROMPT = 'dev'; $env:TERM = 'dumb'\n\
        $function:prompt = {\n # no starship\n '> ' # nor $SSOX_SEGMENT\n}\nLOAD\nprompt\n\
        $function:prompt = { <# no\n powerline #> '> ' }\nLOAD\nprompt";
    check(&home, &script.replace("LOAD", LOAD), "dev > \ndev > \n");
}

#[test]
fn removing_the_module_restores_the_previous_prompt() {
    let home = Home::scripted();
    let module = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("shell/ssox.psd1");
    let script = format!(
        "function global:prompt {{ 'mine> ' }}\nImport-Module {}\nssox list\n$env:SSOX_PROMPT = 'dev'; $env:TERM = 'dumb'; prompt\n\
         Remove-Module ssox\nprompt\n\"$(Test-Path Function:ssox)\"",
        module.display()
    );
    if let Some(told) = run_as_it_is(&home, &script) {
        assert_eq!(told, "arguments: <list>\ndev mine> \nmine> \nFalse\n");
    }
}

#[test]
fn a_number_from_the_environment_is_never_evaluated() {
    let home = Home::scripted();
    let script = "$env:SSOX_PROMPT = 'dev'; $env:SSOX_NEXT = '$(calc)'; $env:SSOX_EXPIRES = '99999999999999999999'\n\
        $null = prompt\n$SSOX_SEGMENT";
    check(&home, script, "dev\n");
    assert_eq!(home.calls(), "");
}

#[test]
fn constrained_language_mode_has_all_but_a_few_features() {
    let home = Home::scripted();
    home.reply("use", "#ssox1\n=SSOX_PROFILE=dev\n=AWS_A=a \\u00e9\n-AWS_PROFILE\n#end\n", 0);
    home.reply("clear", "#ssox1\n-SSOX_PROFILE\n-SSOX_PROMPT\n-AWS_A\n-AWS_PROFILE\n#end\n", 0);
    home.write("ssox.ps1", &loaded());
    let script = "[Console]::OutputEncoding = [Text.UTF8Encoding]::new($false); $env:TERM = 'dumb'; $env:AWS_PROFILE = 'p'\n\
        $ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'\n\
        Get-Content -Raw ssox.ps1 | Invoke-Expression\n\
        ssox exec dev ls\nssox fail\n\"$LASTEXITCODE\"\n'typed' | ssox read\nssox use dev\n\"[$env:AWS_A] [$env:AWS_PROFILE]\"\n\
        ssox clear\n\"[$env:AWS_A] [$env:AWS_PROFILE] $($Error.Count)\"\n\
        $env:SSOX_PROMPT = 'dev'; $env:SSOX_EXPIRES = '4000000000'\n(prompt) -match '^dev \\d+d '";
    let expected = "arguments: <exec> <dev> <ls>\narguments: <fail>\n42\narguments: <read>\nread: typed\n[a é] []\n[] [p] 0\nTrue\n";
    if let Some(told) = run_as_it_is(&home, script) {
        assert_eq!(told, expected);
    }
}

/// Returns the candidates at the end of each line; `None` where there is no PowerShell.
fn completed_all(home: &Home, lines: &[&str]) -> Option<String> {
    let expand = |line: &&str| {
        format!(
            "(TabExpansion2 -inputScript '{line}' -cursorColumn {}).CompletionMatches.CompletionText -join ' '\n",
            line.len()
        )
    };
    run(home, &lines.iter().map(expand).collect::<String>())
}

fn completed(home: &Home, before: &str, line: &str) -> Option<String> {
    let script = format!(
        "{before}\n$line = @'\n{line}\n'@\n(TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches.CompletionText"
    );
    Some(run(home, &script)?.trim().to_owned())
}

#[test]
fn an_alias_completes_as_ssox_does() {
    let home = Home::scripted();
    let told = completed(&home, &format!("Set-Alias s ssox; {LOAD}"), "s us");
    assert_eq!(told.as_deref().unwrap_or("use"), "use");
    let told = completed(&home, "Set-Alias later ssox; $null = prompt", "later us");
    assert_eq!(told.as_deref().unwrap_or("use"), "use");
    let told = completed(&home, "$null = prompt; Set-Alias now ssox; $null = now list", "now us");
    assert_eq!(told.as_deref().unwrap_or("use"), "use");
}

#[test]
fn only_candidates_that_start_with_what_was_typed_are_offered() {
    let home = Home::scripted();
    home.write(".aws/config", "[profile -a.b]\nregion = eu-west-1\n[profile dev]\nregion = eu-west-1\n");
    let cases = [
        ("ssox u", "use"),
        ("ssox use --region eu-n", "eu-north-1"),
        ("ssox use --region=eu-n", "--region=eu-north-1"),
        ("ssox export --format pow", "powershell"),
        ("ssox use --min", "--min-ttl"),
        ("ssox use D", "dev"),
        ("ssox use ", "dev --"),
        ("ssox use -- -", "'-a.b'"),
    ];
    if let Some(told) = completed_all(&home, &cases.map(|(line, _)| line)) {
        assert_eq!(told.lines().collect::<Vec<_>>(), cases.map(|(_, expected)| expected));
    }
    check(&home, "ssox exec -- '-a.b' -- ls", "arguments: <exec> <--> <-a.b> <--> <ls>\n");
}

/// A session in a terminal with this profile, in which `LOAD` is the line that loads ssox.
struct Session {
    terminal: Terminal,
    prompts: u32,
}

impl Session {
    /// Opens one whose prompts are numbered; `None` where there is no PowerShell.
    fn open(home: &Home, profile: &str, variables: &[(&str, &str)]) -> Option<Self> {
        Self::open_as(home.command("pwsh"), home, profile, variables)
    }

    fn open_as(mut command: Command, home: &Home, profile: &str, variables: &[(&str, &str)]) -> Option<Self> {
        if !installed("pwsh") {
            return None;
        }
        let prompt = "function global:prompt { \"<<$($MyInvocation.HistoryId)>> \" }";
        home.write(".config/powershell/profile.ps1", &format!("{prompt}\n{}", profile.replace("LOAD", LOAD)));
        command.arg("-NoLogo").envs([("POWERSHELL_UPDATECHECK", "Off"), ("TERM", "xterm-256color")]);
        command.envs(variables.iter().copied());
        let mut session = Self { terminal: Terminal::start(command), prompts: 0 };
        session.wait();
        Some(session)
    }

    /// Types a line; returns what is shown until the next prompt, including the echo.
    fn run(&mut self, line: &str) -> String {
        self.terminal.enter(line);
        self.wait()
    }

    /// Waits for the next prompt.
    fn wait(&mut self) -> String {
        self.prompts += 1;
        self.terminal.wait_for(&format!("<<{}>>", self.prompts))
    }
}

#[test]
fn the_program_has_the_terminal_and_the_prompt_leaves_statuses_alone() {
    let home = Home::scripted();
    let Some(mut session) = Session::open(&home, "LOAD", &[("SSOX_PROMPT", "dev"), ("SSOX_EXPIRES", "4000000000")])
    else {
        return;
    };
    let shown = session.run("ssox tty");
    for descriptor in 0..3 {
        assert!(shown.contains(&format!("terminal: {descriptor}")), "{shown}");
    }
    session.run("Get-Item nowhere");
    assert!(session.run("\"sta\" + \"tus $?\"").contains("status False"));
    session.run("ssox fail");
    assert!(session.run("\"sta\" + \"tus $? $LASTEXITCODE\"").contains("status False 42"));
    assert!(session.run("\"sta\" + \"tus $? $LASTEXITCODE\"").contains("status True 42"));
}

#[test]
fn no_command_starts_with_expired_credentials() {
    let expired =
        [("SSOX_PROMPT", "dev"), ("SSOX_EXPIRES", "1"), ("SSOX_NEXT", "4000000000"), ("SSOX_STATE", "renewing")];
    let home = Home::scripted();
    home.reply("tick", "#ssox1\n=AWS_A=new\n=SSOX_EXPIRES=4000000000\n-SSOX_STATE\n#end\n", 0);
    // Another program wraps the prompt function, as editors do, and ssox is loaded again.
    let editor =
        "$inner = $function:PSConsoleHostReadLine; function global:PSConsoleHostReadLine { $line = & $inner; $line }";
    for profile in ["LOAD".to_owned(), format!("LOAD\n{editor}\nLOAD")] {
        let Some(mut session) = Session::open(&home, &profile, &expired) else { return };
        if !session.run("Test-Path Function:PSConsoleHostReadLine").contains("True") {
            let _ = writeln!(std::io::stderr(), "NOT TESTED: this PowerShell has no PSReadLine");
            return;
        }
        drop(session);
        fs::write(home.path("calls"), "").expect("a file can be written");
        let Some(mut session) = Session::open(&home, &profile, &expired) else { return };
        session.run("ssox fail");
        assert!(session.run("\"a\" + \"is $env:AWS_A $? $LASTEXITCODE\"").contains("ais new False 42"), "{profile}");
        session.run("1");
        assert_eq!(home.calls(), "fail\n--emit=powershell1 tick --wait=2s\n", "{profile}");
    }
}

#[test]
fn doctor_sees_that_another_prompt_took_the_place_of_the_hook() {
    let said = "another tool replaced ssox's prompt";
    let wrapped = "LOAD\n$inner = $function:prompt; function global:prompt { \"(venv) $(& $inner)\" }";
    let replaced = "LOAD\nfunction global:prompt { \"<<$($MyInvocation.HistoryId)>> \" }";
    for (profile, is_shown) in [("LOAD", false), (wrapped, false), (replaced, true)] {
        let home = Home::new();
        let Some(mut session) = Session::open(&home, profile, &[]) else { return };
        session.run("1");
        let shown = session.run("ssox doctor");
        assert_eq!(shown.contains(said), is_shown, "{profile}: {shown}");
    }
}

#[test]
fn ten_prompts_cost_no_process() {
    if !installed("pwsh") || !installed("strace") {
        return;
    }
    let home = Home::scripted();
    let mut strace = home.command("strace");
    strace.args(["-f", "-qq", "-o", "trace", "-e", "trace=fork,vfork,clone,clone3,execve", "pwsh"]);
    let in_use = [("SSOX_PROMPT", "dev:ReadOnly"), ("SSOX_EXPIRES", "4000000000"), ("SSOX_NEXT", "3999999000")];
    let Some(mut session) = Session::open_as(strace, &home, "LOAD", &in_use) else { return };
    // Threads are no processes.
    let processes = || home.read("trace").lines().filter(|call| !call.contains("CLONE_THREAD")).count();
    session.run("1");
    let before = processes();
    for _ in 0..10 {
        session.run("2");
    }
    assert_eq!(processes(), before);
    session.run("& /bin/true");
    assert!(processes() > before, "strace sees nothing");
}

#[test]
fn keys_that_ssox_did_not_set_are_shown_and_kept() {
    let (standin, home) = signed_in(Duration::from_secs(3300));
    let script = "$env:TERM = 'dumb'; $env:AWS_PROFILE = 'outer'\nfunction global:prompt { '> ' }\nLOAD\n\
        function show { $null = prompt; \"$SSOX_SEGMENT $SSOX_SEGMENT_STATE $env:SSOX_STATE\" -replace ' 5\\dm' }\n\
        ssox use dev; show; show\n$ours = $env:AWS_ACCESS_KEY_ID\n\
        $env:AWS_ACCESS_KEY_ID = 'AKIATHEIRS'; $env:AWS_SECRET_ACCESS_KEY = 'theirs'; show\n\
        \"[$env:AWS_CREDENTIAL_EXPIRATION] [$env:AWS_SESSION_TOKEN] $env:AWS_ACCESS_KEY_ID\"\n\
        $env:SSOX_NEXT = '1'; show; $env:AWS_ACCESS_KEY_ID\n\
        $said = ssox clear 2>&1; \"$env:AWS_ACCESS_KEY_ID $env:AWS_SECRET_ACCESS_KEY $env:AWS_PROFILE\"; @(Get-Item Env:SSOX*).Count; show\n\
        $said -join \"`n\"; Invoke-Expression ($said[1] -creplace '^ssox: hint: '); \"$($Error.Count) [$env:AWS_ACCESS_KEY_ID]\"\n\
        ssox use dev; show; $env:AWS_ACCESS_KEY_ID -ceq $ours\n[Environment]::SetEnvironmentVariable('AWS_PROFILE', ''); show\n\
        ssox use dev; show; Remove-Item Env:AWS_SESSION_TOKEN; show";
    let expected = "dev:ReadOnly ok \ndev:ReadOnly ok \ndev:ReadOnly? foreign foreign\n[] [] AKIATHEIRS\n\
        dev:ReadOnly? foreign foreign\nAKIATHEIRS\nAKIATHEIRS theirs outer\n0\n  \n\
        ssox: access key `AKIATHEIRS` stays in this shell, because ssox did not set it\n\
        ssox: hint: Remove-Item Env:AWS_ACCESS_KEY_ID,Env:AWS_SECRET_ACCESS_KEY\n0 []\ndev:ReadOnly ok \nTrue\n\
        dev:ReadOnly? foreign foreign\ndev:ReadOnly ok \ndev:ReadOnly? foreign foreign\n";
    check(&home, &script.replace("LOAD", LOAD), expected);
    assert!(!installed("pwsh") || standin.count("GetRoleCredentials") == 1);
}

#[test]
fn a_child_shell_and_a_prompt_that_changes_keys_are_looked_at() {
    let (_standin, home) = signed_in(Duration::from_secs(3300));
    let show = "$null = prompt; $SSOX_SEGMENT -replace ' 5\\dm'";
    home.write("child.ps1", &format!("{LOAD}\n{show}\n$env:AWS_PROFILE = 'other'\n{show}\n"));
    home.write("other.ps1", &format!("$env:AWS_PROFILE = 'other'\n{LOAD}\n{show}\n"));
    let script = format!(
        "$env:TERM = 'dumb'\nfunction global:prompt {{ if (Test-Path inside) {{ $env:AWS_ACCESS_KEY_ID = 'AKIATHEIRS' }}; '> ' }}\n{LOAD}\n\
         ssox use dev\n{show}\npwsh -NoProfile -File child.ps1\npwsh -NoProfile -File other.ps1\n\
         $null = New-Item inside\n(prompt) -match '^dev:ReadOnly\\? > '"
    );
    check(&home, &script, "dev:ReadOnly\ndev:ReadOnly\ndev:ReadOnly?\ndev:ReadOnly?\nTrue\n");
}

#[test]
fn what_changes_the_meaning_of_aws_profile_is_shown() {
    let (_standin, home) = signed_in(Duration::from_secs(3300));
    let script = "$env:TERM = 'dumb'\nfunction global:prompt { '> ' }\nLOAD\n\
        function show { $null = prompt; \"$SSOX_SEGMENT $SSOX_SEGMENT_STATE\" }\n\
        $env:AWS_WEB_IDENTITY_TOKEN_FILE = '/token'\nssox use --profile-only dev 2>$null; show\n\"[$env:AWS_WEB_IDENTITY_TOKEN_FILE]\"\n\
        foreach ($name in 'AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE', 'AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_ROLE_ARN') {\n\
        Set-Item Env:$name /other; show; Remove-Item Env:$name; show }\nssox clear; $env:AWS_WEB_IDENTITY_TOKEN_FILE";
    let each = "dev:ReadOnly? foreign\ndev:ReadOnly ok\n".repeat(4);
    check(&home, &script.replace("LOAD", LOAD), &format!("dev:ReadOnly ok\n[]\n{each}/token\n"));
}

#[test]
fn a_protected_profile_asks_and_leaves_after_its_time() {
    let (_standin, home) = signed_in(Duration::from_secs(3600));
    let protected = [("SSOX_PROTECT", "dev"), ("SSOX_PROTECTED_FOR", "4s"), ("AWS_REGION", "mine")];
    let Some(mut session) = Session::open(&home, "LOAD", &protected) else { return };
    for (keys, held) in [("\r", ""), ("y\r", "dev")] {
        session.terminal.enter("ssox use dev");
        session.terminal.wait_for("use the protected profile dev? [y/N] ");
        session.terminal.keys(keys);
        session.wait();
        let shown = session.run("\"<\" + \"$env:SSOX_PROFILE>\"");
        assert!(shown.contains(&format!("<{held}>")), "{shown}");
    }
    let mut said = String::new();
    eventually("the end of the time limit", || {
        said += &session.run("\"<\" + \"$env:SSOX_PROFILE $env:AWS_REGION $env:AWS_ACCESS_KEY_ID>\"");
        said.contains("< mine >").then_some(())
    });
    assert_eq!(said.matches("ssox: removed the protected profile dev").count(), 1, "{said}");
}

#[test]
fn an_edit_of_what_the_segment_shows_is_undone() {
    let (_standin, home) = signed_in(Duration::from_secs(3300));
    let script = "$env:TERM = 'dumb'\nfunction global:prompt { '> ' }\nLOAD\n\
        function show { $null = prompt; \"$SSOX_SEGMENT $SSOX_SEGMENT_STATE $env:SSOX_STATE\" -replace ' 5\\dm' }\n\
        ssox use dev; $null = prompt; $ours = $env:SSOX_IDENTITY\n\
        $env:SSOX_PROMPT = 'prod:Admin'; show\n$env:SSOX_PROMPT = 'dev:ReadOnly??'; show\n$env:SSOX_STATE = 'foreign'; show\n\
        $env:SSOX_EXPIRES = '4000000000'; show\n$env:AWS_SSO_PROFILE = 'prod'; show; $env:AWS_SSO_PROFILE\nRemove-Item Env:SSOX_IDENTITY; show; $env:SSOX_IDENTITY -ceq $ours\n\
        $env:SSOX_IDENTITY = ''; ssox clear; @(Get-Item Env:SSOX*).Count; \"[$env:AWS_ACCESS_KEY_ID] [$env:AWS_ACCOUNT_ID]\"";
    let expected = "dev:ReadOnly ok \n".repeat(5) + "dev\ndev:ReadOnly ok \nTrue\n0\n[] []\n";
    check(&home, &script.replace("LOAD", LOAD), &expected);
}

#[test]
fn a_profile_used_in_a_directory_of_mise_stays_in_use() {
    let (_standin, home) = signed_in(Duration::from_secs(3300));
    if !installed("mise") {
        return;
    }
    home.write("inside/mise.toml", "[env]\nAWS_ACCESS_KEY_ID = \"LSLSLSLSLSLSLSLS\"\nAWS_SECRET_ACCESS_KEY = \"LS\"\n");
    // mise acts once more for a file that is as new as its session.
    let aged = home.command("touch").args(["-t", "202601010000", "inside/mise.toml", "inside"]).status();
    assert!(aged.expect("touch starts").success());
    let trusted = home.path("");
    let script = format!(
        "$env:MISE_TRUSTED_CONFIG_PATHS = '{}'\n$env:TERM = 'dumb'\nfunction global:prompt {{ '> ' }}\n\
        mise activate pwsh | Out-String | Invoke-Expression\nLOAD\n\
        function show {{ $null = prompt; \"$SSOX_SEGMENT $env:AWS_ACCESS_KEY_ID\" -replace ' 5\\dm' -replace 'ASIA.*', 'ours' }}\n\
        ssox use dev; show\nSet-Location inside; show; show\nssox use stg; show; show\nSet-Location ..; show; show\nssox clear; show\n",
        trusted.display()
    );
    let expected = "dev:ReadOnly ours\ndev:ReadOnly? LSLSLSLSLSLSLSLS\ndev:ReadOnly? LSLSLSLSLSLSLSLS\n".to_owned()
        + &"stg:PowerUser ours\n".repeat(4)
        + " \n";
    let Some(told) = run_as_it_is(&home, &script.replace("LOAD", LOAD)) else { return };
    // mise may act again at any prompt in its directory: then its keys are there, and shown as foreign.
    assert_eq!(told.replace("stg:PowerUser? LSLSLSLSLSLSLSLS", "stg:PowerUser ours"), expected);
}

#[test]
fn an_assignment_is_completed_as_one_word_and_used() {
    if let Some(told) = completed(&crate::assignments_offered::home(), LOAD, "ssox export Da") {
        assert_eq!(told, "'Data Platform/ReadOnly'");
    }
    let (_standin, home) = signed_in(Duration::from_secs(3600));
    let script = "ssox use staging/Admin 2>$null\n\"$env:SSOX_PROFILE $env:SSOX_PROMPT\"\nssox use dev 2>$null\n\
        ssox use - 2>$null\n\"$env:SSOX_PROFILE\"\nssox clear\n\"[$env:SSOX_PROFILE$env:AWS_ACCESS_KEY_ID]\"";
    check(&home, script, "222233334444/Admin staging:Admin\n222233334444/Admin\n[]\n");
}
