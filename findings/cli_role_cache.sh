#!/usr/bin/env bash
# Role credentials that the AWS CLI (1.46.3) keeps in ~/.aws/cli/cache, and who assumed the role; boto3 1.44.8.
#
# Expected: the AWS CLI keeps the credentials of a role for each profile, or for each identity that assumed it.
# What happens: they are kept for the arguments of the request: the role, and a session name, external ID or duration if the
# profile has one. Who sends it is not among them. So a profile with the same role and another `source_profile` gets what
# the first one got; and with `credential_source = Environment` other keys in the shell change nothing while it is kept.
# boto3 keeps nothing in files, and asks with the right keys.
# Why it matters: after a change of credentials the AWS CLI goes on with a session that the identity before has opened. AWS
# logs it under that name, and a role that the new identity may not assume still works, for up to an hour.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install boto3==1.44.8 awscli==1.46.3
start_server

cat >"$config" <<'END'
[profile deploy]
role_arn = arn:aws:iam::111122223333:role/Deploy
credential_source = Environment
[profile as-anna]
role_arn = arn:aws:iam::111122223333:role/Admin
source_profile = anna
[profile as-ben]
role_arn = arn:aws:iam::111122223333:role/Admin
source_profile = ben
[profile as-ben-named]
role_arn = arn:aws:iam::111122223333:role/Admin
source_profile = ben
role_session_name = ben
END
cat >"$credentials" <<'END'
[anna]
aws_access_key_id = AKIAANNA
aws_secret_access_key = secret
[ben]
aws_access_key_id = AKIABEN
aws_secret_access_key = secret
END

# Who assumed a role since the last time.
assumed() {
    local keys
    keys=$(grep Action=AssumeRole "$work/log" | cut -d ' ' -f 3 | paste -sd ' ')
    : >"$work/log"
    echo "${keys:-nobody, kept credentials}"
}
with() { clean AWS_ENDPOINT_URL="$url" AWS_DEFAULT_REGION=eu-west-1 "$@" >/dev/null; }
python=$work/python/bin/python
aws=$work/python/bin/aws
boto3='import boto3; boto3.Session(profile_name="deploy").client("sts").get_caller_identity()'
dev=(AWS_ACCESS_KEY_ID=ASIADEV AWS_SECRET_ACCESS_KEY=secret AWS_SESSION_TOKEN=token)
prod=(AWS_ACCESS_KEY_ID=ASIAPROD AWS_SECRET_ACCESS_KEY=secret AWS_SESSION_TOKEN=token)

echo 'credential_source = Environment, who assumes the role:'
with "${dev[@]}" "$aws" --profile deploy sts get-caller-identity
seen 'AWS CLI with the keys ASIADEV' "$(assumed)" ASIADEV
with "${prod[@]}" "$aws" --profile deploy sts get-caller-identity
seen 'AWS CLI with the keys ASIAPROD' "$(assumed)" 'nobody, kept credentials'
with "${prod[@]}" "$python" -c "$boto3"
seen 'boto3 with the keys ASIAPROD' "$(assumed)" ASIAPROD
echo 'Two profiles with one role, and a source each:'
with "$aws" --profile as-anna sts get-caller-identity
seen 'AWS CLI, source anna' "$(assumed)" AKIAANNA
with "$aws" --profile as-ben sts get-caller-identity
seen 'AWS CLI, source ben' "$(assumed)" 'nobody, kept credentials'
with "$aws" --profile as-ben-named sts get-caller-identity
seen 'AWS CLI, source ben, role_session_name' "$(assumed)" AKIABEN
finish
