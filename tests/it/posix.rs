//! The function `ssox` in POSIX shells: which replies it applies and refuses, and what `clear` restores.

use crate::pty::Terminal;
use crate::shells::{Home, installed, signed_in};
use crate::wrappers::{GOOD, NO_REPLIES};
use std::process::Stdio;
use std::time::Duration;

/// The shells that `ssox init posix` is for.
const SHELLS: [&str; 4] = ["dash", "ksh93", "mksh", "yash"];

const CLEAR: &str =
    "#ssox1\n!SSOX_STATE\n-AWS_REGION\n-AWS_SESSION_TOKEN\n-SSOX_PROFILE\n-SSOX_PROMPT\n-AWS_SECURITY_TOKEN\n#end\n";

/// Defines `probe NAME…`, which prints of each name whether it is exported, and its value.
const PROBE: &str = "probe() { for n; do eval \"v=\\${$n-} s=\\${$n+set}\"; env | grep \"^$n=\" >/dev/null && s=exported; \
    echo \"$n ${s:-unset} [$v]\"; done; }";
const NAMES: &str =
    "AWS_REGION AWS_SESSION_TOKEN SSOX_PROFILE AWS_PROFILE AWS_VAULT AWSUME_PROFILE AWS_SECURITY_TOKEN SSOX_HELD";

/// Returns the shells that are installed.
pub(crate) fn posix_shells() -> impl Iterator<Item = &'static str> {
    SHELLS.into_iter().filter(|shell| installed(shell))
}

/// The statement that loads the integration.
pub(crate) const LOAD: &str = "eval \"$(command ssox init posix)\"";

/// Runs a script, with the integration loaded where it says `LOAD`; returns what it printed.
pub(crate) fn run(home: &Home, shell: &str, script: &str) -> String {
    home.write("script", &script.replace("LOAD", LOAD));
    let mut command = home.command(shell);
    let output = command.arg("script").stdin(Stdio::null()).output().expect("the shell starts");
    assert!(!home.path("PWNED").exists(), "{shell} ran a value");
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Returns the variables of AWS and ssox that `env` wrote into a file: ksh93 adds others.
fn variables(home: &Home, file: &str) -> Vec<String> {
    let is_ours = |line: &&str| ["AWS", "SSOX", "ssox", "_ssox", "PATH"].iter().any(|start| line.starts_with(start));
    let mut lines: Vec<String> = home.read(file).lines().filter(is_ours).map(String::from).collect();
    lines.sort();
    lines
}

#[test]
fn a_reply_is_applied_to_the_last_byte_and_clear_restores() {
    let mine =
        "AWS_REGION=mine; export AWS_SESSION_TOKEN='\\my $x \\ \"token\" {a,b} ~'; export AWS_PROFILE=; AWS_VAULT=";
    let script = format!(
        "{PROBE}\n{mine}\nLOAD\nprobe {NAMES} >before\nssox use dev 'a  b'\necho $?\nLOAD\nprobe {NAMES} >used\nssox use other\nssox clear\n\
        echo $?\nprobe {NAMES} >cleared\nssox use dev\nssox clear\nprobe {NAMES} >again"
    );
    let used = "AWS_REGION exported [eu-west-1]\nAWS_SESSION_TOKEN exported [a=b $(touch PWNED)`touch PWNED` 'x\"\\ ~ *]\n\
        SSOX_PROFILE exported [dev]\nAWS_PROFILE unset []\nAWS_VAULT unset []\nAWSUME_PROFILE unset []\nAWS_SECURITY_TOKEN unset []\n\
        SSOX_HELD unset []\n";
    let before = "AWS_REGION set [mine]\nAWS_SESSION_TOKEN exported [\\my $x \\ \"token\" {a,b} ~]\nSSOX_PROFILE unset []\n\
        AWS_PROFILE exported []\nAWS_VAULT set []\nAWSUME_PROFILE unset []\nAWS_SECURITY_TOKEN unset []\nSSOX_HELD unset []\n";
    for shell in posix_shells() {
        let home = Home::scripted();
        home.reply("use", GOOD, 0);
        home.reply("clear", CLEAR, 0);
        assert_eq!(run(&home, shell, &script), "0\n0\n", "{shell}");
        assert_eq!(home.read("used"), used, "{shell}");
        assert_eq!(home.read("before"), before, "{shell}");
        assert_eq!((home.read("cleared"), home.read("again")), (before.into(), before.into()), "{shell}");
        assert!(home.calls().starts_with("--emit=posix1 use dev a  b\n"), "{shell}: {}", home.calls());
    }
}

#[test]
fn allow_and_deny_say_that_these_shells_do_not_look_for_the_file() {
    for shell in posix_shells() {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        home.write(".ssox", "profile = dev\n");
        let told = run(&home, shell, "LOAD\nssox allow\nssox deny");
        assert_eq!(
            told.matches("ssox: this shell does not look for .ssox files\nssox: hint: ssox use NAME\n").count(),
            2,
            "{told}"
        );
    }
}

#[test]
fn allow_without_the_function_says_how_to_use_a_profile_in_these_shells() {
    for shell in posix_shells() {
        let (_standin, home) = signed_in(Duration::from_secs(3300));
        home.write(".ssox", "profile = dev\n");
        let mut command = home.command(shell);
        command.args(["-i"]).env("PS1", "> ").env_remove("ENV");
        let mut terminal = Terminal::start(command);
        terminal.enter("ssox allow; exit");
        let told = terminal.wait_for_end().0;
        let line = "ssox: this shell does not look for .ssox files\r\nssox: hint: ssox exec NAME -- COMMAND\r\n";
        assert!(told.contains(line), "{shell}: {told}");
    }
}

/// A value with a line that looks like a variable of `export -p` changes nothing about the variable.
#[test]
fn what_was_not_exported_is_not_exported_afterwards() {
    for shell in posix_shells() {
        let home = Home::scripted();
        home.reply("use", "#ssox1\n=AWS_REGION=theirs\n#end\n", 0);
        home.reply("clear", "#ssox1\n-AWS_REGION\n#end\n", 0);
        let forged = "export FORGED='x\nexport AWS_REGION=mine'";
        let script = format!("{PROBE}\n{forged}\nAWS_REGION=mine\nLOAD\nssox use dev\nssox clear\nprobe AWS_REGION");
        assert!(run(&home, shell, &script).starts_with("AWS_REGION set [mine]\n"), "{shell}");
    }
}

#[test]
fn a_child_shell_unsets_what_it_inherited() {
    for shell in posix_shells() {
        let home = Home::scripted();
        home.reply("use", "#ssox1\n=AWS_REGION=theirs\n=AWS_SSO_PROFILE=other\n#end\n", 0);
        home.reply("clear", "#ssox1\n-AWS_REGION\n-AWS_SSO_PROFILE\n-SSOX_PROFILE\n-SSOX_PROMPT\n#end\n", 0);
        let inherited = "export SSOX_PROFILE=dev SSOX_PROMPT=dev AWS_REGION=dev";
        let names = "AWS_REGION AWS_SSO_PROFILE SSOX_PROFILE";
        let told = run(&home, shell, &format!("{PROBE}\n{inherited}\nLOAD\nssox use other\nssox clear\nprobe {names}"));
        assert_eq!(told, "AWS_REGION unset []\nAWS_SSO_PROFILE unset []\nSSOX_PROFILE unset []\n", "{shell}");
    }
}

/// With `set -a` the records of this shell must not become those of its child.
#[test]
fn a_child_shell_has_no_records_of_its_parent() {
    for shell in posix_shells() {
        let home = Home::scripted();
        home.reply("use", GOOD, 0);
        let script =
            format!("set -a\nAWS_SECURITY_TOKEN=mine\nLOAD\nssox use dev\nset +a\n{shell} -c 'env' | grep _ssox_was");
        assert_eq!(run(&home, shell, &script), "", "{shell}");
        let inherited = "export _ssox_loaded=1 _ssox_kept=' AWS_REGION ' _ssox_was_AWS_REGION='x$(touch PWNED)'";
        home.reply("clear", "#ssox1\n#end\n", 0);
        let told = run(&home, shell, &format!("{PROBE}\n{inherited}\nLOAD\nssox clear\nprobe AWS_REGION"));
        assert_eq!(told, "AWS_REGION unset []\n", "{shell}");
    }
}

#[test]
fn output_that_is_no_reply_changes_nothing() {
    let more = [
        ("#ssox1\n=AWS_REGION=x\n\n#end\n", "unexpected reply"),
        ("#ssox1\n==x\n#end\n", "unexpected reply"),
        ("#ssox1\n-\n#end\n", "unexpected reply"),
        ("#ssox1\n=AWS_REGION=x\n=PATH=/evil\n#end\n", "`PATH` must not be changed by ssox"),
        ("#ssox1\n=AWS_REGION=x\n-PATH\n#end\n", "`PATH` must not be changed by ssox"),
        ("#ssox1\n=AWS_REGION=x\n!PATH\n#end\n", "`PATH` must not be changed by ssox"),
        ("#ssox1\n=AWS_REGION=x\n=aws_region=x\n#end\n", "`aws_region` must not be changed by ssox"),
        ("#ssox1\n=AWS_REGION=x\n=AWS_=x\n#end\n", "`AWS_` must not be changed by ssox"),
        ("#ssox1\n=AWS_REGION=x\n=_ssox_kept=x\n#end\n", "`_ssox_kept` must not be changed by ssox"),
        ("#ssox1\n=AWS_REGION=x\n=AWS_[$(touch PWNED)]=x\n#end\n", "must not be changed by ssox"),
        ("#ssox1\n=AWS_REGION=x\n=AWS_X;touch PWNED;=x\n#end\n", "must not be changed by ssox"),
        ("#ssox1\n=AWS_REGION=x\n-AWS_X}$(touch PWNED)\n#end\n", "must not be changed by ssox"),
        ("#ssox1\n=AWS_REGION=x\n!AWS_X touch PWNED\n#end\n", "must not be changed by ssox"),
        ("#ssox1\n=AWS_REGION=x\n=AWS_\x1b[31m=x\n#end\n", "`?` must not be changed by ssox"),
    ];
    let bad: Vec<_> = NO_REPLIES.map(|reply| (reply, "unexpected reply")).into_iter().chain(more).collect();
    let tries: Vec<String> = (0..bad.len())
        .map(|n| format!("cp reply{n} use.reply\nssox use dev\necho $? >>status\nenv >after{n}"))
        .collect();
    let script = format!("export AWS_REGION=mine\nLOAD\nenv >before\n{}", tries.join("\n"));
    for shell in posix_shells() {
        let home = Home::scripted();
        for (n, (reply, _)) in bad.iter().enumerate() {
            home.write(&format!("reply{n}"), reply);
        }
        let told = run(&home, shell, &script);
        assert_eq!(told.lines().count(), bad.len(), "{shell}: {told}");
        assert_eq!(home.read("status"), "70\n".repeat(bad.len()), "{shell}");
        for (n, (line, (reply, message))) in told.lines().zip(&bad).enumerate() {
            let is_reported =
                line.starts_with("ssox: ") && line.ends_with(&format!("{message}, environment unchanged"));
            assert!(is_reported, "{shell} {reply:?}: {line}");
            assert_eq!(variables(&home, "before"), variables(&home, &format!("after{n}")), "{shell} {reply:?}");
        }
    }
}

#[test]
fn a_failure_keeps_its_status_and_changes_nothing() {
    for shell in posix_shells() {
        for code in [1, 3, 6, 130] {
            let home = Home::scripted();
            home.reply("use", GOOD, code);
            home.write("use.message", "ssox: sign in first\n");
            let told = run(&home, shell, "LOAD\nenv >before\nssox use dev\necho status $?\nenv >after");
            assert_eq!(told, format!("status {code}\nssox: sign in first\n"), "{shell}");
            assert_eq!(variables(&home, "before"), variables(&home, "after"), "{shell}");
        }
    }
}

#[test]
fn a_variable_that_would_not_hold_its_value_refuses_the_whole_reply() {
    let all = ["readonly AWS_PROFILE=mine", "readonly AWS_SESSION_TOKEN=", "readonly SSOX_PROMPT=x"];
    let arrays = ["AWS_VAULT=(an array)"];
    let types = ["typeset -i AWS_SESSION_TOKEN", "typeset -l SSOX_PROFILE=mine", "typeset -u AWS_REGION"];
    for shell in posix_shells() {
        let declarations = match shell {
            "dash" => all.to_vec(),
            "yash" => [&all[..], &arrays].concat(),
            _ => [&all[..], &arrays, &types].concat(),
        };
        for declaration in declarations {
            let home = Home::scripted();
            home.reply("use", GOOD, 0);
            let script = format!("LOAD\n{declaration}\nenv >before\nssox use dev\necho status $?\nenv >after");
            let told = run(&home, shell, &script);
            let name = declaration.split(['=', ' ']).find(|word| word.contains('_')).expect("a variable is named");
            let expected =
                format!("status 70\nssox: `{name}` is not a plain variable in this shell, environment unchanged\n");
            assert_eq!(told, expected, "{shell} {declaration}");
            assert_eq!(variables(&home, "before"), variables(&home, "after"), "{shell} {declaration}");
        }
    }
}

#[test]
fn everything_else_is_passed_through() {
    let calls = [
        (
            "ssox exec dev -- use '' '*' 'a  b' \\$x -- --help",
            "<exec> <dev> <--> <use> <> <*> <a  b> <$x> <--> <--help>",
        ),
        ("ssox exec dev -- '{a,b}' a=b '`' \"'\" 'é😀' -n", "<exec> <dev> <--> <{a,b}> <a=b> <`> <'> <é😀> <-n>"),
        ("ssox use --help", "<use> <--help>"),
        ("ssox clear -h", "<clear> <-h>"),
        ("ssox --version use", "<--version> <use>"),
    ];
    for shell in posix_shells() {
        let home = Home::scripted();
        for (line, arguments) in calls {
            let told = run(&home, shell, &format!("LOAD\n{line}\necho status $?"));
            assert_eq!(told, format!("arguments: {arguments}\nstatus 0\n"), "{shell}");
        }
        assert_eq!(run(&home, shell, "LOAD\nssox fail\necho status $?"), "arguments: <fail>\nstatus 42\n", "{shell}");
        assert!(run(&home, shell, "LOAD\nssox").starts_with("arguments:"), "{shell}");
        let home = Home::scripted();
        run(&home, shell, "LOAD\nssox -v --no-input use dev --region us-east-1");
        assert_eq!(home.calls(), "--emit=posix1 -v --no-input use dev --region us-east-1\n", "{shell}");
    }
}

#[test]
fn loading_prints_nothing_and_succeeds() {
    for shell in posix_shells() {
        let home = Home::new();
        assert_eq!(run(&home, shell, "LOAD\necho $?\nset -eu\nLOAD"), "0\n", "{shell}");
        let init = run(&home, shell, "ssox init posix --no-prompt >init\n. ./init\n. ./init");
        assert_eq!(init, "", "{shell}");
    }
}
