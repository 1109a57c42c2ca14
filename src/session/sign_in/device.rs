//! Signing in with a code: shown here, confirmed in a browser anywhere.

use super::client::Client;
use crate::aws::oidc::{self, DeviceAuthorization, Grant, TokenResponse};
use crate::browser;
use crate::context::Deadline;
use crate::error::{Error, ErrorKind, Result};
use crate::session::flow::{Flow, SignIn};
use crate::session::registration::Registration;
use crate::terminal::{self, Countdown};
use std::thread;
use std::time::Duration;

/// What `slow_down` adds to the pause between two polls, and the pause when AWS names none.
const SLOWER: Duration = Duration::from_secs(5);
const USUAL_PAUSE: Duration = Duration::from_secs(5);

/// So many polls in a row may get no answer: a laptop changes networks while its owner signs in.
const LOST_POLLS: u32 = 5;

/// How often the time that is left is shown.
const TICK: Duration = Duration::from_millis(200);

/// Shows a code and polls until the person has decided.
///
/// # Errors
/// Nobody came; AWS is unreachable or refuses.
pub(super) fn converse(client: &Client, options: &SignIn) -> Result<(Registration, TokenResponse)> {
    let (registration, authorization) = authorize(client)?;
    let code = Grant::DeviceCode(authorization.device_code.clone());
    let poll = || client.create_token(&registration, &code);
    // Where the browser is signed in already, AWS may say yes before anybody is asked.
    let answer = match poll()? {
        first @ (TokenResponse::Pending | TokenResponse::SlowDown) => {
            show(client, options, &authorization)?;
            let mut pause = seconds(authorization.interval).unwrap_or(USUAL_PAUSE);
            if matches!(first, TokenResponse::SlowDown) {
                pause += SLOWER;
            }
            let code_life = seconds(authorization.expires_in).unwrap_or(client.timeout);
            let deadline = client.ctx.deadline(client.timeout.min(code_life));
            match wait(client, pause, deadline, poll)? {
                Some(answer) => answer,
                None if code_life < client.timeout => TokenResponse::Expired,
                None => return Err(client.nobody_came()),
            }
        }
        answer => answer,
    };
    Ok((registration, answer))
}

/// Begins, with a new registration when AWS does not know the cached one.
fn authorize(client: &Client) -> Result<(Registration, DeviceAuthorization)> {
    let start = |registration: &Registration| {
        let Registration { client_id, client_secret, .. } = registration;
        let (network, region) = (&client.session.network, &client.session.region);
        oidc::start_device_authorization(client.ctx, network, region, client_id, client_secret, client.start_url)
    };
    let known = client.registration(Flow::DeviceCode, None)?;
    if let Some(authorization) = start(&known)? {
        return Ok((known, authorization));
    }
    let new = client.register(Flow::DeviceCode, None)?;
    let authorization = start(&new)?.ok_or_else(|| client.refusal(&TokenResponse::InvalidClient))?;
    Ok((new, authorization))
}

/// Tells the person what to do, and opens the page where there is a browser.
fn show(client: &Client, options: &SignIn, authorization: &DeviceAuthorization) -> Result<()> {
    let complete = authorization.verification_uri_complete.as_deref().filter(|url| browser::is_page(url));
    let page = Some(authorization.verification_uri.as_str()).filter(|url| browser::is_page(url));
    let url = complete.or(page).ok_or_else(|| no_page(&authorization.verification_uri))?;
    let is_opened = !options.no_browser && browser::can_open(client.ctx) && browser::open(client.ctx, url).is_some();
    client.invite(is_opened);
    terminal::show_address(client.ctx, url);
    let what = if complete.is_some() { "check that it shows" } else { "enter" };
    terminal::say(&format!("{what} the code  {}", authorization.user_code));
    Ok(())
}

fn no_page(url: &str) -> Error {
    Error::unreachable(format!("AWS named `{url}` as the page to sign in on: not an AWS response"))
        .hint("is there a proxy in between? ssox doctor")
}

/// Polls until there is a decision; `None` when there was none in time.
fn wait(
    client: &Client,
    mut pause: Duration,
    deadline: Deadline,
    poll: impl Fn() -> Result<TokenResponse>,
) -> Result<Option<TokenResponse>> {
    let countdown = Countdown::start("waiting for you in the browser");
    let mut lost = 0;
    loop {
        rest(&countdown, deadline, pause.min(deadline.left()));
        if deadline.is_expired() {
            return Ok(None);
        }
        match poll() {
            Ok(TokenResponse::Pending) => lost = 0,
            Ok(TokenResponse::SlowDown) => pause += SLOWER,
            Ok(answer) => return Ok(Some(answer)),
            Err(error) if error.kind == ErrorKind::Unreachable && lost < LOST_POLLS => {
                client.ctx.log(|| error.message);
                lost += 1;
            }
            Err(error) => return Err(error),
        }
    }
}

fn rest(countdown: &Countdown, deadline: Deadline, pause: Duration) {
    let mut left = pause;
    while !left.is_zero() {
        countdown.show(deadline.left());
        let step = left.min(TICK);
        thread::sleep(step);
        left -= step;
    }
}

fn seconds(count: i64) -> Option<Duration> {
    u64::try_from(count).ok().filter(|count| *count > 0).map(Duration::from_secs)
}
