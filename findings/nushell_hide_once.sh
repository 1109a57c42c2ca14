#!/usr/bin/env bash
# nushell 0.115.1 with virtualenv 21.15.11: in a virtual environment, `hide-env` hides a variable only once.
#
# Expected: `hide-env AWS_PROFILE` at the prompt takes the variable out, for nushell and for its programs.
# What happens: so it is the first time. After `deactivate` the variable is back, because activation is an overlay. When the
# environment is activated again in the same shell, `hide-env` takes nothing out any more, and reports nothing. Setting
# the variable to null still takes it out for programs.
# Why it matters: whoever takes keys or a profile out of the shell there keeps them, and so does every program.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

npm_install nushell@0.115.1
pip_install virtualenv==21.15.11
clean "$work/python/bin/virtualenv" -q --no-download "$work/venv"

# Types each argument at a prompt of nushell, the next one when that one has run; prints what the lines with `show` say.
cat >"$work/type.py" <<'END'
import os, pty, select, sys, time
folder, *lines = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    os.environ["TERM"] = "dumb"
    os.execv(f"{folder}/node_modules/.bin/nu", ["nu", "-n"])

def read(seconds):
    if select.select([terminal], [], [], seconds)[0]:
        if b"\x1b[6n" in os.read(terminal, 65536):
            os.write(terminal, b"\x1b[1;1R")  # where the cursor is
        return True

while not read(0.1):
    pass
end = time.time() + 3
while time.time() < end:
    read(0.1)
for number, line in enumerate(["def show [] { ^env | lines | where $it starts-with AWS_PROFILE | get 0? | default none }", *lines]):
    done = f"{folder}/{number}"
    os.write(terminal, (f"{line} | save {done}\r" if line == "show" else f"{line}; 'ran' | save {done}\r").encode())
    end = time.time() + 60
    while not (os.path.exists(done) and os.path.getsize(done)) and time.time() < end:
        read(0.1)
    if line == "show":
        print(open(done).read())
    end = time.time() + 0.5
    while time.time() < end:
        read(0.1)
os.kill(pid, 9)
END
types() {
    clean "$work/python/bin/python" "$work/type.py" "$work" "$@" | paste -sd '|'
    rm -f "$work"/[0-9] "$work"/[0-9][0-9]
}

set="\$env.AWS_PROFILE = 'outer'"
activate="overlay use $work/venv/bin/activate.nu"
hide='hide-env AWS_PROFILE'
seen 'hidden' "$(types "$set" "$activate" "$hide" show)" none
seen 'activated again, then hidden' "$(types "$set" "$activate" deactivate "$activate" "$hide" show)" none
seen 'hidden, activated again, hidden again' "$(types "$set" "$activate" "$hide" show deactivate "$activate" show "$hide" show)" \
    'none|AWS_PROFILE=outer|AWS_PROFILE=outer'
null="\$env.AWS_PROFILE = null"
seen 'the same, but set to null' "$(types "$set" "$activate" "$hide" show deactivate "$activate" "$null" show)" 'none|none'
finish
