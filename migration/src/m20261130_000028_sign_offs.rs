//! Sign-offs that fall until the publication, and plans that differ from what was signed after it.
//!
//! A change of an entry takes the sign-offs of its round back as long as the round is not published; an agreed round is in
//! coordination again, and `reopened_by` names the authority until the program has recorded that. After the publication,
//! `changed_at` and `public_changed_at` tell that a plan differs from what was published, which is kept as a snapshot.
//! Entries are never deleted.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::ddl::{one_of, run, run_on_postgres};
use crate::m20261124_000014_planning::{PUBLISHED, drop_triggers, original_triggers, trigger};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// New columns: table, definition.
const COLUMNS: [(&str, &str); 3] = [
    ("coordination_round", "reopened_by {uuid}"),
    ("round_plan", "changed_at {instant}"),
    ("round_plan", "public_changed_at {instant}"),
];

/// Takes what was reopened by the acting authority, so that it is recorded once. The acting person need not see the round.
const REOPENED: &str = "CREATE FUNCTION verbund_reopened_rounds() RETURNS SETOF coordination_round
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
AS $$ UPDATE coordination_round SET reopened_by = NULL
    WHERE reopened_by = nullif(current_setting('app.tenant', true), '')::uuid RETURNING * $$";

/// The rounds that a changed entry concerns. A series concerns every year from its first on.
const CONCERNED: &str = "SELECT taking.round_id FROM annual_plan_calendar planned
        JOIN round_plan taking ON taking.plan_id = planned.plan_id
        JOIN coordination_round held ON held.id = taking.round_id
        WHERE planned.calendar_id IN ({calendars}) AND held.year >= {first} AND ({series} OR held.year <= {last})";

/// Waits for a sign-off or a publication of the rounds that is under way: either it knows of the change, or the change of
/// it. The key is that of `Writer::lock_named`.
const WAIT: &str = "PERFORM pg_advisory_xact_lock_shared(
        ('x' || substr(replace(round_id::text, '-', ''), 1, 16))::bit(64)::bigint
        # ('x' || substr(replace(round_id::text, '-', ''), 17))::bit(64)::bigint)
    FROM (SELECT DISTINCT round_id FROM ({concerned}) every ORDER BY round_id) rounds;";

const FALLEN: &str = "UPDATE round_plan SET signed_at = NULL, signed_by = NULL WHERE signed_at IS NOT NULL
        AND round_id IN ({concerned} AND held.state IN ('IN_COORDINATION', 'AGREED'));
    UPDATE coordination_round SET state = 'IN_COORDINATION', version = version + 1, reopened_by = NEW.tenant_id,
            updated_at = CASE WHEN NEW.updated_at > updated_at THEN NEW.updated_at ELSE updated_at END
        WHERE state = 'AGREED' AND id IN ({concerned});
    UPDATE round_plan SET changed_at = NEW.updated_at,
            public_changed_at = CASE WHEN {public} THEN NEW.updated_at ELSE public_changed_at END
        WHERE plan_id IN (SELECT plan_id FROM annual_plan_calendar WHERE calendar_id IN ({calendars}))
            AND round_id IN ({concerned} AND held.state = 'PUBLISHED');";

/// What was signed last is what is published: any change since would have taken the sign-off back.
const SNAPSHOTS: &str =
    "INSERT INTO plan_snapshot (id, tenant_id, scope_id, plan_id, round_id, step, taken_by, taken_at)
        SELECT {id}, signed.tenant_id, signed.scope_id, signed.plan_id, signed.round_id, 'PUBLISHED', signed.taken_by,
            NEW.published_at
        FROM plan_snapshot signed WHERE signed.round_id = NEW.id AND {last_signed};
    INSERT INTO plan_snapshot_entry (id, tenant_id, scope_id, snapshot_id, entry_id, title, kind, status, all_day,
            starts_local, ends_local, time_zone, recurrence_rule, field_of_work_id, place, organiser, audiences, details)
        SELECT {id}, kept.tenant_id, kept.scope_id, published.id, kept.entry_id, kept.title, kept.kind, kept.status,
            kept.all_day, kept.starts_local, kept.ends_local, kept.time_zone, kept.recurrence_rule,
            kept.field_of_work_id, kept.place, kept.organiser, kept.audiences, kept.details
        FROM plan_snapshot published
        JOIN plan_snapshot signed ON signed.round_id = published.round_id AND signed.plan_id = published.plan_id
        JOIN plan_snapshot_entry kept ON kept.snapshot_id = signed.id
        WHERE published.round_id = NEW.id AND published.step = 'PUBLISHED' AND {last_signed};";

/// The ids of the program grow with time.
const LAST_SIGNED: &str = "signed.step = 'AGREED' AND NOT EXISTS (SELECT 1 FROM plan_snapshot later
            WHERE later.round_id = signed.round_id AND later.plan_id = signed.plan_id AND later.step = 'AGREED'
                AND later.id > signed.id)";

fn triggers(backend: DbBackend) -> String {
    let postgres = backend == DbBackend::Postgres;
    let year = |of: &str, column: &str| {
        if postgres {
            format!("extract(year FROM {of}.{column})")
        } else {
            format!("CAST(substr({of}.{column}, 1, 4) AS integer)")
        }
    };
    let fallen = |calendars: &str, before: &str, series: &str, public: &str| {
        let (min, max) = if postgres { ("least", "greatest") } else { ("min", "max") };
        let first = format!("{min}({}, {})", year("NEW", "starts_local"), year(before, "starts_local"));
        let last = format!("{max}({}, {})", year("NEW", "ends_local"), year(before, "ends_local"));
        let body = if postgres { format!("{WAIT}\n    {FALLEN}") } else { FALLEN.to_owned() };
        body.replace("{concerned}", CONCERNED)
            .replace("{calendars}", calendars)
            .replace("{first}", &first)
            .replace("{last}", &last)
            .replace("{series}", series)
            .replace("{public}", public)
    };
    let made = fallen("NEW.calendar_id", "NEW", "NEW.expanded_until IS NOT NULL", "NEW.confidentiality = 'PUBLIC'");
    let changed = fallen(
        "NEW.calendar_id, OLD.calendar_id",
        "OLD",
        "NEW.expanded_until IS NOT NULL OR OLD.expanded_until IS NOT NULL",
        "NEW.confidentiality = 'PUBLIC' OR OLD.confidentiality = 'PUBLIC'",
    );
    // A change that stays in the authority is none of the others' business, not even that it happened. A calendar that
    // becomes narrower takes its entries along without another version.
    let is_change = "(OLD.version <> NEW.version OR OLD.confidentiality <> NEW.confidentiality) \
                     AND (NEW.confidentiality <> 'INTERNAL' OR OLD.confidentiality <> 'INTERNAL')";
    let id = if postgres { "gen_random_uuid()" } else { "randomblob(16)" };
    let snapshots = SNAPSHOTS.replace("{id}", id).replace("{last_signed}", LAST_SIGNED);
    let all = [
        ("round_plan_made", "AFTER INSERT ON calendar_entry", "NEW.confidentiality <> 'INTERNAL'", made),
        ("round_plan_changed", "AFTER UPDATE ON calendar_entry", is_change, changed),
        (
            "coordination_round_published",
            "AFTER UPDATE ON coordination_round",
            "OLD.state <> 'PUBLISHED' AND NEW.state = 'PUBLISHED'",
            format!("{PUBLISHED}\n    {snapshots}"),
        ),
    ];
    all.map(|(name, when, condition, body)| trigger(backend, name, when, condition, &body)).join("\n;;\n")
}

/// Lets snapshots be taken at other steps. SQLite changes no constraint in place: the table is made anew.
async fn steps(manager: &SchemaManager<'_>, steps: &[&str]) -> Result<(), DbErr> {
    let step = one_of("plan_snapshot", "step", steps);
    if manager.get_database_backend() == DbBackend::Postgres {
        let sql = format!("ALTER TABLE plan_snapshot DROP CONSTRAINT plan_snapshot_step_check, ADD {step}");
        return run(manager, &sql).await;
    }
    run(
        manager,
        &format!(
            "CREATE TABLE plan_snapshot_kept AS SELECT * FROM plan_snapshot
;;
CREATE TABLE plan_snapshot_entry_kept AS SELECT * FROM plan_snapshot_entry
;;
DELETE FROM plan_snapshot_entry
;;
DROP TABLE plan_snapshot
;;
CREATE TABLE plan_snapshot (
    id {{uuid}} NOT NULL CONSTRAINT plan_snapshot_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT plan_snapshot_scope_fk REFERENCES scope (id),
    plan_id {{uuid}} NOT NULL,
    round_id {{uuid}} NOT NULL CONSTRAINT plan_snapshot_round_fk REFERENCES coordination_round (id),
    step text NOT NULL,
    taken_by text NOT NULL,
    taken_at {{instant}} NOT NULL,
    {step},
    CONSTRAINT plan_snapshot_tenant_key UNIQUE (tenant_id, id),
    CONSTRAINT plan_snapshot_plan_fk FOREIGN KEY (tenant_id, plan_id) REFERENCES annual_plan (tenant_id, id)
)
;;
CREATE INDEX plan_snapshot_plan_idx ON plan_snapshot (plan_id, taken_at)
;;
INSERT INTO plan_snapshot SELECT * FROM plan_snapshot_kept
;;
INSERT INTO plan_snapshot_entry SELECT * FROM plan_snapshot_entry_kept
;;
DROP TABLE plan_snapshot_kept
;;
DROP TABLE plan_snapshot_entry_kept"
        ),
    )
    .await
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_triggers(manager).await?;
        for (table, column) in COLUMNS {
            run(manager, &format!("ALTER TABLE {table} ADD COLUMN {column}")).await?;
        }
        steps(manager, &["SUBMITTED", "AGREED", "PUBLISHED"]).await?;
        run(manager, &triggers(manager.get_database_backend())).await?;
        run_on_postgres(manager, REOPENED).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run_on_postgres(manager, "DROP FUNCTION verbund_reopened_rounds()").await?;
        drop_triggers(manager).await?;
        run(
            manager,
            "DELETE FROM plan_snapshot_entry WHERE snapshot_id IN (SELECT id FROM plan_snapshot WHERE step = 'PUBLISHED')
;;
DELETE FROM plan_snapshot WHERE step = 'PUBLISHED'",
        )
        .await?;
        steps(manager, &["SUBMITTED", "AGREED"]).await?;
        for (table, column) in COLUMNS.iter().rev() {
            let name = column.split(' ').next().unwrap_or_default();
            run(manager, &format!("ALTER TABLE {table} DROP COLUMN {name}")).await?;
        }
        run(manager, &original_triggers(manager.get_database_backend())).await
    }
}
