//! What subscriptions and sign-in need: events in the order of their commits, announced as they are committed; roles
//! that follow the claims of an identity provider.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::ddl::run;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Positions grow in the order of commits: whoever takes one holds a lock until its transaction ends, so no reader can
/// pass a position that is still to come. The lock is the last thing a change takes.
const POSTGRES: &str = "CREATE SEQUENCE outbox_event_position_seq AS bigint
;;
UPDATE outbox_event o SET position = n.position
FROM (SELECT id, row_number() OVER (ORDER BY created_at, id) AS position FROM outbox_event) n WHERE n.id = o.id
;;
SELECT setval('outbox_event_position_seq', (SELECT coalesce(max(position), 0) + 1 FROM outbox_event), false)
;;
CREATE FUNCTION verbund_outbox_position() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(x'766572626f78'::bigint);
    NEW.position := nextval('outbox_event_position_seq');
    PERFORM pg_notify('verbund_outbox',
        json_build_object('object_type', NEW.object_type, 'parent', NEW.parent_id)::text);
    RETURN NEW;
END
$$
;;
CREATE TRIGGER outbox_event_position BEFORE INSERT ON outbox_event
FOR EACH ROW EXECUTE FUNCTION verbund_outbox_position()
;;
CREATE FUNCTION verbund_outbox_end() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT coalesce(max(position), 0) FROM outbox_event $$";

/// There is one writer, so the order of inserts is that of commits.
const SQLITE: &str = "UPDATE outbox_event SET position = rowid
;;
CREATE TRIGGER outbox_event_position AFTER INSERT ON outbox_event
BEGIN
    UPDATE outbox_event SET position = (SELECT coalesce(max(position), 0) + 1 FROM outbox_event) WHERE id = NEW.id;
END";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            "ALTER TABLE role_grant ADD COLUMN by_claim boolean NOT NULL DEFAULT false
;;
ALTER TABLE outbox_event ADD COLUMN position bigint
;;
ALTER TABLE outbox_event ADD COLUMN parent_id {uuid}
;;
CREATE UNIQUE INDEX outbox_event_position_key ON outbox_event (position)
;;
CREATE INDEX outbox_event_parent_idx ON outbox_event (parent_id, position)
;;
CREATE INDEX outbox_event_type_idx ON outbox_event (object_type, position)",
        )
        .await?;
        run(manager, if manager.get_database_backend() == DbBackend::Postgres { POSTGRES } else { SQLITE }).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::Postgres {
            run(
                manager,
                "DROP FUNCTION verbund_outbox_end()
;;
DROP TRIGGER outbox_event_position ON outbox_event
;;
DROP FUNCTION verbund_outbox_position()
;;
DROP SEQUENCE outbox_event_position_seq",
            )
            .await?;
        } else {
            run(manager, "DROP TRIGGER outbox_event_position").await?;
        }
        run(
            manager,
            "DROP INDEX outbox_event_type_idx
;;
DROP INDEX outbox_event_parent_idx
;;
DROP INDEX outbox_event_position_key
;;
ALTER TABLE outbox_event DROP COLUMN parent_id
;;
ALTER TABLE outbox_event DROP COLUMN position
;;
ALTER TABLE role_grant DROP COLUMN by_claim",
        )
        .await
    }
}
