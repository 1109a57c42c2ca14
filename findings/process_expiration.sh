#!/usr/bin/env bash
# Expiration of a credential_process that counts as none: SDK for JavaScript 3.972.99, awscrt 0.38.1.
#
# Expected: Expiration is a time in ISO 8601. A form that a program cannot read is an error, as in Go and Rust, since keys
# without an end are never renewed.
# What happens: JavaScript makes an invalid date of the basic form, `20310101T000000Z`, which no time is ever past: it never
# runs the process again. awscrt takes a time without a zone for no time at all. boto3 renews with the first, and stops
# with the second.
# Why it matters: a long program goes on with keys that have expired, and nothing says that the date was the fault.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install boto3==1.44.8 awscrt==0.38.1
npm_install @aws-sdk/credential-provider-node@3.972.99

printf '[profile dev]\ncredential_process = %s\n' "$work/process" >"$config"
node="import('@aws-sdk/credential-provider-node').then(async m => {
const provider = m.defaultProvider(); await provider(); await provider() })"
boto='import boto3
keys = boto3.Session().get_credentials()
for _ in range(2):
    try: keys.get_frozen_credentials()
    except Exception: print("error")'
crt='from awscrt.auth import AwsCredentialsProvider as P
print("an end" if P.new_profile(profile_name="dev").get_credentials().result(20).expiration else "no end")'

# expires FORM: a process whose keys expire a minute from now, and notes each run.
expires() {
    cat >"$work/process" <<END
#!/bin/sh
echo run >>$work/runs
end=\$(date -u -d '+1 min' +$1)
echo '{"Version": 1, "AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "secret", "Expiration": "'\$end'"}'
END
    chmod 700 "$work/process"
}
# runs COMMAND...: how often the process runs while a program asks twice for keys that must be renewed.
runs() {
    : >"$work/runs"
    local printed
    printed=$(cd "$work" && clean AWS_PROFILE=dev "$@" 2>/dev/null | sort -u) || true
    sleep 0.5
    echo "$(wc -l <"$work/runs") runs${printed:+, $printed}"
}

# check FORM JAVASCRIPT BOTO3 AWSCRT
check() {
    expires "$1"
    echo "Expiration is $(date -u -d 2031-01-01 "+$1"); keys in their last minute are asked for twice:"
    seen JavaScript "$(runs node -e "$node")" "$2"
    seen boto3 "$(runs "$work/python/bin/python" -c "$boto")" "$3"
    seen awscrt "$(clean AWS_PROFILE=dev "$work/python/bin/python" -c "$crt")" "$4"
}
check %Y-%m-%dT%H:%M:%SZ '2 runs' '3 runs' 'an end'
check %Y%m%dT%H%M%SZ '1 runs' '3 runs' 'an end'
check %Y-%m-%dT%H:%M:%S '2 runs' '1 runs, error' 'no end'
finish
