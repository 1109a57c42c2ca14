#!/usr/bin/env bash
# AWS SDK for Go v2, config 1.33.18: credentials are not asked for at AWS_ENDPOINT_URL.
#
# Expected: AWS_ENDPOINT_URL, and `endpoint_url` of the profile, are for every service, as the reference guide of the SDKs
# says; so the SSO portal and STS are asked there, too, when a profile needs them.
# What happens: they are asked at their public addresses. Only the variables of one service, AWS_ENDPOINT_URL_SSO and
# AWS_ENDPOINT_URL_STS, move them; boto3 1.44.8 follows all of them.
# Why it matters: a test stand or a private endpoint that is set in one variable is left out by Terraform and every other
# program in Go for exactly the requests that hand out credentials. Set the variables of the services as well.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

go_program github.com/aws/aws-sdk-go-v2/config@v1.33.18 <<'END'
package main

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	once := func() aws.Retryer { return retry.AddWithMaxAttempts(retry.NewStandard(), 1) }
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRetryer(once))
	if err != nil {
		fmt.Println("error")
		return
	}
	keys, err := cfg.Credentials.Retrieve(ctx)
	if err != nil {
		fmt.Println("error")
		return
	}
	fmt.Println(keys.AccessKeyID)
}
END
pip_install boto3==1.44.8
start_server

cat >"$config" <<END
[profile sso]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Admin
region = eu-west-1
[profile role]
role_arn = arn:aws:iam::111122223333:role/Admin
source_profile = keys
region = eu-west-1
[profile keys]
aws_access_key_id = AKIAEXAMPLE
aws_secret_access_key = secret
[profile own]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Admin
region = eu-west-1
endpoint_url = $url
[sso-session corp]
sso_start_url = https://d-1234567890.awsapps.com/start
sso_region = eu-west-1
END
mkdir -p "$work/home/.aws/sso/cache"
echo '{"accessToken": "token", "expiresAt": "2099-01-01T00:00:00Z"}' \
    >"$work/home/.aws/sso/cache/$(printf corp | sha1sum | cut -c1-40).json"

# Whatever is not meant for the stand-in ends at a proxy that is not there, and never on the network.
go_keys() { clean HTTPS_PROXY=http://127.0.0.1:9 "$@" "$work/program"; requests 2; }
boto_keys() {
    clean HTTPS_PROXY=http://127.0.0.1:9 "$@" "$work/python/bin/python" -c \
        'import boto3; print(boto3.Session().get_credentials().get_frozen_credentials().access_key)'
}

echo 'AWS_ENDPOINT_URL names a stand-in for AWS:'
seen 'boto3, SSO profile' "$(boto_keys AWS_PROFILE=sso AWS_ENDPOINT_URL="$url")" ASIASSO
seen 'boto3, endpoint_url of the profile' "$(boto_keys AWS_PROFILE=own)" ASIASSO
requests >/dev/null
seen 'Go, SSO profile' "$(go_keys AWS_PROFILE=sso AWS_ENDPOINT_URL="$url" | paste -sd ' ')" 'error '
seen 'Go, endpoint_url of the profile' "$(go_keys AWS_PROFILE=own | paste -sd ' ')" 'error '
seen 'Go, role profile' "$(go_keys AWS_PROFILE=role AWS_ENDPOINT_URL="$url" | paste -sd ' ')" 'error '
echo 'The variable of the service does:'
seen 'Go, AWS_ENDPOINT_URL_SSO' "$(go_keys AWS_PROFILE=sso AWS_ENDPOINT_URL_SSO="$url" | paste -sd ' ')" \
    'ASIASSO GET /federation/credentials'
seen 'Go, AWS_ENDPOINT_URL_STS' "$(go_keys AWS_PROFILE=role AWS_ENDPOINT_URL_STS="$url" | paste -sd ' ')" 'ASIAROLE POST /'
finish
