//! Three mutations in one document, and the server is killed, too slow or out of space at the second: the receipts of what
//! was committed arrive, or come when the document is sent again with its keys. Each effect is there once.

use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use kernel::clock::Clock;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use verbund_tests::app::{Server, token};
use verbund_tests::{Case, Client, Engine, Rows, TestApp, cases, row_of};

use crate::mutations::OWN_EVENTS;
use crate::operations::verbund;

pub fn cases() -> Vec<Case> {
    cases!["receipts";
        a_server_is_killed_between_two_mutations,
        a_request_is_too_slow_between_two_mutations,
        a_disk_is_full_between_two_mutations,
    ]
}

const PLANNER: &str = "planner@ostallgaeu";
const OFFICE: &str = "calendar.oal.office";
const DOCUMENT: &str =
    "mutation($first: CalendarUpdateInput!, $second: CalendarEntryCreateInput!, $third: CalendarUpdateInput!) {
        first: calendarUpdate(input: $first) { calendar { version description } userErrors { code field } }
        second: calendarEntryCreate(input: $second) { calendarEntry { id } userErrors { code field } }
        third: calendarUpdate(input: $third) { calendar { version description } userErrors { code field } }
    }";

fn variables(app: &TestApp) -> Value {
    json!({
        "first": {
            "id": app.world.id(OFFICE), "version": 1, "description": "first", "idempotencyKey": "receipt 1",
        },
        "second": {
            "calendar": app.world.id("calendar.oal.counselling"), "title": "Between", "idempotencyKey": "receipt 2",
            "time": { "allDay": { "firstDay": "2027-03-01" } },
        },
        "third": {
            "id": app.world.id(OFFICE), "version": 2, "description": "third", "idempotencyKey": "receipt 3",
        },
    })
}

/// What the document leaves: version of the calendar, entries, audit rows, events, kept keys.
async fn effects(app: &TestApp, rows: &Rows) -> [i64; 5] {
    let calendar = rows.id(row_of(app.world.id(OFFICE)));
    [
        rows.number(&format!("SELECT version FROM calendar WHERE id = {calendar}")).await,
        rows.count("calendar_entry WHERE title = 'Between'").await,
        rows.count("audit_event").await,
        rows.count(OWN_EVENTS).await,
        rows.count("idempotency_record WHERE key LIKE 'receipt %'").await,
    ]
}

/// The effects after `updates` of the calendar and `entries` new entries.
fn after(before: [i64; 5], updates: i64, entries: i64) -> [i64; 5] {
    let all = updates + entries;
    [before[0] + updates, before[1] + entries, before[2] + all, before[3] + all, before[4] + all]
}

fn office(version: i64, description: &str) -> Value {
    json!({ "calendar": { "version": version, "description": description }, "userErrors": [] })
}

/// Sends the document again, twice: what is missing is done, what is there is told as it is now.
async fn nothing_is_done_twice(client: &Client, app: &TestApp, rows: &Rows, before: [i64; 5]) {
    let entry = |data: &Value| {
        assert_eq!(data["second"]["userErrors"], json!([]), "{data}");
        data["second"]["calendarEntry"]["id"].as_str().expect("an id").to_owned()
    };
    let data = client.send(DOCUMENT, variables(app)).await.data();
    let made = entry(&data);
    assert_eq!(data["third"], office(3, "third"));
    assert_eq!(effects(app, rows).await, after(before, 2, 1));
    let data = client.send(DOCUMENT, variables(app)).await.data();
    assert_eq!((&data["first"], &data["third"]), (&office(3, "third"), &office(3, "third")), "as it is now");
    assert_eq!(entry(&data), made, "the same object");
    assert_eq!(effects(app, rows).await, after(before, 2, 1));
}

/// Makes the second mutation last until [`release`]; on SQLite, which knows no such lock, for about `seconds`.
async fn hold(rows: &Rows, seconds: f64) {
    match rows.engine {
        Engine::Postgres => {
            rows.run(
                "CREATE FUNCTION held() RETURNS trigger LANGUAGE plpgsql AS $$
                 BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NEW; END $$",
            )
            .await;
            rows.run(
                "CREATE TRIGGER held BEFORE INSERT ON calendar_entry FOR EACH ROW
                 WHEN (NEW.title = 'Between') EXECUTE FUNCTION held()",
            )
            .await;
            rows.run("SELECT pg_advisory_lock(4711)").await;
        }
        Engine::Sqlite => {
            let count = |limit: f64| {
                format!(
                    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {limit:.0})
                     SELECT i FROM n"
                )
            };
            let (few, since) = (300_000.0, Instant::now());
            rows.number(&format!("SELECT count(*) FROM ({})", count(few))).await;
            let limit = few * seconds / since.elapsed().as_secs_f64();
            rows.run(&format!("CREATE VIEW held AS {}", count(limit))).await;
            rows.run(
                "CREATE TRIGGER held_entry BEFORE INSERT ON calendar_entry WHEN NEW.title = 'Between' \
                 BEGIN SELECT count(*) FROM held; END",
            )
            .await;
        }
    }
}

async fn release(rows: &Rows) {
    match rows.engine {
        Engine::Postgres => {
            rows.run("SELECT pg_advisory_unlock_all()").await;
            rows.run("DROP TRIGGER held ON calendar_entry").await;
        }
        Engine::Sqlite => {
            // Each try waits for the one writer as long as SQLite lets it.
            let dropped = async { while rows.try_run("DROP TRIGGER held_entry").await.is_err() {} };
            tokio::time::timeout(Duration::from_secs(60), dropped).await.expect("the writer comes to its end");
        }
    }
}

async fn a_server_is_killed_between_two_mutations(app: TestApp) {
    let (folder, rows) = (tempfile::tempdir().expect("a folder"), app.database.rows().await);
    let config = folder.path().join("verbund.toml");
    let (key, files) = (&app.config.auth.local.key_file, &app.config.files.folder);
    let text = format!(
        "[database]\nurl = {:?}\nowner_url = {:?}\n[auth.local]\nenabled = true\nkey_file = {key:?}\n\
         [http]\nlisten = \"127.0.0.1:0\"\n[jobs]\nlook_every_seconds = 0\n[files]\nfolder = {files:?}\n",
        app.database.url, app.database.owner_url
    );
    fs::write(&config, text).expect("written");
    let mut process = verbund(Some(&config), &["serve"]).stdout(Stdio::null()).spawn().expect("it starts");
    let mut log = BufReader::new(process.stderr.take().expect("its log"));
    let mut line = String::new();
    log.read_line(&mut line).await.expect("a line");
    let listening: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}"));
    let address = format!("http://{}/graphql", listening["address"].as_str().expect("an address"));

    let before = effects(&app, &rows).await;
    // As good as for ever: the process ends first.
    hold(&rows, 600.0).await;
    let body = json!({ "query": DOCUMENT, "variables": variables(&app) });
    let token = token(&app.config, PLANNER, Clock::System.now());
    let sent = tokio::spawn(reqwest::Client::new().post(address).bearer_auth(token).json(&body).send());
    let first = async { while rows.count("idempotency_record WHERE key = 'receipt 1'").await == 0 {} };
    tokio::time::timeout(Duration::from_secs(60), first).await.expect("the first mutation is committed");
    process.kill().await.expect("killed");
    assert!(sent.await.expect("sent").is_err(), "no receipt arrived");
    release(&rows).await;
    assert_eq!(effects(&app, &rows).await, after(before, 1, 0));
    nothing_is_done_twice(&app.actor(PLANNER), &app, &rows, before).await;
}

async fn a_request_is_too_slow_between_two_mutations(app: TestApp) {
    let rows = app.database.rows().await;
    let mut config = app.config.clone();
    config.http.request_timeout_seconds = 2;
    let hasty = Server::start(config, app.clock.clone()).await.expect("a second server");
    let before = effects(&app, &rows).await;
    hold(&rows, 5.0).await;
    let reply = hasty.client(Some(app.token(PLANNER))).send(DOCUMENT, variables(&app)).await;
    assert_eq!((reply.status, reply.codes()), (503, vec!["TIMEOUT".to_owned()]), "{}", reply.text);
    release(&rows).await;
    assert_eq!(effects(&app, &rows).await, after(before, 1, 0));
    nothing_is_done_twice(&app.actor(PLANNER), &app, &rows, before).await;
}

async fn a_disk_is_full_between_two_mutations(app: TestApp) {
    let (planner, rows) = (app.actor(PLANNER), app.database.rows().await);
    let before = effects(&app, &rows).await;
    // As each database does it: SQLite rolls the transaction back by itself.
    match app.engine {
        Engine::Postgres => {
            rows.run(
                "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
                 BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$",
            )
            .await;
            rows.run(
                "CREATE TRIGGER full_disk BEFORE INSERT ON calendar_entry FOR EACH ROW
                 WHEN (NEW.title = 'Between') EXECUTE FUNCTION full_disk()",
            )
            .await;
        }
        Engine::Sqlite => {
            rows.run(
                "CREATE TRIGGER full_disk BEFORE INSERT ON calendar_entry WHEN NEW.title = 'Between' \
                 BEGIN SELECT RAISE(ROLLBACK, 'database or disk is full'); END",
            )
            .await;
        }
    }
    let answer = planner.send(DOCUMENT, variables(&app)).await.json();
    assert_eq!(answer["data"]["first"], office(2, "first"), "{answer}");
    assert_eq!(answer["data"]["second"], Value::Null, "{answer}");
    assert_eq!(answer["data"]["third"], office(3, "third"), "{answer}");
    assert_eq!(answer["errors"].as_array().map(Vec::len), Some(1), "{answer}");
    assert_eq!(answer["errors"][0]["path"], json!(["second"]), "{answer}");
    assert!(!answer.to_string().contains("disk"), "{answer}");
    assert_eq!(effects(&app, &rows).await, after(before, 2, 0));
    match app.engine {
        Engine::Postgres => rows.run("DROP TRIGGER full_disk ON calendar_entry").await,
        Engine::Sqlite => rows.run("DROP TRIGGER full_disk").await,
    };
    nothing_is_done_twice(&planner, &app, &rows, before).await;
}
