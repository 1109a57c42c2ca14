//! The ARN of an IAM role: `arn:aws:iam::444455556666:role/path/Name`.

use crate::arn::{AccountId, Arn};
use crate::error::{Error, Result};
use std::fmt;

/// The ARN of a role. `Display` writes it as it was configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RoleArn {
    text: String,
    /// The partition: `aws`, `aws-cn`, …
    pub(crate) partition: String,
    pub(crate) account_id: AccountId,
    /// The role name without its path.
    pub(crate) name: String,
}

impl RoleArn {
    /// Parses the ARN of a role. The error message starts with `what`.
    ///
    /// # Errors
    /// `Configuration`: the text is not the ARN of a role.
    pub(crate) fn parse(what: &str, text: &str) -> Result<Self> {
        parse(text).ok_or_else(|| {
            Error::configuration(format!("{what}: `{text}` is not the ARN of a role"))
                .hint("the ARN of a role looks like `arn:aws:iam::444455556666:role/NAME`")
        })
    }

    /// Returns the ARN.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for RoleArn {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

/// Returns the permission set that Identity Center created the role for. Such a role is named
/// `AWSReservedSSO_<permission set>_<16 hex digits>`. Returns the role name itself for other roles.
pub(crate) fn permission_set(role_name: &str) -> &str {
    let is_hash = |hash: &str| hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit());
    let inner = role_name.strip_prefix("AWSReservedSSO_").and_then(|rest| rest.rsplit_once('_'));
    inner.filter(|(name, hash)| !name.is_empty() && is_hash(hash)).map_or(role_name, |(name, _hash)| name)
}

fn parse(text: &str) -> Option<RoleArn> {
    let arn = Arn::parse(text)?;
    Some(RoleArn {
        text: text.into(),
        partition: arn.partition.into(),
        account_id: AccountId::parse(arn.account_id)?,
        name: arn.role_name()?.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_is_split_into_its_parts() {
        let arn = RoleArn::parse("x", "arn:aws-cn:iam::444455556666:role/team/a/Target").unwrap();
        assert_eq!((&*arn.partition, &*arn.account_id, &*arn.name), ("aws-cn", "444455556666", "Target"));
    }

    #[test]
    fn the_permission_set_is_found_in_the_role_name() {
        for (role_name, meant) in [
            ("AWSReservedSSO_Admin_0123456789abcdef", "Admin"),
            ("AWSReservedSSO_a_b_0123456789ABCDEF", "a_b"),
            ("AWSReservedSSO_Admin", "AWSReservedSSO_Admin"),
            ("AWSReservedSSO_Admin_x", "AWSReservedSSO_Admin_x"),
            ("AWSReservedSSO__0123456789abcdef", "AWSReservedSSO__0123456789abcdef"),
            ("Admin_0123456789abcdef", "Admin_0123456789abcdef"),
        ] {
            assert_eq!(permission_set(role_name), meant);
        }
    }

    #[test]
    fn other_arns_are_rejected() {
        let refused = [
            "",
            "Target",
            "arn:aws:iam::444455556666:user/me",
            "arn:aws:iam::4444:role/Target",
            "arn:aws:iam::444455556666:role/",
            "arn:aws:sts::444455556666:assumed-role/Target/me",
            "arn:aws:iam::444455556666:role/a\nb",
            "arn:x:iam::444455556666:role/Target",
        ];
        for text in refused {
            assert!(RoleArn::parse("x", text).is_err(), "{text}");
        }
    }
}
