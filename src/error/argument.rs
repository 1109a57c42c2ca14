//! Writes the names of profiles and sessions, and paths, into the command lines of hints.

use std::path::Path;

/// Returns the name of a profile as the last argument of a command line. It is quoted if a shell needs that, and
/// follows `--` if it starts with `-`.
pub(crate) fn as_argument(name: &str) -> String {
    format!("{}{}", if name.starts_with('-') { "-- " } else { "" }, shell_words::quote(name))
}

/// Returns an option with a name as its value; joined by `=` if the name starts with `-`.
pub(crate) fn as_option(option: &str, name: &str) -> String {
    format!("{option}{}{}", if name.starts_with('-') { "=" } else { " " }, shell_words::quote(name))
}

/// Returns a path as an argument of a command line, quoted if a shell needs that. `./` is put before a path that starts
/// with `-`.
pub(crate) fn path_argument(path: &Path) -> String {
    let path = path.to_string_lossy();
    shell_words::quote(&if path.starts_with('-') { format!("./{path}").into() } else { path }).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_argument_of_a_command_line() {
        for (path, argument) in [
            ("/home/a/.aws/config", "/home/a/.aws/config"),
            ("/home/a b/config", "'/home/a b/config'"),
            ("/home/o'neil/x; rm y", r"'/home/o'\''neil/x; rm y'"),
            ("-rf", "./-rf"),
        ] {
            assert_eq!(path_argument(Path::new(path)), argument);
        }
    }

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
