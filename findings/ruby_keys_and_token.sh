#!/usr/bin/env bash
# Keys in the environment beside an SSO profile that needs a sign-in: AWS SDK for Ruby, aws-sdk-core 3.168.1 (Debian 12);
# 3.211.0 does the same.
#
# Expected: with complete keys in the environment the profile is not asked for credentials, as in the other SDKs.
# What happens: every client also looks for a bearer token in the profile, when it is made, and stops where that has expired
# or nobody is signed in. `[default]` is enough, which no variable names.
# Why it matters: whoever exports valid keys cannot use them until they also sign in to a session that is not needed.
# A legacy profile (`sso_start_url`) does no harm.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

apt_extract ruby-aws-sdk-core=3.168.1-2 ruby-aws-sigv4=1.5.1-2 ruby-aws-eventstream=1.2.0-1 \
    ruby-aws-partitions=1.653.0-3~deb12u1 ruby-jmespath=1.6.1-1
start_server
gems=("$work"/debian/usr/share/rubygems-integration/all/gems/*/lib "$work/debian/usr/lib/ruby/vendor_ruby")
pip_install boto3==1.44.8

role='sso_account_id = 111122223333
sso_role_name = Admin'
session='[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1'
ruby='
require "aws-sdk-core"
begin
  Aws::STS::Client.new(endpoint: ENV["url"]).get_caller_identity
rescue StandardError => error
  print error.class, " "
end'
python='
import boto3, os
boto3.client("sts", endpoint_url=os.environ["url"]).get_caller_identity()'

with_keys() {
    clean url="$url" AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1 \
        AWS_ACCESS_KEY_ID=ASIAKEYS AWS_SECRET_ACCESS_KEY=secret AWS_SESSION_TOKEN=token "$@" 2>&1
}
ruby() { with_keys ruby "${gems[@]/#/-I}" -e "$ruby"; requests 3; }
boto3() { with_keys "$work/python/bin/python" -c "$python"; requests 3; }

seen 'Ruby, no profile' "$(ruby)" 'POST / ASIAKEYS'
printf '[default]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n%s\n' "$role" >"$config"
seen 'Ruby, a legacy [default], nobody is signed in' "$(ruby)" 'POST / ASIAKEYS'
printf '[default]\nsso_session = corp\n%s\n%s\n' "$role" "$session" >"$config"
seen 'boto3, [default] with a session, nobody is signed in' "$(boto3)" 'POST / ASIAKEYS'
seen 'Ruby, [default] with a session, nobody is signed in' "$(ruby)" 'Aws::Errors::InvalidSSOToken '
finish
