# shellcheck shell=bash
# Completion of ssox in bash, as `ssox completions` prints it.

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

# Before bash 4, a completion function cannot ask for file names (`compopt`). There, readline offers file names if there
# are no candidates.
if ((BASH_VERSINFO[0] < 4)); then
  builtin complete -o default -F _ssox_complete ssox
else
  builtin complete -F _ssox_complete ssox
fi