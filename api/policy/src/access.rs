//! The rules themselves.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use entities::{AgreementState, Area, PUBLIC_SCOPE, ScopeArea, ShareLevel};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    AccessDecision, Action, ActorFacts, AgreementFact, Because, CrossTenantFacts, Explanation, Fields, Grant, Object,
    Permission, PersonFact, RoleFact, ScopeShareFact, read_permission,
};

/// How much of a scope is seen, and by which rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeVisibility {
    /// The level.
    pub level: ShareLevel,
    /// The rule.
    pub because: Because,
}

/// The facts about an actor, judged for one instant.
#[derive(Clone, Debug)]
pub struct Access {
    signed_in: bool,
    person: Option<PersonFact>,
    roles: Vec<RoleFact>,
    visible: BTreeMap<Uuid, ScopeVisibility>,
    /// What was judged, for questions about what is not yet so.
    pub(super) cross_tenant: CrossTenantFacts,
    /// The authority for which the server itself is at work.
    service: Option<Uuid>,
}

impl Access {
    /// Judges `facts` at `now`. `signed_in` is true for any bearer of a valid token, known here or not.
    pub fn evaluate(facts: ActorFacts, signed_in: bool, now: DateTime<Utc>) -> Self {
        let ActorFacts { person, roles, agreements, scopes, scope_shares } = facts;
        let active = person.as_ref().is_some_and(|it| it.active);
        let roles: Vec<_> =
            roles.into_iter().filter(|it| active && within(today(&it.zone, now), it.from, it.until)).collect();
        let mut visible =
            BTreeMap::from([(PUBLIC_SCOPE, ScopeVisibility { level: ShareLevel::Full, because: Because::Public })]);
        for scope in &scopes {
            let needed = read_permission(scope.area);
            if let Some(role) = holder(&roles, scope.tenant, needed, scope.field) {
                let because = Because::Role { tenant: scope.tenant, role: role.role };
                see(&mut visible, scope.id, ShareLevel::Full, because);
            }
        }
        let by_id: BTreeMap<_, _> = agreements.iter().map(|it| (it.id, it)).collect();
        for scope_share in &scope_shares {
            let Some(agreement) = by_id.get(&scope_share.agreement) else { continue };
            if let Some(role) = reached(scope_share, agreement, &roles, now) {
                let because = Because::Share { agreement: agreement.id, tenant: role.tenant, role: role.role };
                see(&mut visible, scope_share.scope, scope_share.level, because);
            }
        }
        Self {
            signed_in,
            person,
            roles,
            visible,
            cross_tenant: CrossTenantFacts { agreements, scopes, scope_shares },
            service: None,
        }
    }

    /// A program that a person gave a secret to: what the person sees through its roles in `tenant`, and of everything
    /// at most `most`.
    pub fn of_feed(mut facts: ActorFacts, tenant: Uuid, max: ShareLevel, now: DateTime<Utc>) -> Self {
        facts.roles.retain(|it| it.tenant == tenant);
        let mut access = Self::evaluate(facts, true, now);
        for visibility in access.visible.values_mut() {
            visibility.level = visibility.level.min(max);
        }
        access
    }

    /// Somebody who did not sign in: sees what is public.
    pub fn anonymous() -> Self {
        Self::evaluate(ActorFacts::default(), false, DateTime::UNIX_EPOCH)
    }

    /// The server itself, at work for one authority without anybody asking: it sees the calendars, datasets and projects of
    /// that authority in `scopes`, and may write there and nowhere else.
    pub fn service(tenant: Uuid, scopes: impl IntoIterator<Item = Uuid>) -> Self {
        let mut access = Self { service: Some(tenant), ..Self::anonymous() };
        for scope in scopes {
            see(&mut access.visible, scope, ShareLevel::Full, Because::Service);
        }
        access
    }

    /// The account, if it is known here.
    pub const fn person(&self) -> Option<&PersonFact> {
        self.person.as_ref()
    }

    /// Roles valid at the instant.
    pub fn roles(&self) -> &[RoleFact] {
        &self.roles
    }

    /// The same for equal access, another for any other: what one may do by roles, and see by shares, the last of which
    /// changed with the event `share`. Tells nothing.
    pub fn fingerprint(&self, share: Uuid) -> String {
        let active = self.person.as_ref().map(|it| it.active);
        let mut roles: Vec<_> = self.roles.iter().collect();
        roles.sort_by_key(|it| it.id);
        let shared: Vec<_> =
            self.visible.iter().filter(|(_, it)| matches!(it.because, Because::Share { .. })).collect();
        let words = format!("{} {active:?} {roles:?} {shared:?} {share}", self.signed_in);
        URL_SAFE_NO_PAD.encode(&Sha256::digest(words)[..18])
    }

    /// **Filter.** The visible scopes; every statement that reads owned rows is bound to them.
    pub fn visible(&self) -> impl Iterator<Item = Uuid> + '_ {
        self.visible.keys().copied()
    }

    /// The visible scopes that show at least `level`: a filter on a redacted column must not reach below.
    pub fn visible_from(&self, level: ShareLevel) -> impl Iterator<Item = Uuid> + '_ {
        self.visible.iter().filter(move |(_, visibility)| visibility.level >= level).map(|(scope, _)| *scope)
    }

    /// How much of a scope is seen; none = it is hidden.
    pub fn visibility(&self, scope: Uuid) -> Option<&ScopeVisibility> {
        self.visible.get(&scope)
    }

    /// **Decide.** Whether the actor may do `action` to `object`.
    pub fn decide(&self, action: Action, object: &Object) -> AccessDecision {
        let visibility = object.scope.map(|scope| self.visible.get(&scope));
        let visibility = match visibility {
            Some(None) => return AccessDecision::Hide,
            Some(Some(visibility)) => Some(visibility),
            None => None,
        };
        if let (Action::Read, Some(visibility)) = (action, visibility) {
            return AccessDecision::Allow(visibility.level, visibility.because.clone());
        }
        let Some(needed) = action.needs(object.area) else {
            return if self.signed_in { AccessDecision::Deny(None) } else { AccessDecision::SignIn };
        };
        let is_served = matches!(object.area, ScopeArea::Calendars | ScopeArea::Datasets | ScopeArea::Projects);
        if is_served && (action, Some(object.tenant)) == (Action::Write, self.service) {
            return AccessDecision::Allow(ShareLevel::Full, Because::Service);
        }
        match holder(&self.roles, object.tenant, needed, object.field) {
            Some(role) => {
                AccessDecision::Allow(ShareLevel::Full, Because::Role { tenant: object.tenant, role: role.role })
            }
            None if self.signed_in => AccessDecision::Deny(Some(needed)),
            None => AccessDecision::SignIn,
        }
    }

    /// Whether the decision is to allow.
    pub fn can(&self, action: Action, object: &Object) -> bool {
        matches!(self.decide(action, object), AccessDecision::Allow(..))
    }

    /// **Explain.** The same decision, with its rule or with what is missing.
    pub fn explain(&self, action: Action, object: &Object) -> Explanation {
        match self.decide(action, object) {
            AccessDecision::Allow(level, because) => {
                Explanation { allowed: true, level: Some(level), because: Some(because), missing: None }
            }
            AccessDecision::Hide => {
                Explanation { allowed: false, level: None, because: None, missing: Some(read_permission(object.area)) }
            }
            AccessDecision::SignIn | AccessDecision::Deny(_) => Explanation {
                allowed: false,
                level: object.scope.and_then(|it| self.visibility(it)).map(|it| it.level),
                because: None,
                missing: action.needs(object.area),
            },
        }
    }

    /// Decides and, where permitted, hands out the grant that a write needs.
    ///
    /// # Errors
    /// The decision, when it is not to allow.
    pub fn grant(&self, action: Action, object: &Object) -> Result<Grant, AccessDecision> {
        match self.decide(action, object) {
            AccessDecision::Allow(..) => {
                Ok(Grant { tenant: object.tenant, person: self.person.as_ref().map(|it| it.id), any_scope: false })
            }
            refused => Err(refused),
        }
    }

    /// Decides on something that concerns a whole authority, whose existence is public.
    ///
    /// # Errors
    /// The decision, when it is not to allow.
    pub fn grant_in(&self, permission: Permission, tenant: Uuid) -> Result<Grant, AccessDecision> {
        match holder(&self.roles, tenant, permission, None) {
            Some(_) => Ok(Grant { tenant, person: self.person.as_ref().map(|it| it.id), any_scope: false }),
            None if self.signed_in => Err(AccessDecision::Deny(Some(permission))),
            None => Err(AccessDecision::SignIn),
        }
    }

    /// Decides on what a member has of its own in an authority, such as feeds: for whom a role there holds `permission`,
    /// in whatever fields of work. Also tells which member it is.
    ///
    /// # Errors
    /// The decision, when it is not to allow.
    pub fn grant_of_member(&self, permission: Permission, tenant: Uuid) -> Result<(Grant, Uuid), AccessDecision> {
        let holds = |it: &&RoleFact| it.tenant == tenant && Permission::of(it.role).contains(&permission);
        match self.roles.iter().find(holds) {
            Some(role) => {
                Ok((Grant { tenant, person: self.person.as_ref().map(|it| it.id), any_scope: false }, role.member))
            }
            None if self.signed_in => Err(AccessDecision::Deny(Some(permission))),
            None => Err(AccessDecision::SignIn),
        }
    }

    /// Whoever reads by a share what another authority owns leaves a record there, and nothing else is written with it:
    /// the share, and the authority in which the reader has its role. None where the scope is not seen by a share.
    pub fn grant_of_reader(&self, scope: Uuid, owner: Uuid) -> Option<(Grant, Uuid, Uuid)> {
        match &self.visibility(scope)?.because {
            Because::Share { agreement, tenant, .. } => {
                let grant = Grant { tenant: owner, person: self.person.as_ref().map(|it| it.id), any_scope: false };
                Some((grant, *agreement, *tenant))
            }
            Because::Public | Because::Role { .. } | Because::Service => None,
        }
    }

    /// Whether a share reaches the actor through a role in `party`, whatever the actor sees through other roles.
    pub fn is_reached(&self, scope_share: &ScopeShareFact, party: Uuid, now: DateTime<Utc>) -> bool {
        let roles: Vec<_> = self.roles.iter().filter(|it| it.tenant == party).cloned().collect();
        let agreement = self.cross_tenant.agreements.iter().find(|it| it.id == scope_share.agreement);
        agreement.is_some_and(|it| reached(scope_share, it, &roles, now).is_some())
    }

    /// What somebody owns in person may be given up, with or without a role; none for whoever does not own it.
    pub fn grant_of_owner(&self, tenant: Uuid, person: Uuid) -> Option<Grant> {
        self.person.as_ref().filter(|it| it.id == person).map(|_| Grant {
            tenant,
            person: Some(person),
            any_scope: false,
        })
    }

    /// Whether the actor holds everything that `role` would give for `fields`, as long: nobody gives what it lacks.
    pub fn may_give(
        &self,
        tenant: Uuid,
        role: entities::RoleKey,
        fields: &Fields,
        from: Option<NaiveDate>,
        until: Option<NaiveDate>,
    ) -> bool {
        Permission::of(role).iter().all(|permission| {
            self.roles
                .iter()
                .filter(|it| it.tenant == tenant && Permission::of(it.role).contains(permission))
                .any(|it| it.fields.contains(fields) && spans((it.from, it.until), (from, until)))
        })
    }
}

/// Whether the dates of a role that is held, first and last day, enclose those of one that is given. An open start of the
/// gift begins now, which the role covers.
pub fn spans(held: (Option<NaiveDate>, Option<NaiveDate>), given: (Option<NaiveDate>, Option<NaiveDate>)) -> bool {
    let starts = match (held.0, given.0) {
        (None, _) | (_, None) => true,
        (Some(mine), Some(theirs)) => mine <= theirs,
    };
    let ends = match (held.1, given.1) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(mine), Some(theirs)) => theirs <= mine,
    };
    starts && ends
}

/// The first role in `tenant` that holds `permission` for a row with `field`. Row and right are judged together, per
/// role: two roles never combine into what neither shows.
fn holder(roles: &[RoleFact], tenant: Uuid, permission: Permission, field: Option<Uuid>) -> Option<&RoleFact> {
    roles
        .iter()
        .find(|it| it.tenant == tenant && Permission::of(it.role).contains(&permission) && it.fields.covers(field))
}

/// Why an agreement is not in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotInForce {
    /// It is not active.
    State,
    /// The day is not within its dates.
    Day,
}

/// Whether an agreement is in force on a day: active, and within its dates, both inclusive.
///
/// # Errors
/// Why it is not.
pub fn in_force(
    state: AgreementState,
    from: NaiveDate,
    until: Option<NaiveDate>,
    day: NaiveDate,
) -> Result<(), NotInForce> {
    if state != AgreementState::Active {
        return Err(NotInForce::State);
    }
    if within(day, Some(from), until) { Ok(()) } else { Err(NotInForce::Day) }
}

/// The role through which a scope share reaches the actor, if it does.
fn reached<'a>(
    scope_share: &ScopeShareFact,
    agreement: &AgreementFact,
    roles: &'a [RoleFact],
    now: DateTime<Utc>,
) -> Option<&'a RoleFact> {
    let day = today(&scope_share.zone, now);
    let open = match area_of(scope_share.area) {
        Some(area) => {
            in_force(agreement.state, agreement.from, agreement.until, day).is_ok()
                && agreement.areas.contains(&area)
                && agreement.fields.covers(scope_share.field)
        }
        // The agreement itself, its shares, and what was read by them: the parties see them before it is active and after
        // it has ended.
        None => matches!(scope_share.area, ScopeArea::Agreements | ScopeArea::Audit),
    };
    if !open || !within(day, scope_share.from, scope_share.until) || !agreement.parties.contains(&scope_share.tenant) {
        return None;
    }
    let needed = read_permission(scope_share.area);
    roles.iter().find(|it| {
        it.tenant != scope_share.tenant
            && agreement.parties.contains(&it.tenant)
            && scope_share.grantee.is_none_or(|grantee| grantee == it.tenant)
            && scope_share.role.is_none_or(|role| role == it.role)
            && Permission::of(it.role).contains(&needed)
            && it.fields.covers(scope_share.field)
    })
}

/// The area of cooperation that must be covered for a scope to be shared.
const fn area_of(area: ScopeArea) -> Option<Area> {
    match area {
        ScopeArea::Calendars => Some(Area::Calendars),
        ScopeArea::Projects => Some(Area::Projects),
        ScopeArea::Datasets => Some(Area::Datasets),
        ScopeArea::Places | ScopeArea::Members | ScopeArea::Agreements | ScopeArea::Audit => None,
    }
}

/// Adds a sight; the highest level wins, the first rule that gave it is named.
fn see(visible: &mut BTreeMap<Uuid, ScopeVisibility>, scope: Uuid, level: ShareLevel, because: Because) {
    let visibility = ScopeVisibility { level, because };
    visible
        .entry(scope)
        .and_modify(|known| {
            if known.level < visibility.level {
                *known = visibility.clone();
            }
        })
        .or_insert(visibility);
}

/// The date on the clocks of `zone`. A zone that is not known is read as UTC; it cannot be stored in the first place.
pub fn today(zone: &str, now: DateTime<Utc>) -> NaiveDate {
    let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
    now.with_timezone(&zone).date_naive()
}

/// Whether `day` lies between two days, both inclusive, open where none.
pub fn within(day: NaiveDate, from: Option<NaiveDate>, until: Option<NaiveDate>) -> bool {
    from.is_none_or(|from| from <= day) && until.is_none_or(|until| day <= until)
}
