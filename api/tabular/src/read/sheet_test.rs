//! What stands in workbooks beside plain values: errors, formulas, number formats, several sheets, cells beyond headers.

use kernel::i18n::{Locale, Text};

use super::*;
use crate::model::{Aggregation, Cell, ColumnRole, ColumnType, Value};
use crate::read::test_files::{Folder, SheetFile, ods_of, packed, xlsx_of};
use crate::read::tests::{profile, read};

fn number(value: i64) -> Cell {
    Value::Number(value).into()
}

fn problems(report: &ReadReport) -> Vec<(ProblemCode, Option<u64>, Option<&str>)> {
    report.problems.iter().map(|it| (it.code, it.row, it.value.as_deref())).collect()
}

fn warnings(report: &ReadReport) -> Vec<(ProblemCode, Option<u64>, Option<&str>)> {
    report.warnings.iter().map(|it| (it.code, it.row, it.value.as_deref())).collect()
}

/// The same rows in both kinds of workbooks: proposal, rows and report.
fn both(rows: &[&[&str]], check: impl Fn(FileFormat, &std::path::Path, &ProfileProposal)) {
    let folder = Folder::new();
    let sheet = SheetFile { name: "Tabelle1", rows };
    for (format, bytes) in [(FileFormat::Xlsx, xlsx_of(&[sheet])), (FileFormat::Ods, ods_of(&[sheet]))] {
        let path = folder.file("it", &bytes);
        let found = propose(&path, None, ReadLimits::default()).expect("a proposal");
        assert_eq!(found.profile.flaws(), [], "{format:?}");
        check(format, &path, &found);
    }
}

#[test]
fn cells_without_a_readable_value_are_problems_in_both_kinds_of_workbooks() {
    let rows: [&[&str]; 5] = [
        &["ags", "quote", "name"],
        &["09762", "!#DIV/0!", "a"],
        &["09777", "=", "b"],
        &["09780", "#5", "!#N/A"],
        &["09763", "#7.5", "d"],
    ];
    both(&rows, |format, path, found| {
        let quote = &found.profile.columns[1].column;
        assert_eq!((quote.kind, quote.role), (ColumnType::Decimal, ColumnRole::Measure), "{format:?}");
        let (_, report) = read(path, &found.profile);
        use ProblemCode::{CellError, NotComputed};
        let wanted = [
            (CellError, Some(2), Some("#DIV/0!")),
            (NotComputed, Some(3), Some("")),
            (CellError, Some(4), Some("#N/A")),
        ];
        assert_eq!(problems(&report), wanted, "{format:?}");
        let notes: Vec<_> = found.notes.iter().filter(|it| it.code == NoteCode::CellWithoutValue).collect();
        assert_eq!(
            notes.iter().map(|it| (it.column.as_deref(), it.row)).collect::<Vec<_>>(),
            [(Some("quote"), Some(2)), (Some("name"), Some(4))]
        );
    });
}

#[test]
fn a_row_of_formulas_without_values_is_not_blank() {
    let rows: [&[&str]; 3] = [&["a", "b"], &["=", "="], &["x", "#1"]];
    both(&rows, |format, path, found| {
        let (_, report) = read(path, &found.profile);
        assert_eq!(report.problems.iter().filter(|it| it.row == Some(2)).count(), 2, "{format:?}");
    });
}

#[test]
fn computed_numbers_are_rounded_to_what_is_shown_if_the_profile_says_so() {
    let rows: [&[&str]; 3] = [&["art", "wert"], &["a", "#0.333333333333333~0.0"], &["b", "#-2.66666666666667~0.0"]];
    both(&rows, |format, path, found| {
        let column = &found.profile.columns[1];
        assert_eq!((column.column.decimals, column.round), (Some(1), true), "{format:?}");
        assert!(found.notes.iter().any(|it| it.code == NoteCode::Rounded), "{format:?}");
        let (batch, report) = read(path, &found.profile);
        assert_eq!(problems(&report), []);
        assert_eq!([&batch.rows[0][1], &batch.rows[1][1]], [&number(3), &number(-27)], "{format:?}");
        assert_eq!(warnings(&report).len(), 1);
        assert_eq!((report.warnings[0].code, report.warnings[0].args["count"].as_str()), (ProblemCode::Rounded, "2"));
        let mut exact = found.profile.clone();
        exact.columns[1].round = false;
        assert_eq!(read(path, &exact).1.problems[0].code, ProblemCode::TooManyDecimals);
    });
}

#[test]
fn whole_numbers_keep_all_digits() {
    let rows: [&[&str]; 3] = [&["art", "wert"], &["a", "#9007199254740993"], &["b", "#123456789012345678"]];
    both(&rows, |format, path, found| {
        let (batch, report) = read(path, &found.profile);
        assert_eq!(problems(&report), []);
        let wanted = [number(9_007_199_254_740_993), number(123_456_789_012_345_678)];
        assert_eq!([batch.rows[0][1].clone(), batch.rows[1][1].clone()], wanted, "{format:?}");
    });
}

#[test]
fn percent_and_leading_zeros_are_as_people_see_them() {
    let rows: [&[&str]; 3] = [&["schlüssel", "quote"], &["#9762~00000", "#0.475~0.0%"], &["#9777~00000", "#1~0.0%"]];
    both(&rows, |format, path, found| {
        let [key, quote] = &found.profile.columns[..] else { panic!("two columns") };
        assert_eq!(key.column.kind, ColumnType::Region, "{format:?}");
        assert_eq!((quote.column.unit.as_deref(), quote.cut.as_deref()), (Some("Prozent"), Some("%")));
        assert_eq!(quote.column.aggregation, Aggregation::None);
        let (batch, report) = read(path, &found.profile);
        assert_eq!(problems(&report), []);
        let text = |it: &str| Value::Text(it.to_owned()).into();
        assert_eq!(batch.rows, [vec![text("09762"), number(475)], vec![text("09777"), number(1_000)]], "{format:?}");
    });
}

#[test]
fn a_merged_or_missing_last_header_is_no_end_of_the_table() {
    let rows: [&[&str]; 4] = [
        &["Jahr", "Gesamt", "Anteil"],
        &["", "", "m", "w"],
        &["#2022", "#5", "#2", "#3"],
        &["#2023", "#7", "#3", "#4"],
    ];
    both(&rows, |format, path, found| {
        assert_eq!((found.profile.header_rows, found.profile.columns.len()), (2, 4), "{format:?}");
        assert_eq!(found.profile.columns[3].column.title, "Anteil / w");
        let (batch, report) = read(path, &found.profile);
        assert_eq!((problems(&report), batch.rows.len()), (Vec::new(), 2));
        assert_eq!(batch.rows[1][3], number(4));
    });
    let late: [&[&str]; 4] = [&["Jahr", "Gesamt"], &["#2022", "#5"], &["#2023", "#7"], &["#2024", "#7", "Nachtrag"]];
    both(&late, |format, path, found| {
        assert_eq!(found.profile.columns.len(), 3, "{format:?}");
        let (batch, report) = read(path, &found.profile);
        assert_eq!((problems(&report), batch.rows.len()), (Vec::new(), 3));
        // A position that no row has is told, even where rows may be shorter.
        let mut beyond = found.profile.clone();
        beyond.columns[2].from = Some(From::Column(SourceColumn { position: Some(9), header: None }));
        let (_, report) = read(path, &beyond);
        assert_eq!(problems(&report), [(ProblemCode::NoColumn, None, Some("9"))], "{format:?}");
        // A column that the profile does not use is told.
        let mut less = found.profile.clone();
        less.columns.pop();
        assert_eq!(warnings(&read(path, &less).1), [(ProblemCode::ColumnNotUsed, Some(4), Some("Nachtrag"))]);
    });
}

#[test]
fn many_short_rows_below_do_not_narrow_the_table() {
    let mut rows: Vec<&[&str]> = vec![&["land", "a", "b", "c"]; 1];
    rows.extend([&["Bayern", "#1", "#2", "#3"] as &[&str], &["Hessen", "#4", "#5", "#6"]]);
    rows.extend([&["x", "y"] as &[&str]; 9]);
    both(&rows, |format, path, found| {
        assert!(found.profile.columns.iter().any(|it| it.column.name == "c"), "{format:?}");
        let (batch, report) = read(path, &found.profile);
        assert_eq!((problems(&report), warnings(&report), batch.rows.len()), (Vec::new(), Vec::new(), 11));
    });
}

#[test]
fn the_sheet_with_the_table_is_proposed_and_all_are_named() {
    let cover: &[&[&str]] = &[&["Statistischer Bericht"], &["Erschienen im Mai"], &["Zeichenerklärung"]];
    let list: &[&[&str]] = &[&["Tabelle", "Titel"], &["1", "Kinder"], &["2", "Schulen"]];
    let data: &[&[&str]] = &[&["Art", "Zahl"], &["a", "#5"], &["b", "#7"]];
    let sheets = [("Titel", cover), ("Inhalt", list), ("Tab 1", data), ("Tab 2", data)];
    let sheets = sheets.map(|(name, rows)| SheetFile { name, rows });
    let folder = Folder::new();
    for bytes in [xlsx_of(&sheets), ods_of(&sheets)] {
        let path = folder.file("it", &bytes);
        let found = propose(&path, None, ReadLimits::default()).expect("a proposal");
        assert!(found.profile.sheet.is_some());
        let note = found.notes.iter().find(|it| it.code == NoteCode::Sheets).expect("a note");
        assert_eq!(note.value.as_deref(), Some("Titel, Inhalt, Tab 1, Tab 2"));
        assert_eq!(read(&path, &found.profile).1.problems, []);
        let named = propose(&path, Some("Tab 2"), ReadLimits::default()).expect("a proposal");
        assert_eq!((named.profile.sheet.as_deref(), named.sample.rows.len()), (Some("Tab 2"), 2));
    }
    let found = propose(&folder.file("it", &xlsx_of(&sheets[..1])), None, ReadLimits::default()).expect("a proposal");
    assert!(found.profile.sheet.is_none() && found.notes.iter().all(|it| it.code != NoteCode::Sheets));
}

#[test]
fn files_of_other_kinds_are_named() {
    let folder = Folder::new();
    let csv = profile(
        "version = 1\nformat = \"CSV\"\ncolumns = [{ column = { name = \"a\", title = \"A\", type = \"TEXT\", role = \"ATTRIBUTE\" }, from.column = { position = 1 } }]",
    );
    let mut encrypted = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    encrypted.extend("EncryptedPackage".bytes().flat_map(|it| [it, 0]));
    let zipped = crate::read::test_files::packed(&[("21111-0001.csv", "a;b\n1;2\n")]);
    let locked = crate::read::test_files::packed(&[
        ("META-INF/manifest.xml", "<manifest:encryption-data/>"),
        ("content.xml", "\u{1}"),
    ]);
    for (bytes, reason) in [
        (&b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..], "old-excel"),
        (&encrypted, "encrypted"),
        (&locked, "encrypted"),
        (&zipped, "zip"),
        (b"PK\x03\x04", "damaged"),
        (b"%PDF-1.7", "format"),
        (b"<!DOCTYPE html>\n<html><head><title>503</title></head></html>", "html"),
    ] {
        let path = folder.file("it", bytes);
        let problem = propose(&path, None, ReadLimits::default()).expect_err("no table");
        assert_eq!((problem.code, problem.args["reason"].as_str()), (ProblemCode::Unreadable, reason));
        // The reason is a key; people read a sentence.
        let told = Text::new("table-unreadable").with("reason", reason);
        let (german, english) = (told.render(Locale::De), told.render(Locale::En));
        assert!(german.starts_with("Die Datei lässt sich nicht lesen: sie ist "), "{german}");
        assert!(english.starts_with("The file cannot be read: it is "), "{english}");
        assert_eq!(read(&path, &csv).1.problems[0].args["reason"], reason);
    }
    let path = folder.file("it", &xlsx_of(&[SheetFile { name: "A", rows: &[&["a"]] }]));
    assert_eq!(read(&path, &csv).1.problems[0].args["reason"], "other-format");
}

#[test]
fn numbers_have_the_mark_that_texts_beside_them_have() {
    let rows: [&[&str]; 4] =
        [&["art", "wert", "text"], &["a", "#1", "0.123"], &["b", "#1.001", "0.5"], &["c", "#2", "1/3"]];
    both(&rows, |format, path, found| {
        let (batch, report) = read(path, &found.profile);
        assert_eq!((problems(&report), found.profile.decimal), (Vec::new(), '.'), "{format:?}");
        assert_eq!((found.profile.columns[1].column.decimals, &batch.rows[1][1]), (Some(3), &number(1_001)));
    });
}

#[test]
fn a_table_may_begin_further_right() {
    let rows: [&[&str]; 4] = [&["", "Ort", "Träger"], &["", "A", "Stadt"], &["", "B", "Kreis"], &["", "C", "Stadt"]];
    both(&rows, |format, path, found| {
        let titles: Vec<_> = found.profile.columns.iter().map(|it| it.column.title.as_str()).collect();
        assert_eq!((found.profile.header_rows, titles), (1, vec!["Ort", "Träger"]), "{format:?}");
        let (batch, report) = read(path, &found.profile);
        assert_eq!((problems(&report), warnings(&report), batch.rows.len()), (Vec::new(), Vec::new(), 3));
    });
}

#[test]
fn units_that_are_shown_with_numbers_are_those_of_the_column() {
    let rows: [&[&str]; 3] = [&["art", "kosten"], &["a", "#12.5~0.00 €"], &["b", "#3~0.00 €"]];
    both(&rows, |format, path, found| {
        let column = &found.profile.columns[1];
        assert_eq!((column.column.unit.as_deref(), &column.cut), (Some("EUR"), &None), "{format:?}");
        assert_eq!(problems(&read(path, &found.profile).1), []);
    });
}

#[test]
fn texts_that_cells_share_have_a_limit_of_their_own() {
    let folder = Folder::new();
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let book = format!(
        "<workbook xmlns=\"{main}\" xmlns:r=\"r\"><sheets><sheet name=\"T\" sheetId=\"1\" r:id=\"s\"/></sheets></workbook>"
    );
    let links = "<Relationships><Relationship Id=\"s\" Type=\"x/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
                 <Relationship Id=\"t\" Type=\"x/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>";
    let sheet = format!(
        "<worksheet xmlns=\"{main}\"><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row></sheetData></worksheet>"
    );
    let with = |count: usize| {
        let texts = format!("<sst xmlns=\"{main}\"><si><t>Jahr</t></si>{}</sst>", "<si/>".repeat(count));
        packed(&[
            ("[Content_Types].xml", "<Types/>"),
            (
                "_rels/.rels",
                "<Relationships><Relationship Id=\"b\" Type=\"x/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>",
            ),
            ("xl/workbook.xml", &book),
            ("xl/_rels/workbook.xml.rels", links),
            ("xl/worksheets/sheet1.xml", &sheet),
            ("xl/sharedStrings.xml", &texts),
        ])
    };
    let refused = |count: usize| {
        let path = folder.file("it", &with(count));
        propose(&path, None, ReadLimits::default()).err().map(|it| it.code)
    };
    assert_ne!(refused(10), Some(ProblemCode::TooLarge));
    assert_eq!(refused(1_100_000), Some(ProblemCode::TooLarge));
}
