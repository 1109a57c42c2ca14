//! moto's STS, which checks signatures, accepts the requests that ssox signs.

use crate::clients::has_package;
use crate::home::{Home, SSOX};
use serde_json::Value;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

/// The account of all users in moto.
const TARGET: &str = "arn:aws:iam::123456789012:role/Target";

/// A running server; it exits when its stdin is closed.
struct Moto {
    server: Child,
    said: Value,
}

impl Moto {
    /// Starts one; `None` where moto is not installed.
    fn start(signatures: &str) -> Option<Self> {
        if !has_package("moto.server") {
            return None;
        }
        let mut command = Command::new("python3");
        command.args(["-c", include_str!("moto/serve.py"), signatures]);
        let mut server = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("python starts");
        let mut line = String::new();
        BufReader::new(server.stdout.take().expect("it is piped")).read_line(&mut line).expect("it says where it is");
        Some(Self { server, said: serde_json::from_str(&line).expect("the script prints JSON") })
    }

    fn text(&self, name: &str) -> &str {
        self.said[name].as_str().expect("it is there")
    }

    /// Makes a home whose STS is this one, with the user `me` and his secret.
    fn home(&self, secret: &str) -> Home {
        let home = Home::signed_in();
        let id = self.text("id");
        home.add_config(&format!(
            "[profile me]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n\
             [profile target]\nrole_arn = {TARGET}\nsource_profile = me\n\
             [profile again]\nrole_arn = {TARGET}\nrole_session_name = again\nsource_profile = target\n"
        ));
        home
    }

    /// Returns the identity of a profile according to moto.
    fn who(&self, home: &Home, profile: &str) -> Result<String, String> {
        let arguments = ["exec", profile, "--", SSOX, "status", "--verify", "--json"];
        let ran = home.ssox_with(&arguments, &[("AWS_ENDPOINT_URL_STS", self.text("url")), ("USER", "jane")]);
        let shown: Value = serde_json::from_str(&ran.stdout()).unwrap_or_default();
        shown["arn"].as_str().map(String::from).ok_or_else(|| ran.stderr())
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        drop(self.server.stdin.take());
        let _ = self.server.wait();
    }
}

#[test]
fn signatures_are_right_for_users_and_roles() {
    let Some(moto) = Moto::start("checked") else { return };
    let home = moto.home(moto.text("secret"));
    let rows = [("me", "user/me"), ("target", "assumed-role/Target/ssox-jane"), ("again", "assumed-role/Target/again")];
    for (profile, arn) in rows {
        assert!(moto.who(&home, profile).unwrap().ends_with(arn), "{profile}");
    }
}

#[test]
fn a_wrong_secret_is_noticed() {
    let Some(moto) = Moto::start("checked") else { return };
    let home = moto.home("wrong");
    for profile in ["me", "target"] {
        let said = moto.who(&home, profile).unwrap_err();
        // Its errors have another form than those of AWS.
        assert!(said.contains("answered 403"), "{profile}: {said}");
    }
}

#[test]
fn a_saml_response_and_a_web_identity_are_taken() {
    let Some(moto) = Moto::start("unchecked") else { return };
    let home = moto.home(moto.text("secret"));
    home.add_config("[profile external]\nssox_saml_url = https://idp.example/\n");
    home.add_config(
        "[profile web]\nrole_arn = arn:aws:iam::123456789012:role/Web\nweb_identity_token_file = ~/token\n",
    );
    fs::write(home.path("token"), "header.claims.signature").unwrap();
    fs::write(home.path("response"), saml_response(&home)).unwrap();
    let sts = [("AWS_ENDPOINT_URL_STS", moto.text("url"))];
    home.ssox_with(&["export", "external", "--format", "json", "--saml-response", "response"], &sts).ok();
    // For a role in another account, moto knows only the account.
    assert!(moto.who(&home, "external").unwrap().contains(":444455556666:"));
    assert!(moto.who(&home, "web").unwrap().contains("assumed-role/Web/ssox-jane"));
}

/// The stand-in's identity provider issues it.
fn saml_response(home: &Home) -> String {
    let url = home.standin.url();
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    stream.write_all(b"GET /_standin/saml HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    String::from_utf8(body).unwrap()
}
