//! The name a role session goes by in CloudTrail, where the profile gives none.
//!
//! Deliberately not here: cache keys. A name made here is not part of one, as with the AWS CLI.

use crate::context::Context;

/// The longest name STS takes.
const LONGEST: usize = 64;

/// Returns `ssox-` and who this is, or else when.
pub(super) fn made(ctx: &Context) -> String {
    let user = ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| ctx.var(name)).unwrap_or_default();
    let user: String = user.chars().filter(|c| is_allowed(*c)).take(LONGEST - "ssox-".len()).collect();
    match user.is_empty() {
        true => format!("ssox-{}", ctx.now().0),
        false => format!("ssox-{user}"),
    }
}

/// Tells whether STS takes a text as a session's name.
pub(crate) fn is_session_name(text: &str) -> bool {
    (2..=LONGEST).contains(&text.chars().count()) && text.chars().all(is_allowed)
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
            let made = made(&Context::new([("USER".to_string(), OsString::from(user))]));
            assert_eq!(made, name);
            assert!(is_session_name(&made));
        }
    }

    #[test]
    fn without_a_user_it_is_the_moment() {
        let made = made(&Context::new([]));
        assert!(made["ssox-".len()..].bytes().all(|byte| byte.is_ascii_digit()), "{made}");
        assert!(is_session_name(&made));
    }
}
