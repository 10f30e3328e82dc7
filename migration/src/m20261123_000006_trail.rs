//! What the transaction of a change leaves behind: audit row, outbox event, idempotency record.

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
        run(
            manager,
            "CREATE TABLE audit_event (
    id {uuid} NOT NULL CONSTRAINT audit_event_pkey PRIMARY KEY,
    tenant_id {uuid} NOT NULL CONSTRAINT audit_event_tenant_fk REFERENCES tenant (id),
    scope_id {uuid} NOT NULL CONSTRAINT audit_event_scope_fk REFERENCES scope (id),
    person_id {uuid},
    action text NOT NULL,
    object_type text NOT NULL,
    object_id {uuid} NOT NULL,
    agreement_id {uuid},
    before {json},
    after {json},
    request_id text NOT NULL,
    created_at {instant} NOT NULL
)
;;
CREATE INDEX audit_event_scope_idx ON audit_event (scope_id, created_at, id)
;;
CREATE INDEX audit_event_object_idx ON audit_event (object_id)
;;
CREATE TABLE outbox_event (
    id {uuid} NOT NULL CONSTRAINT outbox_event_pkey PRIMARY KEY,
    tenant_id {uuid} NOT NULL CONSTRAINT outbox_event_tenant_fk REFERENCES tenant (id),
    scope_id {uuid} NOT NULL CONSTRAINT outbox_event_scope_fk REFERENCES scope (id),
    topic text NOT NULL,
    object_type text NOT NULL,
    object_id {uuid} NOT NULL,
    object_version integer NOT NULL,
    created_at {instant} NOT NULL
)
;;
CREATE INDEX outbox_event_scope_idx ON outbox_event (scope_id, id)
;;
CREATE TABLE idempotency_record (
    person_id {uuid} NOT NULL CONSTRAINT idempotency_record_person_fk REFERENCES person (id),
    key text NOT NULL,
    tenant_id {uuid} NOT NULL CONSTRAINT idempotency_record_tenant_fk REFERENCES tenant (id),
    fingerprint text NOT NULL,
    object_id {uuid} NOT NULL,
    created_at {instant} NOT NULL,
    CONSTRAINT idempotency_record_pkey PRIMARY KEY (person_id, key)
)",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            "DROP TABLE idempotency_record
;;
DROP TABLE outbox_event
;;
DROP TABLE audit_event",
        )
        .await
    }
}
