//! `demo`: everything in one folder, with real data and a token per role account.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use chrono::Duration;
use kernel::clock::Clock;

use crate::app::{App, DemoAccount, local_issuer};
use crate::auth::TokenRequest;
use crate::cli::{migrate, print_line, serve};
use crate::config::Config;
use crate::seed::Account;
use crate::{seed, telemetry};

/// Files that belong to a demo's folder and go with `--reset`.
const FILES: [&str; 6] =
    ["verbund.db", "verbund.db-wal", "verbund.db-shm", "verbund.db.migrate-lock", "issuer.key", FEED];
/// The folder of original files and of exports, as `Config::embedded` has it.
const FILES_OF_DATASETS: &str = "files";
/// Where the secret of the demo's feed stands: the store has only its hash.
const FEED: &str = "feed.secret";

/// How long the printed tokens are good.
const TOKEN_DAYS: i64 = 30;

pub(super) async fn run(
    folder: PathBuf,
    listen: Option<SocketAddr>,
    reset: bool,
    file: Option<&Path>,
) -> Result<(), String> {
    // Before anything is touched: a wrong setting must not cost the folder.
    let mut config = Config::demo(&folder, file)?;
    if let Some(listen) = listen {
        config.http.listen = listen;
    }
    config.check()?;
    if reset {
        remove(&folder)?;
    }
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    telemetry::start(&config.log)?;
    migrate(&config).await?;
    let feed = folder.join(FEED);
    if let Some(secret) = seed::demo(&config, &Clock::System).await? {
        std::fs::write(&feed, secret).map_err(|error| format!("{}: {error}", feed.display()))?;
        print_line("the demo's data is loaded");
    } else {
        print_line("the demo's data is there already; --reset starts anew");
    }
    let accounts = accounts(&config)?;
    let app = App::build(config, Clock::System).await?.with_accounts(accounts.clone());
    let address = app.address()?;
    introduce(&accounts, address);
    subscribe(&feed, address);
    // Listened for before it is promised: who reads the line may stop it at once.
    let stop = serve::stop_signal()?;
    print_line(&format!("\nlistening on http://{address} (stop with Ctrl-C)"));
    app.run_until(stop).await
}

fn remove(folder: &Path) -> Result<(), String> {
    for file in FILES {
        let path = folder.join(file);
        match std::fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(format!("{}: {error}", path.display())),
        }
    }
    let files = folder.join(FILES_OF_DATASETS);
    match std::fs::remove_dir_all(&files) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(format!("{}: {error}", files.display())),
    }
    Ok(())
}

/// The role accounts, each with a token.
fn accounts(config: &Config) -> Result<Vec<DemoAccount>, String> {
    let issuer = local_issuer(config)?;
    let now = Clock::System.now();
    let account = |account: Account| {
        let request = TokenRequest { subject: account.subject.clone(), lifetime: Duration::days(TOKEN_DAYS) };
        let token = issuer.token(&request, now)?;
        let says = (&account.says).into();
        Ok(DemoAccount { subject: account.subject, says, authorities: account.authorities, token })
    };
    seed::accounts().into_iter().map(account).collect()
}

/// Prints a token per role account and a first request.
fn introduce(accounts: &[DemoAccount], address: SocketAddr) {
    print_line(&format!("\nOne token per role account, good for {TOKEN_DAYS} days:\n"));
    for account in accounts {
        print_line(&format!("{} ({})\n  {}\n", account.subject, account.says.en, account.token));
    }
    let planner = accounts.iter().find(|it| it.subject == "planner@kaufbeuren").map_or("", |it| &it.token);
    let query = "{ calendarEntries(between: {start: \\\"2027-03-01T00:00:00Z\\\", end: \\\"2027-04-01T00:00:00Z\\\"}, first: 100) \
                 { nodes { __typename id start end tenant { slug } calendar { name } \
                 ... on CalendarEntrySummary { title status } \
                 ... on CalendarEntryFull { title status confidentiality place { name } } } } }";
    print_line(
        "March 2027 as the planner of Kaufbeuren sees it: own entries in full, Ostallgäu's as far as they are shared:\n",
    );
    print_line(&format!(
        "curl -sS http://{address}/graphql -H 'Content-Type: application/json' -H 'Authorization: Bearer {planner}' \
         -d '{{\"query\":\"{query}\"}}'"
    ));
    print_line(&format!("\nOr in a browser, with every role account in a menu: http://{address}/"));
}

/// Prints the address of the demo's feed, for a calendar program.
fn subscribe(feed: &Path, address: SocketAddr) {
    if let Ok(secret) = std::fs::read_to_string(feed) {
        print_line(&format!(
            "\nThe calendars of the planner of Kaufbeuren, for a calendar program to subscribe to:\n\n\
             http://{address}/feeds/{secret}.ics\n\n\
             The same over CalDAV: http://{address}/caldav/ with any user name and {secret} as the password"
        ));
    }
}
