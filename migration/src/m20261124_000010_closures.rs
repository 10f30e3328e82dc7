//! What free days need: the days on which an authority's office is closed, and the edition that school holidays are of.

use sea_orm_migration::prelude::*;

use crate::ddl::{run, run_on_postgres};
use crate::rls::{RlsPolicy, drop_rls_policy, rls_policy};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            "ALTER TABLE holiday ADD COLUMN edition text
;;
CREATE TABLE tenant_closure (
    id {uuid} NOT NULL CONSTRAINT tenant_closure_pkey PRIMARY KEY,
    tenant_id {uuid} NOT NULL CONSTRAINT tenant_closure_tenant_fk REFERENCES tenant (id),
    scope_id {uuid} NOT NULL CONSTRAINT tenant_closure_scope_fk REFERENCES scope (id),
    title text NOT NULL,
    starts_on {date} NOT NULL,
    ends_on {date} NOT NULL,
    version integer NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    CONSTRAINT tenant_closure_span_check CHECK (starts_on <= ends_on),
    CONSTRAINT tenant_closure_tenant_key UNIQUE (tenant_id, id)
)
;;
CREATE INDEX tenant_closure_days_idx ON tenant_closure (tenant_id, starts_on, id)",
        )
        .await?;
        run_on_postgres(manager, &rls_policy("tenant_closure", RlsPolicy::Content)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run_on_postgres(manager, &drop_rls_policy("tenant_closure")).await?;
        run(
            manager,
            "DROP TABLE tenant_closure
;;
ALTER TABLE holiday DROP COLUMN edition",
        )
        .await
    }
}
