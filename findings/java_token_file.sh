#!/usr/bin/env bash
# A token file after the AWS SDK for Java 2.57.8 renewed it: aws2-wrap 1.4.0 cannot read it any more.
#
# Expected: `expiresAt` in ~/.aws/sso/cache is `2026-11-28T06:00:00Z` whoever wrote it, for all tools share this file. The
# AWS CLI writes it so, and aws2-wrap reads that and up to six digits of a second.
# What happens: Java writes nine digits, `2026-11-28T06:13:15.280170163Z`, and drops the keys that it does not know.
# aws2-wrap ends with a traceback, `does not match format`, until the next `aws sso login`. boto3 1.44.8 reads it.
# Why it matters: a tool that reads the shared token file has to take any number of digits, and should write none.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install boto3==1.44.8 aws2-wrap==1.4.0
java_class Keys sts sso ssooidc <<'END'
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

public class Keys {
    public static void main(String[] arguments) {
        System.out.println(DefaultCredentialsProvider.create().resolveCredentials().accessKeyId());
    }
}
END
start_server
cat >"$config" <<'END'
[profile dev]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Admin
region = eu-west-1
[sso-session corp]
sso_start_url = https://d-1234567890.awsapps.com/start
sso_region = eu-west-1
END
token=$work/home/.aws/sso/cache/$(printf corp | sha1sum | cut -c1-40).json
mkdir -p "$(dirname "$token")"

token_file() {
    echo '{"startUrl": "https://d-1234567890.awsapps.com/start", "region": "eu-west-1", "accessToken": "token",' \
        "\"expiresAt\": \"$1\", \"clientId\": \"id\", \"clientSecret\": \"secret\", \"x-own\": \"mine\"," \
        '"registrationExpiresAt": "2099-01-01T00:00:00Z", "refreshToken": "first"}' >"$token"
}
wrap() {
    clean AWS_ENDPOINT_URL="$url" "$work/python/bin/aws2-wrap" --profile dev --export >"$work/out" 2>&1 || true
    if grep -q 'does not match format' "$work/out"; then echo 'does not match format'; else echo 'reads the file'; fi
}
boto() {
    clean AWS_PROFILE=dev AWS_ENDPOINT_URL="$url" "$work/python/bin/python" -c \
        'import boto3; print(boto3.Session().get_credentials().get_frozen_credentials().access_key)'
}

echo 'A token as the AWS CLI writes it:'
token_file 2099-01-01T00:00:00Z
seen 'aws2-wrap' "$(wrap)" 'reads the file'
echo 'An expired one, then Java:'
token_file 2026-01-01T00:00:00Z
seen 'Java' "$(java_run Keys AWS_PROFILE=dev AWS_ENDPOINT_URL="$url")" ASIASSO
seen 'digits of a second in the file' "$(grep -oE '"expiresAt": ?"[^"]*"' "$token" | grep -oE '\.[0-9]+Z' | tr -d '.Z\n' | wc -c)" 9
seen 'keys of others in the file' "$(grep -c x-own "$token" || true)" 0
seen 'boto3' "$(boto)" ASIASSO
seen 'aws2-wrap' "$(wrap)" 'does not match format'
finish
