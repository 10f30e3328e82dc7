//! The commands of the binary.

mod archive;
mod arguments;
mod authorities;
mod bar;
mod dataset;
mod demo;
mod failure;
mod healthcheck;
mod operator;
mod serve;

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};
use kernel::clock::Clock;
use secrecy::ExposeSecret as _;

use crate::cli::arguments::{Cli, Command, ConfigArgs, ExportCommand, ImportCommand, TokenArgs};
use crate::cli::failure::Failure;
use crate::config::{Config, effective};
use crate::doctor;
use crate::doctor::{Check, Verdict};

/// The stack of each thread that answers requests, in bytes. One step of a mutation is a deep call in a build without
/// optimisation; memory is taken only for what is used.
pub const STACK: usize = 8 * 1024 * 1024;

/// Reads the command line and runs the command.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK).build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("cannot start the runtime: {error}").into()),
    };
    match runtime.block_on(command(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => fail(&failure),
    }
}

async fn command(cli: Cli) -> Result<(), Failure> {
    let file = cli.config.as_deref();
    if file.is_some()
        && let Some(reason) = without_configuration(&cli.command)
    {
        return Err(Failure::usage(format!("--config has no effect here: {reason}")));
    }
    match cli.command {
        Command::Demo(args) => Ok(demo::run(args.data_dir, args.listen, args.reset, file).await?),
        Command::Serve { listen } => {
            let mut config = Config::load(file)?;
            config.http.listen = listen.unwrap_or(config.http.listen);
            Ok(serve::run(config).await?)
        }
        Command::Migrate => Ok(migrate(&configured(file)?).await?),
        Command::Healthcheck { url } => {
            let url = url.map_or_else(|| Config::load(file).map(|it| healthcheck::local(it.http.listen)), Ok)?;
            print_line(&healthcheck::run(&url).await?);
            Ok(())
        }
        Command::Doctor { json } => {
            let checks = match Config::load(file) {
                Ok(config) => doctor::examine(&config, &Clock::System).await,
                Err(problem) => vec![Check::fail("configuration", problem)],
            };
            Ok(report(&checks, json)?)
        }
        Command::Import(args) => import(file, args).await,
        Command::Export(ExportCommand::Tenant(args)) => {
            print_line(&archive::export(&configured(file)?, &args).await?);
            Ok(())
        }
        Command::Schema => {
            print_line(graphql::schema::sdl().trim_end());
            Ok(())
        }
        Command::Config(args) => Ok(settings(file, &args)?),
        Command::Token(args) => Ok(token(file, &args).await?),
        Command::Tenant(args) => {
            print_line(&authorities::tenant(&configured(file)?, args).await?);
            Ok(())
        }
        Command::Member(args) => {
            print_line(&authorities::member(&configured(file)?, args).await?);
            Ok(())
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "verbund", &mut script);
            print_line(String::from_utf8_lossy(&script).trim_end());
            Ok(())
        }
    }
}

/// Why a command does not read the configuration; none where it does.
fn without_configuration(command: &Command) -> Option<&'static str> {
    match command {
        Command::Schema | Command::Completions { .. } => Some("the command does not depend on settings"),
        Command::Config(ConfigArgs { effective: false, .. }) => {
            Some("the reference of the defaults is printed; --effective prints the settings in effect")
        }
        Command::Healthcheck { url: Some(_) } => Some("--url says where the server is"),
        Command::Import(ImportCommand::Dataset(args)) if args.propose => Some("--propose only reads the file"),
        Command::Token(TokenArgs { data_dir: Some(_), .. }) => Some("--data-dir names a demo, with database and key"),
        Command::Demo(_)
        | Command::Serve { .. }
        | Command::Migrate
        | Command::Healthcheck { .. }
        | Command::Doctor { .. }
        | Command::Import(_)
        | Command::Export(_)
        | Command::Config(_)
        | Command::Token(_)
        | Command::Tenant(_)
        | Command::Member(_) => None,
    }
}

/// The configuration for a command of the operator.
fn configured(file: Option<&Path>) -> Result<Config, String> {
    let config = Config::load(file)?;
    config.check_operator()?;
    Ok(config)
}

async fn import(file: Option<&Path>, command: ImportCommand) -> Result<(), Failure> {
    let text = match command {
        ImportCommand::Reference => {
            format!("{} rows added or renewed", operator::reference(&configured(file)?).await?)
        }
        ImportCommand::Holidays { file: data } => operator::holidays(&configured(file)?, &data).await?,
        ImportCommand::Calendar { file: data, calendar, dry_run } => {
            operator::calendar(&configured(file)?, &data, &calendar, dry_run).await?
        }
        ImportCommand::Dataset(args) => dataset::run(|| configured(file), args).await?,
        ImportCommand::Tenant { file: data } => archive::import(&configured(file)?, &data).await?,
    };
    print_line(&text);
    Ok(())
}

/// Prints the reference of the configuration, or the settings in effect.
fn settings(file: Option<&Path>, args: &ConfigArgs) -> Result<(), String> {
    if !args.effective {
        print_line(crate::config::DEFAULT.trim_end());
        return Ok(());
    }
    let settings = effective(file, args.listen)?;
    if args.json {
        let settings: Vec<_> = settings.iter().map(crate::config::Setting::json).collect();
        let text = serde_json::to_string_pretty(&serde_json::json!({ "settings": settings }));
        print_line(&text.map_err(|error| error.to_string())?);
    } else {
        for setting in settings {
            print_line(&setting.line());
        }
    }
    Ok(())
}

async fn token(file: Option<&Path>, args: &TokenArgs) -> Result<(), String> {
    let config = match &args.data_dir {
        Some(folder) => Config::embedded(folder)?,
        None => Config::load(file)?,
    };
    config.check_operator()?;
    if !config.auth.local.enabled {
        return Err("auth.local.enabled is false: this server would not accept the token".to_owned());
    }
    print_line(&operator::token(&config, &args.tenant, args.role, args.hours).await?);
    Ok(())
}

/// Prints what the doctor found.
fn report(checks: &[Check], json: bool) -> Result<(), String> {
    if json {
        let text = serde_json::to_string_pretty(&serde_json::json!({ "checks": checks }));
        print_line(&text.map_err(|error| error.to_string())?);
    } else {
        for check in checks {
            print_line(&check.line());
        }
    }
    match checks.iter().filter(|it| it.verdict == Verdict::Fail).count() {
        0 => Ok(()),
        1 => Err("1 check failed".to_owned()),
        several => Err(format!("{several} checks failed")),
    }
}

async fn migrate(config: &Config) -> Result<(), String> {
    let url = config.database.owner_url()?;
    let outcome = migration::migrate(url.expose_secret(), &config.database.app_role)
        .await
        .map_err(|error| format!("migrate: {error}"))?;
    match outcome.applied.as_slice() {
        [] => print_line("nothing to migrate"),
        applied => {
            for name in applied {
                print_line(&format!("applied {name}"));
            }
        }
    }
    Ok(())
}

/// Writes what a command answers to standard output. Who reads only its first lines may have gone.
fn print_line(text: &str) {
    let _gone = writeln!(std::io::stdout().lock(), "{text}");
}

#[expect(clippy::print_stderr, reason = "logs may not have started yet")]
fn fail(failure: &Failure) -> ExitCode {
    eprintln!("verbund: {}", failure.text);
    ExitCode::from(failure.status)
}
