//! The rules that the tools differ in: where each looks for credentials, a profile and a region, and what it refuses.

use super::files::Reads;
use super::kind::ProfileKind;

/// The rules of a tool.
pub(super) struct Tool {
    pub(super) name: &'static str,
    /// Where it looks, in order.
    pub(super) steps: &'static [Step],
    /// The variables that name a profile, in order.
    pub(super) profile_variables: &'static [&'static str],
    /// Whether an empty variable is the name of a profile; else it counts as unset.
    pub(super) empty_is_name: bool,
    pub(super) unknown: Unknown,
    pub(super) half_keys: HalfKeys,
    /// Whether it refuses keys after `AWS_CREDENTIAL_EXPIRATION`.
    pub(super) reads_expiration: bool,
    /// Whether it asks `AWS_CONTAINER_CREDENTIALS_FULL_URI` only with `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE`.
    pub(super) needs_token_file: bool,
    /// Whether it asks again for credentials that expire.
    pub(super) renews: bool,
    /// Kinds that it does not fetch again.
    pub(super) not_renewed: &'static [ProfileKind],
    pub(super) regions: &'static [RegionStep],
    pub(super) reads: Reads,
    /// What it does when it has found nothing.
    pub(super) last: Last,
}

/// A place where a tool looks for credentials.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Keys,
    /// Keys, unless a variable names a profile.
    KeysWithoutProfile,
    WebIdentity,
    /// The selected profile, for these kinds, in order.
    Profile(&'static [ProfileKind]),
    /// The same, unless the profile is `[default]`.
    NamedProfile(&'static [ProfileKind]),
    /// The same for SSO; with a token that a person must renew, it goes on as if the profile had no credentials.
    ProfileWithToken(&'static [ProfileKind]),
    /// The same, but only if the certificates are where systems of the Red Hat family have them.
    ProfileWithTokenOfRedHat(&'static [ProfileKind]),
    /// Nothing, if the keys in the environment are empty: then it does not sign.
    EmptyKeys,
    /// The first keys in `~/.aws/credentials`, whatever profile they belong to.
    FirstKeys,
    Container,
}

/// Where a tool looks for its region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RegionStep {
    Variable(&'static str),
    /// The profile that the tool selects, also if the credentials are others.
    Profile,
    /// `[default]`, if that is the profile that the tool selects.
    Default,
    /// The profile, if the credentials are its own.
    ProfileOfCredentials,
    /// The first line of `~/.aws/config` with a key that ends with `region`.
    First,
}

/// What a tool does with the name of a profile that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unknown {
    /// It stops before it looks anywhere.
    RefusesFirst,
    /// The same for `AWS_PROFILE`; another variable names a profile that need not exist.
    RefusesAwsProfileFirst,
    /// It stops when it looks at the profile.
    Refuses,
    Ignored,
}

/// What a tool does with one key without the other, or with empty ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HalfKeys {
    /// It stops at an id without a secret.
    Refused,
    Ignored,
    /// It takes what is set, and an empty value as a value.
    SignedWith,
}

/// What a tool does without credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Last {
    Refuses,
    Unsigned,
    /// It asks 169.254.169.254 for a long time, whatever `AWS_EC2_METADATA_DISABLED` says.
    WaitsForMetadata,
}

impl Tool {
    /// Tells whether `AWS_PROFILE` selects the profile.
    pub(super) fn reads_aws_profile(&self) -> bool {
        self.profile_variables.contains(&"AWS_PROFILE")
    }
}
