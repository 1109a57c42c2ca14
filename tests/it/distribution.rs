//! The packages for distributions: a deb and an rpm are built and unpacked; the templates of other packages are
//! checked.

use crate::package::{package_files, run};
use crate::sandbox::cargo;
use crate::shells::installed;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use tempfile::TempDir;

/// A target directory with ssox as a release has it, but not optimized, and the other files of a package.
fn built() -> TempDir {
    let target = tempfile::tempdir().unwrap();
    fs::create_dir(target.path().join("release")).unwrap();
    run(Command::new("strip").arg("-o").arg(target.path().join("release/ssox")).arg(env!("CARGO_BIN_EXE_ssox")));
    // The directory in Cargo.toml, which the tests share.
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| package_files(&repository("target/package-files")));
    target
}

pub(crate) fn repository(below: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(below)
}

/// Returns a tool that `tests/tools` installs, unless it is missing.
pub(crate) fn tool(name: &str) -> Option<PathBuf> {
    let path = repository("target/tools/bin").join(name);
    let there = path.is_file();
    assert!(there || env::var_os("CI").is_none(), "run tests/tools");
    if !there {
        eprintln!("NOT TESTED: {name} is not installed (tests/tools)");
    }
    there.then_some(path)
}

/// Makes a package in a target directory, unless the tool for it is missing.
fn packaged(name: &str, arguments: &[&str], target: &Path) -> bool {
    let Some(tool) = tool(&format!("cargo-{name}")) else { return false };
    let tools = tool.parent().unwrap().to_owned();
    let path = env::join_paths([tools].into_iter().chain(env::split_paths(&env::var_os("PATH").unwrap()))).unwrap();
    run(cargo(&[name]).args(arguments).arg("-o").arg(target).env("PATH", path).env("CARGO_TARGET_DIR", target));
    true
}

/// Returns the file with that ending.
fn made(directory: &Path, ending: &str) -> PathBuf {
    let mut paths = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    paths.find(|path| path.extension().is_some_and(|found| found == ending)).expect("the package was made")
}

/// Checks that ssox below a root directory runs, and that man pages, completions, plugin files and licences are there.
/// The completions of shells without a directory for packagers are in ssox's own.
fn is_whole(root: &Path, zsh: &str, man: &str, licences: &str) {
    let usr = root.join("usr");
    let version = run(Command::new(usr.join("bin/ssox")).arg("--version").env_clear());
    assert_eq!(version.trim(), concat!("ssox ", env!("CARGO_PKG_VERSION")));
    for entry in fs::read_dir(repository("completions")).unwrap().map(|entry| entry.unwrap()) {
        let place = match entry.file_name().to_str().unwrap() {
            "_ssox" => zsh.to_string(),
            "ssox.bash" => "share/bash-completion/completions/ssox".into(),
            "ssox.fish" => "share/fish/vendor_completions.d/ssox.fish".into(),
            "ssox.yash" => "share/yash/completion/ssox".into(),
            other => format!("share/ssox/completions/{other}"),
        };
        assert_eq!(fs::read(entry.path()).ok(), fs::read(usr.join(&place)).ok(), "/usr/{place}");
    }
    let pages = ["share/man/man1/ssox.1", "share/man/man1/ssox-use.1"].map(|page| format!("{page}{man}"));
    let texts = ["LICENSE-MIT", "LICENSE-APACHE", "THIRD-PARTY-NOTICES"].map(|text| format!("{licences}/{text}"));
    for file in pages.into_iter().chain(texts) {
        assert!(usr.join(&file).metadata().is_ok_and(|found| found.len() > 0), "/usr/{file} is missing");
    }
    has_all_of("shell", &usr.join("share/ssox/shell"));
}

/// Checks that no file of the repository was forgotten.
fn has_all_of(below: &str, installed: &Path) {
    for entry in fs::read_dir(repository(below)).unwrap().map(|entry| entry.unwrap()) {
        let (name, place) = (entry.file_name().into_string().unwrap(), installed.join(entry.file_name()));
        if entry.path().is_dir() {
            has_all_of(&format!("{below}/{name}"), &place);
            continue;
        }
        assert_eq!(fs::read(entry.path()).ok(), fs::read(&place).ok(), "{}", place.display());
    }
}

#[test]
fn the_deb_installs_into_an_empty_root_and_its_ssox_runs() {
    let target = built();
    if !packaged("deb", &["--no-build", "--no-strip", "--no-dbgsym", "--fast"], target.path()) {
        return;
    }
    let root = tempfile::tempdir().unwrap();
    for directory in ["info", "updates", "triggers"] {
        fs::create_dir_all(root.path().join("var/lib/dpkg").join(directory)).unwrap();
    }
    fs::write(root.path().join("var/lib/dpkg/status"), "").unwrap();
    let mut dpkg = Command::new("dpkg");
    // Neither the C library nor ldconfig is in an empty root.
    dpkg.args(["--force-depends", "--force-not-root", "--force-bad-path", "--log=/dev/null", "--root"])
        .arg(root.path());
    run(dpkg.arg("--install").arg(made(target.path(), "deb")));
    is_whole(root.path(), "share/zsh/vendor-completions/_ssox", ".gz", "share/doc/ssox");
}

#[test]
fn the_rpm_holds_the_same() {
    let target = built();
    if !installed("rpm2cpio") || !packaged("generate-rpm", &["--payload-compress", "none"], target.path()) {
        return;
    }
    let root = tempfile::tempdir().unwrap();
    let unpack = "rpm2cpio \"$0\" | cpio --quiet --extract --make-directories";
    run(Command::new("sh").args(["-c", unpack]).arg(made(target.path(), "rpm")).current_dir(root.path()));
    is_whole(root.path(), "share/zsh/site-functions/_ssox", "", "share/licenses/ssox");
}

#[test]
fn the_pkgbuild_packages_the_same() {
    let (target, root) = (built(), tempfile::tempdir().unwrap());
    let source = root.path().join(concat!("ssox-", env!("CARGO_PKG_VERSION")));
    fs::create_dir_all(source.join("target")).unwrap();
    for name in ["LICENSE-MIT", "README.md", "CHANGELOG.md", "completions", "shell", "target/package-files"] {
        std::os::unix::fs::symlink(repository(name), source.join(name)).unwrap();
    }
    std::os::unix::fs::symlink(target.path().join("release"), source.join("target/release")).unwrap();
    let script = "set -eu; . \"$0\"; srcdir=$PWD pkgdir=$PWD/package; package";
    run(Command::new("bash").args(["-c", script]).arg(repository("docs/packaging/PKGBUILD")).current_dir(root.path()));
    // Arch has the text of Apache-2.0 in its system licences.
    let licences = root.path().join("package/usr/share/licenses/ssox");
    fs::copy(repository("LICENSE-APACHE"), licences.join("LICENSE-APACHE")).unwrap();
    is_whole(&root.path().join("package"), "share/zsh/site-functions/_ssox", "", "share/licenses/ssox");
}

#[test]
fn the_templates_can_be_parsed() {
    let checks = [("ruby", "-c", "ssox.rb"), ("nix-instantiate", "--parse", "flake.nix"), ("bash", "-n", "PKGBUILD")];
    for (program, option, file) in checks {
        if installed(program) {
            run(Command::new(program).arg(option).arg(repository("docs/packaging").join(file)));
        }
    }
}

#[test]
fn the_templates_name_this_version() {
    for (file, line) in [("PKGBUILD", "pkgver=VERSION"), ("ssox.rb", "/vVERSION.tar.gz")] {
        let text = fs::read_to_string(repository("docs/packaging").join(file)).unwrap();
        let line = line.replace("VERSION", env!("CARGO_PKG_VERSION"));
        assert!(text.contains(&line), "{file}: {line}");
    }
}
