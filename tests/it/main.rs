//! All end-to-end tests. They are one binary, so that linking takes less time.

#[cfg(unix)]
mod arriving;
#[cfg(unix)]
mod assignments;
mod assignments_after_sign_in;
#[cfg(unix)]
mod assignments_offered;
mod assignments_used;
#[cfg(unix)]
mod aws_cli;
mod bad_input;
#[cfg(unix)]
mod chromium;
mod clients;
mod clocks;
#[cfg(unix)]
mod closed;
#[cfg(unix)]
mod completion;
#[cfg(unix)]
mod configure;
#[cfg(unix)]
mod console;
#[cfg(unix)]
mod credential_process;
mod differential;
#[cfg(unix)]
mod directories;
#[cfg(unix)]
mod directories_of_tools;
#[cfg(unix)]
mod directories_of_tools_left;
#[cfg(target_os = "linux")]
mod distribution;
mod docs;
mod doctor;
#[cfg(unix)]
mod each;
mod each_assignments;
#[cfg(unix)]
mod edited;
#[cfg(unix)]
mod editing;
#[cfg(unix)]
mod elvish;
#[cfg(unix)]
mod endpoint;
#[cfg(unix)]
mod failing;
#[cfg(unix)]
mod few_descriptors;
#[cfg(target_os = "linux")]
mod forge;
#[cfg(unix)]
mod forged;
#[cfg(unix)]
mod full_disk;
mod help;
#[cfg(unix)]
mod hidden;
#[cfg(unix)]
mod hints;
mod home;
#[cfg(unix)]
mod hook;
#[cfg(unix)]
mod hostile;
mod house;
#[cfg(unix)]
mod identity;
#[cfg(unix)]
mod identity_directories;
mod imports;
#[cfg(unix)]
mod interrupted_hook;
#[cfg(target_os = "linux")]
mod keyring;
#[cfg(unix)]
mod killed;
#[cfg(unix)]
mod kinds;
#[cfg(unix)]
mod live;
#[cfg(unix)]
mod long_job;
#[cfg(unix)]
mod mfa;
mod moto;
#[cfg(unix)]
mod neighbours;
#[cfg(unix)]
mod newer_shells;
#[cfg(unix)]
mod odd_files;
#[cfg(unix)]
mod other_shells;
#[cfg(unix)]
mod other_shells_completion;
#[cfg(unix)]
mod other_shells_directories;
#[cfg(unix)]
mod other_shells_live;
#[cfg(unix)]
mod other_shells_prompt;
#[cfg(unix)]
mod other_shells_used;
#[cfg(unix)]
mod own_hooks;
#[cfg(unix)]
mod own_hooks_direnv;
#[cfg(unix)]
mod package;
#[cfg(unix)]
mod passing;
#[cfg(unix)]
mod picker;
#[cfg(unix)]
mod place;
#[cfg(unix)]
mod populate;
#[cfg(unix)]
mod populate_ends;
#[cfg(unix)]
mod posix;
#[cfg(unix)]
mod posix_hostile;
#[cfg(unix)]
mod posix_prompt;
#[cfg(unix)]
mod powershell;
mod previous_values;
mod profile_only;
#[cfg(unix)]
mod protected;
#[cfg(unix)]
mod pty;
mod redirects;
mod redrawn;
#[cfg(unix)]
mod regions;
#[cfg(unix)]
mod renewal;
mod roles;
#[cfg(unix)]
mod saml;
#[cfg(unix)]
mod sandbox;
#[cfg(unix)]
mod scripts;
#[cfg(unix)]
mod secret_types;
mod segment;
#[cfg(unix)]
mod served_shells;
mod setup;
#[cfg(unix)]
mod shells;
mod shown;
#[cfg(unix)]
mod signing_in;
mod signing_out;
mod sources;
#[cfg(unix)]
mod start_script;
#[cfg(unix)]
mod state;
#[cfg(target_os = "linux")]
mod strangers;
mod tools;
mod tools_special;
mod using;
#[cfg(unix)]
mod waiting;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod windows;
#[cfg(unix)]
mod wizard;
mod words;
#[cfg(unix)]
mod wrappers;
