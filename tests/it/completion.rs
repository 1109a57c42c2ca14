//! Completion with TAB in real shells inserts the right text as one word, and runs nothing. The unit tests of
//! `src/completion` test which candidates there are.

use crate::shells::{Home, Session, Shell, installed, shells, supported_shells};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Names with shell syntax, patterns and quotes.
pub(crate) const NAMES: [&str; 11] = [
    "prod:admin",
    "prod:ro",
    "acme corp",
    "we$(touch PWN)ird",
    "ba`touch PWN`ck",
    "star*",
    "quo'te",
    "dou\"ble",
    "sla\\sh",
    "x!y;touch PWN",
    "me@host",
];

/// Returns a config file with these profiles.
pub(crate) fn config(names: &[&str]) -> String {
    let profile = |name: &&str| {
        let quoted = if name.contains('\'') { format!("\"{name}\"") } else { format!("'{name}'") };
        format!("[profile {quoted}]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n")
    };
    let session = "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n";
    format!("{session}{}", names.iter().map(profile).collect::<String>())
}

fn home() -> Home {
    let home = Home::scripted();
    home.write(".aws/config", &config(&NAMES));
    // A file that `*` would match if it were expanded.
    home.write("starfile", "");
    home
}

/// What an rc file has before and after the integration.
fn rc(shell: Shell) -> &'static str {
    match shell {
        Shell::Zsh => "autoload -Uz compinit; compinit -u -d .dump\nLOAD",
        Shell::Bash | Shell::Fish => "LOAD",
    }
}

/// Types a line that ends in TAB, presses Enter, and returns the arguments that ssox was called with.
fn called(session: &mut Session, line: &str) -> String {
    let told = session.run(line);
    let (_, arguments) = told.rsplit_once("arguments:").unwrap_or_else(|| panic!("not called by {line:?}: {told}"));
    arguments.lines().next().unwrap_or_default().trim().to_string()
}

#[test]
fn a_name_that_begins_with_a_dash_is_completed_after_two_dashes() {
    for shell in shells() {
        let home = Home::scripted();
        let profile =
            "[profile -prod--core]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n";
        home.write(".aws/config", &format!("{}{profile}", config(&NAMES).split("[profile").next().unwrap_or_default()));
        let mut session = home.session(shell, rc(shell));
        for typed in ["ssox login \t \t", "ssox login -- -\t", "ssox login -- -pr\t"] {
            assert_eq!(called(&mut session, typed), "<login> <--> <-prod--core>", "{shell:?} {typed:?}");
        }
        home.write("starfile", "");
        let inner = called(&mut session, "ssox exec -- -p\t -- cat starf\t");
        assert_eq!(inner, "<exec> <--> <-prod--core> <--> <cat> <starfile>", "{shell:?}");
    }
}

#[test]
fn every_name_becomes_one_word() {
    for shell in shells() {
        let home = home();
        let mut session = home.session(shell, rc(shell));
        for name in NAMES {
            let typed: String = name.chars().take_while(char::is_ascii_lowercase).collect();
            let typed = if name.starts_with("prod") { &name[..name.len() - 1] } else { &typed };
            assert_eq!(
                called(&mut session, &format!("ssox login {typed}\t")),
                format!("<login> <{name}>"),
                "{shell:?}"
            );
        }
        assert!(!home.path("PWN").exists(), "{shell:?}");
    }
}

#[test]
fn a_name_is_completed_inside_open_quotes() {
    for shell in shells() {
        let home = home();
        let mut session = home.session(shell, rc(shell));
        for (typed, name) in [
            ("\"acme c", "acme corp"),
            ("'acme c", "acme corp"),
            ("\"we", "we$(touch PWN)ird"),
            ("'we", "we$(touch PWN)ird"),
            ("\"ba", "ba`touch PWN`ck"),
            ("\"sta", "star*"),
            ("\"quo", "quo'te"),
            ("'quo", "quo'te"),
            ("'dou", "dou\"ble"),
            ("\"prod:a", "prod:admin"),
        ] {
            assert_eq!(
                called(&mut session, &format!("ssox login {typed}\t")),
                format!("<login> <{name}>"),
                "{shell:?} {typed}"
            );
        }
        assert!(!home.path("PWN").exists(), "{shell:?}");
    }
}

#[test]
fn verbs_options_and_their_values_are_completed() {
    for shell in shells() {
        let home = home();
        let mut session = home.session(shell, rc(shell));
        for (typed, arguments) in [
            ("ssox sess\t", "<sessions>"),
            ("ssox status --verif\t", "<status> <--verify>"),
            ("ssox console --region eu-north\t", "<console> <--region> <eu-north-1>"),
            ("ssox console --region=eu-north\t", "<console> <--region=eu-north-1>"),
            ("ssox login --sso-session co\t", "<login> <--sso-session> <corp>"),
            ("ssox export --format env-no\t acme\t", "<export> <--format> <env-no-export> <acme corp>"),
            ("ssox configure mig\t", "<configure> <migrate>"),
            ("ssox export --saml-response starf\t", "<export> <--saml-response> <starfile>"),
            ("ssox export --saml-response=starf\t", "<export> <--saml-response=starfile>"),
            ("ssox export --saml-response='starf\t", "<export> <--saml-response=starfile>"),
        ] {
            assert_eq!(called(&mut session, typed), arguments, "{shell:?} {typed:?}");
        }
    }
}

#[test]
fn several_candidates_are_listed_with_what_tells_them_apart() {
    for shell in shells().into_iter().filter(|shell| *shell != Shell::Fish) {
        let home = home();
        let mut session = home.session(shell, rc(shell));
        // bash lists the candidates at the second TAB; in zsh that would select one.
        session.terminal.keys(if shell == Shell::Bash { "ssox use prod:\t\t" } else { "ssox use prod:\t" });
        let listed = session.terminal.wait_for("111122223333");
        assert!(listed.contains("prod:admin"), "{shell:?}: {listed}");
    }
}

#[test]
fn a_command_after_exec_completes_itself() {
    for shell in shells().into_iter().filter(|_| installed("git")) {
        let home = home();
        let git =
            "_git_words() { COMPREPLY=($(compgen -W 'checkout clone' -- \"$2\")); }; complete -F _git_words git\n";
        let rc = if shell == Shell::Bash { format!("{git}LOAD") } else { rc(shell).to_string() };
        let mut session = home.session(shell, &rc);
        for typed in ["ssox exec prod:admin -- git checko\t", "ssox exec --min-ttl=1h prod:admin git checko\t"] {
            let arguments = called(&mut session, typed);
            assert!(arguments.ends_with("<git> <checkout>"), "{shell:?} {typed:?}: {arguments}");
        }
    }
}

#[test]
fn bash_completion_is_asked_where_it_is_loaded() {
    let script = "/usr/share/bash-completion/bash_completion";
    if !Path::new(script).exists() || !installed("git") || !shells().contains(&Shell::Bash) {
        return;
    }
    let home = home();
    let mut session = home.session(Shell::Bash, &format!("source {script}\nLOAD"));
    assert_eq!(
        called(&mut session, "ssox exec prod:admin -- git checko\t"),
        "<exec> <prod:admin> <--> <git> <checkout>"
    );
    assert_eq!(
        called(&mut session, "ssox exec prod:admin -- git log --onel\t"),
        "<exec> <prod:admin> <--> <git> <log> <--oneline>"
    );
}

fn asked(home: &Home, words: &[&str]) -> String {
    let output = home.command("ssox").args(["complete", "fish"]).args(words).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{words:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_name_with_control_characters_is_not_completed() {
    let home = home();
    home.write(".aws/config", "[profile 'a\u{1b}[31mb']\n[profile 'c\u{202e}d']\n[profile e]\naws_access_key_id = a\n");
    let told = asked(&home, &["", "ssox", "use"]);
    assert!(told.starts_with("words profile\ne\t") && told.lines().count() == 2, "{told:?}");
}

#[test]
fn no_configuration_and_a_broken_one_complete_in_silence() {
    let home = home();
    home.write(".aws/config", "");
    assert_eq!(asked(&home, &["", "ssox", "use"]), "");
    fs::remove_file(home.path(".aws/config")).unwrap();
    fs::create_dir(home.path(".aws/config")).unwrap();
    assert_eq!(asked(&home, &["", "ssox", "use"]), "");
    assert!(asked(&home, &["", "ssox"]).starts_with("words command\ninit\t"));
}

#[test]
fn what_is_told_of_a_profile_comes_from_the_files() {
    let home = home();
    let told = asked(&home, &["", "ssox", "login"]);
    insta::assert_snapshot!(told, @r#"
    words profile
    acme corp	111122223333 ReadOnly
    ba`touch PWN`ck	111122223333 ReadOnly
    dou"ble	111122223333 ReadOnly
    me@host	111122223333 ReadOnly
    prod:admin	111122223333 ReadOnly
    prod:ro	111122223333 ReadOnly
    quo'te	111122223333 ReadOnly
    sla\sh	111122223333 ReadOnly
    star*	111122223333 ReadOnly
    we$(touch PWN)ird	111122223333 ReadOnly
    x!y;touch PWN	111122223333 ReadOnly
    "#);
    home.write(".local/state/ssox/accounts.json", r#"{"111122223333":"Sandbox"}"#);
    let told = asked(&home, &["", "ssox", "login"]);
    insta::assert_snapshot!(told, @r#"
    words profile
    acme corp	Sandbox ReadOnly
    ba`touch PWN`ck	Sandbox ReadOnly
    dou"ble	Sandbox ReadOnly
    me@host	Sandbox ReadOnly
    prod:admin	Sandbox ReadOnly
    prod:ro	Sandbox ReadOnly
    quo'te	Sandbox ReadOnly
    sla\sh	Sandbox ReadOnly
    star*	Sandbox ReadOnly
    we$(touch PWN)ird	Sandbox ReadOnly
    x!y;touch PWN	Sandbox ReadOnly
    "#);
}

#[test]
fn a_compinit_that_comes_later_is_waited_for() {
    if !shells().contains(&Shell::Zsh) {
        return;
    }
    for rc in ["LOAD\nautoload -Uz compinit; compinit -u -d .dump", "LOAD"] {
        let home = home();
        let mut session = home.session(Shell::Zsh, rc);
        session.run("(( $+functions[compdef] )) || { autoload -Uz compinit; compinit -u -d .dump }");
        assert_eq!(called(&mut session, "ssox login acme\t"), "<login> <acme corp>");
        assert!(!session.run("print $precmd_functions").contains("register"), "{rc}");
    }
}

#[test]
fn the_files_for_packagers_are_what_the_command_prints() {
    let files = [
        ("zsh", "_ssox"),
        ("bash", "ssox.bash"),
        ("fish", "ssox.fish"),
        ("powershell", "ssox.ps1"),
        ("nushell", "ssox.nu"),
        ("elvish", "ssox.elv"),
        ("xonsh", "ssox.xsh"),
        ("posix", "ssox.yash"),
    ];
    assert_eq!(supported_shells(), files.map(|(shell, _)| shell));
    for (shell, file) in files {
        let output = Command::new(env!("CARGO_BIN_EXE_ssox")).args(["completions", shell]).output().unwrap();
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("completions").join(file);
        let there = fs::read(&path).unwrap_or_default();
        assert!(output.stdout == there, "run: ssox completions {shell} > completions/{file}");
    }
}

#[test]
fn completion_alone_needs_nothing_else() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("completions");
    let directory = directory.display();
    for shell in shells() {
        let home = home();
        let rc = match shell {
            Shell::Zsh => format!("fpath=({directory} $fpath); autoload -Uz compinit; compinit -u -d .dump"),
            Shell::Bash => format!("source {directory}/ssox.bash"),
            Shell::Fish => format!("set -p fish_complete_path {directory}"),
        };
        let mut session = home.session(shell, &rc);
        assert_eq!(called(&mut session, "ssox login acme\t"), "<login> <acme corp>", "{shell:?}");
    }
}

#[test]
fn fifty_thousand_names_are_offered_part_by_part() {
    let many: String = (0..50_000).map(|n| format!("[profile account-{n:05}]\nregion = eu-west-1\n")).collect();
    for shell in shells() {
        let home = home();
        home.write(".aws/config", &many);
        let mut session = home.session(shell, rc(shell));
        let typed = "ssox login acc\t432\t10\t";
        assert_eq!(called(&mut session, typed), "<login> <account-43210>", "{shell:?}");
    }
}

#[test]
fn powershell_gets_each_name_as_one_word() {
    if !installed("pwsh") {
        return;
    }
    let home = home();
    let expand = |line: &str| {
        home.write("script.ps1", &format!(
            "Set-StrictMode -Version Latest\nInvoke-Expression (& ssox init powershell | Out-String)\n$line = @'\n{line}\n'@\n\
             (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches.CompletionText"
        ));
        let mut command = home.command("pwsh");
        let output =
            command.args(["-NoProfile", "-NonInteractive", "-File", "script.ps1"]).output().expect("pwsh starts");
        String::from_utf8_lossy(&output.stdout).trim().replace('\r', "")
    };
    assert_eq!(expand("ssox login we$(touch PWN)i"), "'we$(touch PWN)ird'");
    assert_eq!(expand("ssox login prod:"), "prod:admin\nprod:ro");
    assert_eq!(expand("ssox login quo"), "'quo''te'");
    assert_eq!(expand("ssox login 'acme c"), "'acme corp'");
    assert_eq!(expand("ssox console --region eu-north"), "eu-north-1");
    assert_eq!(expand("ssox exec dev -- Get-ChildIt"), "Get-ChildItem");
    assert!(!home.path("PWN").exists());
}

#[test]
fn regions_and_services_are_completed_and_the_short_forms_of_both() {
    let home = home();
    let of = |typed: &str, words: &[&str]| asked(&home, &[&[typed, "ssox"], words].concat());
    let regions = of("eu-w", &["use", "--region"]);
    assert!(regions.contains("eu-west-1\tIreland\n") && !regions.contains("euw1"), "{regions}");
    let short = of("euw", &["console", "--region"]);
    assert!(short.contains("euw1\teu-west-1, Ireland\n"), "{short}");
    let services = of("c", &["console", "--service"]);
    assert!(services.contains("cw\tCloudWatch\n") && services.contains("cfn\tCloudFormation\n"), "{services}");
    insta::assert_snapshot!(of("--container=", &["console"]), @r"
    words value
    --container=granted	The extension `Granted Containers` of Firefox
    --container=open-url	The extension `Open external links in a container` of Firefox
    ");
}
