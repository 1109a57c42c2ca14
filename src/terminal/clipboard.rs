//! Writes to the clipboard of the terminal with an escape sequence (OSC 52). This works even if the terminal is on
//! another machine.

use crate::context::Context;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Copies a text to the clipboard, and tells the person. A terminal that does not support the escape sequence, or does
/// not allow it, ignores the sequence.
pub(crate) fn copy(ctx: &Context, text: &str) {
    super::ask::write(&sequence(ctx, text));
    let tmux = if ctx.var("TMUX").is_some() { "; tmux needs `set -s set-clipboard on`" } else { "" };
    super::say(&format!("the URL is in the clipboard, if your terminal allows that{tmux}"));
}

/// Returns the escape sequence that copies a text to the clipboard. GNU screen passes this sequence on only inside
/// another sequence.
fn sequence(ctx: &Context, text: &str) -> String {
    let sequence = format!("\x1b]52;c;{}\x07", STANDARD.encode(text));
    let is_screen = ctx.var("STY").is_some() && ctx.var("TMUX").is_none();
    if is_screen { format!("\x1bP{sequence}\x1b\\") } else { sequence }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_encoded_so_that_it_cannot_end_the_sequence() {
        let in_screen = Context::new([("STY".to_string(), "1.pts".into())]);
        assert_eq!(sequence(&Context::default(), "a\x07b"), "\x1b]52;c;YQdi\x07");
        assert_eq!(sequence(&in_screen, "a"), "\x1bP\x1b]52;c;YQ==\x07\x1b\\");
    }
}
