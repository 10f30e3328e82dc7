//! The facts about one actor in one statement: who it is, what it holds, which agreements and scopes reach it.
//!
//! Access is decided from these facts, so they cannot be filtered by it: on PostgreSQL they come from a function that
//! runs as the owner of the tables and answers for one account only; on SQLite from a view. Both are made from the
//! same text. Each row is `(kind, data)` with `data` as JSON.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// JSON building in the dialect of one database.
struct Json {
    object: &'static str,
    array: &'static str,
    postgres: bool,
}

impl Json {
    fn id(&self, column: &str) -> String {
        if self.postgres { format!("{column}::text") } else { format!("lower(hex({column}))") }
    }

    fn optional_id(&self, column: &str) -> String {
        if self.postgres {
            format!("{column}::text")
        } else {
            format!("CASE WHEN {column} IS NULL THEN NULL ELSE lower(hex({column})) END")
        }
    }

    fn flag(&self, column: &str) -> String {
        if self.postgres { column.to_owned() } else { format!("json(CASE WHEN {column} THEN 'true' ELSE 'false' END)") }
    }

    fn object(&self, fields: &[(&str, String)]) -> String {
        let fields: Vec<_> = fields.iter().map(|(name, value)| format!("'{name}', {value}")).collect();
        let cast = if self.postgres { "::text" } else { "" };
        format!("{}({}){cast}", self.object, fields.join(", "))
    }

    fn list(&self, column: &str, from: &str) -> String {
        format!("(SELECT {}({}) FROM {from})", self.array, self.id(column))
    }
}

/// Which facts there are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Facts {
    /// As this migration makes them.
    Original,
    /// Roles with the name of the member, and none that waits for its confirmation.
    WithoutPending,
}

fn facts(json: &Json, facts: Facts) -> String {
    let mine = "person p JOIN member m ON m.person_id = p.id \
                JOIN tenant t ON t.id = m.tenant_id AND t.status = 'ACTIVE'";
    let person = json.object(&[("id", json.id("p.id")), ("name", "p.name".into()), ("active", json.flag("p.active"))]);
    let is_original = facts == Facts::Original;
    let mut role = vec![
        ("id", json.id("g.id")),
        ("member", json.id("m.id")),
        ("tenant", json.id("t.id")),
        ("zone", "t.time_zone".into()),
        ("role", "g.role".into()),
        ("all_fields", json.flag("g.all_fields")),
        ("fields", json.list("f.field_of_work_id", "role_grant_field f WHERE f.role_grant_id = g.id")),
        ("from", "g.valid_from".into()),
        ("until", "g.valid_until".into()),
    ];
    if !is_original {
        role.push(("member_name", "m.name".into()));
    }
    let role = json.object(&role);
    let in_effect = if is_original { "" } else { " AND g.confirm_until IS NULL" };
    let agreement = json.object(&[
        ("id", json.id("a.id")),
        ("state", "a.state".into()),
        ("calendars", json.flag("a.covers_calendars")),
        ("projects", json.flag("a.covers_projects")),
        ("datasets", json.flag("a.covers_datasets")),
        ("all_fields", json.flag("a.all_fields")),
        ("fields", json.list("f.field_of_work_id", "agreement_field f WHERE f.agreement_id = a.id")),
        ("parties", json.list("o.tenant_id", "agreement_party o WHERE o.agreement_id = a.id")),
        ("from", "a.valid_from".into()),
        ("until", "a.valid_until".into()),
    ]);
    let scope = json.object(&[
        ("id", json.id("s.id")),
        ("tenant", json.id("s.tenant_id")),
        ("area", "s.area".into()),
        ("field", json.optional_id("s.field_of_work_id")),
    ]);
    let way = json.object(&[
        ("scope", json.id("s.id")),
        ("tenant", json.id("s.tenant_id")),
        ("zone", "o.time_zone".into()),
        ("area", "s.area".into()),
        ("field", json.optional_id("s.field_of_work_id")),
        ("agreement", json.id("w.agreement_id")),
        ("grantee", json.optional_id("w.grantee_tenant_id")),
        ("role", "w.grantee_role".into()),
        ("level", "w.level".into()),
        ("from", "w.valid_from".into()),
        ("until", "w.valid_until".into()),
    ]);
    format!(
        "SELECT p.issuer AS issuer, p.subject AS subject, 'person' AS kind, {person} AS data FROM person p
UNION ALL
SELECT p.issuer, p.subject, 'role', {role}
FROM {mine} JOIN role_grant g ON g.member_id = m.id AND g.revoked_at IS NULL{in_effect}
UNION ALL
SELECT p.issuer, p.subject, 'agreement', {agreement}
FROM {mine} JOIN agreement_party ap ON ap.tenant_id = t.id JOIN agreement a ON a.id = ap.agreement_id
UNION ALL
SELECT p.issuer, p.subject, 'scope', {scope}
FROM {mine} JOIN scope s ON s.tenant_id = t.id
UNION ALL
SELECT p.issuer, p.subject, 'way', {way}
FROM {mine} JOIN agreement_party ap ON ap.tenant_id = t.id
JOIN scope_share w ON w.agreement_id = ap.agreement_id
JOIN scope s ON s.id = w.scope_id AND s.tenant_id <> t.id
JOIN tenant o ON o.id = s.tenant_id AND o.status = 'ACTIVE'"
    )
}

/// The statement that makes the function or the view of the facts.
pub(crate) fn create_facts(backend: DbBackend, which: Facts) -> String {
    if backend == DbBackend::Postgres {
        let facts = facts(&Json { object: "json_build_object", array: "json_agg", postgres: true }, which);
        // In PL/pgSQL the plan is kept for the session; a function in SQL would be planned at every call.
        format!(
            "CREATE FUNCTION verbund_facts(the_issuer text, the_subject text)
RETURNS TABLE (kind text, data text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
#variable_conflict use_column
BEGIN
RETURN QUERY SELECT f.kind, f.data FROM ({facts}) f WHERE f.issuer = the_issuer AND f.subject = the_subject;
END
$$"
        )
    } else {
        let facts = facts(&Json { object: "json_object", array: "json_group_array", postgres: false }, which);
        format!("CREATE VIEW verbund_facts AS {facts}")
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = create_facts(manager.get_database_backend(), Facts::Original);
        manager.get_connection().execute_unprepared(&sql).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = if manager.get_database_backend() == DbBackend::Postgres {
            "DROP FUNCTION verbund_facts(text, text)"
        } else {
            "DROP VIEW verbund_facts"
        };
        manager.get_connection().execute_unprepared(sql).await?;
        Ok(())
    }
}
