//! Entries: what they say, how they change, and how they are called off.

use serde_json::{Value, json};
use verbund_tests::client::said;
use verbund_tests::{Case, TestApp, cases};

use super::{calendar, entry, sees};

pub fn cases() -> Vec<Case> {
    cases!["calendars::entries";
        an_entry_is_made_with_its_defaults,
        an_entry_keeps_what_it_was_made_with,
        a_change_leaves_what_it_does_not_name,
        null_clears_what_may_be_empty_and_nothing_else,
        everything_wrong_with_an_entry_is_told_at_once,
        an_entry_is_never_wider_than_its_calendar,
        an_idea_is_nothing_to_who_sees_only_that_time_is_taken,
        an_entry_that_was_called_off_is_told_to_who_saw_what_it_was,
        an_entry_that_was_called_off_changes_no_more,
        the_field_of_work_is_the_calendars_where_it_has_one,
        an_entry_of_a_general_calendar_may_have_any_field_of_work,
    ]
}

const WHOLE: &str =
    "calendarEntry { title description kind status confidentiality fieldOfWork { key } location organiser
    targetGroups registrationUrl place { id } cancelReason source timeZone start version createdAt updatedAt
    calendar { name } tenant { slug } viewerCan { update cancel } }";

async fn create(app: &TestApp, calendar: &str, more: Value) -> Value {
    let mut input = json!({ "calendar": calendar, "title": "Neu", "time": { "allDay": { "firstDay": "2027-04-01" } } });
    input.as_object_mut().expect("an input").extend(more.as_object().cloned().unwrap_or_default());
    app.actor("planner@ostallgaeu").try_mutate("calendarEntryCreate", input, WHOLE).await
}

async fn update(app: &TestApp, id: &str, version: i32, change: Value) -> Value {
    let mut input = json!({ "id": id, "version": version });
    input.as_object_mut().expect("an input").extend(change.as_object().cloned().unwrap_or_default());
    app.actor("planner@ostallgaeu").try_mutate("calendarEntryUpdate", input, WHOLE).await
}

async fn cancel(app: &TestApp, id: &str, version: i32) -> Value {
    let input = json!({ "id": id, "version": version, "reason": "Krankheit" });
    app.actor("planner@ostallgaeu").try_mutate("calendarEntryCancel", input, WHOLE).await
}

fn everything(app: &TestApp) -> Value {
    json!({
        "title": "Berufswahlmesse", "description": "Zwei\nZeilen", "kind": "FAIR", "status": "TENTATIVE",
        "confidentiality": "INTERNAL", "fieldOfWork": app.world.id("field.orientation"), "location": "Stadtsaal",
        "organiser": "Bildungsbüro", "targetGroups": ["Klasse 8", "Eltern"],
        "registrationUrl": "https://example.org/messe",
    })
}

async fn an_entry_is_made_with_its_defaults(app: TestApp) {
    let made = create(&app, app.world.id("calendar.oal.counselling"), json!({ "title": "  Neu " })).await;
    let now = "2027-01-15T10:00:00+00:00";
    let expected = json!({
        "title": "Neu", "description": null, "kind": "OTHER", "status": "CONFIRMED", "confidentiality": "PARTNER",
        "fieldOfWork": { "key": "counselling" }, "location": null, "organiser": null, "targetGroups": [],
        "registrationUrl": null, "place": null, "cancelReason": null, "source": null, "timeZone": "Europe/Berlin",
        "start": "2027-03-31T22:00:00+00:00", "version": 1, "createdAt": now, "updatedAt": now,
        "calendar": { "name": "oal.counselling" }, "tenant": { "slug": "ostallgaeu" },
        "viewerCan": { "update": true, "cancel": true },
    });
    assert_eq!(made, json!({ "calendarEntry": expected, "userErrors": [] }));
}

async fn an_entry_keeps_what_it_was_made_with(app: TestApp) {
    let made = create(&app, app.world.id("calendar.oal.orientation"), everything(&app)).await["calendarEntry"].clone();
    let mut expected = everything(&app);
    expected["fieldOfWork"] = json!({ "key": "orientation" });
    for (name, value) in expected.as_object().expect("an object") {
        assert_eq!(&made[name], value, "{name}");
    }
}

async fn a_change_leaves_what_it_does_not_name(app: TestApp) {
    let calendar = app.world.id("calendar.oal.orientation");
    let id = entry(&app, calendar, "Alt", everything(&app)).await;
    app.at("2027-01-15T11:00:00Z");
    let before = update(&app, &id, 1, json!({ "title": "Alt" })).await["calendarEntry"].clone();
    assert_eq!((&before["version"], &before["updatedAt"]), (&json!(2), &json!("2027-01-15T11:00:00+00:00")));
    assert_eq!(before["createdAt"], "2027-01-15T10:00:00+00:00");
    let changes = json!({
        "title": "Neu", "description": "Text", "kind": "MEETING", "status": "CONFIRMED", "confidentiality": "PARTNER",
        "location": "Rathaus", "organiser": "Jobcenter", "targetGroups": ["Alle"],
        "registrationUrl": "http://example.org/",
    });
    // One at a time: it changes, and nothing beside it.
    let mut expected = before;
    for (version, (name, value)) in (2..).zip(changes.as_object().expect("an object")) {
        let after = update(&app, &id, version, json!({ name: value })).await["calendarEntry"].clone();
        expected[name] = value.clone();
        expected["version"] = json!(version + 1);
        assert_eq!(after, expected, "{name}");
    }
    let time = json!({ "time": { "timed": { "start": "2027-04-02T09:00", "end": "2027-04-02T10:00" } } });
    let after = update(&app, &id, 11, time).await["calendarEntry"].clone();
    expected["start"] = json!("2027-04-02T07:00:00+00:00");
    expected["version"] = json!(12);
    assert_eq!(after, expected);
}

async fn null_clears_what_may_be_empty_and_nothing_else(app: TestApp) {
    let id = entry(&app, app.world.id("calendar.oal.orientation"), "Alt", everything(&app)).await;
    let cleared = json!({
        "description": null, "location": null, "organiser": null, "targetGroups": null, "registrationUrl": null,
        "place": null, "fieldOfWork": null,
    });
    let after = update(&app, &id, 1, cleared).await["calendarEntry"].clone();
    for name in ["description", "location", "organiser", "registrationUrl", "place"] {
        assert_eq!(after[name], Value::Null, "{name}");
    }
    assert_eq!(after["targetGroups"], json!([]));
    assert_eq!(after["fieldOfWork"], json!({ "key": "orientation" }), "which is the calendar's");
    assert_eq!((&after["title"], &after["kind"]), (&json!("Berufswahlmesse"), &json!("FAIR")));
    let required = json!({ "title": null, "kind": null, "status": null, "confidentiality": null, "time": null });
    let expected = ["title", "kind", "status", "confidentiality", "time"].map(|it| format!("REQUIRED {it}"));
    assert_eq!(said(&update(&app, &id, 2, required).await), expected);
}

async fn everything_wrong_with_an_entry_is_told_at_once(app: TestApp) {
    let calendar = app.world.id("calendar.oal.orientation");
    let wrong = json!({
        "title": "t".repeat(201), "time": { "allDay": { "firstDay": "2027-04-02", "lastDay": "2027-04-01" } },
        "description": "d".repeat(10_001), "location": "l".repeat(301), "organiser": "o".repeat(301),
        "registrationUrl": "ftp://example.org", "targetGroups": vec!["g"; 21], "confidentiality": "PUBLIC",
        "fieldOfWork": app.world.id("field.counselling"), "place": "lpl_00000000000000000000000000",
    });
    let expected = [
        "OUT_OF_RANGE time.allDay.lastDay",
        "TOO_LONG title",
        "TOO_LONG description",
        "TOO_LONG location",
        "TOO_LONG organiser",
        "INVALID registrationUrl",
        "LIMIT_REACHED targetGroups",
        "OUT_OF_RANGE confidentiality",
        "INVALID fieldOfWork",
        "NOT_FOUND place",
    ];
    let made = create(&app, calendar, wrong.clone()).await;
    assert_eq!((said(&made), &made["calendarEntry"]), (expected.map(str::to_owned).to_vec(), &Value::Null));
    let id = app.world.id("entry.oal.orientation.fair");
    assert_eq!(said(&update(&app, id, 1, wrong).await), expected, "a change is checked alike");
    let groups = create(&app, calendar, json!({ "targetGroups": [" ", "g".repeat(101), "ok"] })).await;
    assert_eq!(said(&groups), ["REQUIRED targetGroups", "TOO_LONG targetGroups"]);
}

async fn an_entry_is_never_wider_than_its_calendar(app: TestApp) {
    for (calendar, wanted, ok) in [
        ("oal.office", "INTERNAL", true),
        ("oal.office", "PARTNER", false),
        ("oal.counselling", "PARTNER", true),
        ("oal.counselling", "PUBLIC", false),
        ("oal.public", "PUBLIC", true),
    ] {
        let id = app.world.id(&format!("calendar.{calendar}"));
        let made = create(&app, id, json!({ "confidentiality": wanted })).await;
        let expected = if ok { vec![] } else { vec!["OUT_OF_RANGE confidentiality"] };
        assert_eq!(said(&made), expected, "{calendar} {wanted}");
    }
    let id = app.world.id("entry.oal.counselling.secret");
    let refused = update(&app, id, 1, json!({ "confidentiality": "PUBLIC" })).await;
    let words = "An entry is never wider than its calendar, which is \"visible to partners\".";
    assert_eq!(refused["userErrors"][0]["message"], words);
    let partner = app.actor("viewer@kaufbeuren");
    assert_eq!(sees(&partner, &[id]).await, ["nothing"]);
    update(&app, id, 1, json!({ "confidentiality": "PARTNER" })).await;
    assert_eq!(sees(&partner, &[id]).await, ["Summary"], "widened, it is shared as its calendar is");
    update(&app, id, 2, json!({ "confidentiality": "INTERNAL" })).await;
    assert_eq!(sees(&partner, &[id]).await, ["nothing"], "narrowed, it is gone at once");
}

async fn an_idea_is_nothing_to_who_sees_only_that_time_is_taken(app: TestApp) {
    // Kaufbeuren sees orientation as BUSY and counselling as SUMMARY.
    let busy = entry(&app, app.world.id("calendar.oal.orientation"), "Idee", json!({ "status": "IDEA" })).await;
    let summary = entry(&app, app.world.id("calendar.oal.counselling"), "Idee", json!({ "status": "IDEA" })).await;
    let (partner, full) = (app.actor("viewer@kaufbeuren"), app.actor("viewer@memmingen"));
    assert_eq!(sees(&partner, &[&busy, &summary]).await, ["nothing", "Summary"]);
    assert_eq!(sees(&full, &[&busy]).await, ["Full"]);
    update(&app, &busy, 1, json!({ "status": "TENTATIVE" })).await;
    assert_eq!(sees(&partner, &[&busy]).await, ["Busy"]);
    update(&app, &busy, 2, json!({ "status": "IDEA" })).await;
    assert_eq!(sees(&partner, &[&busy]).await, ["nothing"]);
}

async fn an_entry_that_was_called_off_is_told_to_who_saw_what_it_was(app: TestApp) {
    let (fair, day) = (app.world.id("entry.oal.orientation.fair"), app.world.id("entry.oal.counselling.day"));
    let (partner, full) = (app.actor("viewer@kaufbeuren"), app.actor("viewer@memmingen"));
    assert_eq!(sees(&partner, &[fair, day]).await, ["Busy", "Summary"]);
    let off = cancel(&app, fair, 1).await["calendarEntry"].clone();
    assert_eq!((&off["status"], &off["cancelReason"]), (&json!("CANCELLED"), &json!("Krankheit")));
    assert_eq!((&off["version"], &off["viewerCan"]), (&json!(2), &json!({ "update": false, "cancel": false })));
    cancel(&app, day, 1).await;
    assert_eq!(sees(&partner, &[fair, day]).await, ["nothing", "Summary"], "its time is free again");
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on CalendarEntrySummary { status }
        ... on CalendarEntryFull { status cancelReason } } }";
    let told = partner.send(query, json!({ "ids": [day] })).await.data();
    assert_eq!(told["nodes"], json!([{ "status": "CANCELLED" }]));
    let told = full.send(query, json!({ "ids": [fair] })).await.data();
    assert_eq!(told["nodes"], json!([{ "status": "CANCELLED", "cancelReason": "Krankheit" }]));
}

async fn an_entry_that_was_called_off_changes_no_more(app: TestApp) {
    let id = app.world.id("entry.oal.office.meeting");
    let refused = update(&app, id, 1, json!({ "status": "CANCELLED" })).await;
    assert_eq!(said(&refused), ["INVALID status"], "that has a mutation of its own");
    cancel(&app, id, 1).await;
    assert_eq!(said(&update(&app, id, 2, json!({ "title": "Doch" })).await), ["CONFLICT id"]);
    assert_eq!(said(&update(&app, id, 2, json!({ "status": "CONFIRMED" })).await), ["CONFLICT id"]);
    assert_eq!(said(&cancel(&app, id, 2).await), ["CONFLICT id"]);
    let stale = cancel(&app, app.world.id("entry.oal.counselling.day"), 7).await;
    assert_eq!(said(&stale), ["STALE_VERSION version"]);
    assert_eq!(stale["calendarEntry"]["status"], "CONFIRMED");
}

async fn the_field_of_work_is_the_calendars_where_it_has_one(app: TestApp) {
    let id = app.world.id("calendar.oal.counselling");
    let own = create(&app, id, json!({ "fieldOfWork": app.world.id("field.counselling") })).await;
    assert_eq!(own["calendarEntry"]["fieldOfWork"], json!({ "key": "counselling" }));
    let other = json!({ "fieldOfWork": app.world.id("field.orientation") });
    assert_eq!(said(&create(&app, id, other.clone()).await), ["INVALID fieldOfWork"]);
    let entry = app.world.id("entry.oal.counselling.day");
    assert_eq!(said(&update(&app, entry, 1, other).await), ["INVALID fieldOfWork"]);
}

async fn an_entry_of_a_general_calendar_may_have_any_field_of_work(app: TestApp) {
    let general = calendar(&app, "General", None, "PARTNER").await;
    let id = entry(&app, &general, "Feld", json!({})).await;
    let field = async |version: i32, change: Value| {
        update(&app, &id, version, change).await["calendarEntry"]["fieldOfWork"].clone()
    };
    let orientation = json!({ "fieldOfWork": app.world.id("field.orientation") });
    assert_eq!(field(1, json!({ "title": "Feld" })).await, Value::Null);
    assert_eq!(field(2, orientation).await, json!({ "key": "orientation" }));
    assert_eq!(field(3, json!({ "title": "Anders" })).await, json!({ "key": "orientation" }), "it stays");
    assert_eq!(field(4, json!({ "fieldOfWork": null })).await, Value::Null);
    let unknown = json!({ "fieldOfWork": "fow_00000000000000000000000000" });
    assert_eq!(said(&update(&app, &id, 5, unknown).await), ["NOT_FOUND fieldOfWork"]);
}
