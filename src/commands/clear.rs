//! `ssox clear`: removes the credentials from this shell. The shell function then restores the values that the
//! variables had before the first `use`.

use super::profile_variables::KEYS;
use super::shell_function::calling_function;
use super::verb::{Done, VerbArgs};
use super::{changes, foreign};
use crate::context::Context;
use crate::environment::EnvChanges;
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
        if let Some(id) = kept_key(ctx, &changes) {
            say(&format!("access key `{id}` stays in this shell, because ssox did not set it"));
            say(&format!("hint: {}", ctx.line_to_unset(&KEYS)));
        }
        Ok(reply(emit, &changes).into())
    }
}

/// Returns the access key ID that stays in the shell after these environment changes of `clear`, because ssox did not
/// set it; `None` if there is no such key.
fn kept_key<'a>(ctx: &'a Context, changes: &EnvChanges) -> Option<&'a str> {
    foreign::key_of_others(ctx).filter(|_| changes.get(ID).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::{self, Identity, fingerprint};

    fn context(variables: &[(&str, &str)]) -> Context {
        Context::new(variables.iter().map(|(name, value)| ((*name).into(), (*value).into())))
    }

    /// direnv can restore a key that ssox had set before and has replaced since; `clear` removes such a key.
    #[test]
    fn a_key_is_called_kept_only_if_it_stays() {
        let (mut set, mut record) = (EnvChanges::default(), EnvChanges::default());
        set.set(ID, "ASIANOW").unwrap();
        Identity::after(&context(&[]), &set).record(&mut record).unwrap();
        let record = (identity::VARIABLE, record.get(identity::VARIABLE).unwrap().unwrap());
        let earlier = format!("{ID}:{}", fingerprint(ID, "ASIAEARLIER"));
        let replaced = (super::super::replaced::VARIABLE, earlier.as_str());
        for (key, kept) in [("ASIANOW", None), ("AKIATHEIRS", Some("AKIATHEIRS")), ("ASIAEARLIER", None)] {
            let ctx = context(&[(ID, key), record, replaced]);
            assert_eq!(kept_key(&ctx, &changes::cleared(&ctx).unwrap()), kept, "{key}");
        }
    }
}
