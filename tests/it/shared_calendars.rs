//! The first whole path: what a partner sees of a shared calendar, and what not.

use serde_json::{Value, json};
use verbund_tests::{Case, Client, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["shared_calendars"; a_partner_sees_each_entry_at_its_level, the_outsider_sees_only_what_is_public]
}

const FEBRUARY: &str = r#"{ calendarEntries(between: {start: "2027-02-01T00:00:00Z", end: "2027-03-01T00:00:00Z"}, first: 100) {
    totalCount nodes { __typename id calendar { name } ... on CalendarEntrySummary { title }
    ... on CalendarEntryFull { title description location } } } }"#;

/// Name and type of each entry that a client sees in February.
async fn seen(app: &TestApp, client: &Client) -> Vec<(String, String)> {
    let data = client.ask(FEBRUARY).await.data();
    let nodes = data["calendarEntries"]["nodes"].as_array().expect("nodes").clone();
    assert_eq!(data["calendarEntries"]["totalCount"], json!(nodes.len()), "the count counts what is listed");
    let name = |id: &Value| {
        let id = id.as_str().expect("an id");
        let found = app.world.all("entry.").find(|(_, it)| *it == id).expect("an entry of the world");
        found.0.trim_start_matches("entry.").to_owned()
    };
    nodes
        .iter()
        .map(|it| (name(&it["id"]), it["__typename"].as_str().expect("a type").replace("CalendarEntry", "")))
        .collect()
}

fn list(entries: &[(&str, &str)]) -> Vec<(String, String)> {
    entries.iter().map(|(name, level)| ((*name).to_owned(), (*level).to_owned())).collect()
}

async fn a_partner_sees_each_entry_at_its_level(app: TestApp) {
    let planner = app.actor("planner@kaufbeuren");
    let expected = [
        ("oal.counselling.day", "Summary"),
        ("oal.orientation.fair", "Busy"),
        ("oal.public.forum", "Full"),
        ("oal.public.partner", "Full"),
        ("kf.counselling.day", "Full"),
        ("kf.counselling.secret", "Full"),
    ];
    assert_eq!(seen(&app, &planner).await, list(&expected));
    let memmingen = [
        ("oal.orientation.fair", "Full"),
        ("oal.orientation.idea", "Full"),
        ("oal.newcomers.workshop", "Full"),
        ("oal.public.forum", "Full"),
        ("mm.plan.day", "Full"),
        ("mm.plan.secret", "Full"),
    ];
    assert_eq!(seen(&app, &app.actor("viewer@memmingen")).await, list(&memmingen));
}

async fn the_outsider_sees_only_what_is_public(app: TestApp) {
    let expected = list(&[("oal.public.forum", "Full")]);
    assert_eq!(seen(&app, &app.actor("admin@lindau")).await, expected);
    assert_eq!(seen(&app, &app.anonymous()).await, expected);
}
