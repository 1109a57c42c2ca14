#!/usr/bin/env bash
# Leaving a directory with keys: direnv 2.32.1, mise 2026.9.15.
#
# Expected: who selects other credentials in the directory keeps them on leaving, or gets the whole set from before back.
# What happens: both put back each variable that the directory has set, and no other, whatever it holds meanwhile. A file with
# a pair of keys has no session token, so the pair from before comes back beside the token that was set in the directory.
# In the same way AWS_PROFILE from before comes back beside keys.
# Why it matters: AWS refuses the mixture, until credentials are selected once more; and beside AWS_PROFILE some SDKs sign
# as the account from before.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

apt_extract direnv=2.32.1-2+b4
npm_install @jdxcode/mise@2026.9.15
mkdir "$work/keys" "$work/profile"
echo 'export AWS_ACCESS_KEY_ID=AKIALOCAL AWS_SECRET_ACCESS_KEY=local' >"$work/keys/.envrc"
echo 'export AWS_PROFILE=local' >"$work/profile/.envrc"
printf '[env]\nAWS_ACCESS_KEY_ID = "AKIALOCAL"\nAWS_SECRET_ACCESS_KEY = "local"\n' >"$work/keys/mise.toml"
printf '[env]\nAWS_PROFILE = "local"\n' >"$work/profile/mise.toml"

# leaves TOOL DIRECTORY: in dev, enters the directory, selects prod there as `export` does it, and leaves; says what is set.
leaves() {
    cat >"$work/shell" <<END
select_keys() { export AWS_ACCESS_KEY_ID=ASIA\$1 AWS_SECRET_ACCESS_KEY=\$1 AWS_SESSION_TOKEN=\$1; unset AWS_PROFILE; }
hook_direnv() { eval "\$(direnv export bash)"; }
hook_mise() { eval "\$(mise hook-env -s bash)"; }
$3
cd "$work/$2"
[ "$1" = mise ] || direnv allow
hook_$1
select_keys prod
hook_$1
cd "$work"
hook_$1
echo "\${AWS_ACCESS_KEY_ID-none} \${AWS_SESSION_TOKEN-none} \${AWS_PROFILE-none}" >&3
END
    clean PATH="$work/debian/usr/bin:$work/node_modules/.bin:$PATH" MISE_TRUSTED_CONFIG_PATHS="$work" MISE_OFFLINE=1 \
        bash --norc "$work/shell" 3>&1 >/dev/null 2>&1
}

echo 'prod was selected in the directory; after leaving it (key, token, profile):'
for tool in direnv mise; do
    seen "$tool, a pair of keys in the directory, keys of dev before" "$(leaves $tool keys 'select_keys dev')" 'ASIAdev prod none'
    seen "$tool, a profile in the directory, AWS_PROFILE=dev before" "$(leaves $tool profile 'export AWS_PROFILE=dev')" \
        'ASIAprod prod dev'
done
finish
