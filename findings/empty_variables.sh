#!/usr/bin/env bash
# Variables for keys that are set and empty: obstore 0.12.1 and opendal 0.47.12 (Rust); boto3 1.44.8, the SDK for Rust
# (icechunk 1.1.21), pyarrow 26.0.1 (C++), SDK for JavaScript 3.972.99.
#
# Expected: an empty variable counts as one that is not set. A compose file with `AWS_SESSION_TOKEN=${AWS_SESSION_TOKEN}`
# makes it empty where the shell has none.
# What happens: obstore and opendal send an empty session token, and sign it, with keys that need none. With an empty pair
# obstore signs with a key id of no letters, and opendal stops, though a container endpoint is there. The others do not
# notice.
# Why it matters: AWS refuses such requests with errors about the token or the key, which are good.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install obstore==0.12.1 opendal==0.47.12 boto3==1.44.8 icechunk==1.1.21 pyarrow==26.0.1
npm_install @aws-sdk/credential-provider-node@3.972.99
start_server

obstore='import os, obstore; from obstore.store import S3Store
obstore.head(S3Store("bucket", endpoint=os.environ["URL"], region="eu-west-1", client_options={"allow_http": True}), "key")'
opendal='import os, opendal
opendal.Operator("s3", bucket="bucket", region="eu-west-1", endpoint=os.environ["URL"]).exists("key")'
arrow='import os; from pyarrow.fs import S3FileSystem
S3FileSystem(endpoint_override=os.environ["URL"]).get_file_info("bucket/key")'
rust='import os, icechunk
options = dict(endpoint_url=os.environ["URL"], allow_http=True, force_path_style=True, region="eu-west-1", from_env=True)
icechunk.Repository.exists(icechunk.s3_storage(bucket="bucket", prefix="p", **options))'
boto3='import os, boto3; boto3.client("s3", endpoint_url=os.environ["URL"]).head_object(Bucket="bucket", Key="key")'
node="import('@aws-sdk/credential-provider-node').then(async m => {
  const keys = await m.defaultProvider()(); console.log(keys.accessKeyId, keys.sessionToken || '-')})"

# The key id and the session token of the request for S3; `nothing` where there was none.
with() {
    : >"$work/log"
    local printed
    printed=$(cd "$work" && clean URL="$url" AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1 "${variables[@]}" \
        timeout 60 "$@" 2>/dev/null | grep ^A) || true
    [ -n "$printed" ] || printed=$(grep /bucket "$work/log" | cut -d ' ' -f 3,4 | sort -u)
    echo "${printed:-nothing}"
}

python=$work/python/bin/python
variables=(AWS_ACCESS_KEY_ID=AKIAKEYS AWS_SECRET_ACCESS_KEY=secret AWS_SESSION_TOKEN=)
echo 'Keys and an empty session token (key id and token that are sent):'
seen boto3 "$(with "$python" -c "$boto3")" 'AKIAKEYS -'
seen JavaScript "$(with node -e "$node")" 'AKIAKEYS -'
seen 'Rust (icechunk)' "$(with "$python" -c "$rust")" 'AKIAKEYS -'
seen pyarrow "$(with "$python" -c "$arrow")" 'AKIAKEYS -'
seen obstore "$(with "$python" -c "$obstore")" 'AKIAKEYS empty'
seen opendal "$(with "$python" -c "$opendal")" 'AKIAKEYS empty'
printf secret >"$work/token"
variables=(AWS_ACCESS_KEY_ID='' AWS_SECRET_ACCESS_KEY='' AWS_SESSION_TOKEN='' AWS_CONTAINER_AUTHORIZATION_TOKEN=secret
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE="$work/token" AWS_CONTAINER_CREDENTIALS_FULL_URI="$url/container")
echo 'Three empty variables and a container endpoint:'
seen boto3 "$(with "$python" -c "$boto3")" 'ASIACONTAINER container-token'
seen JavaScript "$(with node -e "$node")" 'ASIACONTAINER container-token'
seen 'Rust (icechunk)' "$(with "$python" -c "$rust")" 'ASIACONTAINER container-token'
seen pyarrow "$(with "$python" -c "$arrow")" 'ASIACONTAINER container-token'
seen obstore "$(with "$python" -c "$obstore")" ' empty'
seen opendal "$(with "$python" -c "$opendal")" nothing
variables=("${variables[@]:3}")
echo 'The container endpoint alone:'
seen obstore "$(with "$python" -c "$obstore")" 'ASIACONTAINER container-token'
seen opendal "$(with "$python" -c "$opendal")" 'ASIACONTAINER container-token'
finish
