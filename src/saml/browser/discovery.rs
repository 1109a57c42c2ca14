//! Finds the browser for the SAML sign-in: `SSOX_BROWSER`, otherwise the first known browser on PATH, otherwise one in
//! its usual directory.
//!
//! `$BROWSER` is not used, because it often names a browser without a DevTools pipe, such as Firefox.

use super::super::GIVE_RESPONSE;
use crate::browser::is_remote;
use crate::context::Context;
use crate::error::{Error, Result};
use std::path::{Path, PathBuf};

const ON_PATH: [&str; 13] = [
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
    "chromium",
    "chromium-browser",
    "brave-browser",
    "brave-browser-stable",
    "brave",
    "vivaldi",
    "vivaldi-stable",
];

const ON_LINUX: [&str; 4] =
    ["/opt/google/chrome/chrome", "/opt/microsoft/msedge/msedge", "/opt/brave.com/brave/brave", "/snap/bin/chromium"];

/// Paths of browsers on macOS, relative to `/Applications` and `~/Applications`.
const ON_MACOS: [&str; 5] = [
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "Chromium.app/Contents/MacOS/Chromium",
    "Brave Browser.app/Contents/MacOS/Brave Browser",
    "Vivaldi.app/Contents/MacOS/Vivaldi",
];

/// Paths of browsers on Windows, relative to `%ProgramFiles%`, `%ProgramFiles(x86)%` and `%LocalAppData%`.
const ON_WINDOWS: [&str; 5] = [
    r"Google\Chrome\Application\chrome.exe",
    r"Microsoft\Edge\Application\msedge.exe",
    r"Chromium\Application\chrome.exe",
    r"BraveSoftware\Brave-Browser\Application\brave.exe",
    r"Vivaldi\Application\vivaldi.exe",
];

const WITHOUT_DEVTOOLS_PIPE: [&str; 4] = ["firefox", "safari", "librewolf", "w3m"];

/// A browser on this machine, and the additional arguments from `SSOX_BROWSER_ARGS`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Program {
    pub(super) path: PathBuf,
    pub(super) arguments: Vec<String>,
}

impl Program {
    /// Returns the browser's name, for messages.
    pub(super) fn name(&self) -> String {
        self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Tells whether the browser runs without a window.
    fn is_headless(&self) -> bool {
        self.arguments.iter().any(|argument| argument.starts_with("--headless"))
    }
}

/// Finds the browser, and checks that the person would see its window. A headless browser needs no screen.
///
/// # Errors
/// `Configuration`: `SSOX_BROWSER` or `SSOX_BROWSER_ARGS` cannot be used. `NeedsPerson`: there is no browser or no
/// screen, or this is an SSH session and `SSOX_BROWSER` is not set.
pub(super) fn find(ctx: &Context) -> Result<Program> {
    let path = match ctx.var("SSOX_BROWSER") {
        Some(wanted) => chosen(ctx, wanted)?,
        None => on_path(ctx).or_else(|| in_usual_places(ctx)).ok_or_else(|| not_found(ctx))?,
    };
    let program = Program { path, arguments: arguments(ctx)? };
    check_screen(ctx, &program)?;
    Ok(program)
}

fn chosen(ctx: &Context, wanted: &str) -> Result<PathBuf> {
    let unusable = |why: &str| {
        Error::configuration(format!("SSOX_BROWSER is `{wanted}`, {why}"))
            .hint(format!("`{}` (or Edge, Chromium, Brave)", ctx.line_to_set("SSOX_BROWSER", "/path/to/chrome")))
    };
    let expanded = ctx.expand(wanted);
    let stem = expanded.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
    if WITHOUT_DEVTOOLS_PIPE.contains(&stem.as_str()) {
        return Err(unusable("which ssox cannot control through a DevTools pipe"));
    }
    if !wanted.contains(['/', '\\']) {
        return search(ctx, wanted).ok_or_else(|| unusable("which is not on PATH"));
    }
    let program = inside_bundle(expanded);
    if is_program(&program) { Ok(program) } else { Err(unusable("which is not a program")) }
}

/// Returns the program in a macOS application (a directory `X.app`); any other path is returned unchanged.
fn inside_bundle(path: PathBuf) -> PathBuf {
    if path.extension().is_none_or(|extension| extension != "app") {
        return path;
    }
    path.join("Contents/MacOS").join(path.file_stem().unwrap_or_default())
}

fn on_path(ctx: &Context) -> Option<PathBuf> {
    ON_PATH.iter().find_map(|name| search(ctx, name))
}

fn search(ctx: &Context, name: &str) -> Option<PathBuf> {
    let (separator, ending) = if cfg!(windows) { (';', ".exe") } else { (':', "") };
    let name = format!("{}{ending}", name.trim_end_matches(".exe"));
    let directories = ctx.var("PATH")?.split(separator).map(Path::new).filter(|directory| directory.is_absolute());
    directories.map(|directory| directory.join(&name)).find(|path| is_program(path))
}

fn in_usual_places(ctx: &Context) -> Option<PathBuf> {
    usual_places(ctx).into_iter().find(|path| is_program(path))
}

fn usual_places(ctx: &Context) -> Vec<PathBuf> {
    let under = |roots: Vec<PathBuf>, places: &[&str]| {
        places.iter().flat_map(|place| roots.iter().map(move |root| root.join(place))).collect()
    };
    if cfg!(windows) {
        let roots = ["ProgramFiles", "ProgramW6432", "ProgramFiles(x86)", "LOCALAPPDATA"];
        return under(roots.iter().filter_map(|name| ctx.var(name)).map(PathBuf::from).collect(), &ON_WINDOWS);
    }
    if cfg!(target_os = "macos") {
        let own = ctx.home().ok().map(|home| home.join("Applications"));
        return under([PathBuf::from("/Applications")].into_iter().chain(own).collect(), &ON_MACOS);
    }
    ON_LINUX.iter().map(PathBuf::from).collect()
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

fn arguments(ctx: &Context) -> Result<Vec<String>> {
    let Some(text) = ctx.var("SSOX_BROWSER_ARGS") else { return Ok(Vec::new()) };
    shell_words::split(text).map_err(|_| {
        Error::configuration(format!("SSOX_BROWSER_ARGS is `{text}`, which has an unclosed quote"))
            .hint("quote it as for a shell: `--one '--two=with space'`")
    })
}

fn check_screen(ctx: &Context, program: &Program) -> Result<()> {
    let has_display = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| ctx.var(name).is_some());
    if program.is_headless() {
        return Ok(());
    }
    // If the person set `SSOX_BROWSER`, X11 may be forwarded over SSH, and the window appears at the person's screen.
    if is_remote(ctx) && ctx.var("SSOX_BROWSER").is_none() {
        return Err(Error::needs_person(
            "this is an SSH session: the browser would open on this machine, where you do not see it",
        )
        .hint(GIVE_RESPONSE));
    }
    if !has_display && !cfg!(any(windows, target_os = "macos")) {
        return Err(Error::needs_person("there is no screen to open a browser on").hint(GIVE_RESPONSE));
    }
    Ok(())
}

fn not_found(ctx: &Context) -> Error {
    Error::needs_person("there is no browser that ssox can control: no Chrome, Edge, Chromium or Brave was found")
        .hint(ctx.line_to_set("SSOX_BROWSER", "/path/to/chrome"))
        .hint(format!("or {GIVE_RESPONSE}"))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    const SCREEN: (&str, &str) = ("DISPLAY", ":0");

    fn context(vars: &[(&str, &str)]) -> Context {
        Context::new(vars.iter().map(|(name, value)| ((*name).into(), value.into())))
    }

    fn program(path: &Path) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "#!/bin/sh\n").unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    #[test]
    fn the_first_known_one_on_path_is_taken() {
        let home = tempfile::tempdir().unwrap();
        let (a, b) = (home.path().join("a"), home.path().join("b"));
        program(&a.join("chromium"));
        program(&b.join("google-chrome"));
        fs::create_dir_all(a.join("google-chrome")).unwrap();
        fs::write(b.join("chrome"), "not executable").unwrap();
        let path = format!("relative:{}:{}", a.display(), b.display());
        let found = |vars: &[(&str, &str)]| find(&context(&[&[("PATH", path.as_str()), SCREEN], vars].concat()));
        assert_eq!(found(&[]).unwrap().path, b.join("google-chrome"));
        let chosen = found(&[("SSOX_BROWSER", "chromium"), ("SSOX_BROWSER_ARGS", "--a '--b=c d'")]).unwrap();
        assert_eq!((chosen.path.clone(), chosen.name().as_str()), (a.join("chromium"), "chromium"));
        assert_eq!(chosen.arguments, ["--a", "--b=c d"]);
        assert_eq!(found(&[("SSOX_BROWSER_ARGS", "'")]).unwrap_err().kind.exit_status(), 4);
    }

    #[test]
    fn a_configured_browser_must_exist() {
        let home = tempfile::tempdir().unwrap();
        let app = home.path().join("Some Browser.app");
        program(&app.join("Contents/MacOS/Some Browser"));
        program(&home.path().join("firefox"));
        let home_text = home.path().to_str().unwrap();
        let find = |name| find(&context(&[("PATH", "/none"), ("HOME", home_text), SCREEN, ("SSOX_BROWSER", name)]));
        assert_eq!(find("~/Some Browser.app").unwrap().path, app.join("Contents/MacOS/Some Browser"));
        for (name, why) in
            [("chromium", "not on PATH"), ("/none/chrome", "not a program"), ("~/firefox", "DevTools pipe")]
        {
            let error = find(name).unwrap_err();
            assert!(error.message.contains(why) && !error.hints.is_empty(), "{}", error.message);
            assert_eq!(error.kind.exit_status(), 4);
        }
    }

    #[test]
    fn without_a_screen_there_is_no_browser() {
        let home = tempfile::tempdir().unwrap();
        program(&home.path().join("chromium"));
        let path = ("PATH", home.path().to_str().unwrap());
        let ssh = ("SSH_CONNECTION", "1 2 3 4");
        let table: &[(&[(&str, &str)], bool)] = &[
            (&[path], cfg!(target_os = "macos")),
            (&[path, SCREEN], true),
            (&[path, ("WAYLAND_DISPLAY", "wayland-0")], true),
            (&[path, SCREEN, ssh], false),
            (&[path, SCREEN, ssh, ("SSOX_BROWSER", "chromium")], true),
            (&[path, ssh, ("SSOX_BROWSER_ARGS", "--headless=new")], true),
        ];
        for (vars, expected) in table {
            let found = find(&context(vars));
            assert_eq!(found.is_ok(), *expected, "{vars:?}");
            if let Err(error) = found {
                assert_eq!(error.kind.exit_status(), 3);
                assert!(error.hints[0].contains("--saml-response"));
            }
        }
    }
}
