#!/usr/bin/env bash
# nushell 0.108.0 and 0.115.1: `hide-env` in a command does nothing once that command has called another one.
#
# Expected: `def --env` changes the environment of its caller, so a variable that it hides is gone there, whatever else the
# command does before.
# What happens: if the command has called another `--env` command that sets any variable, the variable it hides is there again
# for the caller and for the caller's programs. Nothing is reported. In two commands, one after the other, it is gone.
# Why it matters: a command that sets keys by a helper and then hides AWS_PROFILE leaves both behind, and some SDKs follow
# the profile.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

npm_install nushell@0.108.0
npm_install --prefix "$work/new" nushell@0.115.1

# Runs commands where AWS_PROFILE is set; says what nushell has then, and what a program gets.
after() {
    cat >"$work/try.nu" <<END
def --env set_key [] { \$env.AWS_ACCESS_KEY_ID = 'AKIAKEY' }
def --env drop [] { hide-env AWS_PROFILE }
def --env set_and_drop [] { set_key; hide-env AWS_PROFILE }
\$env.AWS_PROFILE = 'outer'
$2
print --no-newline \$"nushell (\$env.AWS_PROFILE? | default none), "
^printf "program %s" (^env | lines | where \$it starts-with AWS_PROFILE | get 0? | default none)
END
    clean "$1" -n "$work/try.nu"
}

for nu in "$work/node_modules/.bin/nu" "$work/new/node_modules/.bin/nu"; do
    echo "$(clean "$nu" --version):"
    seen '  one hides it' "$(after "$nu" drop)" 'nushell none, program none'
    seen '  one sets a key, another hides it' "$(after "$nu" 'set_key; drop')" 'nushell none, program none'
    seen '  one calls the other, then hides it' "$(after "$nu" set_and_drop)" 'nushell outer, program AWS_PROFILE=outer'
done
finish
