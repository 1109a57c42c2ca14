//! Tells from the command line of a shell process whether the shell reads commands from a person.

/// Options of shells whose value is the next word. The word after such an option is not the name of a script.
const WITH_VALUE: [&str; 10] =
    ["--rcfile", "--init-file", "-o", "+o", "-O", "+O", "-C", "--init-command", "-e", "--execute"];

/// Tells whether a shell with these options reads commands from a person. The options are like those of sh.
pub(super) fn reads_commands(options: &[String]) -> bool {
    reads_commands_with(options, &WITH_VALUE)
}

/// Does the same as [`reads_commands`]. `with_value` lists the options of the shell whose value is the next word.
pub(super) fn reads_commands_with(options: &[String], with_value: &[&str]) -> bool {
    let mut options = options.iter().map(String::as_str);
    while let Some(option) = options.next() {
        let is_long = option.starts_with("--");
        let is_short = option.starts_with(['-', '+']) && !is_long;
        if with_value.contains(&option) {
            options.next();
        } else if option.starts_with("--command") || (is_short && option.contains('c')) || !(is_long || is_short) {
            return false;
        }
    }
    true
}
