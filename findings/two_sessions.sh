#!/usr/bin/env bash
# Two SSO sessions with one start URL: yawsso 1.4.0, aws2-wrap 1.4.0; boto3 1.44.8.
#
# Expected: a profile gets its credentials with the token of the session that it names in `sso_session`, as in the SDKs,
# whose file has the SHA-1 of that name. Both programs read `sso_session`.
# What happens: from the section of the session they take the start URL only, and use any token file with this URL: yawsso
# the newest one, aws2-wrap the first one in the directory. Nothing is reported.
# Why it matters: two sessions with one start URL are how somebody is signed in as two people, such as for daily work and as
# an administrator. Where both may use a role, its credentials are written under the profile of the other one.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install boto3==1.44.8 yawsso==1.4.0 aws2-wrap==1.4.0
start_server

start=https://d-1234567890.awsapps.com/start
for name in daily admin; do
    cat <<END
[sso-session $name]
sso_start_url = $start
sso_region = eu-west-1
[profile $name]
sso_session = $name
sso_account_id = 111122223333
sso_role_name = Developer
region = eu-west-1
END
done >"$config"
cache=$work/home/.aws/sso/cache
mkdir -p "$cache" "$work/bin"

# Both programs call the AWS CLI v2 to ask the portal; this stand-in says which token it was given.
cat >"$work/bin/aws" <<'END'
#!/usr/bin/env python3
import json, sys, time
if "--version" in sys.argv:
    sys.exit(print("aws-cli/2.36.7 Python/3.13.0 Linux/6.1 exe/x86_64"))
token = sys.argv[sys.argv.index("--access-token") + 1]
keys = {"accessKeyId": f"ASIA-{token}", "secretAccessKey": "secret", "sessionToken": "token"}
print(json.dumps({"roleCredentials": {**keys, "expiration": int(time.time() + 3600) * 1000}}))
END
chmod +x "$work/bin/aws"

# token NAME TIME: the token of a session, written at this time.
token() {
    local file
    file=$cache/$(printf %s "$1" | sha1sum | cut -d ' ' -f 1).json
    cat >"$file" <<END
{"startUrl": "$start", "region": "eu-west-1", "accessToken": "token-of-$1", "expiresAt": "$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)"}
END
    touch -d "$2" "$file"
}
with() {
    clean PATH="$work/bin:$work/python/bin:$PATH" AWS_ENDPOINT_URL="$url" AWS_DEFAULT_REGION=eu-west-1 "$@" 2>/dev/null
}
yawsso() {
    : >"$credentials"
    with yawsso -p "$1" >/dev/null
    sed -n '/^\['"$1"'\]/,/^$/s/^aws_access_key_id = ASIA-//p' "$credentials"
}
wrap() { with aws2-wrap --profile "$1" --export | sed -n 's/^export AWS_ACCESS_KEY_ID=ASIA-//p'; }
boto3() {
    : >"$work/log"
    with AWS_PROFILE="$1" python -c 'import boto3; boto3.Session().get_credentials().get_frozen_credentials()'
    cut -d ' ' -f 5 "$work/log"
}

echo 'The token that each profile is asked with, daily being newer:'
token admin '1 hour ago'
token daily '1 minute ago'
seen 'boto3, daily' "$(boto3 daily)" token-of-daily
seen 'boto3, admin' "$(boto3 admin)" token-of-admin
seen 'yawsso, daily' "$(yawsso daily)" token-of-daily
seen 'yawsso, admin' "$(yawsso admin)" token-of-daily
same() {
    local daily admin
    daily=$(wrap daily)
    admin=$(wrap admin)
    [ -n "$daily" ] && [ "$daily" = "$admin" ] && echo 'one token for both' || echo "$daily, $admin"
}
seen aws2-wrap "$(same)" 'one token for both'
echo 'admin being newer:'
token admin now
seen 'yawsso, daily' "$(yawsso daily)" token-of-admin
seen 'yawsso, admin' "$(yawsso admin)" token-of-admin
seen aws2-wrap "$(same)" 'one token for both'
finish
