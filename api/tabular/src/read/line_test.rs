//! Numbers of rows: those that a person sees in the file.

use super::*;
use crate::read::test_files::Folder;
use crate::read::tests::{profile, read};

const NUMBERED: &str = r#"
version = 1
format = "CSV"
columns = [
  { column = { name = "zeile", title = "Zeile", type = "INTEGER", role = "DIMENSION" }, from.rowNumber = true },
  { column = { name = "name", title = "Name", type = "TEXT", role = "ATTRIBUTE" }, from.column = { position = 1 } },
  { column = { name = "zahl", title = "Zahl", type = "INTEGER", role = "MEASURE" }, from.column = { position = 2 } },
]
"#;

/// Lines of the rows read, and of the problems.
fn lines(text: &[u8]) -> (Vec<u64>, Vec<u64>) {
    let folder = Folder::new();
    let (batch, report) = read(&folder.file("it.csv", text), &profile(NUMBERED));
    (batch.lines, report.problems.iter().filter_map(|it| it.row).collect())
}

#[test]
fn rows_have_the_numbers_of_their_lines_whatever_ends_a_line() {
    for end in ["\n", "\r\n", "\r"] {
        let text = ["a;1", "b;2", "c;bad", "", "", "d;4", ";;", "\"e", "", "e\";5", "f;no", "g;7"].join(end);
        for text in [text.clone(), format!("{text}{end}"), format!("\u{feff}{text}{end}{end}")] {
            assert_eq!(lines(text.as_bytes()), (vec![1, 2, 6, 8, 12], vec![3, 11]), "{end:?}");
        }
        let blank_first = format!("{end}{end}{text}");
        assert_eq!(lines(blank_first.as_bytes()).1, [5, 13], "{end:?}");
    }
    assert_eq!(lines(b"a;1\n\rb;2\n\n\r\nc;x\r\r\nd;y\n"), (vec![1, 3], vec![6, 8]));
}

#[test]
fn lines_are_counted_across_all_chunks() {
    let text: String = (0..30_000).map(|it| format!("\"Name \r\n{it}\";{it}\r\n")).collect();
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for bytes in [text.as_bytes(), &wide] {
        let (rows, problems) = lines(bytes);
        assert_eq!(problems, Vec::<u64>::new());
        assert_eq!(rows, (0..30_000).map(|it| it * 2 + 1).collect::<Vec<_>>());
    }
}

#[test]
fn row_numbers_are_keys() {
    for end in ["\n", "\r\n", "\r"] {
        let folder = Folder::new();
        let text = ["Art;Zahl", "A;1", "A;1", "A;2", ""].join(end);
        let path = folder.file("it.csv", text.as_bytes());
        let found = propose(&path, None, ReadLimits::default()).expect("a proposal");
        assert_eq!(found.profile.columns[0].column.name, "zeile");
        let (batch, report) = read(&path, &found.profile);
        assert_eq!((batch.lines, report.problems), (vec![2, 3, 4], Vec::new()), "{end:?}");
    }
}
