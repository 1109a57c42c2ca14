#!/usr/bin/env bash
# A variable of the environment that has the value of a universal one: fish 3.6.0.
#
# Expected: `AWS_PROFILE=prod fish` has a global AWS_PROFILE for as long as it runs. A universal one that somebody sets in
# another window is hidden by it, since fish takes the global one first.
# What happens: so it is, unless the universal variable was prod as well when fish started. Then fish does not make a global
# one, and follows the universal one: `set -U AWS_PROFILE dev` anywhere changes the profile of this shell, and erasing it
# takes it out. fish 4.0.2 does the same.
# Why it matters: a shell that was started for one account, by a launcher or for a job, goes on in another one.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

apt_extract 'fish=3.6.0-3.1+deb12u*' 'fish-common=3.6.0-3.1+deb12u*' libpcre2-32-0=10.42-1
fish() { clean LD_LIBRARY_PATH="$work/debian/usr/lib/x86_64-linux-gnu" "$@"; }
program=$work/debian/usr/bin/fish

# shows PROFILE COMMAND: a shell that is started with this AWS_PROFILE, while the universal one is prod; says what programs
# get from it before and after the command has run in another fish.
shows() {
    rm -rf "$work/home/.config"
    fish "$program" -c 'set -Ux AWS_PROFILE prod' 2>/dev/null
    cat >"$work/try.fish" <<END
printenv AWS_PROFILE; or echo none
env -u AWS_PROFILE $program -c "$2"
printenv AWS_PROFILE; or echo none
END
    fish AWS_PROFILE="$1" "$program" "$work/try.fish" 2>/dev/null | paste -sd ' '
}

echo 'What programs get, before and after the universal variable changes:'
seen 'started with AWS_PROFILE=other' "$(shows other 'set -U AWS_PROFILE dev')" 'other other'
seen 'started with AWS_PROFILE=prod' "$(shows prod 'set -U AWS_PROFILE dev')" 'prod dev'
seen 'started with AWS_PROFILE=prod, the universal one is erased' "$(shows prod 'set -e -U AWS_PROFILE')" 'prod none'
finish
