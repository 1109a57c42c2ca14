#!/usr/bin/env bash
# A pair of keys in code beside a session token in the shell: Bun 1.4.5, obstore 0.12.1, polars 2.1.0, deltalake 1.6.6 (Rust).
#
# Expected: keys that code hands over are a set, and the environment is not asked for more, as with boto3, JavaScript,
# pyarrow and opendal.
# What happens: the four sign with the pair of the code and send AWS_SESSION_TOKEN of the environment with it. Nothing is
# reported, and AWS or the other store refuses the token. An empty token in code does not help: Bun sends that of the
# environment all the same, the others an empty one.
# Why it matters: a program for MinIO or another account works until somebody starts it in a shell with credentials of AWS.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

npm_install bun@1.4.5 @aws-sdk/client-sts@3.1169.0
pip_install boto3==1.44.8 obstore==0.12.1 polars==2.1.0 deltalake==1.6.6 pyarrow==26.0.1 opendal==0.47.12
start_server

cat >"$work/program.py" <<'END'
import os, sys
url, program = os.environ["URL"], sys.argv[1]
extra = {"aws_session_token": ""} if sys.argv[2:] else {}
pair = {"aws_access_key_id": "AKIACODE", "aws_secret_access_key": "secret", **extra}
store = {**pair, "aws_endpoint_url": url, "aws_allow_http": "true", "aws_region": "eu-west-1"}
try:
    if program == "boto3":
        import boto3
        boto3.client("sts", endpoint_url=url, **pair).get_caller_identity()
    elif program == "pyarrow":
        from pyarrow.fs import S3FileSystem
        S3FileSystem(access_key="AKIACODE", secret_key="secret", endpoint_override=url).get_file_info("bucket/key")
    elif program == "opendal":
        import opendal
        keys = {"access_key_id": "AKIACODE", "secret_access_key": "secret"}
        opendal.Operator("s3", bucket="bucket", endpoint=url, region="eu-west-1", **keys).read("key")
    elif program == "obstore":
        import obstore.store
        options = {"config": {**pair, "aws_endpoint_url": url, "aws_region": "eu-west-1"}, "client_options": {"allow_http": True}}
        obstore.get(obstore.store.S3Store("bucket", **options), "key")
    elif program == "polars":
        import polars
        polars.read_parquet("s3://bucket/key", storage_options=store)
    elif program == "deltalake":
        import deltalake
        deltalake.DeltaTable("s3://bucket/key", storage_options=store)
except Exception:
    pass  # the stand-in has no such data; what counts is what was asked for
END
cat >"$work/bun.mjs" <<'END'
const extra = process.argv[2] ? { sessionToken: "" } : {}
const options = { accessKeyId: "AKIACODE", secretAccessKey: "secret", endpoint: process.env.URL, bucket: "bucket", ...extra }
await new Bun.S3Client(options).file("key").text().catch(() => {})
END
cat >"$work/javascript.mjs" <<'END'
import { STSClient, GetCallerIdentityCommand } from "@aws-sdk/client-sts"
const credentials = { accessKeyId: "AKIACODE", secretAccessKey: "secret" }
await new STSClient({ endpoint: process.env.URL, credentials }).send(new GetCallerIdentityCommand({}))
END

# Runs a program in a shell with keys and a token; says which key signed, and which token was sent.
sends() {
    : >"$work/log"
    clean URL="$url" AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1 AWS_ACCESS_KEY_ID=ASIASHELL \
        AWS_SECRET_ACCESS_KEY=secret AWS_SESSION_TOKEN=shell-token timeout 60 "$@" >/dev/null 2>&1 || true
    cut -d ' ' -f 3,4 "$work/log" | sort -u | paste -sd '|'
}

python=$work/python/bin/python
echo 'A pair in code, keys and a token in the environment (key and token that are sent):'
for program in boto3 pyarrow opendal; do
    seen "$program" "$(sends "$python" "$work/program.py" $program)" 'AKIACODE -'
done
seen JavaScript "$(sends node "$work/javascript.mjs")" 'AKIACODE -'
for program in obstore polars deltalake; do
    seen "$program" "$(sends "$python" "$work/program.py" $program)" 'AKIACODE shell-token'
done
bun=$work/node_modules/.bin/bun
seen Bun "$(sends "$bun" "$work/bun.mjs")" 'AKIACODE shell-token'
echo 'An empty token in code:'
for program in obstore polars deltalake; do
    seen "$program" "$(sends "$python" "$work/program.py" $program empty)" 'AKIACODE empty'
done
seen Bun "$(sends "$bun" "$work/bun.mjs" empty)" 'AKIACODE shell-token'
finish
