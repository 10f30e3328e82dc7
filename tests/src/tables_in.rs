//! Sending tables: tickets, uploads, imports.

use domain::operator::render;
use serde_json::{Value, json};
use server::config::Config;
use server::jobs::Jobs;
use store::Store;

use crate::{Client, TestApp};

/// What tests ask of an import.
pub const OF_IMPORT: &str = "datasetImport { id version state }";

/// A ticket to send a file for a dataset.
pub async fn ticket(client: &Client, dataset: &str) -> String {
    let input = json!({ "dataset": dataset, "fileName": "table.csv" });
    let made = client.mutate("datasetUploadTicket", input, "uploadTicket { secret }").await;
    made["uploadTicket"]["secret"].as_str().expect("a ticket").to_owned()
}

/// Sends a file: status and body.
pub async fn put(base: &str, ticket: &str, bytes: Vec<u8>) -> (u16, String) {
    let sent = reqwest::Client::new().put(format!("{base}/uploads/{ticket}")).body(bytes).send().await;
    let response = sent.expect("the server answers");
    (response.status().as_u16(), response.text().await.unwrap_or_default())
}

/// A file that has come; its ticket.
pub async fn uploaded(base: &str, client: &Client, dataset: &str, bytes: &[u8]) -> String {
    let ticket = ticket(client, dataset).await;
    let (status, body) = put(base, &ticket, bytes.to_vec()).await;
    assert_eq!(status, 201, "{body}");
    ticket
}

/// A profile as it is kept in files, as an input.
pub fn profile_input(toml: &str) -> Value {
    let profile: tabular::read::Profile = toml::from_str(toml).expect("a profile");
    let mut input = serde_json::to_value(profile).expect("JSON");
    input.as_object_mut().expect("an object").remove("version");
    input
}

/// Does what is due beside requests.
pub async fn run_jobs(app: &TestApp, config: &Config) -> usize {
    let store = Store::connect(&config.database.settings().expect("settings")).await.map_err(|_| ()).expect("a store");
    let jobs = Jobs::new(config, store, app.clock.clone()).expect("jobs");
    jobs.run_due().await.unwrap_or_else(|error| panic!("{}", render(&error))).imported
}

/// An import with all that is told of it.
pub async fn told(client: &Client, import: &Value) -> Value {
    let query = "query($id: ID!) { node(id: $id) { ... on DatasetImport { state dryRun rowsDone problemCount warningCount version
        counts { code warning count } problems { code row column value message } warnings { code row }
        datasetVersion { id number state changes { since columnsAdded columnsRemoved columnsRetyped key rowsAdded rowsRemoved rowsChanged
            rows { kind key } } } } } }";
    client.send(query, json!({ "id": import })).await.data()["node"].clone()
}

/// The text of a file that is packed with gzip.
pub fn unpacked(path: &std::path::Path) -> String {
    use std::io::Read as _;
    let mut text = String::new();
    let file = std::fs::File::open(path).expect("a file");
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).expect("UTF-8 within gzip");
    text
}

/// A draft of the survey of the Landkreis, by an import: its id.
pub async fn draft_of_survey(app: &TestApp) -> Value {
    let steward = app.actor("steward@ostallgaeu");
    let dataset = app.world.id("dataset.oal.survey");
    let upload = uploaded(&app.server().base, &steward, dataset, b"09777;2026;12\n09762;2026;30\n").await;
    let column = |position: u32, name: &str, kind: &str, role: &str| {
        json!({
            "column": { "name": name, "title": format!("Title of {name}"), "type": kind, "role": role },
            "from": { "column": { "position": position } },
        })
    };
    let mut year = column(2, "year", "PERIOD", "DIMENSION");
    year["column"]["period"] = json!("YEAR");
    let mut answers = column(3, "answers", "INTEGER", "MEASURE");
    answers["column"]["aggregation"] = json!("SUM");
    let columns = [column(1, "ags", "REGION", "DIMENSION"), year, answers];
    let profile = json!({ "format": "CSV", "delimiter": ";", "columns": columns });
    let input = json!({ "dataset": dataset, "ticket": upload, "profile": profile });
    let import = steward.mutate("datasetImport", input, OF_IMPORT).await["datasetImport"]["id"].clone();
    assert_eq!(run_jobs(app, &app.config).await, 1, "one import was due");
    let made = told(&steward, &import).await;
    assert_eq!(made["state"], "SUCCEEDED", "{made}");
    made["datasetVersion"]["id"].clone()
}

/// The survey of the Landkreis with published figures and all that a release takes: its first version. The dataset is at
/// version 2.
pub async fn published_survey(app: &TestApp) -> Value {
    let (steward, draft) = (app.actor("steward@ostallgaeu"), draft_of_survey(app).await);
    steward.mutate("datasetVersionPublish", json!({ "id": draft, "version": 1 }), "datasetVersion { state }").await;
    let update = json!({
        "id": app.world.id("dataset.oal.survey"), "version": 1, "contact": { "email": "a@b.example" },
        "licence": "dl-zero-de/2.0", "protection": { "method": "ROUNDING", "dimensions": ["ags", "year"] },
    });
    steward.mutate("datasetUpdate", update, "dataset { id }").await;
    draft
}

/// What proposes to release the survey: everything is checked.
pub fn release_of_survey(app: &TestApp) -> Value {
    let names = ["licence", "contact", "purpose", "legalBasis", "retention", "disclosure"];
    let checklist: serde_json::Map<_, _> = names.map(|it| (it.to_owned(), json!(true))).into_iter().collect();
    json!({ "dataset": app.world.id("dataset.oal.survey"), "checklist": checklist })
}
