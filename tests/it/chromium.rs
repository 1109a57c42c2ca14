//! Signing in with a real headless Chromium: it allows the access on AWS's page and ends on the page of ssox.
//!
//! The tests control Chromium with a dozen DevTools messages over a pipe, so they need no driver.

use crate::home::{Home, SSOX};
use crate::pty::{Terminal, eventually};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Chromium with one page, controlled through `--remote-debugging-pipe`: messages that end with a NUL, on descriptors 3
/// and 4.
struct Chromium {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    page: Option<String>,
    count: u64,
}

impl Chromium {
    fn start(mut command: Command, profile: &str) -> Self {
        let flags = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
            --disable-component-update --disable-sync --remote-debugging-pipe";
        command.args(["-c", "exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1", "sh", "chromium"]);
        command.args(flags.split_whitespace()).arg(format!("--user-data-dir={profile}"));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("sh starts");
        let (orders, answers) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut chromium = Self { child, orders, answers, page: None, count: 0 };
        let target = chromium.ask("Target.createTarget", &json!({ "url": "about:blank" }))["targetId"].clone();
        let page = chromium.ask("Target.attachToTarget", &json!({ "targetId": target, "flatten": true }));
        chromium.page = page["sessionId"].as_str().map(String::from);
        chromium
    }

    fn ask(&mut self, method: &str, parameters: &Value) -> Value {
        self.count += 1;
        let mut order = json!({ "id": self.count, "method": method, "params": parameters });
        if let Some(page) = &self.page {
            order["sessionId"] = page.as_str().into();
        }
        self.orders.write_all(format!("{order}\0").as_bytes()).expect("Chromium takes orders");
        loop {
            let mut message = Vec::new();
            self.answers.read_until(0, &mut message).expect("Chromium answers");
            let message: Value = serde_json::from_slice(&message[..message.len() - 1]).expect("an answer is JSON");
            if message["id"] == self.count {
                return message["result"].clone();
            }
        }
    }

    /// Polls the page until an expression is neither false nor empty; meanwhile the page may be replaced by another.
    fn until(&mut self, expression: &str) -> Value {
        eventually(expression, || {
            let value = self.ask("Runtime.evaluate", &json!({ "expression": expression }))["result"]["value"].clone();
            (value != Value::Null && value != false && value != "").then_some(value)
        })
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Tells whether Chromium is installed. Without it the test fails in CI, and is skipped with a message elsewhere.
pub(crate) fn has_chromium(home: &Home) -> bool {
    let found = home.command("chromium").arg("--version").output().is_ok_and(|ran| ran.status.success());
    assert!(found || std::env::var_os("CI").is_none(), "chromium is not installed");
    if !found {
        eprintln!("NOT TESTED: chromium is not installed");
    }
    found
}

/// Clicks a button on the consent page; returns the page that follows, and the terminal where `login` ran.
fn sign_in(home: &Home, arguments: &[&str], button: &str, last_page: &str) -> (String, Terminal) {
    let mut command = home.command(SSOX);
    command.args(arguments).env("BROWSER", "sh -c 'echo \"$1\" > address.part && mv address.part address' sh");
    let terminal = Terminal::start(command);
    let address = eventually("the browser", || std::fs::read_to_string(home.path("address")).ok());
    let mut chromium = Chromium::start(home.command("sh"), &home.path("chromium").display().to_string());
    chromium.ask("Page.navigate", &json!({ "url": address.trim() }));
    chromium
        .until(&format!("document.querySelector('{button}') && (document.querySelector('{button}').click(), true)"));
    chromium.until(&format!("document.body && document.body.innerText.includes('{last_page}')"));
    (chromium.until("document.body.innerText").as_str().unwrap_or_default().into(), terminal)
}

#[test]
fn clicking_allow_ends_on_the_page_of_ssox() {
    let home = Home::new();
    if !has_chromium(&home) {
        return;
    }
    let (page, terminal) = sign_in(&home, &["login", "dev"], "#allow", "You are signed in");
    assert!(page.contains("go back to your terminal") && page.contains("Session: corp"), "{page}");
    let (said, status) = terminal.wait_for_end();
    assert!(status.success() && said.contains("signed in to `corp`"), "{said}");
    assert_eq!(home.standin.violations(), [""; 0]);
    home.ssox(&["credential-process", "dev"]).ok();
}

#[test]
fn clicking_deny_is_reported_on_the_page_and_in_the_terminal() {
    let home = Home::new();
    if !has_chromium(&home) {
        return;
    }
    let (page, terminal) = sign_in(&home, &["login", "dev"], "#deny", "You are not signed in");
    assert!(page.contains("access_denied: The user refused the request"), "{page}");
    let (said, status) = terminal.wait_for_end();
    assert!(status.code() == Some(3) && said.contains("access_denied"), "{said}");
}

#[test]
fn a_code_is_confirmed_in_a_browser() {
    let home = Home::new();
    if !has_chromium(&home) {
        return;
    }
    let (_, terminal) = sign_in(&home, &["login", "dev", "--device-code"], "#allow", "Request approved");
    let (said, status) = terminal.wait_for_end();
    assert!(status.success() && said.contains("signed in to `corp`"), "{said}");
}
