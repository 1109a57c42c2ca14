//! The names that were probably meant.
//!
//! Deliberately not here: guessing. A name that is far from all is met with none.

use strsim::damerau_levenshtein;

/// How many suggestions a person can read.
const MOST: usize = 3;

/// Returns the candidates nearest to a name, best first.
pub(crate) fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Vec<String> {
    let allowed = (name.chars().count() / 3).clamp(1, 3);
    let lower = name.to_lowercase();
    let distance = |candidate: &'a str| {
        let distance = damerau_levenshtein(&lower, &candidate.to_lowercase());
        let is_part = name.len() >= 3 && candidate.to_lowercase().contains(&lower);
        (distance <= allowed || is_part).then_some((distance, candidate))
    };
    let mut near: Vec<(usize, &str)> = candidates.filter_map(distance).collect();
    near.sort_unstable();
    near.dedup();
    near.truncate(MOST);
    near.into_iter().map(|(_, name)| name.to_string()).collect()
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
        assert!(nearest("elsewhere", names.into_iter()).is_empty());
    }
}
