//! Runs every case on every engine that is there, in parallel, and tells how many ran where.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Conclusion, Failed, Trial};
use server::config::{Log, LogFormat};

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
    let log = Log { format: LogFormat::Text, filter: "error".to_owned() };
    server::telemetry::start(&log).expect("a filter that can be read");
    let fixture = match Fixture::start().and_then(|it| prepare(&it).map(|()| it)) {
        Ok(fixture) => Arc::new(fixture),
        Err(problem) => {
            eprintln!("the fixture does not start: {problem}");
            return ExitCode::FAILURE;
        }
    };
    let engines = fixture.engines();
    let mut trials = Vec::new();
    let mut counts: BTreeMap<Engine, usize> = BTreeMap::new();
    for engine in &engines {
        for case in &cases {
            let (fixture, case, engine) = (fixture.clone(), case.clone(), *engine);
            let name = name(&case, engine);
            let skipped = arguments.skip.iter().any(|it| name.contains(it));
            let chosen = arguments.filter.as_ref().is_none_or(|it| name.contains(it)) && !skipped;
            *counts.entry(engine).or_default() += usize::from(chosen);
            trials.push(Trial::test(name, move || on(fixture, engine, &case)));
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    summary(&fixture, &counts, &conclusion)
}

fn name(case: &Case, engine: Engine) -> String {
    format!("{}::{}", if engine == Engine::Sqlite { "sqlite" } else { "postgres" }, case.name)
}

fn prepare(fixture: &Fixture) -> Result<(), String> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    for engine in fixture.engines() {
        runtime.block_on(fixture.prepare(engine)).map_err(|error| format!("{engine:?}: {error}"))?;
    }
    Ok(())
}

fn on(fixture: Arc<Fixture>, engine: Engine, case: &Case) -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let run = || {
        runtime.block_on(async {
            let app = TestApp::start(fixture, engine).await?;
            (case.run)(app).await;
            Ok(())
        })
    };
    // The server under test runs here: with as much room as `verbund` gives its own threads.
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(server::cli::STACK).spawn_scoped(scope, run)?;
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
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
    match &fixture.cluster {
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

#[expect(clippy::disallowed_methods, reason = "the gate speaks to the tests through the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|it| !it.is_empty())
}
