//! What holds for every mutation: keys make it repeatable, versions keep it from overwriting, it happens whole or not.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use graphql::mutation_root::WITHOUT_KEY;
use serde_json::{Value, json};
use verbund_tests::client::{codes, said};
use verbund_tests::{Case, Client, Engine, Rows, TestApp, cases};

use crate::walk::{self, MUTATIONS};

pub fn cases() -> Vec<Case> {
    cases!["mutations";
        the_same_key_and_input_make_one_object_and_equal_answers,
        every_creating_mutation_takes_a_key,
        every_mutation_is_repeated_by_its_key,
        a_repetition_shows_what_the_viewer_may_see_now,
        eight_senders_of_one_key_change_an_object_once,
        a_fault_of_one_mutation_leaves_the_answers_of_the_others,
        eight_senders_of_one_key_make_one_object,
        a_key_belongs_to_one_input_and_one_person,
        keys_have_a_length,
        a_refused_mutation_leaves_its_key_free,
        of_two_updates_one_wins_and_the_other_learns_the_current_state,
        of_two_updates_at_once_exactly_one_wins,
        mutations_of_one_document_run_in_order,
        every_mutation_leaves_one_audit_row_and_one_event,
        a_refused_mutation_changes_nothing,
    ]
}

/// Events beside those that tell other audiences of the same change.
pub(super) const OWN_EVENTS: &str = "(SELECT * FROM outbox_event WHERE topic NOT LIKE '%.moved') own";

const CREATE: &str = "mutation M($input: CalendarEntryCreateInput!) { calendarEntryCreate(input: $input) {
    calendarEntry { id __typename ... on CalendarEntryFull { title version createdAt } } userErrors { code field message } } }";

/// Input of a new entry in the counselling calendar of Ostallgäu.
fn entry(app: &TestApp, title: &str, key: Option<&str>) -> Value {
    json!({
        "calendar": app.world.id("calendar.oal.counselling"), "title": title, "idempotencyKey": key,
        "time": { "allDay": { "firstDay": "2027-03-01" } },
    })
}

async fn create(client: &Client, input: Value) -> (String, Value) {
    let reply = client.send(CREATE, json!({ "input": input })).await;
    (reply.text.clone(), reply.data()["calendarEntryCreate"].clone())
}

async fn trail(rows: &Rows) -> (i64, i64) {
    (rows.count("audit_event").await, rows.count(OWN_EVENTS).await)
}

async fn the_same_key_and_input_make_one_object_and_equal_answers(app: TestApp) {
    let (planner, rows) = (app.actor("planner@ostallgaeu"), app.database.rows().await);
    let (entries, before) = (rows.count("calendar_entry").await, trail(&rows).await);
    let (first, payload) = create(&planner, entry(&app, "Once", Some("key-1"))).await;
    assert_eq!(payload["userErrors"], json!([]));
    assert_eq!(payload["calendarEntry"]["title"], "Once");
    app.at("2027-01-15T11:00:00Z");
    let replica = app.replica().await.expect("a second server");
    let elsewhere = replica.client(Some(app.token("planner@ostallgaeu")));
    for client in [&planner, &elsewhere, &planner] {
        assert_eq!(create(client, entry(&app, "Once", Some("key-1"))).await.0, first, "byte for byte");
    }
    assert_eq!(rows.count("calendar_entry").await, entries + 1);
    assert_eq!(trail(&rows).await, (before.0 + 1, before.1 + 1));
    // Without a key it is done again.
    create(&planner, entry(&app, "Once", None)).await;
    create(&planner, entry(&app, "Once", None)).await;
    assert_eq!(rows.count("calendar_entry").await, entries + 3);
}

async fn every_creating_mutation_takes_a_key(app: TestApp) {
    let rows = app.database.rows().await;
    // Those need a version that is there: datasets. Those need a project: projects.
    let mut keyed = BTreeSet::from(["datasetDownloadTicket", "datasetReleasePropose"]);
    keyed.extend(crate::projects::KEYED);
    for (mutation, subject, input, selection) in walk::creating(&app) {
        keyed.insert(mutation);
        let mut input = input;
        input["idempotencyKey"] = json!(format!("key of {mutation}"));
        let client = app.actor(subject);
        let first = client.mutate(mutation, input.clone(), selection).await;
        let after = rows.dump().await;
        assert_eq!(client.mutate(mutation, input, selection).await, first, "{mutation}");
        assert_eq!(rows.dump().await, after, "{mutation} did nothing more");
    }
    // The inputs of all others get their key in one place, which describes it in these words.
    let creating =
        |it: &&str| it.contains("idempotencyKey:") && !it.contains("returns the object in its current state; another");
    let sdl = graphql::schema::sdl();
    let inputs = sdl.split("\ninput ").filter_map(|it| it.split("\n}").next()).filter(creating);
    let inputs: BTreeSet<_> = inputs.filter_map(|it| it.split("Input").next()).map(str::to_lowercase).collect();
    assert_eq!(keyed.iter().map(|it| it.to_lowercase()).collect::<BTreeSet<_>>(), inputs);
}

async fn every_mutation_is_repeated_by_its_key(app: TestApp) {
    let rows = app.database.rows().await;
    let without: Vec<_> = WITHOUT_KEY.iter().map(|(mutation, _)| *mutation).collect();
    let mut repeated = BTreeSet::new();
    let (mut walk, mut number) = (walk::Walk::new(&app), 0);
    while let Some(mut step) = walk.next().await {
        if without.contains(&step.mutation) {
            walk.run(&step).await;
            continue;
        }
        number += 1;
        step.input["idempotencyKey"] = json!(format!("key {number} of {}", step.mutation));
        let before = rows.count("idempotency_record").await;
        let first = walk.run(&step).await;
        let after = (trail(&rows).await, rows.count("idempotency_record").await);
        assert_eq!(after.1, before + 1, "{} keeps its key", step.mutation);
        let again = app.actor(step.subject).mutate(step.mutation, step.input.clone(), step.selection).await;
        assert_eq!((trail(&rows).await, rows.count("idempotency_record").await), after, "{}", step.mutation);
        // Secrets and the paths with them are told once.
        if !step.selection.contains("secret") && !step.selection.contains("path") {
            assert_eq!(again, first, "{}", step.mutation);
        }
        step.input["idempotencyKey"] = json!("");
        let payload = app.actor(step.subject).try_mutate(step.mutation, step.input, step.selection).await;
        assert_ne!(codes(&payload), Vec::<&str>::new(), "{}: an empty key", step.mutation);
        repeated.insert(step.mutation);
    }
    let mut all = walk::in_schema();
    all.retain(|it| !without.contains(&it.as_str()));
    assert_eq!(repeated, all.iter().map(String::as_str).collect());
}

async fn a_repetition_shows_what_the_viewer_may_see_now(app: TestApp) {
    let (planner, rows) = (app.actor("planner@ostallgaeu"), app.database.rows().await);
    let keyed = |description: &str| {
        let mut input = update(&app, 1, description);
        input["idempotencyKey"] = json!("one");
        input
    };
    let first = planner.mutate("calendarUpdate", keyed("first"), SELECTION).await;
    planner.mutate("calendarUpdate", update(&app, 2, "second"), SELECTION).await;
    let again = planner.mutate("calendarUpdate", keyed("first"), SELECTION).await;
    assert_eq!(first["calendar"], json!({ "version": 2, "description": "first" }));
    assert_eq!(again["calendar"], json!({ "version": 3, "description": "second" }), "in its current state");
    let other = planner.try_mutate("calendarUpdate", keyed("another"), SELECTION).await;
    assert_eq!(said(&other), ["IDEMPOTENCY_MISMATCH idempotencyKey"]);
    let revoke = json!({ "id": app.world.id("calendar.oal.office"), "version": 3, "idempotencyKey": "one" });
    let other = planner.try_mutate("calendarArchive", revoke, SELECTION).await;
    assert_eq!(said(&other), ["IDEMPOTENCY_MISMATCH idempotencyKey"], "another mutation is another input");
    // A key is its sender's own.
    let admin = app.actor("admin@ostallgaeu").try_mutate("calendarUpdate", keyed("first"), SELECTION).await;
    assert_ne!(codes(&admin), ["IDEMPOTENCY_MISMATCH"]);
    // Whoever has lost the right to see the object is told no more than that it is done.
    let person = "SELECT id FROM person WHERE subject = 'planner@ostallgaeu'";
    let member = format!("SELECT id FROM member WHERE person_id IN ({person})");
    rows.run(&format!("UPDATE role_grant SET revoked_at = created_at WHERE member_id IN ({member})")).await;
    let again = planner.mutate("calendarUpdate", keyed("first"), SELECTION).await;
    assert_eq!(again["calendar"], Value::Null);
}

async fn eight_senders_of_one_key_change_an_object_once(app: TestApp) {
    let (rows, replica) = (app.database.rows().await, app.replica().await.expect("a second server"));
    let (before, token) = (trail(&rows).await, app.token("planner@ostallgaeu"));
    let mut input = update(&app, 1, "at once");
    input["idempotencyKey"] = json!("eight");
    let clients: Vec<_> =
        (0..8)
            .map(|it| {
                if it % 2 == 0 { app.server().client(Some(token.clone())) } else { replica.client(Some(token.clone())) }
            })
            .collect();
    let sent = clients.iter().map(|it| it.mutate("calendarUpdate", input.clone(), SELECTION));
    for payload in join_all(sent).await {
        assert_eq!(payload["calendar"], json!({ "version": 2, "description": "at once" }));
    }
    assert_eq!(trail(&rows).await, (before.0 + 1, before.1 + 1));
}

async fn a_fault_of_one_mutation_leaves_the_answers_of_the_others(app: TestApp) {
    let planner = app.actor("planner@ostallgaeu");
    let rows = app.database.rows().await;
    let entries = rows.count("calendar_entry").await;
    let input = entry(&app, "Told all the same", None);
    let reply = planner
        .send(
            "mutation($input: CalendarEntryCreateInput!, $id: ID!) {
                first: calendarEntryCreate(input: $input) { calendarEntry { id } userErrors { code } }
                second: calendarEntryUpdate(input: { id: $id, version: 1, title: \"Changed\" }) {
                    calendarEntry { tenant { members(first: 0) { totalCount } } }
                    userErrors { code }
                }
            }",
            json!({ "input": input, "id": app.world.id("entry.oal.counselling.day") }),
        )
        .await;
    let answer = reply.json();
    assert!(answer["data"]["first"]["calendarEntry"]["id"].is_string(), "{answer}");
    assert_eq!(answer["data"]["second"], json!({ "calendarEntry": null, "userErrors": [] }), "{answer}");
    assert_eq!(answer["errors"][0]["path"], json!(["second", "calendarEntry", "tenant", "members"]), "{answer}");
    assert_eq!(rows.count("calendar_entry").await, entries + 1);

    // A fault of the store is one of the whole root field.
    let broken = match app.engine {
        Engine::Postgres => "ALTER TABLE calendar_entry ADD CONSTRAINT broken CHECK (title <> 'Broken')",
        Engine::Sqlite => {
            "CREATE TRIGGER broken BEFORE INSERT ON calendar_entry WHEN NEW.title = 'Broken' \
             BEGIN SELECT RAISE(ABORT, 'broken'); END"
        }
    };
    rows.run(broken).await;
    let both = "mutation($ok: CalendarEntryCreateInput!, $broken: CalendarEntryCreateInput!) {
        first: calendarEntryCreate(input: $ok) { calendarEntry { id } }
        second: calendarEntryCreate(input: $broken) { calendarEntry { id } } }";
    let variables = json!({ "ok": entry(&app, "Stored", None), "broken": entry(&app, "Broken", None) });
    let answer = planner.send(both, variables).await.json();
    assert!(answer["data"]["first"]["calendarEntry"]["id"].is_string(), "{answer}");
    assert_eq!(
        (&answer["data"]["second"], &answer["errors"][0]["path"]),
        (&Value::Null, &json!(["second"])),
        "{answer}"
    );
    assert_eq!(answer["errors"][0]["extensions"]["code"], "INTERNAL_SERVER_ERROR", "{answer}");
    assert_eq!(rows.count("calendar_entry").await, entries + 2);

    let sdl = graphql::schema::sdl();
    let mutation = sdl.split("\ntype Mutation {").nth(1).and_then(|it| it.split("\n}").next()).expect("mutations");
    let payloads = mutation.lines().filter_map(|it| it.rsplit_once("): ")).map(|it| it.1);
    let (nullable, others): (Vec<_>, Vec<_>) = payloads.partition(|it| it.ends_with("Payload"));
    assert!(nullable.len() > 100 && others.is_empty(), "{others:?}");
}

async fn eight_senders_of_one_key_make_one_object(app: TestApp) {
    let (rows, replica) = (app.database.rows().await, app.replica().await.expect("a second server"));
    let (entries, before) = (rows.count("calendar_entry").await, trail(&rows).await);
    let token = app.token("planner@ostallgaeu");
    let clients: Vec<_> =
        (0..8)
            .map(|it| {
                if it % 2 == 0 { app.server().client(Some(token.clone())) } else { replica.client(Some(token.clone())) }
            })
            .collect();
    let answers = join_all(clients.iter().map(|it| create(it, entry(&app, "At once", Some("key-8"))))).await;
    let texts: BTreeSet<_> = answers.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(texts.len(), 1, "{texts:?}");
    assert_eq!(answers[0].1["userErrors"], json!([]));
    assert_eq!(rows.count("calendar_entry").await, entries + 1);
    assert_eq!(trail(&rows).await, (before.0 + 1, before.1 + 1));
}

async fn a_key_belongs_to_one_input_and_one_person(app: TestApp) {
    let planner = app.actor("planner@ostallgaeu");
    let (_, first) = create(&planner, entry(&app, "Mine", Some("shared key"))).await;
    let (_, other) = create(&planner, entry(&app, "Other", Some("shared key"))).await;
    assert_eq!((codes(&other), &other["calendarEntry"]), (vec!["IDEMPOTENCY_MISMATCH"], &Value::Null));
    assert_eq!(other["userErrors"][0]["field"], "idempotencyKey");
    let calendar =
        json!({ "tenant": app.world.id("tenant.ostallgaeu"), "name": "Mine", "idempotencyKey": "shared key" });
    let elsewhere = planner.try_mutate("calendarCreate", calendar, "calendar { id }").await;
    assert_eq!(codes(&elsewhere), ["IDEMPOTENCY_MISMATCH"], "another mutation is another input");
    let (_, colleague) = create(&app.actor("counsellor@ostallgaeu"), entry(&app, "Mine", Some("shared key"))).await;
    assert_eq!(colleague["userErrors"], json!([]));
    assert_ne!(colleague["calendarEntry"]["id"], first["calendarEntry"]["id"]);
}

async fn keys_have_a_length(app: TestApp) {
    let planner = app.actor("planner@ostallgaeu");
    for (length, expected) in [(0, vec!["REQUIRED"]), (1, vec![]), (128, vec![]), (129, vec!["TOO_LONG"])] {
        let (_, payload) = create(&planner, entry(&app, "Long", Some(&"k".repeat(length)))).await;
        assert_eq!(codes(&payload), expected, "{length}");
    }
}

async fn a_refused_mutation_leaves_its_key_free(app: TestApp) {
    let planner = app.actor("planner@ostallgaeu");
    let (_, refused) = create(&planner, entry(&app, " ", Some("again"))).await;
    assert_eq!(codes(&refused), ["REQUIRED"]);
    let (_, made) = create(&planner, entry(&app, "Mended", Some("again"))).await;
    assert_eq!(made["userErrors"], json!([]));
    // Refused by the database itself, after the key was claimed.
    let calendar =
        |name| json!({ "tenant": app.world.id("tenant.ostallgaeu"), "name": name, "idempotencyKey": "calendar" });
    let taken = planner.try_mutate("calendarCreate", calendar("oal.office"), "calendar { id }").await;
    assert_eq!(codes(&taken), ["NOT_UNIQUE"]);
    planner.mutate("calendarCreate", calendar("A free name"), "calendar { id }").await;
}

const SELECTION: &str = "calendar { version description }";

fn update(app: &TestApp, version: i32, description: &str) -> Value {
    json!({ "id": app.world.id("calendar.oal.office"), "version": version, "description": description })
}

async fn of_two_updates_one_wins_and_the_other_learns_the_current_state(app: TestApp) {
    let (planner, rows) = (app.actor("planner@ostallgaeu"), app.database.rows().await);
    let won = planner.mutate("calendarUpdate", update(&app, 1, "first"), SELECTION).await;
    assert_eq!(won["calendar"], json!({ "version": 2, "description": "first" }));
    let after = rows.dump().await;
    for version in [0, -1, i32::MIN] {
        let refused = planner.try_mutate("calendarUpdate", update(&app, version, "second"), SELECTION).await;
        assert_eq!((said(&refused), &refused["calendar"]), (vec!["INVALID version".to_owned()], &Value::Null));
        let told = format!("Versions begin with 1, not with {version}; name the version that you last read.");
        assert_eq!(refused["userErrors"][0]["message"], told);
    }
    for version in [1, 3, i32::MAX] {
        let lost = planner.try_mutate("calendarUpdate", update(&app, version, "second"), SELECTION).await;
        assert_eq!(codes(&lost), ["STALE_VERSION"], "{version}");
        assert_eq!(lost["userErrors"][0]["field"], "version");
        assert_eq!(lost["calendar"], json!({ "version": 2, "description": "first" }));
    }
    assert_eq!(rows.dump().await, after);
    planner.mutate("calendarUpdate", update(&app, 2, "second"), SELECTION).await;
}

async fn of_two_updates_at_once_exactly_one_wins(app: TestApp) {
    let (planner, rows) = (app.actor("planner@ostallgaeu"), app.database.rows().await);
    let before = trail(&rows).await;
    let words = ["a", "b", "c", "d", "e", "f"];
    let sent = words.map(|it| planner.try_mutate("calendarUpdate", update(&app, 1, it), SELECTION));
    let payloads = join_all(sent).await;
    let won: Vec<_> = payloads.iter().filter(|it| it["userErrors"] == json!([])).collect();
    assert_eq!(won.len(), 1, "{payloads:?}");
    for payload in &payloads {
        assert!(codes(payload).iter().all(|it| *it == "STALE_VERSION"), "{payload}");
        assert_eq!(payload["calendar"], won[0]["calendar"], "the others learn what stands now");
    }
    assert_eq!(won[0]["calendar"]["version"], 2);
    assert_eq!(trail(&rows).await, (before.0 + 1, before.1 + 1));
}

async fn mutations_of_one_document_run_in_order(app: TestApp) {
    let id = app.world.id("calendar.oal.office");
    let one = |name: &str, version: i32| {
        format!(
            "{name}: calendarUpdate(input: {{ id: \"{id}\", version: {version}, description: \"{name}\" }}) \
             {{ calendar {{ version description }} userErrors {{ code }} }} "
        )
    };
    let document = format!("mutation {{ {} {} {} {} }}", one("a", 1), one("b", 2), one("late", 2), one("c", 3));
    let data = app.actor("planner@ostallgaeu").ask(&document).await.data();
    let state = |version, text| json!({ "version": version, "description": text });
    assert_eq!(data["a"], json!({ "calendar": state(2, "a"), "userErrors": [] }));
    assert_eq!(data["b"], json!({ "calendar": state(3, "b"), "userErrors": [] }));
    assert_eq!(data["late"], json!({ "calendar": state(3, "b"), "userErrors": [{ "code": "STALE_VERSION" }] }));
    assert_eq!(data["c"], json!({ "calendar": state(4, "c"), "userErrors": [] }));
    let keys: Vec<_> = data.as_object().expect("an object").keys().cloned().collect();
    assert_eq!(keys.len(), 4);
}

async fn every_mutation_leaves_one_audit_row_and_one_event(app: TestApp) {
    let rows = app.database.rows().await;
    let mut walked = BTreeSet::new();
    let mut walk = walk::Walk::new(&app);
    while let Some(step) = walk.next().await {
        let before = trail(&rows).await;
        walk.run(&step).await;
        // Of an import: the calendar, and each entry, here one. Of a proposal: it, and the entry that it changes or the
        // proposal that it answers.
        let (audits, events) = match step.mutation {
            "calendarImport" => (1, 2),
            "changeProposalAccept" | "changeProposalCounter" => (2, 2),
            // The proposal, and the record that is merged.
            "mergeProposalAccept" => (2, 2),
            // The release, and the dataset that is public with it.
            "datasetReleaseApprove" => (1, 2),
            // The part, and its day in the calendar.
            "milestoneCreate" | "milestoneUpdate" | "obligationCreate" | "obligationWaive" => (1, 2),
            // Who left, and the project that is seen by others now.
            "projectPartnerRemove" => (1, 2),
            _ => (1, 1),
        };
        assert_eq!(trail(&rows).await, (before.0 + audits, before.1 + events), "{}", step.mutation);
        let last = rows.list("SELECT action FROM audit_event ORDER BY id DESC LIMIT 1").await;
        assert_eq!(last, [step.mutation]);
        walked.insert(step.mutation);
    }
    assert_eq!(walked, walk::in_schema().iter().map(String::as_str).collect(), "every mutation was walked");
    assert_eq!(MUTATIONS.len(), walked.len());
    the_trail_refers_by_global_ids(&app).await;
}

/// Every event that anybody sees: no id of the store leaves, each event has an id of its own, and comments and tickets say
/// what they are about.
async fn the_trail_refers_by_global_ids(app: &TestApp) {
    let query = "query($after: String) { auditEvents(first: 100, after: $after) { pageInfo { hasNextPage endCursor }
        nodes { id action objectType objectId agreementId before after question requestId } } }";
    let (mut seen, mut comments) = (0, 0);
    for tenant in ["kaufbeuren", "ostallgaeu", "memmingen", "lindau"] {
        let auditor = app.actor(&format!("admin@{tenant}"));
        let mut after = Value::Null;
        loop {
            let page = auditor.send(query, json!({ "after": after })).await.data()["auditEvents"].clone();
            let nodes = page["nodes"].as_array().expect("nodes").clone();
            for event in &nodes {
                let text = [&event["before"], &event["after"], &event["question"]].map(Value::to_string).join(" ");
                let raw = text.split('"').find(|it| it.len() == 36 && uuid::Uuid::try_parse(it).is_ok());
                assert_eq!(raw, None, "{event}");
                if ["CoordinationComment", "FileTicket"].contains(&event["objectType"].as_str().unwrap_or_default()) {
                    assert_ne!(event["objectId"], Value::Null, "{event}");
                    comments += 1;
                }
            }
            let ids: Vec<_> = nodes.iter().map(|it| it["id"].clone()).collect();
            let found = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";
            let events: Vec<_> = ids.iter().map(|it| json!({ "__typename": "AuditEvent", "id": it })).collect();
            assert_eq!(auditor.send(found, json!({ "ids": ids })).await.data()["nodes"], json!(events));
            let nobody: Vec<_> = ids.iter().map(|_| Value::Null).collect();
            let planner = app.actor(&format!("planner@{tenant}"));
            assert_eq!(planner.send(found, json!({ "ids": ids })).await.data()["nodes"], json!(nobody));
            seen += nodes.len();
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    }
    assert!(seen > 100 && comments > 0, "{seen} events, {comments} about something else");
}

async fn a_refused_mutation_changes_nothing(app: TestApp) {
    let rows = app.database.rows().await;
    let mut walk = walk::Walk::new(&app);
    while let Some(step) = walk.next().await {
        let before = rows.dump().await;
        // Who reads may have programs and files that do so.
        let readers_may = ["feedCreate", "datasetDownloadTicket", "projectDownloadTicket"].contains(&step.mutation);
        let reader = if readers_may { "auditor@ostallgaeu" } else { "viewer@ostallgaeu" };
        for subject in [reader, "admin@lindau", "nobody@nowhere"] {
            let payload = app.actor(subject).try_mutate(step.mutation, step.input.clone(), step.selection).await;
            let refused = codes(&payload);
            assert!(
                refused.len() == 1 && ["FORBIDDEN", "NOT_FOUND"].contains(&refused[0]),
                "{} by {subject}: {payload}",
                step.mutation
            );
        }
        // Who did not sign in learns that alone, before anything is read.
        let mut wrong = step.input.clone();
        for (_, value) in wrong.as_object_mut().expect("an object").iter_mut().filter(|it| it.1.is_string()) {
            if let Some((prefix, _)) = value.as_str().and_then(|it| it.split_once('_')).filter(|it| it.0.len() == 3) {
                *value = json!(format!("{prefix}_{}", "0".repeat(26)));
            }
        }
        for input in [step.input.clone(), wrong] {
            let payload = app.anonymous().try_mutate(step.mutation, input, step.selection).await;
            let told: Vec<_> = codes(&payload);
            assert_eq!(
                (told, &payload["userErrors"][0]["field"]),
                (vec!["UNAUTHENTICATED"], &Value::Null),
                "{payload}"
            );
        }
        if step.input["version"].is_number() {
            let mut input = step.input.clone();
            input["version"] = json!(77);
            let payload = app.actor(step.subject).try_mutate(step.mutation, input.clone(), step.selection).await;
            assert_eq!(codes(&payload), ["STALE_VERSION"], "{}", step.mutation);
            let object = step.selection.split(' ').next().unwrap_or_default();
            assert!(payload[object].is_object(), "{} shows what stands now: {payload}", step.mutation);
            for version in [0, -1] {
                input["version"] = json!(version);
                let payload = app.actor(step.subject).try_mutate(step.mutation, input.clone(), step.selection).await;
                assert_eq!(said(&payload), ["INVALID version"], "{}: {version}", step.mutation);
            }
        }
        if step.mutation.ends_with("Update") {
            let mut empty = step.input.clone();
            let given = empty.as_object_mut().expect("an object");
            given.retain(|name, _| ["id", "version", "apply", "occurrence"].contains(&name.as_str()));
            let payload = app.actor(step.subject).mutate(step.mutation, empty, step.selection).await;
            let object = step.selection.split(' ').next().unwrap_or_default();
            assert_eq!(payload[object]["version"], step.input["version"], "{} without a value", step.mutation);
        }
        assert_eq!(rows.dump().await, before, "{} left something", step.mutation);
        walk.run(&step).await;
    }
}
