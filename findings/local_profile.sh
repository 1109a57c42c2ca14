#!/usr/bin/env bash
# `local AWS_PROFILE=prod` in a function: bash 5.2.15, zsh 5.9, dash 0.5.12, busybox 1.35, mksh 59c, yash 2.52, ksh93 1.0.4.
#
# Expected: AWS_PROFILE is exported, and a function sets it for its own commands only. The programs that it starts get
# what the function sees; afterwards the value from before is back.
# What happens: so it is in bash, dash and busybox. In zsh and ksh93 the programs get no AWS_PROFILE at all. In mksh and yash
# they get the one from before, though the function itself sees the new one. With `name()` instead of `function name` nothing
# is local in ksh93: the new value stays, and the variable is no longer exported.
# `typeset -x`, which exports it, is local in bash, mksh and yash, and global in zsh and in ksh93 with `name()`. In zsh
# `local -x` is both local and exported.
# Why it matters: `deploy() { local AWS_PROFILE=prod; aws …; }` uses prod in bash; in zsh it uses [default], and nothing
# says so.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

apt_extract bash=5.2.15-2+b13 zsh=5.9-4+b15 dash=0.5.12-2 busybox=1:1.35.0-4+deb12u1+b1 mksh=59c-28+deb12u1 yash=2.52-2 \
    ksh93u+m=1.0.4-3
root=$work/debian

# what HEAD DECLARATION SHELL...: what the function and a program in it have, and a program after it.
what() {
    cat >"$work/try" <<END
export AWS_PROFILE=outer
$1 { $2 AWS_PROFILE=prod; echo "function \$AWS_PROFILE, program \$(printenv AWS_PROFILE || echo none)"; }
use
echo ", after it \$AWS_PROFILE, program \$(printenv AWS_PROFILE || echo none)"
END
    shift 2
    clean "$@" "$work/try" | tr -d '\n'
}

prod='function prod, program prod, after it outer, program outer'
none='function prod, program none, after it outer, program outer'
outer='function prod, program outer, after it outer, program outer'
stays='function prod, program prod, after it prod, program prod'
echo 'local (typeset in ksh93):'
seen bash "$(what 'use()' local "$root/bin/bash" --norc)" "$prod"
seen dash "$(what 'use()' local "$root/bin/dash")" "$prod"
seen busybox "$(what 'use()' local "$root/bin/busybox" sh)" "$prod"
seen zsh "$(what 'use()' local "$root/bin/zsh" -f)" "$none"
seen mksh "$(what 'use()' local "$root/bin/mksh")" "$outer"
seen yash "$(what 'use()' local "$root/usr/bin/yash")" "$outer"
seen 'ksh93, function use' "$(what 'function use' typeset "$root/bin/ksh93")" "$none"
seen 'ksh93, use()' "$(what 'use()' typeset "$root/bin/ksh93")" \
    'function prod, program none, after it prod, program none'
echo 'typeset -x:'
seen bash "$(what 'use()' 'typeset -x' "$root/bin/bash" --norc)" "$prod"
seen mksh "$(what 'use()' 'typeset -x' "$root/bin/mksh")" "$prod"
seen yash "$(what 'use()' 'typeset -x' "$root/usr/bin/yash")" "$prod"
seen zsh "$(what 'use()' 'typeset -x' "$root/bin/zsh" -f)" "$stays"
seen 'ksh93, use()' "$(what 'use()' 'typeset -x' "$root/bin/ksh93")" "$stays"
seen 'zsh, local -x' "$(what 'use()' 'local -x' "$root/bin/zsh" -f)" "$prod"
finish
