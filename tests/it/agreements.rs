//! The life of an agreement: drafted, proposed, signed, ended; and who knows of it meanwhile.

use futures_util::future::join;
use serde_json::{Value, json};
use verbund_tests::client::said;
use verbund_tests::{Case, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["agreements";
        a_draft_is_known_to_its_drafter_only,
        a_proposed_agreement_is_known_to_its_parties_only,
        the_last_of_three_signatures_makes_it_active,
        an_illegal_step_names_the_legal_ones,
        nobody_signs_for_another_authority,
        only_the_drafter_proposes_and_only_with_the_current_version,
        any_party_ends_it_before_or_after_it_is_active,
        what_has_ended_is_still_told_and_opens_nothing,
        everything_wrong_with_a_draft_is_told_at_once,
        ids_of_a_wrong_type_are_told_at_once,
        a_third_authority_learns_nothing,
        two_parties_who_sign_at_once_leave_a_right_agreement,
        agreements_are_listed_by_first_day_and_state,
        one_person_signs_for_one_party_only,
    ]
}

const STANDS: &str = "agreement { state version }";

/// An agreement that `kaufbeuren` drafts with `parties`; its id.
async fn draft(app: &TestApp, parties: &[&str]) -> String {
    let parties: Vec<_> = parties.iter().map(|it| app.world.id(&format!("tenant.{it}"))).collect();
    let input = json!({
        "tenant": app.world.id("tenant.kaufbeuren"), "parties": parties, "title": "Agreement C",
        "areas": ["CALENDARS"], "validFrom": "2027-01-01",
    });
    let made = app.actor("admin@kaufbeuren").mutate("agreementDraft", input, "agreement { id state version }").await;
    assert_eq!((&made["agreement"]["state"], &made["agreement"]["version"]), (&json!("DRAFT"), &json!(1)));
    made["agreement"]["id"].as_str().expect("an id").to_owned()
}

async fn propose(app: &TestApp, subject: &str, id: &str, version: i32) -> Value {
    app.actor(subject).try_mutate("agreementPropose", json!({ "id": id, "version": version }), STANDS).await
}

async fn sign(app: &TestApp, subject: &str, id: &str, party: &str, version: i32) -> Value {
    let input = json!({ "id": id, "tenant": app.world.id(&format!("tenant.{party}")), "version": version });
    app.actor(subject).try_mutate("agreementSign", input, STANDS).await
}

async fn end(app: &TestApp, subject: &str, id: &str, party: &str, version: i32) -> Value {
    let tenant = app.world.id(&format!("tenant.{party}"));
    let input = json!({ "id": id, "tenant": tenant, "version": version, "reason": "Schluss" });
    app.actor(subject).try_mutate("agreementEnd", input, STANDS).await
}

fn stands(state: &str, version: i32) -> Value {
    json!({ "agreement": { "state": state, "version": version }, "userErrors": [] })
}

/// Who of many finds the agreement, by its id and in the list alike.
async fn known_to(app: &TestApp, id: &str) -> Vec<String> {
    let subjects = [
        "admin@kaufbeuren",
        "auditor@kaufbeuren",
        "integrator@kaufbeuren",
        "viewer@kaufbeuren",
        "admin@lindau",
        "viewer@lindau",
        "admin@memmingen",
        "admin@ostallgaeu",
        "nobody",
    ];
    let mut known = Vec::new();
    for subject in subjects {
        let client = if subject == "nobody" { app.anonymous() } else { app.actor(subject) };
        let query = "query($id: ID!) { node(id: $id) { id } agreements(first: 100) { totalCount nodes { id } } }";
        let data = client.send(query, json!({ "id": id })).await.data();
        let listed = data["agreements"]["nodes"].as_array().expect("nodes");
        assert_eq!(data["agreements"]["totalCount"], json!(listed.len()));
        let listed = listed.contains(&json!({ "id": id }));
        assert_eq!(data["node"].is_object(), listed, "{subject}: node and list agree");
        if listed {
            known.push(subject.to_owned());
        }
    }
    known
}

async fn a_draft_is_known_to_its_drafter_only(app: TestApp) {
    let id = draft(&app, &["lindau"]).await;
    assert_eq!(known_to(&app, &id).await, ["admin@kaufbeuren", "auditor@kaufbeuren", "viewer@kaufbeuren"]);
}

async fn a_proposed_agreement_is_known_to_its_parties_only(app: TestApp) {
    let id = draft(&app, &["lindau"]).await;
    assert_eq!(propose(&app, "admin@kaufbeuren", &id, 1).await, stands("PROPOSED", 2));
    let parties = ["admin@kaufbeuren", "auditor@kaufbeuren", "viewer@kaufbeuren", "admin@lindau", "viewer@lindau"];
    assert_eq!(known_to(&app, &id).await, parties);
}

const PARTIES: &str = "query($id: ID!) { node(id: $id) { ... on Agreement {
    state parties { tenant { slug } signature { signedAt signedBy } } viewerCan { propose sign end } } } }";

async fn the_last_of_three_signatures_makes_it_active(app: TestApp) {
    let id = draft(&app, &["lindau", "memmingen", "lindau", "kaufbeuren"]).await;
    propose(&app, "admin@kaufbeuren", &id, 1).await;
    assert_eq!(sign(&app, "admin@memmingen", &id, "memmingen", 2).await, stands("PROPOSED", 3));
    assert_eq!(said(&sign(&app, "admin@memmingen", &id, "memmingen", 3).await), ["CONFLICT tenant"], "once each");
    app.at("2027-01-16T08:00:00Z");
    assert_eq!(sign(&app, "admin@kaufbeuren", &id, "kaufbeuren", 3).await, stands("PROPOSED", 4));

    let seen = app.actor("admin@lindau").send(PARTIES, json!({ "id": id })).await.data()["node"].clone();
    assert_eq!(seen["viewerCan"], json!({ "propose": false, "sign": true, "end": true }));
    let mut parties = seen["parties"].as_array().expect("parties").clone();
    parties.sort_by_key(|it| it["tenant"]["slug"].to_string());
    let signed = |slug, at, by| json!({ "tenant": { "slug": slug }, "signature": { "signedAt": at, "signedBy": by } });
    assert_eq!(
        parties,
        [
            signed("kaufbeuren", "2027-01-16T08:00:00+00:00", "admin@kaufbeuren"),
            json!({ "tenant": { "slug": "lindau" }, "signature": null }),
            signed("memmingen", "2027-01-15T10:00:00+00:00", "admin@memmingen"),
        ]
    );
    assert_eq!(sign(&app, "admin@lindau", &id, "lindau", 4).await, stands("ACTIVE", 5));
    let seen = app.actor("viewer@lindau").send(PARTIES, json!({ "id": id })).await.data()["node"].clone();
    assert_eq!(seen["viewerCan"], json!({ "propose": false, "sign": false, "end": false }));
}

async fn an_illegal_step_names_the_legal_ones(app: TestApp) {
    let id = draft(&app, &["lindau"]).await;
    let refused = |payload: Value| {
        assert_eq!(said(&payload), ["ILLEGAL_TRANSITION id"]);
        payload["userErrors"][0]["message"].as_str().expect("words").to_owned()
    };
    let answer = sign(&app, "admin@kaufbeuren", &id, "kaufbeuren", 1).await;
    assert_eq!(refused(answer), "From \"draft\" it does not lead to \"active\"; possible: proposed, ended.");
    propose(&app, "admin@kaufbeuren", &id, 1).await;
    let answer = propose(&app, "admin@kaufbeuren", &id, 2).await;
    assert_eq!(refused(answer), "From \"proposed\" it does not lead to \"proposed\"; possible: active, ended.");
    let active = app.world.id("agreement.a");
    let answer = propose(&app, "admin@ostallgaeu", active, 4).await;
    assert_eq!(refused(answer), "From \"active\" it does not lead to \"proposed\"; possible: ended.");
    let answer = sign(&app, "admin@ostallgaeu", active, "ostallgaeu", 4).await;
    assert_eq!(refused(answer), "From \"active\" it does not lead to \"active\"; possible: ended.");
    end(&app, "admin@ostallgaeu", active, "ostallgaeu", 4).await;
    let input =
        json!({ "id": active, "tenant": app.world.id("tenant.ostallgaeu"), "version": 5, "reason": "noch mal" });
    let german = app.actor("admin@ostallgaeu").speaking("de").try_mutate("agreementEnd", input, STANDS).await;
    assert_eq!(refused(german), "Von „beendet“ geht es nicht zu „beendet“.");
}

async fn nobody_signs_for_another_authority(app: TestApp) {
    let id = draft(&app, &["lindau", "memmingen"]).await;
    propose(&app, "admin@kaufbeuren", &id, 1).await;
    for (subject, party, expected) in [
        ("admin@lindau", "kaufbeuren", "FORBIDDEN tenant"),
        ("admin@lindau", "memmingen", "FORBIDDEN tenant"),
        ("admin@lindau", "ostallgaeu", "NOT_FOUND tenant"),
        ("planner@lindau", "lindau", "FORBIDDEN tenant"),
        ("auditor@lindau", "lindau", "FORBIDDEN tenant"),
        ("admin@ostallgaeu", "ostallgaeu", "NOT_FOUND id"),
        ("admin@ostallgaeu", "lindau", "NOT_FOUND id"),
    ] {
        assert_eq!(said(&sign(&app, subject, &id, party, 2).await), [expected], "{subject} for {party}");
    }
    let seen = app.actor("admin@lindau").send(PARTIES, json!({ "id": id })).await.data();
    assert!(!seen.to_string().contains("signedBy"), "nothing was signed: {seen}");
}

async fn only_the_drafter_proposes_and_only_with_the_current_version(app: TestApp) {
    let id = draft(&app, &["lindau"]).await;
    assert_eq!(said(&propose(&app, "admin@lindau", &id, 1).await), ["NOT_FOUND id"]);
    assert_eq!(said(&propose(&app, "planner@kaufbeuren", &id, 1).await), ["FORBIDDEN id"]);
    let stale = propose(&app, "admin@kaufbeuren", &id, 2).await;
    assert_eq!(said(&stale), ["STALE_VERSION version"]);
    assert_eq!(stale["agreement"], json!({ "state": "DRAFT", "version": 1 }), "what was stale is told");
    assert_eq!(known_to(&app, &id).await.len(), 3, "and nobody else learnt of it");
    propose(&app, "admin@kaufbeuren", &id, 1).await;
    let stale = sign(&app, "admin@lindau", &id, "lindau", 1).await;
    assert_eq!(said(&stale), ["STALE_VERSION version"]);
    assert_eq!(stale["agreement"], json!({ "state": "PROPOSED", "version": 2 }));
    assert_eq!(sign(&app, "admin@lindau", &id, "lindau", 2).await, stands("PROPOSED", 3), "it was not signed before");
}

async fn any_party_ends_it_before_or_after_it_is_active(app: TestApp) {
    let id = draft(&app, &["lindau"]).await;
    assert_eq!(said(&end(&app, "admin@lindau", &id, "lindau", 1).await), ["NOT_FOUND id"], "not known yet");
    propose(&app, "admin@kaufbeuren", &id, 1).await;
    assert_eq!(said(&end(&app, "planner@lindau", &id, "lindau", 2).await), ["FORBIDDEN tenant"]);
    assert_eq!(said(&end(&app, "admin@lindau", &id, "kaufbeuren", 2).await), ["FORBIDDEN tenant"]);
    assert_eq!(end(&app, "admin@lindau", &id, "lindau", 2).await, stands("ENDED", 3));
    let own = draft(&app, &["lindau"]).await;
    assert_eq!(end(&app, "admin@kaufbeuren", &own, "kaufbeuren", 1).await, stands("ENDED", 2));
    assert_eq!(known_to(&app, &own).await.len(), 3, "a draft that ended was never shown");
    let active = app.world.id("agreement.b");
    assert_eq!(end(&app, "admin@ostallgaeu", active, "ostallgaeu", 4).await, stands("ENDED", 5));
}

async fn what_has_ended_is_still_told_and_opens_nothing(app: TestApp) {
    let id = app.world.id("agreement.a");
    end(&app, "admin@ostallgaeu", id, "ostallgaeu", 4).await;
    let query = "query($slug: String!) { tenant(slug: $slug) {
        now: incomingShares { nodes { effective } } all: incomingShares(filter: {includeEnded: true}) { nodes { effective endedAt } } } }";
    let seen = app.actor("viewer@kaufbeuren").send(query, json!({ "slug": "kaufbeuren" })).await.data();
    let over = json!({ "effective": false, "endedAt": null });
    assert_eq!(seen["tenant"], json!({ "now": { "nodes": [] }, "all": { "nodes": [over, over, over] } }));
    let input = json!({
        "tenant": app.world.id("tenant.ostallgaeu"), "agreement": id, "area": "CALENDARS", "level": "BUSY",
        "object": { "calendar": app.world.id("calendar.oal.counselling") },
    });
    let refused = app.actor("admin@ostallgaeu").try_mutate("shareCreate", input, "share { id }").await;
    assert_eq!(said(&refused), ["AGREEMENT_NOT_ACTIVE agreement"]);
    assert_eq!(
        refused["userErrors"][0]["message"],
        "The state of the agreement is \"ended\"; shares need an active one."
    );
    // The owner loses nothing.
    let own = json!({ "id": app.world.id("entry.oal.counselling.day") });
    let own = app.actor("viewer@ostallgaeu").send("query($id: ID!) { node(id: $id) { __typename } }", own).await.data();
    assert_eq!(own, json!({ "node": { "__typename": "CalendarEntryFull" } }));
}

async fn everything_wrong_with_a_draft_is_told_at_once(app: TestApp) {
    let own = app.world.id("tenant.kaufbeuren");
    let input = json!({
        "tenant": own, "parties": [own], "title": " ", "documentHash": "A".repeat(64), "areas": [],
        "fieldsOfWork": [], "validFrom": "2027-01-02", "validUntil": "2027-01-01",
    });
    let answer = app.actor("admin@kaufbeuren").try_mutate("agreementDraft", input, "agreement { id }").await;
    assert_eq!(
        said(&answer),
        [
            "REQUIRED title",
            "INVALID documentHash",
            "REQUIRED areas",
            "OUT_OF_RANGE validUntil",
            "REQUIRED parties",
            "REQUIRED fieldsOfWork",
        ]
    );
    assert_eq!(answer["agreement"], Value::Null);
    let input = json!({
        "tenant": own, "parties": ["ten_00000000000000000000000000"], "title": "t".repeat(301), "areas": ["CALENDARS"],
        "fieldsOfWork": ["fow_00000000000000000000000000"], "validFrom": "2027-01-02", "validUntil": "2027-01-02",
    });
    let answer = app.actor("admin@kaufbeuren").try_mutate("agreementDraft", input.clone(), "agreement { id }").await;
    assert_eq!(said(&answer), ["TOO_LONG title", "NOT_FOUND parties", "NOT_FOUND fieldsOfWork"]);
    // Who may not draft learns that, and nothing about the rest.
    for (subject, expected) in [("planner@kaufbeuren", "FORBIDDEN tenant"), ("admin@lindau", "FORBIDDEN tenant")] {
        let answer = app.actor(subject).try_mutate("agreementDraft", input.clone(), "agreement { id }").await;
        assert_eq!(said(&answer), [expected], "{subject}");
    }
    let answer = app.anonymous().try_mutate("agreementDraft", input, "agreement { id }").await;
    assert_eq!(said(&answer), ["UNAUTHENTICATED -"]);
}

async fn ids_of_a_wrong_type_are_told_at_once(app: TestApp) {
    let (calendar, field) = (app.world.id("calendar.oal.public"), app.world.id("field.counselling"));
    let input = json!({
        "tenant": field, "parties": [app.world.id("tenant.lindau"), calendar], "fieldsOfWork": [calendar],
        "title": "Agreement C", "areas": ["CALENDARS"], "validFrom": "2027-01-02",
    });
    let answer = app.actor("admin@kaufbeuren").try_mutate("agreementDraft", input, "agreement { id }").await;
    assert_eq!(said(&answer), ["INVALID tenant", "INVALID parties", "INVALID fieldsOfWork"]);
    let message = format!("An id of the form ten_01k… is needed here, not \"{field}\".");
    assert_eq!(answer["userErrors"][0]["message"], message.as_str());
}

async fn a_third_authority_learns_nothing(app: TestApp) {
    let (agreement, share) = (app.world.id("agreement.a"), app.world.id("share.oal.counselling.a"));
    for subject in ["admin@memmingen", "auditor@memmingen", "admin@lindau"] {
        let client = app.actor(subject);
        let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } tenant(slug: \"kaufbeuren\") {
            incomingShares { totalCount nodes { id } } outgoingShares(filter: {includeEnded: true}) { totalCount nodes { id } } } }";
        let seen = client.send(query, json!({ "ids": [agreement, share] })).await.data();
        let nothing = json!({ "totalCount": 0, "nodes": [] });
        assert_eq!(seen["nodes"], json!([null, null]), "{subject}");
        assert_eq!(seen["tenant"], json!({ "incomingShares": nothing, "outgoingShares": nothing }), "{subject}");
    }
    let party = subject_party(&app, agreement).await;
    assert_eq!(said(&party), ["NOT_FOUND id"], "and it ends nothing");
}

async fn subject_party(app: &TestApp, agreement: &str) -> Value {
    end(app, "admin@memmingen", agreement, "memmingen", 4).await
}

async fn two_parties_who_sign_at_once_leave_a_right_agreement(app: TestApp) {
    let id = draft(&app, &["lindau"]).await;
    propose(&app, "admin@kaufbeuren", &id, 1).await;
    let (one, two) =
        join(sign(&app, "admin@kaufbeuren", &id, "kaufbeuren", 2), sign(&app, "admin@lindau", &id, "lindau", 2)).await;
    let mut answers = [one, two];
    answers.sort_by_key(|it| said(it).len());
    assert_eq!(answers[0], stands("PROPOSED", 3), "one of them was first");
    assert_eq!(said(&answers[1]), ["STALE_VERSION version"]);
    assert_eq!(answers[1]["agreement"], json!({ "state": "PROPOSED", "version": 3 }));
    // Both try again: who has signed is told so, the other completes it.
    let (one, two) =
        join(sign(&app, "admin@kaufbeuren", &id, "kaufbeuren", 3), sign(&app, "admin@lindau", &id, "lindau", 3)).await;
    let mut answers = [one, two];
    answers.sort_by_key(|it| said(it).len());
    assert_eq!(answers[0], stands("ACTIVE", 4));
    // Too late for the rule about signatures, or for the state.
    assert!(["CONFLICT tenant", "ILLEGAL_TRANSITION id"].contains(&said(&answers[1])[0].as_str()), "{}", answers[1]);
    let seen = app.actor("admin@lindau").send(PARTIES, json!({ "id": id })).await.data();
    assert_eq!(seen.to_string().matches("signedBy").count(), 2);
}

async fn agreements_are_listed_by_first_day_and_state(app: TestApp) {
    let id = draft(&app, &["lindau"]).await;
    let client = app.actor("viewer@kaufbeuren");
    let query =
        "query($states: [AgreementState!]) { agreements(filter: {states: $states}) { totalCount nodes { id } } }";
    let a = app.world.id("agreement.a");
    for (state, expected) in [
        (Value::Null, vec![a, &id]),
        (json!(["DRAFT"]), vec![&id]),
        (json!(["ACTIVE"]), vec![a]),
        (json!(["PROPOSED"]), vec![]),
        (json!(["ENDED", "DRAFT"]), vec![&id]),
        (json!([]), vec![]),
    ] {
        let seen = client.send(query, json!({ "states": state })).await.data()["agreements"].clone();
        let nodes: Vec<_> = expected.iter().map(|it| json!({ "id": it })).collect();
        assert_eq!(seen, json!({ "totalCount": nodes.len(), "nodes": nodes }), "{state}");
    }
}

async fn one_person_signs_for_one_party_only(app: TestApp) {
    let id = draft(&app, &["lindau"]).await;
    propose(&app, "admin@kaufbeuren", &id, 1).await;
    let account = json!({ "issuer": "https://verbund.localhost", "subject": "admin@kaufbeuren", "name": "Aushilfe" });
    let input =
        json!({ "tenant": app.world.id("tenant.lindau"), "to": { "account": account }, "role": "TENANT_ADMIN" });
    app.actor("admin@lindau").mutate("roleGrantCreate", input, "roleGrant { id }").await;
    assert_eq!(sign(&app, "admin@kaufbeuren", &id, "lindau", 2).await, stands("PROPOSED", 3), "either, but one");
    for (language, words) in [
        ("en", "You have signed for another party already; for each party another person signs."),
        (
            "de",
            "Sie haben schon für eine andere Partei unterschrieben; für jede Partei unterschreibt eine andere Person.",
        ),
    ] {
        let input = json!({ "id": id, "tenant": app.world.id("tenant.kaufbeuren"), "version": 3 });
        let same = app.actor("admin@kaufbeuren").speaking(language).try_mutate("agreementSign", input, STANDS).await;
        let error = json!({ "code": "CONFLICT", "field": "tenant", "message": words });
        assert_eq!(same["userErrors"], json!([error]));
    }
    let told = app.actor("admin@kaufbeuren").send(PARTIES, json!({ "id": id })).await.data()["node"].clone();
    assert_eq!((&told["state"], &told["viewerCan"]["sign"]), (&json!("PROPOSED"), &json!(false)));
    let of_lindau = told["parties"].as_array().expect("parties").iter().find(|it| it["tenant"]["slug"] == "lindau");
    assert_eq!(of_lindau.expect("a party")["signature"]["signedBy"], "Aushilfe", "the name that the party uses");
    // Another person of the authority signs for it.
    let account =
        json!({ "issuer": "https://verbund.localhost", "subject": "mayor", "name": "Die Oberbürgermeisterin" });
    let input =
        json!({ "tenant": app.world.id("tenant.kaufbeuren"), "to": { "account": account }, "role": "TENANT_ADMIN" });
    app.actor("admin@kaufbeuren").mutate("roleGrantCreate", input, "roleGrant { id }").await;
    assert_eq!(sign(&app, "mayor", &id, "kaufbeuren", 3).await, stands("ACTIVE", 4));
}
