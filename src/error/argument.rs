//! Writes the names of profiles and sessions into the command lines of hints.

/// Returns the name of a profile as the last argument of a command line. It is quoted if a shell needs that, and
/// follows `--` if it starts with `-`.
pub(crate) fn as_argument(name: &str) -> String {
    format!("{}{}", if name.starts_with('-') { "-- " } else { "" }, shell_words::quote(name))
}

/// Returns an option with a name as its value; joined by `=` if the name starts with `-`.
pub(crate) fn as_option(option: &str, name: &str) -> String {
    format!("{option}{}{}", if name.starts_with('-') { "=" } else { " " }, shell_words::quote(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_never_looks_like_an_option() {
        for (name, argument, option) in [
            ("dev", "dev", "--profile dev"),
            ("my dev", "'my dev'", "--profile 'my dev'"),
            ("-x", "-- -x", "--profile=-x"),
            ("-x y", "-- '-x y'", "--profile='-x y'"),
        ] {
            assert_eq!((as_argument(name).as_str(), as_option("--profile", name).as_str()), (argument, option));
        }
    }
}
