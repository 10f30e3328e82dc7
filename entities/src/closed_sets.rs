//! Closed sets, stored as text. The names in the store are the names in the schema.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Defines a closed set with its stored names, in ascending order where order means something.
macro_rules! closed_set {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:tt),+ $(,)? }) => {
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

        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                Self::ALL.iter().copied().find(|it| it.as_str() == text).ok_or_else(|| {
                    let known: Vec<_> = Self::ALL.iter().map(|it| it.as_str()).collect();
                    format!("{text:?} is none of {}", known.join(", "))
                })
            }
        }
    };
}

pub(crate) use closed_set;

closed_set! {
    /// The kind of an authority.
    TenantKind {
        /// Landkreis.
        RuralDistrict = "RURAL_DISTRICT",
        /// Kreisfreie Stadt.
        DistrictFreeCity = "DISTRICT_FREE_CITY",
        /// Gemeinde, Markt, Stadt in a district.
        Municipality = "MUNICIPALITY",
        /// Any other public body.
        Other = "OTHER",
    }
}

closed_set! {
    /// Whether an authority takes part.
    TenantStatus {
        /// It does.
        Active = "ACTIVE",
        /// It is switched off: its members lose their rights, what it shares is hidden. What is public stays public.
        Suspended = "SUSPENDED",
    }
}

closed_set! {
    /// The built-in roles. What each may do is in the policy module of the api crate.
    RoleKey {
        /// Reads.
        Viewer = "VIEWER",
        /// Plans: calendars and their entries.
        Planner = "PLANNER",
        /// Leads projects.
        ProjectLead = "PROJECT_LEAD",
        /// Keeps datasets and learning places.
        DataSteward = "DATA_STEWARD",
        /// Releases datasets to the public.
        Publisher = "PUBLISHER",
        /// Runs the authority's side: members, agreements, shares.
        TenantAdmin = "TENANT_ADMIN",
        /// Sees who may do what, and who did.
        Auditor = "AUDITOR",
        /// A program that reads.
        Integrator = "INTEGRATOR",
    }
}

closed_set! {
    /// Areas of cooperation that an agreement can cover.
    Area {
        /// Coordination of annual plans.
        Calendars = "CALENDARS",
        /// Joint design and execution of projects.
        Projects = "PROJECTS",
        /// Data exchange.
        Datasets = "DATASETS",
    }
}

closed_set! {
    /// What a scope's rows are about, and so which permission reads them.
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

closed_set! {
    /// How much a partner sees of a shared object, ascending.
    ShareLevel {
        /// Only that the time is taken.
        Busy = "BUSY",
        /// Title, kind, field of work and status.
        Summary = "SUMMARY",
        /// Everything.
        Full = "FULL",
        /// Everything, and comments and proposals.
        Contribute = "CONTRIBUTE",
    }
}

closed_set! {
    /// How far an object may go, ascending.
    Confidentiality {
        /// Stays in the authority, whatever is shared.
        Internal = "INTERNAL",
        /// Goes to partners as far as it is shared.
        Partner = "PARTNER",
        /// Everybody, also without signing in.
        Public = "PUBLIC",
    }
}

closed_set! {
    /// States of an agreement, in the order in which they come.
    AgreementState {
        /// Only the drafting authority knows it.
        Draft = "DRAFT",
        /// The parties see it and may sign.
        Proposed = "PROPOSED",
        /// Every party has signed.
        Active = "ACTIVE",
        /// Over; it gives no access any more.
        Ended = "ENDED",
    }
}

closed_set! {
    /// The kind of a calendar entry.
    EntryKind {
        /// Working session on a topic.
        Workshop = "WORKSHOP",
        /// Open counselling.
        CounsellingDay = "COUNSELLING_DAY",
        /// Fair with stands.
        Fair = "FAIR",
        /// Conference, forum.
        Conference = "CONFERENCE",
        /// Meeting of a body or team.
        Meeting = "MEETING",
        /// Training course.
        Training = "TRAINING",
        /// Information event.
        InformationEvent = "INFORMATION_EVENT",
        /// A date by which something is due.
        Deadline = "DEADLINE",
        /// Anything else.
        Other = "OTHER",
    }
}

closed_set! {
    /// How sure a calendar entry is.
    EntryStatus {
        /// An idea; takes no time yet.
        Idea = "IDEA",
        /// Planned, may move.
        Tentative = "TENTATIVE",
        /// Fixed.
        Confirmed = "CONFIRMED",
        /// Called off; takes no time any more.
        Cancelled = "CANCELLED",
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

closed_set! {
    /// The five pillars of an education region in Bavaria.
    Pillar {
        /// Übergänge organisieren und begleiten.
        Transitions = "TRANSITIONS",
        /// Schulische und außerschulische Bildungsangebote vernetzen.
        Networking = "NETWORKING",
        /// Kein Talent darf verloren gehen.
        NoTalentLost = "NO_TALENT_LOST",
        /// Bürgergesellschaft stärken und entwickeln.
        CivilSociety = "CIVIL_SOCIETY",
        /// Herausforderungen des demographischen Wandels annehmen.
        DemographicChange = "DEMOGRAPHIC_CHANGE",
    }
}

closed_set! {
    /// For whom an entry is.
    Audience {
        /// Children before school.
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
        /// People who have come to live here.
        Newcomers = "NEWCOMERS",
        /// Those who work in education.
        Professionals = "PROFESSIONALS",
        /// Everybody.
        Everybody = "EVERYBODY",
    }
}

impl Audience {
    /// Whether it is in school, so that it has school holidays.
    pub const fn is_in_school(self) -> bool {
        matches!(self, Self::Pupils | Self::Teachers)
    }
}

closed_set! {
    /// The level of a region.
    RegionKind {
        /// Landkreis.
        RuralDistrict = "RURAL_DISTRICT",
        /// Kreisfreie Stadt.
        DistrictFreeCity = "DISTRICT_FREE_CITY",
        /// Stadt in a district.
        Town = "TOWN",
        /// Markt.
        Market = "MARKET",
        /// Gemeinde.
        Municipality = "MUNICIPALITY",
    }
}

closed_set! {
    /// The kind of a free day.
    HolidayKind {
        /// Public holiday.
        Public = "PUBLIC",
        /// School holidays.
        SchoolHoliday = "SCHOOL_HOLIDAY",
        /// School-free working day (Buß- und Bettag).
        SchoolFreeDay = "SCHOOL_FREE_DAY",
    }
}

closed_set! {
    /// Where in its region a holiday holds.
    HolidayExtent {
        /// Everywhere.
        Statewide = "STATEWIDE",
        /// In municipalities with a Catholic majority only: a setting of the authority.
        CatholicMunicipalities = "CATHOLIC_MUNICIPALITIES",
    }
}

closed_set! {
    /// States of a round, in the order in which they come.
    RoundState {
        /// The parties submit their plans.
        Collecting = "COLLECTING",
        /// They settle conflicts: proposals, answers, acknowledgements.
        InCoordination = "IN_COORDINATION",
        /// Every party has signed off.
        Agreed = "AGREED",
        /// What was agreed is public.
        Published = "PUBLISHED",
        /// Ended without an outcome.
        Closed = "CLOSED",
    }
}

closed_set! {
    /// Steps of a plan at which a snapshot is kept.
    PlanStep {
        /// It was submitted to a round.
        Submitted = "SUBMITTED",
        /// Its owner signed the outcome of the round off.
        Agreed = "AGREED",
    }
}

closed_set! {
    /// Where a proposal stands.
    ProposalState {
        /// It waits for an answer.
        Open = "OPEN",
        /// The partner agreed to what the owner offered; the owner has still to apply it.
        Agreed = "AGREED",
        /// The owner applied it.
        Accepted = "ACCEPTED",
        /// It was turned down.
        Declined = "DECLINED",
        /// Another proposal answers it.
        Countered = "COUNTERED",
        /// It was taken back.
        Withdrawn = "WITHDRAWN",
    }
}

closed_set! {
    /// Why two entries, or an entry and a day, do not go together.
    ConflictRule {
        /// At the same place at the same time.
        SamePlace = "SAME_PLACE",
        /// The same speaker at the same time.
        SameSpeaker = "SAME_SPEAKER",
        /// The same organiser at the same time, in two authorities.
        SameOrganiser = "SAME_ORGANISER",
        /// For the same people in the same field of work within a few days, in two authorities.
        SameAudience = "SAME_AUDIENCE",
        /// The same topic within four weeks, in two authorities.
        DuplicateTopic = "DUPLICATE_TOPIC",
        /// On a public holiday.
        PublicHoliday = "PUBLIC_HOLIDAY",
        /// For people in school on a day without school.
        SchoolHoliday = "SCHOOL_HOLIDAY",
        /// On a day on which the owner's office is closed.
        TenantClosure = "TENANT_CLOSURE",
    }
}

closed_set! {
    /// What came of asking for a calendar that lives elsewhere.
    FetchOutcome {
        /// It was taken over.
        Changed = "CHANGED",
        /// It is as it was.
        Unchanged = "UNCHANGED",
        /// Its address may not be asked.
        AddressRefused = "ADDRESS_REFUSED",
        /// Nobody answers there.
        Unreachable = "UNREACHABLE",
        /// The answer took too long.
        TooSlow = "TOO_SLOW",
        /// The file is too large.
        TooLarge = "TOO_LARGE",
        /// It was passed on too often.
        TooManyRedirects = "TOO_MANY_REDIRECTS",
        /// The answer was no file.
        HttpStatus = "HTTP_STATUS",
        /// The file is no calendar.
        NotACalendar = "NOT_A_CALENDAR",
        /// The calendar here is put away.
        CalendarArchived = "CALENDAR_ARCHIVED",
    }
}

closed_set! {
    /// Widest audience of a dataset.
    DatasetAccess {
        /// Owning authority only.
        Internal = "INTERNAL",
        /// Partners, as far as shares open the dataset to them.
        Shared = "SHARED",
        /// Public access, also without signing in.
        Public = "PUBLIC",
    }
}

closed_set! {
    /// Class of data under data protection.
    DataClass {
        /// Aggregated data about groups.
        Aggregated = "AGGREGATED",
        /// Records of individual persons. Never released to the public, and never `EXEMPT` when shared.
        Personal = "PERSONAL",
        /// Unit records of official statistics. Import, sharing and release are refused with `DISCLOSURE`.
        OfficialUnitData = "OFFICIAL_UNIT_DATA",
    }
}

closed_set! {
    /// Method of statistical disclosure control for data that leave the owning authority.
    ProtectionMethod {
        /// No disclosure control: the data are already public elsewhere.
        Exempt = "EXEMPT",
        /// Suppression of counts from 1 to below the minimum frequency, and of all totals and parts from which they
        /// could be derived.
        MinimumCount = "MINIMUM_COUNT",
        /// Rounding of counts to the nearest multiple of the base; totals are sums of rounded counts.
        Rounding = "ROUNDING",
        /// Primary suppression of counts from 1 to below the minimum frequency, and secondary suppression of as many
        /// other cells as needed so that exact totals do not reveal them.
        Suppression = "SUPPRESSION",
    }
}

closed_set! {
    /// Frequency of new versions of a dataset.
    Frequency {
        /// New version every day.
        Daily = "DAILY",
        /// New version every month.
        Monthly = "MONTHLY",
        /// New version every quarter.
        Quarterly = "QUARTERLY",
        /// New version twice a year.
        Biannual = "BIANNUAL",
        /// New version every year.
        Annual = "ANNUAL",
        /// New version every two years.
        Biennial = "BIENNIAL",
        /// New version at irregular intervals.
        Irregular = "IRREGULAR",
        /// No further version: the dataset is complete.
        Never = "NEVER",
    }
}

closed_set! {
    /// State of a dataset version.
    DatasetVersionState {
        /// Draft, visible to the owning authority only.
        Draft = "DRAFT",
        /// Published version, visible to the audience of the dataset.
        Published = "PUBLISHED",
        /// Withdrawn version: its metadata stay visible to the audience of the dataset, its data only to the owning
        /// authority.
        Withdrawn = "WITHDRAWN",
    }
}

closed_set! {
    /// What a table of a version holds.
    ContentKind {
        /// The figures as they were imported.
        Exact = "EXACT",
        /// What may leave the authority.
        Protected = "PROTECTED",
    }
}

closed_set! {
    /// What a ticket is good for.
    TicketPurpose {
        /// Sending one file.
        Upload = "UPLOAD",
        /// Fetching one file.
        Download = "DOWNLOAD",
    }
}

closed_set! {
    /// State of an import.
    DatasetImportState {
        /// Import that awaits processing.
        Queued = "QUEUED",
        /// Check of the whole file; no rows are written yet.
        Checking = "CHECKING",
        /// Loading of the rows into the database.
        Loading = "LOADING",
        /// Successful import. A dry run keeps no version.
        Succeeded = "SUCCEEDED",
        /// Failed import; no data were kept.
        Failed = "FAILED",
        /// Cancelled import; no data were kept.
        Cancelled = "CANCELLED",
    }
}

closed_set! {
    /// State of a release proposal.
    DatasetReleaseState {
        /// Proposal that awaits a decision.
        Proposed = "PROPOSED",
        /// Proposal approved by a second person; the dataset became public.
        Approved = "APPROVED",
        /// Proposal declined by a second person.
        Declined = "DECLINED",
        /// Proposal withdrawn by the person who made it.
        Withdrawn = "WITHDRAWN",
    }
}

closed_set! {
    /// State of a data request.
    DataRequestState {
        /// Request that awaits an answer.
        Open = "OPEN",
        /// Request granted with a share.
        Granted = "GRANTED",
        /// Request refused by the addressed authority.
        Refused = "REFUSED",
        /// Request withdrawn by the requesting authority.
        Withdrawn = "WITHDRAWN",
    }
}

closed_set! {
    /// How far an entry of the directory may go.
    Visibility {
        /// The authority alone.
        Internal = "INTERNAL",
        /// Everybody, also without signing in.
        Public = "PUBLIC",
    }
}
