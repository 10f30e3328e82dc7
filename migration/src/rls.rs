//! Row-level security: the second wall, on PostgreSQL.
//!
//! A transaction names who reads and who writes through settings that end with it:
//! `app.scopes` (the visible scopes), `app.tenant` (the acting authority), `app.person` (the account).
//! Unset means nothing. The `(SELECT …)` and the outer cast make each setting a constant of the statement; without
//! them it is parsed again for every row.

const SCOPES: &str = "ANY ((SELECT coalesce(nullif(current_setting('app.scopes', true), ''), '{}')::uuid[])::uuid[])";
const TENANT: &str = "(SELECT nullif(current_setting('app.tenant', true), '')::uuid)";
/// The account that acts.
pub(crate) const PERSON: &str = "(SELECT nullif(current_setting('app.person', true), '')::uuid)";

/// How rows of a table are read and written.
#[derive(Clone, Copy)]
pub(crate) enum RlsPolicy {
    /// Read by scope; written by the acting authority into a scope it sees.
    Content,
    /// Read by scope; written by the acting authority, also where the writer may not read.
    Log,
    /// Read and written by the acting authority only: the machinery of scopes.
    Machinery,
    /// Read by scope; written by any party that sees it: agreements bind several authorities.
    Joint,
    /// As content, and the acting authority reads its own rows whatever their scope: what it shares decides into
    /// which scope it writes.
    Shared,
    /// Read by scope, and by the person itself, which also makes it; changed by the acting authority.
    Own,
    /// Read and written by the account itself.
    Account,
    /// Read by the account itself; accounts are made by those who invite.
    Identity,
    /// Read by everybody; a row is changed by the authority that it is, and added by the owner of the tables alone.
    Authority,
}

/// The statements that put `table` behind the wall. The owner of the tables, who migrates, passes by a policy of its own.
pub(crate) fn rls_policy(table: &str, policy: RlsPolicy) -> String {
    let by_scope = format!("scope_id = {SCOPES}");
    let by_tenant = format!("tenant_id = {TENANT}");
    let by_person = format!("person_id = {PERSON}");
    let (read, insert, write) = match policy {
        RlsPolicy::Content => (by_scope.clone(), format!("{by_tenant} AND {by_scope}"), by_tenant),
        RlsPolicy::Shared => (format!("{by_scope} OR {by_tenant}"), format!("{by_tenant} AND {by_scope}"), by_tenant),
        RlsPolicy::Log => (by_scope, by_tenant, "false".to_owned()),
        RlsPolicy::Machinery => (by_tenant.clone(), by_tenant.clone(), by_tenant),
        RlsPolicy::Joint => (
            by_scope.clone(),
            format!("{TENANT} IS NOT NULL AND {by_scope}"),
            format!("{TENANT} IS NOT NULL AND {by_scope}"),
        ),
        RlsPolicy::Own => (format!("{by_scope} OR {by_person}"), format!("{by_tenant} AND {by_person}"), by_tenant),
        RlsPolicy::Account => (by_person.clone(), by_person.clone(), by_person),
        RlsPolicy::Authority => ("true".to_owned(), "false".to_owned(), format!("id = {TENANT}")),
        RlsPolicy::Identity => (format!("id = {PERSON}"), format!("{TENANT} IS NOT NULL"), "false".to_owned()),
    };
    format!(
        "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY
;;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY
;;
CREATE POLICY {table}_owner ON {table} TO CURRENT_USER USING (true) WITH CHECK (true)
;;
CREATE POLICY {table}_read ON {table} FOR SELECT USING ({read})
;;
CREATE POLICY {table}_insert ON {table} FOR INSERT WITH CHECK ({insert})
;;
CREATE POLICY {table}_update ON {table} FOR UPDATE USING ({write}) WITH CHECK ({write})
;;
CREATE POLICY {table}_delete ON {table} FOR DELETE USING ({write})"
    )
}

/// Takes the wall of `table` down.
pub(crate) fn drop_rls_policy(table: &str) -> String {
    let policies: Vec<_> = ["owner", "read", "insert", "update", "delete"]
        .iter()
        .map(|it| format!("DROP POLICY {table}_{it} ON {table}"))
        .collect();
    format!(
        "{}\n;;\nALTER TABLE {table} NO FORCE ROW LEVEL SECURITY\n;;\nALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        policies.join("\n;;\n")
    )
}
