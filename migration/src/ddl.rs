//! One text per statement for both databases: `{…}` stands for a type or for JSON building.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

/// Runs the statements of `sql`, separated by a line with only `;;`, in the dialect of the connection.
pub(crate) async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    let backend = manager.get_database_backend();
    for statement in sql.split("\n;;").map(str::trim).filter(|it| !it.is_empty()) {
        manager.get_connection().execute_unprepared(&render(backend, statement)).await?;
    }
    Ok(())
}

/// Runs `sql` on PostgreSQL only.
pub(crate) async fn run_on_postgres(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Postgres {
        run(manager, sql).await?;
    }
    Ok(())
}

/// Replaces the type names. Dates and times are text on SQLite (RFC 3339, UTC), ids are 16 bytes.
pub(crate) fn render(backend: DbBackend, sql: &str) -> String {
    let types: [(&str, &str, &str); 6] = [
        ("{uuid}", "uuid", "blob"),
        ("{instant}", "timestamptz", "text"),
        ("{local}", "timestamp", "text"),
        ("{date}", "date", "text"),
        ("{json}", "jsonb", "text"),
        ("{double}", "double precision", "real"),
    ];
    let mut text = sql.to_owned();
    for (token, postgres, sqlite) in types {
        let name = if backend == DbBackend::Postgres { postgres } else { sqlite };
        text = text.replace(token, name);
    }
    text
}

/// `CHECK` that a text column holds one of a closed set.
pub(crate) fn one_of(table: &str, column: &str, values: &[&str]) -> String {
    format!("CONSTRAINT {table}_{column}_check CHECK ({column} IN ('{}'))", values.join("', '"))
}
