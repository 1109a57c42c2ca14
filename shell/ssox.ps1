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
    if ($verb) {
        _ssox_change $verb $given
    } elseif ($MyInvocation.ExpectingInput) {
        $input | & (_ssox_binary) @given
    } else {
        & (_ssox_binary) @given
    }
}

function global:_ssox_binary {
    Microsoft.PowerShell.Core\Get-Command -Name ssox -CommandType Application -TotalCount 1 -ErrorAction Stop
}

# Returns the arguments with the first `--` put back, which PowerShell takes out of the arguments of every function.
function global:_ssox_arguments($invocation, [object[]]$given) {
    $line = $invocation.Line.Substring([Math]::Min([Math]::Max($invocation.OffsetInLine - 1, 0), $invocation.Line.Length))
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
    if ($verb -cin 'use', 'clear') { $verb } else { '' }
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

# --- completion
