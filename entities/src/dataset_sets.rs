//! Closed sets of datasets: access, protection, versions, imports, releases and requests.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::closed_sets::{closed_sets, define_sets};

closed_sets! { $ dataset_sets
    /// Widest audience of a dataset.
    DatasetAccess {
        /// Owning authority only.
        Internal = "INTERNAL",
        /// Partners, as far as shares open the dataset to them.
        Shared = "SHARED",
        /// Public access, also without signing in.
        Public = "PUBLIC",
    }

    /// Class of data under data protection.
    DataClass {
        /// Aggregated data about groups.
        Aggregated = "AGGREGATED",
        /// Records of individual persons. Never released to the public, and never `EXEMPT` when shared.
        Personal = "PERSONAL",
        /// Unit records of official statistics. Import, sharing and release are refused with `DISCLOSURE`.
        OfficialUnitData = "OFFICIAL_UNIT_DATA",
    }

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

define_sets! {
    /// What a table of a version holds.
    ContentKind {
        /// The figures as they were imported.
        Exact = "EXACT",
        /// What may leave the authority.
        Protected = "PROTECTED",
    }
}

define_sets! {
    /// What a ticket is good for.
    TicketPurpose {
        /// Sending one file.
        Upload = "UPLOAD",
        /// Fetching one file.
        Download = "DOWNLOAD",
    }
}
