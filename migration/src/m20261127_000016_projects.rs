//! Projects of several authorities: what they plan, what they pay, what they owe.
//!
//! Whoever leads owns the project; every part of it belongs to the party that answers for it. The joint plan (work packages,
//! milestones, reports …) is seen by lead and partners; money, obligations and documents by their owner, by the lead, and those
//! of the lead by the partners. A trigger moves what is there when that circle changes, whoever owns it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::ddl::{one_of, run, run_on_postgres};
use crate::rls::{RlsPolicy, drop_rls_policy, rls_policy};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Tables behind a wall, parents first.
const TABLES: [(&str, RlsPolicy); 18] = [
    ("project", RlsPolicy::Content),
    ("project_partner", RlsPolicy::Joint),
    ("project_step", RlsPolicy::Content),
    ("project_member", RlsPolicy::Content),
    ("work_package", RlsPolicy::Content),
    ("work_package_dependency", RlsPolicy::Content),
    ("milestone", RlsPolicy::Content),
    ("status_report", RlsPolicy::Content),
    ("project_indicator", RlsPolicy::Content),
    ("indicator_measurement", RlsPolicy::Content),
    ("project_link", RlsPolicy::Content),
    ("project_document", RlsPolicy::Content),
    ("document_version", RlsPolicy::Content),
    ("funding", RlsPolicy::Content),
    ("own_share", RlsPolicy::Content),
    ("budget_line", RlsPolicy::Content),
    ("obligation", RlsPolicy::Content),
    ("project_archive", RlsPolicy::Content),
];

/// What lead and partners see, whoever of them it belongs to.
const JOINT: [&str; 9] = [
    "project_step",
    "work_package",
    "work_package_dependency",
    "milestone",
    "status_report",
    "project_indicator",
    "indicator_measurement",
    "project_link",
    "own_share",
];

/// What the lead sees of everybody, and the partners of the lead.
const OF_THE_HOUSE: [&str; 4] = ["project_document", "funding", "budget_line", "obligation"];

/// What keeps the field of work of the project by itself: it outlives the partnership.
const WITH_FIELD: [&str; 4] = ["project_document", "funding", "budget_line", "obligation"];

const CREATE_FUNCTIONS: &str = "CREATE FUNCTION verbund_obligations_due(the_day date, the_most integer)
RETURNS TABLE (id uuid, tenant_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
SELECT id, tenant_id FROM obligation WHERE state = 'OPEN' AND remind_on <= the_day ORDER BY remind_on, id LIMIT the_most
$$
;;
CREATE FUNCTION verbund_project_scopes(the_tenant uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT id FROM scope WHERE tenant_id = the_tenant AND area = 'PROJECTS' $$";

/// What moves the partners along.
const PARTNERS: &str = "UPDATE project_partner SET scope_id = NEW.scope_id WHERE project_id = NEW.id";

/// What happens when the circle of those who see a project changes, or its field of work: to the partners, and to the rest.
pub(crate) fn moved(partners: &str) -> String {
    let mut body = vec![
        partners.to_owned(),
        "UPDATE project_member SET scope_id = NEW.inner_scope_id
            WHERE project_id = NEW.id AND tenant_id = NEW.tenant_id AND consented"
            .to_owned(),
        "UPDATE document_version SET scope_id = NEW.inner_scope_id WHERE document_id IN
            (SELECT id FROM project_document WHERE project_id = NEW.id AND tenant_id = NEW.tenant_id)"
            .to_owned(),
        "UPDATE calendar SET scope_id = NEW.inner_scope_id
            WHERE project_id = NEW.id AND (project_calendar = 'PLAN' OR tenant_id = NEW.tenant_id)"
            .to_owned(),
        "UPDATE calendar_entry SET scope_id = NEW.inner_scope_id WHERE calendar_id IN (SELECT id FROM calendar
            WHERE project_id = NEW.id AND (project_calendar = 'PLAN' OR tenant_id = NEW.tenant_id))"
            .to_owned(),
    ];
    body.extend(JOINT.map(|it| format!("UPDATE {it} SET scope_id = NEW.inner_scope_id WHERE project_id = NEW.id")));
    body.extend(OF_THE_HOUSE.map(|it| {
        format!("UPDATE {it} SET scope_id = NEW.inner_scope_id WHERE project_id = NEW.id AND tenant_id = NEW.tenant_id")
    }));
    body.extend(
        WITH_FIELD
            .map(|it| format!("UPDATE {it} SET field_of_work_id = NEW.field_of_work_id WHERE project_id = NEW.id")),
    );
    format!("{};", body.join(";\n"))
}

/// The trigger that does `body` when the circle of a project or its field of work changes.
pub(crate) fn trigger(backend: DbBackend, body: &str) -> String {
    let when = "OLD.scope_id <> NEW.scope_id OR OLD.inner_scope_id <> NEW.inner_scope_id
        OR coalesce(OLD.field_of_work_id, OLD.id) <> coalesce(NEW.field_of_work_id, NEW.id)";
    match backend {
        DbBackend::Postgres => format!(
            "CREATE FUNCTION verbund_project_moved() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN {body} RETURN NULL; END $$
;;
CREATE TRIGGER project_moved AFTER UPDATE ON project FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION verbund_project_moved()"
        ),
        _ => format!("CREATE TRIGGER project_moved AFTER UPDATE ON project WHEN {when} BEGIN {body} END"),
    }
}

/// The trigger as it was at first.
pub(crate) fn original_trigger(manager: &SchemaManager<'_>) -> String {
    trigger(manager.get_database_backend(), &moved(PARTNERS))
}

/// Takes the trigger away.
pub(crate) fn drop_trigger(manager: &SchemaManager<'_>) -> &'static str {
    match manager.get_database_backend() {
        DbBackend::Postgres => "DROP TRIGGER project_moved ON project\n;;\nDROP FUNCTION verbund_project_moved()",
        _ => "DROP TRIGGER project_moved",
    }
}

const PROJECT_PHASE: [&str; 9] =
    ["IDEA", "CONCEPT", "APPLIED", "APPROVED", "RUNNING", "COMPLETED", "EVALUATED", "REJECTED", "CANCELLED"];
const CONFIDENTIALITY: [&str; 3] = ["INTERNAL", "PARTNER", "PUBLIC"];
const PILLAR: [&str; 5] = ["TRANSITIONS", "NETWORKING", "NO_TALENT_LOST", "CIVIL_SOCIETY", "DEMOGRAPHIC_CHANGE"];
const PARTNER_STATE: [&str; 3] = ["INVITED", "ACTIVE", "ENDED"];
const PROJECT_ROLE: [&str; 3] = ["LEAD", "MEMBER", "CONTACT"];
const WORK_STATUS: [&str; 4] = ["PLANNED", "IN_PROGRESS", "DONE", "CANCELLED"];
const MILESTONE_STATUS: [&str; 3] = ["OPEN", "REACHED", "CANCELLED"];
const TRAFFIC_LIGHT: [&str; 3] = ["GREEN", "YELLOW", "RED"];
const DOCUMENT_KIND: [&str; 7] =
    ["CONCEPT", "APPLICATION", "NOTICE_OF_GRANT", "REPORT", "PROOF_OF_USE", "AGREEMENT", "OTHER"];
const FUNDING_STATE: [&str; 5] = ["PREPARED", "APPLIED", "APPROVED", "REJECTED", "WITHDRAWN"];
const COST_TYPE: [&str; 8] = ["STAFF", "TRAVEL", "EVENTS", "MATERIAL", "CONTRACTS", "EQUIPMENT", "OVERHEAD", "OTHER"];
const OBLIGATION_KIND: [&str; 5] = ["CALL_FOR_FUNDS", "INTERIM_REPORT", "PROOF_OF_USE", "RETENTION", "OTHER"];
const OBLIGATION_STATE: [&str; 3] = ["OPEN", "FULFILLED", "WAIVED"];

const PROJECT_CALENDAR: [&str; 2] = ["PLAN", "DEADLINES"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let project_phase = one_of("project", "phase", &PROJECT_PHASE);
        let project_confidentiality = one_of("project", "confidentiality", &CONFIDENTIALITY);
        let project_pillar = one_of("project", "pillar", &PILLAR);
        let project_partner_state = one_of("project_partner", "state", &PARTNER_STATE);
        let project_step_phase = one_of("project_step", "phase", &PROJECT_PHASE);
        let project_member_role = one_of("project_member", "role", &PROJECT_ROLE);
        let work_package_status = one_of("work_package", "status", &WORK_STATUS);
        let milestone_status = one_of("milestone", "status", &MILESTONE_STATUS);
        let status_report_light = one_of("status_report", "light", &TRAFFIC_LIGHT);
        let project_document_kind = one_of("project_document", "kind", &DOCUMENT_KIND);
        let funding_state = one_of("funding", "state", &FUNDING_STATE);
        let budget_line_cost_type = one_of("budget_line", "cost_type", &COST_TYPE);
        let obligation_kind = one_of("obligation", "kind", &OBLIGATION_KIND);
        let obligation_state = one_of("obligation", "state", &OBLIGATION_STATE);
        let project_calendar = one_of("calendar", "project_calendar", &PROJECT_CALENDAR);
        run(
            manager,
            &format!(
                "CREATE TABLE funding_programme (
    id {{uuid}} NOT NULL CONSTRAINT funding_programme_pkey PRIMARY KEY,
    key text NOT NULL,
    name text NOT NULL,
    funder text NOT NULL,
    starts_on {{date}},
    ends_on {{date}},
    max_rate integer,
    cost_types {{json}} NOT NULL,
    rules {{json}} NOT NULL,
    retention_years integer NOT NULL,
    note text,
    source text NOT NULL,
    CONSTRAINT funding_programme_key_key UNIQUE (key)
)
;;
CREATE TABLE project (
    id {{uuid}} NOT NULL CONSTRAINT project_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT project_scope_fk REFERENCES scope (id),
    inner_scope_id {{uuid}} NOT NULL CONSTRAINT project_inner_scope_fk REFERENCES scope (id),
    agreement_id {{uuid}} CONSTRAINT project_agreement_fk REFERENCES agreement (id),
    field_of_work_id {{uuid}} CONSTRAINT project_field_of_work_fk REFERENCES field_of_work (id),
    title text NOT NULL,
    summary text,
    search_text text NOT NULL,
    phase text NOT NULL,
    confidentiality text NOT NULL,
    pillar text,
    audiences text,
    target_groups text,
    place_id {{uuid}} CONSTRAINT project_place_fk REFERENCES learning_place (id),
    starts_on {{date}},
    ends_on {{date}},
    version integer NOT NULL,
    created_at {{instant}} NOT NULL,
    updated_at {{instant}} NOT NULL,
    {project_phase},
    {project_confidentiality},
    {project_pillar},
    CONSTRAINT project_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT project_tenant_key UNIQUE (tenant_id, id),
    CONSTRAINT project_title_key UNIQUE (tenant_id, title),
    CONSTRAINT project_span_check CHECK (starts_on IS NULL OR ends_on IS NULL OR starts_on <= ends_on)
)
;;
CREATE TABLE project_partner (
    project_id {{uuid}} NOT NULL CONSTRAINT project_partner_project_fk REFERENCES project (id),
    tenant_id {{uuid}} NOT NULL CONSTRAINT project_partner_tenant_fk REFERENCES tenant (id),
    scope_id {{uuid}} NOT NULL CONSTRAINT project_partner_scope_fk REFERENCES scope (id),
    state text NOT NULL,
    invited_by text NOT NULL,
    joined_by text,
    joined_at {{instant}},
    ended_at {{instant}},
    end_reason text,
    version integer NOT NULL,
    created_at {{instant}} NOT NULL,
    updated_at {{instant}} NOT NULL,
    {project_partner_state},
    CONSTRAINT project_partner_pkey PRIMARY KEY (project_id, tenant_id)
)
;;
CREATE TABLE project_step (
    id {{uuid}} NOT NULL CONSTRAINT project_step_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT project_step_scope_fk REFERENCES scope (id),
    project_id {{uuid}} NOT NULL,
    phase text NOT NULL,
    note text,
    entered_by text NOT NULL,
    created_at {{instant}} NOT NULL,
    {project_step_phase},
    CONSTRAINT project_step_project_fk FOREIGN KEY (tenant_id, project_id) REFERENCES project (tenant_id, id)
)
;;
CREATE INDEX project_step_project_idx ON project_step (project_id, created_at)
;;
CREATE TABLE project_member (
    id {{uuid}} NOT NULL CONSTRAINT project_member_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT project_member_scope_fk REFERENCES scope (id),
    project_id {{uuid}} NOT NULL CONSTRAINT project_member_project_fk REFERENCES project (id),
    name text NOT NULL,
    function text,
    role text NOT NULL,
    email text,
    consented boolean NOT NULL,
    version integer NOT NULL,
    created_at {{instant}} NOT NULL,
    updated_at {{instant}} NOT NULL,
    {project_member_role},
    CONSTRAINT project_member_tenant_key UNIQUE (tenant_id, id)
)
;;
CREATE INDEX project_member_project_idx ON project_member (project_id, created_at)
;;
CREATE TABLE work_package (
    id {{uuid}} NOT NULL CONSTRAINT work_package_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT work_package_scope_fk REFERENCES scope (id),
    project_id {{uuid}} NOT NULL CONSTRAINT work_package_project_fk REFERENCES project (id),
    title text NOT NULL,
    description text,
    status text NOT NULL,
    starts_on {{date}},
    ends_on {{date}},
    version integer NOT NULL,
    created_at {{instant}} NOT NULL,
    updated_at {{instant}} NOT NULL,
    {work_package_status},
    CONSTRAINT work_package_tenant_key UNIQUE (tenant_id, id),
    CONSTRAINT work_package_project_key UNIQUE (project_id, id),
    CONSTRAINT work_package_span_check CHECK (starts_on IS NULL OR ends_on IS NULL OR starts_on <= ends_on)
)
;;
CREATE INDEX work_package_project_idx ON work_package (project_id, created_at)
;;
CREATE TABLE work_package_dependency (
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT work_package_dependency_scope_fk REFERENCES scope (id),
    project_id {{uuid}} NOT NULL,
    work_package_id {{uuid}} NOT NULL,
    depends_on_id {{uuid}} NOT NULL,
    CONSTRAINT work_package_dependency_pkey PRIMARY KEY (work_package_id, depends_on_id),
    CONSTRAINT work_package_dependency_package_fk FOREIGN KEY (tenant_id, work_package_id) REFERENCES work_package (tenant_id, id),
    CONSTRAINT work_package_dependency_before_fk FOREIGN KEY (project_id, depends_on_id) REFERENCES work_package (project_id, id)
)
;;
CREATE INDEX work_package_dependency_project_idx ON work_package_dependency (project_id, tenant_id)
;;
CREATE TABLE milestone (
    id {{uuid}} NOT NULL CONSTRAINT milestone_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT milestone_scope_fk REFERENCES scope (id),
    project_id {{uuid}} NOT NULL CONSTRAINT milestone_project_fk REFERENCES project (id),
    work_package_id {{uuid}},
    title text NOT NULL,
    due_on {{date}} NOT NULL,
    status text NOT NULL,
    reached_on {{date}},
    entry_id {{uuid}} NOT NULL,
    version integer NOT NULL,
    created_at {{instant}} NOT NULL,
    updated_at {{instant}} NOT NULL,
    {milestone_status},
    CONSTRAINT milestone_tenant_key UNIQUE (tenant_id, id),
    CONSTRAINT milestone_package_fk FOREIGN KEY (project_id, work_package_id) REFERENCES work_package (project_id, id),
    CONSTRAINT milestone_entry_fk FOREIGN KEY (tenant_id, entry_id) REFERENCES calendar_entry (tenant_id, id)
)
;;
CREATE INDEX milestone_project_idx ON milestone (project_id, due_on)
;;
CREATE TABLE status_report (
    id {{uuid}} NOT NULL CONSTRAINT status_report_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT status_report_scope_fk REFERENCES scope (id),
    project_id {{uuid}} NOT NULL CONSTRAINT status_report_project_fk REFERENCES project (id),
    light text NOT NULL,
    text text NOT NULL,
    period_from {{date}} NOT NULL,
    period_until {{date}} NOT NULL,
    reported_by text NOT NULL,
    created_at {{instant}} NOT NULL,
    {status_report_light},
    CONSTRAINT status_report_span_check CHECK (period_from <= period_until)
)
;;
CREATE INDEX status_report_project_idx ON status_report (project_id, period_until)
;;
CREATE TABLE project_indicator (
    id {{uuid}} NOT NULL CONSTRAINT project_indicator_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT project_indicator_scope_fk REFERENCES scope (id),
    project_id {{uuid}} NOT NULL CONSTRAINT project_indicator_project_fk REFERENCES project (id),
    code text,
    title text NOT NULL,
    unit text,
    decimals integer NOT NULL,
    baseline bigint,
    baseline_on {{date}},
    target bigint NOT NULL,
    target_on {{date}},
    version integer NOT NULL,
    created_at {{instant}} NOT NULL,
    updated_at {{instant}} NOT NULL,
    CONSTRAINT project_indicator_tenant_key UNIQUE (tenant_id, id),
    CONSTRAINT project_indicator_decimals_check CHECK (decimals BETWEEN 0 AND 6)
)
;;
CREATE INDEX project_indicator_project_idx ON project_indicator (project_id, created_at)
;;
CREATE TABLE indicator_measurement (
    id {{uuid}} NOT NULL CONSTRAINT indicator_measurement_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT indicator_measurement_scope_fk REFERENCES scope (id),
    project_id {{uuid}} NOT NULL CONSTRAINT indicator_measurement_project_fk REFERENCES project (id),
    project_indicator_id {{uuid}} NOT NULL,
    measured_on {{date}} NOT NULL,
    value bigint NOT NULL,
    note text,
    created_at {{instant}} NOT NULL,
    CONSTRAINT indicator_measurement_project_indicator_fk FOREIGN KEY (tenant_id, project_indicator_id) REFERENCES project_indicator (tenant_id, id)
)
;;
CREATE INDEX indicator_measurement_project_idx ON indicator_measurement (project_id, created_at)
;;
CREATE TABLE project_link (
    id {{uuid}} NOT NULL CONSTRAINT project_link_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT project_link_scope_fk REFERENCES scope (id),
    project_id {{uuid}} NOT NULL CONSTRAINT project_link_project_fk REFERENCES project (id),
    calendar_entry_id {{uuid}} CONSTRAINT project_link_calendar_entry_fk REFERENCES calendar_entry (id),
    dataset_id {{uuid}} CONSTRAINT project_link_dataset_fk REFERENCES dataset (id),
    learning_place_id {{uuid}} CONSTRAINT project_link_learning_place_fk REFERENCES learning_place (id),
    note text,
    created_at {{instant}} NOT NULL
)
;;
CREATE INDEX project_link_project_idx ON project_link (project_id, created_at)
;;
CREATE TABLE project_document (
    id {{uuid}} NOT NULL CONSTRAINT project_document_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT project_document_scope_fk REFERENCES scope (id),
    project_id {{uuid}} NOT NULL CONSTRAINT project_document_project_fk REFERENCES project (id),
    field_of_work_id {{uuid}} CONSTRAINT project_document_field_of_work_fk REFERENCES field_of_work (id),
    title text NOT NULL,
    kind text NOT NULL,
    latest integer NOT NULL,
    version integer NOT NULL,
    created_at {{instant}} NOT NULL,
    updated_at {{instant}} NOT NULL,
    {project_document_kind},
    CONSTRAINT project_document_tenant_key UNIQUE (tenant_id, id)
)
;;
CREATE INDEX project_document_project_idx ON project_document (project_id, created_at)
;;
CREATE TABLE document_version (
    id {{uuid}} NOT NULL CONSTRAINT document_version_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT document_version_scope_fk REFERENCES scope (id),
    document_id {{uuid}} NOT NULL,
    number integer NOT NULL,
    file_name text NOT NULL,
    media_type text NOT NULL,
    bytes bigint NOT NULL,
    checksum text NOT NULL,
    uploaded_by text NOT NULL,
    created_at {{instant}} NOT NULL,
    CONSTRAINT document_version_document_fk FOREIGN KEY (tenant_id, document_id) REFERENCES project_document (tenant_id, id),
    CONSTRAINT document_version_number_key UNIQUE (document_id, number)
)
;;
CREATE TABLE funding (
    id {{uuid}} NOT NULL CONSTRAINT funding_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT funding_scope_fk REFERENCES scope (id),
    project_id {{uuid}} NOT NULL CONSTRAINT funding_project_fk REFERENCES project (id),
    field_of_work_id {{uuid}} CONSTRAINT funding_field_of_work_fk REFERENCES field_of_work (id),
    programme_id {{uuid}} NOT NULL CONSTRAINT funding_programme_fk REFERENCES funding_programme (id),
    reference_number text,
    state text NOT NULL,
    rate integer NOT NULL,
    eligible_from {{date}} NOT NULL,
    eligible_until {{date}} NOT NULL,
    eligible_cost bigint NOT NULL,
    requested bigint NOT NULL,
    granted bigint,
    decided_on {{date}},
    note text,
    version integer NOT NULL,
    created_at {{instant}} NOT NULL,
    updated_at {{instant}} NOT NULL,
    {funding_state},
    CONSTRAINT funding_tenant_key UNIQUE (tenant_id, id),
    CONSTRAINT funding_reference_key UNIQUE (tenant_id, reference_number),
    CONSTRAINT funding_span_check CHECK (eligible_from <= eligible_until),
    CONSTRAINT funding_rate_check CHECK (rate BETWEEN 0 AND 10000),
    CONSTRAINT funding_amounts_check CHECK (eligible_cost >= 0 AND requested >= 0 AND requested <= eligible_cost AND (granted IS NULL OR (granted >= 0 AND granted <= requested)))
)
;;
CREATE INDEX funding_project_idx ON funding (project_id, created_at)
;;
CREATE TABLE own_share (
    funding_id {{uuid}} NOT NULL CONSTRAINT own_share_funding_fk REFERENCES funding (id),
    tenant_id {{uuid}} NOT NULL CONSTRAINT own_share_tenant_fk REFERENCES tenant (id),
    scope_id {{uuid}} NOT NULL CONSTRAINT own_share_scope_fk REFERENCES scope (id),
    project_id {{uuid}} NOT NULL CONSTRAINT own_share_project_fk REFERENCES project (id),
    amount bigint NOT NULL,
    version integer NOT NULL,
    created_at {{instant}} NOT NULL,
    updated_at {{instant}} NOT NULL,
    CONSTRAINT own_share_pkey PRIMARY KEY (funding_id, tenant_id),
    CONSTRAINT own_share_amount_check CHECK (amount >= 0)
)
;;
CREATE INDEX own_share_project_idx ON own_share (project_id, created_at)
;;
CREATE TABLE budget_line (
    id {{uuid}} NOT NULL CONSTRAINT budget_line_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT budget_line_scope_fk REFERENCES scope (id),
    project_id {{uuid}} NOT NULL CONSTRAINT budget_line_project_fk REFERENCES project (id),
    funding_id {{uuid}} CONSTRAINT budget_line_funding_fk REFERENCES funding (id),
    field_of_work_id {{uuid}} CONSTRAINT budget_line_field_of_work_fk REFERENCES field_of_work (id),
    year integer NOT NULL,
    cost_type text NOT NULL,
    planned bigint NOT NULL,
    actual bigint NOT NULL,
    note text,
    version integer NOT NULL,
    created_at {{instant}} NOT NULL,
    updated_at {{instant}} NOT NULL,
    {budget_line_cost_type},
    CONSTRAINT budget_line_tenant_key UNIQUE (tenant_id, id),
    CONSTRAINT budget_line_amounts_check CHECK (planned >= 0 AND actual >= 0)
)
;;
CREATE INDEX budget_line_project_idx ON budget_line (project_id, year)
;;
CREATE TABLE obligation (
    id {{uuid}} NOT NULL CONSTRAINT obligation_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT obligation_scope_fk REFERENCES scope (id),
    project_id {{uuid}} NOT NULL CONSTRAINT obligation_project_fk REFERENCES project (id),
    funding_id {{uuid}} NOT NULL,
    field_of_work_id {{uuid}} CONSTRAINT obligation_field_of_work_fk REFERENCES field_of_work (id),
    kind text NOT NULL,
    title text NOT NULL,
    due_on {{date}} NOT NULL,
    state text NOT NULL,
    fulfilled_on {{date}},
    amount bigint,
    document_id {{uuid}},
    note text,
    made_by_rule boolean NOT NULL,
    remind_on {{date}},
    entry_id {{uuid}} NOT NULL,
    version integer NOT NULL,
    created_at {{instant}} NOT NULL,
    updated_at {{instant}} NOT NULL,
    {obligation_kind},
    {obligation_state},
    CONSTRAINT obligation_funding_fk FOREIGN KEY (tenant_id, funding_id) REFERENCES funding (tenant_id, id),
    CONSTRAINT obligation_tenant_key UNIQUE (tenant_id, id),
    CONSTRAINT obligation_document_fk FOREIGN KEY (tenant_id, document_id) REFERENCES project_document (tenant_id, id),
    CONSTRAINT obligation_entry_fk FOREIGN KEY (tenant_id, entry_id) REFERENCES calendar_entry (tenant_id, id),
    CONSTRAINT obligation_amount_check CHECK (amount IS NULL OR amount >= 0)
)
;;
CREATE INDEX obligation_project_idx ON obligation (project_id, due_on)
;;
CREATE TABLE project_archive (
    id {{uuid}} NOT NULL CONSTRAINT project_archive_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL CONSTRAINT project_archive_tenant_fk REFERENCES tenant (id),
    scope_id {{uuid}} NOT NULL CONSTRAINT project_archive_scope_fk REFERENCES scope (id),
    project_id {{uuid}} NOT NULL CONSTRAINT project_archive_project_fk REFERENCES project (id),
    field_of_work_id {{uuid}} CONSTRAINT project_archive_field_of_work_fk REFERENCES field_of_work (id),
    title text NOT NULL,
    agreement_id {{uuid}} CONSTRAINT project_archive_agreement_fk REFERENCES agreement (id),
    content text NOT NULL,
    checksum text NOT NULL,
    taken_by text NOT NULL,
    created_at {{instant}} NOT NULL
)
;;
CREATE INDEX project_archive_project_idx ON project_archive (project_id, created_at)
;;
CREATE INDEX project_scope_idx ON project (scope_id, created_at, id)
;;
CREATE INDEX project_partner_tenant_idx ON project_partner (tenant_id, project_id)
;;
CREATE INDEX document_version_document_idx ON document_version (document_id, number)
;;
CREATE INDEX own_share_funding_idx ON own_share (funding_id)
;;
CREATE UNIQUE INDEX budget_line_line_key ON budget_line
    (project_id, tenant_id, year, cost_type, coalesce(funding_id, project_id))
;;
CREATE INDEX funding_programme_idx ON funding (programme_id, eligible_from)
;;
CREATE INDEX obligation_due_idx ON obligation (scope_id, due_on, id)
;;
CREATE INDEX obligation_remind_idx ON obligation (remind_on) WHERE remind_on IS NOT NULL
;;
ALTER TABLE calendar ADD COLUMN project_id {{uuid}} CONSTRAINT calendar_project_fk REFERENCES project (id)
;;
ALTER TABLE calendar ADD COLUMN project_calendar text {project_calendar}
;;
CREATE UNIQUE INDEX calendar_project_key ON calendar (project_id, tenant_id, project_calendar)
    WHERE project_id IS NOT NULL
;;
ALTER TABLE share ADD COLUMN project_id {{uuid}} CONSTRAINT share_project_fk REFERENCES project (id)
;;
ALTER TABLE file_ticket ADD COLUMN document_id {{uuid}} CONSTRAINT file_ticket_document_fk REFERENCES project_document (id)
;;
ALTER TABLE file_ticket ADD COLUMN archive_id {{uuid}} CONSTRAINT file_ticket_archive_fk REFERENCES project_archive (id)"
            ),
        )
        .await?;
        run(manager, &original_trigger(manager)).await?;
        for (table, kind) in TABLES {
            run_on_postgres(manager, &rls_policy(table, kind)).await?;
        }
        run_on_postgres(manager, CREATE_FUNCTIONS).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run_on_postgres(manager, "DROP FUNCTION verbund_obligations_due(date, integer)").await?;
        run_on_postgres(manager, "DROP FUNCTION verbund_project_scopes(uuid)").await?;
        run(manager, drop_trigger(manager)).await?;
        for (table, _) in TABLES {
            run_on_postgres(manager, &drop_rls_policy(table)).await?;
        }
        run(
            manager,
            "ALTER TABLE file_ticket DROP COLUMN archive_id
;;
ALTER TABLE file_ticket DROP COLUMN document_id
;;
ALTER TABLE share DROP COLUMN project_id
;;
DROP INDEX calendar_project_key
;;
ALTER TABLE calendar DROP COLUMN project_calendar
;;
ALTER TABLE calendar DROP COLUMN project_id",
        )
        .await?;
        for (table, _) in TABLES.iter().rev() {
            run(manager, &format!("DROP TABLE {table}")).await?;
        }
        run(manager, "DROP TABLE funding_programme").await
    }
}
