#!/usr/bin/env bash
# `environment:` in a playbook: ansible-core 2.19.14 with boto3 1.44.8.
#
# Expected: `AWS_SESSION_TOKEN: null`, or a template without a value, takes the variable out for the task; `omit` does so too.
# What happens: null is the text None. boto3 looks for a profile of that name, and stops; as a session token it is sent and
# signed beside keys. `omit` leaves what the task inherits. An empty text is an empty variable, which is a profile without a
# name for boto3. So no value takes a variable out; `command: env -u AWS_PROFILE …` does.
# Why it matters: a playbook that passes a token where there is one sends "None" with long-term keys, and AWS refuses that.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install ansible-core==2.19.14 boto3==1.44.8
printf '[profile dev]\naws_access_key_id = AKIADEV\naws_secret_access_key = secret\n' >"$config"
python=$work/python/bin/python
cat >"$work/client.py" <<'END'
import boto3
try:
    found = boto3.Session().get_credentials()
    print(found.access_key if found else "none", found.token if found and found.token else "none")
except Exception as error:
    print(error)
END

# task VARIABLE=VALUE... ENVIRONMENT: what boto3 says (key, token) in a task with this environment.
task() {
    local variables=()
    while (($# > 1)); do variables+=("$1"); shift; done
    cat >"$work/play.yml" <<END
- hosts: localhost
  connection: local
  gather_facts: false
  vars: {ansible_python_interpreter: $python, token: null}
  tasks:
    - command: $python $work/client.py
      environment: $1
      register: client
    - copy: {content: "{{ client.stdout }}", dest: "$work/said"}
END
    (cd "$work" && clean "${variables[@]}" "$work/python/bin/ansible-playbook" play.yml) >/dev/null 2>&1
    cat "$work/said"
}

keys=(AWS_ACCESS_KEY_ID=AKIAKEYS AWS_SECRET_ACCESS_KEY=secret)
gone='The config profile (None) could not be found'
echo 'AWS_PROFILE=dev where ansible was started:'
seen 'nothing' "$(task AWS_PROFILE=dev '{}')" 'AKIADEV none'
seen 'AWS_PROFILE: null' "$(task AWS_PROFILE=dev '{AWS_PROFILE: null}')" "$gone"
seen 'AWS_PROFILE: ""' "$(task AWS_PROFILE=dev '{AWS_PROFILE: ""}')" "${gone/None/}"
seen 'AWS_PROFILE: "{{ omit }}"' "$(task AWS_PROFILE=dev '{AWS_PROFILE: "{{ omit }}"}')" 'AKIADEV none'
echo 'Keys, and a session token:'
seen 'AWS_SESSION_TOKEN: null' "$(task "${keys[@]}" AWS_SESSION_TOKEN=old '{AWS_SESSION_TOKEN: null}')" 'AKIAKEYS None'
echo 'Keys without a session token:'
seen 'AWS_SESSION_TOKEN: "{{ token }}", which is null' "$(task "${keys[@]}" '{AWS_SESSION_TOKEN: "{{ token }}"}')" 'AKIAKEYS None'
finish
