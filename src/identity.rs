//! The identity of a shell: fingerprints of the values that ssox set last. They stand in `SSOX_IDENTITY`, so every process
//! can tell whether the values it inherited are still those, or somebody else's.
//!
//! A fingerprint is the first 32 bits of a digest of name and value. That is harmless beside the values themselves, and
//! stays so alone: a secret access key has 240 random bits and a session token more, so 32 bits of a digest lead to
//! neither. Key ids, regions and profile names are no secrets.

use crate::context::Context;
use crate::environment::EnvChanges;
use crate::error::Result;
use crate::files::hex;
use sha2::{Digest as _, Sha256};

/// The variable with the fingerprints, and the one by which a shell hands over those it replaced or cleared.
pub(crate) const VARIABLE: &str = "SSOX_IDENTITY";
const GONE: &str = "SSOX_GONE";

pub(crate) const ID: &str = "AWS_ACCESS_KEY_ID";
pub(crate) const SECRET: &str = "AWS_SECRET_ACCESS_KEY";
pub(crate) const TOKEN: &str = "AWS_SESSION_TOKEN";
pub(crate) const EXPIRATION: &str = "AWS_CREDENTIAL_EXPIRATION";
pub(crate) const ACCOUNT_ID: &str = "AWS_ACCOUNT_ID";

/// What decides who a tool is, in the order of the fingerprints.
pub(crate) const COMPARED: [&str; 10] = [
    ID,
    SECRET,
    TOKEN,
    EXPIRATION,
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SECURITY_TOKEN",
    "SSOX_PROFILE",
];
/// Whose fingerprints there are: one more than is compared, because only AWS's own endpoints look at it.
const NAMES: [&str; 11] = [
    COMPARED[0],
    COMPARED[1],
    COMPARED[2],
    COMPARED[3],
    COMPARED[4],
    COMPARED[5],
    COMPARED[6],
    COMPARED[7],
    COMPARED[8],
    COMPARED[9],
    ACCOUNT_ID,
];

/// What ssox left in one variable.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Mark {
    /// ssox never changed it.
    Untouched,
    Unset,
    Set(String),
    /// It was set, and taken out when the keys beside it became somebody else's.
    TakenOut(String),
}

/// What ssox left in all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity(Vec<Mark>);

impl Identity {
    /// Returns what ssox left in this shell; without a readable record it counts as never changed but for the keys.
    pub(crate) fn held(ctx: &Context) -> Self {
        Self::recorded(ctx).unwrap_or_else(|| {
            let mark = |name: &str| if name == "SSOX_PROFILE" { Mark::Untouched } else { Mark::Unset };
            Self(NAMES.iter().map(|name| mark(name)).collect())
        })
    }

    /// Returns the record of this shell, if there is one that can be read.
    pub(crate) fn recorded(ctx: &Context) -> Option<Self> {
        Self::parse(ctx.var(VARIABLE)?)
    }

    /// Returns what this shell had from ssox before, the latest last; only its function knows.
    pub(crate) fn gone(ctx: &Context) -> Vec<Self> {
        ctx.var(GONE).unwrap_or_default().split(' ').filter_map(Self::parse).collect()
    }

    /// Returns what ssox has left once the changes are applied: what they do not mention stays as it is.
    pub(crate) fn after(ctx: &Context, changes: &EnvChanges) -> Self {
        let before = Self::recorded(ctx);
        let kept = |at: usize| before.as_ref().map_or(Mark::Untouched, |before| before.0[at].clone());
        let mark = |(at, name): (usize, &&'static str)| match changes.get(name) {
            Some(Some(value)) if !value.is_empty() => Mark::Set(fingerprint(name, value)),
            Some(_) => Mark::Unset,
            None => kept(at),
        };
        Self(NAMES.iter().enumerate().map(mark).collect())
    }

    /// Returns the same with values taken out.
    pub(crate) fn taken_out(&self, names: &[&str]) -> Self {
        let mark = |(name, mark): (&&str, &Mark)| match mark {
            Mark::Set(print) if names.contains(name) => Mark::TakenOut(print.clone()),
            _ => mark.clone(),
        };
        Self(NAMES.iter().zip(&self.0).map(mark).collect())
    }

    /// Tells whether the variable is as ssox left it.
    pub(crate) fn is_ours(&self, ctx: &Context, name: &str) -> bool {
        match self.mark(name) {
            Mark::Untouched => true,
            Mark::Unset | Mark::TakenOut(_) => value(ctx, name).is_none(),
            Mark::Set(print) => value(ctx, name).is_some_and(|value| fingerprint(name, &value) == *print),
        }
    }

    /// Tells whether the variable holds a value, and ssox set it.
    pub(crate) fn has_set(&self, ctx: &Context, name: &str) -> bool {
        matches!(self.mark(name), Mark::Set(_)) && self.is_ours(ctx, name)
    }

    /// Tells whether that is the value ssox set, or took out.
    pub(crate) fn is_of(&self, name: &str, value: &str) -> bool {
        matches!(self.mark(name), Mark::Set(print) | Mark::TakenOut(print) if fingerprint(name, value) == *print)
    }

    /// Tells whether ssox set the variable and took it out again.
    pub(crate) fn has_taken_out(&self, name: &str) -> bool {
        matches!(self.mark(name), Mark::TakenOut(_))
    }

    /// Tells whether ssox ever changed the variable.
    pub(crate) fn has_touched(&self, name: &str) -> bool {
        *self.mark(name) != Mark::Untouched
    }

    /// Returns the variables that are not as ssox left them.
    pub(crate) fn foreign(&self, ctx: &Context) -> Vec<&'static str> {
        COMPARED.into_iter().filter(|name| !self.is_ours(ctx, name)).collect()
    }

    /// Records it.
    ///
    /// # Errors
    /// None: a fingerprint has no control characters.
    pub(crate) fn record(&self, changes: &mut EnvChanges) -> Result<()> {
        let marks: Vec<String> = self.0.iter().map(Mark::text).collect();
        changes.set(VARIABLE, marks.join("."))
    }

    fn mark(&self, name: &str) -> &Mark {
        NAMES.iter().position(|known| *known == name).map_or(&Mark::Untouched, |at| &self.0[at])
    }

    fn parse(text: &str) -> Option<Self> {
        let marks: Vec<Mark> = text.split('.').map(Mark::parse).collect::<Option<_>>()?;
        (marks.len() == NAMES.len()).then_some(Self(marks))
    }
}

impl Mark {
    fn text(&self) -> String {
        match self {
            Self::Untouched => "-".into(),
            Self::Unset => String::new(),
            Self::Set(print) => print.clone(),
            Self::TakenOut(print) => format!("x{print}"),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let is_print = |text: &str| text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        match text {
            "-" => Some(Self::Untouched),
            "" => Some(Self::Unset),
            _ if is_print(text) => Some(Self::Set(text.into())),
            _ => text.strip_prefix('x').filter(|rest| is_print(rest)).map(|print| Self::TakenOut(print.into())),
        }
    }
}

/// An empty variable is an unset one; bytes that are not text are somebody else's.
fn value(ctx: &Context, name: &str) -> Option<String> {
    ctx.var_os(name).map(|value| value.to_string_lossy().into_owned()).filter(|value| !value.is_empty())
}

/// Returns the first 32 bits of a digest of name and value.
pub(crate) fn fingerprint(name: &str, value: &str) -> String {
    hex(&Sha256::digest(format!("{name}={value}"))[..4])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(variables: &[(&str, &str)]) -> Context {
        Context::new(variables.iter().map(|(name, value)| ((*name).into(), (*value).into())))
    }

    fn record(changes: &EnvChanges) -> String {
        let mut recorded = EnvChanges::default();
        Identity::after(&context(&[]), changes).record(&mut recorded).unwrap();
        recorded.get(VARIABLE).unwrap().unwrap().into()
    }

    fn dev() -> String {
        let mut changes = EnvChanges::default();
        changes.set(ID, "ASIADEV").unwrap();
        changes.set(SECRET, "wJalr").unwrap();
        changes.unset("AWS_PROFILE");
        record(&changes)
    }

    #[test]
    fn what_was_set_is_ours_and_all_else_is_foreign() {
        let dev = dev();
        type Row<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);
        let rows: [Row<'_>; 6] = [
            (&[(ID, "ASIADEV"), (SECRET, "wJalr")], &[]),
            (&[(ID, "ASIADEV"), (SECRET, "wJalr"), ("AWS_REGION", "untouched"), ("AWS_PROFILE", "")], &[]),
            (&[(ID, "ASIADEV"), (SECRET, "other")], &[SECRET]),
            (&[(ID, "AKIAOTHER"), (SECRET, "wJalr")], &[ID]),
            (&[(SECRET, "wJalr")], &[ID]),
            (&[(ID, "ASIADEV"), (SECRET, "wJalr"), ("AWS_PROFILE", "x")], &["AWS_PROFILE"]),
        ];
        for (variables, foreign) in rows {
            let ctx = context(&[variables, &[(VARIABLE, dev.as_str())]].concat());
            assert_eq!(Identity::held(&ctx).foreign(&ctx), foreign, "{variables:?}");
        }
    }

    #[test]
    fn nothing_of_a_value_is_in_the_record() {
        assert!(!dev().contains("ASIA") && dev().len() < 60, "{}", dev());
    }

    #[test]
    fn a_record_that_cannot_be_read_makes_every_key_foreign() {
        for text in ["", "x", "........", "zzzzzzzz..........", &"a".repeat(9)] {
            let ctx = context(&[(ID, "ASIADEV"), ("SSOX_PROFILE", "dev"), (VARIABLE, text)]);
            assert_eq!(Identity::held(&ctx).foreign(&ctx), [ID], "{text}");
        }
    }

    #[test]
    fn what_was_taken_out_is_ours_while_it_is_out() {
        let ctx = context(&[(VARIABLE, &dev())]);
        let mut changes = EnvChanges::default();
        Identity::held(&ctx).taken_out(&[SECRET]).record(&mut changes).unwrap();
        let record = changes.get(VARIABLE).unwrap().unwrap().to_string();
        let out = context(&[(ID, "ASIADEV"), (VARIABLE, &record)]);
        assert_eq!(Identity::held(&out).foreign(&out), [""; 0]);
        assert!(Identity::held(&out).has_taken_out(SECRET) && Identity::held(&out).is_of(SECRET, "wJalr"));
        let back = context(&[(ID, "ASIADEV"), (SECRET, "wJalr"), (VARIABLE, &record)]);
        assert_eq!(Identity::held(&back).foreign(&back), [SECRET]);
    }
}
