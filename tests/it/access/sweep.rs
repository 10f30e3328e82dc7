//! The sweep over the world: each of its objects by every door for reading. What is hidden and what does not exist give the
//! same bytes. `id_arguments` sweeps every argument of the schema.

use serde_json::{Value, json};
use verbund_tests::client::unknown;
use verbund_tests::{Case, Client, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["access::sweep";
        hidden_and_unknown_ids_give_the_same_bytes_everywhere,
        no_answer_to_the_outsider_carries_a_hidden_word,
        asking_for_a_hidden_column_finds_nothing,
    ]
}

/// The answer without what must differ: the id itself and the id of the request.
async fn answer(client: &Client, query: &str, variables: Value, id: &str) -> (u16, String) {
    let reply = client.send(query, variables).await;
    let mut text = reply.text.replace(id, "ID");
    if let Some(request) = reply.headers.get("x-request-id") {
        text = text.replace(request, "REQUEST");
    }
    (reply.status, text)
}

async fn hidden_and_unknown_ids_give_the_same_bytes_everywhere(app: TestApp) {
    let queries = [
        "query($id: ID!) { node(id: $id) { __typename id } }",
        "query($id: ID!) { nodes(ids: [$id]) { __typename id } }",
        "query($id: ID!) { explainAccess(node: $id, action: WRITE) { allowed level rule missing } }",
    ];
    let mut compared = 0;
    for client in [app.anonymous(), app.actor("admin@lindau"), app.actor("viewer@kaufbeuren")] {
        for kind in [
            "member.",
            "role.",
            "agreement.",
            "share.",
            "calendar.",
            "entry.",
            "plan.",
            "round.",
            "proposal.",
            "feed.",
            "place.",
            "organisation.",
            "offer.",
            "merge.",
        ] {
            for (name, id) in app.world.all(kind) {
                let known = client.send(queries[0], json!({ "id": id })).await.data();
                if !known["node"].is_null() {
                    continue;
                }
                let other = unknown(id);
                for query in queries {
                    let hidden = answer(&client, query, json!({ "id": id }), id).await;
                    let nothing = answer(&client, query, json!({ "id": other }), &other).await;
                    assert_eq!(hidden, nothing, "{name}: {query}");
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 300, "{compared}");

    let queries = [
        ("entry.", "query($id: ID!) { conflicts(of: {entry: $id}) { totalCount nodes { id } } }"),
        ("round.", "query($id: ID!) { conflicts(of: {round: $id}) { totalCount nodes { id } } }"),
        ("round.", "query($id: ID!) { changeProposals(round: $id) { totalCount nodes { id } } }"),
        ("round.", "query($id: ID!) { coordinationComments(round: $id) { totalCount nodes { key } } }"),
        ("plan.", "query($id: ID!) { annualPlanComparison(plan: $id) { totalCount nodes { kind } } }"),
        ("dataset.", "query($id: ID!) { datasetImports(dataset: $id) { totalCount nodes { id } } }"),
        ("place.", "query($id: ID!) { directoryHistory(of: $id) { totalCount nodes { version } } }"),
        ("organisation.", "query($id: ID!) { directoryHistory(of: $id) { totalCount nodes { version } } }"),
        ("offer.", "query($id: ID!) { directoryHistory(of: $id) { totalCount nodes { version } } }"),
        ("place.", "query($id: ID!) { mergeProposals(filter: {records: [$id]}) { totalCount nodes { id } } }"),
        ("organisation.", "query($id: ID!) { mergeProposals(filter: {records: [$id]}) { totalCount nodes { id } } }"),
        (
            "place.",
            "query($id: ID!) { learningPlaces(filter: {near: {from: {place: $id}}}) { totalCount nodes { id } } }",
        ),
        (
            "place.",
            "query($id: ID!) { educationOffers(filter: {near: {from: {place: $id}}}) { totalCount nodes { id } } }",
        ),
        ("place.", "query($id: ID!) { educationOffers(filter: {places: [$id]}) { totalCount nodes { id } } }"),
        (
            "organisation.",
            "query($id: ID!) { educationOffers(filter: {providers: [$id]}) { totalCount nodes { id } } }",
        ),
        (
            "organisation.",
            "query($id: ID!) { learningPlaces(filter: {organisations: [$id]}) { totalCount nodes { id } } }",
        ),
        (
            "agreement.",
            "query($id: ID!) { coordinationRounds(filter: {agreements: [$id]}) { totalCount nodes { id } } }",
        ),
    ];
    for client in [app.anonymous(), app.actor("admin@lindau"), app.actor("viewer@kaufbeuren")] {
        for (kind, query) in queries {
            for (name, id) in app.world.all(kind) {
                let known = client.send("query($id: ID!) { node(id: $id) { id } }", json!({ "id": id })).await.data();
                if known["node"].is_null() {
                    let other = unknown(id);
                    let hidden = answer(&client, query, json!({ "id": id }), id).await;
                    let nothing = answer(&client, query, json!({ "id": other }), &other).await;
                    assert_eq!(hidden, nothing, "{name}: {query}");
                }
            }
        }
    }
}

/// Everything that can be listed, with every text.
const EVERYTHING: &str = r#"{
    calendars(first: 100, filter: {includeArchived: true}) { totalCount nodes { id name description tenant { slug } } }
    calendarEntries(first: 100, between: {start: "2026-01-01T00:00:00Z", end: "2029-01-01T00:00:00Z"}) { totalCount nodes {
        id calendar { name } ... on CalendarEntrySummary { title }
        ... on CalendarEntryFull { title description location organiser targetGroups } } }
    agenda(first: 100, between: {start: "2026-01-01T00:00:00Z", end: "2029-01-01T00:00:00Z"}) { totalCount nodes { key
        entry { id calendar { name } ... on CalendarEntrySummary { title }
        ... on CalendarEntryFull { title description location organiser targetGroups } } } }
    agreements(first: 100) { totalCount nodes { title } }
    tenants(first: 100) { nodes { slug members(first: 5) { totalCount nodes { name email } }
        incomingShares(first: 5, filter: {includeEnded: true}) { totalCount nodes { reason level } }
        outgoingShares(first: 5, filter: {includeEnded: true}) { totalCount nodes { reason level } } } } }"#;

/// The same by other doors.
const AGAIN: &str = r#"{
    calendarChanges(first: 50) { nodes { entry { id calendar { name } ... on CalendarEntrySummary { title }
        ... on CalendarEntryFull { title description location organiser targetGroups } } } }
    feeds(first: 10, filter: {includeRevoked: true}) { totalCount nodes { name subscriberName } } }"#;

/// The same of the planning.
const PLANS: &str = r#"{
    annualPlans(first: 20) { totalCount nodes { title state calendars { name } rounds { id } snapshots { takenBy } } }
    coordinationRounds(first: 20) { totalCount nodes { year plans { submittedBy plan { title } } } } }"#;

/// The same of the directory.
const DIRECTORY: &str = r#"{
    organisations(first: 20, filter: {includeMerged: true, includeArchived: true}) { totalCount nodes { name description
        contactPerson { name } externalIds { value } mergedFrom { name } } }
    learningPlaces(first: 20, filter: {includeMerged: true, includeArchived: true}) { totalCount nodes { name note
        externalIds { value } organisation { name contactPerson { name } } mergedFrom { name } } }
    educationOffers(first: 20) { totalCount nodes { title description dates { title } provider { name } place { name } } }
    mergeProposals(first: 20) { totalCount nodes { message } } }"#;

/// What a client gets to read by all of them.
async fn everything(client: &Client) -> String {
    let mut all = String::new();
    for query in [EVERYTHING, AGAIN, PLANS, DIRECTORY] {
        all.push_str(&client.ask(query).await.data().to_string());
    }
    all
}

async fn no_answer_to_the_outsider_carries_a_hidden_word(app: TestApp) {
    for client in [app.anonymous(), app.actor("viewer@lindau")] {
        let text = everything(&client).await;
        assert!(text.contains("Title of oal.public.forum"), "what is public is there");
        assert!(
            text.contains("Title of oal.course") && text.contains("Name of oal.library"),
            "what is public is there"
        );
        for (name, _) in app.world.all("entry.") {
            let name = name.trim_start_matches("entry.");
            if name != "oal.public.forum" {
                assert!(!text.contains(&format!("of {name}\"")), "{name}: {text}");
            }
        }
        for word in [
            "of oal.store",
            "of oal.club",
            "of-oal-club",
            "DE-oal-store",
            "of oal.draft",
            "Person of",
            "of merge.",
            "of plan.",
            "of proposal.",
            "of round.",
            "Agreement A",
            "Agreement B",
            "Reason of",
            "planner@",
            "oal.office",
            "kf.counselling",
            "mm.plan",
        ] {
            assert!(!text.contains(word), "{word}: {text}");
        }
    }
    // The partner sees no more of a BUSY or SUMMARY entry than its level, and nothing that is internal.
    let text = everything(&app.actor("admin@kaufbeuren")).await;
    assert!(text.contains("Title of oal.counselling.day") && text.contains("Title of plan.kf"));
    for word in [
        "Description of oal.counselling.day",
        "Location of oal.counselling.day",
        "Organiser of oal.counselling.day",
        "Group of oal.counselling.day",
        "of oal.orientation.fair",
        "of oal.orientation.idea",
        "of oal.newcomers",
        "of oal.office",
        "secret\"},{\"calendar\":{\"name\":\"oal",
        "of oal.store",
        "of oal.club",
        "of oal.draft",
        "Person of oal",
        "Agreement B",
        "of plan.mm",
        "of plan.oal",
    ] {
        assert!(!text.contains(word), "{word}: {text}");
    }
}

async fn asking_for_a_hidden_column_finds_nothing(app: TestApp) {
    let planner = app.actor("planner@kaufbeuren");
    let found = async |filter: Value| {
        let query = "query($filter: CalendarEntryFilter!) { calendarEntries(filter: $filter, first: 100,
            between: {start: \"2027-02-01T00:00:00Z\", end: \"2027-03-01T00:00:00Z\"}) { totalCount nodes { id } } }";
        let data = planner.send(query, json!({ "filter": filter })).await.data();
        let ids: Vec<_> =
            data["calendarEntries"]["nodes"].as_array().expect("nodes").iter().map(|it| it["id"].clone()).collect();
        assert_eq!(data["calendarEntries"]["totalCount"], ids.len());
        // The agenda has the same, by every door.
        let query = "query($filter: CalendarEntryFilter!) { agenda(filter: $filter, first: 100,
            between: {start: \"2027-02-01T00:00:00Z\", end: \"2027-03-01T00:00:00Z\"}) { totalCount nodes { entry { id } } } }";
        let data = planner.send(query, json!({ "filter": filter })).await.data();
        let dates: Vec<_> =
            data["agenda"]["nodes"].as_array().expect("nodes").iter().map(|it| it["entry"]["id"].clone()).collect();
        assert_eq!((dates, data["agenda"]["totalCount"].as_u64()), (ids.clone(), Some(ids.len() as u64)));
        ids
    };
    let busy = json!(app.world.id("entry.oal.orientation.fair"));
    let summary = json!(app.world.id("entry.oal.counselling.day"));
    assert!(found(json!({})).await.contains(&busy));
    // Every entry of the world is a confirmed workshop with this in its title.
    for filter in [
        json!({ "text": "title of oal" }),
        json!({ "kinds": ["WORKSHOP"] }),
        json!({ "statuses": ["CONFIRMED"] }),
        json!({ "fieldsOfWork": [app.world.id("field.orientation"), app.world.id("field.counselling")] }),
    ] {
        let ids = found(filter.clone()).await;
        assert!(ids.contains(&summary), "{filter}");
        assert!(!ids.contains(&busy), "a filter on a hidden column reveals it: {filter}");
    }
    // By what every level shows, it is found.
    assert_eq!(found(json!({ "calendars": [app.world.id("calendar.oal.orientation")] })).await, [busy]);
}
