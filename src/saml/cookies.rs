//! Keeps the identity provider's session cookies for a working day. A browser deletes session cookies when it closes,
//! and ssox closes its browser soon after a sign-in. Without this module, every sign-in would ask for the password.
//!
//! Invariant: ssox writes no cookie to a file. The browser stores them, encrypted.

use super::browser::{Browser, Incoming};
use crate::context::Deadline;
use crate::json::SecretJson;
use crate::time::Timestamp;
use serde_json::{Map, Value, json};

/// How long a session cookie is kept, in seconds: for a working day.
const LIFETIME: i64 = 12 * 3600;

/// The fields of a cookie that are copied: its name and value, and everything that decides where it is sent.
const KEPT: [&str; 9] =
    ["name", "value", "path", "secure", "httpOnly", "sameSite", "priority", "sourceScheme", "sourcePort"];

/// Sets an expiration date on every session cookie, so that the browser still has it at the next sign-in. Errors are
/// ignored.
pub(super) fn keep(browser: &mut Browser, now: Timestamp, deadline: Deadline) {
    let asked = browser.send(None, "Storage.getCookies", &json!({}));
    let Some(reply) = reply(browser, asked, deadline) else { return };
    let cookies = reply["cookies"].as_array().into_iter().flatten().filter(|cookie| cookie["session"] == true);
    // Each cookie has a command of its own, because the browser rejects a command if one cookie in it is invalid.
    let commands =
        cookies.map(|cookie| SecretJson::from(json!({ "cookies": [with_expiry(cookie, now.plus(LIFETIME))] })));
    let last = commands.map(|command| browser.send(None, "Storage.setCookies", &command)).last();
    last.and_then(|last| self::reply(browser, last, deadline));
}

fn reply(browser: &Browser, id: u64, deadline: Deadline) -> Option<SecretJson> {
    while let Incoming::Message(mut message) = browser.receive(deadline) {
        if message["id"] == id {
            return Some(message["result"].take().into());
        }
    }
    None
}

fn with_expiry(cookie: &Value, end: Timestamp) -> Value {
    let mut kept: Map<String, Value> =
        KEPT.iter().filter_map(|key| Some(((*key).to_string(), cookie.get(key)?.clone()))).collect();
    let domain = cookie["domain"].as_str().unwrap_or_default();
    let key = if domain.starts_with('.') { "domain" } else { "url" };
    // A cookie for a single host is set with `url`. With `domain`, the browser would send it to subdomains as well.
    let scheme = if cookie["secure"] == true { "https" } else { "http" };
    let value = if key == "url" { format!("{scheme}://{domain}/") } else { domain.into() };
    kept.insert(key.into(), value.into());
    kept.insert("expires".into(), end.0.into());
    if let Some(partition) = cookie.get("partitionKey") {
        kept.insert("partitionKey".into(), partition.clone());
    }
    Value::Object(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_keeps_its_scope() {
        let end = Timestamp(1000);
        let host = json!({ "name": "n", "value": "v", "domain": "idp.example", "path": "/x", "expires": -1, "size": 2,
            "httpOnly": true, "secure": true, "session": true, "sameSite": "None", "priority": "Medium",
            "sourceScheme": "Secure", "sourcePort": 443 });
        let kept = with_expiry(&host, end);
        assert_eq!((&kept["url"], &kept["expires"]), (&json!("https://idp.example/"), &json!(1000)));
        assert!(kept.get("domain").is_none() && kept.get("session").is_none() && kept.get("size").is_none());
        assert_eq!(
            (&kept["httpOnly"], &kept["secure"], &kept["sameSite"]),
            (&json!(true), &json!(true), &json!("None"))
        );
        let domain = json!({ "name": "n", "value": "v", "domain": ".example", "path": "/", "secure": false });
        assert_eq!(with_expiry(&domain, end)["domain"], ".example");
        assert!(with_expiry(&domain, end).get("url").is_none());
    }
}
