//! Formats errors as JSON, for verbs with `--json`.

use crate::error::Error;
use crate::json;
use serde::Serialize;

/// An error as a verb with `--json` prints it.
#[derive(Serialize)]
struct ErrorReport<'a> {
    error: ErrorJson<'a>,
}

#[derive(Serialize)]
struct ErrorJson<'a> {
    message: &'a str,
    /// The first element of `hints`.
    hint: Option<&'a str>,
    exit_status: u8,
    hints: &'a [String],
    code: Option<&'a str>,
}

/// Returns an error as one line of JSON.
pub(crate) fn error_as_json(error: &Error) -> String {
    let Error { kind, message, hints, code } = error;
    let (hint, exit_status) = (error.first_hint(), kind.exit_status());
    json::line(&ErrorReport { error: ErrorJson { message, hint, exit_status, hints, code: code.as_deref() } })
}
