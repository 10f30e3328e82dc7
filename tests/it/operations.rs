//! Running it: probes, problems in words, stopping, configuration, and the binary's commands.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::OnceLock;

use serde_json::{Value, json};
use server::config::Config;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::Command;
use verbund_tests::app::Server;
use verbund_tests::{Case, Engine, Rows, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["operations";
        probes_tell_whether_it_runs_and_is_ready,
        a_server_without_its_database_is_alive_but_not_ready,
        unknown_addresses_and_methods_are_problems_in_words,
        a_running_request_ends_before_the_server_does,
        nobody_waits_for_ever_at_the_end,
        every_wrong_value_of_the_configuration_is_told_at_once,
        the_binary_prints_schema_and_configuration,
        an_operator_sets_up_a_new_installation,
        the_demo_starts_twice_on_one_folder_and_its_request_works,
        a_demo_heeds_its_configuration_before_it_touches_anything,
    ]
}

async fn probes_tell_whether_it_runs_and_is_ready(app: TestApp) {
    assert_eq!(app.server().get("/healthz").await.0, 200);
    let (status, _, body) = app.server().get("/readyz").await;
    assert_eq!((status, body.as_str()), (200, "ready\n"));
    migration::down(&app.database.owner_url, 1).await.expect("one step down");
    let (status, kind, body) = app.server().get("/readyz").await;
    assert_eq!((status, kind.as_str()), (503, "application/problem+json"));
    assert_eq!(parsed(&body)["detail"], "Migrations are pending: run `verbund migrate`.");
    assert_eq!(app.server().get("/healthz").await.0, 200, "it still runs");
    migration::migrate(&app.database.owner_url, "verbund_app").await.expect("migrated");
    assert_eq!(app.server().get("/readyz").await.0, 200);
}

async fn a_server_without_its_database_is_alive_but_not_ready(app: TestApp) {
    if app.engine == Engine::Sqlite {
        return;
    }
    let rows = app.database.rows().await;
    let name = rows.list("SELECT current_database()::text").await.remove(0);
    rows.db().close_by_ref().await.expect("closed");
    app.fixture.admin(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await.expect("closed to new ones");
    let cut = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    app.fixture.admin(&cut).await.expect("cut");
    let (status, kind, body) = app.server().get("/readyz").await;
    assert_eq!((status, kind.as_str()), (503, "application/problem+json"));
    assert_eq!(parsed(&body)["detail"], "The database does not answer; the log of the server names the cause.");
    assert!(!body.contains(&name), "{body}");
    assert_eq!(app.server().get("/healthz").await.0, 200);
    let reply = app.actor("viewer@ostallgaeu").ask("{ calendars { totalCount } }").await;
    assert!(reply.status == 200 && reply.codes().len() == 1, "{}", reply.text);
    assert!(["UNAVAILABLE", "INTERNAL_SERVER_ERROR"].contains(&reply.codes()[0].as_str()), "{}", reply.text);
    assert!(!reply.text.contains(&name), "{}", reply.text);
    app.fixture.admin(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).await.expect("open again");
    let data = app.actor("viewer@ostallgaeu").ask("{ calendars { totalCount } }").await.data();
    assert!(data["calendars"]["totalCount"].as_u64() > Some(0), "it comes back by itself: {data}");
    assert_eq!(app.server().get("/readyz").await.0, 200);
}

async fn unknown_addresses_and_methods_are_problems_in_words(app: TestApp) {
    for (path, status, title) in [
        ("/graphql/schema", 404, "Not Found"),
        ("/../etc/passwd", 404, "Not Found"),
        ("/graphql/unknown", 404, "Not Found"),
    ] {
        let (found, kind, body) = app.server().get(path).await;
        let problem = parsed(&body);
        assert_eq!((found, kind.as_str()), (status, "application/problem+json"), "{path}");
        assert_eq!((&problem["status"], &problem["title"]), (&json!(status), &json!(title)), "{path}");
        assert!(problem["detail"].as_str().is_some_and(|it| it.ends_with('.')), "{path}: {problem}");
    }
}

fn parsed(body: &str) -> Value {
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {body}"))
}

/// Sends the head of a request whose body is to follow, and waits until the server has asked for it.
async fn half_a_request(server: &Server, body: &str) -> TcpStream {
    let address = server.base.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         expect: 100-continue\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut answer = [0; 25];
    stream.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
}

async fn a_running_request_ends_before_the_server_does(app: TestApp) {
    let server = app.replica().await.expect("a second server");
    let address = server.base.trim_start_matches("http://").to_owned();
    let body = json!({ "query": "{ viewer { signedIn } }" }).to_string();
    let mut running = half_a_request(&server, &body).await;
    let stopping = tokio::spawn(server.stop());
    // From now on nobody new gets in; asking again and again needs no clock.
    while TcpStream::connect(&address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!stopping.is_finished(), "it waits for the request");
    running.write_all(body.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    running.read_to_string(&mut answer).await.expect("an answer");
    assert!(
        answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains(r#"{"data":{"viewer":{"signedIn":false}}"#),
        "{answer}"
    );
    stopping.await.expect("it ended").expect("and ended well");
}

async fn nobody_waits_for_ever_at_the_end(app: TestApp) {
    let mut config = app.config.clone();
    config.http.shutdown_deadline_seconds = 0;
    let server = Server::start(config, app.clock.clone()).await.expect("a second server");
    let mut running = half_a_request(&server, "{}").await;
    server.stop().await.expect("it ended at the deadline");
    let answer = running.read(&mut [0; 1]).await;
    assert!(answer.as_ref().map_or(true, |read| *read == 0), "the connection was cut: {answer:?}");
}

async fn every_wrong_value_of_the_configuration_is_told_at_once(app: TestApp) {
    let mut config = app.config.clone();
    config.set_database("mysql://localhost/verbund", "");
    config.http.request_timeout_seconds = 0;
    config.http.body_limit_kib = 0;
    config.auth.local.issuer = String::new();
    let told = Server::start(config, app.clock.clone()).await.map(|_| ()).expect_err("a wrong configuration");
    for key in ["database.url", "http.request_timeout_seconds is 0", "http.body_limit_kib is 0", "auth.local.issuer"] {
        assert!(told.contains(key), "{key}: {told}");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("verbund.toml");
    for (text, word) in [
        ("[http]\nlissten = \"127.0.0.1:1\"\n", "lissten"),
        ("[htp]\nlisten = \"127.0.0.1:1\"\n", "htp"),
        ("[http]\nlisten = \"nowhere\"\n", "listen"),
        ("[log]\nformat = \"xml\"\n", "xml"),
        ("[http\n", "verbund.toml"),
    ] {
        std::fs::write(&file, text).expect("written");
        let told = Config::load(Some(&file)).map(|_| ()).expect_err(text);
        assert!(told.contains(word), "{text:?}: {told}");
    }
    let missing = folder.path().join("missing.toml");
    assert!(Config::load(Some(&missing)).map(|_| ()).expect_err("no file").contains("missing.toml"));
}

/// The binary, built now, so that it is never older than the tests.
fn binary() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let tests = std::env::current_exe().expect("where this runs");
        let folder = tests.parent().and_then(Path::parent).expect("a target folder");
        let mut cargo = std::process::Command::new(env!("CARGO"));
        // Together with the tests: then both are built with the same features of what they stand on.
        cargo.args(["build", "--quiet", "-p", "verbund-server", "-p", "verbund-tests", "--bin", "verbund"]);
        cargo.arg("--target-dir").arg(folder.parent().expect("a target folder"));
        cargo.arg("--manifest-path").arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"));
        let profile = folder.file_name().expect("a folder of a profile");
        if profile != "debug" {
            cargo.arg("--profile").arg(profile);
        }
        let built = cargo.output().expect("cargo runs");
        assert!(built.status.success(), "{:?}", out(&built));
        folder.join("verbund")
    })
}

/// A command of the binary with a clean environment and a configuration of its own.
pub(super) fn verbund(config: Option<&Path>, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command.env_clear().kill_on_drop(true).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    if let Some(config) = config {
        command.arg("--config").arg(config);
    }
    command.args(arguments);
    command
}

/// Status, standard output and standard error of a program that ended.
pub(super) fn out(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// Runs a command of the binary to its end: status, standard output, standard error.
pub(super) async fn run(config: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    out(&verbund(Some(config), arguments).output().await.expect("the binary runs"))
}

async fn the_binary_prints_schema_and_configuration(_app: TestApp) {
    let schema = verbund(None, &["schema"]).output().await.expect("the binary runs");
    assert_eq!(out(&schema), (Some(0), graphql::schema::sdl().trim_end().to_owned() + "\n", String::new()));
    let config = verbund(None, &["config"]).output().await.expect("the binary runs");
    assert_eq!(out(&config), (Some(0), server::config::DEFAULT.trim_end().to_owned() + "\n", String::new()));
    // Whoever reads only the first lines of a long answer is no fault.
    let mut cut = verbund(None, &["schema"]).spawn().expect("the binary runs");
    drop(cut.stdout.take());
    let mut problem = String::new();
    cut.stderr.take().expect("standard error").read_to_string(&mut problem).await.expect("text");
    assert_eq!((cut.wait().await.expect("it ends").code(), problem.as_str()), (Some(0), ""));
    let nothing = out(&verbund(None, &[]).output().await.expect("the binary runs"));
    assert!(nothing.0 == Some(2) && nothing.2.contains("Usage: verbund"), "{nothing:?}");
}

async fn a_demo_heeds_its_configuration_before_it_touches_anything(app: TestApp) {
    if app.engine == Engine::Postgres {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (data, file) = (folder.path().join("data"), folder.path().join("verbund.toml"));
    let demo = ["demo", "--reset", "--data-dir", data.to_str().expect("a path")];
    for (text, words) in [
        (None, "verbund.toml"),
        (Some("[http]\nlissten = \"127.0.0.1:0\"\n"), "lissten"),
        (Some("[graphql]\nmax_depth = 0\n"), "max_depth"),
        (Some("[database]\nurl = \"postgres://elsewhere/data\"\n"), "a demo has a database of its own"),
    ] {
        if let Some(text) = text {
            std::fs::write(&file, text).expect("written");
        }
        let (code, _, problem) = run(&file, &demo).await;
        assert!(code == Some(1) && problem.contains(words), "{text:?}: {problem}");
        assert!(!data.join("verbund.db").exists(), "{text:?}");
    }
    let mut command = verbund(None, &demo);
    let (code, _, problem) = out(&command.env("VERBUND__HTTP__LISTEN", "nowhere").output().await.expect("it runs"));
    assert!(code == Some(1) && problem.contains("listen"), "{problem}");
    let config = Config::demo(&data, None).expect("a demo");
    assert!(config.http.cors_local && config.http.server_timing && config.auth.local.enabled);
}

async fn an_operator_sets_up_a_new_installation(app: TestApp) {
    let database = app.fixture.empty(app.engine).await.expect("an empty database");
    database.rows().await.run("SELECT 1").await;
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("verbund.toml");
    let key = folder.path().join("issuer.key");
    let text = format!(
        "[database]\nurl = {:?}\nowner_url = {:?}\n[auth.local]\nenabled = true\nkey_file = {key:?}\n[http]\nlisten = \"127.0.0.1:0\"\n",
        database.url, database.owner_url
    );
    std::fs::write(&config, text).expect("written");
    let (code, _, said) = run(&config, &["serve"]).await;
    assert!(
        code == Some(1) && said.contains("migrations are pending") && said.contains("`verbund migrate`"),
        "{code:?} {said}"
    );
    let (code, said, problem) = run(&config, &["migrate"]).await;
    assert_eq!((code, said.lines().count(), problem.as_str()), (Some(0), 30, ""), "{said}");
    assert_eq!(run(&config, &["migrate"]).await, (Some(0), "nothing to migrate\n".to_owned(), String::new()));
    let create = ["tenant", "create", "--slug", "fuessen", "--name", "Stadt Füssen", "--kind", "MUNICIPALITY"];
    assert_eq!(run(&config, &create).await, (Some(0), "added fuessen\n".to_owned(), String::new()));
    let (code, _, said) = run(&config, &create).await;
    assert!(code == Some(1) && said.contains("slug"), "taken: {said}");
    let grant = [
        "member",
        "grant",
        "--tenant",
        "fuessen",
        "--issuer",
        "https://verbund.localhost",
        "--subject",
        "chief",
        "--name",
        "Chief",
        "--role",
        "tenant-admin",
    ];
    assert_eq!(run(&config, &grant).await, (Some(0), "Chief is TENANT_ADMIN in fuessen\n".to_owned(), String::new()));
    let (code, token, _) = run(&config, &["token", "--tenant", "fuessen", "--role", "planner"]).await;
    assert_eq!((code, token.trim().split('.').count()), (Some(0), 3), "{token}");
    let (code, _, said) = run(&config, &["token", "--tenant", "nowhere", "--role", "planner"]).await;
    assert!(code == Some(1) && said.starts_with("verbund: "), "{said}");
    // The token opens the door of a server with this configuration.
    let settings = Config::load(Some(&config)).expect("a configuration");
    let server = Server::start(settings, kernel::clock::Clock::System).await.expect("a server");
    let client = server.client(Some(token.trim().to_owned()));
    let data = client.ask("{ viewer { memberships { tenant { slug legalName } roles { role } } } }").await.data();
    let expected =
        json!([{ "tenant": { "slug": "fuessen", "legalName": "Stadt Füssen" }, "roles": [{ "role": "PLANNER" }] }]);
    assert_eq!(data["viewer"]["memberships"], expected);
    server.stop().await.expect("stopped");
}

/// Starts the demo and reads what it prints until it listens: the lines, and the running process.
pub(super) async fn demo(folder: &Path) -> (tokio::process::Child, Vec<String>) {
    let folder = folder.to_str().expect("a path");
    let mut child =
        verbund(None, &["demo", "--data-dir", folder, "--listen", "127.0.0.1:0"]).spawn().expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let mut said = Vec::new();
    while let Some(line) = lines.next_line().await.expect("text") {
        let listens = line.starts_with("listening on ");
        said.push(line);
        if listens {
            // A log that nobody reads would stop the server when the pipe is full.
            let mut log = child.stderr.take().expect("its log");
            tokio::spawn(async move { tokio::io::copy(&mut log, &mut tokio::io::sink()).await });
            return (child, said);
        }
    }
    let output = child.wait_with_output().await.expect("it ended");
    panic!("the demo ended: {said:?} {:?}", out(&output));
}

/// Asks a process of ours to end, as Ctrl-C does, and waits for it.
pub(super) async fn interrupt(mut child: tokio::process::Child) {
    let id = child.id().expect("it runs").to_string();
    let sent = Command::new("sh").args(["-c", "kill -INT \"$0\"", &id]).status().await.expect("a shell runs");
    assert!(sent.success());
    assert_eq!(child.wait().await.expect("it ends").code(), Some(0), "it ends well");
}

async fn the_demo_starts_twice_on_one_folder_and_its_request_works(app: TestApp) {
    if app.engine == Engine::Postgres {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let (child, said) = demo(&data).await;
    assert!(said.iter().any(|it| it == "the demo's data is loaded"), "{said:?}");
    let curl = said.iter().find(|it| it.starts_with("curl ")).expect("a first request");
    let body = curl.split(" -d '").nth(1).expect("a body").trim_end_matches('\'');
    let token = curl.split("Bearer ").nth(1).and_then(|it| it.split('\'').next()).expect("a token");
    let url = curl.split_whitespace().find(|it| it.starts_with("http://")).expect("an address");
    let client = verbund_tests::Client::new(reqwest::Client::new(), url.to_owned(), Some(token.to_owned()));
    let sent = client.post(body, &[]).await.data();
    let entries = sent["calendarEntries"]["nodes"].as_array().expect("entries").len();
    assert!(entries > 0, "March has entries");
    if let Ok(shell) =
        Command::new("sh").arg("-c").arg(format!("command -v curl >/dev/null || exit 127; {curl}")).output().await
        && shell.status.code() != Some(127)
    {
        assert_eq!(parsed(&out(&shell).1)["data"], sent, "as the printed line itself");
    }
    interrupt(child).await;
    let url = format!("sqlite://{}", data.join("verbund.db").display());
    let before = Rows::open(&url).await.dump().await;
    let (child, said) = demo(&data).await;
    assert!(said.iter().any(|it| it.contains("is there already")), "{said:?}");
    interrupt(child).await;
    let after = Rows::open(&url).await.dump().await;
    assert!(after == before, "the second start changed something: {:?}", sizes(&before, &after));
}

fn sizes(one: &Dump, two: &Dump) -> Vec<(String, usize, usize)> {
    let size = |dump: &Dump, table: &str| dump.get(table).map_or(0, Vec::len);
    one.keys().filter(|it| one.get(*it) != two.get(*it)).map(|it| (it.clone(), size(one, it), size(two, it))).collect()
}

type Dump = std::collections::BTreeMap<String, Vec<String>>;
