//! Selects the names that match what was typed. If too many names match, selects their common prefixes.

use crate::shell::completion::{MatchedBy, starts_with_in_any_case};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The highest number of names that are offered. More names make a shell slow, and nobody reads so many.
pub(super) const MAX_NAMES: usize = 1000;

/// The matching names, or their common prefixes if there are too many.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Matches {
    Names(Vec<String>),
    Prefixes(Vec<String>),
}

/// Returns the names that match what was typed, sorted and without repetitions. If more than [`MAX_NAMES`] match,
/// returns their common prefixes instead.
///
/// With `MatchedBy::Shell`, the shell selects the matching names itself. If `names` has at most [`MAX_NAMES`] elements,
/// all of them are returned, whatever was typed; if it has more, the names that match are returned, as above.
pub(super) fn matches(names: Vec<Cow<str>>, typed: &str, matched_by: MatchedBy) -> Matches {
    let is_for_shell = matched_by == MatchedBy::Shell && names.len() <= MAX_NAMES;
    let matching = if is_for_shell || typed.is_empty() { names } else { matching(names, typed) };
    if matching.len() > MAX_NAMES {
        return Matches::Prefixes(prefixes(&matching));
    }
    let mut names: Vec<String> = matching.into_iter().map(Cow::into_owned).collect();
    names.sort_unstable();
    names.dedup();
    Matches::Names(names)
}

/// Returns the names that start with what was typed. If no name does, returns the names that start with it when case is
/// ignored.
fn matching<'a>(mut names: Vec<Cow<'a, str>>, typed: &str) -> Vec<Cow<'a, str>> {
    if names.iter().any(|name| name.starts_with(typed)) {
        names.retain(|name| name.starts_with(typed));
    } else {
        names.retain(|name| starts_with_in_any_case(name, typed));
    }
    names
}

/// Groups names by the character after their common prefix, and returns the longest common prefix of each group.
fn prefixes(names: &[Cow<str>]) -> Vec<String> {
    let common = names.iter().skip(1).fold(names[0].as_ref(), |common, name| common_start(common, name));
    let mut groups: BTreeMap<Option<char>, &str> = BTreeMap::new();
    for name in names {
        let prefix = groups.entry(name[common.len()..].chars().next()).or_insert(name);
        *prefix = common_start(prefix, name);
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
    fn a_shell_that_matches_itself_gets_all_names() {
        let all = matches(written(&["prod", "dev", "prod"]), "pr", MatchedBy::Shell);
        assert_eq!(all, Matches::Names(names(&["dev", "prod"])));
    }

    #[test]
    fn case_matters_unless_nothing_matches() {
        let here = |typed| matches(written(&["Dev", "dev", "É"]), typed, MatchedBy::Ssox);
        assert_eq!(here("d"), Matches::Names(names(&["dev"])));
        assert_eq!(here("DEV"), Matches::Names(names(&["Dev", "dev"])));
        assert_eq!(here("e"), Matches::Names(vec![]));
    }

    #[test]
    fn too_many_names_become_prefixes() {
        let many: Vec<Cow<str>> = (0..3000).map(|n| format!("é-{n:04}").into()).chain(written(&["other"])).collect();
        for matched_by in [MatchedBy::Ssox, MatchedBy::Shell] {
            assert_eq!(matches(many.clone(), "", matched_by), Matches::Prefixes(names(&["other", "é-"])));
            assert_eq!(matches(many.clone(), "é", matched_by), Matches::Prefixes(names(&["é-0", "é-1", "é-2"])));
            let Matches::Names(found) = matches(many.clone(), "é-2", matched_by) else { panic!("not names") };
            assert_eq!(found.len(), 1000);
        }
    }

    #[test]
    fn a_name_that_is_a_prefix_of_others_is_offered() {
        assert_eq!(prefixes(&written(&["a", "ab", "abc", "b"])), names(&["a", "b"]));
        assert_eq!(prefixes(&written(&["xa", "xab", "xabc", "x"])), names(&["x", "xa"]));
        assert_eq!(common_start("aé", "aè"), "a");
    }
}
