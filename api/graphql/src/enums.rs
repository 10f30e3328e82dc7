//! Closed sets in the schema. Their members are those of the store; the compiler keeps them in step.

use async_graphql::Enum;
use entities as e;

macro_rules! closed_set {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl From<e::$name> for $name {
            fn from(it: e::$name) -> Self {
                match it { $(e::$name::$variant => Self::$variant),+ }
            }
        }

        impl From<$name> for e::$name {
            fn from(it: $name) -> Self {
                match it { $($name::$variant => Self::$variant),+ }
            }
        }
    };
}

pub(crate) use closed_set;

closed_set! {
    /// Kind of an authority.
    TenantKind {
        /// Rural district ("Landkreis").
        RuralDistrict,
        /// District-free city ("kreisfreie Stadt").
        DistrictFreeCity,
        /// Municipality within a district ("Gemeinde", "Markt" or "Stadt").
        Municipality,
        /// Any other public body.
        Other,
    }
}

closed_set! {
    /// Built-in role, a fixed set of permissions.
    RoleKey {
        /// Reader of calendars, projects, datasets, learning places and agreements.
        Viewer,
        /// Planner: reads like `VIEWER` and writes calendars.
        Planner,
        /// Project lead: reads like `VIEWER` and writes calendars and projects.
        ProjectLead,
        /// Data steward: reads like `VIEWER` and writes datasets and the directory of learning places.
        DataSteward,
        /// Publisher: reads like `VIEWER` and releases datasets to the public.
        Publisher,
        /// Administrator of the authority, with all permissions.
        TenantAdmin,
        /// Auditor: reads members, agreements and the audit trail.
        Auditor,
        /// Program that reads calendars, projects, datasets and learning places.
        Integrator,
    }
}

closed_set! {
    /// Area of cooperation that an agreement can cover.
    Area {
        /// Coordination of annual plans.
        Calendars,
        /// Joint design and execution of projects.
        Projects,
        /// Data exchange.
        Datasets,
    }
}

closed_set! {
    /// Level at which a shared object is visible to a partner authority, ascending.
    ShareLevel {
        /// Busy time only: start and end of a calendar entry that occupies time, without content. Calendars only.
        Busy,
        /// Summary: title, kind, field of work and status of calendar entries; projects without their parts; metadata
        /// of datasets.
        Summary,
        /// All fields; parts of projects and data of datasets included.
        Full,
        /// All fields. Has the same effect as `FULL`: comments and change proposals depend on the coordination round,
        /// not on the level.
        Contribute,
    }
}

closed_set! {
    /// Confidentiality of an object, ascending in reach.
    Confidentiality {
        /// Internal: excluded from all shares.
        Internal,
        /// For partner authorities, as far as the object is shared.
        Partner,
        /// Public, also for viewers who are not signed in.
        Public,
    }
}

closed_set! {
    /// State of an agreement.
    AgreementState {
        /// Draft, visible to the drafting authority only.
        Draft,
        /// Proposal, visible to the parties and open for signature.
        Proposed,
        /// Agreement signed by every party.
        Active,
        /// Ended agreement; grants no access.
        Ended,
    }
}

closed_set! {
    /// Kind of a calendar entry.
    EntryKind {
        /// Working session on a topic.
        Workshop,
        /// Day of open counselling.
        CounsellingDay,
        /// Fair with stands.
        Fair,
        /// Conference or forum.
        Conference,
        /// Meeting of a body or team.
        Meeting,
        /// Training course.
        Training,
        /// Information event.
        InformationEvent,
        /// Due date.
        Deadline,
        /// Any other kind.
        Other,
    }
}

closed_set! {
    /// Status of a calendar entry.
    EntryStatus {
        /// Idea; does not occupy time.
        Idea,
        /// Tentative plan, may still move; occupies time.
        Tentative,
        /// Confirmed date; occupies time.
        Confirmed,
        /// Cancelled; no longer occupies time.
        Cancelled,
    }
}

closed_set! {
    /// Pillar of an education region in Bavaria.
    Pillar {
        /// Pillar 1, transitions ("Übergänge organisieren und begleiten").
        Transitions,
        /// Pillar 2, networking of school and non-school offers ("Schulische und außerschulische Bildungsangebote
        /// vernetzen").
        Networking,
        /// Pillar 3, support of young people in special situations ("Kein Talent darf verloren gehen").
        NoTalentLost,
        /// Pillar 4, civil society ("Bürgergesellschaft stärken und entwickeln").
        CivilSociety,
        /// Pillar 5, demographic change ("Herausforderungen des demographischen Wandels annehmen").
        DemographicChange,
    }
}

closed_set! {
    /// Audience of an entry, project or education offer.
    Audience {
        /// Children below school age.
        Children,
        /// Pupils.
        Pupils,
        /// Parents.
        Parents,
        /// Teachers.
        Teachers,
        /// Apprentices and young people between school and work.
        YoungAdults,
        /// Adults.
        Adults,
        /// Recently immigrated people.
        Newcomers,
        /// Professionals in education.
        Professionals,
        /// General public.
        Everybody,
    }
}

closed_set! {
    /// Kind of a learning place.
    LearningPlaceKind {
        /// Day-care centre ("Kindertageseinrichtung").
        Kindergarten,
        /// Primary school ("Grundschule").
        PrimarySchool,
        /// Lower secondary school ("Mittelschule").
        LowerSecondarySchool,
        /// Primary and lower secondary school ("Grund- und Mittelschule").
        PrimaryAndLowerSecondarySchool,
        /// Intermediate school ("Realschule").
        IntermediateSchool,
        /// Grammar school ("Gymnasium").
        GrammarSchool,
        /// Vocational school ("Berufsschule").
        VocationalSchool,
        /// Commercial school ("Wirtschaftsschule").
        CommercialSchool,
        /// Upper vocational school ("Fachoberschule" or "Berufsoberschule").
        UpperVocationalSchool,
        /// Special needs school ("Förderzentrum").
        SpecialNeedsSchool,
        /// Technical college ("Fachschule").
        TechnicalCollege,
        /// Adult education centre ("Volkshochschule") or other place of adult education.
        AdultEducation,
        /// Music school ("Musikschule").
        MusicSchool,
        /// Library.
        Library,
        /// Club ("Verein").
        Club,
        /// Place of leisure.
        Leisure,
        /// Company.
        Company,
        /// Counselling centre.
        CounsellingCentre,
        /// Gym or sports ground.
        SportsFacility,
        /// Any other kind.
        Other,
    }
}

closed_set! {
    /// Level of a region.
    RegionKind {
        /// Rural district ("Landkreis").
        RuralDistrict,
        /// District-free city ("kreisfreie Stadt").
        DistrictFreeCity,
        /// Town within a district ("Stadt").
        Town,
        /// Market town ("Markt").
        Market,
        /// Municipality ("Gemeinde").
        Municipality,
    }
}

closed_set! {
    /// Kind of a holiday.
    HolidayKind {
        /// Public holiday by law.
        Public,
        /// School holidays.
        SchoolHoliday,
        /// School-free working day ("Buß- und Bettag").
        SchoolFreeDay,
    }
}

closed_set! {
    /// Extent of a holiday within its state.
    HolidayExtent {
        /// Entire state.
        Statewide,
        /// Municipalities with a Catholic majority only; whether the holiday applies to an authority is set by
        /// `Tenant.assumptionDay`.
        CatholicMunicipalities,
    }
}

/// Permission within one authority. The catalogue is closed; roles are named sets of permissions.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[graphql(remote = "policy::Permission")]
pub enum Permission {
    /// Read access to calendars and entries.
    CalendarsRead,
    /// Creation and change of calendars and entries.
    CalendarsWrite,
    /// Read access to projects.
    ProjectsRead,
    /// Creation and change of projects.
    ProjectsWrite,
    /// Read access to datasets.
    DatasetsRead,
    /// Import and change of datasets.
    DatasetsWrite,
    /// Release of datasets to the public.
    DatasetsPublish,
    /// Read access to learning places, organisations and education offers that are not public.
    PlacesRead,
    /// Creation and change of learning places, organisations and education offers.
    PlacesWrite,
    /// Read access to members and their roles.
    MembersRead,
    /// Grant and revocation of roles.
    MembersManage,
    /// Read access to agreements and shares.
    AgreementsRead,
    /// Draft, proposal and end of agreements.
    AgreementsManage,
    /// Signature of agreements for the authority.
    AgreementsSign,
    /// Creation and end of shares with partner authorities.
    SharesManage,
    /// Management of the authority's own fields of work and closures.
    TenantManage,
    /// Read access to the audit trail.
    AuditRead,
}

/// Action on an object.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[graphql(remote = "policy::Action")]
pub enum Action {
    /// Read access.
    Read,
    /// Creation, change, cancellation and archiving.
    Write,
    /// Sharing with partner authorities, and the end of shares.
    Share,
    /// Signature for the authority.
    Sign,
    /// Release to the public, and the withdrawal of a release.
    Publish,
    /// Change of what belongs to the authority as a whole.
    Manage,
}

closed_set! {
    /// State of a coordination round, in chronological order.
    RoundState {
        /// Submission of plans by the parties.
        Collecting,
        /// Coordination of the plans: conflicts, proposals, answers and acknowledgements.
        InCoordination,
        /// Sign-off by every party completed.
        Agreed,
        /// Outcome published.
        Published,
        /// Round ended without an outcome.
        Closed,
    }
}

closed_set! {
    /// Step of an annual plan at which a snapshot is kept.
    PlanStep {
        /// Submission to a coordination round.
        Submitted,
        /// Sign-off of the round's outcome by the owner of the plan.
        Agreed,
    }
}

closed_set! {
    /// State of a change proposal.
    ProposalState {
        /// Proposal not yet answered.
        Open,
        /// Offer of the owner accepted by the partner, still to be applied by the owner.
        Agreed,
        /// Proposal applied by the owner.
        Accepted,
        /// Proposal declined.
        Declined,
        /// Proposal answered by a counter-proposal.
        Countered,
        /// Proposal withdrawn.
        Withdrawn,
    }
}

closed_set! {
    /// Rule by which two entries, or an entry and a day, are in conflict.
    ConflictRule {
        /// Two entries at the same place at the same time.
        SamePlace,
        /// Two entries with the same speaker at the same time.
        SameSpeaker,
        /// Entries of two authorities with the same organiser at the same time.
        SameOrganiser,
        /// Entries of two authorities for the same audience and field of work within a few days: `daysApart` of the
        /// round, otherwise 3.
        SameAudience,
        /// Entries of two authorities on the same topic within 28 days.
        DuplicateTopic,
        /// Entry on a public holiday.
        PublicHoliday,
        /// Entry for pupils or teachers during school holidays or on a school-free day.
        SchoolHoliday,
        /// Entry on a day on which the owner's office is closed.
        TenantClosure,
    }
}

closed_set! {
    /// Result of fetching an external calendar.
    FetchOutcome {
        /// File changed and imported.
        Changed,
        /// File unchanged.
        Unchanged,
        /// Address refused: not https, or not a public address.
        AddressRefused,
        /// Server unreachable.
        Unreachable,
        /// Answer too slow.
        TooSlow,
        /// File too large.
        TooLarge,
        /// Too many redirects.
        TooManyRedirects,
        /// Answer with an HTTP status other than success.
        HttpStatus,
        /// File is not a calendar.
        NotACalendar,
        /// Local calendar archived.
        CalendarArchived,
    }
}
