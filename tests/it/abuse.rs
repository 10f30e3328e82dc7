//! Hostile requests, over HTTP and over the socket, anonymous and signed in: each is refused with a clear code, costs
//! little, and leaves the server as it was. The program runs by itself here, so that what it costs can be read off.

use std::time::Duration;

use serde_json::{Value, json};
use verbund_tests::{Case, Engine, Socket, TestApp, cases};

use super::operations::{demo, interrupt};

pub fn cases() -> Vec<Case> {
    cases!["abuse"; hostile_requests_are_refused_cheaply_everywhere]
}

/// The most processor time of one refusal. Without optimisation everything takes several times as long.
const MAX_CPU: Duration = Duration::from_millis(if cfg!(debug_assertions) { 400 } else { 50 });
/// The most memory that all of them together may leave behind, in KiB.
const MAX_MEMORY: i64 = 64 * 1024;

/// A hostile request and the codes that may answer it; none: it must be answered without any error.
struct Attack {
    name: String,
    body: Body,
    codes: &'static [&'static str],
}

enum Body {
    /// A document and its variables: works on a socket as well.
    Ask(String, Value),
    /// Bytes for HTTP only, with a content type.
    Raw(Vec<u8>, &'static str),
}

const COST: &[&str] = &["COST_EXCEEDED"];
const INVALID: &[&str] = &["GRAPHQL_VALIDATION_FAILED"];
const BAD: &[&str] = &["BAD_REQUEST"];
const INPUT: &[&str] = &["BAD_USER_INPUT"];

fn attacks() -> Vec<Attack> {
    let mut all = Vec::new();
    let mut ask = |name: String, query: String, codes| {
        // What does not even fit into a body is refused for that.
        let codes = if query.len() > 250_000 { BAD } else { codes };
        all.push(Attack { name, body: Body::Ask(query, json!({})), codes });
    };
    for depth in [1_000, 100_000] {
        ask(format!("selections {depth} deep"), format!("{}{}", "{ viewer ".repeat(depth), "}".repeat(depth)), COST);
        ask(
            format!("{depth} inline fragments"),
            format!("{{{}__typename{}}}", "...{".repeat(depth), "}".repeat(depth)),
            COST,
        );
        ask(format!("{depth} brackets never closed"), "{a".repeat(depth), COST);
    }
    for depth in [65, 300, 1_350, 3_000, 6_500, 50_000] {
        for (kind, open, close) in [("lists", "[", "]"), ("objects", "{a:", "}")] {
            let literal = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            ask(format!("{kind} {depth} deep in an argument"), format!("{{ node(id: {literal}) {{ id }} }}"), COST);
            ask(
                format!("{kind} {depth} deep as a default"),
                format!("query Q($a: ID = {literal}) {{ node(id: $a) {{ id }} }}"),
                COST,
            );
            ask(
                format!("{kind} {depth} deep in a directive"),
                format!("{{ viewer @include(if: {literal}) {{ name }} }}"),
                COST,
            );
        }
    }
    let many = |count: usize, text: &dyn Fn(usize) -> String| (0..count).map(text).collect::<String>();
    ask("10,000 aliases".to_owned(), format!("{{ {} }}", many(10_000, &|it| format!("a{it}:viewer{{name}}"))), COST);
    ask(
        "10,000 aliases of __typename".to_owned(),
        format!("{{ {} }}", many(10_000, &|it| format!("a{it}:__typename "))),
        COST,
    );
    ask("9,000 times one field".to_owned(), format!("{{ viewer {{ {} }} }}", "name ".repeat(9_000)), &[]);
    ask(
        "10,000 directives".to_owned(),
        format!("{{ viewer {} {{ name }} }}", "@skip(if: false) ".repeat(10_000)),
        COST,
    );
    ask("1,000 directives".to_owned(), format!("{{ viewer {} {{ name }} }}", "@skip(if:false)".repeat(1_000)), INVALID);
    ask(
        "a fragment in a circle".to_owned(),
        "{...A} fragment A on Query {...B} fragment B on Query {...A}".to_owned(),
        INVALID,
    );
    ask("a fragment in itself".to_owned(), "{...A} fragment A on Query {...A}".to_owned(), INVALID);
    let nested = |it: usize| {
        let levels = ("closures { nodes { tenant { ".repeat(18), "} } } ".repeat(18));
        format!("fragment F{it} on Tenant {{ {} ...F{} {} }} ", levels.0, it + 1, levels.1)
    };
    ask(
        "fragments 2,700 selections deep".to_owned(),
        format!("{{ tenant(slug: \"a\") {{ ...F0 }} }} {} fragment F50 on Tenant {{ id }}", many(50, &nested)),
        COST,
    );
    for levels in 16..=30 {
        let level = |it: usize| format!(" fragment F{it} on Query {{ ...F{0} ...F{0} }}", it + 1);
        let bomb = format!("{{ ...F0 }}{} fragment F{levels} on Query {{ __typename }}", many(levels, &level));
        ask(format!("a fragment bomb of 2^{levels}"), bomb, COST);
    }
    ask(
        "a wide fragment spread 900 times".to_owned(),
        format!("{{ {} }} fragment F on Query {{ {} }}", "...F ".repeat(900), "__typename ".repeat(6_000)),
        COST,
    );
    ask(
        "introspection 20 times".to_owned(),
        format!("{{ {} }}", many(20, &|it| format!("a{it}: __schema {{ types {{ name }} }} "))),
        COST,
    );
    ask(
        "introspection of introspection".to_owned(),
        format!("{{ __schema {{ types {{ {} name {} }} }} }}", "fields { type { ".repeat(5), "} } ".repeat(5)),
        COST,
    );
    ask(
        "unused variables".to_owned(),
        format!("query Q({}) {{ __typename }}", many(2_400, &|it| format!("$v{it}:ID "))),
        INVALID,
    );
    ask(
        "10^5 unused variables".to_owned(),
        format!("query Q({}) {{ __typename }}", many(100_000, &|it| format!("$v{it}:ID "))),
        COST,
    );
    ask(
        "unused fragments".to_owned(),
        format!("{{ __typename }} {}", many(1_400, &|it| format!("fragment F{it} on Query{{__typename}} "))),
        INVALID,
    );
    ask("a name of 200,000 letters".to_owned(), format!("{{ {} }}", "n".repeat(200_000)), COST);
    ask("a text of 200,000 letters".to_owned(), format!("{{ node(id: \"{}\") {{ id }} }}", "x".repeat(200_000)), INPUT);
    ask("a comment of 200,000 letters".to_owned(), format!("{{ __typename }} #{}", "x".repeat(200_000)), &[]);
    ask(
        "a number of 200,000 digits".to_owned(),
        format!("{{ calendars(first: {}) {{ totalCount }} }}", "9".repeat(200_000)),
        &["GRAPHQL_PARSE_FAILED", "BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"],
    );
    ask(
        "a text that never ends".to_owned(),
        format!("{{ node(id: \"\"\"{}", "\"\" ".repeat(30_000)),
        &["GRAPHQL_PARSE_FAILED"],
    );
    ask("first below zero".to_owned(), "{ calendars(first: -5) { totalCount } }".to_owned(), INPUT);
    ask(
        "first beyond all".to_owned(),
        "{ calendars(first: 2147483647) { totalCount } }".to_owned(),
        &["BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"],
    );
    ask(
        "first beyond a number".to_owned(),
        "{ calendars(first: 99999999999999999999) { totalCount } }".to_owned(),
        INPUT,
    );
    ask(
        "a foreign cursor".to_owned(),
        "{ calendars(first: 5, after: \"eyJrZXkiOm51bGx9\") { totalCount } }".to_owned(),
        INPUT,
    );
    ask("a null byte in an id".to_owned(), "{ node(id: \"cal_\\u0000\") { id } }".to_owned(), INPUT);
    ask(
        "half a surrogate".to_owned(),
        "{ node(id: \"\\ud800\") { id } }".to_owned(),
        &["GRAPHQL_PARSE_FAILED", "BAD_USER_INPUT"],
    );
    ask("a prototype".to_owned(), "{ __proto__ { constructor } }".to_owned(), INVALID);
    for (name, variables, codes) in [
        ("a list of 10^5 in a variable", json!({ "ids": vec!["x"; 50_000] }), COST),
        ("a list in a list", json!({ "ids": [[["x"]]] }), INPUT),
        ("an object for a list", json!({ "ids": { "__proto__": { "x": 1 } } }), INPUT),
        ("a variable with a null byte", json!({ "ids": ["\u{0}"] }), INPUT),
        ("a variable of a megabyte", json!({ "ids": ["x".repeat(1 << 20)] }), BAD),
    ] {
        let query = "query Q($ids: [ID!]!) { nodes(ids: $ids) { id } }".to_owned();
        all.push(Attack { name: name.to_owned(), body: Body::Ask(query, variables), codes });
    }
    let mut raw = |name: &str, bytes: Vec<u8>, kind, codes| {
        all.push(Attack { name: name.to_owned(), body: Body::Raw(bytes, kind), codes });
    };
    let json = "application/json";
    let body =
        |variables: &str| format!("{{\"query\":\"{{__typename}}\",\"variables\":{{\"a\":{variables}}}}}").into_bytes();
    raw("JSON nested 10^5 deep", body(&format!("{}{}", "[".repeat(100_000), "]".repeat(100_000))), json, BAD);
    raw(
        "JSON objects nested 40,000 deep",
        body(&format!("{}1{}", "{\"a\":".repeat(40_000), "}".repeat(40_000))),
        json,
        BAD,
    );
    raw("1e999", body("1e999"), json, BAD);
    raw("a body of 10 MB", vec![b' '; 10 << 20], json, BAD);
    raw("invalid UTF-8", b"{\"query\":\"{ \xff\xfe }\"}".to_vec(), json, BAD);
    raw("UTF-16", "{\"query\":\"{__typename}\"}".encode_utf16().flat_map(u16::to_le_bytes).collect(), json, BAD);
    raw("a null byte", b"{\"query\":\"{__typename}\"}\0".to_vec(), json, BAD);
    raw(
        "200,000 keys",
        format!("{{{}\"query\":\"{{__typename}}\"}}", "\"k\":1,".repeat(40_000)).into_bytes(),
        json,
        &[],
    );
    raw(
        "a batch of 1,000",
        format!("[{}]", vec!["{\"query\":\"{__typename}\"}"; 1_000].join(",")).into_bytes(),
        json,
        BAD,
    );
    raw("a form", b"query={__typename}".to_vec(), "application/x-www-form-urlencoded", BAD);
    raw("XML", b"<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"c\">]><a/>".to_vec(), "text/xml", BAD);
    raw("multipart", b"--x\r\n\r\n{}\r\n--x--".to_vec(), "multipart/form-data; boundary=x", BAD);
    all
}

/// Processor time of a process, and its resident memory in KiB.
fn usage(process: u32) -> (Duration, i64) {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).expect("a process");
    let fields: Vec<_> = stat.rsplit(") ").next().expect("fields").split(' ').collect();
    let ticks: u64 = fields[11..13].iter().map(|it| it.parse::<u64>().expect("a number")).sum();
    let pages: i64 = fields[21].parse().expect("a number");
    (Duration::from_millis(ticks * 10), pages * 4)
}

/// What an answer says: status and codes.
async fn send(client: &reqwest::Client, base: &str, token: Option<&str>, attack: &Attack) -> (u16, Vec<String>) {
    let (bytes, kind) = match &attack.body {
        Body::Ask(query, variables) => {
            (json!({ "query": query, "variables": variables }).to_string().into_bytes(), "application/json")
        }
        Body::Raw(bytes, kind) => (bytes.clone(), *kind),
    };
    let mut request = client.post(format!("{base}/graphql")).header("content-type", kind).body(bytes);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    // The server may close while a body that is too large is still being sent.
    let Ok(response) = request.send().await else { return (413, vec!["BAD_REQUEST".to_owned()]) };
    let status = response.status().as_u16();
    let text = response.text().await.unwrap_or_default();
    assert!(text.len() < 200_000, "{}: an answer of {} bytes", attack.name, text.len());
    let body: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{}: {status} {text}", attack.name));
    (status, codes(&body["errors"]))
}

fn codes(errors: &Value) -> Vec<String> {
    let errors = errors.as_array().cloned().unwrap_or_default();
    assert!(errors.len() <= 20, "at most 20 errors are listed");
    let mut codes: Vec<_> =
        errors.iter().map(|it| it["extensions"]["code"].as_str().unwrap_or("-").to_owned()).collect();
    codes.dedup();
    codes
}

/// The same over a socket: the codes of what it answers; a socket that was closed is opened anew.
async fn over_socket(base: &str, token: Option<&str>, socket: &mut Socket, attack: &Attack) -> Option<Vec<String>> {
    let Body::Ask(query, variables) = &attack.body else { return None };
    let size = json!([query, variables]).to_string().len();
    if size > 200_000 {
        // Too large for a message; what happens then has a test of its own.
        return None;
    }
    socket.subscribe("1", query, variables.clone()).await;
    let message = socket.receive().await;
    let found = match message["type"].as_str() {
        Some("error") => codes(&message["payload"]),
        Some("next") => {
            assert_eq!(socket.receive().await["type"], "complete");
            codes(&message["payload"]["errors"])
        }
        other => panic!("{}: {other:?} {message}", attack.name),
    };
    // A fresh one now and then, so that opening is tried as well.
    if found.is_empty() {
        *socket = Socket::init(base, token).await;
    }
    Some(found)
}

fn fits(found: &[String], codes: &[&str]) -> bool {
    if codes.is_empty() { found.is_empty() } else { found.len() == 1 && codes.contains(&found[0].as_str()) }
}

async fn hostile_requests_are_refused_cheaply_everywhere(app: TestApp) {
    if app.engine == Engine::Postgres {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (process, said) = demo(&folder.path().join("data")).await;
    let base = said.iter().find_map(|it| it.trim().strip_prefix("listening on ")).expect("an address");
    let base = base.split(' ').next().expect("an address").to_owned();
    let id = process.id().expect("it runs");
    let token =
        said.iter().position(|it| it.starts_with("viewer@ostallgaeu ")).map(|it| said[it + 1].trim().to_owned());
    // Each on a connection of its own: the server closes those whose body it did not read.
    let client = reqwest::Client::builder().pool_max_idle_per_host(0).build().expect("a client");
    let attacks = attacks();
    let mut problems = Vec::new();
    let mut dearest = (Duration::ZERO, String::new());
    let mut memory = None;
    // Twice: the first round fills what is kept, such as pools and parsed documents.
    for round in 0..2 {
        for token in [None, token.as_deref()] {
            let mut socket = Socket::init(&base, token).await;
            for attack in &attacks {
                for transport in ["HTTP", "socket"] {
                    let name = format!(
                        "{} ({transport}, {})",
                        attack.name,
                        if token.is_some() { "signed in" } else { "anonymous" }
                    );
                    let before = usage(id).0;
                    let (status, found) = if transport == "HTTP" {
                        send(&client, &base, token, attack).await
                    } else if let Some(found) = over_socket(&base, token, &mut socket, attack).await {
                        (200, found)
                    } else {
                        continue;
                    };
                    let mut spent = usage(id).0 - before;
                    // Whatever else the machine does makes it dearer, never cheaper: the least of three counts.
                    for _ in 0..2 {
                        if spent <= MAX_CPU || transport != "HTTP" {
                            break;
                        }
                        let before = usage(id).0;
                        send(&client, &base, token, attack).await;
                        spent = spent.min(usage(id).0 - before);
                    }
                    if status >= 500 || !fits(&found, attack.codes) {
                        problems.push(format!("{name}: {status} {found:?}, not {:?}", attack.codes));
                    }
                    if spent > MAX_CPU {
                        problems.push(format!("{name}: took {spent:?}"));
                    }
                    if spent > dearest.0 {
                        dearest = (spent, name);
                    }
                    let plain = client.post(format!("{base}/graphql")).json(&json!({ "query": "{ __typename }" }));
                    assert_eq!(plain.send().await.expect("it lives").status(), 200);
                }
            }
        }
        let now = usage(id).1;
        if round == 0 {
            memory = Some(now);
        } else if now - memory.unwrap_or(now) > MAX_MEMORY {
            problems.push(format!("memory grew from {memory:?} to {now} KiB"));
        }
    }
    assert!(problems.is_empty(), "{}\ndearest: {dearest:?}", problems.join("\n"));
    interrupt(process).await;
}
