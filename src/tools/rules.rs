//! The rules in which AWS tools differ: where each looks for credentials, profile and region, and what it refuses.

use super::files::Reads;
use super::kind::ProfileKind;

/// The rules of one AWS tool.
pub(super) struct Tool {
    pub(super) name: &'static str,
    /// Whether the tool reads the configuration files with botocore.
    pub(super) is_botocore: bool,
    /// The places where the tool looks for credentials, in order.
    pub(super) steps: &'static [Step],
    /// The variables from which the tool takes the name of a profile, in order.
    pub(super) profile_variables: &'static [&'static str],
    /// Whether the tool takes an empty variable as the name of a profile. If not, the variable counts as unset.
    pub(super) empty_is_name: bool,
    pub(super) unknown: Unknown,
    pub(super) malformed: Malformed,
    pub(super) half_keys: HalfKeys,
    /// If the selected profile lacks something in this list, the tool goes on with its next step. If the profile lacks
    /// anything else, the tool fails, but only if it reads the kind of credentials in the profile.
    pub(super) skips: &'static [Lack],
    /// If the selected profile lacks something in this list, the tool fails before it looks for access keys.
    pub(super) refuses_first: &'static [Lack],
    /// The variables from which the tool takes the session token of the access keys in the environment, in order.
    pub(super) token_variables: &'static [&'static str],
    /// Whether the tool reads `AWS_CREDENTIAL_EXPIRATION`. It then refuses the access keys in the environment in two
    /// cases: the time in this variable has passed, or its text is not a time with a time zone.
    pub(super) reads_expiration: bool,
    /// Whether the tool ignores `AWS_CONTAINER_CREDENTIALS_FULL_URI` without `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE`.
    pub(super) needs_token_file: bool,
    /// Whether the tool fails if `AWS_WEB_IDENTITY_TOKEN_FILE` is set, but `AWS_ROLE_ARN` is not.
    pub(super) refuses_token_without_role: bool,
    /// Whether the tool renews credentials that expire.
    pub(super) renews: bool,
    /// The kinds of credentials that the tool does not renew although it renews others.
    pub(super) not_renewed: &'static [ProfileKind],
    pub(super) regions: &'static [RegionStep],
    pub(super) reads: Reads,
    /// What the tool does if it finds no credentials.
    pub(super) last: Last,
}

/// A place where a tool looks for credentials.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Keys,
    /// The tool fails if access keys are set and a variable contains the name of a profile.
    KeysWithProfile,
    /// Access keys in the environment, unless a variable contains the name of a profile.
    KeysWithoutProfile,
    WebIdentity,
    /// The selected profile, if it contains one of these kinds of credentials. The tool takes the first of these kinds
    /// that it finds.
    Profile(&'static [ProfileKind]),
    /// The same as `Profile`, but the tool skips the profile `default`.
    NamedProfile(&'static [ProfileKind]),
    /// The same as `Profile`, but if a person must sign in first, the tool goes on as if the profile had no
    /// credentials.
    ProfileWithToken(&'static [ProfileKind]),
    /// The same as `ProfileWithToken`, but only if the CA certificates are where systems of the Red Hat family have
    /// them.
    ProfileWithTokenOfRedHat(&'static [ProfileKind]),
    /// The tool fails if the selected profile contains one of these kinds and a person must sign in first.
    Token(&'static [ProfileKind]),
    /// The tool sends unsigned requests if the access keys in the environment are empty.
    EmptyKeys,
    /// The first access keys in `~/.aws/credentials`, whichever profile they belong to.
    FirstKeys,
    /// The access keys in files of older programs, such as `~/.boto`.
    KeyFiles,
    Container,
}

/// A place where a tool looks for its region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RegionStep {
    Variable(&'static str),
    /// The tool takes the region from the profile that it selects, even if the credentials come from elsewhere.
    Profile,
    /// The tool takes the region from the profile that it selects, but only if the name of this profile is `default`.
    Default,
    /// The tool takes the region from the profile `default`, whichever profile it selects.
    OfDefault,
    /// The tool takes the region from the profile that it selects, but only if the credentials come from this profile.
    ProfileOfCredentials,
    /// The tool takes the region from the first line of `~/.aws/config` whose key ends with `region`.
    First,
}

/// What a tool does if the name of a profile is set and that profile does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unknown {
    /// If the profile does not exist, the tool fails before it looks for credentials.
    RefusesFirst,
    /// The same as `RefusesFirst` if `AWS_PROFILE` contains the name of the profile that does not exist; the same as
    /// `Ignored` if another variable contains this name.
    RefusesAwsProfileFirst,
    Ignored,
}

/// What a tool does if one of the two configuration files has an error, in whichever section it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Malformed {
    /// If a configuration file has an error, the tool fails before it looks for credentials.
    Refused,
    /// The tool ignores the lines with an error and reads the other lines of the file, or it looks for credentials in
    /// the environment before it reads the file.
    Read,
}

/// What a tool does if the environment has an access key ID without a secret access key, or the reverse, or both empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HalfKeys {
    /// The tool fails if there is an access key ID without a secret access key. In the other cases, the tool goes on
    /// with its next step.
    Refused,
    /// The tool ignores these variables, and goes on with its next step.
    Ignored,
    /// If both variables are set and one of them is empty, the tool signs requests with them. If both are empty, it
    /// sends unsigned requests. If one variable is not set, it goes on with its next step.
    SignedWith,
}

/// What a profile lacks. Cases are separate only if AWS tools handle them differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lack {
    /// What is missing is the profile whose name is in `source_profile`, or credentials in that profile. Also used if
    /// one of these is missing for another profile in the chain of `source_profile`.
    Source,
    /// What is missing is the `[sso-session]` section of another profile in the chain of `source_profile`.
    SessionOfSource,
    /// What is missing is the `[sso-session]` section of the profile.
    Session,
    /// What is missing is a setting in the `[sso-session]` section.
    SessionKey,
    /// What is missing is `sso_region` in a legacy profile.
    SsoRegion,
    SsoAccount,
    SsoRole,
    /// What is missing is either the access key ID or the secret access key.
    HalfKeys,
    /// What is missing are credentials of another kind: access keys for `credential_source`, or the credentials of a
    /// `credential_process`.
    Other,
}

impl Lack {
    /// What a profile may lack.
    pub(super) const ALL: &[Self] = &[
        Self::Source,
        Self::SessionOfSource,
        Self::Session,
        Self::SessionKey,
        Self::SsoRegion,
        Self::SsoAccount,
        Self::SsoRole,
        Self::HalfKeys,
        Self::Other,
    ];
}

/// What a tool does if it finds no credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Last {
    Refuses,
    Unsigned,
    /// The tool asks 169.254.169.254 (instance metadata) for a long time, even if `AWS_EC2_METADATA_DISABLED` is set.
    WaitsForMetadata,
}

impl Tool {
    /// Tells whether the tool reads `AWS_PROFILE`.
    pub(super) fn reads_aws_profile(&self) -> bool {
        self.profile_variables.contains(&"AWS_PROFILE")
    }
}
