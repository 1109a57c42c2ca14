#!/usr/bin/env bash
# HTTP_PROXY and a container endpoint on 127.0.0.1: obstore 0.12.1, opendal 0.47.12, icechunk 1.1.21 (AWS SDK for Rust).
#
# Expected: credentials of an endpoint on this machine's own address are asked for directly, whatever proxy is set for the
# rest. The SDKs for Python and JavaScript and minio-py do so.
# What happens: the three Rust stacks send the request for credentials to the proxy. A proxy on another machine cannot
# reach 127.0.0.1 here, so there are no credentials. HTTPS_PROXY alone does no harm, and NO_PROXY=127.0.0.1 helps;
# NO_PROXY=localhost does not.
# Why it matters: whoever starts a program with AWS_CONTAINER_CREDENTIALS_FULL_URI must also set NO_PROXY.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install boto3==1.44.8 obstore==0.12.1 opendal==0.47.12 icechunk==1.1.21 minio==7.2.20
npm_install @aws-sdk/credential-provider-node@3.972.99
start_server

printf token >"$work/token"
cat >"$work/ask.py" <<'END'
import os, sys
url = os.environ["url"]
program = sys.argv[1]
try:
    if program == "boto3":
        import boto3
        boto3.Session().get_credentials().get_frozen_credentials()
    elif program == "minio-py":
        from minio import credentials
        credentials.IamAwsProvider().retrieve()
    elif program == "obstore":
        import obstore
        from obstore.store import S3Store
        options = {"endpoint": url, "client_options": {"allow_http": True}, "virtual_hosted_style_request": False}
        list(obstore.list(S3Store("bucket", **options)))
    elif program == "opendal":
        import opendal
        list(opendal.Operator("s3", bucket="bucket", region="eu-west-1", endpoint=url).list("/"))
    else:
        import icechunk
        options = {"endpoint_url": url, "allow_http": True, "force_path_style": True, "region": "eu-west-1"}
        icechunk.Repository.exists(icechunk.s3_storage(bucket="bucket", prefix="p", from_env=True, **options))
except Exception:
    pass  # what the stand-in answers for S3 is not what they like
END
node="import('@aws-sdk/credential-provider-node').then(m => m.defaultProvider()())"

# asks PROGRAM VARIABLE=VALUE...: how the endpoint was asked.
asks() {
    local program=$1 command=("$work/python/bin/python" "$work/ask.py" "$1")
    shift
    [ "$program" != JavaScript ] || command=(node -e "$node")
    : >"$work/log"
    (cd "$work" && clean url="$url" AWS_REGION=eu-west-1 AWS_CONTAINER_CREDENTIALS_FULL_URI="$url/container" \
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE="$work/token" "$@" timeout 60 "${command[@]}" >/dev/null 2>&1) || true
    grep -o '[^ ]*/container' "$work/log" | sort -u | paste -sd ' '
}

echo 'HTTP_PROXY is set:'
for program in boto3 JavaScript minio-py; do
    seen $program "$(asks $program HTTP_PROXY="$url" http_proxy="$url")" /container
done
for program in obstore opendal icechunk; do
    seen $program "$(asks $program HTTP_PROXY="$url" http_proxy="$url")" proxied:/container
done
echo 'With NO_PROXY, or HTTPS_PROXY alone:'
seen 'obstore, NO_PROXY=localhost' "$(asks obstore HTTP_PROXY="$url" NO_PROXY=localhost)" proxied:/container
for program in obstore opendal icechunk; do
    seen "$program, NO_PROXY=127.0.0.1" "$(asks $program HTTP_PROXY="$url" NO_PROXY=127.0.0.1)" /container
    seen "$program, only HTTPS_PROXY" "$(asks $program HTTPS_PROXY="$url")" /container
done
finish
