//! Opening a page in the person's browser: `$BROWSER` first, else what the desktop offers.
//!
//! Deliberately not here: the browser that captures a SAML response, which is driven, not just opened. No shell is ever
//! asked to open anything: the address is one argument of one program.

use crate::context::Context;
use std::process::{Child, Command, Stdio};

/// Opens an address; tells whether a program could be started for it.
pub(crate) fn open(ctx: &Context, url: &str) -> bool {
    is_page(url) && commands(ctx, url).into_iter().any(|command| start(ctx, &command))
}

/// Tells whether this is the address of a page, in one word: a desktop also opens files and programs, and a terminal
/// shows what follows a blank as if it were ours.
pub(crate) fn is_page(url: &str) -> bool {
    let rest = ["https://", "http://"].iter().find_map(|scheme| url.strip_prefix(scheme));
    rest.is_some_and(|rest| !rest.starts_with('/') && !rest.is_empty()) && url.chars().all(|c| c.is_ascii_graphic())
}

/// Tells whether a browser can be opened here: `$BROWSER` names one, or there is a desktop and the person is at it.
pub(crate) fn can_open(ctx: &Context) -> bool {
    ctx.var("BROWSER").is_some() || (has_desktop(ctx) && !is_remote(ctx))
}

/// Tells whether this is an SSH session.
pub(crate) fn is_remote(ctx: &Context) -> bool {
    ["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"].iter().any(|name| ctx.var(name).is_some())
}

fn has_desktop(ctx: &Context) -> bool {
    let display = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| ctx.var(name).is_some());
    cfg!(any(target_os = "macos", windows)) || is_wsl(ctx) || display
}

/// Linux inside Windows, where programs of Windows can be started.
fn is_wsl(ctx: &Context) -> bool {
    ["WSL_DISTRO_NAME", "WSL_INTEROP"].iter().any(|name| ctx.var(name).is_some())
}

/// Returns the commands to try, in order.
fn commands(ctx: &Context, url: &str) -> Vec<Vec<String>> {
    if let Some(browser) = ctx.var("BROWSER") {
        return browsers(browser, url);
    }
    let windows: &[&str] = &["rundll32.exe url.dll,FileProtocolHandler"];
    let openers: &[&str] = match () {
        () if cfg!(target_os = "macos") => &["open"],
        () if cfg!(windows) => windows,
        () if is_wsl(ctx) => &["wslview", windows[0], "xdg-open"],
        () => &["xdg-open", "gio open", "x-www-browser"],
    };
    let words = |opener: &&str| opener.split(' ').chain([url]).map(String::from).collect();
    openers.iter().map(words).collect()
}

/// Reads `$BROWSER` as Python's `webbrowser` does, and with it the AWS CLI: a list, each entry a command in shell words
/// in which `%s` is the address.
fn browsers(list: &str, url: &str) -> Vec<Vec<String>> {
    let separator = if cfg!(windows) { ';' } else { ':' };
    let entries = list.split(separator).map(|entry| entry.trim().trim_end_matches('&'));
    entries.filter_map(|entry| with_url(&shell_words::split(entry).ok()?, url)).collect()
}

fn with_url(words: &[String], url: &str) -> Option<Vec<String>> {
    let program = words.first()?;
    let mut command: Vec<String> = words.iter().map(|word| word.replace("%s", url)).collect();
    command[0].clone_from(program);
    if !words[1..].iter().any(|word| word.contains("%s")) {
        command.push(url.into());
    }
    Some(command)
}

fn start(ctx: &Context, words: &[String]) -> bool {
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // Ctrl-C in this terminal is for us, not for a browser that happened to be started here.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    match command.spawn() {
        Ok(child) => {
            ctx.log(|| format!("browser: started `{}`", words[0]));
            reap(child);
            true
        }
        Err(cause) => {
            ctx.log(|| format!("browser: could not start `{}`: {cause}", words[0]));
            false
        }
    }
}

fn reap(mut child: Child) {
    std::thread::spawn(move || child.wait());
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
            assert_eq!(commands(&context(&[("BROWSER", variable)]), URL), *expected, "{variable}");
        }
    }

    #[test]
    fn the_address_is_one_argument_of_every_opener() {
        for vars in [&[][..], &[("WSL_DISTRO_NAME", "Debian")][..]] {
            for command in commands(&context(vars), URL) {
                assert_eq!(command.last().map(String::as_str), Some(URL));
                assert!(command.len() <= 3, "{command:?}");
            }
        }
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
            assert!(!open(&ctx, url), "{url}");
        }
    }

    #[test]
    fn the_first_that_starts_is_enough() {
        let home = tempfile::tempdir().unwrap();
        let absent = home.path().join("none").display().to_string();
        assert!(!open(&context(&[("BROWSER", &absent)]), URL));
        let here = std::env::current_exe().unwrap();
        let list = format!("{absent}{}{} --list", if cfg!(windows) { ';' } else { ':' }, here.display());
        assert!(open(&context(&[("BROWSER", &list)]), URL));
    }

    #[test]
    fn a_browser_needs_somebody_in_front_of_it() {
        let everywhere = cfg!(any(target_os = "macos", windows));
        let ssh = ("SSH_CONNECTION", "10.0.0.1 5000 10.0.0.2 22");
        let x11 = ("DISPLAY", ":0");
        let table: &[(&[(&str, &str)], bool)] = &[
            (&[], everywhere),
            (&[x11], true),
            (&[("WAYLAND_DISPLAY", "wayland-0")], true),
            (&[("WSL_INTEROP", "/run/WSL/8_interop")], true),
            (&[("BROWSER", "firefox"), ssh], true),
            (&[x11, ssh], false),
            (&[x11, ("SSH_TTY", "/dev/pts/1")], false),
            (&[("BROWSER", ""), ("DISPLAY", ""), ssh], false),
        ];
        for (vars, expected) in table {
            assert_eq!(can_open(&context(vars)), *expected, "{vars:?}");
        }
    }
}
