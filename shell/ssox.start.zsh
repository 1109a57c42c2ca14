# ssox for zsh, the part that a shell loads when it starts: the function `ssox`, and hooks. They load the whole script,
# ssox.zsh, when the shell first needs it: at a call of `ssox`, at a TAB after the word `ssox`, when a variable of a
# profile in use is set, or in a directory with a `.ssox` file.
#
# The whole script defines the functions again, except those in the last parts of this script. It does not define again
# what a person may have changed since: the function `ssox`, the hooks, and the completion of `ssox`.

builtin unalias ssox 2>/dev/null || builtin true
typeset -g _ssox_plain=${_ssox_no_prompt-}
builtin unset -v _ssox_no_prompt

function ssox() { _ssox_call "$@" }
function _ssox_call() { _ssox_wake && _ssox_call "$@" }
function _ssox_complete() { _ssox_wake quiet && _ssox_complete "$@" }

# Loads the whole script; with an argument, prints no message. The last lines of the whole script unset
# `_ssox_no_prompt`. zsh parses a file command by command. It parses the text of `eval` as one piece, which takes twice
# as long, but without `/dev/fd` there is no other way.
#
# Invariant: a hook redirects no builtin and no function. When zsh cannot open any more files, it does not restore the
# redirected descriptor, and the shell has lost it.
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

# Loads the whole script into a shell that started without a profile in use. What the script usually does at the first
# prompt is done now.
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

# Tells whether the hooks of the whole script are needed: a variable to which they react is set, or Ctrl-C has ended the
# loading of the whole script.
function _ssox_is_used() {
  [[ -n $SSOX_PROMPT$SSOX_IDENTITY$SSOX_REPLACED$SSOX_NEXT$SSOX_SEGMENT$SSOX_EXPIRES$SSOX_DIRECTORY${_ssox_no_prompt+set} ]]
}

# Tells whether the directory has changed, and the new directory or one above it has a `.ssox` file. The whole script
# decides what this file means.
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
  ! { _ssox_is_used || _ssox_is_near } || ! _ssox_wake quiet || _ssox_precmd
}

function _ssox_settle() {
  [[ ! -o xtrace ]] || builtin setopt local_options no_xtrace
  if { _ssox_is_used || _ssox_is_near } && _ssox_wake quiet; then
    _ssox_settle
  else
    # If RPROMPT was never set when a line begins, zle does not show an RPROMPT that is set later.
    [[ -n $_ssox_prompted$_ssox_plain$RPROMPT || ${(t)RPROMPT} == *readonly* ]] || RPROMPT=
    _ssox_prompted=1
    _ssox_surround
  fi
}

# Loads the whole script before a line with `ssox` runs: a pipeline or a subshell could not load it into this shell.
function _ssox_preexec() {
  [[ ! -o xtrace ]] || builtin setopt local_options no_xtrace
  [[ $3 != *ssox* ]] || ! _ssox_wake quiet || _ssox_preexec "$@"
}

function _ssox_chpwd() {
  [[ ! -o xtrace ]] || builtin setopt local_options no_xtrace
  ! _ssox_is_near || ! _ssox_wake quiet || _ssox_chpwd
}

# --- places

# Adds the hooks that are missing. Without the hooks, the prompt would show an old segment.
function _ssox_install() {
  typeset -ga precmd_functions preexec_functions chpwd_functions
  (( $precmd_functions[(I)_ssox_precmd] && $precmd_functions[(I)_ssox_settle] )) \
    || precmd_functions=(_ssox_precmd ${precmd_functions:#_ssox_(precmd|settle)} _ssox_settle)
  (( $preexec_functions[(I)_ssox_preexec] )) || preexec_functions=(_ssox_preexec $preexec_functions)
  (( $chpwd_functions[(I)_ssox_depart] && $chpwd_functions[(I)_ssox_chpwd] )) || _ssox_surround
}

# Makes the hooks of ssox the first and the last ones again.
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
# In a shell that had already loaded the whole script, this script has just replaced its functions.
if [[ ${(t)_ssox_kept} == association* ]] || _ssox_is_used; then
  _ssox_load
fi
