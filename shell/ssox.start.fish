# ssox for fish, what a shell loads when it starts: the function `ssox` and hooks, which load the whole script, ssox.fish,
# at the first moment when the shell needs it. That is a call of `ssox`, a TAB behind it, a variable of a profile in
# use, or a directory with a `.ssox` file.
#
# The whole script defines the functions again, except those in the last parts of this one, and changes nothing that a
# person may have changed since: neither `ssox` itself, nor the hooks, nor how it is completed.

set -gu _ssox_plain $_ssox_no_prompt
set -e _ssox_no_prompt

function ssox --description 'AWS credentials in this shell'
    _ssox_call $argv
end

function _ssox_call
    _ssox_wake; and _ssox_call $argv
end

function _ssox_complete
    _ssox_wake 2>/dev/null; and _ssox_complete
end

# Loads the whole script. Its last lines erase `_ssox_no_prompt`. Without the program, fish would call a handler that
# looks for packages.
function _ssox_load
    set -l fish_trace
    set -gu _ssox_no_prompt $_ssox_plain
    command -q ssox; and command ssox init fish --whole </dev/null | source
    set -q _ssox_no_prompt; or return 0
    set -qg _ssox_kept; or set -e _ssox_no_prompt
    builtin echo 'ssox: the integration for fish was not loaded: the program ssox did not print it' >&2
    builtin echo 'ssox: hint: type -a ssox' >&2
    return 127
end

# Loads the whole script into a shell that has been running. When it started nothing was in use; and what the script
# does at the first prompt is done now.
function _ssox_wake
    set -l fish_trace
    set -l directory "$_ssox_directory"
    _ssox_load; or return
    set -gu _ssox_child
    set -gu _ssox_held ''
    set -gu _ssox_files ''
    set -gu _ssox_file ''
    set -gu _ssox_directory $directory
    set -q _ssox_undecided[1]; and not set -q _ssox_first[1]; and _ssox_place
    return 0
end

# Tells whether there is a variable that the hooks of the whole script react to, or Ctrl-C has ended its loading.
function _ssox_is_used
    set -q _ssox_no_prompt; and return
    test -n "$SSOX_PROMPT$SSOX_IDENTITY$SSOX_REPLACED$SSOX_NEXT$SSOX_SEGMENT$SSOX_EXPIRES$SSOX_DIRECTORY"
end

# Tells whether the directory has changed and there is a `.ssox` file in it or above it. The whole script decides what
# it means. Where no directory up to the root has such a file, one call tells it, at most sixteen levels below the root:
# above the root is the root.
function _ssox_is_near
    test "$PWD" != "$_ssox_directory"; or return
    if builtin path is -- {,../{,../{,../{,../{,../{,../{,../{,../{,../{,../{,../{,../{,../{,../{,../{,../}}}}}}}}}}}}}}}}.ssox
        or not test ../../../../../../../../../../../../../../../../ -ef /
        set -l IFS \n
        set -l up
        while test (string length -- "$up") -lt 3000
            test -e "$up.ssox"; and return
            test "./$up" -ef / -o "./$up" -ef "$HOME"; and break
            set up "$up../"
        end
    end
    set -gu _ssox_directory "$PWD"
    return 1
end

function _ssox_prompt_hook
    _ssox_is_used; and _ssox_wake 2>/dev/null; and _ssox_prompt_hook
end

function _ssox_settle_hook
    _ssox_is_used; or _ssox_is_near; and _ssox_wake 2>/dev/null; and _ssox_settle_hook
end

function _ssox_off
end

function _ssox_arrive
    _ssox_is_near; and _ssox_wake 2>/dev/null; and _ssox_arrive $argv
end

function _ssox_preexec_hook
    _ssox_arrive
end

# --- places

if status is-interactive
    function _ssox_on_prompt --on-event fish_prompt
        _ssox_prompt_hook
        set -q _ssox_first[1]; and _ssox_go_last
    end
    function _ssox_on_departure --on-variable PWD
        _ssox_off
    end
    function _ssox_on_preexec --on-event fish_preexec
        _ssox_preexec_hook $argv
    end
end

# Handlers run in the order of their definition, and at the first prompt all others are defined.
function _ssox_go_last
    set -gu _ssox_first
    set -gu _ssox_tools none
    _ssox_surround
    # It runs at the next prompt and later.
    _ssox_settle_hook
end

# Defines the hooks of direnv and mise, and then our last ones, again: handlers run in the order of their definition. A
# tool that was loaded before ssox has run at this prompt already.
function _ssox_surround
    set -l tools
    builtin functions -q __direnv_export_eval; and set tools __direnv_export_eval
    builtin functions -q __mise_env_eval_on_prompt; and set -a tools __mise_env_eval_on_prompt
    if test "$tools" != "$_ssox_tools"
        for name in $tools
            builtin functions $name | source
            $name
        end
        set -gu _ssox_tools $tools
        function _ssox_on_settle --on-event fish_prompt
            _ssox_settle_hook
            _ssox_surround
        end
    end
    # direnv and mise define this hook at each prompt.
    set -q tools[1]; or ! builtin functions -q _ssox_on_arrival; or return
    function _ssox_on_arrival --on-variable PWD
        set -l early
        test -z "$_ssox_tools"; or set early early
        _ssox_arrive $early
    end
end

# --- registration

complete -e -c ssox
complete -c ssox -f -a '(_ssox_complete)'

# --- state

set -qg _ssox_kept; or set -gu _ssox_directory
status is-interactive; and set -gu _ssox_first 1
# In a shell that has loaded it before, the functions were replaced now.
if set -qg _ssox_kept; or _ssox_is_used
    _ssox_load
end

# --- end

true
