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
if [[ ${(t)_ssox_kept} != association* ]]; then
  builtin unset -v _ssox_kept _ssox_child
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
    SSOX_FUNCTION=zsh1 builtin command ssox "$@"
  fi
}

# Tells whether the arguments after the first run that verb; help and the like are for people to read.
function _ssox_is() {
  local wanted=$1 argument verb=
  builtin shift
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
  builtin emulate -L zsh -o no_aliases -o extended_glob +o xtrace
  local verb=$1 reply
  builtin shift
  reply="$(builtin command ssox --emit=zsh1 "$@")" || return
  _ssox_apply "$reply" || return
  [[ $verb != clear ]] || _ssox_restore
}

# Checks all lines of a reply, then applies them.
function _ssox_apply() {
  builtin emulate -L zsh -o no_aliases -o extended_glob +o xtrace
  local line name
  local -a lines names
  lines=("${(@f)1}")
  [[ $lines[1] == '#ssox1' && $lines[-1] == '#end' ]] || { _ssox_refuse 'unexpected reply'; return 70 }
  builtin shift lines
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
      (*-(left|right|lower|upper)*) _ssox_refuse "\`$name\` changes what is put into it in this shell"; return 70 ;;
      (|scalar*) ;;
      (*) _ssox_refuse "\`$name\` is not a plain variable in this shell"; return 70 ;;
    esac
    names+=($name)
  done
  for line in "${lines[@]}"; do
    name=$names[1]
    builtin shift names
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
  builtin emulate -L zsh -o no_aliases -o extended_glob +o xtrace
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

# --- hook

# Reads the clock without a process: the epoch second in `_ssox_clock`.
function _ssox_read_clock() {
  local format='%D{%s}'
  typeset -gi _ssox_clock=${(%)format}
}

# Tells whether the binary wants to be called. When it failed to answer, it gets a minute; a clock that was set back
# does not make it longer.
function _ssox_is_due() {
  [[ ${SSOX_NEXT-} == [1-9][0-9](#c0,14) ]] || return 1
  (( _ssox_clock >= SSOX_NEXT && (_ssox_clock >= _ssox_retry || _ssox_retry > _ssox_clock + 60) ))
}

# Lets the binary renew the credentials, or say when to ask again.
function _ssox_tick() {
  local reply
  typeset -gi _ssox_retry=_ssox_clock+60
  reply="$(builtin command ssox --emit=zsh1 tick "$@" </dev/null 2>/dev/null)" || return
  _ssox_apply "$reply" 2>/dev/null || return
  _ssox_retry=0
  ! _ssox_is_due || _ssox_retry=_ssox_clock+60
}

function _ssox_precmd() {
  builtin emulate -L zsh -o no_aliases -o extended_glob +o xtrace
  if [[ -n ${SSOX_PROMPT-}${SSOX_NEXT-}${SSOX_SEGMENT-} ]]; then
    _ssox_read_clock
    ! _ssox_is_due || _ssox_tick
    _ssox_show
  fi
  (( ! _ssox_undecided )) || _ssox_place
}

# The prompt may be hours old when a command is typed: it must not start with expired credentials.
function _ssox_preexec() {
  builtin emulate -L zsh -o no_aliases -o extended_glob +o xtrace
  [[ ${SSOX_EXPIRES-} == [1-9][0-9](#c0,14) ]] || return 0
  [[ $1 != [[:space:]]#ssox* ]] || return 0
  _ssox_read_clock
  (( _ssox_clock >= SSOX_EXPIRES - 60 )) || return 0
  [[ ${SSOX_STATE-} == renewing ]] || _ssox_is_due || return 0
  _ssox_tick --wait=2s
  return 0
}

# --- segment

# Computes SSOX_SEGMENT (`dev:ReadOnly 43m`) and SSOX_SEGMENT_STATE (ok, soon, renewing, expired), not exported, for prompts
# of your own; and `psvar`, whose elements a prompt shows as they are, whatever is in them.
function _ssox_show() {
  local clock= mark= state=ok
  local -i left
  case ${SSOX_STATE-} in
    (sign-in) mark=' sign in' state=soon ;;
    (failed) mark=' failed' state=soon ;;
  esac
  if [[ ${SSOX_EXPIRES-} == [1-9][0-9](#c0,14) ]]; then
    left=SSOX_EXPIRES-_ssox_clock
    if (( left >= 172800 )); then clock=" $(( left / 86400 ))d"
    elif (( left >= 3600 )); then clock=" $(( left / 3600 ))h $(( left % 3600 / 60 ))m"
    elif (( left >= 60 )); then clock=" $(( left / 60 ))m"
    elif (( left > 0 )); then clock=" ${left}s"
    elif [[ -n $mark ]]; then state=expired
    elif [[ ${SSOX_STATE-} == renewing || ${SSOX_NEXT-} == [1-9]* && $_ssox_retry == 0 ]]; then mark=' renewing' state=renewing
    else mark=' expired' state=expired
    fi
    (( left <= 0 || left >= 900 )) || state=soon
  fi
  typeset -g SSOX_SEGMENT= SSOX_SEGMENT_STATE=
  [[ -z ${SSOX_PROMPT-} ]] || typeset -g SSOX_SEGMENT=$SSOX_PROMPT$clock$mark SSOX_SEGMENT_STATE=$state
  (( _ssox_segment )) || return 0
  psvar[20]=${SSOX_PROMPT-}
  psvar[21]=${SSOX_PROTECTED-}
  psvar[22]=$clock$mark
  psvar[23]=${(M)state:#(soon|renewing)}
  psvar[24]=${(M)state:#expired}
}

# Puts the segment into a plain right prompt, at the first prompt, when all of the rc file has run. Where a framework
# owns the prompt it stays away; and it is put in once, so whoever takes it out later has it out.
function _ssox_place() {
  _ssox_undecided=0
  local prompts="$PROMPT $RPROMPT $precmd_functions" label clock='%22v'
  [[ $TERM != dumb ]] || return 0
  [[ ${(L)prompts} != *(starship|oh-my-posh|_omp_|p9k|powerlevel|spaceship|powerline|liquidprompt|_lp_|agkozak|prompt_*_precmd)* ]] || return 0
  [[ $prompts != *%20v* ]] || return 0
  if [[ -n ${NO_COLOR-} ]]; then
    label='%(21V.%S %20v %s.%20v)'
  else
    label='%(21V.%K{red}%F{white} %20v %f%k.)%(24V.%F{red}.%(23V.%F{yellow}.%F{green}))%(21V..%20v)'
    clock='%22v%f'
  fi
  RPROMPT="%(20V.$label$clock${RPROMPT:+ }.)$RPROMPT"
}

if [[ -o interactive ]]; then
  typeset -gi _ssox_clock=0 _ssox_retry=0 _ssox_segment=1 _ssox_undecided=1
  [[ -z ${_ssox_no_prompt-} ]] || _ssox_segment=0 _ssox_undecided=0
  typeset -ga precmd_functions preexec_functions
  # First, so that prompts drawn by other hooks show the credentials as they are now.
  precmd_functions=(_ssox_precmd ${precmd_functions:#_ssox_precmd})
  preexec_functions=(_ssox_preexec ${preexec_functions:#_ssox_preexec})
fi
builtin unset -v _ssox_no_prompt

# --- completion

# Completes for compsys. What is typed goes to the binary as it stands, the answer is data, and compsys quotes what it
# puts in.
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

# --- registration

# Registers with compsys; where compinit has not run yet, each prompt looks again.
function _ssox_register() {
  (( ${+_comps} )) || return 0
  compdef _ssox_complete ssox
  precmd_functions=(${precmd_functions:#_ssox_register})
}

if [[ -o interactive ]]; then
  precmd_functions=(${precmd_functions:#_ssox_register} _ssox_register)
  _ssox_register
fi

# --- end

builtin true
