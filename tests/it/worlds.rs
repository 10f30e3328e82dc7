//! Proof by random worlds: what the policy decides, what the list over HTTP shows, what row-level security lets through,
//! and what the rule says when it is written down again from scratch, are the same.

mod oracle;
mod projects;
mod random;
mod simulated;
mod small;
mod small_rows;
mod small_values;

use std::collections::BTreeMap;
use std::sync::Arc;

use entities::ShareLevel;
use kernel::clock::Clock;
use kernel::global_id::NodeType;
use policy::Actor;
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};
use store::Store;
use uuid::Uuid;
use verbund_tests::app::{Server, token};
use verbund_tests::{Case, Engine, TestApp, cases};

use self::projects::projects_and_their_parts_agree_with_the_rule;
use self::random::Random;
use self::simulated::what_is_foreseen_is_what_happens;
use self::small::small_worlds_agree_with_the_reference;

pub fn cases() -> Vec<Case> {
    cases!["worlds";
        small_worlds_agree_with_the_reference,
        policy_list_and_row_level_security_agree_with_the_rule,
        unrelated_additions_change_nothing,
        what_is_foreseen_is_what_happens,
        projects_and_their_parts_agree_with_the_rule,
    ]
}

const WORLDS: u64 = 24;

/// Entries by id with the level at which they are seen.
type Seen = BTreeMap<Uuid, ShareLevel>;

async fn policy_list_and_row_level_security_agree_with_the_rule(app: TestApp) {
    let (mut seen, mut hidden, mut feeds) = (0, 0, 0);
    for seed in 0..WORLDS {
        let random = Random::new(seed);
        let world = Placed::new(&app, &random).await;
        for person in 0..random.persons.len() {
            let expected = oracle::seen(&random, person);
            let name = format!("world {seed}, person {person}: {:?}", random.persons[person]);
            assert_eq!(world.over_http(&random, person).await, floored(&expected), "the list, {name}");
            assert_eq!(world.by_policy(&random, person).await, expected, "the policy, {name}");
            if app.engine == Engine::Postgres {
                let walls = world.behind_walls(&random, person).await;
                assert_eq!(walls, expected.keys().copied().collect::<Vec<_>>(), "row-level security, {name}");
            }
            for tenant in 0..random.tenants.len() {
                if random.roles.iter().any(|it| it.person == person && it.tenant == tenant) {
                    let told = oracle::told(&random, tenant, person);
                    feeds += usize::from(told.as_ref().is_some_and(|it| !it.is_empty()));
                    let name = format!("the feed for tenant {tenant}, {name}");
                    assert_eq!(world.by_feed(&random, tenant, person).await, told, "{name}");
                }
            }
            seen += expected.len();
            hidden += random.entries.len() - expected.len();
        }
    }
    // A proof over worlds in which everything or nothing is visible would prove nothing.
    assert!(
        seen > 400 && hidden > 400 && feeds > 60,
        "{seen} seen, {hidden} hidden, {feeds} feeds that tell something"
    );
}

async fn unrelated_additions_change_nothing(app: TestApp) {
    for seed in 0..6 {
        let mut random = Random::new(1_000 + seed);
        let before = Placed::new(&app, &random).await;
        let mut lists = Vec::new();
        for person in 0..random.persons.len() {
            lists.push(before.over_http(&random, person).await);
        }
        // A new authority with a calendar, an agreement of strangers, a person with every role among them.
        random.add_strangers();
        let after = Placed::new(&app, &random).await;
        for (person, list) in lists.iter().enumerate() {
            assert_eq!(&after.over_http(&random, person).await, list, "world {seed}, person {person}");
        }
    }
}

/// The full view has no more to show at CONTRIBUTE.
fn floored(seen: &Seen) -> Seen {
    seen.iter().map(|(id, level)| (*id, (*level).min(ShareLevel::Full))).collect()
}

/// A random world in a database of its own, served.
struct Placed {
    server: Server,
    store: Store,
    database: verbund_tests::database::TestDatabase,
    config: server::config::Config,
}

impl Placed {
    async fn new(app: &TestApp, random: &Random) -> Self {
        let database = app.fixture.blank(app.engine).await.expect("a migrated database");
        let rows = database.rows().await;
        random.insert(rows.db()).await;
        let config = app.fixture.config(&database).expect("a configuration");
        let server = Server::start(config.clone(), Clock::standing_at(random.now)).await.expect("a server");
        let store = Store::connect(&config.database.settings().expect("settings")).await.expect("a store");
        Self { server, store, database, config }
    }

    /// What is seen through the list of entries, and through the agenda, which must be the same.
    async fn over_http(&self, random: &Random, person: usize) -> Seen {
        let entries = self.listed(random, person, "calendarEntries", "__typename id", "").await;
        let dates = self.listed(random, person, "agenda", "entry { __typename id }", "/entry").await;
        assert_eq!(entries, dates, "person {person}");
        entries
    }

    async fn listed(&self, random: &Random, person: usize, list: &str, selection: &str, at: &str) -> Seen {
        let client = self.server.client(Some(token(&self.config, &random.subject(person), random.now)));
        let (mut seen, mut after) = (Seen::new(), json!(null));
        loop {
            let query = format!(
                "query($after: String) {{ {list}(first: 100, after: $after,
                between: {{start: \"2027-01-01T00:00:00Z\", end: \"2028-01-01T00:00:00Z\"}}) {{
                nodes {{ {selection} }} pageInfo {{ hasNextPage endCursor }} }} }}"
            );
            let page = client.send(&query, json!({ "after": after })).await.data()[list].clone();
            for node in page["nodes"].as_array().expect("nodes") {
                let node = node.pointer(at).expect("an entry");
                let id = NodeType::CalendarEntry.parse(node["id"].as_str().expect("an id"), "id").expect("an id");
                let level = match node["__typename"].as_str().expect("a type") {
                    "CalendarEntryBusy" => ShareLevel::Busy,
                    "CalendarEntrySummary" => ShareLevel::Summary,
                    _ => ShareLevel::Full,
                };
                seen.insert(id, level);
            }
            if page["pageInfo"]["hasNextPage"] == false {
                return seen;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    }

    /// What a program is told with the secret of a member; none where it is told nothing at all.
    async fn by_feed(&self, random: &Random, tenant: usize, person: usize) -> Option<Seen> {
        let path = format!("/feeds/{}.ics", random.secret(tenant, person));
        let (status, _, text) = self.server.get(&path).await;
        if status == 404 {
            return None;
        }
        assert_eq!(status, 200, "{text}");
        let events = text.split("BEGIN:VEVENT").skip(1).map(|event| {
            let uid = event.split("UID:").nth(1).and_then(|it| it.split("\r\n").next()).expect("a uid");
            let level = match (event.contains("CLASS:CONFIDENTIAL"), event.contains("LOCATION:")) {
                (_, true) => ShareLevel::Full,
                (false, false) => ShareLevel::Summary,
                (true, false) => ShareLevel::Busy,
            };
            (uid.parse().expect("an id"), level)
        });
        Some(events.collect())
    }

    async fn session(&self, random: &Random, person: usize) -> store::Session {
        let actor = Actor::Person { issuer: self.config.auth.local.issuer.clone(), subject: random.subject(person) };
        self.store.read(&actor, random.now, Arc::default()).await.expect("a session")
    }

    async fn by_policy(&self, random: &Random, person: usize) -> Seen {
        let session = self.session(random, person).await;
        let level = |scope| session.access().visibility(scope).map(|it| it.level);
        random.entries.iter().filter_map(|entry| Some((entry.id, level(entry.scope)?))).collect()
    }

    /// Ids that PostgreSQL gives the application role when nothing but its settings filters.
    async fn behind_walls(&self, random: &Random, person: usize) -> Vec<Uuid> {
        let scopes: Vec<_> = self.session(random, person).await.access().visible().map(|it| it.to_string()).collect();
        let mut conn = PgConnection::connect(&self.database.url).await.expect("a connection");
        let mut tx = conn.begin().await.expect("a transaction");
        let set = format!("SET LOCAL app.scopes = '{{{}}}'", scopes.join(","));
        tx.execute(AssertSqlSafe(set)).await.expect("a setting");
        // Dates of series must not show more than their series do.
        let dates = "SELECT count(*) FROM calendar_occurrence WHERE entry_id NOT IN (SELECT id FROM calendar_entry)";
        assert_eq!(tx.fetch_one(dates).await.expect("a count").get::<i64, _>(0), 0);
        let rows = tx.fetch_all("SELECT id FROM calendar_entry ORDER BY id").await.expect("rows");
        rows.iter().map(|row| row.get("id")).collect()
    }
}
