//! Predicts which credentials one tool takes: tries the tool's steps in order until one of them decides.

use super::access_keys::{self, BEDROCK_KEY, Keys};
use super::files::{self, Files};
use super::kind::ProfileKind;
use super::rules::{Last, Malformed, Step, Unknown};
use super::table::TOOLS;
use super::view::{Outcome, Refusal, Taken, View};
use crate::config::{ConfigFiles, Finding, SectionKind, Severity};
use crate::context::Context;
use crate::source::expiry::expiry;
use crate::time::Timestamp;

/// The credentials and the region that a tool takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Prediction {
    pub(crate) tool: &'static str,
    pub(crate) taken: Taken,
    /// Whether the tool renews these credentials by itself when they expire.
    pub(crate) renews: bool,
    /// The region that the tool takes. `None` if no region is set, or if the tool reads no region from the environment
    /// and the configuration files.
    pub(crate) region: Option<String>,
    /// Why the tool takes these credentials, in a few words.
    pub(crate) why: String,
    /// Whether the tool reads a line of the profile differently from ssox, so that it may use another identity or
    /// region. `why` says which line.
    pub(crate) is_misread: bool,
}

/// Returns the credentials and the region that each tool takes, in the order of [`TOOLS`].
pub(crate) fn predictions(ctx: &Context, files: &ConfigFiles, refusal: Refusal) -> Vec<Prediction> {
    let findings = files.check();
    let rejection = rejection(&findings);
    let files = Files::new(ctx, files);
    let of_tools =
        TOOLS.iter().map(|tool| View::new(ctx, &files, tool, refusal).prediction(rejection.as_deref(), &findings));
    of_tools.chain(bedrock(ctx)).collect()
}

/// Returns the prediction for clients of Amazon Bedrock if the environment has an API key. These clients (in boto3, JS
/// v3 and other tools) take the API key, even if the program selects access keys or a profile. Without an API key, they
/// take the same credentials as for other services, and there is no separate prediction.
fn bedrock(ctx: &Context) -> Option<Prediction> {
    ctx.var(BEDROCK_KEY)?;
    let why = format!("the API key in {BEDROCK_KEY}, instead of all other credentials");
    Some(Prediction {
        tool: "Bedrock clients",
        taken: Taken::BedrockKey,
        renews: false,
        region: None,
        why,
        is_misread: false,
    })
}

/// Says why every command of the AWS CLI fails with files that have these findings; `None` if the AWS CLI can read them.
pub(crate) fn rejection(findings: &[Finding]) -> Option<String> {
    let error = findings.iter().find(|finding| finding.severity == Severity::Error)?;
    Some(format!("refuses: {}", error.located()))
}

impl View<'_> {
    fn prediction(&self, rejection: Option<&str>, findings: &[Finding]) -> Prediction {
        let rejection = rejection.filter(|_| self.tool.malformed == Malformed::Refused);
        let (taken, mut why) = rejection.map_or_else(|| self.outcome(), |why| (Taken::Nothing, why.into()));
        let missing = match &taken {
            Taken::Profile(name, kind) => self.missing_token(name, *kind),
            _ => None,
        };
        let renews = match &taken {
            Taken::Keys | Taken::FileKeys(_) | Taken::BedrockKey | Taken::Unsigned | Taken::Nothing => false,
            Taken::WebIdentity(_) | Taken::Container => self.tool.renews,
            Taken::Profile(_, kind) => self.renews(*kind) && missing.is_none(),
        };
        why.extend(missing.map(|missing| format!(", but {missing}")));
        if let Taken::Profile(name, ProfileKind::StoredKeys | ProfileKind::ConfigKeys) = &taken {
            why.extend(self.expired_keys(name).map(|end| format!(", but they expired at {end}")));
        }
        let misread = self.misread(&taken, findings);
        let is_misread = misread.is_some();
        why.extend(misread.map(|line| format!(", but {line}")));
        Prediction { tool: self.tool.name, region: self.region(&taken), taken, renews, why, is_misread }
    }

    /// Returns when the access keys of a profile expired, if the tool that wrote the keys also wrote their expiration.
    /// No AWS tool reads this expiration.
    fn expired_keys(&self, profile: &str) -> Option<Timestamp> {
        let section = self.files.profile(profile)?;
        expiry(|key| section.value(key)).filter(|end| *end <= self.ctx.now())
    }

    fn outcome(&self) -> Outcome {
        let is_strict = self.selected.reason() == "AWS_PROFILE";
        let first = if is_strict { self.unknown_profile(Unknown::RefusesAwsProfileFirst) } else { None };
        let first = first.or_else(|| self.unknown_profile(Unknown::RefusesFirst));
        let first = first.or_else(|| self.failed_first());
        first.or_else(|| self.tool.steps.iter().find_map(|step| self.step(step))).unwrap_or_else(|| self.last())
    }

    fn step(&self, step: &Step) -> Option<Outcome> {
        match step {
            Step::Keys => self.keys(),
            Step::KeysWithProfile => self.keys_with_profile(),
            Step::KeysWithoutProfile if self.selected.is_named() => None,
            Step::KeysWithoutProfile => self.keys(),
            Step::WebIdentity => self.web_identity(),
            Step::Profile(kinds) => self.profile(kinds),
            Step::NamedProfile(kinds) if self.selected.name() != "default" => self.profile(kinds),
            Step::NamedProfile(_) => None,
            Step::ProfileWithToken(kinds) => self.profile_with_token(kinds),
            Step::ProfileWithTokenOfRedHat(kinds) if files::has_bundle_of_red_hat() => self.profile_with_token(kinds),
            Step::ProfileWithTokenOfRedHat(_) => None,
            Step::Token(kinds) => self.token(kinds),
            Step::EmptyKeys => self.empty_keys(),
            Step::FirstKeys => self.first_keys(),
            Step::KeyFiles => self.key_files(),
            Step::Container => self.container(),
        }
    }

    fn keys_with_profile(&self) -> Option<Outcome> {
        let has_both = self.selected.is_named() && access_keys::keys(self.ctx) == Keys::Complete;
        has_both.then(|| (Taken::Nothing, format!("refuses: {} and access keys are both set", self.selected.reason())))
    }

    fn profile(&self, kinds: &[ProfileKind]) -> Option<Outcome> {
        let section = self.files.profile(self.selected.name())?;
        let kind = *kinds.iter().find(|kind| kind.is_in(&section))?;
        if let Some(decided) = self.failed(&section, kind) {
            return decided;
        }
        let why = format!("{}: {}", self.reason(), kind.name());
        Some((Taken::Profile(section.name.into_owned(), kind), why))
    }

    fn profile_with_token(&self, kinds: &[ProfileKind]) -> Option<Outcome> {
        let section = self.files.profile(self.selected.name())?;
        let kind = *kinds.iter().find(|kind| kind.is_in(&section))?;
        let is_usable = self.missing_token(&section.name, kind).is_none();
        is_usable.then(|| self.profile(kinds)).flatten()
    }

    /// If the profile contains one of these kinds of credentials, and a person must sign in first, returns the outcome
    /// that the tool refuses the profile; otherwise `None`.
    fn token(&self, kinds: &[ProfileKind]) -> Option<Outcome> {
        let section = self.files.profile(self.selected.name())?;
        let kind = *kinds.iter().find(|kind| kind.is_in(&section))?;
        let missing = self.missing_token(&section.name, kind)?;
        Some((Taken::Nothing, format!("refuses: {}: {}, but {missing}", self.reason(), kind.name())))
    }

    /// Returns what selected the profile, as part of a sentence. If access keys are set, too, the text says so.
    pub(super) fn reason(&self) -> String {
        let beside = if access_keys::keys(self.ctx) == Keys::Complete { ", although access keys are set" } else { "" };
        format!("{}{beside}", self.selected.reason())
    }

    fn first_keys(&self) -> Option<Outcome> {
        let sections = self.own.credentials.sections_with(SectionKind::Profile, "aws_access_key_id");
        let first = sections.into_iter().find(|section| ProfileKind::StoredKeys.is_in(section))?;
        if matches!(access_keys::keys(self.ctx), Keys::Half { has_id: true }) {
            let why = "the id in the environment, with the secret of the first keys in ~/.aws/credentials";
            return Some((Taken::Keys, why.into()));
        }
        let why = "the first keys in ~/.aws/credentials, whatever AWS_PROFILE says";
        Some((Taken::Profile(first.name.into_owned(), ProfileKind::StoredKeys), why.into()))
    }

    /// If a variable names a profile that does not exist, and the field `unknown` of the tool equals `when`, returns
    /// the outcome that the tool refuses this profile; otherwise `None`.
    fn unknown_profile(&self, when: Unknown) -> Option<Outcome> {
        let name = Some(self.selected.name()).filter(|_| self.selected.is_named() && self.tool.unknown == when)?;
        let message = if name.is_empty() {
            format!("refuses: {} is set but empty", self.selected.reason())
        } else {
            format!("refuses: the profile in {} does not exist", self.selected.reason())
        };
        self.files.profile(name).is_none().then_some((Taken::Nothing, message))
    }

    fn last(&self) -> Outcome {
        let skipped =
            self.skipped().map_or_else(|| "there are no credentials".into(), |skipped| format!("it {skipped}"));
        let (taken, what) = match self.tool.last {
            Last::Refuses => (Taken::Nothing, "refuses"),
            Last::Unsigned => (Taken::Unsigned, "unsigned"),
            Last::WaitsForMetadata => (Taken::Nothing, "waits for the metadata address"),
        };
        (taken, format!("{what}: {skipped}"))
    }
}
