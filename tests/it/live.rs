//! Live events over sockets and event streams, each seen with rights of its moment.

use serde_json::{Value, json};
use verbund_tests::app::Server;
use verbund_tests::{Case, Engine, Events, Socket, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["live";
        a_change_reaches_each_at_their_level_and_others_never,
        what_goes_out_of_sight_is_told_as_removed,
        after_a_cut_everything_comes_once_and_in_order,
        cursors_that_mean_nothing_here_are_refused,
        calendars_that_are_hidden_or_unknown_are_refused_alike,
        after_a_role_is_revoked_nothing_comes,
        after_a_share_or_an_agreement_ends_nothing_comes,
        the_viewer_learns_when_access_changes,
        changes_through_another_server_are_heard,
        announcements_go_on_after_the_database_cut_them,
        event_streams_carry_answers_and_events,
        fifty_subscribers_hear_the_same_in_the_same_order,
    ]
}

const CHANGES: &str = "subscription($calendars: [ID!]!, $after: String) {
    calendarEntryChanged(calendars: $calendars, after: $after) { cursor kind entryId
      entry { __typename id calendar { name } ... on CalendarEntrySummary { title }
        ... on CalendarEntryFull { title description location } } } }";

const ACCESS: &str = "subscription($after: String) { viewerAccessChanged(after: $after) { cursor kind
    viewer { memberships { tenant { slug } roles { role } } } } }";

fn calendars(app: &TestApp, names: &[&str]) -> Value {
    json!({ "calendars": names.iter().map(|it| app.world.id(&format!("calendar.{it}"))).collect::<Vec<_>>() })
}

/// A socket of `subject` that follows calendars and was told that it stands.
async fn follower(app: &TestApp, subject: Option<&str>, names: &[&str]) -> Socket {
    let token = subject.map(|it| app.token(it));
    let mut socket = Socket::init(&app.server().base, token.as_deref()).await;
    socket.subscribe("1", CHANGES, calendars(app, names)).await;
    let ready = change(&mut socket).await;
    assert_eq!((&ready["kind"], &ready["entry"]), (&json!("READY"), &Value::Null), "{ready}");
    socket
}

async fn change(socket: &mut Socket) -> Value {
    socket.event("1").await["calendarEntryChanged"].clone()
}

/// Puts an entry into a calendar of the Landkreis, as its planner; its id.
async fn put(app: &TestApp, calendar: &str, title: &str) -> String {
    let input = json!({
        "calendar": app.world.id(&format!("calendar.{calendar}")), "title": title, "description": "Words within",
        "time": { "timed": { "start": "2027-03-01T09:00", "end": "2027-03-01T10:00" } },
    });
    let made = app.actor("planner@ostallgaeu").mutate("calendarEntryCreate", input, "calendarEntry { id }").await;
    made["calendarEntry"]["id"].as_str().expect("an id").to_owned()
}

async fn rename(app: &TestApp, entry: &str, version: i32, title: &str) {
    let input = json!({ "id": entry, "version": version, "title": title });
    app.actor("planner@ostallgaeu").mutate("calendarEntryUpdate", input, "calendarEntry { id }").await;
}

async fn revoke(app: &TestApp, subject: &str) {
    let tenant = subject.split_once('@').expect("an authority").1;
    let input = json!({ "id": app.world.id(&format!("role.{subject}")), "version": 1, "reason": "gone" });
    app.actor(&format!("admin@{tenant}")).mutate("roleGrantRevoke", input, "roleGrant { id }").await;
}

async fn a_change_reaches_each_at_their_level_and_others_never(app: TestApp) {
    let shared = ["oal.counselling", "oal.orientation", "oal.public"];
    let mut owner = follower(&app, Some("viewer@ostallgaeu"), &["oal.office", "oal.counselling"]).await;
    let mut partner = follower(&app, Some("planner@kaufbeuren"), &shared).await;
    let mut public = follower(&app, None, &["oal.public"]).await;

    // Nobody but the owner hears of what is not shared, so the first that the others hear is what comes after it.
    let meeting = put(&app, "oal.office", "Internal meeting").await;
    let heard = change(&mut owner).await;
    assert_eq!((&heard["kind"], &heard["entryId"]), (&json!("CREATED"), &json!(meeting)));

    let day = put(&app, "oal.counselling", "Counselling day").await;
    let full = change(&mut owner).await;
    let summary = change(&mut partner).await;
    assert_eq!(full["entry"]["__typename"], "CalendarEntryFull");
    assert_eq!((&full["entry"]["description"], &full["entryId"]), (&json!("Words within"), &json!(day)));
    let calendar = json!({ "name": "oal.counselling" });
    assert_eq!(
        summary["entry"],
        json!({ "__typename": "CalendarEntrySummary", "id": day, "calendar": calendar, "title": "Counselling day" })
    );

    let fair = put(&app, "oal.orientation", "Fair").await;
    let busy = change(&mut partner).await;
    let calendar = json!({ "name": "oal.orientation" });
    assert_eq!(busy["entry"], json!({ "__typename": "CalendarEntryBusy", "id": fair, "calendar": calendar }));

    let forum = put(&app, "oal.public", "Forum").await;
    assert_eq!(change(&mut public).await["entryId"], json!(forum));
    assert_eq!(change(&mut partner).await["entryId"], json!(forum));

    rename(&app, &day, 1, "Counselling days").await;
    for socket in [&mut owner, &mut partner] {
        let heard = change(socket).await;
        assert_eq!((&heard["kind"], &heard["entry"]["title"]), (&json!("UPDATED"), &json!("Counselling days")));
    }
    // The last one was called off, and says so to everybody who sees more than the time it took.
    let input = json!({ "id": day, "version": 2, "reason": "ill" });
    app.actor("planner@ostallgaeu").mutate("calendarEntryCancel", input, "calendarEntry { id }").await;
    for socket in [&mut owner, &mut partner] {
        assert_eq!(change(socket).await["kind"], "CANCELLED");
    }
}

async fn what_goes_out_of_sight_is_told_as_removed(app: TestApp) {
    let mut owner = follower(&app, Some("viewer@ostallgaeu"), &["oal.counselling", "oal.orientation"]).await;
    let mut partner = follower(&app, Some("planner@kaufbeuren"), &["oal.counselling", "oal.orientation"]).await;
    let day = put(&app, "oal.counselling", "Day").await;
    let fair = put(&app, "oal.orientation", "Fair").await;
    for socket in [&mut owner, &mut partner] {
        assert_eq!(change(socket).await["entryId"], json!(day));
        assert_eq!(change(socket).await["entryId"], json!(fair));
    }
    let input = json!({ "id": day, "version": 1, "confidentiality": "INTERNAL", "title": "Now a secret" });
    app.actor("planner@ostallgaeu").mutate("calendarEntryUpdate", input, "calendarEntry { id }").await;
    assert_eq!(change(&mut owner).await["entry"]["title"], "Now a secret");
    let gone = change(&mut partner).await;
    assert_eq!((&gone["kind"], &gone["entryId"], &gone["entry"]), (&json!("REMOVED"), &json!(day), &Value::Null));
    // Whoever sees only that time is taken does not see what takes none.
    let input = json!({ "id": fair, "version": 1 });
    app.actor("planner@ostallgaeu").mutate("calendarEntryCancel", input, "calendarEntry { id }").await;
    assert_eq!(change(&mut owner).await["kind"], "CANCELLED");
    let gone = change(&mut partner).await;
    assert_eq!((&gone["kind"], &gone["entryId"]), (&json!("REMOVED"), &json!(fair)));
    // What changes out of sight is no event; the next one is of something else.
    rename(&app, &day, 2, "Still a secret").await;
    let next = put(&app, "oal.counselling", "Next").await;
    assert_eq!(change(&mut partner).await["entryId"], json!(next));
}

async fn after_a_cut_everything_comes_once_and_in_order(app: TestApp) {
    let names = ["oal.counselling"];
    let mut socket = follower(&app, Some("planner@kaufbeuren"), &names).await;
    let mut expected = vec![put(&app, "oal.counselling", "0").await];
    let heard = change(&mut socket).await;
    assert_eq!(heard["entryId"], json!(expected[0]));
    drop(socket);
    for index in 1..=5 {
        expected.push(put(&app, "oal.counselling", &index.to_string()).await);
        put(&app, "oal.office", "of no concern").await;
    }
    let token = app.token("planner@kaufbeuren");
    let mut variables = calendars(&app, &names);
    variables["after"] = heard["cursor"].clone();
    let mut socket = Socket::init(&app.server().base, Some(&token)).await;
    socket.subscribe("1", CHANGES, variables.clone()).await;
    for id in &expected[1..] {
        let heard = change(&mut socket).await;
        assert_eq!((&heard["kind"], &heard["entryId"]), (&json!("CREATED"), &json!(id)));
        variables["after"] = heard["cursor"].clone();
    }
    // From the last cursor nothing is old; the first that comes is new. A ready one does as well.
    drop(socket);
    let mut events = Events::open(&app.server().base, Some(&token), CHANGES, variables).await;
    let last = put(&app, "oal.counselling", "last").await;
    assert_eq!(events.event().await["calendarEntryChanged"]["entryId"], json!(last));
    let mut fresh = follower(&app, Some("planner@kaufbeuren"), &names).await;
    let later = put(&app, "oal.counselling", "later").await;
    assert_eq!(change(&mut fresh).await["entryId"], json!(later));
}

/// What an operation is refused with: the errors of its one `error` message, without the request id.
async fn refused(socket: &mut Socket, id: &str) -> Vec<Value> {
    let message = socket.receive().await;
    // An error with a path comes with the first answer, and completes the operation.
    let errors = if message["type"] == "next" {
        let complete = socket.receive().await;
        assert_eq!(complete, json!({ "id": id, "type": "complete" }));
        message["payload"]["errors"].clone()
    } else {
        assert_eq!(message["type"], "error", "{message}");
        message["payload"].clone()
    };
    let mut errors = errors.as_array().cloned().expect("errors");
    for error in &mut errors {
        error["extensions"].as_object_mut().expect("extensions").remove("requestId");
    }
    errors
}

async fn cursors_that_mean_nothing_here_are_refused(app: TestApp) {
    let mut owner = follower(&app, Some("viewer@ostallgaeu"), &["oal.office"]).await;
    put(&app, "oal.office", "hidden").await;
    let hidden = change(&mut owner).await["cursor"].clone();
    let token = app.token("planner@kaufbeuren");
    let mut socket = Socket::init(&app.server().base, Some(&token)).await;
    let mut told = Vec::new();
    for (index, cursor) in [hidden, json!("AAECAwQFBgcICQoLDA0ODw"), json!("x"), json!("")].iter().enumerate() {
        let mut variables = calendars(&app, &["oal.counselling"]);
        variables["after"] = cursor.clone();
        let id = index.to_string();
        socket.subscribe(&id, CHANGES, variables).await;
        told.push(refused(&mut socket, &id).await);
    }
    assert_eq!(told[0][0]["extensions"]["code"], "BAD_USER_INPUT", "{told:?}");
    assert_eq!(told[0][0]["extensions"]["field"], "after", "{told:?}");
    assert!(told.iter().all(|it| *it == told[0]), "one of a hidden event is as one that never was: {told:?}");
}

async fn calendars_that_are_hidden_or_unknown_are_refused_alike(app: TestApp) {
    let token = app.token("planner@kaufbeuren");
    let mut socket = Socket::init(&app.server().base, Some(&token)).await;
    let unknown = "cal_01h455vb4pex5vsknk084sn02q";
    let mut told = Vec::new();
    for (index, list) in [
        json!([app.world.id("calendar.oal.office")]),
        json!([unknown]),
        json!([app.world.id("calendar.oal.counselling"), unknown]),
        json!([app.world.id("calendar.oal.counselling"), app.world.id("calendar.oal.newcomers")]),
    ]
    .into_iter()
    .enumerate()
    {
        let id = index.to_string();
        socket.subscribe(&id, CHANGES, json!({ "calendars": list })).await;
        told.push(refused(&mut socket, &id).await);
    }
    assert!(told.iter().all(|it| *it == told[0] && it[0]["extensions"]["reason"] == "NOT_FOUND"), "{told:?}");
    for list in [json!([]), json!([app.world.id("tenant.ostallgaeu")]), json!(vec![unknown; 101])] {
        socket.subscribe("x", CHANGES, json!({ "calendars": list })).await;
        let told = refused(&mut socket, "x").await;
        assert_eq!(told[0]["extensions"]["field"], "calendars", "{told:?}");
    }
    // Nobody who is not signed in has an access of their own.
    let mut anonymous = Socket::init(&app.server().base, None).await;
    anonymous.subscribe("1", ACCESS, json!({})).await;
    assert_eq!(refused(&mut anonymous, "1").await[0]["extensions"]["code"], "UNAUTHENTICATED");
}

/// The subscription ends with `NOT_FOUND`, and nothing came before that.
async fn ends(socket: &mut Socket) {
    let told = refused(socket, "1").await;
    assert_eq!(told[0]["extensions"]["reason"], "NOT_FOUND", "{told:?}");
}

async fn after_a_role_is_revoked_nothing_comes(app: TestApp) {
    let mut leaving = follower(&app, Some("viewer@kaufbeuren"), &["oal.counselling"]).await;
    let mut staying = follower(&app, Some("planner@kaufbeuren"), &["oal.counselling"]).await;
    let mut both = follower(&app, Some("viewer@kaufbeuren"), &["oal.counselling", "oal.public"]).await;
    revoke(&app, "viewer@kaufbeuren").await;
    ends(&mut leaving).await;
    let secret = put(&app, "oal.counselling", "After the end").await;
    assert_eq!(change(&mut staying).await["entryId"], json!(secret));
    // What is public stays in sight, and only that.
    let forum = put(&app, "oal.public", "Forum").await;
    assert_eq!(change(&mut both).await["entryId"], json!(forum));
}

async fn after_a_share_or_an_agreement_ends_nothing_comes(app: TestApp) {
    let mut counselling = follower(&app, Some("planner@kaufbeuren"), &["oal.counselling"]).await;
    let mut orientation = follower(&app, Some("planner@kaufbeuren"), &["oal.orientation"]).await;
    let input = json!({ "id": app.world.id("share.oal.counselling.a"), "version": 1 });
    app.actor("admin@ostallgaeu").mutate("shareEnd", input, "share { id }").await;
    ends(&mut counselling).await;
    put(&app, "oal.counselling", "After the share").await;
    let fair = put(&app, "oal.orientation", "Fair").await;
    assert_eq!(change(&mut orientation).await["entryId"], json!(fair));
    let asked = "query($id: ID!) { node(id: $id) { ... on Agreement { version } } }";
    let agreement = app.world.id("agreement.a");
    let admin = app.actor("admin@ostallgaeu");
    let version = admin.send(asked, json!({ "id": agreement })).await.data()["node"]["version"].clone();
    let input = json!({
        "id": agreement, "version": version, "tenant": app.world.id("tenant.ostallgaeu"), "reason": "over",
    });
    admin.mutate("agreementEnd", input, "agreement { state }").await;
    ends(&mut orientation).await;
}

async fn the_viewer_learns_when_access_changes(app: TestApp) {
    let base = &app.server().base;
    let token = app.token("viewer@kaufbeuren");
    let mut socket = Socket::init(base, Some(&token)).await;
    socket.subscribe("1", ACCESS, json!({})).await;
    let ready = socket.event("1").await["viewerAccessChanged"].clone();
    assert_eq!(ready["kind"], "READY");
    let grant = json!({
        "tenant": app.world.id("tenant.kaufbeuren"), "to": { "member": app.world.id("member.viewer@kaufbeuren") },
        "role": "PLANNER",
    });
    // What is given to others is no change of one's own.
    let other = json!({
        "tenant": app.world.id("tenant.kaufbeuren"), "to": { "member": app.world.id("member.steward@kaufbeuren") },
        "role": "PLANNER",
    });
    let admin = app.actor("admin@kaufbeuren");
    admin.mutate("roleGrantCreate", other, "roleGrant { id }").await;
    admin.mutate("roleGrantCreate", grant, "roleGrant { id }").await;
    let changed = socket.event("1").await["viewerAccessChanged"].clone();
    assert_eq!(changed["kind"], "CHANGED");
    assert_eq!(
        changed["viewer"]["memberships"],
        json!([{ "tenant": { "slug": "kaufbeuren" }, "roles": [{ "role": "VIEWER" }, { "role": "PLANNER" }] }])
    );
    // With an old cursor the change is told at once, with the newest not.
    let mut late = Socket::init(base, Some(&token)).await;
    late.subscribe("1", ACCESS, json!({ "after": ready["cursor"] })).await;
    assert_eq!(late.event("1").await["viewerAccessChanged"]["cursor"], changed["cursor"]);
    let mut current = Socket::init(base, Some(&token)).await;
    current.subscribe("1", ACCESS, json!({ "after": changed["cursor"] })).await;
    let input = json!({ "id": app.world.id("share.oal.public.a"), "version": 1 });
    app.actor("admin@ostallgaeu").mutate("shareEnd", input, "share { id }").await;
    for socket in [&mut socket, &mut late, &mut current] {
        let told = socket.event("1").await["viewerAccessChanged"].clone();
        assert!(told["kind"] == "CHANGED" && told["cursor"] != changed["cursor"], "a share is gone: {told}");
    }
    revoke(&app, "viewer@kaufbeuren").await;
    let told = socket.event("1").await["viewerAccessChanged"].clone();
    assert_eq!(told["viewer"]["memberships"][0]["roles"], json!([{ "role": "PLANNER" }]));
}

async fn changes_through_another_server_are_heard(app: TestApp) {
    let mut config = app.config.clone();
    config.live.look_after_seconds = 1;
    let replica = Server::start(config, app.clock.clone()).await.expect("a replica");
    let token = app.token("planner@kaufbeuren");
    let mut socket = Socket::init(&replica.base, Some(&token)).await;
    socket.subscribe("1", CHANGES, calendars(&app, &["oal.counselling"])).await;
    assert_eq!(change(&mut socket).await["kind"], "READY");
    let day = put(&app, "oal.counselling", "Elsewhere").await;
    assert_eq!(change(&mut socket).await["entryId"], json!(day));
    // The server says goodbye to those who stay on.
    replica.stop().await.expect("it stops at once");
    assert_eq!(socket.closed().await.0, 1001);
}

async fn announcements_go_on_after_the_database_cut_them(app: TestApp) {
    if app.engine == Engine::Sqlite {
        return;
    }
    let mut socket = follower(&app, Some("planner@kaufbeuren"), &["oal.counselling"]).await;
    let rows = app.database.rows().await;
    let name = rows.list("SELECT current_database()::text").await.remove(0);
    let cut = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid() \
         AND application_name <> 'verbund'"
    );
    app.fixture.admin(&cut).await.expect("cut");
    let day = put(&app, "oal.counselling", "While nobody listened").await;
    assert_eq!(change(&mut socket).await["entryId"], json!(day));
}

async fn event_streams_carry_answers_and_events(app: TestApp) {
    let base = &app.server().base;
    let token = app.token("planner@kaufbeuren");
    let mut once = Events::open(base, Some(&token), "{ viewer { name } }", json!({})).await;
    assert_eq!(once.head(), (200, "text/event-stream".to_owned()));
    assert_eq!(once.event().await, json!({ "viewer": { "name": "planner@kaufbeuren" } }));
    assert_eq!(once.next().await, Some(("complete".to_owned(), String::new())));
    assert_eq!(once.next().await, None);
    // What is wrong with the document is told in the stream, without data.
    let mut wrong = Events::open(base, None, "{ nothing }", json!({})).await;
    let (name, data) = wrong.next().await.expect("an event");
    let data: Value = serde_json::from_str(&data).expect("JSON");
    assert!(name == "next" && data.get("data").is_none(), "{data}");
    assert_eq!(data["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED");
    assert_eq!(wrong.next().await, Some(("complete".to_owned(), String::new())));
    // A bad token is no stream at all.
    let refused = Events::open(base, Some("nonsense"), "{ __typename }", json!({})).await;
    assert_eq!(refused.head().0, 401);

    let mut events = Events::open(base, Some(&token), CHANGES, calendars(&app, &["oal.counselling"])).await;
    assert_eq!(events.event().await["calendarEntryChanged"]["kind"], "READY");
    let day = put(&app, "oal.counselling", "Day").await;
    assert_eq!(events.event().await["calendarEntryChanged"]["entryId"], json!(day));
    revoke(&app, "planner@kaufbeuren").await;
    let (_, data) = events.next().await.expect("the end");
    assert!(data.contains("NOT_FOUND"), "{data}");
    assert_eq!(events.next().await, Some(("complete".to_owned(), String::new())));
    assert_eq!(events.next().await, None);
}

async fn fifty_subscribers_hear_the_same_in_the_same_order(app: TestApp) {
    let mut sockets = Vec::new();
    for _ in 0..50 {
        sockets.push(follower(&app, Some("planner@kaufbeuren"), &["oal.counselling"]).await);
    }
    let put = async {
        let mut expected = Vec::new();
        for index in 0..4 {
            let (one, two) = tokio::join!(
                put(&app, "oal.counselling", ["a", "b", "c", "d"][index]),
                put(&app, "oal.counselling", ["e", "f", "g", "h"][index])
            );
            expected.extend([one, two]);
        }
        expected
    };
    let heard = futures_util::future::join_all(sockets.iter_mut().map(|socket| async {
        let mut heard = Vec::new();
        while heard.len() < 8 {
            heard.push(change(socket).await["entryId"].as_str().expect("an id").to_owned());
        }
        heard
    }));
    let (mut expected, heard) = tokio::join!(put, heard);
    assert!(heard.iter().all(|it| *it == heard[0]), "one order for all: {heard:?}");
    let mut first = heard[0].clone();
    first.sort();
    expected.sort();
    assert_eq!(first, expected, "each once");
}
