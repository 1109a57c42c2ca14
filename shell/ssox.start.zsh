# ssox for zsh, what a shell loads when it starts: the function `ssox` and hooks, which load the whole script, ssox.zsh,
# at the first moment when the shell needs it. That is a call of `ssox`, a TAB behind it, a variable of a profile in
# use, or a directory with a `.ssox` file.
#
# The whole script defines the functions again, except those in the last parts of this one, and changes nothing that a
# person may have changed since: neither `ssox` itself, nor the hooks, nor how it is completed.

builtin unalias ssox 2>/dev/null || builtin true
typeset -g _ssox_plain=${_ssox_no_prompt-}
builtin unset -v _ssox_no_prompt

function ssox() { _ssox_call "$@" }
function _ssox_call() { _ssox_wake && _ssox_call "$@" }
function _ssox_complete() { _ssox_wake quiet && _ssox_complete "$@" }

# Loads the whole script, with an argument without a word of its own. Its last lines unset `_ssox_no_prompt`. zsh parses
# a file command by command, and what it evals in one piece, which takes twice as long; without `/dev/fd` there is no
# other way.
#
# Invariant: a hook redirects no builtin and no function. Where zsh can open no more files, it does not put the
# descriptor back, and the shell has lost it.
function _ssox_load() {
  builtin setopt local_options no_xtrace
  typeset -g _ssox_no_prompt=$_ssox_plain
  () { [[ ! -e $1 ]] || builtin source $1 } <(builtin command ssox init zsh --whole </dev/null 2>/dev/null)
  (( ${+_ssox_no_prompt} )) || return 0
  builtin eval "$([[ -z ${1-} ]] || builtin exec 2>/dev/null; builtin command ssox init zsh --whole </dev/null)"
  (( ${+_ssox_no_prompt} )) || return 0
  (( ${+_ssox_kept} )) || builtin unset -v _ssox_no_prompt
  [[ -z ${1-} ]] || return 127
  builtin print -u2 -r -- 'ssox: the integration for zsh was not loaded: the program ssox did not print it'
  builtin print -u2 -r -- 'ssox: hint: type -a ssox'
  return 127
}

# Loads the whole script into a shell that has been running. When it started nothing was in use; and what the script
# does at the first prompt is done now.
function _ssox_wake() {
  local place=$_ssox_place
  _ssox_load ${1-} || return
  _ssox_child=0 _ssox_held= _ssox_files= _ssox_file=
  [[ -n $_ssox_prompted ]] || return 0
  _ssox_place=$place
  (( $precmd_functions[(I)_ssox_settle] )) || return 0
  _ssox_decide
  _ssox_follow
  _ssox_surround
}

# Tells whether there is a variable that the hooks of the whole script react to, or Ctrl-C has ended its loading.
function _ssox_is_used() {
  [[ -n $SSOX_PROMPT$SSOX_IDENTITY$SSOX_REPLACED$SSOX_NEXT$SSOX_SEGMENT$SSOX_EXPIRES$SSOX_DIRECTORY${_ssox_no_prompt+set} ]]
}

# Tells whether the directory has changed and there is a `.ssox` file in it or above it. The whole script decides what
# it means.
function _ssox_is_near() {
  local up=
  [[ $PWD != "$_ssox_place" ]] || return 1
  while (( $#up < 3000 )); do
    [[ ! -e ${up}.ssox ]] || return 0
    [[ ! ( ${up:-.} -ef / || ${up:-.} -ef $HOME ) ]] || builtin break
    up+=../
  done
  _ssox_place=$PWD
  return 1
}

function _ssox_precmd() {
  [[ ! -o xtrace ]] || builtin setopt local_options no_xtrace
  ! _ssox_is_used || ! _ssox_wake quiet || _ssox_precmd
}

function _ssox_settle() {
  [[ ! -o xtrace ]] || builtin setopt local_options no_xtrace
  if { _ssox_is_used || _ssox_is_near } && _ssox_wake quiet; then
    _ssox_settle
  else
    # Where RPROMPT was never set when a line begins, zle does not show one that is set later.
    [[ -n $_ssox_prompted$_ssox_plain$RPROMPT || ${(t)RPROMPT} == *readonly* ]] || RPROMPT=
    _ssox_prompted=1
    _ssox_surround
  fi
}

# A pipeline or a subshell could not load it into this shell.
function _ssox_preexec() {
  [[ ! -o xtrace ]] || builtin setopt local_options no_xtrace
  [[ $3 != *ssox* ]] || ! _ssox_wake quiet || _ssox_preexec "$@"
}

function _ssox_chpwd() {
  [[ ! -o xtrace ]] || builtin setopt local_options no_xtrace
  ! _ssox_is_near || ! _ssox_wake quiet || _ssox_chpwd
}

# --- places

# Adds the hooks that are missing. Without them, what they have drawn would stay.
function _ssox_install() {
  typeset -ga precmd_functions preexec_functions chpwd_functions
  (( $precmd_functions[(I)_ssox_precmd] && $precmd_functions[(I)_ssox_settle] )) \
    || precmd_functions=(_ssox_precmd ${precmd_functions:#_ssox_(precmd|settle)} _ssox_settle)
  (( $preexec_functions[(I)_ssox_preexec] )) || preexec_functions=(_ssox_preexec $preexec_functions)
  (( $chpwd_functions[(I)_ssox_depart] && $chpwd_functions[(I)_ssox_chpwd] )) || _ssox_surround
}

# Takes the first and the last place among the hooks again.
function _ssox_surround() {
  [[ $precmd_functions[1] == _ssox_precmd ]] || precmd_functions=(_ssox_precmd ${precmd_functions:#_ssox_precmd})
  [[ $chpwd_functions[1] == _ssox_depart && $chpwd_functions[-1] == _ssox_chpwd ]] \
    || chpwd_functions=(_ssox_depart ${chpwd_functions:#_ssox_(depart|chpwd)} _ssox_chpwd)
}

# --- registration

# Registers with compsys. If compinit has not run yet, each prompt tries again.
function _ssox_register() {
  (( ${+_comps} )) || return 0
  compdef _ssox_complete ssox
  precmd_functions=(${precmd_functions:#_ssox_register})
}

if [[ -o interactive ]]; then
  _ssox_install
  precmd_functions=(${precmd_functions:#_ssox_register} _ssox_register)
  _ssox_register
fi

# --- state

[[ ${(t)_ssox_kept} == association* ]] || typeset -g _ssox_place= _ssox_prompted=
# In a shell that has loaded it before, the functions were replaced now.
if [[ ${(t)_ssox_kept} == association* ]] || _ssox_is_used; then
  _ssox_load
fi
