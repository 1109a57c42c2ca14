//! What a browser meets: the identity provider, and the console's sign-in endpoint.

use crate::client::{Reply, get, send};
use ssox_standin::{Grant, Standin};

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

fn page(standin: &Standin, wishes: &str, headers: &[(&str, &str)]) -> Reply {
    get(standin, &format!("/idp/saml?{wishes}"), headers)
}

#[test]
fn the_second_visit_to_the_identity_provider_needs_no_form() {
    let standin = Standin::start();
    assert!(page(&standin, "roles=2", &[]).body.contains("id=\"login\""));
    let form = "username=jane&password=x&target=/idp/saml%3Froles%3D2";
    let reply = send(&standin, "POST", "/idp/login", &[FORM], form).unwrap();
    assert_eq!((reply.status, reply.header("location")), (303, Some("/idp/saml?roles=2")));
    let cookie = reply.header("set-cookie").unwrap().split(';').next().unwrap();
    assert!(page(&standin, "roles=2", &[("Cookie", cookie)]).body.contains("name=\"SAMLResponse\""));
}

#[test]
fn the_form_is_posted_to_the_address_that_the_request_asks_for() {
    let standin = Standin::start();
    let action = |wishes: &str| {
        let body = page(&standin, &format!("login=none&{wishes}"), &[]).body;
        body.split(" action=\"").nth(1).map(|rest| rest.split('"').next().unwrap().to_string())
    };
    assert_eq!(action("").as_deref(), Some("https://signin.aws.amazon.com/saml"));
    assert_eq!(action("evil").as_deref(), Some("https://evil.example/?signin.aws.amazon.com/saml"));
    let regional = "https://eu-west-1.signin.aws.amazon.com/saml/acs/SAMLSPEXAMPLE";
    assert_eq!(action("encrypted").as_deref(), Some(regional));
    assert_eq!(action("not-assigned"), None);
}

#[test]
fn credentials_for_the_console_are_taken_by_post_only() {
    let standin = Standin::start();
    let token = standin.issue_token(&Grant::default()).access_token;
    let target = "/federation/credentials?role_name=Admin&account_id=111122223333";
    let keys = get(&standin, target, &[("x-amz-sso_bearer_token", &token)]).json();
    let keys = &keys["roleCredentials"];
    let session = serde_json::json!({
        "sessionId": keys["accessKeyId"], "sessionKey": keys["secretAccessKey"], "sessionToken": keys["sessionToken"],
    });
    let encoded = session.to_string().replace('%', "%25").replace('+', "%2B").replace('&', "%26");
    let form = format!("Action=getSigninToken&Session={encoded}");
    assert_eq!(get(&standin, &format!("/federation?{}", form.replace(' ', "%20")), &[]).status, 400);
    assert_eq!(standin.violations().len(), 1);
    let token = send(&standin, "POST", "/federation", &[FORM], &form).unwrap().json();
    let token = token["SigninToken"].as_str().unwrap();
    let login = |token: &str| {
        let destination = "https%3A%2F%2Fconsole.aws.amazon.com%2F";
        get(&standin, &format!("/federation?Action=login&Issuer=x&Destination={destination}&SigninToken={token}"), &[])
    };
    assert!(login(token).body.contains("111122223333"));
    assert_eq!(login("other").status, 400);
}
