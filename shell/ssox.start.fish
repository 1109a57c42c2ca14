# ssox for fish, the part that a shell loads when it starts: the function `ssox`, and hooks. They load the whole script,
# ssox.fish, when the shell first needs it: at a call of `ssox`, at a TAB after the word `ssox`, when a variable of a
# profile in use is set, or in a directory with a `.ssox` file.
#
# The whole script defines the functions again, except those in the last parts of this script. It does not define again
# what a person may have changed since: the function `ssox`, the hooks, and the completion of `ssox`.

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

# Loads the whole script. Its last lines erase `_ssox_no_prompt`. Checks first that the program exists: for a missing
# program, fish would call a handler that looks for packages.
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

# Loads the whole script into a shell that started without a profile in use. What the script usually does at the first
# prompt is done now.
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

# Tells whether the hooks of the whole script are needed: a variable to which they react is set, or Ctrl-C has ended the
# loading of the whole script.
function _ssox_is_used
    set -q _ssox_no_prompt; and return
    test -n "$SSOX_PROMPT$SSOX_IDENTITY$SSOX_REPLACED$SSOX_NEXT$SSOX_SEGMENT$SSOX_EXPIRES$SSOX_DIRECTORY"
end

# Tells whether the directory has changed, and the new directory or one above it has a `.ssox` file. The whole script
# decides what this file means. At most sixteen levels below the root, one call finds out that no directory up to the
# root has such a file: the parent of the root is the root itself.
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

# A right prompt that was saved with `fish_config prompt save` in another shell contains this call.
function _ssox_draw
    return $argv[1]
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

# Makes ssox's handlers the last ones. Handlers run in the order of their definition, and at the first prompt all other
# handlers are defined.
function _ssox_go_last
    set -gu _ssox_first
    set -gu _ssox_tools none
    _ssox_surround
    # The handler that was just defined runs from the next prompt on, so its work is done here for this prompt.
    _ssox_settle_hook
end

# Defines the hooks of direnv and mise again, and after them the last hooks of ssox: handlers run in the order of their
# definition. Tools that were loaded before ssox have already run at this prompt.
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
        # With `direnv_fish_mode eval_after_arrow`, or `mise_fish_mode`, these tools also act before a command.
        function _ssox_on_command --on-event fish_preexec
            set -q __direnv_export_again; or set -q __mise_env_again; and _ssox_off
        end
        for name in __direnv_export_eval_2 __mise_env_eval_2
            builtin functions -q $name; and builtin functions $name | source
        end
        function _ssox_on_preexec --on-event fish_preexec
            _ssox_preexec_hook $argv
        end
    end
    # direnv and mise define their hook for PWD again at each prompt, so ssox's hook is defined again, too.
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
# In a shell that had already loaded the whole script, this script has just replaced its functions.
if set -qg _ssox_kept; or _ssox_is_used
    _ssox_load
end

# --- end

true
