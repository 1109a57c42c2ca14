#!/usr/bin/env bash
# Variables whose names differ only in case: nushell 0.115.1 on Linux.
#
# Expected: on Linux AWS_PROFILE and aws_profile are two variables. That `$env.aws_profile` reads either is a convenience of
# nushell's own; programs get what nushell was started with.
# What happens: of two such variables nushell keeps one: the name of the first in the environment, with the value of the
# second. So a program can get in AWS_PROFILE what stood in aws_profile, or no AWS_PROFILE at all; so it is with
# HTTPS_PROXY and https_proxy, too. Where only aws_profile was there, `$env.AWS_PROFILE = "dev"` sets that, and programs have no
# AWS_PROFILE. `load-env`, `with-env` and `AWS_PROFILE=dev program` set the name as it is written.
# Why it matters: a Makefile or a pipeline with a lower-case variable for its own use decides which account is in use.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

npm_install nushell@0.115.1

# gets VARIABLE=VALUE... TEXT: what a program has, when nushell was started with the variables and has run the text.
gets() {
    local variables=()
    while [[ $1 == [A-Za-z_]*=* ]]; do variables+=("$1"); shift; done
    clean "${variables[@]}" "$work/node_modules/.bin/nu" -n -c "${1-}; ^env" | grep -iE '^(aws_profile|https_proxy)=' |
        sort | paste -sd ' '
}

echo 'What a program gets from nushell:'
two=(AWS_PROFILE=dev aws_profile=prod)
seen "${two[*]}" "$(gets "${two[@]}" null)" AWS_PROFILE=prod
two=(aws_profile=prod AWS_PROFILE=dev)
seen "${two[*]}" "$(gets "${two[@]}" null)" aws_profile=dev
two=(HTTPS_PROXY=http://one https_proxy=http://two)
seen "${two[*]}" "$(gets "${two[@]}" null)" HTTPS_PROXY=http://two
echo 'The same, where only aws_profile=prod is there:'
seen "\$env.AWS_PROFILE = 'dev'" "$(gets aws_profile=prod "\$env.AWS_PROFILE = 'dev'")" aws_profile=dev
seen "load-env {AWS_PROFILE: dev}" "$(gets aws_profile=prod 'load-env {AWS_PROFILE: dev}')" 'AWS_PROFILE=dev aws_profile=prod'
finish
