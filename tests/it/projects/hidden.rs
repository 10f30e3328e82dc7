//! Every door to a hidden project answers as it does for one that does not exist.

use serde_json::{Value, json};
use verbund_tests::client::{codes, unknown};
use verbund_tests::projects::{LEAD, OTHER_FIELD, PARTNER, Parts, joint};
use verbund_tests::{Case, Client, Events, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["projects::hidden";
        hidden_and_unknown_ids_give_the_same_bytes,
        a_hidden_project_changes_no_list_and_no_sum,
        a_public_project_shows_its_outline_and_no_part,
        nobody_outside_learns_who_was_asked,
        the_end_of_an_agreement_shuts_every_part,
        another_field_of_work_moves_everything_of_a_project,
    ]
}

/// The input of a mutation around an id.
type InputAround = Box<dyn Fn(&Value) -> Value>;

/// What takes an id of a project or a part: mutation, name of the part, input around it.
fn doors(app: &TestApp) -> Vec<(&'static str, &'static str, InputAround)> {
    let kf = app.world.id("tenant.kaufbeuren").to_owned();
    let in_project = |more: Value| -> InputAround {
        let kf = kf.clone();
        Box::new(move |id| {
            let mut input = json!({ "project": id, "tenant": kf });
            input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            input
        })
    };
    let part = |more: Value| -> InputAround {
        Box::new(move |id| {
            let mut input = json!({ "id": id, "version": 1 });
            input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            input
        })
    };
    let (kf1, kf2, kf3) = (kf.clone(), kf.clone(), kf.clone());
    vec![
        ("projectUpdate", "project.joint", part(json!({ "title": "x" }))),
        ("projectAdvance", "project.joint", part(json!({ "phase": "CONCEPT" }))),
        ("projectPartnerAdd", "project.joint", part(json!({ "partner": kf }))),
        ("projectPartnerAccept", "project.joint", part(json!({ "tenant": kf }))),
        (
            "projectPartnerRemove",
            "project.joint",
            Box::new(move |id| json!({ "id": id, "partner": kf1, "tenant": kf1, "version": 1, "reason": "x" })),
        ),
        ("projectMemberAdd", "project.joint", in_project(json!({ "name": "x", "role": "LEAD" }))),
        ("projectMemberRemove", "person.oal", Box::new(|id| json!({ "id": id }))),
        ("workPackageCreate", "project.joint", in_project(json!({ "title": "x" }))),
        ("workPackageUpdate", "work.oal", part(json!({ "title": "x" }))),
        ("milestoneCreate", "project.joint", in_project(json!({ "title": "x", "dueOn": "2027-02-01" }))),
        ("milestoneUpdate", "milestone.oal", part(json!({ "title": "x" }))),
        (
            "statusReportCreate",
            "project.joint",
            in_project(json!({ "light": "RED", "text": "x", "periodFrom": "2027-01-01", "periodUntil": "2027-01-02" })),
        ),
        ("projectIndicatorCreate", "project.joint", in_project(json!({ "title": "x", "target": "1" }))),
        ("projectIndicatorUpdate", "goal.oal", part(json!({ "target": "1" }))),
        (
            "indicatorMeasurementAdd",
            "goal.oal",
            Box::new(|id| json!({ "indicator": id, "measuredOn": "2027-01-01", "value": "1" })),
        ),
        (
            "projectLinkAdd",
            "project.joint",
            in_project(json!({ "to": { "calendarEntry": app.world.id("entry.oal.public.forum") } })),
        ),
        ("projectLinkRemove", "link.oal", Box::new(|id| json!({ "id": id }))),
        ("projectDocumentCreate", "project.joint", in_project(json!({ "title": "x", "kind": "OTHER" }))),
        ("projectDocumentUploadTicket", "document.oal", Box::new(|id| json!({ "document": id, "fileName": "a.pdf" }))),
        (
            "projectDownloadTicket",
            "document.oal",
            Box::new(|id| json!({ "of": { "version": { "document": id, "number": 1 } } })),
        ),
        ("projectDownloadTicket", "archive.oal", Box::new(|id| json!({ "of": { "archive": id } }))),
        (
            "projectDownloadTicket",
            "archive.oal",
            Box::new(|id| json!({ "of": { "file": { "archive": id, "checksum": "00" } } })),
        ),
        ("projectArchiveCreate", "project.joint", in_project(json!({}))),
        (
            "fundingCreate",
            "project.joint",
            in_project(json!({
                "programme": "fpr_01h455vb4pex5vsknk084sn02q", "rate": "40", "eligibleFrom": "2027-01-01",
                "eligibleUntil": "2027-12-31", "eligibleCost": { "amount": "1" }, "requested": { "amount": "0" },
            })),
        ),
        ("fundingUpdate", "funding.oal", part(json!({ "note": "x" }))),
        ("fundingAdvance", "funding.oal", part(json!({ "state": "APPLIED" }))),
        (
            "ownShareSet",
            "funding.oal",
            Box::new(move |id| json!({ "funding": id, "tenant": kf2, "amount": { "amount": "1" } })),
        ),
        ("budgetLineSet", "project.joint", in_project(json!({ "year": 2027, "costType": "STAFF" }))),
        (
            "obligationCreate",
            "funding.oal",
            Box::new(|id| json!({ "funding": id, "kind": "OTHER", "title": "x", "dueOn": "2027-02-01" })),
        ),
        ("obligationFulfil", "obligation.oal", part(json!({}))),
        ("obligationWaive", "obligation.oal", part(json!({ "note": "x" }))),
        (
            "shareCreate",
            "project.joint",
            Box::new({
                let agreement = app.world.id("agreement.a").to_owned();
                move |id| {
                    json!({
                        "tenant": kf3, "agreement": agreement, "area": "PROJECTS", "level": "FULL", "object": { "project": id },
                    })
                }
            }),
        ),
    ]
}

/// What takes an id beside that of one's own project: mutation, the hidden object, input around its id.
fn beside(app: &TestApp, parts: &Parts, project: &Value) -> Vec<(&'static str, Value, InputAround)> {
    let in_own = |more: fn(&Value) -> Value| -> InputAround {
        let own = json!({ "project": project, "tenant": app.world.id("tenant.kaufbeuren") });
        Box::new(move |id| {
            let mut input = own.clone();
            input.as_object_mut().expect("an object").extend(more(id).as_object().expect("an object").clone());
            input
        })
    };
    let of_world = |name: &str| json!(app.world.id(name));
    let (tenant, field) = (app.world.id("tenant.kaufbeuren").to_owned(), app.world.id("field.counselling").to_owned());
    vec![
        ("workPackageCreate", parts.id("work.oal").clone(), in_own(|id| json!({ "title": "x", "after": [id] }))),
        (
            "milestoneCreate",
            parts.id("work.oal").clone(),
            in_own(|id| json!({ "title": "x", "dueOn": "2027-02-01", "workPackage": id })),
        ),
        ("projectLinkAdd", of_world("entry.oal.office.meeting"), in_own(|id| json!({ "to": { "calendarEntry": id } }))),
        ("projectLinkAdd", of_world("dataset.oal.survey"), in_own(|id| json!({ "to": { "dataset": id } }))),
        (
            "budgetLineSet",
            parts.id("funding.oal").clone(),
            in_own(|id| json!({ "year": 2027, "costType": "STAFF", "funding": id })),
        ),
        (
            "projectCreate",
            of_world("agreement.b"),
            Box::new(move |id| json!({ "tenant": tenant, "title": "x", "agreement": id, "fieldOfWork": field })),
        ),
    ]
}

async fn hidden_and_unknown_ids_give_the_same_bytes(app: TestApp) {
    let parts = joint(&app).await;
    // Of the partner's house, but not of the project's field of work.
    let stranger = app.actor(OTHER_FIELD);
    let input = json!({
        "tenant": app.world.id("tenant.kaufbeuren"), "title": "Own", "fieldOfWork": app.world.id("field.counselling"),
    });
    let own = stranger.mutate("projectCreate", input, "project { id }").await["project"]["id"].clone();
    for (mutation, id, input) in beside(&app, &parts, &own) {
        let hidden = stranger.try_mutate(mutation, input(&id), "userErrors { code field message }").await.to_string();
        let other = json!(unknown(id.as_str().expect("an id")));
        let none = stranger.try_mutate(mutation, input(&other), "userErrors { code field message }").await.to_string();
        assert!(hidden.contains("NOT_FOUND"), "{mutation}: {hidden}");
        assert_eq!(hidden, none, "{mutation}");
    }
    for (mutation, part, input) in doors(&app) {
        let id = parts.id(part);
        let other = json!(unknown(id.as_str().expect("an id")));
        let answer = |id: Value| {
            let (stranger, input) = (stranger.clone(), input(&id));
            async move { stranger.try_mutate(mutation, input, "userErrors { code field message }").await.to_string() }
        };
        let told = answer(id.clone()).await;
        assert!(told.contains("NOT_FOUND"), "{mutation}: {told}");
        assert_eq!(told, answer(other).await, "{mutation} of {part}");
    }
    let queries = [
        "query($id: ID!) { node(id: $id) { id } }",
        "query($id: ID!) { explainAccess(node: $id) { allowed } }",
        "query($id: ID!) { projectArchives(filter: {projects: [$id]}) { totalCount nodes { id } } }",
        "query($id: ID!) { doubleFundingHints(project: $id) { inCommon } }",
        "query($id: ID!) { obligations(filter: {projects: [$id]}) { totalCount nodes { id } } }",
        "query($id: ID!) { financialOverview(filter: {projects: [$id]}) { lines } }",
    ];
    for query in queries {
        let id = parts.id("project.joint");
        let hidden = stranger.send(query, json!({ "id": id })).await;
        let none = stranger.send(query, json!({ "id": unknown(id.as_str().expect("an id")) })).await;
        let plain = |text: &str| text.split("\"requestId\"").next().unwrap_or_default().to_owned();
        assert_eq!(plain(&hidden.text), plain(&none.text), "{query}");
    }
}

/// What lists, counts and sums tell a client.
async fn told(client: &Client) -> Value {
    let lists = r#"{
        projects { totalCount } obligations { totalCount } projectArchives { totalCount } calendars { totalCount }
        search: projects(filter: {text: "secret"}) { totalCount }
        calendarEntries(between: {start: "2028-01-01T00:00:00Z", end: "2028-12-31T00:00:00Z"}) { totalCount }
        agenda(between: {start: "2028-06-01T00:00:00Z", end: "2028-07-31T00:00:00Z"}) { totalCount }
        financialOverview { planned { amount } lines }
    }"#;
    client.ask(lists).await.data()
}

async fn a_hidden_project_changes_no_list_and_no_sum(app: TestApp) {
    verbund_tests::projects::accounts(&app).await;
    let subjects = [OTHER_FIELD, "admin@memmingen", "admin@lindau", ""];
    let client = |subject: &str| if subject.is_empty() { app.anonymous() } else { app.actor(subject) };
    let mut before = Vec::new();
    for subject in subjects {
        before.push(told(&client(subject)).await);
    }
    let lead = app.actor(LEAD);
    let input = json!({
        "tenant": app.world.id("tenant.ostallgaeu"), "title": "Secret", "fieldOfWork": app.world.id("field.orientation"),
        "confidentiality": "PARTNER",
    });
    let project = lead.mutate("projectCreate", input, "project { id }").await["project"]["id"].clone();
    let input = json!({ "project": project, "tenant": app.world.id("tenant.ostallgaeu"), "title": "Secret", "dueOn": "2028-06-15" });
    lead.mutate("milestoneCreate", input, "__typename").await;
    let input = json!({
        "project": project, "tenant": app.world.id("tenant.ostallgaeu"), "year": 2028, "costType": "STAFF", "planned": { "amount": "1" },
    });
    lead.mutate("budgetLineSet", input, "__typename").await;
    for (subject, before) in subjects.into_iter().zip(before) {
        assert_eq!(told(&client(subject)).await, before, "{subject}");
    }
    assert_ne!(told(&lead).await["agenda"]["totalCount"], 0);
}

async fn a_public_project_shows_its_outline_and_no_part(app: TestApp) {
    let parts: Parts = joint(&app).await;
    let query = "query($id: ID!) { node(id: $id) { ... on Project {
        title phase partners { state } steps { enteredBy } members { name } workPackages { title } milestones { title }
        statusReports { text } light indicators { title } links { note } documents { title } fundings { referenceNumber }
        budgetLines { note } obligations { title } finances { eligibleCost { amount } planned { amount } }
        viewerCan { update takePart } } } }";
    for client in [app.anonymous(), app.actor("admin@lindau"), app.actor(OTHER_FIELD)] {
        let node = client.send(query, json!({ "id": parts.id("project.public") })).await.data()["node"].clone();
        assert_eq!(node["title"], "Open project");
        for list in [
            "steps",
            "members",
            "workPackages",
            "milestones",
            "statusReports",
            "indicators",
            "links",
            "documents",
            "fundings",
            "budgetLines",
            "obligations",
        ] {
            assert_eq!(node[list], json!([]), "{list}");
        }
        assert_eq!(node["light"], Value::Null);
        assert_eq!(node["finances"], json!({ "eligibleCost": { "amount": "0.00" }, "planned": { "amount": "0.00" } }));
        assert_eq!(node["viewerCan"], json!({ "update": false, "takePart": false }));
    }
    // A partner's outline by a share shows no part either; from FULL on it shows them.
    let lead = app.actor("admin@ostallgaeu");
    let input = json!({ "id": parts.id("project.public"), "version": 1, "confidentiality": "PARTNER", "fieldOfWork": app.world.id("field.counselling") });
    lead.mutate("projectUpdate", input, "__typename").await;
    let share = |level: &str| {
        json!({
            "tenant": app.world.id("tenant.ostallgaeu"), "agreement": app.world.id("agreement.a"), "area": "PROJECTS",
            "object": { "project": parts.id("project.public") }, "level": level,
        })
    };
    let reader = app.actor("viewer@kaufbeuren");
    assert_eq!(reader.send(query, json!({ "id": parts.id("project.public") })).await.data()["node"], Value::Null);
    let made = lead.mutate("shareCreate", share("SUMMARY"), "share { id version project { title } }").await;
    assert_eq!(made["share"]["project"]["title"], "Open project");
    let node = reader.send(query, json!({ "id": parts.id("project.public") })).await.data()["node"].clone();
    assert_eq!((&node["title"], &node["milestones"]), (&json!("Open project"), &json!([])));
    lead.mutate("shareCreate", share("FULL"), "share { id }").await;
    let node = reader.send(query, json!({ "id": parts.id("project.public") })).await.data()["node"].clone();
    assert_eq!(node["milestones"], json!([{ "title": "Secret milestone of open" }]));
    let refused = lead.try_mutate("shareCreate", share("BUSY"), "__typename").await;
    assert_eq!(codes(&refused), ["OUT_OF_RANGE"]);
}

async fn nobody_outside_learns_who_was_asked(app: TestApp) {
    joint(&app).await;
    let (lead, partner) = (app.actor(LEAD), app.actor(PARTNER));
    let kf = app.world.id("tenant.kaufbeuren");
    let input = json!({
        "tenant": app.world.id("tenant.ostallgaeu"), "title": "Asks in the open", "confidentiality": "PUBLIC",
        "agreement": app.world.id("agreement.a"), "fieldOfWork": app.world.id("field.orientation"),
    });
    let project = lead.mutate("projectCreate", input, "project { id }").await["project"]["id"].clone();
    let outside = app.actor("admin@lindau");
    let changes = "subscription($id: ID!) { projectChanged(id: $id) { topic } }";
    let mut heard =
        Events::open(&app.server().base, Some(&app.token("admin@lindau")), changes, json!({ "id": project })).await;
    assert_eq!(heard.event().await["projectChanged"]["topic"], "ready");
    let partners =
        "query($id: ID!) { node(id: $id) { ... on Project { partners { state endReason tenant { slug } } } } }";
    // What somebody outside can try about the partner of another house, and what the answers are.
    let tried = async || {
        let mut answers = vec![outside.send(partners, json!({ "id": project })).await.text];
        for tenant in [kf, app.world.id("tenant.lindau")] {
            let accept = json!({ "id": project, "tenant": tenant, "version": 1 });
            answers.push(outside.try_mutate("projectPartnerAccept", accept, "__typename").await.to_string());
            let remove = json!({ "id": project, "partner": kf, "tenant": tenant, "version": 1, "reason": "x" });
            answers.push(outside.try_mutate("projectPartnerRemove", remove, "__typename").await.to_string());
        }
        answers
    };
    let of_nobody = tried().await;
    lead.mutate("projectPartnerAdd", json!({ "id": project, "version": 1, "partner": kf }), "__typename").await;
    assert_eq!(tried().await, of_nobody, "asked");
    let leave = json!({ "id": project, "partner": kf, "tenant": kf, "version": 1, "reason": "Not now" });
    partner.mutate("projectPartnerRemove", leave, "__typename").await;
    assert_eq!(tried().await, of_nobody, "said no");
    lead.mutate("projectPartnerAdd", json!({ "id": project, "version": 3, "partner": kf }), "__typename").await;
    partner.mutate("projectPartnerAccept", json!({ "id": project, "tenant": kf, "version": 3 }), "__typename").await;
    // Who takes part in a public project is public, and so is that it left.
    let node = outside.send(partners, json!({ "id": project })).await.data()["node"].clone();
    assert_eq!(node["partners"], json!([{ "state": "ACTIVE", "endReason": null, "tenant": { "slug": "kaufbeuren" } }]));
    assert_eq!(heard.event().await["projectChanged"]["topic"], "project.updated");
    assert_eq!(heard.event().await["projectChanged"]["topic"], "project.partner_joined");
}

async fn the_end_of_an_agreement_shuts_every_part(app: TestApp) {
    let parts = joint(&app).await;
    let partner = app.actor(PARTNER);
    // The last day of the agreement passes; nobody does anything.
    app.at("2028-01-01T00:30:00+01:00");
    for (name, id) in parts.all() {
        let data = partner.send("query($id: ID!) { node(id: $id) { id } }", json!({ "id": id })).await.data();
        let own =
            ["archive.kf", "budget", "document.kf", "funding.kf", "line.kf", "obligation.kf", "person.kf", "shy.kf"];
        let stays = own.contains(&name) || name == "project.public";
        assert_eq!(!data["node"].is_null(), stays, "{name}");
    }
    // And the lead does not see what is the partner's any more.
    let lead = app.actor(LEAD);
    for name in ["funding.kf", "line.kf", "obligation.kf", "document.kf"] {
        let data = lead.send("query($id: ID!) { node(id: $id) { id } }", json!({ "id": parts.id(name) })).await.data();
        assert_eq!(data["node"], Value::Null, "{name}");
    }
    // What is the house's own is read and not changed any more; nothing about the project is told but that.
    let input = json!({ "id": parts.id("funding.kf"), "version": 1, "note": "x" });
    let refused = partner.try_mutate("fundingUpdate", input, "__typename").await;
    assert_eq!(codes(&refused), ["AGREEMENT_NOT_ACTIVE"], "{refused}");
    for name in ["funding.kf", "document.kf"] {
        let can = "query($id: ID!) { node(id: $id) { ... on Funding { viewerCan { update } }
            ... on ProjectDocument { viewerCan { update } } } }";
        let data = partner.send(can, json!({ "id": parts.id(name) })).await.data();
        assert_eq!(data["node"]["viewerCan"]["update"], false, "{name}");
    }
    // What is owed can still be met.
    let input = json!({ "id": parts.id("obligation.kf"), "version": 1 });
    partner.mutate("obligationFulfil", input, "obligation { state project { id } }").await;
}

async fn another_field_of_work_moves_everything_of_a_project(app: TestApp) {
    verbund_tests::projects::accounts(&app).await;
    let (tenant, lead) = (app.world.id("tenant.ostallgaeu"), app.actor(LEAD));
    for (subject, field) in [("one@ostallgaeu", "field.orientation"), ("other@ostallgaeu", "field.counselling")] {
        let account = json!({ "issuer": "https://verbund.localhost", "subject": subject, "name": subject });
        let input = json!({
            "tenant": tenant, "to": { "account": account }, "role": "PROJECT_LEAD", "fieldsOfWork": [app.world.id(field)],
        });
        app.actor("admin@ostallgaeu").mutate("roleGrantCreate", input, "roleGrant { id }").await;
    }
    let input = json!({ "tenant": tenant, "title": "On the move", "fieldOfWork": app.world.id("field.orientation") });
    let project = lead.mutate("projectCreate", input, "project { id }").await["project"]["id"].clone();
    let part = |more: Value| {
        let mut input = json!({ "project": project, "tenant": tenant });
        input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        input
    };
    for (name, consented) in [("Shown", true), ("Not shown", false)] {
        let input = part(json!({ "name": name, "role": "MEMBER", "consent": consented }));
        lead.mutate("projectMemberAdd", input, "__typename").await;
    }
    lead.mutate("milestoneCreate", part(json!({ "title": "Halfway", "dueOn": "2028-06-15" })), "__typename").await;
    lead.mutate("projectDocumentCreate", part(json!({ "title": "Paper", "kind": "CONCEPT" })), "__typename").await;
    let query = r#"query($id: ID!) { node(id: $id) { ... on Project {
            members { name } milestones { title viewerCan { update } } documents { title viewerCan { update } } } }
        calendarEntries(first: 100, between: {start: "2028-06-01T00:00:00Z", end: "2028-07-01T00:00:00Z"}) { nodes {
            ... on CalendarEntryFull { title fieldOfWork { key } } } } }"#;
    let told = async |subject: &str| app.actor(subject).send(query, json!({ "id": project })).await.data();
    let before = (told("one@ostallgaeu").await, told("other@ostallgaeu").await);
    let project_of = |data: &Value| data["node"].clone();
    assert_eq!(project_of(&before.0)["members"], json!([{ "name": "Shown" }, { "name": "Not shown" }]));
    assert_eq!(before.1["node"], Value::Null);
    assert_eq!(before.1["calendarEntries"]["nodes"], json!([]));

    let input = json!({ "id": project, "version": 1, "fieldOfWork": app.world.id("field.counselling") });
    lead.mutate("projectUpdate", input, "__typename").await;
    let after = (told("one@ostallgaeu").await, told("other@ostallgaeu").await);
    assert_eq!(after.0["node"], Value::Null, "nothing stays behind");
    assert_eq!(after.0["calendarEntries"]["nodes"], json!([]));
    assert_eq!(project_of(&after.1), project_of(&before.0), "and all of it came along");
    let day = |field: &str| json!([{ "title": "Halfway", "fieldOfWork": { "key": field } }]);
    assert_eq!(before.0["calendarEntries"]["nodes"], day("orientation"));
    assert_eq!(after.1["calendarEntries"]["nodes"], day("counselling"));
    let rows = app.database.rows().await;
    let behind = "SELECT count(*) FROM project_member m JOIN scope s ON s.id = m.scope_id JOIN project p ON p.id = m.project_id \
                  WHERE s.field_of_work_id <> p.field_of_work_id";
    assert_eq!(rows.number(behind).await, 0);
}
