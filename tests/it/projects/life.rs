//! The whole life of a joint project, from the idea to the copy that stays when the agreement has ended.

use serde_json::{Value, json};
use verbund_tests::client::codes;
use verbund_tests::projects::{LEAD, PARTNER, accounts, programme};
use verbund_tests::{Case, Client, TestApp, cases};

use super::words;

pub fn cases() -> Vec<Case> {
    cases!["projects::life"; from_an_idea_to_the_copy_that_stays]
}

const OF_PROJECT: &str = "project { id version phase nextPhases }";
const OF_FUNDING: &str = "funding { id version state granted { amount } gap { amount } }";

/// Takes a project to a phase; its version afterwards.
async fn advance(lead: &Client, project: &Value, version: i64, phase: &str) -> i64 {
    let input = json!({ "id": project, "version": version, "phase": phase });
    let made = lead.mutate("projectAdvance", input, OF_PROJECT).await;
    assert_eq!(made["project"]["phase"], phase);
    made["project"]["version"].as_i64().expect("a version")
}

async fn from_an_idea_to_the_copy_that_stays(app: TestApp) {
    accounts(&app).await;
    let (lead, partner) = (app.actor(LEAD), app.actor(PARTNER));
    let (oal, kf) = (app.world.id("tenant.ostallgaeu"), app.world.id("tenant.kaufbeuren"));

    // An idea in Ostallgäu, known to nobody else.
    let input = json!({
        "tenant": oal, "title": "Bildungsmanagement Allgäu", "summary": "Daten für Entscheidungen",
        "agreement": app.world.id("agreement.a"), "fieldOfWork": app.world.id("field.orientation"),
        "audiences": ["PUPILS"], "startsOn": "2016-07-01", "endsOn": "2018-06-30",
    });
    let project = lead.mutate("projectCreate", input, OF_PROJECT).await["project"]["id"].clone();
    let seen = "query($id: ID!) { node(id: $id) { ... on Project { title phase } } }";
    assert_eq!(partner.send(seen, json!({ "id": project })).await.data()["node"], Value::Null);

    // The concept is made with Kaufbeuren, which sees it as soon as it is asked.
    let version = advance(&lead, &project, 1, "CONCEPT").await;
    let input = json!({ "id": project, "version": version, "partner": kf });
    lead.mutate("projectPartnerAdd", input, OF_PROJECT).await;
    assert_eq!(partner.send(seen, json!({ "id": project })).await.data()["node"]["phase"], "CONCEPT");
    let input = json!({ "project": project, "tenant": kf, "title": "Zu früh" });
    let early = partner.try_mutate("workPackageCreate", input, "workPackage { id }").await;
    assert_eq!(codes(&early), ["FORBIDDEN"], "it was asked, and has not accepted");
    partner.mutate("projectPartnerAccept", json!({ "id": project, "tenant": kf, "version": 1 }), OF_PROJECT).await;
    for (client, tenant, title) in [(&lead, oal, "Monitoring"), (&partner, kf, "Beratung")] {
        let input = json!({ "project": project, "tenant": tenant, "title": title, "startsOn": "2016-07-01" });
        client.mutate("workPackageCreate", input, "workPackage { id }").await;
        let input =
            json!({ "project": project, "tenant": tenant, "title": format!("{title} steht"), "dueOn": "2017-03-31" });
        client.mutate("milestoneCreate", input, "milestone { id }").await;
    }

    // The application: half of the cost of two posts, and each house says what it pays itself.
    let refused = lead
        .try_mutate("projectAdvance", json!({ "id": project, "version": version + 1, "phase": "APPLIED" }), OF_PROJECT)
        .await;
    assert_eq!(codes(&refused), ["CONFLICT"], "nothing is applied for");
    let wish = |rate: &str, requested: &str| {
        let programme = programme(&app, "bildung-integriert");
        let (project, rate, requested) = (project.clone(), rate.to_owned(), requested.to_owned());
        async move {
            json!({
                "project": project, "tenant": oal, "programme": programme.await, "rate": rate,
                "eligibleFrom": "2016-07-01", "eligibleUntil": "2018-06-30", "eligibleCost": { "amount": "240000.01" },
                "requested": { "amount": requested },
            })
        }
    };
    let too_much = lead.try_mutate("fundingCreate", wish("60", "120000").await, OF_FUNDING).await;
    assert_eq!(words(&too_much)[0], "rate: 60.00 % is more than the 50.00 % that Bildung integriert pays.");
    let too_much = lead.try_mutate("fundingCreate", wish("50", "120000.01").await, OF_FUNDING).await;
    assert_eq!(words(&too_much), ["requested: €120,000.01 is more than €120,000.00, which is 50.00 % of €240,000.01."]);
    let funding = lead.mutate("fundingCreate", wish("50", "120000.00").await, OF_FUNDING).await["funding"].clone();
    for (client, tenant, amount) in [(&lead, oal, "80000.01"), (&partner, kf, "40000.00")] {
        let input = json!({ "funding": funding["id"], "tenant": tenant, "amount": { "amount": amount } });
        client.mutate("ownShareSet", input, OF_FUNDING).await;
    }
    let more = json!({ "funding": funding["id"], "tenant": kf, "amount": { "amount": "40000.01" } });
    let refused = partner.try_mutate("ownShareSet", more, OF_FUNDING).await;
    assert_eq!(words(&refused), ["amount: €40,000.01 is more than what nobody pays yet: €40,000.00."]);
    let input = json!({ "id": funding["id"], "version": 1, "state": "APPLIED" });
    lead.mutate("fundingAdvance", input, OF_FUNDING).await;
    let version = advance(&lead, &project, version + 1, "APPLIED").await;

    // The notice of grant: less than was asked for. The programme's obligations begin.
    let granted = |amount: &str| {
        json!({
            "id": funding["id"], "version": 2, "state": "APPROVED", "granted": { "amount": amount }, "decidedOn": "2016-06-15",
            "referenceNumber": "01 JL 1600",
        })
    };
    let refused = lead.try_mutate("fundingAdvance", granted("120000.01"), OF_FUNDING).await;
    assert_eq!(words(&refused), ["granted: At most what was asked for is granted, €120,000.00, not €120,000.01."]);
    let made = lead.mutate("fundingAdvance", granted("110000.00"), OF_FUNDING).await["funding"].clone();
    assert_eq!((&made["granted"]["amount"], &made["gap"]["amount"]), (&json!("110000.00"), &json!("10000.00")));
    let version = advance(&lead, &project, version, "APPROVED").await;
    let illegal = json!({ "id": project, "version": version, "phase": "EVALUATED" });
    let illegal = lead.try_mutate("projectAdvance", illegal, OF_PROJECT).await;
    assert_eq!(codes(&illegal), ["ILLEGAL_TRANSITION"]);
    assert!(words(&illegal)[0].contains("possible: running, cancelled"), "{illegal}");
    let version = advance(&lead, &project, version, "RUNNING").await;

    // Two years of budget lines in both houses.
    for (client, tenant, year, planned) in [
        (&lead, oal, 2016, "40000.00"),
        (&lead, oal, 2017, "80000.01"),
        (&lead, oal, 2018, "40000.00"),
        (&partner, kf, 2017, "80000.00"),
    ] {
        let input = json!({
            "project": project, "tenant": tenant, "funding": funding["id"], "year": year, "costType": "STAFF",
            "planned": { "amount": planned }, "actual": { "amount": "30000.00" },
        });
        client.mutate("budgetLineSet", input, "budgetLine { id }").await;
    }
    let wrong = json!({
        "project": project, "tenant": oal, "funding": funding["id"], "year": 2019, "costType": "EVENTS", "planned": { "amount": "1" },
    });
    let refused = lead.try_mutate("budgetLineSet", wrong, "budgetLine { id }").await;
    assert_eq!(codes(&refused), ["INVALID", "OUT_OF_RANGE"], "{refused}");

    // Obligations are met: one in time, one late, calls for funds up to the grant.
    let query = "query($project: [ID!]) { obligations(filter: {projects: $project}, first: 50) {
        nodes { id version kind title dueOn state tenant { slug } } } }";
    let data = lead.send(query, json!({ "project": [project] })).await.data();
    let owed: Vec<Value> = data["obligations"]["nodes"].as_array().expect("obligations").clone();
    let titles: Vec<_> = owed
        .iter()
        .map(|it| format!("{} {}", it["dueOn"].as_str().expect("a day"), it["title"].as_str().expect("a title")))
        .collect();
    assert_eq!(
        titles,
        [
            "2016-12-31 Mittelabruf 1",
            "2017-04-30 Zwischennachweis 2016",
            "2017-06-30 Mittelabruf 2",
            "2017-12-31 Mittelabruf 3",
            "2018-04-30 Zwischennachweis 2017",
            "2018-06-30 Mittelabruf 4",
            "2018-12-31 Verwendungsnachweis",
            "2028-12-31 Aufbewahrung",
        ]
    );
    let met = |title: &str, on: &str, amount: Option<&str>| {
        let it = owed.iter().find(|it| it["title"] == title).expect("an obligation");
        json!({ "id": it["id"], "version": it["version"], "fulfilledOn": on, "amount": amount.map(|it| json!({ "amount": it })) })
    };
    let of_obligation = "obligation { state late amount { amount } }";
    let done = lead.mutate("obligationFulfil", met("Mittelabruf 1", "2016-12-20", Some("60000")), of_obligation).await;
    assert_eq!(done["obligation"], json!({ "state": "FULFILLED", "late": false, "amount": { "amount": "60000.00" } }));
    let late = lead.mutate("obligationFulfil", met("Zwischennachweis 2016", "2017-05-15", None), of_obligation).await;
    assert_eq!(late["obligation"]["late"], true);
    let refused =
        lead.try_mutate("obligationFulfil", met("Mittelabruf 2", "2017-06-01", Some("50000.01")), of_obligation).await;
    assert_eq!(words(&refused), ["amount: €50,000.00 can still be called for, not €50,000.01."]);
    lead.mutate("obligationFulfil", met("Mittelabruf 2", "2017-06-01", Some("50000.00")), of_obligation).await;
    let foreign =
        partner.try_mutate("obligationFulfil", met("Mittelabruf 3", "2017-12-01", Some("0")), of_obligation).await;
    assert_eq!(codes(&foreign), ["FORBIDDEN"], "what the Landkreis owes, the Landkreis meets");
    let query = "query($id: ID!) { node(id: $id) { ... on Project {
        finances { eligibleCost { amount } requested { amount } granted { amount } called { amount } ownShares { amount }
            gap { amount } planned { amount } actual { amount } byYear { year planned { amount } } } } } }";
    let finances = lead.send(query, json!({ "id": project })).await.data()["node"]["finances"].clone();
    let amount = |name: &str| finances[name]["amount"].as_str().expect("an amount").to_owned();
    let told = ["eligibleCost", "granted", "called", "ownShares", "gap", "planned", "actual"].map(amount);
    assert_eq!(told, ["240000.01", "110000.00", "110000.00", "120000.01", "10000.00", "240000.01", "120000.00"]);
    let years: Vec<_> =
        finances["byYear"].as_array().expect("years").iter().map(|it| it["planned"]["amount"].clone()).collect();
    assert_eq!(years, ["40000.00", "160000.01", "40000.00"]);

    // Done, looked back upon.
    for (light, text) in [("YELLOW", "Eine Stelle war ein Vierteljahr unbesetzt."), ("GREEN", "Abgeschlossen.")] {
        let input = json!({
            "project": project, "tenant": oal, "light": light, "text": text, "periodFrom": "2017-01-01",
            "periodUntil": if light == "GREEN" { "2018-06-30" } else { "2017-12-31" },
        });
        lead.mutate("statusReportCreate", input, "statusReport { id }").await;
    }
    let version = advance(&lead, &project, version, "COMPLETED").await;
    let version = advance(&lead, &project, version, "EVALUATED").await;
    let over = json!({ "id": project, "version": version, "phase": "RUNNING" });
    assert_eq!(codes(&lead.try_mutate("projectAdvance", over, OF_PROJECT).await), ["ILLEGAL_TRANSITION"]);
    // Kaufbeuren keeps a document of its own, and the project's plan is in its calendar.
    let input = json!({ "project": project, "tenant": kf, "title": "Eigener Bericht", "kind": "REPORT" });
    partner.mutate("projectDocumentCreate", input, "projectDocument { id }").await;
    let agenda = r#"{ agenda(between: {start: "2017-03-01T00:00:00Z", end: "2017-05-01T00:00:00Z"}, first: 20) {
        nodes { entry { ... on CalendarEntryFull { title kind tenant { slug } } } } } }"#;
    let data = partner.ask(agenda).await.data();
    let dates: Vec<_> =
        data["agenda"]["nodes"].as_array().expect("dates").iter().map(|it| &it["entry"]["title"]).collect();
    assert_eq!(dates, ["Monitoring steht", "Beratung steht", "Zwischennachweis 2016"]);

    // The agreement ends; Kaufbeuren ends it, and keeps a copy of what it saw. The project is out of its sight.
    let query = "query($id: ID!) { node(id: $id) { ... on Agreement { version } } }";
    let agreement = app.world.id("agreement.a");
    let admin = app.actor("admin@kaufbeuren");
    let at = admin.send(query, json!({ "id": agreement })).await.data()["node"]["version"].clone();
    let input = json!({ "id": agreement, "version": at, "tenant": kf, "reason": "Das Projekt ist zu Ende." });
    admin.mutate("agreementEnd", input, "agreement { state }").await;
    assert_eq!(partner.send(seen, json!({ "id": project })).await.data()["node"], Value::Null);
    let query = "{ projectArchives { nodes { title createdBy tenant { slug } project { id } content } } }";
    let copies = partner.ask(query).await.data()["projectArchives"]["nodes"].clone();
    assert_eq!(copies.as_array().expect("copies").len(), 1);
    assert_eq!((&copies[0]["createdBy"], &copies[0]["project"]), (&json!("admin@kaufbeuren"), &Value::Null));
    let copy: Value = serde_json::from_str(copies[0]["content"].as_str().expect("a text")).expect("JSON");
    assert_eq!(copy["form"], "verbund-project/2");
    let titles = |list: &str| -> Vec<String> {
        let all = copy[list].as_array().expect("a list").iter();
        all.map(|it| it["title"].as_str().expect("a title").to_owned()).collect()
    };
    assert_eq!(titles("workPackages"), ["Monitoring", "Beratung"]);
    assert_eq!(titles("documents"), ["Eigener Bericht"]);
    assert_eq!(copy["phases"].as_array().expect("phases").len(), 7);
    assert_eq!(copy["fundings"][0]["granted"], 11_000_000);
    assert_eq!(copy["obligations"].as_array().expect("obligations").len(), 8);
    // The Landkreis goes on: its obligations are its own.
    let done = lead.mutate("obligationFulfil", met("Verwendungsnachweis", "2018-12-20", None), of_obligation).await;
    assert_eq!(done["obligation"]["late"], false);
    // What was Kaufbeuren's own stays with it: its document and its budget line.
    let query = "{ financialOverview(by: [TENANT]) { tenant { slug } planned { amount } } }";
    let own = partner.ask(query).await.data();
    assert_eq!(
        own["financialOverview"],
        json!([{ "tenant": { "slug": "kaufbeuren" }, "planned": { "amount": "80000.00" } }])
    );
}
