#!/usr/bin/env bash
# AWS_BEARER_TOKEN_BEDROCK beside keys in code: boto3 1.44.8, SDK for JavaScript (client-bedrock-runtime 3.1164.0), Vercel's
# AI SDK 6.0.326 (@ai-sdk/amazon-bedrock 4.0.186).
#
# Expected: what code says takes precedence over the environment, as AWS says of all settings. A client that is made with
# keys, or with a profile, acts in that account; an API key in the environment counts where code says nothing.
# What happens: the API key is sent, and the keys or the profile of the code are not used at all. Nothing is reported.
# Only Bedrock is affected: STS, for one, gets a signature with the keys of the code.
# Why it matters: once an API key is exported, its account pays for the models and logs the calls, whatever is selected later.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install boto3==1.44.8
npm_install @aws-sdk/client-bedrock-runtime@3.1164.0 @aws-sdk/client-sts@3.1169.0 @ai-sdk/amazon-bedrock@4.0.186 ai@6.0.326

# Each prints how it would have authorized the request: `Bearer …` or the key that signed. Nothing is sent.
cat >"$work/program.py" <<'END'
import sys, boto3
session = boto3.Session(profile_name="dev") if sys.argv[1] == "profile" else boto3.Session()
keys = {} if sys.argv[1] == "profile" else {"aws_access_key_id": "AKIACODE", "aws_secret_access_key": "secret"}
client = session.client(sys.argv[2], region_name="eu-west-1", **keys)
def stop(request, **_):
    print(request.headers["Authorization"].decode())
    raise SystemExit
client.meta.events.register("before-send.*.*", stop)
client.get_caller_identity() if sys.argv[2] == "sts" else client.converse(modelId="model", messages=[])
END
cat >"$work/javascript.mjs" <<'END'
import { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime"
import { STSClient, GetCallerIdentityCommand } from "@aws-sdk/client-sts"
const stop = ({ headers }) => { console.log(headers.authorization ?? headers.Authorization); process.exit() }
const credentials = { accessKeyId: "AKIACODE", secretAccessKey: "secret" }
const options = { region: "eu-west-1", credentials, requestHandler: { handle: async request => stop(request) } }
if (process.argv[2] === "sts") await new STSClient(options).send(new GetCallerIdentityCommand({}))
await new BedrockRuntimeClient(options).send(new ConverseCommand({ modelId: "model", messages: [] }))
END
cat >"$work/vercel.mjs" <<'END'
import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock"
import { generateText } from "ai"
const fetch = async (_, { headers }) => { console.log(new Headers(headers).get("authorization")); process.exit() }
const bedrock = createAmazonBedrock({ region: "eu-west-1", accessKeyId: "AKIACODE", secretAccessKey: "secret", fetch })
await generateText({ model: bedrock("amazon.nova-lite-v1:0"), prompt: "Hello", maxRetries: 0 })
END
printf '[dev]\naws_access_key_id = AKIADEV\naws_secret_access_key = secret\n' >"$credentials"

# Runs a program with an API key in the environment; says what it would send.
sends() {
    clean AWS_BEARER_TOKEN_BEDROCK=api-key "$@" 2>/dev/null | sed 's/.*Credential=\([^/]*\).*/\1/'
}

python=$work/python/bin/python
echo 'AWS_BEARER_TOKEN_BEDROCK=api-key, and in code:'
seen 'boto3, keys' "$(sends "$python" "$work/program.py" keys bedrock-runtime)" 'Bearer api-key'
seen 'boto3, profile' "$(sends "$python" "$work/program.py" profile bedrock-runtime)" 'Bearer api-key'
seen 'JavaScript, keys' "$(sends node "$work/javascript.mjs" bedrock)" 'Bearer api-key'
seen 'Vercel AI SDK, keys' "$(sends node "$work/vercel.mjs")" 'Bearer api-key'
echo 'Another service:'
seen 'boto3, keys' "$(sends "$python" "$work/program.py" keys sts)" AKIACODE
seen 'boto3, profile' "$(sends "$python" "$work/program.py" profile sts)" AKIADEV
seen 'JavaScript, keys' "$(sends node "$work/javascript.mjs" sts)" AKIACODE
finish
