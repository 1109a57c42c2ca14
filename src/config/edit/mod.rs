//! Changes to one of the files that leave every other byte alone: comments, order, spacing, line endings.
//!
//! Deliberately not here: writing the file. Who does that holds the lock, and loads the file under it first.

mod change;
#[cfg(test)]
mod tests;
mod validate;

pub(crate) use validate::check_name;

use super::file::File;
use super::name::SectionKind;
use super::section::Section;
use crate::error::{Error, Result};
use change::{Change, New, Output, Place, assignment, replaced};
use std::collections::HashMap;
use validate::{check_key, check_value, header_line};

/// What is to be changed. Nothing is until [`Edits::finish`]; the last word about a key counts.
#[derive(Debug)]
pub(crate) struct Edits<'a> {
    file: &'a File,
    sections: Vec<Wanted>,
    /// Where in `sections` a name is.
    positions: HashMap<(SectionKind, String), usize>,
}

/// How a section is to be.
#[derive(Debug)]
struct Wanted {
    kind: SectionKind,
    name: String,
    keys: Vec<(String, Option<String>)>,
}

impl<'a> Edits<'a> {
    /// Begins without changes.
    ///
    /// # Errors
    /// Configuration: the file has no path, or bytes that are not text and could not be written back.
    pub(crate) fn new(file: &'a File) -> Result<Self> {
        if file.path.as_os_str().is_empty() {
            let variable = file.which.variable();
            return Err(Error::configuration(format!("{variable} is set and empty: there is no file to write"))
                .hint(format!("take {variable} out of the environment, or set it to a path")));
        }
        if file.is_lossy {
            let path = file.path.display();
            return Err(Error::configuration(format!("`{path}` is not UTF-8, and is not changed"))
                .hint(format!("iconv -f latin1 -t utf-8 '{path}' > '{path}.utf-8'")));
        }
        file.index();
        Ok(Self { file, sections: Vec::new(), positions: HashMap::new() })
    }

    /// Sets a key; a section that is not there is added at the end of the file.
    ///
    /// # Errors
    /// Configuration: a name, key or value that not every AWS tool would read as it was meant.
    pub(crate) fn set(&mut self, kind: SectionKind, name: &str, key: &str, value: &str) -> Result<()> {
        check_key(key)?;
        check_value(key, value)?;
        if self.file.find(kind, name).is_empty() {
            header_line(self.file.which, kind, name)?;
        }
        self.wanted(kind, name).set(key, Some(value.into()));
        Ok(())
    }

    /// Takes a key out, wherever the section has it.
    pub(crate) fn unset(&mut self, kind: SectionKind, name: &str, key: &str) {
        self.wanted(kind, name).set(key, None);
    }

    /// Returns the new text.
    pub(crate) fn finish(&self) -> String {
        let mut changes: Vec<Change> = self.sections.iter().flat_map(|wanted| self.changes(wanted)).collect();
        changes.sort_by_key(|change| (change.span.start, change.span.end));
        let mut output = Output::like(&self.file.text);
        let mut done = 0;
        for change in &changes {
            let start = change.span.start.max(done);
            output.text.push_str(&self.file.text[done..start]);
            output.add(&change.new);
            done = change.span.end.max(start);
        }
        output.text.push_str(&self.file.text[done..]);
        self.sections.iter().filter(|wanted| self.is_added(wanted)).for_each(|wanted| self.append(wanted, &mut output));
        output.text
    }

    fn wanted(&mut self, kind: SectionKind, name: &str) -> &mut Wanted {
        let position = *self.positions.entry((kind, name.into())).or_insert_with(|| {
            self.sections.push(Wanted { kind, name: name.into(), keys: Vec::new() });
            self.sections.len() - 1
        });
        &mut self.sections[position]
    }

    fn changes(&self, wanted: &Wanted) -> Vec<Change> {
        let headers = self.file.find(wanted.kind, &wanted.name);
        let Some(last) = headers.last() else { return Vec::new() };
        let mut section = Section::new(wanted.name.as_str());
        self.file.add_to(&mut section, &headers);
        let place = Place::below(&self.file.text, *last);
        let change = |(key, value): &(String, Option<String>)| match (section.entry(key), value) {
            (Some(entry), Some(value)) => vec![replaced(&self.file.text, entry, value)],
            (None, Some(value)) => vec![place.line(key, value)],
            (_, None) => {
                let same = section.entries().iter().filter(|entry| entry.key == *key);
                same.map(|entry| Change::cut(entry.span.clone())).collect()
            }
        };
        wanted.keys.iter().flat_map(change).collect()
    }

    fn is_added(&self, wanted: &Wanted) -> bool {
        let is_there = !self.file.find(wanted.kind, &wanted.name).is_empty();
        !is_there && wanted.keys.iter().any(|(_, value)| value.is_some())
    }

    fn append(&self, wanted: &Wanted, output: &mut Output) {
        let Ok(header) = header_line(self.file.which, wanted.kind, &wanted.name) else { return };
        output.separate();
        output.add(&New::Line(header));
        for (key, value) in &wanted.keys {
            if let Some(value) = value {
                output.add(&New::Line(assignment(key, value)));
            }
        }
    }
}

impl Wanted {
    fn set(&mut self, key: &str, value: Option<String>) {
        self.keys.retain(|(other, _)| other != key);
        self.keys.push((key.into(), value));
    }
}
