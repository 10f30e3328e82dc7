//! Any table that an office could write: what is proposed for it imports it, and no cell is lost without a word.

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use std::io::Write as _;

use super::*;
use crate::model::{Cell, ColumnRole};
use crate::read::test_files::{Folder, SheetFile, ods_of, xlsx_of};
use crate::read::tests::read;

/// How a file is written.
#[derive(Clone, Copy, Debug)]
enum Form {
    Text {
        encoding: Encoding,
        mark: bool,
        delimiter: char,
        end: &'static str,
        last_end: bool,
        quoted: bool,
        packed: bool,
    },
    Xlsx,
    Ods,
}

/// A table as an office has it.
#[derive(Clone, Debug)]
struct Office {
    titles: Vec<String>,
    headers: Vec<String>,
    rows: Vec<Vec<String>>,
    /// Empty fields behind every row.
    behind: usize,
    /// Blank rows before this row.
    blank: Option<usize>,
    form: Form,
}

fn form() -> impl Strategy<Value = Form> {
    let encodings = [Encoding::Utf8, Encoding::Utf16, Encoding::Windows1252];
    let delimiters = [';', ',', '\t', '|'];
    let text = (
        prop::sample::select(encodings.to_vec()),
        any::<bool>(),
        prop::sample::select(delimiters.to_vec()),
        prop::sample::select(vec!["\n", "\r\n", "\r"]),
        any::<[bool; 3]>(),
    );
    let text = text.prop_map(|(encoding, mark, delimiter, end, [last_end, quoted, packed])| Form::Text {
        encoding,
        mark,
        delimiter,
        end,
        last_end,
        quoted,
        packed,
    });
    prop_oneof![4 => text, 1 => Just(Form::Xlsx), 1 => Just(Form::Ods)]
}

/// Values of one kind of column.
fn values(rows: usize) -> impl Strategy<Value = Vec<String>> {
    let sample = |list: &'static [&'static str]| prop::sample::select(list).prop_map(str::to_owned).boxed();
    let kinds = vec![
        "[A-ZÄÖ][a-zäöüß]{2,8}( [A-Z][a-zß]{1,6})?".boxed(),
        "[0-9]{1,6}".boxed(),
        "-?[0-9]{1,3},[0-9]{1,2}".boxed(),
        "[1-9][0-9]{0,2}(\\.[0-9]{3}){0,2}".boxed(),
        "[0-9]{1,2}(,[0-9])? ?%".boxed(),
        "0[1-9](1|[2-9])[0-9]{2}".boxed(),
        "(19|20)[0-9]{2}".boxed(),
        "[0-2][1-8]\\.(0[1-9]|1[0-2])\\.20[0-2][0-9]".boxed(),
        "20[0-2][0-9]-(0[1-9]|1[0-2])-[0-2][1-8]".boxed(),
        sample(&["12", "7", "-", ".", "x", "...", "/", "(3)", "0"]),
        sample(&["ja", "nein"]),
        sample(&["Insgesamt", "Gesamtschule", "Grundschule", "Zusammen", "Gymnasium"]),
        sample(&["5", "6", "viele", "k. A.", "7"]),
        sample(&["a\nb", "er sagte \"ja\"", "x; y", "x, y", " rechts ", "=A1", "-x", "'=1", "|"]),
        sample(&["#DIV/0!", "1/3", "1e5", "0.123", "1.5", "2,5"]),
        sample(&["2022/23", "2023/24", "2022/2023"]),
        sample(&["1.3.2016", "01.03.2016", "2016-03-01"]),
        "[0-9]{1,3}\\.[0-9]{10,14}".boxed(),
        Just(String::new()).boxed(),
    ];
    (0..kinds.len(), 0..4_usize).prop_flat_map(move |(kind, sparse)| {
        let value = kinds[kind].clone();
        let value = prop_oneof![12 => value, u32::from(sparse == 0) * 3 => Just(String::new())];
        prop::collection::vec(value, rows)
    })
}

fn office() -> impl Strategy<Value = Office> {
    let size = (1..7_usize, 4..30_usize, prop::bool::weighted(0.85));
    size.prop_flat_map(|(columns, rows, named)| {
        let header = prop_oneof![
            8 => "[A-ZÄ][a-zäöü]{1,9}",
            1 => prop::sample::select(vec!["Jahr", "AGS", "Schul-Nr.", "Anteil", "weiblich", "4", "2023", "", "Latitude"])
                .prop_map(str::to_owned),
        ];
        let table = prop::collection::vec(values(rows), columns);
        let headers = prop::collection::vec(header, if named { columns } else { 0 });
        let titles = prop::collection::vec("[A-Z][a-zü]{2,9} [a-z]{2,9}", 0..3);
        (table, headers, titles, 0..3_usize, prop::option::of(0..rows), form())
    })
    .prop_map(|(columns, headers, titles, behind, blank, form)| {
        let rows: Vec<Vec<String>> =
            (0..columns[0].len()).map(|row| columns.iter().map(|it| it[row].clone()).collect()).collect();
        // `1,2` without headers is one number or two.
        let form = match form {
            Form::Text { encoding, mark, delimiter: ',', end, last_end, quoted, packed }
                if headers.is_empty() && columns.len() == 2 =>
            {
                Form::Text { encoding, mark, delimiter: ';', end, last_end, quoted, packed }
            }
            other => other,
        };
        Office { titles, headers, rows, behind, blank, form }
    })
}

impl Office {
    fn all_rows(&self) -> Vec<Vec<String>> {
        let mut all: Vec<Vec<String>> = self.titles.iter().map(|it| vec![it.clone()]).collect();
        all.extend((!self.headers.is_empty()).then(|| self.headers.clone()));
        for (number, row) in self.rows.iter().enumerate() {
            if self.blank == Some(number) {
                all.push(Vec::new());
            }
            all.push(row.clone());
        }
        all
    }

    fn bytes(&self) -> Vec<u8> {
        let rows = self.all_rows();
        match self.form {
            Form::Xlsx | Form::Ods => {
                let cell = |it: &String| {
                    // Whole numbers and decimals are numbers there.
                    let is_number = !it.starts_with('0') && it.parse::<f64>().is_ok() && !it.contains('e');
                    let text = it.replace('\n', " ");
                    if is_number { format!("#{it}") } else { text.trim_start_matches(['!', '=', '#']).to_owned() }
                };
                let rows: Vec<Vec<String>> = rows.iter().map(|it| it.iter().map(cell).collect()).collect();
                let rows: Vec<Vec<&str>> = rows.iter().map(|it| it.iter().map(String::as_str).collect()).collect();
                let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
                let sheet = SheetFile { name: "Tabelle1", rows: &rows };
                if matches!(self.form, Form::Xlsx) { xlsx_of(&[sheet]) } else { ods_of(&[sheet]) }
            }
            Form::Text { encoding, mark, delimiter, end, last_end, quoted, packed } => {
                let field = |it: &String| {
                    // Nobody can tell which mark a file of one column does not use.
                    let is_unclear = self.rows[0].len() == 1 && it.contains([';', ',', '|']);
                    let must = it.contains(['"', '\n', '\r']) || it.contains(delimiter) || is_unclear;
                    if must || (quoted && !it.is_empty()) {
                        format!("\"{}\"", it.replace('"', "\"\""))
                    } else {
                        it.clone()
                    }
                };
                let width = self.rows[0].len() + self.behind;
                let line = |it: &Vec<String>| {
                    let mut fields: Vec<String> = it.iter().map(field).collect();
                    if it.len() > 1 || width == 1 {
                        fields.resize(width.max(fields.len()), String::new());
                    }
                    fields.join(&delimiter.to_string())
                };
                let text = rows.iter().map(line).collect::<Vec<_>>().join(end) + if last_end { end } else { "" };
                let bytes = match encoding {
                    Encoding::Utf16 => {
                        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
                        units.flat_map(u16::to_le_bytes).collect()
                    }
                    Encoding::Windows1252 => encoding_rs::WINDOWS_1252.encode(&text).0.into_owned(),
                    _ if mark => [b"\xef\xbb\xbf", text.as_bytes()].concat(),
                    _ => text.into_bytes(),
                };
                if !packed {
                    return bytes;
                }
                let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
                packer.write_all(&bytes).expect("packed");
                packer.finish().expect("packed")
            }
        }
    }

    /// Fields of the data in which something stands.
    fn cells(&self) -> usize {
        self.rows.iter().flatten().filter(|it| !it.trim().is_empty()).count()
    }
}

/// Fields above the data that the profile names: titles and headers.
fn cells_above(office: &Office, profile: &Profile) -> usize {
    let rows = office.all_rows();
    let filled = rows.iter().filter(|it| it.iter().any(|it| !it.trim().is_empty()));
    let above = (profile.title_rows + profile.header_rows) as usize;
    filled.take(above).flatten().filter(|it| !it.trim().is_empty()).count()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, max_shrink_iters: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_proposed_imports_and_no_cell_is_lost(office in office()) {
        // Titles over nothing but delimiters are no table.
        let filled = office.rows.iter().filter(|it| it.iter().any(|it| !it.trim().is_empty()));
        prop_assume!(filled.count() > office.titles.len());
        let folder = Folder::new();
        let path = folder.file("it", &office.bytes());
        let found = match propose(&path, None, ReadLimits::default()) {
            Ok(found) => found,
            Err(problem) => {
                prop_assert_eq!(problem.code, ProblemCode::NoRows);
                return Ok(());
            }
        };
        prop_assert_eq!(&found, &propose(&path, None, ReadLimits::default()).expect("the same again"));
        prop_assert_eq!(found.profile.flaws(), []);
        let (batch, report) = read(&path, &found.profile);
        prop_assert_eq!(&report.problems, &Vec::new(), "{:?}", found.profile);
        // Every row has its own number, in order, and dimensions tell rows apart.
        prop_assert!(batch.lines.is_sorted_by(|one, other| one < other));
        let columns = found.profile.table();
        let is_key = |it: usize| columns[it].role == ColumnRole::Dimension;
        let mut keys = std::collections::HashSet::new();
        for row in &batch.rows {
            let key: Vec<_> = (0..row.len()).filter(|it| is_key(*it)).map(|it| row[it].value.clone()).collect();
            prop_assert!(keys.insert(key), "twice in {:?}", found.profile);
        }
        // Cells in = cells out, those that stand above the data, and those that are told of.
        let is_own = |it: usize| matches!(found.profile.columns[it].from, Some(From::Column(_)));
        let out = batch.rows.iter().flat_map(|it| it.iter().enumerate());
        let out = out.filter(|(place, cell)| is_own(*place) && **cell != Cell::default()).count();
        let told = report.warnings.iter().filter(|it| it.code == ProblemCode::ColumnNotUsed);
        let told: usize = told.map(|it| it.args["count"].parse::<usize>().expect("a number")).sum();
        let above = cells_above(&office, &found.profile);
        let given = office.cells() + office.titles.len() + office.headers.iter().filter(|it| !it.is_empty()).count();
        prop_assert_eq!(out + told + above, given, "{:?}", found.profile);
    }
}
