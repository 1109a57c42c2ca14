//! Patterns for names with `*`, `?` and `[…]`. They match whole names and are case-sensitive.

use glob::Pattern;

/// A pattern for names.
#[derive(Clone, Debug)]
pub(crate) struct NameGlob(Pattern);

impl NameGlob {
    /// Parses a pattern; an invalid pattern matches only a name that is the same text. `**` is replaced by `*`, because
    /// the crate `glob` uses `**` for directories.
    pub(crate) fn new(glob: &str) -> Self {
        let mut single = glob.to_string();
        while single.contains("**") {
            single = single.replace("**", "*");
        }
        let literal = || Pattern::new(&Pattern::escape(glob)).expect("an escaped text is a valid pattern");
        Self(Pattern::new(&single).unwrap_or_else(|_| literal()))
    }

    /// Returns the pattern that matches only this name.
    pub(crate) fn literal(name: &str) -> String {
        Pattern::escape(name)
    }

    /// Tells whether the pattern matches the whole name.
    pub(crate) fn matches(&self, name: &str) -> bool {
        self.0.matches(name)
    }
}
