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
    /// The kind of an authority.
    TenantKind {
        /// Landkreis.
        RuralDistrict,
        /// Kreisfreie Stadt.
        DistrictFreeCity,
        /// Gemeinde, Markt, Stadt in a district.
        Municipality,
        /// Any other public body.
        Other,
    }
}

closed_set! {
    /// A built-in role.
    RoleKey {
        /// Reads.
        Viewer,
        /// Plans: calendars and their entries.
        Planner,
        /// Leads projects.
        ProjectLead,
        /// Keeps datasets and learning places.
        DataSteward,
        /// Releases datasets to the public.
        Publisher,
        /// Runs the authority's side: members, agreements, shares.
        TenantAdmin,
        /// Sees who may do what, and who did.
        Auditor,
        /// A program that reads.
        Integrator,
    }
}

closed_set! {
    /// An area of cooperation that an agreement can cover.
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
    /// How much a partner sees of a shared object, ascending.
    ShareLevel {
        /// Only that the time is taken.
        Busy,
        /// Title, kind, field of work and status.
        Summary,
        /// Everything.
        Full,
        /// Everything, and comments and proposals.
        Contribute,
    }
}

closed_set! {
    /// How far an object may go, ascending.
    Confidentiality {
        /// Stays in the authority, whatever is shared.
        Internal,
        /// Goes to partners as far as it is shared.
        Partner,
        /// Everybody, also without signing in.
        Public,
    }
}

closed_set! {
    /// Where an agreement stands.
    AgreementState {
        /// Only the drafting authority knows it.
        Draft,
        /// The parties see it and may sign.
        Proposed,
        /// Every party has signed.
        Active,
        /// Over; it gives no access any more.
        Ended,
    }
}

closed_set! {
    /// The kind of a calendar entry.
    EntryKind {
        /// Working session on a topic.
        Workshop,
        /// Open counselling.
        CounsellingDay,
        /// Fair with stands.
        Fair,
        /// Conference, forum.
        Conference,
        /// Meeting of a body or team.
        Meeting,
        /// Training course.
        Training,
        /// Information event.
        InformationEvent,
        /// A date by which something is due.
        Deadline,
        /// Anything else.
        Other,
    }
}

closed_set! {
    /// How sure a calendar entry is.
    EntryStatus {
        /// An idea; takes no time yet.
        Idea,
        /// Planned, may move.
        Tentative,
        /// Fixed.
        Confirmed,
        /// Called off; takes no time any more.
        Cancelled,
    }
}

closed_set! {
    /// The five pillars of an education region in Bavaria.
    Pillar {
        /// Übergänge organisieren und begleiten.
        Transitions,
        /// Schulische und außerschulische Bildungsangebote vernetzen.
        Networking,
        /// Kein Talent darf verloren gehen.
        NoTalentLost,
        /// Bürgergesellschaft stärken und entwickeln.
        CivilSociety,
        /// Herausforderungen des demographischen Wandels annehmen.
        DemographicChange,
    }
}

closed_set! {
    /// For whom an entry is.
    Audience {
        /// Children before school.
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
        /// People who have come to live here.
        Newcomers,
        /// Those who work in education.
        Professionals,
        /// Everybody.
        Everybody,
    }
}

closed_set! {
    /// The kind of a learning place.
    LearningPlaceKind {
        /// Kindertageseinrichtung.
        Kindergarten,
        /// Grundschule.
        PrimarySchool,
        /// Mittelschule.
        LowerSecondarySchool,
        /// Grund- und Mittelschule.
        PrimaryAndLowerSecondarySchool,
        /// Realschule.
        IntermediateSchool,
        /// Gymnasium.
        GrammarSchool,
        /// Berufsschule.
        VocationalSchool,
        /// Wirtschaftsschule.
        CommercialSchool,
        /// Fachoberschule, Berufsoberschule.
        UpperVocationalSchool,
        /// Förderzentrum.
        SpecialNeedsSchool,
        /// Fachschule.
        TechnicalCollege,
        /// Volkshochschule and others.
        AdultEducation,
        /// Musikschule.
        MusicSchool,
        /// Library.
        Library,
        /// Verein.
        Club,
        /// Leisure.
        Leisure,
        /// Company.
        Company,
        /// Counselling centre.
        CounsellingCentre,
        /// Gym, sports ground.
        SportsFacility,
        /// Anything else.
        Other,
    }
}

closed_set! {
    /// The level of a region.
    RegionKind {
        /// Landkreis.
        RuralDistrict,
        /// Kreisfreie Stadt.
        DistrictFreeCity,
        /// Stadt in a district.
        Town,
        /// Markt.
        Market,
        /// Gemeinde.
        Municipality,
    }
}

closed_set! {
    /// The kind of a free day.
    HolidayKind {
        /// Public holiday.
        Public,
        /// School holidays.
        SchoolHoliday,
        /// School-free working day (Buß- und Bettag).
        SchoolFreeDay,
    }
}

closed_set! {
    /// Where in its region a holiday holds.
    HolidayExtent {
        /// Everywhere.
        Statewide,
        /// In municipalities with a Catholic majority only: a setting of the authority.
        CatholicMunicipalities,
    }
}

/// A permission within one authority. The catalogue is closed; roles are named sets of it.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[graphql(remote = "policy::Permission")]
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

/// What one may want to do to an object.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[graphql(remote = "policy::Action")]
pub enum Action {
    /// See it.
    Read,
    /// Create, change, cancel, archive it.
    Write,
    /// Show it to partners, and stop that.
    Share,
    /// Sign it for the authority.
    Sign,
}

closed_set! {
    /// States of a round, in the order in which they come.
    RoundState {
        /// The parties submit their plans.
        Collecting,
        /// They settle conflicts: proposals, answers, acknowledgements.
        InCoordination,
        /// Every party has signed off.
        Agreed,
        /// What was agreed is public.
        Published,
        /// Ended without an outcome.
        Closed,
    }
}

closed_set! {
    /// Steps of a plan at which a snapshot is kept.
    PlanStep {
        /// It was submitted to a round.
        Submitted,
        /// Its owner signed the outcome of the round off.
        Agreed,
    }
}

closed_set! {
    /// Where a proposal stands.
    ProposalState {
        /// It waits for an answer.
        Open,
        /// The partner agreed to what the owner offered; the owner has still to apply it.
        Agreed,
        /// The owner applied it.
        Accepted,
        /// It was turned down.
        Declined,
        /// Another proposal answers it.
        Countered,
        /// It was taken back.
        Withdrawn,
    }
}

closed_set! {
    /// Why two entries, or an entry and a day, do not go together.
    ConflictRule {
        /// At the same place at the same time.
        SamePlace,
        /// The same speaker at the same time.
        SameSpeaker,
        /// The same organiser at the same time, in two authorities.
        SameOrganiser,
        /// For the same people in the same field of work within a few days, in two authorities.
        SameAudience,
        /// The same topic within four weeks, in two authorities.
        DuplicateTopic,
        /// On a public holiday.
        PublicHoliday,
        /// For people in school on a day without school.
        SchoolHoliday,
        /// On a day on which the owner's office is closed.
        TenantClosure,
    }
}

closed_set! {
    /// What came of asking for a calendar that lives elsewhere.
    FetchOutcome {
        /// It was taken over.
        Changed,
        /// It is as it was.
        Unchanged,
        /// Its address may not be asked: no https, or no public address.
        AddressRefused,
        /// Nobody answers there.
        Unreachable,
        /// The answer took too long.
        TooSlow,
        /// The file is too large.
        TooLarge,
        /// It was passed on too often.
        TooManyRedirects,
        /// The answer was no file.
        HttpStatus,
        /// The file is no calendar.
        NotACalendar,
        /// The calendar here is put away.
        CalendarArchived,
    }
}
