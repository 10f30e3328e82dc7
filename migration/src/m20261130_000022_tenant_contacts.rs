//! Contacts of authorities: the offices that everybody may write to or call.

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
            "CREATE TABLE tenant_contact (
    id {uuid} NOT NULL CONSTRAINT tenant_contact_pkey PRIMARY KEY,
    tenant_id {uuid} NOT NULL CONSTRAINT tenant_contact_tenant_fk REFERENCES tenant (id),
    scope_id {uuid} NOT NULL CONSTRAINT tenant_contact_scope_fk REFERENCES scope (id),
    kind text NOT NULL,
    name text NOT NULL,
    email text,
    phone text,
    website text,
    version integer NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    CONSTRAINT tenant_contact_reach_check CHECK (coalesce(email, phone, website) IS NOT NULL),
    CONSTRAINT tenant_contact_tenant_key UNIQUE (tenant_id, id)
)
;;
CREATE INDEX tenant_contact_names_idx ON tenant_contact (tenant_id, name, id)",
        )
        .await?;
        run_on_postgres(manager, &rls_policy("tenant_contact", RlsPolicy::Content)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run_on_postgres(manager, &drop_rls_policy("tenant_contact")).await?;
        run(manager, "DROP TABLE tenant_contact").await
    }
}
