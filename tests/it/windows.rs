//! The Windows binary, built with mingw and run with wine against a stand-in of Identity Center.

use crate::home::{Home, Ran};
use crate::package::run;
use crate::sandbox::cargo;
use crate::shells::installed;
use ssox_standin::Grant;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const TARGET: &str = "x86_64-pc-windows-gnu";
/// Debian's wine 8.0 lacks this DLL, which Rust's standard library needs: without it every program ends with status 53.
const BCRYPTPRIMITIVES: &str = "#include <windows.h>\n\
    BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);\n\
    __declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size) { return SystemFunction036(data, size); }\n";

/// A wine prefix with ssox in it, and a home directory outside.
struct Windows {
    home: Home,
    directory: TempDir,
}

impl Windows {
    /// Makes one, if a compiler and wine are installed.
    fn new(home: Home) -> Option<Self> {
        if !["wine", "wineserver", "x86_64-w64-mingw32-gcc"].map(installed).iter().all(|there| *there) {
            return None;
        }
        let directory = tempfile::tempdir().unwrap();
        let source = directory.path().join("bcryptprimitives.c");
        fs::write(&source, BCRYPTPRIMITIVES).unwrap();
        let library = directory.path().join("bcryptprimitives.dll");
        run(Command::new("x86_64-w64-mingw32-gcc").arg("-shared").arg("-o").arg(library).arg(source).arg("-ladvapi32"));
        // The same command as in `.ci/run`, so that it is built once; warnings are shown again by every later call.
        let build = cargo(&["build", "--quiet", "--bin", "ssox", "--target", TARGET]).output().unwrap();
        assert_eq!((build.status.code(), String::from_utf8_lossy(&build.stderr).as_ref()), (Some(0), ""));
        let built = format!("target/{TARGET}/debug/ssox.exe");
        fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join(built), directory.path().join("ssox.exe")).unwrap();
        Some(Self { home, directory })
    }

    fn path(&self, below: &str) -> PathBuf {
        self.directory.path().join(below)
    }

    /// Runs ssox; wine creates its prefix at the first call.
    fn ssox(&self, arguments: &[&str]) -> Ran {
        self.ssox_with(arguments, &[])
    }

    fn ssox_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
        let mut command = self.home.command("wine");
        command.arg(self.path("ssox.exe")).args(arguments).envs(variables.iter().copied());
        // Wine renames the variable HOME to this; it keeps the others.
        command.env("WINEHOME", format!("Z:{}", self.home.path("").display()).replace('/', "\\"));
        command.env("WINEPREFIX", self.path("prefix")).env("WINEDEBUG", "-all");
        command.env("WINEDLLOVERRIDES", "mscoree,mshtml,winemenubuilder.exe=");
        Ran(command.output().expect("wine starts"))
    }
}

impl Drop for Windows {
    fn drop(&mut self) {
        let _ = Command::new("wineserver").arg("-k").env("WINEPREFIX", self.path("prefix")).status();
    }
}

#[test]
fn the_windows_binary_works_under_wine() {
    let home = Home::new();
    home.sign_in(&Grant { expires_in: -60, ..Grant::default() });
    let Some(windows) = Windows::new(home) else { return };
    let standin = &windows.home.standin;
    let lines = |ran: &Ran| ran.ok().replace("\r\n", "\n");
    assert_eq!(lines(&windows.ssox(&["--version"])).trim(), concat!("ssox ", env!("CARGO_PKG_VERSION")));
    assert!(lines(&windows.ssox(&["list"])).lines().any(|line| line.starts_with("dev ")));

    // The token is refreshed and written back; the role credentials are fetched once, and cached for all.
    let exported = lines(&windows.ssox(&["export", "dev", "--format", "powershell"]));
    assert!(exported.contains("$Env:AWS_SESSION_TOKEN"), "{exported}");
    let asked = standin.counts();
    let process = lines(&windows.ssox(&["credential-process", "dev"]));
    let document: serde_json::Value = serde_json::from_str(&process).unwrap();
    assert!(exported.contains(document["AccessKeyId"].as_str().unwrap()), "{exported}");
    assert_eq!(standin.counts(), asked, "both caches are read");
    // Linux reads what Windows has written.
    let here: serde_json::Value =
        serde_json::from_str(&windows.home.ssox(&["credential-process", "dev"]).ok()).unwrap();
    assert_eq!((here, standin.counts()), (document, asked));

    // A program gets the credentials, and its exit status is passed on.
    let ran = windows.ssox(&["exec", "dev", "--", "cmd", "/c", "echo %SSOX_PROFILE%&exit 7"]);
    assert_eq!((ran.status(), ran.stdout().trim()), (7, "dev"), "{}", ran.stderr());
    assert!(windows.ssox(&["export", "nosuch", "--format", "env"]).fails(4).contains("nosuch"));
    // The Credential Manager keeps what a role's credentials are, and no file does.
    windows.home.add_config(
        "[profile keys]\naws_access_key_id = AKIASTANDINEXAMPLE00\n\
        aws_secret_access_key = standin/static+secret/EXAMPLEKEY00000000\n[profile assumed]\n\
        role_arn = arn:aws:iam::444455556666:role/Target\nsource_profile = keys\nregion = eu-west-1\n",
    );
    let files = windows.home.files(".aws/cli/cache");
    let in_keyring =
        || lines(&windows.ssox_with(&["export", "assumed", "--format", "json"], &[("SSOX_STORE", "keyring")]));
    assert_eq!(in_keyring(), in_keyring());
    assert_eq!((standin.count("AssumeRole"), windows.home.files(".aws/cli/cache")), (1, files));
    assert_eq!(standin.violations(), [""; 0]);
}
