#!/usr/bin/env bash
# `pm2 restart --update-env`: pm2 7.0.4.
#
# Expected: the program gets the environment of the shell that restarts it; the option is there to update the environment.
# What happens: what the shell has is added to what the program had. A variable that the shell no longer has stays. So new
# keys come beside the old session token and the old AWS_PROFILE. `pm2 delete` and `pm2 start` give the shell's environment.
# Why it matters: AWS refuses such a set; and in JavaScript AWS_PROFILE takes precedence over keys, so the program stays in
# the account from before while the shell shows another one.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

npm_install pm2@7.0.4
cat >"$work/program.js" <<'END'
const names = ["AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN"]
require("fs").writeFileSync(process.env.OUT + ".new", names.map(name => process.env[name] ?? "none").join(" "))
require("fs").renameSync(process.env.OUT + ".new", process.env.OUT)
setInterval(() => {}, 1e6)
END

# pm2_run VARIABLE=VALUE... ARGUMENT...: pm2 in a shell with these variables.
pm2_run() {
    local variables=()
    while [[ $1 == *=* ]]; do variables+=("$1"); shift; done
    clean PM2_HOME="$work/pm2" OUT="$work/out" "${variables[@]}" "$work/node_modules/.bin/pm2" "$@" >/dev/null 2>&1
}
# gets VARIABLE=VALUE... ARGUMENT...: what the program has after pm2 has started it.
gets() {
    rm -f "$work/out"
    pm2_run "$@"
    for _ in {1..200}; do [ -s "$work/out" ] && break; sleep 0.05; done
    cat "$work/out"
}
trap 'pm2_run kill || true; clean_up' EXIT

old=(AWS_PROFILE=dev AWS_SESSION_TOKEN=old-token)
echo 'What the program gets (profile, key, token):'
seen 'start in a shell with a profile and a token' "$(gets "${old[@]}" start "$work/program.js")" 'dev none old-token'
seen 'restart --update-env in a shell with a key' "$(gets AWS_ACCESS_KEY_ID=AKIANEW restart program --update-env)" \
    'dev AKIANEW old-token'
pm2_run delete program
seen 'delete and start in a shell with a key' "$(gets AWS_ACCESS_KEY_ID=AKIANEW start "$work/program.js")" 'none AKIANEW none'
finish
