//! From all names to those that are worth telling a shell: what fits what was typed, and not more than it can stand.
//!
//! Deliberately not here: where the names come from.

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

/// Returns the names that may be meant by what was typed; where there are too many, how far they go on alike.
pub(super) fn narrow(names: Vec<String>, typed: &str, matching: Matching) -> Narrowed {
    if matching == Matching::ByShell && names.len() <= MOST {
        return Narrowed::Names(names);
    }
    let fitting = fitting(names, typed);
    match fitting.len() {
        0..=MOST => Narrowed::Names(fitting),
        _ => Narrowed::Parts(parts(&fitting)),
    }
}

/// Names that begin with what was typed; if none does, those that begin so in other letters' case.
fn fitting(mut names: Vec<String>, typed: &str) -> Vec<String> {
    let is_alike = |name: &String| {
        let start = name.get(..typed.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(typed))
    };
    match names.iter().any(|name| name.starts_with(typed)) {
        true => names.retain(|name| name.starts_with(typed)),
        false => names.retain(is_alike),
    }
    names
}

/// Puts names together that go on with the same character after what all have in common, each group as far as it goes.
fn parts(names: &[String]) -> Vec<String> {
    let common = names.iter().skip(1).fold(names[0].as_str(), |common, name| common_start(common, name));
    let mut groups: BTreeMap<Option<char>, &str> = BTreeMap::new();
    for name in names {
        let group = groups.entry(name[common.len()..].chars().next()).or_insert(name);
        *group = common_start(group, name);
    }
    groups.into_values().map(String::from).collect()
}

fn common_start<'a>(one: &'a str, other: &str) -> &'a str {
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

    #[test]
    fn a_shell_that_matches_gets_all_names() {
        let all = names(&["dev", "prod"]);
        assert_eq!(narrow(all.clone(), "pr", Matching::ByShell), Narrowed::Names(all));
    }

    #[test]
    fn case_counts_unless_nothing_fits() {
        let here = |typed| narrow(names(&["Dev", "dev", "É"]), typed, Matching::Here);
        assert_eq!(here("d"), Narrowed::Names(names(&["dev"])));
        assert_eq!(here("DEV"), Narrowed::Names(names(&["Dev", "dev"])));
        assert_eq!(here("e"), Narrowed::Names(vec![]));
    }

    #[test]
    fn too_many_names_are_told_by_how_they_go_on() {
        let many: Vec<String> = (0..3000).map(|n| format!("é-{n:04}")).chain(names(&["other"])).collect();
        for matching in [Matching::Here, Matching::ByShell] {
            assert_eq!(narrow(many.clone(), "", matching), Narrowed::Parts(names(&["other", "é-"])));
            assert_eq!(narrow(many.clone(), "é", matching), Narrowed::Parts(names(&["é-0", "é-1", "é-2"])));
            let Narrowed::Names(found) = narrow(many.clone(), "é-2", matching) else { panic!("not names") };
            assert_eq!(found.len(), 1000);
        }
    }

    #[test]
    fn a_name_that_others_go_on_from_stays() {
        assert_eq!(parts(&names(&["a", "ab", "abc", "b"])), names(&["a", "b"]));
        assert_eq!(parts(&names(&["xa", "xab", "xabc", "x"])), names(&["x", "xa"]));
        assert_eq!(common_start("aé", "aè"), "a");
    }
}
