# shellcheck shell=bash
# What the findings share: a temporary folder, pinned packages in it, a clean environment, a stand-in for AWS on loopback.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
umask 077
work=$(mktemp -d)
server=
changed=0
mkdir -p "$work/home/.aws"
config=$work/home/.aws/config
credentials=$work/home/.aws/credentials
: >"$config"
: >"$credentials"

clean_up() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$work"
}
trap clean_up EXIT

# Runs a program with nothing but the variables that are named: `clean AWS_PROFILE=dev program`.
clean() {
    env -i PATH="$PATH" HOME="$work/home" LC_ALL=C.UTF-8 AWS_EC2_METADATA_DISABLED=true NODE_NO_WARNINGS=1 "$@" </dev/null
}

# pip_install PACKAGE==VERSION...; afterwards $work/python/bin/python has them.
pip_install() {
    [ -x "$work/python/bin/python" ] || python3 -m venv "$work/python"
    "$work/python/bin/pip" install -q --disable-pip-version-check --no-cache-dir "$@"
}

# apt_extract PACKAGE=VERSION...: unpacks Debian packages into $work/debian, installs nothing.
apt_extract() {
    mkdir -p "$work/deb" "$work/debian"
    (cd "$work/deb" && apt-get download -qq "$@" 2>/dev/null)
    local package
    for package in "$work"/deb/*.deb; do dpkg -x "$package" "$work/debian"; done
}

# npm_install PACKAGE@VERSION...; afterwards $work/node_modules has them.
npm_install() {
    npm install --prefix "$work" --cache "$work/npm" --silent --no-audit --no-fund "$@" >/dev/null
}

# go_program MODULE@VERSION... <SOURCE: builds $work/program.
go_program() {
    mkdir -p "$work/go"
    cat >"$work/go/main.go"
    (
        cd "$work/go"
        export GOMODCACHE=$work/gomod GOCACHE=$work/gocache GOFLAGS='-modcacherw -mod=mod'
        go mod init finding
        go get "$@"
        go build -o "$work/program" .
    ) >"$work/go.log" 2>&1 || { cat "$work/go.log" >&2; return 1; }
}

# go_client: builds $work/program, which prints the ID of the keys that the SDK for Go v2 (config 1.33.18) takes.
go_client() {
    go_program github.com/aws/aws-sdk-go-v2/config@v1.33.18 <<'END'
package main

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/config"
)

func main() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err == nil {
		keys, err := cfg.Credentials.Retrieve(context.Background())
		if err == nil {
			fmt.Println(keys.AccessKeyID)
		}
	}
}
END
}

# go_install PACKAGE@VERSION: builds a program of a module into $work.
go_install() {
    GOMODCACHE=$work/gomod GOCACHE=$work/gocache GOBIN=$work GOFLAGS=-modcacherw go install "$1" >"$work/go.log" 2>&1 ||
        { cat "$work/go.log" >&2; return 1; }
}

# java_class NAME ARTIFACT... <SOURCE: compiles the class with artifacts of the AWS SDK for Java 2.57.8; `java_run NAME`.
java_class() {
    local name=$1 artifact
    shift
    mkdir -p "$work/java"
    cat >"$work/java/$name.java"
    {
        echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        echo '<groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies>'
        for artifact in "$@" url-connection-client; do
            echo "<dependency><groupId>software.amazon.awssdk</groupId><artifactId>$artifact</artifactId>"
            echo '<version>2.57.8</version></dependency>'
        done
        echo '</dependencies></project>'
    } >"$work/java/pom.xml"
    (
        cd "$work/java"
        mvn -q -B -Dmaven.repo.local="$work/m2" dependency:copy-dependencies -DoutputDirectory=lib
        javac -cp 'lib/*' "$name.java"
    ) >"$work/java.log" 2>&1 || { cat "$work/java.log" >&2; return 1; }
}

# java_run NAME VARIABLE=VALUE...
java_run() {
    local name=$1
    shift
    clean "$@" java -cp "$work/java/lib/*:$work/java" -Duser.home="$work/home" "$name" 2>/dev/null
}

# Starts the stand-in for AWS; $url is where it listens.
start_server() {
    python3 "$here/server.py" "$work/port" "$work/log" &
    server=$!
    until [ -s "$work/port" ]; do sleep 0.05; done
    url=http://127.0.0.1:$(cat "$work/port")
    export url
    : >"$work/log"
}

# client NAME VARIABLE=VALUE...: runs a small program of an SDK against the stand-in, without what was logged before. Prints
# what the program prints of the key; the others make a request, which is in the log.
client() {
    local program
    case $1 in
        boto3) program=("$work/python/bin/python" -c 'import boto3; boto3.client("sts").get_caller_identity()') ;;
        aws) program=("$work/python/bin/aws" sts get-caller-identity) ;;
        awscrt)
            program=("$work/python/bin/python" -c 'from awscrt.auth import AwsCredentialsProvider as P; from awscrt.io import ClientBootstrap as B
c = P.new_default_chain(B.get_or_create_static_default()).get_credentials().result(60)
print(c.access_key_id, c.session_token or "-")')
            ;;
        pyarrow)
            program=("$work/python/bin/python" -c 'import os; from pyarrow.fs import S3FileSystem
S3FileSystem(endpoint_override=os.environ["AWS_ENDPOINT_URL"]).get_file_info("bucket/key")')
            ;;
        icechunk)
            program=("$work/python/bin/python" -c 'import os, icechunk
options = dict(endpoint_url=os.environ["AWS_ENDPOINT_URL"], allow_http=True, force_path_style=True, region="eu-west-1", from_env=True)
icechunk.Repository.exists(icechunk.s3_storage(bucket="bucket", prefix="p", **options))')
            ;;
        javascript)
            program=(node -e "import('@aws-sdk/client-sts').then(m => new m.STSClient({}).send(new m.GetCallerIdentityCommand({})))")
            ;;
    esac
    shift
    : >"$work/log"
    (cd "$work" && clean AWS_ENDPOINT_URL="$url" AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1 "$@" timeout 60 "${program[@]}" 2>/dev/null |
        grep '^A[KS]IA') || true
}

# Says how many requests came since the last time, and what the last one was: METHOD PATH KEY TOKEN.
# shellcheck disable=SC2120  # the number of fields may be given
requests() {
    cut -d ' ' -f "1-${1:-4}" "$work/log" | sort -u | paste -sd '|'
    : >"$work/log"
}

# seen WHAT OUTPUT EXPECTED: says what was seen, and remembers when it is not what it was.
seen() {
    printf '  %s: %s\n' "$1" "$2"
    [ "$2" = "$3" ] && return
    printf '  CHANGED, it was: %s\n' "$3"
    changed=1
}

# The end of a finding: 1 when something changed.
finish() {
    [ "$changed" = 0 ] || { echo "$(basename "$0"): changed"; exit 1; }
    echo "$(basename "$0"): as described"
}
