//! Closed sets, stored as text, each declared once for the store and the schema: the names in the store are the names in
//! the schema. Sets of the store alone stand outside the groups.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Defines closed sets, each with its stored names, in ascending order where order means something.
macro_rules! define_sets {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)+ })+) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
            EnumIter, DeriveActiveEnum, Serialize, Deserialize,
        )]
        #[sea_orm(rs_type = "String", db_type = "String(StringLen::N(40))")]
        pub enum $name {
            $($(#[$vdoc])* #[sea_orm(string_value = $text)] #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// Every member, in ascending order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in the store and in the schema.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        /// The first member, for rows of which nothing is known yet.
        impl Default for $name {
            fn default() -> Self {
                Self::ALL[0]
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                Self::ALL.iter().copied().find(|it| it.as_str() == text).ok_or_else(|| {
                    let known: Vec<_> = Self::ALL.iter().map(|it| it.as_str()).collect();
                    format!("{text:?} is none of {}", known.join(", "))
                })
            }
        }
    )+};
}

/// Defines a group of closed sets and exports its declarations as a macro of the group's name: for
/// `entities::project_sets!(callback)` the macro `callback` gets all of them and makes the types of another layer. The
/// documentation is what clients read in the schema. (`$` is passed because a macro cannot write it into another.)
macro_rules! closed_sets {
    ($d:tt $group:ident $($sets:tt)+) => {
        define_sets! { $($sets)+ }

        /// Passes the declarations of a group of closed sets to the macro that is named.
        #[macro_export]
        macro_rules! $group {
            ($d callback:ident) => { $d callback! { $($sets)+ } };
        }
    };
}

pub(crate) use {closed_sets, define_sets};

closed_sets! { $ general_sets
    /// Kind of an authority.
    TenantKind {
        /// Rural district ("Landkreis").
        RuralDistrict = "RURAL_DISTRICT",
        /// District-free city ("kreisfreie Stadt").
        DistrictFreeCity = "DISTRICT_FREE_CITY",
        /// Municipality within a district ("Gemeinde", "Markt" or "Stadt").
        Municipality = "MUNICIPALITY",
        /// Any other public body.
        Other = "OTHER",
    }

    /// Purpose of a contact of an authority.
    ContactKind {
        /// Data protection officer ("Datenschutzbeauftragte").
        DataProtection = "DATA_PROTECTION",
        /// Education office ("Bildungsbüro").
        EducationOffice = "EDUCATION_OFFICE",
        /// Statistics and education monitoring.
        Statistics = "STATISTICS",
        /// Information security.
        InformationSecurity = "INFORMATION_SECURITY",
        /// Press office.
        Press = "PRESS",
        /// Any other purpose.
        Other = "OTHER",
    }

    /// Built-in role, a fixed set of permissions.
    RoleKey {
        /// Reader of calendars, projects, datasets, learning places and agreements.
        Viewer = "VIEWER",
        /// Planner: reads like `VIEWER` and writes calendars.
        Planner = "PLANNER",
        /// Project lead: reads like `VIEWER` and writes calendars and projects.
        ProjectLead = "PROJECT_LEAD",
        /// Data steward: reads like `VIEWER` and writes datasets and the directory of learning places.
        DataSteward = "DATA_STEWARD",
        /// Publisher: reads like `VIEWER` and releases datasets to the public.
        Publisher = "PUBLISHER",
        /// Administrator of the authority, with all permissions.
        TenantAdmin = "TENANT_ADMIN",
        /// Auditor: reads members, agreements and the audit trail.
        Auditor = "AUDITOR",
        /// Program that reads calendars, projects, datasets and learning places.
        Integrator = "INTEGRATOR",
    }

    /// Area of cooperation that an agreement can cover.
    Area {
        /// Coordination of annual plans.
        Calendars = "CALENDARS",
        /// Joint design and execution of projects.
        Projects = "PROJECTS",
        /// Data exchange.
        Datasets = "DATASETS",
    }

    /// Level at which a shared object is visible to a partner authority, ascending.
    ShareLevel {
        /// Busy time only: start and end of a calendar entry that occupies time, without content. Calendars only.
        Busy = "BUSY",
        /// Summary: title, kind, field of work and status of calendar entries; projects without their parts; metadata
        /// of datasets.
        Summary = "SUMMARY",
        /// All fields, to read; parts of projects and data of datasets included.
        Full = "FULL",
        /// All fields as at `FULL`, and for calendars comments on entries and proposals to change them in coordination
        /// rounds.
        Contribute = "CONTRIBUTE",
    }

    /// Confidentiality of an object, ascending in reach.
    Confidentiality {
        /// Internal: excluded from all shares.
        Internal = "INTERNAL",
        /// For partner authorities, as far as the object is shared.
        Partner = "PARTNER",
        /// Public, also for viewers who are not signed in.
        Public = "PUBLIC",
    }

    /// State of an agreement.
    AgreementState {
        /// Draft, visible to the drafting authority only.
        Draft = "DRAFT",
        /// Proposal, visible to the parties and open for signature.
        Proposed = "PROPOSED",
        /// Agreement signed by every party.
        Active = "ACTIVE",
        /// Ended agreement; grants no access.
        Ended = "ENDED",
    }

    /// Kind of a calendar entry.
    EntryKind {
        /// Working session on a topic.
        Workshop = "WORKSHOP",
        /// Day of open counselling.
        CounsellingDay = "COUNSELLING_DAY",
        /// Fair with stands.
        Fair = "FAIR",
        /// Conference or forum.
        Conference = "CONFERENCE",
        /// Meeting of a body or team.
        Meeting = "MEETING",
        /// Training course.
        Training = "TRAINING",
        /// Information event.
        InformationEvent = "INFORMATION_EVENT",
        /// Due date; does not occupy time.
        Deadline = "DEADLINE",
        /// Any other kind.
        Other = "OTHER",
    }

    /// Status of a calendar entry.
    EntryStatus {
        /// Idea; does not occupy time.
        Idea = "IDEA",
        /// Tentative plan, may still move; occupies time.
        Tentative = "TENTATIVE",
        /// Confirmed date; occupies time.
        Confirmed = "CONFIRMED",
        /// Cancelled; no longer occupies time.
        Cancelled = "CANCELLED",
    }

    /// Pillar of an education region in Bavaria.
    Pillar {
        /// Pillar 1, transitions ("Übergänge organisieren und begleiten").
        Transitions = "TRANSITIONS",
        /// Pillar 2, networking of school and non-school offers ("Schulische und außerschulische Bildungsangebote
        /// vernetzen").
        Networking = "NETWORKING",
        /// Pillar 3, support of young people in special situations ("Kein Talent darf verloren gehen").
        NoTalentLost = "NO_TALENT_LOST",
        /// Pillar 4, civil society ("Bürgergesellschaft stärken und entwickeln").
        CivilSociety = "CIVIL_SOCIETY",
        /// Pillar 5, demographic change ("Herausforderungen des demographischen Wandels annehmen").
        DemographicChange = "DEMOGRAPHIC_CHANGE",
    }

    /// Audience of an entry, project or education offer.
    Audience {
        /// Children below school age.
        Children = "CHILDREN",
        /// Pupils.
        Pupils = "PUPILS",
        /// Parents.
        Parents = "PARENTS",
        /// Teachers.
        Teachers = "TEACHERS",
        /// Apprentices and young people between school and work.
        YoungAdults = "YOUNG_ADULTS",
        /// Adults.
        Adults = "ADULTS",
        /// Recently immigrated people.
        Newcomers = "NEWCOMERS",
        /// Professionals in education.
        Professionals = "PROFESSIONALS",
        /// General public.
        Everybody = "EVERYBODY",
    }

    /// Level of a region.
    RegionKind {
        /// Rural district ("Landkreis").
        RuralDistrict = "RURAL_DISTRICT",
        /// District-free city ("kreisfreie Stadt").
        DistrictFreeCity = "DISTRICT_FREE_CITY",
        /// Town within a district ("Stadt").
        Town = "TOWN",
        /// Market town ("Markt").
        Market = "MARKET",
        /// Municipality ("Gemeinde").
        Municipality = "MUNICIPALITY",
    }

    /// Kind of a holiday.
    HolidayKind {
        /// Public holiday by law.
        Public = "PUBLIC",
        /// School holidays.
        SchoolHoliday = "SCHOOL_HOLIDAY",
        /// School-free working day ("Buß- und Bettag").
        SchoolFreeDay = "SCHOOL_FREE_DAY",
    }

    /// Extent of a holiday within its state.
    HolidayExtent {
        /// Entire state.
        Statewide = "STATEWIDE",
        /// Municipalities with a Catholic majority only; whether the holiday applies to an authority is set by
        /// `Tenant.assumptionDay`.
        CatholicMunicipalities = "CATHOLIC_MUNICIPALITIES",
    }

    /// State of a coordination round, in chronological order.
    RoundState {
        /// Submission of plans by the parties.
        Collecting = "COLLECTING",
        /// Coordination of the plans: conflicts, proposals, answers and acknowledgements.
        InCoordination = "IN_COORDINATION",
        /// Sign-off by every party completed.
        Agreed = "AGREED",
        /// Outcome published.
        Published = "PUBLISHED",
        /// Round ended without an outcome.
        Closed = "CLOSED",
    }

    /// Step of an annual plan at which a snapshot is kept.
    PlanStep {
        /// Submission to a coordination round.
        Submitted = "SUBMITTED",
        /// Sign-off of the round's outcome by the owner of the plan.
        Agreed = "AGREED",
        /// Publication of the round's outcome: the plan as its owner last signed it off.
        Published = "PUBLISHED",
    }

    /// State of a change proposal.
    ProposalState {
        /// Proposal not yet answered.
        Open = "OPEN",
        /// Offer of the owner accepted by the partner, still to be applied by the owner.
        Agreed = "AGREED",
        /// Proposal applied by the owner.
        Accepted = "ACCEPTED",
        /// Proposal declined.
        Declined = "DECLINED",
        /// Proposal answered by a counter-proposal.
        Countered = "COUNTERED",
        /// Proposal withdrawn.
        Withdrawn = "WITHDRAWN",
    }

    /// Rule by which two entries, or an entry and a day, are in conflict.
    ConflictRule {
        /// Two entries at the same place at the same time.
        SamePlace = "SAME_PLACE",
        /// Two entries with the same speaker at the same time.
        SameSpeaker = "SAME_SPEAKER",
        /// Entries of two authorities with the same organiser at the same time.
        SameOrganiser = "SAME_ORGANISER",
        /// Entries of two authorities for the same audience and field of work within a few days: `daysApart` of the
        /// round, otherwise 3.
        SameAudience = "SAME_AUDIENCE",
        /// Entries of two authorities on the same topic within 28 days.
        DuplicateTopic = "DUPLICATE_TOPIC",
        /// Entry on a public holiday.
        PublicHoliday = "PUBLIC_HOLIDAY",
        /// Entry for pupils or teachers during school holidays or on a school-free day.
        SchoolHoliday = "SCHOOL_HOLIDAY",
        /// Entry on a day on which the owner's office is closed.
        TenantClosure = "TENANT_CLOSURE",
    }

    /// Result of fetching an external calendar.
    FetchOutcome {
        /// File changed and imported.
        Changed = "CHANGED",
        /// File unchanged.
        Unchanged = "UNCHANGED",
        /// Address refused: not https, or not a public address.
        AddressRefused = "ADDRESS_REFUSED",
        /// Server unreachable.
        Unreachable = "UNREACHABLE",
        /// Answer too slow.
        TooSlow = "TOO_SLOW",
        /// File too large.
        TooLarge = "TOO_LARGE",
        /// Too many redirects.
        TooManyRedirects = "TOO_MANY_REDIRECTS",
        /// Answer with an HTTP status other than success.
        HttpStatus = "HTTP_STATUS",
        /// File is not a calendar.
        NotACalendar = "NOT_A_CALENDAR",
        /// Local calendar archived.
        CalendarArchived = "CALENDAR_ARCHIVED",
    }
}

impl EntryStatus {
    /// Whether such an entry occupies its time.
    pub const fn takes_time(self) -> bool {
        match self {
            Self::Tentative | Self::Confirmed => true,
            Self::Idea | Self::Cancelled => false,
        }
    }
}

impl Audience {
    /// Whether it is in school, so that it has school holidays.
    pub const fn is_in_school(self) -> bool {
        matches!(self, Self::Pupils | Self::Teachers)
    }
}

define_sets! {
    /// Status of an authority in the service.
    TenantStatus {
        /// Authority in regular use.
        Active = "ACTIVE",
        /// Authority switched off: its members have no rights, its shares no effect. Public objects remain public.
        Suspended = "SUSPENDED",
    }
}

define_sets! {
    /// Area of a scope's rows, which decides on the permission to read them.
    ScopeArea {
        /// Calendars and entries.
        Calendars = "CALENDARS",
        /// Projects.
        Projects = "PROJECTS",
        /// Datasets.
        Datasets = "DATASETS",
        /// Learning places.
        Places = "PLACES",
        /// Members and their roles.
        Members = "MEMBERS",
        /// Agreements and shares.
        Agreements = "AGREEMENTS",
        /// Audit trail.
        Audit = "AUDIT",
    }
}
