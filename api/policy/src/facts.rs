//! What the store knows about an actor, before it is judged for an instant.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entities::{AgreementState, Area, RoleKey, ScopeArea, ShareLevel};
use serde::Deserialize;
use uuid::Uuid;

/// A set of fields of work. A row without a field belongs to [`Fields::All`] only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fields {
    /// Every field, and rows without one.
    All,
    /// These fields.
    Only(BTreeSet<Uuid>),
}

impl Fields {
    /// Builds the set from its stored form.
    pub fn new(all: bool, only: impl IntoIterator<Item = Uuid>) -> Self {
        if all { Self::All } else { Self::Only(only.into_iter().collect()) }
    }

    /// Whether a row with this field, or with none, belongs to the set.
    pub fn covers(&self, field: Option<Uuid>) -> bool {
        match self {
            Self::All => true,
            Self::Only(only) => field.is_some_and(|it| only.contains(&it)),
        }
    }

    /// Whether every row of `other` belongs to the set.
    pub fn contains(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, _) => true,
            (Self::Only(_), Self::All) => false,
            (Self::Only(mine), Self::Only(theirs)) => theirs.is_subset(mine),
        }
    }
}

/// The account itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct PersonFact {
    /// Row id.
    pub id: Uuid,
    /// Name as the provider or the operator gave it; empty where neither did.
    pub name: String,
    /// Whether the account may act.
    pub active: bool,
}

/// A role held in an authority, not revoked; its dates are still to be judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleFact {
    /// Row id of the grant.
    pub id: Uuid,
    /// Row id of the member.
    pub member: Uuid,
    /// Name of the member in the authority.
    pub member_name: String,
    /// The authority.
    pub tenant: Uuid,
    /// Time zone in which its dates are judged.
    pub zone: String,
    /// The role.
    pub role: RoleKey,
    /// Fields of work to which it is limited.
    pub fields: Fields,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub until: Option<NaiveDate>,
}

/// An agreement of which one of the actor's authorities is a party, in any state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreementFact {
    /// Row id.
    pub id: Uuid,
    /// Where it stands.
    pub state: AgreementState,
    /// Areas it covers.
    pub areas: BTreeSet<Area>,
    /// Fields of work it covers.
    pub fields: Fields,
    /// The parties.
    pub parties: BTreeSet<Uuid>,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub until: Option<NaiveDate>,
}

/// A scope that one of the actor's authorities owns.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ScopeFact {
    /// Row id.
    pub id: Uuid,
    /// The owner.
    pub tenant: Uuid,
    /// What its rows are about.
    pub area: ScopeArea,
    /// Field of work of its rows.
    pub field: Option<Uuid>,
}

/// Share by which a scope of another authority may reach the actor.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ScopeShareFact {
    /// The scope.
    pub scope: Uuid,
    /// Its owner.
    pub tenant: Uuid,
    /// The owner's time zone, in which the dates of share and agreement are judged.
    pub zone: String,
    /// What its rows are about.
    pub area: ScopeArea,
    /// Field of work of its rows.
    pub field: Option<Uuid>,
    /// The agreement.
    pub agreement: Uuid,
    /// One party only.
    pub grantee: Option<Uuid>,
    /// Only members with this role there.
    pub role: Option<RoleKey>,
    /// How much is seen.
    pub level: ShareLevel,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub until: Option<NaiveDate>,
}

/// Everything known about one actor. Default: nothing, as for somebody who did not sign in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActorFacts {
    /// The account, if it is known here.
    pub person: Option<PersonFact>,
    /// Roles held.
    pub roles: Vec<RoleFact>,
    /// Agreements of the actor's authorities.
    pub agreements: Vec<AgreementFact>,
    /// Scopes of the actor's authorities.
    pub scopes: Vec<ScopeFact>,
    /// Ways from other authorities' scopes.
    pub scope_shares: Vec<ScopeShareFact>,
}

/// The facts that reach across the boundary, and the scopes of the actor's authorities.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CrossTenantFacts {
    /// Agreements of the actor's authorities.
    pub agreements: Vec<AgreementFact>,
    /// Scopes of the actor's authorities.
    pub scopes: Vec<ScopeFact>,
    /// Ways from other authorities' scopes.
    pub scope_shares: Vec<ScopeShareFact>,
}

impl ActorFacts {
    /// Adds one row of the facts statement.
    ///
    /// # Errors
    /// The row is of an unknown kind or its JSON is not of that kind's shape.
    pub fn add(&mut self, kind: &str, data: &str) -> Result<(), serde_json::Error> {
        match kind {
            "person" => self.person = Some(serde_json::from_str(data)?),
            "role" => {
                let row: RoleRow = serde_json::from_str(data)?;
                self.roles.push(row.into());
            }
            "agreement" => {
                let row: AgreementRow = serde_json::from_str(data)?;
                self.agreements.push(row.into());
            }
            "scope" => self.scopes.push(serde_json::from_str(data)?),
            "way" => self.scope_shares.push(serde_json::from_str(data)?),
            _ => return Err(serde::de::Error::custom(format!("unknown kind of fact {kind:?}"))),
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct RoleRow {
    id: Uuid,
    member: Uuid,
    member_name: String,
    tenant: Uuid,
    zone: String,
    role: RoleKey,
    all_fields: bool,
    fields: Option<Vec<Uuid>>,
    from: Option<NaiveDate>,
    until: Option<NaiveDate>,
}

impl From<RoleRow> for RoleFact {
    fn from(row: RoleRow) -> Self {
        Self {
            id: row.id,
            member: row.member,
            member_name: row.member_name,
            tenant: row.tenant,
            zone: row.zone,
            role: row.role,
            fields: Fields::new(row.all_fields, row.fields.unwrap_or_default()),
            from: row.from,
            until: row.until,
        }
    }
}

#[derive(Deserialize)]
struct AgreementRow {
    id: Uuid,
    state: AgreementState,
    calendars: bool,
    projects: bool,
    datasets: bool,
    all_fields: bool,
    fields: Option<Vec<Uuid>>,
    parties: Vec<Uuid>,
    from: NaiveDate,
    until: Option<NaiveDate>,
}

impl From<AgreementRow> for AgreementFact {
    fn from(row: AgreementRow) -> Self {
        let areas = [(Area::Calendars, row.calendars), (Area::Projects, row.projects), (Area::Datasets, row.datasets)];
        Self {
            id: row.id,
            state: row.state,
            areas: areas.into_iter().filter_map(|(area, covered)| covered.then_some(area)).collect(),
            fields: Fields::new(row.all_fields, row.fields.unwrap_or_default()),
            parties: row.parties.into_iter().collect(),
            from: row.from,
            until: row.until,
        }
    }
}
