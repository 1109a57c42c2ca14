//! The profile that is used if the person names none.

use crate::context::Context;

/// Returns the value of the first of these variables that is set and not empty: `SSOX_PROFILE`, `AWS_PROFILE`,
/// `AWS_DEFAULT_PROFILE`. If there is none, returns `default`.
pub(crate) fn implied_name(ctx: &Context) -> &str {
    ["SSOX_PROFILE", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"].iter().find_map(|name| ctx.var(name)).unwrap_or("default")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_that_is_not_empty_names_the_profile() {
        let ctx = |vars: &[(&str, &str)]| Context::new(vars.iter().map(|(n, v)| ((*n).to_string(), (*v).into())));
        assert_eq!(implied_name(&ctx(&[("AWS_PROFILE", ""), ("AWS_DEFAULT_PROFILE", "b")])), "b");
        assert_eq!(implied_name(&ctx(&[("AWS_PROFILE", "a"), ("SSOX_PROFILE", "s")])), "s");
        assert_eq!(implied_name(&ctx(&[])), "default");
    }
}
