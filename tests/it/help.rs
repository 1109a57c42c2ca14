//! The help text of each verb, as a person sees it.

use crate::home::Home;
use insta::assert_snapshot;

/// Returns the help of a verb, in a terminal of 100 columns.
fn help(verb: &str) -> String {
    let arguments: Vec<&str> = verb.split_whitespace().chain(["--help"]).collect();
    Home::new().ssox(&arguments).ok()
}

#[test]
fn help_of_ssox() {
    assert_snapshot!(help(""), @r#"
    AWS IAM Identity Center credentials in the shell you are in

    Usage: ssox [OPTIONS] <COMMAND>

    Commands:
      init                Print the shell integration
      use                 Put a profile's credentials into this shell
      clear               Remove the credentials from this shell
      login               Sign in to a session
      logout              Sign out: end the session at AWS, and delete its token and credentials
      list                List profiles
      sessions            List sessions and when they expire
      status              Show which credentials this shell has
      export              Print credentials
      exec                Run a program with a profile's credentials
      each                Run a program once for each of many profiles, with its credentials
      serve               Serve a profile's credentials to programs on this machine
      allow               Trust the .ssox file of a directory
      deny                No longer trust the .ssox file of a directory
      credential-process  Print credentials for `credential_process`, without asking
      configure           Create and change profiles in ~/.aws/config
      saml                Work with accounts outside the organization (SAML)
      console             Open the web console
      doctor              Find what is wrong, and show what to type
      completions         Print the completion script of a shell, for packages

    Options:
          --no-input  Never ask and never open a browser (implied without a terminal, or with CI set)
      -v, --verbose   Log each step to stderr, without secrets
      -h, --help      Print help
      -V, --version   Print version

    Start here:
      eval "$(ssox init zsh)"     in your ~/.zshrc; other shells: ssox doctor
      ssox configure sso          make a profile
      ssox use dev                credentials into this shell
    "#);
}

#[test]
fn help_of_init() {
    assert_snapshot!(help("init"), @r#"
    Print the shell integration

    Usage: ssox init [OPTIONS] <SHELL>

    Arguments:
      <SHELL>  The shell to integrate with [possible values: zsh, bash, fish, powershell, nushell,
               elvish, xonsh, posix]

    Options:
          --no-prompt  Do not change the prompt
          --no-input   Never ask and never open a browser (implied without a terminal, or with CI set)
      -v, --verbose    Log each step to stderr, without secrets
      -h, --help       Print help

    Example: eval "$(ssox init zsh)"
    "#);
}

#[test]
fn help_of_use() {
    assert_snapshot!(help("use"), @r"
    Put a profile's credentials into this shell

    Usage: ssox use [OPTIONS] [PROFILE]

    Arguments:
      [PROFILE]  Profile, `-` for the previous profile, ACCOUNT/ROLE, or a role ARN; without this
                 argument, a picker opens

    Options:
          --region <REGION>         Use this region in place of the profile's
          --profile-only            Set AWS_PROFILE only, and let each program fetch the credentials
                                    itself
          --yes                     Use a protected profile without asking
          --sso-session <NAME>      Use only the profiles and assignments of this session
          --min-ttl <DURATION>      Fetch new credentials when the cached ones expire within this time
                                    (`90s`, `30m`, `1h30m`) [default: 15m]
          --mfa-code <CODE>         Code of the MFA device, for profiles with `mfa_serial`
          --role-arn <ARN>          Assume this role with the profile's credentials
          --duration <DURATION>     How long to assume the role for, from 15m to 12h; 1h at most for a
                                    role that another role assumes
          --saml-response <FILE|->  Read the SAML response from a file, or from standard input with `-`
          --timeout <DURATION>      How long to wait for you to sign in [default: 10m]
          --no-input                Never ask and never open a browser (implied without a terminal, or
                                    with CI set)
      -v, --verbose                 Log each step to stderr, without secrets
      -h, --help                    Print help

    Examples:
      ssox use dev
      ssox use -                       back to the previous profile
      ssox use 111122223333/ReadOnly   that account and role, with or without a profile
      ssox use 'Data Platform/ReadOnly'
    ");
}

#[test]
fn help_of_clear() {
    assert_snapshot!(help("clear"), @r"
    Remove the credentials from this shell

    Usage: ssox clear [OPTIONS]

    Options:
          --no-input  Never ask and never open a browser (implied without a terminal, or with CI set)
      -v, --verbose   Log each step to stderr, without secrets
      -h, --help      Print help

    Example: ssox clear
    ");
}

#[test]
fn help_of_login() {
    assert_snapshot!(help("login"), @r"
    Sign in to a session

    Usage: ssox login [OPTIONS] [PROFILE]

    Arguments:
      [PROFILE]  Profile whose session to sign in to

    Options:
          --sso-session <NAME>  Session to sign in to
          --pkce                Sign in with a browser on this machine
          --device-code         Sign in with a device code, in a browser on any machine
          --port <N>            Port on 127.0.0.1 that the browser is redirected to
          --no-browser          Print the URL instead of opening a browser
          --copy                Copy the URL to the clipboard of this terminal (OSC 52) instead of
                                opening a browser, for a browser on your own machine
          --timeout <DURATION>  How long to wait for you to sign in [default: 10m]
          --fresh               Sign in again even if the token is still valid
          --no-input            Never ask and never open a browser (implied without a terminal, or with
                                CI set)
      -v, --verbose             Log each step to stderr, without secrets
      -h, --help                Print help

    Examples:
      ssox login dev
      ssox login --sso-session corp --device-code
      ssox login dev --no-browser --port 8400   over SSH, with `ssh -L 8400:127.0.0.1:8400 HOST`
    ");
}

#[test]
fn help_of_logout() {
    assert_snapshot!(help("logout"), @r"
    Sign out: end the session at AWS, and delete its token and credentials

    Usage: ssox logout [OPTIONS] [PROFILE]

    Arguments:
      [PROFILE]  Profile whose session to sign out of

    Options:
          --sso-session <NAME>  Session to sign out of
          --all                 Sign out of every configured session
          --no-input            Never ask and never open a browser (implied without a terminal, or with
                                CI set)
      -v, --verbose             Log each step to stderr, without secrets
      -h, --help                Print help

    Example: ssox logout --sso-session corp
    ");
}

#[test]
fn help_of_list() {
    assert_snapshot!(help("list"), @r"
    List profiles

    Usage: ssox list [OPTIONS]

    Options:
          --json                Print JSON
          --assigned            List every account and role that you may use, with or without a profile
          --refresh             Ask AWS again instead of showing the stored list
          --sso-session <NAME>  Only the assignments of this session
          --no-input            Never ask and never open a browser (implied without a terminal, or with
                                CI set)
      -v, --verbose             Log each step to stderr, without secrets
      -h, --help                Print help

    Examples:
      ssox list --json | jq -r '.[].name'
      ssox list --assigned --refresh
    ");
}

#[test]
fn help_of_sessions() {
    assert_snapshot!(help("sessions"), @r"
    List sessions and when they expire

    Usage: ssox sessions [OPTIONS]

    Options:
          --json      Print JSON
          --no-input  Never ask and never open a browser (implied without a terminal, or with CI set)
      -v, --verbose   Log each step to stderr, without secrets
      -h, --help      Print help

    Example: ssox sessions
    ");
}

#[test]
fn help_of_status() {
    assert_snapshot!(help("status"), @r"
    Show which credentials this shell has

    Usage: ssox status [OPTIONS]

    Options:
          --json      Print JSON
          --verify    Ask AWS whose credentials this shell has
          --tools     Show which identity each kind of AWS tool would take here, and why
          --no-input  Never ask and never open a browser (implied without a terminal, or with CI set)
      -v, --verbose   Log each step to stderr, without secrets
      -h, --help      Print help

    Example: ssox status --verify
    ");
}

#[test]
fn help_of_export() {
    assert_snapshot!(help("export"), @r#"
    Print credentials

    Usage: ssox export [OPTIONS] [PROFILE]

    Arguments:
      [PROFILE]
              Profile, ACCOUNT/ROLE, or a role ARN

    Options:
          --format <FORMAT>
              Output format

              Possible values:
              - env:              `export NAME=VALUE` for sh, bash and zsh
              - env-no-export:    `NAME=VALUE`
              - fish:             `set -gx` for fish
              - powershell:       `$Env:NAME = …` for PowerShell
              - nushell:          `$env.NAME = …` for nushell
              - elvish:           `set-env NAME …` for elvish
              - xonsh:            `$NAME = …` for xonsh
              - windows-cmd:      `set NAME=VALUE` for cmd.exe
              - process:          The JSON of `credential_process`
              - json:             JSON
              - credentials-file: A section of ~/.aws/credentials
              - env-file:         A file for `docker run --env-file`
              
              [default: env]

          --write [<SECTION>]
              Write the credentials into `[SECTION]` of ~/.aws/credentials [default: the profile's name]

          --yes
              Use a protected profile without asking

          --sso-session <NAME>
              Use only the profiles and assignments of this session

          --min-ttl <DURATION>
              Fetch new credentials when the cached ones expire within this time (`90s`, `30m`, `1h30m`)
              [default: 15m]

          --mfa-code <CODE>
              Code of the MFA device, for profiles with `mfa_serial`

          --role-arn <ARN>
              Assume this role with the profile's credentials

          --duration <DURATION>
              How long to assume the role for, from 15m to 12h; 1h at most for a role that another role
              assumes

          --saml-response <FILE|->
              Read the SAML response from a file, or from standard input with `-`

          --timeout <DURATION>
              How long to wait for you to sign in [default: 10m]

          --no-input
              Never ask and never open a browser (implied without a terminal, or with CI set)

      -v, --verbose
              Log each step to stderr, without secrets

      -h, --help
              Print help (see a summary with '-h')

    Examples:
      eval "$(ssox export dev)"
      ssox export dev --format json
      ssox export dev --format credentials-file --write
    "#);
}

#[test]
fn help_of_exec() {
    assert_snapshot!(help("exec"), @r"
    Run a program with a profile's credentials

    Usage: ssox exec [OPTIONS] <PROFILE> [COMMAND]...

    Arguments:
      <PROFILE>     Profile, ACCOUNT/ROLE, or a role ARN
      [COMMAND]...  The program and its arguments; without it, your shell

    Options:
          --serve                   Serve the credentials to the program, and renew them for as long as
                                    it runs
          --keep-config             With --serve: let the program read your configuration files, where a
                                    `[default]` takes precedence over the served credentials
          --yes                     Use a protected profile without asking
          --sso-session <NAME>      Use only the profiles and assignments of this session
          --min-ttl <DURATION>      Fetch new credentials when the cached ones expire within this time
                                    (`90s`, `30m`, `1h30m`) [default: 15m]
          --mfa-code <CODE>         Code of the MFA device, for profiles with `mfa_serial`
          --role-arn <ARN>          Assume this role with the profile's credentials
          --duration <DURATION>     How long to assume the role for, from 15m to 12h; 1h at most for a
                                    role that another role assumes
          --saml-response <FILE|->  Read the SAML response from a file, or from standard input with `-`
          --timeout <DURATION>      How long to wait for you to sign in [default: 10m]
          --no-input                Never ask and never open a browser (implied without a terminal, or
                                    with CI set)
      -v, --verbose                 Log each step to stderr, without secrets
      -h, --help                    Print help

    Examples:
      ssox exec dev -- terraform apply
      ssox exec dev                    a shell; `exit` leaves it
      ssox exec --serve dev -- ./train.py

    PowerShell decodes output as text; for bytes in a file or a pipe:
      & (Get-Command ssox -CommandType Application) exec dev -- COMMAND > FILE
    ");
}

#[test]
fn help_of_serve() {
    assert_snapshot!(help("serve"), @r"
    Serve a profile's credentials to programs on this machine

    Usage: ssox serve [OPTIONS] [PROFILE]

    Arguments:
      [PROFILE]
              Profile, ACCOUNT/ROLE, or a role ARN

    Options:
          --port <PORT>
              Port on 127.0.0.1 [default: any free one]

          --json
              Print JSON

          --format <FORMAT>
              Output format

              Possible values:
              - env:          `export NAME=VALUE` for sh, bash and zsh
              - fish:         `set -gx` for fish
              - powershell:   `$Env:NAME = …` for PowerShell
              - nushell:      `$env.NAME = …` for nushell
              - elvish:       `set-env NAME …` for elvish
              - xonsh:        `$NAME = …` for xonsh
              - windows-cmd:  `set NAME=VALUE` for cmd.exe
              - env-file:     A file for `docker run --env-file`
              - devcontainer: A part of `devcontainer.json`
              
              [default: env]

          --keep-config
              Let the programs read your configuration files, where a `[default]` takes precedence over
              the served credentials

          --yes
              Use a protected profile without asking

          --sso-session <NAME>
              Use only the profiles and assignments of this session

          --min-ttl <DURATION>
              Fetch new credentials when the cached ones expire within this time (`90s`, `30m`, `1h30m`)
              [default: 15m]

          --mfa-code <CODE>
              Code of the MFA device, for profiles with `mfa_serial`

          --role-arn <ARN>
              Assume this role with the profile's credentials

          --duration <DURATION>
              How long to assume the role for, from 15m to 12h; 1h at most for a role that another role
              assumes

          --saml-response <FILE|->
              Read the SAML response from a file, or from standard input with `-`

          --timeout <DURATION>
              How long to wait for you to sign in [default: 10m]

          --no-input
              Never ask and never open a browser (implied without a terminal, or with CI set)

      -v, --verbose
              Log each step to stderr, without secrets

      -h, --help
              Print help (see a summary with '-h')

    Examples:
      ssox serve dev
      ssox serve dev --port 9911 --format env-file > dev.env &
      docker run --network host --env-file dev.env IMAGE
    ");
}

#[test]
fn help_of_credential_process() {
    assert_snapshot!(help("credential-process"), @r"
    Print credentials for `credential_process`, without asking

    Usage: ssox credential-process [OPTIONS] [PROFILE]

    Arguments:
      [PROFILE]  Profile, ACCOUNT/ROLE, or a role ARN

    Options:
          --sso-session <NAME>      Use only the profiles and assignments of this session
          --min-ttl <DURATION>      Fetch new credentials when the cached ones expire within this time
                                    (`90s`, `30m`, `1h30m`) [default: 15m]
          --mfa-code <CODE>         Code of the MFA device, for profiles with `mfa_serial`
          --role-arn <ARN>          Assume this role with the profile's credentials
          --duration <DURATION>     How long to assume the role for, from 15m to 12h; 1h at most for a
                                    role that another role assumes
          --saml-response <FILE|->  Read the SAML response from a file, or from standard input with `-`
          --timeout <DURATION>      How long to wait for you to sign in [default: 10m]
          --no-input                Never ask and never open a browser (implied without a terminal, or
                                    with CI set)
      -v, --verbose                 Log each step to stderr, without secrets
      -h, --help                    Print help

    Example, in ~/.aws/config:
      [profile dev-tools]
      credential_process = ssox credential-process dev
    ");
}

#[test]
fn help_of_configure() {
    assert_snapshot!(help("configure"), @r"
    Create and change profiles in ~/.aws/config

    Usage: ssox configure [OPTIONS] <COMMAND>

    Commands:
      sso       Create a profile: asks for each value that is not given as an option, and lets you
                choose account and role after signing in
      populate  Write a profile for every account and role that you may use, and keep these profiles up
                to date
      migrate   Move the sign-in settings of legacy profiles into `[sso-session]` sections

    Options:
          --no-input  Never ask and never open a browser (implied without a terminal, or with CI set)
      -v, --verbose   Log each step to stderr, without secrets
      -h, --help      Print help
    ");
}

#[test]
fn help_of_configure_sso() {
    assert_snapshot!(help("configure sso"), @r"
    Create a profile: asks for each value that is not given as an option, and lets you choose account
    and role after signing in

    Usage: ssox configure sso [OPTIONS]

    Options:
          --start-url <URL>      Start URL of the access portal
          --sso-region <REGION>  Region of IAM Identity Center
          --sso-session <NAME>   Name of the session, new or existing
          --scopes <LIST>        OAuth scopes to register with, separated by commas
          --account-id <ID>      Account of the profile
          --role-name <NAME>     Role (permission set) of the profile
          --region <REGION>      Default region of the profile
          --output <FORMAT>      Default output format of the profile
          --profile <NAME>       Name of the profile
          --yes                  Write without asking
          --no-input             Never ask and never open a browser (implied without a terminal, or with
                                 CI set)
      -v, --verbose              Log each step to stderr, without secrets
      -h, --help                 Print help

    Example:
      ssox configure sso --start-url https://d-1234567890.awsapps.com/start --sso-region eu-west-1
    ");
}

#[test]
fn help_of_configure_populate() {
    assert_snapshot!(help("configure populate"), @r"
    Write a profile for every account and role that you may use, and keep these profiles up to date

    Usage: ssox configure populate [OPTIONS]

    Options:
          --sso-session <NAME>    Session to write profiles for; needed if there are several
          --name-format <FORMAT>  Names of new profiles, made of {account_name} {account_id} {email}
                                  {role_name} {session} [default: {account_name}.{role_name}]
          --account <GLOB>        Use only accounts whose ID or name matches GLOB; may be repeated
          --role <GLOB>           Use only roles whose name matches GLOB; may be repeated
          --region <REGION>       Region of the profiles
          --output <FORMAT>       Output format of the profiles
          --credential-process    Write `credential_process` profiles, for tools that do not support SSO
          --rename                Rename profiles that populate wrote, to the names that --name-format
                                  gives
          --prune                 Remove profiles that populate wrote and whose role is not assigned to
                                  you any more
          --dry-run               Show what would change, without changing it
          --yes                   Write without asking
          --json                  Print the names of the profiles as JSON
          --no-input              Never ask and never open a browser (implied without a terminal, or
                                  with CI set)
      -v, --verbose               Log each step to stderr, without secrets
      -h, --help                  Print help

    Example: ssox configure populate --account 'Data*' --role ReadOnly --region eu-west-1 --dry-run
    ");
}

#[test]
fn help_of_configure_migrate() {
    assert_snapshot!(help("configure migrate"), @r"
    Move the sign-in settings of legacy profiles into `[sso-session]` sections

    Usage: ssox configure migrate [OPTIONS]

    Options:
          --dry-run              Show what would change, without changing it
          --keep-legacy          Keep `sso_start_url` and `sso_region` in the profiles, for tools that
                                 do not support `[sso-session]`
          --session-per-profile  Give each profile its own session, so that each signs in separately
          --yes                  Write without asking
          --no-input             Never ask and never open a browser (implied without a terminal, or with
                                 CI set)
      -v, --verbose              Log each step to stderr, without secrets
      -h, --help                 Print help

    Example: ssox configure migrate --dry-run
    ");
}

#[test]
fn help_of_saml() {
    assert_snapshot!(help("saml"), @r"
    Work with accounts outside the organization (SAML)

    Usage: ssox saml [OPTIONS] <COMMAND>

    Commands:
      roles  List the roles in a SAML response

    Options:
          --no-input  Never ask and never open a browser (implied without a terminal, or with CI set)
      -v, --verbose   Log each step to stderr, without secrets
      -h, --help      Print help
    ");
}

#[test]
fn help_of_saml_roles() {
    assert_snapshot!(help("saml roles"), @r"
    List the roles in a SAML response

    Usage: ssox saml roles [OPTIONS] [PROFILE]

    Arguments:
      [PROFILE]  Profile with `ssox_saml_url`

    Options:
          --saml-response <FILE|->  Read the SAML response from a file, or from standard input with `-`
          --timeout <DURATION>      How long to wait for you to sign in [default: 10m]
          --json                    Print JSON
          --no-input                Never ask and never open a browser (implied without a terminal, or
                                    with CI set)
      -v, --verbose                 Log each step to stderr, without secrets
      -h, --help                    Print help

    Example: ssox saml roles external
    ");
}

#[test]
fn help_of_console() {
    assert_snapshot!(help("console"), @r"
    Open the web console

    Usage: ssox console [OPTIONS] [PROFILE]

    Arguments:
      [PROFILE]
              Profile, ACCOUNT/ROLE, or a role ARN

    Options:
          --service <SERVICE>
              Service whose console to open: a short form (`cw`, `ddb`), or the name in the URL of its
              console (`systems-manager`)

          --region <REGION>
              Region of the console

          --url <URL>
              URL of the console page to open, copied from the address bar

          --container[=<EXTENSION>]
              Open the console in a Firefox container, or a browser profile of Chrome or Edge, that only
              this account uses

              Possible values:
              - granted:  The extension `Granted Containers` of Firefox
              - open-url: The extension `Open external links in a container` of Firefox

          --print
              Print the URL instead of opening it

          --yes
              Use a protected profile without asking

          --sso-session <NAME>
              Use only the profiles and assignments of this session

          --min-ttl <DURATION>
              Fetch new credentials when the cached ones expire within this time (`90s`, `30m`, `1h30m`)
              [default: 15m]

          --mfa-code <CODE>
              Code of the MFA device, for profiles with `mfa_serial`

          --role-arn <ARN>
              Assume this role with the profile's credentials

          --duration <DURATION>
              How long to assume the role for, from 15m to 12h; 1h at most for a role that another role
              assumes

          --saml-response <FILE|->
              Read the SAML response from a file, or from standard input with `-`

          --timeout <DURATION>
              How long to wait for you to sign in [default: 10m]

          --no-input
              Never ask and never open a browser (implied without a terminal, or with CI set)

      -v, --verbose
              Log each step to stderr, without secrets

      -h, --help
              Print help (see a summary with '-h')

    Examples:
      ssox console dev --service s3
      ssox console dev --container
      ssox console --print
    ");
}

#[test]
fn help_of_doctor() {
    assert_snapshot!(help("doctor"), @r"
    Find what is wrong, and show what to type

    Usage: ssox doctor [OPTIONS]

    Options:
          --json      Print JSON
          --no-input  Never ask and never open a browser (implied without a terminal, or with CI set)
      -v, --verbose   Log each step to stderr, without secrets
      -h, --help      Print help

    Example: ssox doctor
    ");
}

#[test]
fn help_of_completions() {
    assert_snapshot!(help("completions"), @r"
    Print the completion script of a shell, for packages

    Usage: ssox completions [OPTIONS] <SHELL>

    Arguments:
      <SHELL>  The shell to complete in [possible values: zsh, bash, fish, powershell, nushell, elvish,
               xonsh, posix]

    Options:
          --no-input  Never ask and never open a browser (implied without a terminal, or with CI set)
      -v, --verbose   Log each step to stderr, without secrets
      -h, --help      Print help

    Example: ssox completions zsh > _ssox
    ");
}

#[test]
fn help_of_each() {
    assert_snapshot!(help("each"), @r"
    Run a program once for each of many profiles, with its credentials

    Usage: ssox each [OPTIONS] [PATTERNS]... -- <COMMAND>...

    Arguments:
      [PATTERNS]...  Names of profiles, ACCOUNT/ROLE, or globs of them: `dev-*`, `*/ReadOnly`
      <COMMAND>...   The program and its arguments

    Options:
          --account <GLOB>          Use only accounts whose ID or name matches GLOB; may be repeated
          --role <GLOB>             Use only roles whose name matches GLOB; may be repeated
          --jobs <N>                How many commands run at once [default: the number of cores, at
                                    least 4]
          --fail-fast               After the first failure, start no more commands, and end those that
                                    are running
          --json                    Print JSON
          --output-dir <DIR>        Write the output into files in this directory: NAME.out and NAME.err
          --include-protected       Use protected profiles too
          --sso-session <NAME>      Use only the profiles and assignments of this session
          --min-ttl <DURATION>      Fetch new credentials when the cached ones expire within this time
                                    (`90s`, `30m`, `1h30m`) [default: 15m]
          --mfa-code <CODE>         Code of the MFA device, for profiles with `mfa_serial`
          --role-arn <ARN>          Assume this role with the profile's credentials
          --duration <DURATION>     How long to assume the role for, from 15m to 12h; 1h at most for a
                                    role that another role assumes
          --saml-response <FILE|->  Read the SAML response from a file, or from standard input with `-`
          --timeout <DURATION>      How long to wait for you to sign in [default: 10m]
          --no-input                Never ask and never open a browser (implied without a terminal, or
                                    with CI set)
      -v, --verbose                 Log each step to stderr, without secrets
      -h, --help                    Print help

    Examples:
      ssox each 'dev-*' -- aws s3 ls
      ssox each --role ReadOnly --json -- aws sts get-caller-identity
      ssox each '*' --output-dir out -- ./audit.sh
    ");
}

#[test]
fn help_of_allow() {
    assert_snapshot!(help("allow"), @r"
    Trust the .ssox file of a directory

    Usage: ssox allow [OPTIONS] [DIR]

    Arguments:
      [DIR]  Directory of the .ssox file [default: the nearest one here or above]

    Options:
          --no-input  Never ask and never open a browser (implied without a terminal, or with CI set)
      -v, --verbose   Log each step to stderr, without secrets
      -h, --help      Print help

    Examples:
      ssox allow            the nearest .ssox file, here or above
      ssox allow ~/project
    ");
}

#[test]
fn help_of_deny() {
    assert_snapshot!(help("deny"), @r"
    No longer trust the .ssox file of a directory

    Usage: ssox deny [OPTIONS] [DIR]

    Arguments:
      [DIR]  Directory of the .ssox file [default: the nearest one here or above]

    Options:
          --no-input  Never ask and never open a browser (implied without a terminal, or with CI set)
      -v, --verbose   Log each step to stderr, without secrets
      -h, --help      Print help

    Examples:
      ssox deny
      ssox deny ~/project
    ");
}
