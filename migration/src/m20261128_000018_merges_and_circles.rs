//! Organisations are merged like places, and what a change of a project's circle moves.
//!
//! Merges are looked at when all is written: archives come in no order of merges. Who takes part in a project is seen with
//! it; who was asked and who left, by the lead and the partners. Calendars of a project have its field of work.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::ddl::{one_of, run};
use crate::m20261127_000016_projects::{drop_trigger, moved, original_trigger, trigger};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// What is new of an organisation.
const OF_ORGANISATIONS: [(&str, &str); 3] = [
    (
        "merged_into_id",
        "{uuid} CONSTRAINT organisation_merged_fk REFERENCES organisation (id) DEFERRABLE INITIALLY DEFERRED",
    ),
    ("merged_at", "{instant}"),
    ("merged_by", "text"),
];

/// What a proposal is about, where it is one of two places, or of two organisations.
const RECORDS: [(&str, &str); 4] = [
    ("duplicate_place_id", "CONSTRAINT merge_proposal_duplicate_place_fk REFERENCES learning_place (id)"),
    ("survivor_place_id", "CONSTRAINT merge_proposal_survivor_place_fk REFERENCES learning_place (id)"),
    ("duplicate_organisation_id", "CONSTRAINT merge_proposal_duplicate_organisation_fk REFERENCES organisation (id)"),
    ("survivor_organisation_id", "CONSTRAINT merge_proposal_survivor_organisation_fk REFERENCES organisation (id)"),
];

/// Two places, or two organisations, and not twice the same.
const PAIR: &str = "CONSTRAINT merge_proposal_pair_check CHECK (
        (duplicate_organisation_id IS NULL AND survivor_organisation_id IS NULL AND duplicate_place_id IS NOT NULL
            AND survivor_place_id IS NOT NULL AND duplicate_place_id <> survivor_place_id)
        OR (duplicate_place_id IS NULL AND survivor_place_id IS NULL AND duplicate_organisation_id IS NOT NULL
            AND survivor_organisation_id IS NOT NULL AND duplicate_organisation_id <> survivor_organisation_id)
    )";

/// Columns of a proposal that stay what they are.
const COLUMNS: &str = "id, tenant_id, to_tenant_id, scope_id, agreement_id, duplicate_tenant_id, message, state, proposed_by, \
                       answered_by, answered_tenant_id, answered_at, reason, version, created_at, updated_at";

/// Indexes of proposals after it.
const INDEXES: [(&str, &str); 4] = [
    ("merge_proposal_places_idx", "merge_proposal (duplicate_place_id, survivor_place_id)"),
    ("merge_proposal_survivor_place_idx", "merge_proposal (survivor_place_id)"),
    ("merge_proposal_organisations_idx", "merge_proposal (duplicate_organisation_id, survivor_organisation_id)"),
    ("merge_proposal_survivor_organisation_idx", "merge_proposal (survivor_organisation_id)"),
];

/// What waits once for an answer.
const OPEN_ONCE: [(&str, &str); 2] = [
    ("merge_proposal_open_places_key", "(duplicate_place_id, survivor_place_id)"),
    ("merge_proposal_open_organisations_key", "(duplicate_organisation_id, survivor_organisation_id)"),
];

/// Indexes of proposals before it.
const BEFORE: &str = "CREATE INDEX merge_proposal_pair_idx ON merge_proposal (duplicate_id, survivor_id)
;;
CREATE INDEX merge_proposal_survivor_idx ON merge_proposal (survivor_id)
;;
CREATE UNIQUE INDEX merge_proposal_open_key ON merge_proposal (duplicate_id, survivor_id) WHERE state = 'OPEN'";

const SCOPE_INDEX: &str = "CREATE INDEX merge_proposal_scope_idx ON merge_proposal (scope_id, created_at, id)";

/// What moves the partners of a project along.
const PARTNERS: &str =
    "UPDATE project_partner SET scope_id = CASE state WHEN 'ACTIVE' THEN NEW.scope_id ELSE NEW.inner_scope_id END
            WHERE project_id = NEW.id";

/// What moves the calendars of a project, and their entries, into its field of work.
const CALENDARS: &str = "UPDATE calendar SET field_of_work_id = NEW.field_of_work_id WHERE project_id = NEW.id;
UPDATE calendar_entry SET field_of_work_id = NEW.field_of_work_id WHERE calendar_id IN (SELECT id FROM calendar
            WHERE project_id = NEW.id);";

/// The same of what is there already.
const ONCE: &str =
    "UPDATE project_partner SET scope_id = (SELECT p.inner_scope_id FROM project p WHERE p.id = project_id)
    WHERE state <> 'ACTIVE'
;;
UPDATE calendar SET field_of_work_id = (SELECT p.field_of_work_id FROM project p WHERE p.id = project_id)
    WHERE project_id IS NOT NULL
;;
UPDATE calendar_entry SET field_of_work_id = (SELECT c.field_of_work_id FROM calendar c WHERE c.id = calendar_id)
    WHERE calendar_id IN (SELECT id FROM calendar WHERE project_id IS NOT NULL)";

/// A table of proposals for SQLite, which changes none in place.
fn proposals(name: &str, records: &str, pair: &str) -> String {
    let state = one_of("merge_proposal", "state", &["OPEN", "ACCEPTED", "DECLINED", "WITHDRAWN"]);
    format!(
        "CREATE TABLE {name} (
    id {{uuid}} NOT NULL CONSTRAINT merge_proposal_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL CONSTRAINT merge_proposal_tenant_fk REFERENCES tenant (id),
    to_tenant_id {{uuid}} NOT NULL CONSTRAINT merge_proposal_to_fk REFERENCES tenant (id),
    scope_id {{uuid}} NOT NULL CONSTRAINT merge_proposal_scope_fk REFERENCES scope (id),
    agreement_id {{uuid}} CONSTRAINT merge_proposal_agreement_fk REFERENCES agreement (id),
    {records},
    duplicate_tenant_id {{uuid}} NOT NULL CONSTRAINT merge_proposal_duplicate_tenant_fk REFERENCES tenant (id),
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
    {pair},
    CONSTRAINT merge_proposal_agreement_check CHECK (tenant_id = to_tenant_id OR agreement_id IS NOT NULL)
)"
    )
}

/// Puts a new table of proposals in the place of the old one; `from` are its columns of records, `to` those of the new one.
fn replaced(records: &str, pair: &str, from: &str, to: &str) -> String {
    format!(
        "{}\n;;\nINSERT INTO merge_proposal_next ({COLUMNS}, {to}) SELECT {COLUMNS}, {from} FROM merge_proposal\n;;\n\
         DROP TABLE merge_proposal\n;;\nALTER TABLE merge_proposal_next RENAME TO merge_proposal\n;;\n{SCOPE_INDEX}",
        proposals("merge_proposal_next", records, pair)
    )
}

/// How a merge of places is looked at: by the end of the transaction, or at once.
fn merges_of_places(backend: DbBackend, deferred: bool) -> String {
    let when = if deferred { "DEFERRABLE INITIALLY DEFERRED" } else { "NOT DEFERRABLE" };
    match backend {
        DbBackend::Postgres => format!("ALTER TABLE learning_place ALTER CONSTRAINT learning_place_merged_fk {when}"),
        _ => format!(
            "DROP INDEX learning_place_merged_idx
;;
ALTER TABLE learning_place ADD COLUMN merged_next {{uuid}} CONSTRAINT learning_place_merged_fk REFERENCES learning_place (id) {when}
;;
UPDATE learning_place SET merged_next = merged_into_id
;;
ALTER TABLE learning_place DROP COLUMN merged_into_id
;;
ALTER TABLE learning_place RENAME COLUMN merged_next TO merged_into_id
;;
CREATE INDEX learning_place_merged_idx ON learning_place (merged_into_id)"
        ),
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        for (name, definition) in OF_ORGANISATIONS {
            run(manager, &format!("ALTER TABLE organisation ADD COLUMN {name} {definition}")).await?;
        }
        run(manager, "CREATE INDEX organisation_merged_idx ON organisation (merged_into_id)").await?;
        run(manager, &merges_of_places(backend, true)).await?;
        if backend == DbBackend::Postgres {
            let of_organisations = RECORDS[2..].iter();
            let added: Vec<_> = of_organisations.map(|(name, fk)| format!("ADD COLUMN {name} {{uuid}} {fk}")).collect();
            run(
                manager,
                &format!(
                    "ALTER TABLE merge_proposal DROP CONSTRAINT merge_proposal_pair_check, ALTER COLUMN duplicate_id DROP NOT NULL, \
                     ALTER COLUMN survivor_id DROP NOT NULL, {}
;;
ALTER TABLE merge_proposal RENAME COLUMN duplicate_id TO duplicate_place_id
;;
ALTER TABLE merge_proposal RENAME COLUMN survivor_id TO survivor_place_id
;;
ALTER TABLE merge_proposal RENAME CONSTRAINT merge_proposal_duplicate_fk TO merge_proposal_duplicate_place_fk
;;
ALTER TABLE merge_proposal RENAME CONSTRAINT merge_proposal_survivor_fk TO merge_proposal_survivor_place_fk
;;
ALTER TABLE merge_proposal ADD {PAIR}
;;
DROP INDEX merge_proposal_pair_idx
;;
DROP INDEX merge_proposal_survivor_idx
;;
DROP INDEX merge_proposal_open_key",
                    added.join(", ")
                ),
            )
            .await?;
        } else {
            let records: Vec<_> = RECORDS.iter().map(|(name, fk)| format!("{name} {{uuid}} {fk}")).collect();
            let (from, to) = ("duplicate_id, survivor_id", "duplicate_place_id, survivor_place_id");
            run(manager, &replaced(&records.join(",\n    "), PAIR, from, to)).await?;
        }
        for (name, on) in INDEXES {
            run(manager, &format!("CREATE INDEX {name} ON {on}")).await?;
        }
        for (name, on) in OPEN_ONCE {
            run(manager, &format!("CREATE UNIQUE INDEX {name} ON merge_proposal {on} WHERE state = 'OPEN'")).await?;
        }
        run(manager, drop_trigger(manager)).await?;
        run(manager, &trigger(backend, &format!("{CALENDARS}\n{}", moved(PARTNERS)))).await?;
        run(manager, ONCE).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        run(manager, drop_trigger(manager)).await?;
        run(manager, &original_trigger(manager)).await?;
        // What is about organisations has no place there.
        run(manager, "DELETE FROM merge_proposal WHERE duplicate_place_id IS NULL").await?;
        if backend == DbBackend::Postgres {
            for (name, _) in INDEXES.iter().chain(&OPEN_ONCE) {
                run(manager, &format!("DROP INDEX {name}")).await?;
            }
            run(
                manager,
                "ALTER TABLE merge_proposal DROP CONSTRAINT merge_proposal_pair_check, DROP COLUMN duplicate_organisation_id, \
                 DROP COLUMN survivor_organisation_id, ALTER COLUMN duplicate_place_id SET NOT NULL, \
                 ALTER COLUMN survivor_place_id SET NOT NULL
;;
ALTER TABLE merge_proposal RENAME COLUMN duplicate_place_id TO duplicate_id
;;
ALTER TABLE merge_proposal RENAME COLUMN survivor_place_id TO survivor_id
;;
ALTER TABLE merge_proposal RENAME CONSTRAINT merge_proposal_duplicate_place_fk TO merge_proposal_duplicate_fk
;;
ALTER TABLE merge_proposal RENAME CONSTRAINT merge_proposal_survivor_place_fk TO merge_proposal_survivor_fk
;;
ALTER TABLE merge_proposal ADD CONSTRAINT merge_proposal_pair_check CHECK (duplicate_id <> survivor_id)",
            )
            .await?;
        } else {
            let records =
                "duplicate_id {uuid} NOT NULL CONSTRAINT merge_proposal_duplicate_fk REFERENCES learning_place (id),
    survivor_id {uuid} NOT NULL CONSTRAINT merge_proposal_survivor_fk REFERENCES learning_place (id)";
            let pair = "CONSTRAINT merge_proposal_pair_check CHECK (duplicate_id <> survivor_id)";
            let (from, to) = ("duplicate_place_id, survivor_place_id", "duplicate_id, survivor_id");
            run(manager, &replaced(records, pair, from, to)).await?;
        }
        run(manager, BEFORE).await?;
        run(manager, &merges_of_places(backend, false)).await?;
        run(manager, "DROP INDEX organisation_merged_idx").await?;
        for (name, _) in OF_ORGANISATIONS.iter().rev() {
            run(manager, &format!("ALTER TABLE organisation DROP COLUMN {name}")).await?;
        }
        Ok(())
    }
}
