//! The permission catalogue and what each built-in role holds.

use entities::{RoleKey, ScopeArea};

/// Passes the catalogue of permissions to the macro that is named, each with the name that people read. The documentation
/// is what clients read in the schema.
#[macro_export]
macro_rules! permissions {
    ($callback:ident) => {
        $callback! {
            /// Read access to calendars and entries.
            CalendarsRead = "calendars:read",
            /// Creation and change of calendars and entries.
            CalendarsWrite = "calendars:write",
            /// Read access to projects.
            ProjectsRead = "projects:read",
            /// Creation and change of projects.
            ProjectsWrite = "projects:write",
            /// Read access to datasets.
            DatasetsRead = "datasets:read",
            /// Import and change of datasets.
            DatasetsWrite = "datasets:write",
            /// Release of datasets to the public.
            DatasetsPublish = "datasets:publish",
            /// Read access to learning places, organisations and education offers that are not public.
            PlacesRead = "places:read",
            /// Creation and change of learning places, organisations and education offers.
            PlacesWrite = "places:write",
            /// Read access to members and their roles.
            MembersRead = "members:read",
            /// Grant and revocation of roles.
            MembersManage = "members:manage",
            /// Read access to agreements and shares.
            AgreementsRead = "agreements:read",
            /// Draft, proposal and end of agreements.
            AgreementsManage = "agreements:manage",
            /// Signature of agreements for the authority.
            AgreementsSign = "agreements:sign",
            /// Creation and end of shares with partner authorities.
            SharesManage = "shares:manage",
            /// Management of the authority's own fields of work, closures and contacts.
            TenantManage = "tenant:manage",
            /// Read access to the audit trail.
            AuditRead = "audit:read",
        }
    };
}

macro_rules! catalogue {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)+) => {
        /// Permission within one authority, held through a role. The catalogue is closed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Permission { $($(#[$doc])* $name,)+ }

        impl Permission {
            /// The whole catalogue.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The name people read: `calendars:read`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }
        }
    };
}

permissions!(catalogue);

impl Permission {
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
