//! `ssox clear`: removes the credentials from this shell. The shell function then restores the values that the
//! variables had before the first `use`.

use super::profile_variables::KEYS;
use super::shell_function::calling_function;
use super::verb::{Done, VerbArgs};
use super::{changes, foreign};
use crate::context::Context;
use crate::error::Result;
use crate::identity::ID;
use crate::shell::reply::reply;
use crate::terminal::say;
use clap::Args;

#[derive(Args, Debug)]
#[command(after_help = "Example: ssox clear")]
pub(crate) struct Clear {}

impl VerbArgs for Clear {
    const KEEPS_STATE: bool = false;

    /// Returns the reply to the shell function: the environment changes that undo `use`.
    ///
    /// # Errors
    /// `Usage`: not called by the shell function of this version of ssox, or called in an `.envrc` of direnv.
    /// `Configuration`: a value to restore contains a control character.
    fn run(&self, ctx: &Context) -> Result<Done> {
        let emit = calling_function(ctx, "clear")?;
        let changes = changes::cleared(ctx)?;
        if let Some(id) = foreign::key_of_others(ctx).filter(|_| changes.get(ID).is_none()) {
            say(&format!("access key `{id}` stays in this shell, because ssox did not set it"));
            say(&format!("hint: {}", ctx.line_to_unset(&KEYS)));
        }
        Ok(reply(emit, &changes).into())
    }
}
