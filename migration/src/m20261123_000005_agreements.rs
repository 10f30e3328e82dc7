//! Agreements, their parties and signatures, shares, and the ways across that a scope carries.
//!
//! An agreement binds several authorities, so its children refer to it by `id` alone; everything else refers to
//! its parent by `(tenant_id, id)`.

use sea_orm_migration::prelude::*;

use crate::ddl::{one_of, run};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const ROLES: [&str; 8] =
    ["VIEWER", "PLANNER", "PROJECT_LEAD", "DATA_STEWARD", "PUBLISHER", "TENANT_ADMIN", "AUDITOR", "INTEGRATOR"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let state = one_of("agreement", "state", &["DRAFT", "PROPOSED", "ACTIVE", "ENDED"]);
        let level = one_of("share", "level", &["BUSY", "SUMMARY", "FULL", "CONTRIBUTE"]);
        let area = one_of("share", "area", &["CALENDARS", "PROJECTS", "DATASETS"]);
        let role = one_of("share", "grantee_role", &ROLES);
        let scope_level = one_of("scope_share", "level", &["BUSY", "SUMMARY", "FULL", "CONTRIBUTE"]);
        let scope_role = one_of("scope_share", "grantee_role", &ROLES);
        run(
            manager,
            &format!(
                "CREATE TABLE agreement (
    id {{uuid}} NOT NULL CONSTRAINT agreement_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL CONSTRAINT agreement_tenant_fk REFERENCES tenant (id),
    scope_id {{uuid}} NOT NULL CONSTRAINT agreement_scope_fk REFERENCES scope (id),
    title text NOT NULL,
    document_hash text,
    covers_calendars boolean NOT NULL,
    covers_projects boolean NOT NULL,
    covers_datasets boolean NOT NULL,
    all_fields boolean NOT NULL,
    valid_from {{date}} NOT NULL,
    valid_until {{date}},
    state text NOT NULL,
    end_reason text,
    ended_at {{instant}},
    version integer NOT NULL,
    created_at {{instant}} NOT NULL,
    updated_at {{instant}} NOT NULL,
    {state},
    CONSTRAINT agreement_span_check CHECK (valid_until IS NULL OR valid_from <= valid_until)
)
;;
CREATE INDEX agreement_scope_idx ON agreement (scope_id, valid_from, id)
;;
CREATE TABLE agreement_party (
    agreement_id {{uuid}} NOT NULL CONSTRAINT agreement_party_agreement_fk REFERENCES agreement (id),
    tenant_id {{uuid}} NOT NULL CONSTRAINT agreement_party_tenant_fk REFERENCES tenant (id),
    scope_id {{uuid}} NOT NULL CONSTRAINT agreement_party_scope_fk REFERENCES scope (id),
    CONSTRAINT agreement_party_pkey PRIMARY KEY (agreement_id, tenant_id)
)
;;
CREATE INDEX agreement_party_tenant_idx ON agreement_party (tenant_id)
;;
CREATE TABLE agreement_signature (
    agreement_id {{uuid}} NOT NULL,
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT agreement_signature_scope_fk REFERENCES scope (id),
    signed_by text NOT NULL,
    signed_at {{instant}} NOT NULL,
    CONSTRAINT agreement_signature_pkey PRIMARY KEY (agreement_id, tenant_id),
    CONSTRAINT agreement_signature_party_fk FOREIGN KEY (agreement_id, tenant_id)
        REFERENCES agreement_party (agreement_id, tenant_id)
)
;;
CREATE TABLE agreement_field (
    agreement_id {{uuid}} NOT NULL CONSTRAINT agreement_field_agreement_fk REFERENCES agreement (id),
    field_of_work_id {{uuid}} NOT NULL CONSTRAINT agreement_field_field_fk REFERENCES field_of_work (id),
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT agreement_field_scope_fk REFERENCES scope (id),
    CONSTRAINT agreement_field_pkey PRIMARY KEY (agreement_id, field_of_work_id)
)
;;
CREATE TABLE share (
    id {{uuid}} NOT NULL CONSTRAINT share_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL CONSTRAINT share_tenant_fk REFERENCES tenant (id),
    scope_id {{uuid}} NOT NULL CONSTRAINT share_scope_fk REFERENCES scope (id),
    agreement_id {{uuid}} NOT NULL,
    area text NOT NULL,
    calendar_id {{uuid}},
    field_of_work_id {{uuid}} CONSTRAINT share_field_fk REFERENCES field_of_work (id),
    grantee_tenant_id {{uuid}},
    grantee_role text,
    level text NOT NULL,
    valid_from {{date}},
    valid_until {{date}},
    reason text,
    ended_at {{instant}},
    version integer NOT NULL,
    created_at {{instant}} NOT NULL,
    updated_at {{instant}} NOT NULL,
    {level},
    {area},
    {role},
    CONSTRAINT share_selector_check CHECK (calendar_id IS NULL OR field_of_work_id IS NULL),
    CONSTRAINT share_span_check CHECK (valid_from IS NULL OR valid_until IS NULL OR valid_from <= valid_until),
    CONSTRAINT share_owner_fk FOREIGN KEY (agreement_id, tenant_id)
        REFERENCES agreement_party (agreement_id, tenant_id),
    CONSTRAINT share_grantee_fk FOREIGN KEY (agreement_id, grantee_tenant_id)
        REFERENCES agreement_party (agreement_id, tenant_id),
    CONSTRAINT share_calendar_fk FOREIGN KEY (tenant_id, calendar_id) REFERENCES calendar (tenant_id, id)
)
;;
CREATE INDEX share_scope_idx ON share (scope_id, created_at, id)
;;
CREATE INDEX share_tenant_idx ON share (tenant_id, area)
;;
CREATE TABLE scope_share (
    id {{uuid}} NOT NULL CONSTRAINT scope_share_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT scope_share_scope_fk REFERENCES scope (id),
    agreement_id {{uuid}} NOT NULL CONSTRAINT scope_share_agreement_fk REFERENCES agreement (id),
    grantee_tenant_id {{uuid}},
    grantee_role text,
    level text NOT NULL,
    valid_from {{date}},
    valid_until {{date}},
    {scope_level},
    {scope_role}
)
;;
CREATE INDEX scope_share_agreement_idx ON scope_share (agreement_id)
;;
CREATE INDEX scope_share_scope_idx ON scope_share (scope_id)"
            ),
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            "DROP TABLE scope_share
;;
DROP TABLE share
;;
DROP TABLE agreement_field
;;
DROP TABLE agreement_signature
;;
DROP TABLE agreement_party
;;
DROP TABLE agreement",
        )
        .await
    }
}
