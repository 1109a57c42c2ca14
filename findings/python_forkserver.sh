#!/usr/bin/env bash
# Credentials that a program renews in `os.environ`, and its worker processes: Python's `forkserver`, which is the default on
# Linux since Python 3.14; boto3 1.44.8.
#
# Expected: a worker process has the environment that the program has when it starts the worker, as with `fork` and `spawn`.
# What happens: it has the environment of the moment at which the program started its first worker. The server that forks them
# is started then, and keeps running. Variables that were set, changed or deleted since do not reach any worker.
# Why it matters: after the first hour every new worker signs with expired keys, while the program itself, and the same code
# with an older Python, does not.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install boto3==1.44.8
cat >"$work/program.py" <<'END'
import multiprocessing, os, sys
from concurrent.futures import ProcessPoolExecutor
import boto3

def signs():
    found = boto3.Session().get_credentials()
    return f"{found.access_key} {found.token or 'none'}"

def in_a_worker(context):
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(signs).result()

if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    os.environ.update(AWS_ACCESS_KEY_ID="ASIAOLD", AWS_SECRET_ACCESS_KEY="secret", AWS_SESSION_TOKEN="old")
    first = in_a_worker(context)
    os.environ["AWS_ACCESS_KEY_ID"] = "AKIANEW"
    del os.environ["AWS_SESSION_TOKEN"]
    print(first, in_a_worker(context), signs(), sep=", ")
END

echo 'Who signs (key and token): a worker, a worker that is started once the keys are others, the program itself:'
for method in fork spawn; do
    seen "$method" "$(clean "$work/python/bin/python" "$work/program.py" $method)" 'ASIAOLD old, AKIANEW none, AKIANEW none'
done
seen forkserver "$(clean "$work/python/bin/python" "$work/program.py" forkserver)" 'ASIAOLD old, ASIAOLD old, AKIANEW none'
finish
