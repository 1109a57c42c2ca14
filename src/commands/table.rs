//! A table for people, and a JSON array for programs.

use crate::error::printable;
use crate::json;
use serde::Serialize;
use unicode_width::UnicodeWidthStr as _;

/// Rows under a heading, with each column as wide as its widest cell.
pub(super) struct Table(Vec<Vec<String>>);

impl Table {
    /// Starts with the heading.
    pub(super) fn new(heading: &[&str]) -> Self {
        Self(vec![heading.iter().map(|name| name.to_uppercase()).collect()])
    }

    /// Adds a row; it may be shorter than the heading.
    pub(super) fn row(&mut self, cells: &[String]) {
        self.0.push(cells.iter().map(|cell| printable(cell)).collect());
    }

    /// Returns the text; the last cell of a row is not padded and does not widen its column.
    pub(super) fn render(&self) -> String {
        let width = |column: usize| {
            let inner = self.0.iter().filter(|row| column + 1 < row.len());
            inner.map(|row| row[column].width()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.0[0].len()).map(width).collect();
        let mut text = String::new();
        for row in &self.0 {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                line.push_str(cell);
                line.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.width()) + 2));
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

/// A JSON array with each element on its own line.
#[derive(Default)]
pub(super) struct JsonList(String);

impl JsonList {
    /// Adds an element.
    pub(super) fn add(&mut self, element: &impl Serialize) {
        self.0.push_str(if self.0.is_empty() { "[\n  " } else { ",\n  " });
        json::add_line(&mut self.0, element);
    }

    /// Returns the text.
    pub(super) fn finish(mut self) -> String {
        self.0.push_str(if self.0.is_empty() { "[]\n" } else { "\n]\n" });
        self.0
    }
}

/// Returns a JSON array of all elements.
pub(super) fn json_list(elements: impl Iterator<Item = impl Serialize>) -> String {
    let mut list = JsonList::default();
    elements.for_each(|element| list.add(&element));
    list.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = Table::new(&["name", "x"]);
        table.row(&["a\u{1b}[31m".into(), "1".into()]);
        table.row(&["longer name".into()]);
        assert_eq!(table.render(), "NAME    X\na\u{fffd}[31m  1\nlonger name\n");
        table.row(&["日本日本".into(), "2".into()]);
        assert!(table.render().ends_with("日本日本  2\n"), "{}", table.render());
    }
}
