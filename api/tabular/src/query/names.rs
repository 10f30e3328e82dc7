//! Columns by the names that a question uses.

use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use kernel::text::clip;

use crate::model::Column;

/// Names that are told where one is not found.
const TOLD: usize = 10;
/// Letters of a wrong value that are told.
const CLIPPED: usize = 80;

/// The position of the column of that name.
pub(super) fn position(columns: &[Column], name: &str, field: &str) -> ApiResult<usize> {
    columns.iter().position(|it| it.name == name).ok_or_else(|| {
        unknown(Text::new("no-such-column"), name, columns.iter().map(|it| it.name.as_str()), field).into()
    })
}

/// The problem that there is nothing of that name, with the names that are near.
pub(super) fn unknown<'a>(text: Text, name: &str, known: impl Iterator<Item = &'a str>, field: &str) -> Problem {
    let mut known: Vec<_> = known.map(|it| (distance(name, it), it)).collect();
    known.sort_unstable();
    let near = known.iter().filter(|it| it.0 <= 2 || it.1.contains(name) && !name.is_empty()).count();
    let told = if near > 0 { near.min(TOLD) } else { TOLD };
    let told: Vec<_> = known.iter().take(told).map(|it| it.1).collect();
    let text = text.with("value", clip(name, CLIPPED)).with("near", told.join(", "));
    Problem::at(UserErrorCode::Invalid, field.to_owned(), text)
}

/// How many letters have to be changed, put in or left out; of long names only the beginning.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().take(CLIPPED).collect();
    let mut line: Vec<usize> = (0..=right.len()).collect();
    for (row, letter) in left.chars().take(CLIPPED).enumerate() {
        let mut diagonal = row;
        line[0] = row + 1;
        for (at, other) in right.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *other);
            diagonal = line[at + 1];
            line[at + 1] = changed.min(line[at] + 1).min(diagonal + 1);
        }
    }
    line[right.len()]
}
