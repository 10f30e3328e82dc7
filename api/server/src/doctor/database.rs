//! Checks of the database itself.

use chrono::{DateTime, Utc};
use kernel::clock::Clock;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, DbErr, QueryResult, Statement, TryGetable};

use crate::doctor::Check;

/// The oldest PostgreSQL that has what the migrations use.
const OLDEST: i32 = 15;

/// Clocks that differ by more make tokens and shares begin and end at other times than people expect, in seconds.
const NOTICEABLE: f64 = 2.0;
const TOO_MUCH: f64 = 30.0;

/// The first column of the first row.
pub(super) async fn first<T: TryGetable>(db: &DatabaseConnection, sql: &str) -> Result<Option<T>, DbErr> {
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    row.map(|it: QueryResult| it.try_get_by_index(0)).transpose()
}

/// A check that the database did not answer.
pub(super) fn unanswered(name: &'static str, error: &DbErr) -> Check {
    Check::fail(name, format!("the database does not tell: {error}"))
}

pub(super) async fn version(db: &DatabaseConnection) -> Check {
    const NAME: &str = "engine";
    if db.get_database_backend() != DbBackend::Postgres {
        return match first::<String>(db, "SELECT sqlite_version()").await {
            Ok(version) => Check::ok(NAME, format!("SQLite {}", version.unwrap_or_default())),
            Err(error) => unanswered(NAME, &error),
        };
    }
    match first::<i32>(db, "SELECT current_setting('server_version_num')::int4").await {
        Ok(number) => match number.unwrap_or_default() / 10_000 {
            major if major >= OLDEST => Check::ok(NAME, format!("PostgreSQL {major}")),
            major => Check::fail(NAME, format!("PostgreSQL {major}: upgrade it to {OLDEST} or newer")),
        },
        Err(error) => unanswered(NAME, &error),
    }
}

pub(super) async fn migrations(db: &DatabaseConnection) -> Check {
    const NAME: &str = "migrations";
    match migration::pending(db).await {
        Ok(pending) => match pending.first() {
            None => Check::ok(NAME, "none is pending"),
            Some(next) => Check::fail(
                NAME,
                format!("{} pending, next {next}: run `verbund migrate` with the owner's URL", pending.len()),
            ),
        },
        Err(error) => unanswered(NAME, &error),
    }
}

pub(super) async fn role(db: &DatabaseConnection, expected: &str) -> Check {
    const NAME: &str = "role";
    let found = async {
        let name: Option<String> = first(db, "SELECT current_user::text").await?;
        Ok::<_, DbErr>((name.unwrap_or_default(), migration::role_problems(db).await?))
    };
    match found.await {
        Err(error) => unanswered(NAME, &error),
        Ok((name, problems)) if !problems.is_empty() => Check::fail(
            NAME,
            format!("{name} must not serve: {}. Use the role of deploy/postgres/roles.sql", problems.join("; ")),
        ),
        Ok((name, _)) if name != expected => Check::warn(
            NAME,
            format!(
                "{name} serves, but `verbund migrate` gives rights to database.app_role = {expected}: make them equal"
            ),
        ),
        Ok((name, _)) => Check::ok(NAME, format!("{name} owns nothing and is bound by row-level security")),
    }
}

pub(super) async fn row_level_security(db: &DatabaseConnection) -> Check {
    const NAME: &str = "walls";
    match migration::wall_problems(db).await {
        Err(error) => unanswered(NAME, &error),
        Ok(problems) if problems.is_empty() => Check::ok(NAME, "row-level security is forced on every owned table"),
        Ok(problems) => Check::fail(
            NAME,
            format!(
                "{}. Stop serving, find out who changed the schema, and put it back as the migrations made it",
                problems.join("; ")
            ),
        ),
    }
}

pub(super) async fn clock(db: &DatabaseConnection, clock: &Clock) -> Check {
    let before = clock.now();
    match first::<f64>(db, "SELECT extract(epoch FROM clock_timestamp())::float8").await {
        Err(error) => unanswered("clock", &error),
        Ok(theirs) => apart(theirs.unwrap_or_default(), before, clock.now()),
    }
}

/// How far `theirs` lies outside the time in which it was asked for.
fn apart(theirs: f64, before: DateTime<Utc>, after: DateTime<Utc>) -> Check {
    const NAME: &str = "clock";
    let seconds = |it: DateTime<Utc>| it.timestamp_micros() as f64 / 1e6;
    let apart = (seconds(before) - theirs).max(theirs - seconds(after)).max(0.0);
    let text = format!("the database's clock and this one are {apart:.1} s apart");
    if apart > TOO_MUCH {
        Check::fail(NAME, format!("{text}: synchronise both with NTP"))
    } else if apart > NOTICEABLE {
        Check::warn(NAME, format!("{text}: synchronise both with NTP"))
    } else {
        Check::ok(NAME, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn clocks_may_differ_a_little() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        let found = |theirs| apart(theirs, at(1_000), at(1_001)).verdict;
        assert_eq!(found(1_000.5), Verdict::Ok);
        assert_eq!(found(998.5), Verdict::Ok);
        assert_eq!(found(1_003.5), Verdict::Warn);
        assert_eq!(found(997.5), Verdict::Warn);
        assert_eq!(found(1_040.0), Verdict::Fail);
        assert_eq!(found(0.0), Verdict::Fail);
    }
}
