//! Runs every case on every engine that is there, in parallel, and tells how many ran where.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use libtest_mimic::{Arguments, Conclusion, Failed, Trial};
use server::config::{LogFormat, LogSettings};

use crate::app::TestApp;
use crate::database::{Engine, Fixture};

type Run = Arc<dyn Fn(TestApp) -> Pin<Box<dyn Future<Output = ()>>> + Send + Sync>;

/// A test that runs on every engine.
#[derive(Clone)]
pub struct Case {
    name: String,
    run: Run,
}

/// A case from an async function.
pub fn both<F, Fut>(name: &str, run: F) -> Case
where
    F: Fn(TestApp) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()> + 'static,
{
    Case { name: name.to_owned(), run: Arc::new(move |app| Box::pin(run(app))) }
}

/// Lists the cases of a module: `cases!["calendars"; one, two]`.
#[macro_export]
macro_rules! cases {
    ($area:literal; $($case:ident),+ $(,)?) => {
        vec![$($crate::both(concat!($area, "::", stringify!($case)), $case)),+]
    };
}

/// Runs the cases; the process's exit code. Where PostgreSQL is missing that is said last, and with
/// `VERBUND_REQUIRE_POSTGRES` set it is a failure.
pub fn run(cases: Vec<Case>) -> ExitCode {
    let arguments = Arguments::from_args();
    if arguments.list {
        let trials = [Engine::Sqlite, Engine::Postgres]
            .into_iter()
            .flat_map(|engine| cases.iter().map(move |case| Trial::test(name(case, engine), || Ok(()))));
        return libtest_mimic::run(&arguments, trials.collect()).exit_code();
    }
    // Faults are masked towards clients; a test's reader needs their text.
    let log = LogSettings { format: LogFormat::Text, filter: "error".to_owned() };
    server::telemetry::start(&log).expect("a filter that can be read");
    let chosen = |engine, case: &Case| {
        let name = name(case, engine);
        let skipped = arguments.skip.iter().any(|it| name.contains(it));
        arguments.filter.as_ref().is_none_or(|it| name.contains(it)) && !skipped
    };
    let mut counts: BTreeMap<Engine, usize> = BTreeMap::new();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        counts.insert(engine, cases.iter().filter(|it| chosen(engine, it)).count());
    }
    let fixture = match Fixture::start().and_then(|it| prepare(&it, &mut counts).map(|()| it)) {
        Ok(fixture) => fixture,
        Err(problem) => {
            eprintln!("the fixture does not start: {problem}");
            return ExitCode::FAILURE;
        }
    };
    let mut arguments = arguments;
    // A case waits for its database, for the network, or for something not to happen, about as long as it computes.
    arguments.test_threads.get_or_insert_with(|| 2 * std::thread::available_parallelism().map_or(1, usize::from));
    let times = Arc::new(Mutex::new(Vec::new()));
    let mut trials = Vec::new();
    for (engine, case) in in_order(&fixture.engines(), cases) {
        let (fixture, times, name) = (fixture.for_one_test(), times.clone(), name(&case, engine));
        trials.push(Trial::test(name.clone(), move || {
            let since = Instant::now();
            let result = on(fixture, engine, &case);
            times.lock().unwrap_or_else(PoisonError::into_inner).push((since.elapsed(), name));
            result
        }));
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    slowest(&times.lock().unwrap_or_else(PoisonError::into_inner));
    summary(&fixture, &counts, &conclusion)
}

/// Every case on every engine. `VERBUND_FIRST` names areas, as `views,access::matrix`, that come first, on all engines in
/// turn: a run that is ended at its first failure ends early.
fn in_order(engines: &[Engine], cases: Vec<Case>) -> Vec<(Engine, Case)> {
    let Some(first) = variable("VERBUND_FIRST") else {
        return engines.iter().flat_map(|engine| cases.iter().cloned().map(|it| (*engine, it))).collect();
    };
    let first: Vec<_> = first.split(',').collect();
    let is_in = |case: &Case, area: &str| case.name.strip_prefix(area).is_some_and(|it| it.starts_with("::"));
    let place = |case: &Case| first.iter().position(|area| is_in(case, area));
    let mut cases = cases;
    cases.sort_by_key(|case| place(case).unwrap_or(first.len()));
    cases.into_iter().flat_map(|case| engines.iter().map(move |engine| (*engine, case.clone()))).collect()
}

fn name(case: &Case, engine: Engine) -> String {
    format!("{}::{}", if engine == Engine::Sqlite { "sqlite" } else { "postgres" }, case.name)
}

/// Builds the templates of the engines that are there and have cases; the others have no cases.
fn prepare(fixture: &Fixture, counts: &mut BTreeMap<Engine, usize>) -> Result<(), String> {
    counts.retain(|engine, _| fixture.engines().contains(engine));
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    let one = async |engine: Engine| fixture.prepare(engine).await.map_err(|error| format!("{engine:?}: {error}"));
    let needed = counts.iter().filter(|(_, count)| **count > 0).map(|(engine, _)| one(*engine));
    runtime.block_on(try_join_all(needed)).map(|_| ())
}

fn on(fixture: Fixture, engine: Engine, case: &Case) -> Result<(), Failed> {
    let fixture = Arc::new(fixture);
    let run = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let app = TestApp::start(fixture.clone(), engine).await?;
            (case.run)(app).await;
            Ok(())
        })
    };
    // The server under test runs here: with as much room as `verbund` gives its own threads.
    let result = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(server::cli::STACK).spawn_scoped(scope, run)?;
        Ok(thread.join())
    });
    // The case and its servers have ended, well or not.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let removed = runtime.block_on(fixture.remove());
    match result {
        Ok(Ok(done)) => done.and(removed.map_err(Failed::from)),
        Ok(Err(panic)) => std::panic::resume_unwind(panic),
        Err(error) => Err(error),
    }
}

/// Tells which cases took longest, when `VERBUND_SLOWEST` says how many to tell.
#[expect(clippy::print_stdout, reason = "the last lines of a test run are for its reader")]
fn slowest(times: &[(Duration, String)]) {
    let Some(count) = variable("VERBUND_SLOWEST").and_then(|it| it.parse().ok()) else { return };
    let mut times = times.to_vec();
    times.sort_by(|a, b| b.cmp(a));
    println!("all cases together: {:.1?}; the slowest:", times.iter().map(|it| it.0).sum::<Duration>());
    for (time, name) in times.iter().take(count) {
        println!("{:>7.2} s {name}", time.as_secs_f64());
    }
}

#[expect(clippy::print_stdout, reason = "the last lines of a test run are for its reader")]
fn summary(fixture: &Fixture, counts: &BTreeMap<Engine, usize>, conclusion: &Conclusion) -> ExitCode {
    let count = |engine| counts.get(&engine).copied().unwrap_or_default();
    println!("integration tests on SQLite: {}", count(Engine::Sqlite));
    println!("integration tests on PostgreSQL: {}", count(Engine::Postgres));
    match corpus() {
        Some(folder) => println!("corpus of real input: {}", folder.display()),
        None => println!("VERBUND_CORPUS is not set: the tests over real input did nothing."),
    }
    println!("{}", crate::node::summary());
    println!("{}", crate::python::summary());
    match fixture.cluster() {
        Some(cluster) => println!("PostgreSQL {}", cluster.version()),
        None => {
            println!("PostgreSQL WAS NOT FOUND: nothing was tested on it. Install Debian's postgresql-15.");
            if required() {
                println!("VERBUND_REQUIRE_POSTGRES is set, so this is a failure.");
                return ExitCode::FAILURE;
            }
        }
    }
    conclusion.exit_code()
}

/// The folder of real input that tests may read, if one was given.
pub fn corpus() -> Option<PathBuf> {
    variable("VERBUND_CORPUS").map(PathBuf::from)
}

fn required() -> bool {
    variable("VERBUND_REQUIRE_POSTGRES").is_some_and(|it| it != "0")
}

/// How much a case does, where a variable of the environment asks for more or less than usual.
///
/// # Panics
/// The variable is no number.
pub fn amount(name: &str) -> Option<u64> {
    let text = variable(name)?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is a number, not {text:?}")))
}

#[expect(clippy::disallowed_methods, reason = "the gate speaks to the tests through the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|it| !it.is_empty())
}
