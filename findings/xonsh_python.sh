#!/usr/bin/env bash
# boto3 1.44.8 at a prompt of xonsh 0.25.0.
#
# Expected: xonsh is Python, so after `$AWS_PROFILE = 'prod'` a client that is made at its prompt signs as prod, as a program
# that is started there does.
# What happens: xonsh hands its variables to programs only. Python libraries in the same process read `os.environ`, which is
# as it was when xonsh started. So boto3 signs as the profile or with the keys from before, and `del $AWS_PROFILE` does not
# reach it either. After `$UPDATE_OS_ENVIRON = True` changes go to both, also those that were made before.
# Why it matters: `aws sts get-caller-identity` shows the one account, and the next line of Python changes the other.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install xonsh==0.25.0 boto3==1.44.8
cat >"$config" <<'END'
[profile dev]
aws_access_key_id = AKIADEV
aws_secret_access_key = secret
[profile prod]
aws_access_key_id = AKIAPROD
aws_secret_access_key = secret
END
python=$work/python/bin/python
cat >"$work/client.py" <<'END'
import boto3
def key():
    found = boto3.Session().get_credentials()
    return found.access_key if found else "none"
if __name__ == "__main__":
    print(key())
END

# keys VARIABLE=VALUE... LINE...: the lines, then the key of boto3 in this xonsh and in a program that it starts.
keys() {
    local variables=()
    while [[ $1 == [A-Z]*=* ]]; do variables+=("$1"); shift; done
    printf '%s\n' 'import sys; sys.path.insert(0, ".")' 'from client import key' "$@" 'print(key(), flush=True)' \
        "$python client.py" >"$work/try.xsh"
    (cd "$work" && clean "${variables[@]}" "$python" -m xonsh --no-rc try.xsh | paste -sd ' ')
}

echo 'Who signs (boto3 in xonsh, boto3 in a program):'
# shellcheck disable=SC2016  # xonsh expands it
{
    seen 'dev is there at the start' "$(keys AWS_PROFILE=dev 'pass')" 'AKIADEV AKIADEV'
    seen 'prod is set' "$(keys AWS_PROFILE=dev '$AWS_PROFILE = "prod"')" 'AKIADEV AKIAPROD'
    seen 'keys are set' "$(keys AWS_PROFILE=dev 'del $AWS_PROFILE' '$AWS_ACCESS_KEY_ID = "AKIAKEYS"' \
        '$AWS_SECRET_ACCESS_KEY = "secret"')" 'AKIADEV AKIAKEYS'
    seen 'dev is deleted' "$(keys AWS_PROFILE=dev 'del $AWS_PROFILE')" 'AKIADEV none'
    seen 'prod is set, then $UPDATE_OS_ENVIRON' "$(keys AWS_PROFILE=dev '$AWS_PROFILE = "prod"' \
        '$UPDATE_OS_ENVIRON = True')" 'AKIAPROD AKIAPROD'
    seen '$UPDATE_OS_ENVIRON, then dev is deleted' "$(keys AWS_PROFILE=dev '$UPDATE_OS_ENVIRON = True' \
        'del $AWS_PROFILE')" 'none none'
}
finish
