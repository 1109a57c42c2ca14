//! The config keys that AWS tools and ssox read. They are used to find misspelt keys. A key that is similar to none of
//! them is not reported, because another program may read it.

use crate::config::nearest::distance_within;

/// The config keys of `[sso-session]`.
const SESSION: [&str; 4] = ["sso_start_url", "sso_region", "sso_registration_scopes", "ssox_store"];

/// The config keys of profiles, sorted.
const PROFILE: &[&str] = &[
    "account_id_endpoint_mode",
    "api_versions",
    "auth_scheme_preference",
    "aws_access_key_id",
    "aws_account_id",
    "aws_secret_access_key",
    "aws_security_token",
    "aws_session_token",
    "ca_bundle",
    "cli_auto_prompt",
    "cli_binary_format",
    "cli_follow_urlparam",
    "cli_help_output",
    "cli_history",
    "cli_pager",
    "cli_timestamp_format",
    "credential_process",
    "credential_source",
    "csm_client_id",
    "csm_enabled",
    "csm_host",
    "csm_port",
    "defaults_mode",
    "disable_host_prefix_injection",
    "disable_request_compression",
    "duration_seconds",
    "ec2_metadata_service_endpoint",
    "ec2_metadata_service_endpoint_mode",
    "ec2_metadata_v1_disabled",
    "endpoint_discovery_enabled",
    "endpoint_url",
    "external_id",
    "ignore_configured_endpoint_urls",
    "imds_use_ipv6",
    "login_session",
    "max_attempts",
    "metadata_service_num_attempts",
    "metadata_service_timeout",
    "mfa_process",
    "mfa_serial",
    "output",
    "parameter_validation",
    "region",
    "request_checksum_calculation",
    "request_min_compression_size_bytes",
    "response_checksum_validation",
    "retry_mode",
    "role_arn",
    "role_session_name",
    "s3",
    "s3_disable_express_session_auth",
    "s3_disable_multiregion_access_points",
    "s3_us_east_1_regional_endpoint",
    "s3_use_arn_region",
    "sdk_ua_app_id",
    "services",
    "sigv4a_signing_region_set",
    "source_profile",
    "sso_account_id",
    "sso_region",
    "sso_registration_scopes",
    "sso_role_name",
    "sso_session",
    "sso_start_url",
    "ssox_account_id",
    "ssox_managed",
    "ssox_protected",
    "ssox_protected_for",
    "ssox_role_name",
    "ssox_saml_provider_arn",
    "ssox_saml_role_arn",
    "ssox_saml_url",
    "ssox_session_tags",
    "ssox_source_identity",
    "ssox_store",
    "sts_regional_endpoints",
    "tcp_keepalive",
    "use_dualstack_endpoint",
    "use_fips_endpoint",
    "web_identity_token_file",
];

/// The config keys of profiles whose values ssox puts into variables unchanged.
const EXPORTED: [&str; 6] = [
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_security_token",
    "aws_session_token",
    "sso_role_name",
    "ssox_role_name",
];

/// Tells whether an AWS tool or ssox reads this config key in a profile. The key is in lower case.
pub(super) fn is_known(key: &str) -> bool {
    PROFILE.binary_search(&key).is_ok()
}

/// Tells whether an AWS tool reads this config key in a profile or in `[sso-session]`. The key is in lower case.
pub(super) fn is_of_aws(key: &str) -> bool {
    is_known(key) && key.split('_').next() != Some("ssox")
}

/// Tells whether AWS tools or ssox read this config key in `[sso-session]`. The key is in lower case.
pub(super) fn is_of_session(key: &str) -> bool {
    SESSION.contains(&key)
}

/// Tells whether ssox sets a variable to the value of this config key, and therefore refuses a tab or a line break in the
/// value. The key is in lower case.
pub(super) fn is_exported(key: &str) -> bool {
    EXPORTED.contains(&key)
}

/// Returns the known config key that is most similar to an unknown one; `None` if none is similar enough.
pub(super) fn meant(key: &str) -> Option<&'static str> {
    let spelled = key.replace('-', "_");
    let allowed = match spelled.len() {
        0..=4 => 0,
        5..=9 => 1,
        _ => 2,
    };
    let near = PROFILE.iter().filter_map(|known| Some((distance_within(allowed, &spelled, known)?, *known)));
    near.min().map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_are_sorted() {
        assert!(PROFILE.is_sorted());
        assert!(PROFILE.iter().all(|key| is_known(key)) && !is_known("regoin"));
    }
}
