//! Faults that a test asks for: errors, resets, delays.

use crate::http::Response;
use crate::refusal::{Protocol, refusal};
use std::time::Duration;

/// What an operation does instead of its work.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// Responds with this status (401, 403, 404, 429, 500, 503 …) and an error in the form of the operation's protocol.
    Status(u16),
    /// Responds with this status and a `Retry-After` header, in seconds.
    RetryAfter(u16, u64),
    /// Responds with this exception, such as `InvalidGrantException`, and its status.
    Exception(String),
    /// Reads the request and never responds.
    Hang,
    /// Resets the connection instead of a response; the operation is not executed.
    Reset,
    /// Executes the operation, and resets the connection instead of a response.
    ResetAfterWork,
    /// Sends half of the response and closes the connection.
    Truncated,
    /// Responds with 200 and incomplete JSON of the right length.
    InvalidJson,
    /// Responds with 200 and an HTML page, as a captive portal does.
    Html,
    /// Responds normally, but later.
    Delay(Duration),
    /// Responds normally, but not before the test removes the fault.
    Hold,
    /// Responds normally with a clock that is this many seconds ahead (in `Date`, expirations and signature checks).
    DateSkew(i64),
    /// Responds with this status, content type and body.
    Answer(u16, String, String),
}

/// How often a fault happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    Next(u32),
    Forever,
    /// Every call but the next ones.
    After(u32),
    /// So many calls of a hundred, in an order that is the same in every run.
    Percent(u8),
}

#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<(String, Fault, Times)>, Dice);

/// Numbers that look random.
#[derive(Debug)]
struct Dice(u64);

impl Default for Dice {
    fn default() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }
}

impl Dice {
    /// Tells whether this call is one of so many of a hundred (xorshift).
    fn hits(&mut self, percent: u8) -> bool {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) % 100 < u64::from(percent)
    }
}

impl Faults {
    pub(crate) fn set(&mut self, operation: &str, fault: Fault, times: Times) {
        self.0.push((operation.into(), fault, times));
    }

    pub(crate) fn clear(&mut self, operation: &str) {
        self.0.retain(|(name, ..)| operation != "*" && name != operation);
    }

    /// Tells whether calls of an operation are held.
    pub(crate) fn hold(&self, operation: &str) -> bool {
        self.0.iter().any(|(name, fault, _)| *fault == Fault::Hold && is_named(name, operation))
    }

    /// Returns the faults of this call: all delays and clock differences, and the first of the others. `*` is every
    /// operation of AWS; `CreateToken` includes `CreateToken.refresh_token`.
    pub(crate) fn take(&mut self, operation: &str) -> Vec<Fault> {
        let mut taken: Vec<Fault> = Vec::new();
        for (name, fault, times) in &mut self.0 {
            let modifier = !fault.replaces_the_answer();
            if !is_named(name, operation)
                || *times == Times::Next(0)
                || (!modifier && taken.iter().any(Fault::replaces_the_answer))
            {
                continue;
            }
            match times {
                Times::Next(left) => *left -= 1,
                Times::After(left) if *left > 0 => {
                    *left -= 1;
                    continue;
                }
                Times::Percent(percent) if !self.1.hits(*percent) => continue,
                Times::Forever | Times::After(_) | Times::Percent(_) => {}
            }
            taken.push(fault.clone());
        }
        self.0.retain(|(_, _, times)| *times != Times::Next(0));
        taken
    }
}

fn is_named(name: &str, operation: &str) -> bool {
    name == "*" || name == operation || operation.split('.').next() == Some(name)
}

impl Fault {
    fn replaces_the_answer(&self) -> bool {
        !matches!(self, Self::Delay(_) | Self::Hold | Self::DateSkew(_))
    }

    /// Returns the response that replaces that of the operation, if the fault has one.
    pub(crate) fn response(&self, protocol: Protocol) -> Option<Response> {
        match self {
            Self::Status(status) => Some(by_status(protocol, *status)),
            Self::RetryAfter(status, seconds) => {
                Some(by_status(protocol, *status).with("Retry-After", &seconds.to_string()))
            }
            Self::Exception(code) => Some(refusal(protocol, status_of(code), code, "as the test asked")),
            Self::InvalidJson => Some(Response::new(200, "application/json", r#"{"accessToken": "half, "ro"#)),
            Self::Html => {
                Some(Response::html(200, "<!doctype html><title>Hotel Wi-Fi</title>Please accept our terms."))
            }
            Self::Answer(status, content_type, body) => Some(Response::new(*status, content_type, body.as_str())),
            _ => None,
        }
    }
}

fn by_status(protocol: Protocol, status: u16) -> Response {
    let (code, message) = match (protocol, status) {
        (Protocol::Query, 403) => ("AccessDenied", "User is not authorized to perform this operation"),
        (Protocol::Query, 429) => ("Throttling", "Rate exceeded"),
        (Protocol::Query, 503) => ("ServiceUnavailable", "Service is unavailable"),
        (Protocol::Query, 500..) => ("InternalFailure", "An internal error has occurred"),
        (Protocol::Query, _) => ("ValidationError", "Request is not valid"),
        (_, 400) => ("InvalidRequestException", "Request is not valid"),
        (Protocol::Portal, 401) => ("UnauthorizedException", "Session token not found or invalid"),
        (_, 401) => ("InvalidClientException", "Client is not valid"),
        (Protocol::Portal, 403) => ("ForbiddenException", "No access"),
        (_, 403) => ("AccessDeniedException", "Access denied"),
        (_, 404) => ("ResourceNotFoundException", "Resource not found"),
        (_, 429) => ("TooManyRequestsException", "HTTP 429 Unknown Code"),
        _ => ("InternalServerException", "Internal server error"),
    };
    refusal(protocol, status, code, message)
}

fn status_of(code: &str) -> u16 {
    match code {
        "InvalidClientException" | "UnauthorizedException" => 401,
        "ForbiddenException" | "AccessDenied" | "InvalidClientTokenId" | "ExpiredToken" | "IDPRejectedClaim" => 403,
        "ResourceNotFoundException" => 404,
        "TooManyRequestsException" => 429,
        "InternalServerException" | "InternalFailure" => 500,
        "ServiceUnavailable" => 503,
        _ => 400,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_happens_as_often_as_was_asked() {
        let mut faults = Faults::default();
        faults.set("CreateToken", Fault::Hang, Times::Next(1));
        faults.set("*", Fault::DateSkew(5), Times::Forever);
        assert_eq!(faults.take("CreateToken.refresh_token"), [Fault::Hang, Fault::DateSkew(5)]);
        assert_eq!(faults.take("CreateToken.refresh_token"), [Fault::DateSkew(5)]);
        faults.clear("*");
        assert_eq!(faults.take("ListAccounts"), []);
    }

    #[test]
    fn the_first_calls_can_go_right() {
        let mut faults = Faults::default();
        faults.set("ListAccountRoles", Fault::Hang, Times::After(2));
        let taken: Vec<usize> = (0..4).map(|_| faults.take("ListAccountRoles").len()).collect();
        assert_eq!(taken, [0, 0, 1, 1]);
    }

    #[test]
    fn a_share_of_the_calls_can_go_wrong() {
        let mut faults = Faults::default();
        faults.set("ListAccountRoles", Fault::Reset, Times::Percent(10));
        let hits = (0..1000).filter(|_| !faults.take("ListAccountRoles").is_empty()).count();
        assert!((60..140).contains(&hits), "{hits}");
    }

    #[test]
    fn of_two_faults_the_first_is_used_and_the_other_waits() {
        let mut faults = Faults::default();
        faults.set("Logout", Fault::Status(500), Times::Next(1));
        faults.set("Logout", Fault::Reset, Times::Next(1));
        assert_eq!(faults.take("Logout"), [Fault::Status(500)]);
        assert_eq!(faults.take("Logout"), [Fault::Reset]);
        assert_eq!(faults.take("Logout"), []);
    }
}
