//! direnv and mise bring back the values of ssox from before their directory, although `use` or `clear` has replaced
//! them since. What has been replaced does not stay: neither in a directory of ssox that comes next, nor beside another
//! profile, nor where nothing is in use.

use crate::identity::{environment, segment};
use crate::identity_directories::Tool;
use crate::shells::{Home, Session, Shell, in_each, installed, shells, signed_in};
use std::time::Duration;

/// What the rc file sets. In the tables, `own` stands for these values.
const OWN: [(&str, &str); 3] =
    [("AWS_PROFILE", "outer"), ("AWS_REGION", "ca-central-1"), ("AWS_DEFAULT_REGION", "ca-west-1")];
const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "LSLSLSLSLSLSLSLS"), ("AWS_SECRET_ACCESS_KEY", "LS")];

/// Steps, and then the profile, both regions, the keys with their account, and the prompt segment. The directory `a` sets
/// another profile and region, `v` a region, `r` a region and an account, and `k` keys. `none` has a `.ssox` file with a profile without a region,
/// `stg` one with `profile_only = true`.
const PATHS: [(&str, &str); 18] = [
    ("use noreg, cd ~/v, use dev, cd ~, clear", "own own own - "),
    ("use noreg, cd ~/v, use --profile-only dev, cd ~, clear", "own own own - "),
    ("use dev, cd ~/a, clear, cd ~/none", "- own own ours of noreg noreg:Admin"),
    ("use --profile-only dev, cd ~/a, clear, cd ~/none", "- own own ours of noreg noreg:Admin"),
    ("use dev, cd ~/a, clear, cd ~/none, clear", "own own own - "),
    ("use dev, cd ~/a, clear, cd ~/none, cd ~", "own own own - "),
    ("use dev, cd ~/r, use noreg, cd ~", "- own own ours of noreg noreg:Admin"),
    ("use dev, cd ~/r, use noreg, cd ~/none", "- own own ours of noreg noreg:Admin"),
    ("use dev, cd ~/r, clear, use noreg, cd ~", "- own own ours of noreg noreg:Admin"),
    ("use dev, cd ~/r, use --profile-only noreg, cd ~, clear", "own own own - "),
    ("use dev, cd ~/r, use stg, cd ~", "- stg stg ours of stg stg:PowerUser"),
    ("use dev, cd ~/r, cd ~", "- dev dev ours of dev dev:ReadOnly"),
    ("use --profile-only dev, cd ~/a, use --profile-only stg, cd ~", "stg stg stg - stg:PowerUser"),
    ("use --profile-only dev, cd ~/a, use stg, cd ~", "- stg stg ours of stg stg:PowerUser"),
    ("use --profile-only dev, cd ~/a, use noreg, cd ~", "- own own ours of noreg noreg:Admin"),
    ("use dev, cd ~/k, use --profile-only stg, cd ~", "stg stg stg - stg:PowerUser"),
    ("use dev, cd ~/k, use --profile-only noreg, cd ~", "noreg own own - noreg:Admin"),
    ("use --profile-only dev, cd ~/a, clear, cd ~/stg", "stg stg stg - stg:PowerUser"),
];

fn make_directories(tool: Tool, home: &Home) {
    let region = ("AWS_REGION", "us-west-2");
    tool.directory(home, "a", &[("AWS_PROFILE", "theirs"), region]);
    tool.directory(home, "r", &[region, ("AWS_ACCOUNT_ID", "999988887777")]);
    tool.directory(home, "v", &[region]);
    tool.directory(home, "k", &[region, KEYS[0], KEYS[1]]);
    let noreg = "[profile noreg]\nsso_session = corp\nsso_account_id = 333344445555\nsso_role_name = Admin\n";
    home.write(".aws/config", &format!("{}\n{noreg}", home.read(".aws/config")));
    for (name, text) in [("none", "profile = noreg\n"), ("stg", "profile = stg\nprofile_only = true\n")] {
        home.write(&format!("{name}/.ssox"), text);
        home.allow(name);
    }
}

fn start(tool: Tool, shell: Shell, home: &Home, own: &[(&str, &str)]) -> Session {
    make_directories(tool, home);
    let set: String = own.iter().map(|(name, value)| format!("{}\n", shell.export(name, value))).collect();
    let trusted = home.path("");
    let trusted = [("MISE_TRUSTED_CONFIG_PATHS", trusted.to_str().expect("a path is text")), ("DIRENV_LOG_FORMAT", "")];
    home.session_with(shell, &format!("{set}{}\nLOAD", tool.hook(shell)), &trusted)
}

/// Takes these steps, and describes the shell then as [`PATHS`] does.
fn walk(session: &mut Session, home: &Home, path: &str) -> String {
    for step in path.split(", ") {
        session.run(&if step.starts_with("cd") { step.to_owned() } else { format!("ssox {step}") });
    }
    // mise may run again at any prompt.
    session.run("true");
    let environment = environment(session, home);
    let word = |(name, own_value): (&str, &str)| {
        let value = environment.get(name).map_or("-", String::as_str);
        let value = value.replace("eu-central-1", "stg").replace("eu-west-1", "dev");
        if value == own_value { "own".into() } else { value }
    };
    let names: Vec<String> = OWN.into_iter().map(word).collect();
    let id = environment.get("AWS_ACCESS_KEY_ID").map_or("-", |id| if id.starts_with("ASIA") { "ours" } else { id });
    let account = environment.get("AWS_ACCOUNT_ID").map(|id| match id.as_str() {
        "111122223333" => " of dev",
        "222233334444" => " of stg",
        "333344445555" => " of noreg",
        id => id,
    });
    let shown = segment(session, home);
    format!(
        "{} {id}{} {}",
        names.join(" "),
        account.unwrap_or_default(),
        shown.split([' ', '|']).next().unwrap_or_default()
    )
}

fn nothing_replaced_stays(tool: Tool, shell: Shell, own: &[(&str, &str)]) {
    let (_standin, home) = signed_in(Duration::from_secs(3300));
    let mut session = start(tool, shell, &home, own);
    let before = if own.is_empty() { "- - - - " } else { "own own own - " };
    let mut wrong = Vec::new();
    for (path, expected) in PATHS {
        let case = format!("{tool:?} {shell:?}, {} variables of one's own: {path}", own.len());
        // Without variables of one's own, the values from before are unset.
        let expected = if own.is_empty() { expected.replace("own", "-") } else { expected.into() };
        let found = walk(&mut session, &home, path);
        let cleared = walk(&mut session, &home, "cd ~, clear");
        let left = environment(&mut session, &home).into_keys().filter(|name| name.starts_with("SSOX_"));
        let left: Vec<String> = left.collect();
        if (found.as_str(), cleared.as_str(), &left[..]) != (&expected, before, &[]) {
            wrong.push(format!("{case}: {found}, then {cleared}, {left:?}; expected {expected}"));
        }
    }
    assert_eq!(wrong, [""; 0]);
}

fn in_all_shells(tool: Tool) {
    if installed(tool.name()) {
        in_each(&shells(), |shell| nothing_replaced_stays(tool, shell, &[]));
        in_each(&shells(), |shell| nothing_replaced_stays(tool, shell, &OWN));
    }
}

#[test]
fn no_value_that_was_replaced_stays_with_direnv() {
    in_all_shells(Tool::Direnv);
}

#[test]
fn no_value_that_was_replaced_stays_with_mise() {
    in_all_shells(Tool::Mise);
}

/// A profile without a region leaves the region to direnv. At the next `use`, the shell function saves this value, and
/// must not restore it outside of the directory.
#[test]
fn a_region_of_a_tool_is_recorded_when_a_later_use_replaces_it() {
    if !installed("direnv") {
        return;
    }
    let (_standin, home) = signed_in(Duration::from_secs(3300));
    make_directories(Tool::Direnv, &home);
    let inside = home.command("sh").args(["-c", "cd v && direnv exec . env"]).output().expect("sh starts");
    let inside = String::from_utf8(inside.stdout).unwrap();
    let reply = |profile: &str, variables: &[(String, String)]| {
        let mut ssox = home.command("ssox");
        ssox.args(["--emit=zsh1", "use", profile]).env("SSOX_SAVED", "AWS_PROFILE").env_remove("SSOX_SNAPSHOT");
        let output = ssox.envs(variables.iter().cloned()).output().expect("ssox starts");
        String::from_utf8(output.stdout).unwrap()
    };
    let set = |text: &str, start: &str| -> Vec<(String, String)> {
        let lines = text.lines().filter_map(|line| line.strip_prefix(start)?.split_once('='));
        lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    };
    let of_tool = set(&inside, "").into_iter().filter(|(name, _)| name.starts_with("DIRENV_D") || name == "AWS_REGION");
    let variables: Vec<_> = set(&reply("noreg", &[]), "=").into_iter().chain(of_tool).collect();
    let used = reply("dev", &variables);
    assert!(used.lines().any(|line| line.starts_with("=SSOX_SNAPSHOT=AWS_REGION:")), "{variables:?} {used}");
}

/// Returns what ssox, called by the shell function of zsh, replies.
pub(crate) fn reply(home: &Home, words: &[&str], variables: &[(&str, &str)]) -> String {
    let mut ssox = home.command("ssox");
    let output = ssox.arg("--emit=zsh1").args(words).envs(variables.iter().copied()).output().expect("ssox starts");
    String::from_utf8(output.stdout).expect("a reply is text")
}

/// Returns the value of `SSOX_REPLACED` in a shell in which ssox has replaced AWS_PROFILE=dev, and direnv or mise has
/// brought it back.
pub(crate) fn brought_back(home: &Home) -> String {
    let used = reply(home, &["use", "--profile-only", "dev"], &[]);
    let record = used.lines().find_map(|line| line.strip_prefix("=SSOX_IDENTITY=")).expect("a record");
    format!("AWS_PROFILE:{}", record.split('.').nth(6).expect("AWS_PROFILE is the seventh"))
}

/// On the line that leaves the directory of direnv or mise, `use` and `clear` find a value of ssox that the tool has
/// brought back. The shell function must not save it as a value from before.
#[test]
fn a_value_that_a_tool_has_brought_back_is_not_saved() {
    let (_standin, home) = signed_in(Duration::from_secs(3300));
    let replaced = brought_back(&home);
    for words in [&["clear"][..], &["use", "stg"], &["use", "--profile-only", "stg"]] {
        for (saved, is_forgotten) in [(Some(""), true), (Some("AWS_REGION AWS_PROFILE"), false), (None, false)] {
            let mut variables = vec![("AWS_PROFILE", "dev"), ("SSOX_REPLACED", replaced.as_str())];
            variables.extend(saved.map(|saved| ("SSOX_SAVED", saved)));
            let forgets = reply(&home, words, &variables).lines().any(|line| line == "!AWS_PROFILE");
            assert_eq!(forgets, is_forgotten, "{words:?} {saved:?}");
        }
    }
}
