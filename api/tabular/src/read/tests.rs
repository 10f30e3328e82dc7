//! Reading as profiles say: every mark, every symbol, every kind of file, and everything that can be wrong.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;
use crate::model::{Cell, Symbol, Value};
use crate::read::test_files::{Folder, ods, xlsx};

const COLUMNS: &str = r#"
version = 1
format = "CSV"
headerRows = 1
thousands = "."
dates = ["DOTTED", "ISO"]
symbols = ["NOTHING", "SECRET", "BLOCKED", "LATER", "UNRELIABLE", "LIMITED"]
[[columns]]
column = { name = "ags", title = "AGS", type = "REGION", role = "DIMENSION" }
from.column = { header = "AGS" }
[[columns]]
column = { name = "tag", title = "Tag", type = "PERIOD", role = "DIMENSION", period = "REFERENCE_DATE" }
from.column = { header = "Tag" }
[[columns]]
column = { name = "name", title = "Name", type = "TEXT", role = "ATTRIBUTE" }
from.column = { header = "Name" }
[[columns]]
column = { name = "wert", title = "Wert", type = "DECIMAL", role = "MEASURE", decimals = 2 }
from.column = { header = "Wert" }
"#;

pub(super) fn profile(text: &str) -> Profile {
    let profile: Profile = toml::from_str(text).expect("a profile");
    assert_eq!(profile.flaws(), []);
    profile
}

pub(super) fn read(path: &Path, profile: &Profile) -> (Batch, ReadReport) {
    let mut all = Batch::default();
    match TableFileReader::open(path, profile, ReadLimits::default()) {
        Ok(mut reader) => {
            while let Some(batch) = reader.batch(3) {
                all.rows.extend(batch.rows);
                all.lines.extend(batch.lines);
            }
            (all, reader.into_report())
        }
        Err(report) => (all, report),
    }
}

fn read_text(profile: &Profile, bytes: &[u8]) -> (Batch, ReadReport) {
    let folder = Folder::new();
    read(&folder.file("it.csv", bytes), profile)
}

fn text(value: &str) -> Cell {
    Value::Text(value.to_owned()).into()
}

fn number(value: i64) -> Cell {
    Value::Number(value).into()
}

fn codes(report: &ReadReport) -> Vec<(ProblemCode, Option<u64>, Option<&str>)> {
    report.problems.iter().map(|it| (it.code, it.row, it.column.as_deref())).collect()
}

#[test]
fn symbols_are_beside_numbers_and_not_instead_of_them() {
    let rows = "AGS;Tag;Name;Wert\n09762;01.03.2016; Kaufbeuren ;-56\n09777;2016-03-01;-;-\n097;1.3.2016;;.\n\
                09;01.03.2016;;x\nDG;01.03.2016;;...\n01;01.03.2016;;/\n02;01.03.2016;;(1.234,5)\n03;01.03.2016;;\n";
    let (batch, report) = read_text(&profile(COLUMNS), rows.as_bytes());
    assert_eq!(report.problems, []);
    let symbol = |value: Option<i64>, symbol| Cell { value: value.map(Value::Number), symbol: Some(symbol) };
    let wanted = [
        number(-5_600),
        symbol(Some(0), Symbol::Nothing),
        symbol(None, Symbol::Secret),
        symbol(None, Symbol::Blocked),
        symbol(None, Symbol::Later),
        symbol(None, Symbol::Unreliable),
        symbol(Some(123_450), Symbol::Limited),
        Cell::default(),
    ];
    assert_eq!(batch.rows.iter().map(|it| it[3].clone()).collect::<Vec<_>>(), wanted);
    assert_eq!(batch.rows[0][..3], [text("09762"), text("2016-03-01"), text("Kaufbeuren")]);
    // A hyphen in a text is a text.
    assert_eq!(batch.rows[1][1..3], [text("2016-03-01"), text("-")]);
    assert_eq!(batch.lines, (2..10).collect::<Vec<_>>());
}

#[test]
fn every_problem_is_told_with_its_place() {
    let rows = "AGS;Tag;Name;Wert\n09762;01.03.2016;a;1\n9762;01.03.2016;b;1\n09762;31.02.2016;c;1,234\n;01.03.2016;d;\n\
                09762;01.03.2016;e\n09762;02.03.2016;f;12x\n09762;03.03.2016;g;99999999999999999999\n\
                09762;04.03.2016;\u{1}h;1\n09762;05.03.2016;=2+3;1\n";
    let (batch, report) = read_text(&profile(COLUMNS), rows.as_bytes());
    use ProblemCode::*;
    assert_eq!(
        codes(&report),
        [
            (BadRegion, Some(3), Some("ags")),
            (BadDate, Some(4), Some("tag")),
            (TooManyDecimals, Some(4), Some("wert")),
            (MissingKey, Some(5), Some("ags")),
            (FieldCount, Some(6), None),
            (BadNumber, Some(7), Some("wert")),
            (OutOfRange, Some(8), Some("wert")),
            (ControlCharacter, Some(9), Some("name")),
        ]
    );
    assert_eq!(report.problems[0].value.as_deref(), Some("9762"));
    assert_eq!(report.problems[4].args.get("found").map(String::as_str), Some("3"));
    assert_eq!(report.problems[7].args.get("found").map(String::as_str), Some("U+0001"));
    assert_eq!(report.warnings.iter().map(|it| (it.code, it.row)).collect::<Vec<_>>(), [(Formula, Some(10))]);
    assert_eq!((batch.rows.len(), report.rows, report.problem_count()), (2, 2, 8));
}

#[test]
fn problems_are_counted_beyond_what_is_kept() {
    let rows = format!("AGS;Tag;Name;Wert\n{}", "9762;x;a;y\n".repeat(700));
    let (_, report) = read_text(&profile(COLUMNS), rows.as_bytes());
    assert_eq!((report.problems.len(), report.problem_count(), report.rows), (1_000, 2_100, 0));
    assert_eq!(report.counts.get(&ProblemCode::BadDate), Some(&700));
}

#[test]
fn letters_are_found_out_or_named() {
    let rows = "AGS;Tag;Name;Wert\n09777;01.03.2016;Ostallgäu €;1\n";
    let latin = encoding_rs::WINDOWS_1252.encode(rows).0.into_owned();
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(rows.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let marked = [b"\xef\xbb\xbf", rows.as_bytes()].concat();
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&latin).expect("packed");
    let packed = packed.finish().expect("packed");
    for bytes in [rows.as_bytes(), &latin, &wide, &marked, &packed] {
        let (batch, report) = read_text(&profile(COLUMNS), bytes);
        assert_eq!(report.problems, []);
        assert_eq!(batch.rows[0][2], text("Ostallgäu €"));
    }
    let named = Profile { encoding: Encoding::Utf8, ..profile(COLUMNS) };
    let (_, report) = read_text(&named, &latin);
    assert_eq!(codes(&report), [(ProblemCode::BadEncoding, Some(2), Some("name"))]);
    // A replacement character that the file really has is no fault.
    let (_, report) = read_text(&named, "AGS;Tag;Name;Wert\n09777;01.03.2016;\u{fffd};1\n".as_bytes());
    assert_eq!(report.problems, []);
}

#[test]
fn what_a_file_lacks_is_told_before_its_rows() {
    let (_, report) = read_text(&profile(COLUMNS), b"AGS;Datum;Name;Name\n09777;01.03.2016;a;1\n");
    use ProblemCode::*;
    assert_eq!(
        codes(&report),
        [(NoHeader, None, Some("tag")), (SeveralHeaders, None, Some("name")), (NoHeader, None, Some("wert"))]
    );
    for (bytes, code) in [(&b""[..], NoRows), (b"AGS;Tag;Name;Wert\n", NoRows), (b"AGS;Tag;Name;Wert\n\n\n", NoRows)] {
        assert_eq!(codes(&read_text(&profile(COLUMNS), bytes).1), [(code, None, None)]);
    }
    let placed = COLUMNS.replace("{ header = \"Tag\" }", "{ position = 3, header = \"Tag\" }");
    let (_, report) = read_text(&profile(&placed), b"AGS;Tag;Name;Wert\n09777;01.03.2016;a;1\n");
    assert_eq!(codes(&report), [(HeaderDiffers, None, Some("tag"))]);
}

const HEAD: &str = r#"
version = 1
format = "CSV"
titleRows = 2
headerRows = 2
footer = "____"
symbols = ["NOTHING"]
columns = [
  { column = { name = "stichtag", title = "Stichtag", type = "PERIOD", role = "DIMENSION", period = "REFERENCE_DATE" }, from.head = "Bevölkerung am {}" },
  { column = { name = "stand", title = "Stand", type = "TEXT", role = "ATTRIBUTE" }, from.constant = "endgültig" },
  { column = { name = "ags", title = "AGS", type = "REGION", role = "DIMENSION" }, from.column = { position = 1 }, pad = 5 },
  { column = { name = "geschlecht", title = "Geschlecht", type = "TEXT", role = "DIMENSION", total = "i" } },
  { column = { name = "anzahl", title = "Anzahl", type = "INTEGER", role = "MEASURE", aggregation = "SUM" } },
]
[unpivot]
measure = "anzahl"
dimensions = ["geschlecht"]
columns = [
  { from = { header = "Personen / insgesamt" }, codes = ["i"] },
  { from = { position = 3, header = "Personen / weiblich" }, codes = ["w"] },
  { from = { position = 4 }, codes = ["m"] },
]
"#;

#[test]
fn wide_becomes_long_and_the_head_gives_the_date() {
    let rows = "Tabelle 1\nBevölkerung am 31.12.2015;;;\n;Personen;Personen;Personen\n;insgesamt;weiblich;männlich\n\
                9762;10;6;4\n9777;9;5;\n09780;3;2;2\n_____\nweiter\n";
    let (batch, report) = read_text(&profile(HEAD), rows.as_bytes());
    assert_eq!(report.problems, []);
    assert_eq!(batch.rows.len(), 8, "a blank field is no row");
    assert_eq!(batch.rows[4], [text("2015-12-31"), text("endgültig"), text("09777"), text("w"), number(5)]);
    assert_eq!(batch.lines, [5, 5, 5, 6, 6, 7, 7, 7]);
    let warnings: Vec<_> = report.warnings.iter().map(|it| (it.code, it.row, it.value.as_deref())).collect();
    assert_eq!(
        warnings,
        [(ProblemCode::TotalDiffers, Some(6), Some("9")), (ProblemCode::TotalDiffers, Some(7), Some("3"))]
    );
    let (_, report) = read_text(&profile(HEAD), rows.split_once("____").expect("a footer").0.as_bytes());
    assert_eq!(report.warnings[0].code, ProblemCode::FooterMissing);
}

#[test]
fn parts_are_at_most_their_whole() {
    let whole = COLUMNS.to_owned()
        + r#"
[[columns]]
column = { name = "teil", title = "Teil", type = "INTEGER", role = "MEASURE", partOf = "wert" }
from.column = { header = "Teil" }
"#;
    let whole = whole.replace("\"DECIMAL\", role = \"MEASURE\", decimals = 2", "\"INTEGER\", role = \"MEASURE\"");
    let rows = "AGS;Tag;Name;Wert;Teil\n09777;01.03.2016;a;5;5\n09778;01.03.2016;a;5;6\n09779;01.03.2016;a;.;6\n";
    let (batch, report) = read_text(&profile(&whole), rows.as_bytes());
    assert_eq!((batch.rows.len(), report.problems.len()), (3, 0));
    assert_eq!(
        report.warnings.iter().map(|it| (it.code, it.row)).collect::<Vec<_>>(),
        [(ProblemCode::PartExceedsWhole, Some(3))]
    );
}

#[test]
fn workbooks_are_read_like_texts() {
    let folder = Folder::new();
    let cells: [&[&str]; 5] = [
        &["AGS", "Tag", "Name", "Wert"],
        &["09762", "2016-03-01", "Kaufbeuren & Umland", "#7.65"],
        &[],
        &["09777", "01.03.2016", "", "#-56"],
        &["097", "01.03.2016", "", "-"],
    ];
    for (format, path) in [
        (FileFormat::Xlsx, folder.file("it.xlsx", &xlsx(&cells))),
        (FileFormat::Ods, folder.file("it.ods", &ods(&cells))),
    ] {
        let profile = Profile { format, sheet: Some("Tabelle1".to_owned()), ..profile(COLUMNS) };
        let (batch, report) = read(&path, &profile);
        assert_eq!(report.problems, [], "{format:?}");
        assert_eq!(batch.lines, [2, 4, 5]);
        assert_eq!(batch.rows[0], [text("09762"), text("2016-03-01"), text("Kaufbeuren & Umland"), number(765)]);
        assert_eq!((&batch.rows[1][2], &batch.rows[1][3]), (&Cell::default(), &number(-5_600)));
        assert_eq!(batch.rows[2][3], Cell { value: Some(Value::Number(0)), symbol: Some(Symbol::Nothing) });
        let other = Profile { sheet: Some("Tabelle9".to_owned()), ..profile.clone() };
        let (_, report) = read(&path, &other);
        assert_eq!(
            (report.problems[0].code, report.problems[0].args["found"].as_str()),
            (ProblemCode::NoSheet, "Tabelle1")
        );
        let proposal = propose(&path, None, ReadLimits::default()).expect("a proposal");
        assert_eq!((proposal.profile.format, proposal.sample.rows.len()), (format, 3), "{:?}", proposal.report);
    }
}

#[test]
fn bombs_are_refused() {
    let folder = Folder::new();
    let limits = ReadLimits { bytes: 1 << 20, rows: 1_000, sheet_bytes: 1 << 20 };
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    bomb.write_all(b"AGS;Tag;Name;Wert\n").expect("packed");
    for _ in 0..64 {
        bomb.write_all(&[b' '; 64 << 10]).expect("packed");
    }
    let path = folder.file("bomb.csv", &bomb.finish().expect("packed"));
    let problem = |path: &Path, profile: &Profile| match TableFileReader::open(path, profile, limits) {
        Ok(mut reader) => {
            while reader.batch(100).is_some() {}
            reader.into_report().problems[0].code
        }
        Err(report) => report.problems[0].code,
    };
    assert_eq!(problem(&path, &profile(COLUMNS)), ProblemCode::TooLarge);
    let unclosed = [b"AGS;Tag;Name;Wert\n\"", "0;".repeat(3 << 20).as_bytes()].concat();
    let (_, report) = read_text(&profile(COLUMNS), &unclosed);
    assert_eq!(codes(&report), [(ProblemCode::RowTooLong, Some(2), None)]);

    let many: Vec<&[&str]> = std::iter::repeat_n(&["0", "1"][..], 2_000).collect();
    let long = "a".repeat(2 << 20);
    let wide: [&[&str]; 2] = [&["AGS", "Tag", "Name", "Wert"], &["09762", "01.03.2016", &long, "1"]];
    for (format, many, wide) in
        [(FileFormat::Xlsx, xlsx(&many), xlsx(&wide)), (FileFormat::Ods, ods(&many), ods(&wide))]
    {
        let profile = Profile { format, ..profile(COLUMNS) };
        let wide = folder.file("wide", &wide);
        assert_eq!(problem(&wide, &profile), ProblemCode::TooLarge, "{format:?}");
        let (_, report) = read(&wide, &profile);
        assert_eq!(report.problems[0].code, ProblemCode::TooLarge, "one cell: {format:?}");
        let path = folder.file("many", &many);
        let profile = Profile { header_rows: 0, ..profile };
        let columns = profile.columns[0].clone();
        let from = Some(From::Column(SourceColumn { position: Some(1), header: None }));
        let profile = Profile { columns: vec![ProfileColumn { from, ..columns }], ..profile };
        assert_eq!(problem(&path, &profile), ProblemCode::BadRegion);
        let Ok(mut reader) = TableFileReader::open(&path, &profile, limits) else { panic!("it opens") };
        while reader.batch(100).is_some() {}
        assert_eq!(reader.report().counts.get(&ProblemCode::TooManyRows), Some(&1), "{format:?}");
    }
}

#[test]
fn numbers_have_thousands_only_where_they_can_be() {
    let rows = |mark: &str| format!("AGS;Tag;Name;Wert\n01;01.03.2016;;1{mark}234\n02;01.03.2016;;0{mark}123\n");
    for (thousands, marks) in
        [(".", &["."][..]), (" ", &[" ", "\u{a0}", "\u{202f}", "\u{2009}"]), ("'", &["'", "\u{2019}"])]
    {
        let profile = profile(&COLUMNS.replace("thousands = \".\"", &format!("thousands = \"{thousands}\"")));
        for mark in marks {
            let (batch, report) = read_text(&profile, rows(mark).as_bytes());
            assert_eq!(codes(&report), [(ProblemCode::BadNumber, Some(3), Some("wert"))], "{mark:?}");
            assert_eq!(batch.rows[0][3], number(123_400), "{mark:?}");
        }
    }
}

#[test]
fn texts_for_nothing_units_and_short_years_are_said_in_the_profile() {
    let told = COLUMNS
        .replace("dates = [\"DOTTED\", \"ISO\"]", "dates = [\"DOTTED_SHORT\"]\nmissing = [\"k. A.\", \"---\"]")
        .replace(
            "from.column = { header = \"Wert\" }",
            "from.column = { header = \"Wert\" }\ncut = \"€\"\nround = true",
        );
    let rows = "AGS;Tag;Name;Wert\n01;01.03.16;k. A.;1.234,555 €\n02;01.03.69;b;---\n03;1.3.2016;c;-2,345€\n04;01.03.68;d;12\n";
    let (batch, report) = read_text(&profile(&told), rows.as_bytes());
    assert_eq!(codes(&report), [(ProblemCode::BadDate, Some(4), Some("tag"))]);
    let values: Vec<_> = batch.rows.iter().map(|it| (it[1].clone(), it[2].clone(), it[3].clone())).collect();
    let wanted = [
        (text("2016-03-01"), Cell::default(), number(123_456)),
        (text("1969-03-01"), text("b"), Cell::default()),
        (text("2068-03-01"), text("d"), number(1_200)),
    ];
    assert_eq!(values, wanted);
    assert_eq!(
        report.warnings.iter().map(|it| (it.code, it.row)).collect::<Vec<_>>(),
        [(ProblemCode::Rounded, Some(2))]
    );
}

#[test]
fn profiles_say_the_same_in_both_forms_and_nothing_unknown() {
    for text in [COLUMNS, HEAD] {
        let profile = profile(text);
        let json = serde_json::to_string(&profile).expect("JSON");
        assert_eq!(serde_json::from_str::<Profile>(&json).expect("a profile"), profile);
        assert_eq!(toml::from_str::<Profile>(&toml::to_string(&profile).expect("TOML")).expect("a profile"), profile);
    }
    assert!(toml::from_str::<Profile>(&COLUMNS.replace("headerRows", "headerRow")).is_err());
    assert!(toml::from_str::<Profile>(&COLUMNS.replace("title = \"Tag\"", "titel = \"Tag\"")).is_err());
    let flaws = |text: &str| toml::from_str::<Profile>(text).expect("a profile").flaws();
    assert_eq!(flaws(&COLUMNS.replace("version = 1", "version = 2")), [(Flaw::Version, None)]);
    assert_eq!(flaws(&COLUMNS.replace("thousands = \".\"", "thousands = \",\"")), [(Flaw::Marks, None)]);
    assert_eq!(
        flaws(&COLUMNS.replace("headerRows = 1", "headerRows = 0"))[0],
        (Flaw::NoHeaders, Some("ags".to_owned()))
    );
    let of_text = COLUMNS.replace(
        "from.column = { header = \"Name\" }",
        "from.column = { header = \"Name\" }\nsymbols = { position = 1 }",
    );
    assert_eq!(flaws(&of_text), [(Flaw::BadSource, Some("name".to_owned()))]);
    let nowhere = COLUMNS.replace("from.column = { header = \"Tag\" }", "");
    assert_eq!(flaws(&nowhere), [(Flaw::NoSource, Some("tag".to_owned()))]);
    let codes = HEAD.replace("codes = [\"m\"]", "codes = []");
    assert_eq!(flaws(&codes), [(Flaw::Unpivot, Some("anzahl".to_owned()))]);
}

#[test]
fn months_with_a_duration_are_periods_of_their_kind() {
    use crate::model::PeriodKind as P;
    use crate::read::value::period;
    for (text, kind, expected) in [
        ("2023P1Y", P::Year, Some("2023")),
        ("2023-01P12M", P::Year, Some("2023")),
        ("2023-09P1Y", P::SchoolYear, Some("2023/24")),
        ("2023-10P3M", P::Quarter, Some("2023-Q4")),
        ("2023-04P1M", P::Month, Some("2023-04")),
        // A half-year is none of the kinds, and nothing else either.
        ("2023-10P6M", P::Quarter, None),
        ("2023-10P6M", P::Month, None),
        ("2023-10P6M", P::SchoolYear, None),
        ("2023-10P6M", P::Year, None),
        ("2023-02P3M", P::Quarter, None),
        ("2023-13P1M", P::Month, None),
        ("2023-1P1M", P::Month, None),
        ("P1Y", P::Year, None),
    ] {
        assert_eq!(period(text, kind).as_deref(), expected, "{text} {kind:?}");
    }
}

#[test]
fn the_profiles_that_come_with_the_source_are_right() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../profiles");
    let mut count = 0;
    for entry in fs::read_dir(folder).expect("profiles") {
        let text = fs::read_to_string(entry.expect("a profile").path()).expect("a text");
        assert!(text.contains("# Source: ") && text.contains("dl-de/by-2-0"));
        profile(&text);
        count += 1;
    }
    assert_eq!(count, 8);
}
