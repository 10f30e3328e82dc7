//! Annual plans, the rounds in which parties of an agreement coordinate them, proposals, comments, and what was
//! acknowledged of conflicts.
//!
//! Two triggers keep what no single write can: a sign-off falls when an entry of the round's plans changes after it, and
//! what belongs to a round is public when the round is.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::ddl::{one_of, run, run_on_postgres};
use crate::rls::{RlsPolicy, drop_rls_policy, rls_policy};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [(&str, RlsPolicy); 9] = [
    ("annual_plan", RlsPolicy::Content),
    ("annual_plan_calendar", RlsPolicy::Content),
    ("coordination_round", RlsPolicy::Joint),
    ("round_plan", RlsPolicy::Content),
    ("plan_snapshot", RlsPolicy::Content),
    ("plan_snapshot_entry", RlsPolicy::Content),
    ("change_proposal", RlsPolicy::Joint),
    ("coordination_comment", RlsPolicy::Content),
    ("conflict_acknowledgement", RlsPolicy::Content),
];

/// The sign-offs that a changed entry takes back. `{first}` and `{last}` are the years that it touches; what stays in
/// the authority changes nothing for the others.
const FALLEN: &str =
    "UPDATE round_plan SET signed_at = NULL, signed_by = NULL WHERE signed_at IS NOT NULL AND round_id IN (
        SELECT taking.round_id FROM annual_plan_calendar planned
        JOIN round_plan taking ON taking.plan_id = planned.plan_id
        JOIN coordination_round held ON held.id = taking.round_id
        WHERE planned.calendar_id = NEW.calendar_id AND held.state = 'IN_COORDINATION'
            AND (NEW.expanded_until IS NOT NULL OR (held.year >= {first} AND held.year <= {last})))";

pub(crate) const PUBLISHED: &str = "UPDATE round_plan SET scope_id = NEW.scope_id WHERE round_id = NEW.id;
    UPDATE annual_plan SET scope_id = NEW.scope_id WHERE id IN (SELECT plan_id FROM round_plan WHERE round_id = NEW.id);
    UPDATE annual_plan_calendar SET scope_id = NEW.scope_id
        WHERE plan_id IN (SELECT plan_id FROM round_plan WHERE round_id = NEW.id);";

/// The triggers as they were at first.
pub(crate) fn original_triggers(backend: DbBackend) -> String {
    let year = |of: &str, column: &str| match backend {
        DbBackend::Postgres => format!("extract(year FROM {of}.{column})"),
        _ => format!("CAST(substr({of}.{column}, 1, 4) AS integer)"),
    };
    let fallen = |before: &str| {
        let (min, max) = if backend == DbBackend::Postgres { ("least", "greatest") } else { ("min", "max") };
        let first = format!("{min}({}, {})", year("NEW", "starts_local"), year(before, "starts_local"));
        let last = format!("{max}({}, {})", year("NEW", "ends_local"), year(before, "ends_local"));
        FALLEN.replace("{first}", &first).replace("{last}", &last)
    };
    // A change that stays in the authority is none of the others' business, not even that it happened.
    let changed =
        "OLD.version <> NEW.version AND (NEW.confidentiality <> 'INTERNAL' OR OLD.confidentiality <> 'INTERNAL')";
    let made = "NEW.confidentiality <> 'INTERNAL'";
    let public = "OLD.state <> 'PUBLISHED' AND NEW.state = 'PUBLISHED'";
    let all = [
        ("round_plan_made", "AFTER INSERT ON calendar_entry", made, format!("{};", fallen("NEW"))),
        ("round_plan_changed", "AFTER UPDATE ON calendar_entry", changed, format!("{};", fallen("OLD"))),
        ("coordination_round_published", "AFTER UPDATE ON coordination_round", public, PUBLISHED.to_owned()),
    ];
    all.map(|(name, when, condition, body)| trigger(backend, name, when, condition, &body)).join("\n;;\n")
}

/// A trigger that does `body` for each row.
pub(crate) fn trigger(backend: DbBackend, name: &str, when: &str, condition: &str, body: &str) -> String {
    match backend {
        DbBackend::Postgres => format!(
            "CREATE FUNCTION verbund_{name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN {body} RETURN NULL; END $$
;;
CREATE TRIGGER {name} {when} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION verbund_{name}()"
        ),
        _ => format!("CREATE TRIGGER {name} {when} WHEN {condition} BEGIN {body} END"),
    }
}

const TRIGGERS: [(&str, &str); 3] = [
    ("round_plan_made", "calendar_entry"),
    ("round_plan_changed", "calendar_entry"),
    ("coordination_round_published", "coordination_round"),
];

/// Takes the triggers away.
pub(crate) async fn drop_triggers(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for (trigger, table) in TRIGGERS {
        let sql = match manager.get_database_backend() {
            DbBackend::Postgres => format!("DROP TRIGGER {trigger} ON {table}\n;;\nDROP FUNCTION verbund_{trigger}()"),
            _ => format!("DROP TRIGGER {trigger}"),
        };
        run(manager, &sql).await?;
    }
    Ok(())
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let round_states = ["COLLECTING", "IN_COORDINATION", "AGREED", "PUBLISHED", "CLOSED"];
        let round_state = one_of("coordination_round", "state", &round_states);
        let step = one_of("plan_snapshot", "step", &["SUBMITTED", "AGREED"]);
        let kinds = [
            "WORKSHOP",
            "COUNSELLING_DAY",
            "FAIR",
            "CONFERENCE",
            "MEETING",
            "TRAINING",
            "INFORMATION_EVENT",
            "DEADLINE",
            "OTHER",
        ];
        let kind = one_of("plan_snapshot_entry", "kind", &kinds);
        let status = one_of("plan_snapshot_entry", "status", &["IDEA", "TENTATIVE", "CONFIRMED", "CANCELLED"]);
        let proposal_states = ["OPEN", "AGREED", "ACCEPTED", "DECLINED", "COUNTERED", "WITHDRAWN"];
        let proposal_state = one_of("change_proposal", "state", &proposal_states);
        let rules = [
            "SAME_PLACE",
            "SAME_SPEAKER",
            "SAME_ORGANISER",
            "SAME_AUDIENCE",
            "DUPLICATE_TOPIC",
            "PUBLIC_HOLIDAY",
            "SCHOOL_HOLIDAY",
            "TENANT_CLOSURE",
        ];
        let rule = one_of("conflict_acknowledgement", "rule", &rules);
        run(
            manager,
            &format!(
                "CREATE TABLE annual_plan (
    id {{uuid}} NOT NULL CONSTRAINT annual_plan_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL CONSTRAINT annual_plan_tenant_fk REFERENCES tenant (id),
    scope_id {{uuid}} NOT NULL CONSTRAINT annual_plan_scope_fk REFERENCES scope (id),
    year integer NOT NULL,
    title text NOT NULL,
    version integer NOT NULL,
    created_at {{instant}} NOT NULL,
    updated_at {{instant}} NOT NULL,
    CONSTRAINT annual_plan_tenant_key UNIQUE (tenant_id, id),
    CONSTRAINT annual_plan_year_key UNIQUE (tenant_id, year)
)
;;
CREATE INDEX annual_plan_scope_idx ON annual_plan (scope_id, created_at, id)
;;
CREATE TABLE annual_plan_calendar (
    plan_id {{uuid}} NOT NULL,
    calendar_id {{uuid}} NOT NULL,
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT annual_plan_calendar_scope_fk REFERENCES scope (id),
    CONSTRAINT annual_plan_calendar_pkey PRIMARY KEY (plan_id, calendar_id),
    CONSTRAINT annual_plan_calendar_plan_fk FOREIGN KEY (tenant_id, plan_id) REFERENCES annual_plan (tenant_id, id),
    CONSTRAINT annual_plan_calendar_calendar_fk FOREIGN KEY (tenant_id, calendar_id)
        REFERENCES calendar (tenant_id, id)
)
;;
CREATE INDEX annual_plan_calendar_calendar_idx ON annual_plan_calendar (calendar_id)
;;
CREATE TABLE coordination_round (
    id {{uuid}} NOT NULL CONSTRAINT coordination_round_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT coordination_round_scope_fk REFERENCES scope (id),
    agreement_id {{uuid}} NOT NULL,
    year integer NOT NULL,
    state text NOT NULL,
    submit_until {{date}} NOT NULL,
    days_apart integer NOT NULL,
    close_reason text,
    published_at {{instant}},
    version integer NOT NULL,
    created_at {{instant}} NOT NULL,
    updated_at {{instant}} NOT NULL,
    {round_state},
    CONSTRAINT coordination_round_party_fk FOREIGN KEY (agreement_id, tenant_id)
        REFERENCES agreement_party (agreement_id, tenant_id)
)
;;
CREATE INDEX coordination_round_scope_idx ON coordination_round (scope_id, created_at, id)
;;
CREATE UNIQUE INDEX coordination_round_year_key ON coordination_round (agreement_id, year) WHERE state <> 'CLOSED'
;;
CREATE TABLE round_plan (
    round_id {{uuid}} NOT NULL CONSTRAINT round_plan_round_fk REFERENCES coordination_round (id),
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT round_plan_scope_fk REFERENCES scope (id),
    plan_id {{uuid}} NOT NULL,
    submitted_by text NOT NULL,
    submitted_at {{instant}} NOT NULL,
    signed_by text,
    signed_at {{instant}},
    CONSTRAINT round_plan_pkey PRIMARY KEY (round_id, tenant_id),
    CONSTRAINT round_plan_plan_fk FOREIGN KEY (tenant_id, plan_id) REFERENCES annual_plan (tenant_id, id)
)
;;
CREATE INDEX round_plan_plan_idx ON round_plan (plan_id)
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
CREATE TABLE plan_snapshot_entry (
    id {{uuid}} NOT NULL CONSTRAINT plan_snapshot_entry_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT plan_snapshot_entry_scope_fk REFERENCES scope (id),
    snapshot_id {{uuid}} NOT NULL,
    entry_id {{uuid}} NOT NULL,
    title text NOT NULL,
    kind text NOT NULL,
    status text NOT NULL,
    all_day boolean NOT NULL,
    starts_local {{local}} NOT NULL,
    ends_local {{local}} NOT NULL,
    time_zone text NOT NULL,
    recurrence_rule text,
    field_of_work_id {{uuid}},
    place text,
    organiser text,
    audiences text,
    {kind},
    {status},
    CONSTRAINT plan_snapshot_entry_snapshot_fk FOREIGN KEY (tenant_id, snapshot_id)
        REFERENCES plan_snapshot (tenant_id, id),
    CONSTRAINT plan_snapshot_entry_entry_fk FOREIGN KEY (tenant_id, entry_id) REFERENCES calendar_entry (tenant_id, id)
)
;;
CREATE INDEX plan_snapshot_entry_snapshot_idx ON plan_snapshot_entry (snapshot_id)
;;
CREATE TABLE change_proposal (
    id {{uuid}} NOT NULL CONSTRAINT change_proposal_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL CONSTRAINT change_proposal_tenant_fk REFERENCES tenant (id),
    to_tenant_id {{uuid}} NOT NULL CONSTRAINT change_proposal_to_fk REFERENCES tenant (id),
    scope_id {{uuid}} NOT NULL CONSTRAINT change_proposal_scope_fk REFERENCES scope (id),
    round_id {{uuid}} NOT NULL CONSTRAINT change_proposal_round_fk REFERENCES coordination_round (id),
    entry_id {{uuid}} NOT NULL CONSTRAINT change_proposal_entry_fk REFERENCES calendar_entry (id),
    counters_id {{uuid}} CONSTRAINT change_proposal_counters_fk REFERENCES change_proposal (id),
    state text NOT NULL,
    occurrence {{local}},
    all_day boolean,
    starts_local {{local}},
    ends_local {{local}},
    place_id {{uuid}} CONSTRAINT change_proposal_place_fk REFERENCES learning_place (id),
    location text,
    call_off boolean NOT NULL,
    message text NOT NULL,
    answer_until {{date}},
    proposed_by text NOT NULL,
    answer text,
    answered_by text,
    answered_at {{instant}},
    version integer NOT NULL,
    created_at {{instant}} NOT NULL,
    updated_at {{instant}} NOT NULL,
    {proposal_state},
    CONSTRAINT change_proposal_sides_check CHECK (tenant_id <> to_tenant_id)
)
;;
CREATE INDEX change_proposal_round_idx ON change_proposal (round_id, created_at, id)
;;
CREATE INDEX change_proposal_entry_idx ON change_proposal (entry_id)
;;
CREATE TABLE coordination_comment (
    id {{uuid}} NOT NULL CONSTRAINT coordination_comment_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL CONSTRAINT coordination_comment_tenant_fk REFERENCES tenant (id),
    scope_id {{uuid}} NOT NULL CONSTRAINT coordination_comment_scope_fk REFERENCES scope (id),
    round_id {{uuid}} NOT NULL CONSTRAINT coordination_comment_round_fk REFERENCES coordination_round (id),
    proposal_id {{uuid}} CONSTRAINT coordination_comment_proposal_fk REFERENCES change_proposal (id),
    entry_id {{uuid}} CONSTRAINT coordination_comment_entry_fk REFERENCES calendar_entry (id),
    text text NOT NULL,
    author text NOT NULL,
    created_at {{instant}} NOT NULL,
    CONSTRAINT coordination_comment_about_check CHECK (proposal_id IS NULL OR entry_id IS NULL)
)
;;
CREATE INDEX coordination_comment_round_idx ON coordination_comment (round_id, created_at, id)
;;
CREATE TABLE conflict_acknowledgement (
    id {{uuid}} NOT NULL CONSTRAINT conflict_acknowledgement_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT conflict_acknowledgement_scope_fk REFERENCES scope (id),
    entry_id {{uuid}} NOT NULL,
    conflict_id {{uuid}} NOT NULL,
    rule text NOT NULL,
    reason text NOT NULL,
    acknowledged_by text NOT NULL,
    created_at {{instant}} NOT NULL,
    {rule},
    CONSTRAINT conflict_acknowledgement_entry_fk FOREIGN KEY (tenant_id, entry_id)
        REFERENCES calendar_entry (tenant_id, id),
    CONSTRAINT conflict_acknowledgement_conflict_key UNIQUE (entry_id, conflict_id)
)"
            ),
        )
        .await?;
        run(manager, &original_triggers(manager.get_database_backend())).await?;
        for (table, kind) in TABLES {
            run_on_postgres(manager, &rls_policy(table, kind)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, _) in TABLES {
            run_on_postgres(manager, &drop_rls_policy(table)).await?;
        }
        drop_triggers(manager).await?;
        for (table, _) in TABLES.iter().rev() {
            run(manager, &format!("DROP TABLE {table}")).await?;
        }
        Ok(())
    }
}
