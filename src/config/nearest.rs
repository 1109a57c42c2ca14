//! Suggests names that are similar to a mistyped one. There is no suggestion if no name is similar.

use super::Section;
use strsim::osa_distance;

/// The highest number of suggestions.
const MOST: usize = 3;

/// Returns at most [`MOST`] candidates that are similar to a name, the best first: those that differ by typing errors,
/// then those that contain the name.
pub(crate) fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Vec<String> {
    let lower = name.to_lowercase();
    let allowed = (lower.chars().count() / 3).clamp(1, 3);
    let rank = |candidate: &'a str| {
        let other = candidate.to_lowercase();
        let distance = distance_within(allowed, &lower, &other);
        let is_part = || !lower.is_empty() && (other.starts_with(&lower) || lower.len() >= 3 && other.contains(&lower));
        distance.or_else(|| is_part().then_some(allowed + 1)).map(|distance| (distance, candidate.len(), candidate))
    };
    let mut near: Vec<(usize, usize, &str)> = candidates.filter_map(rank).collect();
    near.sort_unstable();
    near.dedup();
    near.truncate(MOST);
    near.into_iter().map(|(_, _, name)| name.to_string()).collect()
}

/// Returns how many letters must be inserted, removed, replaced or swapped to turn one text into the other. Returns
/// `None` if there are more than `allowed`.
pub(super) fn distance_within(allowed: usize, one: &str, other: &str) -> Option<usize> {
    let too_long = one.chars().count().abs_diff(other.chars().count()) > allowed;
    if too_long {
        return None;
    }
    Some(osa_distance(one, other)).filter(|distance| *distance <= allowed)
}

/// Returns a hint if the section has a config key that looks like a misspelling of `key`.
pub(crate) fn misspelt(section: &Section, key: &str) -> Option<String> {
    let near = nearest(key, section.keys().filter(|known| *known != key));
    near.first().map(|near| format!("`{near}` looks like a misspelling: write `{key}` in ~/.aws/config"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_errors_find_their_name() {
        let names = ["dev", "staging", "prod-eu", "sso_session"];
        for (typed, meant) in
            [("dve", "dev"), ("stagin", "staging"), ("prod", "prod-eu"), ("sso_sssion", "sso_session"), ("DEV", "dev")]
        {
            assert_eq!(nearest(typed, names.into_iter()), [meant], "{typed}");
        }
        assert_eq!(nearest("st", names.into_iter()), ["staging"]);
        assert!(nearest("elsewhere", names.into_iter()).is_empty());
        assert!(nearest("", names.into_iter()).is_empty());
    }

    #[test]
    fn the_best_three_come_first() {
        let names = ["prod-eu-west-1", "prod-us", "prot", "pro", "prod-eu", "prod-eu"];
        assert_eq!(nearest("prod", names.into_iter()), ["pro", "prot", "prod-eu"]);
    }
}
