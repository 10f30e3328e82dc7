//! What is written is read again by readers of others.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::io::{Read as _, Seek as _};

use ::parquet::file::reader::{FileReader as _, SerializedFileReader};
use chrono::NaiveDate;
use serde_json::{Value as Json, json};

use super::*;
use crate::export::fields::guarded;
use crate::licence::Licence;
use crate::model::{Cell, Column, Symbol, Value};

fn columns() -> Vec<Column> {
    serde_json::from_value(json!([
        { "name": "jahr", "title": "Jahr", "type": "PERIOD", "period": "YEAR", "role": "DIMENSION" },
        { "name": "ags", "title": "Amtlicher Gemeindeschlüssel", "type": "REGION", "role": "DIMENSION" },
        { "name": "art", "title": "Schulart", "type": "TEXT", "role": "DIMENSION",
          "codes": [{ "code": "GS", "title": "Grundschule" }, { "code": "-1", "title": "Sonstige" }] },
        { "name": "schueler", "title": "Schülerinnen und Schüler", "type": "INTEGER", "role": "MEASURE", "unit": "Anzahl" },
        { "name": "quote", "title": "Quote, mit \"Zeichen\"", "type": "DECIMAL", "decimals": 2, "role": "MEASURE" },
        { "name": "quote_symbol", "title": "Bemerkung", "type": "TEXT", "role": "ATTRIBUTE" },
        { "name": "ganztags", "title": "Ganztags", "type": "BOOLEAN", "role": "ATTRIBUTE" },
        { "name": "stand", "title": "Stand", "type": "DATE", "role": "ATTRIBUTE" },
    ]))
    .unwrap()
}

fn about() -> ExportMetadata {
    ExportMetadata {
        id: "dst_01k8".to_owned(),
        url: "https://verbund.example/catalog/datasets/dst_01k8".to_owned(),
        title: "Schulen".to_owned(),
        description: Some("Schulen und Schüler".to_owned()),
        version: "1.0".to_owned(),
        language: "de".to_owned(),
        keywords: vec!["Schule".to_owned()],
        publisher: "Stadt Kaufbeuren".to_owned(),
        contact_name: None,
        contact_email: Some("bildung@kaufbeuren.example".to_owned()),
        licence: Some(Licence::DlBy),
        attribution: Some("© Statistische Ämter, dl-de/by-2-0".to_owned()),
        source: Some("Regionaldatenbank 21111".to_owned()),
        source_url: Some("https://www.regionalstatistik.de/".to_owned()),
        reference_date: NaiveDate::from_ymd_opt(2023, 10, 1),
        published_at: chrono::DateTime::from_timestamp(1_764_000_000, 0),
        protection: None,
    }
}

fn cell(value: Option<Value>, symbol: Option<Symbol>) -> Cell {
    Cell { value, symbol }
}

/// Row of a number: symbols, nothing and values take turns.
fn row(number: i64) -> TableRow {
    let (pupils, symbol) = match number % 4 {
        0 => (Some(Value::Number(number)), None),
        1 => (Some(Value::Number(0)), Some(Symbol::Nothing)),
        2 => (None, Some(Symbol::Secret)),
        _ => (None, None),
    };
    let remark = ["=1+1", "'=1", "\"quoted\", and\r\nbroken", "# no comment"][usize::try_from(number % 4).unwrap()];
    vec![
        Value::Text(format!("{}", 2000 + number)).into(),
        Value::Text("09762".to_owned()).into(),
        Value::Text(if number % 2 == 0 { "GS" } else { "-1" }.to_owned()).into(),
        cell(pupils, symbol),
        cell(Some(Value::Number(765 - 1000 * number)), (number == 0).then_some(Symbol::Limited)),
        Value::Text(remark.to_owned()).into(),
        Value::Boolean(number % 2 == 0).into(),
        Value::Date(NaiveDate::from_ymd_opt(2023, 10, 1).unwrap()).into(),
    ]
}

fn written(format: ExportFormat, count: i64) -> File {
    let mut file = tempfile::tempfile().unwrap();
    let mut writer = begin(format, &columns(), &about(), &std::env::temp_dir(), file.try_clone().unwrap()).unwrap();
    for start in (0..count).step_by(3) {
        writer.rows(&(start..count.min(start + 3)).map(row).collect::<Vec<_>>()).unwrap();
    }
    writer.finish().unwrap();
    file.rewind().unwrap();
    file
}

fn text(format: ExportFormat, count: i64) -> String {
    let mut text = String::new();
    written(format, count).read_to_string(&mut text).unwrap();
    text
}

#[test]
fn csv_keeps_keys_symbols_and_numbers_and_starts_no_formula() {
    let text = text(ExportFormat::Csv, 4);
    assert!(
        text.starts_with("jahr,ags,art,schueler,schueler_symbol,quote,quote_symbol_,quote_symbol,ganztags,stand\r\n")
    );
    let mut reader = ::csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let records: Vec<Vec<String>> =
        reader.records().map(|it| it.unwrap().iter().map(str::to_owned).collect()).collect();
    assert_eq!(records[0], ["2000", "09762", "GS", "0", "", "7.65", "()", "'=1+1", "true", "2023-10-01"]);
    assert_eq!(records[1], ["2001", "09762", "'-1", "0", "-", "-2.35", "", "''=1", "false", "2023-10-01"]);
    assert_eq!(records[2][3..5], ["", "."]);
    assert_eq!(records[2][7], "\"quoted\", and\r\nbroken");
    assert_eq!(records[3][3..5], ["", ""]);
}

#[test]
fn what_looks_like_a_formula_is_guarded_and_can_be_taken_back() {
    for text in ["=1", "+49 8341", "-x", "@SUM(A1)", "\tx", "\rx", "'=1", "''-"] {
        assert_eq!(guarded(text), format!("'{text}"));
    }
    // Of full width, and behind what is not seen.
    for text in
        ["＝1", "＋1", "－1", "＠SUM", "\u{feff}=1", "\u{0}=1", "\u{1b}+1", "\u{200b}\u{feff}@x", "'＝1", "\u{7}"]
    {
        assert_eq!(guarded(text), format!("'{text}"));
    }
    for text in ["", "a=1", "09762", "'a", "2022/23", "(", " =", "\u{feff}a", "a＝1"] {
        assert_eq!(guarded(text), text);
    }
}

#[test]
fn json_lines_are_objects_with_exact_numbers() {
    let text = text(ExportFormat::JsonLines, 4);
    let lines: Vec<Json> = text.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[0]["quote"], json!(7.65));
    assert_eq!(lines[1]["schueler_symbol"], "-");
    assert_eq!((&lines[2]["schueler"], &lines[2]["schueler_symbol"]), (&Json::Null, &json!(".")));
    assert_eq!((&lines[3]["schueler"], &lines[3]["schueler_symbol"]), (&Json::Null, &Json::Null));
    assert_eq!(lines[0]["quote_symbol"], "=1+1");
}

#[test]
fn json_says_what_its_columns_are() {
    for count in [0, 1, 7] {
        let text: Json = serde_json::from_str(&text(ExportFormat::Json, count)).unwrap();
        assert_eq!(text["rows"].as_array().unwrap().len(), usize::try_from(count).unwrap());
        assert_eq!(text["columns"].as_array().unwrap().len(), 10);
        assert_eq!(text["columns"][4]["codes"].as_array().unwrap().len(), 7);
        assert_eq!(text["dataset"]["licence"], "https://www.govdata.de/dl-de/by-2-0");
    }
}

#[test]
fn a_workbook_has_typed_cells_and_a_legend() {
    use calamine::{Data, Reader as _, Xlsx};
    let mut book: Xlsx<_> =
        calamine::open_workbook_from_rs(io::BufReader::new(written(ExportFormat::Xlsx, 5))).unwrap();
    assert_eq!(book.sheet_names(), ["Daten", "Info"]);
    let sheet = book.worksheet_range("Daten").unwrap();
    assert_eq!(sheet.height(), 6);
    let cells: Vec<_> = sheet.rows().nth(1).unwrap().to_vec();
    assert_eq!(cells[1], Data::String("09762".to_owned()));
    assert_eq!(cells[5], Data::Float(7.65));
    assert_eq!(cells[7], Data::String("=1+1".to_owned()));
    assert_eq!(cells[8], Data::Bool(true));
    assert!(matches!(cells[9], Data::DateTime(it) if it.as_f64() == 45200.0));
    let third: Vec<_> = sheet.rows().nth(3).unwrap().to_vec();
    assert_eq!((&third[3], &third[4]), (&Data::Empty, &Data::String(".".to_owned())));
    let legend = book.worksheet_range("Info").unwrap();
    assert!(legend.rows().any(|it| it[0] == Data::String("*".to_owned())));
    assert!(book.worksheet_formula("Daten").unwrap().is_empty());
}

#[test]
fn rows_that_do_not_fit_go_on_in_another_sheet() {
    use calamine::{Reader as _, Xlsx};
    let mut file = tempfile::tempfile().unwrap();
    let mut writer = Box::new(
        xlsx::Xlsx::of_max(&columns(), &about(), &std::env::temp_dir(), file.try_clone().unwrap(), 4).unwrap(),
    );
    writer.rows(&(0..8).map(row).collect::<Vec<_>>()).unwrap();
    writer.finish().unwrap();
    file.rewind().unwrap();
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(io::BufReader::new(file)).unwrap();
    assert_eq!(book.sheet_names(), ["Daten", "Daten 2", "Daten 3", "Info"]);
    let heights: Vec<_> = ["Daten", "Daten 2", "Daten 3"].map(|it| book.worksheet_range(it).unwrap().height()).into();
    assert_eq!(heights, [4, 4, 3]);
}

#[test]
fn parquet_keeps_types_and_tells_nothing_from_a_symbol() {
    let mut file = tempfile::tempfile().unwrap();
    let mut writer =
        Box::new(crate::export::parquet::Parquet::of_max(&columns(), &about(), file.try_clone().unwrap(), 3).unwrap());
    writer.rows(&(0..8).map(row).collect::<Vec<_>>()).unwrap();
    writer.finish().unwrap();
    file.rewind().unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    assert_eq!(reader.metadata().num_row_groups(), 3);
    let rows: Vec<HashMap<String, String>> = reader
        .get_row_iter(None)
        .unwrap()
        .map(|it| it.unwrap().get_column_iter().map(|(name, field)| (name.clone(), field.to_string())).collect())
        .collect();
    assert_eq!(rows.len(), 8);
    assert_eq!(rows[0]["ags"], "\"09762\"");
    assert_eq!((&*rows[0]["quote"], &*rows[1]["quote"]), ("7.65", "-2.35"));
    assert_eq!((&*rows[1]["schueler"], &*rows[1]["schueler_symbol"]), ("0", "\"-\""));
    assert_eq!((&*rows[2]["schueler"], &*rows[2]["schueler_symbol"]), ("null", "\".\""));
    assert_eq!((&*rows[3]["schueler"], &*rows[3]["schueler_symbol"]), ("null", "null"));
    assert_eq!((&*rows[0]["ganztags"], &*rows[1]["ganztags"]), ("true", "false"));
    assert!(rows[0]["stand"].starts_with("2023-10-01"));
    let facts = reader.metadata().file_metadata().key_value_metadata().unwrap();
    assert!(facts.iter().any(|it| it.key == "title" && it.value.as_deref() == Some("Schulen")));
}

#[test]
fn a_decimal_that_parquet_cannot_hold_is_refused() {
    let file = tempfile::tempfile().unwrap();
    let mut writer = begin(ExportFormat::Parquet, &columns(), &about(), &std::env::temp_dir(), file).unwrap();
    let mut long = row(0);
    long[4] = Value::Number(1_000_000_000_000_000_000).into();
    let error = writer.rows(&[long]).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    assert!(error.to_string().contains("quote"));
}

#[test]
fn metadata_names_every_column_of_the_csv_file() {
    let header = text(ExportFormat::Csv, 0);
    let names: Vec<_> = header.trim_end().split(',').collect();
    let csvw: Json = serde_json::from_str(&text(ExportFormat::CsvMetadata, 0)).unwrap();
    let package: Json = serde_json::from_str(&text(ExportFormat::DataPackage, 0)).unwrap();
    let of = |list: &Json| {
        list.as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(of(&csvw["tableSchema"]["columns"]), names);
    assert_eq!(of(&package["resources"][0]["schema"]["fields"]), names);
    assert_eq!(csvw["url"], "1.0.csv");
    assert_eq!(csvw["tableSchema"]["primaryKey"], json!(["jahr", "ags", "art"]));
    assert_eq!(csvw["tableSchema"]["columns"][2]["datatype"]["format"], r"GS|'\-1");
    assert_eq!(package["resources"][0]["schema"]["fields"][2]["constraints"]["enum"], json!(["GS", "'-1"]));
    assert_eq!(package["licenses"][0]["path"], "https://www.govdata.de/dl-de/by-2-0");
}

#[test]
fn the_same_table_is_the_same_file() {
    for format in ExportFormat::ALL {
        let [mut one, mut other] = [Vec::new(), Vec::new()];
        written(format, 50).read_to_end(&mut one).unwrap();
        written(format, 50).read_to_end(&mut other).unwrap();
        assert!(!one.is_empty() && one == other, "{format:?}");
        assert_eq!(ExportFormat::of(format.suffix()), Some(format));
    }
}

#[test]
fn what_was_exported_is_proposed_and_read_again() {
    use crate::read::{ReadLimits, TableFileReader, propose};
    for format in [ExportFormat::Csv, ExportFormat::Xlsx] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("it");
        io::copy(&mut written(format, 12), &mut File::create(&path).unwrap()).unwrap();
        let found = propose(&path, None, ReadLimits::default()).unwrap();
        let Ok(mut reader) = TableFileReader::open(&path, &found.profile, ReadLimits::default()) else {
            panic!("{format:?}: it opens")
        };
        let mut rows = Vec::new();
        while let Some(batch) = reader.batch(5) {
            rows.extend(batch.rows);
        }
        let report = reader.into_report();
        assert_eq!(report.problems, [], "{format:?}");
        assert!(report.warnings.iter().all(|it| it.code == crate::read::ProblemCode::Formula), "{:?}", report.warnings);
        let names: Vec<&str> = found.profile.columns.iter().map(|it| it.column.name.as_str()).collect();
        assert_eq!(names.len(), columns().len(), "{names:?}");
        for (place, column) in columns().iter().enumerate() {
            let own = names.iter().position(|it| *it == column.name).unwrap();
            for (number, read) in (0..).zip(&rows) {
                let mut wanted = row(number)[place].clone();
                if let Some(Value::Text(text)) = &mut wanted.value {
                    *text = text.replace("\r\n", "\n");
                }
                assert_eq!(read[own], wanted, "{format:?} {} {number}", column.name);
            }
        }
    }
}
