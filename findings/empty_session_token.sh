#!/usr/bin/env bash
# An empty session token: AWS SDK for Java 2.57.8.
#
# Expected: a session token that is empty is no session token. That is so with the variable AWS_SESSION_TOKEN, in Java too,
# and with boto3 1.44.8 and the SDK for JavaScript (client-sts 3.1169.0) wherever it stands.
# What happens: from a file or from a credential_process Java takes the empty text for a token: the request carries an
# X-Amz-Security-Token header without a value, and the signature covers it. `aws configure set aws_session_token ""`, the
# way to take a token out with AWS CLI 1.46.2, writes just such a line.
# Why it matters: a tool that hands out keys of a user must leave the token out, not write it empty.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install boto3==1.43.62 awscli==1.46.2
npm_install @aws-sdk/client-sts@3.1169.0
start_server
java_class Caller sts <<END
import java.net.URI;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;

public class Caller {
    public static void main(String[] arguments) {
        StsClient sts = StsClient.builder().region(Region.EU_WEST_1).endpointOverride(URI.create("$url")).build();
        sts.getCallerIdentity();
    }
}
END
boto="import boto3; boto3.client('sts', endpoint_url='$url', region_name='eu-west-1').get_caller_identity()"
node="import('@aws-sdk/client-sts').then(async m => {
const sts = new m.STSClient({endpoint: '$url', region: 'eu-west-1'}); await sts.send(new m.GetCallerIdentityCommand({})) })"

# Says for each SDK what the request had: the key id, and `-` for no token or `empty` for an empty one.
ask() {
    local java=$1
    shift
    clean "$@" "$work/python/bin/python" -c "$boto"
    seen '  boto3' "$(requests)" 'POST / AKIAEXAMPLE -'
    (cd "$work" && clean "$@" node -e "$node")
    seen '  JavaScript' "$(requests)" 'POST / AKIAEXAMPLE -'
    java_run Caller "$@"
    seen '  Java' "$(requests)" "POST / AKIAEXAMPLE $java"
}

echo 'AWS_SESSION_TOKEN="" beside two keys:'
ask - AWS_ACCESS_KEY_ID=AKIAEXAMPLE AWS_SECRET_ACCESS_KEY=secret AWS_SESSION_TOKEN=

aws() { clean AWS_PROFILE=dev "$work/python/bin/aws" configure set "$1" "$2"; }
aws aws_access_key_id AKIAEXAMPLE
aws aws_secret_access_key secret
aws aws_session_token old
aws aws_session_token ''
echo 'after: aws configure set aws_session_token ""'
seen '  the file' "$(grep token "$credentials" | sed 's/ *$//')" 'aws_session_token ='
ask empty AWS_PROFILE=dev

printf '#!/bin/sh\necho '\''{"Version": 1, "AccessKeyId": "AKIAEXAMPLE", "SecretAccessKey": "secret", "SessionToken": ""}'\''\n' \
    >"$work/keys"
chmod +x "$work/keys"
printf '[profile program]\ncredential_process = %s\n' "$work/keys" >"$config"
echo 'credential_process with "SessionToken": "":'
ask empty AWS_PROFILE=program
finish
