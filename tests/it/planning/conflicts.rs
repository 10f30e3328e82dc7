//! Conflicts: what each viewer learns of them, and what they are made of.

use serde_json::{Value, json};
use verbund_tests::client::said;
use verbund_tests::{Case, TestApp, cases};

use super::{Offices, ROUND, conflicts, lines, round_of, when};

pub fn cases() -> Vec<Case> {
    cases!["planning::conflicts";
        a_conflict_never_tells_more_than_its_sides,
        a_series_meets_each_of_its_dates_and_is_one_conflict,
        what_takes_no_time_is_in_nobodys_way,
        free_slots_are_free,
        another_time_is_another_conflict,
        the_cost_of_an_entrys_conflicts_does_not_grow_with_the_plan,
        what_is_no_conflict_cannot_be_acknowledged,
        pages_have_every_conflict_once,
        what_comes_from_elsewhere_is_planned_around,
        open_conflicts_are_those_that_forbid_the_sign_off,
        what_forbids_sign_offs_of_many_rounds_is_read_together,
    ]
}

const HALL: &str = "Kulturzentrum, Großer Saal";

async fn a_conflict_never_tells_more_than_its_sides(app: TestApp) {
    let offices = Offices::open(&app).await;
    let hall = json!({ "location": HALL, "audiences": ["PUPILS"] });
    let own = offices.entry("oal", "Messe", "2027-05-04T09:00/2027-05-04T15:00", hall.clone()).await;
    let theirs = offices.entry("kf", "Messe", "2027-05-04T10:00/2027-05-04T14:00", hall).await;
    let round = offices.in_coordination().await;
    let of = json!({ "round": round });
    let full = [
        "HIGH SAME_AUDIENCE: Messe | Messe",
        "HIGH SAME_PLACE: Messe | Messe",
        "MEDIUM DUPLICATE_TOPIC: Messe | Messe",
    ];
    assert_eq!(lines(&conflicts(&offices.oal, of.clone()).await), full);
    assert_eq!(lines(&conflicts(&offices.oal, json!({ "entry": own })).await), full);
    // A summary has a title and a field of work, neither place nor audience.
    let share = reshare(&app, &offices, &offices.kf_share, Some("SUMMARY")).await;
    assert_eq!(lines(&conflicts(&offices.oal, of.clone()).await), ["MEDIUM DUPLICATE_TOPIC: Messe | Messe"]);
    // Only that time is taken: nothing is known that could collide.
    let share = reshare(&app, &offices, &share, Some("BUSY")).await;
    assert_eq!(lines(&conflicts(&offices.oal, of.clone()).await), Vec::<String>::new());
    // Not shared any more: as if it was not there, while its owner, who sees both, still knows.
    reshare(&app, &offices, &share, None).await;
    assert_eq!(conflicts(&offices.oal, of.clone()).await, Vec::<Value>::new());
    assert_eq!(lines(&conflicts(&offices.kf, of).await), full);
    // Unknown and hidden are the same, for a round and for an entry.
    let query = "query($of: ConflictsOf!) { conflicts(of: $of) { nodes { id } } }";
    let outsider = app.actor("planner@lindau");
    let hidden = outsider.send(query, json!({ "of": { "round": round } })).await;
    let unknown = outsider.send(query, json!({ "of": { "round": "rnd_01h455vb4pex5vsknk084sn02q" } })).await;
    assert_eq!(hidden.refusals(), unknown.refusals());
    let hidden = outsider.send(query, json!({ "of": { "entry": theirs } })).await;
    let unknown = outsider.send(query, json!({ "of": { "entry": "cen_01h455vb4pex5vsknk084sn02q" } })).await;
    assert_eq!(hidden.refusals(), unknown.refusals());
}

/// Ends a share of Kaufbeuren's and makes another at a level, or none.
pub(super) async fn reshare(app: &TestApp, offices: &Offices<'_>, share: &str, level: Option<&str>) -> String {
    let admin = app.actor("admin@kaufbeuren");
    admin.mutate("shareEnd", json!({ "id": share, "version": 1 }), "share { id }").await;
    let Some(level) = level else { return String::new() };
    let input = json!({
        "tenant": offices.tenant("kaufbeuren"), "agreement": app.world.id("agreement.a"), "area": "CALENDARS",
        "object": { "calendar": offices.kf_calendar }, "level": level,
    });
    let made = admin.mutate("shareCreate", input, "share { id }").await;
    made["share"]["id"].as_str().expect("an id").to_owned()
}

async fn a_series_meets_each_of_its_dates_and_is_one_conflict(app: TestApp) {
    let offices = Offices::open(&app).await;
    let weekly = json!({ "location": HALL, "recurrence": { "rule": "FREQ=WEEKLY;COUNT=4" } });
    offices.entry("oal", "Sprechstunde", "2027-05-04T09:00/2027-05-04T10:00", weekly.clone()).await;
    offices.entry("kf", "Chorprobe", "2027-05-11T09:30/2027-05-11T10:30", weekly).await;
    let round = offices.in_coordination().await;
    let found = conflicts(&offices.oal, json!({ "round": round })).await;
    assert_eq!(lines(&found), ["HIGH SAME_PLACE: Chorprobe | Sprechstunde"]);
    assert_eq!((&found[0]["dates"], &found[0]["sides"][0]["startLocal"]), (&json!(3), &json!("2027-05-11T09:00:00")));
}

async fn what_takes_no_time_is_in_nobodys_way(app: TestApp) {
    let offices = Offices::open(&app).await;
    let hall = json!({ "location": HALL });
    offices.entry("oal", "Messe", "2027-05-04T09:00/2027-05-04T15:00", hall.clone()).await;
    let idea = json!({ "location": HALL, "status": "IDEA" });
    offices.entry("kf", "Idee", "2027-05-04T09:00/2027-05-04T15:00", idea).await;
    let off = offices.entry("kf", "Fällt aus", "2027-05-04T09:00/2027-05-04T15:00", hall.clone()).await;
    offices.kf.mutate("calendarEntryCancel", json!({ "id": off, "version": 1 }), "calendarEntry { id }").await;
    // The end is exclusive: one after the other is no conflict.
    offices.entry("kf", "Danach", "2027-05-04T15:00/2027-05-04T16:00", hall).await;
    let round = offices.in_coordination().await;
    assert_eq!(conflicts(&offices.oal, json!({ "round": round })).await, Vec::<Value>::new());
}

async fn free_slots_are_free(app: TestApp) {
    let offices = Offices::open(&app).await;
    let hall = json!({ "location": HALL });
    // The Monday before the closure of the first two days of March 2027.
    let own = offices.entry("oal", "Prüfung", "2027-02-26T09:00/2027-02-26T12:00", hall.clone()).await;
    for day in ["2027-02-26", "2027-02-25", "2027-03-03"] {
        offices.entry("kf", &format!("Probe {day}"), &format!("{day}T08:00/{day}T13:00"), hall.clone()).await;
    }
    let found = conflicts(&offices.oal, json!({ "entry": own })).await;
    let side = found[0]["sides"].as_array().expect("sides").iter().find(|it| it["entry"]["id"] == own.as_str());
    let slots: Vec<_> = side.expect("a side")["freeSlots"]
        .as_array()
        .expect("slots")
        .iter()
        .map(|it| it["startLocal"].clone())
        .collect();
    // Neither weekends nor taken days nor the closure; the nearest first.
    let expected = [
        "2027-02-24T09:00:00",
        "2027-02-23T09:00:00",
        "2027-02-22T09:00:00",
        "2027-03-04T09:00:00",
        "2027-03-05T09:00:00",
    ];
    let mut sorted = slots.clone();
    sorted.sort_by_key(|it| it.as_str().map(str::to_owned));
    let mut wanted = expected.to_vec();
    wanted.sort_unstable();
    assert_eq!(sorted, wanted);
    assert_eq!(slots[0], expected[0]);
    // Moved to one of them, it meets nothing.
    let input = json!({ "id": own, "version": 1, "time": when("2027-03-04T09:00/2027-03-04T12:00") });
    offices.oal.mutate("calendarEntryUpdate", input, "calendarEntry { id }").await;
    assert_eq!(conflicts(&offices.oal, json!({ "entry": own })).await, Vec::<Value>::new());
}

async fn another_time_is_another_conflict(app: TestApp) {
    let offices = Offices::open(&app).await;
    let own = offices.entry("oal", "Versammlung", "2027-11-01", json!({})).await;
    let found = conflicts(&offices.oal, json!({ "entry": own })).await;
    assert_eq!(lines(&found), ["MEDIUM PUBLIC_HOLIDAY: Versammlung (All Saints' Day)"]);
    let note = json!({ "entry": own, "conflict": found[0]["id"], "reason": "So gewollt." });
    offices.oal.mutate("conflictAcknowledge", note.clone(), "calendarEntry { id }").await;
    let again = offices.oal.try_mutate("conflictAcknowledge", note, "calendarEntry { id }").await;
    assert_eq!(said(&again), ["CONFLICT conflict"]);
    let noted = conflicts(&offices.oal, json!({ "entry": own })).await;
    assert_eq!(noted[0]["acknowledgements"][0]["reason"], "So gewollt.");
    let input = json!({ "id": own, "version": 1, "time": when("2027-12-25") });
    offices.oal.mutate("calendarEntryUpdate", input, "calendarEntry { id }").await;
    let moved = conflicts(&offices.oal, json!({ "entry": own })).await;
    assert_eq!(moved[0]["acknowledgements"], json!([]), "the reason was for another day");
    let query = "query($id: ID!) { node(id: $id) { ... on CalendarEntryFull { acknowledgements { reason } } } }";
    let kept = offices.oal.send(query, json!({ "id": own })).await.data();
    assert_eq!(kept["node"]["acknowledgements"], json!([{ "reason": "So gewollt." }]), "and stays on the entry");
}

async fn the_cost_of_an_entrys_conflicts_does_not_grow_with_the_plan(app: TestApp) {
    let offices = Offices::open(&app).await;
    let own = offices.entry("oal", "Messe", "2027-05-04T09:00/2027-05-04T15:00", json!({ "location": HALL })).await;
    let query = "query($of: ConflictsOf!) { conflicts(of: $of) { nodes { rule sides { entry { id } } } } }";
    let asked = async || offices.oal.send(query, json!({ "of": { "entry": own } })).await;
    let before = asked().await.statements();
    for month in 7..=12 {
        offices.entry("kf", &format!("Termin {month}"), &format!("2027-{month:02}-08"), json!({})).await;
    }
    offices.entry("kf", "Nachbar", "2027-05-04T09:00/2027-05-04T15:00", json!({ "location": HALL })).await;
    let after = asked().await;
    assert_eq!(after.data()["conflicts"]["nodes"].as_array().map(Vec::len), Some(1));
    assert_eq!(after.statements(), before);
}

async fn what_is_no_conflict_cannot_be_acknowledged(app: TestApp) {
    let offices = Offices::open(&app).await;
    let own = offices.entry("oal", "Versammlung", "2027-11-01", json!({})).await;
    let theirs = offices.entry("kf", "Andere", "2027-11-01", json!({})).await;
    let found = conflicts(&offices.oal, json!({ "entry": own })).await;
    let id = &found[0]["id"];
    let tries = [
        (json!({ "entry": own, "conflict": "0".repeat(32), "reason": "x" }), "NOT_FOUND conflict"),
        (json!({ "entry": own, "conflict": id, "reason": " " }), "REQUIRED reason"),
        (json!({ "entry": theirs, "conflict": id, "reason": "x" }), "FORBIDDEN entry"),
        (json!({ "entry": "cen_01h455vb4pex5vsknk084sn02q", "conflict": id, "reason": "x" }), "NOT_FOUND entry"),
        (
            json!({ "entry": own, "conflict": id, "round": "rnd_01h455vb4pex5vsknk084sn02q", "reason": "x" }),
            "NOT_FOUND round",
        ),
    ];
    for (input, expected) in tries {
        let refused = offices.oal.try_mutate("conflictAcknowledge", input, "calendarEntry { id }").await;
        assert_eq!(said(&refused), [expected]);
    }
}

async fn pages_have_every_conflict_once(app: TestApp) {
    let offices = Offices::open(&app).await;
    for number in 0..5 {
        offices.entry("oal", &format!("Prüfung {number}"), "2027-11-01", json!({ "location": HALL })).await;
    }
    let round = offices.in_coordination().await;
    let query =
        "query($round: ID!, $after: String) { conflicts(of: {round: $round}, first: 4, after: $after) { totalCount
        nodes { id severity } pageInfo { hasNextPage endCursor } } }";
    let (mut ids, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = offices.oal.send(query, json!({ "round": round, "after": after })).await.data()["conflicts"].clone();
        assert_eq!(page["totalCount"], 15, "ten pairs at one place, five on a holiday");
        ids.extend(page["nodes"].as_array().expect("nodes").iter().map(|it| it["id"].to_string()));
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), all), (15, 15));
    let query = "query($round: ID!) { conflicts(of: {round: $round}, filter: {severities: [HIGH], rules: [SAME_PLACE]},
        last: 1) { totalCount nodes { severity rule } } }";
    let data = offices.oal.send(query, json!({ "round": round })).await.data();
    assert_eq!(data["conflicts"], json!({ "totalCount": 10, "nodes": [{ "severity": "HIGH", "rule": "SAME_PLACE" }] }));
}

async fn what_comes_from_elsewhere_is_planned_around(app: TestApp) {
    let offices = Offices::open(&app).await;
    let hall = json!({ "location": HALL });
    let own = offices.entry("oal", "Prüfung", "2027-05-04T09:00/2027-05-04T12:00", hall.clone()).await;
    // A calendar that lives elsewhere and is in no plan: two of its events meet each other, and that is its own affair.
    let rows = app.database.rows().await;
    let input = json!({ "tenant": offices.tenant("ostallgaeu"), "name": "Theater" });
    let made = offices.oal.mutate("calendarCreate", input, "calendar { id }").await["calendar"]["id"].clone();
    for (title, day) in [("Probe", "2027-05-04"), ("Premiere", "2027-05-04"), ("Ferienkurs", "2027-11-01")] {
        let input = json!({
            "calendar": made, "title": title, "location": HALL, "status": "CONFIRMED",
            "time": when(&format!("{day}T10:00/{day}T14:00")),
        });
        offices.oal.mutate("calendarEntryCreate", input, "calendarEntry { id }").await;
    }
    let id = rows.id(verbund_tests::row_of(made.as_str().expect("an id")));
    rows.run(&format!("UPDATE calendar SET external = true WHERE id = {id}")).await;
    let round = offices.in_coordination().await;
    let expected = ["HIGH SAME_PLACE: Premiere | Prüfung", "HIGH SAME_PLACE: Probe | Prüfung"];
    assert_eq!(lines(&conflicts(&offices.oal, json!({ "round": round })).await), expected);
    assert_eq!(lines(&conflicts(&offices.oal, json!({ "entry": own })).await), expected);
    assert_eq!(
        conflicts(&offices.kf, json!({ "round": round })).await,
        Vec::<Value>::new(),
        "a partner does not see it"
    );
}

async fn open_conflicts_are_those_that_forbid_the_sign_off(app: TestApp) {
    let offices = Offices::open(&app).await;
    let hall = json!({ "location": HALL, "audiences": ["PUPILS"] });
    let own = offices.entry("oal", "Messe", "2027-05-04T09:00/2027-05-04T15:00", hall.clone()).await;
    let theirs = offices.entry("kf", "Markt", "2027-05-04T10:00/2027-05-04T14:00", hall).await;
    // Of lower severity: nobody has to settle it.
    offices.entry("oal", "Versammlung", "2027-11-01", json!({})).await;
    let round = offices.in_coordination().await;
    let open = async |slug: &str| {
        let query = "query($round: ID!, $tenant: ID!) { conflicts(of: {round: $round}, first: 100,
            filter: {openFor: $tenant, severities: [HIGH]}) { totalCount nodes { id } } }";
        let variables = json!({ "round": round, "tenant": offices.tenant(slug) });
        let planner = if slug == "ostallgaeu" { &offices.oal } else { &offices.kf };
        planner.send(query, variables).await.data()["conflicts"]["nodes"].as_array().expect("nodes").clone()
    };
    // What the list, the ability and the mutation say, for both parties; a stale version is looked at last.
    let refused = async |slug: &str| {
        let admin = app.actor(&format!("admin@{slug}"));
        let listed = open(slug).await.len();
        let can = round_of(&admin, &round).await["viewerCan"]["signOff"].clone();
        let input = json!({ "id": round, "tenant": offices.tenant(slug), "version": 99 });
        let tried = admin.try_mutate("coordinationRoundSignOff", input, ROUND).await;
        assert_eq!(can, json!(listed == 0), "{slug}: {listed}");
        let expected = if listed == 0 { "STALE_VERSION version" } else { "CONFLICT id" };
        assert_eq!(said(&tried), [expected], "{slug}: {tried}");
        if listed > 0 {
            let words = format!("{listed} conflicts of high severity are neither settled nor acknowledged.");
            assert_eq!(tried["userErrors"][0]["message"], words);
        }
        listed
    };
    let both = async || (refused("ostallgaeu").await, refused("kaufbeuren").await);
    assert_eq!(both().await, (2, 2));
    for conflict in open("kaufbeuren").await {
        let note = json!({ "entry": theirs, "conflict": conflict["id"], "round": round, "reason": "So gewollt." });
        offices.kf.mutate("conflictAcknowledge", note, "calendarEntry { id }").await;
    }
    assert_eq!(both().await, (2, 0), "what the partner acknowledged is still open here");
    for conflict in open("ostallgaeu").await {
        let note = json!({ "entry": own, "conflict": conflict["id"], "round": round, "reason": "Auch hier." });
        offices.oal.mutate("conflictAcknowledge", note, "calendarEntry { id }").await;
    }
    assert_eq!(both().await, (0, 0));
    // A proposal that waits for its answer forbids it as well, to the party that must answer.
    let input = json!({
        "round": round, "tenant": offices.tenant("ostallgaeu"), "entry": theirs, "change": { "location": "Anderswo" },
        "message": "Bitte.",
    });
    offices.oal.mutate("changeProposalCreate", input, "changeProposal { id }").await;
    let can = async |slug: &str| round_of(&app.actor(&format!("admin@{slug}")), &round).await["viewerCan"].clone();
    assert_eq!(can("ostallgaeu").await, json!({ "signOff": true }));
    assert_eq!(can("kaufbeuren").await, json!({ "signOff": false }));
    let query = "query($id: ID!) { explainAccess(node: $id, operation: SIGN_OFF) { allowed reason } }";
    let explained = app.actor("admin@kaufbeuren").send(query, json!({ "id": round })).await.data();
    assert_eq!(explained["explainAccess"], json!({ "allowed": false, "reason": "CONFLICT" }));
}

async fn what_forbids_sign_offs_of_many_rounds_is_read_together(app: TestApp) {
    let offices = Offices::open(&app).await;
    let hall = json!({ "location": HALL, "recurrence": { "rule": "FREQ=YEARLY;COUNT=4" } });
    offices.entry("oal", "Messe", "2027-05-04T09:00/2027-05-04T15:00", hall.clone()).await;
    offices.entry("kf", "Markt", "2027-05-04T10:00/2027-05-04T14:00", hall).await;
    for year in [2027, 2030] {
        offices.entry("oal", "Einzeln", &format!("{year}-09-03"), json!({})).await;
    }
    offices.in_coordination().await;
    let admin = app.actor("admin@ostallgaeu");
    let asked = async || {
        let query = "{ coordinationRounds(first: 20) { nodes { year viewerCan { signOff } } } }";
        let reply = admin.ask(query).await;
        let nodes = reply.data()["coordinationRounds"]["nodes"].as_array().expect("nodes").clone();
        let mut can: Vec<_> =
            nodes.iter().map(|it| (it["year"].as_i64(), it["viewerCan"]["signOff"].clone())).collect();
        can.sort_by_key(|it| it.0);
        (can, reply.statements())
    };
    let (can, before) = asked().await;
    // In the round of the world, a proposal waits for an answer.
    assert_eq!(can, [(Some(2027), json!(false)), (Some(2028), json!(false))]);
    let input = json!({
        "agreement": app.world.id("agreement.a"), "tenant": offices.tenant("ostallgaeu"), "year": 2030,
        "submitUntil": "2027-01-31",
    });
    let round = offices.oal.mutate("coordinationRoundOpen", input, ROUND).await["coordinationRound"]["id"].clone();
    for (planner, slug, calendar) in
        [(&offices.oal, "ostallgaeu", &offices.oal_calendar), (&offices.kf, "kaufbeuren", &offices.kf_calendar)]
    {
        let input = json!({ "tenant": offices.tenant(slug), "year": 2030, "title": "2030", "calendars": [calendar] });
        let plan = planner.mutate("annualPlanCreate", input, "annualPlan { id }").await["annualPlan"]["id"].clone();
        let input = json!({ "id": plan, "round": round, "version": 1 });
        planner.mutate("annualPlanSubmit", input, "annualPlan { id }").await;
    }
    let (can, after) = asked().await;
    assert_eq!(can, [2027, 2028, 2030].map(|it| (Some(it), json!(false))));
    assert_eq!(after, before);
}
