#!/usr/bin/env bash
# An option that has nothing to do with credentials changes whose credentials sign: polars 2.1.0 with boto3 1.44.8.
#
# Expected: AWS_PROFILE names the profile, as polars documents it where boto3 is installed, whatever other options a scan has.
# What happens: with `aws_server_side_encryption`, or with `aws_allow_http` in place of `allow_http`, polars does not ask
# boto3. It searches the text of ~/.aws/credentials itself, and signs with the first keys there, whatever profile they
# belong to; where those have no session token, with the next one there, which is another profile's. Nothing is reported.
# Why it matters: a scan that gets one more option reads with another identity.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install polars==2.1.0 boto3==1.44.8
start_server
cat >"$credentials" <<'END'
[private]
aws_access_key_id = ASIAPRIVATE
aws_secret_access_key = secret
aws_session_token = private-token
[work]
aws_access_key_id = ASIAWORK
aws_secret_access_key = secret
aws_session_token = work-token
END
cat >"$work/scan.py" <<'END'
import os, sys
import polars
options = {"aws_endpoint_url": os.environ["url"], "max_retries": 0, **dict(word.split("=") for word in sys.argv[1:])}
try:
    polars.scan_parquet("s3://bucket/x.parquet", storage_options=options).collect()
except Exception:
    pass
END

# signs OPTION...: the key and the token that polars signs with.
signs() {
    : >"$work/log"
    clean url="$url" AWS_PROFILE=work AWS_REGION=eu-west-1 "$work/python/bin/python" "$work/scan.py" "$@" >/dev/null 2>&1
    awk '$2 ~ /^\/bucket/ { print $3, $4 }' "$work/log" | sort -u | paste -sd '|'
}

seen 'allow_http' "$(signs allow_http=true)" 'ASIAWORK work-token'
seen 'aws_allow_http' "$(signs aws_allow_http=true)" 'ASIAPRIVATE private-token'
seen 'allow_http, aws_server_side_encryption' "$(signs allow_http=true aws_server_side_encryption=AES256)" 'ASIAPRIVATE private-token'
sed -i '/private-token/d' "$credentials"
seen 'aws_allow_http, the first keys have no token' "$(signs aws_allow_http=true)" 'ASIAPRIVATE work-token'
finish
