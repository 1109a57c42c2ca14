//! Identity Center sessions: a session has a start URL to sign in at, and a token after the person has signed in.

mod configured;
mod flow;
pub(crate) mod kept;
mod logout;
mod moved;
mod refresh;
mod registration;
pub(crate) mod sign_in;
pub(crate) mod start_url;
pub(crate) mod token;
mod unlock;
mod with_token;

pub(crate) use configured::Session;
pub(crate) use flow::{Flow, SignInOptions};
pub(crate) use logout::{foreign_tokens, logout};
pub(crate) use registration::{ACCOUNT_ACCESS, scopes as registration_scopes};
pub(crate) use sign_in::{open_secret_url, sign_in};
pub(crate) use token::Token;
pub(crate) use unlock::unlock;
pub(crate) use with_token::{cached_token, stored_token, valid_token, with_token};
