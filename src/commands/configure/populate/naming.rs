//! Makes the names of the profiles for all assignments from a format. The same assignments always get the same names.
//! Equal names get the account ID at their end; if they are still equal, [`check`] returns an error.

use super::assigned::Assignment;
use crate::commands::configure::names::{field, legal, valid};
use crate::error::{Error, Result, as_option};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// The value of `--name-format`, such as `{account_name}.{role_name}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NameFormat(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Field(Field),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    AccountName,
    AccountId,
    Email,
    RoleName,
    Session,
}

const FIELDS: [(&str, Field); 5] = [
    ("account_name", Field::AccountName),
    ("account_id", Field::AccountId),
    ("email", Field::Email),
    ("role_name", Field::RoleName),
    ("session", Field::Session),
];

impl NameFormat {
    pub(super) const DEFAULT: &str = "{account_name}.{role_name}";

    /// Parses a format.
    ///
    /// # Errors
    /// A message, if the braces contain an unknown field, or a `{` has no `}`.
    pub(super) fn parse(format: &str) -> std::result::Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = format;
        while let Some((text, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or("a `{` has no `}`")?;
            let field = FIELDS.iter().find(|(known, _)| *known == name).map(|(_, field)| *field);
            parts.push(Part::Text(text.into()));
            parts.push(Part::Field(field.ok_or_else(|| unknown_field(name))?));
            rest = after;
        }
        parts.push(Part::Text(rest.into()));
        Ok(Self(parts))
    }

    fn name(&self, assignment: &Assignment, session: &str) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Field(of) => {
                let value = of.value(assignment, session);
                Some(field(value))
                    .filter(|value| !value.is_empty())
                    .unwrap_or_else(|| assignment.account.id.to_string())
            }
        };
        valid(&legal(&self.0.iter().map(part).collect::<String>()), &assignment.account.id)
    }

    fn has_any(&self, fields: &[Field]) -> bool {
        self.0.iter().any(|part| matches!(part, Part::Field(field) if fields.contains(field)))
    }
}

impl Field {
    fn value<'a>(self, assignment: &Assignment<'a>, session: &'a str) -> &'a str {
        let account = assignment.account;
        match self {
            Self::AccountName => account.name.as_deref().unwrap_or_default(),
            Self::AccountId => &account.id,
            Self::Email => account.email.as_deref().unwrap_or_default(),
            Self::RoleName => assignment.role,
            Self::Session => session,
        }
    }
}

fn unknown_field(name: &str) -> String {
    let known: Vec<String> = FIELDS.iter().map(|(name, _)| format!("{{{name}}}")).collect();
    format!("there is no `{{{name}}}`, only {}", known.join(" "))
}

/// The names that the profile for an account and role may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Names {
    /// The name that the format in `--name-format` makes.
    plain: String,
    /// The name that the format makes, with the account ID at its end.
    pub(super) numbered: String,
    /// The name of a new profile: `plain`, or `numbered` if several assignments have the same plain name.
    pub(super) wanted: String,
}

impl Names {
    /// Tells whether ssox may have given this name to the assignment's profile: the name is the plain or the numbered
    /// one.
    pub(super) fn contain(&self, name: &str) -> bool {
        self.plain == name || self.numbered == name
    }
}

/// Returns the names of all assignments' profiles, in the order of the assignments.
pub(super) fn names(assignments: &[Assignment], format: &NameFormat, session: &str) -> Vec<Names> {
    let of = |assignment: &Assignment| {
        let plain = format.name(assignment, session);
        Names { numbered: format!("{plain}-{}", assignment.account.id), wanted: plain.clone(), plain }
    };
    let mut names: Vec<Names> = assignments.iter().map(of).collect();
    // The name that gets an account ID may be the plain name of another assignment, so the names are compared again
    // until none changes.
    while number_equal_ones(&mut names) {}
    names
}

/// Adds the account ID to the end of names that are equal; returns whether this changed any name.
fn number_equal_ones(names: &mut [Names]) -> bool {
    let mut counts: HashMap<String, usize> = HashMap::new();
    names.iter().for_each(|names| *counts.entry(names.wanted.clone()).or_default() += 1);
    let mut has_changed = false;
    for names in names.iter_mut().filter(|names| counts[&names.wanted] > 1 && names.wanted != names.numbered) {
        names.wanted.clone_from(&names.numbered);
        has_changed = true;
    }
    has_changed
}

/// Checks that each chosen assignment has a different name.
///
/// # Errors
/// `Configuration`: the format gives the same name to all profiles, or to two roles of one account.
pub(super) fn check(chosen: &[(&Assignment, &Names)], format: &NameFormat) -> Result<()> {
    let differ = [Field::AccountName, Field::AccountId, Field::Email, Field::RoleName];
    if let [(_, first), _, ..] = chosen
        && !format.has_any(&differ)
    {
        return Err(Error::configuration(format!(
            "the name format gives all profiles the same name: `{}`",
            first.plain
        ))
        .hint(format!("--name-format '{}'", NameFormat::DEFAULT)));
    }
    let mut seen: HashMap<&str, &Assignment> = HashMap::new();
    for (assignment, names) in chosen {
        match seen.entry(&names.wanted) {
            Entry::Vacant(entry) => {
                entry.insert(assignment);
            }
            Entry::Occupied(other) => return Err(one_name(&names.plain, other.get(), assignment, format)),
        }
    }
    Ok(())
}

fn one_name(name: &str, one: &Assignment, other: &Assignment, format: &NameFormat) -> Error {
    let message = format!(
        "the name format makes the same name, `{name}`, for the roles `{}` and `{}` of account `{}`",
        one.role, other.role, one.account.id
    );
    Error::configuration(message).hint(if format.has_any(&[Field::RoleName]) {
        format!("choose only one of these roles with --role, such as {}", as_option("--role", one.role))
    } else {
        "add {role_name} to --name-format".into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arn::AccountId;
    use crate::assignments::AccountRoles;

    fn account(id: &str, name: &str, roles: &[&str]) -> AccountRoles {
        AccountRoles {
            id: AccountId::parse(id).unwrap(),
            name: Some(name.into()).filter(|name: &String| !name.is_empty()),
            email: Some("a@b.c".into()),
            roles: Some(roles.iter().map(ToString::to_string).collect()),
        }
    }

    fn wanted(accounts: &[AccountRoles], format: &str) -> Result<Vec<String>> {
        let assignments: Vec<Assignment> = accounts.iter().flat_map(Assignment::all_of).collect();
        let format = NameFormat::parse(format).unwrap();
        let names = names(&assignments, &format, "corp");
        check(&assignments.iter().zip(&names).collect::<Vec<_>>(), &format)?;
        Ok(names.into_iter().map(|names| names.wanted).collect())
    }

    #[test]
    fn names_follow_the_format() {
        let account = [account("111122223333", "Data [Platform] \t\"x\" 🚀", &["Read+Only"])];
        for (format, name) in [
            ("{account_name}.{role_name}", "Data-Platform-x.Read+Only"),
            ("{account_id}_{email}", "111122223333_a@b.c"),
            ("{session}/{role_name}", "corp-Read+Only"),
            ("--x", "111122223333-x"),
            ("default", "111122223333-default"),
            ("", "111122223333"),
            ("é {role_name}", "111122223333-Read+Only"),
        ] {
            assert_eq!(wanted(&account, format).unwrap(), [name], "{format}");
        }
        let nameless = [self::account("111122223333", "", &["R"]), self::account("222233334444", "日本", &["R"])];
        assert_eq!(wanted(&nameless, NameFormat::DEFAULT).unwrap(), ["111122223333.R", "222233334444.R"]);
    }

    #[test]
    fn a_wrong_format_says_what_it_may_have() {
        assert!(
            NameFormat::parse("{acount_name}")
                .unwrap_err()
                .contains("there is no `{acount_name}`, only {account_name}")
        );
        assert_eq!(NameFormat::parse("{account_name").unwrap_err(), "a `{` has no `}`");
    }

    #[test]
    fn equal_names_all_get_the_number_of_their_account() {
        let twins = [account("111122223333", "a b", &["R"]), account("222233334444", "a/b", &["R", "S"])];
        let names = wanted(&twins, NameFormat::DEFAULT).unwrap();
        assert_eq!(names, ["a-b.R-111122223333", "a-b.R-222233334444", "a-b.S"]);
        let odd = [
            account("111122223333", "x", &["R"]),
            account("222233334444", "x", &["R"]),
            account("333344445555", "x.R-111122223333", &["S"]),
        ];
        let names = wanted(&odd, "{account_name}.R").unwrap();
        assert_eq!(names[0], "x.R-111122223333");
        let names = wanted(
            &[odd[0].clone(), odd[1].clone(), account("333344445555", "x-111122223333", &["R"])],
            "{account_name}",
        );
        assert_eq!(names.unwrap()[2], "x-111122223333-333344445555");
    }

    #[test]
    fn what_no_number_tells_apart_is_an_error() {
        let two = [account("111122223333", "a", &["R,x", "R=x"])];
        let error = wanted(&two, NameFormat::DEFAULT).unwrap_err();
        assert!(error.message.contains("the same name, `a.R-x`, for the roles `R,x` and `R=x`"), "{error}");
        assert!(wanted(&two, "{account_name}").unwrap_err().hints[0].contains("{role_name}"));
        let two = [account("111122223333", "a", &["R"]), account("222233334444", "b", &["R"])];
        assert!(wanted(&two, "x-{session}").unwrap_err().message.contains("all profiles the same name: `x-corp`"));
    }
}
