//! Shows a URL on the terminal: as a hyperlink (OSC 8) if the terminal supports that, else as plain text.

use crate::address::Address;
use crate::context::{Context, tell};
use crate::error::printable;

/// Shows a URL on a line of its own, so that a person can select all of it. Only `http` and `https` URLs become
/// hyperlinks.
pub(crate) fn show_address(ctx: &Context, url: &str) {
    let shown = printable(url);
    // A text that contains a blank is not shown as a hyperlink: the words after the blank could look like a message of
    // ssox.
    if Address::parse(url).is_some() && super::is_seen() && has_links(ctx) {
        tell(&format!("  \x1b]8;;{shown}\x1b\\{shown}\x1b]8;;\x1b\\"));
    } else {
        tell(&format!("  {shown}"));
    }
}

/// Tells whether the terminal is known to support hyperlinks. Other terminals could show the escape sequence or drop
/// the URL.
fn has_links(ctx: &Context) -> bool {
    let term = ctx.var("TERM").unwrap_or("dumb");
    let program = ctx.var("TERM_PROGRAM").unwrap_or_default();
    if term == "dumb" || (term.starts_with("screen") && program != "tmux") {
        return false;
    }
    let at_least = |name: &str, least: u32| ctx.var(name).and_then(|v| v.parse().ok()).is_some_and(|v: u32| v >= least);
    let terms = ["xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm", "contour", "rio"];
    let programs = ["iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "Tabby", "rio", "mintty", "tmux"];
    at_least("VTE_VERSION", 5000)
        || at_least("KONSOLE_VERSION", 20_12_00)
        || ctx.var("WT_SESSION").is_some()
        || ctx.var("KITTY_WINDOW_ID").is_some()
        || terms.iter().any(|known| term.starts_with(known))
        || programs.contains(&program)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_for_terminals_that_support_them() {
        let xterm = ("TERM", "xterm-256color");
        let table: &[(&[(&str, &str)], bool)] = &[
            (&[], false),
            (&[xterm], false),
            (&[xterm, ("VTE_VERSION", "7800")], true),
            (&[xterm, ("VTE_VERSION", "4200")], false),
            (&[xterm, ("KONSOLE_VERSION", "230801")], true),
            (&[xterm, ("WT_SESSION", "x")], true),
            (&[xterm, ("TERM_PROGRAM", "vscode")], true),
            (&[xterm, ("TERM_PROGRAM", "Apple_Terminal")], false),
            (&[("TERM", "xterm-kitty")], true),
            (&[("TERM", "foot-extra")], true),
            (&[("TERM", "dumb"), ("VTE_VERSION", "7800")], false),
            (&[("TERM", "screen.xterm-256color"), ("VTE_VERSION", "7800")], false),
            (&[("TERM", "screen-256color"), ("TERM_PROGRAM", "tmux")], true),
        ];
        for (vars, expected) in table {
            let ctx = Context::new(vars.iter().map(|(name, value)| ((*name).into(), value.into())));
            assert_eq!(has_links(&ctx), *expected, "{vars:?}");
        }
    }
}
