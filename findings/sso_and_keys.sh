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

# The key that a program with AWS_PROFILE=dev prints, or signs with.
signs() {
    local printed
    printed=$(client "$1" AWS_PROFILE=dev)
    printed=${printed:-$(cut -d ' ' -f 3 "$work/log" | grep -v unsigned | sort -u | paste -sd '|')}
    echo "${printed%% *}"
}

seen boto3 "$(signs boto3)" ASIASSO
seen 'AWS CLI 1' "$(signs aws)" ASIASSO
seen 'Rust (icechunk)' "$(signs icechunk)" ASIASSO
seen JavaScript "$(signs javascript)" AKIAKEYS
seen awscrt "$(signs awscrt)" AKIAKEYS
seen pyarrow "$(signs pyarrow)" AKIAKEYS
finish
