//! The verbs (subcommands), one file each: first the arguments with their help, then the steps in order. The modules
//! outside of `commands` do the work.

mod allow;
mod assigned;
mod changes;
mod child;
mod clear;
mod cli;
mod complete;
mod completions;
mod configure;
mod console;
mod credential_process;
mod credentials_file;
mod default_profile;
mod directory;
mod directory_values;
mod doctor;
mod each;
mod ended_endpoint;
mod endpoint;
mod endpoint_changes;
mod error_json;
mod exec;
mod export;
mod export_format;
mod failed_process;
mod file_marks;
mod finding;
mod foreign;
mod identity;
mod init;
mod label;
mod list;
mod login;
mod logout;
mod name_list;
mod none_configured;
mod options;
mod output_format;
mod pick;
mod precedence;
mod process_of_ssox;
mod profile_variables;
mod protected;
mod protected_process;
mod regions;
mod renewal;
mod replaced;
mod saml;
mod saml_profiles;
mod selected_profile;
mod serve;
mod serve_format;
mod sessions;
mod set_variable;
mod shell_function;
mod shown;
mod sign_in_target;
mod status;
mod status_tools;
mod table;
mod tick;
mod usage_error;
mod use_profile;
mod verb;
mod verify;

use assigned::list_after_sign_in;
pub(crate) use cli::Cli;
pub(crate) use cli::process_context;
pub(crate) use error_json::error_as_json;
pub(crate) use init::Init;
pub(crate) use usage_error::usage_error;

use crate::context::Context;
use crate::error::Result;
use verb::{Done, VerbArgs};

verb::verbs! {
    /// Print the shell integration
    Init(init::Init),
    /// Put a profile's credentials into this shell
    Use(use_profile::Use),
    /// Remove the credentials from this shell
    Clear(clear::Clear),
    /// Sign in to a session
    Login(login::Login),
    /// Sign out: end the session at AWS, and delete its token and credentials
    Logout(logout::Logout),
    /// List profiles
    List(list::List),
    /// List sessions and when they expire
    Sessions(sessions::Sessions),
    /// Show which credentials this shell has
    Status(status::Status),
    /// Print credentials
    Export(export::Export),
    /// Run a program with a profile's credentials
    Exec(exec::Exec),
    /// Run a program once for each of many profiles, with its credentials
    Each(each::Each),
    /// Serve a profile's credentials to programs on this machine
    Serve(serve::Serve),
    /// Trust the .ssox file of a directory
    Allow(allow::Allow),
    /// No longer trust the .ssox file of a directory
    Deny(allow::Deny),
    /// Print credentials for `credential_process`, without asking
    CredentialProcess(credential_process::CredentialProcess),
    /// Create and change profiles in ~/.aws/config
    Configure(configure::Configure),
    /// Work with accounts outside the organization (SAML)
    Saml(saml::Saml),
    /// Open the web console
    Console(console::Console),
    /// Find what is wrong, and show what to type
    Doctor(doctor::Doctor),
    /// Print the completion script of a shell, for packages
    Completions(completions::Completions),
    /// Renew the credentials of this shell when they are due
    #[command(hide = true)]
    Tick(tick::Tick),
    /// Renew the credentials of an endpoint
    #[command(hide = true)]
    Endpoint(endpoint::Renew),
    /// Check whether this shell still has the identity that ssox set
    #[command(hide = true)]
    Identity(identity::CheckIdentity),
    /// Use the profile of a .ssox file, or undo this when the shell leaves the directory
    #[command(hide = true)]
    Directory(directory::Directory),
    /// Answer a completion request
    #[command(hide = true)]
    Complete(complete::Complete),
}
