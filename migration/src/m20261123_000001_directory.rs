//! Authorities, people, fields of work, regions, holidays: what the rest refers to.

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
        let tenant_kind = one_of("tenant", "kind", &["RURAL_DISTRICT", "DISTRICT_FREE_CITY", "MUNICIPALITY", "OTHER"]);
        let tenant_status = one_of("tenant", "status", &["ACTIVE", "SUSPENDED"]);
        let scope_area =
            one_of("scope", "area", &["CALENDARS", "PROJECTS", "DATASETS", "PLACES", "MEMBERS", "AGREEMENTS", "AUDIT"]);
        let confidentiality = one_of("scope", "confidentiality", &["INTERNAL", "PARTNER", "PUBLIC"]);
        let region_kind =
            one_of("region", "kind", &["RURAL_DISTRICT", "DISTRICT_FREE_CITY", "TOWN", "MARKET", "MUNICIPALITY"]);
        let holiday_kind = one_of("holiday", "kind", &["PUBLIC", "SCHOOL_HOLIDAY", "SCHOOL_FREE_DAY"]);
        let extent = one_of("holiday", "extent", &["STATEWIDE", "CATHOLIC_MUNICIPALITIES"]);
        run(
            manager,
            &format!(
                "CREATE TABLE tenant (
    id {{uuid}} NOT NULL CONSTRAINT tenant_pkey PRIMARY KEY,
    slug text NOT NULL CONSTRAINT tenant_slug_key UNIQUE,
    legal_name text NOT NULL,
    kind text NOT NULL,
    ags text,
    time_zone text NOT NULL,
    locale text NOT NULL,
    assumption_day boolean NOT NULL,
    website text,
    status text NOT NULL,
    version integer NOT NULL,
    created_at {{instant}} NOT NULL,
    updated_at {{instant}} NOT NULL,
    {tenant_kind},
    {tenant_status}
)
;;
CREATE TABLE person (
    id {{uuid}} NOT NULL CONSTRAINT person_pkey PRIMARY KEY,
    issuer text NOT NULL,
    subject text NOT NULL,
    name text NOT NULL,
    active boolean NOT NULL,
    created_at {{instant}} NOT NULL,
    CONSTRAINT person_subject_key UNIQUE (issuer, subject)
)
;;
CREATE TABLE scope (
    id {{uuid}} NOT NULL CONSTRAINT scope_pkey PRIMARY KEY,
    tenant_id {{uuid}} CONSTRAINT scope_tenant_fk REFERENCES tenant (id),
    area text NOT NULL,
    field_of_work_id {{uuid}},
    confidentiality text NOT NULL,
    definition text NOT NULL CONSTRAINT scope_definition_key UNIQUE,
    created_at {{instant}} NOT NULL,
    {scope_area},
    {confidentiality}
)
;;
CREATE INDEX scope_tenant_idx ON scope (tenant_id)
;;
CREATE TABLE field_of_work (
    id {{uuid}} NOT NULL CONSTRAINT field_of_work_pkey PRIMARY KEY,
    tenant_id {{uuid}} CONSTRAINT field_of_work_tenant_fk REFERENCES tenant (id),
    scope_id {{uuid}} NOT NULL CONSTRAINT field_of_work_scope_fk REFERENCES scope (id),
    key text NOT NULL,
    name_de text NOT NULL,
    name_en text NOT NULL,
    version integer NOT NULL,
    created_at {{instant}} NOT NULL,
    updated_at {{instant}} NOT NULL,
    CONSTRAINT field_of_work_key_key UNIQUE (tenant_id, key)
)
;;
CREATE UNIQUE INDEX field_of_work_common_key ON field_of_work (key) WHERE tenant_id IS NULL
;;
CREATE TABLE region (
    ags text NOT NULL CONSTRAINT region_pkey PRIMARY KEY,
    name text NOT NULL,
    kind text NOT NULL,
    parent_ags text CONSTRAINT region_parent_fk REFERENCES region (ags),
    population integer NOT NULL,
    population_date {{date}} NOT NULL,
    source text NOT NULL,
    {region_kind}
)
;;
CREATE TABLE holiday (
    id {{uuid}} NOT NULL CONSTRAINT holiday_pkey PRIMARY KEY,
    kind text NOT NULL,
    region text NOT NULL,
    starts_on {{date}} NOT NULL,
    ends_on {{date}} NOT NULL,
    name_de text NOT NULL,
    name_en text NOT NULL,
    extent text NOT NULL,
    source text NOT NULL,
    {holiday_kind},
    {extent},
    CONSTRAINT holiday_span_check CHECK (starts_on <= ends_on),
    CONSTRAINT holiday_day_key UNIQUE (region, kind, starts_on, name_de)
)
;;
CREATE INDEX holiday_region_idx ON holiday (region, starts_on)"
            ),
        )
        .await?;
        // The scope of everything public exists everywhere, with the same id.
        run(
            manager,
            if manager.get_database_backend() == sea_orm_migration::sea_orm::DbBackend::Postgres {
                "INSERT INTO scope (id, area, confidentiality, definition, created_at) VALUES
                 ('00000000-0000-0000-0000-000000000001', 'CALENDARS', 'PUBLIC', 'public', '2026-11-23T00:00:00+00:00')"
            } else {
                "INSERT INTO scope (id, area, confidentiality, definition, created_at) VALUES
                 (x'00000000000000000000000000000001', 'CALENDARS', 'PUBLIC', 'public', '2026-11-23T00:00:00+00:00')"
            },
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            "DROP TABLE holiday
;;
DROP TABLE region
;;
DROP TABLE field_of_work
;;
DROP TABLE scope
;;
DROP TABLE person
;;
DROP TABLE tenant",
        )
        .await
    }
}
