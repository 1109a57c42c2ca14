#!/usr/bin/env bash
# AWS_DEFAULT_PROFILE and AWS_SECURITY_TOKEN beside the names of today: boto3 1.44.8, AWS CLI 1.46.3, SDK for JavaScript
# 3.972.99, awscrt 0.38.1, the SDK for Rust (icechunk 1.1.21).
#
# Expected: AWS_PROFILE takes precedence over AWS_DEFAULT_PROFILE, which has "default" in its name; AWS_SESSION_TOKEN over
# AWS_SECURITY_TOKEN, its old name.
# What happens: in boto3 and version 1 of the AWS CLI the old name wins, both times. The others know the new names only.
# Why it matters: one old line in a shell's start-up file, and `AWS_PROFILE=dev program` uses another profile in Python; nothing
# is reported. An old token beside good keys makes AWS refuse them, but only for those programs.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install boto3==1.44.8 awscli==1.46.3 awscrt==0.38.1 icechunk==1.1.21
npm_install @aws-sdk/client-sts@3.1169.0
start_server

cat >"$config" <<'END'
[profile new]
aws_access_key_id = AKIANEW
aws_secret_access_key = secret
[profile old]
aws_access_key_id = AKIAOLD
aws_secret_access_key = secret
END
boto3='import boto3; boto3.client("sts").get_caller_identity()'
crt='from awscrt.auth import AwsCredentialsProvider as P; from awscrt.io import ClientBootstrap as B
c = P.new_default_chain(B.get_or_create_static_default()).get_credentials().result(60)
print(c.access_key_id, c.session_token or "-")'
rust='import os, icechunk
options = dict(endpoint_url=os.environ["URL"], allow_http=True, force_path_style=True, region="eu-west-1", from_env=True)
icechunk.Repository.exists(icechunk.s3_storage(bucket="bucket", prefix="p", **options))'
node="import('@aws-sdk/client-sts').then(m => new m.STSClient({}).send(new m.GetCallerIdentityCommand({})))"

# The key and the token that a program prints, or signs with.
signs() {
    : >"$work/log"
    local printed
    printed=$(cd "$work" && clean URL="$url" AWS_ENDPOINT_URL="$url" AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1 \
        "${variables[@]}" timeout 60 "$@" 2>/dev/null | grep ^AKIA) || true
    echo "${printed:-$(cut -d ' ' -f 3,4 "$work/log" | sort -u | paste -sd '|')}"
}

python=$work/python/bin/python
aws=$work/python/bin/aws
echo 'AWS_PROFILE=new, AWS_DEFAULT_PROFILE=old (key, token):'
variables=(AWS_PROFILE=new AWS_DEFAULT_PROFILE=old)
seen boto3 "$(signs "$python" -c "$boto3")" 'AKIAOLD -'
seen 'AWS CLI 1' "$(signs "$aws" sts get-caller-identity)" 'AKIAOLD -'
seen JavaScript "$(signs node -e "$node")" 'AKIANEW -'
seen awscrt "$(signs "$python" -c "$crt")" 'AKIANEW -'
seen 'Rust (icechunk)' "$(signs "$python" -c "$rust")" 'AKIANEW -'
echo 'AWS_SESSION_TOKEN=new, AWS_SECURITY_TOKEN=old, beside keys:'
variables=(AWS_ACCESS_KEY_ID=AKIAKEYS AWS_SECRET_ACCESS_KEY=secret AWS_SESSION_TOKEN=new AWS_SECURITY_TOKEN=old)
seen boto3 "$(signs "$python" -c "$boto3")" 'AKIAKEYS old'
seen 'AWS CLI 1' "$(signs "$aws" sts get-caller-identity)" 'AKIAKEYS old'
seen JavaScript "$(signs node -e "$node")" 'AKIAKEYS new'
seen awscrt "$(signs "$python" -c "$crt")" 'AKIAKEYS new'
seen 'Rust (icechunk)' "$(signs "$python" -c "$rust")" 'AKIAKEYS new'
finish
