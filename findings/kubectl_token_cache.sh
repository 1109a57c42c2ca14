#!/usr/bin/env bash
# `aws-iam-authenticator token --cache` 0.7.8: whose credentials the token is made with. The program below calls what that
# command calls.
#
# Expected: `--cache` spares a slow source, such as SSO or a role. Keys in the shell, and a container endpoint, are asked
# first, as without it.
# What happens: credentials that expire are kept under the name in AWS_PROFILE, or under `default` where it is not set,
# wherever they come from. Then they are used until they expire: those of `[default]` also beside the keys of another account
# in the shell, those of a container endpoint also beside another one. Nothing is reported.
# Why it matters: after a change of credentials kubectl goes on as the identity before.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

go_program sigs.k8s.io/aws-iam-authenticator@v0.7.8 <<'END'
package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"strings"

	"sigs.k8s.io/aws-iam-authenticator/pkg/token"
)

func main() {
	generator, err := token.NewGenerator(false, os.Args[1] == "--cache")
	if err != nil {
		panic(err)
	}
	made, err := generator.GetWithOptions(context.Background(), &token.GetTokenOptions{ClusterID: "cluster"})
	if err != nil {
		panic(err)
	}
	address, _ := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(made.Token, "k8s-aws-v1."))
	_, key, _ := strings.Cut(string(address), "X-Amz-Credential=")
	key, _, _ = strings.Cut(key, "%2F")
	fmt.Println(key)
}
END
start_server

cat >"$work/process" <<'END'
#!/bin/sh
echo '{"Version": 1, "AccessKeyId": "ASIADEFAULT", "SecretAccessKey": "secret", "SessionToken": "token",
"Expiration": "2099-01-01T00:00:00Z"}'
END
chmod +x "$work/process"
printf '[default]\ncredential_process = %s\n' "$work/process" >"$config"

with() { clean AWS_REGION=eu-west-1 "$@" 2>/dev/null; }
keys=(AWS_ACCESS_KEY_ID=ASIASHELL AWS_SECRET_ACCESS_KEY=secret AWS_SESSION_TOKEN=token)
container=(AWS_CONFIG_FILE=/dev/null AWS_CONTAINER_CREDENTIALS_FULL_URI="$url/container")

echo 'Key that signs the token, with --cache:'
seen 'keys in the shell' "$(with "${keys[@]}" "$work/program" --cache)" ASIASHELL
seen '[default]' "$(with "$work/program" --cache)" ASIADEFAULT
seen 'keys in the shell again' "$(with "${keys[@]}" "$work/program" --cache)" ASIADEFAULT
seen 'a container endpoint' "$(with "${container[@]}" "$work/program" --cache)" ASIADEFAULT
echo 'Without:'
seen 'keys in the shell' "$(with "${keys[@]}" "$work/program" --fresh)" ASIASHELL
seen 'a container endpoint' "$(with "${container[@]}" "$work/program" --fresh)" ASIACONTAINER
finish
