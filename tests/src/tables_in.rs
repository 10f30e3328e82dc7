//! Sending tables: tickets, uploads, imports.

use serde_json::{Value, json};
use verbund::config::Config;
use verbund::context::Clock;
use verbund::jobs::Jobs;
use verbund::operator::say;
use verbund::store::Store;

use crate::{Client, TestApp};

/// What tests ask of an import.
pub const OF_IMPORT: &str = "datasetImport { id version state }";

/// A ticket to send a file for a dataset.
pub async fn ticket(client: &Client, dataset: &str) -> String {
    let input = json!({ "dataset": dataset, "fileName": "table.csv" });
    let made = client.mutate("datasetUploadTicket", input, "ticket").await;
    made["ticket"].as_str().expect("a ticket").to_owned()
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
    let profile: verbund::datasets::read::Profile = toml::from_str(toml).expect("a profile");
    let mut input = serde_json::to_value(profile).expect("JSON");
    input.as_object_mut().expect("an object").remove("version");
    input
}

/// Does what is due beside requests.
pub async fn run_jobs(app: &TestApp, config: &Config) -> usize {
    run_due(config, &app.clock).await
}

/// The same where there is no test yet.
pub async fn run_due(config: &Config, clock: &Clock) -> usize {
    let store = Store::connect(&config.database.settings().expect("settings")).await.map_err(|_| ()).expect("a store");
    let jobs = Jobs::new(config, store, clock.clone()).expect("jobs");
    jobs.run_due().await.unwrap_or_else(|error| panic!("{}", say(&error))).imported
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
