//! Feeds with secrets: made, shown once, used, capped, taken back.

use serde_json::{Value, json};
use verbund_tests::app::Server;
use verbund_tests::client::{codes, said};
use verbund_tests::{Case, TestApp, cases, row_of};

use super::feeds::{get, header};

pub fn cases() -> Vec<Case> {
    cases!["subscriptions";
        a_secret_is_shown_once_and_kept_as_a_fingerprint,
        the_feed_of_a_calendar_shared_as_busy_has_no_words,
        a_feed_shows_no_more_than_its_level,
        rights_are_judged_at_every_request,
        what_is_taken_back_over_or_unknown_is_not_there,
        admins_take_feeds_of_their_members_back_without_the_secret,
        a_feed_acts_for_one_authority,
        an_unchanged_feed_is_not_sent_again,
        what_is_wrong_with_a_feed_is_told_by_field,
        guesses_are_paid_by_their_address,
        a_date_called_off_is_gone_for_whoever_sees_only_busy,
        the_last_use_is_kept_to_the_hour,
    ]
}

/// Makes a feed; its secret.
pub async fn feed(app: &TestApp, subject: &str, more: Value) -> String {
    let slug = subject.split('@').nth(1).expect("a tenant");
    let mut input =
        json!({ "tenant": app.world.id(&format!("tenant.{slug}")), "name": "Mine & yours", "level": "FULL" });
    input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    let made = app.actor(subject).mutate("feedCreate", input, "feed { id } secret").await;
    made["secret"].as_str().expect("a secret").to_owned()
}

async fn ics(app: &TestApp, secret: &str) -> (u16, String) {
    let (status, _, text) = get(app.server(), &format!("/feeds/{secret}.ics"), &[]).await;
    (status, text.replace("\r\n ", ""))
}

async fn a_secret_is_shown_once_and_kept_as_a_fingerprint(app: TestApp) {
    let planner = app.actor("planner@ostallgaeu");
    let calendars = json!([app.world.id("calendar.oal.counselling")]);
    let input = json!({
        "tenant": app.world.id("tenant.ostallgaeu"), "name": "Outlook", "level": "SUMMARY", "calendars": calendars,
        "idempotencyKey": "once", "expiresAt": "2028-01-01T00:00:00Z",
    });
    let selection =
        "feed { id name level calendars { name } expiresAt lastUsedAt subscriberName tenant { slug } } secret";
    let made = planner.mutate("feedCreate", input.clone(), selection).await;
    let secret = made["secret"].as_str().expect("a secret");
    assert!(secret.starts_with("vbf_") && secret.len() == 47, "{secret}");
    let expected = json!({
        "id": made["feed"]["id"], "name": "Outlook", "level": "SUMMARY", "calendars": [{ "name": "oal.counselling" }],
        "expiresAt": "2028-01-01T00:00:00+00:00", "lastUsedAt": null, "subscriberName": null,
        "tenant": { "slug": "ostallgaeu" },
    });
    assert_eq!(made["feed"], expected);
    let again = planner.mutate("feedCreate", input, selection).await;
    assert_eq!((&again["feed"]["id"], &again["secret"]), (&made["feed"]["id"], &Value::Null));
    // Neither rows nor trail nor events have it.
    assert_eq!(ics(&app, secret).await.0, 200);
    let dump = format!("{:?}", app.database.rows().await.dump().await);
    assert!(dump.contains("Outlook") && !dump.contains(secret) && !dump.contains(&secret[4..]));
    let list = "{ feeds { totalCount nodes { id lastUsedAt } } }";
    let data = planner.ask(list).await.data();
    assert_eq!(data["feeds"]["totalCount"], 2, "that of the world and this one");
    assert_eq!(
        data["feeds"]["nodes"][1],
        json!({ "id": made["feed"]["id"], "lastUsedAt": "2027-01-15T10:00:00+00:00" })
    );
    assert_eq!(app.anonymous().ask(list).await.data()["feeds"]["totalCount"], 0);
    assert_eq!(app.actor("planner@kaufbeuren").ask(list).await.data()["feeds"]["totalCount"], 0);
}

/// Every word that people wrote about an entry of the world, in all its columns.
fn words(text: &str) -> Vec<&'static str> {
    let all = [
        "Title",
        "Description",
        "Location",
        "Organiser",
        "Group of",
        "SUMMARY",
        "DESCRIPTION",
        "LOCATION",
        "ORGANIZER",
        "ATTENDEE",
        "CATEGORIES",
        "CONTACT",
        "URL",
        "STATUS",
        "COMMENT",
        "foreign-uid",
        "X-WR-CALDESC",
        "title",
        "participants",
        "locations",
        "keywords",
        "status\"",
        "Hidden",
    ];
    all.into_iter().filter(|it| text.contains(it)).collect()
}

async fn the_feed_of_a_calendar_shared_as_busy_has_no_words(app: TestApp) {
    let owner = app.actor("planner@ostallgaeu");
    let orientation = app.world.id("calendar.oal.orientation");
    let described = json!({ "id": orientation, "version": 1, "description": "Hidden purpose" });
    owner.mutate("calendarUpdate", described, "calendar { id }").await;
    let rows = app.database.rows().await;
    let fair = app.world.id("entry.oal.orientation.fair");
    rows.run(&format!("UPDATE calendar_entry SET uid = 'foreign-uid' WHERE id = {}", rows.id(row_of(fair)))).await;
    let secret = feed(&app, "planner@kaufbeuren", json!({ "calendars": [orientation] })).await;
    for ending in ["ics", "json", "ifb"] {
        let (status, headers, text) = get(app.server(), &format!("/feeds/{secret}.{ending}"), &[]).await;
        assert_eq!((status, header(&headers, "cache-control")), (200, "private, no-cache"));
        // That the time is taken and by whom has words; the name that the subscriber gave to the feed is its own.
        let label = "Belegt (Landkreis Ostallgäu)";
        let bare = text.replace(&format!("SUMMARY:{label}"), "").replace(&format!("\"title\":\"{label}\""), "");
        let bare = bare.replace("\"title\":\"Mine & yours\"", "");
        assert_eq!(words(&bare), Vec::<&str>::new(), "{text}");
        assert_eq!(text.contains(label), ending != "ifb", "{text}");
        assert_ne!(ending == "ifb", text.contains(&row_of(fair).to_string()), "{text}");
    }
    let text = ics(&app, &secret).await.1;
    assert!(
        text.contains("DTSTART;TZID=Europe/Berlin:20270204T090000") && text.contains("NAME:Mine & yours"),
        "{text}"
    );
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 1, "neither the idea nor what is internal: {text}");
    for line in ["SEQUENCE:0", "CLASS:CONFIDENTIAL", "TRANSP:OPAQUE"] {
        assert!(text.contains(&format!("\r\n{line}\r\n")), "{line}: {text}");
    }
    // Whether and when something was changed that the subscriber does not see is not told.
    let renamed = json!({ "id": fair, "version": 1, "title": "Renamed" });
    app.at("2027-01-15T10:05:00Z");
    owner.mutate("calendarEntryUpdate", renamed, "calendarEntry { id }").await;
    assert_eq!(ics(&app, &secret).await.1, text);
    // The owner's own program sees it all.
    let own = feed(&app, "planner@ostallgaeu", json!({ "calendars": [orientation] })).await;
    let text = ics(&app, &own).await.1;
    assert!(text.contains("UID:foreign-uid") && text.contains("SUMMARY:Renamed"), "{text}");
    assert!(text.contains("DESCRIPTION:Hidden purpose"), "{text}");
}

async fn a_feed_shows_no_more_than_its_level(app: TestApp) {
    let all = |level: &str| json!({ "level": level });
    let busy = ics(&app, &feed(&app, "planner@ostallgaeu", all("BUSY")).await).await.1;
    let labels: Vec<_> = busy.split("\r\n").filter(|it| it.starts_with("SUMMARY:")).collect();
    assert!(labels.iter().all(|it| it.starts_with("SUMMARY:Belegt (")), "{labels:?}");
    for authority in ["Landkreis Ostallgäu", "Stadt Memmingen"] {
        assert!(labels.iter().any(|it| it.contains(authority)), "{authority}: {labels:?}");
    }
    assert_eq!(words(&busy.replace("SUMMARY:Belegt", "")), Vec::<&str>::new(), "{busy}");
    let idea = row_of(app.world.id("entry.oal.orientation.idea")).to_string();
    assert!(!busy.contains(&idea), "what takes no time is nothing to whom only learns that time is taken");
    let summary = ics(&app, &feed(&app, "planner@ostallgaeu", all("SUMMARY")).await).await.1;
    assert!(summary.contains("SUMMARY:Title of oal.office.meeting") && summary.contains(&idea), "{summary}");
    assert!(!summary.contains("Description of") && !summary.contains("Organiser of"), "{summary}");
    let full = ics(&app, &feed(&app, "planner@ostallgaeu", all("CONTRIBUTE")).await).await.1;
    assert!(full.contains("DESCRIPTION:Description of oal.office.meeting"), "{full}");
    // A partner's entries come at the level at which they are shared.
    assert!(full.contains("DESCRIPTION:Description of mm.plan.day"), "{full}");
    let partner = ics(&app, &feed(&app, "planner@kaufbeuren", all("CONTRIBUTE")).await).await.1;
    assert!(partner.contains("SUMMARY:Title of oal.counselling.day"), "{partner}");
    assert!(!partner.contains("Description of oal.counselling.day"), "{partner}");
    assert!(!full.contains("secret.mm") && !full.contains("mm.plan.secret"), "{full}");
}

async fn rights_are_judged_at_every_request(app: TestApp) {
    let (secret, day) = (feed(&app, "planner@kaufbeuren", json!({})).await, "SUMMARY:Title of oal.counselling.day");
    assert!(ics(&app, &secret).await.1.contains(day));
    let end = json!({ "id": app.world.id("share.oal.counselling.a"), "version": 1 });
    app.actor("admin@ostallgaeu").mutate("shareEnd", end, "share { id }").await;
    let (status, text) = ics(&app, &secret).await;
    assert!(status == 200 && !text.contains(day) && text.contains("Title of kf.counselling.day"), "{text}");
    let revoke = json!({ "id": app.world.id("role.planner@kaufbeuren"), "version": 1 });
    app.actor("admin@kaufbeuren").mutate("roleGrantRevoke", revoke, "roleGrant { id }").await;
    assert_eq!(ics(&app, &secret).await.0, 404, "without a role there is no feed");
    // The subscriber can still take it back.
    let client = app.actor("planner@kaufbeuren");
    let own = client.ask("{ feeds { nodes { id version viewerCan { revoke } } } }").await.data();
    let node = &own["feeds"]["nodes"][0];
    assert_eq!(node["viewerCan"]["revoke"], true);
    client.mutate("feedRevoke", json!({ "id": node["id"], "version": 1 }), "feed { revokedAt }").await;
}

async fn what_is_taken_back_over_or_unknown_is_not_there(app: TestApp) {
    let unknown = ics(&app, "vbf_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").await;
    assert_eq!(unknown.0, 404);
    let secret = app.world.id("secret.planner@ostallgaeu").to_owned();
    assert_eq!(ics(&app, &secret).await.0, 200);
    let revoke = json!({ "id": app.world.id("feed.planner@ostallgaeu"), "version": 1 });
    let planner = app.actor("planner@ostallgaeu");
    planner.mutate("feedRevoke", revoke.clone(), "feed { revokedAt version }").await;
    assert_eq!(ics(&app, &secret).await, unknown);
    assert_eq!(codes(&planner.try_mutate("feedRevoke", revoke, "feed { id }").await), ["CONFLICT"]);
    let data =
        planner.ask("{ feeds { totalCount } all: feeds(filter: {includeRevoked: true}) { totalCount } }").await.data();
    assert_eq!(data, json!({ "feeds": { "totalCount": 0 }, "all": { "totalCount": 1 } }));
    let short = feed(&app, "planner@ostallgaeu", json!({ "expiresAt": "2027-01-16T00:00:00Z" })).await;
    assert_eq!(ics(&app, &short).await.0, 200);
    app.at("2027-01-16T00:00:00Z");
    assert_eq!(ics(&app, &short).await, unknown);
    for path in ["/feeds/", "/feeds/.ics", "/feeds/vbf_.json", "/feeds/%00.ics", "/feeds/x", "/feeds/a/b.ics"] {
        assert_eq!(get(app.server(), path, &[]).await.0, 404, "{path}");
    }
    let other = get(app.server(), &format!("/feeds/{short}.txt"), &[]).await;
    assert_eq!((other.0, other.2), unknown);
}

async fn admins_take_feeds_of_their_members_back_without_the_secret(app: TestApp) {
    let secret = app.world.id("secret.planner@ostallgaeu").to_owned();
    let query = r#"{ tenant(slug: "ostallgaeu") { feeds { nodes { id name subscriberName subscriberId viewerCan { revoke } } } } }"#;
    let seen = async |subject: &str| app.actor(subject).ask(query).await.data()["tenant"]["feeds"]["nodes"].clone();
    let id = app.world.id("feed.planner@ostallgaeu");
    let expected = |name: Value, revoke: bool| {
        json!([{
            "id": id, "name": "My calendars", "subscriberName": name, "viewerCan": { "revoke": revoke },
            "subscriberId": app.world.id("member.planner@ostallgaeu"),
        }])
    };
    assert_eq!(seen("admin@ostallgaeu").await, expected(json!("planner@ostallgaeu"), true));
    assert_eq!(seen("auditor@ostallgaeu").await, expected(json!("planner@ostallgaeu"), false));
    assert_eq!(seen("planner@ostallgaeu").await, expected(Value::Null, true));
    for subject in ["viewer@ostallgaeu", "admin@kaufbeuren"] {
        assert_eq!(seen(subject).await, json!([]), "{subject}");
        let refused =
            app.actor(subject).try_mutate("feedRevoke", json!({ "id": id, "version": 1 }), "feed { id }").await;
        assert_eq!(codes(&refused), ["NOT_FOUND"], "{subject}");
    }
    let refused = app
        .actor("auditor@ostallgaeu")
        .try_mutate("feedRevoke", json!({ "id": id, "version": 1 }), "feed { id }")
        .await;
    assert_eq!(codes(&refused), ["FORBIDDEN"]);
    assert_eq!(ics(&app, &secret).await.0, 200);
    let input = json!({ "id": id, "version": 1 });
    app.actor("admin@ostallgaeu").mutate("feedRevoke", input, "feed { revokedAt }").await;
    assert_eq!(ics(&app, &secret).await.0, 404);
}

async fn a_feed_acts_for_one_authority(app: TestApp) {
    // The planner of Kaufbeuren becomes a viewer in Lindau as well.
    let account = json!({ "issuer": "https://verbund.localhost", "subject": "planner@kaufbeuren", "name": "Guest" });
    let input = json!({ "tenant": app.world.id("tenant.lindau"), "role": "VIEWER", "to": { "account": account } });
    app.actor("admin@lindau").mutate("roleGrantCreate", input, "roleGrant { id }").await;
    let input = json!({ "tenant": app.world.id("tenant.lindau"), "name": "Lindau", "confidentiality": "INTERNAL" });
    let made = app.actor("planner@lindau").mutate("calendarCreate", input, "calendar { id }").await;
    let input = json!({ "calendar": made["calendar"]["id"], "title": "At the lake", "time": { "allDay": { "firstDay": "2027-05-03" } } });
    app.actor("planner@lindau").mutate("calendarEntryCreate", input, "calendarEntry { id }").await;
    let home = ics(&app, &feed(&app, "planner@kaufbeuren", json!({})).await).await.1;
    assert!(home.contains("kf.counselling.day") && !home.contains("At the lake"), "{home}");
    let lindau = json!({ "tenant": app.world.id("tenant.lindau") });
    let there = ics(&app, &feed(&app, "planner@kaufbeuren", lindau).await).await.1;
    assert!(!there.contains("kf.counselling.day") && there.contains("At the lake"), "{there}");
    assert!(there.contains("Title of oal.public.forum"), "what is public is there in any case");
}

async fn an_unchanged_feed_is_not_sent_again(app: TestApp) {
    let secret = app.world.id("secret.planner@ostallgaeu");
    for ending in ["ics", "json", "ifb"] {
        let path = format!("/feeds/{secret}.{ending}");
        let (_, headers, _) = get(app.server(), &path, &[]).await;
        let tag = header(&headers, "etag").to_owned();
        let (status, headers, body) = get(app.server(), &path, &[("if-none-match", &tag)]).await;
        assert_eq!((status, body.as_str(), header(&headers, "etag")), (304, "", tag.as_str()));
        let (_, headers, _) = get(app.server(), &path, &[("accept-encoding", "gzip")]).await;
        assert_eq!(header(&headers, "content-encoding"), "gzip");
    }
    let path = format!("/feeds/{secret}.ics");
    let (_, headers, text) = get(app.server(), &path, &[]).await;
    assert!(text.contains("REFRESH-INTERVAL;VALUE=DURATION:PT1H"), "{text}");
    let tag = header(&headers, "etag").to_owned();
    let cancel = json!({ "id": app.world.id("entry.oal.counselling.day"), "version": 1 });
    app.actor("planner@ostallgaeu").mutate("calendarEntryCancel", cancel, "calendarEntry { id }").await;
    let (status, headers, text) = get(app.server(), &path, &[("if-none-match", &tag)]).await;
    assert!(status == 200 && text.contains("STATUS:CANCELLED"), "{text}");
    // Facts, feed, calendars, entries and places, and names of authorities; who it is comes before and is not counted.
    let timing = header(&headers, "server-timing").to_owned();
    assert!(timing.contains("\"5 statements\""), "{timing}");
}

async fn what_is_wrong_with_a_feed_is_told_by_field(app: TestApp) {
    let planner = app.actor("planner@kaufbeuren");
    let input = json!({
        "tenant": app.world.id("tenant.kaufbeuren"), "name": " ", "level": "BUSY", "expiresAt": "2026-01-01T00:00:00Z",
        "calendars": [app.world.id("calendar.oal.office"), app.world.id("calendar.kf.counselling")],
    });
    let refused = planner.try_mutate("feedCreate", input, "secret").await;
    assert_eq!(said(&refused), ["REQUIRED name", "NOT_FOUND calendars", "OUT_OF_RANGE expiresAt"]);
    let input = |tenant: &str| json!({ "tenant": app.world.id(tenant), "name": "x", "level": "BUSY" });
    assert_eq!(said(&planner.try_mutate("feedCreate", input("tenant.lindau"), "secret").await), ["FORBIDDEN tenant"]);
    let refused = app.actor("auditor@kaufbeuren").try_mutate("feedCreate", input("tenant.kaufbeuren"), "secret").await;
    assert_eq!(said(&refused), ["FORBIDDEN tenant"]);
    let refused = app.anonymous().try_mutate("feedCreate", input("tenant.kaufbeuren"), "secret").await;
    assert_eq!(said(&refused), ["UNAUTHENTICATED -"]);
    let mut empty = input("tenant.kaufbeuren");
    empty["calendars"] = json!([]);
    assert_eq!(said(&planner.try_mutate("feedCreate", empty, "secret").await), ["REQUIRED calendars"]);
    for _ in 0..50 {
        planner.mutate("feedCreate", input("tenant.kaufbeuren"), "feed { id }").await;
    }
    let refused = planner.try_mutate("feedCreate", input("tenant.kaufbeuren"), "secret").await;
    assert_eq!(said(&refused), ["LIMIT_REACHED -"]);
}

async fn guesses_are_paid_by_their_address(app: TestApp) {
    let mut config = app.config.clone();
    config.graphql.anonymous_points_per_minute = 350;
    let server = Server::start(config, app.clock.clone()).await.expect("a server");
    let mut statuses = Vec::new();
    for guess in 0..5 {
        statuses.push(get(&server, &format!("/feeds/vbf_guess{guess}.ics"), &[]).await.0);
    }
    assert_eq!(statuses, [404, 404, 429, 429, 429], "a look costs ten points, a wrong secret more");
    let mut config = app.config.clone();
    config.graphql.points_per_minute = 250;
    let server = Server::start(config, app.clock.clone()).await.expect("a server");
    let path = format!("/feeds/{}.ics", app.world.id("secret.planner@ostallgaeu"));
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(get(&server, &path, &[]).await.0);
    }
    assert_eq!(statuses, [200, 200, 429], "and so is each use, by the feed");
}

async fn a_date_called_off_is_gone_for_whoever_sees_only_busy(app: TestApp) {
    let owner = app.actor("planner@ostallgaeu");
    let orientation = app.world.id("calendar.oal.orientation");
    let input = json!({ "calendar": orientation, "title": "Weekly", "recurrence": { "rule": "FREQ=WEEKLY;COUNT=4" },
        "time": { "timed": { "start": "2027-03-01T09:00", "end": "2027-03-01T10:00" } } });
    let made = owner.mutate("calendarEntryCreate", input, "calendarEntry { id }").await;
    let id = &made["calendarEntry"]["id"];
    let off = json!({ "id": id, "version": 1, "apply": "THIS", "occurrence": "2027-03-08T09:00" });
    owner.mutate("calendarEntryCancel", off, "calendarEntry { id }").await;
    let partner = feed(&app, "planner@kaufbeuren", json!({ "calendars": [orientation] })).await;
    let capped = feed(&app, "planner@ostallgaeu", json!({ "calendars": [orientation], "level": "BUSY" })).await;
    for secret in [&partner, &capped] {
        let text = ics(&app, secret).await.1;
        assert!(text.contains("EXDATE;TZID=Europe/Berlin:20270308T090000\r\n"), "{text}");
        assert!(!text.contains("RECURRENCE-ID"), "{text}");
        let json: Value =
            serde_json::from_str(&get(app.server(), &format!("/feeds/{secret}.json"), &[]).await.2).expect("json");
        let series = json["entries"].as_array().expect("entries").iter().find(|it| it.get("recurrenceRules").is_some());
        assert_eq!(
            series.expect("a series")["recurrenceOverrides"],
            json!({ "2027-03-08T09:00:00": { "excluded": true } })
        );
    }
    let full = feed(&app, "planner@ostallgaeu", json!({ "calendars": [orientation] })).await;
    let text = ics(&app, &full).await.1;
    assert!(text.contains("RECURRENCE-ID;TZID=Europe/Berlin:20270308T090000") && !text.contains("EXDATE"), "{text}");
}

async fn the_last_use_is_kept_to_the_hour(app: TestApp) {
    let secret = app.world.id("secret.planner@ostallgaeu");
    let path = format!("/feeds/{secret}.ics");
    let rows = app.database.rows().await;
    let events = rows.count("outbox_event").await;
    let writes = async |at: &str| {
        app.at(at);
        let (_, headers, _) = get(app.server(), &path, &[]).await;
        let data = app.actor("planner@ostallgaeu").ask("{ feeds { nodes { lastUsedAt version } } }").await.data();
        assert_eq!(data["feeds"]["nodes"][0]["version"], 1);
        assert_ne!(header(&headers, "server-timing"), "");
        data["feeds"]["nodes"][0]["lastUsedAt"].clone()
    };
    assert_eq!(writes("2027-01-15T10:00:00Z").await, "2027-01-15T10:00:00+00:00");
    assert_eq!(writes("2027-01-15T10:59:59Z").await, "2027-01-15T10:00:00+00:00");
    assert_eq!(writes("2027-01-15T11:00:00Z").await, "2027-01-15T11:00:00+00:00");
    assert_eq!(rows.count("outbox_event").await, events, "no change of the feed");
}
