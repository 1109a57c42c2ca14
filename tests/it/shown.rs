//! What a person sees: the tables and texts of `list`, `sessions`, `status` and `doctor`. Parts that differ in each run
//! are replaced by words.

use crate::home::Home;
use ssox_standin::Grant;

/// A home where session `corp` is signed in for half an hour, and the credentials of `dev` are cached.
fn home() -> Home {
    let home = Home::new();
    home.sign_in(&Grant { expires_in: 1830, registration_expires_in: 90 * 86_400 - 600, ..Grant::default() });
    home
}

/// Compares messages with an inline snapshot; in a loop they are the same each time.
macro_rules! says {
    ($home:expr, $text:expr, @$snapshot:literal) => { crate::shown::shows!($home, $text, [], @$snapshot) };
}

/// Compares a table or a text with an inline snapshot, whatever time is left in it.
macro_rules! shows {
    ($home:expr, $text:expr, @$snapshot:literal) => {
        crate::shown::shows!($home, $text, [
            (r"\b\d+[dhms]( \d+[hms])?\b( at most)? {2,}(\S)", "LEFT  $3"),
            (r"\b\d+[dhms]( \d+[hms])?\b( at most)?", "LEFT"),
        ], @$snapshot)
    };
    ($home:expr, $text:expr, [$($filter:expr),* $(,)?], @$snapshot:literal) => {
        let home = $home.path("");
        insta::with_settings!({ filters => vec![
            (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME"),
            $($filter,)*
            (r"127\.0\.0\.1:\d+", "STANDIN"),
            (r"pid \d+, on /dev/pts/\d+", "pid PID, on TTY"),
            (r"\(os error \d+\)", "(os error)"),
            (home.to_str().expect("the path is text").trim_end_matches('/'), "~"),
        ] }, { insta::allow_duplicates! { insta::assert_snapshot!($text, @$snapshot) } });
    };
}
pub(crate) use {says, shows};

#[test]
fn list_is_a_table_of_profiles() {
    let home = home();
    home.ssox(&["export", "dev"]).ok();
    let role = "[profile role]\nrole_arn = arn:aws:iam::444455556666:role/Target\nsource_profile = dev\n";
    home.add_config(&format!("[profile broken]\nsso_session = none\n{role}"));
    shows!(home, home.ssox(&["list"]).ok(), @r"
    PROFILE  SOURCE       SESSION                                 ACCOUNT       ROLE       REGION        LEFT
    dev      sso          corp                                    111122223333  ReadOnly   eu-west-1     LEFT
    stg      sso          corp                                    222233334444  PowerUser  eu-central-1
    legacy   sso          https://d-1234567890.awsapps.com/start  111122223333  Admin      us-east-1
    broken   broken: profile `broken` has no credentials
    role     assume_role  corp                                    444455556666  Target
    ");
}

#[test]
fn sessions_is_a_table_of_sessions() {
    let home = home();
    shows!(home, home.ssox(&["sessions"]).ok(), @r"
    SESSION                                 START URL                               REGION     TOKEN  REFRESHABLE  PROFILES
    corp                                    https://d-1234567890.awsapps.com/start  eu-west-1  LEFT  LEFT  dev stg
    https://d-1234567890.awsapps.com/start  https://d-1234567890.awsapps.com/start  eu-west-1  none                legacy
    ");
}

/// Some tools read only one of the two variables.
#[test]
fn status_says_where_the_two_regions_differ() {
    let home = home();
    let used = home.ssox(&["--emit=zsh1", "use", "legacy", "--profile-only"]).all_set();
    for (regions, shown) in [
        (&["eu-west-1", "eu-west-1"][..], "eu-west-1"),
        (&["eu-west-1", "us-east-1"], "eu-west-1 (AWS_REGION), us-east-1 (AWS_DEFAULT_REGION)"),
        (&["eu-west-1", ""], "eu-west-1 (only AWS_REGION; boto3 uses us-east-1)"),
        (&["", "us-east-1"], "us-east-1 (only AWS_DEFAULT_REGION)"),
    ] {
        let used = used.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let variables: Vec<(&str, &str)> =
            used.chain(["AWS_REGION", "AWS_DEFAULT_REGION"].into_iter().zip(regions.iter().copied())).collect();
        let status = home.ssox_with(&["status"], &variables).ok();
        let line = format!("\n{:<12} {shown}\n", "region");
        assert!(status.contains(&line), "{regions:?} {status}");
    }
}

/// boto3 does not read AWS_REGION. It and the AWS CLI read the configuration file where a variable is not set.
#[test]
fn status_shows_a_region_of_the_configuration_file() {
    let home = home();
    home.add_config("\n[default]\nregion = us-west-1\n");
    let none = [("AWS_REGION", ""), ("AWS_DEFAULT_REGION", "")];
    let mut used = home.ssox_with(&["--emit=zsh1", "use", "dev"], &none).all_set();
    used.retain(|(name, _)| !name.ends_with("_REGION") && name != "SSOX_IDENTITY");
    let comment = Home::new();
    comment.add_config("\n[default]\nregion = us-west-1 # home\n");
    let keys = [("AWS_ACCESS_KEY_ID", "AKIA"), ("AWS_SECRET_ACCESS_KEY", "x"), none[0], none[1]];
    let tools = comment.ssox_with(&["status", "--tools", "--json"], &keys).ok();
    for (tool, region) in [("boto3", "us-west-1 # home"), ("Rust", "us-west-1")] {
        let row = tools.lines().find(|line| line.contains(&format!("\"{tool}\""))).unwrap_or_default();
        assert!(row.contains(&format!("\"region\":\"{region}\"")), "{row}");
    }
    for (region, shown, json) in [
        ("", "us-west-1 (of the configuration file)", "us-west-1"),
        ("eu-west-1", "eu-west-1 (only AWS_REGION; boto3 uses us-west-1)", "eu-west-1"),
        ("us-west-1", "us-west-1 (only AWS_REGION)", "us-west-1"),
    ] {
        let variables = used.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let variables: Vec<_> = variables.chain([("AWS_REGION", region), ("AWS_DEFAULT_REGION", "")]).collect();
        let status = home.ssox_with(&["status"], &variables).ok();
        assert!(status.contains(&format!("\n{:<12} {shown}\n", "region")), "{region} {status}");
        let status = home.ssox_with(&["status", "--json"], &variables).ok();
        assert!(status.contains(&format!("\"region\": \"{json}\"")), "{region} {status}");
    }
}

/// Programs then have no credentials, although the environment has access keys.
#[test]
fn status_says_that_the_aws_cli_refuses_the_configuration() {
    let home = home();
    let used = home.ssox(&["--emit=zsh1", "use", "dev"]).all_set();
    home.add_config("[profile twice]\nregion = eu-west-1\n[profile twice]\nregion = eu-west-1\n");
    let variables: Vec<(&str, &str)> = used.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let status = home.ssox_with(&["status"], &variables).ok();
    assert!(status.contains("\nwarning      the AWS CLI refuses: "), "{status}");
}

#[test]
fn status_has_one_line_for_each_fact() {
    let home = home();
    shows!(home, home.ssox(&["status"]).ok(), @"no profile is in use in this shell");
    let used = home.ssox(&["--emit=zsh1", "use", "dev"]).all_set();
    let variables: Vec<(&str, &str)> = used.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    shows!(home, home.ssox_with(&["status", "--verify"], &variables).ok(), @r"
    profile      dev
    mode         credentials
    account      111122223333
    alias        example-dev
    role         ReadOnly
    region       eu-west-1
    credentials  LEFT left, until TIME
    session      corp
    token        LEFT left, until TIME
    refresh      automatic until TIME at the latest; your organization may end the session earlier
    arn          arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_ReadOnly_1d3fb491980d3b77/jane@example.com
    user id      AROA4538C6B44CC1F727F:jane@example.com
    ");
    let changed = [&variables[..], &[("AWS_ACCESS_KEY_ID", "AKIATHEIRS1234WXYZ")]].concat();
    let ran = home.ssox_with(&["status", "--verify"], &changed);
    shows!(home, ran.stdout() + &ran.stderr(), @r"
    profile      dev
    foreign      this shell is no longer as ssox set it for `dev`: something else has set AWS_ACCESS_KEY_ID
    now          access key …WXYZ, unknown to ssox, with AWS_ENDPOINT_URL=http://STANDIN
    hint         `ssox use dev` sets everything again; `ssox clear` keeps what others set
    region       eu-west-1
    session      corp
    token        LEFT left, until TIME
    refresh      automatic until TIME at the latest; your organization may end the session earlier
    ssox: could not verify the credentials: AWS does not know the access key (endpoint `http://STANDIN`, from AWS_ENDPOINT_URL)
    ssox: hint: the access key may be deactivated or deleted, or belong to another partition
    ");
}

#[test]
fn doctor_says_where_what_is_wrong_and_what_to_do() {
    let home = home();
    home.add_config("[profile other]\nsso_sesion = corp\nsso_account_id = 1234\nregion = eu-west-1 # home\n");
    let ran = home.ssox_with(&["doctor"], &[("AWS_SECURITY_TOKEN", "x"), ("SSOX_FUNCTION", "bash1")]);
    assert_eq!(ran.status(), 4, "{}", ran.stderr());
    shows!(home, ran.stdout(), @r"
    error: ~/.aws/config:26: profile `other` has no `sso_role_name`
        hint: add `sso_role_name = …` to `[profile other]`
    warning: ~/.aws/config:26: no AWS tool reads `sso_sesion`
        hint: did you mean `sso_session`?
    warning: ~/.aws/config:28: the AWS CLI reads the comment as part of the value of `region`
        hint: move the comment to a separate line
    warning: AWS_SECURITY_TOKEN is set: the AWS CLI and boto3 use it instead of AWS_SESSION_TOKEN
        hint: unset AWS_SECURITY_TOKEN
    info: AWS_ENDPOINT_URL sends requests to `http://STANDIN`, not to AWS
        hint: unset AWS_ENDPOINT_URL
    ");
}

#[test]
fn a_new_machine_gets_the_first_step() {
    let home = Home::new();
    std::fs::remove_file(home.path(".aws/config")).unwrap();
    let mut told = String::new();
    for arguments in
        ["list", "sessions", "status", "doctor", "use", "--emit=zsh1 use", "login", "logout", "export", "export dev"]
    {
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let ran = home.ssox_with(&arguments, &[("SSOX_FUNCTION", "bash1")]);
        told += &format!("$ ssox {} => {}\n{}{}", arguments.join(" "), ran.status(), ran.stdout(), ran.stderr());
    }
    shows!(home, told, @r#"
    $ ssox list => 0
    ssox: no profiles are configured yet: the file `~/.aws/config` does not exist
    ssox: hint: ssox configure sso
    $ ssox sessions => 0
    ssox: no sso-session is configured yet: the file `~/.aws/config` does not exist
    ssox: hint: ssox configure sso
    $ ssox status => 0
    no profile is in use in this shell
    $ ssox doctor => 0
    nothing is wrong; AWS_ENDPOINT_URL sends requests to `http://STANDIN`, not to AWS
    $ ssox use => 2
    ssox: `ssox use` changes the current shell, and only ssox's shell function can do that
    ssox: hint: `eval "$(ssox init bash)"`; add this line to the rc file of your shell too
    $ ssox --emit=zsh1 use => 4
    ssox: there is no profile to choose: the file `~/.aws/config` does not exist
    ssox: hint: ssox configure sso
    $ ssox login => 4
    ssox: no sso-session is configured yet: the file `~/.aws/config` does not exist
    ssox: hint: ssox configure sso
    $ ssox logout => 4
    ssox: no sso-session is configured yet: the file `~/.aws/config` does not exist
    ssox: hint: ssox configure sso
    $ ssox export => 4
    ssox: there is no profile `default`: the file `~/.aws/config` does not exist
    ssox: hint: ssox configure sso
    $ ssox export dev => 4
    ssox: there is no profile `dev`: the file `~/.aws/config` does not exist
    ssox: hint: ssox configure sso
    "#);
}
