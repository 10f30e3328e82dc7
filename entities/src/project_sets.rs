//! Closed sets of projects and their money.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::closed_sets::{closed_sets, define_sets};

closed_sets! { $ project_sets
    /// Phase in the life of a project.
    ProjectPhase {
        /// Idea of the lead authority; phase of a new project.
        Idea = "IDEA",
        /// Concept, designed together with the partners.
        Concept = "CONCEPT",
        /// Application submitted to a funder. Requires a funding in state `APPLIED` or `APPROVED`.
        Applied = "APPLIED",
        /// Funding approved, work not begun. Requires a funding in state `APPROVED`.
        Approved = "APPROVED",
        /// Work in progress.
        Running = "RUNNING",
        /// Work completed, evaluation still to come.
        Completed = "COMPLETED",
        /// Evaluation completed; final phase.
        Evaluated = "EVALUATED",
        /// Application rejected by the funder.
        Rejected = "REJECTED",
        /// Project abandoned; final phase.
        Cancelled = "CANCELLED",
    }

    /// State of an authority's partnership in a project.
    PartnerState {
        /// Invited by the lead, not yet accepted. An invited authority sees the project and its parts.
        Invited = "INVITED",
        /// Partnership accepted by the partner.
        Active = "ACTIVE",
        /// Partnership ended by the lead or by the partner.
        Ended = "ENDED",
    }

    /// Role of a person in a project.
    ProjectRole {
        /// Head of the project, or of the work of one party.
        Lead = "LEAD",
        /// Member of the project team.
        Member = "MEMBER",
        /// Contact person for questions about the project.
        Contact = "CONTACT",
    }

    /// Progress of a work package.
    WorkStatus {
        /// Work not begun.
        Planned = "PLANNED",
        /// Work in progress.
        InProgress = "IN_PROGRESS",
        /// Work completed.
        Done = "DONE",
        /// Work package abandoned.
        Cancelled = "CANCELLED",
    }

    /// Status of a milestone.
    MilestoneStatus {
        /// Milestone not yet reached, also after its due date.
        Open = "OPEN",
        /// Milestone reached.
        Reached = "REACHED",
        /// Milestone abandoned.
        Cancelled = "CANCELLED",
    }

    /// Overall status of a project, as traffic light.
    TrafficLight {
        /// Project on plan.
        Green = "GREEN",
        /// Plan at risk.
        Yellow = "YELLOW",
        /// Project off plan.
        Red = "RED",
    }

    /// Kind of a project document.
    DocumentKind {
        /// Concept of the project.
        Concept = "CONCEPT",
        /// Application to a funder.
        Application = "APPLICATION",
        /// Notice of grant ("Zuwendungsbescheid").
        NoticeOfGrant = "NOTICE_OF_GRANT",
        /// Report on the project.
        Report = "REPORT",
        /// Proof of use of the grant ("Verwendungsnachweis").
        ProofOfUse = "PROOF_OF_USE",
        /// Agreement between the parties or with others.
        Agreement = "AGREEMENT",
        /// Any other document.
        Other = "OTHER",
    }

    /// State of a funding.
    FundingState {
        /// Application in preparation; state of a new funding.
        Prepared = "PREPARED",
        /// Application submitted to the funder, not yet decided.
        Applied = "APPLIED",
        /// Application approved by the funder.
        Approved = "APPROVED",
        /// Application rejected by the funder.
        Rejected = "REJECTED",
        /// Application or grant given up by the recipient; final state.
        Withdrawn = "WITHDRAWN",
    }

    /// Type of cost.
    CostType {
        /// Staff cost.
        Staff = "STAFF",
        /// Travel cost.
        Travel = "TRAVEL",
        /// Cost of events.
        Events = "EVENTS",
        /// Cost of material.
        Material = "MATERIAL",
        /// Cost of contracts with third parties.
        Contracts = "CONTRACTS",
        /// Cost of equipment.
        Equipment = "EQUIPMENT",
        /// Overhead cost.
        Overhead = "OVERHEAD",
        /// Any other cost.
        Other = "OTHER",
    }

    /// Kind of an obligation to a funder.
    ObligationKind {
        /// Call for funds ("Mittelabruf").
        CallForFunds = "CALL_FOR_FUNDS",
        /// Interim report or interim proof ("Zwischennachweis").
        InterimReport = "INTERIM_REPORT",
        /// Proof of use of the grant ("Verwendungsnachweis").
        ProofOfUse = "PROOF_OF_USE",
        /// Retention of all records until the due date.
        Retention = "RETENTION",
        /// Any other obligation.
        Other = "OTHER",
    }

    /// State of an obligation.
    ObligationState {
        /// Obligation still to be fulfilled.
        Open = "OPEN",
        /// Obligation fulfilled.
        Fulfilled = "FULFILLED",
        /// Obligation waived by the funder, or no longer required by the rules of the programme.
        Waived = "WAIVED",
    }
}

define_sets! {
    /// Kind of calendar that a party has for a project.
    ProjectCalendar {
        /// Calendar of milestones.
        Plan = "PLAN",
        /// Calendar of obligations.
        Deadlines = "DEADLINES",
    }
}
