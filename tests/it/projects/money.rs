//! Money to the cent: sums along every dimension reconcile, refused amounts name field and reason, nothing is a float.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use server::jobs::Jobs;
use store::Store;
use verbund_tests::client::{codes, said};
use verbund_tests::projects::{LEAD, PARTNER, joint, programme};
use verbund_tests::{Case, Dice, Engine, TestApp, cases};

use super::words;

pub fn cases() -> Vec<Case> {
    cases!["projects::money";
        sums_reconcile_along_every_dimension,
        amounts_are_refused_by_field_and_reason,
        a_day_of_decision_needs_a_decision,
        nothing_of_money_is_a_float,
        what_may_be_funded_twice_is_told_of_what_is_in_sight,
        reminders_go_out_once_and_on_their_days,
        the_day_is_that_of_the_authority,
        calls_at_once_are_not_more_than_the_grant,
    ]
}

fn cents(amount: &Value) -> i128 {
    let text = amount.as_str().expect("an amount");
    let (whole, part) = text.split_once('.').expect("two places");
    assert_eq!(part.len(), 2, "{text}");
    whole.parse::<i128>().expect("digits") * 100 + part.parse::<i128>().expect("digits")
}

fn text(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

async fn sums_reconcile_along_every_dimension(app: TestApp) {
    let parts = joint(&app).await;
    let (lead, partner) = (app.actor(LEAD), app.actor(PARTNER));
    let mut dice = Dice::new(11);
    let types = ["STAFF", "TRAVEL", "EVENTS", "CONTRACTS"];
    let mut wanted: BTreeMap<(&str, u64, &str), u64> = BTreeMap::new();
    wanted.insert(("ostallgaeu", 2027, "STAFF"), 60_000);
    wanted.insert(("kaufbeuren", 2027, "STAFF"), 60_000);
    for _ in 0..40 {
        let (client, slug) = if dice.below(2) == 0 { (&lead, "ostallgaeu") } else { (&partner, "kaufbeuren") };
        let (year, kind) = (2027 + dice.below(2) as u64, types[dice.below(types.len())]);
        let planned = (dice.below(1_000_000_000) as u64) * 1_003 + dice.below(100) as u64;
        if wanted.contains_key(&(slug, year, kind)) {
            continue;
        }
        let input = json!({
            "project": parts.id("project.joint"), "tenant": app.world.id(&format!("tenant.{slug}")), "year": year,
            "costType": kind, "planned": { "amount": text(planned) }, "actual": { "amount": text(planned / 3) },
        });
        client.mutate("budgetLineSet", input, "budgetLine { id }").await;
        wanted.insert((slug, year, kind), planned);
    }
    let total: i128 = wanted.values().map(|it| i128::from(*it)).sum();
    let mut expected = BTreeMap::new();
    for ((slug, ..), planned) in &wanted {
        *expected.entry((*slug).to_owned()).or_insert(0) += i128::from(*planned);
    }
    let overview = |by: &'static str| {
        let (client, project) = (app.actor(LEAD), parts.id("project.joint").clone());
        async move {
            let query = format!(
                "query($id: ID!) {{ financialOverview(by: [{by}], filter: {{projects: [$id]}}) {{
                    planned {{ amount currency }} actual {{ amount }} year costType lines tenant {{ slug }} project {{ id }} programme {{ key }} }} }}"
            );
            let data = client.send(&query, json!({ "id": project })).await.data();
            data["financialOverview"].as_array().expect("sums").clone()
        }
    };
    for (by, sums) in [("", 1), ("PROJECT", 1), ("TENANT", 2), ("YEAR", 2), ("PROGRAMME", 1), ("COST_TYPE", 4)] {
        let rows = overview(by).await;
        assert_eq!(rows.iter().map(|it| cents(&it["planned"]["amount"])).sum::<i128>(), total, "{by}");
        assert!(rows.len() <= sums, "{by}");
        assert_eq!(rows.iter().map(|it| it["lines"].as_u64().expect("a count")).sum::<u64>(), wanted.len() as u64);
    }
    let of_tenant: BTreeMap<_, _> = overview("TENANT")
        .await
        .iter()
        .map(|it| (it["tenant"]["slug"].as_str().expect("a slug").to_owned(), cents(&it["planned"]["amount"])))
        .collect();
    assert_eq!(of_tenant, expected);
    let fine = overview("PROJECT, TENANT, YEAR, PROGRAMME, COST_TYPE").await;
    assert_eq!(fine.len(), wanted.len(), "every line is a sum of its own");
    // The project adds up to the same by itself.
    let query = "query($id: ID!) { node(id: $id) { ... on Project { finances { planned { amount } byYear { planned { amount } } } } } }";
    let data = lead.send(query, json!({ "id": parts.id("project.joint") })).await.data();
    let finances = &data["node"]["finances"];
    assert_eq!(cents(&finances["planned"]["amount"]), total);
    let years = finances["byYear"].as_array().expect("years").iter();
    assert_eq!(years.map(|it| cents(&it["planned"]["amount"])).sum::<i128>(), total);
}

async fn amounts_are_refused_by_field_and_reason(app: TestApp) {
    let parts = joint(&app).await;
    let lead = app.actor(LEAD);
    let line = |planned: Value| {
        json!({
            "project": parts.id("project.joint"), "tenant": app.world.id("tenant.ostallgaeu"), "year": 2028,
            "costType": "TRAVEL", "planned": { "amount": planned },
        })
    };
    let refused = lead.try_mutate("budgetLineSet", line(json!("0.001")), "__typename").await;
    assert_eq!(words(&refused), ["planned.amount: \"0.001\" has more than two decimal places."]);
    let refused = lead.try_mutate("budgetLineSet", line(json!("-1")), "__typename").await;
    assert_eq!(codes(&refused), ["OUT_OF_RANGE"]);
    let mut foreign = line(json!("1"));
    foreign["planned"]["currency"] = json!("CHF");
    let refused = lead.try_mutate("budgetLineSet", foreign, "__typename").await;
    assert_eq!(words(&refused), ["planned.currency: CHF is no currency that is taken here: EUR."]);
    let query = "mutation($input: BudgetLineSetInput!) { budgetLineSet(input: $input) { userErrors { code } } }";
    for wrong in [json!(0.5), json!("1e3"), json!("1.234,50"), json!(true)] {
        let reply = lead.send(query, json!({ "input": line(wrong.clone()) })).await;
        assert_eq!(reply.codes(), ["BAD_USER_INPUT"], "{wrong}: {}", reply.text);
    }
    // There is one line for each year and type; whoever changes it says which version was seen.
    lead.mutate("budgetLineSet", line(json!("5")), "budgetLine { version }").await;
    let selection = "budgetLine { version planned { amount } }";
    let current = json!({ "version": 1, "planned": { "amount": "5.00" } });
    let blind = lead.try_mutate("budgetLineSet", line(json!("6")), selection).await;
    assert_eq!((codes(&blind), &blind["budgetLine"]), (vec!["STALE_VERSION"], &current));
    let mut seen = line(json!("6"));
    seen["version"] = json!(99);
    let stale = lead.try_mutate("budgetLineSet", seen.clone(), selection).await;
    assert_eq!((codes(&stale), &stale["budgetLine"]), (vec!["STALE_VERSION"], &current));
    seen["version"] = json!(0);
    let refused = lead.try_mutate("budgetLineSet", seen.clone(), selection).await;
    assert_eq!((said(&refused), &refused["budgetLine"]), (vec!["INVALID version".to_owned()], &Value::Null));
    // The same values are no change, and neither is the same own share.
    let rows = app.database.rows().await;
    seen = line(json!("5"));
    seen["version"] = json!(1);
    let share = json!({
        "funding": parts.id("funding.open"), "tenant": app.world.id("tenant.ostallgaeu"), "amount": { "amount": "0.01" },
    });
    lead.mutate("ownShareSet", share.clone(), "funding { version }").await;
    let dump = rows.dump().await;
    let same = lead.mutate("budgetLineSet", seen.clone(), selection).await;
    assert_eq!(same["budgetLine"], current);
    assert!(lead.mutate("ownShareSet", share, "funding { version }").await["funding"].is_object());
    assert_eq!(rows.dump().await, dump);
    seen = line(json!("6"));
    seen["version"] = json!(1);
    let made = lead.mutate("budgetLineSet", seen, "budgetLine { version planned { amount currency } }").await;
    assert_eq!(made["budgetLine"], json!({ "version": 2, "planned": { "amount": "6.00", "currency": "EUR" } }));
    // The same reference number twice in one house.
    let input = json!({
        "project": parts.id("project.public"), "tenant": app.world.id("tenant.ostallgaeu"),
        "programme": programme(&app, "bildungskommunen").await, "rate": "10", "eligibleFrom": "2027-01-01",
        "eligibleUntil": "2027-12-31", "eligibleCost": { "amount": "10" }, "requested": { "amount": "1" }, "referenceNumber": "Secret funding of oal",
    });
    let refused = lead.try_mutate("fundingCreate", input, "__typename").await;
    assert_eq!(codes(&refused), ["NOT_UNIQUE"]);
    let input = json!({ "id": parts.id("funding.open"), "version": 1, "referenceNumber": "Secret funding of oal" });
    let refused = lead.try_mutate("fundingUpdate", input, "__typename").await;
    assert_eq!(codes(&refused), ["NOT_UNIQUE"]);
}

async fn a_day_of_decision_needs_a_decision(app: TestApp) {
    let parts = joint(&app).await;
    let input = json!({ "id": parts.id("funding.oal"), "version": 1, "state": "APPLIED", "decidedOn": "2027-01-10" });
    for (language, text) in [
        ("de", "Einen Tag der Entscheidung gibt es nur mit der Bewilligung oder Ablehnung; „beantragt“ ist keine."),
        ("en", "A day of decision exists only with an approval or a rejection; \"applied for\" is none."),
    ] {
        let lead = app.actor(LEAD).speaking(language);
        let refused = lead.try_mutate("fundingAdvance", input.clone(), "funding { state }").await;
        let error = &refused["userErrors"][0];
        assert_eq!(
            (&error["code"], &error["field"], &error["message"]),
            (&json!("INVALID"), &json!("decidedOn"), &json!(text))
        );
    }
    let input = json!({ "id": parts.id("funding.oal"), "version": 1, "state": "APPLIED" });
    let applied = app.actor(LEAD).mutate("fundingAdvance", input, "funding { state decidedOn }").await;
    assert_eq!(applied["funding"], json!({ "state": "APPLIED", "decidedOn": null }));
}

async fn nothing_of_money_is_a_float(_app: TestApp) {
    let sdl = graphql::schema::sdl();
    let floats: Vec<_> = sdl
        .lines()
        .filter(|it| it.contains("Float"))
        .map(|it| it.trim().split([':', '(']).next().unwrap_or_default())
        .collect();
    for field in &floats {
        assert!(
            ["latitude", "longitude", "radiusKm", "distanceKm", "score", "similarity", "distanceMetres"]
                .contains(field)
                || field.starts_with("scalar")
                || field.starts_with('"')
                || field.contains("Float"),
            "{field} is a float"
        );
    }
    assert!(!sdl.contains("amount: Float") && !sdl.contains("rate: Float"));
    // Nor is anything in the store: floats are where places are.
    let mut tables = 0;
    for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../entities/src")).expect("the entities") {
        let path = file.expect("a file").path();
        let text = std::fs::read_to_string(&path).expect("text");
        tables += 1;
        for line in text.lines().filter(|it| it.contains("f64") || it.contains("f32")) {
            assert!(line.contains("latitude") || line.contains("longitude"), "{}: {line}", path.display());
        }
    }
    assert!(tables > 60, "the entities are read: {tables}");
}

async fn what_may_be_funded_twice_is_told_of_what_is_in_sight(app: TestApp) {
    let parts = joint(&app).await;
    let query = "query($id: ID!) { doubleFundingHints(project: $id) { inCommon audiences other { tenant { slug } } otherProject { title } programme { key } } }";
    let lead = app.actor(LEAD);
    let none = lead.send(query, json!({ "id": parts.id("project.public") })).await.data();
    assert_eq!(none["doubleFundingHints"], json!([]), "the same programme and time, but nothing else in common");
    let input = json!({ "id": parts.id("project.public"), "version": 1, "audiences": ["PUPILS"], "targetGroups": ["secret GROUP"] });
    lead.mutate("projectUpdate", input, "__typename").await;
    let told = lead.send(query, json!({ "id": parts.id("project.public") })).await.data();
    let hints = told["doubleFundingHints"].as_array().expect("hints").clone();
    assert_eq!(hints.len(), 2, "of the lead and of the partner: {told}");
    for hint in &hints {
        assert_eq!(hint["inCommon"], json!(["AUDIENCE", "TARGET_GROUP"]));
        assert_eq!((&hint["audiences"], &hint["otherProject"]["title"]), (&json!(["PUPILS"]), &json!("Secret joint")));
    }
    // Whoever sees only the outline learns nothing of what others pay for.
    let outside = app.anonymous().send(query, json!({ "id": parts.id("project.public") })).await.data();
    assert_eq!(outside["doubleFundingHints"], json!([]));
}

/// Lets the jobs of a server do what is due; of how many obligations they remind.
async fn reminded(app: &TestApp) -> usize {
    let settings = app.config.database.settings().expect("settings");
    let store = Store::connect(&settings).await.map_err(|_| ()).expect("a store");
    let jobs = Jobs::new(&app.config, store, app.clock.clone()).expect("jobs");
    jobs.run_due().await.unwrap_or_else(|error| panic!("{}", domain::operator::render(&error))).reminded
}

async fn reminders_go_out_once_and_on_their_days(app: TestApp) {
    let parts = joint(&app).await;
    let rows = app.database.rows().await;
    let sent = "SELECT count(*) FROM outbox_event WHERE topic = 'obligation.due'";
    assert_eq!(reminded(&app).await, 0, "nothing is due yet");
    // A month before the last day of 2028: three obligations are due then.
    app.at("2028-12-01T08:00:00Z");
    assert_eq!(reminded(&app).await, 3);
    assert_eq!((reminded(&app).await, rows.number(sent).await), (0, 3), "once");
    let query = "query($id: ID!) { node(id: $id) { ... on Obligation { remindOn late } } }";
    let told = app.actor(LEAD).send(query, json!({ "id": parts.id("obligation.oal") })).await.data();
    assert_eq!(told["node"], json!({ "remindOn": "2028-12-24", "late": false }));
    let input = json!({ "id": parts.id("obligation.open"), "version": 1 });
    app.actor(LEAD).mutate("obligationFulfil", input, "__typename").await;
    app.at("2028-12-24T08:00:00Z");
    assert_eq!(reminded(&app).await, 2, "what is met needs no reminder");
}

async fn the_day_is_that_of_the_authority(app: TestApp) {
    let parts = joint(&app).await;
    let rows = app.database.rows().await;
    rows.run("UPDATE tenant SET time_zone = 'Pacific/Auckland' WHERE slug = 'kaufbeuren'").await;
    let (lead, partner) = (app.actor(LEAD), app.actor(PARTNER));
    for (client, milestone) in [(&lead, "milestone.oal"), (&partner, "milestone.kf")] {
        let input = json!({ "id": parts.id(milestone), "version": 1, "dueOn": "2027-06-30" });
        client.mutate("milestoneUpdate", input, "__typename").await;
    }
    // It is noon of the last day in Greenwich, and the day after in Auckland.
    app.at("2027-06-30T12:00:00Z");
    let query = "query($id: ID!) { node(id: $id) { ... on Milestone { late } ... on Obligation { late } } }";
    for (name, late) in [("milestone.oal", false), ("milestone.kf", true)] {
        let data = app.actor(LEAD).send(query, json!({ "id": parts.id(name) })).await.data();
        assert_eq!(data["node"]["late"], late, "{name}");
    }
    // A month before the last day of the obligations, where it is that day.
    app.at("2028-11-30T12:00:00Z");
    assert_eq!((reminded(&app).await, reminded(&app).await), (1, 0));
    let told =
        "SELECT t.slug FROM outbox_event e JOIN obligation o ON o.id = e.object_id JOIN tenant t ON t.id = o.tenant_id
        WHERE e.topic = 'obligation.due'";
    assert_eq!(rows.list(told).await, ["kaufbeuren"]);
    app.at("2028-12-31T12:00:00Z");
    for (actor, name, late) in [(LEAD, "obligation.oal", false), (PARTNER, "obligation.kf", true)] {
        let data = app.actor(actor).send(query, json!({ "id": parts.id(name) })).await.data();
        assert_eq!(data["node"]["late"], late, "{name}");
    }
}

async fn calls_at_once_are_not_more_than_the_grant(app: TestApp) {
    let parts = joint(&app).await;
    let lead = app.actor(LEAD);
    let mut calls = Vec::new();
    for title in ["One call", "Another"] {
        let input = json!({
            "funding": parts.id("funding.oal"), "kind": "CALL_FOR_FUNDS", "title": title, "dueOn": "2027-12-31",
        });
        calls.push(lead.mutate("obligationCreate", input, "obligation { id }").await["obligation"]["id"].clone());
    }
    let input = json!({ "id": parts.id("funding.oal"), "version": 1, "state": "APPLIED" });
    lead.mutate("fundingAdvance", input, "__typename").await;
    let input =
        json!({ "id": parts.id("funding.oal"), "version": 2, "state": "APPROVED", "granted": { "amount": "400" } });
    lead.mutate("fundingAdvance", input, "__typename").await;
    // PostgreSQL lets nobody write before both have looked at what is left; SQLite has one writer at a time anyway.
    let rows = app.database.rows().await;
    let postgres = rows.engine == Engine::Postgres;
    if postgres {
        rows.run("BEGIN").await;
        rows.run("LOCK TABLE obligation IN SHARE MODE").await;
    }
    let sent = calls.iter().map(|id| {
        lead.try_mutate(
            "obligationFulfil",
            json!({ "id": id, "version": 1, "amount": { "amount": "300" } }),
            "__typename",
        )
    });
    let released = async {
        let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        while postgres && rows.number(waiting).await < 2 {
            tokio::task::yield_now().await;
        }
        if postgres {
            rows.run("COMMIT").await;
        }
    };
    let (answers, ()) = tokio::join!(futures_util::future::join_all(sent), released);
    let refused: Vec<_> = answers.iter().flat_map(codes).collect();
    assert_eq!(refused, ["OUT_OF_RANGE"], "{answers:?}");
    let query = "query($id: ID!) { node(id: $id) { ... on Funding { called { amount } } } }";
    let data = lead.send(query, json!({ "id": parts.id("funding.oal") })).await.data();
    assert_eq!(data["node"]["called"]["amount"], "300.00");
}
