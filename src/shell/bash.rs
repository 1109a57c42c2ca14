//! What ssox knows about bash.

mod line;

use super::completion::MatchedBy;
use super::integration::{Find, Integration};
use super::section::{code, section};
use crate::context::Context;
use line::BashLine;
use std::path::{Path, PathBuf};

pub(super) struct Bash;

const START: &str = include_str!("../../shell/ssox.start.bash");

impl Integration for Bash {
    fn name(&self) -> &'static str {
        "bash"
    }

    fn programs(&self) -> &'static [&'static str] {
        &["bash"]
    }

    fn is_default(&self) -> bool {
        cfg!(not(windows))
    }

    fn script(&self) -> &'static str {
        include_str!("../../shell/ssox.bash")
    }

    fn start_script(&self) -> Option<String> {
        let part = |name| section(self.script(), name);
        Some(code(&[part("begin"), START, part("end"), ""].join("\n")))
    }

    fn no_prompt_line(&self) -> &'static str {
        "_ssox_no_prompt=1"
    }

    fn rc_files(&self, _: &Context, home: &Path) -> Vec<PathBuf> {
        vec![home.join(".bashrc")]
    }

    fn rc_file_name(&self) -> &'static str {
        "~/.bashrc"
    }

    fn completion_head(&self) -> &'static str {
        "# shellcheck shell=bash\n"
    }

    fn completion_tail(&self) -> &'static str {
        section(START, "registration")
    }

    fn complete(&self, arguments: &[String], find: Find) -> String {
        let Some(line) = BashLine::parse(arguments) else { return String::new() };
        line.reply(find(&line.command_line, MatchedBy::Ssox))
    }
}
