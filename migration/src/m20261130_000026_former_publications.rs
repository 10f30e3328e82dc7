//! What had a public address once and has it no more: calendars, and versions of datasets. Their addresses say that it is
//! gone, where what never was public is as unknown.

use sea_orm_migration::prelude::*;

use crate::ddl::{run, run_on_postgres};
use crate::rls::{RlsPolicy, drop_rls_policy, rls_policy};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Versions of datasets that are withdrawn already. An owner that is no superuser is bound by forced row-level security.
const WITHDRAWN: &str = "INSERT INTO former_publication (id, tenant_id, scope_id, dataset_id, major, minor, created_at)
SELECT v.id, v.tenant_id, d.scope_id, d.id, v.major, v.minor, d.withdrawn_at
FROM dataset_version v JOIN dataset d ON d.id = v.dataset_id
WHERE d.access = 'PUBLIC' AND d.published_at IS NOT NULL AND d.withdrawn_at IS NOT NULL
  AND v.published_at <= d.withdrawn_at AND (v.withdrawn_at IS NULL OR v.withdrawn_at >= d.published_at)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            "CREATE TABLE former_publication (
    id {uuid} NOT NULL CONSTRAINT former_publication_pkey PRIMARY KEY,
    tenant_id {uuid} NOT NULL CONSTRAINT former_publication_tenant_fk REFERENCES tenant (id),
    scope_id {uuid} NOT NULL CONSTRAINT former_publication_scope_fk REFERENCES scope (id),
    calendar_id {uuid},
    dataset_id {uuid},
    major integer,
    minor integer,
    created_at {instant} NOT NULL,
    CONSTRAINT former_publication_calendar_fk FOREIGN KEY (tenant_id, calendar_id)
        REFERENCES calendar (tenant_id, id),
    CONSTRAINT former_publication_dataset_fk FOREIGN KEY (tenant_id, dataset_id)
        REFERENCES dataset (tenant_id, id),
    CONSTRAINT former_publication_object_check CHECK (
        (calendar_id IS NOT NULL AND dataset_id IS NULL AND major IS NULL AND minor IS NULL)
        OR (calendar_id IS NULL AND dataset_id IS NOT NULL AND major IS NOT NULL AND minor IS NOT NULL)),
    CONSTRAINT former_publication_calendar_key UNIQUE (calendar_id),
    CONSTRAINT former_publication_version_key UNIQUE (dataset_id, major, minor),
    CONSTRAINT former_publication_tenant_key UNIQUE (tenant_id, id)
)",
        )
        .await?;
        for table in ["dataset", "dataset_version"] {
            run_on_postgres(manager, &format!("ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")).await?;
        }
        run(manager, WITHDRAWN).await?;
        for table in ["dataset", "dataset_version"] {
            run_on_postgres(manager, &format!("ALTER TABLE {table} FORCE ROW LEVEL SECURITY")).await?;
        }
        run_on_postgres(manager, &rls_policy("former_publication", RlsPolicy::Log)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run_on_postgres(manager, &drop_rls_policy("former_publication")).await?;
        run(manager, "DROP TABLE former_publication").await
    }
}
