//! The names of regions.

use crate::error::{Error, Result};

/// Checks that a region can be part of a host name, because it becomes part of endpoints and variables. `what` starts the
/// message.
pub(crate) fn check_region(what: &str, region: &str) -> Result<()> {
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if (1..=40).contains(&region.len()) && region.chars().all(is_word) {
        return Ok(());
    }
    let is_option = what.starts_with("--");
    let more = if is_option { "" } else { "; ssox doctor shows the line" };
    Err(Error::configuration(format!("{what}: `{region}` is not a region"))
        .hint(format!("a region looks like `eu-west-1`{more}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_a_word_for_a_host_name() {
        assert!(check_region("x", "eu-west-1").is_ok());
        for region in ["", "eu west", "a/b", "x.evil.example", "EU", "$(id)"] {
            assert!(check_region("x", region).is_err(), "{region}");
        }
    }
}
