//! Signing in with a device code: ssox shows the code, and the person confirms it in a browser on any machine.

use super::client::Client;
use crate::address::Address;
use crate::aws::oidc::{self, DeviceAuthorization, Grant, TokenResponse};
use crate::browser;
use crate::context::{Context, Deadline};
use crate::error::{Error, ErrorKind, Result};
use crate::session::flow::{Flow, SignInOptions};
use crate::session::registration::Registration;
use crate::terminal::{self, Countdown};
use std::time::Duration;

/// The time that is added to the pause between two polls when AWS responds with `slow_down` (RFC 8628, section 3.5).
const SLOW_DOWN: Duration = Duration::from_secs(5);

/// The pause between two polls if AWS specifies no pause.
const DEFAULT_PAUSE: Duration = Duration::from_secs(5);

/// How many polls in a row may get no valid response: a laptop may change networks while the person signs in.
const MAX_FAILED_POLLS: u32 = 5;

/// How often ssox checks whether the remaining time on the terminal must be updated.
const TICK: Duration = Duration::from_millis(200);

/// Shows a device code, and polls AWS until the person has confirmed or denied the sign-in, or the code has expired.
/// Returns AWS's last response. Shows no code if AWS issues the token at once.
///
/// # Errors
/// `NeedsPerson`: the person did not sign in in time. `Refused`: AWS rejects a request. `Configuration`: AWS rejects
/// the parameters of a request. `Unreachable`: AWS sends no valid response.
pub(super) fn sign_in(client: &Client, options: &SignInOptions) -> Result<(Registration, TokenResponse)> {
    let (registration, authorization) = authorize(client)?;
    let code = Grant::DeviceCode(authorization.device_code.clone());
    let poll = || client.create_token(&registration, &code);
    // If the person is signed in to the access portal, AWS may issue the token at once.
    let first = poll()?;
    if !matches!(first, TokenResponse::Pending | TokenResponse::SlowDown) {
        return Ok((registration, first));
    }
    show(client, options, &authorization)?;
    let mut pause = seconds(authorization.interval).unwrap_or(DEFAULT_PAUSE);
    if matches!(first, TokenResponse::SlowDown) {
        pause += SLOW_DOWN;
    }
    let code_lifetime = seconds(authorization.expires_in).unwrap_or(client.timeout);
    let deadline = client.ctx.deadline(client.timeout.min(code_lifetime));
    let response = match poll_until(client, pause, deadline, poll)? {
        Some(response) => response,
        None if code_lifetime < client.timeout => TokenResponse::Expired,
        None => return Err(client.timed_out()),
    };
    Ok((registration, response))
}

/// Requests a device code. If AWS does not know the cached client registration, registers a new client first. Returns
/// the registration for which AWS issued the code, and the code.
fn authorize(client: &Client) -> Result<(Registration, DeviceAuthorization)> {
    let cached = client.registration(Flow::DeviceCode)?;
    if let Some(authorization) = start(client, &cached)? {
        return Ok((cached, authorization));
    }
    let new = client.register(Flow::DeviceCode)?;
    let authorization = start(client, &new)?.ok_or_else(|| client.error_for(&TokenResponse::InvalidClient))?;
    Ok((new, authorization))
}

fn start(client: &Client, registration: &Registration) -> Result<Option<DeviceAuthorization>> {
    let Registration { client_id, client_secret, .. } = registration;
    let (network, region) = (&client.session.network, &client.session.region);
    oidc::start_device_authorization(client.ctx, network, region, client_id, client_secret, client.start_url)
}

/// Shows the URL and the code. Opens the URL if a browser can be opened and no option forbids it.
fn show(client: &Client, options: &SignInOptions, authorization: &DeviceAuthorization) -> Result<()> {
    let with_code = authorization.verification_uri_complete.as_deref().filter(|url| Address::parse(url).is_some());
    let page = Some(authorization.verification_uri.as_str()).filter(|url| Address::parse(url).is_some());
    let url = with_code.or(page).ok_or_else(|| not_a_page(&authorization.verification_uri))?;
    let is_opened = !options.no_browser && browser::can_open(client.ctx) && browser::open(client.ctx, url).is_some();
    client.ask_to_sign_in(is_opened);
    terminal::show_address(client.ctx, url);
    if options.copy {
        terminal::copy(client.ctx, url);
    }
    let what = if with_code.is_some() { "check that the page shows" } else { "enter" };
    terminal::say(&format!("{what} the code  {}", authorization.user_code));
    Ok(())
}

fn not_a_page(url: &str) -> Error {
    Error::unreachable(format!(
        "the sign-in page in the response is `{url}`, which is not a web page, so the response is not from AWS"
    ))
    .hint("a proxy may have answered instead of AWS: check with `ssox doctor`")
}

/// Polls until AWS responds with a token or a final error. Returns `None` at the deadline.
fn poll_until(
    client: &Client,
    mut pause: Duration,
    deadline: Deadline,
    poll: impl Fn() -> Result<TokenResponse>,
) -> Result<Option<TokenResponse>> {
    let countdown = Countdown::start("waiting for you in the browser");
    let mut failed_polls = 0;
    loop {
        sleep(client.ctx, &countdown, deadline, pause.min(deadline.left()));
        if deadline.is_expired() {
            return Ok(None);
        }
        match poll() {
            Ok(TokenResponse::Pending) => failed_polls = 0,
            Ok(TokenResponse::SlowDown) => pause += SLOW_DOWN,
            Ok(response) => return Ok(Some(response)),
            Err(error) if error.kind == ErrorKind::Unreachable && failed_polls < MAX_FAILED_POLLS => {
                client.ctx.log(|| error.message);
                failed_polls += 1;
            }
            Err(error) => return Err(error),
        }
    }
}

/// Sleeps, and shows the time until the deadline.
fn sleep(ctx: &Context, countdown: &Countdown, deadline: Deadline, pause: Duration) {
    let mut left = pause;
    while !left.is_zero() {
        countdown.show(deadline.left());
        let step = left.min(TICK);
        ctx.sleep(step);
        left -= step;
    }
}

/// Converts seconds to a duration. Returns `None` unless the number is positive.
fn seconds(count: i64) -> Option<Duration> {
    u64::try_from(count).ok().filter(|count| *count > 0).map(Duration::from_secs)
}
