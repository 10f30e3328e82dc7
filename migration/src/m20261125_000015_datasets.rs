//! Datasets: what authorities have in tables, in versions, with the tables themselves.
//!
//! Each content of a version is one typed table: `ds.c_<id>` on PostgreSQL, `ds_<id>` on SQLite. On PostgreSQL only the
//! functions here make, seal and drop them, so that the application role owns none: a table is loaded (COPY does not go
//! through row-level security) before anybody else can see it, and is sealed behind the wall of its content in the same
//! transaction. What once was public and was taken back is hidden like anything else; only that, and when, may be asked
//! (`verbund_dataset_withdrawn`).

use sea_orm_migration::prelude::*;

use crate::ddl::{one_of, run, run_on_postgres};
use crate::rls::{RlsPolicy, drop_rls_policy, rls_policy};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [(&str, RlsPolicy); 8] = [
    ("dataset", RlsPolicy::Content),
    ("dataset_version", RlsPolicy::Content),
    ("dataset_content", RlsPolicy::Content),
    ("dataset_indicator", RlsPolicy::Content),
    ("file_ticket", RlsPolicy::Own),
    ("dataset_import", RlsPolicy::Content),
    ("dataset_release", RlsPolicy::Content),
    ("data_request", RlsPolicy::Joint),
];

/// Functions by name and arguments. A shape is the kinds of columns in their order, `t,t,n*,d`: text, bigint, boolean, date;
/// `n*` has a column for symbols beside it.
const FUNCTIONS: [&str; 7] = [
    "verbund_table_create(uuid, text)",
    "verbund_table_seal(uuid, integer[])",
    "verbund_table_drop(uuid)",
    "verbund_imports_due(timestamptz, integer)",
    "verbund_dataset_scopes(uuid)",
    "verbund_ticket(text)",
    "verbund_dataset_withdrawn(uuid)",
];

const CREATE_FUNCTIONS: &str = r#"CREATE FUNCTION verbund_table_create(the_content uuid, the_shape text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    the_table text := 'c_' || replace(the_content::text, '-', '');
    the_columns text := '_row bigint NOT NULL';
    the_column text;
    the_number text;
    the_position integer := 0;
BEGIN
    IF nullif(current_setting('app.tenant', true), '') IS NULL THEN
        RAISE EXCEPTION 'no authority acts';
    END IF;
    FOREACH the_column IN ARRAY string_to_array(the_shape, ',') LOOP
        the_position := the_position + 1;
        the_number := lpad(the_position::text, greatest(2, length(the_position::text)), '0');
        the_columns := the_columns || format(', c%s %s', the_number, CASE left(the_column, 1)
            WHEN 't' THEN 'text COLLATE "C"' WHEN 'n' THEN 'bigint' WHEN 'b' THEN 'boolean' WHEN 'd' THEN 'date' END);
        IF the_column = 'n*' THEN
            the_columns := the_columns || format(', s%s text', the_number);
        ELSIF the_column NOT IN ('t', 'n', 'b', 'd') THEN
            RAISE EXCEPTION 'no kind of column: %', the_column;
        END IF;
    END LOOP;
    EXECUTE format('CREATE TABLE ds.%I (%s)', the_table, the_columns);
    EXECUTE format('GRANT SELECT, INSERT ON ds.%I TO %I', the_table, session_user);
END $$
;;
CREATE FUNCTION verbund_table_seal(the_content uuid, the_dimensions integer[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    the_table text := 'c_' || replace(the_content::text, '-', '');
    the_dimension integer;
    the_role text;
BEGIN
    IF NOT EXISTS (SELECT FROM public.dataset_content
        WHERE id = the_content AND tenant_id = nullif(current_setting('app.tenant', true), '')::uuid) THEN
        RAISE EXCEPTION 'no content of the acting authority: %', the_content;
    END IF;
    EXECUTE format('REVOKE INSERT ON ds.%I FROM %I', the_table, session_user);
    EXECUTE format('ALTER TABLE ds.%I ADD PRIMARY KEY (_row)', the_table);
    FOREACH the_dimension IN ARRAY the_dimensions LOOP
        EXECUTE format('CREATE INDEX ON ds.%I (c%s, _row)', the_table, lpad(the_dimension::text, greatest(2, length(the_dimension::text)), '0'));
    END LOOP;
    EXECUTE format('ALTER TABLE ds.%I ENABLE ROW LEVEL SECURITY', the_table);
    EXECUTE format('ALTER TABLE ds.%I FORCE ROW LEVEL SECURITY', the_table);
    EXECUTE format('CREATE POLICY %I ON ds.%I TO CURRENT_USER USING (true)', the_table || '_owner', the_table);
    EXECUTE format(
        'CREATE POLICY %I ON ds.%I FOR SELECT USING ((SELECT EXISTS (SELECT FROM public.dataset_content WHERE id = %L)))',
        the_table || '_read', the_table, the_content);
    -- Whoever reads the catalogue reads it, whoever filled it: the operator may be another role.
    FOR the_role IN
        SELECT DISTINCT r.rolname FROM pg_class c, aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee
        WHERE c.oid = 'public.dataset_content'::regclass AND a.privilege_type = 'SELECT'
    LOOP
        EXECUTE format('GRANT SELECT ON ds.%I TO %I', the_table, the_role);
    END LOOP;
    EXECUTE format('ANALYZE ds.%I', the_table);
END $$
;;
CREATE FUNCTION verbund_table_drop(the_content uuid)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.dataset_content
        WHERE id = the_content AND tenant_id = nullif(current_setting('app.tenant', true), '')::uuid) THEN
        RAISE EXCEPTION 'no content of the acting authority: %', the_content;
    END IF;
    EXECUTE format('DROP TABLE ds.%I', 'c_' || replace(the_content::text, '-', ''));
END $$
;;
CREATE FUNCTION verbund_imports_due(the_instant timestamptz, the_most integer)
RETURNS TABLE (id uuid, tenant_id uuid, issuer text, subject text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
SELECT i.id, i.tenant_id, p.issuer, p.subject
FROM dataset_import i JOIN file_ticket t ON t.id = i.ticket_id JOIN person p ON p.id = t.person_id
WHERE i.state IN ('QUEUED', 'CHECKING', 'LOADING') AND (i.lease_until IS NULL OR i.lease_until <= the_instant)
ORDER BY i.created_at, i.id LIMIT the_most
$$
;;
CREATE FUNCTION verbund_dataset_scopes(the_tenant uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT id FROM scope WHERE tenant_id = the_tenant AND area = 'DATASETS' $$
;;
CREATE FUNCTION verbund_ticket(the_hash text)
RETURNS TABLE (id uuid, tenant_id uuid, issuer text, subject text, purpose text, expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
SELECT t.id, t.tenant_id, p.issuer, p.subject, t.purpose, t.expires_at
FROM file_ticket t JOIN person p ON p.id = t.person_id WHERE t.secret_hash = the_hash AND t.used_at IS NULL
$$
;;
CREATE FUNCTION verbund_dataset_withdrawn(the_id uuid) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT withdrawn_at FROM dataset WHERE id = the_id AND published_at IS NOT NULL AND access <> 'PUBLIC' $$"#;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let access = one_of("dataset", "access", &["INTERNAL", "SHARED", "PUBLIC"]);
        let class = one_of("dataset", "data_class", &["AGGREGATED", "PERSONAL", "OFFICIAL_UNIT_DATA"]);
        let methods = ["EXEMPT", "MINIMUM_COUNT", "ROUNDING", "SUPPRESSION"];
        let method = one_of("dataset", "protection_method", &methods);
        let frequencies = ["DAILY", "MONTHLY", "QUARTERLY", "BIANNUAL", "ANNUAL", "BIENNIAL", "IRREGULAR", "NEVER"];
        let frequency = one_of("dataset", "frequency", &frequencies);
        let version_state = one_of("dataset_version", "state", &["DRAFT", "PUBLISHED", "WITHDRAWN"]);
        let content_kind = one_of("dataset_content", "kind", &["EXACT", "PROTECTED"]);
        let purpose = one_of("file_ticket", "purpose", &["UPLOAD", "DOWNLOAD"]);
        let import_states = ["QUEUED", "CHECKING", "LOADING", "SUCCEEDED", "FAILED", "CANCELLED"];
        let import_state = one_of("dataset_import", "state", &import_states);
        let release_states = ["PROPOSED", "APPROVED", "DECLINED", "WITHDRAWN"];
        let release_state = one_of("dataset_release", "state", &release_states);
        let request_states = ["OPEN", "GRANTED", "REFUSED", "WITHDRAWN"];
        let request_state = one_of("data_request", "state", &request_states);
        let request_level = one_of("data_request", "level", &["BUSY", "SUMMARY", "FULL", "CONTRIBUTE"]);
        run_on_postgres(manager, "CREATE SCHEMA ds").await?;
        run(
            manager,
            &format!(
                "CREATE TABLE dataset (
    id {{uuid}} NOT NULL CONSTRAINT dataset_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL CONSTRAINT dataset_tenant_fk REFERENCES tenant (id),
    scope_id {{uuid}} NOT NULL CONSTRAINT dataset_scope_fk REFERENCES scope (id),
    field_of_work_id {{uuid}} CONSTRAINT dataset_field_fk REFERENCES field_of_work (id),
    title text NOT NULL,
    description text,
    search_text text NOT NULL,
    access text NOT NULL,
    data_class text NOT NULL,
    protection_method text NOT NULL,
    protection_parameter integer,
    protection_dimensions {{json}} NOT NULL,
    protection_fixed_at {{instant}},
    exempt_source text,
    profile {{json}},
    keywords {{json}} NOT NULL,
    contact_name text,
    contact_email text,
    contact_url text,
    licence text,
    attribution text,
    collector text,
    source text,
    source_url text,
    method text,
    derived_from text,
    region text,
    covers_from {{date}},
    covers_until {{date}},
    frequency text,
    landing_page text,
    language text NOT NULL,
    purpose text,
    legal_basis text,
    retention_until {{date}},
    published_at {{instant}},
    withdrawn_at {{instant}},
    withdrawn_reason text,
    version integer NOT NULL,
    created_at {{instant}} NOT NULL,
    updated_at {{instant}} NOT NULL,
    {access},
    {class},
    {method},
    {frequency},
    CONSTRAINT dataset_tenant_key UNIQUE (tenant_id, id),
    CONSTRAINT dataset_title_key UNIQUE (tenant_id, title)
)
;;
CREATE INDEX dataset_scope_idx ON dataset (scope_id, created_at, id)
;;
CREATE TABLE dataset_version (
    id {{uuid}} NOT NULL CONSTRAINT dataset_version_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT dataset_version_scope_fk REFERENCES scope (id),
    dataset_id {{uuid}} NOT NULL,
    major integer NOT NULL,
    minor integer NOT NULL,
    state text NOT NULL,
    columns {{json}} NOT NULL,
    profile {{json}} NOT NULL,
    row_count bigint NOT NULL,
    checksum text NOT NULL,
    source_name text NOT NULL,
    source_bytes bigint NOT NULL,
    source_checksum text NOT NULL,
    source_file text NOT NULL,
    reference_date {{date}},
    changes {{json}},
    note text,
    created_by text NOT NULL,
    published_at {{instant}},
    withdrawn_at {{instant}},
    withdrawn_reason text,
    version integer NOT NULL,
    created_at {{instant}} NOT NULL,
    updated_at {{instant}} NOT NULL,
    {version_state},
    CONSTRAINT dataset_version_tenant_key UNIQUE (tenant_id, id),
    CONSTRAINT dataset_version_number_key UNIQUE (dataset_id, major, minor),
    CONSTRAINT dataset_version_dataset_fk FOREIGN KEY (tenant_id, dataset_id) REFERENCES dataset (tenant_id, id)
)
;;
CREATE INDEX dataset_version_scope_idx ON dataset_version (scope_id, created_at, id)
;;
CREATE TABLE dataset_content (
    id {{uuid}} NOT NULL CONSTRAINT dataset_content_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT dataset_content_scope_fk REFERENCES scope (id),
    dataset_id {{uuid}} NOT NULL,
    version_id {{uuid}} NOT NULL,
    kind text NOT NULL,
    columns {{json}} NOT NULL,
    row_count bigint NOT NULL,
    checksum text NOT NULL,
    summary {{json}},
    created_at {{instant}} NOT NULL,
    {content_kind},
    CONSTRAINT dataset_content_kind_key UNIQUE (version_id, kind),
    CONSTRAINT dataset_content_version_fk FOREIGN KEY (tenant_id, version_id) REFERENCES dataset_version (tenant_id, id),
    CONSTRAINT dataset_content_dataset_fk FOREIGN KEY (tenant_id, dataset_id) REFERENCES dataset (tenant_id, id)
)
;;
CREATE INDEX dataset_content_scope_idx ON dataset_content (scope_id, version_id)
;;
CREATE TABLE indicator (
    id {{uuid}} NOT NULL CONSTRAINT indicator_pkey PRIMARY KEY,
    code text NOT NULL CONSTRAINT indicator_code_key UNIQUE,
    area text NOT NULL,
    title text NOT NULL,
    definition text NOT NULL,
    formula text,
    basis text,
    unit text,
    edition text NOT NULL,
    source text NOT NULL
)
;;
CREATE TABLE dataset_indicator (
    id {{uuid}} NOT NULL CONSTRAINT dataset_indicator_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT dataset_indicator_scope_fk REFERENCES scope (id),
    dataset_id {{uuid}} NOT NULL,
    code text NOT NULL,
    measure text NOT NULL,
    selector_column text,
    selector_code text,
    definition text,
    edition text,
    CONSTRAINT dataset_indicator_dataset_fk FOREIGN KEY (tenant_id, dataset_id) REFERENCES dataset (tenant_id, id),
    CONSTRAINT dataset_indicator_code_key UNIQUE (dataset_id, code)
)
;;
CREATE INDEX dataset_indicator_code_idx ON dataset_indicator (code, scope_id)
;;
CREATE TABLE file_ticket (
    id {{uuid}} NOT NULL CONSTRAINT file_ticket_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL CONSTRAINT file_ticket_tenant_fk REFERENCES tenant (id),
    scope_id {{uuid}} NOT NULL CONSTRAINT file_ticket_scope_fk REFERENCES scope (id),
    person_id {{uuid}} NOT NULL CONSTRAINT file_ticket_person_fk REFERENCES person (id),
    purpose text NOT NULL,
    dataset_id {{uuid}} CONSTRAINT file_ticket_dataset_fk REFERENCES dataset (id),
    version_id {{uuid}} CONSTRAINT file_ticket_version_fk REFERENCES dataset_version (id),
    format text,
    secret_hash text NOT NULL CONSTRAINT file_ticket_secret_key UNIQUE,
    file_name text NOT NULL,
    bytes bigint,
    checksum text,
    path text,
    expires_at {{instant}} NOT NULL,
    used_at {{instant}},
    created_at {{instant}} NOT NULL,
    {purpose},
    CONSTRAINT file_ticket_tenant_key UNIQUE (tenant_id, id)
)
;;
CREATE INDEX file_ticket_expires_idx ON file_ticket (expires_at)
;;
CREATE TABLE dataset_import (
    id {{uuid}} NOT NULL CONSTRAINT dataset_import_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT dataset_import_scope_fk REFERENCES scope (id),
    dataset_id {{uuid}} NOT NULL,
    ticket_id {{uuid}} NOT NULL,
    state text NOT NULL,
    dry_run boolean NOT NULL,
    profile {{json}} NOT NULL,
    note text,
    rows_done bigint NOT NULL,
    bytes_done bigint NOT NULL,
    bytes_total bigint NOT NULL,
    problem_count bigint NOT NULL,
    warning_count bigint NOT NULL,
    report {{json}},
    version_id {{uuid}},
    lease_until {{instant}},
    attempts integer NOT NULL,
    cancel_requested boolean NOT NULL,
    requested_by text NOT NULL,
    version integer NOT NULL,
    created_at {{instant}} NOT NULL,
    updated_at {{instant}} NOT NULL,
    finished_at {{instant}},
    {import_state},
    CONSTRAINT dataset_import_tenant_key UNIQUE (tenant_id, id),
    CONSTRAINT dataset_import_dataset_fk FOREIGN KEY (tenant_id, dataset_id) REFERENCES dataset (tenant_id, id),
    CONSTRAINT dataset_import_ticket_fk FOREIGN KEY (tenant_id, ticket_id) REFERENCES file_ticket (tenant_id, id),
    CONSTRAINT dataset_import_version_fk FOREIGN KEY (tenant_id, version_id) REFERENCES dataset_version (tenant_id, id)
)
;;
CREATE INDEX dataset_import_dataset_idx ON dataset_import (dataset_id, created_at, id)
;;
CREATE INDEX dataset_import_due_idx ON dataset_import (lease_until) WHERE state IN ('QUEUED', 'CHECKING', 'LOADING')
;;
CREATE TABLE dataset_release (
    id {{uuid}} NOT NULL CONSTRAINT dataset_release_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL,
    scope_id {{uuid}} NOT NULL CONSTRAINT dataset_release_scope_fk REFERENCES scope (id),
    dataset_id {{uuid}} NOT NULL,
    state text NOT NULL,
    checklist {{json}} NOT NULL,
    proposed_by text NOT NULL,
    proposer_id {{uuid}} NOT NULL CONSTRAINT dataset_release_proposer_fk REFERENCES person (id),
    decided_by text,
    decided_at {{instant}},
    reason text,
    version integer NOT NULL,
    created_at {{instant}} NOT NULL,
    updated_at {{instant}} NOT NULL,
    {release_state},
    CONSTRAINT dataset_release_dataset_fk FOREIGN KEY (tenant_id, dataset_id) REFERENCES dataset (tenant_id, id)
)
;;
CREATE INDEX dataset_release_dataset_idx ON dataset_release (dataset_id, created_at, id)
;;
CREATE TABLE data_request (
    id {{uuid}} NOT NULL CONSTRAINT data_request_pkey PRIMARY KEY,
    tenant_id {{uuid}} NOT NULL CONSTRAINT data_request_tenant_fk REFERENCES tenant (id),
    to_tenant_id {{uuid}} NOT NULL CONSTRAINT data_request_to_fk REFERENCES tenant (id),
    scope_id {{uuid}} NOT NULL CONSTRAINT data_request_scope_fk REFERENCES scope (id),
    agreement_id {{uuid}} NOT NULL CONSTRAINT data_request_agreement_fk REFERENCES agreement (id),
    dataset_id {{uuid}} CONSTRAINT data_request_dataset_fk REFERENCES dataset (id),
    about text NOT NULL,
    purpose text NOT NULL,
    legal_basis text NOT NULL,
    level text NOT NULL,
    until {{date}},
    state text NOT NULL,
    asked_by text NOT NULL,
    answer text,
    answered_by text,
    answered_at {{instant}},
    share_id {{uuid}} CONSTRAINT data_request_share_fk REFERENCES share (id),
    version integer NOT NULL,
    created_at {{instant}} NOT NULL,
    updated_at {{instant}} NOT NULL,
    {request_state},
    {request_level},
    CONSTRAINT data_request_sides_check CHECK (tenant_id <> to_tenant_id)
)
;;
CREATE INDEX data_request_scope_idx ON data_request (scope_id, created_at, id)
;;
ALTER TABLE share ADD COLUMN dataset_id {{uuid}} CONSTRAINT share_dataset_fk REFERENCES dataset (id)"
            ),
        )
        .await?;
        for (table, kind) in TABLES {
            run_on_postgres(manager, &rls_policy(table, kind)).await?;
        }
        run_on_postgres(manager, CREATE_FUNCTIONS).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for function in FUNCTIONS {
            run_on_postgres(manager, &format!("DROP FUNCTION {function}")).await?;
        }
        for (table, _) in TABLES {
            run_on_postgres(manager, &drop_rls_policy(table)).await?;
        }
        run(manager, "ALTER TABLE share DROP COLUMN dataset_id").await?;
        run_on_postgres(manager, "DROP SCHEMA ds CASCADE").await?;
        for (table, _) in TABLES.iter().rev() {
            run(manager, &format!("DROP TABLE {table}")).await?;
        }
        run(manager, "DROP TABLE indicator").await
    }
}
