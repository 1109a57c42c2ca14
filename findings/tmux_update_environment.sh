#!/usr/bin/env bash
# A pattern in tmux's `update-environment`: tmux 3.3a.
#
# Expected: with `set -g update-environment 'AWS_*'` new windows have the AWS variables of the shell that has attached last.
# The manual allows patterns, and says that variables which this shell does not have are removed from the session.
# What happens: what such a pattern matches is never removed, so the old token and AWS_PROFILE stay beside new keys. 3.3a also
# copies only the first variable that matches: the id of the new key comes beside the secret of the old one. tmux 3.5a copies
# all that match, and removes none either. With the names written out, all is as the manual says.
# Why it matters: windows from before and after an attach differ, and AWS refuses the mixture.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

apt_extract tmux=3.3a-3

# window OPTION: a session that a shell with a token and a profile has made, then a shell with a pair of keys attaches and
# opens a window; says what a program there gets (profile, id, secret, token).
window() {
    rm -f "$work/out"
    local socket
    socket=$(mktemp -u "$work/XXXXXX")
    echo "set -g update-environment '$1'" >"$work/tmux.conf"
    cat >"$work/show" <<'END'
#!/bin/sh
echo "${AWS_PROFILE-none} ${AWS_ACCESS_KEY_ID-none} ${AWS_SECRET_ACCESS_KEY-none} ${AWS_SESSION_TOKEN-none}" >"$1.new"
mv "$1.new" "$1"
END
    chmod +x "$work/show"
    local tmux=(env TERM=xterm SHELL=/bin/sh "$work/debian/usr/bin/tmux" -S "$socket" -f "$work/tmux.conf")
    clean AWS_PROFILE=dev AWS_ACCESS_KEY_ID=old AWS_SECRET_ACCESS_KEY=old AWS_SESSION_TOKEN=old \
        "${tmux[@]}" new-session -d -s work 'sleep 60'
    # Control mode attaches without a terminal.
    clean AWS_ACCESS_KEY_ID=new AWS_SECRET_ACCESS_KEY=new "${tmux[@]}" -C attach -t work >/dev/null
    clean "${tmux[@]}" new-window -t work "$work/show $work/out"
    for _ in {1..200}; do [ -e "$work/out" ] && break; sleep 0.05; done
    clean "${tmux[@]}" kill-server
    cat "$work/out"
}

echo 'A new window, after a shell with a pair of keys has attached (profile, id, secret, token):'
seen 'the default' "$(window 'DISPLAY SSH_AUTH_SOCK')" 'dev old old old'
seen 'four names' "$(window 'AWS_PROFILE AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN')" 'none new new none'
seen 'AWS_*' "$(window 'AWS_*')" 'dev new old old'
finish
