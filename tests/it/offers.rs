//! Education offers: from a draft to the public and back, and the citizens' search.

use serde_json::{Value, json};
use verbund_tests::client::said;
use verbund_tests::demo::Demo;
use verbund_tests::{Case, Client, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["offers";
        an_offer_goes_from_draft_to_the_public_and_back,
        what_is_wrong_with_an_offer_is_told,
        what_is_public_names_only_what_is_public,
        dates_are_shown_as_far_as_their_entries_are_seen,
        a_date_that_is_not_seen_in_full_does_not_find_its_offer,
        citizens_find_what_they_look_for,
        the_nearest_come_first,
        dates_are_searched_with_their_series,
        walking_in_any_order_gives_every_offer_once,
    ]
}

const OFFER: &str = "educationOffer { id version state title cost { amount currency } languages accessibility audiences tags \
    provider { name } place { name } dates { title } publishedAt withdrawReason viewerCan { update publish withdraw } }";

fn offer(app: &TestApp) -> Value {
    json!({
        "tenant": app.world.id("tenant.ostallgaeu"), "title": " Deutsch A1 ", "kind": "COURSE", "topic": "LANGUAGE",
        "tags": ["A1", "Deutsch", "A1"], "audiences": ["NEWCOMERS"], "ageFrom": 16, "languages": ["DE", "uk"],
        "cost": { "amount": "12.5" }, "accessibility": ["ONLINE", "WHEELCHAIR"], "pillar": "NO_TALENT_LOST",
        "provider": app.world.id("organisation.oal.agency"), "place": app.world.id("place.kf.library"),
        "fieldOfWork": app.world.id("field.newcomers"), "dates": [app.world.id("entry.oal.public.forum")],
    })
}

async fn an_offer_goes_from_draft_to_the_public_and_back(app: TestApp) {
    let steward = app.actor("steward@ostallgaeu");
    let made = steward.mutate("educationOfferCreate", offer(&app), OFFER).await["educationOffer"].clone();
    let expected = json!({
        "id": made["id"], "version": 1, "state": "DRAFT", "title": "Deutsch A1", "cost": { "amount": "12.50", "currency": "EUR" },
        "languages": ["de", "uk"], "accessibility": ["WHEELCHAIR", "ONLINE"], "audiences": ["NEWCOMERS"], "tags": ["A1", "Deutsch"],
        "provider": { "name": "Name of oal.agency" }, "place": { "name": "Name of kf.library" },
        "dates": [{ "title": "Title of oal.public.forum" }], "publishedAt": null, "withdrawReason": null,
        "viewerCan": { "update": true, "publish": true, "withdraw": false },
    });
    assert_eq!(made, expected);
    let (id, node) = (
        made["id"].clone(),
        "query($id: ID!) { node(id: $id) { ... on EducationOffer { title viewerCan { update } } } }",
    );
    let seen = async |client: Client| client.send(node, json!({ "id": id })).await.data()["node"].clone();
    for subject in ["admin@kaufbeuren", "admin@lindau"] {
        assert_eq!(seen(app.actor(subject)).await, Value::Null, "{subject} does not see a draft");
    }
    assert_eq!(
        seen(app.actor("viewer@ostallgaeu")).await,
        json!({ "title": "Deutsch A1", "viewerCan": { "update": false } })
    );
    let step = |version: i32| json!({ "id": id, "version": version });
    let early = steward.try_mutate("educationOfferWithdraw", step(1), OFFER).await;
    assert_eq!(said(&early), ["ILLEGAL_TRANSITION id"]);
    let shown = steward.mutate("educationOfferPublish", step(1), OFFER).await["educationOffer"].clone();
    assert_eq!((&shown["state"], shown["publishedAt"].is_string()), (&json!("PUBLISHED"), true));
    assert_eq!(seen(app.anonymous()).await["title"], "Deutsch A1");
    assert_eq!(said(&steward.try_mutate("educationOfferPublish", step(2), OFFER).await), ["ILLEGAL_TRANSITION id"]);
    let change = json!({ "id": id, "version": 2, "title": "Deutsch A2", "cost": { "amount": "0" }, "dates": [], "ageFrom": null });
    let changed = steward.mutate("educationOfferUpdate", change, OFFER).await["educationOffer"].clone();
    assert_eq!(
        (&changed["cost"]["amount"], &changed["dates"], &changed["state"]),
        (&json!("0.00"), &json!([]), &json!("PUBLISHED"))
    );
    let refused = app
        .actor("admin@kaufbeuren")
        .try_mutate("educationOfferUpdate", json!({ "id": id, "version": 3, "title": "x" }), OFFER)
        .await;
    assert_eq!(said(&refused), ["FORBIDDEN id"]);
    let gone = json!({ "id": id, "version": 3, "reason": "Not enough people." });
    let gone = steward.mutate("educationOfferWithdraw", gone, OFFER).await["educationOffer"].clone();
    assert_eq!((&gone["state"], &gone["withdrawReason"]), (&json!("WITHDRAWN"), &json!("Not enough people.")));
    assert_eq!(seen(app.anonymous()).await, Value::Null);
    let back = steward.mutate("educationOfferPublish", step(4), OFFER).await["educationOffer"].clone();
    assert_eq!((&back["state"], &back["withdrawReason"]), (&json!("PUBLISHED"), &Value::Null));
    assert_eq!(seen(app.anonymous()).await["title"], "Deutsch A2");
}

async fn what_is_wrong_with_an_offer_is_told(app: TestApp) {
    let steward = app.actor("steward@ostallgaeu");
    let refused = async |changes: &[(&str, Value)]| {
        let mut input = offer(&app);
        for (field, value) in changes {
            input[*field] = value.clone();
        }
        said(&steward.try_mutate("educationOfferCreate", input, OFFER).await)
    };
    let wrong = [
        ("title", json!("")),
        ("languages", json!(["deutsch"])),
        ("ageTo", json!(15)),
        ("validFrom", json!("2027-02-01")),
        ("validUntil", json!("2027-01-01")),
        ("registrationUrl", json!("x")),
    ];
    let expected = [
        "REQUIRED title",
        "INVALID registrationUrl",
        "INVALID languages",
        "OUT_OF_RANGE ageTo",
        "OUT_OF_RANGE validUntil",
    ];
    assert_eq!(refused(&wrong).await, expected);
    for amount in ["-1", "1.505", "99999999999"] {
        assert_eq!(refused(&[("cost", json!({ "amount": amount }))]).await, ["INVALID cost.amount"], "{amount}");
    }
    assert_eq!(refused(&[("cost", json!({ "amount": "1", "currency": "XXX" }))]).await, ["INVALID cost.currency"]);
    // What is out of sight, another authority's entry, and an entry of another's calendar are not there.
    let theirs = app.world.id("entry.kf.counselling.day");
    assert_eq!(refused(&[("dates", json!([theirs]))]).await, ["NOT_FOUND dates"]);
    assert_eq!(refused(&[("provider", json!("org_01h455vb4pex5vsknk084sn02q"))]).await, ["NOT_FOUND provider"]);
    assert_eq!(refused(&[("tags", json!(vec!["x"; 21]))]).await, ["LIMIT_REACHED tags"]);
}

async fn what_is_public_names_only_what_is_public(app: TestApp) {
    let steward = app.actor("steward@ostallgaeu");
    let mut input = offer(&app);
    input["provider"] = json!(app.world.id("organisation.oal.club"));
    input["place"] = json!(app.world.id("place.oal.store"));
    let made = steward.mutate("educationOfferCreate", input, OFFER).await["educationOffer"].clone();
    let refused = steward.try_mutate("educationOfferPublish", json!({ "id": made["id"], "version": 1 }), OFFER).await;
    assert_eq!(said(&refused), ["CONFLICT provider", "CONFLICT place"]);
    let hide =
        json!({ "id": app.world.id("offer.oal.course"), "version": 2, "place": app.world.id("place.oal.store") });
    assert_eq!(said(&steward.try_mutate("educationOfferUpdate", hide, OFFER).await), ["CONFLICT place"]);
}

async fn dates_are_shown_as_far_as_their_entries_are_seen(app: TestApp) {
    let query = "query($id: ID!) { node(id: $id) { ... on EducationOffer { dates { title } } } }";
    let dates = async |client: Client| {
        let data = client.send(query, json!({ "id": app.world.id("offer.oal.course") })).await.data();
        data["node"]["dates"].as_array().expect("dates").len()
    };
    assert_eq!(dates(app.actor("viewer@ostallgaeu")).await, 2, "the public one and the internal one");
    for client in [app.anonymous(), app.actor("admin@kaufbeuren")] {
        assert_eq!(dates(client).await, 1, "the public one");
    }
    // An entry that is seen as a summary is not told to be a date of an offer.
    let steward = app.actor("steward@ostallgaeu");
    let entries: Vec<_> =
        ["oal.counselling.day", "oal.orientation.fair"].map(|it| app.world.id(&format!("entry.{it}"))).into();
    let change = json!({ "id": app.world.id("offer.oal.course"), "version": 2, "dates": entries });
    steward.mutate("educationOfferUpdate", change, OFFER).await;
    assert_eq!(dates(app.actor("viewer@ostallgaeu")).await, 2);
    assert_eq!(dates(app.actor("admin@kaufbeuren")).await, 0);
    assert_eq!(dates(app.actor("viewer@memmingen")).await, 1, "shared in full under the other agreement");
}

/// A day in a span finds an offer only for those who see the day's entry in full, single or of a series.
async fn a_date_that_is_not_seen_in_full_does_not_find_its_offer(app: TestApp) {
    let (planner, steward) = (app.actor("planner@ostallgaeu"), app.actor("steward@ostallgaeu"));
    let on = |title: &str, day: &str, rule: Value| {
        json!({
            "calendar": app.world.id("calendar.oal.counselling"), "title": title, "confidentiality": "PARTNER",
            "time": { "allDay": { "firstDay": day } }, "recurrence": rule,
        })
    };
    let mut dates = vec![json!(app.world.id("entry.oal.public.forum"))];
    for input in
        [on("Single", "2029-02-07", Value::Null), on("Series", "2029-03-07", json!({ "rule": "FREQ=WEEKLY;COUNT=3" }))]
    {
        let made = planner.mutate("calendarEntryCreate", input, "calendarEntry { id }").await;
        dates.push(made["calendarEntry"]["id"].clone());
    }
    let change = json!({ "id": app.world.id("offer.oal.course"), "version": 2, "dates": dates });
    steward.mutate("educationOfferUpdate", change, OFFER).await;
    for (day, what) in [("2029-02-07", "the single entry"), ("2029-03-14", "the second of the series")] {
        let between = json!({ "between": { "firstDay": day, "lastDay": day } });
        let seen = async |client: Client| found(&client, between.clone()).await.len();
        assert_eq!(seen(app.actor("viewer@ostallgaeu")).await, 1, "{what}");
        assert_eq!(seen(app.actor("admin@kaufbeuren")).await, 0, "{what}: a summary for this authority");
        assert_eq!(seen(app.anonymous()).await, 0, "{what}");
    }
}

/// Titles that a search finds, and what it says of their number.
async fn found(client: &Client, filter: Value) -> Vec<String> {
    let query = "query($filter: EducationOfferFilter) { educationOffers(filter: $filter, first: 100) { totalCount nodes { title } } }";
    let data = client.send(query, json!({ "filter": filter })).await.data();
    let nodes = data["educationOffers"]["nodes"].as_array().expect("nodes").clone();
    assert_eq!(data["educationOffers"]["totalCount"], nodes.len());
    nodes.iter().map(|it| it["title"].as_str().expect("a title").to_owned()).collect()
}

async fn citizens_find_what_they_look_for(app: TestApp) {
    let demo = Demo::start(&app).await;
    let anyone = demo.actor(None);
    assert_eq!(found(&anyone, json!({})).await.len(), 12);
    for (filter, expected) in [
        (json!({ "text": "gebaerdensprache" }), vec!["Elternabend: Wege nach der vierten Klasse"]),
        (json!({ "text": "Gebärdensprache" }), vec!["Elternabend: Wege nach der vierten Klasse"]),
        (json!({ "text": "volkshochschule kaufbeuren" }), vec!["Deutsch für den Alltag A1", "Tabellen im Griff"]),
        (json!({ "text": "fuessen englisch" }), vec!["Englisch auffrischen"]),
        (json!({ "text": "%" }), vec![]),
        (json!({ "languages": ["tr", "uk"] }), vec!["Deutsch für den Alltag A1", "Vorlesestunde in drei Sprachen"]),
        (json!({ "languages": [] }), vec![]),
        (
            json!({ "age": 5 }),
            vec![
                "Berufsberatung im Landkreis",
                "Elternabend: Wege nach der vierten Klasse",
                "Vorlesestunde in drei Sprachen",
            ],
        ),
        (
            json!({ "audiences": ["TEACHERS"] }),
            vec!["Berufsberatung im Landkreis", "Walderlebnis für Grundschulklassen"],
        ),
        (json!({ "accessibility": ["WHEELCHAIR", "CHILDCARE"] }), vec!["Deutsch für den Alltag A1"]),
        (
            json!({ "topics": ["NATURE", "FAMILY"] }),
            vec!["Elternabend: Wege nach der vierten Klasse", "Walderlebnis für Grundschulklassen"],
        ),
        (json!({ "kinds": ["EXCURSION"], "free": false }), vec!["Walderlebnis für Grundschulklassen"]),
        (json!({ "topics": ["DIGITAL_SKILLS"], "free": true }), vec!["Smartphone-Sprechstunde"]),
        (json!({ "pillars": ["CIVIL_SOCIETY"] }), vec!["Vorlesestunde in drei Sprachen"]),
    ] {
        assert_eq!(found(&anyone, filter.clone()).await, expected, "{filter}");
    }
    let data = anyone
        .ask("{ educationOffers(filter: {text: \"tabellen\"}) { nodes { cost { amount currency } costNote source } } }")
        .await
        .data();
    let cost = json!({ "cost": { "amount": "49.50", "currency": "EUR" }, "costNote": "Ermäßigt 25,00 Euro", "source": "Verbund, demo data" });
    assert_eq!(data["educationOffers"]["nodes"], json!([cost]));
}

async fn the_nearest_come_first(app: TestApp) {
    let demo = Demo::start(&app).await;
    let anyone = demo.actor(None);
    let query = "query($km: Int!, $first: Int, $after: String, $last: Int) { educationOffers(orderBy: DISTANCE_METERS, first: $first, after: $after, last: $last,
        filter: {near: {from: {position: {latitude: 47.8824, longitude: 10.6219}}, radiusKm: $km}}) {
        totalCount nodes { title distanceMeters place { city } } pageInfo { hasNextPage endCursor } } }";
    let ask = async |variables: Value| anyone.send(query, variables).await.data()["educationOffers"].clone();
    let town = ask(json!({ "km": 5 })).await;
    assert_eq!(town["totalCount"], 5, "what has no place is nowhere: {town}");
    let metres = |page: &Value| -> Vec<u64> {
        page["nodes"]
            .as_array()
            .expect("nodes")
            .iter()
            .map(|it| it["distanceMeters"].as_u64().expect("metres"))
            .collect()
    };
    let near = metres(&town);
    assert!(near.is_sorted() && near.iter().all(|it| *it <= 5_000), "{near:?}");
    assert!(town["nodes"].as_array().expect("nodes").iter().all(|it| it["place"]["city"] == "Kaufbeuren"));
    let wide = ask(json!({ "km": 50 })).await;
    assert_eq!((wide["totalCount"].clone(), metres(&wide).is_sorted()), (json!(9), true));
    let (mut walked, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = ask(json!({ "km": 50, "first": 2, "after": after })).await;
        walked.extend(page["nodes"].as_array().expect("nodes").clone());
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(json!(walked), wide["nodes"]);
    assert_eq!(ask(json!({ "km": 50, "last": 1 })).await["nodes"][0], wide["nodes"][8]);
    // By title, the same ones.
    let same =
        json!({ "near": { "from": { "position": { "latitude": 47.8824, "longitude": 10.6219 } }, "radiusKm": 50 } });
    assert_eq!(found(&anyone, same).await.len(), 9);
    let nowhere = anyone.ask("{ educationOffers(orderBy: DISTANCE_METERS) { totalCount } }").await;
    assert_eq!(nowhere.refusals(), ["BAD_USER_INPUT REQUIRED filter.near"]);
}

async fn dates_are_searched_with_their_series(app: TestApp) {
    let demo = Demo::start(&app).await;
    let anyone = demo.actor(None);
    let between = |first: &str, last: &str| json!({ "between": { "firstDay": first, "lastDay": last }, "kinds": ["COURSE", "EXHIBITION", "EXCURSION"] });
    // A Tuesday in the middle of both courses; what has no dates counts while it is valid.
    let tuesday = found(&anyone, between("2027-05-04", "2027-05-04")).await;
    assert_eq!(
        tuesday,
        [
            "Deutsch für den Alltag A1",
            "Englisch auffrischen",
            "Tabellen im Griff",
            "Walderlebnis für Grundschulklassen"
        ]
    );
    let saturday = found(&anyone, between("2027-05-08", "2027-05-08")).await;
    assert_eq!(
        saturday,
        [
            "Mathe-Werkstatt vor der Abschlussprüfung",
            "Offene Werkstatt der Glasberufe",
            "Tabellen im Griff",
            "Walderlebnis für Grundschulklassen"
        ]
    );
    assert_eq!(found(&anyone, between("2027-12-01", "2027-12-31")).await, Vec::<String>::new());
    assert_eq!(found(&anyone, between("2026-01-01", "2028-12-31")).await.len(), 6);
    let wrong =
        "{ educationOffers(filter: {between: {firstDay: \"2027-05-02\", lastDay: \"2027-05-01\"}}) { totalCount } }";
    assert_eq!(anyone.ask(wrong).await.codes(), ["BAD_USER_INPUT"]);
    let query = "{ educationOffers(filter: {text: \"handwerk ausprobieren\"}) { nodes { dates { title start place { name } calendar { name } } } } }";
    let dates = anyone.ask(query).await.data()["educationOffers"]["nodes"][0]["dates"].clone();
    assert_eq!(
        (&dates[0]["start"], &dates[0]["calendar"]["name"]),
        (&json!("2027-04-24T07:00:00+00:00"), &json!("Bildungsangebote Ostallgäu"))
    );
}

async fn walking_in_any_order_gives_every_offer_once(app: TestApp) {
    let demo = Demo::start(&app).await;
    let anyone = demo.actor(None);
    for order in ["TITLE", "CREATED_AT_DESCENDING"] {
        for size in [1, 5] {
            let query = format!(
                "query($at: String) {{ educationOffers(orderBy: {order}, first: {size}, after: $at) {{ nodes {{ id }} pageInfo {{ hasNextPage endCursor }} }} }}"
            );
            let (mut ids, mut at) = (std::collections::BTreeSet::new(), Value::Null);
            let mut count = 0;
            loop {
                let page = anyone.send(&query, json!({ "at": at })).await.data()["educationOffers"].clone();
                for node in page["nodes"].as_array().expect("nodes") {
                    ids.insert(node["id"].to_string());
                    count += 1;
                }
                if page["pageInfo"]["hasNextPage"] == false {
                    break;
                }
                at = page["pageInfo"]["endCursor"].clone();
            }
            assert_eq!((ids.len(), count), (12, 12), "{order} by {size}");
        }
    }
}
