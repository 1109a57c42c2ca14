#!/usr/bin/env bash
# `export -f aws` and a shell in between: bash 5.2, dash 0.5.12, busybox 1.35, mksh 59c; GNU make 4.3, npm, Bun 1.4.5.
#
# Expected: a function that bash exports is part of the environment, and every program passes its environment on. So
# `aws() { command aws --profile prod "$@"; }` counts in all bash scripts below, whatever starts them.
# What happens: bash exports it as BASH_FUNC_aws%%. dash, busybox and mksh drop a variable with such a name; ksh93, yash, zsh
# and fish keep it. Where /bin/sh is dash, scripts below `npm run`, or below `exec` of Node, call the program aws itself. make
# starts plain lines without a shell: there the function counts, and with `| cat` at the end of the line it does not. `bun run`
# takes bash.
# Why it matters: the same script works in two accounts, by who starts it, and nothing is reported.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

apt_extract bash=5.2.15-2+b13 zsh=5.9-4+b15 dash=0.5.12-2 busybox=1:1.35.0-4+deb12u1+b1 mksh=59c-28+deb12u1 yash=2.52-2 \
    ksh93u+m=1.0.4-3 make=4.3-4.1
npm_install bun@1.4.5
bin=$work/debian/bin
usr=$work/debian/usr/bin

mkdir "$work/path"
printf '#!/bin/sh\necho "program $*"\n' >"$work/path/aws"
printf '#!%s/bash\naws s3 ls\n' "$bin" >"$work/script"
chmod +x "$work/path/aws" "$work/script"
printf 'plain: ; @./script\npipe: ; @./script | cat\n' >"$work/Makefile"
echo '{"scripts": {"list": "./script"}}' >"$work/package.json"

# calls COMMAND...: in a bash that exports the function, runs the command, which starts the script; says what ran.
calls() {
    # shellcheck disable=SC2016  # the other bash expands it
    (cd "$work" && clean PATH="$work/path:$PATH" "$bin/bash" --norc -c \
        'aws() { echo "function $*"; }; export -f aws; "$@"' bash "$@" 2>&1 | tail -n 1)
}

echo 'What runs as "aws s3 ls" in a bash script, which is started by:'
seen bash "$(calls "$bin/bash" -c './script; :')" 'function s3 ls'
seen zsh "$(calls "$bin/zsh" -c './script; :')" 'function s3 ls'
seen ksh93 "$(calls "$bin/ksh93" -c './script; :')" 'function s3 ls'
seen yash "$(calls "$usr/yash" -c './script; :')" 'function s3 ls'
seen dash "$(calls "$bin/dash" -c './script; :')" 'program s3 ls'
seen mksh "$(calls "$bin/mksh" -c './script; :')" 'program s3 ls'
seen busybox "$(calls "$bin/busybox" sh -c './script; :')" 'program s3 ls'
echo 'By other programs, where /bin/sh is dash:'
seen make "$(calls "$usr/make" -s plain)" 'function s3 ls'
seen 'make, with a pipe in the line' "$(calls "$usr/make" -s pipe)" 'program s3 ls'
seen 'npm run' "$(calls npm run -s --script-shell="$bin/dash" list)" 'program s3 ls'
seen 'bun run' "$(calls node_modules/.bin/bun run --silent list)" 'function s3 ls'
seen 'exec of Node' "$(calls node -p 'require("child_process").execSync("./script", {encoding: "utf8"}).trim()')" 'program s3 ls'
finish
