//! Keeps an identity provider's cookies until the next sign-in. Many end with the browser, and ours ends after seconds:
//! without this, every sign-in would begin with the password.
//!
//! Deliberately not here: files. The cookies stay in the browser, which stores them in its own encrypted way.

use super::browser::{Browser, Incoming};
use crate::context::Deadline;
use crate::time::Timestamp;
use serde_json::{Map, Value, json};

/// How long a cookie without an end is kept, in seconds: a day's work.
const LIFE: i64 = 12 * 3600;

/// What is carried over; a cookie's name and value, and all that says where it is sent.
const KEPT: [&str; 9] =
    ["name", "value", "path", "secure", "httpOnly", "sameSite", "priority", "sourceScheme", "sourcePort"];

/// Gives an end to every cookie that has none.
pub(super) fn keep(browser: &mut Browser, now: Timestamp, deadline: Deadline) {
    let asked = browser.send(None, "Storage.getCookies", &json!({}));
    let Some(reply) = reply(browser, asked, deadline) else { return };
    let cookies = reply["cookies"].as_array().into_iter().flatten().filter(|cookie| cookie["session"] == true);
    // One by one: a cookie that the browser refuses takes no other one with it.
    let commands = cookies.map(|cookie| json!({ "cookies": [with_end(cookie, now.plus(LIFE))] }));
    let last = commands.map(|command| browser.send(None, "Storage.setCookies", &command)).last();
    last.and_then(|last| self::reply(browser, last, deadline));
}

fn reply(browser: &Browser, id: u64, deadline: Deadline) -> Option<Value> {
    while let Incoming::Message(mut message) = browser.receive(deadline) {
        if message["id"] == id {
            return Some(message["result"].take());
        }
    }
    None
}

fn with_end(cookie: &Value, end: Timestamp) -> Value {
    let mut kept: Map<String, Value> =
        KEPT.iter().filter_map(|key| Some(((*key).to_string(), cookie.get(key)?.clone()))).collect();
    let domain = cookie["domain"].as_str().unwrap_or_default();
    let key = if domain.starts_with('.') { "domain" } else { "url" };
    // A cookie of one host has no domain: the host is said by an address.
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
    fn a_cookie_keeps_who_may_see_it() {
        let end = Timestamp(1000);
        let host = json!({ "name": "n", "value": "v", "domain": "idp.example", "path": "/x", "expires": -1, "size": 2,
            "httpOnly": true, "secure": true, "session": true, "sameSite": "None", "priority": "Medium",
            "sourceScheme": "Secure", "sourcePort": 443 });
        let kept = with_end(&host, end);
        assert_eq!((&kept["url"], &kept["expires"]), (&json!("https://idp.example/"), &json!(1000)));
        assert!(kept.get("domain").is_none() && kept.get("session").is_none() && kept.get("size").is_none());
        assert_eq!(
            (&kept["httpOnly"], &kept["secure"], &kept["sameSite"]),
            (&json!(true), &json!(true), &json!("None"))
        );
        let domain = json!({ "name": "n", "value": "v", "domain": ".example", "path": "/", "secure": false });
        assert_eq!(with_end(&domain, end)["domain"], ".example");
        assert!(with_end(&domain, end).get("url").is_none());
    }
}
