# ssox for nushell (0.108 and later): the command `ssox`, the hooks around each command, the segment in the prompt.
#
# This script makes no decisions: it applies the replies of the program ssox, compares two numbers and a list, and calls
# the program. All names are `_ssox_*`, except `ssox` itself and the SSOX_* variables.
# Invariant: nothing from AWS, a file or the environment is evaluated.
#
# Code that runs often has loops with `for`: for each call of a closure, nushell copies its own state, which takes ten
# times as long. After each call of a command with `--env`, and after each hook, nushell copies the environment. So
# there are few such commands and hooks, and a hook first tests whether it has anything to do.
#
# When a command with `--env` has called another such command, it cannot hide a variable any more: nushell then has two
# variables with this name. So the commands here only compute a plan of what is to change: `set` has new values, `gone`
# the names to unset, `state` the new state, and `note` tells which values are recorded as those that ssox set: `all`,
# those that the segment shows (`shown`), or `nothing`. `entered` means `all`, but the identity is checked once more.

# The state of this shell. nushell does not pass records to programs, so a child shell does not inherit this state.
#
# `was` has the previous value of each variable that ssox has changed in this shell: a list with the value, or an empty
# list if the variable was not set. A shell that inherits a profile in use (a `child`) does not know the previous
# values, and records none. `seen` has the compared values that the program checked last, `held` their fingerprints, and
# `left` what the prompt segment showed after the last reply. What a `.ssox` file needs is described below. Loading this
# script twice loses nothing.
export-env {
    $env._ssox = ({
        was: {}, seen: [], left: [], held: ($env.SSOX_IDENTITY? | default '')
        child: ([$env.SSOX_PROMPT? $env.SSOX_IDENTITY?] | any {|value| $value | is-not-empty })
        layer: '', under: {}, over: {}, typed: {}, theirs: [], outside: {}, before: {}
        directory: '', file: ($env.SSOX_DIRECTORY? | default ''), nearer: '', again: false
        settled: null, since: 0, until: 0, painted: ''
    } | merge ($env._ssox? | default {}) | merge {retry: 0, settled: null, places: [], place: ($env._ssox_no_prompt? == null)})
    $env._ssox_no_prompt = null
}

# AWS credentials in this shell
@complete '_ssox_complete'
def --env --wrapped ssox [...args] {
    # Input from a pipe goes through `match` to the program as it arrives.
    match (_ssox_verb $args) {
        $verb if $verb in [use clear] => {
            let plan = (_ssox_answered $verb $args)
            hide-env --ignore-errors ...$plan.gone
            # Another call on the same line may have left two variables with each name.
            hide-env --ignore-errors ...$plan.gone
            load-env (_ssox_kept $plan.gone)
            load-env $plan.set
            $env._ssox = (_ssox_noted $plan)
        }
        'allow' | 'deny' => {
            $env._ssox.again = true
            SSOX_FUNCTION=nu1 ^ssox ...$args
        }
        _ => { SSOX_FUNCTION=nu1 ^ssox ...$args }
    }
}

# Returns the verb in the arguments. With `--help`, returns an empty text: help is printed for a person.
def _ssox_verb [args: list] {
    mut verb = ''
    for arg in $args {
        let arg = ($arg | to text --no-newline)
        if $arg in [-h --help -V --version] or ($arg starts-with '--emit') { return '' }
        if $arg == '--' { break }
        if $verb == '' and not ($arg starts-with '-') { $verb = $arg }
    }
    $verb
}

# Runs a verb that changes the environment of this shell. If the program fails, nushell ends this command with the
# program's exit status. While the layer of a `.ssox` file is off, a hook of the person makes this call: what it changes
# belongs to the layer, or, if the directory of the layer has been left, to the shell.
def _ssox_answered [verb: string args: list] {
    let piped = $in
    let state = $env._ssox
    let is_off = $state.layer == off
    let is_left = $is_off and (_ssox_find) != $state.file
    let first = if $is_left { _ssox_left {directory: '', nearer: ''} } else if $is_off { _ssox_with_layer $state.nearer }
    # These changes are undone when this command ends.
    if $first != null {
        hide-env --ignore-errors ...$first.gone
        load-env $first.set
        $env._ssox = (_ssox_noted $first)
    }
    $env.SSOX_HELD = $env._ssox.held
    $env.SSOX_SAVED = ($env._ssox.was | columns | str join ' ')
    let reply = if $piped == null { ^ssox --emit=nu1 ...$args } else { $piped | ^ssox --emit=nu1 ...$args }
    let plan = (_ssox_applied $verb $reply $env._ssox)
    if not $is_off { return $plan }
    if $is_left {
        let set = ($first.set | reject --optional ...$plan.gone | merge $plan.set)
        return ($plan | merge {set: $set, gone: [...($first.gone | where $it not-in $plan.set) ...$plan.gone]})
    }
    hide-env --ignore-errors ...$plan.gone
    hide-env --ignore-errors ...$plan.gone
    load-env $plan.set
    $env._ssox = (_ssox_noted $plan)
    _ssox_unchanged ((_ssox_without_layer).state | merge {typed: $state.typed})
}

# Returns a plan that changes the state only.
def _ssox_unchanged [more: record] {
    {set: {}, gone: [], state: ($env._ssox | merge $more), note: nothing}
}

# Returns a plan. `changes` has for each name a list with the new value, or an empty list to unset the variable.
def _ssox_plan [changes: record more: record] {
    mut set = {}
    mut gone = []
    for row in ($changes | transpose name value) {
        if $row.value == [] { $gone = [...$gone $row.name] } else { $set = ($set | insert $row.name $row.value.0) }
    }
    {set: $set, gone: $gone, state: ($env._ssox | merge $more), note: nothing}
}

# Returns the state after a plan was carried out.
def _ssox_noted [plan: record] {
    let state = if $plan.state.layer != on { $plan.state } else {
        $plan.state | merge {over: ($plan.state.over | merge (_ssox_now $plan.state.under | reject --optional ...$plan.state.theirs))}
    }
    match $plan.note {
        'nothing' => $state
        'shown' => ($state | merge {left: (_ssox_visible)})
        'all' => ($state | merge {left: (_ssox_visible), held: ($env.SSOX_IDENTITY? | default ''), seen: (_ssox_identity)})
        # If direnv or mise had a nearer file when the layer began, the identity is checked once more.
        'entered' => ($state | merge {left: (_ssox_visible), held: ($env.SSOX_IDENTITY? | default ''), seen: [entered]})
    }
}

# Reads the reply to a verb: `=NAME=VALUE` sets a variable, `-NAME` unsets it, `!NAME` forgets its previous value.
# Returns a plan. After `clear`, and whenever no profile is in use, variables that are unset get their previous values
# back, except those with a line `~NAME`. A value that a hook unsets while no profile is in use was set by ssox, so it
# is not recorded as a previous value.
def _ssox_applied [verb: string reply state: record] {
    let lines = (_ssox_lines $reply)
    let set = $lines.set
    let gone = $lines.gone
    let is_asked = ($verb in [use clear directory]) or (_ssox_in_use)
    let remembered = if $is_asked { ($set | columns) ++ $gone } else { $set | columns }
    # A profile that another program or shell has put in use here is not a previous value.
    let state = if ($state.was | is-empty) and (_ssox_in_use) { $state | merge {child: true} } else { $state }
    let state = (_ssox_remembering $remembered $state)
    let state = if $lines.forgotten == [] { $state } else { $state | merge {was: ($state.was | reject --optional ...$lines.forgotten)} }
    if $verb == use { return {set: $set, gone: $gone, state: $state, note: all} }
    let after = {|name| if $name in $set { [($set | get $name)] } else if $name in $gone { [] } else { _ssox_get $name } }
    let in_use = ([SSOX_PROMPT SSOX_IDENTITY] | any {|name| (do $after $name) not-in [[] ['']] })
    if $verb != clear and $in_use { return {set: $set, gone: $gone, state: $state, note: all} }
    # The previous value of a variable is not restored if another program has set the variable since.
    let free = ($state.was | transpose name value | where {|row| $row.name not-in $lines.later and (do $after $row.name) == [] })
    let restored = ($free | where value != [] | reduce --fold {} {|row, all| $all | insert $row.name $row.value.0 })
    let state = ($state | merge {child: false, was: ($state.was | reject --optional ...$free.name)})
    {set: ($set | merge $restored), gone: ($gone | where $it not-in $restored), state: $state, note: all}
}

# Checks all lines of a reply, and returns the variables to set, the names to unset, the names whose previous values are
# forgotten, and those whose previous values are restored later. A group of the pattern that did not match is null, or
# empty in an older nushell.
def _ssox_lines [reply] {
    let text = $"($reply)"
    if not ($text starts-with "#ssox1\n" and ($text ends-with "\n#end\n" or $text ends-with "\n#end")) { _ssox_refuse 'the program ssox sent an unexpected reply' }
    let lines = ($text | lines | skip | drop)
    if $lines == [] { return {set: {}, gone: [], forgotten: [], later: []} }
    let rows = ($lines | parse --regex '^(?:=(?<set>[^=]+)=(?<value>.*)|-(?<gone>[^=]+)|!(?<forgotten>[^=]+)|~(?<later>[^=]+))$')
    if ($rows | length) != ($lines | length) { _ssox_refuse 'the program ssox sent an unexpected reply' }
    let gone = ($rows.gone | compact --empty)
    let forgotten = ($rows.forgotten | compact --empty)
    let later = ($rows.later | compact --empty)
    let set = ($rows | compact --empty set)
    let set = if $set == [] { {} } else { $set | select set value | transpose --header-row --as-record }
    let names = (($set | columns) ++ $gone ++ $forgotten ++ $later)
    let allowed = '(?:AWS|SSOX)_[A-Z0-9_]+|AWSUME_PROFILE|AWSUME_EXPIRATION|AWSU_PROFILE|CPL_AWS_CREDENTIALS_FILE|BOTO_CONFIG'
    if ($names | str join "\n") =~ ('^(?:(?:' + $allowed + ')(?:\n|$))+$') { return {set: $set, gone: $gone, forgotten: $forgotten, later: $later} }
    let wrong = ($names | where $it !~ ('^(?:' + $allowed + ')$') | first)
    _ssox_refuse $'`($wrong)` must not be changed by ssox'
}

def _ssox_refuse [why: string] {
    error make --unspanned {msg: ('ssox: ' + $why + ', environment unchanged')}
}

# Tells whether a profile is in use.
def _ssox_in_use [] {
    ($env.SSOX_PROMPT? | is-not-empty) or ($env.SSOX_IDENTITY? | is-not-empty)
}

# Returns the state of a variable: a list with its value, or an empty list if the variable is not set.
def _ssox_get [name: string] {
    let value = ($env | get --optional $name)
    if $value == null { [] } else { [$value] }
}

# Returns a record with null for each of the names that is still set although it was hidden. This happens in an overlay
# that was hidden and is used again (a virtual environment). Programs do not get a variable that is null.
def _ssox_kept [names: list<string>] {
    let all = $env
    mut kept = {}
    for name in $names {
        if ($all | get --optional $name) != null { $kept = ($kept | insert $name null) }
    }
    $kept
}

# Returns the state in which the current values of these variables are recorded as previous values.
def _ssox_remembering [names: list<string> state: record] {
    let under = if $state.layer == on { _ssox_with_current $names $state.under } else { $state.under }
    let was = if $state.child { $state.was } else { _ssox_with_current $names $state.was }
    if $was == $state.was and $under == $state.under { $state } else { $state | merge {under: $under, was: $was} }
}

# Returns the record `known`, to which the current values of those names are added that it does not have yet.
def _ssox_with_current [names: list<string> known: record] {
    # At most calls, the record has all names. Then `$env` is not read, because reading it takes as long as a whole
    # hook.
    let others = ($known | reject --optional ...$names | columns | length)
    if ($names | length) + $others == ($known | columns | length) { return $known }
    let current = $env
    mut all = $known
    for name in $names {
        if $name not-in $all {
            $all = ($all | insert $name (if $name in $current { [($current | get $name)] } else { [] }))
        }
    }
    $all
}

# --- hook

def _ssox_clock [] { (date now | into int) // 1_000_000_000 }

# Returns a number from the environment, or else 0.
def _ssox_number [text] {
    if ($text | describe) == 'string' and $text =~ '^[1-9][0-9]{0,14}$' { $text | into int } else { 0 }
}

# Returns the compared values. Without access keys, some other variables determine what AWS_PROFILE means, so they are
# compared, too.
def _ssox_identity [] {
    let without_keys = if ($env.AWS_ACCESS_KEY_ID? | is-empty) { [
        $env.AWS_CONFIG_FILE? $env.AWS_SHARED_CREDENTIALS_FILE? $env.AWS_WEB_IDENTITY_TOKEN_FILE? $env.AWS_ROLE_ARN?
        $env.AWS_CONTAINER_CREDENTIALS_FULL_URI? $env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI? $env.AWS_CONTAINER_AUTHORIZATION_TOKEN?
        $env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE? $env.HOME?
    ] }
    [
        $env.AWS_ACCESS_KEY_ID? $env.AWS_SECRET_ACCESS_KEY? $env.AWS_SESSION_TOKEN? $env.AWS_CREDENTIAL_EXPIRATION?
        $env.AWS_REGION? $env.AWS_DEFAULT_REGION? $env.AWS_PROFILE? $env.AWS_DEFAULT_PROFILE? $env.AWS_SECURITY_TOKEN?
        $env.AWS_ACCOUNT_ID? $env.AWS_SSO_PROFILE? $env.SSOX_PROFILE? $env.SSOX_IDENTITY? $without_keys
    ]
}

# Returns the values that the prompt segment shows.
def _ssox_visible [] {
    [$env.SSOX_PROMPT? $env.SSOX_STATE? $env.SSOX_EXPIRES? $env.SSOX_NEXT? $env.SSOX_PROTECTED?]
}

# Calls the program. Returns the plan of its reply, or null after a failure. Messages for people are hidden, except
# those about directories.
def _ssox_asked [verb: string args: list<string> state: record] {
    if (which --all ssox | where type == external | is-empty) { return null }
    try {
        let reply = if $verb == directory {
            '' | SSOX_HELD=$env._ssox.held ^ssox --emit=nu1 $verb ...$args
        } else {
            '' | SSOX_HELD=$env._ssox.held ^ssox --emit=nu1 $verb ...$args | complete | if $in.exit_code == 0 { $in.stdout }
        }
        _ssox_applied $verb $reply $state
    } catch { null }
}

# Tells whether the compared values have changed, or what the prompt segment shows was edited.
def _ssox_is_changed [] {
    if not (_ssox_in_use) and ($env.SSOX_REPLACED? | is-empty) and ($env._ssox.seen | is-empty) { return false }
    $env._ssox.seen != (_ssox_identity) or ($env._ssox.left != (_ssox_visible) and (_ssox_in_use))
}

# Lets the program check a change of the compared values, such as other access keys, another region, or a profile name
# beside access keys. The program is called once for each change, and at the first prompt of a shell that inherits a
# profile. If the program fails, the new identity counts as foreign. The program also undoes an edit of what the prompt
# segment shows.
def _ssox_looked [] {
    let plan = (_ssox_asked identity [] $env._ssox)
    if $plan != null { return $plan }
    let plan = (_ssox_unchanged {seen: (_ssox_identity)})
    if not (_ssox_in_use) { return $plan }
    let label = ($env.SSOX_PROMPT? | default '' | str replace --regex '\?$' '') + '?'
    $plan | merge {set: {SSOX_STATE: foreign, SSOX_PROMPT: $label}, note: shown}
}

# Tells whether the program should be called now. After a failure, it should be called again after a minute at the
# earliest. If somebody sets the clock back, the wait does not become longer.
def _ssox_is_due [clock: int] {
    if $env.SSOX_STATE? == foreign { return false }
    let next = (_ssox_number $env.SSOX_NEXT?)
    $next > 0 and $clock >= $next and ($clock >= $env._ssox.retry or $env._ssox.retry > $clock + 60)
}

# Lets the program renew the credentials, or tell when it is to be called again.
def _ssox_ticked [args: list<string>] {
    let later = (_ssox_clock) + 60
    let plan = (_ssox_asked tick $args ($env._ssox | merge {retry: 0}))
    if $plan == null { return (_ssox_unchanged {retry: $later}) }
    # If the next time is not in the future, waits a minute.
    let next = if SSOX_NEXT in $plan.gone { 0 } else { _ssox_number ($plan.set.SSOX_NEXT? | default $env.SSOX_NEXT?) }
    if $next == 0 or $next > (_ssox_clock) { $plan } else { $plan | merge {state: ($plan.state | merge {retry: $later})} }
}

# The prompt may be hours old when a command is typed, and no command should start with expired credentials.
def _ssox_is_expiring [] {
    let expires = (_ssox_number $env.SSOX_EXPIRES?)
    if $expires == 0 { return false }
    let clock = (_ssox_clock)
    if $clock + 60 < $expires or (commandline) =~ '^\s*ssox' { return false }
    $env.SSOX_STATE? == renewing or (_ssox_is_due $clock)
}

# Returns all values that the hooks depend on.
def _ssox_all [] {
    [
        $env.PWD $env.SSOX_PROMPT? $env.SSOX_STATE? $env.SSOX_EXPIRES? $env.SSOX_NEXT? $env.SSOX_PROTECTED?
        (_ssox_identity)
    ]
}

# Tells whether all these values are as they were after the last hook. At most prompts they are.
def _ssox_is_settled [] {
    let state = $env._ssox
    let clock = (date now | into int) // 1_000_000_000
    if $clock < $state.since or $clock >= $state.until or $state.layer == off or $state.again { return false }
    $state.settled == (_ssox_all) and $state.places == (_ssox_places)
}

# Tells whether a hook has anything to do.
def _ssox_is_needed [hook: string] {
    match $hook {
        'last' => (not (_ssox_is_settled))
        'first' => ($env._ssox.layer == on or not (_ssox_is_settled))
        'leave' => ($env._ssox.layer == on)
        'command' => ($env._ssox.layer == off or (_ssox_is_expiring))
    }
}

# Returns the plan of a step, or null.
def _ssox_step [step: string] {
    match $step {
        'off' => { if $env._ssox.layer == on { _ssox_without_layer } }
        'on' => { if $env._ssox.layer == off { _ssox_with_layer $env._ssox.nearer } }
        'arrive' => { if (_ssox_is_away) { _ssox_arrived } }
        'enter' => { if ($env._ssox.entering? | is-not-empty) { _ssox_entered } }
        'look' => { if (_ssox_is_changed) { _ssox_looked } }
        'renew' => { if $env._ssox.layer != off and (_ssox_is_due (_ssox_clock)) { _ssox_ticked [] } }
        'guard' => { if (_ssox_is_expiring) { _ssox_ticked ['--wait=2s'] } }
    }
}

# Returns the code of a hook: `first` and `last` run before the prompt, `leave` when the directory changes, and
# `command` before a command. If one step sets a variable and another step unsets it, nushell has two variables with
# this name, so each name is hidden twice.
def _ssox_hook [hook: string] {
    let steps = match $hook {
        'last' => [arrive enter look renew]
        'first' => [off renew]
        'leave' => [off]
        'command' => [on guard]
    }
    {|| try { if (_ssox_is_needed $hook) {
        for step in $steps {
            try {
                let plan = (_ssox_step $step)
                if $plan != null {
                    hide-env --ignore-errors ...$plan.gone
                    hide-env --ignore-errors ...$plan.gone
                    load-env (_ssox_kept $plan.gone)
                    load-env $plan.set
                    $env._ssox = (_ssox_noted $plan)
                }
            }
        }
        if $env._ssox.layer != off { load-env (_ssox_shown) }
        if $hook == last { _ssox_settle }
    } } }
}

# --- directories

# The values of a `.ssox` file are a layer above the values of the shell. The first hook takes the layer off: it
# restores the values below the layer. Then the hooks of other tools run, and the last hooks put the layer on again. So
# direnv and mise never see the layer, whatever the order of the lines in the configuration.
#
# `layer` is empty, `on` or `off`. For each variable that was changed while the layer was on, `under` has the value
# below the layer, and `over` the value in the layer. `typed` has values that a person set on the command line that left
# the directory. `outside` and `before` have what `was`, `held` and `child` contained before the layer. `directory` is
# the directory in which a `.ssox` file was last searched for, and `file` the file that was found. `nearer` is set if
# direnv or mise has a file nearer to the working directory than the `.ssox` file. Then the values that these tools set
# stay; `theirs` has the names. `entering` is the file whose layer the next step puts on.

# Returns the plan that takes the layer off.
def _ssox_without_layer [] {
    let off = ($env._ssox.under | reject --optional ...$env._ssox.theirs)
    let now = (_ssox_now $off)
    # A person may have set values after `cd` on the same line, because no hook runs between the commands of a line.
    let typed = if $env.PWD == $env._ssox.directory { {} } else {
        $now | transpose name value | where {|row| $row.name starts-with AWS and $row.value != ($env._ssox.over | get --optional $row.name) }
            | reduce --fold {} {|row, all| $all | insert $row.name $row.value }
    }
    _ssox_plan $off {layer: 'off', over: ($env._ssox.over | merge $now), typed: $typed}
}

# Returns the current values of the variables that are named in a record.
def _ssox_now [names: record] { _ssox_with_current ($names | columns) {} }

# Returns the plan that puts the layer on again.
def _ssox_with_layer [nearer: string] {
    let now = (_ssox_now $env._ssox.under)
    let differs = ($env._ssox.under | columns | where {|name| ($env._ssox.under | get $name) != ($now | get $name) })
    let theirs = if $nearer == '' { [] } else { $differs }
    let changed = ($now | select ...($differs | where $it not-in $theirs))
    let was = ($changed | transpose name value | where {|row|
        let was = ($env._ssox.was | get --optional $row.name)
        $was == ($env._ssox.under | get $row.name) and $row.name not-in $env._ssox.outside
    } | reduce --fold $env._ssox.was {|row, all| $all | upsert $row.name $row.value })
    # After `clear`, the values in the layer are those below it, so they follow a change below it.
    let cleared = ($env._ssox.over | get --optional SSOX_PROMPT | default [] | str join | is-empty)
    let over = ($changed | transpose name value | where {|row|
        $cleared and ($env._ssox.over | get --optional $row.name) == ($env._ssox.under | get $row.name)
    } | reduce --fold $env._ssox.over {|row, all| $all | upsert $row.name $row.value })
    let state = {layer: 'on', theirs: $theirs, was: $was, under: ($env._ssox.under | merge $changed), over: $over}
    _ssox_plan ($over | reject --optional ...$theirs) $state
}

# Tells whether the layer is off, or the directory has changed.
def _ssox_is_away [] {
    $env._ssox.layer == off or $env._ssox.again or $env.PWD != $env._ssox.directory
}

# Returns the plan that puts the layer on again, or that leaves the directory of the layer if the directory has changed.
def _ssox_arrived [] {
    let here = {directory: $env.PWD, again: false}
    let again = $env._ssox.again
    if $env.PWD == $env._ssox.directory and not $again { return (_ssox_with_layer $env._ssox.nearer) }
    let found = (_ssox_find)
    if $found == '' and $env._ssox.file == '' { return (_ssox_unchanged $here) }
    let nearer = if $found == '' { '' } else { _ssox_find_nearer $found }
    # A layer that began while direnv or mise had a nearer file lacks the values that these tools set. If their file is
    # no longer nearer, the shell enters the directory again.
    if not $again and $found == $env._ssox.file and ($nearer != '' or $env._ssox.nearer != entered) {
        let nearer = if $env._ssox.nearer == entered { 'entered' } else { $nearer }
        let plan = if $env._ssox.layer == off { _ssox_with_layer $nearer } else { _ssox_unchanged {} }
        return ($plan | merge {state: ($plan.state | merge {...$here nearer: $nearer})})
    }
    _ssox_left ($here | merge {entering: $found, nearer: $nearer})
}

# Returns the plan that leaves a directory: it restores the values from before. A shell that inherited the values of the
# directory does not know the values from before; in such a shell, the program removes the values of the directory.
def _ssox_left [more: record] {
    let state = ($more | merge {file: '', layer: ''})
    if $env._ssox.layer == '' {
        let plan = if ($env.SSOX_DIRECTORY? | is-not-empty) { _ssox_asked directory [] $env._ssox }
        return ($plan | default (_ssox_unchanged {}) | update state {|it| $it.state | merge $state })
    }
    let plan = if $env._ssox.layer == on { _ssox_without_layer } else { _ssox_unchanged {} }
    # The program checks the identity that the shell has now.
    let seen = if ($env._ssox.under | is-empty) { $env._ssox.seen } else { [] }
    let before = ($env._ssox.before | merge {was: $env._ssox.outside, seen: $seen, under: {}, over: {}, typed: {}})
    # Values that a person has set since the directory changed stay, unless another hook has set the same variables.
    let typed = $plan.state.typed
    let stays = ($typed | columns | where {|name| $name in $plan.set or $name in $plan.gone or (_ssox_get $name) == ($env._ssox.under | get $name) })
    let kept = (_ssox_plan ($typed | select ...$stays) {})
    {
        set: ($plan.set | reject --optional ...$kept.gone | merge $kept.set)
        gone: ($plan.gone | where $it not-in $kept.set | append $kept.gone)
        state: ($env._ssox | merge $state | merge $before), note: shown
    }
}

# Returns the plan that enters the directory of the `.ssox` file that was found.
def _ssox_entered [] {
    let file = $env._ssox.entering
    let is_nearer = $env._ssox.nearer != ''
    let fresh = {entering: '', file: $file}
    let entered = ($env._ssox | merge $fresh | merge {
        outside: $env._ssox.was, before: {held: $env._ssox.held, child: $env._ssox.child}, under: {}, over: {}, theirs: []
        nearer: (if $is_nearer { 'entered' } else { '' }), layer: 'on'
    })
    let plan = (_ssox_asked directory [$file] $entered)
    if $plan == null { return (_ssox_unchanged $fresh) }
    if $is_nearer { $plan | merge {note: entered} } else { $plan }
}

# Returns the nearest `.ssox` file, without starting a process. The search ends at the home directory.
def _ssox_find [] {
    let home = ('~' | path expand)
    mut directory = ($env.PWD | path expand)
    loop {
        let file = ($directory | path join .ssox)
        if ($file | path exists) { return $file }
        let above = ($directory | path dirname)
        if $directory == $home or $above in ['' $directory] { return '' }
        $directory = $above
    }
}

# Returns `nearer` if direnv or mise has a file in a directory from the working directory up to, and without, that of
# the `.ssox` file.
def _ssox_find_nearer [found: string] {
    let names = [.envrc mise.toml .mise.toml mise.local.toml .mise.local.toml .config/mise.toml]
    mut directory = ($env.PWD | path expand)
    while ($directory | path join .ssox) != $found and $directory != ($directory | path dirname) {
        let here = $directory
        if ($names | any {|name| $here | path join $name | path exists }) { return 'nearer' }
        $directory = ($directory | path dirname)
    }
    ''
}

# --- segment

# Computes `$env.SSOX_SEGMENT`, a record with `text` (`dev:ReadOnly 43m`) and `state` (ok, soon, renewing, expired,
# foreign), for prompts that people write themselves; `painted`, the prompt segment with colours; and until when these
# values are valid. Returns the record for `load-env`.
def _ssox_shown [] {
    let clock = (_ssox_clock)
    let label = ($env.SSOX_PROMPT? | default '' | str replace --all --regex '[[:cntrl:]]' '')
    let state = $env.SSOX_STATE?
    let next = (_ssox_number $env.SSOX_NEXT?)
    let mark = if $state == sign-in { ' sign in' } else if $state == failed { ' failed' } else { '' }
    let expires = if $state == foreign { 0 } else { _ssox_number $env.SSOX_EXPIRES? }
    let left = $expires - $clock
    let shown = if $expires == 0 and $state == renewing {
        {text: ' renewing', state: 'renewing'}
    } else if $expires == 0 {
        {text: $mark, state: (if $state == foreign { 'foreign' } else if $mark != '' { 'soon' } else { 'ok' })}
    } else if $left > 0 {
        {text: ((_ssox_duration $left) + $mark), state: (if $left < 900 or $mark != '' { 'soon' } else { 'ok' })}
    } else if $mark != '' {
        {text: $mark, state: 'expired'}
    } else if $state == renewing or ($next > 0 and $env._ssox.retry == 0) {
        {text: ' renewing', state: 'renewing'}
    } else {
        {text: ' expired', state: 'expired'}
    }
    let until = if $expires == 0 { $clock + 60 } else if $left < 60 { $clock } else { $clock + $left mod 60 + 1 }
    let valid = {since: $clock, until: (if $next > 0 and $next < $until { $next } else { $until })}
    if $label == '' { return {SSOX_SEGMENT: {text: '', state: ''}, _ssox: ($env._ssox | merge $valid | merge {painted: ''})} }
    let painted = (_ssox_painted $label $shown)
    {SSOX_SEGMENT: {text: ($label + $shown.text), state: $shown.state}, _ssox: ($env._ssox | merge $valid | merge {painted: $painted})}
}

def _ssox_duration [left: int] {
    if $left >= 172800 {
        $' ($left // 86400)d'
    } else if $left >= 3600 {
        $' ($left // 3600)h ($left mod 3600 // 60)m'
    } else if $left >= 60 {
        $' ($left // 60)m'
    } else {
        $' ($left)s'
    }
}

def _ssox_painted [label: string shown: record] {
    let is_plain = ($env.NO_COLOR? | is-not-empty)
    let reset = (ansi reset)
    let colour = if $is_plain { '' } else {
        ansi (match $shown.state { 'ok' => 'green', 'expired' => 'red', 'foreign' => 'purple', _ => 'yellow' })
    }
    if ($env.SSOX_PROTECTED? | is-empty) { return ($colour + $label + $shown.text + $reset) }
    let block = if $is_plain { ansi attr_reverse } else { ansi {fg: white, bg: red} }
    $block + ' ' + $label + ' ' + $reset + $colour + $shown.text + $reset
}

# Adds the prompt segment to a plain right prompt at the first prompt, after the whole configuration, unless a framework
# owns the prompt. It is added once: if a person removes it, it stays removed.
def --env _ssox_place [] {
    $env._ssox.place = false
    # A comment may name a framework.
    let prompts = ([$env.PROMPT_COMMAND? $env.PROMPT_COMMAND_RIGHT?] | each {|prompt|
        if ($prompt | describe) == 'closure' {
            view source $prompt | str replace --all --regex '(?m)(^|\s)#.*$' ''
        } else { $prompt | to text }
    } | str join ' ')
    if $env.TERM? == dumb or $prompts =~ 'starship|oh-my-posh|_omp_|powerline|SSOX_|_ssox' { return }
    let old = $env.PROMPT_COMMAND_RIGHT?
    $env.PROMPT_COMMAND_RIGHT = {||
        let rest = if ($old | describe) == 'closure' { do $old } else { $old | default '' }
        # _ssox_painted
        let segment = ($env._ssox?.painted? | default '')
        if $segment == '' { $rest } else { $segment + ' ' + ($rest | to text --no-newline) }
    }
}

# Makes the hooks of ssox the first and the last ones. nushell first runs the hooks for a change of the directory, and
# then those of `pre_prompt`, until one of them fails. Each hook of another tool takes as long at a prompt as the hook
# of ssox.
def --env _ssox_surround [] {
    let hooks = ($env.config.hooks? | default {})
    let others = {|hooks| $hooks | default [] | where {|hook| ($hook | describe) !~ '^record.*ssox' } }
    let changes = (do $others $hooks.env_change?.PWD?)
    let prompts = (do $others $hooks.pre_prompt?)
    let ours = {|hook| {code: (_ssox_hook $hook), ssox: 1} }
    $env.config.hooks.env_change = ($hooks.env_change? | default {} | upsert PWD [(do $ours leave) ...$changes])
    let first = if $prompts == [] { [] } else { [(do $ours first)] }
    $env.config.hooks.pre_prompt = [...$first ...$prompts (do $ours last)]
    # If a hook of `pre_prompt` fails, the last hook does not run, so its work is also done before a command.
    $env.config.hooks.pre_execution = [(do $ours command) ...(do $others $hooks.pre_execution?)]
    $env._ssox.places = (_ssox_places)
}

# Returns how many hooks there are.
def _ssox_places [] {
    let hooks = $env.config.hooks
    [($hooks.env_change?.PWD? | length) ($hooks.pre_prompt? | length)]
}

# Ends a hook: records the values for which it has run, and checks whether other programs have added hooks.
def --env _ssox_settle [] {
    if $env._ssox.place { _ssox_place }
    if $env._ssox.places != (_ssox_places) { _ssox_surround }
    $env._ssox.settled = (_ssox_all)
}

export-env {
    if $nu.is-interactive { _ssox_surround }
}

# --- completion

# Returns the candidates for the last word. The typed words go to the program unchanged, and none is evaluated. The
# program's answer is data, already quoted.
def _ssox_complete [spans: list<string>] {
    if (which --all ssox | where type == external | is-empty) { return [] }
    let reply = (^ssox complete nushell ($spans | last) ...($spans | drop) | complete | get stdout | lines)
    let kind = ($reply | get --optional 0 | default '')
    if ($kind starts-with 'words ') or ($kind starts-with 'parts ') {
        $reply | skip | split column "\t" value description
    } else if ($kind starts-with 'command ') {
        let words = ($spans | skip ($kind | str substring 8.. | into int))
        $words | str join ' ' | commandline complete --detailed
    } else if $kind == files {
        null
    } else {
        []
    }
}

# --- end
