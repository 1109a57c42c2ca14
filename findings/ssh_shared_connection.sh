#!/usr/bin/env bash
# `SetEnv` and `SendEnv` over a shared connection: OpenSSH 9.2p1 (ControlMaster), to a server that takes any variable
# (asyncssh 2.24.1).
#
# Expected: `ssh -o SetEnv=AWS_PROFILE=prod HOST` sets the variable for this session; options of a command line take precedence.
# What happens: over a connection that is open already, SetEnv of the session is not used. The SetEnv of the ssh that
# opened the connection counts, for every later session too. SendEnv sends the value of the session's own shell, but only where
# the first ssh had the same SendEnv. Nothing is reported. OpenSSH 10.0p2 does the same.
# Why it matters: what asks for prod runs in the profile that somebody named minutes before, in another window.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

apt_extract 'openssh-client=1:9.2p1-2+deb12u*'
pip_install asyncssh==2.24.1

# Tells each session which AWS_PROFILE it was sent.
cat >"$work/sshd.py" <<'END'
import asyncio, asyncssh, os, sys
class Server(asyncssh.SSHServer):
    def begin_auth(self, username):
        return False
async def session(process):
    process.stdout.write(process.env.get("AWS_PROFILE", "none") + "\n")
    process.exit(0)
async def main():
    key = asyncssh.generate_private_key("ssh-ed25519")
    server = await asyncssh.create_server(Server, "127.0.0.1", 0, server_host_keys=[key], process_factory=session)
    with open(sys.argv[1] + ".new", "w") as file:
        file.write(str(server.sockets[0].getsockname()[1]))
    os.rename(sys.argv[1] + ".new", sys.argv[1])
    await asyncio.sleep(600)
asyncio.run(main())
END
"$work/python/bin/python" "$work/sshd.py" "$work/port" &
server=$!
until [ -s "$work/port" ]; do sleep 0.05; done

# ssh_to VARIABLE=VALUE... OPTION...: one session with these variables in the shell and these options.
ssh_to() {
    local variables=()
    while [[ ${1-} == *=* ]]; do variables+=("$1"); shift; done
    clean "${variables[@]}" "$work/debian/usr/bin/ssh" "$@" -F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
        -o LogLevel=ERROR -o ControlMaster=auto -o ControlPersist=60 -o ControlPath="$work/shared" -p "$(cat "$work/port")" \
        user@127.0.0.1 profile
}
close() { ssh_to -O exit 2>/dev/null || true; }
trap 'close; clean_up' EXIT
own=(-o ControlPath=none)
set_prod=(-o SetEnv=AWS_PROFILE=prod)
send=(-o SendEnv=AWS_PROFILE)

echo 'A connection of its own:'
seen 'SetEnv prod' "$(ssh_to "${own[@]}" "${set_prod[@]}")" prod
seen 'SendEnv, prod in the shell' "$(ssh_to AWS_PROFILE=prod "${own[@]}" "${send[@]}")" prod
echo 'A connection that was opened with SetEnv dev:'
seen 'the first session' "$(ssh_to -o SetEnv=AWS_PROFILE=dev)" dev
seen 'SetEnv prod' "$(ssh_to "${set_prod[@]}")" dev
seen 'no SetEnv' "$(ssh_to)" dev
close
echo 'A connection that was opened without either:'
seen 'the first session' "$(ssh_to)" none
seen 'SetEnv prod' "$(ssh_to "${set_prod[@]}")" none
seen 'SendEnv, prod in the shell' "$(ssh_to AWS_PROFILE=prod "${send[@]}")" none
close
echo 'A connection that was opened with SendEnv, dev in the shell:'
seen 'the first session' "$(ssh_to AWS_PROFILE=dev "${send[@]}")" dev
seen 'SendEnv, prod in the shell' "$(ssh_to AWS_PROFILE=prod "${send[@]}")" prod
finish
