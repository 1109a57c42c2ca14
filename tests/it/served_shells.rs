//! A shell that has read the lines of `ssox serve`: `ssox clear` takes all of them out, and doctor and status say when the
//! endpoint has ended.

use crate::identity::segment;
use crate::pty::eventually;
use crate::shells::{Home, Shell, in_each, shells, signed_in};
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::Duration;

/// Starts `ssox serve dev`, and waits for its lines in the file `lines`, and until the server answers: before that, a
/// signal ends the process without removing its files.
pub(crate) fn serve(home: &Home, shell: Shell) -> Child {
    let format = if shell == Shell::Fish { "fish" } else { "env" };
    let mut command = home.command("ssox");
    command.args(["serve", "dev", "--format", format]).stdin(Stdio::null());
    let command = command.env_remove("AWS_EC2_METADATA_DISABLED");
    let child = command.stdout(fs::File::create(home.path("lines")).unwrap()).spawn().expect("ssox starts");
    let lines = eventually("the lines", || {
        fs::read_to_string(home.path("lines")).ok().filter(|text| text.contains("SSOX_IDENTITY"))
    });
    let address = lines.split_once("http://").expect("the lines have an address").1;
    let address = &address[..address.find('/').expect("the address ends")];
    let mut server = TcpStream::connect(address).expect("the server listens");
    server.write_all(b"GET / HTTP/1.1\r\n\r\n").expect("the server takes a request");
    server.read_exact(&mut [0]).expect("the server answers");
    child
}

pub(crate) fn end(mut server: Child) {
    rustix::process::kill_process(rustix::process::Pid::from_child(&server), rustix::process::Signal::TERM).unwrap();
    server.wait().unwrap();
}

/// Returns the variables of AWS, of GDAL and of ssox that a script ends with. The tests themselves switch off the metadata of
/// the machine.
fn left(home: &Home, shell: Shell, script: &str) -> String {
    let unset = if shell == Shell::Fish { "set -e" } else { "unset" };
    let shown = "command env | command grep -E '^(AWS|SSOX|CPL|BOTO)_' | command sort";
    let output = home.script(shell, &format!("{unset} AWS_EC2_METADATA_DISABLED\n{script}\n{shown}"));
    let known = ["AWS_ENDPOINT_URL", "AWS_MAX_ATTEMPTS"];
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .filter(|line| !known.iter().any(|name| line.starts_with(name)))
        .map(|line| format!("{line}\n"))
        .collect()
}

#[test]
fn clear_removes_what_the_lines_of_serve_have_set() {
    let (_standin, home) = signed_in(Duration::from_hours(1));
    fs::write(home.path(".boto"), "[Credentials]\naws_access_key_id = A\naws_secret_access_key = s\n").unwrap();
    for shell in shells() {
        let before = left(&home, shell, "LOAD");
        let server = serve(&home, shell);
        let served = left(&home, shell, "LOAD\n. ./lines");
        for name in [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            "AWS_EC2_METADATA_DISABLED",
            "CPL_AWS_CREDENTIALS_FILE",
            "BOTO_CONFIG",
        ] {
            assert!(served.contains(name), "{shell:?}: {served}");
        }
        assert_eq!(left(&home, shell, "LOAD\n. ./lines\nssox clear"), before, "{shell:?}");
        // With another identity in between, the end is the same.
        assert_eq!(left(&home, shell, "LOAD\nssox use dev\nssox clear\n. ./lines\nssox clear"), before, "{shell:?}");
        assert_eq!(left(&home, shell, "LOAD\n. ./lines\nssox use dev\nssox clear"), before, "{shell:?}");
        // ssox remembers what was there before the first use, and the lines come later.
        for again in ["use stg", "use --profile-only stg", "use dev"] {
            let script = format!("LOAD\nssox use dev\n. ./lines\nssox {again}\nssox clear");
            assert_eq!(left(&home, shell, &script), before, "{shell:?} {again}");
        }
        // What a person has set instead stays.
        let own = shell.export("AWS_EC2_METADATA_DISABLED", "TRUE");
        let kept = left(&home, shell, &format!("LOAD\n. ./lines\n{own}\nssox clear"));
        assert_eq!(kept, format!("AWS_EC2_METADATA_DISABLED=TRUE\n{before}"), "{shell:?}");
        end(server);
        assert_eq!(left(&home, shell, "LOAD\n. ./lines\nssox clear"), before, "{shell:?}");
    }
}

/// The lines are of the directory, like a `use` there.
#[test]
fn leaving_a_directory_removes_what_the_lines_of_serve_have_set_there() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_hours(1));
        home.write("ours/.ssox", "profile = stg\n");
        home.allow("ours");
        let server = serve(&home, shell);
        let mut session = home.session(shell, "LOAD");
        let set = "command env | command grep -E '^(AWS_CO|AWS_SH|SSOX_EN|SSOX_PR|SSOX_CO)' >set; true";
        session.run(set);
        let before = fs::read_to_string(home.path("set")).unwrap();
        for step in ["cd ours", ". ../lines"] {
            session.run(step);
        }
        assert_eq!(segment(&mut session, &home), "dev:ReadOnly|ok", "{shell:?}");
        for step in ["cd ..", set] {
            session.run(step);
        }
        assert_eq!(fs::read_to_string(home.path("set")).unwrap(), before, "{shell:?}");
        assert_eq!(segment(&mut session, &home), "|", "{shell:?}");
        end(server);
    });
}

/// They get the credentials from the endpoint, whoever is still signed in, or from a profile that somebody has written.
#[test]
fn status_verifies_whom_tools_are_in_such_a_shell() {
    let (_standin, home) = signed_in(Duration::from_hours(1));
    let server = serve(&home, Shell::Bash);
    let verify = |more: &str| {
        let ran = home.script(Shell::Bash, &format!(". ./lines\n{more}\nssox status --verify --json 2>&1"));
        String::from_utf8(ran.stdout).unwrap()
    };
    let role = "assumed-role/AWSReservedSSO_ReadOnly";
    assert!(verify("").contains(role), "{}", verify(""));
    assert!(verify("ssox logout --sso-session corp").contains(role), "{}", verify(""));
    let keys =
        "printf '[default]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = s\n' >$AWS_SHARED_CREDENTIALS_FILE";
    assert!(!verify(keys).contains(role), "{}", verify(""));
    end(server);
    assert!(verify("").contains("has ended: AWS tools in this shell get no credentials from it"), "{}", verify(""));
}

#[test]
fn doctor_and_status_say_that_an_endpoint_has_ended() {
    let (_standin, home) = signed_in(Duration::from_hours(1));
    let server = serve(&home, Shell::Bash);
    let said = || String::from_utf8(home.script(Shell::Bash, ". ./lines\nssox doctor; ssox status").stdout).unwrap();
    let ours = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
    assert!(!said().contains(ours) && !said().contains("has ended"), "{}", said());
    end(server);
    let told = said();
    assert_eq!(told.matches("has ended: AWS tools in this shell get no credentials from it").count(), 2, "{told}");
}

#[test]
fn the_segment_says_that_an_endpoint_has_ended() {
    in_each(&shells(), |shell| {
        let (_standin, home) = signed_in(Duration::from_hours(1));
        let server = serve(&home, shell);
        let mut session = home.session(shell, "LOAD");
        session.run(". ./lines");
        assert_eq!(segment(&mut session, &home), "dev:ReadOnly|ok", "{shell:?}");
        end(server);
        session.run("true");
        assert_eq!(segment(&mut session, &home), "dev:ReadOnly expired|expired", "{shell:?}");
        let server = serve(&home, shell);
        session.run(". ./lines");
        assert_eq!(segment(&mut session, &home), "dev:ReadOnly|ok", "{shell:?}");
        end(server);
        session.run("ssox use stg");
        let shown = segment(&mut session, &home);
        assert!(shown.starts_with("stg:PowerUser ") && shown.ends_with("|ok"), "{shell:?}: {shown}");
    });
}
