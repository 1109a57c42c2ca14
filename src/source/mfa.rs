//! MFA codes and MFA sessions. A code comes from the command line, a program or the person. With an MFA session,
//! several roles can be assumed with one code.
//!
//! Invariant: ssox does not compute codes, because an MFA secret that is stored next to the access keys is not a second
//! factor.

use super::command::CommandLine;
use super::{Request, cached};
use crate::aws::{Network, sts};
use crate::cache::{Entry, Key};
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::{Error, ErrorKind, Result};
use crate::region::Region;
use crate::secret::Secret;
use crate::terminal;
use std::time::Duration;

/// The most codes that ssox sends to AWS for one call. For each code, ssox asks the person at most this many times
/// until the answer is six digits.
const MAX_ATTEMPTS: usize = 3;

/// A cached MFA session is used only if it is still valid for longer than this. This time can be short, because a
/// role session may be valid for longer than the MFA session that it was assumed with.
const MIN_LEFT: Duration = Duration::from_secs(60);

/// An MFA session that is older than this many seconds is replaced if AWS refuses to assume a role with it: the role
/// may require a recent code.
const RENEWABLE_AGE: i64 = 60;

/// Which MFA session a role is assumed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SessionAge {
    /// The cached MFA session, or a new one if none is cached or the cached one has expired or expires soon.
    Any,
    /// A new MFA session, even if one is cached.
    New,
}

/// The serial number or ARN of an MFA device, and the program that prints its codes, if one is configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mfa {
    pub(crate) serial: String,
    /// The program in `mfa_process`.
    pub(crate) process: Option<CommandLine>,
}

impl Mfa {
    /// Returns the credentials of the IAM user's MFA session; roles can be assumed with them. Starts a session if
    /// needed.
    ///
    /// # Errors
    /// Those of [`Mfa::with_code`] and [`cached::fetch`]. `Refused`: STS rejects the request. `Unreachable`: STS sends
    /// no valid response.
    pub(super) fn session(
        &self,
        ctx: &Context,
        request: &Request,
        age: SessionAge,
        network: &Network,
        region: &Region,
        user: &RoleCredentials,
    ) -> Result<Entry> {
        let key = Key::own("mfa_session", &[&user.access_key_id, &self.serial]);
        // No cached session is valid for `Duration::MAX`, so a new session is started.
        let min_ttl = if age == SessionAge::New { Duration::MAX } else { MIN_LEFT };
        let wanted = Request { min_ttl: Some(min_ttl), ..Request::default() };
        cached::get_or_renew(ctx, &key, &wanted, || {
            self.with_code(ctx, request, |code| {
                cached::fetch(ctx, &key, &wanted, || {
                    sts::get_session_token(ctx, network, region, user, &self.serial, code)
                })
            })
        })
    }

    /// Tells whether an MFA session is older than [`RENEWABLE_AGE`], and a code for a new session can be obtained.
    pub(super) fn can_renew_session(&self, ctx: &Context, request: &Request, session: &Entry) -> bool {
        let has_code = request.mfa_code.is_some() || self.process.is_some() || !ctx.no_input;
        has_code && ctx.now().seconds_after(session.issued_at) > RENEWABLE_AGE
    }

    /// Calls `call` with the code of `--mfa-code`, of `mfa_process` or of the person. When AWS rejects the code, and
    /// ssox may ask, asks the person for another code and calls `call` again, at most [`MAX_ATTEMPTS`] times in all.
    ///
    /// # Errors
    /// Those of `call`. `NeedsPerson`: a code is needed, and the person cannot be asked or enters no valid code; or AWS
    /// rejects the last code. `Usage`: the value of `--mfa-code` is not a code. `Configuration`: `mfa_process` prints
    /// no code. Those of [`CommandLine::ask`].
    pub(super) fn with_code<T>(
        &self,
        ctx: &Context,
        request: &Request,
        mut call: impl FnMut(&str) -> Result<T>,
    ) -> Result<T> {
        let mut code = self.first_code(ctx, request)?;
        for _ in 1..MAX_ATTEMPTS {
            match call(code.expose()) {
                Err(error) if is_rejected_code(&error) && !ctx.no_input => {
                    terminal::say(
                        "AWS rejected the MFA code: it may be wrong, or already used; wait for the next code",
                    );
                    code = self.ask(ctx)?;
                }
                result => return result.map_err(explain),
            }
        }
        call(code.expose()).map_err(explain)
    }

    fn first_code(&self, ctx: &Context, request: &Request) -> Result<Secret> {
        if let Some(code) = request.mfa_code.as_ref().map(Secret::expose) {
            return parse(code).ok_or_else(|| {
                Error::usage(format!("`{code}` is not an MFA code")).hint("--mfa-code takes six digits")
            });
        }
        let Some(process) = &self.process else { return self.ask(ctx) };
        let printed = process.ask(ctx)?;
        parse(printed.expose()).ok_or_else(|| {
            Error::configuration(format!("{process} did not print an MFA code"))
                .hint("the program must print six digits and nothing else")
        })
    }

    fn ask(&self, ctx: &Context) -> Result<Secret> {
        let needed = |why: &str| {
            Error::needs_person(format!("an MFA code of `{}` is needed, but {why}", self.serial))
                .hint("pass the code, as in `ssox use NAME --mfa-code CODE`, or add `mfa_process` to the profile")
        };
        if ctx.no_input {
            return Err(needed("ssox cannot ask for it here"));
        }
        for _ in 0..MAX_ATTEMPTS {
            let answer = terminal::ask(&format!("MFA code of {}: ", self.serial))?;
            let answer = answer.ok_or_else(|| needed("no code was entered"))?;
            match parse(&answer) {
                Some(code) => return Ok(code),
                None => terminal::say("an MFA code is six digits"),
            }
        }
        Err(needed("no valid code was entered"))
    }
}

/// Parses an MFA code: six digits. Blanks are ignored, because some devices show them.
fn parse(text: &str) -> Option<Secret> {
    let code = Secret::new(text.split_whitespace().collect::<String>());
    (code.expose().len() == 6 && code.expose().bytes().all(|byte| byte.is_ascii_digit())).then_some(code)
}

/// Tells whether STS rejected the MFA code. STS has no separate error code for that, so the text of the error message
/// decides.
fn is_rejected_code(error: &Error) -> bool {
    error.has_code("AccessDenied") && error.message.contains("invalid MFA one time pass code")
}

fn explain(error: Error) -> Error {
    if !is_rejected_code(&error) {
        return error;
    }
    let hint = "the MFA code may be wrong, or already used: wait for the next code of the device";
    Error { kind: ErrorKind::NeedsPerson, ..error }.only_hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    fn request(code: &str) -> Request {
        Request { mfa_code: Some(Secret::new(code)), ..Request::default() }
    }

    fn nobody() -> Context {
        let mut ctx = Context::default();
        ctx.no_input = true;
        ctx
    }

    const DEVICE: &str = "arn:aws:iam::111122223333:mfa/me";

    fn mfa() -> Mfa {
        Mfa { serial: DEVICE.into(), process: None }
    }

    #[test]
    fn a_code_is_six_digits_with_blanks_or_without() {
        for text in ["123456", "123 456", " 123456\n"] {
            assert_eq!(parse(text).unwrap().expose(), "123456");
        }
        for text in ["", "12345", "1234567", "12345x", "١٢٣٤٥٦"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_code_of_the_command_line_is_used_first() {
        let seen = RefCell::new(Vec::new());
        let call = |code: &str| {
            seen.borrow_mut().push(code.to_string());
            Ok(())
        };
        mfa().with_code(&nobody(), &request("123 456"), call).unwrap();
        assert_eq!(*seen.borrow(), ["123456"]);
    }

    #[test]
    fn a_rejected_code_needs_a_person() {
        let refuse = |_: &str| -> Result<()> {
            let message = "MultiFactorAuthentication failed with invalid MFA one time pass code. ";
            Err(Error::refused(message).coded("AccessDenied"))
        };
        let error = mfa().with_code(&nobody(), &request("123456"), refuse).unwrap_err();
        assert_eq!(error.kind, ErrorKind::NeedsPerson);
        assert!(error.hints[0].contains("already used"));
    }

    #[test]
    fn other_refusals_stay_refusals() {
        let refuse = |_: &str| -> Result<()> { Err(Error::refused("not authorized").coded("AccessDenied")) };
        let error = mfa().with_code(&nobody(), &request("123456"), refuse).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Refused);
    }

    #[test]
    fn without_a_code_and_a_person_it_says_what_to_type() {
        let error = mfa().with_code(&nobody(), &Request::default(), |_| Ok(())).unwrap_err();
        assert_eq!(error.kind, ErrorKind::NeedsPerson);
        assert!(error.message.contains(DEVICE) && error.hints[0].contains("--mfa-code"));
    }
}
