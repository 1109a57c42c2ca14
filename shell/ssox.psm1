# ssox as a PowerShell module: does the same as `ssox init powershell | Out-String | Invoke-Expression` in $PROFILE.

. (Microsoft.PowerShell.Management\Join-Path $PSScriptRoot 'ssox.ps1')

$ExecutionContext.SessionState.Module.OnRemove = {
    if ("$function:prompt" -cmatch '_ssox_prompt (\d+)' -and "$($global:_ssox_prompts[$Matches[1]])") {
        Microsoft.PowerShell.Management\Set-Item -LiteralPath Function:global:prompt -Value $global:_ssox_prompts[$Matches[1]]
    }
    Microsoft.PowerShell.Management\Remove-Item -Path Function:ssox, Function:_ssox_* -ErrorAction Ignore
}
