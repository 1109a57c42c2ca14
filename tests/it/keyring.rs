//! Tokens and role credentials in the keyring, tested with gnome-keyring on a D-Bus session bus of its own.

mod desktop;

use crate::home::{Home, SSOX};
use crate::pty::eventually;
use crate::shown::{says, shows};
use desktop::Desktop;
use serde_json::Value;
use ssox_standin::{Grant, Person, token_file};
use std::fs;
use std::io::Read as _;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

/// A home where the person allows the access at once.
fn approving() -> Home {
    let home = Home::new();
    home.standin.configure(|options| options.authorize = Person::Approves);
    home
}

/// A desktop whose keyring has a token of session `corp`.
fn signed_in() -> Option<Desktop> {
    let desktop = Desktop::unlocked(approving())?;
    let (said, status) = desktop.in_terminal(&["login", "dev"], "keyring");
    assert_eq!(status, 0, "{said}");
    shows!(desktop.home, said.lines().last().unwrap(), @"ssox: signed in to `corp`, for LEFT");
    Some(desktop)
}

/// Returns the files below a directory that contain one of the texts; the keyring's own are encrypted.
fn files_with(directory: &Path, texts: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for path in fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            found.extend(files_with(&path, texts));
        } else if path.is_file() {
            let content = String::from_utf8_lossy(&fs::read(&path).unwrap_or_default()).into_owned();
            found.extend(texts.iter().any(|text| content.contains(text)).then(|| path.display().to_string()));
        }
    }
    found
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|cause| panic!("{cause}: {text}"))
}

#[test]
fn tokens_and_role_credentials_are_in_the_keyring_and_in_no_file() {
    let Some(desktop) = signed_in() else { return };
    let used = desktop.ssox(&["--emit=zsh1", "use", "dev"]);
    let secrets = ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"].map(|name| used.set(name).unwrap());
    let exported = json(&desktop.ssox(&["export", "dev", "--format", "process"]).ok());
    assert_eq!(exported["SecretAccessKey"], secrets[0].as_str());
    assert_eq!(desktop.ssox(&["exec", "dev", "--", "sh", "-c", "printf %s \"$AWS_SESSION_TOKEN\""]).ok(), secrets[1]);
    let of_process = json(&desktop.ssox(&["credential-process", "dev"]).ok());
    assert_eq!(of_process["SessionToken"], secrets[1].as_str());
    assert_eq!(desktop.home.standin.count("GetRoleCredentials"), 1);
    assert_eq!(desktop.entries(), 2);

    let texts = ["accessToken", "refreshToken", &secrets[0], &secrets[1]];
    assert_eq!(files_with(&desktop.home.path(""), &texts), [""; 0]);
    assert_eq!(desktop.home.files(".aws/cli/cache"), [""; 0]);
    // The client registration is no secret of the person, and stays where other tools have it too.
    assert_eq!(desktop.home.files(".aws/sso/cache").len(), 1);

    // The three clocks.
    let held = used.all_set();
    let held: Vec<(&str, &str)> = held.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let status = json(&desktop.ssox_with(&["status", "--json"], &held).ok());
    assert!(status["expires_at"].is_string() && status["token_expires_at"].is_string(), "{status}");
    let sessions = json(&desktop.ssox(&["sessions", "--json"]).ok());
    let corp = sessions.as_array().unwrap().iter().find(|row| row["name"] == "corp").unwrap();
    assert_eq!((corp["refreshable"].as_bool(), corp["token_expires_at"].is_string()), (Some(true), true), "{corp}");
    let list = json(&desktop.ssox(&["list", "--json"]).ok());
    let dev = list.as_array().unwrap().iter().find(|row| row["name"] == "dev").unwrap();
    assert!(dev["expires_at"].is_string(), "{dev}");
    assert_eq!(desktop.home.standin.violations(), [""; 0]);
}

#[test]
fn an_assumed_role_of_a_session_in_the_keyring_is_there_too_and_logout_removes_all() {
    let Some(desktop) = signed_in() else { return };
    desktop.home.add_config(
        "[profile assumed]\nrole_arn = arn:aws:iam::444455556666:role/Target\nsource_profile = dev\nregion = eu-west-1\n",
    );
    desktop.ssox(&["export", "assumed", "--format", "env"]).ok();
    desktop.ssox(&["export", "222233334444/PowerUser", "--format", "env"]).ok();
    assert_eq!((desktop.entries(), desktop.home.files(".aws/cli/cache").len()), (4, 0));
    let said = desktop.ssox(&["logout", "dev"]).stderr();
    says!(desktop.home, said, @"ssox: signed out of `corp`; removed the token in the keyring and the cached credentials of 3 roles");
    assert_eq!(desktop.entries(), 0);
    says!(desktop.home, desktop.ssox(&["export", "dev"]).fails(3), @r"
    ssox: not signed in to `corp`
    ssox: hint: ssox login --sso-session corp
    ");
    says!(desktop.home, desktop.ssox(&["logout", "dev"]).stderr(), @"ssox: not signed in to `corp`: there was nothing to remove");
}

#[test]
fn two_hundred_processes_refresh_a_token_in_the_keyring_once() {
    let Some(desktop) = Desktop::unlocked(approving()) else { return };
    desktop.home.standin.configure(|options| options.access_token = Duration::from_secs(3));
    assert_eq!(desktop.in_terminal(&["login", "dev"], "keyring").1, 0);
    desktop.home.standin.configure(|options| options.access_token = Duration::from_secs(3600));
    eventually("an expired token", || {
        let sessions = desktop.ssox(&["sessions"]).ok();
        let line = sessions.lines().find(|line| line.starts_with("corp"))?.to_string();
        line.contains("expired").then_some(())
    });
    let process = || {
        let mut command = desktop.command(SSOX);
        command.args(["credential-process", "dev"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let processes: Vec<_> = (0..200).map(|_| process()).collect();
    for process in processes {
        let ended = process.wait_with_output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    }
    let standin = &desktop.home.standin;
    let counts =
        ["CreateToken.refresh_token", "GetRoleCredentials", "reused_refresh_token"].map(|name| standin.count(name));
    assert_eq!((counts, desktop.entries()), ([1, 1, 0], 2));
}

#[test]
fn a_prompt_renews_through_the_keyring() {
    let Some(desktop) = Desktop::unlocked(approving()) else { return };
    desktop.home.standin.configure(|options| options.role_credentials = Duration::from_secs(4));
    assert_eq!(desktop.in_terminal(&["login", "dev"], "keyring").1, 0);
    let used = desktop.ssox(&["--emit=zsh1", "use", "dev"]);
    desktop.home.standin.configure(|options| options.role_credentials = Duration::from_secs(3600));
    let held = used.all_set();
    let held: Vec<(&str, &str)> = held.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let first = used.set("AWS_ACCESS_KEY_ID");
    eventually("new credentials", || {
        let key = desktop.ssox_with(&["--emit=zsh1", "tick"], &held).set("AWS_ACCESS_KEY_ID");
        (key.is_some() && key != first).then_some(())
    });
    assert_eq!(desktop.home.standin.count("GetRoleCredentials"), 2);
    assert_eq!(desktop.home.files(".aws/cli/cache"), [""; 0]);
}

#[test]
fn a_locked_keyring_is_exit_3_and_nobody_is_asked_but_by_login() {
    let Some(mut desktop) = signed_in() else { return };
    let used = desktop.ssox(&["--emit=zsh1", "use", "dev"]);
    let held = used.all_set();
    // `status` has the account's name once it is listed.
    desktop.ssox(&["list", "--assigned"]).ok();
    desktop.lock();
    let monitor = desktop.monitor();
    for arguments in [
        &["--emit=zsh1", "use", "dev"][..],
        &["export", "dev"],
        &["exec", "dev", "--", "true"],
        &["credential-process", "dev"],
        &["logout", "dev"],
    ] {
        says!(desktop.home, desktop.ssox(arguments).fails(3), @r"
        ssox: the keyring is locked
        ssox: hint: `ssox login --sso-session corp`, which asks for the password of the keyring
        ssox: hint: without a desktop: run `gnome-keyring-daemon --replace --unlock`, type the password, and then Ctrl-D twice instead of Enter
        ");
    }
    // A person at a terminal gets the same, and no sign-in.
    let (said, status) = desktop.in_terminal(&["export", "stg"], "keyring");
    assert_eq!(status, 3, "{said}");
    says!(desktop.home, said, @r"
    ssox: the keyring is locked
    ssox: hint: `ssox login --sso-session corp`, which asks for the password of the keyring
    ssox: hint: without a desktop: run `gnome-keyring-daemon --replace --unlock`, type the password, and then Ctrl-D twice instead of Enter
    ");
    says!(desktop.home, desktop.ssox(&["login", "dev"]).fails(3), @r"
    ssox: the keyring is locked
    ssox: hint: `ssox login --sso-session corp`, which asks for the password of the keyring
    ssox: hint: without a desktop: run `gnome-keyring-daemon --replace --unlock`, type the password, and then Ctrl-D twice instead of Enter
    ");
    // Verbs that show what is there show the rest.
    let mut shown = String::new();
    for verb in ["list", "sessions"] {
        let ran = desktop.ssox(&[verb]);
        shown += &(ran.ok() + &ran.stderr());
    }
    shows!(desktop.home, shown, @r"
    PROFILE  SOURCE  SESSION                                 ACCOUNT       ROLE       REGION        LEFT
    dev      sso     corp                                    111122223333  ReadOnly   eu-west-1
    stg      sso     corp                                    222233334444  PowerUser  eu-central-1
    legacy   sso     https://d-1234567890.awsapps.com/start  111122223333  Admin      us-east-1
    ssox: warning: the keyring is locked
    ssox: hint: `ssox login`, which asks for the password of the keyring
    ssox: hint: without a desktop: run `gnome-keyring-daemon --replace --unlock`, type the password, and then Ctrl-D twice instead of Enter
    SESSION                                 START URL                               REGION     TOKEN    REFRESHABLE  PROFILES
    corp                                    https://d-1234567890.awsapps.com/start  eu-west-1  unknown               dev stg
    https://d-1234567890.awsapps.com/start  https://d-1234567890.awsapps.com/start  eu-west-1  unknown               legacy
    ssox: warning: the keyring is locked
    ssox: hint: `ssox login --sso-session corp`, which asks for the password of the keyring
    ssox: hint: without a desktop: run `gnome-keyring-daemon --replace --unlock`, type the password, and then Ctrl-D twice instead of Enter
    ");
    let mut variables: Vec<(&str, &str)> = held
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, _)| *name != "SSOX_NEXT")
        .collect();
    variables.push(("SSOX_NEXT", "1"));
    shows!(desktop.home, desktop.ssox_with(&["status"], &variables).ok(), @r"
    profile      dev
    mode         credentials
    account      111122223333 (dev)
    role         ReadOnly
    region       eu-west-1
    credentials  LEFT left, until TIME
    session      corp
    token        unknown: the keyring is locked
    hint         `ssox login --sso-session corp`, which asks for the password of the keyring
    ");
    // The hook says that a person is needed, and a process in the background found out why.
    variables.retain(|(name, _)| *name != "SSOX_EXPIRES");
    variables.push(("SSOX_EXPIRES", "1"));
    eventually("the state", || {
        let state = desktop.ssox_with(&["--emit=zsh1", "tick"], &variables).set("SSOX_STATE");
        (state.as_deref() == Some("sign-in")).then_some(())
    });
    assert_eq!(monitor.prompts(), [""; 0]);

    // There is no desktop that could show the question: it counts as not answered.
    let monitor = desktop.monitor();
    let (said, status) = desktop.in_terminal(&["login", "dev"], "keyring");
    assert_eq!(status, 3, "{said}");
    says!(desktop.home, said, @r"
    ssox: the keyring is locked; it asks for its password in a window of its own
    ssox: the keyring is still locked: its password was not entered
    ssox: hint: without a desktop: run `gnome-keyring-daemon --replace --unlock`, type the password, and then Ctrl-D twice instead of Enter
    ");
    assert_eq!(monitor.prompts().len(), 2);

    desktop.unlock();
    desktop.ssox(&["export", "dev"]).ok();
    assert_eq!(desktop.home.standin.count("Authorize"), 1);
    assert_eq!(desktop.home.files(".aws/cli/cache"), [""; 0]);
}

/// Expects exit status 3, no file with a secret, and the same error from each verb, which is returned.
fn refused(home: &Home, address: Option<&str>) -> String {
    home.sign_in(&Grant::default());
    let run = |arguments: &[&str]| {
        let mut command = home.command(SSOX);
        command.args(arguments).env("SSOX_STORE", "keyring").envs(address.map(|at| ("DBUS_SESSION_BUS_ADDRESS", at)));
        crate::home::Ran(command.output().expect("ssox starts"))
    };
    run(&["--emit=zsh1", "tick"]).ok();
    let verbs = [&["export", "dev"][..], &["--emit=zsh1", "use", "dev"], &["credential-process", "dev"]];
    let errors = verbs.map(|arguments| run(arguments).fails(3));
    assert!(errors.iter().all(|error| *error == errors[0]), "{errors:?}");
    assert_eq!(home.files(".aws/cli/cache"), [""; 0]);
    assert_eq!(home.standin.total(), 0);
    errors[0].clone()
}

#[test]
fn without_a_keyring_it_is_exit_3_and_nothing_goes_into_a_file() {
    let home = Home::new();
    says!(home, refused(&home, None), @r"
    ssox: the keyring (Secret Service) cannot be reached: there is no D-Bus session bus here
    ssox: hint: run `dbus-run-session -- bash`; in that shell, run `gnome-keyring-daemon --unlock`, type the password, and then Ctrl-D twice instead of Enter
    ssox: hint: or keep the secrets in files: unset SSOX_STORE, and remove `ssox_store` from ~/.aws/config
    ");
    says!(home, refused(&home, Some("unix:path=/nosuch/bus")), @r"
    ssox: the keyring (Secret Service) cannot be reached: the D-Bus session bus does not work (Failed to connect to socket /nosuch/bus: No such file or directory)
    ssox: hint: run `dbus-run-session -- bash`; in that shell, run `gnome-keyring-daemon --unlock`, type the password, and then Ctrl-D twice instead of Enter
    ssox: hint: or keep the secrets in files: unset SSOX_STORE, and remove `ssox_store` from ~/.aws/config
    ");
    // An address may name a program to start.
    let home = Home::new();
    let proof = home.path("started");
    let program = format!("unixexec:path=/usr/bin/touch,argv1={}", proof.display());
    says!(home, refused(&home, Some(&program)), @r"
    ssox: the keyring (Secret Service) cannot be reached: DBUS_SESSION_BUS_ADDRESS is not the address of a socket (`unix:…`)
    ssox: hint: run `dbus-run-session -- bash`; in that shell, run `gnome-keyring-daemon --unlock`, type the password, and then Ctrl-D twice instead of Enter
    ssox: hint: or keep the secrets in files: unset SSOX_STORE, and remove `ssox_store` from ~/.aws/config
    ");
    assert!(!proof.exists());
    let Some(desktop) = Desktop::without_keyring(Home::new()) else { return };
    let address = format!("unix:path={}", desktop.home.path("bus").display());
    says!(desktop.home, refused(&desktop.home, Some(&address)), @r"
    ssox: the keyring (Secret Service) cannot be reached: no program on the D-Bus session bus provides the Secret Service
    ssox: hint: run `dbus-run-session -- bash`; in that shell, run `gnome-keyring-daemon --unlock`, type the password, and then Ctrl-D twice instead of Enter
    ssox: hint: or keep the secrets in files: unset SSOX_STORE, and remove `ssox_store` from ~/.aws/config
    ");
}

#[test]
fn a_bus_that_never_answers_is_waited_for_once_and_a_prompt_does_not_wait() {
    let home = Home::new();
    let listener = UnixListener::bind(home.path("bus")).unwrap();
    // How many connections were made, and how many of them the other side has given up.
    let [made, given_up] = [(); 2].map(|()| Arc::new(AtomicU32::new(0)));
    let counts = (made.clone(), given_up.clone());
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            counts.0.fetch_add(1, Ordering::SeqCst);
            let given_up = counts.1.clone();
            thread::spawn(move || {
                let _ = (&stream).read_to_end(&mut Vec::new());
                given_up.fetch_add(1, Ordering::SeqCst);
            });
        }
    });
    let address = format!("unix:path={}", home.path("bus").display());
    let run = |arguments: &[&str]| {
        let mut command = home.command(SSOX);
        command.args(arguments).env("SSOX_STORE", "keyring").env("DBUS_SESSION_BUS_ADDRESS", &address);
        command.env("SSOX_PROFILE", "dev").env("SSOX_EXPIRES", "1").env("SSOX_NEXT", "1");
        crate::home::Ran(command.output().expect("ssox starts"))
    };
    says!(home, run(&["export", "dev"]).fails(3), @r"
    ssox: the keyring (Secret Service) did not answer within 10s
    ssox: hint: run `dbus-run-session -- bash`; in that shell, run `gnome-keyring-daemon --unlock`, type the password, and then Ctrl-D twice instead of Enter
    ");
    eventually("the end of the connection", || (given_up.load(Ordering::SeqCst) == 1).then_some(()));
    assert_eq!(made.load(Ordering::SeqCst), 1);
    assert!(run(&["--emit=zsh1", "tick"]).set("SSOX_STATE").is_some());
    // The prompt has given up its own connection; the process in the background still waits on the third.
    eventually("the two processes", || (made.load(Ordering::SeqCst) == 3).then_some(()));
    eventually("the end of the prompt's connection", || (given_up.load(Ordering::SeqCst) >= 2).then_some(()));
    assert_eq!(given_up.load(Ordering::SeqCst), 2);
}

#[test]
fn a_token_moves_with_the_setting_at_the_next_sign_in_and_needs_no_browser() {
    let Some(desktop) = Desktop::unlocked(Home::new()) else { return };
    let home = &desktop.home;
    let token = home.sign_in(&Grant::default());
    let file = token_file(&home.path(""), "corp");
    home.ssox(&["export", "dev", "--format", "env"]).ok();
    // The role credentials of the files are not those of the keyring, and neither is the token.
    let error = desktop.ssox(&["export", "dev", "--format", "env"]).fails(3);
    says!(desktop.home, error, @r"
    ssox: not signed in to `corp`
    ssox: hint: ssox login --sso-session corp
    ");
    let (said, status) = desktop.in_terminal(&["login", "dev"], "keyring");
    assert_eq!(status, 0, "{said}");
    shows!(desktop.home, said, @r"
    ssox: moved the token of `corp` from ~/.aws/sso/cache to the keyring, the configured store (SSOX_STORE, `ssox_store`)
    ssox: signed in to `corp`, for LEFT
    ");
    assert_eq!((file.exists(), home.files(".aws/cli/cache").len(), desktop.entries()), (false, 0, 1));
    desktop.ssox(&["export", "dev", "--format", "env"]).ok();
    assert_eq!(desktop.entries(), 2);

    let (said, status) = desktop.in_terminal(&["login", "dev"], "files");
    assert_eq!(status, 0, "{said}");
    shows!(desktop.home, said, @r"
    ssox: moved the token of `corp` from the keyring to ~/.aws/sso/cache, the configured store (SSOX_STORE, `ssox_store`)
    ssox: signed in to `corp`, for LEFT
    ");
    assert_eq!(desktop.entries(), 0);
    assert!(fs::read_to_string(&file).unwrap().contains(&token.access_token));
    home.ssox(&["export", "dev", "--format", "env"]).ok();
    assert_eq!(["Authorize", "CreateToken"].map(|name| home.standin.count(name)), [0, 0]);
}

#[test]
fn logout_removes_a_token_that_the_setting_left_behind() {
    let Some(desktop) = signed_in() else { return };
    desktop.ssox(&["export", "dev", "--format", "env"]).ok();
    let said = desktop.ssox_with(&["logout", "dev"], &[("SSOX_STORE", "files")]).stderr();
    says!(desktop.home, said, @"ssox: signed out of `corp`; removed the token in the keyring and the cached credentials of 1 role");
    assert_eq!((desktop.entries(), desktop.home.standin.count("Logout")), (0, 1));
    // A session that never was in the keyring does not ask it.
    let Some(desktop) = Desktop::without_keyring(Home::signed_in()) else { return };
    desktop.ssox_with(&["logout", "dev"], &[("SSOX_STORE", "files")]).ok();
}

#[test]
fn logout_revokes_a_token_in_each_store() {
    let Some(desktop) = signed_in() else { return };
    desktop.home.sign_in(&Grant::default());
    let said = desktop.ssox(&["logout", "dev"]).stderr();
    says!(desktop.home, said, @"ssox: signed out of `corp`; removed ~/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json and the token in the keyring");
    assert_eq!((desktop.entries(), desktop.home.standin.count("Logout")), (0, 2));
    assert!(!token_file(&desktop.home.path(""), "corp").exists());
}

#[test]
fn the_key_of_a_session_is_for_its_secrets_alone() {
    let Some(desktop) = Desktop::unlocked(approving()) else { return };
    let config = fs::read_to_string(desktop.home.path(".aws/config")).unwrap();
    desktop.home.write_config(&config.replace("[sso-session corp]\n", "[sso-session corp]\nssox_store = keyring\n"));
    let run = |arguments: &[&str]| desktop.ssox_with(arguments, &[("SSOX_STORE", "")]);
    assert_eq!(desktop.in_terminal(&["login", "dev"], "").1, 0);
    run(&["export", "dev", "--format", "env"]).ok();
    assert_eq!((desktop.entries(), desktop.home.files(".aws/cli/cache").len()), (2, 0));
    desktop.home.standin.seed_token(&desktop.home.path(""), ssox_standin::START_URL, &Grant::default());
    run(&["export", "legacy", "--format", "env"]).ok();
    assert_eq!((desktop.entries(), desktop.home.files(".aws/cli/cache").len()), (2, 1));
    let said = run(&["--emit=zsh1", "use", "dev", "--profile-only"]).stderr();
    says!(desktop.home, said.lines().last().unwrap(), @"ssox: warning: the token of `dev` is in the keyring, which AWS tools do not read: leave out --profile-only");
}

#[test]
fn doctor_says_where_a_secret_is() {
    let Some(desktop) = signed_in() else { return };
    let doctor = || desktop.ssox(&["doctor"]);
    let said = doctor().ok();
    says!(desktop.home, said, @"nothing is wrong; ssox keeps the token and the role credentials of sessions `corp` and `https://d-1234567890.awsapps.com/start` in the keyring; AWS_ENDPOINT_URL sends requests to `http://STANDIN`, not to AWS");
    desktop.home.sign_in(&Grant::default());
    says!(desktop.home, doctor().ok(), @r"
    warning: ~/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json: a token of `corp` is in ~/.aws/sso/cache, but for this session ssox reads only the keyring
        hint: `ssox login --sso-session corp` moves or replaces this token, `ssox logout --sso-session corp` removes it
    info: ssox keeps the token and the role credentials of sessions `corp` and `https://d-1234567890.awsapps.com/start` in the keyring
        hint: other AWS tools cannot read the keyring: give them credentials with `ssox credential-process` or `ssox exec`
    info: AWS_ENDPOINT_URL sends requests to `http://STANDIN`, not to AWS
        hint: unset AWS_ENDPOINT_URL
    ");
    fs::remove_file(token_file(&desktop.home.path(""), "corp")).unwrap();
    desktop.lock();
    let said = doctor().ok();
    says!(desktop.home, said, @r"
    warning: the keyring is locked; ssox keeps the token and the role credentials of sessions `corp` and `https://d-1234567890.awsapps.com/start` there
        hint: `ssox login --sso-session corp`, which asks for the password of the keyring; without a desktop: run `gnome-keyring-daemon --replace --unlock`, type the password, and then Ctrl-D twice instead of Enter
    info: AWS_ENDPOINT_URL sends requests to `http://STANDIN`, not to AWS
        hint: unset AWS_ENDPOINT_URL
    ");
    let said = desktop.ssox_with(&["doctor"], &[("SSOX_STORE", "files")]).ok();
    says!(desktop.home, said, @r"
    warning: a token of `corp` is in the keyring, but for this session ssox reads only ~/.aws/sso/cache
        hint: `ssox login --sso-session corp` moves or replaces this token, `ssox logout --sso-session corp` removes it
    info: AWS_ENDPOINT_URL sends requests to `http://STANDIN`, not to AWS
        hint: unset AWS_ENDPOINT_URL
    ");
}

#[test]
fn an_unknown_store_is_exit_4() {
    let home = Home::signed_in();
    let named = |ran: crate::home::Ran| ran.fails(4);
    let error = named(home.ssox_with(&["export", "dev"], &[("SSOX_STORE", "keyrng")]));
    says!(home, error, @r"
    ssox: SSOX_STORE is `keyrng`, which is neither `files` nor `keyring`
    ssox: hint: did you mean `keyring`?
    ");
    let config = fs::read_to_string(home.path(".aws/config")).unwrap();
    home.write_config(&config.replace("[sso-session corp]\n", "[sso-session corp]\nssox_store = vault\n"));
    let error = named(home.ssox(&["export", "dev"]));
    says!(home, error, @r"
    ssox: `ssox_store` of `corp` is `vault`, which is neither `files` nor `keyring`
    ssox: hint: write `keyring`, or `files` (the cache files of the AWS CLI)
    ");
    // In a profile it would do nothing.
    home.write_config(&config.replace("[profile dev]\n", "[profile dev]\nssox_store = keyring\n"));
    let error = named(home.ssox(&["export", "dev"]));
    says!(home, error, @r"
    ssox: profile `dev` cannot be used: `ssox_store = keyring` belongs in its sso-session
    ssox: hint: write `ssox_store = keyring` into `[sso-session corp]`
    ");
}

#[test]
fn a_failed_process_is_tried_again_as_soon_as_the_keyring_is_unlocked_or_somebody_has_signed_in() {
    let Some(mut desktop) = signed_in() else { return };
    let process = ["credential-process", "dev"];
    desktop.lock();
    says!(desktop.home, desktop.ssox(&process).fails(3), @r"
    ssox: the keyring is locked
    ssox: hint: `ssox login --sso-session corp`, which asks for the password of the keyring
    ssox: hint: without a desktop: run `gnome-keyring-daemon --replace --unlock`, type the password, and then Ctrl-D twice instead of Enter
    ");
    desktop.unlock();
    desktop.ssox(&process).ok();
    desktop.ssox(&["logout", "dev"]).ok();
    desktop.ssox(&process).fails(3);
    desktop.in_terminal(&["login", "dev"], "keyring");
    desktop.ssox(&process).ok();
}

#[test]
fn an_endpoint_renews_credentials_of_the_keyring_and_goes_on_after_signing_in() {
    let Some(desktop) = signed_in() else { return };
    desktop.home.standin.configure(|options| options.role_credentials = Duration::from_secs(4));
    let script = "ask() { curl -s --noproxy '*' -H \"Authorization: $AWS_CONTAINER_AUTHORIZATION_TOKEN\" \
        $AWS_CONTAINER_CREDENTIALS_FULL_URI; }; \
        reach() { while ! ask | grep -q \"$1\"; do sleep 0.05; done; }; \
        first=$(ask); while [ \"$(ask)\" = \"$first\" ]; do sleep 0.05; done; touch renewed; \
        reach SignInRequired; touch refused; reach AccessKeyId";
    let mut exec = desktop.command(SSOX);
    exec.args(["exec", "--serve", "dev", "--", "sh", "-c", script]);
    let mut child = exec.stderr(Stdio::null()).spawn().unwrap();
    eventually("a renewal", || desktop.home.path("renewed").exists().then_some(()));
    desktop.ssox(&["logout", "dev"]).ok();
    eventually("a refusal", || desktop.home.path("refused").exists().then_some(()));
    let (said, status) = desktop.in_terminal(&["login", "dev"], "keyring");
    assert_eq!(status, 0, "{said}");
    assert!(child.wait().unwrap().success());
    assert_eq!(files_with(&desktop.home.path(""), &["accessToken", "SecretAccessKey\":"]), [""; 0]);
}
