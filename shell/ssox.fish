# ssox for fish (3.6 and later): the function `ssox`, the hooks around each command, the segment in the prompt.
#
# No policy lives here. This applies a reply of the binary, compares two integers and calls the binary again; all names
# are `_ssox_*` but for `ssox` itself and the SSOX_* variables. Nothing from AWS, a file or the environment is evaluated.
#
# An empty local `fish_trace` keeps secrets out of a trace, and a local IFS splits output into lines whatever IFS is.

# The names ssox changed first in this shell; `_ssox_was_NAME` has what was there: `x` exported, `s` set, `u` unset, then
# the values. A shell that inherits a profile in use cannot know, and remembers nothing. Loading this twice forgets nothing.
if not set -qg _ssox_kept
    set -gu _ssox_kept
    set -gu _ssox_child
    test -z "$SSOX_PROFILE"; or set _ssox_child 1
end

function ssox --description 'AWS credentials in this shell'
    if _ssox_is use $argv
        _ssox_change use $argv
    else if _ssox_is clear $argv
        _ssox_change clear $argv
    else
        command ssox $argv
    end
end

# Tells whether the arguments after the first run that verb; help and the like are for people to read.
function _ssox_is
    set -l verb
    for argument in $argv[2..]
        switch $argument
            case -h --help -V --version '--emit*'
                return 1
            case --
                break
            case '-*'
            case '*'
                set -q verb[1]; or set verb $argument
        end
    end
    test "$verb" = $argv[1]
end

# Runs a verb that changes the environment of this shell.
function _ssox_change
    set -l fish_trace
    set -l IFS \n
    set -l reply (command ssox --emit=fish1 $argv[2..]); or return
    _ssox_apply $reply; or return
    test $argv[1] != clear; or _ssox_restore
end

# Checks all lines of a reply, then applies them.
function _ssox_apply
    set -l fish_trace
    set -l IFS \n
    set -l names '(?:AWS|SSOX)_[A-Z0-9_]+|AWSUME_PROFILE|AWSUME_EXPIRATION|AWSU_PROFILE'
    if test (builtin count $argv) -lt 2; or test "$argv[1]" != '#ssox1'; or test "$argv[-1]" != '#end'
        _ssox_refuse 'unexpected reply'
        return 70
    end
    set -e argv[-1]
    set -e argv[1]
    set -q argv[1]; or return 0
    if string match -qrv '^(?:=[^=]+=.*|-[^=]+)$' -- $argv
        _ssox_refuse 'unexpected reply'
        return 70
    end
    if set -l wrong (string match -rv "^(?:=(?:$names)=.*|-(?:$names))\$" -- $argv)
        set wrong (string escape -- (string replace -r '^[=-]([^=]+).*$' '$1' -- $wrong[1]))
        _ssox_refuse "`$wrong` is not to be changed"
        return 70
    end
    set -l values (string replace -r '^(?:=[^=]+=|-.*$)' '' -- $argv)
    for name in (string replace -r '^[=-]([^=]+).*$' '$1' -- $argv)
        _ssox_remember $name
        if string match -q -- '-*' $argv[1]
            _ssox_unset $name
        else
            set -gx $name $values[1]
        end
        set -e argv[1]
        set -e values[1]
    end
end

function _ssox_refuse
    builtin echo "ssox: $argv, environment unchanged" >&2
end

# A universal variable of that name would come to light again; an empty one that is not exported hides it.
function _ssox_unset
    set -e -g $argv[1]
    if set -qx $argv[1]
        set -gu $argv[1]
    end
end

function _ssox_remember
    set -l fish_trace
    set -l name $argv[1]
    if set -q _ssox_child[1]; or builtin contains -- $name $_ssox_kept
        return
    end
    set -a _ssox_kept $name
    if set -qgx $name
        set -gu _ssox_was_$name x $$name
    else if set -qg $name
        set -gu _ssox_was_$name s $$name
    else
        set -gu _ssox_was_$name u
    end
end

# Puts back what was there before ssox changed it, and forgets it.
function _ssox_restore
    set -l fish_trace
    for name in $_ssox_kept
        set -l was _ssox_was_$name
        set -l value $$was
        set -e -g $name
        switch $value[1]
            case x
                set -gx $name $value[2..]
            case s
                set -gu $name $value[2..]
        end
        set -e -g $was
    end
    set -gu _ssox_kept
    set -gu _ssox_child
end

# --- completion

true
