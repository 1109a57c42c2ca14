//! Names of role sessions, which CloudTrail shows: makes the default name, and checks configured names.
//!
//! Invariant: the name of a cache entry does not depend on the default name. The AWS CLI does the same.

use crate::context::Context;

/// The longest name that STS accepts.
const MAX_LENGTH: usize = 64;

/// Returns the default name: `ssox-` and the user name without the characters that STS does not accept. If the user
/// name is unknown, the time in seconds since 1970 takes its place.
pub(super) fn default_name(ctx: &Context) -> String {
    let user = ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| ctx.var(name)).unwrap_or_default();
    let user: String = user.chars().filter(|c| is_allowed(*c)).take(MAX_LENGTH - "ssox-".len()).collect();
    if user.is_empty() { format!("ssox-{}", ctx.now().0) } else { format!("ssox-{user}") }
}

/// Tells whether STS accepts a text as the name of a role session.
pub(crate) fn is_session_name(text: &str) -> bool {
    (2..=MAX_LENGTH).contains(&text.chars().count()) && text.chars().all(is_allowed)
}

fn is_allowed(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_+=,.@-".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsString;

    #[test]
    fn the_user_is_named_as_far_as_sts_allows() {
        let long = "x".repeat(80);
        for (user, name) in
            [("jane", "ssox-jane"), ("EX\\jané doe", "ssox-EXjandoe"), (&long, &*format!("ssox-{}", &long[..59]))]
        {
            let made = default_name(&Context::new([("USER".to_string(), OsString::from(user))]));
            assert_eq!(made, name);
            assert!(is_session_name(&made));
        }
    }

    #[test]
    fn without_a_user_the_name_has_the_time() {
        let name = default_name(&Context::new([]));
        assert!(name["ssox-".len()..].bytes().all(|byte| byte.is_ascii_digit()), "{name}");
        assert!(is_session_name(&name));
    }
}
