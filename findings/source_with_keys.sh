#!/usr/bin/env bash
# A profile that has a role and keys, and is the source of another profile: boto3 1.44.8, SDK for JavaScript 3.972.99, the
# SDK for Rust (icechunk 1.1.21), AWS SDK for Go v2 (config 1.33.18).
#
# Expected: a profile is the same identity whether a program uses it or another profile names it in `source_profile`.
# What happens: a program that uses the profile takes no notice of its keys, and gets its role from its own source. As a
# source it is these keys: boto3, JavaScript and Rust assume the next role with them, so the role in between is never
# assumed. Go also starts with these keys, but then assumes both roles. Nothing is reported.
# Why it matters: a tool that writes keys into `credentials` under the name of a profile with a role changes who every
# profile that builds on it is, differently in Go, and not the profile itself.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install boto3==1.44.8 icechunk==1.1.21
npm_install @aws-sdk/credential-provider-node@3.972.99
go_client
start_server

cat >"$config" <<'END'
[profile me]
aws_access_key_id = AKIAME
aws_secret_access_key = secret
[profile admin]
role_arn = arn:aws:iam::111122223333:role/Admin
source_profile = me
[profile deploy]
role_arn = arn:aws:iam::444455556666:role/Deploy
source_profile = admin
END
boto3='import boto3; boto3.Session().get_credentials().get_frozen_credentials()'
rust='import os, icechunk
options = dict(endpoint_url=os.environ["URL"], allow_http=True, force_path_style=True, region="eu-west-1", from_env=True)
icechunk.Repository.exists(icechunk.s3_storage(bucket="bucket", prefix="p", **options))'
node="import('@aws-sdk/credential-provider-node').then(m => m.defaultProvider()())"

# with PROFILE COMMAND...: which keys assumed which role, in this order. ASIAROLE are those of a role.
with() {
    : >"$work/log"
    local profile=$1
    shift
    (cd "$work" && clean URL="$url" AWS_ENDPOINT_URL="$url" AWS_ENDPOINT_URL_STS="$url" AWS_REGION=eu-west-1 \
        AWS_DEFAULT_REGION=eu-west-1 AWS_PROFILE="$profile" timeout 60 "$@" >/dev/null 2>&1) || true
    sed -n 's/^POST \/ \([A-Z]*\) .*Action=AssumeRole&.*role%2F\([A-Za-z]*\).*/\1 assumes \2/p' "$work/log" | paste -sd ',' |
        sed 's/,/, /g'
}

python=$work/python/bin/python
chain='AKIAME assumes Admin, ASIAROLE assumes Deploy'
echo 'The profile deploy, whose source is admin:'
seen boto3 "$(with deploy "$python" -c "$boto3")" "$chain"
seen Go "$(with deploy "$work/program")" "$chain"
printf '[admin]\naws_access_key_id = AKIAADMIN\naws_secret_access_key = secret\n' >"$credentials"
echo 'The profile admin, which now also has keys:'
seen boto3 "$(with admin "$python" -c "$boto3")" 'AKIAME assumes Admin'
seen JavaScript "$(with admin node -e "$node")" 'AKIAME assumes Admin'
seen 'Rust (icechunk)' "$(with admin "$python" -c "$rust")" 'AKIAME assumes Admin'
seen Go "$(with admin "$work/program")" 'AKIAME assumes Admin'
echo 'The profile deploy:'
seen boto3 "$(with deploy "$python" -c "$boto3")" 'AKIAADMIN assumes Deploy'
seen JavaScript "$(with deploy node -e "$node")" 'AKIAADMIN assumes Deploy'
seen 'Rust (icechunk)' "$(with deploy "$python" -c "$rust")" 'AKIAADMIN assumes Deploy'
seen Go "$(with deploy "$work/program")" 'AKIAADMIN assumes Admin, ASIAROLE assumes Deploy'
finish
