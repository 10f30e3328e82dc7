//! What a change of an agreement would show and hide, before anybody makes it.
//!
//! The rules are those of [`Access`] itself: for each party it is evaluated for somebody who holds every role there, once with
//! the agreement as it is and once as it would be. What an authority is told is what happens to its own rows, and what it
//! would lose itself. What others would lose of each other, or what an agreement that is not in force yet would show, is not.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use entities::{AgreementState, Area, RoleKey, ShareLevel};
use uuid::Uuid;

use crate::{Access, ActorFacts, AgreementFact, Fields, PersonFact, RoleFact, ScopeShareFact};

/// What would become of an agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AgreementChange {
    /// It ends, or rests.
    End,
    /// It comes into force.
    Activate,
    /// It covers something else, or lasts until another day.
    Terms {
        /// Areas; none = as they are.
        areas: Option<BTreeSet<Area>>,
        /// Fields of work; none = as they are.
        fields: Option<Fields>,
        /// Last day; none = as it is.
        until: Option<Option<NaiveDate>>,
    },
    /// A party leaves it.
    Leave(Uuid),
}

impl AgreementChange {
    fn apply(&self, agreement: &mut AgreementFact) {
        match self {
            Self::End => agreement.state = AgreementState::Ended,
            Self::Activate => agreement.state = AgreementState::Active,
            Self::Terms { areas, fields, until } => {
                if let Some(areas) = areas {
                    agreement.areas.clone_from(areas);
                }
                if let Some(fields) = fields {
                    agreement.fields.clone_from(fields);
                }
                if let Some(until) = until {
                    agreement.until = *until;
                }
            }
            Self::Leave(party) => {
                agreement.parties.remove(party);
            }
        }
    }
}

/// A party that takes part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// The authority.
    pub tenant: Uuid,
    /// Its time zone.
    pub zone: String,
}

/// What somebody with every role in a party sees of a scope, now and then.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct VisibilityDiff {
    /// The scope.
    pub scope: Uuid,
    /// Whose rows it has.
    pub owner: Uuid,
    /// The party.
    pub party: Uuid,
    /// How much is seen now.
    pub before: Option<ShareLevel>,
    /// How much would be seen.
    pub after: Option<ShareLevel>,
}

impl Access {
    /// What `change` of an agreement would show and hide, as far as `tenant` is told. `own_scope_shares` are those of its own
    /// scopes; the agreement is one of the actor's.
    pub fn simulate(
        &self,
        tenant: Uuid,
        parties: &[Party],
        own_scope_shares: &[ScopeShareFact],
        agreement: Uuid,
        change: &AgreementChange,
        at: DateTime<Utc>,
    ) -> Vec<VisibilityDiff> {
        let now = &self.cross_tenant.agreements;
        let mut then = now.clone();
        then.iter_mut().filter(|it| it.id == agreement).for_each(|it| change.apply(it));
        let mut seen = Vec::new();
        for party in parties {
            let is_own = party.tenant == tenant;
            let scope_shares: Vec<ScopeShareFact> = if is_own {
                self.cross_tenant.scope_shares.iter().filter(|it| it.tenant != tenant).cloned().collect()
            } else {
                own_scope_shares.to_vec()
            };
            let scopes: BTreeMap<Uuid, Uuid> =
                scope_shares.iter().filter(|it| it.agreement == agreement).map(|it| (it.scope, it.tenant)).collect();
            let (before, after) = (reader(party, now, &scope_shares, at), reader(party, &then, &scope_shares, at));
            let level = |of: &Access, scope| of.visibility(scope).map(|it| it.level);
            for (scope, owner) in scopes {
                let (before, after) = (level(&before, scope), level(&after, scope));
                if before != after && (!is_own || after < before) {
                    seen.push(VisibilityDiff { scope, owner, party: party.tenant, before, after });
                }
            }
        }
        seen.sort();
        seen
    }

    /// The scopes of one of the actor's authorities.
    pub fn scopes_of(&self, tenant: Uuid) -> impl Iterator<Item = &crate::ScopeFact> {
        self.cross_tenant.scopes.iter().filter(move |it| it.tenant == tenant)
    }
}

/// Somebody who holds every role in one authority and none elsewhere.
fn reader(party: &Party, agreements: &[AgreementFact], scope_shares: &[ScopeShareFact], at: DateTime<Utc>) -> Access {
    let role = |role: &RoleKey| RoleFact {
        id: Uuid::nil(),
        member: Uuid::nil(),
        member_name: String::new(),
        tenant: party.tenant,
        zone: party.zone.clone(),
        role: *role,
        fields: Fields::All,
        from: None,
        until: None,
    };
    let facts = ActorFacts {
        person: Some(PersonFact { id: Uuid::nil(), name: String::new(), active: true }),
        roles: RoleKey::ALL.iter().map(role).collect(),
        agreements: agreements.to_vec(),
        scopes: Vec::new(),
        scope_shares: scope_shares.to_vec(),
    };
    Access::evaluate(facts, true, at)
}
