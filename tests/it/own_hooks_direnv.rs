//! Hooks of the person's own that call `ssox use` when the directory changes, together with direnv and `.ssox` files, in
//! many orders: the prompt shows the identity that the shell has, and `clear` outside all directories leaves nothing.

use crate::identity::{Environment, environment, segment};
use crate::identity_directories::{P1, P2, Tool};
use crate::own_hooks::hooks;
use crate::shells::{Home, Session, Shell, in_each, installed, shells, signed_in};
use std::collections::BTreeMap;
use std::time::Duration;

/// Where the walks go. In `use` and `both` the hook uses `stg`, in `envrc` and `keys`, where direnv sets a profile and
/// access keys, `dev`. In `clear` it clears.
const PLACES: [&str; 10] = ["", "use", "ours", "both", "envrc", "keys", "clear", "direnv", "direnv/ours", "ours/envrc"];
const KEYS: [&str; 3] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];

fn make_directories(home: &Home) {
    for (name, line) in [
        ("use", "ssox use stg\n"),
        ("both", "ssox use stg\n"),
        ("envrc", "ssox use dev\n"),
        ("ours/envrc", "ssox use stg\n"),
        ("keys", "ssox use dev\n"),
        ("clear", "ssox clear\n"),
    ] {
        home.write(&format!("{name}/on-arrival"), line);
    }
    for name in ["envrc", "direnv", "both", "ours/envrc"] {
        Tool::Direnv.directory(home, name, &P1);
    }
    Tool::Direnv.directory(home, "keys", &P2);
    for name in ["ours", "both", "direnv/ours"] {
        home.write(&format!("{name}/.ssox"), "profile = dev\n");
        home.allow(name);
    }
}

/// The access keys that each profile has in a shell without direnv.
type KeysOf = BTreeMap<&'static str, Vec<Option<String>>>;

fn keys(environment: &Environment) -> Vec<Option<String>> {
    KEYS.iter().map(|name| environment.get(*name).cloned()).collect()
}

/// Asserts that the prompt segment and the environment agree.
fn check(session: &mut Session, home: &Home, known: &KeysOf, case: &str) {
    let environment = environment(session, home);
    let shown = segment(session, home);
    let found = keys(&environment);
    let owner = known.iter().find(|(_, keys)| **keys == found).map(|(label, _)| *label);
    let label = shown.split([' ', '|']).next().unwrap_or_default();
    let case = format!("{case}: {shown} {environment:#?}");
    if label.is_empty() {
        assert!(owner.is_none(), "not shown: {owner:?} {case}");
    } else if !label.ends_with('?') {
        assert_eq!(owner, Some(label), "{case}");
        assert!(!environment.contains_key("AWS_PROFILE"), "{case}");
    }
    // Never a half: either all three values are those of one profile, or none of them is.
    let parts = |values: &[Option<String>]| {
        known.values().any(|keys| keys.iter().zip(values).any(|(a, b)| a == b && a.is_some()))
    };
    assert!(owner.is_some() || !parts(&found), "mixed: {case}");
}

fn clear(session: &mut Session, home: &Home, case: &str) {
    for line in ["cd ~", "ssox clear"] {
        session.run(line);
    }
    let left = environment(session, home);
    let is_left = |name: &&String| {
        KEYS.contains(&name.as_str())
            || ["AWS_PROFILE", "AWS_REGION", "AWS_ACCOUNT_ID", "AWS_CREDENTIAL_EXPIRATION"].contains(&name.as_str())
            || name.starts_with("SSOX_") && name.as_str() != "SSOX_PREVIOUS"
    };
    let left: Vec<&String> = left.keys().filter(is_left).collect();
    assert!(left.is_empty(), "{case} > ~; ssox clear: {left:?} {:#?}", session.prompt_rows());
}

/// A generator of numbers with a fixed seed (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 33) % count as u64).expect("it is small")
    }
}

fn walks() -> Vec<Vec<&'static str>> {
    let mut walks = vec![vec!["keys", "direnv"], vec!["use", "ours", "envrc"], vec!["use", "both", "envrc"]];
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    walks.extend((0..7).map(|_| (0..3 + dice.below(5)).map(|_| PLACES[dice.below(PLACES.len())]).collect()));
    walks
}

fn walk(shell: Shell, rc: &str) {
    let (_standin, home) = signed_in(Duration::from_secs(3300));
    make_directories(&home);
    let mut session = home.session_with(shell, rc, &[("DIRENV_LOG_FORMAT", "")]);
    let mut known = KeysOf::new();
    for (profile, label) in [("stg", "stg:PowerUser"), ("dev", "dev:ReadOnly")] {
        session.run(&format!("ssox use {profile}"));
        known.insert(label, keys(&environment(&mut session, &home)));
    }
    clear(&mut session, &home, "start");
    for (number, walk) in walks().into_iter().enumerate() {
        let mut path = format!("{shell:?} {rc:?} {number}:");
        for place in walk {
            session.run(&format!("cd ~/{place}"));
            path = format!("{path} > {place}");
            // Each look is a few more prompts.
            if number % 2 == 0 {
                check(&mut session, &home, &known, &path);
            }
        }
        clear(&mut session, &home, &path);
    }
}

#[test]
fn hooks_of_your_own_beside_direnv_show_what_the_shell_has_and_leave_nothing() {
    if !installed("direnv") {
        return;
    }
    in_each(&shells(), |shell| {
        let direnv = Tool::Direnv.hook(shell);
        for hook in hooks(shell) {
            for rc in [["LOAD", &direnv, hook], ["LOAD", hook, &direnv], [&direnv, "LOAD", hook]] {
                walk(shell, &rc.join("\n"));
            }
        }
    });
}
