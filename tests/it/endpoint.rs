//! The local server of `ssox exec --serve` and `ssox serve`: what programs get from it and for how long, and who gets
//! nothing.

use crate::clients::{has_package, printed};
use crate::home::{Home, SSOX};
use crate::pty::{Terminal, eventually};
use crate::shown::says;
use serde_json::Value;
use ssox_standin::{Fault, Grant, Times};
use std::collections::BTreeSet;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Writes what a client needs into a file, and waits for the end of its input.
const PROGRAM: &str = "printf '%s\\n' \"$AWS_CONTAINER_CREDENTIALS_FULL_URI\" \"$AWS_CONTAINER_AUTHORIZATION_TOKEN\" \
    \"$AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE\" > new && mv new served && read line";

/// An endpoint and the process that somebody started for it. Killed when dropped.
struct Served {
    child: Child,
    address: String,
    token: String,
    token_file: PathBuf,
}

impl Served {
    /// Starts `ssox exec --serve dev` with a program that waits.
    fn exec(home: &Home) -> Self {
        let mut command = home.command(SSOX);
        command.args(["exec", "--serve", "dev", "--", "sh", "-c", PROGRAM]).stdin(Stdio::piped());
        let child = command.stderr(fs::File::create(home.path("said")).unwrap()).spawn().expect("ssox starts");
        let lines = eventually("the program", || fs::read_to_string(home.path("served")).ok());
        let [uri, token, token_file] = lines.lines().collect::<Vec<_>>()[..] else { panic!("{lines}") };
        Self::new(child, uri, token, token_file)
    }

    /// Starts `ssox serve dev --json`.
    fn serve(home: &Home) -> (Self, Value) {
        let mut command = home.command(SSOX);
        command.args(["serve", "dev", "--json"]);
        Self::start(home, command)
    }

    /// Starts a command that is `ssox serve --json`.
    fn start(home: &Home, mut command: Command) -> (Self, Value) {
        command.stdout(Stdio::piped());
        let mut child = command.stderr(fs::File::create(home.path("said")).unwrap()).spawn().expect("ssox starts");
        // It ends when the server starts.
        let mut text = String::new();
        child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
        let document: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}"));
        let text = |name: &str| document[name].as_str().unwrap().to_string();
        (Self::new(child, &text("uri"), &text("token"), &text("token_file")), document)
    }

    fn new(child: Child, uri: &str, token: &str, token_file: &str) -> Self {
        let address = uri.strip_prefix("http://").and_then(|rest| rest.strip_suffix('/')).expect("a URI").to_string();
        assert!(address.starts_with("127.0.0.1:"), "{address}");
        Self { child, address, token: token.into(), token_file: token_file.into() }
    }

    /// Sends a request and returns the status and the JSON.
    fn send(&self, request: &str) -> (u16, Value) {
        answer(&self.address, request).unwrap_or_else(|| panic!("no answer to {request}"))
    }

    /// Asks as an SDK does.
    fn ask(&self) -> (u16, Value) {
        self.send(&self.request())
    }

    fn request(&self) -> String {
        format!("GET / HTTP/1.1\r\nHost: {}\r\nAuthorization: {}\r\n\r\n", self.address, self.token)
    }

    /// Expects credentials, and returns the key id.
    #[track_caller]
    fn key_id(&self) -> String {
        let (status, body) = self.ask();
        assert_eq!(status, 200, "{body}");
        body["AccessKeyId"].as_str().unwrap().into()
    }

    /// Lets the program end, and returns the exit status.
    fn end(mut self) -> i32 {
        drop(self.child.stdin.take());
        let status = self.child.wait().unwrap().code().unwrap_or(-1);
        self.nothing_is_left();
        status
    }

    fn nothing_is_left(&self) {
        eventually("the end of the server", || TcpStream::connect(&self.address).is_err().then_some(()));
        eventually("no token file", || (!self.token_file.parent().unwrap().exists()).then_some(()));
    }

    fn kill(&self, signal: &str) {
        run(Command::new("kill").args([signal, &self.child.id().to_string()]));
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run(command: &mut Command) {
    assert!(command.status().expect("it starts").success(), "{command:?}");
}

/// Sends a request; `None` when the port is closed.
fn answer(address: &str, request: &str) -> Option<(u16, Value)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.write_all(request.as_bytes()).ok()?;
    let mut text = String::new();
    stream.read_to_string(&mut text).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    assert!(!head.contains("Access-Control"), "{head}");
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, serde_json::from_str(body).ok()?))
}

/// Returns the processes of ssox that serve in this home.
#[cfg(target_os = "linux")]
fn servers(home: &Home) -> Vec<u32> {
    let is_server = |id: &u32| {
        let read = |name: &str| fs::read(format!("/proc/{id}/{name}")).unwrap_or_default();
        let (line, environment) = (read("cmdline"), read("environ"));
        let home = format!("HOME={}\0", home.path("").display());
        let has_home = String::from_utf8_lossy(&environment).contains(home.trim_end_matches("/\0"));
        let line = String::from_utf8_lossy(&line);
        line.contains("\0endpoint\0") && !line.contains("\0--") && has_home
    };
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter(is_server).collect()
}

fn said(home: &Home) -> String {
    fs::read_to_string(home.path("said")).unwrap_or_default()
}

#[test]
fn a_program_gets_the_endpoint_and_no_other_credentials() {
    let home = Home::signed_in();
    let others = [
        ("AWS_ACCESS_KEY_ID", "AKIAOTHER"),
        ("AWS_SECRET_ACCESS_KEY", "x"),
        ("AWS_SESSION_TOKEN", "x"),
        ("AWS_CREDENTIAL_EXPIRATION", "2020-01-01T00:00:00Z"),
        ("AWS_PROFILE", "x"),
        ("AWS_DEFAULT_PROFILE", "x"),
        ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "/x"),
        ("AWS_ROLE_ARN", "x"),
        ("AWS_ROLE_SESSION_NAME", "x"),
        ("AWS_SECURITY_TOKEN", "x"),
        ("AWS_VAULT", "x"),
        ("SSOX_EXPIRES", "1"),
        ("SSOX_NEXT", "1"),
        ("SSOX_STATE", "failed"),
    ];
    let text = home.ssox_with(&["exec", "--serve", "dev", "--", "env"], &others).ok();
    for (name, _) in others {
        assert!(!text.lines().any(|line| line.starts_with(&format!("{name}="))), "{name}: {text}");
    }
    let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(&format!("{name}=")));
    assert_eq!((value("AWS_REGION"), value("AWS_DEFAULT_REGION")), (Some("eu-west-1"), Some("eu-west-1")));
    assert_eq!((value("SSOX_PROFILE"), value("SSOX_ROLE")), (Some("dev"), Some("ReadOnly")));
    assert_eq!((value("AWS_SSO_PROFILE"), value("AWS_ACCOUNT_ID")), (Some("dev"), Some("111122223333")));
    assert_eq!(value("AWS_SDK_LOAD_CONFIG"), Some("1"));
    for other in ["CPL_AWS_CREDENTIALS_FILE", "AWS_CREDENTIAL_PROFILES_FILE"] {
        assert_eq!(value(other), value("AWS_SHARED_CREDENTIALS_FILE"), "{other}");
    }
    assert_eq!(value("SSOX_CONFIG_FILE"), home.path(".aws/config").to_str());
    let kept = home.ssox_with(&["exec", "--serve", "--keep-config", "dev", "--", "env"], &[("AWS_CONFIG_FILE", "c")]);
    assert_eq!(kept.status(), 4, "there is no profile in c");
    let kept = home.ssox(&["exec", "--serve", "--keep-config", "dev", "--", "env"]).ok();
    for name in ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "CPL_AWS", "AWS_SDK_LOAD_CONFIG", "SSOX_CONFIG_FILE"]
    {
        assert!(!kept.contains(name), "{kept}");
    }
    home.ssox(&["exec", "--keep-config", "dev", "--", "env"]).fails(2);
}

#[test]
fn a_program_does_not_sign_as_the_machine_unless_a_person_allows_that() {
    let home = Home::signed_in();
    let run = |value: &str| {
        let mut command = home.command(SSOX);
        command.args(["exec", "--serve", "dev", "--", "printenv", "AWS_EC2_METADATA_DISABLED"]);
        command.env_remove("AWS_EC2_METADATA_DISABLED");
        if !value.is_empty() {
            command.env("AWS_EC2_METADATA_DISABLED", value);
        }
        printed(&command.output().unwrap())
    };
    assert_eq!((run("").as_str(), run("false").as_str()), ("true", "false"));
}

#[test]
fn where_a_proxy_is_set_the_endpoint_is_asked_directly() {
    let home = Home::signed_in();
    let run = |variables: &[(&str, &str)]| {
        let text = home.ssox_with(&["exec", "--serve", "dev", "--", "env"], variables).ok();
        ["NO_PROXY", "no_proxy"]
            .map(|name| text.lines().find_map(|line| line.strip_prefix(&format!("{name}="))).map(String::from))
    };
    let both = |text: &str| [Some(text.to_string()), Some(text.to_string())];
    let proxy = ("HTTP_PROXY", "http://127.0.0.1:9");
    assert_eq!(run(&[proxy, ("NO_PROXY", "127.0.0.1")]), both("127.0.0.1"));
    assert_eq!(run(&[proxy, ("no_proxy", "a.example,127.0.0.1")]), both("a.example,127.0.0.1"));
    assert_eq!(run(&[proxy, ("no_proxy", "127.0.0.1"), ("NO_PROXY", "a.example")])[0], both("a.example,127.0.0.1")[0]);
    assert_eq!(run(&[]), [None, None]);
}

#[test]
fn the_configuration_without_profiles_names_the_region_of_the_profile_or_of_the_environment() {
    let home = Home::signed_in();
    home.add_config("[profile bare]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin\n");
    let show = "cat $AWS_CONFIG_FILE $AWS_SHARED_CREDENTIALS_FILE";
    for (profile, region, expected) in [
        ("dev", "us-east-2", "[default]\nregion = eu-west-1\n"),
        ("bare", "us-east-2", "[default]\nregion = us-east-2\n"),
        ("bare", "", "[default]\n"),
    ] {
        let ran = home.ssox_with(&["exec", "--serve", profile, "--", "sh", "-c", show], &[("AWS_REGION", region)]);
        assert_eq!(ran.ok(), expected, "{profile}");
    }
}

/// Programs with the endpoint do not read the region of the person's profile `default`.
#[test]
fn status_shows_no_region_that_programs_with_the_endpoint_do_not_have() {
    let home = Home::signed_in();
    home.add_config("[default]\nregion = us-west-1\n");
    home.add_config("[profile bare]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin\n");
    let none = [("AWS_REGION", ""), ("AWS_DEFAULT_REGION", "")];
    let status = home.ssox_with(&["exec", "--serve", "bare", "--", SSOX, "status"], &none).ok();
    assert!(status.contains("bare") && !status.contains("region"), "{status}");
}

#[test]
fn boto3_takes_the_endpoint_although_there_is_a_default_profile() {
    if !has_package("boto3") {
        return;
    }
    let home = Home::signed_in();
    home.add_config(
        "[default]\naws_access_key_id = AKIASTANDINEXAMPLE00\naws_secret_access_key = x\nregion = eu-west-1\n",
    );
    fs::write(home.path(".aws/credentials"), "[default]\naws_access_key_id = AKIAX\naws_secret_access_key = x\n")
        .unwrap();
    let script = "import boto3, sys\ncredentials = boto3.Session().get_credentials()\nprint(credentials.method)\n\
        print(boto3.client('sts').get_caller_identity()['Arn'])";
    let mut exec = home.command(SSOX);
    let output = exec.args(["exec", "--serve", "dev", "--", "python3", "-c", script]).output().unwrap();
    let text = printed(&output);
    assert!(text.starts_with("container-role\n"), "{text}");
    assert!(text.contains("assumed-role/AWSReservedSSO_ReadOnly_"), "{text}");
}

#[test]
fn boto3_works_for_as_long_as_it_runs_and_each_renewal_is_one_request_to_aws() {
    if !has_package("boto3") {
        return;
    }
    let home = Home::signed_in();
    home.standin.configure(|options| options.role_credentials = Duration::from_secs(6));
    // It runs until it has signed with four keys.
    let script = "import boto3, time\nsts = boto3.client('sts')\nkeys = set()\nwhile len(keys) < 4:\n \
        sts.get_caller_identity()\n keys.add(sts._request_signer._credentials.access_key)\n time.sleep(0.1)\n\
        print(len(keys))";
    let mut exec = home.command(SSOX);
    let output = exec.args(["exec", "--serve", "dev", "--", "python3", "-c", script]).output().unwrap();
    assert_eq!(printed(&output), "4");
    // The last one may have been renewed ahead of need.
    let fetched = home.standin.count("GetRoleCredentials");
    assert!((4..=5).contains(&fetched), "{:?}", home.standin.counts());
    assert_eq!(home.standin.violations(), [""; 0]);
}

#[test]
fn bursts_of_eight_requests_all_get_credentials_and_share_a_renewal() {
    let home = Home::signed_in();
    home.standin.configure(|options| options.role_credentials = Duration::from_secs(4));
    let served = Served::exec(&home);
    let mut seen = BTreeSet::new();
    while seen.len() < 4 {
        std::thread::scope(|scope| {
            let asked: Vec<_> = (0..8).map(|_| scope.spawn(|| served.key_id())).collect();
            seen.extend(asked.into_iter().map(|asked| asked.join().unwrap()));
        });
    }
    let fetched = home.standin.count("GetRoleCredentials");
    assert!((4..=5).contains(&fetched), "{:?}", home.standin.counts());
    assert_eq!((served.end(), home.standin.count("CreateToken")), (1, 0));
}

#[test]
fn a_request_without_the_token_or_from_a_web_page_gets_nothing() {
    let home = Home::signed_in();
    let served = Served::exec(&home);
    let (address, token) = (&served.address, &served.token);
    assert_eq!(fs::read_to_string(&served.token_file).unwrap(), *token);
    let ours = format!("Host: {address}\r\nAuthorization: {token}\r\n");
    let port = address.rsplit(':').next().unwrap();
    let rows = [
        (format!("GET / HTTP/1.1\r\nHost: {address}\r\n\r\n"), 401),
        (format!("GET / HTTP/1.1\r\nHost: {address}\r\nAuthorization: {}\r\n\r\n", "0".repeat(64)), 401),
        (format!("GET / HTTP/1.1\r\nHost: localhost:{port}\r\nAuthorization: {token}\r\n\r\n"), 403),
        (format!("GET / HTTP/1.1\r\nHost: rebound.example:{port}\r\nAuthorization: {token}\r\n\r\n"), 403),
        (format!("GET / HTTP/1.1\r\nAuthorization: {token}\r\n\r\n"), 403),
        (format!("GET / HTTP/1.1\r\n{ours}Origin: http://{address}\r\n\r\n"), 403),
        (format!("OPTIONS / HTTP/1.1\r\n{ours}Origin: https://evil.example\r\n\r\n"), 403),
        (format!("GET /other HTTP/1.1\r\n{ours}\r\n"), 404),
        (format!("PUT / HTTP/1.1\r\n{ours}Content-Length: 0\r\n\r\n"), 405),
        ("hello\r\n\r\n".to_string(), 400),
    ];
    for (request, expected) in rows {
        let (status, body) = served.send(&request);
        assert_eq!(status, expected, "{request}");
        let keys: Vec<&String> = body.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["code", "message"], "{request}");
    }
    let (status, body) = served.ask();
    assert_eq!((status, &body["AccountId"]), (200, &Value::from("111122223333")));
    assert!(body["Expiration"].as_str().unwrap().ends_with('Z') && body["Token"].is_string(), "{body}");
    served.end();
}

#[cfg(target_os = "linux")]
#[test]
fn another_user_of_the_machine_gets_nothing() {
    if !rustix::process::geteuid().is_root() || !crate::shells::installed("setpriv") {
        eprintln!("NOT TESTED: only root can be another user");
        return;
    }
    let home = Home::signed_in();
    let served = Served::exec(&home);
    let as_other = |words: &[&str]| {
        let mut command = Command::new("setpriv");
        command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"]).args(words);
        command.output().expect("setpriv starts")
    };
    let uri = format!("http://{}/", served.address);
    let asked = as_other(&["curl", "-s", "--noproxy", "*", "-w", "%{http_code}", &uri]);
    assert!(printed(&asked).ends_with("401"), "{}", printed(&asked));
    for server in servers(&home).into_iter().chain([served.child.id()]) {
        for file in ["environ", "fd/0"] {
            assert!(!as_other(&["cat", &format!("/proc/{server}/{file}")]).status.success());
        }
    }
    assert!(!as_other(&["cat", served.token_file.to_str().unwrap()]).status.success());
    // Connections that send nothing keep nobody from the credentials.
    let silent: Vec<TcpStream> = (0..300).map(|_| TcpStream::connect(&served.address).unwrap()).collect();
    served.key_id();
    drop(silent);
    served.end();
}

#[cfg(target_os = "linux")]
#[test]
fn killed_it_leaves_no_server_and_no_file() {
    let home = Home::signed_in();
    let mut served = Served::exec(&home);
    assert_eq!(servers(&home).len(), 1);
    served.kill("-9");
    served.child.wait().unwrap();
    served.nothing_is_left();
    assert_eq!(answer(&served.address, &served.request()), None);
    eventually("no server", || servers(&home).is_empty().then_some(()));
    assert_eq!(home.files(".local/state/ssox/endpoints"), [""; 0]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_program_whose_server_was_killed_finds_the_port_closed_and_goes_on() {
    let home = Home::signed_in();
    let mut served = Served::exec(&home);
    run(Command::new("kill").args(["-9", &servers(&home)[0].to_string()]));
    eventually("a closed port", || answer(&served.address, &served.request()).is_none().then_some(()));
    assert_eq!(served.child.try_wait().unwrap(), None);
}

#[test]
fn the_program_is_the_process_that_was_started() {
    let home = Home::signed_in();
    let mut command = home.command(SSOX);
    let script =
        "import os, sys\ntry: os.wait()\nexcept ChildProcessError: print('no child', os.getpid())\nsys.exit(7)";
    command.args(["exec", "--serve", "dev", "--", "python3", "-c", script]).stdout(Stdio::piped());
    let child = command.spawn().unwrap();
    let id = child.id();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!((text.trim(), output.status.code()), (format!("no child {id}").as_str(), Some(7)));
    let mut killed = home.command(SSOX);
    killed.args(["exec", "--serve", "dev", "--", "sh", "-c", "kill -TERM $$"]);
    let signal = std::os::unix::process::ExitStatusExt::signal(&killed.status().unwrap());
    assert_eq!(signal, Some(15));
    let missing = home.ssox(&["exec", "--serve", "dev", "--", "no-such-program"]);
    assert_eq!(missing.status(), 127);
    let left = || home.files(".local/state/ssox/endpoints").is_empty().then_some(());
    eventually("no files", left);
}

#[test]
fn ctrl_z_and_fg_work_as_without_ssox_and_the_endpoint_stays() {
    let home = Home::signed_in();
    let mut bash = home.command("bash");
    bash.args(["--norc", "--noprofile", "-i"]).env("PS1", "> ").env("TERM", "dumb");
    let mut terminal = Terminal::start(bash);
    let program = "printf 'rea%s\\n' dy; while read line; do curl -s -o /dev/null -w \"got %{http_code} $line\\n\" \
        -H \"Authorization: $AWS_CONTAINER_AUTHORIZATION_TOKEN\" $AWS_CONTAINER_CREDENTIALS_FULL_URI; done; exit 5";
    fs::write(home.path("program"), program).unwrap();
    terminal.enter(&format!("{SSOX} exec --serve dev -- sh program"));
    terminal.wait_for("ready");
    terminal.enter("one");
    terminal.wait_for("got 200 one");
    terminal.keys("\x1a");
    terminal.wait_for("Stopped");
    terminal.wait_for("-- sh program");
    terminal.enter("fg");
    // What is typed before bash has given the terminal away is not a line for the program.
    terminal.wait_for("-- sh program");
    terminal.enter("two");
    terminal.wait_for("got 200 two");
    terminal.keys("\x04");
    // What is typed before bash has taken the terminal back is lost.
    terminal.wait_for("\n> ");
    terminal.enter("echo sta''tus $?");
    terminal.wait_for("status 5");
    terminal.wait_for("> ");
    eventually("no files", || home.files(".local/state/ssox/endpoints").is_empty().then_some(()));
    // bash loses a Ctrl-C that comes before the program runs.
    terminal.enter(&format!("{SSOX} exec --serve dev -- sh -c 'echo run''ning; exec sleep 600'"));
    terminal.wait_for("running");
    assert_eq!(home.files(".local/state/ssox/endpoints").len(), 1);
    terminal.keys("\x03");
    terminal.wait_for("\n> ");
    terminal.enter("echo sta''tus $?");
    terminal.wait_for("status 130");
    eventually("no files", || home.files(".local/state/ssox/endpoints").is_empty().then_some(()));
    terminal.enter("exit");
    terminal.wait_for_end();
}

#[test]
fn when_a_person_is_needed_one_line_says_so_and_after_signing_in_the_next_request_works() {
    let home = Home::signed_in();
    home.standin.configure(|options| options.role_credentials = Duration::from_secs(3));
    let served = Served::exec(&home);
    let first = served.key_id();
    home.ssox(&["logout", "dev"]).ok();
    fs::remove_dir_all(home.path(".aws/cli/cache")).unwrap_or_default();
    let refused = || Some(served.ask()).filter(|(status, _)| *status != 200);
    let (status, body) = eventually("a refusal", refused);
    let message = "not signed in to `corp`; hint: ssox login --sso-session corp";
    assert_eq!((status, &body["code"], &body["message"]), (403, &"SignInRequired".into(), &message.into()));
    (0..20).for_each(|_| assert_eq!(served.ask().0, 403));
    let said = said(&home);
    assert_eq!((said.lines().count(), said.contains(message)), (1, true), "{said}");
    assert!(said.starts_with("ssox: no credentials for `dev`"), "{said}");
    home.sign_in(&Grant::default());
    assert_ne!(served.key_id(), first);
    served.end();
}

#[test]
fn while_aws_is_unreachable_older_credentials_are_served_and_then_none() {
    let home = Home::signed_in();
    home.standin.configure(|options| options.role_credentials = Duration::from_secs(6));
    let served = Served::exec(&home);
    home.standin.fault("GetRoleCredentials", Fault::Status(403), Times::Next(0));
    home.standin.fault("*", Fault::Status(500), Times::Forever);
    served.key_id();
    let (status, body) = eventually("a refusal", || Some(served.ask()).filter(|(status, _)| *status != 200));
    assert_eq!((status, body["code"].as_str()), (403, Some("Unreachable")), "{body}");
    let asked = home.standin.count("GetRoleCredentials");
    (0..8).for_each(|_| assert_eq!(served.ask().0, 403));
    assert!(home.standin.count("GetRoleCredentials") <= asked + 3, "each request asks AWS");
    assert_eq!(said(&home).lines().count(), 1, "{}", said(&home));
    home.standin.clear_faults("*");
    eventually("credentials", || Some(served.ask()).filter(|(status, _)| *status == 200));
    served.end();
}

#[test]
fn without_first_credentials_the_program_does_not_start() {
    let home = Home::new();
    let script = ["exec", "--serve", "dev", "--", "touch", "started"];
    says!(home, home.ssox(&script).fails(3), @r"
    ssox: not signed in to `corp`
    ssox: hint: ssox login --sso-session corp
    ");
    home.sign_in(&Grant::default());
    home.standin.fault("GetRoleCredentials", Fault::Status(403), Times::Forever);
    home.ssox(&script).fails(5);
    home.ssox(&["exec", "--serve", "nope", "--", "touch", "started"]).fails(4);
    assert!(!home.path("started").exists());
    assert_eq!(home.files(".local/state/ssox/endpoints"), [""; 0]);
    #[cfg(target_os = "linux")]
    eventually("no server", || servers(&home).is_empty().then_some(()));
}

#[test]
fn serve_prints_what_to_set_and_ends_with_a_signal() {
    let home = Home::signed_in();
    for signal in ["-INT", "-TERM", "-HUP"] {
        let (mut served, document) = Served::serve(&home);
        served.key_id();
        let environment = &document["environment"];
        assert_eq!(environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"], document["uri"]);
        assert_eq!(environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"], document["token_file"]);
        for name in ["AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_ROLE_ARN", "SSOX_NEXT"] {
            assert!(environment.as_object().unwrap().contains_key(name) && environment[name].is_null(), "{name}");
        }
        served.kill(signal);
        assert_eq!(served.child.wait().unwrap().code(), Some(130), "{signal}");
        served.nothing_is_left();
    }
}

#[test]
fn under_nohup_serve_outlives_its_terminal() {
    let home = Home::signed_in();
    let mut command = home.command("nohup");
    command.args([SSOX, "serve", "dev", "--json"]);
    let (mut served, _) = Served::start(&home, command);
    served.kill("-HUP");
    served.key_id();
    assert_eq!(served.child.try_wait().unwrap(), None);
    served.kill("-TERM");
    assert_eq!(served.child.wait().unwrap().code(), Some(130));
    served.nothing_is_left();
}

#[test]
fn the_lines_of_serve_give_a_shell_the_endpoint() {
    let home = Home::signed_in();
    let script = format!(
        "export AWS_PROFILE=x; {SSOX} serve dev > lines 2> said & server=$!; \
         until grep -q AWS_SDK_LOAD lines; do sleep 0.02; done; . ./lines; echo \"${{AWS_PROFILE-unset}}\"; \
         curl -s --noproxy '*' -H \"Authorization: $AWS_CONTAINER_AUTHORIZATION_TOKEN\" $AWS_CONTAINER_CREDENTIALS_FULL_URI; \
         kill $server; wait $server; echo; echo $?"
    );
    let mut shell = home.command("sh");
    let text = printed(&shell.args(["-c", &script]).env_remove("AWS_PROFILE").output().unwrap());
    let [profile, body, _] = text.lines().collect::<Vec<_>>()[..] else { panic!("{text}") };
    assert!(profile == "unset" && body.contains("\"AccountId\":\"111122223333\""), "{text}");
}

#[test]
fn serve_writes_files_for_docker_and_for_development_containers() {
    let home = Home::signed_in();
    let text = |format: &str| {
        let mut command = home.command(SSOX);
        let mut child = command.args(["serve", "dev", "--format", format]).stdout(Stdio::piped()).spawn().unwrap();
        let mut text = String::new();
        child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
        run(Command::new("kill").arg(child.id().to_string()));
        child.wait().unwrap();
        text
    };
    let file = text("env-file");
    let names: Vec<&str> = file.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
    let (uri, token) = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN");
    let machine = "AWS_EC2_METADATA_DISABLED";
    assert_eq!(names, [uri, token, machine, "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCOUNT_ID"]);
    let container: Value = serde_json::from_str(&text("devcontainer")).unwrap();
    assert_eq!(container["runArgs"][0], "--network=host");
    let mount = container["mounts"][0].as_str().unwrap();
    let token_file = container["containerEnv"]["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"].as_str().unwrap();
    assert!(mount.contains(&format!("target={token_file},type=bind,readonly")), "{container}");
}

#[test]
fn serve_uses_the_port_that_is_asked_for() {
    let home = Home::signed_in();
    let (served, _) = Served::serve(&home);
    let port = served.address.rsplit(':').next().unwrap();
    let error = home.ssox(&["serve", "dev", "--port", port]).fails(4);
    says!(home, error, @r"
    ssox: could not listen on STANDIN: address already in use
    ssox: hint: choose another port with `--port`, or leave out `--port` to use any free port
    ");
    served.kill("-TERM");
}

#[cfg(target_os = "linux")]
#[test]
fn ten_thousand_requests_do_not_make_the_server_larger() {
    let home = Home::signed_in();
    let served = Served::exec(&home);
    let resident = || {
        let status = fs::read_to_string(format!("/proc/{}/status", servers(&home)[0])).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap().to_string();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap()
    };
    let ask = |times: usize| (0..times).for_each(|_| drop(served.key_id()));
    ask(500);
    let before = resident();
    ask(9_500);
    let after = resident();
    assert!(after <= before + 512, "{before} KiB, then {after} KiB");
    served.end();
}

#[test]
fn ssox_inside_the_program_reads_the_real_configuration() {
    let home = Home::signed_in();
    let inside = |words: &[&str]| home.ssox(&[&["exec", "--serve", "dev", "--", SSOX], words].concat());
    let listed = inside(&["list", "--json"]).ok();
    assert!(["dev", "stg", "legacy"].iter().all(|name| listed.contains(name)), "{listed}");
    let status: Value = serde_json::from_str(&inside(&["status", "--json"]).ok()).unwrap();
    assert_eq!((&status["profile"], &status["mode"]), (&"dev".into(), &"endpoint".into()));
    // Another profile in the environment, or none, is not mixed with the endpoint.
    for words in [&["--emit=bash1", "use", "--profile-only", "stg"][..], &["--emit=bash1", "clear"]] {
        let reply = inside(words);
        reply.ok();
        for name in
            ["AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "SSOX_CONFIG_FILE"]
        {
            assert!(reply.unsets(name), "{words:?} {name}: {}", reply.stdout());
        }
    }
}

#[test]
fn a_home_that_cannot_be_written_gets_an_endpoint_too() {
    let home = Home::signed_in();
    fs::create_dir_all(home.path(".local/state")).unwrap();
    fs::write(home.path(".local/state/ssox"), "").unwrap();
    let script = "echo $AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE; curl -s --noproxy '*' -o /dev/null -w '%{http_code}' \
        -H \"Authorization: $AWS_CONTAINER_AUTHORIZATION_TOKEN\" $AWS_CONTAINER_CREDENTIALS_FULL_URI";
    let text = home.ssox(&["exec", "--serve", "dev", "--", "sh", "-c", script]).ok();
    let [file, status] = text.lines().collect::<Vec<_>>()[..] else { panic!("{text}") };
    assert_eq!(status, "200");
    assert!(!Path::new(file).starts_with(home.path("")), "{file}");
    eventually("no token file", || (!Path::new(file).exists()).then_some(()));
}

#[test]
fn an_assignment_without_a_profile_and_an_assumed_role_are_renewed_too() {
    let home = Home::signed_in();
    home.standin.configure(|options| {
        options.role_credentials = Duration::from_secs(4);
        options.sts_credentials = Some(Duration::from_secs(4));
    });
    let script = "ask() { curl -s --noproxy '*' -H \"Authorization: $AWS_CONTAINER_AUTHORIZATION_TOKEN\" \
        $AWS_CONTAINER_CREDENTIALS_FULL_URI; }; first=$(ask); while [ \"$(ask)\" = \"$first\" ]; do sleep 0.05; done; ask";
    for arguments in [
        &["333344445555/PowerUser", "--sso-session", "corp"][..],
        &["dev", "--role-arn", "arn:aws:iam::333344445555:role/Deploy"],
    ] {
        let ran = home.ssox(&[&["exec", "--serve"], arguments, &["--", "sh", "-c", script]].concat());
        assert!(ran.ok().contains("\"AccountId\":\"333344445555\""), "{arguments:?}: {}", ran.stdout());
        let status = home.ssox(&[&["exec", "--serve"], arguments, &["--", SSOX, "status"]].concat()).ok();
        assert!(status.contains("333344445555") && !status.contains("warning"), "{arguments:?}: {status}");
    }
}

/// Otherwise a running program would go on in another account, below a prompt that shows the first one.
#[test]
fn a_profile_that_was_edited_to_another_identity_is_not_served() {
    let script = "ask() { curl -s --noproxy '*' -H \"Authorization: $AWS_CONTAINER_AUTHORIZATION_TOKEN\" \
        $AWS_CONTAINER_CREDENTIALS_FULL_URI; }; ask >/dev/null; cp other ~/.aws/config
        while case $(ask) in *AccessKeyId*) ;; *) false ;; esac; do sleep 0.05; done; ask; $SSOX status";
    for (from, to) in [("sso_account_id = 111122223333", "sso_account_id = 333344445555"), ("= ReadOnly", "= Admin")] {
        let home = Home::signed_in();
        home.standin.configure(|options| options.role_credentials = Duration::from_secs(4));
        let config = fs::read_to_string(home.path(".aws/config")).unwrap();
        fs::write(home.path("other"), config.replace(from, to)).unwrap();
        let mut exec = home.command(SSOX);
        exec.args(["exec", "--serve", "dev", "--", "sh", "-c", script]).current_dir(home.path("")).env("SSOX", SSOX);
        let answer = printed(&exec.output().unwrap());
        let told = "`dev` now has another account or role than";
        assert!(answer.contains(&format!("\"message\":\"{told} at the start")), "{to}: {answer}");
        assert!(answer.contains(&format!("\nwarning      {told} this shell shows; ")), "{to}: {answer}");
    }
}

#[test]
fn a_protected_profile_is_served_only_when_a_person_says_yes() {
    let home = Home::signed_in();
    home.add_config(
        "[profile live]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin\nssox_protected = true\n",
    );
    home.ssox(&["exec", "--serve", "live", "--", "touch", "started"]).fails(3);
    home.ssox(&["serve", "live"]).fails(3);
    assert!(!home.path("started").exists());
    home.ssox(&["exec", "--serve", "--yes", "live", "--", "touch", "started"]).ok();
    assert!(home.path("started").exists());
}

#[test]
fn a_protected_profile_is_served_to_shells_until_its_time_limit_and_to_a_program_until_that_ends() {
    let home = Home::signed_in();
    home.add_config(
        "[profile live]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin\n\
         ssox_protected = true\nssox_protected_for = 2s\n",
    );
    let mut command = home.command(SSOX);
    command.args(["serve", "--yes", "live", "--json"]);
    let (mut served, _) = Served::start(&home, command);
    served.key_id();
    assert_eq!(served.child.wait().unwrap().code(), Some(3));
    served.nothing_is_left();
    assert_eq!(
        said(&home),
        "ssox: no longer serving credentials: the time limit of the protected profile `live` has passed\nssox: hint: ssox serve live\n"
    );
    let ask = "sleep 3; curl -s -o /dev/null -w '%{http_code}' -H \"Authorization: $AWS_CONTAINER_AUTHORIZATION_TOKEN\" \
        $AWS_CONTAINER_CREDENTIALS_FULL_URI";
    assert_eq!(home.ssox(&["exec", "--serve", "--yes", "live", "--", "sh", "-c", ask]).ok(), "200");
}

#[test]
fn a_role_of_another_duration_is_renewed_for_that_duration() {
    let home = Home::signed_in();
    home.standin.configure(|options| options.sts_credentials = Some(Duration::from_secs(4)));
    let script = "ask() { curl -s --noproxy '*' -H \"Authorization: $AWS_CONTAINER_AUTHORIZATION_TOKEN\" \
        $AWS_CONTAINER_CREDENTIALS_FULL_URI; }; first=$(ask); while [ \"$(ask)\" = \"$first\" ]; do sleep 0.05; done";
    let role = ["--role-arn", "arn:aws:iam::333344445555:role/Deploy", "--duration", "20m"];
    home.ssox(&[&["exec", "--serve", "dev"], &role[..], &["--", "sh", "-c", script]].concat()).ok();
    let requests = home.standin.requests();
    let asked: Vec<_> = requests.iter().filter(|request| request.operation == "AssumeRole").collect();
    assert!(asked.len() >= 2 && asked.iter().all(|request| request.body.contains("DurationSeconds=1200")), "{asked:?}");
}
