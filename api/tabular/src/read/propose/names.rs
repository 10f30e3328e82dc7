//! Names, titles and units of columns.

use std::collections::HashSet;

use kernel::text::fold;

use crate::model::{Aggregation, Column, ColumnRole, ColumnType, Disclosure, PeriodKind};
use crate::read::head::JOINT;
use crate::read::pattern::Pattern;
use crate::read::profile::{DateForm, From, ProfileColumn, SourceColumn};
use crate::read::propose::layout::Layout;
use crate::read::propose::roles::KeyColumns;
use crate::read::propose::seen::Seen;
use crate::read::propose::{Note, NoteCode, row_number, words};
use crate::read::value;

const MAX_NAME: usize = 63;
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

/// What is known of a file when its columns are named.
pub struct ColumnFacts<'a> {
    /// What the values have in common, per column of the file.
    pub seen: &'a [Seen],
    /// Which of them tell rows apart.
    pub keys: &'a KeyColumns,
    /// The joined headers, as many as there are columns.
    pub headers: &'a [String],
    /// The date above the data.
    pub head: Option<&'a (Pattern, String)>,
    /// Per column, the one with its symbols.
    pub symbols: &'a [Option<usize>],
}

/// The columns of the table.
pub fn columns(facts: &ColumnFacts<'_>, layout: &Layout, notes: &mut Vec<Note>) -> Vec<ProfileColumn> {
    let ColumnFacts { seen, keys, headers, head, symbols } = facts;
    let mut columns = Vec::new();
    if keys.needs_number {
        columns.push(row_number());
    }
    if let Some((pattern, date)) = head {
        let mut stands = column("stichtag", "Stichtag", ColumnType::Period);
        stands.period = Some(PeriodKind::ReferenceDate);
        notes.push(Note::of(NoteCode::DateInHead, &stands.name).value(date));
        columns.push(ProfileColumn::of(stands, From::Head(pattern.clone())));
    }
    let parts: Vec<Vec<&str>> = headers.iter().map(|it| split(it).0).collect();
    let mut taken: HashSet<String> = columns.iter().map(|it| it.column.name.clone()).collect();
    let first = columns.len();
    let mut places = Vec::new();
    for (place, it) in seen.iter().enumerate() {
        let is_nothing = it.is_empty && it.is_unnamed && layout.faults[place].is_none();
        if is_nothing || symbols.contains(&Some(place)) {
            continue;
        }
        let header = headers[place].as_str();
        let (title, wanted) = match made_up(it, keys.is_key[place]) {
            Some((title, name)) if it.is_unnamed => (title.to_owned(), name.to_owned()),
            _ => (parts[place].join(JOINT), name(distinct_end(&parts, place))),
        };
        let mut made = column(&free(&wanted, &mut taken), &title, it.kind);
        let unit = it.unit.or(split(header).1).map(str::to_owned);
        describe(
            &mut made,
            it,
            keys.is_key[place],
            unit.or_else(|| unit_beside(headers, place, layout)),
            &parts[place],
        );
        tell(&made, it, layout.faults[place].as_ref(), notes);
        let source = |place: usize| {
            let header = &headers[place];
            let pattern = head.map_or_else(|| header.clone(), |(_, date)| header.replacen(date, "{}", 1));
            let header = (!header.is_empty()).then_some(Pattern(pattern));
            SourceColumn { position: u32::try_from(place + 1).ok(), header }
        };
        columns.push(ProfileColumn {
            cut: it.cut.clone(),
            pad: it.pad,
            round: it.round,
            symbols: symbols[place].map(source),
            ..ProfileColumn::of(made, From::Column(source(place)))
        });
        places.push(place);
    }
    part_of(&mut columns[first..], &places, &parts, layout);
    columns
}

/// Tells what should be looked at in a column.
fn tell(made: &Column, seen: &Seen, fault: Option<&(u64, String)>, notes: &mut Vec<Note>) {
    let note = |code| Note::of(code, &made.name);
    if seen.is_unnamed {
        notes.push(note(NoteCode::NameMadeUp));
    }
    if seen.is_empty {
        notes.push(note(NoteCode::Empty));
    }
    if let Some(total) = &made.total {
        notes.push(note(NoteCode::Total).value(total));
    }
    if let Some((row, text)) = fault {
        notes.push(note(NoteCode::CellWithoutValue).value(text).row(*row));
    }
    if let Some((row, text)) = &seen.not_number {
        notes.push(note(NoteCode::NotAllNumbers).value(text).row(*row));
    }
    if let Some(unit) = seen.cut.as_ref().filter(|_| seen.kind.is_number()) {
        notes.push(note(NoteCode::UnitInCells).value(unit));
    }
    if seen.round {
        notes.push(note(NoteCode::Rounded).value(seen.decimals));
    }
    if let Some(length) = seen.pad {
        notes.push(note(NoteCode::ZeroLost).value(length));
    }
}

/// The unit that another column gives to all values of this one, as in flat GENESIS tables.
fn unit_beside(headers: &[String], place: usize, layout: &Layout) -> Option<String> {
    let wanted = format!("{}_unit", headers[place]);
    let beside = headers.iter().position(|it| !headers[place].is_empty() && *it == wanted)?;
    let unit = layout.data.first().map(|it| it[beside].clone()).filter(|it| !it.is_empty())?;
    layout.data.iter().all(|it| it[beside] == unit).then_some(unit)
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

fn describe(made: &mut Column, seen: &Seen, is_key: bool, unit: Option<String>, parts: &[&str]) {
    made.period = seen.period;
    made.decimals = (seen.kind == ColumnType::Decimal).then_some(seen.decimals);
    if !seen.is_measure {
        made.role = if is_key { ColumnRole::Dimension } else { ColumnRole::Attribute };
        made.total = seen.total.clone().filter(|_| is_key && seen.kind == ColumnType::Text);
        return;
    }
    made.role = ColumnRole::Measure;
    // Whole numbers without another unit are counts; rates and means say nothing when they are added up.
    let is_count = seen.kind == ColumnType::Integer
        && unit.as_deref().is_none_or(value::is_count_unit)
        && !words::is_ratio(parts, unit.as_deref());
    made.unit = unit;
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
        Some(last) if parts.len() > 1 && value::is_unit(last) => {
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

/// Says of women and others that they are a part of all, where both stand side by side and are added up.
fn part_of(columns: &mut [ProfileColumn], places: &[usize], parts: &[Vec<&str>], layout: &Layout) {
    for index in 0..columns.len() {
        let place = places[index];
        let Some((last, before)) = parts[place].split_last() else { continue };
        if columns[index].column.role != ColumnRole::Measure || !PARTS.contains(last) {
            continue;
        }
        let own = &columns[index].column;
        let additive = |it: &Column| {
            let of_unit = it.unit.as_deref().is_some_and(|it| !value::is_count_unit(it));
            it.aggregation == Aggregation::Sum || (of_unit && !words::is_ratio(&parts[place], it.unit.as_deref()))
        };
        let is_whole = |it: &usize| {
            let (other, at) = (&columns[*it].column, places[*it]);
            other.kind == own.kind
                && other.role == ColumnRole::Measure
                && (other.decimals, &other.unit) == (own.decimals, &own.unit)
                // Two headers of the same text are joined as one.
                && (parts[at] == before || parts[at].split_last() == Some((&"Insgesamt", before)))
                && !words::is_ratio(&parts[at], None)
                && (own.kind != ColumnType::Integer || is_within(layout, place, at))
        };
        let whole = (0..columns.len()).filter(|it| *it != index && additive(own)).find(is_whole);
        columns[index].column.part_of = whole.map(|it| columns[it].column.name.clone());
    }
}

/// Whether the values of one column are at most those of another, but for a few mistakes.
fn is_within(layout: &Layout, part: usize, whole: usize) -> bool {
    let digits = |text: &str| {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        digits.parse::<u64>().ok()
    };
    let pairs = || layout.data.iter().filter_map(|it| Some((digits(&it[part])?, digits(&it[whole])?)));
    pairs().filter(|(part, whole)| part > whole).count() * 20 <= pairs().count()
}
