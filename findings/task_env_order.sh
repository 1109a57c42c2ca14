#!/usr/bin/env bash
# Task (go-task) 3.54.0: AWS_PROFILE in a Taskfile loses against the one of the shell.
#
# Expected: `env:` of a task sets what its commands see, as `export AWS_PROFILE := …` of just 1.57.0 and of GNU make do.
# What happens: a variable that the shell has already wins, over the whole file's `env:` and over the one of the task. The
# task that names its own profile runs with the person's.
# Why it matters: `AWS_PROFILE: staging` in a Taskfile holds as long as nobody has a profile in use in the shell. With keys
# in the environment it holds just as little, so a task for one account should begin with `ssox exec PROFILE --`.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install go-task-bin==3.54.0 rust-just==1.57.0
cd "$work"
cat >Taskfile.yml <<'END'
version: '3'
env: {AWS_REGION: of-the-file}
tasks:
  default:
    env: {AWS_PROFILE: of-the-task}
    cmds: ['echo $AWS_REGION $AWS_PROFILE']
END
# shellcheck disable=SC2016  # just and make expand it
printf 'export AWS_PROFILE := "of-the-file"\ndefault:\n  @echo $AWS_PROFILE\n' >justfile
# shellcheck disable=SC2016
printf 'export AWS_PROFILE := of-the-file\ndefault:\n\t@echo $$AWS_PROFILE\n' >Makefile

shell=(AWS_REGION=of-the-shell AWS_PROFILE=of-the-shell)
seen 'task, nothing in the shell' "$(clean "$work/python/bin/task" --silent)" 'of-the-file of-the-task'
seen 'task' "$(clean "${shell[@]}" "$work/python/bin/task" --silent)" 'of-the-shell of-the-shell'
seen 'just' "$(clean "${shell[@]}" "$work/python/bin/just")" of-the-file
seen 'make' "$(clean "${shell[@]}" make -s)" of-the-file
finish
