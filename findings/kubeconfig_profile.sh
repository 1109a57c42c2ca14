#!/usr/bin/env bash
# AWS_PROFILE in a kubeconfig beside keys in the shell: AWS CLI 1.46.3 with the Kubernetes client for Python 37.0.2.
#
# Expected: a user whose `exec` section names AWS_PROFILE, as `aws eks update-kubeconfig --profile dev` writes it, is dev,
# whatever is selected in the shell. That is what the line is for.
# What happens: AWS_PROFILE is set for the AWS CLI beside the keys of the shell, and there keys take precedence. The token for
# the cluster is that of the shell's account. Nothing is reported but that the cluster refuses it, or knows another user.
# `--profile` among the arguments takes precedence over keys.
# Why it matters: `kubectl --context dev` works or does not, depending on what was last selected in the shell.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install awscli==1.46.3
python3 -m venv "$work/kubernetes"
"$work/kubernetes/bin/pip" install -q --disable-pip-version-check --no-cache-dir kubernetes==37.0.2

printf '[dev]\naws_access_key_id = AKIADEV\naws_secret_access_key = secret\n' >"$credentials"
kubeconfig() {
    cat >"$work/kubeconfig" <<END
apiVersion: v1
kind: Config
current-context: dev
contexts: [{name: dev, context: {cluster: dev, user: dev}}]
clusters: [{name: dev, cluster: {server: "https://127.0.0.1"}}]
users:
- name: dev
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      command: $work/python/bin/aws
      args: [--region, eu-west-1, eks, get-token, --cluster-name, dev$1]
      env: [{name: AWS_PROFILE, value: dev}]
END
}
# Whose key signed the token that the client would send to the cluster.
key='import base64, kubernetes, re, sys
client = kubernetes.client.Configuration()
kubernetes.config.load_kube_config(sys.argv[1], client_configuration=client)
token = next(iter(client.api_key.values())).split("k8s-aws-v1.")[1]
print(re.search("Credential=([^%]*)", base64.urlsafe_b64decode(token + "==").decode())[1])'
asks() { clean "$@" "$work/kubernetes/bin/python" -c "$key" "$work/kubeconfig" 2>/dev/null; }

keys=(AWS_ACCESS_KEY_ID=AKIASHELL AWS_SECRET_ACCESS_KEY=secret)
kubeconfig ''
echo 'AWS_PROFILE=dev in the kubeconfig; whose key signs the token:'
seen 'AWS_PROFILE=prod in the shell' "$(asks AWS_PROFILE=prod)" AKIADEV
seen 'keys in the shell' "$(asks "${keys[@]}")" AKIASHELL
kubeconfig ', --profile, dev'
seen 'keys in the shell, --profile dev in the kubeconfig' "$(asks "${keys[@]}")" AKIADEV
finish
