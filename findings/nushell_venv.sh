#!/usr/bin/env bash
# nushell 0.115.1 with virtualenv 21.15.11 or uv 0.13.9: `deactivate` undoes every change of a variable since activation.
#
# Expected: `deactivate` takes back what activation has changed (PATH, VIRTUAL_ENV), as in bash, zsh and fish.
# What happens: in nushell activation is an overlay, and whatever is set while it is there belongs to it. So variables set
# meanwhile are gone, and variables changed meanwhile have their values from before. Nothing is reported.
# Why it matters: who activates, selects a profile, and deactivates is back in the profile from before.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

npm_install nushell@0.115.1
pip_install virtualenv==21.15.11 uv==0.13.9
python=$work/python/bin
clean "$python/virtualenv" -q --no-download "$work/virtualenv"
clean "$python/uv" venv -q --offline --no-config --python "$python/python" "$work/uv"

# What a program gets while the environment is active, and after `deactivate`.
shell() {
    cat >"$work/try.nu" <<END
def variables [] { ^env | lines | where \$it =~ '^AWS_(PROFILE|REGION)' | sort | str join ' ' }
\$env.AWS_PROFILE = 'dev'
overlay use $work/$1/bin/activate.nu
\$env.AWS_PROFILE = 'prod'
\$env.AWS_REGION = 'eu-west-1'
print --no-newline \$"(variables) -> "
deactivate
print (variables)
END
    clean "$work/node_modules/.bin/nu" -n "$work/try.nu"
}
other() {
    cat >"$work/try" <<END
export AWS_PROFILE=dev
. "$work/virtualenv/bin/activate"
export AWS_PROFILE=prod
deactivate
printenv AWS_PROFILE
END
    clean bash --norc "$work/try"
}

seen 'bash, virtualenv' "$(other)" prod
for tool in virtualenv uv; do
    seen "nushell, $tool" "$(shell $tool)" 'AWS_PROFILE=prod AWS_REGION=eu-west-1 -> AWS_PROFILE=dev'
done
finish
