//! Rules for the source code: imports point downward, only one module uses the AWS SDK, and every file says what it is
//! for.

use std::fs;
use std::path::{Path, PathBuf};

/// The layers, from the top down. A module may use lower layers, and itself.
const FLOORS: [&[&str]; 16] = [
    &["main"],
    &["lib"],
    &["run"],
    &["commands"],
    &["completion", "endpoint"],
    &["profile"],
    &["assignments", "source", "tools"],
    &["saml", "session"],
    &["aws"],
    &["batch", "directory"],
    &["account_names", "browser", "cache", "config", "lock", "shell", "terminal", "usage"],
    &["identity", "store"],
    &["environment", "json", "peer", "percent", "snapshots"],
    &["context", "credentials", "files"],
    &["address", "arn", "keyring", "region"],
    &["bytes", "error", "one_verb", "parallel", "secret", "signals", "system_program", "time"],
];

pub(crate) fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("src can be read").map(|entry| entry.expect("src can be read").path());
    let below = |path: PathBuf| if path.is_dir() { files(&path) } else { vec![path] };
    entries.flat_map(below).filter(|path| path.extension().is_some_and(|ending| ending == "rs")).collect()
}

pub(crate) fn module(path: &Path) -> String {
    let below = path.strip_prefix(root()).expect("it is in src");
    let first = below.components().next().expect("it has a name").as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_string()
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn floor(module: &str) -> usize {
    FLOORS
        .iter()
        .position(|modules| modules.contains(&module))
        .unwrap_or_else(|| panic!("`{module}` stands on no floor: add it to FLOORS in {}", file!()))
}

/// The text without its unit tests, which may use all modules.
pub(crate) fn code(path: &Path) -> String {
    if path.ends_with("tests.rs") {
        return String::new();
    }
    let text = fs::read_to_string(path).expect("source is text");
    let starts = ["#[cfg(test)]\nmod tests {", "#[cfg(all(test, unix))]\nmod tests {"];
    starts.iter().fold(text.as_str(), |code, start| code.split(start).next().unwrap_or_default()).to_string()
}

#[test]
fn imports_point_downward() {
    for path in files(&root()) {
        let (module, code) = (module(&path), code(&path));
        for (at, _) in code.match_indices("crate::") {
            let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let rest = &code[at + "crate::".len()..];
            let used = &rest[..rest.find(|c| !word(c)).unwrap_or(rest.len())];
            if used == module || used.is_empty() {
                continue;
            }
            assert!(floor(used) >= floor(&module), "{}: `{module}` uses `{used}`, which stands higher", path.display());
        }
    }
}

#[test]
fn the_sdk_stays_in_its_room() {
    for path in files(&root()).into_iter().filter(|path| module(path) != "aws") {
        for word in ["aws_sdk_", "aws_smithy", "tokio", ".await", "async "] {
            let code: String = code(&path).lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            assert!(!code.contains(word), "{}: {word}", path.display());
        }
    }
}

#[test]
fn the_environment_is_read_in_one_place() {
    let allowed = |path: &Path| ["context.rs", "context/clock.rs"].iter().any(|name| path.ends_with(name));
    for path in files(&root()).into_iter().filter(|path| !allowed(path)) {
        for word in ["env::var", "SystemTime::now", "env::home_dir"] {
            assert!(!code(&path).contains(word), "{}: {word}", path.display());
        }
    }
}

#[test]
fn bytes_are_searched_without_asking_the_processor() {
    for path in files(&root()).into_iter().filter(|path| !path.ends_with("bytes.rs")) {
        assert!(!code(&path).contains("memchr::"), "{}: use `crate::bytes`", path.display());
    }
}

#[test]
fn nothing_prints_with_a_macro_that_panics_on_a_closed_channel() {
    for path in files(&root()) {
        for word in ["print!(", "println!(", "dbg!("] {
            assert!(!code(&path).contains(word), "{}: {word} (use `context::tell`)", path.display());
        }
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for path in files(&root()).into_iter().filter(|path| !path.ends_with("tests.rs")) {
        let text = fs::read_to_string(&path).expect("source is text");
        assert!(text.starts_with("//!"), "{}", path.display());
    }
}

#[test]
fn every_test_file_is_part_of_the_tests() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let main = fs::read_to_string(tests.join("main.rs")).expect("source is text");
    for path in fs::read_dir(&tests).expect("the tests can be listed").map(|entry| entry.expect("and read").path()) {
        let name = path.file_stem().and_then(|name| name.to_str()).expect("names are text");
        let is_module = path.extension().is_some_and(|ending| ending == "rs") && name != "main";
        assert!(!is_module || main.lines().any(|line| line == format!("mod {name};")), "no `mod {name};` in main.rs");
    }
}
