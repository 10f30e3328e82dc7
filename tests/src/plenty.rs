//! A great many entries, made in PostgreSQL itself: those of a hundred authorities over twenty years.
//!
//! Of one authority in May 2027 there are always as many: what is measured is how finding them grows with the rest.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::app::TestApp;
use crate::client::{Client, Reply};
use crate::rows::{Rows, row_of};

/// Single entries of May 2027 that the planner of the Landkreis Ostallgäu sees.
pub const SINGLES: usize = 80;
/// Weekly series of the same that run through it.
pub const SERIES: usize = 5;

/// The month, as a frontend asks for it.
pub const MONTH: &str = r#"query Month { agenda(between: {start: "2027-05-01T00:00:00Z", end: "2027-06-01T00:00:00Z"}, first: 100) {
    nodes { key start end allDay entry { __typename id calendar { name } ... on CalendarEntryFull { title status kind } } } } }"#;

/// Columns of an entry that is a copy of `e`, beginning at the instant `at` for an hour.
fn entries(app: &TestApp, scope: &str, at: &str, series: bool, from: &str) -> String {
    let like = row_of(app.world.id("entry.oal.counselling.day"));
    let (rule, known) = if series { ("'FREQ=WEEKLY;COUNT=52'", "timestamptz '2037-01-15'") } else { ("NULL", "NULL") };
    format!(
        "INSERT INTO calendar_entry (id, tenant_id, scope_id, calendar_id, title, kind, status, confidentiality, field_of_work_id, \
         all_day, starts_local, ends_local, time_zone, starts_at, ends_at, recurrence_rule, expanded_until, search_text, version, \
         created_at, updated_at) \
         SELECT gen_random_uuid(), e.tenant_id, {scope}, e.calendar_id, e.title || n, e.kind, e.status, e.confidentiality, \
         e.field_of_work_id, false, ({at}) AT TIME ZONE 'Europe/Berlin', ({at}) AT TIME ZONE 'Europe/Berlin' + interval '1 hour', \
         'Europe/Berlin', {at}, {at} + interval '1 hour', {rule}, {known}, e.search_text, 1, e.created_at, e.updated_at \
         FROM calendar_entry e, {from} WHERE e.id = '{like}'"
    )
}

/// Fills the database of a test: `count` entries, one in a hundred of them a series of 52 dates.
pub async fn fill(app: &TestApp, count: usize) {
    // Whoever owns the tables may not leave out the checks of foreign keys, which would take most of the time.
    let rows = Rows::open(&app.database.owner_url.replace("verbund_owner@", "postgres@")).await;
    rows.run("SET session_replication_role = replica").await;
    rows.run(&format!(
        "INSERT INTO scope (id, tenant_id, area, confidentiality, definition, created_at) \
         SELECT gen_random_uuid(), '{}', 'CALENDARS', 'INTERNAL', 'plenty ' || n, now() FROM generate_series(0, 98) n",
        row_of(app.world.id("tenant.lindau"))
    ))
    .await;
    rows.run(
        "CREATE TEMPORARY TABLE others AS SELECT id, substr(definition, 8)::int AS number FROM scope WHERE definition LIKE 'plenty %'",
    )
    .await;
    // May 2027 of the one authority.
    let in_may = "timestamptz '2027-05-03 07:00+00' + n * interval '7 hours'";
    rows.run(&entries(app, "e.scope_id", in_may, false, &format!("generate_series(1, {SINGLES}) n"))).await;
    let weekly = "timestamptz '2027-04-05 09:00+00' + n * interval '1 hour'";
    rows.run(&entries(app, "e.scope_id", weekly, true, &format!("generate_series(1, {SERIES}) n"))).await;
    // Its other years, and all years of the others.
    let (series, singles) = (count / 100, count - count / 100);
    let any_time = |steps: usize| {
        let step = 20 * 366 * 24 * 60 / steps.max(1);
        format!("timestamptz '2017-01-02 06:00+00' + n * interval '{step} minutes'")
    };
    for (is_series, all) in [(false, singles), (true, series)] {
        let own = all / 100;
        // A series lasts a year; none of these runs through that May.
        let not_then = if is_series {
            "n::text <> '' AND NOT (at BETWEEN '2026-04-01' AND '2027-06-01')"
        } else {
            "NOT (at BETWEEN '2027-05-01' AND '2027-06-01')"
        };
        let from = format!("(SELECT n, {} AS at FROM generate_series(1, {own}) n) t", any_time(own));
        let sql = entries(app, "e.scope_id", "t.at", is_series, &from).replace(" || n,", " || t.n,");
        rows.run(&format!(
            "{sql} AND {}",
            not_then.replace("at BETWEEN", "t.at BETWEEN").replace("n::text", "t.n::text")
        ))
        .await;
        let from = format!("generate_series(1, {}) n JOIN others o ON o.number = n % 99", all - own);
        rows.run(&entries(app, "o.id", &any_time(all - own), is_series, &from)).await;
    }
    rows.run(
        "INSERT INTO calendar_occurrence (id, tenant_id, scope_id, entry_id, starts_local, ends_local, starts_at, ends_at) \
         SELECT gen_random_uuid(), tenant_id, scope_id, id, starts_local + w * interval '7 days', ends_local + w * interval '7 days', \
         starts_at + w * interval '7 days', ends_at + w * interval '7 days' \
         FROM calendar_entry, generate_series(0, 51) w WHERE recurrence_rule = 'FREQ=WEEKLY;COUNT=52'",
    )
    .await;
    rows.run("VACUUM (ANALYZE) calendar_entry").await;
    rows.run("VACUUM (ANALYZE) calendar_occurrence").await;
    rows.run("ANALYZE scope").await;
}

/// What asking for the month took.
#[derive(Clone, Debug)]
pub struct Measured {
    /// How many dates it has.
    pub dates: usize,
    /// SQL statements.
    pub statements: u32,
    /// Time waiting for the database, the median of all times.
    pub database: Duration,
    /// Time until the answer was there, the median of all times.
    pub whole: Duration,
}

/// Asks for the month `times` times over HTTP, after a few times to warm up.
pub async fn measure(client: &Client, times: usize) -> Measured {
    for _ in 0..5 {
        client.ask(MONTH).await.data();
    }
    let (mut database, mut whole, mut last) = (Vec::new(), Vec::new(), None);
    for _ in 0..times {
        let since = std::time::Instant::now();
        let reply = client.ask(MONTH).await;
        whole.push(since.elapsed());
        database.push(database_time(&reply));
        last = Some(reply);
    }
    let last = last.expect("at least one");
    let median = |times: &mut Vec<Duration>| {
        times.sort_unstable();
        times[times.len() / 2]
    };
    Measured {
        dates: last.data()["agenda"]["nodes"].as_array().map_or(0, Vec::len),
        statements: last.statements(),
        database: median(&mut database),
        whole: median(&mut whole),
    }
}

fn database_time(reply: &Reply) -> Duration {
    let timing = reply.headers.get("server-timing").expect("the server tells what an operation cost");
    let millis = timing.split("dur=").nth(1).and_then(|it| it.split(';').next()).and_then(|it| it.parse::<f64>().ok());
    Duration::from_secs_f64(millis.expect("a time") / 1_000.0)
}

/// What the two large statements of the month really did in the database: rows that each scan looked at, by index. A small
/// table is quicker read whole; `by_index` forbids that, so that it can be compared with a large one.
pub async fn scanned(app: &TestApp, by_index: bool) -> BTreeMap<String, f64> {
    let rows = app.database.rows().await;
    let planner = "SELECT '{' || string_agg(data::json ->> 'id', ',') || '}' FROM verbund_facts('https://verbund.localhost', \
                   'planner@ostallgaeu') WHERE kind = 'scope'";
    let list = rows.list(planner).await.remove(0).replace('}', ",00000000-0000-0000-0000-000000000001}");
    let application = Rows::open(&app.database.url).await;
    application.run(&format!("SET app.scopes = '{list}'")).await;
    if by_index {
        application.run("SET enable_seqscan = off").await;
    }
    let mut found = BTreeMap::new();
    for (table, more) in [("calendar_entry", "AND expanded_until IS NULL"), ("calendar_occurrence", "")] {
        let sql = format!(
            "EXPLAIN (ANALYZE, FORMAT JSON) SELECT * FROM {table} WHERE scope_id = ANY ((SELECT '{list}'::uuid[])::uuid[]) \
             AND starts_at < '2027-06-01T00:00:00Z' AND starts_at >= '2026-04-29T00:00:00Z' AND ends_at > '2027-05-01T00:00:00Z' {more} \
             ORDER BY starts_at, id LIMIT 101"
        );
        let statement = sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, sql);
        let row = sea_orm::ConnectionTrait::query_one_raw(application.db(), statement).await.expect("a plan");
        let plan: serde_json::Value = row.expect("a plan").try_get_by_index(0).expect("JSON");
        scans(&plan[0]["Plan"], &mut found);
    }
    found
}

fn scans(plan: &serde_json::Value, found: &mut BTreeMap<String, f64>) {
    let kind = plan["Node Type"].as_str().unwrap_or_default();
    if kind.contains("Scan") {
        let name = plan["Index Name"].as_str().unwrap_or(kind).to_owned();
        let number = |key: &str| plan[key].as_f64().unwrap_or_default();
        let looked = number("Actual Rows") + number("Rows Removed by Filter") + number("Rows Removed by Index Recheck");
        *found.entry(name).or_default() += looked * number("Actual Loops");
    }
    for part in plan["Plans"].as_array().into_iter().flatten() {
        scans(part, found);
    }
}
