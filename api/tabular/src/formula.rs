//! What spreadsheets take for a formula.

use kernel::text::is_invisible;

/// Signs with which a formula begins, also of full width, which spreadsheets take for the usual ones.
const SIGNS: [char; 8] = ['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// Whether a spreadsheet may take a text for a formula: it begins with a sign of one, with characters before it at most that
/// cannot be seen, or with a control character.
pub(crate) fn begins_formula(text: &str) -> bool {
    text.starts_with(char::is_control) || text.trim_start_matches(is_invisible).starts_with(SIGNS)
}
