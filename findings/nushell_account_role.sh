#!/usr/bin/env bash
# nushell 0.108.0: `111122223333/Admin` is a wrong length of time, `012345678901` a number without its first digit.
#
# Expected: the arguments of a command of one's own, `def --wrapped name [...args]`, are the words that were typed, as they
# are for a program (`^printf`), and so is an account with a role.
# What happens: each word is parsed as any value may be. A word that begins with a digit and ends in `min` is minutes, so
# `111122223333/Admin` is the error `duration value must be a number`; `…/MB` is a size of a file. An account number that
# begins with 0 loses it. `[...args: string]` keeps the words. nushell 0.115.1 keeps them in both.
# Why it matters: the most usual role there is cannot be given to a function around ssox in that version.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

npm_install nushell@0.108.0
old=$work/node_modules/.bin/nu
npm_install --prefix "$work/new" nushell@0.115.1
new=$work/new/node_modules/.bin/nu

# Calls a command of one's own with one word, and gives what a program gets from it, or the error.
word() {
    # shellcheck disable=SC2016  # nushell expands it
    printf 'def --wrapped own [...args%s] { ^printf "%%s" ...$args }\nown %s\n' "$2" "$3" >"$work/try.nu"
    clean "$1" -n "$work/try.nu" 2>&1 | sed -n '/Error/d; /^ *$/d; s/^ *x //; p; q'
}

for role in 111122223333/Admin 111122223333/ReadOnly 012345678901; do
    echo "$role:"
    case $role in
        */Admin) wrong='duration value must be a number' ;;
        */*) wrong=$role ;;
        *) wrong=12345678901 ;;
    esac
    seen '  0.108.0, [...args]' "$(word "$old" '' $role)" "$wrong"
    seen '  0.108.0, [...args: string]' "$(word "$old" ': string' $role)" "$role"
    seen '  0.115.1, [...args]' "$(word "$new" '' $role)" "$role"
done
finish
