# ssox for elvish (0.19 and later): the command `ssox`, the hooks around each command, the segment in the prompt.
#
# This script makes no decisions: it applies the replies of the program ssox, compares two numbers and a list, and calls
# the program. It runs inside `eval`, so its names do not exist outside, except those that its last lines add to the
# interactive shell. Invariant: nothing from AWS, a file or the environment is evaluated.
#
# An output capture `( … )` takes 20 microseconds, so conditions that are tested before each command avoid it. Instead,
# they look up a key in a map: if the key is missing, elvish raises an exception, which takes 7. A function has to be
# defined before the code that calls it; otherwise elvish would call a program with this name.

use math
use path
use re
use str

# The namespace `edit:`; `$nil` in a shell that is not interactive.
var edit = $nil
try { set edit = (eval 'put $edit:') } catch _ { }

# The state is kept as long as the shell runs: if this script is loaded again, a hook of the earlier version hands the
# state over. ssox's hooks are those with an option `ssox`.
#
# `was` has the previous value of each variable that ssox has changed in this shell: a list with the value, or an empty
# list if the variable was not set. A shell that inherits a profile in use (a `child`) does not know the previous
# values, and records none. `seen` has the compared values that the program checked last, `held` their fingerprints, and
# `left` what the prompt segment showed after the last reply. What a `.ssox` file needs is described below.
var state = [
  &was=[&] &child=(not-eq $E:SSOX_PROMPT$E:SSOX_IDENTITY '') &seen=$nil &left=$nil &held=$E:SSOX_IDENTITY &layer='' &under=[&]
  &over=[&] &theirs=[&] &outside=[&] &before=[] &directory='' &file=$E:SSOX_DIRECTORY &nearer='' &again=$false
]

fn ours {|hook|
  try { eq $hook[opt-names] [ssox] } catch _ { put $false }
}

for hook $before-chdir {
  if (ours $hook) {
    var known = ($hook &ssox=$true '')
    for name [(keys $known)] { set state[$name] = $known[$name] }
  }
}

# The hook has nothing to do as long as the current values are a key of `fresh-values`, and the current ten seconds are
# a key of `fresh-times`. `$tens` and `$point` select the digits of the uptime that form this key: see `assert-fresh`.
var fresh-values = [&]
var fresh-times = [&]
var tens point = '' ''
var is-timed = $false

# The epoch second at which the machine was started; `$nil` if it is not known.
var offset = $nil

# Makes the hooks of ssox the first and the last ones. The function is defined below.
var surround~ = $nop~

# Put the layer of a `.ssox` file on and take it off, between the hooks, and make it again. The functions are defined
# below.
var layer-on~ layer-off~ layer-again~ = $nop~ $nop~ $nop~

# --- reply

var names = '(?:AWS|SSOX)_[A-Z0-9_]+|AWSUME_PROFILE|AWSUME_EXPIRATION|AWSU_PROFILE|CPL_AWS_CREDENTIALS_FILE|BOTO_CONFIG'

# Checks all lines of a reply: `=NAME=VALUE` sets a variable, `-NAME` unsets it, `!NAME` forgets its previous value, and
# `~NAME` keeps it for a later reply.
fn check {|reply|
  if (re:match '\A#ssox1\n(?:(?:=(?:'$names')=.*|[-!~](?:'$names'))\n)*#end\n?\z' $reply) { return }
  var wrong = ''
  if (re:match '\A#ssox1\n(?:(?:=[^=\n]+=.*|[-!~][^=\n]+)\n)*#end\n?\z' $reply) {
    for line [(re:find '(?m)^(?:=([^=\n]+)=.*|[-!~]([^=\n]+))$' $reply)] {
      var name = $line[groups][1][text]$line[groups][2][text]
      if (and (eq $wrong '') (not (re:match '^(?:'$names')$' $name))) { set wrong = $name }
    }
  }
  fail 'ssox: '(if (eq $wrong '') { put 'the program ssox sent an unexpected reply' } else { put '`'$wrong'` must not be changed by ssox' })', environment unchanged'
}

# Returns a list with the value of a variable, or an empty list if the variable is not set.
fn get {|name| put [(try { get-env $name } catch _ { })] }

fn put-back {|name value|
  unset-env $name
  for text $value { set-env $name $text }
}

# Returns the map `known`, to which the current values of those names are added that it does not have yet.
fn with-current {|known @names|
  try {
    for name $names { nop $known[$name] }
  } catch _ {
    for name $names {
      if (not (has-key $known $name)) { set known[$name] = (get $name) }
    }
  }
  put $known
}

fn in-use { not-eq $E:SSOX_PROMPT$E:SSOX_IDENTITY '' }

# Calls a function with two lists: the compared values, and the values that the prompt segment shows. The last of the
# compared values determine what AWS_PROFILE means.
fn current {|then|
  $then [
    $E:AWS_ACCESS_KEY_ID $E:AWS_SECRET_ACCESS_KEY $E:AWS_SESSION_TOKEN $E:AWS_CREDENTIAL_EXPIRATION $E:AWS_REGION
    $E:AWS_DEFAULT_REGION $E:AWS_PROFILE $E:AWS_DEFAULT_PROFILE $E:AWS_SECURITY_TOKEN $E:AWS_ACCOUNT_ID $E:AWS_SSO_PROFILE $E:SSOX_PROFILE
    $E:SSOX_IDENTITY $E:AWS_CONFIG_FILE $E:AWS_SHARED_CREDENTIALS_FILE $E:AWS_WEB_IDENTITY_TOKEN_FILE $E:AWS_ROLE_ARN ^
    $E:AWS_CONTAINER_CREDENTIALS_FULL_URI $E:AWS_CONTAINER_CREDENTIALS_RELATIVE_URI ^
    $E:AWS_CONTAINER_AUTHORIZATION_TOKEN $E:AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE $E:HOME ^
    # An empty profile name differs from an unset one.
    (has-env AWS_PROFILE; has-env AWS_DEFAULT_PROFILE)
  ] [$E:SSOX_PROMPT $E:SSOX_STATE $E:SSOX_EXPIRES $E:SSOX_NEXT $E:SSOX_PROTECTED]
}

# Restores the previous values, except of variables that another program has set since, and forgets them. Those that the
# reply tells to restore later stay.
fn restore {|reply|
  var later = [(for line [(re:find '(?m)^~([A-Z0-9_]+)$' $reply)] { put $line[groups][1][text] })]
  for name [(for name [(keys $state[was])] { if (or (has-env $name) (has-value $later $name)) { } else { put $name } })] {
    put-back $name $state[was][$name]
    del state[was][$name]
  }
  set state[child] = $false
}

fn restore-unused {|reply| if (not (in-use)) { restore $reply } }

# The function that restores previous values after each verb.
var restores = [&use={|_| } &clear=$restore~ &directory=$restore-unused~ &tick=$restore-unused~ &identity=$restore-unused~]
var is-asked = [&use=$true &clear=$true &directory=$true &tick=$false &identity=$false]
var is-on = [&''=$false &on=$true &off=$false]

# Applies the reply to a verb. After `clear`, and whenever no profile is in use, variables that are unset get their
# previous values back. A value that a hook unsets while no profile is in use was set by ssox, so it is not recorded as a
# previous value.
fn apply {|verb reply|
  check $reply
  var assigned = [(re:find '(?m)^=([A-Z0-9_]+)=(.*)$' $reply)]
  var unset = [(re:find '(?m)^-([A-Z0-9_]+)$' $reply)]
  var changed = [$@assigned $@unset]
  if $is-asked[$verb] { } elif (not (in-use)) { set changed = $assigned }
  var changed-names = [(for change $changed { put $change[groups][1][text] })]
  if $is-on[$state[layer]] { set state[under] = (with-current $state[under] $@changed-names) }
  # A profile that another program or shell has put in use here is not a previous value.
  if (and (== (count $state[was]) 0) (in-use)) { set state[child] = $true }
  if $state[child] { } else { set state[was] = (with-current $state[was] $@changed-names) }
  for change [(re:find '(?m)^!([A-Z0-9_]+)$' $reply)] { del state[was][$change[groups][1][text]] }
  for change $assigned { set-env $change[groups][1][text] $change[groups][2][text] }
  for change $unset { unset-env $change[groups][1][text] }
  $restores[$verb] $reply
  set state[held] = $E:SSOX_IDENTITY
  current {|identity visible|
    set state[seen] = $identity
    set state[left] = $visible
  }
}

# --- function

# Returns the verb in the arguments. With `--help`, returns an empty text: help is printed for a person.
fn verb-of {|@arguments|
  var verb = ''
  for argument $arguments {
    if (or (has-value [-h --help -V --version] $argument) (str:has-prefix $argument --emit)) { put ''; return }
    if (eq $argument --) { break }
    if (and (eq $verb '') (not (str:has-prefix $argument -))) { set verb = $argument }
  }
  put $verb
}

# The verbs that the function `ssox` handles: true for those that change the environment of this shell. And the first
# character of an option.
var changes-shell = [&use=$true &clear=$true &allow=$false &deny=$false]
var begins-option = [&-=$true]

# AWS credentials in this shell. If the program fails, this function ends with the exception of the program.
fn ssox {|@arguments|
  var verb has-verb has-option = '' $false $false
  for argument $arguments {
    try {
      nop $changes-shell[$argument]
      set has-verb = $true
    } catch _ {
      try { set has-option = $begins-option[$argument[0]] } catch _ { }
    }
  }
  if $has-verb {
    set verb = $arguments[0]
    if $has-option { set verb = (verb-of (each $to-string~ $arguments)) }
  }
  set fresh-values offset = [&] $nil
  var is-change = $false
  try { set is-change = $changes-shell[$verb] } catch _ { }
  if $is-change {
    # A hook of the person may call this while the layer is off. After `allow` or `deny` on the same line, the layer
    # must be made again.
    var is-between = (eq $state[layer] off)
    if (and $state[again] (eq $pwd $state[directory])) { layer-again } elif $is-between { layer-on }
    defer { if (and $is-between (eq $state[layer] on)) { layer-off } }
    tmp E:SSOX_HELD = $state[held]
    tmp E:SSOX_SAVED = (str:join ' ' [(keys $state[was])])
    apply $verb (e:ssox --emit=elvish1 $@arguments | slurp)
    # The rc file may have replaced the lists of hooks, so the hooks are added again.
    surround
    return
  }
  if (has-value [allow deny] $verb) { set state[again] = $true }
  # A call in the background may already have set this variable. If this call restored that value at its end, the
  # variable would stay set for ever.
  if (eq $E:SSOX_FUNCTION elvish1) {
    e:ssox $@arguments
  } else {
    tmp E:SSOX_FUNCTION = elvish1
    e:ssox $@arguments
  }
}

# --- segment

# A segment has `text` (`dev:ReadOnly 43m`) and `state` (ok, soon, renewing, expired, foreign), for prompts that people
# write themselves; `styled`, the text in colours; and `until`, the epoch second until which these values are valid.
var none = [&text='' &state='' &styled=[] &until=$nil]
var segment = $none

fn ssox-segment { put $segment }

# After a failed call, the epoch second at which the program is called again; otherwise 0.
var retry = (num 0)

# Returns a number from the environment, or else 0.
fn number {|text|
  if (re:match '^[1-9][0-9]{0,14}$' $text) { num $text } else { num 0 }
}

fn floor {|value| exact-num (math:floor $value) }

fn duration {|left|
  if (>= $left 172800) {
    put ' '(floor (/ $left 86400))d
  } elif (>= $left 3600) {
    put ' '(floor (/ $left 3600))h' '(floor (/ (% $left 3600) 60))m
  } elif (>= $left 60) {
    put ' '(floor (/ $left 60))m
  } else {
    put ' '$left's'
  }
}

fn paint {|label rest kind|
  var plain = (not-eq $E:NO_COLOR '')
  var in-colour = {|text|
    if $plain { put $text } else { styled $text [&ok=green &soon=yellow &renewing=yellow &expired=red &foreign=magenta][$kind] }
  }
  if (eq $E:SSOX_PROTECTED '') { $in-colour $label$rest' '; return }
  if $plain { styled ' '$label' ' inverse } else { styled ' '$label' ' white bg-red }
  $in-colour $rest' '
}

# Computes the prompt segment.
fn show {|clock|
  var label = (re:replace '[\x00-\x1f\x7f-\x{9f}]' '' $E:SSOX_PROMPT)
  var next = (number $E:SSOX_NEXT)
  var mark = ''
  try { set mark = [&sign-in=' sign in' &failed=' failed'][$E:SSOX_STATE] } catch _ { }
  var is-foreign = (eq $E:SSOX_STATE foreign)
  var expires = (if $is-foreign { num 0 } else { number $E:SSOX_EXPIRES })
  var left = (- $expires $clock)
  var time-left kind until = '' ok $nil
  if (== $expires 0) {
    if $is-foreign {
      set kind = foreign
    } elif (eq $E:SSOX_STATE renewing) {
      set mark kind = ' renewing' renewing
    } elif (not-eq $mark '') {
      set kind = soon
    }
    if (and (> $next 0) (not $is-foreign)) { set until = $next }
  } else {
    set until = $clock
    if (> $left 0) {
      set time-left = (duration $left)
      if (or (< $left 900) (not-eq $mark '')) { set kind = soon }
      if (>= $left 60) { set until = (- $expires (* 60 (floor (/ $left 60)))) }
      if (and (> $next 0) (< $next $until)) { set until = $next }
    } elif (not-eq $mark '') {
      set kind = expired
    } elif (or (eq $E:SSOX_STATE renewing) (and (> $next 0) (== $retry 0))) {
      set mark kind = ' renewing' renewing
    } else {
      set mark kind = ' expired' expired
    }
  }
  var rest = $time-left$mark
  if (eq $label '') {
    set segment = [&text='' &state='' &styled=[] &until=$until]
  } else {
    set segment = [&text=$label$rest &state=$kind &styled=[(paint $label $rest $kind)] &until=$until]
  }
}

# --- hook

# Returns how many seconds the machine has been running. elvish has no clock. With this number, a process that tells the
# epoch second is needed only once after each call of ssox; without it, each time. The epoch second is rounded down:
# with hundredths, the time could go back a little when `offset` is computed again.
fn uptime { var up _ = (str:split &max=2 ' ' (slurp < /proc/uptime)); put $up }

fn clock {
  var up = $nil
  try {
    if (eq $offset $nil) { set offset = (- (e:date +%s) (uptime)) }
    set up = (uptime)
  } catch _ { }
  if (eq $up $nil) { num (e:date +%s) } else { floor (+ $offset $up) }
}

# Calls the program, and applies its reply. Messages for people are hidden, except those about directories.
fn ask {|verb @arguments|
  tmp E:SSOX_HELD = $state[held]
  set offset = $nil
  if (eq $verb directory) {
    apply $verb (e:ssox --emit=elvish1 $verb $@arguments < $path:dev-null | slurp)
  } else {
    apply $verb (e:ssox --emit=elvish1 $verb $@arguments < $path:dev-null 2> $path:dev-null | slurp)
  }
}

# Lets the program check a change of the compared values, such as other access keys, another region, or a profile name
# beside access keys. The program is called once for each change, and at the first prompt of a shell that inherits a
# profile. If the program fails, the new identity counts as foreign. The program also undoes an edit of what the prompt
# segment shows.
fn look {
  if (or (eq $state[layer] off) (and (eq $state[seen] $nil) (eq $E:SSOX_REPLACED '') (not (in-use)))) { return }
  var is-same = $true
  current {|identity visible|
    set is-same = (and (eq $identity $state[seen]) (or (eq $visible $state[left]) (not (in-use))))
    set state[seen] = $identity
  }
  if $is-same { return }
  try {
    ask identity
  } catch _ {
    if (not (in-use)) { return }
    set E:SSOX_STATE = foreign
    set E:SSOX_PROMPT = (str:trim-suffix $E:SSOX_PROMPT '?')'?'
    current {|_ visible| set state[left] = $visible }
  }
}

# Tells whether the program should be called now. After a failure, it should be called again after a minute at the
# earliest. If somebody sets the clock back, the wait does not become longer.
fn is-due {|clock|
  var next = (number $E:SSOX_NEXT)
  and (not-eq $E:SSOX_STATE foreign) (> $next 0) (>= $clock $next) (or (>= $clock $retry) (> $retry (+ $clock 60)))
}

# Lets the program renew the credentials, or tell when it is to be called again.
fn tick {|clock @more|
  set retry = (+ $clock 60)
  try { ask tick $@more } catch _ { return }
  set retry = (num 0)
  if (is-due $clock) { set retry = (+ $clock 60) }
}

# Renews the credentials when they are due, and computes the prompt segment.
fn refresh {
  set segment = $none
  if (eq $E:SSOX_PROMPT$E:SSOX_IDENTITY$E:SSOX_NEXT '') { return }
  var clock = (clock)
  if (is-due $clock) { tick $clock }
  show $clock
}

# The prompt may be hours old when a command is typed, and no command should start with expired credentials.
fn guard {|line|
  var expires = (number $E:SSOX_EXPIRES)
  if (or (== $expires 0) (re:match '^\s*ssox' $line)) { return }
  var clock = (clock)
  if (< (+ $clock 60) $expires) { return }
  if (or (eq $E:SSOX_STATE renewing) (is-due $clock)) { tick $clock --wait=2s }
}

# --- directories

# The values of a `.ssox` file are a layer above the values of the shell. The first hook takes the layer off: it
# restores the values below the layer. Then the hooks of other tools run, and the last hook puts it on again. So direnv
# and mise never see the layer, whatever the order of the lines in the rc file.
#
# `layer` is empty, `on` or `off`. For each variable that was changed while the layer was on, `under` has the value
# below the layer, and `over`, while the layer is off, the value in the layer. `outside` and `before` have what `was`,
# `held` and `child` contained before the layer. `directory` is the directory in which a `.ssox` file was last searched
# for, and `file` the file that was found. `nearer` is set if direnv or mise has a file nearer to the working directory
# than the `.ssox` file. Then the values that these tools set stay; `theirs` has the names.

fn take-off {
  for name [(keys $state[under])] {
    if (has-key $state[theirs] $name) { continue }
    set state[over][$name] = (get $name)
    put-back $name $state[under][$name]
  }
  set state[layer] = off
}

fn put-on {
  if (not-eq $state[layer] off) { return }
  set state[theirs] = [&]
  # After `clear`, the values in the layer are those below it, so they follow a change below it.
  var cleared = (or (not (has-key $state[over] SSOX_PROMPT)) (has-value [[] ['']] $state[over][SSOX_PROMPT]))
  for name [(keys $state[under])] {
    var now below = (get $name) $state[under][$name]
    if (not-eq $now $below) {
      if (not-eq $state[nearer] '') { set state[theirs][$name] = $true; continue }
      set state[under][$name] = $now
      if (and $cleared (has-key $state[over] $name) (eq $state[over][$name] $below)) { set state[over][$name] = $now }
      if (and (has-key $state[was] $name) (eq $state[was][$name] $below) (not (has-key $state[outside] $name))) {
        set state[was][$name] = $now
      }
    }
    if (has-key $state[over] $name) { put-back $name $state[over][$name] }
  }
  set state[layer] = on
}

fn exists {|file| try { nop (path:eval-symlinks $file); put $true } catch _ { put $false } }

# Returns the nearest `.ssox` file, without starting a process. The search ends at the home directory.
fn find {
  var place home = (path:eval-symlinks $pwd) (try { path:eval-symlinks ~ } catch _ { put '' })
  while (not (exists $place/.ssox)) {
    var above = (path:dir $place)
    if (has-value [$home $above] $place) { put ''; return }
    set place = $above
  }
  put $place/.ssox
}

# Returns `nearer` if direnv or mise has a file in a directory from the working directory up to, and without, that of
# the `.ssox` file.
fn find-nearer {|found|
  var place = (path:eval-symlinks $pwd)
  while (not-eq $place/.ssox $found) {
    for name [.envrc mise.toml .mise.toml mise.local.toml .mise.local.toml .config/mise.toml] {
      if (exists $place/$name) { put nearer; return }
    }
    set place = (path:dir $place)
  }
  put ''
}

# Leaves a directory: restores the values from before. A shell that inherited the values of the directory does not know
# the values from before; in such a shell, the program removes the values of the directory.
fn leave {
  set state[file] = ''
  if (eq $state[layer] '') {
    if (not-eq $E:SSOX_DIRECTORY '') { try { ask directory } catch _ { } }
    return
  }
  if (eq $state[layer] on) { take-off }
  set state[was] = $state[outside]
  set state[held] = $state[before][0]
  set state[child] = $state[before][1]
  current {|_ visible| set state[left] = $visible }
  # The program checks the identity that the shell has now.
  if (not-eq $state[under] [&]) { set state[seen] = $nil }
  set state[under] = [&]
  set state[over] = [&]
  set state[layer] = ''
}

fn enter {|file nearer|
  set state[outside] = $state[was]
  set state[before] = [$state[held] $state[child]]
  set state[under] = [&]
  set state[over] = [&]
  set state[theirs] = [&]
  set state[layer] = on
  set state[nearer] = (if (eq $nearer '') { put '' } else { put entered })
  try {
    ask directory $file
    if (not-eq $nearer '') { set state[seen] = entered }
  } catch _ {
    leave
  }
  set state[file] = $file
}

# Tells whether the found `.ssox` file is still the file of the layer. A layer that began while direnv or mise had a
# nearer file lacks the values that these tools set. If their file is no longer nearer, the shell enters the directory
# again.
fn stays {|found nearer|
  and (eq $found $state[file]) (or (not-eq $nearer '') (not-eq $state[nearer] entered))
}

fn stay {|nearer|
  if (not-eq $state[nearer] entered) { set state[nearer] = $nearer }
  put-on
}

# Runs after a change of the directory: puts the layer on again, or leaves the directory of the layer. A new layer
# begins only at the prompt, because direnv acts there.
fn follow {
  if (not-eq $state[layer] off) { return }
  var found = (find)
  var nearer = (if (eq $found '') { put '' } else { find-nearer $found })
  if (stays $found $nearer) {
    stay $nearer
    set state[directory] = $pwd
  } else {
    leave
    set state[directory] = ''
  }
}

set layer-on~ layer-off~ = $follow~ $take-off~

# Puts the layer on again, or the layer of another `.ssox` file if the directory has changed.
fn arrive {
  var again = $state[again]
  if (and (eq $pwd $state[directory]) (not $again)) { put-on; return }
  set state[directory] = $pwd
  set state[again] = $false
  var found = (find)
  if (eq $found$state[file] '') { return }
  var nearer = (if (eq $found '') { put '' } else { find-nearer $found })
  if (and (not $again) (stays $found $nearer)) { stay $nearer; return }
  leave
  if (not-eq $found '') { enter $found $nearer }
}

set layer-again~ = $arrive~

# --- completion

use path
use re
use str

# Returns the candidates for the last word; elvish selects and quotes them. The typed words go to the program unchanged,
# and none is evaluated. The program's answer is data.
fn complete {|@words|
  var lines = [(try { e:ssox complete elvish $words[-1] (all $words[..-1]) < $path:dev-null 2> $path:dev-null } catch _ { })]
  if (eq $lines []) { return }
  if (re:match '^(?:words|parts) ' $lines[0]) {
    var suffix = (if (str:has-prefix $lines[0] words) { put ' ' } else { put '' })
    for line $lines[1..] {
      var value about = (str:split &max=2 "\t" $line)
      $edit[complex-candidate~] $value &code-suffix=$suffix &display=(if (eq $about '') { put $value } else { put $value'  '$about })
    }
  } elif (eq $lines[0] files) {
    $edit[complete-filename~] $words[-1]
  } else {
    $edit[complete-sudo~] sudo (all $words[(str:trim-prefix $lines[0] 'command ')..])
  }
}

# --- end

# Adds the prompt segment to a plain right prompt at the first prompt, after the whole rc file, unless a framework owns
# the prompt. It is added once: if a person removes it, it stays removed.
var is-placed = (bool ?(eval 'nop $-ssox-no-prompt'))

fn place {
  set is-placed = $true
  var old = $edit[rprompt]
  if (ours $old) { set old = ($old &ssox=$true) }
  # A comment may name a framework.
  var texts = (re:replace '(?m)(^|\s)#.*$' '' (str:join ' ' [(for prompt [$edit[prompt] $old] { try { put $prompt[def] } catch _ { } })]))
  if (or (eq $E:TERM dumb) (re:match 'starship|oh-my-posh|_omp_|powerline|ssox' $texts)) { return }
  var prompt = {|&ssox=$false| if $ssox { put $old } else { all $segment[styled]; $old } }
  eval 'set edit:rprompt = $prompt'
}

# Calls a function with all values that the hook depends on, except the time and the directory.
fn compared {|then|
  current {|identity visible|
    $then [$state[layer] $E:SSOX_NEXT $E:SSOX_REPLACED $identity $visible $edit[before-readline] $after-chdir]
  }
}

# Does nothing if nothing has changed since `settle`, and raises an exception otherwise. `each` is used because it needs
# no output capture.
fn assert-fresh {
  if $is-timed {
    each {|uptime| nop $fresh-times[$uptime[$tens]$uptime[$point]] } < /proc/uptime
  }
  compared {|now| nop $fresh-values[$now] }
}

fn settle {
  set is-timed = (not-eq $segment[until] $nil)
  if $is-timed {
    if (eq $offset $nil) { return }
    var from to = (floor (uptime)) (floor (- $segment[until] $offset))
    var digits = (count (to-string $from))
    set tens point = '..'(- $digits 1) $digits'..'(+ $digits 1)
    set fresh-times = [&]
    set from to = (floor (/ $from 10)) (floor (/ $to 10))
    if (< $from $to) {
      for ten [(range $from $to)] { set fresh-times[$ten'.'] = $true }
    }
  }
  compared {|now| set fresh-values = [&$now=$true] }
}

fn before-prompt {
  set fresh-values = [&]
  arrive
  look
  refresh
  if (not $is-placed) { place }
  surround
  settle
}

fn others {|hooks| for hook $hooks { if (not (ours $hook)) { put $hook } } }

# Calls a function and ignores its exceptions, so that a fault of this script does not break the prompt.
fn quietly {|step @arguments| try { $step $@arguments } catch _ { } }

var is-interactive = (not-eq $edit $nil)
var places = [&]

fn take-places {
  var off = { if $is-on[$state[layer]] { quietly $take-off~ } }
  set before-chdir = [{|_ &ssox=$false| if $ssox { put $state } else { $off } } (others $before-chdir)]
  set after-chdir = [(others $after-chdir) {|_ &ssox=$false| set fresh-values = [&]; quietly $follow~ }]
  if $is-interactive {
    var before = [
      {|&ssox=$false| $off }
      (others $edit[before-readline])
      {|&ssox=$false| try { assert-fresh } catch _ { quietly $before-prompt~ } }
    ]
    var after = [
      {|line &ssox=$false| try { assert-fresh } catch _ { quietly $guard~ $line } }
      (others $edit[after-readline])
    ]
    eval 'set edit:before-readline edit:after-readline = $before $after'
    set places = [&[$edit[before-readline] $edit[after-readline] $before-chdir $after-chdir]=$true]
  }
}

set surround~ = {
  if $is-interactive {
    try { nop $places[[$edit[before-readline] $edit[after-readline] $before-chdir $after-chdir]] } catch _ { take-places }
  }
}

take-places
if $is-interactive {
  $edit[add-var~] ssox~ $ssox~
  $edit[add-var~] ssox-segment~ $ssox-segment~
  var completer = $complete~
  eval 'set edit:completion:arg-completer[ssox] = $completer'
}
