//! The commands of the binary.

mod archive;
mod bar;
mod dataset;
mod demo;
mod healthcheck;
mod operator;
mod serve;

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgAction, Args, Parser, Subcommand};
use entities::{RoleKey, TenantKind};
use kernel::clock::Clock;
use secrecy::ExposeSecret as _;

use crate::config::Config;
use crate::doctor;
use crate::doctor::{Check, Verdict};

/// One GraphQL API for partner authorities in education management.
#[derive(Parser)]
#[command(name = "verbund", version, arg_required_else_help = true)]
struct Cli {
    /// Configuration file (TOML). Defaults and every key: `verbund config`.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs a complete demo: embedded database, real data, a token per role account.
    Demo(DemoArgs),
    /// Serves the API.
    Serve {
        /// Address and port; overrides http.listen.
        #[arg(long)]
        listen: Option<SocketAddr>,
    },
    /// Applies pending migrations, and on PostgreSQL gives the application role its rights.
    Migrate,
    /// Asks a running server whether it is ready; for container health checks.
    Healthcheck {
        /// Where it is; without it, at http.listen on this machine.
        #[arg(long)]
        url: Option<String>,
    },
    /// Looks for what may be wrong with this installation and says what to do; 1 when anything fails.
    Doctor {
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
    /// Loads data from outside.
    #[command(subcommand)]
    Import(ImportCommand),
    /// Writes data for elsewhere.
    #[command(subcommand)]
    Export(ExportCommand),
    /// Prints the GraphQL schema.
    Schema,
    /// Prints the reference of the configuration.
    Config,
    /// Signs a token of the local issuer for a role account, which is made if it is missing.
    Token(TokenArgs),
    /// Authorities.
    #[command(subcommand)]
    Tenant(TenantCommand),
    /// Members of authorities.
    #[command(subcommand)]
    Member(MemberCommand),
}

#[derive(Subcommand)]
enum ImportCommand {
    /// Common fields of work, regions and holidays that come with the binary. What is there already stays; school
    /// holidays give way to a later edition.
    Reference,
    /// School holidays from a file (api/seed/README.md has the format): they take the place of those that are stored
    /// for the same state and days. A file with a problem changes nothing.
    Holidays {
        /// The file (TOML).
        file: PathBuf,
    },
    /// A calendar file (iCalendar, up to 10 MiB) into a calendar, as `calendarImport` does. What cannot be read is told and
    /// left out.
    Calendar {
        /// The file.
        file: PathBuf,
        /// Id of the calendar: cal_…
        #[arg(long)]
        calendar: String,
        /// Only tells what would be done.
        #[arg(long)]
        dry_run: bool,
    },
    /// A table into a dataset, as `datasetImport` does: every problem is told, and with one nothing is stored; 1 then.
    Dataset(dataset::DatasetArgs),
    /// Everything of an authority from the archive of another installation, whole or not at all. The authority must not be
    /// here.
    Tenant {
        /// The archive.
        file: PathBuf,
    },
}

#[derive(Subcommand)]
enum ExportCommand {
    /// Everything of an authority into one file (api/archive/README.md has the format).
    Tenant(archive::ExportArgs),
}

#[derive(Args)]
struct DemoArgs {
    /// Folder of database and key.
    #[arg(long, default_value = "./verbund-data")]
    data_dir: PathBuf,
    /// Address and port; overrides http.listen.
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// Deletes the demo's data first.
    #[arg(long)]
    reset: bool,
}

#[derive(Args)]
struct TokenArgs {
    /// Short name of the authority.
    #[arg(long)]
    tenant: String,
    /// The role, for example planner or tenant-admin.
    #[arg(long, value_parser = role)]
    role: RoleKey,
    /// How long it is good, in hours.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(i64).range(1..=8_760))]
    hours: i64,
    /// Folder of a demo whose database and key to use, instead of the configuration's.
    #[arg(long)]
    data_dir: Option<PathBuf>,
}

#[derive(Subcommand)]
enum TenantCommand {
    /// Adds an authority.
    Create(TenantArgs),
    /// Says whether a grant of TENANT_ADMIN by an admin waits for a second admin, as it does from the start. What `member
    /// grant` gives never waits.
    SecondAdmin(SecondAdminArgs),
}

#[derive(Args)]
struct TenantArgs {
    /// Short name in addresses: lower-case letters, digits and hyphens.
    #[arg(long)]
    slug: String,
    /// Name as the authority signs.
    #[arg(long)]
    name: String,
    /// RURAL_DISTRICT, DISTRICT_FREE_CITY, MUNICIPALITY or OTHER.
    #[arg(long, value_parser = |text: &str| text.parse::<TenantKind>())]
    kind: TenantKind,
    /// Official municipality key, with its leading zero.
    #[arg(long)]
    ags: Option<String>,
    /// IANA time zone.
    #[arg(long, default_value = "Europe/Berlin")]
    time_zone: chrono_tz::Tz,
    /// Assumption Day (15 August) is a public holiday here.
    #[arg(long)]
    assumption_day: bool,
    /// Public website.
    #[arg(long)]
    website: Option<String>,
}

#[derive(Args)]
struct SecondAdminArgs {
    /// Short name of the authority.
    #[arg(long)]
    tenant: String,
    /// Whether a second admin is required, as soon as there is one.
    #[arg(long, action = ArgAction::Set)]
    required: bool,
}

#[derive(Subcommand)]
enum MemberCommand {
    /// Gives an account a role in an authority: how the first admin comes in.
    Grant(MemberArgs),
}

#[derive(Args)]
struct MemberArgs {
    /// Short name of the authority.
    #[arg(long)]
    tenant: String,
    /// `iss` of the account's identity provider.
    #[arg(long)]
    issuer: String,
    /// `sub` of the account there.
    #[arg(long)]
    subject: String,
    /// Name that the authority uses.
    #[arg(long)]
    name: String,
    /// Work e-mail address.
    #[arg(long)]
    email: Option<String>,
    /// The role, for example tenant-admin.
    #[arg(long, value_parser = role)]
    role: RoleKey,
}

fn role(text: &str) -> Result<RoleKey, String> {
    text.to_ascii_uppercase().replace('-', "_").parse()
}

/// The stack of each thread that answers requests, in bytes. One step of a mutation is a deep call in a build without
/// optimisation; memory is taken only for what is used.
pub const STACK: usize = 8 * 1024 * 1024;

/// Reads the command line and runs the command.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK).build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("cannot start the runtime: {error}")),
    };
    match runtime.block_on(command(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => fail(&problem),
    }
}

async fn command(cli: Cli) -> Result<(), String> {
    let file = cli.config.as_deref();
    match cli.command {
        Command::Demo(args) => demo::run(args.data_dir, args.listen, args.reset, file).await,
        Command::Serve { listen } => {
            let mut config = Config::load(file)?;
            config.http.listen = listen.unwrap_or(config.http.listen);
            serve::run(config).await
        }
        Command::Migrate => {
            let config = Config::load(file)?;
            config.check_operator()?;
            migrate(&config).await
        }
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
            report(&checks, json)
        }
        Command::Import(ImportCommand::Reference) => {
            let config = Config::load(file)?;
            config.check_operator()?;
            print_line(&format!("{} rows added or renewed", operator::reference(&config).await?));
            Ok(())
        }
        Command::Import(ImportCommand::Holidays { file: data }) => {
            let config = Config::load(file)?;
            config.check_operator()?;
            print_line(&operator::holidays(&config, &data).await?);
            Ok(())
        }
        Command::Import(ImportCommand::Calendar { file: data, calendar, dry_run }) => {
            let config = Config::load(file)?;
            config.check_operator()?;
            print_line(&operator::calendar(&config, &data, &calendar, dry_run).await?);
            Ok(())
        }
        Command::Import(ImportCommand::Dataset(args)) => {
            let load = || {
                let config = Config::load(file)?;
                config.check_operator()?;
                Ok(config)
            };
            print_line(&dataset::run(load, args).await?);
            Ok(())
        }
        Command::Import(ImportCommand::Tenant { file: data }) => {
            let config = Config::load(file)?;
            config.check_operator()?;
            print_line(&archive::import(&config, &data).await?);
            Ok(())
        }
        Command::Export(ExportCommand::Tenant(args)) => {
            let config = Config::load(file)?;
            config.check_operator()?;
            print_line(&archive::export(&config, &args).await?);
            Ok(())
        }
        Command::Schema => {
            print_line(graphql::schema::sdl().trim_end());
            Ok(())
        }
        Command::Config => {
            print_line(crate::config::DEFAULT.trim_end());
            Ok(())
        }
        Command::Token(args) => {
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
        Command::Tenant(TenantCommand::Create(args)) => {
            let config = Config::load(file)?;
            config.check_operator()?;
            let slug = args.slug.clone();
            operator::tenant(&config, args).await?;
            print_line(&format!("added {slug}"));
            Ok(())
        }
        Command::Tenant(TenantCommand::SecondAdmin(SecondAdminArgs { tenant, required })) => {
            let config = Config::load(file)?;
            config.check_operator()?;
            operator::second_admin(&config, &tenant, required).await?;
            let does =
                if required { "waits for a second admin, as soon as there is one" } else { "has effect at once" };
            print_line(&format!("a grant of TENANT_ADMIN in {tenant} {does}"));
            Ok(())
        }
        Command::Member(MemberCommand::Grant(args)) => {
            let config = Config::load(file)?;
            config.check_operator()?;
            let text = format!("{} is {} in {}", args.name, args.role.as_str(), args.tenant);
            operator::member(&config, args).await?;
            print_line(&text);
            Ok(())
        }
    }
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
fn fail(problem: &str) -> ExitCode {
    eprintln!("verbund: {problem}");
    ExitCode::FAILURE
}
