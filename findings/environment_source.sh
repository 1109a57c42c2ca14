#!/usr/bin/env bash
# `credential_source = Environment` and AWS_PROFILE: boto3 1.44.8, AWS CLI 1.46.3, awscrt 0.38.1, pyarrow 26.0.1 (C++), the
# SDK for Rust (icechunk 1.1.21), SDK for JavaScript 3.972.99.
#
# Expected: AWS_PROFILE names a profile with `role_arn` and `credential_source = Environment`. The keys in the environment
# assume the role, which is what that line is for.
# What happens: only JavaScript assumes it. In the others keys in the environment take precedence over AWS_PROFILE, and
# without keys there is nothing to assume the role with. So such a profile never counts there, and every request is signed as
# the source. Nothing is reported. `--profile` of the AWS CLI does assume the role.
# Why it matters: a role with fewer permissions is chosen, and the program goes on with all of them; or it writes into the
# account of the source.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install boto3==1.44.8 awscli==1.46.3 awscrt==0.38.1 pyarrow==26.0.1 icechunk==1.1.21
npm_install @aws-sdk/credential-provider-node@3.972.99
start_server

cat >"$config" <<'END'
[profile role]
role_arn = arn:aws:iam::111122223333:role/Admin
credential_source = Environment
END
boto3='import boto3; print(boto3.Session().get_credentials().get_frozen_credentials().access_key)'
crt='from awscrt.auth import AwsCredentialsProvider as P; from awscrt.io import ClientBootstrap as B
print(P.new_default_chain(B.get_or_create_static_default()).get_credentials().result(60).access_key_id)'
arrow='import os; from pyarrow.fs import S3FileSystem
S3FileSystem(endpoint_override=os.environ["URL"]).get_file_info("bucket/key")'
rust='import os, icechunk
options = dict(endpoint_url=os.environ["URL"], allow_http=True, force_path_style=True, region="eu-west-1", from_env=True)
icechunk.Repository.exists(icechunk.s3_storage(bucket="bucket", prefix="p", **options))'
node="import('@aws-sdk/credential-provider-node').then(async m => console.log((await m.defaultProvider()()).accessKeyId))"

# The keys that signed since the log was emptied.
keys() { cut -d ' ' -f 3 "$work/log" | sort -u | paste -sd ' '; }

# Runs a program with keys and the profile; prints the key that it prints, or those that signed.
with() {
    : >"$work/log"
    local printed
    printed=$(cd "$work" && clean URL="$url" AWS_ENDPOINT_URL="$url" AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1 \
        AWS_ACCESS_KEY_ID=ASIASOURCE AWS_SECRET_ACCESS_KEY=secret AWS_SESSION_TOKEN=token \
        "${variables[@]}" timeout 60 "$@" 2>/dev/null | grep ^ASIA) || true
    echo "${printed:-$(keys)}"
}

python=$work/python/bin/python
aws=$work/python/bin/aws
variables=(AWS_PROFILE=role)
echo 'AWS_PROFILE=role beside keys (key that signs; ASIAROLE is the role):'
seen boto3 "$(with "$python" -c "$boto3")" ASIASOURCE
seen 'AWS CLI 1' "$(with "$aws" sts get-caller-identity)" ASIASOURCE
seen awscrt "$(with "$python" -c "$crt")" ASIASOURCE
seen pyarrow "$(with "$python" -c "$arrow")" ASIASOURCE
seen 'Rust (icechunk)' "$(with "$python" -c "$rust")" ASIASOURCE
seen JavaScript "$(with node -e "$node")" ASIAROLE
variables=()
echo 'The profile as an argument, or in code:'
seen 'AWS CLI 1, --profile' "$(with "$aws" --profile role sts get-caller-identity)" 'ASIAROLE ASIASOURCE'
seen 'boto3, profile_name' "$(with "$python" -c "${boto3/()/(profile_name=\"role\")}")" ASIAROLE
finish
