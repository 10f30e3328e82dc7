//! Tickets that are used are found by their secret: whoever has one learns that a file has come by it.

use sea_orm_migration::prelude::*;

use crate::ddl::run_on_postgres;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The function that finds a ticket, with a further condition on it. SQLite has the statement in the program.
fn function(condition: &str) -> String {
    format!(
        "CREATE OR REPLACE FUNCTION verbund_ticket(the_hash text)
RETURNS TABLE (id uuid, tenant_id uuid, issuer text, subject text, purpose text, expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
SELECT t.id, t.tenant_id, p.issuer, p.subject, t.purpose, t.expires_at
FROM file_ticket t JOIN person p ON p.id = t.person_id WHERE t.secret_hash = the_hash{condition}
$$"
    )
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run_on_postgres(manager, &function("")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run_on_postgres(manager, &function(" AND t.used_at IS NULL")).await
    }
}
