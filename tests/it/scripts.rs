//! The files in `shell/`: linters accept them, `ssox init` prints their code, and plugin files load them.

use crate::shells::{Home, Shell, installed, shells, supported_shells};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tree_sitter::{Node, Parser};

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("shell")
}

fn text(name: &str) -> String {
    fs::read_to_string(directory().join(name)).expect("the script is there")
}

fn init(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_ssox")).arg("init").args(arguments).env_clear().output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Runs a linter on files of `shell/`, which must find nothing.
fn checks(program: &str, arguments: &[&str], files: &[&str]) {
    if !installed(program) {
        return;
    }
    for file in files {
        let output = Command::new(program).args(arguments).arg(directory().join(file)).output().unwrap();
        let told = [output.stdout, output.stderr].concat();
        assert!(output.status.success() && told.is_empty(), "{program} {file}: {}", String::from_utf8_lossy(&told));
    }
}

#[test]
fn the_linters_have_nothing_to_say() {
    checks(
        "shellcheck",
        &["--norc", "--enable=quote-safe-variables,deprecate-which"],
        &["ssox.bash", "ssox.start.bash"],
    );
    checks("bash", &["-n"], &["ssox.bash", "ssox.start.bash"]);
    checks("shellcheck", &["--norc", "--enable=quote-safe-variables,deprecate-which"], &["ssox.sh"]);
    for shell in ["dash", "mksh", "yash"] {
        checks(shell, &["-n"], &["ssox.sh"]);
    }
    checks("zsh", &["-f", "-n"], &["ssox.zsh", "ssox.start.zsh", "ssox.plugin.zsh"]);
    checks("fish", &["--no-config", "--no-execute"], &["ssox.fish", "ssox.start.fish", "conf.d/ssox.fish"]);
    checks("fish_indent", &["--check"], &["ssox.fish", "ssox.start.fish", "conf.d/ssox.fish"]);
}

#[test]
fn powershell_can_parse_its_scripts() {
    for file in ["ssox.ps1", "ssox.psm1", "ssox.psd1"] {
        assert_eq!(powershell_errors(&text(file)), [""; 0], "{file}");
        // Windows PowerShell reads a file without a byte order mark in the code page of the machine.
        assert!(text(file).is_ascii(), "{file}");
    }
    assert_ne!(powershell_errors("function x { if (1 }"), [""; 0]);
}

fn powershell_errors(script: &str) -> Vec<String> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_powershell::LANGUAGE.into()).expect("the grammar fits the parser");
    let tree = parser.parse(script, None).expect("a parser with a language parses");
    let mut errors = Vec::new();
    collect_errors(tree.root_node(), script, &mut errors);
    errors
}

fn collect_errors(node: Node<'_>, script: &str, errors: &mut Vec<String>) {
    if node.is_error() || node.is_missing() {
        errors.push(format!("line {}: {}", node.start_position().row + 1, &script[node.byte_range()]));
    }
    let mut cursor = node.walk();
    node.children(&mut cursor).for_each(|child| collect_errors(child, script, errors));
}

/// Tells whether bash 3.2 makes one word of a list, each of whose words is changed: where there are no quotes.
fn joins_a_list(code: &str) -> bool {
    ["@/", "@#", "@%", "@]/", "@]#", "@]%"].iter().flat_map(|list| code.match_indices(list)).any(|(at, _)| {
        let expansion = code[..at].rfind("${").unwrap_or_default();
        !code[..expansion].ends_with('"')
    })
}

/// macOS keeps bash 3.2.
#[test]
fn bash_3_2_knows_every_construct() {
    let unknown = [
        "declare -A",
        "local -A",
        "typeset -A",
        "local -n",
        "declare -n",
        "local -",
        "mapfile",
        "readarray",
        "coproc",
        "&>>",
        "|&",
        ";;&",
        ";&",
        "@Q}",
        "@a}",
        "@E}",
        "@P}",
        "@A}",
        ",,}",
        "^^}",
        "EPOCH",
        "%(%s)T",
        "BASHPID",
        "-v SSOX",
        "[[ -v",
        "test -v",
        "read -i",
        "read -N",
        "${!_ssox_*",
        "globstar",
        "wait -n",
        "[-1]",
        "\\u",
        "SRANDOM",
        "<<<",
        "<(",
        "lastpipe",
        "-d ''",
    ];
    for script in [text("ssox.bash"), text("ssox.start.bash")] {
        check_constructs(&script, &unknown);
    }
}

fn check_constructs(script: &str, unknown: &[&str]) {
    // Code after a check of the version is parsed by every bash, but run only by those that support it.
    let mut guarded_at = None;
    for (number, line) in script.lines().enumerate() {
        let (indentation, words) = line.split_at(line.len() - line.trim_start().len());
        if guarded_at.is_none() && words.starts_with("if ((BASH_VERSINFO") {
            guarded_at = Some(indentation);
        } else if guarded_at == Some(indentation) && ["else", "fi"].contains(&words) {
            guarded_at = None;
        }
        if guarded_at.is_some() {
            continue;
        }
        let code = line.split(" # ").next().unwrap_or_default().trim_start();
        let found: Vec<_> = unknown.iter().filter(|construct| code.contains(**construct)).collect();
        assert!(
            code.starts_with('#') || found.is_empty() || code.contains("builtin local -a"),
            "line {}: {found:?}",
            number + 1
        );
        assert!(code.starts_with('#') || !joins_a_list(code), "line {}: {code}", number + 1);
    }
    // It cannot parse a `case` with plain patterns, or a quote in a comment, inside `$( )`.
    for substitution in script.split("$(\n").skip(1) {
        let inside = substitution.split("\n  )").next().unwrap();
        assert!(!inside.contains("case ") && !inside.contains('#'), "{inside}");
    }
}

/// Returns a script without what `ssox init` leaves out.
fn code(name: &str) -> String {
    let text = text(name);
    let lines = text.lines().map(str::trim_start).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn init_prints_the_code_of_the_scripts() {
    let printed = [
        ("zsh", code("ssox.zsh")),
        ("bash", code("ssox.bash")),
        ("fish", code("ssox.fish")),
        ("powershell", code("ssox.ps1")),
        ("nushell", text("ssox.nu")),
        ("elvish", code("ssox.elv")),
        ("posix", code("ssox.sh")),
    ];
    // For xonsh, the script is printed as a literal.
    let mut supported = supported_shells();
    supported.retain(|shell| shell != "xonsh");
    assert_eq!(supported, printed.each_ref().map(|(shell, _)| *shell));
    for (shell, code) in printed {
        assert_eq!(init(&[shell, "--whole"]), code, "{shell}");
        assert!(init(&[shell, "--whole", "--no-prompt"]).ends_with(&code), "{shell}");
    }
    assert_eq!(init(&["pwsh"]), init(&["powershell"]));
}

/// A shell that has read what `init` prints has the functions and variables of the script.
#[test]
fn comments_and_indentation_change_nothing() {
    for shell in shells() {
        let (file, load, dump) = match shell {
            Shell::Bash => ("ssox.bash", "source ./whole", "declare -f; declare -p ${!_ssox_@}; shopt; complete -p"),
            Shell::Zsh => (
                "ssox.zsh",
                "emulate zsh -o no_aliases -o extended_glob -c \"$(<whole)\"",
                "functions -m '*ssox*'; typeset -m '_ssox*'",
            ),
            Shell::Fish => (
                "ssox.fish",
                "source ./whole",
                "for f in (functions -a | string match '*ssox*'); functions $f | string replace -r '^\\s+' '' | \
                 string match -rv '^(#.*)?$'; end; set | string match '_ssox*'",
            ),
        };
        let home = Home::scripted();
        home.write("printed", &init(&[shell.name(), "--whole"]));
        home.write("whole", &text(file));
        let after = |load: &str| {
            let output = home.script(shell, &format!("{load}\n{dump}"));
            String::from_utf8_lossy(&output.stdout).lines().map(String::from).collect::<Vec<_>>()
        };
        let (printed, whole) = (after(&load.replace("whole", "printed")), after(load));
        assert!(whole.iter().any(|line| line.contains("_ssox_apply")), "{shell:?}");
        assert_eq!(printed.iter().zip(&whole).find(|(printed, whole)| printed != whole), None, "{shell:?}");
        assert_eq!(printed.len(), whole.len(), "{shell:?}");
    }
}

#[test]
fn zsh_gets_its_script_as_an_argument_of_emulate() {
    if !installed("zsh") {
        return;
    }
    let home = Home::scripted();
    let print = "function emulate { print -rn -- \"${@[-1]}\" }\ndisable builtin\nfunction builtin { \"$@\" }\n";
    home.write("init", &init(&["zsh"]));
    let output = home.script(Shell::Zsh, &format!("{print}source ./init"));
    assert_eq!(String::from_utf8_lossy(&output.stdout), code("ssox.start.zsh"));
}

#[test]
fn what_init_prints_can_be_saved_and_sourced() {
    for shell in shells() {
        let home = Home::scripted();
        home.reply("use", "#ssox1\n=AWS_REGION=x\n#end\n", 0);
        home.write("init", &init(&[shell.name()]));
        let output = home.script(shell, "source ./init\nssox use dev\nenv");
        assert!(String::from_utf8_lossy(&output.stdout).contains("AWS_REGION=x\n"), "{shell:?}");
    }
}

#[test]
fn plugin_files_load_the_integration_or_keep_quiet() {
    for shell in shells().into_iter().filter(|shell| *shell != Shell::Bash) {
        let file = if shell == Shell::Zsh { "ssox.plugin.zsh" } else { "conf.d/ssox.fish" };
        let (status, is_there) = match shell {
            Shell::Fish => ("$status", "functions -q ssox; echo there $status"),
            _ => ("$?", "whence -w ssox"),
        };
        let load = format!("source {}; echo loaded {status}", directory().join(file).display());
        let home = Home::scripted();
        let mut session = home.session(shell, "");
        let told = session.run(&load);
        assert!(told.contains("loaded 0") && !told.contains("ssox: "), "{told}");
        let told = session.run(is_there);
        assert!(told.contains("there 0") || told.contains("ssox: function"), "{told}");
        fs::remove_file(home.path("bin/ssox")).unwrap();
        let mut session = home.session(shell, "");
        assert!(session.run(&load).contains("loaded 0"), "{shell:?}");
        assert!(!session.terminal.transcript().contains("nknown"), "{}", session.terminal.transcript());
    }
}

#[test]
fn fisher_can_uninstall_without_a_trace() {
    if !shells().contains(&Shell::Fish) {
        return;
    }
    for mine in ["", "function fish_right_prompt; echo mine; end\n"] {
        let home = Home::scripted();
        let mut session =
            home.session(Shell::Fish, &format!("{mine}source {}", directory().join("conf.d/ssox.fish").display()));
        session.run("emit ssox_uninstall");
        session.run("functions -a | string match '*ssox*' >left; fish_right_prompt >>left 2>/dev/null");
        assert_eq!(home.read("left"), if mine.is_empty() { "" } else { "mine\n" });
    }
}

#[test]
fn the_module_has_the_version_of_the_program() {
    assert!(text("ssox.psd1").contains(&format!("ModuleVersion        = '{}'", env!("CARGO_PKG_VERSION"))));
}
