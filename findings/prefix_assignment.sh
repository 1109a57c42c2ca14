#!/usr/bin/env bash
# `AWS_PROFILE=a AWS_REGION=b function`: bash 5.2.15, zsh 5.9, ksh93u+m 1.0.4, mksh 59c, yash 2.52, dash 0.5.12.
#
# Expected: what stands before a function is there for the call, as with a program. What the function itself exports or
# unsets in these variables is one or the other in every shell: it stays, or the values from before the call come back.
# What happens: three answers. ksh93 keeps both. zsh, mksh and dash bring both back, so an export in the function is lost.
# bash and yash do both at once: the export stays, but a variable that the function unset has its old value again,
# that of before the call. A second `unset` in bash takes that away, too; in zsh nothing does.
# Why it matters: a function that sets keys and unsets AWS_PROFILE leaves keys and a profile of different accounts behind
# when it is called as `AWS_PROFILE=dev ssox use …`; some SDKs then follow the profile.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

apt_extract bash=5.2.15-2+b13 zsh=5.9-4+b15 ksh93u+m=1.0.4-3 mksh=59c-28+deb12u1 yash=2.52-2 dash=0.5.12-2

cat >"$work/try" <<'END'
use() { export AWS_REGION=inner; unset AWS_PROFILE; }
export AWS_REGION=outer AWS_PROFILE=outer
AWS_REGION=call AWS_PROFILE=call use
echo "region $AWS_REGION, profile ${AWS_PROFILE-none}"
END
sed 's/unset AWS_PROFILE;/& unset AWS_PROFILE;/' "$work/try" >"$work/twice"

root=$work/debian
seen ksh93 "$(clean "$root/bin/ksh93" "$work/try")" 'region inner, profile none'
seen zsh "$(clean "$root/bin/zsh" -f "$work/try")" 'region outer, profile outer'
seen mksh "$(clean "$root/bin/mksh" "$work/try")" 'region outer, profile outer'
seen dash "$(clean "$root/bin/dash" "$work/try")" 'region outer, profile outer'
seen bash "$(clean "$root/bin/bash" --norc "$work/try")" 'region inner, profile outer'
seen 'bash --posix' "$(clean "$root/bin/bash" --posix --norc "$work/try")" 'region inner, profile outer'
seen yash "$(clean "$root/usr/bin/yash" "$work/try")" 'region inner, profile outer'
seen 'bash, unset twice' "$(clean "$root/bin/bash" --norc "$work/twice")" 'region inner, profile none'
seen 'zsh, unset twice' "$(clean "$root/bin/zsh" -f "$work/twice")" 'region outer, profile outer'
finish
