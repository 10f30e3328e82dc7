//! Feeds: secrets by which programs subscribe to calendars in the name of a person. Only the fingerprint of a secret is
//! kept. A feed is seen by its person, and by those who see the members of the authority.

use sea_orm_migration::prelude::*;

use crate::ddl::{one_of, run, run_on_postgres};
use crate::rls::{RlsPolicy, drop_rls_policy, rls_policy};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let level = one_of("feed", "level", &["BUSY", "SUMMARY", "FULL", "CONTRIBUTE"]);
        // The calendars may be those of partners, so they are a list and no rows that refer to them.
        let table = format!(
            "CREATE TABLE feed (
    id {{uuid}} NOT NULL CONSTRAINT feed_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL CONSTRAINT feed_tenant_fk REFERENCES tenant (id),
    scope_id {{uuid}} NOT NULL CONSTRAINT feed_scope_fk REFERENCES scope (id),
    member_id {{uuid}} NOT NULL,
    person_id {{uuid}} NOT NULL CONSTRAINT feed_person_fk REFERENCES person (id),
    name text NOT NULL,
    calendars {{json}},
    level text NOT NULL {level},
    secret_hash text NOT NULL CONSTRAINT feed_secret_key UNIQUE,
    expires_at {{instant}},
    last_used_at {{instant}},
    revoked_at {{instant}},
    version integer NOT NULL,
    created_at {{instant}} NOT NULL,
    updated_at {{instant}} NOT NULL,
    CONSTRAINT feed_tenant_key UNIQUE (tenant_id, id),
    CONSTRAINT feed_member_fk FOREIGN KEY (tenant_id, member_id) REFERENCES member (tenant_id, id)
)
;;
CREATE INDEX feed_person_idx ON feed (person_id, created_at, id)
;;
CREATE INDEX feed_tenant_idx ON feed (tenant_id, created_at, id)"
        );
        run(manager, &table).await?;
        run_on_postgres(manager, &rls_policy("feed", RlsPolicy::Own)).await?;
        // Whoever comes with a secret is nobody yet: whose it is must be found before anything may be seen.
        run_on_postgres(
            manager,
            "CREATE FUNCTION verbund_feed(the_hash text)
RETURNS TABLE (id uuid, tenant_id uuid, issuer text, subject text, level text, expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
SELECT f.id, f.tenant_id, p.issuer, p.subject, f.level, f.expires_at
FROM feed f JOIN person p ON p.id = f.person_id WHERE f.secret_hash = the_hash AND f.revoked_at IS NULL
$$",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run_on_postgres(manager, "DROP FUNCTION verbund_feed(text)").await?;
        run_on_postgres(manager, &drop_rls_policy("feed")).await?;
        run(manager, "DROP TABLE feed").await
    }
}
