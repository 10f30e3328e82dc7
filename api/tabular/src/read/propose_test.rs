//! What is proposed for files of layouts that offices know, made up here; and that no bytes break anything.

use proptest::prelude::*;

use super::*;
use crate::model::{ColumnRole, ColumnType, PeriodKind, Symbol};
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
    assert_eq!(profile.symbols, [Symbol::Nothing, Symbol::Secret, Symbol::Blocked]);
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
            ("lat", ColumnType::Decimal, Measure),
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
