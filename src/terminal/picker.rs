//! Lets a person choose one of many rows by typing parts of the row's text. It reads the terminal even if stdin is
//! redirected, draws on stderr, and restores the terminal's settings. Rows that match equally well are shown in their
//! original order.

use crate::context::Context;
use crate::error::{Error, ErrorKind, Result, printable};
use crossterm::cursor::{MoveUp, RestorePosition, SavePosition};
use crossterm::execute;
use crossterm::style::Print;
use crossterm::terminal::{Clear, ClearType};
use inquire::{InquireError, Select};
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use std::cell::RefCell;
use std::fmt;
use std::io::stderr;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// How many choices an error message contains.
const LISTED: usize = 5;
/// The greatest width to which a column is padded. A wider cell moves only the later cells of its own row.
const WIDEST_COLUMN: usize = 32;
/// How many rows are shown at once.
const PAGE: u16 = 10;
/// How many lines are shown besides the rows: the question, the help, and the line in which the cursor ends.
const AROUND_PAGE: u16 = 3;
/// The width of the marker before each row.
const INDENT: usize = 2;

/// A choice: the key that `pick` returns, and the columns that are shown and searched.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) key: String,
    pub(crate) columns: Vec<String>,
}

impl Row {
    /// Returns the name of the choice: its key, or its first column if the key is empty.
    fn name(&self) -> &str {
        match self.key.as_str() {
            "" => self.columns.first().map_or("", String::as_str),
            key => key,
        }
    }
}

/// Lets a person choose a row, and returns its key. `title` says what is chosen, such as `profile`. `hint` is the hint
/// of the error if no row is chosen.
///
/// # Errors
/// `NeedsPerson`: ssox may not ask (`no_input`), the terminal cannot show the rows, there are no rows, or the person
/// pressed Esc. `Interrupted`: the person pressed Ctrl-C.
pub(crate) fn pick(ctx: &Context, title: &str, hint: &str, rows: &[Row]) -> Result<String> {
    if ctx.no_input || rows.is_empty() || ctx.var("TERM") == Some("dumb") {
        return Err(not_chosen(title, hint, rows));
    }
    let (width, height) =
        terminal_size::terminal_size_of(stderr()).map_or((80, 24), |(width, height)| (usize::from(width.0), height.0));
    let lines = lines(rows, width.saturating_sub(INDENT));
    let ranking = Ranking::new(lines.len());
    let page = height.saturating_sub(AROUND_PAGE + 1).clamp(1, PAGE);
    let room = Room::reserve(page + AROUND_PAGE);
    let chosen = Select::new(&format!("{}:", printable(title)), lines)
        .with_help_message("type to search, Enter to choose, Esc to leave")
        .with_page_size(page.into())
        .with_scorer(&|typed, line: &RowText, _shown, index| ranking.score(typed, line, index))
        .with_formatter(&|chosen| printable(rows[chosen.value.index].name()))
        .prompt();
    match chosen {
        Ok(line) => Ok(rows[line.index].key.clone()),
        Err(InquireError::OperationInterrupted) => {
            room.clear();
            Err(Error::new(ErrorKind::Interrupted, "interrupted"))
        }
        Err(InquireError::OperationCanceled) => Err(Error::needs_person(format!("no {title} was chosen")).hint(hint)),
        Err(_) => Err(not_chosen(title, hint, rows)),
    }
}

/// The lines of the terminal that the picker uses. On Ctrl-C the crate `inquire` leaves its rows on these lines, so
/// ssox clears the lines.
struct Room;

impl Room {
    /// Makes room below the cursor, so that nothing scrolls later, and lets the terminal save the position of the
    /// cursor.
    fn reserve(lines: u16) -> Self {
        let _ = execute!(stderr(), Print("\n".repeat(usize::from(lines))), MoveUp(lines), SavePosition);
        Self
    }

    /// Clears the lines of the picker.
    fn clear(self) {
        let _ = execute!(stderr(), RestorePosition, Clear(ClearType::FromCursorDown));
    }
}

fn not_chosen(title: &str, hint: &str, rows: &[Row]) -> Error {
    if rows.is_empty() {
        return Error::needs_person(format!("there is no {title} to choose")).hint(hint);
    }
    let listed: Vec<String> = rows.iter().take(LISTED).map(|row| format!("`{}`", row.name())).collect();
    let choices = match rows.len().saturating_sub(LISTED) {
        0 => listed.join(", "),
        more => format!("{} and {more} more", listed.join(", ")),
    };
    Error::needs_person(format!("no {title} is given: choose one of {choices}")).hint(hint)
}

/// A row in two forms: the shown text, cut to the width of the terminal, and the searched text, which is complete.
struct RowText {
    index: usize,
    shown: String,
    searched: String,
}

impl fmt::Display for RowText {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.shown)
    }
}

fn lines(rows: &[Row], width: usize) -> Vec<RowText> {
    let widths = column_widths(rows);
    // If the aligned columns are too wide for the terminal, the columns are not aligned.
    let widths = if widths.iter().sum::<usize>() + 2 * widths.len() > width { Vec::new() } else { widths };
    let line = |(index, row): (usize, &Row)| RowText {
        index,
        shown: cut(joined(row, &widths), width),
        searched: joined(row, &[]),
    };
    rows.iter().enumerate().map(line).collect()
}

fn column_widths(rows: &[Row]) -> Vec<usize> {
    let mut widths = Vec::new();
    for row in rows {
        widths.resize(widths.len().max(row.columns.len()), 0);
        for (widest, column) in widths.iter_mut().zip(&row.columns) {
            *widest = column.width().min(WIDEST_COLUMN).max(*widest);
        }
    }
    widths
}

fn joined(row: &Row, widths: &[usize]) -> String {
    let mut text = String::new();
    let columns = row.columns.iter().zip(widths.iter().copied().chain(std::iter::repeat(0)));
    for (column, width) in columns.filter(|(column, width)| *width > 0 || !column.is_empty()) {
        let column = printable(column);
        let padding = width.saturating_sub(column.width()) + 2;
        text.push_str(&column);
        text.extend(std::iter::repeat_n(' ', padding));
    }
    text.truncate(text.trim_end().len());
    text
}

/// Cuts a text to a width in columns.
pub(super) fn cut(text: String, width: usize) -> String {
    if text.width() <= width {
        return text;
    }
    let mut left = width.saturating_sub(1);
    let fits = |c: &char| {
        let needed = c.width().unwrap_or(0);
        let is_fitting = needed <= left;
        left = left.saturating_sub(needed);
        is_fitting
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

/// Ranks rows by how well they match what was typed. Rows that match equally well keep their original order.
struct Ranking {
    count: usize,
    state: RefCell<(Matcher, String, Pattern)>,
}

impl Ranking {
    fn new(count: usize) -> Self {
        Self { count, state: RefCell::new((Matcher::new(Config::DEFAULT), String::new(), Pattern::default())) }
    }

    fn score(&self, typed: &str, line: &RowText, index: usize) -> Option<i64> {
        let (matcher, matched, pattern) = &mut *self.state.borrow_mut();
        if typed != matched {
            matched.replace_range(.., typed);
            pattern.reparse(typed, CaseMatching::Ignore, Normalization::Smart);
        }
        let score = pattern.score(Utf32Str::new(&line.searched, &mut Vec::new()), matcher)?;
        let order = i64::try_from(self.count - index).unwrap_or(i64::MAX);
        Some((i64::from(score) << 32) + order)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(columns: &[&str]) -> Row {
        Row { key: columns[0].into(), columns: columns.iter().map(|column| (*column).into()).collect() }
    }

    fn best(typed: &str, rows: &[Row]) -> Vec<String> {
        let lines = lines(rows, 80);
        let ranking = Ranking::new(lines.len());
        let score = |line: &RowText| Some((ranking.score(typed, line, line.index)?, line.index));
        let mut found: Vec<_> = lines.iter().filter_map(score).collect();
        found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        found.into_iter().map(|(_, index)| rows[index].key.clone()).collect()
    }

    #[test]
    fn every_column_is_searched_in_any_order() {
        let rows = [
            row(&["dev", "Sandbox", "111122223333", "ReadOnly", "eu-west-1"]),
            row(&["prod", "Shop", "444455556666", "Admin", "us-east-1"]),
        ];
        for typed in ["prd", "shop", "4444", "admin", "us-east", "admin prod", "PROD"] {
            assert_eq!(best(typed, &rows), ["prod"], "{typed}");
        }
    }

    #[test]
    fn rows_that_match_equally_well_keep_their_order() {
        let rows = [row(&["b-dev"]), row(&["a-dev"]), row(&["c-dev"])];
        assert_eq!(best("", &rows), ["b-dev", "a-dev", "c-dev"]);
        assert_eq!(best("dev", &rows), ["b-dev", "a-dev", "c-dev"]);
    }

    #[test]
    fn a_row_is_one_line_that_fits_and_has_no_control_characters() {
        let rows = [row(&["a\u{1b}[31m\nb\u{202e}", "日本日本日本", "x"])];
        let line = &lines(&rows, 16)[0];
        assert_eq!(line.shown, "a\u{fffd}[31m b\u{fffd}  日本…");
        assert!(line.searched.ends_with("日本日本日本  x"));
    }

    #[test]
    fn columns_are_aligned_where_there_is_room() {
        let rows = [row(&["a", "", "x"]), row(&["long", "1", "y"])];
        let shown: Vec<String> = lines(&rows, 40).into_iter().map(|line| line.shown).collect();
        assert_eq!(shown, ["a        x", "long  1  y"]);
    }

    #[test]
    fn without_a_person_the_choices_are_listed() {
        let mut ctx = Context::default();
        ctx.no_input = true;
        let rows: Vec<Row> = (0..7).map(|n| row(&[format!("p{n}").as_str()])).collect();
        let error = pick(&ctx, "profile", "ssox use NAME", &rows).unwrap_err();
        assert_eq!(error.kind.exit_status(), 3);
        assert_eq!(error.message, "no profile is given: choose one of `p0`, `p1`, `p2`, `p3`, `p4` and 2 more");
        assert_eq!(error.first_hint(), Some("ssox use NAME"));
    }
}
