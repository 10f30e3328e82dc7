//! What one person does not do alone: grants of TENANT_ADMIN that a second admin confirms, and signatures for two parties.
//! Names of people belong to the authority that wrote them, and claims to the newest token that said them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::ddl::{run, run_on_postgres};
use crate::m20261123_000007_facts::{Facts, create_facts};
use crate::rls::PERSON;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// A new column: table, name and definition.
const COLUMNS: [(&str, &str, &str); 5] = [
    ("tenant", "second_admin", "boolean NOT NULL DEFAULT true"),
    ("role_grant", "confirm_until", "{instant}"),
    ("role_grant", "confirmed_by", "{uuid} CONSTRAINT role_grant_confirmed_by_fk REFERENCES person (id)"),
    ("member", "claims_at", "{instant}"),
    // No foreign key: an archive leaves out who signed for another authority.
    ("agreement_signature", "signer_id", "{uuid}"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, name, definition) in COLUMNS {
            run(manager, &format!("ALTER TABLE {table} ADD COLUMN {name} {definition}")).await?;
        }
        run(
            manager,
            "CREATE UNIQUE INDEX agreement_signature_signer_key ON agreement_signature (agreement_id, signer_id)
    WHERE signer_id IS NOT NULL",
        )
        .await?;
        replace_facts(manager, Facts::WithoutPending).await?;
        // Whoever signs in brings the name of the own account.
        run_on_postgres(manager, "DROP POLICY person_update ON person").await?;
        let own = format!("id = {PERSON}");
        run_on_postgres(
            manager,
            &format!("CREATE POLICY person_update ON person FOR UPDATE USING ({own}) WITH CHECK ({own})"),
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run_on_postgres(manager, "DROP POLICY person_update ON person").await?;
        run_on_postgres(manager, "CREATE POLICY person_update ON person FOR UPDATE USING (false) WITH CHECK (false)")
            .await?;
        // A grant that nobody confirmed must not become one.
        run(
            manager,
            "UPDATE role_grant SET revoked_at = updated_at WHERE confirm_until IS NOT NULL AND revoked_at IS NULL",
        )
        .await?;
        replace_facts(manager, Facts::Original).await?;
        run(manager, "DROP INDEX agreement_signature_signer_key").await?;
        for (table, name, _) in COLUMNS.iter().rev() {
            run(manager, &format!("ALTER TABLE {table} DROP COLUMN {name}")).await?;
        }
        Ok(())
    }
}

/// Makes the facts statement anew; on PostgreSQL the function keeps its rights.
async fn replace_facts(manager: &SchemaManager<'_>, facts: Facts) -> Result<(), DbErr> {
    let (db, backend) = (manager.get_connection(), manager.get_database_backend());
    let sql = create_facts(backend, facts);
    let sql = if backend == DbBackend::Postgres {
        sql.replacen("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)
    } else {
        db.execute_unprepared("DROP VIEW verbund_facts").await?;
        sql
    };
    db.execute_unprepared(&sql).await?;
    Ok(())
}
