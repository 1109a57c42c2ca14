//! Changes one of the two config files. All bytes outside a change are kept: comments, order, spacing, line endings.
//!
//! Invariant: this module writes no file. The caller takes the lock, then loads the file, and writes the new text.

mod change;
mod sections;
#[cfg(test)]
mod tests;
mod validate;

pub(crate) use validate::check_name;

use super::file::{File, UTF8_HINT};
use super::name::SectionKind;
use crate::error::{Error, Result};
use crate::secret::Secret;
use change::{Change, InsertionPoint, NewText, Output, key_line, replace_value};
use sections::NewSection;
use std::collections::HashMap;
use validate::{check_key, check_value, header_line};

/// The changes that the caller requested; [`Edits::finish`] applies them. A later change of a key replaces an earlier
/// one.
#[derive(Debug)]
pub(crate) struct Edits<'a> {
    file: &'a File,
    sections: Vec<SectionEdit>,
    /// Changes that remove or rename whole sections.
    changes: Vec<Change>,
    added: Vec<NewSection>,
    /// The index of each section in `sections`, by kind and name.
    positions: HashMap<(SectionKind, String), usize>,
}

/// The requested values of one section's keys; `None` removes the key.
#[derive(Debug)]
struct SectionEdit {
    kind: SectionKind,
    name: String,
    keys: Vec<(String, Option<Secret>)>,
}

impl<'a> Edits<'a> {
    /// Makes an empty list of changes to a file.
    ///
    /// # Errors
    /// `Configuration`: the file has no path; or the file is not UTF-8, so that writing it would change other bytes.
    pub(crate) fn new(file: &'a File) -> Result<Self> {
        if file.path.as_os_str().is_empty() {
            let variable = file.which.variable();
            return Err(Error::configuration(format!("{variable} is set and empty, so there is no file to write"))
                .hint(format!("unset {variable}, or set it to the path of a file")));
        }
        if file.is_lossy {
            let message = format!("`{}` is not UTF-8; nothing was changed", file.path.display());
            return Err(Error::configuration(message).hint(UTF8_HINT));
        }
        file.index();
        Ok(Self { file, sections: Vec::new(), changes: Vec::new(), added: Vec::new(), positions: HashMap::new() })
    }

    /// Sets the value of a key. If there is no section with this name, adds one at the end of the file.
    ///
    /// # Errors
    /// `Configuration`: some AWS tools would read the name, key or value differently.
    pub(crate) fn set(&mut self, kind: SectionKind, name: &str, key: &str, value: &str) -> Result<()> {
        check_key(key)?;
        check_value(key, value)?;
        if self.file.find(kind, name).is_empty() {
            header_line(self.file.which, kind, name)?;
        }
        self.section(kind, name).set(key, Some(Secret::new(value)));
        Ok(())
    }

    /// Removes a key from all sections with this name.
    pub(crate) fn unset(&mut self, kind: SectionKind, name: &str, key: &str) {
        self.section(kind, name).set(key, None);
    }

    /// Applies the changes. Returns the new text of the file, which may contain secrets.
    pub(crate) fn finish(&self) -> Secret {
        let of_keys: Vec<Change> = self.sections.iter().flat_map(|section| self.changes(section)).collect();
        let mut changes: Vec<&Change> = self.changes.iter().chain(&of_keys).collect();
        changes.sort_by_key(|change| (change.span.start, change.span.end));
        let mut output = Output::with_endings_of(&self.file.text);
        let mut copied = 0;
        for change in changes {
            let start = change.span.start.max(copied);
            output.text.push_str(&self.file.text[copied..start]);
            output.add(&change.new);
            copied = change.span.end.max(start);
        }
        output.text.push_str(&self.file.text[copied..]);
        for section in self.sections.iter().filter(|section| self.is_new(section)) {
            self.append(section, &mut output);
        }
        self.added.iter().for_each(|section| section.append(&mut output));
        output.text
    }

    fn section(&mut self, kind: SectionKind, name: &str) -> &mut SectionEdit {
        let position = *self.positions.entry((kind, name.into())).or_insert_with(|| {
            self.sections.push(SectionEdit { kind, name: name.into(), keys: Vec::new() });
            self.sections.len() - 1
        });
        &mut self.sections[position]
    }

    fn changes(&self, wanted: &SectionEdit) -> Vec<Change> {
        let headers = self.file.find(wanted.kind, &wanted.name);
        let (Some(last), Some(section)) = (headers.last(), self.file.section(wanted.kind, &wanted.name)) else {
            return Vec::new();
        };
        let insertion_point = InsertionPoint::of(&self.file.text, *last);
        let mut changes = Vec::new();
        for (key, value) in &wanted.keys {
            match (section.entry(key), value) {
                (Some(entry), Some(value)) => changes.push(replace_value(&self.file.text, entry, value.expose())),
                (None, Some(value)) => changes.push(insertion_point.add_key(key, value.expose())),
                (_, None) => {
                    let entries = section.entries().iter().filter(|entry| entry.key == *key);
                    changes.extend(entries.map(|entry| Change::remove(entry.span.clone())));
                }
            }
        }
        changes
    }

    /// Tells whether [`Self::finish`] adds a section to the file, because the file has no section with this name, and
    /// the edit sets at least one key in it.
    fn is_new(&self, wanted: &SectionEdit) -> bool {
        let exists = !self.file.find(wanted.kind, &wanted.name).is_empty();
        !exists && wanted.keys.iter().any(|(_, value)| value.is_some())
    }

    fn append(&self, wanted: &SectionEdit, output: &mut Output) {
        let Ok(header) = header_line(self.file.which, wanted.kind, &wanted.name) else { return };
        output.add_empty_line();
        output.add(&NewText::Line(Secret::new(header)));
        for (key, value) in &wanted.keys {
            if let Some(value) = value {
                output.add(&NewText::Line(key_line(key, value.expose())));
            }
        }
    }
}

impl SectionEdit {
    fn set(&mut self, key: &str, value: Option<Secret>) {
        self.keys.retain(|(other, _)| other != key);
        self.keys.push((key.into(), value));
    }
}
