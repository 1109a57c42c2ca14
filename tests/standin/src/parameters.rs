//! The form parameters of STS and IAM requests: unknown and missing ones are rejected.

use crate::http::{Request, Response};
use crate::refusal::{Protocol, refusal};
use crate::state::State;
use crate::text::parse_form;

pub(crate) struct Parameters(Vec<(String, String)>);

/// The parameters of an operation; lists are sent as `Tags.member.1.Key`.
pub(crate) struct Known<'k> {
    pub(crate) version: &'k str,
    pub(crate) required: &'k [&'k str],
    pub(crate) optional: &'k [&'k str],
    pub(crate) lists: &'k [&'k str],
}

impl Parameters {
    /// Parses the form; an unknown parameter is a violation.
    pub(crate) fn read(state: &mut State, request: &Request, known: &Known) -> Result<Self, Response> {
        let form = parse_form(&request.body);
        let belongs = |name: &str| {
            let list = name.split(".member.").next().filter(|list| *list != name);
            let plain = ["Action", "Version"].contains(&name)
                || known.required.contains(&name)
                || known.optional.contains(&name);
            plain || list.is_some_and(|list| known.lists.contains(&list))
        };
        let parameters = Self(form);
        let names: Vec<&String> = parameters.0.iter().map(|(name, _)| name).collect();
        let strange =
            names.iter().find(|name| !belongs(name) || names.iter().filter(|other| other == name).count() > 1);
        let text = match strange {
            _ if request.content_type() != "application/x-www-form-urlencoded" => {
                format!("content type is `{}`, not application/x-www-form-urlencoded", request.content_type())
            }
            _ if request.target != "/" => "the request has a query or a path".into(),
            _ if parameters.text("Version") != known.version => format!("Version is not {}", known.version),
            Some(name) => format!("parameter {name} does not belong there, or is doubled"),
            None => match known.required.iter().find(|name| parameters.text(name).is_empty()) {
                Some(name) => format!("parameter {name} is missing"),
                None => return Ok(parameters),
            },
        };
        Err(state.violation(Protocol::Query, request, &text))
    }

    /// Returns a parameter; empty if it was not sent.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// Checks the length and the characters of a parameter that was sent.
    pub(crate) fn check(
        &self,
        name: &str,
        length: std::ops::RangeInclusive<usize>,
        extra: &str,
    ) -> Result<(), Response> {
        let value = self.text(name);
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || extra.contains(c);
        if self.has(name) && !(length.contains(&value.chars().count()) && value.chars().all(plain)) {
            Err(unsatisfied(name, value))
        } else {
            Ok(())
        }
    }

    /// Returns `DurationSeconds`, which must lie within the range.
    pub(crate) fn duration(&self, range: std::ops::RangeInclusive<i64>, usual: i64) -> Result<i64, Response> {
        match self.text("DurationSeconds") {
            "" => Ok(usual),
            text => {
                let duration = text.parse().ok().filter(|duration| range.contains(duration));
                duration.ok_or_else(|| unsatisfied("DurationSeconds", text))
            }
        }
    }

    /// Returns the pairs of a list such as `Tags`, whose numbers must be 1, 2, 3 …
    pub(crate) fn pairs(&self, list: &str) -> Result<Vec<(String, String)>, Response> {
        let mut pairs = Vec::new();
        let prefix = format!("{list}.member.");
        let sent = self.0.iter().filter(|(name, _)| name.starts_with(&prefix)).count();
        for number in 1..=sent / 2 {
            let part = |part: &str| self.text(&format!("{prefix}{number}.{part}")).to_string();
            pairs.push((part("Key"), part("Value")));
        }
        if pairs.iter().any(|(key, _)| key.is_empty()) || sent % 2 != 0 {
            Err(unsatisfied(list, ""))
        } else {
            Ok(pairs)
        }
    }
}

/// The error of AWS for a value that is out of range.
pub(crate) fn unsatisfied(name: &str, value: &str) -> Response {
    let member = format!("{}{}", name[..1].to_lowercase(), &name[1..]);
    let text = format!("1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint");
    refusal(Protocol::Query, 400, "ValidationError", &text)
}
