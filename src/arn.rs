//! ARNs, such as `arn:aws:iam::444455556666:role/path/Name`, and account IDs.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::fmt;
use std::ops::Deref;

/// The ID of an AWS account: 12 digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct AccountId([u8; 12]);

impl AccountId {
    /// Parses an account ID; returns `None` if the text is not 12 digits.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = text.as_bytes().try_into().ok()?;
        Self::is(text).then_some(Self(digits))
    }

    /// Decodes the account ID that an access key ID contains. Returns `None` for an access key ID in the older format,
    /// which contains no account, and for a text that is not an access key ID. After the prefix, the key ID is Base32:
    /// the first bit is set, and the next 40 bits are the account.
    pub(crate) fn of_key_id(id: &str) -> Option<Self> {
        let coded = id.strip_prefix("AKIA").or_else(|| id.strip_prefix("ASIA")).filter(|coded| coded.len() == 16)?;
        let digit = |byte: u8| b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|known| *known == byte);
        let bits = coded.bytes().take(10).try_fold(0_u64, |bits, byte| Some(bits << 5 | digit(byte)? as u64))?;
        let number = (bits >> 9) & 0xff_ffff_ffff;
        (bits >> 49 == 1).then(|| format!("{number:012}")).and_then(|text| Self::parse(&text))
    }

    /// Tells whether a text is an account ID.
    pub(crate) fn is(text: &str) -> bool {
        text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
    }
}

impl Deref for AccountId {
    type Target = str;

    fn deref(&self) -> &str {
        std::str::from_utf8(&self.0).expect("digits are text")
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, out)
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self)
    }
}

impl Serialize for AccountId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

/// Reads an account ID without copying the JSON text, which is possible because digits are never escaped.
impl<'de> Deserialize<'de> for AccountId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <&str>::deserialize(deserializer)?;
        Self::parse(text).ok_or_else(|| D::Error::custom("an account ID has 12 digits"))
    }
}

/// The parts of an ARN. The name of the partition starts with `aws`, and all characters are printable ASCII, because
/// ARNs are put into messages, requests and environment variables.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arn<'a> {
    /// `aws`, `aws-cn`, …
    pub(crate) partition: &'a str,
    service: &'a str,
    region: &'a str,
    /// Empty if ARNs of this service contain no account ID.
    pub(crate) account_id: &'a str,
    resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Parses an ARN; returns `None` if the text is not an ARN.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let mut next = || parts.next();
        let ("arn", partition, service, region, account_id, resource) =
            (next()?, next()?, next()?, next()?, next()?, next()?)
        else {
            return None;
        };
        let is_partition =
            partition.starts_with("aws") && partition.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        let is_account = account_id.is_empty() || AccountId::is(account_id);
        let is_printable = text.bytes().all(|byte| byte.is_ascii_graphic());
        (is_partition && is_account && is_printable).then_some(Self {
            partition,
            service,
            region,
            account_id,
            resource,
        })
    }

    /// Returns the name of an IAM role, without its path; `None` if the ARN is not the ARN of a role.
    pub(crate) fn role_name(self) -> Option<&'a str> {
        self.iam_resource("role/")?.rsplit('/').next().filter(|name| is_role_name(name))
    }

    /// Returns the name of a SAML provider in IAM; `None` if the ARN is not the ARN of a SAML provider. Names of SAML
    /// providers have no path.
    pub(crate) fn saml_provider_name(self) -> Option<&'a str> {
        self.iam_resource("saml-provider/").filter(|name| is_role_name(name))
    }

    /// Returns `NAME` of `arn:aws:sts::444455556666:assumed-role/NAME/SESSION`; `None` for other ARNs.
    pub(crate) fn assumed_role_name(self) -> Option<&'a str> {
        let (name, session) = self.resource.strip_prefix("assumed-role/")?.split_once('/')?;
        let is_it = self.service == "sts" && is_role_name(name) && !session.contains('/');
        is_it.then_some(name)
    }

    fn iam_resource(self, kind: &str) -> Option<&'a str> {
        let is_iam = self.service == "iam" && self.region.is_empty() && !self.account_id.is_empty();
        self.resource.strip_prefix(kind).filter(|_| is_iam)
    }
}

/// Tells whether a text can be the name of a role or provider in IAM: it is not empty, and has only characters that IAM
/// allows. Names of permission sets follow the same rule.
pub(crate) fn is_role_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "+=,.@-_".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_id_is_twelve_digits() {
        assert_eq!(AccountId::parse("012345678901").as_deref(), Some("012345678901"));
        for text in ["", "1234", "0123-4567-8901", "01234567890x", "0123456789012", "٠١٢٣٤٥٦٧٨٩٠١"] {
            assert_eq!(AccountId::parse(text), None, "{text}");
            assert!(serde_json::from_str::<AccountId>(&format!("\"{text}\"")).is_err(), "{text}");
        }
        let id: AccountId = serde_json::from_str("\"012345678901\"").unwrap();
        assert_eq!(
            (serde_json::to_string(&id).unwrap(), format!("{id:?} {id}")),
            ("\"012345678901\"".into(), "\"012345678901\" 012345678901".into())
        );
    }

    #[test]
    fn names_are_those_of_the_resource() {
        let role = Arn::parse("arn:aws-cn:iam::444455556666:role/team/a/Target").unwrap();
        assert_eq!((role.partition, role.account_id, role.role_name()), ("aws-cn", "444455556666", Some("Target")));
        assert_eq!((role.saml_provider_name(), role.assumed_role_name()), (None, None));
        let provider = Arn::parse("arn:aws:iam::444455556666:saml-provider/role").unwrap();
        assert_eq!((provider.saml_provider_name(), provider.role_name()), (Some("role"), None));
        let assumed = Arn::parse("arn:aws:sts::444455556666:assumed-role/Target/me@example.com").unwrap();
        assert_eq!((assumed.assumed_role_name(), assumed.role_name()), (Some("Target"), None));
    }

    #[test]
    fn other_texts_are_rejected() {
        for text in [
            "",
            "Target",
            "arn:aws:iam::444455556666",
            "arn:x:iam::444455556666:role/Target",
            "arn:aws\u{202e}:iam::444455556666:role/Target",
            "arn:aws:iam::4444:role/Target",
            "arn:aws:iam::444455556666:role/a\nb",
            "arn:aws:iam::444455556666:role/a b",
            "urn:aws:iam::444455556666:role/a",
        ] {
            assert_eq!(Arn::parse(text), None, "{text}");
        }
        for text in [
            "arn:aws:iam::444455556666:user/me",
            "arn:aws:iam::444455556666:role/",
            "arn:aws:iam::444455556666:role/a$b",
            "arn:aws:iam:::role/Target",
            "arn:aws:sts::444455556666:assumed-role/Target/me",
        ] {
            assert_eq!(Arn::parse(text).unwrap().role_name(), None, "{text}");
        }
    }
}
