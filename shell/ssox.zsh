# ssox for zsh, the whole script: what the function `ssox` does, the hooks around each command, the segment in the
# prompt. ssox.start.zsh loads it.
#
# This script makes no decisions: it applies the replies of the program ssox, compares two numbers and a string, and
# calls the program. All names are `_ssox_*`, except the SSOX_* variables. Invariants: nothing from AWS, a file or the
# environment is evaluated. No builtin and no function is redirected: when zsh cannot open any more files, it does not
# restore the redirected descriptor, and the shell has lost it.
#
# Ctrl-C ends a hook between any two commands. So a function that changes several variables ignores SIGINT until it
# returns; such a function starts no process. An interrupted call of the program is made again at the next prompt.
#
# `ssox init zsh` passes the start script to `emulate zsh -o no_aliases -o extended_glob -c`, and a function of the
# start script reads this script. So both scripts are read with these options, and their functions always run with them,
# whatever options and aliases the user's shell has.

# `_ssox_kept` has the previous value of each variable that ssox has changed in this shell: `x` (exported), `s` (set) or
# `u` (unset), and then the value. A shell that inherits a profile in use does not know the previous values, and records
# none. Loading this script twice loses nothing. `_ssox_seen` has the compared values that the program checked last,
# `_ssox_held` their fingerprints, `_ssox_files` the value of SSOX_FILES in the last reply, and `_ssox_left` what the
# segment showed after the last reply. The variables of a `.ssox` file are described below.
if [[ ${(t)_ssox_kept} != association* ]]; then
  builtin unset -v _ssox_layer _ssox_under _ssox_over _ssox_theirs _ssox_outside _ssox_before _ssox_place _ssox_file _ssox_nearer _ssox_again _ssox_earlier
  typeset -gA _ssox_under _ssox_over _ssox_theirs _ssox_outside
  typeset -ga _ssox_before _ssox_earlier
  typeset -g _ssox_layer= _ssox_place= _ssox_file=${SSOX_DIRECTORY-} _ssox_nearer= _ssox_again=
  builtin unset -v _ssox_kept _ssox_child _ssox_seen _ssox_more _ssox_held _ssox_files _ssox_left _ssox_inline _ssox_outlasting _ssox_painted _ssox_painting _ssox_colours _ssox_current _ssox_side _ssox_watched _ssox_arrived _ssox_fd
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

# Sets REPLY to the verb that the arguments run. With `--help` they run no verb: help is printed for a person.
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
  local verb=$1 reply layer early REPLY
  local -i result
  builtin shift
  ! _ssox_find_hidden || { _ssox_check_type $REPLY || return 70 }
  [[ $verb != clear ]] || _ssox_take_inline
  # The layer may be off, because a hook of the person makes this call, or must begin again, after `allow` or `deny` on
  # the same line, or after Ctrl-C.
  [[ $PWD == "$_ssox_place" ]] || early=early
  if [[ $_ssox_layer == off || -n $_ssox_layer && -n $early || -n $_ssox_again && -z $early ]]; then
    layer=$_ssox_layer
    _ssox_arrive $early || builtin true
  fi
  _ssox_request "$@"
  result=$?
  [[ $layer$_ssox_layer != offon ]] || _ssox_off
  return $result
}

# Sets REPLY to the name of a local variable of a calling function that hides a variable which ssox changes or has
# changed; fails if no variable is hidden. Only a function has local variables, and without one, a call has three levels:
# `ssox`, `_ssox_change` and this function; or a hook, `_ssox_is_passing` and this function.
function _ssox_find_hidden() {
  (( $#funcstack > 3 )) || return 1
  for REPLY in "${(@k)_ssox_kept}" "${(@k)_ssox_under}" AWS_{{,DEFAULT_}{PROFILE,REGION},ACCESS_KEY_ID,SECRET_ACCESS_KEY,SESSION_TOKEN}; do
    [[ ${(Pt)REPLY} != *-local* ]] || return 0
  done
  return 1
}

function _ssox_request() {
  local regions=
  (( ! $#_ssox_inline )) || _ssox_list_regions
  reply="$(SSOX_HELD=$_ssox_held SSOX_SAVED="${(j: :k)_ssox_kept}" SSOX_REGIONS=$regions builtin command ssox --emit=zsh1 "$@")" || return
  (( ! $#_ssox_inline )) || _ssox_take_inline
  _ssox_apply $verb "$reply" || return
  (( ! $#_ssox_inline )) || _ssox_keep_inline
  (( ! ${+_ssox_until} )) || _ssox_update
  return 0
}

# Computes the prompt segment without waiting for the next prompt: the rest of the command line may read it. And if a
# key is bound to `ssox use`, the prompt is drawn again without running a hook.
function _ssox_update() {
  _ssox_install
  _ssox_clock=${(%)_ssox_clock_format}
  _ssox_show
  builtin zle || return 0
  _ssox_put_up
  builtin zle .reset-prompt
}

# Sets REPLY to the state of a variable: `x` (exported) or `s` (set), and then the value; or `u` (unset).
function _ssox_read() {
  case ${(Pt)1} in
    (*export*) REPLY=x${(P)1} ;;
    (?*) REPLY=s${(P)1} ;;
    (*) REPLY=u ;;
  esac
}

# Restores the variables in an associative array. Each element has the name and the state of a variable.
function _ssox_take() {
  local name
  for name in "${(@Pk)1}"; do
    _ssox_write $name "${${(P)1}[$name]}"
  done
}

# Restores the state of a variable. A variable that has become readonly keeps its value, because an error would end the
# hook.
function _ssox_write() {
  [[ ${(Pt)1} != *readonly* ]] || return 0
  case $2 in
    (x*) builtin export "$1=${2#x}" ;;
    (s*) builtin typeset -g +x "$1=${2#s}" ;;
    (u) builtin unset -v $1 ;;
  esac
}

# Checks all lines of the reply to a verb, then applies them: `=NAME=VALUE` sets a variable, `-NAME` unsets it, `!NAME`
# forgets its previous value. After `clear`, and whenever no profile is in use, variables that are unset get their
# previous values back, except those with a line `~NAME`. A value that a hook unsets while no profile is in use was set
# by ssox, so it is not recorded as a previous value.
function _ssox_apply() {
  builtin setopt local_options no_xtrace
  local name in_use=${(M)1:#(use|clear|directory)}${SSOX_PROMPT-}${SSOX_IDENTITY-}
  local allowed='((AWS|SSOX)_[A-Z0-9_]##|AWSUME_PROFILE|AWSUME_EXPIRATION|AWSU_PROFILE|CPL_AWS_CREDENTIALS_FILE|BOTO_CONFIG)'
  local -a lines wrong sets names gone forgets kept
  lines=("${(@f)2}")
  [[ $lines[1] == '#ssox1' && $lines[-1] == '#end' ]] || { _ssox_refuse 'the program ssox sent an unexpected reply'; return 70 }
  builtin shift lines
  lines[-1]=()
  wrong=("${(@)lines:#(=$~allowed=*|[-!~]$~allowed)}")
  (( ! $#wrong )) || { _ssox_refuse_line "$wrong[1]"; return 70 }
  sets=(${${(M)lines:#=*}#=})
  names=(${(M)sets##[^=]##})
  gone=(${${(M)lines:#-*}#-})
  forgets=(${${(M)lines:#!*}#!})
  for name in $names $gone $forgets; do
    case ${(Pt)name} in
      (|scalar|scalar-export) ;;
      (*) _ssox_check_type $name || return 70 ;;
    esac
  done
  [[ -z $in_use ]] || names+=($gone)
  builtin setopt local_options local_traps
  builtin trap '' INT
  # A profile that another program or shell has put in use here is not a previous value.
  [[ -z ${SSOX_PROMPT-}${SSOX_IDENTITY-} ]] || (( $#_ssox_kept )) || _ssox_child=1
  if [[ $_ssox_layer == on ]]; then
    _ssox_remember $names
  elif (( ! _ssox_child )); then
    kept=(${(k)_ssox_kept})
    _ssox_remember ${names:|kept}
  fi
  (( ! $#gone )) || builtin unset -v $gone
  (( ! $#sets )) || builtin export "${sets[@]}"
  (( ! $#forgets )) || _ssox_forget $forgets
  [[ $1 == use || $1 != clear && -n ${SSOX_PROMPT-}${SSOX_IDENTITY-} ]] || _ssox_restore
  _ssox_note
}

# Records the current values as those that ssox set.
function _ssox_note() {
  _ssox_held=${SSOX_IDENTITY-} _ssox_files=${SSOX_FILES-} _ssox_left=$SSOX_PROMPT,$SSOX_STATE,$SSOX_EXPIRES,$SSOX_NEXT,$SSOX_PROTECTED _ssox_unjudged=
  _ssox_see
}

# Inside a hook, it prints nothing.
function _ssox_refuse() {
  [[ -n ${_ssox_quiet-} ]] || builtin print -u2 -r -- "ssox: $1, environment unchanged"
}

function _ssox_refuse_line() {
  local name=
  case $1 in
    ('='*'='*) name=${${1#'='}%%'='*} ;;
    ([-!~]*) name=${1#?} ;;
  esac
  if [[ -n $name ]]; then
    _ssox_refuse "\`${(V)name}\` must not be changed by ssox"
  else
    _ssox_refuse 'the program ssox sent an unexpected reply'
  fi
}

# Fails if a variable does not take a plain value.
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
    [[ $_ssox_layer != on || -n $_ssox_under[$name] ]] || _ssox_under[$name]=$REPLY
    (( _ssox_child )) || [[ -n $_ssox_kept[$name] ]] || _ssox_kept[$name]=$REPLY
  done
}

function _ssox_forget() {
  local name
  for name; do
    builtin unset "_ssox_kept[$name]"
  done
}

# Restores the previous values, except of variables that another program has set since, and forgets them. Previous
# values that the reply tells to restore later stay.
function _ssox_restore() {
  local name
  for name in "${(@k)_ssox_kept}"; do
    (( ! ${(P)+name} && ! ${lines[(Ie)~$name]} )) || continue
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

# Lets the program check a change of the compared values, such as other access keys, another region, or a profile name
# beside access keys. The program is called once for each change, and at the first prompt of a shell that inherits a
# profile. If the program fails, the new identity counts as foreign. If Ctrl-C ends the call (status 130), the next
# prompt calls the program again.
function _ssox_look() {
  [[ -n $SSOX_PROMPT || -n $SSOX_IDENTITY || -n $SSOX_REPLACED || -n $_ssox_seen ]] || return 1
  # The same text as in `_ssox_see`. It is repeated here, because this comparison takes most of the time of a prompt,
  # and a call would take longer.
  _ssox_more=
  [[ -n $AWS_ACCESS_KEY_ID ]] || _ssox_read_more
  [[ $AWS_ACCESS_KEY_ID$_ssox_more,\
$AWS_SECRET_ACCESS_KEY,$AWS_SESSION_TOKEN,$AWS_CREDENTIAL_EXPIRATION,$AWS_REGION,\
$AWS_DEFAULT_REGION,${AWS_PROFILE+$AWS_PROFILE.${(t)AWS_PROFILE}},${AWS_DEFAULT_PROFILE+$AWS_DEFAULT_PROFILE.${(t)AWS_DEFAULT_PROFILE}},\
${AWS_SECURITY_TOKEN+$AWS_SECURITY_TOKEN.${(t)AWS_SECURITY_TOKEN}},$AWS_ACCOUNT_ID,$AWS_SSO_PROFILE,$SSOX_PROFILE,$SSOX_IDENTITY,\
${(t)AWS_ACCESS_KEY_ID}${(t)AWS_SECRET_ACCESS_KEY}${(t)AWS_SESSION_TOKEN}${(t)AWS_CREDENTIAL_EXPIRATION}\
${(t)AWS_REGION}${(t)AWS_DEFAULT_REGION}${(t)SSOX_PROFILE}${(t)SSOX_IDENTITY} != "$_ssox_seen" ]] || return 1
  local reply _ssox_quiet=1
  local -i result
  _ssox_asked=1
  reply="$(SSOX_HELD=$_ssox_held builtin command ssox --emit=zsh1 identity </dev/null 2>/dev/null)" \
    && _ssox_apply identity "$reply" && return
  result=$?
  _ssox_unjudged=failed
  _ssox_is_installed || _ssox_unjudged=absent
  [[ -z ${SSOX_PROMPT-}${SSOX_IDENTITY-} || ${(t)SSOX_STATE} == *readonly* ]] || builtin export SSOX_STATE=foreign
  [[ -z ${SSOX_PROMPT-}${SSOX_IDENTITY-} || ${(t)SSOX_PROMPT} == *readonly* ]] || builtin export SSOX_PROMPT=${SSOX_PROMPT%\?}\?
  _ssox_left=$SSOX_PROMPT,$SSOX_STATE,$SSOX_EXPIRES,$SSOX_NEXT,$SSOX_PROTECTED
  if (( result == 130 )); then _ssox_seen=interrupted; else _ssox_see; fi
}

# Tells whether the program is installed.
function _ssox_is_installed() {
  local -a found=($^path/ssox(N-*))
  (( $#found ))
}

# Records the compared values and the types of their variables: a variable that is not exported reaches no program.
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

# Reads the values that are also compared if there are no access keys: these variables determine what AWS_PROFILE means.
function _ssox_read_more() {
  _ssox_more=${AWS_CONFIG_FILE-:}:${AWS_SHARED_CREDENTIALS_FILE-:}:$AWS_WEB_IDENTITY_TOKEN_FILE:$AWS_ROLE_ARN:\
$AWS_CONTAINER_CREDENTIALS_FULL_URI:$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI:$AWS_CONTAINER_AUTHORIZATION_TOKEN:$AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE:\
$HOME:${(t)AWS_CONTAINER_CREDENTIALS_FULL_URI}${(t)AWS_CONTAINER_CREDENTIALS_RELATIVE_URI}${(t)AWS_CONTAINER_AUTHORIZATION_TOKEN}${(t)AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE}${(t)AWS_CONFIG_FILE}${(t)AWS_SHARED_CREDENTIALS_FILE}${(t)AWS_WEB_IDENTITY_TOKEN_FILE}${(t)AWS_ROLE_ARN}${(t)HOME}
}

# Tells whether the program should be called now. After a failure, it should be called again after a minute at the
# earliest. If somebody sets the clock back, the wait does not become longer.
function _ssox_is_due() {
  [[ ${SSOX_STATE-} != foreign ]] || return 1
  [[ ${SSOX_NEXT-} == [1-9][0-9](#c0,14) ]] || return 1
  (( _ssox_clock >= SSOX_NEXT && (_ssox_clock >= _ssox_retry || _ssox_retry > _ssox_clock + 60) ))
}

# Lets the program renew the credentials, or tell when it is to be called again. If Ctrl-C ends the call (status 130),
# the next prompt makes it again.
function _ssox_tick() {
  local reply _ssox_quiet=1
  local -i result
  typeset -gi _ssox_retry=0
  _ssox_asked=1
  reply="$(SSOX_HELD=$_ssox_held builtin command ssox --emit=zsh1 tick "$@" </dev/null 2>/dev/null)" || result=$?
  (( result != 130 )) || return
  if (( result )) || ! _ssox_apply tick "$reply" || _ssox_is_due; then _ssox_retry=_ssox_clock+60; fi
}

# After a sign-in, gets the credentials that waited for it. Does not wait for the time of the hook's next call.
function _ssox_signed_in() {
  builtin setopt local_options no_xtrace
  _ssox_clock=${(%)_ssox_clock_format}
  _ssox_tick --wait=5s
  return 0
}

# Runs before the other hooks, so that prompts they draw show the current credentials. Calling a function or setting an
# option takes zsh longer than most lines of this function.
function _ssox_precmd() {
  [[ ! -o xtrace ]] || builtin setopt local_options no_xtrace
  # Somebody may have unset all variables of this script, or Ctrl-C may have ended its loading.
  (( ${+_ssox_kept} && ! ${+_ssox_no_prompt} )) || _ssox_load quiet || builtin true
  if [[ -n $SSOX_PROMPT$_ssox_layer ]]; then
    _ssox_asked=0
    if (( _ssox_fd > 0 )); then builtin zle -F $_ssox_fd _ssox_recover; _ssox_armed=1; else _ssox_arm; fi
  fi
  # Removes the prompt segment before other hooks change the prompt.
  if [[ -n $_ssox_painted || -n $RPROMPT ]]; then
    if [[ $RPROMPT == "$_ssox_painted" && ${(t)RPROMPT} != *readonly* ]]; then RPROMPT= _ssox_typed=; else _ssox_unpaint; fi
    _ssox_painted=
  fi
  # In the directory of a `.ssox` file, the second hook does all the rest.
  if [[ -n $_ssox_layer || $PWD/$_ssox_again != "$_ssox_place/" ]]; then
    _ssox_pass
    [[ -z $_ssox_layer ]] || return 0
  fi
  # If ssox itself draws the prompt segment, it is enough that the second hook compares the values.
  (( _ssox_placed )) || _ssox_look || builtin true
  [[ -n $SSOX_PROMPT || -n $SSOX_NEXT || -n $SSOX_SEGMENT ]] || return 0
  _ssox_clock=${(%)_ssox_clock_format}
  # At most prompts nothing is due, and the prompt segment has not changed.
  [[ $SSOX_PROMPT,$SSOX_STATE,$SSOX_EXPIRES,$SSOX_NEXT,$SSOX_PROTECTED != "$_ssox_current" ]] \
    || (( _ssox_clock < _ssox_since || _ssox_clock >= _ssox_until )) || return 0
  _ssox_refresh
}

# Removes the prompt segment from the prompt. If the typed line named the prompt and the segment is missing, a person
# has removed it, and it stays removed. Otherwise a later hook, a function `precmd` or a hook `preexec` has set the
# prompt again.
function _ssox_unpaint() {
  (( _ssox_placed )) || return 0
  [[ ${(P)_ssox_side} == *"$_ssox_painted"* || -z $_ssox_typed ]] || (( _ssox_moved )) || (( ${+functions[precmd]} )) || _ssox_placed=0
  _ssox_typed=
  _ssox_wipe
}

# Removes the prompt segment and each copy of it: other programs may save the prompt with the segment, and restore it
# later.
function _ssox_wipe() {
  local rest=${${(P)_ssox_side}#"$_ssox_painted"}
  [[ $rest != *"$_ssox_edge"* ]] || rest=${(S)${(S)rest//"$_ssox_edge"*"$_ssox_edge "}//"$_ssox_edge"*"$_ssox_edge"}
  [[ ${(Pt)_ssox_side} == *readonly* ]] || builtin typeset -g "$_ssox_side=$rest"
  _ssox_painted=
}

# Renews the credentials when they are due, and computes the prompt segment.
function _ssox_refresh() {
  [[ -z $_ssox_files ]] || ! _ssox_are_files_edited || _ssox_seen=edited
  # If somebody has edited what the prompt segment shows, the program undoes the edit. It also checks changes that could
  # not be checked while the program was missing.
  [[ $_ssox_unjudged != absent ]] || ! _ssox_is_installed || _ssox_seen=edited
  [[ $SSOX_PROMPT,$SSOX_STATE,$SSOX_EXPIRES,$SSOX_NEXT,$SSOX_PROTECTED == "$_ssox_left" ]] || _ssox_seen=edited
  [[ $_ssox_seen != edited ]] && ! _ssox_is_due || { _ssox_look; ! _ssox_is_due } || _ssox_tick
  _ssox_show
}

# Tells whether a configuration file was edited: after `use --profile-only`, the configuration files determine the
# identity. The directory `_ssox_files` has three files for each configuration file: a link to its path; `.real`, a link
# to the real file that was at this path; and `.seen`, a file with the modification time that the configuration file
# had.
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
  # At most prompts, the directory has not changed, and no `.ssox` file applies to it.
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
  (( ! _ssox_armed )) || { builtin zle -F $_ssox_fd; _ssox_armed=0 }
  _ssox_moved=0
  (( ! _ssox_undecided )) || _ssox_decide
  [[ $precmd_functions[-1] == $_ssox_last ]] || _ssox_follow
  [[ $precmd_functions[1],$chpwd_functions[1],$chpwd_functions[-1] == _ssox_precmd,_ssox_depart,_ssox_chpwd ]] || _ssox_surround
  (( _ssox_placed )) || return 0
  # A transient prompt puts back a prompt that it saved with the prompt segment.
  [[ $RPROMPT != *"$_ssox_edge"* ]] || _ssox_wipe
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

# Puts the prompt segment into the prompt after the hooks have run.
function _ssox_put_up() {
  _ssox_wipe
  [[ ${(t)RPROMPT} != *readonly* ]] || _ssox_side=PROMPT
  [[ $_ssox_placed == 1 && -n $_ssox_text && ${(Pt)_ssox_side} != *readonly* ]] || return 0
  _ssox_paint
  _ssox_painted=$_ssox_painting${${(P)_ssox_side}:+ }
  builtin typeset -g "$_ssox_side=$_ssox_painted${(P)_ssox_side}"
}

# Tells whether another program has set the right prompt while zsh waited for a line, as widgets for vi mode do, and
# handlers of signals or file descriptors. Such a program would do this again at each prompt, so the prompt segment
# moves to the left prompt.
function _ssox_is_displaced() {
  [[ -n $_ssox_painted && ${(P)_ssox_side} != *"$_ssox_painted"* ]] || return 1
  _ssox_wipe
  _ssox_side=PROMPT _ssox_typed=
}

# Checks the place of the prompt segment once, as soon as zsh waits for a line. `zle-line-init` has run by then.
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

# Ctrl-C in a hook ends all hooks of this prompt. So the first hook arranges that the others of ssox run as soon as zsh
# waits for a line, and the second hook takes that back. The descriptor is always readable, and no program inherits it.
function _ssox_arm() {
  _ssox_asked=0
  [[ -o zle ]] && (( _ssox_fd >= 0 )) || return 0
  if (( ! _ssox_fd )); then
    _ssox_fd=-1
    builtin zmodload -s -F zsh/system b:sysopen && builtin sysopen -r -o cloexec -u _ssox_fd /dev/null || return 0
  fi
  builtin zle -F $_ssox_fd _ssox_recover
  _ssox_armed=1
}

# Calls of the program that Ctrl-C may have ended are made again at the next prompt, not here.
function _ssox_recover() {
  builtin setopt local_options no_xtrace
  builtin zle -F $1
  _ssox_armed=0
  (( $precmd_functions[(I)_ssox_settle] )) || return 0
  if (( _ssox_asked )); then
    _ssox_on
    _ssox_update
  else
    _ssox_precmd
    _ssox_settle
    builtin zle reset-prompt
  fi
}

# At this prompt, a hook that was added after the rc file, or before this script was loaded, runs after ssox's second
# hook. Moves ssox's hook behind it for the next prompt, and compares the values again as soon as zsh waits for a line.
function _ssox_follow() {
  local before="$precmd_functions" last=$_ssox_last
  _ssox_go_behind $_ssox_behind
  [[ -o zle ]] && [[ -n $last || $before != "$precmd_functions" ]] || return 0
  _ssox_call_late _ssox_look_late
}

function _ssox_look_late() {
  builtin setopt local_options no_xtrace
  _ssox_end_call $1
  # The later hook or a widget may have set the prompt. A widget does so at each prompt.
  _ssox_wipe
  _ssox_settle
  _ssox_watched=
  builtin zle reset-prompt
}

# Moves ssox's second hook behind the last of the other hooks whose names match the pattern `$1`.
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
  _ssox_before_cd=0
  # A program that empties the right prompt at the end of a line sets it again before the next line.
  [[ $_ssox_side == RPROMPT && -z $RPROMPT ]] || _ssox_is_displaced || builtin true
  if [[ $_ssox_side == RPROMPT ]]; then
    [[ $3 != *(RPROMPT|RPS1|prompt)* ]] || _ssox_typed=1
  else
    [[ $3 != *(PROMPT|PS1|prompt)* ]] || _ssox_typed=1
  fi
  # If the function `precmd` of a person ends in an error, zsh runs no other hook: the prompt would show the last segment.
  (( ! ${+functions[precmd]} )) || { _ssox_take_down; _ssox_arm }
  [[ $3 != *(AWS|SSOX)*=*(ssox|cd|pushd|popd)* ]] || _ssox_read_inline "$3"
  [[ ${SSOX_EXPIRES-} == [1-9][0-9](#c0,14) ]] || return 0
  [[ $1 != [[:space:]]#ssox* ]] || return 0
  _ssox_clock=${(%)_ssox_clock_format}
  (( _ssox_clock >= SSOX_EXPIRES - 60 )) || return 0
  [[ ${SSOX_STATE-} == renewing ]] || _ssox_is_due || return 0
  _ssox_tick --wait=2s
  return 0
}

# Removes the prompt segment if another program has removed ssox's hooks: the prompt would show the last segment for
# ever. At each prompt, `_ssox_precmd` is the first hook unless it was removed.
function _ssox_take_down() {
  _ssox_wipe
  _ssox_text= _ssox_text_state= _ssox_current=
  _ssox_publish
}

# In `AWS_REGION=x ssox use dev`, the variable has the value `x` while the function runs, and afterwards zsh restores
# the value of the shell. So zsh would undo what ssox sets. Therefore the values of the shell are read before the line
# runs, and the values that ssox set are set again at the prompt. After several calls on one line, zsh may have restored
# what an earlier one has set: `_ssox_earlier` has these values.
function _ssox_read_inline() {
  local word name REPLY
  local -a names
  for word in "${(@z)1}"; do
    case $word in
      ((AWS|SSOX)_[A-Z0-9_]##(+|)=*) names+=(${${word%%=*}%+}) && continue ;;
      ([a-zA-Z_][a-zA-Z0-9_]#(+|)=*|noglob|nocorrect) continue ;;
    esac
    case ${(Q)word} in
      (ssox)
        for name in $names; do
          _ssox_read $name
          _ssox_inline[$name]=$REPLY
        done
        ;;
      (cd|pushd|popd) (( ! $#names )) || _ssox_before_cd=1 ;;
      # The argument of `eval` is a line of its own.
      (*(AWS|SSOX)*=*) [[ $word == ${(Q)word} ]] || _ssox_read_inline "${(Q)word}" ;;
    esac
    names=()
  done
}

# Sets the values of the shell, after an earlier call on the same line those that this call has set.
function _ssox_take_inline() {
  _ssox_take _ssox_inline
  _ssox_take _ssox_outlasting
}

# Sets the caller's `regions` to the regions of the shell, which this call may hide.
function _ssox_list_regions() {
  local name REPLY
  local -a values
  for name in AWS_REGION AWS_DEFAULT_REGION; do
    REPLY=${_ssox_outlasting[$name]-${_ssox_inline[$name]-}}
    [[ -n $REPLY ]] || _ssox_read $name
    values+=("${${(M)REPLY:#x*}#x}")
  done
  regions="$values[1]|$values[2]"
}

function _ssox_keep_inline() {
  builtin setopt local_options local_traps
  builtin trap '' INT
  local name REPLY
  for name in "${(@k)_ssox_inline}"; do
    [[ -z $_ssox_outlasting[$name] ]] || _ssox_earlier+=("$name $_ssox_outlasting[$name]")
    _ssox_read $name
    _ssox_outlasting[$name]=$REPLY
  done
  precmd_functions=(_ssox_outlast ${precmd_functions:#_ssox_outlast})
  # The program has replied to the values of this call, so it must check the values of the shell again.
  [[ -z ${SSOX_PROMPT-}${SSOX_IDENTITY-} ]] || _ssox_seen=edited
}

# Sets the values of ssox at the prompt: runs once, before the other hooks. Values that the rest of the line has set
# stay.
function _ssox_outlast() {
  builtin setopt local_options local_traps no_xtrace
  builtin trap '' INT
  precmd_functions=(${precmd_functions:#_ssox_outlast})
  _ssox_put_outlasting
  _ssox_inline=()
}

function _ssox_put_outlasting() {
  builtin setopt local_options local_traps
  builtin trap '' INT
  local name REPLY
  for name in "${(@k)_ssox_inline}"; do
    _ssox_read $name
    [[ $REPLY == "$_ssox_inline[$name]" ]] || (( $_ssox_earlier[(Ie)$name $REPLY] )) || builtin unset "_ssox_outlasting[$name]"
  done
  _ssox_take _ssox_outlasting
  _ssox_outlasting=() _ssox_earlier=()
}

# After a change of the directory, the rest of the line starts with other values, which are read again here.
function _ssox_read_inline_again() {
  local name REPLY
  for name in "${(@k)_ssox_inline}"; do
    _ssox_read $name
    _ssox_inline[$name]=$REPLY
  done
}

# --- directories

# The values of a `.ssox` file are a layer above the values of the shell. The first hook takes the layer off: it
# restores the values below the layer. Then the hooks of other tools run, and the last hook puts the layer on again. So
# direnv and mise never see the layer, whatever the order of the lines in the rc file.
#
# `_ssox_layer` is empty, `on` or `off`. For each variable that was changed while the layer was on, `_ssox_under` has
# the value below the layer, and `_ssox_over`, while the layer is off, the value in the layer. `_ssox_outside` and
# `_ssox_before` have what `_ssox_kept` and other variables of this script contained before the layer. `_ssox_place` is
# the directory in which a `.ssox` file was last searched for, and `_ssox_file` the file that was found. `_ssox_nearer`
# is set if direnv or mise has a file nearer to the working directory than the `.ssox` file. Then the values that these
# tools set stay; `_ssox_theirs` has the names.

function _ssox_off() {
  [[ $_ssox_layer == on ]] || return 0
  builtin setopt local_options local_traps
  builtin trap '' INT
  local name REPLY
  for name in "${(@k)_ssox_under}"; do
    [[ -z $_ssox_theirs[$name] ]] || continue
    _ssox_read $name
    _ssox_over[$name]=$REPLY
    _ssox_write $name "$_ssox_under[$name]"
  done
  _ssox_layer=off
}

# Takes the layer off before the other hooks. One of them may make a prompt of the text of the prompt segment, so it is
# computed before. At the first prompt of a shell, the layer begins here, unless direnv or mise must act first.
function _ssox_pass() {
  if [[ $PWD/$_ssox_again != "$_ssox_place/" && "$precmd_functions" != *(direnv|mise)* ]]; then
    _ssox_off
    ! _ssox_arrive || _ssox_arrived=1
  fi
  if [[ $_ssox_layer == on ]]; then
    _ssox_clock=${(%)_ssox_clock_format}
    [[ $SSOX_PROMPT,$SSOX_STATE,$SSOX_EXPIRES,$SSOX_NEXT,$SSOX_PROTECTED == "$_ssox_current" ]] && (( _ssox_clock < _ssox_until )) \
      || _ssox_show
  fi
  _ssox_off
}

function _ssox_on() {
  [[ $_ssox_layer == off ]] || return 0
  builtin setopt local_options local_traps
  builtin trap '' INT
  local name REPLY
  _ssox_theirs=()
  for name in "${(@k)_ssox_under}"; do
    _ssox_read $name
    if [[ $REPLY != "$_ssox_under[$name]" ]]; then
      if [[ -n $_ssox_nearer ]]; then
        _ssox_theirs[$name]=1
        continue
      fi
      [[ $_ssox_kept[$name] != "$_ssox_under[$name]" || -n $_ssox_outside[$name] ]] || _ssox_kept[$name]=$REPLY
      # After `clear`, the values in the layer are those below it, so they follow a change below it.
      [[ ${_ssox_over[SSOX_PROMPT]-} == [xs]?* || ${_ssox_over[$name]-} != "$_ssox_under[$name]" ]] || _ssox_over[$name]=$REPLY
      _ssox_under[$name]=$REPLY
    fi
    _ssox_write $name "$_ssox_over[$name]"
  done
  _ssox_layer=on
}

# Puts the layer on again, or the layer of another `.ssox` file if the directory has changed. Fails if there is nothing
# to do. With `early`, not all hooks have run yet, so no new layer begins.
function _ssox_arrive() {
  if [[ $PWD == "$_ssox_place" && -z $_ssox_again ]]; then
    [[ -n $_ssox_layer ]] || return 1
    _ssox_on
    return 0
  fi
  local REPLY nearer=
  _ssox_find
  # The directory has changed, so a relative path in these variables names another file. The identity is checked again.
  [[ -z $SSOX_IDENTITY$_ssox_layer || ${AWS_CONFIG_FILE:-/},${AWS_SHARED_CREDENTIALS_FILE:-/} == /*,/* ]] || _ssox_seen=moved
  if [[ -z $REPLY$_ssox_file ]]; then
    _ssox_again= _ssox_place=$PWD
    return 1
  fi
  [[ -z $REPLY ]] || _ssox_find_nearer
  # A layer that began while direnv or mise had a nearer file lacks the values that these tools set. If their file is no
  # longer nearer, the shell enters the directory again.
  if [[ -z $_ssox_again && $REPLY -ef $_ssox_file && ( -n $nearer || $_ssox_nearer != entered ) ]]; then
    [[ $_ssox_nearer == entered ]] || _ssox_nearer=$nearer
    _ssox_place=$PWD
    _ssox_on
    return 0
  fi
  # If Ctrl-C ends the calls below, the next prompt makes them again.
  _ssox_again=1
  _ssox_place=$PWD
  _ssox_exit
  case ${1-}$REPLY in
    (|early) ;;
    (early*) _ssox_place= ;;
    (*) _ssox_enter ;;
  esac
  _ssox_again=
  return 0
}

# Sets REPLY to the path of the nearest `.ssox` file, without starting a process. The search ends at the home directory.
# At most sixteen levels below the root, one test finds out that no directory up to the root has such a file: the parent
# of the root is the root itself.
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

# Looks for files of direnv and mise in the directories from the working directory up to, and without, that of the
# `.ssox` file.
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
  _ssox_asked=1
  _ssox_is_installed && reply="$(SSOX_HELD=$_ssox_held builtin command ssox --emit=zsh1 directory "$file" </dev/null)" \
    && _ssox_apply directory "$reply" && { [[ -z $nearer ]] || _ssox_seen=entered; return }
  _ssox_exit
  _ssox_file=$file
}

# Leaves a directory: restores the values from before. A shell that inherited the values of the directory does not know
# the values from before; in such a shell, the program removes the values of the directory.
function _ssox_exit() {
  local reply
  if [[ -n $_ssox_layer ]]; then
    _ssox_end_layer
  elif [[ -n ${SSOX_DIRECTORY-} ]] && _ssox_is_installed; then
    _ssox_asked=1
    reply="$(SSOX_HELD=$_ssox_held builtin command ssox --emit=zsh1 directory </dev/null)" \
      && _ssox_apply directory "$reply"
  fi
  _ssox_file=
  return 0
}

function _ssox_end_layer() {
  builtin setopt local_options local_traps
  builtin trap '' INT
  _ssox_off
  _ssox_kept=("${(@kv)_ssox_outside}")
  _ssox_child=$_ssox_before[1] _ssox_held=$_ssox_before[2] _ssox_files=${SSOX_FILES-} _ssox_left=$SSOX_PROMPT,$SSOX_STATE,$SSOX_EXPIRES,$SSOX_NEXT,$SSOX_PROTECTED
  # The program checks the identity that the shell has now.
  (( ! $#_ssox_under )) || _ssox_seen=
  [[ -z $SSOX_ENDPOINT$_ssox_held ]] || _ssox_seen=edited
  _ssox_under=() _ssox_over=() _ssox_layer=
}

# Runs when the directory changes, before and after the other hooks.
function _ssox_depart() {
  builtin setopt local_options no_xtrace
  (( ! $#_ssox_outlasting )) || _ssox_put_outlasting
  [[ $_ssox_layer != on ]] || _ssox_is_passing || _ssox_off
}

# Tells whether a variable of a function or of this command hides one of the shell. What ssox would set here would be
# lost with that variable, so the next prompt does all the work.
function _ssox_is_passing() {
  local REPLY
  (( _ssox_before_cd )) || _ssox_find_hidden
}

function _ssox_chpwd() {
  builtin setopt local_options no_xtrace
  ! _ssox_is_passing || return 0
  # This may run between the two hooks of a prompt. Then the second hook shows the profile that is in use now.
  ! _ssox_arrive || _ssox_arrived=1
  (( ! $#_ssox_inline )) || _ssox_read_inline_again
  # If a key is bound to `cd`, the prompt is drawn again without running the hooks.
  ! builtin zle || { _ssox_look || builtin true; _ssox_update }
  return 0
}

# --- segment

# Computes SSOX_SEGMENT (`dev:ReadOnly 43m`) and SSOX_SEGMENT_STATE (ok, soon, renewing, expired, foreign), not
# exported, for prompts that people write themselves; and until when these values are valid.
function _ssox_show() {
  local label=${SSOX_PROMPT-} clock= mark= state=ok
  local -i left days hours minutes
  _ssox_current= _ssox_since=_ssox_clock _ssox_until=_ssox_clock+60
  case ${SSOX_STATE-} in
    (sign-in) mark=' sign in' state=soon ;;
    (failed) mark=' failed' state=soon ;;
    (foreign) state=foreign ;;
  esac
  [[ -z $_ssox_unjudged ]] || { label=${label:+${label%\?}\?} state=foreign }
  if [[ $state != foreign && ${SSOX_EXPIRES-} == [1-9][0-9](#c0,14) ]]; then
    left=SSOX_EXPIRES-_ssox_clock
    _ssox_until='left < 60 ? _ssox_clock : _ssox_clock + left % 60 + 1'
    # With the option force_float, only integer variables have whole numbers.
    days=left/86400 hours=left/3600 minutes=left%3600/60
    if (( left >= 172800 )); then clock=" ${days}d"
    elif (( left >= 3600 )); then clock=" ${hours}h ${minutes}m"
    elif (( left >= 60 )); then clock=" ${minutes}m"
    elif (( left > 0 )); then clock=" ${left}s"
    elif [[ -n $mark ]]; then state=expired
    elif [[ ${SSOX_STATE-} == renewing || ${SSOX_NEXT-} == [1-9]* && $_ssox_retry == 0 ]]; then mark=' renewing' state=renewing
    else mark=' expired' state=expired
    fi
    (( left <= 0 || left >= 900 )) || state=soon
  elif [[ ${SSOX_STATE-} == renewing ]]; then mark=' renewing' state=renewing
  fi
  [[ ${SSOX_NEXT-} != [1-9][0-9](#c0,14) ]] || (( SSOX_NEXT >= _ssox_until )) || _ssox_until=SSOX_NEXT
  # The prompt segment is valid only until the next prompt, which checks the configuration files, or looks for the
  # program, again.
  [[ -z $_ssox_files && $_ssox_unjudged != absent ]] || _ssox_until=_ssox_clock
  # When the server of `exec --serve` or `serve` ends, it removes its files.
  if [[ -n ${SSOX_ENDPOINT-} ]]; then
    _ssox_until=_ssox_clock
    [[ $state != ok || -e ${AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE:-/} ]] || mark=' expired' state=expired
  fi
  _ssox_text=${label:+$label$clock$mark} _ssox_text_state=${label:+$state} _ssox_clock_text=$clock$mark _ssox_painting=
  _ssox_publish
  _ssox_current=$SSOX_PROMPT,$SSOX_STATE,$SSOX_EXPIRES,$SSOX_NEXT,$SSOX_PROTECTED
}

# Sets the variables for prompts that people write themselves. Setting a readonly variable would end the hook.
function _ssox_publish() {
  [[ ${(t)SSOX_SEGMENT}${(t)SSOX_SEGMENT_STATE} == *readonly* ]] \
    || SSOX_SEGMENT=$_ssox_text SSOX_SEGMENT_STATE=$_ssox_text_state
}

# Escapes and colours the prompt segment so that zsh does not expand it, with or without the option `prompt_subst`:
# `%(?..)` prints nothing, and keeps the character before it from starting an expansion. `%(3?..)` prints nothing
# either; it marks both ends of the segment.
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

# Decides at the first prompt, after the whole rc file, whether the right prompt shows the prompt segment. If a
# framework owns the prompt, the right prompt does not show it. Then ssox's second hook runs before the hook of the
# framework, which reads the segment.
function _ssox_decide() {
  _ssox_undecided=0
  (( _ssox_segment )) || return 0
  local prompts="$PROMPT $RPROMPT $precmd_functions"
  [[ $TERM != dumb && $prompts != *SSOX_* ]] || return 0
  [[ ${(L)prompts} != *(starship|oh-my-posh|_omp_|p9k|powerlevel|spaceship|powerline|liquidprompt|_lp_|agkozak|prompt_pure_)* ]] || return 0
  _ssox_placed=1 _ssox_behind='*'
}

if [[ -o interactive ]]; then
  typeset -gi _ssox_clock=0 _ssox_since=0 _ssox_until=0 _ssox_retry=0 _ssox_segment=1 _ssox_undecided=1 _ssox_placed=0 _ssox_moved=0 _ssox_armed=0 _ssox_asked=0 _ssox_before_cd=0
  # Loading this script again keeps the descriptor.
  typeset -gi _ssox_fd
  typeset -g _ssox_last= _ssox_typed= _ssox_edge='%(3?..)' _ssox_unjudged= _ssox_behind='*(direnv|mise|_ssox_precmd)*'
  [[ -z ${_ssox_no_prompt-} ]] || _ssox_segment=0
fi

# --- completion

# Completes for compsys. The typed words go to the program unchanged. The program's answer is data, and compsys quotes
# what it inserts.
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
