#!/usr/bin/env bash
# AWS_PROFILE beside AWS_WEB_IDENTITY_TOKEN_FILE, as in a pod of EKS: boto3 1.44.8, AWS CLI 1.46.3, awscrt 0.38.1,
# pyarrow 26.0.1 (C++), the SDK for Rust (icechunk 1.1.21), SDK for JavaScript 3.972.99.
#
# Expected: AWS_PROFILE is a choice, and the role of the pod counts where none was made. The profile signs.
# What happens: so it is in JavaScript, C, C++ and Rust. boto3 and the AWS CLI assume the role of the pod, though the profile
# has keys. If the profile names a role and a token file of its own, boto3 asks for the role of the pod all the same. A
# profile with `source_profile` counts. Nothing is reported.
# Why it matters: two programs in one pod, with the same AWS_PROFILE, act in two accounts.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install boto3==1.44.8 awscli==1.46.3 awscrt==0.38.1 pyarrow==26.0.1 icechunk==1.1.21
npm_install @aws-sdk/client-sts@3.1169.0
start_server

echo token >"$work/token"
cat >"$config" <<END
[profile keys]
aws_access_key_id = AKIAPROFILE
aws_secret_access_key = secret
[profile own]
role_arn = arn:aws:iam::111122223333:role/Own
web_identity_token_file = $work/token
[profile chain]
role_arn = arn:aws:iam::111122223333:role/Chain
source_profile = keys
END
# with PROFILE CLIENT: the role that a program asks for, else the key that signs.
with() {
    local printed roles
    printed=$(client "$2" AWS_PROFILE="$1" AWS_ROLE_ARN=arn:aws:iam::111122223333:role/Pod AWS_WEB_IDENTITY_TOKEN_FILE="$work/token")
    roles=$(grep -o 'RoleArn=[^&]*' "$work/log" | sed 's/.*%2F/role /' | sort -u | paste -sd '|')
    printed=${printed%% *}
    echo "${printed:-${roles:-$(cut -d ' ' -f 3 "$work/log" | sort -u | paste -sd '|')}}"
}

echo 'A profile with keys:'
seen boto3 "$(with keys boto3)" 'role Pod'
seen 'AWS CLI 1' "$(with keys aws)" 'role Pod'
seen JavaScript "$(with keys javascript)" AKIAPROFILE
seen awscrt "$(with keys awscrt)" AKIAPROFILE
seen pyarrow "$(with keys pyarrow)" AKIAPROFILE
seen 'Rust (icechunk)' "$(with keys icechunk)" AKIAPROFILE
echo 'A profile with a role and a token file of its own:'
seen boto3 "$(with own boto3)" 'role Pod'
seen JavaScript "$(with own javascript)" 'role Own'
seen 'Rust (icechunk)' "$(with own icechunk)" 'role Own'
echo 'A profile with a role and source_profile:'
seen boto3 "$(with chain boto3)" 'role Chain'
seen JavaScript "$(with chain javascript)" 'role Chain'
finish
