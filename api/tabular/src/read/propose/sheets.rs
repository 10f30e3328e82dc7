//! Which sheet of a workbook has the table.

use std::path::Path;

use crate::read::problem::TableProblem;
use crate::read::profile::Profile;
use crate::read::propose::layout::Layout;
use crate::read::propose::marks::Marks;
use crate::read::propose::seen::Seen;
use crate::read::propose::{Note, NoteCode, layout};
use crate::read::sheet;
use crate::read::sheet::SheetName;
use crate::read::source::ReadLimits;

/// Sheets that are looked at.
const LOOKED_AT: usize = 40;
/// Rows of each that are looked at.
const ROWS: usize = 200;

/// Names the sheet in the profile, unless it is named or the only one, and tells which ones there are.
///
/// # Errors
/// What makes the workbook unreadable.
pub fn choose(
    path: &Path,
    profile: &mut Profile,
    limits: ReadLimits,
    notes: &mut Vec<Note>,
) -> Result<(), TableProblem> {
    let sheets = sheet::sheets(path, profile.format, limits)?;
    if sheets.len() < 2 {
        return Ok(());
    }
    if profile.sheet.is_none() {
        let visible: Vec<&SheetName> = sheets.iter().filter(|it| !it.hidden).take(LOOKED_AT).collect();
        let mut best = (0, visible.first().or(sheets.first().as_ref()).map(|it| it.name.clone()));
        for it in visible {
            let found = likeness(path, &Profile { sheet: Some(it.name.clone()), ..profile.clone() }, limits);
            if found > best.0 {
                best = (found, Some(it.name.clone()));
            }
            if found == 2 {
                break;
            }
        }
        profile.sheet = best.1;
    }
    let names: Vec<&str> = sheets.iter().map(|it| it.name.as_str()).collect();
    notes.push(Note::new(NoteCode::Sheets).value(names.join(", ")));
    Ok(())
}

/// How much a sheet is like a table: 2 with a column of figures, 1 with several columns and rows, else 0.
fn likeness(path: &Path, profile: &Profile, limits: ReadLimits) -> u8 {
    let Ok((rows, all)) = layout::rows(path, profile, limits, ROWS) else { return 0 };
    let Some(layout) = Layout::of(&rows, all, true).filter(|it| it.width > 1) else { return 0 };
    let marks = Marks::of(&layout.data);
    let is_figure = |it: usize| {
        let seen = Seen::of(&layout, it, "", &marks);
        seen.is_measure || layout.faults[it].is_some() || seen.not_number.is_some()
    };
    if (0..layout.width).any(is_figure) { 2 } else { u8::from(layout.data.len() > 1) }
}
