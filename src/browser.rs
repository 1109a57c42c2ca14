//! Opens a page in the person's browser, with the programs that `$BROWSER` lists, or else with those of the desktop.
//!
//! Invariant: no shell runs. The page's URL is one argument of one program.

pub(crate) mod page;
mod separate;

pub(crate) use separate::{Extension, Separation, of_console};

use crate::address::Address;
use crate::context::Context;
use crate::{peer, percent};
use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::NamedTempFile;

/// If a browser program fails within this time after its start, ssox assumes that the program has not opened the page.
const EARLY_FAILURE: Duration = Duration::from_secs(10);

/// A browser that was started to open a URL.
#[derive(Debug)]
pub(crate) struct OpenedBrowser {
    has_failed: Arc<AtomicBool>,
    /// The file with the redirecting page. Dropping this value removes the file.
    _page: Option<NamedTempFile>,
}

impl OpenedBrowser {
    /// Tells whether every program failed soon after its start, so that no page was opened.
    pub(crate) fn has_failed(&self) -> bool {
        self.has_failed.load(Ordering::Relaxed)
    }
}

/// The programs that can open a URL, in the order in which they are tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Opener {
    /// Whether ssox expects that the person sees the browser: `$BROWSER` or `SSOX_CONSOLE_BROWSER` is set, the console
    /// opens in a container (`--container`), or this is a local session on a desktop.
    is_expected: bool,
    /// The words of each command; `%s` stands for the URL of the page.
    commands: Vec<Vec<String>>,
    /// The URL that the browser gets instead of the page's URL, so that the page opens in a Firefox container (a tab
    /// with its own cookies). `%s` in this URL stands for the page's URL, percent-encoded. `None`: the browser gets the
    /// page's URL.
    form: Option<String>,
}

impl Opener {
    /// Returns the programs that `$BROWSER` lists; if `$BROWSER` is not set, the programs with which the desktop opens
    /// a URL.
    pub(crate) fn usual(ctx: &Context) -> Self {
        let (is_expected, commands) = match ctx.var("BROWSER") {
            Some(list) => (true, commands_of_variable(list)),
            None => {
                let words = |opener: &&str| opener.split(' ').map(String::from).collect();
                (has_desktop(ctx) && !is_remote(ctx), openers(ctx).iter().map(words).collect())
            }
        };
        Self { is_expected, commands, form: None }
    }

    /// Tells whether a browser can be opened here: a person would see the browser, and one of the programs is
    /// installed. Returns false if `BROWSER` is `none`. Returns false, too, if `BROWSER` is the path of an editor's
    /// helper program that no longer exists because the editor has exited.
    pub(crate) fn can_open(&self, ctx: &Context) -> bool {
        self.is_expected && self.commands.iter().any(|words| is_installed(ctx, &words[0]))
    }

    /// Opens a URL; returns `None` if it is not an HTTP URL, or no program could be started. If a program fails soon
    /// after its start, the next program is tried.
    pub(crate) fn open(&self, ctx: &Context, url: &str) -> Option<OpenedBrowser> {
        // Only HTTP URLs are passed on: the desktop's programs would also open files and start programs.
        Address::parse(url)?;
        start_first(ctx, self.commands(url), None)
    }

    /// Opens a URL of this machine that only this user may open.
    ///
    /// On most systems, other users can read the command line of the browser. If ssox cannot find out there which user
    /// connects to its server, the command line contains the path of a private file instead, which redirects to the
    /// URL. Firefox cannot open a file in a container tab, so if the page is to open in a container tab, this method
    /// returns `None` on these systems. Also returns `None` if no program could be started, or the file cannot be
    /// written.
    pub(crate) fn open_private(&self, ctx: &Context, url: &str) -> Option<OpenedBrowser> {
        if peer::tells_the_user() {
            return self.open(ctx, url);
        }
        if self.form.is_some() {
            return None;
        }
        let page = redirecting_page(url)
            .map_err(|cause| ctx.log(|| format!("browser: could not write the redirecting page: {cause}")))
            .ok()?;
        let address = format!("file://{}", percent_encoded(page.path()));
        start_first(ctx, self.commands(&address), Some(page))
    }

    /// Returns the commands to try for a URL, in order.
    fn commands(&self, url: &str) -> Vec<Vec<String>> {
        let address = match &self.form {
            Some(form) => form.replace("%s", &percent::encode(url).to_string()),
            None => url.into(),
        };
        self.commands.iter().map(|words| with_url(words, &address)).collect()
    }
}

/// Opens a URL in the usual browser; returns `None` if it is not an HTTP URL, or no program could be started.
pub(crate) fn open(ctx: &Context, url: &str) -> Option<OpenedBrowser> {
    Opener::usual(ctx).open(ctx, url)
}

/// Opens a URL of this machine, which only this user may open, in the usual browser. [`Opener::open_private`] has the
/// details.
pub(crate) fn open_private(ctx: &Context, url: &str) -> Option<OpenedBrowser> {
    Opener::usual(ctx).open_private(ctx, url)
}

/// Writes an HTML file with mode 0600 that redirects to a URL.
fn redirecting_page(url: &str) -> io::Result<NamedTempFile> {
    let mut page = tempfile::Builder::new().prefix("ssox-").suffix(".html").tempfile()?;
    let url = url.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    writeln!(
        page,
        "<!doctype html><meta charset=utf-8><meta name=referrer content=no-referrer>\
         <meta http-equiv=refresh content=\"0;url={url}\"><a href=\"{url}\">Continue</a>"
    )?;
    Ok(page)
}

fn percent_encoded(path: &Path) -> String {
    let path = path.to_string_lossy();
    path.split('/').map(|name| percent::encode(name).to_string()).collect::<Vec<_>>().join("/")
}

/// Starts the first program that can be started. If this program fails soon after its start, a thread starts the next
/// program, and so on.
fn start_first(ctx: &Context, commands: Vec<Vec<String>>, page: Option<NamedTempFile>) -> Option<OpenedBrowser> {
    let mut remaining = commands.into_iter();
    let mut start_next = move |ctx: &Context| remaining.find_map(|words| Some((start(ctx, &words)?, words)));
    let (mut child, mut words) = start_next(ctx)?;
    let opened = OpenedBrowser { has_failed: Arc::default(), _page: page };
    let (ctx, has_failed) = (ctx.clone(), opened.has_failed.clone());
    thread::spawn(move || {
        while fails_at_once(child, &words) {
            ctx.log(|| format!("browser: `{}` failed", words[0]));
            let Some(next) = start_next(&ctx) else { return has_failed.store(true, Ordering::Relaxed) };
            (child, words) = next;
        }
    });
    Some(opened)
}

/// Waits until a program exits, and tells whether it failed soon after its start. Returns false for Windows programs,
/// because their exit status says nothing: `explorer.exe` exits with 1 after it has opened the page.
fn fails_at_once(mut child: Child, words: &[String]) -> bool {
    let started = Instant::now();
    let has_failed = child.wait().is_ok_and(|status| !status.success());
    has_failed && started.elapsed() < EARLY_FAILURE && !cfg!(windows) && !words[0].ends_with(".exe")
}

/// Tells whether the usual browser can be opened here: a person would see the browser, and one of its programs is
/// installed.
pub(crate) fn can_open(ctx: &Context) -> bool {
    Opener::usual(ctx).can_open(ctx)
}

fn is_installed(ctx: &Context, program: &str) -> bool {
    let is_file = |path: &Path| path.is_file() || (cfg!(windows) && path.with_extension("exe").is_file());
    if program.contains(['/', '\\']) {
        return is_file(Path::new(program));
    }
    let path = ctx.var_os("PATH").cloned().unwrap_or_default();
    std::env::split_paths(&path).any(|directory| is_file(&directory.join(program)))
}

/// Tells whether ssox runs in an SSH session.
pub(crate) fn is_remote(ctx: &Context) -> bool {
    ["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"].iter().any(|name| ctx.var(name).is_some())
}

fn has_desktop(ctx: &Context) -> bool {
    let display = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| ctx.var(name).is_some());
    cfg!(any(target_os = "macos", windows)) || ctx.is_wsl() || display
}

/// Returns the programs that open a URL on this system, with the arguments that stand before the URL.
fn openers(ctx: &Context) -> &'static [&'static str] {
    const WINDOWS: &str = "rundll32.exe url.dll,FileProtocolHandler";
    if cfg!(target_os = "macos") {
        &["open"]
    } else if cfg!(windows) {
        &[WINDOWS]
    } else if ctx.is_wsl() {
        &["wslview", WINDOWS, "xdg-open"]
    } else {
        &["xdg-open", "gio open", "x-www-browser"]
    }
}

/// Splits `$BROWSER` into commands, as the AWS CLI does with Python's `webbrowser`. Each command is a list of words;
/// `%s` in a word stands for the URL.
fn commands_of_variable(list: &str) -> Vec<Vec<String>> {
    let separator = if cfg!(windows) { ';' } else { ':' };
    let entries = list.split(separator).map(|entry| entry.trim().trim_end_matches('&'));
    entries.filter_map(|entry| shell_words::split(entry).ok().filter(|words| !words.is_empty())).collect()
}

/// Puts the URL into a command: in place of `%s`, or as the last word if no word contains `%s`.
fn with_url(words: &[String], url: &str) -> Vec<String> {
    let mut command: Vec<String> = words.iter().map(|word| word.replace("%s", url)).collect();
    command[0].clone_from(&words[0]);
    if !words[1..].iter().any(|word| word.contains("%s")) {
        command.push(url.into());
    }
    command
}

fn start(ctx: &Context, words: &[String]) -> Option<Child> {
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // Ctrl-C in this terminal must not reach the browser.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let child = command.spawn();
    ctx.log(|| match &child {
        Ok(_) => format!("browser: started `{}`", words[0]),
        Err(cause) => format!("browser: could not start `{}`: {cause}", words[0]),
    });
    child.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://x/authorize?a=1&b=$(id)%20c;d";

    fn context(vars: &[(&str, &str)]) -> Context {
        Context::new(vars.iter().map(|(name, value)| ((*name).into(), value.into())))
    }

    #[cfg(unix)]
    #[test]
    fn the_variable_is_a_list_of_commands() {
        let table: &[(&str, &[&[&str]])] = &[
            ("firefox", &[&["firefox", URL]]),
            ("firefox:/opt/my\\ browser/b", &[&["firefox", URL], &["/opt/my browser/b", URL]]),
            ("'b w' --new-tab %s --x", &[&["b w", "--new-tab", URL, "--x"]]),
            ("open-it --url=%s &", &[&["open-it", &format!("--url={URL}")]]),
            ("curl -sL", &[&["curl", "-sL", URL]]),
            (":: 'unclosed:w3m", &[&["w3m", URL]]),
            ("%s", &[&["%s", URL]]),
        ];
        for (variable, expected) in table {
            assert_eq!(Opener::usual(&context(&[("BROWSER", variable)])).commands(URL), *expected, "{variable}");
        }
    }

    #[test]
    fn the_address_is_one_argument_of_every_opener() {
        for vars in [&[][..], &[("WSL_DISTRO_NAME", "Debian")][..]] {
            for command in Opener::usual(&context(vars)).commands(URL) {
                assert_eq!(command.last().map(String::as_str), Some(URL));
                assert!(command.len() <= 3, "{command:?}");
            }
        }
    }

    #[test]
    fn a_private_page_redirects_to_its_address() {
        let page = redirecting_page("https://x/?a=1&b=\"<").unwrap();
        let text = std::fs::read_to_string(page.path()).unwrap();
        assert_eq!(text.matches("https://x/?a=1&amp;b=&quot;&lt;").count(), 2, "{text}");
        assert_eq!(percent_encoded(Path::new("/a b/c#")), "/a%20b/c%23");
        #[cfg(unix)]
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(&page.as_file().metadata().unwrap().permissions()) & 0o77,
            0
        );
    }

    #[test]
    fn only_pages_are_opened() {
        let ctx = context(&[("BROWSER", "true")]);
        for url in [
            "file:///etc/passwd",
            "--version",
            "javascript:alert(1)",
            "C:\\x.exe",
            "",
            "https://",
            "https:///x",
            "https://x/\nssox: y",
            "https://x/ y",
            "https://x/\u{202e}",
        ] {
            assert!(open(&ctx, url).is_none(), "{url}");
        }
    }

    #[test]
    fn the_first_that_starts_is_enough() {
        let home = tempfile::tempdir().unwrap();
        let absent = home.path().join("none").display().to_string();
        assert!(open(&context(&[("BROWSER", &absent)]), URL).is_none());
        let here = std::env::current_exe().unwrap();
        let list = format!("{absent}{}{} --list", if cfg!(windows) { ';' } else { ':' }, here.display());
        assert!(open(&context(&[("BROWSER", &list)]), URL).is_some());
    }

    /// The cases: the first program fails and the second works; both programs fail; the only program is killed by a
    /// signal; the only program starts a process and exits with success.
    #[cfg(unix)]
    #[test]
    fn a_program_that_fails_at_once_is_followed_by_the_next() {
        let home = tempfile::tempdir().unwrap();
        let opened = home.path().join("opened");
        let touch = format!("sh -c 'touch {}' x", opened.display());
        let has_failed = |browser: &str| {
            let opened_browser = open(&context(&[("BROWSER", browser)]), URL).unwrap();
            let deadline = Instant::now() + Duration::from_secs(20);
            while !opened_browser.has_failed() && !opened.exists() && Instant::now() < deadline {
                thread::sleep(Duration::from_millis(5));
            }
            let _ = std::fs::remove_file(&opened);
            opened_browser.has_failed()
        };
        assert!(!has_failed(&format!("false:{touch}")));
        assert!(has_failed("false:sh -c 'exit 3'"));
        assert!(has_failed("sh -c 'kill -9 $$'"));
        assert!(!has_failed(&format!("sh -c 'touch {} & exit 0'", opened.display())));
    }

    #[cfg(unix)]
    #[test]
    fn a_browser_needs_a_local_desktop_and_an_installed_program() {
        let bin = tempfile::tempdir().unwrap();
        for name in ["firefox", "xdg-open", "wslview"] {
            std::fs::write(bin.path().join(name), "").unwrap();
        }
        let path = ("PATH", bin.path().to_str().unwrap());
        let whole = bin.path().join("firefox").display().to_string();
        let ssh = ("SSH_CONNECTION", "10.0.0.1 5000 10.0.0.2 22");
        let x11 = ("DISPLAY", ":0");
        let table: &[(&[(&str, &str)], bool)] = &[
            (&[path, ("WAYLAND_DISPLAY", "wayland-0")], true),
            (&[path, ("WSL_INTEROP", "/run/WSL/8_interop")], true),
            (&[path, ("BROWSER", "firefox"), ssh], true),
            (&[("BROWSER", &whole), ssh], true),
            (&[path, ("BROWSER", "none:firefox --new-tab"), ssh], true),
            (&[path, ("BROWSER", "none"), x11], false),
            (&[path, ("BROWSER", "/none/such/helper.sh"), x11], false),
            (&[("BROWSER", "firefox")], false),
            (&[path, x11, ssh], false),
            (&[path, x11, ("SSH_TTY", "/dev/pts/1")], false),
            (&[path, ("BROWSER", ""), ("DISPLAY", ""), ssh], false),
        ];
        for (vars, expected) in table {
            assert_eq!(can_open(&context(vars)), *expected, "{vars:?}");
        }
        if cfg!(target_os = "linux") {
            assert!(!can_open(&context(&[path])) && can_open(&context(&[path, x11])) && !can_open(&context(&[x11])));
        }
    }
}
