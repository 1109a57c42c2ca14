//! One question of the wizard: what is given answers it, else what a person types; what cannot be is asked again.

use crate::context::Context;
use crate::error::{Error, Result};
use crate::profile::check_region;
use crate::session::start_url;
use crate::terminal::{ask, say};

pub(super) const START_URL: Question = Question {
    what: "start URL",
    option: "--start-url",
    default: None,
    check: &|_, url| match start_url::check(url) {
        Ok(_) => Ok(()),
        Err(error) => Err(error.hint("it looks like `https://d-1234567890.awsapps.com/start`")),
    },
};
pub(super) const SSO_REGION: Question =
    Question { what: "region of the Identity Center", option: "--sso-region", default: None, check: &check_region };
pub(super) const REGION: Question =
    Question { what: "default region", option: "--region", default: None, check: &check_region };
pub(super) const OUTPUT: Question = Question {
    what: "output format (json, yaml, text, table)",
    option: "--output",
    default: None,
    check: &|_, format| match FORMATS.contains(&format) {
        true => Ok(()),
        false => Err(Error::configuration(format!("the AWS CLI has no output format `{format}`"))
            .hint(format!("one of: {}", FORMATS.join(", ")))),
    },
};

/// What the AWS CLI takes as `output`.
const FORMATS: [&str; 6] = ["json", "yaml", "yaml-stream", "text", "table", "off"];

/// What is asked, and which answers will do.
pub(super) struct Question<'a> {
    pub(super) what: &'a str,
    /// The option that answers it.
    pub(super) option: &'a str,
    pub(super) default: Option<&'a str>,
    /// Refuses an answer; where it comes from is said first.
    pub(super) check: &'a dyn Fn(&str, &str) -> Result<()>,
}

impl Question<'_> {
    /// Returns what is given, else what a person says.
    ///
    /// # Errors
    /// Configuration: what is given will not do; a person is needed and not there, or says nothing.
    pub(super) fn required(&self, ctx: &Context, given: Option<&str>) -> Result<String> {
        self.optional(ctx, given)?.ok_or_else(|| {
            Error::needs_person(format!("the {} is not given", self.what)).hint(format!("add {}", self.option))
        })
    }

    /// Returns what is given, else what a person says, else the default; without a person nothing that was not given.
    ///
    /// # Errors
    /// Configuration: what is given will not do; a person leaves.
    pub(super) fn optional(&self, ctx: &Context, given: Option<&str>) -> Result<Option<String>> {
        if let Some(given) = given {
            (self.check)(self.option, given)?;
            return Ok(Some(given.into()));
        }
        if ctx.no_input {
            return Ok(None);
        }
        let shown = self.default.map(|default| format!(" [{default}]")).unwrap_or_default();
        loop {
            let answer = ask(&format!("{}{shown}: ", self.what))?.ok_or_else(|| {
                Error::needs_person("nothing was written: the input ended").hint("ssox configure sso")
            })?;
            let answer = Some(answer).filter(|answer| !answer.is_empty()).or_else(|| self.default.map(String::from));
            let Some(answer) = answer else { return Ok(None) };
            match (self.check)(&format!("the {}", self.what), &answer) {
                Ok(()) => return Ok(Some(answer)),
                Err(error) => say(&error.message),
            }
        }
    }
}
