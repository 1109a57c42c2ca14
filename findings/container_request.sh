#!/usr/bin/env bash
# How a container endpoint is asked: awscrt 0.38.1 and pyarrow 26.0.1 (C++).
#
# Expected: the address of AWS_CONTAINER_CREDENTIALS_FULL_URI is asked for as it stands, and the Host header has its port, as
# with boto3, JavaScript, minio-py and opendal.
# What happens: awscrt leaves the port out of Host. pyarrow escapes the path once more: `%20` arrives as `%2520`, a `+` as
# `%2B`; the query stays as it is.
# Why it matters: a server that checks Host against its own address, as protection against pages of a rebound name, refuses
# awscrt unless it takes the address without a port too; and a path is best made of letters and digits.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install boto3==1.44.8 awscrt==0.38.1 pyarrow==26.0.1 opendal==0.47.12 minio==7.2.20
npm_install @aws-sdk/credential-provider-node@3.972.99

cat >"$work/endpoint.py" <<'END'
import http.server, json, sys, time

class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        host = self.headers["Host"].replace(str(self.server.server_port), "PORT")
        open(sys.argv[2], "a").write(f"{self.path} {host}\n")
        end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
        keys = {"AccessKeyId": "ASIA", "SecretAccessKey": "secret", "Token": "token", "Expiration": end}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(keys).encode())

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
open(sys.argv[1], "w").write(str(server.server_port))
server.serve_forever()
END
python3 "$work/endpoint.py" "$work/port" "$work/log" &
server=$!
until [ -s "$work/port" ]; do sleep 0.05; done

cat >"$work/ask.py" <<'END'
import sys
program, nowhere = sys.argv[1], "http://127.0.0.1:9"
try:
    if program == "boto3":
        import boto3
        boto3.Session().get_credentials().get_frozen_credentials()
    elif program == "awscrt":
        from awscrt.auth import AwsCredentialsProvider
        AwsCredentialsProvider.new_default_chain().get_credentials().result(30)
    elif program == "minio-py":
        from minio import credentials
        credentials.IamAwsProvider().retrieve()
    elif program == "pyarrow":
        from pyarrow import fs
        fs.S3FileSystem(region="eu-west-1", retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=1),
                        endpoint_override=nowhere).get_file_info("bucket/key")
    else:
        import opendal
        opendal.Operator("s3", bucket="bucket", region="eu-west-1", endpoint=nowhere).exists("key")
except Exception:
    pass
END
node="import('@aws-sdk/credential-provider-node').then(m => m.defaultProvider()())"

# asked_by PROGRAM: the path and the Host header, with PORT for the port.
asked_by() {
    local command=("$work/python/bin/python" "$work/ask.py" "$1") path='/a%20b+c?d=%2F'
    [ "$1" != JavaScript ] || command=(node -e "$node")
    : >"$work/log"
    (cd "$work" && clean AWS_REGION=eu-west-1 timeout 60 env \
        AWS_CONTAINER_CREDENTIALS_FULL_URI="http://127.0.0.1:$(cat "$work/port")$path" "${command[@]}" >/dev/null 2>&1) || true
    sort -u "$work/log"
}

echo 'The address is http://127.0.0.1:PORT/a%20b+c?d=%2F:'
for program in boto3 JavaScript minio-py opendal; do
    seen $program "$(asked_by $program)" '/a%20b+c?d=%2F 127.0.0.1:PORT'
done
seen awscrt "$(asked_by awscrt)" '/a%20b+c?d=%2F 127.0.0.1'
seen pyarrow "$(asked_by pyarrow)" '/a%2520b%2Bc?d=%2F 127.0.0.1:PORT'
finish
