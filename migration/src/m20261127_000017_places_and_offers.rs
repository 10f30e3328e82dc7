//! The directory: what is known of learning places, organisations, education offers with their dates, ids in other
//! registers, merge proposals, and what was changed.

use sea_orm_migration::prelude::*;

use crate::ddl::{one_of, run, run_on_postgres};
use crate::rls::{RlsPolicy, drop_rls_policy, rls_policy};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// In the order in which they refer to each other.
const TABLES: [(&str, RlsPolicy); 7] = [
    ("organisation", RlsPolicy::Content),
    ("organisation_person", RlsPolicy::Content),
    ("external_id", RlsPolicy::Content),
    ("merge_proposal", RlsPolicy::Joint),
    ("education_offer", RlsPolicy::Content),
    ("education_offer_date", RlsPolicy::Content),
    ("directory_revision", RlsPolicy::Log),
];

/// What is new of a learning place: name, type, and what holds for it. The operator and the record that took its place
/// may be another authority's.
const OF_PLACES: [(&str, &str); 12] = [
    (
        "visibility",
        "text NOT NULL DEFAULT 'PUBLIC' CONSTRAINT learning_place_visibility_check CHECK (visibility IN ('INTERNAL', 'PUBLIC'))",
    ),
    ("street", "text"),
    ("website", "text"),
    ("age_from", "integer"),
    ("age_to", "integer"),
    ("valid_from", "{date}"),
    ("valid_until", "{date}"),
    ("organisation_id", "{uuid} CONSTRAINT learning_place_organisation_fk REFERENCES organisation (id)"),
    ("merged_into_id", "{uuid} CONSTRAINT learning_place_merged_fk REFERENCES learning_place (id)"),
    ("merged_at", "{instant}"),
    ("merged_by", "text"),
    ("archived_at", "{instant}"),
];

/// Indexes on learning places.
const INDEXES: [(&str, &str); 3] = [
    ("learning_place_position_idx", "learning_place (latitude, longitude)"),
    ("learning_place_merged_idx", "learning_place (merged_into_id)"),
    ("learning_place_organisation_idx", "learning_place (organisation_id)"),
];

/// Organisations, the people behind them, and ids.
fn organisations() -> String {
    let kind = one_of(
        "organisation",
        "kind",
        &[
            "PUBLIC_AUTHORITY",
            "SCHOOL_AUTHORITY",
            "ADULT_EDUCATION_CENTRE",
            "ASSOCIATION",
            "WELFARE_ORGANISATION",
            "CHURCH",
            "FOUNDATION",
            "CHAMBER",
            "COMPANY",
            "UNIVERSITY",
            "OTHER",
        ],
    );
    let visibility = one_of("organisation", "visibility", &["INTERNAL", "PUBLIC"]);
    let scheme = one_of("external_id", "scheme", &["SCHOOL_NUMBER", "OSM", "WIKIDATA", "ARS", "VHS", "ISIL"]);
    format!(
        "CREATE TABLE organisation (
    id {{uuid}} NOT NULL CONSTRAINT organisation_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL CONSTRAINT organisation_tenant_fk REFERENCES tenant (id),
    scope_id {{uuid}} NOT NULL CONSTRAINT organisation_scope_fk REFERENCES scope (id),
    name text NOT NULL,
    kind text NOT NULL,
    visibility text NOT NULL,
    description text,
    website text,
    street text,
    postal_code text,
    city text,
    contact_function text,
    contact_email text,
    contact_phone text,
    search_text text NOT NULL,
    archived_at {{instant}},
    version integer NOT NULL,
    created_at {{instant}} NOT NULL,
    updated_at {{instant}} NOT NULL,
    {kind},
    {visibility},
    CONSTRAINT organisation_tenant_key UNIQUE (tenant_id, id)
)
;;
CREATE INDEX organisation_scope_idx ON organisation (scope_id, name, id)
;;
CREATE TABLE organisation_person (
    organisation_id {{uuid}} NOT NULL CONSTRAINT organisation_person_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT organisation_person_scope_fk REFERENCES scope (id),
    name text NOT NULL,
    role text,
    email text,
    phone text,
    consent boolean NOT NULL,
    CONSTRAINT organisation_person_organisation_fk FOREIGN KEY (tenant_id, organisation_id)
        REFERENCES organisation (tenant_id, id)
)
;;
CREATE TABLE external_id (
    id {{uuid}} NOT NULL CONSTRAINT external_id_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT external_id_scope_fk REFERENCES scope (id),
    learning_place_id {{uuid}},
    organisation_id {{uuid}},
    scheme text NOT NULL,
    value text NOT NULL,
    {scheme},
    CONSTRAINT external_id_of_check CHECK ((learning_place_id IS NULL) <> (organisation_id IS NULL)),
    CONSTRAINT external_id_place_fk FOREIGN KEY (tenant_id, learning_place_id)
        REFERENCES learning_place (tenant_id, id),
    CONSTRAINT external_id_organisation_fk FOREIGN KEY (tenant_id, organisation_id)
        REFERENCES organisation (tenant_id, id)
)
;;
CREATE UNIQUE INDEX external_id_place_key ON external_id (tenant_id, scheme, value) WHERE learning_place_id IS NOT NULL
;;
CREATE UNIQUE INDEX external_id_organisation_key ON external_id (tenant_id, scheme, value)
    WHERE organisation_id IS NOT NULL
;;
CREATE INDEX external_id_place_idx ON external_id (learning_place_id)
;;
CREATE INDEX external_id_organisation_idx ON external_id (organisation_id)
;;
CREATE INDEX external_id_value_idx ON external_id (value, scheme)"
    )
}

/// Proposals and what was changed. A proposal binds the owners of two places.
fn merges() -> String {
    let state = one_of("merge_proposal", "state", &["OPEN", "ACCEPTED", "DECLINED", "WITHDRAWN"]);
    let subject = one_of("directory_revision", "subject", &["LEARNING_PLACE", "ORGANISATION", "EDUCATION_OFFER"]);
    format!(
        "CREATE TABLE merge_proposal (
    id {{uuid}} NOT NULL CONSTRAINT merge_proposal_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL CONSTRAINT merge_proposal_tenant_fk REFERENCES tenant (id),
    to_tenant_id {{uuid}} NOT NULL CONSTRAINT merge_proposal_to_fk REFERENCES tenant (id),
    scope_id {{uuid}} NOT NULL CONSTRAINT merge_proposal_scope_fk REFERENCES scope (id),
    agreement_id {{uuid}} CONSTRAINT merge_proposal_agreement_fk REFERENCES agreement (id),
    duplicate_id {{uuid}} NOT NULL CONSTRAINT merge_proposal_duplicate_fk REFERENCES learning_place (id),
    duplicate_tenant_id {{uuid}} NOT NULL CONSTRAINT merge_proposal_duplicate_tenant_fk REFERENCES tenant (id),
    survivor_id {{uuid}} NOT NULL CONSTRAINT merge_proposal_survivor_fk REFERENCES learning_place (id),
    message text,
    state text NOT NULL,
    proposed_by text NOT NULL,
    answered_by text,
    answered_tenant_id {{uuid}} CONSTRAINT merge_proposal_answered_fk REFERENCES tenant (id),
    answered_at {{instant}},
    reason text,
    version integer NOT NULL,
    created_at {{instant}} NOT NULL,
    updated_at {{instant}} NOT NULL,
    {state},
    CONSTRAINT merge_proposal_pair_check CHECK (duplicate_id <> survivor_id),
    CONSTRAINT merge_proposal_agreement_check CHECK (tenant_id = to_tenant_id OR agreement_id IS NOT NULL)
)
;;
CREATE INDEX merge_proposal_scope_idx ON merge_proposal (scope_id, created_at, id)
;;
CREATE INDEX merge_proposal_pair_idx ON merge_proposal (duplicate_id, survivor_id)
;;
CREATE INDEX merge_proposal_survivor_idx ON merge_proposal (survivor_id)
;;
CREATE UNIQUE INDEX merge_proposal_open_key ON merge_proposal (duplicate_id, survivor_id) WHERE state = 'OPEN'
;;
CREATE TABLE directory_revision (
    id {{uuid}} NOT NULL CONSTRAINT directory_revision_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL CONSTRAINT directory_revision_tenant_fk REFERENCES tenant (id),
    scope_id {{uuid}} NOT NULL CONSTRAINT directory_revision_scope_fk REFERENCES scope (id),
    subject text NOT NULL,
    object_id {{uuid}} NOT NULL,
    object_version integer NOT NULL,
    action text NOT NULL,
    changed_by text NOT NULL,
    changes {{json}} NOT NULL,
    created_at {{instant}} NOT NULL,
    {subject}
)
;;
CREATE INDEX directory_revision_object_idx ON directory_revision (object_id, created_at, id)"
    )
}

/// Offers and their dates. Provider and place may be another authority's; the entries are the owner's.
fn offers() -> String {
    let kind = one_of(
        "education_offer",
        "kind",
        &["COURSE", "WORKSHOP", "LECTURE", "COUNSELLING", "EXCURSION", "EXHIBITION", "MEETING_PLACE", "OTHER"],
    );
    let topic = one_of(
        "education_offer",
        "topic",
        &[
            "LANGUAGE",
            "LITERACY",
            "SCHOOL_SUPPORT",
            "SCHOOL_LEAVING_CERTIFICATE",
            "VOCATIONAL_ORIENTATION",
            "FURTHER_TRAINING",
            "DIGITAL_SKILLS",
            "SCIENCE",
            "NATURE",
            "CULTURE",
            "MUSIC",
            "HEALTH",
            "SPORT",
            "FAMILY",
            "SOCIETY",
            "INTEGRATION",
            "OTHER",
        ],
    );
    let state = one_of("education_offer", "state", &["DRAFT", "PUBLISHED", "WITHDRAWN"]);
    let pillar = one_of(
        "education_offer",
        "pillar",
        &["TRANSITIONS", "NETWORKING", "NO_TALENT_LOST", "CIVIL_SOCIETY", "DEMOGRAPHIC_CHANGE"],
    );
    format!(
        "CREATE TABLE education_offer (
    id {{uuid}} NOT NULL CONSTRAINT education_offer_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL CONSTRAINT education_offer_tenant_fk REFERENCES tenant (id),
    scope_id {{uuid}} NOT NULL CONSTRAINT education_offer_scope_fk REFERENCES scope (id),
    title text NOT NULL,
    description text,
    kind text NOT NULL,
    topic text NOT NULL,
    tags text,
    audiences text,
    age_from integer,
    age_to integer,
    languages text,
    cost_minor bigint,
    currency text,
    cost_note text,
    accessibility text,
    organisation_id {{uuid}} CONSTRAINT education_offer_organisation_fk REFERENCES organisation (id),
    learning_place_id {{uuid}} CONSTRAINT education_offer_place_fk REFERENCES learning_place (id),
    location text,
    field_of_work_id {{uuid}} CONSTRAINT education_offer_field_fk REFERENCES field_of_work (id),
    pillar text,
    registration_url text,
    valid_from {{date}},
    valid_until {{date}},
    state text NOT NULL,
    published_at {{instant}},
    withdraw_reason text,
    source text,
    search_text text NOT NULL,
    version integer NOT NULL,
    created_at {{instant}} NOT NULL,
    updated_at {{instant}} NOT NULL,
    {kind},
    {topic},
    {state},
    {pillar},
    CONSTRAINT education_offer_cost_check CHECK ((cost_minor IS NULL) = (currency IS NULL)),
    CONSTRAINT education_offer_tenant_key UNIQUE (tenant_id, id)
)
;;
CREATE INDEX education_offer_scope_idx ON education_offer (scope_id, title, id)
;;
CREATE INDEX education_offer_place_idx ON education_offer (learning_place_id)
;;
CREATE INDEX education_offer_organisation_idx ON education_offer (organisation_id)
;;
CREATE TABLE education_offer_date (
    offer_id {{uuid}} NOT NULL,
    calendar_entry_id {{uuid}} NOT NULL,
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT education_offer_date_scope_fk REFERENCES scope (id),
    CONSTRAINT education_offer_date_pkey PRIMARY KEY (offer_id, calendar_entry_id),
    CONSTRAINT education_offer_date_offer_fk FOREIGN KEY (tenant_id, offer_id)
        REFERENCES education_offer (tenant_id, id),
    CONSTRAINT education_offer_date_entry_fk FOREIGN KEY (tenant_id, calendar_entry_id)
        REFERENCES calendar_entry (tenant_id, id)
)
;;
CREATE INDEX education_offer_date_entry_idx ON education_offer_date (calendar_entry_id)"
    )
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &organisations()).await?;
        for (name, definition) in OF_PLACES {
            run(manager, &format!("ALTER TABLE learning_place ADD COLUMN {name} {definition}")).await?;
        }
        for (name, on) in INDEXES {
            run(manager, &format!("CREATE INDEX {name} ON {on}")).await?;
        }
        run(manager, &merges()).await?;
        run(manager, &offers()).await?;
        for (table, kind) in TABLES {
            run_on_postgres(manager, &rls_policy(table, kind)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, _) in TABLES {
            run_on_postgres(manager, &drop_rls_policy(table)).await?;
        }
        for (table, _) in TABLES.iter().skip(1).rev() {
            run(manager, &format!("DROP TABLE {table}")).await?;
        }
        for (name, _) in INDEXES {
            run(manager, &format!("DROP INDEX {name}")).await?;
        }
        for (name, _) in OF_PLACES.iter().rev() {
            run(manager, &format!("ALTER TABLE learning_place DROP COLUMN {name}")).await?;
        }
        run(manager, "DROP TABLE organisation").await
    }
}
