//! `ssox console`: links to the access portal, and sign-in URLs made from credentials.

use crate::home::{Home, SSOX};
use crate::pty::{Terminal, eventually, screen};
use crate::shown::says;
use ssox_standin::START_URL;
use std::fs;
use std::process::Command;

/// A browser that records its arguments and loads the page.
const BROWSER: &str =
    "sh -c 'echo \"$1\" >address && curl -sL --noproxy \"*\" \"$1\" >page.part && mv page.part page' sh";

pub(crate) fn federated() -> Home {
    let home = Home::new();
    home.standin.configure(|options| {
        options.users = vec![ssox_standin::IamUser {
            account: "111122223333".into(),
            name: "me".into(),
            access_key_id: "AKIAEXAMPLE00000001".into(),
            secret_access_key: "secret-of-me".into(),
            mfa: None,
        }];
    });
    home.add_config(
        "[profile keys]\naws_access_key_id = AKIAEXAMPLE00000001\naws_secret_access_key = secret-of-me\n\
         [profile chained]\nregion = eu-west-1\nsource_profile = keys\n\
         role_arn = arn:aws:iam::444455556666:role/Target\n",
    );
    home
}

fn in_terminal(home: &Home, arguments: &[&str]) -> Command {
    let mut command = home.command(SSOX);
    command.args(arguments).env("BROWSER", BROWSER).env("TERM", "xterm");
    command
}

#[test]
fn an_sso_profile_needs_no_credentials_for_a_link_without_a_secret() {
    let home = Home::new();
    let region = home.ssox(&["console", "dev", "--print", "--service", "s3", "--region", "eu-central-1"]).ok();
    let link = "/#/console?account_id=111122223333&role_name=ReadOnly&destination=https%3A%2F%2Feu-central-1.console.aws.\
                amazon.com%2Fs3%2Fhome%3Fregion%3Deu-central-1\n";
    assert_eq!(region, format!("{START_URL}{link}"));
    // A permission set is in the partition of its Identity Center, which is not China here.
    let china = home.ssox(&["console", "dev", "--print", "--region", "cn-northwest-1"]).fails(4);
    says!(home, china, @r"
    ssox: --region: `cn-northwest-1` is not in partition `aws`, which the role belongs to
    ssox: hint: --region us-east-1
    ");
    let config = fs::read_to_string(home.path(".aws/config")).unwrap();
    home.write_config(&config.replace("sso_region = eu-west-1", "sso_region = cn-north-1"));
    let china = home.ssox(&["console", "dev", "--print", "--region", "cn-northwest-1"]).ok();
    says!(home, china, @"https://d-1234567890.awsapps.com/start/#/console?account_id=111122223333&role_name=ReadOnly&destination=https%3A%2F%2Fcn-northwest-1.console.amazonaws.cn%2Fconsole%2Fhome%3Fregion%3Dcn-northwest-1");
    assert_eq!(home.standin.total(), 0);
}

#[test]
fn the_link_is_opened_or_printed() {
    let home = Home::new();
    let (said, status) = Terminal::start(in_terminal(&home, &["console", "dev"])).wait_for_end();
    assert!(status.success(), "{said}");
    says!(home, screen(&said), @r"
    ssox: opening the console of `ReadOnly` in 111122223333; if no browser opens, open this URL:
      https://d-1234567890.awsapps.com/start/#/console?account_id=111122223333&role_name=ReadOnly&destination=https%3A%2F%2Feu-west-1.console.aws.amazon.com%2Fconsole%2Fhome%3Fregion%3Deu-west-1
    ");
    let address = eventually("the browser", || fs::read_to_string(home.path("address")).ok().filter(|a| !a.is_empty()));
    assert!(address.starts_with(&format!("{START_URL}/#/console?")), "{address}");
    let shown = home.ssox_with(&["console", "dev"], &[("BROWSER", BROWSER)]);
    assert_eq!(shown.ok(), "");
    says!(home, shown.stderr(), @r"
    ssox: no browser is opened here; the console of `ReadOnly` in 111122223333 is at this URL:
      https://d-1234567890.awsapps.com/start/#/console?account_id=111122223333&role_name=ReadOnly&destination=https%3A%2F%2Feu-west-1.console.aws.amazon.com%2Fconsole%2Fhome%3Fregion%3Deu-west-1
    ");
}

#[test]
fn console_print_prints_a_sign_in_url_made_from_credentials() {
    let home = federated();
    let address = home.ssox(&["console", "chained", "--print", "--service", "ec2"]).ok();
    assert!(address.starts_with(&format!("{}/federation?Action=login&Issuer=ssox&", home.standin.url())), "{address}");
    let page = home.command("curl").args(["-sL", "--noproxy", "*", address.trim()]).output().unwrap();
    let page = String::from_utf8_lossy(&page.stdout).into_owned();
    assert!(page.contains("444455556666") && page.contains("assumed-role/Target/"), "{page}");
    assert!(page.contains("https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1"), "{page}");
    assert_eq!(home.standin.violations(), [""; 0]);
}

#[test]
fn the_region_is_one_of_the_roles_partition() {
    let home = federated();
    let role = |name: &str, more: &str| {
        format!("[profile {name}]\nsource_profile = keys\nrole_arn = arn:aws-cn:iam::444455556666:role/Target\n{more}")
    };
    home.add_config(&[role("china", ""), role("mixed", "region = eu-west-1\n")].concat());
    let page = |arguments: &[&str], variables: &[(&str, &str)]| {
        let printed = home.ssox_with(&[&["console", "--print"], arguments].concat(), variables).ok();
        let page = printed.split_once("&Destination=").unwrap().1.split('&').next().unwrap();
        page.replace("%3A", ":").replace("%2F", "/").replace("%3F", "?").replace("%3D", "=")
    };
    let china = "https://console.amazonaws.cn/";
    assert_eq!(page(&["mixed"], &[]), china);
    assert_eq!(page(&["china"], &[("AWS_REGION", "eu-west-1")]), china);
    assert_eq!(page(&["china"], &[("AWS_REGION", "evil.example/#")]), china);
    let north = "https://console.amazonaws.cn/console/home?region=cn-north-1";
    assert_eq!(page(&["china"], &[("AWS_REGION", "cn-north-1")]), north);
    assert_eq!(page(&["mixed", "--region", "cn-north-1"], &[("AWS_REGION", "eu-west-1")]), north);
    says!(home, home.ssox(&["console", "china", "--region", "eu-west-1"]).fails(4), @r"
    ssox: --region: `eu-west-1` is not in partition `aws-cn`, which the role belongs to
    ssox: hint: --region cn-northwest-1
    ");
    // Without a name, the role and the region in use in this shell are taken.
    let held = [("SSOX_PROFILE", "chained"), ("SSOX_PROMPT", "chained"), ("AWS_REGION", "us-west-2")];
    assert!(page(&[], &held).starts_with("https://us-west-2.console.aws.amazon.com/"));
    assert!(page(&["chained"], &held).starts_with("https://eu-west-1.console.aws.amazon.com/"));
}

#[test]
fn the_browser_is_led_there_without_a_secret_in_its_command_line() {
    let home = federated();
    let (said, status) = Terminal::start(in_terminal(&home, &["-v", "console", "chained"])).wait_for_end();
    assert!(status.success() && said.contains("opened the console of `chained`"), "{said}");
    let page = eventually("the console", || fs::read_to_string(home.path("page")).ok());
    assert!(page.contains("assumed-role/Target/"), "{page}");
    let address = fs::read_to_string(home.path("address")).unwrap();
    assert!(address.starts_with("http://127.0.0.1:") && !address.contains(&home.standin.url()), "{address}");
    for secret in home.standin.secrets() {
        assert!(!address.contains(&secret) && !said.contains(&secret), "{said}");
    }
    // The values of an earlier call are not used again.
    let again = home.command("curl").args(["-s", "--noproxy", "*", address.trim()]).output().unwrap();
    assert!(!again.status.success());
    says!(home, home.ssox(&["console", "chained"]).fails(3), @r"
    ssox: no browser is opened here
    ssox: hint: ssox console --print chained
    ");
    let role = "arn:aws:iam::444455556666:role/Target";
    says!(home, home.ssox(&["console", "keys", "--role-arn", role]).fails(3), @r"
    ssox: no browser is opened here
    ssox: hint: ssox console --print --role-arn arn:aws:iam::444455556666:role/Target keys
    ");
}

#[test]
fn console_errors_say_what_to_do() {
    let home = federated();
    let keys = home.ssox(&["console", "keys", "--print"]).fails(4);
    says!(home, keys, @r"
    ssox: profile `keys` has long-term access keys of a user, which cannot open the console
    ssox: hint: ssox console --role-arn arn:aws:iam::ACCOUNT:role/NAME keys
    ");
    says!(home, home.ssox(&["console", "dev", "--print", "--service", "s3?x"]).fails(2), @r"
    ssox: `s3?x` is not a valid service in a console URL
    ssox: hint: use a short form (`s3`, `cw`), or the name from the service's URL: `systems-manager/parameters`
    ");
    says!(home, home.ssox(&["console", "dev", "--print", "--region", "a/b"]).fails(4), @r"
    ssox: --region: `a/b` is not a region
    ssox: hint: a region looks like `eu-west-1`
    ");
    home.add_config(
        "[profile odd]\nsso_start_url = javascript:alert(1)\nsso_region = eu-west-1\n\
         sso_account_id = 111122223333\nsso_role_name = ReadOnly\n",
    );
    says!(home, home.ssox(&["console", "odd", "--print"]).fails(4), @r"
    ssox: `javascript:alert(1)` is not a start URL: it must begin with `https://` and a host
    ssox: hint: set `sso_start_url` in ~/.aws/config to the start URL that the AWS access portal shows
    ");
    assert_eq!(home.standin.count("GetSigninToken"), 0);
}

/// Writes a program with the name of a browser, which records its arguments and loads the page of the last one, or of the
/// address in it.
fn recorder(home: &Home, name: &str) -> String {
    use std::os::unix::fs::PermissionsExt as _;
    let script = "#!/usr/bin/env python3
import os, sys, urllib.parse, urllib.request
home = os.environ['HOME']
open(home + '/arguments.part', 'w').write('\\n'.join(sys.argv[1:]))
os.rename(home + '/arguments.part', home + '/arguments')
form = dict(urllib.parse.parse_qsl(sys.argv[-1].partition(':')[2])) if sys.argv[-1].startswith('ext+') else {}
page = form.get('url', sys.argv[-1])
if page.startswith('http://127.0.0.1'):
    open(home + '/page.part', 'wb').write(urllib.request.urlopen(page).read())
    os.rename(home + '/page.part', home + '/page')
";
    let path = home.path(name);
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    path.display().to_string()
}

/// Runs `ssox console` in a terminal with such a browser, and returns its arguments.
fn opened(home: &Home, browser: &str, arguments: &[&str]) -> Vec<String> {
    let mut command = in_terminal(home, &[&["console"], arguments].concat());
    command.env("SSOX_CONSOLE_BROWSER", recorder(home, browser));
    let (said, status) = Terminal::start(command).wait_for_end();
    assert!(status.success(), "{said}");
    let recorded = eventually("the browser", || fs::read_to_string(home.path("arguments")).ok());
    fs::remove_file(home.path("arguments")).unwrap();
    for secret in home.standin.secrets() {
        assert!(!recorded.contains(&secret) && !said.contains(&secret), "{said}");
    }
    recorded.lines().map(String::from).collect()
}

#[test]
fn a_container_of_firefox_or_a_profile_of_chrome_is_opened_for_the_account() {
    let home = Home::new();
    let portal = "&url=https%3A%2F%2Fd-1234567890.awsapps.com%2Fstart%2F%23%2Fconsole%3Faccount_id%3D111122223333%26";
    for (option, scheme) in [
        ("--container", "ext+granted-containers"),
        ("--container=granted", "ext+granted-containers"),
        ("--container=open-url", "ext+container"),
    ] {
        let [address] = &opened(&home, "firefox", &["dev", option])[..] else { panic!("one argument") };
        assert!(address.starts_with(&format!("{scheme}:name=111122223333{portal}")), "{address}");
    }
    let chrome = opened(&home, "google-chrome", &["dev", "--container"]);
    assert_eq!(chrome[0], "--profile-directory=ssox-111122223333");
    assert!(chrome[1].starts_with(&format!("{START_URL}/#/console?")), "{chrome:?}");
    // The browser is used without an option, too.
    assert_eq!(opened(&home, "lynx", &["dev"]).len(), 1);
    let lynx = recorder(&home, "lynx");
    let other = home.ssox_with(&["console", "dev", "--container"], &[("SSOX_CONSOLE_BROWSER", &lynx)]);
    says!(home, other.fails(4), @r"
    ssox: --container: ssox cannot keep accounts apart in `~/lynx`
    ssox: hint: set SSOX_CONSOLE_BROWSER to Firefox, Chrome or Edge
    ");
    home.ssox(&["console", "dev", "--container", "--print"]).fails(2);
}

#[test]
fn in_a_container_too_a_secret_is_in_no_command_line() {
    let home = federated();
    for browser in ["firefox", "chromium"] {
        let arguments = opened(&home, browser, &["chained", "--container"]);
        assert!(arguments.last().unwrap().contains("127.0.0.1"), "{arguments:?}");
        let page = eventually("the console", || fs::read_to_string(home.path("page")).ok());
        assert!(page.contains("assumed-role/Target/"), "{page}");
        fs::remove_file(home.path("page")).unwrap();
    }
}

#[test]
fn a_page_from_the_address_bar_is_opened_with_the_role() {
    let home = Home::new();
    let page = "https://111122223333-a1b2c3d4.eu-west-1.console.aws.amazon.com/s3/buckets/b?region=eu-west-1";
    let link = home.ssox(&["console", "dev", "--print", "--url", page]).ok();
    let destination =
        "&destination=https%3A%2F%2Feu-west-1.console.aws.amazon.com%2Fs3%2Fbuckets%2Fb%3Fregion%3Deu-west-1\n";
    assert!(link.ends_with(destination), "{link}");
    let evil = home.ssox(&["console", "dev", "--print", "--url", "https://console.aws.amazon.com.evil.example/"]);
    says!(home, evil.fails(4), @r"
    ssox: --url: `https://console.aws.amazon.com.evil.example/` is not a page of the console in partition `aws`
    ssox: hint: console URLs begin with `https://REGION.console.aws.amazon.com/`
    ");
    home.ssox(&["console", "dev", "--print", "--url", page, "--service", "s3"]).fails(2);
}

#[test]
fn short_forms_of_services_and_regions_are_known() {
    let home = Home::new();
    let link = home.ssox(&["console", "dev", "--print", "--service", "ddb", "--region", "use1"]).ok();
    assert!(link.ends_with("%2Fdynamodbv2%2Fhome%3Fregion%3Dus-east-1\n"), "{link}");
}

#[test]
fn a_real_chromium_opens_the_console_in_a_profile_of_the_account() {
    if !crate::shells::installed("chromium") {
        eprintln!("NOT TESTED: chromium is not installed");
        return;
    }
    let home = federated();
    let profiles = home.path("chromium");
    let browser = format!(
        "chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --dump-dom \
         --user-data-dir={}",
        profiles.display()
    );
    let mut command = in_terminal(&home, &["console", "chained", "--container"]);
    let (said, status) = Terminal::start({
        command.env("SSOX_CONSOLE_BROWSER", browser);
        command
    })
    .wait_for_end();
    assert!(status.success(), "{said}");
    eventually("the console", || (home.standin.count("ConsoleLogin") > 0).then_some(()));
    assert!(profiles.join("ssox-444455556666").is_dir());
}
