//! Applying the migrations, one process at a time.

use std::collections::BTreeSet;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

use crate::Migrator;

/// The advisory lock that keeps two replicas from migrating at once ("verbund" in ASCII).
const LOCK: i64 = 0x0076_6572_6275_6e64;

/// What a run of [`migrate`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Names of the migrations that were applied now, in order.
    pub applied: Vec<String>,
}

/// Applies what is pending, under a lock, and gives the application role its rights on PostgreSQL.
///
/// `url` belongs to the owner of the schema. On SQLite a lock file beside the database keeps a second process waiting.
///
/// # Errors
/// The database cannot be reached, a migration fails (its transaction is rolled back), or the role does not exist.
pub async fn migrate(url: &str, app_role: &str) -> Result<Outcome, DbErr> {
    let path = url.to_owned();
    // Waiting for the lock blocks, which must not hold up the one who has it.
    let waiting = tokio::task::spawn_blocking(move || lock_file(&path));
    let _file = waiting.await.map_err(|error| DbErr::Custom(error.to_string()))??;
    let db = connect(url).await?;
    let postgres = db.get_database_backend() == DbBackend::Postgres;
    if postgres {
        db.execute_unprepared(&format!("SELECT pg_advisory_lock({LOCK})")).await?;
    }
    let outcome = apply(&db, app_role).await;
    if postgres {
        db.execute_unprepared(&format!("SELECT pg_advisory_unlock({LOCK})")).await?;
    }
    db.close().await?;
    outcome
}

async fn apply(db: &DatabaseConnection, app_role: &str) -> Result<Outcome, DbErr> {
    let applied = Migrator::get_pending_migrations(db).await?.iter().map(|it| it.name().to_owned()).collect();
    Migrator::up(db, None).await?;
    if db.get_database_backend() == DbBackend::Postgres {
        grant(db, app_role).await?;
    }
    Ok(Outcome { applied })
}

/// Rights of the application role: rows of every table, as far as row-level security lets it; no say over the schema.
async fn grant(db: &DatabaseConnection, app_role: &str) -> Result<(), DbErr> {
    if !app_role.chars().all(|it| it.is_ascii_alphanumeric() || it == '_') || app_role.is_empty() {
        return Err(DbErr::Custom(format!("database.app_role {app_role:?} is no plain role name")));
    }
    for statement in [
        format!("GRANT USAGE ON SCHEMA public TO {app_role}"),
        format!("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app_role}"),
        format!(
            "REVOKE INSERT, UPDATE, DELETE ON tenant, region, holiday, indicator, seaql_migrations FROM {app_role}"
        ),
        // What an authority says of itself; neither its short name nor its status.
        format!(
            "GRANT UPDATE (legal_name, kind, ags, time_zone, assumption_day, website, version, updated_at) \
             ON tenant TO {app_role}"
        ),
        format!("GRANT USAGE ON SCHEMA ds TO {app_role}"),
        "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC".to_owned(),
        format!(
            "GRANT EXECUTE ON FUNCTION verbund_facts(text, text), verbund_person(text, text), verbund_outbox_end(), \
             verbund_calendar_scopes(uuid), verbund_external_due(timestamptz, integer), \
             verbund_series_due(timestamptz, integer), verbund_feed(text), verbund_table_create(uuid, text), \
             verbund_table_seal(uuid, integer[]), verbund_table_drop(uuid), verbund_imports_due(timestamptz, integer), \
             verbund_dataset_scopes(uuid), verbund_ticket(text), verbund_dataset_withdrawn(uuid), \
             verbund_project_scopes(uuid), verbund_obligations_due(date, integer), verbund_reopened_rounds() TO {app_role}"
        ),
    ] {
        db.execute_unprepared(&statement).await?;
    }
    Ok(())
}

/// Names of the migrations that are not applied yet. Reads only, so the application role may ask. Migrations that this
/// program does not know are no problem of its own: a newer one is being rolled out beside it.
///
/// # Errors
/// The database cannot be reached.
pub async fn pending(db: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let backend = db.get_database_backend();
    let exists = if backend == DbBackend::Postgres {
        "SELECT 1 WHERE to_regclass('seaql_migrations') IS NOT NULL"
    } else {
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'seaql_migrations'"
    };
    let mut applied = BTreeSet::new();
    if db.query_one_raw(Statement::from_string(backend, exists)).await?.is_some() {
        let versions = Statement::from_string(backend, "SELECT version FROM seaql_migrations");
        for row in db.query_all_raw(versions).await? {
            applied.insert(row.try_get::<String>("", "version")?);
        }
    }
    let known = Migrator::migrations();
    Ok(known.iter().map(|it| it.name().to_owned()).filter(|it| !applied.contains(it)).collect())
}

/// Name of the last migration that this program knows.
pub fn latest() -> String {
    Migrator::migrations().last().map(|it| it.name().to_owned()).unwrap_or_default()
}

/// Why the connected role must not serve requests: it could pass row-level security by. Empty = it may. PostgreSQL only.
///
/// # Errors
/// The database cannot be reached.
pub async fn role_problems(db: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let checks = [
        ("SELECT 1 FROM pg_roles WHERE rolname = current_user AND rolsuper", "it is a superuser"),
        ("SELECT 1 FROM pg_roles WHERE rolname = current_user AND rolbypassrls", "it bypasses row-level security"),
        (
            "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE n.nspname IN ('public', 'ds') AND c.relkind IN ('r', 'p')
               AND pg_has_role(current_user, c.relowner, 'MEMBER') LIMIT 1",
            "it owns tables, or is a member of the role that does",
        ),
        (
            "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
               AND EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'scope_id')
               AND NOT (c.relrowsecurity AND c.relforcerowsecurity) LIMIT 1",
            "a table with an owner has no forced row-level security",
        ),
        (
            "SELECT 1 FROM pg_class c
             WHERE c.relnamespace = to_regnamespace('ds') AND c.relkind IN ('r', 'p')
               AND NOT (c.relrowsecurity AND c.relforcerowsecurity) LIMIT 1",
            "a table of figures has no forced row-level security",
        ),
    ];
    let mut problems = Vec::new();
    for (sql, problem) in checks {
        if db.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await?.is_some() {
            problems.push(problem.to_owned());
        }
    }
    Ok(problems)
}

/// Tables with an owner that row-level security does not guard as the migrations made it, in words. Empty = all do.
/// PostgreSQL only; reads the catalogue, so the application role may ask.
///
/// # Errors
/// The database cannot be reached.
pub async fn wall_problems(db: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let sql = "SELECT c.relname || ' ' || CASE
                   WHEN NOT c.relrowsecurity THEN 'has no row-level security'
                   WHEN NOT c.relforcerowsecurity THEN 'does not force row-level security'
                   ELSE 'lacks policies of row-level security' END AS problem
               FROM pg_class c
               WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
                 AND (c.relname IN ('person', 'tenant') OR EXISTS (
                     SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND NOT a.attisdropped
                       AND a.attname IN ('tenant_id', 'scope_id', 'person_id')))
                 AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND (
                     SELECT count(DISTINCT p.polcmd) FROM pg_policy p
                     WHERE p.polrelid = c.oid AND p.polcmd IN ('r', 'a', 'w', 'd')) = 4)
               UNION ALL
               SELECT 'ds.' || c.relname || ' ' || CASE
                   WHEN c.relrowsecurity AND c.relforcerowsecurity THEN 'lacks the wall of its content'
                   ELSE 'does not force row-level security' END
               FROM pg_class c
               WHERE c.relnamespace = to_regnamespace('ds') AND c.relkind IN ('r', 'p')
                 AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (
                     SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polcmd = 'r'))
               ORDER BY 1";
    let rows = db.query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
    rows.iter().map(|row| row.try_get("", "problem")).collect()
}

/// Takes the last `steps` migrations back; for tests of the migrations and for operators in need.
///
/// # Errors
/// The database cannot be reached or a step fails.
pub async fn down(url: &str, steps: u32) -> Result<(), DbErr> {
    let db = connect(url).await?;
    Migrator::down(&db, Some(steps)).await?;
    db.close().await
}

/// One connection, so that the advisory lock and the migrations share a session.
async fn connect(url: &str) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url.to_owned());
    options.max_connections(1).min_connections(1).sqlx_logging(false);
    Database::connect(options).await
}

/// On SQLite: a lock file beside the database, held until dropped.
fn lock_file(url: &str) -> Result<Option<std::fs::File>, DbErr> {
    let Some(path) = url.strip_prefix("sqlite://") else { return Ok(None) };
    let path = format!("{}.migrate-lock", path.split('?').next().unwrap_or(path));
    let failed = |error: std::io::Error| DbErr::Custom(format!("cannot lock {path}: {error}"));
    let file = std::fs::File::create(&path).map_err(failed)?;
    file.lock().map_err(failed)?;
    Ok(Some(file))
}
