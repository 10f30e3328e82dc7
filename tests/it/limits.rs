//! Hostile and broken requests: each gets a clear code, nothing falls over, and nothing internal shows.

use serde_json::{Value, json};
use verbund_tests::{Case, Client, Reply, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["limits";
        deep_selections_are_refused,
        deeply_nested_literals_are_refused_wherever_they_stand,
        aliases_are_bounded,
        fragments_may_not_explode_or_go_round,
        root_fields_are_counted_through_fragments,
        costly_lists_within_lists_are_refused,
        bodies_must_be_small_json_requests,
        long_and_odd_texts_are_refused_by_name,
        lists_of_ids_are_bounded,
        at_most_twenty_errors_are_listed,
        the_introspection_query_of_tools_works,
        faults_are_masked_and_named_by_request_id,
        plain_request_ids_are_echoed_and_odd_ones_replaced,
    ]
}

/// A request is refused with this status and code, without data; and the server is well afterwards.
async fn refused(client: &Client, what: &str, reply: Reply, status: u16, code: &str) {
    let body = reply.json();
    let mut codes = reply.codes();
    codes.dedup();
    assert_eq!((reply.status, codes), (status, vec![code.to_owned()]), "{what}: {}", cut(&reply.text));
    assert!(body.get("data").is_none(), "{what}: a request that is not executed has no data: {}", cut(&reply.text));
    assert_eq!(body["errors"][0]["extensions"]["requestId"], reply.headers["x-request-id"], "{what}");
    well(client).await;
}

async fn well(client: &Client) {
    assert_eq!(client.ask("{ viewer { signedIn } }").await.data(), json!({ "viewer": { "signedIn": true } }));
}

fn cut(text: &str) -> &str {
    text.get(..400).unwrap_or(text)
}

fn reader(app: &TestApp) -> Client {
    app.actor("viewer@ostallgaeu")
}

async fn deep_selections_are_refused(app: TestApp) {
    let client = app.actor("viewer@ostallgaeu");
    let deep = |levels: usize| {
        let open = "tenant { members(first: 1) { nodes { ".repeat(levels);
        format!("{{ calendars(first: 1) {{ nodes {{ {open} id {} }} }} }}", "} } }".repeat(levels))
    };
    // 3 + 3 × 4 = 15 levels are the most.
    let just = deep(4);
    assert_eq!(client.ask(&just).await.codes(), Vec::<String>::new(), "15 levels are allowed");
    let over = just.replace(" id ", " tenant { id } ");
    refused(&client, "16 levels", client.ask(&over).await, 400, "COST_EXCEEDED").await;
    refused(&client, "1,000 levels", client.ask(&deep(333)).await, 400, "COST_EXCEEDED").await;
    let inline = format!("{{ {} __typename {} }}", "... { ".repeat(1_000), "} ".repeat(1_000));
    refused(&client, "1,000 inline fragments", client.ask(&inline).await, 400, "COST_EXCEEDED").await;
}

async fn deeply_nested_literals_are_refused_wherever_they_stand(app: TestApp) {
    let client = reader(&app);
    for depth in [65, 1_350, 50_000] {
        for (open, close) in [("[", "]"), ("{a:", "}")] {
            let literal = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            if literal.len() > 250_000 {
                continue;
            }
            let documents = [
                ("argument", format!("{{ nodes(ids: {literal}) {{ id }} }}")),
                ("variable default", format!("query Q($ids: [ID!]! = {literal}) {{ nodes(ids: $ids) {{ id }} }}")),
                ("directive argument", format!("{{ viewer @include(if: {literal}) {{ signedIn }} }}")),
                ("never closed", format!("{{ nodes(ids: {}", open.repeat(depth))),
            ];
            for (place, document) in documents {
                let what = format!("{place}, {depth} × {open}");
                refused(&client, &what, client.ask(&document).await, 400, "COST_EXCEEDED").await;
            }
        }
    }
    let variable = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    let body = format!(r#"{{"query": "{{ __typename }}", "variables": {{"ids": {variable}}}}}"#);
    refused(&client, "nested variables", client.post(&body, &[]).await, 400, "BAD_REQUEST").await;
}

async fn aliases_are_bounded(app: TestApp) {
    let client = reader(&app);
    let aliases = |count: usize, field: &str| (0..count).map(|it| format!("a{it}: {field} ")).collect::<String>();
    let inner = format!("{{ viewer {{ {} }} }}", aliases(100, "signedIn"));
    let data = client.ask(&inner).await.data();
    assert_eq!(data["viewer"].as_object().map(serde_json::Map::len), Some(100), "100 aliases are allowed");
    for (count, field) in [(101, "signedIn"), (10_000, "signedIn"), (10_000, "__typename")] {
        let document = format!("{{ viewer {{ {} }} }}", aliases(count, field));
        refused(&client, &format!("{count} aliases of {field}"), client.ask(&document).await, 400, "COST_EXCEEDED")
            .await;
    }
    let root = format!("{{ {} }}", aliases(10_000, "__typename"));
    refused(&client, "10,000 root aliases", client.ask(&root).await, 400, "COST_EXCEEDED").await;
    let repeated = format!("{{ viewer {{ {} }} }}", "signedIn ".repeat(20_000));
    refused(&client, "20,000 times one field", client.ask(&repeated).await, 400, "COST_EXCEEDED").await;
}

async fn fragments_may_not_explode_or_go_round(app: TestApp) {
    let client = reader(&app);
    for levels in [16, 20, 24, 30] {
        let mut bomb = String::from("{ viewer { ...F0 } }");
        for level in 0..levels {
            bomb.push_str(&format!(" fragment F{level} on Viewer {{ ...F{0} ...F{0} }}", level + 1));
        }
        bomb.push_str(&format!(" fragment F{levels} on Viewer {{ signedIn }}"));
        refused(&client, &format!("2^{levels} spreads"), client.ask(&bomb).await, 400, "COST_EXCEEDED").await;
        let unused = bomb.replacen("...F0", "signedIn", 1);
        refused(&client, &format!("2^{levels} unused"), client.ask(&unused).await, 400, "COST_EXCEEDED").await;
    }
    let circles = [
        "{ viewer { ...A } } fragment A on Viewer { ...A }",
        "{ viewer { ...A } } fragment A on Viewer { ...B } fragment B on Viewer { ... { ...A } }",
        "{ viewer { signedIn } } fragment A on Viewer { ...B } fragment B on Viewer { ...A }",
    ];
    for circle in circles {
        refused(&client, circle, client.ask(circle).await, 400, "GRAPHQL_VALIDATION_FAILED").await;
    }
}

async fn root_fields_are_counted_through_fragments(app: TestApp) {
    let client = reader(&app);
    let query = |count: usize| {
        let fields: String = (0..count).map(|it| format!("a{it}: viewer {{ signedIn }} ")).collect();
        format!("{{ ...F }} fragment F on Query {{ ... {{ {fields} }} }}")
    };
    assert_eq!(client.ask(&query(20)).await.data().as_object().map(serde_json::Map::len), Some(20));
    refused(&client, "21 queries", client.ask(&query(21)).await, 400, "COST_EXCEEDED").await;
    let planner = app.actor("planner@ostallgaeu");
    let calendar = app.world.id("calendar.oal.office");
    let mutation = |count: usize| {
        let one = |it| {
            format!(
                "a{it}: calendarUpdate(input: {{ id: \"{calendar}\", version: {}, description: \"{it}\" }}) \
                 {{ calendar {{ version }} }} ",
                it + 1
            )
        };
        format!("mutation {{ ...F }} fragment F on Mutation {{ {} }}", (0..count).map(one).collect::<String>())
    };
    refused(&planner, "6 mutations", planner.ask(&mutation(6)).await, 400, "COST_EXCEEDED").await;
    let data = planner.ask(&mutation(5)).await.data();
    assert_eq!(data["a4"]["calendar"]["version"], 6, "five are allowed, and the sixth had done nothing");
}

async fn costly_lists_within_lists_are_refused(app: TestApp) {
    let client = app.actor("admin@ostallgaeu");
    let nested = |first: i32| {
        format!(
            "{{ tenants(first: {first}) {{ nodes {{ members(first: {first}) {{ nodes {{ id name roles {{ id }} }} }} }} }} }}"
        )
    };
    assert_eq!(client.ask(&nested(10)).await.codes(), Vec::<String>::new());
    refused(&client, "100 × 100", client.ask(&nested(100)).await, 400, "COST_EXCEEDED").await;
    let by_variable =
        "query Q($first: Int!) { tenants(first: $first) { nodes { members(first: $first) { nodes { id } } } } }";
    let reply = client.send(by_variable, json!({ "first": 100 })).await;
    refused(&client, "100 × 100 by variable", reply, 400, "COST_EXCEEDED").await;
    let nodes = "query Q($ids: [ID!]!) { nodes(ids: $ids) { ... on Tenant { members(first: 100) { nodes { id } } } } }";
    let ids = vec![app.world.id("tenant.ostallgaeu"); 100];
    let reply = client.send(nodes, json!({ "ids": ids })).await;
    refused(&client, "100 nodes × 100", reply, 400, "COST_EXCEEDED").await;
}

async fn bodies_must_be_small_json_requests(app: TestApp) {
    let client = reader(&app);
    let good = json!({ "query": "{ __typename }" }).to_string();
    for (what, body, status) in [
        ("cut off", "{\"query\": \"{ __typename", 400),
        ("empty", "", 400),
        ("not UTF-8 as JSON has it", "{\"query\": \"\u{0}\"}", 400),
        ("a list", "[{\"query\": \"{ __typename }\"}]", 400),
        ("a text", "\"{ __typename }\"", 400),
        ("null", "null", 400),
        ("no query", "{}", 400),
        ("query is no text", "{\"query\": 7}", 400),
        ("variables are a list", "{\"query\": \"{ __typename }\", \"variables\": []}", 400),
        ("the query twice", "{\"query\": \"{ __typename }\", \"query\": \"{ __typename }\"}", 400),
    ] {
        refused(&client, what, client.post(body, &[]).await, status, "BAD_REQUEST").await;
    }
    for kind in ["text/plain", "application/graphql", "multipart/form-data; boundary=x", "application/jsonx"] {
        refused(&client, kind, client.post(&good, &[("content-type", kind)]).await, 415, "BAD_REQUEST").await;
    }
    let kind = [("content-type", "Application/JSON; charset=utf-8")];
    assert_eq!(client.post(&good, &kind).await.status, 200);
    let more = r#"{"query": "{ __typename }", "extensions": {"persistedQuery": {"version": 1}}, "more": [1], "variables": null}"#;
    assert_eq!(client.post(more, &[]).await.data(), json!({ "__typename": "Query" }), "unknown keys are ignored");
    for (what, document, status, code) in [
        ("no GraphQL", "{ viewer {", 400, "GRAPHQL_PARSE_FAILED"),
        ("an empty document", "", 400, "GRAPHQL_PARSE_FAILED"),
        ("an unknown field", "{ viewer { age } }", 400, "GRAPHQL_VALIDATION_FAILED"),
        ("an unknown variable", "{ node(id: $id) { id } }", 400, "GRAPHQL_VALIDATION_FAILED"),
        ("a subscription", "subscription { viewerAccessChanged { kind } }", 406, "BAD_REQUEST"),
        (
            "two operations and no name",
            "query A { __typename } query B { __typename }",
            400,
            "GRAPHQL_VALIDATION_FAILED",
        ),
    ] {
        refused(&client, what, client.ask(document).await, status, code).await;
    }
    let large = json!({ "query": "{ __typename }", "variables": { "text": "x".repeat(257 * 1024) } }).to_string();
    assert_eq!(client.post(&large, &[]).await.status, 413);
    well(&client).await;
}

async fn long_and_odd_texts_are_refused_by_name(app: TestApp) {
    let megabyte = json!({ "query": "query Q($t: String) { __typename }", "variables": { "t": "x".repeat(1 << 20) } });
    let planner = app.actor("planner@ostallgaeu");
    assert_eq!(planner.post(&megabyte.to_string(), &[]).await.status, 413);
    let long = json!({ "tenant": app.world.id("tenant.ostallgaeu"), "name": "x".repeat(200_000) });
    let payload = planner.try_mutate("calendarCreate", long, "calendar { id }").await;
    assert_eq!((&payload["calendar"], verbund_tests::client::codes(&payload)), (&Value::Null, vec!["TOO_LONG"]));
    for odd in ["a\u{0}b", "\u{0}"] {
        let input = json!({ "tenant": app.world.id("tenant.ostallgaeu"), "name": odd });
        let payload = planner.try_mutate("calendarCreate", input, "calendar { id }").await;
        assert_eq!(
            (&payload["calendar"], verbund_tests::client::codes(&payload)),
            (&Value::Null, vec!["INVALID"]),
            "{odd:?}"
        );
        for query in [
            "query Q($t: String!) { tenant(slug: $t) { id } }",
            "query Q($t: String!) { learningPlaces(filter: { text: $t }) { nodes { id } } }",
            "query Q($t: String!) { learningPlaces(filter: { regions: [$t] }) { nodes { id } } }",
            "query Q($t: String!) { calendars(after: $t) { nodes { id } } }",
            "query Q($t: String!) { holidays(between: {firstDay: \"2027-01-01\", lastDay: \"2027-12-31\"}, region: {state: $t}) \
             { nodes { id } } }",
        ] {
            let reply = planner.send(query, json!({ "t": odd })).await;
            let codes = reply.codes();
            assert!(
                reply.status == 200 && !codes.contains(&"INTERNAL_SERVER_ERROR".to_owned()),
                "{query}: {}",
                reply.text
            );
        }
        let input = json!({ "tenant": app.world.id("tenant.ostallgaeu"), "name": "Odd key", "idempotencyKey": odd });
        let reply = planner.send(
            "mutation M($input: CalendarCreateInput!) { calendarCreate(input: $input) { userErrors { code } } }",
            json!({ "input": input }),
        );
        let reply = reply.await;
        assert!(reply.codes().is_empty(), "{}", reply.text);
        let reply = planner.send("query Q($t: ID!) { node(id: $t) { id } }", json!({ "t": odd })).await;
        assert_eq!(reply.codes(), ["BAD_USER_INPUT"]);
    }
    well(&planner).await;
}

async fn lists_of_ids_are_bounded(app: TestApp) {
    let client = reader(&app);
    let query = "query Q($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let ids = |count| json!({ "ids": vec![app.world.id("tenant.ostallgaeu"); count] });
    let data = client.send(query, ids(100)).await.data();
    assert_eq!(data["nodes"].as_array().map(Vec::len), Some(100));
    let reply = client.send(query, ids(101)).await;
    assert_eq!((reply.status, reply.codes()), (200, vec!["COST_EXCEEDED".to_owned()]));
    assert_eq!(reply.json()["errors"][0]["extensions"]["field"], "ids");
    well(&client).await;
}

async fn at_most_twenty_errors_are_listed(app: TestApp) {
    let client = reader(&app);
    let fields: String = (0..30).map(|it| format!("wrong{it} ")).collect();
    let reply = client.ask(&format!("{{ viewer {{ {fields} }} }}")).await;
    assert_eq!((reply.status, reply.codes().len()), (400, 20), "{}", cut(&reply.text));
    assert!(reply.json().get("data").is_none());
    well(&client).await;
}

async fn the_introspection_query_of_tools_works(app: TestApp) {
    let of_type = "ofType { kind name ".repeat(7) + &"}".repeat(7);
    let query = format!(
        "query IntrospectionQuery {{ __schema {{ queryType {{ name }} mutationType {{ name }} subscriptionType {{ name }} \
         types {{ ...FullType }} directives {{ name description locations args {{ ...InputValue }} }} }} }}
         fragment FullType on __Type {{ kind name description specifiedByURL fields(includeDeprecated: true) {{ name description \
         args {{ ...InputValue }} type {{ ...TypeRef }} isDeprecated deprecationReason }} inputFields {{ ...InputValue }} \
         interfaces {{ ...TypeRef }} enumValues(includeDeprecated: true) {{ name description isDeprecated deprecationReason }} \
         possibleTypes {{ ...TypeRef }} }}
         fragment InputValue on __InputValue {{ name description type {{ ...TypeRef }} defaultValue }}
         fragment TypeRef on __Type {{ kind name {of_type} }}"
    );
    for client in [app.anonymous(), reader(&app)] {
        let data = client.ask(&query).await.data();
        assert_eq!(data["__schema"]["queryType"]["name"], "Query");
        assert_eq!(data["__schema"]["subscriptionType"]["name"], "Subscription");
        let types = data["__schema"]["types"].as_array().expect("types");
        assert!(types.iter().any(|it| it["name"] == "CalendarEntryFull"));
    }
}

async fn faults_are_masked_and_named_by_request_id(app: TestApp) {
    let client = reader(&app);
    let rows = app.database.rows().await;
    rows.run("ALTER TABLE holiday RENAME TO holiday_gone").await;
    let query = r#"{ viewer { signedIn } holidays(between: {firstDay: "2027-01-01", lastDay: "2027-12-31"}, region: {state: "DE-BY"}) {
        nodes { id } } }"#;
    let reply = client.post(&json!({ "query": query }).to_string(), &[("x-request-id", "request-of-mine")]).await;
    let error = &reply.json()["errors"][0];
    assert_eq!((reply.status, reply.codes()), (200, vec!["INTERNAL_SERVER_ERROR".to_owned()]));
    assert_eq!(error["extensions"], json!({ "code": "INTERNAL_SERVER_ERROR", "requestId": "request-of-mine" }));
    assert!(error["message"].as_str().is_some_and(|it| it.contains("request-of-mine")), "{error}");
    for word in ["holiday_gone", "table", "relation", "SELECT", "select", "sql", "no such", "database"] {
        assert!(!reply.text.contains(word), "{word} shows in {}", reply.text);
    }
    rows.run("ALTER TABLE holiday_gone RENAME TO holiday").await;
    well(&client).await;
    // In a mutation nothing is kept.
    rows.run("ALTER TABLE outbox_event RENAME TO outbox_gone").await;
    let planner = app.actor("planner@ostallgaeu");
    let mutation = "mutation M($input: CalendarCreateInput!) { calendarCreate(input: $input) { calendar { id } } }";
    let input = json!({ "input": { "tenant": app.world.id("tenant.ostallgaeu"), "name": "Lost" } });
    let before = rows.count("calendar").await;
    let reply = planner.send(mutation, input.clone()).await;
    assert_eq!((reply.status, reply.codes()), (200, vec!["INTERNAL_SERVER_ERROR".to_owned()]));
    assert!(!reply.text.contains("outbox"), "{}", reply.text);
    assert_eq!(rows.count("calendar").await, before);
    rows.run("ALTER TABLE outbox_gone RENAME TO outbox_event").await;
    assert_eq!(planner.send(mutation, input).await.codes(), Vec::<String>::new());
}

async fn plain_request_ids_are_echoed_and_odd_ones_replaced(app: TestApp) {
    let client = reader(&app);
    let body = json!({ "query": "{ __typename }" }).to_string();
    let longest = "a".repeat(64);
    for plain in ["0123abcd", "01890a5d-ac96-774b-bcce-b302099a8057", longest.as_str()] {
        assert_eq!(client.post(&body, &[("x-request-id", plain)]).await.headers["x-request-id"], plain);
    }
    let long = "a".repeat(65);
    for odd in ["short", "", "with blanks in it", "quote\"quote", "under_score", long.as_str()] {
        let reply = client.post(&body, &[("x-request-id", odd)]).await;
        let id = &reply.headers["x-request-id"];
        assert!(id != odd && id.len() == 36, "{odd:?} became {id:?}");
    }
    let first = client.post(&body, &[]).await.headers["x-request-id"].clone();
    assert_ne!(client.post(&body, &[]).await.headers["x-request-id"], first, "every request has its own");
}
