#!/usr/bin/env bash
# DIRENV_IN_ENVRC in programs of `direnv exec`: direnv 2.32.1.
#
# Expected: DIRENV_IN_ENVRC=1 is there while an .envrc runs, for programs that are called in it, and nowhere else. After
# the hook of a shell has loaded the same .envrc it is not in the shell.
# What happens: `direnv exec DIR COMMAND` leaves it in the environment of the command, and so in each shell below it, such
# as all panes of `direnv exec . tmux`. direnv itself is gone: the command has taken its process.
# Why it matters: a program that refuses to work in an .envrc, because what it changes would be recorded for other shells,
# refuses in these shells, too.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

apt_extract direnv=2.32.1-2+b4
mkdir "$work/project"
cd "$work/project"
echo 'export AWS_PROFILE=local' >.envrc

direnv=$work/debian/usr/bin/direnv
# shellcheck disable=SC2016
show='echo "${AWS_PROFILE-none} ${DIRENV_IN_ENVRC-none}"'
clean "$direnv" allow .
seen 'a program of direnv exec' "$(clean "$direnv" exec . sh -c "$show" 2>/dev/null)" 'local 1'
seen 'a shell with the hook' "$(clean bash --norc -c "eval \"\$('$direnv' export bash)\"; $show" 2>/dev/null)" 'local none'
finish
