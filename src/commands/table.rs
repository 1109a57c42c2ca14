//! A table for people, and a JSON array for programs.

use crate::error::printable;
use crate::json;
use crate::parallel::in_parts;
use serde::Serialize;
use std::io;
use unicode_width::UnicodeWidthStr as _;

/// The memory, in bytes, to reserve for each element of a JSON array. Most elements need less.
const ELEMENT: usize = 320;

/// Rows under a heading, with each column as wide as its widest cell.
#[derive(Default)]
pub(super) struct Table {
    rows: Vec<Row>,
    widths: Vec<usize>,
}

/// The cells of a row in one text. For each cell, `cells` has the position of its end in the text, and its width.
struct Row {
    text: String,
    cells: Vec<(usize, usize)>,
}

impl Table {
    /// Makes a table with a heading.
    pub(super) fn new(heading: &[&str]) -> Self {
        let mut table = Self::default();
        table.row(heading.iter().map(|name| name.to_uppercase()));
        table
    }

    /// Adds a row; it may be shorter than the heading.
    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = impl AsRef<str>>) {
        let mut row = Row { text: String::new(), cells: Vec::new() };
        for cell in cells {
            let cell = printable(cell.as_ref());
            row.text.push_str(&cell);
            row.cells.push((row.text.len(), width(&cell)));
        }
        // The last cell of a row is not padded, and does not widen its column.
        let padded = &row.cells[..row.cells.len().saturating_sub(1)];
        self.widths.resize(self.widths.len().max(padded.len()), 0);
        self.widths.iter_mut().zip(padded).for_each(|(widest, (_, width))| *widest = (*widest).max(*width));
        self.rows.push(row);
    }

    /// Adds the rows of another table.
    pub(super) fn append(&mut self, other: Self) {
        self.widths.resize(self.widths.len().max(other.widths.len()), 0);
        self.widths.iter_mut().zip(other.widths).for_each(|(widest, width)| *widest = (*widest).max(width));
        self.rows.extend(other.rows);
    }

    /// Returns the table as text.
    pub(super) fn render(&self) -> String {
        self.render_parts().concat()
    }

    /// Returns the text of the table in parts, in the order of the rows. Each part has the lines of many rows; threads
    /// make the parts at the same time.
    pub(super) fn render_parts(&self) -> Vec<String> {
        in_parts(&self.rows, |rows| self.lines(rows))
    }

    fn lines(&self, rows: &[Row]) -> String {
        let mut text = String::new();
        for Row { text: cells, cells: ends } in rows {
            let mut start = 0;
            for (at, (end, width)) in ends.iter().enumerate() {
                text.push_str(&cells[start..*end]);
                let widest = self.widths.get(at).copied().unwrap_or_default();
                text.extend(std::iter::repeat_n(' ', widest.saturating_sub(*width) + 2));
                start = *end;
            }
            text.truncate(text.trim_end_matches(' ').len());
            text.push('\n');
        }
        text
    }
}

fn width(cell: &str) -> usize {
    // `printable` has replaced control characters, so every ASCII character is one column wide.
    if cell.is_ascii() { cell.len() } else { cell.width() }
}

/// Some elements of a JSON array, each on its own line with a comma at the end.
#[derive(Default)]
pub(super) struct Elements(String);

impl Elements {
    /// Makes an empty list of elements, with memory for `count` elements.
    pub(super) fn with_capacity(count: usize) -> Self {
        Self(String::with_capacity(count * ELEMENT))
    }

    /// Adds an element, which is written as JSON.
    pub(super) fn add(&mut self, element: &impl Serialize) {
        self.add_with(|text| json::add_line(text, element));
    }

    /// Adds an element. `write` must append the JSON text of this element to the string that it gets.
    pub(super) fn add_with(&mut self, write: impl FnOnce(&mut String)) {
        self.0.push_str("  ");
        write(&mut self.0);
        self.0.push_str(",\n");
    }
}

/// Writes a JSON array in parts of several elements, each part with one call of the writer. Parts that were written are
/// not kept in memory, because the whole array may have megabytes.
pub(super) struct JsonList<W> {
    out: W,
    /// The part of the JSON array that was added last. It is written when another part is added or the array ends,
    /// because only the last element of the array has no comma.
    last: String,
    written: io::Result<()>,
}

impl<W: io::Write> JsonList<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, last: String::new(), written: Ok(()) }
    }

    /// Adds some elements to the JSON array. Writes nothing if writing an earlier part failed.
    pub(super) fn add(&mut self, Elements(text): Elements) {
        if self.written.is_err() || text.is_empty() {
            return;
        }
        let earlier = std::mem::replace(&mut self.last, text);
        self.written = self.out.write_all(if earlier.is_empty() { "[\n" } else { &earlier }.as_bytes());
    }

    /// Writes the last part and the end of the JSON array.
    ///
    /// # Errors
    /// I/O errors: the first error of the writer.
    pub(super) fn end(mut self) -> io::Result<()> {
        self.written?;
        let end = if self.last.is_empty() { "[]\n" } else { "\n]\n" };
        [without_comma(&self.last), end].iter().try_for_each(|text| self.out.write_all(text.as_bytes()))?;
        self.out.flush()
    }
}

/// Returns a JSON array of all elements.
pub(super) fn json_list(elements: impl Iterator<Item = impl Serialize>) -> String {
    let mut list = Elements::default();
    elements.for_each(|element| list.add(&element));
    if list.0.is_empty() { "[]\n".into() } else { format!("[\n{}\n]\n", without_comma(&list.0)) }
}

fn without_comma(elements: &str) -> &str {
    elements.strip_suffix(",\n").unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = Table::new(&["name", "x"]);
        table.row(["a\u{1b}[31m", "1"]);
        table.row(["longer name"]);
        assert_eq!(table.render(), "NAME    X\na\u{fffd}[31m  1\nlonger name\n");
        table.row(["日本日本", "2"]);
        assert!(table.render().ends_with("日本日本  2\n"), "{}", table.render());
    }

    #[test]
    fn parts_of_an_array_are_one_array() {
        let part = |elements: &[u8]| {
            let mut part = Elements::default();
            elements.iter().for_each(|element| part.add(element));
            part
        };
        let text = |parts: Vec<Elements>| {
            let mut text = Vec::new();
            let mut list = JsonList::new(&mut text);
            parts.into_iter().for_each(|part| list.add(part));
            list.end().unwrap();
            String::from_utf8(text).unwrap()
        };
        assert_eq!(text(vec![part(&[1, 2]), part(&[]), part(&[3])]), "[\n  1,\n  2,\n  3\n]\n");
        assert_eq!(text(vec![]), "[]\n");
        assert_eq!(text(vec![part(&[])]), "[]\n");
        assert_eq!(json_list([1, 2].iter()), text(vec![part(&[1, 2])]));
    }
}
