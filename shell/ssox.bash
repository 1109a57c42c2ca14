# shellcheck shell=bash
# ssox for bash (3.2 and later), the whole script: what the function `ssox` does, the hook before each prompt, the
# segment in the prompt. ssox.start.bash loads it.
#
# This script makes no decisions: it applies the replies of the program ssox, compares two numbers and a string, and
# calls the program. All names are `_ssox_*`, except the SSOX_* variables.
# Invariant: nothing from AWS, a file or the environment is evaluated.
#
# Ctrl-C ends a function between any two commands, and then the hooks run. So a function that changes several variables
# first records what it will do, then does it in steps that can be repeated, and then records that it is done. The next
# hook finishes what was interrupted: the application of a reply (`_ssox_pending`), a layer that goes on or off
# (`_ssox_layer`), a new directory (`_ssox_again`), and options of the shell that ssox has changed (`_ssox_owed`).

# --- begin

# Bash reads each line only after it has run the line before. Aliases are off after the next two lines, so they do not
# change the lines that follow.
\builtin shopt -q expand_aliases && _ssox_aliases=on
\builtin shopt -u expand_aliases
# With `set -k`, bash would treat `NAME=VALUE` after `local` as an environment variable of that command alone. With
# `set -a`, programs would get the variables and functions of this script, and with them credentials even after `clear`.
_ssox_marks=${-//[!ak]/}
_ssox_owed=${_ssox_owed-}$_ssox_marks
builtin set +ak

# --- state

# `_ssox_kept` has the names of the variables that ssox has changed in this shell, and `_ssox_before` their previous
# values: `x` (exported), `s` (set) or `u` (unset), and then the value. A name that is forgotten becomes `-`. A shell
# that inherits a profile in use does not know the previous values, and records none. Loading this script twice loses
# nothing. `_ssox_seen` has the compared values that the program checked last, `_ssox_held` their fingerprints, and
# `_ssox_left` what the prompt segment showed after the last reply. The variables of a `.ssox` file are described
# below. `_ssox_loaded` and `_ssox_before` are arrays, which a shell cannot inherit from the environment.
if [[ -z ${_ssox_loaded[1]-} ]]; then
  builtin unset -v _ssox_loaded _ssox_before _ssox_seen
  _ssox_seen=() _ssox_held=${SSOX_IDENTITY-} _ssox_files=${SSOX_FILES-} _ssox_left='' _ssox_short=''
  if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404)); then
    builtin unset -v _ssox_seen
    builtin declare -gA _ssox_seen
    _ssox_seen=()
  fi
  _ssox_layer='' _ssox_names_under=' ' _ssox_under=() _ssox_over=() _ssox_theirs=' ' _ssox_typed=() _ssox_outside=' ' _ssox_outer=()
  _ssox_place='' _ssox_file=${SSOX_DIRECTORY-} _ssox_nearer='' _ssox_again='' _ssox_arrived='' _ssox_state='' _ssox_found='' _ssox_in_layer=''
  _ssox_pending='' _ssox_stage='' _ssox_rest=''
  _ssox_loaded=(1 1) _ssox_child='' _ssox_kept=' ' _ssox_before=()
  [[ -z ${SSOX_PROMPT-}${SSOX_IDENTITY-} ]] || _ssox_child=1
fi
builtin unset -v _ssox_checked
if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404)); then builtin declare -gA _ssox_checked; fi
_ssox_checked=()

# What the function `ssox` does.
function _ssox_call() {
  case $- in
    *[ak]*)
      _ssox_without_marks "$-" _ssox_call ${1+"$@"}
      return
      ;;
  esac
  builtin local _ssox_verb=''
  if [[ -z ${_ssox_loaded[1]-} || -n ${_ssox_no_prompt+set} ]]; then _ssox_load || return; fi
  # If Ctrl-C has ended the loading of this script, aliases may still be off. A hook cannot turn them on again, because
  # bash resets this option after PROMPT_COMMAND.
  if [[ -n ${_ssox_aliases-} ]]; then builtin unset -v _ssox_aliases && builtin shopt -s expand_aliases; fi
  _ssox_find_verb ${1+"$@"}
  case $_ssox_verb in
    use | clear)
      _ssox_change "$_ssox_verb" "$@"
      return
      ;;
    allow | deny) _ssox_again=1 ;;
    login)
      if builtin test "${SSOX_STATE-}" = sign-in; then
        SSOX_FUNCTION=bash1 builtin command ssox "$@" && _ssox_signed_in
        return
      fi
      ;;
  esac
  SSOX_FUNCTION=bash1 builtin command ssox ${1+"$@"}
}

# Sets `_ssox_verb` to the verb that the arguments run. With `--help` they run no verb: help is printed for a person.
function _ssox_find_verb() {
  builtin local _ssox_argument=''
  for _ssox_argument in ${1+"$@"}; do
    case $_ssox_argument in
      [!-]*) _ssox_verb=${_ssox_verb:-$_ssox_argument} ;;
      -h | --help | -V | --version | --emit*)
        _ssox_verb=''
        return
        ;;
      --) return ;;
    esac
  done
}

# Runs a verb that changes the environment of this shell, hidden from `set -x`.
function _ssox_change() {
  { builtin local _ssox_traced="${-//[!x]/}" _ssox_status=0 _ssox_change="$1" _ssox_reply='' _ssox_caught_up=''; _ssox_owed+=$_ssox_traced; builtin set +x; } 2>/dev/null
  builtin shift
  if [[ -n ${_ssox_pending-} ]]; then _ssox_finish; fi
  if [[ -n $_ssox_layer$_ssox_again ]]; then _ssox_catch_up; fi
  _ssox_reply=$(_ssox_request "$@") || _ssox_status=$?
  if [[ $_ssox_status == 0 ]]; then
    if _ssox_apply "$_ssox_change" "$_ssox_reply"; then _ssox_show_change; else _ssox_status=$?; fi
  fi
  if [[ $_ssox_caught_up$_ssox_layer == offon ]]; then _ssox_off; fi
  if [[ -n $_ssox_traced ]]; then { builtin set -x; _ssox_owed=${_ssox_owed%x}; } 2>/dev/null; fi
  return "$_ssox_status"
}

# Computes the prompt segment without waiting for the next prompt, because the rest of the command line may read it.
# Adds the hooks again if another program has replaced PROMPT_COMMAND.
function _ssox_show_change() {
  builtin local _ssox_strict="${-//[!u]/}"
  [[ -n ${_ssox_until-} ]] || return 0
  _ssox_owed+=$_ssox_strict
  builtin set +u
  _ssox_install
  _ssox_read_clock
  _ssox_show
  if [[ -n $_ssox_strict ]]; then builtin set -u; fi
  _ssox_owed=${_ssox_owed%"$_ssox_strict"}
}

# Runs in a subshell. bash parses the text of a `$(…)` again each time, with the aliases of that moment. So code with
# words such as `if` is in a function, and not directly in a `$(…)`.
function _ssox_request() {
  if [[ $_ssox_change == clear ]]; then _ssox_unhide_all "${!AWS_@}" "${!SSOX_@}"; fi
  # A region as after the last reply is that of the shell.
  builtin local _ssox_regions=''
  case ${AWS_REGION+set}${AWS_DEFAULT_REGION+set}/$_ssox_short in
    /* | *",${AWS_REGION-},${AWS_DEFAULT_REGION-},"*) ;;
    *) _ssox_regions=$(_ssox_list_regions) ;;
  esac
  # `command` would make one more process.
  # shellcheck disable=SC2093  # nothing is left to do in the subshell
  SSOX_HELD=$_ssox_held SSOX_SAVED=$_ssox_kept SSOX_REGIONS=$_ssox_regions builtin exec ssox --emit=bash1 "$@"
}

# Prints the regions of the shell if this call hides one of them. Runs in a subshell.
function _ssox_list_regions() {
  if [[ -z $(_ssox_list_hidden AWS_REGION AWS_DEFAULT_REGION) ]]; then return 0; fi
  _ssox_unhide_all AWS_REGION AWS_DEFAULT_REGION
  builtin printf '%s|%s' "${AWS_REGION-}" "${AWS_DEFAULT_REGION-}"
}

# In `AWS_REGION=x ssox clear`, the variable of this call hides the variable of the shell. Lists the hidden variables,
# each with `~` before its name. This function changes the values of variables, so it is called in a subshell. Bash
# before 4.2 cannot find hidden variables.
function _ssox_list_hidden() {
  builtin local _ssox_name=''
  ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 402)) || return 0
  for _ssox_name in ${1+"$@"}; do
    if builtin declare -g "$_ssox_name=_ssox_probe" && [[ ${!_ssox_name-} != _ssox_probe ]]; then
      builtin printf '~%s\n' "$_ssox_name"
    fi
  done 2>/dev/null
}

# Removes the variables that hide variables of the shell with the names in the arguments. Functions that call each other
# may each have one. With the option `localvar_unset`, the variables stay hidden.
function _ssox_unhide_all() {
  builtin local _ssox_facts='' _ssox_attempt=''
  for _ssox_attempt in 1 2 3 4 5 6 7 8 9; do
    _ssox_facts=$(_ssox_list_hidden ${1+"$@"})
    if [[ -z $_ssox_facts ]]; then return 0; fi
    _ssox_unhide "$_ssox_facts"
  done
}

# Removes the variables in a list of hidden variables.
function _ssox_unhide() {
  builtin local _ssox_hidden=$'\n'"$1"$'\n' _ssox_name=''
  for _ssox_name in "${!AWS_@}" "${!SSOX_@}"; do
    case $_ssox_hidden in *$'\n~'"$_ssox_name"$'\n'*) builtin unset -v "$_ssox_name" ;; esac
  done
}

# Applies the reply to a verb: `=NAME=VALUE` sets a variable, `-NAME` unsets it, `!NAME` forgets its previous value.
# After `clear`, and whenever no profile is in use, variables that are unset get their previous values back, except
# those with a line `~NAME`. A value that a hook unsets while no profile is in use was set by ssox, so it is not
# recorded as a previous value. The patterns match the same under all shell options.
function _ssox_apply() {
  builtin local IFS=$'\n' _ssox_changed='' _ssox_result=70 _ssox_applied="$1" _ssox_in_use=on _ssox_heads='' _ssox_none=''
  _ssox_change_options
  # Each line becomes a positional parameter; a line that sets a variable becomes `NAME=VALUE`. This copies each value
  # only once: copying a session token takes bash longer than most other steps.
  # shellcheck disable=SC2086  # splitting at newlines is intended
  case $2 in
    *$'\n'[!=!#~-]*) builtin set -- ;;
    *) builtin set -- ${2//$'\n='/$'\n'} ;;
  esac
  if _ssox_examine "$@"; then
    _ssox_stage=''
    _ssox_pending=$_ssox_applied$'\n'"$*"
    _ssox_perform "$@" && _ssox_result=0
    _ssox_pending=''
  fi
  _ssox_put_changed
  return "$_ssox_result"
}

# Applies the rest of a reply whose application was interrupted.
function _ssox_finish() {
  builtin local IFS=$'\n' _ssox_changed='' _ssox_applied='' _ssox_in_use=on _ssox_heads='' _ssox_none=''
  _ssox_change_options
  # shellcheck disable=SC2086  # splitting at newlines is intended
  builtin set -- $_ssox_pending
  _ssox_applied=${1-}
  builtin shift
  if _ssox_examine "$@"; then _ssox_perform "$@" || builtin true; fi
  _ssox_pending=''
  _ssox_put_changed
}

# Sets the options with which a reply is applied. `_ssox_changed` gets what restores them: `+` stands for `set +f`, and
# `=` for `nocasematch`. Before bash 4.4, an empty array counts as unset under `set -u`.
function _ssox_change_options() {
  case $- in *f*) ;; *) _ssox_changed=+ ;; esac
  case $- in *u*) _ssox_changed+=u ;; esac
  if builtin shopt -q nocasematch; then _ssox_changed+='='; fi
  _ssox_owed+=$_ssox_changed
  builtin shopt -u nocasematch
  builtin set -f +u
}

function _ssox_put_changed() {
  case $_ssox_changed in *+*) builtin set +f ;; esac
  case $_ssox_changed in *=*) builtin shopt -s nocasematch ;; esac
  case $_ssox_changed in *u*) builtin set -u ;; esac
  _ssox_owed=${_ssox_owed%"$_ssox_changed"}
}

# Checks a reply, whose lines are the arguments.
function _ssox_examine() {
  # A profile that another program or shell has put in use here is not a previous value.
  if [[ $_ssox_kept == ' ' && -n ${SSOX_PROMPT-}${SSOX_IDENTITY-} ]]; then _ssox_child=1; fi
  case $_ssox_applied${SSOX_PROMPT-}${SSOX_IDENTITY-} in identity | tick) _ssox_in_use='' ;; esac
  _ssox_heads="${*/=*/=}"
  _ssox_check
}

# Applies a reply that was checked. `_ssox_stage` tells which steps are done, because those before must not be repeated.
function _ssox_perform() {
  if [[ -z $_ssox_stage ]]; then
    _ssox_remember '' || return
    if [[ $_ssox_layer == on ]]; then _ssox_put_under; fi
    _ssox_stage=recorded
  fi
  # With another IFS, bash 3.2 makes one word of a whole array.
  builtin local IFS=' '
  if [[ $_ssox_stage == recorded ]]; then
    if ((${#_ssox_forgotten[@]})); then _ssox_forget " ${_ssox_forgotten[*]} "; fi
    # Unset twice: in `AWS_PROFILE=x ssox use dev`, the call has a variable of its own, which hides that of the shell.
    if ((${#_ssox_gone[@]})); then builtin unset -v "${_ssox_gone[@]}" "${_ssox_gone[@]}"; fi
    # Each line that does not set a variable becomes an assignment to a local variable.
    builtin export "${@/#[-!#~]*/_ssox_none=}"
    case $_ssox_applied${SSOX_PROMPT-}${SSOX_IDENTITY-} in
      clear* | identity | tick | directory)
        _ssox_restore
        _ssox_stage=restored
        ;;
    esac
  fi
  if [[ $_ssox_stage == restored ]]; then _ssox_kept=$_ssox_rest _ssox_child=''; fi
  _ssox_set_clock
  _ssox_note
  if [[ $_ssox_layer == on ]]; then _ssox_note_layer; fi
}

# Checks the names and the form of all lines. `_ssox_heads` has these lines as `NAME=`, `-NAME`, `!NAME` and `~NAME`.
# Sorts the names: `_ssox_gone` are unset, `_ssox_forgotten` lose their previous values, and for `_ssox_names` previous
# values are recorded. Most replies have the same names in the same order as the reply before; then these lists are still right.
function _ssox_check() {
  if _ssox_is_checked; then return 0; fi
  # A range such as [A-Z] depends on the locale. The second list has the names in `_ssox_read_types`.
  builtin local _ssox_odd='*[!ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_]*' _ssox_usual='
AWS_ACCESS_KEY_ID
AWS_SECRET_ACCESS_KEY
AWS_SESSION_TOKEN
AWS_CREDENTIAL_EXPIRATION
AWS_REGION
AWS_DEFAULT_REGION
AWS_ACCOUNT_ID
AWS_SSO_PROFILE
AWS_PROFILE
AWS_DEFAULT_PROFILE
AWS_SECURITY_TOKEN
AWS_SESSION_EXPIRATION
AWS_VAULT
AWSUME_PROFILE
AWSUME_EXPIRATION
AWSU_PROFILE
SSOX_PROFILE
SSOX_ROLE
SSOX_EXPIRES
SSOX_NEXT
SSOX_PROMPT
SSOX_PREVIOUS
SSOX_IDENTITY
' _ssox_line='' _ssox_name='' _ssox_wrong=''
  _ssox_checked=() _ssox_names=() _ssox_gone=() _ssox_forgotten=() _ssox_unusual=()
  case $_ssox_heads in '#ssox1'$'\n''#end' | '#ssox1'$'\n'*$'\n''#end') ;; *) _ssox_line='#' ;; esac
  _ssox_line+=${_ssox_heads#'#ssox1'}
  for _ssox_line in ${_ssox_line%'#end'}; do
    case $_ssox_line in
      [!=!#~-]*=) _ssox_name=${_ssox_line%=} && _ssox_names+=("$_ssox_name") ;;
      -?*) _ssox_name=${_ssox_line#-} && _ssox_gone+=("$_ssox_name") ;;
      \!?*) _ssox_name=${_ssox_line#\!} && _ssox_forgotten+=("$_ssox_name") ;;
      \~?*) _ssox_name=${_ssox_line#\~} ;;
      *)
        _ssox_refuse 'the program ssox sent an unexpected reply'
        return 1
        ;;
    esac
    case $_ssox_usual in *$'\n'"$_ssox_name"$'\n'*) continue ;; esac
    _ssox_unusual+=("$_ssox_name")
    # shellcheck disable=SC2254  # it is a pattern
    case $_ssox_name in
      $_ssox_odd) ;;
      AWS_?* | SSOX_?* | CPL_AWS_CREDENTIALS_FILE | BOTO_CONFIG) continue ;;
    esac
    _ssox_wrong=${_ssox_wrong:-$_ssox_name}
  done
  if [[ -n $_ssox_wrong ]]; then
    builtin printf -v _ssox_wrong %q "$_ssox_wrong"
    _ssox_refuse "\`$_ssox_wrong\` must not be changed by ssox"
    return 1
  fi
  if [[ -n $_ssox_in_use ]]; then _ssox_names+=(${_ssox_gone[@]+"${_ssox_gone[@]}"}); fi
  _ssox_remember_check
}

# Finding a key of an associative array takes a fraction of the time of a comparison. But if somebody has unset the
# variable, it is no longer associative, and bash would evaluate the key. Before 4.4, bash does not tell the kind of an
# array, so it compares.
function _ssox_is_checked() { builtin test "$_ssox_in_use,$_ssox_heads" = "${_ssox_checked[0]-}"; }
function _ssox_remember_check() { _ssox_checked[0]=$_ssox_in_use,$_ssox_heads; }
if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404)); then
  function _ssox_is_checked() { [[ ${_ssox_checked@a} == *A* && -n ${_ssox_checked[$_ssox_in_use,$_ssox_heads]-} ]]; }
  function _ssox_remember_check() { [[ ${_ssox_checked@a} != *A* ]] || _ssox_checked[$_ssox_in_use,$_ssox_heads]=on; }
fi

function _ssox_refuse() {
  builtin printf 'ssox: %s, environment unchanged\n' "$1" >&2
}

# Tells whether all previous values are recorded and all variables can be set, as far as bash knows this without
# starting a process. Since 4.4, bash tells whether a set variable is readonly, is an array, or converts the values that
# are assigned to it.
function _ssox_is_known() { builtin false; }
if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404)); then
  function _ssox_is_known() {
    builtin local IFS=' ' _ssox_name='' _ssox_types=''
    # Most replies have the same names in the same order.
    case $_ssox_child$_ssox_kept in
      ' ')
        _ssox_remember_nothing
        return
        ;;
      1* | *" ${_ssox_names[*]} "*) ;;
      *) _ssox_are_kept || return 1 ;;
    esac
    # If a value differs from that after the last reply, it may be that of a function's local variable, which hides the
    # variable of the shell. Long values are not compared: reading them takes bash longer than the rest of this
    # function.
    case $_ssox_applied in use | clear | directory) builtin test "$_ssox_short" = "${AWS_ACCESS_KEY_ID-},${AWS_REGION-},${AWS_DEFAULT_REGION-},${AWS_PROFILE-},${SSOX_PROFILE-}" || return 1 ;; esac
    _ssox_read_types
    if ((${#_ssox_unusual[@]})); then
      for _ssox_name in "${_ssox_unusual[@]}"; do _ssox_types+=${!_ssox_name@a}; done
    fi
    case $_ssox_types in *[raAilu]*) return 1 ;; esac
  }

  # Records that none of the variables was set before. Fails if one of the names is declared, in the shell or in a
  # calling function.
  function _ssox_remember_nothing() {
    for _ssox_name in "${_ssox_names[@]}"; do
      if builtin declare -p "$_ssox_name"; then return 1; fi
    done >/dev/null 2>&1
    _ssox_before=("${_ssox_names[@]/*/u}")
    _ssox_kept=" ${_ssox_names[*]} "
  }

  # A loop over the names would take bash three times as long.
  function _ssox_read_types() {
    _ssox_types=${AWS_ACCESS_KEY_ID@a}${AWS_SECRET_ACCESS_KEY@a}${AWS_SESSION_TOKEN@a}${AWS_CREDENTIAL_EXPIRATION@a}\
${AWS_REGION@a}${AWS_DEFAULT_REGION@a}${AWS_ACCOUNT_ID@a}${AWS_SSO_PROFILE@a}${AWS_PROFILE@a}${AWS_DEFAULT_PROFILE@a}\
${AWS_SECURITY_TOKEN@a}${AWS_SESSION_EXPIRATION@a}${AWS_VAULT@a}${AWSUME_PROFILE@a}${AWSUME_EXPIRATION@a}\
${AWSU_PROFILE@a}${SSOX_PROFILE@a}${SSOX_ROLE@a}${SSOX_EXPIRES@a}${SSOX_NEXT@a}${SSOX_PROMPT@a}${SSOX_PREVIOUS@a}\
${SSOX_IDENTITY@a}
  }
fi

function _ssox_are_kept() {
  builtin local _ssox_name=''
  for _ssox_name in "${_ssox_names[@]}"; do
    case $_ssox_kept in *" $_ssox_name "*) ;; *) return 1 ;; esac
  done
}

# Lists the exported names; with `!`, the names that do not take a plain value; and with `~`, the hidden names. This
# function changes the values of variables, so it is called in a subshell.
function _ssox_list_facts() {
  builtin local _ssox_name=''
  builtin compgen -A export AWS
  builtin compgen -A export SSOX_
  for _ssox_name in "${_ssox_names[@]}"; do
    # Bash before 4.3 has no references, and does not know -R.
    { builtin test -R "$_ssox_name" || ! builtin printf -v "$_ssox_name" %s 0xA || [[ ${!_ssox_name-} != 0xA ]]; } 2>/dev/null &&
      builtin printf '!%s\n' "$_ssox_name"
  done
  # Arrays without a value are listed only here.
  builtin compgen -P '!' -A arrayvar AWS
  builtin compgen -P '!' -A arrayvar SSOX_
  _ssox_list_hidden "${_ssox_names[@]}"
}

# Records the current values of `_ssox_names` that are not recorded yet. In bash 3.2, only the output of builtins shows
# which names are exported, readonly or arrays. Only an assignment shows which names convert their values to lower case,
# upper case or a number. An integer variable would evaluate its value as an expression, and run code in it.
function _ssox_remember() {
  builtin local _ssox_facts='' _ssox_name=''
  [[ ${#_ssox_names[@]} -gt 0 ]] || return 0
  if _ssox_is_known; then return 0; fi
  _ssox_facts=$'\n'$(_ssox_list_facts)$'\n'
  for _ssox_name in "${_ssox_names[@]}"; do
    case $_ssox_facts in
      *$'\n!'"$_ssox_name"$'\n'*)
        _ssox_refuse "\`$_ssox_name\` is not a plain variable in this shell"
        return 1
        ;;
    esac
  done
  case $_ssox_facts in
    *$'\n~'*)
      # With the option `localvar_unset`, the variables stay hidden. `$1` has one character for each attempt.
      if [[ ${#1} -gt 9 ]]; then
        _ssox_refuse 'a local variable of a function hides a variable of the shell'
        return 1
      fi
      _ssox_unhide "$_ssox_facts"
      _ssox_remember "x$1"
      return
      ;;
  esac
  [[ -z $_ssox_child ]] || return 0
  builtin local IFS=' '
  # shellcheck disable=SC2086  # splitting at blanks is intended
  builtin set -- $_ssox_kept
  builtin local _ssox_at=$#
  for _ssox_name in "${_ssox_names[@]}"; do
    case $_ssox_kept in *" $_ssox_name "*) continue ;; esac
    case $_ssox_facts in
      *$'\n'"$_ssox_name"$'\n'*) _ssox_before[_ssox_at]=x${!_ssox_name-} ;;
      *) if [[ -n ${!_ssox_name+set} ]]; then _ssox_before[_ssox_at]=s${!_ssox_name}; else _ssox_before[_ssox_at]=u; fi ;;
    esac
    _ssox_kept+="$_ssox_name "
    _ssox_at=$((_ssox_at + 1))
  done
}

# Forgets the previous values of the names in `$1`.
function _ssox_forget() {
  builtin local IFS=' ' _ssox_name='' _ssox_others=' '
  for _ssox_name in $_ssox_kept; do
    case $1 in *" $_ssox_name "*) _ssox_others+='- ' ;; *) _ssox_others+="$_ssox_name " ;; esac
  done
  _ssox_kept=$_ssox_others
}

# Restores the previous values, except of variables that another program has set since, and of those that the reply
# tells to restore later: `_ssox_rest` gets what `_ssox_kept` is afterwards.
function _ssox_restore() {
  builtin local IFS=' ' _ssox_name='' _ssox_value='' _ssox_count=0 _ssox_others=' '
  for _ssox_name in $_ssox_kept; do
    _ssox_value=${_ssox_before[_ssox_count]}
    _ssox_count=$((_ssox_count + 1))
    if [[ $_ssox_name == - ]]; then
      _ssox_others+='- '
    elif [[ $_ssox_heads == *$'\n~'"$_ssox_name"$'\n'* ]]; then
      _ssox_others+="$_ssox_name "
    elif [[ -z ${!_ssox_name+set} ]]; then
      _ssox_write_state "$_ssox_name" "$_ssox_value"
      _ssox_others+='- '
    elif builtin test "$_ssox_value" = "x${!_ssox_name}" || builtin test "$_ssox_value" = "s${!_ssox_name}"; then
      _ssox_others+='- '
    else
      _ssox_others+="$_ssox_name "
    fi
  done
  case $_ssox_others in *[!' '-]*) _ssox_rest=$_ssox_others ;; *) _ssox_rest=' ' ;; esac
}

# Records the current values as those that ssox set.
function _ssox_note() {
  _ssox_held=${SSOX_IDENTITY-} _ssox_files=${SSOX_FILES-} _ssox_left="${SSOX_PROMPT-},${SSOX_STATE-},${SSOX_EXPIRES-},${SSOX_NEXT-},${SSOX_PROTECTED-}" _ssox_unjudged=''
  _ssox_short=${AWS_ACCESS_KEY_ID-},${AWS_REGION-},${AWS_DEFAULT_REGION-},${AWS_PROFILE-},${SSOX_PROFILE-}
  _ssox_read_identity
  _ssox_see
}

# --- hook

# Reads the clock without a process: the epoch second in `_ssox_clock`. Before 4.2, bash can read only the seconds since
# the shell started in this way. The time of that start is computed when the script is loaded and when a reply is
# applied.
function _ssox_set_clock() { builtin :; }
function _ssox_check_clock() { builtin :; }
if ((BASH_VERSINFO[0] >= 5)); then
  # Reading EPOCHSECONDS takes a twentieth of the time of `printf`. But the variable loses its special meaning if
  # somebody unsets it.
  function _ssox_read_clock() { _ssox_clock=${EPOCHSECONDS:-0}; }
  function _ssox_check_clock() { ((_ssox_clock)) || builtin printf -v _ssox_clock '%(%s)T' -1; }
elif ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 402)); then
  function _ssox_read_clock() { builtin printf -v _ssox_clock '%(%s)T' -1; }
else
  function _ssox_set_clock() {
    _ssox_is_number "${SECONDS-}" || SECONDS=0
    _ssox_began=$(($(builtin command date +%s) - SECONDS))
  }
  function _ssox_read_clock() { _ssox_clock=$((_ssox_began + SECONDS)); }
fi

# Tells whether a text is a plain number. No other text is used in arithmetic, because bash would run code in it.
function _ssox_is_number() {
  case ${1-} in '' | 0?* | *[!0123456789]* | ????????????????*) return 1 ;; esac
}

# Reads the compared values into `_ssox_now`; since 4.4 together with the attributes of the variables, because a
# variable that is not exported reaches no program. Without access keys, HOME and some other variables determine what
# AWS_PROFILE means, so they are compared, too. An assignment needs no quotes. Defaults such as `${NAME-}` would take
# longer than all other work at a prompt, so this function has none, and `set -u` must be off when it is called.
function _ssox_read_identity() {
  _ssox_now=${AWS_ACCESS_KEY_ID:-${AWS_CONFIG_FILE-:}:${AWS_SHARED_CREDENTIALS_FILE-:}:\
$AWS_WEB_IDENTITY_TOKEN_FILE:$AWS_ROLE_ARN:$AWS_CONTAINER_CREDENTIALS_FULL_URI:$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI:\
$AWS_CONTAINER_AUTHORIZATION_TOKEN:$AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE:$HOME},\
$AWS_SECRET_ACCESS_KEY,$AWS_SESSION_TOKEN,$AWS_CREDENTIAL_EXPIRATION,\
$AWS_REGION,$AWS_DEFAULT_REGION,${AWS_PROFILE-:},${AWS_DEFAULT_PROFILE-:},$AWS_SECURITY_TOKEN,\
$AWS_ACCOUNT_ID,$AWS_SSO_PROFILE,$SSOX_PROFILE,$SSOX_IDENTITY
}
if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404)); then
  function _ssox_read_identity() {
    _ssox_now=${AWS_ACCESS_KEY_ID:-${AWS_CONFIG_FILE-:}:${AWS_SHARED_CREDENTIALS_FILE-:}:\
$AWS_WEB_IDENTITY_TOKEN_FILE:$AWS_ROLE_ARN:$AWS_CONTAINER_CREDENTIALS_FULL_URI:$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI:\
$AWS_CONTAINER_AUTHORIZATION_TOKEN:$AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE:$HOME:\
${AWS_CONFIG_FILE@a}:${AWS_SHARED_CREDENTIALS_FILE@a}:${AWS_WEB_IDENTITY_TOKEN_FILE@a}:${AWS_ROLE_ARN@a}:\
${AWS_CONTAINER_CREDENTIALS_FULL_URI@a}:${AWS_CONTAINER_CREDENTIALS_RELATIVE_URI@a}:${AWS_CONTAINER_AUTHORIZATION_TOKEN@a}:\
${AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE@a}:${HOME@a}},\
$AWS_SECRET_ACCESS_KEY,$AWS_SESSION_TOKEN,$AWS_CREDENTIAL_EXPIRATION,\
$AWS_REGION,$AWS_DEFAULT_REGION,$AWS_PROFILE,$AWS_DEFAULT_PROFILE,$AWS_SECURITY_TOKEN,\
$AWS_ACCOUNT_ID,$AWS_SSO_PROFILE,$SSOX_PROFILE,$SSOX_IDENTITY,\
${AWS_ACCESS_KEY_ID@a},${AWS_SECRET_ACCESS_KEY@a},${AWS_SESSION_TOKEN@a},${AWS_CREDENTIAL_EXPIRATION@a},\
${AWS_REGION@a},${AWS_DEFAULT_REGION@a},${AWS_PROFILE@a},${AWS_DEFAULT_PROFILE@a},${AWS_SECURITY_TOKEN@a},\
${SSOX_PROFILE@a},${SSOX_IDENTITY@a}
  }
fi

# Tells whether the compared values have changed. Finding a key of an associative array takes a quarter of the time of a
# comparison. Uses `test`, because `[[` would ignore case under the option `nocasematch`.
function _ssox_has_changed() {
  _ssox_read_identity
  ! builtin test "$_ssox_now" = "${_ssox_seen[0]-}"
}
function _ssox_see() { _ssox_seen[0]=$_ssox_now; }
if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404)); then
  function _ssox_has_changed() {
    _ssox_read_identity
    [[ ${_ssox_seen@a} != *A* || -z ${_ssox_seen[$_ssox_now]-} ]]
  }
  function _ssox_see() {
    [[ ${_ssox_seen@a} == *A* ]] || { builtin unset -v _ssox_seen && builtin declare -gA _ssox_seen; }
    _ssox_seen=() && _ssox_seen[$_ssox_now]=on
  }
fi

# Lets the program check a change of the compared values, such as other access keys, another region, or a profile name
# beside access keys. The program is called once for each change, and at the first prompt of a shell that inherits a
# profile. If the program fails, the new identity counts as foreign. If Ctrl-C ends the call (status 130), the next
# prompt calls the program again.
function _ssox_look() {
  [[ -n ${SSOX_PROMPT-} || -n ${SSOX_IDENTITY-} || -n ${SSOX_REPLACED-} ]] ||
    ((${#_ssox_seen[@]})) || return 1
  # While the layer of a directory is off, nothing is checked: the second hook does that later.
  [[ $_ssox_layer != off ]] || return 1
  _ssox_has_changed && _ssox_judge
}

function _ssox_judge() {
  builtin local _ssox_reply='' _ssox_failure=0
  _ssox_reply=$(SSOX_HELD=$_ssox_held builtin command ssox --emit=bash1 identity </dev/null 2>/dev/null) || _ssox_failure=$?
  if [[ $_ssox_failure == 0 ]] && _ssox_apply identity "$_ssox_reply" 2>/dev/null; then return 0; fi
  if builtin type -P ssox >/dev/null; then _ssox_unjudged=failed; else _ssox_unjudged=absent; fi
  # These variables may be readonly.
  [[ -z ${SSOX_PROMPT-}${SSOX_IDENTITY-} ]] || builtin export SSOX_STATE=foreign SSOX_PROMPT="${SSOX_PROMPT%\?}?" 2>/dev/null || builtin true
  _ssox_left="${SSOX_PROMPT-},${SSOX_STATE-},${SSOX_EXPIRES-},${SSOX_NEXT-},${SSOX_PROTECTED-}"
  if [[ $_ssox_failure == 130 ]]; then _ssox_seen=([0]=interrupted); else _ssox_see; fi
}

# Tells whether the program should be called now. After a failure, it should be called again after a minute at the
# earliest. If somebody sets the clock back, the wait does not become longer.
function _ssox_is_due() {
  [[ ${SSOX_STATE-} != foreign ]] && _ssox_is_number "${SSOX_NEXT-}" && ((_ssox_clock >= SSOX_NEXT)) &&
    ((_ssox_clock >= _ssox_retry || _ssox_retry > _ssox_clock + 60))
}

# Lets the program renew the credentials, or tell when it is to be called again. If Ctrl-C ends the call (status 130),
# the next prompt makes it again.
function _ssox_tick() {
  builtin local _ssox_reply='' _ssox_failure=0
  _ssox_retry=0
  _ssox_reply=$(SSOX_HELD=$_ssox_held builtin command ssox --emit=bash1 tick ${1+"$@"} </dev/null 2>/dev/null) || _ssox_failure=$?
  if [[ $_ssox_failure == 130 ]]; then return 0; fi
  if [[ $_ssox_failure != 0 ]] || ! _ssox_apply tick "$_ssox_reply" 2>/dev/null || _ssox_is_due; then
    _ssox_retry=$((_ssox_clock + 60))
  fi
}

# After a sign-in, gets the credentials that waited for it. Does not wait for the time of the hook's next call.
function _ssox_signed_in() {
  { builtin local _ssox_traced="${-//[!x]/}"; _ssox_owed+=$_ssox_traced; builtin set +x; } 2>/dev/null
  _ssox_read_clock
  _ssox_check_clock
  _ssox_tick --wait=5s
  if [[ -n $_ssox_traced ]]; then { builtin set -x; _ssox_owed=${_ssox_owed%x}; } 2>/dev/null; fi
}

# Runs before each prompt and before the other hooks, so that prompts they draw show the current credentials. It returns
# the exit status that it found. `set -x` shows nothing secret before it is turned off.
function _ssox_precmd() {
  _ssox_status=$? _ssox_flags=$-${_ssox_owed-} _ssox_drawn[0]=1
  case $_ssox_flags in *[akux+=]*) { _ssox_hold_flags; } 2>/dev/null ;; esac
  # Somebody may have unset all variables of this script, or Ctrl-C may have ended its loading.
  if [[ -z ${_ssox_loaded[1]-} || -n ${_ssox_no_prompt+set} ]]; then _ssox_load 2>/dev/null || builtin true; fi
  if [[ -n $_ssox_pending ]]; then _ssox_finish; fi
  if [[ -n $_ssox_layer || $PWD/$_ssox_again != "$_ssox_place/" ]]; then _ssox_pass; fi
  # shellcheck disable=SC2016
  case $_ssox_placed${PS1-} in
    # If ssox itself draws the prompt segment, it is enough that the second hook compares the values.
    on*'${_ssox_ps1+'*) _ssox_moved='' ;;
    on*) _ssox_find_place ;;
    *) _ssox_look || builtin true ;;
  esac
  if [[ -z $_ssox_layer && -n ${SSOX_PROMPT-}${SSOX_NEXT-}${SSOX_SEGMENT-} ]]; then
    _ssox_read_clock
    # At most prompts nothing is due, and the prompt segment has not changed.
    if ((_ssox_clock < _ssox_since || _ssox_clock >= _ssox_until)) || builtin test "$_ssox_current" != \
      "${SSOX_PROMPT-},${SSOX_STATE-},${SSOX_EXPIRES-},${SSOX_NEXT-},${SSOX_PROTECTED-},${NO_COLOR-}"; then
      _ssox_refresh
    fi
  fi
  case $_ssox_flags in *[aekux+=]*) _ssox_put_flags ;; esac
  return "$_ssox_status"
}

# Decides what to do if PS1 does not contain the prompt segment. If a person has removed the segment, it stays removed.
# But if a later hook may have set PS1, or another program has put an old PS1 back (the integration of WezTerm before
# each command, a virtual environment when it is left), the second hook adds the segment again.
function _ssox_find_place() {
  _ssox_go_last
  _ssox_placed=$_ssox_moved
  _ssox_moved=''
  if [[ -z $_ssox_placed ]]; then
    _ssox_bare="=${PS1-}"
    _ssox_look || builtin true
  fi
}

# Renews the credentials when they are due, and computes the prompt segment.
function _ssox_refresh() {
  _ssox_check_clock
  # If somebody has edited what the prompt segment shows, the program undoes the edit. It also checks changes that could
  # not be checked while the program was missing.
  if ! builtin test "$_ssox_left" = "${SSOX_PROMPT-},${SSOX_STATE-},${SSOX_EXPIRES-},${SSOX_NEXT-},${SSOX_PROTECTED-}" ||
    { [[ -n $_ssox_files ]] && _ssox_are_files_edited; } || { [[ $_ssox_unjudged == absent ]] && builtin type -P ssox >/dev/null; }; then
    _ssox_seen=([0]=edited)
    _ssox_look || builtin true
  fi
  if _ssox_is_due; then
    _ssox_look || builtin true
    if _ssox_is_due; then _ssox_tick; fi
  fi
  _ssox_show
}

# Tells whether a configuration file was edited: after `use --profile-only`, the configuration files determine the
# identity. The directory `_ssox_files` has three files for each configuration file: a link to its path; `.real`, a link
# to the real file that was at this path; and `.seen`, a file with the modification time that the configuration file
# had.
function _ssox_are_files_edited() {
  builtin local _ssox_path=''
  for _ssox_path in "$_ssox_files/config" "$_ssox_files/credentials"; do
    if [[ -e $_ssox_path ]]; then
      [[ -e $_ssox_path.seen && $_ssox_path -ef $_ssox_path.real && ! $_ssox_path -nt $_ssox_path.seen && ! $_ssox_path -ot $_ssox_path.seen ]] || return 0
    else
      [[ -L $_ssox_path && ! -e $_ssox_path.seen ]] || return 0
    fi
  done
  return 1
}

# Runs after the other hooks: direnv and mise may have changed the compared values, and others may have set PS1 again.
function _ssox_settle() {
  _ssox_status=$? _ssox_flags=$-${_ssox_owed-}
  case $_ssox_flags in *[akux+=]*) { _ssox_hold_flags; } 2>/dev/null ;; esac
  # At most prompts, the directory has not changed, and no `.ssox` file applies to it.
  if builtin test "$PWD/$_ssox_again$_ssox_layer$_ssox_arrived" != "$_ssox_place/" && { _ssox_arrive || [[ -n $_ssox_arrived ]]; }; then
    _ssox_arrived=''
    _ssox_look || builtin true
    _ssox_read_clock
    _ssox_refresh
  elif _ssox_look; then
    _ssox_read_clock
    _ssox_show
  fi
  if [[ -n $_ssox_undecided ]]; then _ssox_decide; fi
  if [[ -n $_ssox_bare ]]; then
    { builtin test "$_ssox_bare" = "=${PS1-}" && _ssox_is_ps1_typed; } || _ssox_placed=on
    _ssox_bare=''
  fi
  builtin shopt -q promptvars || _ssox_take_parts
  _ssox_surround
  # shellcheck disable=SC2016  # bash expands it at each prompt, and does not expand the result again
  case $_ssox_placed${PS1-}${PROMPT_COMMAND-}${PROMPT_COMMAND[1]+${PROMPT_COMMAND[@]: -1}}${precmd_functions+${precmd_functions[@]: -1}}${_ble_hook_h_PRECMD+${_ble_hook_h_PRECMD[@]: -1}} in
    on*'${_ssox_ps1+'*"$_ssox_last") ;;
    on*) _ssox_hold_place ;;
  esac
  # The guard is added to a PS0 that somebody has set. If PS0 is empty, somebody has removed the guard, and it stays
  # removed.
  case $_ssox_placed${PS0-} in on | on*_ssox_drawn* | on*_ssox_guard*) ;; on*) _ssox_place_guard ;; esac
  case $_ssox_flags in *[aekux+=]*) _ssox_put_flags ;; esac
  return "$_ssox_status"
}

# Tells whether the last line that a person typed names PS1.
function _ssox_is_ps1_typed() {
  case $(builtin history 1 2>/dev/null) in *PS1*) ;; *) return 1 ;; esac
}

# Without `promptvars`, bash would show the parts of PS1 and PS0 as text. When it is on again, they are added again.
function _ssox_take_parts() {
  _ssox_placed='' _ssox_undecided=1
  case ${PS1-} in *"$_ssox_part"*) _ssox_publish PS1 "${PS1%%"$_ssox_part"*}${PS1#*"$_ssox_part"}" ;; esac
  case ${PS0-} in *"$_ssox_guard_part"*) _ssox_publish PS0 "${PS0%%"$_ssox_guard_part"*}${PS0#*"$_ssox_guard_part"}" ;; esac
}

# Adds the prompt segment to PS1 again, and moves the second hook behind a hook that was added after it.
function _ssox_hold_place() {
  # shellcheck disable=SC2016  # bash expands it at each prompt, and does not expand the result again
  case ${PS1-} in *'${_ssox_ps1+'*) ;; *) _ssox_place_part ;; esac
  if [[ -n $_ssox_last ]]; then _ssox_go_last; fi
}

# Adds the prompt segment at the start of PS1. If PS1 goes back to the first column of the line, which would overwrite
# the segment, adds it behind the last such place, unless that may be inside a command in PS1.
function _ssox_place_part() {
  builtin local _ssox_mark='' _ssox_start='' _ssox_head='' _ssox_all="${PS1-}" _ssox_escape=$'\e['
  for _ssox_mark in $'\r' '\r' '\015' "$_ssox_escape"{G,0G,1G} '\e['{G,0G,1G} '\E['{G,0G,1G} '\033['{G,0G,1G}; do
    _ssox_head=${_ssox_all%"$_ssox_mark"*}$_ssox_mark
    if ((${#_ssox_head} <= ${#_ssox_all} && ${#_ssox_head} > ${#_ssox_start})); then _ssox_start=$_ssox_head; fi
  done
  # shellcheck disable=SC2016
  case $_ssox_start in *'$('* | *'`'* | *'${'*) _ssox_start='' ;; esac
  # The place may be between \[ and \].
  case ${_ssox_start##*'\['} in
    "$_ssox_start" | *'\]'*) ;;
    *)
      _ssox_head=${_ssox_all#"$_ssox_start"}
      _ssox_start+=${_ssox_head%%'\]'*}'\]'
      ;;
  esac
  _ssox_publish PS1 "$_ssox_start$_ssox_part${_ssox_all#"$_ssox_start"}"
}

# Since 4.4, bash expands PS0 before each command. If somebody removes the hook, PS1 must not show an old segment for
# ever: so PS0 sets `_ssox_drawn` to 0, and PS1 shows the prompt segment only if the hook has run since then. It is
# an array, because bash exports no arrays, even with `set -a`. Since 5.3, PS0 can also call a function without starting a
# process. It renews credentials that expire: the prompt may be hours old when a command is typed, and no command should
# start with expired credentials. An older bash that inherits PS0 could not parse such a call, so PS0 is not exported.
function _ssox_place_guard() { builtin :; }
_ssox_guard_part=''
if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404)); then
  function _ssox_place_guard() {
    [[ -n ${BLE_VERSION-} || ${PS0-} == *_ssox_drawn* ]] || _ssox_publish PS0 "$_ssox_guard_part${PS0-}"
  }
  # shellcheck disable=SC2016  # bash expands it before each command
  _ssox_guard_part='${_ssox_ps1[(_ssox_drawn=0)+1]-}'
fi
if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 503)); then
  function _ssox_place_guard() {
    [[ -z ${BLE_VERSION-} && ${PS0-} != *_ssox_guard* ]] && builtin shopt -q promptvars || return 0
    _ssox_publish PS0 "$_ssox_guard_part${PS0-}"
    builtin export -n PS0
  }
  # shellcheck disable=SC2016  # bash expands it before each command
  _ssox_guard_part='${ _ssox_guard; }'

  function _ssox_guard() {
    _ssox_status=$? _ssox_flags=$-${_ssox_owed-} _ssox_drawn[0]=0
    case $_ssox_flags in *[akux+=]*) { _ssox_hold_flags; } 2>/dev/null ;; esac
    if [[ -n $_ssox_pending ]]; then _ssox_finish; fi
    if _ssox_is_number "${SSOX_EXPIRES-}"; then
      _ssox_read_clock
      _ssox_check_clock
      if ((_ssox_clock >= SSOX_EXPIRES - 60)) && { [[ ${SSOX_STATE-} == renewing ]] || _ssox_is_due; }; then
        _ssox_tick --wait=2s
      fi
    fi
    case $_ssox_flags in *[aekux+=]*) _ssox_put_flags ;; esac
    return "$_ssox_status"
  }
fi

# --- directories

# The values of a `.ssox` file are a layer above the values of the shell. The first hook takes the layer off: it
# restores the values below the layer. Then the hooks of other tools run, and the last hook puts the layer on again. So
# direnv and mise never see the layer, whatever the order of the lines in the rc file.
#
# `_ssox_layer` is empty, `on`, `off`, or, while its variables are written, `going-on` or `going-off`.
# `_ssox_names_under` has the names of the variables that were changed while the layer was on, `_ssox_under` their
# values below the layer, and `_ssox_over` their values in the layer. `_ssox_typed` has values that a person set on the
# command line that left the directory. `_ssox_outside` and `_ssox_outer` have what `_ssox_kept`, `_ssox_before` and
# others contained before the layer. `_ssox_place` is the directory in which a `.ssox` file was last searched for, and
# `_ssox_file` the file that was found. `_ssox_nearer` is set if direnv or mise has a file nearer to the working
# directory than the `.ssox` file. Then the values that these tools set stay; `_ssox_theirs` has the names.

# Reads the state of a variable into `_ssox_state`. Before 4.4, a set variable counts as exported, because finding out
# would take a process.
function _ssox_read_state() {
  builtin local _ssox_name="$1"
  if [[ -z ${!_ssox_name+set} ]]; then _ssox_state=u; else _ssox_state=x${!_ssox_name}; fi
}
if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404)); then
  function _ssox_read_state() {
    builtin local _ssox_name="$1"
    if [[ -z ${!_ssox_name+set} ]]; then
      _ssox_state=u
    else
      case ${!_ssox_name@a} in *x*) _ssox_state=x${!_ssox_name} ;; *) _ssox_state=s${!_ssox_name} ;; esac
    fi
  }
fi

# Restores the state of a variable.
function _ssox_write_state() {
  case $2 in
    x*) builtin export "$1=${2#x}" ;;
    s*)
      builtin printf -v "$1" %s "${2#s}"
      builtin export -n "${1?}"
      ;;
    u) builtin unset -v "$1" ;;
  esac
}

function _ssox_put_under() {
  builtin local IFS=' ' _ssox_name=''
  # shellcheck disable=SC2086  # splitting at blanks is intended
  builtin set -- $_ssox_names_under
  builtin local _ssox_count=$#
  for _ssox_name in ${_ssox_names[@]+"${_ssox_names[@]}"}; do
    case $_ssox_names_under in *" $_ssox_name "*) continue ;; esac
    _ssox_read_state "$_ssox_name"
    _ssox_under[_ssox_count]=$_ssox_state
    _ssox_names_under+="$_ssox_name "
    _ssox_count=$((_ssox_count + 1))
  done
}

# Records the current values as those in the layer.
function _ssox_note_layer() {
  builtin local IFS=' ' _ssox_name='' _ssox_count=0
  for _ssox_name in $_ssox_names_under; do
    case $_ssox_theirs in
      *" $_ssox_name "*) ;;
      *)
        _ssox_read_state "$_ssox_name"
        _ssox_over[_ssox_count]=$_ssox_state
        ;;
    esac
    _ssox_count=$((_ssox_count + 1))
  done
}

# Removes what hides variables of the layer: a function that changes the directory may have local variables.
function _ssox_unhide_layer() {
  builtin local IFS=' '
  # shellcheck disable=SC2086  # splitting at blanks is intended
  if [[ $_ssox_layer == on ]]; then _ssox_unhide_all $_ssox_names_under; fi
}

function _ssox_off() {
  builtin local IFS=' ' _ssox_name='' _ssox_count=0
  if [[ $_ssox_layer == going-on ]]; then _ssox_on; fi
  if [[ $_ssox_layer == on ]]; then _ssox_read_layer && _ssox_layer=going-off; fi
  [[ $_ssox_layer == going-off ]] || return 0
  _ssox_over=(${_ssox_taken[@]+"${_ssox_taken[@]}"})
  for _ssox_name in $_ssox_names_under; do
    case $_ssox_theirs in
      *" $_ssox_name "*) ;;
      *) _ssox_write_state "$_ssox_name" "${_ssox_under[_ssox_count]}" ;;
    esac
    _ssox_count=$((_ssox_count + 1))
  done
  _ssox_layer=off
}

# Reads the values in the layer into `_ssox_taken`.
function _ssox_read_layer() {
  builtin local _ssox_name='' _ssox_count=0 _ssox_where=elsewhere
  if builtin test "$PWD" = "$_ssox_place"; then _ssox_where=here; fi
  _ssox_taken=() _ssox_typed=() _ssox_in_layer=${SSOX_PROMPT-}
  for _ssox_name in $_ssox_names_under; do
    case $_ssox_theirs in
      *" $_ssox_name "*) _ssox_state=${_ssox_over[_ssox_count]-} ;;
      *)
        _ssox_read_state "$_ssox_name"
        case $_ssox_where$_ssox_name in
          elsewhereAWS*) builtin test "$_ssox_state" = "${_ssox_over[_ssox_count]-}" || _ssox_typed[_ssox_count]=$_ssox_state ;;
        esac
        ;;
    esac
    _ssox_taken[_ssox_count]=$_ssox_state
    _ssox_count=$((_ssox_count + 1))
  done
}

# Sets PWD again, without leaving the directory: a file of `export -p` that a person reads in sets it to another one.
function _ssox_mend_pwd() {
  builtin local _ssox_old="${OLDPWD-}"
  builtin cd -P . 2>/dev/null && OLDPWD=$_ssox_old
} >/dev/null

# Takes the layer off before the other hooks. One of them may make a prompt of the text of the prompt segment, so it is
# computed before. bash runs no hook at `cd`: a layer begins here, unless direnv or mise must act first.
function _ssox_pass() {
  if ! builtin test "$PWD/$_ssox_again" = "$_ssox_place/"; then
    [[ $PWD -ef . ]] || _ssox_mend_pwd || builtin true
    _ssox_off
    if ! _ssox_has_tools && _ssox_arrive; then _ssox_arrived=1; fi
  fi
  if [[ $_ssox_layer == on ]]; then
    _ssox_read_clock
    if ((_ssox_clock >= _ssox_until)) || builtin test "$_ssox_current" != \
      "${SSOX_PROMPT-},${SSOX_STATE-},${SSOX_EXPIRES-},${SSOX_NEXT-},${SSOX_PROTECTED-},${NO_COLOR-}"; then
      _ssox_show
    fi
  fi
  _ssox_off
}

# Tells whether direnv or mise is loaded.
function _ssox_has_tools() { builtin declare -F _direnv_hook || builtin declare -F _mise_hook; } >/dev/null

function _ssox_on() {
  builtin local IFS=' ' _ssox_name='' _ssox_count=0
  if [[ $_ssox_layer == going-off ]]; then _ssox_off; fi
  if [[ $_ssox_layer == off ]]; then _ssox_compare_under && _ssox_layer=going-on; fi
  [[ $_ssox_layer == going-on ]] || return 0
  for _ssox_name in $_ssox_names_under; do
    case $_ssox_theirs in
      *" $_ssox_name "*) ;;
      *) _ssox_write_state "$_ssox_name" "${_ssox_over[_ssox_count]}" ;;
    esac
    _ssox_count=$((_ssox_count + 1))
  done
  _ssox_layer=on
}

# Notes what other programs have changed below the layer. Repeating it changes nothing.
function _ssox_compare_under() {
  builtin local _ssox_name='' _ssox_count=0
  _ssox_theirs=' '
  for _ssox_name in $_ssox_names_under; do
    _ssox_read_state "$_ssox_name"
    if builtin test "$_ssox_state" = "${_ssox_under[_ssox_count]}"; then
      builtin :
    elif [[ -n $_ssox_nearer ]]; then
      _ssox_theirs+="$_ssox_name "
    else
      _ssox_follow "$_ssox_name" "${_ssox_under[_ssox_count]}"
      # After `clear`, the values in the layer are those below it, so they follow a change below it.
      if builtin test -z "$_ssox_in_layer" && builtin test "${_ssox_over[_ssox_count]-}" = "${_ssox_under[_ssox_count]}"; then
        _ssox_over[_ssox_count]=$_ssox_state
      fi
      _ssox_under[_ssox_count]=$_ssox_state
    fi
    _ssox_count=$((_ssox_count + 1))
  done
}

# Sets the values that a person has set after `cd` on the same command line. bash runs no hook between the commands of a
# line.
function _ssox_put_typed() {
  builtin local IFS=' ' _ssox_name='' _ssox_count=0
  for _ssox_name in $_ssox_names_under; do
    if [[ -n ${_ssox_typed[_ssox_count]-} ]]; then
      _ssox_read_state "$_ssox_name"
      if builtin test "$_ssox_state" = "${_ssox_under[_ssox_count]}"; then
        _ssox_write_state "$_ssox_name" "${_ssox_typed[_ssox_count]}"
      fi
    fi
    _ssox_count=$((_ssox_count + 1))
  done
  _ssox_typed=()
}

# Another program has changed a value below the layer. If the old value was the recorded previous value, the new value
# takes its place in the record.
function _ssox_follow() {
  builtin local _ssox_other='' _ssox_at=0
  case $_ssox_outside in *" $1 "*) return 0 ;; esac
  for _ssox_other in $_ssox_kept; do
    if builtin test "$_ssox_other" = "$1" && builtin test "${_ssox_before[_ssox_at]}" = "$2"; then
      _ssox_before[_ssox_at]=$_ssox_state
    fi
    _ssox_at=$((_ssox_at + 1))
  done
}

# Puts the layer on again, or the layer of another `.ssox` file if the directory has changed. Fails if there is nothing
# to do. With `early`, direnv has not acted yet. Then no new layer begins, because the values of the previous directory
# would be below it.
function _ssox_arrive() {
  if builtin test "$PWD" = "$_ssox_place" && [[ -z $_ssox_again ]]; then
    [[ -n $_ssox_layer ]] || return 1
    _ssox_on
    return 0
  fi
  builtin local _ssox_below=''
  _ssox_find
  # The directory has changed, so a relative path in these variables names another file. The identity is checked again.
  case ${_ssox_layer:-${SSOX_IDENTITY:+on}},${AWS_CONFIG_FILE:-/},${AWS_SHARED_CREDENTIALS_FILE:-/} in
    ,* | on,/*,/* | off,/*,/*) ;;
    *) _ssox_seen=([0]=moved) ;;
  esac
  if [[ -z $_ssox_found$_ssox_file ]]; then
    _ssox_again='' _ssox_place=$PWD
    return 1
  fi
  if [[ -n $_ssox_found ]]; then _ssox_find_nearer; fi
  # A layer that began while direnv or mise had a nearer file lacks the values that these tools set. If their file is no
  # longer nearer, the shell enters the directory again.
  if [[ -z $_ssox_again && $_ssox_found -ef $_ssox_file ]] && [[ -n $_ssox_below || $_ssox_nearer != entered ]]; then
    if [[ $_ssox_nearer != entered ]]; then _ssox_nearer=$_ssox_below; fi
    _ssox_place=$PWD
    _ssox_on
    return 0
  fi
  # If Ctrl-C ends the calls below, the next prompt makes them again.
  _ssox_again=1
  _ssox_place=$PWD
  _ssox_exit
  case ${1-}$_ssox_found in
    '' | early) ;;
    early*) _ssox_place='' ;;
    *) _ssox_enter ;;
  esac
  _ssox_again=''
}

# Runs before `use` or `clear` changes something, and updates the layer: a hook of the person may call these verbs while
# the layer is off, they may be on the command line that left the directory, or the layer must begin again: after `allow`
# or `deny` on the same line, or after Ctrl-C. `_ssox_caught_up` gets the old value of `_ssox_layer`.
function _ssox_catch_up() {
  builtin local _ssox_strict="${-//[!u]/}" _ssox_early=''
  if builtin test "$PWD" = "$_ssox_place"; then
    if [[ $_ssox_layer$_ssox_again == on ]]; then return 0; fi
  else
    if [[ -z $_ssox_layer ]]; then return 0; fi
    _ssox_early=early
  fi
  _ssox_owed+=$_ssox_strict
  builtin set +u
  _ssox_caught_up=$_ssox_layer
  _ssox_unhide_layer
  # Values that a person has set on this line after leaving the directory do not belong to the layer.
  _ssox_off
  _ssox_arrive "$_ssox_early" || builtin true
  if [[ -n $_ssox_strict ]]; then builtin set -u; fi
  _ssox_owed=${_ssox_owed%"$_ssox_strict"}
}

# Finds the nearest `.ssox` file, without starting a process. The search ends at the home directory. If the root is at
# most sixteen levels above, tests with fixed paths find out that no directory up to the root has such a file.
function _ssox_find() {
  _ssox_found=''
  [[ -e .ssox || -e ../.ssox || -e ../../.ssox || -e ../../../.ssox || -e ../../../../.ssox ||
    -e ../../../../../.ssox || -e ../../../../../../.ssox || -e ../../../../../../../.ssox ||
    -e ../../../../../../../../.ssox || -e ../../../../../../../../../.ssox ||
    -e ../../../../../../../../../../.ssox || -e ../../../../../../../../../../../.ssox ||
    -e ../../../../../../../../../../../../.ssox || -e ../../../../../../../../../../../../../.ssox ||
    -e ../../../../../../../../../../../../../../.ssox ||
    -e ../../../../../../../../../../../../../../../.ssox ||
    -e ../../../../../../../../../../../../../../../../.ssox ||
    ! ../../../../../../../../../../../../../../../.. -ef / ]] || return 0
  builtin local _ssox_up=''
  while ((${#_ssox_up} < 3000)); do
    if [[ -e ${_ssox_up}.ssox ]]; then
      _ssox_found=$PWD/${_ssox_up}.ssox
      return 0
    fi
    if [[ ${_ssox_up:-.} -ef / || ${_ssox_up:-.} -ef ${HOME-} ]]; then return 0; fi
    _ssox_up+=../
  done
}

# Looks for files of direnv and mise in the directories from the working directory up to, and without, that of the
# `.ssox` file.
function _ssox_find_nearer() {
  builtin local _ssox_up='' _ssox_name=''
  until builtin test "$PWD/$_ssox_up.ssox" = "$_ssox_found"; do
    for _ssox_name in .envrc mise.toml .mise.toml mise.local.toml .mise.local.toml .config/mise.toml; do
      if [[ -e $_ssox_up$_ssox_name ]]; then _ssox_below=1; fi
    done
    _ssox_up+=../
  done
}

function _ssox_enter() {
  builtin local _ssox_reply=''
  _ssox_outside=$_ssox_kept
  _ssox_outer=("$_ssox_child" "$_ssox_held" ${_ssox_before[@]+"${_ssox_before[@]}"})
  _ssox_names_under=' ' _ssox_under=() _ssox_over=() _ssox_theirs=' ' _ssox_layer=on _ssox_nearer=${_ssox_below:+entered}
  if builtin type -P ssox >/dev/null &&
    _ssox_reply=$(SSOX_HELD=$_ssox_held builtin command ssox --emit=bash1 directory "$_ssox_found" </dev/null) &&
    _ssox_apply directory "$_ssox_reply"; then
    if [[ -n $_ssox_nearer ]]; then _ssox_seen=([0]=entered); fi
  else
    _ssox_exit
  fi
  _ssox_file=$_ssox_found
}

# Leaves a directory: restores the values from before. A shell that inherited the values of the directory does not know
# the values from before; in such a shell, the program removes the values of the directory.
function _ssox_exit() {
  builtin local _ssox_reply=''
  if [[ -n $_ssox_layer ]]; then
    _ssox_off
    _ssox_put_typed
    _ssox_kept=$_ssox_outside
    _ssox_child=${_ssox_outer[0]} _ssox_held=${_ssox_outer[1]} _ssox_before=("${_ssox_outer[@]:2}")
    _ssox_files=${SSOX_FILES-} _ssox_left="${SSOX_PROMPT-},${SSOX_STATE-},${SSOX_EXPIRES-},${SSOX_NEXT-},${SSOX_PROTECTED-}"
    # The program checks the identity that the shell has now.
    if ((${#_ssox_under[@]})); then _ssox_seen=(); fi
    [[ -z ${SSOX_ENDPOINT-}$_ssox_held ]] || _ssox_seen[0]=edited
    _ssox_names_under=' ' _ssox_under=() _ssox_over=() _ssox_layer=''
  elif [[ -n ${SSOX_DIRECTORY-} ]] && builtin type -P ssox >/dev/null; then
    if _ssox_reply=$(SSOX_HELD=$_ssox_held builtin command ssox --emit=bash1 directory </dev/null); then
      _ssox_apply directory "$_ssox_reply" || builtin true
    fi
  fi
  _ssox_file=''
}

# `_ssox_depart` and `_ssox_chpwd` run before and after the other hooks when the directory changes, if another program
# provides such hooks.
function _ssox_depart() {
  _ssox_flags=$-${_ssox_owed-}
  case $_ssox_flags in *[akux+=]*) { _ssox_hold_flags; } 2>/dev/null ;; esac
  if [[ -n $_ssox_pending ]]; then _ssox_finish; fi
  _ssox_unhide_layer
  _ssox_off
  _ssox_typed=()
  _ssox_put_flags
}

function _ssox_chpwd() {
  _ssox_flags=$-${_ssox_owed-}
  case $_ssox_flags in *[akux+=]*) { _ssox_hold_flags; } 2>/dev/null ;; esac
  if [[ -n $_ssox_pending ]]; then _ssox_finish; fi
  builtin local _ssox_early=''
  if builtin declare -F _direnv_hook >/dev/null; then _ssox_early=early; fi
  # This may run between the two hooks of a prompt. Then the second hook shows the profile that is in use now.
  if _ssox_arrive "$_ssox_early"; then _ssox_arrived=1; fi
  _ssox_put_flags
}

# --- segment

# Computes SSOX_SEGMENT (`dev:ReadOnly 43m`) and SSOX_SEGMENT_STATE (ok, soon, renewing, expired, foreign), not
# exported, for prompts that people write themselves; `_ssox_ps1`, the prompt segment with colours, which PS1 shows; and
# until when these values are valid.
function _ssox_show() {
  builtin local _ssox_label="${SSOX_PROMPT-}" _ssox_time='' _ssox_mark='' _ssox_state=ok _ssox_seconds=0
  _ssox_check_clock
  _ssox_label=${_ssox_label//[[:cntrl:]]/}
  _ssox_current='' _ssox_since=$_ssox_clock _ssox_until=$((_ssox_clock + 60))
  case ${SSOX_STATE-} in
    sign-in) _ssox_mark=' sign in' _ssox_state=soon ;;
    foreign) _ssox_state=foreign ;;
    failed) _ssox_mark=' failed' _ssox_state=soon ;;
  esac
  if [[ -n $_ssox_unjudged && -n $_ssox_label ]]; then _ssox_label="${_ssox_label%\?}?" _ssox_state=foreign _ssox_mark=''; fi
  if [[ $_ssox_state != foreign ]] && _ssox_is_number "${SSOX_EXPIRES-}"; then
    _ssox_seconds=$((SSOX_EXPIRES - _ssox_clock))
    _ssox_until=$((_ssox_seconds < 60 ? _ssox_clock : _ssox_clock + _ssox_seconds % 60 + 1))
    if ((_ssox_seconds >= 172800)); then
      _ssox_time=" $((_ssox_seconds / 86400))d"
    elif ((_ssox_seconds >= 3600)); then
      _ssox_time=" $((_ssox_seconds / 3600))h $((_ssox_seconds % 3600 / 60))m"
    elif ((_ssox_seconds >= 60)); then
      _ssox_time=" $((_ssox_seconds / 60))m"
    elif ((_ssox_seconds > 0)); then
      _ssox_time=" ${_ssox_seconds}s"
    elif [[ -n $_ssox_mark ]]; then
      _ssox_state=expired
    elif [[ ${SSOX_STATE-} == renewing ]] || { ((_ssox_retry == 0)) && _ssox_is_number "${SSOX_NEXT-}"; }; then
      _ssox_mark=' renewing' _ssox_state=renewing
    else
      _ssox_mark=' expired' _ssox_state=expired
    fi
    if ((_ssox_seconds > 0 && _ssox_seconds < 900)); then _ssox_state=soon; fi
  elif [[ ${SSOX_STATE-} == renewing ]]; then
    _ssox_mark=' renewing' _ssox_state=renewing
  fi
  if _ssox_is_number "${SSOX_NEXT-}" && ((SSOX_NEXT < _ssox_until)); then _ssox_until=$SSOX_NEXT; fi
  # The prompt segment is valid only until the next prompt, which checks the configuration files, or looks for the
  # program, again.
  if [[ -n $_ssox_files || $_ssox_unjudged == absent ]]; then _ssox_until=$_ssox_clock; fi
  # When the server of `exec --serve` or `serve` ends, it removes its files.
  if [[ -n ${SSOX_ENDPOINT-} ]]; then
    _ssox_until=$_ssox_clock
    if [[ $_ssox_state == ok && ! -e ${AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE:-/} ]]; then _ssox_mark=' expired' _ssox_state=expired; fi
  fi
  _ssox_ps1=()
  if [[ -n $_ssox_label ]]; then
    _ssox_paint "$_ssox_label" "$_ssox_time$_ssox_mark" "$_ssox_state"
    _ssox_publish SSOX_SEGMENT "$_ssox_label$_ssox_time$_ssox_mark"
    _ssox_publish SSOX_SEGMENT_STATE "$_ssox_state"
  else
    _ssox_publish SSOX_SEGMENT ''
    _ssox_publish SSOX_SEGMENT_STATE ''
  fi
  _ssox_current="${SSOX_PROMPT-},${SSOX_STATE-},${SSOX_EXPIRES-},${SSOX_NEXT-},${SSOX_PROTECTED-},${NO_COLOR-}"
}

# The part of PS1 that shows the prompt segment. It expands to nothing if `_ssox_drawn` is 0, because the fourth
# character of the segment is always `0`. In another shell that inherits PS1, it also expands to nothing. (An array
# element would be a syntax error in dash.)
# shellcheck disable=SC2016  # bash expands it at each prompt, and does not expand the result again
_ssox_part='${_ssox_ps1+${_ssox_ps1##???${_ssox_drawn-0}*}}'

# Sets a variable that may be readonly: an assignment would end the hook.
function _ssox_publish() { builtin printf -v "$1" %s "$2"; } 2>/dev/null

# Readline does not count text between \001 and \002 when it measures the prompt. The fourth character is always `0`.
function _ssox_paint() {
  builtin local _ssox_colour=32 _ssox_block='41;97'
  case $3 in soon | renewing) _ssox_colour=33 ;; expired) _ssox_colour=31 ;; foreign) _ssox_colour=35 ;; esac
  if [[ -n ${NO_COLOR-} ]]; then _ssox_colour=0 _ssox_block=7; fi
  builtin local _ssox_begin=$'\001\e[0m\e['"${_ssox_colour}m"$'\002' _ssox_end=$'\001\e[0m\002'
  if [[ -n ${SSOX_PROTECTED-} ]]; then
    _ssox_ps1[0]=$'\001\e[0m\e['"${_ssox_block}m"$'\002'" $1 $_ssox_end$_ssox_begin$2$_ssox_end "
  else
    _ssox_ps1[0]="$_ssox_begin$1$2$_ssox_end "
  fi
}

# Decides at the first prompt, after the whole rc file, whether PS1 shows the prompt segment. If a framework owns the
# prompt, PS1 does not show it. Moves ssox's second hook behind all others.
function _ssox_decide() {
  _ssox_undecided='' _ssox_moved=''
  if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 503)); then _ssox_place_guard; fi
  _ssox_go_last
  [[ -n $_ssox_segment && ${TERM-} != dumb ]] || return 0
  builtin shopt -q promptvars || return 0
  # shellcheck disable=SC2016
  case "${PS1-}" in *'${_ssox_ps1+'*) ;; *SSOX_* | *_ssox_*) return 0 ;; esac
  case "${PS1-} ${PROMPT_COMMAND[*]-} ${precmd_functions[*]-}" in
    *starship* | *oh-my-posh* | *_omp_* | *powerline* | *liquidprompt* | *_lp_* | *setGitPrompt*)
      _ssox_go_early
      return 0
      ;;
  esac
  _ssox_placed=on
  _ssox_place_guard
}

# If a framework makes PS1, both hooks of ssox run before the framework's hook: the first hook moves to the front, the
# second one behind direnv and mise. If PROMPT_COMMAND is an array, its order stays, because bash is just running it.
function _ssox_go_early() {
  builtin local _ssox_others='' _ssox_tool='' _ssox_behind=''
  # shellcheck disable=SC2128,SC2178
  if [[ -z ${BLE_VERSION-}${bash_preexec_imported-}${__bp_imported-} && ${#PROMPT_COMMAND[@]} == 1 ]] && _ssox_is_movable; then
    _ssox_others=${PROMPT_COMMAND/$'\n'_ssox_settle/}
    _ssox_others=${_ssox_others/_ssox_precmd$'\n'/}
    for _ssox_tool in _direnv_hook _mise_hook_prompt_command _mise_hook; do
      case $_ssox_others in
        *"$_ssox_tool"*)
          _ssox_behind+=${_ssox_others%%"$_ssox_tool"*}$_ssox_tool$'\n'
          _ssox_others=${_ssox_others#*"$_ssox_tool"}
          _ssox_others=${_ssox_others#[;$'\n']}
          ;;
      esac
    done
    PROMPT_COMMAND=$'_ssox_precmd\n'${_ssox_behind}$'_ssox_settle\n'$_ssox_others _ssox_last=''
  fi
}

case $- in *i*)
  _ssox_clock=0 _ssox_since=0 _ssox_until=0 _ssox_current='' _ssox_retry=0 _ssox_ps1=() _ssox_drawn=(0) _ssox_undecided=1 _ssox_unjudged='' _ssox_placed='' _ssox_bare='' _ssox_moved='' _ssox_segment=on _ssox_last=''
  if [[ -n ${_ssox_no_prompt-} ]]; then _ssox_segment=''; fi
  _ssox_set_clock
  ;;
esac

# --- completion

# Completes: passes the typed line to the program. The program parses the line, and returns the texts that readline
# inserts, already quoted.
function _ssox_complete() {
  case $- in
    *[ak]*)
      _ssox_without_marks "$-" _ssox_complete
      return
      ;;
  esac
  builtin local IFS=$'\n' _ssox_changed='' _ssox_reply=''
  builtin local -a _ssox_lines
  COMPREPLY=()
  _ssox_reply=$(builtin exec ssox complete bash "${COMP_LINE:0:COMP_POINT}" "${COMP_TYPE-}" "$COMP_WORDBREAKS" \
    "${COMP_WORDS[@]}" 2>/dev/null) || return 0
  _ssox_change_options
  # shellcheck disable=SC2206  # splitting at newlines is intended
  _ssox_lines=($_ssox_reply)
  _ssox_put_changed
  case ${_ssox_lines[0]-} in
    words*) COMPREPLY=("${_ssox_lines[@]:1}") ;;
    parts*)
      COMPREPLY=("${_ssox_lines[@]:1}")
      builtin compopt -o nospace 2>/dev/null
      ;;
    files) builtin compopt -o default 2>/dev/null ;;
    command*) _ssox_delegate "${_ssox_lines[0]#command }" ;;
  esac
  return 0
}

# Calls a function while `set -a` and `set -k` are off. `$1` has the options of the shell.
function _ssox_without_marks() {
  _ssox_owed+=${1//[!ak]/}
  builtin set +ak
  builtin local _ssox_result=0 _ssox_withheld="${1//[!ak]/}"
  builtin shift
  "$@" || _ssox_result=$?
  builtin export -n "${!_ssox_@}"
  builtin set "-$_ssox_withheld"
  _ssox_owed=${_ssox_owed%"$_ssox_withheld"}
  builtin export -n _ssox_owed
  return "$_ssox_result"
}

# Completes another program, which is the word with index `$1`, and its arguments: through bash-completion if it is
# loaded, else with the completion that is registered for that program.
function _ssox_delegate() {
  builtin local IFS=$' \t\n' _ssox_word='' _ssox_rest='' _ssox_name=''
  if builtin declare -F _comp_command_offset >/dev/null; then
    _comp_command_offset "$1"
    return
  elif builtin declare -F _command_offset >/dev/null; then
    _command_offset "$1"
    return
  fi
  for _ssox_word in "${COMP_WORDS[@]:0:$1}"; do
    _ssox_rest=${COMP_LINE#*"$_ssox_word"}
    COMP_POINT=$((COMP_POINT - ${#COMP_LINE} + ${#_ssox_rest}))
    COMP_LINE=$_ssox_rest
  done
  _ssox_rest=${COMP_LINE#"${COMP_LINE%%[![:space:]]*}"}
  COMP_POINT=$((COMP_POINT - ${#COMP_LINE} + ${#_ssox_rest}))
  COMP_LINE=$_ssox_rest
  COMP_CWORD=$((COMP_CWORD - $1))
  COMP_WORDS=("${COMP_WORDS[@]:$1}")
  _ssox_name=${COMP_WORDS[0]}
  if ((COMP_CWORD == 0)); then
    builtin compopt -o default 2>/dev/null
    IFS=$'\n'
    # shellcheck disable=SC2207  # one name per line, and no command has a star in its name
    COMPREPLY=($(builtin compgen -A command -- "$_ssox_name"))
    return
  fi
  _ssox_specified "$(builtin complete -p -- "$_ssox_name" 2>/dev/null)"
}

# Completes as a line of `complete -p` says: with its options, and its function or program (without arguments or
# substitutions).
function _ssox_specified() {
  builtin local IFS=$' \t\n' _ssox_name="${COMP_WORDS[0]}" _ssox_current="${COMP_WORDS[COMP_CWORD]}"
  builtin local _ssox_previous="${COMP_WORDS[COMP_CWORD - 1]}" _ssox_how='' _ssox_what='' _ssox_changed=''
  _ssox_change_options
  # shellcheck disable=SC2086  # splitting at blanks is intended
  builtin set -- $1
  _ssox_put_changed
  while (($# > 1)); do
    case $1 in
      -o) builtin compopt -o "$2" 2>/dev/null ;;
      -F | -C) _ssox_how=$1 _ssox_what=${2//\'/} ;;
    esac
    builtin shift
  done
  case $_ssox_how in
    -F) "$_ssox_what" "$_ssox_name" "$_ssox_current" "$_ssox_previous" ;;
    -C)
      IFS=$'\n'
      # shellcheck disable=SC2207
      COMPREPLY=($(COMP_LINE=$COMP_LINE COMP_POINT=$COMP_POINT "$_ssox_what" "$_ssox_name" "$_ssox_current" "$_ssox_previous"))
      ;;
    *) builtin compopt -o bashdefault -o default 2>/dev/null ;;
  esac
}

# --- end

# A parent shell with `set -a` may have exported these variables to this shell.
builtin export -n "${!_ssox_@}"
if [[ -n ${_ssox_marks-} ]]; then
  builtin set "-$_ssox_marks"
  _ssox_owed=${_ssox_owed%"$_ssox_marks"}
  builtin export -n _ssox_owed
fi
builtin unset -v _ssox_marks
if [[ -n ${_ssox_aliases-} ]]; then builtin shopt -s expand_aliases; fi
builtin unset -v _ssox_no_prompt
