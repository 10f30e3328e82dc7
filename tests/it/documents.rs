//! Documents and values that are refused before anything runs, in words that help.

use std::fmt::Write as _;

use serde_json::{Value, json};
use verbund_tests::{Case, TestApp, cases};

mod mistakes;

pub fn cases() -> Vec<Case> {
    cases!["documents";
        a_wrong_value_stops_the_whole_document,
        mistakes_are_told_by_field_value_and_way_out,
        a_variable_left_out_takes_the_default_of_its_argument,
        what_comes_under_one_name_looks_alike,
        exactly_one_field_is_never_null,
        only_the_operation_that_runs_is_charged,
        a_month_costs_little_of_a_minute,
        what_is_too_dear_names_points_limit_and_the_dearest_field,
        names_are_suggested_to_those_who_may_read_the_schema,
        a_request_that_is_none_says_how_it_should_be,
    ]
}

/// What a calendar asks for when somebody turns to the next month, with everything on the card and the conflicts.
async fn a_month_costs_little_of_a_minute(app: TestApp) {
    let may = "between: {start: \"2027-05-01T00:00:00Z\", end: \"2027-06-01T00:00:00Z\"}";
    let page = format!(
        "{{ agenda({may}, first: 100) {{ nodes {{ key start end allDay occurrence entry {{ __typename id timeZone tenant {{ slug }}
             calendar {{ id name color }} ... on CalendarEntrySummary {{ title kind status fieldOfWork {{ key }} }}
             ... on CalendarEntryFull {{ title kind status description location organiser speakers audiences registrationUrl
                 fieldOfWork {{ key }} place {{ name city }} viewerCan {{ update cancel }} }} }} }} }}
           calendars(first: 50) {{ nodes {{ id name color viewerLevel }} }}
           tenant(slug: \"ostallgaeu\") {{ nonWorkingDays(between: {{firstDay: \"2027-05-01\", lastDay: \"2027-05-31\"}}) {{ name firstDay }} }}
           coordinationRounds(first: 10) {{ nodes {{ id year state }} }}
           conflicts(of: {{round: \"{}\"}}, first: 50) {{ nodes {{ id severity sides {{ start entry {{ id }} }} }} }} }}",
        app.world.id("round.b")
    );
    let reply = app.actor("planner@ostallgaeu").ask(&page).await;
    reply.data();
    let cost = reply.json()["extensions"]["cost"]["requested"].as_u64().expect("points");
    let settings: toml::Table = include_str!("../../api/default.toml").parse().expect("the defaults");
    let minute =
        settings["graphql"]["points_per_minute"].as_integer().and_then(|it| u64::try_from(it).ok()).expect("points");
    assert!(cost * 100 < minute * 2, "{cost} of {minute} points");
}

/// Of two mutations the second has a value that does not exist: neither runs.
async fn a_wrong_value_stops_the_whole_document(app: TestApp) {
    let planner = app.actor("planner@ostallgaeu");
    let calendar = app.world.id("calendar.oal.counselling");
    let entry = |title: &str, day: &str| json!({ "calendar": calendar, "title": title, "time": { "allDay": { "firstDay": day } } });
    let document = "mutation M($ok: CalendarEntryCreateInput!, $bad: CalendarEntryCreateInput!) {
        a: calendarEntryCreate(input: $ok) { calendarEntry { id } }
        b: calendarEntryCreate(input: $bad) { calendarEntry { id } } }";
    let variables = json!({ "ok": entry("Half done", "2027-02-28"), "bad": entry("Never", "2027-02-29") });
    let reply = planner.send(document, variables).await;
    let error = reply.json()["errors"][0].clone();
    assert_eq!((reply.status, reply.json().get("data")), (400, None), "{}", reply.text);
    let extensions = &error["extensions"];
    assert_eq!(
        (&extensions["code"], &extensions["reason"], &extensions["field"], &extensions["variable"]),
        (&json!("BAD_USER_INPUT"), &json!("INVALID"), &json!("time.allDay.firstDay"), &json!("bad"))
    );
    assert_eq!(error["message"], "There is no such day: \"2027-02-29\".");

    // The same as a literal.
    let literal = format!(
        "mutation {{ a: calendarEntryCreate(input: {{calendar: \"{calendar}\", title: \"Half done\", time: {{allDay: {{firstDay: \"2027-02-28\"}}}}}}) {{ calendarEntry {{ id }} }}
          b: calendarEntryCreate(input: {{calendar: \"{calendar}\", title: \"Never\", time: {{allDay: {{firstDay: \"29.02.2027\"}}}}}}) {{ calendarEntry {{ id }} }} }}"
    );
    let reply = planner.ask(&literal).await;
    assert_eq!((reply.status, reply.codes()), (400, vec!["BAD_USER_INPUT".to_owned()]), "{}", reply.text);
    let rows = app.database.rows().await;
    let found = rows.list("SELECT title FROM calendar_entry WHERE title IN ('Half done', 'Never')").await;
    assert_eq!(found, Vec::<String>::new());
}

/// One line for each mistake and language; the German lines have no English words.
async fn mistakes_are_told_by_field_value_and_way_out(app: TestApp) {
    const ENGLISH: [&str; 20] = [
        "the", "is", "not", "of", "and", "value", "expected", "field", "type", "unknown", "failed", "parse", "invalid",
        "missing", "must", "required", "there", "such", "with", "argument",
    ];
    let planner = app.actor("planner@ostallgaeu");
    let mut told = String::new();
    for (what, document, variables) in mistakes::mistakes(&app) {
        for language in ["de", "en"] {
            let reply = planner.speaking(language).send(&document, variables.clone()).await;
            let answer = reply.json();
            assert!(reply.status == 400 && answer.get("data").is_none(), "{what}: {}", reply.text);
            for error in answer["errors"].as_array().expect("errors") {
                let message = error["message"].as_str().expect("a message").to_owned();
                let extensions = &error["extensions"];
                let code = extensions["reason"].as_str().or(extensions["code"].as_str()).unwrap_or_default();
                let field = extensions["field"].as_str().unwrap_or("-");
                if language == "de" {
                    let outside: String = message.split('"').step_by(2).collect();
                    let german = |it: &str| ENGLISH.contains(&it);
                    let words: Vec<_> = outside.split(|it: char| !it.is_alphabetic()).filter(|it| german(it)).collect();
                    assert_eq!(words, Vec::<&str>::new(), "{what}: {message}");
                }
                for framework in ["Failed to parse", "occurred while", "serde", "premature", "-->", "input contains"] {
                    assert!(!message.contains(framework), "{what}: {message}");
                }
                writeln!(told, "{what} [{language}] {field} {code}: {message}").expect("written");
            }
        }
    }
    assert!(told.lines().count() >= 300, "{}", told.lines().count());
    insta::assert_snapshot!("mistakes", told);
}

async fn a_variable_left_out_takes_the_default_of_its_argument(app: TestApp) {
    let viewer = app.actor("steward@ostallgaeu");
    let tenant = app.world.id("tenant.ostallgaeu");
    let node = app.world.id("calendar.oal.public");
    let lists = [
        ("DatasetOrder", "CREATED_AT", "datasets(orderBy: $it) { nodes { id } }".to_owned()),
        ("EducationOfferOrder", "CREATED_AT_DESCENDING", "educationOffers(orderBy: $it) { nodes { id } }".to_owned()),
        ("LearningPlaceOrder", "CITY", "learningPlaces(orderBy: $it) { nodes { id } }".to_owned()),
        ("OrganisationOrder", "UPDATED_AT_DESCENDING", "organisations(orderBy: $it) { nodes { id } }".to_owned()),
        ("ProjectOrder", "CREATED_AT_DESCENDING", "projects(orderBy: $it) { nodes { id } }".to_owned()),
        ("Action", "WRITE", format!("explainAccess(node: \"{node}\", action: $it) {{ allowed }}")),
        (
            "DirectoryRecordKind",
            "ORGANISATION",
            format!("duplicateCandidates(tenant: \"{tenant}\", kind: $it) {{ nodes {{ score }} }}"),
        ),
        ("Boolean", "true", "calendars(filter: {includeArchived: $it}) { nodes { id } }".to_owned()),
        ("Int", "5", "calendars(first: $it) { nodes { id } }".to_owned()),
    ];
    for (kind, other, field) in lists {
        let bare = field.replace("orderBy: $it", "first: 20").replace("action: $it", "").replace("kind: $it", "");
        let bare = bare.replace("includeArchived: $it", "").replace("first: $it", "first: 20");
        let expected = viewer.ask(&format!("{{ {bare} }}")).await.data();
        let document = format!("query Q($it: {kind}) {{ {field} }}");
        assert_eq!(viewer.send(&document, json!({})).await.data(), expected, "{document} without a value");
        let given: Value = match kind {
            "Boolean" => json!(true),
            "Int" => json!(5),
            _ => json!(other),
        };
        assert_eq!(viewer.send(&document, json!({ "it": given })).await.codes(), Vec::<String>::new(), "{document}");
        // Null is a value; it is none of an argument that always has one.
        let null = viewer.send(&document, json!({ "it": null })).await;
        let may_be_null = matches!(kind, "Int");
        assert_eq!(null.status, if may_be_null { 200 } else { 400 }, "{document}: {}", null.text);
        if !may_be_null {
            assert_eq!(null.refusals().len(), 1, "{}", null.text);
            assert!(null.refusals()[0].starts_with("BAD_USER_INPUT REQUIRED"), "{}", null.text);
        }
    }
}

async fn what_comes_under_one_name_looks_alike(app: TestApp) {
    let viewer = app.actor("viewer@ostallgaeu");
    let id = app.world.id("calendar.oal.public");
    for (selection, ok) in [
        ("... on Calendar { x: name } ... on Tenant { x: version }", false),
        ("... on Calendar { x: name } ... on Tenant { x: slug }", true),
        ("... on Calendar { x: name } ... on Tenant { x: website }", false),
        ("... on Calendar { x: name x: id }", false),
        ("... on Calendar { x: name ... on Calendar { x: name } }", true),
        ("... on Calendar { x: tenant { id } } ... on Project { x: tenant { id slug } }", true),
        ("... on Calendar { x: tenant { y: id } } ... on Project { x: tenant { y: version } }", false),
        ("... on Calendar { tenant { id } tenant { slug } }", true),
        ("... on Tenant { a: closures(first: 1) { totalCount } a: closures(first: 2) { totalCount } }", false),
    ] {
        let reply = viewer.ask(&format!("{{ node(id: \"{id}\") {{ {selection} }} }}")).await;
        let expected = if ok { vec![] } else { vec!["GRAPHQL_VALIDATION_FAILED".to_owned()] };
        assert_eq!(reply.codes(), expected, "{selection}: {}", reply.text);
    }
}

async fn exactly_one_field_is_never_null(app: TestApp) {
    let planner = app.actor("planner@ostallgaeu");
    let calendar = app.world.id("calendar.oal.counselling");
    let document = |kind: &str| {
        format!(
            "mutation M($days: {kind}) {{ calendarEntryCreate(input: {{calendar: \"{calendar}\", title: \"One\", time: {{allDay: $days}}}})
            {{ calendarEntry {{ id }} userErrors {{ code }} }} }}"
        )
    };
    let days = json!({ "days": { "firstDay": "2027-03-01" } });
    let nullable = planner.send(&document("AllDayInput"), days.clone()).await;
    assert_eq!(nullable.codes(), ["GRAPHQL_VALIDATION_FAILED"], "{}", nullable.text);
    let always = planner.send(&document("AllDayInput!"), days).await;
    assert_eq!(always.data()["calendarEntryCreate"]["userErrors"], json!([]));
}

async fn only_the_operation_that_runs_is_charged(app: TestApp) {
    let viewer = app.actor("viewer@ostallgaeu");
    let big = "calendars(first: 100) { nodes { id name description tenant { id slug legalName } } }";
    let source = format!("query Big {{ {big} }} query Small {{ viewer {{ signedIn }} }}");
    let ask = |name: &str| json!({ "query": source, "operationName": name }).to_string();
    let small = viewer.post(&ask("Small"), &[]).await.json();
    assert_eq!(small["extensions"]["cost"]["requested"], 12, "{small}");
    let whole = viewer.post(&ask("Big"), &[]).await.json();
    assert!(whole["extensions"]["cost"]["requested"].as_i64().is_some_and(|it| it > 500), "{whole}");
    let none = viewer.post(&ask("Other"), &[]).await;
    assert_eq!((none.status, none.codes()), (400, vec!["GRAPHQL_VALIDATION_FAILED".to_owned()]));
    assert!(none.text.contains("Big, Small"), "{}", none.text);
}

async fn what_is_too_dear_names_points_limit_and_the_dearest_field(app: TestApp) {
    let viewer = app.actor("viewer@ostallgaeu").speaking("de");
    let document = "{ few: tenants(first: 1) { nodes { slug } }
        many: tenants(first: 100) { nodes { members(first: 100) { nodes { id name } } } } }";
    let reply = viewer.ask(document).await;
    let error = reply.json()["errors"][0].clone();
    assert_eq!((reply.status, &error["extensions"]["code"]), (400, &json!("COST_EXCEEDED")), "{}", reply.text);
    let message = error["message"].as_str().expect("a message");
    assert!(message.contains("höchstens 10.000") && message.contains("Feld many mit"), "{message}");
}

async fn names_are_suggested_to_those_who_may_read_the_schema(app: TestApp) {
    let viewer = app.actor("viewer@ostallgaeu");
    let message =
        |reply: verbund_tests::client::Reply| reply.json()["errors"][0]["message"].as_str().map(str::to_owned);
    let wrong = "{ calendars { nodes { titel name_ } } }";
    let told = message(viewer.ask(wrong).await).expect("a message");
    assert_eq!(told, "The type Calendar has no field titel.");
    let told =
        message(viewer.ask("{ calendar { nodes { nam } } calendars { nodes { nam } } }").await).expect("a message");
    assert!(told.contains("calendar"), "{told}");
    let near = message(viewer.ask("{ calendars { nodes { nmae } } }").await).expect("a message");
    assert_eq!(near, "The type Calendar has no field nmae. Did you mean name?");
}

async fn a_request_that_is_none_says_how_it_should_be(app: TestApp) {
    let viewer = app.actor("viewer@ostallgaeu").speaking("de");
    for (body, code, words) in [
        (
            r#"{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"00"}}}"#,
            "PERSISTED_QUERY_NOT_SUPPORTED",
            "senden Sie",
        ),
        (r#"{"documentId":"sha256:00"}"#, "PERSISTED_QUERY_NOT_SUPPORTED", "senden Sie"),
        ("{}", "BAD_REQUEST", "im Feld query"),
        ("[]", "BAD_REQUEST", "ein JSON-Objekt"),
        ("{\n  \"query\": }", "BAD_REQUEST", "Zeile 2"),
        (r#"{"query":1}"#, "BAD_REQUEST", "query"),
        (r#"{"query":"{__typename}","variables":[]}"#, "BAD_REQUEST", "variables"),
        (r#"{"query":"{__typename}","query":"{__typename}"}"#, "BAD_REQUEST", "höchstens einmal"),
    ] {
        let reply = viewer.post(body, &[]).await;
        assert_eq!((reply.status, reply.codes()), (400, vec![code.to_owned()]), "{body}: {}", reply.text);
        assert!(reply.text.contains(words), "{body}: {}", reply.text);
    }
}
