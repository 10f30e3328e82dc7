//! The file in which school holidays come, in Verbund's own format: read whole, every problem told with its place.
//! The format is described in `api/seed/README.md`.

use chrono::NaiveDate;
use entities::{HolidayExtent, HolidayKind};
use kernel::error::{ApiError, ApiResult, Problem, Problems, UserErrorCode};
use kernel::i18n::Text;
use kernel::text::{clip, line};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The school holidays of one state over a span of days.
#[derive(Clone, Debug)]
pub struct SchoolHolidays {
    /// Edition of the data, a month or a day: `2026-11`. Later ones sort behind earlier ones.
    pub edition: String,
    /// Attribution and licence.
    pub source: String,
    /// ISO 3166-2 code of the state.
    pub region: String,
    /// First day of the span that the file covers.
    pub first_day: NaiveDate,
    /// Last day of that span.
    pub last_day: NaiveDate,
    /// The holidays by first day; none overlaps another.
    pub holidays: Vec<Period>,
}

/// School holidays from one day to another.
#[derive(Clone, Debug)]
pub struct Period {
    /// First day.
    pub first_day: NaiveDate,
    /// Last day, inclusive.
    pub last_day: NaiveDate,
    /// German name.
    pub name_de: String,
    /// English name.
    pub name_en: String,
    /// Where in the state.
    pub extent: HolidayExtent,
    /// Where in the file: `holiday[3] (line 27)`.
    pub place: String,
}

/// Names that a part of the file may have.
const SOURCE: &[&str] = &["title", "edition", "licence", "attribution", "url", "notes"];
const COVERS: &[&str] = &["region", "from", "to"];
const HOLIDAY: &[&str] = &["kind", "from", "to", "name_de", "name_en", "extent", "source_id"];

/// Reads a file.
///
/// # Errors
/// Every problem of the file: its place, the value, the reason.
pub fn parse(text: &str) -> ApiResult<SchoolHolidays> {
    let whole = DeTable::parse(text).map_err(|error| {
        let place = location("file", text, error.span().map_or(0, |it| it.start));
        Problem::at(UserErrorCode::Invalid, place, Text::new("no-toml").with("reason", error.message()))
    })?;
    let mut reader = FileReader { text, problems: Problems::default() };
    let root = FileTable { name: String::new(), at: 0, table: whole.get_ref() };
    reader.only(&root, &["source", "covers", "holiday"]);
    let source = reader.part(&root, "source");
    let covers = reader.part(&root, "covers");
    let (mut edition, mut attribution, mut region, mut span) = (None, None, None, None);
    if let Some(source) = &source {
        reader.only(source, SOURCE);
        edition = reader.edition(source)?;
        attribution = reader.line(source, "attribution", 400)?;
    }
    if let Some(covers) = &covers {
        reader.only(covers, COVERS);
        region = reader.region(covers)?;
        span = reader.days(covers);
    }
    let mut holidays = Vec::new();
    for part in reader.parts(&root, "holiday") {
        reader.only(&part, HOLIDAY);
        holidays.extend(reader.period(&part, span)?);
    }
    holidays.sort_by_key(|it| it.first_day);
    for (index, it) in holidays.iter().enumerate() {
        // Not only the neighbour: long ones reach over short ones.
        if let Some(other) = holidays.iter().take(index).find(|other| other.last_day >= it.first_day) {
            reader.problems.add(overlap(it, &other.name_de, other.first_day, other.last_day));
        }
    }
    reader.problems.done()?;
    match (edition, attribution, region, span) {
        (Some(edition), Some(source), Some(region), Some((first_day, last_day))) => {
            Ok(SchoolHolidays { edition, source, region, first_day, last_day, holidays })
        }
        _ => Err(ApiError::fault("a file without problems lacks a value")),
    }
}

/// The problem that `period` shares days with another.
pub(super) fn overlap(period: &Period, name: &str, first_day: NaiveDate, last_day: NaiveDate) -> Problem {
    let text = Text::new("holidays-overlap")
        .with("from", period.first_day)
        .with("to", period.last_day)
        .with("name", name)
        .with("first", first_day)
        .with("last", last_day);
    Problem::at(UserErrorCode::Conflict, period.place.clone(), text)
}

/// A place in the file for people: name and line.
fn location(name: &str, text: &str, at: usize) -> String {
    let lines = text.bytes().take(at).filter(|it| *it == b'\n').count();
    format!("{name} (line {})", lines + 1)
}

/// A table of the file.
struct FileTable<'t, 'i> {
    name: String,
    at: usize,
    table: &'t DeTable<'i>,
}

/// What is read so far, and what was wrong.
struct FileReader<'i> {
    text: &'i str,
    problems: Problems,
}

impl<'i> FileReader<'i> {
    fn place(&self, part: &FileTable<'_, 'i>, key: &str, at: usize) -> String {
        let name = if part.name.is_empty() { key.to_owned() } else { format!("{}.{key}", part.name) };
        location(&name, self.text, at)
    }

    fn wrong(&mut self, part: &FileTable<'_, 'i>, key: &str, value: &Spanned<DeValue<'i>>, text: Text) {
        let shown = self.text.get(value.span()).unwrap_or_default();
        let place = self.place(part, key, value.span().start);
        let text = text.with("value", clip(shown, 60));
        self.problems.add(Problem::at(UserErrorCode::Invalid, place, text));
    }

    /// Refuses names that nobody would read: they are misspelt ones.
    fn only(&mut self, part: &FileTable<'_, 'i>, known: &[&str]) {
        for (key, _) in part.table {
            if !known.contains(&key.get_ref().as_ref()) {
                let place = self.place(part, key.get_ref(), key.span().start);
                let text = Text::new("unknown-name").with("value", clip(key.get_ref(), 60));
                self.problems.add(Problem::at(UserErrorCode::Invalid, place, text));
            }
        }
    }

    fn value<'t>(&mut self, part: &FileTable<'t, 'i>, key: &str) -> Option<&'t Spanned<DeValue<'i>>> {
        let value = part.table.iter().find(|(name, _)| name.get_ref() == key).map(|(_, it)| it);
        if value.is_none() {
            let place = self.place(part, key, part.at);
            self.problems.add(Problem::at(UserErrorCode::Required, place, Text::new("required")));
        }
        value
    }

    fn part<'t>(&mut self, root: &FileTable<'t, 'i>, key: &str) -> Option<FileTable<'t, 'i>> {
        let value = self.value(root, key)?;
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong(root, key, value, Text::new("no-table"));
        }
        Some(FileTable { name: key.to_owned(), at: value.span().start, table: table? })
    }

    fn parts<'t>(&mut self, root: &FileTable<'t, 'i>, key: &str) -> Vec<FileTable<'t, 'i>> {
        let Some(value) = self.value(root, key) else { return Vec::new() };
        let Some(list) = value.get_ref().as_array().filter(|it| !it.is_empty()) else {
            self.wrong(root, key, value, Text::new("no-table"));
            return Vec::new();
        };
        let mut parts = Vec::new();
        for (index, item) in list.iter().enumerate() {
            let name = format!("{key}[{}]", index + 1);
            match item.get_ref().as_table() {
                Some(table) => parts.push(FileTable { name, at: item.span().start, table }),
                None => self.wrong(root, &name, item, Text::new("no-table")),
            }
        }
        parts
    }

    fn line(&mut self, part: &FileTable<'_, 'i>, key: &str, max: usize) -> ApiResult<Option<String>> {
        let Some(value) = self.value(part, key) else { return Ok(None) };
        let Some(text) = value.get_ref().as_str() else {
            self.wrong(part, key, value, Text::new("no-text"));
            return Ok(None);
        };
        match line(text, "file", max) {
            Ok(text) => Ok(Some(text)),
            Err(ApiError::Problems(problems)) => {
                for it in problems {
                    let place = self.place(part, key, value.span().start);
                    self.problems.add(Problem { field: Some(place.into()), ..it });
                }
                Ok(None)
            }
            Err(fault @ ApiError::Fault(_)) => Err(fault),
        }
    }

    /// A line that must also meet `fits`.
    fn formed(
        &mut self,
        part: &FileTable<'_, 'i>,
        key: &str,
        fits: impl Fn(&str) -> bool,
        otherwise: Text,
    ) -> ApiResult<Option<String>> {
        let line = self.line(part, key, 100)?;
        if let Some(text) = &line
            && !fits(text)
            && let Some(value) = self.value(part, key)
        {
            self.wrong(part, key, value, otherwise);
            return Ok(None);
        }
        Ok(line)
    }

    fn edition(&mut self, source: &FileTable<'_, 'i>) -> ApiResult<Option<String>> {
        let is_date = |text: &str| text.len() == 10 && text.parse::<NaiveDate>().is_ok();
        self.formed(source, "edition", |text| is_date(text) || is_date(&format!("{text}-01")), Text::new("no-edition"))
    }

    fn region(&mut self, covers: &FileTable<'_, 'i>) -> ApiResult<Option<String>> {
        let fits = |text: &str| {
            text.split_once('-').is_some_and(|(country, state)| {
                let upper = |it: u8| it.is_ascii_uppercase() || it.is_ascii_digit();
                country.len() == 2
                    && country.bytes().all(|it| it.is_ascii_uppercase())
                    && (1..=3).contains(&state.len())
                    && state.bytes().all(upper)
            })
        };
        self.formed(covers, "region", fits, Text::new("no-state"))
    }

    fn date(&mut self, part: &FileTable<'_, 'i>, key: &str) -> Option<NaiveDate> {
        let value = self.value(part, key)?;
        let whole = value.get_ref().as_datetime().filter(|it| it.time.is_none() && it.offset.is_none());
        let date = whole
            .and_then(|it| it.date)
            .and_then(|it| NaiveDate::from_ymd_opt(i32::from(it.year), u32::from(it.month), u32::from(it.day)));
        if date.is_none() {
            self.wrong(part, key, value, Text::new("no-date"));
        }
        date
    }

    /// `from` and `to`, in order.
    fn days(&mut self, part: &FileTable<'_, 'i>) -> Option<(NaiveDate, NaiveDate)> {
        let (from, to) = (self.date(part, "from"), self.date(part, "to"));
        let (from, to) = (from?, to?);
        if from <= to {
            return Some((from, to));
        }
        let at = self.value(part, "to").map_or(part.at, |it| it.span().start);
        let text = Text::new("ends-before-start").with("from", from).with("until", to);
        self.problems.add(Problem::at(UserErrorCode::OutOfRange, self.place(part, "to", at), text));
        None
    }

    fn period(&mut self, part: &FileTable<'_, 'i>, span: Option<(NaiveDate, NaiveDate)>) -> ApiResult<Option<Period>> {
        let is_school_holiday = |text: &str| text.parse() == Ok(HolidayKind::SchoolHoliday);
        let kind = self.formed(part, "kind", is_school_holiday, Text::new("no-school-holiday"))?;
        let extent =
            self.formed(part, "extent", |text| text.parse::<HolidayExtent>().is_ok(), Text::new("no-extent"))?;
        let name_de = self.line(part, "name_de", 120)?;
        let name_en = self.line(part, "name_en", 120)?;
        let Some((first_day, last_day)) = self.days(part) else { return Ok(None) };
        if let Some((first, last)) = span
            && (first_day < first || last_day > last)
        {
            let text = Text::new("outside-the-file")
                .with("from", first_day)
                .with("to", last_day)
                .with("first", first)
                .with("last", last);
            let place = location(&part.name, self.text, part.at);
            self.problems.add(Problem::at(UserErrorCode::OutOfRange, place, text));
        }
        let (Some(_), Some(name_de), Some(name_en)) = (kind, name_de, name_en) else { return Ok(None) };
        let Some(extent) = extent.and_then(|it| it.parse().ok()) else { return Ok(None) };
        let place = location(&part.name, self.text, part.at);
        Ok(Some(Period { first_day, last_day, name_de, name_en, extent, place }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: &str = include_str!("../../../seed/school_holidays.toml");

    fn places(text: &str) -> Vec<String> {
        match parse(text) {
            Ok(_) => Vec::new(),
            Err(ApiError::Problems(problems)) => {
                problems.into_iter().filter_map(|it| it.field.map(std::borrow::Cow::into_owned)).collect()
            }
            Err(ApiError::Fault(fault)) => panic!("{}", fault.message),
        }
    }

    #[test]
    fn the_file_of_the_binary_is_read() {
        let file = parse(SEED).unwrap();
        assert_eq!((file.region.as_str(), file.holidays.len()), ("DE-BY", 31));
        assert!(file.holidays.is_sorted_by(|a, b| a.last_day < b.first_day), "none overlaps another");
    }

    #[test]
    fn a_long_one_overlaps_all_that_lie_in_it() {
        let summer = "\n[[holiday]]\nkind = \"SCHOOL_HOLIDAY\"\nfrom = 2024-01-06\nto = 2024-06-30\nname_de = \"x\"\n\
                      name_en = \"x\"\nextent = \"STATEWIDE\"\n";
        let refused = places(&format!("{SEED}{summer}"));
        let names: Vec<_> = refused.iter().filter_map(|it| it.split(' ').next()).collect();
        assert_eq!(names, ["holiday[2]", "holiday[3]", "holiday[4]"]);
    }

    #[test]
    fn a_file_that_is_cut_or_lacks_a_line_is_refused_or_read_but_never_a_fault() {
        for end in (0..SEED.len()).step_by(7).filter(|it| SEED.is_char_boundary(*it)) {
            places(&SEED[..end]);
        }
        let lines: Vec<_> = SEED.lines().collect();
        for gone in 0..lines.len().min(40) {
            let mut rest = lines.clone();
            let line = rest.remove(gone);
            let needed = ["edition", "attribution", "[", "region", "kind", "from", "to", "name_", "extent"];
            let refused = places(&rest.join("\n"));
            assert_eq!(needed.iter().any(|it| line.starts_with(it)), !refused.is_empty(), "{line}: {refused:?}");
        }
    }
}
