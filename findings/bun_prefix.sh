#!/usr/bin/env bash
# `AWS_PROFILE=prod program` in Bun's shell: Bun 1.4.5.
#
# Expected: the program gets prod, as Bun's documentation of `$` says and as in every POSIX shell.
# What happens: where the environment has AWS_PROFILE, the program gets the variable twice, the old value first. C, Node and
# Python take the first, so the assignment has no effect there; bash and dash take the last. With keys, the id
# and the secret stay old, and a token that was not there before is new. Where the environment does not have it, it stays for
# the rest of the line. `export` and `.env({...process.env, AWS_PROFILE: "prod"})` are right.
# Why it matters: a script for prod runs in the account of the shell, and a test through a shell script shows prod.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

npm_install bun@1.4.5
pip_install boto3==1.44.8
cat >"$config" <<'END'
[profile dev]
aws_access_key_id = AKIADEV
aws_secret_access_key = secret
[profile prod]
aws_access_key_id = AKIAPROD
aws_secret_access_key = secret
END
cat >"$work/client.py" <<'END'
import boto3
found = boto3.Session().get_credentials()
print(found.access_key if found else "none", found.token if found and found.token else "")
END
cat >"$work/try.ts" <<'END'
import { $ } from "bun"
const text = process.argv[2]
process.stdout.write(await $`${{ raw: text }}`.quiet().nothrow().text())
END

# prints VARIABLE=VALUE... LINE: runs the line in Bun's shell, which has the variables.
prints() {
    local variables=()
    while (($# > 1)); do variables+=("$1"); shift; done
    clean "${variables[@]}" "$work/node_modules/.bin/bun" "$work/try.ts" "$1" | sed 's/ *$//' | paste -sd ' '
}
boto3="$work/python/bin/python $work/client.py"
node='node -p process.env.AWS_PROFILE'

echo 'AWS_PROFILE=dev in the environment:'
seen 'AWS_PROFILE=prod, boto3' "$(prints AWS_PROFILE=dev "AWS_PROFILE=prod $boto3")" AKIADEV
seen 'AWS_PROFILE=prod, Node' "$(prints AWS_PROFILE=dev "AWS_PROFILE=prod $node")" dev
seen 'AWS_PROFILE=prod, boto3 started by bash' "$(prints AWS_PROFILE=dev "AWS_PROFILE=prod bash -c '$boto3; :'")" AKIAPROD
seen 'export AWS_PROFILE=prod, boto3' "$(prints AWS_PROFILE=dev "export AWS_PROFILE=prod; $boto3")" AKIAPROD
echo 'A pair of keys in the environment:'
keys='AWS_ACCESS_KEY_ID=ASIANEW AWS_SECRET_ACCESS_KEY=new AWS_SESSION_TOKEN=new'
seen 'three others in front, boto3' "$(prints AWS_ACCESS_KEY_ID=AKIAOLD AWS_SECRET_ACCESS_KEY=old "$keys $boto3")" 'AKIAOLD new'
echo 'Nothing in the environment:'
seen 'AWS_PROFILE=prod, boto3, and boto3 once more' "$(prints HOME="$work/home" "AWS_PROFILE=prod $boto3; $boto3")" \
    'AKIAPROD AKIAPROD'
finish
