//! Snapshots of plans keep everything that an entry says, so that a comparison misses no change.

use sea_orm_migration::prelude::*;

use crate::ddl::run;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, "ALTER TABLE plan_snapshot_entry ADD COLUMN details {json}").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, "ALTER TABLE plan_snapshot_entry DROP COLUMN details").await
    }
}
