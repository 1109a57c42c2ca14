#!/usr/bin/env bash
# A profile with `sso_session` in config and keys in credentials: boto3 1.44.8, AWS CLI 1.46.3, the SDK for Rust
# (icechunk 1.1.21), SDK for JavaScript 3.972.99, awscrt 0.38.1, pyarrow 26.0.1 (C++).
#
# Expected: one of the two counts in every SDK; AWS says that credentials takes precedence over config.
# What happens: boto3, the AWS CLI and Rust use the SSO session. JavaScript, C and C++ sign with the keys. Nothing is reported.
# Why it matters: some tools write the keys of an SSO role under the name of its profile, and the access portal offers text to
# paste there. When these keys have expired, the AWS CLI works and JavaScript does not; when they are of another account,
# the two act in different accounts.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install boto3==1.44.8 awscli==1.46.3 awscrt==0.38.1 pyarrow==26.0.1 icechunk==1.1.21
npm_install @aws-sdk/client-sts@3.1169.0
start_server

cat >"$config" <<'END'
[sso-session corp]
sso_start_url = https://d-1234567890.awsapps.com/start
sso_region = eu-west-1
[profile dev]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Admin
END
printf '[dev]\naws_access_key_id = AKIAKEYS\naws_secret_access_key = secret\n' >"$credentials"
mkdir -p "$work/home/.aws/sso/cache"
end=$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)
cat >"$work/home/.aws/sso/cache/$(printf corp | sha1sum | cut -d ' ' -f 1).json" <<END
{"startUrl": "https://d-1234567890.awsapps.com/start", "region": "eu-west-1", "accessToken": "t", "expiresAt": "$end"}
END

boto3='import boto3; boto3.client("sts").get_caller_identity()'
crt='from awscrt.auth import AwsCredentialsProvider as P; from awscrt.io import ClientBootstrap as B
print(P.new_default_chain(B.get_or_create_static_default()).get_credentials().result(60).access_key_id)'
arrow='import os; from pyarrow.fs import S3FileSystem
S3FileSystem(endpoint_override=os.environ["URL"]).get_file_info("bucket/key")'
rust='import os, icechunk
options = dict(endpoint_url=os.environ["URL"], allow_http=True, force_path_style=True, region="eu-west-1", from_env=True)
icechunk.Repository.exists(icechunk.s3_storage(bucket="bucket", prefix="p", **options))'
node="import('@aws-sdk/client-sts').then(m => new m.STSClient({}).send(new m.GetCallerIdentityCommand({})))"

# The key that a program with AWS_PROFILE=dev prints, or signs with.
signs() {
    : >"$work/log"
    local printed
    printed=$(cd "$work" && clean URL="$url" AWS_ENDPOINT_URL="$url" AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1 \
        AWS_PROFILE=dev timeout 60 "$@" 2>/dev/null | grep ^AKIA) || true
    echo "${printed:-$(cut -d ' ' -f 3 "$work/log" | grep -v unsigned | sort -u | paste -sd '|')}"
}

python=$work/python/bin/python
seen boto3 "$(signs "$python" -c "$boto3")" ASIASSO
seen 'AWS CLI 1' "$(signs "$work/python/bin/aws" sts get-caller-identity)" ASIASSO
seen 'Rust (icechunk)' "$(signs "$python" -c "$rust")" ASIASSO
seen JavaScript "$(signs node -e "$node")" AKIAKEYS
seen awscrt "$(signs "$python" -c "$crt")" AKIAKEYS
seen pyarrow "$(signs "$python" -c "$arrow")" AKIAKEYS
finish
