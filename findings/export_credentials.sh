#!/usr/bin/env bash
# `eval "$(aws configure export-credentials --format env)"`: AWS CLI 2.9.19.
#
# Expected: afterwards the shell has the credentials of that profile.
# What happens: only the variables that the profile has are set. For a profile with long-lived keys the session token and the
# expiry from before stay, and so does AWS_PROFILE.
# Why it matters: the new keys go out with the token of the profile before, and AWS refuses them. Once that expiry is
# in the past, boto3 and the AWS CLI refuse good keys without asking AWS.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

apt_extract awscli=2.9.19-1
pip_install boto3==1.44.8 awscrt==0.16.0 colorama==0.4.6 docutils==0.19 cryptography==38.0.4 ruamel.yaml==0.17.21 \
    prompt-toolkit==3.0.36 distro==1.8.0 python-dateutil==2.8.2 urllib3==1.26.20
start_server

end=$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)
cat >"$config" <<END
[profile role]
credential_process = cat $work/role.json
[profile keys]
aws_access_key_id = AKIAKEYS
aws_secret_access_key = secret
END
cat >"$work/role.json" <<END
{"Version": 1, "AccessKeyId": "ASIAROLE", "SecretAccessKey": "s", "SessionToken": "role-token", "Expiration": "$end"}
END

python=$work/python/bin/python
cat >"$work/shell" <<END
aws() { PYTHONPATH="$work/debian/usr/lib/python3/dist-packages" "$python" "$work/debian/usr/bin/aws" "\$@"; }
identity() { "$python" -c 'import boto3; boto3.client("sts").get_caller_identity()' 2>&1 | tail -n 1 >&2; }
eval "\$(aws configure export-credentials --profile role --format env)"
identity
eval "\$(aws configure export-credentials --profile keys --format env)"
identity
echo "\$AWS_ACCESS_KEY_ID \${AWS_SESSION_TOKEN-none} \${AWS_CREDENTIAL_EXPIRATION+an expiry}"
[ -z "\${LATER-}" ] || { AWS_CREDENTIAL_EXPIRATION=2026-01-01T00:00:00+00:00; unset AWS_SESSION_TOKEN; identity; }
END
run() {
    clean AWS_ENDPOINT_URL="$url" AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1 "$@" bash --norc "$work/shell"
}

echo 'A profile with a role, then one with keys:'
seen 'key, token, expiry in the shell' "$(run 2>/dev/null)" 'AKIAKEYS role-token an expiry'
seen 'keys and tokens that boto3 sends' "$(cut -d ' ' -f 3,4 "$work/log" | paste -sd '|')" 'ASIAROLE role-token|AKIAKEYS role-token'
echo 'An hour later, without that token:'
seen boto3 "$(run LATER=1 2>&1 >/dev/null | tail -n 1)" \
    'RuntimeError: Credentials were refreshed, but the refreshed credentials are still expired.'
finish
