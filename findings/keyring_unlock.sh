#!/usr/bin/env bash
# Unlocking gnome-keyring 42.1 without a desktop: `gnome-keyring-daemon --unlock`.
#
# Expected: it unlocks the keyring of the running daemon with the password that it reads, or says that it did not.
# What happens: it starts a second daemon, exits with 0, and the keyring stays locked; only with `--replace` is it unlocked. The
# password is everything up to the end of the input: Enter belongs to it, so `echo` and a person who presses Enter give a
# wrong one, and that is also exit 0 without a word.
# Why it matters: this is the line that a person on a server is told to type, by many programs.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

apt_extract gnome-keyring=42.1-1+b2 libgcr-base-3-1=3.41.1-1+b1 libgck-1-0=3.41.1-1+b1 libcap-ng0=0.8.3-1+b3
cat >"$work/session.sh" <<'END'
service=org.freedesktop.secrets
collection=/org/freedesktop/secrets/collection/login
is_locked() {
    dbus-send --print-reply --dest=$service $collection org.freedesktop.DBus.Properties.Get \
        string:org.freedesktop.Secret.Collection string:Locked 2>/dev/null | grep -o 'true\|false'
}
lock() {
    dbus-send --print-reply --dest=$service /org/freedesktop/secrets org.freedesktop.Secret.Service.Lock \
        array:objpath:$collection >/dev/null
}
printf password | gnome-keyring-daemon --foreground --unlock --components=secrets >/dev/null 2>&1 &
for _ in $(seq 100); do [ "$(is_locked)" = false ] && break; sleep 0.1; done
echo "before: locked $(is_locked)"
lock
password=$1
shift
printf "$password" | gnome-keyring-daemon --unlock "$@" >/dev/null 2>&1
status=$?
# It takes over a moment after the command has ended.
for _ in $(seq 20); do [ "$(is_locked)" = true ] || break; sleep 0.1; done
echo "after: exit $status, locked $(is_locked)"
END
# case_of PASSWORD OPTION...: makes a keyring in a bus of its own, locks it, and unlocks it with these options.
case_of() {
    rm -rf "$work/run" "$work/home/.local"
    mkdir -m 700 "$work/run"
    clean PATH="$work/debian/usr/bin:$PATH" LD_LIBRARY_PATH="$work/debian/usr/lib/x86_64-linux-gnu" \
        XDG_RUNTIME_DIR="$work/run" dbus-run-session -- bash "$work/session.sh" "$@" >"$work/out" 2>"$work/err" ||
        cat "$work/err" >&2
}
line() { sed -n "s/^$1: //p" "$work/out"; }
case_of password
seen 'a new keyring' "$(line before)" 'locked false'
seen 'locked, then --unlock' "$(line after)" 'exit 0, locked true'
case_of password --replace
seen 'locked, then --unlock --replace' "$(line after)" 'exit 0, locked false'
case_of 'password\n' --replace
seen 'the same, password and Enter' "$(line after)" 'exit 0, locked true'
finish
