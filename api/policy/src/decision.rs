//! The vocabulary of decisions: actions, objects, outcomes, and the grant that a permitted write needs.

use entities::{RoleKey, ScopeArea, ShareLevel};
use uuid::Uuid;

use crate::Permission;

/// What one may want to do to an object. Few on purpose; the area says which permission it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// See it.
    Read,
    /// Create, change, cancel, archive it.
    Write,
    /// Show it to partners, and stop that.
    Share,
    /// Sign it for the authority.
    Sign,
    /// Release it to the public, and withdraw it.
    Publish,
    /// Change what belongs to the authority as a whole.
    Manage,
}

impl Action {
    /// Every action.
    pub const ALL: &'static [Self] = &[Self::Read, Self::Write, Self::Share, Self::Sign, Self::Publish, Self::Manage];

    /// The permission that the action takes in an area; none where it does not exist there.
    pub const fn needs(self, area: ScopeArea) -> Option<Permission> {
        use Permission as P;
        match (self, area) {
            (Self::Read, area) => Some(crate::read_permission(area)),
            (Self::Write, ScopeArea::Calendars) => Some(P::CalendarsWrite),
            (Self::Write, ScopeArea::Projects) => Some(P::ProjectsWrite),
            (Self::Write, ScopeArea::Datasets) => Some(P::DatasetsWrite),
            (Self::Write, ScopeArea::Places) => Some(P::PlacesWrite),
            (Self::Write, ScopeArea::Members) => Some(P::MembersManage),
            (Self::Write, ScopeArea::Agreements) => Some(P::AgreementsManage),
            (Self::Write, ScopeArea::Audit) => None,
            (Self::Share, ScopeArea::Calendars | ScopeArea::Projects | ScopeArea::Datasets | ScopeArea::Agreements) => {
                Some(P::SharesManage)
            }
            (Self::Share, ScopeArea::Places | ScopeArea::Members | ScopeArea::Audit) => None,
            (Self::Sign, ScopeArea::Agreements) => Some(P::AgreementsSign),
            (Self::Publish, ScopeArea::Datasets) => Some(P::DatasetsPublish),
            (Self::Manage, _) => Some(P::TenantManage),
            (
                Self::Sign,
                ScopeArea::Calendars
                | ScopeArea::Projects
                | ScopeArea::Datasets
                | ScopeArea::Places
                | ScopeArea::Members
                | ScopeArea::Audit,
            ) => None,
            (
                Self::Publish,
                ScopeArea::Calendars
                | ScopeArea::Projects
                | ScopeArea::Places
                | ScopeArea::Members
                | ScopeArea::Agreements
                | ScopeArea::Audit,
            ) => None,
        }
    }
}

/// What a decision is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Object {
    /// What it is about, and so which permission it takes.
    pub area: ScopeArea,
    /// The authority for which one would act: the owner, or a party of a joint object.
    pub tenant: Uuid,
    /// The row's scope; none for a row that is still to be made.
    pub scope: Option<Uuid>,
    /// Field of work that decides on writing.
    pub field: Option<Uuid>,
}

impl Object {
    /// A row that exists.
    pub const fn row(area: ScopeArea, tenant: Uuid, scope: Uuid, field: Option<Uuid>) -> Self {
        Self { area, tenant, scope: Some(scope), field }
    }

    /// A row to be made in an authority.
    pub const fn new_in(area: ScopeArea, tenant: Uuid, field: Option<Uuid>) -> Self {
        Self { area, tenant, scope: None, field }
    }
}

/// The rule that let somebody see or do something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Because {
    /// It is public.
    Public,
    /// A role in the owning authority.
    Role {
        /// The authority.
        tenant: Uuid,
        /// The role.
        role: RoleKey,
    },
    /// The server at work for the authority that owns it.
    Service,
    /// A share under an agreement, reached through a role in a partner authority.
    Share {
        /// The agreement.
        agreement: Uuid,
        /// The partner authority.
        tenant: Uuid,
        /// The role there.
        role: RoleKey,
    },
}

impl Because {
    /// Whether it reaches across the boundary between authorities.
    pub const fn is_share(&self) -> bool {
        matches!(self, Self::Share { .. })
    }
}

/// The outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccessDecision {
    /// It may be done, at this level.
    Allow(ShareLevel, Because),
    /// It may not even be known to exist.
    Hide,
    /// It may be seen, but this takes signing in.
    SignIn,
    /// It may be seen, but this takes a permission that is not held there.
    Deny(Option<Permission>),
}

/// A decision with what one would need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Whether it may be done.
    pub allowed: bool,
    /// How much is seen.
    pub level: Option<ShareLevel>,
    /// The deciding rule.
    pub because: Option<Because>,
    /// The permission that is missing in the owning authority.
    pub missing: Option<Permission>,
}

/// Proof that a write was permitted. Only the policy makes it; without one there is no writing connection.
#[derive(Clone, Debug)]
pub struct Grant {
    pub(super) tenant: Uuid,
    pub(super) person: Option<Uuid>,
    /// The operator writes whatever scope a row is in; everybody else only where the row is visible to them.
    pub(super) any_scope: bool,
}

impl Grant {
    /// The authority for which the holder acts.
    pub const fn tenant(&self) -> Uuid {
        self.tenant
    }

    /// The acting account; none for the operator.
    pub const fn person(&self) -> Option<Uuid> {
        self.person
    }

    /// Whether rows may be written whatever scope they are in: for the operator.
    pub const fn any_scope(&self) -> bool {
        self.any_scope
    }

    /// The word of an identity provider that is bound to the authority: it makes its people known there, and gives or
    /// takes the roles that the operator's rules name. Nothing else is written with it.
    pub const fn sign_in(tenant: Uuid) -> Self {
        Self { tenant, person: None, any_scope: false }
    }

    /// Who leaves the circle of a project gives up its own sight of what `owner` has; nothing else is written with it.
    pub const fn to_leave(leaver: &Self, owner: Uuid) -> Self {
        Self { tenant: owner, person: leaver.person, any_scope: false }
    }

    /// The operator at the command line, who holds the database anyway.
    pub const fn operator(tenant: Uuid) -> Self {
        Self { tenant, person: None, any_scope: true }
    }
}
