//! `cargo bench -p verbund-tests --bench projects`: what a page of twenty projects, each with ten milestones, a partner and
//! funding, takes among 5,000 projects with 50,000 milestones, on both databases, beside one project by its id.
//!
//! The server runs in a process of its own, so that its time and memory are told apart from those of whoever asks. On
//! PostgreSQL `pgbench` beside it reads the same page by one statement that makes the same JSON, behind the same walls, in
//! turns: how much of what the database can do is left.

#![expect(clippy::print_stdout, reason = "what is measured goes to standard output")]

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use kernel::clock::Clock;
use serde_json::json;
use server::config::Config;
use verbund_tests::app::{Server, start_of_test};
use verbund_tests::database::{Engine, Fixture};
use verbund_tests::projects::{LEAD, LEAN, joint, one_more, programme};
use verbund_tests::rows::{Rows, row_of};
use verbund_tests::{Client, TestApp};

/// As the binary has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How many connections ask at once.
const SENDERS: usize = 32;
/// Turns, of which the one in the middle counts.
const TURNS: usize = 3;
/// How long a turn takes.
const TURN: Duration = Duration::from_secs(4);
/// Projects of others around those of the page, each with ten milestones.
const OTHERS: usize = 4_980;

fn main() {
    // As the binary has it.
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.enable_all().thread_stack_size(server::cli::STACK).build().expect("a runtime").block_on(run());
}

async fn run() {
    let args: Vec<String> = std::env::args().collect();
    if let [_, what, folder, url, owner_url] = args.as_slice()
        && what == "serve"
    {
        return serve(Path::new(folder), url, owner_url).await;
    }
    let fixture = Arc::new(Fixture::start().expect("PostgreSQL"));
    for engine in fixture.engines() {
        fixture.prepare(engine).await.expect("a database");
        let app = TestApp::start(fixture.clone(), engine).await.expect("a server");
        let parts = joint(&app).await;
        let programme = programme(&app, "bildungskommunen").await;
        for number in 0..18 {
            one_more(&app, number, &programme).await;
        }
        let joint = parts.id("project.joint");
        others(&app, joint.as_str().expect("an id")).await;
        let mut process = Process::start(&app);
        let lead = Client::new(reqwest::Client::new(), format!("{}/graphql", process.base), Some(app.token(LEAD)));
        let by_id =
            format!("{{ node(id: {}) {{ ... on Project {{ title phase }} }} }}", json!(parts.id("project.joint")));
        println!("{engine:?}, {SENDERS} connections");
        for (what, query) in [("by id", by_id.as_str()), ("page of 20", LEAN)] {
            let statements = lead.ask(query).await.statements();
            measure(&lead, query, Duration::from_secs(1)).await;
            let (mut turns, mut shares) = (Vec::new(), Vec::new());
            for _ in 0..TURNS {
                let before = process.cpu();
                let (rate, mut each) = measure(&lead, query, TURN).await;
                let cpu = (process.cpu() - before).as_secs_f64() * 1e6 / each.len() as f64;
                each.sort_unstable();
                let at = |share: usize| each[(each.len() - 1) * share / 100].as_secs_f64() * 1_000.0;
                turns.push((rate, at(50), at(99), cpu));
                if what != "by id" && engine == Engine::Postgres {
                    shares.extend(yardstick(&app).await.map(|max| (rate / max, max)));
                }
            }
            turns.sort_by(|a, b| a.0.total_cmp(&b.0));
            let (rate, p50, p99, cpu) = turns[TURNS / 2];
            println!(
                "{what:>12}: {rate:.0} req/s ({p50:.1} / {p99:.1} ms) [{cpu:.0} µs], {statements} statements, p99 is {:.1} p50",
                p99 / p50
            );
            shares.sort_by(|a, b| a.0.total_cmp(&b.0));
            if let Some((share, max)) = shares.get(shares.len() / 2) {
                println!("{:>12}  {share:.2} of pgbench with one JSON statement ({max:.0} per second)", "");
            }
        }
        println!("{:>12}  peak {} MiB", "", process.peak());
    }
}

/// Serves until standard input ends, and says where.
async fn serve(folder: &Path, url: &str, owner_url: &str) {
    let mut config = Config::embedded(folder).expect("a configuration");
    config.set_database(url, owner_url);
    config.http.listen = ([127, 0, 0, 1], 0).into();
    config.jobs.look_every_seconds = 0;
    // Whoever measures asks more than its share.
    config.graphql.points_per_minute = 0;
    let server = Server::start(config, Clock::standing_at(start_of_test())).await.expect("a server");
    println!("{}", server.base);
    let ended = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    ended.await.expect("standing by").expect("standard input");
    server.stop().await.expect("a server that ends well");
}

/// The server in a process of its own; it ends with this.
struct Process {
    child: Child,
    base: String,
}

impl Process {
    fn start(app: &TestApp) -> Self {
        let folder = app.config.files.folder.parent().expect("a folder");
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args(["serve", &folder.display().to_string(), &app.database.url, &app.database.owner_url])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a process");
        let mut base = String::new();
        BufReader::new(child.stdout.as_mut().expect("its output")).read_line(&mut base).expect("an address");
        Self { base: base.trim().to_owned(), child }
    }

    /// Time that it has spent on a processor; on Linux.
    fn cpu(&mut self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        let ticks = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
        Duration::from_millis(ticks.filter_map(|it| it.parse::<u64>().ok()).sum::<u64>() * 10)
    }

    /// Peak of its resident memory in MiB; on Linux.
    fn peak(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"));
        line.and_then(|it| it.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or_default() / 1_024
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _status = self.child.wait();
    }
}

/// Requests per second, and how long each took.
async fn measure(client: &Client, query: &str, turn: Duration) -> (f64, Vec<Duration>) {
    let begun = Instant::now();
    let senders = (0..SENDERS).map(|_| async {
        let mut each = Vec::new();
        while begun.elapsed() < turn {
            let sent = Instant::now();
            client.ask(query).await.data();
            each.push(sent.elapsed());
        }
        each
    });
    let each: Vec<_> = futures_util::future::join_all(senders).await.concat();
    (each.len() as f64 / begun.elapsed().as_secs_f64(), each)
}

/// Projects of another authority around those of the page, older than they are: out of sight of whoever asks.
async fn others(app: &TestApp, like: &str) {
    let (new, zero, unchecked) = match app.engine {
        Engine::Postgres => ("gen_random_uuid()", "now()", "SET session_replication_role = replica"),
        Engine::Sqlite => ("randomblob(16)", "datetime('now')", "PRAGMA foreign_keys = OFF"),
    };
    // Whoever owns the tables may not leave out the checks of foreign keys; entries stand in calendars, which nobody reads here.
    let rows = Rows::open(&app.database.owner_url.replace("verbund_owner@", "postgres@")).await;
    rows.run(unchecked).await;
    let id = |text: &str| match app.engine {
        Engine::Postgres => format!("'{}'", row_of(text)),
        Engine::Sqlite => format!("x'{}'", row_of(text).simple()),
    };
    let (tenant, like) = (id(app.world.id("tenant.lindau")), id(like));
    rows.run(&format!(
        "CREATE TEMPORARY TABLE apart AS SELECT {new} AS id, {tenant} AS tenant_id, 'PROJECTS' AS area, 'INTERNAL' AS confidentiality, \
         'others' AS definition, {zero} AS created_at"
    ))
    .await;
    rows.run(&format!(
        "INSERT INTO scope (id, tenant_id, area, confidentiality, definition, created_at) \
         SELECT id, {}, area, confidentiality, definition, created_at FROM apart",
        if app.engine == Engine::Postgres { "tenant_id::uuid" } else { "tenant_id" }
    ))
    .await;
    rows.run(&format!(
        "INSERT INTO project (id, tenant_id, scope_id, inner_scope_id, title, search_text, phase, confidentiality, version, created_at, \
         updated_at) WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {OTHERS}) \
         SELECT {new}, {tenant}, a.id, a.id, p.title || ' ' || n, p.search_text, p.phase, p.confidentiality, 1, '2020-01-01 00:00:00+00:00', \
         p.updated_at FROM n, apart a, project p WHERE p.id = {like}"
    ))
    .await;
    rows.run(&format!(
        "INSERT INTO milestone (id, tenant_id, scope_id, project_id, title, due_on, status, entry_id, version, created_at, updated_at) \
         WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 10) \
         SELECT {new}, p.tenant_id, p.scope_id, p.id, 'Milestone ' || n, '2028-01-01', 'OPEN', {new}, 1, p.created_at, p.updated_at \
         FROM project p, apart a, n WHERE p.scope_id = a.id"
    ))
    .await;
    rows.run("ANALYZE").await;
}

/// The page by `pgbench`: how often in a second. None where there is no such program.
async fn yardstick(app: &TestApp) -> Option<f64> {
    let rows = Rows::open(&app.database.owner_url).await;
    let scopes = "SELECT DISTINCT s::text FROM (SELECT scope_id AS s FROM project UNION SELECT inner_scope_id FROM project \
                  UNION SELECT scope_id FROM funding UNION SELECT scope_id FROM milestone) t \
                  WHERE s NOT IN (SELECT id FROM scope WHERE definition = 'others')";
    let scopes = rows.list(scopes).await.join(",");
    let mine = "= ANY ((SELECT current_setting('app.scopes'))::uuid[])";
    let script = format!(
        "BEGIN;\nSELECT set_config('app.scopes', '{{{scopes}}}', true);\n\
         SELECT json_agg(page) FROM (SELECT p.id, p.title, p.phase, \
         (SELECT json_build_object('slug', t.slug) FROM tenant t WHERE t.id = p.tenant_id) AS tenant, \
         (SELECT json_agg(json_build_object('slug', t.slug)) FROM project_partner o JOIN tenant t ON t.id = o.tenant_id \
         WHERE o.project_id = p.id AND o.scope_id {mine}) AS partners, \
         (SELECT json_agg(json_build_object('title', m.title, 'dueOn', m.due_on, 'status', m.status)) FROM milestone m \
         WHERE m.project_id = p.id AND m.scope_id {mine}) AS milestones, \
         (SELECT json_agg(json_build_object('requested', f.requested, 'granted', f.granted, 'programme', g.name)) FROM funding f \
         JOIN funding_programme g ON g.id = f.programme_id WHERE f.project_id = p.id AND f.scope_id {mine}) AS fundings \
         FROM project p WHERE p.scope_id {mine} ORDER BY p.created_at DESC, p.id DESC LIMIT 20) page;\nCOMMIT;\n"
    );
    let file = app.config.files.folder.with_file_name("page.sql");
    std::fs::write(&file, script).expect("a script");
    let mut told = tokio::process::Command::new("pgbench");
    told.args(["-n", "-M", "prepared", "-c", "8", "-j", "2", "-T", &TURN.as_secs().to_string(), "-f"]);
    let told = told.arg(&file).arg(&app.database.url).output().await.ok()?;
    let text = String::from_utf8_lossy(&told.stdout).into_owned();
    let rate = text.lines().find_map(|it| it.strip_prefix("tps = ")?.split_whitespace().next()?.parse().ok());
    if rate.is_none() {
        println!("pgbench says: {text}{}", String::from_utf8_lossy(&told.stderr));
    }
    rate
}
