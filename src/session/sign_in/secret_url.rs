//! Opens a secret URL in the person's browser.
//!
//! On most systems, all users of a machine can read the browser's command line. To keep the secret URL out of it, the
//! browser gets the URL of a local HTTP server. The server redirects the first request with the right `state` to the
//! secret URL, and refuses requests from programs of other users.

use super::callback::CallbackListener;
use super::http_page::HttpPage;
use super::pkce::random;
use crate::browser::Opener;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::terminal::Countdown;
use std::time::Duration;

/// How long the browser may take to request the URL.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// Opens a secret URL in a browser. If no browser opens the URL, the error has the hint `hint`, which says how to get
/// the URL in another way.
///
/// # Errors
/// `NeedsPerson`: no browser can or may be started (`no_input`), or the browser did not request the URL in time.
/// `Configuration`: ssox cannot listen on a port.
pub(crate) fn open_secret_url(ctx: &Context, browser: &Opener, url: &Secret, hint: &str) -> Result<()> {
    let failed = |why: &str| Err(Error::needs_person(why).hint(hint));
    if ctx.no_input || !browser.can_open(ctx) {
        return failed("no browser is opened here");
    }
    let listener = CallbackListener::bind(None).map_err(|error| error.only_hint(hint))?;
    let state = random::<24>()?;
    let local_url = format!("{}?code=go&state={state}", listener.redirect_uri());
    let Some(opened) = browser.open_private(ctx, &local_url) else {
        return failed("no browser could be started");
    };
    let deadline = ctx.deadline(START_TIMEOUT);
    let countdown = Countdown::start("waiting for the browser");
    let keep_waiting = || {
        countdown.show(deadline.left());
        !opened.has_failed()
    };
    match listener.wait(ctx, &state, deadline, keep_waiting) {
        Some(request) => {
            request.reply(&HttpPage::redirect(url.expose()));
            Ok(())
        }
        None if opened.has_failed() => failed("the browser failed as soon as it was started"),
        None => failed(&format!("the browser did not open the page within {}s", START_TIMEOUT.as_secs())),
    }
}
