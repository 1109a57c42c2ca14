//! Chooses one of the roles that a SAML assertion offers.

use super::Saml;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::saml::{Assertion, SamlRole, no_role_offered, role, roles_are_encrypted};
use crate::source::role_arn::RoleArn;
use crate::terminal;
use crate::terminal::picker::{self, Row};

/// Returns the configured role; without a configured role, the only role that the assertion offers, or the role that
/// the person chooses.
///
/// # Errors
/// `Configuration`: the assertion does not offer the configured role, or is addressed to another service than AWS; or
/// its roles are encrypted, and the profile does not name the role and its SAML provider. `Refused`: the assertion
/// offers no role. `NeedsPerson`: the assertion offers several roles, and the person cannot be asked or chooses none.
pub(super) fn choose(ctx: &Context, saml: &Saml, assertion: &Assertion) -> Result<SamlRole> {
    choose_with(saml, assertion, |roles| pick(ctx, roles))
}

fn choose_with(
    saml: &Saml,
    assertion: &Assertion,
    pick: impl FnOnce(&[SamlRole]) -> Result<SamlRole>,
) -> Result<SamlRole> {
    if assertion.is_encrypted && assertion.roles.is_empty() {
        return configured(saml);
    }
    let is_wanted = |role: &&SamlRole| {
        saml.role.as_ref().is_none_or(|wanted| wanted.as_str() == role.role_arn)
            && saml.provider_arn.as_ref().is_none_or(|wanted| *wanted == role.provider_arn)
    };
    let wanted: Vec<SamlRole> = assertion.roles.iter().filter(is_wanted).cloned().collect();
    match &wanted[..] {
        [] => Err(not_offered(saml, assertion)),
        [role] => Ok(role.clone()),
        several => pick(several),
    }
}

/// Asks the person to choose a role.
fn pick(ctx: &Context, roles: &[SamlRole]) -> Result<SamlRole> {
    let rows: Vec<Row> = roles.iter().map(|role| row(role, roles)).collect();
    let hint = format!("add {} to the profile; `ssox saml roles` lists the roles", keys_for_any(roles));
    let chosen = picker::pick(ctx, "role", &hint, &rows)?;
    let role = roles
        .iter()
        .find(|role| key(role, roles) == chosen)
        .ok_or_else(|| Error::other("the SAML response does not offer the chosen role"))?;
    terminal::say(&format!("add {} to the profile to use this role without being asked", keys_for(role, roles)));
    Ok(role.clone())
}

/// Returns the keys of a profile that choose one of the offered roles, without the values.
fn keys_for_any(roles: &[SamlRole]) -> &'static str {
    if roles.iter().all(|role| is_unique(role, roles)) {
        "`ssox_saml_role_arn = …`"
    } else {
        "`ssox_saml_role_arn = …` and `ssox_saml_provider_arn = …`"
    }
}

/// Returns the keys of a profile that choose this role among the offered ones, with their values.
fn keys_for(role: &SamlRole, roles: &[SamlRole]) -> String {
    let key_of_role = format!("`ssox_saml_role_arn = {role}`");
    if is_unique(role, roles) {
        key_of_role
    } else {
        format!("{key_of_role} and `ssox_saml_provider_arn = {}`", role.provider_arn)
    }
}

fn row(role: &SamlRole, roles: &[SamlRole]) -> Row {
    let columns = vec![role.role_name().into(), role.account_id().into(), role.provider_arn.clone()];
    Row { key: key(role, roles), columns }
}

/// Returns the text that identifies a role among the offered ones: its ARN. If two SAML providers offer the role, the
/// ARN of the provider is added.
fn key(role: &SamlRole, roles: &[SamlRole]) -> String {
    if is_unique(role, roles) { role.role_arn.clone() } else { format!("{},{}", role.role_arn, role.provider_arn) }
}

/// Tells whether only one SAML provider offers the role.
fn is_unique(role: &SamlRole, roles: &[SamlRole]) -> bool {
    roles.iter().filter(|other| other.role_arn == role.role_arn).count() == 1
}

/// Returns the configured role, for an encrypted assertion whose roles ssox cannot read.
fn configured(saml: &Saml) -> Result<SamlRole> {
    let (Some(role), Some(provider)) = (&saml.role, &saml.provider_arn) else { return Err(roles_are_encrypted()) };
    if !role::is_provider(provider) {
        let message = format!("`ssox_saml_provider_arn` is `{provider}`, which is not the ARN of a SAML provider");
        return Err(Error::configuration(message)
            .hint("the ARN of a SAML provider looks like `arn:aws:iam::444455556666:saml-provider/NAME`"));
    }
    Ok(SamlRole { role_arn: role.as_str().into(), provider_arn: provider.clone() })
}

fn not_offered(saml: &Saml, assertion: &Assertion) -> Error {
    let configured = [saml.role.as_ref().map(RoleArn::as_str), saml.provider_arn.as_deref()];
    let configured: Vec<String> = configured.into_iter().flatten().map(|arn| format!("`{arn}`")).collect();
    if configured.is_empty() || assertion.roles.is_empty() {
        return no_role_offered(assertion);
    }
    Error::configuration(format!("the SAML response does not offer {}", configured.join(" with ")))
        .hint(format!("it offers {}", listed(&assertion.roles, saml.provider_arn.is_some())))
}

/// Lists the first twelve of the offered roles, and says how many more there are. `with_providers`: adds the ARN of the
/// SAML provider to each role.
fn listed(roles: &[SamlRole], with_providers: bool) -> String {
    const MOST: usize = 12;
    let name = |role: &SamlRole| {
        if with_providers { format!("`{role}` with `{}`", role.provider_arn) } else { format!("`{role}`") }
    };
    let names: Vec<String> = roles.iter().take(MOST).map(name).collect();
    let more = roles.len().saturating_sub(MOST);
    let more = if more > 0 { format!(" and {more} more (`ssox saml roles`)") } else { String::new() };
    names.join(", ") + &more
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::Network;
    use crate::error::ErrorKind;
    use crate::secret::Secret;

    fn arn(kind: &str, name: &str) -> String {
        format!("arn:aws:iam::444455556666:{kind}/{name}")
    }

    fn saml(role: Option<&str>, provider: Option<&str>) -> Saml {
        Saml {
            url: "https://idp.example/".into(),
            role: role.map(|name| RoleArn::parse("x", &arn("role", name)).unwrap()),
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
        let last = |roles: &[SamlRole]| Ok(roles.last().unwrap().clone());
        choose_with(&saml(configured.0, configured.1), &offer(offered), last)
            .map(|role| format!("{} {}", role.role_name(), role.provider_arn.rsplit('/').next().unwrap()))
    }

    #[test]
    fn the_configured_the_only_or_the_chosen_role_is_used() {
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
    fn the_provider_is_named_where_two_offer_one_role() {
        let Assertion { roles, .. } = offer(&[("A", "x"), ("A", "y"), ("B", "x")]);
        assert_eq!(
            keys_for(&roles[1], &roles),
            "`ssox_saml_role_arn = arn:aws:iam::444455556666:role/A` and \
             `ssox_saml_provider_arn = arn:aws:iam::444455556666:saml-provider/y`"
        );
        assert_eq!(keys_for(&roles[2], &roles), "`ssox_saml_role_arn = arn:aws:iam::444455556666:role/B`");
        assert_eq!(keys_for_any(&roles), "`ssox_saml_role_arn = …` and `ssox_saml_provider_arn = …`");
        assert_eq!(keys_for_any(&roles[1..]), "`ssox_saml_role_arn = …`");
        let error = check((Some("A"), Some("z")), &[("A", "x"), ("A", "y")]).unwrap_err();
        assert!(error.message.contains("role/A` with `arn:aws:iam::444455556666:saml-provider/z`"), "{error}");
        assert!(error.hints[0].contains("role/A` with `arn:aws:iam::444455556666:saml-provider/y`"), "{error}");
    }

    #[test]
    fn a_role_that_is_not_offered_gets_a_list_of_those_that_are() {
        let error = check((Some("C"), None), &[("A", "x"), ("B", "x")]).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Configuration);
        assert!(error.message.contains("role/C") && error.hints[0].contains("role/B"));
        let none = check((None, None), &[]).unwrap_err();
        assert_eq!((none.kind, none.message.as_str()), (ErrorKind::Refused, "the SAML response offers no role"));
        assert_eq!(check((Some("C"), None), &[]).unwrap_err().kind, ErrorKind::Refused);
        let elsewhere = Assertion { destination: Some("https://other.example/acs".into()), ..offer(&[]) };
        let error = no_role_offered(&elsewhere);
        assert!(error.message.contains("other.example"), "{}", error.message);
    }

    #[test]
    fn an_encrypted_response_needs_both_arns_in_the_configuration() {
        let encrypted = Assertion { is_encrypted: true, ..offer(&[]) };
        let choose = |saml: Saml| choose_with(&saml, &encrypted, |_| unreachable!());
        assert_eq!(choose(saml(Some("A"), Some("x"))).unwrap().role_name(), "A");
        for (role, provider) in [(None, None), (Some("A"), None), (None, Some("x"))] {
            let error = choose(saml(role, provider)).unwrap_err();
            assert!(error.hints[0].contains("ssox_saml_provider_arn"));
        }
        let odd = Saml { provider_arn: Some("corp".into()), ..saml(Some("A"), None) };
        assert!(choose(odd).unwrap_err().message.contains("`ssox_saml_provider_arn` is `corp`"));
    }

    #[test]
    fn a_long_list_is_cut() {
        let names: Vec<String> = (0..200).map(|number| format!("R{number}")).collect();
        let offered: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "x")).collect();
        let hint = check((Some("A"), None), &offered).unwrap_err().hints.concat();
        assert!(hint.contains("R11") && !hint.contains("R12") && hint.ends_with("and 188 more (`ssox saml roles`)"));
    }

    #[test]
    fn a_role_of_two_providers_is_identified_by_both_arns() {
        let roles = offer(&[("A", "x"), ("A", "y"), ("B", "x")]).roles;
        let keys: Vec<String> = roles.iter().map(|role| key(role, &roles)).collect();
        assert!(
            keys[0].ends_with("saml-provider/x") && keys[1].ends_with("saml-provider/y") && keys[2].ends_with("role/B")
        );
    }
}
