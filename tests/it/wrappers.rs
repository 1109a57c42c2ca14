//! The function `ssox` in each shell: which replies it applies and refuses, and what `clear` restores.

use crate::shells::{Home, Shell, shells};

pub(crate) const GOOD: &str = "#ssox1\n=AWS_REGION=eu-west-1\n=AWS_SESSION_TOKEN=a=b $(touch PWNED)`touch PWNED` 'x\"\\ ~ *\n=SSOX_PROFILE=dev\n=SSOX_PROMPT=dev\n\
    -AWS_PROFILE\n-AWS_VAULT\n-AWSUME_PROFILE\n#end\n";
const CLEAR: &str = "#ssox1\n-AWS_REGION\n-AWS_SESSION_TOKEN\n-SSOX_PROFILE\n-SSOX_PROMPT\n-AWS_SECURITY_TOKEN\n#end\n";
const PROBE: &str =
    "probe AWS_REGION AWS_SESSION_TOKEN SSOX_PROFILE AWS_PROFILE AWS_VAULT AWSUME_PROFILE AWS_SECURITY_TOKEN";

/// Runs a script in a scripted home, and returns what it printed.
pub(crate) fn run(home: &Home, shell: Shell, script: &str) -> String {
    let script = format!("{}\n{script}", shell.probe()).replace("PROBE", PROBE);
    let output = home.script(shell, &script);
    assert!(!home.path("PWNED").exists(), "{shell:?} ran a value");
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Returns what `env` wrote into a file, in order: fish lists exported variables in another order after each change of
/// scope.
fn variables(home: &Home, file: &str) -> Vec<String> {
    let mut lines: Vec<String> = home.read(file).lines().map(String::from).collect();
    lines.sort();
    lines
}

#[test]
fn a_reply_is_applied_to_the_last_byte() {
    for shell in shells() {
        let home = Home::scripted();
        home.reply("use", GOOD, 0);
        let told = run(
            &home,
            shell,
            &format!("LOAD\n{}\nssox use dev 'a  b'\n{}\nPROBE", shell.export("AWS_PROFILE", "x"), shell.status()),
        );
        let expected = "status 0\nAWS_REGION exported [eu-west-1]\n\
            AWS_SESSION_TOKEN exported [a=b $(touch PWNED)`touch PWNED` 'x\"\\ ~ *]\nSSOX_PROFILE exported [dev]\n\
            AWS_PROFILE unset\nAWS_VAULT unset\nAWSUME_PROFILE unset\nAWS_SECURITY_TOKEN unset\n";
        assert_eq!(told, expected, "{shell:?}");
        assert_eq!(home.calls(), format!("--emit={}1 use dev a  b\n", shell.name()));
    }
}

#[test]
fn clear_restores_what_was_there_before() {
    for shell in shells() {
        let home = Home::scripted();
        home.reply("use", GOOD, 0);
        home.reply("clear", CLEAR, 0);
        let mine = [
            shell.set("AWS_REGION", "mine"),
            shell.export("AWS_SESSION_TOKEN", "\\my $x \\ \"token\""),
            shell.export("AWS_PROFILE", ""),
            shell.set("AWS_VAULT", ""),
            shell.export("AWS_SECURITY_TOKEN", "not touched by use"),
        ];
        let script = format!(
            "LOAD\n{}\nPROBE\nssox use dev\nssox use other\nLOAD\nssox clear\n{}\nPROBE",
            mine.join("\n"),
            shell.status()
        );
        let told = run(&home, shell, &script);
        let (before, after) = told.split_once("status 0\n").unwrap_or_else(|| panic!("{shell:?}: {told}"));
        let expected = "AWS_REGION set [mine]\nAWS_SESSION_TOKEN exported [\\my $x \\ \"token\"]\nSSOX_PROFILE unset\n\
            AWS_PROFILE exported []\nAWS_VAULT set []\nAWSUME_PROFILE unset\nAWS_SECURITY_TOKEN exported [not touched by use]\n";
        assert_eq!(before, expected, "{shell:?}");
        assert_eq!(after, before, "{shell:?}");
    }
}

#[test]
fn after_clear_a_new_use_records_previous_values_again() {
    for shell in shells() {
        let home = Home::scripted();
        home.reply("use", "#ssox1\n=AWS_REGION=theirs\n#end\n", 0);
        home.reply("clear", "#ssox1\n-AWS_REGION\n#end\n", 0);
        let (first, second) = (shell.export("AWS_REGION", "first"), shell.export("AWS_REGION", "second"));
        let script = format!(
            "LOAD\n{first}\nssox use a\nssox clear\n{second}\nssox use a\nprobe AWS_REGION\nssox clear\nprobe AWS_REGION"
        );
        assert_eq!(
            run(&home, shell, &script),
            "AWS_REGION exported [theirs]\nAWS_REGION exported [second]\n",
            "{shell:?}"
        );
    }
}

#[test]
fn a_child_shell_unsets_what_it_inherited() {
    for shell in shells() {
        let home = Home::scripted();
        home.reply("use", "#ssox1\n=AWS_REGION=theirs\n=AWS_SSO_PROFILE=other\n#end\n", 0);
        home.reply("clear", "#ssox1\n-AWS_REGION\n-AWS_SSO_PROFILE\n-SSOX_PROFILE\n-SSOX_PROMPT\n#end\n", 0);
        let inherited = ["SSOX_PROFILE", "SSOX_PROMPT", "AWS_REGION"].map(|name| shell.export(name, "dev")).join("\n");
        let names = "probe AWS_REGION AWS_SSO_PROFILE SSOX_PROFILE";
        let told = run(&home, shell, &format!("{inherited}\nLOAD\nssox use other\nssox clear\n{names}"));
        assert_eq!(told, "AWS_REGION unset\nAWS_SSO_PROFILE unset\nSSOX_PROFILE unset\n", "{shell:?}");
    }
}

/// Output that is no whole reply of the version that the scripts know.
pub(crate) const NO_REPLIES: [&str; 12] = [
    "",
    "\n",
    "#ssox1\n",
    "#end\n",
    "#ssox1\n=AWS_REGION=cut off",
    "#ssox1\n=AWS_REGION=x\n#en",
    "warning: noise\n#ssox1\n=AWS_REGION=x\n#end\n",
    "#ssox1\n=AWS_REGION=x\n#end\nnoise\n",
    "#ssox1\n=AWS_REGION=x\nnoise\n#end\n",
    "#ssox1\n=AWS_REGION=x\n#end\n#ssox1\n=AWS_REGION=x\n#end\n",
    "#ssox2\n=AWS_REGION=x\n#end\n",
    "#ssox1\n=AWS_REGION=x\n=AWS_X\n#end\n",
];

#[test]
fn output_that_is_no_reply_changes_nothing() {
    let other_names = [
        ("#ssox1\n=AWS_REGION=x\n=PATH=/evil\n#end\n", "`PATH` must not be changed by ssox"),
        ("#ssox1\n=AWS_REGION=x\n-PATH\n#end\n", "`PATH` must not be changed by ssox"),
        ("#ssox1\n=AWS_REGION=x\n=aws_region=x\n#end\n", "`aws_region` must not be changed by ssox"),
        ("#ssox1\n=AWS_REGION=x\n=AWS_=x\n#end\n", "`AWS_` must not be changed by ssox"),
        ("#ssox1\n=AWS_REGION=x\n=LD_PRELOAD=x\n#end\n", "`LD_PRELOAD` must not be changed by ssox"),
        ("#ssox1\n=AWS_REGION=x\n=_AWS_X=x\n#end\n", "`_AWS_X` must not be changed by ssox"),
        ("#ssox1\n=AWS_REGION=x\n=AWS_[$(touch PWNED)]=x\n#end\n", "must not be changed by ssox"),
        ("#ssox1\n=AWS_REGION=x\n=AWS_X;touch PWNED=x\n#end\n", "must not be changed by ssox"),
        ("#ssox1\n=AWS_REGION=x\n-AWS_X touch PWNED\n#end\n", "must not be changed by ssox"),
    ];
    let bad: Vec<_> = NO_REPLIES.map(|reply| (reply, "unexpected reply")).into_iter().chain(other_names).collect();
    for shell in shells() {
        let home = Home::scripted();
        for (reply, message) in &bad {
            home.reply("use", reply, 0);
            let script = format!(
                "{}\nLOAD\nenv >before\nssox use dev\n{}\nenv >after",
                shell.export("AWS_REGION", "mine"),
                shell.status()
            );
            let told = run(&home, shell, &script);
            assert!(told.starts_with("status 70\nssox: ") && told.contains(message), "{shell:?} {reply:?}: {told}");
            assert!(
                told.ends_with(", environment unchanged\n") && told.lines().count() == 2,
                "{shell:?} {reply:?}: {told}"
            );
            assert_eq!(variables(&home, "before"), variables(&home, "after"), "{shell:?} {reply:?}");
        }
    }
}

/// bash remembers the names of the reply before.
#[test]
fn a_good_reply_does_not_make_the_next_one_good() {
    let bad = [
        ("=AWS_REGION=eu-west-1", "=AWS_REGION", "unexpected reply"),
        ("=AWS_REGION=eu-west-1", "AWS_REGION=eu-west-1", "unexpected reply"),
        ("=AWS_REGION=eu-west-1", "==AWS_REGION=eu-west-1", "unexpected reply"),
        ("=AWS_REGION=eu-west-1", "=AWS_REGION=eu-west-1\n#end", "unexpected reply"),
        ("-AWS_PROFILE", "-AWS_PROFILE=x", "environment unchanged"),
        ("-AWS_PROFILE", "-aws_profile", "`aws_profile` must not be changed by ssox"),
        ("#ssox1\n", "", "unexpected reply"),
        ("#end\n", "", "unexpected reply"),
    ];
    for shell in shells() {
        let home = Home::scripted();
        home.reply("use", GOOD, 0);
        for (part, instead, message) in bad {
            home.reply("clear", &GOOD.replace(part, instead), 0);
            let script =
                format!("LOAD\nssox use dev\nssox use dev\nenv >before\nssox clear\n{}\nenv >after", shell.status());
            let told = run(&home, shell, &script);
            assert!(told.starts_with("status 70\nssox: ") && told.contains(message), "{shell:?} {instead:?}: {told}");
            assert_eq!(variables(&home, "before"), variables(&home, "after"), "{shell:?} {instead:?}");
        }
    }
}

#[test]
fn a_failure_keeps_its_status_and_changes_nothing() {
    for shell in shells() {
        for code in [1, 3, 6, 130] {
            let home = Home::scripted();
            home.reply("use", GOOD, code);
            home.write("use.message", "ssox: sign in first\n");
            let script = format!("LOAD\nenv >before\nssox use dev\n{}\nenv >after", shell.status());
            assert_eq!(run(&home, shell, &script), format!("status {code}\nssox: sign in first\n"), "{shell:?}");
            assert_eq!(variables(&home, "before"), variables(&home, "after"), "{shell:?}");
        }
    }
}

#[test]
fn a_variable_that_would_not_hold_its_value_refuses_the_whole_reply() {
    for shell in shells().into_iter().filter(|shell| *shell != Shell::Fish) {
        for declaration in [
            "readonly AWS_PROFILE=mine",
            "readonly AWS_SESSION_TOKEN",
            "AWS_VAULT=(an array)",
            "typeset -i AWS_SESSION_TOKEN",
            "typeset -l SSOX_PROFILE=mine",
            "typeset -u AWS_REGION",
        ] {
            let home = Home::scripted();
            home.reply("use", GOOD, 0);
            let told = run(
                &home,
                shell,
                &format!("LOAD\n{declaration}\nenv >before\nssox use dev\n{}\nenv >after", shell.status()),
            );
            let name = declaration.split(['=', ' ']).find(|word| word.contains('_')).unwrap();
            assert!(told.starts_with("status 70\nssox: ") && told.contains(&format!("`{name}`")), "{shell:?}: {told}");
            assert_eq!(variables(&home, "before"), variables(&home, "after"), "{shell:?}");
        }
    }
}

#[test]
fn a_variable_that_was_declared_since_refuses_the_next_reply() {
    let reply = GOOD.replace("=AWS_REGION", "=AWS_OF_TOMORROW=x\n=AWS_REGION");
    for shell in shells().into_iter().filter(|shell| *shell != Shell::Fish) {
        for declaration in ["typeset -i AWS_REGION", "readonly AWS_OF_TOMORROW", "readonly AWS_VAULT=x"] {
            let home = Home::scripted();
            home.reply("use", &reply, 0);
            home.reply("clear", &reply.replace("eu-west-1", "a[$(touch PWNED)]"), 0);
            let script = format!(
                "LOAD\nssox use dev\nunset AWS_REGION\n{declaration}\nenv >before\nssox clear\n{}\nenv >after",
                shell.status()
            );
            let told = run(&home, shell, &script);
            let name = declaration.split(['=', ' ']).find(|word| word.contains('_')).unwrap();
            assert!(told.starts_with("status 70\nssox: ") && told.contains(&format!("`{name}`")), "{shell:?}: {told}");
            assert_eq!(variables(&home, "before"), variables(&home, "after"), "{shell:?}");
        }
    }
}

#[test]
fn an_empty_reply_succeeds() {
    for shell in shells() {
        let home = Home::scripted();
        let told = run(&home, shell, &format!("LOAD\nenv >before\nssox use\n{}\nenv >after", shell.status()));
        assert_eq!(told, "status 0\n", "{shell:?}");
        assert_eq!(variables(&home, "before"), variables(&home, "after"), "{shell:?}");
    }
}
