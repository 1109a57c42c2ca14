#!/usr/bin/env bash
# An account number from PyYAML 6.0.4 to JavaScript: js-yaml 5.5.0 and yaml 2.9.1.
#
# Expected: a string that one YAML library writes is a string for the next; where a number could be read, quotes are
# written.
# What happens: PyYAML quotes an account number by the rules of YAML 1.1, where digits after a zero are octal. One that has
# an 8 or a 9 is no octal number, so it gets no quotes. JavaScript reads by YAML 1.2, where it is a number: the zero is
# gone. Only account numbers with a zero in front and an 8 or a 9 in them are affected, so tests with others pass.
# Why it matters: `012345678909` becomes 12345678909, which is no account, or another one once somebody pads it.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install PyYAML==6.0.4
npm_install js-yaml@5.5.0 yaml@2.9.1
cd "$work"

write='import sys, yaml; yaml.dump({"account": sys.argv[1]}, open("file", "w"))'
read='const text = require("fs").readFileSync("file", "utf8"), [name] = process.argv.slice(1)
const yaml = require(name); console.log(JSON.stringify((yaml.load ?? yaml.parse)(text).account))'

# passes NUMBER: what PyYAML writes, and what the two in JavaScript read.
passes() {
    clean "$work/python/bin/python" -c "$write" "$1"
    echo "$(cat file) -> $(clean node -e "$read" js-yaml) $(clean node -e "$read" yaml)"
}

seen 'no zero in front' "$(passes 111122223333)" "account: '111122223333' -> \"111122223333\" \"111122223333\""
seen 'a zero, digits up to 7' "$(passes 012345670123)" "account: '012345670123' -> \"012345670123\" \"012345670123\""
seen 'a zero, and an 8 or 9' "$(passes 012345678909)" 'account: 012345678909 -> 12345678909 12345678909'
finish
