//! The workflows in `.github`, as far as this is possible without GitHub: linters check them, and the archive of a
//! release is built.

use crate::distribution::{repository, tool};
use crate::package::run;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

fn workflows() -> Vec<PathBuf> {
    fs::read_dir(repository(".github/workflows")).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn actionlint_finds_nothing_in_the_workflows() {
    if let Some(actionlint) = tool("actionlint") {
        run(Command::new(actionlint).args(workflows()));
    }
}

#[test]
fn each_action_is_from_github_and_pinned_to_a_commit() {
    for path in workflows() {
        let text = fs::read_to_string(&path).unwrap();
        for action in text.lines().filter_map(|line| line.trim_start_matches([' ', '-']).strip_prefix("uses: ")) {
            let (name, pin) = action.split_once('@').unwrap_or_else(|| panic!("{action} has no version"));
            let (commit, version) =
                pin.split_once(" # v").unwrap_or_else(|| panic!("{action}: no version in a comment"));
            let is_commit = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
            let is_version = version.split('.').filter(|number| number.parse::<u32>().is_ok()).count() == 3;
            assert!(name.starts_with("actions/") && is_commit && is_version, "{}: {action}", path.display());
        }
    }
}

#[test]
fn each_script_that_a_workflow_calls_is_there() {
    for path in workflows() {
        let text = fs::read_to_string(&path).unwrap();
        let scripts = text.lines().filter_map(|line| line.trim_start_matches([' ', '-']).strip_prefix("run: "));
        let scripts = scripts.filter_map(|line| line.split(' ').next());
        for script in scripts.filter(|word| word.contains('/') && !word.starts_with("target/")) {
            assert!(repository(script).is_file(), "{}: {script}", path.display());
        }
    }
}

#[test]
fn the_archive_of_a_release_has_all_that_belongs_to_ssox() {
    let directory = tempfile::tempdir().unwrap();
    let archive = |target: &str| {
        let mut script = Command::new(repository(".ci/archive"));
        run(script.arg(target).arg(directory.path()).arg(env!("CARGO_BIN_EXE_ssox")))
    };
    let name = archive("x86_64-unknown-linux-musl");
    let packed = directory.path().join(format!("{}.tar.gz", name.trim()));
    run(Command::new("tar").arg("-xzf").arg(packed).current_dir(directory.path()));
    let root = directory.path().join(name.trim());
    for file in ["man1/ssox.1", "completions/_ssox", "shell/ssox.zsh", "LICENSE-MIT", "LICENSE-APACHE", "README.md"] {
        assert!(root.join(file).is_file(), "{file}");
    }
    let notices = fs::read_to_string(root.join("THIRD-PARTY-NOTICES")).unwrap();
    assert!(notices.contains("musl, the C library"), "{notices}");
    assert!(run(Command::new(root.join("ssox")).arg("--version").env_clear()).starts_with("ssox "));

    let name = archive("x86_64-pc-windows-msvc");
    let packed = directory.path().join(format!("{}.zip", name.trim()));
    let listed = run(Command::new("python3").args(["-m", "zipfile", "-l"]).arg(packed));
    assert!(listed.contains("/ssox.exe") && listed.contains("/shell/ssox.psd1"), "{listed}");
}

/// Without it, a cached `ssox use` takes a quarter longer.
#[test]
fn readme_builds_the_static_program_like_a_release() {
    let flags = "RUSTFLAGS=\"-C relocation-model=static\"";
    for file in [".ci/archive", "README.md", "docs/packaging.md"] {
        assert!(fs::read_to_string(repository(file)).unwrap().contains(flags), "{file}");
    }
}
