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
# The key and the token that a program prints, or signs with.
signs() {
    local printed
    printed=$(client "$1" "${variables[@]}")
    echo "${printed:-$(cut -d ' ' -f 3,4 "$work/log" | sort -u | paste -sd '|')}"
}

echo 'AWS_PROFILE=new, AWS_DEFAULT_PROFILE=old (key, token):'
variables=(AWS_PROFILE=new AWS_DEFAULT_PROFILE=old)
seen boto3 "$(signs boto3)" 'AKIAOLD -'
seen 'AWS CLI 1' "$(signs aws)" 'AKIAOLD -'
seen JavaScript "$(signs javascript)" 'AKIANEW -'
seen awscrt "$(signs awscrt)" 'AKIANEW -'
seen 'Rust (icechunk)' "$(signs icechunk)" 'AKIANEW -'
echo 'AWS_SESSION_TOKEN=new, AWS_SECURITY_TOKEN=old, beside keys:'
variables=(AWS_ACCESS_KEY_ID=AKIAKEYS AWS_SECRET_ACCESS_KEY=secret AWS_SESSION_TOKEN=new AWS_SECURITY_TOKEN=old)
seen boto3 "$(signs boto3)" 'AKIAKEYS old'
seen 'AWS CLI 1' "$(signs aws)" 'AKIAKEYS old'
seen JavaScript "$(signs javascript)" 'AKIAKEYS new'
seen awscrt "$(signs awscrt)" 'AKIAKEYS new'
seen 'Rust (icechunk)' "$(signs icechunk)" 'AKIAKEYS new'
finish
