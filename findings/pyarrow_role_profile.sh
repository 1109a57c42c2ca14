#!/usr/bin/env bash
# AWS SDK for C++ in pyarrow 26.0.1: a profile that assumes a role is used as if it had no credentials.
#
# Expected: AWS_PROFILE names a profile with `role_arn` and `source_profile`, the two keys that every SDK's guide has; so
# STS is asked for the role. boto3 1.44.8 does that. Or at least there is an error.
# What happens: STS is never asked. pyarrow sends its request unsigned and reports no error, so a public bucket looks fine
# and a private one like a missing permission. Profiles with keys, SSO or a credential_process are signed for.
# Why it matters: such a profile has to be resolved before: keys in the environment, or `credential_process`.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install boto3==1.44.8 pyarrow==26.0.1
start_server
cat >"$config" <<'END'
[profile keys]
aws_access_key_id = AKIAEXAMPLE
aws_secret_access_key = secret
[profile role]
role_arn = arn:aws:iam::111122223333:role/Admin
source_profile = keys
region = eu-west-1
END
boto="import boto3; boto3.client('s3', region_name='eu-west-1').head_object(Bucket='bucket', Key='key')"
arrow="from pyarrow import fs
s = fs.S3FileSystem(endpoint_override='$url', scheme='http', region='eu-west-1'); s.get_file_info('bucket/key')"
python() {
    clean AWS_PROFILE="$1" AWS_ENDPOINT_URL="$url" AWS_ENDPOINT_URL_STS="$url" HTTPS_PROXY=http://127.0.0.1:9 \
        "$work/python/bin/python" -c "$2"
    requests
}

seen 'boto3, the profile with the role' "$(python role "$boto")" 'HEAD /bucket/key ASIAROLE role-token|POST / AKIAEXAMPLE -'
seen 'pyarrow, the profile with keys' "$(python keys "$arrow")" 'HEAD /bucket/key AKIAEXAMPLE -'
seen 'pyarrow, the profile with the role' "$(python role "$arrow")" 'HEAD /bucket/key unsigned -'
finish
