//! What the values of a column have in common.

use std::collections::HashSet;

use crate::model::{Cell, ColumnType, PeriodKind, Symbol};
use crate::read::problem::ProblemCode;
use crate::read::profile::{DateForm, FileFormat, Profile};
use crate::read::propose::blank;
use crate::read::propose::layout::Layout;
use crate::read::propose::marks::Marks;
use crate::read::propose::words;
use crate::read::propose::words::HeaderHint;
use crate::read::value;
use crate::read::value::{Precision, Writing};

/// Decimals that are kept at most.
const MAX_DECIMALS: u8 = 9;
/// Units that stand behind numbers in cells, and how columns name them.
const UNITS: [(&str, &str); 5] = [("%", "Prozent"), ("‰", "Promille"), ("€", "EUR"), ("EUR", "EUR"), ("Euro", "EUR")];
/// Symbols that tables have in the place of numbers, or around them.
pub const SYMBOLS: [Symbol; 6] =
    [Symbol::Nothing, Symbol::Secret, Symbol::Blocked, Symbol::Later, Symbol::Unreliable, Symbol::Limited];

/// What the values of a column have in common.
pub struct Seen {
    /// What they are.
    pub kind: ColumnType,
    /// Which periods they are.
    pub period: Option<PeriodKind>,
    /// Decimals that they have at most.
    pub decimals: u8,
    /// Whether they have more decimals than are kept.
    pub round: bool,
    /// The form of dates.
    pub dates: Option<DateForm>,
    /// What should be cut from keys, or the unit behind numbers.
    pub cut: Option<String>,
    /// The unit that stands behind numbers.
    pub unit: Option<&'static str>,
    /// The length to which keys should be filled up.
    pub pad: Option<u8>,
    /// Whether they are counted with.
    pub is_measure: bool,
    /// Whether they are one half of places on the map.
    pub is_coordinate: bool,
    /// Whether there is a row without.
    pub has_blanks: bool,
    /// Letters of the longest one.
    pub longest: usize,
    /// Letters of all of them.
    pub letters: usize,
    /// How many different ones.
    pub distinct: usize,
    /// Whether there is none.
    pub is_empty: bool,
    /// Whether the column has no header.
    pub is_unnamed: bool,
    /// Symbols that stand among them.
    pub symbols: Vec<Symbol>,
    /// The one that seems to stand for all others.
    pub total: Option<String>,
    /// In a column of numbers but for a few texts, the first text and its row.
    pub not_number: Option<(u64, String)>,
}

impl Seen {
    /// Looks at a column.
    pub fn of(layout: &Layout, column: usize, header: &str, marks: &Marks) -> Self {
        let mut known = HashSet::new();
        // In the order of the file: the same file is always seen in the same way.
        let values: Vec<&str> =
            layout.data.iter().map(|it| it[column].as_str()).filter(|it| known.insert(*it)).collect();
        let has_blanks = known.contains("");
        let values: Vec<&str> = values.into_iter().filter(|it| !it.is_empty()).collect();
        let hint = HeaderHint::of(header, column);
        let mut seen = Self {
            kind: ColumnType::Text,
            period: None,
            decimals: 0,
            round: false,
            dates: None,
            cut: None,
            unit: None,
            pad: None,
            is_measure: false,
            is_coordinate: false,
            has_blanks,
            longest: values.iter().map(|it| it.chars().count()).max().unwrap_or(0),
            letters: layout.data.iter().map(|it| it[column].len()).sum(),
            distinct: values.len(),
            is_empty: values.is_empty(),
            is_unnamed: header.is_empty(),
            symbols: Vec::new(),
            total: words::total(&values).map(str::to_owned),
            not_number: None,
        };
        if !values.is_empty() {
            seen.decide(&values, &hint, layout.is_genesis, marks, layout.shown[column]);
            seen.unit = seen.unit.or(layout.units[column]);
        }
        if seen.kind == ColumnType::Text && !hint.is_key() {
            seen.not_number = first_text(layout, column, marks);
        }
        seen
    }

    fn decide(&mut self, values: &[&str], hint: &HeaderHint, is_genesis: bool, marks: &Marks, shown: Option<u8>) {
        let all = |test: &dyn Fn(&str) -> bool| values.iter().all(|it| test(it));
        let date = [DateForm::Dotted, DateForm::Iso, DateForm::Slashed, DateForm::DottedShort]
            .into_iter()
            .find(|form| all(&|it| value::date(it, *form).is_some()));
        let mixed = date.is_none() && all(&value::is_date);
        if date.is_some() || mixed {
            self.dates = date;
            let is_period = is_genesis || hint.is_unnamed || hint.is_time();
            self.kind = if is_period { ColumnType::Period } else { ColumnType::Date };
            self.period = is_period.then_some(PeriodKind::ReferenceDate);
            return;
        }
        let is_time = hint.is_unnamed || hint.is_first || hint.is_time();
        let periods = [PeriodKind::Year, PeriodKind::SchoolYear, PeriodKind::Quarter, PeriodKind::Month];
        let is_period = |kind: &PeriodKind| {
            all(&|it| value::period(it, *kind).is_some())
                && (*kind != PeriodKind::Year || (is_time && all(&|it| ("1900".."2101").contains(&it))))
        };
        if let Some(kind) = periods.into_iter().find(is_period) {
            (self.kind, self.period) = (ColumnType::Period, Some(kind));
            return;
        }
        let is_digits = |it: &str| it.bytes().all(|byte| byte.is_ascii_digit());
        let has_zero = values.iter().any(|it| it.len() > 1 && it.starts_with('0') && is_digits(it));
        if self.is_region(values, hint, is_genesis, has_zero) {
            self.kind = ColumnType::Region;
            return;
        }
        let is_key = has_zero || hint.is_key();
        if !is_key && self.count(values, marks, shown) {
            if hint.is_coordinate() && self.symbols.is_empty() {
                (self.is_measure, self.is_coordinate) = (false, true);
            }
            return;
        }
        if all(&|it| value::boolean(it).is_some() && !matches!(it, "0" | "1")) {
            self.kind = ColumnType::Boolean;
        }
    }

    /// Whether all are official region keys, perhaps without a leading zero that a spreadsheet took away.
    fn is_region(&mut self, values: &[&str], hint: &HeaderHint, is_genesis: bool, has_zero: bool) -> bool {
        let is_named = hint.is_region() || values.contains(&"DG");
        if values.iter().all(|it| value::is_region(it)) {
            let is_known = values.iter().any(|it| *it == "DG" || it.len() >= 5);
            let is_long = hint.is_unnamed && values.iter().all(|it| it.len() >= 8);
            let is_region = is_known && (has_zero || is_named || is_long || (is_genesis && hint.is_unnamed));
            let cut = is_region && values.iter().all(|it| it.len() == 8 && it.ends_with("000"));
            self.cut = cut.then(|| "000".to_owned());
            return is_region;
        }
        let lost = |length: &u8| {
            let length = usize::from(*length);
            values.iter().all(|it| match it.len() {
                own if own + 1 == length => value::is_region(&format!("0{it}")),
                own if own == length => value::is_region(it),
                _ => *it == "DG",
            })
        };
        self.pad = [5, 8, 12].into_iter().find(lost).filter(|_| is_named);
        self.pad.is_some()
    }

    /// Whether all are numbers or symbols, and at least one is a number.
    fn count(&mut self, values: &[&str], marks: &Marks, shown: Option<u8>) -> bool {
        let unit = UNITS.into_iter().find(|(unit, _)| values.iter().any(|it| bare(it, unit) != *it));
        let values: Vec<&str> = values.iter().map(|it| unit.map_or(*it, |(unit, _)| bare(it, unit))).collect();
        let places = |it: &str| {
            let behind = it.trim_end_matches(')').rsplit_once(marks.decimal);
            behind.map_or(0, |it| it.1.trim_end_matches('0').len().max(it.1.len().min(usize::from(MAX_DECIMALS))))
        };
        let decimals = values.iter().map(|it| places(it)).max().unwrap_or(0);
        let exact = u8::try_from(decimals).ok().filter(|it| *it <= MAX_DECIMALS);
        let precision = match exact {
            Some(decimals) => Precision::exact(decimals),
            None => Precision { decimals: shown.unwrap_or(MAX_DECIMALS).min(MAX_DECIMALS), round: true },
        };
        let writing = writing(marks);
        let cells: Option<Vec<Cell>> = values.iter().map(|it| writing.measure(it, precision).ok()).collect();
        let Some(cells) = cells.filter(|it| it.iter().any(|it| it.symbol.is_none_or(|it| it == Symbol::Limited)))
        else {
            return false;
        };
        self.symbols = Symbol::ALL.into_iter().filter(|it| cells.iter().any(|cell| cell.symbol == Some(*it))).collect();
        self.kind = if precision.decimals == 0 { ColumnType::Integer } else { ColumnType::Decimal };
        (self.decimals, self.round) = (precision.decimals, precision.round);
        self.unit = unit.map(|it| it.1);
        self.cut = unit.map(|it| it.0.to_owned());
        self.is_measure = true;
        true
    }
}

/// A number without the unit behind it.
fn bare<'a>(text: &'a str, unit: &str) -> &'a str {
    let number = text.strip_suffix(unit).map(str::trim_end);
    number.filter(|it| it.ends_with(|it: char| it.is_ascii_digit())).unwrap_or(text)
}

fn writing(marks: &Marks) -> Writing {
    let (decimal, thousands) = (marks.decimal, marks.thousands);
    Writing::of(&Profile { decimal, thousands, symbols: SYMBOLS.to_vec(), ..blank(FileFormat::Csv, None) })
}

/// The first text of a column of which at least half are numbers or dates.
fn first_text(layout: &Layout, column: usize, marks: &Marks) -> Option<(u64, String)> {
    let writing = writing(marks);
    let is_text = |it: &str| {
        let bare = UNITS.iter().find_map(|(unit, _)| Some(bare(it, unit)).filter(|rest| *rest != it)).unwrap_or(it);
        let number = writing.measure(bare, Precision { decimals: MAX_DECIMALS, round: true });
        !value::is_date(it) && matches!(number, Err(ProblemCode::BadNumber | ProblemCode::TooManyDecimals))
    };
    let filled = || layout.data.iter().zip(&layout.lines).filter(|(row, _)| !row[column].is_empty());
    let texts = filled().filter(|(row, _)| is_text(&row[column])).count();
    let first = filled().find(|(row, _)| is_text(&row[column]))?;
    (texts * 2 <= filled().count()).then(|| (*first.1, first.0[column].clone()))
}
