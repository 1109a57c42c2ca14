//! Sends the person's browser to an address that is a secret. Its command line, which everybody on the machine can read,
//! has only an address on this machine, which leads on once, and only a browser of this user.

use super::callback::Callback;
use super::page::Page;
use super::pkce::random;
use crate::browser;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::terminal::Countdown;
use std::time::Duration;

/// How long a browser may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// Opens the address in the person's browser; `instead` is what to type when that does not work.
///
/// # Errors
/// Needs a person: there is no browser here, or it did not come.
pub(crate) fn hand_over(ctx: &Context, url: &Secret, instead: &str) -> Result<()> {
    let failed = |why: &str| Err(Error::needs_person(why).hint(instead));
    if ctx.no_input || !browser::can_open(ctx) {
        return failed("there is no browser here to open");
    }
    let (callback, state) = (Callback::bind(None)?, random::<24>()?);
    let page = format!("{}?code=go&state={state}", callback.redirect_uri());
    let Some(opening) = browser::open_private(ctx, &page) else { return failed("no browser could be started") };
    let deadline = ctx.deadline(PATIENCE);
    let countdown = Countdown::start("waiting for the browser");
    let goes_on = || {
        countdown.show(deadline.left());
        !opening.has_failed()
    };
    match callback.wait(ctx, &state, deadline, goes_on) {
        Some(visitor) => {
            visitor.reply(&Page::elsewhere(url.expose()));
            Ok(())
        }
        None if opening.has_failed() => failed("the browser failed as soon as it was started"),
        None => failed("the browser did not come for the address"),
    }
}
