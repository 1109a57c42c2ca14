#!/usr/bin/env bash
# HOME is not set, as in a service of systemd: icechunk 1.1.21 (AWS SDK for Rust).
#
# Expected: `~/.aws` is under the home folder of the user, and the operating system knows that one without HOME. The SDKs for
# Python, JavaScript, Go and C take it from there.
# What happens: the SDK for Rust reads HOME alone. Without it there are no profiles and no tokens, only a request without
# credentials that fails; AWS_CONFIG_FILE helps with static keys.
# Why it matters: the same service works with one program and not with the next. `Environment=HOME=…` in the unit helps.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

apt_extract libnss-wrapper=1.1.12-1
pip_install boto3==1.44.8 awscrt==0.38.1 icechunk==1.1.21
npm_install @aws-sdk/credential-provider-node@3.972.99
go_program github.com/aws/aws-sdk-go-v2/config@v1.33.18 <<'END'
package main

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/config"
)

func main() {
	keys := "none"
	if loaded, err := config.LoadDefaultConfig(context.Background()); err == nil {
		if found, err := loaded.Credentials.Retrieve(context.Background()); err == nil {
			keys = found.AccessKeyID
		}
	}
	fmt.Println(keys)
}
END
start_server

printf '[profile dev]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = secret\n' >"$config"
boto='import boto3
try: print(boto3.Session().get_credentials().access_key)
except Exception: print("none")'
crt='from awscrt.auth import AwsCredentialsProvider as P
try: print(P.new_profile().get_credentials().result(20).access_key_id)
except Exception: print("none")'
rust='import icechunk, os
options = {"endpoint_url": os.environ["url"], "allow_http": True, "force_path_style": True, "region": "eu-west-1"}
try: icechunk.Repository.exists(icechunk.s3_storage(bucket="bucket", prefix="p", from_env=True, **options))
except Exception: pass'
node="import('@aws-sdk/credential-provider-node').then(m => m.defaultProvider()()).then(
k => console.log(k.accessKeyId), () => console.log('none'))"

# The user of these programs has a home folder of their own in the user database.
printf 'me:x:%s:%s::%s:/bin/sh\n' "$(id -u)" "$(id -g)" "$work/home" >"$work/passwd"
printf 'me:x:%s:\n' "$(id -g)" >"$work/group"
with() {
    clean LD_PRELOAD="$work/debian/usr/lib/x86_64-linux-gnu/libnss_wrapper.so" NSS_WRAPPER_PASSWD="$work/passwd" \
        NSS_WRAPPER_GROUP="$work/group" AWS_PROFILE=dev url="$url" "$@"
}
rust() {
    : >"$work/log"
    with "$@" "$work/python/bin/python" -c "$rust" >/dev/null 2>&1 || true
    [ ! -s "$work/log" ] && echo none && return
    cut -d ' ' -f 3 "$work/log" | sort -u
}

for home in 'HOME is set' 'HOME is not set'; do
    echo "$home:"
    without=()
    expected=AKIAEXAMPLE
    [ "$home" = 'HOME is set' ] || { without=(env -u HOME); expected=none; }
    seen boto3 "$(with "${without[@]}" "$work/python/bin/python" -c "$boto")" AKIAEXAMPLE
    seen awscrt "$(with "${without[@]}" "$work/python/bin/python" -c "$crt")" AKIAEXAMPLE
    seen Go "$(with "${without[@]}" "$work/program")" AKIAEXAMPLE
    seen JavaScript "$(cd "$work" && with "${without[@]}" node -e "$node")" AKIAEXAMPLE
    seen Rust "$(rust "${without[@]}")" "$expected"
done
seen 'Rust, AWS_CONFIG_FILE is set' "$(rust AWS_CONFIG_FILE="$config" env -u HOME)" AKIAEXAMPLE
finish
