//! Which of the first rows are headers.

use crate::read::propose::layout::FileRow;
use crate::read::value;

const MAX_HEADERS: usize = 12;
/// Rows below that tell what the values of a column are.
const BELOW: usize = 200;

/// How many rows are headers: those without a value in the first column, or those that are unlike the data below.
pub fn count(rows: &[FileRow]) -> usize {
    // A table may begin further right.
    let start = rows.iter().filter_map(|it| it.fields.iter().position(|it| !it.is_empty())).min().unwrap_or(0);
    let is_unnamed = |row: &FileRow| is_unnamed(row, start);
    let first = match rows {
        [first, second, ..] if !is_unnamed(first) => usize::from(
            (!has_value(first, start) && (is_dense(first) || is_unnamed(second)))
                || is_unlike(first, &rows[1..])
                || (names_numbers(first, &rows[1..], start) && is_dense(first)),
        ),
        _ => 0,
    };
    if first == 0 && !rows.first().is_some_and(is_unnamed) {
        return 0;
    }
    let mut count = first;
    while count < MAX_HEADERS && count + 1 < rows.len() {
        let row = &rows[count];
        let is_header = is_unnamed(row)
            || (count > 0 && is_unit_row(row, start))
            || (first > 0
                && !has_value(row, start)
                && is_unlike(row, &rows[count + 1..])
                && names_numbers(row, &rows[count + 1..], start));
        if !is_header {
            break;
        }
        count += 1;
    }
    count
}

fn is_unnamed(row: &FileRow, start: usize) -> bool {
    is_unnamed_text(row, start) && !has_value(row, start)
}

fn is_unnamed_text(row: &FileRow, start: usize) -> bool {
    row.field(start).is_empty() && !row.has_fault()
}

fn is_dense(row: &FileRow) -> bool {
    let begin = row.fields.iter().position(|it| !it.is_empty()).unwrap_or(0);
    row.filled() * 10 >= (row.filled_width() - begin) * 8
}

/// A row of units below headers: `;;;1000;1000`.
fn is_unit_row(row: &FileRow, start: usize) -> bool {
    is_unnamed_text(row, start) && row.fields.iter().filter(|it| !it.is_empty()).all(|it| value::is_unit(it))
}

/// Whether words stand above numbers, and nothing but words.
fn is_unlike(row: &FileRow, below: &[FileRow]) -> bool {
    let (mut words, mut others) = (0, 0);
    for column in (0..row.fields.len()).filter(|it| is_numeric(below, *it)) {
        match row.field(column) {
            "" => {}
            text if is_word(text) => words += 1,
            _ => others += 1,
        }
    }
    words > 0 && others == 0
}

/// Whether a word stands above numbers in the first column.
fn names_numbers(row: &FileRow, below: &[FileRow], start: usize) -> bool {
    is_numeric(below, start) && is_word(row.field(start))
}

/// Whether a column holds numbers, nearly all of them.
fn is_numeric(rows: &[FileRow], column: usize) -> bool {
    let values = rows.iter().take(BELOW).map(|it| it.field(column)).filter(|it| !it.is_empty());
    let (all, numbers) = values.fold((0, 0), |(all, numbers), it| (all + 1, numbers + usize::from(is_number(it))));
    numbers > 0 && numbers * 10 >= all * 9
}

fn is_word(text: &str) -> bool {
    text.chars().filter(|it| it.is_alphabetic()).count() > 1 && !is_number(text)
}

fn is_number(text: &str) -> bool {
    let text = text.trim_end_matches([' ', '\u{a0}', '%', '€']);
    text.bytes().any(|it| it.is_ascii_digit())
        && text.chars().all(|it| it.is_ascii_digit() || ".,-+'\u{2212}".contains(it))
}

/// Whether a field is what only data has: a number, a date, a key.
fn has_value(row: &FileRow, start: usize) -> bool {
    // A date above a column says of when its figures are.
    let is_date = |it: &str| value::is_date(it) || is_year(it);
    row.fields.iter().any(|it| is_number(it) && !is_date(it)) || is_date(row.field(start))
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && ("1900".."2101").contains(&text)
}
