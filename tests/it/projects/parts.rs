//! Rules of parts: phases, partners, circles, days in calendars, keys and versions.

use serde_json::{Value, json};
use verbund_tests::client::codes;
use verbund_tests::projects::{LEAD, PARTNER, accounts, joint};
use verbund_tests::{Case, TestApp, cases};

use super::words;

pub fn cases() -> Vec<Case> {
    cases!["projects::parts";
        work_packages_are_never_in_a_circle,
        dates_of_a_project_stand_in_calendars_and_follow,
        calendars_of_projects_are_named_after_them,
        partners_come_by_their_agreement,
        an_answer_of_one_partner_leaves_the_others_as_they_were,
        keys_make_one_part,
        a_subscriber_hears_what_happens_in_a_project,
        values_are_checked,
    ]
}

async fn work_packages_are_never_in_a_circle(app: TestApp) {
    let parts = joint(&app).await;
    let (lead, partner) = (app.actor(LEAD), app.actor(PARTNER));
    let after = |first: &str| json!([parts.id(first)]);
    let update =
        |part: &str, version: i64, after: Value| json!({ "id": parts.id(part), "version": version, "after": after });
    let made =
        partner.mutate("workPackageUpdate", update("work.kf", 1, after("work.oal")), "workPackage { afterIds }").await;
    assert_eq!(made["workPackage"]["afterIds"], after("work.oal"));
    let refused = lead.try_mutate("workPackageUpdate", update("work.oal", 1, after("work.kf")), "__typename").await;
    let way = "Secret work of oal → Secret work of kf → Secret work of oal";
    assert_eq!(words(&refused), [format!("after: The work packages would depend on each other in a circle: {way}.")]);
    let refused = lead.try_mutate("workPackageUpdate", update("work.oal", 1, after("work.oal")), "__typename").await;
    assert_eq!(codes(&refused), ["CONFLICT"]);
    let refused = lead.try_mutate("workPackageUpdate", update("work.oal", 1, after("work.open")), "__typename").await;
    assert_eq!(codes(&refused), ["NOT_FOUND"], "of another project");
    partner.mutate("workPackageUpdate", update("work.kf", 2, json!([])), "__typename").await;
    lead.mutate("workPackageUpdate", update("work.oal", 1, after("work.kf")), "__typename").await;
}

const AGENDA: &str = r#"{ agenda(between: {start: "2028-05-01T00:00:00Z", end: "2029-01-31T00:00:00Z"}, first: 50) { nodes { entry {
    __typename ... on CalendarEntryFull { id title status allDay kind tenant { slug } calendar { name project { title } viewerCan { update createEntries } } } } } } }"#;

async fn dates_of_a_project_stand_in_calendars_and_follow(app: TestApp) {
    let parts = joint(&app).await;
    let titles = |data: &Value| -> Vec<String> {
        let all = data["agenda"]["nodes"].as_array().expect("dates").iter();
        all.map(|it| it["entry"]["title"].as_str().unwrap_or("-").to_owned()).collect()
    };
    let partner = app.actor(PARTNER);
    let data = partner.ask(AGENDA).await.data();
    assert_eq!(
        titles(&data),
        ["Secret milestone of oal", "Secret milestone of kf", "Secret obligation of oal", "Secret obligation of kf"]
    );
    let first = &data["agenda"]["nodes"][0]["entry"];
    assert_eq!((&first["kind"], &first["allDay"]), (&json!("DEADLINE"), &json!(true)));
    assert_eq!(first["calendar"]["project"]["title"], "Secret joint");
    // Each party has its own calendars; those of a partner say whose project it is.
    let names: Vec<_> = data["agenda"]["nodes"]
        .as_array()
        .expect("dates")
        .iter()
        .map(|it| it["entry"]["calendar"]["name"].as_str().expect("a name"))
        .collect();
    assert_eq!(
        names,
        [
            "Secret joint · Meilensteine",
            "Secret joint (Landkreis Ostallgäu) · Meilensteine",
            "Secret joint · Fristen",
            "Secret joint (Landkreis Ostallgäu) · Fristen"
        ]
    );
    assert_eq!(first["calendar"]["viewerCan"], json!({ "update": false, "createEntries": false }));
    assert_eq!(titles(&app.actor("viewer@memmingen").ask(AGENDA).await.data()), Vec::<String>::new());
    // Nobody changes them by hand, and a last day takes no time.
    let lead = app.actor(LEAD);
    let input = json!({ "id": first["id"], "version": 1, "title": "By hand" });
    let refused = lead.try_mutate("calendarEntryUpdate", input, "__typename").await;
    assert_eq!(codes(&refused), ["CONFLICT"]);
    let busy = json!({ "tenants": [app.world.id("tenant.ostallgaeu")] });
    let query = r#"query($tenants: [ID!]!) { freeBusy(tenants: $tenants, between: {start: "2028-06-01T00:00:00Z", end: "2028-07-31T00:00:00Z"}) { start } }"#;
    assert_eq!(lead.send(query, busy).await.data()["freeBusy"], json!([]));
    // They follow what they are made from.
    let input = json!({ "id": parts.id("milestone.oal"), "version": 1, "title": "Moved", "dueOn": "2028-09-30" });
    lead.mutate("milestoneUpdate", input, "__typename").await;
    let input = json!({ "id": parts.id("milestone.kf"), "version": 1, "status": "CANCELLED" });
    partner.mutate("milestoneUpdate", input, "__typename").await;
    let data = partner.ask(AGENDA).await.data();
    assert!(titles(&data).contains(&"Moved".to_owned()), "{data}");
    let dates = data["agenda"]["nodes"].as_array().expect("dates").iter();
    let off: Vec<_> = dates.filter(|it| it["entry"]["status"] == "CANCELLED").map(|it| &it["entry"]["title"]).collect();
    assert_eq!(off, ["Secret milestone of kf"]);
}

async fn calendars_of_projects_are_named_after_them(app: TestApp) {
    accounts(&app).await;
    let (lead, planner) = (app.actor(LEAD), app.actor("planner@ostallgaeu"));
    let tenant = app.world.id("tenant.ostallgaeu");
    let named = async |name: &str| {
        let input = json!({ "tenant": tenant, "name": name, "confidentiality": "INTERNAL" });
        planner.mutate("calendarCreate", input, "calendar { id }").await;
    };
    let project = async |title: &str| {
        let input = json!({ "tenant": tenant, "title": title, "startsOn": "2028-01-01", "endsOn": "2028-12-31" });
        lead.mutate("projectCreate", input, "project { id }").await["project"]["id"].clone()
    };
    let milestone = async |project: &Value| {
        let input = json!({ "project": project, "tenant": tenant, "title": "Start", "dueOn": "2028-06-01" });
        lead.mutate("milestoneCreate", input, "__typename").await;
    };
    let names = async || {
        let data = lead.ask("{ calendars(first: 100) { nodes { name project { id } } } }").await.data();
        let nodes = data["calendars"]["nodes"].as_array().expect("nodes").clone();
        let of_projects = nodes.iter().filter(|it| !it["project"].is_null());
        let mut names: Vec<_> = of_projects.map(|it| it["name"].as_str().expect("a name").to_owned()).collect();
        names.sort();
        names
    };
    let plain = project("Übergänge").await;
    milestone(&plain).await;
    assert_eq!(names().await, ["Übergänge · Meilensteine"]);
    // Names are unique within a project: another calendar of that name is in nobody's way.
    named("Berufe · Meilensteine").await;
    let taken = project("Berufe").await;
    milestone(&taken).await;
    assert_eq!(names().await, ["Berufe · Meilensteine", "Übergänge · Meilensteine"]);
    // The calendar follows the title of its project.
    let renamed = json!({ "id": plain, "version": 1, "title": "Anschlüsse" });
    lead.mutate("projectUpdate", renamed, "__typename").await;
    assert_eq!(names().await[0], "Anschlüsse · Meilensteine");
}

async fn partners_come_by_their_agreement(app: TestApp) {
    let parts = joint(&app).await;
    let lead = app.actor(LEAD);
    let add = |project: &str, version: i64, partner: &str| json!({ "id": parts.id(project), "version": version, "partner": app.world.id(&format!("tenant.{partner}")) });
    for (input, expected) in [
        (add("project.joint", 2, "lindau"), "NOT_COVERED"),
        (add("project.joint", 2, "ostallgaeu"), "NOT_COVERED"),
        (add("project.joint", 2, "kaufbeuren"), "CONFLICT"),
        (add("project.public", 1, "kaufbeuren"), "CONFLICT"),
    ] {
        let refused = lead.try_mutate("projectPartnerAdd", input.clone(), "__typename").await;
        assert_eq!(codes(&refused), [expected], "{input}");
    }
    // Field of work and agreement stay as partners found them.
    let input = json!({ "id": parts.id("project.joint"), "version": 2, "fieldOfWork": null, "agreement": null });
    let refused = lead.try_mutate("projectUpdate", input, "__typename").await;
    assert_eq!(codes(&refused), ["CONFLICT", "CONFLICT"]);
    // A partner that left may be asked again.
    let kf = app.world.id("tenant.kaufbeuren");
    let end = json!({
        "id": parts.id("project.joint"), "partner": kf, "tenant": app.world.id("tenant.ostallgaeu"), "version": 2, "reason": "x",
    });
    lead.mutate("projectPartnerRemove", end, "__typename").await;
    let made = lead
        .mutate(
            "projectPartnerAdd",
            add("project.joint", 3, "kaufbeuren"),
            "project { partners { state version endReason } }",
        )
        .await;
    assert_eq!(made["project"]["partners"], json!([{ "state": "INVITED", "version": 4, "endReason": null }]));
}

/// Two are asked under an agreement of three; one joins.
async fn an_answer_of_one_partner_leaves_the_others_as_they_were(app: TestApp) {
    accounts(&app).await;
    let lead = app.actor(LEAD);
    let id = |name: &str| app.world.id(name).to_owned();
    let draft = json!({
        "tenant": id("tenant.ostallgaeu"), "parties": [id("tenant.kaufbeuren"), id("tenant.memmingen")], "title": "Of three",
        "areas": ["PROJECTS"], "validFrom": "2026-01-01",
    });
    let drafter = app.actor("admin@ostallgaeu");
    let agreement = drafter.mutate("agreementDraft", draft, "agreement { id }").await["agreement"]["id"].clone();
    drafter.mutate("agreementPropose", json!({ "id": agreement, "version": 1 }), "__typename").await;
    for (version, party) in ["ostallgaeu", "kaufbeuren", "memmingen"].iter().enumerate() {
        let input = json!({ "id": agreement, "tenant": id(&format!("tenant.{party}")), "version": version + 2 });
        app.actor(&format!("admin@{party}")).mutate("agreementSign", input, "__typename").await;
    }
    let input = json!({
        "tenant": id("tenant.ostallgaeu"), "title": "Of three", "agreement": agreement, "confidentiality": "INTERNAL",
        "fieldOfWork": id("field.orientation"),
    });
    let project = lead.mutate("projectCreate", input, "project { id }").await["project"]["id"].clone();
    for (version, partner) in ["kaufbeuren", "memmingen"].iter().enumerate() {
        let input = json!({ "id": project, "version": version + 1, "partner": id(&format!("tenant.{partner}")) });
        lead.mutate("projectPartnerAdd", input, "__typename").await;
    }
    let join = json!({ "id": project, "tenant": id("tenant.kaufbeuren"), "version": 1 });
    app.actor(PARTNER).mutate("projectPartnerAccept", join, "__typename").await;
    let query = "query($id: ID!) { node(id: $id) { ... on Project { partners { state tenant { slug } } } } }";
    let mut partners = lead.send(query, json!({ "id": project })).await.data()["node"]["partners"].clone();
    partners.as_array_mut().expect("partners").sort_by_key(|it| it["tenant"]["slug"].as_str().map(str::to_owned));
    let expected = json!([
        { "state": "ACTIVE", "tenant": { "slug": "kaufbeuren" } },
        { "state": "INVITED", "tenant": { "slug": "memmingen" } },
    ]);
    assert_eq!(partners, expected);
}

/// Everything that takes a key, with an input that succeeds.
fn keyed(app: &TestApp, parts: &verbund_tests::projects::Parts, programme: &Value) -> Vec<(&'static str, Value)> {
    let oal = app.world.id("tenant.ostallgaeu");
    let part = |more: Value| {
        let mut input = json!({ "project": parts.id("project.joint"), "tenant": oal });
        input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        input
    };
    vec![
        ("projectCreate", json!({ "tenant": oal, "title": "Keyed" })),
        ("workPackageCreate", part(json!({ "title": "Keyed" }))),
        ("milestoneCreate", part(json!({ "title": "Keyed", "dueOn": "2027-05-01" }))),
        (
            "statusReportCreate",
            part(json!({ "light": "RED", "text": "Keyed", "periodFrom": "2027-01-01", "periodUntil": "2027-01-02" })),
        ),
        ("projectMemberAdd", part(json!({ "name": "Keyed", "role": "LEAD" }))),
        ("projectIndicatorCreate", part(json!({ "title": "Keyed", "target": "1" }))),
        (
            "indicatorMeasurementAdd",
            json!({ "indicator": parts.id("goal.oal"), "measuredOn": "2027-01-01", "value": "1.5" }),
        ),
        ("projectLinkAdd", part(json!({ "to": { "dataset": app.world.id("dataset.oal.leavers") } }))),
        ("projectDocumentCreate", part(json!({ "title": "Keyed", "kind": "OTHER" }))),
        ("projectDocumentUploadTicket", json!({ "document": parts.id("document.oal"), "fileName": "a.pdf" })),
        ("projectDownloadTicket", json!({ "of": { "archive": parts.id("archive.oal") } })),
        ("projectArchiveCreate", part(json!({}))),
        (
            "fundingCreate",
            part(json!({
                "programme": programme, "rate": "1", "eligibleFrom": "2027-01-01", "eligibleUntil": "2027-12-31",
                "eligibleCost": { "amount": "100" }, "requested": { "amount": "1" },
            })),
        ),
        (
            "obligationCreate",
            json!({ "funding": parts.id("funding.oal"), "kind": "OTHER", "title": "Keyed", "dueOn": "2027-05-01" }),
        ),
    ]
}

async fn keys_make_one_part(app: TestApp) {
    let parts = joint(&app).await;
    let programme = verbund_tests::projects::programme(&app, "bildungskommunen").await;
    let (lead, rows) = (app.actor("admin@ostallgaeu"), app.database.rows().await);
    let mut tried = vec!["projectPartnerAdd"];
    for (mutation, mut input) in keyed(&app, &parts, &programme) {
        input["idempotencyKey"] = json!(format!("key of {mutation}"));
        lead.mutate(mutation, input.clone(), "__typename").await;
        let after = rows.dump().await;
        lead.mutate(mutation, input, "__typename").await;
        assert_eq!(rows.dump().await, after, "{mutation} did nothing more");
        tried.push(mutation);
    }
    tried.sort_unstable();
    assert_eq!(tried, super::KEYED);
    // A partner is asked once, however often the client asks.
    let input = json!({
        "tenant": app.world.id("tenant.ostallgaeu"), "title": "Asks", "agreement": app.world.id("agreement.a"),
        "fieldOfWork": app.world.id("field.orientation"),
    });
    let project = lead.mutate("projectCreate", input, "project { id }").await["project"]["id"].clone();
    let ask =
        json!({ "id": project, "version": 1, "partner": app.world.id("tenant.kaufbeuren"), "idempotencyKey": "ask" });
    lead.mutate("projectPartnerAdd", ask.clone(), "__typename").await;
    let after = rows.dump().await;
    lead.mutate("projectPartnerAdd", ask, "__typename").await;
    assert_eq!(rows.dump().await, after);
}

async fn a_subscriber_hears_what_happens_in_a_project(app: TestApp) {
    let parts = joint(&app).await;
    let query = "subscription($id: ID!) { projectChanged(id: $id) { topic partId project { title } } }";
    let variables = json!({ "id": parts.id("project.joint") });
    let base = &app.server().base;
    let mut heard = verbund_tests::Events::open(base, Some(&app.token(PARTNER)), query, variables).await;
    assert_eq!(heard.event().await["projectChanged"]["topic"], "ready");
    let lead = app.actor(LEAD);
    // A person without consent is nobody's business; the next thing that is heard is the milestone.
    let shy = json!({ "project": parts.id("project.joint"), "tenant": app.world.id("tenant.ostallgaeu"), "name": "Shy", "role": "MEMBER" });
    lead.mutate("projectMemberAdd", shy, "__typename").await;
    lead.mutate(
        "milestoneUpdate",
        json!({ "id": parts.id("milestone.oal"), "version": 1, "status": "REACHED" }),
        "__typename",
    )
    .await;
    let event = heard.event().await["projectChanged"].clone();
    assert_eq!((&event["topic"], &event["partId"]), (&json!("milestone.updated"), parts.id("milestone.oal")));
    assert_eq!(event["project"]["title"], "Secret joint");
}

async fn values_are_checked(app: TestApp) {
    let parts = joint(&app).await;
    let lead = app.actor(LEAD);
    let oal = app.world.id("tenant.ostallgaeu");
    let long = "x".repeat(201);
    for (mutation, input, expected) in [
        ("projectCreate", json!({ "tenant": oal, "title": " " }), vec!["REQUIRED"]),
        ("projectCreate", json!({ "tenant": oal, "title": long }), vec!["TOO_LONG"]),
        ("projectCreate", json!({ "tenant": oal, "title": "Open project" }), vec!["NOT_UNIQUE"]),
        (
            "projectCreate",
            json!({ "tenant": oal, "title": "x", "startsOn": "2027-02-01", "endsOn": "2027-01-01" }),
            vec!["OUT_OF_RANGE"],
        ),
        (
            "milestoneUpdate",
            json!({ "id": parts.id("milestone.oal"), "version": 1, "reachedOn": "2027-01-01" }),
            vec!["INVALID"],
        ),
        (
            "milestoneUpdate",
            json!({ "id": parts.id("milestone.oal"), "version": 9, "title": "x" }),
            vec!["STALE_VERSION"],
        ),
        (
            "projectIndicatorUpdate",
            json!({ "id": parts.id("goal.oal"), "version": 1, "target": "1.25" }),
            vec!["INVALID"],
        ),
        (
            "indicatorMeasurementAdd",
            json!({ "indicator": parts.id("goal.oal"), "measuredOn": "2027-01-01", "value": "1.25" }),
            vec!["INVALID"],
        ),
        (
            "projectMemberAdd",
            json!({ "project": parts.id("project.joint"), "tenant": oal, "name": "x", "role": "LEAD", "email": "nowhere" }),
            vec!["INVALID"],
        ),
        (
            "projectIndicatorCreate",
            json!({ "project": parts.id("project.joint"), "tenant": oal, "title": "x", "target": "1", "code": "none" }),
            vec!["NOT_FOUND"],
        ),
        (
            "obligationFulfil",
            json!({ "id": parts.id("obligation.oal"), "version": 1, "amount": { "amount": "1" } }),
            vec!["INVALID"],
        ),
        (
            "obligationFulfil",
            json!({ "id": parts.id("obligation.oal"), "version": 1, "fulfilledOn": "2028-01-01" }),
            vec!["OUT_OF_RANGE"],
        ),
        (
            "fundingAdvance",
            json!({ "id": parts.id("funding.oal"), "version": 1, "state": "APPROVED" }),
            vec!["ILLEGAL_TRANSITION"],
        ),
    ] {
        let answer = lead.try_mutate(mutation, input.clone(), "__typename").await;
        assert_eq!(codes(&answer), expected, "{mutation} {input}: {answer}");
    }
}
