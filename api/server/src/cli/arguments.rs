//! Commands and options of the command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, ArgGroup, Args, Parser, Subcommand};
use clap_complete::Shell;
use entities::{RoleKey, TenantKind};

use crate::cli::{archive, dataset};
use crate::config::listen_address;

/// One GraphQL API for partner authorities in education management.
#[derive(Parser)]
#[command(name = "verbund", version, arg_required_else_help = true)]
pub(super) struct Cli {
    /// Configuration file (TOML). Defaults and every key: `verbund config`.
    #[arg(long, global = true)]
    pub config: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub(super) enum Command {
    /// Runs a complete demo: embedded database, real data, a token per role account.
    Demo(DemoArgs),
    /// Serves the API.
    Serve {
        /// Address and port, such as 0.0.0.0:8080 or localhost:8080; overrides http.listen.
        #[arg(long, value_parser = listen_address)]
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
    /// Prints the reference of the configuration, or the settings in effect.
    Config(ConfigArgs),
    /// Signs a token of the local issuer for a role account, which is made if it is missing.
    Token(TokenArgs),
    /// Authorities.
    #[command(subcommand)]
    Tenant(TenantCommand),
    /// Members of authorities.
    #[command(subcommand)]
    Member(MemberCommand),
    /// Prints a script that completes commands and options in a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
}

#[derive(Subcommand)]
pub(super) enum ImportCommand {
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
pub(super) enum ExportCommand {
    /// Everything of an authority into one file (api/archive/README.md has the format).
    Tenant(archive::ExportArgs),
}

#[derive(Args)]
pub(super) struct DemoArgs {
    /// Folder of database and key.
    #[arg(long, default_value = "./verbund-data")]
    pub data_dir: PathBuf,
    /// Address and port, such as 127.0.0.1:8081 or localhost:8081; overrides http.listen.
    #[arg(long, value_parser = listen_address)]
    pub listen: Option<SocketAddr>,
    /// Deletes the demo's data first.
    #[arg(long)]
    pub reset: bool,
}

#[derive(Args)]
pub(super) struct ConfigArgs {
    /// Prints every setting in effect and where it comes from: default, file, environment or option. Passwords are hidden.
    #[arg(long)]
    pub effective: bool,
    /// Prints JSON.
    #[arg(long, requires = "effective")]
    pub json: bool,
    /// Address and port, as `verbund serve` would be given them.
    #[arg(long, requires = "effective", value_parser = listen_address)]
    pub listen: Option<SocketAddr>,
}

#[derive(Args)]
pub(super) struct TokenArgs {
    /// Short name of the authority.
    #[arg(long)]
    pub tenant: String,
    /// The role.
    #[arg(long, ignore_case = true, value_parser = role())]
    pub role: RoleKey,
    /// How long it is good, in hours.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(i64).range(1..=8_760))]
    pub hours: i64,
    /// Folder of a demo whose database and key to use, instead of the configuration's.
    #[arg(long)]
    pub data_dir: Option<PathBuf>,
}

#[derive(Subcommand)]
pub(super) enum TenantCommand {
    /// Adds an authority.
    Create(TenantCreateArgs),
    /// Changes an authority. The short name stays.
    Update(TenantUpdateArgs),
    /// Says whether a grant of TENANT_ADMIN by an admin waits for a second admin, as it does from the start. What `member
    /// grant` gives never waits.
    SecondAdmin(SecondAdminArgs),
    /// Lists authorities by short name.
    List {
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Args)]
pub(super) struct TenantCreateArgs {
    /// Short name in addresses: lower-case letters, digits and hyphens.
    #[arg(long)]
    pub slug: String,
    /// Name as the authority signs.
    #[arg(long)]
    pub name: String,
    /// Kind of authority.
    #[arg(long, ignore_case = true, value_parser = kind())]
    pub kind: TenantKind,
    /// Official municipality key with its leading zero: 09762 for a district or a district-free city, 09777129 for a
    /// municipality.
    #[arg(long)]
    pub ags: Option<String>,
    /// IANA time zone.
    #[arg(long, default_value = "Europe/Berlin")]
    pub time_zone: String,
    /// Assumption Day (15 August) is a public holiday here.
    #[arg(long)]
    pub assumption_day: bool,
    /// Public website, with https:// or http://.
    #[arg(long)]
    pub website: Option<String>,
}

#[derive(Args)]
#[command(group(
    ArgGroup::new("change")
        .args(["name", "kind", "ags", "time_zone", "assumption_day", "website"])
        .required(true)
        .multiple(true)
))]
pub(super) struct TenantUpdateArgs {
    /// Short name of the authority.
    #[arg(long)]
    pub tenant: String,
    /// Name as the authority signs.
    #[arg(long)]
    pub name: Option<String>,
    /// Kind of authority.
    #[arg(long, ignore_case = true, value_parser = kind())]
    pub kind: Option<TenantKind>,
    /// Official municipality key with its leading zero; an empty one removes it.
    #[arg(long)]
    pub ags: Option<String>,
    /// IANA time zone.
    #[arg(long)]
    pub time_zone: Option<String>,
    /// Whether Assumption Day (15 August) is a public holiday here.
    #[arg(long)]
    pub assumption_day: Option<bool>,
    /// Public website, with https:// or http://; an empty one removes it.
    #[arg(long)]
    pub website: Option<String>,
}

#[derive(Args)]
pub(super) struct SecondAdminArgs {
    /// Short name of the authority.
    #[arg(long)]
    pub tenant: String,
    /// Whether a second admin is required, as soon as there is one.
    #[arg(long, action = ArgAction::Set)]
    pub required: bool,
}

#[derive(Subcommand)]
pub(super) enum MemberCommand {
    /// Gives an account a role in an authority: how the first admin comes in.
    Grant(MemberGrantArgs),
    /// Lists the members of an authority and their roles by name.
    List {
        /// Short name of the authority.
        #[arg(long)]
        tenant: String,
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
    /// Revokes a role. The last role of an admin without limits stays.
    Revoke(MemberRevokeArgs),
}

#[derive(Args)]
pub(super) struct MemberGrantArgs {
    /// Short name of the authority.
    #[arg(long)]
    pub tenant: String,
    /// `iss` of the account's identity provider: an address with https://.
    #[arg(long)]
    pub issuer: String,
    /// `sub` of the account there.
    #[arg(long)]
    pub subject: String,
    /// Name that the authority uses.
    #[arg(long)]
    pub name: String,
    /// Work e-mail address.
    #[arg(long)]
    pub email: Option<String>,
    /// The role.
    #[arg(long, ignore_case = true, value_parser = role())]
    pub role: RoleKey,
}

#[derive(Args)]
pub(super) struct MemberRevokeArgs {
    /// Id of the role as `verbund member list` prints it: rgr_…
    pub role: String,
    /// Short name of the authority.
    #[arg(long)]
    pub tenant: String,
    /// Reason, kept in the audit trail.
    #[arg(long)]
    pub reason: Option<String>,
}

/// A member of a closed set by its name in lower case with hyphens, or as in the schema.
fn member_of<T>(all: &'static [T], name: fn(T) -> &'static str) -> impl TypedValueParser<Value = T>
where
    T: Copy + Send + Sync + std::str::FromStr<Err = String> + 'static,
{
    let values = all.iter().map(|it| {
        let name = name(*it).to_ascii_lowercase();
        let hyphenated = name.replace('_', "-");
        let other = (name != hyphenated).then_some(name);
        PossibleValue::new(hyphenated).aliases(other)
    });
    PossibleValuesParser::new(values.collect::<Vec<_>>())
        .try_map(|text| text.to_ascii_uppercase().replace('-', "_").parse::<T>())
}

fn role() -> impl TypedValueParser<Value = RoleKey> {
    member_of(RoleKey::ALL, RoleKey::as_str)
}

fn kind() -> impl TypedValueParser<Value = TenantKind> {
    member_of(TenantKind::ALL, TenantKind::as_str)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::CommandFactory as _;
    use clap::error::ErrorKind;

    use super::*;
    use crate::cli::without_configuration;

    /// Every command that has none below it: the words that name it, and the command.
    fn leaves(command: &clap::Command, words: &[&str]) -> Vec<(Vec<String>, clap::Command)> {
        let mut found = Vec::new();
        for inner in command.get_subcommands().filter(|it| it.get_name() != "help") {
            let words: Vec<_> = words.iter().copied().chain([inner.get_name()]).collect();
            if inner.has_subcommands() {
                found.extend(leaves(inner, &words));
            } else {
                found.push((words.iter().map(|it| (*it).to_owned()).collect(), inner.clone()));
            }
        }
        found
    }

    fn kind_of(words: &[&str]) -> Option<(ErrorKind, String)> {
        let words = std::iter::once("verbund").chain(words.iter().copied());
        Cli::try_parse_from(words).err().map(|it| (it.kind(), it.to_string()))
    }

    #[test]
    fn unknown_options_are_refused_by_every_command_with_the_nearest_one() {
        let mut command = Cli::command();
        command.build();
        command.clone().debug_assert();
        let leaves = leaves(&command, &[]);
        assert!(leaves.len() > 15, "{}", leaves.len());
        for (path, leaf) in leaves {
            let path: Vec<_> = path.iter().map(String::as_str).collect();
            let with = |more: &str| kind_of(&[path.as_slice(), &[more]].concat());
            let (kind, said) = with("--no-such-option").expect("refused");
            assert_eq!(kind, ErrorKind::UnknownArgument, "{path:?}: {said}");
            for option in leaf.get_arguments().filter_map(|it| it.get_long()).filter(|it| *it != "help") {
                let (kind, said) = with(&format!("--{option}x")).expect("refused");
                assert_eq!(kind, ErrorKind::UnknownArgument, "{path:?}: {said}");
                assert!(said.contains(&format!("'--{option}'")), "{path:?}: {said}");
                if option != "config" {
                    // An option of a command is not swallowed before it.
                    let option = format!("--{option}");
                    let before: Vec<_> = [option.as_str(), "x"].into_iter().chain(path.iter().copied()).collect();
                    assert_eq!(kind_of(&before).expect("refused").0, ErrorKind::UnknownArgument, "{before:?}");
                }
            }
        }
    }

    /// Command lines, and whether the configuration has an effect on them: at least one for every command.
    const LINES: &[(&str, bool)] = &[
        ("demo", true),
        ("serve", true),
        ("migrate", true),
        ("healthcheck", true),
        ("healthcheck --url http://127.0.0.1:1", false),
        ("doctor", true),
        ("import reference", true),
        ("import holidays f", true),
        ("import calendar f --calendar c", true),
        ("import dataset f --tenant t --dataset d --profile p", true),
        ("import dataset f --propose --sheet s", false),
        ("import tenant f", true),
        ("export tenant t --out f", true),
        ("schema", false),
        ("config", false),
        ("config --effective --json --listen localhost:1", true),
        ("token --tenant t --role planner", true),
        ("token --tenant t --role planner --data-dir f", false),
        ("tenant create --slug s --name n --kind OTHER", true),
        ("tenant update --tenant s --name n", true),
        ("tenant second-admin --tenant t --required true", true),
        ("tenant list", true),
        ("member grant --tenant t --issuer i --subject s --name n --role TENANT_ADMIN", true),
        ("member list --tenant t", true),
        ("member revoke r --tenant t", true),
        ("completions bash", false),
    ];

    #[test]
    fn every_command_reads_the_configuration_or_says_why_not() {
        let mut command = Cli::command();
        command.build();
        let mut missing: BTreeSet<_> = leaves(&command, &[]).into_iter().map(|it| it.0.join(" ")).collect();
        for (line, reads) in LINES {
            let words: Vec<_> = line.split(' ').collect();
            let config = ["--config", "f"].as_slice();
            for words in [[config, words.as_slice()].concat(), [words.as_slice(), config].concat()] {
                let cli = Cli::try_parse_from(std::iter::once("verbund").chain(words));
                let cli = cli.unwrap_or_else(|it| panic!("{line}: {it}"));
                assert_eq!(cli.config, Some("f".into()), "{line}");
                assert_eq!(without_configuration(&cli.command).is_none(), *reads, "{line}");
            }
            missing.retain(|it| *line != it && !line.starts_with(&format!("{it} ")));
        }
        assert!(missing.is_empty(), "commands without a line: {missing:?}");
    }

    #[test]
    fn options_without_effect_are_refused() {
        for (line, kind) in [
            ("import dataset f --propose --tenant t", ErrorKind::ArgumentConflict),
            ("import dataset f --propose --dry-run", ErrorKind::ArgumentConflict),
            ("import dataset f --tenant t --dataset d --profile p --sheet s", ErrorKind::ArgumentConflict),
            ("import dataset f --sheet s", ErrorKind::MissingRequiredArgument),
            ("config --json", ErrorKind::MissingRequiredArgument),
            ("config --listen localhost:1", ErrorKind::MissingRequiredArgument),
            ("tenant update --tenant t", ErrorKind::MissingRequiredArgument),
            ("serve --listen nowhere", ErrorKind::ValueValidation),
            ("token --tenant t --role chief", ErrorKind::InvalidValue),
        ] {
            let words: Vec<_> = line.split(' ').collect();
            let (found, said) = kind_of(&words).expect("refused");
            assert_eq!(found, kind, "{line}: {said}");
        }
        let (_, said) = kind_of(&["token", "--tenant", "t", "--role", "chief"]).expect("refused");
        assert!(said.contains("tenant-admin") && said.contains("auditor"), "{said}");
    }

    #[test]
    fn members_of_closed_sets_have_their_names_in_the_help() {
        let mut command = Cli::command();
        for (path, names) in [(["member", "grant"], "tenant-admin"), (["tenant", "create"], "district-free-city")] {
            let mut inner = &mut command;
            for word in path {
                inner = inner.find_subcommand_mut(word).expect("a command");
            }
            let help = inner.render_long_help().to_string();
            assert!(help.contains(names), "{help}");
        }
        for (text, role) in [
            ("tenant-admin", RoleKey::TenantAdmin),
            ("TENANT_ADMIN", RoleKey::TenantAdmin),
            ("Viewer", RoleKey::Viewer),
        ] {
            let cli = Cli::try_parse_from(["verbund", "token", "--tenant", "t", "--role", text]).expect("a role");
            assert!(matches!(cli.command, Command::Token(args) if args.role == role), "{text}");
        }
    }
}
