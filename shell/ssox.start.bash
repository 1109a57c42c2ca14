# shellcheck shell=bash
# ssox for bash, the part that a shell loads when it starts: the function `ssox`, and hooks. They load the whole script,
# ssox.bash, when the shell first needs it: at a call of `ssox`, at a TAB after the word `ssox`, when a variable of a
# profile in use is set, or in a directory with a `.ssox` file.
#
# `ssox init bash` adds the first and the last lines of ssox.bash. The whole script defines the functions again, except
# those in the last parts of this script. It does not define again what a person may have changed since: the function
# `ssox`, the hooks, and the completion of `ssox`. No function here has a local variable: with `set -k`, bash would
# treat `NAME=VALUE` after `local` as an environment variable of that command.

builtin unalias ssox 2>/dev/null || builtin true
_ssox_plain=${_ssox_no_prompt-}
builtin unset -v _ssox_no_prompt

function ssox() { _ssox_call ${1+"$@"}; }
function _ssox_call() { _ssox_wake && _ssox_call ${1+"$@"}; }
function _ssox_complete() { _ssox_wake 2>/dev/null && _ssox_complete; }

# Loads the whole script, hidden from `set -x`. Its last line unsets `_ssox_no_prompt`. `eval` makes bash copy the text
# a few times, and `source <(…)` is faster. But `source <(…)` sets `$!`, and does not work in posix mode or without
# `/dev/fd`. A variable for the text would cost another tenth of the loading time.
function _ssox_load() {
  { _ssox_trace=${-//[!x]/} _ssox_no_prompt=$_ssox_plain; _ssox_owed=${_ssox_owed-}$_ssox_trace; builtin set +x; } 2>/dev/null
  if ((BASH_VERSINFO[0] > 4)) && [[ -z ${!-} && ! -o posix ]]; then
    builtin eval '\builtin source <(\builtin exec ssox init bash --whole </dev/null)' 2>/dev/null || builtin true
  fi
  if [[ -n ${_ssox_no_prompt+set} ]]; then builtin eval "$(\builtin exec ssox init bash --whole </dev/null)"; fi
  if [[ -n $_ssox_trace ]]; then { builtin set -x; _ssox_owed=${_ssox_owed%x}; } 2>/dev/null; fi
  if [[ -z ${_ssox_no_prompt+set} ]]; then return 0; fi
  if [[ -z ${_ssox_loaded[1]-} ]]; then builtin unset -v _ssox_no_prompt; fi
  builtin printf 'ssox: %s\n' 'the integration for bash was not loaded: the program ssox did not print it' 'hint: type -a ssox' >&2
  return 127
}

# Loads the whole script into a shell that started without a profile in use.
function _ssox_wake() {
  _ssox_was=$_ssox_place
  _ssox_load || return
  _ssox_child='' _ssox_held='' _ssox_files='' _ssox_file=''
  if [[ -n $_ssox_prompted ]]; then _ssox_place=$_ssox_was; fi
}

# Tells whether the hooks of the whole script are needed: a variable to which they react is set, or Ctrl-C has ended the
# loading of the whole script.
function _ssox_is_used() {
  [[ -n ${SSOX_PROMPT-}${SSOX_IDENTITY-}${SSOX_REPLACED-}${SSOX_NEXT-}${SSOX_SEGMENT-}${SSOX_EXPIRES-}${SSOX_DIRECTORY-}${_ssox_no_prompt+set} ]]
}

# Tells whether the directory has changed, and the new directory or one above it has a `.ssox` file. The whole script
# decides what this file means.
function _ssox_is_near() {
  if builtin test "$PWD" = "$_ssox_place"; then return 1; fi
  _ssox_up=''
  while ((${#_ssox_up} < 3000)); do
    if [[ -e ${_ssox_up}.ssox ]]; then return 0; fi
    if [[ ${_ssox_up:-.} -ef / || ${_ssox_up:-.} -ef ${HOME-} ]]; then break; fi
    _ssox_up+=../
  done
  _ssox_place=$PWD
  return 1
}

function _ssox_precmd() {
  _ssox_begin
  if { _ssox_is_used || _ssox_is_near; } && _ssox_wake 2>/dev/null; then _ssox_hand_over _ssox_precmd; else _ssox_end; fi
}

function _ssox_settle() {
  _ssox_begin
  if { _ssox_is_used || _ssox_is_near; } && _ssox_wake 2>/dev/null; then
    # The first hook of this prompt ran before the whole script was loaded, so it did not set this variable.
    _ssox_drawn[0]=1
    _ssox_hand_over _ssox_settle
  else
    _ssox_prompted=on
    _ssox_surround
    _ssox_go_last
    _ssox_end
  fi
}

function _ssox_depart() { builtin :; }

function _ssox_chpwd() {
  _ssox_begin
  if _ssox_is_near && _ssox_wake 2>/dev/null; then
    # A hook may have changed the directory. In that case, ssox's first hook ran before the whole script was loaded, and
    # did not set this variable.
    _ssox_drawn[0]=1
    _ssox_hand_over _ssox_chpwd
  else
    _ssox_end
  fi
}

# The beginning and the end of a hook.
function _ssox_begin() {
  _ssox_status=$? _ssox_flags=$-${_ssox_owed-}
  case $_ssox_flags in *[akux+=]*) { _ssox_hold_flags; } 2>/dev/null ;; esac
}

function _ssox_end() {
  case $_ssox_flags in *[aekux+=]*) _ssox_put_flags ;; esac
  return "$_ssox_status"
}

# Calls a hook of the whole script with the shell options and the exit status that the hook of this script found.
function _ssox_hand_over() {
  if _ssox_end; then "$1"; else "$1"; fi
}

# --- places

# Makes `_ssox_precmd` the first hook again. Makes the hooks of ssox for a change of the directory the first and the
# last ones.
function _ssox_surround() {
  case ${BLE_VERSION-}${bash_preexec_imported-}${__bp_imported-}${PROMPT_COMMAND-} in
    _ssox_precmd*) ;;
    *) _ssox_go_first ;;
  esac
  case " ${chpwd_functions[*]-} " in
    '  ' | ' _ssox_depart '*' _ssox_chpwd ') ;;
    *) _ssox_surround_chpwd ;;
  esac
}

# Tells whether PROMPT_COMMAND can be set. An assignment to a readonly variable would end the hook. PROMPT_COMMAND is no
# longer exported, because another bash that inherits it does not have the functions of ssox.
function _ssox_is_movable() { builtin printf -v PROMPT_COMMAND %s "${PROMPT_COMMAND-}" && builtin export -n PROMPT_COMMAND; } 2>/dev/null

# Makes `_ssox_precmd` the first hook. The elements of an array are changed in place, because bash is just running them.
function _ssox_go_first() {
  builtin local _ssox_at=''
  case ${PROMPT_COMMAND[*]-} in *_ssox_precmd*) _ssox_is_movable || return 0 ;; *) return 0 ;; esac
  for _ssox_at in "${!PROMPT_COMMAND[@]}"; do
    PROMPT_COMMAND[_ssox_at]=${PROMPT_COMMAND[_ssox_at]//_ssox_precmd/:}
  done
  # shellcheck disable=SC2128,SC2178
  PROMPT_COMMAND=$'_ssox_precmd\n'$PROMPT_COMMAND
}

function _ssox_surround_chpwd() {
  builtin local _ssox_at=''
  for _ssox_at in "${!chpwd_functions[@]}"; do
    case ${chpwd_functions[_ssox_at]} in _ssox_depart | _ssox_chpwd) builtin unset -v "chpwd_functions[_ssox_at]" ;; esac
  done
  chpwd_functions=(_ssox_depart ${chpwd_functions[@]+"${chpwd_functions[@]}"} _ssox_chpwd)
}

# If PROMPT_COMMAND is an array, `$PROMPT_COMMAND` is its first element. A newline joins the commands, because `;` is a
# syntax error after some of them.
function _ssox_install() {
  if [[ -n ${BLE_VERSION-} ]]; then
    blehook PRECMD!=_ssox_precmd
  elif [[ $'\n'"${PROMPT_COMMAND[*]-}${precmd_functions[*]-}" == *_ssox_precmd* ]]; then
    return 0
  elif [[ -n ${bash_preexec_imported-}${__bp_imported-} ]]; then
    precmd_functions=(_ssox_precmd ${precmd_functions[@]+"${precmd_functions[@]}"})
  elif ! _ssox_is_movable; then
    return 0
  elif [[ -n ${PROMPT_COMMAND-} ]]; then
    PROMPT_COMMAND=$'_ssox_precmd\n'$PROMPT_COMMAND
  else
    PROMPT_COMMAND=_ssox_precmd
  fi
  _ssox_go_last
}

# Moves the second hook behind all others, unless it is already the last. The elements of an array are changed in place,
# because bash is just running them.
function _ssox_go_last() {
  builtin local _ssox_at=''
  builtin local -a _ssox_commands
  _ssox_commands=(${PROMPT_COMMAND[@]+"${PROMPT_COMMAND[@]}"})
  if [[ -n ${BLE_VERSION-} ]]; then
    blehook PRECMD-+=_ssox_settle
    _ssox_last=_ssox_settle
  elif [[ -n ${bash_preexec_imported-}${__bp_imported-} ]]; then
    case " ${precmd_functions[*]-} " in
      *' _ssox_settle ') ;;
      *)
        for _ssox_at in "${!precmd_functions[@]}"; do
          case ${precmd_functions[_ssox_at]} in _ssox_settle) builtin unset -v "precmd_functions[_ssox_at]" ;; esac
        done
        precmd_functions+=(_ssox_settle) _ssox_moved=on
        ;;
    esac
    _ssox_last=_ssox_settle
  elif ((${#_ssox_commands[@]} > 1 && BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 501)); then
    case ${_ssox_commands[${#_ssox_commands[@]} - 1]} in
      *_ssox_settle) ;;
      *)
        _ssox_is_movable || return 0
        for _ssox_at in "${!PROMPT_COMMAND[@]}"; do
          PROMPT_COMMAND[_ssox_at]=${PROMPT_COMMAND[_ssox_at]//_ssox_settle/:}
        done
        PROMPT_COMMAND+=(_ssox_settle) _ssox_moved=on
        ;;
    esac
    _ssox_last=_ssox_settle
  else
    # shellcheck disable=SC2128,SC2178
    case ${PROMPT_COMMAND-} in
      *_ssox_settle) ;;
      *)
        _ssox_is_movable || return 0
        PROMPT_COMMAND=${PROMPT_COMMAND/$'\n'_ssox_settle/}$'\n_ssox_settle' _ssox_moved=on
        ;;
    esac
    _ssox_last=_ssox_settle
  fi
}

# Turns off options of the shell during a hook. Until they are on again, `_ssox_owed` has their letters: Ctrl-C may end
# the hook, and then the next hook turns them on. There, `+` stands for `set +f`, and `=` for `shopt -s nocasematch`.
function _ssox_hold_flags() {
  _ssox_owed=${_ssox_flags//[!akux+=]/}
  builtin set +akux
}

# Ends a hook. Under `set -e`, a status other than 0 would end the shell.
function _ssox_put_flags() {
  case $_ssox_flags in *e*) _ssox_status=0 ;; esac
  case $_ssox_flags in *+*) builtin set +f ;; esac
  case $_ssox_flags in *=*) builtin shopt -s nocasematch ;; esac
  case $_ssox_flags in *a*) builtin export -n "${!_ssox_@}" && builtin set -a ;; esac
  case $_ssox_flags in *k*) builtin set -k ;; esac
  case $_ssox_flags in *u*) builtin set -u ;; esac
  case $_ssox_flags in *x*) { builtin set -x; } 2>/dev/null ;; esac
  { _ssox_owed='' && builtin export -n _ssox_owed; } 2>/dev/null
}

# --- registration

# Before bash 4, a completion function cannot ask for file names (`compopt`). There, readline offers file names if there
# are no candidates.
if ((BASH_VERSINFO[0] < 4)); then
  builtin complete -o default -F _ssox_complete ssox
else
  builtin complete -F _ssox_complete ssox
fi

# --- state

if [[ -z ${_ssox_loaded[1]-} ]]; then _ssox_place='' _ssox_prompted='' _ssox_owed=''; fi
case $- in *i*) _ssox_install ;; esac
# In a shell that had already loaded the whole script, this script has just replaced its functions.
if [[ -n ${_ssox_loaded[1]-} ]] || _ssox_is_used; then _ssox_load; fi
