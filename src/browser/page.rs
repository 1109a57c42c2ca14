//! The HTML page that ssox's local servers show in a browser: a title and one or two sentences, which say, for example,
//! whether signing in worked.

use crate::error::printable;

const TEMPLATE: &str = include_str!("page.html");

/// The texts of a page that ssox shows in the browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) tone: Tone,
    pub(crate) title: &'static str,
    pub(crate) text: &'static str,
    /// A second, smaller line; it may contain text from outside, so it is escaped.
    pub(crate) detail: String,
}

/// Whether the page reports a failure (`Bad`), or a success or a redirect (`Good`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Good,
    Bad,
}

impl Page {
    /// Returns the page as HTML.
    pub(crate) fn html(&self) -> String {
        let tone = match self.tone {
            Tone::Good => "good",
            Tone::Bad => "bad",
        };
        // The detail is inserted last, so that a placeholder in it is not replaced.
        TEMPLATE
            .replace("{{tone}}", tone)
            .replace("{{title}}", self.title)
            .replace("{{text}}", self.text)
            .replace("{{detail}}", &escape(&self.detail))
    }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in printable(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_others_is_escaped() {
        let detail = "<script>alert('1')</script> & \"{{title}}\"".into();
        let html = Page { tone: Tone::Bad, title: "T", text: "", detail }.html();
        assert!(html.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;{{title}}&quot;"));
        assert!(!html.contains("<script"));
    }
}
