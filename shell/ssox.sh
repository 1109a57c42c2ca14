# shellcheck shell=sh
# ssox for POSIX shells (dash, ksh93, mksh, yash and others): the function `ssox`; in ksh93 and mksh also the hook
# before each prompt and the segment in the prompt; in yash also completion.
#
# This script makes no decisions: it applies the replies of the program ssox, compares two numbers and a string, and
# calls the program. All names are `_ssox_*`, except `ssox` itself and the SSOX_* variables. Invariant: nothing from
# AWS, a file or the environment is evaluated. In these shells, only `eval` can use a variable whose name is the value
# of another variable. `eval` gets names that have been checked, and never values.
#
# There is no `local` in ksh93, so all variables are global. A backslash before a word keeps the shell from expanding it
# as an alias.

\unalias ssox 2>/dev/null || \:
# With `set -a`, programs would get the variables of this script, and with them credentials even after `clear`.
case $- in *a*) \set +a && _ssox_withheld=on ;; *) _ssox_withheld='' ;; esac

# `_ssox_kept` has the names of the variables that ssox has changed in this shell, and `_ssox_was_NAME` their previous
# values: `x` (exported), `s` (set) or `u` (unset), and then the value. A shell that inherits a profile in use does not
# know the previous values, and records none. Loading this script twice loses nothing: `_ssox_loaded` has the id of this
# process, which a variable from another shell cannot have. `_ssox_seen` has the compared values that the program
# checked last, `_ssox_held` their fingerprints, and `_ssox_left` what the prompt segment showed after the last reply.
case ${_ssox_loaded-} in
  "$$") ;;
  *)
    # Another shell may have exported these variables to this shell.
    \unset -v _ssox_loaded _ssox_kept _ssox_child _ssox_seen _ssox_held _ssox_left _ssox_verb
    _ssox_loaded=$$ _ssox_kept=' ' _ssox_child='' _ssox_seen='' _ssox_held=${SSOX_IDENTITY-} _ssox_left='' _ssox_verb=''
    case ${SSOX_PROMPT-}${SSOX_IDENTITY-} in ?*) _ssox_child=1 ;; esac
    ;;
esac
_ssox_newline='
'
_ssox_kind=''
case ${KSH_VERSION-} in
  *' 93'*) _ssox_kind=ksh93 ;;
  *MIRBSD* | *LEGACY*) _ssox_kind=mksh ;;
esac

ssox() {
  _ssox_find_verb ${1+"$@"}
  case $_ssox_verb,${SSOX_STATE-} in
    use,* | clear,*)
      _ssox_change "$@"
      \return
      ;;
    login,sign-in)
      SSOX_FUNCTION=posix1 \command ssox "$@" && _ssox_signed_in
      \return
      ;;
    doctor,*)
      SSOX_FUNCTION=posix1 SSOX_HOOK=$(_ssox_find_hook) \command ssox "$@"
      \return
      ;;
  esac
  SSOX_FUNCTION=posix1 \command ssox ${1+"$@"}
}

# Sets `_ssox_verb` to the verb that the arguments run. With `--help` they run no verb: help is printed for a person.
_ssox_find_verb() {
  _ssox_verb=''
  for _ssox_argument in ${1+"$@"}; do
    case $_ssox_argument in
      -h | --help | -V | --version | --emit*)
        _ssox_verb=''
        \return
        ;;
      --) \return ;;
      -*) ;;
      *) _ssox_verb=${_ssox_verb:-$_ssox_argument} ;;
    esac
  done
}

# Sets the options and IFS of the shell to the usual values: tracing would show secrets, and `set -a` would export
# variables that are not for programs. If Ctrl-C ends the function before `_ssox_end`, the next prompt or call of ssox
# restores the options. In a shell without the hook, no slow command runs between `_ssox_begin` and `_ssox_end`.
_ssox_begin() {
  case ${_ssox_flags-} in
    '') { _ssox_flags=-$- _ssox_ifs=${IFS+x$IFS} && \set +aeux; } 2>/dev/null ;;
  esac
  # shellcheck disable=SC3041  # only where the shell has it
  case $_ssox_flags in *k*) \set +k ;; esac
  \set -f
  IFS=' '
}

_ssox_end() {
  \unset -v _ssox_reply _ssox_line _ssox_lines _ssox_rest _ssox_state _ssox_facts
  case $_ssox_ifs in x*) IFS=${_ssox_ifs#x} ;; *) \unset -v IFS ;; esac
  _ssox_restored=$_ssox_flags _ssox_flags=''
  case $_ssox_restored in *a*) \set -a ;; esac
  case $_ssox_restored in *f*) ;; *) \set +f ;; esac
  # shellcheck disable=SC3041
  case $_ssox_restored in *k*) \set -k ;; esac
  case $_ssox_restored in *u*) \set -u ;; esac
  case $_ssox_restored in *x*) \set -x ;; esac
  case $_ssox_restored in *e*) \set -e ;; esac
}

# Runs a verb that changes the environment of this shell. Discards what `set -x` writes before it is turned off. mksh
# would write this trace to the earlier stderr, so there tracing is turned off first.
_ssox_change() {
  _ssox_result=0
  case $_ssox_kind in mksh) _ssox_begin 2>/dev/null ;; esac
  { _ssox_reply=$(_ssox_request "$@" 2>&9 9>&-) || _ssox_result=$?; } 9>&2 2>/dev/null
  _ssox_begin 2>/dev/null
  case $_ssox_result in 0) _ssox_apply "$_ssox_verb" || _ssox_result=70 ;; esac
  _ssox_end
  \return "$_ssox_result"
}

# Runs in a subshell. `command` would start one more process. In mksh, `exec` would call the function `ssox`, so this
# function is removed in the subshell.
_ssox_request() {
  case $_ssox_kind in mksh) \unset -f ssox ;; esac
  SSOX_HELD=$_ssox_held SSOX_SAVED=$_ssox_kept
  \export SSOX_HELD SSOX_SAVED
  \exec ssox --emit=posix1 "$@"
}

# Applies `_ssox_reply`, the reply to a verb: `=NAME=VALUE` sets a variable, `-NAME` unsets it, `!NAME` forgets its
# previous value. After `clear`, and whenever no profile is in use, variables that are unset get their previous values
# back, except those with a line `~NAME`. A value that a hook unsets while no profile is in use was set by ssox, so it
# is not recorded as a previous value.
_ssox_apply() {
  # A profile that another program or shell has put in use here is not a previous value.
  case $_ssox_kept,${SSOX_PROMPT-}${SSOX_IDENTITY-} in ' ,'?*) _ssox_child=1 ;; esac
  case $1 in use | clear) _ssox_in_use=on ;; *) _ssox_in_use=${SSOX_PROMPT-}${SSOX_IDENTITY-} ;; esac
  _ssox_check || \return
  _ssox_remember || \return
  for _ssox_name in $_ssox_forgotten; do _ssox_forget "$_ssox_name"; done
  _ssox_set
  case $1${SSOX_PROMPT-}${SSOX_IDENTITY-} in
    clear* | identity | tick)
      _ssox_restore
      _ssox_child=''
      ;;
  esac
  _ssox_note
}

# Checks all lines, and sorts the names: `_ssox_names` change, for `_ssox_recorded` previous values are recorded,
# `_ssox_forgotten` lose their previous values, and `_ssox_later` keep them for a later reply. The shell splits the reply into lines in one step: cutting off one line
# after the other would be slow in mksh, which tries each character.
_ssox_check() {
  _ssox_names='' _ssox_recorded='' _ssox_forgotten='' _ssox_later=' '
  case $_ssox_reply in
    *"$_ssox_newline$_ssox_newline"*) _ssox_lines='?' ;;
    "#ssox1$_ssox_newline#end" | "#ssox1$_ssox_newline"*"$_ssox_newline#end")
      _ssox_lines=${_ssox_reply#"#ssox1$_ssox_newline"}
      _ssox_lines=${_ssox_lines%'#end'}
      ;;
    *) _ssox_lines='?' ;;
  esac
  IFS=$_ssox_newline
  for _ssox_line in $_ssox_lines; do
    IFS=' '
    case $_ssox_line in
      =[!=]*=*)
        _ssox_name=${_ssox_line#=}
        _ssox_name=${_ssox_name%%=*}
        _ssox_recorded="$_ssox_recorded$_ssox_name "
        ;;
      -?*)
        _ssox_name=${_ssox_line#-}
        case $_ssox_in_use in ?*) _ssox_recorded="$_ssox_recorded$_ssox_name " ;; esac
        ;;
      !?*) _ssox_name=${_ssox_line#!} ;;
      "~"?*) _ssox_name=${_ssox_line#"~"} ;;
      *)
        _ssox_refuse 'the program ssox sent an unexpected reply'
        \return 1
        ;;
    esac
    _ssox_is_ours || \return
    case $_ssox_line in
      !*) _ssox_forgotten="$_ssox_forgotten$_ssox_name " ;;
      "~"*) _ssox_later="$_ssox_later$_ssox_name " ;;
      *) _ssox_names="$_ssox_names$_ssox_name " ;;
    esac
  done
  IFS=' '
}

# Tells whether ssox may change a variable. The letters are listed, because the meaning of a range such as [A-Z] depends
# on the locale.
_ssox_is_ours() {
  case $_ssox_name in
    *[[:cntrl:]]*) _ssox_name='?' ;;
    *[!ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_]*) ;;
    AWS_?* | SSOX_?* | AWSUME_PROFILE | AWSUME_EXPIRATION | AWSU_PROFILE | CPL_AWS_CREDENTIALS_FILE | BOTO_CONFIG) \return 0 ;;
  esac
  _ssox_refuse "\`$_ssox_name\` must not be changed by ssox"
  \return 1
}

_ssox_refuse() {
  \command printf 'ssox: %s, environment unchanged\n' "$1" >&2
}

# Records the previous values of names that are not recorded yet. If a variable cannot take a value, or would convert
# it, the reply is refused.
_ssox_remember() {
  _ssox_facts=$(_ssox_list_exported 2>/dev/null) || {
    _ssox_refuse_odd
    \return 1
  }
  case $_ssox_child in ?*) \return 0 ;; esac
  for _ssox_name in $_ssox_recorded; do
    case $_ssox_kept in *" $_ssox_name "*) \continue ;; esac
    \eval "_ssox_state=\${$_ssox_name+s}"
    case $_ssox_state$_ssox_facts in
      s*" $_ssox_name=_ssox_Probe"* | s*" $_ssox_name='_ssox_Probe'"*) _ssox_state=x ;;
    esac
    \eval "_ssox_was_$_ssox_name=\${_ssox_state:-u}\${$_ssox_name-}"
    _ssox_kept="$_ssox_kept$_ssox_name "
  done
}

_ssox_refuse_odd() {
  for _ssox_name in $_ssox_names; do
    # shellcheck disable=SC2030,SC2031  # it is meant for the subshell
    (_ssox_names=$_ssox_name && _ssox_list_exported) >/dev/null 2>&1 || \break
  done
  _ssox_refuse "\`$_ssox_name\` is not a plain variable in this shell"
}

# Lists which of the names are exported. Fails if a variable is readonly, or converts its value to another case or to a
# number. Only an assignment shows this, so this function is called in a subshell.
_ssox_list_exported() {
  # shellcheck disable=SC2031
  for _ssox_name in $_ssox_names; do
    _ssox_is_no_array "$_ssox_name" || \exit
    \eval "$_ssox_name=_ssox_Probe"
    \eval "_ssox_state=\$$_ssox_name"
    case $_ssox_state in _ssox_Probe) ;; *) \exit 1 ;; esac
  done
  \export -p
}

# Tells whether a variable is not an array. In yash, an array expands to several words. In ksh93 and mksh, its elements
# can be counted; other shells could not parse that code, so it is defined with `eval`.
_ssox_is_no_array() {
  \eval "\\set -- \"\${$1-}\""
  case $# in 1) ;; *) \return 1 ;; esac
}
case $_ssox_kind in
  ?*) (\eval '_ssox_names=(1 2) && \command test "${#_ssox_names[@]}" = 2') 2>/dev/null &&
    \eval '_ssox_is_no_array() { \eval "case \${#$1[@]} in 0 | 1) ;; *) \\return 1 ;; esac"; }' ;;
esac

_ssox_set() {
  IFS=$_ssox_newline
  for _ssox_line in $_ssox_lines; do
    case $_ssox_line in
      =*) \export "${_ssox_line#=}" ;;
      -*) \unset -v "${_ssox_line#-}" || \: ;;
    esac
  done
  IFS=' '
}

# Restores the previous values, except of variables that another program has set since, and forgets them. Those of
# `_ssox_later` stay.
_ssox_restore() {
  for _ssox_name in $_ssox_kept; do
    \eval "_ssox_state=\${$_ssox_name+set}"
    case $_ssox_state$_ssox_later in set* | *" $_ssox_name "*) \continue ;; esac
    \eval "_ssox_state=\$_ssox_was_$_ssox_name"
    case $_ssox_state in
      x*) \export "$_ssox_name=${_ssox_state#x}" ;;
      s*) \eval "$_ssox_name=\${_ssox_state#s}" ;;
    esac
    _ssox_forget "$_ssox_name"
  done
}

_ssox_forget() {
  case $_ssox_kept in
    *" $1 "*)
      _ssox_kept="${_ssox_kept%%" $1 "*} ${_ssox_kept#*" $1 "}"
      \unset -v "_ssox_was_$1"
      ;;
  esac
}

# Records the current values as those that ssox set.
_ssox_note() {
  _ssox_held=${SSOX_IDENTITY-} _ssox_left="${SSOX_PROMPT-},${SSOX_STATE-},${SSOX_EXPIRES-},${SSOX_NEXT-},${SSOX_PROTECTED-}"
  _ssox_read_identity
  _ssox_seen=$_ssox_now
}

# Reads the compared values into `_ssox_now`. Without access keys, HOME and some other variables determine what
# AWS_PROFILE means, so they are compared, too.
_ssox_read_identity() {
  _ssox_now=${AWS_ACCESS_KEY_ID:-${AWS_CONFIG_FILE-:}:${AWS_SHARED_CREDENTIALS_FILE-:}:\
${AWS_WEB_IDENTITY_TOKEN_FILE-}:${AWS_ROLE_ARN-}:${AWS_CONTAINER_CREDENTIALS_FULL_URI-}:${AWS_CONTAINER_CREDENTIALS_RELATIVE_URI-}:\
${AWS_CONTAINER_AUTHORIZATION_TOKEN-}:${AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE-}:${HOME-}},\
${AWS_SECRET_ACCESS_KEY-},${AWS_SESSION_TOKEN-},${AWS_CREDENTIAL_EXPIRATION-},\
${AWS_REGION-},${AWS_DEFAULT_REGION-},${AWS_PROFILE-:},${AWS_DEFAULT_PROFILE-:},${AWS_SECURITY_TOKEN-},\
${AWS_ACCOUNT_ID-},${AWS_SSO_PROFILE-},${SSOX_PROFILE-},${SSOX_IDENTITY-}
}

# After a sign-in, gets the credentials that waited for it.
_ssox_signed_in() {
  { _ssox_ask tick --wait=5s || _ssox_reply=''; } 2>/dev/null
  _ssox_begin 2>/dev/null
  _ssox_read_clock
  _ssox_apply tick 2>/dev/null && _ssox_retry=0
  _ssox_end
}

# Calls the program for the hook. Sets `_ssox_reply` to its reply.
_ssox_ask() {
  _ssox_reply=$(SSOX_HELD=$_ssox_held \command ssox --emit=posix1 "$@" </dev/null 2>/dev/null)
}

# --- hook

# Only ksh93 and mksh can read the clock without starting a process. They define this function again below.
_ssox_clock=0 _ssox_retry=0
_ssox_read_clock() { \:; }

# Sets `_ssox_seconds` to the seconds until the time `$1`, but at most to two billion, because mksh computes with 32
# bits. Fails if `$1` is not a number.
_ssox_read_seconds() {
  case $1 in
    '' | 0* | *[!0123456789]* | ????????????????*) \return 1 ;;
    ???????????*) _ssox_seconds=2000000000 ;;
    ??????*)
      _ssox_high=${1%?????} _ssox_clock_high=${_ssox_clock%?????}
      _ssox_seconds=$((_ssox_high - _ssox_clock_high))
      case $((_ssox_seconds > 20000)),$((_ssox_seconds < -20000)) in
        1,*) _ssox_seconds=2000000000 ;;
        *,1) _ssox_seconds=-2000000000 ;;
        *) _ssox_seconds=$((_ssox_seconds * 100000 + 1${1#"$_ssox_high"} - 1${_ssox_clock#"$_ssox_clock_high"})) ;;
      esac
      ;;
    *) _ssox_seconds=-2000000000 ;;
  esac
}

# Lets the program check a change of the compared values, such as other access keys, another region, or a profile name
# beside access keys. The program is called once for each change, and at the first prompt of a shell that inherits a
# profile. If the program fails, the new identity counts as foreign.
_ssox_look() {
  case ${SSOX_PROMPT-}${SSOX_IDENTITY-}${SSOX_REPLACED-}$_ssox_seen in '') \return 0 ;; esac
  _ssox_read_identity
  case $_ssox_now in "$_ssox_seen") \return 0 ;; esac
  _ssox_seen=$_ssox_now
  _ssox_ask identity && _ssox_apply identity 2>/dev/null && \return 0
  case ${SSOX_PROMPT-}${SSOX_IDENTITY-} in ?*) \export SSOX_STATE=foreign SSOX_PROMPT="${SSOX_PROMPT%\?}?" ;; esac
  _ssox_left="${SSOX_PROMPT-},${SSOX_STATE-},${SSOX_EXPIRES-},${SSOX_NEXT-},${SSOX_PROTECTED-}"
}

# Tells whether the program should be called now. After a failure, it should be called again after a minute at the
# earliest. If somebody sets the clock back, the wait does not become longer.
_ssox_is_due() {
  case ${SSOX_STATE-} in foreign) \return 1 ;; esac
  _ssox_read_seconds "${SSOX_NEXT-}" || \return
  case $((_ssox_seconds <= 0)),$((_ssox_clock >= _ssox_retry)),$((_ssox_retry > _ssox_clock + 60)) in
    1,1,* | 1,*,1) \return 0 ;;
  esac
  \return 1
}

# Lets the program renew the credentials, or tell when it is to be called again.
_ssox_tick() {
  _ssox_retry=$((_ssox_clock + 60))
  _ssox_ask tick || \return 0
  _ssox_apply tick 2>/dev/null || \return 0
  _ssox_retry=0
  if _ssox_is_due; then _ssox_retry=$((_ssox_clock + 60)); fi
}

# Runs before each prompt, as a part of PS1, and returns the exit status that it found. ksh93 restores the status by
# itself. There, a status above 255 means a signal, and a function that returned this status would send the signal to
# the shell again.
_ssox_precmd() {
  _ssox_status=$?
  case ${_ssox_flags-}${SSOX_PROMPT-}${SSOX_IDENTITY-}${SSOX_REPLACED-}${SSOX_NEXT-}$_ssox_seen${SSOX_SEGMENT-} in
    ?*)
      _ssox_begin 2>/dev/null
      _ssox_refresh 2>/dev/null
      # `_ssox_end` has no redirection: it may turn tracing on, and mksh would keep writing the trace to the redirected
      # stderr.
      _ssox_end
      ;;
  esac
  case $((_ssox_status > 255)) in 0) \return "$_ssox_status" ;; esac
}

# Renews the credentials when they are due, and computes the prompt segment when it has changed.
_ssox_refresh() {
  # If somebody has edited what the prompt segment shows, the program undoes the edit.
  case $_ssox_left in '' | "${SSOX_PROMPT-},${SSOX_STATE-},${SSOX_EXPIRES-},${SSOX_NEXT-},${SSOX_PROTECTED-}") ;; *) _ssox_seen=edited ;; esac
  _ssox_look
  _ssox_read_clock
  if _ssox_is_due; then _ssox_tick; fi
  case $((_ssox_clock < _ssox_since)),$((_ssox_clock >= _ssox_until)),$_ssox_current in
    "0,0,${SSOX_PROMPT-},${SSOX_STATE-},${SSOX_EXPIRES-},${SSOX_NEXT-},${SSOX_PROTECTED-},${NO_COLOR-}") ;;
    *) _ssox_show ;;
  esac
}

# Tells `ssox doctor` if another program has set PS1 without the hook.
_ssox_find_hook() {
  case $_ssox_hook,${PS1-} in ,* | *,*_ssox_precmd*) ;; *) \echo replaced ;; esac
}

# --- segment

# Computes SSOX_SEGMENT (`dev:ReadOnly 43m`) and SSOX_SEGMENT_STATE (ok, soon, renewing, expired, foreign), not
# exported, for prompts that people write themselves; `_ssox_ps1`, the prompt segment with colours, which PS1 shows; and
# until when these values are valid.
_ssox_show() {
  _ssox_current="${SSOX_PROMPT-},${SSOX_STATE-},${SSOX_EXPIRES-},${SSOX_NEXT-},${SSOX_PROTECTED-},${NO_COLOR-}"
  _ssox_since=$_ssox_clock _ssox_until=$((_ssox_clock + 60)) _ssox_time='' _ssox_mark='' _ssox_state=ok
  case ${SSOX_STATE-} in
    sign-in) _ssox_mark=' sign in' _ssox_state=soon ;;
    foreign) _ssox_state=foreign ;;
    failed) _ssox_mark=' failed' _ssox_state=soon ;;
  esac
  case $_ssox_state in foreign) ;; *) _ssox_show_time ;; esac
  if _ssox_read_seconds "${SSOX_NEXT-}"; then
    case $((_ssox_seconds < _ssox_until - _ssox_clock)) in 1) _ssox_until=$((_ssox_clock + _ssox_seconds)) ;; esac
  fi
  SSOX_SEGMENT='' SSOX_SEGMENT_STATE='' _ssox_ps1=''
  _ssox_label=${SSOX_PROMPT-}
  case $_ssox_label in
    '') ;;
    # A label with control characters is not shown. The program will set it again without them.
    *[[:cntrl:]]*) ;;
    *)
      # shellcheck disable=SC2034  # read by prompts of people's own
      SSOX_SEGMENT=$_ssox_label$_ssox_time$_ssox_mark SSOX_SEGMENT_STATE=$_ssox_state
      _ssox_paint
      ;;
  esac
}

_ssox_show_time() {
  if _ssox_read_seconds "${SSOX_EXPIRES-}"; then \:; else
    case ${SSOX_STATE-} in renewing) _ssox_mark=' renewing' _ssox_state=renewing ;; esac
    \return 0
  fi
  _ssox_until=$_ssox_clock
  case $((_ssox_seconds >= 172800)),$((_ssox_seconds >= 3600)),$((_ssox_seconds >= 60)),$((_ssox_seconds > 0)),$_ssox_mark in
    1,*) _ssox_time=" $((_ssox_seconds / 86400))d" ;;
    0,1,*) _ssox_time=" $((_ssox_seconds / 3600))h $((_ssox_seconds % 3600 / 60))m" ;;
    0,0,1,*) _ssox_time=" $((_ssox_seconds / 60))m" ;;
    0,0,0,1,*) _ssox_time=" ${_ssox_seconds}s" ;;
    0,0,0,0,?*) _ssox_state=expired ;;
    *)
      _ssox_mark=' expired' _ssox_state=expired
      case ${SSOX_STATE-},$_ssox_retry in
        renewing,*) _ssox_mark=' renewing' _ssox_state=renewing ;;
        *,0) case ${SSOX_NEXT-} in ?*) _ssox_mark=' renewing' _ssox_state=renewing ;; esac ;;
      esac
      ;;
  esac
  case $((_ssox_seconds >= 60)) in 1) _ssox_until=$((_ssox_clock + _ssox_seconds % 60 + 1)) ;; esac
  case $((_ssox_seconds > 0 && _ssox_seconds < 900)) in 1) _ssox_state=soon ;; esac
}

# Adds the colours. `_ssox_edge` is the character that mksh needs around text without width in the prompt. It is empty
# in ksh93, which knows the usual escape sequences.
_ssox_paint() {
  case $_ssox_state in
    soon | renewing) _ssox_colour=33 ;;
    expired) _ssox_colour=31 ;;
    foreign) _ssox_colour=35 ;;
    *) _ssox_colour=32 ;;
  esac
  _ssox_block='41;97'
  case ${NO_COLOR-} in ?*) _ssox_colour=0 _ssox_block=7 ;; esac
  _ssox_colour="$_ssox_edge${_ssox_escape}[${_ssox_colour}m$_ssox_edge" _ssox_plain="$_ssox_edge${_ssox_escape}[0m$_ssox_edge"
  case ${SSOX_PROTECTED-} in
    '') _ssox_ps1=$_ssox_colour$_ssox_label ;;
    *) _ssox_ps1="$_ssox_edge${_ssox_escape}[${_ssox_block}m$_ssox_edge $_ssox_label $_ssox_plain$_ssox_colour" ;;
  esac
  _ssox_ps1="$_ssox_ps1$_ssox_time$_ssox_mark$_ssox_plain "
  # In PS1, ksh93 replaces an exclamation mark by the number of the command.
  # shellcheck disable=SC2016
  case $_ssox_hook$_ssox_ps1 in '${ '*!*) _ssox_double ;; esac
}

_ssox_double() {
  _ssox_rest=$_ssox_ps1 _ssox_ps1=''
  while \:; do
    case $_ssox_rest in
      *!*)
        _ssox_ps1="$_ssox_ps1${_ssox_rest%%!*}!!"
        _ssox_rest=${_ssox_rest#*!}
        ;;
      *) \break ;;
    esac
  done
  _ssox_ps1=$_ssox_ps1$_ssox_rest
}

# Puts the hook and the prompt segment into PS1, unless PS1 already has the hook. Another shell that inherits PS1 could
# not parse it, so the callers stop exporting PS1.
# shellcheck disable=SC2016  # the shell expands PS1 at each prompt, and does not expand the result again
_ssox_place() {
  _ssox_since=0 _ssox_until=0 _ssox_current='' _ssox_ps1='' _ssox_edge='' _ssox_escape='' _ssox_return=''
  \eval "_ssox_escape=\$'\\033' _ssox_return=\$'\\r'"
  _ssox_placed='${_ssox_ps1-}'
  case ${PS1-},${TERM-},${_ssox_no_prompt-} in *SSOX_*,*,* | *,dumb,* | *,*,?*) _ssox_placed='' ;; esac
  case ${PS1-} in *_ssox_precmd*) ;; *) PS1=$_ssox_hook$_ssox_placed${PS1-} ;; esac
}

# In mksh, a prompt may begin with any character and a carriage return. This character then encloses text without width
# in the prompt.
_ssox_mark_edges() {
  \eval "_ssox_edge=\$'\\001'"
  _ssox_rest=${PS1#"$_ssox_hook$_ssox_placed"}
  case $_ssox_rest in
    ?"$_ssox_return"*)
      _ssox_edge=${_ssox_rest%%"$_ssox_return"*}
      _ssox_rest=${_ssox_rest#*"$_ssox_return"}
      ;;
  esac
  case $_ssox_placed,$PS1 in ?*,"$_ssox_hook"*) PS1=$_ssox_edge$_ssox_return$_ssox_hook$_ssox_placed$_ssox_rest ;; esac
}

_ssox_hook=''
# shellcheck disable=SC2016,SC3028,SC3044
case $-,$_ssox_kind in
  *i*,ksh93)
    _ssox_hook='${ _ssox_precmd; }'
    \eval '_ssox_read_clock() { _ssox_clock=${ \printf "%(%s)T" now; }; }'
    # Reads the compared values, too, but together with their attributes: a variable that is not exported reaches no
    # program.
    \eval '_ssox_read_identity() {
      _ssox_now=${ \typeset -p AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_CREDENTIAL_EXPIRATION AWS_REGION \
        AWS_DEFAULT_REGION AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SECURITY_TOKEN AWS_ACCOUNT_ID AWS_SSO_PROFILE SSOX_PROFILE SSOX_IDENTITY 2>/dev/null; }
      case ${AWS_ACCESS_KEY_ID-} in
        "") _ssox_now=$_ssox_now${ \typeset -p AWS_CONFIG_FILE AWS_SHARED_CREDENTIALS_FILE AWS_WEB_IDENTITY_TOKEN_FILE AWS_ROLE_ARN \
          AWS_CONTAINER_CREDENTIALS_FULL_URI AWS_CONTAINER_CREDENTIALS_RELATIVE_URI AWS_CONTAINER_AUTHORIZATION_TOKEN \
          AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE HOME 2>/dev/null; } ;;
      esac
    }'
    \typeset +x PS1
    _ssox_place
    ;;
  *i*,mksh)
    _ssox_hook='${|_ssox_precmd;}'
    _ssox_read_clock() { _ssox_clock=${EPOCHREALTIME%%.*}; }
    \typeset -g +x PS1
    _ssox_place
    _ssox_mark_edges
    ;;
esac
\unset -v _ssox_no_prompt

# --- completion

# Completes in yash. The typed words go to the program unchanged. The program's answer is data, and yash escapes what it
# inserts. Other shells cannot parse this function, so it is defined with `eval`.
case ${YASH_VERSION+yash} in
  yash) \eval '
    function completion/ssox {
      typeset reply= kind= value= about= typed="$TARGETWORD"
      reply=$(\command ssox complete posix "$typed" "$WORDS" 2>/dev/null) || return
      {
        IFS= read -r kind
        case $kind in
          words*) while IFS= read -r value && IFS= read -r about; do complete -D "$about" -- "$value"; done ;;
          parts*) while IFS= read -r value && IFS= read -r about; do complete -T -D "$about" -- "$value"; done ;;
        esac
      } <<<"$reply"
      case $kind in
        files)
          case $typed in --*=*) complete -P "${typed%%=*}=" -f ;; *) complete -f ;; esac
          ;;
        command*)
          WORDS=("${WORDS[${kind#* } + 1, -1]}")
          command -f completion//reexecute
          ;;
      esac
    }
  ' ;;
esac

# --- end

case $_ssox_withheld in on) \set -a ;; esac
\unset -v _ssox_withheld
