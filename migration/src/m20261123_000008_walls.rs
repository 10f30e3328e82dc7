//! Row-level security on every table with an owner, on PostgreSQL.

use sea_orm_migration::prelude::*;

use crate::ddl::run_on_postgres;
use crate::rls::{Wall, open, wall};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const WALLS: [(&str, Wall); 19] = [
    ("field_of_work", Wall::Content),
    ("member", Wall::Content),
    ("role_grant", Wall::Content),
    ("role_grant_field", Wall::Content),
    ("learning_place", Wall::Content),
    ("learning_place_origin", Wall::Content),
    ("calendar", Wall::Content),
    ("calendar_entry", Wall::Content),
    ("share", Wall::Shared),
    ("agreement", Wall::Joint),
    ("agreement_party", Wall::Joint),
    ("agreement_field", Wall::Joint),
    ("agreement_signature", Wall::Content),
    ("scope", Wall::Machinery),
    ("scope_share", Wall::Machinery),
    ("audit_event", Wall::Log),
    ("outbox_event", Wall::Log),
    ("idempotency_record", Wall::Account),
    ("person", Wall::Identity),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, kind) in WALLS {
            run_on_postgres(manager, &wall(table, kind)).await?;
        }
        // An invitation names an account by issuer and subject; whether it exists already must not show.
        run_on_postgres(
            manager,
            "CREATE FUNCTION verbund_person(the_issuer text, the_subject text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT id FROM person WHERE issuer = the_issuer AND subject = the_subject $$",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run_on_postgres(manager, "DROP FUNCTION verbund_person(text, text)").await?;
        for (table, _) in WALLS {
            run_on_postgres(manager, &open(table)).await?;
        }
        Ok(())
    }
}
