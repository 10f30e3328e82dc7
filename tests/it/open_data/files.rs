//! Files of versions.

use std::collections::BTreeSet;

use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use tabular::export::ExportFormat;
use verbund_tests::{Case, TestApp, cases, row_of};

use super::dataset;
use crate::feeds::header;

pub fn cases() -> Vec<Case> {
    cases!["open_data";
        everybody_gets_public_tables_protected_and_the_owner_exactly,
        the_metadata_beside_a_table_tells_its_columns,
        a_broken_download_goes_on,
        a_hidden_file_is_as_an_unknown_one,
        a_ticket_opens_one_file_for_a_while,
        a_file_is_made_once_and_whole,
    ]
}

/// Status, headers and bytes.
pub async fn fetch(app: &TestApp, path: &str, headers: &[(&'static str, &str)]) -> (u16, HeaderMap, Vec<u8>) {
    let mut request = reqwest::Client::new().get(format!("{}{path}", app.server().base));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await.expect("an answer");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    (status, headers, response.bytes().await.expect("a body").to_vec())
}

fn bearer(app: &TestApp, subject: &str) -> String {
    format!("Bearer {}", app.token(subject))
}

fn address(dataset: &str, suffix: &str) -> String {
    format!("/datasets/{dataset}/versions/1.0.{suffix}")
}

fn records(bytes: &[u8]) -> Vec<Vec<String>> {
    let rows = csv::Reader::from_reader(bytes).into_records();
    rows.map(|it| it.expect("a record").iter().map(str::to_owned).collect()).collect()
}

async fn everybody_gets_public_tables_protected_and_the_owner_exactly(app: TestApp) {
    let id = dataset(&app, "Schülerinnen und Schüler", 25, true).await;
    let (status, headers, open) = fetch(&app, &address(&id, "csv"), &[]).await;
    assert_eq!((status, header(&headers, "content-type")), (200, "text/csv; charset=utf-8; header=present"));
    let name = header(&headers, "content-disposition");
    assert!(name.starts_with("attachment; filename=\"schuelerinnen-und-schueler-1.0.csv\""), "{name}");
    assert_eq!(header(&headers, "cache-control"), "public, max-age=300");
    assert_eq!(header(&headers, "content-length"), open.len().to_string());
    assert!(open.starts_with(b"year,region,pupils,pupils_symbol,rate,rate_symbol,note\r\n"));
    let open = records(&open);
    assert_eq!(open.len(), 25);
    assert_eq!(open[1], ["1991", "09762", "", "*", "1.05", "", "'=1+1"]);
    assert_eq!(open[5], ["1995", "09762", "5", "", "5.05", "", "Zeile 5"]);
    let token = bearer(&app, "viewer@kaufbeuren");
    let (status, headers, own) = fetch(&app, &address(&id, "csv"), &[("authorization", &token)]).await;
    assert_eq!((status, header(&headers, "cache-control")), (200, "private, no-cache"));
    assert_eq!(records(&own)[1], ["1991", "09762", "1", "", "1.05", "", "'=1+1"]);
    // A partner is as everybody; and so is whoever is bound by nothing.
    for subject in ["steward@ostallgaeu", "admin@lindau"] {
        let (status, _, theirs) = fetch(&app, &address(&id, "csv"), &[("authorization", &bearer(&app, subject))]).await;
        assert_eq!((status, records(&theirs)), (200, open.clone()), "{subject}");
    }
    for format in ExportFormat::ALL {
        let (status, headers, bytes) = fetch(&app, &address(&id, format.suffix()), &[]).await;
        assert_eq!((status, header(&headers, "content-type")), (200, format.media_type()), "{format:?}");
        assert!(!bytes.is_empty());
    }
    let (_, _, lines) = fetch(&app, &address(&id, "jsonl"), &[]).await;
    let lines: Vec<Value> =
        String::from_utf8(lines).expect("text").lines().map(|it| serde_json::from_str(it).expect("JSON")).collect();
    assert_eq!((lines.len(), &lines[1]["pupils_symbol"], &lines[5]["pupils"]), (25, &json!("*"), &json!(5)));
    let wrong = fetch(&app, &address(&id, "csv"), &[("authorization", "Bearer wrong")]).await;
    assert_eq!(wrong.0, 401);
}

async fn the_metadata_beside_a_table_tells_its_columns(app: TestApp) {
    let id = dataset(&app, "Schulen", 3, true).await;
    let (_, headers, csv) = fetch(&app, &address(&id, "csv"), &[]).await;
    assert_eq!(
        header(&headers, "link"),
        "<1.0.csv-metadata.json>; rel=\"describedby\"; type=\"application/csvm+json\""
    );
    let head = String::from_utf8(csv).expect("text");
    let names: Vec<_> = head.lines().next().expect("a header").split(',').collect();
    let read = async |suffix: &str| -> Value {
        serde_json::from_slice(&fetch(&app, &address(&id, suffix), &[]).await.2).expect("JSON")
    };
    let csvw = read("csv-metadata.json").await;
    let of = |list: &Value| -> Vec<String> {
        list.as_array().expect("a list").iter().map(|it| it["name"].as_str().expect("a name").to_owned()).collect()
    };
    assert_eq!(of(&csvw["tableSchema"]["columns"]), names);
    assert_eq!((&csvw["url"], &csvw["tableSchema"]["primaryKey"]), (&json!("1.0.csv"), &json!(["year", "region"])));
    let package = read("datapackage.json").await;
    assert_eq!(of(&package["resources"][0]["schema"]["fields"]), names);
    assert_eq!(package["resources"][0]["path"], "1.0.csv");
    assert_eq!(package["licenses"][0]["path"], "https://www.govdata.de/dl-de/by-2-0");
    let told = package["protection"].as_str().expect("how it is protected");
    assert!(told.contains("unter 3"), "{told}");
}

async fn a_broken_download_goes_on(app: TestApp) {
    let id = dataset(&app, "Lang", 400, true).await;
    let path = address(&id, "csv");
    let (_, headers, whole) = fetch(&app, &path, &[]).await;
    let tag = header(&headers, "etag").to_owned();
    assert_eq!(header(&headers, "accept-ranges"), "bytes");
    let half = whole.len() / 2;
    let (status, headers, first) = fetch(&app, &path, &[("range", &format!("bytes=0-{}", half - 1))]).await;
    assert_eq!((status, header(&headers, "content-length")), (206, half.to_string().as_str()));
    // On another replica, too.
    let rest = format!("bytes={half}-");
    let replica = app.replica().await.expect("a replica");
    let request =
        reqwest::Client::new().get(format!("{}{path}", replica.base)).header("range", &rest).header("if-range", &tag);
    let response = request.send().await.expect("an answer");
    assert_eq!(response.status(), 206);
    let told = format!("bytes {half}-{}/{}", whole.len() - 1, whole.len());
    assert_eq!(header(response.headers(), "content-range"), told);
    let second = response.bytes().await.expect("bytes");
    assert!(whole == [first, second.to_vec()].concat());
    // A part of something else would be of no use.
    let (status, _, all) = fetch(&app, &path, &[("range", &rest), ("if-range", "\"other\"")]).await;
    assert!(status == 200 && all == whole);
    let (status, headers, _) = fetch(&app, &path, &[("range", "bytes=99999999-")]).await;
    assert_eq!((status, header(&headers, "content-range")), (416, format!("bytes */{}", whole.len()).as_str()));
    let kind = (header(&headers, "content-type"), header(&headers, "content-disposition"));
    assert_eq!(kind, ("application/problem+json", ""), "a refusal is no table");
    let (status, _, nothing) = fetch(&app, &path, &[("if-none-match", &tag)]).await;
    assert_eq!((status, nothing.len()), (304, 0));
    // The whole is compressed for those who like that; a part is one of the file's own bytes.
    let (_, headers, packed) = fetch(&app, &path, &[("accept-encoding", "gzip")]).await;
    assert!(header(&headers, "content-encoding") == "gzip" && packed.len() * 2 < whole.len());
    let asked = [("accept-encoding", "gzip"), ("range", rest.as_str()), ("if-range", tag.as_str())];
    let (status, headers, part) = fetch(&app, &path, &asked).await;
    assert!(status == 206 && header(&headers, "content-encoding").is_empty() && part == second.to_vec());
}

async fn a_hidden_file_is_as_an_unknown_one(app: TestApp) {
    let hidden = dataset(&app, "Geheim", 3, false).await;
    let gone = format!("dst_{}", "0".repeat(26));
    let unknown = [gone.as_str(), "dst_x", "cal_00000000000000000000000000"];
    let suffixes = ExportFormat::ALL.into_iter().map(ExportFormat::suffix).chain(["original", "exe"]);
    for suffix in suffixes {
        let mut seen = BTreeSet::new();
        for subject in [None, Some("steward@ostallgaeu"), Some("admin@lindau"), Some("planner@memmingen")] {
            let token = subject.map(|it| bearer(&app, it));
            let headers: Vec<_> = token.iter().map(|it| ("authorization", it.as_str())).collect();
            for id in unknown.iter().copied().chain([hidden.as_str()]) {
                let (status, headers, body) = fetch(&app, &address(id, suffix), &headers).await;
                seen.insert((status, header(&headers, "content-type").to_owned(), body));
            }
        }
        assert_eq!(seen.len(), 1, "{suffix}");
        assert_eq!(seen.first().map(|it| it.0), Some(404), "{suffix}");
    }
    // The owner has it, and nobody has a version that is not there.
    let own = bearer(&app, "steward@kaufbeuren");
    assert_eq!(fetch(&app, &address(&hidden, "csv"), &[("authorization", &own)]).await.0, 200);
    for other in ["1.1.csv", "2.0.csv", "01.0.csv", "1.0", "1.0.csv.csv"] {
        let path = format!("/datasets/{hidden}/versions/{other}");
        assert_eq!(fetch(&app, &path, &[("authorization", &own)]).await.0, 404, "{other}");
    }
}

async fn a_ticket_opens_one_file_for_a_while(app: TestApp) {
    let id = dataset(&app, "Mit Schein", 5, false).await;
    let versions = "query($id: ID!) { datasetVersions(dataset: $id) { nodes { id } } }";
    let viewer = app.actor("viewer@kaufbeuren");
    let data = viewer.send(versions, json!({ "id": id })).await.data();
    let version = data["datasetVersions"]["nodes"][0]["id"].clone();
    let input = json!({ "datasetVersion": version, "format": "CSV", "idempotencyKey": "one" });
    let made = viewer.mutate("datasetDownloadTicket", input.clone(), "downloadTicket { path expiresAt }").await;
    let path = made["downloadTicket"]["path"].as_str().expect("a path").to_owned();
    assert!(path.starts_with("/downloads/vbd_"), "{path}");
    assert_eq!(made["downloadTicket"]["expiresAt"], "2027-01-15T10:15:00+00:00");
    let again = viewer.mutate("datasetDownloadTicket", input, "downloadTicket { path }").await;
    assert_eq!(again["downloadTicket"]["path"], Value::Null, "a secret is told once");
    let (status, headers, bytes) = fetch(&app, &path, &[]).await;
    assert_eq!((status, header(&headers, "cache-control")), (200, "private, no-cache"));
    let (status, _, part) = fetch(&app, &path, &[("range", "bytes=2-9")]).await;
    assert!(status == 206 && part == bytes[2..10], "it is good for more than one request");
    assert_eq!(records(&bytes)[1][2], "1", "with the rights of the person");
    let wrong = format!("/downloads/vbd_{}", "A".repeat(43));
    let (status, _, unknown) = fetch(&app, &wrong, &[]).await;
    assert_eq!(status, 404);
    app.at("2027-01-15T10:16:00Z");
    let (status, _, over) = fetch(&app, &path, &[]).await;
    assert_eq!((status, over), (404, unknown));
    // Nobody gets a ticket for what is out of sight.
    let other = app.actor("steward@ostallgaeu");
    let hidden = other
        .try_mutate(
            "datasetDownloadTicket",
            json!({ "datasetVersion": version, "format": "CSV" }),
            "downloadTicket { path }",
        )
        .await;
    let unknown = json!({ "datasetVersion": format!("dsv_{}", "0".repeat(26)), "format": "CSV" });
    let unknown = other.try_mutate("datasetDownloadTicket", unknown, "downloadTicket { path }").await;
    assert_eq!(hidden, unknown);
    assert_eq!(hidden["userErrors"][0]["code"], "NOT_FOUND");
}

async fn a_file_is_made_once_and_whole(app: TestApp) {
    let id = dataset(&app, "Einmal", 2_000, true).await;
    let path = address(&id, "xlsx");
    let several = futures_util::future::join_all((0..6).map(|_| fetch(&app, &path, &[]))).await;
    for (status, _, bytes) in &several {
        assert_eq!((*status, bytes), (200, &several[0].2));
    }
    let db = app.database.rows().await;
    let of = db.id(row_of(&id));
    let content =
        format!("SELECT {} FROM dataset_content WHERE dataset_id = {of} AND kind = 'PROTECTED'", db.hex("id"));
    let shelf = app.config.files.folder.join("exports").join(&db.list(&content).await[0]);
    let names: Vec<_> = std::fs::read_dir(shelf)
        .expect("a folder")
        .map(|it| it.expect("a file").file_name().into_string().expect("a name"))
        .collect();
    assert_eq!(names.iter().filter(|it| it.ends_with(".xlsx")).count(), 1, "{names:?}");
    assert_eq!(names.len(), 2, "nothing is left of what was made at the same time: {names:?}");
}
