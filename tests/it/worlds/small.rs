//! The same proof over numbered small worlds: the rows that the database gives a session, with the policy's filter and without,
//! are those that the independent reference shows.
//!
//! Normally a spread sample is compared; `VERBUND_SMALL_WORLDS` names how many worlds of each part.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;
use std::sync::Arc;
use std::time::Instant;

use entities as e;
use entities::ShareLevel;
use policy::Actor;
use policy_worlds::reference::{Visibility, visibility};
use policy_worlds::{Area, Caller, Worlds};
use sea_orm::sea_query::Expr;
use sea_orm::{FromQueryResult, QueryFilter, QuerySelect, Select};
use store::{Owned, Session, Store};
use uuid::Uuid;
use verbund_tests::database::Fixture;
use verbund_tests::{Engine, TestApp, amount};

use super::small_rows::{ISSUER, Numbered, Rows, analyze, world_of};
use super::small_values::level;

/// Worlds of each part that are compared normally.
const SAMPLE: u64 = 100;

/// Worlds of one database.
const AT_ONCE: usize = 500;

pub async fn small_worlds_agree_with_the_reference(app: TestApp) {
    let asked = amount("VERBUND_SMALL_WORLDS");
    let numbers: Vec<_> = Worlds::default().sample(asked.unwrap_or(SAMPLE)).collect();
    let threads = if asked.is_some() { std::thread::available_parallelism().map_or(1, usize::from) } else { 1 };
    let started = Instant::now();
    let mut tally = Tally::default();
    std::thread::scope(|scope| {
        let start = |at| {
            let mine: Vec<_> = numbers.iter().copied().skip(at).step_by(threads).collect();
            let (fixture, engine) = (&app.fixture, app.engine);
            let thread = std::thread::Builder::new().stack_size(server::cli::STACK);
            thread.spawn_scoped(scope, move || on_one_thread(fixture, engine, &mine)).expect("a thread")
        };
        let running: Vec<_> = (0..threads).map(start).collect();
        for thread in running {
            tally += thread.join().expect("a thread that compares to its end");
        }
    });
    report(&tally, &app, started);
    assert_eq!(tally.disagreements, Vec::<String>::new(), "{} worlds", tally.worlds);
    // A proof over worlds in which everything or nothing is visible would prove nothing.
    assert!(tally.visible > 300 && tally.hidden > 300 && tally.partly > 15, "{tally:?}");
}

#[expect(clippy::print_stdout, reason = "how much was proved is what a run is made for")]
fn report(tally: &Tally, app: &TestApp, started: Instant) {
    let Tally { worlds, checks, visible, hidden, partly, disagreements } = tally;
    println!(
        "small worlds on {:?}: {worlds} worlds, {checks} checks, {visible} rows visible ({partly} of them below FULL), \
         {hidden} hidden, {} disagreements, {:.1?}",
        app.engine,
        disagreements.len(),
        started.elapsed()
    );
}

/// What was met.
#[derive(Debug, Default)]
struct Tally {
    worlds: u64,
    checks: u64,
    visible: usize,
    hidden: usize,
    /// Visible rows below the level of all fields.
    partly: usize,
    disagreements: Vec<String>,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.worlds += other.worlds;
        self.checks += other.checks;
        self.visible += other.visible;
        self.hidden += other.hidden;
        self.partly += other.partly;
        self.disagreements.extend(other.disagreements);
    }
}

fn on_one_thread(fixture: &Fixture, engine: Engine, numbers: &[u64]) -> Tally {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut tally = Tally::default();
    for numbers in numbers.chunks(AT_ONCE) {
        let own = fixture.for_one_test();
        runtime.block_on(async {
            compare(&own, engine, numbers, &mut tally).await;
            own.remove().await.expect("a database that can be removed");
        });
    }
    tally
}

/// Puts worlds into a database of their own and compares each.
async fn compare(fixture: &Fixture, engine: Engine, numbers: &[u64], tally: &mut Tally) {
    let worlds = Worlds::default();
    let worlds: Vec<_> = numbers.iter().map(|number| (*number, worlds.world(*number))).collect();
    let database = fixture.blank(engine).await.expect("a migrated database");
    let owner = database.rows().await;
    let (mut rows, mut public) = (Rows::default(), Public::new());
    for (number, world) in &worlds {
        let it = Numbered { number: *number, world };
        rows.add(&it);
        for (at, row) in world.rows.iter().enumerate().filter(|(_, row)| row.public) {
            public.entry(row.area as usize).or_default().insert(it.row(at));
        }
    }
    rows.insert(owner.db()).await;
    analyze(owner.db()).await;
    let config = fixture.config(&database).expect("a configuration");
    let store = Store::connect(&config.database.settings().expect("settings")).await.expect("a store");
    for (number, world) in &worlds {
        let case = Compared { it: Numbered { number: *number, world }, engine, public: &public };
        case.compare(&store, tally).await;
    }
    store.close().await;
}

/// Ids of public rows by the number of their area.
type Public = BTreeMap<usize, BTreeSet<Uuid>>;

/// A row by its id.
#[derive(FromQueryResult)]
struct Found {
    id: Uuid,
}

/// What a session reads of one table.
struct Read {
    /// Without the policy's filter, where row-level security stands behind it.
    unfiltered: Option<BTreeSet<Uuid>>,
    /// With the policy's filter.
    filtered: BTreeSet<Uuid>,
    /// With its filter from a level on.
    from: BTreeSet<Uuid>,
}

struct Compared<'a> {
    it: Numbered<'a>,
    engine: Engine,
    /// Public rows of all worlds in the database, by their area.
    public: &'a Public,
}

impl Compared<'_> {
    async fn compare(&self, store: &Store, tally: &mut Tally) {
        let world = self.it.world;
        let actor = match world.caller {
            Caller::Anonymous => Actor::Anonymous,
            _ => Actor::Person { issuer: ISSUER.to_owned(), subject: self.it.subject() },
        };
        let session = store.read(&actor, self.it.instant(), Arc::default()).await.expect("a session");
        let visible: Vec<_> = world.rows.iter().map(|row| visibility(world, row)).collect();
        let least = ShareLevel::ALL[self.it.number as usize % ShareLevel::ALL.len()];
        let area = world.rows[0].area;
        assert!(world.rows.iter().all(|it| it.area == area), "the rows of a world are in one table");
        let read = match area {
            Area::Calendars => self.read::<e::calendar::Entity>(&session, least).await,
            Area::Projects => self.read::<e::project::Entity>(&session, least).await,
            Area::Datasets => self.read::<e::dataset::Entity>(&session, least).await,
            Area::Places => self.read::<e::learning_place::Entity>(&session, least).await,
            Area::Members => self.read::<e::member::Entity>(&session, least).await,
            Area::Agreements => self.read::<e::agreement::Entity>(&session, least).await,
            Area::Audit => self.read::<e::audit_event::Entity>(&session, least).await,
        };
        if let Some(unfiltered) = read.unfiltered {
            self.check("row-level security", unfiltered, area, &visible, ShareLevel::Busy, tally);
        }
        self.check("the filter", read.filtered, area, &visible, ShareLevel::Busy, tally);
        self.check("the filter by level", read.from, area, &visible, least, tally);
        self.check_levels(&session, &visible, tally);
        session.commit().await.expect("a session that ends");
        tally.worlds += 1;
        tally.visible += visible.iter().flatten().count();
        tally.hidden += visible.iter().filter(|it| it.is_none()).count();
        tally.partly += visible.iter().flatten().filter(|it| level(it.level) < ShareLevel::Full).count();
    }

    #[expect(clippy::disallowed_methods, reason = "what is read without the policy's filter is what is compared")]
    async fn read<E: Owned>(&self, session: &Session, least: ShareLevel) -> Read {
        let ids = async |select: Select<E>| {
            let select = select.select_only().expr_as(Expr::col("id"), "id");
            let rows = session.grouped::<E, Found>(select).await.expect("rows");
            rows.into_iter().map(|it| it.id).collect::<BTreeSet<_>>()
        };
        Read {
            unfiltered: if self.engine == Engine::Postgres { Some(ids(E::find()).await) } else { None },
            filtered: ids(session.select::<E>()).await,
            from: ids(session.select::<E>().filter(session.seen_from::<E>(least))).await,
        }
    }

    /// Compares ids that were read with the rows that are visible from a level on: of this world exactly these, of other worlds
    /// exactly the public ones.
    fn check(
        &self,
        what: &str,
        read: BTreeSet<Uuid>,
        area: Area,
        visible: &[Option<Visibility>],
        least: ShareLevel,
        tally: &mut Tally,
    ) {
        tally.checks += 1;
        let own: BTreeSet<_> = (0..visible.len()).map(|at| self.it.row(at)).collect();
        let is_shown = |at: &usize| visible[*at].as_ref().is_some_and(|it| level(it.level) >= least);
        let expected: BTreeSet<_> = (0..visible.len()).filter(is_shown).map(|at| self.it.row(at)).collect();
        let shown: BTreeSet<_> = read.intersection(&own).copied().collect();
        if shown != expected {
            self.disagree(format!("{what} from {least:?} on: {shown:?}, expected {expected:?}"), tally);
        }
        let is_others = |id: &&Uuid| world_of(**id) != self.it.number;
        let others: Vec<_> = read.iter().filter(is_others).collect();
        // What is public is shown in full, and no more.
        let public = self.public.get(&(area as usize)).filter(|_| least <= ShareLevel::Full);
        let public: Vec<_> = public.into_iter().flatten().filter(is_others).collect();
        if others != public {
            let wrong = format!("{what} from {least:?} on: rows of other worlds: {others:?}, expected {public:?}");
            self.disagree(wrong, tally);
        }
    }

    /// Compares the level at which the session shows each row.
    fn check_levels(&self, session: &Session, visible: &[Option<Visibility>], tally: &mut Tally) {
        for (row, visible) in self.it.world.rows.iter().zip(visible) {
            tally.checks += 1;
            let shown = session.access().visibility(self.it.audience(row).id()).map(|it| it.level);
            let expected = visible.as_ref().map(|it| level(it.level));
            if shown != expected {
                self.disagree(format!("the level of {row:?}: {shown:?}, expected {expected:?}"), tally);
            }
        }
    }

    fn disagree(&self, how: String, tally: &mut Tally) {
        let Numbered { number, world } = self.it;
        tally.disagreements.push(format!("world {number}: {how}: {world:#?}"));
    }
}
