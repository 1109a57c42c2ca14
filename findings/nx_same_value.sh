#!/usr/bin/env bash
# `.env` files of a workspace and of a project: Nx 24.0.6.
#
# Expected: a variable of the shell takes precedence over `.env` files, and the file of the project over that of the workspace.
# What happens: so it is, unless the shell has the value that stands in the `.env` of the workspace. Nx takes that for its
# own, removes it before it starts a task, and the `.env` of the project counts. So `AWS_PROFILE=dev nx run …` runs in
# another profile than it says, and `AWS_PROFILE=other nx run …` does not.
# Why it matters: who loads the file of the workspace into the shell as well (direnv, `set -a`) has every one of its values there,
# and with keys the session token of the shell goes with the pair of the project.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

npm_install nx@24.0.6
mkdir -p "$work/app"
echo '{"name": "workspace", "private": true}' >"$work/package.json"
echo '{}' >"$work/nx.json"
cat >"$work/app/program.js" <<'END'
const names = ["AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN"]
require("fs").writeFileSync(process.env.OUT, names.map(name => process.env[name] ?? "none").join(" "))
END
echo '{"name": "app", "targets": {"show": {"command": "node app/program.js"}}}' >"$work/app/project.json"

# gets VARIABLE=VALUE...: what the program of a task has (profile, key, token), where the shell has these variables.
gets() {
    rm -f "$work/out"
    (cd "$work" && clean NX_DAEMON=false NX_NO_CLOUD=true NX_TUI=false OUT="$work/out" "$@" \
        node_modules/.bin/nx run app:show) >/dev/null 2>&1
    cat "$work/out"
}

echo 'AWS_PROFILE=dev in the .env of the workspace, AWS_PROFILE=prod in that of the project:'
echo AWS_PROFILE=dev >"$work/.env"
echo AWS_PROFILE=prod >"$work/app/.env"
seen 'not in the shell' "$(gets)" 'prod none none'
seen 'other in the shell' "$(gets AWS_PROFILE=other)" 'other none none'
seen 'dev in the shell' "$(gets AWS_PROFILE=dev)" 'prod none none'
echo 'The same with two pairs of keys, and a session token in the shell only:'
printf 'AWS_ACCESS_KEY_ID=AKIADEV\nAWS_SECRET_ACCESS_KEY=dev\n' >"$work/.env"
printf 'AWS_ACCESS_KEY_ID=AKIAPROD\nAWS_SECRET_ACCESS_KEY=prod\n' >"$work/app/.env"
token=AWS_SESSION_TOKEN=token
seen 'other keys in the shell' "$(gets AWS_ACCESS_KEY_ID=ASIAOTHER AWS_SECRET_ACCESS_KEY=other $token)" 'none ASIAOTHER token'
seen 'the keys of the workspace in the shell' "$(gets AWS_ACCESS_KEY_ID=AKIADEV AWS_SECRET_ACCESS_KEY=dev $token)" \
    'none AKIAPROD token'
finish
