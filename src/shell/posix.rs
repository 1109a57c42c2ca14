//! What ssox knows about POSIX shells.
//!
//! One script works in all of them. Of these shells only yash has completion functions.

use super::completion::{CommandLine, MatchedBy};
use super::integration::{Find, Integration};
use crate::context::Context;
use std::path::{Path, PathBuf};

/// The shells dash, ksh93, mksh, yash, and others that follow POSIX.
pub(super) struct Posix;

impl Integration for Posix {
    fn name(&self) -> &'static str {
        "posix"
    }

    fn title(&self) -> &'static str {
        "POSIX shells"
    }

    fn aliases(&self) -> &'static [&'static str] {
        &["sh", "dash", "ksh", "ksh93", "mksh", "yash"]
    }

    fn programs(&self) -> &'static [&'static str] {
        &["sh", "dash", "ash", "busybox", "ksh", "mksh", "lksh", "oksh", "loksh", "yash"]
    }

    fn follows_directories(&self) -> bool {
        false
    }

    fn script(&self) -> &'static str {
        include_str!("../../shell/ssox.sh")
    }

    fn no_prompt_line(&self) -> &'static str {
        "_ssox_no_prompt=1"
    }

    fn rc_files(&self, ctx: &Context, home: &Path) -> Vec<PathBuf> {
        let own = [".kshrc", ".mkshrc", ".yashrc", ".profile"].map(|name| home.join(name));
        ctx.var("ENV").map(|file| home.join(file)).into_iter().chain(own).collect()
    }

    fn rc_file_name(&self) -> &'static str {
        "~/.kshrc or ~/.mkshrc"
    }

    fn unhide(&self) -> &'static str {
        "command -V ssox shows what hides it, unalias ssox removes an alias"
    }

    fn completion_head(&self) -> &'static str {
        "# shellcheck shell=sh\n"
    }

    fn completion_tail(&self) -> &'static str {
        ""
    }

    fn complete(&self, arguments: &[String], find: Find) -> String {
        let Some(line) = CommandLine::parse(arguments, str::to_string) else { return String::new() };
        find(&line, MatchedBy::Shell)
            .reply(|candidate| Some(format!("{}\n{}\n", candidate.value, candidate.description)))
    }
}
