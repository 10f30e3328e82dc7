//! Learning places and the source records that were merged into them.

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
        let kind = one_of(
            "learning_place",
            "kind",
            &[
                "KINDERGARTEN",
                "PRIMARY_SCHOOL",
                "LOWER_SECONDARY_SCHOOL",
                "PRIMARY_AND_LOWER_SECONDARY_SCHOOL",
                "INTERMEDIATE_SCHOOL",
                "GRAMMAR_SCHOOL",
                "VOCATIONAL_SCHOOL",
                "COMMERCIAL_SCHOOL",
                "UPPER_VOCATIONAL_SCHOOL",
                "SPECIAL_NEEDS_SCHOOL",
                "TECHNICAL_COLLEGE",
                "ADULT_EDUCATION",
                "MUSIC_SCHOOL",
                "LIBRARY",
                "CLUB",
                "LEISURE",
                "COMPANY",
                "COUNSELLING_CENTRE",
                "SPORTS_FACILITY",
                "OTHER",
            ],
        );
        run(
            manager,
            &format!(
                "CREATE TABLE learning_place (
    id {{uuid}} NOT NULL CONSTRAINT learning_place_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL CONSTRAINT learning_place_tenant_fk REFERENCES tenant (id),
    scope_id {{uuid}} NOT NULL CONSTRAINT learning_place_scope_fk REFERENCES scope (id),
    key text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    region_ags text CONSTRAINT learning_place_region_fk REFERENCES region (ags),
    postal_code text,
    city text,
    latitude {{double}},
    longitude {{double}},
    note text,
    search_text text NOT NULL,
    version integer NOT NULL,
    created_at {{instant}} NOT NULL,
    updated_at {{instant}} NOT NULL,
    {kind},
    CONSTRAINT learning_place_position_check CHECK ((latitude IS NULL) = (longitude IS NULL)),
    CONSTRAINT learning_place_tenant_key UNIQUE (tenant_id, id),
    CONSTRAINT learning_place_key_key UNIQUE (tenant_id, key)
)
;;
CREATE INDEX learning_place_scope_idx ON learning_place (scope_id, name, id)
;;
CREATE TABLE learning_place_origin (
    id {{uuid}} NOT NULL CONSTRAINT learning_place_origin_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT learning_place_origin_scope_fk REFERENCES scope (id),
    learning_place_id {{uuid}} NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    latitude {{double}} NOT NULL,
    longitude {{double}} NOT NULL,
    source text NOT NULL,
    CONSTRAINT learning_place_origin_place_fk FOREIGN KEY (tenant_id, learning_place_id)
        REFERENCES learning_place (tenant_id, id)
)
;;
CREATE INDEX learning_place_origin_place_idx ON learning_place_origin (learning_place_id)"
            ),
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            "DROP TABLE learning_place_origin
;;
DROP TABLE learning_place",
        )
        .await
    }
}
