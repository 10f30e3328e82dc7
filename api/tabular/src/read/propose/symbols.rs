//! Columns with the symbols of others: `value_q` of flat GENESIS tables, `…_symbol` of files that were exported here.

use crate::formula::begins_formula;
use crate::model::Symbol;
use crate::read::propose::layout::Layout;
use crate::read::propose::seen::Seen;
use crate::read::value::symbol;

/// How the headers of such columns end.
const ENDS: [&str; 3] = ["_symbol", "_q", " (Zeichen)"];

/// Per column, the one with its symbols.
pub fn columns(headers: &[String], seen: &[Seen], layout: &Layout) -> Vec<Option<usize>> {
    let beside = |place: usize| {
        let header = headers[place].as_str();
        // A name that another column has already is written with a further `_`.
        let is_beside =
            |it: &String| it.strip_prefix(header).is_some_and(|end| ENDS.contains(&end.trim_end_matches('_')));
        let found = (0..headers.len()).filter(|it| is_beside(&headers[*it]));
        let fits = |it: &usize| layout.data.iter().all(|row| fits(&row[place], &row[*it]));
        found.filter(|_| !header.is_empty() && seen[place].is_measure).find(fits)
    };
    (0..headers.len()).map(beside).collect()
}

/// Whether the symbol in another column goes with a value.
fn fits(value: &str, beside: &str) -> bool {
    let number = Some(value).filter(|it| !it.is_empty() && symbol(it).is_none());
    match beside {
        "" | "e" | "p" | "r" | "s" => true,
        other => match symbol(other) {
            Some(Symbol::Nothing) => number.is_none_or(|it| it.trim_matches(['0', ',', '.', '-']).is_empty()),
            Some(Symbol::Limited) => number.is_some_and(|it| !it.starts_with('(')),
            Some(_) => number.is_none(),
            None => false,
        },
    }
}

/// Whether texts have the apostrophe that exports put before what begins like a formula.
pub fn is_guarded(layout: &Layout) -> bool {
    let is = |it: &String| it.starts_with('\'') && begins_formula(it.trim_start_matches('\''));
    layout.data.iter().flatten().any(is)
}
