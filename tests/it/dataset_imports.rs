//! Files of tables: sent by a ticket, looked at, checked, loaded into versions; with everything that can go wrong.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use verbund_tests::app::Server;
use verbund_tests::client::codes;
use verbund_tests::tables_in::{OF_IMPORT, profile_input, put, run_jobs, ticket, told, uploaded};
use verbund_tests::{Case, Client, Engine, Rows, TestApp, cases, row_of};

pub fn cases() -> Vec<Case> {
    cases!["dataset_imports";
        a_ticket_is_good_once_and_for_a_short_time,
        a_file_becomes_a_draft_and_the_next_one_says_what_changed,
        what_is_wrong_is_told_whole_and_nothing_is_kept,
        a_dry_run_tells_the_same_and_keeps_nothing,
        an_import_can_be_stopped,
        who_may_not_change_a_dataset_imports_nothing,
        unit_records_are_refused,
        an_import_that_was_interrupted_is_begun_anew_or_given_up,
        progress_is_told_until_the_end,
        a_file_is_looked_at_before_it_is_imported,
    ]
}

pub(super) const LEAVERS: &str = "dataset.oal.leavers";

pub(super) const PROFILE: &str = r#"
version = 1
format = "CSV"
headerRows = 1
symbols = ["NOTHING", "SECRET"]
columns = [
  { column = { name = "ags", title = "AGS", type = "REGION", role = "DIMENSION" }, from.column = { header = "ags" } },
  { column = { name = "jahr", title = "Jahr", type = "PERIOD", role = "DIMENSION", period = "YEAR" }, from.column = { header = "jahr" } },
  { column = { name = "zahl", title = "Zahl", type = "INTEGER", role = "MEASURE", aggregation = "SUM" }, from.column = { header = "zahl" } },
]
"#;
pub(super) const FIRST: &str = "ags;jahr;zahl\n09762;2023;-56\n09777;2023;-\n09780;2023;.\n";

pub(super) fn steward(app: &TestApp) -> Client {
    app.actor("steward@ostallgaeu")
}

/// Queues an import of a text and does what is due; what is told of it then.
pub(super) async fn import(app: &TestApp, profile: &str, text: &[u8], more: Value) -> Value {
    let client = steward(app);
    let dataset = app.world.id(LEAVERS);
    let upload = uploaded(&app.server().base, &client, dataset, text).await;
    let mut input = json!({ "dataset": dataset, "ticket": upload, "profile": profile_input(profile) });
    input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    let made = client.mutate("datasetImport", input, OF_IMPORT).await;
    assert_eq!(made["datasetImport"]["state"], "QUEUED");
    assert_eq!(run_jobs(app, &app.config).await, 1);
    told(&client, &made["datasetImport"]["id"]).await
}

/// The tables of contents that are there.
pub(super) async fn tables(rows: &Rows) -> BTreeSet<String> {
    let sql = match rows.engine {
        Engine::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'ds\\_%' ESCAPE '\\'",
        Engine::Postgres => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'ds'",
    };
    rows.list(sql).await.into_iter().collect()
}

/// The rows of the newest content, as text.
pub(super) async fn content(rows: &Rows, columns: &str) -> Vec<Vec<String>> {
    let id =
        rows.list(&format!("SELECT {} FROM dataset_content ORDER BY created_at DESC LIMIT 1", rows.hex("id"))).await;
    let id = id[0].to_lowercase();
    let table = if rows.engine == Engine::Sqlite { format!("ds_{id}") } else { format!("ds.c_{id}") };
    rows.texts(&format!("SELECT {columns} FROM {table} ORDER BY _row")).await
}

async fn a_ticket_is_good_once_and_for_a_short_time(app: TestApp) {
    let (client, base, dataset) = (steward(&app), app.server().base.clone(), app.world.id(LEAVERS));
    let first = ticket(&client, dataset).await;
    let (status, body) = put(&base, &first, FIRST.into()).await;
    assert_eq!(status, 201, "{body}");
    let told: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(told["bytes"], json!(FIRST.len()));
    assert_eq!(told["sha256"].as_str().map(str::len), Some(64));
    // Whoever has a ticket learns that a file has come by it.
    let spent = put(&base, &first, FIRST.into()).await;
    assert!(spent.0 == 404 && spent.1.contains("A file has arrived by this ticket"), "{spent:?}");
    // Unknown, not well formed, over, and of somebody who may no more: one answer.
    let used = put(&base, "vbu_nothing", FIRST.into()).await;
    assert_eq!(used.0, 404);
    assert_ne!(used, spent);
    for wrong in ["vbu_unknown".to_owned(), "x".to_owned(), first.replace("vbu_", "vbf_")] {
        assert_eq!(put(&base, &wrong, FIRST.into()).await, used);
    }
    let late = ticket(&client, dataset).await;
    let lost = ticket(&client, dataset).await;
    app.at("2027-01-15T10:16:00Z");
    assert_eq!(put(&base, &late, FIRST.into()).await, used);
    app.at("2027-01-15T10:01:00Z");
    let rows = app.database.rows().await;
    rows.run("UPDATE role_grant SET revoked_at = created_at WHERE role = 'DATA_STEWARD'").await;
    assert_eq!(put(&base, &lost, FIRST.into()).await, used);
    rows.run("UPDATE role_grant SET revoked_at = NULL WHERE role = 'DATA_STEWARD'").await;
    // What is too large is not kept.
    let mut config = app.config.clone();
    config.files.max_upload_mib = 1;
    let server = Server::start(config, app.clock.clone()).await.expect("a server");
    let large = ticket(&client, dataset).await;
    let (status, _) = put(&server.base, &large, vec![b'x'; (1 << 20) + 1]).await;
    assert_eq!(status, 413);
    let input = json!({ "dataset": dataset, "ticket": large, "profile": profile_input(PROFILE) });
    let refused = client.try_mutate("datasetImport", input, OF_IMPORT).await;
    assert_eq!(codes(&refused), ["CONFLICT"], "{refused}");
    // What was refused on its way leaves the ticket as it was: too large, packed, cut.
    let http = reqwest::Client::new();
    let address = format!("{}/uploads/{large}", server.base);
    let packed = http.put(&address).header("content-encoding", "gzip").body("\u{1f}\u{8b}").send().await;
    assert_eq!(packed.expect("an answer").status(), 415);
    half(&server, &large).await;
    // Of several that come at once, one is accepted.
    let several = futures_util::future::join_all((0..4).map(|_| put(&server.base, &large, FIRST.into()))).await;
    let mut statuses: Vec<_> = several.iter().map(|it| it.0).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 404, 404, 404], "{several:?}");
    // The first file and this one are kept, and no part of the others. Other cases have files in this folder, too.
    let kept = rows.list("SELECT path FROM file_ticket WHERE path IS NOT NULL").await;
    let names = || std::fs::read_dir(app.config.files.folder.join("uploads")).expect("a folder").flatten();
    let parts = || {
        let is_part =
            |name: &str| kept.iter().any(|it| name.starts_with(&format!("{}.", it.trim_start_matches("uploads/"))));
        names().filter(|it| is_part(&it.file_name().to_string_lossy())).count()
    };
    let all_gone = async {
        while parts() > 0 {
            tokio::task::yield_now().await;
        }
    };
    let in_time = tokio::time::timeout(std::time::Duration::from_secs(10), all_gone).await;
    assert!(in_time.is_ok(), "{} parts are left", parts());
    assert!(kept.len() >= 2 && kept.iter().all(|it| app.config.files.folder.join(it).exists()), "{kept:?}");
    assert_eq!(rows.number("SELECT count(*) FROM file_ticket WHERE path IS NOT NULL AND checksum IS NULL").await, 0);
}

/// Begins to send a file and hangs up.
async fn half(server: &Server, ticket: &str) {
    let address = server.base.trim_start_matches("http://");
    let mut stream = tokio::net::TcpStream::connect(address).await.expect("a connection");
    let head = format!("PUT /uploads/{ticket} HTTP/1.1\r\nhost: {address}\r\ncontent-length: 1000\r\n\r\nags;jahr");
    tokio::io::AsyncWriteExt::write_all(&mut stream, head.as_bytes()).await.expect("sent");
}

async fn a_file_becomes_a_draft_and_the_next_one_says_what_changed(app: TestApp) {
    let rows = app.database.rows().await;
    let done = import(&app, PROFILE, FIRST.as_bytes(), json!({ "note": "Erste" })).await;
    assert_eq!((&done["state"], &done["rowsDone"], &done["problems"]), (&json!("SUCCEEDED"), &json!(3), &json!([])));
    let version = &done["datasetVersion"];
    assert_eq!(
        (&version["number"], &version["state"], &version["changes"]),
        (&json!("1.0"), &json!("DRAFT"), &Value::Null)
    );
    let found = content(&rows, "c01, c02, CAST(c03 AS text), s03").await;
    assert_eq!(found, [["09762", "2023", "-56", "-"], ["09777", "2023", "0", "-"], ["09780", "2023", "-", "."]]);
    assert_eq!(content(&rows, "CASE WHEN s03 IS NULL THEN 'none' ELSE s03 END").await, [["none"], ["-"], ["."]]);
    // The profile of the last one is taken again.
    let client = steward(&app);
    let dataset = app.world.id(LEAVERS);
    let next = "ags;jahr;zahl\n09762;2023;-55\n09777;2023;-\n09778;2023;7\n";
    let upload = uploaded(&app.server().base, &client, dataset, next.as_bytes()).await;
    let made = client.mutate("datasetImport", json!({ "dataset": dataset, "ticket": upload }), OF_IMPORT).await;
    assert_eq!(run_jobs(&app, &app.config).await, 1);
    let done = told(&client, &made["datasetImport"]["id"]).await;
    let changes = &done["datasetVersion"]["changes"];
    assert_eq!((&done["datasetVersion"]["number"], &changes["since"]), (&json!("1.1"), &json!("1.0")), "{done}");
    assert_eq!(
        [&changes["rowsAdded"], &changes["rowsRemoved"], &changes["rowsChanged"]],
        [&json!(1), &json!(1), &json!(1)]
    );
    assert_eq!(changes["key"], json!(["ags", "jahr"]));
    let kinds: BTreeSet<_> = changes["rows"].as_array().expect("rows").iter().map(|it| it.to_string()).collect();
    assert!(kinds.contains(r#"{"key":["09762","2023"],"kind":"CHANGED"}"#), "{kinds:?}");
    // A column that goes raises the first part, one that comes does not.
    let wider = PROFILE.replace("  { column = { name = \"zahl\"", "  { column = { name = \"neu\", title = \"Neu\", type = \"TEXT\", role = \"ATTRIBUTE\" }, from.constant = \"x\" },\n  { column = { name = \"zahl\"");
    let done = import(&app, &wider, FIRST.as_bytes(), json!({})).await;
    assert_eq!(done["datasetVersion"]["number"], "1.2");
    assert_eq!(done["datasetVersion"]["changes"]["columnsAdded"], json!(["neu"]));
    let done = import(&app, PROFILE, FIRST.as_bytes(), json!({})).await;
    assert_eq!(done["datasetVersion"]["number"], "2.0");
    assert_eq!(done["datasetVersion"]["changes"]["columnsRemoved"], json!(["neu"]));
    assert_eq!(tables(&rows).await.len(), 4);
    // Everything is in the trail, under the person who asked.
    let sql = "SELECT count(*) FROM audit_event WHERE action = 'datasetImport' AND object_type = 'DatasetVersion' AND person_id IS NOT NULL";
    assert_eq!(rows.number(sql).await, 4);
    // Nobody else sees drafts, imports or what changed.
    for other in [app.anonymous(), app.actor("viewer@kaufbeuren"), app.actor("admin@lindau")] {
        assert_eq!(told(&other, &made["datasetImport"]["id"]).await, Value::Null);
    }
}

async fn what_is_wrong_is_told_whole_and_nothing_is_kept(app: TestApp) {
    let rows = app.database.rows().await;
    let text = "ags;jahr;zahl\n9762;2023;1\n09762;2O23;1\n09762;2023\n09762;2023;1,5\n;2023;x\n";
    let done = import(&app, PROFILE, text.as_bytes(), json!({})).await;
    assert_eq!(
        (&done["state"], &done["problemCount"], &done["datasetVersion"]),
        (&json!("FAILED"), &json!(6), &Value::Null)
    );
    let problems = done["problems"].as_array().expect("problems");
    let found: Vec<_> = problems.iter().map(|it| format!("{} {} {}", it["code"], it["row"], it["column"])).collect();
    assert_eq!(
        found,
        [
            "\"BAD_REGION\" 2 \"ags\"",
            "\"BAD_PERIOD\" 3 \"jahr\"",
            "\"FIELD_COUNT\" 4 null",
            "\"TOO_MANY_DECIMALS\" 5 \"zahl\"",
            "\"MISSING_KEY\" 6 \"ags\"",
            "\"BAD_NUMBER\" 6 \"zahl\"",
        ]
    );
    assert_eq!(problems[2]["message"], "The row has 2 fields instead of 3.");
    // Keys that stand twice are found when everything is loaded, and undone.
    let twice = "ags;jahr;zahl\n09762;2023;1\n\n09777;2023;1\n09762;2023;2\n09777;2023;3\n";
    let done = import(&app, PROFILE, twice.as_bytes(), json!({})).await;
    assert_eq!((&done["state"], &done["problemCount"]), (&json!("FAILED"), &json!(2)));
    let problems = done["problems"].as_array().expect("problems");
    let found: Vec<_> = problems.iter().map(|it| format!("{} {} {}", it["code"], it["row"], it["value"])).collect();
    assert_eq!(found, ["\"DUPLICATE_KEY\" 5 \"09762, 2023\"", "\"DUPLICATE_KEY\" 6 \"09777, 2023\""]);
    assert_eq!(problems[0]["message"], "Row 2 has the key “09762, 2023” already.");
    assert_eq!((rows.count("dataset_version").await, rows.count("dataset_content").await), (0, 0));
    assert_eq!(tables(&rows).await, BTreeSet::new());
    // A profile that cannot be is refused at once.
    let client = steward(&app);
    let dataset = app.world.id(LEAVERS);
    let upload = uploaded(&app.server().base, &client, dataset, FIRST.as_bytes()).await;
    let mut profile = profile_input(PROFILE);
    profile["columns"][0]["column"]["name"] = json!("Not a name");
    profile["columns"][2]["column"]["type"] = json!("TEXT");
    profile["headerRows"] = json!(0);
    let refused = client
        .try_mutate("datasetImport", json!({ "dataset": dataset, "ticket": upload, "profile": profile }), OF_IMPORT)
        .await;
    assert_eq!(codes(&refused).len(), 5, "{refused}");
    assert!(codes(&refused).iter().all(|it| *it == "INVALID"));
}

async fn a_dry_run_tells_the_same_and_keeps_nothing(app: TestApp) {
    let rows = app.database.rows().await;
    let done = import(&app, PROFILE, FIRST.as_bytes(), json!({ "dryRun": true })).await;
    assert_eq!(
        (&done["state"], &done["rowsDone"], &done["datasetVersion"]),
        (&json!("SUCCEEDED"), &json!(3), &Value::Null)
    );
    let twice = "ags;jahr;zahl\n09762;2023;1\n09762;2023;2\n";
    let done = import(&app, PROFILE, twice.as_bytes(), json!({ "dryRun": true })).await;
    assert_eq!((&done["state"], &done["problems"][0]["code"]), (&json!("FAILED"), &json!("DUPLICATE_KEY")));
    assert_eq!((rows.count("dataset_version").await, tables(&rows).await.len()), (0, 0));
}

async fn an_import_can_be_stopped(app: TestApp) {
    let client = steward(&app);
    let dataset = app.world.id(LEAVERS);
    let upload = uploaded(&app.server().base, &client, dataset, FIRST.as_bytes()).await;
    let input = json!({ "dataset": dataset, "ticket": upload, "profile": profile_input(PROFILE) });
    let made = client.mutate("datasetImport", input.clone(), OF_IMPORT).await;
    let id = &made["datasetImport"]["id"];
    let stale = client.try_mutate("datasetImportCancel", json!({ "id": id, "version": 7 }), OF_IMPORT).await;
    assert_eq!(codes(&stale), ["STALE_VERSION"]);
    let stopped = client.mutate("datasetImportCancel", json!({ "id": id, "version": 1 }), OF_IMPORT).await;
    assert_eq!(stopped["datasetImport"]["state"], "CANCELLED");
    let again = client.try_mutate("datasetImportCancel", json!({ "id": id, "version": 2 }), OF_IMPORT).await;
    assert_eq!(codes(&again), ["ILLEGAL_TRANSITION"]);
    assert_eq!(run_jobs(&app, &app.config).await, 0);
    // One that is at work, by a server that is gone.
    let made = client.mutate("datasetImport", input, OF_IMPORT).await;
    let id = &made["datasetImport"]["id"];
    let rows = app.database.rows().await;
    rows.run("UPDATE dataset_import SET state = 'LOADING', attempts = 1 WHERE finished_at IS NULL").await;
    let stopped = client.mutate("datasetImportCancel", json!({ "id": id, "version": 1 }), OF_IMPORT).await;
    assert_eq!(stopped["datasetImport"]["state"], "LOADING", "whoever works on it will see it");
    assert_eq!(run_jobs(&app, &app.config).await, 1);
    assert_eq!(told(&client, id).await["state"], "CANCELLED");
    assert_eq!((rows.count("dataset_version").await, tables(&rows).await.len()), (0, 0));
}

async fn who_may_not_change_a_dataset_imports_nothing(app: TestApp) {
    let (client, dataset) = (steward(&app), app.world.id(LEAVERS));
    let upload = uploaded(&app.server().base, &client, dataset, FIRST.as_bytes()).await;
    let input = json!({ "dataset": dataset, "ticket": upload, "profile": profile_input(PROFILE) });
    for (other, code) in
        [("planner@ostallgaeu", "FORBIDDEN"), ("steward@kaufbeuren", "NOT_FOUND"), ("admin@lindau", "NOT_FOUND")]
    {
        let other = app.actor(other);
        assert_eq!(codes(&other.try_mutate("datasetImport", input.clone(), OF_IMPORT).await), [code]);
        let wanted = json!({ "dataset": dataset, "fileName": "x" });
        assert_eq!(codes(&other.try_mutate("datasetUploadTicket", wanted, "uploadTicket { secret }").await), [code]);
    }
    // The file of somebody else, of another dataset, and none: one answer.
    let mine =
        json!({ "dataset": app.world.id("dataset.oal.survey"), "ticket": upload, "profile": profile_input(PROFILE) });
    let admin = app.actor("admin@ostallgaeu");
    for refused in [
        client.try_mutate("datasetImport", mine, OF_IMPORT).await,
        admin.try_mutate("datasetImport", input.clone(), OF_IMPORT).await,
        client
            .try_mutate(
                "datasetImport",
                json!({ "dataset": dataset, "ticket": "vbu_x", "profile": profile_input(PROFILE) }),
                OF_IMPORT,
            )
            .await,
    ] {
        assert_eq!(codes(&refused), ["NOT_FOUND"], "{refused}");
    }
    // Who lost the right in between imports nothing.
    let made = client.mutate("datasetImport", input, OF_IMPORT).await;
    let rows = app.database.rows().await;
    rows.run("UPDATE role_grant SET revoked_at = created_at WHERE role = 'DATA_STEWARD'").await;
    assert_eq!(run_jobs(&app, &app.config).await, 1);
    rows.run("UPDATE role_grant SET revoked_at = NULL WHERE role = 'DATA_STEWARD'").await;
    let done = told(&client, &made["datasetImport"]["id"]).await;
    assert_eq!((&done["state"], &done["problems"][0]["code"]), (&json!("FAILED"), &json!("NOT_ALLOWED")));
    assert_eq!(rows.count("dataset_version").await, 0);
}

async fn unit_records_are_refused(app: TestApp) {
    let client = steward(&app);
    let input =
        json!({ "tenant": app.world.id("tenant.ostallgaeu"), "title": "Units", "dataClass": "OFFICIAL_UNIT_DATA" });
    let made = client.mutate("datasetCreate", input, "dataset { id }").await;
    let input = json!({ "dataset": made["dataset"]["id"], "fileName": "x.csv" });
    let refused = client.try_mutate("datasetUploadTicket", input, "uploadTicket { secret }").await;
    assert_eq!((codes(&refused), &refused["uploadTicket"]), (vec!["DISCLOSURE"], &Value::Null));
}

async fn an_import_that_was_interrupted_is_begun_anew_or_given_up(app: TestApp) {
    let (client, dataset, rows) = (steward(&app), app.world.id(LEAVERS), app.database.rows().await);
    let upload = uploaded(&app.server().base, &client, dataset, FIRST.as_bytes()).await;
    let input = json!({ "dataset": dataset, "ticket": upload, "profile": profile_input(PROFILE) });
    let queue = async || client.mutate("datasetImport", input.clone(), OF_IMPORT).await["datasetImport"]["id"].clone();
    let id = queue().await;
    // Somebody is at work on it: nobody else takes it until the lease is over.
    let lease = |at: &str| {
        let id = rows.id(row_of(id.as_str().expect("an id")));
        format!("UPDATE dataset_import SET state = 'LOADING', attempts = 1, lease_until = '{at}' WHERE id = {id}")
    };
    rows.run(&lease("2027-01-15T10:00:30+00:00")).await;
    assert_eq!(run_jobs(&app, &app.config).await, 0);
    app.at("2027-01-15T10:01:00Z");
    assert_eq!(run_jobs(&app, &app.config).await, 1);
    assert_eq!(told(&client, &id).await["state"], "SUCCEEDED");
    assert_eq!((rows.count("dataset_version").await, tables(&rows).await.len()), (1, 1));
    let id = queue().await;
    rows.run("UPDATE dataset_import SET state = 'CHECKING', attempts = 3 WHERE finished_at IS NULL").await;
    assert_eq!(run_jobs(&app, &app.config).await, 1);
    let done = told(&client, &id).await;
    assert_eq!((&done["state"], &done["problems"][0]["code"]), (&json!("FAILED"), &json!("INTERRUPTED")));
    // Two servers at once: one of them takes it.
    queue().await;
    let (one, two) = tokio::join!(run_jobs(&app, &app.config), run_jobs(&app, &app.config));
    assert_eq!(one + two, 1);
    assert_eq!(rows.count("dataset_version").await, 2);
}

async fn progress_is_told_until_the_end(app: TestApp) {
    let (client, dataset) = (steward(&app), app.world.id(LEAVERS));
    let upload = uploaded(&app.server().base, &client, dataset, FIRST.as_bytes()).await;
    let input = json!({ "dataset": dataset, "ticket": upload, "profile": profile_input(PROFILE) });
    let made = client.mutate("datasetImport", input, OF_IMPORT).await;
    let query = "subscription($id: ID!) { datasetImportProgress(id: $id) { state rowsDone } }";
    let variables = json!({ "id": made["datasetImport"]["id"] });
    let token = app.token("steward@ostallgaeu");
    let mut events = verbund_tests::Events::open(&app.server().base, Some(&token), query, variables.clone()).await;
    assert_eq!(events.event().await["datasetImportProgress"], json!({ "state": "QUEUED", "rowsDone": 0 }));
    assert_eq!(run_jobs(&app, &app.config).await, 1);
    let mut last = Value::Null;
    while last["state"] != "SUCCEEDED" {
        last = events.event().await["datasetImportProgress"].clone();
    }
    assert_eq!(last["rowsDone"], 3);
    let reply = client.send("query($id: ID!) { datasetImports(dataset: $id, first: 5) { totalCount nodes { state dataset { id } datasetVersion { number } } } }", json!({ "id": dataset })).await.data();
    assert_eq!(reply["datasetImports"]["totalCount"], 1);
    assert_eq!(reply["datasetImports"]["nodes"][0]["datasetVersion"]["number"], "1.0");
}

async fn a_file_is_looked_at_before_it_is_imported(app: TestApp) {
    let (client, dataset) = (steward(&app), app.world.id(LEAVERS));
    let text = "GENESIS-Tabelle: 1\nStichtag 31.12.2022;;;\n;;Personen;Personen\n;;Insgesamt;weiblich\n09762;  Kaufbeuren;100;.\n\
                09777;  Ostallgäu;-56;3\n__________\n";
    let upload = uploaded(&app.server().base, &client, dataset, text.as_bytes()).await;
    let query = "query($ticket: String!) { datasetImportPreview(ticket: $ticket) { profile { titleRows headerRows footer toml
        columns { column { name type role partOf } from { column { position header } head } } } rows { value symbol } problems { code } notes { code column value } } }";
    let found = client.send(query, json!({ "ticket": upload })).await.data()["datasetImportPreview"].clone();
    assert_eq!(found["profile"]["columns"][0]["from"]["head"], "Stichtag {}");
    assert_eq!(found["rows"][0][3], json!({ "value": "100", "symbol": null }));
    assert_eq!(found["rows"][0][4], json!({ "value": null, "symbol": "." }));
    assert_eq!(found["notes"][0]["code"], "GENESIS");
    // The proposal imports as it is.
    let toml = found["profile"]["toml"].as_str().expect("a profile");
    let input = json!({ "dataset": dataset, "ticket": upload, "profile": profile_input(toml) });
    let made = client.mutate("datasetImport", input, OF_IMPORT).await;
    run_jobs(&app, &app.config).await;
    let done = told(&client, &made["datasetImport"]["id"]).await;
    assert_eq!((&done["state"], &done["rowsDone"]), (&json!("SUCCEEDED"), &json!(2)), "{done}");
    // Nobody else looks at it.
    for other in ["admin@ostallgaeu", "viewer@kaufbeuren"] {
        assert_eq!(
            app.actor(other).send(query, json!({ "ticket": upload })).await.refusals(),
            ["BAD_USER_INPUT NOT_FOUND ticket"]
        );
    }
}
