# ssox for zsh: the function `ssox`, the hooks around each command, the segment in the prompt.
#
# No policy lives here. This applies a reply of the binary, compares two integers and calls the binary again; all names
# are `_ssox_*` but for `ssox` itself and the SSOX_* variables. Nothing from AWS, a file or the environment is evaluated.
#
# `ssox init zsh` passes this text to `emulate zsh -o no_aliases -o extended_glob -c`, so it is read, and its functions
# always run, under these options: what is set and aliased in the shell around it does not matter.

builtin unalias ssox 2>/dev/null || builtin true

# What ssox changed first in this shell, and what was there before: `x` exported, `s` set, `u` unset, then the value.
# A shell that inherits a profile in use cannot know, and remembers nothing. Loading this twice forgets nothing.
if (( ! ${+_ssox_kept} )); then
  typeset -gA _ssox_kept
  typeset -gi _ssox_child=0
  [[ -z ${SSOX_PROFILE-} ]] || _ssox_child=1
fi

function ssox() {
  if _ssox_is use "$@"; then
    _ssox_change use "$@"
  elif _ssox_is clear "$@"; then
    _ssox_change clear "$@"
  else
    builtin command ssox "$@"
  fi
}

# Tells whether the arguments after the first run that verb; help and the like are for people to read.
function _ssox_is() {
  local wanted=$1 argument verb=
  shift
  for argument; do
    case $argument in
      (-h|--help|-V|--version|--emit*) return 1 ;;
      (--) break ;;
      (-*) ;;
      (*) verb=${verb:-$argument} ;;
    esac
  done
  [[ $verb == $wanted ]]
}

# Runs a verb that changes the environment of this shell.
function _ssox_change() {
  emulate -L zsh -o no_aliases -o extended_glob +o xtrace
  local verb=$1 reply
  shift
  reply="$(builtin command ssox --emit=zsh1 "$@")" || return
  _ssox_apply "$reply" || return
  [[ $verb != clear ]] || _ssox_restore
}

# Checks all lines of a reply, then applies them.
function _ssox_apply() {
  emulate -L zsh -o no_aliases -o extended_glob +o xtrace
  local line name
  local -a lines names
  lines=("${(@f)1}")
  [[ $lines[1] == '#ssox1' && $lines[-1] == '#end' ]] || { _ssox_refuse 'unexpected reply'; return 70 }
  shift lines
  lines[-1]=()
  for line in "${lines[@]}"; do
    case $line in
      ('='*'='*) name=${${line#'='}%%'='*} ;;
      (-*) name=${line#-} ;;
      (*) _ssox_refuse 'unexpected reply'; return 70 ;;
    esac
    case $name in
      ((AWS|SSOX)_[A-Z0-9_]##|AWSUME_PROFILE|AWSUME_EXPIRATION|AWSU_PROFILE) ;;
      (*) _ssox_refuse "\`${(V)name}\` is not to be changed"; return 70 ;;
    esac
    case ${(Pt)name} in
      (*readonly*) _ssox_refuse "\`$name\` is readonly in this shell"; return 70 ;;
      (|scalar*) ;;
      (*) _ssox_refuse "\`$name\` is not a plain variable in this shell"; return 70 ;;
    esac
    names+=($name)
  done
  for line in "${lines[@]}"; do
    name=$names[1]
    shift names
    _ssox_remember $name
    case $line in
      (-*) builtin unset -v $name ;;
      (*) builtin export "${line#'='}" ;;
    esac
  done
}

function _ssox_refuse() {
  builtin print -u2 -r -- "ssox: $1, environment unchanged"
}

function _ssox_remember() {
  (( ! _ssox_child && ! ${+_ssox_kept[$1]} )) || return 0
  case ${(Pt)1} in
    (*export*) _ssox_kept[$1]=x${(P)1} ;;
    (?*) _ssox_kept[$1]=s${(P)1} ;;
    (*) _ssox_kept[$1]=u ;;
  esac
}

# Puts back what was there before ssox changed it, and forgets it.
function _ssox_restore() {
  emulate -L zsh -o no_aliases -o extended_glob +o xtrace
  local name
  for name in "${(@k)_ssox_kept}"; do
    builtin unset -v $name
    case $_ssox_kept[$name] in
      (x*) builtin export "$name=${_ssox_kept[$name]#x}" ;;
      (s*) builtin typeset -g "$name=${_ssox_kept[$name]#s}" ;;
    esac
  done
  _ssox_kept=()
  _ssox_child=0
}

# --- completion

builtin true
