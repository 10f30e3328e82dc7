//! Every question has the answer that it has row by row.

use std::collections::BTreeMap;

use entities::{ContentKind, dataset_content};
use kernel::error::ApiResult;
use store::tables::{GroupPage, TableReader};
use tabular::model::{Cell, Column, ColumnRole, ColumnType, Symbol, TableRow, Value};
use tabular::query::{
    AskedMeasure, ColumnTest, Comparison, Filter, Function, GroupsAsked, Having, Operand, PageSpan, RowsAsked, Sort,
};
use verbund_tests::tables::{Tables, column, words};
use verbund_tests::{Case, Dice, TestApp, cases};

use super::{dataset, naive, random};

pub fn cases() -> Vec<Case> {
    cases!["tables";
        rows_are_those_of_row_by_row,
        groups_are_those_of_row_by_row,
        names_and_values_are_no_sql,
        sums_are_exact_or_refused,
        totals_levels_and_protected_cells,
    ]
}

/// All rows that a question finds, page by page.
async fn walk(
    table: &TableReader<'_>,
    asked: &RowsAsked,
    content: &dataset_content::Model,
    page: i32,
) -> Vec<TableRow> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let span = PageSpan { first: Some(page), after: after.take() };
        let asked = RowsAsked { span, ..asked.clone() };
        let query = asked.resolve(table.columns(), content.id).unwrap_or_else(|error| panic!("{}", words(&error)));
        let read = table.rows(&query).await.unwrap_or_else(|error| panic!("{}: {asked:?}", words(&error)));
        assert_eq!(read.rows.len(), read.cursors.len());
        after = read.cursors.last().cloned();
        found.extend(read.rows);
        if !read.more {
            return found;
        }
    }
}

async fn rows_are_those_of_row_by_row(app: TestApp) {
    let (tables, columns) = (Tables::of(&app, "steward@kaufbeuren").await, random::columns());
    let dataset = dataset(&app).await;
    let names: Vec<_> = columns.iter().map(|it| it.name.clone()).collect();
    for seed in 0..6 {
        let mut dice = Dice::new(seed);
        let rows: Vec<TableRow> = (0..40 + dice.below(160)).map(|_| random::row(&mut dice, true)).collect();
        let content =
            tables.put(&dataset, ContentKind::Exact, &columns, rows.clone().into_iter()).await.expect("loaded");
        let session = tables.reading().await;
        let table = session.table(&content).expect("a table");
        for _ in 0..25 {
            let filter = dice.chance(80).then(|| random::filter(&mut dice, 3));
            let order = random::sorts(&mut dice, &names);
            let asked = RowsAsked { filter: filter.clone(), order: order.clone(), ..RowsAsked::default() };
            let page = i32::try_from(1 + dice.below(60)).expect("small");
            let expected = naive::rows(&columns, &rows, filter.as_ref(), &order);
            assert_eq!(walk(&table, &asked, &content, page).await, expected, "seed {seed}: {asked:?}");
            let condition = filter.map(|it| it.resolve(&columns, "filter").expect("a condition"));
            let count = table.count(condition.as_ref()).await.expect("a count");
            assert_eq!(usize::try_from(count), Ok(expected.len()), "seed {seed}: {asked:?}");
        }
    }
}

async fn groups_are_those_of_row_by_row(app: TestApp) {
    let (tables, mut columns) = (Tables::of(&app, "steward@kaufbeuren").await, random::columns());
    // Regions of every level are in these tables; what is summed here is no matter of levels.
    columns[0].kind = ColumnType::Text;
    let dataset = dataset(&app).await;
    let groups = ["region", "year", "word", "day", "open", "remark"].map(str::to_owned);
    for seed in 100..106 {
        let mut dice = Dice::new(seed);
        let rows: Vec<TableRow> = (0..40 + dice.below(160)).map(|_| random::row(&mut dice, seed % 2 == 0)).collect();
        let content =
            tables.put(&dataset, ContentKind::Exact, &columns, rows.clone().into_iter()).await.expect("loaded");
        let session = tables.reading().await;
        let table = session.table(&content).expect("a table");
        for _ in 0..25 {
            let filter = dice.chance(50).then(|| as_text(random::filter(&mut dice, 2)));
            let by: Vec<_> = dice.some(&groups).into_iter().take(3).collect();
            let measures = random::measures(&mut dice);
            let names: Vec<_> = by.iter().cloned().chain((0..measures.len()).map(|it| format!("m{it}"))).collect();
            let order = random::sorts(&mut dice, &names);
            let asked = GroupsAsked {
                by: by.clone(),
                measures: measures.clone(),
                filter: filter.clone(),
                order: order.clone(),
                ..GroupsAsked::default()
            };
            let page = i32::try_from(1 + dice.below(40)).expect("small");
            let found = walk_groups(&table, &asked, &content, page).await;
            let kept: Vec<&TableRow> =
                rows.iter().filter(|row| filter.as_ref().is_none_or(|it| naive::holds(it, &columns, row))).collect();
            let expected = naive::groups(&columns, &kept, &by, &measures);
            let context = format!("seed {seed}: {asked:?}");
            assert_eq!(found.len(), expected.len(), "{context}");
            let mut answer = Vec::new();
            for (row, missing) in &found {
                let key: Vec<_> = row[..by.len()].iter().map(|it| (it.value.is_none(), it.value.clone())).collect();
                let comes_to = expected.get(&key).unwrap_or_else(|| panic!("no such group {key:?}: {context}"));
                for (at, (value, absent)) in comes_to.iter().enumerate() {
                    assert_eq!(&row[by.len() + at].value, value, "{key:?} m{at}: {context}");
                    assert_eq!(&missing[at], absent, "{key:?} m{at}: {context}");
                }
                answer.push(row.clone());
            }
            // In the order that was asked for; then by what makes the groups.
            let all: Vec<Column> = names.iter().map(|it| column(it, ColumnType::Text, ColumnRole::Attribute)).collect();
            let ties = by.iter().map(|it| Sort { column: it.clone(), descending: false });
            let order: Vec<_> = order.into_iter().chain(ties).collect();
            assert_eq!(answer, naive::rows(&all, &answer, None, &order), "{context}");
        }
    }
}

/// Tests of regions have no meaning for a text.
fn as_text(filter: Filter) -> Filter {
    match filter {
        Filter::All(of) => Filter::All(of.into_iter().map(as_text).collect()),
        Filter::Any(of) => Filter::Any(of.into_iter().map(as_text).collect()),
        Filter::Not(of) => Filter::Not(Box::new(as_text(*of))),
        Filter::Column(name, ColumnTest::Level(_) | ColumnTest::Within(_)) => {
            Filter::Column(name, ColumnTest::Prefix("09".to_owned()))
        }
        other => other,
    }
}

type Group = (TableRow, Vec<BTreeMap<String, i64>>);

async fn walk_groups(
    table: &TableReader<'_>,
    asked: &GroupsAsked,
    content: &dataset_content::Model,
    page: i32,
) -> Vec<Group> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let span = PageSpan { first: Some(page), after: after.take() };
        let asked = GroupsAsked { span, ..asked.clone() };
        let query = asked.resolve(table.columns(), content.id).unwrap_or_else(|error| panic!("{}", words(&error)));
        let read: GroupPage =
            table.aggregate(&query).await.unwrap_or_else(|error| panic!("{}: {asked:?}", words(&error)));
        after = read.cursors.last().cloned();
        for (row, missing) in read.rows.into_iter().zip(read.missing) {
            let mut by_measure = vec![BTreeMap::new(); asked.measures.len()];
            for it in missing {
                let symbol = it.symbol.map_or_else(String::new, |it| it.as_str().to_owned());
                by_measure[it.measure].insert(symbol, it.cells);
            }
            found.push((row, by_measure));
        }
        if !read.more {
            return found;
        }
    }
}

async fn names_and_values_are_no_sql(app: TestApp) {
    let (tables, columns, dataset) =
        (Tables::of(&app, "steward@kaufbeuren").await, random::columns(), dataset(&app).await);
    let mut dice = Dice::new(1);
    let rows: Vec<TableRow> = (0..random::WORDS.len())
        .map(|at| {
            let mut row = random::row(&mut dice, false);
            row[2] = Value::Text(random::WORDS[at].to_owned()).into();
            row
        })
        .collect();
    let content = tables.put(&dataset, ContentKind::Exact, &columns, rows.clone().into_iter()).await.expect("loaded");
    let session = tables.reading().await;
    let table = session.table(&content).expect("a table");
    for word in random::WORDS.map(str::to_owned) {
        let operand = Operand::Text(word.clone());
        for wanted in
            [ColumnTest::OneOf(vec![operand]), ColumnTest::Prefix(word.clone()), ColumnTest::Contains(word.clone())]
        {
            let filter = Filter::Column("word".to_owned(), wanted);
            let expected = naive::rows(&columns, &rows, Some(&filter), &[]);
            let asked = RowsAsked { filter: Some(filter), ..RowsAsked::default() };
            assert_eq!(walk(&table, &asked, &content, 5).await, expected, "{word:?}");
        }
        let named = || word.clone();
        let sort = Sort { column: named(), descending: false };
        let measure = |column: Option<String>, name| AskedMeasure { column, function: Function::Count, name };
        let groups = |by: Vec<String>, measure: AskedMeasure, order: Vec<Sort>| {
            GroupsAsked { by, measures: vec![measure], order, ..GroupsAsked::default() }.resolve(&columns, content.id)
        };
        let refused: Vec<ApiResult<()>> = vec![
            RowsAsked { columns: Some(vec![named()]), ..RowsAsked::default() }.resolve(&columns, content.id).map(drop),
            RowsAsked { order: vec![sort.clone()], ..RowsAsked::default() }.resolve(&columns, content.id).map(drop),
            Filter::Column(named(), ColumnTest::Missing(true)).resolve(&columns, "filter").map(drop),
            groups(vec![named()], measure(Some("pupils".to_owned()), None), vec![]).map(drop),
            groups(vec![], measure(Some(named()), None), vec![]).map(drop),
            groups(vec![], measure(Some("pupils".to_owned()), None), vec![sort]).map(drop),
        ];
        for refused in refused {
            assert!(words(&refused.expect_err("no such column")).contains("There is no column"));
        }
        if word != "a" {
            let named = groups(vec![], measure(Some("pupils".to_owned()), Some(named())), vec![]);
            assert!(words(&named.expect_err("no name")).contains("is no name"));
        }
    }
    assert_eq!(table.count(None).await.expect("a count"), 16);
}

fn asked(by: &[&str], function: Function) -> GroupsAsked {
    let measure = AskedMeasure { column: Some("pupils".to_owned()), function, name: None };
    let by = by.iter().map(|it| (*it).to_owned()).collect();
    GroupsAsked { by, measures: vec![measure], ..GroupsAsked::default() }
}

async fn answer(table: &TableReader<'_>, asked: &GroupsAsked) -> Result<Vec<TableRow>, String> {
    let say = |error: kernel::error::ApiError| words(&error);
    let query = asked.resolve(table.columns(), table.content()).map_err(say)?;
    Ok(table.aggregate(&query).await.map_err(say)?.rows)
}

async fn sums_are_exact_or_refused(app: TestApp) {
    let tables = Tables::of(&app, "steward@kaufbeuren").await;
    let columns = vec![
        column("word", ColumnType::Text, ColumnRole::Dimension),
        column("pupils", ColumnType::Integer, ColumnRole::Measure),
    ];
    let row = |word: &str, number: i64| vec![Value::Text(word.to_owned()).into(), Value::Number(number).into()];
    let exact = i64::MAX - 1;
    let rows = vec![row("a", exact), row("b", 1), row("c", 1)];
    let content =
        tables.put(&dataset(&app).await, ContentKind::Exact, &columns, rows.into_iter()).await.expect("loaded");
    let session = tables.reading().await;
    let table = session.table(&content).expect("a table");
    let only = |words: &[&str]| {
        let values = words.iter().map(|it| Operand::Text((*it).to_owned())).collect();
        GroupsAsked {
            filter: Some(Filter::Column("word".to_owned(), ColumnTest::OneOf(values))),
            ..asked(&[], Function::Sum)
        }
    };
    let number = |number: i64| vec![vec![Cell::from(Value::Number(number))]];
    assert_eq!(answer(&table, &only(&["a", "b"])).await, Ok(number(i64::MAX)));
    let too_large = Err("The sum of pupils_sum is larger than what fits into 64 bits.".to_owned());
    assert_eq!(answer(&table, &only(&["a", "b", "c"])).await, too_large);
    let average = asked(&[], Function::Average);
    assert!(answer(&table, &average).await.expect_err("too large").contains("larger than what fits"));
    // And the session goes on.
    assert_eq!(answer(&table, &only(&["b", "c"])).await, Ok(number(2)));
    let more = GroupsAsked {
        having: vec![Having {
            measure: "pupils_sum".to_owned(),
            how: Some(Comparison::More),
            value: Operand::Number("1".to_owned()),
        }],
        ..asked(&["word"], Function::Sum)
    };
    assert_eq!(answer(&table, &more).await.expect("groups").len(), 1);
}

async fn totals_levels_and_protected_cells(app: TestApp) {
    let tables = Tables::of(&app, "steward@kaufbeuren").await;
    let mut columns = vec![
        column("region", ColumnType::Region, ColumnRole::Dimension),
        column("sex", ColumnType::Text, ColumnRole::Dimension),
        column("pupils", ColumnType::Integer, ColumnRole::Measure),
    ];
    columns[1].total = Some("t".to_owned());
    let text = |it: &str| Cell::from(Value::Text(it.to_owned()));
    let row = |region: &str, sex: &str, number: i64| vec![text(region), text(sex), Value::Number(number).into()];
    let hidden =
        |region: &str, sex: &str| vec![text(region), text(sex), Cell { value: None, symbol: Some(Symbol::Protected) }];
    // The publisher's total is right even where it is not the sum of its parts.
    let rows = vec![
        row("09777", "t", 1_000),
        row("09777", "m", 501),
        row("09777", "w", 502),
        row("09762", "t", 10),
        hidden("09762", "m"),
        hidden("09762", "w"),
        row("09", "t", 9_999),
    ];
    let content =
        tables.put(&dataset(&app).await, ContentKind::Exact, &columns, rows.into_iter()).await.expect("loaded");
    let session = tables.reading().await;
    let table = session.table(&content).expect("a table");
    let within = |filter: Filter, by: &[&str]| GroupsAsked { filter: Some(filter), ..asked(by, Function::Sum) };
    let districts = || Filter::Column("region".to_owned(), ColumnTest::Within("09".to_owned()));
    let nested = answer(&table, &asked(&[], Function::Sum)).await.expect_err("districts in their state");
    assert!(nested.contains("regions of several levels in region"), "{nested}");
    let number = |number: i64| Cell::from(Value::Number(number));
    let protected = || Cell { value: None, symbol: Some(Symbol::Protected) };
    assert_eq!(answer(&table, &within(districts(), &[])).await, Ok(vec![vec![number(1_010)]]));
    let by_sex = answer(&table, &within(districts(), &["sex"])).await;
    let expected = vec![vec![text("m"), protected()], vec![text("t"), number(1_010)], vec![text("w"), protected()]];
    assert_eq!(by_sex, Ok(expected));
    let counted = GroupsAsked { filter: Some(districts()), ..asked(&["sex"], Function::Count) };
    let counted = answer(&table, &counted).await.expect("groups");
    assert_eq!(counted[0], vec![text("m"), number(1)]);
}
