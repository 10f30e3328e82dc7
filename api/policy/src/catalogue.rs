//! The permission catalogue and what each built-in role holds.

use entities::{RoleKey, ScopeArea};

/// A right within one authority, held through a role. The catalogue is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// See calendars and entries.
    CalendarsRead,
    /// Create and change calendars and entries.
    CalendarsWrite,
    /// See projects.
    ProjectsRead,
    /// Create and change projects.
    ProjectsWrite,
    /// See datasets.
    DatasetsRead,
    /// Import and change datasets.
    DatasetsWrite,
    /// Release datasets to the public.
    DatasetsPublish,
    /// See learning places that are not public.
    PlacesRead,
    /// Create and change learning places.
    PlacesWrite,
    /// See members and their roles.
    MembersRead,
    /// Give and take roles.
    MembersManage,
    /// See agreements and shares.
    AgreementsRead,
    /// Draft, propose and end agreements.
    AgreementsManage,
    /// Sign an agreement for the authority.
    AgreementsSign,
    /// Share with partners, and end shares.
    SharesManage,
    /// Change the authority's profile, fields of work and settings.
    TenantManage,
    /// Read the audit trail.
    AuditRead,
}

impl Permission {
    /// The whole catalogue.
    pub const ALL: &'static [Self] = &[
        Self::CalendarsRead,
        Self::CalendarsWrite,
        Self::ProjectsRead,
        Self::ProjectsWrite,
        Self::DatasetsRead,
        Self::DatasetsWrite,
        Self::DatasetsPublish,
        Self::PlacesRead,
        Self::PlacesWrite,
        Self::MembersRead,
        Self::MembersManage,
        Self::AgreementsRead,
        Self::AgreementsManage,
        Self::AgreementsSign,
        Self::SharesManage,
        Self::TenantManage,
        Self::AuditRead,
    ];

    /// The name people read: `calendars:read`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CalendarsRead => "calendars:read",
            Self::CalendarsWrite => "calendars:write",
            Self::ProjectsRead => "projects:read",
            Self::ProjectsWrite => "projects:write",
            Self::DatasetsRead => "datasets:read",
            Self::DatasetsWrite => "datasets:write",
            Self::DatasetsPublish => "datasets:publish",
            Self::PlacesRead => "places:read",
            Self::PlacesWrite => "places:write",
            Self::MembersRead => "members:read",
            Self::MembersManage => "members:manage",
            Self::AgreementsRead => "agreements:read",
            Self::AgreementsManage => "agreements:manage",
            Self::AgreementsSign => "agreements:sign",
            Self::SharesManage => "shares:manage",
            Self::TenantManage => "tenant:manage",
            Self::AuditRead => "audit:read",
        }
    }

    /// The permissions that `role` holds.
    pub const fn of(role: RoleKey) -> &'static [Self] {
        use Permission as P;
        match role {
            RoleKey::Viewer => &[P::CalendarsRead, P::ProjectsRead, P::DatasetsRead, P::PlacesRead, P::AgreementsRead],
            RoleKey::Planner => &[
                P::CalendarsRead,
                P::CalendarsWrite,
                P::ProjectsRead,
                P::DatasetsRead,
                P::PlacesRead,
                P::AgreementsRead,
            ],
            RoleKey::ProjectLead => &[
                P::CalendarsRead,
                P::CalendarsWrite,
                P::ProjectsRead,
                P::ProjectsWrite,
                P::DatasetsRead,
                P::PlacesRead,
                P::AgreementsRead,
            ],
            RoleKey::DataSteward => &[
                P::CalendarsRead,
                P::ProjectsRead,
                P::DatasetsRead,
                P::DatasetsWrite,
                P::PlacesRead,
                P::PlacesWrite,
                P::AgreementsRead,
            ],
            RoleKey::Publisher => &[
                P::CalendarsRead,
                P::ProjectsRead,
                P::DatasetsRead,
                P::DatasetsPublish,
                P::PlacesRead,
                P::AgreementsRead,
            ],
            RoleKey::TenantAdmin => Self::ALL,
            RoleKey::Auditor => &[P::MembersRead, P::AgreementsRead, P::AuditRead],
            RoleKey::Integrator => &[P::CalendarsRead, P::ProjectsRead, P::DatasetsRead, P::PlacesRead],
        }
    }
}

/// The permission that reads rows of an area.
pub const fn read_permission(area: ScopeArea) -> Permission {
    match area {
        ScopeArea::Calendars => Permission::CalendarsRead,
        ScopeArea::Projects => Permission::ProjectsRead,
        ScopeArea::Datasets => Permission::DatasetsRead,
        ScopeArea::Places => Permission::PlacesRead,
        ScopeArea::Members => Permission::MembersRead,
        ScopeArea::Agreements => Permission::AgreementsRead,
        ScopeArea::Audit => Permission::AuditRead,
    }
}
