#!/usr/bin/env bash
# One set of keys out of two files: SDKs for JavaScript (3.972.99), Go (config 1.33.18), C (awscrt 0.38.1), C++ (pyarrow 26.0.1).
#
# Expected: a profile in ~/.aws/credentials with a key id and a secret is a complete set of a user. A session token under
# the same name in ~/.aws/config belongs to other keys, as with boto3 1.44.8 and the AWS CLI, which take a set from one file.
# What happens: the SDKs put the two sections together key by key, so they sign with the keys of one file and the token of
# the other. AWS refuses such a set, and the keys themselves are good.
# Why it matters: who moves from keys in the config file to keys in the credentials file, or writes keys without a token
# under a name that has one, has a profile that works with the AWS CLI and with few others.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install boto3==1.44.8 awscrt==0.38.1 pyarrow==26.0.1
npm_install @aws-sdk/credential-provider-node@3.972.99
go_program github.com/aws/aws-sdk-go-v2/config@v1.33.18 <<'END'
package main

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/config"
)

func main() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		panic(err)
	}
	keys, err := cfg.Credentials.Retrieve(context.Background())
	if err != nil {
		panic(err)
	}
	fmt.Println(keys.AccessKeyID, keys.SessionToken)
}
END
start_server

printf '[dev]\naws_access_key_id = USERKEY\naws_secret_access_key = user-secret\n' >"$credentials"
printf '[profile dev]\nregion = eu-west-1\n' >"$config"
printf 'aws_access_key_id = OLDKEY\naws_secret_access_key = old-secret\naws_session_token = old-token\n' >>"$config"

python() { clean AWS_PROFILE=dev "$work/python/bin/python" -c "$1"; }
boto='import boto3; k = boto3.Session().get_credentials().get_frozen_credentials(); print(k.access_key, k.token)'
crt='from awscrt.auth import AwsCredentialsProvider as P
k = P.new_default_chain().get_credentials().result(20); print(k.access_key_id, k.session_token)'
arrow="from pyarrow import fs
s = fs.S3FileSystem(endpoint_override='$url', scheme='http', region='eu-west-1'); s.get_file_info('bucket/key')"
node="import('@aws-sdk/credential-provider-node').then(async m => {
const k = await m.defaultProvider()(); console.log(k.accessKeyId, k.sessionToken) })"

echo 'Keys in the credentials file, other keys with a token in the config file:'
seen 'boto3' "$(python "$boto")" 'USERKEY None'
seen 'JavaScript' "$(cd "$work" && clean AWS_PROFILE=dev node -e "$node")" 'USERKEY old-token'
seen 'Go' "$(clean AWS_PROFILE=dev "$work/program")" 'USERKEY old-token'
seen 'awscrt' "$(python "$crt")" 'USERKEY old-token'
python "$arrow"
seen 'pyarrow, as signed' "$(requests)" 'HEAD /bucket/key USERKEY old-token'
finish
