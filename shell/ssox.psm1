# ssox as a PowerShell module: what `ssox init powershell | Out-String | Invoke-Expression` in $PROFILE does.

. (Microsoft.PowerShell.Management\Join-Path $PSScriptRoot 'ssox.ps1')

$ExecutionContext.SessionState.Module.OnRemove = {
    if ("$function:prompt" -match '_ssox_hook') {
        Microsoft.PowerShell.Management\Set-Item -LiteralPath Function:global:prompt -Value $global:_ssox_prompt
    }
    Microsoft.PowerShell.Management\Remove-Item -Path Function:ssox, Function:_ssox_* -ErrorAction Ignore
}
