//! Tables by their keys.

use std::collections::BTreeMap;

use entities::ContentKind;
use store::tables::{ChangeKind, GroupSource, TableRef};
use tabular::model::{Cell, Column, ColumnRole, ColumnType, Symbol, TableRow, Value};
use verbund_tests::tables::{Tables, column, words};
use verbund_tests::{Case, Dice, TestApp, cases};

use super::{dataset, random};

pub fn cases() -> Vec<Case> {
    cases!["tables";
        keys_that_stand_twice_are_found,
        differences_are_those_of_row_by_row,
        a_table_is_put_together_for_protection,
    ]
}

async fn keys_that_stand_twice_are_found(app: TestApp) {
    let (tables, columns) = (Tables::of(&app, "steward@kaufbeuren").await, random::columns());
    let mut dice = Dice::new(3);
    let mut rows: Vec<TableRow> = (0..500).map(|_| random::row(&mut dice, false)).collect();
    for at in 0..20 {
        rows.push(rows[at * 7].clone());
    }
    let mut expected: BTreeMap<String, (TableRow, Vec<i64>)> = BTreeMap::new();
    for (number, row) in (1..).zip(&rows) {
        let key = row[..4].to_vec();
        expected.entry(format!("{key:?}")).or_insert_with(|| (key, Vec::new())).1.push(number);
    }
    let mut expected: Vec<_> = expected.into_values().filter(|it| it.1.len() > 1).collect();
    expected.sort_by_key(|it| it.1[0]);
    assert!(expected.len() >= 20);
    let content =
        tables.put(&dataset(&app).await, ContentKind::Exact, &columns, rows.into_iter()).await.expect("loaded");
    let place = TableRef { content: content.id, columns: &columns };
    let found = tables.write(async |writer| writer.tables().duplicates(place, 10).await).await.expect("found");
    assert_eq!(usize::try_from(found.total), Ok(expected.len()));
    assert_eq!(found.keys.len(), 10);
    for (it, (key, numbers)) in found.keys.iter().zip(&expected) {
        assert_eq!((&it.key, it.first, Some(&it.last)), (key, numbers[0], numbers.last()));
        assert_eq!(usize::try_from(it.rows), Ok(numbers.len()));
    }
}

/// A row for a key; what is in it follows from `seed`.
fn row(key: usize, seed: u64) -> TableRow {
    let mut dice = Dice::new(seed);
    let mut row = random::row(&mut dice, false);
    row[0] = if key.is_multiple_of(11) { Cell::default() } else { Value::Text("09777".to_owned()).into() };
    row[1] = Value::Text("2023".to_owned()).into();
    row[2] = Value::Text(key.to_string()).into();
    row[3] = Cell::default();
    row
}

async fn differences_are_those_of_row_by_row(app: TestApp) {
    let (tables, dataset, columns) =
        (Tables::of(&app, "steward@kaufbeuren").await, dataset(&app).await, random::columns());
    let before: Vec<TableRow> = (0..200).map(|it| row(it, it as u64)).collect();
    let mut after: Vec<TableRow> =
        (20..230).map(|it| row(it, if it % 5 == 0 { 1_000 } else { 0 } + it as u64)).collect();
    // Nothing but a symbol is another.
    after[1][5] = Cell { value: None, symbol: Some(Symbol::Secret) };
    after[2][5] = Cell { value: None, symbol: Some(Symbol::Later) };
    let mut of_both = Vec::new();
    // The columns stand in another order, and one is new.
    let mut later: Vec<Column> = columns.clone();
    later.swap(6, 7);
    later.push(column("more", ColumnType::Integer, ColumnRole::Measure));
    for (columns, rows) in [(&columns, before.clone()), (&later, moved(&after))] {
        of_both.push(tables.put(&dataset, ContentKind::Exact, columns, rows.into_iter()).await.expect("loaded").id);
    }
    let [old, new] =
        [TableRef { content: of_both[0], columns: &columns }, TableRef { content: of_both[1], columns: &later }];
    let found = tables.write(async |writer| writer.tables().differences(old, new, 1_000).await).await.expect("found");
    let by_key =
        |rows: &[TableRow]| rows.iter().map(|it| (format!("{:?}", &it[..4]), it.clone())).collect::<BTreeMap<_, _>>();
    let (before, after) = (by_key(&before), by_key(&after));
    let added = after.keys().filter(|it| !before.contains_key(*it)).count();
    let removed = before.keys().filter(|it| !after.contains_key(*it)).count();
    let changed = before.iter().filter(|(key, row)| after.get(*key).is_some_and(|it| it != *row)).count();
    assert!(added == 30 && removed == 20 && changed > 30);
    assert_eq!(
        [found.added, found.removed, found.changed].map(|it| usize::try_from(it).expect("small")),
        [added, removed, changed]
    );
    assert_eq!(found.rows.len(), added + removed + changed);
    assert_eq!(found.key, ["region", "year", "word", "day"]);
    assert_eq!(found.columns, ["open", "pupils", "remark", "rate"]);
    for it in &found.rows {
        let key = format!("{:?}", it.key);
        let values = |row: Option<&TableRow>| {
            row.map_or_else(TableRow::new, |it| [4, 5, 7, 6].map(|at| it[at].clone()).to_vec())
        };
        let expected = match (before.contains_key(&key), after.contains_key(&key)) {
            (false, _) => ChangeKind::Added,
            (_, false) => ChangeKind::Removed,
            _ => ChangeKind::Changed,
        };
        assert_eq!(it.kind, expected);
        assert_eq!((&it.before, &it.after), (&values(before.get(&key)), &values(after.get(&key))));
    }
    // Tables with other dimensions have no rows in common.
    let fewer = &columns[1..];
    let rows = vec![row(1, 1)[1..].to_vec()].into_iter();
    let other = tables.put(&dataset, ContentKind::Exact, fewer, rows).await.expect("loaded");
    let other = TableRef { content: other.id, columns: fewer };
    let found = tables.write(async |writer| writer.tables().differences(old, other, 10).await).await.expect("found");
    assert_eq!((found.key.len(), found.removed, found.added, found.changed), (0, 200, 1, 0));
}

fn moved(rows: &[TableRow]) -> Vec<TableRow> {
    let each = rows.iter().map(|row| {
        let mut row = row.clone();
        row.swap(6, 7);
        row.push(Value::Number(1).into());
        row
    });
    each.collect()
}

async fn a_table_is_put_together_for_protection(app: TestApp) {
    let tables = Tables::of(&app, "steward@kaufbeuren").await;
    let columns = vec![
        column("district", ColumnType::Text, ColumnRole::Dimension),
        column("sex", ColumnType::Text, ColumnRole::Dimension),
        column("pupils", ColumnType::Integer, ColumnRole::Measure),
        column("open", ColumnType::Boolean, ColumnRole::Measure),
    ];
    let text = |it: &str| Cell::from(Value::Text(it.to_owned()));
    let row =
        |district: &str, sex: &str, pupils: Cell| vec![text(district), text(sex), pupils, Value::Boolean(true).into()];
    let (number, secret) = (|it| Cell::from(Value::Number(it)), Cell { value: None, symbol: Some(Symbol::Secret) });
    let rows = vec![
        row("a", "t", number(7)),
        row("a", "m", number(3)),
        row("a", "w", number(4)),
        row("b", "m", secret.clone()),
        row("b", "w", number(4)),
        row("c", "m", secret.clone()),
    ];
    let content =
        tables.put(&dataset(&app).await, ContentKind::Exact, &columns, rows.into_iter()).await.expect("loaded");
    let session = tables.reading().await;
    let table = session.table(&content).expect("a table");
    let wanted = [GroupSource::Dimension(0), GroupSource::Sum(2), GroupSource::AsIs(3), GroupSource::Rows];
    let found = table.group(&wanted, &[(1, "t".to_owned())], 3).await.expect("groups");
    let expected = vec![
        vec![text("a"), number(7), Cell::default(), number(2)],
        vec![text("b"), secret.clone(), Cell::default(), number(2)],
        vec![text("c"), secret, Value::Boolean(true).into(), number(1)],
    ];
    assert_eq!(found, expected);
    let many = table.group(&wanted, &[], 2).await.expect_err("three groups");
    assert_eq!(words(&many), "There are more than 2 groups.");
}
