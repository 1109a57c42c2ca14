//! Finds section headers that repeat the name of an earlier section.

use super::{Check, Readers};
use crate::config::Severity::{Error, Warning};
use crate::config::file::File;
use crate::config::name::{SectionKind, WhichFile};
use crate::config::scan::Header;
use crate::config::section::Section;
use std::borrow::Cow;
use std::collections::HashMap;

/// The kind and name of a section. For a section that no AWS tool reads, the kind is `None`, and the name is the text
/// between the brackets.
type Name<'a> = (Option<SectionKind>, Cow<'a, str>);

/// The names of the sections that have been checked so far, each with the line number of its header and the text
/// between the brackets.
#[derive(Default)]
pub(super) struct Names<'a>(HashMap<Name<'a>, Named<'a>>);

#[derive(Clone, Copy)]
pub(super) struct Named<'a> {
    pub(super) line: usize,
    pub(super) header: Header,
    /// The text between the brackets, with the blanks at both ends.
    pub(super) inner: &'a str,
}

impl<'a> Names<'a> {
    /// Checks whether an earlier section has the same name.
    pub(super) fn check_repeated(&mut self, check: &mut Check<'a>, name: Name<'a>, here: Named<'a>) {
        let is_default =
            check.file.which == WhichFile::Config && name == (Some(SectionKind::Profile), "default".into());
        let first = *self.0.entry(name).or_insert(here);
        let (line, inner) = (first.line, here.inner);
        if line == here.line || (is_default && default_twice(check, first, here)) {
            return;
        }
        let hint = format!("move the settings to the section in line {line}, and remove this section header");
        if first.inner == inner {
            let message = format!("`[{inner}]` is already in line {line}: the AWS CLI rejects the whole file");
            check.add(Error, message, hint);
        } else {
            let message = format!(
                "`[{inner}]` has the same name as `[{}]` in line {line}: the AWS CLI reads only the later section",
                first.inner
            );
            check.add_difference(Readers::Botocore, message, hint);
        }
    }
}

/// If the file has both `[default]` and `[profile default]`, with different settings, reports which of them is ignored,
/// and returns true.
fn default_twice(check: &mut Check, first: Named, here: Named) -> bool {
    let is_first_plain = first.inner == "default";
    if is_first_plain == (here.inner == "default") || has_same_settings(check.file, first.header, here.header) {
        return false;
    }
    if is_first_plain {
        let message = format!("`[default]` is ignored, because `[{}]` in line {} is later", here.inner, here.line);
        check.add_at(first.line, Warning, message, ONE_DEFAULT);
    } else {
        let message = format!(
            "the AWS CLI and boto3 use this `[default]`, the SDKs and ssox use `[{}]` in line {}",
            first.inner, first.line
        );
        check.add_difference(Readers::Botocore, message, ONE_DEFAULT);
    }
    true
}

const ONE_DEFAULT: &str = "remove one of the two sections";

fn has_same_settings(file: &File, one: Header, other: Header) -> bool {
    let [one, other] = [one, other].map(|header| settings(file, header));
    one.values().eq(other.values())
}

/// Returns the entries below one header.
pub(super) fn settings(file: &File, header: Header) -> Section<'_> {
    let mut section = Section::new("");
    file.add_to(&mut section, &[header]);
    section
}
