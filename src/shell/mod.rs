//! The shells that ssox supports, one file each; the reply to their functions; and hints in the syntax of the person's
//! shell. The scripts of the shells are in the folder `shell/`.

mod bash;
pub(crate) mod completion;
mod elvish;
mod emit;
mod fish;
mod handle;
pub(crate) mod hint;
mod integration;
mod interactive;
mod nushell;
mod other_shells;
mod posix;
mod powershell;
pub(crate) mod quote;
pub(crate) mod reply;
mod running_shell;
mod section;
mod sh_syntax;
mod word;
mod xonsh;
mod zsh;

pub(crate) use emit::Emit;
pub(crate) use handle::Shell;
pub(crate) use running_shell::is_started_by;
pub(crate) use section::section;

handle::shells! {
    zsh::Zsh,
    bash::Bash,
    fish::Fish,
    powershell::PowerShell,
    nushell::Nushell,
    elvish::Elvish,
    xonsh::Xonsh,
    posix::Posix,
}
