# Completion of ssox in powershell, as `ssox completions` prints it.

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