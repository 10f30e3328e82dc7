//! Names are unique among the rows that whoever writes them can see: titles within a field of work, calendars of a project
//! within the project, reference numbers within the project. A wider constraint would tell of rows out of sight.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::ddl::run;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// A unique name: table, constraint, column, and what the name is unique in beside the authority.
const NAMES: [(&str, &str, &str, &str); 4] = [
    ("calendar", "calendar_name_key", "name", "coalesce(project_id, field_of_work_id, {none})"),
    ("dataset", "dataset_title_key", "title", "coalesce(field_of_work_id, {none})"),
    ("project", "project_title_key", "title", "coalesce(field_of_work_id, {none})"),
    ("funding", "funding_reference_key", "reference_number", "project_id"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let none = match manager.get_database_backend() {
            DbBackend::Postgres => "'00000000-0000-0000-0000-000000000000'::uuid",
            _ => "x'00000000000000000000000000000000'",
        };
        for (table, constraint, column, within) in NAMES {
            drop_unique(manager, table, constraint, column).await?;
            let within = within.replace("{none}", none);
            let index = format!("CREATE UNIQUE INDEX {constraint} ON {table} (tenant_id, {within}, {column})");
            run(manager, &index).await?;
        }
        Ok(())
    }

    /// Fails where a name is there twice by now.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, constraint, column, _) in NAMES {
            run(manager, &format!("DROP INDEX {constraint}")).await?;
            add_unique(manager, table, constraint, column).await?;
        }
        Ok(())
    }
}

async fn drop_unique(manager: &SchemaManager<'_>, table: &str, constraint: &str, column: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Postgres {
        return run(manager, &format!("ALTER TABLE {table} DROP CONSTRAINT {constraint}")).await;
    }
    let (before, after) = definitions(table, constraint, column);
    rebuild(manager, table, &before, &after).await
}

async fn add_unique(manager: &SchemaManager<'_>, table: &str, constraint: &str, column: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Postgres {
        let sql = format!("ALTER TABLE {table} ADD CONSTRAINT {constraint} UNIQUE (tenant_id, {column})");
        return run(manager, &sql).await;
    }
    let (before, after) = definitions(table, constraint, column);
    rebuild(manager, table, &after, &before).await
}

/// The definition of a table around its unique name, with the constraint and without.
fn definitions(table: &str, constraint: &str, column: &str) -> (String, String) {
    let key = format!("CONSTRAINT {table}_tenant_key UNIQUE (tenant_id, id)");
    (format!("{key},\n    CONSTRAINT {constraint} UNIQUE (tenant_id, {column})"), key)
}

/// Makes a table anew on SQLite, which drops no constraint in place, with `from` in its definition replaced by `to`. The
/// table keeps its name: what refers to it is checked at the end of the transaction, when its rows are there again.
async fn rebuild(manager: &SchemaManager<'_>, table: &str, from: &str, to: &str) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let texts = |sql: String| async move {
        let rows = db.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?;
        rows.iter().map(|row| row.try_get::<String>("", "sql")).collect::<Result<Vec<_>, _>>()
    };
    let definition = texts(format!("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = '{table}'")).await?;
    let definition = definition.first().filter(|it| it.contains(from));
    let definition =
        definition.ok_or_else(|| DbErr::Custom(format!("the definition of {table} is not as expected")))?;
    let beside = texts(format!(
        "SELECT sql FROM sqlite_schema WHERE tbl_name = '{table}' AND type IN ('index', 'trigger') AND sql IS NOT NULL \
         ORDER BY rowid"
    ))
    .await?;
    db.execute_unprepared("PRAGMA defer_foreign_keys = ON").await?;
    db.execute_unprepared(&format!("CREATE TEMP TABLE kept_rows AS SELECT * FROM {table}")).await?;
    db.execute_unprepared(&format!("DROP TABLE {table}")).await?;
    db.execute_unprepared(&definition.replacen(from, to, 1)).await?;
    db.execute_unprepared(&format!("INSERT INTO {table} SELECT * FROM temp.kept_rows")).await?;
    db.execute_unprepared("DROP TABLE temp.kept_rows").await?;
    for sql in beside {
        db.execute_unprepared(&sql).await?;
    }
    Ok(())
}
