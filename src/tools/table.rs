//! The rules of each AWS tool, one row each. The comment on a row says with which version of the tool its rules were
//! tested. `tests/it/tools/` compares the rules with the tools themselves.

use super::environment::OLD_TOKEN;
use super::files::Reads;
use super::kind::ProfileKind::{
    self, ConfigId, ConfigKeys, ConfigProcess, LegacySso, Login, Role, SecretAlone, Sso, StoredId, StoredKeys,
    StoredProcess, StoredRole, WebIdentity,
};
use super::rules::RegionStep::{self, Profile, ProfileOfCredentials, Variable};
use super::rules::{HalfKeys, Lack, Last, Malformed, Step, Tool, Unknown};
use crate::identity::TOKEN;

/// The tool with which ssox compares all other tools: people expect all tools to use the same identity as the AWS CLI.
pub(crate) const CLI: &str = "AWS CLI v2";

/// The tool that most Python programs use.
pub(crate) const BOTO3: &str = "boto3";

const AWS_PROFILE: &[&str] = &["AWS_PROFILE"];
const AWS_PROFILE_FIRST: &[&str] = &["AWS_PROFILE", "AWS_DEFAULT_PROFILE"];
const AWS_DEFAULT_PROFILE_FIRST: &[&str] = &["AWS_DEFAULT_PROFILE", "AWS_PROFILE"];
const AWS_REGION: RegionStep = Variable("AWS_REGION");
const AWS_DEFAULT_REGION: RegionStep = Variable("AWS_DEFAULT_REGION");

/// The order in which botocore looks for the kinds of credentials in a profile. botocore looks for a role to assume
/// before it looks for these kinds.
const BOTOCORE_ORDER: &[ProfileKind] =
    &[WebIdentity, Sso, LegacySso, StoredId, StoredKeys, Login, StoredProcess, ConfigProcess, ConfigId, ConfigKeys];
/// The order in which JS v3 looks for the kinds of credentials in a profile.
const JS_ORDER: &[ProfileKind] =
    &[Role, StoredKeys, ConfigKeys, WebIdentity, StoredProcess, ConfigProcess, Sso, LegacySso, Login];

/// botocore 1.44.8. A role in the profile takes precedence over a web identity in the environment, which takes
/// precedence over other credentials in the profile. SAM 1.170.0 and dask 2026.8.0 with s3fs do the same.
const BOTOCORE: Tool = Tool {
    name: BOTO3,
    is_botocore: true,
    steps: &[
        Step::Keys,
        Step::Profile(&[Role]),
        Step::WebIdentity,
        Step::Profile(BOTOCORE_ORDER),
        Step::KeyFiles,
        Step::Container,
    ],
    profile_variables: AWS_DEFAULT_PROFILE_FIRST,
    empty_is_name: true,
    unknown: Unknown::RefusesFirst,
    malformed: Malformed::Refused,
    half_keys: HalfKeys::Refused,
    skips: &[],
    refuses_first: &[Lack::Session, Lack::SessionKey],
    token_variables: &[OLD_TOKEN, TOKEN],
    reads_expiration: true,
    needs_token_file: false,
    refuses_token_without_role: true,
    renews: true,
    not_renewed: &[],
    regions: &[AWS_DEFAULT_REGION, Profile],
    reads: Reads::Both,
    last: Last::Refuses,
};

/// The rules that most tools without botocore have in common.
const SDK: Tool = Tool {
    is_botocore: false,
    steps: &[],
    profile_variables: AWS_PROFILE,
    empty_is_name: false,
    unknown: Unknown::Ignored,
    malformed: Malformed::Read,
    half_keys: HalfKeys::Ignored,
    refuses_first: &[],
    token_variables: &[TOKEN],
    reads_expiration: false,
    refuses_token_without_role: false,
    regions: &[AWS_REGION, Profile],
    ..BOTOCORE
};

/// The C++ SDK in tiledb 0.36.1 and duckdb 1.5.5. It reads access keys only from `credentials` and `credential_process`
/// only from `config`. For SSO it needs the CA certificates where systems of the Red Hat family have them.
const OLDER_CPP: Tool = Tool {
    steps: &[
        Step::Keys,
        Step::Profile(&[StoredKeys, ConfigProcess]),
        Step::WebIdentity,
        Step::ProfileWithTokenOfRedHat(&[Sso, LegacySso]),
        Step::Container,
    ],
    skips: Lack::ALL,
    profile_variables: AWS_DEFAULT_PROFILE_FIRST,
    regions: &[AWS_DEFAULT_REGION, AWS_REGION, Profile],
    last: Last::Unsigned,
    ..SDK
};

/// The crate `object_store`, which reads no profiles. If one of the two variables with access keys is empty, it signs
/// with them all the same; if both are empty, it sends unsigned requests.
const OBJECT_STORE: Tool = Tool {
    steps: &[Step::Keys, Step::WebIdentity, Step::Container],
    profile_variables: &[],
    half_keys: HalfKeys::SignedWith,
    needs_token_file: true,
    regions: &[AWS_REGION, AWS_DEFAULT_REGION],
    last: Last::WaitsForMetadata,
    ..SDK
};

/// All tools, in the order in which they are shown.
pub(super) const TOOLS: [Tool; 21] = [
    // awscli 1.46.2.
    Tool { name: "AWS CLI v1", ..BOTOCORE },
    // awscli 2.38.5: it reads the variables for the profile and for the region in another order than boto3. The older
    // version 2.9.19 of Debian 12 does not read the token file of a container.
    Tool {
        name: CLI,
        profile_variables: AWS_PROFILE_FIRST,
        regions: &[AWS_REGION, AWS_DEFAULT_REGION, Profile],
        ..BOTOCORE
    },
    BOTOCORE,
    // amazon.aws 10.1.2 of Ansible 12.3.0: it passes access keys or a profile to boto3, and fails if both are set. In
    // boto3, a profile that is passed as an argument takes precedence over a web identity.
    Tool {
        name: "Ansible",
        steps: &[
            Step::KeysWithProfile,
            Step::Keys,
            Step::NamedProfile(&[
                Role,
                WebIdentity,
                Sso,
                LegacySso,
                StoredId,
                StoredKeys,
                Login,
                StoredProcess,
                ConfigProcess,
                ConfigId,
                ConfigKeys,
            ]),
            Step::Profile(&[Role]),
            Step::WebIdentity,
            Step::Profile(BOTOCORE_ORDER),
            Step::KeyFiles,
            Step::Container,
        ],
        profile_variables: AWS_PROFILE_FIRST,
        token_variables: &[TOKEN],
        reads_expiration: false,
        regions: &[AWS_REGION, AWS_DEFAULT_REGION, Profile],
        ..BOTOCORE
    },
    // @aws-sdk/client-s3 3.1169.0: it takes AWS_PROFILE before access keys, and does not read AWS_DEFAULT_REGION.
    Tool {
        name: "JS v3",
        steps: &[Step::KeysWithoutProfile, Step::Profile(JS_ORDER), Step::WebIdentity, Step::Container],
        skips: &[Lack::Source, Lack::Other],
        ..SDK
    },
    // aws-cdk 2.1148.1: unlike JS v3, which it uses, it takes access keys before AWS_PROFILE. If the profile contains
    // no region, it reads that of `default`.
    Tool {
        name: "CDK",
        steps: &[Step::Keys, Step::Profile(JS_ORDER), Step::WebIdentity, Step::Container],
        skips: &[Lack::Source, Lack::Other],
        profile_variables: AWS_PROFILE_FIRST,
        regions: &[AWS_REGION, AWS_DEFAULT_REGION, Profile, RegionStep::OfDefault],
        ..SDK
    },
    // aws-sdk 2.1693.0: it reads only the file `credentials`, and looks for `credential_process` only after a
    // container's credentials. Serverless 3.40.0 uses this SDK, but takes AWS_PROFILE before access keys.
    Tool {
        name: "JS v2",
        steps: &[
            Step::Keys,
            Step::Profile(&[StoredKeys, ConfigKeys]),
            Step::Container,
            Step::Profile(&[StoredProcess, ConfigProcess]),
            Step::WebIdentity,
        ],
        reads: Reads::OwnCredentials,
        ..SDK
    },
    // software.amazon.awssdk 2.57.8.
    Tool {
        name: "Java v2",
        skips: Lack::ALL,
        empty_is_name: true,
        steps: &[
            Step::Keys,
            Step::WebIdentity,
            Step::Profile(&[Role, WebIdentity]),
            Step::ProfileWithToken(&[Sso, LegacySso]),
            Step::Profile(&[Login, StoredKeys, ConfigKeys, StoredProcess, ConfigProcess]),
            Step::Container,
        ],
        ..SDK
    },
    // com.amazonaws 1.12.797: it reads only `credentials`, with another variable for the path. Without credentials, its
    // S3 client can send unsigned requests.
    Tool {
        name: "Java v1",
        steps: &[Step::Keys, Step::WebIdentity, Step::Profile(&[StoredKeys, StoredProcess]), Step::Container],
        empty_is_name: true,
        reads: Reads::CredentialsOf(Reads::JAVA),
        last: Last::Unsigned,
        ..SDK
    },
    // aws-sdk-go-v2 config 1.33.18; sops 3.13.3 and chamber 3.1.4 do the same.
    Tool {
        name: "Go v2",
        steps: &[
            Step::Keys,
            Step::WebIdentity,
            Step::Profile(&[
                Role,
                StoredKeys,
                ConfigKeys,
                WebIdentity,
                Sso,
                LegacySso,
                Login,
                StoredProcess,
                ConfigProcess,
            ]),
            Step::Container,
        ],
        profile_variables: AWS_PROFILE_FIRST,
        unknown: Unknown::RefusesAwsProfileFirst,
        refuses_first: &[Lack::Source, Lack::SessionOfSource, Lack::Session, Lack::HalfKeys],
        refuses_token_without_role: true,
        regions: &[AWS_REGION, AWS_DEFAULT_REGION, Profile],
        ..SDK
    },
    // aws-config 1.13.0. The older version 1.8.12 (in icechunk 1.1.21) fails if the profile does not exist.
    Tool {
        name: "Rust",
        steps: &[
            Step::Keys,
            Step::Profile(&[
                Role,
                WebIdentity,
                Sso,
                LegacySso,
                Login,
                StoredProcess,
                ConfigProcess,
                StoredKeys,
                ConfigKeys,
                StoredId,
                ConfigId,
                SecretAlone,
            ]),
            Step::WebIdentity,
            Step::Container,
        ],
        empty_is_name: true,
        regions: &[AWS_REGION, AWS_DEFAULT_REGION, Profile],
        ..SDK
    },
    // pyarrow 26.0.1; ray 2.60.0 does the same.
    Tool {
        name: "C++ (pyarrow)",
        skips: Lack::ALL,
        steps: &[
            Step::Keys,
            Step::Profile(&[StoredKeys, ConfigKeys, StoredProcess, ConfigProcess]),
            Step::WebIdentity,
            Step::Profile(&[WebIdentity]),
            Step::ProfileWithToken(&[Sso, LegacySso]),
            Step::Container,
        ],
        empty_is_name: true,
        regions: &[AWS_DEFAULT_REGION, AWS_REGION, Profile],
        last: Last::Unsigned,
        ..SDK
    },
    Tool { name: "tiledb", ..OLDER_CPP },
    // duckdb takes credentials only once, when the person runs `CREATE SECRET`.
    Tool { name: "duckdb", renews: false, last: Last::Refuses, ..OLDER_CPP },
    // deltalake 1.6.6, obstore 0.12.1.
    Tool { name: "object_store (deltalake)", ..OBJECT_STORE },
    // polars 2.1.0: if boto3 finds no credentials, polars searches for them itself, by the rules in the next row.
    // polars takes no region from boto3.
    Tool {
        name: "polars with boto3",
        steps: &[
            Step::Keys,
            Step::Profile(&[Role]),
            Step::WebIdentity,
            Step::Profile(BOTOCORE_ORDER),
            Step::KeyFiles,
            Step::Container,
            Step::EmptyKeys,
            Step::FirstKeys,
        ],
        malformed: Malformed::Read,
        regions: &[AWS_REGION, AWS_DEFAULT_REGION, RegionStep::First],
        last: Last::WaitsForMetadata,
        ..BOTOCORE
    },
    // polars 2.1.0: it searches `~/.aws/credentials` for the first access keys, and `~/.aws/config` for the first
    // region, even if variables contain the paths of other files.
    Tool {
        name: "polars alone",
        steps: &[Step::Keys, Step::FirstKeys, Step::WebIdentity, Step::Container],
        regions: &[AWS_REGION, AWS_DEFAULT_REGION, RegionStep::First],
        ..OBJECT_STORE
    },
    // rasterio 1.4.4, GDAL 3.10.3: it does not read `credential_process`, and does not refresh an SSO token.
    Tool {
        name: "GDAL",
        steps: &[
            Step::Keys,
            Step::Profile(&[Role, StoredKeys, ConfigKeys, Sso, LegacySso]),
            Step::WebIdentity,
            Step::Container,
        ],
        profile_variables: AWS_DEFAULT_PROFILE_FIRST,
        not_renewed: &[Sso, LegacySso],
        skips: &[Lack::Session, Lack::SsoAccount, Lack::SsoRole, Lack::Other],
        regions: &[AWS_DEFAULT_REGION, ProfileOfCredentials, AWS_REGION],
        reads: Reads::CredentialsOf(Reads::GDAL),
        ..SDK
    },
    // minio-py 7.2.20.
    Tool {
        name: "minio",
        steps: &[Step::Keys, Step::Profile(&[StoredKeys]), Step::WebIdentity, Step::Container],
        regions: &[],
        last: Last::WaitsForMetadata,
        ..SDK
    },
    // aws-sdk-php 3.376.2. In `config` it reads access keys and `credential_process` of `[profile default]`, never of
    // `[default]`. It looks for a role's `source_profile` and for the region in sections whose header has no `profile`.
    Tool {
        name: "PHP",
        steps: &[
            Step::Keys,
            Step::WebIdentity,
            Step::Profile(&[WebIdentity]),
            Step::ProfileWithToken(&[Sso, LegacySso]),
            Step::Profile(&[Login, StoredProcess, StoredRole, StoredKeys]),
            Step::NamedProfile(&[ConfigProcess, ConfigKeys]),
            Step::Container,
        ],
        regions: &[AWS_REGION, RegionStep::Default],
        ..SDK
    },
    // aws-sdk-core 3.211.0. It reads the token of the selected profile even if it takes access keys. The older version
    // 3.168.1 of Debian 12 does the same, but does not read AWS_CONTAINER_CREDENTIALS_FULL_URI.
    Tool {
        name: "Ruby",
        steps: &[
            Step::Token(&[Sso]),
            Step::Keys,
            Step::WebIdentity,
            Step::Profile(&[WebIdentity, Sso, LegacySso, Role, StoredKeys, ConfigKeys, StoredProcess, ConfigProcess]),
            Step::Container,
        ],
        profile_variables: AWS_PROFILE_FIRST,
        empty_is_name: true,
        skips: &[Lack::SsoAccount],
        regions: &[AWS_REGION, AWS_DEFAULT_REGION, Profile],
        ..SDK
    },
];
