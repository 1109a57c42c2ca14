#!/usr/bin/env bash
# A token of IAM Identity Center with four minutes left: SDK for JavaScript 3.972.99, boto3 1.44.8, the SDK for Rust
# (icechunk 1.1.21).
#
# Expected: a token is used until `expiresAt`; where it cannot be refreshed, too. The form of the profile makes no difference.
# What happens: boto3 and Rust use it. JavaScript refuses it in the last five minutes if it has no refresh token and the
# profile has `sso_session`. It then names `clientId`, which the file lacks, not the time. With `sso_start_url` in the
# profile it uses the same token. A token without a refresh token is what a sign-in without scopes gives.
# Why it matters: AWS CLI and JavaScript disagree on whether somebody is signed in, and the message points to a broken file.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install boto3==1.44.8 icechunk==1.1.21
npm_install @aws-sdk/credential-provider-node@3.972.99
start_server

start=https://d-1234567890.awsapps.com/start
cat >"$config" <<END
[sso-session corp]
sso_start_url = $start
sso_region = eu-west-1
[profile session]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Admin
[profile url]
sso_start_url = $start
sso_region = eu-west-1
sso_account_id = 111122223333
sso_role_name = Admin
END
mkdir -p "$work/home/.aws/sso/cache"

# token NAME MINUTES: a token that expires in so many minutes, for a session or a start URL.
token() {
    cat >"$work/home/.aws/sso/cache/$(printf %s "$1" | sha1sum | cut -d ' ' -f 1).json" <<END
{"startUrl": "$start", "region": "eu-west-1", "accessToken": "token", "expiresAt": "$(date -u -d "+$2 min" +%Y-%m-%dT%H:%M:%SZ)"}
END
}
boto3='import boto3; print(boto3.Session().get_credentials().get_frozen_credentials().access_key)'
rust='import os, icechunk
options = dict(endpoint_url=os.environ["URL"], allow_http=True, force_path_style=True, region="eu-west-1", from_env=True)
icechunk.Repository.exists(icechunk.s3_storage(bucket="bucket", prefix="p", **options))'
node="import('@aws-sdk/credential-provider-node').then(m => m.defaultProvider()()).then(
  c => console.log(c.accessKeyId), e => console.log('error:', e.message.split('.')[0]))"

# with PROFILE COMMAND...: what a program prints, or which key signs.
with() {
    : >"$work/log"
    local profile=$1 printed
    shift
    printed=$(cd "$work" && clean URL="$url" AWS_ENDPOINT_URL="$url" AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1 \
        AWS_PROFILE="$profile" timeout 60 "$@" 2>/dev/null) || true
    echo "${printed:-$(cut -d ' ' -f 3 "$work/log" | grep -v unsigned | sort -u)}"
}

python=$work/python/bin/python
token corp 4
token "$start" 4
echo 'Four minutes left, no refresh token, sso_session:'
seen boto3 "$(with session "$python" -c "$boto3")" ASIASSO
seen 'Rust (icechunk)' "$(with session "$python" -c "$rust")" ASIASSO
seen JavaScript "$(with session node -e "$node")" "error: Value not present for 'clientId' in SSO Token"
echo 'The same with sso_start_url in the profile:'
seen JavaScript "$(with url node -e "$node")" ASIASSO
token corp 6
echo 'Six minutes left, sso_session:'
seen JavaScript "$(with session node -e "$node")" ASIASSO
finish
