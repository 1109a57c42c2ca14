#!/usr/bin/env bash
# Keys in capitals in ~/.aws/credentials: SDK for JavaScript 3.972.99, awscrt 0.38.1 (C), pyarrow 26.0.1 (C++); boto3 1.44.8,
# AWS SDK for Go v2 (config 1.33.18), SDK for Rust (icechunk 1.1.21).
#
# Expected: the lines of the access portal for a shell, `AWS_ACCESS_KEY_ID = …`, below a section in `credentials` are read:
# the case of a key does no harm there, or stops every program.
# What happens: boto3, Go and Rust read them. For JavaScript, C and C++ the profile has no keys: JavaScript and C go on to
# the next source, such as a container endpoint or the machine, and C++ signs nothing where there is none.
# Why it matters: the AWS CLI confirms that a profile works, and another program uses another identity under its name.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install boto3==1.44.8 awscrt==0.38.1 pyarrow==26.0.1 icechunk==1.1.21
npm_install @aws-sdk/credential-provider-node@3.972.99
go_client
start_server

printf '[dev]\nAWS_ACCESS_KEY_ID = AKIADEV\nAWS_SECRET_ACCESS_KEY = secret\n' >"$credentials"
boto3='import boto3; print(boto3.Session().get_credentials().get_frozen_credentials().access_key)'
crt='from awscrt.auth import AwsCredentialsProvider as P; from awscrt.io import ClientBootstrap as B
print(P.new_default_chain(B.get_or_create_static_default()).get_credentials().result(60).access_key_id)'
arrow='import os; from pyarrow.fs import S3FileSystem
S3FileSystem(endpoint_override=os.environ["URL"]).get_file_info("bucket/key")'
rust='import os, icechunk
options = dict(endpoint_url=os.environ["URL"], allow_http=True, force_path_style=True, region="eu-west-1", from_env=True)
icechunk.Repository.exists(icechunk.s3_storage(bucket="bucket", prefix="p", **options))'
node="import('@aws-sdk/credential-provider-node').then(async m => console.log((await m.defaultProvider()()).accessKeyId))"

# The key that a program prints, or with which it signs; `none` if there is none.
with() {
    : >"$work/log"
    local printed
    printed=$(cd "$work" && clean URL="$url" AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1 AWS_PROFILE=dev \
        "${variables[@]}" timeout 60 "$@" 2>/dev/null | grep ^A) || true
    [ -n "$printed" ] || printed=$(grep /bucket/ "$work/log" | cut -d ' ' -f 3 | sort -u)
    echo "${printed:-none}"
}

python=$work/python/bin/python
variables=()
echo 'The profile dev, with its keys in capitals:'
seen boto3 "$(with "$python" -c "$boto3")" AKIADEV
seen Go "$(with "$work/program")" AKIADEV
seen 'Rust (icechunk)' "$(with "$python" -c "$rust")" AKIADEV
seen JavaScript "$(with node -e "$node")" none
seen awscrt "$(with "$python" -c "$crt")" none
seen pyarrow "$(with "$python" -c "$arrow")" unsigned
variables=(AWS_CONTAINER_CREDENTIALS_FULL_URI="$url/container")
echo 'The same beside a container endpoint:'
seen boto3 "$(with "$python" -c "$boto3")" AKIADEV
seen Go "$(with "$work/program")" AKIADEV
seen 'Rust (icechunk)' "$(with "$python" -c "$rust")" AKIADEV
seen JavaScript "$(with node -e "$node")" ASIACONTAINER
seen awscrt "$(with "$python" -c "$crt")" ASIACONTAINER
seen pyarrow "$(with "$python" -c "$arrow")" ASIACONTAINER
finish
