//! Series of calendar entries: their rule stands in the entry, their dates in `calendar_occurrence`, so that a window of
//! the agenda is read from an index and no series is computed while reading. A date that was changed by itself is an entry
//! that names its series. A date has the scope of its series always: a trigger sees to it.
//!
//! SQLite cannot add a constraint of two columns to a table; there nothing but the code sees to `series_id`.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::ddl::{one_of, run, run_on_postgres};
use crate::rls::{RlsPolicy, drop_rls_policy, rls_policy};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const POSTGRES: &str = "ALTER TABLE calendar_entry ADD COLUMN series_id uuid
;;
ALTER TABLE calendar_entry ADD CONSTRAINT calendar_entry_series_fk
    FOREIGN KEY (tenant_id, series_id) REFERENCES calendar_entry (tenant_id, id)
;;
CREATE FUNCTION verbund_occurrence_scope() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    UPDATE calendar_occurrence SET scope_id = NEW.scope_id WHERE entry_id = NEW.id;
    RETURN NULL;
END
$$
;;
CREATE TRIGGER calendar_occurrence_scope AFTER UPDATE OF scope_id ON calendar_entry FOR EACH ROW
    WHEN (NEW.expanded_until IS NOT NULL AND OLD.scope_id <> NEW.scope_id) EXECUTE FUNCTION verbund_occurrence_scope()";

const SQLITE: &str = "ALTER TABLE calendar_entry ADD COLUMN series_id blob
;;
CREATE TRIGGER calendar_occurrence_scope AFTER UPDATE OF scope_id ON calendar_entry
WHEN NEW.expanded_until IS NOT NULL AND OLD.scope_id <> NEW.scope_id
BEGIN
    UPDATE calendar_occurrence SET scope_id = NEW.scope_id WHERE entry_id = NEW.id;
END";

/// What an entry says since then, beside its series.
const COLUMNS: [&str; 11] = [
    "recurrence_rule text",
    "extra_dates text",
    "except_dates text",
    "expanded_until {instant}",
    "series_date {local}",
    "uid text",
    "speakers text",
    "responsible_office text",
    "audiences text",
    "cost text",
    "pillar text",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let pillars = ["TRANSITIONS", "NETWORKING", "NO_TALENT_LOST", "CIVIL_SOCIETY", "DEMOGRAPHIC_CHANGE"];
        for column in COLUMNS {
            let check = if column.starts_with("pillar") {
                format!(" {}", one_of("calendar_entry", "pillar", &pillars))
            } else {
                String::new()
            };
            run(manager, &format!("ALTER TABLE calendar_entry ADD COLUMN {column}{check}")).await?;
        }
        run(
            manager,
            "CREATE TABLE calendar_occurrence (
    id {uuid} NOT NULL CONSTRAINT calendar_occurrence_pkey PRIMARY KEY,
    tenant_id {uuid} NOT NULL,
    scope_id {uuid} NOT NULL CONSTRAINT calendar_occurrence_scope_fk REFERENCES scope (id),
    entry_id {uuid} NOT NULL,
    starts_local {local} NOT NULL,
    ends_local {local} NOT NULL,
    starts_at {instant} NOT NULL,
    ends_at {instant} NOT NULL,
    CONSTRAINT calendar_occurrence_tenant_key UNIQUE (tenant_id, id),
    CONSTRAINT calendar_occurrence_date_key UNIQUE (entry_id, starts_local),
    CONSTRAINT calendar_occurrence_entry_fk FOREIGN KEY (tenant_id, entry_id) REFERENCES calendar_entry (tenant_id, id)
)
;;
CREATE INDEX calendar_occurrence_scope_idx ON calendar_occurrence (scope_id, starts_at, ends_at, id)",
        )
        .await?;
        run(manager, if manager.get_database_backend() == DbBackend::Postgres { POSTGRES } else { SQLITE }).await?;
        run(
            manager,
            "CREATE UNIQUE INDEX calendar_entry_series_key ON calendar_entry (series_id, series_date)
;;
CREATE UNIQUE INDEX calendar_entry_uid_key ON calendar_entry (calendar_id, uid) WHERE series_id IS NULL",
        )
        .await?;
        run_on_postgres(manager, &rls_policy("calendar_occurrence", RlsPolicy::Content)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run_on_postgres(manager, &drop_rls_policy("calendar_occurrence")).await?;
        let trigger = if manager.get_database_backend() == DbBackend::Postgres {
            "DROP TRIGGER calendar_occurrence_scope ON calendar_entry
;;
DROP FUNCTION verbund_occurrence_scope()"
        } else {
            "DROP TRIGGER calendar_occurrence_scope"
        };
        run(manager, trigger).await?;
        run(
            manager,
            "DROP INDEX calendar_entry_uid_key
;;
DROP INDEX calendar_entry_series_key
;;
DROP TABLE calendar_occurrence",
        )
        .await?;
        run_on_postgres(manager, "ALTER TABLE calendar_entry DROP CONSTRAINT calendar_entry_series_fk").await?;
        for column in COLUMNS {
            let name = column.split(' ').next().unwrap_or(column);
            run(manager, &format!("ALTER TABLE calendar_entry DROP COLUMN {name}")).await?;
        }
        run(manager, "ALTER TABLE calendar_entry DROP COLUMN series_id").await
    }
}
