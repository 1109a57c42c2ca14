# ssox for fish (3.6 and later), the whole script: what the function `ssox` does, the hooks around each command, the
# segment in the prompt. ssox.start.fish loads it.
#
# This script makes no decisions: it applies the replies of the program ssox, compares two numbers and a string, and
# calls the program. All names are `_ssox_*`, except the SSOX_* variables.
# Invariant: nothing from AWS, a file or the environment is evaluated.
#
# An empty local `fish_trace` keeps secrets out of a trace. A local IFS splits output into lines, whatever IFS the user
# has.

# --- hook

# What runs often comes first: for the first block or call that a function runs, fish counts the lines from the start
# of the file. `or begin` runs a block only in the rare case.

# Reads the clock: the epoch second in `_ssox_clock`. Builtins in a command substitution start no process: they return
# the time of the last change of /, and how long ago that was.
if builtin -n | string match -q path
    function _ssox_read_clock
        set -gu _ssox_clock (builtin math (builtin path mtime /) + (builtin path mtime -R /))
    end
else
    function _ssox_read_clock
        set -gu _ssox_clock (command date +%s)
    end
end

function _ssox_prompt_hook
    set -l fish_trace
    set -l IFS \n
    # Ctrl-C may have ended the loading of this script.
    set -q _ssox_no_prompt; and _ssox_load 2>/dev/null
    if test -n "$_ssox_layer"
        _ssox_off
    else if test -n "$SSOX_PROMPT$SSOX_NEXT$SSOX_SEGMENT"
        _ssox_read_clock
        # At most prompts nothing is due, and the segment has not changed.
        if test $_ssox_clock -lt $_ssox_since -o $_ssox_clock -ge $_ssox_until -o "$_ssox_current" != \
                "$SSOX_PROMPT,$SSOX_STATE,$SSOX_EXPIRES,$SSOX_NEXT,$SSOX_PROTECTED,$TERM,$NO_COLOR"
            _ssox_refresh
        end
    end
    set -q _ssox_undecided[1]; and _ssox_place
end

# Runs after the other hooks: direnv and mise may have changed the compared values. The right prompt runs later still,
# after hooks that were added in the meantime.
function _ssox_settle_hook
    # At most prompts the directory has not changed, and has no layer.
    if test "$PWD/$_ssox_again$_ssox_layer" != "$_ssox_directory/"; and _ssox_arrive
        _ssox_look
        _ssox_read_clock
        _ssox_refresh
    else
        set -q _ssox_is_late[1]; and set -q _ssox_now[1]; or _ssox_look_and_show
    end
    set -e -g _ssox_now
end

function _ssox_look_and_show
    if test "$PWD,$_ssox_current" = \
            "$_ssox_directory,$SSOX_PROMPT,$SSOX_STATE,$SSOX_EXPIRES,$SSOX_NEXT,$SSOX_PROTECTED,$TERM,$NO_COLOR"
        _ssox_look; or return
    else
        # A key may be bound to `cd`: then the prompt is drawn again without the hooks.
        test "$PWD" = "$_ssox_directory"; or _ssox_arrive
        _ssox_is_edited; and set -gu _ssox_seen edited
        _ssox_look
    end
    _ssox_read_clock
    _ssox_show
end

# Tells whether something else has edited what the segment shows; the program undoes that.
function _ssox_is_edited
    test "$_ssox_left" != "$SSOX_PROMPT,$SSOX_STATE,$SSOX_EXPIRES,$SSOX_NEXT,$SSOX_PROTECTED"
end

# Has the program judge a change of the compared values: other keys, another region, a profile set beside them. It is
# called once for each change, and at the first prompt of a shell that inherits a profile. If it fails, the change
# counts as foreign.
function _ssox_look
    set -l fish_trace
    # The last hook judges what a directory has set.
    test "$_ssox_layer" != off -a -n "$SSOX_PROMPT$SSOX_IDENTITY$SSOX_REPLACED$_ssox_seen"; or return
    set -qx $_ssox_exported; or set -gu _ssox_seen hidden
    _ssox_read_identity _ssox_now
    test "$_ssox_now" != "$_ssox_seen"; or return
    set -l IFS \n
    set -gu _ssox_seen $_ssox_now
    _ssox_note_exported
    if command -q ssox
        and set -l reply "$(SSOX_HELD="$_ssox_held" command ssox --emit=fish1 identity </dev/null 2>/dev/null)"
        and _ssox_apply identity $reply 2>/dev/null
        return 0
    end
    set -gu _ssox_unjudged failed
    command -q ssox; or set _ssox_unjudged absent
    test -n "$SSOX_PROMPT$SSOX_IDENTITY"; or return 0
    set -gx SSOX_STATE foreign
    set -gx SSOX_PROMPT (string replace -r '\?$' '' -- $SSOX_PROMPT)'?'
    set -gu _ssox_left "$SSOX_PROMPT,$SSOX_STATE,$SSOX_EXPIRES,$SSOX_NEXT,$SSOX_PROTECTED"
end

# What the function `ssox` does.
function _ssox_call
    set -q _ssox_no_prompt; and begin
        _ssox_load; or return
    end
    set -l _ssox_verb "$argv[1]"
    # Most calls have no option.
    string match -q -- '* -*' " $argv"; and _ssox_find_verb $argv
    builtin contains -- "$_ssox_verb" use clear; or begin
        _ssox_pass "$_ssox_verb" $argv
        return
    end
    test -n "$_ssox_layer"; and test "$_ssox_layer" = off -o "$PWD" != "$_ssox_directory"
    and begin
        _ssox_call_between_hooks $argv
        return
    end
    set -l fish_trace
    # In `AWS_REGION=x ssox clear` this function gets a local copy, which hides the value of the shell.
    set -l inline
    set -lxn | string match -rq '^(?:AWS|SSOX)_'; and set inline (set -lxn | string match -r '^(?:AWS|SSOX)_.*')
    test $_ssox_verb = clear; and set -q inline[1]; and set -e -l $inline
    set -l reply "$(SSOX_HELD="$_ssox_held" command ssox --emit=fish1 $argv)"; or return
    set -q inline[1]; and set -e -l $inline
    _ssox_apply $_ssox_verb $reply; or return
    # The reply is for the values of the call: the program judges those of the shell.
    set -q inline[1]; and test -n "$SSOX_PROMPT$SSOX_IDENTITY"; and set -gu _ssox_seen edited
    # The rest of the line may read the segment.
    set -qg _ssox_until; or return 0
    _ssox_read_clock
    _ssox_show
    return 0
end

# Checks all lines of the reply to a verb, then applies them: `=NAME=VALUE` sets, `-NAME` unsets, `!NAME` forgets the
# previous value. After `clear`, and when nothing is in use, variables that are unset now get their previous values
# back. A value that a hook unsets while nothing is in use was set by ssox, so it is not recorded as previous.
#
# The reply is one string, and named groups set the variables that are called like them: a command substitution takes
# fish longer than most else.
function _ssox_apply
    set -l fish_trace
    set -l name '(?:(?:AWS|SSOX)_[A-Z0-9_]+|AWSUME_PROFILE|AWSUME_EXPIRATION|AWSU_PROFILE|CPL_AWS_CREDENTIALS_FILE|BOTO_CONFIG)'
    string match -qr "\\A#ssox1\\n(?:(?:=$name=.*|-$name|!(?<_ssox_forgets>$name))\\n)*#end\\z" -- "$argv[2]"
    or begin
        _ssox_refuse_reply $name "$argv[2]"
        return 70
    end
    string match -raq '(?m)^=(?<_ssox_names>[^=]+)=(?<_ssox_values>.*)$' -- $argv[2]
    string match -raq '(?m)^-(?<_ssox_gone>.*)$' -- $argv[2]
    builtin contains -- $argv[1] use directory; and set -Uxn | string match -q '*'
    and set -l universal (_ssox_universal $_ssox_gone); and begin
        _ssox_refuse "universal variables would hide what ssox unsets: $universal"
        builtin echo "ssox: hint: set -eU $universal" >&2
        return 70
    end
    set -q _ssox_child[1]; and test "$_ssox_layer" != on; or begin
        set -l changed $_ssox_names $_ssox_gone
        builtin contains -- $argv[1] use clear directory; or test -n "$SSOX_PROMPT$SSOX_IDENTITY"
        or set changed $_ssox_names
        # What another program or shell has put in use here is not what was there before.
        set -q _ssox_kept[1]; or test -z "$SSOX_PROMPT$SSOX_IDENTITY"; or set -gu _ssox_child 1
        # Most replies have the same names in the same order.
        test "$_ssox_layer" != on; and set -q _ssox_child[1]; or string match -q "* $changed *" -- " $_ssox_kept "
        or _ssox_remember $changed
    end
    set -q _ssox_forgets[1]; and _ssox_forget (string match -rag '(?m)^!(.*)$' -- $argv[2])
    # Handlers of these variables run when the reply has been applied: what they change is not what ssox has set. While
    # events are blocked, each one takes fish longer than the one before it, so they are blocked only if others have
    # such handlers.
    builtin functions -t variable | string match -rq '^(?:AWS|SSOX|CPL)\S* (?!_ssox_)'; and builtin block -l
    for name in $_ssox_names
        set -gx $name $_ssox_values[1]
        set -e _ssox_values[1]
    end
    set -q _ssox_gone[1]; and set -e -g $_ssox_gone
    test $argv[1] = use; or test $argv[1] != clear -a -n "$SSOX_PROMPT$SSOX_IDENTITY"; or _ssox_restore
    # These values are now those set by ssox.
    set -gu _ssox_held "$SSOX_IDENTITY"
    set -gu _ssox_files "$SSOX_FILES"
    set -gu _ssox_left "$SSOX_PROMPT,$SSOX_STATE,$SSOX_EXPIRES,$SSOX_NEXT,$SSOX_PROTECTED"
    set -gu _ssox_unjudged
    # A reply to `use` with keys and a region has all compared variables.
    string match -q 'use *AWS_ACCESS_KEY_ID *AWS_REGION *' -- "$argv[1] $_ssox_names "
    and set -gu _ssox_exported $_ssox_names; or _ssox_note_exported
    _ssox_read_identity _ssox_seen
    return 0
end

function _ssox_note_exported
    string match -raq '(?m)^(?<_ssox_exported>AWS_.*|SSOX_(?:PROFILE|IDENTITY)|HOME)$' -- "$(set -xn)"
end

# Reads the compared values into the variable, and how many of them are not exported: those reach no program. While all
# that were exported still are, the number tells whether others are, too. Without keys, some more variables determine
# what AWS_PROFILE means. An empty name of a file is not the usual file.
function _ssox_read_identity
    set -l fish_trace
    set -l more
    test -n "$AWS_ACCESS_KEY_ID"; or begin
        set -qx AWS_CONFIG_FILE AWS_SHARED_CREDENTIALS_FILE AWS_WEB_IDENTITY_TOKEN_FILE AWS_ROLE_ARN \
            AWS_CONTAINER_CREDENTIALS_FULL_URI AWS_CONTAINER_CREDENTIALS_RELATIVE_URI AWS_CONTAINER_AUTHORIZATION_TOKEN \
            AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE HOME
        set more "$status,$AWS_WEB_IDENTITY_TOKEN_FILE,$AWS_ROLE_ARN,$AWS_CONTAINER_CREDENTIALS_FULL_URI,"\
"$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI,$AWS_CONTAINER_AUTHORIZATION_TOKEN,$AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE" \
            config=$AWS_CONFIG_FILE credentials=$AWS_SHARED_CREDENTIALS_FILE home=$HOME
    end
    set -qx AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_CREDENTIAL_EXPIRATION AWS_REGION \
        AWS_DEFAULT_REGION AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SECURITY_TOKEN SSOX_PROFILE SSOX_IDENTITY
    set -gu $argv "$status,$AWS_ACCESS_KEY_ID,$AWS_SECRET_ACCESS_KEY,$AWS_SESSION_TOKEN,$AWS_CREDENTIAL_EXPIRATION,"\
"$AWS_REGION,$AWS_DEFAULT_REGION,$AWS_PROFILE,$AWS_DEFAULT_PROFILE,$AWS_SECURITY_TOKEN,$AWS_ACCOUNT_ID,"\
"$AWS_SSO_PROFILE,$SSOX_PROFILE,$SSOX_IDENTITY" $more
end

# Takes the layer of a `.ssox` file off, see below.
function _ssox_off
    test "$_ssox_layer" = on; or return 0
    set -l fish_trace
    for name in $_ssox_layered
        builtin contains -- $name $_ssox_theirs; and continue
        set -l under _ssox_under_$name
        _ssox_read _ssox_over_$name $name
        _ssox_write $name $$under
    end
    set -gu _ssox_layer off
end

# Puts the layer on again, or another one where the directory has changed. Fails if there is nothing to do. `early` is
# before direnv and mise have acted: a layer must not begin above the values of the directory before. Where no directory
# up to the root has a `.ssox` file, one call tells it, at most sixteen levels below the root: above the root is the
# root.
function _ssox_arrive
    test "$PWD/$_ssox_again" != "$_ssox_directory/"; or begin
        test -n "$_ssox_layer"; or return
        _ssox_on
        return 0
    end
    set -gu _ssox_directory "$PWD"
    builtin path is -- .ssox ../.ssox ../../.ssox ../../../.ssox ../../../../.ssox ../../../../../.ssox \
        ../../../../../../.ssox ../../../../../../../.ssox ../../../../../../../../.ssox \
        ../../../../../../../../../.ssox ../../../../../../../../../../.ssox \
        ../../../../../../../../../../../.ssox ../../../../../../../../../../../../.ssox \
        ../../../../../../../../../../../../../.ssox ../../../../../../../../../../../../../../.ssox \
        ../../../../../../../../../../../../../../../.ssox \
        ../../../../../../../../../../../../../../../../.ssox
    or not test ../../../../../../../../../../../../../../../../ -ef /
    and set -l _ssox_is_near 1
    or test -n "$_ssox_found$_ssox_file$_ssox_again$AWS_CONFIG_FILE$AWS_SHARED_CREDENTIALS_FILE"; or return
    set -gu _ssox_found
    test -z "$_ssox_is_near"; or _ssox_find
    set -l fish_trace
    # A relative path names another file now.
    test -n "$SSOX_IDENTITY$_ssox_layer"; and string match -qr '^[^/]' -- "$AWS_CONFIG_FILE" "$AWS_SHARED_CREDENTIALS_FILE"
    and set -gu _ssox_seen moved
    set -l again "$_ssox_again"
    set -gu _ssox_again
    test -n "$_ssox_found$_ssox_file"; or return
    set -l nearer
    test -z "$_ssox_found"; or set nearer (_ssox_find_nearer)
    # What the tools had set when the directory was entered is not in the layer.
    if test -z "$again" -a -n "$_ssox_found" -a -n "$_ssox_file"; and test "$_ssox_found" -ef "$_ssox_file"
        if test -n "$nearer" -o "$_ssox_nearer" != entered
            test "$_ssox_nearer" = entered; or set -gu _ssox_nearer $nearer
            _ssox_on
            return 0
        end
    end
    _ssox_exit
    test -n "$_ssox_found"; or return 0
    if test "$argv" = early
        set -gu _ssox_directory
    else
        _ssox_enter $nearer
    end
    return 0
end

# Adds the segment to a plain right prompt at the first prompt, after the whole configuration, unless a framework owns
# the prompt. It is added once: if a person removes it, it stays removed. The rest of the right prompt is not moved into
# another function: plugins that wrap it look for a mark in it, and would wrap it again.
function _ssox_place
    set -gu _ssox_undecided
    set -l prompts (builtin functions fish_prompt fish_right_prompt 2>/dev/null)
    string match -qr 'starship|oh-my-posh|_omp_|_tide_|_pure_|powerline|_ssox_draw|_ssox_painted' -- "$prompts"; and return
    # A left prompt that shows the segment is drawn before the right one.
    string match -q '*SSOX_SEGMENT*' -- "$prompts"; or set -gu _ssox_is_late 1
    set -l mine "$(builtin functions fish_right_prompt 2>/dev/null)"
    if test -n "$mine"
        string replace -r '(?m)^(function fish_right_prompt.*)$' "\$1"\n"    _ssox_draw \$\$status ' '" -- $mine | source
    else
        function fish_right_prompt
            set -q _ssox_is_late[1]; and _ssox_look_and_show
            set -q _ssox_painted[1]; and builtin echo -n -s -- $_ssox_painted
        end
    end
end

# Shows the segment and what follows it, and returns the status that the rest of the right prompt may show.
function _ssox_draw --argument-names last space
    set -q _ssox_is_late[1]; and _ssox_look_and_show
    set -q _ssox_painted[1]; and builtin echo -n -s -- $_ssox_painted $space
    return $last
end

# Renews the credentials when they are due, and computes the segment.
function _ssox_refresh
    # What nobody could judge while the program was not there, it judges now.
    if _ssox_is_edited
        or _ssox_are_files_edited
        or begin
            test "$_ssox_unjudged" = absent
            and command -q ssox
        end
        set -gu _ssox_seen edited
        _ssox_look
    end
    if _ssox_is_due
        _ssox_look
        _ssox_is_due; and _ssox_tick
    end
    _ssox_show
end

# Tells whether a configuration file was edited: with `--profile-only` the files say which identity it is. `_ssox_files`
# is a directory with links to them, links to what they were after links of a person's own, and marks with the times of
# their last changes.
function _ssox_are_files_edited
    test -n "$_ssox_files"; or return
    for file in "$_ssox_files/config" "$_ssox_files/credentials"
        if test -e "$file"
            test -e "$file.seen" -a "$file" -ef "$file.real"; or return 0
            test "$file" -nt "$file.seen" -o "$file" -ot "$file.seen"; and return 0
        else
            test -L "$file" -a ! -e "$file.seen"; or return 0
        end
    end
    return 1
end

# Tells whether the program should be called now. After a failure that is in a minute at the earliest; a clock that was
# set back does not make the wait longer.
function _ssox_is_due
    test "$SSOX_STATE" != foreign; or return
    string match -qr '^[1-9][0-9]{0,14}$' -- "$SSOX_NEXT"; or return
    test $_ssox_clock -ge $SSOX_NEXT; or return
    test $_ssox_clock -ge $_ssox_retry; or test $_ssox_retry -gt (builtin math $_ssox_clock + 60)
end

# Has the program renew the credentials, or say when to call it again.
function _ssox_tick
    set -l fish_trace
    set -l IFS \n
    set -gu _ssox_retry (builtin math $_ssox_clock + 60)
    command -q ssox; or return
    set -l reply "$(SSOX_HELD="$_ssox_held" command ssox --emit=fish1 tick $argv </dev/null 2>/dev/null)"; or return
    _ssox_apply tick $reply 2>/dev/null; or return
    set -l retry $_ssox_retry
    set -gu _ssox_retry 0
    _ssox_is_due; and set -gu _ssox_retry $retry
end

# Gets the credentials for which a person had to sign in, without waiting for the next call.
function _ssox_signed_in
    _ssox_read_clock
    _ssox_tick --wait=5s
    return 0
end

# The prompt may be hours old when a command is typed, and no command should start with expired credentials.
function _ssox_preexec_hook
    set -l fish_trace
    set -l IFS \n
    _ssox_arrive
    string match -qr '^[1-9][0-9]{0,14}$' -- "$SSOX_EXPIRES"; or return
    string match -qr '^\s*ssox' -- "$argv"; and return
    _ssox_read_clock
    test (builtin math $_ssox_clock + 60) -ge $SSOX_EXPIRES; or return
    test "$SSOX_STATE" = renewing; or _ssox_is_due; or return
    _ssox_tick --wait=2s
end

# --- verbs

# Sets the caller's `_ssox_verb` to the verb that the arguments run. With `--help` they run none: help is printed for a
# person.
function _ssox_find_verb --no-scope-shadowing
    set _ssox_verb
    for _ssox_argument in $argv
        switch $_ssox_argument
            case -h --help -V --version '--emit*'
                set _ssox_verb
                return
            case --
                return
            case '-*'
            case '*'
                set -q _ssox_verb[1]; or set _ssox_verb $_ssox_argument
        end
    end
end

# Runs another verb.
function _ssox_pass
    builtin contains -- $argv[1] allow deny; and set -gu _ssox_again 1
    set -l universal (set -Uxn | string match -r '^AWS.*')
    set -q universal[1]; and set -lx SSOX_UNIVERSAL "$universal"
    SSOX_FUNCTION=fish1 command ssox $argv[2..]; or return
    test "$SSOX_STATE" != sign-in -o $argv[1] != login; or _ssox_signed_in
end

# Says what is wrong with a reply.
function _ssox_refuse_reply --argument-names name reply
    set -l lines (string split \n -- $reply)
    if test "$lines[1]" = '#ssox1' -a "$lines[-1]" = '#end'
        set -l wrong (string match -rv "^(?:=$name=.*|[-!]$name)\$" -- $lines[2..-2])
        and set wrong (string replace -rf '^(?:=([^=]+)=.*|[-!]([^=]+))$' '$1$2' -- $wrong[1])
        and _ssox_refuse "`$(string escape -- $wrong)` is not to be changed"
        and return
    end
    _ssox_refuse 'unexpected reply'
end

# Prints the names that are exported universal variables: programs get those even where a global variable hides them.
function _ssox_universal
    set -l found 1
    set -l universal (set -Uxn)
    set -q universal[1]; or return
    for name in $argv
        builtin contains -- $name $universal; or continue
        builtin echo $name
        set found 0
    end
    return $found
end

function _ssox_refuse
    builtin echo "ssox: $argv, environment unchanged" >&2
end

function _ssox_remember
    set -l fish_trace
    test "$_ssox_layer" = on; and _ssox_record _ssox_layered _ssox_under_ $argv
    set -q _ssox_child[1]; or _ssox_record _ssox_kept _ssox_was_ $argv
end

# Adds names to a list of names, and their states to the variables with that prefix. Most often the list is empty, and
# nothing was there before the first reply.
function _ssox_record --argument-names list prefix
    set -l names $argv[3..]
    set -qg $names
    if test "$status/$$list" = "$(builtin count $names)/"
        for name in $names
            set -gu $prefix$name u
        end
        set -gu $list $names
        return
    end
    for name in $names
        builtin contains -- $name $$list; and continue
        set -a $list $name
        _ssox_read $prefix$name $name
    end
end

# Sets the first variable to the state of the second.
function _ssox_read
    if set -qgx $argv[2]
        set -gu $argv[1] x $$argv[2]
    else if set -qg $argv[2]
        set -gu $argv[1] s $$argv[2]
    else
        set -gu $argv[1] u
    end
end

# Restores the state of a variable.
function _ssox_write
    switch $argv[2]
        case x
            set -e -g $argv[1]
            set -gx $argv[1] $argv[3..]
        case s
            set -e -g $argv[1]
            set -gu $argv[1] $argv[3..]
        case u
            set -e -g $argv[1]
    end
end

# Restores the previous values and forgets them, except where another program has set a value since.
function _ssox_restore
    set -l fish_trace
    for name in $_ssox_kept
        set -qg $name; and continue
        set -l was _ssox_was_$name
        set -l value $$was
        switch $value[1]
            case x
                set -gx $name $value[2..]
            case s
                set -gu $name $value[2..]
        end
        _ssox_forget $name
    end
    set -gu _ssox_child
end

function _ssox_forget
    for name in $argv
        set -l at (builtin contains -i -- $name $_ssox_kept); or continue
        set -e _ssox_kept[$at]
        set -e -g _ssox_was_$name
    end
end

# --- directories

# The values of a `.ssox` file are a layer above those of the shell. The first hook takes it off, the other hooks run,
# and the last hook puts it on again: direnv and mise never see it, whatever the order in the configuration.
#
# `_ssox_layer` is empty, `on` or `off`. `_ssox_layered` has the names that were changed while the layer was on,
# `_ssox_under_NAME` what is below and `_ssox_over_NAME` what is in the layer while it is off. `_ssox_outside`,
# `_ssox_outside_NAME` and `_ssox_before` have the previous values and others from before. `_ssox_directory` is the
# directory that was looked at last, `_ssox_file` the file that was found there. `_ssox_nearer` tells that direnv or
# mise has a file below: what it sets, `_ssox_theirs`, stays.

# Finds the nearest `.ssox` file, by tests of files only. The home directory is the last one looked at.
function _ssox_find
    set -gu _ssox_found
    set -l up
    while test (string length -- "$up") -lt 3000
        if test -e "$up.ssox"
            set _ssox_found "$PWD/$up.ssox"
            return
        end
        test "./$up" -ef / -o "./$up" -ef "$HOME"; and return
        set up "$up../"
    end
end

function _ssox_on
    set -l fish_trace
    test "$_ssox_layer" = off; or return 0
    set -gu _ssox_theirs
    for name in $_ssox_layered
        set -l under _ssox_under_$name
        set -l over _ssox_over_$name
        set -l was _ssox_was_$name
        _ssox_read _ssox_state $name
        if test "$_ssox_state" != "$$under"
            if test -n "$_ssox_nearer"
                set -a _ssox_theirs $name
                continue
            end
            set -q $was; and test "$$was" = "$$under"; and not builtin contains -- $name $_ssox_outside
            and set -gu $was $_ssox_state
            # After `clear`, what is below is what the layer has.
            test -z "$_ssox_over_SSOX_PROMPT[2..]"; and test "$$over" = "$$under"; and set -gu $over $_ssox_state
            set -gu $under $_ssox_state
        end
        _ssox_write $name $$over
    end
    set -gu _ssox_layer on
end

# Changes what is in use where a hook of the person's own calls `ssox use` while the layer is off, or before ours have
# taken off that of the directory before.
function _ssox_call_between_hooks
    set -l layer $_ssox_layer
    _ssox_arrive early
    _ssox_call $argv
    set -l result $status
    test "$layer$_ssox_layer" = offon; and _ssox_off
    return $result
end

# Prints something if direnv or mise has a file below the directory of the file that was found.
function _ssox_find_nearer
    set -l up
    while test "$PWD/$up.ssox" != "$_ssox_found"
        for name in .envrc mise.toml .mise.toml mise.local.toml .mise.local.toml .config/mise.toml
            test -e "$up$name"; and builtin echo 1 && return
        end
        set up "$up../"
    end
end

function _ssox_enter
    set -l IFS \n
    set -gu _ssox_outside $_ssox_kept
    for name in $_ssox_kept
        set -l was _ssox_was_$name
        set -gu _ssox_outside_$name $$was
    end
    set -gu _ssox_before "$_ssox_held" $_ssox_child
    set -gu _ssox_layered
    set -gu _ssox_theirs
    set -gu _ssox_nearer
    test -z "$argv"; or set _ssox_nearer entered
    set -gu _ssox_layer on
    set -l reply
    if command -q ssox
        and set reply "$(SSOX_HELD="$_ssox_held" command ssox --emit=fish1 directory "$_ssox_found" </dev/null)"
        and _ssox_apply directory $reply
        test -z "$_ssox_nearer"; or set -gu _ssox_seen entered
    else
        _ssox_exit
    end
    set -gu _ssox_file "$_ssox_found"
end

# Restores what was there before. A shell that inherited the values does not know it: there the program removes them.
function _ssox_exit
    set -l fish_trace
    set -l IFS \n
    set -gu _ssox_file
    if test -n "$_ssox_layer"
        _ssox_off
        for name in $_ssox_kept
            set -e -g _ssox_was_$name
        end
        set -gu _ssox_kept $_ssox_outside
        for name in $_ssox_kept
            set -l was _ssox_outside_$name
            set -gu _ssox_was_$name $$was
            set -e -g $was
        end
        set -gu _ssox_held $_ssox_before[1]
        set -gu _ssox_files "$SSOX_FILES"
        set -gu _ssox_left "$SSOX_PROMPT,$SSOX_STATE,$SSOX_EXPIRES,$SSOX_NEXT,$SSOX_PROTECTED"
        set -gu _ssox_child $_ssox_before[2..]
        # The program judges what is there now.
        set -q _ssox_layered[1]; and set -gu _ssox_seen $SSOX_ENDPOINT
        for name in $_ssox_layered
            set -e -g _ssox_under_$name
            set -e -g _ssox_over_$name
        end
        set -gu _ssox_layered
        set -gu _ssox_layer
    else if test -n "$SSOX_DIRECTORY"; and command -q ssox
        set -l reply "$(SSOX_HELD="$_ssox_held" command ssox --emit=fish1 directory </dev/null)"
        and _ssox_apply directory $reply
    end
    return 0
end

# --- segment

# Computes SSOX_SEGMENT (`dev:ReadOnly 43m`) and SSOX_SEGMENT_STATE (ok, soon, renewing, expired, foreign), not
# exported, for prompts of your own; `_ssox_painted`, the same with colours; and until when they are valid.
function _ssox_show
    set -l fish_trace
    set -l IFS \n
    set -l label "$SSOX_PROMPT"
    string match -qr '[[:cntrl:]]' -- $label; and set label (string replace -ra '[[:cntrl:]]' '' -- $label)
    set -l clock
    set -l mark
    set -l state ok
    set -gu _ssox_current "$SSOX_PROMPT,$SSOX_STATE,$SSOX_EXPIRES,$SSOX_NEXT,$SSOX_PROTECTED,$TERM,$NO_COLOR"
    set -gu _ssox_since $_ssox_clock
    set -gu _ssox_until (builtin math $_ssox_clock + 60)
    switch "$SSOX_STATE"
        case sign-in
            set mark ' sign in'
            set state soon
        case failed
            set mark ' failed'
            set state soon
        case foreign
            set state foreign
    end
    if test $state != foreign; and string match -qr '^[1-9][0-9]{0,14}$' -- "$SSOX_EXPIRES"
        set -l left (builtin math $SSOX_EXPIRES - $_ssox_clock)
        set _ssox_until $_ssox_clock
        test $left -lt 60; or set _ssox_until (builtin math $_ssox_clock + $left % 60 + 1)
        if test $left -ge 172800
            set clock " $(builtin math "floor($left / 86400)")d"
        else if test $left -ge 3600
            set clock " $(builtin math "floor($left / 3600)")h $(builtin math "floor($left % 3600 / 60)")m"
        else if test $left -ge 60
            set clock " $(builtin math "floor($left / 60)")m"
        else if test $left -gt 0
            set clock " $left"s
        else if set -q mark[1]
            set state expired
        else if test "$SSOX_STATE" = renewing; or test -n "$SSOX_NEXT" -a $_ssox_retry -eq 0
            set mark ' renewing'
            set state renewing
        else
            set mark ' expired'
            set state expired
        end
        test $left -gt 0 -a $left -lt 900; and set state soon
    else if test "$SSOX_STATE" = renewing
        set mark ' renewing'
        set state renewing
    end
    if string match -qr '^[1-9][0-9]{0,14}$' -- "$SSOX_NEXT"; and test $SSOX_NEXT -lt $_ssox_until
        set _ssox_until $SSOX_NEXT
    end
    # The next prompt compares the times of the files, or looks for the program again.
    test -z "$_ssox_files" -a "$_ssox_unjudged" != absent; or set _ssox_until $_ssox_clock
    # The server of `exec --serve` and `serve` removes its files at its end.
    if test -n "$SSOX_ENDPOINT"
        set _ssox_until $_ssox_clock
        if test $state = ok -a -n "$AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
            and not test -e "$AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
            set mark ' expired'
            set state expired
        end
    end
    set -gu SSOX_SEGMENT
    set -gu SSOX_SEGMENT_STATE
    set -gu _ssox_painted
    if test -n "$label"
        set SSOX_SEGMENT "$label$clock$mark"
        set SSOX_SEGMENT_STATE $state
        _ssox_paint $label "$clock$mark" $state
    end
end

# Asks for the terminal's colour sequences once: ok, soon, expired, protected, normal, foreign. They are quoted because
# a terminal without colours makes them empty, and an empty list would remove the text around it.
function _ssox_paint
    set -l fish_trace
    set -l IFS \n
    if test "$_ssox_colours[1]" != "$TERM/$NO_COLOR"
        set -l block --background=red white
        test -n "$NO_COLOR"; and set block --reverse
        set -gu _ssox_colours "$TERM/$NO_COLOR" "$(builtin set_color green)" "$(builtin set_color yellow)" \
            "$(builtin set_color red)" "$(builtin set_color $block)" "$(builtin set_color normal)" \
            "$(builtin set_color magenta)"
        test -n "$NO_COLOR"; and set _ssox_colours[2..4] '' '' ''; and set _ssox_colours[7] ''
    end
    set -l colour $_ssox_colours[2]
    switch $argv[3]
        case soon renewing
            set colour $_ssox_colours[3]
        case expired
            set colour $_ssox_colours[4]
        case foreign
            set colour $_ssox_colours[7]
    end
    if test -n "$SSOX_PROTECTED"
        set -gu _ssox_painted "$_ssox_colours[5] $argv[1] $_ssox_colours[6]$colour$argv[2]$_ssox_colours[6]"
    else
        set -gu _ssox_painted "$colour$argv[1]$argv[2]$_ssox_colours[6]"
    end
end

# --- state

# The names that ssox has changed in this shell; `_ssox_was_NAME` has what was there before: `x` exported, `s` set, `u`
# unset, then the values. A shell that inherits a profile in use does not know, and records nothing. Loading this twice
# loses nothing. `_ssox_seen` has the compared values of the program's last judgement, `_ssox_held` their fingerprints,
# `_ssox_left` what the segment showed after the last reply. The variables of a `.ssox` file are described below.
if not set -qg _ssox_kept
    set -gu _ssox_kept
    set -gu _ssox_child
    test -z "$SSOX_PROMPT$SSOX_IDENTITY"; or set _ssox_child 1
    set -gu _ssox_seen ''
    set -gu _ssox_held "$SSOX_IDENTITY"
    set -gu _ssox_files "$SSOX_FILES"
    set -gu _ssox_left ,,,,
    set -gu _ssox_exported
    set -gu _ssox_unjudged
    set -gu _ssox_layer
    set -gu _ssox_layered
    set -gu _ssox_theirs
    set -gu _ssox_outside
    set -gu _ssox_before
    set -gu _ssox_directory
    set -gu _ssox_file "$SSOX_DIRECTORY"
    set -gu _ssox_nearer
    set -gu _ssox_again
end

if status is-interactive
    set -gu _ssox_retry 0
    set -gu _ssox_clock 0
    set -gu _ssox_since 0
    set -gu _ssox_until 0
    set -gu _ssox_current
    set -gu _ssox_is_late
    set -gu _ssox_colours
    set -gu _ssox_undecided 1
    set -q _ssox_no_prompt[1]; and set _ssox_undecided
    # A universal variable that another shell changes reaches programs at once, so the prompt is drawn again. Each name
    # that `use` sets would cost every `use` a call: of these, only the access key has one.
    function _ssox_on_universal --on-variable AWS_PROFILE --on-variable AWS_DEFAULT_PROFILE \
        --on-variable AWS_SECURITY_TOKEN --on-variable AWS_ACCESS_KEY_ID --on-variable AWS_CONFIG_FILE \
        --on-variable AWS_SHARED_CREDENTIALS_FILE --on-variable AWS_WEB_IDENTITY_TOKEN_FILE \
        --on-variable AWS_ROLE_ARN --on-variable AWS_CONTAINER_CREDENTIALS_FULL_URI \
        --on-variable AWS_CONTAINER_CREDENTIALS_RELATIVE_URI
        test "$argv[2]" != ERASE; and set -qUx $argv[3]; and not set -qg $argv[3]
        or test "$argv[2]$SSOX_STATE" = ERASEforeign; or return
        test "$argv[2]" = ERASE; or begin
            _ssox_look
            _ssox_read_clock
            _ssox_show
        end
        commandline -f repaint
    end
end

# --- completion

# Completes. The typed words go to the program unchanged, its answer is data, and fish escapes what it inserts.
function _ssox_complete
    set -l fish_trace
    set -l IFS \n
    set -l current (commandline -ct)
    set -l words (commandline -opc)
    set -l reply (command ssox complete fish "$current" $words 2>/dev/null)
    switch "$reply[1]"
        case 'words *' 'parts *'
            string join \n -- $reply[2..]
        case files
            # Without the name of a command, fish only knows that its arguments may be files.
            set -l option (string match -r '^--[^=]*=' -- "$current")
            set -l path (string replace -r '^--[^=]*=' '' -- "$current")
            set -l found (complete -C "'' $path")
            string join \n -- "$option"$found
        case 'command *'
            set -l first (math (string replace 'command ' '' -- $reply[1]) + 1)
            set -l inner
            test $first -gt (builtin count $words); or set inner (string escape -- $words[$first..])
            complete -C (string join ' ' -- $inner "$current")
    end
end

# --- end

set -e _ssox_no_prompt
true
