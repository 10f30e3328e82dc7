//! Members of an authority and the roles they hold.

use sea_orm_migration::prelude::*;

use crate::ddl::{one_of, run};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let role = one_of(
            "role_grant",
            "role",
            &[
                "VIEWER",
                "PLANNER",
                "PROJECT_LEAD",
                "DATA_STEWARD",
                "PUBLISHER",
                "TENANT_ADMIN",
                "AUDITOR",
                "INTEGRATOR",
            ],
        );
        run(
            manager,
            &format!(
                "CREATE TABLE member (
    id {{uuid}} NOT NULL CONSTRAINT member_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL CONSTRAINT member_tenant_fk REFERENCES tenant (id),
    scope_id {{uuid}} NOT NULL CONSTRAINT member_scope_fk REFERENCES scope (id),
    person_id {{uuid}} NOT NULL CONSTRAINT member_person_fk REFERENCES person (id),
    name text NOT NULL,
    email text,
    version integer NOT NULL,
    created_at {{instant}} NOT NULL,
    updated_at {{instant}} NOT NULL,
    CONSTRAINT member_tenant_key UNIQUE (tenant_id, id),
    CONSTRAINT member_person_key UNIQUE (tenant_id, person_id)
)
;;
CREATE INDEX member_person_idx ON member (person_id)
;;
CREATE INDEX member_scope_idx ON member (scope_id, name, id)
;;
CREATE TABLE role_grant (
    id {{uuid}} NOT NULL CONSTRAINT role_grant_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT role_grant_scope_fk REFERENCES scope (id),
    member_id {{uuid}} NOT NULL,
    role text NOT NULL,
    all_fields boolean NOT NULL,
    valid_from {{date}},
    valid_until {{date}},
    reason text,
    granted_by {{uuid}} CONSTRAINT role_grant_granted_by_fk REFERENCES person (id),
    revoked_at {{instant}},
    version integer NOT NULL,
    created_at {{instant}} NOT NULL,
    updated_at {{instant}} NOT NULL,
    {role},
    CONSTRAINT role_grant_tenant_key UNIQUE (tenant_id, id),
    CONSTRAINT role_grant_span_check CHECK (valid_from IS NULL OR valid_until IS NULL OR valid_from <= valid_until),
    CONSTRAINT role_grant_member_fk FOREIGN KEY (tenant_id, member_id) REFERENCES member (tenant_id, id)
)
;;
CREATE INDEX role_grant_member_idx ON role_grant (member_id)
;;
CREATE TABLE role_grant_field (
    role_grant_id {{uuid}} NOT NULL,
    field_of_work_id {{uuid}} NOT NULL CONSTRAINT role_grant_field_field_fk REFERENCES field_of_work (id),
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT role_grant_field_scope_fk REFERENCES scope (id),
    CONSTRAINT role_grant_field_pkey PRIMARY KEY (role_grant_id, field_of_work_id),
    CONSTRAINT role_grant_field_grant_fk FOREIGN KEY (tenant_id, role_grant_id) REFERENCES role_grant (tenant_id, id)
)"
            ),
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            "DROP TABLE role_grant_field
;;
DROP TABLE role_grant
;;
DROP TABLE member",
        )
        .await
    }
}
