//! Read-only CalDAV: other people's client, and what the protocol asks for.

use reqwest::Method;
use serde_json::{Value, json};
use verbund_tests::{Case, TestApp, cases, python, row_of};

use super::feeds::header;
use super::subscriptions::feed;

pub fn cases() -> Vec<Case> {
    cases!["caldav";
        a_client_library_lists_reads_and_synchronises,
        the_secret_is_the_password,
        the_tree_is_found_from_its_root,
        nothing_is_changed,
        what_is_hidden_is_not_in_the_tree,
        a_calendar_seen_as_busy_has_no_words,
        entries_are_chosen_by_time_and_by_name,
        entries_are_chosen_by_what_their_files_say,
        dates_of_series_come_one_by_one_where_that_is_asked,
        busy_times_of_a_calendar_are_asked_with_a_report,
        what_is_asked_is_as_deep_as_it_says,
        what_changed_is_told_with_tombstones,
        a_token_that_leads_nowhere_is_refused,
        what_is_no_request_is_refused,
    ]
}

const CALDAV: &str = "urn:ietf:params:xml:ns:caldav";

/// Status, headers and body of a request with a secret as the password.
async fn ask(app: &TestApp, secret: &str, method: &str, path: &str, depth: &str, body: &str) -> (u16, String, String) {
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    let mut request = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client")
        .request(method, format!("{}{path}", app.server().base))
        .body(body.to_owned());
    if !secret.is_empty() {
        request = request.basic_auth("anybody", Some(secret));
    }
    if !depth.is_empty() {
        request = request.header("depth", depth);
    }
    let response = request.send().await.expect("an answer");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let told = ["dav", "www-authenticate", "location", "etag"].map(|it| header(&headers, it).to_owned());
    (status, told.join(" ").trim().to_owned(), response.text().await.expect("text"))
}

fn prop(names: &str) -> String {
    format!(
        "<D:propfind xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\" xmlns:S=\"http://calendarserver.org/ns/\" \
         xmlns:A=\"http://apple.com/ns/ical/\"><D:prop>{names}</D:prop></D:propfind>"
    )
}

fn report(kind: &str, inside: &str) -> String {
    format!(
        "<{kind} xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\"><D:prop><D:getetag/><C:calendar-data/></D:prop>\
         {inside}</{kind}>"
    )
}

fn sync(token: &str) -> String {
    report("D:sync-collection", &format!("<D:sync-token>{token}</D:sync-token><D:sync-level>1</D:sync-level>"))
}

fn calendar(app: &TestApp, name: &str) -> String {
    format!("/caldav/calendars/{}/", app.world.id(&format!("calendar.{name}")))
}

fn entry(app: &TestApp, calendar_name: &str, name: &str) -> String {
    format!("{}{}.ics", calendar(app, calendar_name), app.world.id(&format!("entry.{name}")))
}

/// What stands between two marks.
fn between<'a>(text: &'a str, from: &str, until: &str) -> &'a str {
    text.split(from).nth(1).and_then(|it| it.split(until).next()).unwrap_or_else(|| panic!("{from} in {text}"))
}

async fn a_client_library_lists_reads_and_synchronises(app: TestApp) {
    if !python::is_there() {
        return;
    }
    let owner = app.actor("planner@ostallgaeu");
    let orientation = app.world.id("calendar.oal.orientation");
    let series = json!({ "calendar": orientation, "title": "Weekly", "recurrence": { "rule": "FREQ=WEEKLY;COUNT=4" },
        "time": { "timed": { "start": "2027-03-01T09:00", "end": "2027-03-01T10:00" } } });
    let made = owner.mutate("calendarEntryCreate", series, "calendarEntry { id }").await;
    let moved = json!({ "id": made["calendarEntry"]["id"], "version": 1, "apply": "THIS", "occurrence": "2027-03-08T09:00",
        "title": "Later", "time": { "timed": { "start": "2027-03-09T09:00", "end": "2027-03-09T10:00" } } });
    owner.mutate("calendarEntryUpdate", moved, "calendarEntry { id }").await;
    let input = json!({
        "base": app.server().base, "name": "oal.orientation", "planner": app.token("planner@ostallgaeu"),
        "window": ["2027-02-03T00:00:00+00:00", "2027-02-05T00:00:00+00:00"],
        "secrets": {
            "FULL": feed(&app, "planner@ostallgaeu", json!({})).await,
            "BUSY": feed(&app, "planner@kaufbeuren", json!({})).await,
        },
        "update": { "id": app.world.id("entry.oal.orientation.fair"), "version": 1, "title": "Renamed" },
        "cancel": { "id": app.world.id("entry.oal.orientation.fair"), "version": 2, "reason": "rain" },
    });
    let told = python::run("caldav_client.py", &input.to_string()).await;
    let fair = row_of(app.world.id("entry.oal.orientation.fair")).to_string();
    let full = |title: &str, status: &str| json!([[fair, title, status, "Description of oal.orientation.fair"]]);
    let busy = json!([[fair, "Belegt (Landkreis Ostallgäu)", "None", "None"]]);
    assert_eq!(told["FULL"]["found"], full("Title of oal.orientation.fair", "CONFIRMED"));
    assert_eq!(told["BUSY"]["found"], busy);
    for level in ["FULL", "BUSY"] {
        let seen = &told[level];
        assert_eq!(seen["read"], seen["found"], "{level}: a file is what the list says");
        assert_eq!(seen["series"], json!([2]), "{level}: a series and its changed date are one file");
        assert_eq!(seen["nothing"], json!({ "updated": [], "deleted": [] }), "{level}");
    }
    assert_eq!(told["FULL"]["all"].as_array().map(Vec::len), Some(4), "{told}");
    assert_eq!(told["BUSY"]["all"].as_array().map(Vec::len), Some(2), "{told}");
    assert_eq!(told["FULL"]["update"], json!({ "updated": full("Renamed", "CONFIRMED"), "deleted": [] }));
    assert_eq!(told["FULL"]["cancel"], json!({ "updated": full("Renamed", "CANCELLED"), "deleted": [] }));
    // What is not seen of an entry changes nothing in its file.
    assert_eq!(told["BUSY"]["update"], json!({ "updated": [], "deleted": [] }));
    let file = format!("{}.ics", app.world.id("entry.oal.orientation.fair"));
    assert_eq!(told["BUSY"]["cancel"], json!({ "updated": [], "deleted": [file] }));
    assert!(!told["BUSY"].to_string().contains("Title of oal.orientation"), "{told}");
    assert_eq!(
        told["BUSY"]["calendars"],
        json!(["kf.counselling", "oal.counselling", "oal.orientation", "oal.public"])
    );
}

async fn the_secret_is_the_password(app: TestApp) {
    let realm = "Basic realm=\"Verbund\", charset=\"UTF-8\"";
    for secret in ["", "vbf_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", &app.token("planner@ostallgaeu")] {
        let (status, told, _) = ask(&app, secret, "PROPFIND", "/caldav/", "0", "").await;
        assert!(status == 401 && told.contains(realm), "{status} {told}");
    }
    let bearer = reqwest::Client::new()
        .get(format!("{}/caldav/", app.server().base))
        .bearer_auth(app.world.id("secret.planner@ostallgaeu"));
    assert_eq!(bearer.send().await.expect("an answer").status(), 401);
    let secret = app.world.id("secret.planner@ostallgaeu").to_owned();
    assert_eq!(ask(&app, &secret, "PROPFIND", "/caldav/", "0", "").await.0, 207);
    let (planner, feed) = (app.actor("planner@ostallgaeu"), app.world.id("feed.planner@ostallgaeu"));
    let update = json!({ "id": feed, "version": 1, "name": "Handy", "expiresAt": "2099-01-01T00:00:00Z" });
    let reply = planner.mutate("feedUpdate", update, "feed { name version viewerCan { update } }").await;
    assert_eq!(reply["feed"], json!({ "name": "Handy", "version": 2, "viewerCan": { "update": true } }));
    assert_eq!(ask(&app, &secret, "PROPFIND", "/caldav/", "0", "").await.0, 207, "the secret stays");
    let past = json!({ "id": feed, "version": 2, "name": null, "expiresAt": "2020-01-01T00:00:00Z" });
    let refused = planner.try_mutate("feedUpdate", past, "feed { id }").await;
    assert_eq!(
        (&refused["userErrors"][0]["code"], &refused["userErrors"][0]["field"]),
        (&json!("REQUIRED"), &json!("name"))
    );
    planner.mutate("feedRevoke", json!({ "id": feed, "version": 2 }), "feed { id }").await;
    assert_eq!(ask(&app, &secret, "PROPFIND", "/caldav/", "0", "").await.0, 401);
    // What it may do is told without a word of who asks.
    let (status, told, _) = ask(&app, "", "OPTIONS", "/caldav/", "", "").await;
    assert_eq!((status, told.as_str()), (200, "1, 3, access-control, calendar-access"));
    let (status, told, _) = ask(&app, "", "PROPFIND", "/.well-known/caldav", "0", "").await;
    assert_eq!((status, told.as_str()), (301, "/caldav/"));
    // Programs that ask the host itself are led there as well, and the page at the root stays what it is.
    let (status, told, _) = ask(&app, "", "PROPFIND", "/", "0", "").await;
    assert_eq!((status, told.as_str()), (301, "/caldav/"));
    let (found, ..) = ask(&app, "", "GET", "/", "", "").await;
    let (refused, ..) = ask(&app, "", "DELETE", "/", "", "").await;
    let expected = if app.config.http.explorer { (200, 405) } else { (404, 404) };
    assert_eq!((found, refused), expected);
}

async fn the_tree_is_found_from_its_root(app: TestApp) {
    let secret = app.world.id("secret.planner@ostallgaeu");
    let find = async |path: &str, depth: &str, names: &str| {
        let (status, _, text) = ask(&app, secret, "PROPFIND", path, depth, &prop(names)).await;
        assert_eq!(status, 207, "{path}: {text}");
        text
    };
    let root =
        find("/caldav/", "0", "<D:current-user-principal/><D:resourcetype/><X:unknown xmlns:X=\"urn:x\"/>").await;
    assert!(root.contains("<D:current-user-principal><D:href>/caldav/principal/</D:href>"), "{root}");
    assert!(root.contains("<unknown xmlns=\"urn:x\"/>") && root.contains("404 Not Found"), "{root}");
    let principal = find("/caldav/principal/", "0", "<C:calendar-home-set/>").await;
    assert!(principal.contains("<C:calendar-home-set><D:href>/caldav/calendars/</D:href>"), "{principal}");
    let names = "<D:resourcetype/><D:displayname/><A:calendar-color/><S:getctag/><D:sync-token/>\
                 <C:supported-calendar-component-set/><D:supported-report-set/><D:current-user-privilege-set/>";
    let home = find("/caldav/calendars/", "1", names).await;
    for part in [
        format!("<D:href>{}</D:href>", calendar(&app, "oal.office")),
        "<D:displayname>oal.office</D:displayname>".to_owned(),
        "<D:resourcetype><D:collection/><C:calendar/></D:resourcetype>".to_owned(),
        "<C:comp name=\"VEVENT\"/>".to_owned(),
        "<D:report><D:sync-collection/></D:report>".to_owned(),
        "<D:privilege><D:read/></D:privilege>".to_owned(),
    ] {
        assert!(home.contains(&part), "{part}: {home}");
    }
    assert!(!home.contains("<D:write"), "{home}");
    let tags = async || {
        let home = find("/caldav/calendars/", "1", "<S:getctag/>").await;
        let of = |name: &str| between(&home, &calendar(&app, name), "</S:getctag>").to_owned();
        (of("oal.office"), of("oal.orientation"))
    };
    let before = tags().await;
    let input = json!({ "id": app.world.id("entry.oal.orientation.fair"), "version": 1, "title": "Renamed" });
    app.actor("planner@ostallgaeu").mutate("calendarEntryUpdate", input, "calendarEntry { id }").await;
    let after = tags().await;
    assert!(before.0 == after.0 && before.1 != after.1, "only the calendar that changed has another tag");
    let inside = find(&calendar(&app, "oal.orientation"), "1", "<D:getetag/><D:getcontenttype/>").await;
    let path = entry(&app, "oal.orientation", "oal.orientation.fair");
    let tag = between(&inside, &format!("<D:href>{path}</D:href>"), "</D:getetag>")
        .rsplit('>')
        .next()
        .expect("a tag")
        .replace("&quot;", "\"");
    let (status, told, text) = ask(&app, secret, "GET", &path, "", "").await;
    assert!(status == 200 && told.ends_with(&tag) && text.contains("SUMMARY:Renamed"), "{told} {tag} {text}");
    assert!(!text.contains("METHOD") && !text.contains("X-WR-CALNAME"), "{text}");
    // All, the names alone, and no word of it at all.
    let all = find(&calendar(&app, "oal.office"), "0", "").await;
    assert!(all.contains("200 OK"), "{all}");
    for body in ["", "<D:propfind xmlns:D=\"DAV:\"><D:allprop/></D:propfind>"] {
        let (_, _, text) = ask(&app, secret, "PROPFIND", &path, "0", body).await;
        assert!(text.contains("<D:getetag>") && !text.contains("BEGIN:VCALENDAR"), "{text}");
    }
    let names = "<D:propfind xmlns:D=\"DAV:\"><D:propname/></D:propfind>";
    let (_, _, text) = ask(&app, secret, "PROPFIND", &path, "0", names).await;
    assert!(text.contains("<D:getetag/>"), "{text}");
}

async fn nothing_is_changed(app: TestApp) {
    let secret = app.world.id("secret.planner@ostallgaeu");
    ask(&app, secret, "PROPFIND", "/caldav/", "0", "").await;
    let rows = app.database.rows().await;
    let before = rows.dump().await;
    let (path, file) = (calendar(&app, "oal.office"), entry(&app, "oal.office", "oal.office.meeting"));
    for (method, path) in [
        ("PUT", &file),
        ("DELETE", &file),
        ("DELETE", &path),
        ("MKCALENDAR", &path),
        ("PROPPATCH", &path),
        ("POST", &path),
        ("MOVE", &file),
    ] {
        let (status, _, text) = ask(&app, secret, method, path, "", "BEGIN:VCALENDAR").await;
        assert!(status == 403 && text.contains("need-privileges"), "{method} {path}: {status} {text}");
    }
    assert_eq!(rows.dump().await, before);
}

async fn what_is_hidden_is_not_in_the_tree(app: TestApp) {
    let secret = feed(&app, "planner@kaufbeuren", json!({})).await;
    let narrow =
        feed(&app, "planner@kaufbeuren", json!({ "calendars": [app.world.id("calendar.oal.orientation")] })).await;
    let unknown = "/caldav/calendars/cal_01h455vb4pex5vsknk084sn02q/";
    let nothing = async |secret: &str, method: &str, path: &str, body: &str| {
        let hidden = ask(&app, secret, method, path, "1", body).await;
        let other = ask(&app, secret, method, unknown, "1", body).await;
        assert_eq!((hidden.0, &hidden), (404, &other), "{method} {path}");
    };
    let query = report("C:calendar-query", "<C:filter><C:comp-filter name=\"VCALENDAR\"/></C:filter>");
    for name in ["oal.office", "oal.newcomers", "mm.plan"] {
        for (method, body) in [("PROPFIND", ""), ("GET", ""), ("REPORT", query.as_str()), ("REPORT", sync("").as_str())]
        {
            nothing(&secret, method, &calendar(&app, name), body).await;
        }
    }
    nothing(&narrow, "PROPFIND", &calendar(&app, "kf.counselling"), "").await;
    // Within a calendar that is seen: what is not seen of it is not there.
    let hidden = entry(&app, "oal.orientation", "oal.orientation.secret");
    let missing = format!("{}cen_01h455vb4pex5vsknk084sn02q.ics", calendar(&app, "oal.orientation"));
    for method in ["GET", "PROPFIND"] {
        let told = ask(&app, &secret, method, &hidden, "0", "").await;
        assert_eq!((told.0, &told), (404, &ask(&app, &secret, method, &missing, "0", "").await));
    }
    let multiget = |path: &str| report("C:calendar-multiget", &format!("<D:href>{path}</D:href>"));
    let answer = async |path: &str| {
        let told = ask(&app, &secret, "REPORT", &calendar(&app, "oal.orientation"), "1", &multiget(path)).await;
        (told.0, told.2.replace(path, "PATH"))
    };
    let told = answer(&hidden).await;
    assert!(told.1.contains("404 Not Found"), "{told:?}");
    assert_eq!(told, answer(&missing).await);
    let seen = answer(&entry(&app, "oal.orientation", "oal.orientation.fair")).await;
    assert!(seen.1.contains("BEGIN:VEVENT"), "{seen:?}");
    let foreign = answer(&entry(&app, "oal.public", "oal.public.forum")).await;
    assert_eq!(foreign, told, "of another calendar it is not there, seen or not");
}

async fn a_calendar_seen_as_busy_has_no_words(app: TestApp) {
    let described =
        json!({ "id": app.world.id("calendar.oal.orientation"), "version": 1, "description": "Hidden purpose" });
    app.actor("planner@ostallgaeu").mutate("calendarUpdate", described, "calendar { id }").await;
    let (secret, path) = (feed(&app, "planner@kaufbeuren", json!({})).await, calendar(&app, "oal.orientation"));
    let query = report("C:calendar-query", "<C:filter><C:comp-filter name=\"VCALENDAR\"/></C:filter>");
    let mut texts = vec![ask(&app, &secret, "PROPFIND", &path, "1", "").await.2];
    texts.push(ask(&app, &secret, "REPORT", &path, "1", &query).await.2);
    texts.push(ask(&app, &secret, "REPORT", &path, "1", &sync("")).await.2);
    texts.push(ask(&app, &secret, "GET", &entry(&app, "oal.orientation", "oal.orientation.fair"), "", "").await.2);
    for text in texts {
        for word in [
            "Title of",
            "Description of",
            "Location of",
            "Organiser of",
            "Group of",
            "STATUS",
            "LAST-MODIFIED",
            "Hidden",
        ] {
            assert!(!text.contains(word), "{word}: {text}");
        }
        let files = text.matches("BEGIN:VEVENT").count();
        assert_eq!(text.matches("SUMMARY:Belegt (Landkreis Ostallgäu)").count(), files, "{text}");
    }
}

async fn entries_are_chosen_by_time_and_by_name(app: TestApp) {
    let secret = app.world.id("secret.planner@ostallgaeu");
    let owner = app.actor("planner@ostallgaeu");
    let series = json!({ "calendar": app.world.id("calendar.oal.office"), "title": "Weekly", "recurrence": { "rule": "FREQ=WEEKLY" },
        "time": { "timed": { "start": "2027-03-01T09:00", "end": "2027-03-01T10:00" } } });
    owner.mutate("calendarEntryCreate", series, "calendarEntry { id }").await;
    let found = async |condition: &str| {
        let filter = format!(
            "<C:filter><C:comp-filter name=\"VCALENDAR\"><C:comp-filter name=\"VEVENT\">{condition}</C:comp-filter></C:comp-filter></C:filter>"
        );
        let body = report("C:calendar-query", &filter);
        let (status, _, text) = ask(&app, secret, "REPORT", &calendar(&app, "oal.office"), "1", &body).await;
        assert_eq!(status, 207, "{text}");
        ["Title of oal.office.meeting", "SUMMARY:Weekly"].map(|it| text.contains(it))
    };
    let window = |start: &str, end: &str| format!("<C:time-range start=\"{start}\" end=\"{end}\"/>");
    assert_eq!(found("").await, [true, true]);
    assert_eq!(found(&window("20270201T000000Z", "20270202T000000Z")).await, [true, false]);
    assert_eq!(found(&window("20270202T000000Z", "20270228T000000Z")).await, [false, false]);
    assert_eq!(found(&window("20280103T000000Z", "20280104T000000Z")).await, [false, true], "a date of the series");
    assert_eq!(found(&window("20280104T120000Z", "20280105T000000Z")).await, [false, false], "and none");
    assert_eq!(found("<C:time-range start=\"20270301T000000Z\"/>").await, [false, true]);
    let uid = row_of(app.world.id("entry.oal.office.meeting")).to_string();
    let by_uid = format!("<C:prop-filter name=\"UID\"><C:text-match>{uid}</C:text-match></C:prop-filter>");
    assert_eq!(found(&by_uid).await, [true, false]);
    let todo = "<C:filter><C:comp-filter name=\"VCALENDAR\"><C:comp-filter name=\"VTODO\"/></C:comp-filter></C:filter>";
    let (status, _, text) =
        ask(&app, secret, "REPORT", &calendar(&app, "oal.office"), "1", &report("C:calendar-query", todo)).await;
    assert!(status == 207 && !text.contains("href"), "{text}");
}

/// Status and answer of a query of the office's calendar, with these conditions on events.
async fn ask_office(app: &TestApp, data: &str, filter: &str) -> (u16, String) {
    let body = format!(
        "<C:calendar-query xmlns:D=\"DAV:\" xmlns:C=\"{CALDAV}\"><D:prop><D:getetag/>{data}</D:prop>\
         <C:filter>{filter}</C:filter></C:calendar-query>"
    );
    let secret = app.world.id("secret.planner@ostallgaeu");
    let (status, _, text) = ask(app, secret, "REPORT", &calendar(app, "oal.office"), "1", &body).await;
    (status, text.replace("&#13;", "").replace("&#xD;", "").replace('\r', ""))
}

fn of_events(conditions: &str) -> String {
    format!(
        "<C:comp-filter name=\"VCALENDAR\"><C:comp-filter name=\"VEVENT\">{conditions}</C:comp-filter></C:comp-filter>"
    )
}

async fn daily(app: &TestApp) -> String {
    let input = json!({ "calendar": app.world.id("calendar.oal.office"), "title": "Daily", "location": "Rathaus, Saal 1",
        "recurrence": { "rule": "FREQ=DAILY", "exceptDates": ["2027-03-03T09:00"] },
        "time": { "timed": { "start": "2027-03-01T09:00", "end": "2027-03-01T10:00" } } });
    let owner = app.actor("planner@ostallgaeu");
    let made = owner.mutate("calendarEntryCreate", input, "calendarEntry { id }").await;
    let id = made["calendarEntry"]["id"].as_str().expect("an id").to_owned();
    for (version, date, later) in [(1, "2027-03-02T09:00", "2027-03-02T15"), (2, "2027-06-01T09:00", "2027-06-01T15")] {
        let moved = json!({ "id": id, "version": version, "apply": "THIS", "occurrence": date, "title": "Moved",
            "time": { "timed": { "start": format!("{later}:00"), "end": format!("{later}:30") } } });
        owner.mutate("calendarEntryUpdate", moved, "calendarEntry { id }").await;
    }
    id
}

async fn entries_are_chosen_by_what_their_files_say(app: TestApp) {
    daily(&app).await;
    let found = async |filter: String| {
        let (status, text) = ask_office(&app, "<C:calendar-data/>", &filter).await;
        assert_eq!(status, 207, "{filter}: {text}");
        ["SUMMARY:Title of oal.office.meeting", "SUMMARY:Daily"].map(|it| text.contains(it))
    };
    let prop =
        |name: &str, inside: &str| of_events(&format!("<C:prop-filter name=\"{name}\">{inside}</C:prop-filter>"));
    let text = |attributes: &str, text: &str| format!("<C:text-match {attributes}>{text}</C:text-match>");
    let missing = "<C:is-not-defined/>";
    for (condition, expected) in [
        (prop("SUMMARY", &text("", "daily")), [false, true]),
        (prop("SUMMARY", &text("collation=\"i;octet\"", "daily")), [false, false]),
        (prop("SUMMARY", &text("negate-condition=\"yes\"", "title of")), [false, true]),
        (prop("LOCATION", &text("", "rathaus, saal")), [false, true]),
        (prop("RRULE", missing), [true, true]),
        (prop("RECURRENCE-ID", ""), [false, true]),
        (
            prop("DTSTART", "<C:param-filter name=\"TZID\"><C:text-match>berlin</C:text-match></C:param-filter>"),
            [true, true],
        ),
        (of_events("<C:comp-filter name=\"VALARM\"/>"), [false, false]),
        (of_events(&format!("<C:comp-filter name=\"VALARM\">{missing}</C:comp-filter>")), [true, true]),
        (
            format!(
                "<C:comp-filter name=\"VCALENDAR\"><C:comp-filter name=\"VTODO\">{missing}</C:comp-filter></C:comp-filter>"
            ),
            [true, true],
        ),
        // Beyond all dates that are kept of it, a series goes on.
        (of_events("<C:time-range start=\"20600101T000000Z\" end=\"20600102T000000Z\"/>"), [false, true]),
    ] {
        assert_eq!(found(condition.clone()).await, expected, "{condition}");
    }
    for (filter, condition) in [
        (String::new(), "<C:valid-filter/>"),
        ("<C:comp-filter name=\"VEVENT\"/>".to_owned(), "<C:valid-filter/>"),
        (of_events("<C:time-range start=\"20270301\"/>"), "<C:valid-filter/>"),
        (
            prop("SUMMARY", "<C:time-range start=\"20270301T000000Z\"/>"),
            "<C:supported-filter><C:prop-filter name=\"SUMMARY\">",
        ),
        (prop("SUMMARY", &text("collation=\"i;basic\"", "x")), "<C:supported-collation/>"),
    ] {
        let (status, text) = ask_office(&app, "", &filter).await;
        assert!(status == 403 && text.contains(condition), "{filter}: {status} {text}");
    }
}

async fn dates_of_series_come_one_by_one_where_that_is_asked(app: TestApp) {
    let series = daily(&app).await;
    let window = "start=\"20270301T000000Z\" end=\"20270305T000000Z\"";
    let within = of_events(&format!("<C:time-range {window}/>"));
    let expand = format!("<C:calendar-data><C:expand {window}/></C:calendar-data>");
    let (status, text) = ask_office(&app, &expand, &within).await;
    assert_eq!(status, 207, "{text}");
    for line in [
        "RECURRENCE-ID:20270301T080000Z\nDTSTART:20270301T080000Z\nDTEND:20270301T090000Z",
        "RECURRENCE-ID:20270302T080000Z\nDTSTART:20270302T140000Z\nDTEND:20270302T143000Z",
        "RECURRENCE-ID:20270304T080000Z\nDTSTART:20270304T080000Z",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 3, "the third is left out: {text}");
    for part in ["RRULE", "EXDATE", "RDATE", "VTIMEZONE", "TZID", "20270601"] {
        assert!(!text.contains(part), "{part}: {text}");
    }
    // The series with the changed dates of the window only.
    let limit = format!("<C:calendar-data><C:limit-recurrence-set {window}/></C:calendar-data>");
    let (_, text) = ask_office(&app, &limit, &within).await;
    assert!(text.contains("RRULE:FREQ=DAILY") && text.contains("DTSTART;TZID=Europe/Berlin:20270302T150000"), "{text}");
    assert!(!text.contains("20270601"), "{text}");
    let (_, text) = ask_office(&app, "<C:calendar-data/>", &within).await;
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 3, "the series with both changed dates: {text}");
    // Some properties only.
    let part = "<C:calendar-data><C:comp name=\"VCALENDAR\"><C:prop name=\"VERSION\"/><C:comp name=\"VEVENT\">\
                <C:prop name=\"UID\"/></C:comp></C:comp></C:calendar-data>";
    let (_, text) = ask_office(&app, part, &within).await;
    assert!(text.contains("UID:") && !text.contains("SUMMARY") && !text.contains("VTIMEZONE"), "{text}");
    // Named files come the same way; an address where nothing is has its own status.
    let secret = app.world.id("secret.planner@ostallgaeu");
    let path = calendar(&app, "oal.office");
    let missing = format!("{path}cen_01h455vb4pex5vsknk084sn02q.ics");
    let body = format!(
        "<C:calendar-multiget xmlns:D=\"DAV:\" xmlns:C=\"{CALDAV}\"><D:prop>{expand}</D:prop>\
         <D:href>{missing}</D:href><D:href>{path}{series}.ics</D:href></C:calendar-multiget>"
    );
    let (status, _, text) = ask(&app, secret, "REPORT", &path, "", &body).await;
    let responses: Vec<_> = text.split("<D:response>").skip(1).collect();
    assert!(status == 207 && responses.len() == 2, "{text}");
    assert!(responses[0].contains(&missing) && responses[0].contains("404 Not Found"), "{text}");
    assert!(responses[1].contains(&series) && responses[1].matches("BEGIN:VEVENT").count() == 3, "{text}");
    // What cannot be given is refused, and nothing is cut without a word.
    for (data, status, words) in [
        ("<C:calendar-data content-type=\"application/calendar+json\"/>", 403, "supported-calendar-data"),
        ("<C:calendar-data version=\"1.0\"/>", 403, "supported-calendar-data"),
        ("<C:calendar-data><C:expand start=\"20270301T000000Z\"/></C:calendar-data>", 400, "expand"),
        (
            "<C:calendar-data><C:expand start=\"20270301T000000Z\" end=\"21270301T000000Z\"/></C:calendar-data>",
            507,
            "number-of-matches",
        ),
    ] {
        let told = ask_office(&app, data, &of_events("")).await;
        assert!(told.0 == status && told.1.contains(words), "{data}: {told:?}");
    }
}

async fn busy_times_of_a_calendar_are_asked_with_a_report(app: TestApp) {
    daily(&app).await;
    let secret = app.world.id("secret.planner@ostallgaeu");
    let busy = async |range: &str| {
        let body = format!("<C:free-busy-query xmlns:C=\"{CALDAV}\">{range}</C:free-busy-query>");
        let (status, _, text) = ask(&app, secret, "REPORT", &calendar(&app, "oal.office"), "1", &body).await;
        (status, text.replace("\r\n ", ""))
    };
    let (status, text) = busy("<C:time-range start=\"20270301T000000Z\" end=\"20270305T000000Z\"/>").await;
    assert_eq!(status, 200, "{text}");
    let periods =
        "20270301T080000Z/20270301T090000Z,20270302T140000Z/20270302T143000Z,20270304T080000Z/20270304T090000Z";
    assert!(text.contains(&format!("FREEBUSY;FBTYPE=BUSY:{periods}\r\n")), "{text}");
    assert!(!text.contains("SUMMARY") && !text.contains("VEVENT"), "{text}");
    for (range, status, words) in [
        ("", 403, "valid-filter"),
        ("<C:time-range start=\"20270301T000000Z\"/>", 403, "valid-filter"),
        ("<C:time-range start=\"20270301T000000Z\" end=\"20270301T000000Z\"/>", 403, "valid-filter"),
        ("<C:time-range start=\"20400301T000000Z\" end=\"20400302T000000Z\"/>", 507, "number-of-matches"),
    ] {
        let told = busy(range).await;
        assert!(told.0 == status && told.1.contains(words), "{range}: {told:?}");
    }
    // Of a calendar that is seen as busy, that time is taken is all.
    let partner = feed(&app, "planner@kaufbeuren", json!({})).await;
    let body = format!(
        "<C:free-busy-query xmlns:C=\"{CALDAV}\"><C:time-range start=\"20270201T000000Z\" end=\"20270301T000000Z\"/></C:free-busy-query>"
    );
    let (status, _, text) = ask(&app, &partner, "REPORT", &calendar(&app, "oal.orientation"), "1", &body).await;
    assert!(status == 200 && text.contains("FREEBUSY;FBTYPE=BUSY:20270204T080000Z"), "{text}");
    let (status, ..) = ask(&app, &partner, "REPORT", &calendar(&app, "oal.office"), "1", &body).await;
    assert_eq!(status, 404);
}

async fn what_is_asked_is_as_deep_as_it_says(app: TestApp) {
    let secret = app.world.id("secret.planner@ostallgaeu");
    let query = report("C:calendar-query", "<C:filter><C:comp-filter name=\"VCALENDAR\"/></C:filter>");
    let path = calendar(&app, "oal.office");
    let file = entry(&app, "oal.office", "oal.office.meeting");
    for (path, depth, files) in
        [(&path, "1", 1), (&path, "infinity", 1), (&path, "0", 0), (&path, "", 0), (&file, "0", 1), (&file, "1", 1)]
    {
        let (status, _, text) = ask(&app, secret, "REPORT", path, depth, &query).await;
        assert!(status == 207 && text.matches("BEGIN:VEVENT").count() == files, "{path} {depth}: {text}");
    }
    let (status, _, text) = ask(&app, secret, "REPORT", &file, "0", &sync("")).await;
    assert!(status == 403 && text.contains("supported-report"), "a file has no changes of its own: {text}");
    let missing = format!("{path}cen_01h455vb4pex5vsknk084sn02q.ics");
    assert_eq!(ask(&app, secret, "REPORT", &missing, "0", &query).await.0, 404);
    let names = "<D:acl/><D:supported-privilege-set/><C:supported-collation-set/>";
    let (_, _, text) = ask(&app, secret, "PROPFIND", &path, "0", &prop(names)).await;
    assert!(text.contains("<D:grant><D:privilege><D:read/>") && !text.contains("404 Not Found"), "{text}");
    assert!(text.contains("<C:supported-collation>i;octet</C:supported-collation>"), "{text}");
}

async fn what_changed_is_told_with_tombstones(app: TestApp) {
    let owner = app.actor("planner@ostallgaeu");
    let path = calendar(&app, "oal.orientation");
    let series = json!({ "calendar": app.world.id("calendar.oal.orientation"), "title": "Weekly",
        "recurrence": { "rule": "FREQ=WEEKLY;COUNT=4" }, "time": { "timed": { "start": "2027-03-01T09:00", "end": "2027-03-01T10:00" } } });
    let made = owner.mutate("calendarEntryCreate", series, "calendarEntry { id }").await;
    let weekly = made["calendarEntry"]["id"].as_str().expect("an id").to_owned();
    let secrets =
        [feed(&app, "planner@kaufbeuren", json!({})).await, feed(&app, "planner@ostallgaeu", json!({})).await];
    let mut tokens = [String::new(), String::new()];
    let mut next = async |expected: [&[(&str, &str)]; 2]| {
        for (index, secret) in secrets.iter().enumerate() {
            let (status, _, text) = ask(&app, secret, "REPORT", &path, "", &sync(&tokens[index])).await;
            assert_eq!(status, 207, "{text}");
            between(&text, "<D:sync-token>", "</D:sync-token>").clone_into(&mut tokens[index]);
            let responses: Vec<_> = text.split("<D:response>").skip(1).collect();
            assert_eq!(responses.len(), expected[index].len(), "{text}");
            for (id, word) in expected[index] {
                let of = responses.iter().find(|it| it.contains(&format!("{path}{id}.ics")));
                assert!(of.is_some_and(|it| it.contains(word)), "{index} {id} {word}: {text}");
            }
        }
    };
    let fair = app.world.id("entry.oal.orientation.fair").to_owned();
    let idea = app.world.id("entry.oal.orientation.idea").to_owned();
    let own = app.world.id("entry.oal.orientation.secret").to_owned();
    let (busy, gone) = ("BEGIN:VEVENT", "404 Not Found");
    next([
        &[(&fair, busy), (&weekly, busy)],
        &[(&fair, "SUMMARY"), (&weekly, "SUMMARY"), (&idea, "SUMMARY"), (&own, "SUMMARY")],
    ])
    .await;
    next([&[], &[]]).await;
    // One date is called off: it belongs to the file of the series, whether it is seen or not.
    let off = json!({ "id": weekly, "version": 1, "apply": "THIS", "occurrence": "2027-03-08T09:00" });
    owner.mutate("calendarEntryCancel", off, "calendarEntry { id }").await;
    next([&[(&weekly, "EXDATE")], &[(&weekly, "RECURRENCE-ID")]]).await;
    // What becomes internal is gone for the partner; what was never seen is not told.
    let narrow = json!({ "id": fair, "version": 1, "confidentiality": "INTERNAL" });
    owner.mutate("calendarEntryUpdate", narrow, "calendarEntry { id }").await;
    let hidden = json!({ "id": own, "version": 1, "title": "Still hidden" });
    owner.mutate("calendarEntryUpdate", hidden, "calendarEntry { id }").await;
    next([&[(&fair, gone)], &[(&fair, "SUMMARY"), (&own, "Still hidden")]]).await;
    // An idea that becomes a plan comes into sight; one that is given up goes out of it.
    let plan = json!({ "id": idea, "version": 1, "status": "CONFIRMED" });
    owner.mutate("calendarEntryUpdate", plan, "calendarEntry { id }").await;
    next([&[(&idea, busy)], &[(&idea, "CONFIRMED")]]).await;
    let cancel = json!({ "id": idea, "version": 2 });
    owner.mutate("calendarEntryCancel", cancel, "calendarEntry { id }").await;
    next([&[(&idea, gone)], &[(&idea, "CANCELLED")]]).await;
    // All of a series is called off, with the date that was.
    owner.mutate("calendarEntryCancel", json!({ "id": weekly, "version": 2 }), "calendarEntry { id }").await;
    next([&[(&weekly, gone)], &[(&weekly, "CANCELLED")]]).await;
}

async fn a_token_that_leads_nowhere_is_refused(app: TestApp) {
    let (secret, path) = (feed(&app, "planner@kaufbeuren", json!({})).await, calendar(&app, "oal.orientation"));
    let (_, _, text) = ask(&app, &secret, "REPORT", &path, "", &sync("")).await;
    let token = between(&text, "<D:sync-token>", "</D:sync-token>").to_owned();
    let refused = async |token: &str| {
        let (status, _, text) = ask(&app, &secret, "REPORT", &path, "", &sync(token)).await;
        assert!(status == 403 && text.contains("<D:valid-sync-token/>"), "{token}: {status} {text}");
    };
    for wrong in ["x", "urn:verbund:sync:", "urn:verbund:sync:AAAA", &token[..token.len() - 4]] {
        refused(wrong).await;
    }
    assert_eq!(ask(&app, &secret, "REPORT", &path, "", &sync(&token)).await.0, 207);
    // Rights that change show everything anew, even if it is the same.
    let input = json!({
        "tenant": app.world.id("tenant.ostallgaeu"), "agreement": app.world.id("agreement.a"), "area": "CALENDARS", "level": "FULL",
        "object": { "calendar": app.world.id("calendar.oal.orientation") },
    });
    app.actor("admin@ostallgaeu").mutate("shareCreate", input, "share { id }").await;
    refused(&token).await;
    let (_, _, text) = ask(&app, &secret, "REPORT", &path, "", &sync("")).await;
    assert!(text.contains("SUMMARY:Title of oal.orientation.fair"), "{text}");
}

async fn what_is_no_request_is_refused(app: TestApp) {
    let secret = app.world.id("secret.planner@ostallgaeu");
    let path = calendar(&app, "oal.office");
    for (method, path, depth, body, expected) in [
        ("PROPFIND", "/caldav/", "", "", 403),
        ("PROPFIND", "/caldav/", "infinity", "", 403),
        ("PROPFIND", "/caldav/", "0", "<D:propfind", 400),
        ("PROPFIND", "/caldav/", "0", "<!DOCTYPE x [<!ENTITY a \"b\">]><D:propfind xmlns:D=\"DAV:\"/>", 400),
        ("PROPFIND", "/caldav/", "0", "<other/>", 400),
        ("PROPFIND", "/caldav/elsewhere/", "0", "", 404),
        ("PROPFIND", "/caldav/calendars/x/", "0", "", 404),
        ("REPORT", path.as_str(), "1", "", 400),
        ("REPORT", path.as_str(), "1", "<D:expand-property xmlns:D=\"DAV:\"/>", 403),
        ("REPORT", path.as_str(), "1", "<C:calendar-query xmlns:C=\"urn:ietf:params:xml:ns:caldav\"/>", 403),
        ("REPORT", "/caldav/calendars/", "1", "<D:sync-collection xmlns:D=\"DAV:\"/>", 403),
        ("GET", path.as_str(), "", "", 404),
        ("GET", "/caldav/", "", "", 200),
    ] {
        let (status, _, text) = ask(&app, secret, method, path, depth, body).await;
        assert_eq!(status, expected, "{method} {path} {body}: {text}");
    }
    let large = format!("<D:propfind xmlns:D=\"DAV:\">{}</D:propfind>", " ".repeat(300_000));
    let (status, _, text) = ask(&app, secret, "PROPFIND", "/caldav/", "0", &large).await;
    let problem: Value = serde_json::from_str(&text).expect("a problem");
    assert_eq!((status, &problem["status"]), (413, &json!(413)));
}
