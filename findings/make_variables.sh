#!/usr/bin/env bash
# Variables of AWS in a Makefile and on its command line: GNU make 4.3.
#
# Expected: `AWS_REGION := us-east-1` is a variable of make; recipes get it where the Makefile says `export`.
# `make AWS_PROFILE=dev` is for this run, and a program in a recipe that is started without AWS_PROFILE has none.
# What happens: without `export`, recipes get the value where the shell has AWS_REGION, and get nothing where it has none.
# What stands on the command line is in MAKEFLAGS, too. A make that a program in a recipe starts sets it again,
# also where AWS_PROFILE was unset, or set to something else.
# Why it matters: one Makefile deploys to us-east-1 for whoever has a region in the shell, and to the region of the profile
# for others. And below `make AWS_PROFILE=dev`, a recipe that selects other credentials loses them at the next make.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

apt_extract make=4.3-4.1
mkdir "$work/region" "$work/profile"
printf 'AWS_REGION := us-east-1\nshow:\n\t@printenv AWS_REGION || echo none\n' >"$work/region/Makefile"
cat >"$work/profile/Makefile" <<'END'
change:
	@env -u AWS_PROFILE AWS_ACCESS_KEY_ID=AKIAPROD sh script
show:
	@echo "$${AWS_ACCESS_KEY_ID-none} $${AWS_PROFILE-none}"
END
# shellcheck disable=SC2016  # the script expands it
echo 'echo "${AWS_ACCESS_KEY_ID-none} ${AWS_PROFILE-none}"; make -s show' >"$work/profile/script"

# runs [VARIABLE=VALUE] make ARGUMENT...: what the recipes print.
runs() {
    clean PATH="$work/debian/usr/bin:$PATH" "$@" | paste -sd '|'
}

echo 'AWS_REGION := us-east-1 in the Makefile; a program in a recipe gets:'
cd "$work/region"
seen 'no AWS_REGION in the shell' "$(runs make -s)" none
seen 'AWS_REGION=eu-west-1 in the shell' "$(runs AWS_REGION=eu-west-1 make -s)" us-east-1
echo 'A recipe runs a script with a key and without AWS_PROFILE; what the script has, and what a make in it has:'
cd "$work/profile"
seen 'AWS_PROFILE=dev make' "$(runs AWS_PROFILE=dev make -s)" 'AKIAPROD none|AKIAPROD none'
seen 'make AWS_PROFILE=dev' "$(runs make -s AWS_PROFILE=dev)" 'AKIAPROD none|AKIAPROD dev'
finish
