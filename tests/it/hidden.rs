//! Local variables of functions and variables of one call, which hide variables of the shell while ssox sets these.

use crate::identity::environment;
use crate::shells::{Home, Session, Shell, in_each, shells, signed_in};
use ssox_standin::Standin;
use std::time::Duration;

/// A home with a directory for each of two profiles, and cached credentials.
fn with_directories() -> (Standin, Home) {
    let (standin, home) = signed_in(Duration::from_secs(3300));
    home.write("other/file", "");
    for (directory, content) in [("dir", "profile = dev\n"), ("stg", "profile = stg\nprofile_only = true\n")] {
        home.write(&format!("{directory}/.ssox"), content);
        home.trust(directory);
        home.allow(directory);
    }
    (standin, home)
}

/// The profile in use, whether there are access keys, AWS_REGION and AWS_PROFILE.
fn holds(session: &mut Session, home: &Home) -> String {
    let environment = environment(session, home);
    let value = |name: &str| environment.get(name).map_or("-", String::as_str).to_string();
    let keys = if environment.contains_key("AWS_ACCESS_KEY_ID") { "keys" } else { "-" };
    format!("{} {keys} {} {}", value("SSOX_PROFILE"), value("AWS_REGION"), value("AWS_PROFILE"))
}

/// The line that defines a function with an exported local variable.
fn function(shell: Shell, name: &str, local: &str, body: &str) -> String {
    if shell == Shell::Fish {
        format!("function {name}; set -lx {}; {body}; end", local.replace('=', " "))
    } else {
        format!("{name}() {{ local -x {local}; {body}; }}")
    }
}

/// Types the lines, which must lead to `then`, and `ssox clear` in no directory.
fn check(session: &mut Session, home: &Home, lines: &[&str], then: &str) {
    lines.iter().for_each(|line| drop(session.run(line)));
    let seen = holds(session, home);
    session.run("cd ~/other");
    session.run("ssox clear");
    let cleared = holds(session, home);
    assert_eq!((&*seen, &*cleared), (then, "- - - -"), "{lines:?}");
}

/// In zsh, `use` and `clear` refuse to change what a function hides.
#[test]
fn a_local_variable_does_not_keep_values_of_a_directory() {
    in_each(&shells(), |shell| {
        let (_standin, home) = with_directories();
        let mut session = home.session(shell, "LOAD");
        let used = if shell == Shell::Zsh { "- - - -" } else { "dev keys eu-west-1 -" };
        let rows = [
            ("cd ~/stg", "AWS_PROFILE=x", "cd ~/other", "- - - -"),
            ("cd ~/stg", "AWS_PROFILE=x", "cd ~/dir", "dev keys eu-west-1 -"),
            ("true", "AWS_PROFILE=x", "cd ~/dir", "dev keys eu-west-1 -"),
            ("ssox use --profile-only dev", "AWS_PROFILE=x", "cd ~/stg", "stg - eu-central-1 stg"),
            ("ssox use --profile-only dev", "AWS_PROFILE=x", "cd ~/stg; cd ~/other", "dev - eu-west-1 dev"),
            ("cd ~/dir", "AWS_REGION=x", "cd ~/other; ssox use dev", used),
            ("cd ~/stg", "AWS_PROFILE=x", "cd ~/other; ssox use dev", used),
            ("cd ~/dir", "AWS_PROFILE=x", "cd ~/other; ssox clear", "- - - -"),
        ];
        for (before, local, body, then) in rows {
            check(&mut session, &home, &[before, &function(shell, "f", local, body), "f"], then);
        }
    });
}

#[test]
fn a_variable_of_one_call_does_not_keep_values_of_a_directory() {
    in_each(&shells(), |shell| {
        let (_standin, home) = with_directories();
        let mut session = home.session(shell, "LOAD");
        let rows = [
            ("cd ~/dir", "cd ~/other; AWS_PROFILE=x ssox use dev", "dev keys eu-west-1 -"),
            ("cd ~/dir", "cd ~/other && AWS_REGION=x ssox use dev", "dev keys eu-west-1 -"),
            ("cd ~/stg", "cd ~/other; AWS_PROFILE=x ssox clear", "- - - -"),
            ("cd ~/stg", "AWS_PROFILE=x cd ~/other", "- - - -"),
            ("cd ~/stg", "AWS_REGION=x cd ~/dir", "dev keys eu-west-1 -"),
        ];
        for (before, line, then) in rows {
            check(&mut session, &home, &[before, line], then);
        }
    });
}

/// A profile without a region leaves the region to the shell, and not to the call.
#[test]
fn a_region_of_one_call_is_not_that_of_the_shell() {
    in_each(&shells(), |shell| {
        let (_standin, home) = with_directories();
        let config = home.read(".aws/config").replace("region = eu-central-1\n", "");
        home.write(".aws/config", &config);
        let mut session = home.session(shell, "LOAD");
        for region in ["x", ""] {
            let call = format!("AWS_REGION={region} ssox use");
            check(&mut session, &home, &[&format!("{call} dev"), "ssox use stg"], "stg keys - -");
            check(&mut session, &home, &["ssox use dev", &format!("{call} stg")], "stg keys - -");
            check(&mut session, &home, &[&format!("ssox use dev; {call} stg"), "ssox use dev"], "dev keys eu-west-1 -");
        }
        session.run(&shell.export("AWS_REGION", "own"));
        for lines in [["AWS_REGION=x ssox use dev", "ssox use stg"], ["ssox use dev", "AWS_REGION=x ssox use stg"]] {
            lines.iter().for_each(|line| drop(session.run(line)));
            assert_eq!(holds(&mut session, &home), "stg keys own -", "{shell:?} {lines:?}");
            session.run("ssox clear");
            assert_eq!(holds(&mut session, &home), "- - own -", "{shell:?} {lines:?}");
        }
    });
}

/// Functions that call each other may each have a variable that hides the same one. In zsh, `clear` refuses.
#[test]
fn nested_local_variables_hide_nothing_from_clear() {
    in_each(&shells(), |shell| {
        let (_standin, home) = with_directories();
        let mut session = home.session(shell, "LOAD");
        let inner = function(shell, "g", "AWS_PROFILE=x", "ssox clear");
        let outer = function(shell, "f", "AWS_PROFILE=y", "g");
        let then = if shell == Shell::Zsh { "dev - eu-west-1 dev" } else { "- - - -" };
        check(&mut session, &home, &["ssox use --profile-only dev", &inner, &outer, "f"], then);
    });
}

/// zsh does not tell a function which variables stand before it on the line.
#[test]
fn zsh_finds_a_variable_of_one_call_however_the_call_is_written() {
    if !shells().contains(&Shell::Zsh) {
        return;
    }
    let (_standin, home) = with_directories();
    let mut session = home.session(Shell::Zsh, "LOAD");
    for call in [r"\ssox", "\"ssox\"", "noglob ssox"] {
        let line = format!("AWS_PROFILE=x {call} clear");
        check(&mut session, &home, &["ssox use --profile-only dev", &line], "- - - -");
        let line = format!("AWS_REGION=x AWS_PROFILE=x {call} use dev");
        check(&mut session, &home, &["ssox use stg", &line], "dev keys eu-west-1 -");
    }
    session.run("alias ssox='noglob ssox' s='AWS_PROFILE=x ssox clear'");
    for line in ["eval 'AWS_PROFILE=x ssox clear'", "AWS_PROFILE+=x ssox clear", "s"] {
        check(&mut session, &home, &["ssox use --profile-only dev", line], "- - - -");
    }
}
