@{
    RootModule           = 'ssox.psm1'
    ModuleVersion        = '0.1.0'
    GUID                 = '5d3d5a0c-3a34-4c50-9a86-5b1f6c8f2b7e'
    Author               = 'The ssox authors'
    Copyright            = '(c) The ssox authors. MIT or Apache-2.0.'
    Description          = 'AWS IAM Identity Center credentials in the shell you are in. Needs the program ssox on PATH.'
    PowerShellVersion    = '5.1'
    CompatiblePSEditions = @('Desktop', 'Core')
    # The functions are global, like functions that a PowerShell profile defines, so the module exports nothing.
    FunctionsToExport    = @()
    CmdletsToExport      = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    PrivateData          = @{ PSData = @{ Tags = @('aws', 'sso', 'credentials', 'prompt') } }
}
