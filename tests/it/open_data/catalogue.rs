//! The catalogue of what is public.

use std::collections::BTreeSet;

use kernel::clock::Clock;
use serde_json::{Value, json};
use verbund_tests::app::{Server, start_of_test};
use verbund_tests::harness::corpus;
use verbund_tests::{Case, TestApp, cases, python, row_of};

use super::files::fetch;
use super::{dataset, mark_withdrawn, withdraw};
use crate::feeds::{get, header};

pub fn cases() -> Vec<Case> {
    cases!["open_data";
        only_what_is_public_is_in_the_catalogue_and_it_all_downloads,
        the_catalogue_holds_to_the_shapes_of_dcat_ap_de,
        what_is_withdrawn_is_gone,
        a_portal_asks_only_for_what_is_new,
        pages_have_everything_once,
    ]
}

/// Addresses that follow a property in Turtle.
fn addresses(turtle: &str, property: &str) -> BTreeSet<String> {
    let lines = turtle.lines().filter_map(|it| it.trim().strip_prefix(property)).filter(|it| it.starts_with(' '));
    let parts = lines.flat_map(|it| it.split('<').skip(1).filter_map(|it| it.split_once('>')));
    parts.map(|(address, _)| address.to_owned()).collect()
}

async fn only_what_is_public_is_in_the_catalogue_and_it_all_downloads(app: TestApp) {
    let open = [dataset(&app, "Offen eins", 4, true).await, dataset(&app, "Offen zwei", 4, true).await];
    let hidden = dataset(&app, "Geheim", 4, false).await;
    let (status, headers, text) = get(app.server(), "/catalog", &[]).await;
    assert_eq!((status, header(&headers, "content-type")), (200, "text/turtle; charset=utf-8"));
    assert!(!text.contains(&hidden) && !text.contains("Geheim"));
    let listed = addresses(&text, "dcat:dataset");
    let base = &app.server().base;
    assert_eq!(listed, open.iter().map(|it| format!("{base}/catalog/datasets/{it}")).collect());
    let files = addresses(&text, "dcat:downloadURL");
    assert_eq!((files.len(), &files), (10, &addresses(&text, "dcat:accessURL")));
    for address in files.iter().chain(&addresses(&text, "foaf:page")).chain(&listed) {
        let path = address.strip_prefix(base).expect("an address of this server");
        let (status, _, bytes) = fetch(&app, path, &[]).await;
        assert!(status == 200 && !bytes.is_empty(), "{address}");
    }
    // Now that the files are made, their lengths and checksums are told.
    let (_, _, text) = get(app.server(), "/catalog.ttl", &[]).await;
    let (_, _, csv) = fetch(&app, &format!("/datasets/{}/versions/1.0.csv", open[0]), &[]).await;
    assert!(text.contains(&format!("dcat:byteSize \"{}\"", csv.len())), "{text}");
    assert_eq!(text.matches("spdx:checksumValue").count(), 10);
    // Hidden is as unknown.
    let unknown = format!("dst_{}", "0".repeat(26));
    for suffix in ["", ".ttl", ".rdf", ".jsonld", ".txt"] {
        let told = |id: &str| format!("/catalog/datasets/{id}{suffix}");
        let (hidden, unknown) = (fetch(&app, &told(&hidden), &[]).await, fetch(&app, &told(&unknown), &[]).await);
        assert_eq!((hidden.0, &hidden.2), (404, &unknown.2));
    }
}

async fn the_catalogue_holds_to_the_shapes_of_dcat_ap_de(app: TestApp) {
    let Some(shapes) = corpus().map(|it| it.with_file_name("dcat")).filter(|it| it.exists()) else { return };
    if !python::is_there() {
        return;
    }
    let ids = [dataset(&app, "Eins", 4, true).await, dataset(&app, "Zwei", 4, true).await];
    // One of them says as little as it may.
    let db = app.database.rows().await;
    db.run(&format!(
        "UPDATE dataset SET description = NULL, source_url = NULL, covers_from = NULL, region = NULL, frequency = NULL, \
         landing_page = NULL, contact_url = NULL, keywords = '[]' WHERE id = {}",
        db.id(row_of(&ids[1]))
    ))
    .await;
    let mut config = app.config.clone();
    config.catalogue.base_url = "https://daten.bildungsregion.example".to_owned();
    config.catalogue.contributor_id = "http://dcat-ap.de/def/contributors/openDataBayern".to_owned();
    config.catalogue.publisher_url = "https://bildungsregion.example/".to_owned();
    let server = Server::start(config, Clock::standing_at(start_of_test())).await.expect("a server");
    fetch(&app, &format!("/datasets/{}/versions/1.0.csv", ids[0]), &[]).await;
    let mut files = serde_json::Map::new();
    for (name, path) in [
        ("catalog.ttl", "/catalog.ttl".to_owned()),
        ("catalog.rdf", "/catalog.rdf".to_owned()),
        ("catalog.jsonld", "/catalog.jsonld".to_owned()),
        ("one.ttl", format!("/catalog/datasets/{}.ttl", ids[0])),
        ("other.jsonld", format!("/catalog/datasets/{}.jsonld", ids[1])),
    ] {
        let (status, _, text) = get(&server, &path, &[]).await;
        assert_eq!(status, 200, "{path}");
        files.insert(name.to_owned(), json!(text));
    }
    let text = files["catalog.ttl"].as_str().expect("text");
    assert!(text.contains("<https://daten.bildungsregion.example/catalog/datasets/dst_"), "{text}");
    // A catalogue that lacks what it must have does not pass, or passing would say nothing.
    files.insert(
        "broken.ttl".to_owned(),
        json!(text.replace("dct:license", "dct:rights").replace("dct:publisher", "dct:creator")),
    );
    let told = python::run("catalogue.py", &json!({ "folder": shapes, "files": files }).to_string()).await;
    for name in ["catalog.ttl", "catalog.rdf", "catalog.jsonld", "one.ttl", "other.jsonld"] {
        assert_eq!(told[name]["conforms"], true, "{name}: {}", told[name]["report"].as_str().unwrap_or_default());
    }
    assert_eq!(told["broken.ttl"]["conforms"], false);
    let statements = |name: &str| told[name]["statements"].as_u64().expect("a number");
    assert!(statements("catalog.ttl") > 200);
    assert_eq!([statements("catalog.rdf"), statements("catalog.jsonld")], [statements("catalog.ttl"); 2]);
}

async fn what_is_withdrawn_is_gone(app: TestApp) {
    let (id, stays) = (dataset(&app, "Zurück", 4, true).await, dataset(&app, "Bleibt", 4, true).await);
    let hidden = dataset(&app, "Nie öffentlich", 4, false).await;
    let file = format!("/datasets/{id}/versions/1.0.csv");
    let entry = format!("/catalog/datasets/{id}");
    assert_eq!((fetch(&app, &file, &[]).await.0, fetch(&app, &entry, &[]).await.0), (200, 200));
    let (_, before, _) = get(app.server(), "/catalog", &[]).await;
    withdraw(&app, &id).await;
    mark_withdrawn(&app, &hidden).await;
    let tag = header(&before, "etag").to_owned();
    let (status, _, text) = get(app.server(), "/catalog", &[("if-none-match", &tag)]).await;
    assert!(status == 200 && !text.contains(&id) && text.contains(&stays), "{text}");
    for path in [&file, &entry, &format!("{entry}.rdf")] {
        assert_eq!(fetch(&app, path, &[]).await.0, 410, "{path}");
    }
    // What never was public is no more gone than what never was.
    let path = format!("/datasets/{hidden}/versions/1.0.csv");
    assert_eq!(
        (fetch(&app, &path, &[]).await.0, fetch(&app, &format!("/catalog/datasets/{hidden}"), &[]).await.0),
        (404, 404)
    );
    let token = format!("Bearer {}", app.token("viewer@kaufbeuren"));
    assert_eq!(fetch(&app, &file, &[("authorization", &token)]).await.0, 200, "its owner still has it");
}

async fn a_portal_asks_only_for_what_is_new(app: TestApp) {
    dataset(&app, "Eins", 2, true).await;
    for (path, accept, kind) in [
        ("/catalog", "application/ld+json", "application/ld+json; charset=utf-8"),
        ("/catalog", "application/rdf+xml, */*;q=0.1", "application/rdf+xml; charset=utf-8"),
        ("/catalog.rdf", "text/turtle", "application/rdf+xml; charset=utf-8"),
        ("/catalog.jsonld", "*/*", "application/ld+json; charset=utf-8"),
    ] {
        let (status, headers, _) = get(app.server(), path, &[("accept", accept)]).await;
        assert_eq!((status, header(&headers, "content-type")), (200, kind), "{path}");
        assert!(header(&headers, "vary").to_ascii_lowercase().contains("accept"));
        let tag = header(&headers, "etag").to_owned();
        let (status, _, text) = get(app.server(), path, &[("accept", accept), ("if-none-match", &tag)]).await;
        assert_eq!((status, text.as_str()), (304, ""));
        let date = header(&headers, "last-modified").to_owned();
        let since = get(app.server(), path, &[("accept", accept), ("if-modified-since", &date)]).await;
        assert_eq!(since.0, 304);
        let before = "Thu, 01 Jan 2026 00:00:00 GMT";
        assert_eq!(get(app.server(), path, &[("accept", accept), ("if-modified-since", before)]).await.0, 200);
    }
    assert_eq!(get(app.server(), "/catalog", &[("accept", "image/png")]).await.0, 406);
    dataset(&app, "Zwei", 2, true).await;
    let (_, _, text) = get(app.server(), "/catalog", &[]).await;
    assert_eq!(addresses(&text, "dcat:dataset").len(), 2);
}

async fn pages_have_everything_once(app: TestApp) {
    let mut all = BTreeSet::new();
    for number in 0..5 {
        all.insert(dataset(&app, &format!("Nummer {number}"), 1, true).await);
    }
    let mut config = app.config.clone();
    config.catalogue.page_size = 2;
    let server = Server::start(config, app.clock.clone()).await.expect("a server");
    let (mut found, mut next, mut pages) = (BTreeSet::new(), Some("/catalog.jsonld".to_owned()), 0);
    while let Some(path) = next {
        let (status, headers, text) = get(&server, &path, &[]).await;
        assert_eq!(status, 200);
        let told: Value = serde_json::from_str(&text).expect("JSON");
        let text = told.to_string();
        assert!(text.contains("totalItems"), "{text}");
        for id in &all {
            if text.contains(id.as_str()) {
                assert!(found.insert(id.clone()), "{id} twice");
            }
        }
        let link = header(&headers, "link");
        let after = link.split(", ").find(|it| it.ends_with("rel=\"next\"")).map(str::to_owned);
        next = after.map(|it| it.split(['<', '>']).nth(1).expect("an address").replace(&server.base, ""));
        pages += 1;
        assert!(next.as_ref().is_none_or(|it| it.starts_with("/catalog.jsonld?page=")));
    }
    assert_eq!((pages, found), (3, all));
    for wrong in ["0", "4", "-1", "x"] {
        assert_eq!(get(&server, &format!("/catalog?page={wrong}"), &[]).await.0, 404, "{wrong}");
    }
}
