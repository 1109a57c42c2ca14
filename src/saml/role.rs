//! A role that a SAML response offers: the ARN of the role and the ARN of the SAML provider, in either order.

use crate::arn::Arn;
use std::fmt;

/// A role, and the SAML provider that may grant it. `Display` writes the role's ARN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SamlRole {
    pub(crate) role_arn: String,
    pub(crate) provider_arn: String,
}

impl SamlRole {
    /// Parses a value of the SAML attribute `Role`. AWS documents that the role's ARN comes first, but identity
    /// providers use both orders. Returns `None` for other texts.
    pub(crate) fn parse(value: &str) -> Option<Self> {
        // A role name may contain commas. The separator is the comma before an ARN.
        let comma = value.match_indices(',').find(|(at, _)| value[at + 1..].trim_start().starts_with("arn:"))?.0;
        let (one, other) = (value[..comma].trim(), value[comma + 1..].trim());
        let (role, provider) = if is_role(one) { (one, other) } else { (other, one) };
        if !is_role(role) || !is_provider(provider) {
            return None;
        }
        Some(Self { role_arn: role.into(), provider_arn: provider.into() })
    }

    /// Returns the account ID of the role.
    pub(crate) fn account_id(&self) -> &str {
        Arn::parse(&self.role_arn).map_or("", |arn| arn.account_id)
    }

    /// Returns the role's name without its path.
    pub(crate) fn role_name(&self) -> &str {
        Arn::parse(&self.role_arn).and_then(Arn::role_name).unwrap_or_default()
    }
}

impl fmt::Display for SamlRole {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.role_arn)
    }
}

/// Returns the partition in an ARN, e.g. `aws-cn`; `aws` if the text is not an ARN.
pub(crate) fn partition(arn: &str) -> &str {
    Arn::parse(arn).map_or("aws", |arn| arn.partition)
}

fn is_role(arn: &str) -> bool {
    Arn::parse(arn).and_then(Arn::role_name).is_some()
}

/// Tells whether a text is the ARN of a SAML provider.
pub(crate) fn is_provider(arn: &str) -> bool {
    Arn::parse(arn).and_then(Arn::saml_provider_name).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLE: &str = "arn:aws-cn:iam::444455556666:role/team/External";
    const PROVIDER: &str = "arn:aws-cn:iam::444455556666:saml-provider/corp";

    #[test]
    fn both_orders_are_parsed() {
        for value in [format!("{ROLE},{PROVIDER}"), format!("\n  {PROVIDER} ,\n\t{ROLE}\n")] {
            let role = SamlRole::parse(&value).unwrap();
            assert_eq!((role.role_arn.as_str(), role.provider_arn.as_str()), (ROLE, PROVIDER));
            assert_eq!((role.account_id(), role.role_name()), ("444455556666", "External"));
            assert_eq!(partition(&role.role_arn), "aws-cn");
        }
    }

    #[test]
    fn a_name_with_a_comma_is_read_whole() {
        let role_arn = "arn:aws:iam::444455556666:role/Ops,EU";
        let provider = "arn:aws:iam::444455556666:saml-provider/corp";
        for value in [format!("{role_arn},{provider}"), format!("{provider} , {role_arn}")] {
            let role = SamlRole::parse(&value).unwrap();
            assert_eq!((role.role_arn.as_str(), role.provider_arn.as_str()), (role_arn, provider));
        }
    }

    #[test]
    fn a_name_may_contain_role_or_saml_provider() {
        let role_arn = "arn:aws:iam::444455556666:role/saml-provider-admin";
        let provider = "arn:aws:iam::444455556666:saml-provider/role";
        let role = SamlRole::parse(&format!("{provider},{role_arn}")).unwrap();
        assert_eq!((role.role_arn.as_str(), role.provider_arn.as_str()), (role_arn, provider));
    }

    #[test]
    fn other_values_are_rejected() {
        let odd = "arn:aws:iam::444455556666:role/x y";
        for value in [
            ROLE,
            "",
            ",",
            &format!("{ROLE},{ROLE}"),
            &format!("{PROVIDER},{PROVIDER}"),
            &format!("{odd},{PROVIDER}"),
            &format!("{ROLE},{PROVIDER},{ROLE}"),
            "arn:aws:iam::1:role/x,arn:aws:iam::1:saml-provider/y",
            &format!("{ROLE},{PROVIDER}").replace("aws-cn", "aws\u{202e}nc"),
        ] {
            assert_eq!(SamlRole::parse(value), None, "{value}");
        }
    }
}
