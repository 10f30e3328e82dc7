//! What is proposed for files of layouts that offices know, made up here; and that no bytes break anything.

use proptest::prelude::*;

use super::*;
use crate::model::{Aggregation, Cell, ColumnRole, ColumnType, PeriodKind, Symbol, Value};
use crate::read::test_files::{Folder, ods, xlsx};
use crate::read::tests::read;

fn proposal(text: &str) -> ProfileProposal {
    let folder = Folder::new();
    propose(&folder.file("it", text.as_bytes()), None, ReadLimits::default()).expect("a proposal")
}

fn shape(proposal: &ProfileProposal) -> Vec<(&str, ColumnType, ColumnRole)> {
    proposal.profile.columns.iter().map(|it| (it.column.name.as_str(), it.column.kind, it.column.role)).collect()
}

const GENESIS: &str = "GENESIS-Tabelle: 12411-02-03-4\n\
    Bevölkerung nach Geschlecht - Stichtag 31.12.2022 -;;;;\n\
    Fortschreibung des Bevölkerungsstandes;;;;\n\
    ;;Bevölkerung;Bevölkerung;Bevölkerung\n\
    ;;Geschlecht;Geschlecht;Fläche\n\
    ;;Insgesamt;weiblich;Fläche\n\
    ;;Anzahl;Anzahl;qkm\n\
    DG;Deutschland;84358845;42760213;357.592,6\n\
    09;  Bayern;13369393;6736427;70.541,5\n\
    09762;      Kaufbeuren;46386;23713;40,0\n\
    09777;      Ostallgäu, Landkreis;.;-;x\n\
    __________\n\"zu \"\"Bevölkerung\"\"\n01.01.2022;\"\n";

#[test]
fn a_genesis_table_with_its_date_above_the_data_is_recognised() {
    use ColumnRole::{Attribute, Dimension, Measure};
    let found = proposal(GENESIS);
    assert_eq!(
        shape(&found),
        [
            ("stichtag", ColumnType::Period, Dimension),
            ("ags", ColumnType::Region, Dimension),
            ("bezeichnung", ColumnType::Text, Attribute),
            ("insgesamt", ColumnType::Integer, Measure),
            ("weiblich", ColumnType::Integer, Measure),
            ("flaeche", ColumnType::Decimal, Measure),
        ]
    );
    let profile = &found.profile;
    assert_eq!((profile.title_rows, profile.header_rows, profile.footer.as_deref()), (3, 4, Some("__________")));
    assert_eq!((profile.decimal, profile.thousands), (',', Some('.')));
    // The layout defines its symbols; further below there may be others than in these rows.
    assert_eq!(profile.symbols, Symbol::ALL[..6]);
    assert_eq!(profile.columns[4].column.part_of.as_deref(), Some("insgesamt"));
    assert_eq!(found.sample.rows.len(), 4);
    assert_eq!(found.report.problems, []);
    let notes: Vec<_> = found.notes.iter().map(|it| it.code).collect();
    assert_eq!(notes, [NoteCode::Genesis, NoteCode::DateInHead, NoteCode::NameMadeUp, NoteCode::NameMadeUp]);
}

#[test]
fn next_years_table_imports_with_the_names_of_keys_edited() {
    let mut profile = proposal(GENESIS).profile;
    profile.columns[1].column.name = "region".to_owned();
    profile.columns[2].column.name = "name".to_owned();
    let folder = Folder::new();
    let next = GENESIS.replace("31.12.2022", "31.12.2023").replace("46386", "46.500");
    let (batch, report) = read(&folder.file("next", next.as_bytes()), &profile);
    assert_eq!((batch.rows.len(), report.problems), (4, Vec::new()));
    let cell = |text: &str| crate::model::Value::Text(text.to_owned()).into();
    assert_eq!(batch.rows[2][..3], [cell("2023-12-31"), cell("09762"), cell("Kaufbeuren")]);
}

#[test]
fn plain_tables_get_their_marks_types_and_keys() {
    use ColumnRole::{Attribute, Dimension, Measure};
    let comma = proposal(
        "Schulnummer,Name,PLZ,lat,Schüler\n0123,Grundschule,87600,47.909,120\n0124,\"A, B\",86807,47.88,1200\n",
    );
    assert_eq!(
        shape(&comma),
        [
            ("schulnummer", ColumnType::Text, Dimension),
            ("name", ColumnType::Text, Attribute),
            ("plz", ColumnType::Text, Attribute),
            ("lat", ColumnType::Decimal, Attribute),
            ("schueler", ColumnType::Integer, Measure),
        ]
    );
    assert_eq!((comma.profile.delimiter, comma.profile.decimal), (Some(','), '.'));
    let tab = proposal("Schuljahr\tArt\tZahl\n2022/23\tA\t1.234\n2022/23\tB\t5\n2023/24\tA\t7\n");
    assert_eq!(tab.profile.format, FileFormat::Tsv);
    assert_eq!(tab.profile.columns[0].column.period, Some(PeriodKind::SchoolYear));
    assert_eq!(tab.profile.thousands, Some('.'));
    assert!(tab.notes.iter().any(|it| it.code == NoteCode::MarksUnclear));
    let twice = proposal("Art;Wert\nA;1\nA;2\n");
    assert_eq!(shape(&twice)[0], ("zeile", ColumnType::Integer, Dimension));
    let bare = proposal("A;1,5\nB;2,25\n");
    assert_eq!((bare.profile.header_rows, bare.sample.rows.len()), (0, 2));
    for found in [comma, tab, twice, bare] {
        assert_eq!(found.profile.flaws(), []);
        assert_eq!(found.report.problems, []);
    }
}

fn codes_of(found: &ProfileProposal) -> Vec<NoteCode> {
    found.notes.iter().map(|it| it.code).collect()
}

/// Proposal and whole import of a text.
fn imported(text: &str) -> (ProfileProposal, Batch, ReadReport) {
    let folder = Folder::new();
    let path = folder.file("it", text.as_bytes());
    let found = propose(&path, None, ReadLimits::default()).expect("a proposal");
    assert_eq!(found.profile.flaws(), [], "{text}");
    let (batch, report) = read(&path, &found.profile);
    (found, batch, report)
}

#[test]
fn a_proposal_is_a_function_of_the_file() {
    let text = "schulart;schueler\nGrundschule;100\nGesamtschule;40\nGymnasium;60\nInsgesamt;200\n";
    let first = proposal(text);
    assert_eq!(first.profile.columns[0].column.total.as_deref(), Some("Insgesamt"));
    for _ in 0..20 {
        assert_eq!(proposal(text), first);
    }
    let schools = proposal("name;schueler\nGesamtschule Mitte;100\nGesamtschule West;40\n");
    assert_eq!(schools.profile.columns[0].column.total, None);
}

#[test]
fn empty_fields_at_the_end_of_rows_are_nothing() {
    for text in [
        "ags;name;kinder\r\n09762;A;12;\r\n09777;B;31\r\n09780;C;7;;\r\n",
        "ags;name;kinder;;\n09762;A;12;;\n09777;B;31;;\n09780;C;7;;\n",
        "ags;name;kinder;;\n09762;A;12\n09777;B;31\n09780;C;7\n",
    ] {
        let (found, batch, report) = imported(text);
        let kinds: Vec<_> = found.profile.columns.iter().map(|it| it.column.kind).collect();
        assert_eq!(kinds, [ColumnType::Region, ColumnType::Text, ColumnType::Integer], "{text}");
        assert_eq!((batch.rows.len(), report.problems, report.warnings), (3, Vec::new(), Vec::new()), "{text}");
    }
}

#[test]
fn a_row_with_text_behind_the_last_column_is_named() {
    for end in ["\n", "\r\n"] {
        let rows = ["ags;name;kinder", "09762;A;12", "09777;B;31;zuviel;mehr", "09780;C;7", ""];
        let (found, batch, report) = imported(&rows.join(end));
        assert_eq!((found.profile.columns.len(), batch.rows.len()), (3, 2));
        let problem = &report.problems[0];
        assert_eq!((report.problems.len(), problem.code, problem.row), (1, ProblemCode::FieldCount, Some(3)));
        assert_eq!((problem.args["expected"].as_str(), problem.args["found"].as_str()), ("3", "5"));
    }
}

#[test]
fn columns_beyond_the_headers_are_proposed_where_most_rows_have_them() {
    let (found, batch, report) = imported("a;b\nx;1;p\ny;2;q\nz;3;r\n");
    assert_eq!(found.profile.columns.len(), 3);
    assert_eq!((batch.rows.len(), report.problems), (3, Vec::new()));
}

#[test]
fn columns_that_a_profile_does_not_use_are_named() {
    let folder = Folder::new();
    let path = folder.file("it", b"Art;Zahl;Bemerkung;Leer\nA;1;;\nB;2;gesch\xc3\xa4tzt;\nC;3;neu;\n");
    let mut profile = propose(&path, None, ReadLimits::default()).expect("a proposal").profile;
    profile.columns.retain(|it| it.column.name != "bemerkung" && it.column.name != "leer");
    let (batch, report) = read(&path, &profile);
    assert_eq!((batch.rows.len(), report.problems.len(), report.warnings.len()), (3, 0, 1));
    let warning = &report.warnings[0];
    let wanted = (ProblemCode::ColumnNotUsed, Some(3), Some("geschätzt"));
    assert_eq!((warning.code, warning.row, warning.value.as_deref()), wanted);
    let argument = |name: &str| warning.args[name].as_str();
    assert_eq!([argument("position"), argument("header"), argument("count")], ["3", "Bemerkung", "2"]);
}

#[test]
fn more_columns_than_a_table_has_are_counted() {
    let header = (0..250).map(|it| format!("s{it}")).collect::<Vec<_>>().join(";");
    let row = |first: &str| first.to_owned() + &";1".repeat(249);
    let (found, batch, report) = imported(&[header, row("a"), row("b"), String::new()].join("\n"));
    assert_eq!((batch.rows.len(), report.problems), (2, Vec::new()));
    let note = found.notes.iter().find(|it| it.code == NoteCode::ColumnsLeftOut).expect("a note");
    let left_out = 250 - found.profile.columns.len();
    assert_eq!((note.value.clone(), report.warnings.len()), (Some(left_out.to_string()), left_out));
}

#[test]
fn headers_of_several_rows_and_of_numbers_are_recognised() {
    for (text, rows, titles) in [
        ("Gemeinde;Zahl;;\nA;1;;\nB;2;;\n", 1, vec!["Gemeinde", "Zahl"]),
        (
            "Gemeinde;Schüler;;Lehrer;\n;m;w;m;w\nA;1;2;3;4\nB;5;6;7;8\n",
            2,
            vec!["Gemeinde", "Schüler / m", "Schüler / w", "Lehrer / m", "Lehrer / w"],
        ),
        ("stadtteil;4;2019;2020\n101;1;17;18\n102;2;27;28\n", 1, vec!["Zeile", "stadtteil", "4", "2019", "2020"]),
        (
            "Nr;Gebiet;Wähler;;\n;;Erststimmen;;\n;;Endgültig;Vorperiode;\n1;A;5;6;\n2;B;7;8;\n",
            3,
            vec!["Nr", "Gebiet", "Wähler / Erststimmen / Endgültig", "Wähler / Erststimmen / Vorperiode"],
        ),
    ] {
        let (found, batch, report) = imported(text);
        let found_titles: Vec<_> = found.profile.columns.iter().map(|it| it.column.title.as_str()).collect();
        assert_eq!((found.profile.header_rows, found_titles), (rows, titles), "{text}");
        assert_eq!((batch.rows.len(), report.problems, report.warnings), (2, Vec::new(), Vec::new()), "{text}");
    }
}

#[test]
fn a_row_of_units_belongs_to_the_headers() {
    let (found, batch, report) = imported(
        "GENESIS-Tabelle: 1\nKinder;;;;\n;;;Insgesamt;weiblich\n;;;1000;1000\n2022;09762;A;12;6\n2022;09777;B;14;7\n__________\n",
    );
    let columns = &found.profile.columns;
    assert_eq!((found.profile.header_rows, columns[1].column.kind), (2, ColumnType::Region));
    assert!(columns[3..].iter().all(|it| it.column.unit.as_deref() == Some("1000")));
    assert_eq!((batch.rows.len(), report.problems), (2, Vec::new()));
}

#[test]
fn a_date_in_a_row_of_its_own_is_found_again_next_year() {
    let text = "GENESIS-Tabelle: 1\nKinder in Betreuung\n31.12.2015;;\n;;Kinder\n;;Anzahl\n09762;A;12\n09777;B;31\n__________\n";
    let (found, batch, report) = imported(text);
    assert_eq!((batch.rows.len(), report.problems), (2, Vec::new()));
    assert_eq!(batch.rows[0][0], Value::Text("2015-12-31".to_owned()).into());
    let folder = Folder::new();
    let (batch, _) = read(&folder.file("it", text.replace("2015", "2016").as_bytes()), &found.profile);
    assert_eq!(batch.rows[0][0], Value::Text("2016-12-31".to_owned()).into());
}

#[test]
fn keys_of_municipalities_are_regions_in_all_lengths() {
    for keys in [
        ["DG", "03151", "03151401002"],
        ["03151", "0315140100", "03151001"],
        ["091720114114", "091720115115", "091720116116"],
        ["13003000", "13004000", "14340010"],
    ] {
        let text = format!(
            "GENESIS-Tabelle: 1\nKinder;;\n;;Kinder\n;;Anzahl\n{};A;1\n{};B;2\n{};C;3\n__________\n",
            keys[0], keys[1], keys[2]
        );
        let (found, _, report) = imported(&text);
        assert_eq!(
            (found.profile.columns[0].column.kind, report.problems),
            (ColumnType::Region, Vec::new()),
            "{keys:?}"
        );
    }
    let (found, batch, report) = imported("Gemeindeschlüssel;Zahl\n9172114;5\n10041100;7\n");
    assert_eq!((found.profile.columns[0].pad, report.problems), (Some(8), Vec::new()));
    assert_eq!(batch.rows[0][0], Value::Text("09172114".to_owned()).into());
    assert!(codes_of(&found).contains(&NoteCode::ZeroLost));
}

#[test]
fn ids_and_coordinates_are_no_figures() {
    let (found, _, report) = imported(
        "Haltestellen-ID;Name;Lfd. Nr.;Latitude;Longitude;Fahrgaeste\n1;Rathaus;7;47.880123;10.622456;120\n\
         2;Bahnhof;8;47.8790012345678;10.631222;340\n5;Klinikum;9;47.869555;10.610888;75\n",
    );
    let measures: Vec<_> = found.profile.columns.iter().filter(|it| it.column.role == ColumnRole::Measure).collect();
    assert_eq!(measures.iter().map(|it| it.column.name.as_str()).collect::<Vec<_>>(), ["fahrgaeste"]);
    assert_eq!(shape(&found)[0], ("haltestellen_id", ColumnType::Text, ColumnRole::Dimension));
    assert_eq!(report.problems, []);
}

#[test]
fn units_in_cells_and_texts_among_numbers_are_told() {
    let (found, batch, report) = imported("ags;quote\n09762;23,78 %\n09777;4,5%\n09780;100 %\n");
    let quote = &found.profile.columns[1];
    assert_eq!((quote.column.unit.as_deref(), quote.column.decimals), (Some("Prozent"), Some(2)));
    assert_eq!((report.problems, &batch.rows[1][1]), (Vec::new(), &Value::Number(450).into()));
    assert!(codes_of(&found).contains(&NoteCode::UnitInCells));
    let rows: String = (0..20).map(|it| format!("k{it};{it}\r\n")).collect();
    let (found, _, report) = imported(&format!("Art;Zahl\r\n{rows}x;viele\r\n"));
    assert_eq!(report.problems, []);
    let note = found.notes.iter().find(|it| it.code == NoteCode::NotAllNumbers).expect("a note");
    assert_eq!((note.column.as_deref(), note.value.as_deref(), note.row), (Some("zahl"), Some("viele"), Some(22)));
}

#[test]
fn rates_and_means_are_neither_added_up_nor_parts() {
    let found = proposal(
        "GENESIS-Tabelle: 1\nArbeit;;;;\n;;Arbeitslosenquote;Arbeitslosenquote;Ausgaben je Schüler\n;;Insgesamt;Ausländer;Insgesamt\n\
         09762;A;3,2;8,1;5000\n09777;B;2,2;7,1;6000\n__________\n",
    );
    let measures = found.profile.columns.iter().filter(|it| it.column.role == ColumnRole::Measure);
    for it in measures {
        assert_eq!((&it.column.part_of, it.column.aggregation), (&None, Aggregation::None), "{}", it.column.title);
    }
}

const FLAT: &str = "statistics_code;time_code;time_label;time;1_variable_attribute_code;1_variable_attribute_label;value;value_unit;value_q\r\n\
    99001;JAHR;Jahr;2023;09762;Kaufbeuren;812;Anzahl;e\r\n99001;JAHR;Jahr;2023;09777;Ostallgäu;3120;Anzahl;p\r\n\
    99001;JAHR;Jahr;2023;09780;Oberallgäu;-;Anzahl;.\r\n99001;JAHR;Jahr;2024;09762;Kaufbeuren;0;Anzahl;-\r\n";

#[test]
fn flat_genesis_tables_have_their_time_as_period_and_their_signs_as_symbols() {
    let (found, batch, report) = imported(FLAT);
    let time = found.profile.columns.iter().find(|it| it.column.name == "time").expect("a time");
    assert_eq!((time.column.role, time.column.period), (ColumnRole::Dimension, Some(PeriodKind::Year)));
    let place = found.profile.columns.iter().position(|it| it.column.name == "value").expect("a value");
    let value = &found.profile.columns[place];
    assert_eq!(
        (value.column.unit.as_deref(), value.symbols.as_ref().and_then(|it| it.position)),
        (Some("Anzahl"), Some(9))
    );
    assert!(!codes_of(&found).contains(&NoteCode::NoKey));
    assert_eq!(report.problems, []);
    let cell = |value: Option<i64>, symbol| Cell { value: value.map(Value::Number), symbol };
    let cells: Vec<_> = batch.rows.iter().map(|it| it[place].clone()).collect();
    let wanted = [
        cell(Some(812), None),
        cell(Some(3120), None),
        cell(None, Some(Symbol::Secret)),
        cell(Some(0), Some(Symbol::Nothing)),
    ];
    assert_eq!(cells, wanted);
    let warning = &report.warnings[0];
    assert_eq!((warning.code, warning.row, warning.value.as_deref()), (ProblemCode::MarkNotStored, Some(3), Some("p")));
    let folder = Folder::new();
    let wrong = FLAT.replace(";812;Anzahl;e", ";812;Anzahl;.").replace("3120;Anzahl;p", "3120;Anzahl;?");
    let (_, report) = read(&folder.file("it", wrong.as_bytes()), &found.profile);
    let problems: Vec<_> = report.problems.iter().map(|it| (it.code, it.row, it.value.as_deref())).collect();
    assert_eq!(problems, [(ProblemCode::BadSymbol, Some(2), Some(".")), (ProblemCode::BadSymbol, Some(3), Some("?"))]);
}

#[test]
fn old_macintosh_letters_are_told() {
    let folder = Folder::new();
    let path = folder.file("it", b"Ort;Zahl\nF\x9fssen;1\nPfronten;2\n");
    let found = propose(&path, None, ReadLimits::default()).expect("a proposal");
    assert_eq!(found.profile.encoding, Encoding::Macintosh);
    assert_eq!(codes_of(&found), [NoteCode::EncodingUnclear]);
    assert_eq!(found.sample.rows[0][0], Value::Text("Füssen".to_owned()).into());
}

#[test]
fn notes_below_the_data_end_it() {
    for text in [
        "Art;Zahl\nA;1\nB;2\nQuelle: eigene Erhebung der Schulen\n1) Ohne Berufsschulen\n",
        "Art;Zahl\nA;1\nB;2\n1) Ohne Berufsschulen;\nEin weiterer Satz steht hier;\n",
    ] {
        let (found, batch, report) = imported(text);
        assert_eq!((batch.rows.len(), report.problems), (2, Vec::new()), "{text}");
        assert_eq!(found.profile.columns[1].column.kind, ColumnType::Integer);
        assert!(codes_of(&found).contains(&NoteCode::Footer));
    }
}

#[test]
fn what_is_no_table_is_refused() {
    let folder = Folder::new();
    for bytes in [&b""[..], b"%PDF-1.7", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04", b"\n\n\n"] {
        assert!(propose(&folder.file("it", bytes), None, ReadLimits::default()).is_err(), "{bytes:?}");
    }
}

/// Bytes that look like tables in places.
fn odd_bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        "[;,\t|\"\n\r_0-9a-zäöü.x/()*-]{0,12}".prop_map(String::into_bytes),
        Just(b"GENESIS-Tabelle: 1\n".to_vec()),
        Just(b"__________\n".to_vec()),
        Just(b"09762;01.03.2016;1.234,5;(12)\n".to_vec()),
        prop::collection::vec(any::<u8>(), 0..8),
    ];
    prop::collection::vec(piece, 0..30).prop_map(|it| it.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_break_anything(bytes in odd_bytes()) {
        let folder = Folder::new();
        let path = folder.file("it", &bytes);
        if let Ok(found) = propose(&path, None, ReadLimits::default()) {
            prop_assert_eq!(found.profile.flaws(), []);
            let (batch, report) = read(&path, &found.profile);
            prop_assert_eq!(batch.rows.len() as u64, report.rows);
            prop_assert!(batch.rows.iter().all(|it| it.len() == found.profile.columns.len()));
        }
    }

    #[test]
    fn no_damage_to_a_workbook_breaks_anything(
        is_ods in any::<bool>(), place in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>(),
    ) {
        let rows: [&[&str]; 3] = [&["AGS", "Wert"], &["09762", "#1.5"], &["09777", "#2"]];
        let mut bytes = if is_ods { ods(&rows) } else { xlsx(&rows) };
        let place = place.index(bytes.len());
        bytes[place] = byte;
        if cut.index(4) == 0 {
            bytes.truncate(cut.index(bytes.len()));
        }
        let folder = Folder::new();
        let path = folder.file("it", &bytes);
        if let Ok(found) = propose(&path, None, ReadLimits::default()) {
            read(&path, &found.profile);
        }
    }
}
