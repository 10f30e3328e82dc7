//! Rounds and plans: what may be done when, and by whom.

use serde_json::{Value, json};
use verbund_tests::client::said;
use verbund_tests::{Case, TestApp, cases};

use super::{Offices, ROUND, plan_in, round_of};

pub fn cases() -> Vec<Case> {
    cases!["planning::rounds";
        a_plan_is_its_owners_alone_until_it_is_submitted,
        wrong_plans_are_refused_by_name,
        wrong_rounds_are_refused_by_name,
        illegal_steps_name_the_allowed_ones,
        after_the_deadline_a_round_goes_on_with_the_plans_that_are_there,
        a_round_rests_when_its_agreement_ends,
        a_change_that_stays_in_the_authority_takes_no_sign_off_back,
        a_plan_differs_from_that_of_the_year_before,
        who_hears_of_a_round_hears_what_happens_in_it,
    ]
}

const PLAN: &str = "annualPlan { id state version title calendars { id } }";

async fn a_plan_is_its_owners_alone_until_it_is_submitted(app: TestApp) {
    let offices = Offices::open(&app).await;
    let (round, plan) = (offices.round().await, offices.plan("oal").await);
    let seen = async |subject: &str| {
        let data =
            app.actor(subject).ask("{ annualPlans(filter: {years: [2027]}) { totalCount nodes { id } } }").await.data();
        data["annualPlans"]["totalCount"].clone()
    };
    assert_eq!((seen("viewer@ostallgaeu").await, seen("viewer@kaufbeuren").await), (json!(1), json!(0)));
    offices.submit("oal", &plan, &round).await;
    assert_eq!((seen("viewer@kaufbeuren").await, seen("viewer@memmingen").await), (json!(1), json!(0)));
    let back = json!({ "id": plan, "round": round, "version": 2 });
    let stale = json!({ "id": plan, "round": round, "version": 1 });
    assert_eq!(said(&offices.oal.try_mutate("annualPlanWithdraw", stale, PLAN).await), ["STALE_VERSION version"]);
    let withdrawn = offices.oal.mutate("annualPlanWithdraw", back, PLAN).await;
    assert_eq!(withdrawn["annualPlan"]["state"], "DRAFT");
    assert_eq!(seen("viewer@kaufbeuren").await, json!(0));
    assert_eq!(round_of(&offices.kf, &round).await["plans"], json!([]));
}

async fn wrong_plans_are_refused_by_name(app: TestApp) {
    let offices = Offices::open(&app).await;
    let plan = offices.plan("oal").await;
    let wish = |more: Value| {
        let mut input = json!({
            "tenant": offices.tenant("ostallgaeu"), "year": 2030, "title": "Plan", "calendars": [offices.oal_calendar],
        });
        input.as_object_mut().expect("an input").extend(more.as_object().cloned().unwrap_or_default());
        input
    };
    let tries = [
        (wish(json!({ "year": 2027 })), vec!["NOT_UNIQUE year"]),
        (
            wish(json!({ "year": 1900, "title": " ", "calendars": [] })),
            vec!["REQUIRED title", "OUT_OF_RANGE year", "REQUIRED calendars"],
        ),
        (wish(json!({ "calendars": [offices.kf_calendar] })), vec!["FORBIDDEN calendars"]),
        (wish(json!({ "calendars": [app.world.id("calendar.mm.plan")] })), vec!["FORBIDDEN calendars"]),
        (wish(json!({ "calendars": ["cal_01h455vb4pex5vsknk084sn02q"] })), vec!["NOT_FOUND calendars"]),
        (wish(json!({ "tenant": offices.tenant("kaufbeuren") })), vec!["FORBIDDEN tenant"]),
    ];
    for (input, expected) in tries {
        assert_eq!(said(&offices.oal.try_mutate("annualPlanCreate", input, PLAN).await), expected);
    }
    let theirs = json!({ "id": plan, "version": 1, "title": "Mine" });
    assert_eq!(said(&offices.kf.try_mutate("annualPlanUpdate", theirs.clone(), PLAN).await), ["NOT_FOUND id"]);
    assert_eq!(
        said(&app.actor("viewer@ostallgaeu").try_mutate("annualPlanUpdate", theirs, PLAN).await),
        ["FORBIDDEN id"]
    );
    let limited = app.actor("counsellor@ostallgaeu");
    assert_eq!(said(&limited.try_mutate("annualPlanCreate", wish(json!({})), PLAN).await), ["FORBIDDEN tenant"]);
    let title = json!({ "id": plan, "version": 1, "title": "Jahr 2027", "calendars": [offices.oal_calendar, app.world.id("calendar.oal.office")] });
    let changed = offices.oal.mutate("annualPlanUpdate", title, PLAN).await["annualPlan"].clone();
    assert_eq!((&changed["title"], changed["calendars"].as_array().map(Vec::len)), (&json!("Jahr 2027"), Some(2)));
}

async fn wrong_rounds_are_refused_by_name(app: TestApp) {
    let offices = Offices::open(&app).await;
    let wish = |more: Value| {
        let mut input = json!({
            "agreement": app.world.id("agreement.a"), "tenant": offices.tenant("ostallgaeu"), "year": 2027,
            "submitUntil": "2027-01-31",
        });
        input.as_object_mut().expect("an input").extend(more.as_object().cloned().unwrap_or_default());
        input
    };
    let tries = [
        (
            wish(json!({ "submitUntil": "2027-01-14", "daysApart": 29, "year": 1999 })),
            vec!["OUT_OF_RANGE year", "OUT_OF_RANGE submitUntil", "OUT_OF_RANGE daysApart"],
        ),
        (wish(json!({ "tenant": offices.tenant("memmingen") })), vec!["NOT_FOUND tenant"]),
        (wish(json!({ "tenant": offices.tenant("kaufbeuren") })), vec!["FORBIDDEN tenant"]),
        (wish(json!({ "agreement": "agr_01h455vb4pex5vsknk084sn02q" })), vec!["NOT_FOUND agreement"]),
    ];
    for (input, expected) in tries {
        assert_eq!(said(&offices.oal.try_mutate("coordinationRoundOpen", input, ROUND).await), expected);
    }
    let outsider = app.actor("planner@memmingen");
    assert_eq!(
        said(&outsider.try_mutate("coordinationRoundOpen", wish(json!({})), ROUND).await),
        ["NOT_FOUND agreement"]
    );
    let round = offices.round().await;
    let second = offices.oal.try_mutate("coordinationRoundOpen", wish(json!({})), ROUND).await;
    assert_eq!(said(&second), ["NOT_UNIQUE year"]);
    let later = json!({ "id": round, "version": 1, "submitUntil": "2027-02-15", "daysApart": 7 });
    assert_eq!(said(&offices.kf.try_mutate("coordinationRoundUpdate", later.clone(), ROUND).await), ["FORBIDDEN id"]);
    let changed = offices.oal.mutate("coordinationRoundUpdate", later, ROUND).await["coordinationRound"].clone();
    assert_eq!((&changed["submitUntil"], &changed["daysApart"]), (&json!("2027-02-15"), &json!(7)));
    let hidden = round_of(&outsider, &round).await;
    assert_eq!((hidden, round_of(&app.anonymous(), &round).await), (json!(null), json!(null)));
    // One that was closed makes room for another.
    let close = json!({ "id": round, "tenant": offices.tenant("kaufbeuren"), "version": 2, "reason": "Neu ansetzen." });
    let closed = offices.kf.mutate("coordinationRoundClose", close, ROUND).await["coordinationRound"].clone();
    assert_eq!((&closed["state"], &closed["closeReason"]), (&json!("CLOSED"), &json!("Neu ansetzen.")));
    offices.round().await;
}

async fn illegal_steps_name_the_allowed_ones(app: TestApp) {
    let offices = Offices::open(&app).await;
    let round = offices.round().await;
    let step = |version: i32| json!({ "id": round, "tenant": offices.tenant("ostallgaeu"), "version": version });
    let early = offices.oal.try_mutate("coordinationRoundPublish", step(1), ROUND).await;
    assert_eq!(said(&early), ["ILLEGAL_TRANSITION id"]);
    let words = concat!(
        "From \"collecting plans\" it does not lead to \"published\"; ",
        "possible: in coordination, ended without an outcome."
    );
    assert_eq!(early["userErrors"][0]["message"], words);
    let early = json!({ "id": round, "tenant": offices.tenant("kaufbeuren"), "version": 1 });
    let early = offices.kf.try_mutate("coordinationRoundStart", early, ROUND).await;
    let words = "Plans may be submitted until 2027-01-31; before, only the party that opened the round may begin.";
    assert_eq!(early["userErrors"][0]["message"], words);
    let early = offices.oal.try_mutate("coordinationRoundStart", step(1), ROUND).await;
    assert_eq!(early["userErrors"][0]["message"], "A round needs two plans; 0 are there.");
    let planner = offices.oal.try_mutate("coordinationRoundSignOff", step(1), ROUND).await;
    assert_eq!(said(&planner), ["FORBIDDEN tenant"], "who plans does not sign");
    let plan = offices.plan("oal").await;
    offices.submit("oal", &plan, &round).await;
    let twice = json!({ "id": plan, "round": round, "version": 2 });
    assert_eq!(said(&offices.oal.try_mutate("annualPlanSubmit", twice, PLAN).await), ["CONFLICT round"]);
    let other = json!({
        "tenant": offices.tenant("kaufbeuren"), "year": 2030, "title": "Plan", "calendars": [offices.kf_calendar],
    });
    let other = offices.kf.mutate("annualPlanCreate", other, PLAN).await["annualPlan"]["id"].clone();
    let other = json!({ "id": other, "round": round, "version": 1 });
    assert_eq!(said(&offices.kf.try_mutate("annualPlanSubmit", other, PLAN).await), ["INVALID id"]);
}

async fn after_the_deadline_a_round_goes_on_with_the_plans_that_are_there(app: TestApp) {
    let offices = Offices::open(&app).await;
    let round = offices.round().await;
    let (oal, kf) = (offices.plan("oal").await, offices.plan("kf").await);
    offices.submit("oal", &oal, &round).await;
    app.clock.set("2027-02-01T08:00:00Z".parse().expect("an instant"));
    let (planner, partner) = (app.actor("planner@ostallgaeu"), app.actor("planner@kaufbeuren"));
    let late = json!({ "id": kf, "round": round, "version": 1 });
    assert_eq!(said(&partner.try_mutate("annualPlanSubmit", late.clone(), PLAN).await), ["CONFLICT round"]);
    let step = json!({ "id": round, "tenant": offices.tenant("ostallgaeu"), "version": 1 });
    assert_eq!(
        said(&planner.try_mutate("coordinationRoundStart", step, ROUND).await),
        ["CONFLICT id"],
        "one plan is none"
    );
    // The opener gives more time.
    let more = json!({ "id": round, "version": 1, "submitUntil": "2027-02-10" });
    planner.mutate("coordinationRoundUpdate", more, ROUND).await;
    let submitted = partner.mutate("annualPlanSubmit", late, PLAN).await;
    assert_eq!(submitted["annualPlan"]["state"], "IN_COORDINATION");
    let fixed = json!({ "id": kf, "version": 2, "calendars": [offices.kf_calendar] });
    assert_eq!(said(&partner.try_mutate("annualPlanUpdate", fixed, PLAN).await), ["CONFLICT calendars"]);
}

async fn a_round_rests_when_its_agreement_ends(app: TestApp) {
    let offices = Offices::open(&app).await;
    let round = offices.in_coordination().await;
    let end = json!({
        "id": app.world.id("agreement.a"), "tenant": offices.tenant("kaufbeuren"), "version": 4, "reason": "Over.",
    });
    app.actor("admin@kaufbeuren").mutate("agreementEnd", end, "agreement { state }").await;
    let still = round_of(&offices.oal, &round).await;
    assert_eq!(still["state"], "IN_COORDINATION", "what was, is still known");
    let close = json!({ "id": round, "tenant": offices.tenant("ostallgaeu"), "version": 2, "reason": "x" });
    assert_eq!(
        said(&offices.oal.try_mutate("coordinationRoundClose", close, ROUND).await),
        ["AGREEMENT_NOT_ACTIVE agreement"]
    );
    let theirs = plan_in(&still, "kaufbeuren")["plan"]["id"].clone();
    let query = "query($id: ID!) { node(id: $id) { ... on AnnualPlan { calendars { id } } } }";
    let data = offices.oal.send(query, json!({ "id": theirs })).await.data();
    let calendars = data["node"]["calendars"].as_array().map(Vec::len);
    assert_eq!(calendars, Some(1), "a public calendar stays");
    assert_eq!(super::conflicts(&offices.oal, json!({ "round": round })).await, Vec::<Value>::new());
}

async fn a_change_that_stays_in_the_authority_takes_no_sign_off_back(app: TestApp) {
    let offices = Offices::open(&app).await;
    let inner = offices.entry("kf", "Intern", "2027-06-01", json!({ "confidentiality": "INTERNAL" })).await;
    let shown = offices.entry("kf", "Für Partner", "2027-06-02", json!({})).await;
    let round = offices.in_coordination().await;
    let sign = json!({ "id": round, "tenant": offices.tenant("ostallgaeu"), "version": 2 });
    app.actor("admin@ostallgaeu").mutate("coordinationRoundSignOff", sign, ROUND).await;
    let signed = async || plan_in(&round_of(&offices.kf, &round).await, "ostallgaeu")["signedBy"].clone();
    let change = |id: &str| json!({ "id": id, "version": 1, "description": "Neu" });
    offices.kf.mutate("calendarEntryUpdate", change(&inner), "calendarEntry { id }").await;
    offices.entry("kf", "Noch intern", "2027-06-03", json!({ "confidentiality": "INTERNAL" })).await;
    offices.entry("kf", "Anderes Jahr", "2028-06-03", json!({})).await;
    assert_eq!(signed().await, "admin@ostallgaeu");
    offices.kf.mutate("calendarEntryUpdate", change(&shown), "calendarEntry { id }").await;
    assert_eq!(signed().await, json!(null));
}

async fn a_plan_differs_from_that_of_the_year_before(app: TestApp) {
    let offices = Offices::open(&app).await;
    let input = json!({
        "tenant": offices.tenant("ostallgaeu"), "year": 2026, "title": "2026", "calendars": [offices.oal_calendar],
    });
    offices.oal.mutate("annualPlanCreate", input, PLAN).await;
    offices.entry("oal", "Bildungsfest 2026", "2026-06-13", json!({})).await;
    offices.entry("oal", "Messe", "2026-05-05", json!({})).await;
    offices.entry("oal", "Nur einmal", "2026-09-01", json!({})).await;
    offices.entry("oal", "Bildungsfest 2027", "2027-06-19", json!({})).await;
    offices.entry("oal", "Messe", "2027-10-05", json!({})).await;
    offices.entry("oal", "Neu dabei", "2027-03-01", json!({})).await;
    let (round, plan) = (offices.round().await, offices.plan("oal").await);
    let query = "query($plan: ID!) { annualPlanComparison(plan: $plan, first: 10) { totalCount
        nodes { kind titleBefore entry { id } entryBefore { id } } } }";
    let found = offices.oal.send(query, json!({ "plan": plan })).await.data()["annualPlanComparison"].clone();
    let line =
        |it: &Value| format!("{} {}", it["kind"].as_str().expect("a kind"), it["titleBefore"].as_str().unwrap_or("-"));
    let lines: Vec<_> = found["nodes"].as_array().expect("nodes").iter().map(line).collect();
    assert_eq!(lines, ["REMOVED Nur einmal", "ADDED -", "KEPT Bildungsfest 2026", "MOVED Messe"]);
    // A partner does not know the plan of the year before, which was in no round.
    offices.submit("oal", &plan, &round).await;
    let partner = offices.kf.send(query, json!({ "plan": plan })).await.data();
    assert_eq!(partner["annualPlanComparison"]["totalCount"], 0);
    let outsider = app.actor("planner@lindau").send(query, json!({ "plan": plan })).await;
    let unknown = json!({ "plan": "pln_01h455vb4pex5vsknk084sn02q" });
    assert_eq!(outsider.refusals(), app.actor("planner@lindau").send(query, unknown).await.refusals());
}

async fn who_hears_of_a_round_hears_what_happens_in_it(app: TestApp) {
    use verbund_tests::live::Socket;
    let offices = Offices::open(&app).await;
    let watched = offices.entry("oal", "Messe", "2027-11-01", json!({})).await;
    let round = offices.round().await;
    let watch =
        "subscription($id: ID!, $after: String) { coordinationRoundChanged(id: $id, after: $after) { cursor kind
        round { state } proposal { id } comment { text } entryId } }";
    let mut socket = Socket::init(&app.server().base, Some(&app.token("viewer@kaufbeuren"))).await;
    socket.subscribe("1", watch, json!({ "id": round })).await;
    assert_eq!(socket.event("1").await["coordinationRoundChanged"]["kind"], "READY");
    let (oal, kf) = (offices.plan("oal").await, offices.plan("kf").await);
    offices.submit("oal", &oal, &round).await;
    assert_eq!(socket.event("1").await["coordinationRoundChanged"]["kind"], "PLAN");
    offices.submit("kf", &kf, &round).await;
    assert_eq!(socket.event("1").await["coordinationRoundChanged"]["kind"], "PLAN");
    let started = socket.event("1").await["coordinationRoundChanged"].clone();
    assert_eq!((&started["kind"], &started["round"]["state"]), (&json!("ROUND"), &json!("IN_COORDINATION")));
    let cursor = started["cursor"].clone();
    drop(socket);
    // What happens while nobody listens is told after it.
    let input = json!({ "round": round, "tenant": offices.tenant("ostallgaeu"), "text": "Willkommen." });
    offices.oal.mutate("coordinationCommentCreate", input, "coordinationRound { id }").await;
    let input = json!({ "id": watched, "version": 1, "description": "Neu" });
    offices.oal.mutate("calendarEntryUpdate", input, "calendarEntry { id }").await;
    let mut socket = Socket::init(&app.server().base, Some(&app.token("viewer@kaufbeuren"))).await;
    socket.subscribe("1", watch, json!({ "id": round, "after": cursor })).await;
    assert_eq!(socket.event("1").await["coordinationRoundChanged"]["comment"]["text"], "Willkommen.");
    let changed = socket.event("1").await["coordinationRoundChanged"].clone();
    assert_eq!((&changed["kind"], &changed["entryId"]), (&json!("ENTRY"), &json!(watched)));
    // The events of a calendar tell conflicts.
    let watch = "subscription($calendars: [ID!]!) { calendarEntryChanged(calendars: $calendars) { kind
        conflicts { rule } entry { id } } }";
    socket.subscribe("2", watch, json!({ "calendars": [offices.oal_calendar] })).await;
    assert_eq!(socket.event("2").await["calendarEntryChanged"]["kind"], "READY");
    let input = json!({ "id": watched, "version": 2, "description": "Noch neuer" });
    offices.oal.mutate("calendarEntryUpdate", input, "calendarEntry { id }").await;
    let mut events = [socket.receive().await, socket.receive().await];
    events.sort_by_key(|it| it["id"].to_string());
    assert_eq!(
        events[1]["payload"]["data"]["calendarEntryChanged"],
        json!({ "kind": "UPDATED", "conflicts": [{ "rule": "PUBLIC_HOLIDAY" }], "entry": { "id": watched } })
    );
    // Without a role there is nothing more to hear.
    let input = json!({ "id": app.world.id("role.viewer@kaufbeuren"), "version": 1 });
    app.actor("admin@kaufbeuren").mutate("roleGrantRevoke", input, "roleGrant { id }").await;
    let ended = socket.receive().await;
    assert_eq!(ended["payload"]["errors"][0]["extensions"]["reason"], "NOT_FOUND", "{ended}");
}
