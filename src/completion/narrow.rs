//! From all names to those that are worth telling a shell: what fits what was typed, and not more than it can stand.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// More candidates than this make a shell slow, and are more than a person reads.
const MOST: usize = 1000;

/// Who tells which names fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Matching {
    /// The shell, by the rules of its user.
    ByShell,
    /// Nobody else.
    Here,
}

/// Names, or where there are too many their beginnings.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Narrowed {
    Names(Vec<String>),
    Parts(Vec<String>),
}

/// Returns the names that may be meant by what was typed, sorted and each once; where there are too many, how far they go
/// on alike.
pub(super) fn narrow(names: Vec<Cow<str>>, typed: &str, matching: Matching) -> Narrowed {
    let is_for_shell = matching == Matching::ByShell && names.len() <= MOST;
    let fitting = if is_for_shell || typed.is_empty() { names } else { fitting(names, typed) };
    if fitting.len() > MOST {
        return Narrowed::Parts(parts(&fitting));
    }
    let mut names: Vec<String> = fitting.into_iter().map(Cow::into_owned).collect();
    names.sort_unstable();
    names.dedup();
    Narrowed::Names(names)
}

/// Names that begin with what was typed; if none does, those that begin so in other letters' case.
fn fitting<'a>(mut names: Vec<Cow<'a, str>>, typed: &str) -> Vec<Cow<'a, str>> {
    let is_alike = |name: &Cow<str>| name.get(..typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(typed));
    match names.iter().any(|name| name.starts_with(typed)) {
        true => names.retain(|name| name.starts_with(typed)),
        false => names.retain(is_alike),
    }
    names
}

/// Puts names together that go on with the same character after what all have in common, each group as far as it goes.
fn parts(names: &[Cow<str>]) -> Vec<String> {
    let common = names.iter().skip(1).fold(names[0].as_ref(), |common, name| common_start(common, name));
    let mut groups: BTreeMap<Option<char>, &str> = BTreeMap::new();
    for name in names {
        let group = groups.entry(name[common.len()..].chars().next()).or_insert(name);
        *group = common_start(group, name);
    }
    groups.into_values().map(String::from).collect()
}

fn common_start<'a>(one: &'a str, other: &str) -> &'a str {
    if other.starts_with(one) {
        return one;
    }
    let differing = one.char_indices().zip(other.chars()).find(|((_, a), b)| a != b);
    let end = differing.map_or(one.len().min(other.len()), |((at, _), _)| at);
    &one[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    fn written<'a>(names: &[&'a str]) -> Vec<Cow<'a, str>> {
        names.iter().map(|name| Cow::Borrowed(*name)).collect()
    }

    #[test]
    fn a_shell_that_matches_gets_all_names() {
        let all = narrow(written(&["prod", "dev", "prod"]), "pr", Matching::ByShell);
        assert_eq!(all, Narrowed::Names(names(&["dev", "prod"])));
    }

    #[test]
    fn case_counts_unless_nothing_fits() {
        let here = |typed| narrow(written(&["Dev", "dev", "É"]), typed, Matching::Here);
        assert_eq!(here("d"), Narrowed::Names(names(&["dev"])));
        assert_eq!(here("DEV"), Narrowed::Names(names(&["Dev", "dev"])));
        assert_eq!(here("e"), Narrowed::Names(vec![]));
    }

    #[test]
    fn too_many_names_are_told_by_how_they_go_on() {
        let many: Vec<Cow<str>> = (0..3000).map(|n| format!("é-{n:04}").into()).chain(written(&["other"])).collect();
        for matching in [Matching::Here, Matching::ByShell] {
            assert_eq!(narrow(many.clone(), "", matching), Narrowed::Parts(names(&["other", "é-"])));
            assert_eq!(narrow(many.clone(), "é", matching), Narrowed::Parts(names(&["é-0", "é-1", "é-2"])));
            let Narrowed::Names(found) = narrow(many.clone(), "é-2", matching) else { panic!("not names") };
            assert_eq!(found.len(), 1000);
        }
    }

    #[test]
    fn a_name_that_others_go_on_from_stays() {
        assert_eq!(parts(&written(&["a", "ab", "abc", "b"])), names(&["a", "b"]));
        assert_eq!(parts(&written(&["xa", "xab", "xabc", "x"])), names(&["x", "xa"]));
        assert_eq!(common_start("aé", "aè"), "a");
    }
}
