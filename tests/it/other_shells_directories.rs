//! `.ssox` files in nushell, elvish and xonsh: entering a directory uses its profile, and leaving it restores what was
//! there before. It works beside a hook that sets variables by directory, as those of direnv and mise do.

use crate::directories::NESTED;
use crate::other_shells::{Other, Session, in_each, session};
use crate::shells::{Home, installed, signed_in};
use ssox_standin::Standin;
use std::time::Duration;

/// A home with a trusted directory `dir` for `dev`, and `dir/sub/deep` below it.
fn home() -> (Standin, Home) {
    let (standin, home) = signed_in(Duration::from_secs(3300));
    home.write("dir/.ssox", "profile = dev\n");
    home.write("dir/sub/deep/file", "");
    home.write("other/file", "");
    home.allow("dir");
    (standin, home)
}

fn holds(session: &mut Session, home: &Home) -> String {
    let environment = session.environment(home);
    let value = |name: &str| environment.get(name).map_or("-", String::as_str).to_string();
    let keys = if environment.contains_key("AWS_ACCESS_KEY_ID") { "keys" } else { "-" };
    format!("{} {keys} {} {}", value("SSOX_PROFILE"), value("AWS_REGION"), value("AWS_PROFILE"))
}

#[test]
fn entering_uses_the_profile_and_leaving_restores_what_was_there() {
    in_each(|shell| {
        let (standin, home) = home();
        for before in ["", "ssox use stg", "ssox use stg; ssox use dev; ssox clear"] {
            let mut session = session(&home, shell, "LOAD", &[("AWS_PROFILE", "outer")]);
            if !before.is_empty() {
                session.run(before);
            }
            let outside = session.state(&home);
            session.run("cd dir");
            let inside = session.state(&home);
            assert_eq!(holds(&mut session, &home), "dev keys eu-west-1 -", "{shell:?} {before}");
            assert!(session.segment(&home).starts_with("dev:ReadOnly 5"), "{shell:?}");
            assert_eq!(inside["SSOX_DIRECTORY"], home.path("dir/.ssox").canonicalize().unwrap().to_str().unwrap());
            session.run("cd sub/deep");
            assert_eq!(session.state(&home), inside, "{shell:?} {before}");
            session.run("cd ~/other");
            assert_eq!(session.state(&home), outside, "{shell:?} {before}");
            session.run("cd ~/dir/sub; cd ~");
            assert_eq!(session.state(&home), outside, "{shell:?} {before}");
            let transcript = session.terminal.transcript();
            assert!(!transcript.contains("ssox: ") && !transcript.contains("rror"), "{transcript}");
        }
        assert_eq!(standin.count("GetRoleCredentials"), 2);
    });
}

/// In nushell no hook runs between the parts of a line.
#[test]
fn what_is_set_on_the_line_that_leaves_the_directory_stays() {
    in_each(|shell| {
        let (_standin, home) = home();
        let mut session = session(&home, shell, "LOAD", &[]);
        session.run("cd ~/dir");
        session.run(&format!("cd ~/other; {}", shell.export("AWS_PROFILE", "theirs")));
        assert_eq!(holds(&mut session, &home), "- - - theirs", "{shell:?}");
    });
}

#[test]
fn an_explicit_use_or_clear_inside_wins_until_the_directory_is_left() {
    in_each(|shell| {
        let (_standin, home) = home();
        for before in [shell.nothing(), "ssox use stg"] {
            for (inside, held) in [
                (&["ssox use stg"][..], "stg keys eu-central-1 -"),
                (
                    &["ssox allow; ssox use stg"],
                    if shell == Other::Nushell { "dev keys eu-west-1 -" } else { "stg keys eu-central-1 -" },
                ),
                (&["ssox use --profile-only stg"], "stg - eu-central-1 stg"),
                (&["ssox clear"], "- - - outer"),
                (&["ssox use stg", "ssox clear"], "- - - outer"),
            ] {
                let mut session = session(&home, shell, "LOAD", &[("AWS_PROFILE", "outer")]);
                session.run(before);
                let outside = session.state(&home);
                session.run("cd dir");
                inside.iter().for_each(|line| drop(session.run(line)));
                session.run("cd sub");
                assert_eq!(holds(&mut session, &home), held, "{shell:?} {before}, {inside:?}");
                session.run("cd ~");
                assert_eq!(session.state(&home), outside, "{shell:?} {before}, {inside:?}");
                session.run("ssox clear");
                assert_eq!(holds(&mut session, &home), "- - - outer", "{shell:?} {before}, {inside:?}");
            }
        }
    });
}

#[test]
fn a_file_that_is_not_trusted_is_reported_once_and_changes_nothing() {
    in_each(|shell| {
        let (_standin, home) = home();
        home.write("new/.ssox", "profile = dev\n");
        home.write("new/sub/file", "");
        let mut session = session(&home, shell, "LOAD", &[]);
        session.run("ssox use stg");
        let outside = session.state(&home);
        for _ in 0..2 {
            let told = session.run("cd ~/new") + &session.run("cd sub") + &session.next_prompt();
            assert_eq!(told.matches("ssox: .ssox wants profile dev: ssox allow").count(), 1, "{shell:?}: {told}");
            assert_eq!(session.state(&home), outside, "{shell:?}");
            session.run("cd ~");
        }
        session.run("cd new/sub");
        assert!(session.run("ssox allow").contains("is trusted"), "{shell:?}");
        assert_eq!(holds(&mut session, &home), "dev keys eu-west-1 -", "{shell:?}");
        assert!(session.run("ssox deny").contains("is no longer trusted"), "{shell:?}");
        assert_eq!(session.state(&home), outside, "{shell:?}");
    });
}

#[test]
fn the_nearest_file_counts_and_the_home_directory_is_the_last_one() {
    in_each(|shell| {
        let (_standin, home) = home();
        home.write("dir/sub/.ssox", "profile = stg\n");
        home.write(".ssox", "profile = stg\nregion = us-west-2\n");
        home.allow("dir/sub");
        home.allow(".");
        std::os::unix::fs::symlink(home.path("dir/sub"), home.path("link")).unwrap();
        let mut session = session(&home, shell, "LOAD", &[]);
        for (place, held) in NESTED {
            session.run(&format!("cd {place}"));
            assert_eq!(holds(&mut session, &home), held, "{shell:?} {place}");
        }
    });
}

#[test]
fn a_child_shell_keeps_the_directory_and_takes_it_out_elsewhere() {
    in_each(|shell| {
        let (_standin, home) = home();
        let mut parent = session(&home, shell, "LOAD", &[]);
        parent.run("cd dir");
        let inside = parent.state(&home);
        let inherited: Vec<(&str, &str)> = inside.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let mut child = session(&home, shell, "cd dir/sub\nLOAD", &inherited);
        assert_eq!(holds(&mut child, &home), "dev keys eu-west-1 -", "{shell:?}");
        child.run("cd ~");
        assert_eq!(holds(&mut child, &home), "- - - -", "{shell:?}");
        assert!(!child.state(&home).contains_key("SSOX_DIRECTORY"), "{shell:?}");
        child.run("cd dir");
        assert_eq!(holds(&mut child, &home), "dev keys eu-west-1 -", "{shell:?}");
    });
}

#[test]
fn the_binary_runs_only_where_a_file_begins_or_ends() {
    in_each(|shell| {
        let (_standin, home) = home();
        home.count_calls();
        let mut session = session(&home, shell, "LOAD", &[]);
        for line in ["cd other", "cd ..", "cd /", "cd ~"] {
            session.run(line);
        }
        assert_eq!(home.calls(), "", "{shell:?}");
        session.run("cd dir");
        let entered = home.calls();
        assert_eq!(entered.lines().count(), 1, "{shell:?}: {entered}");
        for line in ["cd sub", "cd deep", "cd ..", "cd ~"] {
            session.run(line);
            session.next_prompt();
        }
        assert_eq!(home.calls(), entered, "{shell:?}");
    });
}

/// A hook as tools for directories have it: inside `near` it sets AWS_PROFILE, and leaving it restores what was there.
fn hook_of_a_tool(shell: Other) -> &'static str {
    match shell {
        Other::Nushell => {
            "def --env tool_hook [] {\nlet inside = ($env.PWD =~ 'near')\n\
             if $inside and $env._tool? == null { $env._tool = [$env.AWS_PROFILE?]; $env.AWS_PROFILE = 'x' }\n\
             if not $inside and $env._tool? != null { if $env._tool.0 == null { hide-env AWS_PROFILE } else { $env.AWS_PROFILE = $env._tool.0 }; $env._tool = null }\n}\n\
             $env.config.hooks.pre_prompt = ($env.config.hooks.pre_prompt | append {|| tool_hook })"
        }
        Other::Elvish => {
            "var tool = []\nfn tool-hook {\nvar inside = (str:contains $pwd near)\n\
             if (and $inside (eq $tool [])) { set tool = [$E:AWS_PROFILE]; set E:AWS_PROFILE = x }\n\
             if (and (not $inside) (not-eq $tool [])) { if (eq $tool[0] '') { unset-env AWS_PROFILE } else { set E:AWS_PROFILE = $tool[0] }; set tool = [] }\n}\n\
             set after-chdir = [$@after-chdir {|_| tool-hook }]\nset edit:before-readline = [$@edit:before-readline $tool-hook~]"
        }
        Other::Xonsh => {
            "_tool = []\n@events.on_chdir\n@events.on_pre_prompt\ndef _tool_hook(**_):\n    inside = 'near' in __import__('os').getcwd()\n\
             \x20   if inside and not _tool:\n        _tool.append(__xonsh__.env.get('AWS_PROFILE'))\n        $AWS_PROFILE = 'x'\n\
             \x20   if not inside and _tool:\n        old = _tool.pop()\n        __xonsh__.env['AWS_PROFILE'] = old or ''\n\
             \x20       if old is None:\n            del $AWS_PROFILE"
        }
    }
}

#[test]
fn a_tool_for_directories_never_sees_the_values_of_a_file() {
    in_each(|shell| {
        for rc in [format!("{}\nLOAD", hook_of_a_tool(shell)), format!("LOAD\n{}", hook_of_a_tool(shell))] {
            let (_standin, home) = home();
            home.write("dir/near/.envrc", "");
            home.write("near/inner/.ssox", "profile = dev\n");
            home.allow("near/inner");
            let mut session = session(&home, shell, &rc, &[("AWS_PROFILE", "outer")]);
            // A hook that was added behind ours is seen at the next prompt.
            session.next_prompt();
            for (place, held) in [
                ("~/dir", "dev keys eu-west-1 -"),
                ("~/dir/near", "dev keys eu-west-1 x"),
                ("~/dir", "dev keys eu-west-1 -"),
                ("~", "- - - outer"),
                ("~/near", "- - - x"),
                ("~/near/inner", "dev keys eu-west-1 -"),
                ("~/dir", "dev keys eu-west-1 -"),
                ("~/near/inner", "dev keys eu-west-1 -"),
                ("~/near", "- - - x"),
                ("~", "- - - outer"),
            ] {
                session.run(&format!("cd {place}"));
                assert_eq!(holds(&mut session, &home), held, "{shell:?} {place} {rc}");
            }
        }
    });
}

/// A hook that sets AWS_PROFILE to what is in a file, at each prompt.
fn hook_that_follows_a_file(shell: Other) -> &'static str {
    match shell {
        Other::Nushell => {
            "$env.config.hooks.pre_prompt = ($env.config.hooks.pre_prompt | append {||\n\
             if ('~/value' | path exists) { $env.AWS_PROFILE = (open --raw ~/value) } else { hide-env --ignore-errors AWS_PROFILE } })"
        }
        Other::Elvish => {
            "set edit:before-readline = [$@edit:before-readline {\n\
             try { set E:AWS_PROFILE = (slurp < ~/value) } catch _ { unset-env AWS_PROFILE } }]"
        }
        Other::Xonsh => {
            "@events.on_pre_prompt\ndef _follow(**_):\n    try:\n        $AWS_PROFILE = open($HOME + '/value').read()\n\
             \x20   except OSError:\n        'AWS_PROFILE' in __xonsh__.env and __xonsh__.env.pop('AWS_PROFILE')"
        }
    }
}

#[test]
fn after_clear_a_tool_takes_away_what_it_has_set() {
    in_each(|shell| {
        let (_standin, home) = home();
        home.write("value", "x");
        let mut session = session(&home, shell, &format!("{}\nLOAD", hook_that_follows_a_file(shell)), &[]);
        session.next_prompt();
        session.run("cd ~/dir");
        assert_eq!(holds(&mut session, &home), "dev keys eu-west-1 -", "{shell:?}");
        session.run("ssox clear");
        assert_eq!(holds(&mut session, &home), "- - - x", "{shell:?}");
        home.write("value", "y");
        session.next_prompt();
        session.next_prompt();
        assert_eq!(holds(&mut session, &home), "- - - y", "{shell:?}");
        std::fs::remove_file(home.path("value")).expect("the file is there");
        session.next_prompt();
        session.next_prompt();
        assert_eq!(holds(&mut session, &home), "- - - -", "{shell:?}");
        session.run("ssox use dev");
        assert_eq!(holds(&mut session, &home), "dev keys eu-west-1 -", "{shell:?}");
    });
}

/// Returns the line that loads mise.
pub(crate) fn mise(shell: Other, home: &Home) -> String {
    let output = home.command("mise").args(["activate", shell.program()]).output().expect("mise starts");
    home.write("mise.nu", &String::from_utf8_lossy(&output.stdout));
    let script = home.path("mise.nu").display().to_string();
    match shell {
        Other::Nushell => format!("source {script}"),
        Other::Elvish => format!("eval (slurp < {script}) &on-end={{|mise| $mise[activate~] }}"),
        Other::Xonsh => format!("execx(open('{script}').read())"),
    }
}

#[test]
fn mise_and_ssox_live_in_one_directory() {
    if !installed("mise") {
        return;
    }
    in_each(|shell| {
        for is_first in [true, false] {
            let (_standin, home) = home();
            let activate = mise(shell, &home);
            let rc = if is_first { format!("{activate}\nLOAD") } else { format!("LOAD\n{activate}") };
            home.write("dir/mise.toml", "[env]\nAWS_PROFILE = \"x\"\n");
            home.write("theirs/mise.toml", "[env]\nAWS_PROFILE = \"x\"\n");
            // mise acts once more for a file that is as new as its session.
            let aged = home
                .command("touch")
                .args(["-t", "202601010000", "dir/mise.toml", "dir", "theirs/mise.toml", "theirs"])
                .status();
            assert!(aged.expect("touch starts").success());
            let trusted = home.path("");
            let trusted = ("MISE_TRUSTED_CONFIG_PATHS", trusted.to_str().expect("a path is text"));
            let mut session = session(&home, shell, &rc, &[trusted, ("AWS_PROFILE", "outer")]);
            session.next_prompt();
            for (place, held) in [
                ("~/dir", "dev keys eu-west-1 -"),
                ("~", "- - - outer"),
                ("~/theirs", "- - - x"),
                ("~/dir/sub", "dev keys eu-west-1 -"),
                ("~/theirs", "- - - x"),
                ("~", "- - - outer"),
            ] {
                session.run(&format!("cd {place}"));
                assert_eq!(holds(&mut session, &home), held, "{shell:?} {place} {rc}");
            }
        }
    });
}

/// What the hook puts in use inside a directory counts until the directory is left, and what it does outside stays.
#[test]
fn a_hook_of_your_own_may_call_ssox_when_the_directory_changes() {
    in_each(|shell| {
        let hook = match shell {
            Other::Nushell => {
                "LOAD
                $env.config.hooks.env_change.PWD = ($env.config.hooks.env_change.PWD | append {||
                    if ('uses' | path exists) { ssox use stg }
                    if ('clears' | path exists) { ssox clear } })"
            }
            Other::Elvish => {
                "var ssox~ = $nop~
                eval (e:ssox init elvish | slurp) &on-end={|ssox| set ssox~ = $ssox[ssox~] }
                set after-chdir = [$@after-chdir {|_|
                    if ?(test -e uses) { ssox use stg }
                    if ?(test -e clears) { ssox clear } }]"
            }
            Other::Xonsh => {
                "LOAD
@events.on_chdir
def _arrive(olddir, newdir, **_):
    import os
    if os.path.exists(os.path.join(newdir, 'uses')):
        execx('ssox use stg')
    if os.path.exists(os.path.join(newdir, 'clears')):
        execx('ssox clear')"
            }
        };
        let (_standin, home) = home();
        home.write("stg/uses", "");
        home.write("dir/stg/uses", "");
        home.write("nothing/clears", "");
        home.write("dir/nothing/clears", "");
        let mut session = session(&home, shell, hook, &[]);
        let mut path = String::new();
        for (line, held) in [
            ("ssox use dev", "dev keys eu-west-1 -"),
            ("cd ~/dir", "dev keys eu-west-1 -"),
            ("cd stg", "stg keys eu-central-1 -"),
            ("cd ../sub", "stg keys eu-central-1 -"),
            ("cd ../nothing", "- - - -"),
            ("cd ../sub", "- - - -"),
            ("cd ~", "dev keys eu-west-1 -"),
            ("cd ~/dir", "dev keys eu-west-1 -"),
            ("cd ~/stg", "stg keys eu-central-1 -"),
            ("cd ~/dir", "dev keys eu-west-1 -"),
            ("cd ~/nothing", "- - - -"),
            ("cd ~/dir", "dev keys eu-west-1 -"),
            ("cd ~", "- - - -"),
        ] {
            session.run(line);
            path = format!("{path}; {line}");
            assert_eq!(holds(&mut session, &home), held, "{shell:?}{path}");
        }
    });
}
