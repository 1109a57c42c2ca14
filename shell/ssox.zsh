# ssox for zsh, the whole script: what the function `ssox` does, the hooks around each command, the segment in the
# prompt. ssox.start.zsh loads it.
#
# This script makes no decisions: it applies the replies of the program ssox, compares two numbers and a string, and
# calls the program. All names are `_ssox_*`, except the SSOX_* variables.
# Invariants: nothing from AWS, a file or the environment is evaluated. No builtin and no function is redirected: where
# zsh can open no more files, it does not put the descriptor back, and the shell has lost it.
#
# `ssox init zsh` passes the start script to `emulate zsh -o no_aliases -o extended_glob -c`, and a function of it reads
# this one: both are read, and their functions always run, with these options, whatever options and aliases the user's
# shell has.

# For each name that ssox has changed in this shell, what was there before: `x` exported, `s` set, `u` unset, then the
# value. A shell that inherits a profile in use does not know, and records nothing. Loading this twice loses nothing.
# `_ssox_seen` has the compared values of the program's last judgement, `_ssox_held` their fingerprints, `_ssox_files`
# its SSOX_FILES, `_ssox_left` what the segment showed after the last reply. The variables of a `.ssox` file are
# described below.
if [[ ${(t)_ssox_kept} != association* ]]; then
  builtin unset -v _ssox_layer _ssox_under _ssox_over _ssox_theirs _ssox_outside _ssox_before _ssox_place _ssox_file _ssox_nearer _ssox_again
  typeset -gA _ssox_under _ssox_over _ssox_theirs _ssox_outside
  typeset -ga _ssox_before
  typeset -g _ssox_layer= _ssox_place= _ssox_file=${SSOX_DIRECTORY-} _ssox_nearer= _ssox_again=
  builtin unset -v _ssox_kept _ssox_child _ssox_seen _ssox_more _ssox_held _ssox_files _ssox_left _ssox_inline _ssox_outlasting _ssox_painted _ssox_painting _ssox_colours _ssox_current _ssox_side _ssox_watched _ssox_arrived
  typeset -gA _ssox_kept _ssox_inline _ssox_outlasting
  typeset -g _ssox_seen= _ssox_more= _ssox_held=${SSOX_IDENTITY-} _ssox_files=${SSOX_FILES-} _ssox_left= _ssox_painted= _ssox_painting= _ssox_colours= _ssox_current= _ssox_text= _ssox_text_state= _ssox_side=RPROMPT _ssox_watched= _ssox_arrived=
  typeset -gi _ssox_child=0
  [[ -z ${SSOX_PROMPT-}${SSOX_IDENTITY-} ]] || _ssox_child=1
fi

# What the function `ssox` does.
function _ssox_call() {
  local REPLY
  (( ${+_ssox_kept} && ! ${+_ssox_no_prompt} )) || _ssox_load || return
  _ssox_find_verb "$@"
  case $REPLY in
    (use|clear)
      _ssox_change $REPLY "$@"
      return
      ;;
    (allow|deny) _ssox_again=1 ;;
    (login)
      if [[ ${SSOX_STATE-} == sign-in ]]; then
        SSOX_FUNCTION=zsh1 builtin command ssox "$@" && _ssox_signed_in
        return
      fi
      ;;
  esac
  SSOX_FUNCTION=zsh1 builtin command ssox "$@"
}

# Sets REPLY to the verb that the arguments run. With `--help` they run none: help is printed for a person.
function _ssox_find_verb() {
  local argument
  REPLY=
  for argument; do
    case $argument in
      (-h|--help|-V|--version|--emit*)
        REPLY=
        return
        ;;
      (--) return 0 ;;
      (-*) ;;
      (*) REPLY=${REPLY:-$argument} ;;
    esac
  done
}

# Runs a verb that changes the environment of this shell.
function _ssox_change() {
  builtin setopt local_options no_xtrace
  local verb=$1 reply layer
  local -i result
  builtin shift
  (( ! $#_ssox_outlasting )) || _ssox_inline=("${(@kv)_ssox_outlasting}")
  [[ $verb != clear ]] || _ssox_take _ssox_inline
  if [[ $_ssox_layer == off || -n $_ssox_layer && $PWD != "$_ssox_place" ]]; then
    layer=$_ssox_layer
    _ssox_arrive early || builtin true
  fi
  _ssox_request "$@"
  result=$?
  [[ $layer$_ssox_layer != offon ]] || _ssox_off
  return $result
}

function _ssox_request() {
  reply="$(SSOX_HELD=$_ssox_held builtin command ssox --emit=zsh1 "$@")" || return
  _ssox_take _ssox_inline
  _ssox_apply $verb "$reply" || return
  (( ! $#_ssox_inline )) || _ssox_keep_inline
  (( ! ${+_ssox_until} )) || _ssox_update
  return 0
}

# Shows what has been changed at once: the rest of the line may read the segment, and where a key is bound to `ssox
# use`, no hook runs before the prompt is drawn again.
function _ssox_update() {
  _ssox_install
  _ssox_clock=${(%)_ssox_clock_format}
  _ssox_show
  builtin zle || return 0
  _ssox_put_up
  builtin zle .reset-prompt
}

# Sets REPLY to the state of a variable: `x` exported or `s` set, then the value; `u` unset.
function _ssox_read() {
  case ${(Pt)1} in
    (*export*) REPLY=x${(P)1} ;;
    (?*) REPLY=s${(P)1} ;;
    (*) REPLY=u ;;
  esac
}

# Restores the states of variables from a list.
function _ssox_take() {
  local name
  for name in "${(@Pk)1}"; do
    _ssox_write $name "${${(P)1}[$name]}"
  done
}

# Restores the state of a variable. One that became readonly keeps its value: an error would end the hook.
function _ssox_write() {
  [[ ${(Pt)1} != *readonly* ]] || return 0
  case $2 in
    (x*) builtin export "$1=${2#x}" ;;
    (s*) builtin typeset -g +x "$1=${2#s}" ;;
    (u) builtin unset -v $1 ;;
  esac
}

# Checks all lines of the reply to a verb, then applies them: `=NAME=VALUE` sets, `-NAME` unsets, `!NAME` forgets the
# previous value. After `clear`, and when nothing is in use, variables that are unset now get their previous values
# back. A value that a hook unsets while nothing is in use was set by ssox, so it is not recorded as previous.
function _ssox_apply() {
  builtin setopt local_options no_xtrace
  local name in_use=${(M)1:#(use|clear|directory)}${SSOX_PROMPT-}${SSOX_IDENTITY-}
  local allowed='((AWS|SSOX)_[A-Z0-9_]##|AWSUME_PROFILE|AWSUME_EXPIRATION|AWSU_PROFILE|CPL_AWS_CREDENTIALS_FILE|BOTO_CONFIG)'
  local -a lines wrong sets names gone kept
  lines=("${(@f)2}")
  [[ $lines[1] == '#ssox1' && $lines[-1] == '#end' ]] || { _ssox_refuse 'unexpected reply'; return 70 }
  builtin shift lines
  lines[-1]=()
  wrong=("${(@)lines:#(=$~allowed=*|[-!]$~allowed)}")
  (( ! $#wrong )) || { _ssox_refuse_line "$wrong[1]"; return 70 }
  sets=(${${(M)lines:#=*}#=})
  names=(${(M)sets##[^=]##})
  gone=(${${(M)lines:#-*}#-})
  for name in $names $gone; do
    case ${(Pt)name} in
      (|scalar|scalar-export) ;;
      (*) _ssox_check_type $name || return 70 ;;
    esac
  done
  [[ -z $in_use ]] || names+=($gone)
  # What another program or shell has put in use here is not what was there before.
  [[ -z ${SSOX_PROMPT-}${SSOX_IDENTITY-} ]] || (( $#_ssox_kept )) || _ssox_child=1
  if [[ $_ssox_layer == on ]]; then
    _ssox_remember $names
  elif (( ! _ssox_child )); then
    kept=(${(k)_ssox_kept})
    _ssox_remember ${names:|kept}
  fi
  (( ! $#gone )) || builtin unset -v $gone
  (( ! $#sets )) || builtin export "${sets[@]}"
  (( ! ${lines[(I)!*]} )) || _ssox_forget ${${(M)lines:#!*}#!}
  [[ $1 == use || $1 != clear && -n ${SSOX_PROMPT-}${SSOX_IDENTITY-} ]] || _ssox_restore
  _ssox_note
}

# Records the current values as set by ssox.
function _ssox_note() {
  _ssox_held=${SSOX_IDENTITY-} _ssox_files=${SSOX_FILES-} _ssox_left=$SSOX_PROMPT,$SSOX_STATE,$SSOX_EXPIRES,$SSOX_NEXT,$SSOX_PROTECTED _ssox_unjudged=
  _ssox_see
}

# Inside a hook it says nothing.
function _ssox_refuse() {
  [[ -n ${_ssox_quiet-} ]] || builtin print -u2 -r -- "ssox: $1, environment unchanged"
}

function _ssox_refuse_line() {
  local name=
  case $1 in
    ('='*'='*) name=${${1#'='}%%'='*} ;;
    ([-!]*) name=${1#?} ;;
  esac
  if [[ -n $name ]]; then
    _ssox_refuse "\`${(V)name}\` is not to be changed"
  else
    _ssox_refuse 'unexpected reply'
  fi
}

# Fails where a variable takes no plain value.
function _ssox_check_type() {
  case ${(Pt)1} in
    (*readonly*) _ssox_refuse "\`$1\` is readonly in this shell" ;;
    (*-(left|right|lower|upper)*) _ssox_refuse "\`$1\` changes what is put into it in this shell" ;;
    (*-local*) _ssox_refuse "a local variable of a function hides \`$1\` of the shell" ;;
    (scalar*) return 0 ;;
    (*) _ssox_refuse "\`$1\` is not a plain variable in this shell" ;;
  esac
  return 1
}

function _ssox_remember() {
  local name REPLY
  for name; do
    _ssox_read $name
    [[ $_ssox_layer != on ]] || (( ${+_ssox_under[$name]} )) || _ssox_under[$name]=$REPLY
    (( _ssox_child || ${+_ssox_kept[$name]} )) || _ssox_kept[$name]=$REPLY
  done
}

function _ssox_forget() {
  local name
  for name; do
    builtin unset "_ssox_kept[$name]"
  done
}

# Restores the previous values and forgets them, except where another program has set a value since.
function _ssox_restore() {
  local name
  for name in "${(@k)_ssox_kept}"; do
    (( ! ${(P)+name} )) || continue
    case $_ssox_kept[$name] in
      (x*) builtin export "$name=${_ssox_kept[$name]#x}" ;;
      (s*) builtin typeset -g "$name=${_ssox_kept[$name]#s}" ;;
    esac
    builtin unset "_ssox_kept[$name]"
  done
  _ssox_child=0
}

# --- hook

# Reads the clock without a process: the epoch second, from a prompt escape.
typeset -g _ssox_clock_format='%D{%s}'

# Has the program judge a change of the compared values: other keys, another region, a profile set beside them. It is
# called once for each change, and at the first prompt of a shell that inherits a profile. If it fails, the change
# counts as foreign.
function _ssox_look() {
  [[ -n $SSOX_PROMPT || -n $SSOX_IDENTITY || -n $SSOX_REPLACED || -n $_ssox_seen ]] || return 1
  # The same as in _ssox_see, but not as a call: this is most of the time that a prompt takes.
  _ssox_more=
  [[ -n $AWS_ACCESS_KEY_ID ]] || _ssox_read_more
  [[ $AWS_ACCESS_KEY_ID$_ssox_more,\
$AWS_SECRET_ACCESS_KEY,$AWS_SESSION_TOKEN,$AWS_CREDENTIAL_EXPIRATION,$AWS_REGION,\
$AWS_DEFAULT_REGION,${AWS_PROFILE+$AWS_PROFILE.${(t)AWS_PROFILE}},${AWS_DEFAULT_PROFILE+$AWS_DEFAULT_PROFILE.${(t)AWS_DEFAULT_PROFILE}},\
${AWS_SECURITY_TOKEN+$AWS_SECURITY_TOKEN.${(t)AWS_SECURITY_TOKEN}},$AWS_ACCOUNT_ID,$AWS_SSO_PROFILE,$SSOX_PROFILE,$SSOX_IDENTITY,\
${(t)AWS_ACCESS_KEY_ID}${(t)AWS_SECRET_ACCESS_KEY}${(t)AWS_SESSION_TOKEN}${(t)AWS_CREDENTIAL_EXPIRATION}\
${(t)AWS_REGION}${(t)AWS_DEFAULT_REGION}${(t)SSOX_PROFILE}${(t)SSOX_IDENTITY} != "$_ssox_seen" ]] || return 1
  _ssox_see
  local reply _ssox_quiet=1
  reply="$(SSOX_HELD=$_ssox_held builtin command ssox --emit=zsh1 identity </dev/null 2>/dev/null)" \
    && _ssox_apply identity "$reply" && return
  _ssox_unjudged=failed
  _ssox_is_installed || _ssox_unjudged=absent
  [[ -z ${SSOX_PROMPT-}${SSOX_IDENTITY-} || ${(t)SSOX_STATE} == *readonly* ]] || builtin export SSOX_STATE=foreign
  [[ -z ${SSOX_PROMPT-}${SSOX_IDENTITY-} || ${(t)SSOX_PROMPT} == *readonly* ]] || builtin export SSOX_PROMPT=${SSOX_PROMPT%\?}\?
  _ssox_left=$SSOX_PROMPT,$SSOX_STATE,$SSOX_EXPIRES,$SSOX_NEXT,$SSOX_PROTECTED
}

# Tells whether the program is there.
function _ssox_is_installed() {
  local -a found=($^path/ssox(N-*))
  (( $#found ))
}

# Records the compared values, with their types: a variable that is not exported reaches no program.
function _ssox_see() {
  _ssox_more=
  [[ -n $AWS_ACCESS_KEY_ID ]] || _ssox_read_more
  _ssox_seen=$AWS_ACCESS_KEY_ID$_ssox_more,\
$AWS_SECRET_ACCESS_KEY,$AWS_SESSION_TOKEN,$AWS_CREDENTIAL_EXPIRATION,$AWS_REGION,\
$AWS_DEFAULT_REGION,${AWS_PROFILE+$AWS_PROFILE.${(t)AWS_PROFILE}},${AWS_DEFAULT_PROFILE+$AWS_DEFAULT_PROFILE.${(t)AWS_DEFAULT_PROFILE}},\
${AWS_SECURITY_TOKEN+$AWS_SECURITY_TOKEN.${(t)AWS_SECURITY_TOKEN}},$AWS_ACCOUNT_ID,$AWS_SSO_PROFILE,$SSOX_PROFILE,$SSOX_IDENTITY,\
${(t)AWS_ACCESS_KEY_ID}${(t)AWS_SECRET_ACCESS_KEY}${(t)AWS_SESSION_TOKEN}${(t)AWS_CREDENTIAL_EXPIRATION}\
${(t)AWS_REGION}${(t)AWS_DEFAULT_REGION}${(t)SSOX_PROFILE}${(t)SSOX_IDENTITY}
}

# Reads what is compared as well where there are no keys: these variables determine what AWS_PROFILE means.
function _ssox_read_more() {
  _ssox_more=${AWS_CONFIG_FILE-:}:${AWS_SHARED_CREDENTIALS_FILE-:}:$AWS_WEB_IDENTITY_TOKEN_FILE:$AWS_ROLE_ARN:\
$AWS_CONTAINER_CREDENTIALS_FULL_URI:$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI:$AWS_CONTAINER_AUTHORIZATION_TOKEN:$AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE:\
$HOME:${(t)AWS_CONTAINER_CREDENTIALS_FULL_URI}${(t)AWS_CONTAINER_CREDENTIALS_RELATIVE_URI}${(t)AWS_CONTAINER_AUTHORIZATION_TOKEN}${(t)AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE}${(t)AWS_CONFIG_FILE}${(t)AWS_SHARED_CREDENTIALS_FILE}${(t)AWS_WEB_IDENTITY_TOKEN_FILE}${(t)AWS_ROLE_ARN}${(t)HOME}
}

# Tells whether the program should be called now. After a failure that is in a minute at the earliest; a clock that was
# set back does not make the wait longer.
function _ssox_is_due() {
  [[ ${SSOX_STATE-} != foreign ]] || return 1
  [[ ${SSOX_NEXT-} == [1-9][0-9](#c0,14) ]] || return 1
  (( _ssox_clock >= SSOX_NEXT && (_ssox_clock >= _ssox_retry || _ssox_retry > _ssox_clock + 60) ))
}

# Has the program renew the credentials, or say when to call it again.
function _ssox_tick() {
  local reply _ssox_quiet=1
  typeset -gi _ssox_retry=_ssox_clock+60
  reply="$(SSOX_HELD=$_ssox_held builtin command ssox --emit=zsh1 tick "$@" </dev/null 2>/dev/null)" || return
  _ssox_apply tick "$reply" || return
  _ssox_retry=0
  ! _ssox_is_due || _ssox_retry=_ssox_clock+60
}

# Gets the credentials for which a person had to sign in, without waiting for the next call.
function _ssox_signed_in() {
  builtin setopt local_options no_xtrace
  _ssox_clock=${(%)_ssox_clock_format}
  _ssox_tick --wait=5s
  return 0
}

# Runs before the other hooks, so that prompts they draw show the current credentials. Calling a function costs zsh more
# than most of what is here, and so does setting an option.
function _ssox_precmd() {
  [[ ! -o xtrace ]] || builtin setopt local_options no_xtrace
  # Somebody may have unset all variables of this script, or Ctrl-C has ended its loading.
  (( ${+_ssox_kept} && ! ${+_ssox_no_prompt} )) || _ssox_load quiet || builtin true
  # Removes the segment before other hooks change the prompt.
  if [[ -n $_ssox_painted || -n $RPROMPT ]]; then
    if [[ $RPROMPT == "$_ssox_painted" && ${(t)RPROMPT} != *readonly* ]]; then RPROMPT= _ssox_typed=; else _ssox_unpaint; fi
    _ssox_painted=
  fi
  # In the directory of a `.ssox` file the second hook does the rest.
  [[ -z $_ssox_layer ]] || { _ssox_off; return 0 }
  # Where ssox draws the segment, the second hook is early enough.
  (( _ssox_placed )) || _ssox_look || builtin true
  [[ -n $SSOX_PROMPT || -n $SSOX_NEXT || -n $SSOX_SEGMENT ]] || return 0
  _ssox_clock=${(%)_ssox_clock_format}
  # At most prompts nothing is due, and the segment has not changed.
  [[ $SSOX_PROMPT,$SSOX_STATE,$SSOX_EXPIRES,$SSOX_NEXT,$SSOX_PROTECTED != "$_ssox_current" ]] \
    || (( _ssox_clock < _ssox_since || _ssox_clock >= _ssox_until )) || return 0
  _ssox_refresh
}

# If a person removed the segment, it stays removed; but a later hook or a function `precmd` may have set the prompt
# again, or a hook `preexec`, which the line that was typed does not name.
function _ssox_unpaint() {
  (( _ssox_placed )) || return 0
  [[ ${(P)_ssox_side} == *"$_ssox_painted"* || -z $_ssox_typed ]] || (( _ssox_moved )) || (( ${+functions[precmd]} )) || _ssox_placed=0
  _ssox_typed=
  _ssox_wipe
}

# Removes the segment and each copy of it: others keep the prompt as it was, and put it back.
function _ssox_wipe() {
  local rest=${${(P)_ssox_side}#"$_ssox_painted"}
  [[ $rest != *"$_ssox_edge"* ]] || rest=${(S)rest//"$_ssox_edge"*"$_ssox_edge"}
  [[ ${(Pt)_ssox_side} == *readonly* ]] || builtin typeset -g "$_ssox_side=$rest"
  _ssox_painted=
}

# Renews the credentials when they are due, and computes the segment.
function _ssox_refresh() {
  [[ -z $_ssox_files ]] || ! _ssox_are_files_edited || _ssox_seen=edited
  # The program undoes an edit of what the segment shows, and judges what nobody could judge while it was not there.
  [[ $_ssox_unjudged != absent ]] || ! _ssox_is_installed || _ssox_seen=edited
  [[ $SSOX_PROMPT,$SSOX_STATE,$SSOX_EXPIRES,$SSOX_NEXT,$SSOX_PROTECTED == "$_ssox_left" ]] || _ssox_seen=edited
  [[ $_ssox_seen != edited ]] && ! _ssox_is_due || { _ssox_look; ! _ssox_is_due } || _ssox_tick
  _ssox_show
}

# Tells whether a configuration file was edited: with `--profile-only` the files say which identity it is. `_ssox_files`
# is a directory with links to them, links to what they were after links of a person's own, and marks with the times of
# their last changes.
function _ssox_are_files_edited() {
  local file
  for file in $_ssox_files/config $_ssox_files/credentials; do
    if [[ -e $file ]]; then
      [[ -e $file.seen && $file -ef $file.real && ! $file -nt $file.seen && ! $file -ot $file.seen ]] || return 0
    else
      [[ -L $file && ! -e $file.seen ]] || return 0
    fi
  done
  return 1
}

# Runs after the other hooks: direnv and mise may have changed the compared values, and others may have set the prompt
# again.
function _ssox_settle() {
  [[ ! -o xtrace ]] || builtin setopt local_options no_xtrace
  # At most prompts the directory has not changed, and has no layer.
  if [[ $PWD/$_ssox_again$_ssox_layer$_ssox_arrived != "$_ssox_place/" ]] && { _ssox_arrive || [[ -n $_ssox_arrived ]] }; then
    _ssox_arrived=
    _ssox_look || builtin true
    _ssox_clock=${(%)_ssox_clock_format}
    _ssox_refresh
  fi
  if _ssox_look; then
    _ssox_clock=${(%)_ssox_clock_format}
    _ssox_show
  fi
  _ssox_moved=0
  (( ! _ssox_undecided )) || _ssox_decide
  [[ $precmd_functions[-1] == $_ssox_last ]] || _ssox_follow
  [[ $precmd_functions[1],$chpwd_functions[1],$chpwd_functions[-1] == _ssox_precmd,_ssox_depart,_ssox_chpwd ]] || _ssox_surround
  (( _ssox_placed )) || return 0
  [[ -n $_ssox_text ]] || return 0
  # At most prompts nothing has changed.
  [[ -n $_ssox_painting && ${NO_COLOR:+plain} == $_ssox_colours ]] || _ssox_paint
  if [[ $_ssox_side == RPROMPT && ${(t)RPROMPT} != *readonly* ]]; then
    _ssox_painted=$_ssox_painting${RPROMPT:+ }
    RPROMPT=$_ssox_painted$RPROMPT
  else
    _ssox_put_up
  fi
  [[ -n $_ssox_watched ]] || _ssox_watch
}

# Puts the segment into a prompt that is already there.
function _ssox_put_up() {
  _ssox_wipe
  [[ ${(t)RPROMPT} != *readonly* ]] || _ssox_side=PROMPT
  [[ $_ssox_placed == 1 && -n $_ssox_text && ${(Pt)_ssox_side} != *readonly* ]] || return 0
  _ssox_paint
  _ssox_painted=$_ssox_painting${${(P)_ssox_side}:+ }
  builtin typeset -g "$_ssox_side=$_ssox_painted${(P)_ssox_side}"
}

# Tells whether somebody has set the right prompt while zsh waited for a line, as widgets for vi mode do, and handlers
# of a signal or of a file descriptor. They would do it again at each prompt, so the segment goes to the left one.
function _ssox_is_displaced() {
  [[ -n $_ssox_painted && ${(P)_ssox_side} != *"$_ssox_painted"* ]] || return 1
  _ssox_wipe
  _ssox_side=PROMPT _ssox_typed=
}

# Looks once, as soon as zsh waits for a line: `zle-line-init` has run then.
function _ssox_watch() {
  _ssox_watched=1
  [[ ! -o zle ]] || _ssox_call_late _ssox_check_place
}

function _ssox_check_place() {
  builtin setopt local_options no_xtrace
  _ssox_end_call $1
  _ssox_is_displaced || return 0
  _ssox_put_up
  builtin zle .reset-prompt
}

# Calls a function as soon as zsh waits for a line.
function _ssox_call_late() {
  local -i fd
  builtin exec {fd}</dev/null
  builtin zle -F $fd $1
}

function _ssox_end_call() {
  local -i fd=$1
  builtin zle -F $fd
  builtin exec {fd}<&-
}

# A hook that was added after the rc file, or before this script was loaded, runs behind ours at this prompt. Moves
# behind it for the next one, and looks again as soon as zsh waits for a line.
function _ssox_follow() {
  local before="$precmd_functions" last=$_ssox_last
  _ssox_go_behind $_ssox_behind
  [[ -o zle ]] && [[ -n $last || $before != "$precmd_functions" ]] || return 0
  _ssox_call_late _ssox_look_late
}

function _ssox_look_late() {
  builtin setopt local_options no_xtrace
  _ssox_end_call $1
  # A hook has set the prompt, or a widget, which does so again at the next one.
  _ssox_wipe
  _ssox_settle
  _ssox_watched=
  builtin zle reset-prompt
}

# Moves behind the last of the other hooks that have such a name.
function _ssox_go_behind() {
  local -a others=(${precmd_functions:#_ssox_settle})
  local -i at=${others[(I)$~1]}
  precmd_functions=(${others[1,at]} _ssox_settle ${others[at+1,-1]})
  _ssox_moved=1 _ssox_last=$precmd_functions[-1]
}

# The prompt may be hours old when a command is typed, and no command should start with expired credentials.
function _ssox_preexec() {
  builtin setopt local_options no_xtrace
  [[ $precmd_functions[1] == _ssox_precmd ]] || _ssox_take_down
  (( ! $#_ssox_inline )) || _ssox_inline=()
  # A right prompt that is emptied when a line ends is set again before the next one.
  [[ $_ssox_side == RPROMPT && -z $RPROMPT ]] || _ssox_is_displaced || builtin true
  if [[ $_ssox_side == RPROMPT ]]; then
    [[ $3 != *(RPROMPT|RPS1|prompt)* ]] || _ssox_typed=1
  else
    [[ $3 != *(PROMPT|PS1|prompt)* ]] || _ssox_typed=1
  fi
  [[ $3 != *(AWS|SSOX)*=*ssox* ]] || _ssox_read_inline "$3"
  [[ ${SSOX_EXPIRES-} == [1-9][0-9](#c0,14) ]] || return 0
  [[ $1 != [[:space:]]#ssox* ]] || return 0
  _ssox_clock=${(%)_ssox_clock_format}
  (( _ssox_clock >= SSOX_EXPIRES - 60 )) || return 0
  [[ ${SSOX_STATE-} == renewing ]] || _ssox_is_due || return 0
  _ssox_tick --wait=2s
  return 0
}

# Without its hooks, the prompt would show for good what it showed last. At a prompt the first place is ours.
function _ssox_take_down() {
  _ssox_wipe
  _ssox_text= _ssox_text_state= _ssox_current=
  _ssox_publish
}

# In `AWS_REGION=x ssox use dev` the value replaces that of the shell for the function, and zsh undoes what the function
# does to it. So the values of the shell are read before the line runs, and those of ssox are set again at the prompt.
function _ssox_read_inline() {
  local word name REPLY
  local -a names
  for word in "${(@z)1}"; do
    case $word in
      ((AWS|SSOX)_[A-Z0-9_]##=*) names+=(${word%%=*}) ;;
      ([a-zA-Z_][a-zA-Z0-9_]#=*) ;;
      (ssox)
        for name in $names; do
          _ssox_read $name
          _ssox_inline[$name]=$REPLY
        done
        names=()
        ;;
      (*) names=() ;;
    esac
  done
}

function _ssox_keep_inline() {
  local name REPLY
  for name in "${(@k)_ssox_inline}"; do
    _ssox_read $name
    _ssox_outlasting[$name]=$REPLY
  done
  precmd_functions=(_ssox_outlast ${precmd_functions:#_ssox_outlast})
  # The reply is for the values of the call: the program judges those of the shell.
  [[ -z ${SSOX_PROMPT-}${SSOX_IDENTITY-} ]] || _ssox_seen=edited
}

# Runs once, before the other hooks. Values that the rest of the line has set stay.
function _ssox_outlast() {
  builtin setopt local_options no_xtrace
  precmd_functions=(${precmd_functions:#_ssox_outlast})
  _ssox_put_outlasting
  _ssox_inline=()
}

function _ssox_put_outlasting() {
  local name REPLY
  for name in "${(@k)_ssox_inline}"; do
    _ssox_read $name
    [[ $REPLY == "$_ssox_inline[$name]" ]] || builtin unset "_ssox_outlasting[$name]"
  done
  _ssox_take _ssox_outlasting
  _ssox_outlasting=()
}

# The rest of the line finds the values of another directory.
function _ssox_read_inline_again() {
  local name REPLY
  for name in "${(@k)_ssox_inline}"; do
    _ssox_read $name
    _ssox_inline[$name]=$REPLY
  done
}

# --- directories

# The values of a `.ssox` file are a layer above those of the shell. The first hook takes it off, the other hooks run,
# and the last hook puts it on again: direnv and mise never see it, whatever the order in the rc file.
#
# `_ssox_layer` is empty, `on` or `off`. `_ssox_under` has what is below for each name that was changed while the layer
# was on, `_ssox_over` what is in the layer while it is off. `_ssox_outside` and `_ssox_before` have `_ssox_kept` and
# others from before. `_ssox_place` is the directory that was looked at last, `_ssox_file` the file that was found
# there. `_ssox_nearer` tells that direnv or mise has a file below: what it sets, `_ssox_theirs`, stays.

function _ssox_off() {
  [[ $_ssox_layer == on ]] || return 0
  local name REPLY
  for name in "${(@k)_ssox_under}"; do
    (( ! ${+_ssox_theirs[$name]} )) || continue
    _ssox_read $name
    _ssox_over[$name]=$REPLY
    _ssox_write $name "$_ssox_under[$name]"
  done
  _ssox_layer=off
}

function _ssox_on() {
  [[ $_ssox_layer == off ]] || return 0
  local name REPLY
  _ssox_theirs=()
  for name in "${(@k)_ssox_under}"; do
    _ssox_read $name
    if [[ $REPLY != "$_ssox_under[$name]" ]]; then
      if [[ -n $_ssox_nearer ]]; then
        _ssox_theirs[$name]=1
        continue
      fi
      [[ $_ssox_kept[$name] != "$_ssox_under[$name]" ]] || (( ${+_ssox_outside[$name]} )) || _ssox_kept[$name]=$REPLY
      # After `clear`, what is below is what the layer has.
      [[ ${_ssox_over[SSOX_PROMPT]-} == [xs]?* || ${_ssox_over[$name]-} != "$_ssox_under[$name]" ]] || _ssox_over[$name]=$REPLY
      _ssox_under[$name]=$REPLY
    fi
    _ssox_write $name "$_ssox_over[$name]"
  done
  _ssox_layer=on
}

# Puts the layer on again, or another one where the directory has changed. Fails if there is nothing to do. `early` is
# before all hooks have run: no layer begins then.
function _ssox_arrive() {
  if [[ $PWD == "$_ssox_place" && -z $_ssox_again ]]; then
    [[ -n $_ssox_layer ]] || return 1
    _ssox_on
    return 0
  fi
  local REPLY nearer=
  _ssox_find
  _ssox_place=$PWD
  # A relative path names another file now.
  [[ -z $SSOX_IDENTITY$_ssox_layer || ${AWS_CONFIG_FILE:-/},${AWS_SHARED_CREDENTIALS_FILE:-/} == /*,/* ]] || _ssox_seen=moved
  [[ -n $REPLY$_ssox_file ]] || { _ssox_again=; return 1 }
  [[ -z $REPLY ]] || _ssox_find_nearer
  # What the tools had set when the directory was entered is not in the layer.
  if [[ -z $_ssox_again && $REPLY -ef $_ssox_file && ( -n $nearer || $_ssox_nearer != entered ) ]]; then
    [[ $_ssox_nearer == entered ]] || _ssox_nearer=$nearer
    _ssox_on
    return 0
  fi
  _ssox_again=
  _ssox_exit
  case ${1-}$REPLY in
    (|early) ;;
    (early*) _ssox_place= ;;
    (*) _ssox_enter ;;
  esac
  return 0
}

# Sets REPLY to the path of the nearest `.ssox` file, by tests of files only. The home directory is the last one looked
# at. Where no directory up to the root has such a file, one test tells it, at most sixteen levels below the root: above
# the root is the root.
function _ssox_find() {
  local up=
  REPLY=
  [[ -e .ssox || -e ../.ssox || -e ../../.ssox || -e ../../../.ssox || -e ../../../../.ssox ||
    -e ../../../../../.ssox || -e ../../../../../../.ssox || -e ../../../../../../../.ssox ||
    -e ../../../../../../../../.ssox || -e ../../../../../../../../../.ssox ||
    -e ../../../../../../../../../../.ssox || -e ../../../../../../../../../../../.ssox ||
    -e ../../../../../../../../../../../../.ssox || -e ../../../../../../../../../../../../../.ssox ||
    -e ../../../../../../../../../../../../../../.ssox ||
    -e ../../../../../../../../../../../../../../../.ssox ||
    -e ../../../../../../../../../../../../../../../../.ssox
    || ! ../../../../../../../../../../../../../../../.. -ef / ]] || return 0
  while (( $#up < 3000 )); do
    if [[ -e ${up}.ssox ]]; then
      REPLY=$PWD/$up.ssox
      return
    fi
    [[ ! ( ${up:-.} -ef / || ${up:-.} -ef $HOME ) ]] || return 0
    up+=../
  done
}

# Looks for files of direnv and mise below the directory of that file.
function _ssox_find_nearer() {
  local up= name
  while [[ $PWD/$up.ssox != "$REPLY" ]]; do
    for name in .envrc {.,}mise.toml {.,}mise.local.toml .config/mise.toml; do
      [[ ! -e $up$name ]] || nearer=1
    done
    up+=../
  done
}

function _ssox_enter() {
  local file=$REPLY reply REPLY
  _ssox_file=$file
  _ssox_outside=("${(@kv)_ssox_kept}")
  _ssox_before=($_ssox_child "$_ssox_held")
  _ssox_under=() _ssox_over=() _ssox_theirs=() _ssox_layer=on _ssox_nearer=${nearer:+entered}
  reply="$(SSOX_HELD=$_ssox_held builtin command ssox --emit=zsh1 directory "$file" </dev/null)" \
    && _ssox_apply directory "$reply" && { [[ -z $nearer ]] || _ssox_seen=entered; return }
  _ssox_exit
  _ssox_file=$file
}

# Restores what was there before. A shell that inherited the values does not know it: there the program removes them.
function _ssox_exit() {
  local reply
  _ssox_file=
  if [[ -n $_ssox_layer ]]; then
    _ssox_off
    _ssox_kept=("${(@kv)_ssox_outside}")
    _ssox_child=$_ssox_before[1] _ssox_held=$_ssox_before[2] _ssox_files=${SSOX_FILES-} _ssox_left=$SSOX_PROMPT,$SSOX_STATE,$SSOX_EXPIRES,$SSOX_NEXT,$SSOX_PROTECTED
    # The program judges what is there now.
    (( ! $#_ssox_under )) || _ssox_seen=${SSOX_ENDPOINT:+edited}
    _ssox_under=() _ssox_over=() _ssox_layer=
  elif [[ -n ${SSOX_DIRECTORY-} ]]; then
    reply="$(SSOX_HELD=$_ssox_held builtin command ssox --emit=zsh1 directory </dev/null)" \
      && _ssox_apply directory "$reply"
  fi
  return 0
}

# Runs when the directory changes, before and after the other hooks.
function _ssox_depart() {
  builtin setopt local_options no_xtrace
  (( ! $#_ssox_outlasting )) || _ssox_put_outlasting
  _ssox_off
}

function _ssox_chpwd() {
  builtin setopt local_options no_xtrace
  # Between the two hooks, the second one shows what is in use now.
  ! _ssox_arrive || _ssox_arrived=1
  (( ! $#_ssox_inline )) || _ssox_read_inline_again
  # A key may be bound to `cd`.
  ! builtin zle || { _ssox_look || builtin true; _ssox_update }
  return 0
}

# --- segment

# Computes SSOX_SEGMENT (`dev:ReadOnly 43m`) and SSOX_SEGMENT_STATE (ok, soon, renewing, expired, foreign), not
# exported, for prompts of your own; and until when they are valid.
function _ssox_show() {
  local label=${SSOX_PROMPT-} clock= mark= state=ok
  local -i left
  _ssox_since=_ssox_clock _ssox_until=_ssox_clock+60
  case ${SSOX_STATE-} in
    (sign-in) mark=' sign in' state=soon ;;
    (failed) mark=' failed' state=soon ;;
    (foreign) state=foreign ;;
  esac
  [[ -z $_ssox_unjudged ]] || { label=${label:+${label%\?}\?} state=foreign }
  if [[ $state != foreign && ${SSOX_EXPIRES-} == [1-9][0-9](#c0,14) ]]; then
    left=SSOX_EXPIRES-_ssox_clock
    _ssox_until='left < 60 ? _ssox_clock : _ssox_clock + left % 60 + 1'
    if (( left >= 172800 )); then clock=" $(( left / 86400 ))d"
    elif (( left >= 3600 )); then clock=" $(( left / 3600 ))h $(( left % 3600 / 60 ))m"
    elif (( left >= 60 )); then clock=" $(( left / 60 ))m"
    elif (( left > 0 )); then clock=" ${left}s"
    elif [[ -n $mark ]]; then state=expired
    elif [[ ${SSOX_STATE-} == renewing || ${SSOX_NEXT-} == [1-9]* && $_ssox_retry == 0 ]]; then mark=' renewing' state=renewing
    else mark=' expired' state=expired
    fi
    (( left <= 0 || left >= 900 )) || state=soon
  elif [[ ${SSOX_STATE-} == renewing ]]; then mark=' renewing' state=renewing
  fi
  [[ ${SSOX_NEXT-} != [1-9][0-9](#c0,14) ]] || (( SSOX_NEXT >= _ssox_until )) || _ssox_until=SSOX_NEXT
  # The next prompt compares the times of the files, or looks for the program again.
  [[ -z $_ssox_files && $_ssox_unjudged != absent ]] || _ssox_until=_ssox_clock
  # The server of `exec --serve` and `serve` removes its files at its end.
  if [[ -n ${SSOX_ENDPOINT-} ]]; then
    _ssox_until=_ssox_clock
    [[ $state != ok || -e ${AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE:-/} ]] || mark=' expired' state=expired
  fi
  _ssox_text=${label:+$label$clock$mark} _ssox_text_state=${label:+$state} _ssox_clock_text=$clock$mark
  _ssox_current=$SSOX_PROMPT,$SSOX_STATE,$SSOX_EXPIRES,$SSOX_NEXT,$SSOX_PROTECTED _ssox_painting=
  _ssox_publish
}

# For prompts of your own. Setting a readonly variable would end the hook.
function _ssox_publish() {
  [[ ${(t)SSOX_SEGMENT}${(t)SSOX_SEGMENT_STATE} == *readonly* ]] \
    || SSOX_SEGMENT=$_ssox_text SSOX_SEGMENT_STATE=$_ssox_text_state
}

# Escapes and colours the segment for the right prompt so that zsh does not expand it, with or without `prompt_subst`:
# `%(?..)` prints nothing, and a character before it starts no expansion. `%(3?..)` prints nothing either, and stands at
# both ends.
function _ssox_paint() {
  local label=${_ssox_text%"$_ssox_clock_text"} colour=green
  _ssox_colours=${NO_COLOR:+plain}
  if [[ $label == *[^a-zA-Z0-9:_./@+-]* ]]; then
    label=${${label//[[:cntrl:]]}//\%/%%}
    label=${${${label//\\/\\%(?..)}//\$/\$%(?..)}//\`/\\\`}
  fi
  case $_ssox_text_state in
    (soon|renewing) colour=yellow ;;
    (expired) colour=red ;;
    (foreign) colour=magenta ;;
  esac
  case $_ssox_colours${SSOX_PROTECTED:+protected} in
    (plain) _ssox_painting=$label$_ssox_clock_text ;;
    (plainprotected) _ssox_painting="%S $label %s$_ssox_clock_text" ;;
    (protected) _ssox_painting="%K{red}%F{white} $label %f%k%F{$colour}$_ssox_clock_text%f" ;;
    (*) _ssox_painting="%F{$colour}$label$_ssox_clock_text%f" ;;
  esac
  _ssox_painting=$_ssox_edge$_ssox_painting$_ssox_edge
}

# Decides at the first prompt, after the whole rc file, whether the right prompt shows the segment. It does not where a
# framework owns the prompt; there our second hook runs before the framework's, which reads the segment.
function _ssox_decide() {
  _ssox_undecided=0
  (( _ssox_segment )) || return 0
  local prompts="$PROMPT $RPROMPT $precmd_functions"
  [[ $TERM != dumb && $prompts != *SSOX_* ]] || return 0
  [[ ${(L)prompts} != *(starship|oh-my-posh|_omp_|p9k|powerlevel|spaceship|powerline|liquidprompt|_lp_|agkozak|prompt_[[:alnum:]_-]##_precmd)* ]] || return 0
  _ssox_placed=1 _ssox_behind='*'
}

if [[ -o interactive ]]; then
  typeset -gi _ssox_clock=0 _ssox_since=0 _ssox_until=0 _ssox_retry=0 _ssox_segment=1 _ssox_undecided=1 _ssox_placed=0 _ssox_moved=0
  typeset -g _ssox_last= _ssox_typed= _ssox_edge='%(3?..)' _ssox_unjudged= _ssox_behind='*(direnv|mise|_ssox_precmd)*'
  [[ -z ${_ssox_no_prompt-} ]] || _ssox_segment=0
fi

# --- completion

# Completes for compsys. The typed words go to the program unchanged, its answer is data, and compsys quotes what it
# inserts.
function _ssox_complete() {
  builtin setopt local_options "${_comp_options[@]}"
  local kind
  local -a lines
  lines=("${(@f)$(builtin command ssox complete zsh "${(Q)PREFIX}" "${(@Q)words[1,CURRENT-1]}" 2>/dev/null)}")
  kind=${lines[1]#* }
  case $lines[1] in
    (words\ *)
      shift lines
      _describe -t "${kind}s" $kind lines
      ;;
    (parts\ *)
      shift lines
      _describe -t "${kind}s" $kind lines -S ''
      ;;
    (files)
      compset -P 1 '--*='
      _files
      ;;
    (command\ <->)
      shift $kind words
      (( CURRENT -= kind ))
      _normal -p ssox
      ;;
    (*) return 1 ;;
  esac
}

# --- end

builtin unset -v _ssox_no_prompt
builtin true
