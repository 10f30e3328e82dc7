//! Tables as files, and the catalogue of what is public.

mod catalogue;
mod files;
mod validators;

use entities::{ContentKind, dataset_content};
use serde_json::{Value, json};
use store::full;
use store::scopes::Audience;
use store::tables::TableRef;
use tabular::model::{Cell, Column, ColumnRole, ColumnType, Symbol, TableRow, Value as Figure};
use uuid::Uuid;
use verbund_tests::tables::{Tables, column, fill};
use verbund_tests::{Case, TestApp, row_of};

pub fn cases() -> Vec<Case> {
    [files::cases(), catalogue::cases(), validators::cases()].concat()
}

/// Columns of the tables here.
fn columns() -> Vec<Column> {
    vec![
        column("year", ColumnType::Period, ColumnRole::Dimension),
        column("region", ColumnType::Region, ColumnRole::Dimension),
        column("pupils", ColumnType::Integer, ColumnRole::Measure),
        column("rate", ColumnType::Decimal, ColumnRole::Measure),
        column("note", ColumnType::Text, ColumnRole::Attribute),
    ]
}

/// A row of exact figures, or of protected ones: without the small numbers.
fn row(at: i64, protected: bool) -> TableRow {
    let pupils = if protected && at % 10 < 3 {
        Cell { value: None, symbol: Some(Symbol::Protected) }
    } else {
        Figure::Number(at % 10).into()
    };
    vec![
        Figure::Text((1990 + at).to_string()).into(),
        Figure::Text("09762".to_owned()).into(),
        pupils,
        Figure::Number(at * 100 + 5).into(),
        Figure::Text(if at == 1 { "=1+1".to_owned() } else { format!("Zeile {at}") }).into(),
    ]
}

/// What a dataset says of itself.
fn about(app: &TestApp, title: &str) -> Value {
    json!({
        "tenant": app.world.id("tenant.kaufbeuren"), "title": title, "description": "Von <allem> \"etwas\" & mehr",
        "keywords": ["Schule", "Abschluss"],
        "contact": { "name": "Bildungsbüro", "email": "bildung@kaufbeuren.example", "url": "https://kaufbeuren.example/bildung" },
        "licence": "dl-by-de/2.0", "attribution": "© Statistische Ämter, dl-de/by-2-0", "frequency": "BIANNUAL",
        "provenance": { "collector": "Schulamt", "source": "Regionaldatenbank 21111", "sourceUrl": "https://www.regionalstatistik.de/" },
        "region": "09762", "covers": { "firstDay": "2023-01-01", "lastDay": "2023-12-31" },
        "landingPage": "https://kaufbeuren.example/daten", "purpose": "Bildungsbericht", "legalBasis": "Art. 1",
    })
}

/// A dataset of Kaufbeuren with one version, 1.0, of so many rows. Where it is public, everybody sees protected figures.
async fn dataset(app: &TestApp, title: &str, rows: i64, public: bool) -> String {
    let made = app.actor("steward@kaufbeuren").mutate("datasetCreate", about(app, title), "dataset { id }").await;
    let id = made["dataset"]["id"].as_str().expect("an id").to_owned();
    let owner = Tables::of(app, "steward@kaufbeuren").await;
    let columns = columns();
    let exact = owner.put(&id, ContentKind::Exact, &columns, (0..rows).map(|it| row(it, false))).await.expect("loaded");
    let (db, of) = (app.database.rows().await, row_of(&id));
    let here = format!("dataset_id = {}", db.id(of));
    db.run(&format!("UPDATE dataset_version SET major = 1, minor = 0 WHERE {here}")).await;
    if public {
        let scope = Audience::Public.id();
        let content = kernel::ids::new_id();
        let protected = owner.write(async |writer| {
            let place = TableRef { content, columns: &columns };
            writer.tables().create(place).await?;
            fill(writer, place, (0..rows).map(|it| row(it, true))).await?;
            let kind = ContentKind::Protected;
            let row =
                dataset_content::Model { id: content, kind, scope_id: scope, checksum: format!("{content}"), ..exact };
            writer.insert(full(row)).await?;
            writer.tables().seal(place).await
        });
        protected.await.expect("stored");
        let scope = format!("scope_id = {}", db.id(scope));
        db.run(&format!("UPDATE dataset_version SET {scope} WHERE {here}")).await;
        let now = "published_at = updated_at";
        let protection = "protection_method = 'MINIMUM_COUNT', protection_parameter = 3";
        let values = format!("access = 'PUBLIC', {scope}, {now}, {protection}");
        db.run(&format!("UPDATE dataset SET {values} WHERE id = {}", db.id(of))).await;
    }
    id
}

/// Withdraws a public dataset.
async fn withdraw(app: &TestApp, dataset: &str) {
    let input = json!({ "id": dataset, "version": 1, "reason": "wrong" });
    app.actor("admin@kaufbeuren").mutate("datasetWithdraw", input, "dataset { id }").await;
}

/// Marks a dataset that never was public as withdrawn, which no mutation does.
async fn mark_withdrawn(app: &TestApp, dataset: &str) {
    let db = app.database.rows().await;
    let of = db.id(row_of(dataset));
    let private =
        Audience::private(row_of(app.world.id("tenant.kaufbeuren")), entities::ScopeArea::Datasets, None::<Uuid>);
    db.run(&format!("UPDATE dataset_content SET scope_id = {} WHERE dataset_id = {of}", db.id(private.id()))).await;
    db.run(&format!("UPDATE dataset SET withdrawn_at = updated_at WHERE id = {of}")).await;
}
