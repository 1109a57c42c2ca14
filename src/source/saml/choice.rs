//! Which of the roles on offer is meant.
//!
//! Deliberately not here: how a person is asked.

use super::{Assertion, Saml, SamlRole, role};
use crate::error::{Error, Result};

/// Asks a person for one of several roles, by its number; fails where there is no person.
pub(crate) type Choose<'a> = &'a dyn Fn(&[SamlRole]) -> Result<usize>;

/// Returns the role that is configured, the only one, or the one a person chooses.
///
/// # Errors
/// Configuration: the configured one is not on offer, or cannot be known. Refused: there is none.
/// Needs a person: there are several, and nobody to ask.
pub(super) fn choose(saml: &Saml, assertion: &Assertion, choose: Choose) -> Result<SamlRole> {
    if assertion.is_encrypted && assertion.roles.is_empty() {
        return configured(saml);
    }
    let is_meant = |role: &&SamlRole| {
        saml.role_arn.as_ref().is_none_or(|wanted| *wanted == role.role_arn)
            && saml.provider_arn.as_ref().is_none_or(|wanted| *wanted == role.provider_arn)
    };
    let meant: Vec<SamlRole> = assertion.roles.iter().filter(is_meant).cloned().collect();
    match &meant[..] {
        [] => Err(not_offered(saml, assertion)),
        [role] => Ok(role.clone()),
        several => {
            let number = choose(several)?;
            several.get(number).cloned().ok_or_else(|| Error::needs_person("no role was chosen"))
        }
    }
}

/// What a [`Choose`] says where nobody can be asked.
pub(crate) fn nobody_to_ask(roles: &[SamlRole]) -> Error {
    Error::needs_person(format!("the SAML response offers {} roles, and nobody can be asked which", roles.len()))
        .hint(format!("add `ssox_saml_role_arn = …` to the profile: {}", listed(roles)))
}

/// Returns the role of the configuration, where only AWS can read what is offered.
fn configured(saml: &Saml) -> Result<SamlRole> {
    match (&saml.role_arn, &saml.provider_arn) {
        (Some(role), Some(provider)) => checked(role, provider),
        _ => Err(encrypted()),
    }
}

/// Makes the error for a response whose roles cannot be read.
pub(super) fn encrypted() -> Error {
    Error::configuration("the SAML response is encrypted: only AWS can read which roles it offers")
        .hint("add `ssox_saml_role_arn = …` and `ssox_saml_provider_arn = …` to the profile")
}

fn checked(role_arn: &str, provider_arn: &str) -> Result<SamlRole> {
    let bad = |key: &str, value: &str, example: &str| {
        Err(Error::configuration(format!("`{key}` is `{value}`, which is not such an ARN"))
            .hint(format!("{key} = arn:aws:iam::444455556666:{example}")))
    };
    match () {
        () if !role::is_role(role_arn) => bad("ssox_saml_role_arn", role_arn, "role/NAME"),
        () if !role::is_provider(provider_arn) => bad("ssox_saml_provider_arn", provider_arn, "saml-provider/NAME"),
        () => Ok(SamlRole { role_arn: role_arn.into(), provider_arn: provider_arn.into() }),
    }
}

fn not_offered(saml: &Saml, assertion: &Assertion) -> Error {
    let wanted = saml.role_arn.as_deref().or(saml.provider_arn.as_deref());
    match (wanted, &assertion.roles[..]) {
        (Some(wanted), roles @ [_, ..]) => Error::configuration(format!("the SAML response does not offer `{wanted}`"))
            .hint(format!("it offers {}", listed(roles))),
        _ => nothing_offered(assertion),
    }
}

/// Makes the error for a response without roles.
pub(super) fn nothing_offered(assertion: &Assertion) -> Error {
    let destination = assertion.destination.as_deref().unwrap_or_default();
    match super::endpoint::is_sign_in(destination) || destination.is_empty() {
        true => Error::refused("the SAML response offers no role")
            .hint("ask who runs the identity provider to give you one in this application"),
        false => Error::configuration(format!("the SAML response is meant for `{destination}`, not for AWS"))
            .hint("`ssox_saml_url` must start the sign-in to the application that is the AWS account"),
    }
}

/// Lists what fits on a screen.
fn listed(roles: &[SamlRole]) -> String {
    const MOST: usize = 12;
    let names: Vec<String> = roles.iter().take(MOST).map(|role| format!("`{role}`")).collect();
    let more = roles.len().saturating_sub(MOST);
    let more = if more > 0 { format!(" and {more} more (ssox saml roles)") } else { String::new() };
    names.join(", ") + &more
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::Network;
    use crate::error::Kind;
    use crate::secret::Secret;

    fn arn(kind: &str, name: &str) -> String {
        format!("arn:aws:iam::444455556666:{kind}/{name}")
    }

    fn saml(role: Option<&str>, provider: Option<&str>) -> Saml {
        Saml {
            url: "https://idp.example/".into(),
            role_arn: role.map(|name| arn("role", name)),
            provider_arn: provider.map(|name| arn("saml-provider", name)),
            duration_seconds: None,
            region: None,
            network: Network::default(),
        }
    }

    fn offer(roles: &[(&str, &str)]) -> Assertion {
        let role = |(role, provider): &(&str, &str)| SamlRole {
            role_arn: arn("role", role),
            provider_arn: arn("saml-provider", provider),
        };
        Assertion {
            response: Secret::new(""),
            roles: roles.iter().map(role).collect(),
            session_duration: None,
            not_on_or_after: None,
            destination: None,
            is_encrypted: false,
        }
    }

    fn check(configured: (Option<&str>, Option<&str>), offered: &[(&str, &str)]) -> Result<String> {
        let ask = |roles: &[SamlRole]| Ok(roles.len() - 1);
        choose(&saml(configured.0, configured.1), &offer(offered), &ask)
            .map(|role| format!("{} {}", role.role_name(), role.provider_arn.rsplit('/').next().unwrap()))
    }

    #[test]
    fn the_configured_the_only_or_the_chosen_one_is_taken() {
        let two = [("A", "x"), ("B", "x")];
        assert_eq!(check((None, None), &two[..1]).unwrap(), "A x");
        assert_eq!(check((Some("A"), None), &two).unwrap(), "A x");
        assert_eq!(check((None, None), &two).unwrap(), "B x");
        let twice = [("A", "x"), ("A", "y"), ("B", "x")];
        assert_eq!(check((Some("A"), Some("y")), &twice).unwrap(), "A y");
        assert_eq!(check((Some("A"), None), &twice).unwrap(), "A y");
        assert_eq!(check((None, Some("y")), &twice).unwrap(), "A y");
    }

    #[test]
    fn what_is_not_offered_is_said_with_what_is() {
        let error = check((Some("C"), None), &[("A", "x"), ("B", "x")]).unwrap_err();
        assert_eq!(error.kind, Kind::Configuration);
        assert!(error.message.contains("role/C") && error.hint.unwrap().contains("role/B"));
        let none = check((None, None), &[]).unwrap_err();
        assert_eq!((none.kind, none.message.as_str()), (Kind::Refused, "the SAML response offers no role"));
        assert_eq!(check((Some("C"), None), &[]).unwrap_err().kind, Kind::Refused);
        let elsewhere = Assertion { destination: Some("https://other.example/acs".into()), ..offer(&[]) };
        let error = nothing_offered(&elsewhere);
        assert!(error.message.contains("other.example"), "{}", error.message);
    }

    #[test]
    fn of_an_encrypted_response_both_arns_must_be_configured() {
        let encrypted = Assertion { is_encrypted: true, ..offer(&[]) };
        let choose = |saml: Saml| choose(&saml, &encrypted, &|_| unreachable!());
        assert_eq!(choose(saml(Some("A"), Some("x"))).unwrap().role_name(), "A");
        for (role, provider) in [(None, None), (Some("A"), None), (None, Some("x"))] {
            let error = choose(saml(role, provider)).unwrap_err();
            assert!(error.hint.unwrap().contains("ssox_saml_provider_arn"));
        }
        let odd = Saml { role_arn: Some("Admin".into()), ..saml(None, Some("x")) };
        assert!(choose(odd).unwrap_err().message.contains("`ssox_saml_role_arn` is `Admin`"));
    }

    #[test]
    fn a_long_list_is_cut() {
        let names: Vec<String> = (0..200).map(|number| format!("R{number}")).collect();
        let offered: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "x")).collect();
        let hint = nobody_to_ask(&offer(&offered).roles).hint.unwrap();
        assert!(hint.contains("R11") && !hint.contains("R12") && hint.ends_with("and 188 more (ssox saml roles)"));
    }
}
