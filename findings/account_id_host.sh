#!/usr/bin/env bash
# AWS_ACCOUNT_ID beside keys: boto3 1.44.8, SDK for JavaScript (client-dynamodb 3.1169.0).
#
# Expected: a variable that build scripts set for their own use, as for the address of a registry, changes nothing in an SDK.
# What happens: with keys in the environment it is the account of these keys. DynamoDB is then asked at a host of this account,
# whatever account the keys are of; the value need not even be a number. Other services, and keys of a profile, are not
# affected. AWS_ACCOUNT_ID_ENDPOINT_MODE=disabled turns it off.
# Why it matters: a job that works with the images of another account asks for its tables at that account's host.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install boto3==1.44.8
npm_install @aws-sdk/client-dynamodb@3.1169.0

# Each prints the host that it would ask; nothing is sent.
cat >"$work/program.py" <<'END'
import sys, boto3
from urllib.parse import urlparse
client = boto3.client(sys.argv[1])
def stop(request, **_):
    print(urlparse(request.url).hostname)
    raise SystemExit
client.meta.events.register("before-send.*.*", stop)
client.list_tables() if sys.argv[1] == "dynamodb" else client.get_caller_identity()
END
cat >"$work/program.mjs" <<'END'
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb"
const handle = async ({ hostname }) => { console.log(hostname); process.exit() }
await new DynamoDBClient({ requestHandler: { handle } }).send(new ListTablesCommand({}))
END
printf '[dev]\naws_access_key_id = AKIADEV\naws_secret_access_key = secret\n' >"$credentials"

asks() { clean AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1 "$@" 2>/dev/null; }
keys=(AWS_ACCESS_KEY_ID=AKIAKEYS AWS_SECRET_ACCESS_KEY=secret)
python=$work/python/bin/python

echo 'Keys in the environment:'
seen boto3 "$(asks "${keys[@]}" "$python" "$work/program.py" dynamodb)" dynamodb.eu-west-1.amazonaws.com
echo 'AWS_ACCOUNT_ID=444455556666 beside them:'
other=("${keys[@]}" AWS_ACCOUNT_ID=444455556666)
seen boto3 "$(asks "${other[@]}" "$python" "$work/program.py" dynamodb)" 444455556666.ddb.eu-west-1.amazonaws.com
seen JavaScript "$(asks "${other[@]}" node "$work/program.mjs")" 444455556666.ddb.eu-west-1.amazonaws.com
seen 'boto3, STS' "$(asks "${other[@]}" "$python" "$work/program.py" sts)" sts.eu-west-1.amazonaws.com
other+=(AWS_ACCOUNT_ID_ENDPOINT_MODE=disabled)
seen 'boto3, the mode disabled' "$(asks "${other[@]}" "$python" "$work/program.py" dynamodb)" dynamodb.eu-west-1.amazonaws.com
echo 'AWS_ACCOUNT_ID=registry beside them:'
seen boto3 "$(asks "${keys[@]}" AWS_ACCOUNT_ID=registry "$python" "$work/program.py" dynamodb)" \
    registry.ddb.eu-west-1.amazonaws.com
echo 'AWS_ACCOUNT_ID=444455556666 beside AWS_PROFILE:'
seen boto3 "$(asks AWS_PROFILE=dev AWS_ACCOUNT_ID=444455556666 "$python" "$work/program.py" dynamodb)" \
    dynamodb.eu-west-1.amazonaws.com
finish
