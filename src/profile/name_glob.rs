//! Globs for names: `*`, `?` and `[…]`, against the whole name; case counts.

use glob::Pattern;

/// A glob.
#[derive(Clone, Debug)]
pub(crate) struct NameGlob(Pattern);

impl NameGlob {
    /// Parses a glob; an invalid one matches itself literally. `**` is replaced by `*`, because the crate takes it for
    /// directories.
    pub(crate) fn new(glob: &str) -> Self {
        let mut single = glob.to_string();
        while single.contains("**") {
            single = single.replace("**", "*");
        }
        let literal = || Pattern::new(&Pattern::escape(glob)).expect("an escaped text is a valid pattern");
        Self(Pattern::new(&single).unwrap_or_else(|_| literal()))
    }

    /// Returns the glob that matches one name alone.
    pub(crate) fn literal(name: &str) -> String {
        Pattern::escape(name)
    }

    /// Tells whether the glob matches the whole of a name.
    pub(crate) fn matches(&self, name: &str) -> bool {
        self.0.matches(name)
    }
}
