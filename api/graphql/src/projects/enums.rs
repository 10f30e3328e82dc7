//! Closed sets of projects and their money in the schema.

use async_graphql::Enum;
use entities as e;

use crate::enums::closed_set;

closed_set! {
    /// Where a project stands.
    ProjectPhase {
        /// An idea of the lead.
        Idea,
        /// Being designed with the partners.
        Concept,
        /// Applied for.
        Applied,
        /// Approved, not begun.
        Approved,
        /// Under way.
        Running,
        /// Done.
        Completed,
        /// Looked back upon.
        Evaluated,
        /// The funder said no.
        Rejected,
        /// Given up.
        Cancelled,
    }
}

closed_set! {
    /// Whether an authority takes part in a project of another.
    PartnerState {
        /// It was asked.
        Invited,
        /// It does.
        Active,
        /// Its part ended.
        Ended,
    }
}

closed_set! {
    /// What somebody is in a project.
    ProjectRole {
        /// Leads it, or the part of the authority.
        Lead,
        /// Works on it.
        Member,
        /// Answers questions about it.
        Contact,
    }
}

closed_set! {
    /// How far a work package is.
    WorkStatus {
        /// Not begun.
        Planned,
        /// Under way.
        InProgress,
        /// Done.
        Done,
        /// Given up.
        Cancelled,
    }
}

closed_set! {
    /// Whether a milestone is reached.
    MilestoneStatus {
        /// Still to come, or late.
        Open,
        /// Reached.
        Reached,
        /// Given up.
        Cancelled,
    }
}

closed_set! {
    /// How a project stands, in one word.
    TrafficLight {
        /// As planned.
        Green,
        /// At risk.
        Yellow,
        /// Not as planned.
        Red,
    }
}

closed_set! {
    /// What kind of document it is.
    DocumentKind {
        /// Concept.
        Concept,
        /// Application to a funder.
        Application,
        /// Notice of grant (Zuwendungsbescheid).
        NoticeOfGrant,
        /// Report.
        Report,
        /// Proof of use (Verwendungsnachweis).
        ProofOfUse,
        /// Agreement.
        Agreement,
        /// Any other.
        Other,
    }
}

closed_set! {
    /// Where a funding stands.
    FundingState {
        /// Being prepared.
        Prepared,
        /// Applied for.
        Applied,
        /// Granted.
        Approved,
        /// Refused by the funder.
        Rejected,
        /// Taken back by who applied.
        Withdrawn,
    }
}

closed_set! {
    /// What money is spent on.
    CostType {
        /// Staff.
        Staff,
        /// Travel.
        Travel,
        /// Events.
        Events,
        /// Material.
        Material,
        /// Contracts with others.
        Contracts,
        /// Equipment.
        Equipment,
        /// Overhead.
        Overhead,
        /// Anything else.
        Other,
    }
}

closed_set! {
    /// What a party owes its funder.
    ObligationKind {
        /// Call for funds (Mittelabruf).
        CallForFunds,
        /// Interim report or interim proof (Zwischennachweis).
        InterimReport,
        /// Proof of use (Verwendungsnachweis).
        ProofOfUse,
        /// Keeping everything until a day.
        Retention,
        /// Anything else.
        Other,
    }
}

closed_set! {
    /// Whether an obligation is met.
    ObligationState {
        /// Still to be met.
        Open,
        /// Met.
        Fulfilled,
        /// Not asked for any more.
        Waived,
    }
}
