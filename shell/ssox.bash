# shellcheck shell=bash
# ssox for bash (3.2 and later): the function `ssox`, the hook before each prompt, the segment in the prompt.
#
# No policy lives here. This applies a reply of the binary, compares two integers and calls the binary again; all names
# are `_ssox_*` but for `ssox` itself and the SSOX_* variables. Nothing from AWS, a file or the environment is evaluated.

# Bash reads a line when the one before it has run: from the third line on, no alias changes what is read.
\builtin shopt -q expand_aliases && _ssox_aliases=on
\builtin shopt -u expand_aliases
builtin unalias ssox 2>/dev/null || builtin true

# The names ssox changed first in this shell; `_ssox_before` has what was there: `x` exported, `s` set, `u` unset, then
# the value. A shell that inherits a profile in use cannot know, and remembers nothing. Loading this twice forgets nothing.
if [[ -z ${_ssox_loaded-} ]]; then
  _ssox_loaded=1 _ssox_child='' _ssox_kept=' ' _ssox_before=()
  builtin export -n _ssox_loaded _ssox_child _ssox_kept _ssox_before
  [[ -z ${SSOX_PROFILE-} ]] || _ssox_child=1
fi

function ssox() {
  if _ssox_is use ${1+"$@"}; then
    _ssox_change use "$@"
  elif _ssox_is clear ${1+"$@"}; then
    _ssox_change clear "$@"
  else
    builtin command ssox ${1+"$@"}
  fi
}

# Tells whether the arguments after the first run that verb; help and the like are for people to read.
function _ssox_is() {
  builtin local _ssox_wanted="$1" _ssox_argument='' _ssox_verb=''
  builtin shift
  for _ssox_argument in ${1+"$@"}; do
    case $_ssox_argument in
      -h | --help | -V | --version | --emit*) return 1 ;;
      --) break ;;
      -*) ;;
      *) _ssox_verb=${_ssox_verb:-$_ssox_argument} ;;
    esac
  done
  [[ $_ssox_verb == "$_ssox_wanted" ]]
}

# Runs a verb that changes the environment of this shell, hidden from `set -x`.
function _ssox_change() {
  { builtin local _ssox_flags="$-" _ssox_status=0 _ssox_change="$1" _ssox_reply=''; builtin set +x; } 2>/dev/null
  builtin shift
  _ssox_reply=$(builtin command ssox --emit=bash1 "$@") || _ssox_status=$?
  if [[ $_ssox_status == 0 ]]; then
    _ssox_apply "$_ssox_change" "$_ssox_reply" || _ssox_status=$?
  fi
  case $_ssox_flags in *x*) builtin set -x ;; esac
  return "$_ssox_status"
}

# Applies a reply; after `clear` also puts back what was there before. Matching ignores the options of the shell around.
function _ssox_apply() {
  builtin local IFS=$'\n' _ssox_options="$-" _ssox_nocase='' _ssox_result=0
  builtin local -a _ssox_lines _ssox_names
  _ssox_names=()
  if builtin shopt -q nocasematch; then _ssox_nocase=on; fi
  builtin shopt -u nocasematch
  builtin set -f
  # shellcheck disable=SC2206  # splitting at newlines is what is wanted here
  _ssox_lines=($2)
  case $_ssox_options in *f*) ;; *) builtin set +f ;; esac
  if _ssox_check && _ssox_remember; then
    _ssox_set
    if [[ $1 == clear ]]; then _ssox_restore; fi
  else
    _ssox_result=70
  fi
  if [[ -n $_ssox_nocase ]]; then builtin shopt -s nocasematch; fi
  return "$_ssox_result"
}

# Checks all of `_ssox_lines`, strips header and trailer, and collects `_ssox_names`.
function _ssox_check() {
  builtin local _ssox_last="$((${#_ssox_lines[@]} - 1))" _ssox_line='' _ssox_name=''
  if ((_ssox_last < 1)) || [[ ${_ssox_lines[0]} != '#ssox1' || ${_ssox_lines[_ssox_last]} != '#end' ]]; then
    _ssox_refuse 'unexpected reply'
    return 1
  fi
  builtin unset -v '_ssox_lines[0]' '_ssox_lines[_ssox_last]'
  for _ssox_line in ${_ssox_lines[@]+"${_ssox_lines[@]}"}; do
    _ssox_name=${_ssox_line#?}
    case $_ssox_line in
      =*=*) _ssox_name=${_ssox_name%%=*} ;;
      -*) ;;
      *)
        _ssox_refuse 'unexpected reply'
        return 1
        ;;
    esac
    # A range like [A-Z] means what the locale says.
    case $_ssox_name in
      *[!ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_]*) ;;
      AWS_?* | SSOX_?* | AWSUME_PROFILE | AWSUME_EXPIRATION | AWSU_PROFILE)
        _ssox_names+=("$_ssox_name")
        continue
        ;;
    esac
    builtin printf -v _ssox_name %q "$_ssox_name"
    _ssox_refuse "\`$_ssox_name\` is not to be changed"
    return 1
  done
}

function _ssox_refuse() {
  builtin printf 'ssox: %s, environment unchanged\n' "$1" >&2
}

# Remembers what is now in `_ssox_names`, unless it is known. Bash 3.2 has no other way to ask which names are exported
# (listed as they are), readonly or arrays (listed with `!`) than these builtins' output.
function _ssox_remember() {
  builtin local _ssox_facts='' _ssox_name=''
  [[ ${#_ssox_names[@]} -gt 0 ]] || return 0
  _ssox_facts=$'\n'$(
    builtin compgen -A export AWS
    builtin compgen -A export SSOX_
    builtin compgen -P '!' -A arrayvar AWS
    builtin compgen -P '!' -A arrayvar SSOX_
    for _ssox_name in "${_ssox_names[@]}"; do
      builtin unset -v "$_ssox_name" 2>/dev/null || builtin printf '!%s\n' "$_ssox_name"
    done
  )$'\n'
  for _ssox_name in "${_ssox_names[@]}"; do
    case $_ssox_facts in
      *$'\n!'"$_ssox_name"$'\n'*)
        _ssox_refuse "\`$_ssox_name\` is readonly or an array in this shell"
        return 1
        ;;
    esac
  done
  [[ -z $_ssox_child ]] || return 0
  for _ssox_name in "${_ssox_names[@]}"; do
    case $_ssox_kept in *" $_ssox_name "*) continue ;; esac
    _ssox_kept+="$_ssox_name "
    case $_ssox_facts in
      *$'\n'"$_ssox_name"$'\n'*) _ssox_before+=("x${!_ssox_name-}") ;;
      *) if [[ -n ${!_ssox_name+set} ]]; then _ssox_before+=("s${!_ssox_name}"); else _ssox_before+=(u); fi ;;
    esac
  done
}

function _ssox_set() {
  builtin local _ssox_line=''
  for _ssox_line in ${_ssox_lines[@]+"${_ssox_lines[@]}"}; do
    case $_ssox_line in
      -*) builtin unset -v "${_ssox_line#-}" ;;
      *) builtin export "${_ssox_line#=}" ;;
    esac
  done
}

# Puts back what was there before ssox changed it, and forgets it.
function _ssox_restore() {
  builtin local IFS=' ' _ssox_name='' _ssox_value='' _ssox_count=0
  for _ssox_name in $_ssox_kept; do
    _ssox_value=${_ssox_before[_ssox_count]}
    _ssox_count=$((_ssox_count + 1))
    builtin unset -v "$_ssox_name"
    case $_ssox_value in
      x*) builtin export "$_ssox_name=${_ssox_value#x}" ;;
      s*)
        builtin printf -v "$_ssox_name" %s "${_ssox_value#s}"
        # It is exported again under `set -a`.
        builtin export -n "${_ssox_name?}"
        ;;
    esac
  done
  _ssox_kept=' ' _ssox_before=() _ssox_child=''
}

# --- completion

if [[ -n ${_ssox_aliases-} ]]; then builtin unset -v _ssox_aliases; builtin shopt -s expand_aliases; fi
