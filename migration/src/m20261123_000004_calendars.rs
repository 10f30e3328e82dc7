//! Calendars and their entries.
//!
//! The index `(scope_id, starts_at, ends_at, id)` serves every list of entries: the scope is the audience, the rest
//! the window. A place may belong to another authority, so it is referred to by `id` alone.

use sea_orm_migration::prelude::*;

use crate::ddl::{one_of, run};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let how_far = ["INTERNAL", "PARTNER", "PUBLIC"];
        let calendar_confidentiality = one_of("calendar", "confidentiality", &how_far);
        let entry_confidentiality = one_of("calendar_entry", "confidentiality", &how_far);
        let kind = one_of(
            "calendar_entry",
            "kind",
            &[
                "WORKSHOP",
                "COUNSELLING_DAY",
                "FAIR",
                "CONFERENCE",
                "MEETING",
                "TRAINING",
                "INFORMATION_EVENT",
                "DEADLINE",
                "OTHER",
            ],
        );
        let status = one_of("calendar_entry", "status", &["IDEA", "TENTATIVE", "CONFIRMED", "CANCELLED"]);
        run(
            manager,
            &format!(
                "CREATE TABLE calendar (
    id {{uuid}} NOT NULL CONSTRAINT calendar_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL CONSTRAINT calendar_tenant_fk REFERENCES tenant (id),
    scope_id {{uuid}} NOT NULL CONSTRAINT calendar_scope_fk REFERENCES scope (id),
    name text NOT NULL,
    description text,
    color text,
    time_zone text NOT NULL,
    field_of_work_id {{uuid}} CONSTRAINT calendar_field_fk REFERENCES field_of_work (id),
    confidentiality text NOT NULL,
    archived_at {{instant}},
    version integer NOT NULL,
    created_at {{instant}} NOT NULL,
    updated_at {{instant}} NOT NULL,
    {calendar_confidentiality},
    CONSTRAINT calendar_tenant_key UNIQUE (tenant_id, id),
    CONSTRAINT calendar_name_key UNIQUE (tenant_id, name)
)
;;
CREATE INDEX calendar_scope_idx ON calendar (scope_id, name, id)
;;
CREATE TABLE calendar_entry (
    id {{uuid}} NOT NULL CONSTRAINT calendar_entry_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT calendar_entry_scope_fk REFERENCES scope (id),
    calendar_id {{uuid}} NOT NULL,
    title text NOT NULL,
    description text,
    kind text NOT NULL,
    status text NOT NULL,
    confidentiality text NOT NULL,
    field_of_work_id {{uuid}} CONSTRAINT calendar_entry_field_fk REFERENCES field_of_work (id),
    all_day boolean NOT NULL,
    starts_local {{local}} NOT NULL,
    ends_local {{local}} NOT NULL,
    time_zone text NOT NULL,
    starts_at {{instant}} NOT NULL,
    ends_at {{instant}} NOT NULL,
    learning_place_id {{uuid}} CONSTRAINT calendar_entry_place_fk REFERENCES learning_place (id),
    location text,
    organiser text,
    target_groups text,
    registration_url text,
    cancel_reason text,
    source text,
    search_text text NOT NULL,
    version integer NOT NULL,
    created_at {{instant}} NOT NULL,
    updated_at {{instant}} NOT NULL,
    {entry_confidentiality},
    {kind},
    {status},
    CONSTRAINT calendar_entry_span_check CHECK (starts_local < ends_local),
    CONSTRAINT calendar_entry_tenant_key UNIQUE (tenant_id, id),
    CONSTRAINT calendar_entry_calendar_fk FOREIGN KEY (tenant_id, calendar_id) REFERENCES calendar (tenant_id, id)
)
;;
CREATE INDEX calendar_entry_scope_idx ON calendar_entry (scope_id, starts_at, ends_at, id)
;;
CREATE INDEX calendar_entry_calendar_idx ON calendar_entry (calendar_id)"
            ),
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            "DROP TABLE calendar_entry
;;
DROP TABLE calendar",
        )
        .await
    }
}
