//! The directory: places and organisations are entered, changed, put away; who learns what of them; GeoJSON.

use serde_json::{Value, json};
use verbund_tests::client::{codes, said};
use verbund_tests::demo::Demo;
use verbund_tests::{Case, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["directory";
        a_place_is_entered_changed_and_put_away,
        what_is_wrong_is_told_with_field_and_value,
        an_external_id_names_one_record_of_the_authority,
        what_is_internal_is_seen_by_its_authority_alone,
        a_person_is_shown_only_with_consent,
        the_history_belongs_to_the_owner,
        what_a_published_offer_names_cannot_be_hidden,
        places_are_found_around_a_point,
        public_places_are_geojson,
    ]
}

const PLACE: &str = "learningPlace { id key version name kind visibility street openingHours ageFrom ageTo validFrom website archivedAt \
    organisation { name } externalIds { scheme value } viewerCan { update } }";

fn place(app: &TestApp) -> Value {
    json!({
        "tenant": app.world.id("tenant.ostallgaeu"), "name": "  Bücherei am Markt ", "kind": "LIBRARY",
        "street": "Markt 1", "openingHours": " Mo–Fr 9–18 Uhr ", "postalCode": "87616", "city": "Marktoberdorf", "latitude": 47.78, "longitude": 10.62,
        "ageFrom": 3, "ageTo": 99, "validFrom": "2020-01-01", "website": "https://library.example",
        "organisation": app.world.id("organisation.oal.agency"),
        "externalIds": [{ "scheme": "WIKIDATA", "value": "Q1" }, { "scheme": "ISIL", "value": "DE-1" }],
    })
}

async fn a_place_is_entered_changed_and_put_away(app: TestApp) {
    let steward = app.actor("steward@ostallgaeu");
    let made = steward.mutate("learningPlaceCreate", place(&app), PLACE).await["learningPlace"].clone();
    assert_eq!(made["name"], "Bücherei am Markt");
    assert!(made["key"].as_str().is_some_and(|it| it.starts_with("buecherei-am-markt-")), "{}", made["key"]);
    assert_eq!(made["organisation"], json!({ "name": "Name of oal.agency" }));
    let ids = json!([{ "scheme": "WIKIDATA", "value": "Q1" }, { "scheme": "ISIL", "value": "DE-1" }]);
    assert_eq!((&made["externalIds"], &made["viewerCan"]), (&ids, &json!({ "update": true })));
    // Everybody sees it, nobody else changes it.
    let (id, node) = (
        made["id"].clone(),
        "query($id: ID!) { node(id: $id) { ... on LearningPlace { name version viewerCan { update } } } }",
    );
    for client in [app.anonymous(), app.actor("steward@kaufbeuren")] {
        let seen = client.send(node, json!({ "id": id })).await.data();
        assert_eq!(
            seen["node"],
            json!({ "name": "Bücherei am Markt", "version": 1, "viewerCan": { "update": false } })
        );
    }
    let refused = app
        .actor("steward@kaufbeuren")
        .try_mutate("learningPlaceUpdate", json!({ "id": id, "version": 1, "name": "x" }), PLACE)
        .await;
    assert_eq!(said(&refused), ["FORBIDDEN id"]);

    let change = json!({
        "id": id, "version": 1, "name": "Stadtbücherei", "ageTo": null, "externalIds": [{ "scheme": "ISIL", "value": "DE-1" }],
    });
    let changed = steward.mutate("learningPlaceUpdate", change, PLACE).await["learningPlace"].clone();
    assert_eq!(
        (&changed["name"], &changed["ageTo"], &changed["street"], &changed["openingHours"]),
        (&json!("Stadtbücherei"), &Value::Null, &json!("Markt 1"), &json!("Mo–Fr 9–18 Uhr"))
    );
    assert_eq!(changed["externalIds"], json!([{ "scheme": "ISIL", "value": "DE-1" }]));
    let stale = steward.try_mutate("learningPlaceUpdate", json!({ "id": id, "version": 1, "name": "x" }), PLACE).await;
    assert_eq!((codes(&stale), &stale["learningPlace"]["name"]), (vec!["STALE_VERSION"], &json!("Stadtbücherei")));

    let count = async |filter: Value| {
        let query = "query($filter: LearningPlaceFilter) { learningPlaces(filter: $filter) { totalCount } }";
        app.anonymous().send(query, json!({ "filter": filter })).await.data()["learningPlaces"]["totalCount"].clone()
    };
    assert_eq!(count(json!({ "text": "stadtbuecherei" })).await, 1);
    steward.mutate("learningPlaceArchive", json!({ "id": id, "version": 2 }), PLACE).await;
    assert_eq!(count(json!({ "text": "stadtbuecherei" })).await, 0);
    assert_eq!(count(json!({ "text": "stadtbuecherei", "includeArchived": true })).await, 1);
    let back = json!({ "id": id, "version": 3, "archived": false });
    let back = steward.mutate("learningPlaceArchive", back, PLACE).await["learningPlace"].clone();
    assert_eq!((&back["archivedAt"], count(json!({ "text": "stadtbuecherei" })).await), (&Value::Null, json!(1)));
}

async fn what_is_wrong_is_told_with_field_and_value(app: TestApp) {
    let steward = app.actor("steward@ostallgaeu");
    let mut wrong = place(&app);
    for (field, value) in [
        ("name", json!("")),
        ("key", json!("Über")),
        ("latitude", json!(91)),
        ("ageFrom", json!(-1)),
        ("validUntil", json!("2019-12-31")),
        ("region", json!("09")),
        ("website", json!("library.example")),
        ("organisation", json!("org_01h455vb4pex5vsknk084sn02q")),
    ] {
        wrong[field] = value;
    }
    let refused = steward.try_mutate("learningPlaceCreate", wrong, PLACE).await;
    let expected = [
        "INVALID key",
        "REQUIRED name",
        "INVALID website",
        "OUT_OF_RANGE latitude",
        "OUT_OF_RANGE ageFrom",
        "OUT_OF_RANGE validUntil",
        "INVALID region",
        "NOT_FOUND organisation",
    ];
    assert_eq!(said(&refused), expected);
    assert_eq!(refused["learningPlace"], Value::Null);
    let mut half = place(&app);
    half["longitude"].take();
    assert_eq!(said(&steward.try_mutate("learningPlaceCreate", half, PLACE).await), ["REQUIRED longitude"]);
    for (scheme, value) in [("SCHOOL_NUMBER", "12"), ("OSM", "123"), ("WIKIDATA", "42"), ("ARS", "09762")] {
        let mut wrong = place(&app);
        wrong["externalIds"] = json!([{ "scheme": scheme, "value": value }]);
        let refused = steward.try_mutate("learningPlaceCreate", wrong, PLACE).await;
        assert_eq!(said(&refused), ["INVALID externalIds"]);
        let words = refused["userErrors"][0]["message"].as_str().expect("words");
        assert!(words.contains(value) && words.contains(scheme), "{words}");
    }
    let organisation = json!({
        "tenant": app.world.id("tenant.ostallgaeu"), "name": "Ours", "kind": "CHURCH", "contact": { "email": "no one" },
        "contactPerson": { "name": " ", "email": "a@b@c.example" },
    });
    let refused = steward.try_mutate("organisationCreate", organisation, "organisation { id }").await;
    assert_eq!(said(&refused), ["INVALID contact.email", "REQUIRED contactPerson.name", "INVALID contactPerson.email"]);
}

async fn an_external_id_names_one_record_of_the_authority(app: TestApp) {
    let (steward, rows) = (app.actor("steward@ostallgaeu"), app.database.rows().await);
    let made = steward.mutate("learningPlaceCreate", place(&app), PLACE).await["learningPlace"].clone();
    let before = rows.dump().await;
    let again = steward.try_mutate("learningPlaceCreate", place(&app), PLACE).await;
    assert_eq!(said(&again), ["NOT_UNIQUE externalIds"]);
    let library = json!({
        "id": app.world.id("place.oal.library"), "version": 1, "name": "x", "externalIds": [{ "scheme": "WIKIDATA", "value": "Q1" }],
    });
    assert_eq!(said(&steward.try_mutate("learningPlaceUpdate", library, PLACE).await), ["NOT_UNIQUE externalIds"]);
    assert_eq!(rows.dump().await, before, "refused as a whole");
    // An organisation is another thing, and another authority may know the same place.
    let organisation = json!({
        "tenant": app.world.id("tenant.ostallgaeu"), "name": "Ours", "kind": "OTHER", "externalIds": [{ "scheme": "WIKIDATA", "value": "Q1" }],
    });
    steward.mutate("organisationCreate", organisation, "organisation { id }").await;
    let mut theirs = place(&app);
    theirs["tenant"] = json!(app.world.id("tenant.kaufbeuren"));
    let theirs =
        app.actor("steward@kaufbeuren").mutate("learningPlaceCreate", theirs, PLACE).await["learningPlace"].clone();
    let query = "{ learningPlaces(filter: {externalIds: [{scheme: ISIL, value: \"DE-1\"}]}) { nodes { id } }
        organisations(filter: {externalIds: [{scheme: WIKIDATA, value: \"Q1\"}]}) { nodes { name } } }";
    let found = app.anonymous().ask(query).await.data();
    let ids: std::collections::BTreeSet<_> =
        found["learningPlaces"]["nodes"].as_array().expect("nodes").iter().map(|it| it["id"].to_string()).collect();
    assert_eq!(ids, [made["id"].to_string(), theirs["id"].to_string()].into());
    assert_eq!(found["organisations"]["nodes"], json!([{ "name": "Ours" }]));
}

async fn what_is_internal_is_seen_by_its_authority_alone(app: TestApp) {
    let query = "{ learningPlaces(filter: {text: \"name of oal.store\"}) { nodes { id } } organisations(filter: {text: \"oal.club\"}) { nodes { id } } }";
    for (subject, count) in [("viewer@ostallgaeu", 1), ("admin@kaufbeuren", 0), ("admin@lindau", 0)] {
        let data = app.actor(subject).ask(query).await.data();
        for list in ["learningPlaces", "organisations"] {
            assert_eq!(data[list]["nodes"].as_array().map(Vec::len), Some(count), "{subject} {list}");
        }
    }
    // Made public, it is there with its ids; made internal again, it is gone.
    let (steward, node) = (
        app.actor("steward@ostallgaeu"),
        "query($id: ID!) { node(id: $id) { ... on LearningPlace { externalIds { value } } } }",
    );
    let id = app.world.id("place.oal.store");
    for (version, visibility, seen) in
        [(1, "PUBLIC", json!({ "externalIds": [{ "value": "DE-oal-store" }] })), (2, "INTERNAL", Value::Null)]
    {
        let input = json!({ "id": id, "version": version, "visibility": visibility });
        steward.mutate("learningPlaceUpdate", input, PLACE).await;
        assert_eq!(app.anonymous().send(node, json!({ "id": id })).await.data()["node"], seen);
    }
    let rows = app.database.rows().await;
    let public = rows.id(entities::PUBLIC_SCOPE);
    let sql = format!("SELECT count(*) FROM external_id WHERE value = 'DE-oal-store' AND scope_id = {public}");
    assert_eq!(rows.number(&sql).await, 0);
}

async fn a_person_is_shown_only_with_consent(app: TestApp) {
    let (steward, id) = (app.actor("steward@ostallgaeu"), app.world.id("organisation.oal.agency"));
    let query = "query($id: ID!) { node(id: $id) { ... on Organisation { contact { email } contactPerson { name email consent } } } }";
    let person = async |subject: &str| {
        let client = if subject.is_empty() { app.anonymous() } else { app.actor(subject) };
        let data = client.send(query, json!({ "id": id })).await.data();
        assert_eq!(data["node"]["contact"]["email"], "office@a.example", "an office is no person");
        data["node"]["contactPerson"].clone()
    };
    for subject in ["", "admin@kaufbeuren", "admin@lindau", "auditor@ostallgaeu"] {
        assert_eq!(person(subject).await, Value::Null, "{subject}");
    }
    assert_eq!(person("viewer@ostallgaeu").await["name"], "Person of oal.agency");
    let wishes = [
        (json!({ "name": "Anna", "email": "anna@a.example", "consent": true }), "Anna"),
        (json!({ "name": "Anna", "consent": false }), ""),
        (json!({ "name": "Berta", "consent": true }), "Berta"),
        (Value::Null, ""),
    ];
    for (version, (wished, seen)) in (1..).zip(wishes) {
        let input = json!({ "id": id, "version": version, "contactPerson": wished });
        steward.mutate("organisationUpdate", input, "organisation { id }").await;
        assert_eq!(person("").await["name"].as_str().unwrap_or_default(), seen, "{wished}");
        assert_eq!(person("viewer@ostallgaeu").await["name"], wished["name"]);
    }
}

async fn the_history_belongs_to_the_owner(app: TestApp) {
    let (steward, id) = (app.actor("steward@ostallgaeu"), app.world.id("place.oal.library"));
    let input = json!({ "id": id, "version": 1, "name": "Renamed", "note": null });
    steward.mutate("learningPlaceUpdate", input, "learningPlace { id }").await;
    let query = "query($of: ID!) { directoryHistory(of: $of) { totalCount nodes { subject action version changedBy changes { field before after } } } }";
    let told = app.actor("viewer@ostallgaeu").send(query, json!({ "of": id })).await.data()["directoryHistory"].clone();
    assert_eq!(told["totalCount"], 2);
    let changes = json!([
        { "field": "name", "before": "Name of oal.library", "after": "Renamed" },
        { "field": "note", "before": "Note of oal.library", "after": null },
    ]);
    let expected = json!({
        "subject": "LEARNING_PLACE", "action": "learningPlaceUpdate", "version": 2, "changedBy": "steward@ostallgaeu", "changes": changes,
    });
    assert_eq!(told["nodes"][0], expected);
    assert_eq!(told["nodes"][1]["action"], "learningPlaceCreate");
    for name in ["organisation.oal.agency", "offer.oal.course"] {
        let data = app.actor("viewer@ostallgaeu").send(query, json!({ "of": app.world.id(name) })).await.data();
        assert_ne!(data["directoryHistory"]["totalCount"], 0, "{name}");
    }
    for client in [app.anonymous(), app.actor("admin@kaufbeuren"), app.actor("auditor@ostallgaeu")] {
        assert_eq!(client.send(query, json!({ "of": id })).await.data()["directoryHistory"]["totalCount"], 0);
    }
    let other = steward.send(query, json!({ "of": app.world.id("calendar.oal.office") })).await;
    assert_eq!(other.codes(), ["BAD_USER_INPUT"]);
}

async fn what_a_published_offer_names_cannot_be_hidden(app: TestApp) {
    let steward = app.actor("steward@ostallgaeu");
    for (mutation, name) in
        [("learningPlaceUpdate", "place.oal.library"), ("organisationUpdate", "organisation.oal.agency")]
    {
        let input = json!({ "id": app.world.id(name), "version": 1, "visibility": "INTERNAL" });
        let refused = steward.try_mutate(mutation, input, "__typename").await;
        assert_eq!(said(&refused), ["CONFLICT visibility"], "{mutation}");
        assert!(refused["userErrors"][0]["message"].to_string().contains("Title of oal.course"));
    }
    let withdraw = json!({ "id": app.world.id("offer.oal.course"), "version": 2, "reason": "over" });
    steward.mutate("educationOfferWithdraw", withdraw, "educationOffer { id }").await;
    let input = json!({ "id": app.world.id("place.oal.library"), "version": 1, "visibility": "INTERNAL" });
    steward.mutate("learningPlaceUpdate", input, "learningPlace { id }").await;
    let publish = json!({ "id": app.world.id("offer.oal.course"), "version": 3 });
    let refused = steward.try_mutate("educationOfferPublish", publish, "educationOffer { id }").await;
    assert_eq!(said(&refused), ["CONFLICT place"]);
}

async fn places_are_found_around_a_point(app: TestApp) {
    let demo = Demo::start(&app).await;
    let anyone = demo.actor(None);
    let found = async |near: Value| {
        let query = "query($near: NearInput) { learningPlaces(filter: {near: $near}, first: 100) { totalCount nodes { key latitude longitude } } }";
        anyone.send(query, json!({ "near": near })).await.data()["learningPlaces"].clone()
    };
    // The middle of Kaufbeuren; every place of the town lies within five kilometres.
    let town = json!({ "from": { "position": { "latitude": 47.8824, "longitude": 10.6219 } }, "radiusKm": 5 });
    let all = found(town).await;
    let keys: Vec<_> =
        all["nodes"].as_array().expect("nodes").iter().map(|it| it["key"].as_str().expect("a key")).collect();
    assert_eq!(keys.iter().filter(|it| it.starts_with("kf-")).count(), 19, "{keys:?}");
    assert!(!keys.contains(&"oal-gymnasium-buchloe"));
    let wider = json!({ "from": { "position": { "latitude": 47.8824, "longitude": 10.6219 } }, "radiusKm": 100 });
    assert_eq!(found(wider).await["totalCount"], 76);
    let query = "{ learningPlaces(filter: {text: \"gymnasium buchloe\"}) { nodes { id } } }";
    let school = anyone.ask(query).await.data()["learningPlaces"]["nodes"][0]["id"].clone();
    let beside = found(json!({ "from": { "place": school }, "radiusKm": 1 })).await;
    assert!(
        beside["nodes"].as_array().expect("nodes").iter().any(|it| it["key"] == "oal-mittelschule-buchloe"),
        "{beside}"
    );
    for (near, field) in [
        (json!({ "from": { "position": { "latitude": 91, "longitude": 10 } } }), "filter.near.from.position.latitude"),
        (json!({ "from": { "position": { "latitude": 47, "longitude": 10 } }, "radiusKm": 0 }), "filter.near.radiusKm"),
        (
            json!({ "from": { "position": { "latitude": 47, "longitude": 10 } }, "radiusKm": 101 }),
            "filter.near.radiusKm",
        ),
        (json!({ "from": { "place": "lpl_01h455vb4pex5vsknk084sn02q" } }), "filter.near.from.place"),
    ] {
        let query = "query($near: NearInput) { learningPlaces(filter: {near: $near}) { totalCount } }";
        let refused = anyone.send(query, json!({ "near": near })).await;
        assert!(refused.refusals()[0].ends_with(field), "{:?}", refused.refusals());
    }
}

async fn public_places_are_geojson(app: TestApp) {
    let read = async |path: &str| {
        let (status, kind, body) = app.server().get(path).await;
        (status, kind, serde_json::from_str::<Value>(&body).unwrap_or_default())
    };
    let (status, kind, all) = read("/public/places.geojson").await;
    assert_eq!((status, kind.as_str(), &all["type"]), (200, "application/geo+json", &json!("FeatureCollection")));
    let features = all["features"].as_array().expect("features");
    assert_eq!(features.len(), 3, "what is internal is not there: {all}");
    let library = features.iter().find(|it| it["properties"]["name"] == "Name of oal.library").expect("the library");
    assert_eq!(library["geometry"], json!({ "type": "Point", "coordinates": [10.62, 47.88] }), "longitude first");
    assert_eq!(library["id"], app.world.id("place.oal.library"));
    assert_eq!(
        (&library["properties"]["authority"], &library["properties"]["organisation"]),
        (&json!("ostallgaeu"), &json!("Name of oal.agency"))
    );
    assert_eq!(read("/public/places.geojson?tenant=kaufbeuren").await.2["features"].as_array().map(Vec::len), Some(1));
    assert_eq!(read("/public/places.geojson?kind=CLUB").await.2["features"], json!([]));
    assert_eq!(read("/public/places.geojson?kind=CASTLE").await.0, 400);
    assert_eq!(read("/public/places.geojson?tenant=nowhere").await.0, 404);
    assert_eq!(read("/public/places.geojson?after=cal_01h455vb4pex5vsknk084sn02q").await.0, 400);
    let after = format!("/public/places.geojson?after={}", features[1]["id"].as_str().expect("an id"));
    assert_eq!(read(&after).await.2["features"], json!([features[2]]), "by id, without repetition");

    let (_, _, offers) = read("/public/offers.geojson").await;
    assert_eq!(offers["features"].as_array().map(Vec::len), Some(1), "drafts are not there");
    let course = &offers["features"][0]["properties"];
    assert_eq!(
        (&course["title"], &course["cost"]),
        (&json!("Title of oal.course"), &json!({ "amount": "12.50", "currency": "EUR" }))
    );
    assert_eq!(read("/public/offers.geojson?topic=MUSIC").await.2["features"], json!([]));

    // Who has it already is told so, until something changes.
    let http = reqwest::Client::new();
    let url = format!("{}/public/places.geojson", app.server().base);
    let ask = async |tag: &str| http.get(&url).header("if-none-match", tag).send().await.expect("an answer");
    let tag = ask("\"x\"").await.headers()["etag"].to_str().expect("a tag").to_owned();
    assert_eq!(ask(&tag).await.status(), 304);
    let input = json!({ "id": app.world.id("place.oal.archive"), "version": 1, "name": "Renamed" });
    app.actor("steward@ostallgaeu").mutate("learningPlaceUpdate", input, PLACE).await;
    assert_eq!(ask(&tag).await.status(), 200);
}
