use super::*;
use crate::config::files::tests::text;
use proptest::prelude::*;

/// Returns all findings in two files, each as `line severity message | hint`.
fn findings(config: &str, credentials: &str) -> Vec<String> {
    let text = |finding: Finding| {
        let line = finding.line.map_or("-".into(), |line| line.to_string());
        format!("{line} {:?} {} | {}", finding.severity, finding.message, finding.hint)
    };
    ConfigFiles::parse(config, credentials).check().into_iter().map(text).collect()
}

fn one(config: &str, credentials: &str, begins: &str, words: &str) {
    let found = findings(config, credentials);
    let [only] = found.as_slice() else { panic!("{config:?} {credentials:?}: {found:#?}") };
    assert!(only.starts_with(begins) && only.contains(words), "{config:?}: {begins} {words}: {only}");
}

#[test]
fn what_tools_reject_is_an_error() {
    let rows = [
        ("\u{feff}[default]\n", "- Error", "byte order mark"),
        ("region = a\n# c\n[default]\n", "1 Error", "before any section"),
        ("[default]\n\nregion\n", "3 Error", "has no `=`"),
        ("[default]\n= a\n", "2 Error", "no key before"),
        ("[default]\nregion = a\noutput = b\nREGION = c\n", "4 Error", "is already in line 2"),
        ("[profile p]\n[profile q]\n[profile p]\n", "3 Error", "is already in line 1"),
        ("[foo]\n[foo]\n", "2 Error", "is already in line 1"),
        ("[profile p\nregion = a\n", "1 Error", "no closing `]`"),
        ("[default]\ns3 =\n  nonsense\n", "3 Error", "below `s3`"),
    ];
    for (config, begins, words) in rows {
        one(config, "", begins, words);
    }
    let lossy = File::new("config".into(), b"# \xff\n".into(), WhichFile::Config);
    assert_eq!(check(&lossy)[0].message, "is not UTF-8: the AWS CLI rejects the whole file");
}

#[test]
fn what_tools_read_differently_is_a_warning() {
    let rows = [
        ("[default]\rregion = a\r", "-", "CR only"),
        ("[default]\nregion = a # c\n", "2", "part of the value"),
        ("[default]\nregion : a\n", "2", "`region = …`"),
        ("[default]\n  region = a\n", "2", "indented"),
        ("[default]\nRegion = a\n", "2", "`region`"),
        ("[default]\nregion = \"a\"\n", "2", "quotes"),
        ("[default]\nregion = a\u{1}\n", "2", "control character"),
        ("[default]\naws_secret_access_key = a\tb\n", "2", "control character"),
        ("[profile p]\nsso_role_name = a\tb\n", "2", "control character"),
        ("[default]\naws_access_key_id = a\n  b\n", "3", "belongs to the value of `aws_access_key_id`"),
        ("[default]\nregion = a\n  output = b\n", "3", "belongs to the value of `region`"),
        ("[default]\nregion = a\n  [profile p]\n", "3", "belongs to the value of `region`"),
        ("[default]\nregion = a\n  # c\n", "3", "the SDK for Rust"),
        ("[default]\ns3 =\n  # c\n  a = b\n", "3", "the SDK for Rust"),
        ("[default]\nsso_sssion = a\n", "2", "`sso_session`"),
        ("[default]\nsso-region = a\n", "2", "`sso_region`"),
        ("[default]\nssox_protecetd = true\n", "2", "`ssox_protected`"),
        ("[sso-session s]\nregion = a\n", "2", "`sso_region`"),
        ("[sso-session s]\nsso_role_name = a\n", "2", "belongs to a profile"),
        ("[sso-session s]\nssox_stoer = a\n", "2", "`ssox_store`"),
        ("[prof dev]\nregion = a\n", "1", "`[profile dev]`"),
        ("[sso-sesion s]\nsso_region = a\n", "1", "`[sso-session s]`"),
        ("[default]\n[profile default]\n", "2", "line 1"),
        ("[profile p]\n[profile\tp]\n", "2", "line 1"),
        ("[profiles p]\n", "1", "`[profile p]`"),
        ("[profile my prof]\n", "1", "`[profile 'my prof']`"),
        ("[profile été]\n", "1", "SDKs ignore"),
        ("[profile 'my prof']\n", "1", "SDKs ignore"),
        ("[profile 'p']\n", "1", "the SDK for Rust"),
        ("[profile p\u{1}]\n", "1", "control character"),
        ("[profile \"p]\n", "1", "quote"),
        ("[profile it's]\n", "1", "quote"),
        ("[profile]\n", "1", "`[profile NAME]`"),
        ("[Default]\n", "1", "`[default]`"),
        ("[DEFAULT]\n", "1", "every section"),
        ("[Profile p]\n", "1", "`[profile p]`"),
        ("[sso_session p]\n", "1", "`[sso-session p]`"),
        ("[dev]\nregion = a\n", "1", "`[profile dev]`"),
        ("[profile p] text\n", "1", "after the `]`"),
        ("[profile p]#c\n", "1", "after the `]`"),
        ("[ profile p ]\n", "1", "write `[profile p]`"),
        ("[\tprofile p]\n", "1", "write `[profile p]`"),
        ("[ sso-session s]\n", "1", "write `[sso-session s]`"),
        ("[profile p]\n[profile p ]\n", "2", "line 1"),
        ("[default ]\n", "1", "write `[default]`"),
        ("[default]\n[profile default]\nregion = a\n", "1", "`[profile default]` in line 2"),
        ("[profile default]\n[default]\nregion = a\n", "2", "`[profile default]` in line 1"),
    ];
    for (config, line, words) in rows {
        one(config, "", &format!("{line} Warning"), words);
    }
    one("", "[profile p]\n", "1 Warning", "`[p]`");
    one("", "[p ]\n", "1 Warning", "write `[p]`");
    one("", "[ default]\n", "1 Warning", "write `[default]`");
    one("", "[sso-session s]\n", "1 Warning", "only from the config file");
}

#[test]
fn a_healthy_file_has_no_findings() {
    let config = "# mine\n[default]\nregion = eu-west-1\n\n[sso-session corp]\nsso_start_url = https://h/start#/\n\
        sso_region = eu-west-1\nsso_registration_scopes = sso:account:access\nssox_store = keyring\n\n[profile dev] # c\nsso_session = corp\n\
        sso_account_id = 111122223333\ncredential_process = \"/a b/c\" \"d\"\ngranted_color = x\nsso_account_name = x\n\
        services = s\ns3 =\n  addressing_style = path\n\n[services s]\nsts =\n  endpoint_url = http://h\nregoin =\n\n\
        [plugins]\nx = y\n[granted]\nfoo = bar\n";
    let credentials = "[default]\r\naws_access_key_id = A\r\n[my prof]\r\nx_principal_arn = y\r\n";
    assert_eq!(findings(config, credentials), [""; 0]);
}

#[test]
fn no_finding_repeats_a_value() {
    let bad = "AWS_Secret_Access_Key : \"HIDDEN\" # HIDDEN\n  region = HIDDEN\n  HIDDEN\nHIDDEN\n= HIDDEN\n";
    let all = findings(&format!("HIDDEN\n{bad}[default]\n{bad}{bad}"), "[default]\ns3 =\n  HIDDEN\n");
    assert!(all.len() > 10 && !all.join("\n").contains("HIDDEN"), "{all:#?}");
}

proptest! {
    #[test]
    fn any_text_can_be_checked(config in text(), credentials in text()) {
        let lines = |text: &str| text.matches(['\n', '\r']).count() + 1;
        let most = lines(&config).max(lines(&credentials));
        let findings = ConfigFiles::parse(&config, &credentials).check();
        prop_assert!(findings.iter().all(|finding| finding.line.is_none_or(|line| line <= most)));
    }
}
