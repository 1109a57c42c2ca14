//! Joins names for a sentence.

/// How many names are written out. If there are more, the others are only counted.
const MOST: usize = 5;

/// Returns names as text for a sentence: `a`, `b` and `c`. Of eight names: `a`, `b`, `c`, `d`, `e` and 3 more.
pub(super) fn name_list(profiles: &[String]) -> String {
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
    fn many_names_are_five_and_a_number() {
        let of = |count: usize| name_list(&(0..count).map(|n| n.to_string()).collect::<Vec<_>>());
        assert_eq!([of(1), of(2), of(3)], ["`0`", "`0` and `1`", "`0`, `1` and `2`"]);
        assert_eq!(of(8), "`0`, `1`, `2`, `3`, `4` and 3 more");
    }
}
