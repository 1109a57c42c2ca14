//! Pipes, devices, directories and endless files in place of each file that ssox reads: it does not wait and does not
//! fill the memory. A broken cache file is replaced.

use crate::home::{Home, SSOX};
use crate::shown::says;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

/// More than any command needs here, even on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Pipe,
    Device,
    Directory,
    Endless,
    Socket,
}

const KINDS: [Kind; 5] = [Kind::Pipe, Kind::Device, Kind::Directory, Kind::Endless, Kind::Socket];

/// Replaces a file by something else.
fn put(kind: Kind, path: &Path) {
    let _ = fs::remove_file(path);
    let _ = fs::remove_dir_all(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    match kind {
        Kind::Pipe => assert!(Command::new("mkfifo").arg(path).status().unwrap().success()),
        Kind::Device => std::os::unix::fs::symlink("/dev/zero", path).unwrap(),
        Kind::Directory => fs::create_dir(path).unwrap(),
        Kind::Endless => fs::File::create(path).unwrap().set_len(1 << 40).unwrap(),
        Kind::Socket => drop(std::os::unix::net::UnixListener::bind(path).unwrap()),
    }
}

/// Runs ssox in 2 GiB of memory; it has to end by itself.
fn run(home: &Home, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = home.command("sh");
    command.args(["-c", "ulimit -v 2097152; exec \"$0\" \"$@\"", SSOX]).args(arguments);
    let mut child = command
        .envs(variables.iter().copied())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let began = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if began.elapsed() > LIMIT {
            child.kill().unwrap();
            panic!("{arguments:?} {variables:?} does not end");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.wait_with_output().unwrap()
}

#[test]
fn an_odd_configuration_is_an_error_for_every_verb_and_nothing_for_completion() {
    let home = Home::signed_in();
    for kind in KINDS {
        for file in [".aws/config", ".aws/credentials"] {
            let kept = fs::read(home.path(file)).ok();
            put(kind, &home.path(file));
            for arguments in [
                &["--emit=zsh1", "use", "dev"][..],
                &["export", "dev", "--format", "env"],
                &["exec", "dev", "--", "true"],
                &["credential-process", "dev"],
                &["list"],
                &["sessions"],
                &["configure", "migrate", "--yes"],
                &["console", "dev", "--print"],
            ] {
                let output = run(&home, arguments, &[]);
                let error = String::from_utf8_lossy(&output.stderr);
                assert_eq!(output.status.code(), Some(4), "{kind:?} {file} {arguments:?}: {error}");
                assert!(error.contains(&format!("/{file}`: ")) && error.contains("hint"), "{error}");
            }
            let state = [("SSOX_PROFILE", "dev"), ("SSOX_PROMPT", "dev"), ("SSOX_NEXT", "1"), ("SSOX_EXPIRES", "1")];
            for arguments in
                [&["complete", "zsh", "2", "ssox", "use", ""][..], &["--emit=zsh1", "tick"], &["doctor"], &["status"]]
            {
                let status = run(&home, arguments, &state).status.code();
                assert!(status.is_some(), "{kind:?} {file} {arguments:?}");
            }
            put(Kind::Endless, &home.path(file));
            fs::remove_file(home.path(file)).unwrap();
            if let Some(kept) = kept {
                fs::write(home.path(file), kept).unwrap();
            }
        }
    }
}

#[test]
fn odd_cache_files_count_as_absent() {
    let home = Home::signed_in();
    run(&home, &["--emit=zsh1", "use", "dev"], &[]);
    let directories = [".aws/cli/cache", ".local/state/ssox", ".local/state/ssox/locks"];
    for kind in KINDS.into_iter().filter(|kind| *kind != Kind::Directory) {
        // Links among the locks and in the state directory are refused.
        let directories = if kind == Kind::Device { &directories[..1] } else { &directories };
        for directory in directories {
            for name in home.files(directory).iter().filter(|name| home.path(directory).join(name).is_file()) {
                put(kind, &home.path(directory).join(name));
            }
        }
        let output = run(&home, &["--emit=zsh1", "use", "dev"], &[]);
        assert_eq!(output.status.code(), Some(0), "{kind:?}: {}", String::from_utf8_lossy(&output.stderr));
        let role = home.files(".aws/cli/cache").pop().unwrap();
        assert!(home.path(".aws/cli/cache").join(role).is_file(), "{kind:?}: the entry was not mended");
        run(&home, &["doctor"], &[]);
        run(&home, &["logout", "--all"], &[]);
        home.sign_in(&ssox_standin::Grant::default());
    }
}

#[test]
fn an_odd_token_or_registration_file_does_not_stop_a_sign_in() {
    for kind in KINDS {
        let home = Home::signed_in();
        for name in home.files(".aws/sso/cache") {
            put(kind, &home.path(".aws/sso/cache").join(name));
        }
        for arguments in [
            &["--emit=zsh1", "use", "dev"][..],
            &["status"],
            &["sessions"],
            &["doctor"],
            &["complete", "zsh", "2", "ssox", "use", ""],
            &["logout", "--all"],
        ] {
            assert!(run(&home, arguments, &[]).status.code().is_some(), "{kind:?} {arguments:?}");
        }
    }
}

#[test]
fn what_the_environment_names_is_a_regular_file() {
    let home = Home::new();
    home.add_config(
        "[profile web]\nrole_arn = arn:aws:iam::111122223333:role/Web\nweb_identity_token_file = odd\n\
         [profile box]\nrole_arn = arn:aws:iam::111122223333:role/Box\ncredential_source = EcsContainer\n",
    );
    for kind in KINDS {
        put(kind, &home.path("odd"));
        let odd = home.path("odd").display().to_string();
        let container = [
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/x"),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", &odd),
        ];
        for (profile, variables) in [
            ("web", &[][..]),
            ("box", &container[..]),
            ("web", &[("AWS_CONFIG_FILE", odd.as_str())]),
            ("web", &[("AWS_SHARED_CREDENTIALS_FILE", odd.as_str())]),
        ] {
            let output = run(&home, &["export", profile, "--format", "env"], variables);
            let error = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(4), "{kind:?} {profile} {variables:?}: {error}");
            assert!(error.contains("odd"), "{error}");
        }
        run(&home, &["login", "dev", "--no-input"], &[("AWS_CA_BUNDLE", &odd)]);
    }
}

#[test]
fn the_null_device_is_an_empty_file() {
    let home = Home::signed_in();
    let output = run(&home, &["export", "dev", "--format", "env"], &[("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_saml_response_may_come_through_a_pipe_that_has_an_end() {
    let home = Home::new();
    home.add_config(
        "[profile saml]\nssox_saml_url = https://idp.example/sso\n\
         ssox_saml_role_arn = arn:aws:iam::111122223333:role/R\n",
    );
    let mut errors = String::new();
    for path in ["/dev/zero", "pipe", "directory", "endless"] {
        match path {
            "pipe" => put(Kind::Pipe, &home.path(path)),
            "directory" => put(Kind::Directory, &home.path(path)),
            "endless" => put(Kind::Endless, &home.path(path)),
            _ => {}
        }
        let output = run(&home, &["export", "saml", "--format", "env", "--saml-response", path], &[]);
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(4), "{error}");
        errors += &error;
    }
    says!(home, errors, @r"
    ssox: could not read `/dev/zero`: it is larger than 4 MiB
    ssox: hint: ls -ld /dev/zero
    ssox: could not read `pipe`: it is a pipe that no program writes to
    ssox: hint: ls -ld pipe
    ssox: could not read `directory`: it is a directory, not a file
    ssox: hint: ls -ld directory
    ssox: could not read `endless`: it is larger than 4 MiB
    ssox: hint: ls -ld endless
    ");
    let mut bash = home.command("bash");
    let script = format!("{SSOX} export saml --format env --saml-response <(sleep 0.3; echo PHg+PC94Pg==)");
    let output = bash.args(["-c", &script]).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    // It was read to its end: its content is not SAML.
    assert!(output.status.code() == Some(4) && !error.contains("could not read"), "{error}");
}
