#!/usr/bin/env bash
# `awscurl --profile` (awscurl 0.44), AWS CLI 1.46.3.
#
# Expected: `--profile dev` signs with the credentials of this profile, or fails; awscurl falls back on botocore, which
# knows SSO, roles and `credential_process`.
# What happens: only keys in ~/.aws/credentials are found under that name. For every other profile, also for one that does
# not exist, the request is signed with what botocore finds without a name: `[default]`, AWS_PROFILE or the machine. Keys in
# the shell take precedence over `--profile`. Nothing is reported. AWS_PROFILE=dev instead of `--profile dev` works.
# Why it matters: a request meant for one account changes another one.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install awscurl==0.44 botocore==1.44.8 awscli==1.46.3
start_server

cat >"$work/process" <<'END'
#!/bin/sh
echo '{"Version": 1, "AccessKeyId": "ASIAPROCESS", "SecretAccessKey": "secret", "SessionToken": "token"}'
END
chmod +x "$work/process"
cat >"$config" <<END
[default]
aws_access_key_id = AKIADEFAULT
aws_secret_access_key = secret
[profile process]
credential_process = $work/process
[profile role]
role_arn = arn:aws:iam::111122223333:role/Admin
source_profile = keys
END
printf '[keys]\naws_access_key_id = AKIAKEYS\naws_secret_access_key = secret\n' >"$credentials"

# with COMMAND...: the key that signed the last request.
with() {
    : >"$work/log"
    clean AWS_ENDPOINT_URL="$url" AWS_DEFAULT_REGION=eu-west-1 "$@" >/dev/null 2>&1 || true
    tail -n 1 "$work/log" | cut -d ' ' -f 3
}
aws=$work/python/bin/aws
call=("$work/python/bin/awscurl" --service execute-api --region eu-west-1 "$url/path")

echo 'Key that signs with --profile:'
seen 'keys' "$(with "${call[@]}" --profile keys)" AKIAKEYS
seen 'process' "$(with "${call[@]}" --profile process)" AKIADEFAULT
seen 'role' "$(with "${call[@]}" --profile role)" AKIADEFAULT
seen 'missing' "$(with "${call[@]}" --profile missing)" AKIADEFAULT
seen 'process, AWS CLI' "$(with "$aws" --profile process sts get-caller-identity)" ASIAPROCESS
shell=(AWS_ACCESS_KEY_ID=ASIASHELL AWS_SECRET_ACCESS_KEY=secret AWS_SESSION_TOKEN=token)
echo 'Keys in the shell:'
seen 'keys' "$(with "${shell[@]}" "${call[@]}" --profile keys)" ASIASHELL
seen 'process, AWS CLI' "$(with "${shell[@]}" "$aws" --profile process sts get-caller-identity)" ASIAPROCESS
echo 'AWS_PROFILE:'
seen 'process' "$(with AWS_PROFILE=process "${call[@]}")" ASIAPROCESS
seen 'role' "$(with AWS_PROFILE=role "${call[@]}")" ASIAROLE
finish
