#!/usr/bin/env bash
# osls 4.3.1, which continues the open Serverless Framework 3: where its credentials come from.
#
# Expected: as in the SDK for JavaScript that it is built on: a `[default]` with nothing but a region changes nothing, and a
# container endpoint is asked. A profile in serverless.yml takes precedence over keys in the shell, as one in code does.
# What happens: as soon as there is a section `[default]`, nothing after it is asked: neither a container endpoint nor the
# role of a pod. The message is that a profile `default`, which nobody has chosen, is not configured. Keys in the shell take
# precedence over `provider.profile` in serverless.yml, and AWS_PROFILE over both.
# Why it matters: `[default]` with a region is what `aws configure` leaves when only a region is typed. And a service that
# names its account is deployed to the account of the shell.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

npm_install osls@4.3.1 @aws-sdk/credential-provider-node@3.972.99
start_server

mkdir "$work/service" "$work/named"
printf 'service: app\nprovider:\n  name: aws\n  region: eu-west-1\n' | tee "$work/named/serverless.yml" \
    >"$work/service/serverless.yml"
printf '  profile: named\n' >>"$work/named/serverless.yml"
cat >"$credentials" <<'END'
[named]
aws_access_key_id = AKIANAMED
aws_secret_access_key = secret
[shell]
aws_access_key_id = AKIASHELL
aws_secret_access_key = secret
END

# osls FOLDER VARIABLE=VALUE...: the key that signed, or the error.
osls() {
    : >"$work/log"
    local folder=$1 keys
    shift
    (cd "$work/$folder" && clean AWS_ENDPOINT_URL="$url" AWS_REGION=eu-west-1 SLS_NOTIFICATIONS_MODE=off "$@" timeout 120 \
        "$work/node_modules/.bin/osls" info >"$work/printed" 2>&1) || true
    keys=$(cut -d ' ' -f 3 "$work/log" | grep -v unsigned | sort -u) || true
    echo "${keys:-$(grep -om 1 'AWS profile .* configured' "$work/printed")}"
}
sdk() { (cd "$work" && clean "$@" node -e "import('@aws-sdk/credential-provider-node').then(
    async m => console.log((await m.defaultProvider()()).accessKeyId))"); }

container=AWS_CONTAINER_CREDENTIALS_FULL_URI=$url/container
echo token >"$work/token"
pod=(AWS_ROLE_ARN=arn:aws:iam::111122223333:role/Pod AWS_WEB_IDENTITY_TOKEN_FILE="$work/token")
error='AWS profile "default" doesn'\''t seem to be configured'
echo 'A container endpoint, and the role of a pod:'
seen 'osls, no [default]' "$(osls service "$container")" ASIACONTAINER
seen 'osls, no [default], pod' "$(osls service "${pod[@]}")" ASIAROLE
printf '[default]\nregion = eu-west-1\n' >"$config"
seen 'osls, [default] with a region' "$(osls service "$container")" "$error"
seen 'osls, [default] with a region, pod' "$(osls service "${pod[@]}")" "$error"
seen 'JavaScript, [default] with a region' "$(sdk "$container")" ASIACONTAINER
keys=(AWS_ACCESS_KEY_ID=AKIAKEYS AWS_SECRET_ACCESS_KEY=secret)
echo 'provider.profile in serverless.yml:'
seen 'osls' "$(osls named)" AKIANAMED
seen 'osls, keys in the shell' "$(osls named "${keys[@]}")" AKIAKEYS
seen 'osls, keys and AWS_PROFILE in the shell' "$(osls named "${keys[@]}" AWS_PROFILE=shell)" AKIASHELL
finish
