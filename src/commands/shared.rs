//! Profiles that share one sign-in: how they are named, by every verb that explains it.

/// How many names a sentence has room for.
const MOST: usize = 5;

/// Names profiles: `a`, `b` and 3 more.
pub(super) fn names_of(profiles: &[String]) -> String {
    let quoted: Vec<String> = profiles.iter().take(MOST).map(|name| format!("`{name}`")).collect();
    match (profiles.len().saturating_sub(MOST), quoted.split_last()) {
        (0, Some((last, before @ [_, ..]))) => format!("{} and {last}", before.join(", ")),
        (0, _) => quoted.concat(),
        (more, _) => format!("{} and {more} more", quoted.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_names_are_some_and_a_number() {
        let of = |count: usize| names_of(&(0..count).map(|n| n.to_string()).collect::<Vec<_>>());
        assert_eq!([of(1), of(2), of(3)], ["`0`", "`0` and `1`", "`0`, `1` and `2`"]);
        assert_eq!(of(8), "`0`, `1`, `2`, `3`, `4` and 3 more");
    }
}
