#!/usr/bin/env bash
# `$AWS_PROFILE = None` in xonsh 0.25.0, with boto3 1.44.8, AWS CLI 1.46.3, SDK for JavaScript 3.972.99.
#
# Expected: a program has no such variable then, as after `$env.AWS_PROFILE = null` in nushell 0.115.1.
# What happens: it has an empty one. JavaScript takes it for none. boto3 and the AWS CLI look for a profile without a name, do
# not find it, and stop, also where keys are in the environment. `del $AWS_PROFILE` takes the variable out.
# Why it matters: the message is "The config profile () could not be found", after a line that was to select no profile.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install xonsh==0.25.0 boto3==1.44.8 awscli==1.46.3
npm_install nushell@0.115.1 @aws-sdk/credential-provider-node@3.972.99

python=$work/python/bin/python
cat >"$work/client.py" <<'END'
import boto3
boto3.client("sts", region_name="eu-west-1")
END
cat >"$work/show.py" <<'END'
import os
value = os.environ.get("AWS_PROFILE")
print("AWS_PROFILE is", "not there" if value is None else f"`{value}`")
END
cat >"$work/javascript.mjs" <<'END'
import { defaultProvider } from "@aws-sdk/credential-provider-node"
console.log((await defaultProvider()()).accessKeyId)
END
# shellcheck disable=SC2016  # the shells expand it
xonsh_does() {
    printf '$AWS_PROFILE = %s\n%s\n' None "$1" >"$work/try.xsh"
    [ "${2-}" != del ] || sed -i '1s/.*/del $AWS_PROFILE/' "$work/try.xsh"
    (cd "$work" && clean AWS_PROFILE=dev AWS_ACCESS_KEY_ID=AKIAKEYS AWS_SECRET_ACCESS_KEY=secret \
        "$python" -m xonsh --no-rc "$work/try.xsh" 2>&1) | grep -E '^AWS_PROFILE is|AKIA|could not be found' | head -n 1 || true
}
seen 'xonsh, None' "$(xonsh_does "$python $work/show.py")" 'AWS_PROFILE is ``'
seen 'xonsh, del' "$(xonsh_does "$python $work/show.py" del)" 'AWS_PROFILE is not there'
null="\$env.AWS_PROFILE = null; ^$python $work/show.py"
seen 'nushell, null' "$(clean AWS_PROFILE=dev "$work/node_modules/.bin/nu" -n -c "$null")" 'AWS_PROFILE is not there'
echo 'With None, and keys in the environment:'
seen boto3 "$(xonsh_does "$python $work/client.py")" \
    'botocore.exceptions.ProfileNotFound: The config profile () could not be found'
seen 'AWS CLI 1' "$(xonsh_does "$work/python/bin/aws sts get-caller-identity")" 'The config profile () could not be found'
seen JavaScript "$(xonsh_does "node $work/javascript.mjs")" AKIAKEYS
finish
