//! What an archive may not do: decide on access to those who are here already, without their knowing.
//!
//! Agreements, their parties and signatures, scopes and their ways open rows to others. An archive is a file; somebody may have
//! written into it what no party ever signed. So such a row is taken over where it is there already, and where it concerns
//! nobody but the authority of the archive and those who are not here.

use std::collections::HashSet;

use entities::ScopeArea;
use kernel::error::ApiResult;
use sea_orm::Value;
use store::Session;
use store::raw_table::{RawColumn, RawRow};
use store::scopes::Audience;
use uuid::Uuid;

/// Tables that decide on access across the boundary.
const MINDED: [&str; 8] = [
    "agreement",
    "agreement_field",
    "agreement_party",
    "agreement_signature",
    "project",
    "project_partner",
    "scope",
    "scope_share",
];

/// Who is here, and what this import made.
pub(super) struct TenantGuard {
    /// Authorities that take part here, the one of the archive not among them.
    here: HashSet<Uuid>,
    /// Agreements, projects and scopes that came with this archive.
    made: HashSet<Uuid>,
}

impl TenantGuard {
    /// Reads who is here.
    pub async fn of(session: &Session, tenant: Uuid) -> ApiResult<Self> {
        let scopes = session.ids_of("SELECT id FROM scope WHERE area = 'MEMBERS'").await?;
        let scopes: HashSet<_> = scopes.into_iter().collect();
        let tenants = session.ids_of("SELECT id FROM tenant").await?;
        let takes_part = |it: &Uuid| scopes.contains(&Audience::private(*it, ScopeArea::Members, None).id());
        Ok(Self {
            here: tenants.into_iter().filter(|it| *it != tenant && takes_part(it)).collect(),
            made: HashSet::new(),
        })
    }

    /// Whether rows of a table decide on access across the boundary.
    pub fn minds(table: &str) -> bool {
        MINDED.contains(&table)
    }

    /// Whether a row that is not there may be made.
    ///
    /// # Errors
    /// It concerns somebody who is here and does not know it.
    pub fn check(&self, table: &str, columns: &[RawColumn], row: &RawRow) -> Result<(), String> {
        let id = |name: &str| match columns.iter().position(|it| it.name == name).and_then(|it| row.get(it)) {
            Some(Value::Uuid(id)) => *id,
            _ => None,
        };
        if let Some(owner) = id("tenant_id").filter(|it| self.here.contains(it)) {
            return Err(format!("concerns authority {owner}, which is here and has no such row: export both anew"));
        }
        let parent = match table {
            "agreement" | "project" | "scope" => return Ok(()),
            "scope_share" => id("scope_id"),
            "project_partner" => id("project_id"),
            _ => id("agreement_id"),
        };
        match parent {
            Some(parent) if self.made.contains(&parent) => Ok(()),
            _ => Err("belongs to what is here already and has no such row: export all parties anew".to_owned()),
        }
    }

    /// Notes that a row was made.
    pub fn made(&mut self, table: &str, row: &RawRow) {
        if let ("agreement" | "project" | "scope", Some(Value::Uuid(Some(id)))) = (table, row.first()) {
            self.made.insert(*id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::raw_table::ValueKind;

    const HERE: Uuid = Uuid::from_u128(1);
    const OURS: Uuid = Uuid::from_u128(2);
    const AWAY: Uuid = Uuid::from_u128(3);
    const OLD: Uuid = Uuid::from_u128(10);
    const NEW: Uuid = Uuid::from_u128(11);

    fn may(table: &str, parent: &'static str, of: Uuid, owner: Uuid) -> bool {
        let guard = TenantGuard { here: HashSet::from([HERE]), made: HashSet::from([NEW]) };
        let column = |name| RawColumn { name, kind: ValueKind::Id, nullable: false };
        guard.check(table, &[column(parent), column("tenant_id")], &vec![of.into(), owner.into()]).is_ok()
    }

    #[test]
    fn nobody_who_is_here_is_bound_by_a_file() {
        assert!(!may("agreement", "id", NEW, HERE), "an agreement that it never drafted");
        assert!(!may("agreement_party", "agreement_id", NEW, HERE), "nor joined");
        assert!(!may("agreement_signature", "agreement_id", NEW, HERE), "nor signed");
        assert!(!may("scope", "id", NEW, HERE) && !may("scope_share", "scope_id", NEW, HERE));
    }

    #[test]
    fn nobody_joins_what_is_here_by_a_file() {
        for owner in [OURS, AWAY] {
            assert!(!may("agreement_party", "agreement_id", OLD, owner), "a further party of an agreement of others");
            assert!(!may("agreement_field", "agreement_id", OLD, owner), "a further field of it");
            assert!(!may("scope_share", "scope_id", OLD, owner), "a further way to rows of others");
            assert!(may("agreement_party", "agreement_id", NEW, owner) && may("scope_share", "scope_id", NEW, owner));
            assert!(may("agreement", "id", NEW, owner) && may("scope", "id", NEW, owner));
        }
    }
}
