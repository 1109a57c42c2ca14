//! What all verbs (subcommands) have in common: arguments, how to run them, and what they print.

use crate::context::Context;
use crate::error::{Error, Result};
use crate::secret::Secret;
use std::io;

/// The arguments of a verb. Each verb has a file of its own with its arguments, their help texts, and its code.
pub(crate) trait VerbArgs {
    /// Whether the verb fails if other users can write to the state directory, which has ssox's locks and records.
    /// `false`: the verb also works without this directory, but may show less; or it says how to repair the directory.
    const KEEPS_STATE: bool = true;
    /// Whether the verb may ask a person. Verbs that programs call may not.
    const IS_INTERACTIVE: bool = true;

    /// Runs the verb.
    ///
    /// # Errors
    /// Those of the verb.
    fn run(&self, ctx: &Context) -> Result<Done>;

    /// Tells whether the verb prints JSON, errors included.
    fn wants_json(&self) -> bool {
        false
    }
}

/// What a verb prints on stdout, and its exit status.
#[derive(Debug, Default)]
pub(crate) struct Done {
    pub(crate) stdout: Stdout,
    pub(crate) status: u8,
    /// The error of a verb that failed, but also has output. The exit status of ssox is then the exit status for this
    /// error.
    pub(crate) error: Option<Error>,
}

/// What a verb prints on stdout. Only text with secrets (`Secret`) is wiped from memory after it was printed: other
/// text may be megabytes long.
#[derive(Debug)]
pub(crate) enum Stdout {
    Text(String),
    /// A text in parts, which are written one after the other. Joining them into one text first would take as long as
    /// making them.
    Parts(Vec<String>),
    Secret(Secret),
    /// The text was already written to stdout while it was made, because it may be megabytes long. The value says
    /// whether that succeeded.
    Written(io::Result<()>),
}

impl Stdout {
    /// Writes the text to `out`, unless it was written already.
    ///
    /// # Errors
    /// I/O errors: the text could not be written now, or could not be written before.
    pub(crate) fn write_to(self, mut out: impl io::Write) -> io::Result<()> {
        match self {
            Self::Text(text) => out.write_all(text.as_bytes())?,
            Self::Parts(parts) => parts.iter().try_for_each(|part| out.write_all(part.as_bytes()))?,
            Self::Secret(secret) => out.write_all(secret.expose().as_bytes())?,
            Self::Written(written) => return written,
        }
        out.flush()
    }
}

impl Default for Stdout {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

impl From<String> for Done {
    fn from(text: String) -> Self {
        Self { stdout: Stdout::Text(text), ..Self::default() }
    }
}

impl From<Vec<String>> for Done {
    fn from(parts: Vec<String>) -> Self {
        Self { stdout: Stdout::Parts(parts), ..Self::default() }
    }
}

impl From<io::Result<()>> for Done {
    fn from(written: io::Result<()>) -> Self {
        Self { stdout: Stdout::Written(written), ..Self::default() }
    }
}

impl From<Secret> for Done {
    fn from(secret: Secret) -> Self {
        Self { stdout: Stdout::Secret(secret), ..Self::default() }
    }
}

impl From<()> for Done {
    fn from((): ()) -> Self {
        Self::default()
    }
}

/// Makes the enum of all verbs from a list. Each line has the name of a verb and the type with its arguments; the doc
/// comment of the line is the help text.
macro_rules! verbs {
    ($($(#[$attribute:meta])+ $name:ident($arguments:ty),)+) => {
        // `defer` builds only the verb that is called: building all of them takes a third of a millisecond.
        #[derive(Debug, clap::Subcommand)]
        #[command(defer = true)]
        pub(crate) enum Verb {
            $($(#[$attribute])+ $name($arguments),)+
        }

        impl Verb {
            /// Runs the verb.
            ///
            /// # Errors
            /// Those of the verb. `Configuration`: the verb needs the state directory, and other users can write to
            /// that directory.
            pub(crate) fn run(&self, ctx: &Context) -> Result<Done> {
                match self {
                    $(Self::$name(arguments) => {
                        if <$arguments>::KEEPS_STATE {
                            ctx.check_state()?;
                        }
                        arguments.run(ctx)
                    })+
                }
            }

            /// Tells whether the verb prints JSON, errors included.
            pub(crate) fn wants_json(&self) -> bool {
                match self {
                    $(Self::$name(arguments) => arguments.wants_json(),)+
                }
            }

            /// Tells whether the verb may ask a person. Verbs that programs call may not.
            pub(crate) fn is_interactive(&self) -> bool {
                match self {
                    $(Self::$name(_) => <$arguments>::IS_INTERACTIVE,)+
                }
            }
        }
    };
}
pub(super) use verbs;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::{HUNTER2, assert_redacted};

    #[test]
    fn debug_shows_no_secret_of_what_is_printed() {
        assert_redacted(&Done::from(Secret::new(HUNTER2)));
    }
}
