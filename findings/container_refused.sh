#!/usr/bin/env bash
# A container endpoint answers 403: pyarrow 26.0.1 (C++), SDK for Java 2.57.8, opendal 0.47.12 (Rust).
#
# Expected: the program stops and says so, as boto3 1.44.8 and the SDK for JavaScript 3.972.99 do. The variables name one
# endpoint, and it has refused.
# What happens: pyarrow sends the request unsigned and reports no error. Java and opendal ask the metadata service of the
# machine next, and sign as the machine; only AWS_EC2_METADATA_DISABLED=true keeps them from it, and then they stop.
# Why it matters: when the session of a person ends during a long job, the job goes on as nobody, or as the machine.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install boto3==1.44.8 pyarrow==26.0.1 opendal==0.47.12
npm_install @aws-sdk/credential-provider-node@3.972.99
java_class Keys auth <<'END'
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

public class Keys {
    public static void main(String[] arguments) {
        System.out.println(DefaultCredentialsProvider.create().resolveCredentials().accessKeyId());
    }
}
END
start_server

cat >"$work/ask.py" <<'END'
import os, sys
url, program = os.environ["url"], sys.argv[1]
try:
    if program == "boto3":
        import boto3
        boto3.client("s3").head_object(Bucket="bucket", Key="key")
    elif program == "pyarrow":
        from pyarrow import fs
        fs.S3FileSystem(endpoint_override=url.split("//")[1], scheme="http").get_file_info("bucket/key")
    else:
        import opendal
        opendal.Operator("s3", bucket="bucket", region="eu-west-1", endpoint=url).stat("key")
    print("no error")
except Exception:
    print("an error")
END
node="import('@aws-sdk/credential-provider-node').then(async m => console.log((await m.defaultProvider()()).accessKeyId))
.catch(() => console.log('an error'))"

# asks PROGRAM DISABLED: what the program says, and with which key it signed.
asks() {
    local program=$1 said signed
    set -- url="$url" AWS_ENDPOINT_URL="$url" AWS_EC2_METADATA_SERVICE_ENDPOINT="$url" AWS_REGION=eu-west-1 \
        AWS_EC2_METADATA_DISABLED="$2" AWS_CONTAINER_CREDENTIALS_FULL_URI="$url/container/refused" \
        AWS_CONTAINER_AUTHORIZATION_TOKEN=token
    case $program in
        Java) said=$(java_run Keys "$@" || echo 'an error') ;;
        JavaScript) said=$(cd "$work" && clean "$@" node -e "$node") ;;
        *) said=$(clean "$@" "$work/python/bin/python" "$work/ask.py" "$program") ;;
    esac
    signed=$(awk '$2 ~ /^\/bucket/ { print $3 }' "$work/log" | sort -u | paste -sd ' ')
    : >"$work/log"
    echo "$said${signed:+, $signed}"
}

for disabled in true false; do
    echo "AWS_EC2_METADATA_DISABLED=$disabled:"
    for program in boto3 JavaScript; do seen $program "$(asks $program $disabled)" 'an error'; done
    seen pyarrow "$(asks pyarrow $disabled)" 'no error, unsigned'
done
seen 'Java, true' "$(asks Java true)" 'an error'
seen 'Java, false' "$(asks Java false)" ASIAMACHINE
seen 'opendal, true' "$(asks opendal true)" 'an error'
seen 'opendal, false' "$(asks opendal false)" 'no error, ASIAMACHINE'
finish
