#!/usr/bin/env bash
# A profile whose `source_profile` is itself: SDK for JavaScript 3.972.99, boto3 1.44.8, SDK for Rust (icechunk 1.1.21), AWS
# SDK for Go v2 (config 1.33.18).
#
# Expected: a profile with `role_arn` may name itself in `source_profile`; the rest of it is then what the role is assumed
# with. That is so with keys, in all four. With SSO or `credential_process` it is the same, or all refuse it.
# What happens: Rust assumes the role. Go does with SSO. boto3 reports an infinite loop. JavaScript does not assume the role
# where the source is a `credential_process`: it signs with what the process printed, and reports nothing.
# Why it matters: a profile that gives fewer permissions than its source gives all of them to one program.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install boto3==1.44.8 icechunk==1.1.21
npm_install @aws-sdk/credential-provider-node@3.972.99
go_client
start_server

cat >"$work/process" <<'END'
#!/bin/sh
echo '{"Version": 1, "AccessKeyId": "ASIAPROCESS", "SecretAccessKey": "secret", "SessionToken": "token"}'
END
chmod +x "$work/process"
cat >"$config" <<END
[profile keys]
role_arn = arn:aws:iam::111122223333:role/Reader
source_profile = keys
aws_access_key_id = AKIAKEYS
aws_secret_access_key = secret
[profile process]
role_arn = arn:aws:iam::111122223333:role/Reader
source_profile = process
credential_process = $work/process
[profile sso]
role_arn = arn:aws:iam::111122223333:role/Reader
source_profile = sso
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Admin
[sso-session corp]
sso_start_url = https://d-1234567890.awsapps.com/start
sso_region = eu-west-1
END
mkdir -p "$work/home/.aws/sso/cache"
cat >"$work/home/.aws/sso/cache/$(printf corp | sha1sum | cut -d ' ' -f 1).json" <<END
{"startUrl": "https://d-1234567890.awsapps.com/start", "region": "eu-west-1", "accessToken": "token", "expiresAt": "$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)"}
END
boto3='import boto3; print(boto3.Session().get_credentials().get_frozen_credentials().access_key)'
rust='import os, icechunk
options = dict(endpoint_url=os.environ["URL"], allow_http=True, force_path_style=True, region="eu-west-1", from_env=True)
icechunk.Repository.exists(icechunk.s3_storage(bucket="bucket", prefix="p", **options))'
node="import('@aws-sdk/credential-provider-node').then(async m => console.log((await m.defaultProvider()()).accessKeyId))"

# with PROFILE COMMAND...: the key that a program prints, or that signs for S3; `none` if there is none.
with() {
    : >"$work/log"
    local profile=$1 key
    shift
    key=$(cd "$work" && clean URL="$url" AWS_ENDPOINT_URL="$url" AWS_ENDPOINT_URL_STS="$url" AWS_ENDPOINT_URL_SSO="$url" \
        AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1 AWS_PROFILE="$profile" timeout 60 "$@" 2>"$work/errors" |
        grep ^ASIA) || true
    [ -n "$key" ] || key=$(grep /bucket/ "$work/log" | cut -d ' ' -f 3 | sort -u)
    echo "${key:-none}"
}

python=$work/python/bin/python
echo 'Keys in the profile (ASIAROLE is the role):'
seen boto3 "$(with keys "$python" -c "$boto3")" ASIAROLE
seen JavaScript "$(with keys node -e "$node")" ASIAROLE
seen 'Rust (icechunk)' "$(with keys "$python" -c "$rust")" ASIAROLE
seen Go "$(with keys "$work/program")" ASIAROLE
echo 'credential_process in the profile:'
seen boto3 "$(with process "$python" -c "$boto3")" none
seen 'boto3 reports' "$(grep -o 'Infinite loop' "$work/errors")" 'Infinite loop'
seen JavaScript "$(with process node -e "$node")" ASIAPROCESS
seen 'Rust (icechunk)' "$(with process "$python" -c "$rust")" ASIAROLE
seen Go "$(with process "$work/program")" none
echo 'sso_session in the profile:'
seen boto3 "$(with sso "$python" -c "$boto3")" none
seen JavaScript "$(with sso node -e "$node")" none
seen 'Rust (icechunk)' "$(with sso "$python" -c "$rust")" ASIAROLE
seen Go "$(with sso "$work/program")" ASIAROLE
finish
