//! The whole coordination of 2027 between Kaufbeuren and the Ostallgäu, from two drafts to the joint published calendar,
//! as the two offices would do it.

use serde_json::{Value, json};
use verbund_tests::client::said;
use verbund_tests::{Case, Client, TestApp, cases};

use super::{Offices, PROPOSAL, ROUND, conflicts, lines, plan_in, round_of, when};

pub fn cases() -> Vec<Case> {
    cases!["planning::round_2027"; two_offices_agree_on_their_year]
}

async fn two_offices_agree_on_their_year(app: TestApp) {
    let offices = Offices::open(&app).await;
    let (oal, kf) = (&offices.oal, &offices.kf);

    // 1. Two drafts. What each office plans, with at least one conflict of every rule between or within them.
    let pupils = json!({ "audiences": ["PUPILS"], "organiser": "Bildungsbüro" });
    let fair_oal = offices.entry("oal", "Ausbildungsmesse", "2027-05-04T09:00/2027-05-04T15:00", pupils.clone()).await;
    let fair_kf = offices.entry("kf", "Berufsinfomarkt", "2027-05-04T10:00/2027-05-04T14:00", pupils.clone()).await;
    let hall = json!({ "location": "Kulturzentrum, Großer Saal", "speakers": ["Dr. Maria Muster"] });
    let parents_oal =
        offices.entry("oal", "Elternabend Übertritt", "2027-02-23T19:00/2027-02-23T21:00", hall.clone()).await;
    let parents_kf = offices.entry("kf", "Elternabend zum Übertritt", "2027-02-23T19:30/2027-02-23T21:30", hall).await;
    let easter = offices
        .entry("oal", "Schnuppertage", "2027-03-24T08:00/2027-03-24T12:00", json!({ "audiences": ["PUPILS"] }))
        .await;
    offices.entry("kf", "Bildungsforum", "2027-05-06", json!({ "audiences": ["PROFESSIONALS"] })).await;
    let inventory = offices.entry("oal", "Sprechtag", "2027-03-01T09:00/2027-03-01T12:00", json!({})).await;
    let (plan_oal, plan_kf) = (offices.plan("oal").await, offices.plan("kf").await);
    let hidden = json!({ "id": plan_oal });
    assert_eq!(kf.send("query($id: ID!) { node(id: $id) { id } }", hidden).await.data()["node"], json!(null));

    // 2. The Landkreis opens the round; both submit. The second plan begins the coordination.
    let round = offices.round().await;
    offices.submit("oal", &plan_oal, &round).await;
    let waiting = round_of(kf, &round).await;
    assert_eq!(waiting["plans"][0]["tenant"]["slug"], "ostallgaeu", "the partner sees whose plan is there");
    offices.submit("kf", &plan_kf, &round).await;
    assert_eq!(round_of(kf, &round).await["state"], "IN_COORDINATION");

    // 3. The conflict run: every rule at least once, the same for both.
    let found = conflicts(oal, json!({ "round": round })).await;
    let expected = [
        "HIGH SAME_AUDIENCE: Ausbildungsmesse | Berufsinfomarkt",
        "HIGH SAME_PLACE: Elternabend zum Übertritt | Elternabend Übertritt",
        "HIGH SAME_SPEAKER: Elternabend zum Übertritt | Elternabend Übertritt",
        "MEDIUM DUPLICATE_TOPIC: Elternabend zum Übertritt | Elternabend Übertritt",
        "MEDIUM PUBLIC_HOLIDAY: Bildungsforum (Ascension Day)",
        "MEDIUM SAME_ORGANISER: Ausbildungsmesse | Berufsinfomarkt",
        "MEDIUM SCHOOL_HOLIDAY: Schnuppertage (Easter Holidays)",
        "MEDIUM TENANT_CLOSURE: Sprechtag (Inventory)",
    ];
    assert_eq!(lines(&found), expected);
    assert_eq!(lines(&conflicts(kf, json!({ "round": round })).await), expected);
    let german = conflicts(&kf.speaking("de"), json!({ "round": round })).await;
    let place = german.iter().find(|it| it["rule"] == "SAME_PLACE").expect("a conflict");
    let words = place["explanation"].as_str().expect("words");
    let (what, sides) = words.split_once(": ").expect("what, and the sides");
    assert_eq!(what, "Zwei Termine belegen denselben Ort zur selben Zeit");
    let mut sides: Vec<_> = sides.trim_end_matches('.').split(" und „").map(|it| it.trim_start_matches('„')).collect();
    sides.sort_unstable();
    let expected = [
        "Elternabend zum Übertritt“ (Stadt Kaufbeuren) am 23.02.2027",
        "Elternabend Übertritt“ (Landkreis Ostallgäu) am 23.02.2027",
    ];
    assert_eq!(sides, expected);

    // 4. Signing now would settle nothing.
    let sign =
        |tenant: &str, version: i32| json!({ "id": round, "tenant": offices.tenant(tenant), "version": version });
    let admin_oal = app.actor("admin@ostallgaeu");
    let early = admin_oal.try_mutate("coordinationRoundSignOff", sign("ostallgaeu", 2), ROUND).await;
    assert_eq!(said(&early), ["CONFLICT id"]);
    assert_eq!(early["userErrors"][0]["message"], "3 conflicts of high severity are neither settled nor acknowledged.");

    // 5. Accepted: Kaufbeuren asks the Landkreis to hold its evening on a day that the run suggests.
    let slots = place["sides"].as_array().expect("sides").iter().find(|it| it["entry"]["id"] == parents_oal.as_str());
    let slot = slots.expect("a side")["freeSlots"][0].clone();
    assert_eq!(slot["startLocal"], "2027-02-24T19:00:00");
    let span = ["startLocal", "endLocal"].map(|it| slot[it].as_str().expect("a time")).join("/");
    let wish = propose(&offices, kf, "kaufbeuren", &round, &parents_oal, &span).await;
    assert_eq!(wish["state"], "OPEN");
    let accept = json!({ "id": wish["id"], "version": 1 });
    let refused = kf.try_mutate("changeProposalAccept", accept.clone(), PROPOSAL).await;
    assert_eq!(said(&refused), ["FORBIDDEN id"], "only the owner changes an entry");
    let accepted = oal.mutate("changeProposalAccept", accept, PROPOSAL).await;
    assert_eq!(accepted["changeProposal"]["state"], "ACCEPTED");
    assert_eq!(accepted["changeProposal"]["entry"]["startLocal"], "2027-02-24T19:00:00", "accepting applies it");

    // 6. Declined, with a reason: the Landkreis would like the forum elsewhere.
    let forum = entry_called(kf, &offices.kf_calendar, "Bildungsforum").await;
    let wish = propose(&offices, oal, "ostallgaeu", &round, &forum, "2027-05-12").await;
    let no = json!({ "id": wish["id"], "version": 1, "reason": "Der Raum ist nur an Himmelfahrt frei." });
    let declined = kf.mutate("changeProposalDecline", no, PROPOSAL).await;
    assert_eq!(declined["changeProposal"]["reason"], "Der Raum ist nur an Himmelfahrt frei.");

    // 7. Countered: Kaufbeuren shall move its market, offers another day, the Landkreis agrees, Kaufbeuren applies it.
    let wish = propose(&offices, oal, "ostallgaeu", &round, &fair_kf, "2027-05-05T10:00/2027-05-05T14:00").await;
    let counter = json!({
        "id": wish["id"], "version": 1, "message": "Eine Woche später passt besser.",
        "change": { "time": when("2027-05-11T10:00/2027-05-11T14:00") },
    });
    let offer = kf.mutate("changeProposalCounter", counter, PROPOSAL).await["changeProposal"].clone();
    assert_eq!((&offer["countersId"], &offer["to"]["slug"]), (&wish["id"], &json!("ostallgaeu")));
    let agreed = oal.mutate("changeProposalAccept", json!({ "id": offer["id"], "version": 1 }), PROPOSAL).await;
    assert_eq!(agreed["changeProposal"]["state"], "AGREED");
    assert_eq!(agreed["changeProposal"]["entry"]["startLocal"], "2027-05-04T10:00:00", "nothing moved yet");
    let applied = kf.mutate("changeProposalAccept", json!({ "id": offer["id"], "version": 2 }), PROPOSAL).await;
    assert_eq!(applied["changeProposal"]["state"], "ACCEPTED");
    assert_eq!(applied["changeProposal"]["entry"]["startLocal"], "2027-05-11T10:00:00");

    // 8. A comment, and one conflict that stays: acknowledged with a reason that the partner reads at the entry.
    let comment = json!({
        "round": round, "tenant": offices.tenant("kaufbeuren"), "about": forum, "text": "Bleibt an Himmelfahrt.",
    });
    kf.mutate("coordinationCommentCreate", comment, "coordinationRound { id }").await;
    let left = conflicts(kf, json!({ "round": round })).await;
    assert_eq!(
        lines(&left),
        [
            "MEDIUM DUPLICATE_TOPIC: Elternabend zum Übertritt | Elternabend Übertritt",
            "MEDIUM PUBLIC_HOLIDAY: Bildungsforum (Ascension Day)",
            "MEDIUM SCHOOL_HOLIDAY: Schnuppertage (Easter Holidays)",
            "MEDIUM TENANT_CLOSURE: Sprechtag (Inventory)",
        ]
    );
    let holiday = left.iter().find(|it| it["rule"] == "PUBLIC_HOLIDAY").expect("a conflict");
    let note = json!({
        "entry": forum, "conflict": holiday["id"], "round": round, "reason": "Himmelfahrt ist Absicht: mit Gottesdienst.",
    });
    kf.mutate("conflictAcknowledge", note, "calendarEntry { id }").await;
    let query = "query($id: ID!) { node(id: $id) { ... on CalendarEntryFull { acknowledgements { rule reason tenant { slug } } } } }";
    let kept = oal.send(query, json!({ "id": forum })).await.data();
    assert_eq!(
        kept["node"]["acknowledgements"],
        json!([{ "rule": "PUBLIC_HOLIDAY", "reason": "Himmelfahrt ist Absicht: mit Gottesdienst.", "tenant": { "slug": "kaufbeuren" } }])
    );
    // What nobody else wants, the owner settles alone: the school days move out of the holidays, the office day off the
    // closure, the evening becomes another.
    update(oal, &easter, json!({ "time": when("2027-04-14T08:00/2027-04-14T12:00") })).await;
    update(oal, &inventory, json!({ "time": when("2027-03-03T09:00/2027-03-03T12:00") })).await;
    update(kf, &parents_kf, json!({ "title": "Welche Schule passt?" })).await;
    let left = conflicts(oal, json!({ "round": round })).await;
    assert_eq!(lines(&left), ["MEDIUM PUBLIC_HOLIDAY: Bildungsforum (Ascension Day)"]);

    // 9. Sign-off of what shall be public. A change after a signature takes it back; signed again by both, it is agreed.
    update(kf, &fair_kf, json!({ "confidentiality": "PUBLIC" })).await;
    update(oal, &fair_oal, json!({ "confidentiality": "PUBLIC" })).await;
    let admin_kf = app.actor("admin@kaufbeuren");
    let version = |round: &Value| i32::try_from(round["version"].as_i64().expect("a version")).expect("small");
    let now = version(&round_of(oal, &round).await);
    let signed =
        admin_oal.mutate("coordinationRoundSignOff", sign("ostallgaeu", now), ROUND).await["coordinationRound"].clone();
    assert_eq!(signed["state"], "IN_COORDINATION");
    update(kf, &fair_kf, json!({ "description": "Mit 40 Betrieben." })).await;
    let fallen = round_of(oal, &round).await;
    assert_eq!(plan_in(&fallen, "ostallgaeu")["signedBy"], json!(null), "what was signed is not what is planned now");
    admin_kf.mutate("coordinationRoundSignOff", sign("kaufbeuren", version(&fallen)), ROUND).await;
    let now = version(&round_of(oal, &round).await);
    let agreed =
        admin_oal.mutate("coordinationRoundSignOff", sign("ostallgaeu", now), ROUND).await["coordinationRound"].clone();
    assert_eq!(agreed["state"], "AGREED");
    assert_eq!(plan_in(&agreed, "kaufbeuren")["signedBy"], "admin@kaufbeuren");

    // 10. What changed on the way is told from the snapshot of the submission.
    let query = "query($id: ID!) { node(id: $id) { ... on AnnualPlan { state snapshots { key step takenBy } } } }";
    let plan = oal.send(query, json!({ "id": plan_kf })).await.data()["node"].clone();
    let steps: Vec<_> = plan["snapshots"].as_array().expect("snapshots").iter().map(|it| &it["step"]).collect();
    assert_eq!(steps, ["AGREED", "SUBMITTED"]);
    let query = "query($plan: ID!, $snapshot: ID!) { annualPlanComparison(plan: $plan, snapshot: $snapshot, filter: {kinds: [MOVED, CHANGED]}) {
        nodes { kind titleBefore startBefore entry { ... on CalendarEntryFull { title startLocal } } } } }";
    let variables = json!({ "plan": plan_kf, "snapshot": plan["snapshots"][1]["key"] });
    let changes = oal.send(query, variables).await.data();
    assert_eq!(
        changes["annualPlanComparison"]["nodes"],
        json!([
            { "kind": "CHANGED", "titleBefore": "Elternabend zum Übertritt", "startBefore": "2027-02-23T19:30:00",
              "entry": { "title": "Welche Schule passt?", "startLocal": "2027-02-23T19:30:00" } },
            { "kind": "MOVED", "titleBefore": "Berufsinfomarkt", "startBefore": "2027-05-04T10:00:00",
              "entry": { "title": "Berufsinfomarkt", "startLocal": "2027-05-11T10:00:00" } },
        ])
    );

    // 11. The joint publication: everybody sees the round and whose plans it joins; of the entries what their owners let
    // go that far.
    let anyone = app.anonymous();
    assert_eq!(round_of(&anyone, &round).await, json!(null));
    let now = version(&round_of(kf, &round).await);
    let published =
        kf.mutate("coordinationRoundPublish", sign("kaufbeuren", now), ROUND).await["coordinationRound"].clone();
    assert_eq!(
        (&published["state"], &published["plans"][0]["plan"]["state"]),
        (&json!("PUBLISHED"), &json!("PUBLISHED"))
    );
    let query = "query($id: ID!) { node(id: $id) { ... on CoordinationRound { year state
        plans { tenant { slug } plan { title calendars { id name } } } } } }";
    let public = anyone.send(query, json!({ "id": round })).await.data()["node"].clone();
    assert_eq!(plan_in(&public, "kaufbeuren")["plan"]["calendars"][0]["name"], "Plan Kaufbeuren");
    let public = round_of(&anyone, &round).await;
    let names = |plan: &Value| (plan["submittedBy"].clone(), plan["signedBy"].clone());
    assert_eq!(names(plan_in(&public, "kaufbeuren")), (json!(null), json!(null)), "names of people are not published");
    let query = "query($id: ID!) { node(id: $id) { ... on CalendarEntryFull { title acknowledgements { reason } } } }";
    update(kf, &forum, json!({ "confidentiality": "PUBLIC" })).await;
    let seen = anyone.send(query, json!({ "id": forum })).await.data();
    assert_eq!(seen["node"], json!({ "title": "Bildungsforum", "acknowledgements": [] }), "nor are reasons");
    update(kf, &forum, json!({ "confidentiality": "PARTNER" })).await;
    let calendars = [&offices.oal_calendar, &offices.kf_calendar];
    let query =
        "query($calendars: [ID!]) { agenda(between: {start: \"2027-01-01T00:00:00Z\", end: \"2028-01-01T00:00:00Z\"},
        filter: {calendars: $calendars}) { nodes { startLocal entry { ... on CalendarEntryFull { title } } } } }";
    let joint = anyone.send(query, json!({ "calendars": calendars })).await.data();
    assert_eq!(
        joint["agenda"]["nodes"],
        json!([
            { "startLocal": "2027-05-04T09:00:00", "entry": { "title": "Ausbildungsmesse" } },
            { "startLocal": "2027-05-11T10:00:00", "entry": { "title": "Berufsinfomarkt" } },
        ])
    );
    let (status, kind, feed) = app.server().get(&format!("/public/rounds/{round}.ics")).await;
    assert_eq!((status, kind.as_str()), (200, "text/calendar; charset=utf-8"));
    assert!(feed.contains("X-WR-CALNAME:Landkreis Ostallgäu\\, Stadt Kaufbeuren 2027"), "{feed}");
    assert_eq!(feed.matches("BEGIN:VEVENT").count(), 2, "{feed}");
    assert!(!feed.contains("Elternabend") && !feed.contains("Bildungsforum"), "what is for partners stays there");
    assert_eq!(app.server().get(&format!("/public/rounds/{round}.json")).await.0, 200);
    let unknown = app.server().get("/public/rounds/rnd_01h455vb4pex5vsknk084sn02q.ics").await;
    assert_eq!(app.server().get(&format!("/public/rounds/{}.ics", app.world.id("round.b"))).await, unknown);
    let late = json!({ "id": round, "tenant": offices.tenant("kaufbeuren"), "version": 9, "reason": "Too late." });
    let refused = kf.try_mutate("coordinationRoundClose", late, ROUND).await;
    assert_eq!(said(&refused), ["ILLEGAL_TRANSITION id"]);
}

/// What one office would like another to move.
async fn propose(offices: &Offices<'_>, client: &Client, slug: &str, round: &str, entry: &str, time: &str) -> Value {
    let input = json!({
        "round": round, "tenant": offices.tenant(slug), "entry": entry, "change": { "time": when(time) },
        "message": "Wegen unseres Termins am selben Tag.", "answerUntil": "2027-02-15",
    });
    client.mutate("changeProposalCreate", input, PROPOSAL).await["changeProposal"].clone()
}

async fn entry_called(client: &Client, calendar: &str, title: &str) -> String {
    let query = "query($calendar: ID!, $title: String!) { calendarEntries(between: {start: \"2027-01-01T00:00:00Z\",
        end: \"2028-01-01T00:00:00Z\"}, filter: {calendars: [$calendar], text: $title}) { nodes { id } } }";
    let data = client.send(query, json!({ "calendar": calendar, "title": title })).await.data();
    data["calendarEntries"]["nodes"][0]["id"].as_str().expect("an id").to_owned()
}

async fn update(client: &Client, entry: &str, change: Value) {
    let query = "query($id: ID!) { node(id: $id) { ... on CalendarEntryFull { version } } }";
    let version = client.send(query, json!({ "id": entry })).await.data()["node"]["version"].clone();
    let mut input = json!({ "id": entry, "version": version });
    input.as_object_mut().expect("an input").extend(change.as_object().cloned().unwrap_or_default());
    client.mutate("calendarEntryUpdate", input, "calendarEntry { id }").await;
}
