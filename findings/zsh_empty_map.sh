#!/usr/bin/env bash
# `${+map[key]}` with `setopt ksh_zero_subscript`: zsh 5.9.
#
# Expected: 1 if the associative array has the key, and 0 if not. The option is about the subscript zero in arrays and
# strings, says its documentation.
# What happens: in an associative array that is empty, every key counts as set. With one element in it, all is as
# expected. `[[ -v 'map[key]' ]]` and `${map[key]+1}` are right in both cases.
# Why it matters: a script that remembers the AWS variables of a shell in such an array, each once, remembers none, and
# cannot put them back.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

apt_extract zsh=5.9-4+b15

cat >"$work/try" <<'END'
typeset -A before
shown() { echo "${+before[AWS_PROFILE]} ${before[AWS_PROFILE]+1}" $([[ -v 'before[AWS_PROFILE]' ]] && echo set) }
shown
before[AWS_REGION]=x
shown
END
{ echo setopt ksh_zero_subscript; cat "$work/try"; } >"$work/with"

seen 'as usual' "$(clean "$work/debian/bin/zsh" -f "$work/try" | tr '\n' ,)" '0 ,0 ,'
seen 'ksh_zero_subscript' "$(clean "$work/debian/bin/zsh" -f "$work/with" | tr '\n' ,)" '1 ,0 ,'
finish
