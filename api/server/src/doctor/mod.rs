//! What may be wrong with an installation, one check after the other. It only looks; it changes nothing.

mod database;
mod environment;

use domain::operator::render;
use kernel::clock::Clock;
use secrecy::ExposeSecret as _;
use serde::Serialize;
use store::{DatabaseSettings, Engine, Store};

use crate::config::Config;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// It works, and somebody should look at it.
    Warn,
    /// It does not work, or is not safe.
    Fail,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// How it ended.
    pub verdict: Verdict,
    /// Its name; the names are a contract.
    pub name: &'static str,
    /// What was found, and what to do about it.
    pub text: String,
}

impl Verdict {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "FAIL",
        }
    }
}

impl Check {
    /// All is well.
    pub fn ok(name: &'static str, text: impl Into<String>) -> Self {
        Self { verdict: Verdict::Ok, name, text: text.into() }
    }

    /// Somebody should look at it.
    pub fn warn(name: &'static str, text: impl Into<String>) -> Self {
        Self { verdict: Verdict::Warn, name, text: text.into() }
    }

    /// It does not work.
    pub fn fail(name: &'static str, text: impl Into<String>) -> Self {
        Self { verdict: Verdict::Fail, name, text: text.into() }
    }

    /// The check as a line for people.
    pub fn line(&self) -> String {
        // Some problems come in several lines.
        let text: Vec<_> = self.text.split_whitespace().collect();
        format!("{:<4}  {:<13}  {}", self.verdict.word(), self.name, text.join(" "))
    }
}

/// Makes every check that the checks before it leave possible.
pub async fn examine(config: &Config, clock: &Clock) -> Vec<Check> {
    let mut checks = vec![configuration(config)];
    checks.push(environment::network(config));
    checks.push(environment::local_issuer(config));
    checks.extend(environment::issuers(config).await);
    match reach(config).await {
        Err(check) => checks.push(check),
        Ok(store) => {
            checks.push(Check::ok("database", format!("it answers: {}", config.database.shown())));
            checks.extend(of_database(config, clock, &store).await);
            store.close().await;
        }
    }
    checks
}

async fn of_database(config: &Config, clock: &Clock, store: &Store) -> Vec<Check> {
    let db = store.unscoped();
    let mut checks = vec![database::version(&db).await];
    let migrations = database::migrations(&db).await;
    let complete = migrations.verdict == Verdict::Ok;
    checks.push(migrations);
    if store.engine() == Engine::Postgres {
        checks.push(database::role(&db, &config.database.app_role).await);
        checks.push(database::row_level_security(&db).await);
        checks.push(database::clock(&db, clock).await);
    }
    // What follows reads tables.
    if complete {
        checks.extend(environment::issuer_tenants(config, &db).await);
        checks.push(environment::time_zones(&db).await);
        checks.push(environment::holidays(&db, clock).await);
    }
    checks
}

fn configuration(config: &Config) -> Check {
    match config.check() {
        Ok(()) => Check::ok("configuration", "every value is in its bounds"),
        Err(problems) => Check::fail("configuration", format!("{problems} (`verbund config` is the reference)")),
    }
}

/// Connects as `serve` does, with fewer connections.
async fn reach(config: &Config) -> Result<Store, Check> {
    let failed = |text: String| Check::fail("database", text);
    let url = config.database.url().map_err(failed)?.expose_secret().to_owned();
    if url.is_empty() {
        return Err(failed("database.url is empty: set it, or DATABASE_URL, or database.url_file".to_owned()));
    }
    // Connecting would make an empty one.
    if let Some(path) = url.strip_prefix("sqlite://").and_then(|it| it.split('?').next())
        && !std::path::Path::new(path).exists()
    {
        return Err(failed(format!("there is no {path}: run `verbund migrate`")));
    }
    let settings = DatabaseSettings { url, max_connections: 1 };
    Store::connect(&settings).await.map_err(|error| {
        let (shown, reason) = (config.database.shown(), render(&error));
        failed(format!("{shown}: {reason}: look at the server, the network, and role and password in database.url"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_is_one_line() {
        let check = Check::fail("configuration", "configuration:\n  one\n  two");
        assert_eq!(check.line(), "FAIL  configuration  configuration: one two");
        assert_eq!(serde_json::to_value(&check).unwrap()["verdict"], "fail");
    }

    #[tokio::test]
    async fn without_a_database_the_rest_is_still_looked_at() {
        let config = Config::embedded(std::path::Path::new("/nowhere-at-all")).unwrap();
        let checks = examine(&config, &Clock::System).await;
        let found: Vec<_> = checks.iter().map(|it| (it.verdict, it.name)).collect();
        let expected = [
            (Verdict::Ok, "configuration"),
            (Verdict::Ok, "network"),
            (Verdict::Warn, "local-issuer"),
            (Verdict::Fail, "database"),
        ];
        assert_eq!(found, expected, "{checks:?}");
    }
}
