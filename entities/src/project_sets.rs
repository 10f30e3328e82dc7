//! Closed sets of projects and their money.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::closed_sets::closed_set;

closed_set! {
    /// Where a project stands.
    ProjectPhase {
        /// An idea of the lead.
        Idea = "IDEA",
        /// Being designed with the partners.
        Concept = "CONCEPT",
        /// Applied for.
        Applied = "APPLIED",
        /// Approved, not begun.
        Approved = "APPROVED",
        /// Under way.
        Running = "RUNNING",
        /// Done.
        Completed = "COMPLETED",
        /// Looked back upon.
        Evaluated = "EVALUATED",
        /// The funder said no.
        Rejected = "REJECTED",
        /// Given up.
        Cancelled = "CANCELLED",
    }
}

closed_set! {
    /// Whether an authority takes part in a project of another.
    PartnerState {
        /// It was asked.
        Invited = "INVITED",
        /// It does.
        Active = "ACTIVE",
        /// Its part ended.
        Ended = "ENDED",
    }
}

closed_set! {
    /// What somebody is in a project.
    ProjectRole {
        /// Leads it, or the part of the authority.
        Lead = "LEAD",
        /// Works on it.
        Member = "MEMBER",
        /// Answers questions about it.
        Contact = "CONTACT",
    }
}

closed_set! {
    /// How far a work package is.
    WorkStatus {
        /// Not begun.
        Planned = "PLANNED",
        /// Under way.
        InProgress = "IN_PROGRESS",
        /// Done.
        Done = "DONE",
        /// Given up.
        Cancelled = "CANCELLED",
    }
}

closed_set! {
    /// Whether a milestone is reached.
    MilestoneStatus {
        /// Still to come, or late.
        Open = "OPEN",
        /// Reached.
        Reached = "REACHED",
        /// Given up.
        Cancelled = "CANCELLED",
    }
}

closed_set! {
    /// How a project stands, in one word.
    TrafficLight {
        /// As planned.
        Green = "GREEN",
        /// At risk.
        Yellow = "YELLOW",
        /// Not as planned.
        Red = "RED",
    }
}

closed_set! {
    /// What kind of document it is.
    DocumentKind {
        /// Concept.
        Concept = "CONCEPT",
        /// Application to a funder.
        Application = "APPLICATION",
        /// Notice of grant (Zuwendungsbescheid).
        NoticeOfGrant = "NOTICE_OF_GRANT",
        /// Report.
        Report = "REPORT",
        /// Proof of use (Verwendungsnachweis).
        ProofOfUse = "PROOF_OF_USE",
        /// Agreement.
        Agreement = "AGREEMENT",
        /// Any other.
        Other = "OTHER",
    }
}

closed_set! {
    /// Where a funding stands.
    FundingState {
        /// Being prepared.
        Prepared = "PREPARED",
        /// Applied for.
        Applied = "APPLIED",
        /// Granted.
        Approved = "APPROVED",
        /// Refused by the funder.
        Rejected = "REJECTED",
        /// Taken back by who applied.
        Withdrawn = "WITHDRAWN",
    }
}

closed_set! {
    /// What money is spent on.
    CostType {
        /// Staff.
        Staff = "STAFF",
        /// Travel.
        Travel = "TRAVEL",
        /// Events.
        Events = "EVENTS",
        /// Material.
        Material = "MATERIAL",
        /// Contracts with others.
        Contracts = "CONTRACTS",
        /// Equipment.
        Equipment = "EQUIPMENT",
        /// Overhead.
        Overhead = "OVERHEAD",
        /// Anything else.
        Other = "OTHER",
    }
}

closed_set! {
    /// What a party owes its funder.
    ObligationKind {
        /// Call for funds (Mittelabruf).
        CallForFunds = "CALL_FOR_FUNDS",
        /// Interim report or interim proof (Zwischennachweis).
        InterimReport = "INTERIM_REPORT",
        /// Proof of use (Verwendungsnachweis).
        ProofOfUse = "PROOF_OF_USE",
        /// Keeping everything until a day.
        Retention = "RETENTION",
        /// Anything else.
        Other = "OTHER",
    }
}

closed_set! {
    /// Whether an obligation is met.
    ObligationState {
        /// Still to be met.
        Open = "OPEN",
        /// Met.
        Fulfilled = "FULFILLED",
        /// Not asked for any more.
        Waived = "WAIVED",
    }
}

closed_set! {
    /// Which of the calendars that a party has for a project.
    ProjectCalendar {
        /// Milestones.
        Plan = "PLAN",
        /// Obligations.
        Deadlines = "DEADLINES",
    }
}
