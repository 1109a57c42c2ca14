#!/bin/sh
# The scripted ssox of the tests: `init` and `complete` are the real one's; `use`, `clear` and `tick` behind `--emit` say what the home
# has for them, and `identity` that nothing is to change; all else tells what arguments and which terminals it was given.
home=$(dirname "$(dirname "$0")")
case $1 in init|complete) exec "$home/real" "$@" ;; esac
case $* in --emit=*' identity') echo judged >> "$home/judged"; printf '#ssox1\n#end\n'; exit ;; esac
printf '%s\n' "$*" >> "$home/calls"
case $* in
  --emit=*) for word; do case $word in
    use|clear|tick)
      [ ! -e "$home/$word.message" ] || cat "$home/$word.message" >&2
      cat "$home/$word.reply"
      exit "$(cat "$home/$word.status")" ;;
  esac; done ;;
esac
printf 'arguments:'; printf ' <%s>' "$@"; echo
for descriptor in 0 1 2; do [ ! -t $descriptor ] || echo "terminal: $descriptor"; done
case $1 in sleep) exec sleep 1000 ;; read) read -r line; echo "read: $line" ;; fail) exit 42 ;; esac
