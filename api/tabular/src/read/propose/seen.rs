//! What the values of a column have in common.

use std::collections::HashSet;

use kernel::text::fold;

use crate::model::{Cell, ColumnType, PeriodKind, Symbol};
use crate::read::profile::{DateForm, FileFormat, Profile};
use crate::read::propose::blank;
use crate::read::propose::layout::Layout;
use crate::read::propose::marks::Marks;
use crate::read::value;
use crate::read::value::Writing;

/// Words in the names of columns that hold keys, not numbers.
const KEYS: [&str; 13] = [
    "plz",
    "postleitzahl",
    "zip",
    "postal",
    "nummer",
    "schluessel",
    "key",
    "code",
    "kennziffer",
    "ags",
    "telefon",
    "schulnr",
    "kennung",
];
const REGIONS: [&str; 8] =
    ["ags", "kreis", "gemeinde", "region", "kennziffer", "schluessel", "raumeinheit", "community"];
const TIMES: [&str; 8] = ["jahr", "year", "zeit", "zeitbezug", "zeitraum", "periode", "period", "stichtag"];

/// What the values of a column have in common.
pub struct Seen {
    /// What they are.
    pub kind: ColumnType,
    /// Which periods they are.
    pub period: Option<PeriodKind>,
    /// Decimals that they have at most.
    pub decimals: u8,
    /// The form of dates.
    pub dates: Option<DateForm>,
    /// What should be cut from keys.
    pub cut: Option<String>,
    /// Whether they are counted with.
    pub is_measure: bool,
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
}

impl Seen {
    /// Looks at a column.
    pub fn of(layout: &Layout, column: usize, header: Option<&String>, marks: &Marks) -> Self {
        let header = header.map_or("", String::as_str);
        let values: HashSet<&str> = layout.data.iter().map(|it| it[column].as_str()).collect();
        let has_blanks = values.contains("");
        let values: Vec<&str> = values.into_iter().filter(|it| !it.is_empty()).collect();
        let hint = HeaderHint { name: fold(header), is_unnamed: header.is_empty(), is_first: column == 0 };
        let mut seen = Self {
            kind: ColumnType::Text,
            period: None,
            decimals: 0,
            dates: None,
            cut: None,
            is_measure: false,
            has_blanks,
            longest: values.iter().map(|it| it.chars().count()).max().unwrap_or(0),
            letters: layout.data.iter().map(|it| it[column].len()).sum(),
            distinct: values.len(),
            is_empty: values.is_empty(),
            is_unnamed: header.is_empty(),
            symbols: Vec::new(),
            total: values.iter().find(|it| is_total(it)).map(|it| (*it).to_owned()),
        };
        if !values.is_empty() {
            seen.decide(&values, &hint, layout.is_genesis, marks);
        }
        seen
    }

    fn decide(&mut self, values: &[&str], hint: &HeaderHint, is_genesis: bool, marks: &Marks) {
        let all = |test: &dyn Fn(&str) -> bool| values.iter().all(|it| test(it));
        let date = [DateForm::Dotted, DateForm::Iso, DateForm::Slashed]
            .into_iter()
            .find(|form| all(&|it| value::date(it, *form).is_some()));
        let mixed = date.is_none()
            && all(&|it| [DateForm::Dotted, DateForm::Iso].iter().any(|form| value::date(it, *form).is_some()));
        if date.is_some() || mixed {
            self.dates = date;
            let is_period = is_genesis || hint.is_unnamed || hint.has(&TIMES);
            self.kind = if is_period { ColumnType::Period } else { ColumnType::Date };
            self.period = is_period.then_some(PeriodKind::ReferenceDate);
            return;
        }
        let is_time = hint.is_unnamed || hint.is_first || hint.has(&TIMES);
        let periods = [PeriodKind::Year, PeriodKind::SchoolYear, PeriodKind::Quarter, PeriodKind::Month];
        let is_period = |kind: &PeriodKind| {
            all(&|it| value::period(it, *kind).is_some())
                && (*kind != PeriodKind::Year || (is_time && all(&|it| ("1900".."2101").contains(&it))))
        };
        if let Some(kind) = periods.into_iter().find(is_period) {
            (self.kind, self.period) = (ColumnType::Period, Some(kind));
            return;
        }
        let zero = |it: &str| it.len() > 1 && it.starts_with('0') && it.bytes().all(|byte| byte.is_ascii_digit());
        let has_zero = values.iter().any(|it| zero(it));
        let is_known = values.iter().any(|it| *it == "DG" || it.len() >= 5);
        if all(&value::is_region) && is_known && (has_zero || hint.has(&REGIONS) || values.contains(&"DG")) {
            self.kind = ColumnType::Region;
            self.cut = all(&|it| it.len() == 8 && it.ends_with("000")).then(|| "000".to_owned());
            return;
        }
        let is_key = has_zero || hint.has(&KEYS) || hint.is_id();
        if !is_key && self.count(values, marks) {
            return;
        }
        if all(&|it| value::boolean(it).is_some() && !matches!(it, "0" | "1")) {
            self.kind = ColumnType::Boolean;
        }
    }

    /// Whether all are numbers or symbols, and at least one is a number.
    fn count(&mut self, values: &[&str], marks: &Marks) -> bool {
        let profile = Profile {
            decimal: marks.decimal,
            thousands: marks.thousands,
            symbols: vec![
                Symbol::Nothing,
                Symbol::Secret,
                Symbol::Blocked,
                Symbol::Later,
                Symbol::Unreliable,
                Symbol::Limited,
            ],
            ..blank(FileFormat::Csv, None)
        };
        let writing = Writing::of(&profile);
        let places = |it: &str| it.trim_end_matches(')').rsplit_once(marks.decimal).map_or(0, |it| it.1.len());
        let decimals = values.iter().map(|it| places(it)).max().unwrap_or(0);
        let Some(decimals) = u8::try_from(decimals).ok().filter(|it| *it <= 9) else { return false };
        let cells: Option<Vec<Cell>> = values.iter().map(|it| writing.measure(it, decimals).ok()).collect();
        let Some(cells) = cells.filter(|it| it.iter().any(|it| it.symbol.is_none_or(|it| it == Symbol::Limited)))
        else {
            return false;
        };
        self.symbols = Symbol::ALL.into_iter().filter(|it| cells.iter().any(|cell| cell.symbol == Some(*it))).collect();
        self.kind = if decimals == 0 { ColumnType::Integer } else { ColumnType::Decimal };
        self.decimals = decimals;
        self.is_measure = true;
        true
    }
}

/// What place and name of a column say.
struct HeaderHint {
    name: String,
    is_unnamed: bool,
    is_first: bool,
}

impl HeaderHint {
    fn has(&self, words: &[&str]) -> bool {
        // Short words are found in many others: `ags` in `Mittagsverpflegung`.
        let is = |own: &str, word: &str| {
            own == word || word.len() > 3 && own.ends_with(word) || word.len() > 5 && own.contains(word)
        };
        let own = self.name.split(|it: char| !it.is_alphanumeric());
        own.into_iter().any(|own| words.iter().any(|word| is(own, word)))
    }

    fn is_id(&self) -> bool {
        self.name == "id" || self.name.ends_with("_id") || self.name == "nr" || self.name.ends_with("nr.")
    }
}

fn is_total(text: &str) -> bool {
    ["Insgesamt", "insgesamt", "Zusammen", "zusammen", "Gesamt", "gesamt"].iter().any(|it| text.starts_with(it))
}
