//! Real figures: the education indicators of INKAR, 305,075 rows. Does nothing where no corpus was given.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use entities::ContentKind;
use tabular::model::{Aggregation, Column, ColumnRole, ColumnType, TableRow, Value};
use tabular::query::{
    AskedMeasure, ColumnTest, Filter, Function, GroupsAsked, Operand, PageSpan, RowsAsked, Sort, parse_number,
};
use verbund_tests::harness::corpus;
use verbund_tests::tables::{Tables, column, words};
use verbund_tests::{Case, TestApp, cases};

use super::dataset;

pub fn cases() -> Vec<Case> {
    cases!["tables"; three_hundred_thousand_indicators_come_back_as_they_were]
}

fn columns() -> Vec<Column> {
    let mut columns = vec![
        column("indicator", ColumnType::Text, ColumnRole::Dimension),
        column("region", ColumnType::Region, ColumnRole::Dimension),
        column("year", ColumnType::Period, ColumnRole::Dimension),
        column("name", ColumnType::Text, ColumnRole::Attribute),
        column("value", ColumnType::Decimal, ColumnRole::Measure),
    ];
    columns[4].aggregation = Aggregation::None;
    columns
}

fn source(corpus: &Path) -> Vec<TableRow> {
    let file = corpus.join("statistics/inkar_bildung_kreise_1995-2022_long.csv.gz");
    let output = Command::new("gzip").arg("-dc").arg(file).output().expect("gzip");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let row = |line: &str| {
        let fields: Vec<&str> = line.split(';').collect();
        let [_, _, code, region, name, year, value] = fields[..] else { panic!("{line}") };
        let value = parse_number(&value.replace(',', "."), 2).expect("a number");
        let text = |it: &str| Value::Text(it.to_owned()).into();
        vec![text(code), text(&region[..5]), text(year), text(name), Value::Number(value).into()]
    };
    text.lines().skip(1).map(row).collect()
}

async fn three_hundred_thousand_indicators_come_back_as_they_were(app: TestApp) {
    let Some(corpus) = corpus() else { return };
    let (rows, columns) = (source(&corpus), columns());
    assert_eq!(rows.len(), 305_075);
    let tables = Tables::of(&app, "steward@kaufbeuren").await;
    let content = tables.put(&dataset(&app).await, ContentKind::Exact, &columns, rows.clone().into_iter()).await;
    let content = content.unwrap_or_else(|error| panic!("{}", words(&error)));
    let session = tables.reading().await;
    let table = session.table(&content).expect("a table");

    // Grouped by region and year, one indicator at a time: every figure of the source, none beside.
    let is = |name: &str, value: &str| {
        Filter::Column(name.to_owned(), ColumnTest::OneOf(vec![Operand::Text(value.to_owned())]))
    };
    let mut expected: BTreeMap<(Value, Value), Value> = BTreeMap::new();
    let code = Value::Text("a_schul_oA".to_owned());
    let cell = |row: &TableRow, at: usize| row[at].value.clone().expect("a value");
    for row in rows.iter().filter(|row| row[0].value.as_ref() == Some(&code)) {
        expected.insert((cell(row, 1), cell(row, 2)), cell(row, 4));
    }
    let (mut found, mut after) = (BTreeMap::new(), None);
    loop {
        let measure = AskedMeasure { column: Some("value".to_owned()), function: Function::Average, name: None };
        let asked = GroupsAsked {
            by: vec!["region".to_owned(), "year".to_owned()],
            measures: vec![measure],
            filter: Some(is("indicator", "a_schul_oA")),
            span: PageSpan { first: Some(1_000), after: after.take() },
            ..GroupsAsked::default()
        };
        let query = asked.resolve(&columns, content.id).unwrap_or_else(|error| panic!("{}", words(&error)));
        let page = table.aggregate(&query).await.unwrap_or_else(|error| panic!("{}", words(&error)));
        for row in &page.rows {
            // A mean has two decimals more.
            let Value::Number(mean) = cell(row, 2) else { panic!("no number") };
            assert_eq!(mean % 100, 0);
            found.insert((cell(row, 0), cell(row, 1)), Value::Number(mean / 100));
        }
        after = page.cursors.last().cloned();
        if !page.more {
            break;
        }
    }
    assert_eq!(found, expected);
    let known = (Value::Text("09762".to_owned()), Value::Text("2015".to_owned()));
    assert_eq!(found.get(&known), Some(&Value::Number(765)), "Kaufbeuren 2015: 7.65 %");

    // Page by page, as they stand, and the rows of one district by year.
    let (mut walked, mut after) = (Vec::with_capacity(rows.len()), None);
    loop {
        let asked = RowsAsked { span: PageSpan { first: Some(1_000), after: after.take() }, ..RowsAsked::default() };
        let page = table.rows(&asked.resolve(&columns, content.id).expect("a question")).await.expect("rows");
        walked.extend(page.rows);
        after = page.cursors.last().cloned();
        if !page.more {
            break;
        }
    }
    assert!(walked == rows, "not every row came back as it was");
    let asked = RowsAsked {
        columns: Some(vec!["year".to_owned()]),
        filter: Some(Filter::All(vec![is("region", "09777"), is("indicator", "a_schul_oA")])),
        order: vec![Sort { column: "year".to_owned(), descending: true }],
        ..RowsAsked::default()
    };
    let page = table.rows(&asked.resolve(&columns, content.id).expect("a question")).await.expect("rows");
    let years: Vec<_> = page.rows.iter().map(|it| cell(it, 0)).collect();
    let mut source: Vec<_> =
        expected.keys().filter(|it| it.0 == Value::Text("09777".to_owned())).map(|it| it.1.clone()).collect();
    source.reverse();
    assert_eq!(years, source);
}
