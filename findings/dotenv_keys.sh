#!/usr/bin/env bash
# A key pair in .env beside a session token in the shell: pipenv 2026.10.3, honcho 2.0.0, env-cmd 11.0.0.
#
# Expected: what the shell has set wins over .env, as with dotenv-cli, uv, just and bun. A set of keys is then
# the shell's as a whole.
# What happens: in the three programs .env wins, one variable at a time. A pair of long-lived keys has no session token, so
# the one of the shell stays: the program signs with the keys of the file and sends the token of the shell.
# In all of them AWS_PROFILE of the file comes beside the keys of the shell.
# An empty `AWS_SESSION_TOKEN=` in the file takes the token out in pipenv and env-cmd; honcho skips such a line.
# Why it matters: AWS refuses the mixture, and neither the file nor `ssox status` in the shell looks wrong.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install pipenv==2026.10.3 honcho==2.0.0 uv==0.13.9 rust-just==1.59.0
npm_install env-cmd@11.0.0 dotenv-cli@11.0.0 bun@1.4.5
mkdir "$work/project"
cd "$work/project"
printf '%s\n' AWS_PROFILE=file AWS_ACCESS_KEY_ID=AKIAFILE AWS_SECRET_ACCESS_KEY=secret >.env
printf '[packages]\n' >Pipfile
# shellcheck disable=SC2016  # bash -c expands it
show='echo "$AWS_ACCESS_KEY_ID $AWS_SESSION_TOKEN $AWS_PROFILE"'
echo "$show" >show.sh
printf 'set dotenv-load\nshow:\n  @bash show.sh\n' >justfile
js='const e = process.env; console.log(e.AWS_ACCESS_KEY_ID, e.AWS_SESSION_TOKEN, e.AWS_PROFILE)'
echo "$js" >show.js
shell=(AWS_ACCESS_KEY_ID=ASIASHELL AWS_SECRET_ACCESS_KEY=secret AWS_SESSION_TOKEN=shell-token)
with() {
    clean PATH="$work/python/bin:$work/node_modules/.bin:$PATH" "${shell[@]}" PIPENV_VENV_IN_PROJECT=1 "$@" 2>/dev/null
}

echo 'The shell has keys with a token, .env a pair and a profile (key, token, profile that the program gets):'
for command in 'pipenv run' 'honcho run' env-cmd; do
    # shellcheck disable=SC2086  # a command and its verb
    seen "$command" "$(with $command bash show.sh)" 'AKIAFILE shell-token file'
done
for command in 'uv run --no-project --offline --env-file .env --' 'dotenv --'; do
    # shellcheck disable=SC2086
    seen "${command%% *}" "$(with $command bash show.sh)" 'ASIASHELL shell-token file'
done
seen just "$(with just)" 'ASIASHELL shell-token file'
seen bun "$(with bun show.js)" 'ASIASHELL shell-token file'
echo 'AWS_SESSION_TOKEN= in .env:'
echo AWS_SESSION_TOKEN= >>.env
seen 'pipenv run' "$(with pipenv run bash show.sh)" 'AKIAFILE  file'
seen env-cmd "$(with env-cmd bash show.sh)" 'AKIAFILE  file'
seen 'honcho run' "$(with honcho run bash show.sh)" 'AKIAFILE shell-token file'
finish
