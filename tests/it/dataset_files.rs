//! Real tables, and real processes: the files of the corpus with their profiles, a server that is killed at work, the
//! command line.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::json;
use verbund_tests::harness::corpus;
use verbund_tests::tables_in::{OF_IMPORT, profile_input, unpacked, uploaded};
use verbund_tests::{Case, TestApp, cases};

use crate::dataset_imports::{FIRST, LEAVERS, PROFILE, import, steward, tables};
use crate::operations::{out, run, verbund};

pub fn cases() -> Vec<Case> {
    cases!["dataset_files";
        the_files_of_the_corpus_are_imported_with_their_profiles,
        a_damaged_file_of_the_corpus_stores_nothing,
        a_server_that_is_killed_in_the_middle_leaves_nothing_and_the_next_one_goes_on,
        the_operator_imports_a_table,
    ]
}

/// Files, profiles, and how many rows they have.
const FILES: [(&str, &str, i64); 8] = [
    ("21111-01-03-4_2023.csv", "schulen-21111-01-03-4", 6_456),
    ("21111-02-06-4_2023.csv", "abgaenge-21111-02-06-4", 538),
    ("21121-02-02-4_2023.csv", "berufsschulabgaenge-21121-02-02-4", 538),
    ("22541-01-04-4_2007-2016.csv.gz", "kindertageseinrichtungen-22541-01-04-4", 5_260),
    ("22543-01-02-4_2011-2016.csv.gz", "kinderbetreuung-22543-01-02-4", 9_468),
    ("AI003-2_2006-2015.csv", "regionalatlas-ai003-2", 5_260),
    ("inkar_bildung_kreise_1995-2022_long.csv.gz", "inkar-bildung", 305_075),
    ("inkar_indikatoren.csv", "inkar-indikatoren", 39),
];

fn stored_profile(name: &str) -> String {
    let path = format!("{}/../api/profiles/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The figures of a version in a column, as `rows` tells them.
async fn figures(
    app: &TestApp,
    done: &serde_json::Value,
    column: &str,
    of: &[(&str, &str, &str)],
) -> Vec<serde_json::Value> {
    let all: Vec<_> =
        of.iter().map(|(kind, name, value)| json!({ *kind: { "column": name, "is": { "eq": value } } })).collect();
    let query = "query($id: ID!, $columns: [String!], $filter: FigureFilter) { node(id: $id) { ... on DatasetVersion {
        rows(columns: $columns, filter: $filter) { rows } } } }";
    let asked = json!({ "id": done["datasetVersion"]["id"], "columns": [column], "filter": { "and": all } });
    let data = steward(app).send(query, asked).await.data();
    let rows = data["node"]["rows"]["rows"].as_array().expect("rows").clone();
    rows.into_iter().map(|it| it[0].clone()).collect()
}

/// The sum of a column over some rows, as `aggregate` tells it.
async fn sum(app: &TestApp, done: &serde_json::Value, column: &str, of: &[(&str, &str, &str)]) -> serde_json::Value {
    let all: Vec<_> =
        of.iter().map(|(kind, name, value)| json!({ *kind: { "column": name, "is": { "eq": value } } })).collect();
    let query =
        "query($id: ID!, $measures: [FigureMeasure!]!, $filter: FigureFilter) { node(id: $id) { ... on DatasetVersion {
        aggregate(measures: $measures, filter: $filter) { rows } } } }";
    let measures = json!([{ "column": column, "function": "SUM" }]);
    let asked = json!({ "id": done["datasetVersion"]["id"], "measures": measures, "filter": { "and": all } });
    steward(app).send(query, asked).await.data()["node"]["aggregate"]["rows"][0][0].clone()
}

async fn the_files_of_the_corpus_are_imported_with_their_profiles(app: TestApp) {
    let Some(corpus) = corpus() else { return };
    for (file, profile, count) in FILES {
        let bytes = fs::read(corpus.join("statistics").join(file)).expect("a file");
        let done = import(&app, &stored_profile(profile), &bytes, json!({})).await;
        assert_eq!((&done["state"], &done["problemCount"]), (&json!("SUCCEEDED"), &json!(0)), "{file}: {done}");
        assert_eq!(done["rowsDone"], json!(count), "{file}");
        let kaufbeuren = ("region", "ags", "09762");
        match profile {
            "abgaenge-21111-02-06-4" => {
                // Kaufbeuren 2023: 645 = 54 + 128 + 283 + 0 + 180, of whom 354 are women; Ostallgäu 1,258.
                for (column, value) in [
                    ("insgesamt", 645),
                    ("insgesamt_weiblich", 354),
                    ("ohne_abschluss", 54),
                    ("hauptschule", 128),
                    ("mittlerer_abschluss", 283),
                    ("hochschulreife", 180),
                ] {
                    assert_eq!(figures(&app, &done, column, &[kaufbeuren]).await, [json!(value)], "{column}");
                    assert_eq!(sum(&app, &done, column, &[kaufbeuren]).await, json!(value), "{column}");
                }
                let nothing = json!({ "value": 0, "symbol": "NOTHING" });
                assert_eq!(figures(&app, &done, "fachhochschulreife", &[kaufbeuren]).await, [nothing]);
                let ostallgaeu = ("region", "ags", "09777");
                assert_eq!(figures(&app, &done, "insgesamt", &[ostallgaeu]).await, [json!(1_258)]);
                assert_eq!(figures(&app, &done, "insgesamt_weiblich", &[ostallgaeu]).await, [json!(605)]);
            }
            "schulen-21111-01-03-4" => {
                let bytes = stored_profile(profile);
                let named = verbund_tests::tables_in::profile_input(&bytes)["columns"].clone();
                let name = |it: usize| named[it]["column"]["name"].as_str().expect("a name").to_owned();
                let kind = name(3);
                for (column, value) in [(4, 7), (5, 1_749), (7, 472)] {
                    let of = [kaufbeuren, ("text", kind.as_str(), "Grundschulen")];
                    assert_eq!(figures(&app, &done, &name(column), &of).await, [json!(value)]);
                }
            }
            "kinderbetreuung-22543-01-02-4" => {
                for (kind, value) in
                    [("Tageseinrichtung", 1_481), ("Tagespflege", 27), ("Insgesamt (ohne Doppelzählungen)", 1_505)]
                {
                    let of = [("period", "stichtag", "2016-03-01"), kaufbeuren, ("text", "art", kind)];
                    assert_eq!(figures(&app, &done, "kinder", &of).await, [json!(value)]);
                    assert_eq!(sum(&app, &done, "kinder", &of).await, json!(value));
                }
                // What is left open is taken by its total, not added up.
                let of = [("period", "stichtag", "2016-03-01"), kaufbeuren];
                assert_eq!(sum(&app, &done, "kinder", &of).await, json!(1_505));
                assert!(done["warningCount"].as_i64() > Some(0), "totals that are not sums are told");
            }
            "inkar-bildung" => {
                for (ags, value) in [("09762", "7.65"), ("09777", "2.07")] {
                    let of = [("text", "indikator", "a_schul_oA"), ("region", "ags", ags), ("period", "jahr", "2015")];
                    assert_eq!(figures(&app, &done, "wert", &of).await, [json!(value)]);
                }
            }
            _ => {}
        }
    }
}

async fn a_damaged_file_of_the_corpus_stores_nothing(app: TestApp) {
    let Some(corpus) = corpus() else { return };
    let text = unpacked(&corpus.join("statistics/22543-01-02-4_2011-2016.csv.gz"));
    // Twice over, so that there are rows enough; another date makes other keys.
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let end = lines.iter().position(|it| it.starts_with("____")).expect("a footer");
    let mut damaged = lines[..end].to_vec();
    damaged.extend(lines[9..end].iter().map(|it| it.replacen(".03.", ".04.", 1)));
    damaged.push("__________".to_owned());
    damaged[3_999].push_str(";1");
    let number = damaged[8_999].rfind(';').expect("a field");
    damaged[8_999].replace_range(number.., ";12x");
    damaged[11_999] = damaged[11_999].replacen("01.04.", "31.04.", 1).replacen("15.04.", "31.04.", 1);
    let rows = app.database.rows().await;
    let done =
        import(&app, &stored_profile("kinderbetreuung-22543-01-02-4"), damaged.join("\n").as_bytes(), json!({})).await;
    assert_eq!(done["state"], "FAILED");
    let problems = done["problems"].as_array().expect("problems");
    let found: Vec<_> = problems.iter().map(|it| format!("{} {}", it["code"], it["row"])).collect();
    assert_eq!(found, ["\"FIELD_COUNT\" 4000", "\"BAD_NUMBER\" 9000", "\"BAD_DATE\" 12000"]);
    assert_eq!((rows.count("dataset_version").await, tables(&rows).await.len()), (0, 0));
}

/// A configuration file for processes beside the app: the same database, key and files.
fn config_file(app: &TestApp, folder: &Path) -> PathBuf {
    let path = folder.join("verbund.toml");
    let (key, files) = (&app.config.auth.local.key_file, &app.config.files.folder);
    let text = format!(
        "[database]\nurl = {:?}\nowner_url = {:?}\n[auth.local]\nenabled = true\nkey_file = {key:?}\n\
         [http]\nlisten = \"127.0.0.1:0\"\n[jobs]\nlook_every_seconds = 1\nimport_lease_seconds = 1\n[files]\nfolder = {files:?}\n",
        app.database.url, app.database.owner_url
    );
    fs::write(&path, text).expect("written");
    path
}

async fn a_server_that_is_killed_in_the_middle_leaves_nothing_and_the_next_one_goes_on(app: TestApp) {
    const ROWS: usize = 120_000;
    let folder = tempfile::tempdir().expect("a folder");
    let config = config_file(&app, folder.path());
    let (client, dataset, rows) = (steward(&app), app.world.id(LEAVERS), app.database.rows().await);
    let mut text = String::from("ags;jahr;zahl\n");
    for number in 0..ROWS {
        text.push_str(&format!(
            "{:02}{:03};{};{number}\n",
            number / 1_000 % 16 + 1,
            number % 1_000,
            1_900 + number / 16_000
        ));
    }
    let upload = uploaded(&app.server().base, &client, dataset, text.as_bytes()).await;
    let input = json!({ "dataset": dataset, "ticket": upload, "profile": profile_input(PROFILE) });
    let made = client.mutate("datasetImport", input, OF_IMPORT).await;
    let query = "subscription($id: ID!) { datasetImportProgress(id: $id) { state rowsDone } }";
    let (token, variables) = (app.token("steward@ostallgaeu"), json!({ "id": made["datasetImport"]["id"] }));
    let mut events = verbund_tests::Events::open(&app.server().base, Some(&token), query, variables).await;
    let mut until = async |wanted: &str| loop {
        let state = events.event().await["datasetImportProgress"]["state"].clone();
        if state == wanted {
            return;
        }
        assert!(state == "QUEUED" || state == "CHECKING" || state == "LOADING", "{state} instead of {wanted}");
    };
    let mut server = serve(&config);
    until("LOADING").await;
    server.kill().await.expect("killed");
    assert_eq!((rows.count("dataset_version").await, rows.count("dataset_content").await), (0, 0));
    assert_eq!(tables(&rows).await, BTreeSet::new());
    let mut server = serve(&config);
    until("SUCCEEDED").await;
    server.kill().await.expect("killed");
    assert_eq!((rows.count("dataset_version").await, tables(&rows).await.len()), (1, 1));
    assert_eq!(rows.number("SELECT row_count FROM dataset_content").await, i64::try_from(ROWS).expect("few"));
}

/// A server in a process of its own, whose log nobody reads.
fn serve(config: &Path) -> tokio::process::Child {
    let mut command = verbund(Some(config), &["serve"]);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts")
}

async fn the_operator_imports_a_table(app: TestApp) {
    let folder = tempfile::tempdir().expect("a folder");
    let (config, table, profile) =
        (config_file(&app, folder.path()), folder.path().join("table.csv"), folder.path().join("profile.toml"));
    fs::write(&profile, PROFILE).expect("written");
    fs::write(&table, FIRST).expect("written");
    let (table, profile) = (table.to_str().expect("a path"), profile.to_str().expect("a path"));
    let arguments = [
        "import",
        "dataset",
        table,
        "--tenant",
        "ostallgaeu",
        "--dataset",
        app.world.id(LEAVERS),
        "--profile",
        profile,
    ];
    let dry: Vec<_> = arguments.iter().copied().chain(["--dry-run"]).collect();
    let done = run(&config, &dry).await;
    assert_eq!(done, (Some(0), "3 rows, 0 warnings; nothing was stored, as asked\n".to_owned(), String::new()));
    let done = run(&config, &arguments).await;
    assert_eq!(done, (Some(0), "3 rows, 0 warnings; version 1.0 is a draft\n".to_owned(), String::new()));
    fs::write(table, FIRST.replace("2023", "23")).expect("written");
    let (code, said, problems) = run(&config, &arguments).await;
    assert_eq!((code, said.as_str()), (Some(1), ""));
    assert!(
        problems.contains("3 problems, nothing was stored") && problems.contains("2: jahr: “23” is no period"),
        "{problems}"
    );
    let wrong = arguments.map(|it| if it == "ostallgaeu" { "kaufbeuren" } else { it });
    assert_eq!(run(&config, &wrong).await.0, Some(1), "of another authority");
    // A proposal reads the file alone, and takes no configuration.
    let propose = ["import", "dataset", table, "--propose"];
    assert_eq!(run(&config, &propose).await.0, Some(2));
    let (code, toml, _) = out(&verbund(None, &propose).output().await.expect("the binary runs"));
    assert_eq!((code, profile_input(&toml)["columns"][0]["column"]["name"].as_str()), (Some(0), Some("ags")));
    fs::write(table, "ags;jahr;anzahl\n09777;2023;12\n09762;2023;viele\n09763;2023;7\n").expect("written");
    let (code, toml, _) = out(&verbund(None, &propose).output().await.expect("the binary runs"));
    let note = "# 3: anzahl: “viele” stands among numbers; the column is taken as text therefore.\n";
    assert!(code == Some(0) && toml.contains(note), "{toml}");
    assert_eq!(profile_input(&toml)["columns"][0]["column"]["name"], "ags", "notes are comments of the profile");
    let rows = app.database.rows().await;
    assert_eq!((rows.count("dataset_version").await, tables(&rows).await.len()), (1, 1));
    let sql = "SELECT count(*) FROM audit_event WHERE object_type = 'DatasetVersion' AND person_id IS NULL";
    assert_eq!(rows.number(sql).await, 1);
}
