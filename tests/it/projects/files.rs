//! Documents and copies as files: sent and fetched by ticket, in versions, only what its name says, only by whom it may.

use serde_json::{Value, json};
use verbund_tests::client::codes;
use verbund_tests::projects::{LEAD, OTHER_FIELD, PARTNER, joint};
use verbund_tests::{Case, Client, TestApp, cases};

use super::words;

pub fn cases() -> Vec<Case> {
    cases!["projects::files";
        a_document_has_versions_that_are_sent_and_fetched,
        what_is_not_a_document_is_not_kept,
        a_ticket_opens_what_its_person_may_have,
        a_copy_keeps_its_files,
    ]
}

const PDF: &[u8] = b"%PDF-1.7\nThe notice of grant";

async fn send(app: &TestApp, client: &Client, document: &Value, name: &str, bytes: &[u8]) -> u16 {
    let path = upload_path(client, document, name).await;
    put(app, &path, bytes).await
}

async fn upload_path(client: &Client, document: &Value, name: &str) -> String {
    let input = json!({ "document": document, "fileName": name });
    let ticket = client.mutate("projectDocumentUploadTicket", input, "uploadTicket { secret path maxBytes }").await;
    let ticket = &ticket["uploadTicket"];
    let path = ticket["path"].as_str().expect("a path");
    assert_eq!(path, format!("/uploads/{}", ticket["secret"].as_str().expect("a secret")));
    path.to_owned()
}

async fn put(app: &TestApp, path: &str, bytes: &[u8]) -> u16 {
    let url = format!("{}{path}", app.server().base);
    let reply = reqwest::Client::new().put(url).body(bytes.to_vec()).send().await.expect("an answer");
    reply.status().as_u16()
}

async fn fetch(app: &TestApp, client: &Client, of: Value) -> (u16, Vec<u8>) {
    let made = client.mutate("projectDownloadTicket", json!({ "of": of }), "downloadTicket { path }").await;
    get(app, made["downloadTicket"]["path"].as_str().expect("a path")).await
}

async fn get(app: &TestApp, path: &str) -> (u16, Vec<u8>) {
    let reply = reqwest::get(format!("{}{path}", app.server().base)).await.expect("an answer");
    (reply.status().as_u16(), reply.bytes().await.expect("a body").to_vec())
}

const VERSIONS: &str = "query($id: ID!) { node(id: $id) { ... on ProjectDocument { version
    versions { number fileName mediaType bytes checksum createdBy } } } }";

async fn a_document_has_versions_that_are_sent_and_fetched(app: TestApp) {
    let parts = joint(&app).await;
    let (lead, partner) = (app.actor(LEAD), app.actor(PARTNER));
    let document = parts.id("document.oal");
    assert_eq!(send(&app, &lead, document, "Bescheid.pdf", PDF).await, 201);
    assert_eq!(send(&app, &lead, document, "Bescheid 2.PDF", b"%PDF-1.7\nChanged").await, 201);
    // The partner sees documents of the lead; the checksum is that of the bytes.
    let versions = partner.send(VERSIONS, json!({ "id": document })).await.data()["node"]["versions"].clone();
    let names: Vec<_> =
        versions.as_array().expect("versions").iter().map(|it| (&it["number"], &it["fileName"])).collect();
    assert_eq!(names, [(&json!(2), &json!("Bescheid 2.PDF")), (&json!(1), &json!("Bescheid.pdf"))]);
    assert_eq!((&versions[1]["mediaType"], &versions[1]["bytes"]), (&json!("application/pdf"), &json!(PDF.len())));
    for (client, number, bytes) in [(&partner, 1, PDF), (&lead, 2, b"%PDF-1.7\nChanged".as_slice())] {
        let of = json!({ "version": { "document": document, "number": number } });
        assert_eq!(fetch(&app, client, of).await, (200, bytes.to_vec()));
    }
    let none = json!({ "of": { "version": { "document": document, "number": 3 } } });
    assert_eq!(codes(&lead.try_mutate("projectDownloadTicket", none, "downloadTicket { path }").await), ["NOT_FOUND"]);
    // Evidence of an obligation is a document of the same party.
    let input = json!({ "id": parts.id("obligation.oal"), "version": 1, "document": parts.id("document.kf") });
    assert_eq!(codes(&lead.try_mutate("obligationFulfil", input, "__typename").await), ["NOT_FOUND"]);
    let input = json!({ "id": parts.id("obligation.oal"), "version": 1, "document": document });
    let done = lead.mutate("obligationFulfil", input, "obligation { document { title } }").await;
    assert_eq!(done["obligation"]["document"]["title"], "Secret document of oal");
}

async fn what_is_not_a_document_is_not_kept(app: TestApp) {
    let parts = joint(&app).await;
    let lead = app.actor(LEAD);
    let document = parts.id("document.oal");
    let input = json!({ "document": document, "fileName": "setup.exe" });
    let refused = lead.try_mutate("projectDocumentUploadTicket", input, "uploadTicket { secret }").await;
    assert!(words(&refused)[0].starts_with("fileName: \"setup.exe\" does not end like a document"), "{refused}");
    let path = upload_path(&lead, document, "setup.pdf").await;
    assert_eq!(put(&app, &path, b"MZ\x90\0").await, 415);
    let versions = lead.send(VERSIONS, json!({ "id": document })).await.data();
    assert_eq!(versions["node"], json!({ "version": 1, "versions": [] }));
    // The ticket is as good as before, until the right file has come.
    assert_eq!(put(&app, &path, PDF).await, 201);
    assert_eq!(put(&app, &path, PDF).await, 404);
    let versions = lead.send(VERSIONS, json!({ "id": document })).await.data();
    assert_eq!(versions["node"]["versions"].as_array().map(Vec::len), Some(1), "{versions}");
    // A name is a name, not a path, and shows what it is.
    for (name, told) in [
        ("../../etc/passwd.pdf", "fileName: \"../../etc/passwd.pdf\" contains a path"),
        ("C:\\fakepath\\a.pdf", "for example a.pdf"),
        ("Rechnung\u{202e}fdp.exe.pdf", "U+202E"),
    ] {
        let input = json!({ "document": document, "fileName": name });
        let refused = lead.try_mutate("projectDocumentUploadTicket", input, "uploadTicket { secret }").await;
        assert!(codes(&refused) == ["INVALID"] && words(&refused)[0].contains(told), "{refused}");
    }
}

async fn a_ticket_opens_what_its_person_may_have(app: TestApp) {
    let parts = joint(&app).await;
    let (lead, partner) = (app.actor(LEAD), app.actor(PARTNER));
    assert_eq!(send(&app, &lead, parts.id("document.oal"), "a.pdf", PDF).await, 201);
    let of = json!({ "of": { "version": { "document": parts.id("document.oal"), "number": 1 } } });
    let hidden =
        app.actor(OTHER_FIELD).try_mutate("projectDownloadTicket", of.clone(), "downloadTicket { path }").await;
    assert_eq!(codes(&hidden), ["NOT_FOUND"]);
    let path = partner.mutate("projectDownloadTicket", of, "downloadTicket { path }").await["downloadTicket"]["path"]
        .as_str()
        .expect("a path")
        .to_owned();
    assert_eq!(get(&app, &path).await.0, 200);
    // The partner leaves: the same address opens nothing any more.
    let kf = app.world.id("tenant.kaufbeuren");
    let input = json!({ "id": parts.id("project.joint"), "partner": kf, "tenant": kf, "version": 2, "reason": "x" });
    partner.mutate("projectPartnerRemove", input, "__typename").await;
    assert_eq!(get(&app, &path).await.0, 404);
    assert_eq!(get(&app, "/downloads/vbd_unknown").await.0, 404);
}

async fn a_copy_keeps_its_files(app: TestApp) {
    let parts = joint(&app).await;
    let (lead, partner) = (app.actor(LEAD), app.actor(PARTNER));
    assert_eq!(send(&app, &lead, parts.id("document.oal"), "a.pdf", PDF).await, 201);
    let kf = app.world.id("tenant.kaufbeuren");
    let input = json!({ "id": parts.id("project.joint"), "partner": kf, "tenant": kf, "version": 2, "reason": "x" });
    partner.mutate("projectPartnerRemove", input, "__typename").await;
    let copies = partner.ask("{ projectArchives(first: 1) { nodes { id checksum content } } }").await.data();
    let copy = &copies["projectArchives"]["nodes"][0];
    let (status, bytes) = fetch(&app, &partner, json!({ "archive": copy["id"] })).await;
    assert_eq!((status, bytes.as_slice()), (200, copy["content"].as_str().expect("a text").as_bytes()));
    let told: Value = serde_json::from_slice(&bytes).expect("JSON");
    let file =
        told["documents"].as_array().expect("documents").iter().find(|it| it["latest"] == 1).expect("with a file");
    let of = json!({ "file": { "archive": copy["id"], "checksum": file["versions"][0]["sha256"] } });
    assert_eq!(fetch(&app, &partner, of).await, (200, PDF.to_vec()));
    let other = json!({ "of": { "file": { "archive": copy["id"], "checksum": "00" } } });
    assert_eq!(
        codes(&partner.try_mutate("projectDownloadTicket", other, "downloadTicket { path }").await),
        ["NOT_FOUND"]
    );
}
