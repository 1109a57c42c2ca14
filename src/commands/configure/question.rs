//! The questions of `ssox configure sso`. An option answers its question. Otherwise, ssox asks a person, and asks again
//! after an invalid answer.

use crate::context::Context;
use crate::error::{Error, Result};
use crate::region::Region;
use crate::session::start_url;
use crate::terminal::{ask, say};

pub(super) const START_URL: Question = Question {
    what: "start URL",
    option: "--start-url",
    default: None,
    check: &|_, url| match start_url::check(url) {
        Ok(_) => Ok(()),
        Err(error) => Err(error.only_hint("start URLs look like `https://d-1234567890.awsapps.com/start`")),
    },
};
pub(super) const SSO_REGION: Question = Question {
    what: "region of IAM Identity Center",
    option: "--sso-region",
    default: None,
    check: &|what, region| Region::parse(what, region).map(drop),
};
pub(super) const REGION: Question = Question {
    what: "default region",
    option: "--region",
    default: None,
    check: &|what, region| Region::parse(what, region).map(drop),
};
pub(super) const OUTPUT: Question = Question {
    what: "output format (json, yaml, text, table)",
    option: "--output",
    default: None,
    check: &|_, format| check_format(format),
};

/// The values that the AWS CLI accepts for `output`.
const FORMATS: [&str; 6] = ["json", "yaml", "yaml-stream", "text", "table", "off"];

fn check_format(format: &str) -> Result<()> {
    if FORMATS.contains(&format) {
        return Ok(());
    }
    Err(Error::configuration(format!("the AWS CLI has no output format `{format}`"))
        .hint(format!("one of: {}", FORMATS.join(", "))))
}

/// A question, and the check of its answers.
pub(super) struct Question<'a> {
    pub(super) what: &'a str,
    /// The command line option that answers the question.
    pub(super) option: &'a str,
    pub(super) default: Option<&'a str>,
    /// Checks the answer in the second argument. The first argument says where the answer comes from, for the error.
    pub(super) check: &'a dyn Fn(&str, &str) -> Result<()>,
}

impl Question<'_> {
    /// Returns `given`, the value of the option; without it, the answer that a person types.
    ///
    /// # Errors
    /// `Configuration`: `given` is invalid. `NeedsPerson`: there is nobody to ask, or the person gives no answer.
    pub(super) fn required(&self, ctx: &Context, given: Option<&str>) -> Result<String> {
        self.optional(ctx, given)?.ok_or_else(|| {
            Error::needs_person(format!("the {} is not given", self.what)).hint(format!("add {}", self.option))
        })
    }

    /// Returns `given`, the value of the option. Without it, asks a person; an empty answer means the default. Returns
    /// `None` without `given` if ssox may not ask (even if there is a default), or if the answer is empty and there is
    /// no default.
    ///
    /// # Errors
    /// `Configuration`: `given` is invalid. `NeedsPerson`: the person ended the input (Ctrl-D), or this process has no
    /// terminal.
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
                Error::needs_person("the input ended; nothing was written").hint("ssox configure sso")
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
