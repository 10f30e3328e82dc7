//! Calendars of others: what is known of the file that an entry was taken over from, and the addresses from which whole
//! calendars are fetched. What is due is found by functions that see past the walls and tell nothing but ids.

use sea_orm_migration::prelude::*;

use crate::ddl::{one_of, run, run_on_postgres};
use crate::rls::{RlsPolicy, drop_rls_policy, rls_policy};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// What an entry says since then.
const COLUMNS: [&str; 3] = ["source_sequence integer", "source_modified {instant}", "source_digest text"];

const DUE: &str = "CREATE FUNCTION verbund_calendar_scopes(the_tenant uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT id FROM scope WHERE tenant_id = the_tenant AND area = 'CALENDARS' $$
;;
CREATE FUNCTION verbund_external_due(at timestamptz, most integer)
RETURNS TABLE (id uuid, tenant_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT e.id, e.tenant_id FROM external_calendar e WHERE e.next_fetch_at <= at
      ORDER BY e.next_fetch_at, e.id LIMIT most $$
;;
CREATE FUNCTION verbund_series_due(known_until timestamptz, most integer)
RETURNS TABLE (id uuid, tenant_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT e.id, e.tenant_id FROM calendar_entry e WHERE e.expanded_until < known_until
      ORDER BY e.expanded_until LIMIT most $$";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in COLUMNS {
            run(manager, &format!("ALTER TABLE calendar_entry ADD COLUMN {column}")).await?;
        }
        let outcome = one_of(
            "external_calendar",
            "outcome",
            &[
                "CHANGED",
                "UNCHANGED",
                "ADDRESS_REFUSED",
                "UNREACHABLE",
                "TOO_SLOW",
                "TOO_LARGE",
                "TOO_MANY_REDIRECTS",
                "HTTP_STATUS",
                "NOT_A_CALENDAR",
                "CALENDAR_ARCHIVED",
            ],
        );
        run(
            manager,
            &format!(
                "ALTER TABLE calendar ADD COLUMN external boolean NOT NULL DEFAULT false
;;
CREATE INDEX calendar_entry_expanded_idx ON calendar_entry (expanded_until) WHERE expanded_until IS NOT NULL
;;
CREATE TABLE external_calendar (
    id {{uuid}} NOT NULL CONSTRAINT external_calendar_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT external_calendar_scope_fk REFERENCES scope (id),
    calendar_id {{uuid}} NOT NULL CONSTRAINT external_calendar_calendar_key UNIQUE,
    url text NOT NULL,
    refresh_minutes integer NOT NULL,
    etag text,
    last_modified text,
    fetched_at {{instant}},
    outcome text,
    detail text,
    failures integer NOT NULL,
    next_fetch_at {{instant}} NOT NULL,
    version integer NOT NULL,
    created_at {{instant}} NOT NULL,
    updated_at {{instant}} NOT NULL,
    {outcome},
    CONSTRAINT external_calendar_tenant_key UNIQUE (tenant_id, id),
    CONSTRAINT external_calendar_calendar_fk FOREIGN KEY (tenant_id, calendar_id) REFERENCES calendar (tenant_id, id)
)
;;
CREATE INDEX external_calendar_due_idx ON external_calendar (next_fetch_at)
;;
CREATE INDEX external_calendar_scope_idx ON external_calendar (scope_id, created_at, id)"
            ),
        )
        .await?;
        run_on_postgres(manager, &rls_policy("external_calendar", RlsPolicy::Content)).await?;
        run_on_postgres(manager, DUE).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run_on_postgres(
            manager,
            "DROP FUNCTION verbund_series_due(timestamptz, integer)
;;
DROP FUNCTION verbund_external_due(timestamptz, integer)
;;
DROP FUNCTION verbund_calendar_scopes(uuid)",
        )
        .await?;
        run_on_postgres(manager, &drop_rls_policy("external_calendar")).await?;
        run(
            manager,
            "DROP TABLE external_calendar
;;
DROP INDEX calendar_entry_expanded_idx
;;
ALTER TABLE calendar DROP COLUMN external",
        )
        .await?;
        for column in COLUMNS {
            let name = column.split(' ').next().unwrap_or(column);
            run(manager, &format!("ALTER TABLE calendar_entry DROP COLUMN {name}")).await?;
        }
        Ok(())
    }
}
