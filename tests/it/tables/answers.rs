//! Figures over HTTP: who asks, what comes, and what is refused.

use disclosure::{Method, Protection, Summary};
use entities::{ContentKind, PUBLIC_SCOPE};
use serde_json::{Value as Json, json};
use tabular::model::{Cell, Column, ColumnRole, ColumnType, Symbol, TableRow, Value};
use verbund_tests::tables::{Tables, column};
use verbund_tests::{Case, Reply, Rows, TestApp, cases, row_of};

use super::dataset;

pub fn cases() -> Vec<Case> {
    cases!["tables";
        the_owner_reads_rows_as_they_are,
        groups_come_with_what_is_missing,
        everybody_else_reads_the_protected_table,
        questions_that_do_not_fit_are_refused_in_words,
        figures_have_their_price,
    ]
}

fn columns() -> Vec<Column> {
    let mut columns = vec![
        column("region", ColumnType::Region, ColumnRole::Dimension),
        column("year", ColumnType::Period, ColumnRole::Dimension),
        column("pupils", ColumnType::Integer, ColumnRole::Measure),
        column("rate", ColumnType::Decimal, ColumnRole::Measure),
        column("day", ColumnType::Date, ColumnRole::Attribute),
        column("open", ColumnType::Boolean, ColumnRole::Attribute),
    ];
    columns[3].aggregation = tabular::model::Aggregation::None;
    columns
}

fn row(region: &str, year: &str, pupils: Cell, rate: Cell) -> TableRow {
    let day = Value::Date("2023-03-01".parse().expect("a date")).into();
    let text = |it: &str| Cell::from(Value::Text(it.to_owned()));
    vec![text(region), text(year), pupils, rate, day, Value::Boolean(true).into()]
}

fn number(number: i64) -> Cell {
    Value::Number(number).into()
}

fn symbol(symbol: Symbol) -> Cell {
    Cell { value: None, symbol: Some(symbol) }
}

fn rows() -> Vec<TableRow> {
    vec![
        row("09762", "2022", number(56), number(765)),
        row("09762", "2023", symbol(Symbol::Secret), Cell::default()),
        row("09777", "2022", Cell { value: Some(Value::Number(0)), symbol: Some(Symbol::Nothing) }, number(-5)),
        row("09777", "2023", Cell { value: Some(Value::Number(31)), symbol: Some(Symbol::Limited) }, number(200)),
    ]
}

/// A version of a dataset of Kaufbeuren: its id.
async fn version(app: &TestApp) -> String {
    let (tables, dataset) = (Tables::of(app, "steward@kaufbeuren").await, dataset(app).await);
    let content = tables.put(&dataset, ContentKind::Exact, &columns(), rows().into_iter()).await.expect("loaded");
    kernel::global_id::NodeType::DatasetVersion.id(content.version_id).to_string()
}

/// What somebody is told about a version.
async fn ask(app: &TestApp, who: &str, version: &str, fields: &str) -> Reply {
    let client = if who.is_empty() { app.anonymous() } else { app.actor(who) };
    let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on DatasetVersion {{ {fields} }} }} }}");
    client.send(&query, json!({ "id": version })).await
}

async fn the_owner_reads_rows_as_they_are(app: TestApp) {
    let version = version(&app).await;
    let all = "rows { columns { name type } rows pageInfo { hasNextPage endCursor } totalCount protection { method } }";
    let reply = ask(&app, "viewer@kaufbeuren", &version, all).await;
    // Facts, version, contents, rows; no filter, so the total is known.
    assert_eq!(reply.statements(), 4);
    let answer = reply.data()["node"]["rows"].clone();
    let secret = json!({ "symbol": "SECRET" });
    let nothing = json!({ "value": 0, "symbol": "NOTHING" });
    let limited = json!({ "value": 31, "symbol": "LIMITED" });
    let expected = json!([
        ["09762", "2022", 56, "7.65", "2023-03-01", true],
        ["09762", "2023", secret, null, "2023-03-01", true],
        ["09777", "2022", nothing, "-0.05", "2023-03-01", true],
        ["09777", "2023", limited, "2", "2023-03-01", true],
    ]);
    assert_eq!(answer["rows"], expected);
    assert_eq!(answer["columns"][3], json!({ "name": "rate", "type": "DECIMAL" }));
    assert_eq!((&answer["totalCount"], &answer["protection"]), (&json!(4), &Json::Null));
    assert_eq!(answer["pageInfo"]["hasNextPage"], false);
    let found = |filter: &str| {
        format!(
            "rows(columns: [\"year\", \"region\"], orderBy: [{{column: \"year\", descending: true}}], filter: {filter}) {{ rows totalCount }}"
        )
    };
    for (filter, expected) in [
        (
            r#"{region: {column: "region", is: {within: "097"}}}"#,
            json!([["2023", "09762"], ["2023", "09777"], ["2022", "09762"], ["2022", "09777"]]),
        ),
        (
            r#"{and: [{region: {column: "region", is: {eq: "09777"}}}, {period: {column: "year", is: {lt: "2023"}}}]}"#,
            json!([["2022", "09777"]]),
        ),
        (r#"{number: {column: "rate", is: {gte: "7.65"}}}"#, json!([["2022", "09762"]])),
        (r#"{number: {column: "pupils", is: {in: [31, 56]}}}"#, json!([["2023", "09777"], ["2022", "09762"]])),
        (r#"{not: {number: {column: "pupils", is: {gte: 1}}}}"#, json!([["2023", "09762"], ["2022", "09777"]])),
        (r#"{symbol: {column: "pupils", is: {in: [SECRET, NOTHING]}}}"#, json!([["2023", "09762"], ["2022", "09777"]])),
        (r#"{symbol: {column: "pupils", is: {isNull: true}}}"#, json!([["2022", "09762"]])),
        (r#"{date: {column: "day", is: {gt: "2023-03-01"}}}"#, json!([])),
        (
            r#"{or: [{boolean: {column: "open", is: {eq: false}}}, {region: {column: "region", is: {level: STATE}}}]}"#,
            json!([]),
        ),
    ] {
        let answer = ask(&app, "viewer@kaufbeuren", &version, &found(filter)).await.data()["node"]["rows"].clone();
        assert_eq!(answer["rows"], expected, "{filter}");
        assert_eq!(answer["totalCount"], json!(expected.as_array().map_or(0, Vec::len)), "{filter}");
    }
    // Page by page.
    let (mut walked, mut after) = (Vec::new(), Json::Null);
    loop {
        let page = format!(
            "rows(columns: [\"pupils\"], first: 3, after: {after}, orderBy: [{{column: \"pupils\"}}]) {{ rows pageInfo {{ hasNextPage endCursor }} }}"
        );
        let answer = ask(&app, "viewer@kaufbeuren", &version, &page).await.data()["node"]["rows"].clone();
        walked.extend(answer["rows"].as_array().expect("rows").iter().map(|it| it[0].clone()));
        after = answer["pageInfo"]["endCursor"].clone();
        if answer["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(walked, [nothing, limited, json!(56), secret]);
}

async fn groups_come_with_what_is_missing(app: TestApp) {
    let version = version(&app).await;
    let fields = r#"aggregate(groupBy: ["region"], measures: [
        {column: "pupils", function: SUM}, {column: "pupils", function: AVERAGE, name: "mean"}, {function: COUNT_ROWS}],
        having: [{measure: "rows", is: {gte: 2}}], orderBy: [{column: "pupils_sum", descending: true}]) {
        columns { name type decimals } rows missing { row measure symbol cells } pageInfo { hasNextPage } protection { method } }"#;
    let reply = ask(&app, "viewer@kaufbeuren", &version, fields).await;
    assert_eq!(reply.statements(), 4);
    let answer = reply.data()["node"]["aggregate"].clone();
    let limited = |it: Json| json!({ "value": it, "symbol": "LIMITED" });
    assert_eq!(
        answer["rows"],
        json!([["09762", 56, "56", 2], ["09777", limited(json!(31)), limited(json!("15.5")), 2],])
    );
    assert_eq!(answer["columns"][2], json!({ "name": "mean", "type": "DECIMAL", "decimals": 2 }));
    let missing =
        |row: i32, measure: &str, symbol: &str| json!({ "row": row, "measure": measure, "symbol": symbol, "cells": 1 });
    assert_eq!(
        answer["missing"],
        json!([
            missing(0, "pupils_sum", "SECRET"),
            missing(0, "mean", "SECRET"),
            missing(1, "pupils_sum", "LIMITED"),
            missing(1, "mean", "LIMITED"),
        ])
    );
}

/// Opens a version and its contents of one kind to everybody, as releasing does.
async fn open(rows: &Rows, dataset: &str, kind: &str) {
    let (public, dataset) = (rows.id(PUBLIC_SCOPE), rows.id(row_of(dataset)));
    rows.run(&format!("UPDATE dataset SET scope_id = {public}, access = 'PUBLIC' WHERE id = {dataset}")).await;
    rows.run(&format!("UPDATE dataset_version SET scope_id = {public} WHERE dataset_id = {dataset}")).await;
    rows.run(&format!(
        "UPDATE dataset_content SET scope_id = {public} WHERE dataset_id = {dataset} AND kind = '{kind}'"
    ))
    .await;
}

async fn everybody_else_reads_the_protected_table(app: TestApp) {
    let (tables, dataset) = (Tables::of(&app, "steward@kaufbeuren").await, dataset(&app).await);
    let exact = tables.put(&dataset, ContentKind::Exact, &columns(), rows().into_iter()).await.expect("loaded");
    let version = kernel::global_id::NodeType::DatasetVersion.id(exact.version_id).to_string();
    let fields = r#"rows { rows totalCount protection { method parameter withheld } }
        aggregate(groupBy: ["region"], measures: [{column: "pupils", function: SUM}]) { rows protection { method } }"#;
    let unknown = ask(&app, "", "dsv_00000000000000000000000000", fields).await;
    assert_eq!(ask(&app, "", &version, fields).await.data(), unknown.data(), "hidden is unknown");
    // Only what it is about is seen: no figures, and no error that would tell more.
    let sql = app.database.rows().await;
    open(&sql, &dataset, "PROTECTED").await;
    let outline = ask(&app, "", &version, fields).await.data();
    assert_eq!(outline["node"], json!({ "rows": null, "aggregate": null }));
    // A protected table of the same version, without the measure that does not leave.
    let kept = columns()[..3].to_vec();
    let protected = |mut row: TableRow| {
        row.truncate(3);
        if row[2].value == Some(Value::Number(31)) {
            row[2] = symbol(Symbol::Protected);
        }
        row
    };
    let protected = rows().into_iter().map(protected).collect::<Vec<_>>().into_iter();
    let content = tables.put(&dataset, ContentKind::Protected, &kept, protected).await.expect("loaded");
    let summary = Summary {
        protection: Protection { method: Method::MinimumCount { minimum: 3 }, dimensions: vec!["region".to_owned()] },
        summed_over: Vec::new(),
        withheld_measures: vec!["rate".to_owned()],
        cells: 4,
        primary_suppressed: 1,
        secondary_suppressed: 0,
        rounded: 0,
        rows_left_out: 0,
        totals_alone: 0,
    };
    let summary = serde_json::to_string(&summary).expect("a summary");
    let (content, of) = (sql.id(content.id), sql.id(exact.version_id));
    sql.run(&format!("UPDATE dataset_content SET version_id = {of}, summary = '{summary}' WHERE id = {content}")).await;
    open(&sql, &dataset, "PROTECTED").await;
    let answer = ask(&app, "", &version, fields).await.data()["node"].clone();
    let withheld = json!({ "symbol": "PROTECTED" });
    assert_eq!(answer["rows"]["rows"][3], json!(["09777", "2023", withheld]));
    assert_eq!(answer["rows"]["protection"], json!({ "method": "MINIMUM_COUNT", "parameter": 3, "withheld": 1 }));
    assert_eq!(answer["aggregate"]["rows"], json!([["09762", 56], ["09777", withheld]]));
    assert_eq!(answer["aggregate"]["protection"], json!({ "method": "MINIMUM_COUNT" }));
    // What the protected table has not, nobody outside can ask about; the owner reads the exact one.
    let by_rate = r#"rows(filter: {number: {column: "rate", is: {gte: 0}}}) { rows }"#;
    let refused = ask(&app, "steward@ostallgaeu", &version, by_rate).await;
    assert_eq!(refused.refusals(), ["BAD_USER_INPUT INVALID filter"]);
    let exact = ask(&app, "viewer@kaufbeuren", &version, fields).await.data()["node"].clone();
    assert_eq!(exact["aggregate"]["rows"][1], json!(["09777", { "value": 31, "symbol": "LIMITED" }]));
    assert_eq!(exact["rows"]["protection"], Json::Null);
}

async fn questions_that_do_not_fit_are_refused_in_words(app: TestApp) {
    let version = version(&app).await;
    for (fields, refusal) in [
        (r#"rows(columns: ["pupil"]) { rows }"#, "BAD_USER_INPUT INVALID columns[0]"),
        (r#"rows(first: 1001) { rows }"#, "BAD_USER_INPUT OUT_OF_RANGE first"),
        (r#"rows(after: "x") { rows }"#, "BAD_USER_INPUT INVALID after"),
        (r#"rows(orderBy: [{column: "x"}]) { rows }"#, "BAD_USER_INPUT INVALID orderBy[0].column"),
        (
            r#"rows(filter: {or: [{text: {column: "pupils", is: {eq: "x"}}}]}) { rows }"#,
            "BAD_USER_INPUT INVALID filter.or[0]",
        ),
        (r#"rows(filter: {number: {column: "pupils", is: {eq: "1;--"}}}) { rows }"#, "BAD_USER_INPUT INVALID filter"),
        (r#"aggregate(measures: []) { rows }"#, "BAD_USER_INPUT OUT_OF_RANGE measures"),
        (
            r#"aggregate(measures: [{column: "rate", function: SUM}]) { rows }"#,
            "BAD_USER_INPUT INVALID measures[0].function",
        ),
        (r#"aggregate(measures: [{function: SUM}]) { rows }"#, "BAD_USER_INPUT REQUIRED measures[0].column"),
        (
            r#"aggregate(groupBy: ["pupils"], measures: [{function: COUNT_ROWS}]) { rows }"#,
            "BAD_USER_INPUT INVALID groupBy[0]",
        ),
        (
            r#"aggregate(measures: [{function: COUNT_ROWS}], having: [{measure: "x", is: {eq: 1}}]) { rows }"#,
            "BAD_USER_INPUT INVALID having[0].measure",
        ),
    ] {
        let reply = ask(&app, "viewer@kaufbeuren", &version, fields).await;
        assert_eq!(reply.refusals(), [refusal], "{fields}: {}", reply.text);
    }
    let client = app.actor("viewer@kaufbeuren").speaking("de");
    let query = "query($id: ID!) { node(id: $id) { ... on DatasetVersion { rows(columns: [\"pupil\"]) { rows } } } }";
    let reply = client.send(query, json!({ "id": version })).await;
    assert!(reply.text.contains("Es gibt keine Spalte pupil; es gibt: pupils."), "{}", reply.text);
}

async fn figures_have_their_price(app: TestApp) {
    let version = version(&app).await;
    // A table of its own and 20 columns a row, as long as nobody says fewer.
    let fields = |count: usize| {
        let each: Vec<_> = (0..count).map(|it| format!("a{it}: rows(first: 1000) {{ rows }}")).collect();
        each.join(" ")
    };
    assert_eq!(ask(&app, "viewer@kaufbeuren", &version, &fields(10)).await.codes(), Vec::<String>::new());
    let reply = ask(&app, "viewer@kaufbeuren", &version, &fields(30)).await;
    assert_eq!(reply.codes(), ["COST_EXCEEDED"]);
    let message = reply.json()["errors"][0]["message"].as_str().expect("a message").to_owned();
    assert!(message.contains("points; at most") && message.contains("The dearest field is"), "{message}");
}
