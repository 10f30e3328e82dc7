//! A right has one answer: what `viewerCan` and `explainAccess` say of an operation is what the mutation answers, for every
//! operation of every resource, for every persona, in every state that the walk through the mutations passes.

use std::collections::{BTreeMap, BTreeSet};

use domain::rights::{Operation, declarations};
use kernel::global_id::{NodeType, parse};
use kernel::ids::new_id;
use serde_json::{Value, json};
use verbund_tests::projects::joint;
use verbund_tests::{Case, Client, TestApp, cases, row_of};

use super::matrix::PERSONAS;
use super::operations::{ELSEWHERE, RIGHTS, Right, WITHOUT, right};
use crate::walk::{MUTATIONS, Walk};

pub fn cases() -> Vec<Case> {
    cases!["access::rights";
        every_operation_has_a_row_and_every_mutation_too,
        every_mutation_is_answered_alike,
        states_are_answered_alike,
        what_nobody_can_do_is_not_allowed,
        who_grants_a_role_sees_and_revokes_it,
        the_last_admin_is_known_before,
    ]
}

/// What a mutation answers that may not be done: anything else is about its input.
const REFUSALS: [&str; 9] = [
    "NOT_FOUND",
    "FORBIDDEN",
    "UNAUTHENTICATED",
    "CONFLICT",
    "ILLEGAL_TRANSITION",
    "AGREEMENT_NOT_ACTIVE",
    "NOT_HELD",
    "LAST_ADMIN",
    "DISCLOSURE",
];

/// `CreateEntries` → `CREATE_ENTRIES`, as the schema names it.
fn name_of(operation: Operation) -> String {
    let mut name = String::new();
    for letter in format!("{operation:?}").chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    name
}

/// `CreateEntries` → `createEntries`, the field of `viewerCan`.
fn field_of(operation: Operation) -> String {
    let name = format!("{operation:?}");
    name[..1].to_lowercase() + &name[1..]
}

/// The list in which an object must be if it is visible; none where there is no list of all.
const fn list_of(node: NodeType) -> Option<&'static str> {
    match node {
        NodeType::Calendar => Some("calendars(first: 100, filter: {includeArchived: true})"),
        NodeType::ExternalCalendar => Some("externalCalendars(first: 100)"),
        NodeType::LearningPlace => {
            Some("learningPlaces(first: 100, filter: {includeArchived: true, includeMerged: true})")
        }
        NodeType::Organisation => {
            Some("organisations(first: 100, filter: {includeArchived: true, includeMerged: true})")
        }
        NodeType::EducationOffer => Some("educationOffers(first: 100)"),
        NodeType::Agreement => Some("agreements(first: 100)"),
        NodeType::AnnualPlan => Some("annualPlans(first: 100)"),
        NodeType::CoordinationRound => Some("coordinationRounds(first: 100)"),
        NodeType::Dataset => Some("datasets(first: 100)"),
        NodeType::Project => Some("projects(first: 100)"),
        _ => None,
    }
}

/// What the server says of an operation on an object before it is tried.
struct Said {
    visible: bool,
    allowed: bool,
    reason: Option<String>,
}

async fn said_of(client: &Client, who: &str, right: &Right, id: &str) -> Said {
    let place = format!("{who}: {:?} {:?} {id}", right.node, right.operation);
    let query = "query($id: ID!, $operation: Operation!) { node(id: $id) { __typename }
        explainAccess(node: $id, operation: $operation) { allowed rule missing reason } }";
    let data = client.send(query, json!({ "id": id, "operation": name_of(right.operation) })).await.data();
    let explained = &data["explainAccess"];
    let visible = data["node"].is_object();
    assert_eq!(visible, explained.is_object(), "{place}");
    if let Some(list) = list_of(right.node) {
        let listed = client.ask(&format!("{{ {list} {{ nodes {{ id }} }} }}")).await.data();
        let lists = listed.as_object().expect("a list").values().next().expect("a list").clone();
        let lists = lists["nodes"].as_array().expect("nodes").iter().any(|it| it["id"] == id);
        assert_eq!(visible, lists, "{place} in the list");
    }
    let allowed = explained["allowed"] == true;
    let kind = data["node"]["__typename"].as_str().unwrap_or_default();
    if visible {
        let can = match kind {
            // Below FULL there is nothing to do with an entry.
            "CalendarEntryBusy" | "CalendarEntrySummary" => false,
            _ => {
                let field = field_of(right.operation);
                let query =
                    format!("query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ viewerCan {{ {field} }} }} }} }}");
                client.send(&query, json!({ "id": id })).await.data()["node"]["viewerCan"][&field] == true
            }
        };
        assert_eq!(can, allowed, "{place}: viewerCan and explainAccess");
        assert_eq!(allowed, explained["reason"].is_null(), "{place}: {explained}");
    }
    Said { visible, allowed, reason: explained["reason"].as_str().map(str::to_owned) }
}

/// Compares what is said with what the mutation answers; false where somebody who may not do it learns of something else. It
/// is sent with a version that is never right.
async fn compare(client: &Client, who: &str, right: &Right, input: &Value, selection: &str) -> bool {
    let Some(id) = input.pointer(right.at).and_then(Value::as_str) else { return false };
    if parse(id).map(|it| it.0) != Some(right.node) {
        return false;
    }
    let said = said_of(client, who, right, id).await;
    if said.allowed && ONCE.contains(&right.mutation) {
        return true;
    }
    let mut input = input.clone();
    if said.allowed && right.mutation == "datasetReleasePropose" {
        // There is no version that could be wrong.
        input["checklist"]["licence"] = json!(false);
    }
    let payload = client.try_mutate(right.mutation, input.clone(), selection).await;
    let code = payload["userErrors"][0]["code"].as_str().unwrap_or("-");
    let field = payload["userErrors"][0]["field"].as_str().unwrap_or("-");
    let place = format!("{who}: {} {:?} {input}: {payload}", right.mutation, right.operation);
    if who == "anyone" {
        assert!(!said.allowed && (code, field) == ("UNAUTHENTICATED", "-"), "{place}");
        return true;
    }
    // What the input lacks in form is said first, to everybody alike. A stale version is looked at last.
    let is_of_object = field == right.at.trim_start_matches('/') || ["-", "STALE_VERSION"].contains(&code);
    if !is_of_object && !REFUSALS.contains(&code) {
        return said.allowed;
    }
    if !said.visible && field == "tenant" {
        // The acting authority is looked at first: an unknown object has the same answer.
        let mut unknown = input.clone();
        *unknown.pointer_mut(right.at).expect("an id") = json!(right.node.id(new_id()).to_string());
        assert_eq!(client.try_mutate(right.mutation, unknown, selection).await, payload, "{place}");
        return true;
    }
    if !said.visible {
        assert!(["NOT_FOUND", "UNAUTHENTICATED"].contains(&code), "{place}");
        return true;
    }
    if right.mutation == "datasetReleaseDecline" {
        // One mutation for two operations: it is refused where both are.
        let other = if right.operation == Operation::Decline { Operation::Withdraw } else { Operation::Decline };
        let other = Right { operation: other, ..*right };
        if said.allowed || said_of(client, who, &other, id).await.allowed {
            assert!(!REFUSALS.contains(&code), "{place}");
        }
        return true;
    }
    match said.reason.as_deref() {
        None => assert!(!REFUSALS.contains(&code) || field != right.at.trim_start_matches('/'), "{place}"),
        // Not a party at all.
        Some("FORBIDDEN") if code == "NOT_FOUND" && field == "tenant" => {}
        Some(reason) => assert_eq!(code, reason, "{place}"),
    }
    true
}

/// Mutations without a version: whoever may do it does it, and then it is done.
const ONCE: [&str; 4] = ["changeProposalCreate", "conflictAcknowledge", "projectMemberRemove", "projectLinkRemove"];

/// Mutations that name the party for which they are sent.
const OF_PARTY: [&str; 8] = [
    "agreementEnd",
    "agreementSign",
    "coordinationCommentCreate",
    "coordinationRoundClose",
    "coordinationRoundStart",
    "projectPartnerAccept",
    "coordinationRoundPublish",
    "coordinationRoundSignOff",
];

/// The input of a step as a persona sends it: for its own authority where several may act, and so that nothing is changed.
fn asked(app: &TestApp, mutation: &str, subject: &str, input: &Value) -> Value {
    let mut input = input.clone();
    if input["version"].is_number() {
        input["version"] = json!(9_999);
    }
    let slug = subject.split('@').nth(1).unwrap_or("ostallgaeu");

    if OF_PARTY.contains(&mutation) {
        input["tenant"] = json!(app.world.id(&format!("tenant.{slug}")));
    }
    if mutation == "calendarImport" {
        input["dryRun"] = json!(true);
    }
    input
}

async fn every_mutation_is_answered_alike(app: TestApp) {
    let clients: Vec<_> = PERSONAS
        .iter()
        .map(|(_, subject)| if subject.is_empty() { app.anonymous() } else { app.actor(subject) })
        .collect();
    let mut tried = BTreeSet::new();
    let mut compared = BTreeMap::new();
    let mut walk = Walk::new(&app);
    while let Some(step) = walk.next().await {
        let rights: Vec<_> = RIGHTS.iter().filter(|it| it.mutation == step.mutation).collect();
        let first = tried.insert(step.mutation);
        if first {
            for right in &rights {
                for (client, (who, subject)) in clients.iter().zip(PERSONAS) {
                    let input = asked(&app, step.mutation, subject, &step.input);
                    let count = compared.entry((right.mutation, right.at)).or_insert(0);
                    *count += usize::from(compare(client, who, right, &input, step.selection).await);
                }
            }
        }
        walk.run(&step).await;
        // Once more in the state that it left.
        for right in rights.iter().filter(|it| first && !ONCE.contains(&it.mutation)) {
            let input = asked(&app, step.mutation, step.subject, &step.input);
            if input["version"].is_number() {
                compare(&app.actor(step.subject), step.subject, right, &input, step.selection).await;
            }
        }
    }
    for (mutation, input, selection) in others(&app).await {
        for right in RIGHTS.iter().filter(|it| it.mutation == mutation && input.pointer(it.at).is_some()) {
            for (client, (who, _)) in clients.iter().zip(PERSONAS) {
                let count = compared.entry((right.mutation, right.at)).or_insert(0);
                *count += usize::from(compare(client, who, right, &input, selection).await);
            }
        }
    }
    let few: Vec<_> = compared.iter().filter(|it| *it.1 < PERSONAS.len()).collect();
    assert_eq!(few, Vec::<(&(&str, &str), &usize)>::new(), "compared for fewer personas");
}

/// Inputs about objects of which the walk has no step.
async fn others(app: &TestApp) -> [(&'static str, Value, &'static str); 3] {
    let id = |name: &str| app.world.id(name).to_owned();
    let projects = app.actor("admin@ostallgaeu").ask("{ projects(first: 1) { nodes { id } } }").await.data();
    let share = |area: &str, object: Value| {
        json!({
            "tenant": id("tenant.ostallgaeu"), "agreement": id("agreement.b"), "area": area, "level": "SUMMARY",
            "object": object,
        })
    };
    let member = json!({
        "tenant": id("tenant.ostallgaeu"), "role": "VIEWER", "to": { "member": id("member.planner@ostallgaeu") },
    });
    [
        ("roleGrantCreate", member, "roleGrant { id }"),
        ("shareCreate", share("DATASETS", json!({ "dataset": id("dataset.oal.survey") })), "share { id }"),
        (
            "shareCreate",
            share("PROJECTS", json!({ "project": projects["projects"]["nodes"][0]["id"] })),
            "share { id }",
        ),
    ]
}

/// An operation on an object in a state that forbids it: what everybody says who has the permission.
async fn refused(app: &TestApp, subject: &str, right: &Right, input: Value, selection: &str, code: &str) {
    let client = app.actor(subject);
    let id = input.pointer(right.at).and_then(Value::as_str).expect("an id");
    let said = said_of(&client, subject, right, id).await;
    assert_eq!(said.reason.as_deref(), Some(code), "{:?} {:?}", right.node, right.operation);
    assert!(
        compare(&client, subject, right, &input, selection).await,
        "{:?} {:?} was compared",
        right.node,
        right.operation
    );
}

async fn states_are_answered_alike(app: TestApp) {
    use {NodeType as N, Operation as O};
    let parts = joint(&app).await;
    let (admin, steward) = (app.actor("admin@ostallgaeu"), app.actor("steward@ostallgaeu"));
    let who = "admin@ostallgaeu";
    let versioned = |id: &Value| json!({ "id": id, "version": 9_999 });
    // A project's calendar and its entries.
    let data = admin.ask("{ calendars(first: 100) { nodes { id project { id } } } }").await.data();
    let calendars = data["calendars"]["nodes"].as_array().expect("calendars");
    let of_project = calendars.iter().find(|it| it["project"].is_object()).expect("a project's calendar")["id"].clone();
    let between = r#"between: {start: "2027-01-01T00:00:00Z", end: "2030-01-01T00:00:00Z"}"#;
    let query = format!(
        "query($id: ID!) {{ calendarEntries({between}, first: 1, filter: {{calendars: [$id]}}) {{ nodes {{ id }} }} }}"
    );
    let data = admin.send(&query, json!({ "id": of_project })).await.data();
    let of_project_entry = data["calendarEntries"]["nodes"][0]["id"].clone();
    let entry_update = right("calendarEntryUpdate", N::CalendarEntry, O::Update, "/id");
    let entry_cancel = right("calendarEntryCancel", N::CalendarEntry, O::Cancel, "/id");
    let calendar_update = right("calendarUpdate", N::Calendar, O::Update, "/id");
    let entry_create = right("calendarImport", N::Calendar, O::CreateEntries, "/calendar");
    let of_entry = "calendarEntry { id }";
    let import = |id: &Value| {
        json!({ "calendar": id, "ics": "BEGIN:VCALENDAR
END:VCALENDAR
", "dryRun": true })
    };
    refused(&app, who, &entry_update, versioned(&of_project_entry), of_entry, "CONFLICT").await;
    refused(&app, who, &entry_cancel, versioned(&of_project_entry), of_entry, "CONFLICT").await;
    refused(&app, who, &calendar_update, versioned(&of_project), "calendar { id }", "CONFLICT").await;
    refused(&app, who, &entry_create, import(&of_project), "calendar { id }", "CONFLICT").await;
    // An external calendar; an internal one is not shared.
    let rows = app.database.rows().await;
    let external = json!(app.world.id("calendar.oal.counselling"));
    let row = rows.id(row_of(external.as_str().expect("an id")));
    assert_eq!(rows.run(&format!("UPDATE calendar SET external = TRUE WHERE id = {row}")).await, 1);
    let day = json!(app.world.id("entry.oal.counselling.day"));
    refused(&app, who, &entry_update, versioned(&day), of_entry, "CONFLICT").await;
    refused(&app, who, &entry_cancel, versioned(&day), of_entry, "CONFLICT").await;
    refused(&app, who, &entry_create, import(&external), "calendar { id }", "CONFLICT").await;
    let share = |object: Value, area: &str| {
        json!({ "tenant": app.world.id("tenant.ostallgaeu"), "agreement": app.world.id("agreement.a"), "area": area,
            "object": object, "level": "FULL" })
    };
    let internal = share(json!({ "calendar": app.world.id("calendar.oal.office") }), "CALENDARS");
    let right_of = right("shareCreate", N::Calendar, O::Share, "/object/calendar");
    refused(&app, who, &right_of, internal, "share { id }", "CONFLICT").await;
    let internal = share(json!({ "dataset": app.world.id("dataset.oal.leavers") }), "DATASETS");
    let right_of = right("shareCreate", N::Dataset, O::Share, "/object/dataset");
    refused(&app, who, &right_of, internal, "share { id }", "CONFLICT").await;
    let internal = share(json!({ "project": parts.id("project.joint") }), "PROJECTS");
    let right_of = right("shareCreate", N::Project, O::Share, "/object/project");
    refused(&app, who, &right_of, internal, "share { id }", "CONFLICT").await;
    // A merged record of either kind. The action as a whole is forbidden as well, though the merge may be reversed.
    let input = json!({ "id": app.world.id("merge.a"), "version": 1 });
    steward.mutate("mergeProposalAccept", input, "mergeProposal { id }").await;
    let merged = json!(app.world.id("place.oal.library"));
    for (mutation, operation) in [("learningPlaceUpdate", O::Update), ("learningPlaceArchive", O::Archive)] {
        let right_of = right(mutation, N::LearningPlace, operation, "/id");
        refused(&app, who, &right_of, versioned(&merged), "learningPlace { id }", "CONFLICT").await;
    }
    let query = "query($id: ID!) { explainAccess(node: $id, action: WRITE) { allowed reason } }";
    let whole = steward.send(query, json!({ "id": merged })).await.data()["explainAccess"].clone();
    assert_eq!(whole, json!({ "allowed": false, "reason": "CONFLICT" }));
    for (mutation, operation) in [("mergeProposalAccept", O::Accept), ("mergeProposalWithdraw", O::Withdraw)] {
        let input = json!({ "id": app.world.id("merge.a"), "version": 9_999 });
        let right_of = right(mutation, N::MergeProposal, operation, "/id");
        let code = if operation == O::Accept { "ILLEGAL_TRANSITION" } else { "FORBIDDEN" };
        refused(&app, who, &right_of, input, "mergeProposal { id }", code).await;
    }
    // What is signed, ended, revoked or waived.
    let input =
        json!({ "id": app.world.id("agreement.a"), "tenant": app.world.id("tenant.ostallgaeu"), "version": 9_999 });
    let right_of = right("agreementSign", N::Agreement, O::Sign, "/id");
    refused(&app, who, &right_of, input, "agreement { id }", "ILLEGAL_TRANSITION").await;
    let shared = json!(app.world.id("share.oal.counselling.a"));
    admin.mutate("shareEnd", json!({ "id": shared, "version": 1 }), "share { id }").await;
    let right_of = right("shareEnd", N::Share, O::End, "/id");
    refused(&app, who, &right_of, versioned(&shared), "share { id }", "CONFLICT").await;
    let feed = json!(app.world.id("feed.planner@ostallgaeu"));
    admin.mutate("feedRevoke", json!({ "id": feed, "version": 1 }), "feed { id }").await;
    let right_of = right("feedRevoke", N::Feed, O::Revoke, "/id");
    refused(&app, who, &right_of, versioned(&feed), "feed { id }", "CONFLICT").await;
    refused(&app, "planner@ostallgaeu", &right_of, versioned(&feed), "feed { id }", "CONFLICT").await;
    let waived = parts.id("obligation.oal");
    let input = json!({ "id": waived, "version": 1, "note": "waived" });
    admin.mutate("obligationWaive", input, "obligation { id }").await;
    let right_of = right("obligationFulfil", N::Obligation, O::Fulfil, "/id");
    refused(&app, who, &right_of, versioned(waived), "obligation { id }", "ILLEGAL_TRANSITION").await;
    // With the agreement ended the partner's parts remain, and nothing is done with them.
    let input = json!({ "id": app.world.id("agreement.a"), "tenant": app.world.id("tenant.ostallgaeu"), "version": 4, "reason": "over" });
    admin.mutate("agreementEnd", input, "agreement { id }").await;
    let partner = "admin@kaufbeuren";
    let right_of = right("fundingUpdate", N::Funding, O::Update, "/id");
    refused(&app, partner, &right_of, versioned(parts.id("funding.kf")), "funding { id }", "AGREEMENT_NOT_ACTIVE")
        .await;
    let right_of = right("agreementEnd", N::Agreement, O::End, "/id");
    let input = json!({ "id": app.world.id("agreement.a"), "tenant": app.world.id("tenant.kaufbeuren"), "version": 9_999, "reason": "over" });
    refused(&app, partner, &right_of, input, "agreement { id }", "ILLEGAL_TRANSITION").await;
}

async fn what_nobody_can_do_is_not_allowed(app: TestApp) {
    let admin = app.actor("admin@ostallgaeu");
    let query =
        "query($id: ID!, $action: Action!) { explainAccess(node: $id, action: $action) { allowed missing reason } }";
    for (name, action) in [
        ("share.oal.counselling.a", "SIGN"),
        ("share.oal.counselling.a", "WRITE"),
        ("entry.oal.counselling.day", "SHARE"),
        ("place.oal.library", "SHARE"),
        ("member.planner@ostallgaeu", "SIGN"),
    ] {
        let data = admin.send(query, json!({ "id": app.world.id(name), "action": action })).await.data();
        let expected = json!({ "allowed": false, "missing": null, "reason": null });
        assert_eq!(data["explainAccess"], expected, "{name} {action}");
    }
}

async fn who_grants_a_role_sees_and_revokes_it(app: TestApp) {
    let limited = "limited@ostallgaeu";
    let grant = |subject: &str, role: &str| {
        json!({
            "tenant": app.world.id("tenant.ostallgaeu"), "role": role, "fieldsOfWork": [app.world.id("field.counselling")],
            "to": { "account": { "issuer": "https://verbund.localhost", "subject": subject, "name": subject } },
        })
    };
    let of_grant = "roleGrant { id }";
    app.actor("admin@ostallgaeu").mutate("roleGrantCreate", grant(limited, "TENANT_ADMIN"), of_grant).await;
    let client = app.actor(limited);
    let query = r#"{ tenant(slug: "ostallgaeu") { members { totalCount } viewerCan { manageMembers seeMembers } } }"#;
    let data = client.ask(query).await.data()["tenant"].clone();
    let none = json!({ "members": { "totalCount": 0 }, "viewerCan": { "manageMembers": false, "seeMembers": false } });
    assert_eq!(data, none);
    let payload = client.try_mutate("roleGrantCreate", grant("new@ostallgaeu", "VIEWER"), of_grant).await;
    assert_eq!(payload["userErrors"][0]["code"], "FORBIDDEN", "{payload}");
}

async fn the_last_admin_is_known_before(app: TestApp) {
    let right = right("roleGrantRevoke", NodeType::RoleGrant, Operation::Revoke, "/id");
    let input = json!({ "id": app.world.id("role.admin@ostallgaeu"), "version": 9_999 });
    refused(&app, "admin@ostallgaeu", &right, input, "roleGrant { id }", "LAST_ADMIN").await;
    let input = json!({ "id": app.world.id("role.planner@ostallgaeu"), "version": 9_999 });
    compare(&app.actor("admin@ostallgaeu"), "admin", &right, &input, "roleGrant { id }").await;
}

async fn every_operation_has_a_row_and_every_mutation_too(_app: TestApp) {
    let told: BTreeSet<_> = RIGHTS.iter().map(|it| format!("{:?} {:?}", it.node, it.operation)).collect();
    let declared: BTreeSet<_> = declarations()
        .flat_map(|it| it.operations.iter().map(move |need| format!("{:?} {:?}", it.node, need.operation)))
        .collect();
    assert_eq!(told, declared);
    let mut mutations: BTreeSet<_> = RIGHTS.iter().map(|it| it.mutation).collect();
    mutations.extend(ELSEWHERE);
    assert_eq!(mutations, MUTATIONS.iter().copied().collect());
    for node in NodeType::ALL {
        let has = RIGHTS.iter().any(|it| it.node == *node);
        assert!(has || WITHOUT.contains(node), "{node:?} is in no table");
    }
}
