#!/usr/bin/env bash
# One indented line in ~/.aws/config hides the whole file: awscrt 0.38.1, C++ (pyarrow 26.0.1), Java 2.57.8.
#
# Expected: blanks before the first key of a section do no harm, as with the AWS CLI, boto3 1.44.8 and JavaScript
# (3.972.99); or at worst that one profile is unknown.
# What happens: the parsers in C, C++ and Java give up the file, so profiles that are written without blanks are unknown,
# too. awscrt and Java report that there are no credentials; pyarrow sends its requests unsigned, and says nothing.
# Upper-case keys (AWS_ACCESS_KEY_ID = …), which the AWS CLI reads, are unknown to these, and to JavaScript.
# Why it matters: a file that was tidied up by hand works with `aws` and fails elsewhere, for profiles nobody touched.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install boto3==1.44.8 awscrt==0.38.1 pyarrow==26.0.1
npm_install @aws-sdk/credential-provider-node@3.972.99
java_class Keys sts <<'END'
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

public class Keys {
    public static void main(String[] arguments) {
        try {
            System.out.println(DefaultCredentialsProvider.create().resolveCredentials().accessKeyId());
        } catch (RuntimeException none) {
            System.out.println("none");
        }
    }
}
END
start_server

boto='import boto3; k = boto3.Session().get_credentials(); print(k.access_key if k else "none")'
crt='from awscrt.auth import AwsCredentialsProvider as P
try: print(P.new_default_chain().get_credentials().result(20).access_key_id)
except Exception: print("none")'
arrow="from pyarrow import fs
s = fs.S3FileSystem(endpoint_override='$url', scheme='http', region='eu-west-1'); s.get_file_info('bucket/key')"
node="import('@aws-sdk/credential-provider-node').then(m => m.defaultProvider()()).then(
k => console.log(k.accessKeyId), () => console.log('none'))"
python() { clean AWS_PROFILE=plain "$work/python/bin/python" -c "$1"; }
keys() { printf '%s, %s, %s, %s\n' "$(python "$boto")" "$(cd "$work" && clean AWS_PROFILE=plain node -e "$node")" \
    "$(python "$crt")" "$(java_run Keys AWS_PROFILE=plain)"; }
signed() { python "$arrow"; requests 3; }

cat >"$config" <<'END'
[profile plain]
aws_access_key_id = AKIAEXAMPLE
aws_secret_access_key = secret
END
cp "$config" "$work/plain"
echo 'One profile alone (boto3, JavaScript, awscrt, Java):'
seen 'keys' "$(keys)" 'AKIAEXAMPLE, AKIAEXAMPLE, AKIAEXAMPLE, AKIAEXAMPLE'
seen 'pyarrow' "$(signed)" 'HEAD /bucket/key AKIAEXAMPLE'
printf '[profile other]\n  region = eu-west-1\n' >>"$config"
echo 'and another profile below it whose key is indented:'
seen 'keys' "$(keys)" 'AKIAEXAMPLE, AKIAEXAMPLE, none, none'
seen 'pyarrow' "$(signed)" 'HEAD /bucket/key unsigned'
sed 's/^aws_.* =/\U&/' "$work/plain" >"$config"
echo 'One profile alone, keys in upper case:'
seen 'keys' "$(keys)" 'AKIAEXAMPLE, none, none, none'
seen 'pyarrow' "$(signed)" 'HEAD /bucket/key unsigned'
finish
