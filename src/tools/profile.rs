//! Which profile an AWS tool selects.

use super::rules::Tool;
use crate::context::Context;

/// The profile that a tool selects.
pub(super) struct Selected {
    name: String,
    /// The variable that contains the name of the selected profile. `None` if no variable contains a name; then the
    /// tool selects `[default]`.
    variable: Option<&'static str>,
}

impl Selected {
    /// Returns the profile that a tool selects. Reads the tool's variables with profile names, in the tool's order.
    pub(super) fn new(ctx: &Context, tool: &Tool) -> Self {
        let set = |variable: &&'static str| {
            let value = ctx.var_os(variable)?.to_str()?;
            (tool.empty_is_name || !value.is_empty()).then(|| (value.to_string(), *variable))
        };
        match tool.profile_variables.iter().find_map(set) {
            Some((name, variable)) => Self { name, variable: Some(variable) },
            None => Self { name: "default".into(), variable: None },
        }
    }

    /// Returns the name of the selected profile; `default` if no variable contains a name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Tells whether a variable contains the name of the selected profile.
    pub(super) fn is_named(&self) -> bool {
        self.variable.is_some()
    }

    /// Returns the variable that contains the name of the selected profile, or `[default]` if no variable contains a
    /// name.
    pub(super) fn reason(&self) -> &'static str {
        self.variable.unwrap_or("[default]")
    }
}
