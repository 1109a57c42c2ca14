# ssox for PowerShell (Windows PowerShell 5.1, PowerShell 7): the function `ssox`, the hook and segment in the prompt.
#
# This script makes no decisions: it applies the replies of the program ssox, compares two numbers and a string, and
# calls the program. All names are `_ssox_*`, except `ssox` itself and the SSOX_* variables.
# Invariant: nothing from AWS, a file or the environment is evaluated.
#
# Everything is global, because a profile runs this text inside Invoke-Expression. Cmdlets are called by their full
# names, because PowerShell would prefer an alias or a function with the short name.

# `_ssox_kept` has the previous value of each variable that ssox has changed in this shell (null: the variable was not
# set). A shell that inherits a profile in use does not know the previous values, and records none. Loading this script
# twice loses nothing. `_ssox_seen` has the compared values that the program checked last, `_ssox_held` their
# fingerprints, and `_ssox_left` what the segment showed after the last reply. The variables of a `.ssox` file are
# described below.
if (-not (Microsoft.PowerShell.Management\Test-Path -LiteralPath Variable:global:_ssox_kept)) {
    $global:_ssox_kept = @{}
    $global:_ssox_child = [bool]"$env:SSOX_PROMPT$env:SSOX_IDENTITY"
    $global:_ssox_seen = ''
    $global:_ssox_held = "$env:SSOX_IDENTITY"
    $global:_ssox_left = ''
    $global:_ssox_layer = ''
    $global:_ssox_under = @{}
    $global:_ssox_over = @{}
    $global:_ssox_theirs = @()
    $global:_ssox_outside = @{}
    $global:_ssox_before = @()
    $global:_ssox_place = ''
    $global:_ssox_file = "$env:SSOX_DIRECTORY"
    $global:_ssox_nearer = ''
    $global:_ssox_again = $false
    $global:_ssox_departs = $null
    $global:_ssox_arrives = $null
}
$global:_ssox_settled = $null
$global:_ssox_drawn = '', '', ''

Microsoft.PowerShell.Management\Remove-Item -LiteralPath Alias:ssox -Force -ErrorAction Ignore

$global:_ssox_found = $null
# Whether all .NET methods may be called. In constrained language mode, only few may.
$global:_ssox_full = $ExecutionContext.SessionState.LanguageMode -eq 'FullLanguage'

if ($global:_ssox_full) {
    $global:_ssox_call = [scriptblock]::Create('& $binary --emit=powershell1 @given')
    # This is a simple function: an advanced function would take `-v` and similar options for its own. With a steppable
    # pipeline, a call behaves as without the function: the program has the terminal, reads its input as it arrives, and
    # `$?` tells whether the program failed.
    function global:ssox {
        begin {
            $called = $MyInvocation.InvocationName
            if ($called -match '^\w' -and $called -notin $global:_ssox_names) { _ssox_register }
            $binary = _ssox_binary
            $reply = @()
            # In most calls that change this shell, all words can be passed to the program as they were typed.
            $is_plain = $args.Count -and ($args[0] -ceq 'use' -or $args[0] -ceq 'clear') -and
                -not ($args -cnotmatch '^[A-Za-z][A-Za-z0-9_./-]*\z')
            if ($is_plain) {
                $given = @(foreach ($value in $args) { "$value" })
                $verb = $given[0]
                $call = $global:_ssox_call
            } else {
                $given = @(_ssox_plain $args)
                $verb = _ssox_verb $given
                $emit = if ($verb) { '--emit=powershell1 ' } else { '' }
                $call = [scriptblock]::Create("& `$binary $emit$(_ssox_source $MyInvocation $given)")
            }
            $steps = $call.GetSteppablePipeline($MyInvocation.CommandOrigin)
            if ($verb) {
                if ($global:_ssox_held) { [Environment]::SetEnvironmentVariable('SSOX_HELD', $global:_ssox_held) }
                [Environment]::SetEnvironmentVariable('SSOX_SAVED', $global:_ssox_kept.Keys -join ' ')
                return $steps.Begin($MyInvocation.ExpectingInput)
            }
            if (_ssox_is_trust $given) { $global:_ssox_again = $true }
            _ssox_tell $MyInvocation.HistoryId
            try { $steps.Begin($MyInvocation.ExpectingInput, $ExecutionContext) } finally { _ssox_tell }
        }
        process { $reply += $steps.Process($_) }
        end {
            try { $reply += $steps.End() } finally {
                [Environment]::SetEnvironmentVariable('SSOX_HELD', [NullString]::Value)
                [Environment]::SetEnvironmentVariable('SSOX_SAVED', [NullString]::Value)
            }
            # With `2>&1`, the output also contains messages for people.
            $lines = @()
            foreach ($line in $reply) {
                if ($line -is [System.Management.Automation.ErrorRecord]) { $line } else { $lines += $line }
            }
            if (-not $verb) { _ssox_signed_in $given }
            $refusal = if ($verb -and $global:LASTEXITCODE -eq 0) { _ssox_apply $verb $lines }
            if ($refusal) {
                $refusal = _ssox_refused $refusal
                $is_error = _ssox_value_of PSNativeCommandUseErrorActionPreference
                $action = if ($is_error) { $ErrorActionPreference } else { 'Ignore' }
                $error_of = { Microsoft.PowerShell.Utility\Write-Error $refusal -ErrorAction $action }
                $failing = $error_of.GetSteppablePipeline()
                $failing.Begin($false)
                $null = $failing.End()
            }
        }
    }
} else {
    function global:ssox {
        $verb = _ssox_verb $args
        if ($verb) {
            _ssox_hand_over $true ($global:_ssox_kept.Keys -join ' ')
            try { $reply = @($input | & (_ssox_binary) '--emit=powershell1' @args) } finally { _ssox_hand_over $false }
            $refusal = if ($global:LASTEXITCODE -eq 0) { _ssox_apply $verb $reply }
            if ($refusal) { $null = _ssox_refused $refusal }
            return
        }
        if (_ssox_is_trust $args) { $global:_ssox_again = $true }
        _ssox_tell $MyInvocation.HistoryId
        try {
            if ($MyInvocation.ExpectingInput) { $input | & (_ssox_binary) @args } else { & (_ssox_binary) @args }
        } finally {
            _ssox_tell
        }
        _ssox_signed_in $args
    }
}

# Sets the variables that tell the program which shell calls it; without an argument, removes them, because programs
# that start later must not get them. If the hook has not run for the typed command, another prompt function has
# replaced that of ssox.
function global:_ssox_tell($command) {
    $is_replaced = "$function:prompt" -cnotmatch '_ssox_prompt \d' -and $global:_ssox_prompted -ne $command
    _ssox_set SSOX_FUNCTION $(if ($null -ne $command) { 'powershell1' })
    _ssox_set SSOX_HOOK $(if ($null -ne $command -and $is_replaced) { 'replaced' })
}

# Returns the program, never a function. Searches only once for each value of PATH. The cmdlet `Get-Command` is forty
# times slower; it is used if there is no program, because it reports the error that people know.
function global:_ssox_binary {
    $found = $global:_ssox_found
    $path = if ($global:_ssox_full) { [Environment]::GetEnvironmentVariable('PATH') } else { $env:PATH }
    if ($found -and $global:_ssox_searched -ceq $path -and [System.IO.File]::Exists($found.Path)) { return $found }
    $global:_ssox_searched = $path
    $global:_ssox_found = if ($global:_ssox_full) { $ExecutionContext.InvokeCommand.GetCommand('ssox', 'Application') }
    if ($global:_ssox_found) { return $global:_ssox_found }
    Microsoft.PowerShell.Core\Get-Command -Name ssox -CommandType Application -TotalCount 1 -ErrorAction Stop
}

function global:_ssox_value_of([string]$name) {
    Microsoft.PowerShell.Utility\Get-Variable -Name $name -ValueOnly -ErrorAction Ignore
}

# Returns the arguments as strings and lists of strings, without the properties that PowerShell adds to objects.
function global:_ssox_plain([object[]]$given) {
    foreach ($value in $given) {
        if ($null -eq $value) { $null }
        elseif ($value -is [System.Collections.IList]) { , @(foreach ($one in $value) { "$one" }) }
        else { "$value" }
    }
}

# Returns the arguments as source text, so that they reach the program as if the program had been called without the
# function: constants as they were typed, and computed values quoted. (PowerShell passes arguments to a function without
# the first `--` and without quotes, and splits `a,b` and `-p80:80`.)
function global:_ssox_source($invocation, [object[]]$given) {
    $elements = @(_ssox_elements $invocation)
    $counts = _ssox_counts $elements $given.Count
    # If the typed line does not match the arguments, only the values are known.
    if ($null -eq $counts) { return @(foreach ($value in $given) { _ssox_quote ($value -join ',') }) }
    $source = @()
    $word = ''
    $at = 0
    $end = -1
    for ($index = 0; $index -lt $elements.Count; $index++) {
        $element = $elements[$index]
        $place = if ($element.PSObject.Properties['ErrorPosition']) { $element.ErrorPosition } else { $element.Extent }
        if ($end -eq $place.StartOffset -and $word -match '^-') {
            # The person typed this as one word, but PowerShell splits `-out=a.b`, and after `--` also `-p80:80`.
            $word += _ssox_constant $element ($given[$at] -join ',')
            $source[-1] = _ssox_quote $word
        } else {
            $word = $place.Text
            $source += _ssox_spell $element $place $at $counts[$index]
        }
        $at += $counts[$index]
        $end = $place.EndOffset
    }
    $source
}

# Returns the syntax tree of each argument. For `-name:value` there are two, because the function gets two arguments.
function global:_ssox_elements($invocation) {
    # Since 7.4, PowerShell tells the whole statement, which may have several lines.
    $text = if ($invocation.PSObject.Properties['Statement']) {
        $invocation.Statement
    } else {
        "$($invocation.Line)".Substring([Math]::Max($invocation.OffsetInLine - 1, 0))
    }
    $tree = [System.Management.Automation.Language.Parser]::ParseInput($text, [ref]$null, [ref]$null)
    $elements = @(try { $tree.EndBlock.Statements[0].PipelineElements[0].CommandElements } catch { })
    for ($index = 1; $index -lt $elements.Count; $index++) {
        $element = $elements[$index]
        $element
        if ($element.PSObject.Properties['Argument'] -and $element.Argument) { $element.Argument }
    }
}

# Returns, for each element, how many arguments of the function it became. Returns nothing if the sum is not the number
# of all arguments.
function global:_ssox_counts($elements, [int]$all) {
    $texts = @(foreach ($element in $elements) { $element.Extent.Text })
    $counts = @(foreach ($text in $texts) {
        $values = if ($text -match '^@\w') { _ssox_value_of $text.Substring(1) } else { $text }
        @($values).Count
    })
    $dashes = $texts.IndexOf('--')
    if ($dashes -ge 0) { $counts[$dashes] = 0 }
    foreach ($count in $counts) { $all -= $count }
    $splatted = @($texts -match '^@\w')
    # If there is only one splatted variable, it became all the other arguments.
    if ($splatted.Count -eq 1) {
        $counts[$texts.IndexOf($splatted[0])] += $all
        $all = 0
    }
    if ($all -eq 0 -and -not ($counts -lt 0)) { , $counts }
}

# Returns an argument as source text. Its values are `$count` elements of `$given`, beginning with `$at`.
function global:_ssox_spell($element, $place, [int]$at, [int]$count) {
    switch ($element.GetType().Name) {
        'StringConstantExpressionAst' { return $place.Text }
        'ConstantExpressionAst' { return _ssox_quote $place.Text }
        'CommandParameterAst' { if ($place.Text -ceq '--') { return '--' } else { return _ssox_quote $place.Text } }
        'ArrayLiteralAst' {
            # Without the function, a program would get `a,$b` and `a,'b'` literally, which nobody wants.
            if ($place.Text -notmatch '[''"$(@]') { return $place.Text }
            return _ssox_quote ($given[$at] -join ',')
        }
        'ExpandableStringExpressionAst' { if ($place.Text[0] -eq '"') { return _ssox_quote $given[$at] } }
    }
    for ($end = $at + $count; $at -lt $end; $at++) { foreach ($value in $given[$at]) { _ssox_quote $value } }
}

# Returns the text of a constant, or `$value` if the element is not a constant.
function global:_ssox_constant($element, [string]$value) {
    switch ($element.GetType().Name) {
        'StringConstantExpressionAst' { $element.Value }
        'ConstantExpressionAst' { $element.Extent.Text }
        default { $value }
    }
}

# Returns a text in PowerShell's single quotes.
function global:_ssox_quote([string]$text) {
    "'$([System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($text))'"
}

# Returns the verb if it changes the environment of this shell. With `--help` no verb does: help is printed for a
# person.
function global:_ssox_verb([object[]]$given) {
    $verb = _ssox_any_verb $given
    if ($verb -ceq 'use' -or $verb -ceq 'clear') { $verb } else { '' }
}

# Tells whether the verb is `allow` or `deny`, after which the `.ssox` files are read again.
function global:_ssox_is_trust([object[]]$given) {
    (_ssox_any_verb $given) -cmatch '^(?:allow|deny)\z'
}

function global:_ssox_any_verb([object[]]$given) {
    $verb = ''
    foreach ($argument in $given) {
        if ("$argument" -cmatch '^(?:-h|--help|-V|--version|--emit.*)$') { return '' }
        if ("$argument" -ceq '--') { break }
        if (-not $verb -and "$argument" -notmatch '^-') { $verb = "$argument" }
    }
    $verb
}

# After a sign-in, gets the credentials that waited for it. Does not wait for the time of the hook's next call.
function global:_ssox_signed_in([object[]]$given) {
    if ($env:SSOX_STATE -cne 'sign-in' -or $global:LASTEXITCODE -ne 0 -or (_ssox_any_verb $given) -cne 'login') { return }
    _ssox_tick (_ssox_now) '--wait=5s'
    $global:LASTEXITCODE = 0
}

# Prints why a reply is not applied, and returns this message.
function global:_ssox_refused([string]$why) {
    $global:LASTEXITCODE = 70
    $refusal = "ssox: $why, environment unchanged"
    if ($global:_ssox_full) { $Host.UI.WriteErrorLine($refusal) }
    else { Microsoft.PowerShell.Utility\Write-Error $refusal }
    $refusal
}

# Checks all lines of the reply to a verb, then applies them: `=NAME=VALUE` sets a variable, `-NAME` unsets it, `!NAME`
# forgets its previous value. After `clear`, and whenever no profile is in use, variables that are unset get their
# previous values back, except those with a line `~NAME`. A value that a hook unsets while no profile is in use was set
# by ssox, so it is not recorded as a previous value. Returns the reason if the reply is not applied. In the reply, all characters except
# ASCII are escaped, because PowerShell decodes the output of a program with a code page.
function global:_ssox_apply([string]$verb, [string[]]$reply) {
    $names = '(?:AWS|SSOX)_[A-Z0-9_]+|AWSUME_PROFILE|AWSUME_EXPIRATION|AWSU_PROFILE|CPL_AWS_CREDENTIALS_FILE|BOTO_CONFIG'
    $value = '(?:[^\\]|\\\\|\\u[0-9a-f]{4})*'
    if ($reply.Count -lt 2 -or $reply[0] -cne '#ssox1' -or $reply[-1] -cne '#end') { return 'the program ssox sent an unexpected reply' }
    $lines = $reply -cnotmatch '^#(?:ssox1|end)\z'
    if ($lines.Count -ne $reply.Count - 2) { return 'the program ssox sent an unexpected reply' }
    if ($lines -cnotmatch "^(?:=[^=]+=$value|[-!~][^=]+)\z") { return 'the program ssox sent an unexpected reply' }
    if ($lines -cnotmatch "^(?:=(?:$names)=.*|[-!~](?:$names))\z") { return 'a variable of that name must not be changed' }
    # A profile that another program or shell has put in use here is not a previous value.
    if (-not $global:_ssox_kept.Count -and "$env:SSOX_PROMPT$env:SSOX_IDENTITY") { $global:_ssox_child = $true }
    $in_use = $verb -cmatch '^(?:use|clear|directory)\z' -or "$env:SSOX_PROMPT$env:SSOX_IDENTITY"
    foreach ($line in $lines -cnotmatch '^[!~]') {
        $name, $value = $line.Substring(1).Split([char[]]'=', 2)
        if ($global:_ssox_layer -ceq 'on' -and $line[0] -ne '!' -and -not $global:_ssox_under.ContainsKey($name)) {
            $global:_ssox_under[$name] = _ssox_get $name
        }
        $is_kept = $global:_ssox_child -or $global:_ssox_kept.ContainsKey($name)
        if (-not $is_kept -and ($in_use -or $line[0] -eq '=')) { $global:_ssox_kept[$name] = _ssox_get $name }
        $new = if ($line[0] -eq '=') { [regex]::Unescape($value) }
        # Calling the function `_ssox_set` would take longer than all the rest of this loop.
        if (-not $global:_ssox_full) { _ssox_set $name $new }
        elseif ($line[0] -eq '=') { [Environment]::SetEnvironmentVariable($name, $new) }
        else { [Environment]::SetEnvironmentVariable($name, [NullString]::Value) }
    }
    foreach ($line in $lines -cmatch '^!') { $global:_ssox_kept.Remove($line.Substring(1)) }
    $is_left = $verb -ceq 'clear' -or ($verb -cne 'use' -and -not "$env:SSOX_PROMPT$env:SSOX_IDENTITY")
    if ($is_left) { _ssox_restore @($lines -cmatch '^~') }
    _ssox_note
}

# Records the current values as those that ssox set.
function global:_ssox_note {
    $global:_ssox_settled = $null
    $global:_ssox_held = "$env:SSOX_IDENTITY"
    $global:_ssox_left = _ssox_values $global:_ssox_shown
    $global:_ssox_seen = _ssox_identity
}

function global:_ssox_set([string]$name, $value) {
    if ($global:_ssox_full) {
        # A null without a type would become an empty string.
        [Environment]::SetEnvironmentVariable($name, $(if ($null -eq $value) { [NullString]::Value } else { $value }))
    } elseif ($null -eq $value) {
        Microsoft.PowerShell.Management\Remove-Item -LiteralPath "Env:$name" -ErrorAction Ignore
    } else {
        Microsoft.PowerShell.Management\Set-Item -LiteralPath "Env:$name" -Value $value
    }
}

function global:_ssox_get([string]$name) {
    if ($global:_ssox_full) { return [Environment]::GetEnvironmentVariable($name) }
    $item = Microsoft.PowerShell.Management\Get-Item -LiteralPath "Env:$name" -ErrorAction Ignore
    if ($item) { $item.Value }
}

# Restores the previous values, except of variables that another program has set since, and forgets them. Those in the
# lines `$later` stay.
function global:_ssox_restore([string[]]$later) {
    foreach ($name in @($global:_ssox_kept.Keys)) {
        if ($null -ne (_ssox_get $name) -or $later -ccontains "~$name") { continue }
        if ($null -ne $global:_ssox_kept[$name]) { _ssox_set $name $global:_ssox_kept[$name] }
        $global:_ssox_kept.Remove($name)
    }
    $global:_ssox_child = $false
}

# --- hook

# Reads the clock: the epoch second.
function global:_ssox_now {
    $ticks = [DateTime]::UtcNow.Ticks
    [long](($ticks - $ticks % 10000000) / 10000000 - 62135596800)
}

function global:_ssox_number($text) {
    if ("$text" -cmatch '^[1-9][0-9]{0,14}\z') { [long]$text } else { 0 }
}

# Tells whether the program should be called now. After a failure, it should be called again after a minute at the
# earliest. If somebody sets the clock back, the wait does not become longer.
function global:_ssox_is_due([long]$now) {
    if ($env:SSOX_STATE -ceq 'foreign') { return $false }
    $next = _ssox_number $env:SSOX_NEXT
    $next -and $now -ge $next -and ($now -ge $global:_ssox_retry -or $global:_ssox_retry -gt $now + 60)
}

# The compared variables. Without access keys, those in `_ssox_without_keys` are compared, too: they determine what
# AWS_PROFILE means.
$global:_ssox_compared = @(
    'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_CREDENTIAL_EXPIRATION', 'AWS_REGION',
    'AWS_DEFAULT_REGION', 'AWS_PROFILE', 'AWS_DEFAULT_PROFILE', 'AWS_SECURITY_TOKEN', 'AWS_ACCOUNT_ID',
    'AWS_SSO_PROFILE', 'SSOX_PROFILE', 'SSOX_IDENTITY'
)
$global:_ssox_without_keys = $global:_ssox_compared + @(
    'AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE', 'AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_ROLE_ARN',
    'AWS_CONTAINER_CREDENTIALS_FULL_URI', 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
    'AWS_CONTAINER_AUTHORIZATION_TOKEN', 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE', 'HOME', 'USERPROFILE'
)
# The variables that the segment shows.
$global:_ssox_shown = 'SSOX_PROMPT', 'SSOX_STATE', 'SSOX_EXPIRES', 'SSOX_NEXT', 'SSOX_PROTECTED'
# All variables that the hook depends on.
$global:_ssox_all = $global:_ssox_without_keys + $global:_ssox_shown + @('SSOX_REPLACED', 'NO_COLOR', 'TERM')

# Returns the names and values of those variables that are set, as one string. Reading them with `$env:` would take
# forty times as long.
function global:_ssox_values($names) {
    [string]::Join("`n", @(foreach ($name in $names) {
        $value = if ($global:_ssox_full) { [Environment]::GetEnvironmentVariable($name) } else { _ssox_get $name }
        if ($null -ne $value) { $name; $value }
    }))
}

# Returns the compared values.
function global:_ssox_identity {
    _ssox_values $(if ($env:AWS_ACCESS_KEY_ID) { $global:_ssox_compared } else { $global:_ssox_without_keys })
}

# Lets the program check a change of the compared values, such as other access keys, another region, or a profile name
# beside access keys. The program is called once for each change, and at the first prompt of a shell that inherits a
# profile. If the program fails, the new identity counts as foreign. Tells whether anything changed.
function global:_ssox_look {
    if (-not ($env:SSOX_PROMPT -or $env:SSOX_IDENTITY -or $env:SSOX_REPLACED -or $global:_ssox_seen)) { return $false }
    # While the layer of a directory is off, nothing is checked.
    if ($global:_ssox_layer -ceq 'off') { return $false }
    $now = _ssox_identity
    if ($now -ceq $global:_ssox_seen) { return $false }
    $global:_ssox_seen = $now
    if (-not (_ssox_ask identity) -and "$env:SSOX_PROMPT$env:SSOX_IDENTITY") {
        $env:SSOX_STATE = 'foreign'
        $env:SSOX_PROMPT = "$env:SSOX_PROMPT".TrimEnd('?') + '?'
        $global:_ssox_left = _ssox_values $global:_ssox_shown
    }
    $true
}

# Sets or removes SSOX_HELD and SSOX_SAVED, which the program needs for its reply.
function global:_ssox_hand_over([bool]$is_asked, [string]$saved) {
    _ssox_set SSOX_HELD $(if ($is_asked -and $global:_ssox_held) { $global:_ssox_held })
    _ssox_set SSOX_SAVED $(if ($saved) { $saved })
}

# Calls the program, and tells whether its reply was applied. Messages for people are hidden, except those about
# directories.
function global:_ssox_ask([string[]]$words) {
    $global:_ssox_settled = $null
    # In Windows PowerShell, redirected stderr of a program counts as an error.
    $ErrorActionPreference = 'SilentlyContinue'
    $PSNativeCommandUseErrorActionPreference = $false
    try {
        _ssox_hand_over $true
        $binary = _ssox_binary
        $reply = if ($words[0] -ceq 'directory') { @(@() | & $binary '--emit=powershell1' @words) }
        else { @(@() | & $binary '--emit=powershell1' @words 2>$null) }
    } catch {
        return $false
    } finally {
        _ssox_hand_over $false
    }
    $global:LASTEXITCODE -eq 0 -and -not (_ssox_apply $words[0] @($reply))
}

# Lets the program renew the credentials, or tell when it is to be called again.
function global:_ssox_tick([long]$now, [string[]]$more = @()) {
    $global:_ssox_retry = $now + 60
    if (-not (_ssox_ask (@('tick') + $more))) { return }
    $global:_ssox_retry = 0
    if (_ssox_is_due $now) { $global:_ssox_retry = $now + 60 }
}

# Runs at each prompt.
function global:_ssox_hook {
    # Most aliases are defined after the line that loads this script, so the completion for them is registered here.
    if ($global:_ssox_is_new) { _ssox_register }
    $global:_ssox_is_new = $false
    $null = _ssox_look
    _ssox_refresh
    if (-not $global:_ssox_full) { return }
    $global:_ssox_settled = foreach ($name in $global:_ssox_all) { [Environment]::GetEnvironmentVariable($name) }
}

# Tells whether all values that the hook depends on are as they were after its last run. At most prompts they are, and
# running the hook would take ten times as long as this function.
function global:_ssox_is_settled {
    $settled = $global:_ssox_settled
    if (-not $settled -or $global:_ssox_again -or $global:_ssox_layer -ceq 'off') { return $false }
    $ticks = [DateTime]::UtcNow.Ticks
    if ($ticks -lt $global:_ssox_since -or $ticks -ge $global:_ssox_until) { return $false }
    if ($ExecutionContext.SessionState.Path.CurrentFileSystemLocation.ProviderPath -cne $global:_ssox_place) { return $false }
    $at = 0
    foreach ($name in $global:_ssox_all) {
        if ([Environment]::GetEnvironmentVariable($name) -cne $settled[$at++]) { return $false }
    }
    $true
}

# Renews the credentials when they are due, and computes the segment.
function global:_ssox_refresh {
    # If somebody has edited what the segment shows, the program undoes the edit.
    if ("$env:SSOX_PROMPT$env:SSOX_NEXT$global:SSOX_SEGMENT" -and (_ssox_values $global:_ssox_shown) -cne $global:_ssox_left) {
        $global:_ssox_seen = 'edited'
        $null = _ssox_look
    }
    $now = _ssox_now
    if (_ssox_is_due $now) { _ssox_tick $now }
    _ssox_show $now
}

# The prompt may be hours old when a command is typed, and no command should start with expired credentials.
function global:_ssox_guard([string]$line) {
    $expires = _ssox_number $env:SSOX_EXPIRES
    if (-not $expires -or $line -match '^\s*ssox\b') { return }
    $now = _ssox_now
    if ($now -lt $expires - 60 -or ($env:SSOX_STATE -cne 'renewing' -and -not (_ssox_is_due $now))) { return }
    $code = $global:LASTEXITCODE
    try { _ssox_tick $now '--wait=2s' } finally { $global:LASTEXITCODE = $code }
}

# Reads a line from the person: calls the function that `_ssox_read_line $number` has replaced, and then the guard.
function global:_ssox_read_line([int]$number) {
    $line = & $global:_ssox_readers[$number]
    try { _ssox_guard $line } catch { }
    $line
}

# --- directories

# The values of a `.ssox` file are a layer above the values of the shell. Before the hooks of direnv and mise run, the
# layer is taken off: the values below it are restored. After these hooks, the layer is put on again. So direnv and mise
# never see the layer, whatever the order of the lines in the PowerShell profile.
#
# `_ssox_layer` is empty, `on` or `off`. For each variable that was changed while the layer was on, `_ssox_under` has
# the value below the layer, and `_ssox_over`, while the layer is off, the value in the layer. `_ssox_outside` and
# `_ssox_before` have what `_ssox_kept` and other variables of this script contained before the layer. `_ssox_place` is
# the directory in which a `.ssox` file was last searched for, and `_ssox_file` the file that was found. `_ssox_nearer`
# is set if direnv or mise has a file nearer to the working directory than the `.ssox` file. Then the values that these
# tools set stay; `_ssox_theirs` has the names.

function global:_ssox_off {
    if ($global:_ssox_layer -cne 'on') { return }
    foreach ($name in @($global:_ssox_under.Keys)) {
        if ($global:_ssox_theirs -ccontains $name) { continue }
        $global:_ssox_over[$name] = _ssox_get $name
        _ssox_set $name $global:_ssox_under[$name]
    }
    $global:_ssox_layer = 'off'
}

function global:_ssox_on {
    if ($global:_ssox_layer -cne 'off') { return }
    $global:_ssox_theirs = @()
    foreach ($name in @($global:_ssox_under.Keys)) {
        $now = _ssox_get $name
        $under = $global:_ssox_under[$name]
        if ($now -cne $under) {
            if ($global:_ssox_nearer) {
                $global:_ssox_theirs += $name
                continue
            }
            $is_same = $global:_ssox_kept.ContainsKey($name) -and $global:_ssox_kept[$name] -ceq $under
            if ($is_same -and -not $global:_ssox_outside.ContainsKey($name)) { $global:_ssox_kept[$name] = $now }
            # After `clear`, the values in the layer are those below it, so they follow a change below it.
            $is_same = -not $global:_ssox_over['SSOX_PROMPT'] -and $global:_ssox_over[$name] -ceq $under
            if ($is_same) { $global:_ssox_over[$name] = $now }
            $global:_ssox_under[$name] = $now
        }
        _ssox_set $name $global:_ssox_over[$name]
    }
    $global:_ssox_layer = 'on'
}

# Puts the layer on again, or the layer of another `.ssox` file if the directory has changed. Tells whether there was
# something to do.
function global:_ssox_arrive {
    $place = $ExecutionContext.SessionState.Path.CurrentFileSystemLocation.ProviderPath
    $again = $global:_ssox_again
    if ($place -ceq $global:_ssox_place -and -not $again) {
        _ssox_on
        return [bool]$global:_ssox_layer
    }
    $global:_ssox_place = $place
    $global:_ssox_again = $false
    $global:_ssox_settled = $null
    # The directory has changed, so a relative path in these variables names another file. The identity is checked
    # again.
    $names = $env:AWS_CONFIG_FILE, $env:AWS_SHARED_CREDENTIALS_FILE
    if ("$env:SSOX_IDENTITY$global:_ssox_layer" -and ($names -match '^(?![/\\]|\w:|$)')) { $global:_ssox_seen = 'moved' }
    $found = _ssox_find $place
    if (-not "$found$global:_ssox_file") { return $false }
    $nearer = if ($found) { _ssox_find_nearer $place $found } else { '' }
    # A layer that began while direnv or mise had a nearer file lacks the values that these tools set. If their file is
    # no longer nearer, the shell enters the directory again.
    if (-not $again -and $found -ceq $global:_ssox_file -and ($nearer -or $global:_ssox_nearer -cne 'entered')) {
        if ($global:_ssox_nearer -cne 'entered') { $global:_ssox_nearer = $nearer }
        _ssox_on
        return $true
    }
    _ssox_exit
    if ($found) { _ssox_enter $found $nearer }
    $true
}

function global:_ssox_exists([string]$path) {
    if ($global:_ssox_full) { return [System.IO.File]::Exists($path) }
    Microsoft.PowerShell.Management\Test-Path -LiteralPath $path
}

# Returns the nearest `.ssox` file, without starting a process. The search ends at the home directory.
function global:_ssox_find([string]$directory) {
    $separator = if ($directory -match '^/') { '/' } else { '\' }
    while ($directory) {
        $path = $directory -replace '[\\/]*\z', "$separator.ssox"
        if (_ssox_exists $path) { return $path }
        if ($directory -ceq $HOME) { return '' }
        $above = $directory -replace '[\\/]+[^\\/]*\z', ''
        if (-not $above -and $directory -cne '/') { $above = if ($separator -ceq '/') { '/' } else { '' } }
        if ($above -match '\A[A-Za-z]:\z') { $above = "$above\" }
        if ($above -ceq $directory) { return '' }
        $directory = $above
    }
    ''
}

# Returns `nearer` if direnv or mise has a file in a directory from the working directory up to, and without, that of
# the `.ssox` file.
function global:_ssox_find_nearer([string]$directory, [string]$found) {
    $last = $found -replace '[\\/]\.ssox\z', ''
    while ($directory.Length -gt $last.Length) {
        foreach ($name in '.envrc', 'mise.toml', '.mise.toml', 'mise.local.toml', '.mise.local.toml', '.config/mise.toml') {
            if (_ssox_exists "$directory/$name") { return 'nearer' }
        }
        $directory = $directory -replace '[\\/]+[^\\/]*\z', ''
    }
    ''
}

function global:_ssox_enter([string]$file, [string]$nearer) {
    $global:_ssox_outside = $global:_ssox_kept
    $global:_ssox_kept = @{} + $global:_ssox_kept
    $global:_ssox_before = @($global:_ssox_child, $global:_ssox_held)
    $global:_ssox_under = @{}
    $global:_ssox_over = @{}
    $global:_ssox_theirs = @()
    $global:_ssox_nearer = if ($nearer) { 'entered' } else { '' }
    $global:_ssox_layer = 'on'
    if (-not (_ssox_ask 'directory', $file)) { _ssox_exit } elseif ($nearer) { $global:_ssox_seen = 'entered' }
    $global:_ssox_file = $file
}

# Leaves a directory: restores the values from before. A shell that inherited the values of the directory does not know
# the values from before; in such a shell, the program removes the values of the directory.
function global:_ssox_exit {
    $global:_ssox_file = ''
    if ($global:_ssox_layer) {
        _ssox_off
        $global:_ssox_kept = $global:_ssox_outside
        $global:_ssox_child, $global:_ssox_held = $global:_ssox_before
        $global:_ssox_left = _ssox_values $global:_ssox_shown
        # The program checks the identity that the shell has now.
        if ($global:_ssox_under.Count) { $global:_ssox_seen = '' }
        $global:_ssox_under = @{}
        $global:_ssox_layer = ''
    } elseif ($env:SSOX_DIRECTORY) {
        $null = _ssox_ask 'directory'
    }
}

# Makes ssox's hooks for a change of the directory the first and the last ones; PowerShell 7 has such hooks. If a tool
# has wrapped the prompt function of ssox, wraps the function of that tool again.
function global:_ssox_surround {
    if (-not $global:_ssox_full) { return }
    if ("$function:prompt" -cnotmatch '_ssox_prompt \d' -and "$function:prompt" -match 'mise|direnv') { _ssox_wrap }
    $commands = $ExecutionContext.SessionState.InvokeCommand
    if (-not $commands.PSObject.Properties['LocationChangedAction']) { return }
    if (-not $global:_ssox_departs) {
        $type = [System.EventHandler[System.Management.Automation.LocationChangedEventArgs]]
        $global:_ssox_departs = { try { _ssox_off } catch { } } -as $type
        $global:_ssox_arrives = { try { _ssox_chpwd } catch { } } -as $type
    }
    $hooks = @(if ($commands.LocationChangedAction) { $commands.LocationChangedAction.GetInvocationList() })
    if ($hooks.Count -ge 2 -and $hooks[0].Equals($global:_ssox_departs) -and $hooks[-1].Equals($global:_ssox_arrives)) { return }
    $others = @($hooks | Microsoft.PowerShell.Core\Where-Object {
        -not $_.Equals($global:_ssox_departs) -and -not $_.Equals($global:_ssox_arrives)
    })
    $commands.LocationChangedAction = [System.Delegate]::Combine(
        [System.Delegate[]](@($global:_ssox_departs) + $others + @($global:_ssox_arrives)))
}

function global:_ssox_chpwd {
    $code = $global:LASTEXITCODE
    try { $null = _ssox_arrive } finally { $global:LASTEXITCODE = $code }
}

# --- segment

# Computes $SSOX_SEGMENT (`dev:ReadOnly 43m`) and $SSOX_SEGMENT_STATE (ok, soon, renewing, expired, foreign) for prompts
# that people write themselves. `_ssox_drawn` has the segment with colours and these two values. All are valid from
# `_ssox_since` to `_ssox_until`, which are in ticks (100 nanoseconds).
function global:_ssox_show([long]$now) {
    $label = "$env:SSOX_PROMPT" -replace '\p{Cc}', ''
    $state = 'ok'
    $time = ''
    $mark = ''
    if ($env:SSOX_STATE -ceq 'sign-in') { $mark = ' sign in' }
    if ($env:SSOX_STATE -ceq 'failed') { $mark = ' failed' }
    if ($mark) { $state = 'soon' }
    if ($env:SSOX_STATE -ceq 'foreign') { $state = 'foreign' }
    $expires = _ssox_number $env:SSOX_EXPIRES
    if ($expires -and $state -cne 'foreign') {
        $left = $expires - $now
        if ($left -gt 0) {
            if ($left -lt 900) { $state = 'soon' }
            $time = ' ' + (_ssox_duration $left)
        } elseif ($mark) {
            $state = 'expired'
        } elseif ($env:SSOX_STATE -ceq 'renewing' -or ($global:_ssox_retry -eq 0 -and (_ssox_number $env:SSOX_NEXT))) {
            $mark = ' renewing'
            $state = 'renewing'
        } else {
            $mark = ' expired'
            $state = 'expired'
        }
    } elseif ($env:SSOX_STATE -ceq 'renewing') {
        $mark = ' renewing'
        $state = 'renewing'
    }
    $until = $now + 60
    if ($expires -and $state -cne 'foreign') { $until = if ($left -lt 60) { $now } else { $now + $left % 60 + 1 } }
    $next = _ssox_number $env:SSOX_NEXT
    if ($next -and $next -lt $until) { $until = $next }
    $global:_ssox_since, $global:_ssox_until = foreach ($second in $now, $until) { ($second + 62135596800) * 10000000 }
    $global:_ssox_drawn = '', '', ''
    if ($label) { $global:_ssox_drawn = (_ssox_paint $label "$time$mark" $state), "$label$time$mark", $state }
    $null, $global:SSOX_SEGMENT, $global:SSOX_SEGMENT_STATE = $global:_ssox_drawn
}

function global:_ssox_duration([long]$left) {
    if ($left -ge 172800) { '{0}d' -f (($left - $left % 86400) / 86400) }
    elseif ($left -ge 3600) { '{0}h {1}m' -f (($left - $left % 3600) / 3600), (($left % 3600 - $left % 60) / 60) }
    elseif ($left -ge 60) { '{0}m' -f (($left - $left % 60) / 60) }
    else { "${left}s" }
}

function global:_ssox_paint([string]$label, [string]$rest, [string]$state) {
    if (-not $Host.UI.SupportsVirtualTerminal -or $env:TERM -ceq 'dumb') { return "$label$rest " }
    $escape = [char]27
    $colour = 33
    if ($state -ceq 'ok') { $colour = 32 } elseif ($state -ceq 'expired') { $colour = 31 }
    if ($state -ceq 'foreign') { $colour = 35 }
    $block = '41;97'
    if ($env:NO_COLOR) { $colour = 0; $block = 7 }
    if ($env:SSOX_PROTECTED) {
        "$escape[${block}m $label $escape[0m$escape[${colour}m$rest$escape[0m "
    } else {
        "$escape[${colour}m$label$rest$escape[0m "
    }
}

# LASTEXITCODE is not set before the first program has run, and strict mode rejects unset variables.
if ($null -eq (_ssox_value_of LASTEXITCODE)) { $global:LASTEXITCODE = $null }
$global:_ssox_is_new = $true
$global:_ssox_prompted = -1
$global:_ssox_retry = [long]0
$global:SSOX_SEGMENT = ''
$global:_ssox_segment = -not (Microsoft.PowerShell.Management\Test-Path -LiteralPath Variable:global:_ssox_no_prompt)
Microsoft.PowerShell.Management\Remove-Item -LiteralPath Variable:global:_ssox_no_prompt -ErrorAction Ignore

# The prompt function of ssox with the number `$number`: runs the hook, and then the prompt function that this function
# has replaced. The segment is not added to a prompt that a framework owns or that shows the segment itself. `$?` and
# `$LASTEXITCODE` have the values from the last command while the replaced function runs, and afterwards.
function global:_ssox_prompt($number) {
    $succeeded = $global:?
    $code = $global:LASTEXITCODE
    # The history ID of the command that will be typed at this prompt.
    $global:_ssox_prompted = $MyInvocation.HistoryId
    $before = $global:_ssox_prompts[$number]
    $segment = ''
    $text = @()
    # True if another prompt function of ssox, which wraps this one through a tool's function, has already run the hook.
    $was = $global:_ssox_is_prompting
    try {
        $is_tool = -not $was -and "$before" -match 'mise|direnv'
        if ($was -or ($is_tool -and $global:_ssox_layer) -or -not (_ssox_is_settled)) {
            if ($is_tool) { _ssox_off } else { $null = _ssox_arrive }
            if (-not $was) { _ssox_hook }
        }
        if (-not $was) { $segment, $global:SSOX_SEGMENT, $global:SSOX_SEGMENT_STATE = $global:_ssox_drawn }
    } catch { }
    $global:_ssox_is_prompting = $true
    try {
        $global:LASTEXITCODE = $code
        if (-not $succeeded) { Microsoft.PowerShell.Utility\Write-Error '' -ErrorAction Ignore }
        $text = @(if ("$before") { & $before })
        # direnv and mise change the environment in their prompt functions.
        if (-not $was -and -not (_ssox_is_settled)) {
            $is_changed = _ssox_arrive
            if ((_ssox_look) -or $is_changed) {
                _ssox_show (_ssox_now)
                $segment = $global:_ssox_drawn[0]
            }
        }
        if (-not $was) { _ssox_surround }
    } finally {
        $global:_ssox_is_prompting = $was
        $global:LASTEXITCODE = $code
    }
    # A comment may name a framework.
    $commands = "$before" -replace '(?s:<#.*?#>)|(?m:(^|\s)#.*$)'
    $is_theirs = $commands -match 'starship|posh|OMPExecutable|powerline' -or $commands -cmatch 'SSOX_'
    if ($is_theirs -or -not $global:_ssox_segment) { $segment = '' }
    if ($text.Count) { "$segment$($text[0])" } else { "${segment}PS>" }
    if (-not $succeeded) { Microsoft.PowerShell.Utility\Write-Error '' -ErrorAction Ignore }
}

# PowerShell has only two functions that can serve as hooks: `prompt`, and, if PSReadLine is loaded,
# `PSConsoleHostReadLine`. Each function of ssox has a number, which is the index of the function that it has replaced.
# So other programs can add and remove their functions, and this script can be loaded at any time.
if (-not (Microsoft.PowerShell.Management\Test-Path -LiteralPath Variable:global:_ssox_prompts)) {
    $global:_ssox_prompts = @()
    $global:_ssox_readers = @()
}
$global:_ssox_is_prompting = $false
function global:_ssox_wrap {
    $global:_ssox_prompts += , $function:prompt
    $number = $global:_ssox_prompts.Count - 1
    Microsoft.PowerShell.Utility\Invoke-Expression "function global:prompt { _ssox_prompt $number }"
}
if ("$function:prompt" -cnotmatch '_ssox_prompt \d') { _ssox_wrap }

if ("$function:PSConsoleHostReadLine" -and "$function:PSConsoleHostReadLine" -cnotmatch '_ssox_read_line \d') {
    $global:_ssox_readers += , $function:PSConsoleHostReadLine
    $_ssox_number = $global:_ssox_readers.Count - 1
    $_ssox_reader = "function global:PSConsoleHostReadLine { _ssox_read_line $_ssox_number }"
    Microsoft.PowerShell.Utility\Invoke-Expression $_ssox_reader
}

# --- completion

# Returns the candidates at the cursor. The typed words go to the program unchanged, and none is evaluated. The
# program's answer is data, already quoted, in which all characters except ASCII are escaped.
function global:_ssox_complete([string]$current, $tree, [int]$cursor) {
    $PSNativeCommandUseErrorActionPreference = $false
    $elements = @($tree.CommandElements)
    $words = @($elements | Microsoft.PowerShell.Core\Where-Object { $_.Extent.EndOffset -lt $cursor } |
        Microsoft.PowerShell.Core\ForEach-Object { _ssox_word $_ })
    $binary = $ExecutionContext.InvokeCommand.GetCommand('ssox', 'Application')
    if (-not $binary) { return }
    $status = Microsoft.PowerShell.Utility\Get-Variable -Name LASTEXITCODE -Scope Global -ValueOnly -ErrorAction Ignore
    $reply = @(& $binary complete powershell "=$current" @words 2>$null)
    $global:LASTEXITCODE = $status
    if ($reply.Count -and $reply[0] -cmatch '^command (\d+)\z') {
        return _ssox_delegate $tree $cursor ([int]$Matches[1])
    }
    foreach ($line in $reply | Microsoft.PowerShell.Utility\Select-Object -Skip 1) {
        $inserted, $listed, $explained = $line.Split([char]9) | Microsoft.PowerShell.Core\ForEach-Object { [regex]::Unescape($_) }
        [System.Management.Automation.CompletionResult]::new($inserted, $listed, 'ParameterValue', $explained)
    }
}

# Returns a word as the program would get it; variables and commands in it are not expanded.
function global:_ssox_word($element) {
    if ($element -is [System.Management.Automation.Language.StringConstantExpressionAst] -or
        $element -is [System.Management.Automation.Language.ExpandableStringExpressionAst]) {
        $element.Value
    } else {
        $element.Extent.Text
    }
}

# Completes another program, which is the word with index `$word`, and its arguments, with the completion of that
# program.
function global:_ssox_delegate($tree, [int]$cursor, [int]$word) {
    $elements = @($tree.CommandElements)
    if ($word -ge $elements.Count) { return }
    $start = $elements[$word].Extent.StartOffset
    $text = $tree.Extent.Text.Substring($start - $tree.Extent.StartOffset).PadRight($cursor - $start)
    (TabExpansion2 -inputScript $text -cursorColumn ($cursor - $start)).CompletionMatches
}

# --- registration

# Registers the completion for `ssox` and for all its current aliases.
function global:_ssox_register {
    $aliases = @(Microsoft.PowerShell.Utility\Get-Alias -Definition ssox -ErrorAction Ignore)
    $global:_ssox_names = @('ssox') + @(foreach ($alias in $aliases) { $alias.Name })
    Microsoft.PowerShell.Core\Register-ArgumentCompleter -Native -CommandName $global:_ssox_names -ScriptBlock {
        param($current, $tree, $cursor)
        _ssox_complete $current $tree $cursor
    }
}

_ssox_register

# --- end
