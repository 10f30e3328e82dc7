//! Migrations that add one column each.

use sea_orm_migration::prelude::*;

use crate::ddl::run;

/// A migration that adds a column: its name, the table and the definition of the column, as in [`crate::ddl`].
pub(crate) struct AddColumn(pub &'static str, pub &'static str, pub &'static str);

impl MigrationName for AddColumn {
    fn name(&self) -> &str {
        self.0
    }
}

#[async_trait::async_trait]
impl MigrationTrait for AddColumn {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &format!("ALTER TABLE {} ADD COLUMN {}", self.1, self.2)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = self.2.split(' ').next().unwrap_or_default();
        run(manager, &format!("ALTER TABLE {} DROP COLUMN {column}", self.1)).await
    }
}
