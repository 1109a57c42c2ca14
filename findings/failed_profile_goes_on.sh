#!/usr/bin/env bash
# AWS_PROFILE fails and a container endpoint is there: SDKs for JavaScript 3.972.99 and Java 2.57.8, awscrt 0.38.1, pyarrow
# 26.0.1, opendal 0.47.12.
#
# Expected: when the profile that AWS_PROFILE names cannot give credentials, the program stops and says so, as boto3 and the
# SDK for Rust do. JavaScript does the same for an SSO profile without a token.
# What happens: when a credential_process exits with 1, JavaScript asks the container endpoint next. Java, C, C++ and opendal
# do so for an SSO profile without a token as well. The request is signed as the container, and nothing is reported.
# Why it matters: in a development container, or in a program that `ssox exec --serve` runs for another profile, an expired
# session changes who people are. Where there is no endpoint the same programs fail.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install boto3==1.44.8 awscrt==0.38.1 pyarrow==26.0.1 opendal==0.47.12 icechunk==1.1.21
npm_install @aws-sdk/credential-provider-node@3.972.99
java_class Keys auth sso ssooidc <<'END'
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

public class Keys {
    public static void main(String[] arguments) {
        System.out.println(DefaultCredentialsProvider.create().resolveCredentials().accessKeyId());
    }
}
END
start_server

cat >"$config" <<'END'
[profile process]
credential_process = /bin/false
[profile sso]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Admin
[sso-session corp]
sso_start_url = https://d-1234567890.awsapps.com/start
sso_region = eu-west-1
END
cat >"$work/ask.py" <<'END'
import os, sys
url = os.environ["url"]
program = sys.argv[1]
try:
    if program == "boto3":
        import boto3
        print(boto3.Session().get_credentials().get_frozen_credentials().access_key)
    elif program == "awscrt":
        from awscrt.auth import AwsCredentialsProvider
        print(AwsCredentialsProvider.new_default_chain().get_credentials().result(30).access_key_id)
    elif program == "pyarrow":
        from pyarrow import fs
        files = fs.S3FileSystem(endpoint_override=url.removeprefix("http://"), scheme="http", region="eu-west-1")
        files.get_file_info("bucket/key")
    elif program == "opendal":
        import opendal
        opendal.Operator("s3", bucket="bucket", region="eu-west-1", endpoint=url).exists("key")
    else:
        import icechunk
        options = {"endpoint_url": url, "allow_http": True, "force_path_style": True, "region": "eu-west-1"}
        icechunk.Repository.exists(icechunk.s3_storage(bucket="bucket", prefix="p", from_env=True, **options))
except Exception:
    pass  # the log tells who signed
END
node="import('@aws-sdk/credential-provider-node').then(m => m.defaultProvider()()).then(k => console.log(k.accessKeyId))"

# signer PROGRAM PROFILE: the key id that the program has or signs with.
signer() {
    local command=("$work/python/bin/python" "$work/ask.py" "$1") printed
    [ "$1" != JavaScript ] || command=(node -e "$node")
    : >"$work/log"
    printed=$(cd "$work" && clean url="$url" AWS_PROFILE="$2" AWS_REGION=eu-west-1 \
        AWS_CONTAINER_CREDENTIALS_FULL_URI="$url/container" timeout 60 "${command[@]}" 2>/dev/null |
        grep -x 'A[A-Z]*') || true
    [ -n "$printed" ] || printed=$(grep -v ' /container ' "$work/log" | cut -d ' ' -f 3 | sort -u)
    echo "${printed:-stops}"
}

for profile in process sso; do
    echo "AWS_PROFILE=$profile, which fails; beside it a container endpoint:"
    endpoint=(AWS_REGION=eu-west-1 AWS_CONTAINER_CREDENTIALS_FULL_URI="$url/container")
    java=$(java_run Keys AWS_PROFILE=$profile "${endpoint[@]}") || true
    seen Java "${java:-stops}" ASIACONTAINER
    seen boto3 "$(signer boto3 $profile)" stops
    seen Rust "$(signer Rust $profile)" stops
    case $profile in process) expected=ASIACONTAINER ;; *) expected=stops ;; esac
    seen JavaScript "$(signer JavaScript $profile)" $expected
    for program in awscrt pyarrow opendal; do
        seen $program "$(signer $program $profile)" ASIACONTAINER
    done
done
finish
