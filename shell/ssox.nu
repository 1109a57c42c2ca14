# ssox for nushell (0.108 and later): the command `ssox`, the hooks around each command, the segment in the prompt.
#
# This script makes no decisions: it applies the replies of the program ssox, compares two numbers and a list, and calls
# the program. All names are `_ssox_*`, except `ssox` itself and the SSOX_* variables.
# Invariant: nothing from AWS, a file or the environment is evaluated.
#
# What runs often has loops with `for`: nushell copies its state for each call of a closure, which takes ten times as
# long. It copies the environment after each call of a command with `--env`, so the hooks ask others first whether there
# is a need.
#
# Once a command with `--env` has called another one, it cannot hide a variable any more: nushell then has two of it. So
# commands compute what is to change, and `_ssox_commit`, which nothing else precedes in a call or a hook, changes it.

# The state of this shell. nushell passes no record to a program, so a child shell has none of it.
#
# `was` has what ssox changed first here and what was there before: a list with the value, an empty one for a variable
# that was not set. A `child`, which inherits a profile in use, does not know, and records nothing. `seen` has the
# compared values of the program's last judgement, `held` their fingerprints, `left` what the segment showed after the
# last reply. What a `.ssox` file needs is described below. Loading this twice loses nothing.
export-env {
    $env._ssox = ({
        was: {}, seen: [], left: [], held: ($env.SSOX_IDENTITY? | default '')
        child: ([$env.SSOX_PROMPT? $env.SSOX_IDENTITY?] | any {|value| $value | is-not-empty })
        layer: '', under: {}, over: {}, typed: {}, theirs: [], outside: {}, before: {}
        directory: '', file: ($env.SSOX_DIRECTORY? | default ''), nearer: '', again: false
        current: [], since: 0, until: 0, painted: ''
    } | merge ($env._ssox? | default {}) | merge {retry: 0, places: [], place: ($env._ssox_no_prompt? == null)})
    $env._ssox_no_prompt = null
}

# AWS credentials in this shell
@complete '_ssox_complete'
def --env --wrapped ssox [...args] {
    # What is piped goes through `if` to the program, as it arrives.
    if (_ssox_verb $args) in [use clear] {
        _ssox_change (_ssox_verb $args) $args
    } else if (_ssox_verb $args) in [allow deny] {
        $env._ssox.again = true
        SSOX_FUNCTION=nu1 ^ssox ...$args
    } else {
        SSOX_FUNCTION=nu1 ^ssox ...$args
    }
}

# Returns the verb, or nothing with `--help`, which is printed for a person.
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

# Runs a verb that changes the environment of this shell. Where the program fails, nushell ends this with its status.
def --env _ssox_change [verb: string args: list] {
    let piped = $in
    let reply = if $piped == null {
        SSOX_HELD=$env._ssox.held ^ssox --emit=nu1 ...$args
    } else {
        $piped | SSOX_HELD=$env._ssox.held ^ssox --emit=nu1 ...$args
    }
    _ssox_commit (_ssox_applied $verb $reply $env._ssox)
}

# Changes the environment: `changes` has a list with the new value for each name, or an empty one to unset it; `state`
# what is new in the state. With `note` the values are noted as those that ssox set: `all`, or what is `shown`, or
# `nothing`.
def --env _ssox_commit [plan: record] {
    let there = ($env | columns)
    mut gone = []
    mut set = {}
    for row in ($plan.changes | transpose name value) {
        if $row.value != [] {
            $set = ($set | insert $row.name $row.value.0)
        } else if $row.name in $there {
            $gone = [...$gone $row.name]
        }
    }
    hide-env --ignore-errors ...$gone
    load-env $set
    $env._ssox = ($env._ssox | merge $plan.state)
    if $env._ssox.layer == on { $env._ssox.over = ($env._ssox.over | merge (_ssox_now | reject --optional ...$env._ssox.theirs)) }
    if $plan.note == nothing { return }
    $env._ssox.left = (_ssox_visible)
    if $plan.note == shown { return }
    $env._ssox.held = ($env.SSOX_IDENTITY? | default '')
    $env._ssox.seen = (_ssox_identity)
}

# Checks all lines of the reply to a verb: `=NAME=VALUE` sets, `-NAME` unsets, `!NAME` forgets the previous value.
# Returns what is to change. After `clear`, and when nothing is in use, variables that are unset then get their previous
# values back. A value that a hook unsets while nothing is in use was set by ssox, so it is not recorded as previous.
def _ssox_applied [verb: string reply state: record] {
    mut changes = {}
    mut forgotten = []
    for row in (_ssox_rows $reply) {
        if ($row.forget | is-not-empty) {
            $forgotten = [...$forgotten $row.forget]
        } else if ($row.gone | is-not-empty) {
            $changes = ($changes | insert $row.gone [])
        } else {
            $changes = ($changes | insert $row.set [$row.value])
        }
    }
    let changes = $changes
    let is_asked = ($verb in [use clear directory]) or (_ssox_in_use)
    let remembered = if $is_asked { $changes | columns } else { $changes | transpose name value | where value != [] | get name }
    # What another program or shell has put in use here is not what was there before.
    let state = if ($state.was | is-empty) and (_ssox_in_use) { $state | merge {child: true} } else { $state }
    let state = (_ssox_remembering $remembered $state)
    let state = ($state | merge {was: ($state.was | reject --optional ...$forgotten)})
    if $verb == use { return {changes: $changes, state: $state, note: all} }
    let in_use = ([SSOX_PROMPT SSOX_IDENTITY] | any {|name| ($changes | get --optional $name | default (_ssox_get $name)) not-in [[] ['']] })
    if $verb != clear and $in_use { return {changes: $changes, state: $state, note: all} }
    # Another program may have set a value since.
    let free = ($state.was | transpose name value | where {|row| ($changes | get --optional $row.name | default (_ssox_get $row.name)) == [] })
    let restored = ($free | reduce --fold {} {|row, all| $all | insert $row.name $row.value })
    let state = ($state | merge {child: false, was: ($state.was | reject --optional ...$free.name)})
    {changes: ($changes | merge $restored), state: $state, note: all}
}

# Returns the lines between the first and the last one, taken apart. A group that did not match is null, or empty in an
# older nushell.
def _ssox_rows [reply] {
    let lines = if ($reply | describe) == 'string' { $reply | str replace --regex '\n$' '' | split row "\n" } else { [] }
    if ($lines | length) < 2 or $lines.0 != '#ssox1' or ($lines | last) != '#end' { _ssox_refuse 'unexpected reply' }
    let lines = ($lines | skip | drop)
    let names = '(?:AWS|SSOX)_[A-Z0-9_]+|AWSUME_PROFILE|AWSUME_EXPIRATION|AWSU_PROFILE|CPL_AWS_CREDENTIALS_FILE'
    let rows = ($lines | parse --regex ('^(?:=(?<set>' + $names + ')=(?<value>.*)|-(?<gone>' + $names + ')|!(?<forget>' + $names + '))$'))
    if ($rows | length) == ($lines | length) { return $rows }
    let all = ($lines | parse --regex '^(?:=(?<set>[^=]+)=.*|[-!](?<gone>[^=]+))$')
    if ($all | length) != ($lines | length) { _ssox_refuse 'unexpected reply' }
    let wrong = ($all | each {|row| if ($row.set | is-empty) { $row.gone } else { $row.set } } | where $it !~ ('^(?:' + $names + ')$') | first)
    _ssox_refuse $'`($wrong)` is not to be changed'
}

def _ssox_refuse [why: string] {
    error make --unspanned {msg: ('ssox: ' + $why + ', environment unchanged')}
}

# Tells whether `ssox use` has set something here.
def _ssox_in_use [] {
    ($env.SSOX_PROMPT? | is-not-empty) or ($env.SSOX_IDENTITY? | is-not-empty)
}

# Returns the state of a variable: a list with its value, or an empty one.
def _ssox_get [name: string] {
    if $name in $env { [($env | get $name)] } else { [] }
}

# Returns the state in which the current values of these names are recorded as previous.
def _ssox_remembering [names: list<string> state: record] {
    let under = if $state.layer == on { _ssox_with_current $names $state.under } else { $state.under }
    let was = if $state.child { $state.was } else { _ssox_with_current $names $state.was }
    $state | merge {under: $under, was: $was}
}

# Adds the current values of the names that a record does not have.
def _ssox_with_current [names: list<string> known: record] {
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

# Returns the compared values. The last five determine what AWS_PROFILE means.
def _ssox_identity [] {
    [
        $env.AWS_ACCESS_KEY_ID? $env.AWS_SECRET_ACCESS_KEY? $env.AWS_SESSION_TOKEN? $env.AWS_CREDENTIAL_EXPIRATION?
        $env.AWS_REGION? $env.AWS_DEFAULT_REGION? $env.AWS_PROFILE? $env.AWS_DEFAULT_PROFILE? $env.AWS_SECURITY_TOKEN?
        $env.AWS_ACCOUNT_ID? $env.AWS_SSO_PROFILE? $env.SSOX_PROFILE? $env.SSOX_IDENTITY?
        $env.AWS_CONFIG_FILE? $env.AWS_SHARED_CREDENTIALS_FILE? $env.AWS_WEB_IDENTITY_TOKEN_FILE? $env.AWS_ROLE_ARN?
        $env.AWS_CONTAINER_CREDENTIALS_FULL_URI? $env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI? $env.AWS_CONTAINER_AUTHORIZATION_TOKEN?
        $env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE? $env.HOME?
    ]
}

# Returns what the segment shows.
def _ssox_visible [] {
    [$env.SSOX_PROMPT? $env.SSOX_STATE? $env.SSOX_EXPIRES? $env.SSOX_NEXT? $env.SSOX_PROTECTED?]
}

# Calls the program, without messages for people except of directories. Returns what is to change, or null.
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

# Tells whether the compared values have changed, or what the segment shows was edited.
def _ssox_is_changed [] {
    if not (_ssox_in_use) and ($env.SSOX_REPLACED? | is-empty) and ($env._ssox.seen | is-empty) { return false }
    $env._ssox.seen != (_ssox_identity) or ($env._ssox.left != (_ssox_visible) and (_ssox_in_use))
}

# Has the program judge a change of the compared values: other keys, another region, a profile set beside them. It is
# called once for each change, and at the first prompt of a shell that inherits a profile. If it fails, the change
# counts as foreign. The program also undoes an edit of what the segment shows.
def --env _ssox_look [] {
    let now = (_ssox_identity)
    let plan = (_ssox_asked identity [] $env._ssox)
    if $plan != null {
        _ssox_commit $plan
    } else if (_ssox_in_use) {
        $env.SSOX_STATE = 'foreign'
        $env.SSOX_PROMPT = (($env.SSOX_PROMPT? | default '' | str replace --regex '\?$' '') + '?')
        $env._ssox.left = (_ssox_visible)
        $env._ssox.seen = $now
    } else {
        $env._ssox.seen = $now
    }
}

# Tells whether the program should be called now. After a failure that is in a minute at the earliest; a clock that was
# set back does not make the wait longer.
def _ssox_is_due [clock: int] {
    if $env.SSOX_STATE? == foreign { return false }
    let next = (_ssox_number $env.SSOX_NEXT?)
    $next > 0 and $clock >= $next and ($clock >= $env._ssox.retry or $env._ssox.retry > $clock + 60)
}

# Has the program renew the credentials, or say when to call it again.
def --env _ssox_tick [clock: int args: list<string>] {
    let plan = (_ssox_asked tick $args ($env._ssox | merge {retry: 0}))
    if $plan == null {
        $env._ssox.retry = $clock + 60
    } else {
        _ssox_commit $plan
        if (_ssox_is_due $clock) { $env._ssox.retry = $clock + 60 }
    }
}

# Tells whether the credentials may be due, or the segment is not what it should show. At most prompts neither is so.
def _ssox_is_stale [] {
    if not (_ssox_in_use) and $env.SSOX_NEXT? == null and $env._ssox.painted == '' { return false }
    let clock = (_ssox_clock)
    let is_current = $clock >= $env._ssox.since and $clock < $env._ssox.until
    not $is_current or (_ssox_visible | append $env.SSOX_NEXT?) != $env._ssox.current
}

# Renews the credentials when they are due, and computes the segment.
def --env _ssox_refresh [] {
    let clock = (_ssox_clock)
    if (_ssox_is_due $clock) { _ssox_tick $clock [] }
    _ssox_show $clock
}

# The prompt may be hours old when a command is typed, and no command should start with expired credentials.
def --env _ssox_preexec [] {
    let expires = (_ssox_number $env.SSOX_EXPIRES?)
    if $expires == 0 { return }
    let clock = (_ssox_clock)
    if $clock + 60 < $expires or (commandline) =~ '^\s*ssox' { return }
    if $env.SSOX_STATE? == renewing or (_ssox_is_due $clock) { _ssox_tick $clock ['--wait=2s'] }
}

# --- directories

# The values of a `.ssox` file are a layer above those of the shell. The first hook takes it off, the other hooks run,
# and the last ones put it on again: direnv and mise never see it, whatever the order in the configuration.
#
# `layer` is empty, `on` or `off`. `under` has what is below for each name that was changed while the layer was on,
# `over` what is in the layer, `typed` what a person changed in it on the line that left the directory. `outside` and
# `before` have `was` and others from before. `directory` is the directory that was looked at last, `file` the file that
# was found there. `nearer` tells that direnv or mise has a file below: what it sets, `theirs`, stays. `entering` is the
# file that the last hooks put in force.

# Returns what is to change when the layer is taken off.
def _ssox_without_layer [] {
    if $env._ssox.layer != on { return {changes: {}, state: {}, note: nothing} }
    let off = ($env._ssox.under | reject --optional ...$env._ssox.theirs)
    let now = (_ssox_now | select ...($off | columns))
    # No hook runs between `cd` and the rest of its line.
    let typed = if $env.PWD == $env._ssox.directory { {} } else {
        $now | transpose name value | where {|row| $row.name starts-with AWS and $row.value != ($env._ssox.over | get --optional $row.name) }
            | reduce --fold {} {|row, all| $all | insert $row.name $row.value }
    }
    {changes: $off, state: {layer: 'off', over: ($env._ssox.over | merge $now), typed: $typed}, note: nothing}
}

# Returns the current values of what is in the layer.
def _ssox_now [] {
    $env._ssox.under | columns | reduce --fold {} {|name, all| $all | insert $name (_ssox_get $name) }
}

def --env _ssox_off [] {
    if $env._ssox.layer == on { _ssox_commit (_ssox_without_layer) }
}

def --env _ssox_on [] {
    if $env._ssox.layer != off { return }
    let now = (_ssox_now)
    let differs = ($env._ssox.under | columns | where {|name| ($env._ssox.under | get $name) != ($now | get $name) })
    let theirs = if $env._ssox.nearer == '' { [] } else { $differs }
    let changed = ($now | select ...($differs | where $it not-in $theirs))
    let was = ($changed | transpose name value | where {|row|
        let was = ($env._ssox.was | get --optional $row.name)
        $was == ($env._ssox.under | get $row.name) and $row.name not-in $env._ssox.outside
    } | reduce --fold $env._ssox.was {|row, all| $all | upsert $row.name $row.value })
    # After `clear`, what is below is what the layer has.
    let cleared = ($env._ssox.over | get --optional SSOX_PROMPT | default [] | str join | is-empty)
    let over = ($changed | transpose name value | where {|row|
        $cleared and ($env._ssox.over | get --optional $row.name) == ($env._ssox.under | get $row.name)
    } | reduce --fold $env._ssox.over {|row, all| $all | upsert $row.name $row.value })
    let state = {layer: 'on', theirs: $theirs, was: $was, under: ($env._ssox.under | merge $changed), over: $over}
    _ssox_commit {changes: ($over | reject --optional ...$theirs), state: $state, note: nothing}
}

# Tells whether the layer is off, or the directory has changed.
def _ssox_is_away [] {
    $env._ssox.layer == off or $env._ssox.again or $env.PWD != $env._ssox.directory
}

# Puts the layer on again, or leaves it where the directory has changed.
def --env _ssox_arrive [] {
    let again = $env._ssox.again
    if $env.PWD == $env._ssox.directory and not $again { return (_ssox_on) }
    let found = (_ssox_find)
    $env._ssox.directory = $env.PWD
    $env._ssox.again = false
    if $found == '' and $env._ssox.file == '' { return }
    let nearer = if $found == '' { '' } else { _ssox_find_nearer $found }
    # What the tools had set when the directory was entered is not in the layer.
    if not $again and $found == $env._ssox.file and ($nearer != '' or $env._ssox.nearer != entered) {
        if $env._ssox.nearer != entered { $env._ssox.nearer = $nearer }
        return (_ssox_on)
    }
    _ssox_commit (_ssox_left {entering: $found, nearer: $nearer})
}

# Returns what is to change so that all is as it was before. A shell that inherited the values does not know it: there
# the program removes them.
def _ssox_left [more: record] {
    let state = ($more | merge {file: '', layer: ''})
    if $env._ssox.layer == '' {
        let plan = if ($env.SSOX_DIRECTORY? | is-not-empty) { _ssox_asked directory [] $env._ssox }
        return ($plan | default {changes: {}, state: {}, note: nothing} | update state {|it| $it.state | merge $state })
    }
    let plan = (_ssox_without_layer)
    # The program judges what is there now.
    let seen = if ($env._ssox.under | is-empty) { $env._ssox.seen } else { [] }
    let before = ($env._ssox.before | merge {was: $env._ssox.outside, seen: $seen, under: {}, over: {}, typed: {}})
    # What a person has set since the directory changed stays, unless another hook has set something else.
    let typed = ($plan.state | get --optional typed | default $env._ssox.typed)
    let stays = ($typed | columns | where {|name| $name in $plan.changes or (_ssox_get $name) == ($env._ssox.under | get $name) })
    {changes: ($plan.changes | merge ($typed | select ...$stays)), state: ($state | merge $before), note: shown}
}

# Puts the file in force that was found.
def --env _ssox_enter [] {
    let file = ($env._ssox.entering? | default '')
    if $file == '' { return }
    let is_nearer = $env._ssox.nearer != ''
    let fresh = {entering: '', file: $file}
    let entered = ($env._ssox | merge $fresh | merge {
        outside: $env._ssox.was, before: {held: $env._ssox.held, child: $env._ssox.child}, under: {}, over: {}, theirs: []
        nearer: (if $is_nearer { 'entered' } else { '' }), layer: 'on'
    })
    let plan = (_ssox_asked directory [$file] $entered)
    _ssox_commit ($plan | default {changes: {}, state: $fresh, note: nothing})
    if $plan != null and $is_nearer { $env._ssox.seen = [entered] }
}

# Returns the nearest `.ssox` file, by tests of files only. The home directory is the last one looked at.
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

# Returns something if direnv or mise has a file below the directory of that file.
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
# foreign), for prompts of your own; `painted`, the same with colours; and until when they are valid.
def --env _ssox_show [clock: int] {
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
    $env._ssox.current = (_ssox_visible | append $env.SSOX_NEXT?)
    $env._ssox.since = $clock
    $env._ssox.until = (if $next > 0 and $next < $until { $next } else { $until })
    if $label == '' {
        $env._ssox.painted = ''
        $env.SSOX_SEGMENT = {text: '', state: ''}
    } else {
        $env._ssox.painted = (_ssox_painted $label $shown)
        $env.SSOX_SEGMENT = {text: ($label + $shown.text), state: $shown.state}
    }
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

# Adds the segment to a plain right prompt at the first prompt, after the whole configuration, unless a framework owns
# the prompt. It is added once: if a person removes it, it stays removed.
def --env _ssox_place [] {
    $env._ssox.place = false
    let prompts = ([$env.PROMPT_COMMAND? $env.PROMPT_COMMAND_RIGHT?] | each {|prompt|
        if ($prompt | describe) == 'closure' { view source $prompt } else { $prompt | to text }
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

# Takes the first and the last place among the hooks, if others have been added. nushell runs the hooks for a change of
# the directory first, then those of `pre_prompt`, until one of them fails.
def --env _ssox_surround [] {
    let hooks = ($env.config.hooks? | default {})
    let changes = ($hooks.env_change?.PWD? | default [])
    let prompts = ($hooks.pre_prompt? | default [])
    let others = {|hooks| $hooks | where {|hook| ($hook | describe) !~ '^record.*ssox' } }
    let ours = {|code| {code: $code, ssox: 1} }
    $env.config.hooks.env_change = ($hooks.env_change? | default {} | upsert PWD [
        (do $ours {|| try { _ssox_off } })
        ...(do $others $changes)
    ])
    $env.config.hooks.pre_prompt = [
        (do $ours {|| try { if $env._ssox.layer != '' { _ssox_off } else if (_ssox_is_stale) { _ssox_refresh } } })
        ...(do $others $prompts)
        (do $ours {|| try { if (_ssox_is_away) { _ssox_arrive } } })
        (do $ours {|| try { if ($env._ssox.entering? | is-not-empty) { _ssox_enter } } })
        (do $ours {|| try { if (_ssox_is_changed) { _ssox_look } } })
        (do $ours {|| try { if (_ssox_is_stale) { _ssox_refresh }; if $env._ssox.place or (_ssox_is_displaced) { _ssox_settle } } })
    ]
    $env.config.hooks.pre_execution = [
        # A hook failed, and the last ones did not run.
        (do $ours {|| try { if $env._ssox.layer == off { _ssox_on } } })
        (do $ours {|| try { _ssox_preexec } })
        ...(do $others ($hooks.pre_execution? | default []))
    ]
    $env._ssox.places = (_ssox_places)
}

# Returns how many hooks there are.
def _ssox_places [] {
    let hooks = ($env.config.hooks? | default {})
    [($hooks.env_change?.PWD? | default [] | length) ($hooks.pre_prompt? | default [] | length)]
}

# Tells whether others have added hooks.
def _ssox_is_displaced [] { $env._ssox.places != (_ssox_places) }

def --env _ssox_settle [] {
    if $env._ssox.place { _ssox_place }
    if (_ssox_is_displaced) { _ssox_surround }
}

export-env {
    if $nu.is-interactive { _ssox_surround }
}

# --- completion

# Returns the candidates for the last word. The typed words go to the program unchanged, none is evaluated; its answer
# is data, already quoted.
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
