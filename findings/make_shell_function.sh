#!/usr/bin/env bash
# `export AWS_PROFILE` in a Makefile, and `$(shell …)`: GNU make 4.3.
#
# Expected: what a Makefile exports is there for all programs that make starts from then on: `ACCOUNT := $(shell aws …)` asks
# in the profile that the recipes use.
# What happens: before 4.4 `$(shell)` gets the environment that make was started with. So the profile of the Makefile counts in
# recipes, the one of the shell in `$(shell)`, and `unexport` and an assignment do not change that either. In a make that a
# recipe starts both are the same, since there the exported value is what make was started with.
# Why it matters: the account number comes from one account, and what is deployed with it goes into another one.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

apt_extract make=4.3-4.1

# makes LINE...: a Makefile with these lines, in a shell with AWS_PROFILE=dev; says what `$(shell)` and a recipe get.
makes() {
    {
        printf '%s\n' "$@"
        # shellcheck disable=SC2016  # make expands it
        printf '%s\n' 'SAW := $(shell echo $${AWS_PROFILE-none})' 'all: ; @echo $(SAW) $${AWS_PROFILE-none}' \
            'again: ; @$(MAKE) -s all'
    } >"$work/Makefile"
    clean AWS_PROFILE=dev "$work/debian/usr/bin/make" -s -C "$work" "${target:-all}" | grep -v directory
}

echo 'AWS_PROFILE=dev in the shell (what the function shell gets, what a recipe gets):'
seen 'nothing in the Makefile' "$(makes)" 'dev dev'
seen 'export AWS_PROFILE := prod' "$(makes 'export AWS_PROFILE := prod')" 'dev prod'
seen 'AWS_PROFILE := prod' "$(makes 'AWS_PROFILE := prod')" 'dev prod'
seen 'unexport AWS_PROFILE' "$(makes 'unexport AWS_PROFILE')" 'dev none'
seen 'the same export, in a make that a recipe starts' "$(target=again makes 'export AWS_PROFILE := prod')" 'prod prod'
finish
