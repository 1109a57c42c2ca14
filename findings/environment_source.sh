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
npm_install @aws-sdk/client-sts@3.1169.0
start_server

cat >"$config" <<'END'
[profile role]
role_arn = arn:aws:iam::111122223333:role/Admin
credential_source = Environment
END
keys=(AWS_ACCESS_KEY_ID=ASIASOURCE AWS_SECRET_ACCESS_KEY=secret AWS_SESSION_TOKEN=token)

# The keys that signed since the log was emptied.
signed() { cut -d ' ' -f 3 "$work/log" | sort -u | paste -sd ' '; }

# The key that a program with keys and the profile prints, or those that sign.
with() {
    local printed
    printed=$(client "$1" AWS_PROFILE=role "${keys[@]}")
    printed=${printed%% *}
    echo "${printed:-$(signed)}"
}

# The keys that sign when a program names the profile itself.
naming() {
    : >"$work/log"
    clean AWS_ENDPOINT_URL="$url" AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1 "${keys[@]}" "$@" >"$work/out" 2>&1
    signed
}

echo 'AWS_PROFILE=role beside keys (keys that sign; ASIAROLE is the role):'
seen boto3 "$(with boto3)" ASIASOURCE
seen 'AWS CLI 1' "$(with aws)" ASIASOURCE
seen awscrt "$(with awscrt)" ASIASOURCE
seen pyarrow "$(with pyarrow)" ASIASOURCE
seen 'Rust (icechunk)' "$(with icechunk)" ASIASOURCE
seen JavaScript "$(with javascript)" 'ASIAROLE ASIASOURCE'
echo 'The profile as an argument, or in code:'
seen 'AWS CLI 1, --profile' "$(naming "$work/python/bin/aws" --profile role sts get-caller-identity)" 'ASIAROLE ASIASOURCE'
boto3='import boto3; boto3.Session(profile_name="role").client("sts").get_caller_identity()'
seen 'boto3, profile_name' "$(naming "$work/python/bin/python" -c "$boto3")" 'ASIAROLE ASIASOURCE'
finish
