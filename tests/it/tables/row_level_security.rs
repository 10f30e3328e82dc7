//! A table is behind the wall of its content.

use entities::ContentKind;
use sea_orm::{ConnectionTrait, Statement};
use tabular::model::{Column, TableRow};
use tabular::query::{AskedMeasure, Function, GroupsAsked, RowsAsked};
use verbund_tests::tables::{Tables, words};
use verbund_tests::{Case, Dice, Engine, Rows, TestApp, cases};

use super::{dataset, random};

pub fn cases() -> Vec<Case> {
    cases!["tables"; nobody_reads_past_the_content, row_level_security_guards_the_table_itself]
}

fn some(count: usize) -> (Vec<Column>, Vec<TableRow>) {
    let mut dice = Dice::new(11);
    (random::columns(), (0..count).map(|_| random::row(&mut dice, false)).collect())
}

async fn nobody_reads_past_the_content(app: TestApp) {
    let (columns, rows) = some(20);
    let owner = Tables::of(&app, "steward@kaufbeuren").await;
    let content =
        owner.put(&dataset(&app).await, ContentKind::Exact, &columns, rows.into_iter()).await.expect("loaded");
    let count = AskedMeasure { column: None, function: Function::CountRows, name: None };
    for (subject, seen) in [("viewer@kaufbeuren", 20), ("steward@ostallgaeu", 0), ("admin@memmingen", 0)] {
        // Even who has the row of the content in hand finds nothing unless the policy shows it.
        let tables = Tables::of(&app, subject).await;
        let session = tables.reading().await;
        let table = session.table(&content).expect("a table");
        let asked = RowsAsked::default().resolve(&columns, content.id).expect("a question");
        assert_eq!(table.rows(&asked).await.expect("rows").rows.len(), seen, "{subject}");
        assert_eq!(table.scan(0, 100).await.expect("rows").0.len(), seen, "{subject}");
        assert_eq!(usize::try_from(table.count(None).await.expect("a count")), Ok(seen), "{subject}");
        let groups =
            GroupsAsked { by: vec!["year".to_owned()], measures: vec![count.clone()], ..GroupsAsked::default() };
        let groups = groups.resolve(&columns, content.id).expect("a question");
        assert_eq!(table.aggregate(&groups).await.expect("groups").rows.is_empty(), seen == 0, "{subject}");
    }
    // Nor does another authority drop it.
    let other = Tables::of(&app, "steward@ostallgaeu").await;
    if app.engine == Engine::Postgres {
        let refused = other.write(async |writer| writer.tables().drop(content.id).await).await;
        assert!(words(&refused.expect_err("it is not its own")).contains("no content of the acting authority"));
    }
}

async fn row_level_security_guards_the_table_itself(app: TestApp) {
    if app.engine == Engine::Sqlite {
        return;
    }
    let (columns, rows) = some(20);
    let owner = Tables::of(&app, "steward@kaufbeuren").await;
    let content =
        owner.put(&dataset(&app).await, ContentKind::Exact, &columns, rows.into_iter()).await.expect("loaded");
    let table = format!("ds.c_{}", content.id.simple());
    let as_app = Rows::open(&app.database.url).await;
    assert_eq!(as_app.count(&table).await, 0, "without settings nothing is seen");
    as_app.run(&format!("SELECT set_config('app.scopes', '{{{}}}', false)", content.scope_id)).await;
    assert_eq!(as_app.count(&table).await, 20, "with the scope of the content all is");
    as_app.run(&format!("SELECT set_config('app.tenant', '{}', false)", content.tenant_id)).await;
    for sql in [
        format!("INSERT INTO {table} (_row) VALUES (99)"),
        format!("UPDATE {table} SET c03 = 'x'"),
        format!("DELETE FROM {table}"),
        format!("DROP TABLE {table}"),
        format!("ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"),
        "CREATE TABLE ds.other (a text)".to_owned(),
    ] {
        assert!(as_app.try_run(&sql).await.is_err(), "{sql}");
    }
    // One look at the content for the whole statement, not one for every row.
    let plan = Statement::from_string(as_app.db().get_database_backend(), format!("EXPLAIN SELECT * FROM {table}"));
    let plan = as_app.db().query_all_raw(plan).await.expect("a plan");
    let plan: Vec<String> = plan.iter().map(|it| it.try_get_by_index(0).expect("a line")).collect();
    assert!(plan.iter().any(|it| it.contains("InitPlan")), "{plan:#?}");
    assert!(plan.iter().any(|it| it.trim_start().starts_with("Filter: $")), "{plan:#?}");
}
