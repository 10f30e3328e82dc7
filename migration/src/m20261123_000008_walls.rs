//! Row-level security on every table with an owner, on PostgreSQL.

use sea_orm_migration::prelude::*;

use crate::ddl::run_on_postgres;
use crate::rls::{RlsPolicy, drop_rls_policy, rls_policy};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [(&str, RlsPolicy); 19] = [
    ("field_of_work", RlsPolicy::Content),
    ("member", RlsPolicy::Content),
    ("role_grant", RlsPolicy::Content),
    ("role_grant_field", RlsPolicy::Content),
    ("learning_place", RlsPolicy::Content),
    ("learning_place_origin", RlsPolicy::Content),
    ("calendar", RlsPolicy::Content),
    ("calendar_entry", RlsPolicy::Content),
    ("share", RlsPolicy::Shared),
    ("agreement", RlsPolicy::Joint),
    ("agreement_party", RlsPolicy::Joint),
    ("agreement_field", RlsPolicy::Joint),
    ("agreement_signature", RlsPolicy::Content),
    ("scope", RlsPolicy::Machinery),
    ("scope_share", RlsPolicy::Machinery),
    ("audit_event", RlsPolicy::Log),
    ("outbox_event", RlsPolicy::Log),
    ("idempotency_record", RlsPolicy::Account),
    ("person", RlsPolicy::Identity),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, kind) in TABLES {
            run_on_postgres(manager, &rls_policy(table, kind)).await?;
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
        for (table, _) in TABLES {
            run_on_postgres(manager, &drop_rls_policy(table)).await?;
        }
        Ok(())
    }
}
