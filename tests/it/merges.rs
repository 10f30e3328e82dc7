//! Duplicates and their merging: proposed by either owner, accepted by the owner of the duplicate alone, undone without loss.

use serde_json::{Value, json};
use verbund_tests::client::said;
use verbund_tests::{Case, Client, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["merges";
        the_owner_of_the_duplicate_merges_and_undoes_it,
        what_cannot_be_proposed_is_told,
        what_was_turned_down_is_not_proposed_again,
        two_records_of_one_authority_need_no_agreement,
        no_two_records_ever_stand_for_each_other,
        candidates_are_found_across_authorities_and_merge_nothing,
        organisations_are_merged_the_same_way,
        organisations_that_may_be_the_same_are_found,
        a_merge_into_a_hidden_record_tells_no_instant,
    ]
}

const MERGE: &str = "mergeProposal { id version state reason answeredBy duplicate { name ... on LearningPlace { mergedInto { name } } ... on Organisation { mergedInto { name } } }
    survivor { ... on LearningPlace { mergedFrom { name externalIds { value } } } ... on Organisation { mergedFrom { name externalIds { value } } } } }";

fn proposed(app: &TestApp, tenant: &str, duplicate: &str, survivor: &str) -> Value {
    json!({
        "tenant": app.world.id(&format!("tenant.{tenant}")), "duplicate": app.world.id(&format!("place.{duplicate}")),
        "survivor": app.world.id(&format!("place.{survivor}")), "agreement": app.world.id("agreement.a"),
    })
}

async fn listed(client: &Client, filter: &str) -> Vec<String> {
    let data = client
        .ask(&format!("{{ learningPlaces(filter: {{{filter}}}, first: 100) {{ nodes {{ name }} }} }}"))
        .await
        .data();
    let nodes = data["learningPlaces"]["nodes"].as_array().expect("nodes").clone();
    nodes.iter().map(|it| it["name"].as_str().expect("a name").to_owned()).collect()
}

async fn the_owner_of_the_duplicate_merges_and_undoes_it(app: TestApp) {
    let (ostallgaeu, kaufbeuren) = (app.actor("steward@ostallgaeu"), app.actor("steward@kaufbeuren"));
    let merge = json!({ "id": app.world.id("merge.a"), "version": 1 });
    // Kaufbeuren proposed it: it may take it back, and nothing more.
    let query = "{ mergeProposals { nodes { message tenant { slug } to { slug } agreement { title } duplicate { name } viewerCan { accept decline withdraw } } } }";
    for (client, can) in [(&kaufbeuren, [false, false, true]), (&ostallgaeu, [true, true, false])] {
        let seen = client.ask(query).await.data()["mergeProposals"]["nodes"].clone();
        assert_eq!(
            seen,
            json!([{
                "message": "Message of merge.a", "tenant": { "slug": "kaufbeuren" }, "to": { "slug": "ostallgaeu" },
                "agreement": { "title": "Agreement A" }, "duplicate": { "name": "Name of oal.library" },
                "viewerCan": { "accept": can[0], "decline": can[1], "withdraw": can[2] },
            }])
        );
    }
    assert_eq!(app.actor("viewer@memmingen").ask(query).await.data()["mergeProposals"]["nodes"], json!([]));
    assert_eq!(said(&kaufbeuren.try_mutate("mergeProposalAccept", merge.clone(), MERGE).await), ["FORBIDDEN id"]);
    let no = json!({ "id": app.world.id("merge.a"), "version": 1, "reason": "no" });
    assert_eq!(said(&kaufbeuren.try_mutate("mergeProposalDecline", no, MERGE).await), ["FORBIDDEN id"]);
    assert_eq!(said(&ostallgaeu.try_mutate("mergeProposalWithdraw", merge.clone(), MERGE).await), ["FORBIDDEN id"]);

    let done = ostallgaeu.mutate("mergeProposalAccept", merge.clone(), MERGE).await["mergeProposal"].clone();
    assert_eq!((&done["state"], &done["answeredBy"]), (&json!("ACCEPTED"), &json!("steward@ostallgaeu")));
    assert_eq!(
        done["duplicate"],
        json!({ "name": "Name of oal.library", "mergedInto": { "name": "Name of kf.library" } })
    );
    let from = json!([{ "name": "Name of oal.library", "externalIds": [{ "value": "DE-oal-library" }] }]);
    assert_eq!(done["survivor"]["mergedFrom"], from);
    let again = ostallgaeu
        .try_mutate("mergeProposalAccept", json!({ "id": app.world.id("merge.a"), "version": 2 }), MERGE)
        .await;
    assert_eq!(said(&again), ["ILLEGAL_TRANSITION id"]);

    // Lists leave it out; its id leads to the record that stands for it; what names it still finds it.
    let anyone = app.anonymous();
    assert!(!listed(&anyone, "").await.contains(&"Name of oal.library".to_owned()));
    assert!(listed(&anyone, "includeMerged: true").await.contains(&"Name of oal.library".to_owned()));
    let by_id = "externalIds: [{scheme: ISIL, value: \"DE-oal-library\"}]";
    assert_eq!(listed(&anyone, by_id).await, ["Name of kf.library"]);
    let query = "query($id: ID!) { node(id: $id) { ... on EducationOffer { place { name mergedInto { name } } } } }";
    let offer = anyone.send(query, json!({ "id": app.world.id("offer.oal.course") })).await.data();
    assert_eq!(
        offer["node"]["place"],
        json!({ "name": "Name of oal.library", "mergedInto": { "name": "Name of kf.library" } })
    );
    let change = json!({ "id": app.world.id("place.oal.library"), "version": 2, "name": "x" });
    assert_eq!(
        said(&ostallgaeu.try_mutate("learningPlaceUpdate", change, "learningPlace { id }").await),
        ["CONFLICT id"]
    );

    let undo = json!({ "id": app.world.id("place.oal.library"), "version": 2 });
    assert_eq!(
        said(&kaufbeuren.try_mutate("learningPlaceUnmerge", undo.clone(), "learningPlace { id }").await),
        ["FORBIDDEN id"]
    );
    ostallgaeu.mutate("learningPlaceUnmerge", undo, "learningPlace { id }").await;
    assert!(listed(&anyone, "").await.contains(&"Name of oal.library".to_owned()));
    assert_eq!(listed(&anyone, by_id).await, ["Name of oal.library"]);
    let twice = json!({ "id": app.world.id("place.oal.library"), "version": 3 });
    assert_eq!(
        said(&ostallgaeu.try_mutate("learningPlaceUnmerge", twice, "learningPlace { id }").await),
        ["CONFLICT id"]
    );
}

async fn what_cannot_be_proposed_is_told(app: TestApp) {
    let kaufbeuren = app.actor("steward@kaufbeuren");
    let refused = async |input: Value| said(&kaufbeuren.try_mutate("mergeProposalCreate", input, MERGE).await);
    let base = || proposed(&app, "kaufbeuren", "oal.archive", "kf.library");
    let with = |field: &str, value: Value| {
        let mut input = base();
        input[field] = value;
        input
    };
    let id = |name: &str| json!(app.world.id(name));
    assert_eq!(refused(with("survivor", id("place.oal.library"))).await, ["INVALID duplicate"], "both are another's");
    assert_eq!(refused(with("duplicate", id("place.kf.library"))).await, ["INVALID survivor"], "itself");
    assert_eq!(refused(with("duplicate", id("place.oal.store"))).await, ["NOT_FOUND duplicate"], "hidden");
    assert_eq!(refused(with("survivor", id("organisation.kf.vhs"))).await, ["INVALID survivor"], "another kind");
    assert_eq!(refused(with("duplicate", id("offer.oal.course"))).await, ["INVALID duplicate"], "no record");
    assert_eq!(refused(with("agreement", Value::Null)).await, ["REQUIRED agreement"]);
    assert_eq!(refused(with("agreement", id("agreement.b"))).await, ["NOT_FOUND agreement"], "not bound by it");
    assert_eq!(
        refused(proposed(&app, "kaufbeuren", "oal.library", "kf.library")).await,
        ["CONFLICT duplicate"],
        "it waits"
    );
    assert_eq!(
        refused(proposed(&app, "kaufbeuren", "kf.library", "oal.library")).await,
        ["CONFLICT duplicate"],
        "the other way round"
    );
    // Without an agreement that is in force, authorities do not talk about their places.
    let end = json!({ "id": id("agreement.a"), "tenant": id("tenant.ostallgaeu"), "version": 4, "reason": "over" });
    app.actor("admin@ostallgaeu").mutate("agreementEnd", end, "agreement { id }").await;
    assert_eq!(refused(base()).await, ["AGREEMENT_NOT_ACTIVE agreement"]);
}

async fn what_was_turned_down_is_not_proposed_again(app: TestApp) {
    let (ostallgaeu, kaufbeuren) = (app.actor("steward@ostallgaeu"), app.actor("steward@kaufbeuren"));
    let no = json!({ "id": app.world.id("merge.a"), "version": 1, "reason": "Ours is another one." });
    let done = ostallgaeu.mutate("mergeProposalDecline", no, MERGE).await["mergeProposal"].clone();
    assert_eq!((&done["state"], &done["reason"]), (&json!("DECLINED"), &json!("Ours is another one.")));
    for (duplicate, survivor) in [("oal.library", "kf.library"), ("kf.library", "oal.library")] {
        let again = kaufbeuren
            .try_mutate("mergeProposalCreate", proposed(&app, "kaufbeuren", duplicate, survivor), MERGE)
            .await;
        assert_eq!(said(&again), ["CONFLICT duplicate"]);
        assert!(again["userErrors"][0]["message"].to_string().contains("Ours is another one."));
    }
    // Who turned it down may change its mind; what was taken back may come again.
    let made = ostallgaeu
        .mutate("mergeProposalCreate", proposed(&app, "ostallgaeu", "oal.library", "kf.library"), MERGE)
        .await;
    let back = json!({ "id": made["mergeProposal"]["id"], "version": 1 });
    ostallgaeu.mutate("mergeProposalWithdraw", back, MERGE).await;
    ostallgaeu.mutate("mergeProposalCreate", proposed(&app, "ostallgaeu", "oal.library", "kf.library"), MERGE).await;
}

async fn two_records_of_one_authority_need_no_agreement(app: TestApp) {
    let steward = app.actor("steward@ostallgaeu");
    let mut input = proposed(&app, "ostallgaeu", "oal.store", "oal.archive");
    input["agreement"].take();
    let made = steward.mutate("mergeProposalCreate", input, MERGE).await["mergeProposal"].clone();
    let query = "query($id: ID!) { node(id: $id) { id } }";
    let seen = async |subject: &str| {
        app.actor(subject).send(query, json!({ "id": made["id"] })).await.data()["node"].is_object()
    };
    assert!(seen("viewer@ostallgaeu").await && !seen("admin@kaufbeuren").await && !seen("auditor@ostallgaeu").await);
    let done = steward.mutate("mergeProposalAccept", json!({ "id": made["id"], "version": 1 }), MERGE).await;
    assert_eq!(done["mergeProposal"]["duplicate"]["mergedInto"]["name"], "Name of oal.archive");
    // What is hidden of the merged ones stays hidden.
    let query = "query($id: ID!) { node(id: $id) { ... on LearningPlace { mergedFrom { name } } } }";
    let from = app.anonymous().send(query, json!({ "id": app.world.id("place.oal.archive") })).await.data();
    assert_eq!(from["node"]["mergedFrom"], json!([]));
}

async fn no_two_records_ever_stand_for_each_other(app: TestApp) {
    let (ostallgaeu, kaufbeuren) = (app.actor("steward@ostallgaeu"), app.actor("steward@kaufbeuren"));
    let made = ostallgaeu
        .mutate("mergeProposalCreate", proposed(&app, "ostallgaeu", "oal.archive", "kf.library"), MERGE)
        .await;
    let archive = json!({ "id": made["mergeProposal"]["id"], "version": 1 });
    let library = json!({ "id": app.world.id("merge.a"), "version": 1 });
    let both = [
        ostallgaeu.try_mutate("mergeProposalAccept", library, MERGE),
        ostallgaeu.try_mutate("mergeProposalAccept", archive, MERGE),
    ];
    let answers = futures_util::future::join_all(both).await;
    assert!(answers.iter().all(|it| it["userErrors"] == json!([])), "{answers:?}");
    // Kaufbeuren's record stands for both, and cannot give way to one of them any more.
    let back = kaufbeuren
        .try_mutate("mergeProposalCreate", proposed(&app, "kaufbeuren", "kf.library", "oal.archive"), MERGE)
        .await;
    assert_eq!(said(&back), ["CONFLICT survivor"]);
    let rows = app.database.rows().await;
    let loops = "SELECT count(*) FROM learning_place a JOIN learning_place b ON b.id = a.merged_into_id WHERE b.merged_into_id IS NOT NULL";
    assert_eq!(rows.number(loops).await, 0);
}

async fn candidates_are_found_across_authorities_and_merge_nothing(app: TestApp) {
    let (ostallgaeu, kaufbeuren) = (app.actor("steward@ostallgaeu"), app.actor("steward@kaufbeuren"));
    let place = |tenant: &str, name: &str, latitude: f64| {
        json!({
            "tenant": app.world.id(&format!("tenant.{tenant}")), "name": name, "kind": "MUSIC_SCHOOL", "latitude": latitude, "longitude": 10.9,
        })
    };
    for (client, input) in [
        (&ostallgaeu, place("ostallgaeu", "Musikschule Clara Schumann", 47.5)),
        (&kaufbeuren, place("kaufbeuren", "Clara-Schumann-Musikschule", 47.5004)),
        (&kaufbeuren, place("kaufbeuren", "Musikschule Robert Schumann", 47.5004)),
        (
            &kaufbeuren,
            json!({ "tenant": app.world.id("tenant.kaufbeuren"), "name": "Elsewhere", "kind": "OTHER",
            "externalIds": [{ "scheme": "ISIL", "value": "DE-oal-archive" }] }),
        ),
    ] {
        client.mutate("learningPlaceCreate", input, "learningPlace { id }").await;
    }
    let rows = app.database.rows().await;
    let before = rows.dump().await;
    let query = "query($tenant: ID!, $after: String) { duplicateCandidates(tenant: $tenant, first: 1, after: $after) { totalCount
        nodes { score reasons distanceMeters one { name } other { name tenant { slug } } } pageInfo { endCursor } } }";
    let ask = async |client: &Client, tenant: &str, after: Value| {
        let variables = json!({ "tenant": app.world.id(&format!("tenant.{tenant}")), "after": after });
        client.send(query, variables).await.data()["duplicateCandidates"].clone()
    };
    let first = ask(&ostallgaeu, "ostallgaeu", Value::Null).await;
    let second = ask(&ostallgaeu, "ostallgaeu", first["pageInfo"]["endCursor"].clone()).await;
    assert_eq!(first["totalCount"], 2, "the pair of which a proposal waits is left out: {first} {second}");
    let mut reasons = [first["nodes"][0].clone(), second["nodes"][0].clone()];
    reasons.sort_by_key(|it| it["reasons"].to_string());
    assert_eq!((&reasons[0]["reasons"], &reasons[0]["score"]), (&json!(["SAME_EXTERNAL_ID"]), &json!(100)));
    assert_eq!(reasons[1]["reasons"], json!(["SAME_NAME", "SAME_PLACE"]));
    assert_eq!(reasons[1]["distanceMeters"], 44);
    let names = [&reasons[1]["one"]["name"], &reasons[1]["other"]["name"]];
    assert!(
        names.contains(&&json!("Musikschule Clara Schumann")) && names.contains(&&json!("Clara-Schumann-Musikschule"))
    );
    // Who may not write there is told of none; and nothing was changed by looking.
    for client in [&kaufbeuren, &app.actor("viewer@ostallgaeu"), &app.anonymous()] {
        assert_eq!(ask(client, "ostallgaeu", Value::Null).await["totalCount"], 0);
    }
    assert_eq!(rows.dump().await, before);
}

async fn organisations_are_merged_the_same_way(app: TestApp) {
    let (ostallgaeu, kaufbeuren) = (app.actor("steward@ostallgaeu"), app.actor("steward@kaufbeuren"));
    let id = |name: &str| json!(app.world.id(name));
    let input = json!({
        "tenant": id("tenant.kaufbeuren"), "duplicate": id("organisation.oal.agency"),
        "survivor": id("organisation.kf.vhs"), "agreement": id("agreement.a"),
    });
    let made = kaufbeuren.mutate("mergeProposalCreate", input.clone(), MERGE).await["mergeProposal"].clone();
    assert_eq!(said(&kaufbeuren.try_mutate("mergeProposalCreate", input, MERGE).await), ["CONFLICT duplicate"]);
    let merge = json!({ "id": made["id"], "version": 1 });
    assert_eq!(said(&kaufbeuren.try_mutate("mergeProposalAccept", merge.clone(), MERGE).await), ["FORBIDDEN id"]);
    let about = "query($id: ID!) { mergeProposals(filter: {records: [$id]}) { nodes { id duplicate { __typename id name tenant { slug } } } } }";
    let seen = ostallgaeu.send(about, json!({ "id": id("organisation.kf.vhs") })).await.data();
    let duplicate = json!({
        "__typename": "Organisation", "id": id("organisation.oal.agency"), "name": "Name of oal.agency",
        "tenant": { "slug": "ostallgaeu" },
    });
    assert_eq!(seen["mergeProposals"]["nodes"], json!([{ "id": made["id"], "duplicate": duplicate }]));

    let done = ostallgaeu.mutate("mergeProposalAccept", merge, MERGE).await["mergeProposal"].clone();
    assert_eq!(done["duplicate"], json!({ "name": "Name of oal.agency", "mergedInto": { "name": "Name of kf.vhs" } }));
    let from = json!([{ "name": "Name of oal.agency", "externalIds": [{ "value": "of-oal-agency" }] }]);
    assert_eq!(done["survivor"]["mergedFrom"], from);

    // Lists leave it out; its id leads to the record that stands for it; what names it still finds it.
    let anyone = app.anonymous();
    let names = async |filter: &str| {
        let query = format!("{{ organisations(filter: {{{filter}}}) {{ nodes {{ name }} }} }}");
        anyone.ask(&query).await.data()["organisations"]["nodes"].clone()
    };
    let by_id = "externalIds: [{scheme: VHS, value: \"of-oal-agency\"}]";
    assert_eq!(names("").await, json!([{ "name": "Name of kf.vhs" }]));
    assert_eq!(names("includeMerged: true").await.as_array().map(Vec::len), Some(2));
    assert_eq!(names(by_id).await, json!([{ "name": "Name of kf.vhs" }]));
    let query = "query($id: ID!) { node(id: $id) { ... on EducationOffer { provider { name mergedInto { name } } } } }";
    let offer = anyone.send(query, json!({ "id": id("offer.oal.course") })).await.data();
    let provider = json!({ "name": "Name of oal.agency", "mergedInto": { "name": "Name of kf.vhs" } });
    assert_eq!(offer["node"]["provider"], provider);

    // It is not changed any more; its owner, and nobody else, takes the merge back.
    let at = |version: i32, more: Value| {
        let mut input = json!({ "id": id("organisation.oal.agency"), "version": version });
        input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        input
    };
    let said_of = async |client: &Client, mutation: &'static str, input: Value| {
        said(&client.try_mutate(mutation, input, "organisation { id }").await)
    };
    assert_eq!(said_of(&ostallgaeu, "organisationUpdate", at(2, json!({ "name": "x" }))).await, ["CONFLICT id"]);
    assert_eq!(said_of(&ostallgaeu, "organisationArchive", at(2, json!({}))).await, ["CONFLICT id"]);
    assert_eq!(said_of(&kaufbeuren, "organisationUnmerge", at(2, json!({}))).await, ["FORBIDDEN id"]);
    assert_eq!(said_of(&ostallgaeu, "organisationUnmerge", at(1, json!({}))).await, ["STALE_VERSION version"]);
    assert_eq!(said_of(&ostallgaeu, "organisationUnmerge", at(2, json!({}))).await, Vec::<String>::new());
    assert_eq!(said_of(&ostallgaeu, "organisationUnmerge", at(3, json!({}))).await, ["CONFLICT id"]);
    assert_eq!(names(by_id).await, json!([{ "name": "Name of oal.agency" }]));
    let history = "query($id: ID!) { directoryHistory(of: $id) { nodes { action changedBy } } }";
    let told = ostallgaeu.send(history, json!({ "id": id("organisation.oal.agency") })).await.data();
    let by = |action: &str| json!({ "action": action, "changedBy": "steward@ostallgaeu" });
    let expected = json!([by("organisationUnmerge"), by("mergeProposalAccept"), by("organisationCreate")]);
    assert_eq!(told["directoryHistory"]["nodes"], expected);
}

async fn organisations_that_may_be_the_same_are_found(app: TestApp) {
    let (ostallgaeu, kaufbeuren) = (app.actor("steward@ostallgaeu"), app.actor("steward@kaufbeuren"));
    for (client, tenant, name, city) in [
        (&ostallgaeu, "ostallgaeu", "Caritasverband Clara Schumann e.V.", Some("Kaufbeuren")),
        (&kaufbeuren, "kaufbeuren", "Clara-Schumann-Caritasverband", Some("Kaufbeuren")),
        (&kaufbeuren, "kaufbeuren", "Caritasverband Clara Schumann", Some("Füssen")),
        (&ostallgaeu, "ostallgaeu", "Stiftung Lernen", None),
        (&kaufbeuren, "kaufbeuren", "Stiftung Lernen", Some("Kaufbeuren")),
    ] {
        let input = json!({
            "tenant": app.world.id(&format!("tenant.{tenant}")), "name": name, "kind": "FOUNDATION", "city": city,
        });
        client.mutate("organisationCreate", input, "organisation { id }").await;
    }
    let query = "query($tenant: ID!) { duplicateCandidates(tenant: $tenant, kind: ORGANISATION) {
        nodes { score reasons distanceMeters one { __typename name city } other { name city } } } }";
    let ask = async |client: &Client| {
        let variables = json!({ "tenant": app.world.id("tenant.ostallgaeu") });
        client.send(query, variables).await.data()["duplicateCandidates"]["nodes"].as_array().expect("nodes").clone()
    };
    let found = ask(&ostallgaeu).await;
    let told: Vec<_> = found.iter().map(|it| (it["score"].clone(), it["reasons"].clone())).collect();
    assert_eq!(told, [(json!(80), json!(["SAME_NAME", "SAME_TOWN"])), (json!(70), json!(["SAME_NAME"]))], "{found:?}");
    let towns = [&found[0]["one"]["city"], &found[0]["other"]["city"]];
    assert_eq!(towns, [&json!("Kaufbeuren"), &json!("Kaufbeuren")], "one in another town is another one");
    assert_eq!((&found[0]["one"]["__typename"], &found[0]["distanceMeters"]), (&json!("Organisation"), &Value::Null));
    assert!(ask(&app.actor("viewer@ostallgaeu")).await.is_empty() && ask(&kaufbeuren).await.is_empty());
}

async fn a_merge_into_a_hidden_record_tells_no_instant(app: TestApp) {
    let (ostallgaeu, kaufbeuren) = (app.actor("steward@ostallgaeu"), app.actor("steward@kaufbeuren"));
    let merge = json!({ "id": app.world.id("merge.a"), "version": 1 });
    ostallgaeu.mutate("mergeProposalAccept", merge, MERGE).await;
    let query =
        "query($ids: [ID!]!) { nodes(ids: $ids) { ... on LearningPlace { version mergedAt mergedInto { name } } } }";
    let ids = json!({ "ids": [app.world.id("place.oal.library"), app.world.id("place.kf.library")] });
    let told = async |client: &Client| client.send(query, ids.clone()).await.data()["nodes"].clone();
    let seen = told(&app.anonymous()).await;
    assert_eq!(seen[0]["mergedInto"]["name"], "Name of kf.library");
    assert!(seen[0]["mergedAt"].is_string(), "{seen}");
    let hide =
        json!({ "id": app.world.id("place.kf.library"), "version": seen[1]["version"], "visibility": "INTERNAL" });
    kaufbeuren.mutate("learningPlaceUpdate", hide, "learningPlace { id }").await;
    for client in [app.anonymous(), ostallgaeu] {
        let seen = told(&client).await;
        assert_eq!((&seen[0]["mergedInto"], &seen[0]["mergedAt"]), (&Value::Null, &Value::Null), "{seen}");
        let listed = "{ learningPlaces(first: 100, filter: {includeMerged: true}) { nodes { mergedAt } } }";
        let places = client.ask(listed).await.data()["learningPlaces"]["nodes"].to_string();
        assert!(!places.contains("2027"), "{places}");
    }
    assert!(told(&kaufbeuren).await[0]["mergedAt"].is_string());
}
