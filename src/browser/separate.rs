//! The browser for the AWS web console. A browser can be signed in to the console once in each container of Firefox or
//! profile of Chrome, so with `--container`, each account gets a container or profile of its own.

use super::{Opener, is_installed};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::percent::encode;
use std::path::Path;

const VARIABLE: &str = "SSOX_CONSOLE_BROWSER";

/// The programs that `--container` tries, in this order, if `SSOX_CONSOLE_BROWSER` is not set.
const USUAL: [&str; 10] = [
    "firefox",
    "firefox-esr",
    "/Applications/Firefox.app/Contents/MacOS/firefox",
    r"C:\Program Files\Mozilla Firefox\firefox.exe",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    "microsoft-edge",
    "msedge",
    "chromium",
];

/// The first letters of the program names of Firefox and similar browsers, in lower case.
const FIREFOX: [&str; 6] = ["firefox", "librewolf", "waterfox", "zen", "floorp", "mullvad-browser"];
/// The first letters of the program names of Chrome and similar browsers, in lower case.
const CHROME: [&str; 8] =
    ["google-chrome", "google chrome", "chrome", "chromium", "microsoft-edge", "microsoft edge", "msedge", "brave"];

/// The colors of containers. The first one is only for profiles that the shell prompt highlights, such as production
/// ones.
const COLORS: [&str; 8] = ["red", "blue", "turquoise", "green", "yellow", "orange", "pink", "purple"];

/// An extension of Firefox that opens a page in a container. Each extension has its own URL scheme; Firefox passes the
/// URLs of this scheme to the extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extension {
    /// The extension "Granted Containers".
    Granted,
    /// The extension "Open external links in a container".
    OpenUrl,
}

/// The account that gets a container or Chrome profile of its own.
#[derive(Clone, Debug)]
pub(crate) struct Separation<'a> {
    /// The account ID, or the name of the AWS profile if the account is unknown.
    pub(crate) key: &'a str,
    /// The name of the Firefox container.
    pub(crate) name: &'a str,
    pub(crate) is_protected: bool,
    pub(crate) extension: Extension,
}

/// Returns the browser for the console. With `separation`, pages open in the Firefox container, or in the Chrome
/// profile, of the account in `separation`.
///
/// # Errors
/// `Configuration`: `SSOX_CONSOLE_BROWSER` names no program or has an unclosed quote, or `separation` is given and the
/// program is not similar to Firefox or Chrome. `NeedsPerson`: `separation` is given, `SSOX_CONSOLE_BROWSER` is not
/// set, and none of the programs in [`USUAL`] is installed.
pub(crate) fn of_console(ctx: &Context, separation: Option<&Separation>) -> Result<Opener> {
    let words = match (ctx.var(VARIABLE), separation) {
        (Some(text), _) => words(ctx, text)?,
        (None, Some(_)) => vec![usual(ctx)?],
        (None, None) => return Ok(Opener::usual(ctx)),
    };
    let opener = Opener { is_expected: true, commands: vec![words], form: None };
    separation.map_or(Ok(opener.clone()), |separation| separated(opener, separation))
}

/// Splits the value of `SSOX_CONSOLE_BROWSER` into words, unless all of it is the path of a program.
fn words(ctx: &Context, text: &str) -> Result<Vec<String>> {
    let unusable = |why: &str| {
        let hint = format!(
            "set {VARIABLE} to a program with arguments, such as `firefox` or `/opt/chrome/chrome --new-window`"
        );
        Error::configuration(format!("{VARIABLE} is `{text}`, {why}")).hint(hint)
    };
    let path = ctx.expand(text).to_string_lossy().into_owned();
    if Path::new(&path).is_file() {
        return Ok(vec![path]);
    }
    let mut words = shell_words::split(text).map_err(|_| unusable("which has an unclosed quote"))?;
    if words.is_empty() {
        return Err(unusable("which names no program"));
    }
    words[0] = ctx.expand(&words[0]).to_string_lossy().into_owned();
    Ok(words)
}

fn usual(ctx: &Context) -> Result<String> {
    let found = USUAL.iter().find(|program| is_installed(ctx, program));
    found.map(|program| (*program).to_string()).ok_or_else(|| {
        Error::needs_person("--container: no Firefox, Chrome, Edge or Chromium was found")
            .hint(format!("set {VARIABLE} to the path of Firefox, Chrome or Edge"))
    })
}

fn separated(mut opener: Opener, separation: &Separation) -> Result<Opener> {
    let program = &opener.commands[0][0];
    let name = Path::new(program).file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
    let is_one_of = |known: &[&str]| known.iter().any(|known| name.starts_with(known));
    if is_one_of(&FIREFOX) {
        opener.form = Some(container(separation));
    } else if is_one_of(&CHROME) {
        opener.commands[0].insert(1, format!("--profile-directory=ssox-{}", directory(separation.key)));
    } else {
        let message = format!("--container: ssox cannot keep accounts apart in `{program}`");
        return Err(Error::configuration(message).hint(format!("set {VARIABLE} to Firefox, Chrome or Edge")));
    }
    Ok(opener)
}

/// Returns the URL that makes the extension open a page in the container; `%s` stands for the page's URL. The extension
/// creates the container if it does not exist.
fn container(separation: &Separation) -> String {
    let scheme = match separation.extension {
        Extension::Granted => "ext+granted-containers",
        Extension::OpenUrl => "ext+container",
    };
    let name = encode(separation.name).to_string().replace("%s", "%25s");
    format!("{scheme}:name={name}&url=%s&color={}&icon=fingerprint", color(separation))
}

fn color(separation: &Separation) -> &'static str {
    let others = COLORS.len() - 1;
    let sum: usize = separation.key.bytes().map(usize::from).sum();
    if separation.is_protected { COLORS[0] } else { COLORS[1 + sum % others] }
}

/// Returns the name of the directory in which Chrome keeps the browser profile for an account. `key` is the field `key`
/// of [`Separation`].
fn directory(key: &str) -> String {
    key.chars().map(|c| if c.is_ascii_alphanumeric() || "-_".contains(c) { c } else { '-' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "https://x.example/start/#/console?account_id=1&destination=https%3A%2F%2Fh";
    const SEPARATION: Separation =
        Separation { key: "111122223333", name: "Data & Co", is_protected: false, extension: Extension::Granted };

    fn context(browser: &str) -> Context {
        Context::new([(VARIABLE.to_string(), browser.into())])
    }

    fn command(browser: &str, separation: &Separation) -> Vec<String> {
        of_console(&context(browser), Some(separation)).unwrap().commands(PAGE).remove(0)
    }

    #[test]
    fn firefox_gets_the_address_form_of_the_extension() {
        let encoded = encode(PAGE).to_string();
        let address = |scheme: &str, color: &str| {
            format!("{scheme}:name=Data%20%26%20Co&url={encoded}&color={color}&icon=fingerprint")
        };
        let granted = address("ext+granted-containers", "pink");
        assert_eq!(command("firefox --new-tab", &SEPARATION), ["firefox", "--new-tab", &granted]);
        let other = Separation { extension: Extension::OpenUrl, is_protected: true, ..SEPARATION };
        assert_eq!(command("/opt/Firefox-esr", &other), ["/opt/Firefox-esr", &address("ext+container", "red")]);
    }

    #[test]
    fn chrome_gets_a_profile_for_the_account() {
        for browser in ["google-chrome", "/usr/bin/microsoft-edge-stable", "chromium"] {
            assert_eq!(command(browser, &SEPARATION), [browser, "--profile-directory=ssox-111122223333", PAGE]);
        }
        let profile = Separation { key: "../a b", ..SEPARATION };
        assert_eq!(
            command("msedge.exe -x %s -y", &profile)[1..],
            ["--profile-directory=ssox----a-b", "-x", PAGE, "-y"]
        );
    }

    #[test]
    fn other_browsers_open_the_console_but_keep_nothing_apart() {
        let error = of_console(&context("lynx"), Some(&SEPARATION)).unwrap_err();
        assert_eq!(error.kind.exit_status(), 4);
        assert_eq!(of_console(&context("lynx"), None).unwrap().commands(PAGE), [["lynx", PAGE]]);
        assert_eq!(of_console(&context("'a"), None).unwrap_err().kind.exit_status(), 4);
        let nothing = Context::new([("PATH".to_string(), "/nonexistent".into())]);
        let found = of_console(&nothing, Some(&SEPARATION)).map(|opener| opener.commands);
        assert!(found.is_ok_and(|found| Path::new(&found[0][0]).is_file()) || cfg!(target_os = "linux"));
    }
}
