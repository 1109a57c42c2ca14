# ssox for fish (3.6 and later), the whole script: what the function `ssox` does, the hooks around each command, the
# segment in the prompt. ssox.start.fish loads it.
#
# This script makes no decisions: it applies the replies of the program ssox, compares two numbers and a string, and
# calls the program. All names are `_ssox_*`, except the SSOX_* variables.
# Invariant: nothing from AWS, a file or the environment is evaluated.
#
# An empty local `fish_trace` keeps secrets out of a trace. A local IFS makes fish split output into lines, whatever IFS
# the user has set.

# --- hook

# Functions that run often are at the beginning of this script: when a function runs its first block or call, fish
# counts the lines from the start of the file. With `or begin`, a block runs only in the rare case.

# Reads the clock: sets `_ssox_clock` to the epoch second. Builtins in a command substitution start no process. The two
# builtins here return the time of the last change of `/`, and how long ago that change was.
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
    set -q _ssox_pending[1]; and _ssox_finish
    if test -n "$_ssox_layer"
        # A hook of the person may make a prompt of the text of the prompt segment.
        if test "$_ssox_layer" = on
            _ssox_read_clock
            test $_ssox_clock -lt $_ssox_until -a "$_ssox_current" = \
                "$SSOX_PROMPT,$SSOX_STATE,$SSOX_EXPIRES,$SSOX_NEXT,$SSOX_PROTECTED,$TERM,$NO_COLOR"
            or _ssox_show
        end
        _ssox_off
    else if test -n "$SSOX_PROMPT$SSOX_NEXT$SSOX_SEGMENT"
        _ssox_read_clock
        # At most prompts nothing is due, and the prompt segment has not changed.
        if test $_ssox_clock -lt $_ssox_since -o $_ssox_clock -ge $_ssox_until -o "$_ssox_current" != \
                "$SSOX_PROMPT,$SSOX_STATE,$SSOX_EXPIRES,$SSOX_NEXT,$SSOX_PROTECTED,$TERM,$NO_COLOR"
            _ssox_refresh
        end
    end
    set -q _ssox_undecided[1]; and _ssox_place
end

# Runs after the other hooks: direnv and mise may have changed the compared values. The right prompt runs even later,
# after hooks that were added since.
function _ssox_settle_hook
    # At most prompts, the directory has not changed, and no `.ssox` file applies to it.
    if test "$PWD/$_ssox_again$_ssox_layer" != "$_ssox_directory/"; and _ssox_arrive
        _ssox_look
        _ssox_read_clock
        _ssox_refresh
    else
        # The right prompt has set `_ssox_now`, unless it is no longer the one with the prompt segment.
        builtin functions -q fish_right_prompt; and set -q _ssox_now[1]; and set -q _ssox_is_late[1]; or begin
            _ssox_look_and_show
            set -q _ssox_is_late[1]; and test -n "$SSOX_PROMPT"; and _ssox_keep_place
        end
    end
    set -e -g _ssox_now
end

function _ssox_look_and_show
    if test "$PWD,$_ssox_current" = \
            "$_ssox_directory,$SSOX_PROMPT,$SSOX_STATE,$SSOX_EXPIRES,$SSOX_NEXT,$SSOX_PROTECTED,$TERM,$NO_COLOR"
        _ssox_look; or return
    else
        # If a key is bound to `cd`, the prompt is drawn again without running the hooks. Ctrl-C in a hook ends all hooks
        # that come after it, so the layer may still be off.
        test "$PWD" != "$_ssox_directory" -o "$_ssox_layer" = off; and _ssox_arrive
        _ssox_is_edited; and set -gu _ssox_seen edited
        _ssox_look
    end
    _ssox_read_clock
    _ssox_show
end

# Tells whether another program or a person has edited what the prompt segment shows. ssox undoes such an edit.
function _ssox_is_edited
    test "$_ssox_left" != "$SSOX_PROMPT,$SSOX_STATE,$SSOX_EXPIRES,$SSOX_NEXT,$SSOX_PROTECTED"
end

# Lets the program check a change of the compared values, such as other access keys, another region, or a profile name
# beside access keys. The program is called once for each change, and at the first prompt of a shell that inherits a
# profile. If the program fails, the new identity counts as foreign. If Ctrl-C ends the call (status 130), the next
# prompt calls the program again.
function _ssox_look
    set -l fish_trace
    # While the layer of a directory is off, nothing is checked: the last hook does that later.
    test "$_ssox_layer" != off -a -n "$SSOX_PROMPT$SSOX_IDENTITY$SSOX_REPLACED$_ssox_seen"; or return
    set -qx $_ssox_exported; or set -gu _ssox_seen hidden
    _ssox_read_identity _ssox_now
    test "$_ssox_now" != "$_ssox_seen"; or return
    set -l IFS \n
    set -l failure 127
    if command -q ssox
        set -l reply "$(SSOX_HELD="$_ssox_held" command ssox --emit=fish1 identity </dev/null 2>/dev/null)"
        and _ssox_apply identity $reply 2>/dev/null
        and return 0
        set failure $status
    end
    set -gu _ssox_unjudged failed
    command -q ssox; or set _ssox_unjudged absent
    if test -n "$SSOX_PROMPT$SSOX_IDENTITY"
        set -gx SSOX_STATE foreign
        set -gx SSOX_PROMPT (string replace -r '\?$' '' -- $SSOX_PROMPT)'?'
        set -gu _ssox_left "$SSOX_PROMPT,$SSOX_STATE,$SSOX_EXPIRES,$SSOX_NEXT,$SSOX_PROTECTED"
    end
    _ssox_note_exported
    test $failure -eq 130; and set _ssox_now interrupted
    set -gu _ssox_seen $_ssox_now
    return 0
end

# What the function `ssox` does.
function _ssox_call
    set -q _ssox_no_prompt; and begin
        _ssox_load; or return
    end
    set -l _ssox_verb "$argv[1]"
    # Most calls have no option, so the first argument is the verb.
    string match -q -- '* -*' " $argv"; and _ssox_find_verb $argv
    builtin contains -- "$_ssox_verb" use clear; or begin
        _ssox_pass "$_ssox_verb" $argv
        return
    end
    test -n "$_ssox_layer$_ssox_again"; and _ssox_is_between_hooks; and begin
        _ssox_call_between_hooks $argv
        return
    end
    set -l fish_trace
    # In `AWS_REGION=x ssox clear`, this function has a local variable, which hides the variable of the shell.
    set -l inline
    set -lxn | string match -rq '^(?:AWS|SSOX)_'; and set inline (set -lxn | string match -r '^(?:AWS|SSOX)_.*')
    test $_ssox_verb = clear; and set -q inline[1]; and set -e -l $inline
    set -l regions
    set -q inline[1]; and set regions (_ssox_list_regions)
    set -l reply "$(SSOX_HELD="$_ssox_held" SSOX_SAVED="$_ssox_kept" SSOX_REGIONS="$regions" command ssox --emit=fish1 $argv)"
    or return
    set -q inline[1]; and set -e -l $inline
    _ssox_apply $_ssox_verb $reply; or return
    # The program has replied to the values of this call, so it must check the values of the shell again.
    set -q inline[1]; and test -n "$SSOX_PROMPT$SSOX_IDENTITY"; and set -gu _ssox_seen edited
    # The rest of the command line may read the prompt segment.
    set -qg _ssox_until; or return 0
    _ssox_read_clock
    _ssox_show
    return 0
end

# Checks all lines of the reply to a verb, then applies them: `=NAME=VALUE` sets a variable, `-NAME` unsets it, `!NAME`
# forgets its previous value. After `clear`, and whenever no profile is in use, variables that are unset get their
# previous values back, except those with a line `~NAME`. A value that a hook unsets while no profile is in use was set
# by ssox, so it is not recorded as a previous value.
#
# The reply is one string. `string match` sets a variable for each named group of its pattern: a command substitution
# would take fish longer than most other steps.
function _ssox_apply
    set -l fish_trace
    set -l name '(?:(?:AWS|SSOX)_[A-Z0-9_]+|AWSUME_PROFILE|AWSUME_EXPIRATION|AWSU_PROFILE|CPL_AWS_CREDENTIALS_FILE|BOTO_CONFIG)'
    string match -qr "\\A#ssox1\\n(?:(?:=$name=.*|-$name|!(?<_ssox_forgets>$name)|~$name)\\n)*#end\\z" -- "$argv[2]"
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
    set -q _ssox_child[1]; and test "$_ssox_layer" != on; or set -q argv[3]; or begin
        set -l changed $_ssox_names $_ssox_gone
        builtin contains -- $argv[1] use clear directory; or test -n "$SSOX_PROMPT$SSOX_IDENTITY"
        or set changed $_ssox_names
        # A profile that another program or shell has put in use here is not a previous value.
        set -q _ssox_kept[1]; or test -z "$SSOX_PROMPT$SSOX_IDENTITY"; or set -gu _ssox_child 1
        # Most replies have the same names in the same order.
        test "$_ssox_layer" != on; and set -q _ssox_child[1]; or string match -q "* $changed *" -- " $_ssox_kept "
        or _ssox_remember $changed
    end
    # If Ctrl-C ends this function, the next hook does the rest.
    set -q argv[3]; or set -gu _ssox_pending $argv recorded
    set -q _ssox_forgets[1]; and _ssox_forget (string match -rag '(?m)^!(.*)$' -- $argv[2])
    # If other programs have handlers for these variables, events are blocked until the reply has been applied, so that
    # a value that a handler sets does not count as set by ssox. Without such handlers, events are not blocked: each
    # blocked event takes fish longer than the one before it.
    builtin functions -t variable | string match -rq '^(?:AWS|SSOX|CPL)\S* (?!_ssox_)'; and builtin block -l
    if test "$argv[3]" != restored
        for name in $_ssox_names
            set -gx $name $_ssox_values[1]
            set -e _ssox_values[1]
        end
        set -q _ssox_gone[1]; and set -e -g $_ssox_gone
    end
    test $argv[1] = use; or test $argv[1] != clear -a -n "$SSOX_PROMPT$SSOX_IDENTITY"; or _ssox_restore "$argv[2]"
    # Records the current values as those that ssox set.
    set -gu _ssox_held "$SSOX_IDENTITY"
    set -gu _ssox_files "$SSOX_FILES"
    set -gu _ssox_left "$SSOX_PROMPT,$SSOX_STATE,$SSOX_EXPIRES,$SSOX_NEXT,$SSOX_PROTECTED"
    set -gu _ssox_unjudged
    # A reply to `use` with access keys and a region contains all compared variables.
    string match -q 'use *AWS_ACCESS_KEY_ID *AWS_REGION *' -- "$argv[1] $_ssox_names "
    and set -gu _ssox_exported $_ssox_names; or _ssox_note_exported
    _ssox_read_identity _ssox_seen
    set -gu _ssox_pending
    return 0
end

# Applies the rest of a reply whose application was interrupted.
function _ssox_finish
    set -l fish_trace
    set -l IFS \n
    _ssox_apply $_ssox_pending 2>/dev/null
    set -gu _ssox_pending
end

function _ssox_note_exported
    string match -raq '(?m)^(?<_ssox_exported>AWS_.*|SSOX_(?:PROFILE|IDENTITY)|HOME)$' -- "$(set -xn)"
end

# Reads the compared values into the variable that `$argv` names, together with the number of those that are not
# exported: these reach no program. The caller checks separately that all variables that were exported still are; then a
# change of this number shows whether others are exported, too. Without access keys, some other variables determine what
# AWS_PROFILE means, so they are compared, too. A variable for the path of a file that is set but empty does not mean
# the usual file.
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

# Takes the layer of a `.ssox` file off. The part "directories" below explains layers.
function _ssox_off
    test -n "$_ssox_layer"; or return 0
    set -l fish_trace
    _ssox_unhide
    test "$_ssox_layer" = going-on; and _ssox_on
    if test "$_ssox_layer" = on
        for name in $_ssox_layered
            builtin contains -- $name $_ssox_theirs; or _ssox_read _ssox_over_$name $name
        end
        set -gu _ssox_layer going-off
    end
    test "$_ssox_layer" = going-off; or return 0
    _ssox_write_layer _ssox_under_
    set -gu _ssox_layer off
end

# Puts the layer on again, or the layer of another `.ssox` file if the directory has changed. Fails if there is nothing
# to do. With `early`, direnv and mise have not acted yet. Then no new layer begins, because the values of the previous
# directory would be below it. At most sixteen levels below the root, one call finds out that no directory up to the
# root has a `.ssox` file: the parent of the root is the root itself.
function _ssox_arrive
    test "$PWD/$_ssox_again" != "$_ssox_directory/"; or begin
        test -n "$_ssox_layer"; or return
        _ssox_unhide
        _ssox_on
        return 0
    end
    builtin path is -- .ssox ../.ssox ../../.ssox ../../../.ssox ../../../../.ssox ../../../../../.ssox \
        ../../../../../../.ssox ../../../../../../../.ssox ../../../../../../../../.ssox \
        ../../../../../../../../../.ssox ../../../../../../../../../../.ssox \
        ../../../../../../../../../../../.ssox ../../../../../../../../../../../../.ssox \
        ../../../../../../../../../../../../../.ssox ../../../../../../../../../../../../../../.ssox \
        ../../../../../../../../../../../../../../../.ssox \
        ../../../../../../../../../../../../../../../../.ssox
    or not test ../../../../../../../../../../../../../../../../ -ef /
    and set -l _ssox_is_near 1
    or test -n "$_ssox_found$_ssox_file$_ssox_again$AWS_CONFIG_FILE$AWS_SHARED_CREDENTIALS_FILE"
    or begin
        set -gu _ssox_directory "$PWD"
        return 1
    end
    set -gu _ssox_found
    test -z "$_ssox_is_near"; or _ssox_find
    set -l fish_trace
    _ssox_unhide
    # The directory has changed, so a relative path in these variables names another file. The identity is checked
    # again.
    test -n "$SSOX_IDENTITY$_ssox_layer"; and string match -qr '^[^/]' -- "$AWS_CONFIG_FILE" "$AWS_SHARED_CREDENTIALS_FILE"
    and set -gu _ssox_seen moved
    test -n "$_ssox_found$_ssox_file"; or begin
        set -gu _ssox_again
        set -gu _ssox_directory "$PWD"
        return 1
    end
    set -l nearer
    test -z "$_ssox_found"; or set nearer (_ssox_find_nearer)
    # A layer that began while direnv or mise had a nearer file lacks the values that these tools set. If their file is
    # no longer nearer, the shell enters the directory again.
    if test -z "$_ssox_again" -a -n "$_ssox_found" -a -n "$_ssox_file"; and test "$_ssox_found" -ef "$_ssox_file"
        if test -n "$nearer" -o "$_ssox_nearer" != entered
            test "$_ssox_nearer" = entered; or set -gu _ssox_nearer $nearer
            set -gu _ssox_directory "$PWD"
            _ssox_on
            return 0
        end
    end
    # If Ctrl-C ends the calls below, the next prompt makes them again.
    set -gu _ssox_again 1
    set -gu _ssox_directory "$PWD"
    _ssox_exit
    if test "$argv" = early -a -n "$_ssox_found"
        set -gu _ssox_directory
    else if test -n "$_ssox_found"
        _ssox_enter $nearer
    end
    set -gu _ssox_again
    return 0
end

# Adds the prompt segment to a plain right prompt at the first prompt, after the whole configuration, unless a framework
# owns the prompt. The rest of the function `fish_right_prompt` is not moved into another function: plugins that wrap
# this function look for their mark in it, and would otherwise wrap it again.
function _ssox_place
    set -gu _ssox_undecided
    set -gu _ssox_is_late
    # A comment may name a framework.
    set -l prompts (builtin functions fish_prompt fish_right_prompt 2>/dev/null | string replace -ra '(^|\s)#.*' '')
    string match -qr 'starship|oh-my-posh|_omp_|_tide_|_pure_|powerline|_ssox_draw|_ssox_painted' -- "$prompts"; and return
    # If the left prompt shows the prompt segment, the segment must be computed before the right prompt is drawn.
    string match -q '*SSOX_SEGMENT*' -- "$prompts"; or set -gu _ssox_is_late 1
    set -gu _ssox_now placed
    set -l mine "$(builtin functions fish_right_prompt 2>/dev/null)"
    if test -n "$mine"
        string replace -r '(?m)^(function fish_right_prompt.*)$' "\$1"\n"    _ssox_draw \$\$status ' '" -- $mine | source
    else
        function fish_right_prompt
            set -q _ssox_is_late[1]; and set -gu _ssox_now drawn; and _ssox_look_and_show
            set -q _ssox_painted[1]; and builtin echo -n -s -- $_ssox_painted
        end
    end
end

# Adds the prompt segment again if another program has replaced or erased the right prompt. If a line that a person typed
# has named the function, that person has removed the prompt segment.
function _ssox_keep_place
    string match -q '*_ssox_*' -- "$(builtin functions fish_right_prompt 2>/dev/null)"; and return
    if set -q _ssox_is_named
        set -gu _ssox_is_late
    else
        _ssox_place
    end
end

# Shows the prompt segment and then `$space`. Returns `$last`, the status of the last command, which the rest of the
# right prompt may show.
function _ssox_draw --argument-names last space
    set -q _ssox_is_late[1]; and set -gu _ssox_now drawn; and _ssox_look_and_show
    set -q _ssox_painted[1]; and builtin echo -n -s -- $_ssox_painted $space
    return $last
end

# Renews the credentials when they are due, and computes the prompt segment.
function _ssox_refresh
    # If somebody has edited what the prompt segment shows, the program undoes the edit. It also checks changes that
    # could not be checked while the program was missing.
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

# Tells whether a configuration file was edited: after `use --profile-only`, the configuration files determine the
# identity. The directory `_ssox_files` has three files for each configuration file: a link to its path; `.real`, a link
# to the real file that was at this path; and `.seen`, a file with the modification time that the configuration file
# had.
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

# Tells whether the program should be called now. After a failure, it should be called again after a minute at the
# earliest. If somebody sets the clock back, the wait does not become longer.
function _ssox_is_due
    test "$SSOX_STATE" != foreign; or return
    string match -qr '^[1-9][0-9]{0,14}$' -- "$SSOX_NEXT"; or return
    test $_ssox_clock -ge $SSOX_NEXT; or return
    test $_ssox_clock -ge $_ssox_retry; or test $_ssox_retry -gt (builtin math $_ssox_clock + 60)
end

# Lets the program renew the credentials, or tell when it is to be called again. If Ctrl-C ends the call (status 130),
# the next prompt makes it again.
function _ssox_tick
    set -l fish_trace
    set -l IFS \n
    set -l failure 127
    set -gu _ssox_retry 0
    if command -q ssox
        set -l reply "$(SSOX_HELD="$_ssox_held" command ssox --emit=fish1 tick $argv </dev/null 2>/dev/null)"
        and _ssox_apply tick $reply 2>/dev/null
        and not _ssox_is_due
        and return
        set failure $status
    end
    test $failure -eq 130; or set -gu _ssox_retry (builtin math $_ssox_clock + 60)
end

# After a sign-in, gets the credentials that waited for it. Does not wait for the time of the hook's next call.
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
    string match -q '*fish_right_prompt*' -- "$argv"; and set -gu _ssox_is_named
    string match -qr '^[1-9][0-9]{0,14}$' -- "$SSOX_EXPIRES"; or return
    string match -qr '^\s*ssox' -- "$argv"; and return
    _ssox_read_clock
    test (builtin math $_ssox_clock + 60) -ge $SSOX_EXPIRES; or return
    test "$SSOX_STATE" = renewing; or _ssox_is_due; or return
    _ssox_tick --wait=2s
end

# --- verbs

# Sets the caller's `_ssox_verb` to the verb that the arguments run. With `--help` they run no verb: help is printed for
# a person.
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

# Runs a verb that does not change the environment of this shell.
function _ssox_pass
    builtin contains -- $argv[1] allow deny; and set -gu _ssox_again 1
    set -l universal (set -Uxn | string match -r '^AWS.*')
    set -q universal[1]; and set -lx SSOX_UNIVERSAL "$universal"
    SSOX_FUNCTION=fish1 command ssox $argv[2..]; or return
    test "$SSOX_STATE" != sign-in -o $argv[1] != login; or _ssox_signed_in
end

# Prints what is wrong with a reply.
function _ssox_refuse_reply --argument-names name reply
    set -l lines (string split \n -- $reply)
    if test "$lines[1]" = '#ssox1' -a "$lines[-1]" = '#end'
        set -l wrong (string match -rv "^(?:=$name=.*|[-!~]$name)\$" -- $lines[2..-2])
        and set wrong (string replace -rf '^(?:=([^=]+)=.*|[-!~]([^=]+))$' '$1$2' -- $wrong[1])
        and _ssox_refuse "`$(string escape -- $wrong)` must not be changed by ssox"
        and return
    end
    _ssox_refuse 'the program ssox sent an unexpected reply'
end

# Prints those of the names that are exported universal variables. Programs get such a variable wherever no exported
# global variable hides it.
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

# Adds names to a list of names, and the states of these variables to variables with the prefix `$prefix`. Usually the
# list is empty, and none of the variables was set before the first reply.
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
        _ssox_read $prefix$name $name
        set -a $list $name
    end
end

# Sets the variable `$argv[1]` to the state of the variable `$argv[2]`.
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

# Restores the previous values, except of variables that another program has set since, and forgets them. Previous
# values that the reply `$argv[1]` tells to restore later stay.
function _ssox_restore
    set -l fish_trace
    set -l later
    string match -q '*~*' -- "$argv[1]"; and set later (string match -rag '(?m)^~(.*)$' -- $argv[1])
    set -q _ssox_pending[3]; and set _ssox_pending[3] restored
    for name in $_ssox_kept
        set -q later[1]; and builtin contains -- $name $later; and continue
        set -l was _ssox_was_$name
        set -l value $$was
        if not set -qg $name
            switch $value[1]
                case x
                    set -gx $name $value[2..]
                case s
                    set -gu $name $value[2..]
            end
        else if test "$$name" != "$value[2..]"
            continue
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

# The values of a `.ssox` file are a layer above the values of the shell. The first hook takes the layer off: it
# restores the values below the layer. Then the hooks of other tools run, and the last hook puts the layer on again. So
# direnv and mise never see the layer, whatever the order of the lines in the configuration.
#
# `_ssox_layer` is empty, `on`, `off`, or, while its variables are written, `going-on` or `going-off`. Ctrl-C ends a
# hook between any two commands, and the next hook finishes what was begun. `_ssox_layered` has the names of the
# variables that were changed while the layer was on. For each of them, `_ssox_under_NAME` has the value below the
# layer, and `_ssox_over_NAME`, while the layer is off, the value in the layer. `_ssox_outside`, `_ssox_outside_NAME`
# and `_ssox_before` have what `_ssox_kept`, `_ssox_was_NAME` and others contained before the layer. `_ssox_directory`
# is the directory in which a `.ssox` file was last searched for, and `_ssox_file` the file that was found.
# `_ssox_nearer` is set if direnv or mise has a file nearer to the working directory than the `.ssox` file. Then the
# values that these tools set stay; `_ssox_theirs` has the names.

# Finds the nearest `.ssox` file, without starting a process. The search ends at the home directory.
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
    test "$_ssox_layer" = going-off; and _ssox_off
    if test "$_ssox_layer" = off
        _ssox_compare_under
        set -gu _ssox_layer going-on
    end
    test "$_ssox_layer" = going-on; or return 0
    _ssox_write_layer _ssox_over_
    set -gu _ssox_layer on
end

# Sets the variables of the layer to the recorded values below it or in it, except those that other programs have
# changed. `prefix` begins the names of the variables with these values. Repeating it changes nothing.
function _ssox_write_layer --argument-names prefix
    for name in $_ssox_layered
        builtin contains -- $name $_ssox_theirs; and continue
        set -l value $prefix$name
        _ssox_write $name $$value
    end
end

# Notes what other programs have changed below the layer. Repeating it changes nothing.
function _ssox_compare_under
    set -gu _ssox_theirs
    for name in $_ssox_layered
        set -l under _ssox_under_$name
        set -l over _ssox_over_$name
        set -l was _ssox_was_$name
        _ssox_read _ssox_state $name
        test "$_ssox_state" != "$$under"; or continue
        if test -n "$_ssox_nearer"
            set -a _ssox_theirs $name
            continue
        end
        set -q $was; and test "$$was" = "$$under"; and not builtin contains -- $name $_ssox_outside
        and set -gu $was $_ssox_state
        # After `clear`, the values in the layer are those below it, so they follow a change below it.
        test -z "$_ssox_over_SSOX_PROMPT[2..]"; and test "$$over" = "$$under"; and set -gu $over $_ssox_state
        set -gu $under $_ssox_state
    end
end

# Removes what hides variables of the shell in the calling function: if a function changes the directory, fish copies its
# exported local variables into the hooks.
function _ssox_unhide --no-scope-shadowing
    set -lxn | string match -rq '^(?:AWS|SSOX)_'; and set -e -l (set -lxn | string match -r '^(?:AWS|SSOX)_.*')
end

# Prints the regions of the shell. This function has copies of the exported local variables that hide them.
function _ssox_list_regions
    _ssox_unhide
    builtin echo "$AWS_REGION|$AWS_DEFAULT_REGION"
end

# Tells whether the layer is off, because a hook of the person makes this call, is still that of another directory, or
# must begin again, after `allow` or `deny` on the same line, or after Ctrl-C.
function _ssox_is_between_hooks
    if test "$PWD" = "$_ssox_directory"
        test "$_ssox_layer$_ssox_again" != on
    else
        test -n "$_ssox_layer"
    end
end

# Updates the layer, and then runs `use` or `clear`.
function _ssox_call_between_hooks
    set -l layer $_ssox_layer
    set -l early early
    test "$PWD" = "$_ssox_directory"; and set early
    _ssox_arrive $early
    _ssox_call $argv
    set -l result $status
    test "$layer$_ssox_layer" = offon; and _ssox_off
    return $result
end

# Prints something if direnv or mise has a file in a directory from the working directory up to, and without, that of
# the `.ssox` file.
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

# Leaves a directory: restores the values from before. A shell that inherited the values of the directory does not know
# the values from before; in such a shell, the program removes the values of the directory.
function _ssox_exit
    set -l fish_trace
    set -l IFS \n
    if test -n "$_ssox_layer"
        _ssox_off
        for name in $_ssox_kept
            builtin contains -- $name $_ssox_outside; or set -e -g _ssox_was_$name
        end
        for name in $_ssox_outside
            set -l was _ssox_outside_$name
            set -gu _ssox_was_$name $$was
        end
        set -gu _ssox_kept $_ssox_outside
        set -gu _ssox_held $_ssox_before[1]
        set -gu _ssox_files "$SSOX_FILES"
        set -gu _ssox_left "$SSOX_PROMPT,$SSOX_STATE,$SSOX_EXPIRES,$SSOX_NEXT,$SSOX_PROTECTED"
        set -gu _ssox_child $_ssox_before[2..]
        # The program checks the identity that the shell has now.
        set -q _ssox_layered[1]; and set -gu _ssox_seen "$SSOX_ENDPOINT$_ssox_held"
        set -gu _ssox_layer
        for name in $_ssox_layered
            set -e -g _ssox_under_$name
            set -e -g _ssox_over_$name
        end
        set -gu _ssox_layered
        for name in $_ssox_outside
            set -e -g _ssox_outside_$name
        end
        set -gu _ssox_outside
    else if test -n "$SSOX_DIRECTORY"; and command -q ssox
        set -l reply "$(SSOX_HELD="$_ssox_held" command ssox --emit=fish1 directory </dev/null)"
        and _ssox_apply directory $reply
    end
    set -gu _ssox_file
    return 0
end

# --- segment

# Computes SSOX_SEGMENT (`dev:ReadOnly 43m`) and SSOX_SEGMENT_STATE (ok, soon, renewing, expired, foreign), not
# exported, for prompts that people write themselves; `_ssox_painted`, the prompt segment with colours; and until when
# these values are valid.
function _ssox_show
    set -l fish_trace
    set -l IFS \n
    set -l label "$SSOX_PROMPT"
    string match -qr '[[:cntrl:]]' -- $label; and set label (string replace -ra '[[:cntrl:]]' '' -- $label)
    set -l clock
    set -l mark
    set -l state ok
    set -gu _ssox_current
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
    # The prompt segment is valid only until the next prompt, which checks the configuration files, or looks for the
    # program, again.
    test -z "$_ssox_files" -a "$_ssox_unjudged" != absent; or set _ssox_until $_ssox_clock
    # When the server of `exec --serve` or `serve` ends, it removes its files.
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
    set -gu _ssox_current "$SSOX_PROMPT,$SSOX_STATE,$SSOX_EXPIRES,$SSOX_NEXT,$SSOX_PROTECTED,$TERM,$NO_COLOR"
end

# Asks for the terminal's colour sequences once: ok, soon, expired, protected, normal, foreign. These sequences are
# quoted, because a terminal without colours has none, and an unquoted empty list would remove the text around it.
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

# `_ssox_kept` has the names of the variables that ssox has changed in this shell, and `_ssox_was_NAME` their previous
# values: `x` (exported), `s` (set) or `u` (unset), and then the values. A shell that inherits a profile in use does not
# know the previous values, and records none. Loading this script twice loses nothing. `_ssox_seen` has the compared
# values that the program checked last, `_ssox_held` their fingerprints, and `_ssox_left` what the prompt segment showed
# after the last reply. The variables of a `.ssox` file are described below.
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
    set -gu _ssox_pending
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
    # If another shell changes a universal variable, programs of this shell get the new value immediately, so the prompt
    # is drawn again. For each name with this handler that `use` sets, every `use` would call the handler. So of these
    # names, only AWS_ACCESS_KEY_ID has it.
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

# Completes. The typed words go to the program unchanged. The program's answer is data, and fish escapes what it
# inserts.
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
            # For arguments of a command with an empty name, fish offers only files.
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
