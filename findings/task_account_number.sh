#!/usr/bin/env bash
# Task (go-task) 3.54.0: AWS_ACCOUNT_ID: 012345678901 in a Taskfile becomes 1.2345678901e+10.
#
# Expected: an account number with a leading zero stays text, or at worst loses the zero: YAML 1.2 has no such octal number,
# and YAML 1.1 none with an 8 or a 9.
# What happens: Task's YAML reader tries an octal number, fails at the 8, and takes a floating point number, which is
# written into the environment as such. Without an 8 or a 9 it is octal, and another number. 111122223333 stays.
# Why it matters: one account in ten begins with 0, and the mistake shows only there. Quote account numbers.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install go-task-bin==3.54.0
cat >"$work/Taskfile.yml" <<'END'
version: '3'
tasks:
  default:
    env:
      PLAIN: 111122223333
      ZERO: 012345678901
      OCTAL: 012345670123
      QUOTED: '012345678901'
    cmds: ['echo $PLAIN $ZERO $OCTAL $QUOTED']
END
got=$(cd "$work" && clean "$work/python/bin/task" --silent)
read -r plain zero octal quoted <<<"$got"
seen '111122223333' "$plain" 111122223333
seen '012345678901' "$zero" 1.2345678901e+10
seen '012345670123' "$octal" 1402433619
seen "'012345678901'" "$quoted" 012345678901
finish
