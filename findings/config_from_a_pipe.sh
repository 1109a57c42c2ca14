#!/usr/bin/env bash
# AWS_CONFIG_FILE=<(…): boto3 1.44.8 and awscrt 0.38.1 see no file.
#
# Expected: what bash and zsh make of `<(command)` is a name that can be read once, from start to end, and every SDK reads
# the file from start to end.
# What happens: JavaScript (3.972.99) reads it. boto3 takes only a regular file, and treats any other as one that is not
# there: `The config profile (dev) could not be found`. awscrt finds no credentials.
# Why it matters: a configuration cannot be handed to a program without writing it somewhere; a folder of its own, readable
# for nobody else, is needed.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install boto3==1.44.8 awscrt==0.38.1
npm_install @aws-sdk/credential-provider-node@3.972.99

text='[profile dev]
aws_access_key_id = AKIAEXAMPLE
aws_secret_access_key = secret'
boto='import boto3
try: print(boto3.Session().get_credentials().access_key)
except Exception as error: print(error)'
crt='from awscrt.auth import AwsCredentialsProvider as P
try: print(P.new_default_chain().get_credentials().result(20).access_key_id)
except Exception: print("none")'
node="import('@aws-sdk/credential-provider-node').then(m => m.defaultProvider()()).then(
k => console.log(k.accessKeyId), () => console.log('none'))"
with() { clean AWS_PROFILE=dev AWS_CONFIG_FILE="$1" "${@:2}"; }
printf '%s\n' "$text" >"$work/file"

echo 'AWS_CONFIG_FILE is a file:'
seen 'boto3' "$(with "$work/file" "$work/python/bin/python" -c "$boto")" AKIAEXAMPLE
seen 'JavaScript' "$(cd "$work" && with "$work/file" node -e "$node")" AKIAEXAMPLE
seen 'awscrt' "$(with "$work/file" "$work/python/bin/python" -c "$crt")" AKIAEXAMPLE
echo 'AWS_CONFIG_FILE is <(…), the same text:'
seen 'boto3' "$(with <(echo "$text") "$work/python/bin/python" -c "$boto")" 'The config profile (dev) could not be found'
seen 'JavaScript' "$(cd "$work" && with <(echo "$text") node -e "$node")" AKIAEXAMPLE
seen 'awscrt' "$(with <(echo "$text") "$work/python/bin/python" -c "$crt")" none
finish
