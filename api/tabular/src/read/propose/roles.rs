//! Which columns tell rows apart.

use std::collections::{HashMap, HashSet};

use crate::model::{ColumnRole, ColumnType};
use crate::read::cell::CellReader;
use crate::read::profile::{From, Profile};
use crate::read::propose::layout::Layout;
use crate::read::propose::seen::Seen;
use crate::read::value::MAX_KEY;

/// Letters that texts have on average which are hardly keys.
const LONG: usize = 60;

/// The columns that tell rows apart.
pub struct KeyColumns {
    /// Per column, whether it is one of them.
    pub is_key: Vec<bool>,
    /// Whether they do not suffice.
    pub needs_number: bool,
}

/// Finds the columns that tell rows apart: those that do not follow from another.
pub fn keys(seen: &[Seen], rows: &[Vec<String>]) -> KeyColumns {
    let may =
        |it: &Seen| !it.is_measure && !it.is_coordinate && !it.has_blanks && !it.is_empty && it.longest <= MAX_KEY;
    let is_short = |it: &Seen| it.letters / rows.len().max(1) <= LONG;
    let mut is_key: Vec<bool> = seen.iter().map(|it| may(it) && is_short(it)).collect();
    let is_period = |it: usize| seen[it].kind == ColumnType::Period;
    let mut texts: Vec<usize> =
        (0..seen.len()).filter(|it| is_key[*it] && !is_period(*it) && seen[*it].kind != ColumnType::Region).collect();
    // Names are longer than codes: of two that say the same the longer one follows from the shorter.
    texts.sort_by_key(|it| std::cmp::Reverse((seen[*it].letters, *it)));
    for column in texts {
        let others = (0..seen.len()).filter(|it| *it != column && is_key[*it] && !is_period(*it));
        let follows = seen[column].distinct == 1 || others.into_iter().any(|other| follows(rows, other, column));
        is_key[column] = !follows;
    }
    let mut needs_number = !is_unique(rows, &is_key);
    for column in 0..seen.len() {
        if needs_number && !is_key[column] && may(&seen[column]) {
            is_key[column] = true;
            needs_number = !is_unique(rows, &is_key);
        }
    }
    KeyColumns { is_key, needs_number }
}

fn follows(rows: &[Vec<String>], from: usize, column: usize) -> bool {
    let mut known: HashMap<&str, &str> = HashMap::new();
    rows.iter().all(|row| *known.entry(&row[from]).or_insert(&row[column]) == row[column])
}

fn is_unique(rows: &[Vec<String>], is_key: &[bool]) -> bool {
    let mut known = HashSet::new();
    rows.iter().all(|row| {
        let key: Vec<&str> = row.iter().zip(is_key).filter(|(_, key)| **key).map(|(it, _)| it.as_str()).collect();
        known.insert(key)
    })
}

/// Whether the dimensions of a proposal tell all rows apart once their values are read.
pub fn keys_hold(profile: &Profile, layout: &Layout) -> bool {
    let keys = profile.columns.iter().filter(|it| it.column.role == ColumnRole::Dimension);
    let keys: Vec<(usize, CellReader)> = keys
        .filter_map(|it| match &it.from {
            Some(From::Column(source)) => Some((source.position? as usize - 1, CellReader::of(profile, it))),
            _ => None,
        })
        .collect();
    let mut known = HashSet::new();
    layout.data.iter().all(|row| {
        let key: Result<Vec<_>, _> = keys.iter().map(|(place, reader)| reader.cell(&row[*place])).collect();
        // A row with a problem is not imported.
        key.map_or(true, |it| known.insert(it))
    })
}
