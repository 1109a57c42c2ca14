//! `ssox status`: shows which credentials this shell has, and when the credentials, the token and the session expire.
//! With `--verify` it shows whose credentials they are according to AWS. If the shell has another identity than the one
//! that ssox set, `status` shows the identity that the shell has.

mod document;
mod held;
mod text;

use super::status_tools;
use super::verb::{Done, VerbArgs};
use super::verify::verify;
use crate::context::Context;
use crate::error::Result;
use clap::Args;
use document::as_json;
use held::held;
use text::as_text;

#[derive(Args, Debug)]
#[command(after_help = "Example: ssox status --verify")]
pub(crate) struct Status {
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Ask AWS whose credentials this shell has
    #[arg(long)]
    verify: bool,
    /// Show which identity each kind of AWS tool would take here, and why
    #[arg(long, conflicts_with = "verify")]
    tools: bool,
}

impl VerbArgs for Status {
    /// Returns what this shell uses, as text or as a JSON object. It is not an error if no profile is in use. If
    /// `--verify` fails, the error is shown together with all other facts.
    ///
    /// # Errors
    /// `Configuration`: with `--tools`, the configuration files cannot be read. With `--verify`, those of [`verify`] if
    /// there are no other facts: neither a profile in use nor other credentials in the environment.
    fn run(&self, ctx: &Context) -> Result<Done> {
        if self.tools {
            return status_tools::show(ctx, self.json);
        }
        let held = held(ctx);
        let (verified, error) = match self.verify.then(|| verify(ctx)).transpose() {
            Ok(verified) => (verified, None),
            Err(error) if held.profile.is_none() && held.others.is_none() => return Err(error),
            Err(error) => (None, Some(error)),
        };
        let show = if self.json { as_json } else { as_text };
        Ok(Done { error, ..Done::from(show(ctx.now(), &held, verified.as_ref())) })
    }

    fn wants_json(&self) -> bool {
        self.json
    }
}
