//! Authorities change their own row: everybody reads all of them, and only the acting authority's is written.

use sea_orm_migration::prelude::*;

use crate::ddl::run_on_postgres;
use crate::rls::{RlsPolicy, drop_rls_policy, rls_policy};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run_on_postgres(manager, &rls_policy("tenant", RlsPolicy::Authority)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run_on_postgres(manager, &drop_rls_policy("tenant")).await
    }
}
