//! MFA codes: from the command line, a program, or a person; and the session that spares the next question.
//!
//! Deliberately not here: making codes. A device whose secret lies beside the keys is no second factor.

use super::command::CommandLine;
use super::{Request, cached};
use crate::aws::{Network, sts};
use crate::cache::{Entry, Key};
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::{Error, ErrorKind, Result};
use crate::terminal;
use std::time::Duration;

/// How often a code may be refused before it is an error.
const TRIES: usize = 3;

/// How much must be left of a session that is to serve: a role lasts as long as it does, whatever it was assumed with,
/// and nobody is asked for a code before that must be.
const LEFT: Duration = Duration::from_secs(60);

/// How old a code is, in seconds, that a new one could do better than.
const OLD: i64 = 60;

/// Which MFA session is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Age {
    /// The one there is, if any.
    Any,
    /// One that begins now.
    New,
}

/// A device, and where its codes come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mfa {
    pub(crate) serial: String,
    /// `mfa_process`: prints the code.
    pub(crate) process: Option<CommandLine>,
}

impl Mfa {
    /// Returns credentials of the user's MFA session, which serves every role until it ends; it is begun when needed.
    ///
    /// # Errors
    /// A person is needed (3), AWS refuses (5) or is unreachable (6).
    pub(super) fn session(
        &self,
        ctx: &Context,
        request: &Request,
        age: Age,
        network: &Network,
        region: &str,
        user: &RoleCredentials,
    ) -> Result<Entry> {
        let key = Key::own("mfa_session", &[&user.access_key_id, &self.serial]);
        // No session lasts as long as this: it is begun anew.
        let min_ttl = if age == Age::New { Duration::MAX } else { LEFT };
        let wanted = Request { min_ttl: Some(min_ttl), ..Request::default() };
        cached::get_or_renew(ctx, &key, &wanted, || {
            self.with_code(ctx, request, |code| {
                let begin = || sts::get_session_token(ctx, network, region, user, &self.serial, code);
                cached::fetch(ctx, &key, &wanted, begin)
            })
        })
    }

    /// Tells whether a session can be followed by a newer one.
    pub(super) fn can_begin_anew(&self, ctx: &Context, request: &Request, session: &Entry) -> bool {
        let has_code = request.mfa_code.is_some() || self.process.is_some() || !ctx.no_input;
        has_code && ctx.now().seconds_after(session.issued_at) > OLD
    }

    /// Calls with a code; a refused one is said, and asked for again.
    ///
    /// # Errors
    /// Those of the call; a person is needed (3).
    pub(super) fn with_code<T>(
        &self,
        ctx: &Context,
        request: &Request,
        mut call: impl FnMut(&str) -> Result<T>,
    ) -> Result<T> {
        let mut code = self.first_code(ctx, request)?;
        for _ in 1..TRIES {
            match call(&code) {
                Err(error) if is_refused_code(&error) && !ctx.no_input => {
                    terminal::say(
                        "AWS refused the MFA code: it may be wrong, or already used; a new one comes every 30 s",
                    );
                    code = self.ask(ctx)?;
                }
                done => return done.map_err(used_up),
            }
        }
        call(&code).map_err(used_up)
    }

    fn first_code(&self, ctx: &Context, request: &Request) -> Result<String> {
        if let Some(code) = &request.mfa_code {
            let not_a_code = || Error::usage(format!("`{code}` is no MFA code")).hint("--mfa-code takes six digits");
            return parse(code).ok_or_else(not_a_code);
        }
        let Some(process) = &self.process else { return self.ask(ctx) };
        let printed = process.ask(ctx)?;
        parse(printed.expose()).ok_or_else(|| {
            Error::configuration(format!("{process} printed no MFA code"))
                .hint("it has to print six digits, and no more")
        })
    }

    fn ask(&self, ctx: &Context) -> Result<String> {
        let needed = |why: &str| {
            Error::needs_person(format!("an MFA code of `{}` is needed, and {why}", self.serial))
                .hint("ssox use NAME --mfa-code CODE, or `mfa_process` in the profile")
        };
        if ctx.no_input {
            return Err(needed("nobody is here to ask"));
        }
        for _ in 0..TRIES {
            let answer = terminal::ask(&format!("MFA code of {}: ", self.serial))?;
            let answer = answer.ok_or_else(|| needed("none was given"))?;
            match parse(&answer) {
                Some(code) => return Ok(code),
                None => terminal::say("an MFA code is six digits"),
            }
        }
        Err(needed("none was given"))
    }
}

/// Reads six digits, with blanks anywhere, as some devices show them.
fn parse(text: &str) -> Option<String> {
    let code: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    (code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit())).then_some(code)
}

/// STS has no error code of its own for this, only words.
fn is_refused_code(error: &Error) -> bool {
    error.kind == ErrorKind::Refused && error.message.contains("invalid MFA one time pass code")
}

fn used_up(error: Error) -> Error {
    match is_refused_code(&error) {
        true => {
            Error::needs_person(error.message).hint("the code may be wrong, or already used: wait for the next one")
        }
        false => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    fn request(code: &str) -> Request {
        Request { mfa_code: Some(code.into()), ..Request::default() }
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
            assert_eq!(parse(text).as_deref(), Some("123456"));
        }
        for text in ["", "12345", "1234567", "12345x", "١٢٣٤٥٦"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_code_of_the_command_line_goes_first() {
        let seen = RefCell::new(Vec::new());
        let call = |code: &str| {
            seen.borrow_mut().push(code.to_string());
            Ok(())
        };
        mfa().with_code(&nobody(), &request("123 456"), call).unwrap();
        assert_eq!(*seen.borrow(), ["123456"]);
    }

    #[test]
    fn a_refused_code_without_a_person_needs_one() {
        let refuse = |_: &str| -> Result<()> {
            Err(Error::refused("AccessDenied: MultiFactorAuthentication failed with invalid MFA one time pass code. "))
        };
        let error = mfa().with_code(&nobody(), &request("123456"), refuse).unwrap_err();
        assert_eq!(error.kind, ErrorKind::NeedsPerson);
        assert!(error.hint.unwrap().contains("already used"));
    }

    #[test]
    fn other_refusals_are_not_about_the_code() {
        let refuse = |_: &str| -> Result<()> { Err(Error::refused("AccessDenied: not authorized")) };
        let error = mfa().with_code(&nobody(), &request("123456"), refuse).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Refused);
    }

    #[test]
    fn without_a_code_and_a_person_it_says_what_to_type() {
        let error = mfa().with_code(&nobody(), &Request::default(), |_| Ok(())).unwrap_err();
        assert_eq!(error.kind, ErrorKind::NeedsPerson);
        assert!(error.message.contains(DEVICE) && error.hint.unwrap().contains("--mfa-code"));
    }
}
