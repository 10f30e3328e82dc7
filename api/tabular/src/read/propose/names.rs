//! Names, titles and units of columns.

use std::collections::HashSet;

use kernel::text::fold;

use crate::model::{Aggregation, Column, ColumnRole, ColumnType, Disclosure, PeriodKind};
use crate::read::head::JOINT;
use crate::read::pattern::Pattern;
use crate::read::profile::{DateForm, From, ProfileColumn, SourceColumn};
use crate::read::propose::roles::KeyColumns;
use crate::read::propose::seen::Seen;
use crate::read::propose::{Note, NoteCode, row_number};
use crate::read::value;

const MAX_NAME: usize = 63;
const UNITS: [&str; 11] =
    ["Anzahl", "Prozent", "%", "EUR", "Euro", "Tsd. EUR", "1000 EUR", "Jahre", "Stunden", "qkm", "ha"];
/// What may be told apart within a whole.
const PARTS: [&str; 6] = ["weiblich", "männlich", "divers", "ausländisch", "Ausländer", "deutsch"];

/// The date of all figures, where it stands above the data and no column has one.
pub fn date_in_head(head: &[String], seen: &[Seen]) -> Option<(Pattern, String)> {
    if seen.iter().any(|it| matches!(it.kind, ColumnType::Period | ColumnType::Date)) {
        return None;
    }
    head.iter().find_map(|text| {
        let words = text.split(|it: char| it.is_whitespace() || "():,;".contains(it));
        let date = words
            .into_iter()
            .map(|it| it.trim_end_matches('.'))
            .find(|it| value::date(it, DateForm::Dotted).is_some() || value::date(it, DateForm::Iso).is_some())?;
        Some((Pattern(text.replacen(date, "{}", 1)), date.to_owned()))
    })
}

/// The columns of the table.
pub fn columns(
    seen: &[Seen],
    keys: &KeyColumns,
    headers: &[String],
    head: Option<&(Pattern, String)>,
    notes: &mut Vec<Note>,
) -> Vec<ProfileColumn> {
    let mut columns = Vec::new();
    if keys.needs_number {
        columns.push(row_number());
    }
    if let Some((pattern, date)) = head {
        let mut stands = column("stichtag", "Stichtag", ColumnType::Period);
        stands.period = Some(PeriodKind::ReferenceDate);
        notes.push(Note::of(NoteCode::DateInHead, &stands.name).value(date));
        columns.push(ProfileColumn { column: stands, from: Some(From::Head(pattern.clone())), cut: None, pad: None });
    }
    let parts: Vec<Vec<&str>> = (0..seen.len()).map(|it| split(headers.get(it).map_or("", String::as_str)).0).collect();
    let mut taken: HashSet<String> = columns.iter().map(|it| it.column.name.clone()).collect();
    let first = columns.len();
    for (place, it) in seen.iter().enumerate() {
        let header = headers.get(place).map_or("", String::as_str);
        let (title, wanted) = match made_up(it, keys.is_key[place]) {
            Some((title, name)) if it.is_unnamed => (title.to_owned(), name.to_owned()),
            _ => (parts[place].join(JOINT), name(distinct_end(&parts, place))),
        };
        let mut made = column(&free(&wanted, &mut taken), &title, it.kind);
        describe(&mut made, it, keys.is_key[place], split(header).1);
        if it.is_unnamed {
            notes.push(Note::of(NoteCode::NameMadeUp, &made.name));
        }
        if it.is_empty {
            notes.push(Note::of(NoteCode::Empty, &made.name));
        }
        if let Some(total) = &made.total {
            notes.push(Note::of(NoteCode::Total, &made.name).value(total));
        }
        let pattern = head.map_or_else(|| header.to_owned(), |(_, date)| header.replacen(date, "{}", 1));
        let source = SourceColumn {
            position: u32::try_from(place + 1).ok(),
            header: (!header.is_empty()).then_some(Pattern(pattern)),
        };
        columns.push(ProfileColumn { column: made, from: Some(From::Column(source)), cut: it.cut.clone(), pad: None });
    }
    part_of(&mut columns[first..], &parts);
    columns
}

/// A column about which nothing more is known.
pub fn column(name: &str, title: &str, kind: ColumnType) -> Column {
    Column {
        name: name.to_owned(),
        title: title.to_owned(),
        description: None,
        kind,
        role: ColumnRole::Dimension,
        unit: None,
        decimals: None,
        period: None,
        codes: Vec::new(),
        total: None,
        aggregation: Aggregation::None,
        disclosure: Disclosure::Count,
        part_of: None,
        indicator: None,
    }
}

fn describe(made: &mut Column, seen: &Seen, is_key: bool, unit: Option<&str>) {
    made.period = seen.period;
    made.decimals = (seen.kind == ColumnType::Decimal).then_some(seen.decimals);
    if !seen.is_measure {
        made.role = if is_key { ColumnRole::Dimension } else { ColumnRole::Attribute };
        made.total = seen.total.clone().filter(|_| is_key && seen.kind == ColumnType::Text);
        return;
    }
    made.role = ColumnRole::Measure;
    made.unit = unit.map(str::to_owned);
    // Whole numbers without another unit are counts; rates and means say nothing when they are added up.
    let is_count = seen.kind == ColumnType::Integer && unit.is_none_or(|it| it == "Anzahl");
    made.aggregation = if is_count { Aggregation::Sum } else { Aggregation::None };
    made.disclosure = if is_count { Disclosure::Count } else { Disclosure::Withheld };
}

fn made_up(seen: &Seen, is_key: bool) -> Option<(&'static str, &'static str)> {
    Some(match (seen.kind, seen.period) {
        (ColumnType::Period, Some(PeriodKind::ReferenceDate)) | (ColumnType::Date, _) => ("Stichtag", "stichtag"),
        (ColumnType::Period, Some(PeriodKind::SchoolYear)) => ("Schuljahr", "schuljahr"),
        (ColumnType::Period, _) => ("Jahr", "jahr"),
        (ColumnType::Region, _) => ("Amtlicher Gemeindeschlüssel", "ags"),
        (ColumnType::Text, _) if !is_key => ("Bezeichnung", "bezeichnung"),
        (ColumnType::Text, _) => ("Merkmal", "merkmal"),
        _ => ("Wert", "wert"),
    })
}

/// The texts of a joined header, and the unit behind them.
fn split(header: &str) -> (Vec<&str>, Option<&str>) {
    let mut parts: Vec<&str> = header.split(JOINT).collect();
    match parts.last() {
        Some(last) if parts.len() > 1 && UNITS.contains(last) => {
            let unit = parts.pop();
            (parts, unit)
        }
        _ => (parts, None),
    }
}

/// The shortest end of a header that no other has.
fn distinct_end<'a>(parts: &'a [Vec<&'a str>], place: usize) -> &'a [&'a str] {
    let own = &parts[place];
    let is_own = |end: &&[&str]| parts.iter().enumerate().all(|(it, other)| it == place || !other.ends_with(end));
    (1..=own.len()).map(|length| &own[own.len() - length..]).find(is_own).unwrap_or(own)
}

fn name(parts: &[&str]) -> String {
    let mut name = String::new();
    for letter in fold(&parts.join(" ")).chars() {
        if letter.is_ascii_alphanumeric() {
            name.push(letter);
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    if !name.starts_with(|it: char| it.is_ascii_lowercase()) {
        name.insert_str(0, "c_");
    }
    name.truncate(MAX_NAME);
    name.trim_end_matches('_').to_owned()
}

fn free(wanted: &str, taken: &mut HashSet<String>) -> String {
    let numbered = (2..).map(|number| {
        let end = format!("_{number}");
        format!("{}{end}", &wanted[..wanted.len().min(MAX_NAME - end.len())])
    });
    let free = std::iter::once(wanted.to_owned()).chain(numbered).find(|it| !taken.contains(it)).unwrap_or_default();
    taken.insert(free.clone());
    free
}

/// Says of women and others that they are a part of all, where both stand side by side.
fn part_of(columns: &mut [ProfileColumn], parts: &[Vec<&str>]) {
    for place in 0..columns.len() {
        let Some((last, before)) = parts[place].split_last() else { continue };
        if columns[place].column.role != ColumnRole::Measure || !PARTS.contains(last) {
            continue;
        }
        let is_whole = |it: &usize| {
            columns[*it].column.kind == columns[place].column.kind
                && columns[*it].column.role == ColumnRole::Measure
                // Two headers of the same text are joined as one.
                && (parts[*it] == before || parts[*it].split_last() == Some((&"Insgesamt", before)))
        };
        let whole = (0..columns.len()).filter(|it| *it != place).find(is_whole);
        columns[place].column.part_of = whole.map(|it| columns[it].column.name.clone());
    }
}
