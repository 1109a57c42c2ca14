#!/usr/bin/env bash
# One name, two secrets: Python's keyring 25.7.0 and go-keyring 0.2.6 in gnome-keyring 42.1.
#
# Expected: both keep a secret under `service` and `username`, so whatever one stores replaces what the other stored, and
# what one deletes is gone.
# What happens: Python stores a third attribute. What Go stores replaces the secret of Python; what Python stores after Go is
# a second one beside it, since gnome-keyring replaces an entry only when it has every attribute of the new one. Both
# programs read the newer, so it looks well until it is deleted: then both read the old secret again.
# Why it matters: a token that was removed from the keyring can be followed by an older one under the same name.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

apt_extract gnome-keyring=42.1-1+b2 libgcr-base-3-1=3.41.1-1+b1 libgck-1-0=3.41.1-1+b1 libcap-ng0=0.8.3-1+b3
pip_install keyring==25.7.0 SecretStorage==3.5.0
go_program github.com/zalando/go-keyring@v0.2.6 <<'END'
package main

import (
	"fmt"
	"os"

	"github.com/zalando/go-keyring"
)

func main() {
	if os.Args[1] == "set" {
		if err := keyring.Set("finding", "me", os.Args[2]); err != nil {
			panic(err)
		}
		return
	}
	secret, err := keyring.Get("finding", "me")
	if err != nil {
		secret = "nothing"
	}
	fmt.Println(secret)
}
END
cat >"$work/session.sh" <<'END'
printf password | gnome-keyring-daemon --unlock --components=secrets >/dev/null
python() {
    "$work/python/bin/python" -c 'import sys, keyring
keyring.set_keyring(__import__("keyring.backends.SecretService").backends.SecretService.Keyring())
verb, *secret = sys.argv[1:]
print(getattr(keyring, verb + "_password")("finding", "me", *secret) or "nothing")' "$@"
}
both() { echo "$1: Go $("$work/program" get), Python $(python get)"; }
python set from-python >/dev/null
both 'Python stores'
"$work/program" set from-go
both 'then Go stores'
python set from-python-again >/dev/null
both 'then Python stores'
python delete >/dev/null
both 'then Python deletes'
END
mkdir -m 700 "$work/run"
clean work="$work" PATH="$work/debian/usr/bin:$PATH" LD_LIBRARY_PATH="$work/debian/usr/lib/x86_64-linux-gnu" \
    XDG_RUNTIME_DIR="$work/run" dbus-run-session -- bash "$work/session.sh" >"$work/out" 2>"$work/err" || cat "$work/err" >&2
line() { sed -n "s/^$1: //p" "$work/out"; }
seen 'Python stores' "$(line 'Python stores')" 'Go from-python, Python from-python'
seen 'then Go stores' "$(line 'then Go stores')" 'Go from-go, Python from-go'
seen 'then Python stores' "$(line 'then Python stores')" 'Go from-python-again, Python from-python-again'
seen 'then Python deletes' "$(line 'then Python deletes')" 'Go from-go, Python from-go'
finish
