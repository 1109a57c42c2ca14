#!/usr/bin/env bash
# AWS CDK 2.1148.1: keys of the environment, region of AWS_PROFILE.
#
# Expected: CDK is built on the SDK for JavaScript, so with AWS_PROFILE beside keys in the environment the profile wins
# (client-sts 3.1169.0 does so), and region and keys are of one place.
# What happens: CDK signs with the keys of the environment and takes the region from the profile. The app gets the account
# of the one as CDK_DEFAULT_ACCOUNT and the region of the other as CDK_DEFAULT_REGION. A profile that does not exist stops
# the SDK, and CDK goes on with the keys.
# Why it matters: keys and a leftover AWS_PROFILE deploy into the right account and a wrong region. Who sets keys has to
# unset AWS_PROFILE and set AWS_REGION.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

npm_install aws-cdk@2.1148.1 @aws-sdk/client-sts@3.1169.0
start_server
cat >"$config" <<'END'
[default]
region = eu-central-1
[profile other]
region = eu-west-3
aws_access_key_id = AKIAOTHER
aws_secret_access_key = secret
END
mkdir "$work/app"
cat >"$work/app/app.sh" <<'END'
#!/bin/sh
echo "$CDK_DEFAULT_ACCOUNT $CDK_DEFAULT_REGION" >seen
mkdir -p "$CDK_OUTDIR"
echo '{"version": "36.0.0", "artifacts": {}}' >"$CDK_OUTDIR/manifest.json"
END
chmod +x "$work/app/app.sh"
node="import('@aws-sdk/client-sts').then(async m => {
await new m.STSClient({endpoint: '$url', region: 'eu-west-1'}).send(new m.GetCallerIdentityCommand({})) }).catch(() => {})"

# CDK keeps the account of each key in a file; CDK_HOME, since it does not look at HOME for that.
with_keys() {
    clean AWS_ENDPOINT_URL="$url" CDK_HOME="$work/home" CDK_DISABLE_CLI_TELEMETRY=1 \
        AWS_ACCESS_KEY_ID=AKIAKEYS AWS_SECRET_ACCESS_KEY=secret "$@"
}
cdk() {
    rm -rf "$work/home/cache" "$work/app/seen"
    (cd "$work/app" && with_keys "$@" "$work/node_modules/.bin/cdk" synth --no-notices --app ./app.sh >/dev/null 2>&1)
    printf '%s, %s\n' "$(requests 3)" "$(cat "$work/app/seen")"
}
javascript() { (cd "$work" && with_keys "$@" node -e "$node" 2>/dev/null); requests 3; }

seen 'JavaScript, AWS_PROFILE=other' "$(javascript AWS_PROFILE=other)" 'POST / AKIAOTHER'
seen 'CDK, AWS_PROFILE=other' "$(cdk AWS_PROFILE=other)" 'POST / AKIAKEYS, 111122223333 eu-west-3'
seen 'CDK, no AWS_PROFILE' "$(cdk)" 'POST / AKIAKEYS, 111122223333 eu-central-1'
seen 'JavaScript, AWS_PROFILE=none' "$(javascript AWS_PROFILE=none)" ''
seen 'CDK, AWS_PROFILE=none' "$(cdk AWS_PROFILE=none)" 'POST / AKIAKEYS, 111122223333 eu-central-1'
finish
