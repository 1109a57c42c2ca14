//! Tests start URLs: those on AWS's hosts, custom ones, and those copied from a browser.

use super::super::token::tests::session;
use super::*;

fn resolved(start_url: &str, location: Option<&str>) -> Option<String> {
    resolve(&session(Some("corp"), start_url), |_| Ok(location.map(String::from))).ok()
}

#[test]
fn an_aws_host_is_not_requested() {
    let own = [
        "https://d-1234567890.awsapps.com/start",
        "https://D-1234567890.AWSAPPS.com/start#/",
        "https://corp.awsapps.cn/start",
        "https://ssoins-1.portal.us-east-1.app.aws",
        "https://ssoins-1.eu-west-1.portal.amazonaws.com/",
        "https://ssoins-1.cn-north-1.portal.amazonaws.com.cn",
        "https://ssoins-1.portal.cn-north-1.app.amazonwebservices.com.cn",
        "https://ssoins-1.eusc-de-east-1.portal.amazonaws.eu",
        "https://ssoins-1.portal.eusc-de-east-1.api.amazonwebservices.eu",
        "https://start.us-gov-home.awsapps.com/directory/corp",
        "https://identitycenter.amazonaws.com/ssoins-1",
        "https://identitycenter.us-gov.amazonaws.com/ssoins-1",
    ];
    for url in own {
        let resolved = resolve(&session(Some("corp"), url), |_| panic!("{url} is on an AWS host")).unwrap();
        assert_eq!(resolved, canonical(url));
    }
}

#[test]
fn a_copied_url_is_reduced_to_its_start_url() {
    let d = "https://d-1234567890.awsapps.com/start";
    let govcloud = "https://start.us-gov-home.awsapps.com/directory/corp";
    let ssoins = "https://ssoins-1.portal.us-east-1.app.aws";
    let shared = "https://identitycenter.amazonaws.com/ssoins-1";
    let table = [
        (d, d, false),
        ("https://d-1234567890.awsapps.com/start/", d, false),
        ("https://d-1234567890.awsapps.com/start#/", d, false),
        ("https://D-1234567890.AWSAPPS.com/start/#/", d, false),
        ("https://d-1234567890.awsapps.com/start/#/?tab=accounts", d, true),
        ("https://d-1234567890.awsapps.com/start#/console?account_id=1&role_name=x", d, true),
        ("https://d-1234567890.awsapps.com/start/?tab=accounts", d, true),
        ("https://d-1234567890.awsapps.com/start?tab=accounts#/", d, true),
        ("https://d-1234567890.awsapps.com/start%23%2F", d, true),
        ("https://d-1234567890.awsapps.com/start/user-consent/authorize.html?clientId=x", d, true),
        ("  https://d-1234567890.awsapps.com/start/#/\n", d, true),
        ("https://start.us-gov-home.awsapps.com/directory/corp#/?tab=accounts", govcloud, true),
        ("https://start.us-gov-home.awsapps.com/directory/corp/x", govcloud, true),
        ("https://ssoins-1.portal.us-east-1.app.aws/", ssoins, false),
        ("https://ssoins-1.portal.us-east-1.app.aws/?tab=accounts", ssoins, true),
        ("https://ssoins-1.portal.us-east-1.app.aws/#/?tab=accounts", ssoins, true),
        ("https://ssoins-1.portal.us-east-1.app.aws?tab=accounts", ssoins, true),
        ("https://identitycenter.amazonaws.com/ssoins-1/", shared, false),
        ("https://identitycenter.amazonaws.com/ssoins-1/#/?tab=accounts", shared, true),
        ("https://identitycenter.amazonaws.com/ssoins-1/x", shared, true),
        ("https://aws.example.com/login?realm=a#/", "https://aws.example.com/login?realm=a", false),
        ("https://aws.example.com/start/x/#/y", "https://aws.example.com/start/x", true),
        ("https://aws.example.com:8443/", "https://aws.example.com:8443", false),
        ("nonsense/#/", "nonsense", false),
    ];
    for (address, expected, is_copied_url) in table {
        assert_eq!((canonical(address).as_str(), is_copied(address)), (expected, is_copied_url), "{address}");
        assert_eq!(canonical(expected), expected);
    }
}

#[test]
fn a_custom_url_redirects_to_aws() {
    let custom = "https://aws.example.com/login";
    let right = [
        "https://d-1234567890.awsapps.com/start/",
        "https://ssoins-1.portal.eu-west-1.app.aws/",
        "https://ssoins-1.eu-west-1.portal.amazonaws.com/",
    ];
    for target in right {
        assert_eq!(resolved(custom, Some(target)).as_deref(), Some(target));
    }
    let elsewhere = Some("https://ssoins-1.us-gov-west-1.portal.amazonaws.com/".to_string());
    let error = resolve(&session(Some("corp"), custom), |_| Ok(elsewhere)).unwrap_err();
    assert!(error.hints[0].contains("sso_region = us-gov-west-1"));
}

#[test]
fn a_redirect_to_another_host_is_refused() {
    let custom = "https://aws.example.com/login";
    let elsewhere = [
        "http://d-1234567890.awsapps.com/start",
        "https://awsapps.com/start",
        "https://.awsapps.com/start",
        "https://awsapps.com.evil.example/start",
        "https://evil.example/.awsapps.com",
        "https://evil.example\\.awsapps.com/",
        "https://evil.example#.awsapps.com/",
        "https://d-1234567890.awsapps.com@evil.example/",
        "https://d-1.awsapps.com:x@evil.example/",
        "/start",
    ];
    for target in elsewhere {
        assert_eq!(resolved(custom, Some(target)), None, "{target}");
    }
    assert_eq!(resolved(custom, None), None);
    for url in ["http://d-1234567890.awsapps.com/start", "d-1234567890.awsapps.com", "", "https://", "https://ü.x"] {
        assert_eq!(resolved(url, Some("https://d-1234567890.awsapps.com/start")), None, "{url}");
    }
}

#[test]
fn the_region_is_read_from_the_host() {
    let table = [
        ("https://ssoins-1.portal.eu-central-1.app.aws/start", Some("eu-central-1")),
        ("https://ssoins-1.us-gov-east-1.portal.amazonaws.com", Some("us-gov-east-1")),
        ("https://ssoins-1.portal.cn-north-1.app.amazonwebservices.com.cn", Some("cn-north-1")),
        ("https://d-1234567890.awsapps.com/start", None),
        ("https://a.portal.x.app.aws", None),
        ("https://a.portal.evil-1.app.aws", None),
        ("https://ssoins-1.portal.eu-central-1.app.aws.evil.example", None),
    ];
    for (url, region) in table {
        assert_eq!(region_of(url).as_deref(), region, "{url}");
    }
}
