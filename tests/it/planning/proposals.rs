//! Proposals and comments: who may make, see and answer them.

use serde_json::{Value, json};
use verbund_tests::client::said;
use verbund_tests::{Case, Client, TestApp, cases};

use super::conflicts::reshare;
use super::{Offices, PROPOSAL, when};

pub fn cases() -> Vec<Case> {
    cases!["planning::proposals";
        wrong_proposals_are_refused_by_name,
        only_the_other_side_answers_and_only_once,
        one_date_of_a_series_is_proposed_by_its_start,
        calling_off_is_proposed_like_any_change,
        proposals_are_seen_by_those_who_may_know_the_entry,
        sending_twice_makes_one,
        contributing_takes_a_share_at_that_level,
    ]
}

struct Wish<'a> {
    offices: &'a Offices<'a>,
    round: String,
    entry: String,
}

impl<'a> Wish<'a> {
    async fn new(offices: &'a Offices<'a>, more: Value) -> Self {
        let entry = offices.entry("kf", "Markt", "2027-05-04T10:00/2027-05-04T14:00", more).await;
        Self { offices, round: offices.in_coordination().await, entry }
    }

    fn input(&self, more: Value) -> Value {
        let mut input = json!({
            "round": self.round, "tenant": self.offices.tenant("ostallgaeu"), "entry": self.entry,
            "change": { "time": when("2027-05-05T10:00/2027-05-05T14:00") }, "message": "Bitte.",
        });
        input.as_object_mut().expect("an input").extend(more.as_object().cloned().unwrap_or_default());
        input
    }

    async fn make(&self, more: Value) -> Value {
        let made = self.offices.oal.mutate("changeProposalCreate", self.input(more), PROPOSAL).await;
        made["changeProposal"].clone()
    }
}

async fn wrong_proposals_are_refused_by_name(app: TestApp) {
    let offices = Offices::open(&app).await;
    let own = offices.entry("oal", "Messe", "2027-05-04T10:00/2027-05-04T14:00", json!({})).await;
    let wish = Wish::new(&offices, json!({})).await;
    let tries = [
        (json!({ "change": {} }), "INVALID change"),
        (json!({ "change": { "callOff": true, "location": "Anderswo" } }), "INVALID change"),
        (
            json!({ "change": { "time": when("2027-05-05T14:00/2027-05-05T10:00") } }),
            "OUT_OF_RANGE change.time.timed.end",
        ),
        (json!({ "change": { "place": "lpl_01h455vb4pex5vsknk084sn02q" } }), "NOT_FOUND change.place"),
        (json!({ "change": { "location": "x", "occurrence": "2027-05-04T10:00" } }), "INVALID change.occurrence"),
        (json!({ "message": " " }), "REQUIRED message"),
        (json!({ "entry": own }), "INVALID entry"),
        (json!({ "entry": app.world.id("entry.kf.counselling.day") }), "NOT_FOUND entry"),
        (json!({ "entry": app.world.id("entry.kf.counselling.secret") }), "NOT_FOUND entry"),
        (json!({ "tenant": offices.tenant("memmingen") }), "NOT_FOUND tenant"),
        (json!({ "tenant": offices.tenant("kaufbeuren") }), "FORBIDDEN tenant"),
    ];
    for (more, expected) in tries {
        let refused = offices.oal.try_mutate("changeProposalCreate", wish.input(more), PROPOSAL).await;
        assert_eq!(said(&refused), [expected]);
    }
    let viewer =
        app.actor("viewer@ostallgaeu").try_mutate("changeProposalCreate", wish.input(json!({})), PROPOSAL).await;
    assert_eq!(said(&viewer), ["FORBIDDEN tenant"]);
    let comment = |more: Value| {
        let mut input = json!({ "round": wish.round, "tenant": offices.tenant("ostallgaeu"), "text": "Hallo." });
        input.as_object_mut().expect("an input").extend(more.as_object().cloned().unwrap_or_default());
        input
    };
    let tries = [
        (json!({ "text": " " }), "REQUIRED text"),
        (json!({ "about": app.world.id("calendar.oal.public") }), "INVALID about"),
        (json!({ "about": app.world.id("entry.kf.counselling.secret") }), "NOT_FOUND about"),
        (json!({ "round": "rnd_01h455vb4pex5vsknk084sn02q" }), "NOT_FOUND round"),
    ];
    for (more, expected) in tries {
        let refused =
            offices.oal.try_mutate("coordinationCommentCreate", comment(more), "coordinationRound { id }").await;
        assert_eq!(said(&refused), [expected]);
    }
}

async fn only_the_other_side_answers_and_only_once(app: TestApp) {
    let offices = Offices::open(&app).await;
    let wish = Wish::new(&offices, json!({})).await;
    let made = wish.make(json!({})).await;
    assert_eq!(made["viewerCan"], json!({ "accept": false, "withdraw": true }));
    let answer = json!({ "id": made["id"], "version": 1 });
    let own = offices.oal.try_mutate("changeProposalAccept", answer.clone(), PROPOSAL).await;
    assert_eq!(said(&own), ["FORBIDDEN id"]);
    let theirs = offices.kf.try_mutate("changeProposalWithdraw", answer.clone(), PROPOSAL).await;
    assert_eq!(said(&theirs), ["FORBIDDEN id"]);
    let withdrawn = offices.oal.mutate("changeProposalWithdraw", answer, PROPOSAL).await;
    assert_eq!(withdrawn["changeProposal"]["state"], "WITHDRAWN");
    let late = offices.kf.try_mutate("changeProposalAccept", json!({ "id": made["id"], "version": 2 }), PROPOSAL).await;
    assert_eq!(said(&late), ["ILLEGAL_TRANSITION id"]);
    assert_eq!(late["userErrors"][0]["message"], "From \"withdrawn\" it does not lead to \"accepted\".");
    // Two who answer at once: the second hears of the first.
    let made = wish.make(json!({ "message": "Noch einmal." })).await;
    let no = |version: i32| json!({ "id": made["id"], "version": version, "reason": "Nein." });
    assert_eq!(said(&offices.kf.try_mutate("changeProposalDecline", no(7), PROPOSAL).await), ["STALE_VERSION version"]);
    offices.kf.mutate("changeProposalDecline", no(1), PROPOSAL).await;
    let unchanged = offices.kf.send(
        "query($id: ID!) { node(id: $id) { ... on CalendarEntryFull { version } } }",
        json!({ "id": wish.entry }),
    );
    assert_eq!(unchanged.await.data()["node"]["version"], 1);
}

async fn one_date_of_a_series_is_proposed_by_its_start(app: TestApp) {
    let offices = Offices::open(&app).await;
    let wish = Wish::new(&offices, json!({ "recurrence": { "rule": "FREQ=WEEKLY;COUNT=3" } })).await;
    let change = json!({ "time": when("2027-05-12T10:00/2027-05-12T14:00"), "occurrence": "2027-05-11T10:00" });
    let made = wish.make(json!({ "change": change })).await;
    offices.kf.mutate("changeProposalAccept", json!({ "id": made["id"], "version": 1 }), PROPOSAL).await;
    let query =
        "query($calendar: ID!) { agenda(between: {start: \"2027-05-01T00:00:00Z\", end: \"2027-06-01T00:00:00Z\"},
        filter: {calendars: [$calendar]}) { nodes { startLocal } } }";
    let data = offices.oal.send(query, json!({ "calendar": offices.kf_calendar })).await.data();
    let starts: Vec<_> =
        data["agenda"]["nodes"].as_array().expect("nodes").iter().map(|it| &it["startLocal"]).collect();
    assert_eq!(starts, ["2027-05-04T10:00:00", "2027-05-12T10:00:00", "2027-05-18T10:00:00"]);
}

async fn calling_off_is_proposed_like_any_change(app: TestApp) {
    let offices = Offices::open(&app).await;
    let wish = Wish::new(&offices, json!({})).await;
    let made = wish.make(json!({ "change": { "callOff": true }, "message": "Wir machen es gemeinsam." })).await;
    offices.kf.mutate("changeProposalAccept", json!({ "id": made["id"], "version": 1 }), PROPOSAL).await;
    let query = "query($id: ID!) { node(id: $id) { ... on CalendarEntryFull { status cancelReason } } }";
    let data = offices.kf.send(query, json!({ "id": wish.entry })).await.data();
    assert_eq!(data["node"], json!({ "status": "CANCELLED", "cancelReason": "Wir machen es gemeinsam." }));
}

/// Ids of the proposals and texts of the comments that somebody sees of a round.
async fn seen(client: &Client, round: &str) -> (usize, usize) {
    let query =
        "query($round: ID!) { changeProposals(round: $round) { nodes { id entry { id } place { id } tenant { slug } } }
        coordinationComments(round: $round) { nodes { text createdBy aboutId tenant { slug } } } }";
    let data = client.send(query, json!({ "round": round })).await.data();
    let count = |field: &str| data[field]["nodes"].as_array().map_or(0, Vec::len);
    (count("changeProposals"), count("coordinationComments"))
}

async fn proposals_are_seen_by_those_who_may_know_the_entry(app: TestApp) {
    let offices = Offices::open(&app).await;
    let wish = Wish::new(&offices, json!({})).await;
    let made = wish.make(json!({})).await;
    for (about, text) in
        [(None, "Zur Runde."), (Some(&made["id"]), "Zum Vorschlag."), (Some(&json!(wish.entry)), "Zum Termin.")]
    {
        let input =
            json!({ "round": wish.round, "tenant": offices.tenant("ostallgaeu"), "about": about, "text": text });
        offices.oal.mutate("coordinationCommentCreate", input, "coordinationRound { id }").await;
    }
    assert_eq!(seen(&offices.oal, &wish.round).await, (1, 3));
    assert_eq!(seen(&app.actor("viewer@kaufbeuren"), &wish.round).await, (1, 3));
    // The entry goes out of the partner's sight: what was said about it goes with it, in every door.
    let input = json!({ "id": wish.entry, "version": 1, "confidentiality": "INTERNAL" });
    offices.kf.mutate("calendarEntryUpdate", input, "calendarEntry { id }").await;
    assert_eq!(seen(&offices.kf, &wish.round).await, (1, 3));
    assert_eq!(seen(&offices.oal, &wish.round).await, (0, 1));
    let query = "query($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } }";
    let data = offices.oal.send(query, json!({ "id": made["id"] })).await.data();
    assert_eq!(data, json!({ "node": null, "nodes": [null] }));
    let hidden = json!({ "id": made["id"], "version": 1 });
    assert_eq!(said(&offices.oal.try_mutate("changeProposalWithdraw", hidden, PROPOSAL).await), ["NOT_FOUND id"]);
    let query = "query($round: ID!) { changeProposals(round: $round) { nodes { id } } }";
    let outsider = app.actor("planner@memmingen");
    let hidden = outsider.send(query, json!({ "round": wish.round })).await;
    let unknown = outsider.send(query, json!({ "round": "rnd_01h455vb4pex5vsknk084sn02q" })).await;
    assert_eq!(hidden.refusals(), unknown.refusals());
}

async fn sending_twice_makes_one(app: TestApp) {
    let offices = Offices::open(&app).await;
    let wish = Wish::new(&offices, json!({})).await;
    let one = wish.make(json!({ "idempotencyKey": "k1" })).await;
    let other = wish.make(json!({ "idempotencyKey": "k1" })).await;
    assert_eq!(one["id"], other["id"]);
    let input = json!({ "round": wish.round, "tenant": offices.tenant("ostallgaeu"), "text": "Hallo.", "idempotencyKey": "k2" });
    for _ in 0..2 {
        offices.oal.mutate("coordinationCommentCreate", input.clone(), "coordinationRound { id }").await;
    }
    assert_eq!(seen(&offices.oal, &wish.round).await, (1, 1));
}

async fn contributing_takes_a_share_at_that_level(app: TestApp) {
    let offices = Offices::open(&app).await;
    let wish = Wish::new(&offices, json!({})).await;
    let public = json!({ "confidentiality": "PUBLIC" });
    let open = offices.entry("kf", "Für alle", "2027-05-20T10:00/2027-05-20T14:00", public).await;
    let made = wish.make(json!({})).await;
    let comment = |about: &Value| {
        let tenant = offices.tenant("ostallgaeu");
        json!({ "round": wish.round, "tenant": tenant, "about": about, "text": "Dazu." })
    };
    let explained = async |id: &str| {
        let query = "query($id: ID!) { explainAccess(node: $id, operation: CONTRIBUTE) { allowed reason }
            node(id: $id) { ... on CalendarEntryFull { viewerCan { contribute } } } }";
        let data = offices.oal.send(query, json!({ "id": id })).await.data();
        let can = data["node"]["viewerCan"]["contribute"].clone();
        (data["explainAccess"]["allowed"].clone(), data["explainAccess"]["reason"].clone(), can)
    };
    let mut share = offices.kf_share.clone();
    for level in ["BUSY", "SUMMARY", "FULL"] {
        share = reshare(&app, &offices, &share, Some(level)).await;
        for entry in [&wish.entry, &open] {
            let refused =
                offices.oal.try_mutate("changeProposalCreate", wish.input(json!({ "entry": entry })), PROPOSAL).await;
            assert_eq!(said(&refused), ["FORBIDDEN entry"], "{level}");
            let refused = offices
                .oal
                .try_mutate("coordinationCommentCreate", comment(&json!(entry)), "coordinationRound { id }")
                .await;
            assert_eq!(said(&refused), ["FORBIDDEN about"], "{level}");
            let (allowed, reason, can) = explained(entry).await;
            assert_eq!((allowed, reason), (json!(false), json!("FORBIDDEN")), "{level}");
            assert!(can.is_null() || can == false, "{level}: {can}");
        }
        let refused =
            offices.oal.try_mutate("coordinationCommentCreate", comment(&made["id"]), "coordinationRound { id }").await;
        assert_eq!(said(&refused), ["FORBIDDEN about"], "{level}");
        // The round itself is for all its parties.
        offices.oal.mutate("coordinationCommentCreate", comment(&Value::Null), "coordinationRound { id }").await;
    }
    // What was offered to a party before is answered with another offer only at that level.
    let counter = json!({
        "id": made["id"], "version": 1, "change": { "location": "Im Rathaus" }, "message": "Lieber dort.",
    });
    let offer = offices.kf.mutate("changeProposalCounter", counter, PROPOSAL).await["changeProposal"].clone();
    let counter =
        json!({ "id": offer["id"], "version": 1, "change": { "callOff": true }, "message": "Oder gar nicht." });
    let refused = offices.oal.try_mutate("changeProposalCounter", counter.clone(), PROPOSAL).await;
    assert_eq!(said(&refused), ["FORBIDDEN id"]);
    reshare(&app, &offices, &share, Some("CONTRIBUTE")).await;
    assert_eq!(explained(&wish.entry).await, (json!(true), json!(null), json!(true)));
    assert_eq!(explained(&open).await, (json!(true), json!(null), json!(true)));
    offices.oal.mutate("changeProposalCounter", counter, PROPOSAL).await;
    for entry in [&wish.entry, &open] {
        offices.oal.mutate("changeProposalCreate", wish.input(json!({ "entry": entry })), PROPOSAL).await;
        offices.oal.mutate("coordinationCommentCreate", comment(&json!(entry)), "coordinationRound { id }").await;
    }
    // The owner comments on its own entry whatever is shared.
    let own = json!({
        "round": wish.round, "tenant": offices.tenant("kaufbeuren"), "about": wish.entry, "text": "Von uns.",
    });
    offices.kf.mutate("coordinationCommentCreate", own, "coordinationRound { id }").await;
}
