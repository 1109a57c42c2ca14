# ssox for PowerShell (Windows PowerShell 5.1, PowerShell 7): the function `ssox`, the hook and segment in the prompt.
#
# No policy lives here. This applies a reply of the binary, compares two integers and calls the binary again; all names
# are `_ssox_*` but for `ssox` itself and the SSOX_* variables. Nothing from AWS, a file or the environment is evaluated.
#
# Everything is global, because a profile runs this text inside Invoke-Expression; cmdlets are named in full, because an
# alias or a function of the same name would come first.

# What ssox changed first in this shell, and what was there before (null: nothing). A shell that inherits a profile in
# use cannot know, and remembers nothing. Loading this twice forgets nothing.
if (-not (Microsoft.PowerShell.Management\Test-Path -LiteralPath Variable:global:_ssox_kept)) {
    $global:_ssox_kept = @{}
    $global:_ssox_child = [bool]$env:SSOX_PROFILE
}

Microsoft.PowerShell.Management\Remove-Item -LiteralPath Alias:ssox -Force -ErrorAction Ignore

# A simple function: an advanced one would take `-v` and the like for itself.
function global:ssox {
    $given = @(_ssox_arguments $MyInvocation $args)
    $verb = _ssox_verb $given
    if ($verb) { return _ssox_change $verb $given }
    $env:SSOX_FUNCTION = 'powershell1'
    try {
        if ($MyInvocation.ExpectingInput) { $input | & (_ssox_binary) @given } else { & (_ssox_binary) @given }
    } finally {
        # It is for this call alone, not for what is started later.
        Microsoft.PowerShell.Management\Remove-Item -LiteralPath Env:SSOX_FUNCTION -ErrorAction Ignore
    }
}

function global:_ssox_binary {
    Microsoft.PowerShell.Core\Get-Command -Name ssox -CommandType Application -TotalCount 1 -ErrorAction Stop
}

# Returns the arguments with the first `--` put back, which PowerShell takes out of the arguments of every function.
function global:_ssox_arguments($invocation, [object[]]$given) {
    $line = "$($invocation.Line)"
    $line = $line.Substring([Math]::Min([Math]::Max($invocation.OffsetInLine - 1, 0), $line.Length))
    $tree = [System.Management.Automation.Language.Parser]::ParseInput($line, [ref]$null, [ref]$null)
    $command = $tree.Find({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true)
    $elements = if ($command) { @($command.CommandElements) } else { @() }
    for ($at = 1; $at -lt $elements.Count; $at++) {
        if ($elements[$at] -is [System.Management.Automation.Language.VariableExpressionAst] -and $elements[$at].Splatted) { break }
        if ($elements[$at].Extent.Text -ceq '--') {
            $before = @($given | Microsoft.PowerShell.Utility\Select-Object -First ($at - 1))
            $after = @($given | Microsoft.PowerShell.Utility\Select-Object -Skip ($at - 1))
            return @($before) + '--' + @($after)
        }
    }
    $given
}

# Returns the verb, when it is one that changes the environment of this shell; help and the like are for people to read.
function global:_ssox_verb([object[]]$given) {
    $verb = ''
    foreach ($argument in $given) {
        if ($argument -cmatch '^(?:-h|--help|-V|--version|--emit.*)$') { return '' }
        if ($argument -ceq '--') { break }
        if (-not $verb -and $argument -notmatch '^-') { $verb = "$argument" }
    }
    if ($verb -ceq 'use' -or $verb -ceq 'clear') { $verb } else { '' }
}

# Runs a verb that changes the environment of this shell.
function global:_ssox_change([string]$verb, [object[]]$given) {
    $PSNativeCommandUseErrorActionPreference = $false
    $reply = @(& (_ssox_binary) '--emit=powershell1' @given)
    if ($global:LASTEXITCODE -ne 0) { return }
    $refusal = _ssox_apply $reply
    if ($refusal) {
        $global:LASTEXITCODE = 70
        $Host.UI.WriteErrorLine("ssox: $refusal, environment unchanged")
    } elseif ($verb -ceq 'clear') {
        _ssox_restore
    }
}

# Checks all lines of a reply, then applies them; returns why not, when it does not. Values come with all but ASCII
# escaped, because what PowerShell reads from a program goes through a code page.
function global:_ssox_apply([object[]]$reply) {
    $names = '(?:AWS|SSOX)_[A-Z0-9_]+|AWSUME_PROFILE|AWSUME_EXPIRATION|AWSU_PROFILE'
    if ($reply.Count -lt 2 -or $reply[0] -cne '#ssox1' -or $reply[-1] -cne '#end') { return 'unexpected reply' }
    $lines = @($reply | Microsoft.PowerShell.Utility\Select-Object -Skip 1 -First ($reply.Count - 2))
    foreach ($line in $lines) {
        if ($line -cnotmatch '^(?:=[^=]+=.*|-[^=]+)$') { return 'unexpected reply' }
        if ($line -cnotmatch "^(?:=(?:$names)=.*|-(?:$names))`$") { return 'a variable of that name is not to be changed' }
    }
    foreach ($line in $lines) {
        $name, $value = $line.Substring(1).Split([char[]]'=', 2)
        _ssox_remember $name
        if ($line[0] -eq '-') { $value = $null } else { $value = [regex]::Unescape($value) }
        _ssox_set $name $value
    }
}

function global:_ssox_set([string]$name, $value) {
    if ($null -eq $value) {
        Microsoft.PowerShell.Management\Remove-Item -LiteralPath "Env:$name" -ErrorAction Ignore
    } else {
        Microsoft.PowerShell.Management\Set-Item -LiteralPath "Env:$name" -Value $value
    }
}

function global:_ssox_remember([string]$name) {
    if ($global:_ssox_child -or $global:_ssox_kept.ContainsKey($name)) { return }
    $item = Microsoft.PowerShell.Management\Get-Item -LiteralPath "Env:$name" -ErrorAction Ignore
    $global:_ssox_kept[$name] = if ($item) { $item.Value } else { $null }
}

# Puts back what was there before ssox changed it, and forgets it.
function global:_ssox_restore {
    foreach ($name in @($global:_ssox_kept.Keys)) { _ssox_set $name $global:_ssox_kept[$name] }
    $global:_ssox_kept = @{}
    $global:_ssox_child = $false
}

# --- hook

function global:_ssox_number($text) {
    if ("$text" -cmatch '^[1-9][0-9]{0,14}\z') { [long]$text } else { 0 }
}

# Tells whether the binary wants to be called. When it failed to answer, it gets a minute; a clock that was set back
# does not make it longer.
function global:_ssox_is_due([long]$now) {
    $next = _ssox_number $env:SSOX_NEXT
    $next -and $now -ge $next -and ($now -ge $global:_ssox_retry -or $global:_ssox_retry -gt $now + 60)
}

# Lets the binary renew the credentials, or say when to ask again.
function global:_ssox_tick([long]$now) {
    # In Windows PowerShell the redirected stderr of a program counts as an error.
    $ErrorActionPreference = 'SilentlyContinue'
    $PSNativeCommandUseErrorActionPreference = $false
    $global:_ssox_retry = $now + 60
    $reply = @(@() | & (_ssox_binary) '--emit=powershell1' tick 2>$null)
    if ($global:LASTEXITCODE -ne 0 -or (_ssox_apply $reply)) { return }
    $global:_ssox_retry = 0
    if (_ssox_is_due $now) { $global:_ssox_retry = $now + 60 }
}

# Runs at each prompt; returns the segment when it has a place there.
function global:_ssox_hook {
    if (-not "$env:SSOX_PROMPT$env:SSOX_NEXT$global:SSOX_SEGMENT") { return '' }
    $now = [DateTimeOffset]::UtcNow.ToUnixTimeSeconds()
    try { if (_ssox_is_due $now) { _ssox_tick $now } } catch { $global:_ssox_retry = $now + 60 }
    _ssox_show $now
}

# --- segment

# Computes $SSOX_SEGMENT (`dev:ReadOnly 43m`) and $SSOX_SEGMENT_STATE (ok, soon, renewing, expired) for prompts of your own,
# and returns the same in colours.
function global:_ssox_show([long]$now) {
    $label = "$env:SSOX_PROMPT" -replace '\p{Cc}', ''
    $state = 'ok'
    $time = ''
    $mark = ''
    if ($env:SSOX_STATE -ceq 'sign-in') { $mark = ' sign in' }
    if ($env:SSOX_STATE -ceq 'failed') { $mark = ' failed' }
    if ($mark) { $state = 'soon' }
    $expires = _ssox_number $env:SSOX_EXPIRES
    if ($expires) {
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
    }
    $global:SSOX_SEGMENT = ''
    $global:SSOX_SEGMENT_STATE = ''
    if (-not $label) { return '' }
    $global:SSOX_SEGMENT = "$label$time$mark"
    $global:SSOX_SEGMENT_STATE = $state
    _ssox_paint $label "$time$mark" $state
}

function global:_ssox_duration([long]$left) {
    if ($left -ge 172800) { '{0}d' -f [Math]::Floor($left / 86400) }
    elseif ($left -ge 3600) { '{0}h {1}m' -f [Math]::Floor($left / 3600), [Math]::Floor($left % 3600 / 60) }
    elseif ($left -ge 60) { '{0}m' -f [Math]::Floor($left / 60) }
    else { "${left}s" }
}

function global:_ssox_paint([string]$label, [string]$rest, [string]$state) {
    if (-not $Host.UI.SupportsVirtualTerminal -or $env:TERM -ceq 'dumb') { return "$label$rest " }
    $escape = [char]27
    $colour = if ($state -ceq 'ok') { 32 } elseif ($state -ceq 'expired') { 31 } else { 33 }
    $block = '41;97'
    if ($env:NO_COLOR) { $colour = 0; $block = 7 }
    if ($env:SSOX_PROTECTED) {
        "$escape[${block}m $label $escape[0m$escape[${colour}m$rest$escape[0m "
    } else {
        "$escape[${colour}m$label$rest$escape[0m "
    }
}

# The prompt function there is now is called by ours: PowerShell has no other hook. Where a framework owns the prompt the
# segment stays out of it. What a command left in $? and $LASTEXITCODE is there for the prompt function, and after it.
$global:_ssox_retry = [long]0
$global:SSOX_SEGMENT = ''
$global:_ssox_segment = -not (Microsoft.PowerShell.Management\Test-Path -LiteralPath Variable:global:_ssox_no_prompt)
Microsoft.PowerShell.Management\Remove-Item -LiteralPath Variable:global:_ssox_no_prompt -ErrorAction Ignore
if ("$function:prompt" -notmatch '_ssox_hook') {
    $global:_ssox_prompt = $function:prompt
    function global:prompt {
        $succeeded = $global:?
        $code = Microsoft.PowerShell.Utility\Get-Variable -Name LASTEXITCODE -Scope Global -ValueOnly -ErrorAction Ignore
        try { $segment = _ssox_hook } catch { $segment = '' }
        if (-not $global:_ssox_segment -or "$global:_ssox_prompt" -match 'starship|posh|OMPExecutable|powerline') { $segment = '' }
        $global:LASTEXITCODE = $code
        if (-not $succeeded) { Microsoft.PowerShell.Utility\Write-Error '' -ErrorAction Ignore }
        $text = @(& $global:_ssox_prompt)
        $global:LASTEXITCODE = $code
        if ($text.Count) { "$segment$($text[0])" } else { $segment }
        if (-not $succeeded) { Microsoft.PowerShell.Utility\Write-Error '' -ErrorAction Ignore }
    }
}

# --- completion

# Returns what could stand at the cursor. The words go to the binary as they were typed, none is evaluated; its answer
# is data, already quoted, with all but ASCII escaped.
function global:_ssox_complete([string]$current, $tree, [int]$cursor) {
    $PSNativeCommandUseErrorActionPreference = $false
    $elements = @($tree.CommandElements)
    $words = @($elements | Microsoft.PowerShell.Core\Where-Object { $_.Extent.EndOffset -lt $cursor } |
        Microsoft.PowerShell.Core\ForEach-Object { _ssox_word $_ })
    $binary = Microsoft.PowerShell.Core\Get-Command -Name ssox -CommandType Application -TotalCount 1 -ErrorAction Ignore
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

# Returns a word as the program would get it; what is in it of variables and commands stays as it is.
function global:_ssox_word($element) {
    if ($element -is [System.Management.Automation.Language.StringConstantExpressionAst] -or
        $element -is [System.Management.Automation.Language.ExpandableStringExpressionAst]) {
        $element.Value
    } else {
        $element.Extent.Text
    }
}

# Lets the command that begins with that word complete itself.
function global:_ssox_delegate($tree, [int]$cursor, [int]$word) {
    $elements = @($tree.CommandElements)
    if ($word -ge $elements.Count) { return }
    $start = $elements[$word].Extent.StartOffset
    $text = $tree.Extent.Text.Substring($start - $tree.Extent.StartOffset).PadRight($cursor - $start)
    (TabExpansion2 -inputScript $text -cursorColumn ($cursor - $start)).CompletionMatches
}

# --- registration

Microsoft.PowerShell.Core\Register-ArgumentCompleter -Native -CommandName ssox -ScriptBlock {
    param($current, $tree, $cursor)
    _ssox_complete $current $tree $cursor
}

# --- end
